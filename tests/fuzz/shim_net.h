/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tcp/ needs of sockets. A test has the other end of each.
 */
#ifndef _KTGT_FUZZ_SHIM_NET_H
#define _KTGT_FUZZ_SHIM_NET_H

#include "shim_conn.h"

struct sk_buff {
	const u8	*data;
	unsigned int	len;
};

static inline int skb_copy_bits(const struct sk_buff *skb, unsigned int off,
				void *to, unsigned int len)
{
	require(off <= skb->len && len <= skb->len - off);
	memcpy(to, skb->data + off, len);
	return 0;
}

static inline int skb_copy_datagram_iter(const struct sk_buff *skb,
					 unsigned int off,
					 struct iov_iter *iter, size_t len)
{
	size_t piece;
	u8 *to;

	require(off <= skb->len && len <= skb->len - off);
	for (; len; off += piece, len -= piece) {
		to = shim_iter_piece(iter, &piece, NULL);
		piece = min(piece, len);
		memcpy(to, skb->data + off, piece);
		iov_iter_advance(iter, piece);
	}
	return 0;
}

typedef struct {
	size_t	written, count;
	union {
		void	*data;
	} arg;
	int	error;
} read_descriptor_t;

struct socket;

struct tcp_sock {
	/* the first three: what nobody asks for here */
	u32		srtt_us, mdev_us, total_retrans;
	u64		bytes_received, bytes_acked;
};

struct sock {
	void		*sk_user_data;
	void		(*sk_data_ready)(struct sock *sk);
	void		(*sk_write_space)(struct sock *sk);
	void		(*sk_state_change)(struct sock *sk);
	rwlock_t	sk_callback_lock;
	int		sk_state, sk_incoming_cpu, sk_rcvlowat;
	u32		sk_hash;
	gfp_t		sk_allocation;
	bool		owned, writeable, in_flight;
	struct socket	*sk_socket;
	struct tcp_sock	tcp;
};

#define tcp_sk(sk)		(&(sk)->tcp)

typedef int (*sk_read_actor_t)(read_descriptor_t *desc, struct sk_buff *skb,
			       unsigned int off, size_t len);

struct proto_ops {
	int	(*set_rcvlowat)(struct sock *sk, int val);
	int	(*read_sock)(struct sock *sk, read_descriptor_t *desc,
			     sk_read_actor_t actor);
};

struct socket {
	struct sock		*sk;
	const struct proto_ops	*ops;
	unsigned long		flags;
};

/* that of the kernel has an iterator */
struct shim_msghdr {
	int		msg_flags;
	struct iov_iter	msg_iter;
};

#define msghdr				shim_msghdr
#define MSG_SPLICE_PAGES		0x8000000
#define MSG_NO_SHARED_FRAGS		0x80000
#define SOCK_NOSPACE			2

#define rcu_dereference_sk_user_data(sk)	((sk)->sk_user_data)
#define rcu_assign_sk_user_data(sk, p)		((sk)->sk_user_data = (p))
#define sk_stream_is_writeable(sk)		((sk)->writeable)
#define tcp_rtx_and_write_queues_empty(sk)	(!(sk)->in_flight)
#define tcp_sock_set_nodelay(sk)		((void)(sk))
#define sock_no_linger(sk)			((void)(sk))
#define ktgt_sk_no_task_frag(sk)		((void)(sk))
#define MSEC_PER_SEC				1000
#define sock_set_keepalive(sk)			((void)(sk))
#define tcp_sock_set_keepidle(sk, n)		((void)(sk), (void)(n))
#define tcp_sock_set_keepintvl(sk, n)		((void)(sk), (void)(n))
#define tcp_sock_set_keepcnt(sk, n)		((void)(sk), (void)(n))
#define tcp_sock_set_user_timeout(sk, n)	((void)(sk), (void)(n))

static inline void lock_sock(struct sock *sk)
{
	might_sleep();
	require(!sk->owned);
	sk->owned = true;
}

static inline void release_sock(struct sock *sk)
{
	require(sk->owned);
	sk->owned = false;
}

/* to be had by a test */
int sock_sendmsg(struct socket *sock, struct shim_msghdr *msg);
int kernel_sock_shutdown(struct socket *sock, int how);
int kernel_getpeername(struct socket *sock, struct sockaddr *addr);
int kernel_getsockname(struct socket *sock, struct sockaddr *addr);
void sock_release(struct socket *sock);

/* --- the module ----------------------------------------------------------- */

struct module;

#define THIS_MODULE			((struct module *)0)
#define try_module_get(m)		((void)(m), true)
#define module_put(m)			((void)(m))

#endif /* _KTGT_FUZZ_SHIM_NET_H */
