// SPDX-License-Identifier: GPL-2.0
/*
 * The SCSI side, in the place of scsi/: a command says in its CDB what is to
 * become of it. Each comes here once, in its turn, with the data that was sent
 * for it, and is completed at once or when the fuzzer says so. One that waits at
 * a gate comes twice, and one that moves in pieces for each of them.
 */
#include <scsi/scsi_proto.h>

#include "../../../kernel/iscsi/sess.h"
#include "../../../kernel/iscsi/task.h"
#include "../../../kernel/scsi/exec.h"
#include "../../../kernel/scsi/nexus.h"
#include "../../../kernel/scsi/orphan.h"
#include "../../../kernel/scsi/reserve.h"
#include "../../../kernel/scsi/reset.h"
#include "../../../kernel/scsi/ua.h"
#include "command.h"
#include "scsi.h"
#include "target.h"
#include "task.h"

/* those that have reset a logical unit */
static bool reset_by[NR_PEERS];
/* those that are to be told of the loss of their nexus */
static bool lost[NR_PEERS];
static u8 lus[2];	/* nobody looks into them */
static LIST_HEAD(nexuses);

/*
 * CDB: direction, bytes that are wanted, what becomes of it, status, by how
 * much an answer is shorter than its allocation length.
 */
u8 cdb_dir(const u8 *cdb)
{
	static const u8 dirs[4] = {
		DMA_NONE, DMA_FROM_DEVICE, DMA_TO_DEVICE, DMA_NONE,
	};

	return dirs[cdb[0] & 3];
}

static u8 cdb_status(const u8 *cdb)
{
	static const u8 statuses[8] = {
		SAM_STAT_GOOD, SAM_STAT_GOOD, SAM_STAT_GOOD, SAM_STAT_GOOD,
		SAM_STAT_CHECK_CONDITION, SAM_STAT_BUSY, SAM_STAT_GOOD,
		SAM_STAT_RESERVATION_CONFLICT,
	};

	return statuses[cdb[5] & 7];
}

static bool cdb_later(const u8 *cdb)
{
	return cdb[4] & 1;
}

static bool cdb_gated(const u8 *cdb)
{
	return cdb[4] & 2;
}

/* What was sent has been accepted: is it the same, and was it due? */
static void check_request(const struct task *task, const struct ktgt_task *t)
{
	const struct request *req = request_of(task->serial);

	if (task->peer->wild || !req->known)
		return;
	require(!req->barred && task->itt == req->itt);
	require(task->edtl == (req->flags & 0x60 ? req->edtl : 0));
	require(task->read == !!(req->flags & ISCSI_FLAG_CMD_READ));
	require(task->write == !!(req->flags & ISCSI_FLAG_CMD_WRITE));
}

/* The direction of the data, as the R and W bits say. */
static u8 announced(const struct task *task)
{
	if (task->read)
		return task->write ? DMA_BIDIRECTIONAL : DMA_FROM_DEVICE;
	return task->write ? DMA_TO_DEVICE : DMA_NONE;
}

void ktgt_cmd_parse(struct ktgt_cmd *cmd)
{
	struct ktgt_task *t = container_of(cmd, struct ktgt_task, cmd);
	static u32 born;
	struct task *task = new_task();
	u32 lun = be64_to_cpu(cmd->lun) >> 48;

	cmd->row = NULL;
	cmd->itl = NULL;
	cmd->lu = lun < 2 ? (void *)&lus[lun] : NULL;
	cmd->dir = cdb_dir(cmd->cdb);
	cmd->status = SAM_STAT_TASK_ABORTED;
	cmd->error = BLK_STS_OK;
	cmd->flags = 0;
	if (cmd->lu)
		__set_bit(KTGT_CMDF_LU_REF, &cmd->flags);
	cmd->xfer_len = cmd->dir == DMA_NONE ? 0 :
			get_unaligned_be24(cmd->cdb + 1);
	cmd->buf_len = 0;
	cmd->nr_bvec = 0;
	cmd->scratch_len = 0;
	cmd->step_at = 0;
	cmd->step_nr = 0;

	require(!task_of(cmd) && task);
	*task = (struct task) {
		.used = true, .cmd = cmd, .peer = peer_of(t->conn),
		.serial = get_unaligned_be32(cmd->cdb + CDB_SERIAL),
		.itt = (__force u32)t->itt, .index = t->index, .gen = t->gen,
		.lun = cmd->lun, .born = born++,
		.edtl = cmd->edtl, .dir = cmd->dir, .wanted = cmd->xfer_len,
		.moved = cmd->xfer_len,
		.read = t->flags & KTGT_TASK_READ,
		.write = t->flags & KTGT_TASK_WRITE,
	};
	task->attr = request_of(task->serial)->flags & ISCSI_FLAG_CMD_ATTR_MASK;
	require(!t->conn->logout);
	require(cmd->edtl_dir == announced(task));
	check_request(task, t);
	task->r2t_off = min_t(u64, request_of(task->serial)->unsolicited,
			      min_t(u64, task->edtl, task->wanted));
}

/* Data-out is what was sent; room for data-in belongs to nobody else. */
static void touch_buffer(const struct task *task, const struct ktgt_cmd *cmd)
{
	u32 pos, i, part, end = cmd->step_at + ktgt_cmd_piece_len(cmd, cmd->step_at);
	u8 *p;

	if (!task->in_pieces)
		require(cmd->nr_bvec == DIV_ROUND_UP(cmd->buf_len, PAGE_SIZE));
	for (pos = cmd->step_at; pos < end; pos += part) {
		const struct bio_vec *bv = &cmd->bvec[pos % KTGT_CMD_RING / PAGE_SIZE];

		part = min_t(u32, end - pos, PAGE_SIZE);
		require(task->in_pieces ? bv->bv_len >= part : bv->bv_len == part);
		require(!bv->bv_offset);
		require(page_ref_count(bv->bv_page) == 1);
		p = bv->bv_page->mem;
		for (i = 0; i < part; i++) {
			if (cmd->dir == DMA_FROM_DEVICE)
				p[i] = pattern(task->serial, pos + i);
			else if (!task->peer->wild)
				require(p[i] == pattern(task->itt, pos + i));
		}
	}
}

/* Fails with the first piece or the last. Returns whether the command has ended. */
static bool complete_piece(struct task *task)
{
	struct ktgt_cmd *cmd = task->cmd;
	bool good = cdb_status(cmd->cdb) == SAM_STAT_GOOD;
	u32 at = cmd->step_at + ktgt_cmd_piece_len(cmd, cmd->step_at);

	if (!good && (at == cmd->buf_len || !(cmd->cdb[7] & 1)))
		return true;
	if (cmd->dir == DMA_FROM_DEVICE)
		task->read_to = at;
	if (at == cmd->buf_len)
		return true;
	cmd->step_at = at;
	task->submitted = false;
	ktgt_cmd_resume(cmd);
	return false;
}

static void finish_task(struct task *task)
{
	struct ktgt_cmd *cmd = task->cmd;

	task->pending = false;
	if (task->in_pieces && !complete_piece(task))
		return;
	task->completed = true;
	task->status = cdb_status(cmd->cdb);
	if (cmd->dir == DMA_FROM_DEVICE && !task->in_pieces) {
		cmd->xfer_len -= min_t(u64, cmd->xfer_len,
				       get_unaligned_be16(cmd->cdb + 6));
		if (task->status != SAM_STAT_GOOD)
			cmd->xfer_len = 0;
	}
	task->moved = cmd->xfer_len;
	ktgt_cmd_complete(cmd, task->status);
}

/* The gate has opened: the command comes once more. */
static void resume(struct task *task)
{
	task->gated = false;
	task->resumed = true;
	task->submitted = false;
	ktgt_cmd_resume(task->cmd);
}

bool complete_one(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < MAX_TASKS; i++) {
		struct task *task = &tasks[(nr + i) % MAX_TASKS];

		if (!task->used || !(task->pending || task->gated))
			continue;
		if (task->gated)
			resume(task);
		else
			finish_task(task);
		return true;
	}
	return false;
}

bool ktgt_cmd_needs_storage(const struct ktgt_cmd *cmd)
{
	return true;
}

/*
 * Which ones it is for does not matter here, only that it wants no data any more
 * and ends when it is submitted.
 */
void ktgt_cmd_put_off(struct ktgt_cmd *cmd, bool alone)
{
	struct task *task = task_of(cmd);

	require(task && !task->submitted && !cmd->buf_len);
	cmd->dir = DMA_NONE;
	cmd->xfer_len = 0;
	task->put_off = alone ? SAM_STAT_BUSY : SAM_STAT_TASK_SET_FULL;
	task->dir = DMA_NONE;
	task->wanted = 0;
	task->moved = 0;
	task->r2t_off = 0;
}

void ktgt_cmd_submit(struct ktgt_cmd *cmd)
{
	struct task *task = task_of(cmd);

	might_sleep();
	require(task && !task->submitted);
	require(!ktgt_task_is_aborted(container_of(cmd, struct ktgt_task,
						   cmd)));
	task->in_pieces = test_bit(KTGT_CMDF_LONG, &cmd->flags);
	require(task->in_pieces == cmd->buf_len > KTGT_CMD_PIECE);
	/* the pieces before those that were bad have been written */
	require(task->peer->wild || task->in_pieces ||
		!request_of(task->serial)->bad_data);
	require(cmd->buf_len == (cmd->dir == DMA_TO_DEVICE && task->write ?
				 min_t(u64, task->edtl, task->wanted) :
				 cmd->dir == DMA_FROM_DEVICE && task->read &&
				 !task->write ?
				 min_t(u64, task->edtl, task->wanted) : 0));
	check_turn(task);
	task->submitted = true;
	if (task->put_off) {
		task->completed = true;
		task->status = task->put_off;
		ktgt_cmd_complete(cmd, task->status);
		return;
	}
	touch_buffer(task, cmd);
	if (cdb_gated(cmd->cdb) && !task->resumed)
		task->gated = true;
	else if (cdb_later(cmd->cdb))
		task->pending = true;
	else
		finish_task(task);
}

void ktgt_cmd_pause(struct ktgt_cmd *cmd)
{
	struct task *task = task_of(cmd);

	require(task && task->in_pieces && !task->pending && !task->gated);
}

/* Each piece of one has a single transfer. */
bool ktgt_cmd_is_admitted(const struct ktgt_cmd *cmd)
{
	return false;
}

void ktgt_cmd_free(struct ktgt_cmd *cmd)
{
	require(!cmd->track);
}

/* Only one that has been aborted, and only at a gate it is let go. */
void ktgt_cmd_cancel(struct ktgt_cmd *cmd)
{
	struct task *task = task_of(cmd);

	/* it may be on its way back, to be submitted again */
	require(task && (task->submitted ||
			 test_bit(KTGT_CMDF_RESUME, &cmd->flags)));
	require(ktgt_task_is_aborted(container_of(cmd, struct ktgt_task, cmd)));
	if (!task->gated)
		return;
	task->gated = false;
	task->completed = true;
	ktgt_cmd_complete(cmd, SAM_STAT_TASK_ABORTED);
}

/* Nothing here is a copy. */
void ktgt_cmd_spare(struct ktgt_cmd *cmd)
{
	require(task_of(cmd));
}

bool ktgt_cmd_is_at(const struct ktgt_cmd *cmd, const struct ktgt_lu *lu)
{
	return cmd->lu == lu;
}

struct ktgt_orphans *ktgt_orphans_alloc(const struct ktgt_nexus *nexus)
{
	struct ktgt_orphans *orphans = kzalloc_obj(*orphans, GFP_KERNEL | __GFP_NOFAIL);

	require(nexus->target);
	return orphans;
}

void ktgt_orphans_free(struct ktgt_orphans *orphans)
{
	kfree(orphans);
}

/* Its connection is gone: it has been aborted, and waits for the storage alone. */
void ktgt_cmd_orphan(struct ktgt_orphans *orphans, struct ktgt_cmd *cmd,
		     u32 bytes)
{
	struct task *task = task_of(cmd);

	require(task && task->submitted && !task->gated && orphans);
	require(ktgt_task_is_aborted(container_of(cmd, struct ktgt_task, cmd)));
	cmd->nexus = NULL;
	task->orphan = true;
}

/* An orphan has come back: nobody is there to be told of it. */
static void release_orphan(struct task *task, struct ktgt_cmd *cmd)
{
	require(!task->pending && (task->completed || task->in_pieces));
	clear_bit(KTGT_CMDF_LU_REF, &cmd->flags);
	cmd->lu = NULL;
	task->used = false;
}

/* Its answer has been made, or there is none. */
void ktgt_cmd_release(struct ktgt_cmd *cmd)
{
	struct task *task = task_of(cmd);
	unsigned int nr;
	bool told = false;

	if (!task) {
		require(!test_bit(KTGT_CMDF_LU_REF, &cmd->flags));
		return;
	}
	if (task->orphan) {
		release_orphan(task, cmd);
		return;
	}
	require(!task->pending && !task->gated);
	require(task->completed || !task->submitted);
	clear_bit(KTGT_CMDF_LU_REF, &cmd->flags);
	task->in_pieces = test_bit(KTGT_CMDF_LONG, &cmd->flags);
	task->cmd = NULL;
	cmd->lu = NULL;
	if (test_bit(KTGT_CMDF_TASK_ABORTED, &cmd->flags)) {
		/* what an initiator has ended itself it is not told of */
		for (nr = 0; nr < NR_PEERS; nr++)
			told |= reset_by[nr] && &peers[nr] != task->peer;
		require(told);
		task->aborted = true;
		task->moved = cmd->xfer_len;
	} else if (test_bit(KTGT_CMDF_ABORTED, &cmd->flags)) {
		task->silent = true;
	} else if (!task->submitted) {
		/* not one byte of bad data has been written */
		require(cmd->status == SAM_STAT_CHECK_CONDITION);
		require(task->write);
		require(request_of(task->serial)->bad_data ||
			task->peer->astray || task->peer->wild);
		task->completed = true;
		task->bad = true;
		task->status = cmd->status;
	}
}

unsigned int ktgt_cmd_sense(const struct ktgt_cmd *cmd, u8 *buf)
{
	memset(buf, 0, 18);
	buf[0] = 0x70;
	buf[2] = cmd->sense.key;
	buf[7] = 10;
	buf[12] = cmd->sense.asc;
	buf[13] = cmd->sense.ascq;
	return 18;
}

int ktgt_nexus_open(struct ktgt_nexus *nexus)
{
	if (target.deleted)
		return -ENOENT;
	list_add_tail(&nexus->node, &nexuses);
	return 0;
}

void ktgt_nexus_close(struct ktgt_nexus *nexus)
{
	struct task *task;

	for (task = tasks; task < tasks + MAX_TASKS; task++)
		require(!task->used || !task->cmd ||
			task->cmd->nexus != nexus);
	list_del(&nexus->node);
}

static unsigned int nr_of(struct ktgt_nexus *nexus)
{
	return peer_of(container_of(nexus, struct ktgt_sess, nexus)->conn) -
	       peers;
}

/* After a cold reset. */
void ktgt_nexuses_close(struct ktgt_target *t,
			enum ktgt_session_end_reason reason,
			const struct ktgt_nexus *except)
{
	struct ktgt_nexus *nexus;
	unsigned int nr;

	require(t == &target && reason == KTGT_SESSION_END_TARGET_RESET);
	for (nr = 0; nr < NR_PEERS; nr++)
		peers[nr].may_close = true;
	shim_atomic++;
	list_for_each_entry(nexus, &nexuses, node)
		if (nexus != except)
			nexus->ops->close(nexus, reason);
	shim_leave(&shim_atomic);
}

static u8 *lu_at(__be64 lun)
{
	u64 nr = be64_to_cpu(lun) >> 48;

	return nr < 2 ? &lus[nr] : NULL;
}

bool ktgt_orphans_hold_much(void)
{
	return false;
}

void ktgt_ua_give_back(struct ktgt_cmd *cmd)
{
}

bool ktgt_nexus_uses_disks(struct ktgt_nexus *nexus)
{
	return true;
}

bool ktgt_nexus_lun_exists(struct ktgt_nexus *nexus, __be64 lun)
{
	return lu_at(lun);
}

static void tasks_done(struct ktgt_lu_reset *tasks)
{
	struct ktgt_reset *reset = container_of(tasks, struct ktgt_reset,
						tasks);

	reset->done(reset);
}

void ktgt_reset_init(struct ktgt_reset *reset,
		     void (*done)(struct ktgt_reset *reset))
{
	memset(reset, 0, sizeof(*reset));
	INIT_LIST_HEAD(&reset->parts);
	atomic_set(&reset->tasks.pending, 1);
	reset->tasks.done = tasks_done;
	reset->done = done;
}

static void reset_one(struct ktgt_reset *reset, struct ktgt_nexus *nexus,
		      u8 *lu)
{
	struct ktgt_nexus *other;

	reset_by[nr_of(nexus)] = true;
	shim_atomic++;
	list_for_each_entry(other, &nexuses, node)
		other->ops->abort_lu(other, (void *)lu, nexus, &reset->tasks);
	shim_leave(&shim_atomic);
}

bool ktgt_reset_lu(struct ktgt_reset *reset, struct ktgt_nexus *nexus,
		   __be64 lun)
{
	u8 *lu = lu_at(lun);

	if (lu)
		reset_one(reset, nexus, lu);
	return lu;
}

void ktgt_reset_target(struct ktgt_reset *reset, struct ktgt_nexus *nexus)
{
	u8 *lu;

	require(target.keys[KTGT_TARGET_RESET] == 1 + true);
	for (lu = lus; lu < lus + ARRAY_SIZE(lus); lu++)
		reset_one(reset, nexus, lu);
}

/* Only whoever has agreed on it asks for this, and for what follows. */
void ktgt_ua_raise_nexus(struct ktgt_nexus *nexus, enum ktgt_ua ua)
{
	require(nexus->has_queries && ua == KTGT_UA_NEXUS_LOSS);
	lost[nr_of(nexus)] = true;
}

/* Nothing is reserved here. */
void ktgt_reserve_end(struct ktgt_nexus *nexus)
{
	require(!shim_atomic);
	nr_of(nexus);
}

/* Nor is anything prevented. */
void ktgt_prevent_end(struct ktgt_nexus *nexus)
{
	require(!shim_atomic);
	nr_of(nexus);
}

unsigned int ktgt_nexus_peek_ua(struct ktgt_nexus *nexus, __be64 lun,
				struct ktgt_sense *sense)
{
	require(nexus->has_queries && lu_at(lun));
	*sense = (struct ktgt_sense) {
		.key = UNIT_ATTENTION, .asc = 0x29, .ascq = 7,
	};
	return lost[nr_of(nexus)];
}

void ktgt_reset_give_up(struct ktgt_reset *reset)
{
	require(reset->done);
}

bool ktgt_reset_has_failed(const struct ktgt_reset *reset)
{
	return reset->tasks.failed;
}

void ktgt_reset_exit(struct ktgt_reset *reset)
{
	require(!atomic_read(&reset->tasks.pending));
}

void scsi_start(void)
{
	memset(tasks, 0, sizeof(tasks));
	memset(reset_by, 0, sizeof(reset_by));
	memset(lost, 0, sizeof(lost));
}

void scsi_stop(void)
{
	require(list_empty(&nexuses));
}
