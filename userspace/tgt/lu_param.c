// SPDX-License-Identifier: GPL-2.0
/* Parameters of a logical unit that tgtadm changes. */
#include "tgt/lu_param.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/lu_request.h"
#include "lib/medium.h"
#include "lib/parse.h"
#include "tgt/fail.h"

/* What of the parameters of tgt can be changed, and how. */
struct lu_param {
	const char *name;
	int (*set)(struct nl *nl, struct lu *lu, const char *value);
};

static struct lu lu_key(const struct lu *lu)
{
	struct lu key = { .target_id = lu->target_id, .lun = lu->lun };

	SET(&key, KTGT_A_LU_TARGET_ID);
	SET(&key, KTGT_A_LU_LUN);
	return key;
}

/* That the logical unit is there is known: what is missing or busy is its device. */
static int finish_lu(struct nl *nl, int err)
{
	static const struct texts texts = { 0 };

	return finish(nl, err, &texts);
}

/* As tgt, takes any number. Returns 0, or an exit status after a message. */
static int parse_switch(const char *value, bool *on)
{
	const char *why = NULL;
	uint32_t number;

	if (parse_u32(value, &number, &why))
		return fail_because(INVALID, "the value must be 1 or 0");
	*on = number;
	return 0;
}

static int set_removable(struct nl *nl, struct lu *lu, const char *value)
{
	struct lu req = lu_key(lu);
	bool on = false;
	int err, status = parse_switch(value, &on);

	if (status || on == lu->removable)
		return status;
	SET(&req, KTGT_A_LU_REMOVABLE);
	req.removable = on;
	err = nl_request(nl, KTGT_CMD_LU_SET, &lu_object, &req, NULL);
	if (!err)
		lu->removable = on;
	return finish_lu(nl, err);
}

/* tgt takes any disk offline, if nobody prevents it. */
static int eject(struct nl *nl, struct lu *lu)
{
	static const struct texts texts = { .busy = PREVENTED };
	struct lu req = lu_key(lu);
	int err;

	if (!lu->removable) {
		SET(&req, KTGT_A_LU_FORCE);
		req.force = true;
	}
	err = nl_request(nl, KTGT_CMD_LU_EJECT, &lu_object, &req, NULL);
	if (err == -EALREADY)
		err = 0;
	if (!err) {
		lu->ejected = true;
		lu->online = false;
	}
	return finish(nl, err, &texts);
}

static int load(struct nl *nl, struct lu *lu)
{
	const char *path = HAS(lu, KTGT_A_LU_PATH) ? lu->path : NULL;
	struct lu req = lu_key(lu);
	int err;

	if (path)
		medium_find(path, &req);
	err = lu_request(nl, KTGT_CMD_LU_LOAD, &req, path);
	if (!err) {
		lu->ejected = false;
		lu->online = true;
	}
	return finish_lu(nl, err);
}

/* Whoever waits for its device is not online, and is neither loaded nor ejected. */
static int set_online(struct nl *nl, struct lu *lu, const char *value)
{
	bool on = false;
	int status = parse_switch(value, &on);

	if (status || on == lu->online)
		return status;
	if (on && !lu->ejected)
		return fail_because(INVALID,
			"the logical unit waits for its device; attach it with ktgtadm lun attach");
	if (on)
		return load(nl, lu);
	return eject(nl, lu);
}

/* The medium of a removable disk is changed, so initiators see that. */
static int set_path(struct nl *nl, struct lu *lu, const char *value)
{
	struct lu req = lu_key(lu);
	const char *why = NULL;
	int err, status = 0;

	if (path_absolute(value, req.path, sizeof(req.path), &why))
		return fail_because(INVALID, why);
	if (lu->removable && lu->online)
		status = eject(nl, lu);
	if (status)
		return status;
	SET(&req, KTGT_A_LU_PATH);
	medium_find(req.path, &req);
	err = lu_request(nl, KTGT_CMD_LU_SET, &req, req.path);
	if (!err) {
		SET(lu, KTGT_A_LU_PATH);
		strcpy(lu->path, req.path);
		lu->ejected = false;
		lu->online = true;
	}
	return finish_lu(nl, err);
}

static const struct lu_param lu_params[] = {
	{ "removable", set_removable },
	{ "online", set_online },
	{ "path", set_path },
	{ "scsi_id", NULL },
	{ "scsi_sn", NULL },
	{ "vendor_id", NULL },
	{ "product_id", NULL },
	{ "product_rev", NULL },
	{ "sense_format", NULL },
	{ "lbppbe", NULL },
	{ "la_lba", NULL },
	{ "optimal_xfer_gran", NULL },
	{ "optimal_xfer_len", NULL },
	{ "readonly", NULL },
	{ "mode_page", NULL },
	{ "bsopts", NULL },
	{ "bsoflags", NULL },
	{ "thin_provisioning", NULL },
	{ "rotation_rate", NULL },
};

/* Returns 0, or an exit status after a message. */
static int find_param(const char *item, const struct lu_param **param)
{
	size_t i, n = strcspn(item, "=");

	for (i = 0; i < sizeof(lu_params) / sizeof(lu_params[0]); i++) {
		*param = &lu_params[i];
		if (strlen((*param)->name) == n &&
		    !strncmp((*param)->name, item, n))
			break;
	}
	if (i == sizeof(lu_params) / sizeof(lu_params[0]))
		return fail_unknown(item);
	if (!(*param)->set)
		return fail_because(UNSUPPORTED,
			"only removable, online and path of a logical unit can be changed; delete it, and make it again");
	if (!item[n])
		return fail_because(INVALID, "the value is missing");
	return 0;
}

/* Returns 0, or an exit status after a message. */
static int walk_params(struct nl *nl, struct lu *lu, const char *text, bool run)
{
	char *list = strdup(text), *rest = list, *item;
	const struct lu_param *param = NULL;
	int status = 0;

	if (!list)
		return fail_because(NO_MEMORY, NULL);
	while (!status && (item = strsep(&rest, ",")) != NULL) {
		if (!*item)
			continue;
		status = find_param(item, &param);
		if (!status && run)
			status = param->set(nl, lu, strchr(item, '=') + 1);
	}
	free(list);
	return status;
}

int lu_params_set(struct nl *nl, struct lu *lu, const char *text)
{
	int status = walk_params(nl, lu, text, false);

	return status ? status : walk_params(nl, lu, text, true);
}
