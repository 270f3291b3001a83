// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever commands come to a logical unit, of whatever shape: each ends once,
 * with a status and sense data that SPC-4 and SBC-4 know; what may be done is
 * done, and nothing else reaches the backend; no byte is read or returned that
 * is not there; and nothing is left behind.
 *
 * All of scsi/ is there as it is. What is around it is in cdb/; README says
 * what each file there models.
 *
 * The input begins with the shape of the logical unit (start()). Then come
 * commands (run_command()) and events (run_event(), change_disk()).
 */
#include <scsi/scsi_proto.h>

#include "../../kernel/scsi/cdb.h"
#include "../../kernel/scsi/exec.h"
#include "../../kernel/scsi/nexus.h"
#include "../../kernel/scsi/ua.h"

#include "cdb/backend.h"
#include "cdb/command.h"
#include "cdb/compare.h"
#include "cdb/copy.h"
#include "cdb/erase.h"
#include "cdb/gate.h"
#include "cdb/legal.h"
#include "cdb/lu.h"
#include "cdb/nexus.h"
#include "cdb/report.h"

/* bits of the first byte of a command */
enum {
	IN_NEXUS	= 1 << 0,	/* the other initiator */
	IN_LUN		= 3 << 1,	/* disk, controller, none, odd */
	IN_LATER	= 1 << 3,	/* the backend is done later */
	IN_ABORT	= 1 << 4,	/* aborted while it is carried out */
	IN_WRONG	= 1 << 5,	/* the other direction, or both */
	IN_HELD		= 1 << 6,	/* submitted when the input says so */
	IN_EVENT	= 3 << 6,	/* no command */
};

void shim_wait(void)
{
	require(!"nothing to wait for");
}

/* --- commands ------------------------------------------------------------- */

/* Readers of a CDB that is nothing but a CDB. */
static void check_table(const u8 *cdb)
{
	const struct ktgt_cdb_row *row;
	unsigned int byte, bit;
	u8 *copy = malloc(KTGT_CDB_MAX);

	memcpy(copy, cdb, KTGT_CDB_MAX);
	row = ktgt_cdb_find(copy);
	require(!row == (decode_cdb(cdb).kind == KIND_UNKNOWN));
	if (row) {
		ktgt_cdb_lba(row, copy);
		ktgt_cdb_length(row, copy);
		if (!ktgt_cdb_reserved_ok(row, copy)) {
			ktgt_cdb_reserved_bit(row, copy, &byte, &bit);
			require(byte < row->len && bit < 8);
			require(copy[byte] & ~row->usage[byte] & 1 << bit);
		}
	}
	free(copy);
}

static __be64 pick_lun(struct input *in, u8 what)
{
	u8 lun[8] = {};
	__be64 wire;

	switch ((what & IN_LUN) >> 1) {
	case 0:
		return ktgt_lun_encode(disk_params.lun);
	case 1:
		return ktgt_lun_encode(0);
	case 2:
		return ktgt_lun_encode(77);
	default:
		take_bytes(in, lun, 3);
		lun[7] = lun[2];
		lun[2] = 0;
		memcpy(&wire, lun, 8);
		return wire;
	}
}

static u32 pick_edtl(struct input *in, const struct record *rec, u8 how)
{
	u64 exact = rec->req.count;

	if (rec->req.kind == KIND_READ || rec->req.kind == KIND_WRITE)
		exact *= shapes[0].block;
	if (rec->req.kind == KIND_SAME)
		exact = shapes[0].block;
	if (is_compare(rec))
		exact = wanted_of(rec, shapes[0].block);
	exact = min(exact, 1ULL << 22);
	switch (how >> 6) {
	case 0:
		return exact;
	case 1:
		return take16(in);
	case 2:
		return exact + take(in);
	default:
		return exact - min_t(u64, exact, take(in));
	}
}

/* CDB: as long as its group says; what lies behind it is nobody's business */
static void take_cdb(struct input *in, u8 *cdb)
{
	static const u8 lengths[8] = { 6, 10, 10, 16, 16, 12, 16, 16 };

	memset(cdb, 0x5a, KTGT_CDB_MAX);
	cdb[0] = take(in);
	take_bytes(in, cdb + 1, lengths[cdb[0] >> 5] - 1);
}

/* Whatever has only to be run is run. */
static void go_on(void)
{
	while (shim_run_work(0) || submit_ready(0))
		;
}

/* Right, the other one, or both. */
static u8 pick_direction(const struct record *rec, u8 what, u8 how)
{
	int right = direction(rec);

	if (!(what & IN_WRONG))
		return right;
	if (how & 1)
		return DMA_BIDIRECTIONAL;
	return right == DMA_TO_DEVICE ? DMA_FROM_DEVICE : DMA_TO_DEVICE;
}

static void run_command(struct input *in, u8 what)
{
	struct ktgt_nexus *nexus = nexuses[what & IN_NEXUS];
	u8 cdb[KTGT_CDB_MAX], how = take(in);
	__be64 lun = pick_lun(in, what);
	struct record *rec;
	u32 edtl, len;

	take_cdb(in, cdb);
	check_table(cdb);
	rec = new_record(cdb);
	if (!rec)
		return;
	edtl = pick_edtl(in, rec, how);
	rec->edtl_dir = pick_direction(rec, what, how);
	rec->fate = how & 31;
	rec->later = what & IN_LATER;
	rec->abort = what & IN_ABORT;
	rec->held = what & IN_HELD;
	if (ask_twice(rec, nexus, lun, edtl))
		return;
	parse(rec, nexus, lun, edtl);
	len = 0;
	if (rec->req.kind == KIND_WRITE || rec->req.kind == KIND_SAME ||
	    rec->req.kind == KIND_UNMAP || rec->req.kind == KIND_PR_OUT ||
	    rec->req.kind == KIND_OUT || rec->req.kind == KIND_SANITIZE ||
	    is_compare(rec) || is_copy(rec))
		len = min_t(size_t, take16(in), in->left);
	give_data(rec, in->p, len);
	in->p += len;
	in->left -= len;
	if (rec->held)
		return;
	submit(rec);
	if (!(how & 32))
		go_on();
}

/* --- events --------------------------------------------------------------- */

static void abort_one(u8 nr)
{
	struct record *rec = &records[nr % MAX_CMDS];

	if (rec->used)
		abort_command(rec, nr & 128);
}

static void change_disk(struct input *in, u8 how)
{
	bool bit = how & 8;

	switch (how & 7) {
	case 0:
		replace_disk();
		break;
	case 1:
		gate_close();
		break;
	case 2:
		gate_open();
		break;
	case 3:
		swap_store(bit, take(in));
		break;
	case 4:
		hand_over_disk();
		break;
	case 5:
		submit_ready(take(in));
		break;
	case 6:
		abort_one(take(in));
		break;
	default:
		go_on();
	}
}

static void run_event(struct input *in)
{
	u8 how = take(in);

	switch (how >> 5) {
	case 0:
		shim_run_work(how & 31);
		break;
	case 1:
		complete_later(how & 31);
		break;
	case 2:
		change_size(in);
		break;
	case 3:
		if (lus[0])
			ktgt_ua_raise(lus[0], how % KTGT_UA_MAX,
				      how & 16 ? nexuses[0] : NULL);
		break;
	case 4:
		shim_allocs = how & 31 ? (how & 31) - 1 : U32_MAX;
		break;
	case 5:
		change_disk(in, how);
		break;
	case 6:
		if (how & 16)
			change_state(how & IN_NEXUS, how >> 1 & 7);
		else
			reopen_nexus(how & IN_NEXUS);
		break;
	default:
		reset_lu(how & IN_NEXUS, how >> 1 & 3);
	}
}

/* --- beginning and end ---------------------------------------------------- */

static void start(struct input *in)
{
	shim_allocs = U32_MAX;
	mode_changed = false;
	erase_start();
	commands_start();
	target_start();
	pick_shape(in);
	require(!ktgt_scsi_init());
	open_nexuses();
	lus_start();
}

/* As it is for an initiator that has asked for what it needs to know. */
static void introduce(void)
{
	if (lus[0]) {
		check_sets();
		read_limits();
	}
	reopen_nexus(0);
	if (lus[0])
		take_uas(disk_params.lun);
}

static void stop(void)
{
	complete_rest();
	lus_stop();
	close_nexuses();
	while (shim_run_work(0))
		;
	lus_free();
	ktgt_scsi_exit();
	target_stop();
	require(!shim_live);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	u8 what;

	start(&in);
	introduce();
	while (in.left) {
		what = take(&in);
		if ((what & IN_EVENT) == IN_EVENT)
			run_event(&in);
		else
			run_command(&in, what);
		erase_watch();
	}
	stop();
	return 0;
}
