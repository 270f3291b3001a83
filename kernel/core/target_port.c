// SPDX-License-Identifier: GPL-2.0
/*
 * Which target ports a target has.
 */
#include "target_port.h"

#include <linux/kernel.h>
#include <linux/rculist.h>

#include "net.h"
#include "port.h"
#include "target.h"

/**
 * ktgt_target_ports - the target ports that a target has
 * @target: the target
 * @ports: takes them, the lowest tag first
 *
 * These are the portal groups of its namespace, or those of them that it is bound to.
 *
 * Context: any.
 */
void ktgt_target_ports(const struct ktgt_target *target, struct ktgt_ports *ports)
{
	const struct ktgt_portal *portal;
	unsigned int i;
	u16 tag;

	ports->nr = 0;
	rcu_read_lock();
	list_for_each_entry_rcu(portal, &target->kn->portals, node) {
		tag = READ_ONCE(portal->tpgt);
		if (!ktgt_target_has_port(target, tag) ||
		    ktgt_ports_has(ports, tag) || !ktgt_ports_add(ports, tag))
			continue;
		for (i = ports->nr - 1; i && ports->tag[i - 1] > tag; i--)
			swap(ports->tag[i - 1], ports->tag[i]);
	}
	rcu_read_unlock();
}
