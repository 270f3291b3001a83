// SPDX-License-Identifier: GPL-2.0
/* Changes as command lines of tgtadm. */
#include "apply/describe.h"

#include <stdio.h>
#include <string.h>

#include "apply/lu.h"
#include "conf/key.h"
#include "lib/out.h"
#include "lib/parse.h"

#define TGTADM	"tgtadm --lld iscsi --mode "

static const char *gone_name(const struct lu *lu)
{
	return field_name(object_field(&lu_object, KTGT_A_LU_GONE), lu->gone);
}

/* As tgtadm takes them, or as ktgtadm does. */
static void describe_names(const struct lu *lu, bool tgt)
{
	char text[KTGT_SCSI_NAME_MAX + 1];
	const struct lu_name *name;
	const struct field *f;

	for (name = lu_names; name->attr; name++) {
		if (!HAS(lu, name->attr))
			continue;
		f = object_field(&lu_object, name->attr);
		out_field_text(f, lu, true, text, sizeof(text));
		if (tgt)
			printf(" %s='%s'", name->directive, text);
		else
			printf(" %s '%s'", f->name, text);
	}
}

static void describe_lu(const struct lu *lu)
{
	printf("logicalunit --op new --tid %u --lun %u", lu->target_id,
	       lu->lun);
	if (lu->backend == KTGT_BACKEND_NULL)
		printf(" --bstype null --bsopts size=%llu",
		       (unsigned long long)lu->size);
	else
		printf(" --backing-store %s", lu->path);
	if (HAS(lu, KTGT_A_LU_BLOCK_SIZE))
		printf(" --blocksize %u", lu->block_size);
	if (HAS(lu, KTGT_A_LU_WRITE_CACHE))
		printf(" write-cache=%s", lu->write_cache ? "on" : "off");
	if (HAS(lu, KTGT_A_LU_READ_ONLY))
		printf(" readonly=%u", lu->read_only);
	if (HAS(lu, KTGT_A_LU_SHARED))
		printf(" shared=%u", lu->shared);
	if (HAS(lu, KTGT_A_LU_SHARED_IDENTITY))
		printf(" shared-identity=%u", lu->shared_identity);
	if (HAS(lu, KTGT_A_LU_MEDIUM))
		printf(" medium=%s", lu->medium);
	if (HAS(lu, KTGT_A_LU_GONE))
		printf(" gone=%s", gone_name(lu));
	if (HAS(lu, KTGT_A_LU_REMOVABLE))
		printf(" removable=%u", lu->removable);
	describe_names(lu, true);
}

/* tgtadm has no command for this. */
static void describe_set(const struct lu *lu)
{
	printf("ktgtadm lun set target %u lun %u", lu->target_id, lu->lun);
	if (HAS(lu, KTGT_A_LU_READ_ONLY))
		printf(" read-only %s", lu->read_only ? "on" : "off");
	if (HAS(lu, KTGT_A_LU_SHARED))
		printf(" shared %s", lu->shared ? "on" : "off");
	if (HAS(lu, KTGT_A_LU_WRITE_CACHE))
		printf(" write-cache %s", lu->write_cache ? "on" : "off");
	if (HAS(lu, KTGT_A_LU_DEVICE_WRITE_CACHE))
		printf(" write-cache default");
	if (HAS(lu, KTGT_A_LU_GONE))
		printf(" gone %s", gone_name(lu));
	if (HAS(lu, KTGT_A_LU_REMOVABLE))
		printf(" removable %s", lu->removable ? "on" : "off");
	describe_names(lu, false);
	printf("\n");
}

static void describe_acl(const char *op, const struct acl *acl)
{
	char buf[ADDR_TEXT_MAX];

	printf("target --op %s --tid %u ", op, acl->target_id);
	if (HAS(acl, KTGT_A_ACL_INITIATOR))
		printf("--initiator-name %s", acl->initiator);
	else
		printf("--initiator-address %s", acl->all ? "ALL" :
		       prefix_text(&acl->address, acl->prefix_len, buf,
				   sizeof(buf)));
}

static void describe_binding(const char *op, const struct account *account)
{
	printf("account --op %s", op);
	if (account->target_id)
		printf(" --tid %u", account->target_id);
	printf(" --user %s%s", account->user,
	       account->outgoing ? " --outgoing" : "");
}

static void describe_target(uint8_t cmd, const struct target *target)
{
	if (cmd == KTGT_CMD_TARGET_NEW)
		printf("target --op new --tid %u --targetname %s", target->id,
		       target->name);
	else if (cmd == KTGT_CMD_TARGET_DEL)
		printf("target --op delete%s --tid %u",
		       HAS(target, KTGT_A_TARGET_FORCE) ? " --force" : "",
		       target->id);
	else if (HAS(target, KTGT_A_TARGET_STATE))
		printf("target --op update --tid %u --name state --value %s",
		       target->id,
		       target->state == KTGT_TARGET_STATE_READY ? "ready" :
								  "offline");
}

/* Each key is one command of tgtadm; to reset a key, ktgtadm is needed. */
static void describe_keys(const struct target *target)
{
	const struct tgt_key *key;
	char buf[TGT_KEY_TEXT];
	const struct field *f;
	uint32_t value;

	/* tgtadm has no command for this */
	if (HAS(target, KTGT_A_TARGET_PORTALS))
		printf("ktgtadm target set %u portals %s\n", target->id,
		       target->portals);
	for (key = tgt_keys; key->name; key++) {
		if (!key->attr || !HAS(target, key->attr))
			continue;
		f = object_field(&target_object, key->attr);
		memcpy(&value, (const char *)target + f->off, sizeof(value));
		if (value == KTGT_KEY_DEFAULT)
			printf("ktgtadm target set %u %s default\n",
			       target->id, f->name);
		else
			printf(TGTADM "target --op update --tid %u --name %s --value %s\n",
			       target->id, key->name,
			       tgt_key_text(key, target, buf));
	}
}

static void describe_account(uint8_t cmd, const struct account *account)
{
	if (cmd == KTGT_CMD_ACCOUNT_NEW)
		printf("account --op new --user %s --password (hidden)",
		       account->user);
	else if (cmd == KTGT_CMD_ACCOUNT_DEL)
		printf("account --op delete --user %s", account->user);
	else
		describe_binding(cmd == KTGT_CMD_ACCOUNT_BIND ? "bind" :
								"unbind",
				 account);
}

static void describe_request(uint8_t cmd, const void *req)
{
	const struct lu *lu = req;

	switch (cmd) {
	case KTGT_CMD_LU_NEW:
		describe_lu(lu);
		break;
	case KTGT_CMD_LU_DEL:
		printf("logicalunit --op delete --tid %u --lun %u",
		       lu->target_id, lu->lun);
		break;
	case KTGT_CMD_ACL_NEW:
	case KTGT_CMD_ACL_DEL:
		describe_acl(cmd == KTGT_CMD_ACL_NEW ? "bind" : "unbind", req);
		break;
	case KTGT_CMD_ACCOUNT_NEW:
	case KTGT_CMD_ACCOUNT_DEL:
	case KTGT_CMD_ACCOUNT_BIND:
	case KTGT_CMD_ACCOUNT_UNBIND:
		describe_account(cmd, req);
		break;
	default:
		describe_target(cmd, req);
		break;
	}
}

/* tgtadm has no command for these. */
static bool describe_group(uint8_t cmd, const struct port_group *group)
{
	static const char *const verbs[] = {
		[KTGT_CMD_PORT_GROUP_NEW - KTGT_CMD_PORT_GROUP_NEW] = "add",
		[KTGT_CMD_PORT_GROUP_SET - KTGT_CMD_PORT_GROUP_NEW] = "set",
		[KTGT_CMD_PORT_GROUP_DEL - KTGT_CMD_PORT_GROUP_NEW] = "del",
	};

	if (cmd < KTGT_CMD_PORT_GROUP_NEW || cmd > KTGT_CMD_PORT_GROUP_DEL)
		return false;
	printf("ktgtadm group %s target %u group %u",
	       verbs[cmd - KTGT_CMD_PORT_GROUP_NEW], group->target_id, group->id);
	if (HAS(group, KTGT_A_PORT_GROUP_PORTALS))
		printf(" portals %s", group->portals);
	if (HAS(group, KTGT_A_PORT_GROUP_STATE))
		printf(" state %s",
		       field_name(object_field(&port_group_object,
					       KTGT_A_PORT_GROUP_STATE),
				  group->state));
	if (HAS(group, KTGT_A_PORT_GROUP_PREFERRED))
		printf(" preferred %s", group->preferred ? "on" : "off");
	printf("\n");
	return true;
}

void describe_change(uint8_t cmd, const void *req)
{
	const struct target *target = req;
	const struct lu *lu = req;

	if (describe_group(cmd, req))
		return;
	/* tgtadm has no command for this */
	if (cmd == KTGT_CMD_LU_ATTACH) {
		printf("ktgtadm lun attach target %u lun %u\n", lu->target_id,
		       lu->lun);
		return;
	}
	if (cmd == KTGT_CMD_LU_SET) {
		describe_set(lu);
		return;
	}
	if (cmd == KTGT_CMD_TARGET_SET && !HAS(target, KTGT_A_TARGET_STATE)) {
		describe_keys(target);
		return;
	}
	printf(TGTADM);
	describe_request(cmd, req);
	printf("\n");
	if (cmd == KTGT_CMD_TARGET_NEW)
		describe_keys(target);
}
