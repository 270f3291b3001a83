/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An initiator that knows what a target may send (RFC 7143).
 */
#ifndef _KTGT_FUZZ_PDU_PEER_H
#define _KTGT_FUZZ_PDU_PEER_H

#include "../../../kernel/tcp/tcp.h"
#include "../input.h"

#define NR_PEERS	3
#define NR_ITTS		64
#define MAX_FLIGHT	4096	/* segments that the socket has taken */
#define MAX_SENT	256	/* headers that are remembered */
#define MAX_R2TS	64

struct r2t {
	bool	used;
	u32	serial, itt, ttt, off, len, got, data_sn;
};

/* in a page that the target has, or copied */
struct segment {
	struct page	*page;
	u32		off, len;
	u8		copy[KTGT_CHUNK_LEN];
};

/* the other end of a connection */
struct peer {
	bool			there;		/* the socket is not released */
	bool			shut;		/* the target sends no more */
	bool			ffp, logged_out, discovery;
	bool			dsl_changed;	/* it says another length */
	/* it does not keep to the rules, so nothing is to be expected */
	bool			wild;
	struct socket		sock;
	struct sock		sk;
	struct ktgt_tcp		*tcp;

	/* what goes to the target */
	u8			*stream;
	u32			stream_len, stream_pos, stream_room;
	u32			hidden;		/* bytes of it that have not come */
	u32			piece, nr_pieces;
	struct iscsi_hdr	sent[MAX_SENT];
	u32			nr_sent;

	/* what comes from it */
	u32			room;
	struct segment		flight[MAX_FLIGHT];
	u32			first, nr_flight;
	u8			*in;
	u32			in_len, in_room;
	bool			digests;

	/* numbers */
	u32			cmd_sn, exp_cmd_sn, max_cmd_sn;
	u32			stat_sn, ack;
	bool			no_ack;
	bool			loose;		/* some CmdSN were not accepted */
	bool			astray;		/* data for another task than meant */
	bool			may_close;	/* there is a reason to close */
	u32			ping_ttt;
	unsigned long		moved_at;	/* when bytes came or arrived last */
	u32			text_ttt, text_itt;
	struct r2t		r2ts[MAX_R2TS];
	/* unsolicited bursts: of the command of that tag that came last */
	struct r2t		unsolicited[NR_ITTS];
	u8			name;
	u32			nr_tmfs, nr_pings, nr_texts, nr_logouts, nr_rejects;
};

extern struct peer peers[NR_PEERS];

/* Data says what it belongs to, and where. */
static inline u8 pattern(u32 seed, u32 off)
{
	return seed * 31 + off * 7 + (off >> 8);
}

struct peer *peer_of(const struct ktgt_conn *conn);
void connect_peer(struct peer *peer, struct input *in);
void hang_up(struct peer *peer);
void peer_receive(struct peer *peer);

#endif /* _KTGT_FUZZ_PDU_PEER_H */
