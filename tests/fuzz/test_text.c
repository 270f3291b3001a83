// SPDX-License-Identifier: GPL-2.0
/*
 * Table tests of kernel/iscsi/text.c, in TAP.
 */
#include "text_ours.h"

static unsigned int nr_tests, nr_failed;

static void ok(bool good, const char *what)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++nr_tests, what);
	nr_failed += !good;
}

/* literals carry the NUL of their last pair */
#define T(s)	s, sizeof(s)

struct nego_case {
	const char *what;
	u8 stage;
	bool discovery;
	const char *text;
	u32 len;
	u16 status;
	const char *answer;
	u32 answer_len;
};

#define SEC	KTGT_TEXT_SECURITY
#define OP	KTGT_TEXT_OPERATIONAL
#define FFP	KTGT_TEXT_FFP
#define NOTHING	NULL, 0

static const struct nego_case nego_cases[] = {
	{ "empty text", OP, 0, "", 0, 0, NOTHING },
	{ "minimum, ours", OP, 0, T("MaxBurstLength=16777215"), 0,
	  T("MaxBurstLength=1048576") },
	{ "minimum, theirs", OP, 0, T("MaxBurstLength=512"), 0,
	  T("MaxBurstLength=512") },
	{ "below the range", OP, 0, T("MaxBurstLength=511"), 0,
	  T("MaxBurstLength=Reject") },
	{ "above the range", OP, 0, T("MaxBurstLength=16777216"), 0,
	  T("MaxBurstLength=Reject") },
	{ "far above", OP, 0, T("MaxBurstLength=18446744073709552128"), 0,
	  T("MaxBurstLength=Reject") },
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
	{ "maximum", OP, 0, T("DefaultTime2Wait=3600"), 0,
	  T("DefaultTime2Wait=3600") },
	{ "OR, theirs", OP, 0, T("InitialR2T=Yes"), 0, T("InitialR2T=Yes") },
	{ "OR, none", OP, 0, T("InitialR2T=No"), 0, T("InitialR2T=No") },
	{ "OR, ours", OP, 0, T("DataPDUInOrder=No"), 0,
	  T("DataPDUInOrder=Yes") },
	{ "AND", OP, 0, T("ImmediateData=No"), 0, T("ImmediateData=No") },
	{ "case of a boolean", OP, 0, T("ImmediateData=yes"), 0,
	  T("ImmediateData=Reject") },
	{ "case of a key", OP, 0, T("immediateData=Yes"), 0,
	  T("immediateData=NotUnderstood") },
	{ "list, first that fits", OP, 0, T("HeaderDigest=X,CRC32C,None"), 0,
	  T("HeaderDigest=CRC32C") },
	{ "list, None first", OP, 0, T("HeaderDigest=None,CRC32C"), 0,
	  T("HeaderDigest=None") },
	{ "list, no fit", OP, 0, T("HeaderDigest=CRC32,MD5"), 0,
	  T("HeaderDigest=Reject") },
	{ "list, empty", OP, 0, T("DataDigest="), 0, T("DataDigest=Reject") },
	{ "list, commas", OP, 0, T("DataDigest=,,None"), 0,
	  T("DataDigest=None") },
	{ "declaration", OP, 0, T("MaxRecvDataSegmentLength=512"), 0,
	  NOTHING },
	{ "declaration out of range", OP, 0, T("MaxRecvDataSegmentLength=511"),
	  0, T("MaxRecvDataSegmentLength=Reject") },
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
	{ "irrelevant", OP, 1, T("MaxBurstLength=512\0HeaderDigest=None"), 0,
	  T("MaxBurstLength=Irrelevant\0HeaderDigest=None") },
	{ "irrelevant by a key behind", OP, 0,
	  T("MaxConnections=1\0SessionType=Discovery"), 0,
	  T("MaxConnections=Irrelevant") },
	{ "type of session", OP, 0, T("SessionType=discovery"), 0x0209,
	  NOTHING },
	{ "twice", OP, 0, T("InitialR2T=No\0InitialR2T=No"), 0x0200, NOTHING },
	{ "wrong stage", SEC, 0, T("InitialR2T=No"), 0x0200, NOTHING },
	{ "wrong stage, security", OP, 0, T("AuthMethod=None"), 0x0200,
	  NOTHING },
	{ "SendTargets in login", OP, 0, T("SendTargets=All"), 0x0200,
	  NOTHING },
	{ "unknown in security", SEC, 0, T("XCHAP_A=5"), 0,
	  T("XCHAP_A=NotUnderstood") },
	{ "login's key later", FFP, 0, T("InitialR2T=No\0SessionType=Foo"), 0,
	  T("InitialR2T=Reject\0SessionType=Reject") },
	{ "padding", OP, 0, T("InitialR2T=No\0\0\0"), 0, T("InitialR2T=No") },
	{ "too much padding", OP, 0, T("InitialR2T=No\0\0\0\0"), 0x0200,
	  NOTHING },
	{ "nothing between", OP, 0, T("InitialR2T=No\0\0ImmediateData=No"),
	  0x0200, NOTHING },
	{ "no end", OP, 0, "InitialR2T=No", 13, 0x0200, NOTHING },
	{ "no equal sign", OP, 0, T("InitialR2T"), 0x0200, NOTHING },
	{ "no key", OP, 0, T("=No"), 0x0200, NOTHING },
	{ "space in a key", OP, 0, T("Initial R2T=No"), 0x0200, NOTHING },
	{ "control character in a key", OP, 0, T("A\001=No"), 0x0200,
	  NOTHING },
	{ "no letter first", OP, 0, T("1A=No"), 0x0200, NOTHING },
};

static void test_nego(const struct nego_case *c)
{
	struct ktgt_text_out out = { .max = KTGT_TEXT_MAX };
	struct ktgt_text_nego nego;
	u16 status;

	ktgt_text_init(&nego, ours);
	nego.stage = c->stage;
	nego.discovery = c->discovery;
	status = ktgt_text_parse(&nego, c->text, c->len);
	if (!status)
		status = ktgt_text_answer(&nego, c->text, c->len, &out);
	ok(status == c->status && out.len == c->answer_len &&
	   (!out.len || !memcmp(out.data, c->answer, out.len)), c->what);
	if (status != c->status)
		printf("# status %04x, %s\n", status, nego.why ?: "no reason");
	else if (out.len)
		printf("# %.*s\n", (int)out.len, out.data);
	ktgt_text_out_free(&out);
}

struct decode_case {
	const char *value;
	u32 size;
	int len;
};

static const struct decode_case decode_cases[] = {
	{ "0x00ff", 2, 2 }, { "0X00FF", 16, 2 }, { "0x00ff", 1, -EINVAL },
	{ "0x0", 16, -EINVAL }, { "0x", 16, -EINVAL }, { "0xzz", 16, -EINVAL },
	{ "", 16, -EINVAL }, { "00ff", 16, -EINVAL }, { "0b", 16, -EINVAL },
	{ "0bAA==", 1, 1 }, { "0bAA", 1, 1 }, { "0BAAA=", 2, 2 },
	{ "0bAAAA", 3, 3 }, { "0bAAAA", 2, -EINVAL }, { "0bA", 3, -EINVAL },
	{ "0bAB==", 3, -EINVAL }, { "0bAA=", 3, -EINVAL },
	{ "0b=AAA", 3, -EINVAL }, { "0b====", 3, -EINVAL },
	{ "0bAA=A", 3, -EINVAL }, { "0b+/+/", 3, 3 }, { "0b-_-_", 3, -EINVAL },
};

static void test_decode(const struct decode_case *c)
{
	u8 *data = malloc(c->size);
	char what[64];

	snprintf(what, sizeof(what), "decode '%s' into %u", c->value, c->size);
	ok(ktgt_text_decode(c->value, strlen(c->value), data, c->size) ==
	   c->len, what);
	free(data);
}

static void test_base64(void)
{
	static const char value[] = "0bAAECAwQFBgcICQoLDA0ODw==";
	u8 data[16];
	bool good;
	int i;

	good = ktgt_text_decode(value, strlen(value), data, 16) == 16;
	for (i = 0; i < 16; i++)
		good &= data[i] == i;
	ok(good, "bytes of base64");
}

static void test_keys(void)
{
	struct ktgt_text_pair pair;
	char text[70];
	u32 len, pos;

	for (len = 62; len <= 65; len++) {
		memset(text, 'K', sizeof(text));
		memcpy(text + len, "=1", 3);
		pos = 0;
		ok((ktgt_text_next(text, len + 3, &pos, &pair) == 1) ==
		   (len <= KTGT_TEXT_KEY_MAX), "length of a key");
	}
}

static void test_names(void)
{
	char name[8];

	ok(!ktgt_text_name("IQN.a:b", 7, name, sizeof(name)) &&
	   !strcmp(name, "iqn.a:b"), "name in lower case");
	ok(ktgt_text_name("iqn.a:bc", 8, name, sizeof(name)) == -EINVAL,
	   "name too long");
	ok(ktgt_text_name("", 0, name, sizeof(name)) == -EINVAL, "empty name");
	ok(ktgt_text_name("i n", 3, name, sizeof(name)) == -EINVAL,
	   "name with a space");
	ok(ktgt_text_name("i\033n", 3, name, sizeof(name)) == -EINVAL,
	   "name with a control character");
	ok(ktgt_text_name("i\xc2\x9bn", 4, name, sizeof(name)) == -EINVAL,
	   "name with a control character beyond ASCII");
	ok(ktgt_text_name("h\xf6st", 4, name, sizeof(name)) == -EINVAL,
	   "name in Latin-1");
	ok(!ktgt_text_name("H\xc3\xb6st", 5, name, sizeof(name)) &&
	   !strcmp(name, "h\xc3\xb6st"), "name in UTF-8");
}

static void test_out(void)
{
	struct ktgt_text_out out = { .max = 12 };

	ktgt_text_put(&out, "Key", "v");
	ok(!out.err && out.len == 6, "text fits");
	ktgt_text_put(&out, "Key", "vv");
	ok(out.err == -EMSGSIZE && out.len <= 12, "text does not fit");
	ktgt_text_out_free(&out);

	shim_allocs = 0;
	ktgt_text_put(&out, "Key", "v");
	ok(out.err == -ENOMEM && !out.len, "no memory");
	ktgt_text_out_free(&out);
	shim_allocs = U32_MAX;
}

int main(void)
{
	unsigned int i;

	printf("TAP version 13\n");
	for (i = 0; i < ARRAY_SIZE(nego_cases); i++)
		test_nego(&nego_cases[i]);
	for (i = 0; i < ARRAY_SIZE(decode_cases); i++)
		test_decode(&decode_cases[i]);
	test_base64();
	test_keys();
	test_names();
	test_out();
	printf("1..%u\n", nr_tests);
	return !!nr_failed;
}
