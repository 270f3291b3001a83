// SPDX-License-Identifier: GPL-2.0
/*
 * The suites compile the source files that they test once more, into this
 * module. What those files call in files that are not among them is here: it
 * does nothing, or fails the test that reaches it.
 */
#include "stubs.h"

#include <linux/module.h>

#include <kunit/test-bug.h>

#include "../backend/block.h"
#include "../backend/worker.h"
#include "../core/cmd.h"
#include "../scsi/buffer.h"
#include "../scsi/copy.h"
#include "../scsi/copy_results.h"
#include "../scsi/diagnostic.h"
#include "../scsi/exec.h"
#include "../scsi/log.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "../scsi/nexus.h"
#include "../scsi/opening.h"
#include "../scsi/orphan.h"
#include "../scsi/port_groups.h"
#include "../scsi/pr_abort.h"
#include "../scsi/pr_in.h"
#include "../scsi/pr_out.h"
#include "../scsi/removable.h"
#include "../scsi/sbc.h"
#include "../scsi/sbc_disk.h"
#include "../scsi/spc.h"
#include "../scsi/told.h"
#include "../scsi/transition.h"

/* never to be reached */
#define STUB_FAIL(name, ...)						\
	void name(__VA_ARGS__)						\
	{								\
		kunit_fail_current_test("%s() was called", #name);	\
	}

#define STUB_FAIL_VALUE(type, name, value, ...)				\
	type name(__VA_ARGS__)						\
	{								\
		kunit_fail_current_test("%s() was called", #name);	\
		return value;						\
	}

/* of no importance here */
#define STUB(name, ...)							\
	void name(__VA_ARGS__)						\
	{								\
	}

#define STUB_VALUE(type, name, value, ...)				\
	type name(__VA_ARGS__)						\
	{								\
		return value;						\
	}

struct ktgt_itl *ktgt_test_itl;
bool ktgt_test_one_disk;

STUB(ktgt_cmd_note_write, struct ktgt_cmd *cmd)
STUB(ktgt_cmd_note_error, const struct ktgt_cmd *cmd)

/**
 * ktgt_cmd_attach - find the logical unit that a test has made
 * @cmd: the command
 *
 * Context: any.
 * Return: 0 or -ENXIO.
 */
int ktgt_cmd_attach(struct ktgt_cmd *cmd)
{
	if (!ktgt_test_itl)
		return -ENXIO;
	cmd->itl = ktgt_test_itl;
	cmd->lu = ktgt_test_itl->lu;
	return 0;
}

/**
 * ktgt_copy_check - want a long scratch buffer, although not as long as usual
 * @cmd: the command
 *
 * Context: any.
 * Return: true.
 */
bool ktgt_copy_check(struct ktgt_cmd *cmd)
{
	cmd->scratch_len = KTGT_CMD_SCRATCH + 2 * PAGE_SIZE;
	return true;
}

/**
 * ktgt_copy_end - a copy of a test has ended
 * @cmd: the command; its part is the test's
 *
 * Context: any.
 */
void ktgt_copy_end(struct ktgt_cmd *cmd)
{
	clear_bit(KTGT_CMDF_COPY, &cmd->flags);
}

/* scsi/ */
STUB_FAIL(ktgt_copy, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_copy_orphan, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_copy_status_lid1, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_copy_status_lid4, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_copy_parameters, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_copy_failure_details, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_spc_test_unit_ready, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_spc_request_sense, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_spc_inquiry, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_spc_report_luns, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_rw, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_sync_cache, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_pre_fetch, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_read_capacity_10, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_read_capacity_16, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_write_same, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_unmap, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_sbc_check_write_same, true, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_sbc_check_unmap, true, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_sbc_check_format, true, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_sbc_check_start_stop, true, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_start_stop, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_prevent_allow, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_format, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_read_defects_10, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_read_defects_12, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_sbc_lba_status, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_diagnostic_check, true, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_diagnostic_send, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_diagnostic_receive, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_log_select_check, true, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_log_select, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_log_sense, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_told_check_timestamp, true, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_told_check_info, true, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_told_report_timestamp, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_told_set_timestamp, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_told_report_info, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_told_set_info, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_buffer_check_read, true, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_buffer_check_write, true, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_buffer_read, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_buffer_write, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_pr_read_keys, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_pr_read_reservation, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_pr_report_capabilities, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_pr_read_full_status, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_pr_out_check, true, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_groups_report_check, true, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_groups_report, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_groups_set_check, true, struct ktgt_cmd *cmd)
STUB_FAIL(ktgt_groups_set, struct ktgt_cmd *cmd)
STUB_FAIL_VALUE(bool, ktgt_transition_cancel, false, struct ktgt_cmd *cmd)
STUB_FAIL_VALUE(int, ktgt_transition_init, -EIO, void)
STUB_FAIL(ktgt_transition_exit, void)
STUB_FAIL(ktgt_pr_out, struct ktgt_cmd *cmd)
STUB_FAIL_VALUE(bool, ktgt_pr_abort_cancel, false, struct ktgt_cmd *cmd)
STUB_FAIL_VALUE(int, ktgt_nexus_open, -EIO, struct ktgt_nexus *nexus)
STUB_FAIL(ktgt_nexus_close, struct ktgt_nexus *nexus)
STUB_FAIL(ktgt_lu_no_medium, const struct ktgt_lu *lu,
	  struct ktgt_sense *sense)
STUB_VALUE(u64, ktgt_lu_refresh, 0, struct ktgt_lu *lu)
STUB_VALUE(bool, ktgt_nexus_uses_disks, !ktgt_test_one_disk,
	   struct ktgt_nexus *nexus)
STUB_FAIL_VALUE(bool, ktgt_removable_cancel, false, struct ktgt_cmd *cmd)
STUB_FAIL_VALUE(int, ktgt_removable_init, -EIO, void)
STUB_FAIL(ktgt_removable_exit, void)
STUB_FAIL_VALUE(int, ktgt_lu_init, -EIO, void)
STUB_FAIL(ktgt_lu_exit, void)
STUB_FAIL_VALUE(int, ktgt_opening_init, -EIO, void)
STUB_FAIL(ktgt_opening_exit, void)
STUB_FAIL_VALUE(int, ktgt_block_init, -EIO, void)
STUB_FAIL(ktgt_block_exit, void)
STUB_FAIL(ktgt_orphan_add, struct ktgt_orphans *orphans, struct ktgt_cmd *cmd,
	  u32 bytes)
STUB(ktgt_orphan_end, struct ktgt_cmd *cmd)
STUB_FAIL_VALUE(struct ktgt_orphans *, ktgt_orphans_alloc, NULL,
		const struct ktgt_nexus *nexus)
STUB_VALUE(bool, ktgt_orphans_cancel, false, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_orphans_hold, false, struct ktgt_cmd *cmd)
STUB_VALUE(bool, ktgt_orphans_hold_much, false, void)
STUB_FAIL(ktgt_orphans_exit, void)
STUB_FAIL_VALUE(int, ktgt_workers_init, -EIO, void)
STUB_FAIL(ktgt_workers_exit, void)

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of the iSCSI target ktgt");
