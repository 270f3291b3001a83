// SPDX-License-Identifier: GPL-2.0
/*
 * CHAP (RFC 7143, 12.1.3; RFC 1994).
 *
 * The initiator must prove who it is before the target does. So nobody can use
 * the target to get the answer to a challenge of somebody else.
 */

#include "chap.h"

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/algapi.h>
#include <crypto/hash.h>

#include "../core/access.h"
#include "../core/gfp.h"
#include "text.h"

#define CHAP_DIGEST_MAX		32
#define CHAP_CHALLENGE_MAX	1024	/* RFC 7143, 12.1.3 */
#define CHAP_RETRY		(60 * HZ)

/**
 * struct chap_algorithm - a hash that CHAP can use
 * @bit: its bit of &enum ktgt_chap_algorithm
 * @number: value of CHAP_A, of IANA's list of PPP authentication algorithms
 * @size: bytes of the digest
 * @name: name that the kernel knows it by
 */
struct chap_algorithm {
	u8		bit;
	u8		number;
	u8		size;
	const char	*name;
};

static const struct chap_algorithm chap_algorithms[] = {
	{ KTGT_CHAP_ALGORITHM_MD5, 5, 16, "md5" },
	{ KTGT_CHAP_ALGORITHM_SHA1, 6, 20, "sha1" },
	{ KTGT_CHAP_ALGORITHM_SHA256, 7, 32, "sha256" },
	{ KTGT_CHAP_ALGORITHM_SHA3_256, 8, 32, "sha3-256" },
};

/*
 * When to ask again for an algorithm that the kernel did not have, in jiffies.
 * Each request runs modprobe, and any peer can cause one.
 */
static unsigned long chap_retry[ARRAY_SIZE(chap_algorithms)];

/**
 * struct ktgt_chap - one exchange
 * @alg: negotiated algorithm, or NULL
 * @tfm: its implementation
 * @challenge: challenge for the initiator, @alg->size bytes
 * @id: CHAP_I that belongs to it
 */
struct ktgt_chap {
	const struct chap_algorithm	*alg;
	struct crypto_shash		*tfm;
	u8				challenge[CHAP_DIGEST_MAX];
	u8				id;
};

/**
 * ktgt_chap_alloc() - allocate an exchange
 *
 * Context: process context, may sleep.
 * Return: the exchange, or NULL without memory.
 */
struct ktgt_chap *ktgt_chap_alloc(void)
{
	return kzalloc_obj(struct ktgt_chap, KTGT_GFP_PEER);
}

/**
 * ktgt_chap_free() - free an exchange
 * @chap: the exchange, or NULL
 *
 * Context: process context, may sleep.
 */
void ktgt_chap_free(struct ktgt_chap *chap)
{
	if (!chap)
		return;
	if (chap->tfm)
		crypto_free_shash(chap->tfm);
	kfree_sensitive(chap);
}

static int chap_get_tfm(struct ktgt_chap *chap, unsigned int i)
{
	unsigned long retry = READ_ONCE(chap_retry[i]);
	struct crypto_shash *tfm;

	if (retry && time_before(jiffies, retry))
		return -ENOENT;
	tfm = crypto_alloc_shash(chap_algorithms[i].name, 0, 0);
	if (!IS_ERR(tfm)) {
		chap->alg = &chap_algorithms[i];
		chap->tfm = tfm;
		return 0;
	}
	if (PTR_ERR(tfm) == -ENOENT)
		WRITE_ONCE(chap_retry[i], (jiffies + CHAP_RETRY) | 1);
	return PTR_ERR(tfm);
}

/*
 * Each is asked for once, however often it is in the list. Return: 0; -EPERM if it is
 * not allowed, -ENOENT if it cannot be had, or -ENOMEM.
 */
static int chap_try(struct ktgt_chap *chap, u64 number, u32 allowed, u32 *tried)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(chap_algorithms); i++)
		if (chap_algorithms[i].number == number)
			break;
	if (i == ARRAY_SIZE(chap_algorithms))
		return -ENOENT;
	if (!(chap_algorithms[i].bit & allowed))
		return -EPERM;
	if (chap_algorithms[i].bit & *tried)
		return -ENOENT;
	*tried |= chap_algorithms[i].bit;
	ret = chap_get_tfm(chap, i);
	return ret && ret != -ENOMEM ? -ENOENT : ret;
}

/*
 * Chooses the first algorithm of the initiator's list that is allowed and that the
 * kernel has.
 */
static int chap_choose(struct ktgt_chap *chap, const struct ktgt_text_pair *a,
		       u32 allowed)
{
	const char *list = a->value, *item;
	u32 len = a->value_len, item_len, tried = 0;
	int ret, none = -ENOENT;
	u64 number;

	while (ktgt_text_pop(&list, &len, &item, &item_len)) {
		if (ktgt_text_number(item, item_len, &number))
			return -EINVAL;
		ret = chap_try(chap, number, allowed, &tried);
		if (!ret || ret == -ENOMEM)
			return ret;
		if (ret == -EPERM)
			none = ret;
	}
	return none;
}

/**
 * ktgt_chap_start() - choose an algorithm, and challenge the initiator
 * @chap: the exchange
 * @a: CHAP_A, the algorithms that the initiator offers
 * @allowed: those that it may use, bits of enum ktgt_chap_algorithm
 * @out: where CHAP_A, CHAP_I and CHAP_C go
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL if CHAP_A is not a list of numbers; -EPERM if none is allowed,
 * and some are known; -ENOENT if none is supported; -ENOMEM.
 */
int ktgt_chap_start(struct ktgt_chap *chap, const struct ktgt_text_pair *a,
		    u32 allowed, struct ktgt_text_out *out)
{
	int ret;

	ret = chap_choose(chap, a, allowed);
	if (ret)
		return ret;
	get_random_bytes(&chap->id, sizeof(chap->id));
	get_random_bytes(chap->challenge, chap->alg->size);
	ktgt_text_put_number(out, "CHAP_A", chap->alg->number);
	ktgt_text_put_number(out, "CHAP_I", chap->id);
	ktgt_text_put_hex(out, "CHAP_C", chap->challenge, chap->alg->size);
	return 0;
}

/**
 * ktgt_chap_list() - algorithms by name and number, for people
 * @allowed: bits of enum ktgt_chap_algorithm
 * @text: takes them, for example "sha256 (7), sha3-256 (8)"
 * @size: room for it
 *
 * Context: any.
 */
void ktgt_chap_list(u32 allowed, char *text, size_t size)
{
	size_t len = 0;
	unsigned int i;

	*text = '\0';
	for (i = 0; i < ARRAY_SIZE(chap_algorithms); i++)
		if (chap_algorithms[i].bit & allowed)
			len += scnprintf(text + len, size - len, "%s%s (%u)",
					 len ? ", " : "",
					 chap_algorithms[i].name,
					 chap_algorithms[i].number);
}

static int chap_digest(struct ktgt_chap *chap, u8 id, const char *secret,
		       const u8 *challenge, u32 len, u8 *digest)
{
	SHASH_DESC_ON_STACK(desc, chap->tfm);
	int ret;

	desc->tfm = chap->tfm;
	ret = crypto_shash_init(desc);
	ret = ret ?: crypto_shash_update(desc, &id, 1);
	ret = ret ?: crypto_shash_update(desc, secret, strlen(secret));
	ret = ret ?: crypto_shash_update(desc, challenge, len);
	ret = ret ?: crypto_shash_final(desc, digest);
	shash_desc_zero(desc);
	return ret;
}

/**
 * ktgt_chap_check() - check the initiator's answer to the challenge
 * @chap: the exchange, started
 * @r: CHAP_R
 * @account: the account that CHAP_N names
 * @own: the outgoing account, or NULL
 *
 * A response that the target would give itself is none of the initiator (RFC 7143,
 * 9.2.1): whoever makes a target of this secret answer the challenge has it. With
 * the same secret, responses to any challenge are the same.
 *
 * Context: process context, may sleep.
 * Return: 0 if the initiator knows the secret; -EINVAL if CHAP_R is not a
 * digest; -EACCES if it is the wrong digest; -EKEYREJECTED if it is right, but
 * @own has the same secret; or an error of the algorithm.
 */
int ktgt_chap_check(struct ktgt_chap *chap, const struct ktgt_text_pair *r,
		    const struct ktgt_chap_account *account,
		    const struct ktgt_chap_account *own)
{
	u8 theirs[CHAP_DIGEST_MAX];
	u8 ours[CHAP_DIGEST_MAX];
	u8 size = chap->alg->size;
	int ret;

	if (ktgt_text_decode(r->value, r->value_len, theirs, size) != size)
		return -EINVAL;
	ret = chap_digest(chap, chap->id, account->secret, chap->challenge,
			  size, ours);
	if (!ret && crypto_memneq(ours, theirs, size))
		ret = -EACCES;
	memzero_explicit(ours, sizeof(ours));
	if (!ret && own && !strcmp(own->secret, account->secret))
		ret = -EKEYREJECTED;
	return ret;
}

/**
 * ktgt_chap_answer() - answer the initiator's challenge
 * @chap: the exchange; the initiator has proved who it is
 * @i: CHAP_I
 * @c: CHAP_C
 * @account: the outgoing account
 * @out: where CHAP_N and CHAP_R go
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL if the challenge cannot be read; -EACCES if it is the
 * target's own challenge, which would make the target answer itself; -ENOMEM;
 * or an error of the algorithm.
 */
int ktgt_chap_answer(struct ktgt_chap *chap, const struct ktgt_text_pair *i,
		     const struct ktgt_text_pair *c,
		     const struct ktgt_chap_account *account,
		     struct ktgt_text_out *out)
{
	u8 digest[CHAP_DIGEST_MAX];
	u8 *challenge;
	int len, ret;
	u64 id;

	if (ktgt_text_number(i->value, i->value_len, &id) || id > U8_MAX)
		return -EINVAL;
	challenge = kmalloc(CHAP_CHALLENGE_MAX, KTGT_GFP_PEER);
	if (!challenge)
		return -ENOMEM;

	len = ktgt_text_decode(c->value, c->value_len, challenge,
			       CHAP_CHALLENGE_MAX);
	if (len < 0)
		ret = len;
	else if (len == chap->alg->size &&
		 !memcmp(challenge, chap->challenge, len))
		ret = -EACCES;
	else
		ret = chap_digest(chap, id, account->secret, challenge, len,
				  digest);
	kfree(challenge);
	if (ret)
		return ret;

	ktgt_text_put(out, "CHAP_N", account->user);
	ktgt_text_put_hex(out, "CHAP_R", digest, chap->alg->size);
	return 0;
}
