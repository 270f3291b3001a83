// SPDX-License-Identifier: GPL-2.0
/*
 * The fabric, in the place of iscsi/: commands with their buffers go to the
 * SCSI side, come back once, and are judged.
 */
#include <sanitizer/asan_interface.h>

#include <scsi/scsi_proto.h>

#include "../../../kernel/scsi/exec.h"
#include "../../../kernel/scsi/lu.h"
#include "../../../kernel/scsi/lu_life.h"
#include "../../../kernel/scsi/nexus.h"
#include "../../../kernel/scsi/ua.h"
#include "backend.h"
#include "command.h"
#include "compare.h"
#include "copy.h"
#include "erase.h"
#include "gate.h"
#include "legal.h"
#include "lu.h"
#include "nexus.h"
#include "result.h"

static struct ktgt_done_queue done_queue;

static void kick(struct ktgt_done_queue *q)
{
	require(q == &done_queue);
}

/* --- buffers -------------------------------------------------------------- */

static struct page *make_page(u8 fill)
{
	struct page *page = malloc(sizeof(*page));

	page->refs = 1;
	page->mem = malloc(PAGE_SIZE);
	memset(page->mem, fill, PAGE_SIZE);
	return page;
}

/* A long one takes the place of the data, which has to have room inline. */
static void make_scratch(struct record *rec)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 i;

	rec->nr_scratch = DIV_ROUND_UP(cmd->scratch_len, PAGE_SIZE);
	rec->scratch = cmd->inline_bvec;
	if (cmd->scratch_len > KTGT_CMD_SCRATCH) {
		rec->scratch = calloc(rec->nr_scratch, sizeof(*rec->scratch));
		cmd->long_scratch = rec->scratch;
	}
	for (i = 0; i < rec->nr_scratch; i++)
		bvec_set_page(&rec->scratch[i], make_page(rec->fill), PAGE_SIZE,
			      0);
}

/* Pages for the data, of which nothing behind the data may be looked at. */
static void make_buffer(struct record *rec, const u8 *data, u32 len)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 i, end, part;

	rec->nr_pages = DIV_ROUND_UP(rec->buf_len, PAGE_SIZE);
	cmd->bvec = cmd->inline_bvec;
	if (cmd->scratch_len > KTGT_CMD_SCRATCH)
		require(rec->nr_pages <= KTGT_CMD_INLINE_BVECS);
	else if (rec->nr_pages > KTGT_CMD_INLINE_BVECS || cmd->scratch_len)
		cmd->bvec = calloc(rec->nr_pages, sizeof(*cmd->bvec));
	rec->sent = calloc(1, rec->buf_len);
	if (len)
		memcpy(rec->sent, data, min(len, rec->buf_len));
	for (i = 0; i < rec->nr_pages; i++) {
		part = min_t(u32, rec->buf_len - i * PAGE_SIZE, PAGE_SIZE);
		bvec_set_page(&cmd->bvec[i], make_page(rec->fill), part, 0);
		if (cmd->dir == DMA_TO_DEVICE)
			memcpy(cmd->bvec[i].bv_page->mem,
			       rec->sent + i * PAGE_SIZE, part);
	}
	make_scratch(rec);
	i = rec->nr_pages;
	cmd->nr_bvec = rec->nr_pages;
	end = rec->buf_len;
	if (rec->legal && rec->req.kind == KIND_READ)
		end = round_up(end, rec->shape->block);
	if (end % PAGE_SIZE)
		ASAN_POISON_MEMORY_REGION(cmd->bvec[i - 1].bv_page->mem +
					  end % PAGE_SIZE,
					  PAGE_SIZE - end % PAGE_SIZE);
}

static void free_buffer(struct record *rec)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 i;

	for (i = 0; i < rec->nr_pages; i++) {
		ASAN_UNPOISON_MEMORY_REGION(cmd->bvec[i].bv_page->mem,
					    PAGE_SIZE);
		free(cmd->bvec[i].bv_page->mem);
		free(cmd->bvec[i].bv_page);
	}
	for (i = 0; i < rec->nr_scratch; i++) {
		free(rec->scratch[i].bv_page->mem);
		free(rec->scratch[i].bv_page);
	}
	if (rec->scratch != cmd->inline_bvec)
		free(rec->scratch);
	if (cmd->bvec != cmd->inline_bvec)
		free(cmd->bvec);
	free(rec->sent);
	rec->sent = NULL;
}

static void copy_answer(struct record *rec)
{
	struct ktgt_cmd *cmd = rec->cmd;
	u32 pos, part, len = min_t(u64, rec->buf_len, rec->whole);

	free(rec->answer);
	rec->answer = malloc(len);
	rec->answer_len = len;
	for (pos = 0; pos < len; pos += part) {
		part = min_t(u32, len - pos, PAGE_SIZE);
		memcpy(rec->answer + pos,
		       cmd->bvec[pos / PAGE_SIZE].bv_page->mem, part);
	}
}

/* --- the end of a command ------------------------------------------------- */

/* The command that finds a new size says so, and for the others it is due. */
static void check_told(const struct record *rec)
{
	const struct ktgt_nexus *asker = rec->cmd->nexus;
	struct ktgt_lu *lu = rec->cmd->lu;
	struct ktgt_itl *itl;

	if (rec->req.kind != KIND_CAPACITY_10 && rec->cdb[0] &&
	    (rec->cdb[0] != SERVICE_ACTION_IN_16 || asks_lba_status(rec->cdb)))
		return;
	if (!rec->legal || !fake_of(lu) || rec->held ||
	    rec->status == SAM_STAT_BUSY)
		return;
	require(lu->nr_blocks == fake_of(lu)->caps.size / rec->shape->block);
	if (!lu->nr_blocks || lu->nr_blocks == rec->nr_blocks)
		return;
	require(rec->sense == 0x062a09);
	list_for_each_entry(itl, &lu->itls, node)
		require(test_bit(KTGT_UA_CAPACITY, &itl->flags) ==
			(itl->nexus != asker));
}

static void release(struct record *rec)
{
	struct ktgt_lu_reset *reset = rec->reset;

	rec->used = false;
	ktgt_cmd_release(rec->cmd);
	free_buffer(rec);
	ktgt_cmd_free(rec->cmd);
	free(rec->cmd);
	if (reset)
		ktgt_lu_reset_put(reset);
}

/* A command has come back: it is judged, and its memory goes. */
static void finish(struct ktgt_cmd *cmd)
{
	struct record *rec = find_record(cmd);
	u8 sense[KTGT_SENSE_LEN];
	unsigned int len;

	require(rec->submitted && !rec->io);
	rec->status = cmd->status;
	rec->gated = 0;
	rec->sense = 0;
	rec->info = cmd->sense.info;
	if (cmd->status == SAM_STAT_CHECK_CONDITION) {
		memset(sense, 0x5a, sizeof(sense));
		len = ktgt_cmd_sense(cmd, sense);
		rec->sense = check_sense(sense, len,
					 cmd->lu && cmd->lu->d_sense);
		check_field_pointer(rec->cdb, &rec->req, &cmd->sense);
	}
	rec->whole = cmd->xfer_len;
	if (cmd->dir == DMA_FROM_DEVICE)
		copy_answer(rec);
	check_status(rec);
	check_told(rec);
	release(rec);
}

/* It is not done yet: it will be submitted once more, if it has not been aborted. */
static void resume(struct record *rec)
{
	/* one that was aborted has not had to wait for its turn */
	if (rec->gated && !rec->aborted)
		check_resumed(rec);
	/* it is in the middle of something, or waits at the gate anew */
	if (!cmd_at_work(rec)->store)
		rec->at = 0;
	clear_bit(KTGT_CMDF_RESUME, &rec->cmd->flags);
	if (rec->aborted)
		release(rec);
	else
		rec->ready = true;
}

/*
 * Nobody may touch a command that has completed, so it goes as soon as RCU
 * does not protect it any more.
 */
static void reap(void)
{
	struct llist_node *list = llist_del_all(&done_queue.head);
	struct ktgt_cmd *cmd, *next;

	list = llist_reverse_order(list);
	llist_for_each_entry_safe(cmd, next, list, done_node) {
		require(!test_bit(KTGT_CMDF_WAITING, &cmd->flags));
		if (test_bit(KTGT_CMDF_RESUME, &cmd->flags))
			resume(find_record(cmd));
		else
			finish(cmd);
	}
}

/* --- the beginning -------------------------------------------------------- */

void parse(struct record *rec, struct ktgt_nexus *nexus, __be64 lun,
	   u32 edtl)
{
	struct ktgt_cmd *cmd = rec->cmd;
	struct ktgt_lu *lu = lu_of(lun);

	cmd->nexus = nexus;
	cmd->done_queue = &done_queue;
	cmd->lun = lun;
	cmd->edtl = edtl;
	cmd->edtl_dir = rec->edtl_dir;
	memcpy(cmd->cdb, rec->cdb, KTGT_CDB_MAX);
	rec->shape = NULL;
	if (lu) {
		follow_mode(lu);
		rec->shape_was = shapes[lu->type != TYPE_DISK];
		rec->shape = &rec->shape_was;
	}
	rec->nr_blocks = lu ? lu->nr_blocks : 0;
	if (lu && is_served(rec) && !has_no_ua(rec->cdb[0]))
		rec->ua = pending_ua(nexus, lu);
	rec->conflict = lu && is_served(rec) && conflicts(nexus, lu, rec->cdb);
	rec->unserved = lu && is_served(rec) ?
			not_served(nexus, lu, rec->cdb) : 0;
	if (lu && is_served(rec))
		rec->sanitized = erase_refusal(lu, rec->cdb);
	rec->legal = is_legal(rec);
	rec->failed = shim_failed;
	ktgt_cmd_parse(cmd);
	require(cmd->lu == lu || shim_failed != rec->failed);
	rec->lu = cmd->lu;
	check_parsed(rec);
	rec->wanted = cmd->xfer_len;
}

/* As a fabric does: data goes in the one direction that was announced. */
void give_data(struct record *rec, const u8 *data, u32 len)
{
	struct ktgt_cmd *cmd = rec->cmd;

	if (cmd->dir != DMA_NONE && cmd->dir == cmd->edtl_dir)
		rec->buf_len = min_t(u64, cmd->edtl, cmd->xfer_len);
	cmd->buf_len = rec->buf_len;
	make_buffer(rec, data, len);
	rec->ready = true;
}

/* PREEMPT AND ABORT has not come back: it has aborted what has not ended. */
static void check_aborts(const struct record *rec)
{
	const struct record *other;

	require(rec->legal && (rec->cdb[1] & 0x1f) == 5);
	for (other = records; other < records + MAX_CMDS; other++) {
		if (other->used && other->aborted && other->lu == rec->lu)
			return;
	}
	require(!"a command that PREEMPT AND ABORT waits for");
}

static void before_erase(struct record *rec)
{
	if (!rec->legal || !rec->lu)
		return;
	rec->now_erased = rec->lu->sanitize.phase == KTGT_SANITIZE_ERASED;
	if (rec->req.kind != KIND_SANITIZE)
		return;
	erase_look(rec);
	if (erases(rec))
		erase_prepare(rec);
}

/* Its initiator is to be told that there may be another medium. */
static bool is_unaware(const struct record *rec)
{
	const struct ktgt_itl *itl = rec->cmd->itl;

	return itl && !rec->cmd->store && test_bit(KTGT_UA_MEDIUM, &itl->flags);
}

/* It ends, goes to the storage, is to be submitted again, or waits at the gate. */
void submit(struct record *rec)
{
	struct ktgt_lu *lu = rec->lu;
	const void *op;

	require(rec->ready && !rec->aborted);
	rec->ready = false;
	rec->submitted = true;
	rec->submitting = true;
	mode_changed |= selects_mode(rec->cdb);
	rec->now_unaware = rec->legal && is_unaware(rec);
	if (rec->legal && rec->lu && wants_medium(rec)) {
		rec->now_blocks = rec->lu->nr_blocks;
		rec->now_read_only = rec->lu->read_only;
		rec->now_through = !rec->lu->write_cache;
		if (rec->cmd->store)
			admitted_before(rec);
		rec->misfit = rec->now_unaware ? 0x023a00 :
			      misfit_of(rec) ?: erase_refusal(rec->lu, rec->cdb);
	}
	if (rec->legal && rec->lu && is_copy(rec))
		rec->misfit = copy_misfit(rec);
	before_erase(rec);
	op = lu ? lu->sanitize_op : NULL;
	if (rec->legal && (wants_medium(rec) || selects_mode(rec->cdb) ||
			   rec->req.kind == KIND_SANITIZE))
		rec->now_conflict = rec->cmd->itl &&
				    !(rec->now_unaware && wants_medium(rec)) &&
				    rec->cmd->itl->flags & conflicting(rec->cdb);
	rec->now_unserved = 0;
	if (rec->legal && rec->cmd->itl && !rec->cmd->store &&
	    (wants_medium(rec) || is_copy(rec) ||
	     rec->req.kind == KIND_SANITIZE) &&
	    !(rec->now_unaware && wants_medium(rec)))
		rec->now_unserved = told_in_state(rec->cdb,
						  rec->cmd->itl->flags);
	ktgt_cmd_submit(rec->cmd);
	require(!shim_atomic && !shim_rcu);
	if (lu && !op && lu->sanitize_op)
		erase_begin(rec, lu);
	rec->submitting = false;
	if (!rec->used || rec->io || rec->ready)
		return;
	if (rec->req.kind == KIND_PR_OUT)
		check_aborts(rec);
	else if (rec->req.kind == KIND_SANITIZE)
		require(erase_waits(rec));
	else
		check_waits(rec);
}

/* Submits the first that is ready at or after @nr. */
bool submit_ready(unsigned int nr)
{
	struct record *rec;
	unsigned int i;

	for (i = 0; i < MAX_CMDS; i++) {
		rec = &records[(nr + i) % MAX_CMDS];
		if (!rec->used || !rec->ready)
			continue;
		submit(rec);
		return true;
	}
	return false;
}

/* It ends at once unless it is with the storage. */
void abort_command(struct record *rec, bool silent)
{
	bool busy = rec->submitted && !rec->ready;
	bool gated = rec->gated;

	set_bit(silent ? KTGT_CMDF_ABORTED : KTGT_CMDF_TASK_ABORTED,
		&rec->cmd->flags);
	rec->aborted = true;
	if (!busy) {
		release(rec);
		return;
	}
	ktgt_cmd_cancel(rec->cmd);
	require(!gated || !rec->used || shim_atomic);
}

/* Whatever has kept a command from its end, it has gone: all end. */
void complete_rest(void)
{
	struct record *rec;
	bool moved;

	gate_open();
	do {
		complete_all_later();
		moved = shim_run_work(0) || submit_ready(0);
	} while (moved);
	for (rec = records; rec < records + MAX_CMDS; rec++)
		require(!rec->used);
}

/* Ask as an initiator does; returns the answer, which is there until the next. */
const u8 *ask(u32 lun, const u8 *cdb, u32 *len)
{
	struct record *rec = new_record(cdb);

	rec->edtl_dir = DMA_FROM_DEVICE;
	parse(rec, nexuses[0], ktgt_lun_encode(lun), 8192);
	give_data(rec, NULL, 0);
	submit(rec);
	require(!rec->used && rec->status == SAM_STAT_GOOD);
	if (len)
		*len = rec->answer_len;
	return rec->answer;
}

/*
 * An answer does not depend on what is in the buffer: what is not written does
 * not go out. So it is asked for twice.
 */
bool ask_twice(struct record *rec, struct ktgt_nexus *nexus, __be64 lun,
	       u32 edtl)
{
	struct ktgt_lu *lu = lu_of(lun);
	struct ktgt_itl *itl = lu ? xa_load(&nexus->itls, lu->lun) : NULL;
	unsigned long flags, nexus_flags = nexus->flags;
	unsigned int allocs = shim_allocs;
	u8 *first, status, edtl_dir = rec->edtl_dir;
	u32 len;

	if (rec->req.kind != KIND_IN || !itl || itl->lu != lu)
		return false;
	/* the first of two that ask for a new size does not get it */
	if (lu->type == TYPE_DISK && rec->cdb[0] == SERVICE_ACTION_IN_16)
		ktgt_lu_refresh(lu);
	flags = itl->flags;
	parse(rec, nexus, lun, edtl);
	give_data(rec, NULL, 0);
	submit(rec);
	require(!rec->used);
	first = rec->answer;
	len = rec->answer_len;
	status = rec->status;

	itl->flags = flags;
	nexus->flags = nexus_flags;
	shim_allocs = allocs;
	rec->answer = NULL;
	rec = new_record(rec->cdb);
	rec->fill = 0xff;
	rec->edtl_dir = edtl_dir;
	parse(rec, nexus, lun, edtl);
	give_data(rec, NULL, 0);
	submit(rec);
	require(!rec->used && rec->status == status && rec->answer_len == len);
	require(!memcmp(rec->answer, first, len));
	free(first);
	return true;
}

void commands_start(void)
{
	shim_unlocked = reap;
	done_queue.kick = kick;
	init_llist_head(&done_queue.head);
}
