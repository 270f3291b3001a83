// SPDX-License-Identifier: GPL-2.0
/* The identity of a medium, out of what udev knows of it. */
#include "unit.h"

#include "lib/medium.h"

static void test_text(void **state)
{
	static const struct {
		struct medium medium;
		const char *want;
	} rows[] = {
		{ { 0 }, "" },
		{ { .dm_uuid = "LVM-a", .md_uuid = "b", .wwn = "c",
		    .serial = "d" }, "dm-uuid-LVM-a" },
		{ { .dm_uuid = "CRYPT-LUKS2-0123456789abcdef0123456789abcdef-x" },
		  "dm-uuid-CRYPT-LUKS2-0123456789abcdef0123456789abcdef-x" },
		/* the name of a mapping says nothing of the disk */
		{ { .dm_uuid = "CRYPT-PLAIN-x" }, "" },
		{ { .dm_uuid = "CRYPT-TCRYPT-0123-x" }, "" },
		{ { .dm_uuid = "CRYPT-PLAIN" }, "" },
		{ { .md_uuid = "b", .wwn = "c", .serial = "d" }, "md-uuid-b" },
		{ { .wwn = "0x5001", .serial = "d" }, "wwn-0x5001" },
		{ { .serial = "ATA_x y\t\xff" }, "serial-ATA_x_y__" },
		/* two partitions of a disk are not the same */
		{ { .wwn = "0x5001", .part_uuid = "u", .part_number = "2" },
		  "wwn-0x5001,partuuid-u" },
		{ { .wwn = "0x5001", .part_number = "2" }, "wwn-0x5001,part2" },
		{ { .part_uuid = "u", .part_number = "2" }, "partuuid-u" },
		/* a number alone says nothing */
		{ { .part_number = "2" }, "" },
	};
	char text[KTGT_MEDIUM_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		medium_text(&rows[i].medium, text, sizeof(text));
		assert_string_equal(text, rows[i].want);
	}
}

/* As long as there may be, and no longer. */
static void test_long(void **state)
{
	char serial[2 * KTGT_MEDIUM_MAX], text[KTGT_MEDIUM_MAX + 1];
	struct medium medium = { .serial = serial, .part_uuid = "u" };

	(void)state;
	memset(serial, 's', sizeof(serial) - 1);
	serial[sizeof(serial) - 1] = '\0';
	medium_text(&medium, text, sizeof(text));
	assert_int_equal(strlen(text), KTGT_MEDIUM_MAX);
}

/* What is no block device has no identity. */
static void test_none(void **state)
{
	struct lu lu = { 0 };

	(void)state;
	medium_find("/dev/null", &lu);
	medium_find("/nothing", &lu);
	medium_find("/etc/passwd", &lu);
	assert_false(HAS(&lu, KTGT_A_LU_MEDIUM_FOUND));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
