/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a fabric gets from the SCSI side: the life of a command and of a nexus.
 */
#ifndef _KTGT_SCSI_EXEC_H
#define _KTGT_SCSI_EXEC_H

#include <linux/types.h>

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_lu_reset;
struct ktgt_nexus;

/* longest sense data that ktgt_sense_build() makes, fixed format with info */
#define KTGT_SENSE_LEN	32

void ktgt_cmd_parse(struct ktgt_cmd *cmd);
void ktgt_cmd_submit(struct ktgt_cmd *cmd);
void ktgt_cmd_release(struct ktgt_cmd *cmd);
unsigned int ktgt_cmd_sense(const struct ktgt_cmd *cmd, u8 *buf);

int ktgt_nexus_open(struct ktgt_nexus *nexus);
void ktgt_nexus_close(struct ktgt_nexus *nexus);
bool ktgt_nexus_lun_exists(struct ktgt_nexus *nexus, __be64 lun);
bool ktgt_nexus_lu_reset(struct ktgt_nexus *nexus, __be64 lun,
			 struct ktgt_lu_reset *reset);
void ktgt_nexus_lu_reset_end(struct ktgt_lu_reset *reset);

int ktgt_scsi_init(void);
void ktgt_scsi_exit(void);

#endif /* _KTGT_SCSI_EXEC_H */
