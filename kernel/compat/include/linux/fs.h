/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_FS_H
#define _KTGT_COMPAT_LINUX_FS_H

#include_next <linux/fs.h>

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
/* Before, a file that was found could not become another one. */
static inline struct file *ktgt_compat_get_file_active(struct file **f)
{
	return get_file_rcu(*f) ? *f : NULL;
}

#define get_file_active ktgt_compat_get_file_active
#endif

#endif /* _KTGT_COMPAT_LINUX_FS_H */
