// SPDX-License-Identifier: GPL-2.0
/*
 * TransportIDs: those that are read, and those that are written.
 */
#include "../scsi/transport_id.c"

#include <linux/slab.h>

#include <kunit/test.h>

/**
 * struct id_case - a TransportID that is read
 * @what: its name
 * @head: byte 0
 * @len: ADDITIONAL LENGTH; 0 for as much as there has to be
 * @left: bytes that are missing at the end
 * @name: the name
 * @err: error, or 0
 * @port: what comes out
 */
struct id_case {
	const char	*what;
	u8		head;
	u16		len;
	u32		left;
	const char	*name;
	int		err;
	const char	*port;
};

static const struct id_case id_cases[] = {
	{ "port", 0x45, 0, 0, "iqn.a:b,i,0x0123456789ab", 0,
	  "iqn.a:b,i,0x0123456789ab" },
	{ "upper case", 0x45, 0, 0, "iqn.A:B,i,0x0123456789AB", 0,
	  "iqn.a:b,i,0x0123456789ab" },
	{ "short ISID", 0x45, 0, 0, "iqn.a:b-cdefgh,i,0x1f", 0,
	  "iqn.a:b-cdefgh,i,0x00000000001f" },
	{ "all ports", 0x05, 0, 0, "iqn.2026-11.example:all", 0,
	  "iqn.2026-11.example:all" },
	{ "another protocol", 0x46, 0, 0, "iqn.a:b,i,0x0123456789ab", -EINVAL },
	{ "another format", 0x85, 0, 0, "iqn.a:b,i,0x0123456789ab", -EINVAL },
	{ "port without an ISID", 0x45, 0, 0, "iqn.2026-11.example:all",
	  -EINVAL },
	{ "ISID where there is none", 0x05, 0, 0, "iqn.a:b,i,0x0123456789ab",
	  -EINVAL },
	{ "empty ISID", 0x45, 0, 0, "iqn.a:b-cdefghijkl,i,0x", -EINVAL },
	{ "long ISID", 0x45, 0, 0, "iqn.a:b,i,0x00123456789ab", -EINVAL },
	{ "bad digit", 0x45, 0, 0, "iqn.a:b,i,0x0123456789ag", -EINVAL },
	{ "no name", 0x45, 0, 0, ",i,0x0123456789ab", -EINVAL },
	{ "control character", 0x45, 0, 0, "iqn.a\tb,i,0x0123456789ab",
	  -EINVAL },
	{ "too short", 0x05, 16, 0, "iqn.a:b-cdefghi", -EINVAL },
	{ "no NUL", 0x45, 24, 0, "iqn.a:b,i,0x0123456789ab", -EINVAL },
	{ "odd length", 0x45, 26, 0, "iqn.a:b,i,0x0123456789ab", -EINVAL },
	{ "cut off", 0x45, 0, 1, "iqn.a:b,i,0x0123456789ab", -EMSGSIZE },
	{ "no header", 0x45, 0, 29, "iqn.a:b,i,0x0123456789ab", -EMSGSIZE },
};
KUNIT_ARRAY_PARAM_DESC(id, id_cases, what);

static void id_read(struct kunit *test)
{
	const struct id_case *c = test->param_value;
	u32 len = c->len ?: max_t(u32, round_up(strlen(c->name) + 1, 4), 20);
	struct ktgt_transport_id id = {};
	u32 size = 4 + len - c->left;
	u8 *p = kunit_kzalloc(test, 4 + len + 8, GFP_KERNEL);
	u8 *copy;

	KUNIT_ASSERT_NOT_NULL(test, p);
	p[0] = c->head;
	put_unaligned_be16(len, p + 2);
	strscpy(p + 4, c->name, len + 4);
	/* so that what lies behind it is found by KASAN */
	copy = kmemdup(p, size, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_EXPECT_EQ(test, ktgt_transport_id_get(copy, size, &id), c->err);
	kfree(copy);
	if (c->err)
		return;
	KUNIT_EXPECT_EQ(test, id.len, 4 + len);
	KUNIT_EXPECT_EQ(test, id.is_port, c->head == 0x45);
	KUNIT_EXPECT_STREQ(test, id.name, c->port);
}

/* What is written can be read, also the longest and the shortest name. */
static void id_written(struct kunit *test)
{
	static const u32 lens[] = { 1, 6, 7, 100, 220, 221, 222, 223 };
	struct ktgt_transport_id id = {};
	u8 buf[KTGT_TRANSPORT_ID_MAX];
	char port[KTGT_NAME_LEN + 20];
	unsigned int i;
	u32 len;

	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		memset(port, 'n', lens[i]);
		strscpy(port + lens[i], ",i,0x0123456789ab",
			sizeof(port) - lens[i]);
		len = ktgt_transport_id_put(port, buf);
		KUNIT_ASSERT_LE(test, len, sizeof(buf));
		KUNIT_EXPECT_EQ(test, len & 3, 0);
		KUNIT_EXPECT_EQ(test, ktgt_transport_id_get(buf, len, &id), 0);
		KUNIT_EXPECT_STREQ(test, id.name, port);
		KUNIT_EXPECT_EQ(test, id.len, len);
	}
}

static struct kunit_case transport_id_cases[] = {
	KUNIT_CASE_PARAM(id_read, id_gen_params),
	KUNIT_CASE(id_written),
	{}
};

static struct kunit_suite transport_id_suite = {
	.name = "ktgt_transport_id",
	.test_cases = transport_id_cases,
};

kunit_test_suite(transport_id_suite);
