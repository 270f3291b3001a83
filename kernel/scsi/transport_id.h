/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TransportIDs of iSCSI initiators (SPC-4, 7.6.4.6).
 */
#ifndef _KTGT_SCSI_TRANSPORT_ID_H
#define _KTGT_SCSI_TRANSPORT_ID_H

#include <linux/types.h>

#include "../core/target.h"

/* bytes of a TransportID, greatest: header, iSCSI name, separator, ISID, NULs */
#define KTGT_TRANSPORT_ID_MAX	(4 + KTGT_NAME_LEN + 20)
/* that in front of the ISID */
#define KTGT_ISID_SEPARATOR	",i,0x"

/**
 * struct ktgt_transport_id - a TransportID that was read
 * @len: bytes of it
 * @is_port: it names an initiator port, otherwise all ports of an initiator
 * @name: in the form of &ktgt_nexus.port_name, if @is_port; else an iSCSI name in
 *	lower case
 */
struct ktgt_transport_id {
	u32	len;
	bool	is_port;
	char	name[KTGT_NAME_LEN + 20];
};

bool ktgt_port_name_get(const char *text, struct ktgt_transport_id *id);
u32 ktgt_transport_id_put(const char *port_name, u8 *p);
int ktgt_transport_id_get(const u8 *p, u32 left, struct ktgt_transport_id *id);

#endif /* _KTGT_SCSI_TRANSPORT_ID_H */
