// SPDX-License-Identifier: GPL-2.0
/*
 * Media that would be ejected or loaded: they stay where they are, since a worker would
 * sleep meanwhile. What is asked for is right, or the command would not be here.
 */
#include <scsi/scsi_proto.h>

#include "../../../kernel/scsi/data.h"
#include "../../../kernel/scsi/lu.h"
#include "../../../kernel/scsi/prevent.h"
#include "../../../kernel/scsi/removable.h"
#include "../../../kernel/scsi/sense.h"
#include "record.h"

int ktgt_removable_init(void)
{
	return 0;
}

void ktgt_removable_exit(void)
{
}

bool ktgt_removable_cancel(struct ktgt_cmd *cmd)
{
	return false;
}

void ktgt_removable_move(struct ktgt_cmd *cmd, bool loads)
{
	const struct record *rec = find_record(cmd);

	require(rec->legal && rec->shape->removable);
	require((rec->cdb[4] & 0xf2) == 2 && loads == (rec->cdb[4] & 1));
	if (!ktgt_prevent_exists(cmd->lu)) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
		       KTGT_ASC_MEDIUM_REMOVAL_PREVENTED);
	ktgt_cmd_fail(cmd);
}
