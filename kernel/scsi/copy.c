// SPDX-License-Identifier: GPL-2.0
/*
 * EXTENDED COPY (SPC-4, 6.4): blocks of a logical unit are copied to another one of
 * the same target, or of the same logical unit.
 *
 * A copy is an initiator of its own: it reads up to 1 MiB into its scratch buffer and
 * writes that, with a command that is not the fabric's (&ktgt_cmd.part). This command
 * finds its logical unit as all others of the I_T nexus do. It is admitted by the gate
 * and has its range there, conflicts with reservations there, and is refused there, as a
 * READ or a WRITE. When it has come back it lets go of all of this. So a copy waits for
 * one gate or range at a time, with nothing else in its hands but its buffer; and who
 * closes a gate, or removes a logical unit, waits for one transfer of it.
 *
 * The part comes back to its copy, which is given back to the fabric, and goes on
 * when it is submitted once more. Other commands of the connection have their turn
 * between two steps; and this is where it ends if it was aborted.
 *
 * A copy takes no unit attentions: they are for the initiator. Where one is pending that
 * tells of another medium, it goes no further (ktgt_medium_admit()).
 */
#include "copy.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kref.h>
#include <linux/llist.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <linux/xarray.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/net.h"
#include "../core/target.h"
#include "cdb.h"
#include "copy_list.h"
#include "copy_record.h"
#include "data.h"
#include "gate.h"
#include "histogram.h"
#include "lu.h"
#include "lu_life.h"
#include "medium.h"
#include "nexus.h"
#include "orphan.h"
#include "sense.h"
#include "track.h"
#include "vpd.h"

/* Reclaim may wait for the logical unit. */
#define GFP_COPY		(GFP_NOIO | __GFP_NOWARN)

/* bytes of the longest parameter list that is taken: as many as have room inline */
#define LIST_TAKEN_MAX		SZ_64K
/* bytes that are read and written at once */
#define STEP			KTGT_CMD_LONG_SCRATCH

/* byte 1 of a CSCD descriptor: it names a device that does not exist (SPC-3) */
#define CSCD_NUL		BIT(5)
#define CSCD_TYPE		0x1f
#define CSCD_DESIGNATOR		4
#define CSCD_BLOCK_LENGTH	29
#define DESIGNATOR_MAX		20

/* bytes of a segment descriptor where its fields are (SPC-4, 6.4.6) */
#define AT_BLOCKS		10
#define AT_BYTES		8
#define AT_SOURCE_LBA		12
#define AT_DESTINATION_LBA	20
#define AT_SOURCE_OFFSET	28
#define AT_DESTINATION_OFFSET	30

/**
 * struct copy_side - the source or the destination of a segment
 * @id: its CSCD descriptor ID
 * @lun: number of the logical unit
 * @lu: the logical unit; only its memory is referenced, in &ktgt_copy.cscds
 * @shift: log2 of its logical block size
 * @medium_nr: as &copy_cscd.medium_nr
 * @pos: first byte
 */
struct copy_side {
	u16		id;
	u32		lun;
	struct ktgt_lu	*lu;
	u8		shift;
	u16		medium_nr;
	u64		pos;
};

/**
 * struct copy_cscd - a copy source or destination that was found
 * @lun: number of the logical unit
 * @lu: the logical unit, with a reference of its memory; NULL if it was not looked
 *	for
 * @medium_nr: its &ktgt_lu.medium_nr when it was found, for all segments
 */
struct copy_cscd {
	u32		lun;
	struct ktgt_lu	*lu;
	u16		medium_nr;
};

/**
 * struct ktgt_copy - a copy that is under way
 *
 * It belongs to the context in which the fabric submits @cmd; only @queue is used
 * elsewhere.
 *
 * @part: reads and writes; it has a logical unit while it does. Aligned, see struct
 *	ktgt_cmd
 * @rcu: frees it
 * @cmd: EXTENDED COPY
 * @queue: where @part comes back to
 * @kn: the namespace that counts it in &ktgt_net.nr_copies; NULL if none does
 * @record: what its initiator can ask for; NULL if that is gone, or it has ended
 * @list: what the header of the parameter list says
 * @nr: segment descriptors that have been read
 * @at: where the next one is in @data
 * @source: of the segment at hand
 * @destination: likewise
 * @len: bytes of the segment at hand
 * @done: bytes of it that were copied
 * @has_copied: something was copied, of this segment or of an earlier one
 * @step: bytes that @part reads, and then writes
 * @is_backward: it goes from the end to the beginning, as the destination is in the
 *	source and behind its beginning
 * @is_write: the next transfer is a write, or that is under way
 * @cscds: what was found of the CSCD descriptors
 * @data: the parameter list
 */
struct ktgt_copy {
	struct ktgt_cmd			part;
	struct rcu_head			rcu;
	struct ktgt_cmd			*cmd;
	struct ktgt_done_queue		queue;
	struct ktgt_net			*kn;
	struct ktgt_copy_record		*record;
	struct ktgt_copy_list		list;
	u32				nr;
	u32				at;
	struct copy_side		source;
	struct copy_side		destination;
	u64				len;
	u64				done;
	u32				step;
	bool				has_copied;
	bool				is_backward;
	bool				is_write;
	struct copy_cscd		cscds[KTGT_COPY_MAX_CSCDS];
	u8				data[KTGT_COPY_LIST_MAX];
};

/* What its parts are like; they have no CDB. */
static const struct ktgt_cdb_row read_row = {
	.opcode = READ_16, .dir = DMA_FROM_DEVICE,
	.flags = KTGT_CDB_DISK | KTGT_CDB_MEDIUM | KTGT_CDB_COUNT,
	.pr = KTGT_CDB_PR_READ, .alua = KTGT_CDB_ALUA_ACTIVE,
};

static const struct ktgt_cdb_row write_row = {
	.opcode = WRITE_16, .dir = DMA_TO_DEVICE,
	.flags = KTGT_CDB_DISK | KTGT_CDB_MEDIUM | KTGT_CDB_COUNT |
		 KTGT_CDB_WRITE,
	.pr = KTGT_CDB_PR_WRITE, .alua = KTGT_CDB_ALUA_ACTIVE,
};

static struct ktgt_copy *copy_of(const struct ktgt_cmd *cmd)
{
	return container_of(cmd->part, struct ktgt_copy, part);
}

/* The part has come back. */
static void copy_kick(struct ktgt_done_queue *queue)
{
	ktgt_cmd_resume(container_of(queue, struct ktgt_copy, queue)->cmd);
}

/* --- how it ends ---------------------------------------------------------- */

/*
 * @cmd is the fabric's again, and its memory goes with it. From now on another copy may
 * have the record.
 */
static void finish(struct ktgt_copy *copy, u8 status)
{
	struct ktgt_cmd *cmd = copy->cmd;
	struct ktgt_copy_record *record = copy->record;

	if (status == SAM_STAT_GOOD)
		record->state = KTGT_COPY_DONE;
	else if (status == SAM_STAT_CHECK_CONDITION)
		ktgt_copy_record_fail(record, &cmd->sense,
				      READ_ONCE(cmd->lu->d_sense));
	else
		record->state = KTGT_COPY_UNUSED;
	copy->record = NULL;
	ktgt_cmd_complete(cmd, status);
}

static struct copy_side *side_of(struct ktgt_copy *copy)
{
	return copy->is_write ? &copy->destination : &copy->source;
}

/* Bytes of the segment that are there, from its beginning on. */
static u64 done_in_order(const struct ktgt_copy *copy)
{
	return copy->is_backward && copy->done < copy->len ? 0 : copy->done;
}

/*
 * SPC-4, 5.17.7.4: errors that are found when descriptors are carried out. If something of
 * the segment was written, INFORMATION is the residual, in blocks of the destination.
 */
static void set_aborted(struct ktgt_copy *copy, u16 code)
{
	struct ktgt_sense *sense = &copy->cmd->sense;

	ktgt_sense_set(sense, COPY_ABORTED, code);
	sense->flags = KTGT_SENSE_COPY;
	sense->segment = copy->nr - 1;
	if (!copy->done)
		return;
	sense->flags |= KTGT_SENSE_INFO;
	sense->info = (copy->len - done_in_order(copy)) >>
		      copy->destination.shift;
}

/* The field pointer is one to the CSCD descriptor of the side at hand, if it has one. */
static void set_aborted_by(struct ktgt_copy *copy, u16 code)
{
	struct ktgt_sense *sense = &copy->cmd->sense;
	u16 id = side_of(copy)->id;

	set_aborted(copy, code);
	if (id >= copy->list.nr_cscds)
		return;
	sense->flags |= KTGT_SENSE_FIELD;
	sense->field = copy->list.cscds_at + id * KTGT_COPY_CSCD_LEN;
}

static void abort_side(struct ktgt_copy *copy, u16 code)
{
	set_aborted_by(copy, code);
	finish(copy, SAM_STAT_CHECK_CONDITION);
}

/* The field pointer is one to the field of the segment descriptor that is wrong. */
static bool abort_field(struct ktgt_copy *copy, u16 code, unsigned int byte)
{
	struct ktgt_sense *sense = &copy->cmd->sense;

	set_aborted(copy, code);
	sense->flags |= KTGT_SENSE_FIELD | KTGT_SENSE_SEGMENT;
	sense->field = byte;
	finish(copy, SAM_STAT_CHECK_CONDITION);
	return false;
}

/*
 * Then all of it must not be done once more: what was written may be what is to be read.
 * A write that has failed may have written some.
 */
static bool has_written(const struct ktgt_copy *copy)
{
	return copy->has_copied || (copy->is_write && copy->part.error);
}

/*
 * The part has ended with an error, which is told together with its own sense data.
 * While nothing has been written, an initiator that is told to come again can.
 */
static void abort_for_part(struct ktgt_copy *copy)
{
	struct ktgt_sense *sense = &copy->cmd->sense;
	u8 status = copy->part.status;

	if (status == SAM_STAT_BUSY && !has_written(copy)) {
		finish(copy, status);
		return;
	}
	set_aborted_by(copy, KTGT_ASC_THIRD_PARTY_FAILURE);
	sense->flags |= KTGT_SENSE_CSCD;
	if (copy->is_write)
		sense->flags |= KTGT_SENSE_DESTINATION;
	sense->cscd = &copy->part.sense;
	sense->cscd_status = status;
	finish(copy, SAM_STAT_CHECK_CONDITION);
}

/* It was the part that lacked it. */
static void abort_for_memory(struct ktgt_copy *copy)
{
	ktgt_net_count_failure(copy->kn);
	copy->part.status = SAM_STAT_BUSY;
	abort_for_part(copy);
}

/* --- parts ---------------------------------------------------------------- */

/* Finds and holds a logical unit. Return: as ktgt_cmd_attach(). */
static int attach(struct ktgt_copy *copy, u32 lun)
{
	struct ktgt_cmd *part = &copy->part;

	part->nexus = copy->cmd->nexus;
	part->lun = ktgt_lun_encode(lun);
	part->flags = 0;
	part->store = NULL;
	part->orphan_group = NULL;
	return ktgt_cmd_attach(part);
}

static void detach(struct ktgt_copy *copy)
{
	struct ktgt_cmd *part = &copy->part;
	struct ktgt_lu *lu = part->lu;

	clear_bit(KTGT_CMDF_LU_REF, &part->flags);
	part->itl = NULL;
	part->lu = NULL;
	percpu_ref_put(&lu->ref);
}

/* As a READ or a WRITE of its initiator, which it would be without the copy. */
static void count_io(const struct ktgt_cmd *part)
{
	struct ktgt_lu_stats *all = &part->itl->stats;
	struct ktgt_io_stats *stats = part->dir == DMA_FROM_DEVICE ? &all->read :
								     &all->write;

	stats->begun++;
	stats->begun_bytes += part->buf_len;
	stats->completed++;
	if (part->status == SAM_STAT_GOOD)
		stats->bytes += part->buf_len;
}

/* What ktgt_cmd_parse() and ktgt_cmd_release() count of others. */
static void count_part(struct ktgt_copy *copy)
{
	struct ktgt_cmd *part = &copy->part;

	count_io(part);
	if (part->storage_time)
		ktgt_histograms_count(&part->lu->histograms,
				      &part->nexus->histograms, part);
	if (likely(part->error == BLK_STS_OK))
		return;
	part->itl->stats.errors++;
	ktgt_lu_refresh(part->lu);
	if (part->status == SAM_STAT_CHECK_CONDITION)
		ktgt_cmd_note_error(part);
}

/* The part has been an orphan. */
static void end_orphan(struct ktgt_copy *copy)
{
	struct ktgt_cmd *part = &copy->part;

	if (part->storage_time)
		ktgt_histograms_count_orphan(&part->lu->histograms, part);
	ktgt_orphan_end(part);
	part->lu = NULL;
}

/* The part does not use its logical unit any more. */
static void let_go(struct ktgt_copy *copy)
{
	struct ktgt_cmd *part = &copy->part;

	ktgt_track_leave(part);
	ktgt_gate_leave(part);
	part->clock = copy->cmd->clock;
	if (test_bit(KTGT_CMDF_LU_REF, &part->flags)) {
		count_part(copy);
		detach(copy);
	} else {
		end_orphan(copy);
	}
}

/* Carries the part out, or goes on with it when it has waited. */
static void run_part(struct ktgt_copy *copy)
{
	struct ktgt_cmd *part = &copy->part;

	part->clock = copy->cmd->clock;
	if (!ktgt_medium_admit(part))
		return;
	ktgt_medium_submit_bvec(part, copy->is_write ? KTGT_IO_WRITE :
						       KTGT_IO_READ,
				part->lba << part->block_shift, copy->step,
				copy->cmd->long_scratch, ktgt_medium_end_io);
}

/* Where in the segment the next step begins. */
static u64 step_at(const struct ktgt_copy *copy)
{
	return copy->is_backward ? copy->len - copy->done - copy->step :
				   copy->done;
}

/* What is not found, or is another disk by now, cannot be reached. */
static bool attach_part(struct ktgt_copy *copy, const struct copy_side *side)
{
	int err = attach(copy, side->lun);

	if (!err && copy->part.lu == side->lu)
		return true;
	if (!err)
		detach(copy);
	if (err == -ENOMEM)
		abort_for_memory(copy);
	else
		abort_side(copy, KTGT_ASC_CSCD_NOT_REACHABLE);
	return false;
}

static void start_part(struct ktgt_copy *copy)
{
	const struct copy_side *side = side_of(copy);
	struct ktgt_cmd *part = &copy->part;

	if (!attach_part(copy, side))
		return;
	part->row = copy->is_write ? &write_row : &read_row;
	part->dir = part->row->dir;
	part->recv_clock = copy->cmd->clock;
	part->storage_time = 0;
	part->status = SAM_STAT_TASK_ABORTED;
	part->error = BLK_STS_OK;
	part->xfer_len = copy->step;
	part->buf_len = copy->step;
	part->block_shift = side->shift;
	part->medium_nr = side->medium_nr;
	part->lba = (side->pos + step_at(copy)) >> side->shift;
	part->nr_blocks = copy->step >> side->shift;
	if (copy->is_write && unlikely(!READ_ONCE(part->itl->wrote)))
		ktgt_cmd_note_write(part);
	run_part(copy);
}

/* --- segments ------------------------------------------------------------- */

/* The LUN of a logical unit with this name; KTGT_LUN_NONE if there is none. */
static u32 find_lun(const struct ktgt_cmd *cmd, const u8 *designator)
{
	struct xarray *lus = &cmd->nexus->target->lus;
	u32 lun = KTGT_LUN_NONE;
	struct ktgt_lu *lu;
	unsigned long nr;

	if (ktgt_vpd_has_name(cmd->lu, designator))
		return cmd->lu->lun;
	rcu_read_lock();
	xa_for_each(lus, nr, lu) {
		if (!ktgt_vpd_has_name(lu, designator))
			continue;
		lun = nr;
		break;
	}
	rcu_read_unlock();
	return lun;
}

/*
 * Whether the part, which has been attached, has come to the disk that a CSCD
 * descriptor names. Return: 0, or the additional sense code.
 */
static int check_cscd(const struct ktgt_copy *copy, const u8 *cscd)
{
	const struct ktgt_lu *lu = copy->part.lu;
	u32 block = get_unaligned_be24(cscd + CSCD_BLOCK_LENGTH);

	if (!ktgt_vpd_has_name(lu, cscd + CSCD_DESIGNATOR))
		return KTGT_ASC_CSCD_NOT_REACHABLE;
	if (lu->type != TYPE_DISK || (cscd[1] & CSCD_TYPE) != lu->type)
		return KTGT_ASC_INCORRECT_CSCD_TYPE;
	/* whoever has other blocks in mind does not mean these bytes */
	if (block && block != 1u << READ_ONCE(lu->block_shift))
		return KTGT_ASC_INCORRECT_CSCD_TYPE;
	return 0;
}

/* With the part attached. */
static int keep_cscd(const struct ktgt_copy *copy, struct copy_cscd *found,
		     const u8 *cscd, u32 lun)
{
	int code = check_cscd(copy, cscd);

	if (code)
		return code;
	found->lun = lun;
	found->lu = copy->part.lu;
	/* pairs with the ejection */
	found->medium_nr = smp_load_acquire(&found->lu->medium_nr);
	kref_get(&found->lu->kref);
	return 0;
}

/*
 * Its LUN is found here, but the logical unit itself only as by a command. Return: as
 * find_side().
 */
static int find_cscd(struct ktgt_copy *copy, struct copy_cscd *found,
		     const u8 *cscd)
{
	u32 lun = KTGT_LUN_NONE;
	int err = -ENXIO;

	/* there may be many logical units */
	cond_resched();
	if (!(cscd[1] & CSCD_NUL) &&
	    cscd[CSCD_DESIGNATOR + 3] <= DESIGNATOR_MAX)
		lun = find_lun(copy->cmd, cscd + CSCD_DESIGNATOR);
	if (lun != KTGT_LUN_NONE)
		err = attach(copy, lun);
	if (err)
		return err == -ENOMEM ? err : KTGT_ASC_CSCD_NOT_REACHABLE;
	err = keep_cscd(copy, found, cscd, lun);
	detach(copy);
	return err;
}

/* Return: 0; the additional sense code, if there is no such disk; or -ENOMEM. */
static int find_side(struct ktgt_copy *copy, u16 id, struct copy_side *side)
{
	struct copy_cscd self = {
		copy->cmd->lu->lun, copy->cmd->lu, copy->cmd->medium_nr,
	};
	struct copy_cscd *found = &self;
	int err;

	side->id = id;
	if (id != KTGT_COPY_SELF) {
		if (id >= copy->list.nr_cscds)
			return KTGT_ASC_CSCD_NOT_REACHABLE;
		found = &copy->cscds[id];
	}
	if (!found->lu) {
		err = find_cscd(copy, found, copy->data + copy->list.cscds_at +
				id * KTGT_COPY_CSCD_LEN);
		if (err)
			return err;
	}
	side->lun = found->lun;
	side->lu = found->lu;
	side->medium_nr = found->medium_nr;
	side->shift = READ_ONCE(side->lu->block_shift);
	return 0;
}

/* Return: false if @copy has ended. */
static bool find_sides(struct ktgt_copy *copy,
		       const struct ktgt_copy_segment *segment)
{
	int err = find_side(copy, segment->source, &copy->source);

	if (!err) {
		copy->is_write = true;
		err = find_side(copy, segment->destination, &copy->destination);
	}
	if (!err) {
		copy->is_write = false;
		return true;
	}
	if (err == -ENOMEM)
		abort_for_memory(copy);
	else
		abort_side(copy, err);
	return false;
}

/* How much a segment copies. */
static u64 segment_bytes(const struct ktgt_copy *copy,
			 const struct ktgt_copy_segment *segment)
{
	if (segment->type == KTGT_COPY_BYTES)
		return segment->len;
	return (u64)segment->len << (segment->of_destination ?
				     copy->destination.shift :
				     copy->source.shift);
}

/* A disk without blocks says why. Return: false if @copy has ended for that. */
static bool has_medium(struct ktgt_copy *copy, bool is_write)
{
	struct ktgt_lu *lu;

	copy->is_write = is_write;
	lu = side_of(copy)->lu;
	if (READ_ONCE(lu->nr_blocks))
		return true;
	ktgt_lu_no_medium(lu, &copy->part.sense);
	copy->part.status = SAM_STAT_CHECK_CONDITION;
	abort_for_part(copy);
	return false;
}

/* Return: false if @copy has ended, because there are no such blocks. */
static bool set_pos(struct ktgt_copy *copy, struct copy_side *side, u64 lba,
		    u16 offset, unsigned int byte)
{
	u64 nr_blocks = READ_ONCE(side->lu->nr_blocks);

	if (lba >= nr_blocks ||
	    offset + copy->len > (nr_blocks - lba) << side->shift)
		return abort_field(copy, KTGT_ASC_NONE, byte);
	side->pos = (lba << side->shift) + offset;
	return true;
}

/* Whole blocks are copied. Return: false if @copy has ended because some are not. */
static bool check_blocks(struct ktgt_copy *copy,
			 const struct ktgt_copy_segment *segment)
{
	u32 mask = (1u << max(copy->source.shift, copy->destination.shift)) - 1;

	if (segment->source_offset & ((1u << copy->source.shift) - 1))
		return abort_field(copy, KTGT_ASC_INVALID_FIELD_IN_LIST,
				   AT_SOURCE_OFFSET);
	if (segment->destination_offset & ((1u << copy->destination.shift) - 1))
		return abort_field(copy, KTGT_ASC_INVALID_FIELD_IN_LIST,
				   AT_DESTINATION_OFFSET);
	if (copy->len & mask)
		return abort_field(copy, KTGT_ASC_INEXACT_SEGMENT,
				   segment->type == KTGT_COPY_BYTES ?
				   AT_BYTES : AT_BLOCKS);
	return true;
}

/* What is to be read must not be written before. */
static bool goes_backward(const struct ktgt_copy *copy)
{
	u64 from = copy->source.pos, to = copy->destination.pos;

	return copy->source.lu == copy->destination.lu && to > from &&
	       to - from < copy->len;
}

/* Return: false if @copy has ended. */
static bool check_segment(struct ktgt_copy *copy,
			  const struct ktgt_copy_segment *segment)
{
	if (copy->len > KTGT_COPY_MAX_SEGMENT)
		return abort_field(copy, KTGT_ASC_INVALID_FIELD_IN_LIST,
				   segment->type == KTGT_COPY_BYTES ?
				   AT_BYTES : AT_BLOCKS);
	return check_blocks(copy, segment) &&
	       has_medium(copy, true) && has_medium(copy, false) &&
	       set_pos(copy, &copy->source, segment->source_lba,
		       segment->source_offset, AT_SOURCE_LBA) &&
	       set_pos(copy, &copy->destination, segment->destination_lba,
		       segment->destination_offset, AT_DESTINATION_LBA);
}

/* Return: false if @copy has ended. */
static bool next_segment(struct ktgt_copy *copy)
{
	struct ktgt_copy_segment segment;

	ktgt_copy_segment_parse(&segment, copy->data + copy->at);
	copy->at += segment.size;
	copy->nr++;
	copy->record->segments = copy->nr;
	copy->done = 0;
	copy->len = 0;
	if (!segment.len)
		return true;
	if (!find_sides(copy, &segment))
		return false;
	copy->len = segment_bytes(copy, &segment);
	if (!check_segment(copy, &segment))
		return false;
	copy->is_backward = goes_backward(copy);
	return true;
}

/* Return: whether there is something to be copied; otherwise @copy has ended. */
static bool has_more(struct ktgt_copy *copy)
{
	while (copy->done == copy->len) {
		if (copy->nr == copy->list.nr_segments) {
			finish(copy, SAM_STAT_GOOD);
			return false;
		}
		if (!next_segment(copy))
			return false;
	}
	return true;
}

/* --- the command ---------------------------------------------------------- */

/**
 * ktgt_copy_check - checks of EXTENDED COPY (SPC-4, 6.4 and 6.5)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_copy_check(struct ktgt_cmd *cmd)
{
	static_assert((KTGT_CMD_INLINE_BVECS * PAGE_SIZE) >= LIST_TAKEN_MAX);

	if (cmd->xfer_len > LIST_TAKEN_MAX)
		return ktgt_data_refuse_length(cmd);
	if (cmd->xfer_len)
		cmd->scratch_len = STEP;
	return true;
}

/*
 * It counts, in its namespace and for its initiator. Return: as ktgt_copy_record_begin();
 * -EAGAIN if there are too many in the namespace.
 */
static int claim(struct ktgt_copy *copy)
{
	const struct ktgt_cmd *cmd = copy->cmd;
	struct ktgt_net *kn = cmd->lu->target->kn;
	const struct ktgt_copy_record record = {
		.has_id = copy->list.usage != KTGT_COPY_ID_NONE,
		.is_lid4 = cmd->row->action == KTGT_COPY_LID4,
		.list_id = copy->list.list_id,
		.lun = cmd->lu->lun,
	};
	int err = -EAGAIN;

	if (atomic_inc_return(&kn->nr_copies) <= KTGT_COPIES_ALL_MAX)
		err = ktgt_copy_record_begin(cmd->nexus, &record,
					     &copy->record);
	if (err)
		atomic_dec(&kn->nr_copies);
	else
		copy->kn = kn;
	return err;
}

static void refuse(struct ktgt_cmd *cmd, int err)
{
	switch (err) {
	case -EEXIST:
		ktgt_sense_set(&cmd->sense, ILLEGAL_REQUEST,
			       KTGT_ASC_OPERATION_IN_PROGRESS);
		ktgt_cmd_fail(cmd);
		return;
	case -EBUSY:
		ktgt_cmd_complete(cmd, SAM_STAT_TASK_SET_FULL);
		return;
	case -ENOMEM:
		ktgt_net_count_failure(cmd->lu->target->kn);
		fallthrough;
	case -EAGAIN:
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	default:
		/* with sense data */
		ktgt_cmd_fail(cmd);
	}
}

/* Return: 0, or as an errno; -EINVAL with sense data set. */
static int prepare(struct ktgt_copy *copy)
{
	struct ktgt_cmd *cmd = copy->cmd;
	u32 len = cmd->xfer_len;

	ktgt_data_get(cmd, 0, copy->data, min_t(u32, len, sizeof(copy->data)));
	if (!ktgt_copy_list_parse(&copy->list, copy->data, len,
				  cmd->row->action == KTGT_COPY_LID4,
				  &cmd->sense))
		return -EINVAL;
	copy->at = copy->list.segments_at;
	copy->queue.kick = copy_kick;
	init_llist_head(&copy->queue.head);
	copy->part.done_queue = &copy->queue;
	return claim(copy);
}

/* Return: the copy; NULL if @cmd has ended. */
static struct ktgt_copy *begin(struct ktgt_cmd *cmd)
{
	struct ktgt_copy *copy = NULL;
	int err;

	if (!ktgt_data_has_come(cmd)) {
		refuse(cmd, -EINVAL);
		return NULL;
	}
	copy = kzalloc_obj(*copy, GFP_COPY);
	if (!copy) {
		refuse(cmd, -ENOMEM);
		return NULL;
	}
	copy->cmd = cmd;
	err = prepare(copy);
	if (err) {
		kfree(copy);
		refuse(cmd, err);
		return NULL;
	}
	cmd->part = &copy->part;
	set_bit(KTGT_CMDF_COPY, &cmd->flags);
	return copy;
}

/* The part has read, or has written what was read. */
static void step_done(struct ktgt_copy *copy)
{
	copy->record->operations++;
	if (copy->is_write) {
		copy->record->bytes -= done_in_order(copy);
		copy->done += copy->step;
		copy->record->bytes += done_in_order(copy);
		copy->has_copied = true;
	}
	copy->is_write = !copy->is_write;
}

/*
 * The part has come back. Return: false if it has not ended, or @copy has.
 */
static bool take_back(struct ktgt_copy *copy)
{
	struct ktgt_cmd *part = &copy->part;
	u32 last = (copy->step - 1) >> PAGE_SHIFT;

	llist_del_all(&copy->queue.head);
	if (test_and_clear_bit(KTGT_CMDF_RESUME, &part->flags)) {
		run_part(copy);
		return false;
	}
	/* the next transfer may be longer */
	copy->cmd->long_scratch[last].bv_len = PAGE_SIZE;
	let_go(copy);
	if (part->status != SAM_STAT_GOOD) {
		abort_for_part(copy);
		return false;
	}
	step_done(copy);
	return true;
}

/*
 * The logical unit that was asked for the copy has a say in it as well, before each
 * read: whoever closes its gate stops the copy there. What it refuses is refused before
 * anything is written. Later this would be no answer: an initiator sends again what has
 * ended with BUSY or NOT READY.
 */
static bool may_go_on(struct ktgt_copy *copy)
{
	struct ktgt_cmd *cmd = copy->cmd;

	if (copy->is_write)
		return true;
	if (!(has_written(copy) ? ktgt_gate_enter(cmd) : ktgt_medium_admit(cmd)))
		return false;
	ktgt_gate_leave(cmd);
	return has_more(copy);
}

/**
 * ktgt_copy - EXTENDED COPY (SPC-4, 6.4 and 6.5)
 * @cmd: the command
 *
 * If source and destination overlap, the destination has afterwards what the source
 * had before.
 *
 * Context: process; may sleep for memory. Completes @cmd, maybe later. Called again
 *	for each transfer.
 */
void ktgt_copy(struct ktgt_cmd *cmd)
{
	struct ktgt_copy *copy;

	if (!cmd->xfer_len) {
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
		return;
	}
	copy = test_bit(KTGT_CMDF_COPY, &cmd->flags) ? copy_of(cmd) :
						       begin(cmd);
	if (!copy || (copy->part.lu && !take_back(copy)) || !may_go_on(copy))
		return;
	if (!copy->is_write)
		copy->step = min_t(u64, copy->len - copy->done, STEP);
	start_part(copy);
}

/* Nobody asks for its results any more, and it counts no more. */
static void disown(struct ktgt_copy *copy)
{
	if (copy->record && copy->record->state == KTGT_COPY_RUNS)
		copy->record->state = KTGT_COPY_UNUSED;
	copy->record = NULL;
	if (copy->kn)
		atomic_dec(&copy->kn->nr_copies);
	copy->kn = NULL;
}

/**
 * ktgt_copy_orphan - a copy is about to become an orphan
 * @cmd: the command, with KTGT_CMDF_COPY; ktgt_orphan_add() comes next
 *
 * It has neither an I_T nexus nor a namespace then.
 *
 * Context: process; the teardown of the connection.
 */
void ktgt_copy_orphan(struct ktgt_cmd *cmd)
{
	disown(copy_of(cmd));
}

/**
 * ktgt_copy_end - free what a copy has
 * @cmd: the command, with KTGT_CMDF_COPY, which is being released
 *
 * If it was aborted, its part has come back, and nobody has looked at it.
 *
 * Context: process; as ktgt_cmd_release().
 */
void ktgt_copy_end(struct ktgt_cmd *cmd)
{
	struct ktgt_copy *copy = copy_of(cmd);
	unsigned int i;

	if (copy->part.lu)
		let_go(copy);
	disown(copy);
	ktgt_track_free(&copy->part);
	for (i = 0; i < copy->list.nr_cscds; i++)
		if (copy->cscds[i].lu)
			ktgt_lu_put(copy->cscds[i].lu);
	clear_bit(KTGT_CMDF_COPY, &cmd->flags);
	cmd->part = NULL;
	/* a part that came back may be looked at under RCU */
	kfree_rcu(copy, rcu);
}
