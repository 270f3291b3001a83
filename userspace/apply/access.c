// SPDX-License-Identifier: GPL-2.0
/*
 * Who may log in: makes accounts and access rules the same as in the file.
 */
#include "apply/access.h"

#include <string.h>

/* Accounts */

static bool has_account(const struct executor *ex, const char *user)
{
	const struct account *account;

	vec_for_each(account, &ex->view->accounts)
		if (!strcmp(account->user, user))
			return true;
	return false;
}

static bool has_binding(const struct executor *ex, uint32_t tid,
			const struct account *want)
{
	const struct account *have;

	vec_for_each(have, &ex->view->accounts)
		if (HAS(have, KTGT_A_ACCOUNT_TARGET_ID) &&
		    have->target_id == tid &&
		    have->outgoing == want->outgoing &&
		    !strcmp(have->user, want->user))
			return true;
	return false;
}

static bool wants_binding(const struct vec *bindings,
			  const struct account *have)
{
	const struct account *want;

	vec_for_each(want, bindings)
		if (want->outgoing == have->outgoing &&
		    !strcmp(want->user, have->user))
			return true;
	return false;
}

static int change_binding(struct executor *ex, uint8_t cmd, uint32_t tid,
			  const struct account *account)
{
	struct account req = { .target_id = tid };

	SET(&req, KTGT_A_ACCOUNT_USER);
	SET(&req, KTGT_A_ACCOUNT_TARGET_ID);
	strcpy(req.user, account->user);
	req.outgoing = account->outgoing;
	if (req.outgoing)
		SET(&req, KTGT_A_ACCOUNT_OUTGOING);
	return change_apply(ex, cmd, &account_object, &req);
}

/*
 * The kernel never shows a secret, so the secret is always sent. The kernel
 * changes nothing if it is the same.
 */
static int apply_account(struct executor *ex, const struct account *account)
{
	return change_apply(ex, has_account(ex, account->user) ?
			    KTGT_CMD_ACCOUNT_SET : KTGT_CMD_ACCOUNT_NEW,
			    &account_object, account);
}

static bool uses_account(const struct conf *conf, const char *only,
			 const struct account *account)
{
	const struct conf_target *target = conf_find(conf, only);
	const struct account *binding;

	vec_for_each(binding, &target->bindings)
		if (!strcmp(binding->user, account->user))
			return true;
	return false;
}

int apply_accounts(struct executor *ex, const struct conf *conf,
			  const char *only)
{
	const struct conf_account *account;
	int err = 0;

	for (account = conf->accounts; account && !err;
	     account = account->next)
		if (!only || uses_account(conf, only, &account->account))
			err = apply_account(ex, &account->account);
	return err;
}

static int unbind_others(struct executor *ex, uint32_t tid,
			 const struct vec *bindings, bool outgoing)
{
	const struct account *have;
	int err = 0;

	vec_for_each(have, &ex->view->accounts)
		if (HAS(have, KTGT_A_ACCOUNT_TARGET_ID) &&
		    have->target_id == tid && have->outgoing == outgoing &&
		    !wants_binding(bindings, have) && !err)
			err = change_binding(ex, KTGT_CMD_ACCOUNT_UNBIND, tid, have);
	return err;
}

/*
 * Outgoing accounts are unbound first, because a second one would be refused.
 * Incoming accounts are bound first, so that there is always one.
 */
int apply_bindings(struct executor *ex, uint32_t tid,
			  const struct vec *bindings)
{
	const struct account *want;
	int err;

	err = unbind_others(ex, tid, bindings, true);
	vec_for_each(want, bindings)
		if (!err && !has_binding(ex, tid, want))
			err = change_binding(ex, KTGT_CMD_ACCOUNT_BIND, tid, want);
	if (!err)
		err = unbind_others(ex, tid, bindings, false);
	return err;
}

/* Access rules */

static bool has_acl(const struct vec *acls, const struct acl *want)
{
	const struct acl *have;

	vec_for_each(have, acls)
		if (acl_same(have, want))
			return true;
	return false;
}

/* The rule alone, without other attributes that the kernel reported. */
static struct acl acl_request(const struct acl *acl, uint32_t tid)
{
	struct acl req = { .target_id = tid };

	SET(&req, KTGT_A_ACL_TARGET_ID);
	if (HAS(acl, KTGT_A_ACL_INITIATOR)) {
		SET(&req, KTGT_A_ACL_INITIATOR);
		strcpy(req.initiator, acl->initiator);
	} else if (acl->all) {
		SET(&req, KTGT_A_ACL_ALL);
		req.all = true;
	} else {
		SET(&req, KTGT_A_ACL_ADDRESS);
		SET(&req, KTGT_A_ACL_PREFIX_LEN);
		req.address = acl->address;
		req.prefix_len = acl->prefix_len;
	}
	return req;
}

int apply_acls(struct executor *ex, uint32_t tid,
		      const struct vec *acls)
{
	struct vec have = view_acls(ex->view, tid);
	const struct acl *acl;
	struct acl req;
	int err = 0;

	vec_for_each(acl, &have) {
		if (err || has_acl(acls, acl))
			continue;
		req = acl_request(acl, tid);
		err = change_apply(ex, KTGT_CMD_ACL_DEL, &acl_object,
				   &req);
	}
	vec_for_each(acl, acls) {
		if (err || has_acl(&have, acl))
			continue;
		req = acl_request(acl, tid);
		err = change_apply(ex, KTGT_CMD_ACL_NEW, &acl_object,
				   &req);
	}
	return err;
}
