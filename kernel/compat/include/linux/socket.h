/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_SOCKET_H
#define _KTGT_COMPAT_LINUX_SOCKET_H

#include <linux/version.h>
#include_next <linux/socket.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define sockaddr_unsized	sockaddr
#endif

/* 6.1 knows the name in its later releases only, and the meaning in none. */
#ifndef MSG_SPLICE_PAGES
#define MSG_SPLICE_PAGES	0x8000000
#endif

#endif /* _KTGT_COMPAT_LINUX_SOCKET_H */
