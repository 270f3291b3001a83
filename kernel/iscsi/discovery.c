// SPDX-License-Identifier: GPL-2.0
/*
 * Text requests of the full feature phase (RFC 7143, 11.10, 11.11), and
 * SendTargets, which most of them are about (appendix C).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "discovery.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <net/ipv6.h>

#include "../core/net.h"
#include "../core/target.h"
#include "admit.h"
#include "conn.h"
#include "login.h"
#include "pdu.h"
#include "sess.h"
#include "text.h"

/* portals that may be made while they are being counted */
#define DISCOVERY_SPARE		8
/* "[", 45 bytes of an IPv6 address, "]:", port, ",", tag */
#define DISCOVERY_ADDR_LEN	64

/**
 * struct discovery_portal - what is told of a portal
 * @addr: address and port
 * @tpgt: portal group tag
 */
struct discovery_portal {
	struct sockaddr_storage	addr;
	u16			tpgt;
};

/*
 * A portal on all addresses is told as the address that the initiator came to,
 * which is the only one known to be of use to it.
 */
static bool discovery_resolve(const struct ktgt_conn *conn,
			      struct sockaddr_storage *addr)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *in = (struct sockaddr_in *)addr;
	const struct sockaddr_storage *local = &conn->local;

	if (addr->ss_family == AF_INET) {
		if (in->sin_addr.s_addr != htonl(INADDR_ANY))
			return true;
		in->sin_addr = ((const struct sockaddr_in *)local)->sin_addr;
	} else {
		if (!ipv6_addr_any(&in6->sin6_addr))
			return true;
		in6->sin6_addr =
			((const struct sockaddr_in6 *)local)->sin6_addr;
	}
	return addr->ss_family == local->ss_family;
}

static void discovery_put_portal(const struct ktgt_conn *conn,
				 struct discovery_portal *portal,
				 struct ktgt_text_out *out)
{
	char value[DISCOVERY_ADDR_LEN];

	if (!discovery_resolve(conn, &portal->addr))
		return;
	snprintf(value, sizeof(value), "%pISpc,%u", &portal->addr,
		 portal->tpgt);
	ktgt_text_put(out, "TargetAddress", value);
}

/*
 * The addresses are the same for all targets, so they are made once. Portals
 * are copied first, because a text that grows may sleep.
 */
static int discovery_put_portals(const struct ktgt_conn *conn,
				 struct ktgt_text_out *out)
{
	struct ktgt_net *kn = conn->kn;
	struct discovery_portal *portals;
	unsigned int i, nr, size;
	struct ktgt_portal *pos;

	size = READ_ONCE(kn->nr_portals) + DISCOVERY_SPARE;
	portals = kvmalloc_array(size, sizeof(*portals), GFP_KERNEL);
	if (!portals)
		return -ENOMEM;

	nr = 0;
	rcu_read_lock();
	list_for_each_entry_rcu(pos, &kn->portals, node) {
		if (nr == size)
			break;
		portals[nr].addr = pos->addr;
		portals[nr++].tpgt = pos->tpgt;
	}
	rcu_read_unlock();

	for (i = 0; i < nr; i++)
		discovery_put_portal(conn, &portals[i], out);
	kvfree(portals);
	return out->err;
}

static bool discovery_admits(const struct ktgt_conn *conn,
			     const struct ktgt_target *target)
{
	return ktgt_admit_discovery(target, &conn->peer,
				    conn->initiator);
}

static int discovery_put_target(const struct ktgt_target *target,
				const struct ktgt_text_out *addrs,
				struct ktgt_text_out *out)
{
	u32 len = out->len;

	ktgt_text_put(out, "TargetName", target->name);
	ktgt_text_append(out, addrs->data, addrs->len);
	if (out->err)
		out->len = len;
	return out->err;
}

static int discovery_put_all(const struct ktgt_conn *conn,
			     const struct ktgt_text_out *addrs,
			     struct ktgt_text_out *out)
{
	struct ktgt_net *kn = conn->kn;
	struct ktgt_target *target;
	unsigned long tid = 0;
	bool found;
	int ret = 0;

	do {
		rcu_read_lock();
		found = xa_find(&kn->targets, &tid, U32_MAX, XA_PRESENT);
		rcu_read_unlock();
		if (!found)
			break;
		target = ktgt_net_find_tid(kn, tid);
		if (target) {
			if (discovery_admits(conn, target))
				ret = discovery_put_target(target, addrs, out);
			ktgt_target_put(target);
		}
		cond_resched();
	} while (!ret && tid++ < U32_MAX);

	if (ret == -EMSGSIZE) {
		pr_notice_ratelimited("discovery by %s at %pISpc: too many targets for one answer; those from number %lu on are left out\n",
				      conn->initiator, &conn->peer,
				      tid);
		out->err = 0;
		ret = 0;
	}
	return ret;
}

/* Put the one target that is asked for; -ENOENT if there is none to be seen. */
static int discovery_put_one(const struct ktgt_conn *conn,
			     const struct ktgt_text_pair *pair,
			     const struct ktgt_text_out *addrs,
			     struct ktgt_text_out *out)
{
	struct ktgt_target *own = conn->nexus->target;
	char name[KTGT_NAME_LEN];
	struct ktgt_target *target;
	int ret = -ENOENT;

	if (own && !pair->value_len)
		return discovery_put_target(own, addrs, out);
	if (ktgt_text_name(pair->value, pair->value_len, name, sizeof(name)))
		return -ENOENT;
	target = ktgt_net_find_target(conn->kn, name);
	if (!target)
		return -ENOENT;
	/* a normal session is told of its own target only */
	if (target == own || (!own && discovery_admits(conn, target)))
		ret = discovery_put_target(target, addrs, out);
	ktgt_target_put(target);
	return ret;
}

/**
 * ktgt_discovery_fill() - answer SendTargets (RFC 7143, appendix C)
 * @conn: the connection, in full feature phase
 * @pair: SendTargets and its value: All, which is for discovery sessions; a
 *	name; or nothing, which is the session's own target
 * @out: where the answer goes; "Reject" for a value that can not be served,
 *	so that nobody learns which targets there are for others
 *
 * Context: the connection's work, may sleep.
 * Return: 0, -ENOMEM, or -EMSGSIZE.
 */
int ktgt_discovery_fill(struct ktgt_conn *conn,
			const struct ktgt_text_pair *pair,
			struct ktgt_text_out *out)
{
	struct ktgt_text_out addrs = { .max = KTGT_DISCOVERY_MAX / 4 };
	int ret;

	ret = discovery_put_portals(conn, &addrs);
	if (!ret && !conn->nexus->target &&
	    ktgt_text_is(pair->value, pair->value_len, "All"))
		ret = discovery_put_all(conn, &addrs, out);
	else if (!ret)
		ret = discovery_put_one(conn, pair, &addrs, out);
	if (ret == -ENOENT) {
		ktgt_text_put(out, "SendTargets", "Reject");
		ret = out->err;
	}
	ktgt_text_out_free(&addrs);
	return ret;
}

/**
 * struct ktgt_text - a text request that is not finished
 * @nego: text negotiation
 * @in: text that came with the C bit, not complete yet
 * @out: answers
 * @pos: bytes of @out that were sent
 * @itt: initiator task tag of all requests
 * @ttt: target transfer tag that the next request has to carry
 */
struct ktgt_text {
	struct ktgt_text_nego	nego;
	struct ktgt_text_out	in;
	struct ktgt_text_out	out;
	u32			pos;
	itt_t			itt;
	u32			ttt;
};

/**
 * ktgt_text_free() - forget a text request that is not finished
 * @conn: the connection; there may be none
 *
 * Context: the connection's work or its teardown, may sleep.
 */
void ktgt_text_free(struct ktgt_conn *conn)
{
	struct ktgt_text *text = conn->text;

	if (!text)
		return;
	conn->text = NULL;
	ktgt_text_out_free(&text->in);
	ktgt_text_out_free(&text->out);
	kfree(text);
}

static int text_start(struct ktgt_conn *conn, itt_t itt)
{
	struct ktgt_text *text;

	text = kzalloc_obj(*text, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	text->itt = itt;
	/* a tag of an earlier request must not fit this one */
	do {
		text->ttt = get_random_u32();
	} while (text->ttt == ISCSI_RESERVED_TAG);
	text->in.max = KTGT_TEXT_MAX;
	text->out.max = KTGT_DISCOVERY_MAX;
	ktgt_text_init(&text->nego, NULL);
	text->nego.stage = KTGT_TEXT_FFP;
	text->nego.discovery = !conn->nexus->target;
	conn->text = text;
	return 0;
}

/*
 * How much of the answers goes into a PDU: whole keys if possible, because not
 * every initiator can put them together again.
 */
static u32 text_piece(const struct ktgt_conn *conn)
{
	const struct ktgt_text *text = conn->text;
	u32 rest = text->out.len - text->pos;
	u32 max, len;

	max = min_t(u32, conn->param.max_xmit_dsl, KTGT_TEXT_MAX);
	if (rest <= max)
		return rest;
	for (len = max; len; len--) {
		if (!text->out.data[text->pos + len - 1])
			return len;
	}
	return max;
}

/* A MaxRecvDataSegmentLength holds when the request that has it is finished. */
static void text_apply(struct ktgt_conn *conn)
{
	const struct ktgt_text_nego *nego = &conn->text->nego;

	if (nego->seen & BIT_ULL(KTGT_KEY_MAX_RECV_DSL))
		conn->param.max_xmit_dsl =
			min(nego->results[KTGT_KEY_MAX_RECV_DSL],
			    ktgt_target_key(conn->nexus->target,
					    KTGT_TARGET_MAX_XMIT_DSL, U32_MAX));
}

/* Answer one request: with nothing, with a piece, or with the last piece. */
static void text_respond(struct ktgt_conn *conn, bool final)
{
	struct ktgt_text *text = conn->text;
	struct iscsi_text_rsp *rsp;
	struct ktgt_pdu *pdu;
	bool more;
	u32 len;

	len = text_piece(conn);
	more = len < text->out.len - text->pos;
	final = final && !more;
	pdu = ktgt_pdu_alloc(conn);
	if (!pdu)
		goto err_close;
	if (len && ktgt_pdu_set_data(pdu, text->out.data + text->pos, len))
		goto err_pdu;

	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_TEXT_RSP;
	if (final)
		rsp->flags = ISCSI_FLAG_CMD_FINAL;
	else if (more)
		rsp->flags = ISCSI_FLAG_TEXT_CONTINUE;
	rsp->itt = text->itt;
	rsp->ttt = cpu_to_be32(final ? ISCSI_RESERVED_TAG : text->ttt);
	hton24(rsp->dlength, len);
	pdu->flags |= KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);

	text->pos += len;
	if (!more) {
		ktgt_text_out_free(&text->out);
		text->pos = 0;
	}
	if (final) {
		text_apply(conn);
		ktgt_text_free(conn);
	}
	return;

err_pdu:
	ktgt_pdu_free(conn, pdu);
err_close:
	ktgt_conn_end(conn, KTGT_SESSION_END_NO_MEMORY);
}

/* Return: 0, or the reason for a Reject. */
static u8 text_negotiate(struct ktgt_conn *conn, const char *data, u32 len)
{
	struct ktgt_text *text = conn->text;
	const struct ktgt_text_pair *pair;
	int ret = 0;

	if (ktgt_text_parse(&text->nego, data, len))
		return ISCSI_REASON_PROTOCOL_ERROR;
	pair = ktgt_text_get(&text->nego, KTGT_KEY_SEND_TARGETS);
	/* a discovery session is for nothing else (RFC 7143, 4.3) */
	if (!pair && text->nego.discovery)
		return ISCSI_REASON_PROTOCOL_ERROR;

	ktgt_text_answer(&text->nego, data, len, &text->out);
	ret = text->out.err;
	if (pair && !ret)
		ret = ktgt_discovery_fill(conn, pair, &text->out);
	if (ret == -ENOMEM)
		return ISCSI_REASON_BOOKMARK_NO_RESOURCES;
	return ret ? ISCSI_REASON_NEGOTIATION_RESET : 0;
}

static u8 text_collect(struct ktgt_text *text, const u8 *data, u32 len)
{
	switch (ktgt_text_append(&text->in, data, len)) {
	case 0:
		return 0;
	case -ENOMEM:
		return ISCSI_REASON_BOOKMARK_NO_RESOURCES;
	default:
		return ISCSI_REASON_NEGOTIATION_RESET;
	}
}

/* Return: 0, or the reason for a Reject. */
static u8 text_step(struct ktgt_conn *conn, bool more, const u8 *data, u32 len)
{
	struct ktgt_text *text = conn->text;
	u8 reason;

	/* while our answer is not complete, the initiator has nothing to say */
	if (text->pos)
		return len || more ? ISCSI_REASON_PROTOCOL_ERROR : 0;
	if (!more && !text->in.len)
		return text_negotiate(conn, data, len);
	reason = text_collect(text, data, len);
	if (reason || more)
		return reason;
	reason = text_negotiate(conn, text->in.data, text->in.len);
	ktgt_text_out_free(&text->in);
	return reason;
}

/* Find the request that this one continues, or begin one. */
static u8 text_find(struct ktgt_conn *conn, const struct iscsi_text *req)
{
	struct ktgt_text *text = conn->text;

	if (req->itt == RESERVED_ITT)
		return KTGT_REASON_INVALID_FIELD;
	if (req->ttt == cpu_to_be32(ISCSI_RESERVED_TAG)) {
		/* this also resets the one before it (RFC 7143, 11.10.4) */
		ktgt_text_free(conn);
		if (text_start(conn, req->itt))
			return ISCSI_REASON_BOOKMARK_NO_RESOURCES;
		return 0;
	}
	if (!text || be32_to_cpu(req->ttt) != text->ttt ||
	    req->itt != text->itt)
		return KTGT_REASON_INVALID_FIELD;
	return 0;
}

/**
 * ktgt_text_recv() - handle a Text Request (RFC 7143, 11.10)
 * @conn: the connection, in full feature phase
 * @hdr: its header; lengths and CmdSN are checked
 * @data: data segment
 * @len: bytes of it
 *
 * It gets a Text Response, or a Reject that ends the negotiation and changes
 * nothing else.
 *
 * Context: the connection's work, may sleep.
 */
void ktgt_text_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
		    const u8 *data, u32 len)
{
	const struct iscsi_text *req = (const void *)hdr;
	bool final = req->flags & ISCSI_FLAG_CMD_FINAL;
	bool more = req->flags & ISCSI_FLAG_TEXT_CONTINUE;
	u8 reason;

	if (final && more) {
		ktgt_pdu_reject(conn, hdr, ISCSI_REASON_PROTOCOL_ERROR);
		return;
	}
	reason = text_find(conn, req);
	if (reason) {
		ktgt_pdu_reject(conn, hdr, reason);
		return;
	}
	reason = text_step(conn, more, data, len);
	if (reason) {
		ktgt_text_free(conn);
		ktgt_pdu_reject(conn, hdr, reason);
		return;
	}
	text_respond(conn, final);
}
