// SPDX-License-Identifier: GPL-2.0
/*
 * Parameter lists of EXTENDED COPY: what they are found to say, and what they are
 * refused for. And what is kept of copies.
 */
#include "../scsi/copy_list.c"
#include "../scsi/copy_record.c"

#include <kunit/test.h>

#define NR_CSCDS	3
#define NR_SEGMENTS	3
#define FIELD_IN_LIST	KTGT_ASC_INVALID_FIELD_IN_LIST
#define LENGTH_ERROR	KTGT_ASC_PARAMETER_LIST_LENGTH

/* --- lists ---------------------------------------------------------------- */

/**
 * struct copy_test - a parameter list
 * @data: the list; what lies behind it is no part of it
 * @len: bytes of it
 */
struct copy_test {
	u8	data[KTGT_COPY_LIST_MAX];
	u32	len;
};

static void add_cscds(struct copy_test *t, unsigned int nr)
{
	for (; nr; nr--) {
		t->data[t->len] = KTGT_COPY_IDENTIFIED;
		t->len += KTGT_COPY_CSCD_LEN;
	}
}

static void add_segments(struct copy_test *t, u8 type, unsigned int nr)
{
	u8 len = type == KTGT_COPY_BLOCKS ? 0x18 : 0x1c;

	for (; nr; nr--) {
		t->data[t->len] = type;
		t->data[t->len + 3] = len;
		t->len += 4 + len;
	}
}

/* A list with three CSCD descriptors, and one segment of bytes between two of blocks. */
static void make_short(struct copy_test *t)
{
	t->len = 16;
	add_cscds(t, NR_CSCDS);
	put_unaligned_be16(t->len - 16, t->data + 2);
	add_segments(t, KTGT_COPY_BLOCKS, 1);
	add_segments(t, KTGT_COPY_BYTES, 1);
	add_segments(t, KTGT_COPY_BLOCKS, 1);
	put_unaligned_be32(28 + 32 + 28, t->data + 8);
}

static void make_long(struct copy_test *t)
{
	t->data[0] = 1;
	t->data[3] = 0x20;
	t->data[16] = 0xff;
	put_unaligned_be32(0x12345678, t->data + 20);
	t->len = 48;
	add_cscds(t, NR_CSCDS);
	put_unaligned_be16(t->len - 48, t->data + 42);
	add_segments(t, KTGT_COPY_BYTES, NR_SEGMENTS);
	put_unaligned_be16(3 * 32, t->data + 44);
}

static struct copy_test *make(struct kunit *test, bool is_lid4)
{
	struct copy_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	if (is_lid4)
		make_long(t);
	else
		make_short(t);
	return t;
}

static bool parses(const struct copy_test *t, bool is_lid4,
		   struct ktgt_copy_list *list, struct ktgt_sense *sense)
{
	memset(list, 0xa5, sizeof(*list));
	memset(sense, 0, sizeof(*sense));
	return ktgt_copy_list_parse(list, t->data, t->len, is_lid4, sense);
}

static void short_list(struct kunit *test)
{
	struct copy_test *t = make(test, false);
	struct ktgt_copy_list list;
	struct ktgt_sense sense;

	t->data[0] = 0x9a;
	t->data[1] = 0x37;	/* STR, LIST ID USAGE 10b, PRIORITY */
	KUNIT_ASSERT_TRUE(test, parses(t, false, &list, &sense));
	KUNIT_EXPECT_EQ(test, list.list_id, 0x9a);
	KUNIT_EXPECT_EQ(test, list.usage, KTGT_COPY_ID_LOOSE);
	KUNIT_EXPECT_EQ(test, list.nr_cscds, NR_CSCDS);
	KUNIT_EXPECT_EQ(test, list.nr_segments, NR_SEGMENTS);
	KUNIT_EXPECT_EQ(test, list.cscds_at, 16);
	KUNIT_EXPECT_EQ(test, list.segments_at, 16 + 3 * 32);
}

static void long_list(struct kunit *test)
{
	struct copy_test *t = make(test, true);
	struct ktgt_copy_list list;
	struct ktgt_sense sense;

	KUNIT_ASSERT_TRUE(test, parses(t, true, &list, &sense));
	KUNIT_EXPECT_EQ(test, list.list_id, 0x12345678);
	KUNIT_EXPECT_EQ(test, list.usage, KTGT_COPY_ID_HELD);
	KUNIT_EXPECT_EQ(test, list.nr_cscds, NR_CSCDS);
	KUNIT_EXPECT_EQ(test, list.nr_segments, NR_SEGMENTS);
	KUNIT_EXPECT_EQ(test, list.cscds_at, 48);
	KUNIT_EXPECT_EQ(test, list.segments_at, 48 + 3 * 32);
}

/* A header alone copies nothing. */
static void nothing(struct kunit *test)
{
	struct copy_test *t = make(test, false);
	struct ktgt_copy_list list;
	struct ktgt_sense sense;

	memset(t, 0, sizeof(*t));
	t->len = 16;
	KUNIT_ASSERT_TRUE(test, parses(t, false, &list, &sense));
	KUNIT_EXPECT_EQ(test, list.nr_cscds, 0);
	KUNIT_EXPECT_EQ(test, list.nr_segments, 0);
}

/* As much as fits, and behind it something that is not looked at. */
static void longest(struct kunit *test)
{
	struct copy_test *t = make(test, false);
	struct ktgt_copy_list list;
	struct ktgt_sense sense;

	memset(t, 0, sizeof(*t));
	t->len = 16;
	add_cscds(t, KTGT_COPY_MAX_CSCDS);
	put_unaligned_be16(t->len - 16, t->data + 2);
	add_segments(t, KTGT_COPY_BYTES, KTGT_COPY_MAX_SEGMENTS);
	put_unaligned_be32(32 * KTGT_COPY_MAX_SEGMENTS, t->data + 8);
	KUNIT_EXPECT_EQ(test, t->len, 16 + KTGT_COPY_MAX_DESCRIPTORS);
	t->len = SZ_64K;
	KUNIT_ASSERT_TRUE(test, parses(t, false, &list, &sense));
	KUNIT_EXPECT_EQ(test, list.nr_cscds, KTGT_COPY_MAX_CSCDS);
	KUNIT_EXPECT_EQ(test, list.nr_segments, KTGT_COPY_MAX_SEGMENTS);
}

/**
 * struct refusal - a list that is refused
 * @what: its name
 * @is_lid4: its header is that of LID4
 * @at: byte that is changed
 * @byte: what it becomes
 * @cut: bytes that are missing at the end
 * @code: additional sense code and qualifier
 * @field: byte that it points to, if @code is FIELD_IN_LIST
 */
struct refusal {
	const char	*what;
	bool		is_lid4;
	u16		at;
	u8		byte;
	u16		cut;
	u16		code;
	u16		field;
};

#define AT_CSCD_2	(16 + 32)
#define AT_SEGMENT_2	(16 + 96 + 28)

static const struct refusal refusals[] = {
	{ "no header", 0, 0, 0, 96 + 88 + 1, LENGTH_ERROR },
	{ "the last byte is missing", 0, 0, 0, 1, LENGTH_ERROR },
	{ "a CSCD descriptor is cut", 0, 0, 0, 88 + 1, LENGTH_ERROR },
	{ "no header of LID4", 1, 0, 1, 96 + 96 + 1, LENGTH_ERROR },
	{ "too long in all", 0, 10, 0x0a, 0, LENGTH_ERROR },
	{ "longer than 32 bits can tell", 0, 8, 0xff, 0, LENGTH_ERROR },
	{ "LIST ID USAGE 01b", 0, 1, 0x08, 0, FIELD_IN_LIST, 1 },
	{ "LIST ID USAGE 01b of LID4", 1, 1, 0x08, 0, FIELD_IN_LIST, 1 },
	{ "an identifier although there is none", 1, 1, 0x18, 0,
	  FIELD_IN_LIST, 20 },
	{ "inline data", 0, 15, 1, 0, KTGT_ASC_INLINE_DATA_LENGTH },
	{ "inline data of LID4", 1, 47, 1, 0, KTGT_ASC_INLINE_DATA_LENGTH },
	{ "half of a CSCD descriptor", 0, 3, 80, 0, FIELD_IN_LIST, 2 },
	{ "half of one of LID4", 1, 43, 80, 0, FIELD_IN_LIST, 42 },
	{ "another type of CSCD", 0, AT_CSCD_2, 0xe0, 0,
	  KTGT_ASC_UNSUPPORTED_CSCD },
	{ "a stream", 0, AT_SEGMENT_2, 0x03, 0, KTGT_ASC_UNSUPPORTED_SEGMENT },
	{ "a CSCD type among segments", 0, AT_SEGMENT_2, 0xe4, 0,
	  KTGT_ASC_UNSUPPORTED_SEGMENT },
	{ "a segment that says another length", 0, AT_SEGMENT_2 + 3, 0x18, 0,
	  FIELD_IN_LIST, AT_SEGMENT_2 + 2 },
	{ "a segment that is cut", 0, 11, 87, 0, LENGTH_ERROR },
	{ "a segment of which there is a byte", 0, 11, 61, 0, LENGTH_ERROR },
	{ "another format", 1, 0, 0, 0, FIELD_IN_LIST, 0 },
	{ "another header descriptor", 1, 3, 0x1f, 0, FIELD_IN_LIST, 2 },
	{ "IMMED", 1, 15, 2, 0, FIELD_IN_LIST, 15 },
	{ "G_SENSE", 1, 15, 1, 0, FIELD_IN_LIST, 15 },
	{ "another type of the header", 1, 16, 0xfe, 0, FIELD_IN_LIST, 16 },
};
KUNIT_ARRAY_PARAM_DESC(refusal, refusals, what);

static void refused(struct kunit *test)
{
	const struct refusal *c = test->param_value;
	struct copy_test *t = make(test, c->is_lid4);
	struct ktgt_copy_list list;
	struct ktgt_sense sense;

	KUNIT_ASSERT_TRUE(test, parses(t, c->is_lid4, &list, &sense));
	if (!c->cut)
		t->data[c->at] = c->byte;
	t->len -= c->cut;
	KUNIT_ASSERT_FALSE(test, parses(t, c->is_lid4, &list, &sense));
	KUNIT_EXPECT_EQ(test, sense.key, ILLEGAL_REQUEST);
	KUNIT_EXPECT_EQ(test, sense.asc << 8 | sense.ascq, c->code);
	if (c->code != FIELD_IN_LIST)
		return;
	KUNIT_EXPECT_EQ(test, sense.flags, KTGT_SENSE_FIELD);
	KUNIT_EXPECT_EQ(test, sense.field, c->field);
}

static void expect_code(struct kunit *test, const struct copy_test *t, u16 code)
{
	struct ktgt_copy_list list;
	struct ktgt_sense sense;

	KUNIT_ASSERT_FALSE(test, parses(t, false, &list, &sense));
	KUNIT_EXPECT_EQ(test, sense.asc << 8 | sense.ascq, code);
}

static void too_many(struct kunit *test)
{
	struct copy_test *t = make(test, false);

	memset(t, 0, sizeof(*t));
	t->len = 16;
	add_cscds(t, KTGT_COPY_MAX_CSCDS + 1);
	put_unaligned_be16(t->len - 16, t->data + 2);
	expect_code(test, t, KTGT_ASC_TOO_MANY_CSCDS);

	memset(t, 0, sizeof(*t));
	t->len = 16;
	add_segments(t, KTGT_COPY_BLOCKS, KTGT_COPY_MAX_SEGMENTS + 1);
	put_unaligned_be32(t->len - 16, t->data + 8);
	expect_code(test, t, KTGT_ASC_TOO_MANY_SEGMENTS);
}

/* --- segments ------------------------------------------------------------- */

static void segment_of_blocks(struct kunit *test)
{
	static const u8 p[28] = {
		0x02, 0x02, 0, 0x18, 0x12, 0x34, 0x56, 0x78, 0xee, 0xee,
		0xfe, 0xdc, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	};
	struct ktgt_copy_segment segment;

	ktgt_copy_segment_parse(&segment, p);
	KUNIT_EXPECT_EQ(test, segment.size, 28);
	KUNIT_EXPECT_EQ(test, segment.type, KTGT_COPY_BLOCKS);
	KUNIT_EXPECT_TRUE(test, segment.of_destination);
	KUNIT_EXPECT_EQ(test, segment.source, 0x1234);
	KUNIT_EXPECT_EQ(test, segment.destination, 0x5678);
	KUNIT_EXPECT_EQ(test, segment.len, 0xfedc);
	KUNIT_EXPECT_EQ(test, segment.source_lba, 0x0102030405060708ULL);
	KUNIT_EXPECT_EQ(test, segment.destination_lba, 0x090a0b0c0d0e0f10ULL);
	KUNIT_EXPECT_EQ(test, segment.source_offset, 0);
	KUNIT_EXPECT_EQ(test, segment.destination_offset, 0);
}

static void segment_of_bytes(struct kunit *test)
{
	static const u8 p[32] = {
		0x0a, 0x01, 0, 0x1c, 0xff, 0xff, 0, 1, 0x12, 0x34, 0x56, 0x78,
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
		0x21, 0x22, 0x23, 0x24,
	};
	struct ktgt_copy_segment segment;

	ktgt_copy_segment_parse(&segment, p);
	KUNIT_EXPECT_EQ(test, segment.size, 32);
	KUNIT_EXPECT_EQ(test, segment.type, KTGT_COPY_BYTES);
	KUNIT_EXPECT_FALSE(test, segment.of_destination);
	KUNIT_EXPECT_EQ(test, segment.source, KTGT_COPY_SELF);
	KUNIT_EXPECT_EQ(test, segment.destination, 1);
	KUNIT_EXPECT_EQ(test, segment.len, 0x12345678);
	KUNIT_EXPECT_EQ(test, segment.source_lba, 0x0102030405060708ULL);
	KUNIT_EXPECT_EQ(test, segment.destination_lba, 0x090a0b0c0d0e0f10ULL);
	KUNIT_EXPECT_EQ(test, segment.source_offset, 0x2122);
	KUNIT_EXPECT_EQ(test, segment.destination_offset, 0x2324);
}

/* --- records -------------------------------------------------------------- */

static struct ktgt_nexus *make_nexus(struct kunit *test)
{
	struct ktgt_nexus *nexus = kunit_kzalloc(test, sizeof(*nexus),
						 GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, nexus);
	return nexus;
}

/* A copy begins; gives back its record, or NULL if it must not. */
static struct ktgt_copy_record *begin(struct ktgt_nexus *nexus, u32 lun,
				      u32 list_id, bool has_id, int *err)
{
	const struct ktgt_copy_record what = {
		.has_id = has_id, .list_id = list_id, .lun = lun,
	};
	struct ktgt_copy_record *record = NULL;

	*err = ktgt_copy_record_begin(nexus, &what, &record);
	return record;
}

/* Which copy a list identifier means. */
static void by_name(struct kunit *test)
{
	struct ktgt_nexus *nexus = make_nexus(test);
	struct ktgt_copy_record *one, *two;
	int err;

	KUNIT_EXPECT_NULL(test, ktgt_copy_record_find(nexus, 1, 7));
	one = begin(nexus, 1, 7, true, &err);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_copy_record_find(nexus, 1, 7),
			    (const struct ktgt_copy_record *)one);
	KUNIT_EXPECT_NULL(test, ktgt_copy_record_find(nexus, 2, 7));
	KUNIT_EXPECT_NULL(test, ktgt_copy_record_find(nexus, 1, 8));
	two = begin(nexus, 2, 7, true, &err);
	KUNIT_ASSERT_EQ(test, err, 0);
	KUNIT_EXPECT_PTR_EQ(test, ktgt_copy_record_find(nexus, 2, 7),
			    (const struct ktgt_copy_record *)two);

	begin(nexus, 1, 7, true, &err);
	KUNIT_EXPECT_EQ(test, err, -EEXIST);
	one->state = KTGT_COPY_DONE;
	one->bytes = 5;
	KUNIT_EXPECT_PTR_EQ(test, begin(nexus, 1, 7, true, &err), one);
	KUNIT_EXPECT_EQ(test, one->state, KTGT_COPY_RUNS);
	KUNIT_EXPECT_EQ(test, one->bytes, 0);

	/* without one, nobody finds it, and none is the same */
	begin(nexus, 1, 0, false, &err);
	KUNIT_EXPECT_EQ(test, err, 0);
	begin(nexus, 1, 0, false, &err);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_NULL(test, ktgt_copy_record_find(nexus, 1, 0));
	kfree(nexus->copies);
}

/* The oldest that has ended makes room; those that run do not. */
static void room(struct kunit *test)
{
	struct ktgt_copy_record *records[KTGT_COPIES_MAX];
	struct ktgt_nexus *nexus = make_nexus(test);
	unsigned int i;
	int err;

	for (i = 0; i < KTGT_COPIES_MAX; i++) {
		records[i] = begin(nexus, 1, i, true, &err);
		KUNIT_ASSERT_EQ(test, err, 0);
	}
	begin(nexus, 1, 100, true, &err);
	KUNIT_EXPECT_EQ(test, err, -EBUSY);
	records[5]->state = KTGT_COPY_DONE;
	records[3]->state = KTGT_COPY_FAILED;
	records[9]->state = KTGT_COPY_DONE;
	KUNIT_EXPECT_PTR_EQ(test, begin(nexus, 1, 100, true, &err), records[3]);
	KUNIT_EXPECT_NULL(test, ktgt_copy_record_find(nexus, 1, 3));
	KUNIT_EXPECT_PTR_EQ(test, begin(nexus, 1, 101, true, &err), records[5]);
	/* that of one which was aborted is taken first */
	records[12]->state = KTGT_COPY_UNUSED;
	KUNIT_EXPECT_PTR_EQ(test, begin(nexus, 1, 102, true, &err),
			    records[12]);
	KUNIT_EXPECT_PTR_EQ(test, begin(nexus, 1, 103, true, &err), records[9]);
	begin(nexus, 1, 104, true, &err);
	KUNIT_EXPECT_EQ(test, err, -EBUSY);
	kfree(nexus->copies);
}

static struct kunit_case copy_cases[] = {
	KUNIT_CASE(short_list),
	KUNIT_CASE(long_list),
	KUNIT_CASE(nothing),
	KUNIT_CASE(longest),
	KUNIT_CASE_PARAM(refused, refusal_gen_params),
	KUNIT_CASE(too_many),
	KUNIT_CASE(segment_of_blocks),
	KUNIT_CASE(segment_of_bytes),
	KUNIT_CASE(by_name),
	KUNIT_CASE(room),
	{}
};

static struct kunit_suite copy_suite = {
	.name = "ktgt_copy",
	.test_cases = copy_cases,
};
kunit_test_suite(copy_suite);
