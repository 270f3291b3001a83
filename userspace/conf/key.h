/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of a target, as scsi-target-utils names them. tgtadm sets and shows
 * them; they are directives of targets.conf.
 */
#ifndef KTGT_CONF_KEY_H
#define KTGT_CONF_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/model.h"

#define TGT_KEY_TEXT	32	/* bytes of a value as text, NUL included */

struct tgt_key {
	const char *name;
	uint16_t attr;		/* attribute of the target; 0 if not settable */
	const char *text;	/* text that is shown if it is not set; or NULL */
	const char *fixed;	/* the only value that is possible, or NULL */
	bool own;		/* tgt has no such key, and no script expects it */
};

/* In the order in which tgtadm shows them; ends with a name of NULL. */
extern const struct tgt_key tgt_keys[];

const struct tgt_key *tgt_key_named(const char *name);

/*
 * The value of @key that is set in @target, or NULL; @buf has TGT_KEY_TEXT
 * bytes.
 */
const char *tgt_key_text(const struct tgt_key *key, const struct target *target,
			 char *buf);

/*
 * Sets the key in @target to @text. If the key cannot be set, @text must be its
 * only possible value. Returns 0, or -EINVAL with a reason in *why.
 */
int tgt_key_parse(const struct tgt_key *key, const char *text,
		  struct target *target, const char **why);

#endif
