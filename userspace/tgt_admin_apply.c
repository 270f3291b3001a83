// SPDX-License-Identifier: GPL-2.0
/*
 * What targets.conf asks for against what is there. Nothing is touched that is
 * the same, so its sessions go on.
 *
 * Who may log in changes in several steps, between which a target could admit
 * somebody whom neither the old nor the new rules do. It is offline for that
 * time: initiators are asked to try again, and sessions go on.
 */
#include "tgt_admin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

static struct target *target_named(const struct admin *admin, const char *name)
{
	struct target *target;

	list_for_each(target, &admin->view->targets)
		if (!strcmp(target->name, name))
			return target;
	return NULL;
}

static struct target *target_numbered(const struct admin *admin, uint32_t id)
{
	struct target *target;

	list_for_each(target, &admin->view->targets)
		if (target->id == id)
			return target;
	return NULL;
}

/* Accounts */

static bool has_account(const struct admin *admin, const char *user)
{
	const struct account *account;

	list_for_each(account, &admin->view->accounts)
		if (!strcmp(account->user, user))
			return true;
	return false;
}

static bool has_binding(const struct admin *admin, uint32_t tid,
			const struct account *want)
{
	const struct account *have;

	list_for_each(have, &admin->view->accounts)
		if (HAS(have, KTGT_A_ACCOUNT_TARGET_ID) &&
		    have->target_id == tid &&
		    have->outgoing == want->outgoing &&
		    !strcmp(have->user, want->user))
			return true;
	return false;
}

static bool wants_binding(const struct list *bindings,
			  const struct account *have)
{
	const struct account *want;

	list_for_each(want, bindings)
		if (want->outgoing == have->outgoing &&
		    !strcmp(want->user, have->user))
			return true;
	return false;
}

static int bind(struct admin *admin, uint8_t cmd, uint32_t tid,
		const struct account *account)
{
	struct account req = { .target_id = tid };

	SET(&req, KTGT_A_ACCOUNT_USER);
	SET(&req, KTGT_A_ACCOUNT_TARGET_ID);
	strcpy(req.user, account->user);
	req.outgoing = account->outgoing;
	if (req.outgoing)
		SET(&req, KTGT_A_ACCOUNT_OUTGOING);
	return admin_change(admin, cmd, &account_object, &req);
}

/* Offline until release(), unless it is anyway. */
static int hold(struct admin *admin, struct target *target)
{
	if (target->state == KTGT_TARGET_STATE_OFFLINE)
		return 0;
	target->force = true;
	return admin_state(admin, target, KTGT_TARGET_STATE_OFFLINE);
}

/* Each target that the account is bound to. */
static int hold_bound(struct admin *admin, const char *user)
{
	const struct account *account;
	struct target *target;
	int err = 0;

	list_for_each(account, &admin->view->accounts) {
		if (strcmp(account->user, user) || !account->target_id)
			continue;
		target = target_numbered(admin, account->target_id);
		if (target && !err)
			err = hold(admin, target);
	}
	return err;
}

static int bind_again(struct admin *admin, const char *user)
{
	const struct account *account;
	int err = 0;

	list_for_each(account, &admin->view->accounts)
		if (!strcmp(account->user, user) && !err &&
		    HAS(account, KTGT_A_ACCOUNT_TARGET_ID))
			err = bind(admin, KTGT_CMD_ACCOUNT_BIND,
				   account->target_id, account);
	return err;
}

/*
 * The kernel does not tell a secret, so that nobody knows whether it is the
 * one of the file.
 */
static int renew_account(struct admin *admin, const struct account *account)
{
	struct account req = { 0 };
	int err;

	SET(&req, KTGT_A_ACCOUNT_USER);
	strcpy(req.user, account->user);
	err = hold_bound(admin, account->user);
	if (!err)
		err = admin_change(admin, KTGT_CMD_ACCOUNT_DEL,
				   &account_object, &req);
	if (!err)
		err = admin_change(admin, KTGT_CMD_ACCOUNT_NEW,
				   &account_object, account);
	if (!err)
		err = bind_again(admin, account->user);
	return err;
}

static int apply_account(struct admin *admin, const struct account *account)
{
	if (has_account(admin, account->user))
		return renew_account(admin, account);
	return admin_change(admin, KTGT_CMD_ACCOUNT_NEW, &account_object,
			    account);
}

static bool uses_account(const struct conf *conf, const char *only,
			 const struct account *account)
{
	const struct conf_target *target = conf_find(conf, only);
	const struct account *binding;

	list_for_each(binding, &target->bindings)
		if (!strcmp(binding->user, account->user))
			return true;
	return false;
}

static int apply_accounts(struct admin *admin, const struct conf *conf,
			  const char *only)
{
	const struct conf_account *account;
	int err = 0;

	for (account = conf->accounts; account && !err;
	     account = account->next)
		if (!only || uses_account(conf, only, &account->account))
			err = apply_account(admin, &account->account);
	return err;
}

static int unbind_others(struct admin *admin, uint32_t tid,
			 const struct list *bindings, bool outgoing)
{
	const struct account *have;
	int err = 0;

	list_for_each(have, &admin->view->accounts)
		if (HAS(have, KTGT_A_ACCOUNT_TARGET_ID) &&
		    have->target_id == tid && have->outgoing == outgoing &&
		    !wants_binding(bindings, have) && !err)
			err = bind(admin, KTGT_CMD_ACCOUNT_UNBIND, tid, have);
	return err;
}

/* A second outgoing account would be refused; incoming ones must not lack. */
static int apply_bindings(struct admin *admin, uint32_t tid,
			  const struct list *bindings)
{
	const struct account *want;
	int err;

	err = unbind_others(admin, tid, bindings, true);
	list_for_each(want, bindings)
		if (!err && !has_binding(admin, tid, want))
			err = bind(admin, KTGT_CMD_ACCOUNT_BIND, tid, want);
	if (!err)
		err = unbind_others(admin, tid, bindings, false);
	return err;
}

static bool same_bindings(const struct admin *admin, uint32_t tid,
			  const struct list *bindings)
{
	const struct account *account;
	size_t n = 0;

	list_for_each(account, &admin->view->accounts) {
		if (!HAS(account, KTGT_A_ACCOUNT_TARGET_ID) ||
		    account->target_id != tid)
			continue;
		if (!wants_binding(bindings, account))
			return false;
		n++;
	}
	return n == bindings->n;
}

/* Access rules */

static bool has_acl(const struct list *acls, uint32_t tid,
		    const struct acl *want)
{
	const struct acl *have;

	list_for_each(have, acls)
		if (have->target_id == tid && acl_same(have, want))
			return true;
	return false;
}

static bool acl_stays(const struct acl *have, uint32_t tid,
		      const struct list *acls)
{
	return have->target_id != tid || has_acl(acls, 0, have);
}

static bool same_acls(const struct admin *admin, uint32_t tid,
		      const struct list *acls)
{
	const struct acl *acl;

	list_for_each(acl, &admin->view->acls)
		if (!acl_stays(acl, tid, acls))
			return false;
	list_for_each(acl, acls)
		if (!has_acl(&admin->view->acls, tid, acl))
			return false;
	return true;
}

/* The rule alone, without what the kernel tells of it. */
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

static int apply_acls(struct admin *admin, uint32_t tid,
		      const struct list *acls)
{
	const struct acl *acl;
	struct acl req;
	int err = 0;

	list_for_each(acl, &admin->view->acls) {
		if (err || acl_stays(acl, tid, acls))
			continue;
		req = acl_request(acl, tid);
		err = admin_change(admin, KTGT_CMD_ACL_DEL, &acl_object,
				   &req);
	}
	list_for_each(acl, acls) {
		if (err || has_acl(&admin->view->acls, tid, acl))
			continue;
		req = acl_request(acl, tid);
		err = admin_change(admin, KTGT_CMD_ACL_NEW, &acl_object,
				   &req);
	}
	return err;
}

/* Logical units */

static const struct lu *lu_at(const struct admin *admin, uint32_t tid,
			      uint32_t lun)
{
	const struct lu *lu;

	list_for_each(lu, &admin->view->lus)
		if (lu->target_id == tid && lu->lun == lun)
			return lu;
	return NULL;
}

/* What the kernel has when nothing is said. */
void admin_lu_defaults(struct lu *lu)
{
	char text[32], dir[64];

	snprintf(text, sizeof(text), "IET     %04x%04x", lu->target_id,
		 lu->lun);
	lu_default_text(lu, KTGT_A_LU_SCSI_ID, text);
	snprintf(text, sizeof(text), "beaf%u%u", lu->target_id, lu->lun);
	lu_default_text(lu, KTGT_A_LU_SERIAL, text);
	lu_default_text(lu, KTGT_A_LU_VENDOR, "IET");
	lu_default_text(lu, KTGT_A_LU_PRODUCT, "VIRTUAL-DISK");
	lu_default_text(lu, KTGT_A_LU_REVISION, "0001");
	if (!device_dir(lu->path, dir, sizeof(dir)))
		device_defaults(dir, lu);
}

bool admin_same_lu(const struct lu *want, const struct lu *have)
{
	const struct field *f;
	size_t i;

	for (i = 0; i < lu_object.n_fields; i++) {
		f = &lu_object.fields[i];
		if (HAS(want, f->attr) && !field_same(f, want, have))
			return false;
	}
	return true;
}

static bool lu_stays(const struct conf_target *target, const struct lu *have)
{
	const struct conf_lu *lu;
	struct lu want;

	for (lu = target->lus; lu; lu = lu->next)
		if (lu->lu.lun == have->lun)
			break;
	if (!lu)
		return false;
	want = lu->lu;
	want.target_id = have->target_id;
	admin_lu_defaults(&want);
	return admin_same_lu(&want, have);
}

static int delete_lus(struct admin *admin, const struct conf_target *target,
		      const struct target *have)
{
	const struct lu *lu;
	struct lu req;
	int err = 0;

	list_for_each(lu, &admin->view->lus) {
		if (err || lu->target_id != have->id || !lu->lun ||
		    lu_stays(target, lu))
			continue;
		if (have->sessions && !admin->force) {
			err = admin_refuse(admin, "%s is in use: lun %u stays without --force",
					   have->name, lu->lun);
			continue;
		}
		req = (struct lu){ .target_id = have->id, .lun = lu->lun };
		SET(&req, KTGT_A_LU_TARGET_ID);
		SET(&req, KTGT_A_LU_LUN);
		err = admin_change(admin, KTGT_CMD_LU_DEL, &lu_object, &req);
	}
	return err;
}

static int create_lus(struct admin *admin, const struct conf_target *target,
		      uint32_t tid, const struct target *old)
{
	const struct conf_lu *lu;
	const struct lu *have;
	struct lu req;
	int err = 0;

	for (lu = target->lus; lu && !err; lu = lu->next) {
		have = old ? lu_at(admin, tid, lu->lu.lun) : NULL;
		/* what is there still is as wanted, or was kept above */
		if (have && (lu_stays(target, have) ||
			     (old->sessions && !admin->force)))
			continue;
		req = lu->lu;
		SET(&req, KTGT_A_LU_TARGET_ID);
		req.target_id = tid;
		err = admin_change(admin, KTGT_CMD_LU_NEW, &lu_object, &req);
	}
	return err;
}

/* Targets */

static uint32_t wanted_state(const struct conf_target *target)
{
	/* ready is 0, which is what a target is that says nothing */
	return target->target.state;
}

static int set_state(struct admin *admin, struct target *have, uint32_t state)
{
	have->force = false;
	if (have->state == state)
		return 0;
	if (admin->unsafe && state == KTGT_TARGET_STATE_READY)
		return admin_refuse(admin, "%s stays offline: who may log in is not settled",
				    have->name);
	return admin_state(admin, have, state);
}

static int change_target(struct admin *admin, const struct conf_target *target,
			 struct target *have)
{
	int err = 0;

	if (!same_acls(admin, have->id, &target->acls) ||
	    !same_bindings(admin, have->id, &target->bindings))
		err = hold(admin, have);
	if (!err)
		err = create_lus(admin, target, have->id, have);
	if (!err)
		err = apply_bindings(admin, have->id, &target->bindings);
	if (!err)
		err = apply_acls(admin, have->id, &target->acls);
	if (!err)
		err = set_state(admin, have, wanted_state(target));
	return err;
}

/* Nobody is admitted to it before it is complete. */
static int create_target(struct admin *admin, const struct conf_target *target,
			 uint32_t tid)
{
	const unsigned int failures = admin->failures;
	const struct tgt_view *view = admin->view;
	struct target made = target->target;
	struct tgt_view none = { 0 };
	int err;

	SET(&made, KTGT_A_TARGET_ID);
	SET(&made, KTGT_A_TARGET_STATE);
	made.id = tid;
	made.state = KTGT_TARGET_STATE_OFFLINE;
	err = admin_change(admin, KTGT_CMD_TARGET_NEW, &target_object, &made);
	/* when errors are ignored the number may be another target's */
	if (err || admin->failures > failures)
		return err;
	/* what was there with this number is gone by now */
	admin->view = &none;
	err = create_lus(admin, target, tid, NULL);
	if (!err)
		err = apply_bindings(admin, tid, &target->bindings);
	if (!err)
		err = apply_acls(admin, tid, &target->acls);
	if (!err)
		err = set_state(admin, &made, wanted_state(target));
	admin->view = view;
	return err;
}

/* Whether it has to be made anew, because a number is for life. */
static bool moves(const struct conf_target *target, const struct target *have)
{
	return HAS(&target->target, KTGT_A_TARGET_ID) &&
	       target->target.id != have->id;
}

static int delete_target(struct admin *admin, struct target *have, bool *gone)
{
	unsigned int failures = admin->failures;
	int err = admin_delete(admin, have);

	*gone = !err && admin->failures == failures;
	if (*gone)
		have->force = false;
	return err;
}

/* @gone has a place for each target of the view. */
static int delete_targets(struct admin *admin, const struct conf *conf,
			  const char *only, bool *gone)
{
	const struct conf_target *target;
	struct target *have;
	int err = 0;

	list_for_each(have, &admin->view->targets) {
		if (err || (only && strcmp(only, have->name)))
			continue;
		target = conf_find(conf, have->name);
		if (!target || moves(target, have))
			err = delete_target(admin, have, &gone[i_have]);
	}
	return err;
}

/* A device may go from one logical unit to another, so first all are free. */
static int delete_all_lus(struct admin *admin, const struct conf *conf,
			  const char *only, const bool *gone)
{
	const struct conf_target *target;
	const struct target *have;
	int err = 0;

	list_for_each(have, &admin->view->targets) {
		if (err || gone[i_have] || (only && strcmp(only, have->name)))
			continue;
		target = conf_find(conf, have->name);
		if (target && !moves(target, have))
			err = delete_lus(admin, target, have);
	}
	return err;
}

/* Numbers that are taken, or that the file asks for. */
static void mark_numbers(const struct admin *admin, const struct conf *conf,
			 const bool *gone, bool *taken)
{
	const struct conf_target *target;
	const struct target *have;

	list_for_each(have, &admin->view->targets)
		if (!gone[i_have])
			taken[have->id] = true;
	for (target = conf->targets; target; target = target->next)
		if (HAS(&target->target, KTGT_A_TARGET_ID))
			taken[target->target.id] = true;
}

static uint32_t next_number(bool *taken)
{
	uint32_t tid = 1;

	while (tid < UINT16_MAX && taken[tid])
		tid++;
	taken[tid] = true;
	return tid;
}

static int apply_target(struct admin *admin, const struct conf_target *target,
			const bool *gone, bool *taken)
{
	struct target *have = target_named(admin, target->target.name);
	const struct target *first = list_at(&admin->view->targets, 0);
	uint32_t tid = target->target.id;

	if (have && !gone[have - first])
		/* it was refused above to make it anew */
		return moves(target, have) ? 0 :
		       change_target(admin, target, have);
	if (!HAS(&target->target, KTGT_A_TARGET_ID))
		tid = next_number(taken);
	return create_target(admin, target, tid);
}

static int compare_names(const void *a, const void *b)
{
	const struct conf_target *const *p = a, *const *q = b;

	return strcmp((*p)->target.name, (*q)->target.name);
}

/*
 * In the order of names, as tgt-admin does it: numbers come from it, and from
 * these the identity of disks.
 */
static const struct conf_target **sort_targets(const struct conf *conf,
					       size_t *n)
{
	const struct conf_target *target, **sorted;
	size_t i = 0;

	for (*n = 0, target = conf->targets; target; target = target->next)
		++*n;
	sorted = calloc(*n + 1, sizeof(*sorted));
	for (target = conf->targets; sorted && target; target = target->next)
		sorted[i++] = target;
	if (sorted)
		qsort(sorted, *n, sizeof(*sorted), compare_names);
	return sorted;
}

static int apply_targets(struct admin *admin, const struct conf *conf,
			 const char *only, const bool *gone)
{
	bool *taken = calloc(UINT16_MAX + 1, sizeof(*taken));
	const struct conf_target **sorted;
	int err = 0;
	size_t i, n;

	sorted = sort_targets(conf, &n);
	if (!taken || !sorted)
		err = -ENOMEM;
	else
		mark_numbers(admin, conf, gone, taken);
	for (i = 0; !err && i < n; i++)
		if (!only || !strcmp(only, sorted[i]->target.name))
			err = apply_target(admin, sorted[i], gone, taken);
	free(sorted);
	free(taken);
	return err;
}

/* Targets that are not changed themselves, but an account of theirs was. */
static int release(struct admin *admin)
{
	struct target *have;
	int err = 0;

	list_for_each(have, &admin->view->targets)
		if (have->force && !err)
			err = set_state(admin, have, KTGT_TARGET_STATE_READY);
	return err;
}

static void fill_identity(struct conf *conf)
{
	struct conf_target *target;
	struct conf_lu *lu;
	char dir[64];

	for (target = conf->targets; target; target = target->next)
		for (lu = target->lus; lu; lu = lu->next)
			if (lu->direct &&
			    !device_dir(lu->lu.path, dir, sizeof(dir)))
				device_identity(dir, &lu->lu);
}

static int apply(struct admin *admin, const struct conf *conf,
		 const char *only, bool *gone)
{
	int err = 0;

	if (!only || conf_find(conf, only))
		err = apply_accounts(admin, conf, only);
	if (!err && !only)
		err = apply_bindings(admin, 0, &conf->discovery);
	if (!err)
		err = delete_targets(admin, conf, only, gone);
	if (!err)
		err = delete_all_lus(admin, conf, only, gone);
	if (!err)
		err = apply_targets(admin, conf, only, gone);
	if (!err)
		err = release(admin);
	return err;
}

int admin_apply(struct admin *admin, struct conf *conf, const char *only)
{
	bool *gone = calloc(admin->view->targets.n + 1, sizeof(*gone));
	int err;

	if (!gone)
		return -ENOMEM;
	fill_identity(conf);
	err = apply(admin, conf, only, gone);
	free(gone);
	return err;
}
