// SPDX-License-Identifier: GPL-2.0
/*
 * Text keys (RFC 7143, 6, 12 and 13).
 *
 * These functions handle text that anybody on the network can send before a
 * login. Every length is checked before anything is copied. Nothing here
 * prints, sleeps for long, or knows a connection.
 */

#include "text.h"

#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <scsi/iscsi_proto.h>

#include "../core/gfp.h"
#include "../core/name.h"

#define TEXT_BAD	(ISCSI_STATUS_CLS_INITIATOR_ERR << 8 | \
			 ISCSI_LOGIN_STATUS_INIT_ERR)
#define TEXT_NO_TYPE	(ISCSI_STATUS_CLS_INITIATOR_ERR << 8 | \
			 ISCSI_LOGIN_STATUS_NO_SESSION_TYPE)
#define TEXT_NO_MEMORY	(ISCSI_STATUS_CLS_TARGET_ERR << 8 | \
			 ISCSI_LOGIN_STATUS_NO_RESOURCES)

/* bytes of padding that an initiator may count as text */
#define TEXT_PAD_MAX	3

/* result functions, and other ways to handle a key */
enum text_type {
	TEXT_STRING,		/* left to the caller: declarations, security */
	TEXT_AND,		/* boolean, Yes if both offer Yes */
	TEXT_OR,		/* boolean, Yes if one offers Yes */
	TEXT_MIN,		/* number, the smaller one */
	TEXT_MAX,		/* number, the greater one */
	TEXT_DECLARE,		/* number that is declared, not negotiated */
	TEXT_LIST,		/* the first known value of a list */
	TEXT_TARGET,		/* only the target may declare it */
	TEXT_NO,		/* obsolete boolean (RFC 7143, 13.25) */
	TEXT_REJECT,		/* obsolete range (the same) */
};

/**
 * struct text_row - properties of a key
 * @name: its name, which is case-sensitive
 * @values: for TEXT_LIST, the known values, ended by NULL; the result is an
 *	index
 * @min: smallest number allowed
 * @max: greatest number allowed
 * @start: result before it is negotiated, the default of the RFC
 * @type: enum text_type
 * @stages: enum ktgt_text_stage bits
 * @irrelevant: it has no meaning in a discovery session
 * @again: a later request of a login may say it again; see
 *	&ktgt_text_nego.again
 */
struct text_row {
	const char		*name;
	const char * const	*values;
	u32			min;
	u32			max;
	u32			start;
	u8			type;
	u8			stages;
	bool			irrelevant;
	bool			again;
};

static const char * const text_digests[] = { "None", "CRC32C", NULL };
static const char * const text_reportings[] = { "RFC3720", NULL };

#define TEXT_LOGIN	(KTGT_TEXT_SECURITY | KTGT_TEXT_OPERATIONAL)
#define TEXT_ALL	(TEXT_LOGIN | KTGT_TEXT_FFP)
#define TEXT_DSL_MIN	512
#define TEXT_DSL_MAX	16777215

static const struct text_row text_rows[KTGT_NR_KEYS] = {
	[KTGT_KEY_AUTH_METHOD] = {
		.name = "AuthMethod", .type = TEXT_STRING,
		.stages = KTGT_TEXT_SECURITY,
	},
	[KTGT_KEY_CHAP_A] = {
		.name = "CHAP_A", .type = TEXT_STRING,
		.stages = KTGT_TEXT_SECURITY,
	},
	[KTGT_KEY_CHAP_I] = {
		.name = "CHAP_I", .type = TEXT_STRING,
		.stages = KTGT_TEXT_SECURITY,
	},
	[KTGT_KEY_CHAP_C] = {
		.name = "CHAP_C", .type = TEXT_STRING,
		.stages = KTGT_TEXT_SECURITY,
	},
	[KTGT_KEY_CHAP_N] = {
		.name = "CHAP_N", .type = TEXT_STRING,
		.stages = KTGT_TEXT_SECURITY,
	},
	[KTGT_KEY_CHAP_R] = {
		.name = "CHAP_R", .type = TEXT_STRING,
		.stages = KTGT_TEXT_SECURITY,
	},
	[KTGT_KEY_HEADER_DIGEST] = {
		.name = "HeaderDigest", .type = TEXT_LIST,
		.values = text_digests, .stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_DATA_DIGEST] = {
		.name = "DataDigest", .type = TEXT_LIST,
		.values = text_digests, .stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_MAX_CONNECTIONS] = {
		.name = "MaxConnections", .type = TEXT_MIN,
		.min = 1, .max = 65535, .start = 1,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_SEND_TARGETS] = {
		.name = "SendTargets", .type = TEXT_STRING,
		.stages = KTGT_TEXT_FFP,
	},
	[KTGT_KEY_TARGET_NAME] = {
		.name = "TargetName", .type = TEXT_STRING,
		.stages = TEXT_LOGIN, .again = true,
	},
	[KTGT_KEY_INITIATOR_NAME] = {
		.name = "InitiatorName", .type = TEXT_STRING,
		.stages = TEXT_LOGIN, .again = true,
	},
	[KTGT_KEY_TARGET_ALIAS] = {
		.name = "TargetAlias", .type = TEXT_TARGET,
		.stages = TEXT_ALL,
	},
	[KTGT_KEY_INITIATOR_ALIAS] = {
		.name = "InitiatorAlias", .type = TEXT_STRING,
		.stages = TEXT_ALL, .again = true,
	},
	[KTGT_KEY_TARGET_ADDRESS] = {
		.name = "TargetAddress", .type = TEXT_TARGET,
		.stages = TEXT_ALL,
	},
	[KTGT_KEY_TARGET_PORTAL_GROUP_TAG] = {
		.name = "TargetPortalGroupTag", .type = TEXT_TARGET,
		.stages = TEXT_ALL,
	},
	[KTGT_KEY_INITIAL_R2T] = {
		.name = "InitialR2T", .type = TEXT_OR, .start = true,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_IMMEDIATE_DATA] = {
		.name = "ImmediateData", .type = TEXT_AND, .start = true,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_MAX_RECV_DSL] = {
		.name = "MaxRecvDataSegmentLength", .type = TEXT_DECLARE,
		.min = TEXT_DSL_MIN, .max = TEXT_DSL_MAX, .start = 8192,
		.stages = KTGT_TEXT_OPERATIONAL | KTGT_TEXT_FFP,
	},
	[KTGT_KEY_MAX_BURST] = {
		.name = "MaxBurstLength", .type = TEXT_MIN,
		.min = TEXT_DSL_MIN, .max = TEXT_DSL_MAX, .start = 262144,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_FIRST_BURST] = {
		.name = "FirstBurstLength", .type = TEXT_MIN,
		.min = TEXT_DSL_MIN, .max = TEXT_DSL_MAX, .start = 65536,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_TIME2WAIT] = {
		.name = "DefaultTime2Wait", .type = TEXT_MAX,
		.max = 3600, .start = 2,
		.stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_TIME2RETAIN] = {
		.name = "DefaultTime2Retain", .type = TEXT_MIN,
		.max = 3600, .start = 20,
		.stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_MAX_R2T] = {
		.name = "MaxOutstandingR2T", .type = TEXT_MIN,
		.min = 1, .max = 65535, .start = 1,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_DATA_PDU_IN_ORDER] = {
		.name = "DataPDUInOrder", .type = TEXT_OR, .start = true,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_DATA_SEQUENCE_IN_ORDER] = {
		.name = "DataSequenceInOrder", .type = TEXT_OR, .start = true,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_ERROR_RECOVERY_LEVEL] = {
		.name = "ErrorRecoveryLevel", .type = TEXT_MIN, .max = 2,
		.stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_SESSION_TYPE] = {
		.name = "SessionType", .type = TEXT_STRING,
		.stages = TEXT_LOGIN, .again = true,
	},
	[KTGT_KEY_TASK_REPORTING] = {
		.name = "TaskReporting", .type = TEXT_LIST,
		.values = text_reportings,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_PROTOCOL_LEVEL] = {
		.name = "iSCSIProtocolLevel", .type = TEXT_MIN,
		.max = 31, .start = 1,
		.stages = KTGT_TEXT_OPERATIONAL, .irrelevant = true,
	},
	[KTGT_KEY_IF_MARKER] = {
		.name = "IFMarker", .type = TEXT_NO,
		.stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_OF_MARKER] = {
		.name = "OFMarker", .type = TEXT_NO,
		.stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_IF_MARK_INT] = {
		.name = "IFMarkInt", .type = TEXT_REJECT,
		.stages = KTGT_TEXT_OPERATIONAL,
	},
	[KTGT_KEY_OF_MARK_INT] = {
		.name = "OFMarkInt", .type = TEXT_REJECT,
		.stages = KTGT_TEXT_OPERATIONAL,
	},
};

/* RFC 7143, 6.1, key-name; and X#, the prefix of registered extensions */
static bool text_key_ok(const char *key, u32 len)
{
	u32 i;

	if (!len || len > KTGT_TEXT_KEY_MAX || !isascii(key[0]) ||
	    !isalpha(key[0]))
		return false;
	for (i = 1; i < len; i++) {
		if (key[i] == '#' && i == 1 && key[0] == 'X')
			continue;
		if (!isascii(key[i]))
			return false;
		if (!isalnum(key[i]) && !strchr(".-+@_", key[i]))
			return false;
	}
	return true;
}

static bool text_is_pad(const char *text, u32 len)
{
	return len <= TEXT_PAD_MAX && !memchr_inv(text, 0, len);
}

/**
 * ktgt_text_next() - find the next key=value of a text
 * @text: the text
 * @len: bytes of it
 * @pos: where to begin, 0 at first; moved behind the pair
 * @pair: filled in
 *
 * Some initiators count the padding of the data segment as text. So up to three
 * NULs at the end are ignored.
 *
 * Context: any.
 * Return: 1 with a pair, 0 at the end, -EINVAL if the text breaks RFC 7143,
 * 6.1.
 */
int ktgt_text_next(const char *text, u32 len, u32 *pos,
		   struct ktgt_text_pair *pair)
{
	const char *start, *end, *equal;
	u32 rest;

	rest = len - *pos;
	if (!rest)
		return 0;
	start = text + *pos;
	if (text_is_pad(start, rest))
		return 0;

	end = memchr(start, 0, rest);
	if (!end)
		return -EINVAL;
	equal = memchr(start, '=', end - start);
	if (!equal || !text_key_ok(start, equal - start))
		return -EINVAL;
	if (end - equal - 1 > KTGT_TEXT_LIST_MAX)
		return -EINVAL;

	pair->key = start;
	pair->key_len = equal - start;
	pair->value = equal + 1;
	pair->value_len = end - equal - 1;
	*pos = end + 1 - text;
	return 1;
}

/**
 * ktgt_text_pop() - take the first item from a list of values
 * @list: the list, separated by commas; moved behind the item
 * @len: bytes of it; reduced
 * @item: the item; not terminated
 * @item_len: bytes of it
 *
 * Context: any.
 * Return: false if the list is empty.
 */
bool ktgt_text_pop(const char **list, u32 *len, const char **item,
		   u32 *item_len)
{
	const char *comma;

	if (!*len)
		return false;
	*item = *list;
	comma = memchr(*list, ',', *len);
	*item_len = comma ? comma - *list : *len;
	*list += *item_len;
	*len -= *item_len;
	if (comma) {
		(*list)++;
		(*len)--;
	}
	return true;
}

/**
 * ktgt_text_is() - compare a value with a word
 * @value: value, not necessarily terminated
 * @len: bytes of it
 * @word: word; case counts (RFC 7143, 6.1)
 *
 * Context: any.
 * Return: whether they are the same.
 */
bool ktgt_text_is(const char *value, u32 len, const char *word)
{
	return strlen(word) == len && !memcmp(value, word, len);
}

static int text_choose(const char *list, u32 len, const char * const *ours,
		       u32 barred)
{
	const char *item;
	u32 item_len;
	int i;

	while (ktgt_text_pop(&list, &len, &item, &item_len)) {
		for (i = 0; ours[i]; i++) {
			if (!(barred & BIT(i)) &&
			    ktgt_text_is(item, item_len, ours[i]))
				return i;
		}
	}
	return -ENOENT;
}

/**
 * ktgt_text_choose() - choose from a list (RFC 7143, 6.2.1)
 * @list: what the initiator offers, in its order of preference
 * @len: bytes of it
 * @ours: what is known, ended by NULL
 *
 * Context: any.
 * Return: index in @ours of the first value that is known, or -ENOENT.
 */
int ktgt_text_choose(const char *list, u32 len, const char * const *ours)
{
	return text_choose(list, len, ours, 0);
}

static int text_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool text_has_prefix(const char *value, u32 len, char lower)
{
	return len >= 2 && value[0] == '0' &&
	       (value[1] == lower || value[1] == toupper(lower));
}

/**
 * ktgt_text_number() - read a numerical value (RFC 7143, 6.1)
 * @value: decimal, or hexadecimal with the prefix 0x or 0X
 * @len: bytes of it
 * @number: the number
 *
 * Context: any.
 * Return: 0, or -EINVAL if it is not a number or needs more than 64 bits.
 */
int ktgt_text_number(const char *value, u32 len, u64 *number)
{
	unsigned int base = 10;
	u64 n = 0;
	u32 i = 0;
	int d;

	if (text_has_prefix(value, len, 'x')) {
		base = 16;
		i = 2;
	}
	if (i == len)
		return -EINVAL;
	for (; i < len; i++) {
		d = text_digit(value[i]);
		if (d < 0 || d >= base)
			return -EINVAL;
		/* for the largest n that passes, n * 16 + 15 still fits */
		if (n > (U64_MAX >> 4))
			return -EINVAL;
		n = n * base + d;
	}
	*number = n;
	return 0;
}

static int text_decode_hex(const char *value, u32 len, u8 *data, u32 size)
{
	int high, low;
	u32 i;

	if (!len || len % 2 || len / 2 > size)
		return -EINVAL;
	for (i = 0; i < len / 2; i++) {
		high = text_digit(value[2 * i]);
		low = text_digit(value[2 * i + 1]);
		if (high < 0 || low < 0)
			return -EINVAL;
		data[i] = high << 4 | low;
	}
	return len / 2;
}

static int text_base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return -1;
}

static int text_decode_base64(const char *value, u32 len, u8 *data, u32 size)
{
	u32 bits = 0, acc = 0, used = 0;
	u32 i;
	int d;

	/* padding completes a group of four; some leave it out */
	if (len && len % 4 == 0 && value[len - 1] == '=')
		len -= value[len - 2] == '=' ? 2 : 1;
	if (!len || len % 4 == 1)
		return -EINVAL;
	for (i = 0; i < len; i++) {
		d = text_base64_digit(value[i]);
		if (d < 0)
			return -EINVAL;
		acc = (acc << 6 | d) & 0xfff;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (used == size)
			return -EINVAL;
		data[used++] = acc >> bits;
	}
	/* unused bits must be zero (RFC 4648, 3.5) */
	if (acc & ((1 << bits) - 1))
		return -EINVAL;
	return used;
}

/**
 * ktgt_text_decode() - read a large binary value (RFC 7143, 6.1)
 * @value: hexadecimal with prefix 0x, or base64 with prefix 0b
 * @len: bytes of it
 * @data: where to put it
 * @size: bytes that there is room for
 *
 * Context: any.
 * Return: bytes decoded, at least one; -EINVAL if the coding is wrong or the
 * value does not fit.
 */
int ktgt_text_decode(const char *value, u32 len, u8 *data, u32 size)
{
	if (text_has_prefix(value, len, 'x'))
		return text_decode_hex(value + 2, len - 2, data, size);
	if (text_has_prefix(value, len, 'b'))
		return text_decode_base64(value + 2, len - 2, data, size);
	return -EINVAL;
}

/**
 * ktgt_text_name() - copy an iSCSI name, in lower case
 * @value: the name
 * @len: bytes of it
 * @name: where to put it, padded with NUL
 * @size: bytes of @name
 *
 * Upper and lower case make no difference in names (RFC 7143, 4.2.7). The form
 * of the name is not checked, because some initiators have names of no standard
 * form. But it must be text that can be printed.
 *
 * Context: any.
 * Return: 0, or -EINVAL if it is empty, too long, not valid UTF-8, or contains a
 * blank or a control character.
 */
int ktgt_text_name(const char *value, u32 len, char *name, u32 size)
{
	u32 i;

	if (!len || len >= size || memchr(value, ' ', len) ||
	    !ktgt_name_is_text(value, len))
		return -EINVAL;
	for (i = 0; i < len; i++)
		name[i] = ktgt_name_char(value[i]);
	memset(name + len, 0, size - len);
	return 0;
}

static int text_grow(struct ktgt_text_out *out, u32 len)
{
	u32 size = max(out->size, 1024U);
	char *data;

	while (size < len)
		size *= 2;
	data = kvmalloc(size, KTGT_GFP_PEER);
	if (!data)
		return -ENOMEM;
	if (out->len)
		memcpy(data, out->data, out->len);
	kvfree(out->data);
	out->data = data;
	out->size = size;
	return 0;
}

/**
 * ktgt_text_append() - add bytes to a text
 * @out: the text
 * @data: bytes
 * @len: how many
 *
 * After an error nothing more is added, so it is enough to check
 * &ktgt_text_out.err at the end.
 *
 * Context: process context, may sleep.
 * Return: &ktgt_text_out.err: 0, -EMSGSIZE or -ENOMEM.
 */
int ktgt_text_append(struct ktgt_text_out *out, const char *data, u32 len)
{
	if (out->err || !len)
		return out->err;
	if (len > out->max - out->len)
		out->err = -EMSGSIZE;
	else if (out->len + len > out->size)
		out->err = text_grow(out, out->len + len);
	if (out->err)
		return out->err;
	memcpy(out->data + out->len, data, len);
	out->len += len;
	return 0;
}

static void text_put(struct ktgt_text_out *out, const char *key, u32 key_len,
		     const char *value)
{
	ktgt_text_append(out, key, key_len);
	ktgt_text_append(out, "=", 1);
	ktgt_text_append(out, value, strlen(value) + 1);
}

/**
 * ktgt_text_put() - add key=value to a text
 * @out: the text
 * @key: key
 * @value: value
 *
 * Context: process context, may sleep. Errors stay in &ktgt_text_out.err.
 */
void ktgt_text_put(struct ktgt_text_out *out, const char *key,
		   const char *value)
{
	text_put(out, key, strlen(key), value);
}

/**
 * ktgt_text_put_number() - add a key with a number to a text
 * @out: the text
 * @key: key
 * @number: value
 *
 * Context: process context, may sleep. Errors stay in &ktgt_text_out.err.
 */
void ktgt_text_put_number(struct ktgt_text_out *out, const char *key,
			  u32 number)
{
	char value[11];

	snprintf(value, sizeof(value), "%u", number);
	ktgt_text_put(out, key, value);
}

/**
 * ktgt_text_put_hex() - add a key with a binary value to a text
 * @out: the text
 * @key: key
 * @data: value
 * @len: bytes of it
 *
 * Hexadecimal, because not every initiator reads base64.
 *
 * Context: process context, may sleep. Errors stay in &ktgt_text_out.err.
 */
void ktgt_text_put_hex(struct ktgt_text_out *out, const char *key,
		       const u8 *data, u32 len)
{
	static const char digits[] = "0123456789abcdef";
	char two[2];
	u32 i;

	ktgt_text_append(out, key, strlen(key));
	ktgt_text_append(out, "=0x", 3);
	for (i = 0; i < len; i++) {
		two[0] = digits[data[i] >> 4];
		two[1] = digits[data[i] & 15];
		ktgt_text_append(out, two, 2);
	}
	ktgt_text_append(out, "", 1);
}

/**
 * ktgt_text_out_free() - free a text, and prepare it for another one
 * @out: the text
 *
 * Context: process context, may sleep.
 */
void ktgt_text_out_free(struct ktgt_text_out *out)
{
	kvfree(out->data);
	out->data = NULL;
	out->len = 0;
	out->size = 0;
	out->err = 0;
}

/**
 * ktgt_text_init() - begin a negotiation, with the defaults of the RFC as
 *	results
 * @nego: the negotiation
 * @ours: for each &enum ktgt_text_key that is negotiated, the target's offer
 *
 * Context: any.
 */
void ktgt_text_init(struct ktgt_text_nego *nego, const u32 *ours)
{
	unsigned int i;

	memset(nego, 0, sizeof(*nego));
	nego->ours = ours;
	for (i = 0; i < KTGT_NR_KEYS; i++)
		nego->results[i] = text_rows[i].start;
}

/**
 * ktgt_text_get() - look a key up in the request that was parsed last
 * @nego: the negotiation
 * @key: key
 *
 * Context: any; the text of the request must not have been freed.
 * Return: the pair, or NULL if the request does not contain the key.
 */
const struct ktgt_text_pair *
ktgt_text_get(const struct ktgt_text_nego *nego, enum ktgt_text_key key)
{
	return nego->now & BIT_ULL(key) ? &nego->pairs[key] : NULL;
}

static int text_find(const struct ktgt_text_pair *pair)
{
	int i;

	for (i = 0; i < KTGT_NR_KEYS; i++) {
		if (ktgt_text_is(pair->key, pair->key_len, text_rows[i].name))
			return i;
	}
	return -ENOENT;
}

static u16 text_refuse(struct ktgt_text_nego *nego, u16 status,
		       const char *bad, const char *why)
{
	nego->bad = bad;
	nego->why = why;
	return status;
}

static u16 text_session_type(struct ktgt_text_nego *nego)
{
	const struct ktgt_text_pair *pair;
	bool discovery;

	pair = ktgt_text_get(nego, KTGT_KEY_SESSION_TYPE);
	if (!pair)
		return 0;
	discovery = ktgt_text_is(pair->value, pair->value_len, "Discovery");
	if (!discovery && !ktgt_text_is(pair->value, pair->value_len, "Normal"))
		return text_refuse(nego, TEXT_NO_TYPE, "SessionType",
				   "no such type of session");
	if (nego->again & BIT_ULL(KTGT_KEY_SESSION_TYPE) &&
	    discovery != nego->discovery)
		return text_refuse(nego, TEXT_BAD, "SessionType",
				   KTGT_TEXT_CHANGED);
	nego->discovery = discovery;
	return 0;
}

/*
 * Notes that a request has a key. Keys that only say who somebody is come again
 * in later requests of a login by libiscsi or QEMU.
 */
static u16 text_note(struct ktgt_text_nego *nego, int key)
{
	bool again = text_rows[key].again && nego->stage != KTGT_TEXT_FFP;
	u64 bit = BIT_ULL(key);

	if (nego->seen & bit) {
		if (nego->now & bit || !again)
			return text_refuse(nego, TEXT_BAD, text_rows[key].name,
					   "key is used twice");
		nego->again |= bit;
	}
	nego->seen |= bit;
	nego->now |= bit;
	return 0;
}

/**
 * ktgt_text_parse() - check the text of a request, and find its keys
 * @nego: the negotiation; &ktgt_text_nego.stage is the present stage
 * @text: the whole text; the caller has joined the text of several PDUs
 * @len: bytes of it
 *
 * Nothing is negotiated yet, because the meaning of a key may depend on a later
 * one. A key may be used only once in a negotiation, and in a login only in its
 * stage (RFC 7143, 6.3 and 12). But names may be said again in a later request of a
 * login; the caller compares those in &ktgt_text_nego.again with the earlier ones.
 *
 * Context: any.
 * Return: 0, or a login status, class and detail, with its reason in
 * &ktgt_text_nego.why.
 */
u16 ktgt_text_parse(struct ktgt_text_nego *nego, const char *text, u32 len)
{
	struct ktgt_text_pair pair;
	u16 status;
	u32 pos = 0;
	int ret, i;

	nego->now = 0;
	nego->again = 0;
	while ((ret = ktgt_text_next(text, len, &pos, &pair)) > 0) {
		i = text_find(&pair);
		if (i < 0)
			continue;
		status = text_note(nego, i);
		if (status)
			return status;
		nego->pairs[i] = pair;
		if (nego->stage != KTGT_TEXT_FFP &&
		    !(text_rows[i].stages & nego->stage))
			return text_refuse(nego, TEXT_BAD, text_rows[i].name,
					   "key does not belong to this stage");
	}
	if (ret < 0)
		return text_refuse(nego, TEXT_BAD, NULL,
				   "text is not made of key=value");
	if (nego->stage == KTGT_TEXT_FFP)
		return 0;
	return text_session_type(nego);
}

/*
 * FirstBurstLength must not exceed MaxBurstLength (RFC 7143, 13.14), whichever
 * of them is negotiated first.
 */
static u32 text_cap_burst(const struct ktgt_text_nego *nego, int key, u32 n)
{
	if (key == KTGT_KEY_FIRST_BURST)
		return min(n, nego->results[KTGT_KEY_MAX_BURST]);
	return n;
}

static void text_answer_number(struct ktgt_text_nego *nego, int key,
			       struct ktgt_text_out *out)
{
	const struct ktgt_text_pair *pair = &nego->pairs[key];
	const struct text_row *row = &text_rows[key];
	u64 offer;
	u32 n;

	if (ktgt_text_number(pair->value, pair->value_len, &offer) ||
	    offer < row->min || offer > row->max) {
		ktgt_text_put(out, row->name, "Reject");
		return;
	}
	switch (row->type) {
	case TEXT_MIN:
		n = min_t(u32, nego->ours[key], offer);
		break;
	case TEXT_MAX:
		n = max_t(u32, nego->ours[key], offer);
		break;
	default:
		nego->results[key] = offer;
		return;
	}
	nego->results[key] = text_cap_burst(nego, key, n);
	ktgt_text_put_number(out, row->name, nego->results[key]);
}

static void text_answer_boolean(struct ktgt_text_nego *nego, int key,
				struct ktgt_text_out *out)
{
	const struct ktgt_text_pair *pair = &nego->pairs[key];
	bool and = text_rows[key].type == TEXT_AND;
	const char *name = text_rows[key].name;
	bool ours = nego->ours[key];
	bool offer;

	offer = ktgt_text_is(pair->value, pair->value_len, "Yes");
	if (!offer && !ktgt_text_is(pair->value, pair->value_len, "No")) {
		ktgt_text_put(out, name, "Reject");
		return;
	}
	nego->results[key] = and ? offer && ours : offer || ours;
	ktgt_text_put(out, name, nego->results[key] ? "Yes" : "No");
}

static void text_answer_list(struct ktgt_text_nego *nego, int key,
			     struct ktgt_text_out *out)
{
	const struct ktgt_text_pair *pair = &nego->pairs[key];
	const struct text_row *row = &text_rows[key];
	int i;

	i = text_choose(pair->value, pair->value_len, row->values,
			nego->ours[key]);
	if (i < 0) {
		ktgt_text_put(out, row->name, "Reject");
		return;
	}
	nego->results[key] = i;
	ktgt_text_put(out, row->name, row->values[i]);
}

/*
 * Handles a key that only the target may declare. The initiator may answer the
 * declaration, although it need not; such an answer is ignored.
 */
static void text_answer_target(struct ktgt_text_nego *nego, int key,
			       struct ktgt_text_out *out)
{
	static const char * const answers[] = {
		"NotUnderstood", "Irrelevant", "Reject", NULL
	};
	const struct ktgt_text_pair *pair = &nego->pairs[key];

	if (ktgt_text_choose(pair->value, pair->value_len, answers) < 0)
		ktgt_text_put(out, text_rows[key].name, "Reject");
}

static void text_answer_key(struct ktgt_text_nego *nego, int key,
			    struct ktgt_text_out *out)
{
	const struct text_row *row = &text_rows[key];

	if (!(row->stages & nego->stage)) {
		ktgt_text_put(out, row->name, "Reject");
		return;
	}
	if (row->irrelevant && nego->discovery) {
		ktgt_text_put(out, row->name, "Irrelevant");
		return;
	}
	switch (row->type) {
	case TEXT_STRING:
		break;
	case TEXT_AND:
	case TEXT_OR:
		text_answer_boolean(nego, key, out);
		break;
	case TEXT_LIST:
		text_answer_list(nego, key, out);
		break;
	case TEXT_TARGET:
		text_answer_target(nego, key, out);
		break;
	case TEXT_NO:
		ktgt_text_put(out, row->name, "No");
		break;
	case TEXT_REJECT:
		ktgt_text_put(out, row->name, "Reject");
		break;
	default:
		text_answer_number(nego, key, out);
	}
}

/**
 * ktgt_text_answer() - negotiate the keys of a request
 * @nego: the negotiation; the text was parsed by ktgt_text_parse()
 * @text: the text
 * @len: bytes of it
 * @out: where answers go
 *
 * The answer to an unknown key is NotUnderstood. The answer to a value that
 * cannot be accepted is Reject, and the default stays valid (RFC 7143, 6.2).
 * Keys that the caller handles (names, security, SendTargets) are skipped.
 *
 * Context: process context, may sleep.
 * Return: 0, or a login status if the answers do not fit or there is no memory.
 */
u16 ktgt_text_answer(struct ktgt_text_nego *nego, const char *text, u32 len,
		     struct ktgt_text_out *out)
{
	struct ktgt_text_pair pair;
	bool burst = false;
	u32 pos = 0;
	int key;

	while (!out->err && ktgt_text_next(text, len, &pos, &pair) > 0) {
		key = text_find(&pair);
		if (key < 0)
			text_put(out, pair.key, pair.key_len, "NotUnderstood");
		else if (key == KTGT_KEY_FIRST_BURST)
			burst = true;
		else
			text_answer_key(nego, key, out);
	}
	if (burst)
		text_answer_key(nego, KTGT_KEY_FIRST_BURST, out);
	if (out->err == -EMSGSIZE)
		return text_refuse(nego, TEXT_BAD, NULL, "too many keys");
	if (out->err)
		return text_refuse(nego, TEXT_NO_MEMORY, NULL, "out of memory");
	return 0;
}
