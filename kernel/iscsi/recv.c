// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: the only place that checks the lengths of a PDU and decides where
 * its data goes.
 *
 * This runs under the socket's lock, so it does not wait for memory. If there
 * is none, it returns KTGT_RECV_AGAIN.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "recv.h"

#include <linux/crc32c.h>

#include "ack.h"
#include "command.h"
#include "conn.h"
#include "data.h"
#include "pdu.h"
#include "task.h"
#include "window.h"

/* PDUs that a discovery session may send in vain */
#define RECV_REFUSED_MAX	8

/* The longest data segment that is allowed, by opcode and phase, in bytes. */
static u32 recv_max_data(const struct ktgt_conn *conn, u8 opcode)
{
	if (conn->state != KTGT_CONN_STATE_FULL_FEATURE)
		return KTGT_LOGIN_DSL;

	switch (opcode) {
	case ISCSI_OP_SCSI_CMD:
	case ISCSI_OP_SCSI_DATA_OUT:
	case ISCSI_OP_NOOP_OUT:
	case ISCSI_OP_TEXT:
		return conn->param.max_recv_dsl;
	default:
		/* others have no data, but a small segment can be skipped */
		return KTGT_LOGIN_DSL;
	}
}

/**
 * ktgt_recv_lengths - check the lengths that a basic header segment announces
 * @conn: the connection
 * @in: the PDU; @hdr is there, @ahs_len and @data_len are set
 *
 * If the lengths are wrong, the next header cannot be found, so the connection
 * must end (RFC 7143, 13.12: no PDU may exceed MaxRecvDataSegmentLength).
 *
 * Context: the connection's work, under the socket's lock.
 * Return: 0, or a negative errno, which ends the connection.
 */
int ktgt_recv_lengths(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	u8 opcode = in->hdr.opcode & ISCSI_OPCODE_MASK;

	in->ahs_len = in->hdr.hlength * 4;
	in->data_len = ntoh24(in->hdr.dlength);
	in->keep = 0;
	in->task = NULL;
	in->burst = NULL;
	in->ctl = false;
	in->dropped = false;

	conn->stats.rx_pdus++;
	conn->stats.cmd_pdus += opcode == ISCSI_OP_SCSI_CMD;
	conn->stats.data_out_pdus += opcode == ISCSI_OP_SCSI_DATA_OUT;

	if (in->data_len > recv_max_data(conn, opcode)) {
		net_info_ratelimited("%pISpc: data segment of %u bytes in a PDU with opcode %#x; at most %u are allowed; connection closed\n",
				     &conn->peer, in->data_len, opcode,
				     recv_max_data(conn, opcode));
		return -EMSGSIZE;
	}
	if (in->ahs_len && conn->state != KTGT_CONN_STATE_FULL_FEATURE) {
		net_info_ratelimited("%pISpc: additional header segment in a login; none is allowed; connection closed\n",
				     &conn->peer);
		return -EMSGSIZE;
	}
	return 0;
}

/* The data of a control PDU is received completely, into memory of its own. */
static int recv_ctl(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	struct ktgt_ctl *ctl = &conn->ctl;

	ctl->len = in->data_len;
	if (ctl->len > ctl->size)
		return KTGT_RECV_AGAIN;

	memcpy(&ctl->hdr, &in->hdr, sizeof(ctl->hdr));
	ctl->busy = true;
	ctl->taken = false;
	in->ctl = true;
	in->keep = in->data_len;
	if (in->keep) {
		/*
		 * The iterator keeps a pointer to the vector, so the vector
		 * must live as long as the iterator.
		 */
		ctl->vec.iov_base = ctl->data;
		ctl->vec.iov_len = ctl->len;
		iov_iter_kvec(&in->iter, ITER_DEST, &ctl->vec, 1, ctl->len);
	}
	return 0;
}

/*
 * Opcodes that no target knows (RFC 7143, 11.1). SNACK needs an error recovery
 * level above 0, which is never agreed on.
 */
static int recv_unknown(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	u8 opcode = in->hdr.opcode & ISCSI_OPCODE_MASK;

	ktgt_pdu_reject(conn, &in->hdr, opcode == ISCSI_OP_SNACK ?
			ISCSI_REASON_DATA_SNACK_REJECT :
			ISCSI_REASON_CMD_NOT_SUPPORTED);
	return 0;
}

static bool recv_is_discovery(u8 opcode)
{
	return opcode == ISCSI_OP_TEXT || opcode == ISCSI_OP_LOGOUT ||
	       opcode == ISCSI_OP_NOOP_OUT;
}

/* These use up a CmdSN even if they are refused. */
static enum ktgt_cmdsn recv_refused_cmdsn(struct ktgt_conn *conn,
					  const struct iscsi_hdr *hdr)
{
	const struct iscsi_scsi_req *req = (const void *)hdr;
	u8 opcode = hdr->opcode & ISCSI_OPCODE_MASK;

	if (opcode != ISCSI_OP_SCSI_CMD && opcode != ISCSI_OP_SCSI_TMFUNC)
		return KTGT_CMDSN_OK;
	return ktgt_window_take(conn->window, be32_to_cpu(req->cmdsn),
				hdr->opcode & ISCSI_OP_IMMEDIATE);
}

/*
 * A discovery session asks for targets and logs out (RFC 7143, 4.3). Anybody may
 * have one, so its other PDUs are refused a few times only.
 */
static int recv_refuse(struct ktgt_conn *conn, const struct ktgt_pdu_in *in)
{
	switch (recv_refused_cmdsn(conn, &in->hdr)) {
	case KTGT_CMDSN_OK:
		ktgt_pdu_reject(conn, &in->hdr, ISCSI_REASON_CMD_NOT_SUPPORTED);
		break;
	case KTGT_CMDSN_DROP:
		break;
	case KTGT_CMDSN_GAP:
		return -EPROTO;
	}
	if (++conn->nr_refused < RECV_REFUSED_MAX)
		return 0;
	net_info_ratelimited("%s at %pISpc: %u PDUs that do not belong to a discovery session; connection closed\n",
			     conn->initiator, &conn->peer, conn->nr_refused);
	ktgt_conn_set_end(conn, KTGT_SESSION_END_PROTOCOL_ERROR);
	conn->ops->drain(conn);
	return 0;
}

static int recv_in_discovery(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	/* it drains: what has come in the same run is not looked at any more */
	if (conn->nr_refused == RECV_REFUSED_MAX)
		return 0;
	ktgt_ack_recv(conn, be32_to_cpu(in->hdr.exp_statsn));
	if (recv_is_discovery(in->hdr.opcode & ISCSI_OPCODE_MASK))
		return recv_ctl(conn, in);
	return recv_refuse(conn, in);
}

/**
 * ktgt_recv_header - handle the headers of a PDU
 * @conn: the connection
 * @in: the PDU; on success @keep and @iter say where its data goes
 *
 * Context: the connection's work, with or without the socket's lock.
 * Return: 0; KTGT_RECV_AGAIN if it must be called again after
 *	ktgt_round_prepare(); a negative errno, which ends the connection.
 */
int ktgt_recv_header(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	if (conn->state != KTGT_CONN_STATE_FULL_FEATURE)
		return recv_ctl(conn, in);
	if (unlikely(conn->discovery))
		return recv_in_discovery(conn, in);
	if (in->dropped)	/* called again, but the task was aborted */
		return 0;

	ktgt_ack_recv(conn, be32_to_cpu(in->hdr.exp_statsn));
	switch (in->hdr.opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_SCSI_CMD:
		return ktgt_command_recv(conn, in);
	case ISCSI_OP_SCSI_DATA_OUT:
		return ktgt_data_out_recv(conn, in);
	case ISCSI_OP_NOOP_OUT:
	case ISCSI_OP_SCSI_TMFUNC:
	case ISCSI_OP_LOGIN:
	case ISCSI_OP_TEXT:
	case ISCSI_OP_LOGOUT:
		return recv_ctl(conn, in);
	default:
		return recv_unknown(conn, in);
	}
}

/**
 * ktgt_recv_digest - CRC32C of the data segment that was received
 * @conn: the connection
 * @in: the PDU; none of its data was dropped
 * @pad: padding as it was received
 * @pad_len: its bytes
 *
 * Context: the connection's work, under the socket's lock.
 * Return: the digest in host order.
 */
u32 ktgt_recv_digest(struct ktgt_conn *conn, struct ktgt_pdu_in *in,
		     const u8 *pad, u32 pad_len)
{
	u32 crc;

	if (in->ctl)
		crc = crc32c(~0, conn->ctl.data, in->keep);
	else
		crc = ktgt_pdu_crc(~0, in->task->cmd.bvec, in->bvec_off,
				   in->keep);
	return ktgt_pdu_crc_end(crc, pad, pad_len);
}

/**
 * ktgt_recv_data - handle a PDU that was received completely
 * @conn: the connection
 * @in: the PDU
 * @digest_ok: its data digest matches, or there is none
 *
 * Context: the connection's work, under the socket's lock.
 * Return: 0; KTGT_RECV_STOP if the PDU must be processed, or what is owed must be
 *	sent, before more is received; a negative errno, which ends the
 *	connection.
 */
int ktgt_recv_data(struct ktgt_conn *conn, struct ktgt_pdu_in *in,
		   bool digest_ok)
{
	if (in->ctl && digest_ok) {
		conn->ctl.ready = true;
		return KTGT_RECV_STOP;
	}
	if (!digest_ok) {
		ktgt_pdu_reject(conn, &in->hdr, ISCSI_REASON_DATA_DIGEST_ERROR);
		conn->ctl.busy = false; /* if it is one */
	}
	if (in->task)
		ktgt_data_out_done(in->task, in, digest_ok);
	return unlikely(conn->owed) ? KTGT_RECV_STOP : 0;
}
