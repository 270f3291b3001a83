// SPDX-License-Identifier: GPL-2.0
/*
 * PERSISTENT RESERVE IN (SPC-4, 6.15). Each answer is that of one moment.
 */
#include "pr_in.h"

#include <linux/spinlock.h>
#include <linux/unaligned.h>

#include "../core/cmd.h"
#include "../core/target.h"
#include "data.h"
#include "lu.h"
#include "pr.h"
#include "transport_id.h"

#define HEADER			8
#define KEY			8
#define RESERVATION		16
#define DESCRIPTOR		24

/* byte 2 of REPORT CAPABILITIES: exceptions to RESERVE, SPEC_I_PT, ALL_TG_PT */
#define CRH			BIT(4)
#define SIP_C			BIT(3)
#define ATP_C			BIT(2)
#define PTPL_C			BIT(0)
/* byte 3 */
#define TMV			BIT(7)
#define PTPL_A			BIT(0)
/*
 * TEST UNIT READY is let through all types; MODE SENSE and what else reads no blocks
 * through write exclusive ones
 */
#define ALLOW_COMMANDS		(3 << 4)
/* bytes 4 and 5: all types */
#define TYPE_MASK		0xea01

/* byte 12 of a full status descriptor; each is for one target port */
#define R_HOLDER		BIT(0)

/* With the lock. @len: bytes that follow. */
static void put_header(struct ktgt_cmd *cmd, u32 len)
{
	u8 buf[HEADER];

	put_unaligned_be32(cmd->lu->pr.generation, buf);
	put_unaligned_be32(len, buf + 4);
	ktgt_data_put(cmd, 0, buf, sizeof(buf));
}

static u32 put_keys(struct ktgt_cmd *cmd)
{
	const struct ktgt_registration *registration;
	const struct ktgt_pr *pr = &cmd->lu->pr;
	u32 pos = HEADER;
	u8 buf[KEY];

	list_for_each_entry(registration, &pr->registrations, node) {
		put_unaligned_be64(registration->key, buf);
		ktgt_data_put(cmd, pos, buf, sizeof(buf));
		pos += sizeof(buf);
	}
	return pos;
}

/* No single key is that of all registrants (SPC-4, 6.15.3.2). */
static u32 put_reservation(struct ktgt_cmd *cmd)
{
	const struct ktgt_pr *pr = &cmd->lu->pr;
	u8 buf[RESERVATION] = {};

	if (!pr->type)
		return HEADER;
	put_unaligned_be64(pr->holder ? pr->holder->key : 0, buf);
	buf[13] = pr->type;
	ktgt_data_put(cmd, HEADER, buf, sizeof(buf));
	return HEADER + sizeof(buf);
}

static u32 put_descriptor(struct ktgt_cmd *cmd, u32 pos,
			  const struct ktgt_registration *registration)
{
	u8 buf[DESCRIPTOR + KTGT_TRANSPORT_ID_MAX] = {};
	const struct ktgt_pr *pr = &cmd->lu->pr;
	u32 len;

	put_unaligned_be64(registration->key, buf);
	if (ktgt_pr_holds(pr, registration)) {
		buf[12] |= R_HOLDER;
		buf[13] = pr->type;
	}
	put_unaligned_be16(registration->port, buf + 18);
	len = ktgt_transport_id_put(registration->name, buf + DESCRIPTOR);
	put_unaligned_be32(len, buf + 20);
	len += DESCRIPTOR;
	ktgt_data_put(cmd, pos, buf, len);
	return pos + len;
}

static u32 put_full_status(struct ktgt_cmd *cmd)
{
	const struct ktgt_registration *registration;
	u32 pos = HEADER;

	list_for_each_entry(registration, &cmd->lu->pr.registrations, node)
		pos = put_descriptor(cmd, pos, registration);
	return pos;
}

static void answer(struct ktgt_cmd *cmd, u32 (*put)(struct ktgt_cmd *cmd))
{
	spinlock_t *lock = &cmd->lu->target->nexus_lock;
	u32 len;

	spin_lock_bh(lock);
	len = put(cmd);
	put_header(cmd, len - HEADER);
	spin_unlock_bh(lock);
	ktgt_data_done(cmd, len);
}

/**
 * ktgt_pr_read_keys - READ KEYS (SPC-4, 6.15.2)
 * @cmd: the command
 *
 * Context: process; takes &ktgt_target.nexus_lock, completes @cmd.
 */
void ktgt_pr_read_keys(struct ktgt_cmd *cmd)
{
	answer(cmd, put_keys);
}

/**
 * ktgt_pr_read_reservation - READ RESERVATION (SPC-4, 6.15.3)
 * @cmd: the command
 *
 * Context: process; takes &ktgt_target.nexus_lock, completes @cmd.
 */
void ktgt_pr_read_reservation(struct ktgt_cmd *cmd)
{
	answer(cmd, put_reservation);
}

/**
 * ktgt_pr_report_capabilities - REPORT CAPABILITIES (SPC-4, 6.15.4)
 * @cmd: the command
 *
 * With a state file they can outlive a loss of power; whether they do, the last one who
 * registered has said.
 *
 * Context: any; completes @cmd.
 */
void ktgt_pr_report_capabilities(struct ktgt_cmd *cmd)
{
	const struct ktgt_pr *pr = &cmd->lu->pr;
	u8 buf[8] = {};

	put_unaligned_be16(sizeof(buf), buf);
	buf[2] = CRH | SIP_C | ATP_C | (pr->persists ? PTPL_C : 0);
	buf[3] = TMV | ALLOW_COMMANDS | (READ_ONCE(pr->aptpl) ? PTPL_A : 0);
	put_unaligned_be16(TYPE_MASK, buf + 4);
	ktgt_data_answer(cmd, buf, sizeof(buf));
}

/**
 * ktgt_pr_read_full_status - READ FULL STATUS (SPC-4, 6.15.5)
 * @cmd: the command
 *
 * Context: process; takes &ktgt_target.nexus_lock, completes @cmd.
 */
void ktgt_pr_read_full_status(struct ktgt_cmd *cmd)
{
	answer(cmd, put_full_status);
}
