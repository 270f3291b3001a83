// SPDX-License-Identifier: GPL-2.0
/* See conf_check.h. */
#include "conf_check.h"

#include <string.h>

#include "lib/parse.h"
#include "require.h"

static void check_lus(const struct conf_target *target)
{
	static unsigned int taken[KTGT_LUN_MAX + 1], now;
	const struct conf_lu *lu;

	now++;
	for (lu = target->lus; lu; lu = lu->next) {
		require(HAS(&lu->lu, KTGT_A_LU_LUN));
		require(lu->lu.lun && lu->lu.lun <= KTGT_LUN_MAX);
		require(taken[lu->lu.lun] != now);
		taken[lu->lu.lun] = now;
		require(HAS(&lu->lu, KTGT_A_LU_BACKEND));
		if (lu->lu.backend == KTGT_BACKEND_NULL)
			require(HAS(&lu->lu, KTGT_A_LU_SIZE));
		else
			require(lu->lu.path[0] == '/');
	}
}

static void check_acls(const struct conf_target *target)
{
	const char *why;
	const struct acl *acl;
	char name[NAME_SIZE];

	/* a target that admits nobody is not what anybody writes */
	require(target->acls.n);
	vec_for_each(acl, &target->acls) {
		require(HAS(acl, KTGT_A_ACL_ALL) +
			HAS(acl, KTGT_A_ACL_INITIATOR) +
			HAS(acl, KTGT_A_ACL_ADDRESS) == 1);
		if (HAS(acl, KTGT_A_ACL_INITIATOR))
			require(!parse_iscsi_name(acl->initiator, name, &why));
		require(acl->prefix_len <= acl->address.len * 8);
	}
}

/* Each has an account with a secret, and the outgoing one is alone. */
static void check_bindings(const struct conf *conf, const struct vec *bindings)
{
	const struct conf_account *account;
	const struct account *binding;
	unsigned int outgoing = 0;

	vec_for_each(binding, bindings) {
		outgoing += binding->outgoing;
		require(!binding->secret[0]);
		for (account = conf->accounts; account;
		     account = account->next)
			if (!strcmp(account->account.user, binding->user))
				break;
		require(account && account->account.secret[0]);
	}
	require(outgoing <= 1);
}

void conf_check(const struct conf *conf)
{
	const struct conf_target *target;
	char name[NAME_SIZE];
	const char *why;

	check_bindings(conf, &conf->discovery);
	for (target = conf->targets; target; target = target->next) {
		require(!parse_iscsi_name(target->target.name, name, &why));
		require(conf_find(conf, target->target.name) == target);
		check_lus(target);
		check_acls(target);
		check_bindings(conf, &target->bindings);
	}
}
