// SPDX-License-Identifier: GPL-2.0
/*
 * Text Requests of the full feature phase (RFC 7143, 11.10, 11.11). Most of
 * them ask for SendTargets.
 */
#include "text_request.h"

#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../core/fabric.h"
#include "../core/gfp.h"
#include "../core/target.h"
#include "conn.h"
#include "discovery.h"
#include "pdu.h"
#include "text.h"

/**
 * struct ktgt_text_req - a text request that is not finished
 * @nego: text negotiation
 * @in: received text that is not complete yet (C bit)
 * @out: answers that were not sent yet
 * @walk: targets that will be in @out
 * @more: an answer was sent in part: the initiator asks for the rest of it
 * @itt: initiator task tag of all requests
 * @ttt: target transfer tag that the next request must have
 */
struct ktgt_text_req {
	struct ktgt_text_nego	nego;
	struct ktgt_text_out	in;
	struct ktgt_text_out	out;
	struct ktgt_discovery_walk	walk;
	bool			more;
	itt_t			itt;
	u32			ttt;
};

/**
 * ktgt_text_req_free() - free a text request that is not finished
 * @conn: the connection, with or without a text request
 *
 * Context: the connection's work or its teardown, may sleep.
 */
void ktgt_text_req_free(struct ktgt_conn *conn)
{
	struct ktgt_text_req *text = conn->text_req;

	if (!text)
		return;
	conn->text_req = NULL;
	ktgt_text_out_free(&text->in);
	ktgt_text_out_free(&text->out);
	kfree(text);
}

static int text_req_start(struct ktgt_conn *conn, itt_t itt)
{
	struct ktgt_text_req *text;

	text = kzalloc_obj(*text, KTGT_GFP_PEER);
	if (!text)
		return -ENOMEM;
	text->itt = itt;
	/* a tag of an earlier request must not be valid for this one */
	do {
		text->ttt = get_random_u32();
	} while (text->ttt == ISCSI_RESERVED_TAG);
	text->in.max = conn->discovery ? KTGT_LOGIN_DSL : KTGT_TEXT_MAX;
	text->out.max = conn->discovery ? KTGT_DISCOVERY_TEXT : KTGT_TEXT_MAX;
	ktgt_text_init(&text->nego, NULL);
	/* a value that is refused leaves it as it is (RFC 7143, 6.2) */
	text->nego.results[KTGT_KEY_MAX_RECV_DSL] = conn->param.max_xmit_dsl;
	text->nego.stage = KTGT_TEXT_FFP;
	text->nego.discovery = conn->discovery;
	conn->text_req = text;
	return 0;
}

/* The most that goes into a PDU. */
static u32 text_req_max(const struct ktgt_conn *conn)
{
	return min_t(u32, conn->param.max_xmit_dsl, KTGT_LOGIN_DSL);
}

/*
 * How much of the answers goes into a PDU: whole keys if possible, because not
 * every initiator can join the pieces of a key.
 */
static u32 text_req_piece(const struct ktgt_conn *conn)
{
	const struct ktgt_text_out *out = &conn->text_req->out;
	u32 max = text_req_max(conn), len;

	if (out->len <= max)
		return out->len;
	for (len = max; len; len--) {
		if (!out->data[len - 1])
			return len;
	}
	return max;
}

/* The first bytes of the answers were sent. */
static void text_req_drop(struct ktgt_text_out *out, u32 len)
{
	out->len -= len;
	if (out->len)
		memmove(out->data, out->data + len, out->len);
	else
		ktgt_text_out_free(out);
}

/* MaxRecvDataSegmentLength takes effect when its text request is finished. */
static void text_req_apply(struct ktgt_conn *conn)
{
	const struct ktgt_text_nego *nego = &conn->text_req->nego;

	if (nego->seen & BIT_ULL(KTGT_KEY_MAX_RECV_DSL))
		conn->param.max_xmit_dsl =
			min(nego->results[KTGT_KEY_MAX_RECV_DSL],
			    ktgt_target_key(conn->nexus->target,
					    KTGT_TARGET_MAX_XMIT_DSL, U32_MAX));
}

/* Answers one request: with nothing, with a piece, or with the last piece. */
static void text_req_respond(struct ktgt_conn *conn, bool final)
{
	struct ktgt_text_req *text = conn->text_req;
	struct iscsi_text_rsp *rsp;
	struct ktgt_pdu *pdu;
	u32 len;

	len = text_req_piece(conn);
	text->more = len < text->out.len;
	final = final && !text->more;
	pdu = ktgt_pdu_alloc(conn);
	if (!pdu)
		goto err_close;
	if (len && ktgt_pdu_set_data(conn, pdu, text->out.data, len))
		goto err_pdu;

	rsp = pdu->hdr;
	rsp->opcode = ISCSI_OP_TEXT_RSP;
	if (final)
		rsp->flags = ISCSI_FLAG_CMD_FINAL;
	else if (text->more)
		rsp->flags = ISCSI_FLAG_TEXT_CONTINUE;
	rsp->itt = text->itt;
	rsp->ttt = cpu_to_be32(final ? ISCSI_RESERVED_TAG : text->ttt);
	hton24(rsp->dlength, len);
	pdu->flags |= KTGT_PDU_STATSN;
	ktgt_pdu_queue(conn, pdu);

	text_req_drop(&text->out, len);
	if (final) {
		text_req_apply(conn);
		ktgt_text_req_free(conn);
	}
	return;

err_pdu:
	ktgt_pdu_free(conn, pdu);
err_close:
	ktgt_conn_end(conn, KTGT_SESSION_END_NO_MEMORY);
}

/*
 * A text that is too long ends the negotiation. RFC 3720 had a reason of its own for
 * that, 0x0b, which must not be used any more (RFC 7143, 11.17.1).
 */
static u8 text_req_reason(int err)
{
	switch (err) {
	case 0:
		return 0;
	case -ENOMEM:
		return ISCSI_REASON_BOOKMARK_NO_RESOURCES;
	default:
		return ISCSI_REASON_PROTOCOL_ERROR;
	}
}

/*
 * In a discovery session, nothing but SendTargets is allowed (RFC 7143, 4.3). An
 * initiator that has sent it with F=0 ends with an empty request (11.10.1).
 */
static bool text_req_is_allowed(const struct ktgt_text_nego *nego, u32 len)
{
	u64 bit = BIT_ULL(KTGT_KEY_SEND_TARGETS);

	return !nego->discovery || nego->now & bit ||
	       (!len && nego->seen & bit);
}

/* Return: 0, or the reason for a Reject. */
static u8 text_req_negotiate(struct ktgt_conn *conn, const char *data, u32 len)
{
	struct ktgt_text_req *text = conn->text_req;
	const struct ktgt_text_pair *pair;
	int ret = 0;

	if (ktgt_text_parse(&text->nego, data, len) ||
	    !text_req_is_allowed(&text->nego, len))
		return ISCSI_REASON_PROTOCOL_ERROR;
	pair = ktgt_text_get(&text->nego, KTGT_KEY_SEND_TARGETS);

	ktgt_text_answer(&text->nego, data, len, &text->out);
	ret = text->out.err;
	if (pair && !ret)
		ret = ktgt_discovery_begin(conn, pair, &text->walk, &text->out);
	return text_req_reason(ret);
}

/* Return: 0, or the reason for a Reject. */
static u8 text_req_take(struct ktgt_conn *conn, bool more, const u8 *data,
			u32 len)
{
	struct ktgt_text_req *text = conn->text_req;
	u8 reason;

	/* until the answer is complete, the initiator must send no text */
	if (text->more)
		return len || more ? ISCSI_REASON_PROTOCOL_ERROR : 0;
	if (!more && !text->in.len)
		return text_req_negotiate(conn, data, len);
	reason = text_req_reason(ktgt_text_append(&text->in, data, len));
	if (reason || more)
		return reason;
	reason = text_req_negotiate(conn, text->in.data, text->in.len);
	ktgt_text_out_free(&text->in);
	return reason;
}

/* Return: 0, or the reason for a Reject. */
static u8 text_req_step(struct ktgt_conn *conn, bool more, const u8 *data,
			u32 len)
{
	struct ktgt_text_req *text = conn->text_req;
	u8 reason;

	reason = text_req_take(conn, more, data, len);
	if (reason)
		return reason;
	return text_req_reason(ktgt_discovery_continue(conn, &text->walk,
						       text_req_max(conn),
						       &text->out));
}

/* Finds the request that this one continues, or begins one. */
static u8 text_req_find(struct ktgt_conn *conn, const struct iscsi_text *req)
{
	struct ktgt_text_req *text = conn->text_req;

	if (req->itt == RESERVED_ITT)
		return KTGT_REASON_INVALID_FIELD;
	if (req->ttt == cpu_to_be32(ISCSI_RESERVED_TAG)) {
		/* this ends an earlier request (RFC 7143, 11.10.4) */
		ktgt_text_req_free(conn);
		if (text_req_start(conn, req->itt))
			return ISCSI_REASON_BOOKMARK_NO_RESOURCES;
		return 0;
	}
	if (!text || be32_to_cpu(req->ttt) != text->ttt ||
	    req->itt != text->itt)
		return KTGT_REASON_INVALID_FIELD;
	return 0;
}

/**
 * ktgt_text_req_recv() - handle a Text Request (RFC 7143, 11.10)
 * @conn: the connection, in full feature phase
 * @hdr: its header; lengths and CmdSN are checked
 * @data: data segment
 * @len: bytes of it
 *
 * The answer is a Text Response, or a Reject, which ends the negotiation and
 * changes nothing else.
 *
 * Context: the connection's work, may sleep.
 */
void ktgt_text_req_recv(struct ktgt_conn *conn, const struct iscsi_hdr *hdr,
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
	reason = text_req_find(conn, req);
	if (reason) {
		ktgt_pdu_reject(conn, hdr, reason);
		return;
	}
	reason = text_req_step(conn, more, data, len);
	if (reason) {
		ktgt_text_req_free(conn);
		ktgt_pdu_reject(conn, hdr, reason);
		return;
	}
	text_req_respond(conn, final);
}
