/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Authentication of a login.
 */
#ifndef _KTGT_ISCSI_LOGIN_AUTH_H
#define _KTGT_ISCSI_LOGIN_AUTH_H

#include <linux/types.h>

struct ktgt_chap;
struct ktgt_net;
struct ktgt_target;
struct ktgt_text_nego;
struct ktgt_text_out;

/**
 * enum ktgt_login_auth_step - how far authentication has come
 * @KTGT_AUTH_START: no method agreed upon
 * @KTGT_AUTH_CHAP: CHAP agreed upon, CHAP_A is expected
 * @KTGT_AUTH_CHALLENGED: our challenge is out, CHAP_N and CHAP_R are expected
 * @KTGT_AUTH_DONE: the initiator has proved itself
 */
enum ktgt_login_auth_step {
	KTGT_AUTH_START,
	KTGT_AUTH_CHAP,
	KTGT_AUTH_CHALLENGED,
	KTGT_AUTH_DONE,
};

/**
 * struct ktgt_login_auth - authentication of a login
 * @kn: network namespace, whose accounts are those of discovery
 * @target: target whose accounts count, or NULL for discovery; of the login
 * @nego: what the initiator says
 * @out: where answers go
 * @chap: CHAP exchange, or NULL
 * @refusal: status that refuses an initiator which does not prove itself; 0 if
 *	it need not
 * @why: why it is refused
 * @step: enum ktgt_login_auth_step
 */
struct ktgt_login_auth {
	const struct ktgt_net		*kn;
	const struct ktgt_target	*target;
	const struct ktgt_text_nego	*nego;
	struct ktgt_text_out		*out;
	struct ktgt_chap		*chap;
	u16				refusal;
	const char			*why;
	u8				step;
};

u16 ktgt_login_auth_recv(struct ktgt_login_auth *auth, bool transit);
u16 ktgt_login_auth_check(struct ktgt_login_auth *auth, bool security,
			  bool transit);
bool ktgt_login_auth_is_done(const struct ktgt_login_auth *auth);
void ktgt_login_auth_free(struct ktgt_login_auth *auth);

#endif /* _KTGT_ISCSI_LOGIN_AUTH_H */
