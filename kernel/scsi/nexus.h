/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the LUN in a command to the logical unit.
 */
#ifndef _KTGT_SCSI_NEXUS_H
#define _KTGT_SCSI_NEXUS_H

#include <linux/types.h>
#include <uapi/linux/ktgt.h>

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_nexus;
struct ktgt_sense;
struct ktgt_target;

#define KTGT_LUN_NONE	U32_MAX

u32 ktgt_lun_decode(__be64 wire);
__be64 ktgt_lun_encode(u32 lun);
int ktgt_cmd_attach(struct ktgt_cmd *cmd);
void ktgt_cmd_note_write(struct ktgt_cmd *cmd);
void ktgt_cmd_note_error(const struct ktgt_cmd *cmd);
void ktgt_itls_free(struct ktgt_lu *lu);
void ktgt_nexus_device_name(const struct ktgt_nexus *nexus, char *name);

int ktgt_nexus_open(struct ktgt_nexus *nexus);
void ktgt_nexus_close(struct ktgt_nexus *nexus);
void ktgt_nexuses_close(struct ktgt_target *target,
			enum ktgt_session_end_reason reason,
			const struct ktgt_nexus *except);
bool ktgt_nexus_uses_disks(struct ktgt_nexus *nexus);
bool ktgt_nexus_lun_exists(struct ktgt_nexus *nexus, __be64 lun);
unsigned int ktgt_nexus_peek_ua(struct ktgt_nexus *nexus, __be64 lun,
				struct ktgt_sense *sense);

#endif /* _KTGT_SCSI_NEXUS_H */
