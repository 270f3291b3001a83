/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_SLAB_H
#define _KTGT_COMPAT_LINUX_SLAB_H

#include_next <linux/slab.h>

#ifndef kzalloc_obj	/* before 7.0 */
#define kzalloc_obj(P, gfp)	((typeof(P) *)kzalloc(sizeof(P), gfp))
#endif

#endif /* _KTGT_COMPAT_LINUX_SLAB_H */
