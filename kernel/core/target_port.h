/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which target ports a target has.
 */
#ifndef _KTGT_CORE_TARGET_PORT_H
#define _KTGT_CORE_TARGET_PORT_H

struct ktgt_ports;
struct ktgt_target;

void ktgt_target_ports(const struct ktgt_target *target,
		       struct ktgt_ports *ports);

#endif /* _KTGT_CORE_TARGET_PORT_H */
