// SPDX-License-Identifier: GPL-2.0
/*
 * State files in memory, and logical units that save into them as they do anywhere.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "state_test.h"

#include "../scsi/state_save.c"

#include <linux/mm_types.h>
#include <linux/shmem_fs.h>

/* two slots of 8 KiB */
#define FILE_LEN	SZ_16K

/**
 * ktgt_state_test_init - make what all of them need
 *
 * Context: the beginning of a suite.
 * Return: 0 or -ENOMEM.
 */
int ktgt_state_test_init(void)
{
	int err = ktgt_state_init();

	if (err)
		return err;
	err = ktgt_save_init();
	if (err)
		ktgt_state_exit();
	return err;
}

/**
 * ktgt_state_test_exit - undo ktgt_state_test_init()
 *
 * Context: the end of a suite; all state files were put.
 */
void ktgt_state_test_exit(void)
{
	ktgt_save_exit();
	ktgt_state_exit();
}

/**
 * ktgt_state_test_file - make a file that is new
 * @test: the test, which ends without one
 *
 * Return: the file; the caller puts it.
 */
struct file *ktgt_state_test_file(struct kunit *test)
{
	struct file *file = shmem_file_setup("ktgt-state-test", FILE_LEN,
					     EMPTY_VMA_FLAGS);

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	return file;
}

/**
 * ktgt_state_test_open - begin a logical unit as its state file says
 * @test: the test, which ends if that cannot be
 * @lu: logical unit without a state file
 * @file: the file
 */
void ktgt_state_test_open(struct kunit *test, struct ktgt_lu *lu,
			  struct file *file)
{
	struct ktgt_state *state = ktgt_state_open(file, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(state));
	KUNIT_ASSERT_EQ(test, ktgt_state_load(state), 0);
	KUNIT_ASSERT_TRUE(test, ktgt_state_use(state, 0));
	KUNIT_ASSERT_EQ(test, ktgt_save_open(lu, state, NULL), 0);
	ktgt_state_put(state);
}

/**
 * ktgt_state_test_close - a logical unit ends
 * @lu: logical unit; has no state file afterwards
 */
void ktgt_state_test_close(struct ktgt_lu *lu)
{
	if (!lu->save)
		return;
	ktgt_save_drop(lu);
	kfree(lu->save);
	lu->save = NULL;
	ktgt_state_put(lu->state);
	lu->state = NULL;
}
