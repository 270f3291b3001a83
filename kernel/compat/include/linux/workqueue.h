/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_WORKQUEUE_H
#define _KTGT_COMPAT_LINUX_WORKQUEUE_H

#include <linux/version.h>
#include_next <linux/workqueue.h>

/* Per CPU is what a work queue is by default before 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#undef WQ_PERCPU
#define WQ_PERCPU	0
#endif

#endif /* _KTGT_COMPAT_LINUX_WORKQUEUE_H */
