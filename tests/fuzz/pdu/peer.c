// SPDX-License-Identifier: GPL-2.0
/*
 * Initiators: each connects, and logs in with keys that the fuzzer chooses.
 */
#include "peer.h"
#include "socket.h"
#include "stream.h"
#include "target.h"

struct peer peers[NR_PEERS];

struct peer *peer_of(const struct ktgt_conn *conn)
{
	struct peer *peer;

	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (peer->there && peer->tcp && &peer->tcp->conn == conn)
			return peer;
	}
	require(!"a connection that is not there");
	return NULL;
}

static u32 put_key(char *text, u32 len, const char *key, u32 value)
{
	return len + sprintf(text + len, "%s=%u", key, value) + 1;
}

static u32 login_text(char *text, u16 how)
{
	static const u32 bursts[4] = { 512, 4096, 65536, 262144 };
	static const u32 segments[4] = { 512, 8192, 65536, 262144 };
	u32 len = 0;

	len += sprintf(text, "InitiatorName=iqn.i") + 1;
	if (how & 0x8000)
		len += sprintf(text + len, "SessionType=Discovery") + 1;
	else
		len += sprintf(text + len, "TargetName=iqn.t:1") + 1;
	len += sprintf(text + len, "HeaderDigest=%s",
		       how & 1 ? "CRC32C" : "None") + 1;
	len += sprintf(text + len, "DataDigest=%s",
		       how & 2 ? "CRC32C" : "None") + 1;
	len = put_key(text, len, "MaxRecvDataSegmentLength",
		      segments[how >> 4 & 3]);
	if (how & 0x8000)
		return len;
	if (how & 0x2000)
		len = put_key(text, len, "iSCSIProtocolLevel", 2);
	len += sprintf(text + len, "InitialR2T=%s", how & 4 ? "Yes" : "No") + 1;
	len += sprintf(text + len, "ImmediateData=%s",
		       how & 8 ? "No" : "Yes") + 1;
	len = put_key(text, len, "MaxBurstLength", bursts[how >> 6 & 3]);
	len = put_key(text, len, "FirstBurstLength",
		      min(bursts[how >> 8 & 3], bursts[how >> 6 & 3]));
	return put_key(text, len, "MaxOutstandingR2T", (how >> 10 & 7) + 1);
}

static void send_login(struct peer *peer, u16 how, u8 name)
{
	struct iscsi_login_req req = {};
	char text[512];
	u32 len = login_text(text, how);

	req.opcode = ISCSI_OP_LOGIN | ISCSI_OP_IMMEDIATE;
	req.flags = ISCSI_FLAG_LOGIN_TRANSIT |
		    ISCSI_OP_PARMS_NEGOTIATION_STAGE << 2 |
		    ISCSI_FULL_FEATURE_PHASE;
	req.isid[5] = name;
	req.cmdsn = cpu_to_be32(peer->cmd_sn);
	hton24(req.dlength, len);
	send_pdu(peer, (void *)&req, NULL, (u8 *)text, 0);
}

/* Numbers are about to overflow, in every second connection. */
static void start_numbers(struct peer *peer, u8 how)
{
	peer->cmd_sn = how & 1 ? 0xfffffff0 : 1;
	peer->exp_cmd_sn = peer->cmd_sn;
	peer->max_cmd_sn = peer->cmd_sn - 1;
	peer->stat_sn = how & 1 ? 0xfffffffe : 1;
	peer->ack = peer->stat_sn;
}

void connect_peer(struct peer *peer, struct input *in)
{
	u16 how = take16(in);
	u8 name = take(in);
	unsigned int i;

	if (peer->there)
		return;
	memset(peer, 0, sizeof(*peer));
	peer->there = true;
	peer->piece = name & 0x80 ? 7 : 1 << 20;
	peer->room = U32_MAX;
	peer->ping_ttt = cpu_to_be32(ISCSI_RESERVED_TAG);
	peer->moved_at = jiffies;
	peer->discovery = how & 0x8000;
	peer->sock = (struct socket) { .sk = &peer->sk, .ops = &socket_ops };
	peer->sk = (struct sock) {
		.sk_state = TCP_ESTABLISHED, .sk_socket = &peer->sock,
		.writeable = true,
	};
	start_numbers(peer, name >> 6);
	ktgt_tcp_accept(&portal, &peer->sock);
	if (!peer->there)
		return;
	peer->tcp = peer->sk.sk_user_data;
	/* it may be the successor of another */
	for (i = 0; i < NR_PEERS; i++)
		peers[i].may_close |= peers[i].there && peers[i].name == name % 4;
	peer->name = name % 4;
	peer->may_close = false;
	send_login(peer, how, name & 3);
}

void hang_up(struct peer *peer)
{
	if (!peer->there || !peer->sk.sk_state_change)
		return;
	peer->may_close = true;
	peer->sk.sk_state = TCP_CLOSE;
	peer->sk.sk_state_change(&peer->sk);
}
