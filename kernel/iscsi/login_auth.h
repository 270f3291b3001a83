/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Authentication of a login.
 */
#ifndef _KTGT_ISCSI_LOGIN_AUTH_H
#define _KTGT_ISCSI_LOGIN_AUTH_H

#include <linux/socket.h>
#include <linux/types.h>

/* bytes of the longest reason that is made, and NUL: with all algorithms of CHAP */
#define KTGT_AUTH_TEXT	128

struct ktgt_chap;
struct ktgt_net;
struct ktgt_target;
struct ktgt_text_nego;
struct ktgt_text_out;

/**
 * enum ktgt_login_auth_step - progress of authentication
 * @KTGT_AUTH_START: no method has been negotiated
 * @KTGT_AUTH_CHAP: CHAP has been negotiated; CHAP_A is expected
 * @KTGT_AUTH_CHALLENGED: the challenge was sent; CHAP_N and CHAP_R are expected
 * @KTGT_AUTH_DONE: the initiator has proved who it is
 */
enum ktgt_login_auth_step {
	KTGT_AUTH_START,
	KTGT_AUTH_CHAP,
	KTGT_AUTH_CHALLENGED,
	KTGT_AUTH_DONE,
};

/**
 * struct ktgt_login_auth - authentication of a login
 * @kn: network namespace, which has the access of discovery
 * @peer: address of the initiator
 * @target: target whose access is used, or NULL for discovery; the login holds
 *	the reference
 * @nego: text negotiation, with the keys of the initiator
 * @out: where answers go
 * @chap: CHAP exchange, or NULL
 * @refusal: status of a login without proof; 0 if no proof is required
 * @why: why the login is refused
 * @text: room for a reason that is made
 * @delay: s after which the refusal is to be answered
 * @step: enum ktgt_login_auth_step
 * @unconfirmed: the answer to the last request has the proof of the target. An
 *	initiator that does not accept it closes the connection
 */
struct ktgt_login_auth {
	struct ktgt_net			*kn;
	const struct sockaddr_storage	*peer;
	const struct ktgt_target	*target;
	const struct ktgt_text_nego	*nego;
	struct ktgt_text_out		*out;
	struct ktgt_chap		*chap;
	u16				refusal;
	const char			*why;
	char				text[KTGT_AUTH_TEXT];
	u32				delay;
	u8				step;
	bool				unconfirmed;
};

u16 ktgt_login_auth_recv(struct ktgt_login_auth *auth, bool transit);
u16 ktgt_login_auth_check(struct ktgt_login_auth *auth, bool security,
			  bool transit);
bool ktgt_login_auth_is_done(const struct ktgt_login_auth *auth);
void ktgt_login_auth_free(struct ktgt_login_auth *auth);

#endif /* _KTGT_ISCSI_LOGIN_AUTH_H */
