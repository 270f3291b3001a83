// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that are no SCSI Commands, and bytes that are no requests.
 */
#include "request.h"
#include "socket.h"
#include "stream.h"

/* The CmdSN of the next request; immediate ones do not use it up. */
u32 take_cmd_sn(struct peer *peer, u8 what)
{
	return what & IN_IMMEDIATE ? peer->cmd_sn : peer->cmd_sn++;
}

bool window_open(const struct peer *peer, u8 what)
{
	return what & IN_IMMEDIATE || (s32)(peer->max_cmd_sn - peer->cmd_sn) >= 0;
}

u8 opcode_of(u8 opcode, u8 what)
{
	return opcode | (what & IN_IMMEDIATE ? ISCSI_OP_IMMEDIATE : 0);
}

void send_nop_out(struct peer *peer, struct input *in, u8 what)
{
	u8 how = take(in);
	struct iscsi_nopout nop = {};
	u32 len = take_len(in);
	u8 *data;

	if (!window_open(peer, what))
		return;
	len = min(len, peer->tcp->conn.param.max_recv_dsl);
	nop.opcode = opcode_of(ISCSI_OP_NOOP_OUT, what);
	nop.flags = ISCSI_FLAG_CMD_FINAL;
	nop.itt = how & 64 ? RESERVED_ITT : (__force itt_t)(how & 63);
	nop.ttt = how & 128 ? peer->ping_ttt : cpu_to_be32(ISCSI_RESERVED_TAG);
	if (nop.itt == RESERVED_ITT)	/* RFC 7143, 11.18.1 */
		nop.cmdsn = cpu_to_be32(peer->cmd_sn);
	else
		nop.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	peer->nr_pings += nop.itt != RESERVED_ITT;
	/* no window limits these, and there may be too many unacknowledged */
	peer->may_close |= peer->discovery && what & IN_IMMEDIATE;
	hton24(nop.dlength, len);
	data = make_data((__force u32)nop.itt, 0, len);
	send_pdu(peer, (void *)&nop, NULL, data, 0);
	free(data);
}

void send_tmf(struct peer *peer, struct input *in, u8 what)
{
	u8 function = take(in), tag = take(in);
	struct iscsi_tm tm = {};

	if (!window_open(peer, what))
		return;
	tm.opcode = opcode_of(ISCSI_OP_SCSI_TMFUNC, what);
	tm.flags = ISCSI_FLAG_CMD_FINAL | (function & 15);
	tm.lun.scsi_lun[1] = function >> 4 & 3;
	tm.itt = (__force itt_t)(64 + (tag & 63));
	tm.rtt = (__force itt_t)(tag & 63);
	tm.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	tm.refcmdsn = cpu_to_be32(be32_to_cpu(tm.cmdsn) - (function >> 6));
	peer->nr_tmfs++;
	send_pdu(peer, (void *)&tm, NULL, NULL, 0);
}

void send_text(struct peer *peer, struct input *in, u8 what)
{
	static const char all[] = "SendTargets=All", own[] = "SendTargets=";
	u8 how = take(in), own_text[256];
	const void *text = how & 1 ? all : own;
	u32 len = how & 1 ? sizeof(all) : sizeof(own);
	struct iscsi_text req = {};

	if (!window_open(peer, what))
		return;
	if (how & 2) {
		len = take(in);
		take_bytes(in, own_text, len);
		text = own_text;
		peer->dsl_changed = true;
	}
	req.opcode = opcode_of(ISCSI_OP_TEXT, what);
	req.flags = (how & 4 ? 0 : ISCSI_FLAG_CMD_FINAL) |
		    (how & 8 ? ISCSI_FLAG_TEXT_CONTINUE : 0);
	req.itt = how & 16 ? (__force itt_t)peer->text_itt : (__force itt_t)9;
	req.ttt = how & 16 ? peer->text_ttt : cpu_to_be32(ISCSI_RESERVED_TAG);
	req.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	hton24(req.dlength, len);
	peer->nr_texts++;
	peer->may_close |= peer->discovery && what & IN_IMMEDIATE;
	send_pdu(peer, (void *)&req, NULL, text, 0);
}

void send_logout(struct peer *peer, struct input *in, u8 what)
{
	struct iscsi_logout req = {};
	u8 how = take(in);

	if (!window_open(peer, what))
		return;
	req.opcode = opcode_of(ISCSI_OP_LOGOUT, what);
	req.flags = ISCSI_FLAG_CMD_FINAL | (how & 7);
	req.itt = (__force itt_t)10;
	req.cid = cpu_to_be16(how >> 7);
	req.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	peer->nr_logouts++;
	peer->may_close = true;
	send_pdu(peer, (void *)&req, NULL, NULL, 0);
}

/* A header that is all the fuzzer's; its data is nothing in particular. */
void send_header(struct peer *peer, struct input *in)
{
	struct iscsi_hdr hdr;
	u8 *data, wrong = take(in), ahs[KTGT_AHS_MAX];
	u32 len;

	peer->wild = true;
	take_bytes(in, &hdr, sizeof(hdr));
	hdr.dlength[0] &= 7;
	len = ntoh24(hdr.dlength);
	data = make_data(0, 0, len);
	take_bytes(in, ahs, hdr.hlength * 4);
	send_pdu(peer, &hdr, ahs, data, wrong);
	free(data);
}

void send_bytes(struct peer *peer, struct input *in)
{
	u32 len = min_t(size_t, take(in), in->left);

	peer->wild = true;
	stream_put(peer, in->p, len);
	in->p += len;
	in->left -= len;
	announce(peer);
}
