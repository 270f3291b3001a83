// SPDX-License-Identifier: GPL-2.0
/*
 * What a target may send, and when (RFC 7143).
 */
#include <scsi/scsi_proto.h>

#include "../../../kernel/iscsi/pdu.h"
#include "../../../kernel/iscsi/sess.h"
#include "task.h"

static const struct ktgt_param *param_of(const struct peer *peer)
{
	return &peer->tcp->conn.param;
}

/* --- numbers -------------------------------------------------------------- */

/* Whether a PDU uses up a StatSN. */
static bool has_status(const struct iscsi_hdr *hdr)
{
	const struct iscsi_nopin *nop = (const void *)hdr;

	switch (hdr->opcode) {
	case ISCSI_OP_SCSI_DATA_IN:
		return hdr->flags & ISCSI_FLAG_DATA_STATUS;
	case ISCSI_OP_R2T:
		return false;
	case ISCSI_OP_NOOP_IN:
		return nop->itt != RESERVED_ITT;
	default:
		return true;
	}
}

static void check_numbers(struct peer *peer, const struct iscsi_hdr *hdr)
{
	const struct iscsi_nopin *nop = (const void *)hdr;
	u32 exp = be32_to_cpu(nop->exp_cmdsn), max = be32_to_cpu(nop->max_cmdsn);

	if (hdr->opcode == ISCSI_OP_SCSI_DATA_IN && !has_status(hdr))
		require(!nop->statsn);
	else
		require(be32_to_cpu(nop->statsn) == peer->stat_sn);
	if (has_status(hdr))
		peer->stat_sn++;
	if (hdr->opcode == ISCSI_OP_LOGIN_RSP &&
	    !(hdr->flags & ISCSI_FLAG_LOGIN_TRANSIT))
		return;
	/* the window never shrinks, and never has more than there are tasks */
	require((s32)(exp - peer->exp_cmd_sn) >= 0);
	require((s32)(peer->cmd_sn - exp) >= 0);
	require((s32)(max - peer->max_cmd_sn) >= 0);
	require((s32)(max - exp + 1) >= 0);
	require((s32)(max - exp + 1) <= KTGT_WINDOW);
	peer->exp_cmd_sn = exp;
	peer->max_cmd_sn = max;
}

/* --- tasks ---------------------------------------------------------------- */

static void check_residual(const struct task *task, u8 flags, u32 residual)
{
	u64 moved = task->moved;

	if (task->status != SAM_STAT_GOOD && task->dir == DMA_FROM_DEVICE)
		moved = task->data_off;
	else if (task->status != SAM_STAT_GOOD && task->in_pieces)
		moved = min_t(u64, moved, task->r2t_off);
	require(!!(flags & ISCSI_FLAG_CMD_OVERFLOW) == (moved > task->edtl));
	require(!!(flags & ISCSI_FLAG_CMD_UNDERFLOW) == (moved < task->edtl));
	require(residual == (moved > task->edtl ?
			     min_t(u64, moved - task->edtl, U32_MAX) :
			     task->edtl - moved));
}

static void end_task(struct peer *peer, struct task *task)
{
	u32 i;

	require(!task->cmd);
	task->used = false;
	for (i = 0; i < MAX_R2TS; i++) {
		if (peer->r2ts[i].serial == task->serial)
			peer->r2ts[i].used = false;
	}
}

/* What may come of the data of a command now. */
static u32 readable_of(const struct task *task)
{
	if (task->in_pieces)
		return task->read_to;
	require(task->completed && task->status == SAM_STAT_GOOD);
	return min_t(u64, min(task->wanted, task->moved), task->edtl);
}

/* The task that a Data-In belongs to: maybe one that was aborted in between. */
static struct task *task_of_data(struct peer *peer,
				 const struct iscsi_data_rsp *rsp, u8 first)
{
	struct task *task = find_silent(peer, (__force u32)rsp->itt,
					be32_to_cpu(rsp->datasn),
					be32_to_cpu(rsp->offset));

	if (task && first == pattern(task->serial, task->data_off))
		return task;
	return find_task(peer, (__force u32)rsp->itt);
}

static void check_data_in(struct peer *peer, const struct iscsi_hdr *hdr,
			  const u8 *data, u32 len)
{
	const struct iscsi_data_rsp *rsp = (const void *)hdr;
	struct task *task = task_of_data(peer, rsp, len ? data[0] : 0);
	bool ends_piece, all;
	u32 i, whole;

	require(task && task->dir == DMA_FROM_DEVICE && len);
	require(task->read && !task->write);
	whole = readable_of(task);
	require(be32_to_cpu(rsp->datasn) == task->data_sn++);
	require(be32_to_cpu(rsp->offset) == task->data_off);
	require(rsp->ttt == cpu_to_be32(ISCSI_RESERVED_TAG));
	require(len <= whole - task->data_off);
	for (i = 0; i < len; i++)
		require(data[i] == pattern(task->serial, task->data_off + i));
	task->data_off += len;
	task->burst += len;
	require(task->burst <= param_of(peer)->max_burst);
	ends_piece = !(task->data_off % KTGT_CMD_PIECE);
	all = task->data_off == whole && task->completed &&
	      task->status == SAM_STAT_GOOD;
	/* a piece that was the last one may come before the status */
	require(!has_status(hdr) || all);
	require(has_status(hdr) || !all || task->silent ||
		(task->in_pieces && ends_piece));
	if (hdr->flags & ISCSI_FLAG_CMD_FINAL) {
		require(task->burst == param_of(peer)->max_burst ||
			has_status(hdr) || ends_piece);
		task->burst = 0;
	} else {
		require(task->burst < param_of(peer)->max_burst && !ends_piece);
	}
	if (!has_status(hdr))
		return;
	require(hdr->flags & ISCSI_FLAG_CMD_FINAL && !rsp->cmd_status);
	check_residual(task, hdr->flags, be32_to_cpu(rsp->residual_count));
	end_task(peer, task);
}

/* What makes a command fail that has not seen the SCSI side: its data. */
static void check_bad_data(const u8 *data)
{
	u32 code = data[4] << 16 | data[14] << 8 | data[15];

	require(code == 0x0b0c0c || code == 0x0b0c0d || code == 0x0b4705);
}

static void check_response(struct peer *peer, const struct iscsi_hdr *hdr,
			   const u8 *data, u32 len)
{
	const struct iscsi_scsi_rsp *rsp = (const void *)hdr;
	struct task *task = find_task(peer, (__force u32)rsp->itt);

	require(task && !rsp->response);
	require(!task->data_off || task->in_pieces);
	require(hdr->flags & ISCSI_FLAG_CMD_FINAL);
	require(be32_to_cpu(rsp->exp_datasn) == task->data_sn);
	if (task->aborted)
		task->status = SAM_STAT_TASK_ABORTED;
	else
		require(task->completed && (!task->in_pieces ||
					    task->data_off == task->read_to));
	require(rsp->cmd_status == task->status);
	require(!len == (task->status != SAM_STAT_CHECK_CONDITION));
	if (len)
		require(len == 2u + get_unaligned_be16(data));
	if (len && task->bad)
		check_bad_data(data);
	if (task->dir == DMA_FROM_DEVICE && task->status == SAM_STAT_GOOD &&
	    task->read && !task->write)
		require(!task->edtl || !task->moved || !task->wanted);
	check_residual(task, hdr->flags, be32_to_cpu(rsp->residual_count));
	end_task(peer, task);
}

/* Its tag says which use of which slot it belongs to. */
static struct task *find_tagged(const struct peer *peer, u32 ttt)
{
	struct task *task;

	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (task->used && task->peer == peer &&
		    task->index == ttt >> 16 &&
		    (task->gen & 0x1fff) == (ttt >> 3 & 0x1fff))
			return task;
	}
	return NULL;
}

static void check_r2t(struct peer *peer, const struct iscsi_hdr *hdr, u32 len)
{
	const struct iscsi_r2t_rsp *rsp = (const void *)hdr;
	struct task *task = find_tagged(peer, be32_to_cpu(rsp->ttt));
	struct r2t *r2t, *free = NULL;
	u32 nr = 0;

	require(task && task->itt == (__force u32)rsp->itt);
	for (r2t = peer->r2ts; r2t < peer->r2ts + MAX_R2TS; r2t++) {
		if (!r2t->used) {
			free = r2t;
			continue;
		}
		if (r2t->serial != task->serial)
			continue;
		if (r2t->ttt != rsp->ttt) {
			nr++;
			continue;
		}
		/* a tag that was guessed, 0, can be the one of this burst */
		require(peer->astray);
		r2t->used = false;
		free = r2t;
	}
	require(task->write && task->dir == DMA_TO_DEVICE && !len);
	require(nr < param_of(peer)->max_r2t);
	require(rsp->ttt != cpu_to_be32(ISCSI_RESERVED_TAG));
	require(be32_to_cpu(rsp->r2tsn) == task->r2t_sn++);
	require(be32_to_cpu(rsp->data_offset) == task->r2t_off);
	len = be32_to_cpu(rsp->data_length);
	require(len && len <= param_of(peer)->max_burst);
	require(task->r2t_off + len <= min_t(u64, task->edtl, task->wanted));
	/* one that was aborted meanwhile gets no data */
	if (free && !task->silent)
		*free = (struct r2t) {
			.used = true, .serial = task->serial,
			.itt = (__force u32)rsp->itt, .ttt = rsp->ttt,
			.off = task->r2t_off, .len = len,
		};
	task->r2t_off += len;
}

/* --- the rest ------------------------------------------------------------- */

static void check_nop(struct peer *peer, const struct iscsi_hdr *hdr,
		      const u8 *data, u32 len)
{
	const struct iscsi_nopin *nop = (const void *)hdr;
	u32 i;

	if (nop->itt == RESERVED_ITT) {
		require(!len);
		if (nop->ttt != cpu_to_be32(ISCSI_RESERVED_TAG))
			peer->ping_ttt = nop->ttt;
		return;
	}
	require(nop->ttt == cpu_to_be32(ISCSI_RESERVED_TAG));
	require(peer->nr_pings--);
	for (i = 0; i < len; i++)
		require(data[i] == pattern((__force u32)nop->itt, i));
}

static void check_reject(struct peer *peer, const struct iscsi_hdr *hdr,
			 const u8 *data, u32 len)
{
	const struct iscsi_reject *rej = (const void *)hdr;
	const struct iscsi_hdr *sent = (const void *)data;
	u32 i;

	require(len == KTGT_BHS_LEN && rej->reason >= 2 && rej->reason <= 12 &&
		rej->reason != 0x0b);
	for (i = 0; i < MAX_SENT; i++) {
		if (!memcmp(&peer->sent[i], data, len))
			break;
	}
	/* or it is not remembered any more */
	require(i < MAX_SENT || peer->nr_sent > MAX_SENT);
	/* it asks for what a discovery session does not have */
	peer->may_close |= peer->discovery && ++peer->nr_rejects == 8;
	/* what the window has room for there are tasks for */
	if (rej->reason == ISCSI_REASON_IMM_CMD_REJECT)
		require(sent->opcode & ISCSI_OP_IMMEDIATE);
	switch (sent->opcode & ISCSI_OPCODE_MASK) {
	case ISCSI_OP_SCSI_TMFUNC:
		require(peer->nr_tmfs--);
		break;
	case ISCSI_OP_TEXT:
		require(peer->nr_texts--);
		break;
	case ISCSI_OP_LOGOUT:
		require(peer->nr_logouts--);
		break;
	case ISCSI_OP_NOOP_OUT:
		require(peer->nr_pings--);
	}
}

static void check_text(struct peer *peer, const struct iscsi_hdr *hdr)
{
	const struct iscsi_text_rsp *rsp = (const void *)hdr;
	bool final = hdr->flags & ISCSI_FLAG_CMD_FINAL;

	require(peer->nr_texts--);
	require(!final || !(hdr->flags & ISCSI_FLAG_TEXT_CONTINUE));
	require(final == (rsp->ttt == cpu_to_be32(ISCSI_RESERVED_TAG)));
	peer->text_ttt = rsp->ttt;
	peer->text_itt = (__force u32)rsp->itt;
}

/* What was asked is not remembered; but not every session may get every answer. */
static void check_tmf(struct peer *peer, const struct iscsi_hdr *hdr, u32 len)
{
	static const u8 nothing[3], nexus_loss[3] = { 0x16, 0x29, 0x07 };
	const struct iscsi_tm_rsp *rsp = (const void *)hdr;

	require(peer->nr_tmfs-- && !len);
	switch (rsp->response) {
	case 7:	/* function succeeded, RFC 7144 */
		require(param_of(peer)->protocol_level >= 2);
		require(!memcmp(rsp->rsvd2, nothing, 3) ||
			!memcmp(rsp->rsvd2, nexus_loss, 3));
		break;
	case ISCSI_TMF_RSP_TASK_ALLEGIANT:
		require(!"tasks have no other connection");
		break;
	default:
		require(rsp->response <= ISCSI_TMF_RSP_AUTH_FAILED ||
			rsp->response == ISCSI_TMF_RSP_REJECTED);
		require(!memcmp(rsp->rsvd2, nothing, 3));
	}
	require(!memchr_inv(rsp->rsvd2 + 3, 0, 5));
}

static void check_login(struct peer *peer, const struct iscsi_hdr *hdr)
{
	const struct iscsi_login_rsp *rsp = (const void *)hdr;

	require(!peer->ffp);
	if (rsp->status_class || !(hdr->flags & ISCSI_FLAG_LOGIN_TRANSIT))
		return;
	require(ISCSI_LOGIN_NEXT_STAGE(hdr->flags) == ISCSI_FULL_FEATURE_PHASE);
	require(rsp->tsih);
	peer->ffp = true;
	peer->digests = true;
}

static void check_pdu(struct peer *peer, const struct iscsi_hdr *hdr,
		      const u8 *data, u32 len)
{
	require(!peer->logged_out);
	require(peer->ffp || hdr->opcode == ISCSI_OP_LOGIN_RSP);
	if (!peer->dsl_changed)
		require(len <= (peer->ffp ? param_of(peer)->max_xmit_dsl :
					    KTGT_LOGIN_DSL));
	check_numbers(peer, hdr);
	switch (hdr->opcode) {
	case ISCSI_OP_SCSI_DATA_IN:
		check_data_in(peer, hdr, data, len);
		break;
	case ISCSI_OP_SCSI_CMD_RSP:
		check_response(peer, hdr, data, len);
		break;
	case ISCSI_OP_R2T:
		check_r2t(peer, hdr, len);
		break;
	case ISCSI_OP_NOOP_IN:
		check_nop(peer, hdr, data, len);
		break;
	case ISCSI_OP_REJECT:
		check_reject(peer, hdr, data, len);
		break;
	case ISCSI_OP_TEXT_RSP:
		check_text(peer, hdr);
		break;
	case ISCSI_OP_LOGIN_RSP:
		check_login(peer, hdr);
		break;
	case ISCSI_OP_SCSI_TMFUNC_RSP:
		check_tmf(peer, hdr, len);
		break;
	case ISCSI_OP_LOGOUT_RSP:
		require(peer->nr_logouts-- && !len);
		peer->logged_out = !((const struct iscsi_logout_rsp *)
				     hdr)->response;
		break;
	default:
		require(!"opcode");
	}
}

static u32 digest_at(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

/* Returns the bytes of the PDU at @p, 0 if it is not there whole. */
static u32 take_pdu(struct peer *peer, const u8 *p, u32 have)
{
	const struct ktgt_param *param = param_of(peer);
	bool hdigest = peer->digests && param->header_digest;
	u32 head = KTGT_BHS_LEN + (hdigest ? KTGT_DIGEST_LEN : 0);
	struct iscsi_hdr hdr;
	u32 len, pad, all;

	if (have < head)
		return 0;
	memcpy(&hdr, p, sizeof(hdr));
	require(!hdr.hlength);
	if (hdigest)
		require(digest_at(p + KTGT_BHS_LEN) ==
			~crc32c(~0, p, KTGT_BHS_LEN));
	len = ntoh24(hdr.dlength);
	pad = -len & 3;
	all = head + len + pad;
	if (len && peer->digests && param->data_digest)
		all += KTGT_DIGEST_LEN;
	if (have < all)
		return 0;
	require(!memchr_inv(p + head + len, 0, pad));
	if (all != head + len + pad)
		require(digest_at(p + head + len + pad) ==
			~crc32c(~0, p + head, len + pad));
	check_pdu(peer, &hdr, p + head, len);
	return all;
}

/* Look at what has come. */
void peer_receive(struct peer *peer)
{
	u32 pos = 0, len;

	while (!peer->wild) {
		len = take_pdu(peer, peer->in + pos, peer->in_len - pos);
		if (!len)
			break;
		pos += len;
	}
	if (peer->wild)
		pos = peer->in_len;
	if (pos)
		memmove(peer->in, peer->in + pos, peer->in_len - pos);
	peer->in_len -= pos;
	if (!peer->no_ack)
		peer->ack = peer->stat_sn;
}
