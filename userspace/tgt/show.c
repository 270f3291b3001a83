// SPDX-License-Identifier: GPL-2.0
/*
 * The output of tgtadm. Cluster agents and scripts read it, so no blank may
 * change, not even the one after "Backing store flags:".
 */
#include "tgt/show.h"

#include <inttypes.h>
#include <stdlib.h>

#include "conf/key.h"
#include "lib/clean.h"
#include "lib/parse.h"

#define MB	1000000

static const char *yes_no(uint32_t value)
{
	return value ? "Yes" : "No";
}

static void print_clean(FILE *file, const char *text)
{
	char *clean = clean_text(text);

	fputs(clean ? clean : "", file);
	free(clean);
}

static void show_nexus(FILE *file, const struct session *session)
{
	char buf[ADDR_TEXT_MAX];
	const struct conn *conn;

	fprintf(file, "        I_T nexus: %u\n", session->id);
	fprintf(file, "            Initiator: ");
	print_clean(file, session->initiator);
	fprintf(file, " alias: ");
	print_clean(file, session->alias[0] ? session->alias : "none");
	fprintf(file, "\n");
	vec_for_each(conn, &session->conn) {
		fprintf(file, "            Connection: %u\n", conn->cid);
		fprintf(file, "                IP Address: %s\n",
			addr_text(&conn->peer_address, buf, sizeof(buf)));
	}
}

/* decimal megabytes, rounded to the nearest */
static uint64_t megabytes(uint64_t size)
{
	return size / MB + (size % MB >= MB / 2);
}

static const char *type_name(const struct lu *lu)
{
	return lu->type == KTGT_LU_TYPE_CONTROLLER ? "controller" : "disk";
}

/* tgt calls a block device rdwr */
static const char *backend_name(const struct lu *lu)
{
	return lu->backend == KTGT_BACKEND_BLOCK ? "rdwr" : "null";
}

static void show_lu(FILE *file, const struct lu *lu)
{
	bool controller = lu->type == KTGT_LU_TYPE_CONTROLLER;

	fprintf(file, "        LUN: %u\n", lu->lun);
	fprintf(file, "            Type: %s\n", type_name(lu));
	fprintf(file, "            SCSI ID: ");
	print_clean(file, lu->scsi_id);
	fprintf(file, "\n            SCSI SN: ");
	print_clean(file, lu->serial);
	fprintf(file, "\n            Size: %" PRIu64 " MB, Block size: %u\n",
		controller ? 0 : megabytes(lu->size),
		controller ? 1 : lu->block_size);
	fprintf(file, "            Online: %s\n",
		yes_no(controller || lu->online));
	fprintf(file, "            Removable media: %s\n",
		yes_no(lu->removable));
	fprintf(file, "            Prevent removal: %s\n",
		yes_no(lu->prevented));
	fprintf(file, "            Readonly: %s\n", yes_no(lu->read_only));
	fprintf(file, "            SWP: No\n");
	fprintf(file, "            Thin-provisioning: %s\n", yes_no(lu->thin));
	fprintf(file, "            Backing store type: %s\n",
		backend_name(lu));
	fprintf(file, "            Backing store path: ");
	print_clean(file, lu->path[0] ? lu->path : "None");
	fprintf(file, "\n            Backing store flags: \n");
}

static void show_target_accounts(FILE *file, const struct vec *accounts,
				 uint32_t tid, bool outgoing)
{
	const struct account *account;

	vec_for_each(account, accounts) {
		if (!HAS(account, KTGT_A_ACCOUNT_TARGET_ID) ||
		    account->target_id != tid || account->outgoing != outgoing)
			continue;
		fprintf(file, "        ");
		print_clean(file, account->user);
		fprintf(file, "%s\n", outgoing ? " (outgoing)" : "");
	}
}

static void show_acl(FILE *file, const struct acl *acl)
{
	char buf[ADDR_TEXT_MAX];

	fprintf(file, "        ");
	if (acl->all)
		fprintf(file, "ALL");
	else if (HAS(acl, KTGT_A_ACL_INITIATOR))
		print_clean(file, acl->initiator);
	else
		fprintf(file, "%s", prefix_text(&acl->address, acl->prefix_len,
						buf, sizeof(buf)));
	fprintf(file, "\n");
}

static void show_target_acls(FILE *file, const struct vec *acls, bool names)
{
	const struct acl *acl;

	vec_for_each(acl, acls)
		if (HAS(acl, KTGT_A_ACL_INITIATOR) == names)
			show_acl(file, acl);
}

static void show_target(FILE *file, const struct target *target,
			const struct view *view)
{
	struct vec acls = view_acls(view, target->id);
	struct vec lus = view_lus(view, target->id);
	const struct session *session;
	const struct lu *lu;

	fprintf(file, "Target %u: ", target->id);
	print_clean(file, target->name);
	fprintf(file, "\n    System information:\n");
	fprintf(file, "        Driver: iscsi\n");
	fprintf(file, "        State: %s\n",
		target->state == KTGT_TARGET_STATE_READY ? "ready" : "offline");
	fprintf(file, "    I_T nexus information:\n");
	vec_for_each(session, &view->sessions)
		if (session->target_id == target->id)
			show_nexus(file, session);
	fprintf(file, "    LUN information:\n");
	vec_for_each(lu, &lus)
		show_lu(file, lu);
	fprintf(file, "    Account information:\n");
	show_target_accounts(file, &view->accounts, target->id, false);
	show_target_accounts(file, &view->accounts, target->id, true);
	fprintf(file, "    ACL information:\n");
	show_target_acls(file, &acls, false);
	show_target_acls(file, &acls, true);
}

void tgt_show_targets(FILE *file, const struct view *view)
{
	const struct target *target;

	vec_for_each(target, &view->targets)
		show_target(file, target, view);
}

/*
 * Shows what is set, or the setting of the namespace, or the value before a
 * login.
 */
void tgt_show_params(FILE *file, const struct net *net,
		     const struct target *target)
{
	const struct tgt_key *key;
	char buf[TGT_KEY_TEXT];
	const char *text;

	for (key = tgt_keys; key->name; key++) {
		if (key->own)
			continue;
		text = tgt_key_text(key, target, buf);
		if (text)
			fprintf(file, "%s=%s\n", key->name, text);
		else if (key->attr == KTGT_A_TARGET_NOP_INTERVAL)
			fprintf(file, "%s=%u\n", key->name,
				net->nop_interval);
		else if (key->text)
			fprintf(file, "%s=%s\n", key->name, key->text);
	}
}

void tgt_show_session(FILE *file, const struct param *param)
{
	const struct {
		const char *key;
		uint32_t value;
	} numbers[] = {
		{ "MaxRecvDataSegmentLength",
		  param->max_recv_data_segment_length },
		{ "MaxXmitDataSegmentLength",
		  param->max_xmit_data_segment_length },
		{ "MaxOutstandingR2T", param->max_outstanding_r2t },
		{ "FirstBurstLength", param->first_burst_length },
		{ "MaxBurstLength", param->max_burst_length },
		{ "ErrorRecoveryLevel", param->error_recovery_level },
		{ "DefaultTime2Wait", param->default_time2wait },
		{ "DefaultTime2Retain", param->default_time2retain },
		{ "MaxConnections", param->max_connections },
	};
	size_t i;

	fprintf(file, "HeaderDigest=%s\n",
		param->header_digest ? "CRC32C" : "None");
	fprintf(file, "DataDigest=%s\n",
		param->data_digest ? "CRC32C" : "None");
	fprintf(file, "InitialR2T=%s\n", yes_no(param->initial_r2t));
	fprintf(file, "ImmediateData=%s\n", yes_no(param->immediate_data));
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		fprintf(file, "%s=%u\n", numbers[i].key, numbers[i].value);
}

/* As in tgt, the newest comes first, here and in the next two functions. */
void tgt_show_conns(FILE *file, const struct vec *sessions, uint32_t tid)
{
	const struct session *session;
	char buf[ADDR_TEXT_MAX];
	const struct conn *conn;
	size_t i;

	for (i = sessions->n; i--;) {
		session = vec_at(sessions, i);
		if (session->target_id != tid)
			continue;
		fprintf(file, "Session: %u\n", session->id);
		vec_for_each(conn, &session->conn) {
			fprintf(file, "    Connection: %u\n", conn->cid);
			fprintf(file, "        Initiator: ");
			print_clean(file, session->initiator);
			fprintf(file, "\n        IP Address: %s\n",
				addr_text(&conn->peer_address, buf,
					  sizeof(buf)));
		}
	}
}

void tgt_show_portals(FILE *file, const struct vec *portals)
{
	const struct portal *portal;
	char buf[ADDR_TEXT_MAX];
	size_t i;

	for (i = portals->n; i--;) {
		portal = vec_at(portals, i);
		fprintf(file, "Portal: %s,%u\n",
			portal_text(&portal->address, portal->port, buf,
				    sizeof(buf)), portal->group_tag);
	}
}

void tgt_show_accounts(FILE *file, const struct vec *accounts)
{
	const struct account *account;
	bool any = false;
	size_t i;

	for (i = accounts->n; i--;) {
		account = vec_at(accounts, i);
		if (HAS(account, KTGT_A_ACCOUNT_TARGET_ID))
			continue;
		if (!any)
			fprintf(file, "Account list:\n");
		any = true;
		fprintf(file, "    ");
		print_clean(file, account->user);
		fprintf(file, "\n");
	}
}

static void show_discovery(FILE *file, const struct vec *accounts,
			   bool outgoing)
{
	const struct account *account;

	vec_for_each(account, accounts) {
		if (!HAS(account, KTGT_A_ACCOUNT_TARGET_ID) ||
		    account->target_id || account->outgoing != outgoing)
			continue;
		fprintf(file, "    ");
		print_clean(file, account->user);
		fprintf(file, "%s\n", outgoing ? " (outgoing)" : "");
	}
}

static bool any_discovery(const struct vec *accounts)
{
	const struct account *account;

	vec_for_each(account, accounts)
		if (HAS(account, KTGT_A_ACCOUNT_TARGET_ID) &&
		    !account->target_id)
			return true;
	return false;
}

void tgt_show_system(FILE *file, const struct net *net,
		     const struct vec *accounts)
{
	fprintf(file, "System:\n    State: %s\n",
		net->state == KTGT_NET_STATE_READY ? "ready" : "offline");
	fprintf(file,
		"    debug: off\n"
		"LLDs:\n"
		"    iscsi: ready\n"
		"    iser: error\n"
		"Backing stores:\n"
		"    null\n"
		"    rdwr (bsoflags sync:direct)\n"
		"Device types:\n"
		"    disk\n"
		"    controller\n");
	if (any_discovery(accounts)) {
		fprintf(file, "    Account information:\n\n");
		show_discovery(file, accounts, false);
		show_discovery(file, accounts, true);
	}
	fprintf(file,
		"iSNS:\n"
		"    iSNS=Off\n"
		"    iSNSServerIP=\n"
		"    iSNSServerPort=3205\n"
		"    iSNSAccessControl=Off\n");
}

void tgt_show_lld(FILE *file, const struct vec *targets)
{
	const struct target *target;

	fprintf(file, "LLDs:\n    iscsi: ready\n");
	vec_for_each(target, targets) {
		fprintf(file, "        Target %u: ", target->id);
		print_clean(file, target->name);
		fprintf(file, "\n");
	}
	fprintf(file, "    iser: error\n");
}
