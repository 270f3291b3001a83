// SPDX-License-Identifier: GPL-2.0
/*
 * Listening sockets.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "listen.h"

#include <linux/in6.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../core/net.h"
#include "../core/refuse.h"
#include "tcp.h"

#define LISTEN_BACKLOG	512
/* when to try again to accept, after there was no memory */
#define ACCEPT_RETRY	(HZ / 10)

/**
 * struct ktgt_listener - the listening socket of a portal
 * @portal: the portal
 * @sock: the socket
 * @data_ready: the socket's own callback
 * @work: accepts connections
 * @enabled: connections are accepted
 */
struct ktgt_listener {
	struct ktgt_portal	*portal;
	struct socket		*sock;
	void			(*data_ready)(struct sock *sk);
	struct delayed_work	work;
	bool			enabled;
};

static struct workqueue_struct *ktgt_listen_wq;

static void listen_accept_work(struct work_struct *work)
{
	struct ktgt_listener *l = container_of(to_delayed_work(work),
					       struct ktgt_listener, work);
	struct socket *sock;
	int ret;

	if (!READ_ONCE(l->enabled))
		return;
	while (!(ret = kernel_accept(l->sock, &sock, O_NONBLOCK))) {
		/* the new socket has inherited the callback of the listener */
		write_lock_bh(&sock->sk->sk_callback_lock);
		sock->sk->sk_data_ready = l->data_ready;
		write_unlock_bh(&sock->sk->sk_callback_lock);
		ktgt_tcp_accept(l->portal, sock);
		cond_resched();
	}
	/* a connection that already waits causes no new callback */
	if (ret == -ENOMEM)
		queue_delayed_work(ktgt_listen_wq, &l->work, ACCEPT_RETRY);
}

/* A socket that is not accepted yet has this callback, but no user data. */
static void listen_data_ready(struct sock *sk)
{
	struct ktgt_listener *l;

	rcu_read_lock();
	l = rcu_dereference_sk_user_data(sk);
	if (l && sk->sk_state == TCP_LISTEN)
		queue_delayed_work(ktgt_listen_wq, &l->work, 0);
	rcu_read_unlock();
}

static const char *listen_fault(int err)
{
	switch (err) {
	case -EAFNOSUPPORT:
		return "this kernel has no IPv6";
	case -EADDRINUSE:
		return "the port is in use";
	case -EADDRNOTAVAIL:
		return "this machine does not have the address";
	case -EINVAL:
		return "a link-local address is not supported";
	case -ENOMEM:
	case -ENOBUFS:
	case -ENFILE:	/* the kernel had no memory for a socket */
		return "out of memory";
	default:
		return "the kernel refuses to listen";
	}
}

static int listen_bind(struct ktgt_listener *l)
{
	struct sockaddr_storage *addr = &l->portal->addr;
	struct sock *sk = l->sock->sk;
	int ret;

	sock_set_reuseaddr(sk);
	/* IPv4 needs its own portal */
	if (addr->ss_family == AF_INET6)
		ip6_sock_set_v6only(sk);
	ret = kernel_bind(l->sock, (struct sockaddr_unsized *)addr,
			  addr->ss_family == AF_INET6 ?
			  sizeof(struct sockaddr_in6) :
			  sizeof(struct sockaddr_in));
	if (ret)
		return ret;

	write_lock_bh(&sk->sk_callback_lock);
	l->data_ready = sk->sk_data_ready;
	__rcu_assign_sk_user_data_with_flags(sk, l, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = listen_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	return kernel_listen(l->sock, LISTEN_BACKLOG);
}

static void listen_free(struct ktgt_listener *l)
{
	struct sock *sk = l->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	if (l->data_ready)
		sk->sk_data_ready = l->data_ready;
	rcu_assign_sk_user_data(sk, NULL);
	write_unlock_bh(&sk->sk_callback_lock);
	synchronize_rcu(); /* no callback queues the work any more */
	cancel_delayed_work_sync(&l->work);
	sock_release(l->sock);
	kfree(l);
}

/**
 * ktgt_listen_start - bind and listen; nothing is accepted yet
 * @portal: the portal; @addr is set
 * @extack: takes the reason of a failure
 *
 * Context: process context, may sleep.
 * Return: 0 or a negative errno.
 */
int ktgt_listen_start(struct ktgt_portal *portal,
		      struct netlink_ext_ack *extack)
{
	struct ktgt_listener *l = kzalloc_obj(*l, GFP_KERNEL);
	int ret;

	if (!l)
		return -ENOMEM;
	l->portal = portal;
	INIT_DELAYED_WORK(&l->work, listen_accept_work);
	ret = sock_create_kern(portal->kn->net, portal->addr.ss_family,
			       SOCK_STREAM, IPPROTO_TCP, &l->sock);
	if (ret) {
		kfree(l);
		goto err_say;
	}
	ret = listen_bind(l);
	if (ret) {
		listen_free(l);
		goto err_say;
	}
	portal->listener = l;
	return 0;

err_say:
	ktgt_refuse(extack, "portal %pISpc: %s", &portal->addr,
		    listen_fault(ret));
	return ret;
}

/**
 * ktgt_listen_enable - start to accept connections, including those that wait
 * @portal: the portal, listening
 *
 * Context: any.
 */
void ktgt_listen_enable(struct ktgt_portal *portal)
{
	struct ktgt_listener *l = portal->listener;

	WRITE_ONCE(l->enabled, true);
	queue_delayed_work(ktgt_listen_wq, &l->work, 0);
}

/**
 * ktgt_listen_stop - stop listening
 * @portal: the portal; connections that were accepted stay
 *
 * Context: process context, may sleep; does not wait for any peer.
 */
void ktgt_listen_stop(struct ktgt_portal *portal)
{
	struct ktgt_listener *l = portal->listener;

	portal->listener = NULL;
	if (l)
		listen_free(l);
}

/**
 * ktgt_listen_init - make the work queue
 *
 * Context: module init.
 * Return: 0 or -ENOMEM.
 */
int ktgt_listen_init(void)
{
	/* on the processor that the network stack delivers to, as tcp.c says */
	ktgt_listen_wq = alloc_workqueue("ktgt-listen", WQ_PERCPU, 0);
	return ktgt_listen_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_listen_exit - free the work queue
 *
 * Context: module exit; no portal is left.
 */
void ktgt_listen_exit(void)
{
	destroy_workqueue(ktgt_listen_wq);
}
