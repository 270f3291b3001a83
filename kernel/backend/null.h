/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A backend without storage.
 */
#ifndef _KTGT_BACKEND_NULL_H
#define _KTGT_BACKEND_NULL_H

struct ktgt_backend_ops;

extern const struct ktgt_backend_ops ktgt_backend_null_ops;

#endif /* _KTGT_BACKEND_NULL_H */
