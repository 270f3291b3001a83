// SPDX-License-Identifier: GPL-2.0
/*
 * Target port groups: what becomes of them when others take their place, and what
 * their states let commands do, by the standard; and what reservations do besides.
 */
#include "../core/group.c"
#include "../scsi/group.c"
#include "../scsi/limits.c"

#include <kunit/test.h>

#include "../scsi/cdb_table.h"

#define AO	KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED
#define AN	KTGT_PORT_GROUP_STATE_ACTIVE_NONOPTIMIZED
#define SB	KTGT_PORT_GROUP_STATE_STANDBY
#define UN	KTGT_PORT_GROUP_STATE_UNAVAILABLE
#define TR	KTGT_PORT_GROUP_STATE_TRANSITIONING

/* --- others take their place ---------------------------------------------- */

/* groups that a case has at most */
#define CASE_GROUPS	3

/**
 * struct group_case - a target port group
 * @id: its identifier; 0 behind the last one
 * @state: its state, or the one that it is to have
 * @port: its port
 * @other_port: another one, or 0
 * @preferred: it is preferred
 */
struct group_case {
	u16	id;
	u8	state;
	u16	port;
	u16	other_port;
	bool	preferred;
};

/**
 * struct follow_case - groups that take the place of others
 * @what: its name
 * @old: those that there are
 * @groups: those that there are to be
 * @change: what ktgt_groups_follow() returns
 * @state: the state that each has then
 * @before: the state before, of those in transition
 */
struct follow_case {
	const char		*what;
	struct group_case	old[CASE_GROUPS];
	struct group_case	groups[CASE_GROUPS];
	u32			change;
	u8			state[CASE_GROUPS];
	u8			before[CASE_GROUPS];
};

static const struct follow_case follow_cases[] = {
	{ "nothing is different", { { 1, SB, 1 }, { 2, AO, 2 } },
	  { { 1, SB, 1 }, { 2, AO, 2 } }, 0, { SB, AO } },
	{ "the first, active", {}, { { 1, AO, 1 } },
	  KTGT_GROUPS_LEAVE | KTGT_GROUPS_OTHERS, { TR }, { AO } },
	{ "the first, in standby", {}, { { 1, SB, 1 } },
	  KTGT_GROUPS_LEAVE | KTGT_GROUPS_OTHERS, { TR }, { AO } },
	{ "one more", { { 1, SB, 1 } }, { { 1, SB, 1 }, { 2, UN, 2 } },
	  KTGT_GROUPS_LEAVE | KTGT_GROUPS_OTHERS, { SB, TR }, { 0, AO } },
	{ "another state", { { 1, SB, 1 }, { 2, AO, 2 } },
	  { { 1, AO, 1 }, { 2, AO, 2 } }, KTGT_GROUPS_LEAVE, { TR, AO }, { SB } },
	{ "two change places", { { 1, SB, 1 }, { 2, AO, 2 } },
	  { { 1, AO, 1 }, { 2, SB, 2 } }, KTGT_GROUPS_LEAVE, { TR, TR },
	  { SB, AO } },
	{ "another port", { { 1, AN, 1 } }, { { 1, AN, 2 } },
	  KTGT_GROUPS_LEAVE | KTGT_GROUPS_OTHERS, { TR }, { AN } },
	{ "one port more", { { 1, SB, 1 } }, { { 1, SB, 1, 2 } },
	  KTGT_GROUPS_LEAVE | KTGT_GROUPS_OTHERS, { TR }, { SB } },
	{ "preferred", { { 1, AN, 1 } }, { { 1, AN, 1, 0, true } },
	  KTGT_GROUPS_TOLD, { AN } },
	{ "preferred, and another state", { { 1, AN, 1 } },
	  { { 1, AO, 1, 0, true } }, KTGT_GROUPS_TOLD | KTGT_GROUPS_LEAVE,
	  { TR }, { AN } },
	{ "one goes", { { 1, SB, 1 }, { 2, AO, 2 } }, { { 2, AO, 2 } },
	  KTGT_GROUPS_OTHERS | KTGT_GROUPS_TOLD, { AO } },
	{ "the last goes", { { 1, SB, 1 } }, {},
	  KTGT_GROUPS_OTHERS | KTGT_GROUPS_TOLD },
	{ "one for another", { { 1, SB, 1 } }, { { 2, SB, 1 } },
	  KTGT_GROUPS_LEAVE | KTGT_GROUPS_OTHERS | KTGT_GROUPS_TOLD, { TR },
	  { AO } },
};
KUNIT_ARRAY_PARAM_DESC(follow, follow_cases, what);

static void make_groups(struct ktgt_groups *groups, const struct group_case *c)
{
	struct ktgt_group *group = groups->group;
	unsigned int i;

	for (i = 0; i < CASE_GROUPS && c[i].id; i++, group++) {
		group->id = c[i].id;
		group->state = c[i].state;
		group->preferred = c[i].preferred;
		ktgt_ports_add(&group->ports, c[i].port);
		if (c[i].other_port)
			ktgt_ports_add(&group->ports, c[i].other_port);
	}
	groups->nr = i;
}

static void groups_follow(struct kunit *test)
{
	const struct follow_case *c = test->param_value;
	struct ktgt_groups *old, *groups;
	struct ktgt_group *group;
	unsigned int i;

	old = kunit_kzalloc(test, sizeof(*old), GFP_KERNEL);
	groups = kunit_kzalloc(test, sizeof(*groups), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, old);
	KUNIT_ASSERT_NOT_NULL(test, groups);
	make_groups(old, c->old);
	make_groups(groups, c->groups);
	KUNIT_EXPECT_EQ(test, ktgt_groups_follow(old->nr ? old : NULL, groups),
			c->change);
	for (i = 0; i < groups->nr; i++) {
		group = &groups->group[i];
		KUNIT_EXPECT_EQ(test, group->state, c->state[i]);
		if (group->state != TR)
			continue;
		KUNIT_EXPECT_EQ(test, group->next, c->groups[i].state);
		KUNIT_EXPECT_EQ(test, group->before, c->before[i]);
	}
}

/* --- what is served ------------------------------------------------------- */

/*
 * Commands that are served in standby, or in any state. SPC-4, 5.15.2.4.4 to
 * 5.15.2.4.6, in their order; then what these let a target serve besides. READ BUFFER
 * and WRITE BUFFER are below.
 */
static const struct {
	u8	opcode;
	u8	action;
	bool	standby;
	bool	any;
} served_cases[] = {
	{ 0x12, 0, true, true },		/* INQUIRY */
	{ 0x4c, 0, true },			/* LOG SELECT */
	{ 0x4d, 0, true },			/* LOG SENSE */
	{ 0x15, 0, true }, { 0x55, 0, true },	/* MODE SELECT */
	{ 0x1a, 0, true }, { 0x5a, 0, true },	/* MODE SENSE */
	{ 0xa0, 0, true, true },		/* REPORT LUNS */
	{ 0x1c, 0, true },			/* RECEIVE DIAGNOSTIC RESULTS */
	{ 0x1d, 0, true },			/* SEND DIAGNOSTIC */
	{ 0xa3, 0x0a, true, true },		/* REPORT TARGET PORT GROUPS */
	{ 0xa4, 0x0a, true, true },		/* SET TARGET PORT GROUPS */
	{ 0x03, 0, true, true },		/* REQUEST SENSE */
	{ 0x5e, 0, true }, { 0x5e, 1, true },	/* PERSISTENT RESERVE IN */
	{ 0x5e, 2, true }, { 0x5e, 3, true },
	{ 0x5f, 0, true }, { 0x5f, 1, true },	/* PERSISTENT RESERVE OUT */
	{ 0x5f, 2, true }, { 0x5f, 3, true },
	{ 0x5f, 4, true }, { 0x5f, 5, true },
	{ 0x5f, 6, true }, { 0x5f, 7, true },

	{ 0x25, 0, true },			/* READ CAPACITY(10) */
	{ 0x9e, 0x10, true },			/* READ CAPACITY(16) */
	{ 0xa3, 0x0c, true },	/* REPORT SUPPORTED OPERATION CODES */
	{ 0xa3, 0x0d, true },	/* REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS */
};

/* Whether a row is served in a state, as the standard says. */
static bool is_served(const struct ktgt_cdb_row *row, u8 state)
{
	bool actions = row->flags & KTGT_CDB_ACTION;
	unsigned int i;

	if (state == AO || state == AN)
		return true;
	for (i = 0; i < ARRAY_SIZE(served_cases); i++)
		if (served_cases[i].opcode == row->opcode &&
		    (!actions || served_cases[i].action == row->action))
			return state == SB ? served_cases[i].standby :
					     served_cases[i].any;
	return false;
}

/* 02/04/0A to 0C */
static u16 code_of(u8 state)
{
	switch (state) {
	case SB:
		return 0x040b;
	case UN:
		return 0x040c;
	default:
		return 0x040a;
	}
}

/**
 * struct group_test - a target with a group of one port, and an initiator at it
 * @target: the target
 * @groups: its groups
 * @nexus: the initiator
 * @lu: a logical unit
 * @itl: what it keeps for the initiator
 * @cmd: a command
 */
struct group_test {
	struct ktgt_target	target;
	struct ktgt_groups	groups;
	struct ktgt_nexus	nexus;
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_cmd		cmd;
};

#define PORT	7

static int group_test_init(struct kunit *test)
{
	struct group_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	ktgt_cdb_table_init();
	spin_lock_init(&t->target.nexus_lock);
	INIT_LIST_HEAD(&t->target.nexuses);
	t->target.groups = &t->groups;
	t->groups.nr = 1;
	t->groups.group[0].id = 1;
	ktgt_ports_add(&t->groups.group[0].ports, PORT);
	t->nexus.target = &t->target;
	t->nexus.port = PORT;
	xa_init(&t->nexus.itls);
	list_add_tail(&t->nexus.node, &t->target.nexuses);
	t->lu.target = &t->target;
	t->itl.lu = &t->lu;
	t->itl.nexus = &t->nexus;
	t->cmd.nexus = &t->nexus;
	t->cmd.itl = &t->itl;
	return xa_err(xa_store(&t->nexus.itls, 1, &t->itl, GFP_KERNEL));
}

static void group_test_exit(struct kunit *test)
{
	struct group_test *t = test->priv;

	if (t)
		xa_destroy(&t->nexus.itls);
}

static void enter_state(struct group_test *t, u8 state)
{
	spin_lock_bh(&t->target.nexus_lock);
	t->groups.group[0].state = state;
	ktgt_group_update(&t->target);
	spin_unlock_bh(&t->target.nexus_lock);
}

static void expect_served(struct kunit *test, u8 state, bool served)
{
	struct group_test *t = test->priv;
	struct ktgt_sense sense = {};
	const u8 *cdb = t->cmd.cdb;

	KUNIT_EXPECT_EQ_MSG(test, ktgt_group_refuses(&t->cmd, &sense), !served,
			    "%02Xh %02Xh in state %u", cdb[0], cdb[1], state);
	if (served)
		return;
	KUNIT_EXPECT_EQ(test, sense.key, NOT_READY);
	KUNIT_EXPECT_EQ(test, sense.asc << 8 | sense.ascq, code_of(state));
}

/* Each row of the table in each state. */
static void all_rows(struct kunit *test)
{
	struct group_test *t = test->priv;
	const struct ktgt_cdb_row *row;
	unsigned int nr;
	u8 state;

	for (state = AO; state <= TR; state++) {
		enter_state(t, state);
		for (nr = 0; (row = ktgt_cdb_row(nr)); nr++) {
			t->cmd.row = row;
			t->cmd.cdb[0] = row->opcode;
			t->cmd.cdb[1] = row->flags & KTGT_CDB_ACTION ?
					row->action : 0;
			expect_served(test, state, is_served(row, state));
		}
	}
}

/* The echo buffer is there in all states, the others are not. */
static void buffers(struct kunit *test)
{
	struct group_test *t = test->priv;
	u8 state, mode, opcode;

	for (state = AO; state <= TR; state++) {
		enter_state(t, state);
		for (opcode = 0x3b; opcode <= 0x3c; opcode++) {
			for (mode = 0; mode < 32; mode++) {
				memset(t->cmd.cdb, 0, sizeof(t->cmd.cdb));
				t->cmd.cdb[0] = opcode;
				t->cmd.cdb[1] = mode;
				t->cmd.row = ktgt_cdb_find(t->cmd.cdb);
				expect_served(test, state, state <= AN ||
					      mode == 0x0a || mode == 0x0b);
			}
		}
	}
}

/* Only the ports of the group have its state; unit attentions stay. */
static void ports(struct kunit *test)
{
	struct group_test *t = test->priv;

	t->itl.flags = BIT(KTGT_UA_MODE) | BIT(KTGT_ITL_NO_WRITE);
	enter_state(t, SB);
	KUNIT_EXPECT_EQ(test, t->itl.flags, BIT(KTGT_UA_MODE) |
			BIT(KTGT_ITL_NO_WRITE) | BIT(KTGT_ITL_STANDBY));
	KUNIT_EXPECT_EQ(test, ktgt_group_bits(&t->nexus),
			BIT(KTGT_ITL_STANDBY));
	KUNIT_EXPECT_EQ(test, ktgt_group_of(&t->nexus), 1);
	enter_state(t, TR);
	KUNIT_EXPECT_EQ(test, t->itl.flags & KTGT_ITL_STATES,
			BIT(KTGT_ITL_TRANSITION));
	t->nexus.port = PORT + 1;
	enter_state(t, UN);
	KUNIT_EXPECT_EQ(test, t->itl.flags & KTGT_ITL_STATES, 0);
	KUNIT_EXPECT_EQ(test, ktgt_group_of(&t->nexus), 0);
	t->nexus.port = PORT;
	t->target.groups = NULL;
	enter_state(t, UN);
	KUNIT_EXPECT_EQ(test, t->itl.flags,
			BIT(KTGT_UA_MODE) | BIT(KTGT_ITL_NO_WRITE));
}

static void tpgs(struct kunit *test)
{
	struct group_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, ktgt_group_tpgs(&t->target), 1);
	t->target.keys[KTGT_TARGET_EXPLICIT_ALUA] = 1 + 1;
	KUNIT_EXPECT_EQ(test, ktgt_group_tpgs(&t->target), 3);
	t->target.groups = NULL;
	KUNIT_EXPECT_EQ(test, ktgt_group_tpgs(&t->target), 0);
}

/**
 * struct limit_case - what an initiator may not do at the moment
 * @what: its name
 * @flags: of the I_T_L nexus
 * @status: with which a WRITE ends
 * @code: additional sense code and qualifier, if that is CHECK CONDITION
 */
struct limit_case {
	const char	*what;
	unsigned long	flags;
	u8		status;
	u16		code;
};

static const struct limit_case limit_cases[] = {
	{ "nothing", BIT(KTGT_UA_MODE) | BIT(KTGT_ITL_ORPHANS), SAM_STAT_GOOD },
	{ "exclusive access for those who read", BIT(KTGT_ITL_NO_READ),
	  SAM_STAT_GOOD },
	{ "RESERVE", BIT(KTGT_ITL_RESERVED), SAM_STAT_RESERVATION_CONFLICT },
	{ "write exclusive", BIT(KTGT_ITL_NO_WRITE),
	  SAM_STAT_RESERVATION_CONFLICT },
	{ "reservations that nobody knows", BIT(KTGT_ITL_LOST),
	  SAM_STAT_CHECK_CONDITION, 0x0403 },
	{ "the same, and RESERVE", BIT(KTGT_ITL_LOST) | BIT(KTGT_ITL_RESERVED),
	  SAM_STAT_CHECK_CONDITION, 0x0403 },
	{ "standby", BIT(KTGT_ITL_STANDBY), SAM_STAT_CHECK_CONDITION, 0x040b },
	{ "unavailable, which comes before a reservation",
	  BIT(KTGT_ITL_UNAVAILABLE) | BIT(KTGT_ITL_NO_WRITE) |
	  BIT(KTGT_ITL_LOST), SAM_STAT_CHECK_CONDITION, 0x040c },
};
KUNIT_ARRAY_PARAM_DESC(limit, limit_cases, what);

static void limits(struct kunit *test)
{
	const struct limit_case *c = test->param_value;
	struct group_test *t = test->priv;
	const struct ktgt_sense *sense = &t->cmd.sense;

	t->cmd.cdb[0] = WRITE_10;
	t->cmd.row = ktgt_cdb_find(t->cmd.cdb);
	t->itl.flags = c->flags;
	KUNIT_EXPECT_EQ(test, ktgt_limits_status(&t->cmd), c->status);
	KUNIT_EXPECT_EQ(test, sense->key, c->code ? NOT_READY : 0);
	KUNIT_EXPECT_EQ(test, sense->asc << 8 | sense->ascq, c->code);
}

static struct kunit_case group_cases[] = {
	KUNIT_CASE_PARAM(groups_follow, follow_gen_params),
	KUNIT_CASE(all_rows),
	KUNIT_CASE(buffers),
	KUNIT_CASE(ports),
	KUNIT_CASE(tpgs),
	KUNIT_CASE_PARAM(limits, limit_gen_params),
	{}
};

static struct kunit_suite group_suite = {
	.name = "ktgt_group",
	.init = group_test_init,
	.exit = group_test_exit,
	.test_cases = group_cases,
};
kunit_test_suite(group_suite);
