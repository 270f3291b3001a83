// SPDX-License-Identifier: GPL-2.0
/*
 * The CDB table (SPC-4 and SBC-4). Whatever depends on the command as such is
 * asked of its row: length, reserved bits, data direction, read-only, unit
 * attention, reservations, and what REPORT SUPPORTED OPERATION CODES says.
 */
#include "cdb_table.h"

#include <linux/kernel.h>

#include <scsi/scsi_proto.h>

#include "../core/fabric.h"
#include "buffer.h"
#include "caw.h"
#include "cdb.h"
#include "copy.h"
#include "copy_results.h"
#include "diagnostic.h"
#include "log.h"
#include "mode.h"
#include "mode_select.h"
#include "port_groups.h"
#include "pr.h"
#include "pr_in.h"
#include "pr_out.h"
#include "reserve.h"
#include "rsoc.h"
#include "rstmf.h"
#include "sanitize.h"
#include "sanitize_state.h"
#include "sbc.h"
#include "sbc_disk.h"
#include "spc.h"
#include "told.h"
#include "verify.h"
#include "vpd.h"
#include "write_atomic.h"

/* Byte 0 is known, and what lies behind the CDB is nobody's business. */
#define USAGE_6(...)	{ 0xff, __VA_ARGS__, [6 ... 15] = 0xff }
#define USAGE_10(...)	{ 0xff, __VA_ARGS__, [10 ... 15] = 0xff }
#define USAGE_12(...)	{ 0xff, __VA_ARGS__, [12 ... 15] = 0xff }
#define USAGE_16(...)	{ 0xff, __VA_ARGS__ }

/* those that the kernel's headers do not have */
#define ORWRITE_16	0x8b
#define PRE_FETCH_16	0x90
#define READ_DEFECT_DATA_12	0xb7

#define F_BLOCKS	(KTGT_CDB_DISK | KTGT_CDB_MEDIUM | KTGT_CDB_RANGE)
#define F_READ		(F_BLOCKS | KTGT_CDB_LIMIT | KTGT_CDB_COUNT)
#define F_WRITE		(F_READ | KTGT_CDB_WRITE)

/* PERSISTENT RESERVE IN and OUT: the rows differ in the service action */
#define PR_IN_ROW(pr_action, pr_cap)					\
	.opcode = PERSISTENT_RESERVE_IN, .action = (pr_action),		\
	.len = 10, .dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,	\
	.len_at = 7, .len_len = 2, .cap = (pr_cap),			\
	.flags = KTGT_CDB_ACTION | KTGT_CDB_DISK,			\
	.usage = USAGE_10(0x1f, 0, 0, 0, 0, 0, 0xff, 0xff, 0),		\
	.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_STANDBY

#define PR_OUT_ROW(pr_action)						\
	.opcode = PERSISTENT_RESERVE_OUT, .action = (pr_action),	\
	.len = 10, .dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,	\
	.len_at = 5, .len_len = 4,					\
	.flags = KTGT_CDB_ACTION | KTGT_CDB_DISK,			\
	.usage = USAGE_10(0x1f, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0),	\
	.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_STANDBY,		\
	.check = ktgt_pr_out_check, .exec = ktgt_pr_out

/* EXTENDED COPY and RECEIVE COPY RESULTS: rows of one opcode differ in few things */
#define COPY_ROW(copy_action)						\
	.opcode = EXTENDED_COPY, .action = (copy_action),		\
	.len = 16, .dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,	\
	.len_at = 10, .len_len = 4,					\
	.flags = KTGT_CDB_ACTION | KTGT_CDB_DISK | KTGT_CDB_STORAGE,	\
	.usage = USAGE_16(0x1f, 0, 0, 0, 0, 0, 0, 0, 0,			\
			  0xff, 0xff, 0xff, 0xff, 0, 0),		\
	.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,		\
	.timeout = 600, .check = ktgt_copy_check, .exec = ktgt_copy

#define COPY_RESULTS_ROW(copy_action, copy_cap)				\
	.opcode = RECEIVE_COPY_RESULTS, .action = (copy_action),	\
	.len = 16, .dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,	\
	.len_at = 10, .len_len = 4, .cap = (copy_cap),			\
	.flags = KTGT_CDB_ACTION | KTGT_CDB_DISK,			\
	.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE

/* SANITIZE: BLOCK ERASE and EXIT FAILURE MODE have no parameter list */
#define SANITIZE_ROW(sanitize_action, how)				\
	.opcode = KTGT_SANITIZE, .action = (sanitize_action),		\
	.len = 10,							\
	.flags = KTGT_CDB_ACTION | KTGT_CDB_DISK | (how),		\
	.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE

/* Sorted by opcode: rows of one opcode stand together. */
static const struct ktgt_cdb_row rows[] = {
	{
		.opcode = TEST_UNIT_READY, .len = 6,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE,
		.usage = USAGE_6(0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_spc_test_unit_ready,
	}, {
		.opcode = REQUEST_SENSE, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 4, .len_len = 1, .cap = 252,
		.flags = KTGT_CDB_NO_UA | KTGT_CDB_NO_LU,
		.usage = USAGE_6(0x01, 0, 0, 0xff, 0),
		.exec = ktgt_spc_request_sense,
	}, {
		.opcode = FORMAT_UNIT, .len = 6,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_FIXED,
		.cap = 4,
		.flags = KTGT_CDB_DISK | KTGT_CDB_MEDIUM | KTGT_CDB_WRITE,
		.usage = USAGE_6(0x3f, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 60, .check = ktgt_sbc_check_format,
		.exec = ktgt_sbc_format,
	}, {
		.opcode = READ_6, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 1, .lba_len = 3, .len_at = 4, .len_len = 1,
		.flags = F_READ | KTGT_CDB_ZERO_256,
		.usage = USAGE_6(0x1f, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_6, .len = 6,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 1, .lba_len = 3, .len_at = 4, .len_len = 1,
		.flags = F_WRITE | KTGT_CDB_ZERO_256,
		.usage = USAGE_6(0x1f, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = INQUIRY, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 3, .len_len = 2, .cap = KTGT_VPD_PORTS_MAX,
		.flags = KTGT_CDB_NO_UA | KTGT_CDB_NO_LU,
		.usage = USAGE_6(0x01, 0xff, 0xff, 0xff, 0),
		.exec = ktgt_spc_inquiry,
	}, {
		.opcode = MODE_SELECT, .len = 6,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 4, .len_len = 1,
		.flags = KTGT_CDB_STORAGE,
		.usage = USAGE_6(0x11, 0, 0, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_STANDBY,
		.timeout = 60, .check = ktgt_mode_select_check,
		.exec = ktgt_mode_select,
	}, {
		.opcode = RESERVE_6, .len = 6,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE, .flags = KTGT_CDB_DISK,
		.usage = USAGE_6(0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_reserve,
	}, {
		.opcode = RELEASE_6, .len = 6,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE, .flags = KTGT_CDB_DISK,
		.usage = USAGE_6(0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALWAYS, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_release,
	}, {
		.opcode = MODE_SENSE, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 4, .len_len = 1, .cap = 255,
		.usage = USAGE_6(0x08, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_STANDBY,
		.exec = ktgt_mode_sense,
	}, {
		.opcode = START_STOP, .len = 6,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE,
		.flags = KTGT_CDB_DISK | KTGT_CDB_STORAGE,
		.usage = USAGE_6(0x01, 0, 0, 0xf7, 0),
		.pr = KTGT_CDB_PR_START, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 60, .check = ktgt_sbc_check_start_stop,
		.exec = ktgt_sbc_start_stop,
	}, {
		.opcode = RECEIVE_DIAGNOSTIC, .len = 6,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 3, .len_len = 2, .cap = 5,
		.usage = USAGE_6(0x01, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_STANDBY,
		.exec = ktgt_diagnostic_receive,
	}, {
		.opcode = SEND_DIAGNOSTIC, .len = 6,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 3, .len_len = 2,
		.flags = KTGT_CDB_STORAGE,
		.usage = USAGE_6(0x17, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_STANDBY,
		.timeout = 60, .check = ktgt_diagnostic_check,
		.exec = ktgt_diagnostic_send,
	}, {
		.opcode = ALLOW_MEDIUM_REMOVAL, .len = 6,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE,
		.flags = KTGT_CDB_DISK,
		.usage = USAGE_6(0, 0, 0, 0x01, 0),
		.pr = KTGT_CDB_PR_PREVENT, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_sbc_prevent_allow,
	}, {
		.opcode = READ_CAPACITY, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_FIXED, .cap = 8,
		.flags = KTGT_CDB_DISK,
		.usage = USAGE_10(0, 0, 0, 0, 0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_STANDBY,
		.exec = ktgt_sbc_read_capacity_10,
	}, {
		.opcode = READ_10, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_READ | KTGT_CDB_FUA,
		.usage = USAGE_10(0x18, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_10, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_10(0x18, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_VERIFY, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_WRITE,
		.usage = USAGE_10(0x16, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_write_verify_check,
		.exec = ktgt_write_verify,
	}, {
		.opcode = VERIFY, .len = 10,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_BLOCKS | KTGT_CDB_LIMIT,
		.usage = USAGE_10(0x16, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_verify_check,
		.exec = ktgt_verify,
	}, {
		.opcode = PRE_FETCH, .len = 10,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_BLOCKS,
		/* there are no groups, and nothing is done for one */
		.usage = USAGE_10(0x02, 0xff, 0xff, 0xff, 0xff, 0x3f,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_pre_fetch,
	}, {
		.opcode = SYNCHRONIZE_CACHE, .len = 10,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_BLOCKS,
		.usage = USAGE_10(0x02, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 60, .exec = ktgt_sbc_sync_cache,
	}, {
		.opcode = READ_DEFECT_DATA, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2, .cap = 4,
		.flags = KTGT_CDB_DISK | KTGT_CDB_MEDIUM,
		.usage = USAGE_10(0, 0x1f, 0, 0, 0, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_sbc_read_defects_10,
	}, {
		.opcode = WRITE_BUFFER, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 3,
		.usage = USAGE_10(0x1f, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ECHO,
		.check = ktgt_buffer_check_write, .exec = ktgt_buffer_write,
	}, {
		.opcode = READ_BUFFER, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 3, .cap = KTGT_BUFFER_LEN,
		.usage = USAGE_10(0x1f, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ECHO,
		.check = ktgt_buffer_check_read, .exec = ktgt_buffer_read,
	}, {
		.opcode = WRITE_SAME, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_ONE_BLOCK,
		.lba_at = 2, .lba_len = 4, .len_at = 7, .len_len = 2,
		.flags = F_BLOCKS | KTGT_CDB_WRITE,
		.usage = USAGE_10(0x08, 0xff, 0xff, 0xff, 0xff, 0,
				  0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 120, .check = ktgt_sbc_check_write_same,
		.exec = ktgt_sbc_write_same,
	}, {
		.opcode = UNMAP, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2,
		.flags = KTGT_CDB_DISK | KTGT_CDB_THIN | KTGT_CDB_MEDIUM |
			 KTGT_CDB_WRITE,
		.usage = USAGE_10(0, 0, 0, 0, 0, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 120, .check = ktgt_sbc_check_unmap,
		.exec = ktgt_sbc_unmap,
	}, {
		SANITIZE_ROW(KTGT_SANITIZE_OVERWRITE,
			     KTGT_CDB_MEDIUM | KTGT_CDB_WRITE),
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2,
		.usage = USAGE_10(0xbf, 0, 0, 0, 0, 0, 0xff, 0xff, 0),
		.check = ktgt_sanitize_check_list, .exec = ktgt_sanitize,
	}, {
		SANITIZE_ROW(KTGT_SANITIZE_BLOCK_ERASE,
			     KTGT_CDB_MEDIUM | KTGT_CDB_WRITE),
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE,
		.usage = USAGE_10(0xbf, 0, 0, 0, 0, 0, 0, 0, 0),
		.exec = ktgt_sanitize,
	}, {
		SANITIZE_ROW(KTGT_SANITIZE_EXIT_FAILURE, 0),
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE,
		.usage = USAGE_10(0xbf, 0, 0, 0, 0, 0, 0, 0, 0),
		.exec = ktgt_sanitize_exit_failure,
	}, {
		.opcode = LOG_SELECT, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2,
		.usage = USAGE_10(0x02, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_STANDBY,
		.check = ktgt_log_select_check, .exec = ktgt_log_select,
	}, {
		.opcode = LOG_SENSE, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2, .cap = 512,
		.usage = USAGE_10(0, 0xff, 0xff, 0, 0xff, 0xff, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_STANDBY,
		.exec = ktgt_log_sense,
	}, {
		.opcode = MODE_SELECT_10, .len = 10,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2,
		.flags = KTGT_CDB_STORAGE,
		.usage = USAGE_10(0x11, 0, 0, 0, 0, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_STANDBY,
		.timeout = 60, .check = ktgt_mode_select_check,
		.exec = ktgt_mode_select,
	}, {
		.opcode = RESERVE_10, .len = 10,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE, .flags = KTGT_CDB_DISK,
		.usage = USAGE_10(0, 0, 0, 0, 0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_reserve,
	}, {
		.opcode = RELEASE_10, .len = 10,
		.dir = DMA_NONE, .unit = KTGT_CDB_NONE, .flags = KTGT_CDB_DISK,
		.usage = USAGE_10(0, 0, 0, 0, 0, 0, 0, 0, 0),
		.pr = KTGT_CDB_PR_ALWAYS, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_release,
	}, {
		.opcode = MODE_SENSE_10, .len = 10,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 7, .len_len = 2, .cap = 512,
		.usage = USAGE_10(0x18, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_STANDBY,
		.exec = ktgt_mode_sense,
	}, {
		PR_IN_ROW(KTGT_PR_READ_KEYS, 65535),
		.exec = ktgt_pr_read_keys,
	}, {
		PR_IN_ROW(KTGT_PR_READ_RESERVATION, 24),
		.exec = ktgt_pr_read_reservation,
	}, {
		PR_IN_ROW(KTGT_PR_REPORT_CAPABILITIES, 8),
		.exec = ktgt_pr_report_capabilities,
	}, {
		PR_IN_ROW(KTGT_PR_READ_FULL_STATUS, 65535),
		.exec = ktgt_pr_read_full_status,
	}, {
		PR_OUT_ROW(KTGT_PR_REGISTER),
	}, {
		PR_OUT_ROW(KTGT_PR_RESERVE),
	}, {
		PR_OUT_ROW(KTGT_PR_RELEASE),
	}, {
		PR_OUT_ROW(KTGT_PR_CLEAR),
	}, {
		PR_OUT_ROW(KTGT_PR_PREEMPT),
	}, {
		PR_OUT_ROW(KTGT_PR_PREEMPT_ABORT),
	}, {
		PR_OUT_ROW(KTGT_PR_REGISTER_IGNORE),
	}, {
		PR_OUT_ROW(KTGT_PR_REGISTER_MOVE),
	}, {
		COPY_ROW(KTGT_COPY_LID1),
	}, {
		COPY_ROW(KTGT_COPY_LID4),
	}, {
		COPY_RESULTS_ROW(KTGT_COPY_STATUS_LID1, 12),
		.usage = USAGE_16(0x1f, 0xff, 0, 0, 0, 0, 0, 0, 0,
				  0xff, 0xff, 0xff, 0xff, 0, 0),
		.exec = ktgt_copy_status_lid1,
	}, {
		COPY_RESULTS_ROW(KTGT_COPY_PARAMETERS, 47),
		.usage = USAGE_16(0x1f, 0, 0, 0, 0, 0, 0, 0, 0,
				  0xff, 0xff, 0xff, 0xff, 0, 0),
		.exec = ktgt_copy_parameters,
	}, {
		COPY_RESULTS_ROW(KTGT_COPY_FAILURE_DETAILS,
				 KTGT_COPY_DETAILS_MAX),
		.usage = USAGE_16(0x1f, 0xff, 0, 0, 0, 0, 0, 0, 0,
				  0xff, 0xff, 0xff, 0xff, 0, 0),
		.exec = ktgt_copy_failure_details,
	}, {
		COPY_RESULTS_ROW(KTGT_COPY_STATUS_LID4,
				 KTGT_COPY_STATUS_LID4_MAX),
		.usage = USAGE_16(0x1f, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
				  0xff, 0xff, 0xff, 0xff, 0, 0),
		.exec = ktgt_copy_status_lid4,
	}, {
		.opcode = READ_16, .len = 16,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_READ | KTGT_CDB_FUA,
		.usage = USAGE_16(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = COMPARE_AND_WRITE, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_TWICE,
		.lba_at = 2, .lba_len = 8, .len_at = 13, .len_len = 1,
		.flags = F_BLOCKS | KTGT_CDB_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_16(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0, 0, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_caw_check, .exec = ktgt_caw,
	}, {
		.opcode = WRITE_16, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_16(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = ORWRITE_16, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_16(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_orwrite_check, .exec = ktgt_orwrite,
	}, {
		.opcode = WRITE_VERIFY_16, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_WRITE,
		.usage = USAGE_16(0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_write_verify_check,
		.exec = ktgt_write_verify,
	}, {
		.opcode = VERIFY_16, .len = 16,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_BLOCKS | KTGT_CDB_LIMIT,
		.usage = USAGE_16(0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_verify_check,
		.exec = ktgt_verify,
	}, {
		.opcode = PRE_FETCH_16, .len = 16,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_BLOCKS,
		.usage = USAGE_16(0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_pre_fetch,
	}, {
		.opcode = SYNCHRONIZE_CACHE_16, .len = 16,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_BLOCKS,
		.usage = USAGE_16(0x02, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 60, .exec = ktgt_sbc_sync_cache,
	}, {
		.opcode = WRITE_SAME_16, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_ONE_BLOCK,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.flags = F_BLOCKS | KTGT_CDB_WRITE,
		.usage = USAGE_16(0x09, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 120, .check = ktgt_sbc_check_write_same,
		.exec = ktgt_sbc_write_same,
	}, {
		.opcode = WRITE_ATOMIC_16, .len = 16,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 8, .len_at = 12, .len_len = 2,
		.flags = F_WRITE | KTGT_CDB_FUA | KTGT_CDB_ATOMIC,
		/* ATOMIC BOUNDARY is 0: a write is atomic as a whole */
		.usage = USAGE_16(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_write_atomic_check,
		.exec = ktgt_write_atomic,
	}, {
		.opcode = SERVICE_ACTION_IN_16, .action = SAI_READ_CAPACITY_16,
		.len = 16,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 10, .len_len = 4, .cap = 32,
		.flags = KTGT_CDB_ACTION | KTGT_CDB_DISK,
		.usage = USAGE_16(0x1f, 0, 0, 0, 0, 0, 0, 0, 0,
				  0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_STANDBY,
		.exec = ktgt_sbc_read_capacity_16,
	}, {
		.opcode = SERVICE_ACTION_IN_16, .action = SAI_GET_LBA_STATUS,
		.len = 16,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.lba_at = 2, .lba_len = 8, .len_at = 10, .len_len = 4,
		.cap = 24, .flags = KTGT_CDB_ACTION | F_BLOCKS,
		.usage = USAGE_16(0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_sbc_lba_status,
	}, {
		.opcode = REPORT_LUNS, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 132 * 1024,
		.flags = KTGT_CDB_NO_UA,
		.usage = USAGE_12(0, 0xff, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0, 0),
		.exec = ktgt_spc_report_luns,
	}, {
		.opcode = MAINTENANCE_IN,
		.action = MI_REPORT_IDENTIFYING_INFORMATION, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 260,
		.flags = KTGT_CDB_ACTION,
		.usage = USAGE_12(0x1f, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0xfe, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_told_report_info,
	}, {
		.opcode = MAINTENANCE_IN,
		.action = MI_REPORT_TARGET_PGS, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = KTGT_GROUPS_REPORT_MAX,
		.flags = KTGT_CDB_ACTION | KTGT_CDB_GROUPS,
		.usage = USAGE_12(0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .check = ktgt_groups_report_check,
		.exec = ktgt_groups_report,
	}, {
		.opcode = MAINTENANCE_IN,
		.action = MI_REPORT_SUPPORTED_OPERATION_CODES, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 4096,
		.flags = KTGT_CDB_ACTION,
		.usage = USAGE_12(0x1f, 0x87, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_STANDBY,
		.exec = ktgt_rsoc,
	}, {
		.opcode = MAINTENANCE_IN,
		.action = MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS,
		.len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 16,
		.flags = KTGT_CDB_ACTION,
		.usage = USAGE_12(0x1f, 0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_STANDBY,
		.check = ktgt_rstmf_check, .exec = ktgt_rstmf,
	}, {
		.opcode = MAINTENANCE_IN,
		.action = MI_REPORT_TIMESTAMP, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 12,
		.flags = KTGT_CDB_ACTION,
		.usage = USAGE_12(0x1f, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0, 0),
		.pr = KTGT_CDB_PR_ALLOW, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_told_report_timestamp,
	}, {
		.opcode = MAINTENANCE_OUT,
		.action = MO_SET_IDENTIFYING_INFORMATION, .len = 12,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4,
		.flags = KTGT_CDB_ACTION,
		.usage = USAGE_12(0x1f, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0xfe, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.check = ktgt_told_check_info, .exec = ktgt_told_set_info,
	}, {
		.opcode = MAINTENANCE_OUT,
		.action = MO_SET_TARGET_PGS, .len = 12,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4,
		.flags = KTGT_CDB_ACTION | KTGT_CDB_EXPLICIT,
		.usage = USAGE_12(0x1f, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0, 0),
		.pr = KTGT_CDB_PR_WRITE, .timeout = 60,
		.check = ktgt_groups_set_check, .exec = ktgt_groups_set,
	}, {
		.opcode = MAINTENANCE_OUT,
		.action = MO_SET_TIMESTAMP, .len = 12,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4,
		.flags = KTGT_CDB_ACTION,
		.usage = USAGE_12(0x1f, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
				  0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.check = ktgt_told_check_timestamp,
		.exec = ktgt_told_set_timestamp,
	}, {
		.opcode = READ_12, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 6, .len_len = 4,
		.flags = F_READ | KTGT_CDB_FUA,
		.usage = USAGE_12(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_12, .len = 12,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 6, .len_len = 4,
		.flags = F_WRITE | KTGT_CDB_FUA,
		.usage = USAGE_12(0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .exec = ktgt_sbc_rw,
	}, {
		.opcode = WRITE_VERIFY_12, .len = 12,
		.dir = DMA_TO_DEVICE, .unit = KTGT_CDB_BLOCKS,
		.lba_at = 2, .lba_len = 4, .len_at = 6, .len_len = 4,
		.flags = F_WRITE,
		.usage = USAGE_12(0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_write_verify_check,
		.exec = ktgt_write_verify,
	}, {
		.opcode = VERIFY_12, .len = 12,
		.dir = DMA_NONE, .unit = KTGT_CDB_NO_DATA,
		.lba_at = 2, .lba_len = 4, .len_at = 6, .len_len = 4,
		.flags = F_BLOCKS | KTGT_CDB_LIMIT,
		.usage = USAGE_12(0x16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.timeout = 30, .check = ktgt_verify_check,
		.exec = ktgt_verify,
	}, {
		.opcode = READ_DEFECT_DATA_12, .len = 12,
		.dir = DMA_FROM_DEVICE, .unit = KTGT_CDB_BYTES,
		.len_at = 6, .len_len = 4, .cap = 8,
		.flags = KTGT_CDB_DISK | KTGT_CDB_MEDIUM,
		.usage = USAGE_12(0x1f, 0xff, 0xff, 0xff, 0xff,
				  0xff, 0xff, 0xff, 0xff, 0, 0),
		.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
		.exec = ktgt_sbc_read_defects_12,
	},
};

/**
 * ktgt_cdb_table_init - make the table known
 *
 * Context: module load.
 */
void ktgt_cdb_table_init(void)
{
	ktgt_cdb_init(rows, ARRAY_SIZE(rows));
}
