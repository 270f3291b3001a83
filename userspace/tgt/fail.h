/* SPDX-License-Identifier: GPL-2.0 */
/* The texts of tgt, and how an operation of tgtadm fails. */
#ifndef KTGT_TGT_FAIL_H
#define KTGT_TGT_FAIL_H

#include "lib/nl.h"

#define NO_DRIVER	"can't find the driver"
#define NO_TARGET	"can't find the target"
#define NO_LU		"can't find the logical unit"
#define NO_SESSION	"can't find the session"
#define NO_CONN		"can't find the connection"
#define NO_ACCOUNT	"can't find the account"
#define NO_ACL		"this access control rule does not exist"
#define HAVE_TARGET	"this target already exists"
#define HAVE_LU		"this logical unit number already exists"
#define HAVE_ACL	"this access control rule already exists"
#define HAVE_ACCOUNT	"this account already exists"
#define HAVE_OUTGOING	"this target already has an outgoing account"
#define MANY_ACCOUNTS	"too many accounts"
#define TARGET_ACTIVE	"this target is still active"
#define LU_ACTIVE	"this logical unit is still active"
#define DRIVER_BUSY	"this driver is busy"
#define PREVENTED	"this device has Prevent Removal set"
#define INVALID		"invalid request"
#define UNSUPPORTED	"this operation isn't supported"
#define UNKNOWN_PARAM	"unknown parameter"
#define NO_MEMORY	"out of memory"

/* Texts of tgt for an object that does not exist, exists already, or is in use. */
struct texts {
	const char *missing;
	const char *exists;
	const char *busy;
	const char *full;
};

/* Prints the text of tgt, and the reason if there is one. Returns an exit status. */
int fail_because(const char *text, const char *reason);
int fail_unknown(const char *name);
/* Ends an operation with one of @texts, or with 0; @err is the kernel's answer. */
int finish(struct nl *nl, int err, const struct texts *texts);

#endif /* KTGT_TGT_FAIL_H */
