/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistent reservations (SPC-4, 5.12).
 *
 * A registration belongs to an I_T nexus: the name of the initiator port, and the
 * relative identifier of the target port. It stays when the session ends.
 */
#ifndef _KTGT_SCSI_PR_H
#define _KTGT_SCSI_PR_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>

#include "../core/cmd.h"
#include "../core/port.h"
#include "lu.h"

struct ktgt_nexus;

/* registrations that a logical unit may have */
#define KTGT_PR_MAX		512
/* those that all logical units of all namespaces may have together */
#define KTGT_PR_ALL_MAX		131072

/* service actions of PERSISTENT RESERVE OUT (SPC-4, 6.16.2) */
enum ktgt_pr_action {
	KTGT_PR_REGISTER,
	KTGT_PR_RESERVE,
	KTGT_PR_RELEASE,
	KTGT_PR_CLEAR,
	KTGT_PR_PREEMPT,
	KTGT_PR_PREEMPT_ABORT,
	KTGT_PR_REGISTER_IGNORE,
	KTGT_PR_REGISTER_MOVE,
	KTGT_PR_NR_ACTIONS,
};

/* types of persistent reservations (SPC-4, 6.15.3.4) */
enum ktgt_pr_type {
	KTGT_PR_WRITE_EXCLUSIVE			= 1,
	KTGT_PR_EXCLUSIVE_ACCESS		= 3,
	KTGT_PR_WRITE_EXCLUSIVE_REGISTRANTS	= 5,
	KTGT_PR_EXCLUSIVE_ACCESS_REGISTRANTS	= 6,
	KTGT_PR_WRITE_EXCLUSIVE_ALL		= 7,
	KTGT_PR_EXCLUSIVE_ACCESS_ALL		= 8,
};

/**
 * enum ktgt_pr_result - how a service action ends
 * @KTGT_PR_GOOD: GOOD
 * @KTGT_PR_CONFLICT: RESERVATION CONFLICT
 * @KTGT_PR_INVALID_CDB: INVALID FIELD IN CDB
 * @KTGT_PR_INVALID_LIST: INVALID FIELD IN PARAMETER LIST
 * @KTGT_PR_INVALID_LENGTH: PARAMETER LIST LENGTH ERROR
 * @KTGT_PR_INVALID_RELEASE: INVALID RELEASE OF PERSISTENT RESERVATION
 * @KTGT_PR_TOO_MANY: INSUFFICIENT REGISTRATION RESOURCES
 * @KTGT_PR_BUSY: BUSY, for want of memory, or because something else has changed while
 *	it was saved
 */
enum ktgt_pr_result {
	KTGT_PR_GOOD,
	KTGT_PR_CONFLICT,
	KTGT_PR_INVALID_CDB,
	KTGT_PR_INVALID_LIST,
	KTGT_PR_INVALID_LENGTH,
	KTGT_PR_INVALID_RELEASE,
	KTGT_PR_TOO_MANY,
	KTGT_PR_BUSY,
};

/**
 * struct ktgt_registration - the registration of an I_T nexus
 *
 * Under &ktgt_target.nexus_lock once it is in &ktgt_pr.registrations.
 *
 * @node: in &ktgt_pr.registrations, or in a list of &struct ktgt_pr_request
 * @itl: the I_T_L nexus, while there is one
 * @key: reservation key
 * @hash: of @name
 * @port: the target port, see core/port.h
 * @name: initiator port, in the form of &ktgt_nexus.port_name
 */
struct ktgt_registration {
	struct list_head	node;
	struct ktgt_itl		*itl;
	u64			key;
	u32			hash;
	u16			port;
	char			name[];
};

/**
 * struct ktgt_pr_request - what a PERSISTENT RESERVE OUT command asks for
 * @lu: the logical unit
 * @itl: I_T_L nexus that asks
 * @action: enum ktgt_pr_action
 * @scope: SCOPE, 0 for the logical unit
 * @type: TYPE
 * @key: RESERVATION KEY
 * @action_key: SERVICE ACTION RESERVATION KEY
 * @spec_i_pt: other initiator ports are named
 * @ports: target ports that are meant: for REGISTER that of the asker, and with
 *	ALL_TG_PT all others; for REGISTER AND MOVE the one that is named
 * @aptpl: the registrations are to survive a loss of power
 * @unregister: UNREG of REGISTER AND MOVE
 * @field: byte of the parameter list that is wrong, if the result says so
 * @made: struct ktgt_registration that are not registered yet, at each of @ports: for
 *	REGISTER that of the asker, then those that are named; for REGISTER AND MOVE
 *	the one that is named
 * @removed: struct ktgt_registration that it has removed. Their @itl is valid as long
 *	as &ktgt_target.nexus_lock is held
 */
struct ktgt_pr_request {
	struct ktgt_lu		*lu;
	struct ktgt_itl		*itl;
	u8			action;
	u8			scope;
	u8			type;
	u64			key;
	u64			action_key;
	bool			spec_i_pt;
	struct ktgt_ports	ports;
	bool			aptpl;
	bool			unregister;
	u16			field;
	struct list_head	made;
	struct list_head	removed;
};

bool ktgt_pr_refuses(const struct ktgt_cmd *cmd);
bool ktgt_pr_is_lost(const struct ktgt_cmd *cmd);

/**
 * ktgt_pr_conflicts - whether a command conflicts with a reservation
 * @cmd: command of an I_T_L nexus; its row says what kind of command it is
 *
 * Without a reservation this is a look at the flags of the I_T_L nexus.
 *
 * Context: any.
 * Return: true if it has to end with RESERVATION CONFLICT, or, if ktgt_pr_is_lost(),
 *	with NOT READY.
 */
static inline bool ktgt_pr_conflicts(const struct ktgt_cmd *cmd)
{
	return unlikely(READ_ONCE(cmd->itl->flags) & KTGT_ITL_CONFLICTS) &&
	       ktgt_pr_refuses(cmd);
}

u32 ktgt_pr_hash(const char *name);
struct ktgt_registration *ktgt_pr_make(const char *name, u16 port, gfp_t gfp);
bool ktgt_pr_insert(struct ktgt_lu *lu, struct ktgt_registration *registration);
int ktgt_pr_copy(struct ktgt_lu *to, struct ktgt_itl *as,
		 const struct ktgt_lu *lu, const struct ktgt_itl *itl);
void ktgt_pr_replace(struct ktgt_lu *lu, struct ktgt_lu *from);
void ktgt_pr_free_list(struct list_head *list);
bool ktgt_pr_type_is_valid(u8 type);
bool ktgt_pr_is_for_all(u8 type);
bool ktgt_pr_is_for_registrants(u8 type);
bool ktgt_pr_holds(const struct ktgt_pr *pr,
		   const struct ktgt_registration *registration);
void ktgt_pr_init(struct ktgt_pr *pr);
void ktgt_pr_exit(struct ktgt_lu *lu);
void ktgt_pr_attach(struct ktgt_itl *itl);
void ktgt_pr_detach(struct ktgt_itl *itl);
void ktgt_pr_update(struct ktgt_lu *lu);
bool ktgt_pr_key_fits(const struct ktgt_pr_request *req);
enum ktgt_pr_result ktgt_pr_run(struct ktgt_pr_request *req);

#endif /* _KTGT_SCSI_PR_H */
