/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_HEX_H
#define _KTGT_COMPAT_LINUX_HEX_H

#include <linux/version.h>

/* It was a part of linux/kernel.h before 6.4. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#include <linux/kernel.h>
#else
#include_next <linux/hex.h>
#endif

#endif /* _KTGT_COMPAT_LINUX_HEX_H */
