// SPDX-License-Identifier: GPL-2.0
/* Requests with a descriptor of a device, without a device. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_nl.h"
#include "lib/lu_request.h"

#define DISK	"/dev/disk1"

/* what the device is, which file stands for it, and who opens it */
static mode_t mode;
static int open_err;
static uid_t user;
/* how it was opened; the descriptor is -1 if it was not */
static int opened, opened_flags;

int __wrap_stat(const char *path, struct stat *st)
{
	int err;

	if (strcmp(path, DISK))
		return fstatat(AT_FDCWD, path, st, 0);
	err = fstatat(AT_FDCWD, "/dev/null", st, 0);
	st->st_mode = mode;
	return err;
}

int __wrap_open(const char *path, int flags, ...)
{
	mode_t create = 0;
	va_list args;

	if (flags & O_CREAT) {
		va_start(args, flags);
		create = va_arg(args, mode_t);
		va_end(args);
	}
	if (strcmp(path, DISK))
		return openat(AT_FDCWD, path, flags, create);
	opened_flags = flags;
	if (open_err) {
		errno = open_err;
		return -1;
	}
	opened = openat(AT_FDCWD, "/dev/null", flags);
	return opened;
}

uid_t __wrap_geteuid(void)
{
	return user;
}

static int fresh(void **state)
{
	(void)state;
	fake_reset();
	mode = S_IFBLK | 0600;
	open_err = 0;
	user = 0;
	opened = -1;
	opened_flags = 0;
	return 0;
}

static int send(const char *path)
{
	struct lu lu = { .lun = 7 };
	struct nl *nl;

	SET(&lu, KTGT_A_LU_LUN);
	assert_int_equal(nl_open(&nl), 0);
	return lu_request(nl, KTGT_CMD_LU_NEW, &lu, path);
}

/* How often it was asked for the logical unit, after other questions. */
static size_t n_asked(void)
{
	size_t i, n = 0;

	for (i = 0; i < fake_n_calls; i++)
		n += fake_calls[i].cmd == KTGT_CMD_LU_NEW;
	return n;
}

/* The request of the @nth time, from 0 on. */
static const struct lu *asked(size_t nth)
{
	size_t i;

	for (i = 0; i < fake_n_calls; i++)
		if (fake_calls[i].cmd == KTGT_CMD_LU_NEW && !nth--)
			return fake_calls[i].req;
	fail_msg("there were fewer of them");
	return NULL;
}

static bool is_closed(void)
{
	return opened >= 0 && fcntl(opened, F_GETFD) < 0 && errno == EBADF;
}

/* For reading, and closed when the kernel has answered, whatever it says. */
static void test_given(void **state)
{
	int err;

	(void)state;
	for (err = 0; err >= -EBUSY; err -= EBUSY) {
		fresh(NULL);
		fake_answer(KTGT_CMD_LU_NEW, err, "text");
		assert_int_equal(send(DISK), err);
		assert_int_equal(n_asked(), 1);
		assert_true(HAS(asked(0), KTGT_A_LU_DESCRIPTOR));
		assert_true(HAS(asked(0), KTGT_A_LU_LUN));
		assert_int_equal(asked(0)->descriptor, opened);
		assert_int_equal(asked(0)->lun, 7);
		assert_int_equal(opened_flags,
				 O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		assert_true(is_closed());
	}
}

/* A module that does not know it is asked as before. */
static void test_older(void **state)
{
	(void)state;
	fake_unknown = KTGT_A_LU_DESCRIPTOR;
	assert_int_equal(send(DISK), 0);
	assert_int_equal(n_asked(), 2);
	assert_false(HAS(asked(1), KTGT_A_LU_DESCRIPTOR));
	assert_int_equal(asked(1)->lun, 7);
	assert_true(is_closed());

	fresh(NULL);
	fake_unknown = KTGT_A_LU_LUN;
	assert_int_equal(send(DISK), -EINVAL);
	assert_int_equal(n_asked(), 1);
}

/* What is no block device is not opened: the kernel says what is wrong with it. */
static void test_others(void **state)
{
	static const char *const paths[] = { NULL, "/none", "/dev/null", "/etc" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		fresh(NULL);
		assert_int_equal(send(paths[i]), 0);
		assert_int_equal(n_asked(), 1);
		assert_false(HAS(asked(0), KTGT_A_LU_DESCRIPTOR));
	}
	fresh(NULL);
	mode = S_IFIFO | 0600;
	assert_int_equal(send(DISK), 0);
	assert_false(HAS(asked(0), KTGT_A_LU_DESCRIPTOR));
	assert_int_equal(opened, -1);
}

/* A device that is not there may come; one that is forbidden stays so. */
static void test_not_opened(void **state)
{
	(void)state;
	open_err = ENXIO;
	assert_int_equal(send(DISK), 0);
	assert_false(HAS(asked(0), KTGT_A_LU_DESCRIPTOR));

	fresh(NULL);
	open_err = EPERM;
	assert_int_equal(send(DISK), -EPERM);
	assert_int_equal(fake_n_calls, 0);

	/* for whom this is no wonder */
	fresh(NULL);
	open_err = EACCES;
	user = 1000;
	fake_answer(KTGT_CMD_LU_NEW, -EPERM, "use sudo");
	assert_int_equal(send(DISK), -EPERM);
	assert_int_equal(n_asked(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_given, fresh),
		cmocka_unit_test_setup(test_older, fresh),
		cmocka_unit_test_setup(test_others, fresh),
		cmocka_unit_test_setup(test_not_opened, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
