/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events, for sockets that have joined a multicast group.
 */
#ifndef _KTGT_NL_EVENT_H
#define _KTGT_NL_EVENT_H

void ktgt_nl_event_init(void);
void ktgt_nl_event_exit(void);

#endif /* _KTGT_NL_EVENT_H */
