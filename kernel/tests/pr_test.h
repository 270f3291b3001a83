/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A logical unit with initiators: for the suites of persistent reservations.
 */
#ifndef _KTGT_TESTS_PR_TEST_H
#define _KTGT_TESTS_PR_TEST_H

#include "../core/fabric.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/pr.h"

struct ktgt_state_image;
struct kunit;

/* initiators A to D, of which D has no session */
#define NR_NEXUSES	4
#define A		0
#define B		1
#define C		2
#define D		3

/* their keys */
#define KEY(who)	(0x1000ULL + (who))
#define OTHER_KEY	0x77ULL

/* their target port, and another one */
#define PORT		7
#define OTHER_PORT	9

#define WE		KTGT_PR_WRITE_EXCLUSIVE
#define EA		KTGT_PR_EXCLUSIVE_ACCESS
#define WERO		KTGT_PR_WRITE_EXCLUSIVE_REGISTRANTS
#define EARO		KTGT_PR_EXCLUSIVE_ACCESS_REGISTRANTS
#define WEAR		KTGT_PR_WRITE_EXCLUSIVE_ALL
#define EAAR		KTGT_PR_EXCLUSIVE_ACCESS_ALL

/**
 * struct pr_test - a logical unit, and initiators
 * @lu: the logical unit
 * @target: its target
 * @nexuses: the initiators
 * @itls: what the logical unit keeps for them
 * @names: names of their ports
 * @result: of the last request
 * @field: byte that it complained of
 * @removed: registrations that it has removed
 * @test: the test, if reservations outlive a loss of power in it
 */
struct pr_test {
	struct ktgt_lu		lu;
	struct ktgt_target	target;
	struct ktgt_nexus	nexuses[NR_NEXUSES];
	struct ktgt_itl		itls[NR_NEXUSES];
	char			names[NR_NEXUSES][40];
	enum ktgt_pr_result	result;
	u16			field;
	unsigned int		removed;
	struct kunit		*test;
};

void ktgt_pr_test_log_in(struct pr_test *t, unsigned int who);
int ktgt_pr_test_init(struct kunit *test);
void ktgt_pr_test_exit(struct kunit *test);
int ktgt_pr_test_read(struct ktgt_lu *lu, const struct ktgt_state_image *image);
enum ktgt_pr_result ktgt_pr_test_try(struct pr_test *t,
				     struct ktgt_pr_request *req,
				     struct ktgt_state_image **image);
void ktgt_pr_test_same(struct pr_test *t, enum ktgt_pr_result result,
		       const struct ktgt_state_image *image);

#endif /* _KTGT_TESTS_PR_TEST_H */
