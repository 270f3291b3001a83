// SPDX-License-Identifier: GPL-2.0
/* Block devices in sysfs; see device.h. */
#include "lib/device.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/parse.h"

int device_dir(const char *path, char *buf, size_t size)
{
	struct stat st;

	if (stat(path, &st) || !S_ISBLK(st.st_mode))
		return -1;
	snprintf(buf, size, "/sys/dev/block/%u:%u", major(st.st_rdev),
		 minor(st.st_rdev));
	return 0;
}

/*
 * Reads an attribute of the device, or of the disk that it is a partition of.
 */
static ssize_t attribute_read(const char *dir, const char *name, char *buf,
			      size_t size)
{
	static const char *const places[] = { "", "../" };
	char path[512];
	ssize_t n = -1;
	size_t i;
	int fd;

	for (i = 0; n < 0 && i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s%s", dir, places[i], name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		n = read(fd, buf, size);
		close(fd);
	}
	return n;
}

/* Reads a text, and removes the blanks at its end. */
static int attribute_text(const char *dir, const char *name, char *buf,
			  size_t size)
{
	ssize_t n = attribute_read(dir, name, buf, size - 1);

	if (n < 0)
		return -1;
	while (n && (buf[n - 1] == '\n' || buf[n - 1] == ' '))
		n--;
	buf[n] = '\0';
	return 0;
}

bool device_exists(const char *path)
{
	uint64_t sectors;
	const char *why;
	struct stat st;
	char text[64];
	char dir[64];

	if (stat(path, &st))
		return false;
	if (device_dir(path, dir, sizeof(dir)) ||
	    attribute_text(dir, "size", text, sizeof(text)) ||
	    parse_u64(text, &sectors, &why))
		return true;
	return sectors;
}

void device_defaults(const char *dir, struct lu *lu)
{
	const char *why;
	char text[64];

	if (!HAS(lu, KTGT_A_LU_WRITE_CACHE) &&
	    !attribute_text(dir, "queue/write_cache", text,
			    sizeof(text))) {
		SET(lu, KTGT_A_LU_WRITE_CACHE);
		lu->write_cache = !strcmp(text, "write back");
	}
	if (!HAS(lu, KTGT_A_LU_READ_ONLY) &&
	    !attribute_text(dir, "ro", text, sizeof(text)) &&
	    !parse_bool(text, &lu->read_only, &why))
		SET(lu, KTGT_A_LU_READ_ONLY);
	if (!HAS(lu, KTGT_A_LU_BLOCK_SIZE) &&
	    !attribute_text(dir, "queue/logical_block_size", text,
			    sizeof(text)) &&
	    !parse_u32(text, &lu->block_size, &why))
		SET(lu, KTGT_A_LU_BLOCK_SIZE);
}

static void take_text(const char *dir, struct lu *lu, const char *name,
		      uint16_t attr)
{
	char text[64];

	if (!attribute_text(dir, name, text, sizeof(text)) && *text)
		lu_default_text(lu, attr, text);
}

/*
 * VPD page 80h: a header of four bytes with the length, then the serial number.
 */
static void take_serial(const char *dir, struct lu *lu)
{
	unsigned char page[256];
	const unsigned char *p = page + 4;
	ssize_t n;
	size_t len;

	if (HAS(lu, KTGT_A_LU_SERIAL))
		return;
	n = attribute_read(dir, "device/vpd_pg80", (char *)page,
			   sizeof(page));
	if (n <= 4)
		return;
	len = page[2] << 8 | page[3];
	if (len > (size_t)n - 4)
		len = n - 4;
	for (; len && *p == ' '; len--)
		p++;
	if (!len || memchr(p, '\0', len))
		return;
	SET(lu, KTGT_A_LU_SERIAL);
	snprintf(lu->serial, sizeof(lu->serial), "%.*s", (int)len, p);
}

void device_identity(const char *dir, struct lu *lu)
{
	take_text(dir, lu, "device/vendor", KTGT_A_LU_VENDOR);
	take_text(dir, lu, "device/model", KTGT_A_LU_PRODUCT);
	take_text(dir, lu, "device/rev", KTGT_A_LU_REVISION);
	take_serial(dir, lu);
}
