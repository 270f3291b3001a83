// SPDX-License-Identifier: GPL-2.0
/*
 * iSCSI names: which are the same, and which are text.
 */
#include "../core/name.c"

#include <kunit/test.h>

/**
 * struct equal_names - two names
 * @what: which they are
 * @a: a name
 * @b: another name
 * @equal: whether they are the same
 */
struct equal_names {
	const char	*what;
	const char	*a;
	const char	*b;
	bool		equal;
};

static const struct equal_names equal_rows[] = {
	{ "same", "iqn.2026-11.org.example:a", "iqn.2026-11.org.example:a", true },
	{ "capitals", "iqn.2026-11.org.example:San.Disk1",
	  "IQN.2026-11.ORG.EXAMPLE:sAN.dISK1", true },
	{ "others", "iqn.2026-11.org.example:a", "iqn.2026-11.org.example:b", false },
	{ "longer", "iqn.2026-11.org.example:a", "iqn.2026-11.org.example:", false },
	{ "empty", "", "", true },
	{ "first and last letter", "azAZ", "AZaz", true },
	{ "before the letters", "@", "`", false },
	{ "behind the letters", "[", "{", false },
	/* beyond ASCII a name is bytes */
	{ "UTF-8", "h\xc3\xb6st", "H\xc3\xb6ST", true },
	{ "capital in UTF-8", "h\xc3\xb6st", "h\xc3\x96st", false },
	{ "capital in Latin-1", "h\xf6st", "h\xd6st", false },
};

static void equal_names_desc(const struct equal_names *c, char *desc)
{
	strscpy(desc, c->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(equal_names, equal_rows, equal_names_desc);

static void names_equal(struct kunit *test)
{
	const struct equal_names *c = test->param_value;

	KUNIT_EXPECT_EQ(test, ktgt_name_equal(c->a, c->b), c->equal);
	KUNIT_EXPECT_EQ(test, ktgt_name_equal(c->b, c->a), c->equal);
}

/**
 * struct text_name - a name that is text, or is not
 * @name: the name
 * @is_text: which
 */
struct text_name {
	const char	*name;
	bool		is_text;
};

static const struct text_name text_rows[] = {
	{ "", true },
	{ "iqn.2026-11.org.example:a b~", true },
	{ "\x1f", false },
	{ "a\n", false },
	{ "\x7f", false },
	/* C1, alone and in UTF-8 */
	{ "\x80", false },
	{ "\x9bm", false },
	{ "\xc2\x80", false },
	{ "\xc2\x9bm", false },
	{ "\xc2\x9f", false },
	{ "\xc2\xa0", true },
	/* the first and the last of each length */
	{ "\xc2\xa9 \xdf\xbf", true },
	{ "\xe0\xa0\x80 \xef\xbf\xbf", true },
	{ "\xf0\x90\x80\x80 \xf4\x8f\xbf\xbf", true },
	/* longer than they have to be */
	{ "\xc0\x80", false },
	{ "\xc1\xbf", false },
	{ "\xe0\x9f\xbf", false },
	{ "\xf0\x8f\xbf\xbf", false },
	/* halves of UTF-16, and more than there is */
	{ "\xed\x9f\xbf", true },
	{ "\xed\xa0\x80", false },
	{ "\xed\xbf\xbf", false },
	{ "\xee\x80\x80", true },
	{ "\xf4\x90\x80\x80", false },
	{ "\xf8\x88\x80\x80\x80", false },
	{ "\xff", false },
	/* not complete */
	{ "a\xc3", false },
	{ "\xc3n", false },
	{ "\xe2\x82", false },
	{ "\xe2\x82n", false },
	{ "\xf0\x9f\x92", false },
	/* Latin-1 */
	{ "h\xf6st", false },
};

static void text_name_desc(const struct text_name *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "bytes %*ph",
		 (int)strlen(c->name), c->name);
}

KUNIT_ARRAY_PARAM(text_name, text_rows, text_name_desc);

static void name_is_text(struct kunit *test)
{
	const struct text_name *c = test->param_value;
	size_t len = strlen(c->name);
	char *end;

	KUNIT_EXPECT_EQ(test, ktgt_name_is_text(c->name, len), c->is_text);
	/* without a NUL behind it: nothing behind it is looked at */
	end = kunit_kmalloc(test, max_t(size_t, len, 1), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, end);
	memcpy(end, c->name, len);
	KUNIT_EXPECT_EQ(test, ktgt_name_is_text(end, len), c->is_text);
}

static void fold(struct kunit *test)
{
	char to[5];

	ktgt_name_fold(to, sizeof(to), "AzZ");
	KUNIT_EXPECT_STREQ(test, to, "azz");
	ktgt_name_fold(to, sizeof(to), "ABCDE");
	KUNIT_EXPECT_STREQ(test, to, "abcd");
	ktgt_name_fold(to, 1, "A");
	KUNIT_EXPECT_STREQ(test, to, "");
	ktgt_name_fold(to, sizeof(to), "\xc3\x96G");
	KUNIT_EXPECT_STREQ(test, to, "\xc3\x96g");
}

static struct kunit_case name_cases[] = {
	KUNIT_CASE_PARAM(names_equal, equal_names_gen_params),
	KUNIT_CASE_PARAM(name_is_text, text_name_gen_params),
	KUNIT_CASE(fold),
	{}
};

static struct kunit_suite name_suite = {
	.name = "ktgt_name",
	.test_cases = name_cases,
};
kunit_test_suite(name_suite);
