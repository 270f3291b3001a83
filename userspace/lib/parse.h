/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From text to values and back. The functions return 0, or -EINVAL with a
 * reason in *why that says what would be right.
 */
#ifndef KTGT_LIB_PARSE_H
#define KTGT_LIB_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"
#include "lib/name.h"

#define ADDR_TEXT_MAX	64	/* enough for [v6]:port and for v6/128 */

int parse_u32(const char *text, uint32_t *value, const char **why);
int parse_u16(const char *text, uint16_t *value, const char **why);
int parse_u64(const char *text, uint64_t *value, const char **why);
/* bytes, with a suffix K, M, G, T or P (powers of 1024) */
int parse_size(const char *text, uint64_t *value, const char **why);
/* on, yes, 1 and off, no, 0 */
int parse_bool(const char *text, uint8_t *value, const char **why);

/* name_prepare() for a name in iqn., eui. or naa. form (RFC 7143, 4.2.7) */
int parse_iscsi_name(const char *text, char name[NAME_SIZE], const char **why);

/* IPv4, or IPv6 with or without brackets */
int parse_addr(const char *text, struct addr *addr, const char **why);
/* ADDRESS[/BITS]; *bits is not changed if the text has none */
int parse_prefix(const char *text, struct addr *addr, uint8_t *bits,
		 const char **why);
/* ADDRESS[:PORT]; *port is not changed if the text has none */
int parse_portal(const char *text, struct addr *addr, uint16_t *port,
		 const char **why);

/*
 * a number of at most 32 bits, within the limits of the field; the kernel has
 * the same limits, but cannot say which word of the command line is wrong
 */
int parse_limited(const struct field *f, const char *text, uint32_t *value,
		  const char **why);
/* names of bits with commas between them, at least one; and the other way */
int parse_flags(const struct field *f, const char *text, uint32_t *value,
		const char **why);
const char *flags_text(const struct field *f, uint32_t value, const char *sep,
		       char *buf, size_t size);
/* a value of the kind and the size of the field, stored at @p */
int parse_field(const struct field *field, const char *text, void *p,
		const char **why);

/*
 * types of backing stores of tgt that correspond to a backend of ktgt, and
 * their options and flags; the result is set in @lu
 */
int parse_bstype(const char *text, struct lu *lu, const char **why);
int parse_bsopts(const char *text, struct lu *lu, const char **why);
int parse_bsoflags(const char *text, struct lu *lu, const char **why);

/*
 * The working directory is put before a relative path, because the kernel needs
 * an absolute path. Links are not resolved: a name in /dev/disk/by-id must not
 * become sdX.
 */
int path_absolute(const char *text, char *buf, size_t size, const char **why);

/* the number of a device, as "8:16" */
int parse_device(const char *text, uint32_t *major_no, uint32_t *minor_no,
		 const char **why);

const char *addr_text(const struct addr *addr, char *buf, size_t size);
const char *portal_text(const struct addr *addr, uint16_t port, char *buf,
			size_t size);
/* a network; the prefix length is left out if it covers the whole address */
const char *prefix_text(const struct addr *addr, uint8_t bits, char *buf,
			size_t size);
/* "10 GiB", "1.5 TiB", "1000 B" */
const char *size_text(uint64_t size, char *buf, size_t len);
/* "7 s", "5 min 7 s", "3 h 5 min", "12 d 3 h" */
const char *seconds_text(uint64_t seconds, char *buf, size_t len);
/* "85 us", "1.2 ms", "2.5 s" */
const char *usecs_text(uint64_t usecs, char *buf, size_t len);
/* "2026-01-31 23:59:59", in the time zone of the user */
const char *date_text(uint64_t seconds, char *buf, size_t len);

#endif
