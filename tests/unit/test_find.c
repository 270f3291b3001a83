// SPDX-License-Identifier: GPL-2.0
/* Who uses a device, in folders that look like /proc and /sys. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/find.h"
#include "lib/find_device.h"
#include "lib/find_port.h"
#include "lib/reason.h"

#define NO_ADDRESS	": this machine does not have the address"

#define LATER	(find_clock() + 10000)

static char root[] = "/tmp/test_find.XXXXXX";

static const char mounts[] =
	"20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
	"21 20 0:30 / /proc rw - proc none rw\n"
	"this is no line\n"
	"22 20 8:17 /sub /mnt/my\\040disk rw shared:2 master:1 - xfs /dev/x rw\n";

static const struct {
	const char *name;
	const char *text;
} files[] = {
	{ "proc/self/mountinfo", mounts },
	{ "sys/block/dm-3/dm/name", "vg-lv\n" },
	{ "sys/block/loop7/loop/backing_file", "%s/file\n" },
	{ "file", "" },
	/* 8:0 has a partition that is mounted, 8:32 one that is held */
	{ "sys/dev/block/8:0/sda1/partition", "1\n" },
	{ "sys/dev/block/8:0/sda1/dev", "8:1\n" },
	{ "sys/dev/block/8:32/sdc4/partition", "4\n" },
	{ "sys/dev/block/8:32/sdc4/dev", "8:36\n" },
	{ "sys/dev/block/8:32/queue/partition", "x\n" },
	{ "sys/dev/block/8:36/holders/dm-3/x", "" },
	/* 8:65 is a partition of 8:64, which is a part of a RAID */
	{ "sys/dev/block/8:64/holders/md0/x", "" },
	{ "sys/dev/block/8:65/partition", "1\n" },
	{ "sys/dev/block/dev", "8:64\n" },
	{ "sys/kernel/config/nvmet/ports/5/addr_trsvcid", "4420\n" },
	{ "sys/kernel/config/target/iscsi/iqn.x/tpgt_1/np/[::]:3299/x", "" },
};

static int make_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;
	char *p;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	for (p = path + sizeof(root); (p = strchr(p, '/')); *p++ = '/') {
		*p = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return -1;
	}
	file = fopen(path, "w");
	if (!file)
		return -1;
	p = strstr(text, "%s");
	if (p)
		fprintf(file, "%s%s", root, p + 2);
	else
		fputs(text, file);
	return fclose(file);
}

static int setup(void **state)
{
	size_t i;

	(void)state;
	if (!mkdtemp(root))
		return -1;
	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (make_file(files[i].name, files[i].text))
			return -1;
	find_root = root;
	return 0;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command);
}

static void test_device_user(void **state)
{
	static const struct {
		unsigned int major, minor;
		const char *who;	/* NULL: nobody */
	} rows[] = {
		{ 8, 1, "mounted at /" },
		{ 8, 17, "mounted at /mnt/my disk" },
		{ 8, 0, "partition 1 is mounted at /" },
		{ 8, 36, "held by dm-3 (vg-lv)" },
		{ 8, 32, "partition 4 is held by dm-3 (vg-lv)" },
		{ 8, 64, "held by md0" },
		{ 8, 65, "its disk is held by md0" },
		{ 8, 2, NULL },
		{ 0, 30, "mounted at /proc" },
	};
	char who[256];
	size_t i;
	bool found;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		found = find_device_user(makedev(rows[i].major, rows[i].minor),
					 NULL, LATER, who, sizeof(who));
		assert_int_equal(found, !!rows[i].who);
		if (found)
			assert_string_equal(who, rows[i].who);
	}
	/* no time: what is short is looked at all the same */
	assert_true(find_device_user(makedev(8, 65), NULL, find_clock(), who,
				     sizeof(who)));
}

static void test_loop(void **state)
{
	char path[64], loop[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/file", root);
	assert_true(find_loop(path, loop, sizeof(loop)));
	assert_string_equal(loop, "/dev/loop7");
	snprintf(path, sizeof(path), "%s/proc", root);
	assert_false(find_loop(path, loop, sizeof(loop)));
	assert_false(find_loop("/none", loop, sizeof(loop)));
}

/* This program is one that can be found. */
static void test_process(void **state)
{
	char who[64], self[32];
	struct stat st;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(fstat(fd, &st), 0);
	assert_false(find_process(&st, LATER, who, sizeof(who)));
	find_root = "";
	assert_true(find_process(&st, LATER, who, sizeof(who)));
	snprintf(self, sizeof(self), " (pid %d)", getpid());
	assert_non_null(strstr(who, self));
	assert_false(find_process(&st, find_clock(), who, sizeof(who)));
	close(fd);
	assert_false(find_process(&st, LATER, who, sizeof(who)));
	find_root = root;
}

static void test_kernel_listener(void **state)
{
	const struct addr any = { .len = 16 };
	char who[64];

	(void)state;
	assert_true(find_listener(&any, 4420, 1000, who, sizeof(who)));
	assert_string_equal(who, "NVMe target port 5");
	assert_true(find_listener(&any, 3299, 1000, who, sizeof(who)));
	assert_string_equal(who, "LIO target iqn.x");
	assert_false(find_listener(&any, 1, 1000, who, sizeof(who)));
}

/* What the kernel says, and what the user reads. */
static void test_reason(void **state)
{
	static const struct {
		int err;
		const char *text;
		const char *more;	/* NULL: it stays as it is */
	} rows[] = {
		{ -EADDRNOTAVAIL, "portal [::1:3262]:3260" NO_ADDRESS,
		  "; [::1]:3262 is meant?" },
		{ -EADDRNOTAVAIL, "portal [::3262]:3260" NO_ADDRESS,
		  "; [::]:3262 is meant?" },
		{ -EADDRNOTAVAIL, "portal [fd00::3262]:3260" NO_ADDRESS,
		  NULL },
		{ -EADDRNOTAVAIL, "portal [fd00::1:0]:3260" NO_ADDRESS,
		  NULL },
		{ -EADDRNOTAVAIL, "portal 10.0.0.1:3260" NO_ADDRESS,
		  NULL },
		{ -EADDRINUSE, "portal 10.0.0.1:4420: the port is in use",
		  " by NVMe target port 5" },
		{ -EADDRINUSE, "portal 10.0.0.1:1: the port is in use",
		  " by another program or kernel user" },
		{ -EADDRINUSE, "portal 10.0.0.1:1 is covered by portal 0.0.0.0:1",
		  NULL },
		{ -EBUSY, "LUN 1: /none is in use",
		  " by another program or kernel user" },
		{ -EBUSY, "LUN 1: /none is in use by LUN 1 of target 2", NULL },
		{ -EBUSY, "target 1 has 1 session; it is in use", NULL },
		{ -EBUSY, "LUN 1:  is in use", NULL },
		{ -ENOTBLK, "LUN 1: /dev/null is not a block device", NULL },
		{ 0, "a warning", NULL },
	};
	char want[256];
	struct nl *nl;
	size_t i;

	(void)state;
	nl_open(&nl);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		nl_say(nl, "%s", rows[i].text);
		snprintf(want, sizeof(want), "%s%s", rows[i].text,
			 rows[i].more ? rows[i].more : "");
		assert_string_equal(nl_reason(nl, rows[i].err), want);
	}
	/* as a process may call itself, to whose terminal it then speaks */
	nl_say(nl, "%s", "in use by \033[2Jevil");
	assert_string_equal(nl_reason(nl, -EBUSY),
			    "in use by \xef\xbf\xbd[2Jevil");
	nl_close(nl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_device_user),
		cmocka_unit_test(test_loop),
		cmocka_unit_test(test_process),
		cmocka_unit_test(test_kernel_listener),
		cmocka_unit_test(test_reason),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
