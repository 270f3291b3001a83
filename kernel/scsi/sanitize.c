// SPDX-License-Identifier: GPL-2.0
/*
 * SANITIZE (SBC-4, 5.30). Who carries it out is in sanitize_op.c.
 */
#include "sanitize.h"

#include <linux/bits.h>
#include <linux/spinlock.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/cmd.h"
#include "../core/net.h"
#include "../core/target.h"
#include "data.h"
#include "limits.h"
#include "lu.h"
#include "medium.h"
#include "sanitize_op.h"
#include "sanitize_state.h"
#include "sense.h"
#include "state_save.h"

/* CDB, byte 1 */
#define IMMED			BIT(7)
#define AUSE			BIT(5)
#define AUSE_BIT		5
#define ACTION			GENMASK(4, 0)
#define ACTION_LEFT_BIT		4
/* where PARAMETER LIST LENGTH is */
#define LENGTH_AT		7

/* the parameter list of OVERWRITE (SBC-4, 5.30.3) */
#define HEADER_LEN		4
#define INVERT			BIT(7)
#define TEST			GENMASK(6, 5)
#define COUNT			GENMASK(4, 0)
#define PATTERN_LENGTH_AT	2

static bool refuse(struct ktgt_cmd *cmd, u8 key, u16 code)
{
	ktgt_sense_set(&cmd->sense, key, code);
	return false;
}

static bool refuse_list(struct ktgt_cmd *cmd, unsigned int byte)
{
	ktgt_sense_list_field(&cmd->sense, byte);
	return false;
}

/**
 * ktgt_sanitize_check_list - checks of SANITIZE with OVERWRITE (SBC-4, 5.30.2)
 * @cmd: the command
 *
 * Context: any.
 * Return: false with sense data set.
 */
bool ktgt_sanitize_check_list(struct ktgt_cmd *cmd)
{
	u32 block = 1u << cmd->block_shift;

	if (cmd->xfer_len > HEADER_LEN && cmd->xfer_len <= HEADER_LEN + block)
		return true;
	ktgt_sense_cdb_field(&cmd->sense, LENGTH_AT, KTGT_SENSE_NO_BIT);
	return false;
}

/* There are no tests. Return: false with sense data set. */
static bool read_list(struct ktgt_cmd *cmd, struct ktgt_sanitize *state,
		      u32 *pattern_len)
{
	u8 header[HEADER_LEN];

	if (!ktgt_data_has_come(cmd))
		return false;
	ktgt_data_get(cmd, 0, header, HEADER_LEN);
	state->invert = header[0] & INVERT;
	state->passes = header[0] & COUNT;
	*pattern_len = get_unaligned_be16(header + PATTERN_LENGTH_AT);
	if (header[0] & TEST || !state->passes)
		return refuse_list(cmd, 0);
	if (header[1])
		return refuse_list(cmd, 1);
	/* so it is no longer than a block */
	if (!*pattern_len || *pattern_len > cmd->xfer_len - HEADER_LEN)
		return refuse_list(cmd, PATTERN_LENGTH_AT);
	return true;
}

/* What is to be done. Return: false with sense data set. */
static bool read_command(struct ktgt_cmd *cmd, struct ktgt_sanitize *state,
			 u32 *pattern_len)
{
	*state = (struct ktgt_sanitize) {
		.phase = KTGT_SANITIZE_RUNS,
		.action = cmd->cdb[1] & ACTION,
		.unrestricted = cmd->cdb[1] & AUSE,
		.passes = cmd->lu->thin ? 2 : 1,
	};
	*pattern_len = 0;
	return state->action != KTGT_SANITIZE_OVERWRITE ||
	       read_list(cmd, state, pattern_len);
}

/* With &ktgt_lu.lock. What was checked on receipt may be otherwise now. */
static bool fits_lu(struct ktgt_cmd *cmd, const struct ktgt_sanitize *state)
{
	const struct ktgt_lu *lu = cmd->lu;

	if (!ktgt_medium_is_same(cmd) || !ktgt_medium_is_known(cmd))
		return refuse(cmd, NOT_READY, KTGT_ASC_MEDIUM_NOT_PRESENT);
	if (lu->sanitize.phase == KTGT_SANITIZE_RUNS) {
		ktgt_sanitize_sense(lu, &cmd->sense);
		return false;
	}
	if (lu->sanitize.phase == KTGT_SANITIZE_FAILED &&
	    state->unrestricted && !lu->sanitize.unrestricted) {
		ktgt_sense_cdb_field(&cmd->sense, 1, AUSE_BIT);
		return false;
	}
	if (lu->read_only)
		return refuse(cmd, DATA_PROTECT, KTGT_ASC_WRITE_PROTECTED);
	if (lu->nr_blocks)
		return true;
	ktgt_lu_no_medium(lu, &cmd->sense);
	return false;
}

/* With &ktgt_lu.lock. Blocks of another size are not what the pattern was made for. */
static u8 claim_locked(struct ktgt_cmd *cmd, struct ktgt_sanitize *state,
		       struct ktgt_sanitize *before)
{
	struct ktgt_lu *lu = cmd->lu;

	state->size = lu->nr_blocks << lu->block_shift;
	/* first: one for a medium that is out is not to be sent again */
	if (!fits_lu(cmd, state))
		return SAM_STAT_CHECK_CONDITION;
	if (cmd->block_shift != lu->block_shift)
		return SAM_STAT_BUSY;
	*before = lu->sanitize;
	lu->sanitize = *state;
	return SAM_STAT_GOOD;
}

/*
 * From here on the logical unit is sanitized, with the store that it has now. Return: a
 * status, with CHECK CONDITION sense data is set.
 */
static u8 claim_lu(struct ktgt_cmd *cmd, struct ktgt_sanitize_op *op,
		   struct ktgt_sanitize *state)
{
	struct ktgt_lu *lu = cmd->lu;
	struct ktgt_sanitize before;
	u8 status;

	mutex_lock(&lu->gate.mutex);
	spin_lock(&lu->lock);
	status = claim_locked(cmd, state, &before);
	spin_unlock(&lu->lock);
	if (status == SAM_STAT_GOOD)
		ktgt_sanitize_op_take(op, &before);
	mutex_unlock(&lu->gate.mutex);
	return status;
}

/*
 * It is not admitted, so it looks here at what may have come while it waited for its
 * data, for its turn, or for the state file. Return: true if it has ended.
 */
static bool is_held_up(struct ktgt_cmd *cmd)
{
	u8 status = ktgt_limits_status(cmd);

	if (status) {
		ktgt_cmd_complete(cmd, status);
	} else if (!ktgt_medium_is_same(cmd)) {
		refuse(cmd, NOT_READY, KTGT_ASC_MEDIUM_NOT_PRESENT);
		ktgt_cmd_fail(cmd);
	} else {
		return false;
	}
	return true;
}

/**
 * ktgt_sanitize - SANITIZE with OVERWRITE and BLOCK ERASE (SBC-4, 5.30.3 and 5.30.4)
 * @cmd: the command
 *
 * Context: process; may sleep, for memory and for a grace period of RCU. Completes
 *	@cmd, maybe when all is done.
 */
void ktgt_sanitize(struct ktgt_cmd *cmd)
{
	struct ktgt_sanitize_op *op;
	struct ktgt_sanitize state;
	u32 pattern_len;
	u8 status;

	if (is_held_up(cmd))
		return;
	if (!read_command(cmd, &state, &pattern_len)) {
		ktgt_cmd_fail(cmd);
		return;
	}
	op = ktgt_sanitize_op_make(cmd, HEADER_LEN, pattern_len);
	if (!op) {
		ktgt_net_count_failure(cmd->lu->target->kn);
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	}
	status = claim_lu(cmd, op, &state);
	if (status == SAM_STAT_GOOD) {
		ktgt_sanitize_op_run(op, cmd, cmd->cdb[1] & IMMED);
		return;
	}
	ktgt_sanitize_op_free(op);
	ktgt_cmd_complete(cmd, status);
}

/* @failed: there is a failure to be ended. Return: false with sense data set. */
static bool may_exit_failure(struct ktgt_cmd *cmd, bool *failed)
{
	const struct ktgt_sanitize *state = &cmd->lu->sanitize;
	u8 phase = READ_ONCE(state->phase);

	*failed = phase == KTGT_SANITIZE_FAILED;
	if (phase == KTGT_SANITIZE_RUNS) {
		ktgt_sanitize_sense(cmd->lu, &cmd->sense);
		return false;
	}
	if (!*failed || READ_ONCE(state->unrestricted))
		return true;
	ktgt_sense_cdb_field(&cmd->sense, 1, ACTION_LEFT_BIT);
	return false;
}

/*
 * Somebody may have begun another one while it was saved that there is none: then that
 * does not count. Return: false with sense data set.
 */
static bool end_failure(struct ktgt_cmd *cmd)
{
	struct ktgt_lu *lu = cmd->lu;
	bool failed, ok;

	spin_lock(&lu->lock);
	ok = may_exit_failure(cmd, &failed);
	if (ok && failed)
		WRITE_ONCE(lu->sanitize.phase, KTGT_SANITIZE_NONE);
	spin_unlock(&lu->lock);
	if (!lu->save)
		return ok;
	if (ok && failed)
		ktgt_save_commit(cmd);
	ktgt_save_leave(cmd);
	return ok;
}

/**
 * ktgt_sanitize_exit_failure - SANITIZE with EXIT FAILURE MODE (SBC-4, 5.30.6)
 * @cmd: the command
 *
 * Without a failure there is nothing to be done. With a state file it is called again when
 * it is saved that there is none.
 *
 * Context: process; completes @cmd, maybe later.
 */
void ktgt_sanitize_exit_failure(struct ktgt_cmd *cmd)
{
	enum ktgt_save_result result = KTGT_SAVE_STABLE;
	bool failed, ok;

	/* one that is the writer is so until it is released */
	if (is_held_up(cmd))
		return;
	ok = may_exit_failure(cmd, &failed);
	if (ok && failed && cmd->lu->save)
		result = ktgt_save_section(cmd, KTGT_SECTION_SANITIZE, NULL, 0);
	if (result == KTGT_SAVE_WAITS)
		return;
	if (result != KTGT_SAVE_STABLE) {
		ktgt_save_fail(cmd, result);
		return;
	}
	if (ok && failed)
		ok = end_failure(cmd);
	if (ok)
		ktgt_cmd_complete(cmd, SAM_STAT_GOOD);
	else
		ktgt_cmd_fail(cmd);
}
