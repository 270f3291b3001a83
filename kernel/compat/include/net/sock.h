/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_NET_SOCK_H
#define _KTGT_COMPAT_NET_SOCK_H

#include <linux/version.h>
#include_next <net/sock.h>

/*
 * Without the field, sk_page_frag() looks at sk_allocation alone: what is not
 * GFP_KERNEL does not get the fragment of the current task.
 */
static inline void ktgt_sk_no_task_frag(struct sock *sk)
{
#ifdef KTGT_HAVE_SK_USE_TASK_FRAG
	sk->sk_use_task_frag = false;
#endif
}

/*
 * Before 6.5 pages are spliced into a socket by ->sendpage, one segment a
 * call. All calls of one message share the socket's lock.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/uio.h>

static inline int ktgt_compat_splice(struct socket *sock, struct msghdr *msg)
{
	int flags = msg->msg_flags & ~MSG_SPLICE_PAGES;
	const struct bio_vec *bv = msg->msg_iter.bvec;
	size_t left = iov_iter_count(&msg->msg_iter);
	size_t skip = msg->msg_iter.iov_offset;
	int sent = 0;
	int ret = 0;

	lock_sock(sock->sk);
	for (; left; bv++, skip = 0) {
		size_t len = min(bv->bv_len - skip, left);
		bool last = len == left;

		ret = kernel_sendpage_locked(sock->sk, bv->bv_page,
					     bv->bv_offset + skip, len,
					     last ? flags : flags | MSG_MORE |
					     MSG_SENDPAGE_NOTLAST);
		if (ret <= 0)
			break;
		sent += ret;
		left -= ret;
		if (ret < len)
			break;
	}
	release_sock(sock->sk);
	iov_iter_advance(&msg->msg_iter, sent);
	return sent ?: ret;
}

static inline int ktgt_compat_sock_sendmsg(struct socket *sock,
					   struct msghdr *msg)
{
	if (msg->msg_flags & MSG_SPLICE_PAGES)
		return ktgt_compat_splice(sock, msg);
	return sock_sendmsg(sock, msg);
}

#define sock_sendmsg ktgt_compat_sock_sendmsg
#endif

#endif /* _KTGT_COMPAT_NET_SOCK_H */
