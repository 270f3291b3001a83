// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-4, 6.36). What is supported is
 * that which this initiator would get now: its fabric may not pass on all of them,
 * and only the administrator lets it reset the target.
 */
#include "rstmf.h"

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/unaligned.h>

#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/net.h"
#include "../core/target.h"
#include "data.h"
#include "sense.h"

#define REPD			BIT(7)
#define BASIC_LEN		4
#define EXTENDED_LEN		16
/* seconds for the way of a function and of its answer */
#define WAY			5

/* byte 0; there is no ACA to clear, and no WAKEUP */
#define ATS			BIT(7)	/* ABORT TASK */
#define ATSS			BIT(6)	/* ABORT TASK SET */
#define CTSS			BIT(4)	/* CLEAR TASK SET */
#define LURS			BIT(3)	/* LOGICAL UNIT RESET */
#define QTS			BIT(2)	/* QUERY TASK */
#define TRS			BIT(1)	/* TARGET RESET, obsolete but for iSCSI */
/* byte 1 */
#define QAES			BIT(2)	/* QUERY ASYNCHRONOUS EVENT */
#define QTSS			BIT(1)	/* QUERY TASK SET */
#define ITNRS			BIT(0)	/* I_T NEXUS RESET */
/* byte 4: the timeouts are valid */
#define TMFTMOV			BIT(0)

static void put_functions(const struct ktgt_nexus *nexus, u8 *p)
{
	p[0] = ATS | ATSS | CTSS | LURS;
	if (ktgt_target_key(nexus->target, KTGT_TARGET_RESET, false))
		p[0] |= TRS;
	if (!nexus->has_queries)
		return;
	p[0] |= QTS;
	p[1] = QAES | QTSS | ITNRS;
}

/*
 * All functions have the long timeout, in units of 100 ms: within tmf_timeout each
 * of them is answered.
 */
static void put_answer_time(const struct ktgt_target *target, u8 *p)
{
	p[4] = TMFTMOV;
	put_unaligned_be32((READ_ONCE(target->kn->tmf_timeout) + WAY) * 10,
			   p + 8);
}

/**
 * ktgt_rstmf_check - check the allocation length (SPC-4, 6.36)
 * @cmd: the command
 *
 * Context: any.
 * Return: false if it is too short; then sense data has been set.
 */
bool ktgt_rstmf_check(struct ktgt_cmd *cmd)
{
	if (get_unaligned_be32(cmd->cdb + 6) >= BASIC_LEN)
		return true;
	ktgt_sense_cdb_field(&cmd->sense, 6, KTGT_SENSE_NO_BIT);
	return false;
}

/**
 * ktgt_rstmf - REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-4, 6.36)
 * @cmd: the command
 *
 * Context: any; completes @cmd.
 */
void ktgt_rstmf(struct ktgt_cmd *cmd)
{
	u8 buf[EXTENDED_LEN] = {};
	u32 len = BASIC_LEN;

	put_functions(cmd->nexus, buf);
	if (cmd->cdb[2] & REPD) {
		len = EXTENDED_LEN;
		buf[3] = EXTENDED_LEN - BASIC_LEN;
		put_answer_time(cmd->nexus->target, buf);
	}
	ktgt_data_answer(cmd, buf, len);
}
