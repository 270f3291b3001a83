/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unit attention conditions.
 */
#ifndef _KTGT_SCSI_UA_H
#define _KTGT_SCSI_UA_H

#include <linux/types.h>

#include "lu.h"

struct ktgt_cmd;
struct ktgt_nexus;
struct ktgt_sense;

bool ktgt_ua_take(struct ktgt_cmd *cmd, struct ktgt_sense *sense);
void ktgt_ua_raise(struct ktgt_lu *lu, enum ktgt_ua ua,
		   const struct ktgt_nexus *except);
void ktgt_ua_raise_locked(struct ktgt_lu *lu, enum ktgt_ua ua,
			  const struct ktgt_nexus *except);
void ktgt_ua_luns_changed(struct ktgt_target *target);
void ktgt_ua_luns_told(struct ktgt_nexus *nexus);

#endif /* _KTGT_SCSI_UA_H */
