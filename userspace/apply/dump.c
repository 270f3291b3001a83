// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration in the form of targets.conf, or as JSON with the same
 * meaning.
 */
#include "apply/dump.h"

#include <errno.h>
#include <string.h>

#include "apply/group.h"
#include "apply/lu.h"
#include "conf/json.h"
#include "conf/key.h"
#include "lib/parse.h"

#define NO_SECRET	"PLEASE_CORRECT_THE_PASSWORD"
#define NAME_TEXT	(KTGT_SCSI_NAME_MAX + 1)

struct dump;

/*
 * functions that write one of the forms; a block is a target or a logical unit
 */
struct form {
	void (*begin)(struct dump *dump, const char *name);
	void (*end)(struct dump *dump);
	void (*put)(struct dump *dump, const char *directive, const char *text,
		    const char *more);
};

struct dump {
	const struct form *form;
	const struct view *view;
	enum conf_level level;
	FILE *file;
	/* for JSON: discovery, and the present target and logical unit */
	json_t *root;
	json_t *object[CONF_LU + 1];
	int err;
};

/* As targets.conf */

/* Writes a word, in quotes if it has a blank or a special character. */
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

static void conf_begin(struct dump *dump, const char *name)
{
	if (dump->level == CONF_LU)
		fprintf(dump->file, "\t<backing-store ");
	else
		fprintf(dump->file, "\n<target ");
	put_word(dump->file, name);
	fprintf(dump->file, ">\n");
}

static void conf_end(struct dump *dump)
{
	fprintf(dump->file, "%s\n", dump->level == CONF_LU ?
		"\t</backing-store>" : "</target>");
}

static void conf_put(struct dump *dump, const char *directive,
		     const char *text, const char *more)
{
	static const char *const indent[] = {
		[CONF_GLOBAL] = "", [CONF_TARGET] = "\t", [CONF_LU] = "\t\t",
	};

	fprintf(dump->file, "%s%s ", indent[dump->level], directive);
	/* it contains nothing that needs quotes */
	if (!strcmp(directive, "bsopts"))
		fprintf(dump->file, "%s", text);
	else
		put_word(dump->file, text);
	if (more)
		fprintf(dump->file, " %s", more);
	fputc('\n', dump->file);
}

static const struct form conf_form = {
	.begin = conf_begin,
	.end = conf_end,
	.put = conf_put,
};

/* As JSON */

static void failed(struct dump *dump, int err)
{
	if (!dump->err)
		dump->err = err;
}

/* A new object at the end of @key's array in @in. */
static json_t *append(struct dump *dump, json_t *in, const char *key)
{
	json_t *array = json_object_get(in, key), *object = json_object();

	if (!array) {
		array = json_array();
		json_object_set_new(in, key, array);
	}
	if (json_array_append_new(array, object))
		failed(dump, -ENOMEM);
	return object;
}

static void json_begin(struct dump *dump, const char *name)
{
	bool is_lu = dump->level == CONF_LU;
	json_t *object;

	object = is_lu ? append(dump, dump->object[CONF_TARGET], "lus") :
			 append(dump, dump->root, "targets");
	dump->object[dump->level] = object;
	/* a name that is not a path is needed only in targets.conf */
	if ((!is_lu || name[0] == '/') &&
	    json_object_set_new(object, is_lu ? "path" : "name",
				json_string(name)))
		failed(dump, -EILSEQ);
}

static void json_end(struct dump *dump)
{
	dump->object[dump->level] = NULL;
}

static void json_put(struct dump *dump, const char *directive,
		     const char *text, const char *more)
{
	json_t *object = dump->object[dump->level];
	int err = conf_json_put(object, dump->level, directive, text, more);

	if (err)
		failed(dump, err);
}

static const struct form json_form = {
	.begin = json_begin,
	.end = json_end,
	.put = json_put,
};

/* Contents */

static void begin(struct dump *dump, const char *name)
{
	dump->level++;
	dump->form->begin(dump, name);
}

static void end(struct dump *dump)
{
	dump->form->end(dump);
	dump->level--;
}

static void put(struct dump *dump, const char *directive, const char *text)
{
	dump->form->put(dump, directive, text, NULL);
}

static void put_number(struct dump *dump, const char *directive,
		       const char *prefix, uint64_t number)
{
	char text[40];

	snprintf(text, sizeof(text), "%s%llu", prefix,
		 (unsigned long long)number);
	put(dump, directive, text);
}

/* Writes the identity where it differs from the default. */
static void dump_identity(struct dump *dump, const struct lu *lu)
{
	const struct lu_name *name;
	char text[NAME_TEXT];

	for (name = lu_names; name->attr; name++) {
		if (!lu_name_given(lu, name))
			continue;
		out_field_text(object_field(&lu_object, name->attr), lu, true,
			       text, sizeof(text));
		put(dump, name->directive, text);
	}
}

static struct lu device_of(const struct lu *lu)
{
	struct lu plain = { .target_id = lu->target_id, .lun = lu->lun };

	plain.backend = lu->backend;
	strcpy(plain.path, lu->path);
	lu_set_defaults(&plain, lu);
	return plain;
}

/* While the device is absent, only the settings of the user are known. */
static void dump_given(struct dump *dump, const struct lu *lu)
{
	if (HAS(lu, KTGT_A_LU_WRITE_CACHE))
		put(dump, "write-cache", lu->write_cache ? "on" : "off");
	if (lu->read_only)
		put(dump, "readonly", "1");
	if (HAS(lu, KTGT_A_LU_BLOCK_SIZE))
		put_number(dump, "block-size", "", lu->block_size);
}

static void dump_settings(struct dump *dump, const struct lu *lu)
{
	struct lu plain = device_of(lu);

	if (lu->shared)
		put(dump, "shared", "1");
	if (lu->shared_identity)
		put(dump, "shared-identity", "1");
	if (lu->gone == KTGT_GONE_PDL)
		put(dump, "gone", "pdl");
	if (lu->removable)
		put(dump, "removable", "1");
	if (HAS(lu, KTGT_A_LU_MEDIUM))
		put(dump, "medium", lu->medium);
	if (lu_waits(lu)) {
		dump_given(dump, lu);
		return;
	}
	if (HAS(&plain, KTGT_A_LU_WRITE_CACHE) &&
	    lu->write_cache != plain.write_cache)
		put(dump, "write-cache", lu->write_cache ? "on" : "off");
	if (lu->read_only != plain.read_only)
		put(dump, "readonly", lu->read_only ? "1" : "0");
	if (HAS(&plain, KTGT_A_LU_BLOCK_SIZE) ?
	    lu->block_size != plain.block_size :
	    lu->backend == KTGT_BACKEND_NULL && lu->block_size != 512)
		put_number(dump, "block-size", "", lu->block_size);
}

static void dump_lu(struct dump *dump, const struct lu *lu)
{
	bool null = lu->backend == KTGT_BACKEND_NULL;
	char name[32];

	snprintf(name, sizeof(name), "null%u", lu->lun);
	begin(dump, null ? name : lu->path);
	put_number(dump, "lun", "", lu->lun);
	if (null) {
		put(dump, "bs-type", "null");
		put_number(dump, "bsopts", "size=", lu->size);
	}
	dump_settings(dump, lu);
	dump_identity(dump, lu);
	end(dump);
}

/* Whether one line is enough: it contains only the path of a logical unit. */
static bool fits_line(const struct lu *lu, uint32_t lun)
{
	struct lu plain = device_of(lu);

	if (lu_waits(lu) && (HAS(lu, KTGT_A_LU_WRITE_CACHE) ||
				   HAS(lu, KTGT_A_LU_BLOCK_SIZE)))
		return false;
	return lu->backend == KTGT_BACKEND_BLOCK && lu->lun == lun &&
	       lu_same(&plain, lu) && !HAS(lu, KTGT_A_LU_MEDIUM) &&
	       (HAS(&plain, KTGT_A_LU_READ_ONLY) || !lu->read_only);
}

static void dump_lus(struct dump *dump, uint32_t tid)
{
	struct vec lus = view_lus(dump->view, tid);
	bool lines = dump->form == &conf_form;
	const struct lu *lu;
	uint32_t lun = 1;

	vec_for_each(lu, &lus)
		if (lu->lun)
			lines = lines && fits_line(lu, lun++);
	vec_for_each(lu, &lus) {
		if (!lu->lun)
			continue;
		if (lines)
			put(dump, "backing-store", lu->path);
		else
			dump_lu(dump, lu);
	}
}

/* @names: the two directives, for incoming and outgoing accounts */
static void dump_accounts(struct dump *dump, uint32_t tid,
			  const char *const *names)
{
	const struct account *account;

	vec_for_each(account, &dump->view->accounts)
		if (HAS(account, KTGT_A_ACCOUNT_TARGET_ID) &&
		    account->target_id == tid)
			dump->form->put(dump, names[account->outgoing],
					account->user, NO_SECRET);
}

static void dump_acls(struct dump *dump, uint32_t tid)
{
	struct vec acls = view_acls(dump->view, tid);
	char buf[ADDR_TEXT_MAX];
	const struct acl *acl;

	vec_for_each(acl, &acls) {
		if (HAS(acl, KTGT_A_ACL_INITIATOR))
			put(dump, "initiator-name", acl->initiator);
		else
			put(dump, "initiator-address", acl->all ? "ALL" :
			    prefix_text(&acl->address, acl->prefix_len, buf,
					sizeof(buf)));
	}
	/* without a line, the target would admit everybody */
	if (!acls.n)
		put(dump, "initiator-address", "0.0.0.0");
}

static void dump_keys(struct dump *dump, const struct target *target)
{
	const struct tgt_key *key;
	char buf[TGT_KEY_TEXT];
	const char *text;

	for (key = tgt_keys; key->name; key++) {
		text = tgt_key_text(key, target, buf);
		if (text)
			put(dump, key->name, text);
	}
}

static void dump_groups(struct dump *dump, uint32_t tid)
{
	struct vec groups = view_groups(dump->view, tid);
	const struct port_group *group;
	char id[12];

	vec_for_each(group, &groups) {
		snprintf(id, sizeof(id), "%u", group->id);
		dump->form->put(dump, "port-group", id, group->portals);
		if (group->state != KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED)
			dump->form->put(dump, "port-group-state", id,
					group_state_name(group));
		if (group->preferred)
			put(dump, "preferred-port-group", id);
	}
}

static void dump_all(struct dump *dump)
{
	static const char *const discovery[] = {
		"incomingdiscoveryuser", "outgoingdiscoveryuser"
	};
	static const char *const users[] = { "incominguser", "outgoinguser" };
	const struct target *target;

	dump_accounts(dump, 0, discovery);
	vec_for_each(target, &dump->view->targets) {
		begin(dump, target->name);
		put_number(dump, "controller_tid", "", target->id);
		if (target->state == KTGT_TARGET_STATE_OFFLINE)
			put(dump, "state", "offline");
		dump_keys(dump, target);
		if (HAS(target, KTGT_A_TARGET_PORTALS))
			put(dump, "portals", target->portals);
		dump_groups(dump, target->id);
		dump_lus(dump, target->id);
		dump_accounts(dump, target->id, users);
		dump_acls(dump, target->id);
		end(dump);
	}
}

void dump_conf(FILE *file, const struct view *view)
{
	struct dump dump = {
		.form = &conf_form, .view = view, .file = file,
	};

	fprintf(file, "default-driver iscsi\n");
	dump_all(&dump);
	fputc('\n', file);
}

int dump_json(enum out_format format, const struct view *view)
{
	struct dump dump = { .form = &json_form, .view = view };

	dump.root = json_pack("{s:{},s:[]}", "discovery", "targets");
	if (!dump.root)
		return -ENOMEM;
	dump.object[CONF_GLOBAL] = json_object_get(dump.root, "discovery");
	dump_all(&dump);
	if (!dump.err)
		return out_json(format, "config", dump.root);
	json_decref(dump.root);
	return dump.err;
}
