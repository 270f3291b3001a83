// SPDX-License-Identifier: GPL-2.0
/* Results as tables (libsmartcols), as JSON (jansson) or raw. */
#include "lib/out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <libsmartcols/libsmartcols.h>

#include "lib/parse.h"

#define CELL_MAX	(KTGT_PATH_MAX + 1)

static const void *member(const struct field *f, const void *item)
{
	return (const char *)item + f->off;
}

static uint64_t number(const struct field *f, const void *p)
{
	switch (f->size) {
	case 1:
		return *(const uint8_t *)p;
	case 2:
		return *(const uint16_t *)p;
	case 4:
		return *(const uint32_t *)p;
	}
	return *(const uint64_t *)p;
}

static const char *enum_name(const struct field *f, uint32_t value)
{
	uint32_t i;

	for (i = 0; f->names[i]; i++)
		if (i == value)
			return f->names[i];
	return "unknown";
}

static void hex_text(const uint8_t *p, size_t n, char *buf)
{
	while (n--)
		buf += sprintf(buf, "%02x", *p++);
}

/* @exact: for machines; otherwise as people read it */
static void field_text(const struct field *f, const void *item, bool exact,
		       char *buf, size_t size)
{
	const void *p = member(f, item);

	switch (f->kind) {
	case FIELD_BOOL:
		snprintf(buf, size, "%s", number(f, p) ? "on" : "off");
		break;
	case FIELD_FLAG:
		snprintf(buf, size, "%s", *(const bool *)p ? "yes" : "no");
		break;
	case FIELD_ENUM:
		snprintf(buf, size, "%s", enum_name(f, number(f, p)));
		break;
	case FIELD_KEY:
		if (f->names)
			snprintf(buf, size, "%s", enum_name(f, number(f, p)));
		else
			snprintf(buf, size, "%" PRIu64, number(f, p));
		break;
	case FIELD_HEX:
		snprintf(buf, size, "0x%016" PRIx64, number(f, p));
		break;
	case FIELD_SIZE:
		if (!exact) {
			size_text(number(f, p), buf, size);
			break;
		}
		/* fall through */
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
		snprintf(buf, size, "%" PRIu64, number(f, p));
		break;
	case FIELD_STR:
		snprintf(buf, size, "%s", (const char *)p);
		break;
	case FIELD_ADDR:
		addr_text(p, buf, size);
		break;
	case FIELD_BIN:
		hex_text(p, f->size, buf);
		break;
	default:
		*buf = '\0';
		break;
	}
}

/* JSON */

static json_t *object_json(const struct object *obj, const void *item);

static json_t *list_json(const struct object *obj, const struct vec *list)
{
	json_t *array = json_array();
	const void *item;

	vec_for_each(item, list)
		json_array_append_new(array, object_json(obj, item));
	return array;
}

static json_t *string_json(const char *text)
{
	char *clean = clean_text(text);
	json_t *json = json_string(clean ? clean : "");

	free(clean);
	return json;
}

static json_t *field_json(const struct field *f, const void *item)
{
	const void *p = member(f, item);
	char buf[128];

	if (f->kind == FIELD_KEY && !f->names)
		return json_integer(number(f, p));
	switch (f->kind) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_SIZE:
		return json_integer(number(f, p));
	case FIELD_BOOL:
		return json_boolean(number(f, p));
	case FIELD_FLAG:
		return json_boolean(*(const bool *)p);
	case FIELD_STR:
		return string_json(p);
	case FIELD_NEST:
		return object_json(f->sub, p);
	case FIELD_LIST:
		return list_json(f->sub, p);
	default:
		field_text(f, item, true, buf, sizeof(buf));
		return json_string(buf);
	}
}

/* What commands take, and the kernel never tells. */
static bool is_input(const struct field *f)
{
	return f->kind == FIELD_FLAG && (!strcmp(f->name, "force") ||
					 !strcmp(f->name, "absent"));
}

static json_t *object_json(const struct object *obj, const void *item)
{
	const struct model *m = item;
	json_t *json = json_object();
	const struct field *f;
	char key[64];
	char *p;

	for (f = obj->fields; f < obj->fields + obj->n_fields; f++) {
		/* an absent flag is false; anything else is not known */
		if (!HAS(m, f->attr) && f->kind != FIELD_FLAG)
			continue;
		if (is_input(f))
			continue;
		snprintf(key, sizeof(key), "%s", f->name);
		for (p = key; *p; p++)
			if (*p == '-')
				*p = '_';
		json_object_set_new(json, key, field_json(f, item));
	}
	return json;
}

int out_json(enum out_format format, const char *key, json_t *value)
{
	size_t flags = format == OUT_JSON_PRETTY ? JSON_INDENT(2) :
						   JSON_COMPACT;
	json_t *root;
	int err;

	root = json_pack("{s:{s:i,s:o}}", "ktgt", "version", OUT_VERSION, key,
			 value);
	if (!root)
		return -ENOMEM;
	err = json_dumpf(root, stdout, flags);
	json_decref(root);
	putchar('\n');
	return err ? -EIO : 0;
}

bool out_is_json(enum out_format format)
{
	return format == OUT_JSON || format == OUT_JSON_PRETTY;
}

/* Tables */

static void cell_text(const struct object *obj, const struct column *col,
		      const void *item, bool exact, char *buf, size_t size)
{
	const struct model *m = item;
	const struct field *f;

	if (col->text) {
		col->text(item, buf, size);
		return;
	}
	f = object_field(obj, col->attr);
	if (HAS(m, f->attr) || f->kind == FIELD_FLAG)
		field_text(f, item, exact, buf, size);
	else
		snprintf(buf, size, "-");
}

static int fill_table(struct libscols_table *table, const struct object *obj,
		      const struct vec *list, const struct column *columns,
		      bool exact)
{
	struct libscols_line *line;
	char buf[CELL_MAX];
	const void *item;
	size_t i;
	int err;

	for (i = 0; columns[i].head; i++)
		if (!scols_table_new_column(table, columns[i].head, 0,
					    columns[i].right ?
					    SCOLS_FL_RIGHT : 0))
			return -ENOMEM;
	vec_for_each(item, list) {
		line = scols_table_new_line(table, NULL);
		if (!line)
			return -ENOMEM;
		for (i = 0; columns[i].head; i++) {
			cell_text(obj, &columns[i], item, exact, buf,
				  sizeof(buf));
			err = scols_line_set_data(line, i, buf);
			if (err)
				return err;
		}
	}
	return 0;
}

int out_list(enum out_format format, const char *key,
	     const struct object *obj, const struct vec *list,
	     const struct column *columns)
{
	struct libscols_table *table;
	int err;

	if (out_is_json(format))
		return out_json(format, key, list_json(obj, list));
	table = scols_new_table();
	if (!table)
		return -ENOMEM;
	scols_table_enable_raw(table, format == OUT_RAW);
	scols_table_enable_noheadings(table, format == OUT_RAW);
	err = fill_table(table, obj, list, columns, format == OUT_RAW);
	if (!err)
		err = scols_print_table(table);
	scols_unref_table(table);
	return err;
}

/* Blocks */

/* A line for each field: NAME: VALUE, or raw [KIND ]NAME VALUE */
struct form {
	bool raw;
	int indent;
	const char *kind;	/* of the object, where there are several kinds */
};

static void print_clean(const char *text)
{
	char *clean = clean_text(text);

	fputs(clean ? clean : "", stdout);
	free(clean);
}

static void print_fields(const struct object *obj, const void *item,
			 const struct form *form);

static void print_field(const struct field *f, const void *item,
			const struct form *form)
{
	struct form below = *form;
	const void *p = member(f, item);
	char buf[CELL_MAX];
	const void *sub;

	if (form->kind)
		below.kind = f->name;
	if (f->kind == FIELD_NEST) {
		print_fields(f->sub, p, &below);
		return;
	}
	if (f->kind == FIELD_LIST) {
		below.indent += form->raw ? 0 : 2;
		vec_for_each(sub, (const struct vec *)p)
			print_fields(f->sub, sub, &below);
		return;
	}
	field_text(f, item, form->raw, buf, sizeof(buf));
	printf("%*s%s%s%s%s ", form->indent, "", form->kind ? form->kind : "",
	       form->kind ? " " : "", f->name, form->raw ? "" : ":");
	print_clean(buf);
	putchar('\n');
}

static void print_fields(const struct object *obj, const void *item,
			 const struct form *form)
{
	const struct model *m = item;
	const struct field *f;

	for (f = obj->fields; f < obj->fields + obj->n_fields; f++)
		if (HAS(m, f->attr))
			print_field(f, item, form);
}

int out_object(enum out_format format, const char *key,
	       const struct object *obj, const void *item)
{
	const struct form form = { .raw = format == OUT_RAW };

	if (out_is_json(format))
		return out_json(format, key, object_json(obj, item));
	print_fields(obj, item, &form);
	return 0;
}

static void print_portals(const struct vec *portals)
{
	char buf[ADDR_TEXT_MAX];
	const struct portal *p;
	const char *sep = " ";

	printf("  portal:");
	vec_for_each(p, portals) {
		printf("%s%s", sep, portal_text(&p->address, p->port, buf,
						sizeof(buf)));
		sep = ", ";
	}
	printf("%s\n", portals->n ? "" : " none");
}

static void print_lu(const struct lu *lu)
{
	char buf[32];

	if (lu->type == KTGT_LU_TYPE_CONTROLLER) {
		printf("  lun %u: controller\n", lu->lun);
		return;
	}
	printf("  lun %u: %s ", lu->lun,
	       enum_name(object_field(&lu_object, KTGT_A_LU_BACKEND),
			 lu->backend));
	if (lu->path[0]) {
		print_clean(lu->path);
		printf(", ");
	}
	if (HAS(lu, KTGT_A_LU_ONLINE) && !lu->online) {
		printf("not ready\n");
		return;
	}
	printf("%s, %u-byte blocks", size_text(lu->size, buf, sizeof(buf)),
	       lu->block_size);
	printf(", write-cache %s", lu->write_cache ? "on" : "off");
	if (lu->read_only)
		printf(", read-only");
	if (lu->shared)
		printf(", shared");
	if (lu->thin)
		printf(", thin");
	putchar('\n');
}

static void print_acl(const struct acl *acl)
{
	char buf[ADDR_TEXT_MAX];

	printf("  acl: ");
	if (acl->all)
		printf("any address");
	else if (HAS(acl, KTGT_A_ACL_INITIATOR))
		print_clean(acl->initiator);
	else
		printf("%s", prefix_text(&acl->address, acl->prefix_len, buf,
					 sizeof(buf)));
	putchar('\n');
}

static void print_account(const struct account *account)
{
	printf("  account: ");
	print_clean(account->user);
	printf("%s, secret (hidden)\n", account->outgoing ? " outgoing" : "");
}

static void print_session(const struct session *session)
{
	const struct conn *conn = vec_at(&session->conn, 0);
	char buf[ADDR_TEXT_MAX];

	printf("  session %u: ", session->id);
	print_clean(session->initiator);
	if (session->alias[0]) {
		printf(" (");
		print_clean(session->alias);
		putchar(')');
	}
	if (conn)
		printf(" from %s", addr_text(&conn->peer_address, buf,
					     sizeof(buf)));
	printf(", %zu connection%s\n", session->conn.n,
	       session->conn.n == 1 ? "" : "s");
}

static int target_json(enum out_format format, const struct target_view *view)
{
	json_t *target = object_json(&target_object, &view->target);

	json_object_set_new(target, "portal",
			    list_json(&portal_object, &view->portals));
	json_object_set_new(target, "lu", list_json(&lu_object, &view->lus));
	json_object_set_new(target, "acl",
			    list_json(&acl_object, &view->acls));
	json_object_set_new(target, "account",
			    list_json(&account_object, &view->accounts));
	json_object_set_new(target, "session",
			    list_json(&session_object, &view->sessions));
	return out_json(format, "targets", json_pack("[o]", target));
}

static void print_raw_list(const struct object *obj, const struct vec *list)
{
	const struct form form = { .raw = true, .kind = obj->name };
	const void *item;

	vec_for_each(item, list)
		print_fields(obj, item, &form);
}

static void print_raw_target(const struct target_view *view)
{
	static const struct form form = { .raw = true, .kind = "target" };

	print_fields(&target_object, &view->target, &form);
	print_raw_list(&portal_object, &view->portals);
	print_raw_list(&lu_object, &view->lus);
	print_raw_list(&acl_object, &view->acls);
	print_raw_list(&account_object, &view->accounts);
	print_raw_list(&session_object, &view->sessions);
}

/* What was said of the target; nothing holds for most of them. */
static void print_keys(const struct target *target)
{
	const struct field *f = target_object.fields;
	char buf[32];

	for (; f < target_object.fields + target_object.n_fields; f++) {
		if (f->kind != FIELD_KEY || !HAS(target, f->attr))
			continue;
		field_text(f, target, false, buf, sizeof(buf));
		printf("  %s: %s\n", f->name, buf);
	}
}

static void print_target(const struct target_view *view)
{
	const struct target *target = &view->target;
	const struct session *session;
	const struct account *account;
	const struct acl *acl;
	const struct lu *lu;

	printf("target %u: ", target->id);
	print_clean(target->name);
	putchar('\n');
	if (target->alias[0]) {
		printf("  alias: ");
		print_clean(target->alias);
		putchar('\n');
	}
	printf("  state: %s\n",
	       enum_name(object_field(&target_object, KTGT_A_TARGET_STATE),
			 target->state));
	print_keys(target);
	print_portals(&view->portals);
	vec_for_each(lu, &view->lus)
		print_lu(lu);
	vec_for_each(acl, &view->acls)
		print_acl(acl);
	if (!view->acls.n)
		printf("  acl: none, no initiator is admitted\n");
	vec_for_each(account, &view->accounts)
		print_account(account);
	vec_for_each(session, &view->sessions)
		print_session(session);
}

int out_target(enum out_format format, const struct target_view *view)
{
	if (out_is_json(format))
		return target_json(format, view);
	if (format == OUT_RAW)
		print_raw_target(view);
	else
		print_target(view);
	return 0;
}

/* What would become of an initiator */

static void print_rule(const char *kind, const struct rule *rule)
{
	char buf[ADDR_TEXT_MAX];

	printf("  %s rule: ", kind);
	if (rule->all)
		printf("any address");
	else if (HAS(rule, KTGT_A_RULE_INITIATOR))
		print_clean(rule->initiator);
	else
		printf("%s", prefix_text(&rule->address, rule->prefix_len, buf,
					 sizeof(buf)));
	putchar('\n');
}

static void print_users(const struct explain *explain, bool outgoing)
{
	const struct proof *proof;
	const char *sep = "";
	size_t n = 0;

	vec_for_each(proof, &explain->account) {
		if (proof->outgoing != outgoing)
			continue;
		printf("%s", sep);
		print_clean(proof->user);
		sep = ", ";
		n++;
	}
	if (!outgoing && n < explain->accounts)
		printf("%s%zu more", sep, explain->accounts - n);
	if (outgoing && !n)
		printf("none, so an initiator that wants a proof is refused");
	putchar('\n');
}

static void print_chap(const struct explain *explain)
{
	if (!HAS(explain, KTGT_A_EXPLAIN_CHAP))
		return;
	if (!explain->chap) {
		printf("  CHAP: must not be required by the initiator\n");
		return;
	}
	printf("  CHAP: required, without it the login is refused (%04x)\n",
	       explain->chap_status);
	printf("  accounts of the initiator: ");
	print_users(explain, false);
	printf("  account of the target: ");
	print_users(explain, true);
}

static void print_explain(const struct explain *explain)
{
	bool named = explain->target[0];

	if (explain->target_id)
		printf("target %u (", explain->target_id);
	print_clean(named ? explain->target : "discovery");
	printf("%s: ", explain->target_id ? ")" : "");
	if (named)
		printf("%s, ", explain->visible ? "shown by discovery" :
						  "not shown by discovery");
	if (explain->status) {
		printf("login refused: ");
		print_clean(explain->reason);
		printf(" (%04x)\n", explain->status);
	} else {
		printf("login admitted\n");
	}
	if (HAS(explain, KTGT_A_EXPLAIN_ADDRESS_RULE))
		print_rule("address", &explain->address_rule);
	if (HAS(explain, KTGT_A_EXPLAIN_INITIATOR_RULE))
		print_rule("initiator", &explain->initiator_rule);
	print_chap(explain);
}

int out_explain(enum out_format format, const struct vec *list)
{
	static const struct form form = { .raw = true };
	const struct explain *explain;

	if (out_is_json(format))
		return out_json(format, "explain",
				  list_json(&explain_object, list));
	vec_for_each(explain, list) {
		if (format == OUT_RAW)
			print_fields(&explain_object, explain, &form);
		else
			print_explain(explain);
	}
	return 0;
}

/* Events */

static const char *event_name(uint8_t cmd)
{
	switch (cmd) {
	case 0:
		return "lost";
	case KTGT_CMD_SESSION_LOGIN:
		return "session-login";
	case KTGT_CMD_SESSION_END:
		return "session-end";
	case KTGT_CMD_LOGIN_FAILED:
		return "login-failed";
	case KTGT_CMD_CONFIG_CHANGED:
		return "config-changed";
	case KTGT_CMD_LU_WRITERS:
		return "lu-writers";
	}
	return "unknown";
}

static int event_json(enum out_format format, const struct timespec *when,
		      uint8_t cmd, const struct event *event)
{
	json_t *json = object_json(&event_object, event);
	char day[32], time[48];
	struct tm tm;

	gmtime_r(&when->tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(time, sizeof(time), "%s.%03ldZ", day,
		 when->tv_nsec / 1000000);
	json_object_set_new(json, "time", json_string(time));
	json_object_set_new(json, "event", json_string(event_name(cmd)));
	return out_json(format, "event", json);
}

/* "iqn... from 192.0.2.1:40000 to target 1 (iqn...)", as much as is known */
static void print_way(const struct event *event)
{
	char buf[ADDR_TEXT_MAX];

	print_clean(event->initiator[0] ? event->initiator : "(no name)");
	printf(" from %s", portal_text(&event->peer_address, event->peer_port,
				       buf, sizeof(buf)));
	if (!HAS(event, KTGT_A_EVENT_TARGET_ID) && !event->target[0])
		return;
	printf(" to ");
	if (event->target_id)
		printf("target %u (", event->target_id);
	print_clean(event->target[0] ? event->target : "discovery");
	if (event->target_id)
		putchar(')');
}

static void print_failed(const struct event *event)
{
	printf("login failed: ");
	if (!HAS(event, KTGT_A_EVENT_PEER_ADDRESS)) {
		printf("%u more, which were too many to be told of",
		       event->missed);
		return;
	}
	print_way(event);
	printf(": ");
	if (event->key[0]) {
		print_clean(event->key);
		printf(": ");
	}
	print_clean(event->reason);
	if (HAS(event, KTGT_A_EVENT_STATUS))
		printf(" (%04x)", event->status);
	if (event->missed)
		printf("; %u before it were too many to be told of",
		       event->missed);
}

static void print_change(const struct change *change)
{
	static const char *const done[] = {
		"added", "changed", "deleted", "bound", "unbound", "touched",
	};
	const uint32_t action = change->action;
	char buf[ADDR_TEXT_MAX];

	printf("%s", enum_name(object_field(&change_object,
					    KTGT_A_CHANGE_OBJECT),
			       change->object));
	if (HAS(change, KTGT_A_CHANGE_LUN))
		printf(" %u", change->lun);
	if (change->object == KTGT_OBJECT_TARGET)
		printf(" %u", change->target_id);
	if (change->name[0]) {
		putchar(' ');
		print_clean(change->name);
	}
	if (HAS(change, KTGT_A_CHANGE_PORT))
		printf(" %s", portal_text(&change->address, change->port, buf,
					  sizeof(buf)));
	else if (HAS(change, KTGT_A_CHANGE_ADDRESS))
		printf(" %s", prefix_text(&change->address, change->prefix_len,
					  buf, sizeof(buf)));
	else if (change->object == KTGT_OBJECT_ACL && !change->name[0])
		printf(" any address");
	if (change->object != KTGT_OBJECT_TARGET && change->target_id)
		printf(" of target %u", change->target_id);
	else if (change->object != KTGT_OBJECT_TARGET &&
		 HAS(change, KTGT_A_CHANGE_TARGET_ID))
		printf(" of discovery");
	printf("%s %s", change->outgoing ? " outgoing" : "",
	       done[action < 5 ? action : 5]);
}

static void print_changes(const struct event *event)
{
	const struct change *change;
	const char *sep = ": ";

	printf("configuration %" PRIu64, event->generation);
	vec_for_each(change, &event->change) {
		printf("%s", sep);
		print_change(change);
		sep = ", ";
	}
	if (event->changes > event->change.n)
		printf("%s%zu more", sep,
		       event->changes - event->change.n);
}

static void print_writers(const struct event *event)
{
	printf("two initiators write lun %u of target %u (", event->lun,
	       event->target_id);
	print_clean(event->target);
	printf("): ");
	print_clean(event->initiator);
	printf(" after ");
	print_clean(event->other);
}

static void print_event(uint8_t cmd, const struct event *event)
{
	switch (cmd) {
	case 0:
		printf("events were lost, for they came too fast");
		break;
	case KTGT_CMD_SESSION_LOGIN:
		printf("session %u login: ", event->id);
		print_way(event);
		break;
	case KTGT_CMD_SESSION_END:
		printf("session %u end, %s: ", event->id,
		       enum_name(object_field(&event_object,
					      KTGT_A_EVENT_END), event->end));
		print_way(event);
		break;
	case KTGT_CMD_LOGIN_FAILED:
		print_failed(event);
		break;
	case KTGT_CMD_CONFIG_CHANGED:
		print_changes(event);
		break;
	case KTGT_CMD_LU_WRITERS:
		print_writers(event);
		break;
	default:
		printf("an event that ktgtadm does not know: %u", cmd);
	}
	putchar('\n');
}

int out_event(enum out_format format, const struct timespec *when, uint8_t cmd,
	      const struct event *event)
{
	char time[32];
	struct tm tm;
	int err = 0;

	if (out_is_json(format)) {
		err = event_json(format, when, cmd, event);
	} else {
		localtime_r(&when->tv_sec, &tm);
		strftime(time, sizeof(time), "%Y-%m-%d %H:%M:%S", &tm);
		printf("%s.%03ld ", time, when->tv_nsec / 1000000);
		print_event(cmd, event);
	}
	return fflush(stdout) ? -errno : err;
}
