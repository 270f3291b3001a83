// SPDX-License-Identifier: GPL-2.0
/*
 * Sections of an image: each can be changed without the others, and nothing is read that
 * is not there.
 */
#include "../scsi/sanitize_image.c"
#include "../scsi/mode_image.c"
#include "../scsi/state_image.c"

#include <kunit/test.h>

#define FIRST		1
#define LAST		(KTGT_SECTION_END - 1)

/* An image with one section, which has @len bytes of @fill. */
static struct ktgt_state_image *with(struct kunit *test,
				     struct ktgt_state_image *base, u16 type,
				     u32 len, u8 fill)
{
	struct ktgt_state_image *image;
	u8 *data = NULL;

	image = ktgt_state_image_with(base, type, len, GFP_KERNEL, &data);
	ktgt_state_image_put(base);
	KUNIT_ASSERT_NOT_NULL(test, image);
	KUNIT_ASSERT_EQ(test, !data, !len);
	if (data)
		memset(data, fill, len);
	KUNIT_EXPECT_EQ(test, ktgt_state_image_check(image), 0);
	return image;
}

static void expect(struct kunit *test, const struct ktgt_state_image *image,
		   u16 type, u32 len, u8 fill)
{
	const u8 *data;
	u32 got = 0;

	data = ktgt_state_image_find(image, type, &got);
	KUNIT_ASSERT_EQ(test, !data, !len);
	if (!data)
		return;
	KUNIT_ASSERT_EQ(test, got, len);
	KUNIT_EXPECT_NULL(test, memchr_inv(data, fill, len));
}

/* Whichever section is changed, comes, or goes: the others stay. */
static void each(struct kunit *test)
{
	static const u32 lens[] = { 1, 300, 0, 7, 0 };
	struct ktgt_state_image *image = NULL;
	u32 i, type, other;

	for (type = FIRST; type <= LAST; type++)
		image = with(test, image, type, 10 * type, type);
	for (type = FIRST; type <= LAST; type++) {
		for (i = 0; i < ARRAY_SIZE(lens); i++) {
			image = with(test, image, type, lens[i], 0xaa);
			expect(test, image, type, lens[i], 0xaa);
			for (other = FIRST; other <= LAST; other++)
				if (other != type)
					expect(test, image, other, 10 * other,
					       other);
		}
		image = with(test, image, type, 10 * type, type);
	}
	ktgt_state_image_put(image);
}

static void nothing(struct kunit *test)
{
	struct ktgt_state_image *image = with(test, NULL, FIRST, 0, 0);

	KUNIT_EXPECT_EQ(test, image->len, 0U);
	expect(test, image, FIRST, 0, 0);
	image = with(test, image, FIRST, 5, 1);
	image = with(test, image, FIRST, 0, 0);
	KUNIT_EXPECT_EQ(test, image->len, 0U);
	ktgt_state_image_put(image);
}

/* All that begins like an image, and is shorter, is none. */
static void cut(struct kunit *test)
{
	struct ktgt_state_image *image = with(test, NULL, FIRST, 20, 1);

	for (image->len = 1; image->len < KTGT_SECTION_LEN + 20; image->len++)
		KUNIT_EXPECT_EQ(test, ktgt_state_image_check(image), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, ktgt_state_image_check(image), 0);
	ktgt_state_image_put(image);
}

/**
 * struct forged_case - an image that nobody has made so
 * @what: its name
 * @type: of its section
 * @reserved: what is to be 0 there
 * @len: bytes that it is to have; it has 4
 * @err: what is said of it
 */
struct forged_case {
	const char	*what;
	u16		type;
	u16		reserved;
	u32		len;
	int		err;
};

static const struct forged_case forged_cases[] = {
	{ "type 0", 0, 0, 4, -EUCLEAN },
	{ "type that is not known", KTGT_SECTION_END, 0, 4, -EPROTONOSUPPORT },
	{ "greatest type", U16_MAX, 0, 4, -EPROTONOSUPPORT },
	{ "reserved bytes", FIRST, 1, 4, -EPROTONOSUPPORT },
	{ "one byte too long", FIRST, 0, 5, -EUCLEAN },
	{ "one byte too short", FIRST, 0, 3, -EUCLEAN },
	{ "longest", FIRST, 0, U32_MAX, -EUCLEAN },
	{ "so long that its end is its beginning", FIRST, 0,
	  U32_MAX - KTGT_SECTION_LEN + 1, -EUCLEAN },
};
KUNIT_ARRAY_PARAM_DESC(forged, forged_cases, what);

static void forged(struct kunit *test)
{
	struct ktgt_state_image *image = with(test, NULL, FIRST, 4, 0);
	const struct forged_case *c = test->param_value;

	put_unaligned_le16(c->type, image->data);
	put_unaligned_le16(c->reserved, image->data + 2);
	put_unaligned_le32(c->len, image->data + 4);
	KUNIT_EXPECT_EQ(test, ktgt_state_image_check(image), c->err);
	ktgt_state_image_put(image);
}

/* One type twice, or after a greater one. */
static void order(struct kunit *test)
{
	struct ktgt_state_image *image = ktgt_state_image_alloc(16, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	put_unaligned_le16(LAST, image->data);
	put_unaligned_le16(LAST, image->data + KTGT_SECTION_LEN);
	KUNIT_EXPECT_EQ(test, ktgt_state_image_check(image), -EUCLEAN);
	put_unaligned_le16(FIRST, image->data + KTGT_SECTION_LEN);
	KUNIT_EXPECT_EQ(test, ktgt_state_image_check(image), -EUCLEAN);
	ktgt_state_image_put(image);
}

/* --- mode parameters ------------------------------------------------------ */

static int read_mode(struct kunit *test, struct ktgt_mode_saved *saved,
		     const u8 *p, u32 len)
{
	struct ktgt_lu *lu = kunit_kzalloc(test, sizeof(*lu), GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, lu);
	spin_lock_init(&lu->lock);
	err = ktgt_mode_image_read(lu, p, len);
	*saved = lu->mode_saved;
	kunit_kfree(test, lu);
	return err;
}

/* What is read is what was written. */
static void mode_values(struct kunit *test)
{
	struct ktgt_mode_saved want, got;
	unsigned int i;

	for (i = 0; i < 12; i++) {
		u8 p[KTGT_MODE_IMAGE_LEN] = {};

		want.protect = i & 1;
		want.d_sense = i & 2;
		want.cache = (int)(i >> 2) - 1;
		ktgt_mode_image_put(&want, p);
		KUNIT_ASSERT_EQ(test, read_mode(test, &got, p, sizeof(p)), 0);
		KUNIT_EXPECT_EQ(test, got.protect, want.protect);
		KUNIT_EXPECT_EQ(test, got.d_sense, want.d_sense);
		KUNIT_EXPECT_EQ(test, got.cache, want.cache);
	}
}

static void mode_forged(struct kunit *test)
{
	u8 p[KTGT_MODE_IMAGE_LEN + 1] = {};
	struct ktgt_mode_saved got;
	u32 i;

	for (i = 0; i < KTGT_MODE_IMAGE_LEN; i++)
		KUNIT_EXPECT_EQ(test, read_mode(test, &got, p, i), -EUCLEAN);
	KUNIT_EXPECT_EQ(test, read_mode(test, &got, p, sizeof(p)),
			-EPROTONOSUPPORT);
	p[1] = 2;
	KUNIT_EXPECT_EQ(test, read_mode(test, &got, p, KTGT_MODE_IMAGE_LEN),
			-EUCLEAN);
	p[1] = 0;
	p[0] = BIT(2);
	KUNIT_EXPECT_EQ(test, read_mode(test, &got, p, KTGT_MODE_IMAGE_LEN),
			-EPROTONOSUPPORT);
	p[0] = 0;
	p[KTGT_MODE_IMAGE_LEN - 1] = 1;
	KUNIT_EXPECT_EQ(test, read_mode(test, &got, p, KTGT_MODE_IMAGE_LEN),
			-EPROTONOSUPPORT);
	KUNIT_EXPECT_FALSE(test, got.protect || got.d_sense || got.cache);
}

/* --- sanitize operations -------------------------------------------------- */

#define PATTERN		"pattern"
#define DISK		"wwn-1"

/* An overwrite that is under way. Returns its bytes. */
static u32 make_sanitize(u8 *p)
{
	const struct ktgt_sanitize_image image = {
		.action = KTGT_SANITIZE_OVERWRITE,
		.unrestricted = true,
		.invert = true,
		.passes = 3,
		.size = 1 << 20,
		.pattern_len = strlen(PATTERN),
		.pattern = PATTERN,
		.disk_len = strlen(DISK),
		.disk = DISK,
	};

	return ktgt_sanitize_image_put(&image, p);
}

static void sanitize_values(struct kunit *test)
{
	struct ktgt_sanitize_image got;
	u8 p[64];
	u32 len = make_sanitize(p);

	KUNIT_ASSERT_EQ(test, ktgt_sanitize_image_get(&got, p, len), 0);
	KUNIT_EXPECT_FALSE(test, got.failed);
	KUNIT_EXPECT_TRUE(test, got.unrestricted && got.invert);
	KUNIT_EXPECT_EQ(test, got.action, KTGT_SANITIZE_OVERWRITE);
	KUNIT_EXPECT_EQ(test, got.passes, 3);
	KUNIT_EXPECT_EQ(test, got.size, 1ULL << 20);
	KUNIT_ASSERT_EQ(test, got.pattern_len, strlen(PATTERN));
	KUNIT_EXPECT_MEMEQ(test, got.pattern, PATTERN, got.pattern_len);
	KUNIT_ASSERT_EQ(test, got.disk_len, strlen(DISK));
	KUNIT_EXPECT_MEMEQ(test, got.disk, DISK, got.disk_len);
}

/**
 * struct byte_case - a byte of a section that is another one
 * @what: what is wrong
 * @at: which byte
 * @byte: what it is
 * @err: what is said of it
 */
struct byte_case {
	const char	*what;
	u8		at;
	u8		byte;
	int		err;
};

static const struct byte_case byte_cases[] = {
	{ "no phase", 0, 0, -EPROTONOSUPPORT },
	{ "another phase", 0, 3, -EPROTONOSUPPORT },
	{ "failed, with a pattern", 0, 2, -EUCLEAN },
	{ "another action", 1, 3, -EPROTONOSUPPORT },
	{ "an erasure with a pattern", 1, 2, -EUCLEAN },
	{ "another flag", 2, BIT(2), -EPROTONOSUPPORT },
	{ "no pass", 3, 0, -EUCLEAN },
	{ "32 passes", 3, 32, -EUCLEAN },
	{ "a longer pattern", 4, 8, -EUCLEAN },
	{ "a shorter pattern", 4, 6, -EUCLEAN },
	{ "a much longer pattern", 5, 0xff, -EUCLEAN },
	{ "a longer name", 6, 0xff, -EUCLEAN },
	{ "no name", 6, 0, -EUCLEAN },
	{ "a reserved byte", 7, 1, -EPROTONOSUPPORT },
	{ "no size", 10, 0, -EUCLEAN },
};
KUNIT_ARRAY_PARAM_DESC(byte, byte_cases, what);

static void sanitize_forged(struct kunit *test)
{
	const struct byte_case *c = test->param_value;
	struct ktgt_sanitize_image got;
	u8 p[64];
	u32 len = make_sanitize(p);

	p[c->at] = c->byte;
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_image_get(&got, p, len), c->err);
}

static void sanitize_cut(struct kunit *test)
{
	struct ktgt_sanitize_image got;
	u8 p[64] = {};
	u32 len = make_sanitize(p), i;

	for (i = 0; i < len; i++)
		KUNIT_EXPECT_EQ(test, ktgt_sanitize_image_get(&got, p, i),
				-EUCLEAN);
	KUNIT_EXPECT_EQ(test, ktgt_sanitize_image_get(&got, p, len + 1),
			-EUCLEAN);
}

/* A path is no name. */
static void disk_names(struct kunit *test)
{
	struct ktgt_lu *lu = kunit_kzalloc(test, sizeof(*lu), GFP_KERNEL);
	char *disk = kunit_kzalloc(test, KTGT_SANITIZE_DISK_MAX + 1, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, lu && disk);
	spin_lock_init(&lu->lock);
	lu->params.path = "/dev/a";
	ktgt_sanitize_disk(lu, disk);
	KUNIT_EXPECT_STREQ(test, disk, "");
	strscpy(lu->medium, DISK, sizeof(lu->medium));
	ktgt_sanitize_disk(lu, disk);
	KUNIT_EXPECT_STREQ(test, disk, DISK);
}

static struct kunit_case section_cases[] = {
	KUNIT_CASE(each),
	KUNIT_CASE(nothing),
	KUNIT_CASE(cut),
	KUNIT_CASE_PARAM(forged, forged_gen_params),
	KUNIT_CASE(order),
	KUNIT_CASE(mode_values),
	KUNIT_CASE(mode_forged),
	KUNIT_CASE(sanitize_values),
	KUNIT_CASE_PARAM(sanitize_forged, byte_gen_params),
	KUNIT_CASE(sanitize_cut),
	KUNIT_CASE(disk_names),
	{}
};

static struct kunit_suite section_suite = {
	.name = "ktgt_state_image",
	.test_cases = section_cases,
};

kunit_test_suite(section_suite);
