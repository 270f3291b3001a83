// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent reservations: what each service action does, who is told, and what
 * commands may do afterwards; RESERVE beside them.
 */
#include "../scsi/pr.c"
#include "../scsi/reserve.c"

#include <kunit/test.h>

#include <linux/slab.h>

#include "../backend/state.h"
#include "pr_test.h"

#define UA_PREEMPTED		BIT(KTGT_UA_RESERVATIONS_PREEMPTED)
#define UA_RELEASED		BIT(KTGT_UA_RESERVATIONS_RELEASED)
#define UA_REGISTRATION		BIT(KTGT_UA_REGISTRATIONS_PREEMPTED)

static void log_out(struct pr_test *t, unsigned int who)
{
	spin_lock_bh(&t->target.nexus_lock);
	list_del(&t->itls[who].node);
	ktgt_pr_detach(&t->itls[who]);
	spin_unlock_bh(&t->target.nexus_lock);
}

static int aptpl_test_init(struct kunit *test)
{
	int err = ktgt_pr_test_init(test);
	struct pr_test *t = test->priv;

	if (!err)
		t->test = test;
	return err;
}

static void pr_test_exit(struct kunit *test)
{
	ktgt_pr_test_exit(test);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_registrations), 0);
}

/* --- requests ------------------------------------------------------------- */

static struct ktgt_pr_request request(struct pr_test *t, unsigned int who,
				      u8 action, u64 key, u64 action_key)
{
	return (struct ktgt_pr_request) {
		.lu = &t->lu,
		.itl = &t->itls[who],
		.action = action,
		.key = key,
		.action_key = action_key,
		.ports = { .nr = 1, .tag = { t->nexuses[who].port } },
	};
}

static void name(struct ktgt_pr_request *req, const char *port)
{
	struct ktgt_registration *registration;
	unsigned int i;

	for (i = 0; i < req->ports.nr; i++) {
		registration = ktgt_pr_make(port, req->ports.tag[i], GFP_KERNEL);
		if (registration)
			list_add_tail(&registration->node, &req->made);
	}
}

/* @named: initiator that REGISTER AND MOVE or SPEC_I_PT names, or -1 */
static enum ktgt_pr_result run(struct pr_test *t, struct ktgt_pr_request *req,
			       int named)
{
	struct ktgt_state_image *image = NULL;
	enum ktgt_pr_result trial = KTGT_PR_GOOD;
	bool aptpl = req->aptpl;

	INIT_LIST_HEAD(&req->made);
	INIT_LIST_HEAD(&req->removed);
	if (req->action == KTGT_PR_REGISTER ||
	    req->action == KTGT_PR_REGISTER_IGNORE)
		name(req, req->itl->nexus->port_name);
	if (named >= 0)
		name(req, t->names[named]);
	if (t->test)
		trial = ktgt_pr_test_try(t, req, &image);
	spin_lock_bh(&t->target.nexus_lock);
	t->result = ktgt_pr_run(req);
	spin_unlock_bh(&t->target.nexus_lock);
	if (t->test)
		ktgt_pr_test_same(t, trial, image);
	ktgt_state_image_put(image);
	t->removed = list_count_nodes(&req->removed);
	t->field = req->field;
	req->aptpl = aptpl;
	ktgt_pr_free_list(&req->made);
	ktgt_pr_free_list(&req->removed);
	return t->result;
}

static enum ktgt_pr_result act(struct pr_test *t, unsigned int who, u8 action,
			       u64 key, u64 action_key, u8 type)
{
	struct ktgt_pr_request req = request(t, who, action, key, action_key);

	req.type = type;
	return run(t, &req, -1);
}

static void join(struct kunit *test, unsigned int who)
{
	struct pr_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, act(t, who, KTGT_PR_REGISTER, 0, KEY(who), 0),
			KTGT_PR_GOOD);
}

static void hold(struct kunit *test, unsigned int who, u8 type)
{
	struct pr_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, act(t, who, KTGT_PR_RESERVE, KEY(who), 0, type),
			KTGT_PR_GOOD);
}

/* Unit attentions of an initiator, which are taken. */
static unsigned long told(struct pr_test *t, unsigned int who)
{
	unsigned long bits = t->itls[who].flags & KTGT_UA_BITS;

	t->itls[who].flags &= ~KTGT_UA_BITS;
	return bits;
}

static void expect_told(struct kunit *test, unsigned long a, unsigned long b,
			unsigned long c)
{
	struct pr_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, told(t, A), a);
	KUNIT_EXPECT_EQ(test, told(t, B), b);
	KUNIT_EXPECT_EQ(test, told(t, C), c);
}

static u64 key_of(const struct pr_test *t, unsigned int who)
{
	const struct ktgt_registration *registration = t->itls[who].registration;

	return registration ? registration->key : 0;
}

/* --- what commands may do ------------------------------------------------- */

/* whom a command comes from */
enum relation { HOLDER, REGISTERED, STRANGER };

/**
 * struct type_case - a type, and what commands may do
 * @what: its name
 * @type: the type
 * @read: by &enum relation: whether what reads is good
 * @write: likewise for what writes
 */
struct type_case {
	const char	*what;
	u8		type;
	bool		read[3];
	bool		write[3];
};

/* SPC-4, table 66 */
static const struct type_case type_cases[] = {
	{ "write exclusive", WE, { 1, 1, 1 }, { 1, 0, 0 } },
	{ "exclusive access", EA, { 1, 0, 0 }, { 1, 0, 0 } },
	{ "write exclusive, registrants only", WERO, { 1, 1, 1 }, { 1, 1, 0 } },
	{ "exclusive access, registrants only", EARO, { 1, 1, 0 }, { 1, 1, 0 } },
	{ "write exclusive, all registrants", WEAR, { 1, 1, 1 }, { 1, 1, 0 } },
	{ "exclusive access, all registrants", EAAR, { 1, 1, 0 }, { 1, 1, 0 } },
};
KUNIT_ARRAY_PARAM_DESC(type, type_cases, what);

static bool conflicts_with(struct pr_test *t, unsigned int who, u8 pr, u8 byte)
{
	const struct ktgt_cdb_row row = { .pr = pr };
	struct ktgt_cmd *cmd = kzalloc(sizeof(*cmd), GFP_KERNEL);
	bool ret;

	if (!cmd)
		return false;
	cmd->itl = &t->itls[who];
	cmd->row = &row;
	cmd->cdb[4] = byte;
	ret = ktgt_pr_conflicts(cmd);
	kfree(cmd);
	return ret;
}

static bool conflicts(struct pr_test *t, unsigned int who, u8 pr)
{
	return conflicts_with(t, who, pr, 0);
}

/* SBC-3, table 13: START STOP UNIT, and PREVENT ALLOW MEDIUM REMOVAL, by byte 4 */
static void expect_forms(struct kunit *test, unsigned int who, bool write)
{
	static const struct {
		u8	pr;
		u8	byte;
		bool	writes;
	} forms[] = {
		{ KTGT_CDB_PR_START, 0x00, true },
		{ KTGT_CDB_PR_START, 0x01, false },
		{ KTGT_CDB_PR_START, 0x05, false },
		{ KTGT_CDB_PR_START, 0x04, true },
		{ KTGT_CDB_PR_START, 0x31, true },
		{ KTGT_CDB_PR_PREVENT, 0x00, false },
		{ KTGT_CDB_PR_PREVENT, 0x01, true },
		{ KTGT_CDB_PR_PREVENT, 0x02, true },
	};
	struct pr_test *t = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		KUNIT_EXPECT_EQ(test, conflicts_with(t, who, forms[i].pr,
						     forms[i].byte),
				forms[i].writes && !write);
}

static void expect_type(struct kunit *test, const struct type_case *c)
{
	struct pr_test *t = test->priv;
	unsigned int who;

	for (who = A; who <= C; who++) {
		KUNIT_EXPECT_EQ(test, conflicts(t, who, KTGT_CDB_PR_READ),
				!c->read[who]);
		KUNIT_EXPECT_EQ(test, conflicts(t, who, KTGT_CDB_PR_WRITE),
				!c->write[who]);
		KUNIT_EXPECT_FALSE(test, conflicts(t, who, KTGT_CDB_PR_ALLOW));
		KUNIT_EXPECT_FALSE(test, conflicts(t, who, KTGT_CDB_PR_ALWAYS));
		expect_forms(test, who, c->write[who]);
	}
}

/* A holds it, B is registered, C is not; a new session of each finds the same. */
static void type(struct kunit *test)
{
	const struct type_case *c = test->param_value;
	static const struct type_case none = {
		.read = { 1, 1, 1 }, .write = { 1, 1, 1 },
	};
	struct pr_test *t = test->priv;
	unsigned int who;

	join(test, A);
	join(test, B);
	expect_type(test, &none);
	hold(test, A, c->type);
	expect_type(test, c);
	for (who = A; who <= C; who++) {
		log_out(t, who);
		ktgt_pr_test_log_in(t, who);
	}
	expect_type(test, c);
	KUNIT_EXPECT_EQ(test, key_of(t, B), KEY(B));
	act(t, A, KTGT_PR_RELEASE, KEY(A), 0, c->type);
	expect_type(test, &none);
}

/* What the holder's end, and a release, tell the others. */
static void type_ends(struct kunit *test)
{
	const struct type_case *c = test->param_value;
	bool all = c->type == WEAR || c->type == EAAR;
	bool only = c->type == WERO || c->type == EARO;
	struct pr_test *t = test->priv;

	join(test, A);
	join(test, B);
	hold(test, A, c->type);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_RELEASE, KEY(A), 0, c->type),
			KTGT_PR_GOOD);
	expect_told(test, 0, all || only ? UA_RELEASED : 0, 0);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, 0);

	hold(test, A, c->type);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER, KEY(A), 0, 0),
			KTGT_PR_GOOD);
	expect_told(test, 0, only ? UA_RELEASED : 0, 0);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, all ? c->type : 0);
	/* the last one takes it along */
	KUNIT_EXPECT_EQ(test, act(t, B, KTGT_PR_REGISTER, KEY(B), 0, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, 0);
	expect_told(test, 0, 0, 0);
}

/* The same type again is good for a holder, and nothing else is. */
static void type_again(struct kunit *test)
{
	const struct type_case *c = test->param_value;
	bool all = c->type == WEAR || c->type == EAAR;
	u8 other = c->type == WE ? EA : WE;
	struct pr_test *t = test->priv;

	join(test, A);
	join(test, B);
	hold(test, A, c->type);
	hold(test, A, c->type);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_RESERVE, KEY(A), 0, other),
			KTGT_PR_CONFLICT);
	KUNIT_EXPECT_EQ(test, act(t, B, KTGT_PR_RESERVE, KEY(B), 0, c->type),
			all ? KTGT_PR_GOOD : KTGT_PR_CONFLICT);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_RELEASE, KEY(A), 0, other),
			KTGT_PR_INVALID_RELEASE);
	/* one that is not the holder's does nothing */
	KUNIT_EXPECT_EQ(test, act(t, B, KTGT_PR_RELEASE, KEY(B), 0, c->type),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, all ? 0 : c->type);
}

/* --- keys ----------------------------------------------------------------- */

static void registers(struct kunit *test)
{
	struct pr_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER, OTHER_KEY, KEY(A), 0),
			KTGT_PR_CONFLICT);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER, 0, 0, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 0);
	join(test, A);
	KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER, 0, OTHER_KEY, 0),
			KTGT_PR_CONFLICT);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER, KEY(A), OTHER_KEY, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, A), OTHER_KEY);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER_IGNORE, 5, KEY(A), 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 1);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 3);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER_IGNORE, 5, 0, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 0);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 4);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER_IGNORE, 5, 0, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 4);
}

/* Whatever else is asked for, it needs a registration and its key. */
static void wrong_key(struct kunit *test)
{
	static const u8 actions[] = {
		KTGT_PR_RESERVE, KTGT_PR_RELEASE, KTGT_PR_CLEAR,
		KTGT_PR_PREEMPT, KTGT_PR_PREEMPT_ABORT, KTGT_PR_REGISTER_MOVE,
	};
	struct pr_test *t = test->priv;
	unsigned int i;

	join(test, A);
	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		KUNIT_EXPECT_EQ(test, act(t, A, actions[i], 0, KEY(A), WE),
				KTGT_PR_CONFLICT);
		KUNIT_EXPECT_EQ(test, act(t, B, actions[i], 0, KEY(A), WE),
				KTGT_PR_CONFLICT);
		KUNIT_EXPECT_EQ(test, act(t, B, actions[i], KEY(A), KEY(A), WE),
				KTGT_PR_CONFLICT);
	}
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 1);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, 0);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 1);
}

/* What cannot be had is refused, and a conflict is told first. */
static void refused_flags(struct kunit *test)
{
	struct pr_test *t = test->priv;
	struct ktgt_pr_request req;

	req = request(t, A, KTGT_PR_REGISTER, 0, KEY(A));
	req.aptpl = true;
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), KTGT_PR_INVALID_LIST);
	KUNIT_EXPECT_EQ(test, t->field, 20);
	req.key = OTHER_KEY;
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), KTGT_PR_CONFLICT);

	req = request(t, A, KTGT_PR_REGISTER_IGNORE, 0, KEY(A));
	req.spec_i_pt = true;
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), KTGT_PR_INVALID_LIST);
	req = request(t, A, KTGT_PR_REGISTER, 0, 0);
	req.spec_i_pt = true;
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), KTGT_PR_INVALID_LIST);
	join(test, A);
	req = request(t, A, KTGT_PR_REGISTER, KEY(A), OTHER_KEY);
	req.spec_i_pt = true;
	KUNIT_EXPECT_EQ(test, run(t, &req, B), KTGT_PR_INVALID_LIST);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 1);
	KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
}

/* --- other ports ---------------------------------------------------------- */

/* One that is there, one that comes later; all of them or none. */
static void names_ports(struct kunit *test)
{
	struct pr_test *t = test->priv;
	struct ktgt_pr_request req;

	req = request(t, A, KTGT_PR_REGISTER, 0, KEY(A));
	req.spec_i_pt = true;
	KUNIT_EXPECT_EQ(test, run(t, &req, B), KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
	KUNIT_EXPECT_EQ(test, key_of(t, B), KEY(A));
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 1);

	req = request(t, C, KTGT_PR_REGISTER, 0, KEY(C));
	req.spec_i_pt = true;
	KUNIT_EXPECT_EQ(test, run(t, &req, B), KTGT_PR_INVALID_LIST);
	KUNIT_EXPECT_EQ(test, key_of(t, C), 0);
	KUNIT_EXPECT_EQ(test, run(t, &req, D), KTGT_PR_GOOD);
	ktgt_pr_test_log_in(t, D);
	KUNIT_EXPECT_EQ(test, key_of(t, D), KEY(C));
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 4);
}

/* D becomes A by another target port, with or without the key of A. */
static void come_by_other_port(struct pr_test *t)
{
	strscpy(t->names[D], t->names[A], sizeof(t->names[D]));
	t->nexuses[D].port_hash = t->nexuses[A].port_hash;
	t->nexuses[D].port = OTHER_PORT;
	ktgt_pr_test_log_in(t, D);
}

/* The same initiator port at two target ports is two I_T nexuses. */
static void other_port(struct kunit *test)
{
	struct pr_test *t = test->priv;

	join(test, A);
	come_by_other_port(t);
	KUNIT_EXPECT_EQ(test, key_of(t, D), 0);
	hold(test, A, WE);
	KUNIT_EXPECT_TRUE(test, conflicts(t, D, KTGT_CDB_PR_WRITE));
	KUNIT_EXPECT_FALSE(test, conflicts(t, A, KTGT_CDB_PR_WRITE));
	KUNIT_EXPECT_EQ(test, act(t, D, KTGT_PR_REGISTER, 0, KEY(D), 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
	KUNIT_EXPECT_EQ(test, key_of(t, D), KEY(D));
	/* it comes back by that port, and is the same again */
	log_out(t, D);
	ktgt_pr_test_log_in(t, D);
	KUNIT_EXPECT_EQ(test, key_of(t, D), KEY(D));
	KUNIT_EXPECT_EQ(test, act(t, D, KTGT_PR_REGISTER, KEY(D), 0, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 1);
}

/* ALL_TG_PT: as if the request had come by each port. */
static void all_ports(struct kunit *test)
{
	struct pr_test *t = test->priv;
	struct ktgt_pr_request req;

	req = request(t, A, KTGT_PR_REGISTER, 0, KEY(A));
	ktgt_ports_add(&req.ports, OTHER_PORT);
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 2);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 1);
	come_by_other_port(t);
	KUNIT_EXPECT_EQ(test, key_of(t, D), KEY(A));

	/* one nexus gives its registration up */
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_REGISTER, KEY(A), 0, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, D), KEY(A));
	/* the other one conflicts with a request that has come by it */
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), KTGT_PR_CONFLICT);
	KUNIT_EXPECT_EQ(test, key_of(t, A), 0);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 1);
	req = request(t, A, KTGT_PR_REGISTER_IGNORE, 0, OTHER_KEY);
	ktgt_ports_add(&req.ports, OTHER_PORT);
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, A), OTHER_KEY);
	KUNIT_EXPECT_EQ(test, key_of(t, D), OTHER_KEY);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 2);
}

/**
 * struct move_case - a REGISTER AND MOVE
 * @what: its name
 * @type: of the reservation of A, or 0
 * @to: initiator to which it moves
 * @to_registered: that one is registered
 * @action_key: its key
 * @aptpl: APTPL
 * @unregister: UNREG
 * @result: how it ends
 */
struct move_case {
	const char		*what;
	u8			type;
	unsigned int		to;
	bool			to_registered;
	u64			action_key;
	bool			aptpl;
	bool			unregister;
	enum ktgt_pr_result	result;
};

static const struct move_case move_cases[] = {
	{ "to one that is not registered", WE, B, 0, 9, 0, 0, KTGT_PR_GOOD },
	{ "to one that is", EARO, B, 1, 9, 0, 0, KTGT_PR_GOOD },
	{ "without a session", EA, D, 0, 9, 0, 0, KTGT_PR_GOOD },
	{ "and away", WERO, B, 0, 9, 0, 1, KTGT_PR_GOOD },
	{ "no reservation", 0, B, 0, 9, 0, 0, KTGT_PR_CONFLICT },
	{ "of all registrants", WEAR, B, 1, 9, 0, 0, KTGT_PR_CONFLICT },
	{ "key of 0", WE, B, 0, 0, 0, 0, KTGT_PR_INVALID_LIST },
	{ "APTPL", WE, B, 0, 9, 1, 0, KTGT_PR_INVALID_LIST },
	{ "to oneself", WE, A, 0, 9, 0, 0, KTGT_PR_INVALID_LIST },
};
KUNIT_ARRAY_PARAM_DESC(move, move_cases, what);

static void move(struct kunit *test)
{
	const struct move_case *c = test->param_value;
	struct pr_test *t = test->priv;
	struct ktgt_pr_request req;
	u32 generation;

	join(test, A);
	if (c->to_registered)
		join(test, c->to);
	if (c->type)
		hold(test, A, c->type);
	generation = t->lu.pr.generation;
	req = request(t, A, KTGT_PR_REGISTER_MOVE, KEY(A), c->action_key);
	req.aptpl = c->aptpl;
	req.unregister = c->unregister;
	KUNIT_EXPECT_EQ(test, run(t, &req, c->to), c->result);
	if (c->result) {
		KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
		KUNIT_EXPECT_EQ(test, t->lu.pr.generation, generation);
		KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 1 + c->to_registered);
		return;
	}
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, generation + 1);
	if (c->to == D)
		ktgt_pr_test_log_in(t, D);
	KUNIT_EXPECT_EQ(test, key_of(t, c->to), c->action_key);
	KUNIT_EXPECT_PTR_EQ(test, t->lu.pr.holder, t->itls[c->to].registration);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, c->type);
	KUNIT_EXPECT_EQ(test, key_of(t, A), c->unregister ? 0 : KEY(A));
	KUNIT_EXPECT_FALSE(test, conflicts(t, c->to, KTGT_CDB_PR_WRITE));
	KUNIT_EXPECT_EQ(test, conflicts(t, A, KTGT_CDB_PR_WRITE),
			c->unregister || c->type == WE || c->type == EA);
	expect_told(test, 0, 0, 0);
}

/* --- clear and preempt ---------------------------------------------------- */

static void clears(struct kunit *test)
{
	struct pr_test *t = test->priv;

	join(test, A);
	join(test, B);
	join(test, C);
	hold(test, A, EA);
	KUNIT_EXPECT_EQ(test, act(t, B, KTGT_PR_CLEAR, KEY(B), 0, 0),
			KTGT_PR_GOOD);
	expect_told(test, UA_PREEMPTED, 0, UA_PREEMPTED);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 0);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, 0);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 4);
	KUNIT_EXPECT_FALSE(test, conflicts(t, C, KTGT_CDB_PR_READ));
}

/**
 * struct preempt_case - what B does to A and C
 * @what: its name
 * @type: of the reservation of A, or 0
 * @same: C has the key of A
 * @action_key: SERVICE ACTION RESERVATION KEY
 * @to: TYPE
 * @scope: SCOPE
 * @result: how it ends
 * @left: bits: who is registered afterwards
 * @now: type of the reservation afterwards
 * @told: by initiator: unit attentions
 */
struct preempt_case {
	const char		*what;
	u8			type;
	bool			same;
	u64			action_key;
	u8			to;
	u8			scope;
	enum ktgt_pr_result	result;
	u8			left;
	u8			now;
	unsigned long		told[3];
};

#define ALL	(BIT(A) | BIT(B) | BIT(C))
#define REG	UA_REGISTRATION

static const struct preempt_case preempt_cases[] = {
	{ "the holder", EA, 0, KEY(A), EA, 0, KTGT_PR_GOOD,
	  BIT(B) | BIT(C), EA, { REG, 0, 0 } },
	{ "the holder, with another type", EA, 0, KEY(A), WERO, 0, KTGT_PR_GOOD,
	  BIT(B) | BIT(C), WERO, { REG, 0, UA_RELEASED } },
	{ "the holder and who has its key", WE, 1, KEY(A), WE, 0, KTGT_PR_GOOD,
	  BIT(B), WE, { REG, 0, REG } },
	{ "the holder, with a bad type", WE, 0, KEY(A), 2, 0,
	  KTGT_PR_INVALID_CDB, ALL, WE, {} },
	{ "the holder, with a bad scope", WE, 0, KEY(A), WE, 1,
	  KTGT_PR_INVALID_CDB, ALL, WE, {} },
	{ "a registration", WERO, 0, KEY(C), WERO, 0, KTGT_PR_GOOD,
	  BIT(A) | BIT(B), WERO, { 0, 0, REG } },
	{ "a registration, scope and type are ignored", WERO, 0, KEY(C), 2, 1,
	  KTGT_PR_GOOD, BIT(A) | BIT(B), WERO, { 0, 0, REG } },
	{ "oneself", WERO, 0, KEY(B), WERO, 0, KTGT_PR_GOOD,
	  BIT(A) | BIT(C), WERO, {} },
	{ "a key that nobody has", WERO, 0, OTHER_KEY, WERO, 0,
	  KTGT_PR_CONFLICT, ALL, WERO, {} },
	{ "the key 0", WERO, 0, 0, WERO, 0, KTGT_PR_INVALID_LIST, ALL, WERO,
	  {} },
	{ "no reservation", 0, 0, KEY(A), EA, 0, KTGT_PR_GOOD,
	  BIT(B) | BIT(C), 0, { REG, 0, 0 } },
	{ "no reservation, the key 0", 0, 0, 0, EA, 0, KTGT_PR_INVALID_LIST,
	  ALL, 0, {} },
	{ "all registrants", WEAR, 0, 0, EA, 0, KTGT_PR_GOOD, BIT(B), EA,
	  { REG, 0, REG } },
	{ "one of all registrants", WEAR, 0, KEY(A), EA, 0, KTGT_PR_GOOD,
	  BIT(B) | BIT(C), WEAR, { REG, 0, 0 } },
};
KUNIT_ARRAY_PARAM_DESC(preempt, preempt_cases, what);

static u8 registered(const struct pr_test *t)
{
	u8 bits = 0;
	unsigned int i;

	for (i = A; i <= C; i++)
		if (t->itls[i].registration)
			bits |= BIT(i);
	return bits;
}

static void expect_preempted(struct kunit *test, const struct preempt_case *c)
{
	struct pr_test *t = test->priv;
	u32 generation = c->result ? 3 : 4;

	KUNIT_EXPECT_EQ(test, registered(t), c->left);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, hweight8(c->left));
	KUNIT_EXPECT_EQ(test, t->removed, 3 - hweight8(c->left));
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, c->now);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, generation);
	expect_told(test, c->told[A], c->told[B], c->told[C]);
	/* it is the one who preempts who has it now */
	if (c->type && !(c->left & BIT(A)) && c->now != WEAR)
		KUNIT_EXPECT_PTR_EQ(test, t->lu.pr.holder,
				    t->itls[B].registration);
}

static void preempt(struct kunit *test)
{
	const struct preempt_case *c = test->param_value;
	struct pr_test *t = test->priv;
	struct ktgt_pr_request req;

	join(test, A);
	join(test, B);
	KUNIT_ASSERT_EQ(test, act(t, C, KTGT_PR_REGISTER, 0,
				  c->same ? KEY(A) : KEY(C), 0), KTGT_PR_GOOD);
	if (c->type)
		hold(test, A, c->type);
	req = request(t, B, KTGT_PR_PREEMPT, KEY(B), c->action_key);
	req.type = c->to;
	req.scope = c->scope;
	KUNIT_EXPECT_EQ(test, run(t, &req, -1), c->result);
	expect_preempted(test, c);
}

/* The holder changes the type, and keeps its registration. */
static void preempt_oneself(struct kunit *test)
{
	struct pr_test *t = test->priv;

	join(test, A);
	join(test, B);
	hold(test, A, EA);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_PREEMPT, KEY(A), KEY(A), WERO),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, key_of(t, A), KEY(A));
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, WERO);
	expect_told(test, 0, UA_RELEASED, 0);
}

/* --- limits --------------------------------------------------------------- */

static void fill(struct kunit *test, unsigned int nr)
{
	struct pr_test *t = test->priv;
	struct ktgt_pr_request req = request(t, A, KTGT_PR_REGISTER, 0, KEY(A));
	char port[32];

	req.spec_i_pt = true;
	INIT_LIST_HEAD(&req.made);
	INIT_LIST_HEAD(&req.removed);
	name(&req, t->names[A]);
	while (--nr) {
		snprintf(port, sizeof(port), "iqn.full,i,0x%012x", nr);
		name(&req, port);
	}
	spin_lock_bh(&t->target.nexus_lock);
	t->result = ktgt_pr_run(&req);
	spin_unlock_bh(&t->target.nexus_lock);
	ktgt_pr_free_list(&req.made);
}

static void too_many(struct kunit *test)
{
	struct pr_test *t = test->priv;

	fill(test, KTGT_PR_MAX + 1);
	KUNIT_EXPECT_EQ(test, t->result, KTGT_PR_TOO_MANY);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, 0);
	fill(test, KTGT_PR_MAX);
	KUNIT_EXPECT_EQ(test, t->result, KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, t->lu.pr.nr, KTGT_PR_MAX);
	KUNIT_EXPECT_EQ(test, act(t, B, KTGT_PR_REGISTER, 0, KEY(B), 0),
			KTGT_PR_TOO_MANY);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_registrations), KTGT_PR_MAX);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_CLEAR, KEY(A), 0, 0),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, atomic_read(&nr_registrations), 0);
}

/* Those of other logical units count as well. */
static void too_many_in_all(struct kunit *test)
{
	struct pr_test *t = test->priv;

	atomic_set(&nr_registrations, KTGT_PR_ALL_MAX - 1);
	join(test, A);
	KUNIT_EXPECT_EQ(test, act(t, B, KTGT_PR_REGISTER, 0, KEY(B), 0),
			KTGT_PR_TOO_MANY);
	KUNIT_EXPECT_EQ(test, t->lu.pr.generation, 1);
	atomic_sub(KTGT_PR_ALL_MAX - 1, &nr_registrations);
}

/* --- RESERVE -------------------------------------------------------------- */

static u8 take(struct pr_test *t, unsigned int who)
{
	u8 status;

	spin_lock_bh(&t->target.nexus_lock);
	status = reserve(&t->lu, &t->itls[who]);
	spin_unlock_bh(&t->target.nexus_lock);
	return status;
}

static u8 give(struct pr_test *t, unsigned int who)
{
	u8 status;

	spin_lock_bh(&t->target.nexus_lock);
	status = release(&t->lu, &t->itls[who]);
	spin_unlock_bh(&t->target.nexus_lock);
	return status;
}

static void expect_reserved(struct kunit *test, unsigned int who, bool reserved)
{
	struct pr_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, conflicts(t, who, KTGT_CDB_PR_ALLOW), reserved);
	KUNIT_EXPECT_EQ(test, conflicts(t, who, KTGT_CDB_PR_READ), reserved);
	KUNIT_EXPECT_EQ(test, conflicts(t, who, KTGT_CDB_PR_WRITE), reserved);
	KUNIT_EXPECT_FALSE(test, conflicts(t, who, KTGT_CDB_PR_ALWAYS));
}

static void reserves(struct kunit *test)
{
	struct pr_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, take(t, A), SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, take(t, A), SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, take(t, B), SAM_STAT_RESERVATION_CONFLICT);
	KUNIT_EXPECT_EQ(test, give(t, B), SAM_STAT_GOOD);
	expect_reserved(test, A, false);
	expect_reserved(test, B, true);
	log_out(t, C);
	ktgt_pr_test_log_in(t, C);
	expect_reserved(test, C, true);
	KUNIT_EXPECT_EQ(test, give(t, A), SAM_STAT_GOOD);
	expect_reserved(test, B, false);
	KUNIT_EXPECT_EQ(test, take(t, B), SAM_STAT_GOOD);
	expect_reserved(test, A, true);
}

/* It ends with the session, with a reset, and when the one who has it registers. */
static void reserve_ends(struct kunit *test)
{
	struct pr_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, take(t, A), SAM_STAT_GOOD);
	log_out(t, A);
	expect_reserved(test, B, false);
	ktgt_pr_test_log_in(t, A);
	KUNIT_EXPECT_EQ(test, take(t, A), SAM_STAT_GOOD);
	spin_lock_bh(&t->target.nexus_lock);
	ktgt_reserve_reset(&t->lu);
	spin_unlock_bh(&t->target.nexus_lock);
	expect_reserved(test, B, false);
	KUNIT_EXPECT_EQ(test, take(t, A), SAM_STAT_GOOD);
	join(test, A);
	expect_reserved(test, B, false);
}

/* Registrations are in the way, but for those who may do all (CRH). */
static void reserve_beside(struct kunit *test)
{
	struct pr_test *t = test->priv;

	join(test, A);
	join(test, B);
	KUNIT_EXPECT_EQ(test, take(t, A), SAM_STAT_RESERVATION_CONFLICT);
	KUNIT_EXPECT_EQ(test, give(t, A), SAM_STAT_RESERVATION_CONFLICT);
	hold(test, A, WE);
	KUNIT_EXPECT_EQ(test, take(t, A), SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, take(t, B), SAM_STAT_RESERVATION_CONFLICT);
	KUNIT_EXPECT_EQ(test, act(t, A, KTGT_PR_PREEMPT, KEY(A), KEY(A), EARO),
			KTGT_PR_GOOD);
	KUNIT_EXPECT_EQ(test, take(t, B), SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, give(t, B), SAM_STAT_GOOD);
	KUNIT_EXPECT_EQ(test, take(t, C), SAM_STAT_RESERVATION_CONFLICT);
	KUNIT_EXPECT_NULL(test, t->lu.pr.reserved);
	KUNIT_EXPECT_EQ(test, t->lu.pr.type, EARO);
}

static struct kunit_case pr_cases[] = {
	KUNIT_CASE_PARAM(type, type_gen_params),
	KUNIT_CASE_PARAM(type_ends, type_gen_params),
	KUNIT_CASE_PARAM(type_again, type_gen_params),
	KUNIT_CASE(registers),
	KUNIT_CASE(wrong_key),
	KUNIT_CASE(refused_flags),
	KUNIT_CASE(names_ports),
	KUNIT_CASE(other_port),
	KUNIT_CASE(all_ports),
	KUNIT_CASE_PARAM(move, move_gen_params),
	KUNIT_CASE(clears),
	KUNIT_CASE_PARAM(preempt, preempt_gen_params),
	KUNIT_CASE(preempt_oneself),
	KUNIT_CASE(too_many),
	KUNIT_CASE(too_many_in_all),
	KUNIT_CASE(reserves),
	KUNIT_CASE(reserve_ends),
	KUNIT_CASE(reserve_beside),
	{}
};

static struct kunit_suite pr_suite = {
	.name = "ktgt_pr",
	.init = ktgt_pr_test_init,
	.exit = pr_test_exit,
	.test_cases = pr_cases,
};

static struct kunit_case aptpl_cases[] = {
	KUNIT_CASE_PARAM(type_ends, type_gen_params),
	KUNIT_CASE_PARAM(type_again, type_gen_params),
	KUNIT_CASE(registers),
	KUNIT_CASE(wrong_key),
	KUNIT_CASE(names_ports),
	KUNIT_CASE_PARAM(move, move_gen_params),
	KUNIT_CASE(clears),
	KUNIT_CASE_PARAM(preempt, preempt_gen_params),
	KUNIT_CASE(preempt_oneself),
	KUNIT_CASE(reserve_ends),
	{}
};

/* All that is kept, by the cases of the suite above. */
static struct kunit_suite aptpl_suite = {
	.name = "ktgt_pr_aptpl",
	.init = aptpl_test_init,
	.exit = pr_test_exit,
	.test_cases = aptpl_cases,
};

kunit_test_suites(&pr_suite, &aptpl_suite);
