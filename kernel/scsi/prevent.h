/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who prevents the removal of a medium.
 */
#ifndef _KTGT_SCSI_PREVENT_H
#define _KTGT_SCSI_PREVENT_H

#include <linux/types.h>

struct ktgt_itl;
struct ktgt_lu;
struct ktgt_nexus;

void ktgt_prevent_set(struct ktgt_itl *itl, bool prevents);
const struct ktgt_itl *ktgt_prevent_first(const struct ktgt_lu *lu);
bool ktgt_prevent_exists(const struct ktgt_lu *lu);
void ktgt_prevent_end(struct ktgt_nexus *nexus);
void ktgt_prevent_forget(struct ktgt_itl *itl);
void ktgt_prevent_reset(struct ktgt_lu *lu);

#endif /* _KTGT_SCSI_PREVENT_H */
