// SPDX-License-Identifier: GPL-2.0
/*
 * tgtadm: the commands of scsi-target-utils for the target in the kernel. The
 * first line of an error is the text of that program. If the reason is known,
 * it follows in a second line, after two blanks.
 */
#include "tgt/tgtadm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/key.h"
#include "lib/lu_request.h"
#include "lib/medium.h"
#include "lib/name.h"
#include "lib/nl.h"
#include "lib/parse.h"
#include "lib/reason.h"
#include "lib/view.h"
#include "tgt/fail.h"
#include "tgt/lu_param.h"
#include "tgt/opt.h"
#include "tgt/show.h"
#include "tgt/stat.h"

/* Returns 0 if the target exists; otherwise an exit status, after a message. */
static int need_target(struct nl *nl, uint32_t tid)
{
	static const struct texts texts = { .missing = NO_TARGET };
	struct target ask = { .id = tid }, found = { 0 };

	if (!tid)
		return fail_because(NO_TARGET, NULL);
	SET(&ask, KTGT_A_TARGET_ID);
	return finish(nl, nl_request(nl, KTGT_CMD_TARGET_GET, &target_object,
				     &ask, &found), &texts);
}

/* target */

/* Says so if the name that is sent is not what was given. */
static int fill_name(const char *text, char name[NAME_SIZE], const char **why)
{
	if (name_prepare(text, name, why))
		return -EINVAL;
	if (strcmp(text, name))
		fprintf(stderr, "tgtadm: warning: " NAME_CHANGED "\n", text,
			name);
	return 0;
}

static int target_new(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { .exists = HAVE_TARGET };
	struct target target = { .id = opts->tid }, made = { 0 };
	const char *why;

	if (fill_name(opts->targetname, target.name, &why))
		return fail_because(INVALID, why);
	SET(&target, KTGT_A_TARGET_ID);
	SET(&target, KTGT_A_TARGET_NAME);
	return finish(nl, nl_request(nl, KTGT_CMD_TARGET_NEW, &target_object,
				     &target, &made), &texts);
}

/* It is done; what the kernel says then is what the storage still holds. */
static int deleted(struct nl *nl)
{
	if (*nl_text(nl))
		fprintf(stderr, "tgtadm: warning: %s\n", nl_reason(nl, 0));
	return 0;
}

static int target_delete(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { NO_TARGET, NULL, TARGET_ACTIVE, NULL };
	struct target target = { .id = opts->tid };
	int err;

	SET(&target, KTGT_A_TARGET_ID);
	if (opts->force)
		SET(&target, KTGT_A_TARGET_FORCE);
	err = nl_request(nl, KTGT_CMD_TARGET_DEL, &target_object, &target,
			 NULL);
	return err ? finish(nl, err, &texts) : deleted(nl);
}

static bool is_redirect(const char *name)
{
	return !strcmp(name, "RedirectAddress") ||
	       !strcmp(name, "RedirectPort") ||
	       !strcmp(name, "RedirectReason") ||
	       !strcmp(name, "RedirectCallback");
}

/* Like tgt, checks the name before the value. */
static int update_fill(const struct tgt_opts *opts, struct target *target,
		       const char **why)
{
	const struct tgt_key *key = tgt_key_named(opts->name);

	if (key)
		return tgt_key_parse(key, opts->value, target, why);
	SET(target, KTGT_A_TARGET_STATE);
	*why = "unknown state; use ready or offline";
	return field_enum(object_field(&target_object, KTGT_A_TARGET_STATE),
			  opts->value, &target->state);
}

static int target_update(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { .missing = NO_TARGET };
	const struct tgt_key *key = tgt_key_named(opts->name);
	struct target target = { .id = opts->tid };
	const char *why = NULL;
	int status;

	status = need_target(nl, opts->tid);
	if (status)
		return status;
	if (is_redirect(opts->name))
		return fail_because(UNKNOWN_PARAM,
					    "redirection is not supported");
	if (!key && strcmp(opts->name, "state"))
		return fail_unknown(opts->name);
	if (update_fill(opts, &target, &why))
		return fail_because(key && !key->attr ? UNKNOWN_PARAM :
							INVALID, why);
	if (!target.has)
		return 0;	/* nothing to change */
	SET(&target, KTGT_A_TARGET_ID);
	return finish(nl, nl_request(nl, KTGT_CMD_TARGET_SET, &target_object,
				     &target, NULL), &texts);
}

static int target_show_all(struct nl *nl)
{
	static const struct texts texts = { 0 };
	struct view view = { 0 };
	int err = view_load(nl, &view);

	if (!err)
		tgt_show_targets(stdout, &view);
	view_free(&view);
	return finish(nl, err, &texts);
}

static int target_show(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { 0 };
	struct target ask = { .id = opts->tid }, target = { 0 };
	struct net net = { 0 };
	int err, status;

	if (!tgt_given(opts, 't'))
		return target_show_all(nl);
	status = need_target(nl, opts->tid);
	if (status)
		return status;
	SET(&ask, KTGT_A_TARGET_ID);
	err = nl_request(nl, KTGT_CMD_NET_GET, &net_object, NULL, &net);
	if (!err)
		err = nl_request(nl, KTGT_CMD_TARGET_GET, &target_object, &ask,
				 &target);
	if (!err)
		tgt_show_params(stdout, &net, &target);
	return finish(nl, err, &texts);
}

static int acl_fill(const struct tgt_opts *opts, struct acl *acl,
		    const char **why)
{
	acl->target_id = opts->tid;
	SET(acl, KTGT_A_ACL_TARGET_ID);
	if (opts->initiator) {
		SET(acl, KTGT_A_ACL_INITIATOR);
		return fill_name(opts->initiator, acl->initiator, why);
	}
	if (!strcmp(opts->address, "ALL")) {
		SET(acl, KTGT_A_ACL_ALL);
		return 0;
	}
	SET(acl, KTGT_A_ACL_ADDRESS);
	if (strchr(opts->address, '/'))
		SET(acl, KTGT_A_ACL_PREFIX_LEN);
	return parse_prefix(opts->address, &acl->address, &acl->prefix_len,
			    why);
}

static int target_bind(struct nl *nl, const struct tgt_opts *opts)
{
	bool bind = opts->op == TGT_OP_BIND;
	struct texts texts = { NULL, HAVE_ACL, NULL, NULL };
	const char *why = NULL;
	struct acl acl = { 0 };
	int err, status;

	if (opts->bus)
		return fail_because(UNSUPPORTED,
					    "a bus is not supported; use an address or a name");
	if (opts->initiator && !strcmp(opts->initiator, "ALL"))
		return fail_because(INVALID,
			"use --initiator-address ALL");
	if (opts->address && opts->initiator)
		return fail_because(INVALID,
			"an address and a name are two rules; use a command "
			"for each");
	if (acl_fill(opts, &acl, &why))
		return fail_because(INVALID, why);
	/* like tgt, check first whether the target exists */
	status = need_target(nl, opts->tid);
	if (status)
		return status;
	err = nl_request(nl, bind ? KTGT_CMD_ACL_NEW : KTGT_CMD_ACL_DEL,
			 &acl_object, &acl, NULL);
	texts.missing = NO_ACL;
	return finish(nl, err, &texts);
}

/*
 * Loads what --op stat needs, of one target or, if @tid is 0, of all. The
 * caller frees it even if this fails.
 */
static int stat_load(struct nl *nl, uint32_t tid, struct tgt_stat *stat)
{
	struct session session = { .target_id = tid };
	struct itl itl = { .target_id = tid };
	struct lu lu = { .target_id = tid };
	int err;

	if (tid) {
		SET(&session, KTGT_A_SESSION_TARGET_ID);
		SET(&itl, KTGT_A_ITL_TARGET_ID);
		SET(&lu, KTGT_A_LU_TARGET_ID);
	}
	err = nl_dump(nl, KTGT_CMD_LU_LIST, &lu_object, &lu, &stat->lus);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_SESSION_LIST, &session_object,
			      &session, &stat->sessions);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_ITL_LIST, &itl_object, &itl,
			      &stat->itls);
	return err;
}

static void stat_free(struct tgt_stat *stat)
{
	objects_free(&stat->lus, &lu_object);
	objects_free(&stat->sessions, &session_object);
	objects_free(&stat->itls, &itl_object);
}

/* @tid 0 means all targets. */
static int stat_show(struct nl *nl, uint32_t tid, int64_t lun)
{
	static const struct texts texts = { .missing = NO_TARGET };
	struct tgt_stat stat = { 0 };
	int err = stat_load(nl, tid, &stat);

	if (!err)
		tgt_show_stat(stdout, &stat, lun);
	stat_free(&stat);
	return finish(nl, err, &texts);
}

static int target_stat(struct nl *nl, const struct tgt_opts *opts)
{
	int status = need_target(nl, opts->tid);

	if (status)
		return status;
	return stat_show(nl, opts->tid, TGT_ALL);
}

static int do_target(struct nl *nl, const struct tgt_opts *opts)
{
	switch (opts->op) {
	case TGT_OP_NEW:
		return target_new(nl, opts);
	case TGT_OP_DELETE:
		return target_delete(nl, opts);
	case TGT_OP_SHOW:
		return target_show(nl, opts);
	case TGT_OP_UPDATE:
		return target_update(nl, opts);
	case TGT_OP_BIND:
	case TGT_OP_UNBIND:
		return target_bind(nl, opts);
	case TGT_OP_STAT:
		return target_stat(nl, opts);
	default:
		return fail_because(UNSUPPORTED, NULL);
	}
}

/* logicalunit */

static int lu_fill(const struct tgt_opts *opts, struct lu *lu,
		   const char **why)
{
	*why = "the LUN is out of range; use 1 to 16383";
	if (opts->lun > KTGT_LUN_MAX)
		return -EINVAL;
	SET(lu, KTGT_A_LU_TARGET_ID);
	SET(lu, KTGT_A_LU_LUN);
	lu->target_id = opts->tid;
	lu->lun = opts->lun;
	if (parse_bstype(opts->bstype ? opts->bstype : "rdwr", lu, why))
		return -EINVAL;
	if (lu->backend == KTGT_BACKEND_NULL && opts->bsopts &&
	    parse_bsopts(opts->bsopts, lu, why))
		return -EINVAL;
	if (opts->bsoflags && parse_bsoflags(opts->bsoflags, lu, why))
		return -EINVAL;
	if (opts->block_size) {
		SET(lu, KTGT_A_LU_BLOCK_SIZE);
		if (parse_u32(opts->block_size, &lu->block_size, why))
			return -EINVAL;
	}
	if (!opts->path || lu->backend == KTGT_BACKEND_NULL)
		return 0;
	SET(lu, KTGT_A_LU_PATH);
	return path_absolute(opts->path, lu->path, sizeof(lu->path), why);
}

static bool has_lu(struct nl *nl, const struct tgt_opts *opts)
{
	struct lu ask = { .target_id = opts->tid, .lun = opts->lun };
	struct lu lu = { 0 };

	if (opts->lun > KTGT_LUN_MAX)
		return false;
	SET(&ask, KTGT_A_LU_TARGET_ID);
	SET(&ask, KTGT_A_LU_LUN);
	return !nl_request(nl, KTGT_CMD_LU_GET, &lu_object, &ask, &lu);
}

static int lu_new(struct nl *nl, const struct tgt_opts *opts)
{
	struct texts texts = { NULL, HAVE_LU, NULL, NULL };
	const char *why = NULL;
	struct lu lu = { 0 };
	int err, status;

	if (opts->device_type && strcmp(opts->device_type, "disk"))
		return fail_because(UNSUPPORTED,
				    "this device type is not supported; use disk");
	status = need_target(nl, opts->tid);
	if (status)
		return status;
	/* like tgt, check the LUN before the device is opened */
	if (has_lu(nl, opts))
		return fail_because(HAVE_LU, nl_text(nl));
	if (lu_fill(opts, &lu, &why))
		return fail_because(INVALID, why);
	if (HAS(&lu, KTGT_A_LU_PATH))
		medium_find(lu.path, &lu);
	err = lu_request(nl, KTGT_CMD_LU_NEW, &lu,
			 HAS(&lu, KTGT_A_LU_PATH) ? lu.path : NULL);
	return finish(nl, err, &texts);
}

static int lu_delete(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { NO_LU, NULL, LU_ACTIVE, NULL };
	struct lu lu = { .target_id = opts->tid, .lun = opts->lun };
	int err;

	if (opts->lun > KTGT_LUN_MAX)
		return fail_because(NO_LU, NULL);
	SET(&lu, KTGT_A_LU_TARGET_ID);
	SET(&lu, KTGT_A_LU_LUN);
	err = nl_request(nl, KTGT_CMD_LU_DEL, &lu_object, &lu, NULL);
	return err ? finish(nl, err, &texts) : deleted(nl);
}

static int lu_update(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { .missing = NO_LU };
	struct lu ask = { .target_id = opts->tid, .lun = opts->lun };
	struct lu lu = { 0 };
	int err, status;

	status = need_target(nl, opts->tid);
	if (status)
		return status;
	SET(&ask, KTGT_A_LU_TARGET_ID);
	SET(&ask, KTGT_A_LU_LUN);
	err = nl_request(nl, KTGT_CMD_LU_GET, &lu_object, &ask, &lu);
	if (err)
		return finish(nl, err, &texts);
	if (!opts->params)
		return 0;
	return lu_params_set(nl, &lu, opts->params);
}

static int lu_stat(struct nl *nl, const struct tgt_opts *opts)
{
	int status = need_target(nl, opts->tid);

	if (status)
		return status;
	if (!has_lu(nl, opts))
		return fail_because(NO_LU, nl_text(nl));
	return stat_show(nl, opts->tid, opts->lun);
}

static int do_lu(struct nl *nl, const struct tgt_opts *opts)
{
	switch (opts->op) {
	case TGT_OP_NEW:
		return lu_new(nl, opts);
	case TGT_OP_DELETE:
		return lu_delete(nl, opts);
	case TGT_OP_UPDATE:
		return lu_update(nl, opts);
	case TGT_OP_STAT:
		return lu_stat(nl, opts);
	default:
		return fail_because(UNSUPPORTED, NULL);
	}
}

/* account */

static int account_show(struct nl *nl)
{
	static const struct texts texts = { 0 };
	struct vec accounts = { 0 };
	int err;

	err = nl_dump(nl, KTGT_CMD_ACCOUNT_LIST, &account_object, NULL,
		      &accounts);
	if (!err)
		tgt_show_accounts(stdout, &accounts);
	objects_free(&accounts, &account_object);
	return finish(nl, err, &texts);
}

static int account_bind(struct nl *nl, const struct tgt_opts *opts,
			struct account *account)
{
	struct texts texts = {
		NO_ACCOUNT, HAVE_ACCOUNT, NULL, MANY_ACCOUNTS
	};
	uint8_t cmd = KTGT_CMD_ACCOUNT_UNBIND;
	int status;

	if (opts->op == TGT_OP_BIND)
		cmd = KTGT_CMD_ACCOUNT_BIND;
	status = opts->tid ? need_target(nl, opts->tid) : 0;
	if (status)
		return status;
	/* without a target it is bound to discovery */
	SET(account, KTGT_A_ACCOUNT_TARGET_ID);
	account->target_id = opts->tid;
	if (opts->outgoing) {
		SET(account, KTGT_A_ACCOUNT_OUTGOING);
		texts.exists = HAVE_OUTGOING;
		texts.busy = HAVE_OUTGOING;
	}
	return finish(nl, nl_request(nl, cmd, &account_object, account, NULL),
		      &texts);
}

static int account_new(struct nl *nl, const struct tgt_opts *opts,
		       struct account *account)
{
	static const struct texts texts = {
		NULL, HAVE_ACCOUNT, NULL, MANY_ACCOUNTS
	};
	int err;

	if (strlen(opts->password) > KTGT_ACCOUNT_MAX)
		return fail_because(INVALID,
					    "the password is too long; the maximum is 255 bytes");
	SET(account, KTGT_A_ACCOUNT_SECRET);
	strcpy(account->secret, opts->password);
	/* so that the list of processes does not show it any longer */
	explicit_bzero(opts->password, strlen(opts->password));
	err = nl_request(nl, KTGT_CMD_ACCOUNT_NEW, &account_object, account,
			 NULL);
	explicit_bzero(account->secret, sizeof(account->secret));
	return finish(nl, err, &texts);
}

static int do_account(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { .missing = NO_ACCOUNT };
	struct account account = { 0 };

	if (opts->op == TGT_OP_SHOW)
		return account_show(nl);
	if (strlen(opts->user) > KTGT_ACCOUNT_MAX)
		return fail_because(INVALID,
					    "the user's name is too long; the maximum is 255 bytes");
	SET(&account, KTGT_A_ACCOUNT_USER);
	strcpy(account.user, opts->user);
	if (opts->op == TGT_OP_NEW)
		return account_new(nl, opts, &account);
	if (opts->op != TGT_OP_DELETE)
		return account_bind(nl, opts, &account);
	return finish(nl, nl_request(nl, KTGT_CMD_ACCOUNT_DEL, &account_object,
				     &account, NULL), &texts);
}

/* portal */

static int portal_show(struct nl *nl)
{
	static const struct texts texts = { 0 };
	struct vec portals = { 0 };
	int err;

	err = nl_dump(nl, KTGT_CMD_PORTAL_LIST, &portal_object, NULL,
		      &portals);
	if (!err)
		tgt_show_portals(stdout, &portals);
	objects_free(&portals, &portal_object);
	return finish(nl, err, &texts);
}

/* tgt has no texts for portals that exist already, or do not exist */
static int do_portal(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { 0 };
	struct portal portal = { .port = 3260 };
	const char *why = NULL;
	uint8_t cmd;

	if (opts->op == TGT_OP_SHOW)
		return portal_show(nl);
	if (strncmp(opts->params, "portal=", 7))
		return fail_because(INVALID,
					    "unknown parameter; use portal=ADDRESS[:PORT]");
	if (parse_portal(opts->params + 7, &portal.address, &portal.port,
			 &why))
		return fail_because(INVALID, why);
	SET(&portal, KTGT_A_PORTAL_ADDRESS);
	SET(&portal, KTGT_A_PORTAL_PORT);
	cmd = opts->op == TGT_OP_NEW ? KTGT_CMD_PORTAL_NEW :
				       KTGT_CMD_PORTAL_DEL;
	return finish(nl, nl_request(nl, cmd, &portal_object, &portal, NULL),
		      &texts);
}

/* session and connection */

static const struct session *find_session(const struct vec *sessions,
					  const struct tgt_opts *opts)
{
	const struct session *session;

	vec_for_each(session, sessions)
		if (session->target_id == opts->tid &&
		    session->id == opts->sid)
			return session;
	return NULL;
}

static bool has_conn(const struct session *session, uint32_t cid)
{
	const struct conn *conn;

	vec_for_each(conn, &session->conn)
		if (conn->cid == cid)
			return true;
	return false;
}

static int session_delete(struct nl *nl, uint32_t id)
{
	static const struct texts texts = { .missing = NO_SESSION };
	struct session session = { .id = id };

	SET(&session, KTGT_A_SESSION_ID);
	return finish(nl, nl_request(nl, KTGT_CMD_SESSION_DEL,
				     &session_object, &session, NULL), &texts);
}

static int session_stat(struct nl *nl, const struct tgt_opts *opts,
			const struct session *session)
{
	static const struct texts texts = { .missing = NO_TARGET };
	struct tgt_stat stat = { 0 };
	int err;

	if (opts->mode == TGT_MODE_CONN) {
		tgt_show_conn_stat(stdout, session, opts->cid);
		return 0;
	}
	err = stat_load(nl, opts->tid, &stat);
	if (!err)
		tgt_show_session_stat(stdout, &stat, session);
	stat_free(&stat);
	return finish(nl, err, &texts);
}

static int one_session(struct nl *nl, const struct tgt_opts *opts,
		       const struct session *session)
{
	bool conn = opts->mode == TGT_MODE_CONN;

	if (!session)
		return fail_because(NO_SESSION, NULL);
	if (opts->op == TGT_OP_SHOW) {
		tgt_show_session(stdout, &session->param);
		return 0;
	}
	if (conn && !has_conn(session, opts->cid))
		return fail_because(NO_CONN, NULL);
	if (opts->op == TGT_OP_STAT)
		return session_stat(nl, opts, session);
	if (conn && session->conn.n > 1)
		return fail_because(UNSUPPORTED,
			"the session has other connections; delete the session");
	return session_delete(nl, session->id);
}

static int do_session(struct nl *nl, const struct tgt_opts *opts)
{
	static const struct texts texts = { 0 };
	struct vec sessions = { 0 };
	int err, status;

	if (opts->op != TGT_OP_SHOW && opts->op != TGT_OP_DELETE &&
	    opts->op != TGT_OP_STAT)
		return fail_because(INVALID, NULL);
	status = need_target(nl, opts->tid);
	if (status)
		return status;
	err = nl_dump(nl, KTGT_CMD_SESSION_LIST, &session_object, NULL,
		      &sessions);
	if (err) {
		status = finish(nl, err, &texts);
	} else if (opts->mode == TGT_MODE_CONN && opts->op == TGT_OP_SHOW) {
		tgt_show_conns(stdout, &sessions, opts->tid);
		status = 0;
	} else {
		status = one_session(nl, opts, find_session(&sessions, opts));
	}
	objects_free(&sessions, &session_object);
	return status;
}

/* system and lld */

static int system_show(struct nl *nl)
{
	static const struct texts texts = { 0 };
	struct net ask = { 0 }, net = { 0 };
	struct vec accounts = { 0 };
	int err;

	err = nl_request(nl, KTGT_CMD_NET_GET, &net_object, &ask, &net);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_ACCOUNT_LIST, &account_object, NULL,
			      &accounts);
	if (!err)
		tgt_show_system(stdout, &net, &accounts);
	objects_free(&accounts, &account_object);
	return finish(nl, err, &texts);
}

/* There is no daemon to stop; with targets tgt refuses too. */
static int system_delete(struct nl *nl, const char *refusal)
{
	static const struct texts texts = { 0 };
	struct net ask = { 0 }, net = { 0 };
	int err;

	err = nl_request(nl, KTGT_CMD_NET_GET, &net_object, &ask, &net);
	if (err)
		return finish(nl, err, &texts);
	if (net.targets)
		return fail_because(refusal,
					    "targets exist; delete them first");
	return 0;
}

/*
 * The start scripts of tgt use this to let initiators wait until all targets
 * exist. tgt then refuses all logins; here targets that exist already accept
 * logins.
 */
static int system_state(struct nl *nl, const char *value)
{
	static const struct texts texts = { 0 };
	struct net req = { .state = KTGT_NET_STATE_LOADING };

	if (!strcmp(value, "ready"))
		req.state = KTGT_NET_STATE_READY;
	else if (strcmp(value, "offline"))
		return fail_because(INVALID,
					    "unknown state; use ready or offline");
	SET(&req, KTGT_A_NET_STATE);
	return finish(nl, nl_request(nl, KTGT_CMD_NET_SET, &net_object, &req,
				     NULL), &texts);
}

static int system_update(struct nl *nl, const struct tgt_opts *opts)
{
	static const char *const names[] = {
		"debug", "iSNS", "iSNSServerIP", "iSNSServerPort",
		"iSNSAccessControl",
	};
	size_t i;

	if (!strcmp(opts->name, "State"))
		return system_state(nl, opts->value);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], opts->name))
			return fail_because(UNSUPPORTED, NULL);
	return fail_unknown(opts->name);
}

static int do_system(struct nl *nl, const struct tgt_opts *opts)
{
	switch (opts->op) {
	case TGT_OP_SHOW:
		return system_show(nl);
	case TGT_OP_DELETE:
		return system_delete(nl, INVALID);
	case TGT_OP_UPDATE:
		return system_update(nl, opts);
	case TGT_OP_STAT:
		return stat_show(nl, 0, TGT_ALL);
	default:
		return fail_because(UNSUPPORTED, NULL);
	}
}

static int lld_show(struct nl *nl)
{
	static const struct texts texts = { 0 };
	struct vec targets = { 0 };
	int err;

	err = nl_dump(nl, KTGT_CMD_TARGET_LIST, &target_object, NULL,
		      &targets);
	if (!err)
		tgt_show_lld(stdout, &targets);
	objects_free(&targets, &target_object);
	return finish(nl, err, &texts);
}

static int do_lld(struct nl *nl, const struct tgt_opts *opts)
{
	if (opts->op == TGT_OP_SHOW)
		return lld_show(nl);
	/* the iSCSI driver runs as long as the module is loaded */
	if (opts->op == TGT_OP_START)
		return 0;
	return system_delete(nl, DRIVER_BUSY);
}

static int check_driver(const struct tgt_opts *opts)
{
	if (!opts->lld || !*opts->lld || !strcmp(opts->lld, "iscsi"))
		return 0;
	if (!strcmp(opts->lld, "iser"))
		return fail_because(NO_DRIVER,
				    "iSER is not supported; use iscsi");
	return fail_because(NO_DRIVER, NULL);
}

static int dispatch(struct nl *nl, const struct tgt_opts *opts)
{
	switch (opts->mode) {
	case TGT_MODE_SYSTEM:
		return do_system(nl, opts);
	case TGT_MODE_TARGET:
		return do_target(nl, opts);
	case TGT_MODE_LU:
		return do_lu(nl, opts);
	case TGT_MODE_PORTAL:
		return do_portal(nl, opts);
	case TGT_MODE_SESSION:
	case TGT_MODE_CONN:
		return do_session(nl, opts);
	case TGT_MODE_ACCOUNT:
		return do_account(nl, opts);
	case TGT_MODE_LLD:
		return do_lld(nl, opts);
	default:
		return fail_because(INVALID, NULL);
	}
}

int tgtadm_main(int argc, char **argv)
{
	struct tgt_opts opts;
	struct nl *nl = NULL;
	int err, status;

	if (!tgt_options(argc, argv, &opts, &status))
		return status;
	status = check_driver(&opts);
	if (status)
		return status;
	err = nl_open(&nl);
	if (err == -ENOENT) {
		fprintf(stderr,
			"tgtadm: the ktgt module is not loaded; run modprobe ktgt\n");
		return TGT_EXIT_NO_TGT;
	}
	if (err)
		return fail_because(INVALID, strerror(-err));
	status = dispatch(nl, &opts);
	nl_close(nl);
	return status;
}
