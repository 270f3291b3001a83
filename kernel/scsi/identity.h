/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What initiators know a logical unit by.
 */
#ifndef _KTGT_SCSI_IDENTITY_H
#define _KTGT_SCSI_IDENTITY_H

#include <linux/types.h>

#include <linux/ktgt.h>

struct netlink_ext_ack;

#define KTGT_SCSI_ID_MAX	24
#define KTGT_ID_MAX		16

/**
 * struct ktgt_id - an identifier of a company or of this target
 * @len: bytes, 0 if there is none
 * @byte: the identifier
 */
struct ktgt_id {
	u8	len;
	u8	byte[KTGT_ID_MAX];
};

/**
 * struct ktgt_identity - what INQUIRY and its pages 80h and 83h tell
 * @given: enum ktgt_lu_given, what is no default; set by ktgt_identity_fill()
 * @scsi_id: T10 vendor ID based designator
 * @serial: unit serial number, blanks included
 * @vendor: T10 vendor identification
 * @product: product identification
 * @revision: product revision level
 * @naa: NAA identifier
 * @eui: EUI-64 based identifier, if there is one
 * @uuid: UUID, if there is one
 * @scsi_name: SCSI name string
 */
struct ktgt_identity {
	u32		given;
	char		scsi_id[KTGT_SCSI_ID_MAX + 1];
	char		serial[KTGT_SERIAL_MAX + 1];
	char		vendor[8 + 1];
	char		product[16 + 1];
	char		revision[4 + 1];
	struct ktgt_id	naa;
	struct ktgt_id	eui;
	struct ktgt_id	uuid;
	char		scsi_name[KTGT_SCSI_NAME_MAX + 1];
};

/**
 * struct ktgt_identity_seed - what defaults are made from
 * @target: name of the target; its case makes no difference
 * @lun: logical unit number
 * @oui: company identifier, 24 bits
 * @disk: a disk, and not a controller
 */
struct ktgt_identity_seed {
	const char	*target;
	u32		lun;
	u32		oui;
	bool		disk;
};

void ktgt_identity_set_naa(struct ktgt_identity *identity, u64 naa);
void ktgt_identity_fill(struct ktgt_identity *identity,
			const struct ktgt_identity_seed *seed);
void ktgt_identity_change(struct ktgt_identity *identity,
			  const struct ktgt_identity *to, u64 has,
			  const struct ktgt_identity_seed *seed);
bool ktgt_identity_is_same_disk(const struct ktgt_identity *one,
				const struct ktgt_identity *other);
int ktgt_identity_check(const struct ktgt_identity *identity, u32 lun,
			struct netlink_ext_ack *extack);

int ktgt_identity_check_medium(const char *medium, const char *found, u32 lun,
			       struct netlink_ext_ack *extack);

#endif /* _KTGT_SCSI_IDENTITY_H */
