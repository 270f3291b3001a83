// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever a peer sends before and after it has logged in: each request gets
 * one answer or ends the connection, each answer is one that RFC 7143 allows,
 * and nothing is left behind.
 *
 * The input is a row of PDUs. Each begins with four bytes: what it is, its
 * flags, and the length of its data; the rest is its data. What a header must
 * repeat is repeated, unless a bit says to get it wrong.
 */
#include "../../kernel/core/net.h"
#include "../../kernel/core/access.h"
#include "../../kernel/core/delay.h"
#include "../../kernel/core/target.h"
#include "../../kernel/iscsi/ack.h"
#include "../../kernel/iscsi/conn.h"
#include "../../kernel/iscsi/login.h"
#include "../../kernel/iscsi/mem.h"
#include "../../kernel/iscsi/pdu.h"
#include "../../kernel/iscsi/sess.h"
#include "../../kernel/iscsi/task.h"
#include "../../kernel/iscsi/text.h"
#include "../../kernel/iscsi/text_request.h"

/* bits of the first byte of a PDU */
enum {
	IN_TEXT		= 1 << 0,	/* Text Request, not Login Request */
	IN_OTHER	= 1 << 1,	/* some other opcode */
	IN_ITT		= 1 << 2,	/* another ITT */
	IN_ISID		= 1 << 3,	/* another ISID */
	IN_VERSION	= 1 << 4,	/* version 1 */
	IN_TTT		= 1 << 5,	/* the TTT of the last answer */
	IN_RESUME	= 1 << 6,	/* first, the old session ends */
	IN_TSIH		= 1 << 7,	/* TSIH 1 */
};

bool shim_proved;

static struct ktgt_chap_account incoming = {
	.user = "user", .secret = "secretsecret",
};

static struct ktgt_chap_account outgoing = {
	.user = "target", .secret = "anothersecret",
};

static struct ktgt_access access = {
	.incoming = &incoming, .outgoing = &outgoing,
};

static struct ktgt_target target = {
	.tid = 1, .name = "iqn.t:1", .alias = "alias", .access = &access,
};

static struct ktgt_portal portals[2];
static struct ktgt_net kn;
static struct ktgt_sess session;
static struct ktgt_conn conn;

static u32 nr_answers, nr_pdus, next_ttt, last_ttt;
static bool closed, drained, wait_for_old, announced, has_tasks, has_pages;
/* the refusal comes later */
static bool late;
static u32 nr_failed;
static char *answers;
static u32 answers_len;

u32 get_random_u32(void)
{
	return next_ttt++;
}

static struct ktgt_target *get_target(void)
{
	target.ref.refcount++;
	return &target;
}

struct ktgt_target *ktgt_net_find_target(struct ktgt_net *net,
					 const char *name)
{
	require(net == &kn && strlen(name) < KTGT_NAME_LEN);
	return strcmp(name, target.name) ? NULL : get_target();
}

struct ktgt_target *ktgt_net_find_tid(struct ktgt_net *net, u32 tid)
{
	require(net == &kn && tid == 1);
	return get_target();
}

void ktgt_target_put(struct ktgt_target *t)
{
	require(t == &target && t->ref.refcount-- > 0);
}

bool ktgt_access_judge(const struct ktgt_access *r,
		       const struct sockaddr_storage *peer,
		       const char *initiator, struct ktgt_access_match *match)
{
	require(r == &access && peer == &conn.peer);
	return strcmp(initiator, "iqn.closed");
}

const struct ktgt_chap_account *
ktgt_access_find_incoming(const struct ktgt_access *r, const char *user)
{
	return strcmp(user, r->incoming->user) ? NULL : r->incoming;
}

/* Wrong secrets for a name of even length are answered later. */
int ktgt_delay_wrong(struct ktgt_delays *delays,
		     const struct sockaddr_storage *peer, const char *user,
		     u32 max, u64 now)
{
	require(peer == &conn.peer && max == 8 && !shim_proved);
	return strlen(user) % 2 ? 0 : 3;
}

void ktgt_delay_right(struct ktgt_delays *delays,
		      const struct sockaddr_storage *peer, const char *user)
{
	require(peer == &conn.peer && shim_proved);
	require(!strcmp(user, incoming.user));
}

struct ktgt_sess *ktgt_sess_find(struct ktgt_net *net, u32 id)
{
	require(net == &kn);
	return id == 1 ? &session : NULL;
}

void ktgt_sess_put(struct ktgt_sess *sess)
{
	require(sess == &session);
}

int ktgt_sess_open(struct ktgt_conn *c, struct ktgt_target *t,
		   const struct ktgt_sess_key *key, const char *alias,
		   u32 cmd_sn)
{
	require(!c->sess && key->initiator[0] && cmd_sn == 7);
	require(strlen(alias) < KTGT_ALIAS_LEN);
	if (!strcmp(alias, "wait") && wait_for_old)
		return -EINPROGRESS;
	if (!strcmp(alias, "gone"))
		return -ENOENT;
	if (!strcmp(alias, "full"))
		return -EBUSY;
	session.key = *key;
	session.nexus.target = t;
	session.id = 5;
	c->sess = &session;
	c->nexus = &session.nexus;
	c->window = &session.window;
	c->initiator = session.key.initiator;
	c->discovery = !t;
	return 0;
}

static bool insists(const struct ktgt_conn *c, enum ktgt_target_key key,
		    u32 digest)
{
	return ktgt_target_key(c->nexus->target, key,
			       KTGT_DIGEST_EITHER) == digest;
}

static void check_param(const struct ktgt_conn *c)
{
	const struct ktgt_param *p = &c->param;

	require(p->max_xmit_dsl >= 512 && p->max_xmit_dsl <= 16777215);
	require(p->max_burst >= 512 && p->max_burst <= KTGT_MAX_BURST);
	require(p->first_burst <= p->max_burst && p->max_r2t <= KTGT_MAX_R2T);
	require(p->max_conns == 1 && !p->erl);
	require(p->max_recv_dsl <= (c->discovery ? 8192 : KTGT_MAX_RECV_DSL));
	require(p->max_xmit_dsl <= ktgt_target_key(c->nexus->target,
						   KTGT_TARGET_MAX_XMIT_DSL,
						   U32_MAX));
	require(p->header_digest || !insists(c, KTGT_TARGET_HEADER_DIGEST,
					     KTGT_DIGEST_CRC32C));
	require(!p->data_digest || !insists(c, KTGT_TARGET_DATA_DIGEST,
					    KTGT_DIGEST_NONE));
	/* whoever comes so far has proved himself */
	require(!access.nr_incoming || shim_proved ||
		(!c->nexus->target && !kn.discovery));
}

void ktgt_conn_set_state(struct ktgt_conn *c, enum ktgt_conn_state state)
{
	require(state > c->state);
	if (state == KTGT_CONN_STATE_FULL_FEATURE) {
		check_param(c);
		require(has_tasks == !!c->nexus->target && has_pages == has_tasks);
	}
	c->state = state;
}

int ktgt_tasks_init(struct ktgt_conn *c)
{
	require(c->nexus->target && !has_tasks);
	has_tasks = true;
	return 0;
}

int ktgt_mem_init(struct ktgt_conn *c)
{
	require(c->nexus->target && !has_pages);
	has_pages = true;
	return 0;
}

void ktgt_sess_announce(struct ktgt_conn *c)
{
	require(c->state == KTGT_CONN_STATE_FULL_FEATURE && !announced);
	announced = true;
}

void ktgt_event_session(struct ktgt_net *net, const struct ktgt_event *event)
{
	require(net == &kn && event->cmd == KTGT_CMD_LOGIN_FAILED);
	require(event->status && event->why && event->isid);
	require(event->peer == &conn.peer && event->local == &conn.local);
	require(event->tid <= 1);
	require(!event->target || (event->target[0] &&
				   strlen(event->target) < KTGT_NAME_LEN));
	require(!event->initiator || (event->initiator[0] &&
				      strlen(event->initiator) < KTGT_NAME_LEN));
	nr_failed++;
}

void ktgt_ack_recv(struct ktgt_conn *c, u32 exp_stat_sn)
{
	require(c == &conn && exp_stat_sn == 1);
}

struct ktgt_pdu *ktgt_pdu_alloc(struct ktgt_conn *c)
{
	struct ktgt_pdu *pdu = kzalloc(sizeof(*pdu), GFP_KERNEL);

	require(c == &conn);
	if (!pdu)
		return NULL;
	pdu->hdr = calloc(1, KTGT_CHUNK_HDR);
	nr_pdus++;
	return pdu;
}

void ktgt_pdu_free(struct ktgt_conn *c, struct ktgt_pdu *pdu)
{
	require(c == &conn);
	free(pdu->hdr);
	kfree(pdu->own);
	kfree(pdu);
	nr_pdus--;
}

int ktgt_pdu_set_data(struct ktgt_conn *c, struct ktgt_pdu *pdu,
		      const void *data, u32 len)
{
	require(c == &conn && !pdu->own && len);
	pdu->own = kvmalloc(len, GFP_KERNEL);
	if (!pdu->own)
		return -ENOMEM;
	memcpy(pdu->own, data, len);
	pdu->data_len = len;
	return 0;
}

void ktgt_pdu_reject(struct ktgt_conn *c, const struct iscsi_hdr *hdr,
		     u8 reason)
{
	require(c == &conn && hdr && reason >= 2 && reason <= 0x0a);
	nr_answers++;
	answers_len = 0;
}

/* Answers are key=value, once all pieces are there. */
static void check_text(const struct ktgt_pdu *pdu, bool more)
{
	struct ktgt_text_pair pair;
	u32 pos = 0;
	int ret;

	require(pdu->data_len <= 8192 && answers_len <= 2 << 20);
	answers = realloc(answers, answers_len + pdu->data_len + 1);
	if (pdu->data_len)
		memcpy(answers + answers_len, pdu->own, pdu->data_len);
	answers_len += pdu->data_len;
	if (more)
		return;
	while ((ret = ktgt_text_next(answers, answers_len, &pos, &pair)) > 0)
		;
	require(!ret && pos == answers_len);
	answers_len = 0;
}

static void check_login(const struct ktgt_pdu *pdu)
{
	const struct iscsi_login_rsp *rsp = pdu->hdr;
	u8 flags = rsp->flags;
	bool more = flags & ISCSI_FLAG_LOGIN_CONTINUE;
	bool transit = flags & ISCSI_FLAG_LOGIN_TRANSIT;
	u8 stage = ISCSI_LOGIN_CURRENT_STAGE(flags);
	u8 next = ISCSI_LOGIN_NEXT_STAGE(flags);
	bool final = transit && next == ISCSI_FULL_FEATURE_PHASE;

	require(!conn.login || conn.state != KTGT_CONN_STATE_NEW);
	require(pdu->data_len <= KTGT_LOGIN_DSL && !drained);
	require(!rsp->max_version && !rsp->active_version);
	if (rsp->status_class) {
		require(!transit && !more && !pdu->data_len);
		require(rsp->status_class == 2 || rsp->status_class == 3);
		require(rsp->status_detail <= 0x0b);
		/* that would tell a stranger that there is such a target */
		require(rsp->status_class != 2 || rsp->status_detail != 2);
		return;
	}
	require(!(transit && more) && stage <= 1);
	require(!transit || (next > stage && next != 2));
	require(transit || !next);
	require(final == !!(pdu->flags & KTGT_PDU_FINAL_LOGIN));
	require(final == (conn.state == KTGT_CONN_STATE_FULL_FEATURE));
	require(!final || rsp->tsih == cpu_to_be16(5));
	check_text(pdu, more);
}

static void check_text_rsp(const struct ktgt_pdu *pdu)
{
	const struct iscsi_text_rsp *rsp = pdu->hdr;
	bool final = rsp->flags & ISCSI_FLAG_CMD_FINAL;
	bool more = rsp->flags & ISCSI_FLAG_TEXT_CONTINUE;

	require(conn.state == KTGT_CONN_STATE_FULL_FEATURE);
	require(pdu->data_len <= conn.param.max_xmit_dsl);
	require(!(final && more));
	last_ttt = be32_to_cpu(rsp->ttt);
	require(final == (last_ttt == ISCSI_RESERVED_TAG));
	check_text(pdu, more);
}

void ktgt_pdu_queue(struct ktgt_conn *c, struct ktgt_pdu *pdu)
{
	const struct iscsi_hdr *hdr = pdu->hdr;

	require(c == &conn && pdu->flags & KTGT_PDU_STATSN);
	nr_answers++;
	if (hdr->opcode == ISCSI_OP_LOGIN_RSP)
		check_login(pdu);
	else
		check_text_rsp(pdu);
	ktgt_pdu_free(c, pdu);
}

static void close_conn(struct ktgt_conn *c)
{
	require(c == &conn);
	closed = true;
}

static void drain_conn(struct ktgt_conn *c)
{
	require(c == &conn);
	drained = true;
}

static void limit_timer(struct ktgt_conn *c, unsigned long delay)
{
	require(c == &conn && delay == 3 * HZ && !late && !drained);
	late = true;
}

static const struct ktgt_conn_ops ops = {
	.close = close_conn,
	.drain = drain_conn,
	.limit_timer = limit_timer,
};

static void fill_login(struct iscsi_login_req *req, u8 kind, u8 flags)
{
	req->opcode = ISCSI_OP_LOGIN | ISCSI_OP_IMMEDIATE;
	req->flags = flags;
	req->min_version = !!(kind & IN_VERSION);
	req->isid[0] = !!(kind & IN_ISID);
	req->tsih = cpu_to_be16(!!(kind & IN_TSIH));
	req->itt = !!(kind & IN_ITT);
	req->cmdsn = cpu_to_be32(7);
	req->exp_statsn = cpu_to_be32(1);
}

static void fill_text(struct iscsi_text *req, u8 kind, u8 flags)
{
	req->opcode = ISCSI_OP_TEXT | ISCSI_OP_IMMEDIATE;
	req->flags = flags;
	req->itt = !!(kind & IN_ITT);
	req->ttt = cpu_to_be32(kind & IN_TTT ? last_ttt : ISCSI_RESERVED_TAG);
	if (!(kind & IN_TTT))
		answers_len = 0;
}

/* Whatever was sent meanwhile, there is one answer. */
static void answer_late(void)
{
	u32 before = nr_answers;

	require(ktgt_login_answer_late(&conn) == late);
	require(!late || (drained && (nr_answers == before + 1 || closed)));
	require(!ktgt_login_answer_late(&conn));
}

/* A login can answer nothing while it waits; else it is one or the end. */
static void handle(u8 kind, u8 flags, const u8 *data, u32 len)
{
	struct iscsi_hdr hdr = {};
	u32 before;

	if (kind & IN_RESUME) {
		before = nr_answers;
		wait_for_old = false;
		ktgt_login_resume(&conn);
		require(nr_answers <= before + 1);
		if (closed || drained)
			return;
	}
	before = nr_answers;
	if (conn.state == KTGT_CONN_STATE_FULL_FEATURE) {
		fill_text((void *)&hdr, kind, flags);
		ktgt_text_req_recv(&conn, &hdr, data, len);
		require(nr_answers == before + 1 || closed);
		return;
	}
	if (kind & (IN_TEXT | IN_OTHER))
		hdr.opcode = kind & IN_TEXT ? ISCSI_OP_TEXT :
					      ISCSI_OP_SCSI_CMD;
	else
		fill_login((void *)&hdr, kind, flags);
	ktgt_login_recv(&conn, &hdr, data, min_t(u32, len, KTGT_LOGIN_DSL));
	require(nr_answers == before + 1 || closed ||
		(nr_answers == before && (wait_for_old || late)));
}

static void start(u8 how, u8 allocs)
{
	memset(&conn, 0, sizeof(conn));
	conn.ops = &ops;
	conn.kn = &kn;
	conn.tpgt = 1;
	conn.local.ss_family = how & 2 ? AF_INET : AF_INET6;
	kn.discovery = how & 4 ? &access : NULL;
	kn.login_delay = 8;
	kn.portals.next = &portals[0].node;
	portals[0].node.next = &portals[1].node;
	portals[1].node.next = &kn.portals;
	portals[0].addr.ss_family = AF_INET;
	portals[1].addr.ss_family = AF_INET6;
	kn.nr_portals = 2;
	shim_allocs = U32_MAX;
	xa_store(&kn.targets, target.tid, &target, GFP_KERNEL);
	access.nr_incoming = how & 1;
	target.state = how & 8 ? KTGT_TARGET_STATE_OFFLINE :
				 KTGT_TARGET_STATE_READY;
	target.keys[KTGT_TARGET_HEADER_DIGEST] =
		how & 16 ? 1 + KTGT_DIGEST_CRC32C : 0;
	target.keys[KTGT_TARGET_DATA_DIGEST] =
		how & 32 ? 1 + KTGT_DIGEST_NONE : 0;
	target.keys[KTGT_TARGET_MAX_XMIT_DSL] = how & 64 ? 1 + 1024 : 0;
	target.keys[KTGT_TARGET_CHAP_ALGORITHMS] =
		how & 128 ? 1 + KTGT_CHAP_ALGORITHM_SHA1 : 0;
	target.ref.refcount = 0;
	shim_proved = false;
	closed = false;
	drained = false;
	wait_for_old = true;
	late = false;
	announced = false;
	has_tasks = false;
	has_pages = false;
	nr_failed = 0;
	nr_pdus = 0;
	answers_len = 0;
	next_ttt = 1;
	last_ttt = 0;
	shim_allocs = allocs ? allocs - 1 : U32_MAX;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u32 len;
	u8 *copy;

	if (size < 2)
		return 0;
	start(data[0], data[1]);
	data += 2;
	size -= 2;
	if (ktgt_login_start(&conn)) {
		xa_destroy(&kn.targets);
		return 0;
	}
	while (size >= 4 && !closed && !drained) {
		len = min_t(size_t, data[2] | data[3] << 8, size - 4);
		/* so that a byte read too far is found */
		copy = malloc(len);
		memcpy(copy, data + 4, len);
		handle(data[0], data[1], copy, len);
		free(copy);
		data += 4 + len;
		size -= 4 + len;
	}
	answer_late();
	require(nr_failed == drained);
	require(announced == (conn.state == KTGT_CONN_STATE_FULL_FEATURE));
	ktgt_login_free(&conn);
	ktgt_login_free(&conn);
	ktgt_text_req_free(&conn);
	xa_destroy(&kn.targets);
	require(!nr_pdus && !target.ref.refcount && !shim_live);
	return 0;
}
