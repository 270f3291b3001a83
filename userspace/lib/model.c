// SPDX-License-Identifier: GPL-2.0
/* The objects of a configuration as plain structs. */
#include "lib/model.h"

#include <stdio.h>
#include <string.h>

#include "lib/name.h"

void lu_default_text(struct lu *lu, uint16_t attr, const char *text)
{
	const struct field *f = object_field(&lu_object, attr);

	if (HAS(lu, attr))
		return;
	SET(lu, attr);
	snprintf((char *)lu + f->off, f->size, "%s", text);
}

static bool same_network(const struct acl *a, const struct acl *b)
{
	unsigned int i, bits, mask;

	if (a->address.len != b->address.len || a->prefix_len != b->prefix_len)
		return false;
	for (i = 0; i * 8 < a->prefix_len; i++) {
		bits = a->prefix_len - i * 8;
		mask = bits < 8 ? 0xff00u >> bits & 0xff : 0xff;
		if ((a->address.byte[i] ^ b->address.byte[i]) & mask)
			return false;
	}
	return true;
}

bool acl_same(const struct acl *a, const struct acl *b)
{
	if (HAS(a, KTGT_A_ACL_INITIATOR) || HAS(b, KTGT_A_ACL_INITIATOR))
		return name_equal(a->initiator, b->initiator);
	if (a->all || b->all)
		return a->all == b->all;
	return same_network(a, b);
}
