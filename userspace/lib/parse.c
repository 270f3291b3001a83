// SPDX-License-Identifier: GPL-2.0
/* From text to values and back; see parse.h. */
#include "lib/parse.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/name.h"

static int refuse(const char **why, const char *reason)
{
	*why = reason;
	return -EINVAL;
}

/* Numbers */

/*
 * Decimal, or hexadecimal with 0x. A leading zero does not mean octal, because
 * nobody who writes "lun 010" means 8.
 */
static int parse_number(const char *text, uint64_t max, const char **rest,
			uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	/* strtoull() would accept blanks and a sign */
	if (!isdigit((unsigned char)text[0]) ||
	    (hex && !isxdigit((unsigned char)text[2])))
		return -EINVAL;
	errno = 0;
	*value = strtoull(text, &end, hex ? 16 : 10);
	*rest = end;
	return errno || *value > max ? -ERANGE : 0;
}

static int parse_plain(const char *text, uint64_t max, uint64_t *value,
		       const char **why)
{
	const char *rest;
	int err = parse_number(text, max, &rest, value);

	if (err == -ERANGE)
		return refuse(why, "the number is too large");
	if (err || *rest)
		return refuse(why, "not a number");
	return 0;
}

int parse_u64(const char *text, uint64_t *value, const char **why)
{
	return parse_plain(text, UINT64_MAX, value, why);
}

int parse_u32(const char *text, uint32_t *value, const char **why)
{
	uint64_t wide;
	int err = parse_plain(text, UINT32_MAX, &wide, why);

	if (!err)
		*value = wide;
	return err;
}

int parse_u16(const char *text, uint16_t *value, const char **why)
{
	uint64_t wide;
	int err = parse_plain(text, UINT16_MAX, &wide, why);

	if (!err)
		*value = wide;
	return err;
}

int parse_size(const char *text, uint64_t *value, const char **why)
{
	static const char suffixes[] = "KMGTP";
	const char *rest, *suffix;
	unsigned int shift = 0;
	uint64_t number;
	int err;

	err = parse_number(text, UINT64_MAX, &rest, &number);
	if (err == -ERANGE)
		return refuse(why, "the size is too large");
	if (err)
		return refuse(why, "not a size; write a number, or one with K, M, G, T or P");
	if (*rest) {
		suffix = strchr(suffixes, toupper((unsigned char)*rest));
		if (!suffix || rest[1])
			return refuse(why,
				"not a size; write a number, or one with K, M, G, T or P");
		shift = 10 * (suffix - suffixes + 1);
	}
	if (number > UINT64_MAX >> shift)
		return refuse(why, "the size is too large");
	*value = number << shift;
	return 0;
}

int parse_bool(const char *text, uint8_t *value, const char **why)
{
	static const char *const words[] = { "off", "on", "no", "yes", "0",
					     "1" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcasecmp(text, words[i])) {
			*value = i & 1;
			return 0;
		}
	}
	return refuse(why, "use on or off");
}

/* iSCSI names */

static int check_hex_name(const char *digits, bool long_too, const char **why)
{
	size_t n = strspn(digits, "0123456789abcdefABCDEF");

	if (!digits[n] && (n == 16 || (long_too && n == 32)))
		return 0;
	return refuse(why, long_too ?
		      "write 16 or 32 hexadecimal digits after naa." :
		      "write 16 hexadecimal digits after eui.");
}

static bool digits_at(const char *text, size_t n)
{
	while (n--)
		if (!isdigit((unsigned char)*text++))
			return false;
	return true;
}

/* @p points behind "iqn." */
static int check_iqn(const char *p, const char **why)
{
	int month;

	if (!digits_at(p, 4) || p[4] != '-' || !digits_at(p + 5, 2))
		return refuse(why, "write a date, YYYY-MM, after iqn.");
	month = (p[5] - '0') * 10 + p[6] - '0';
	if (month < 1 || month > 12)
		return refuse(why, "invalid month; use 01 to 12");
	p += 7;
	if (*p != '.' || !p[1] || p[1] == ':' || p[1] == '.')
		return refuse(why,
			"write .REVERSED.DOMAIN[:ID] after the date");
	return 0;
}

int parse_iscsi_name(const char *text, char name[NAME_SIZE], const char **why)
{
	if (name_prepare(text, name, why))
		return -EINVAL;
	if (!*name)
		return refuse(why, "the name is empty");
	if (strpbrk(name, " ,"))
		return refuse(why, "the name contains a blank or a comma");
	if (name_begins(name, "iqn."))
		return check_iqn(name + 4, why);
	if (name_begins(name, "eui."))
		return check_hex_name(name + 4, false, why);
	if (name_begins(name, "naa."))
		return check_hex_name(name + 4, true, why);
	return refuse(why, "not an iSCSI name, which begins with iqn., eui. or naa.");
}

/* Addresses */

static int take_addr(const char *text, size_t len, struct addr *addr)
{
	char buf[INET6_ADDRSTRLEN + 2];
	bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (brackets) {
		text++;
		len -= 2;
	}
	if (len >= sizeof(buf))
		return -EINVAL;
	memcpy(buf, text, len);
	buf[len] = '\0';
	memset(addr, 0, sizeof(*addr));
	if (!brackets && inet_pton(AF_INET, buf, addr->byte) == 1) {
		addr->len = 4;
		return 0;
	}
	if (inet_pton(AF_INET6, buf, addr->byte) != 1)
		return -EINVAL;
	addr->len = 16;
	return 0;
}

int parse_addr(const char *text, struct addr *addr, const char **why)
{
	if (take_addr(text, strlen(text), addr))
		return refuse(why, "not an IPv4 or IPv6 address");
	return 0;
}

/* The prefix length of a netmask, or -1 if it is not a netmask. */
static int netmask_bits(const struct addr *mask)
{
	unsigned int i, bits = 0;
	uint8_t rest;

	for (i = 0; i < mask->len && mask->byte[i] == 0xff; i++)
		bits += 8;
	if (i == mask->len)
		return bits;
	for (rest = mask->byte[i++]; rest & 0x80; rest <<= 1)
		bits++;
	while (i < mask->len)
		rest |= mask->byte[i++];
	return rest ? -1 : (int)bits;
}

static int refuse_bits(const char *text, uint8_t len, const char **why)
{
	static char reason[64];
	struct addr mask;
	int bits = -1;

	if (!take_addr(text, strlen(text), &mask) && mask.len == len)
		bits = netmask_bits(&mask);
	if (bits < 0)
		return refuse(why, len == 4 ?
			      "the prefix length is not a number; use 0 to 32" :
			      "the prefix length is not a number; use 0 to 128");
	snprintf(reason, sizeof(reason),
		 "a netmask is not supported; write /%d", bits);
	return refuse(why, reason);
}

int parse_prefix(const char *text, struct addr *addr, uint8_t *bits,
		 const char **why)
{
	const char *slash = strchrnul(text, '/');
	uint32_t n;

	if (take_addr(text, slash - text, addr))
		return refuse(why, "not an IPv4 or IPv6 network");
	if (!*slash)
		return 0;
	if (parse_u32(slash + 1, &n, why))
		return refuse_bits(slash + 1, addr->len, why);
	if (n > addr->len * 8u)
		return refuse(why, addr->len == 4 ?
			      "the prefix length is out of range; use 0 to 32" :
			      "the prefix length is out of range; use 0 to 128");
	*bits = n;
	return 0;
}

int parse_portal(const char *text, struct addr *addr, uint16_t *port,
		 const char **why)
{
	const char *end = text + strlen(text);
	const char *colon = strrchr(text, ':');
	const char *bracket = strrchr(text, ']');

	/* in an IPv6 address without brackets, no colon begins a port */
	if (colon && (bracket ? colon < bracket : strchr(text, ':') != colon))
		colon = NULL;
	if (colon)
		end = colon;
	if (take_addr(text, end - text, addr))
		return refuse(why, "not ADDRESS or ADDRESS:PORT; put an IPv6 "
			      "address before a port in [ ]");
	if (!colon)
		return 0;
	if (parse_u16(colon + 1, port, why) || !*port)
		return refuse(why, "invalid port; use 1 to 65535");
	return 0;
}

const char *addr_text(const struct addr *addr, char *buf, size_t size)
{
	int family = addr->len == 4 ? AF_INET : AF_INET6;

	if (!addr->len || !inet_ntop(family, addr->byte, buf, size))
		snprintf(buf, size, "-");
	return buf;
}

const char *portal_text(const struct addr *addr, uint16_t port, char *buf,
			size_t size)
{
	char text[INET6_ADDRSTRLEN];

	addr_text(addr, text, sizeof(text));
	snprintf(buf, size, addr->len == 16 ? "[%s]:%u" : "%s:%u", text, port);
	return buf;
}

const char *prefix_text(const struct addr *addr, uint8_t bits, char *buf,
			size_t size)
{
	char text[INET6_ADDRSTRLEN];

	addr_text(addr, text, sizeof(text));
	if (bits >= addr->len * 8)
		snprintf(buf, size, "%s", text);
	else
		snprintf(buf, size, "%s/%u", text, bits);
	return buf;
}

const char *size_text(uint64_t size, char *buf, size_t len)
{
	static const char units[] = "KMGTPE";
	unsigned int unit = 0;
	uint64_t tenths;

	if (size < 1024) {
		snprintf(buf, len, "%u B", (unsigned int)size);
		return buf;
	}
	while (size >> (10 * (unit + 1)) >= 1024)
		unit++;
	/* shift first, so that the highest sizes do not overflow */
	tenths = ((size >> (10 * unit)) * 10 + 512) / 1024;
	if (tenths % 10)
		snprintf(buf, len, "%u.%u %ciB", (unsigned int)(tenths / 10),
			 (unsigned int)(tenths % 10), units[unit]);
	else
		snprintf(buf, len, "%u %ciB", (unsigned int)(tenths / 10),
			 units[unit]);
	return buf;
}

const char *seconds_text(uint64_t seconds, char *buf, size_t len)
{
	static const struct {
		unsigned int in_s;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	size_t i = 0;
	int n;

	while (units[i].in_s > 1 && seconds < units[i].in_s)
		i++;
	n = snprintf(buf, len, "%" PRIu64 " %s", seconds / units[i].in_s,
		     units[i].name);
	seconds = seconds % units[i].in_s;
	if (seconds && n > 0 && (size_t)n < len)
		snprintf(buf + n, len - n, " %u %s",
			 (unsigned int)seconds / units[i + 1].in_s,
			 units[i + 1].name);
	return buf;
}

const char *usecs_text(uint64_t usecs, char *buf, size_t len)
{
	bool is_long = usecs >= 1000000;
	uint64_t tenths = (usecs + (is_long ? 50000 : 50)) /
			  (is_long ? 100000 : 100);

	if (usecs < 1000)
		snprintf(buf, len, "%u us", (unsigned int)usecs);
	else
		snprintf(buf, len, "%" PRIu64 ".%u %s", tenths / 10,
			 (unsigned int)(tenths % 10), is_long ? "s" : "ms");
	return buf;
}

const char *date_text(uint64_t seconds, char *buf, size_t len)
{
	time_t time = seconds;
	struct tm tm;

	if (!localtime_r(&time, &tm) ||
	    !strftime(buf, len, "%Y-%m-%d %H:%M:%S", &tm))
		snprintf(buf, len, "%" PRIu64 " s", seconds);
	return buf;
}

/* Fields of the model */

const char *flags_text(const struct field *f, uint32_t value, const char *sep,
		       char *buf, size_t size)
{
	size_t i, n = 0;

	snprintf(buf, size, "none");
	for (i = 0; f->names[i] && n < size; i++)
		if (value & 1u << i)
			n += snprintf(buf + n, size - n, "%s%s", n ? sep : "",
				      f->names[i]);
	return buf;
}

static int refuse_flags(const struct field *f, const char **why)
{
	static char reason[128];
	char all[96];

	snprintf(reason, sizeof(reason), "unknown word; use some of %s",
		 flags_text(f, UINT32_MAX, ",", all, sizeof(all)));
	return refuse(why, reason);
}

int parse_flags(const struct field *f, const char *text, uint32_t *value,
		const char **why)
{
	char word[32];
	uint32_t bit;
	size_t n;

	*value = 0;
	do {
		n = strcspn(text, ",");
		if (n >= sizeof(word))
			return refuse_flags(f, why);
		memcpy(word, text, n);
		word[n] = '\0';
		if (field_enum(f, word, &bit))
			return refuse_flags(f, why);
		*value |= 1u << bit;
		text += n;
	} while (*text++);
	return 0;
}

int parse_limited(const struct field *f, const char *text, uint32_t *value,
		  const char **why)
{
	const uint32_t max = f->max ? f->max : UINT32_MAX >> (32 - 8 * f->size);
	static char reason[48];
	const char *rest;
	uint64_t number;
	int err;

	err = parse_number(text, max, &rest, &number);
	if (err == -EINVAL || *rest)
		return refuse(why, "not a number");
	if (err || number < f->min) {
		snprintf(reason, sizeof(reason), "out of range; use %u to %u", f->min,
			 max);
		return refuse(why, reason);
	}
	*value = number;
	return 0;
}

static int fill_string(const struct field *f, const char *text, char *p,
		       const char **why)
{
	static char reason[48];

	if (strlen(text) < f->size) {
		strcpy(p, text);
		return 0;
	}
	snprintf(reason, sizeof(reason), "too long; the maximum is %zu bytes",
		 f->size - 1);
	return refuse(why, reason);
}

/* "unknown word; use ready or offline" */
static int refuse_word(const struct field *f, const char *also,
		       const char **why)
{
	static char reason[128];
	const char *const *name = f->names;
	size_t n;

	n = snprintf(reason, sizeof(reason), "unknown word; use %s",
		     also ? also : *name++);
	for (; *name && n < sizeof(reason); name++)
		n += snprintf(reason + n, sizeof(reason) - n, "%s %s",
			      name[1] ? "," : " or", *name);
	return refuse(why, reason);
}

static int fill_number(const struct field *f, const char *text, void *p,
		       const char **why)
{
	uint32_t value;

	if (parse_limited(f, text, &value, why))
		return -EINVAL;
	switch (f->size) {
	case 1:
		*(uint8_t *)p = value;
		break;
	case 2:
		*(uint16_t *)p = value;
		break;
	default:
		*(uint32_t *)p = value;
		break;
	}
	return 0;
}

static int fill_key(const struct field *f, const char *text, uint32_t *p,
		    const char **why)
{
	if (!strcmp(text, "default")) {
		*p = KTGT_KEY_DEFAULT;
		return 0;
	}
	if (f->kind == FIELD_KEY_FLAGS)
		return parse_flags(f, text, p, why);
	if (!f->names)
		return fill_number(f, text, p, why);
	return field_enum(f, text, p) ? refuse_word(f, "default", why) : 0;
}

static int fill_enum(const struct field *f, const char *text, uint32_t *p,
		     const char **why)
{
	return field_enum(f, text, p) ? refuse_word(f, NULL, why) : 0;
}

/* Behind the words that others write before such digits. */
static const char *skip_prefix(const char *text)
{
	static const char *const prefixes[] = { "0x", "naa.", "eui." };
	size_t i, n;

	for (i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		n = strlen(prefixes[i]);
		if (!strncasecmp(text, prefixes[i], n))
			return text + n;
	}
	return text;
}

/* The number of digits, or -1 if there is something else, or too much. */
static int scan_digits(const char *text, uint8_t *bytes)
{
	int n = 0, digit;

	for (; *text; text++) {
		if (*text == '-' || *text == ':')
			continue;
		if (!isxdigit((unsigned char)*text) || n == 2 * ID_MAX)
			return -1;
		digit = isdigit((unsigned char)*text) ? *text - '0' :
			tolower((unsigned char)*text) - 'a' + 10;
		bytes[n / 2] = n % 2 ? bytes[n / 2] | digit : digit << 4;
		n++;
	}
	return n;
}

/* Those of several lengths have 8, 12 or 16 bytes. */
static int fill_id(const struct field *f, const char *text, struct id *id,
		   const char **why)
{
	static char reason[64];
	int n = scan_digits(skip_prefix(text), id->byte);

	id->len = n / 2;
	if (n > 0 && n % 2 == 0 && id->len >= f->min && id->len <= f->max &&
	    (f->min == f->max || id->len % 4 == 0))
		return 0;
	if (f->min == f->max)
		snprintf(reason, sizeof(reason), "write %u hexadecimal digits",
			 2 * f->min);
	else
		snprintf(reason, sizeof(reason), "write 16, 24 or 32 hexadecimal digits");
	return refuse(why, reason);
}

/* Numbers with commas between them */
static int fill_u32s(const char *text, struct u32s *list, const char **why)
{
	char word[16];
	size_t n;

	list->n = 0;
	do {
		if (list->n == U32S_MAX)
			return refuse(why, "at most 256 numbers are possible");
		n = strcspn(text, ",");
		if (n >= sizeof(word))
			return refuse(why, "is not a list of numbers");
		memcpy(word, text, n);
		word[n] = '\0';
		if (parse_u32(word, &list->value[list->n++], why))
			return -EINVAL;
		text += n;
	} while (*text++);
	return 0;
}

int parse_field(const struct field *field, const char *text, void *p,
		const char **why)
{
	switch (field->kind) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
		return fill_number(field, text, p, why);
	case FIELD_BOOL:
		return parse_bool(text, p, why);
	case FIELD_U64:
		return parse_u64(text, p, why);
	case FIELD_SIZE:
		return parse_size(text, p, why);
	case FIELD_ENUM:
		return fill_enum(field, text, p, why);
	case FIELD_KEY:
	case FIELD_KEY_FLAGS:
		return fill_key(field, text, p, why);
	case FIELD_U32S:
		return fill_u32s(text, p, why);
	case FIELD_STR:
		return fill_string(field, text, p, why);
	case FIELD_ID:
		return fill_id(field, text, p, why);
	}
	return refuse(why, "cannot be given");
}

/* Backing stores, as tgt names them */

int parse_bstype(const char *text, struct lu *lu, const char **why)
{
	SET(lu, KTGT_A_LU_BACKEND);
	if (!strcmp(text, "rdwr") || !strcmp(text, "aio")) {
		lu->backend = KTGT_BACKEND_BLOCK;
		return 0;
	}
	if (strcmp(text, "null"))
		return refuse(why,
			"unknown type; use rdwr, aio or null");
	lu->backend = KTGT_BACKEND_NULL;
	return 0;
}

int parse_bsopts(const char *text, struct lu *lu, const char **why)
{
	if (strncmp(text, "size=", 5))
		return refuse(why, "unknown option; use size=SIZE");
	SET(lu, KTGT_A_LU_SIZE);
	return parse_size(text + 5, &lu->size, why);
}

/*
 * "direct" changes nothing, because the block backend always works in this way.
 * "sync" means that a write is on the medium when it is acknowledged.
 */
int parse_bsoflags(const char *text, struct lu *lu, const char **why)
{
	size_t n;

	for (;; text += n + 1) {
		n = strcspn(text, ":");
		if (n == 4 && !strncmp(text, "sync", n)) {
			SET(lu, KTGT_A_LU_WRITE_CACHE);
			lu->write_cache = 0;
		} else if (n != 6 || strncmp(text, "direct", n)) {
			return refuse(why,
				      "unknown flag; use sync, direct or sync:direct");
		}
		if (!text[n])
			return 0;
	}
}

/* Devices */

#define MAJOR_MAX	((1u << 12) - 1)
#define MINOR_MAX	((1u << 20) - 1)

int parse_device(const char *text, uint32_t *major_no, uint32_t *minor_no,
		 const char **why)
{
	static const char form[] = "not a device number; write MAJOR:MINOR, for example 8:16";
	uint64_t first, second;
	const char *rest;

	if (parse_number(text, MAJOR_MAX, &rest, &first) || *rest != ':' ||
	    parse_number(rest + 1, MINOR_MAX, &rest, &second) || *rest)
		return refuse(why, form);
	*major_no = first;
	*minor_no = second;
	return 0;
}

/* Paths */

int path_absolute(const char *text, char *buf, size_t size, const char **why)
{
	char *dir = NULL;
	int n;

	if (text[0] != '/') {
		dir = getcwd(NULL, 0);
		if (!dir)
			return refuse(why, "the working directory is gone");
	}
	n = snprintf(buf, size, "%s%s%s", dir ? dir : "",
		     dir && dir[1] ? "/" : "", text);
	free(dir);
	if (n < 0 || (size_t)n >= size)
		return refuse(why, "the path is too long");
	return 0;
}
