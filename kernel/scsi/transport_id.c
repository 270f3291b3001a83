// SPDX-License-Identifier: GPL-2.0
/*
 * TransportIDs of iSCSI initiators (SPC-4, 7.6.4.6): of an initiator port, which is
 * the name and the ISID, or of an initiator with all of its ports.
 */
#include "transport_id.h"

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../core/name.h"

#define HEADER			4
#define NAME_MIN		20	/* with NULs */
#define FORMAT_MASK		0xc0
#define FORMAT_DEVICE		0x00
#define FORMAT_PORT		0x40
#define ISID_DIGITS		12

/**
 * ktgt_transport_id_put - write the TransportID of an initiator port
 * @port_name: in the form of &ktgt_nexus.port_name
 * @p: where to, KTGT_TRANSPORT_ID_MAX bytes
 *
 * Context: any.
 * Return: bytes written.
 */
u32 ktgt_transport_id_put(const char *port_name, u8 *p)
{
	u32 len = strlen(port_name);
	u32 padded = max_t(u32, round_up(len + 1, 4), NAME_MIN);

	p[0] = FORMAT_PORT | SCSI_PROTOCOL_ISCSI;
	p[1] = 0;
	put_unaligned_be16(padded, p + 2);
	memcpy(p + HEADER, port_name, len);
	memset(p + HEADER + len, 0, padded - len);
	return HEADER + padded;
}

/* The ISID has the digits that ktgt_nexus.port_name has, leading zeroes and all. */
static bool get_isid(const char *isid, char *to)
{
	u32 digits = strlen(isid), i;

	if (!digits || digits > ISID_DIGITS)
		return false;
	memset(to, '0', ISID_DIGITS);
	to += ISID_DIGITS - digits;
	for (i = 0; i < digits; i++) {
		if (!isxdigit(isid[i]))
			return false;
		to[i] = tolower(isid[i]);
	}
	to[digits] = '\0';
	return true;
}

/* @name ends with a NUL. */
static bool get_name(const char *name, struct ktgt_transport_id *id)
{
	const char *end = strstr(name, KTGT_ISID_SEPARATOR);
	size_t len = end ? end - name : strlen(name);

	if (id->is_port != !!end || !len || len >= KTGT_NAME_LEN ||
	    !ktgt_name_is_text(name, len))
		return false;
	ktgt_name_fold(id->name, len + 1, name);
	if (!end)
		return true;
	strscpy(id->name + len, KTGT_ISID_SEPARATOR, sizeof(id->name) - len);
	len += strlen(KTGT_ISID_SEPARATOR);
	return get_isid(end + strlen(KTGT_ISID_SEPARATOR), id->name + len);
}

/**
 * ktgt_port_name_get - read the name of an initiator port
 * @text: the name, as a TransportID has it
 * @id: takes it in the form of &ktgt_nexus.port_name
 *
 * Context: any.
 * Return: false if it is no such name.
 */
bool ktgt_port_name_get(const char *text, struct ktgt_transport_id *id)
{
	id->is_port = true;
	return get_name(text, id);
}

/**
 * ktgt_transport_id_get - read a TransportID
 * @p: where it begins
 * @left: bytes that there are
 * @id: what it says
 *
 * Context: any.
 * Return: 0; -EMSGSIZE if it does not end there; -EINVAL if it is none of iSCSI.
 */
int ktgt_transport_id_get(const u8 *p, u32 left, struct ktgt_transport_id *id)
{
	u32 len;

	static_assert(sizeof(id->name) > KTGT_NAME_LEN +
		      sizeof(KTGT_ISID_SEPARATOR) + ISID_DIGITS);

	if (left < HEADER)
		return -EMSGSIZE;
	len = get_unaligned_be16(p + 2);
	if (HEADER + len > left)
		return -EMSGSIZE;
	if ((p[0] & ~FORMAT_MASK) != SCSI_PROTOCOL_ISCSI ||
	    (p[0] & FORMAT_MASK) > FORMAT_PORT ||
	    len < NAME_MIN || len & 3 || p[HEADER + len - 1])
		return -EINVAL;
	id->len = HEADER + len;
	id->is_port = (p[0] & FORMAT_MASK) == FORMAT_PORT;
	return get_name((const char *)p + HEADER, id) ? 0 : -EINVAL;
}
