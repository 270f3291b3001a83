/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From text to values and back. Pure functions: the input is a string, the
 * answer is 0, or -EINVAL with a reason in *why that names the broken rule.
 */
#ifndef KTGT_LIB_PARSE_H
#define KTGT_LIB_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/model.h"

#define ADDR_TEXT_MAX	64	/* enough for [v6]:port and for v6/128 */

int parse_u32(const char *text, uint32_t *value, const char **why);
int parse_u16(const char *text, uint16_t *value, const char **why);
int parse_u64(const char *text, uint64_t *value, const char **why);
/* bytes, with a suffix K, M, G, T or P (powers of 1024) */
int parse_size(const char *text, uint64_t *value, const char **why);
/* on, yes, 1 and off, no, 0 */
int parse_bool(const char *text, uint8_t *value, const char **why);

/*
 * An iSCSI name in iqn., eui. or naa. form (RFC 7143, 4.2.7). Names are the same in
 * upper and lower case: the kernel keeps them in lower case, and what is compared
 * with what it tells is put so by name_fold().
 */
int parse_iscsi_name(const char *text, const char **why);
void name_fold(char *name);

/* IPv4, or IPv6 with or without brackets */
int parse_addr(const char *text, struct addr *addr, const char **why);
/* ADDRESS[/BITS]; *bits is left alone when the text has none */
int parse_prefix(const char *text, struct addr *addr, uint8_t *bits,
		 const char **why);
/* ADDRESS[:PORT]; *port is left alone when the text has none */
int parse_portal(const char *text, struct addr *addr, uint16_t *port,
		 const char **why);

/*
 * a number of at most 32 bits, within the limits of the field, which are those
 * that the kernel has: it cannot name the word that is wrong
 */
int parse_limited(const struct field *f, const char *text, uint32_t *value,
		  const char **why);
/* as the kind and the size of the field say; @p is where it stands */
int parse_field(const struct field *field, const char *text, void *p,
		const char **why);

/*
 * tgt's types of backing stores that mean what a backend of ktgt does, and
 * their options and flags; what they ask for is set in @lu
 */
int parse_bstype(const char *text, struct lu *lu, const char **why);
int parse_bsopts(const char *text, struct lu *lu, const char **why);
int parse_bsoflags(const char *text, struct lu *lu, const char **why);

/*
 * A relative path gets the working directory before it, because the kernel
 * resolves it from the root. Nothing else is done to it: links must stay what
 * they are, or else names of /dev/disk/by-id would turn into sdX.
 */
int path_absolute(const char *text, char *buf, size_t size, const char **why);

const char *addr_text(const struct addr *addr, char *buf, size_t size);
const char *portal_text(const struct addr *addr, uint16_t port, char *buf,
			size_t size);
/* the network without its length when that is the whole address */
const char *prefix_text(const struct addr *addr, uint8_t bits, char *buf,
			size_t size);
/* "10 GiB", "1.5 TiB", "1000 B" */
const char *size_text(uint64_t size, char *buf, size_t len);
/* "7 s", "5 min 7 s", "3 h 5 min", "12 d 3 h" */
const char *seconds_text(uint64_t seconds, char *buf, size_t len);
/* "85 us", "1.2 ms", "2.5 s" */
const char *usecs_text(uint64_t usecs, char *buf, size_t len);
/* "2026-01-31 23:59:59", where the user is */
const char *date_text(uint64_t seconds, char *buf, size_t len);

/*
 * Copies @text so that it is valid UTF-8 without control characters: names
 * come from the network and go to terminals and into JSON.
 */
char *clean_text(const char *text);

#endif
