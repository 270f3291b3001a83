// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP: the choice of an algorithm, digests of all of them, and who is refused.
 */
#include "../iscsi/chap.c"

#include <kunit/test.h>

#include "../iscsi/login_auth.h"

#define TEST_ID		0x27
#define TEXT_SIZE	4096

/**
 * struct chap_test - what a test works on
 * @chap: an exchange
 * @out: what the target says
 * @account: who proves himself
 * @text: room for a value
 */
struct chap_test {
	struct ktgt_chap		*chap;
	struct ktgt_text_out		out;
	struct ktgt_chap_account	account;
	char				text[TEXT_SIZE];
};

static int chap_test_init(struct kunit *test)
{
	struct chap_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->out.max = KTGT_TEXT_MAX;
	strscpy(t->account.user, "user", sizeof(t->account.user));
	strscpy(t->account.secret, "secretsecret12",
		sizeof(t->account.secret));
	t->chap = ktgt_chap_alloc();
	return t->chap ? 0 : -ENOMEM;
}

static void chap_test_exit(struct kunit *test)
{
	struct chap_test *t = test->priv;

	if (!t)
		return;
	ktgt_chap_free(t->chap);
	ktgt_text_out_free(&t->out);
}

static struct ktgt_text_pair chap_value(const char *value)
{
	return (struct ktgt_text_pair) {
		.value = value,
		.value_len = strlen(value),
	};
}

static int chap_test_start(struct chap_test *t, const char *offer)
{
	struct ktgt_text_pair a = chap_value(offer);

	return ktgt_chap_start(t->chap, &a, KTGT_CHAP_ALL, &t->out);
}

/* @data in hexadecimal, into &chap_test.text */
static struct ktgt_text_pair chap_hex(struct chap_test *t, const u8 *data,
				      u32 len)
{
	char *p = t->text;
	u32 i;

	p += sprintf(p, "0x");
	for (i = 0; i < len; i++)
		p += sprintf(p, "%02x", data[i]);
	return chap_value(t->text);
}

/* The same in base64; what it needs no padding for. */
static struct ktgt_text_pair chap_base64(struct chap_test *t, const u8 *data,
					 u32 len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	u32 bits = 0, acc = 0, i;
	char *p = t->text;

	p += sprintf(p, "0b");
	for (i = 0; i < len; i++) {
		acc = acc << 8 | data[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*p++ = digits[acc >> (bits - 6) & 63];
	}
	if (bits)
		*p++ = digits[acc << (6 - bits) & 63];
	*p = '\0';
	return chap_value(t->text);
}

/**
 * struct offer_case - a CHAP_A
 * @offer: what the initiator offers
 * @ret: what ktgt_chap_start() returns
 * @number: algorithm that is chosen
 */
struct offer_case {
	const char	*offer;
	int		ret;
	u8		number;
};

static const struct offer_case offer_cases[] = {
	{ "5", 0, 5 },
	{ "6", 0, 6 },
	{ "7", 0, 7 },
	{ "8", 0, 8 },
	{ "7,5", 0, 7 },
	{ "5,7", 0, 5 },
	{ "8,7,6,5", 0, 8 },
	{ "9,200,6", 0, 6 },
	{ "0x7", 0, 7 },
	{ "05", 0, 5 },
	{ "5,x", 0, 5 },
	{ "", -ENOENT },
	{ "0", -ENOENT },
	{ "4", -ENOENT },
	{ "261", -ENOENT },
	{ "4294967301", -ENOENT },
	{ "1,2,3,4,9", -ENOENT },
	{ "x", -EINVAL },
	{ ",5", -EINVAL },
	{ "5 ", -EINVAL },
	{ "9,,5", -EINVAL },
	{ "md5", -EINVAL },
};

static void offer_desc(const struct offer_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s'", c->offer);
}

KUNIT_ARRAY_PARAM(offer, offer_cases, offer_desc);

static void offer(struct kunit *test)
{
	const struct offer_case *c = test->param_value;
	struct chap_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, chap_test_start(t, c->offer), c->ret);
	if (c->ret) {
		KUNIT_EXPECT_EQ(test, t->out.len, 0);
		return;
	}
	KUNIT_EXPECT_EQ(test, t->chap->alg->number, c->number);
	snprintf(t->text, TEXT_SIZE, "CHAP_A=%u", c->number);
	KUNIT_ASSERT_NE(test, t->out.len, 0);
	KUNIT_EXPECT_STREQ(test, t->out.data, t->text);
}

#define MD5	KTGT_CHAP_ALGORITHM_MD5
#define SHA1	KTGT_CHAP_ALGORITHM_SHA1
#define SHA256	KTGT_CHAP_ALGORITHM_SHA256

/**
 * struct allowed_case - a CHAP_A, and what it may have
 * @offer: what the initiator offers
 * @allowed: algorithms that it may use
 * @ret: what ktgt_chap_start() returns
 * @number: algorithm that is chosen
 */
struct allowed_case {
	const char	*offer;
	u32		allowed;
	int		ret;
	u8		number;
};

static const struct allowed_case allowed_cases[] = {
	{ "5", MD5, 0, 5 },
	{ "5,7", SHA256, 0, 7 },
	{ "5,7,6", SHA1 | SHA256, 0, 7 },
	{ "6,7", MD5 | SHA1, 0, 6 },
	{ "5", SHA256, -EPERM, 0 },
	{ "5,5,6", SHA256, -EPERM, 0 },
	{ "9,5", SHA256, -EPERM, 0 },
	{ "5,9", SHA256, -EPERM, 0 },
	{ "9", SHA256, -ENOENT, 0 },
	{ "5,x", SHA256, -EINVAL, 0 },
};

static void allowed_desc(const struct allowed_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "'%s' of %x", c->offer,
		 c->allowed);
}

KUNIT_ARRAY_PARAM(allowed, allowed_cases, allowed_desc);

static void allowed(struct kunit *test)
{
	const struct allowed_case *c = test->param_value;
	struct ktgt_text_pair a = chap_value(c->offer);
	struct chap_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, ktgt_chap_start(t->chap, &a, c->allowed, &t->out),
			c->ret);
	if (!c->ret)
		KUNIT_EXPECT_EQ(test, t->chap->alg->number, c->number);
	else
		KUNIT_EXPECT_EQ(test, t->out.len, 0);
}

/* As the reason of a refusal has it: with all of them, it is not cut. */
static void list(struct kunit *test)
{
	struct chap_test *t = test->priv;

	ktgt_chap_list(SHA256, t->text, TEXT_SIZE);
	KUNIT_EXPECT_STREQ(test, t->text, "sha256 (7)");
	ktgt_chap_list(KTGT_CHAP_ALL, t->text, KTGT_AUTH_TEXT / 2);
	KUNIT_EXPECT_STREQ(test, t->text,
			   "md5 (5), sha1 (6), sha256 (7), sha3-256 (8)");
}

/* What is sent is what an answer is checked against. */
static void challenge_text(struct kunit *test)
{
	struct chap_test *t = test->priv;
	int len;

	KUNIT_ASSERT_EQ(test, chap_test_start(t, "5"), 0);
	len = snprintf(t->text, TEXT_SIZE,
		       "CHAP_A=5%cCHAP_I=%u%cCHAP_C=0x%16phN", 0, t->chap->id,
		       0, t->chap->challenge) + 1;
	KUNIT_ASSERT_EQ(test, t->out.len, len);
	KUNIT_EXPECT_MEMEQ(test, t->out.data, t->text, len);
}

static void challenge_is_new(struct kunit *test)
{
	struct chap_test *t = test->priv;
	struct ktgt_chap *other;

	KUNIT_ASSERT_EQ(test, chap_test_start(t, "7"), 0);
	other = t->chap;
	t->chap = ktgt_chap_alloc();
	if (t->chap && !chap_test_start(t, "7"))
		KUNIT_EXPECT_MEMNEQ(test, t->chap->challenge,
				    other->challenge, 32);
	else
		KUNIT_FAIL(test, "not started");
	ktgt_chap_free(other);
}

/**
 * struct digest_case - a digest that others have computed
 * @offer: algorithm
 * @secret_len: 14: "secretsecret12"; else so many times 'x'
 * @len: bytes of the challenge, which are 0, 1, 2...
 * @digest: of TEST_ID, secret and challenge
 */
struct digest_case {
	const char	*offer;
	u32		secret_len;
	u32		len;
	const char	*digest;
};

/* Python: hashlib.new(NAME, bytes([0x27]) + secret + challenge).hexdigest() */
static const struct digest_case digest_cases[] = {
	{ "5", 14, 1, "53a72ac23761139abe98f1fc3c4a0878" },
	{ "5", 14, 16, "98d034a2632563c39c5f8e75171b9bf9" },
	{ "5", 14, 1024, "9b36a71157239b93559d8b8233d2de86" },
	{ "5", 100, 16, "e6ebb63aa0afae77beea7705800d7845" },
	{ "6", 14, 1, "776019e166d63f2f403a3c3c0f40d3c2ffb0b2fd" },
	{ "6", 14, 16, "876485f5c77bf9fdfb70ef1fbd7c7d3b9a569a56" },
	{ "6", 14, 1024, "38a143bb040f76c5f2ddfd59e6b2742584792ed7" },
	{ "6", 100, 16, "8b191436f283f55f170a049bcb59bf03d1b868a9" },
	{ "7", 14, 1, "875b87f247004e333816ff655a7b0bc1"
		      "ca05de882ed368ccc1c3539332d40a79" },
	{ "7", 14, 16, "ca552a484f41a7531da251ed8c0f0566"
		       "b58eb2e090f27defd5fb883528c63352" },
	{ "7", 14, 1024, "e9b2832ad6ddb66c287b5405c12a356a"
			 "84a2f184cf1d34d37cf322b30f24aa6d" },
	{ "7", 100, 16, "e1654ef802b1152b73c0eeaa5002a646"
			"39fcf38cf3ff343f0ced90a05de5031d" },
	{ "8", 14, 1, "a713d9c302b49bd4cfcb35923ff9c8e4"
		      "c4d97f79eb64b7feff7cf25f88f0d380" },
	{ "8", 14, 1024, "7f863616d0801de5587c47e81b354891"
			 "6dd17c669339650b20e55bf23273f1f2" },
};

static void digest_desc(const struct digest_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE,
		 "algorithm %s, secret of %u, challenge of %u", c->offer,
		 c->secret_len, c->len);
}

KUNIT_ARRAY_PARAM(digest, digest_cases, digest_desc);

/* As the initiator's peer: his challenge is answered. */
static void digest(struct kunit *test)
{
	const struct digest_case *c = test->param_value;
	struct ktgt_text_pair id = chap_value("0x27");
	struct chap_test *t = test->priv;
	u8 *challenge = kunit_kmalloc(test, c->len, GFP_KERNEL);
	struct ktgt_text_pair challenge_text;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, challenge);
	for (i = 0; i < c->len; i++)
		challenge[i] = i;
	if (c->secret_len != 14)
		memset(t->account.secret, 'x', c->secret_len);
	KUNIT_ASSERT_EQ(test, chap_test_start(t, c->offer), 0);
	ktgt_text_out_free(&t->out);

	challenge_text = chap_hex(t, challenge, c->len);
	KUNIT_ASSERT_EQ(test, ktgt_chap_answer(t->chap, &id, &challenge_text,
					       &t->account, &t->out), 0);
	KUNIT_ASSERT_EQ(test, t->out.len,
			sizeof("CHAP_N=user") + sizeof("CHAP_R=0x") +
			strlen(c->digest));
	KUNIT_EXPECT_STREQ(test, t->out.data, "CHAP_N=user");
	snprintf(t->text, TEXT_SIZE, "CHAP_R=0x%s", c->digest);
	KUNIT_EXPECT_STREQ(test, t->out.data + sizeof("CHAP_N=user"), t->text);
}

/**
 * struct check_case - an initiator's response
 * @what: its name
 * @offer: algorithm
 * @flip: bit of the digest that is wrong, or -1
 * @cut: bytes that are missing; negative: that are too many
 * @base64: it is not in hexadecimal
 * @ret: what ktgt_chap_check() returns
 */
struct check_case {
	const char	*what;
	const char	*offer;
	int		flip;
	int		cut;
	bool		base64;
	int		ret;
};

static const struct check_case check_cases[] = {
	{ "MD5", "5", -1, 0, false, 0 },
	{ "MD5 in base64", "5", -1, 0, true, 0 },
	{ "SHA1", "6", -1, 0, false, 0 },
	{ "SHA256", "7", -1, 0, false, 0 },
	{ "SHA256 in base64", "7", -1, 0, true, 0 },
	{ "first bit wrong", "5", 0, 0, false, -EACCES },
	{ "last bit wrong", "5", 127, 0, false, -EACCES },
	{ "last bit wrong, SHA256", "7", 255, 0, false, -EACCES },
	{ "a byte short", "5", -1, 1, false, -EINVAL },
	{ "one byte", "5", -1, 15, false, -EINVAL },
	{ "nothing", "5", -1, 16, false, -EINVAL },
	{ "a byte long", "5", -1, -1, false, -EINVAL },
	{ "twice as long", "5", -1, -16, false, -EINVAL },
};
KUNIT_ARRAY_PARAM_DESC(check, check_cases, what);

static void check(struct kunit *test)
{
	const struct check_case *c = test->param_value;
	struct chap_test *t = test->priv;
	u8 data[2 * CHAP_DIGEST_MAX] = {};
	struct ktgt_text_pair r;
	u32 len;

	KUNIT_ASSERT_EQ(test, chap_test_start(t, c->offer), 0);
	KUNIT_ASSERT_EQ(test,
			chap_digest(t->chap, t->chap->id, t->account.secret,
				    t->chap->challenge, t->chap->alg->size,
				    data), 0);
	if (c->flip >= 0)
		data[c->flip / 8] ^= 1 << c->flip % 8;
	len = t->chap->alg->size - c->cut;
	r = c->base64 ? chap_base64(t, data, len) : chap_hex(t, data, len);
	KUNIT_EXPECT_EQ(test, ktgt_chap_check(t->chap, &r, &t->account, NULL),
			c->ret);
}

/* What the target would answer itself is no proof, whether it answers or not. */
static void check_own_secret(struct kunit *test)
{
	struct chap_test *t = test->priv;
	struct ktgt_chap_account own = { .user = "target" };
	u8 data[CHAP_DIGEST_MAX];
	struct ktgt_text_pair r;

	strscpy(own.secret, t->account.secret, sizeof(own.secret));
	KUNIT_ASSERT_EQ(test, chap_test_start(t, "7"), 0);
	KUNIT_ASSERT_EQ(test,
			chap_digest(t->chap, t->chap->id, own.secret,
				    t->chap->challenge, 32, data), 0);
	r = chap_hex(t, data, 32);
	KUNIT_EXPECT_EQ(test, ktgt_chap_check(t->chap, &r, &t->account, &own),
			-EKEYREJECTED);
	own.secret[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ktgt_chap_check(t->chap, &r, &t->account, &own),
			0);
	t->account.secret[0] ^= 1;
	KUNIT_EXPECT_EQ(test, ktgt_chap_check(t->chap, &r, &t->account, &own),
			-EACCES);
}

static void check_other_secret(struct kunit *test)
{
	struct chap_test *t = test->priv;
	u8 data[CHAP_DIGEST_MAX];
	struct ktgt_text_pair r;

	KUNIT_ASSERT_EQ(test, chap_test_start(t, "5"), 0);
	KUNIT_ASSERT_EQ(test,
			chap_digest(t->chap, t->chap->id, "secretsecret13",
				    t->chap->challenge, 16, data), 0);
	r = chap_hex(t, data, 16);
	KUNIT_EXPECT_EQ(test, ktgt_chap_check(t->chap, &r, &t->account, NULL),
			-EACCES);
}

static void check_other_id(struct kunit *test)
{
	struct chap_test *t = test->priv;
	u8 data[CHAP_DIGEST_MAX];
	struct ktgt_text_pair r;

	KUNIT_ASSERT_EQ(test, chap_test_start(t, "5"), 0);
	KUNIT_ASSERT_EQ(test,
			chap_digest(t->chap, t->chap->id + 1,
				    t->account.secret, t->chap->challenge, 16,
				    data), 0);
	r = chap_hex(t, data, 16);
	KUNIT_EXPECT_EQ(test, ktgt_chap_check(t->chap, &r, &t->account, NULL),
			-EACCES);
}

/**
 * struct reflect_case - a challenge of the initiator
 * @what: its name
 * @offer: algorithm
 * @id: CHAP_I, or NULL for ours
 * @flip: the first bit differs from our challenge
 * @len: bytes of the challenge, 0 for those of ours
 * @base64: it is not in hexadecimal
 * @ret: what ktgt_chap_answer() returns
 */
struct reflect_case {
	const char	*what;
	const char	*offer;
	const char	*id;
	bool		flip;
	u32		len;
	bool		base64;
	int		ret;
};

static const struct reflect_case reflect_cases[] = {
	{ "ours", "5", NULL, false, 0, false, -EACCES },
	{ "ours in base64", "5", NULL, false, 0, true, -EACCES },
	{ "ours, other identifier", "5", "0", false, 0, false, -EACCES },
	{ "ours, SHA256", "7", NULL, false, 0, false, -EACCES },
	{ "a bit apart", "5", NULL, true, 0, false, 0 },
	{ "begins like ours", "5", "1", false, 17, false, 0 },
	{ "part of ours", "5", "1", false, 15, false, 0 },
	{ "one byte", "5", "1", false, 1, false, 0 },
	{ "of the greatest length", "5", "255", true, 1024, false, 0 },
	{ "too long", "5", "1", true, 1025, false, -EINVAL },
	{ "far too long", "5", "1", true, 2000, false, -EINVAL },
	{ "identifier too large", "5", "256", true, 0, false, -EINVAL },
	{ "identifier of 33 bits", "5", "4294967296", true, 0, false,
	  -EINVAL },
	{ "no identifier", "5", "", true, 0, false, -EINVAL },
};
KUNIT_ARRAY_PARAM_DESC(reflect, reflect_cases, what);

static void reflect(struct kunit *test)
{
	const struct reflect_case *c = test->param_value;
	struct chap_test *t = test->priv;
	u8 *data = kunit_kzalloc(test, 2048, GFP_KERNEL);
	struct ktgt_text_pair i, challenge;
	char id[4];
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_ASSERT_EQ(test, chap_test_start(t, c->offer), 0);
	ktgt_text_out_free(&t->out);
	len = t->chap->alg->size;
	memcpy(data, t->chap->challenge, len);
	data[0] ^= c->flip;
	snprintf(id, sizeof(id), "%u", t->chap->id);
	i = chap_value(c->id ?: id);
	len = c->len ?: len;
	challenge = c->base64 ? chap_base64(t, data, len) :
				chap_hex(t, data, len);
	KUNIT_EXPECT_EQ(test, ktgt_chap_answer(t->chap, &i, &challenge,
					       &t->account, &t->out), c->ret);
	KUNIT_EXPECT_EQ(test, !t->out.len, c->ret != 0);
}

static struct kunit_case chap_cases[] = {
	KUNIT_CASE_PARAM(offer, offer_gen_params),
	KUNIT_CASE_PARAM(allowed, allowed_gen_params),
	KUNIT_CASE(list),
	KUNIT_CASE(challenge_text),
	KUNIT_CASE(challenge_is_new),
	KUNIT_CASE_PARAM(digest, digest_gen_params),
	KUNIT_CASE_PARAM(check, check_gen_params),
	KUNIT_CASE(check_other_secret),
	KUNIT_CASE(check_other_id),
	KUNIT_CASE(check_own_secret),
	KUNIT_CASE_PARAM(reflect, reflect_gen_params),
	{}
};

static struct kunit_suite chap_suite = {
	.name = "ktgt_chap",
	.init = chap_test_init,
	.exit = chap_test_exit,
	.test_cases = chap_cases,
};
kunit_test_suite(chap_suite);
