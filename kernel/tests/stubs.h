/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in for the parts of the module that no suite looks at.
 */
#ifndef _KTGT_TESTS_STUBS_H
#define _KTGT_TESTS_STUBS_H

#include <linux/types.h>

struct ktgt_itl;

/* what ktgt_cmd_attach() finds; NULL: there is no logical unit */
extern struct ktgt_itl *ktgt_test_itl;
/* the initiator uses no other disk */
extern bool ktgt_test_one_disk;

#endif /* _KTGT_TESTS_STUBS_H */
