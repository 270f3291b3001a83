// SPDX-License-Identifier: GPL-2.0
/*
 * Text keys: what is parsed, what is answered, what is agreed upon.
 */
#include "../iscsi/text.c"

#include <kunit/test.h>

/* literals carry the NUL of their last pair */
#define T(s)		s, sizeof(s)
#define NOTHING		NULL, 0

#define SEC		KTGT_TEXT_SECURITY
#define OP		KTGT_TEXT_OPERATIONAL
#define FFP		KTGT_TEXT_FFP

#define INIT_ERR	0x0200		/* RFC 7143, 11.13.5 */
#define NO_TYPE		0x0209

static const u32 test_ours[KTGT_NR_KEYS] = {
	[KTGT_KEY_MAX_CONNECTIONS] = 1,
	[KTGT_KEY_IMMEDIATE_DATA] = true,
	[KTGT_KEY_MAX_BURST] = 1048576,
	[KTGT_KEY_FIRST_BURST] = 262144,
	[KTGT_KEY_TIME2WAIT] = 2,
	[KTGT_KEY_TIME2RETAIN] = 0,
	[KTGT_KEY_MAX_R2T] = 8,
	[KTGT_KEY_DATA_PDU_IN_ORDER] = true,
	[KTGT_KEY_DATA_SEQUENCE_IN_ORDER] = true,
	[KTGT_KEY_PROTOCOL_LEVEL] = 2,
};

/**
 * struct text_test - what a test works on
 * @nego: a negotiation
 * @out: the answers to it
 */
struct text_test {
	struct ktgt_text_nego	nego;
	struct ktgt_text_out	out;
};

static int text_test_init(struct kunit *test)
{
	struct text_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	t->out.max = KTGT_TEXT_MAX;
	ktgt_text_init(&t->nego, test_ours);
	t->nego.stage = OP;
	test->priv = t;
	return 0;
}

static void text_test_exit(struct kunit *test)
{
	struct text_test *t = test->priv;

	if (t)
		ktgt_text_out_free(&t->out);
}

static u16 text_test_run(struct text_test *t, const char *text, u32 len)
{
	u16 status = ktgt_text_parse(&t->nego, text, len);

	return status ?: ktgt_text_answer(&t->nego, text, len, &t->out);
}

/**
 * struct nego_case - a request, and the answer to it
 * @what: its name
 * @stage: enum ktgt_text_stage
 * @discovery: SessionType=Discovery was said before
 * @text: the request
 * @len: bytes of it
 * @status: login status
 * @answer: the answer, if @status is zero
 * @answer_len: bytes of it
 */
struct nego_case {
	const char	*what;
	u8		stage;
	bool		discovery;
	const char	*text;
	u32		len;
	u16		status;
	const char	*answer;
	u32		answer_len;
};

static const struct nego_case nego_cases[] = {
	{ "empty text", OP, 0, "", 0, 0, NOTHING },
	{ "minimum, ours", OP, 0, T("MaxBurstLength=16777215"), 0,
	  T("MaxBurstLength=1048576") },
	{ "minimum, theirs", OP, 0, T("MaxBurstLength=512"), 0,
	  T("MaxBurstLength=512") },
	{ "far above the range", OP, 0,
	  T("MaxBurstLength=18446744073709552128"), 0,
	  T("MaxBurstLength=Reject") },
	{ "2^32 and a number in the range", OP, 0,
	  T("MaxBurstLength=4294967808"), 0, T("MaxBurstLength=Reject") },
	{ "hexadecimal", OP, 0, T("MaxBurstLength=0X1000"), 0,
	  T("MaxBurstLength=4096") },
	{ "empty number", OP, 0, T("MaxBurstLength="), 0,
	  T("MaxBurstLength=Reject") },
	{ "prefix alone", OP, 0, T("MaxBurstLength=0x"), 0,
	  T("MaxBurstLength=Reject") },
	{ "sign", OP, 0, T("MaxBurstLength=-512"), 0,
	  T("MaxBurstLength=Reject") },
	{ "space", OP, 0, T("MaxBurstLength= 512"), 0,
	  T("MaxBurstLength=Reject") },
	{ "several numbers", OP, 0, T("MaxBurstLength=512,1024"), 0,
	  T("MaxBurstLength=Reject") },
	{ "maximum, theirs", OP, 0, T("DefaultTime2Wait=3600"), 0,
	  T("DefaultTime2Wait=3600") },
	{ "maximum, ours", OP, 0, T("DefaultTime2Wait=0"), 0,
	  T("DefaultTime2Wait=2") },
	{ "case of a boolean", OP, 0, T("ImmediateData=yes"), 0,
	  T("ImmediateData=Reject") },
	{ "number for a boolean", OP, 0, T("ImmediateData=1"), 0,
	  T("ImmediateData=Reject") },
	{ "case of a key", OP, 0, T("immediateData=Yes"), 0,
	  T("immediateData=NotUnderstood") },
	{ "list, first that fits", OP, 0, T("HeaderDigest=X,CRC32C,None"), 0,
	  T("HeaderDigest=CRC32C") },
	{ "list, None first", OP, 0, T("HeaderDigest=None,CRC32C"), 0,
	  T("HeaderDigest=None") },
	{ "list, no fit", OP, 0, T("HeaderDigest=CRC32,MD5"), 0,
	  T("HeaderDigest=Reject") },
	{ "list, beginning of a word", OP, 0, T("HeaderDigest=CRC32Cx"), 0,
	  T("HeaderDigest=Reject") },
	{ "list, empty", OP, 0, T("DataDigest="), 0, T("DataDigest=Reject") },
	{ "list, commas", OP, 0, T("DataDigest=,,None"), 0,
	  T("DataDigest=None") },
	{ "task reporting", OP, 0, T("TaskReporting=FastAbort,RFC3720"), 0,
	  T("TaskReporting=RFC3720") },
	{ "task reporting, no fit", OP, 0,
	  T("TaskReporting=ResponseFence,FastAbort"), 0,
	  T("TaskReporting=Reject") },
	{ "declaration", OP, 0, T("MaxRecvDataSegmentLength=512"), 0,
	  NOTHING },
	{ "obsolete", OP, 0, T("IFMarker=Yes\0OFMarkInt=1~2"), 0,
	  T("IFMarker=No\0OFMarkInt=Reject") },
	{ "target's own", OP, 0, T("TargetPortalGroupTag=1"), 0,
	  T("TargetPortalGroupTag=Reject") },
	{ "answer to a declaration", OP, 0,
	  T("TargetPortalGroupTag=NotUnderstood"), 0, NOTHING },
	{ "protocol level", OP, 0, T("iSCSIProtocolLevel=2"), 0,
	  T("iSCSIProtocolLevel=2") },
	{ "protocol level, lower", OP, 0, T("iSCSIProtocolLevel=1"), 0,
	  T("iSCSIProtocolLevel=1") },
	{ "protocol level, higher", OP, 0, T("iSCSIProtocolLevel=3"), 0,
	  T("iSCSIProtocolLevel=2") },
	{ "registered extension", OP, 0, T("X#NodeArchitecture=z"), 0,
	  T("X#NodeArchitecture=NotUnderstood") },
	{ "first burst behind burst", OP, 0,
	  T("MaxBurstLength=4096\0FirstBurstLength=65536"), 0,
	  T("MaxBurstLength=4096\0FirstBurstLength=4096") },
	{ "first burst before burst", OP, 0,
	  T("FirstBurstLength=65536\0MaxBurstLength=4096"), 0,
	  T("MaxBurstLength=4096\0FirstBurstLength=4096") },
	{ "first burst alone", OP, 0, T("FirstBurstLength=1048576"), 0,
	  T("FirstBurstLength=262144") },
	{ "irrelevant", OP, 1, T("MaxBurstLength=512\0HeaderDigest=None"), 0,
	  T("MaxBurstLength=Irrelevant\0HeaderDigest=None") },
	{ "irrelevant by a key behind", OP, 0,
	  T("MaxConnections=1\0SessionType=Discovery"), 0,
	  T("MaxConnections=Irrelevant") },
	{ "normal session", OP, 0, T("SessionType=Normal"), 0, NOTHING },
	{ "type of session", OP, 0, T("SessionType=discovery"), NO_TYPE,
	  NOTHING },
	{ "twice", OP, 0, T("InitialR2T=No\0InitialR2T=No"), INIT_ERR,
	  NOTHING },
	{ "wrong stage", SEC, 0, T("InitialR2T=No"), INIT_ERR, NOTHING },
	{ "wrong stage, security", OP, 0, T("AuthMethod=None"), INIT_ERR,
	  NOTHING },
	{ "SendTargets in login", OP, 0, T("SendTargets=All"), INIT_ERR,
	  NOTHING },
	{ "unknown in security", SEC, 0, T("XCHAP_A=5"), 0,
	  T("XCHAP_A=NotUnderstood") },
	{ "login's key later", FFP, 0, T("InitialR2T=No\0SessionType=Foo"), 0,
	  T("InitialR2T=Reject\0SessionType=Reject") },
	{ "declaration later", FFP, 0, T("MaxRecvDataSegmentLength=512"), 0,
	  NOTHING },
	{ "padding", OP, 0, T("InitialR2T=No\0\0\0"), 0, T("InitialR2T=No") },
	{ "too much padding", OP, 0, T("InitialR2T=No\0\0\0\0"), INIT_ERR,
	  NOTHING },
	{ "nothing between", OP, 0, T("InitialR2T=No\0\0ImmediateData=No"),
	  INIT_ERR, NOTHING },
	{ "no end", OP, 0, "InitialR2T=No", 13, INIT_ERR, NOTHING },
	{ "no equal sign", OP, 0, T("InitialR2T"), INIT_ERR, NOTHING },
	{ "no key", OP, 0, T("=No"), INIT_ERR, NOTHING },
	{ "space in a key", OP, 0, T("Initial R2T=No"), INIT_ERR, NOTHING },
	{ "control character in a key", OP, 0, T("A\001=No"), INIT_ERR,
	  NOTHING },
	{ "no letter first", OP, 0, T("1A=No"), INIT_ERR, NOTHING },
};
KUNIT_ARRAY_PARAM_DESC(nego, nego_cases, what);

static void nego(struct kunit *test)
{
	const struct nego_case *c = test->param_value;
	struct text_test *t = test->priv;
	u16 status;

	t->nego.stage = c->stage;
	t->nego.discovery = c->discovery;
	status = text_test_run(t, c->text, c->len);
	KUNIT_EXPECT_EQ_MSG(test, status, c->status, "%s", t->nego.why);
	KUNIT_EXPECT_EQ(test, !status, !t->nego.why);
	KUNIT_ASSERT_EQ(test, t->out.len, c->answer_len);
	if (c->answer_len)
		KUNIT_EXPECT_MEMEQ(test, t->out.data, c->answer,
				   c->answer_len);
}

/**
 * struct number_case - a numerical key as RFC 7143, 13 describes it
 * @name: its name
 * @key: enum ktgt_text_key
 * @min: least number
 * @max: greatest number
 * @start: default
 */
struct number_case {
	const char		*name;
	enum ktgt_text_key	key;
	u32			min;
	u32			max;
	u32			start;
};

static const struct number_case number_cases[] = {
	{ "MaxConnections", KTGT_KEY_MAX_CONNECTIONS, 1, 65535, 1 },
	{ "MaxRecvDataSegmentLength", KTGT_KEY_MAX_RECV_DSL, 512, 16777215,
	  8192 },
	{ "MaxBurstLength", KTGT_KEY_MAX_BURST, 512, 16777215, 262144 },
	{ "FirstBurstLength", KTGT_KEY_FIRST_BURST, 512, 16777215, 65536 },
	{ "DefaultTime2Wait", KTGT_KEY_TIME2WAIT, 0, 3600, 2 },
	{ "DefaultTime2Retain", KTGT_KEY_TIME2RETAIN, 0, 3600, 20 },
	{ "MaxOutstandingR2T", KTGT_KEY_MAX_R2T, 1, 65535, 1 },
	{ "ErrorRecoveryLevel", KTGT_KEY_ERROR_RECOVERY_LEVEL, 0, 2, 0 },
	{ "iSCSIProtocolLevel", KTGT_KEY_PROTOCOL_LEVEL, 0, 31, 1 },
};
KUNIT_ARRAY_PARAM_DESC(number, number_cases, name);

/* Whether @number is refused, and the default left in force. */
static void number_offer(struct kunit *test, u64 number, bool good)
{
	const struct number_case *c = test->param_value;
	struct text_test *t = test->priv;
	char text[64], reject[64];
	int len;

	ktgt_text_init(&t->nego, test_ours);
	t->nego.stage = OP;
	ktgt_text_out_free(&t->out);
	len = snprintf(text, sizeof(text), "%s=%llu", c->name, number) + 1;
	snprintf(reject, sizeof(reject), "%s=Reject", c->name);
	KUNIT_ASSERT_EQ(test, text_test_run(t, text, len), 0);
	if (good) {
		if (t->out.len)
			KUNIT_EXPECT_STRNEQ(test, t->out.data, reject);
		return;
	}
	KUNIT_EXPECT_EQ(test, t->nego.results[c->key], c->start);
	KUNIT_ASSERT_NE(test, t->out.len, 0);
	KUNIT_EXPECT_STREQ(test, t->out.data, reject);
}

static void number(struct kunit *test)
{
	const struct number_case *c = test->param_value;
	struct text_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->nego.results[c->key], c->start);
	if (c->min)
		number_offer(test, c->min - 1, false);
	number_offer(test, c->min, true);
	number_offer(test, c->max, true);
	number_offer(test, (u64)c->max + 1, false);
}

/**
 * struct boolean_case - one combination of a boolean key
 * @what: its name
 * @key: enum ktgt_text_key
 * @name: name of the key
 * @ours: what the target says
 * @theirs: what the initiator says
 * @result: the outcome
 */
struct boolean_case {
	const char		*what;
	enum ktgt_text_key	key;
	const char		*name;
	bool			ours;
	bool			theirs;
	bool			result;
};

#define AND(ours, theirs, result)					\
	{ "ImmediateData, " #ours " and " #theirs,			\
	  KTGT_KEY_IMMEDIATE_DATA, "ImmediateData", ours, theirs, result }
#define OR(ours, theirs, result)					\
	{ "InitialR2T, " #ours " or " #theirs,				\
	  KTGT_KEY_INITIAL_R2T, "InitialR2T", ours, theirs, result }

static const struct boolean_case boolean_cases[] = {
	AND(0, 0, 0), AND(0, 1, 0), AND(1, 0, 0), AND(1, 1, 1),
	OR(0, 0, 0), OR(0, 1, 1), OR(1, 0, 1), OR(1, 1, 1),
};
KUNIT_ARRAY_PARAM_DESC(boolean, boolean_cases, what);

static void boolean(struct kunit *test)
{
	const struct boolean_case *c = test->param_value;
	u32 ours[KTGT_NR_KEYS] = { [0] = 0 };
	struct text_test *t = test->priv;
	char text[32];
	int len;

	ours[c->key] = c->ours;
	t->nego.ours = ours;
	KUNIT_EXPECT_EQ(test, t->nego.results[c->key], 1);
	len = snprintf(text, sizeof(text), "%s=%s", c->name,
		       c->theirs ? "Yes" : "No") + 1;
	KUNIT_ASSERT_EQ(test, text_test_run(t, text, len), 0);
	KUNIT_EXPECT_EQ(test, t->nego.results[c->key], c->result);
	snprintf(text, sizeof(text), "%s=%s", c->name,
		 c->result ? "Yes" : "No");
	KUNIT_ASSERT_NE(test, t->out.len, 0);
	KUNIT_EXPECT_STREQ(test, t->out.data, text);
}

/**
 * struct list_case - what of a list is accepted
 * @offer: the initiator's
 * @barred: bits of the values that the target does not accept
 * @answer: None, CRC32C or Reject
 * @result: index of the value in force
 */
struct list_case {
	const char	*offer;
	u32		barred;
	const char	*answer;
	u32		result;
};

static const struct list_case list_cases[] = {
	{ "None,CRC32C", 0, "None", 0 },
	{ "CRC32C,None", 0, "CRC32C", 1 },
	{ "None,CRC32C", BIT(0), "CRC32C", 1 },
	{ "CRC32C,None", BIT(1), "None", 0 },
	{ "None", BIT(0), "Reject", 0 },
	{ "CRC32C", BIT(1), "Reject", 0 },
	{ "MD5,None,CRC32C", BIT(0), "CRC32C", 1 },
};
KUNIT_ARRAY_PARAM_DESC(list, list_cases, offer);

static void list(struct kunit *test)
{
	const struct list_case *c = test->param_value;
	u32 ours[KTGT_NR_KEYS] = { [KTGT_KEY_DATA_DIGEST] = c->barred };
	struct text_test *t = test->priv;
	char text[48];
	int len;

	t->nego.ours = ours;
	len = snprintf(text, sizeof(text), "DataDigest=%s", c->offer) + 1;
	KUNIT_ASSERT_EQ(test, text_test_run(t, text, len), 0);
	KUNIT_EXPECT_EQ(test, t->nego.results[KTGT_KEY_DATA_DIGEST], c->result);
	snprintf(text, sizeof(text), "DataDigest=%s", c->answer);
	KUNIT_ASSERT_NE(test, t->out.len, 0);
	KUNIT_EXPECT_STREQ(test, t->out.data, text);
}

/**
 * struct decode_case - a large binary value
 * @value: coded
 * @size: room for it
 * @len: bytes that come out, or -EINVAL
 * @data: those
 */
struct decode_case {
	const char	*value;
	u32		size;
	int		len;
	const char	*data;
};

static const struct decode_case decode_cases[] = {
	{ "0x00ff", 2, 2, "\x00\xff" },
	{ "0X00FF", 16, 2, "\x00\xff" },
	{ "0xaBcD", 16, 2, "\xab\xcd" },
	{ "0x00ff", 1, -EINVAL },
	{ "0x0", 16, -EINVAL },
	{ "0x", 16, -EINVAL },
	{ "0xzz", 16, -EINVAL },
	{ "", 16, -EINVAL },
	{ "0", 16, -EINVAL },
	{ "00ff", 16, -EINVAL },
	{ "0b", 16, -EINVAL },
	{ "0bAA==", 1, 1, "\x00" },
	{ "0bAA", 1, 1, "\x00" },
	{ "0BAAA=", 2, 2, "\x00\x00" },
	{ "0bAAAA", 3, 3, "\x00\x00\x00" },
	{ "0bTWFu", 3, 3, "Man" },
	{ "0bTWE=", 3, 2, "Ma" },
	{ "0bTQ==", 3, 1, "M" },
	{ "0b+/+/", 3, 3, "\xfb\xff\xbf" },
	{ "0bAAAA", 2, -EINVAL },
	{ "0bA", 3, -EINVAL },
	{ "0bAB==", 3, -EINVAL },
	{ "0bAA=", 3, -EINVAL },
	{ "0b=AAA", 3, -EINVAL },
	{ "0b====", 3, -EINVAL },
	{ "0bAA=A", 3, -EINVAL },
	{ "0b-_-_", 3, -EINVAL },
	{ "0bAAECAwQFBgcICQoLDA0ODw==", 16, 16,
	  "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f" },
};

static void decode_desc(const struct decode_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s' into %u", c->value,
		 c->size);
}

KUNIT_ARRAY_PARAM(decode, decode_cases, decode_desc);

/* In memory of the exact size, for KASAN to see what goes beyond. */
static void decode(struct kunit *test)
{
	const struct decode_case *c = test->param_value;
	u32 len = strlen(c->value);
	u8 *data = kunit_kmalloc(test, c->size, GFP_KERNEL);
	char *value = kunit_kmalloc(test, len ?: 1, GFP_KERNEL);
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_ASSERT_NOT_NULL(test, value);
	memcpy(value, c->value, len);
	ret = ktgt_text_decode(value, len, data, c->size);
	KUNIT_ASSERT_EQ(test, ret, c->len);
	if (ret > 0)
		KUNIT_EXPECT_MEMEQ(test, data, c->data, ret);
}

/**
 * struct int_case - a numerical value
 * @value: as text
 * @ret: what ktgt_text_number() returns
 * @number: the number
 */
struct int_case {
	const char	*value;
	int		ret;
	u64		number;
};

static const struct int_case int_cases[] = {
	{ "0", 0, 0 },
	{ "0x0", 0, 0 },
	{ "007", 0, 7 },
	{ "65535", 0, 65535 },
	{ "0xffff", 0, 65535 },
	{ "0XfFfF", 0, 65535 },
	{ "4294967296", 0, 1ULL << 32 },
	{ "0xffffffffffffffff", 0, U64_MAX },
	{ "0x10000000000000000", -EINVAL },
	{ "18446744073709551616", -EINVAL },
	{ "", -EINVAL },
	{ "x", -EINVAL },
	{ "0x", -EINVAL },
	{ "0xg", -EINVAL },
	{ "1a", -EINVAL },
	{ "1 ", -EINVAL },
	{ "+1", -EINVAL },
};

static void int_desc(const struct int_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->value);
}

KUNIT_ARRAY_PARAM(int, int_cases, int_desc);

static void integer(struct kunit *test)
{
	const struct int_case *c = test->param_value;
	u64 n = 0;

	KUNIT_EXPECT_EQ(test, ktgt_text_number(c->value, strlen(c->value), &n),
			c->ret);
	KUNIT_EXPECT_EQ(test, n, c->number);
}

static void key_length(struct kunit *test)
{
	struct ktgt_text_pair pair;
	char text[70];
	u32 len, pos;

	for (len = 62; len <= 65; len++) {
		memset(text, 'K', sizeof(text));
		memcpy(text + len, "=1", 3);
		pos = 0;
		KUNIT_EXPECT_EQ(test,
				ktgt_text_next(text, len + 3, &pos, &pair),
				len <= 63 ? 1 : -EINVAL);
	}
}

static void pairs(struct kunit *test)
{
	static const char text[] = "A=1\0Key.b-c=x=y,z\0D=";
	struct ktgt_text_pair pair;
	u32 pos = 0;

	KUNIT_ASSERT_EQ(test, ktgt_text_next(text, sizeof(text), &pos, &pair),
			1);
	KUNIT_EXPECT_TRUE(test, ktgt_text_is(pair.key, pair.key_len, "A"));
	KUNIT_EXPECT_STREQ(test, pair.value, "1");
	KUNIT_ASSERT_EQ(test, ktgt_text_next(text, sizeof(text), &pos, &pair),
			1);
	KUNIT_EXPECT_TRUE(test,
			  ktgt_text_is(pair.key, pair.key_len, "Key.b-c"));
	KUNIT_EXPECT_STREQ(test, pair.value, "x=y,z");
	KUNIT_EXPECT_EQ(test, pair.value_len, 5);
	KUNIT_ASSERT_EQ(test, ktgt_text_next(text, sizeof(text), &pos, &pair),
			1);
	KUNIT_EXPECT_EQ(test, pair.value_len, 0);
	KUNIT_EXPECT_EQ(test, ktgt_text_next(text, sizeof(text), &pos, &pair),
			0);
}

static void keys_of_request(struct kunit *test)
{
	static const char first[] = "InitiatorName=iqn.a:b";
	static const char second[] = "TargetName=iqn.a:c";
	struct text_test *t = test->priv;
	const struct ktgt_text_pair *pair;

	KUNIT_ASSERT_EQ(test, text_test_run(t, first, sizeof(first)), 0);
	pair = ktgt_text_get(&t->nego, KTGT_KEY_INITIATOR_NAME);
	KUNIT_ASSERT_NOT_NULL(test, pair);
	KUNIT_EXPECT_STREQ(test, pair->value, "iqn.a:b");
	KUNIT_EXPECT_NULL(test, ktgt_text_get(&t->nego, KTGT_KEY_TARGET_NAME));

	/* what the request before had is gone, but not forgotten */
	KUNIT_ASSERT_EQ(test, text_test_run(t, second, sizeof(second)), 0);
	KUNIT_EXPECT_NULL(test,
			  ktgt_text_get(&t->nego, KTGT_KEY_INITIATOR_NAME));
	KUNIT_EXPECT_EQ(test, t->nego.again, 0);
}

/**
 * struct again_case - a key that comes in two requests of a login
 * @text: its first request, and the second, too
 * @len: bytes of it
 * @status: login status of the second one
 */
struct again_case {
	const char	*text;
	u32		len;
	u16		status;
};

static const struct again_case again_cases[] = {
	{ T("InitiatorName=iqn.a:b"), 0 },
	{ T("InitiatorAlias=a"), 0 },
	{ T("TargetName=iqn.a:c"), 0 },
	{ T("SessionType=Normal"), 0 },
	{ T("SessionType=Discovery"), 0 },
	{ T("TargetName=iqn.a:c\0SessionType=Normal"), 0 },
	{ T("MaxBurstLength=512"), INIT_ERR },
	{ T("HeaderDigest=None"), INIT_ERR },
	{ T("TargetAlias=Reject"), INIT_ERR },
	{ T("InitiatorName=iqn.a:b\0ImmediateData=No"), INIT_ERR },
};
KUNIT_ARRAY_PARAM_DESC(again, again_cases, text);

static void again(struct kunit *test)
{
	const struct again_case *c = test->param_value;
	struct text_test *t = test->priv;

	t->nego.stage = OP;
	KUNIT_ASSERT_EQ(test, text_test_run(t, c->text, c->len), 0);
	KUNIT_EXPECT_EQ(test, t->nego.again, 0);
	KUNIT_EXPECT_EQ(test, text_test_run(t, c->text, c->len), c->status);
	if (!c->status)
		KUNIT_EXPECT_EQ(test, t->nego.again, t->nego.now);
}

static void again_at_once(struct kunit *test)
{
	static const char text[] = "TargetName=iqn.a:c\0TargetName=iqn.a:c";
	struct text_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, text_test_run(t, text, sizeof(text)), INIT_ERR);
}

static void again_after_login(struct kunit *test)
{
	static const char text[] = "InitiatorAlias=a";
	struct text_test *t = test->priv;

	t->nego.stage = FFP;
	KUNIT_ASSERT_EQ(test, text_test_run(t, text, sizeof(text)), 0);
	KUNIT_EXPECT_EQ(test, text_test_run(t, text, sizeof(text)), INIT_ERR);
}

static void another_type(struct kunit *test)
{
	static const char first[] = "SessionType=Normal";
	static const char second[] = "SessionType=Discovery";
	struct text_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, text_test_run(t, first, sizeof(first)), 0);
	KUNIT_EXPECT_EQ(test, text_test_run(t, second, sizeof(second)),
			INIT_ERR);
	KUNIT_EXPECT_FALSE(test, t->nego.discovery);
	KUNIT_EXPECT_STREQ(test, t->nego.bad, "SessionType");
}

static void names(struct kunit *test)
{
	char name[8];

	KUNIT_EXPECT_EQ(test, ktgt_text_name("IQN.a:b", 7, name, 8), 0);
	KUNIT_EXPECT_STREQ(test, name, "iqn.a:b");
	KUNIT_EXPECT_EQ(test, ktgt_text_name("iqn.a:bc", 8, name, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, ktgt_text_name("", 0, name, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, ktgt_text_name("i n", 3, name, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, ktgt_text_name("i\033n", 3, name, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, ktgt_text_name("\xc3\xa4", 2, name, 8), 0);
	/* C1, in UTF-8 and as one byte, and a letter of Latin-1 */
	KUNIT_EXPECT_EQ(test, ktgt_text_name("i\xc2\x9bn", 4, name, 8),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ktgt_text_name("i\x9bn", 3, name, 8), -EINVAL);
	KUNIT_EXPECT_EQ(test, ktgt_text_name("h\xf6st", 4, name, 8), -EINVAL);
	KUNIT_EXPECT_MEMEQ(test, name, "\xc3\xa4\0\0\0\0\0\0", 8);
}

static void output_limit(struct kunit *test)
{
	struct text_test *t = test->priv;

	t->out.max = 12;
	ktgt_text_put(&t->out, "Key", "v");
	KUNIT_EXPECT_EQ(test, t->out.err, 0);
	KUNIT_EXPECT_EQ(test, t->out.len, 6);
	ktgt_text_put(&t->out, "Key", "vv");
	KUNIT_EXPECT_EQ(test, t->out.err, -EMSGSIZE);
	KUNIT_EXPECT_LE(test, t->out.len, 12);
}

static void output_grows(struct kunit *test)
{
	struct text_test *t = test->priv;
	u32 i;

	for (i = 0; i < 5000; i++)
		ktgt_text_put_number(&t->out, "K", U32_MAX);
	KUNIT_ASSERT_EQ(test, t->out.err, 0);
	KUNIT_ASSERT_EQ(test, t->out.len, 5000 * 13);
	for (i = 0; i < 5000; i++)
		if (memcmp(t->out.data + i * 13, "K=4294967295", 13))
			break;
	KUNIT_EXPECT_EQ(test, i, 5000);
}

static void too_many_answers(struct kunit *test)
{
	static const char text[] = "Xa=1\0Xb=2\0Xc=3";
	struct text_test *t = test->priv;

	t->out.max = 40;
	KUNIT_EXPECT_EQ(test, text_test_run(t, text, sizeof(text)), INIT_ERR);
	KUNIT_EXPECT_LE(test, t->out.len, 40);
}

static struct kunit_case text_cases[] = {
	KUNIT_CASE_PARAM(nego, nego_gen_params),
	KUNIT_CASE_PARAM(number, number_gen_params),
	KUNIT_CASE_PARAM(boolean, boolean_gen_params),
	KUNIT_CASE_PARAM(list, list_gen_params),
	KUNIT_CASE_PARAM(decode, decode_gen_params),
	KUNIT_CASE_PARAM(integer, int_gen_params),
	KUNIT_CASE(key_length),
	KUNIT_CASE(pairs),
	KUNIT_CASE(keys_of_request),
	KUNIT_CASE_PARAM(again, again_gen_params),
	KUNIT_CASE(again_at_once),
	KUNIT_CASE(again_after_login),
	KUNIT_CASE(another_type),
	KUNIT_CASE(names),
	KUNIT_CASE(output_limit),
	KUNIT_CASE(output_grows),
	KUNIT_CASE(too_many_answers),
	{}
};

static struct kunit_suite text_suite = {
	.name = "ktgt_text",
	.init = text_test_init,
	.exit = text_test_exit,
	.test_cases = text_cases,
};
kunit_test_suite(text_suite);
