/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_UNALIGNED_H
#define _KTGT_COMPAT_LINUX_UNALIGNED_H

#include <linux/version.h>

/* It was asm/unaligned.h before 6.12. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include_next <linux/unaligned.h>
#endif

#endif /* _KTGT_COMPAT_LINUX_UNALIGNED_H */
