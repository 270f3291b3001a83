/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KTGT_COMPAT_LINUX_TIMER_H
#define _KTGT_COMPAT_LINUX_TIMER_H

#include <linux/version.h>
#include_next <linux/timer.h>

#ifndef timer_container_of
#define timer_container_of(var, timer, field)	from_timer(var, timer, field)
#endif

#endif /* _KTGT_COMPAT_LINUX_TIMER_H */
