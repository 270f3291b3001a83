/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The keys of a target in the words of scsi-target-utils: for tgtadm, which sets
 * and shows them, and for targets.conf, which has them as directives.
 */
#ifndef KTGT_CONF_KEY_H
#define KTGT_CONF_KEY_H

#include <stddef.h>

#include "lib/model.h"

#define TGT_KEY_TEXT	16	/* bytes of a value as text, NUL included */

struct tgt_key {
	const char *name;
	uint16_t attr;		/* of the target; 0 for what cannot be set */
	const char *text;	/* that is shown if nothing is set */
	const char *fixed;	/* what it always is, where that is meant */
};

/* In the order in which tgtadm shows them; ends with a name of NULL. */
extern const struct tgt_key tgt_keys[];

const struct tgt_key *tgt_key_named(const char *name);

/* What @target has set for @key, or NULL; @buf has TGT_KEY_TEXT bytes. */
const char *tgt_key_text(const struct tgt_key *key, const struct target *target,
			 char *buf);

/*
 * Sets in @target what @text says; of a key that cannot be set, it has to be what
 * it always is. Returns 0 or -EINVAL with the reason in *why.
 */
int tgt_key_parse(const struct tgt_key *key, const char *text,
		  struct target *target, const char **why);

#endif
