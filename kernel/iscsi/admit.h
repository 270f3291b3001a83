/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may see a target, and who may log in to it.
 */
#ifndef _KTGT_ISCSI_ADMIT_H
#define _KTGT_ISCSI_ADMIT_H

#include <linux/socket.h>
#include <linux/types.h>
#include <scsi/iscsi_proto.h>

#include "../core/access.h"

struct ktgt_net;
struct ktgt_target;

/* Class and detail of a Login Response (RFC 7143, 11.13.5) */
#define KTGT_LOGIN_INITIATOR(detail) \
	(ISCSI_STATUS_CLS_INITIATOR_ERR << 8 | ISCSI_LOGIN_STATUS_##detail)
#define KTGT_LOGIN_TARGET(detail) \
	(ISCSI_STATUS_CLS_TARGET_ERR << 8 | ISCSI_LOGIN_STATUS_##detail)

#define KTGT_LOGIN_BAD		KTGT_LOGIN_INITIATOR(INIT_ERR)
#define KTGT_LOGIN_MISSING	KTGT_LOGIN_INITIATOR(MISSING_FIELDS)
#define KTGT_LOGIN_NO_MEMORY	KTGT_LOGIN_TARGET(NO_RESOURCES)
#define KTGT_LOGIN_AUTH_FAILED	KTGT_LOGIN_INITIATOR(AUTH_FAILED)
#define KTGT_LOGIN_NOT_FOUND	KTGT_LOGIN_INITIATOR(TGT_NOT_FOUND)
#define KTGT_LOGIN_UNAVAILABLE	KTGT_LOGIN_TARGET(SVC_UNAVAILABLE)

/**
 * struct ktgt_admission - what is decided about a login
 * @status: class and detail of the response that refuses it; 0 if the initiator
 *	is admitted
 * @why: why it is refused, or NULL
 * @auth_status: class and detail of the response to an initiator that does not
 *	use CHAP; 0 if CHAP is not required
 * @access: the access that decided, or NULL; valid under RCU
 * @match: the rules that match; valid under RCU
 */
struct ktgt_admission {
	u16				status;
	u16				auth_status;
	const char			*why;
	const struct ktgt_access		*access;
	struct ktgt_access_match		match;
};

struct ktgt_target *ktgt_admit_find(struct ktgt_net *kn, const char *name,
				    struct ktgt_admission *adm);
const struct ktgt_access *ktgt_admit_access(const struct ktgt_net *kn,
					    const struct ktgt_target *target);
void ktgt_admit_login(const struct ktgt_net *kn,
		      const struct ktgt_target *target, u16 tag,
		      const struct sockaddr_storage *peer,
		      const char *initiator, struct ktgt_admission *adm);
bool ktgt_admit_discovery(const struct ktgt_target *target,
			  const struct sockaddr_storage *peer,
			  const char *initiator);

#endif /* _KTGT_ISCSI_ADMIT_H */
