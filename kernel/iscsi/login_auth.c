// SPDX-License-Identifier: GPL-2.0
/*
 * Authentication of a login: AuthMethod and CHAP (RFC 7143, 12.1).
 */
#include "login_auth.h"

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "../core/access.h"
#include "../core/delay.h"
#include "../core/gfp.h"
#include "../core/net.h"
#include "../core/target.h"
#include "admit.h"
#include "chap.h"
#include "text.h"

#define AUTH_KEY(key)		BIT_ULL(KTGT_KEY_##key)
#define AUTH_PROOF_KEYS		(AUTH_KEY(CHAP_N) | AUTH_KEY(CHAP_R) | \
				 AUTH_KEY(CHAP_I) | AUTH_KEY(CHAP_C))
#define AUTH_CHAP_KEYS		(AUTH_KEY(CHAP_A) | AUTH_PROOF_KEYS)

static u16 auth_error(struct ktgt_login_auth *auth, u16 status, const char *why)
{
	auth->why = why;
	return status;
}

static u16 auth_choose(struct ktgt_login_auth *auth,
		       const struct ktgt_text_pair *pair)
{
	static const char * const none[] = { "None", NULL };
	static const char * const chap[] = { "CHAP", NULL };
	bool need_chap = auth->refusal;
	const char * const *ours = need_chap ? chap : none;

	if (ktgt_text_choose(pair->value, pair->value_len, ours) < 0)
		return auth_error(auth, KTGT_LOGIN_AUTH_FAILED, need_chap ?
				  "the initiator does not offer CHAP, which is required" :
				  "the initiator requires CHAP, but no account is bound");
	ktgt_text_put(auth->out, "AuthMethod", ours[0]);
	if (!need_chap)
		return 0;

	auth->chap = ktgt_chap_alloc();
	if (!auth->chap)
		return auth_error(auth, KTGT_LOGIN_NO_MEMORY, "out of memory");
	auth->step = KTGT_AUTH_CHAP;
	return 0;
}

/* The initiator offers only algorithms that the target does not want. */
static u16 auth_error_algorithm(struct ktgt_login_auth *auth, u32 allowed)
{
	char list[KTGT_AUTH_TEXT / 2];

	ktgt_chap_list(allowed, list, sizeof(list));
	snprintf(auth->text, sizeof(auth->text),
		 "CHAP_A has no algorithm that the target allows; it allows %s",
		 list);
	return auth_error(auth, KTGT_LOGIN_AUTH_FAILED, auth->text);
}

static u16 auth_challenge(struct ktgt_login_auth *auth)
{
	const struct ktgt_text_pair *pair;
	u32 allowed = ktgt_target_key(auth->target, KTGT_TARGET_CHAP_ALGORITHMS,
				      KTGT_CHAP_ALL);

	if (auth->step != KTGT_AUTH_CHAP ||
	    auth->nego->now & AUTH_PROOF_KEYS)
		return auth_error(auth, KTGT_LOGIN_BAD,
				  "CHAP_A comes out of order");
	pair = ktgt_text_get(auth->nego, KTGT_KEY_CHAP_A);
	switch (ktgt_chap_start(auth->chap, pair, allowed, auth->out)) {
	case 0:
		auth->step = KTGT_AUTH_CHALLENGED;
		return 0;
	case -EINVAL:
		return auth_error(auth, KTGT_LOGIN_BAD,
				  "CHAP_A is not a list of numbers");
	case -ENOMEM:
		return auth_error(auth, KTGT_LOGIN_NO_MEMORY, "out of memory");
	case -EPERM:
		return auth_error_algorithm(auth, allowed);
	default:
		return auth_error(auth, KTGT_LOGIN_AUTH_FAILED,
				  "CHAP_A has no algorithm that is supported");
	}
}

/*
 * Copies an account, because the functions that use it may sleep. Free it with
 * kfree_sensitive().
 */
static int auth_get_account(const struct ktgt_login_auth *auth,
			    const char *user, struct ktgt_chap_account **copy)
{
	const struct ktgt_chap_account *account = NULL;
	const struct ktgt_access *access;

	*copy = kmalloc(sizeof(**copy), KTGT_GFP_PEER);
	if (!*copy)
		return -ENOMEM;
	rcu_read_lock();
	access = ktgt_admit_access(auth->kn, auth->target);
	if (access)
		account = user ? ktgt_access_find_incoming(access, user) :
				 access->outgoing;
	if (account)
		**copy = *account;
	rcu_read_unlock();
	if (account)
		return 0;
	kfree(*copy);
	*copy = NULL;
	return -ENOENT;
}

/* Checks a response with the account of this name. */
static int auth_check_response(const struct ktgt_login_auth *auth,
			       const char *user,
			       const struct ktgt_text_pair *r)
{
	struct ktgt_chap_account *account, *own;
	int ret;

	ret = auth_get_account(auth, user, &account);
	if (ret)
		return ret;
	ret = auth_get_account(auth, NULL, &own);
	if (!ret || ret == -ENOENT)
		ret = ktgt_chap_check(auth->chap, r, account, own);
	kfree_sensitive(own);
	kfree_sensitive(account);
	return ret;
}

/* The more wrong proofs come from an address, the later they are answered. */
static u16 auth_refuse_proof(struct ktgt_login_auth *auth, const char *user,
			     const char *why)
{
	struct ktgt_net *kn = auth->kn;
	int delay;

	delay = ktgt_delay_wrong(kn->delays, auth->peer, user,
				 READ_ONCE(kn->login_delay), get_jiffies_64());
	if (delay < 0)
		ktgt_net_count_failure(kn);
	auth->delay = max(delay, 0);
	return auth_error(auth, KTGT_LOGIN_AUTH_FAILED, why);
}

/* Checks the proof of the initiator. */
static u16 auth_check_proof(struct ktgt_login_auth *auth)
{
	const struct ktgt_text_pair *n, *r;

	n = ktgt_text_get(auth->nego, KTGT_KEY_CHAP_N);
	r = ktgt_text_get(auth->nego, KTGT_KEY_CHAP_R);
	if (!n || !r)
		return auth_error(auth, KTGT_LOGIN_MISSING,
				  "CHAP_N or CHAP_R is missing");
	switch (auth_check_response(auth, n->value, r)) {
	case 0:
		ktgt_delay_right(auth->kn->delays, auth->peer, n->value);
		auth->step = KTGT_AUTH_DONE;
		return 0;
	case -ENOENT:
		return auth_refuse_proof(auth, n->value,
					 "no account of this name is bound (CHAP_N)");
	case -EINVAL:
		return auth_refuse_proof(auth, n->value,
					 "CHAP_R is not a digest of the algorithm");
	case -EACCES:
		return auth_refuse_proof(auth, n->value,
					 "the secret is wrong (CHAP_R)");
	case -EKEYREJECTED:
		return auth_refuse_proof(auth, n->value,
					 "the outgoing account has the same secret (CHAP_R); the two must differ");
	default:
		return auth_error(auth, KTGT_LOGIN_NO_MEMORY, "out of memory");
	}
}

/* Proves who the target is, if the initiator asks for it. */
static u16 auth_prove(struct ktgt_login_auth *auth)
{
	const struct ktgt_text_pair *i, *c;
	struct ktgt_chap_account *account;
	int ret;

	i = ktgt_text_get(auth->nego, KTGT_KEY_CHAP_I);
	c = ktgt_text_get(auth->nego, KTGT_KEY_CHAP_C);
	if (!i && !c)
		return 0;
	if (!i || !c)
		return auth_error(auth, KTGT_LOGIN_MISSING,
				  "CHAP_I or CHAP_C is missing");
	ret = auth_get_account(auth, NULL, &account);
	if (ret == -ENOENT)
		return auth_error(auth, KTGT_LOGIN_AUTH_FAILED,
				  "the initiator wants the target to prove itself, but no outgoing account is bound");
	if (!ret)
		ret = ktgt_chap_answer(auth->chap, i, c, account,
				       auth->out);
	kfree_sensitive(account);

	switch (ret) {
	case 0:
		auth->unconfirmed = true;
		return 0;
	case -EINVAL:
		return auth_error(auth, KTGT_LOGIN_AUTH_FAILED,
				  "CHAP_I or CHAP_C cannot be read");
	case -EACCES:
		return auth_error(auth, KTGT_LOGIN_AUTH_FAILED,
				  "CHAP_C is the target's own challenge");
	default:
		return auth_error(auth, KTGT_LOGIN_NO_MEMORY, "out of memory");
	}
}

/**
 * ktgt_login_auth_recv - handle the authentication keys of a request
 * @auth: authentication of the login; &ktgt_login_auth.nego has the request
 * @transit: the request has the T bit
 *
 * Context: the connection's work, may sleep.
 * Return: 0, or the status of a refusal, with its reason in
 *	&ktgt_login_auth.why.
 */
u16 ktgt_login_auth_recv(struct ktgt_login_auth *auth, bool transit)
{
	const struct ktgt_text_pair *pair;
	u16 status = 0;

	pair = ktgt_text_get(auth->nego, KTGT_KEY_AUTH_METHOD);
	if (pair)
		status = auth_choose(auth, pair);
	if (status)
		return status;
	if (!(auth->nego->now & AUTH_CHAP_KEYS)) {
		if (auth->step == KTGT_AUTH_CHALLENGED && transit)
			return auth_error(auth, KTGT_LOGIN_MISSING,
					  "CHAP_N and CHAP_R are missing");
		return 0;
	}

	if (auth->nego->now & AUTH_KEY(CHAP_A))
		return auth_challenge(auth);
	if (auth->step != KTGT_AUTH_CHALLENGED)
		return auth_error(auth, KTGT_LOGIN_BAD,
				  "CHAP keys come out of order");
	status = auth_check_proof(auth);
	return status ?: auth_prove(auth);
}

/**
 * ktgt_login_auth_is_done - whether authentication is complete
 * @auth: authentication of the login
 *
 * Context: the connection's work.
 * Return: true if the initiator has proved who it is, or need not.
 */
bool ktgt_login_auth_is_done(const struct ktgt_login_auth *auth)
{
	return auth->step == KTGT_AUTH_DONE || !auth->refusal;
}

/**
 * ktgt_login_auth_check - whether a login may continue
 * @auth: authentication of the login
 * @security: the login is in the security stage
 * @transit: the request asks to leave the stage
 *
 * Context: the connection's work.
 * Return: 0, or the status of a refusal, with its reason in
 *	&ktgt_login_auth.why.
 */
u16 ktgt_login_auth_check(struct ktgt_login_auth *auth, bool security,
			  bool transit)
{
	if (ktgt_login_auth_is_done(auth))
		return 0;
	if (!security || (auth->step == KTGT_AUTH_START && transit))
		return auth_error(auth, auth->refusal,
				  "the initiator skips authentication, which is required");
	return 0;
}

/**
 * ktgt_login_auth_free - free the state of authentication
 * @auth: authentication of the login
 *
 * Context: the connection's work or its teardown, may sleep.
 */
void ktgt_login_auth_free(struct ktgt_login_auth *auth)
{
	ktgt_chap_free(auth->chap);
	auth->chap = NULL;
}
