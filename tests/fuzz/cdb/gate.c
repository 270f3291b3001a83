// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of the disk, as initiators see it: while somebody keeps it
 * closed, or a store before this one has commands, none gets through; and those
 * that wait get their turn in order.
 */
#include "../../../kernel/scsi/gate.h"
#include "backend.h"
#include "gate.h"
#include "lu.h"

static bool frozen;		/* the disk's is closed by an administrator */
static unsigned int nr_resets;	/* for which it is closed */
static u32 era;			/* resets that began in an earlier one have failed */
static u32 before[MAX_CMDS + 1];		/* stores whose commands the disk waits for */
static unsigned int nr_before;
static u32 next_turn;

/* Between two steps a copy is at none, and its next one may be at another. */
static bool copy_is_at(const struct record *rec, u32 store)
{
	struct ktgt_store *now = cmd_at_work(rec)->store;

	return now && to_fake(now)->nr == store;
}

/* Whether a command of a store has not ended. */
bool has_commands(u32 store)
{
	const struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (rec->used && rec->at == store &&
		    (rec->req.kind != KIND_COPY || copy_is_at(rec, store)))
			return true;
	}
	return false;
}

/* Whether no command may get through now. If not, one may have to wait yet. */
bool gate_is_shut(const struct ktgt_lu *lu)
{
	unsigned int nr;

	if (lu != lus[0] || frozen || nr_resets)
		return true;
	for (nr = 0; nr < nr_before; nr++) {
		if (has_commands(before[nr]))
			return true;
	}
	return false;
}

/* A command has not come back, and is not with the storage. */
void check_waits(struct record *rec)
{
	const struct ktgt_cmd *cmd = cmd_at_work(rec);

	require(rec->legal);
	if (selects_mode(rec->cdb)) {
		require(test_bit(KTGT_CMDF_WAITING, &rec->cmd->flags));
		require(rec->lu->cache_state == KTGT_CACHE_GOES_OFF);
		return;
	}
	require(wants_medium(rec) || rec->req.kind == KIND_COPY);
	/* others use its blocks, or it wants to be alone in them */
	if (test_bit(KTGT_CMDF_RANGE, &cmd->flags)) {
		require(rec->lu->ranges && cmd->store);
		return;
	}
	require(rec->lu->gate.reasons);
	require(test_bit(KTGT_CMDF_WAITING, &cmd->flags));
	rec->at = 0;
	rec->gated = ++next_turn;
}

/* One that waited has its turn, and nobody who came before it waits still. */
void check_resumed(struct record *rec)
{
	const struct record *other;

	for (other = records; other < records + MAX_CMDS; other++) {
		require(!other->used || other->lu != rec->lu ||
			!other->gated || other->gated >= rec->gated);
	}
	rec->gated = 0;
}

/* The disk is another one, or it does not wait for what was before. */
void gate_follow_none(void)
{
	nr_before = 0;
	nr_resets = 0;
	era++;
}

void gate_start(void)
{
	frozen = false;
	gate_follow_none();
}

void gate_close(void)
{
	if (!lus[0])
		return;
	frozen = true;
	ktgt_gate_close(lus[0], KTGT_GATE_FREEZE);
}

void gate_open(void)
{
	if (!lus[0])
		return;
	frozen = false;
	ktgt_gate_open(lus[0], KTGT_GATE_FREEZE);
}

/* Gives back what gate_reset_end() wants to know. */
u32 gate_reset_begin(void)
{
	nr_resets++;
	return era;
}

/* Whether it has kept the gate closed until now. */
bool gate_reset_end(u32 begun)
{
	if (begun != era)
		return false;
	nr_resets--;
	return true;
}

/* The disk has another store, or is another one, that comes after an old store. */
void gate_follow(u32 old)
{
	unsigned int nr;

	for (nr = 0; nr < nr_before; nr++) {
		if (!has_commands(before[nr]))
			before[nr--] = before[--nr_before];
	}
	require(nr_before < ARRAY_SIZE(before));
	before[nr_before++] = old;
}
