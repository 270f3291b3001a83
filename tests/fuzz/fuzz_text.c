// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever text comes: no byte beyond it is read, every answer is well formed
 * and answers something that was asked, and every result is one that RFC 7143
 * allows.
 *
 * The first byte of the input is the stage, the second how memory fails; the
 * rest is the text.
 */
#include "text_ours.h"

struct range {
	int key;
	u32 min, max;
};

static const struct range ranges[] = {
	{ KTGT_KEY_HEADER_DIGEST, 0, 1 },
	{ KTGT_KEY_DATA_DIGEST, 0, 1 },
	{ KTGT_KEY_MAX_CONNECTIONS, 1, 1 },
	{ KTGT_KEY_INITIAL_R2T, 0, 1 },
	{ KTGT_KEY_IMMEDIATE_DATA, 0, 1 },
	{ KTGT_KEY_MAX_RECV_DSL, 512, 16777215 },
	{ KTGT_KEY_MAX_BURST, 512, 1048576 },
	{ KTGT_KEY_FIRST_BURST, 512, 262144 },
	{ KTGT_KEY_TIME2WAIT, 0, 3600 },
	{ KTGT_KEY_TIME2RETAIN, 0, 20 },
	{ KTGT_KEY_MAX_R2T, 1, 8 },
	{ KTGT_KEY_DATA_PDU_IN_ORDER, 1, 1 },
	{ KTGT_KEY_DATA_SEQUENCE_IN_ORDER, 1, 1 },
	{ KTGT_KEY_ERROR_RECOVERY_LEVEL, 0, 0 },
	{ KTGT_KEY_TASK_REPORTING, 0, 0 },
	{ KTGT_KEY_PROTOCOL_LEVEL, 0, 2 },
};

/* what libiscsi and QEMU say again in each stage */
static const u64 may_repeat = BIT_ULL(KTGT_KEY_INITIATOR_NAME) |
			      BIT_ULL(KTGT_KEY_INITIATOR_ALIAS) |
			      BIT_ULL(KTGT_KEY_TARGET_NAME) |
			      BIT_ULL(KTGT_KEY_SESSION_TYPE);

/* An answer has the key of a question, and ours is never longer than that. */
static bool asked(const char *text, u32 len, const struct ktgt_text_pair *a)
{
	struct ktgt_text_pair q;
	u32 pos = 0;

	while (ktgt_text_next(text, len, &pos, &q) > 0) {
		if (q.key_len == a->key_len &&
		    !memcmp(q.key, a->key, q.key_len))
			return true;
	}
	return false;
}

static void check_answers(const char *text, u32 len,
			  const struct ktgt_text_out *out)
{
	struct ktgt_text_pair a;
	u32 pos = 0;
	int ret, n = 0;

	require(out->len <= out->max && out->len <= out->size);
	while ((ret = ktgt_text_next(out->data, out->len, &pos, &a)) > 0) {
		require(a.value_len <= KTGT_TEXT_VALUE_MAX);
		/* each costs a walk over the text */
		if (n++ < 64)
			require(asked(text, len, &a));
	}
	require(!ret && pos == out->len);
}

static void check_results(const struct ktgt_text_nego *nego)
{
	const u32 *results = nego->results;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		require(results[ranges[i].key] >= ranges[i].min &&
			results[ranges[i].key] <= ranges[i].max);
	if (nego->now & BIT_ULL(KTGT_KEY_FIRST_BURST) &&
	    nego->stage == KTGT_TEXT_OPERATIONAL && !nego->discovery &&
	    results[KTGT_KEY_FIRST_BURST] != 65536)
		require(results[KTGT_KEY_FIRST_BURST] <=
			results[KTGT_KEY_MAX_BURST]);
}

/* The readers of single values, each with a buffer of just the right size. */
static void check_value(const struct ktgt_text_pair *pair, u8 size)
{
	const char *list = pair->value, *item;
	u32 len = pair->value_len, item_len, sum = 0, items = 0;
	char *name;
	u8 *data;
	u64 n;
	int ret;

	require(strlen(pair->value) == pair->value_len);
	while (ktgt_text_pop(&list, &len, &item, &item_len)) {
		sum += item_len;
		items++;
	}
	require(sum + items >= pair->value_len);
	ktgt_text_number(pair->value, pair->value_len, &n);

	data = malloc(size);
	ret = ktgt_text_decode(pair->value, pair->value_len, data, size);
	require(ret == -EINVAL || (ret > 0 && ret <= size));
	free(data);

	name = malloc(size + 1);
	ret = ktgt_text_name(pair->value, pair->value_len, name, size + 1);
	if (!ret)
		require(strlen(name) == pair->value_len);
	free(name);
}

/* What we write in hexadecimal we read again. */
static void check_hex(const char *text, u32 len)
{
	struct ktgt_text_out out = { .max = KTGT_TEXT_MAX };
	struct ktgt_text_pair pair;
	u8 data[256];
	u32 pos = 0;

	len = min_t(u32, len, sizeof(data));
	if (!len)
		return;
	ktgt_text_put_hex(&out, "K", (const u8 *)text, len);
	if (!out.err) {
		require(ktgt_text_next(out.data, out.len, &pos, &pair) == 1);
		require(ktgt_text_decode(pair.value, pair.value_len, data,
					 sizeof(data)) == (int)len);
		require(!memcmp(data, text, len));
	}
	ktgt_text_out_free(&out);
}

static void run(const char *text, u32 len, u8 stage)
{
	struct ktgt_text_out out = { .max = stage & 8 ? 64 : KTGT_TEXT_MAX };
	struct ktgt_text_pair pair;
	struct ktgt_text_nego nego;
	u16 status;
	u32 pos = 0;
	u64 once;

	ktgt_text_init(&nego, ours);
	nego.stage = 1 << stage % 3;
	nego.discovery = stage & 16;
	status = ktgt_text_parse(&nego, text, len);
	if (status) {
		require(status == 0x0200 || status == 0x0209);
		require(nego.why);
		return;
	}
	while (ktgt_text_next(text, len, &pos, &pair) > 0)
		check_value(&pair, stage);

	status = ktgt_text_answer(&nego, text, len, &out);
	require(!status == !out.err);
	if (!status)
		check_answers(text, len, &out);
	check_results(&nego);
	ktgt_text_out_free(&out);

	/* the same again is a repetition, which some keys may be in a login */
	once = nego.now;
	if (nego.stage != KTGT_TEXT_FFP)
		once &= ~may_repeat;
	status = ktgt_text_parse(&nego, text, len);
	require(status == (once ? 0x0200 : 0));
	require(nego.again == nego.now || once);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text;

	if (size < 2 || size > 70000)
		return 0;
	/* so that a byte read too far is found */
	text = malloc(size - 2);
	memcpy(text, data + 2, size - 2);
	shim_allocs = data[1] ? data[1] - 1 : U32_MAX;
	run(text, size - 2, data[0]);
	shim_allocs = U32_MAX;
	check_hex(text, size - 2);
	free(text);
	return 0;
}
