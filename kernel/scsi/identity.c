// SPDX-License-Identifier: GPL-2.0
/*
 * What initiators know a logical unit by: whether what was given can be, and what
 * holds where nothing was.
 *
 * Defaults are made from the name of the target and the LUN. They are the same
 * after a restart, on every node, and whatever the order in which targets are
 * made; and two logical units have never the same.
 */
#include "identity.h"

#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/siphash.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../core/name.h"
#include "../core/refuse.h"
#include "../core/target.h"

/* NAA, the first digit of the identifier (SPC-4, 7.8.6.6). */
#define NAA_EXTENDED	2
#define NAA_LOCAL	3
#define NAA_REGISTERED	5
#define NAA_REG_EXT	6
#define NAA_SHIFT	60
#define OUI_SHIFT	36

/* fixed, so that names come out the same on every machine */
static const siphash_key_t high_key = {
	{ 0x6b746774206e6136ULL, 0x7665727920756e69ULL }
};

static const siphash_key_t low_key = {
	{ 0x6b746774206e6161ULL, 0x6c6f67696320756eULL }
};

/* Disks stay the same, in whatever case the name of their target is written. */
static u64 hash(const struct ktgt_identity_seed *seed, const siphash_key_t *key)
{
	char target[KTGT_NAME_LEN];
	u64 name;

	ktgt_name_fold(target, sizeof(target), seed->target);
	name = siphash(target, strlen(target), key);
	return siphash_2u64(name, seed->lun, key);
}

/* Company, 36 bits that it assigns, and 64 bits of its extension. */
static void derive_naa(struct ktgt_id *naa,
		       const struct ktgt_identity_seed *seed)
{
	u64 high = hash(seed, &high_key) & GENMASK_ULL(OUI_SHIFT - 1, 0);

	high |= (u64)NAA_REG_EXT << NAA_SHIFT;
	high |= (u64)seed->oui << OUI_SHIFT;
	put_unaligned_be64(high, naa->byte);
	put_unaligned_be64(hash(seed, &low_key), naa->byte + 8);
	naa->len = 16;
}

/*
 * It says the same as the NAA identifier, because Linux takes the name for the
 * identity of a disk (scsi_vpd_lun_id()), and others take the identifier.
 */
static void derive_name(struct ktgt_identity *identity)
{
	const struct ktgt_id *naa = &identity->naa;
	char *name = identity->scsi_name;
	size_t size = sizeof(identity->scsi_name);

	if (naa->len == 8)
		snprintf(name, size, "naa.%016llx",
			 get_unaligned_be64(naa->byte));
	else
		snprintf(name, size, "naa.%016llx%016llx",
			 get_unaligned_be64(naa->byte),
			 get_unaligned_be64(naa->byte + 8));
}

static void fill_text(char *to, size_t size, const char *otherwise)
{
	if (!*to)
		strscpy(to, otherwise, size);
}

static u32 what_is_given(const struct ktgt_identity *identity)
{
	return (*identity->scsi_id ? KTGT_LU_GIVEN_SCSI_ID : 0) |
	       (*identity->serial ? KTGT_LU_GIVEN_SERIAL : 0) |
	       (*identity->vendor ? KTGT_LU_GIVEN_VENDOR : 0) |
	       (*identity->product ? KTGT_LU_GIVEN_PRODUCT : 0) |
	       (*identity->revision ? KTGT_LU_GIVEN_REVISION : 0) |
	       (identity->naa.len ? KTGT_LU_GIVEN_NAA : 0) |
	       (*identity->scsi_name ? KTGT_LU_GIVEN_SCSI_NAME : 0);
}

/**
 * ktgt_identity_set_naa - take an NAA identifier of 8 bytes
 * @identity: takes it
 * @naa: the identifier; 0 for the default; if its first digit is 0, it is
 *	locally assigned
 *
 * Context: any.
 */
void ktgt_identity_set_naa(struct ktgt_identity *identity, u64 naa)
{
	if (!naa)
		return;
	if (!(naa >> NAA_SHIFT))
		naa |= (u64)NAA_LOCAL << NAA_SHIFT;
	put_unaligned_be64(naa, identity->naa.byte);
	identity->naa.len = 8;
}

static void fill_defaults(struct ktgt_identity *identity,
			  const struct ktgt_identity_seed *seed)
{
	char text[KTGT_SCSI_ID_MAX + 1];
	u64 low = hash(seed, &low_key);

	if (!identity->naa.len)
		derive_naa(&identity->naa, seed);
	if (!*identity->scsi_name)
		derive_name(identity);
	snprintf(text, sizeof(text), "IET     %016llx", low);
	fill_text(identity->scsi_id, sizeof(identity->scsi_id), text);
	snprintf(text, sizeof(text), "%016llx", low);
	fill_text(identity->serial, sizeof(identity->serial), text);
	fill_text(identity->vendor, sizeof(identity->vendor), "IET");
	fill_text(identity->product, sizeof(identity->product),
		  seed->disk ? "VIRTUAL-DISK" : "Controller");
	fill_text(identity->revision, sizeof(identity->revision), "0001");
}

/**
 * ktgt_identity_fill - fill in what was not given
 * @identity: what was given, for which ktgt_identity_check() succeeded
 * @seed: what defaults are made from
 *
 * Context: any.
 */
void ktgt_identity_fill(struct ktgt_identity *identity,
			const struct ktgt_identity_seed *seed)
{
	identity->given = what_is_given(identity);
	fill_defaults(identity, seed);
}

/**
 * struct identity_row - a name that can be changed
 * @attr: KTGT_A_LU_*
 * @given: bit of enum ktgt_lu_given, or 0
 * @at: where it is in struct ktgt_identity; its first byte is 0 if it is not given
 * @size: bytes
 */
struct identity_row {
	u16	attr;
	u16	given;
	u16	at;
	u16	size;
};

#define AT(member)	offsetof(struct ktgt_identity, member)
#define SIZE(member)	sizeof_field(struct ktgt_identity, member)

static const struct identity_row identity_rows[] = {
	{ KTGT_A_LU_SCSI_ID, KTGT_LU_GIVEN_SCSI_ID,
	  AT(scsi_id), SIZE(scsi_id) },
	{ KTGT_A_LU_SERIAL, KTGT_LU_GIVEN_SERIAL, AT(serial), SIZE(serial) },
	{ KTGT_A_LU_VENDOR, KTGT_LU_GIVEN_VENDOR, AT(vendor), SIZE(vendor) },
	{ KTGT_A_LU_PRODUCT, KTGT_LU_GIVEN_PRODUCT,
	  AT(product), SIZE(product) },
	{ KTGT_A_LU_REVISION, KTGT_LU_GIVEN_REVISION,
	  AT(revision), SIZE(revision) },
	{ KTGT_A_LU_NAA_ID, KTGT_LU_GIVEN_NAA, AT(naa), SIZE(naa) },
	{ KTGT_A_LU_EUI, 0, AT(eui), SIZE(eui) },
	{ KTGT_A_LU_UUID, 0, AT(uuid), SIZE(uuid) },
	{ KTGT_A_LU_SCSI_NAME, KTGT_LU_GIVEN_SCSI_NAME,
	  AT(scsi_name), SIZE(scsi_name) },
};

/**
 * ktgt_identity_change - change some names
 * @identity: all names, as they are
 * @to: what some of them are to be; one that is empty is to be the default, for
 *	which ktgt_identity_check() succeeded
 * @has: bits of KTGT_A_LU_*: which of @to
 * @seed: what defaults are made from. Those that are there stay, although the
 *	company identifier may have changed
 *
 * Context: any.
 */
void ktgt_identity_change(struct ktgt_identity *identity,
			  const struct ktgt_identity *to, u64 has,
			  const struct ktgt_identity_seed *seed)
{
	const struct identity_row *row;
	u32 given = identity->given;
	const u8 *from;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(identity_rows); i++) {
		row = &identity_rows[i];
		if (!(has & BIT_ULL(row->attr)))
			continue;
		from = (const u8 *)to + row->at;
		memcpy((u8 *)identity + row->at, from, row->size);
		given &= ~row->given;
		if (*from)
			given |= row->given;
	}
	/* it may be made from another NAA identifier now */
	if (!(given & KTGT_LU_GIVEN_SCSI_NAME))
		memset(identity->scsi_name, 0, sizeof(identity->scsi_name));
	fill_defaults(identity, seed);
	identity->given = given;
}

static bool is_same_id(const struct ktgt_id *one, const struct ktgt_id *other)
{
	return one->len == other->len &&
	       !memcmp(one->byte, other->byte, one->len);
}

/**
 * ktgt_identity_is_same_disk - whether initiators take both for the same disk
 * @one: names
 * @other: names
 *
 * Whatever one of them goes by is the same; the vendor, the product and the
 * revision only describe the disk.
 *
 * Context: any.
 * Return: true if they do.
 */
bool ktgt_identity_is_same_disk(const struct ktgt_identity *one,
				const struct ktgt_identity *other)
{
	return is_same_id(&one->naa, &other->naa) &&
	       is_same_id(&one->eui, &other->eui) &&
	       is_same_id(&one->uuid, &other->uuid) &&
	       !strcmp(one->serial, other->serial) &&
	       !strcmp(one->scsi_id, other->scsi_id) &&
	       !strcmp(one->scsi_name, other->scsi_name);
}

/* The standard wants ASCII (SPC-4, 4.3.1). */
static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static int check_texts(const struct ktgt_identity *identity, u32 lun,
		       struct netlink_ext_ack *extack)
{
	const struct {
		const char	*name;
		const char	*text;
	} texts[] = {
		{ "scsi-id", identity->scsi_id },
		{ "serial", identity->serial },
		{ "vendor", identity->vendor },
		{ "product", identity->product },
		{ "revision", identity->revision },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		if (is_printable(texts[i].text))
			continue;
		ktgt_refuse(extack,
			    "LUN %u: %s has a character that is not printable ASCII; use 20h to 7Eh",
			    lun, texts[i].name);
		return -EINVAL;
	}
	return 0;
}

static bool naa_is_valid(const struct ktgt_id *naa)
{
	switch (naa->byte[0] >> 4) {
	case NAA_EXTENDED:
	case NAA_LOCAL:
	case NAA_REGISTERED:
		return naa->len == 8;
	case NAA_REG_EXT:
		return naa->len == 16;
	default:
		return false;
	}
}

static int check_ids(const struct ktgt_identity *identity, u32 lun,
		     struct netlink_ext_ack *extack)
{
	const struct ktgt_id *naa = &identity->naa;
	u8 eui_len = identity->eui.len;

	if (naa->len && !naa_is_valid(naa)) {
		ktgt_refuse(extack,
			    "LUN %u: naa %*phN: must be 16 hexadecimal digits of which the first is 2, 3 or 5, or 32 of which the first is 6",
			    lun, naa->len, naa->byte);
		return -EINVAL;
	}
	if (eui_len && eui_len != 8 && eui_len != 12 && eui_len != 16) {
		ktgt_refuse(extack,
			    "LUN %u: eui %*phN: must be 16, 24 or 32 hexadecimal digits",
			    lun, eui_len, identity->eui.byte);
		return -EINVAL;
	}
	return 0;
}

static bool are_digits(const char *text)
{
	for (; *text; text++)
		if (!isxdigit(*text))
			return false;
	return true;
}

/* SPC-4, 7.8.6.11. */
static bool name_is_valid(const char *name)
{
	size_t digits = strlen(name) - min_t(size_t, strlen(name), 4);

	if (!strncmp(name, "iqn.", 4))
		return digits && !strchr(name, ' ') &&
		       ktgt_name_is_text(name, strlen(name));
	if (!strncmp(name, "naa.", 4))
		return (digits == 16 || digits == 32) && are_digits(name + 4);
	if (!strncmp(name, "eui.", 4))
		return (digits == 16 || digits == 24 || digits == 32) &&
		       are_digits(name + 4);
	return false;
}

/**
 * ktgt_identity_check - whether what was given can be an identity
 * @identity: what was given
 * @lun: logical unit number, for the text
 * @extack: gets the reason of a refusal
 *
 * Context: process, may sleep.
 * Return: 0 or -EINVAL.
 */
int ktgt_identity_check(const struct ktgt_identity *identity, u32 lun,
			struct netlink_ext_ack *extack)
{
	const char *name = identity->scsi_name;
	int err;

	err = check_texts(identity, lun, extack);
	if (!err)
		err = check_ids(identity, lun, extack);
	if (err)
		return err;
	if (*name && !name_is_valid(name)) {
		ktgt_refuse(extack,
			    "LUN %u: scsi-name %s: must be iqn. and a name, naa. and 16 or 32 hexadecimal digits, or eui. and 16, 24 or 32",
			    lun, name);
		return -EINVAL;
	}
	return 0;
}

/**
 * ktgt_identity_check_medium - whether it is the right disk
 * @medium: identity of the disk that belongs behind the logical unit; NULL or ""
 *	if any may be there
 * @found: identity of the one that is there; NULL or "" if it has none
 * @lun: logical unit number, for the text
 * @extack: gets the reason of a refusal, with both
 *
 * A disk without an identity is not the one that had one.
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL if one of them is no text, -EMEDIUMTYPE.
 */
int ktgt_identity_check_medium(const char *medium, const char *found, u32 lun,
			       struct netlink_ext_ack *extack)
{
	if (!medium)
		medium = "";
	if (!found)
		found = "";
	if (!is_printable(medium) || !is_printable(found)) {
		ktgt_refuse(extack,
			    "LUN %u: the identity of the medium has a character that is not printable ASCII; use 20h to 7Eh",
			    lun);
		return -EINVAL;
	}
	if (!*medium || !strcmp(medium, found))
		return 0;
	ktgt_refuse(extack,
		    "LUN %u: the disk is %s, and not %s, which belongs there; connect that one, or add force",
		    lun, *found ? found : "one without an identity", medium);
	return -EMEDIUMTYPE;
}
