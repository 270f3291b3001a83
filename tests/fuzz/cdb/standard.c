// SPDX-License-Identifier: GPL-2.0
/*
 * What SPC-4 and SBC-4 say of a CDB and of its answer.
 */
#include <scsi/scsi_proto.h>

#include "../../../kernel/scsi/lu.h"
#include "nexus.h"
#include "standard.h"

/* key, code and qualifier of all sense data that is ever due */
static const u32 legal_sense[] = {
	0x000000, 0x02041b, 0x020800, 0x023a00, 0x030c00, 0x031100, 0x033103,
	0x044400, 0x050e03,
	0x050016, 0x052606, 0x052607, 0x052608, 0x052609, 0x05260b, 0x0a0000,
	0x0a0d01, 0x0a0d02, 0x0a0d03, 0x0a2600, 0x0a260a,
	0x043e03, 0x051a00, 0x052000, 0x052100, 0x052400, 0x052500, 0x052600,
	0x052604, 0x052c00, 0x053900, 0x055504, 0x062900, 0x062903, 0x062907,
	0x062a01, 0x062a02, 0x062a03, 0x062a04, 0x062a05, 0x062a09, 0x062a10,
	0x063f03, 0x063f05, 0x063f0e, 0x072700, 0x072707, 0x0b1001, 0x0b4400,
	0x0e1d00,
	0x02040a, 0x02040b, 0x02040c, 0x062a06, 0x062a07,
	0x055302, 0x062800,
};

static struct request blocks(enum kind kind, u8 len, u64 lba, u64 count)
{
	return (struct request) {
		.kind = kind, .disk = true, .len = len, .lba = lba,
		.count = count,
	};
}

static struct request answer(u8 len, u64 bytes)
{
	return (struct request) { .kind = KIND_IN, .len = len, .count = bytes };
}

static struct request medium_answer(u8 len, u64 lba, u64 bytes)
{
	return (struct request) {
		.kind = KIND_IN, .disk = true, .medium = true, .len = len,
		.lba = lba, .count = bytes,
	};
}

static struct request list(u8 len, u64 bytes)
{
	return (struct request) { .kind = KIND_OUT, .len = len, .count = bytes };
}

/* LOEJ, or a power condition, which only removable disks have */
bool asks_removable(const u8 *cdb)
{
	return cdb[0] == START_STOP && cdb[4] & 0xf2;
}

/* START STOP UNIT flushes if it stops, unless it is not to */
static struct request decode_start_stop(const u8 *cdb)
{
	struct request req = blocks(cdb[4] & 0xf7 ? KIND_NONE : KIND_SYNC, 6, 0,
				    0);

	req.medium = !asks_removable(cdb);
	return req;
}

/* FORMAT UNIT: a parameter list header, if there is a parameter list */
static struct request decode_format(const u8 *cdb)
{
	struct request req = list(6, cdb[1] & 0x10 ? (cdb[1] & 0x20 ? 8 : 4) : 0);

	req.disk = true;
	req.medium = true;
	return req;
}

/* SEND DIAGNOSTIC: a self-test, or a page */
static struct request decode_diagnostic(const u8 *cdb)
{
	struct request req = list(6, get_unaligned_be16(cdb + 3));

	if (cdb[1] & 4)
		req.kind = KIND_TEST;
	return req;
}

/* an answer of a disk */
static struct request disk_answer(u8 len, u64 bytes)
{
	struct request req = answer(len, bytes);

	req.disk = true;
	return req;
}

/* EXTENDED COPY, and what is told of copies */
static struct request decode_copy(const u8 *cdb)
{
	u32 count = get_unaligned_be32(cdb + 10);
	u8 action = cdb[1] & 0x1f;

	if (cdb[0] == EXTENDED_COPY && action <= 1)
		return blocks(KIND_COPY, 16, 0, count);
	if (cdb[0] == RECEIVE_COPY_RESULTS &&
	    (action == 0 || (action >= 3 && action <= 5)))
		return disk_answer(16, count);
	return (struct request) {};
}

static struct request decode_16(const u8 *cdb)
{
	u64 lba = get_unaligned_be64(cdb + 2);
	u32 count = get_unaligned_be32(cdb + 10);
	struct request req;

	switch (cdb[0]) {
	case READ_16:
		return blocks(KIND_READ, 16, lba, count);
	case WRITE_16:
		return blocks(KIND_WRITE, 16, lba, count);
	case SYNCHRONIZE_CACHE_16:
		return blocks(KIND_SYNC, 16, lba, count);
	case COMPARE_AND_WRITE:
		return blocks(KIND_CAW, 16, lba, cdb[13]);
	case 0x8b:
		return blocks(KIND_ORWRITE, 16, lba, count);
	case WRITE_VERIFY_16:
		return blocks(KIND_WRITE_VERIFY, 16, lba, count);
	case VERIFY_16:
		return blocks(KIND_VERIFY, 16, lba, count);
	case 0x90:
		return blocks(KIND_FETCH, 16, lba, count);
	case WRITE_ATOMIC_16:
		req = blocks(KIND_WRITE, 16, lba, get_unaligned_be16(cdb + 12));
		req.atomic = true;
		return req;
	case WRITE_SAME_16:
		return blocks(KIND_SAME, 16, lba, count);
	case SERVICE_ACTION_IN_16:
		if (asks_lba_status(cdb))
			return medium_answer(16, lba, count);
		if ((cdb[1] & 0x1f) != SAI_READ_CAPACITY_16)
			break;
		return disk_answer(16, count);
	}
	return decode_copy(cdb);
}

static struct request decode_reservation(const u8 *cdb)
{
	u8 action = cdb[1] & 0x1f;

	switch (cdb[0]) {
	case RESERVE_10:
	case RELEASE_10:
		return blocks(KIND_RESERVE, 10, 0, 0);
	case PERSISTENT_RESERVE_IN:
		if (action <= 3)
			return disk_answer(10, get_unaligned_be16(cdb + 7));
		break;
	case PERSISTENT_RESERVE_OUT:
		if (action <= 7)
			return blocks(KIND_PR_OUT, 10, 0,
				      get_unaligned_be32(cdb + 5));
	}
	return (struct request) {};
}

/* SANITIZE: OVERWRITE has a parameter list, and EXIT FAILURE MODE needs no device */
static struct request decode_sanitize(const u8 *cdb)
{
	u8 action = cdb[1] & 0x1f;
	struct request req = blocks(KIND_SANITIZE, 10, 0, 0);

	if (action != 1 && action != 2 && action != 0x1f)
		return (struct request) {};
	req.medium = action != 0x1f;
	if (action == 1)
		req.count = get_unaligned_be16(cdb + 7);
	return req;
}

static struct request decode_10(const u8 *cdb)
{
	u32 lba = get_unaligned_be32(cdb + 2);
	u32 count = get_unaligned_be16(cdb + 7);

	switch (cdb[0]) {
	case READ_CAPACITY:
		return blocks(KIND_CAPACITY_10, 10, 0, 8);
	case READ_10:
		return blocks(KIND_READ, 10, lba, count);
	case WRITE_10:
		return blocks(KIND_WRITE, 10, lba, count);
	case SYNCHRONIZE_CACHE:
		return blocks(KIND_SYNC, 10, lba, count);
	case WRITE_VERIFY:
		return blocks(KIND_WRITE_VERIFY, 10, lba, count);
	case VERIFY:
		return blocks(KIND_VERIFY, 10, lba, count);
	case PRE_FETCH:
		return blocks(KIND_FETCH, 10, lba, count);
	case WRITE_SAME:
		return blocks(KIND_SAME, 10, lba, count);
	case UNMAP:
		return blocks(KIND_UNMAP, 10, 0, count);
	case MODE_SENSE_10:
	case LOG_SENSE:
		return answer(10, count);
	case READ_BUFFER:
		return answer(10, get_unaligned_be24(cdb + 6));
	case READ_DEFECT_DATA:
		return medium_answer(10, 0, count);
	case MODE_SELECT_10:
	case LOG_SELECT:
		return list(10, count);
	case WRITE_BUFFER:
		return list(10, get_unaligned_be24(cdb + 6));
	case 0x48:
		return decode_sanitize(cdb);
	}
	return decode_reservation(cdb);
}

/* REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS */
bool asks_functions(const u8 *cdb)
{
	return cdb[0] == MAINTENANCE_IN && (cdb[1] & 0x1f) ==
	       MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS;
}

bool asks_groups(const u8 *cdb)
{
	return cdb[0] == MAINTENANCE_IN &&
	       (cdb[1] & 0x1f) == MI_REPORT_TARGET_PGS;
}

bool sets_groups(const u8 *cdb)
{
	return cdb[0] == MAINTENANCE_OUT &&
	       (cdb[1] & 0x1f) == MO_SET_TARGET_PGS;
}

bool asks_lba_status(const u8 *cdb)
{
	return cdb[0] == SERVICE_ACTION_IN_16 &&
	       (cdb[1] & 0x1f) == SAI_GET_LBA_STATUS;
}

static bool is_maintenance_in(u8 action)
{
	return action == MI_REPORT_SUPPORTED_OPERATION_CODES ||
	       action == MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS ||
	       action == MI_REPORT_IDENTIFYING_INFORMATION ||
	       action == MI_REPORT_TARGET_PGS ||
	       action == MI_REPORT_TIMESTAMP;
}

static bool is_maintenance_out(u8 action)
{
	return action == MO_SET_IDENTIFYING_INFORMATION ||
	       action == MO_SET_TARGET_PGS ||
	       action == MO_SET_TIMESTAMP;
}

static struct request decode_12(const u8 *cdb)
{
	u32 lba = get_unaligned_be32(cdb + 2);
	u32 count = get_unaligned_be32(cdb + 6);

	switch (cdb[0]) {
	case READ_12:
		return blocks(KIND_READ, 12, lba, count);
	case WRITE_12:
		return blocks(KIND_WRITE, 12, lba, count);
	case WRITE_VERIFY_12:
		return blocks(KIND_WRITE_VERIFY, 12, lba, count);
	case VERIFY_12:
		return blocks(KIND_VERIFY, 12, lba, count);
	case REPORT_LUNS:
		return answer(12, count);
	case MAINTENANCE_IN:
		if (is_maintenance_in(cdb[1] & 0x1f))
			return answer(12, count);
		break;
	case MAINTENANCE_OUT:
		if (is_maintenance_out(cdb[1] & 0x1f))
			return list(12, count);
		break;
	case READ_DEFECT_DATA_12:
		return medium_answer(12, 0, count);
	}
	return (struct request) {};
}

static struct request decode_6(const u8 *cdb)
{
	u32 lba = get_unaligned_be24(cdb + 1) & 0x1fffff;

	switch (cdb[0]) {
	case TEST_UNIT_READY:
		return (struct request) { .kind = KIND_NONE, .len = 6 };
	case READ_6:
		return blocks(KIND_READ, 6, lba, cdb[4] ?: 256);
	case WRITE_6:
		return blocks(KIND_WRITE, 6, lba, cdb[4] ?: 256);
	case REQUEST_SENSE:
	case MODE_SENSE:
		return answer(6, cdb[4]);
	case MODE_SELECT:
		return list(6, cdb[4]);
	case FORMAT_UNIT:
		return decode_format(cdb);
	case START_STOP:
		return decode_start_stop(cdb);
	case ALLOW_MEDIUM_REMOVAL:
		return blocks(KIND_NONE, 6, 0, 0);
	case SEND_DIAGNOSTIC:
		return decode_diagnostic(cdb);
	case RECEIVE_DIAGNOSTIC:
		return answer(6, get_unaligned_be16(cdb + 3));
	case INQUIRY:
		return answer(6, get_unaligned_be16(cdb + 3));
	case RESERVE_6:
	case RELEASE_6:
		return blocks(KIND_RESERVE, 6, 0, 0);
	}
	return (struct request) {};
}

/* SPC-4, 4.2.5.1: the group code tells the length */
struct request decode_cdb(const u8 *cdb)
{
	switch (cdb[0] >> 5) {
	case 0:
		return decode_6(cdb);
	case 1:
	case 2:
		return decode_10(cdb);
	case 4:
		return decode_16(cdb);
	case 5:
		return decode_12(cdb);
	default:
		return (struct request) {};
	}
}

/* opcodes of which some service actions are served */
bool has_actions(u8 opcode)
{
	return opcode == SERVICE_ACTION_IN_16 || opcode == MAINTENANCE_IN ||
	       opcode == 0x48 ||
	       opcode == MAINTENANCE_OUT || opcode == EXTENDED_COPY ||
	       opcode == RECEIVE_COPY_RESULTS ||
	       opcode == PERSISTENT_RESERVE_IN ||
	       opcode == PERSISTENT_RESERVE_OUT;
}

/* Of a command, some forms only look, or only allow what is allowed already. */
static bool is_harmless(const u8 *cdb)
{
	u8 action = cdb[1] & 0x1f;

	switch (cdb[0]) {
	case START_STOP:
		return (cdb[4] & 0xf1) == 1;
	case ALLOW_MEDIUM_REMOVAL:
		return !(cdb[4] & 3);
	case SERVICE_ACTION_IN_16:
		return action != SAI_GET_LBA_STATUS;
	case MAINTENANCE_IN:
		return action == MI_REPORT_IDENTIFYING_INFORMATION ||
		       action == MI_REPORT_TARGET_PGS ||
		       action == MI_REPORT_TIMESTAMP;
	default:
		return false;
	}
}

/* SPC-4, 5.15.2.4.4 to 5.15.2.4.6, and what is served in standby besides. */
static bool is_served_always(const u8 *cdb)
{
	u8 mode = cdb[1] & 0x1f;

	switch (cdb[0]) {
	case INQUIRY:
	case REPORT_LUNS:
	case REQUEST_SENSE:
		return true;
	case READ_BUFFER:
	case WRITE_BUFFER:
		return mode == 0x0a || mode == 0x0b;
	default:
		return asks_groups(cdb);
	}
}

static bool is_served_in_standby(const u8 *cdb)
{
	u8 action = cdb[1] & 0x1f;

	switch (cdb[0]) {
	case LOG_SELECT:
	case LOG_SENSE:
	case MODE_SELECT:
	case MODE_SELECT_10:
	case MODE_SENSE:
	case MODE_SENSE_10:
	case RECEIVE_DIAGNOSTIC:
	case SEND_DIAGNOSTIC:
	case PERSISTENT_RESERVE_IN:
	case PERSISTENT_RESERVE_OUT:
	case READ_CAPACITY:
		return true;
	case SERVICE_ACTION_IN_16:
		return action == SAI_READ_CAPACITY_16;
	case MAINTENANCE_IN:
		return action == MI_REPORT_SUPPORTED_OPERATION_CODES ||
		       action == MI_REPORT_SUPPORTED_TASK_MANAGEMENT_FUNCTIONS;
	default:
		return false;
	}
}

/* What a command is told in the state of which @flags has the bit; 0 if it is served. */
u32 told_in_state(const u8 *cdb, unsigned long flags)
{
	if (is_served_always(cdb))
		return 0;
	if (flags & BIT(KTGT_ITL_TRANSITION))
		return 0x02040a;
	if (flags & BIT(KTGT_ITL_UNAVAILABLE))
		return 0x02040c;
	if (flags & BIT(KTGT_ITL_STANDBY) && !is_served_in_standby(cdb))
		return 0x02040b;
	return 0;
}

/*
 * Bits of KTGT_ITL_CONFLICTS with which a command ends: SPC-2, table 9, SPC-4, table
 * 66, and SBC-3, table 13.
 */
unsigned long conflicting(const u8 *cdb)
{
	const unsigned long reserved = BIT(KTGT_ITL_RESERVED);

	if (is_harmless(cdb))
		return reserved;
	switch (cdb[0]) {
	case INQUIRY:
	case REPORT_LUNS:
	case REQUEST_SENSE:
	case RELEASE_6:
	case RELEASE_10:
		return 0;
	case TEST_UNIT_READY:
	case RESERVE_6:
	case RESERVE_10:
	case READ_CAPACITY:
	case LOG_SENSE:
	case PERSISTENT_RESERVE_IN:
	case PERSISTENT_RESERVE_OUT:
		return reserved;
	case READ_6:
	case READ_10:
	case READ_12:
	case READ_16:
	case VERIFY:
	case VERIFY_12:
	case VERIFY_16:
	case PRE_FETCH:
	case 0x90:
	case MODE_SENSE:
	case MODE_SENSE_10:
	case MAINTENANCE_IN:
	case SERVICE_ACTION_IN_16:
	case READ_BUFFER:
	case READ_DEFECT_DATA:
	case READ_DEFECT_DATA_12:
	case RECEIVE_DIAGNOSTIC:
		return reserved | BIT(KTGT_ITL_NO_READ);
	default:
		return reserved | BIT(KTGT_ITL_NO_WRITE);
	}
}

/* the sense key specific field, SPC-4, 4.5.2.4.2 */
static void check_specific(const u8 *p, u32 code)
{
	if (!(p[0] & 0x80)) {
		require(!p[0] && !p[1] && !p[2]);
		return;
	}
	/* how far it has come, which may be 0 */
	if (code == 0x02041b) {
		require(p[0] == 0x80);
		return;
	}
	/* of a copy, the field is a CSCD descriptor, or one of a segment descriptor */
	require(!(p[0] & 0x10) && !(p[0] & 0x20) == (code >> 16 != 0x0a ||
						     code >> 8 == 0x0a0d));
	require(code == 0x052400 || code == 0x052600 || code >> 16 == 0x0a);
	require(!!(p[0] & 0x40) == (code == 0x052400));
	require(p[0] & 0x08 || !(p[0] & 7));
}

/* SPC-4, 5.17.7.4: the status of one of the two, and its sense data if it has some */
static void check_forwarded(const u8 *buf, unsigned int len)
{
	require(buf[10] == 0 && buf[11] < 64);
	if (len == 18) {
		require(!buf[8] && !buf[9]);
		return;
	}
	require((buf[8] == 18 && !buf[9]) || (!buf[8] && buf[9] == 18));
	require(len == (buf[18] == SAM_STAT_CHECK_CONDITION ? 37 : 19));
	require(len == 19 || (buf[19] & 0x7f) == 0x70);
}

static u32 check_fixed(const u8 *buf, unsigned int len)
{
	u32 code = buf[2] << 16 | buf[12] << 8 | buf[13];

	require(len >= 18 && buf[7] == len - 8);
	require((buf[0] & 0x7f) == 0x70 && !buf[1] && !(buf[2] & 0xf0));
	require(!buf[14]);
	if (buf[2] == 0x0a)
		check_forwarded(buf, len);
	else
		require(len == 18 && !memchr_inv(buf + 8, 0, 4));
	check_specific(buf + 15, code);
	return code;
}

static u32 check_descriptors(const u8 *buf, unsigned int len)
{
	u32 code = buf[1] << 16 | buf[2] << 8 | buf[3];
	unsigned int pos = 8;

	require(buf[0] == 0x72 && len >= 8 && buf[7] == len - 8);
	require(!memchr_inv(buf + 4, 0, 3));
	while (pos < len) {
		require(pos + 2 <= len && pos + 2 + buf[pos + 1] <= len);
		if (buf[pos] == 2) {
			require(buf[pos + 1] == 6);
			require(buf[pos + 4] & 0x80);
			check_specific(buf + pos + 4, code);
		} else if (buf[pos] == 1) {
			require(code >> 16 == 0x0a && buf[pos + 1] == 10);
		} else if (buf[pos] == 0x0c) {
			require(code == 0x0a0d01 && !(buf[pos + 2] & 0xf0));
			require(buf[pos + 1] == 2 || buf[pos + 4] == 0x72);
		} else {
			require(!buf[pos] && buf[pos + 1] == 10);
			require(buf[pos + 2] == 0x80);
		}
		pos += 2 + buf[pos + 1];
	}
	return code;
}

/* Returns key, code and qualifier. */
unsigned int check_sense(const u8 *buf, unsigned int len, bool descriptor)
{
	u32 code = descriptor ? check_descriptors(buf, len) :
				check_fixed(buf, len);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(legal_sense); i++) {
		if (legal_sense[i] == code)
			return code;
	}
	fprintf(stderr, "sense %06x\n", code);
	abort();
}

/* A pointer into the CDB stays within it. */
void check_field_pointer(const u8 *cdb, const struct request *req,
			 const struct ktgt_sense *sense)
{
	u8 len = req->len;

	if (!(sense->flags & KTGT_SENSE_FIELD) ||
	    !(sense->flags & KTGT_SENSE_CDB))
		return;
	/* an action that is not served belongs to an opcode that is */
	if (req->kind == KIND_UNKNOWN)
		len = cdb[0] == SERVICE_ACTION_IN_16 ||
		      cdb[0] == EXTENDED_COPY ||
		      cdb[0] == RECEIVE_COPY_RESULTS ? 16 :
		      cdb[0] == MAINTENANCE_IN ? 12 : 10;
	require(sense->field >= 1 && sense->field < len && sense->bit < 8);
}

/* --- answers -------------------------------------------------------------- */

/* An answer says how long it is. */
static void check_size(const struct answer *a, u64 size)
{
	require(a->cut ? size >= a->whole : size == a->whole);
}

static bool is_disk(const struct shape *shape)
{
	return shape && shape->disk;
}

static const u8 vpd_all[] = {
	0x00, 0x80, 0x83, 0x86, 0x87, 0x88, 0x8f, 0xb0, 0xb1, 0xb2,
};

bool vpd_page_exists(const struct shape *shape, u8 page)
{
	return shape && memchr(vpd_all, page, shape->disk ? 10 : 6);
}

/* The target ports, each with its name. */
static void check_ports(const u8 *data, u32 size)
{
	u32 pos, len, nr = 0;

	for (pos = 0; pos < size; pos += 12 + len, nr++) {
		len = get_unaligned_be16(data + pos + 10);
		require(get_unaligned_be16(data + pos + 2) == nr + 1);
		require(data[pos + 13] == 0x98 && data[pos + 15] == len - 4);
	}
	require(pos == size && nr == NR_PORTS);
}

static void check_designators(const u8 *p, u32 len)
{
	u32 pos = 0, lu_names = 0;

	while (pos < len) {
		require(pos + 4 <= len && pos + 4 + p[pos + 3] <= len);
		require(p[pos + 3] && !(p[pos + 1] & 0x40) && !p[pos + 2]);
		if ((p[pos + 1] & 0x0f) == 8) {	/* SCSI name string */
			require(!(p[pos + 3] & 3));
			require(!p[pos + 3 + p[pos + 3]]);
		}
		lu_names += !(p[pos + 1] & 0x30);
		pos += 4 + p[pos + 3];
	}
	require(pos == len && lu_names);
}

/* Third-party copy descriptors fill the page, in the order of their types. */
static void check_copy_page(const u8 *p, u32 len)
{
	u32 pos = 0, last = 0;

	while (pos < len) {
		require(pos + 4 <= len && get_unaligned_be16(p + pos) > last);
		last = get_unaligned_be16(p + pos);
		require(!(get_unaligned_be16(p + pos + 2) & 3));
		pos += 4 + get_unaligned_be16(p + pos + 2);
	}
	require(pos == len && last == 0x8001);
}

static void check_vpd(const u8 *cdb, const struct shape *shape,
			const struct answer *a)
{
	const u8 *data = a->data;
	u32 size = get_unaligned_be16(data + 2) + 4;

	require(data[0] == (shape->disk ? TYPE_DISK : TYPE_RAID));
	require(data[1] == cdb[2]);
	check_size(a, size);
	if (a->len < size)
		return;
	switch (cdb[2]) {
	case 0x00:
		require(size == 4 + (shape->disk ? 10 : 6));
		require(!memcmp(data + 4, vpd_all, size - 4));
		break;
	case 0x83:
		check_designators(data + 4, size - 4);
		break;
	case 0x87:	/* one policy for all pages: shared */
		require(size == 8 && data[4] == 0x3f && data[5] == 0xff);
		require(!data[6] && !data[7]);
		break;
	case 0x88:
		check_ports(data + 4, size - 4);
		break;
	case 0x8f:
		check_copy_page(data + 4, size - 4);
		break;
	case 0x86:
	case 0xb0:
	case 0xb1:
		require(size == 64);
		break;
	case 0xb2:
		require(size == 8);
		require(!!(data[5] & 0x80) == shape->thin);
		require(!!(data[6] & 7) == shape->thin);
	}
}

static void check_inquiry(const u8 *cdb, const struct shape *shape,
			const struct answer *a)
{
	const u8 *data = a->data;

	if (cdb[1] & 1) {
		if (a->len >= 4)
			check_vpd(cdb, shape, a);
		return;
	}
	if (a->len)
		require(data[0] == (!shape ? 0x7f :
				    shape->disk ? TYPE_DISK : TYPE_RAID));
	if (a->len > 1)
		require(data[1] == (shape && shape->removable ? 0x80 : 0));
	if (a->len > 4)
		check_size(a, data[4] + 5);
	if (a->len > 5)
		/* TPGS is what the groups of the target are */
		require((data[5] & ~0x30) == (shape && shape->disk ? 0x08 : 0) &&
			(shape || !data[5]));
	if (a->len >= 36)
		require(!memchr_inv(data + 36, 0, min(a->len, 56u) - 36));
}

/* WCE, D_SENSE and SWP can be changed, and nothing else. */
static bool may_change(u8 page, u32 byte, u8 bits)
{
	if (page == 0x08 && byte == 2)
		return !(bits & ~4);
	if (page == 0x0a && byte == 2)
		return !(bits & ~4);
	if (page == 0x0a && byte == 4)
		return !(bits & ~8);
	return !bits;
}

static void check_pages(const u8 *cdb, const u8 *p, u32 len)
{
	u32 i;
	u8 want = cdb[2] & 0x3f, last = 0;
	u32 pos = 0;

	while (pos < len) {
		require(pos + 2 <= len && pos + 2 + p[pos + 1] <= len);
		require(!(p[pos] & 0xc0) && p[pos] > last);
		require(want == 0x3f || want == p[pos]);
		last = p[pos];
		for (i = 2; cdb[2] >> 6 == 1 && i < p[pos + 1] + 2u; i++)
			require(may_change(p[pos], i, p[pos + i]));
		pos += 2 + p[pos + 1];
	}
	require(last);
}

static void check_mode(const u8 *cdb, const struct shape *shape,
			const struct answer *a)
{
	const u8 *data = a->data;
	bool six = cdb[0] == MODE_SENSE;
	u32 head = six ? 4 : 8, desc, size;
	u8 specific;

	if (a->len < head)
		return;
	size = six ? data[0] + 1 : get_unaligned_be16(data) + 2;
	specific = six ? data[2] : data[3];
	desc = six ? data[3] : get_unaligned_be16(data + 6);
	check_size(a, size);
	require(!!(specific & 0x80) == (shape->disk && shape->read_only));
	require(desc == (cdb[1] & 0x08 || !shape->disk ? 0 :
			 cdb[1] & 0x10 && !six ? 16 : 8));
	if (!six)
		require(data[4] == (desc == 16));
	if (a->len < size)
		return;
	if (desc)
		require((desc == 16 ? get_unaligned_be32(data + head + 12) :
			 get_unaligned_be24(data + head + 5)) == shape->block);
	check_pages(cdb, data + head + desc, size - head - desc);
}

static void check_luns(const u8 *cdb, const struct shape *shape,
			const struct answer *a)
{
	const u8 *data = a->data;
	u32 size, pos;
	u64 last = 0;

	if (a->len < 8)
		return;
	size = get_unaligned_be32(data);
	check_size(a, size + 8);
	/* well known, administrative and subsidiary ones: there are none */
	require(size == (cdb[2] == 1 || cdb[2] == 0x10 || cdb[2] == 0x12 ? 0 :
			 8 * shape->nr_lus));
	for (pos = 8; pos + 8 <= a->len; pos += 8) {
		require(pos == 8 || get_unaligned_be64(data + pos) > last);
		last = get_unaligned_be64(data + pos);
		require(!(last << 16));
	}
}

static void check_capacity(const u8 *cdb, const struct shape *shape,
			   const struct answer *a)
{
	const u8 *data = a->data;

	if (cdb[0] == READ_CAPACITY) {
		if (a->len < 8)
			return;
		require(get_unaligned_be32(data) ==
			min_t(u64, a->nr_blocks - 1, U32_MAX));
		require(get_unaligned_be32(data + 4) == shape->block);
		return;
	}
	if (a->len < 32)
		return;
	require(get_unaligned_be64(data) == a->nr_blocks - 1);
	require(get_unaligned_be32(data + 8) == shape->block);
	require(!!(data[14] & 0x80) == shape->thin);
	require(!!(data[14] & 0x40) == (shape->thin && shape->zeroes));
}

/* REPORT SUPPORTED OPERATION CODES, SPC-4, 6.35 */
static void check_opcodes(const u8 *cdb, const struct answer *a)
{
	const u8 *data = a->data;
	u32 size, pos, entry = cdb[2] & 0x80 ? 20 : 8;
	u8 descriptor[KTGT_CDB_MAX] = {};

	if (a->len < 4)
		return;
	if (cdb[2] & 7) {
		size = 4 + get_unaligned_be16(data + 2);
		if (data[1] & 0x80)
			size += 12;
		check_size(a, size);
		require((data[1] & 7) == (size == 4 ? 1 : 3));
		if (a->len > 4)
			require(data[4] == cdb[3]);
		return;
	}
	size = get_unaligned_be32(data);
	require(!(size % entry));
	check_size(a, size + 4);
	for (pos = 4; pos + 8 <= a->len; pos += entry) {
		descriptor[0] = data[pos];
		descriptor[1] = data[pos + 3];
		require(decode_cdb(descriptor).len ==
			get_unaligned_be16(data + pos + 6));
	}
}

/* REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS, SPC-4, 6.36 */
static void check_functions(const u8 *cdb, const struct answer *a)
{
	bool extended = cdb[2] & 0x80;
	const u8 *data = a->data;
	bool queries;

	if (a->len < 4)
		return;
	check_size(a, extended ? 16 : 4);
	require(data[3] == (extended ? 12 : 0) && !data[2]);
	/* no ACA, nothing that is obsolete; all queries or none */
	queries = data[0] & 4;
	require(data[0] == (queries ? 0xdc : 0xd8));
	require(data[1] == (queries ? 7 : 0));
	if (a->len < 16)
		return;
	require(data[4] == 1 && !memchr_inv(data + 5, 0, 3));
	require(get_unaligned_be32(data + 8) && !get_unaligned_be32(data + 12));
}

/* PERSISTENT RESERVE IN, SPC-4, 6.15 */
static void check_reservations(const u8 *cdb, const struct answer *a)
{
	const u8 *data = a->data;
	u32 size, pos, len;

	if (a->len < 8)
		return;
	if ((cdb[1] & 0x1f) == 2) {
		check_size(a, 8);
		require(get_unaligned_be16(data) == 8);
		require(data[2] == 0x1c && data[3] == 0xb0);
		require(data[4] == 0xea && data[5] == 1);
		return;
	}
	size = get_unaligned_be32(data + 4);
	check_size(a, size + 8);
	switch (cdb[1] & 0x1f) {
	case 0:
		require(!(size % 8));
		break;
	case 1:
		require(!size || size == 16);
		if (a->len == 24)
			require(1 << data[21] & 0x1ea);
		break;
	default:
		for (pos = 8; pos + 24 <= a->len; pos += 24 + len) {
			len = get_unaligned_be32(data + pos + 20);
			require(len >= 24 && !(len & 3));
			require(!(data[pos + 12] & ~3));
			require(!(data[pos + 12] & 1) == !data[pos + 13]);
			if (pos + 28 <= a->len)
				require(data[pos + 24] == 0x45);
		}
	}
}

/* One extent, up to the end or as long as it can be told. */
static void check_lba_status(const u8 *cdb, const struct answer *a)
{
	u64 lba = get_unaligned_be64(cdb + 2);
	const u8 *data = a->data;

	check_size(a, 24);
	if (a->len < 24)
		return;
	require(get_unaligned_be32(data) == 20);
	require(get_unaligned_be64(data + 8) == lba && data[20] == a->erased);
	require(get_unaligned_be32(data + 16) ==
		min_t(u64, a->nr_blocks - lba, U32_MAX));
}

/* No list has an entry, of whatever form. */
static void check_defects(const u8 *cdb, const struct answer *a)
{
	bool longer = cdb[0] != READ_DEFECT_DATA;
	const u8 *data = a->data;

	check_size(a, longer ? 8 : 4);
	if (a->len >= (longer ? 8 : 4)) {
		require(data[1] == cdb[longer ? 1 : 2]);
		require(!data[0] && !memchr_inv(data + 2, 0, longer ? 6 : 2));
	}
}

/* Parameters of a log page fill it. */
static void check_log(const u8 *cdb, const struct shape *shape,
		      const struct answer *a)
{
	const u8 *data = a->data;
	u32 pos = 4, size;

	if (a->len < 4)
		return;
	size = 4 + get_unaligned_be16(data + 2);
	check_size(a, size);
	require(data[0] == (cdb[2] & 0x3f) && !data[1]);
	if (a->len < size)
		return;
	if (!data[0])
		require(size == (shape->disk ? 7 : 6));
	while (data[0] && pos < size) {
		require(pos + 4 <= size && data[pos + 2] == 3);
		require(get_unaligned_be16(data + pos) >=
			get_unaligned_be16(cdb + 5));
		pos += 4 + data[pos + 3];
	}
	require(!data[0] || pos == size);
}

/* REPORT IDENTIFYING INFORMATION and REPORT TIMESTAMP say how long they are. */
static void check_told(const u8 *cdb, const struct answer *a)
{
	bool timestamp = (cdb[1] & 0x1f) == MI_REPORT_TIMESTAMP;
	const u8 *data = a->data;

	if (a->len < 4)
		return;
	check_size(a, timestamp ? get_unaligned_be16(data) + 2 :
				  get_unaligned_be16(data + 2) + 4);
	if (timestamp)
		require(a->whole <= 12 && (data[2] == 0 || data[2] == 2));
}

/* SPC-4, 6.37: each port of the target is in one group. */
static void check_groups(const u8 *cdb, const struct answer *a)
{
	u32 pos = cdb[1] & 0xe0 ? 8 : 4, nr, ports = 0;
	const u8 *data = a->data;

	if (a->len < 4)
		return;
	check_size(a, get_unaligned_be32(data) + 4);
	if (a->len < a->whole || a->cut)
		return;
	if (pos == 8)
		require(data[4] == 0x10 && data[5]);
	for (; pos < a->len; pos += 8 + 4 * nr) {
		nr = data[pos + 7];
		require(nr && !(data[pos] & 0x70) && data[pos + 5] <= 2);
		require((data[pos] & 15) <= 3 || (data[pos] & 15) == 15);
		require(get_unaligned_be16(data + pos + 10));
		ports += nr;
	}
	require(pos == a->len && ports == NR_PORTS);
}

/* REQUEST SENSE has the form that it asks for. */
static void check_requested(const u8 *cdb, const struct answer *a)
{
	const u8 *data = a->data;

	if (!a->cut && a->len == a->whole)
		check_sense(data, a->len, cdb[1] & 1);
}

/*
 * Whether an answer is what it says. @shape is NULL without a logical unit.
 */
void check_answer(const u8 *cdb, const struct shape *shape,
		  const struct answer *a)
{
	switch (cdb[0]) {
	case INQUIRY:
		check_inquiry(cdb, shape, a);
		break;
	case MODE_SENSE:
	case MODE_SENSE_10:
		require(shape);
		check_mode(cdb, shape, a);
		break;
	case REPORT_LUNS:
		require(shape);
		check_luns(cdb, shape, a);
		break;
	case READ_CAPACITY:
	case SERVICE_ACTION_IN_16:
		require(is_disk(shape));
		if (asks_lba_status(cdb))
			check_lba_status(cdb, a);
		else
			check_capacity(cdb, shape, a);
		break;
	case READ_DEFECT_DATA:
	case READ_DEFECT_DATA_12:
		require(is_disk(shape));
		check_defects(cdb, a);
		break;
	case LOG_SENSE:
		require(shape);
		check_log(cdb, shape, a);
		break;
	case MAINTENANCE_IN:
		require(shape);
		if (asks_functions(cdb))
			check_functions(cdb, a);
		else if (asks_groups(cdb))
			check_groups(cdb, a);
		else if ((cdb[1] & 0x1f) == MI_REPORT_SUPPORTED_OPERATION_CODES)
			check_opcodes(cdb, a);
		else
			check_told(cdb, a);
		break;
	case PERSISTENT_RESERVE_IN:
		require(is_disk(shape));
		check_reservations(cdb, a);
		break;
	case RECEIVE_COPY_RESULTS:
		require(is_disk(shape));
		if (a->len >= 4)
			check_size(a, get_unaligned_be32(a->data) + 4);
		break;
	case REQUEST_SENSE:
		check_requested(cdb, a);
	}
}
