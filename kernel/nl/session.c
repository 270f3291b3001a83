// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for sessions.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <net/genetlink.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "../iscsi/conn.h"
#include "../iscsi/sess.h"
#include "../tcp/tcp.h"
#include "dump.h"
#include "generated/netlink.h"
#include "msg.h"

static int fill_addresses(struct sk_buff *skb, const struct ktgt_conn *conn)
{
	return ktgt_nl_put_addr(skb, &conn->peer, KTGT_A_CONN_PEER_ADDRESS,
				KTGT_A_CONN_PEER_PORT) ||
	       ktgt_nl_put_addr(skb, &conn->local, KTGT_A_CONN_LOCAL_ADDRESS,
				KTGT_A_CONN_LOCAL_PORT);
}

static int fill_counters(struct sk_buff *skb, const struct ktgt_conn *conn)
{
	const struct ktgt_conn_stats *stats = &conn->stats;
	const struct {
		int		attr;
		const u64	*value;
	} counters[] = {
		{ KTGT_A_CONN_RX_BYTES, &stats->rx_bytes },
		{ KTGT_A_CONN_TX_BYTES, &stats->tx_bytes },
		{ KTGT_A_CONN_RX_PDUS, &stats->rx_pdus },
		{ KTGT_A_CONN_TX_PDUS, &stats->tx_pdus },
		{ KTGT_A_CONN_RUNS, &stats->runs },
		{ KTGT_A_CONN_SENDS, &stats->sends },
		{ KTGT_A_CONN_SEND_VECTORS, &stats->send_vectors },
		{ KTGT_A_CONN_SEND_AGAIN, &stats->send_again },
		{ KTGT_A_CONN_KICKS_SAVED, &conn->kicks_saved },
		{ KTGT_A_CONN_PAGES_RECYCLED, &stats->recycled },
		{ KTGT_A_CONN_PAGES_FRESH, &stats->fresh },
		{ KTGT_A_CONN_ZERO_COPY, &stats->zero_copy },
		{ KTGT_A_CONN_COPIED, &stats->copied },
		{ KTGT_A_CONN_PLUGS, &stats->plugs },
		{ KTGT_A_CONN_PLUGGED, &stats->plugged },
		{ KTGT_A_CONN_POLLS, &stats->polls },
		{ KTGT_A_CONN_POLLS_HIT, &stats->polls_hit },
		{ KTGT_A_CONN_COMMAND_PDUS, &stats->cmd_pdus },
		{ KTGT_A_CONN_DATA_OUT_PDUS, &stats->data_out_pdus },
		{ KTGT_A_CONN_DATA_IN_PDUS, &stats->data_in_pdus },
		{ KTGT_A_CONN_RESPONSE_PDUS, &stats->rsp_pdus },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (nla_put_u64_64bit(skb, counters[i].attr,
				      READ_ONCE(*counters[i].value),
				      KTGT_A_CONN_PAD))
			return -EMSGSIZE;
	return 0;
}

/* What the connection holds, and what of it only waits for an ExpStatSN. */
static int fill_memory(struct sk_buff *skb, const struct ktgt_quota *quota)
{
	u64 sent = (u64)READ_ONCE(quota->held[KTGT_QUOTA_SENT]) << PAGE_SHIFT;

	return nla_put_u64_64bit(skb, KTGT_A_CONN_MEMORY,
				 READ_ONCE(quota->purse.held),
				 KTGT_A_CONN_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_CONN_MEMORY_UNACKNOWLEDGED, sent,
				 KTGT_A_CONN_PAD);
}

/* Only commands count as use of the connection; pings and other PDUs do not. */
static u32 idle_time(const struct ktgt_conn *conn)
{
	long idle = jiffies - READ_ONCE(conn->last_cmd);

	/* negative if a command came between the two reads */
	return READ_ONCE(conn->nr_inflight) || idle < 0 ? 0 : idle / HZ;
}

/* The present state of the connection. */
static int fill_health(struct sk_buff *skb, struct ktgt_conn *conn)
{
	struct ktgt_tcp_info info;

	ktgt_tcp_info(conn, &info);
	return nla_put_u32(skb, KTGT_A_CONN_IDLE_TIME, idle_time(conn)) ||
	       nla_put_u32(skb, KTGT_A_CONN_RTT, info.rtt) ||
	       nla_put_u32(skb, KTGT_A_CONN_RTT_VAR, info.rtt_var) ||
	       nla_put_u32(skb, KTGT_A_CONN_RETRANSMITS, info.retransmits) ||
	       nla_put_u32(skb, KTGT_A_CONN_CPU, ktgt_tcp_cpu(conn));
}

static int fill_conn(struct sk_buff *skb, struct ktgt_conn *conn)
{
	struct nlattr *nest = nla_nest_start(skb, KTGT_A_SESSION_CONN);

	if (!nest ||
	    nla_put_u16(skb, KTGT_A_CONN_CID, conn->cid) ||
	    nla_put_u32(skb, KTGT_A_CONN_STATE, READ_ONCE(conn->state)) ||
	    fill_addresses(skb, conn) ||
	    fill_counters(skb, conn) || fill_health(skb, conn) ||
	    fill_memory(skb, &conn->quota))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_flags(struct sk_buff *skb, const struct ktgt_param *param)
{
	return nla_put_u8(skb, KTGT_A_PARAM_HEADER_DIGEST,
			  param->header_digest) ||
	       nla_put_u8(skb, KTGT_A_PARAM_DATA_DIGEST,
			  param->data_digest) ||
	       nla_put_u8(skb, KTGT_A_PARAM_INITIAL_R2T,
			  param->initial_r2t) ||
	       nla_put_u8(skb, KTGT_A_PARAM_IMMEDIATE_DATA,
			  param->immediate_data);
}

static int fill_numbers(struct sk_buff *skb, const struct ktgt_param *param)
{
	const struct {
		int	attr;
		u32	value;
	} numbers[] = {
		{ KTGT_A_PARAM_MAX_RECV_DATA_SEGMENT_LENGTH,
		  param->max_recv_dsl },
		{ KTGT_A_PARAM_MAX_XMIT_DATA_SEGMENT_LENGTH,
		  param->max_xmit_dsl },
		{ KTGT_A_PARAM_FIRST_BURST_LENGTH, param->first_burst },
		{ KTGT_A_PARAM_MAX_BURST_LENGTH, param->max_burst },
		{ KTGT_A_PARAM_MAX_OUTSTANDING_R2T, param->max_r2t },
		{ KTGT_A_PARAM_MAX_CONNECTIONS, param->max_conns },
		{ KTGT_A_PARAM_ERROR_RECOVERY_LEVEL, param->erl },
		{ KTGT_A_PARAM_DEFAULT_TIME2WAIT, param->time2wait },
		{ KTGT_A_PARAM_DEFAULT_TIME2RETAIN, param->time2retain },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (nla_put_u32(skb, numbers[i].attr, numbers[i].value))
			return -EMSGSIZE;
	return 0;
}

static int fill_param(struct sk_buff *skb, const struct ktgt_param *param)
{
	struct nlattr *nest = nla_nest_start(skb, KTGT_A_SESSION_PARAM);

	if (!nest || fill_flags(skb, param) || fill_numbers(skb, param))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The connection is not freed before it has left its session, for which it
 * needs the lock.
 */
static int fill_conns(struct sk_buff *skb, struct ktgt_sess *sess)
{
	int err = 0;

	spin_lock_bh(&sess->lock);
	if (sess->conn && (fill_conn(skb, sess->conn) ||
			   fill_param(skb, &sess->conn->param)))
		err = -EMSGSIZE;
	spin_unlock_bh(&sess->lock);
	return err;
}

/*
 * The time is kept by a clock that cannot be set, and shown by the wall clock.
 */
static int fill_login_time(struct sk_buff *skb, const struct ktgt_sess *sess)
{
	ktime_t age = ktime_sub(ktime_get_boottime(), sess->login_at);
	ktime_t time = ktime_sub(ktime_get_real(), age);

	return nla_put_u64_64bit(skb, KTGT_A_SESSION_LOGIN_TIME,
				 ktime_divns(time, NSEC_PER_SEC),
				 KTGT_A_SESSION_PAD);
}

static int fill_identity(struct sk_buff *skb, const struct ktgt_sess *sess)
{
	const struct ktgt_target *target = sess->nexus.target;

	if (nla_put_u32(skb, KTGT_A_SESSION_ID, sess->id) ||
	    nla_put_u32(skb, KTGT_A_SESSION_TARGET_ID,
			target ? target->tid : 0) ||
	    nla_put_string(skb, KTGT_A_SESSION_INITIATOR,
			   sess->key.initiator) ||
	    nla_put(skb, KTGT_A_SESSION_ISID, sizeof(sess->key.isid),
		    sess->key.isid) ||
	    nla_put_u16(skb, KTGT_A_SESSION_TSIH, sess->id) ||
	    nla_put_u16(skb, KTGT_A_SESSION_GROUP_TAG, sess->key.tpgt))
		return -EMSGSIZE;
	if (target && nla_put_string(skb, KTGT_A_SESSION_TARGET, target->name))
		return -EMSGSIZE;
	if (sess->alias[0] &&
	    nla_put_string(skb, KTGT_A_SESSION_ALIAS, sess->alias))
		return -EMSGSIZE;
	return 0;
}

static int dump_session(struct sk_buff *skb, struct netlink_callback *cb,
			struct ktgt_sess *sess, unsigned long *inner)
{
	u64 generation = READ_ONCE(sess->kn->generation);
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr, !hdr ||
		fill_identity(skb, sess) || fill_login_time(skb, sess) ||
		fill_conns(skb, sess) ||
		nla_put_u64_64bit(skb, KTGT_A_SESSION_GENERATION, generation,
				  KTGT_A_SESSION_PAD));
}

/**
 * ktgt_session_list_dumpit - show the sessions of one or all targets
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_session_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ktgt_nl_dump_sessions(skb, cb, KTGT_A_SESSION_TARGET_ID,
				     dump_session);
}

/**
 * ktgt_session_del_doit - end a session
 * @skb: the request
 * @info: the request, parsed
 *
 * This does not change the configuration, so it is not a transaction.
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_session_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *time = info->attrs[KTGT_A_SESSION_LOGOUT_TIME];
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct ktgt_sess *sess;
	u32 id;

	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_SESSION_ID)) {
		NL_SET_ERR_MSG(info->extack, "session: id is missing");
		return -EINVAL;
	}
	id = nla_get_u32(info->attrs[KTGT_A_SESSION_ID]);
	sess = ktgt_sess_find(kn, id);
	if (!sess) {
		ktgt_refuse(info->extack, "there is no session %u", id);
		return -ENOENT;
	}
	if (time && sess->nexus.target)
		ktgt_sess_request_logout(sess, nla_get_u32(time));
	else
		ktgt_sess_end(sess, KTGT_SESSION_END_ADMINISTRATOR);
	ktgt_sess_put(sess);
	return 0;
}
