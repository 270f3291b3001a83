// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: the only place that looks at the lengths of a PDU, and that
 * decides where its data goes.
 *
 * All of it runs under the socket's lock, so it does not wait for memory: what
 * is missing is asked for by KTGT_RECV_AGAIN.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "recv.h"

#include <linux/crc32c.h>
#include <linux/jiffies.h>

#include "ack.h"
#include "command.h"
#include "conn.h"
#include "data.h"
#include "pdu.h"
#include "task.h"

/* What a data segment may have, by opcode and phase. */
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
		/* Others have none, but a small one can be skipped. */
		return KTGT_LOGIN_DSL;
	}
}

/**
 * ktgt_recv_lengths - check the lengths that a basic header segment announces
 * @conn: the connection
 * @in: the PDU; @hdr is there, @ahs_len and @data_len are set
 *
 * Without trust in the lengths the next header can not be found, so there is
 * no way to go on after a wrong one (RFC 7143, 13.12: no PDU may exceed
 * MaxRecvDataSegmentLength).
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
	conn->last_recv = jiffies;

	if (in->data_len > recv_max_data(conn, opcode)) {
		net_info_ratelimited("%pISpc: data segment of %u bytes in a PDU with opcode %#x, where at most %u are allowed; connection closed\n",
				     &conn->peer, in->data_len, opcode,
				     recv_max_data(conn, opcode));
		return -EMSGSIZE;
	}
	if (in->ahs_len && conn->state != KTGT_CONN_STATE_FULL_FEATURE) {
		net_info_ratelimited("%pISpc: additional header segment in login, where none is allowed; connection closed\n",
				     &conn->peer);
		return -EMSGSIZE;
	}
	return 0;
}

/* A control PDU gets its data whole, in memory of its own. */
static int recv_ctl(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	struct ktgt_ctl *ctl = &conn->ctl;

	ctl->len = in->data_len;
	if (ctl->len > ctl->size)
		return KTGT_RECV_AGAIN;

	memcpy(&ctl->hdr, &in->hdr, sizeof(ctl->hdr));
	in->ctl = true;
	in->keep = in->data_len;
	if (in->keep) {
		/*
		 * The iterator keeps a pointer to the vector, so it has to be
		 * one that lives as long.
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

/**
 * ktgt_recv_header - all headers of a PDU have come
 * @conn: the connection
 * @in: the PDU; on success @keep and @iter say where its data goes
 *
 * Context: the connection's work, under the socket's lock or not.
 * Return: 0; KTGT_RECV_AGAIN to be called once more after ktgt_round_prepare();
 *	a negative errno, which ends the connection.
 */
int ktgt_recv_header(struct ktgt_conn *conn, struct ktgt_pdu_in *in)
{
	if (conn->state != KTGT_CONN_STATE_FULL_FEATURE)
		return recv_ctl(conn, in);
	if (in->dropped)	/* called again, but not for that task */
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
 * @in: the PDU; nothing of its data was dropped
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
 * ktgt_recv_data - a PDU has come whole
 * @conn: the connection
 * @in: the PDU
 * @digest_ok: its data digest matches, or there is none
 *
 * Context: the connection's work, under the socket's lock.
 * Return: 0; KTGT_RECV_STOP if it has to be handled before more is received; a
 *	negative errno, which ends the connection.
 */
int ktgt_recv_data(struct ktgt_conn *conn, struct ktgt_pdu_in *in,
		   bool digest_ok)
{
	if (in->ctl) {
		if (!digest_ok) {
			ktgt_pdu_reject(conn, &in->hdr,
					ISCSI_REASON_DATA_DIGEST_ERROR);
			return 0;
		}
		conn->ctl.ready = true;
		return KTGT_RECV_STOP;
	}
	if (!digest_ok)
		ktgt_pdu_reject(conn, &in->hdr, ISCSI_REASON_DATA_DIGEST_ERROR);
	if (in->task)
		ktgt_data_out_done(in->task, in, digest_ok);
	return 0;
}
