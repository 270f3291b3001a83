// SPDX-License-Identifier: GPL-2.0
/*
 * SEND DIAGNOSTIC and RECEIVE DIAGNOSTIC RESULTS (SPC-4, 6.42 and 6.28): the default
 * self-test, and the one page that lists the pages.
 */
#include "diagnostic.h"

#include <linux/bits.h>
#include <linux/string.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "data.h"
#include "lu.h"
#include "medium.h"
#include "sense.h"

/* SEND DIAGNOSTIC, byte 1 */
#define SELFTEST		BIT(2)

#define PAGE_SUPPORTED		0x00
#define PAGE_HEADER_LEN		4

/**
 * ktgt_diagnostic_check - checks of SEND DIAGNOSTIC (SPC-4, 6.42)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_diagnostic_check(struct ktgt_cmd *cmd)
{
	if (!cmd->xfer_len)
		return true;
	if (cmd->cdb[1] & SELFTEST) {
		ktgt_sense_cdb_field(&cmd->sense, 3, KTGT_SENSE_NO_BIT);
		return false;
	}
	return cmd->xfer_len >= PAGE_HEADER_LEN ||
	       ktgt_data_refuse_length(cmd);
}

/* The one page asks for the list of pages, and has nothing but a header. */
static void take_page(struct ktgt_cmd *cmd)
{
	static const u8 supported[PAGE_HEADER_LEN] = { PAGE_SUPPORTED };
	u8 buf[PAGE_HEADER_LEN];

	ktgt_data_get(cmd, 0, buf, sizeof(buf));
	if (!memcmp(buf, supported, sizeof(buf)) &&
	    cmd->xfer_len == PAGE_HEADER_LEN) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	ktgt_sense_list_field(&cmd->sense, buf[0] ? 0 : 2);
	ktgt_cmd_fail(cmd);
}

/* Hard interrupt context, maybe. The storage has answered, or has not. */
static void test_end_io(struct ktgt_io *io)
{
	struct ktgt_cmd *cmd = ktgt_medium_ended(io);

	if (!io->status) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	ktgt_sense_set(&cmd->sense, HARDWARE_ERROR, KTGT_ASC_SELF_TEST_FAILED);
	cmd->error = io->status;
	ktgt_cmd_fail(cmd);
}

/*
 * The default self-test: a disk is well if its device has all that was written to it
 * on stable storage. One that waits for its device is a drive without a medium, and
 * a controller has nothing that could be broken.
 */
static void self_test(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;

	if (lu->type != TYPE_DISK || ktgt_lu_is_absent(lu)) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	if (ktgt_medium_admit(cmd))
		ktgt_medium_submit(cmd, KTGT_IO_FLUSH, 0, 0, test_end_io);
}

/**
 * ktgt_diagnostic_send - SEND DIAGNOSTIC (SPC-4, 6.42)
 * @cmd: the command
 *
 * Context: process; completes @cmd, maybe later.
 */
void ktgt_diagnostic_send(struct ktgt_cmd *cmd)
{
	if (!ktgt_data_has_come(cmd))
		ktgt_cmd_fail(cmd);
	else if (cmd->cdb[1] & SELFTEST)
		self_test(cmd);
	else if (cmd->xfer_len)
		take_page(cmd);
	else
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
}

/**
 * ktgt_diagnostic_receive - RECEIVE DIAGNOSTIC RESULTS (SPC-4, 6.28)
 * @cmd: the command
 *
 * Whatever was sent before, with or without PCV the answer is the same.
 *
 * Context: any; completes @cmd.
 */
void ktgt_diagnostic_receive(struct ktgt_cmd *cmd)
{
	static const u8 list[] = { PAGE_SUPPORTED, 0, 0, 1, PAGE_SUPPORTED };

	if (cmd->cdb[2] != PAGE_SUPPORTED) {
		ktgt_sense_cdb_field(&cmd->sense, 2, 7);
		ktgt_cmd_fail(cmd);
		return;
	}
	ktgt_data_answer(cmd, list, sizeof(list));
}
