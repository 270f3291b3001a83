/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A disk that is sanitized, and what its storage is asked for.
 */
#ifndef _KTGT_TESTS_SANITIZE_TEST_H
#define _KTGT_TESTS_SANITIZE_TEST_H

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/limits.h>
#include <linux/sizes.h>

#include <kunit/test.h>

#include "../core/cmd.h"
#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/lu.h"

struct ktgt_sanitize_image;

/* bytes of the disk: two steps and a half */
#define SANITIZE_DISK		(SZ_8M * 5 / 2)
#define SANITIZE_BLOCK		512
#define SANITIZE_NEVER		UINT_MAX
/* transfers that are noted */
#define SANITIZE_LOG		64

/* byte 1 of the CDB */
#define SANITIZE_IMMED		BIT(7)
#define SANITIZE_AUSE		BIT(5)
#define SANITIZE_AUSE_BIT	5

/**
 * struct sanitize_log - what the storage was asked for
 * @op: enum ktgt_io_op
 * @pos: first byte
 * @len: bytes
 * @block: the block that is written to all; WRITE_SAME only
 * @is_kept: the state file says that it is under way
 */
struct sanitize_log {
	u8	op;
	u64	pos;
	u64	len;
	u8	block[SANITIZE_BLOCK];
	bool	is_kept;
};

/**
 * struct sanitize_test - a disk with a command
 * @lu: the logical unit
 * @itl: what it keeps for the initiator
 * @nexus: the initiator
 * @target: the target
 * @kn: the namespace
 * @queue: where the command comes back to
 * @cmd: the command
 * @page: its data
 * @status: with what it has ended; -1 if it has not
 * @other: a command that may be with the storage meanwhile
 * @log: what the storage was asked for
 * @nr_log: length of @log
 * @fails_at: which of these fails
 * @error: how
 * @holds_at: which of these does not end before
 *	ktgt_sanitize_test_release(); its transfer is @held
 * @held: see there
 * @is_drive: its medium can be taken out by hand
 * @gone: the logical unit has no command any more
 * @file: state file that the logical unit has, or NULL
 */
struct sanitize_test {
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_nexus	nexus;
	struct ktgt_target	target;
	struct ktgt_net		kn;
	struct ktgt_done_queue	queue;
	struct ktgt_cmd		cmd;
	struct page		*page;
	int			status;
	struct ktgt_cmd		other;
	struct sanitize_log	log[SANITIZE_LOG];
	unsigned int		nr_log;
	unsigned int		fails_at;
	blk_status_t		error;
	unsigned int		holds_at;
	struct ktgt_io		*held;
	bool			is_drive;
	struct completion	gone;
	struct file		*file;
};

bool ktgt_sanitize_test_kept(struct sanitize_test *t,
			     struct ktgt_sanitize_image *image);
struct ktgt_store *ktgt_sanitize_test_store(struct kunit *test);
int ktgt_sanitize_test_init(struct kunit *test);
void ktgt_sanitize_test_release(struct sanitize_test *t);
void ktgt_sanitize_test_exit(struct kunit *test);
int ktgt_sanitize_test_suite_init(struct kunit_suite *suite);
void ktgt_sanitize_test_suite_exit(struct kunit_suite *suite);
void ktgt_sanitize_test_send(struct sanitize_test *t, u8 bits, const u8 *list,
			     u32 len);
int ktgt_sanitize_test_status(struct sanitize_test *t);
u32 ktgt_sanitize_test_sense(const struct ktgt_cmd *cmd);
void ktgt_sanitize_test_refused(struct kunit *test, u32 code);
void ktgt_sanitize_test_good(struct kunit *test);
bool ktgt_sanitize_test_is_over(struct sanitize_test *t);
bool ktgt_sanitize_test_has_asked(struct sanitize_test *t);
bool ktgt_sanitize_test_has_ended(struct sanitize_test *t);
void ktgt_sanitize_test_wait(struct kunit *test,
			     bool (*what)(struct sanitize_test *t));
void ktgt_sanitize_test_phase(struct kunit *test, u8 phase);
void ktgt_sanitize_test_erase(struct sanitize_test *t, u8 bits);
void ktgt_sanitize_test_overwrite(struct sanitize_test *t, u8 bits, u8 how);
unsigned int ktgt_sanitize_test_pass(struct kunit *test, unsigned int nr,
				     u8 op);
void ktgt_sanitize_test_no_more(struct kunit *test, unsigned int nr);
void ktgt_sanitize_test_pattern(struct kunit *test, unsigned int nr, u8 xor);

#endif /* _KTGT_TESTS_SANITIZE_TEST_H */
