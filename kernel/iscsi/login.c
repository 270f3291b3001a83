// SPDX-License-Identifier: GPL-2.0
/*
 * The login phase (RFC 7143, 6.3, 11.12 and 11.13).
 *
 * It is a state machine on the connection. Each request is answered at once or
 * the connection is closed, so a peer that stops in the middle costs only a
 * timer. A login waits for two things only: the end of an older session of the
 * same initiator (same name, ISID and target); and, after several wrong secrets,
 * for its refusal.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "login.h"

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../core/access.h"
#include "../core/event.h"
#include "../core/fabric.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "../core/target.h"
#include "ack.h"
#include "admit.h"
#include "conn.h"
#include "login_auth.h"
#include "mem.h"
#include "pdu.h"
#include "said.h"
#include "sess.h"
#include "task.h"
#include "text.h"

/* statuses of refusals that admit.c does not decide */
#define LOGIN_NO_VERSION	KTGT_LOGIN_INITIATOR(NO_VERSION)
/* RFC 7143 calls 0206 "too many connections" */
#define LOGIN_TOO_MANY		KTGT_LOGIN_INITIATOR(ISID_ERROR)
#define LOGIN_NO_SESSION	KTGT_LOGIN_INITIATOR(NO_SESSION)
#define LOGIN_INVALID		KTGT_LOGIN_INITIATOR(INVALID_REQUEST)
#define LOGIN_ERROR		KTGT_LOGIN_TARGET(TARGET_ERROR)

/*
 * Requests that a login may take. Four are usual, but an initiator may cut its
 * text into many pieces.
 */
#define LOGIN_REQUESTS_MAX	128

/*
 * What a discovery session may have for its initiator, in pages and PDUs: two
 * answers of the longest text that wait to be sent; without an acknowledgement the
 * login response, and an answer to each request that it may send without having had
 * one, and to some immediate ones.
 */
#define LOGIN_DISCOVERY_UNSENT	4
#define LOGIN_DISCOVERY_UNACKED	(3 * (1 + KTGT_DISCOVERY_WINDOW + 3))

#define LOGIN_KEY(key)		BIT_ULL(KTGT_KEY_##key)
#define LOGIN_NAME_KEYS		(LOGIN_KEY(INITIATOR_NAME) | \
				 LOGIN_KEY(TARGET_NAME) | \
				 LOGIN_KEY(SESSION_TYPE))

/* what the target offers for the keys that are negotiated */
static const u32 login_offers[KTGT_NR_KEYS] = {
	[KTGT_KEY_MAX_CONNECTIONS]		= 1,
	[KTGT_KEY_INITIAL_R2T]			= false,
	[KTGT_KEY_IMMEDIATE_DATA]		= true,
	[KTGT_KEY_MAX_RECV_DSL]			= KTGT_MAX_RECV_DSL,
	[KTGT_KEY_MAX_BURST]			= KTGT_MAX_BURST,
	[KTGT_KEY_FIRST_BURST]			= KTGT_FIRST_BURST,
	/* a session ends with its connection, so nobody has to wait */
	[KTGT_KEY_TIME2WAIT]			= 0,
	[KTGT_KEY_TIME2RETAIN]			= 0,
	[KTGT_KEY_MAX_R2T]			= KTGT_MAX_R2T,
	[KTGT_KEY_DATA_PDU_IN_ORDER]		= true,
	[KTGT_KEY_DATA_SEQUENCE_IN_ORDER]	= true,
	[KTGT_KEY_ERROR_RECOVERY_LEVEL]		= 0,
	[KTGT_KEY_PROTOCOL_LEVEL]		= KTGT_PROTOCOL_LEVEL,
};

/**
 * struct ktgt_login - state of a login
 * @nego: text negotiation
 * @ours: what the target offers, for @nego
 * @in: received text that is not complete yet (C bit)
 * @out: answers
 * @out_pos: bytes of @out that were sent
 * @key: identity of the session that will be created
 * @target: target; a reference is held. NULL before it is known, and in a
 *	discovery session
 * @auth: authentication
 * @target_name: TargetName, in lower case
 * @alias: InitiatorAlias
 * @why: why the login is refused
 * @late_status: status of a refusal that the timer will send, or 0
 * @itt: initiator task tag of all requests
 * @cmd_sn: CmdSN of the first request
 * @tsih: TSIH of all requests
 * @nr_requests: requests so far
 * @stage: current stage, ISCSI_*_NEGOTIATION_STAGE
 * @next_stage: stage that the last request asks for, if @transit
 * @transit: the last request has the T bit
 * @identified: the names are known and the initiator is admitted
 * @declared: MaxRecvDataSegmentLength was declared
 * @waiting: the login waits for the end of an older session
 * @refused: the login was refused
 */
struct ktgt_login {
	struct ktgt_text_nego	nego;
	u32			ours[KTGT_NR_KEYS];
	struct ktgt_text_out	in;
	struct ktgt_text_out	out;
	u32			out_pos;
	struct ktgt_sess_key	key;
	struct ktgt_target	*target;
	struct ktgt_login_auth	auth;
	char			target_name[KTGT_NAME_LEN];
	char			alias[KTGT_ALIAS_LEN];
	const char		*why;
	u16			late_status;
	itt_t			itt;
	u32			cmd_sn;
	__be16			tsih;
	u8			nr_requests;
	u8			stage;
	u8			next_stage;
	bool			transit;
	bool			identified;
	bool			declared;
	bool			waiting;
	bool			refused;
};

static u16 login_error(struct ktgt_login *login, u16 status, const char *why)
{
	login->why = why;
	return status;
}

/* Passes on an error that text.c has found. */
static u16 login_text_error(struct ktgt_login *login, u16 status)
{
	login->why = login->nego.why;
	return status;
}

/* Passes on an error that login_auth.c has found. */
static u16 login_auth_error(struct ktgt_login *login, u16 status)
{
	login->why = login->auth.why;
	return status;
}

#define login_key(login, key, none)					\
	ktgt_target_key((login)->target, KTGT_TARGET_##key, none)

/* Returns which values of a digest key the target does not accept, as bits. */
static u32 login_barred(u32 digest)
{
	switch (digest) {
	case KTGT_DIGEST_NONE:
		return BIT(true);
	case KTGT_DIGEST_CRC32C:
		return BIT(false);
	default:
		return 0;
	}
}

/* A target can be set to offer less than it supports, or to require digests. */
static void login_set_offers(struct ktgt_login *login)
{
	static const struct {
		u8 key;
		u8 limit;
	} limits[] = {
		{ KTGT_KEY_MAX_RECV_DSL, KTGT_TARGET_MAX_RECV_DSL },
		{ KTGT_KEY_FIRST_BURST, KTGT_TARGET_FIRST_BURST },
		{ KTGT_KEY_MAX_BURST, KTGT_TARGET_MAX_BURST },
		{ KTGT_KEY_MAX_R2T, KTGT_TARGET_MAX_R2T },
	};
	const struct ktgt_target *target = login->target;
	u32 *ours = login->ours, i;

	for (i = 0; i < ARRAY_SIZE(limits); i++)
		ours[limits[i].key] = min(login_offers[limits[i].key],
					  ktgt_target_key(target,
							  limits[i].limit,
							  U32_MAX));
	ours[KTGT_KEY_INITIAL_R2T] = login_key(login, INITIAL_R2T, false);
	ours[KTGT_KEY_IMMEDIATE_DATA] = login_key(login, IMMEDIATE_DATA, true);
	ours[KTGT_KEY_TIME2WAIT] = login_key(login, TIME2WAIT, 0);
	ours[KTGT_KEY_HEADER_DIGEST] =
		login_barred(login_key(login, HEADER_DIGEST,
				       KTGT_DIGEST_EITHER));
	ours[KTGT_KEY_DATA_DIGEST] =
		login_barred(login_key(login, DATA_DIGEST,
				       KTGT_DIGEST_EITHER));
}

/* Refuses an initiator that does not offer a required digest. */
static u16 login_check_digests(struct ktgt_login *login)
{
	static const struct {
		u8 key;
		const char *name;
	} digests[] = {
		{ KTGT_KEY_HEADER_DIGEST, "HeaderDigest" },
		{ KTGT_KEY_DATA_DIGEST, "DataDigest" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(digests); i++) {
		if (!(login->ours[digests[i].key] &
		      BIT(login->nego.results[digests[i].key])))
			continue;
		login->nego.bad = digests[i].name;
		return login_error(login, KTGT_LOGIN_BAD,
				   "the initiator does not offer CRC32C, which is required");
	}
	return 0;
}

static void login_set_param(struct ktgt_conn *conn)
{
	const struct ktgt_login *login = conn->login;
	const u32 *results = login->nego.results;
	struct ktgt_param *param = &conn->param;

	param->header_digest = results[KTGT_KEY_HEADER_DIGEST];
	param->data_digest = results[KTGT_KEY_DATA_DIGEST];
	param->initial_r2t = results[KTGT_KEY_INITIAL_R2T];
	param->immediate_data = results[KTGT_KEY_IMMEDIATE_DATA];
	param->max_recv_dsl = login->declared ?
			      login->ours[KTGT_KEY_MAX_RECV_DSL] :
			      KTGT_LOGIN_DSL;
	param->max_xmit_dsl = min(results[KTGT_KEY_MAX_RECV_DSL],
				  login_key(login, MAX_XMIT_DSL, U32_MAX));
	param->max_burst = results[KTGT_KEY_MAX_BURST];
	/* the default may be more than the negotiated MaxBurstLength */
	param->first_burst = min(results[KTGT_KEY_FIRST_BURST],
				 param->max_burst);
	param->max_r2t = results[KTGT_KEY_MAX_R2T];
	param->max_conns = results[KTGT_KEY_MAX_CONNECTIONS];
	param->erl = results[KTGT_KEY_ERROR_RECOVERY_LEVEL];
	param->time2wait = results[KTGT_KEY_TIME2WAIT];
	param->time2retain = results[KTGT_KEY_TIME2RETAIN];
	param->protocol_level = results[KTGT_KEY_PROTOCOL_LEVEL];
}

/**
 * ktgt_login_start() - prepare a connection for its login
 * @conn: the connection, new
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int ktgt_login_start(struct ktgt_conn *conn)
{
	struct ktgt_login *login;

	login = kzalloc_obj(*login, KTGT_GFP_PEER);
	if (!login)
		return -ENOMEM;
	login->in.max = KTGT_TEXT_MAX;
	login->out.max = KTGT_TEXT_MAX;
	memcpy(login->ours, login_offers, sizeof(login->ours));
	ktgt_text_init(&login->nego, login->ours);
	login->auth.kn = conn->kn;
	login->auth.peer = &conn->peer;
	login->auth.nego = &login->nego;
	login->auth.out = &login->out;
	conn->login = login;
	login_set_param(conn);
	return 0;
}

/**
 * ktgt_login_free() - free the state of a login
 * @conn: the connection; the state may have been freed already
 *
 * Context: the connection's work or its teardown, may sleep.
 */
void ktgt_login_free(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;

	if (!login)
		return;
	conn->login = NULL;
	if (login->target)
		ktgt_target_put(login->target);
	ktgt_login_auth_free(&login->auth);
	ktgt_text_out_free(&login->in);
	ktgt_text_out_free(&login->out);
	kfree(login);
}

/* Send one Login Response, which carries @len bytes of the answers. */
static void login_send(struct ktgt_conn *conn, u8 flags, u16 status, u32 len)
{
	struct ktgt_login *login = conn->login;
	struct iscsi_login_rsp *rsp;
	struct ktgt_pdu *pdu;

	pdu = ktgt_pdu_alloc(conn);
	if (!pdu)
		goto err_close;
	if (len && ktgt_pdu_set_data(conn, pdu,
				     login->out.data + login->out_pos, len))
		goto err_pdu;

	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_LOGIN_RSP;
	rsp->flags = login->stage << 2 | flags;
	memcpy(rsp->isid, login->key.isid, sizeof(rsp->isid));
	rsp->tsih = login->tsih;
	rsp->itt = login->itt;
	rsp->exp_cmdsn = cpu_to_be32(login->cmd_sn);
	rsp->max_cmdsn = cpu_to_be32(login->cmd_sn);
	rsp->status_class = status >> 8;
	rsp->status_detail = status & 0xff;
	hton24(rsp->dlength, len);
	if (conn->state == KTGT_CONN_STATE_FULL_FEATURE && !status) {
		rsp->tsih = cpu_to_be16(conn->sess->id);
		pdu->flags |= KTGT_PDU_FINAL_LOGIN;
	}
	pdu->flags |= KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);
	return;

err_pdu:
	ktgt_pdu_free(conn, pdu);
err_close:
	login->auth.unconfirmed = false;
	conn->ops->close(conn);
}

static const char *login_peer_name(const struct ktgt_login *login)
{
	return login->key.initiator[0] ? login->key.initiator : "(no name)";
}

/* Its own name, if there is such a target; otherwise the one that was asked for. */
static const char *login_target_name(const struct ktgt_login *login)
{
	return login->target ? login->target->name : login->target_name;
}

static const char *login_goal(const struct ktgt_login *login)
{
	const char *name = login_target_name(login);

	if (login->nego.discovery)
		return "(discovery)";
	return *name ? name : "(no target)";
}

static s32 login_tid(const struct ktgt_login *login)
{
	if (login->target)
		return login->target->tid;
	return login->nego.discovery ? 0 : -1;
}

/* Reports a failed login as an event. */
static void login_tell(struct ktgt_conn *conn, u16 status)
{
	const struct ktgt_login *login = conn->login;
	const char *name = login_target_name(login);
	struct ktgt_event event = {
		.cmd = KTGT_CMD_LOGIN_FAILED,
		.tid = login_tid(login),
		.target = *name ? name : NULL,
		.initiator = login->key.initiator[0] ? login->key.initiator :
						       NULL,
		.isid = login->nr_requests ? login->key.isid : NULL,
		.peer = &conn->peer,
		.local = &conn->local,
		.status = status,
		.key = login->nego.bad,
		.why = login->why,
	};

	ktgt_event_session(conn->kn, &event);
}

/* Answers with a status that ends the login. */
static void login_send_refusal(struct ktgt_conn *conn, u16 status)
{
	login_send(conn, 0, status, 0);
	conn->ops->drain(conn);
}

/*
 * The timer answers. Meanwhile the connection is one of those in login, of which
 * there is a limit, and what it sends is ignored.
 */
static void login_refuse_later(struct ktgt_conn *conn, u16 status)
{
	struct ktgt_login *login = conn->login;
	u32 delay = login->auth.delay;

	net_info_ratelimited("%pISpc: the answer to a wrong secret is delayed by %u s, because its address has sent several\n",
			     &conn->peer, delay);
	login->late_status = status;
	conn->ops->limit_timer(conn, delay * HZ);
}

/* Ends the login with a status, and logs and reports it. */
static void login_refuse(struct ktgt_conn *conn, u16 status)
{
	struct ktgt_login *login = conn->login;
	const char *bad = login->nego.bad;

	pr_notice_ratelimited("login of %s at %pISpc to %s refused: %s%s%s (%04x)\n",
			      login_peer_name(login), &conn->peer,
			      login_goal(login), bad ?: "", bad ? ": " : "",
			      login->why, status);
	login->refused = true;
	login_tell(conn, status);
	if (login->auth.delay)
		login_refuse_later(conn, status);
	else
		login_send_refusal(conn, status);
}

/* May the initiator use the target? */
static u16 login_admit(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	struct ktgt_admission adm;

	rcu_read_lock();
	ktgt_admit_login(conn->kn, login->target, conn->tpgt, &conn->peer,
			 login->key.initiator, &adm);
	rcu_read_unlock();
	login->auth.refusal = adm.auth_status;
	return adm.status ? login_error(login, adm.status, adm.why) : 0;
}

/*
 * A TSIH names the session that the connection should join (RFC 7143, 6.3.1). A
 * session cannot have a second connection, because MaxConnections is 1.
 */
static u16 login_join(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	struct ktgt_sess *sess;
	bool same;

	if (!login->tsih)
		return 0;
	sess = ktgt_sess_find(conn->kn, be16_to_cpu(login->tsih));
	if (!sess)
		return login_error(login, LOGIN_NO_SESSION,
				   "the session does not exist any more (TSIH)");
	same = !memcmp(&sess->key, &login->key, sizeof(login->key));
	ktgt_sess_put(sess);
	if (!same)
		return login_error(login, LOGIN_NO_SESSION,
				   "the session belongs to another initiator (TSIH)");
	return login_error(login, LOGIN_TOO_MANY,
			   "a second connection of a session is not supported");
}

static u16 login_find_target(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	const struct ktgt_text_pair *pair;
	struct ktgt_admission adm;

	if (login->nego.discovery) {
		/* anybody may have such a session: it gets little memory */
		login->ours[KTGT_KEY_MAX_RECV_DSL] = KTGT_LOGIN_DSL;
		return 0;
	}
	pair = ktgt_text_get(&login->nego, KTGT_KEY_TARGET_NAME);
	if (!pair)
		return login_error(login, KTGT_LOGIN_MISSING,
				   "TargetName is missing");
	if (ktgt_text_name(pair->value, pair->value_len, login->target_name,
			   sizeof(login->target_name)))
		return login_error(login, KTGT_LOGIN_BAD,
				   "TargetName is not an iSCSI name");
	login->target = ktgt_admit_find(conn->kn, login->target_name, &adm);
	if (!login->target)
		return login_error(login, adm.status, adm.why);
	login->auth.target = login->target;
	login->key.tid = login->target->tid;
	login_set_offers(login);
	return 0;
}

/*
 * The target introduces itself in the first response that may contain it (RFC
 * 7143, 13.9). Its alias can change while it is copied, but its last byte is
 * always NUL.
 */
static void login_introduce(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	char alias[KTGT_ALIAS_LEN];

	if (!login->target)
		return;
	strscpy(alias, login->target->alias, sizeof(alias));
	if (alias[0])
		ktgt_text_put(&login->out, "TargetAlias", alias);
	ktgt_text_put_number(&login->out, "TargetPortalGroupTag", conn->tpgt);
}

/*
 * The first text says who wants to log in to what. An initiator that is not
 * admitted is refused before anything is negotiated.
 */
static u16 login_identify(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	const struct ktgt_text_pair *pair;
	u16 status;

	pair = ktgt_text_get(&login->nego, KTGT_KEY_INITIATOR_NAME);
	if (!pair)
		return login_error(login, KTGT_LOGIN_MISSING,
				   "InitiatorName is missing");
	if (ktgt_text_name(pair->value, pair->value_len, login->key.initiator,
			   sizeof(login->key.initiator)))
		return login_error(login, KTGT_LOGIN_BAD,
				   "InitiatorName is not an iSCSI name");
	login->key.tpgt = conn->tpgt;

	status = login_find_target(conn);
	if (!status)
		status = login_admit(conn);
	if (!status)
		status = login_join(conn);
	if (status)
		return status;
	login->identified = true;
	login_introduce(conn);
	return 0;
}

static void login_set_alias(struct ktgt_login *login)
{
	const struct ktgt_text_pair *pair;

	pair = ktgt_text_get(&login->nego, KTGT_KEY_INITIATOR_ALIAS);
	if (pair)
		strscpy(login->alias, pair->value, sizeof(login->alias));
}

/*
 * Who wants to log in to what is known after the first request. An initiator may
 * say it again, as libiscsi does in each stage; it must not say anything else.
 */
static u16 login_check_again(struct ktgt_login *login)
{
	const struct ktgt_said said = {
		.initiator = login->key.initiator,
		.target = login->target_name,
		.alias = login->alias,
	};
	const char *bad;

	if (login->nego.now & ~login->nego.again & LOGIN_NAME_KEYS)
		return login_error(login, KTGT_LOGIN_BAD,
				   "a name was sent after the first request");
	bad = ktgt_said_changed(&said, &login->nego);
	if (!bad)
		return 0;
	login->nego.bad = bad;
	return login_error(login, KTGT_LOGIN_BAD, KTGT_TEXT_CHANGED);
}

static u16 login_check_auth(struct ktgt_login *login)
{
	u16 status;

	status = ktgt_login_auth_check(&login->auth, login->stage ==
				       ISCSI_SECURITY_NEGOTIATION_STAGE,
				       login->transit);
	return status ? login_auth_error(login, status) : 0;
}

/* A text is complete: interprets it and collects the answers. */
static u16 login_negotiate(struct ktgt_conn *conn, const char *text, u32 len)
{
	struct ktgt_login *login = conn->login;
	struct ktgt_text_nego *nego = &login->nego;
	u16 status;

	nego->stage = login->stage == ISCSI_SECURITY_NEGOTIATION_STAGE ?
		      KTGT_TEXT_SECURITY : KTGT_TEXT_OPERATIONAL;
	status = ktgt_text_parse(nego, text, len);
	if (status)
		return login_text_error(login, status);

	if (!login->identified)
		status = login_identify(conn);
	else
		status = login_check_again(login);
	if (status)
		return status;
	login_set_alias(login);
	status = ktgt_login_auth_recv(&login->auth, login->transit);
	if (status)
		return login_auth_error(login, status);
	status = login_check_auth(login);
	if (status)
		return status;

	if (nego->stage == KTGT_TEXT_OPERATIONAL && !login->declared) {
		login->declared = true;
		ktgt_text_put_number(&login->out, "MaxRecvDataSegmentLength",
				     login->ours[KTGT_KEY_MAX_RECV_DSL]);
	}
	status = ktgt_text_answer(nego, text, len, &login->out);
	return status ? login_text_error(login, status) : 0;
}

/* Anybody may have a discovery session: it is short, and holds little. */
static void login_limit_discovery(struct ktgt_conn *conn)
{
	u32 time = READ_ONCE(conn->kn->discovery_timeout);

	conn->discovery_until = jiffies + time * HZ;
	conn->quota.limit[KTGT_QUOTA_UNSENT] = LOGIN_DISCOVERY_UNSENT;
	conn->quota.limit[KTGT_QUOTA_UNACKED] = LOGIN_DISCOVERY_UNACKED;
}

/* Full feature phase needs tasks and pages, if there is a target. */
static int login_enter_ffp(struct ktgt_conn *conn)
{
	int ret;

	if (conn->nexus->target) {
		ret = ktgt_tasks_init(conn);
		if (!ret)
			ret = ktgt_mem_init(conn);
		if (ret)
			return ret;
	} else {
		login_limit_discovery(conn);
	}
	conn->rx_digests = conn->param.header_digest || conn->param.data_digest;
	ktgt_conn_set_state(conn, KTGT_CONN_STATE_FULL_FEATURE);
	return 0;
}

/* Make the session, and send the response that ends the login. */
static u16 login_finish(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	u16 status;
	int ret;

	/* the access may have changed since it was checked first */
	status = login_admit(conn);
	status = status ?: login_check_auth(login);
	status = status ?: login_check_digests(login);
	if (status)
		return status;

	ret = ktgt_sess_open(conn, login->target, &login->key, login->alias,
			     login->cmd_sn);
	switch (ret) {
	case 0:
		break;
	case -EINPROGRESS:
		login->waiting = true;
		return 0;
	case -ENOENT:
		return login_error(login, KTGT_LOGIN_NOT_FOUND,
				   "the target has been deleted");
	case -ENOMEM:
		return login_error(login, KTGT_LOGIN_NO_MEMORY,
				   "out of memory");
	case -EBUSY:
		return login_error(login, KTGT_LOGIN_NO_MEMORY,
				   "there are too many sessions");
	default:
		return login_error(login, LOGIN_ERROR,
				   "the session could not be created");
	}

	login_set_param(conn);
	conn->nexus->has_queries = conn->param.protocol_level >= 2;
	if (login_enter_ffp(conn))
		return login_error(login, KTGT_LOGIN_NO_MEMORY,
				   "out of memory");
	ktgt_sess_announce(conn);
	login_send(conn, ISCSI_FLAG_LOGIN_TRANSIT | ISCSI_FULL_FEATURE_PHASE,
		   0, login->out.len - login->out_pos);
	ktgt_login_free(conn);
	return 0;
}

/*
 * Sends the answers, or as much of them as fits into a login PDU. The last PDU
 * says whether the stage changes.
 */
static u16 login_respond(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	u32 len = login->out.len - login->out_pos;
	bool transit = login->transit && ktgt_login_auth_is_done(&login->auth);

	if (len > KTGT_LOGIN_DSL) {
		login_send(conn, ISCSI_FLAG_LOGIN_CONTINUE, 0, KTGT_LOGIN_DSL);
		login->out_pos += KTGT_LOGIN_DSL;
		return 0;
	}
	if (transit && login->next_stage == ISCSI_FULL_FEATURE_PHASE)
		return login_finish(conn);
	if (transit) {
		login_send(conn, ISCSI_FLAG_LOGIN_TRANSIT | login->next_stage,
			   0, len);
		login->stage = login->next_stage;
	} else {
		login_send(conn, 0, 0, len);
	}
	ktgt_text_out_free(&login->out);
	login->out_pos = 0;
	return 0;
}

/* Join text that comes in several requests. */
static u16 login_collect(struct ktgt_login *login, const u8 *data, u32 len)
{
	switch (ktgt_text_append(&login->in, data, len)) {
	case 0:
		return 0;
	case -ENOMEM:
		return login_error(login, KTGT_LOGIN_NO_MEMORY, "out of memory");
	default:
		return login_error(login, KTGT_LOGIN_BAD, "the text is too long");
	}
}

static u16 login_text(struct ktgt_conn *conn, bool more, const u8 *data,
		      u32 len)
{
	struct ktgt_login *login = conn->login;
	u16 status;

	if (login->out_pos) {
		if (len || more)
			return login_error(login, KTGT_LOGIN_BAD,
					   "the initiator sends text before the target's is complete");
		return login_respond(conn);
	}
	if (!more && !login->in.len) {
		status = login_negotiate(conn, data, len);
		return status ?: login_respond(conn);
	}
	status = login_collect(login, data, len);
	if (status)
		return status;
	if (!more) {
		status = login_negotiate(conn, login->in.data, login->in.len);
		ktgt_text_out_free(&login->in);
		return status ?: login_respond(conn);
	}
	login_send(conn, 0, 0, 0);
	return 0;
}

static u16 login_check_stage(struct ktgt_login *login, u8 flags)
{
	u8 next = ISCSI_LOGIN_NEXT_STAGE(flags);
	u8 stage = ISCSI_LOGIN_CURRENT_STAGE(flags);

	login->transit = flags & ISCSI_FLAG_LOGIN_TRANSIT;
	login->next_stage = next;
	if (login->transit && flags & ISCSI_FLAG_LOGIN_CONTINUE)
		return login_error(login, KTGT_LOGIN_BAD, "T and C are both set");
	if (stage > ISCSI_OP_PARMS_NEGOTIATION_STAGE)
		return login_error(login, KTGT_LOGIN_BAD,
				   "CSG is not a stage of login");
	if (login->nr_requests == 1)
		login->stage = stage;
	else if (stage != login->stage)
		return login_error(login, KTGT_LOGIN_BAD,
				   "CSG is not the current stage");
	if (login->transit &&
	    (next <= stage || (next != ISCSI_OP_PARMS_NEGOTIATION_STAGE &&
			       next != ISCSI_FULL_FEATURE_PHASE)))
		return login_error(login, KTGT_LOGIN_BAD,
				   "NSG is not a later stage");
	return 0;
}

static void login_begin(struct ktgt_conn *conn,
			const struct iscsi_login_req *req)
{
	struct ktgt_login *login = conn->login;

	ktgt_conn_set_state(conn, KTGT_CONN_STATE_LOGIN);
	conn->cid = be16_to_cpu(req->cid);
	conn->stat_sn = be32_to_cpu(req->exp_statsn);
	conn->exp_stat_sn = conn->stat_sn;
	memcpy(login->key.isid, req->isid, sizeof(login->key.isid));
	login->cmd_sn = be32_to_cpu(req->cmdsn);
	login->tsih = req->tsih;
	login->itt = req->itt;
}

/* Checks what must stay the same in all requests (RFC 7143, 11.12). */
static bool login_is_same(const struct ktgt_conn *conn,
			  const struct iscsi_login_req *req)
{
	const struct ktgt_login *login = conn->login;

	return req->itt == login->itt && req->tsih == login->tsih &&
	       be16_to_cpu(req->cid) == conn->cid &&
	       !memcmp(req->isid, login->key.isid, sizeof(req->isid));
}

static u16 login_check_header(struct ktgt_conn *conn,
			      const struct iscsi_login_req *req)
{
	struct ktgt_login *login = conn->login;

	if (++login->nr_requests == 1)
		login_begin(conn, req);
	else if (!login_is_same(conn, req))
		return login_error(login, KTGT_LOGIN_BAD,
				   "ISID, TSIH, CID or ITT have changed");
	if (login->nr_requests > LOGIN_REQUESTS_MAX)
		return login_error(login, KTGT_LOGIN_BAD,
				   "the login has too many requests");
	if (req->min_version > ISCSI_DRAFT20_VERSION)
		return login_error(login, LOGIN_NO_VERSION,
				   "the version of iSCSI is not supported");
	ktgt_ack_recv(conn, be32_to_cpu(req->exp_statsn));
	return login_check_stage(login, req->flags);
}

/**
 * ktgt_login_recv() - handle a PDU that is received before full feature phase
 * @conn: the connection
 * @hdr: its header; lengths are checked
 * @data: data segment
 * @len: bytes of it, at most KTGT_LOGIN_DSL
 *
 * Each request gets one response. After a response that refuses the login, which
 * may come later, the connection drains and closes (RFC 7143, 11.13.5). The last
 * request creates the session and frees the state of the login.
 *
 * Context: the connection's work, may sleep.
 */
void ktgt_login_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
		     const u8 *data, u32 len)
{
	const struct iscsi_login_req *req = (const void *)hdr;
	struct ktgt_login *login = conn->login;
	u16 status;

	if (!login || login->refused)
		return;
	login->auth.unconfirmed = false;
	if (login->waiting) {
		/* the earlier request has not been answered yet */
		conn->ops->close(conn);
		return;
	}
	if ((hdr->opcode & ISCSI_OPCODE_MASK) != ISCSI_OP_LOGIN) {
		if (!login->nr_requests) {
			conn->ops->close(conn);
			return;
		}
		status = login_error(login, LOGIN_INVALID,
				     "the PDU does not belong to a login");
	} else {
		status = login_check_header(conn, req);
		status = status ?: login_text(conn, req->flags &
					      ISCSI_FLAG_LOGIN_CONTINUE,
					      data, len);
	}
	if (status)
		login_refuse(conn, status);
}

/**
 * ktgt_login_resume() - continue a login after the older session has ended
 * @conn: the connection
 *
 * Context: the connection's work, may sleep.
 */
void ktgt_login_resume(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	u16 status;

	if (!login || !login->waiting)
		return;
	login->waiting = false;
	status = login_finish(conn);
	if (status)
		login_refuse(conn, status);
}

/**
 * ktgt_login_answer_late() - send the refusal that was delayed
 * @conn: the connection, which has not logged in; it is time for the refusal, or the
 *	time of the login is over
 *
 * Context: the connection's work, may sleep.
 * Return: whether there was one.
 */
bool ktgt_login_answer_late(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;
	u16 status;

	if (!login || !login->late_status)
		return false;
	status = login->late_status;
	login->late_status = 0;
	login_send_refusal(conn, status);
	return true;
}

/**
 * ktgt_login_timeout() - report a login that took too long
 * @conn: the connection, which has not logged in
 *
 * Context: the connection's work.
 */
void ktgt_login_timeout(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;

	net_info_ratelimited("%pISpc: login took longer than login-timeout; connection closed\n",
			     &conn->peer);
	login->auth.unconfirmed = false;
	login->nego.bad = NULL;
	login->why = "the login took longer than login-timeout";
	login_tell(conn, 0);
}

/*
 * With mutual CHAP, an initiator that gets a wrong proof has no PDU to say so: it
 * closes the connection (RFC 7143, 12.1.3). Only the target's log can tell the
 * administrator that the secrets differ.
 */
static void login_tell_refused(struct ktgt_conn *conn)
{
	struct ktgt_login *login = conn->login;

	if (!login->auth.unconfirmed || login->refused || login->waiting)
		return;
	login->nego.bad = "CHAP_R";
	login->why = "the initiator refused our secret: it closed the connection after CHAP_R";
	pr_notice_ratelimited("login of %s at %pISpc to %s ended: %s: %s\n",
			      login_peer_name(login), &conn->peer,
			      login_goal(login), login->nego.bad, login->why);
	login_tell(conn, 0);
}

/**
 * ktgt_login_lost() - report why a login has ended with its connection
 * @conn: the connection, which has closed: its initiator has refused the target, or
 *	it had to go because of max-logins
 *
 * Context: teardown of the connection, process context.
 */
void ktgt_login_lost(struct ktgt_conn *conn)
{
	if (!conn->login || READ_ONCE(conn->kn->dying))
		return;
	switch (READ_ONCE(conn->end_reason)) {
	case 1 + KTGT_SESSION_END_CONNECTION_LOST:
		login_tell_refused(conn);
		break;
	case 1 + KTGT_SESSION_END_TOO_MANY:
		net_info_ratelimited("%pISpc: connection closed before it has logged in: there are more than max-logins, and its address has the most\n",
				     &conn->peer);
	}
}
