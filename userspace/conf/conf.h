/* SPDX-License-Identifier: GPL-2.0 */
/*
 * targets.conf: the configuration file of tgt-admin. The parser works on a
 * text in memory; files that the text includes come from the caller. What the
 * file says is a tree of the structs that go to the kernel.
 */
#ifndef KTGT_CONF_CONF_H
#define KTGT_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model.h"

#define CONF_DEPTH	16	/* of includes */
#define CONF_ERRORS	20	/* after so many nothing more is read */

struct conf_at {
	uint32_t file;		/* number in conf.files */
	uint32_t line;
	const char *path;	/* of the object, in JSON, which has no lines */
};

struct conf_lu {
	struct conf_lu *next;
	struct conf_at at;
	/* what is set here and in the target; .target_id is left open */
	struct lu lu;
	char *name;		/* path of the block or the line */
	bool direct;		/* identity is that of the disk behind it */
};

struct conf_target {
	struct conf_target *next;
	struct conf_at at;
	struct target target;	/* without an id: any that is free */
	struct lu common;	/* for logical units that do not say it */
	struct conf_lu *lus;	/* in the order of the file */
	struct list acls;	/* struct acl */
	struct list bindings;	/* struct account without secrets */
};

struct conf_account {
	struct conf_account *next;
	struct conf_at at;
	struct account account;
};

struct conf_message {
	bool error;
	char *text;		/* FILE:LINE: ... or FILE: PATH: ... */
};

struct conf {
	struct conf_target *targets;
	struct conf_account *accounts;
	struct list discovery;	/* struct account without secrets */
	bool ignore_errors;
	struct list messages;	/* struct conf_message, in the order found */
	struct list files;	/* char *, the first is the one parsed */
	struct list paths;	/* char *, of objects in JSON */
};

/* Where texts come from; each returns 0 or a negative errno. */
struct conf_source {
	/* @text is allocated; the parser wipes and frees it */
	int (*read)(void *data, const char *path, char **text, size_t *len);
	/* appends the allocated names of files (char *) that @path is for */
	int (*expand)(void *data, const char *path, struct list *files);
	void *data;
};

/*
 * A text that begins with { is JSON and means the same, see conf/json.h.
 * Returns 0; -EINVAL when the text is wrong, which conf.messages explain;
 * -ENOMEM. In each case the caller calls conf_free(). A message without an
 * error says that the file means something else for tgt.
 */
int conf_parse(struct conf *conf, const char *file, const char *text,
	       size_t len, const struct conf_source *source);
void conf_free(struct conf *conf);

const struct conf_target *conf_find(const struct conf *conf,
				    const char *name);

#endif
