// SPDX-License-Identifier: GPL-2.0
/*
 * Vital product data (SPC-4, 7.8, and SBC-4, 6.6).
 */
#include "vpd.h"

#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include <scsi/scsi_proto.h>

#include "../backend/backend.h"
#include "../core/cmd.h"
#include "../core/fabric.h"
#include "../core/name.h"
#include "../core/target.h"
#include "../core/target_port.h"
#include "copy_list.h"
#include "data.h"
#include "group.h"
#include "lu.h"
#include "sense.h"

#define VPD_HEADER		4
#define VPD_MAX			1020

/* Designation descriptors, SPC-4, 7.8.6.1. */
#define CODE_BINARY		1
#define CODE_ASCII		2
#define CODE_UTF8		3
#define PROTOCOL_ISCSI		(SCSI_PROTOCOL_ISCSI << 4)
#define PIV			0x80
#define ASSOC_LU		0x00
#define ASSOC_PORT		0x10
#define ASSOC_DEVICE		0x20
#define DESIG_T10		1
#define DESIG_EUI		2
#define DESIG_NAA		3
#define DESIG_PORT		4
#define DESIG_PORT_GROUP	5
#define DESIG_NAME		8
#define DESIG_UUID		10
#define UUID_TYPE		0x10
#define NAME_MAX_LEN		252	/* with NULs; a multiple of 4 below 256 */
/* the names of a logical unit: of type 3, 2, 10, 1 and 8 */
#define LU_NAMES_LEN		(5 * 4 + 2 * KTGT_ID_MAX + 2 + KTGT_ID_MAX + \
				 KTGT_SCSI_ID_MAX + NAME_MAX_LEN)

/* Third-party copy descriptors, SPC-4, 7.8.17.3. */
#define COPY_COMMANDS		0x0001
#define COPY_PARAMETERS		0x0004
#define COPY_TYPES		0x0008
#define COPY_CSCD_IDS		0x000c
#define COPY_OPERATIONS		0x8001

/**
 * struct vpd_page - a page of vital product data
 * @code: page code
 * @disk: disks have it, the controller has not
 * @fill: writes what follows the header into zeroes, returns its bytes
 * @fill_ports: the same, if it depends on the I_T nexus too, and has more room:
 *	KTGT_VPD_PORTS_MAX bytes with the header
 */
struct vpd_page {
	u8	code;
	bool	disk;
	u32	(*fill)(const struct ktgt_lu *lu, u8 *p);
	u32	(*fill_ports)(const struct ktgt_cmd *cmd, u8 *p);
};

static u32 fill_supported(const struct ktgt_lu *lu, u8 *p);

static u32 fill_serial(const struct ktgt_lu *lu, u8 *p)
{
	const char *serial;
	u32 len;

	rcu_read_lock();
	serial = rcu_dereference(lu->identity)->serial;
	len = strlen(serial);
	memcpy(p, serial, len);
	rcu_read_unlock();
	return len;
}

static u8 *put_designator(u8 *p, u8 code, u8 type, const void *from, u8 len)
{
	p[0] = code;
	p[1] = type;
	p[3] = len;
	memcpy(p + 4, from, len);
	return p + 4 + len;
}

/* A SCSI name string ends with a NUL, and is padded with more of them. */
static u8 *put_name(u8 *p, u8 code, u8 type, const char *name)
{
	u32 len = strlen(name);
	u32 padded = round_up(len + 1, 4);

	put_designator(p, code, type, name, len);
	memset(p + 4 + len, 0, padded - len);
	p[3] = padded;
	return p + 4 + padded;
}

static u8 *put_uuid(u8 *p, const struct ktgt_id *uuid)
{
	u8 designator[2 + KTGT_ID_MAX] = { UUID_TYPE };

	memcpy(designator + 2, uuid->byte, uuid->len);
	return put_designator(p, CODE_BINARY, ASSOC_LU | DESIG_UUID, designator,
			      sizeof(designator));
}

/*
 * The names of the logical unit. The NAA identifier comes first, for those who
 * take the first one that they understand: ESXi wants one of type 2, 5 or 6,
 * udev's scsi_id and multipath prefer type 6 to all others.
 */
static u8 *put_lu_names(const struct ktgt_identity *identity, u8 *p)
{
	p = put_designator(p, CODE_BINARY, ASSOC_LU | DESIG_NAA,
			   identity->naa.byte, identity->naa.len);
	if (identity->eui.len)
		p = put_designator(p, CODE_BINARY, ASSOC_LU | DESIG_EUI,
				   identity->eui.byte, identity->eui.len);
	if (identity->uuid.len)
		p = put_uuid(p, &identity->uuid);
	p = put_designator(p, CODE_ASCII, ASSOC_LU | DESIG_T10,
			   identity->scsi_id, strlen(identity->scsi_id));
	return put_name(p, CODE_UTF8, ASSOC_LU | DESIG_NAME,
			identity->scsi_name);
}

/**
 * ktgt_vpd_has_name - whether a logical unit has a name, as page 83h tells it
 * @lu: logical unit, referenced or published
 * @name: a designation descriptor (SPC-4, 7.8.6.1), whole
 *
 * Context: any.
 * Return: true if it is one of its names, and not one of its target.
 */
bool ktgt_vpd_has_name(const struct ktgt_lu *lu, const u8 *name)
{
	u8 names[LU_NAMES_LEN];
	const u8 *p = names, *end;
	bool found = false;

	rcu_read_lock();
	end = put_lu_names(rcu_dereference(lu->identity), names);
	rcu_read_unlock();
	for (; p < end && !found; p += 4 + p[3])
		found = p[0] == name[0] && p[1] == name[1] && p[3] == name[3] &&
			!memcmp(p + 4, name + 4, p[3]);
	return found;
}

/*
 * The name of the target is in lower case here, since initiators compare the bytes
 * (SPC-4, 7.8.6.11), and nodes of a cluster may write it differently.
 */
static u8 *put_port_name(const struct ktgt_lu *lu, u16 port, u8 *p)
{
	char target[KTGT_NAME_LEN];
	char name[NAME_MAX_LEN];

	ktgt_name_fold(target, sizeof(target), lu->target->name);
	snprintf(name, sizeof(name), "%s,t,0x%04x", target, port);
	return put_name(p, PROTOCOL_ISCSI | CODE_UTF8,
			PIV | ASSOC_PORT | DESIG_NAME, name);
}

/* Of the port by which the command has come. */
static u8 *put_port_names(const struct ktgt_cmd *cmd, u8 *p)
{
	const struct ktgt_lu *lu = cmd->lu;
	u8 type = PIV | ASSOC_PORT;
	char target[KTGT_NAME_LEN];
	__be32 id;

	id = cpu_to_be32(cmd->nexus->port);
	p = put_designator(p, PROTOCOL_ISCSI | CODE_BINARY, type | DESIG_PORT,
			   &id, sizeof(id));
	id = cpu_to_be32(ktgt_group_of(cmd->nexus));
	p = put_designator(p, PROTOCOL_ISCSI | CODE_BINARY,
			   type | DESIG_PORT_GROUP, &id, sizeof(id));
	p = put_port_name(lu, cmd->nexus->port, p);
	ktgt_name_fold(target, sizeof(target), lu->target->name);
	return put_name(p, PROTOCOL_ISCSI | CODE_UTF8,
			PIV | ASSOC_DEVICE | DESIG_NAME, target);
}

/* Device identification, SPC-4, 7.8.6. */
static u32 fill_identification(const struct ktgt_cmd *cmd, u8 *p)
{
	u8 *end;

	/* three names of at most NAME_MAX_LEN, the rest is short */
	static_assert(3 * (4 + NAME_MAX_LEN) + 150 <= VPD_MAX);
	static_assert(KTGT_SCSI_NAME_MAX < NAME_MAX_LEN);
	static_assert(KTGT_NAME_LEN + 9 < NAME_MAX_LEN);

	rcu_read_lock();
	end = put_lu_names(rcu_dereference(cmd->lu->identity), p);
	rcu_read_unlock();
	end = put_port_names(cmd, end);
	return end - p;
}

/* Extended INQUIRY data, SPC-4, 7.8.7. */
static u32 fill_extended(const struct ktgt_lu *lu, u8 *p)
{
	p[1] = 0x07;	/* HEADSUP, ORDSUP, SIMPSUP */
	p[3] = 0x01;	/* LUICLR */
	return 60;
}

/* Mode page policy, SPC-4, 7.8.9: all pages are shared by all I_T nexuses. */
static u32 fill_mode_policy(const struct ktgt_lu *lu, u8 *p)
{
	p[0] = 0x3f;	/* all pages */
	p[1] = 0xff;	/* and subpages */
	return 4;
}

static u8 *put_port(const struct ktgt_lu *lu, u16 port, u8 *p)
{
	u8 *end;

	put_unaligned_be16(port, p + 2);
	end = put_port_name(lu, port, p + 12);
	put_unaligned_be16(end - (p + 12), p + 10);
	return end;
}

/*
 * SCSI ports, SPC-4, 7.8.13: all target ports, and no initiator port. A session can
 * outlive the portals of its port.
 */
static u32 fill_ports(const struct ktgt_cmd *cmd, u8 *p)
{
	struct ktgt_ports ports;
	unsigned int i;
	u8 *end = p;

	/* twelve bytes, a header, and the name with ",t,0x", four digits and a NUL */
	static_assert(KTGT_PORTS_MAX * (16 + round_up(KTGT_NAME_LEN + 9, 4)) +
		      VPD_HEADER <= KTGT_VPD_PORTS_MAX);

	ktgt_target_ports(cmd->lu->target, &ports);
	ktgt_ports_add(&ports, cmd->nexus->port);
	for (i = 0; i < ports.nr; i++)
		end = put_port(cmd->lu, ports.tag[i], end);
	return end - p;
}

/*
 * Third-party copy, SPC-4, 7.8.17. Descriptors have a type and a length, and are padded
 * to a multiple of four bytes.
 */
static u8 *put_copy_descriptor(u8 *p, u16 type, const void *from, u32 len)
{
	u32 padded = round_up(len, 4);

	put_unaligned_be16(type, p);
	put_unaligned_be16(padded, p + 2);
	memcpy(p + 4, from, len);
	return p + 4 + padded;
}

static u8 *put_copy_parameters(u8 *p)
{
	u8 parameters[28] = {};

	put_unaligned_be16(KTGT_COPY_MAX_CSCDS, parameters + 4);
	put_unaligned_be16(KTGT_COPY_MAX_SEGMENTS, parameters + 6);
	put_unaligned_be32(KTGT_COPY_MAX_DESCRIPTORS, parameters + 8);
	return put_copy_descriptor(p, COPY_PARAMETERS, parameters,
				   sizeof(parameters));
}

static u8 *put_copy_operations(const struct ktgt_lu *lu, u8 *p)
{
	u8 operations[32] = {};

	put_unaligned_be32(KTGT_COPIES_ALL_MAX, operations);
	put_unaligned_be32(KTGT_COPIES_MAX, operations + 4);
	put_unaligned_be32(KTGT_COPY_MAX_SEGMENT, operations + 8);
	operations[12] = lu->block_shift;
	return put_copy_descriptor(p, COPY_OPERATIONS, operations,
				   sizeof(operations));
}

static u32 fill_copy(const struct ktgt_lu *lu, u8 *p)
{
	/* the length of the list; opcodes, each with its service actions */
	static const u8 commands[] = {
		10, 0x83, 2, 0x00, 0x01, 0x84, 4, 0x00, 0x03, 0x04, 0x05,
	};
	static const u8 types[] = {
		3, KTGT_COPY_BLOCKS, KTGT_COPY_BYTES, KTGT_COPY_IDENTIFIED,
	};
	static const u8 ids[] = {
		0, 2, KTGT_COPY_SELF >> 8, KTGT_COPY_SELF & 0xff,
	};
	u8 *end;

	end = put_copy_descriptor(p, COPY_COMMANDS, commands, sizeof(commands));
	end = put_copy_parameters(end);
	end = put_copy_descriptor(end, COPY_TYPES, types, sizeof(types));
	end = put_copy_descriptor(end, COPY_CSCD_IDS, ids, sizeof(ids));
	end = put_copy_operations(lu, end);
	return end - p;
}

static void put_unmap_limits(const struct ktgt_lu *lu,
			     const struct ktgt_backend_caps *caps, u8 *p)
{
	u32 granularity = caps->discard_granularity >> lu->block_shift;

	put_unaligned_be32(KTGT_UNMAP_MAX_BLOCKS, p + 16);
	put_unaligned_be32(KTGT_UNMAP_MAX_DESCRIPTORS, p + 20);
	if (!granularity)
		return;
	put_unaligned_be32(granularity, p + 24);
	put_unaligned_be32((caps->discard_alignment >> lu->block_shift) |
			   BIT(31), p + 28);
}

/*
 * Bytes of the longest transfer that moves at once. If the device has an optimum of
 * its own, a stripe for example, whole ones of it; a longer one is not told, since
 * it would come in pieces. Initiators take nothing that is no multiple of the
 * granularity.
 */
static u32 optimal_transfer(const struct ktgt_backend_caps *caps)
{
	u32 best = KTGT_CMD_PIECE;

	if (caps->io_opt && caps->io_opt <= best)
		best = rounddown(best, caps->io_opt);
	return caps->io_min ? rounddown(best, caps->io_min) : best;
}

/* There is no atomic boundary: an atomic write is atomic as a whole. */
static void put_atomic_limits(const struct ktgt_lu *lu, u8 *p)
{
	u32 longest = READ_ONCE(lu->atomic_max);

	if (!longest)
		return;
	put_unaligned_be32(longest, p + 40);
	put_unaligned_be32(READ_ONCE(lu->atomic_align), p + 44);
	put_unaligned_be32(READ_ONCE(lu->atomic_unit), p + 48);
}

/* Block limits, SBC-4, 6.6.4. */
static u32 fill_limits(const struct ktgt_lu *lu, u8 *p)
{
	struct ktgt_backend_caps caps;
	u32 shift = lu->block_shift;

	ktgt_lu_caps(lu, &caps);
	p[0] = 0x01;	/* WSNZ */
	p[1] = ktgt_caw_max_blocks(lu->block_shift);
	put_unaligned_be16(min_t(u32, caps.io_min >> shift, U16_MAX), p + 2);
	put_unaligned_be32(lu->max_blocks, p + 4);
	put_unaligned_be32(min(optimal_transfer(&caps) >> shift, lu->max_blocks),
			   p + 8);
	if (lu->thin)
		put_unmap_limits(lu, &caps, p);
	put_unaligned_be64(KTGT_WRITE_SAME_MAX_BLOCKS, p + 32);
	put_atomic_limits(lu, p);
	return 60;
}

/* Block device characteristics, SBC-4, 6.6.2. */
static u32 fill_characteristics(const struct ktgt_lu *lu, u8 *p)
{
	struct ktgt_backend_caps caps;

	ktgt_lu_caps(lu, &caps);
	/* 1 is a medium that does not rotate, 0 says nothing */
	put_unaligned_be16(caps.rotational ? 0 : 1, p);
	p[3] = 0x40;	/* WABEREQ: after BLOCK ERASE all can be read */
	p[4] = 0x01;	/* VBULS: what is not mapped can be verified */
	return 60;
}

/* Logical block provisioning, SBC-4, 6.6.7. */
static u32 fill_provisioning(const struct ktgt_lu *lu, u8 *p)
{
	struct ktgt_backend_caps caps;

	if (!lu->thin)
		return 4;
	ktgt_lu_caps(lu, &caps);
	/*
	 * No THRESHOLD EXPONENT: initiators set no thresholds. The administrator does, at
	 * what the device is on, and says so by threshold-reached.
	 */
	p[1] = 0xe0;	/* LBPU, LBPWS, LBPWS10 */
	if (caps.discard_zeroes)
		p[1] |= BIT(2);	/* LBPRZ */
	p[2] = 0x02;	/* thin provisioned */
	return 4;
}

/* by code, as they are reported */
static const struct vpd_page vpd_pages[] = {
	{ 0x00, false, fill_supported },
	{ 0x80, false, fill_serial },
	{ 0x83, false, .fill_ports = fill_identification },
	{ 0x86, false, fill_extended },
	{ 0x87, false, fill_mode_policy },
	{ 0x88, false, .fill_ports = fill_ports },
	{ 0x8f, true, fill_copy },
	{ 0xb0, true, fill_limits },
	{ 0xb1, true, fill_characteristics },
	{ 0xb2, true, fill_provisioning },
};

static u32 fill_supported(const struct ktgt_lu *lu, u8 *p)
{
	unsigned int i;
	u32 len = 0;

	for (i = 0; i < ARRAY_SIZE(vpd_pages); i++) {
		if (!vpd_pages[i].disk || lu->type == TYPE_DISK)
			p[len++] = vpd_pages[i].code;
	}
	return len;
}

static const struct vpd_page *find_page(const struct ktgt_lu *lu, u8 code)
{
	const struct vpd_page *page;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vpd_pages); i++) {
		page = &vpd_pages[i];
		if (page->code == code)
			return !page->disk || lu->type == TYPE_DISK ?
			       page : NULL;
	}
	return NULL;
}

/**
 * ktgt_vpd - INQUIRY with EVPD (SPC-4, 6.4.4)
 * @cmd: the command; may have no logical unit, which has no page either
 *
 * Context: process, may allocate; completes @cmd.
 */
void ktgt_vpd(struct ktgt_cmd *cmd)
{
	const struct vpd_page *page = NULL;
	u32 len, max;
	u8 *buf;

	if (cmd->lu)
		page = find_page(cmd->lu, cmd->cdb[2]);
	if (!page) {
		ktgt_sense_cdb_field(&cmd->sense, 2, 7);
		ktgt_cmd_fail(cmd);
		return;
	}
	max = page->fill_ports ? KTGT_VPD_PORTS_MAX : VPD_HEADER + VPD_MAX;
	buf = kzalloc(max, GFP_NOIO | __GFP_NOWARN);
	if (!buf) {
		cmd->xfer_len = 0;
		ktgt_cmd_complete(cmd, SAM_STAT_BUSY);
		return;
	}
	len = page->fill_ports ? page->fill_ports(cmd, buf + VPD_HEADER) :
				 page->fill(cmd->lu, buf + VPD_HEADER);
	buf[0] = cmd->lu->type;
	buf[1] = page->code;
	put_unaligned_be16(len, buf + 2);
	ktgt_data_answer(cmd, buf, VPD_HEADER + len);
	kfree(buf);
}
