// SPDX-License-Identifier: GPL-2.0
/*
 * What targets.conf asks for against what is there. Nothing is touched that is
 * the same, so its sessions go on.
 *
 * All of it is one transaction. When errors are ignored, who may log in to a
 * target still changes as a whole or not at all, lest it admit somebody whom
 * neither the old nor the new rules do; and a new target is offline until it has
 * got the logical units that can be had.
 */
#include "tgt/admin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/device.h"
#include "conf/key.h"

static struct target *target_named(const struct admin *admin, const char *name)
{
	struct target *target;

	list_for_each(target, &admin->view->targets)
		if (!strcmp(target->name, name))
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

/*
 * The kernel does not tell a secret. It does nothing if an account has the one
 * of the file already.
 */
static int apply_account(struct admin *admin, const struct account *account)
{
	return admin_change(admin, has_account(admin, account->user) ?
			    KTGT_CMD_ACCOUNT_SET : KTGT_CMD_ACCOUNT_NEW,
			    &account_object, account);
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

/* Access rules */

static bool has_acl(const struct list *acls, const struct acl *want)
{
	const struct acl *have;

	list_for_each(have, acls)
		if (acl_same(have, want))
			return true;
	return false;
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
	struct list have = tgt_view_acls(admin->view, tid);
	const struct acl *acl;
	struct acl req;
	int err = 0;

	list_for_each(acl, &have) {
		if (err || has_acl(acls, acl))
			continue;
		req = acl_request(acl, tid);
		err = admin_change(admin, KTGT_CMD_ACL_DEL, &acl_object,
				   &req);
	}
	list_for_each(acl, acls) {
		if (err || has_acl(&have, acl))
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
	struct list lus = tgt_view_lus(admin->view, tid);
	const struct lu *lu;

	list_for_each(lu, &lus)
		if (lu->lun == lun)
			return lu;
	return NULL;
}

bool admin_lu_waits(const struct lu *lu)
{
	return lu->backend == KTGT_BACKEND_BLOCK &&
	       HAS(lu, KTGT_A_LU_ONLINE) && !lu->online;
}

void admin_lu_defaults(struct lu *lu, const struct lu *have)
{
	char text[32], dir[64];

	snprintf(text, sizeof(text), "IET     %04x%04x", lu->target_id,
		 lu->lun);
	lu_default_text(lu, KTGT_A_LU_SCSI_ID, text);
	snprintf(text, sizeof(text), "beaf%u%u", lu->target_id, lu->lun);
	lu_default_text(lu, KTGT_A_LU_SERIAL, text);
	/* what nobody has said is not so */
	SET(lu, KTGT_A_LU_SHARED);
	lu_default_text(lu, KTGT_A_LU_VENDOR, "IET");
	lu_default_text(lu, KTGT_A_LU_PRODUCT, "VIRTUAL-DISK");
	lu_default_text(lu, KTGT_A_LU_REVISION, "0001");
	if (!(have && admin_lu_waits(have)) &&
	    !device_dir(lu->path, dir, sizeof(dir)))
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
	admin_lu_defaults(&want, have);
	return admin_same_lu(&want, have);
}

static int delete_lus(struct admin *admin, const struct conf_target *target,
		      const struct target *have)
{
	struct list lus = tgt_view_lus(admin->view, have->id);
	const struct lu *lu;
	struct lu req;
	int err = 0;

	list_for_each(lu, &lus) {
		if (err || !lu->lun || lu_stays(target, lu))
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

/* A device that is not there does not keep the others from the initiators. */
static void tell_absent(struct admin *admin,
			const struct conf_target *target, const struct lu *lu)
{
	fprintf(stderr, "%s: %s: lun %u waits for its device, %s; see lun attach in ktgtadm(8)\n",
		admin->program, target->target.name, lu->lun, lu->path);
	admin->absent++;
}

/* What is there still is as wanted, or was kept; it may lack its device. */
static int keep_lu(struct admin *admin, const struct conf_target *target,
		   const struct lu *have)
{
	struct lu req = { .target_id = have->target_id, .lun = have->lun };

	if (!admin_lu_waits(have))
		return 0;
	if (!device_exists(have->path)) {
		tell_absent(admin, target, have);
		return 0;
	}
	SET(&req, KTGT_A_LU_TARGET_ID);
	SET(&req, KTGT_A_LU_LUN);
	return admin_change(admin, KTGT_CMD_LU_ATTACH, &lu_object, &req);
}

static int create_lu(struct admin *admin, const struct conf_target *target,
		     uint32_t tid, const struct lu *lu)
{
	struct lu req = *lu;

	SET(&req, KTGT_A_LU_TARGET_ID);
	req.target_id = tid;
	if (lu->backend == KTGT_BACKEND_BLOCK) {
		SET(&req, KTGT_A_LU_ABSENT);
		req.absent = true;
		if (!device_exists(lu->path))
			tell_absent(admin, target, lu);
	}
	return admin_change(admin, KTGT_CMD_LU_NEW, &lu_object, &req);
}

static int create_lus(struct admin *admin, const struct conf_target *target,
		      uint32_t tid, const struct target *old)
{
	const struct conf_lu *lu;
	const struct lu *have;
	int err = 0;

	for (lu = target->lus; lu && !err; lu = lu->next) {
		have = old ? lu_at(admin, tid, lu->lu.lun) : NULL;
		if (have && lu_stays(target, have))
			err = keep_lu(admin, target, have);
		else if (!have || !old->sessions || admin->force)
			err = create_lu(admin, target, tid, &lu->lu);
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
	return have->state == state ? 0 : admin_state(admin, have, state);
}

/* What is done as a whole although errors are ignored. */
static int begin_part(struct admin *admin)
{
	return admin->ignore_errors ? admin_begin(admin) : 0;
}

static int end_part(struct admin *admin, int err)
{
	return admin->ignore_errors ? admin_commit(admin, err) : err;
}

static int apply_rules(struct admin *admin, const struct conf_target *target,
		       uint32_t tid)
{
	int err = apply_bindings(admin, tid, &target->bindings);

	return err ? err : apply_acls(admin, tid, &target->acls);
}

/* What the file does not say any more goes back to what holds without. */
static int apply_keys(struct admin *admin, const struct conf_target *target,
		      const struct target *have)
{
	const struct target *want = &target->target;
	struct target req = { .id = have->id };
	const struct tgt_key *key;
	const struct field *f;

	for (key = tgt_keys; key->name; key++) {
		f = object_field(&target_object, key->attr);
		if (!key->attr || HAS(want, key->attr) + HAS(have, key->attr) == 0)
			continue;
		if (!HAS(want, key->attr)) {
			SET(&req, key->attr);
			*(uint32_t *)((char *)&req + f->off) = KTGT_KEY_DEFAULT;
		} else if (!HAS(have, key->attr) || !field_same(f, want, have)) {
			field_copy(f, &req, want);
		}
	}
	if (!req.has)
		return 0;
	SET(&req, KTGT_A_TARGET_ID);
	return admin_change(admin, KTGT_CMD_TARGET_SET, &target_object, &req);
}

static int change_target(struct admin *admin, const struct conf_target *target,
			 struct target *have)
{
	int err = begin_part(admin);

	if (!err)
		err = end_part(admin, apply_rules(admin, target, have->id));
	if (!err)
		err = apply_keys(admin, target, have);
	if (!err)
		err = create_lus(admin, target, have->id, have);
	if (!err)
		err = set_state(admin, have, wanted_state(target));
	return err;
}

static int make_target(struct admin *admin, const struct conf_target *target,
		       const struct target *made)
{
	int err = admin_change(admin, KTGT_CMD_TARGET_NEW, &target_object,
			       made);

	return err ? err : apply_rules(admin, target, made->id);
}

static int create_target(struct admin *admin, const struct conf_target *target,
			 uint32_t tid)
{
	struct tgt_view *view = admin->view;
	struct target made = target->target;
	struct tgt_view none = { .generation = view->generation };
	int err;

	SET(&made, KTGT_A_TARGET_ID);
	SET(&made, KTGT_A_TARGET_STATE);
	made.id = tid;
	made.state = admin->ignore_errors ? KTGT_TARGET_STATE_OFFLINE :
					    wanted_state(target);
	/* what was there with this number is gone by now */
	admin->view = &none;
	err = begin_part(admin);
	if (!err)
		err = end_part(admin, make_target(admin, target, &made));
	if (!err)
		err = create_lus(admin, target, tid, NULL);
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
	int err;

	if (have && !gone[have - first]) {
		/* it was refused above to make it anew */
		err = moves(target, have) ? 0 :
		      change_target(admin, target, have);
	} else {
		if (!HAS(&target->target, KTGT_A_TARGET_ID))
			tid = next_number(taken);
		err = create_target(admin, target, tid);
	}
	return admin->ignore_errors ? 0 : err;
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
	return err;
}

/*
 * What has come since it was looked for: udev found nobody who waits for it, as
 * long as nothing was committed. Whatever goes wrong with one, it still waits.
 */
static void attach_late(struct admin *admin)
{
	struct list list = { 0 };
	const struct lu *lu;
	struct lu req;

	if (nl_dump(admin->nl, KTGT_CMD_LU_LIST, &lu_object, NULL, &list))
		return;
	list_for_each(lu, &list) {
		if (!admin_lu_waits(lu) || !device_exists(lu->path))
			continue;
		req = (struct lu){ .target_id = lu->target_id, .lun = lu->lun };
		SET(&req, KTGT_A_LU_TARGET_ID);
		SET(&req, KTGT_A_LU_LUN);
		nl_request(admin->nl, KTGT_CMD_LU_ATTACH, &lu_object, &req,
			   NULL);
	}
	list_free(&list, &lu_object);
}

int admin_apply(struct admin *admin, struct conf *conf, const char *only)
{
	bool *gone = calloc(admin->view->targets.n + 1, sizeof(*gone));
	int err;

	if (!gone)
		return -ENOMEM;
	fill_identity(conf);
	err = admin->ignore_errors ? 0 : admin_begin(admin);
	if (!err)
		err = admin_commit(admin, apply(admin, conf, only, gone));
	if (!err && admin->absent && !admin->pretend)
		attach_late(admin);
	free(gone);
	return err;
}
