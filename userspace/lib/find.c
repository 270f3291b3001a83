// SPDX-License-Identifier: GPL-2.0
/* Files of /proc and /sys, and processes; see find.h. */
#include "lib/find.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

const char *find_root = "";

uint64_t find_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000) + now.tv_nsec / 1000000;
}

int find_read(char *buf, size_t size, const char *format, ...)
{
	char name[512], path[1024];
	va_list args;
	ssize_t n;
	int fd;

	va_start(args, format);
	vsnprintf(name, sizeof(name), format, args);
	va_end(args);
	snprintf(path, sizeof(path), "%s%s", find_root, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n < 0)
		return -1;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return 0;
}

/* Uses only what the kernel knows already: a file server might never answer. */
static bool is_same(int dir, const char *name, const struct stat *want)
{
	struct statx stx;

	if (statx(dir, name, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &stx) ||
	    (stx.stx_mode & S_IFMT) != (want->st_mode & S_IFMT))
		return false;
	if (S_ISBLK(want->st_mode))
		return makedev(stx.stx_rdev_major, stx.stx_rdev_minor) ==
		       want->st_rdev;
	return stx.stx_ino == want->st_ino;
}

static bool has_open(const char *pid, const struct stat *want,
		     uint64_t deadline)
{
	bool found = false;
	struct dirent *fd;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc/%s/fd", find_root, pid);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && find_clock() < deadline && (fd = readdir(dir)))
		found = is_same(dirfd(dir), fd->d_name, want);
	closedir(dir);
	return found;
}

static bool is_pid(const char *name)
{
	return !name[strspn(name, "0123456789")];
}

bool find_process(const struct stat *st, uint64_t deadline, char *buf,
		  size_t size)
{
	struct dirent *entry;
	bool found = false;
	char path[512];
	char comm[32];
	DIR *dir;

	snprintf(path, sizeof(path), "%s/proc", find_root);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && find_clock() < deadline && (entry = readdir(dir))) {
		if (!is_pid(entry->d_name) ||
		    !has_open(entry->d_name, st, deadline))
			continue;
		found = !find_read(comm, sizeof(comm), "/proc/%s/comm",
				   entry->d_name);
		if (found)
			snprintf(buf, size, "%s (pid %s)", comm, entry->d_name);
	}
	closedir(dir);
	return found;
}
