// SPDX-License-Identifier: GPL-2.0
/*
 * Who an initiator has said that it is. It may say it again, as libiscsi does in each
 * stage of a login.
 */
#include "said.h"

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "../core/target.h"
#include "text.h"

static bool said_name_is(const struct ktgt_text_pair *pair, const char *name)
{
	char again[KTGT_NAME_LEN];

	return !ktgt_text_name(pair->value, pair->value_len, again,
			       sizeof(again)) && !strcmp(again, name);
}

/* Whether a key that comes again says what it said before. */
static bool said_before(const struct ktgt_said *said,
			const struct ktgt_text_nego *nego,
			enum ktgt_text_key key)
{
	const struct ktgt_text_pair *pair = &nego->pairs[key];

	switch (key) {
	case KTGT_KEY_INITIATOR_NAME:
		return said_name_is(pair, said->initiator);
	case KTGT_KEY_TARGET_NAME:
		/* a discovery session has no target, whatever is said */
		return nego->discovery || said_name_is(pair, said->target);
	case KTGT_KEY_INITIATOR_ALIAS:
		/* as much of it as is kept */
		return !strncmp(pair->value, said->alias, KTGT_ALIAS_LEN - 1);
	default:
		return true;	/* text.c has compared SessionType */
	}
}

/**
 * ktgt_said_changed() - whether an initiator says something else now
 * @said: what it has said first
 * @nego: the request; @nego->again has the keys that are there again
 *
 * Context: any.
 * Return: name of the key that has another value, or NULL.
 */
const char *ktgt_said_changed(const struct ktgt_said *said,
			      const struct ktgt_text_nego *nego)
{
	static const struct {
		u8 key;
		const char *name;
	} keys[] = {
		{ KTGT_KEY_INITIATOR_NAME, "InitiatorName" },
		{ KTGT_KEY_TARGET_NAME, "TargetName" },
		{ KTGT_KEY_INITIATOR_ALIAS, "InitiatorAlias" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (nego->again & BIT_ULL(keys[i].key) &&
		    !said_before(said, nego, keys[i].key))
			return keys[i].name;
	return NULL;
}
