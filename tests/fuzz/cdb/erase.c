// SPDX-License-Identifier: GPL-2.0
/*
 * Sanitize operations (SBC-4, 4.11 and 5.30): all blocks are gone over, in order and as
 * often as was asked for, while nobody else is with the storage; and a failure has a
 * reason.
 */
#include <scsi/scsi_proto.h>

#include "../../../kernel/scsi/lu.h"
#include "backend.h"
#include "erase.h"
#include "gate.h"
#include "lu.h"

/* service actions, and bits of byte 1 */
enum { OVERWRITE = 1, BLOCK_ERASE = 2, EXIT = 0x1f, IMMED = 0x80, AUSE = 0x20 };

/* fate: the number of the step that may fail; whether it does; nothing is unmapped */
enum { FATE_STEP = 7, FATE_FAILS = 8, FATE_NO_UNMAP = 16 };

/* no device here lasts longer */
#define MAX_STEPS	24
/* one for each logical unit that there ever is */
#define MAX_ERASES	64

/* an operation, the last one of its logical unit */
struct erase {
	struct ktgt_lu	*lu;
	u32		store;		/* of which it has gone over the blocks */
	u8		action, passes, pass, fate;
	u64		size, at;
	u32		block, nr_steps;
	u8		first[4096];	/* what the first pass writes, if it does */
	bool		inverts, later;
	struct ktgt_io	*io;		/* that the backend has */
	blk_status_t	error;
	bool		failed;		/* the device has */
	bool		excused;	/* it may fail for another reason */
	bool		mapped;		/* not all could be unmapped */
	bool		dirty;		/* blocks were written since */
};

static struct erase list[MAX_ERASES];
static struct erase next;		/* what a command that is submitted asks for */

void erase_start(void)
{
	memset(list, 0, sizeof(list));
}

static struct erase *erase_of(const struct ktgt_lu *lu)
{
	unsigned int nr;

	for (nr = 0; nr < MAX_ERASES; nr++) {
		if (list[nr].lu == lu)
			return &list[nr];
	}
	return NULL;
}

static bool succeeded(const struct erase *e)
{
	return e && !e->failed && e->pass == e->passes;
}

/* --- what commands are told ----------------------------------------------- */

/* Sense data that a command has to end with, 0 if there is none. */
u32 erase_refusal(const struct ktgt_lu *lu, const u8 *cdb)
{
	if (cdb[0] == INQUIRY || cdb[0] == REQUEST_SENSE || cdb[0] == REPORT_LUNS)
		return 0;
	switch (lu->sanitize.phase) {
	case KTGT_SANITIZE_RUNS:
		return 0x02041b;
	case KTGT_SANITIZE_FAILED:
		return cdb[0] == 0x48 ? 0 : 0x033103;
	default:
		return 0;
	}
}

bool erases(const struct record *rec)
{
	return rec->req.kind == KIND_SANITIZE && (rec->cdb[1] & 31) != EXIT;
}

/* Whether nothing is wrong, as far as its CDB shows. */
bool may_erase(const struct record *rec)
{
	if (erases(rec) && rec->shape->read_only)
		return false;
	return (rec->cdb[1] & 31) != OVERWRITE ||
	       (rec->req.count > 4 && rec->req.count <= 4 + rec->shape->block);
}

static bool list_is_bad(const struct record *rec)
{
	u32 len;

	if ((rec->cdb[1] & 31) != OVERWRITE)
		return false;
	len = get_unaligned_be16(rec->sent + 2);
	return rec->sent[0] & 0x60 || !(rec->sent[0] & 31) || rec->sent[1] ||
	       !len || len > rec->req.count - 4;
}

/* How it is when a command is submitted. */
void erase_look(struct record *rec)
{
	rec->now_phase = rec->lu->sanitize.phase;
	rec->now_unrestricted = rec->lu->sanitize.unrestricted;
	rec->now_read_only = rec->lu->read_only;
	rec->now_blocks = rec->lu->nr_blocks;
}

/* What came of a legal SANITIZE. */
void check_erase(const struct record *rec)
{
	bool erase = erases(rec), immed = rec->cdb[1] & IMMED;
	bool locked = rec->now_phase == KTGT_SANITIZE_FAILED &&
		      !rec->now_unrestricted;

	/* with IMMED it ends before what it has begun is known here */
	if (erase_of(rec->lu))
		erase_watch();
	require(!rec->nr_ops && !rec->nr_ranges && !rec->nr_flushes);
	if (rec->status == SAM_STAT_GOOD) {
		require(rec->now_phase != KTGT_SANITIZE_RUNS);
		require(!locked || (erase && !(rec->cdb[1] & AUSE)));
		require(!erase || !list_is_bad(rec));
		require(!erase || !rec->now_unaware);
		require(!erase || immed || succeeded(erase_of(rec->lu)));
		return;
	}
	if (rec->status != SAM_STAT_CHECK_CONDITION || rec->now_unserved)
		return;
	switch (rec->sense) {
	case 0x051a00:
		require(rec->buf_len < rec->req.count);
		break;
	case 0x052600:
		require(list_is_bad(rec));
		break;
	case 0x02041b:
		require(rec->now_phase == KTGT_SANITIZE_RUNS);
		break;
	case 0x052400:
		require(locked && (!erase || rec->cdb[1] & AUSE));
		break;
	case 0x072700:
		require(erase && rec->now_read_only);
		break;
	case 0x020800:
		require(erase && !rec->now_blocks);
		break;
	case 0x023a00:
		require(erase && rec->now_unaware);
		break;
	default:
		require(rec->sense == 0x033103 && erase && !immed);
		require(!succeeded(erase_of(rec->lu)));
	}
}

/* A SANITIZE has not come back: it waits for the end of what it has begun. */
bool erase_waits(const struct record *rec)
{
	return erases(rec) && !(rec->cdb[1] & IMMED) &&
	       rec->lu->sanitize.phase == KTGT_SANITIZE_RUNS;
}

/* --- its beginning -------------------------------------------------------- */

/* The first of an even number of passes that are inverted is so. */
static void fill_first(struct erase *e, const u8 *sent)
{
	u32 len = get_unaligned_be16(sent + 2), i;
	u8 flip = e->inverts && !(e->passes & 1) ? 0xff : 0;

	for (i = 0; i < e->block; i++)
		e->first[i] = sent[4 + i % len] ^ flip;
}

/* A command is about to be submitted, and its data may be gone afterwards. */
void erase_prepare(const struct record *rec)
{
	next = (struct erase) {
		.action = rec->cdb[1] & 31, .fate = rec->fate,
		.later = rec->later, .block = rec->shape->block,
		.passes = rec->shape->thin ? 2 : 1,
	};
	if (next.action != OVERWRITE || rec->buf_len < rec->req.count ||
	    list_is_bad(rec))
		return;
	next.passes = rec->sent[0] & 31;
	next.inverts = rec->sent[0] & 0x80;
	fill_first(&next, rec->sent);
}

/* It has begun one. */
void erase_begin(const struct record *rec, struct ktgt_lu *lu)
{
	struct erase *e = erase_of(lu) ?: erase_of(NULL);

	require(e && rec->legal && !rec->now_conflict && !rec->now_unserved);
	require(!rec->now_read_only);
	require(!e->io);
	*e = next;
	e->lu = lu;
	e->store = fake_of(lu)->nr;
	e->size = rec->now_blocks * e->block;
	require(lu->sanitize.phase == KTGT_SANITIZE_RUNS && e->size);
}

/* --- its steps ------------------------------------------------------------ */

/* Whether a transfer belongs to none of the commands, but to an operation. */
bool erase_owns(const struct ktgt_io *io)
{
	const void *cmd = container_of(io, struct ktgt_cmd, io);
	unsigned int nr;

	for (nr = 0; nr < MAX_ERASES; nr++) {
		if (list[nr].lu && list[nr].lu == lus[0] &&
		    list[nr].lu->sanitize_op == cmd)
			return true;
	}
	return false;
}

static void check_pattern(const struct erase *e, const struct ktgt_io *io)
{
	u8 flip = e->inverts && e->pass & 1 ? 0xff : 0;
	const u8 *p = io->bvec[0].bv_page->mem;
	u32 i;

	require(io->block == e->block);
	for (i = 0; i < e->block; i++)
		require(p[i] == (e->first[i] ^ flip));
}

static void check_step(const struct erase *e, const struct ktgt_io *io)
{
	if (e->at == e->size) {
		require(io->op == KTGT_IO_FLUSH && !io->len);
		return;
	}
	require(io->pos == e->at && io->len && !(io->len % e->block));
	require(io->len <= e->size - e->at);
	if (e->action == OVERWRITE) {
		require(io->op == KTGT_IO_WRITE_SAME);
		check_pattern(e, io);
	} else if (!e->pass) {
		require(io->op == KTGT_IO_WRITE_ZEROES);
	} else {
		require(io->op == KTGT_IO_UNMAP);
	}
}

static blk_status_t fate_of(struct erase *e, const struct ktgt_io *io)
{
	u32 nr = e->nr_steps++;

	if (nr == MAX_STEPS || (nr == (e->fate & FATE_STEP) &&
				e->fate & FATE_FAILS))
		return BLK_STS_IOERR;
	return io->op == KTGT_IO_UNMAP && e->fate & FATE_NO_UNMAP ?
	       BLK_STS_NOTSUPP : BLK_STS_OK;
}

static void end_step(struct erase *e)
{
	struct ktgt_io *io = e->io;

	e->io = NULL;
	if (e->error == BLK_STS_IOERR) {
		e->failed = true;
	} else if (e->at == e->size) {
		e->pass++;
		e->at = 0;
	} else {
		e->mapped |= e->error == BLK_STS_NOTSUPP;
		e->at += io->len;
	}
	ktgt_io_end(io, e->error);
}

/* A transfer of an operation: nobody else is there, and the gate is open. */
void erase_submit(struct fake *fake, struct ktgt_io *io)
{
	struct erase *e = erase_of(lus[0]);

	require(e->lu->sanitize.phase == KTGT_SANITIZE_RUNS && !e->io);
	require(!fake->closed && fake == fake_of(e->lu) && fake->nr == e->store);
	require(!gate_is_shut(e->lu) && !has_commands(fake->nr));
	require(!fake->store.read_only && !e->lu->is_protected);
	require(!e->failed && e->pass < e->passes);
	require(e->size <= fake->max_size);
	check_step(e, io);
	e->error = fate_of(e, io);
	e->io = io;
	memset(&io->bio, 0xee, sizeof(io->bio));
	if (!e->later)
		end_step(e);
}

/* The backend is done with a step, if it has one. */
bool erase_complete(void)
{
	unsigned int nr;

	for (nr = 0; nr < MAX_ERASES; nr++) {
		if (!list[nr].io)
			continue;
		end_step(&list[nr]);
		return true;
	}
	return false;
}

/* A command changes blocks. */
void erase_dirty(const struct ktgt_lu *lu)
{
	struct erase *e = erase_of(lu);

	if (e)
		e->dirty = true;
}

/* --- its end -------------------------------------------------------------- */

/* That the logical unit says what is so; called often enough to see all changes. */
void erase_watch(void)
{
	struct ktgt_lu *lu = lus[0];
	struct erase *e = lu ? erase_of(lu) : NULL;
	u8 phase = lu ? lu->sanitize.phase : KTGT_SANITIZE_NONE;

	if (!e) {
		require(phase == KTGT_SANITIZE_NONE);
		return;
	}
	if (lu->is_protected || fake_of(lu)->nr != e->store ||
	    fake_of(lu)->store.size < e->size)
		e->excused = true;
	if (phase == KTGT_SANITIZE_RUNS)
		require(lu->sanitize_op || succeeded(e) || e->failed || e->excused);
	if (phase == KTGT_SANITIZE_FAILED)
		require(e->failed || e->excused);
	if (phase == KTGT_SANITIZE_ERASED)
		require(succeeded(e) && e->action == BLOCK_ERASE && e->passes == 2 &&
			!e->mapped && !e->dirty && fake_of(lu)->nr == e->store);
}
