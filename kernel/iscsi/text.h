/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text keys: the tokenizer, the table of keys, and how they are negotiated.
 *
 * Nothing here knows a connection, so that the fuzzers can compile the same
 * source in user space.
 */
#ifndef _KTGT_ISCSI_TEXT_H
#define _KTGT_ISCSI_TEXT_H

#include <linux/types.h>

#define KTGT_TEXT_KEY_MAX	63	/* RFC 7143, 6.1, standard-label */
#define KTGT_TEXT_VALUE_MAX	255	/* the same, simple value */
#define KTGT_TEXT_LIST_MAX	8192	/* any value */
#define KTGT_TEXT_MAX		65536	/* a whole request or response */

/* why a key is refused that says another value than before */
#define KTGT_TEXT_CHANGED	"key has another value than in an earlier request"

/**
 * enum ktgt_text_stage - when a key may be used; bits
 * @KTGT_TEXT_SECURITY: security negotiation stage of login
 * @KTGT_TEXT_OPERATIONAL: operational negotiation stage of login
 * @KTGT_TEXT_FFP: full feature phase
 */
enum ktgt_text_stage {
	KTGT_TEXT_SECURITY	= 1 << 0,
	KTGT_TEXT_OPERATIONAL	= 1 << 1,
	KTGT_TEXT_FFP		= 1 << 2,
};

/* private: RFC 7143, 12 and 13, in the order of its sections */
enum ktgt_text_key {
	KTGT_KEY_AUTH_METHOD,
	KTGT_KEY_CHAP_A,
	KTGT_KEY_CHAP_I,
	KTGT_KEY_CHAP_C,
	KTGT_KEY_CHAP_N,
	KTGT_KEY_CHAP_R,
	KTGT_KEY_HEADER_DIGEST,
	KTGT_KEY_DATA_DIGEST,
	KTGT_KEY_MAX_CONNECTIONS,
	KTGT_KEY_SEND_TARGETS,
	KTGT_KEY_TARGET_NAME,
	KTGT_KEY_INITIATOR_NAME,
	KTGT_KEY_TARGET_ALIAS,
	KTGT_KEY_INITIATOR_ALIAS,
	KTGT_KEY_TARGET_ADDRESS,
	KTGT_KEY_TARGET_PORTAL_GROUP_TAG,
	KTGT_KEY_INITIAL_R2T,
	KTGT_KEY_IMMEDIATE_DATA,
	KTGT_KEY_MAX_RECV_DSL,
	KTGT_KEY_MAX_BURST,
	KTGT_KEY_FIRST_BURST,
	KTGT_KEY_TIME2WAIT,
	KTGT_KEY_TIME2RETAIN,
	KTGT_KEY_MAX_R2T,
	KTGT_KEY_DATA_PDU_IN_ORDER,
	KTGT_KEY_DATA_SEQUENCE_IN_ORDER,
	KTGT_KEY_ERROR_RECOVERY_LEVEL,
	KTGT_KEY_SESSION_TYPE,
	KTGT_KEY_TASK_REPORTING,
	KTGT_KEY_PROTOCOL_LEVEL,
	KTGT_KEY_IF_MARKER,
	KTGT_KEY_OF_MARKER,
	KTGT_KEY_IF_MARK_INT,
	KTGT_KEY_OF_MARK_INT,
	KTGT_NR_KEYS,
};

/**
 * struct ktgt_text_pair - one key=value, pointing into the text
 * @key: key, not terminated
 * @value: value, terminated by NUL
 * @key_len: bytes of @key
 * @value_len: bytes of @value
 */
struct ktgt_text_pair {
	const char	*key;
	const char	*value;
	u32		key_len;
	u32		value_len;
};

/**
 * struct ktgt_text_out - text that is being built; begins with zeroes, except
 *	@max
 * @data: the text, of kvmalloc()
 * @len: bytes of it
 * @size: bytes allocated
 * @max: greatest @len
 * @err: -EMSGSIZE if @len would exceed @max, -ENOMEM if there was no memory;
 *	after an error nothing more is added
 */
struct ktgt_text_out {
	char	*data;
	u32	len;
	u32	size;
	u32	max;
	int	err;
};

/**
 * struct ktgt_text_nego - state of a negotiation
 * @seen: keys that the initiator has used, one bit each
 * @now: keys in the request that was parsed last, one bit each
 * @again: those of @now that an earlier request had, too; names, an alias, or
 *	the type of the session
 * @pairs: key and value of each key in @now; they point into the request
 * @ours: for each key, what the target offers; for a list, bits of the values
 *	that it does not accept
 * @results: for each key, the result; the default until it is negotiated
 * @stage: enum ktgt_text_stage
 * @discovery: SessionType=Discovery
 * @why: what was wrong, after an error
 * @bad: name of the key that @why is about, or NULL
 */
struct ktgt_text_nego {
	u64			seen;
	u64			now;
	u64			again;
	struct ktgt_text_pair	pairs[KTGT_NR_KEYS];
	const u32		*ours;
	u32			results[KTGT_NR_KEYS];
	u8			stage;
	bool			discovery;
	const char		*why;
	const char		*bad;
};

int ktgt_text_next(const char *text, u32 len, u32 *pos,
		   struct ktgt_text_pair *pair);
bool ktgt_text_pop(const char **list, u32 *len, const char **item,
		   u32 *item_len);
int ktgt_text_choose(const char *list, u32 len, const char * const *ours);
int ktgt_text_number(const char *value, u32 len, u64 *number);
int ktgt_text_decode(const char *value, u32 len, u8 *data, u32 size);
int ktgt_text_name(const char *value, u32 len, char *name, u32 size);
bool ktgt_text_is(const char *value, u32 len, const char *word);

int ktgt_text_append(struct ktgt_text_out *out, const char *data, u32 len);
void ktgt_text_put(struct ktgt_text_out *out, const char *key,
		   const char *value);
void ktgt_text_put_number(struct ktgt_text_out *out, const char *key,
			  u32 number);
void ktgt_text_put_hex(struct ktgt_text_out *out, const char *key,
		       const u8 *data, u32 len);
void ktgt_text_out_free(struct ktgt_text_out *out);

void ktgt_text_init(struct ktgt_text_nego *nego, const u32 *ours);
const struct ktgt_text_pair *
ktgt_text_get(const struct ktgt_text_nego *nego, enum ktgt_text_key key);
u16 ktgt_text_parse(struct ktgt_text_nego *nego, const char *text, u32 len);
u16 ktgt_text_answer(struct ktgt_text_nego *nego, const char *text, u32 len,
		     struct ktgt_text_out *out);

#endif /* _KTGT_ISCSI_TEXT_H */
