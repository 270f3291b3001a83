// SPDX-License-Identifier: GPL-2.0
/* What is there in the form of targets.conf. */
#include <string.h>

#include "parse.h"
#include "tgt_admin.h"

/* In quotes where a blank or a special character asks for them. */
static void put_word(FILE *file, const char *text)
{
	bool quote = !*text || strpbrk(text, " \t#\"'\\$=<>") != NULL;

	if (quote)
		fputc('"', file);
	for (; *text; text++) {
		if (quote && strchr("\"\\", *text))
			fputc('\\', file);
		fputc(*text, file);
	}
	if (quote)
		fputc('"', file);
}

static void put(FILE *file, const char *name, const char *text)
{
	fprintf(file, "\t\t%s ", name);
	put_word(file, text);
	fputc('\n', file);
}

/* What would be another when nothing was said of it. */
static void dump_identity(FILE *file, const struct lu *lu)
{
	struct lu plain = { .target_id = lu->target_id, .lun = lu->lun };

	admin_lu_defaults(&plain, lu);
	if (strcmp(lu->scsi_id, plain.scsi_id))
		put(file, "scsi_id", lu->scsi_id);
	if (strcmp(lu->serial, plain.serial))
		put(file, "scsi_sn", lu->serial);
	if (strcmp(lu->vendor, plain.vendor))
		put(file, "vendor_id", lu->vendor);
	if (strcmp(lu->product, plain.product))
		put(file, "product_id", lu->product);
	if (strcmp(lu->revision, plain.revision))
		put(file, "product_rev", lu->revision);
}

static struct lu device_of(const struct lu *lu)
{
	struct lu plain = { .target_id = lu->target_id, .lun = lu->lun };

	plain.backend = lu->backend;
	strcpy(plain.path, lu->path);
	admin_lu_defaults(&plain, lu);
	return plain;
}

/* Without its device it has no more settings than it was given. */
static void dump_given(FILE *file, const struct lu *lu)
{
	if (HAS(lu, KTGT_A_LU_WRITE_CACHE))
		put(file, "write-cache", lu->write_cache ? "on" : "off");
	if (lu->read_only)
		put(file, "readonly", "1");
	if (HAS(lu, KTGT_A_LU_BLOCK_SIZE))
		fprintf(file, "\t\tblock-size %u\n", lu->block_size);
}

static void dump_settings(FILE *file, const struct lu *lu)
{
	struct lu plain = device_of(lu);

	if (admin_lu_waits(lu)) {
		dump_given(file, lu);
		return;
	}
	if (HAS(&plain, KTGT_A_LU_WRITE_CACHE) &&
	    lu->write_cache != plain.write_cache)
		put(file, "write-cache", lu->write_cache ? "on" : "off");
	if (lu->read_only != plain.read_only)
		put(file, "readonly", lu->read_only ? "1" : "0");
	if (HAS(&plain, KTGT_A_LU_BLOCK_SIZE) ?
	    lu->block_size != plain.block_size :
	    lu->backend == KTGT_BACKEND_NULL && lu->block_size != 512)
		fprintf(file, "\t\tblock-size %u\n", lu->block_size);
}

static void dump_lu(FILE *file, const struct lu *lu)
{
	bool null = lu->backend == KTGT_BACKEND_NULL;
	char name[32];

	snprintf(name, sizeof(name), "null%u", lu->lun);
	fprintf(file, "\t<backing-store ");
	put_word(file, null ? name : lu->path);
	fprintf(file, ">\n\t\tlun %u\n", lu->lun);
	if (null)
		fprintf(file, "\t\tbs-type null\n\t\tbsopts size=%llu\n",
			(unsigned long long)lu->size);
	dump_settings(file, lu);
	dump_identity(file, lu);
	fprintf(file, "\t</backing-store>\n");
}

/* A line says nothing of a logical unit but its path. */
static bool fits_line(const struct lu *lu, uint32_t lun)
{
	struct lu plain = device_of(lu);

	if (admin_lu_waits(lu) && (HAS(lu, KTGT_A_LU_WRITE_CACHE) ||
				   HAS(lu, KTGT_A_LU_BLOCK_SIZE)))
		return false;
	return lu->backend == KTGT_BACKEND_BLOCK && lu->lun == lun &&
	       admin_same_lu(&plain, lu) &&
	       (HAS(&plain, KTGT_A_LU_READ_ONLY) || !lu->read_only);
}

static void dump_lus(FILE *file, const struct admin *admin, uint32_t tid)
{
	struct list lus = tgt_view_lus(admin->view, tid);
	const struct lu *lu;
	bool lines = true;
	uint32_t lun = 1;

	list_for_each(lu, &lus)
		if (lu->lun)
			lines = lines && fits_line(lu, lun++);
	list_for_each(lu, &lus) {
		if (!lu->lun)
			continue;
		if (!lines) {
			dump_lu(file, lu);
			continue;
		}
		fprintf(file, "\tbacking-store ");
		put_word(file, lu->path);
		fputc('\n', file);
	}
}

/* @names: the two directives, for incoming and outgoing accounts */
static void dump_accounts(FILE *file, const struct admin *admin, uint32_t tid,
			  const char *const *names)
{
	const struct account *account;

	list_for_each(account, &admin->view->accounts) {
		if (!HAS(account, KTGT_A_ACCOUNT_TARGET_ID) ||
		    account->target_id != tid)
			continue;
		fprintf(file, "%s%s ", tid ? "\t" : "",
			names[account->outgoing]);
		put_word(file, account->user);
		fprintf(file, " PLEASE_CORRECT_THE_PASSWORD\n");
	}
}

static void dump_acls(FILE *file, const struct admin *admin, uint32_t tid)
{
	struct list acls = tgt_view_acls(admin->view, tid);
	char buf[ADDR_TEXT_MAX];
	const struct acl *acl;

	list_for_each(acl, &acls) {
		if (HAS(acl, KTGT_A_ACL_INITIATOR)) {
			fprintf(file, "\tinitiator-name ");
			put_word(file, acl->initiator);
			fputc('\n', file);
		} else {
			fprintf(file, "\tinitiator-address %s\n",
				acl->all ? "ALL" :
				prefix_text(&acl->address, acl->prefix_len,
					    buf, sizeof(buf)));
		}
	}
	/* no line at all would admit everybody */
	if (!acls.n)
		fprintf(file, "\tinitiator-address 0.0.0.0\n");
}

void admin_dump(FILE *file, const struct admin *admin)
{
	static const char *const discovery[] = {
		"incomingdiscoveryuser", "outgoingdiscoveryuser"
	};
	static const char *const users[] = { "incominguser", "outgoinguser" };
	const struct target *target;

	fprintf(file, "default-driver iscsi\n");
	dump_accounts(file, admin, 0, discovery);
	fputc('\n', file);
	list_for_each(target, &admin->view->targets) {
		fprintf(file, "<target ");
		put_word(file, target->name);
		fprintf(file, ">\n\tcontroller_tid %u\n", target->id);
		if (target->state == KTGT_TARGET_STATE_OFFLINE)
			fprintf(file, "\tstate offline\n");
		dump_lus(file, admin, target->id);
		dump_accounts(file, admin, target->id, users);
		dump_acls(file, admin, target->id);
		fprintf(file, "</target>\n\n");
	}
}
