// SPDX-License-Identifier: GPL-2.0
/* State files of logical units; see state_file.h. */
#include "lib/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* room for about 120 registrations, twice */
#define FILE_SIZE	65536
#define NONE		"none"
#define NAME_SIZE_MAX	(KTGT_STATE_DIR_MAX + 64)

/* The folder; an empty text if there is none. */
static void get_folder(struct nl *nl, char *folder, size_t size)
{
	struct net net = { 0 };

	folder[0] = '\0';
	if (nl_request(nl, KTGT_CMD_NET_GET, &net_object, NULL, &net) ||
	    !HAS(&net, KTGT_A_NET_STATE_DIR) || !strcmp(net.state_dir, NONE))
		return;
	snprintf(folder, size, "%s", net.state_dir);
}

/* The NAA identifier that was given, or that it will have. */
static int get_naa(struct nl *nl, const struct lu *req, struct id *naa)
{
	struct lu ask = { .target_id = req->target_id, .lun = req->lun };
	struct lu reply = { 0 };
	int err;

	if (HAS(req, KTGT_A_LU_NAA_ID)) {
		*naa = req->naa;
		return 0;
	}
	SET(&ask, KTGT_A_LU_TARGET_ID);
	SET(&ask, KTGT_A_LU_LUN);
	err = nl_request(nl, KTGT_CMD_LU_NAA_GET, &lu_object, &ask, &reply);
	*naa = reply.naa;
	return err ? err : naa->len ? 0 : -EPROTO;
}

static void file_name(const char *folder, const struct id *naa, char *name,
		      size_t size)
{
	int i, at = snprintf(name, size, "%s/naa.", folder);

	for (i = 0; i < naa->len; i++)
		at += snprintf(name + at, size - at, "%02x", naa->byte[i]);
	snprintf(name + at, size - at, ".state");
}

/* What was made in a folder is there after a loss of power. */
static int sync_folder(const char *folder)
{
	int err, fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	/* some file systems have nothing to be done for that */
	err = fsync(fd) && errno != EINVAL ? -errno : 0;
	close(fd);
	return err;
}

/* The folder, and its name in the one around it. */
static int make_folder(const char *folder)
{
	char around[NAME_SIZE_MAX];

	if (mkdir(folder, 0700))
		return errno == EEXIST ? 0 : -errno;
	snprintf(around, sizeof(around), "%s/..", folder);
	return sync_folder(around);
}

/*
 * A new file has all of its blocks, so that a save needs none. It is there for good
 * before anything is kept in it: a save makes only its bytes stable.
 */
static int make_ready(int fd, const char *folder)
{
	int err = posix_fallocate(fd, 0, FILE_SIZE);

	if (err)
		return -err;
	return fsync(fd) ? -errno : sync_folder(folder);
}

static bool is_new(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && !st.st_size;
}

static int open_file(const char *folder, const char *name)
{
	int fd, err;

	err = make_folder(folder);
	if (err)
		return err;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (!is_new(fd))
		return fd;
	err = make_ready(fd, folder);
	if (!err)
		return fd;
	unlink(name);
	close(fd);
	return err;
}

/* Reservations that nobody can read are no reason to let everybody write. */
static int refuse(struct nl *nl, const struct lu *req, const char *name, int err)
{
	nl_say(nl,
	       "LUN %u: %s cannot be opened: %s; it may have its reservations, so repair it, move it away, or set state-dir to none",
	       req->lun, name, strerror(-err));
	return STATE_FILE_LOST;
}

int state_file_open(struct nl *nl, const struct lu *req)
{
	char folder[KTGT_STATE_DIR_MAX + 1], name[NAME_SIZE_MAX];
	struct stat st;
	struct id naa;
	int fd;

	get_folder(nl, folder, sizeof(folder));
	if (!folder[0] || get_naa(nl, req, &naa))
		return -1;
	file_name(folder, &naa, name, sizeof(name));
	fd = open_file(folder, name);
	if (fd >= 0)
		return fd;
	if (!lstat(name, &st))
		return refuse(nl, req, name, fd);
	fprintf(stderr,
		"Warning: LUN %u: %s: %s; its reservations will not outlive a loss of power\n",
		req->lun, name, strerror(-fd));
	return -1;
}
