// SPDX-License-Identifier: GPL-2.0
/* The configuration as JSON; see conf/json.h. */
#include "conf/json.h"

#include <ctype.h>
#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf/set.h"
#include "lib/name.h"
#include "lib/out.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

enum type {
	TYPE_TEXT,
	TYPE_NUMBER,
	TYPE_BOOL,
	TYPE_USER,
	TYPE_PAIR,
	TYPE_OTHER,
};

struct key {
	const char *name;
	void (*read)(struct conf_parser *parser, const struct key *key,
		     const json_t *value);
	const char *directive;
	enum type type;
	bool many;		/* an array of such values */
	const char *prefix;	/* prefix of the value in the directive */
	const char *first, *second;	/* members of a pair */
};

static void read_value(struct conf_parser *parser, const struct key *key,
		       const json_t *value);
static void read_object(struct conf_parser *parser, const struct key *key,
			const json_t *value);
static void read_targets(struct conf_parser *parser, const struct key *key,
			 const json_t *value);
static void read_lus(struct conf_parser *parser, const struct key *key,
		     const json_t *value);
static void read_version(struct conf_parser *parser, const struct key *key,
			 const json_t *value);
static void read_before(struct conf_parser *parser, const struct key *key,
			const json_t *value);

#define KEY(_name, _directive, _type, ...)				\
	{								\
		.name = (_name), .read = read_value,			\
		.directive = (_directive), .type = (_type), __VA_ARGS__	\
	}
#define OTHER(_name, _read)						\
	{ .name = (_name), .read = (_read), .type = TYPE_OTHER }
#define END	{ .name = NULL }

static const struct key root_keys[] = {
	OTHER("ktgt", read_object),
	END
};

static const struct key ktgt_keys[] = {
	OTHER("version", read_version),
	OTHER("config", read_object),
	END
};

static const struct key config_keys[] = {
	OTHER("discovery", read_object),
	OTHER("targets", read_targets),
	END
};

static const struct key discovery_keys[] = {
	KEY("incoming", "incomingdiscoveryuser", TYPE_USER, .many = true),
	KEY("outgoing", "outgoingdiscoveryuser", TYPE_USER),
	END
};

static const struct key target_keys[] = {
	OTHER("name", read_before),
	KEY("id", "controller_tid", TYPE_NUMBER),
	KEY("state", "state", TYPE_TEXT),
	KEY("header_digest", "HeaderDigest", TYPE_TEXT),
	KEY("data_digest", "DataDigest", TYPE_TEXT),
	KEY("initial_r2t", "InitialR2T", TYPE_BOOL),
	KEY("immediate_data", "ImmediateData", TYPE_BOOL),
	KEY("max_recv_data_segment_length", "MaxRecvDataSegmentLength",
	    TYPE_NUMBER),
	KEY("max_xmit_data_segment_length", "MaxXmitDataSegmentLength",
	    TYPE_NUMBER),
	KEY("first_burst_length", "FirstBurstLength", TYPE_NUMBER),
	KEY("max_burst_length", "MaxBurstLength", TYPE_NUMBER),
	KEY("max_outstanding_r2t", "MaxOutstandingR2T", TYPE_NUMBER),
	KEY("default_time2wait", "DefaultTime2Wait", TYPE_NUMBER),
	KEY("nop_interval", "nop_interval", TYPE_NUMBER),
	KEY("nop_count", "nop_count", TYPE_NUMBER),
	KEY("reset", "reset", TYPE_BOOL),
	KEY("chap_algorithms", "chap-algorithms", TYPE_TEXT),
	KEY("explicit_alua", "explicit-alua", TYPE_BOOL),
	KEY("portals", "portals", TYPE_TEXT),
	KEY("port_groups", "port-group", TYPE_PAIR, .many = true,
	    .first = "group", .second = "portals"),
	KEY("port_group_states", "port-group-state", TYPE_PAIR, .many = true,
	    .first = "group", .second = "state"),
	KEY("preferred_port_groups", "preferred-port-group", TYPE_NUMBER,
	    .many = true),
	OTHER("lus", read_lus),
	KEY("incoming", "incominguser", TYPE_USER, .many = true),
	KEY("outgoing", "outgoinguser", TYPE_USER),
	KEY("initiators", "initiator-name", TYPE_TEXT, .many = true),
	KEY("addresses", "initiator-address", TYPE_TEXT, .many = true),
	END
};

static const struct key lu_keys[] = {
	KEY("lun", "lun", TYPE_NUMBER),
	OTHER("path", read_before),
	OTHER("direct", read_before),
	KEY("backend", "bs-type", TYPE_TEXT),
	KEY("size", "bsopts", TYPE_NUMBER, .prefix = "size="),
	KEY("block_size", "block-size", TYPE_NUMBER),
	KEY("read_only", "readonly", TYPE_BOOL),
	KEY("shared", "shared", TYPE_BOOL),
	KEY("write_cache", "write-cache", TYPE_BOOL),
	KEY("scsi_id", "scsi_id", TYPE_TEXT),
	KEY("serial", "scsi_sn", TYPE_TEXT),
	KEY("vendor", "vendor_id", TYPE_TEXT),
	KEY("product", "product_id", TYPE_TEXT),
	KEY("revision", "product_rev", TYPE_TEXT),
	KEY("naa", "naa", TYPE_TEXT),
	KEY("eui", "eui", TYPE_TEXT),
	KEY("uuid", "uuid", TYPE_TEXT),
	KEY("scsi_name", "scsi-name", TYPE_TEXT),
	KEY("shared_identity", "shared-identity", TYPE_BOOL),
	KEY("medium", "medium", TYPE_TEXT),
	KEY("gone", "gone", TYPE_TEXT),
	KEY("removable", "removable", TYPE_BOOL),
	END
};

/* Overwrites memory before it is freed, because it may contain secrets. */
static void wipe(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* Places */

/*
 * From now on, messages name this object; its path is kept for later messages.
 */
static void __attribute__((format(printf, 2, 3)))
enter(struct conf_parser *parser, const char *format, ...)
{
	char *path = NULL, **kept;
	va_list args;

	va_start(args, format);
	if (vasprintf(&path, format, args) < 0)
		path = NULL;
	va_end(args);
	kept = path ? conf_add(parser, &parser->conf->paths, sizeof(*kept)) :
		      NULL;
	if (!kept) {
		free(path);
		parser->no_memory = true;
		return;
	}
	*kept = path;
	parser->at.path = path;
	parser->key[0] = '\0';
}

static void leave(struct conf_parser *parser, struct conf_at at)
{
	parser->at = at;
	parser->key[0] = '\0';
}

static void set_key(struct conf_parser *parser, const char *name)
{
	snprintf(parser->key, sizeof(parser->key), "%s", name);
}

/* Values */

static bool want(struct conf_parser *parser, bool right, const char *what)
{
	if (!right)
		conf_error(parser, "%s is required", what);
	return right;
}

/* The value as a word of targets.conf, or NULL. */
static char *word_of(struct conf_parser *parser, const struct key *key,
		     const json_t *value)
{
	const char *prefix = key->prefix ?: "";
	char *word = NULL;
	int n;

	if (json_is_string(value)) {
		n = asprintf(&word, "%s%s", prefix, json_string_value(value));
	} else if (json_is_integer(value)) {
		n = asprintf(&word, "%s%" JSON_INTEGER_FORMAT, prefix,
			     json_integer_value(value));
	} else if (json_is_boolean(value)) {
		n = asprintf(&word, "%s%s", prefix,
			     json_is_true(value) ? "on" : "off");
	} else {
		conf_error(parser, "a string, a number, true or false is required");
		return NULL;
	}
	if (n < 0) {
		parser->no_memory = true;
		return NULL;
	}
	return word;
}

static void free_word(char *word)
{
	if (word)
		explicit_bzero(word, strlen(word));
	free(word);
}

static void read_word(struct conf_parser *parser, const struct key *key,
		      const json_t *value)
{
	char *word = word_of(parser, key, value);

	/* the backend "block" is called rdwr in targets.conf */
	if (word && !strcmp(key->name, "backend") && !strcmp(word, "block"))
		strcpy(word, "rdwr");
	if (word)
		conf_set_words(parser, key->directive, &word);
	free_word(word);
}

static void read_user(struct conf_parser *parser, const struct key *key,
		      const json_t *value)
{
	const json_t *user = json_object_get(value, "user");
	const json_t *secret = json_object_get(value, "secret");
	char *words[2] = { NULL, NULL };

	if (!want(parser, json_is_string(user) && json_is_string(secret) &&
			  json_object_size(value) == 2,
		  "{\"user\": NAME, \"secret\": TEXT}"))
		return;
	words[0] = strdup(json_string_value(user));
	words[1] = strdup(json_string_value(secret));
	if (words[0] && words[1])
		conf_set_words(parser, key->directive, words);
	else
		parser->no_memory = true;
	free_word(words[0]);
	free_word(words[1]);
}

/* A number, and a text that belongs to it. */
static void read_pair(struct conf_parser *parser, const struct key *key,
		      const json_t *value)
{
	const json_t *first = json_object_get(value, key->first);
	const json_t *second = json_object_get(value, key->second);
	char *words[2] = { NULL, NULL }, what[64];

	snprintf(what, sizeof(what), "{\"%s\": N, \"%s\": TEXT}", key->first,
		 key->second);
	if (!want(parser, json_is_integer(first) && json_is_string(second) &&
			  json_object_size(value) == 2, what))
		return;
	words[0] = word_of(parser, key, first);
	words[1] = word_of(parser, key, second);
	if (words[0] && words[1])
		conf_set_words(parser, key->directive, words);
	free_word(words[0]);
	free_word(words[1]);
}

static void read_one(struct conf_parser *parser, const struct key *key,
		     const json_t *value)
{
	if (key->type == TYPE_USER)
		read_user(parser, key, value);
	else if (key->type == TYPE_PAIR)
		read_pair(parser, key, value);
	else
		read_word(parser, key, value);
}

static void read_value(struct conf_parser *parser, const struct key *key,
		       const json_t *value)
{
	const json_t *item;
	size_t i;

	if (!key->many) {
		read_one(parser, key, value);
		return;
	}
	if (!want(parser, json_is_array(value), "an array"))
		return;
	json_array_foreach(value, i, item) {
		snprintf(parser->key, sizeof(parser->key), "%s[%zu]", key->name,
			 i);
		read_one(parser, key, item);
	}
}

/* This key was read when the object began. */
static void read_before(struct conf_parser *parser, const struct key *key,
			const json_t *value)
{
	(void)parser;
	(void)key;
	(void)value;
}

static void read_version(struct conf_parser *parser, const struct key *key,
			 const json_t *value)
{
	(void)key;
	want(parser, json_is_integer(value) &&
		     json_integer_value(value) == OUT_VERSION, "version 1");
}

/* Objects */

static void refuse_key(struct conf_parser *parser, const struct key *keys,
		       const char *name)
{
	char all[512] = "";
	size_t n = 0;

	for (; keys->name; keys++)
		n += snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "",
			      keys->name);
	conf_error(parser, "unknown key %s; the keys are %s", name, all);
}

static void read_keys(struct conf_parser *parser, const struct key *keys,
		      const json_t *object)
{
	const struct key *key;
	const char *name;
	json_t *value;

	if (!want(parser, json_is_object(object), "an object"))
		return;
	/* jansson needs a json_t that is not const, but does not change it */
	json_object_foreach((json_t *)object, name, value) {
		if (parser->no_memory)
			return;
		for (key = keys; key->name; key++)
			if (!strcmp(key->name, name))
				break;
		if (key->name) {
			set_key(parser, key->name);
			key->read(parser, key, value);
		} else {
			parser->key[0] = '\0';
			refuse_key(parser, keys, name);
		}
	}
}

static void read_object(struct conf_parser *parser, const struct key *key,
			const json_t *value)
{
	static const struct {
		const char *name, *path;
		const struct key *keys;
	} objects[] = {
		{ "ktgt", "ktgt", ktgt_keys },
		{ "config", "", config_keys },
		{ "discovery", "discovery", discovery_keys },
	};
	const struct conf_at at = parser->at;
	size_t i;

	for (i = 0; strcmp(objects[i].name, key->name); i++)
		;
	enter(parser, "%s", objects[i].path);
	read_keys(parser, objects[i].keys, value);
	leave(parser, at);
}

static bool has_lu(const struct conf_target *target, const char *name)
{
	const struct conf_lu *lu;

	for (lu = target->lus; lu; lu = lu->next)
		if (!strcmp(lu->name, name))
			return true;
	return false;
}

/* A null store has no path; its index is its name. */
static void read_lu(struct conf_parser *parser, const json_t *object, size_t i)
{
	const json_t *path = json_object_get(object, "path");
	const json_t *direct = json_object_get(object, "direct");
	const json_t *backend = json_object_get(object, "backend");
	char name[KTGT_PATH_MAX + 2];

	if (!want(parser, json_is_object(object), "an object"))
		return;
	if (!path && strcmp(json_string_value(backend) ?: "", "null")) {
		conf_error(parser, "path is missing; only the backend null has none");
		return;
	}
	if (path)
		snprintf(name, sizeof(name), "%s",
			 json_string_value(path) ?: "");
	else
		snprintf(name, sizeof(name), "null%zu", i);
	if (path && name[0] != '/') {
		set_key(parser, "path");
		conf_error(parser, "a string that begins with / is required");
		return;
	}
	if (direct && !json_is_boolean(direct)) {
		set_key(parser, "direct");
		conf_error(parser, "true or false is required");
		return;
	}
	if (has_lu(parser->target, name)) {
		conf_error(parser, "%s occurs twice", name);
		return;
	}
	conf_open_lu(parser, name, json_is_true(direct));
	if (parser->lu)
		read_keys(parser, lu_keys, object);
	parser->lu = NULL;
}

static void read_lus(struct conf_parser *parser, const struct key *key,
		     const json_t *value)
{
	const struct conf_at at = parser->at;
	const json_t *object;
	size_t i;

	if (!want(parser, json_is_array(value), "an array"))
		return;
	parser->level = CONF_LU;
	json_array_foreach(value, i, object) {
		enter(parser, "%s.%s[%zu]", at.path, key->name, i);
		if (!parser->no_memory)
			read_lu(parser, object, i);
		leave(parser, at);
	}
	parser->level = CONF_TARGET;
}

static void read_target(struct conf_parser *parser, const json_t *object)
{
	const char *text = json_string_value(json_object_get(object, "name"));
	char name[NAME_SIZE];
	const char *unused;

	if (!want(parser, json_is_object(object), "an object"))
		return;
	if (!text) {
		conf_error(parser, "name is missing; it is a string");
		return;
	}
	/* if it is wrong, conf_open_target() says so */
	if (!name_prepare(text, name, &unused) &&
	    conf_find(parser->conf, name)) {
		conf_error(parser, "%s occurs twice", text);
		return;
	}
	set_key(parser, "name");
	conf_open_target(parser, text);
	if (parser->target)
		read_keys(parser, target_keys, object);
	parser->target = NULL;
}

static void read_targets(struct conf_parser *parser, const struct key *key,
			 const json_t *value)
{
	const struct conf_at at = parser->at;
	const json_t *object;
	size_t i;

	if (!want(parser, json_is_array(value), "an array"))
		return;
	parser->level = CONF_TARGET;
	json_array_foreach(value, i, object) {
		enter(parser, "%s[%zu]", key->name, i);
		if (!parser->no_memory)
			read_target(parser, object);
		leave(parser, at);
	}
	parser->level = CONF_GLOBAL;
}

bool conf_is_json(const char *text, size_t len)
{
	while (len && isspace((unsigned char)*text)) {
		text++;
		len--;
	}
	return len && *text == '{';
}

void conf_json_read(struct conf_parser *parser, const char *text, size_t len)
{
	json_error_t error;
	json_t *root;

	json_set_alloc_funcs(malloc, wipe);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!root) {
		parser->at.line = error.line > 0 ? error.line : 1;
		conf_error(parser, "%s (column %d)", error.text, error.column);
		return;
	}
	enter(parser, "%s", "");
	if (!json_object_get(json_object_get(root, "ktgt"), "config"))
		conf_error(parser, "the file is not of the form "
			   "{\"ktgt\": {\"version\": 1, \"config\": {...}}}");
	else if (!parser->no_memory)
		read_keys(parser, root_keys, root);
	json_decref(root);
}

/* The other way */

static json_t *value_of(const struct key *key, const char *text,
			const char *more)
{
	switch (key->type) {
	case TYPE_NUMBER:
		return json_integer(strtoull(text + strlen(key->prefix ?: ""),
					     NULL, 0));
	case TYPE_BOOL:
		return json_boolean(!strcmp(text, "on") || !strcmp(text, "1") ||
				    !strcmp(text, "Yes"));
	case TYPE_PAIR:
		return json_pack("{s:I,s:s}", key->first,
				 (json_int_t)strtoull(text, NULL, 10),
				 key->second, more);
	case TYPE_USER:
		return json_pack("{s:s,s:s}", "user", text, "secret", more);
	default:
		return json_string(text);
	}
}

static int add(json_t *object, const char *name, json_t *value)
{
	json_t *array = json_object_get(object, name);

	if (!array) {
		array = json_array();
		if (json_object_set_new(object, name, array))
			return -1;
	}
	return json_array_append_new(array, value);
}

int conf_json_put(json_t *object, enum conf_level level, const char *directive,
		  const char *text, const char *more)
{
	static const struct key *const keys[] = {
		[CONF_GLOBAL] = discovery_keys,
		[CONF_TARGET] = target_keys,
		[CONF_LU] = lu_keys,
	};
	const struct key *key = keys[level];
	json_t *value;
	int err;

	while (!key->directive || strcmp(key->directive, directive))
		key++;
	value = value_of(key, text, more);
	if (!value)
		return -EILSEQ;
	err = key->many ? add(object, key->name, value) :
			  json_object_set_new(object, key->name, value);
	return err ? -ENOMEM : 0;
}
