/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whose address it is that something comes from, for what each of them has a share
 * of.
 */
#ifndef _KTGT_CORE_PEER_H
#define _KTGT_CORE_PEER_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>

/**
 * ktgt_peer_ip - the part of an address that counts
 * @peer: AF_INET or AF_INET6; no socket has mapped addresses
 * @ip: takes it: an IPv4 address, mapped; of an IPv6 address its first 64 bits, since
 *	a host has all addresses that begin with them
 *
 * Context: any.
 */
static inline void ktgt_peer_ip(const struct sockaddr_storage *peer,
				struct in6_addr *ip)
{
	memset(ip, 0, sizeof(*ip));
	if (peer->ss_family == AF_INET6) {
		memcpy(ip, &((const struct sockaddr_in6 *)peer)->sin6_addr,
		       sizeof(*ip) / 2);
		return;
	}
	ip->s6_addr32[2] = htonl(0xffff);
	ip->s6_addr32[3] = ((const struct sockaddr_in *)peer)->sin_addr.s_addr;
}

#endif /* _KTGT_CORE_PEER_H */
