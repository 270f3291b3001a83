// SPDX-License-Identifier: GPL-2.0
/* Who uses a block device; see find_device.h. */
#include "lib/find_device.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/find.h"

/* more partitions than a disk usually has; others are ignored */
#define MAX_PARTITIONS	256

/*
 * A device, and the text before its use: "" for the device itself, "partition 1
 * is ", or "its disk sda is ".
 */
struct device {
	dev_t dev;
	char whose[64];
};

struct search {
	const struct vec *lus;
	uint64_t deadline;
	char *buf;
	size_t size;
};

typedef bool (*look)(const struct search *search, const struct device *device);

static bool say(const struct search *search, const struct device *device,
		const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool say(const struct search *search, const struct device *device,
		const char *format, ...)
{
	va_list args;
	size_t n;

	n = snprintf(search->buf, search->size, "%s", device->whose);
	va_start(args, format);
	vsnprintf(search->buf + n, search->size - n, format, args);
	va_end(args);
	return true;
}

static bool is_device(const char *path, dev_t dev)
{
	struct stat st;

	return !stat(path, &st) && S_ISBLK(st.st_mode) && st.st_rdev == dev;
}

static void sys_path(dev_t dev, const char *name, char *buf, size_t size)
{
	snprintf(buf, size, "%s/sys/dev/block/%u:%u%s%s", find_root, major(dev),
		 minor(dev), *name ? "/" : "", name);
}

/* Mounts */

/* mountinfo writes blanks and some other characters as \040 and so on. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
			*to++ = (text[1] - '0') << 6 | (text[2] - '0') << 3 |
				(text[3] - '0');
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/*
 * Format of a line: id, parent, MAJOR:MINOR, root, mount point, options,
 * optional fields, "-", type, source. With btrfs, MAJOR:MINOR is not that of
 * its device, but the source is its device.
 */
static bool is_mount_of(char *line, dev_t dev, char **where)
{
	char *field, *end = strstr(line, " - ");
	unsigned int major_no, minor_no;
	char *save = NULL;
	int i;

	if (!end)
		return false;
	*end = '\0';
	strtok_r(line, " ", &save);
	strtok_r(NULL, " ", &save);
	field = strtok_r(NULL, " ", &save);
	if (!field || sscanf(field, "%u:%u", &major_no, &minor_no) != 2)
		return false;
	for (i = 0; i < 2; i++)
		*where = strtok_r(NULL, " ", &save);
	if (!*where)
		return false;
	unescape(*where);
	if (makedev(major_no, minor_no) == dev)
		return true;
	strtok_r(end + 3, " ", &save);
	field = strtok_r(NULL, " ", &save);
	return field && !strncmp(field, "/dev/", 5) && is_device(field, dev);
}

static FILE *proc_open(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/proc/%s", find_root, name);
	return fopen(path, "re");
}

static bool is_mounted(const struct search *search, const struct device *device)
{
	FILE *file = proc_open("self/mountinfo");
	bool found = false;
	char *line = NULL;
	char *where = NULL;
	size_t size = 0;

	while (file && !found && getline(&line, &size, file) > 0)
		if (is_mount_of(line, device->dev, &where))
			found = say(search, device, "mounted at %s", where);
	if (file)
		fclose(file);
	free(line);
	return found;
}

static bool swapped(const struct search *search, const struct device *device)
{
	FILE *file = proc_open("swaps");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	while (file && !found && getline(&line, &size, file) > 0) {
		line[strcspn(line, " \t")] = '\0';
		unescape(line);
		if (line[0] == '/' && is_device(line, device->dev))
			found = say(search, device, "used as swap");
	}
	if (file)
		fclose(file);
	free(line);
	return found;
}

/* Folders in which each entry may be a user of the device */

/* Calls @func for each entry of a folder, until it returns true. */
static bool each_in(const char *path, const struct search *search,
		    const struct device *device,
		    bool (*func)(const struct search *search,
				 const struct device *device, const char *dir,
				 const char *name))
{
	struct dirent *entry;
	bool found = false;
	DIR *dir = opendir(path);

	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = entry->d_name[0] != '.' &&
			func(search, device, path, entry->d_name);
	closedir(dir);
	return found;
}

static bool holder(const struct search *search, const struct device *device,
		   const char *dir, const char *name)
{
	char text[256];

	(void)dir;
	if (find_read(text, sizeof(text), "/sys/block/%s/dm/name", name))
		return say(search, device, "held by %s", name);
	return say(search, device, "held by %s (%s)", name, text);
}

static bool held(const struct search *search, const struct device *device)
{
	char path[512];

	sys_path(device->dev, "holders", path, sizeof(path));
	return each_in(path, search, device, holder);
}

/*
 * Whether the file @dir/@name/@file contains the path of the device. Paths
 * outside of /dev are not looked up: they may be on a server that does not
 * answer.
 */
static bool names_device(const struct device *device, const char *dir,
			 const char *name, const char *file)
{
	char text[512];

	return !find_read(text, sizeof(text), "%s/%s/%s",
			  dir + strlen(find_root), name, file) &&
	       !strncmp(text, "/dev/", 5) && is_device(text, device->dev);
}

static bool loop_disk(const struct search *search, const struct device *device,
		 const char *dir, const char *name)
{
	return !strncmp(name, "loop", 4) &&
	       names_device(device, dir, name, "loop/backing_file") &&
	       say(search, device, "held by %s", name);
}

static bool looped(const struct search *search, const struct device *device)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/sys/block", find_root);
	return each_in(path, search, device, loop_disk);
}

static bool lio_disk(const struct search *search, const struct device *device,
		     const char *dir, const char *name)
{
	return names_device(device, dir, name, "udev_path") &&
	       say(search, device, "a disk of LIO, %s", name);
}

static bool lio_plugin(const struct search *search,
		       const struct device *device, const char *dir,
		       const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return each_in(path, search, device, lio_disk);
}

static bool nvmet_disk(const struct search *search,
		       const struct device *device, const char *dir,
		       const char *name)
{
	const char *end = strrchr(dir, '/');	/* of SUBSYSTEM/namespaces */
	const char *nqn = end;

	while (nqn[-1] != '/')
		nqn--;
	return names_device(device, dir, name, "device_path") &&
	       say(search, device, "namespace %s of NVMe target %.*s", name,
		   (int)(end - nqn), nqn);
}

static bool nvmet_subsystem(const struct search *search,
			    const struct device *device, const char *dir,
			    const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s/namespaces", dir, name);
	return each_in(path, search, device, nvmet_disk);
}

static bool served(const struct search *search, const struct device *device)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/sys/kernel/config/target/core",
		 find_root);
	if (each_in(path, search, device, lio_plugin))
		return true;
	snprintf(path, sizeof(path), "%s/sys/kernel/config/nvmet/subsystems",
		 find_root);
	return each_in(path, search, device, nvmet_subsystem);
}

/* Our own, and processes */

static bool is_lu(const struct search *search, const struct device *device)
{
	const struct lu *lu;

	if (!search->lus)
		return false;
	vec_for_each(lu, search->lus)
		if (HAS(lu, KTGT_A_LU_PATH) && lu->online &&
		    is_device(lu->path, device->dev))
			return say(search, device, "LUN %u of target %u",
				   lu->lun, lu->target_id);
	return false;
}

static bool opened(const struct search *search, const struct device *device)
{
	struct stat st = { .st_mode = S_IFBLK, .st_rdev = device->dev };
	char who[64];

	return find_process(&st, search->deadline, who, sizeof(who)) &&
	       say(search, device, "open in %s", who);
}

/* Who uses a partition also uses its disk, and the other way round. */

static bool dev_of(const char *dir, const char *name, dev_t *dev)
{
	unsigned int major_no, minor_no;
	char text[32];

	if (find_read(text, sizeof(text), "%s/%s/dev",
		      dir + strlen(find_root), name) ||
	    sscanf(text, "%u:%u", &major_no, &minor_no) != 2)
		return false;
	*dev = makedev(major_no, minor_no);
	return true;
}

static size_t add_disk(dev_t dev, struct device *disk)
{
	char dir[512], text[32];

	sys_path(dev, "", dir, sizeof(dir));
	if (find_read(text, sizeof(text), "%s/partition",
		      dir + strlen(find_root)) ||
	    !dev_of(dir, "..", &disk->dev))
		return 0;
	snprintf(disk->whose, sizeof(disk->whose), "its disk is ");
	return 1;
}

static size_t add_partitions(dev_t dev, struct device *parts, size_t max)
{
	char path[512], number[32];
	struct dirent *entry;
	size_t n = 0;
	DIR *dir;

	sys_path(dev, "", path, sizeof(path));
	dir = opendir(path);
	while (dir && n < max && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    find_read(number, sizeof(number), "%s/%s/partition",
			      path + strlen(find_root), entry->d_name) ||
		    !dev_of(path, entry->d_name, &parts[n].dev))
			continue;
		snprintf(parts[n++].whose, sizeof(parts->whose),
			 "partition %s is ", number);
	}
	if (dir)
		closedir(dir);
	return n;
}

bool find_device_user(dev_t dev, const struct vec *lus, uint64_t deadline,
		      char *buf, size_t size)
{
	/* the quickest and most certain ones first */
	static const look looks[] = {
		is_mounted, swapped, held, is_lu, served, opened, looped
	};
	const struct search search = { lus, deadline, buf, size };
	struct device *devices;
	bool found = false;
	size_t i, j, n;

	devices = calloc(MAX_PARTITIONS + 2, sizeof(*devices));
	if (!devices)
		return false;
	devices[0].dev = dev;
	n = 1 + add_disk(dev, &devices[1]);
	n += add_partitions(dev, devices + n, MAX_PARTITIONS);
	for (i = 0; !found && i < sizeof(looks) / sizeof(looks[0]); i++)
		for (j = 0; !found && j < n; j++)
			found = looks[i](&search, &devices[j]);
	free(devices);
	return found;
}

bool find_loop(const char *path, char *buf, size_t size)
{
	char name[512], text[PATH_MAX], real[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(name, sizeof(name), "%s/sys/block", find_root);
	if (!realpath(path, real))
		return false;
	dir = opendir(name);
	while (dir && !found && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "loop", 4) ||
		    find_read(text, sizeof(text),
			      "/sys/block/%s/loop/backing_file",
			      entry->d_name) || strcmp(text, real))
			continue;
		found = true;
		snprintf(buf, size, "/dev/%s", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}
