/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 6.3 an extack can only point to a text that stays where it is. The
 * answer is built soon after the text, so a ring of buffers will do:
 * if many are refused at the same time, one may get another's text, but never
 * one without an end, since the last byte of a buffer is never written.
 */
#ifndef _KTGT_COMPAT_LINUX_NETLINK_H
#define _KTGT_COMPAT_LINUX_NETLINK_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include_next <linux/netlink.h>

#ifndef NL_SET_ERR_MSG_FMT
#define KTGT_EXTACK_BUFFERS	8
#define KTGT_EXTACK_SIZE		80	/* as NETLINK_MAX_FMTMSG_LEN */

#define NL_SET_ERR_MSG_FMT(extack, fmt, args...) do {			\
	static char __ring[KTGT_EXTACK_BUFFERS][KTGT_EXTACK_SIZE];	\
	struct netlink_ext_ack *__extack = (extack);			\
	static atomic_t __next;						\
	char *__buf;							\
									\
	if (!__extack)							\
		break;							\
	__buf = __ring[(unsigned int)atomic_inc_return(&__next) %	\
		       KTGT_EXTACK_BUFFERS];				\
	snprintf(__buf, KTGT_EXTACK_SIZE, fmt, ##args);			\
	__extack->_msg = __buf;						\
} while (0)
#define NL_SET_ERR_MSG_FMT_MOD(extack, fmt, args...)			\
	NL_SET_ERR_MSG_FMT(extack, KBUILD_MODNAME ": " fmt, ##args)
#endif

#endif /* _KTGT_COMPAT_LINUX_NETLINK_H */
