// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the configuration the same as targets.conf. What is the same already is
 * not touched, so its sessions continue.
 *
 * All changes are one transaction. If errors are ignored, each change is
 * separate, with two exceptions. The access rules and accounts of a target
 * change together or not at all, because a mixture could admit somebody whom
 * neither the old nor the new rules admit. And a new target is offline until it
 * has all logical units that can be added.
 */
#include "apply/apply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/access.h"
#include "apply/group.h"
#include "apply/lu.h"
#include "conf/key.h"
#include "lib/device.h"
#include "lib/lu_request.h"
#include "lib/medium.h"
#include "lib/name.h"

static struct target *target_named(const struct executor *ex, const char *name)
{
	struct target *target;

	vec_for_each(target, &ex->view->targets)
		if (name_equal(target->name, name))
			return target;
	return NULL;
}

/* Logical units */

static const struct lu *lu_at(const struct executor *ex, uint32_t tid,
			      uint32_t lun)
{
	struct vec lus = view_lus(ex->view, tid);
	const struct lu *lu;

	vec_for_each(lu, &lus)
		if (lu->lun == lun)
			return lu;
	return NULL;
}

/* What the file wants at the LUN of @have, defaults included; NULL if nothing. */
static const struct lu *wanted_at(const struct conf_target *target,
				  const struct lu *have, struct lu *want)
{
	const struct conf_lu *lu;

	for (lu = target->lus; lu; lu = lu->next)
		if (lu->lu.lun == have->lun)
			break;
	if (!lu)
		return NULL;
	*want = lu->lu;
	want->target_id = have->target_id;
	lu_set_defaults(want, have);
	return &lu->lu;
}

static bool lu_stays(const struct conf_target *target, const struct lu *have)
{
	struct lu want;

	return wanted_at(target, have, &want) && lu_same(&want, have);
}

/* Whether it can be changed in place; @req is the request for that. */
static bool lu_becomes(const struct conf_target *target, const struct lu *have,
		       struct lu *req)
{
	const struct lu *given;
	struct lu want;

	*req = (struct lu){ .target_id = have->target_id, .lun = have->lun };
	given = wanted_at(target, have, &want);
	if (!given || !lu_changes(&want, have, req))
		return false;
	if (HAS(req, KTGT_A_LU_WRITE_CACHE) &&
	    !HAS(given, KTGT_A_LU_WRITE_CACHE)) {
		req->has &= ~(UINT64_C(1) << KTGT_A_LU_WRITE_CACHE);
		SET(req, KTGT_A_LU_DEVICE_WRITE_CACHE);
		req->device_write_cache = true;
	}
	SET(req, KTGT_A_LU_TARGET_ID);
	SET(req, KTGT_A_LU_LUN);
	return true;
}

/* Another value of read-only opens the device anew. */
static int change_lu(struct executor *ex, const struct lu *have, struct lu *req)
{
	const char *path = HAS(req, KTGT_A_LU_READ_ONLY) ? have->path : NULL;

	if (path)
		medium_find(path, req);
	return change_apply_lu(ex, KTGT_CMD_LU_SET, req, path);
}

/* Those that can become what the file wants are changed instead. */
static int delete_lus(struct executor *ex, const struct conf_target *target,
		      const struct target *have)
{
	struct vec lus = view_lus(ex->view, have->id);
	const struct lu *lu;
	struct lu req;
	int err = 0;

	vec_for_each(lu, &lus) {
		if (err || !lu->lun || lu_stays(target, lu))
			continue;
		if (have->sessions && !ex->force) {
			err = change_refuse(ex, "%s is in use: LUN %u was not changed; add %s",
					    have->name, lu->lun,
					    ex->force_word);
			continue;
		}
		if (lu_becomes(target, lu, &req)) {
			err = change_lu(ex, lu, &req);
			continue;
		}
		req = (struct lu){ .target_id = have->id, .lun = lu->lun };
		SET(&req, KTGT_A_LU_TARGET_ID);
		SET(&req, KTGT_A_LU_LUN);
		err = change_apply(ex, KTGT_CMD_LU_DEL, &lu_object, &req);
	}
	return err;
}

/* A missing device is only a warning, because the other devices still work. */
static void tell_absent(struct executor *ex,
			const struct conf_target *target, const struct lu *lu)
{
	fprintf(stderr, "%s: %s: LUN %u waits until its device, %s, appears; see ktgtadm(8)\n",
		ex->program, target->target.name, lu->lun, lu->path);
	ex->absent++;
}

/* Whether the disk that was found is another one than @lu expects. */
static bool is_another(const struct lu *lu, const struct lu *found)
{
	return HAS(lu, KTGT_A_LU_MEDIUM) &&
	       strcmp(lu->medium, found->medium_found) != 0;
}

static void tell_another(struct executor *ex, const struct conf_target *target,
			 const struct lu *lu, const struct lu *found)
{
	fprintf(stderr, "%s: %s: LUN %u waits for the disk %s; %s is %s; see ktgtadm(8)\n",
		ex->program, target->target.name, lu->lun, lu->medium, lu->path,
		HAS(found, KTGT_A_LU_MEDIUM_FOUND) ? found->medium_found :
		"one without an identity");
	ex->absent++;
}

/* Keeps an existing logical unit; it may still wait for its device. */
static int keep_lu(struct executor *ex, const struct conf_target *target,
		   const struct lu *have)
{
	struct lu req = { .target_id = have->target_id, .lun = have->lun };

	/* what somebody has ejected stays so */
	if (!lu_waits(have) || have->ejected)
		return 0;
	if (!device_exists(have->path)) {
		tell_absent(ex, target, have);
		return 0;
	}
	SET(&req, KTGT_A_LU_TARGET_ID);
	SET(&req, KTGT_A_LU_LUN);
	medium_find(have->path, &req);
	if (is_another(have, &req)) {
		tell_another(ex, target, have, &req);
		return 0;
	}
	return change_apply_lu(ex, KTGT_CMD_LU_ATTACH, &req, have->path);
}

static int create_lu(struct executor *ex, const struct conf_target *target,
		     uint32_t tid, const struct lu *lu)
{
	struct lu req = *lu;

	SET(&req, KTGT_A_LU_TARGET_ID);
	req.target_id = tid;
	if (lu->backend == KTGT_BACKEND_BLOCK) {
		SET(&req, KTGT_A_LU_ABSENT);
		req.absent = true;
		medium_find(lu->path, &req);
		if (!device_exists(lu->path))
			tell_absent(ex, target, lu);
		else if (is_another(lu, &req))
			tell_another(ex, target, lu, &req);
	}
	return change_apply_lu(ex, KTGT_CMD_LU_NEW, &req,
			       HAS(lu, KTGT_A_LU_PATH) ? lu->path : NULL);
}

static int create_lus(struct executor *ex, const struct conf_target *target,
		      uint32_t tid, const struct target *old)
{
	const struct conf_lu *lu;
	const struct lu *have;
	struct lu req;
	int err = 0;

	for (lu = target->lus; lu && !err; lu = lu->next) {
		have = old ? lu_at(ex, tid, lu->lu.lun) : NULL;
		if (have && lu_stays(target, have))
			err = keep_lu(ex, target, have);
		else if (have && lu_becomes(target, have, &req))
			continue;
		else if (!have || !old->sessions || ex->force)
			err = create_lu(ex, target, tid, &lu->lu);
	}
	return err;
}

/* Targets */

static uint32_t wanted_state(const struct conf_target *target)
{
	/* without a state in the file this is 0, which is ready */
	return target->target.state;
}

static int set_state(struct executor *ex, struct target *have, uint32_t state)
{
	return have->state == state ? 0 : change_target_state(ex, have, state);
}

/* Begins changes that are made together even if errors are ignored. */
static int begin_part(struct executor *ex)
{
	return ex->ignore_errors ? change_begin(ex) : 0;
}

static int end_part(struct executor *ex, int err)
{
	return ex->ignore_errors ? change_commit(ex, err) : err;
}

static int apply_rules(struct executor *ex, const struct conf_target *target,
		       uint32_t tid)
{
	int err = apply_bindings(ex, tid, &target->bindings);

	return err ? err : apply_acls(ex, tid, &target->acls);
}

/* Keys that are not in the file are reset to their defaults. */
static int apply_keys(struct executor *ex, const struct conf_target *target,
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
	return change_apply(ex, KTGT_CMD_TARGET_SET, &target_object, &req);
}

/* Ports go from one group to another in one step. */
static int change_groups(struct executor *ex, const struct conf_target *target,
			 uint32_t tid)
{
	struct vec have = view_groups(ex->view, tid);
	int err;

	if (!have.n && !target->groups.n)
		return 0;
	err = begin_part(ex);
	return err ? err : end_part(ex, apply_groups(ex, tid, &target->groups));
}

/* Without a list in the file it is at all portals. */
static int apply_portals(struct executor *ex, const struct conf_target *target,
			 const struct target *have)
{
	const struct target *want = &target->target;
	struct target req = { .id = have->id };

	/* what is not there is an empty text */
	if (!strcmp(want->portals, have->portals))
		return 0;
	SET(&req, KTGT_A_TARGET_ID);
	SET(&req, KTGT_A_TARGET_PORTALS);
	strcpy(req.portals, HAS(want, KTGT_A_TARGET_PORTALS) ? want->portals :
							      "all");
	return change_apply(ex, KTGT_CMD_TARGET_SET, &target_object, &req);
}

static int change_target(struct executor *ex, const struct conf_target *target,
			 struct target *have)
{
	int err = begin_part(ex);

	if (!err)
		err = end_part(ex, apply_rules(ex, target, have->id));
	if (!err)
		err = apply_keys(ex, target, have);
	if (!err)
		err = apply_portals(ex, target, have);
	if (!err)
		err = change_groups(ex, target, have->id);
	if (!err)
		err = create_lus(ex, target, have->id, have);
	if (!err)
		err = set_state(ex, have, wanted_state(target));
	return err;
}

static int make_target(struct executor *ex, const struct conf_target *target,
		       const struct target *made)
{
	int err = change_apply(ex, KTGT_CMD_TARGET_NEW, &target_object,
			       made);

	if (!err)
		err = apply_rules(ex, target, made->id);
	return err ? err : apply_groups(ex, made->id, &target->groups);
}

static int create_target(struct executor *ex, const struct conf_target *target,
			 uint32_t tid)
{
	struct view *view = ex->view;
	struct target made = target->target;
	struct view none = { .generation = view->generation };
	int err;

	SET(&made, KTGT_A_TARGET_ID);
	SET(&made, KTGT_A_TARGET_STATE);
	made.id = tid;
	made.state = ex->ignore_errors ? KTGT_TARGET_STATE_OFFLINE :
					    wanted_state(target);
	/* an old target with this number has been deleted before */
	ex->view = &none;
	err = begin_part(ex);
	if (!err)
		err = end_part(ex, make_target(ex, target, &made));
	if (!err)
		err = create_lus(ex, target, tid, NULL);
	if (!err)
		err = set_state(ex, &made, wanted_state(target));
	ex->view = view;
	return err;
}

/* Whether the target must be created again: a number cannot be changed. */
static bool moves(const struct conf_target *target, const struct target *have)
{
	return HAS(&target->target, KTGT_A_TARGET_ID) &&
	       target->target.id != have->id;
}

static int delete_target(struct executor *ex, struct target *have, bool *gone)
{
	unsigned int failures = ex->failures;
	int err = change_delete_target(ex, have);

	*gone = !err && ex->failures == failures;
	return err;
}

/* @gone has an element for each target of the view. */
static int delete_targets(struct executor *ex, const struct conf *conf,
			  const char *only, bool *gone)
{
	const struct conf_target *target;
	struct target *have;
	int err = 0;

	vec_for_each(have, &ex->view->targets) {
		if (err || (only && !name_equal(only, have->name)))
			continue;
		target = conf_find(conf, have->name);
		if (!target || moves(target, have))
			err = delete_target(ex, have, &gone[i_have]);
	}
	return err;
}

/* All are deleted first, so that a device can move to another logical unit. */
static int delete_all_lus(struct executor *ex, const struct conf *conf,
			  const char *only, const bool *gone)
{
	const struct conf_target *target;
	const struct target *have;
	int err = 0;

	vec_for_each(have, &ex->view->targets) {
		if (err || gone[i_have] ||
		    (only && !name_equal(only, have->name)))
			continue;
		target = conf_find(conf, have->name);
		if (target && !moves(target, have))
			err = delete_lus(ex, target, have);
	}
	return err;
}

/* Marks numbers that are in use, or that the file asks for. */
static void mark_numbers(const struct executor *ex, const struct conf *conf,
			 const bool *gone, bool *taken)
{
	const struct conf_target *target;
	const struct target *have;

	vec_for_each(have, &ex->view->targets)
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

static int apply_target(struct executor *ex, const struct conf_target *target,
			const bool *gone, bool *taken)
{
	struct target *have = target_named(ex, target->target.name);
	const struct target *first = vec_at(&ex->view->targets, 0);
	uint32_t tid = target->target.id;
	int err;

	if (have && !gone[have - first]) {
		/* if the target should move, that was refused before */
		err = moves(target, have) ? 0 :
		      change_target(ex, target, have);
	} else {
		if (!HAS(&target->target, KTGT_A_TARGET_ID))
			tid = next_number(taken);
		err = create_target(ex, target, tid);
	}
	return ex->ignore_errors ? 0 : err;
}

static int compare_spellings(const void *a, const void *b)
{
	const struct conf_target *const *p = a, *const *q = b;

	return strcmp((*p)->target.name, (*q)->target.name);
}

/*
 * Sorts targets by their names as they are spelled in the file, like tgt-admin.
 * The order decides the numbers of targets.
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
		qsort(sorted, *n, sizeof(*sorted), compare_spellings);
	return sorted;
}

static int apply_targets(struct executor *ex, const struct conf *conf,
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
		mark_numbers(ex, conf, gone, taken);
	for (i = 0; !err && i < n; i++)
		if (!only || name_equal(only, sorted[i]->target.name))
			err = apply_target(ex, sorted[i], gone, taken);
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

static int apply(struct executor *ex, const struct conf *conf,
		 const char *only, bool *gone)
{
	int err = 0;

	if (!only || conf_find(conf, only))
		err = apply_accounts(ex, conf, only);
	if (!err && !only)
		err = apply_bindings(ex, 0, &conf->discovery);
	if (!err)
		err = delete_targets(ex, conf, only, gone);
	if (!err)
		err = delete_all_lus(ex, conf, only, gone);
	if (!err)
		err = apply_targets(ex, conf, only, gone);
	return err;
}

/*
 * Attaches devices that appeared before the commit: udev found no logical unit
 * that waited for them. If this fails, the logical unit still waits.
 */
static void attach_late(struct executor *ex)
{
	struct vec list = { 0 };
	const struct lu *lu;
	struct lu req;

	if (nl_dump(ex->nl, KTGT_CMD_LU_LIST, &lu_object, NULL, &list))
		return;
	vec_for_each(lu, &list) {
		if (!lu_waits(lu) || lu->ejected || !device_exists(lu->path))
			continue;
		req = (struct lu){ .target_id = lu->target_id, .lun = lu->lun };
		SET(&req, KTGT_A_LU_TARGET_ID);
		SET(&req, KTGT_A_LU_LUN);
		medium_find(lu->path, &req);
		lu_request(ex->nl, KTGT_CMD_LU_ATTACH, &req, lu->path);
	}
	objects_free(&list, &lu_object);
}

int apply_conf(struct executor *ex, struct conf *conf, const char *only)
{
	bool *gone = calloc(ex->view->targets.n + 1, sizeof(*gone));
	int err;

	if (!gone)
		return -ENOMEM;
	fill_identity(conf);
	err = ex->ignore_errors ? 0 : change_begin(ex);
	if (!err)
		err = change_commit(ex, apply(ex, conf, only, gone));
	if (!err && ex->absent && !ex->pretend)
		attach_late(ex);
	free(gone);
	return err;
}
