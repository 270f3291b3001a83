// SPDX-License-Identifier: GPL-2.0
/* The native output: JSON, tables and blocks. */
#include "unit.h"

#include <errno.h>

#include <jansson.h>

#include "cmd/event.h"
#include "cmd/nouns.h"
#include "cmd/run.h"
#include "fake_nl.h"
#include "lib/parse.h"

static struct capture got;

static struct app app;

static int run_app(int argc, char **argv)
{
	return command_run(&app, argc, argv);
}

static int run(enum out_format format, const char *line)
{
	fake_forget();
	app = (struct app) { .format = format };
	return captured(&got, run_app, line);
}

static struct vec targets, lus, acls, accounts, sessions, portals;

static int reset(void **state)
{
	(void)state;
	fake_reset();
	objects_free(&targets, &target_object);
	objects_free(&lus, &lu_object);
	objects_free(&acls, &acl_object);
	objects_free(&accounts, &account_object);
	objects_free(&sessions, &session_object);
	objects_free(&portals, &portal_object);
	capture_reset(&got);
	return 0;
}

static struct target *add_target(void)
{
	struct target *t = vec_add(&targets, sizeof(*t));

	SET(t, KTGT_A_TARGET_ID);
	SET(t, KTGT_A_TARGET_NAME);
	SET(t, KTGT_A_TARGET_STATE);
	SET(t, KTGT_A_TARGET_LUS);
	t->id = 1;
	strcpy(t->name, "iqn.2026-11.org.x");
	t->state = KTGT_TARGET_STATE_OFFLINE;
	t->lus = 2;
	fake_list(KTGT_CMD_TARGET_LIST, &targets);
	return t;
}

static void test_json(void **state)
{
	struct target *t = add_target();

	(void)state;
	assert_int_equal(run(OUT_JSON, "target show"), 0);
	assert_string_equal(got.out,
		"{\"ktgt\":{\"version\":1,\"targets\":[{\"id\":1,\"name\":"
		"\"iqn.2026-11.org.x\",\"state\":\"offline\",\"lus\":2}]}}\n");
	/* bytes of a peer that are not UTF-8 still make JSON */
	SET(t, KTGT_A_TARGET_ALIAS);
	strcpy(t->alias, "\xff\"\x01");
	assert_int_equal(run(OUT_JSON, "target show"), 0);
	assert_non_null(strstr(got.out, "\"alias\":\"\xef\xbf\xbd\\\""
			       "\xef\xbf\xbd\""));
	targets.n = 0;
	assert_int_equal(run(OUT_JSON, "target show"), 0);
	assert_string_equal(got.out,
			    "{\"ktgt\":{\"version\":1,\"targets\":[]}}\n");
}

static void test_table(void **state)
{
	(void)state;
	add_target();
	assert_int_equal(run(OUT_TABLE, "target show"), 0);
	assert_string_equal(got.out,
		"ID NAME              STATE   LUNS ACLS SESSIONS\n"
		" 1 iqn.2026-11.org.x offline    2    -        -\n");
	assert_int_equal(run(OUT_RAW, "target show"), 0);
	assert_string_equal(got.out, "1 iqn.2026-11.org.x offline 2 - -\n");
}

/* Sizes: for people in tables, exact elsewhere. */
static void test_lus(void **state)
{
	struct lu *lu = vec_add(&lus, sizeof(*lu));

	(void)state;
	SET(lu, KTGT_A_LU_SIZE);
	SET(lu, KTGT_A_LU_READ_ONLY);
	SET(lu, KTGT_A_LU_NAA_ID);
	SET(lu, KTGT_A_LU_UUID);
	SET(lu, KTGT_A_LU_GIVEN);
	lu->size = UINT64_C(10) << 30;
	lu->naa = (struct id){ 8, { 0x30, [7] = 1 } };
	lu->uuid = (struct id){ 16, { 0x12, 0x34, [15] = 0xff } };
	lu->given = KTGT_LU_GIVEN_SERIAL | KTGT_LU_GIVEN_SCSI_NAME;
	fake_list(KTGT_CMD_LU_LIST, &lus);
	assert_int_equal(run(OUT_TABLE, "lun"), 0);
	assert_non_null(strstr(got.out, "10 GiB"));
	assert_int_equal(run(OUT_RAW, "lun"), 0);
	assert_non_null(strstr(got.out, "10737418240"));
	assert_int_equal(run(OUT_JSON, "lun"), 0);
	assert_string_equal(got.out, "{\"ktgt\":{\"version\":1,\"lus\":[{"
			    "\"size\":10737418240,\"read_only\":false,"
			    "\"naa\":\"0x3000000000000001\","
			    "\"uuid\":\"12340000-0000-0000-0000-0000000000ff\","
			    "\"given\":[\"serial\",\"scsi-name\"]}]}}\n");
}

static void add_session(void)
{
	struct session *session = vec_add(&sessions, sizeof(*session));
	struct conn *conn = vec_add(&session->conn, sizeof(*conn));
	const char *why;

	SET(session, KTGT_A_SESSION_ID);
	SET(session, KTGT_A_SESSION_ISID);
	SET(session, KTGT_A_SESSION_INITIATOR);
	SET(session, KTGT_A_SESSION_CONN);
	SET(session, KTGT_A_SESSION_PARAM);
	session->id = 7;
	session->target_id = 1;
	memcpy(session->isid, "\x80\0\0\0\0\1", 6);
	strcpy(session->initiator, "iqn.1994-05.com.redhat:x");
	SET(&session->param, KTGT_A_PARAM_IMMEDIATE_DATA);
	SET(&session->param, KTGT_A_PARAM_MAX_BURST_LENGTH);
	session->param.immediate_data = 1;
	session->param.max_burst_length = 262144;
	SET(conn, KTGT_A_CONN_STATE);
	SET(conn, KTGT_A_CONN_PEER_ADDRESS);
	SET(conn, KTGT_A_CONN_PEER_PORT);
	SET(conn, KTGT_A_CONN_RX_BYTES);
	conn->state = KTGT_CONN_STATE_FULL_FEATURE;
	conn->peer_port = 40000;
	conn->rx_bytes = UINT64_C(1) << 40;
	SET(session, KTGT_A_SESSION_LOGIN_TIME);
	session->login_time = 1796000000;
	SET(conn, KTGT_A_CONN_IDLE_TIME);
	conn->idle_time = 3723;
	SET(conn, KTGT_A_CONN_RTT);
	conn->rtt = 1234;
	parse_addr("2001:db8::9", &conn->peer_address, &why);
	fake_list(KTGT_CMD_SESSION_LIST, &sessions);
}

static void test_sessions(void **state)
{
	(void)state;
	add_session();
	assert_int_equal(run(OUT_JSON, "session"), 0);
	assert_string_equal(got.out,
		"{\"ktgt\":{\"version\":1,\"sessions\":[{\"id\":7,"
		"\"initiator\":\"iqn.1994-05.com.redhat:x\","
		"\"isid\":\"800000000001\",\"login_time\":1796000000,\"conn\":["
		"{\"state\":\"full-feature\",\"peer_address\":\"2001:db8::9\","
		"\"peer_port\":40000,\"rx_bytes\":1099511627776,"
		"\"idle_time\":3723,\"rtt\":1234}],"
		"\"param\":{\"immediate_data\":true,"
		"\"max_burst_length\":262144}}]}}\n");
	assert_int_equal(run(OUT_TABLE, "session"), 0);
	assert_non_null(strstr(got.out, "[2001:db8::9]:40000"));
	assert_non_null(strstr(got.out, "2026-11-30 00:53:20"));
	assert_non_null(strstr(got.out, " 1 h 2 min "));
	assert_non_null(strstr(got.out, " 1.2 ms "));
	assert_int_equal(run(OUT_RAW, "session"), 0);
	assert_non_null(strstr(got.out, " 1796000000 3723 1234 -\n"));
	assert_int_equal(run(OUT_TABLE, "session show id 7"), 0);
	assert_non_null(strstr(got.out, "\nimmediate-data: on\n"));
	assert_non_null(strstr(got.out, "\n  peer-port: 40000\n"));
	assert_int_equal(run(OUT_JSON, "session show id 7"), 0);
	assert_non_null(strstr(got.out, "\"sessions\":[{\"id\":7,"));
}

/* A session's peer may have sent anything as its alias. */
static void test_hostile(void **state)
{
	struct session *session;

	(void)state;
	add_session();
	session = vec_at(&sessions, 0);
	strcpy(session->initiator, "a\x1b[2J");
	assert_int_equal(run(OUT_TABLE, "session"), 0);
	assert_null(strchr(got.out, '\x1b'));
	assert_int_equal(run(OUT_RAW, "session"), 0);
	assert_null(strchr(got.out, '\x1b'));
	assert_int_equal(run(OUT_TABLE, "session show id 7"), 0);
	assert_null(strchr(got.out, '\x1b'));
}

static void test_block(void **state)
{
	struct target *target = add_target();
	struct lu *lu = vec_add(&lus, sizeof(*lu));
	struct account *account = vec_add(&accounts, sizeof(*account));
	struct portal *portal = vec_add(&portals, sizeof(*portal));
	struct acl *acl = vec_add(&acls, sizeof(*acl));
	const char *why;
	json_t *json;

	(void)state;
	add_session();
	lu->type = KTGT_LU_TYPE_DISK;
	lu->backend = KTGT_BACKEND_BLOCK;
	lu->size = UINT64_C(10) << 30;
	lu->block_size = 512;
	lu->online = 1;
	lu->lun = 1;
	strcpy(lu->path, "/dev/vg/disk1");
	strcpy(account->user, "alice");
	parse_portal("192.0.2.1", &portal->address, &portal->port, &why);
	portal->port = 3260;
	acl->all = true;
	fake_reply(KTGT_CMD_TARGET_GET, target);
	fake_list(KTGT_CMD_LU_LIST, &lus);
	fake_list(KTGT_CMD_ACL_LIST, &acls);
	fake_list(KTGT_CMD_ACCOUNT_LIST, &accounts);
	fake_list(KTGT_CMD_PORTAL_LIST, &portals);
	assert_int_equal(run(OUT_TABLE, "target show 1"), 0);
	assert_string_equal(got.out,
		"target 1: iqn.2026-11.org.x\n"
		"  state: offline\n"
		"  portal: 192.0.2.1:3260\n"
		"  lun 1: block /dev/vg/disk1, 10 GiB, 512-byte blocks, "
		"write-cache off\n"
		"  acl: any address\n"
		"  account: alice, secret (hidden)\n"
		"  session 7: iqn.1994-05.com.redhat:x from 2001:db8::9, "
		"1 connection\n");
	assert_int_equal(run(OUT_JSON_PRETTY, "target show 1"), 0);
	json = json_loads(got.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	json_decref(json);
}

/* Sets all that there is in an object, numbers as large as a unit asks for. */
static void fill_all(const struct object *obj, void *item)
{
	const struct field *f;
	char *p;

	for (f = obj->fields; f < obj->fields + obj->n_fields; f++) {
		p = (char *)item + f->off;
		SET((struct model *)item, f->attr);
		if (f->kind == FIELD_STR)
			strcpy(p, "text");
		else if (f->kind == FIELD_ADDR)
			((struct addr *)p)->len = 4;
		else if (f->kind == FIELD_NEST)
			fill_all(f->sub, p);
		else if (f->kind == FIELD_LIST)
			fill_all(f->sub, vec_add((void *)p, f->sub->size));
		else if (f->kind == FIELD_FLAG || f->kind == FIELD_BOOL)
			*p = 1;
		else if (f->kind != FIELD_ENUM && !f->names)
			memset(p, 0x41, f->size);
	}
}

static void fake_full(struct vec *list, const struct object *obj, uint8_t get,
		      uint8_t dump)
{
	void *item = vec_add(list, obj->size);

	fill_all(obj, item);
	if (get)
		fake_reply(get, item);
	if (dump)
		fake_list(dump, list);
}

/* Whatever "net set" takes, "net show" shows, with its unit for people. */
static void test_net(void **state)
{
	static const char *const lines[] = {
		"login-timeout: 120 s\n", "max-logins: 7\n",
		"memory-limit: 64 MiB\n", "nop-interval: 0 s\n",
		"poll-time: 50 us\n", "logout-timeout: 8 s\n",
		"tmf-timeout: 9 s\n", "state: loading\n", "targets: 3\n",
		"oui: 0x001405\n",
		"keepalive-idle: 30 s\n", "keepalive-interval: 10 s\n",
		"keepalive-probes: 3\n", "tcp-user-timeout: 60 s\n",
		"discovery-timeout: 11 s\n",
		"max-discoveries: 12\n", "discoveries-closed: 13\n",
		"logins-closed: 14\n", "login-delay: 15 s\n",
		"logins-delayed: 16\n",
		"logins-closed: 14\n", "memory-total: 2 GiB\n",
		"memory-used: 16 MiB\n", "windows-closed: 17\n",
	};
	struct net net = {
		.login_timeout = 120, .max_logins = 7, .memory_limit = 64,
		.poll_time = 50, .logout_timeout = 8, .tmf_timeout = 9,
		.keepalive_idle = 30, .keepalive_interval = 10,
		.keepalive_probes = 3, .tcp_user_timeout = 60,
		.discovery_timeout = 11, .max_discoveries = 12,
		.discoveries_closed = 13, .logins_closed = 14,
		.login_delay = 15, .logins_delayed = 16,
		.memory_total = UINT64_C(2) << 30, .memory_used = 16 << 20,
		.windows_closed = 17,
		.state = KTGT_NET_STATE_LOADING, .targets = 3,
		.oui = { 3, { 0x00, 0x14, 0x05 } },
		.has = ~UINT64_C(0),
	};
	const struct arg *arg;
	char key[64], *p;
	json_t *json;
	size_t i;

	(void)state;
	fake_reply(KTGT_CMD_NET_GET, &net);
	assert_int_equal(run(OUT_TABLE, "net show"), 0);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		assert_row(lines[i], !!strstr(got.out, lines[i]), true);
	for (arg = command_find(noun_find("net"), "set")->args; arg->key; arg++) {
		snprintf(key, sizeof(key), "\n%s: ", arg->key);
		assert_row(arg->key, !!strstr(got.out, key), true);
	}
	assert_int_equal(run(OUT_JSON, "net show"), 0);
	json = json_loads(got.out, JSON_REJECT_DUPLICATES, NULL);
	for (arg = command_find(noun_find("net"), "set")->args; arg->key; arg++) {
		snprintf(key, sizeof(key), "%s", arg->key);
		for (p = key; *p; p++)
			if (*p == '-')
				*p = '_';
		assert_row(key, !!json_object_get(json_object_get(
			json_object_get(json, "ktgt"), "net"), key), true);
	}
	json_decref(json);
}

/* A word that begins as a number is one, and none is a unit. */
static void assert_raw(const char *command, char *text)
{
	static const char *const units[] = {
		"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "us", "ms", "s",
		"min", "h", "d", "days", "seconds", "bytes", "%", "ago",
	};
	char *word, *end, *rest = text;
	size_t i;

	while ((word = strtok_r(rest, " ,\n", &rest)) != NULL) {
		for (i = 0; i < ARRAY_SIZE(units); i++)
			if (!strcmp(word, units[i]))
				fail_msg("%s: unit %s", command, word);
		if (word[0] < '0' || word[0] > '9')
			continue;
		end = word + strspn(word, word[1] == 'x' ?
				    "0123456789abcdefx" : "0123456789.:/-");
		/* an ISID is written without a prefix */
		if (*end && strcmp(word, "414141414141"))
			fail_msg("%s: %s is no number", command, word);
	}
}

/* -r prints numbers without units, whatever is shown. */
static void test_raw(void **state)
{
	static const char *const commands[] = {
		"net", "target", "target show 1", "portal", "lun",
		"lun show target 1 lun 1", "acl", "account", "session",
		"session show id 1094795585", "stats", "stats luns",
		"lun histogram", "session histogram",
		"orphan", "explain initiator iqn.2026-11.org.x from 192.0.2.1",
	};
	struct vec nets = { 0 }, itls = { 0 }, explains = { 0 };
	struct vec orphans = { 0 }, histograms = { 0 };
	struct lu *lu;
	size_t i;

	(void)state;
	fake_full(&nets, &net_object, KTGT_CMD_NET_GET, 0);
	fake_full(&targets, &target_object, KTGT_CMD_TARGET_GET,
		  KTGT_CMD_TARGET_LIST);
	fake_full(&portals, &portal_object, 0, KTGT_CMD_PORTAL_LIST);
	fake_full(&lus, &lu_object, KTGT_CMD_LU_GET, KTGT_CMD_LU_LIST);
	lu = vec_at(&lus, 0);
	lu->type = KTGT_LU_TYPE_DISK;
	lu->naa.len = 16;
	lu->eui.len = 8;
	lu->uuid.len = 16;
	((struct net *)vec_at(&nets, 0))->oui.len = 3;
	fake_full(&acls, &acl_object, 0, KTGT_CMD_ACL_LIST);
	fake_full(&accounts, &account_object, 0, KTGT_CMD_ACCOUNT_LIST);
	fake_full(&sessions, &session_object, 0, KTGT_CMD_SESSION_LIST);
	fake_full(&itls, &itl_object, 0, KTGT_CMD_ITL_LIST);
	fake_full(&explains, &explain_object, 0, KTGT_CMD_EXPLAIN_LIST);
	fake_full(&orphans, &orphan_object, 0, KTGT_CMD_ORPHAN_LIST);
	fake_full(&histograms, &histogram_object, 0,
		  KTGT_CMD_LU_HISTOGRAM_LIST);
	fake_list(KTGT_CMD_SESSION_HISTOGRAM_LIST, &histograms);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		assert_row(commands[i], run(OUT_RAW, commands[i]), 0);
		assert_row(commands[i], *got.out != '\0', true);
		assert_raw(commands[i], got.out);
	}
	assert_int_equal(run(OUT_RAW, "target show 1"), 0);
	assert_non_null(strstr(got.out, "\nportal address 0.0.0.0\n"));
	assert_non_null(strstr(got.out, "\nlu size 4702111234474983745\n"));
	assert_non_null(strstr(got.out, "\nconn cid 16705\n"));
	objects_free(&nets, &net_object);
	objects_free(&itls, &itl_object);
	objects_free(&explains, &explain_object);
	objects_free(&orphans, &orphan_object);
	objects_free(&histograms, &histogram_object);
}

/* What a device owes to a connection that is gone. */
static void test_orphan(void **state)
{
	struct vec orphans = { 0 };
	struct orphan *orphan = vec_add(&orphans, sizeof(*orphan));

	(void)state;
	orphan->has = ~UINT64_C(0) & ~(UINT64_C(1) << KTGT_A_ORPHAN_PATH);
	strcpy(orphan->target, "iqn.2026-11.org.x:t");
	orphan->lun = 3;
	strcpy(orphan->device, "253:1");
	orphan->removed = true;
	strcpy(orphan->initiator, "iqn.2026-11.org.x:i");
	memcpy(orphan->isid, "\x80\0\0\0\xab\1", sizeof(orphan->isid));
	orphan->writes = 2;
	orphan->bytes = 8192;
	orphan->age = 90;
	orphan->namespace = 7;
	fake_list(KTGT_CMD_ORPHAN_LIST, &orphans);
	assert_int_equal(run(OUT_TABLE, "orphan"), 0);
	assert_string_equal(got.out,
		"TARGET              LUN REMOVED DEVICE PATH INITIATOR"
		"           READS WRITES OTHERS BYTES        AGE\n"
		"iqn.2026-11.org.x:t   3 yes     253:1  -    "
		"iqn.2026-11.org.x:i     0      2      0 8 KiB 1 min 30 s\n");
	assert_int_equal(run(OUT_JSON, "orphan show"), 0);
	assert_string_equal(got.out,
		"{\"ktgt\":{\"version\":1,\"orphans\":[{\"target\":"
		"\"iqn.2026-11.org.x:t\",\"lun\":3,\"device\":\"253:1\","
		"\"removed\":true,\"initiator\":\"iqn.2026-11.org.x:i\","
		"\"isid\":\"80000000ab01\",\"reads\":0,\"writes\":2,"
		"\"others\":0,\"bytes\":8192,\"age\":90,"
		"\"namespace\":7}]}}\n");
	orphans.n = 0;
	assert_int_equal(run(OUT_JSON, "orphan show"), 0);
	assert_string_equal(got.out,
			    "{\"ktgt\":{\"version\":1,\"orphans\":[]}}\n");
	orphans.n = 1;
	objects_free(&orphans, &orphan_object);
}

static struct histogram *add_histogram(struct vec *list)
{
	struct histogram *histogram = vec_add(list, sizeof(*histogram));

	SET(histogram, KTGT_A_HISTOGRAM_TARGET_ID);
	SET(histogram, KTGT_A_HISTOGRAM_READ_TOTAL);
	SET(histogram, KTGT_A_HISTOGRAM_READ_STORAGE);
	SET(histogram, KTGT_A_HISTOGRAM_OTHER_TOTAL);
	histogram->target_id = 1;
	histogram->read_total = (struct u64s){ 12, { [1] = 5, [11] = 70 } };
	histogram->read_storage = (struct u64s){ 2, { 1, 74 } };
	histogram->other_total = (struct u64s){ KTGT_HISTOGRAM_BUCKETS,
		{ [KTGT_HISTOGRAM_BUCKETS - 1] = 2 } };
	return histogram;
}

/* A bucket that is empty in all histograms has no line. */
static void test_lun_histogram(void **state)
{
	struct vec list = { 0 };
	struct histogram *histogram = add_histogram(&list);

	(void)state;
	SET(histogram, KTGT_A_HISTOGRAM_LUN);
	histogram->lun = 3;
	fake_list(KTGT_CMD_LU_HISTOGRAM_LIST, &list);
	assert_int_equal(run(OUT_TABLE, "lun histogram"), 0);
	assert_string_equal(got.out,
		"TARGET LUN   FROM  BELOW READS STORAGE WRITES STORAGE OTHERS STORAGE\n"
		"     1   3   0 us   1 us     0       1      0       0      0       0\n"
		"     1   3   1 us   2 us     5      74      0       0      0       0\n"
		"     1   3 1.0 ms 2.0 ms    70       0      0       0      0       0\n"
		"     1   3 67.1 s      -     0       0      0       0      2       0\n");
	assert_int_equal(run(OUT_RAW, "lun histogram"), 0);
	assert_string_equal(got.out,
		"1 3 0 1 0 1 0 0 0 0\n"
		"1 3 1 2 5 74 0 0 0 0\n"
		"1 3 1024 2048 70 0 0 0 0 0\n"
		"1 3 67108864 - 0 0 0 0 2 0\n");
	objects_free(&list, &histogram_object);
}

/* JSON has the histograms as they are, and no others. */
static void test_session_histogram(void **state)
{
	struct vec list = { 0 };
	struct histogram *histogram = add_histogram(&list);

	(void)state;
	SET(histogram, KTGT_A_HISTOGRAM_SESSION_ID);
	histogram->session_id = 7;
	histogram->read_total.n = 2;
	histogram->has &= ~(UINT64_C(1) << KTGT_A_HISTOGRAM_OTHER_TOTAL);
	histogram->other_total.n = 0;
	fake_list(KTGT_CMD_SESSION_HISTOGRAM_LIST, &list);
	assert_int_equal(run(OUT_JSON, "session histogram"), 0);
	assert_string_equal(got.out,
		"{\"ktgt\":{\"version\":1,\"histograms\":[{\"target_id\":1,"
		"\"read_total\":[0,5],\"read_storage\":[1,74],"
		"\"session_id\":7}]}}\n");
	assert_int_equal(run(OUT_RAW, "session histogram"), 0);
	assert_string_equal(got.out, "1 7 0 1 0 1 0 0 0 0\n"
				     "1 7 1 2 5 74 0 0 0 0\n");
	list.n = 0;
	assert_int_equal(run(OUT_JSON, "session histogram"), 0);
	assert_string_equal(got.out,
			    "{\"ktgt\":{\"version\":1,\"histograms\":[]}}\n");
	list.n = 1;
	objects_free(&list, &histogram_object);
}

/* A number that is given by the kernel is told to scripts, not to people. */
static void test_target_add(void **state)
{
	struct target made = { .id = 5 };

	(void)state;
	SET(&made, KTGT_A_TARGET_ID);
	fake_reply(KTGT_CMD_TARGET_NEW, &made);
	assert_int_equal(run(OUT_TABLE, "target add iqn.2026-11.org.x"), 0);
	assert_int_equal(got.out_len, 0);
	assert_int_equal(run(OUT_JSON, "target add iqn.2026-11.org.x"), 0);
	assert_string_equal(got.out, "{\"ktgt\":{\"version\":1,\"targets\":"
			    "[{\"id\":5}]}}\n");
}

static const struct timespec noon = { 1795608000, 7000000 };

static const char *event_text(enum out_format format, uint8_t cmd,
			      const struct event *event)
{
	capture_free(&got);
	capture_start(&got);
	assert_int_equal(print_event(format, &noon, cmd, event), 0);
	capture_stop(&got);
	return got.out;
}

static void fill_event(struct event *event)
{
	memset(event, 0, sizeof(*event));
	SET(event, KTGT_A_EVENT_ID);
	SET(event, KTGT_A_EVENT_TARGET_ID);
	SET(event, KTGT_A_EVENT_INITIATOR);
	SET(event, KTGT_A_EVENT_PEER_ADDRESS);
	event->id = 3;
	event->target_id = 1;
	strcpy(event->initiator, "iqn.i\x1b");
	strcpy(event->target, "iqn.t");
	event->peer_address = (struct addr){ 4, { 192, 0, 2, 9 } };
	event->peer_port = 40000;
}

#define WAY	"iqn.i\xef\xbf\xbd from 192.0.2.9:40000 to "

static void test_event(void **state)
{
	struct event event;

	(void)state;
	fill_event(&event);
	assert_string_equal(event_text(OUT_TABLE, KTGT_CMD_SESSION_LOGIN,
				       &event),
			    "2026-11-25 12:00:00.007 session 3 login: " WAY
			    "target 1 (iqn.t)\n");
	event.end = KTGT_SESSION_END_REINSTATED;
	assert_string_equal(event_text(OUT_RAW, KTGT_CMD_SESSION_END, &event),
			    "2026-11-25 12:00:00.007 session 3 end, "
			    "reinstated: " WAY "target 1 (iqn.t)\n");
	event.memory = 5 << 20;
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_MEMORY_FULL,
					  &event),
			       " memory-total is reached; session 3 holds most, "
			       "5120 KiB, and has to wait: " WAY
			       "target 1 (iqn.t)\n"));
	event.target_id = 0;
	event.target[0] = '\0';
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_SESSION_LOGIN,
					  &event), WAY "discovery\n"));
	SET(&event, KTGT_A_EVENT_STATUS);
	event.status = 0x0207;
	event.missed = 4;
	strcpy(event.key, "SessionType");
	strcpy(event.reason, "is odd");
	event_text(OUT_TABLE, KTGT_CMD_LOGIN_FAILED, &event);
	assert_non_null(strstr(got.out, " login failed: " WAY "discovery: "
			       "SessionType: is odd (0207); 4 earlier ones were "
			       "not reported\n"));
	memset(&event, 0, sizeof(event));
	event.lun = 5;
	event.target_id = 2;
	strcpy(event.target, "iqn.t");
	strcpy(event.initiator, "iqn.b\x1b");
	strcpy(event.other, "iqn.a");
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_LU_WRITERS,
					  &event), " two initiators write to lun "
			       "5 of target 2 (iqn.t): iqn.b\xef\xbf\xbd "
			       "after iqn.a\n"));
	event.initiator[0] = '\0';
	strcpy(event.reason, "the time is over");
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_LU_THAWED,
					  &event), " lun 5 of target 2 (iqn.t) "
			       "is not frozen any more, because the time is over\n"));
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_LU_LOADED,
					  &event), " the medium of lun 5 of "
			       "target 2 (iqn.t) was loaded\n"));
	strcpy(event.initiator, "iqn.b\x1b");
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_LU_EJECTED,
					  &event), " the medium of lun 5 of "
			       "target 2 (iqn.t) was ejected by "
			       "iqn.b\xef\xbf\xbd\n"));
	event.initiator[0] = '\0';
	event.reason[0] = '\0';
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_LU_FROZEN,
					  &event), " lun 5 of target 2 (iqn.t) "
			       "is frozen\n"));
	memset(&event, 0, sizeof(event));
	event.lun = 5;
	event.target_id = 2;
	strcpy(event.target, "iqn.t");
	event.operation = KTGT_STORAGE_OP_FLUSH;
	event.error = EIO;
	event_text(OUT_TABLE, KTGT_CMD_LU_ERROR, &event);
	assert_non_null(strstr(got.out, " storage of lun 5 of target 2 (iqn.t) "
			       "failed: flush: Input/output error\n"));
	SET(&event, KTGT_A_EVENT_LBA);
	event.operation = KTGT_STORAGE_OP_READ;
	event.lba = 4660;
	strcpy(event.path, "/dev/sd\x1b");
	event_text(OUT_TABLE, KTGT_CMD_LU_ERROR, &event);
	assert_non_null(strstr(got.out, " failed: /dev/sd\xef\xbf\xbd, read of "
			       "block 4660: Input/output error\n"));
	memset(&event, 0, sizeof(event));
	event.missed = 9;
	assert_non_null(strstr(event_text(OUT_TABLE, KTGT_CMD_LOGIN_FAILED,
					  &event), " login failed: 9 more were"));
}

static void add_change(struct event *event, uint32_t object, uint32_t action)
{
	struct change *change = vec_add(&event->change, sizeof(*change));

	SET(change, KTGT_A_CHANGE_TARGET_ID);
	change->target_id = 2;
	change->object = object;
	change->action = action;
	if (object == KTGT_OBJECT_LU) {
		SET(change, KTGT_A_CHANGE_LUN);
		change->lun = 5;
	} else {
		strcpy(change->name, "who");
	}
}

static void test_changes(void **state)
{
	struct event event = { .generation = 8, .changes = 7 };
	json_t *json;

	(void)state;
	SET(&event, KTGT_A_EVENT_GENERATION);
	SET(&event, KTGT_A_EVENT_CHANGE);
	add_change(&event, KTGT_OBJECT_TARGET, KTGT_ACTION_ADD);
	add_change(&event, KTGT_OBJECT_LU, KTGT_ACTION_DELETE);
	add_change(&event, KTGT_OBJECT_ACCOUNT, KTGT_ACTION_BIND);
	assert_string_equal(event_text(OUT_TABLE, KTGT_CMD_CONFIG_CHANGED,
				       &event),
			    "2026-11-25 12:00:00.007 configuration 8: target 2 "
			    "who added, lu 5 of target 2 deleted, account who "
			    "of target 2 bound, 4 more\n");
	event_text(OUT_JSON, KTGT_CMD_CONFIG_CHANGED, &event);
	assert_int_equal(strcspn(got.out, "\n"), got.out_len - 1);
	json = json_loads(got.out, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(json);
	json_decref(json);
	assert_non_null(strstr(got.out, "\"generation\":8,"));
	assert_non_null(strstr(got.out,
			       "\"time\":\"2026-11-25T12:00:00.007Z\","
			       "\"event\":\"config-changed\"}}}\n"));
	object_free(&event_object, &event);
	memset(&event, 0, sizeof(event));
	assert_non_null(strstr(event_text(OUT_JSON, 0, &event),
			       "\"event\":\"lost\""));
}

static void test_txn_end(void **state)
{
	struct event event = {
		.generation = 8, .port_id = 77, .sequence = 5,
	};

	(void)state;
	SET(&event, KTGT_A_EVENT_GENERATION);
	assert_string_equal(event_text(OUT_TABLE, KTGT_CMD_TXN_END, &event),
			    "2026-11-25 12:00:00.007 request 5 of port 77, "
			    "which took long, was carried out, configuration 8\n");
	SET(&event, KTGT_A_EVENT_ERROR);
	strcpy(event.text, "there is no\x1b target");
	assert_string_equal(event_text(OUT_TABLE, KTGT_CMD_TXN_END, &event),
			    "2026-11-25 12:00:00.007 request 5 of port 77, "
			    "which took long, was refused: there is no\xef\xbf\xbd target\n");
	assert_non_null(strstr(event_text(OUT_JSON, KTGT_CMD_TXN_END, &event),
			       "\"event\":\"txn-end\""));
}

static struct vec answers;

static struct explain *add_answer(uint32_t tid, const char *name,
				  uint16_t status)
{
	struct explain *explain = vec_add(&answers, sizeof(*explain));

	SET(explain, KTGT_A_EXPLAIN_STATUS);
	SET(explain, KTGT_A_EXPLAIN_CHAP);
	explain->target_id = tid;
	strcpy(explain->target, name);
	explain->status = status;
	strcpy(explain->reason, status ? "for a reason" : "");
	return explain;
}

static void test_explain(void **state)
{
	struct explain *one;
	struct proof *proof;

	(void)state;
	add_answer(0, "", 0);
	one = add_answer(1, "iqn.t", 0);
	one->visible = 1;
	one->chap = 1;
	one->chap_status = 0x0201;
	one->accounts = 3;
	proof = vec_add(&one->account, sizeof(*proof));
	strcpy(proof->user, "alice");
	proof = vec_add(&one->account, sizeof(*proof));
	strcpy(proof->user, "us");
	proof->outgoing = true;
	SET(one, KTGT_A_EXPLAIN_ADDRESS_RULE);
	one->address_rule.all = true;
	add_answer(2, "iqn.u", 0x0203);
	fake_list(KTGT_CMD_EXPLAIN_LIST, &answers);
	assert_int_equal(run(OUT_TABLE, "explain initiator "
			     "iqn.2026-11.org.x from 192.0.2.1"), 0);
	objects_free(&answers, &explain_object);
	assert_string_equal(got.out,
		"discovery: login admitted\n"
		"  CHAP: not used; an initiator that requires it is refused\n"
		"target 1 (iqn.t): shown by discovery, login admitted\n"
		"  address rule: any address\n"
		"  CHAP: required, without it the login is refused (0201)\n"
		"  accounts of the initiator: alice, 2 more\n"
		"  account of the target: us\n"
		"target 2 (iqn.u): not shown by discovery, login refused: "
		"for a reason (0203)\n"
		"  the initiator is told that there is no such target\n"
		"  CHAP: not used; an initiator that requires it is refused\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_json, reset, reset),
		cmocka_unit_test_setup_teardown(test_table, reset, reset),
		cmocka_unit_test_setup_teardown(test_lus, reset, reset),
		cmocka_unit_test_setup_teardown(test_sessions, reset, reset),
		cmocka_unit_test_setup_teardown(test_hostile, reset, reset),
		cmocka_unit_test_setup_teardown(test_block, reset, reset),
		cmocka_unit_test_setup_teardown(test_net, reset, reset),
		cmocka_unit_test_setup_teardown(test_raw, reset, reset),
		cmocka_unit_test_setup_teardown(test_orphan, reset, reset),
		cmocka_unit_test_setup_teardown(test_lun_histogram, reset,
						reset),
		cmocka_unit_test_setup_teardown(test_session_histogram, reset,
						reset),
		cmocka_unit_test_setup_teardown(test_target_add, reset, reset),
		cmocka_unit_test_setup_teardown(test_event, reset, reset),
		cmocka_unit_test_setup_teardown(test_changes, reset, reset),
		cmocka_unit_test_setup_teardown(test_txn_end, reset, reset),
		cmocka_unit_test_setup_teardown(test_explain, reset, reset),
	};

	/* libsmartcols measures and escapes by the locale */
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
