/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in for a device that is not there.
 */
#ifndef _KTGT_BACKEND_ABSENT_H
#define _KTGT_BACKEND_ABSENT_H

struct ktgt_backend;

extern struct ktgt_backend ktgt_backend_absent;

#endif /* _KTGT_BACKEND_ABSENT_H */
