// SPDX-License-Identifier: GPL-2.0
/* ktgtadm lun: logical units of targets. */
#include "cmd/freeze.h"
#include "cmd/histogram.h"
#include "cmd/objects.h"
#include "cmd/print.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/device.h"
#include "lib/lu_request.h"
#include "lib/medium.h"

static const struct column columns[] = {
	{ "TARGET", KTGT_A_LU_TARGET_ID, NULL, true },
	{ "LUN", KTGT_A_LU_LUN, NULL, true },
	{ "TYPE", KTGT_A_LU_TYPE, NULL, false },
	{ "BACKEND", KTGT_A_LU_BACKEND, NULL, false },
	{ "SIZE", KTGT_A_LU_SIZE, NULL, true },
	{ "BLOCK", KTGT_A_LU_BLOCK_SIZE, NULL, true },
	{ "RO", KTGT_A_LU_READ_ONLY, NULL, false },
	{ "CACHE", KTGT_A_LU_WRITE_CACHE, NULL, false },
	{ "ONLINE", KTGT_A_LU_ONLINE, NULL, false },
	{ "PATH", KTGT_A_LU_PATH, NULL, false },
	{ NULL, 0, NULL, false }
};

/* JSON is a list even for one logical unit, so that a script reads one form. */
static int lun_show_one(struct app *app, struct request *req)
{
	struct vec list = { 0 };
	struct lu *lu = vec_add(&list, sizeof(*lu));
	int err;

	if (!lu)
		return -ENOMEM;
	err = nl_request(app->nl, KTGT_CMD_LU_GET, &lu_object, req->obj, lu);
	if (!err && (app->format == OUT_TABLE || app->format == OUT_RAW))
		err = out_object(app->format, "lus", &lu_object, lu);
	else if (!err)
		err = out_list(app->format, "lus", &lu_object, &list, columns);
	objects_free(&list, &lu_object);
	return err;
}

static int lun_show(struct app *app, const struct command *command,
		    struct request *req)
{
	struct lu *lu = req->obj;

	if (HAS(lu, KTGT_A_LU_LUN))
		return lun_show_one(app, req);
	return dump_and_print(app, command, lu, "lus", columns);
}

static const struct arg show_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_LU_TARGET_ID },
	{ "lun", "N", ARG_VALUE, 0, KTGT_A_LU_LUN },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg add_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_LU_TARGET_ID },
	{ "lun", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_LU_LUN },
	{ "type", "block|null", ARG_VALUE, 0, KTGT_A_LU_BACKEND },
	{ "path", "DEVICE", ARG_PATH, 0, KTGT_A_LU_PATH },
	{ "size", NULL, ARG_VALUE, 0, KTGT_A_LU_SIZE },
	{ "block-size", "512|4096", ARG_VALUE, 0, KTGT_A_LU_BLOCK_SIZE },
	{ "read-only", NULL, ARG_VALUE, 0, KTGT_A_LU_READ_ONLY },
	{ "shared", NULL, ARG_VALUE, 0, KTGT_A_LU_SHARED },
	{ "write-cache", NULL, ARG_VALUE, 0, KTGT_A_LU_WRITE_CACHE },
	{ "gone", "default|pdl", ARG_VALUE, 0, KTGT_A_LU_GONE },
	{ "removable", NULL, ARG_VALUE, 0, KTGT_A_LU_REMOVABLE },
	{ "scsi-id", NULL, ARG_VALUE, 0, KTGT_A_LU_SCSI_ID },
	{ "serial", NULL, ARG_VALUE, 0, KTGT_A_LU_SERIAL },
	{ "vendor", NULL, ARG_VALUE, 0, KTGT_A_LU_VENDOR },
	{ "product", NULL, ARG_VALUE, 0, KTGT_A_LU_PRODUCT },
	{ "revision", NULL, ARG_VALUE, 0, KTGT_A_LU_REVISION },
	{ "naa", "DIGITS", ARG_VALUE, 0, KTGT_A_LU_NAA_ID },
	{ "eui", "DIGITS", ARG_VALUE, 0, KTGT_A_LU_EUI },
	{ "uuid", "UUID", ARG_VALUE, 0, KTGT_A_LU_UUID },
	{ "scsi-name", NULL, ARG_VALUE, 0, KTGT_A_LU_SCSI_NAME },
	{ "shared-identity", NULL, ARG_VALUE, 0, KTGT_A_LU_SHARED_IDENTITY },
	{ "medium", NULL, ARG_VALUE, 0, KTGT_A_LU_MEDIUM },
	{ "force", NULL, ARG_VALUE, 0, KTGT_A_LU_FORCE },
	{ "absent", NULL, ARG_VALUE, 0, KTGT_A_LU_ABSENT },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg set_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_LU_TARGET_ID },
	{ "lun", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_LU_LUN },
	{ "path", "DEVICE", ARG_PATH, 0, KTGT_A_LU_PATH },
	{ "force", NULL, ARG_VALUE, 0, KTGT_A_LU_FORCE },
	{ "read-only", NULL, ARG_VALUE, 0, KTGT_A_LU_READ_ONLY },
	{ "shared", NULL, ARG_VALUE, 0, KTGT_A_LU_SHARED },
	{ "write-cache", "on|off|default", ARG_CACHE, 0, KTGT_A_LU_WRITE_CACHE },
	{ "gone", "default|pdl", ARG_VALUE, 0, KTGT_A_LU_GONE },
	{ "removable", NULL, ARG_VALUE, 0, KTGT_A_LU_REMOVABLE },
	{ "threshold-reached", NULL, ARG_VALUE, 0,
	  KTGT_A_LU_THRESHOLD_REACHED },
	{ "scsi-id", NULL, ARG_VALUE, 0, KTGT_A_LU_SCSI_ID },
	{ "serial", NULL, ARG_VALUE, 0, KTGT_A_LU_SERIAL },
	{ "vendor", NULL, ARG_VALUE, 0, KTGT_A_LU_VENDOR },
	{ "product", NULL, ARG_VALUE, 0, KTGT_A_LU_PRODUCT },
	{ "revision", NULL, ARG_VALUE, 0, KTGT_A_LU_REVISION },
	{ "naa", "DIGITS", ARG_VALUE, 0, KTGT_A_LU_NAA_ID },
	{ "eui", "DIGITS", ARG_VALUE, 0, KTGT_A_LU_EUI },
	{ "uuid", "UUID", ARG_VALUE, 0, KTGT_A_LU_UUID },
	{ "scsi-name", NULL, ARG_VALUE, 0, KTGT_A_LU_SCSI_NAME },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg del_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_LU_TARGET_ID },
	{ "lun", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_LU_LUN },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg attach_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_LU_TARGET_ID },
	{ "lun", "N", ARG_VALUE, 0, KTGT_A_LU_LUN },
	{ "path", "DEVICE", ARG_PATH, 0, KTGT_A_LU_PATH },
	{ "force", NULL, ARG_VALUE, 0, KTGT_A_LU_FORCE },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg eject_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_LU_TARGET_ID },
	{ "lun", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_LU_LUN },
	{ "force", NULL, ARG_VALUE, 0, KTGT_A_LU_FORCE },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg load_args[] = {
	{ "target", "TARGET", ARG_TARGET, ARG_REQUIRED, KTGT_A_LU_TARGET_ID },
	{ "lun", "N", ARG_VALUE, ARG_REQUIRED, KTGT_A_LU_LUN },
	{ "path", "DEVICE", ARG_PATH, 0, KTGT_A_LU_PATH },
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg refresh_args[] = {
	{ "device", "MAJOR:MINOR", ARG_DEVICE, ARG_REQUIRED, KTGT_A_LU_MAJOR },
	{ NULL, NULL, 0, 0, 0 }
};

static int attach_one(struct app *app, const struct command *command,
		      const struct lu *lu, bool force)
{
	struct lu req = { .target_id = lu->target_id, .lun = lu->lun };

	SET(&req, KTGT_A_LU_TARGET_ID);
	SET(&req, KTGT_A_LU_LUN);
	if (HAS(lu, KTGT_A_LU_PATH))
		medium_find(lu->path, &req);
	if (force) {
		SET(&req, KTGT_A_LU_FORCE);
		req.force = true;
	}
	return lu_request(app->nl, command->cmd, &req,
			  HAS(lu, KTGT_A_LU_PATH) ? lu->path : NULL);
}

static int lun_get(struct app *app, const struct lu *ask, struct lu *lu)
{
	struct lu key = { .target_id = ask->target_id, .lun = ask->lun };

	SET(&key, KTGT_A_LU_TARGET_ID);
	SET(&key, KTGT_A_LU_LUN);
	return nl_request(app->nl, KTGT_CMD_LU_GET, &lu_object, &key, lu);
}

/* The logical unit of this target and number, which says what its path is. */
static int attach_lun(struct app *app, const struct command *command,
		      const struct lu *ask)
{
	struct lu lu = { 0 };
	int err = lun_get(app, ask, &lu);

	return err ? err : attach_one(app, command, &lu, ask->force);
}

/* The names may differ: that of udev, and that which the user gave. */
static bool waits_for(const struct lu *lu, const char *dir)
{
	char own[64];

	return HAS(lu, KTGT_A_LU_PATH) && HAS(lu, KTGT_A_LU_ONLINE) &&
	       !lu->online && !lu->ejected &&
	       !device_dir(lu->path, own, sizeof(own)) && !strcmp(own, dir);
}

/*
 * One of another namespace is known by its medium. That none waits is no error, nor
 * that only the initial namespace, and no older module, can find one.
 */
static int attach_elsewhere(struct app *app, const struct command *command,
			    const char *path)
{
	struct lu req = { 0 };
	int err;

	medium_find(path, &req);
	if (!HAS(&req, KTGT_A_LU_MEDIUM_FOUND))
		return 0;
	err = lu_request(app->nl, command->cmd, &req, path);
	if (err != -ENOENT && err != -EINVAL)
		return err;
	nl_say(app->nl, "%s", "");
	return 0;
}

/*
 * Attaches the device to the logical unit that waits for it; only one can have
 * it.
 */
static int attach_path(struct app *app, const struct command *command,
		       const char *path, bool force)
{
	struct vec list = { 0 };
	bool found = false;
	const struct lu *lu;
	char dir[64];
	int err;

	if (device_dir(path, dir, sizeof(dir))) {
		fprintf(stderr, "Error: %s is not a block device\n", path);
		return EXIT_USAGE;
	}
	/* udev reports the device again when it gets a size */
	if (!device_exists(path))
		return 0;
	err = nl_dump(app->nl, KTGT_CMD_LU_LIST, command->obj, NULL, &list);
	vec_for_each(lu, &list) {
		if (err || !waits_for(lu, dir))
			continue;
		err = attach_one(app, command, lu, force);
		found = true;
		break;
	}
	objects_free(&list, command->obj);
	return err || found ? err : attach_elsewhere(app, command, path);
}

static int lun_attach(struct app *app, const struct command *command,
		      struct request *req)
{
	const struct lu *lu = req->obj;
	bool target = HAS(lu, KTGT_A_LU_TARGET_ID);
	bool lun = HAS(lu, KTGT_A_LU_LUN);

	if (HAS(lu, KTGT_A_LU_PATH) && !target && !lun)
		return attach_path(app, command, lu->path, lu->force);
	if (!HAS(lu, KTGT_A_LU_PATH) && target && lun)
		return attach_lun(app, command, lu);
	fprintf(stderr, "Error: lun attach: say either target TARGET lun N or path DEVICE\n");
	return EXIT_USAGE;
}

/* Another medium is another device; a disk that has one gets it by lun set. */
static int lun_load(struct app *app, const struct command *command,
		    struct request *req)
{
	struct lu *lu = req->obj;
	struct lu have = { 0 };
	int err = lun_get(app, lu, &have);

	if (err)
		return err;
	if (!HAS(lu, KTGT_A_LU_PATH))
		return attach_one(app, command, &have, false);
	medium_find(lu->path, lu);
	if (have.ejected)
		return lu_request(app->nl, KTGT_CMD_LU_SET, lu, lu->path);
	nl_say(app->nl, "target %u: LUN %u is not ejected; eject it first, or use lun set path",
	       lu->target_id, lu->lun);
	return -EEXIST;
}

/* If a path is given, the backend is a block device. */
static int lun_add(struct app *app, const struct command *command,
		   struct request *req)
{
	struct lu *lu = req->obj;
	int err;

	if (!HAS(lu, KTGT_A_LU_BACKEND) && HAS(lu, KTGT_A_LU_PATH)) {
		SET(lu, KTGT_A_LU_BACKEND);
		lu->backend = KTGT_BACKEND_BLOCK;
	}
	if (HAS(lu, KTGT_A_LU_PATH))
		medium_find(lu->path, lu);
	err = lu_request(app->nl, command->cmd, lu,
			 HAS(lu, KTGT_A_LU_PATH) ? lu->path : NULL);
	if (err && HAS(lu, KTGT_A_LU_PATH) && !HAS(lu, KTGT_A_LU_ABSENT) &&
	    access(lu->path, F_OK))
		fprintf(stderr, "Hint: add \"absent\" to wait until %s appears\n",
			lu->path);
	return err;
}

/*
 * Without a path, another value of read-only opens the present device anew. What is
 * wrong with the logical unit, the request says.
 */
static int lun_set(struct app *app, const struct command *command,
		   struct request *req)
{
	const char *path = NULL;
	struct lu *lu = req->obj;
	struct lu have = { 0 };

	if (HAS(lu, KTGT_A_LU_PATH))
		path = lu->path;
	else if (HAS(lu, KTGT_A_LU_READ_ONLY) && !lun_get(app, lu, &have) &&
		 HAS(&have, KTGT_A_LU_PATH))
		path = have.path;
	if (path)
		medium_find(path, lu);
	return lu_request(app->nl, command->cmd, lu, path);
}

const struct command lun_commands[] = {
	{ "show", "list logical units, or show one in full", &lu_object,
	  show_args, KTGT_CMD_LU_LIST, lun_show },
	{ "add", "add a logical unit to a target; its initiators are informed",
	  &lu_object, add_args, KTGT_CMD_LU_NEW, lun_add },
	{ "set", "change a logical unit that is in use; its initiators are told",
	  &lu_object, set_args, KTGT_CMD_LU_SET, lun_set },
	{ "del", "delete a logical unit; its initiators are informed", &lu_object,
	  del_args, KTGT_CMD_LU_DEL, NULL },
	{ "attach", "attach a device that was absent to its logical unit",
	  &lu_object, attach_args, KTGT_CMD_LU_ATTACH, lun_attach },
	{ "eject", "eject the medium of a logical unit, and close its device",
	  &lu_object, eject_args, KTGT_CMD_LU_EJECT, NULL },
	{ "load", "load the medium that was ejected, or another one", &lu_object,
	  load_args, KTGT_CMD_LU_LOAD, lun_load },
	{ "refresh", "look again at the size and the mode of a device",
	  &lu_object, refresh_args, KTGT_CMD_LU_REFRESH, NULL },
	{ "freeze", "let commands wait, for snapshots of several at one moment",
	  &freeze_object, freeze_args, KTGT_CMD_LU_FREEZE, lun_freeze },
	{ "thaw", "let commands go on that freeze has stopped", &freeze_object,
	  thaw_args, KTGT_CMD_LU_THAW, NULL },
	{ "histogram", "show how long commands took, and the storage's part of it",
	  &histogram_object, lun_histogram_args, KTGT_CMD_LU_HISTOGRAM_LIST,
	  lun_histogram },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
