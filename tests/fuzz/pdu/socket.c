// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets, as far as tcp/ sees them: bytes come in pieces, leave while there is
 * room, and are in flight until they are delivered.
 */
#include "conn.h"
#include "socket.h"
#include "task.h"

/* in which bytes come before they come as they are */
#define MAX_PIECES	100000

static struct peer *peer_at(const struct sock *sk)
{
	return container_of(sk, struct peer, sk);
}

/* Bytes that can be read. */
u32 readable(const struct peer *peer)
{
	u32 left = peer->stream_len - peer->stream_pos;

	return left - min(left, peer->hidden);
}

/* What comes too late does not count. */
static void note_moved(struct peer *peer)
{
	if (peer->there && (!peer->tcp || !peer->tcp->closing))
		peer->moved_at = jiffies;
}

/* --- what the target reads ------------------------------------------------ */

/* As tcp_read_sock() does: who takes a part of a buffer is called again. */
static int read_sock(struct sock *sk, read_descriptor_t *desc,
		     sk_read_actor_t actor)
{
	struct peer *peer = peer_at(sk);
	int copied = 0, used = 1;
	struct sk_buff skb;
	unsigned int off;
	u8 *copy;

	require(sk->owned);
	while (readable(peer) && desc->count && used > 0) {
		skb.len = readable(peer);
		/* megabytes come byte by byte only for a while */
		if (peer->nr_pieces++ < MAX_PIECES)
			skb.len = min(peer->piece, skb.len);
		/* so that a byte read too far is found */
		copy = malloc(skb.len);
		memcpy(copy, peer->stream + peer->stream_pos, skb.len);
		skb.data = copy;
		for (off = 0; off < skb.len; off += used) {
			used = actor(desc, &skb, off, skb.len - off);
			require(used >= 0 && used <= skb.len - off);
			if (!used)
				break;
		}
		free(copy);
		copied += off;
		peer->stream_pos += off;
	}
	return copied;
}

static int set_rcvlowat(struct sock *sk, int val)
{
	require(sk->owned && val > 0);
	sk->sk_rcvlowat = val;
	return 0;
}

const struct proto_ops socket_ops = {
	.read_sock = read_sock, .set_rcvlowat = set_rcvlowat,
};

/* --- what it sends -------------------------------------------------------- */

/* Pages are spliced, headers may be copied; data is never copied. */
static void fill_segment(struct segment *seg, const struct shim_msghdr *msg,
			 u32 room)
{
	struct page *page;
	size_t len;
	u8 *p;

	p = shim_iter_piece(&msg->msg_iter, &len, &page);
	seg->len = min_t(size_t, len, room);
	if (msg->msg_flags & MSG_SPLICE_PAGES) {
		get_page(page);
		seg->page = page;
		seg->off = p - page->mem;
		return;
	}
	require(len <= sizeof(seg->copy));
	memcpy(seg->copy, p, seg->len);
	seg->page = NULL;
	seg->off = 0;
}

static void put_segment(struct segment *seg)
{
	if (seg->page)
		put_page(seg->page);
}

int sock_sendmsg(struct socket *sock, struct shim_msghdr *msg)
{
	struct peer *peer = peer_at(sock->sk);
	struct segment *seg;
	int sent = 0;

	might_sleep();
	require(!peer->shut && !sock->sk->owned);
	if (!shim_allocs) {
		shim_failed++;
		/* what has nothing under way calls at once, and in vain */
		if (!peer->nr_flight)
			sock->sk->sk_write_space(sock->sk);
		return -EAGAIN;
	}
	while (msg->msg_iter.count && peer->room &&
	       peer->nr_flight < MAX_FLIGHT) {
		seg = &peer->flight[(peer->first + peer->nr_flight++) %
				    MAX_FLIGHT];
		fill_segment(seg, msg, peer->room);
		iov_iter_advance(&msg->msg_iter, seg->len);
		peer->room -= seg->len;
		sent += seg->len;
	}
	sock->sk->writeable = peer->room;
	sock->sk->in_flight = peer->nr_flight;
	return sent ?: -EAGAIN;
}

/* Megabytes come in pieces: the room for them grows by doubling. */
void append(u8 **bytes, u32 *have, u32 *room, const void *p, u32 len)
{
	if (*have + len > *room) {
		*room = max_t(u32, 2 * *room, *have + len);
		*bytes = realloc(*bytes, *room);
	}
	if (len)
		memcpy(*bytes + *have, p, len);
	*have += len;
}

/* What is in flight has the bytes that the pages have now. */
void deliver(struct peer *peer, u32 max)
{
	u64 acked = peer->sk.tcp.bytes_acked;
	struct segment *seg;
	const u8 *from;
	u32 part;

	while (peer->nr_flight && max) {
		seg = &peer->flight[peer->first];
		part = min(max, seg->len);
		from = seg->page ? seg->page->mem : seg->copy;
		append(&peer->in, &peer->in_len, &peer->in_room,
		       from + seg->off, part);
		max -= part;
		peer->sk.tcp.bytes_acked += part;
		seg->off += part;
		seg->len -= part;
		if (seg->len)
			break;
		put_segment(seg);
		peer->first = (peer->first + 1) % MAX_FLIGHT;
		peer->nr_flight--;
	}
	peer->sk.in_flight = peer->nr_flight;
	/* so much may be a NOP-In, which TCP alone acknowledges */
	if (peer->sk.tcp.bytes_acked - acked > KTGT_BHS_LEN + KTGT_DIGEST_LEN)
		note_moved(peer);
	peer_receive(peer);
}

/* --- names and the end ---------------------------------------------------- */

int kernel_sock_shutdown(struct socket *sock, int how)
{
	peer_at(sock->sk)->shut = true;
	return 0;
}

int kernel_getpeername(struct socket *sock, struct sockaddr *addr)
{
	addr->sa_family = AF_INET;
	return sizeof(struct sockaddr_in);
}

int kernel_getsockname(struct socket *sock, struct sockaddr *addr)
{
	return kernel_getpeername(sock, addr);
}

void sock_release(struct socket *sock)
{
	struct peer *peer = peer_at(sock->sk);
	struct task *task;

	require(peer->there && !sock->sk->owned);
	check_closed(peer);
	require(!sock->sk->sk_user_data);
	while (peer->nr_flight) {
		put_segment(&peer->flight[peer->first]);
		peer->first = (peer->first + 1) % MAX_FLIGHT;
		peer->nr_flight--;
	}
	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (!task->used || task->peer != peer)
			continue;
		require(!task->cmd || task->orphan);
		task->used = task->cmd;
		task->peer = NULL;
	}
	free(peer->stream);
	free(peer->in);
	peer->there = false;
}

void make_room(struct peer *peer, u32 room)
{
	peer->room = room;
	peer->sk.writeable = room;
	if (room && peer->sk.sk_write_space)
		peer->sk.sk_write_space(&peer->sk);
}

void announce(struct peer *peer)
{
	u64 received = peer->stream_pos + readable(peer);

	if (received > peer->sk.tcp.bytes_received) {
		peer->sk.tcp.bytes_received = received;
		note_moved(peer);
	}
	if (peer->there && peer->sk.sk_data_ready)
		peer->sk.sk_data_ready(&peer->sk);
}
