/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Freezing logical units: sockets that close.
 */
#ifndef _KTGT_NL_FREEZE_H
#define _KTGT_NL_FREEZE_H

int ktgt_nl_freeze_init(void);
void ktgt_nl_freeze_exit(void);

#endif /* _KTGT_NL_FREEZE_H */
