/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Target ports. With iSCSI a target port is a target together with one of its portal
 * groups (RFC 7143, 4.4.1). So the tag of the portal group says which port of a target
 * it is, and it is the relative target port identifier as well (SPC-4, 7.8.6.7).
 */
#ifndef _KTGT_CORE_PORT_H
#define _KTGT_CORE_PORT_H

#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/ktgt.h>

/* portal group tags that a namespace may have, and that a list may name */
#define KTGT_PORTS_MAX	32

/**
 * struct ktgt_ports - some target ports
 * @rcu: frees it, if it is replaced as a whole
 * @nr: length of @tag
 * @tag: portal group tags, each once
 */
struct ktgt_ports {
	struct rcu_head	rcu;
	unsigned int	nr;
	u16		tag[KTGT_PORTS_MAX];
};

/**
 * ktgt_ports_has - whether a target port is among some
 * @ports: target ports
 * @tag: portal group tag
 *
 * Context: any.
 * Return: true if it is.
 */
static inline bool ktgt_ports_has(const struct ktgt_ports *ports, u16 tag)
{
	unsigned int i;

	for (i = 0; i < ports->nr; i++)
		if (ports->tag[i] == tag)
			return true;
	return false;
}

bool ktgt_ports_add(struct ktgt_ports *ports, u16 tag);
int ktgt_ports_parse(const char *text, struct ktgt_ports *ports);
void ktgt_ports_print(const struct ktgt_ports *ports, char *text);

#endif /* _KTGT_CORE_PORT_H */
