// SPDX-License-Identifier: GPL-2.0
/* The keys of a target in the words of scsi-target-utils, and our own ones. */
#include "conf/key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/parse.h"

#define SET_BY(_name, _attr, _text)					\
	{ .name = (_name), .attr = KTGT_A_TARGET_##_attr, .text = (_text) }
#define ALWAYS(_name, _text)						\
	{ .name = (_name), .text = (_text), .fixed = (_text) }
#define SHOWN(_name, _text)						\
	{ .name = (_name), .text = (_text) }

/*
 * The values with which a login starts (RFC 7143, 13). The keys of markers and
 * of iSER are obsolete or unused, but are shown because scripts expect them.
 */
const struct tgt_key tgt_keys[] = {
	SET_BY("nop_interval", NOP_INTERVAL, "0"),
	SET_BY("nop_count", NOP_COUNT, "0"),
	SET_BY("MaxRecvDataSegmentLength", MAX_RECV_DATA_SEGMENT_LENGTH,
	       "8192"),
	SET_BY("HeaderDigest", HEADER_DIGEST, "None"),
	SET_BY("DataDigest", DATA_DIGEST, "None"),
	SET_BY("InitialR2T", INITIAL_R2T, "Yes"),
	SET_BY("MaxOutstandingR2T", MAX_OUTSTANDING_R2T, "1"),
	SET_BY("ImmediateData", IMMEDIATE_DATA, "Yes"),
	SET_BY("FirstBurstLength", FIRST_BURST_LENGTH, "65536"),
	SET_BY("MaxBurstLength", MAX_BURST_LENGTH, "262144"),
	ALWAYS("DataPDUInOrder", "Yes"),
	ALWAYS("DataSequenceInOrder", "Yes"),
	ALWAYS("ErrorRecoveryLevel", "0"),
	ALWAYS("IFMarker", "No"),
	ALWAYS("OFMarker", "No"),
	SET_BY("DefaultTime2Wait", DEFAULT_TIME2WAIT, "2"),
	/* shown for compatibility; a session ends with its connection */
	{ .name = "DefaultTime2Retain", .text = "20", .fixed = "0" },
	SHOWN("OFMarkInt", "Reject"),
	SHOWN("IFMarkInt", "Reject"),
	ALWAYS("MaxConnections", "1"),
	SHOWN("RDMAExtensions", "Yes"),
	SHOWN("TargetRecvDataSegmentLength", "262144"),
	SHOWN("InitiatorRecvDataSegmentLength", "262144"),
	SHOWN("MaxOutstandingUnexpectedPDUs", "0"),
	SET_BY("MaxXmitDataSegmentLength", MAX_XMIT_DATA_SEGMENT_LENGTH,
	       "8192"),
	ALWAYS("MaxQueueCmd", "128"),
	/* tgt has none: it is not shown among the others unless it is set */
	SET_BY("reset", RESET, NULL),
	{ .name = "chap-algorithms", .attr = KTGT_A_TARGET_CHAP_ALGORITHMS,
	  .own = true },
	{ .name = "explicit-alua", .attr = KTGT_A_TARGET_EXPLICIT_ALUA,
	  .own = true },
	{ .name = NULL }
};

const struct tgt_key *tgt_key_named(const char *name)
{
	const struct tgt_key *key;

	for (key = tgt_keys; key->name; key++)
		if (!strcmp(key->name, name))
			return key;
	return NULL;
}

/*
 * The words of tgt for named values, in the order of the names in the kernel.
 */
static const char *const *words_of(const struct tgt_key *key)
{
	static const char *const digests[] = {
		"None", "CRC32C", "CRC32C,None", NULL
	};
	static const char *const booleans[] = { "No", "Yes", NULL };
	static const char *const switches[] = { "off", "on", NULL };

	switch (key->attr) {
	case KTGT_A_TARGET_HEADER_DIGEST:
	case KTGT_A_TARGET_DATA_DIGEST:
		return digests;
	case KTGT_A_TARGET_INITIAL_R2T:
	case KTGT_A_TARGET_IMMEDIATE_DATA:
		return booleans;
	case KTGT_A_TARGET_RESET:
	case KTGT_A_TARGET_EXPLICIT_ALUA:
		return switches;
	default:
		return NULL;
	}
}

static uint32_t *value_of(const struct tgt_key *key, const void *target)
{
	return (uint32_t *)((char *)target +
			    object_field(&target_object, key->attr)->off);
}

const char *tgt_key_text(const struct tgt_key *key, const struct target *target,
			 char *buf)
{
	const char *const *words = words_of(key);
	const struct field *f = object_field(&target_object, key->attr);
	uint32_t value, i;

	if (!key->attr || !HAS(target, key->attr))
		return NULL;
	value = *value_of(key, target);
	if (f->kind == FIELD_KEY_FLAGS)
		return flags_text(f, value, ",", buf, TGT_KEY_TEXT);
	snprintf(buf, TGT_KEY_TEXT, "%u", value);
	for (i = 0; words && words[i]; i++)
		if (i == value)
			return words[i];
	return buf;
}

static int refuse(const char **why, const char *text)
{
	*why = text;
	return -EINVAL;
}

static int parse_digest(const char *text, uint32_t *value, const char **why)
{
	if (!strcasecmp(text, "None"))
		*value = KTGT_DIGEST_NONE;
	else if (!strcasecmp(text, "CRC32C"))
		*value = KTGT_DIGEST_CRC32C;
	else if (!strcasecmp(text, "CRC32C,None") ||
		 !strcasecmp(text, "None,CRC32C"))
		*value = KTGT_DIGEST_EITHER;
	else
		return refuse(why, "use None, CRC32C or CRC32C,None");
	return 0;
}

static int parse_yes(const char *text, uint32_t *value, const char **why)
{
	uint8_t on;

	if (!strcasecmp(text, "Yes") || !strcasecmp(text, "No"))
		*value = !strcasecmp(text, "Yes");
	else if (!parse_bool(text, &on, why))
		*value = on;
	else
		return refuse(why, "use Yes or No");
	return 0;
}

static int parse_switch(const char *text, uint32_t *value, const char **why)
{
	uint8_t on;
	int err = parse_bool(text, &on, why);

	if (!err)
		*value = on;
	return err;
}

static int parse_fixed(const struct tgt_key *key, const char *text,
		       const char **why)
{
	static char reason[64];

	if (!key->fixed)
		return refuse(why, "ktgt does not use it");
	if (!strcasecmp(text, key->fixed))
		return 0;
	snprintf(reason, sizeof(reason), "ktgt always uses %s", key->fixed);
	return refuse(why, reason);
}

int tgt_key_parse(const struct tgt_key *key, const char *text,
		  struct target *target, const char **why)
{
	uint32_t value = 0;
	int err;

	switch (key->attr) {
	case 0:
		return parse_fixed(key, text, why);
	case KTGT_A_TARGET_HEADER_DIGEST:
	case KTGT_A_TARGET_DATA_DIGEST:
		err = parse_digest(text, &value, why);
		break;
	case KTGT_A_TARGET_INITIAL_R2T:
	case KTGT_A_TARGET_IMMEDIATE_DATA:
		err = parse_yes(text, &value, why);
		break;
	case KTGT_A_TARGET_RESET:
	case KTGT_A_TARGET_EXPLICIT_ALUA:
		err = parse_switch(text, &value, why);
		break;
	case KTGT_A_TARGET_CHAP_ALGORITHMS:
		err = parse_flags(object_field(&target_object, key->attr), text,
				  &value, why);
		break;
	default:
		err = parse_limited(object_field(&target_object, key->attr),
				    text, &value, why);
		break;
	}
	if (err)
		return err;
	*value_of(key, target) = value;
	SET(target, key->attr);
	return 0;
}
