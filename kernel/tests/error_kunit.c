// SPDX-License-Identifier: GPL-2.0
/*
 * What errors of storage become: each row, and what holds for all of them.
 */
#include "../scsi/error.c"

#include <kunit/test.h>

#define LBA	0x123456789aULL

/**
 * struct error_case - an error, and what it becomes
 * @what: its name
 * @error: the error
 * @status: SAM status
 * @read: key, additional sense code and qualifier of a READ
 * @write: the same of a WRITE
 * @other: the same of a flush
 * @has_lba: READ and WRITE say which block
 */
struct error_case {
	const char	*what;
	blk_status_t	error;
	u8		status;
	u32		read;
	u32		write;
	u32		other;
	bool		has_lba;
};

static const struct error_case error_cases[] = {
	{ "IOERR", BLK_STS_IOERR, 0x02, 0x020800, 0x020800, 0x020800 },
	{ "TRANSPORT", BLK_STS_TRANSPORT, 0x02, 0x020800, 0x020800, 0x020800 },
	{ "OFFLINE", BLK_STS_OFFLINE, 0x02, 0x020800, 0x020800, 0x020800 },
	{ "TIMEOUT", BLK_STS_TIMEOUT, 0x02, 0x020800, 0x020800, 0x020800 },
	{ "MEDIUM", BLK_STS_MEDIUM, 0x02, 0x031100, 0x030c00, 0x030c00, true },
	{ "TARGET", BLK_STS_TARGET, 0x02, 0x044400, 0x044400, 0x044400 },
	{ "NOSPC", BLK_STS_NOSPC, 0x02, 0x072707, 0x072707, 0x072707 },
	{ "PROTECTION", BLK_STS_PROTECTION, 0x02,
	  0x0b1001, 0x0b1001, 0x0b1001 },
	{ "NOTSUPP", BLK_STS_NOTSUPP, 0x02, 0x020800, 0x020800, 0x052000 },
	{ "RESV_CONFLICT", BLK_STS_RESV_CONFLICT, 0x18 },
	{ "RESOURCE", BLK_STS_RESOURCE, 0x08 },
	{ "DEV_RESOURCE", BLK_STS_DEV_RESOURCE, 0x08 },
	{ "AGAIN", BLK_STS_AGAIN, 0x08 },
};
KUNIT_ARRAY_PARAM_DESC(error, error_cases, what);

static void expect_sense(struct kunit *test, enum ktgt_error_op op, u32 wanted,
			 bool has_lba)
{
	const struct error_case *c = test->param_value;
	struct ktgt_sense sense;

	memset(&sense, 0xff, sizeof(sense));
	KUNIT_EXPECT_EQ(test, ktgt_error_to_sense(c->error, op, LBA, &sense),
			c->status);
	if (c->status != SAM_STAT_CHECK_CONDITION) {
		KUNIT_EXPECT_EQ(test, sense.key, 0xff);
		return;
	}
	KUNIT_EXPECT_EQ(test, sense.key << 16 | sense.asc << 8 | sense.ascq,
			wanted);
	KUNIT_EXPECT_EQ(test, sense.flags, has_lba ? KTGT_SENSE_INFO : 0);
	KUNIT_EXPECT_EQ(test, sense.info, has_lba ? LBA : 0);
}

static void row(struct kunit *test)
{
	const struct error_case *c = test->param_value;

	expect_sense(test, KTGT_ERROR_READ, c->read, c->has_lba);
	expect_sense(test, KTGT_ERROR_WRITE, c->write, c->has_lba);
	expect_sense(test, KTGT_ERROR_OTHER, c->other, false);
}

/*
 * Whatever number the kernel has for an error, or will have: if another path
 * could cure it, the initiator is not told that none can.
 */
static void path_errors(struct kunit *test)
{
	unsigned int nr, op;

	for (nr = 1; nr <= U8_MAX; nr++) {
		blk_status_t error = (__force blk_status_t)nr;

		if (!blk_path_error(error))
			continue;
		for (op = 0; op < KTGT_ERROR_NR_OPS; op++) {
			struct ktgt_sense sense = {};
			u8 status;

			status = ktgt_error_to_sense(error, op, 0, &sense);
			KUNIT_EXPECT_TRUE_MSG(test,
					      status == SAM_STAT_BUSY ||
					      (status == SAM_STAT_CHECK_CONDITION &&
					       sense.key == NOT_READY),
					      "error %u op %u", nr, op);
		}
	}
}

/* No error is found twice, and none is GOOD. */
static void rows_differ(struct kunit *test)
{
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_TRUE(test, rows[i].error != BLK_STS_OK);
		KUNIT_EXPECT_NE(test, rows[i].status, SAM_STAT_GOOD);
		for (k = 0; k < i; k++)
			KUNIT_EXPECT_TRUE(test, rows[i].error != rows[k].error);
	}
}

/**
 * struct errno_case - an errno, and the error that it is
 * @what: its name
 * @err: the errno
 * @error: the error
 */
struct errno_case {
	const char	*what;
	int		err;
	blk_status_t	error;
};

static const struct errno_case errno_cases[] = {
	{ "none", 0, BLK_STS_OK },
	{ "EIO", -EIO, BLK_STS_IOERR },
	{ "ENODATA", -ENODATA, BLK_STS_MEDIUM },
	{ "EREMOTEIO", -EREMOTEIO, BLK_STS_TARGET },
	{ "ENOLINK", -ENOLINK, BLK_STS_TRANSPORT },
	{ "ENODEV", -ENODEV, BLK_STS_OFFLINE },
	{ "ENXIO", -ENXIO, BLK_STS_OFFLINE },
	{ "ESTALE", -ESTALE, BLK_STS_OFFLINE },
	{ "ENOSPC", -ENOSPC, BLK_STS_NOSPC },
	{ "EDQUOT", -EDQUOT, BLK_STS_NOSPC },
	{ "EOPNOTSUPP", -EOPNOTSUPP, BLK_STS_NOTSUPP },
	{ "ENOMEM", -ENOMEM, BLK_STS_RESOURCE },
	{ "EAGAIN", -EAGAIN, BLK_STS_AGAIN },
	{ "EINTR", -EINTR, BLK_STS_AGAIN },
	{ "EROFS", -EROFS, BLK_STS_IOERR },
	{ "EUCLEAN", -EUCLEAN, BLK_STS_IOERR },
};
KUNIT_ARRAY_PARAM_DESC(errno, errno_cases, what);

static void of_errno(struct kunit *test)
{
	const struct errno_case *c = test->param_value;

	KUNIT_EXPECT_TRUE(test, ktgt_error_of_errno(c->err) == c->error);
}

static struct kunit_case error_test_cases[] = {
	KUNIT_CASE_PARAM(row, error_gen_params),
	KUNIT_CASE(path_errors),
	KUNIT_CASE(rows_differ),
	KUNIT_CASE_PARAM(of_errno, errno_gen_params),
	{}
};

static struct kunit_suite error_suite = {
	.name = "ktgt_error",
	.test_cases = error_test_cases,
};

kunit_test_suite(error_suite);
