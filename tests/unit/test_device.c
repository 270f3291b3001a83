// SPDX-License-Identifier: GPL-2.0
/* What is read from a folder that looks like that of a device in sysfs. */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/device.h"

static char dir[] = "/tmp/test_device.XXXXXX";

static const struct {
	const char *name;
	const char *text;
	size_t len;	/* 0: that of the text */
} files[] = {
	{ "disk/queue/write_cache", "write back\n", 0 },
	{ "disk/queue/logical_block_size", "4096\n", 0 },
	{ "disk/ro", "0\n", 0 },
	{ "disk/part/ro", "1\n", 0 },
	{ "disk/device/vendor", "ATA     \n", 0 },
	{ "disk/device/model", "A model of many letters\n", 0 },
	{ "disk/device/rev", "\n", 0 },
	{ "disk/device/vpd_pg80", "\0\x80\0\6  S123junk", 14 },
};

static const char *const folders[] = {
	"disk", "disk/queue", "disk/device", "disk/part"
};

static char *in_dir(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int setup(void **state)
{
	size_t i, len;
	FILE *file;

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	for (i = 0; i < ARRAY_SIZE(folders); i++)
		if (mkdir(in_dir(folders[i]), 0700))
			return -1;
	for (i = 0; i < ARRAY_SIZE(files); i++) {
		len = files[i].len ? files[i].len : strlen(files[i].text);
		file = fopen(in_dir(files[i].name), "w");
		if (!file || fwrite(files[i].text, 1, len, file) != len ||
		    fclose(file))
			return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(files); i++)
		unlink(in_dir(files[i].name));
	for (i = ARRAY_SIZE(folders); i; i--)
		rmdir(in_dir(folders[i - 1]));
	return rmdir(dir);
}

static void test_disk(void **state)
{
	struct lu lu = { 0 };

	(void)state;
	device_defaults(in_dir("disk"), &lu);
	assert_true(HAS(&lu, KTGT_A_LU_WRITE_CACHE));
	assert_int_equal(lu.write_cache, 1);
	assert_true(HAS(&lu, KTGT_A_LU_READ_ONLY));
	assert_int_equal(lu.read_only, 0);
	assert_int_equal(lu.block_size, 4096);
	device_identity(in_dir("disk"), &lu);
	assert_string_equal(lu.vendor, "ATA");
	assert_string_equal(lu.product, "A model of many ");
	assert_string_equal(lu.serial, "S123");
	assert_false(HAS(&lu, KTGT_A_LU_REVISION));
}

/* The disk's, but for what a partition has itself. */
static void test_partition(void **state)
{
	struct lu lu = { 0 };

	(void)state;
	device_defaults(in_dir("disk/part"), &lu);
	assert_int_equal(lu.write_cache, 1);
	assert_int_equal(lu.read_only, 1);
	device_identity(in_dir("disk/part"), &lu);
	assert_string_equal(lu.vendor, "ATA");
}

static void test_given(void **state)
{
	struct lu lu = { .write_cache = 0, .serial = "mine" };

	(void)state;
	SET(&lu, KTGT_A_LU_WRITE_CACHE);
	SET(&lu, KTGT_A_LU_SERIAL);
	device_defaults(in_dir("disk"), &lu);
	device_identity(in_dir("disk"), &lu);
	assert_int_equal(lu.write_cache, 0);
	assert_string_equal(lu.serial, "mine");
}

static void test_none(void **state)
{
	struct lu lu = { 0 };
	char buf[64];

	(void)state;
	device_defaults(in_dir("none"), &lu);
	device_identity(in_dir("none"), &lu);
	assert_int_equal(lu.has, 0);
	assert_int_equal(device_dir("/dev/null", buf, sizeof(buf)), -1);
	assert_int_equal(device_dir("/none", buf, sizeof(buf)), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_disk),
		cmocka_unit_test(test_partition),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
