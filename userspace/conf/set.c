// SPDX-License-Identifier: GPL-2.0
/*
 * targets.conf: what the directives mean. Directives without a meaning for ktgt
 * are known, too. If it is harmless to ignore them, there is a warning;
 * otherwise they are refused.
 */
#include "conf/set.h"

#include <stdlib.h>
#include <string.h>

#include "conf/key.h"
#include "lib/guess.h"
#include "lib/name.h"
#include "lib/parse.h"

#define GLOBAL	(1u << CONF_GLOBAL)
#define TARGET	(1u << CONF_TARGET)
#define LU	(1u << CONF_LU)

struct directive {
	const char *name;
	unsigned int levels;
	void (*set)(struct conf_parser *parser, const struct directive *d,
		    char **value);
	uint16_t attr;		/* of the target or the logical unit */
	bool outgoing;
	bool two;		/* two values: USER SECRET */
	const char *form;	/* what these are, if they are others */
	const char *fixed;	/* the value that ktgt always uses */
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

static void set_param(struct conf_parser *parser, char *name, char *value);

/* Global */

static void set_ignore_errors(struct conf_parser *parser,
			      const struct directive *d, char **value)
{
	const char *why;
	uint8_t on;

	if (parse_bool(value[0], &on, &why))
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
	else
		parser->conf->ignore_errors = on;
}

static void set_control_port(struct conf_parser *parser,
			     const struct directive *d, char **value)
{
	const char *why;
	uint16_t port;

	if (parse_u16(value[0], &port, &why))
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
	else if (port)
		conf_note(parser, "%s is ignored; use network namespaces instead",
			  d->name);
}

static void set_driver(struct conf_parser *parser, const struct directive *d,
		       char **value)
{
	if (!strcmp(value[0], "iser"))
		conf_error(parser, "%s iser: iSER is not supported; use iscsi",
			   d->name);
	else if (strcmp(value[0], "iscsi"))
		conf_error(parser, "%s %s: unknown driver; use iscsi", d->name,
			   value[0]);
}

/* Some users write lld, as in tgtadm. */
static void set_lld(struct conf_parser *parser, const struct directive *d,
		    char **value)
{
	const struct directive driver = {
		.name = parser->level == CONF_GLOBAL ? "default-driver" :
						       "driver",
	};

	conf_note(parser, "%s is taken as %s", d->name, driver.name);
	set_driver(parser, &driver, value);
}

/* Ignored, with a warning unless ktgt always uses this value. */
static void set_fixed(struct conf_parser *parser, const struct directive *d,
		      char **value)
{
	if (d->fixed && !strcasecmp(value[0], d->fixed))
		return;
	if (d->fixed)
		conf_note(parser, "%s %s is ignored: ktgt always uses %s",
			  d->name, value[0], d->fixed);
	else
		conf_note(parser, "%s is ignored: ktgt has no such setting",
			  d->name);
}

/* Accounts */

static struct conf_account *account_find(struct conf *conf, const char *user)
{
	struct conf_account *account;

	for (account = conf->accounts; account; account = account->next)
		if (!strcmp(account->account.user, user))
			return account;
	return NULL;
}

/* tgt keeps the first secret of a user and ignores others without a message. */
static void account_set(struct conf_parser *parser, const char *user,
			const char *secret)
{
	struct conf_account **end = &parser->conf->accounts;
	struct conf_account *account = account_find(parser->conf, user);
	char buf[CONF_WHERE_MAX];

	if (account && strcmp(account->account.secret, secret))
		conf_error(parser, "user %s has another secret at %s; a user has only one",
			   user, conf_where(parser, account->at, buf));
	if (account)
		return;
	account = conf_alloc(parser, sizeof(*account));
	if (!account)
		return;
	account->at = parser->at;
	SET(&account->account, KTGT_A_ACCOUNT_USER);
	SET(&account->account, KTGT_A_ACCOUNT_SECRET);
	strcpy(account->account.user, user);
	strcpy(account->account.secret, secret);
	while (*end)
		end = &(*end)->next;
	*end = account;
}

static void bind(struct conf_parser *parser, const struct directive *d,
		 struct vec *bindings, const char *user)
{
	struct account *have;

	vec_for_each(have, bindings) {
		if (have->outgoing != d->outgoing)
			continue;
		if (!strcmp(have->user, user))
			return;
		if (d->outgoing) {
			conf_error(parser, "%s %s: it is already %s; there can be only one",
				   d->name, user, have->user);
			return;
		}
	}
	have = conf_add(parser, bindings, sizeof(*have));
	if (!have)
		return;
	SET(have, KTGT_A_ACCOUNT_USER);
	strcpy(have->user, user);
	have->outgoing = d->outgoing;
	if (d->outgoing)
		SET(have, KTGT_A_ACCOUNT_OUTGOING);
}

static bool account_check(struct conf_parser *parser,
			  const struct directive *d, const char *user,
			  const char *secret)
{
	if (!*user || !*secret)
		conf_error(parser, "%s: the user or the secret is empty", d->name);
	else if (strlen(user) > KTGT_ACCOUNT_MAX ||
		 strlen(secret) > KTGT_ACCOUNT_MAX)
		conf_error(parser, "%s: the user or the secret is longer than %u bytes",
			   d->name, KTGT_ACCOUNT_MAX);
	else if (!strcmp(secret, "PLEASE_CORRECT_THE_PASSWORD"))
		conf_error(parser, "%s %s: replace PLEASE_CORRECT_THE_PASSWORD with the secret",
			   d->name, user);
	else
		return true;
	return false;
}

static void set_user(struct conf_parser *parser, const struct directive *d,
		     char **value)
{
	struct vec *bindings = parser->target ? &parser->target->bindings :
						 &parser->conf->discovery;

	if (!account_check(parser, d, value[0], value[1]))
		return;
	account_set(parser, value[0], value[1]);
	bind(parser, d, bindings, value[0]);
}

/* Access rules */

void conf_add_acl(struct conf_parser *parser, const struct acl *acl)
{
	struct vec *acls = &parser->target->acls;
	struct acl new = *acl, *have;

	vec_for_each(have, acls)
		if (acl_same(have, &new))
			return;
	have = conf_add(parser, acls, sizeof(*have));
	if (have)
		*have = new;
}

/* ADDRESS[/BITS], or ALL */
static int address_parse(const char *text, struct acl *acl, const char **why)
{
	int err;

	if (!strcmp(text, "ALL")) {
		SET(acl, KTGT_A_ACL_ALL);
		acl->all = true;
		return 0;
	}
	err = parse_prefix(text, &acl->address, &acl->prefix_len, why);
	if (err)
		return err;
	SET(acl, KTGT_A_ACL_ADDRESS);
	SET(acl, KTGT_A_ACL_PREFIX_LEN);
	if (!strchr(text, '/'))
		acl->prefix_len = acl->address.len * 8;
	return 0;
}

static void set_address(struct conf_parser *parser, const struct directive *d,
			char **value)
{
	struct acl acl = { 0 };
	const char *why;

	if (address_parse(value[0], &acl, &why))
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
	else
		conf_add_acl(parser, &acl);
}

static void note_name(struct conf_parser *parser, const char *text,
		      const char *name)
{
	if (strcmp(text, name))
		conf_note(parser, NAME_CHANGED, text, name);
}

static void set_name(struct conf_parser *parser, const struct directive *d,
		     char **value)
{
	const char *why, *unused;
	struct acl acl = { 0 };
	char name[NAME_SIZE];

	if (!parse_iscsi_name(value[0], name, &why)) {
		note_name(parser, value[0], name);
		SET(&acl, KTGT_A_ACL_INITIATOR);
		strcpy(acl.initiator, name);
	} else if (!address_parse(value[0], &acl, &unused)) {
		/* "tgt-admin --dump" of tgt writes networks in this way */
		conf_note(parser, "%s %s is taken as initiator-address",
			  d->name, value[0]);
	} else {
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
		return;
	}
	conf_add_acl(parser, &acl);
}

/* Fields of targets and logical units */

/* Copies a field; refuses it if @to already has a different value. */
static void merge_field(struct conf_parser *parser, const struct directive *d,
			const struct field *f, void *to, const void *from)
{
	if (HAS((struct model *)to, f->attr)) {
		if (!field_same(f, to, from))
			conf_error(parser, "%s has two different values in one block",
				   d->name);
		return;
	}
	field_copy(f, to, from);
}

static struct lu *lu_here(struct conf_parser *parser)
{
	return parser->lu ? &parser->lu->lu : &parser->target->common;
}

/*
 * Cuts vendor, product and so on like tgt, so that a disk keeps its identity
 * when it moves from tgt to ktgt.
 */
static void shorten(struct conf_parser *parser, const struct directive *d,
		    const struct field *f, char *value)
{
	if (f->kind != FIELD_STR || d->attr == KTGT_A_LU_PATH ||
	    d->attr == KTGT_A_LU_SCSI_NAME ||
	    d->attr == KTGT_A_LU_MEDIUM || strlen(value) < f->size)
		return;
	conf_note(parser, "%s %s is too long; only its first %zu bytes are used",
		  d->name, value, f->size - 1);
	value[f->size - 1] = '\0';
}

static void set_lu(struct conf_parser *parser, const struct directive *d,
		   char **value)
{
	const struct field *f = object_field(&lu_object, d->attr);
	struct lu lu = { 0 };
	const char *why;

	shorten(parser, d, f, value[0]);
	if (parse_field(f, value[0], (char *)&lu + f->off, &why))
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
	else if (d->attr == KTGT_A_LU_BLOCK_SIZE && lu.block_size != 512 &&
		 lu.block_size != 4096)
		conf_error(parser, "%s %s: invalid block size; use 512 or 4096",
			   d->name, value[0]);
	else if (d->attr == KTGT_A_LU_PATH && lu.path[0] != '/')
		conf_error(parser, "%s %s: not an absolute path; begin it with /",
			   d->name, value[0]);
	else
		merge_field(parser, d, f, lu_here(parser), &lu);
}

static void set_lun(struct conf_parser *parser, const struct directive *d,
		    char **value)
{
	const struct field *f = object_field(&lu_object, d->attr);
	struct field own = *f;
	struct lu lu = { 0 };
	const char *why;

	own.min = 1;
	if (parse_limited(&own, value[0], &lu.lun, &why))
		conf_error(parser, "%s %s: %s (LUN 0 is the controller)",
			   d->name, value[0], why);
	else
		merge_field(parser, d, f, lu_here(parser), &lu);
}

/* bs-type, bsopts and bsoflags: each of them sets one field. */
static void set_store(struct conf_parser *parser, const struct directive *d,
		      char **value)
{
	const struct field *f = object_field(&lu_object, d->attr);
	struct lu lu = { 0 };
	const char *why;
	int err;

	if (d->attr == KTGT_A_LU_BACKEND)
		err = parse_bstype(value[0], &lu, &why);
	else if (d->attr == KTGT_A_LU_SIZE)
		err = parse_bsopts(value[0], &lu, &why);
	else
		err = parse_bsoflags(value[0], &lu, &why);
	if (err)
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
	else if (HAS(&lu, d->attr))
		merge_field(parser, d, f, lu_here(parser), &lu);
}

static void set_device_type(struct conf_parser *parser,
			    const struct directive *d, char **value)
{
	if (strcmp(value[0], "disk"))
		conf_error(parser, "%s %s: not supported; use disk", d->name,
			   value[0]);
}

static void set_in_use(struct conf_parser *parser, const struct directive *d,
		       char **value)
{
	const char *why;
	uint8_t on;

	if (parse_bool(value[0], &on, &why))
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
	else if (on)
		conf_note(parser, "%s is ignored: a device in use is always refused",
			  d->name);
}

static void set_params(struct conf_parser *parser, const struct directive *d,
		       char **value)
{
	char *rest = value[0], *name, *end;

	while ((name = strsep(&rest, ",")) != NULL) {
		end = strchr(name, '=');
		if (!end) {
			conf_error(parser, "%s: '%s' has no value; write NAME=VALUE[,...]",
				   d->name, name);
			return;
		}
		*end = '\0';
		set_param(parser, name, end + 1);
	}
}

static void set_target(struct conf_parser *parser, const struct directive *d,
		       char **value)
{
	const struct field *f = object_field(&target_object, d->attr);
	struct target target = { 0 };
	const char *why;

	if (parse_field(f, value[0], (char *)&target + f->off, &why))
		conf_error(parser, "%s %s: %s", d->name, value[0],
			   f->kind == FIELD_ENUM ? "unknown state; use ready or offline" :
						   why);
	else
		merge_field(parser, d, f, &parser->target->target, &target);
}

/* Which there are, and what is wrong with the tags, is the kernel's business. */
static bool is_list(struct conf_parser *parser, const struct directive *d,
		    const char *text)
{
	size_t len = strspn(text, "0123456789,");

	if (len && !text[len] && len <= KTGT_PORTS_TEXT)
		return true;
	conf_error(parser, "%s %s: not a list of portal group tags; write them as in 1,2",
		   d->name, text);
	return false;
}

/* The group with this number, which is made if it is new. */
static struct port_group *group_here(struct conf_parser *parser, uint32_t id)
{
	struct vec *groups = &parser->target->groups;
	struct port_group *group;

	vec_for_each(group, groups)
		if (group->id == id)
			return group;
	group = conf_add(parser, groups, sizeof(*group));
	if (!group)
		return NULL;
	SET(group, KTGT_A_PORT_GROUP_ID);
	group->id = id;
	return group;
}

/* The directives of a target port group: its number, and what it is to have. */
static void set_group(struct conf_parser *parser, const struct directive *d,
		      char **value)
{
	const struct field *f = object_field(&port_group_object, d->attr);
	struct port_group have = { 0 }, *group;
	char *text = d->two ? value[1] : "on";
	const char *why;

	if (parse_limited(object_field(&port_group_object, KTGT_A_PORT_GROUP_ID),
			  value[0], &have.id, &why)) {
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
		return;
	}
	if (d->attr == KTGT_A_PORT_GROUP_PORTALS && !is_list(parser, d, text))
		return;
	if (parse_field(f, text, (char *)&have + f->off, &why)) {
		conf_error(parser, "%s %s %s: %s", d->name, value[0], text, why);
		return;
	}
	SET(&have, d->attr);
	group = group_here(parser, have.id);
	if (group)
		merge_field(parser, d, f, group, &have);
}

static void set_portals(struct conf_parser *parser, const struct directive *d,
			char **value)
{
	const struct field *f = object_field(&target_object,
					     KTGT_A_TARGET_PORTALS);
	struct target target = { 0 };

	if (!is_list(parser, d, value[0]))
		return;
	SET(&target, KTGT_A_TARGET_PORTALS);
	strcpy(target.portals, value[0]);
	merge_field(parser, d, f, &parser->target->target, &target);
}

/* Keys that cannot be set are ignored, because files of tgt often have them. */
static void set_key(struct conf_parser *parser, const struct directive *d,
		    char **value)
{
	const struct tgt_key *key = tgt_key_named(d->name);
	struct target target = { 0 };
	const char *why = NULL;

	if (!tgt_key_parse(key, value[0], &target, &why)) {
		if (target.has)
			merge_field(parser, d,
				    object_field(&target_object, key->attr),
				    &parser->target->target, &target);
	} else if (key->attr) {
		conf_error(parser, "%s %s: %s", d->name, value[0], why);
	} else {
		conf_note(parser, "%s %s is ignored: %s", d->name, value[0],
			  why);
	}
}

static void set_line_lu(struct conf_parser *parser, const struct directive *d,
			char **value)
{
	conf_open_lu(parser, value[0], d->name[0] == 'd');
	parser->lu = NULL;
}

/* The table */

#define ROW(_name, _levels, _set, ...)					\
	{ .name = (_name), .levels = (_levels), .set = (_set), __VA_ARGS__ }
#define LU_FIELD(name, _attr)						\
	ROW(name, TARGET | LU, set_lu, .attr = KTGT_A_LU_##_attr)
#define LU_FIXED(name, value)						\
	ROW(name, TARGET | LU, set_fixed, .fixed = (value))
#define KEY(name)		ROW(name, TARGET, set_key)
#define GROUP(name, _attr, ...)						\
	ROW(name, TARGET, set_group, .attr = KTGT_A_PORT_GROUP_##_attr,	\
	    .two = true, __VA_ARGS__)
#define USER(name, level, out)						\
	ROW(name, level, set_user, .outgoing = (out), .two = true)

static const struct directive directives[] = {
	ROW("default-driver", GLOBAL, set_driver),
	ROW("lld", GLOBAL | TARGET, set_lld),
	ROW("ignore-errors", GLOBAL, set_ignore_errors),
	ROW("control-port", GLOBAL, set_control_port),
	ROW("iSNS", GLOBAL, set_fixed, .fixed = "Off"),
	ROW("iSNSServerIP", GLOBAL, set_fixed),
	ROW("iSNSServerPort", GLOBAL, set_fixed),
	ROW("iSNSAccessControl", GLOBAL, set_fixed, .fixed = "Off"),
	USER("incomingdiscoveryuser", GLOBAL, false),
	USER("outgoingdiscoveryuser", GLOBAL, true),

	ROW("driver", TARGET, set_driver),
	ROW("controller_tid", TARGET, set_target, .attr = KTGT_A_TARGET_ID),
	ROW("state", TARGET, set_target, .attr = KTGT_A_TARGET_STATE),
	ROW("backing-store", TARGET, set_line_lu),
	ROW("direct-store", TARGET, set_line_lu),
	ROW("initiator-address", TARGET, set_address),
	ROW("initiator-name", TARGET, set_name),
	USER("incominguser", TARGET, false),
	USER("outgoinguser", TARGET, true),
	KEY("nop_interval"),
	KEY("nop_count"),
	KEY("reset"),
	KEY("chap-algorithms"),
	KEY("explicit-alua"),
	ROW("portals", TARGET, set_portals),
	GROUP("port-group", PORTALS, .form = "N LIST"),
	GROUP("port-group-state", STATE, .form = "N STATE"),
	ROW("preferred-port-group", TARGET, set_group,
	    .attr = KTGT_A_PORT_GROUP_PREFERRED),
	KEY("MaxRecvDataSegmentLength"),
	KEY("MaxXmitDataSegmentLength"),
	KEY("HeaderDigest"),
	KEY("DataDigest"),
	KEY("InitialR2T"),
	KEY("MaxOutstandingR2T"),
	KEY("ImmediateData"),
	KEY("FirstBurstLength"),
	KEY("MaxBurstLength"),
	KEY("DataPDUInOrder"),
	KEY("DataSequenceInOrder"),
	KEY("ErrorRecoveryLevel"),
	KEY("IFMarker"),
	KEY("OFMarker"),
	KEY("IFMarkInt"),
	KEY("OFMarkInt"),
	KEY("DefaultTime2Wait"),
	KEY("DefaultTime2Retain"),
	KEY("MaxConnections"),

	ROW("lun", TARGET | LU, set_lun, .attr = KTGT_A_LU_LUN),
	LU_FIELD("block-size", BLOCK_SIZE),
	LU_FIELD("write-cache", WRITE_CACHE),
	LU_FIELD("readonly", READ_ONLY),
	LU_FIELD("shared", SHARED),
	LU_FIELD("gone", GONE),
	LU_FIELD("removable", REMOVABLE),
	LU_FIELD("scsi_id", SCSI_ID),
	LU_FIELD("scsi_sn", SERIAL),
	LU_FIELD("vendor_id", VENDOR),
	LU_FIELD("product_id", PRODUCT),
	LU_FIELD("product_rev", REVISION),
	LU_FIELD("naa", NAA_ID),
	LU_FIELD("eui", EUI),
	LU_FIELD("uuid", UUID),
	LU_FIELD("scsi-name", SCSI_NAME),
	LU_FIELD("shared-identity", SHARED_IDENTITY),
	ROW("medium", LU, set_lu, .attr = KTGT_A_LU_MEDIUM),
	ROW("bs-type", TARGET | LU, set_store, .attr = KTGT_A_LU_BACKEND),
	ROW("bsopts", TARGET | LU, set_store, .attr = KTGT_A_LU_SIZE),
	ROW("bsoflags", TARGET | LU, set_store, .attr = KTGT_A_LU_WRITE_CACHE),
	ROW("device-type", TARGET | LU, set_device_type),
	ROW("allow-in-use", TARGET | LU, set_in_use),
	ROW("path", LU, set_lu, .attr = KTGT_A_LU_PATH),
	ROW("params", TARGET | LU, set_params),
	LU_FIXED("online", "1"),
	LU_FIXED("sense_format", "0"),
	LU_FIXED("mode_page", NULL),
	LU_FIXED("lbppbe", NULL),
	LU_FIXED("la_lba", NULL),
	LU_FIXED("optimal_xfer_gran", NULL),
	LU_FIXED("optimal_xfer_len", NULL),
};

/* only in params */
static const struct directive params[] = {
	LU_FIXED("thin_provisioning", NULL),
	LU_FIXED("rotation_rate", NULL),
};

static const struct directive *directive_find(const struct directive *table,
					      size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

/* Whether a directive is allowed in "params": those of logical units are. */
static bool is_param(const struct conf_parser *parser,
		     const struct directive *d)
{
	return d && d->set != set_params && d->set != set_line_lu &&
	       d->levels & LU && d->levels & 1u << parser->level;
}

static void refuse_param(struct conf_parser *parser, const char *name)
{
	struct guess guess;
	size_t i;

	guess_start(&guess, name);
	for (i = 0; i < ARRAY_SIZE(directives); i++)
		if (is_param(parser, &directives[i]))
			guess_try(&guess, directives[i].name);
	if (guess.best)
		conf_error(parser, "params: unknown parameter %s; perhaps %s is meant",
			   name, guess.best);
	else
		conf_error(parser, "params: unknown parameter %s", name);
}

/* Sets one NAME=VALUE of "params". */
static void set_param(struct conf_parser *parser, char *name, char *value)
{
	const struct directive *d;

	d = directive_find(directives, ARRAY_SIZE(directives), name);
	if (!d)
		d = directive_find(params, ARRAY_SIZE(params), name);
	if (is_param(parser, d))
		d->set(parser, d, &value);
	else
		refuse_param(parser, name);
}

/* tgt ignores unknown directives, even a misspelled access rule. */
static void refuse_name(struct conf_parser *parser, const char *name)
{
	struct guess guess;
	size_t i;

	guess_start(&guess, name);
	for (i = 0; i < ARRAY_SIZE(directives); i++)
		guess_try(&guess, directives[i].name);
	if (guess.best)
		conf_error(parser, "unknown directive %s; perhaps %s is meant",
			   name, guess.best);
	else
		conf_error(parser, "unknown directive %s", name);
}

static void refuse_level(struct conf_parser *parser, const struct directive *d)
{
	static const char *const places[] = {
		[GLOBAL] = "outside of all blocks",
		[TARGET] = "in a <target NAME> block",
		[GLOBAL | TARGET] = "in a <target NAME> block",
		[LU] = "in a <backing-store PATH> block",
		[TARGET | LU] = "in a <target NAME> or <backing-store PATH> block",
	};

	conf_error(parser, "%s is not allowed here; put it %s", d->name,
		   places[d->levels]);
}

/*
 * Config::General removes quotation marks around a whole value, so "USER
 * SECRET" means two words, too.
 */
static bool split_pair(char **value)
{
	value[1] = strchr(value[0], ' ');
	if (!value[1])
		return false;
	*value[1]++ = '\0';
	return true;
}

void conf_set(struct conf_parser *parser, struct scan *scan)
{
	char *value[2] = { scan->word[1], scan->word[2] };
	const char *name = scan->word[0];
	const struct directive *d;
	size_t n = scan->n - 1;

	d = directive_find(directives, ARRAY_SIZE(directives), name);
	if (!d)
		refuse_name(parser, name);
	else if (!(d->levels & 1u << parser->level))
		refuse_level(parser, d);
	else if (d->two && n != 2 && !(n == 1 && split_pair(value)))
		conf_error(parser, d->form ? "%s needs two values; write %s %s" :
			   "%s needs a user and a secret; quote what contains blanks",
			   name, name, d->form);
	else if (!n)
		conf_error(parser, "%s has no value; write %s VALUE", name, name);
	else if (d->two)
		d->set(parser, d, value);
	else
		d->set(parser, d, (char *[]){ scan_rest(scan) });
}

void conf_set_words(struct conf_parser *parser, const char *name, char **value)
{
	const struct directive *d;

	d = directive_find(directives, ARRAY_SIZE(directives), name);
	d->set(parser, d, value);
}

/* Blocks */

void conf_open_target(struct conf_parser *parser, const char *text)
{
	struct conf_target **end = &parser->conf->targets;
	struct target *target;
	char name[NAME_SIZE];
	const char *why;
	int err;

	err = parse_iscsi_name(text, name, &why);
	if (err)
		conf_error(parser, "<target %s>: %s", text, why);
	for (; *end; end = &(*end)->next) {
		if (name_equal((*end)->target.name, name)) {
			parser->target = *end;
			return;
		}
	}
	*end = conf_alloc(parser, sizeof(**end));
	parser->target = *end;
	if (!*end)
		return;
	if (!err)
		note_name(parser, text, name);
	parser->target->at = parser->at;
	target = &parser->target->target;
	SET(target, KTGT_A_TARGET_NAME);
	strcpy(target->name, name);
}

static struct conf_lu *lu_add(struct conf_parser *parser, const char *path,
			      bool direct)
{
	struct conf_lu *lu = conf_alloc(parser, sizeof(*lu));

	if (!lu)
		return NULL;
	lu->at = parser->at;
	lu->direct = direct;
	lu->name = strdup(path);
	if (!lu->name) {
		parser->no_memory = true;
		free(lu);
		return NULL;
	}
	return lu;
}

void conf_open_lu(struct conf_parser *parser, const char *path, bool direct)
{
	struct conf_lu **end = &parser->target->lus;
	char buf[CONF_WHERE_MAX];

	for (; *end; end = &(*end)->next)
		if (!strcmp((*end)->name, path))
			break;
	if (!*end)
		*end = lu_add(parser, path, direct);
	else if ((*end)->direct != direct)
		conf_error(parser, "%s is already a %s at %s", path,
			   direct ? "backing-store" : "direct-store",
			   conf_where(parser, (*end)->at, buf));
	parser->lu = *end;
}
