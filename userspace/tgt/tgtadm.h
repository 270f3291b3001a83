/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar, the texts and the exit statuses of scsi-target-utils' tgtadm.
 * Scripts depend on them, so they stay as that program (1.0.85) has them, its
 * spelling included.
 */
#ifndef KTGT_TGT_TGTADM_H
#define KTGT_TGT_TGTADM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"
#include "lib/nl.h"

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

/* in tgt's order, which shows in one of its texts */
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
	char given[64];		/* letters of the options, in their order */
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

/* Whether the option with this letter stood on the command line. */
bool tgt_given(const struct tgt_opts *opts, char letter);

/*
 * Reads and checks a command line; problems are told on stderr. Returns true
 * when there is something to do, false when *status is the exit status.
 */
bool tgt_options(int argc, char **argv, struct tgt_opts *opts, int *status);

struct tgt_view {
	uint64_t generation;	/* that the lists are not older than */
	struct list targets;
	struct list lus;
	struct list acls;
	struct list accounts;
	struct list sessions;
};

/* All that the kernel has; to be freed whether it fails or not. */
int tgt_view_load(struct nl *nl, struct tgt_view *view);
void tgt_view_free(struct tgt_view *view);

/* Those of one target, which are the view's still. */
struct list tgt_view_lus(const struct tgt_view *view, uint32_t tid);
struct list tgt_view_acls(const struct tgt_view *view, uint32_t tid);

void tgt_show_targets(FILE *file, const struct tgt_view *view);
void tgt_show_params(FILE *file, const struct net *net,
		     const struct target *target);
void tgt_show_session(FILE *file, const struct param *param);
void tgt_show_conns(FILE *file, const struct list *sessions, uint32_t tid);
void tgt_show_portals(FILE *file, const struct list *portals);
void tgt_show_accounts(FILE *file, const struct list *accounts);
void tgt_show_system(FILE *file, const struct net *net,
		     const struct list *accounts);
void tgt_show_lld(FILE *file, const struct list *targets);

/* What --op stat looks at, of one target or of all */
struct tgt_stat {
	struct list lus;
	struct list sessions;
	struct list itls;
};

#define TGT_ALL	-1	/* for a LUN, or a connection */

void tgt_show_stat(FILE *file, const struct tgt_stat *stat, int64_t lun);
void tgt_show_session_stat(FILE *file, const struct tgt_stat *stat,
			   const struct session *session);
void tgt_show_conn_stat(FILE *file, const struct session *session,
			int64_t cid);

int tgtadm_main(int argc, char **argv);

#endif
