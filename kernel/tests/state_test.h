/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State files for the tests of those who save something.
 */
#ifndef _KTGT_TESTS_STATE_TEST_H
#define _KTGT_TESTS_STATE_TEST_H

#include <kunit/test.h>

struct file;
struct ktgt_lu;
struct ktgt_state;

int ktgt_state_test_init(void);
void ktgt_state_test_exit(void);
struct file *ktgt_state_test_file(struct kunit *test);
void ktgt_state_test_open(struct kunit *test, struct ktgt_lu *lu,
			  struct file *file);
void ktgt_state_test_close(struct ktgt_lu *lu);

#endif /* _KTGT_TESTS_STATE_TEST_H */
