// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink commands for logical units.
 */
#include <linux/unaligned.h>
#include <net/genetlink.h>
#include <scsi/scsi_proto.h>

#include "../backend/backend.h"
#include "../backend/state.h"
#include "../config/lu.h"
#include "../config/lu_set.h"
#include "../core/deadline.h"
#include "../core/net.h"
#include "../core/refuse.h"
#include "../core/target.h"
#include "../scsi/lu.h"
#include "../scsi/lu_life.h"
#include "../scsi/prevent.h"
#include "device.h"
#include "dump.h"
#include "elsewhere.h"
#include "generated/netlink.h"
#include "msg.h"
#include "txn.h"

static int get_ids(struct genl_info *info, u32 *tid, u32 *lun)
{
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_TARGET_ID)) {
		NL_SET_ERR_MSG(info->extack,
			       "logical unit: target-id is missing");
		return -EINVAL;
	}
	if (GENL_REQ_ATTR_CHECK(info, KTGT_A_LU_LUN)) {
		NL_SET_ERR_MSG(info->extack, "logical unit: lun is missing");
		return -EINVAL;
	}
	*tid = nla_get_u32(info->attrs[KTGT_A_LU_TARGET_ID]);
	*lun = nla_get_u32(info->attrs[KTGT_A_LU_LUN]);
	return 0;
}

/* Returns which attribute the backend lacks or cannot have, or NULL. */
static const char *backend_fault(const struct ktgt_lu_params *params)
{
	switch (params->backend) {
	case KTGT_BACKEND_BLOCK:
		if (!params->path || !*params->path)
			return "path is missing";
		if (params->size)
			return "size is for type null; a block device has its own";
		return NULL;
	case KTGT_BACKEND_NULL:
		if (params->path)
			return "path is for type block; type null stores nothing";
		if (params->may_be_absent)
			return "absent is for type block; type null has no device";
		if (params->medium || params->medium_found)
			return "medium is for type block; type null has no disk";
		if (!params->size)
			return "size is missing; type null has none of its own";
		return NULL;
	default:
		return "path, or type null, is missing";
	}
}

static int check_params(struct genl_info *info,
			const struct ktgt_lu_params *params)
{
	const char *fault;

	if (!params->lun) {
		NL_SET_ERR_MSG(info->extack,
			       "LUN 0 is the controller of the target; use LUN 1 or greater for a disk");
		return -EEXIST;
	}
	fault = backend_fault(params);
	if (!fault && params->backend == KTGT_BACKEND_NULL &&
	    info->attrs[KTGT_A_LU_DESCRIPTOR])
		fault = "descriptor is for type block; type null has no device";
	if (fault) {
		ktgt_refuse(info->extack, "LUN %u: %s", params->lun, fault);
		return -EINVAL;
	}
	return 0;
}

static void get_texts(struct nlattr **attrs, struct ktgt_identity *identity)
{
	const struct {
		int	attr;
		char	*to;
		size_t	size;
	} texts[] = {
		{ KTGT_A_LU_SCSI_ID, identity->scsi_id,
		  sizeof(identity->scsi_id) },
		{ KTGT_A_LU_SERIAL, identity->serial,
		  sizeof(identity->serial) },
		{ KTGT_A_LU_VENDOR, identity->vendor,
		  sizeof(identity->vendor) },
		{ KTGT_A_LU_PRODUCT, identity->product,
		  sizeof(identity->product) },
		{ KTGT_A_LU_REVISION, identity->revision,
		  sizeof(identity->revision) },
		{ KTGT_A_LU_SCSI_NAME, identity->scsi_name,
		  sizeof(identity->scsi_name) },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++)
		if (attrs[texts[i].attr])
			nla_strscpy(texts[i].to, attrs[texts[i].attr],
				    texts[i].size);
}

/* The policy has the longest that there may be. */
static void get_id(const struct nlattr *attr, struct ktgt_id *id)
{
	if (attr)
		id->len = nla_memcpy(id->byte, attr, sizeof(id->byte));
}

static void get_identity(struct nlattr **attrs, struct ktgt_identity *identity)
{
	get_texts(attrs, identity);
	if (attrs[KTGT_A_LU_NAA])
		ktgt_identity_set_naa(identity,
				      nla_get_u64(attrs[KTGT_A_LU_NAA]));
	get_id(attrs[KTGT_A_LU_NAA_ID], &identity->naa);
	get_id(attrs[KTGT_A_LU_EUI], &identity->eui);
	get_id(attrs[KTGT_A_LU_UUID], &identity->uuid);
}

static void get_params(struct nlattr **attrs, struct ktgt_lu_params *params)
{
	params->backend = attrs[KTGT_A_LU_PATH] ? KTGT_BACKEND_BLOCK :
						  KTGT_BACKEND_NONE;
	if (attrs[KTGT_A_LU_BACKEND])
		params->backend = nla_get_u32(attrs[KTGT_A_LU_BACKEND]);
	if (attrs[KTGT_A_LU_PATH])
		params->path = nla_data(attrs[KTGT_A_LU_PATH]);
	if (attrs[KTGT_A_LU_SIZE])
		params->size = nla_get_u64(attrs[KTGT_A_LU_SIZE]);
	if (attrs[KTGT_A_LU_BLOCK_SIZE])
		params->block_size = nla_get_u32(attrs[KTGT_A_LU_BLOCK_SIZE]);
	if (attrs[KTGT_A_LU_READ_ONLY])
		params->read_only = nla_get_u8(attrs[KTGT_A_LU_READ_ONLY]);
	if (attrs[KTGT_A_LU_SHARED])
		params->shared = nla_get_u8(attrs[KTGT_A_LU_SHARED]);
	if (attrs[KTGT_A_LU_SHARED_IDENTITY])
		params->shared_identity =
			nla_get_u8(attrs[KTGT_A_LU_SHARED_IDENTITY]);
	if (attrs[KTGT_A_LU_MEDIUM])
		params->medium = nla_data(attrs[KTGT_A_LU_MEDIUM]);
	if (attrs[KTGT_A_LU_MEDIUM_FOUND])
		params->medium_found = nla_data(attrs[KTGT_A_LU_MEDIUM_FOUND]);
	if (attrs[KTGT_A_LU_GONE])
		params->gone = nla_get_u32(attrs[KTGT_A_LU_GONE]);
	if (attrs[KTGT_A_LU_REMOVABLE])
		params->removable = nla_get_u8(attrs[KTGT_A_LU_REMOVABLE]);
	params->force = nla_get_flag(attrs[KTGT_A_LU_FORCE]);
	params->may_be_absent = nla_get_flag(attrs[KTGT_A_LU_ABSENT]);
	params->write_cache = -1;
	if (attrs[KTGT_A_LU_WRITE_CACHE])
		params->write_cache =
			nla_get_u8(attrs[KTGT_A_LU_WRITE_CACHE]);
	get_identity(attrs, &params->identity);
}

/**
 * ktgt_lu_new_doit - add a logical unit to a target
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_lu_params params = {};
	struct ktgt_nl_change nlc;
	struct file *file = NULL;
	bool opens;
	u32 tid;
	int err;

	err = get_ids(info, &tid, &params.lun);
	if (err)
		return err;
	get_params(info->attrs, &params);
	err = check_params(info, &params);
	if (err)
		return err;
	opens = params.backend == KTGT_BACKEND_BLOCK;
	if (opens)
		err = ktgt_nl_device_get(skb, info, &file);
	if (!err)
		err = ktgt_nl_state_get(skb, info, &params.state);
	if (err) {
		ktgt_nl_device_put(file);
		return err;
	}

	ktgt_nl_begin(&nlc, skb, info);
	nlc.txn->opens |= opens;
	err = ktgt_lu_stage_new(nlc.txn, tid, &params, file);
	err = ktgt_nl_end(&nlc, err);
	ktgt_state_put(params.state);
	ktgt_nl_device_put(file);
	return err;
}

/**
 * ktgt_lu_del_doit - remove a logical unit
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_nl_change nlc;
	u32 tid, lun;
	int err;

	err = get_ids(info, &tid, &lun);
	if (err)
		return err;

	ktgt_nl_begin(&nlc, skb, info);
	return ktgt_nl_end(&nlc, ktgt_lu_stage_del(nlc.txn, tid, lun));
}

/**
 * ktgt_lu_attach_doit - give a logical unit the device that it waits for
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_attach_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_lu_params with = {};
	struct ktgt_nl_change nlc;
	struct file *file;
	u32 tid;
	int err;

	if (!info->attrs[KTGT_A_LU_TARGET_ID] && !info->attrs[KTGT_A_LU_LUN])
		return ktgt_nl_attach_elsewhere(skb, info);
	err = get_ids(info, &tid, &with.lun);
	if (err)
		return err;
	err = ktgt_nl_device_get(skb, info, &file);
	if (err)
		return err;
	if (info->attrs[KTGT_A_LU_MEDIUM_FOUND])
		with.medium_found = nla_data(info->attrs[KTGT_A_LU_MEDIUM_FOUND]);
	with.force = nla_get_flag(info->attrs[KTGT_A_LU_FORCE]);

	ktgt_nl_begin(&nlc, skb, info);
	nlc.txn->opens = true;
	err = ktgt_lu_stage_attach(nlc.txn, tid, &with, file, false);
	err = ktgt_nl_end(&nlc, err);
	ktgt_nl_device_put(file);
	return err;
}

/**
 * ktgt_lu_load_doit - load the medium of a logical unit that was ejected
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_load_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_lu_params with = {};
	struct ktgt_nl_change nlc;
	struct file *file;
	u32 tid;
	int err;

	err = get_ids(info, &tid, &with.lun);
	if (err)
		return err;
	err = ktgt_nl_device_get(skb, info, &file);
	if (err)
		return err;
	if (info->attrs[KTGT_A_LU_MEDIUM_FOUND])
		with.medium_found = nla_data(info->attrs[KTGT_A_LU_MEDIUM_FOUND]);

	ktgt_nl_begin(&nlc, skb, info);
	nlc.txn->opens = true;
	err = ktgt_lu_stage_load(nlc.txn, tid, &with, file);
	err = ktgt_nl_end(&nlc, err);
	ktgt_nl_device_put(file);
	return err;
}

/* Returns bits of the names that lu-set is to change. */
static u64 get_names(struct nlattr **attrs)
{
	unsigned int attr;
	u64 has = 0;

	for (attr = 1; attr <= KTGT_A_LU_MAX; attr++)
		if (KTGT_LU_SET_NAMES & BIT_ULL(attr) && attrs[attr])
			has |= BIT_ULL(attr);
	return has;
}

/* Returns bits of the attributes that lu-set is to change. */
static u64 get_changes(struct nlattr **attrs, struct ktgt_lu_params *params)
{
	u64 has = 0;

	if (attrs[KTGT_A_LU_PATH]) {
		params->path = nla_data(attrs[KTGT_A_LU_PATH]);
		has |= BIT_ULL(KTGT_A_LU_PATH);
	}
	if (attrs[KTGT_A_LU_READ_ONLY]) {
		params->read_only = nla_get_u8(attrs[KTGT_A_LU_READ_ONLY]);
		has |= BIT_ULL(KTGT_A_LU_READ_ONLY);
	}
	if (attrs[KTGT_A_LU_SHARED]) {
		params->shared = nla_get_u8(attrs[KTGT_A_LU_SHARED]);
		has |= BIT_ULL(KTGT_A_LU_SHARED);
	}
	if (attrs[KTGT_A_LU_WRITE_CACHE]) {
		params->write_cache =
			nla_get_u8(attrs[KTGT_A_LU_WRITE_CACHE]);
		has |= BIT_ULL(KTGT_A_LU_WRITE_CACHE);
	}
	if (nla_get_flag(attrs[KTGT_A_LU_DEVICE_WRITE_CACHE])) {
		params->write_cache = -1;
		has |= BIT_ULL(KTGT_A_LU_WRITE_CACHE);
	}
	if (attrs[KTGT_A_LU_GONE]) {
		params->gone = nla_get_u32(attrs[KTGT_A_LU_GONE]);
		has |= BIT_ULL(KTGT_A_LU_GONE);
	}
	if (attrs[KTGT_A_LU_REMOVABLE]) {
		params->removable = nla_get_u8(attrs[KTGT_A_LU_REMOVABLE]);
		has |= BIT_ULL(KTGT_A_LU_REMOVABLE);
	}
	if (nla_get_flag(attrs[KTGT_A_LU_THRESHOLD_REACHED]))
		has |= BIT_ULL(KTGT_A_LU_THRESHOLD_REACHED);
	if (attrs[KTGT_A_LU_MEDIUM_FOUND])
		params->medium_found = nla_data(attrs[KTGT_A_LU_MEDIUM_FOUND]);
	params->force = nla_get_flag(attrs[KTGT_A_LU_FORCE]);
	get_identity(attrs, &params->identity);
	return has | get_names(attrs);
}

/**
 * ktgt_lu_set_doit - change a logical unit
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_lu_params params = {};
	struct ktgt_nl_change nlc;
	struct file *file = NULL;
	bool opens;
	u64 has;
	u32 tid;
	int err;

	err = get_ids(info, &tid, &params.lun);
	if (err)
		return err;
	has = get_changes(info->attrs, &params);
	if (!has) {
		ktgt_refuse(info->extack,
			    "LUN %u: nothing is to be changed; say path, read-only, shared, write-cache, gone, removable, threshold-reached, or a name as vendor or serial",
			    params.lun);
		return -EINVAL;
	}
	opens = has & (BIT_ULL(KTGT_A_LU_PATH) | BIT_ULL(KTGT_A_LU_READ_ONLY));
	if (opens)
		err = ktgt_nl_device_get(skb, info, &file);
	if (err)
		return err;

	ktgt_nl_begin(&nlc, skb, info);
	nlc.txn->opens |= opens;
	err = ktgt_lu_stage_set(nlc.txn, tid, &params, has, file);
	err = ktgt_nl_end(&nlc, err);
	ktgt_nl_device_put(file);
	return err;
}

static int fill_id(struct sk_buff *skb, int attr, const struct ktgt_id *id)
{
	return id->len ? nla_put(skb, attr, id->len, id->byte) : 0;
}

static int fill_ids(struct sk_buff *skb, const struct ktgt_identity *identity)
{
	const struct ktgt_id *naa = &identity->naa;

	if (naa->len == sizeof(u64) &&
	    nla_put_u64_64bit(skb, KTGT_A_LU_NAA, get_unaligned_be64(naa->byte),
			      KTGT_A_LU_PAD))
		return -EMSGSIZE;
	return fill_id(skb, KTGT_A_LU_NAA_ID, naa) ||
	       fill_id(skb, KTGT_A_LU_EUI, &identity->eui) ||
	       fill_id(skb, KTGT_A_LU_UUID, &identity->uuid) ||
	       nla_put_string(skb, KTGT_A_LU_SCSI_NAME, identity->scsi_name) ||
	       nla_put_u32(skb, KTGT_A_LU_GIVEN, identity->given);
}

static int fill_identity(struct sk_buff *skb, const struct ktgt_lu *lu)
{
	const struct ktgt_identity *identity = rcu_dereference(lu->identity);
	const char *path = lu->params.path;

	if (path && nla_put_string(skb, KTGT_A_LU_PATH, path))
		return -EMSGSIZE;
	if (lu->type == TYPE_DISK &&
	    nla_put_u8(skb, KTGT_A_LU_SHARED_IDENTITY,
		       lu->params.shared_identity))
		return -EMSGSIZE;
	return nla_put_string(skb, KTGT_A_LU_SCSI_ID, identity->scsi_id) ||
	       nla_put_string(skb, KTGT_A_LU_SERIAL, identity->serial) ||
	       nla_put_string(skb, KTGT_A_LU_VENDOR, identity->vendor) ||
	       nla_put_string(skb, KTGT_A_LU_PRODUCT, identity->product) ||
	       nla_put_string(skb, KTGT_A_LU_REVISION, identity->revision) ||
	       fill_ids(skb, identity);
}

/* While there is no device, only what the user asked for is known. */
static int fill_absent(struct sk_buff *skb, const struct ktgt_lu *lu)
{
	const struct ktgt_lu_params *params = &lu->params;

	if (params->size &&
	    nla_put_u64_64bit(skb, KTGT_A_LU_SIZE, params->size, KTGT_A_LU_PAD))
		return -EMSGSIZE;
	if (params->block_size &&
	    nla_put_u32(skb, KTGT_A_LU_BLOCK_SIZE, params->block_size))
		return -EMSGSIZE;
	if (params->write_cache >= 0 &&
	    nla_put_u8(skb, KTGT_A_LU_WRITE_CACHE, params->write_cache))
		return -EMSGSIZE;
	return nla_put_u8(skb, KTGT_A_LU_READ_ONLY, params->read_only) ||
	       nla_put_u8(skb, KTGT_A_LU_SHARED, params->shared);
}

static int fill_removable(struct sk_buff *skb, const struct ktgt_lu *lu)
{
	if (lu->type != TYPE_DISK)
		return 0;
	return nla_put_u8(skb, KTGT_A_LU_REMOVABLE,
			  READ_ONCE(lu->params.removable)) ||
	       nla_put_u8(skb, KTGT_A_LU_EJECTED, ktgt_lu_is_ejected(lu)) ||
	       nla_put_u8(skb, KTGT_A_LU_PREVENTED, ktgt_prevent_exists(lu));
}

/* Which disk it is, or was before it went away, and what is said then. */
static int fill_disk(struct sk_buff *skb, struct ktgt_lu *lu)
{
	int err = 0;

	if (lu->type == TYPE_DISK &&
	    nla_put_u32(skb, KTGT_A_LU_GONE, READ_ONCE(lu->params.gone)))
		return -EMSGSIZE;
	spin_lock(&lu->lock);
	if (*lu->medium)
		err = nla_put_string(skb, KTGT_A_LU_MEDIUM, lu->medium);
	spin_unlock(&lu->lock);
	return err;
}

static u32 sanitize_state(const struct ktgt_lu *lu)
{
	switch (READ_ONCE(lu->sanitize.phase)) {
	case KTGT_SANITIZE_RUNS:
		return KTGT_SANITIZE_STATE_RUNNING;
	case KTGT_SANITIZE_FAILED:
		return KTGT_SANITIZE_STATE_FAILED;
	default:
		return KTGT_SANITIZE_STATE_NONE;
	}
}

static int fill_sanitize(struct sk_buff *skb, const struct ktgt_lu *lu)
{
	return lu->type == TYPE_DISK ?
	       nla_put_u32(skb, KTGT_A_LU_SANITIZE, sanitize_state(lu)) : 0;
}

static int fill_orphans(struct sk_buff *skb, const struct ktgt_lu *lu)
{
	return lu->type == TYPE_DISK ?
	       nla_put_u32(skb, KTGT_A_LU_ORPHANS, ktgt_lu_orphans(lu)) : 0;
}

/* Attributes that only a disk has. */
static int fill_medium(struct sk_buff *skb, struct ktgt_lu *lu)
{
	struct ktgt_backend_caps caps;

	if (!ktgt_lu_caps(lu, &caps))
		return 0;
	if (ktgt_lu_is_absent(lu) || ktgt_lu_is_ejected(lu))
		return fill_absent(skb, lu);

	/* the size as it is now, even if no initiator has asked for it */
	ktgt_lu_refresh(lu);
	return nla_put_u64_64bit(skb, KTGT_A_LU_SIZE,
				 READ_ONCE(lu->nr_blocks) << lu->block_shift,
				 KTGT_A_LU_PAD) ||
	       nla_put_u32(skb, KTGT_A_LU_BLOCK_SIZE,
			   1U << lu->block_shift) ||
	       nla_put_u32(skb, KTGT_A_LU_PHYSICAL_BLOCK_SIZE,
			   caps.physical_block) ||
	       nla_put_u8(skb, KTGT_A_LU_READ_ONLY,
			  READ_ONCE(lu->is_protected)) ||
	       nla_put_u8(skb, KTGT_A_LU_SHARED, lu->params.shared) ||
	       nla_put_u8(skb, KTGT_A_LU_WRITE_CACHE,
			  READ_ONCE(lu->write_cache)) ||
	       nla_put_u8(skb, KTGT_A_LU_THIN, READ_ONCE(lu->thin)) ||
	       nla_put_u32(skb, KTGT_A_LU_SUBMISSION, caps.workers ?
			   KTGT_SUBMISSION_WORKERS : KTGT_SUBMISSION_DIRECT);
}

static int fill_stats(struct sk_buff *skb, struct ktgt_lu *lu)
{
	struct ktgt_lu_stats sum;

	ktgt_lu_stats_sum(lu, &sum);
	return nla_put_u64_64bit(skb, KTGT_A_LU_READ_COMMANDS,
				 sum.read.completed, KTGT_A_LU_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_LU_READ_BYTES, sum.read.bytes,
				 KTGT_A_LU_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_LU_WRITE_COMMANDS,
				 sum.write.completed, KTGT_A_LU_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_LU_WRITE_BYTES, sum.write.bytes,
				 KTGT_A_LU_PAD) ||
	       nla_put_u64_64bit(skb, KTGT_A_LU_ERRORS, sum.errors,
				 KTGT_A_LU_PAD);
}

/* Seconds, rounded up: 0 is said while it thaws. */
static int fill_frozen(struct sk_buff *skb, const struct ktgt_lu *lu)
{
	unsigned long thaw_at = READ_ONCE(lu->thaw_at);
	long left = ktgt_time_left(thaw_at);

	return thaw_at ? nla_put_u32(skb, KTGT_A_LU_FROZEN,
				     DIV_ROUND_UP(left, HZ)) : 0;
}

static int fill_lu(struct sk_buff *skb, struct ktgt_target *target,
		   struct ktgt_lu *lu)
{
	u64 generation = READ_ONCE(target->kn->generation);

	if (nla_put_u32(skb, KTGT_A_LU_TARGET_ID, target->tid) ||
	    nla_put_u32(skb, KTGT_A_LU_LUN, lu->lun) ||
	    nla_put_u32(skb, KTGT_A_LU_TYPE, lu->type == TYPE_DISK ?
			KTGT_LU_TYPE_DISK : KTGT_LU_TYPE_CONTROLLER) ||
	    nla_put_u32(skb, KTGT_A_LU_BACKEND, lu->params.backend) ||
	    nla_put_u8(skb, KTGT_A_LU_ONLINE, !ktgt_lu_is_absent(lu) &&
		       !ktgt_lu_is_ejected(lu)) ||
	    fill_frozen(skb, lu) || fill_medium(skb, lu) || fill_disk(skb, lu) ||
	    fill_removable(skb, lu) || fill_sanitize(skb, lu) ||
	    fill_orphans(skb, lu) || fill_identity(skb, lu) ||
	    fill_stats(skb, lu) ||
	    nla_put_u64_64bit(skb, KTGT_A_LU_GENERATION, generation,
			      KTGT_A_LU_PAD))
		return -EMSGSIZE;
	return 0;
}

/**
 * ktgt_lu_get_doit - show a logical unit
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or an errno, with extack text.
 */
int ktgt_lu_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct ktgt_net *kn = ktgt_net_get(genl_info_net(info));
	struct ktgt_target *target;
	struct sk_buff *msg;
	struct ktgt_lu *lu;
	u32 tid, lun;
	void *hdr;
	int err;

	err = get_ids(info, &tid, &lun);
	if (err)
		return err;
	target = ktgt_net_find_tid(kn, tid);
	if (!target) {
		ktgt_refuse(info->extack, "there is no target %u", tid);
		return -ENOENT;
	}

	err = -ENOMEM;
	hdr = ktgt_nl_reply(info, &msg);
	if (!hdr)
		goto out;
	rcu_read_lock();
	lu = xa_load(&target->lus, lun);
	err = lu ? fill_lu(msg, target, lu) : -ENOENT;
	rcu_read_unlock();
	if (!lu)
		ktgt_refuse(info->extack, "target %u has no LUN %u", tid, lun);
	err = ktgt_nl_reply_end(info, msg, hdr, err);
out:
	ktgt_target_put(target);
	return err;
}

static int dump_lu(struct sk_buff *skb, struct netlink_callback *cb,
		   struct ktgt_target *target, struct ktgt_lu *lu)
{
	void *hdr = ktgt_nl_dump_put(skb, cb);

	return ktgt_nl_dump_put_end(skb, hdr,
				    !hdr || fill_lu(skb, target, lu));
}

static int dump_lus(struct sk_buff *skb, struct netlink_callback *cb,
		    struct ktgt_target *target, unsigned long *next)
{
	struct ktgt_lu *lu;
	unsigned long lun;
	int err;

	xa_for_each_start(&target->lus, lun, lu, *next) {
		err = dump_lu(skb, cb, target, lu);
		if (err)
			return err;
		*next = lun + 1;
	}
	return 0;
}

/**
 * ktgt_lu_list_dumpit - show the logical units of one or all targets
 * @skb: takes the answer
 * @cb: the dump
 *
 * Return: length of the answer so far, 0 at its end, or an errno.
 */
int ktgt_lu_list_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return ktgt_nl_dump_targets(skb, cb, KTGT_A_LU_TARGET_ID, dump_lus);
}
