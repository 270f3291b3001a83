// SPDX-License-Identifier: GPL-2.0
/*
 * Sense data in both formats, and in which order unit attentions are told.
 */
#include "../scsi/sense.c"
#include "../scsi/ua.c"

#include <kunit/test.h>

#define FIELD		KTGT_SENSE_FIELD
#define CDB		KTGT_SENSE_CDB
#define POINTER_BIT	KTGT_SENSE_BIT
#define INFO		KTGT_SENSE_INFO

/**
 * struct sense_case - sense data, and both of its forms
 * @what: its name
 * @sense: the sense data
 * @fixed: 18 bytes
 * @descriptor_len: bytes of @descriptor
 * @descriptor: the other format
 */
struct sense_case {
	const char		*what;
	struct ktgt_sense	sense;
	u8			fixed[18];
	u8			descriptor_len;
	u8			descriptor[28];
};

static const struct sense_case sense_cases[] = {
	{ "no sense", { 0 },
	  { 0x70, 0, 0, 0, 0, 0, 0, 10 },
	  8, { 0x72 } },
	{ "medium error", { .key = 3, .asc = 0x11 },
	  { 0x70, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x11 },
	  8, { 0x72, 3, 0x11 } },
	{ "unit attention", { .key = 6, .asc = 0x3f, .ascq = 0x0e },
	  { 0x70, 0, 6, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x3f, 0x0e },
	  8, { 0x72, 6, 0x3f, 0x0e } },
	{ "bit of the CDB",
	  { .key = 5, .asc = 0x24, .flags = FIELD | CDB | POINTER_BIT,
	    .bit = 4, .field = 1 },
	  { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0,
	    0xcc, 0, 1 },
	  16, { 0x72, 5, 0x24, 0, 0, 0, 0, 8,
		2, 6, 0, 0, 0xcc, 0, 1, 0 } },
	{ "byte of the CDB",
	  { .key = 5, .asc = 0x24, .flags = FIELD | CDB, .bit = 7,
	    .field = 10 },
	  { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x24, 0, 0,
	    0xc0, 0, 10 },
	  16, { 0x72, 5, 0x24, 0, 0, 0, 0, 8,
		2, 6, 0, 0, 0xc0, 0, 10, 0 } },
	{ "byte of the list",
	  { .key = 5, .asc = 0x26, .flags = FIELD, .field = 0x1234 },
	  { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x26, 0, 0,
	    0x80, 0x12, 0x34 },
	  16, { 0x72, 5, 0x26, 0, 0, 0, 0, 8,
		2, 6, 0, 0, 0x80, 0x12, 0x34, 0 } },
	{ "progress",
	  { .key = 2, .asc = 0x04, .ascq = 0x1b,
	    .flags = KTGT_SENSE_PROGRESS, .field = 0xabcd },
	  { 0x70, 0, 2, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x04, 0x1b, 0,
	    0x80, 0xab, 0xcd },
	  16, { 0x72, 2, 0x04, 0x1b, 0, 0, 0, 8,
		2, 6, 0, 0, 0x80, 0xab, 0xcd, 0 } },
	{ "information",
	  { .key = 3, .asc = 0x11, .flags = INFO, .info = 0x12345678 },
	  { 0xf0, 0, 3, 0x12, 0x34, 0x56, 0x78, 10, 0, 0, 0, 0, 0x11 },
	  20, { 0x72, 3, 0x11, 0, 0, 0, 0, 12,
		0, 10, 0x80, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78 } },
	{ "information, zero",
	  { .key = 3, .asc = 0x11, .flags = INFO, .info = 0 },
	  { 0xf0, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x11 },
	  20, { 0x72, 3, 0x11, 0, 0, 0, 0, 12, 0, 10, 0x80 } },
	{ "information of 32 bits",
	  { .key = 3, .asc = 0x11, .flags = INFO, .info = U32_MAX },
	  { 0xf0, 0, 3, 0xff, 0xff, 0xff, 0xff, 10, 0, 0, 0, 0, 0x11 },
	  20, { 0x72, 3, 0x11, 0, 0, 0, 0, 12,
		0, 10, 0x80, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff } },
	{ "information of 33 bits",
	  { .key = 3, .asc = 0x11, .flags = INFO, .info = 1ULL << 32 },
	  { 0x70, 0, 3, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x11 },
	  20, { 0x72, 3, 0x11, 0, 0, 0, 0, 12,
		0, 10, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0 } },
	{ "information and field",
	  { .key = 5, .asc = 0x21, .flags = INFO | FIELD | CDB, .field = 2,
	    .info = 0x0102030405060708ULL },
	  { 0x70, 0, 5, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x21, 0, 0,
	    0xc0, 0, 2 },
	  28, { 0x72, 5, 0x21, 0, 0, 0, 0, 20,
		0, 10, 0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8,
		2, 6, 0, 0, 0xc0, 0, 2, 0 } },
};
KUNIT_ARRAY_PARAM_DESC(sense, sense_cases, what);

static void fixed(struct kunit *test)
{
	const struct sense_case *c = test->param_value;
	u8 buf[KTGT_SENSE_LEN];

	memset(buf, 0xa5, sizeof(buf));
	KUNIT_ASSERT_EQ(test, ktgt_sense_build(&c->sense, false, buf), 18);
	KUNIT_EXPECT_MEMEQ(test, buf, c->fixed, 18);
}

static void descriptor(struct kunit *test)
{
	const struct sense_case *c = test->param_value;
	u8 buf[KTGT_SENSE_LEN];

	memset(buf, 0xa5, sizeof(buf));
	KUNIT_ASSERT_EQ(test, ktgt_sense_build(&c->sense, true, buf),
			c->descriptor_len);
	KUNIT_EXPECT_MEMEQ(test, buf, c->descriptor, c->descriptor_len);
}

static const struct ktgt_sense of_source = {
	.key = 3, .asc = 0x11, .flags = INFO, .info = 0x12345678,
};

/**
 * struct copy_case - sense data of a copy, and both of its forms
 * @what: its name
 * @sense: the sense data
 * @fixed_len: bytes of @fixed
 * @fixed: fixed format
 * @descriptor_len: bytes of @descriptor
 * @descriptor: descriptor format
 */
struct copy_case {
	const char		*what;
	struct ktgt_sense	sense;
	u8			fixed_len;
	u8			fixed[40];
	u8			descriptor_len;
	u8			descriptor[KTGT_SENSE_LEN];
};

static const struct copy_case copy_cases[] = {
	{ "segment",
	  { .key = 10, .asc = 0x0d, .ascq = 2, .flags = KTGT_SENSE_COPY,
	    .segment = 0x102 },
	  18, { 0x70, 0, 10, 0, 0, 0, 0, 10, 0, 0, 1, 2, 0x0d, 2 },
	  20, { 0x72, 10, 0x0d, 2, 0, 0, 0, 12,
		1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2 } },
	{ "field of a segment",
	  { .key = 10, .asc = 0x26,
	    .flags = KTGT_SENSE_COPY | FIELD | KTGT_SENSE_SEGMENT,
	    .segment = 3, .field = 20 },
	  18, { 0x70, 0, 10, 0, 0, 0, 0, 10, 0, 0, 0, 3, 0x26, 0, 0,
		0xa0, 0, 20 },
	  28, { 0x72, 10, 0x26, 0, 0, 0, 0, 20,
		1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3,
		2, 6, 0, 0, 0xa0, 0, 20, 0 } },
	{ "source that has failed",
	  { .key = 10, .asc = 0x0d, .ascq = 1,
	    .flags = KTGT_SENSE_COPY | KTGT_SENSE_CSCD, .segment = 1,
	    .cscd = &of_source, .cscd_status = SAM_STAT_CHECK_CONDITION },
	  37, { 0x70, 0, 10, 0, 0, 0, 0, 29, 18, 0, 0, 1, 0x0d, 1, 0, 0, 0, 0,
		2, 0xf0, 0, 3, 0x12, 0x34, 0x56, 0x78, 10, 0, 0, 0, 0, 0x11 },
	  44, { 0x72, 10, 0x0d, 1, 0, 0, 0, 36,
		1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		0x0c, 22, 1, 2,
		0x72, 3, 0x11, 0, 0, 0, 0, 12,
		0, 10, 0x80, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78 } },
	{ "source that has failed in the middle, of a CSCD descriptor",
	  { .key = 10, .asc = 0x0d, .ascq = 1,
	    .flags = INFO | FIELD | KTGT_SENSE_COPY | KTGT_SENSE_CSCD,
	    .segment = 1, .info = 0x102, .field = 48,
	    .cscd = &of_source, .cscd_status = SAM_STAT_CHECK_CONDITION },
	  37, { 0xf0, 0, 10, 0, 0, 1, 2, 29, 18, 0, 0, 1, 0x0d, 1, 0,
		0x80, 0, 48,
		2, 0xf0, 0, 3, 0x12, 0x34, 0x56, 0x78, 10, 0, 0, 0, 0, 0x11 },
	  64, { 0x72, 10, 0x0d, 1, 0, 0, 0, 56,
		0, 10, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2,
		1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
		2, 6, 0, 0, 0x80, 0, 48, 0,
		0x0c, 22, 1, 2,
		0x72, 3, 0x11, 0, 0, 0, 0, 12,
		0, 10, 0x80, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78 } },
	{ "destination that has only a status",
	  { .key = 10, .asc = 0x0d, .ascq = 1,
	    .flags = KTGT_SENSE_COPY | KTGT_SENSE_CSCD |
		     KTGT_SENSE_DESTINATION,
	    .cscd = &of_source,
	    .cscd_status = SAM_STAT_RESERVATION_CONFLICT },
	  19, { 0x70, 0, 10, 0, 0, 0, 0, 11, 0, 18, 0, 0, 0x0d, 1, 0, 0, 0, 0,
		0x18 },
	  24, { 0x72, 10, 0x0d, 1, 0, 0, 0, 16,
		1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0x0c, 2, 2, 0x18 } },
};
KUNIT_ARRAY_PARAM_DESC(copy, copy_cases, what);

static void of_copy(struct kunit *test)
{
	const struct copy_case *c = test->param_value;
	u8 buf[KTGT_SENSE_LEN];

	memset(buf, 0xa5, sizeof(buf));
	KUNIT_ASSERT_EQ(test, ktgt_sense_build(&c->sense, false, buf),
			c->fixed_len);
	KUNIT_EXPECT_MEMEQ(test, buf, c->fixed, c->fixed_len);
	memset(buf, 0xa5, sizeof(buf));
	KUNIT_ASSERT_EQ(test, ktgt_sense_build(&c->sense, true, buf),
			c->descriptor_len);
	KUNIT_EXPECT_MEMEQ(test, buf, c->descriptor, c->descriptor_len);
}

/* What was said before is forgotten. */
static void said_anew(struct kunit *test)
{
	struct ktgt_sense sense;

	memset(&sense, 0xff, sizeof(sense));
	ktgt_sense_set(&sense, NOT_READY, KTGT_ASC_MEDIUM_NOT_PRESENT);
	KUNIT_EXPECT_EQ(test, sense.key, 2);
	KUNIT_EXPECT_EQ(test, sense.asc, 0x3a);
	KUNIT_EXPECT_EQ(test, sense.ascq, 0);
	KUNIT_EXPECT_EQ(test, sense.flags, 0);

	ktgt_sense_set(&sense, ILLEGAL_REQUEST, KTGT_ASC_INVALID_FIELD_IN_UNIT);
	KUNIT_EXPECT_EQ(test, sense.asc, 0x0e);
	KUNIT_EXPECT_EQ(test, sense.ascq, 3);
}

static void field_of_cdb(struct kunit *test)
{
	struct ktgt_sense sense;

	memset(&sense, 0xff, sizeof(sense));
	ktgt_sense_cdb_field(&sense, 7, 3);
	KUNIT_EXPECT_EQ(test, sense.key, 5);
	KUNIT_EXPECT_EQ(test, sense.asc, 0x24);
	KUNIT_EXPECT_EQ(test, sense.flags, FIELD | CDB | POINTER_BIT);
	KUNIT_EXPECT_EQ(test, sense.field, 7);
	KUNIT_EXPECT_EQ(test, sense.bit, 3);

	ktgt_sense_cdb_field(&sense, 7, KTGT_SENSE_NO_BIT);
	KUNIT_EXPECT_EQ(test, sense.flags, FIELD | CDB);
}

static void field_of_list(struct kunit *test)
{
	struct ktgt_sense sense;

	memset(&sense, 0xff, sizeof(sense));
	ktgt_sense_list_field(&sense, 20);
	KUNIT_EXPECT_EQ(test, sense.key, 5);
	KUNIT_EXPECT_EQ(test, sense.asc, 0x26);
	KUNIT_EXPECT_EQ(test, sense.flags, FIELD);
	KUNIT_EXPECT_EQ(test, sense.field, 20);
}

static struct kunit_case sense_test_cases[] = {
	KUNIT_CASE_PARAM(fixed, sense_gen_params),
	KUNIT_CASE_PARAM(descriptor, sense_gen_params),
	KUNIT_CASE_PARAM(of_copy, copy_gen_params),
	KUNIT_CASE(said_anew),
	KUNIT_CASE(field_of_cdb),
	KUNIT_CASE(field_of_list),
	{}
};

static struct kunit_suite sense_suite = {
	.name = "ktgt_sense",
	.test_cases = sense_test_cases,
};

/**
 * struct ua_test - a target with one logical unit and two initiators
 * @target: the target
 * @lu: its logical unit
 * @nexuses: the initiators
 * @itls: what the logical unit keeps for them
 */
struct ua_test {
	struct ktgt_target	target;
	struct ktgt_lu		lu;
	struct ktgt_nexus	nexuses[2];
	struct ktgt_itl		itls[2];
};

static int ua_test_init(struct kunit *test)
{
	struct ua_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;
	int err = 0;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	spin_lock_init(&t->target.nexus_lock);
	INIT_LIST_HEAD(&t->target.nexuses);
	INIT_LIST_HEAD(&t->lu.itls);
	t->lu.target = &t->target;
	for (i = 0; i < 2; i++) {
		xa_init(&t->nexuses[i].itls);
		list_add_tail(&t->nexuses[i].node, &t->target.nexuses);
		t->itls[i].lu = &t->lu;
		t->itls[i].nexus = &t->nexuses[i];
		list_add_tail(&t->itls[i].node, &t->lu.itls);
		err = err ?: xa_err(xa_store(&t->nexuses[i].itls, 1,
					     &t->itls[i], GFP_KERNEL));
	}
	return err;
}

static void ua_test_exit(struct kunit *test)
{
	struct ua_test *t = test->priv;
	unsigned int i;

	for (i = 0; t && i < 2; i++)
		xa_destroy(&t->nexuses[i].itls);
}

/* Additional sense code and qualifier that initiator @i is told, or 0. */
static u16 ua_told(struct kunit *test, unsigned int i)
{
	struct ua_test *t = test->priv;
	struct ktgt_sense sense = {};
	struct ktgt_cmd *cmd = kunit_kzalloc(test, sizeof(*cmd), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cmd);
	cmd->nexus = &t->nexuses[i];
	cmd->itl = &t->itls[i];
	if (!ktgt_ua_take(cmd, &sense))
		return 0;
	KUNIT_EXPECT_EQ(test, sense.key, UNIT_ATTENTION);
	return sense.asc << 8 | sense.ascq;
}

static void ua_order(struct kunit *test)
{
	struct ua_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
	ktgt_ua_raise(&t->lu, KTGT_UA_CAPACITY, NULL);
	ktgt_ua_raise(&t->lu, KTGT_UA_INQUIRY, NULL);
	ktgt_ua_raise(&t->lu, KTGT_UA_POWER_ON, NULL);
	ktgt_ua_raise(&t->lu, KTGT_UA_CAPACITY, NULL);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2900);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2a09);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x3f03);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
	KUNIT_EXPECT_EQ(test, t->itls[0].flags, 0);
	KUNIT_EXPECT_EQ(test, ua_told(test, 1), 0x2900);
}

/* A command that does not report what it has taken. */
static void ua_given_back(struct kunit *test)
{
	struct ua_test *t = test->priv;
	struct ktgt_cmd *cmd = kunit_kzalloc(test, sizeof(*cmd), GFP_KERNEL);
	struct ktgt_sense sense = {};

	KUNIT_ASSERT_NOT_NULL(test, cmd);
	cmd->nexus = &t->nexuses[0];
	cmd->itl = &t->itls[0];
	ktgt_ua_give_back(cmd);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
	ktgt_ua_raise(&t->lu, KTGT_UA_MODE, NULL);
	t->target.lus_changed = true;
	ktgt_ua_luns_changed(&t->target);
	KUNIT_EXPECT_TRUE(test, ktgt_ua_take(cmd, &sense));
	ktgt_ua_give_back(cmd);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x3f0e);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2a01);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
}

static void ua_except(struct kunit *test)
{
	struct ua_test *t = test->priv;

	ktgt_ua_raise(&t->lu, KTGT_UA_MODE, &t->nexuses[0]);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
	KUNIT_EXPECT_EQ(test, ua_told(test, 1), 0x2a01);
}

/* Once for the nexus, by whichever of its logical units. */
static void ua_luns_changed(struct kunit *test)
{
	struct ua_test *t = test->priv;

	/* not unless there is something to tell */
	ktgt_ua_luns_changed(&t->target);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
	t->target.lus_changed = true;
	ktgt_ua_luns_changed(&t->target);
	KUNIT_EXPECT_FALSE(test, t->target.lus_changed);
	ktgt_ua_raise(&t->lu, KTGT_UA_CAPACITY, &t->nexuses[1]);
	ktgt_ua_raise(&t->lu, KTGT_UA_POWER_ON, &t->nexuses[1]);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2900);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x3f0e);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2a09);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
	KUNIT_EXPECT_EQ(test, t->nexuses[0].flags, 0);

	ktgt_ua_luns_told(&t->nexuses[1]);
	KUNIT_EXPECT_EQ(test, ua_told(test, 1), 0);
}

/* Looking takes nothing away, and finds what would be told next. */
static void ua_peek(struct kunit *test)
{
	struct ua_test *t = test->priv;
	struct ktgt_sense sense = {};

	KUNIT_EXPECT_EQ(test, ktgt_ua_peek(0, 0, &sense), 0);
	KUNIT_EXPECT_EQ(test, ktgt_ua_peek(BIT(KTGT_ITL_ORPHANS), 0, &sense), 0);
	KUNIT_EXPECT_EQ(test, sense.key, 0);
	ktgt_ua_raise(&t->lu, KTGT_UA_CAPACITY, NULL);
	KUNIT_EXPECT_EQ(test, ktgt_ua_peek(t->itls[0].flags, 0, &sense), 1);
	KUNIT_EXPECT_EQ(test, sense.key, UNIT_ATTENTION);
	KUNIT_EXPECT_EQ(test, sense.asc << 8 | sense.ascq, 0x2a09);
	t->target.lus_changed = true;
	ktgt_ua_luns_changed(&t->target);
	KUNIT_EXPECT_EQ(test, ktgt_ua_peek(t->itls[0].flags,
					   t->nexuses[0].flags, &sense), 2);
	KUNIT_EXPECT_EQ(test, sense.asc << 8 | sense.ascq, 0x3f0e);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x3f0e);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2a09);
}

/* One initiator is told, by each of its logical units, before other news. */
static void ua_nexus(struct kunit *test)
{
	struct ua_test *t = test->priv;

	t->nexuses[0].target = &t->target;
	ktgt_ua_raise(&t->lu, KTGT_UA_CAPACITY, NULL);
	ktgt_ua_raise(&t->lu, KTGT_UA_RESET, NULL);
	ktgt_ua_raise_nexus(&t->nexuses[0], KTGT_UA_NEXUS_LOSS);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2903);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2907);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0x2a09);
	KUNIT_EXPECT_EQ(test, ua_told(test, 0), 0);
	KUNIT_EXPECT_EQ(test, ua_told(test, 1), 0x2903);
	KUNIT_EXPECT_EQ(test, ua_told(test, 1), 0x2a09);
}

static struct kunit_case ua_cases[] = {
	KUNIT_CASE(ua_order),
	KUNIT_CASE(ua_given_back),
	KUNIT_CASE(ua_except),
	KUNIT_CASE(ua_luns_changed),
	KUNIT_CASE(ua_peek),
	KUNIT_CASE(ua_nexus),
	{}
};

static struct kunit_suite ua_suite = {
	.name = "ktgt_ua",
	.init = ua_test_init,
	.exit = ua_test_exit,
	.test_cases = ua_cases,
};

kunit_test_suites(&sense_suite, &ua_suite);
