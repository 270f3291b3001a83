/* SPDX-License-Identifier: GPL-2.0 */
/* The options of tgtadm. */
#ifndef KTGT_TGT_OPT_H
#define KTGT_TGT_OPT_H

#include <stdbool.h>
#include <stdint.h>

#define TGT_EXIT_SYNTAX	1	/* unknown mode or operation */
#define TGT_EXIT_ERROR	22
#define TGT_EXIT_NO_TGT	107	/* tgtd does not answer */

enum tgt_mode {
	TGT_MODE_NONE,
	TGT_MODE_SYSTEM,
	TGT_MODE_TARGET,
	TGT_MODE_LU,
	TGT_MODE_PORTAL,
	TGT_MODE_SESSION,
	TGT_MODE_CONN,
	TGT_MODE_ACCOUNT,
	TGT_MODE_LLD,
};

/* in the order of tgt, because one of its messages shows the number */
enum tgt_op {
	TGT_OP_NONE,
	TGT_OP_NEW,
	TGT_OP_DELETE,
	TGT_OP_SHOW,
	TGT_OP_BIND,
	TGT_OP_UNBIND,
	TGT_OP_UPDATE,
	TGT_OP_STAT,
	TGT_OP_START,
	TGT_OP_STOP,
};

struct tgt_opts {
	enum tgt_mode mode;
	enum tgt_op op;
	const char *mode_name;
	const char *op_name;
	char given[64];		/* letters of the given options, in order */
	uint32_t tid;
	uint64_t sid;
	uint32_t cid;
	uint64_t lun;
	const char *lld;
	const char *targetname;
	const char *path;
	const char *bstype;
	const char *bsopts;
	const char *bsoflags;
	const char *block_size;
	const char *device_type;
	const char *address;
	const char *initiator;
	const char *bus;
	const char *name;
	const char *value;
	const char *user;
	char *password;
	const char *params;
	bool outgoing;
	bool force;
};

/* Whether the option with this letter was given. */
bool tgt_given(const struct tgt_opts *opts, char letter);

/*
 * Reads and checks a command line; prints errors on stderr. Returns true if
 * there is something to do, or false after setting *status to the exit status.
 */
bool tgt_options(int argc, char **argv, struct tgt_opts *opts, int *status);

#endif
