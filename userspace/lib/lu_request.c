// SPDX-License-Identifier: GPL-2.0
/* Requests with the descriptor of a device; see lu_request.h. */
#include "lib/lu_request.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/state_file.h"

/*
 * For reading: udev probes a device again that was open for writing. It may take long
 * if the storage does not answer, but then the user can end the program. Other files
 * are not opened, because that may have effects; the kernel says what they are.
 */
static int open_device(const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st))
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* Who is not root is told by the kernel what is needed. */
static bool is_forbidden(int err)
{
	return (err == -EACCES || err == -EPERM) && !geteuid();
}

static int request_with(struct nl *nl, uint8_t cmd, const struct lu *req, int fd)
{
	struct lu with = *req;
	int err;

	if (fd < 0)
		return nl_request(nl, cmd, &lu_object, req, NULL);
	SET(&with, KTGT_A_LU_DESCRIPTOR);
	with.descriptor = fd;
	err = nl_request(nl, cmd, &lu_object, &with, NULL);
	if (err && nl_unknown(nl, KTGT_A_LU_DESCRIPTOR))
		err = nl_request(nl, cmd, &lu_object, req, NULL);
	return err;
}

/* A new disk has a state file, if there is a folder for it. */
static int request_new(struct nl *nl, const struct lu *req, int fd)
{
	int err, state = state_file_open(nl, req);
	struct lu with = *req;

	if (state == STATE_FILE_LOST)
		return -EIO;
	if (state < 0)
		return request_with(nl, KTGT_CMD_LU_NEW, req, fd);
	SET(&with, KTGT_A_LU_STATE_DESCRIPTOR);
	with.state_descriptor = state;
	err = request_with(nl, KTGT_CMD_LU_NEW, &with, fd);
	close(state);
	return err;
}

int lu_request(struct nl *nl, uint8_t cmd, const struct lu *req,
	       const char *path)
{
	int err, fd = path ? open_device(path) : -ENOENT;

	if (is_forbidden(fd)) {
		nl_say(nl, "LUN %u: %s may not be opened: permission denied",
		       req->lun, path);
		return fd;
	}
	err = cmd == KTGT_CMD_LU_NEW ? request_new(nl, req, fd) :
				       request_with(nl, cmd, req, fd);
	if (fd >= 0)
		close(fd);
	return err;
}
