/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in for a device that is not there.
 */
#ifndef _KTGT_BACKEND_ABSENT_H
#define _KTGT_BACKEND_ABSENT_H

struct ktgt_backend_ops;

extern const struct ktgt_backend_ops ktgt_backend_absent_ops;

#endif /* _KTGT_BACKEND_ABSENT_H */
