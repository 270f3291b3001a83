// SPDX-License-Identifier: GPL-2.0
/* The identity of the medium, as udev knows it; see medium.h. */
#include "lib/medium.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <libudev.h>

/*
 * cryptsetup has the UUID of the disk in it, as CRYPT-LUKS2-UUID-NAME, if the disk has one.
 * Otherwise there is only the name of the mapping, as in CRYPT-PLAIN-NAME, which may be
 * that of any disk.
 */
static bool names_disk(const char *dm_uuid)
{
	const char *uuid;

	if (strncmp(dm_uuid, "CRYPT-", 6))
		return true;
	uuid = strchr(dm_uuid + 6, '-');
	return uuid && strspn(uuid + 1, "0123456789abcdef") == 32;
}

/* What comes first counts: the names that the layers above the disk made. */
static void disk_text(const struct medium *medium, char *buf, size_t size)
{
	if (medium->dm_uuid && names_disk(medium->dm_uuid))
		snprintf(buf, size, "dm-uuid-%s", medium->dm_uuid);
	else if (medium->md_uuid)
		snprintf(buf, size, "md-uuid-%s", medium->md_uuid);
	else if (medium->wwn)
		snprintf(buf, size, "wwn-%s", medium->wwn);
	else if (medium->serial)
		snprintf(buf, size, "serial-%s", medium->serial);
	else
		*buf = '\0';
}

/* The kernel takes printable ASCII alone, and makes it a word of a message. */
static void clean(char *text)
{
	for (; *text; text++)
		if (*text <= ' ' || *text > '~')
			*text = '_';
}

void medium_text(const struct medium *medium, char *buf, size_t size)
{
	size_t n;

	disk_text(medium, buf, size);
	n = strlen(buf);
	if (medium->part_uuid)
		snprintf(buf + n, size - n, "%spartuuid-%s", n ? "," : "",
			 medium->part_uuid);
	else if (medium->part_number && n)
		snprintf(buf + n, size - n, ",part%s", medium->part_number);
	clean(buf);
}

/* udev has a record of it once it has looked at it; NULL before. */
static const char *property(struct udev_device *dev, const char *name)
{
	const char *value;

	if (!udev_device_get_is_initialized(dev))
		return NULL;
	value = udev_device_get_property_value(dev, name);
	return value && *value ? value : NULL;
}

/* What the kernel says of it with the same text, for those without udev. */
static const char *attribute(struct udev_device *dev, const char *name)
{
	const char *value = udev_device_get_sysattr_value(dev, name);

	return value && *value ? value : NULL;
}

static void look_at(struct udev_device *dev, char *buf, size_t size)
{
	struct medium medium = {
		.dm_uuid = property(dev, "DM_UUID"),
		.md_uuid = property(dev, "MD_UUID"),
		.wwn = property(dev, "ID_WWN_WITH_EXTENSION"),
		.serial = property(dev, "ID_SERIAL"),
	};
	const char *type = udev_device_get_devtype(dev);

	if (!medium.dm_uuid)
		medium.dm_uuid = attribute(dev, "dm/uuid");
	if (!medium.wwn)
		medium.wwn = property(dev, "ID_WWN");
	if (type && !strcmp(type, "partition")) {
		medium.part_uuid = property(dev, "ID_PART_ENTRY_UUID");
		medium.part_number = attribute(dev, "partition");
	}
	medium_text(&medium, buf, size);
}

void medium_find(const char *path, struct lu *lu)
{
	struct udev_device *dev;
	struct udev *udev;
	struct stat st;

	if (stat(path, &st) || !S_ISBLK(st.st_mode))
		return;
	udev = udev_new();
	if (!udev)
		return;
	dev = udev_device_new_from_devnum(udev, 'b', st.st_rdev);
	if (dev) {
		look_at(dev, lu->medium_found, sizeof(lu->medium_found));
		if (*lu->medium_found)
			SET(lu, KTGT_A_LU_MEDIUM_FOUND);
		udev_device_unref(dev);
	}
	udev_unref(udev);
}
