// SPDX-License-Identifier: GPL-2.0
/* targets.conf, by tables of texts: what is read, and what is said of it. */
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/scan.h"
#include "conf/text.h"
#include "lib/out.h"
#include "lib/parse.h"

/* Files that a text includes */

struct file {
	const char *path;
	const char *text;
};

static int file_read(void *data, const char *path, char **text, size_t *len)
{
	const struct file *file;

	for (file = data; file->path; file++) {
		if (strcmp(file->path, path))
			continue;
		*len = strlen(file->text);
		*text = strdup(file->text);
		return 0;
	}
	return -ENOENT;
}

/* All that begin with what stands before a * */
static int file_expand(void *data, const char *path, struct vec *files)
{
	const char *star = strchr(path, '*');
	size_t n = star ? (size_t)(star - path) : strlen(path) + 1;
	const struct file *file;

	for (file = data; file->path; file++)
		if (!strncmp(file->path, path, n))
			*(char **)vec_add(files, sizeof(char *)) =
				strdup(file->path);
	return star || files->n ? 0 : -ENOENT;
}

static int parse(struct conf *conf, const char *text, const struct file *files)
{
	static const struct file none[] = { { NULL, NULL } };
	const struct conf_source source = {
		.read = file_read,
		.expand = file_expand,
		.data = (void *)(files ? files : none),
	};
	/* so that a byte read too far is found */
	size_t len = strlen(text);
	char *copy = malloc(len);
	int err;

	memcpy(copy, text, len);
	err = conf_parse(conf, "/etc/f", copy, len, &source);
	free(copy);
	return err;
}

/* The tree in a form that fits into a table */

static void show_lu(FILE *file, const struct conf_lu *lu)
{
	static const uint16_t attrs[] = {
		KTGT_A_LU_BLOCK_SIZE, KTGT_A_LU_READ_ONLY,
		KTGT_A_LU_WRITE_CACHE, KTGT_A_LU_SCSI_ID, KTGT_A_LU_SERIAL,
		KTGT_A_LU_VENDOR, KTGT_A_LU_PRODUCT, KTGT_A_LU_REVISION,
		KTGT_A_LU_SIZE, KTGT_A_LU_NAA_ID, KTGT_A_LU_EUI,
		KTGT_A_LU_UUID, KTGT_A_LU_SCSI_NAME,
		KTGT_A_LU_SHARED_IDENTITY, KTGT_A_LU_GONE, KTGT_A_LU_REMOVABLE,
	};
	char text[KTGT_SCSI_NAME_MAX + 1];
	const struct field *f;
	const char *p;
	size_t i;

	fprintf(file, " %u=%s%s", lu->lu.lun, lu->direct ? "direct:" : "",
		lu->lu.backend == KTGT_BACKEND_NULL ? "null" : lu->lu.path);
	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		if (!HAS(&lu->lu, attrs[i]))
			continue;
		f = object_field(&lu_object, attrs[i]);
		p = (const char *)&lu->lu + f->off;
		out_field_text(f, &lu->lu, true, text, sizeof(text));
		fprintf(file, ",%s:", f->name);
		if (f->kind == FIELD_STR || f->kind == FIELD_ID ||
		    f->kind == FIELD_ENUM)
			fputs(text, file);
		else if (f->kind == FIELD_BOOL)
			fprintf(file, "%d", *p);
		else if (f->kind == FIELD_SIZE)
			fprintf(file, "%llu", (unsigned long long)lu->lu.size);
		else
			fprintf(file, "%u", lu->lu.block_size);
	}
}

static void show_acls(FILE *file, const struct vec *acls)
{
	const struct acl *acl;
	char buf[ADDR_TEXT_MAX];

	vec_for_each(acl, acls) {
		if (HAS(acl, KTGT_A_ACL_INITIATOR))
			fprintf(file, " @%s", acl->initiator);
		else if (HAS(acl, KTGT_A_ACL_ALL))
			fprintf(file, " @ALL");
		else
			fprintf(file, " @%s",
				prefix_text(&acl->address, acl->prefix_len,
					    buf, sizeof(buf)));
	}
}

static void show_bindings(FILE *file, const struct vec *bindings)
{
	const struct account *account;

	vec_for_each(account, bindings)
		fprintf(file, " %s[%s]", account->outgoing ? ">" : "<",
			account->user);
}

static char *show(const struct conf *conf)
{
	const struct conf_account *account;
	const struct conf_target *target;
	const struct conf_lu *lu;
	char *text;
	size_t len;
	FILE *file = open_memstream(&text, &len);

	if (conf->ignore_errors)
		fprintf(file, "ignore ");
	for (account = conf->accounts; account; account = account->next)
		fprintf(file, "[%s|%s]", account->account.user,
			account->account.secret);
	show_bindings(file, &conf->discovery);
	for (target = conf->targets; target; target = target->next) {
		fprintf(file, "{%s", target->target.name);
		if (HAS(&target->target, KTGT_A_TARGET_ID))
			fprintf(file, " tid=%u", target->target.id);
		if (HAS(&target->target, KTGT_A_TARGET_STATE))
			fprintf(file, " state=%u", target->target.state);
		for (lu = target->lus; lu; lu = lu->next)
			show_lu(file, lu);
		show_acls(file, &target->acls);
		show_bindings(file, &target->bindings);
		fprintf(file, "}");
	}
	fclose(file);
	return text;
}

static void assert_shown(const char *text, const struct file *files,
			 const char *want)
{
	struct conf conf;
	int err = parse(&conf, text, files);
	const struct conf_message *message;
	char *got;

	vec_for_each(message, &conf.messages)
		if (message->error)
			fail_msg("'%s': %s", text, message->text);
	assert_int_equal(err, 0);
	got = show(&conf);
	if (strcmp(got, want))
		fail_msg("'%s'\n  is   %s\n  want %s", text, got, want);
	free(got);
	conf_free(&conf);
}

#define A	"iqn.2017-03.com.longshuai:test.disk1"
#define T(text)	"<target iqn.2026-11.org.x:a>\n" text "</target>\n"
#define S(text)	"{iqn.2026-11.org.x:a" text "}"

struct row {
	const char *text;
	const char *want;
};

/* Whole files, as users have them */
static void test_whole_files(void **state)
{
	static const struct row rows[] = {
		{ "default-driver iscsi\n\n<target " A ">\n"
		  "\tbacking-store /dev/sdb1\n\tbacking-store /dev/sdc\n"
		  "\tinitiator-address 192.168.100.0/24\n</target>\n",
		  "{" A " 1=/dev/sdb1 2=/dev/sdc @192.168.100.0/24}" },
		{ "#include /etc/tgt/temp/*.conf\ndefault-driver iscsi\n"
		  "<target " A ">\n"
		  "    <backing-store /dev/sdb1>\n        lun 5\n"
		  "    </backing-store>\n"
		  "    <backing-store /dev/sdc>\n        lun 6\n"
		  "    </backing-store>\n"
		  "    incominguser u1 secret1\n    outgoinguser u2 secret2\n"
		  "    initiator-address 192.168.100.0/24\n</target>",
		  "[u1|secret1][u2|secret2]{" A
		  " 5=/dev/sdb1 6=/dev/sdc @192.168.100.0/24 <[u1] >[u2]}" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_shown(rows[i].text, NULL, rows[i].want);
}

static void test_syntax(void **state)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "\n\n  # only that\n\t#", "" },
		{ "\xef\xbb\xbf" T(""), S(" @ALL") },
		{ "<target iqn.2026-11.org.x:a/>", S(" @ALL") },
		{ "<target iqn.2026-11.org.x:a />", S(" @ALL") },
		{ "< target \"iqn.2026-11.org.x:a\" > # x\r\n</target>\r\n",
		  S(" @ALL") },
		{ T("controller_tid=7\n"), S(" tid=7 @ALL") },
		{ T("controller_tid = 7 # seven\n"), S(" tid=7 @ALL") },
		{ T("controller_tid \\\n  7\n"), S(" tid=7 @ALL") },
		{ T("controller_tid 7\\\r\n   0\n"), S(" tid=70 @ALL") },
		{ T("# controller_tid \\\n controller_tid 7\n"),
		  S(" tid=7 @ALL") },
		{ T("/* controller_tid 1\n*/ controller_tid 7\n"),
		  S(" tid=7 @ALL") },
		{ T("controller_tid /* no */ 7\n"), S(" tid=7 @ALL") },
		{ T("backing-store /a/*b\n"), S(" 1=/a/*b @ALL") },
		{ T("backing-store \"/a b\"\n"), S(" 1=/a b @ALL") },
		{ T("backing-store \"/a \\\n  b\"\n"), S(" 1=/a b @ALL") },
		{ T("backing-store '/a\"b'\n"), S(" 1=/a\"b @ALL") },
		{ T("backing-store /a\\#b\n"), S(" 1=/a#b @ALL") },
		{ T("backing-store \"/a#b\"\n"), S(" 1=/a#b @ALL") },
		{ T("backing-store /a#b\n"), S(" 1=/a @ALL") },
		{ T("backing-store /a=b\n"), S(" 1=/a=b @ALL") },
		{ T("backing-store /a\\b\\$c\\\\\n"), S(" 1=/a\\b$c\\ @ALL") },
		{ T("<backing-store /a>b>\nlun 3\n</backing-store>\n"),
		  S(" 3=/a>b @ALL") },
		{ T("<backing-store \"/a b\">\nlun 3\n</backing-store>\n"),
		  S(" 3=/a b @ALL") },
		{ T("<backing-store /a b/c d e>\nlun 3\n</backing-store>\n"),
		  S(" 3=/a b/c d e @ALL") },
		{ T("backing-store /a b # c\nvendor_id Inc. \\\n  x\n"),
		  S(" 1=/a b,vendor:Inc. x @ALL") },
		{ T("incominguser u p\"x\n"), "[u|p\"x]" S(" @ALL <[u]") },
		{ T("incominguser u \"p x\\\"\\\\\"\n"),
		  "[u|p x\"\\]" S(" @ALL <[u]") },
		{ T("incominguser \"u p\"\n"), "[u|p]" S(" @ALL <[u]") },
		{ T("incominguser 'a b' 'c d'\n"), "[a b|c d]"
		  S(" @ALL <[a b]") },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_shown(rows[i].text, NULL, rows[i].want);
}

static void test_directives(void **state)
{
	static const struct row rows[] = {
		{ "default-driver iscsi\ndefault-driver iscsi\n", "" },
		{ "ignore-errors yes\ncontrol-port 0\n", "ignore " },
		{ "ignore-errors no\n", "" },
		{ "incomingdiscoveryuser a b\noutgoingdiscoveryuser c d\n",
		  "[a|b][c|d] <[a] >[c]" },
		{ T("driver iscsi\nstate offline\n"), S(" state=1 @ALL") },
		{ T("controller_tid 0x10\n"), S(" tid=16 @ALL") },
		{ T("initiator-address 10.0.0.1\ninitiator-address ::1\n"
		    "initiator-address 10.0.0.5/24\n"
		    "initiator-address [2001:db8::]/32\n"
		    "initiator-address 10.0.0.1/32\n"),
		  S(" @10.0.0.1 @::1 @10.0.0.5/24 @2001:db8::/32") },
		/* one network is one rule for the kernel, too */
		{ T("initiator-address 10.0.0.5/24\n"
		    "initiator-address 10.0.0.9/24\n"),
		  S(" @10.0.0.5/24") },
		{ T("initiator-address ALL\n"), S(" @ALL") },
		{ T("initiator-name iqn.1993-08.org.debian:01:b\n"),
		  S(" @iqn.1993-08.org.debian:01:b") },
		{ T("initiator-name 10.0.0.0/8\ninitiator-name ALL\n"),
		  S(" @10.0.0.0/8 @ALL") },
		{ T("incominguser a 1\nincominguser b 2\noutgoinguser a 1\n"
		    "incominguser a 1\n"),
		  "[a|1][b|2]" S(" @ALL <[a] <[b] >[a]") },
		{ T("backing-store /a\nreadonly 1\nblock-size 4096\n"
		    "write-cache off\nscsi_id x\nscsi_sn y\n"),
		  S(" 1=/a,block-size:4096,read-only:1,write-cache:0,"
		    "scsi-id:x,serial:y @ALL") },
		{ T("gone pdl\nbacking-store /a\n"
		    "<backing-store /b>\ngone default\n</backing-store>\n"),
		  S(" 1=/a,gone:pdl 2=/b,gone:default @ALL") },
		{ T("write-cache off\nvendor_id V\n"
		    "<backing-store /a>\nwrite-cache on\n</backing-store>\n"
		    "<direct-store /b>\nproduct_id P\nproduct_rev R\n"
		    "</direct-store>\n"),
		  S(" 1=/a,write-cache:1,vendor:V "
		    "2=direct:/b,write-cache:0,vendor:V,product:P,revision:R"
		    " @ALL") },
		{ T("<backing-store x>\nbs-type null\nbsopts size=1M\n"
		    "</backing-store>\n"), S(" 1=null,size:1048576 @ALL") },
		{ T("bs-type aio\nbsoflags direct:sync\nbacking-store /a\n"),
		  S(" 1=/a,write-cache:0 @ALL") },
		{ T("backing-store /a\nparams \"vendor_id=V,scsi_sn=a b\"\n"
		    "params readonly=1\n"),
		  S(" 1=/a,read-only:1,serial:a b,vendor:V @ALL") },
		{ T("backing-store /a\nscsi_sn \"  a b \"\nscsi-name iqn.x\n"
		    "naa naa.6000000012345678123456789ABCDEF0\n"
		    "eui 0011223344556677\n"
		    "uuid 00112233-4455-6677-8899-aabbccddeeff\n"
		    "shared-identity yes\n"),
		  S(" 1=/a,serial:  a b ,"
		    "naa:0x6000000012345678123456789abcdef0,"
		    "eui:0x0011223344556677,"
		    "uuid:00112233-4455-6677-8899-aabbccddeeff,"
		    "scsi-name:iqn.x,shared-identity:1 @ALL") },
		{ T("<backing-store /a>\npath /b\n</backing-store>\n"),
		  S(" 1=/b @ALL") },
		{ T("lun 9\nbacking-store /a\n"), S(" 9=/a @ALL") },
		{ T("removable yes\nbacking-store /a\n"
		    "<backing-store /b>\nparams removable=0\n</backing-store>\n"),
		  S(" 1=/a,removable:1 2=/b,removable:0 @ALL") },
		{ T("device-type disk\nallow-in-use no\nonline 1\n"),
		  S(" @ALL") },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_shown(rows[i].text, NULL, rows[i].want);
}

static void test_blocks(void **state)
{
	static const struct row rows[] = {
		/* in the order of the file, what has a number first */
		{ T("backing-store /z\nbacking-store /a\n"),
		  S(" 1=/z 2=/a @ALL") },
		{ T("direct-store /d\nbacking-store /b\n"),
		  S(" 2=direct:/d 1=/b @ALL") },
		{ T("backing-store /b\n<backing-store /c>\nlun 1\n"
		    "</backing-store>\nbacking-store /d\n"),
		  S(" 2=/b 1=/c 3=/d @ALL") },
		/* merged */
		{ T("backing-store /b\n") T("backing-store /a\n"),
		  S(" 1=/b 2=/a @ALL") },
		{ T("backing-store /b\n") "<target iqn.2026-11.org.x:b/>\n"
		  T("controller_tid 3\nbacking-store /b\n"),
		  S(" tid=3 1=/b @ALL") "{iqn.2026-11.org.x:b @ALL}" },
		/* names that mean the same */
		{ T("backing-store /b\ninitiator-name iqn.2026-11.org.x:I\n"
		    "initiator-name iqn.2026-11.org.x:i\n")
		  "<target IQN.2026-11.org.x:A>\nbacking-store /a\n</target>\n",
		  S(" 1=/b 2=/a @iqn.2026-11.org.x:I") },
		{ "<target iqn.2026-11.org.x:\xc3\x84/>\n"
		  "<target iqn.2026-11.org.x:\xc3\xa4>\n"
		  "initiator-name iqn.2026-11.org.x:\xc3\x96\n"
		  "initiator-name iqn.2026-11.org.x:o\xcc\x88\n</target>\n",
		  "{iqn.2026-11.org.x:\xc3\xa4 @iqn.2026-11.org.x:\xc3\xb6}" },
		{ T("<backing-store /b>\nlun 4\n</backing-store>\n"
		    "<backing-store /b>\nreadonly 1\nlun 4\n"
		    "</backing-store>\n"), S(" 4=/b,read-only:1 @ALL") },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_shown(rows[i].text, NULL, rows[i].want);
}

static void test_includes(void **state)
{
	static const struct file files[] = {
		{ "/etc/d/1.conf", "default-driver iscsi\n"
		  T("backing-store /one\n") },
		{ "/etc/d/2.conf", "default-driver iscsi\n"
		  T("backing-store /two\ninclude ../acl\n") },
		{ "/etc/d/../acl", "initiator-address 10.0.0.1" },
		{ "/x y", "ignore-errors yes\n" },
		{ NULL, NULL }
	};
	static const struct row rows[] = {
		{ "include /etc/d/*.conf\n",
		  S(" 1=/one 2=/two @10.0.0.1") },
		{ "include d/1.conf\n", S(" 1=/one @ALL") },
		{ "Include \"/x y\"\n", "ignore " },
		{ "include /x y\n", "ignore " },
		{ "includeoptional /none\ninclude /none*\n", "" },
		{ T("include d/../acl\n"), S(" @10.0.0.1") },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_shown(rows[i].text, files, rows[i].want);
}

static void test_include_errors(void **state)
{
	static const struct file files[] = {
		{ "/self", "include /self\n" },
		{ "/open", "<target iqn.2026-11.org.x:a>\n" },
		{ "/close", "</target>\n" },
		{ "/bad", "\nlun\n" },
		{ NULL, NULL }
	};
	static const struct row rows[] = {
		{ "include /none\n",
		  "/etc/f:1: /none: No such file or directory" },
		{ "include /self\n", "/self:1: /self was already read; it is not read again" },
		{ "include /open\n",
		  "/open:1: </target> is missing for the block that begins at "
		  "/open:1" },
		{ "\n<target iqn.2026-11.org.x:a>\ninclude /close\n</target>",
		  "/close:1: </target> ends a block that does not begin in "
		  "this file" },
		{ "include /bad\n",
		  "/bad:2: lun is not allowed here; put it in a <target NAME> "
		  "or <backing-store PATH> block" },
		{ "include\n",
		  "/etc/f:1: include has no path; write include PATH" },
	};
	const struct conf_message *message;
	struct conf conf;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		parse(&conf, rows[i].text, files);
		message = vec_at(&conf.messages, 0);
		assert_non_null(message);
		assert_string_equal(message->text, rows[i].want);
		assert_int_equal(conf.messages.n, 1);
		conf_free(&conf);
	}
}

/* Files that include each other end somewhere. */
static void test_include_depth(void **state)
{
	struct file files[CONF_DEPTH + 3] = { 0 };
	const struct conf_message *message;
	struct conf conf;
	char *p;
	int i;

	(void)state;
	for (i = 0; i < CONF_DEPTH + 2; i++) {
		assert_true(asprintf(&p, "/%02d", i) > 0);
		files[i].path = p;
		assert_true(asprintf(&p, "include /%02d\n", i + 1) > 0);
		files[i].text = p;
	}
	assert_int_equal(parse(&conf, "include /00\n", files), -EINVAL);
	message = vec_at(&conf.messages, 0);
	assert_string_equal(message->text,
		"/14:1: more than 16 files include one another");
	assert_int_equal(conf.messages.n, 1);
	conf_free(&conf);
	for (i = 0; i < CONF_DEPTH + 2; i++) {
		free((char *)files[i].path);
		free((char *)files[i].text);
	}
}

/* All but the last are notes: the file is taken. */
static void test_notes(void **state)
{
	static const struct row rows[] = {
		{ "iSNS On\n", "iSNS On is ignored: ktgt always uses Off" },
		{ "iSNSServerIP 10.0.0.1\n",
		  "iSNSServerIP is ignored: ktgt has no such setting" },
		{ "control-port 1\n", "control-port is ignored; use network "
		  "namespaces instead" },
		{ T("OFMarkInt 1\n"),
		  "OFMarkInt 1 is ignored: ktgt does not use it" },
		{ T("DefaultTime2Retain 20\n"),
		  "DefaultTime2Retain 20 is ignored: ktgt always uses 0" },
		{ T("ErrorRecoveryLevel 2\n"),
		  "ErrorRecoveryLevel 2 is ignored: ktgt always uses 0" },
		{ T("allow-in-use yes\n"), "allow-in-use is ignored: a device in "
		  "use is always refused" },
		{ T("params rotation_rate=1\n"),
		  "rotation_rate is ignored: ktgt has no such setting" },
		{ T("vendor_id MyCompany Inc.\n"), "vendor_id MyCompany Inc. is "
		  "too long; only its first 8 bytes are used" },
		{ T("state ready#\n"), "the # begins a comment; for a # in a "
		  "word, write \\#" },
		{ T("initiator-name ALL\n"),
		  "initiator-name ALL is taken as initiator-address" },
		{ T("initiator-name eui.0123456789abcdef\n"),
		  "iqn.2026-11.org.x:a: only the named initiators are "
		  "admitted; tgt would admit all" },
		{ T("initiator-name eui.0123456789abcdef\n"
		    "initiator-address 10.0.0.1\n"),
		  "iqn.2026-11.org.x:a: an initiator needs an admitted "
		  "name and an admitted address; tgt requires only one" },
		{ "<target iqn.2026-11.org.x:\xc3\x84/>\n",
		  "iqn.2026-11.org.x:\xc3\x84 is used as "
		  "iqn.2026-11.org.x:\xc3\xa4, which RFC 3722 makes of it" },
		{ "lld iscsi\n", "lld is taken as default-driver" },
		{ T("lld iscsi\n"), "lld is taken as driver" },
	};
	const struct conf_message *message;
	struct conf conf;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(rows[i].text, parse(&conf, rows[i].text, NULL), 0);
		message = vec_at(&conf.messages, 0);
		assert_row(rows[i].text, !!message, true);
		assert_false(message->error);
		assert_string_equal(strchr(message->text, ' ') + 1,
				    rows[i].want);
		assert_int_equal(conf.messages.n, 1);
		conf_free(&conf);
	}
}

static void test_errors(void **state)
{
	static const struct row rows[] = {
		/* lines */
		{ "\n\nx\n", "3: unknown directive x" },
		{ "a \\\n b\n", "1: unknown directive a" },
		{ "default-drivr iscsi", "1: unknown directive "
		  "default-drivr; perhaps default-driver is meant" },
		{ T("initiator-adress 10.0.0.1\n"), "2: unknown directive "
		  "initiator-adress; perhaps initiator-address is meant" },
		{ T("backing-store \"/a\n"),
		  "2: the closing quote is missing on this line" },
		{ T("backing-store \"/a\"b\n"),
		  "2: there is no blank after the closing quote" },
		{ "\n/* a\nb", "2: the comment has no end; write */" },
		{ "ignore-errors yes\n/*\n",
		  "2: the comment has no end; write */" },
		{ "<target iqn.2026-11.org.x:a\n",
		  "1: the > is missing at the end of this line" },
		{ "<>", "1: there is nothing between < and >" },
		{ "</>", "1: there is nothing between < and >" },
		{ "= x", "1: unknown directive " },
		/* values */
		{ T("state\n"),
		  "2: state has no value; write state VALUE" },
		{ T("incominguser a\n"), "2: incominguser needs a user and a "
		  "secret; quote what contains blanks" },
		{ T("incominguser a b c\n"), "2: incominguser needs a user and a "
		  "secret; quote what contains blanks" },
		{ T("incominguser a ''\n"),
		  "2: incominguser: the user or the secret is empty" },
		{ T("incominguser a PLEASE_CORRECT_THE_PASSWORD\n"),
		  "2: incominguser a: replace PLEASE_CORRECT_THE_PASSWORD "
		  "with the secret" },
		{ T("incominguser a b\noutgoinguser a c\n"),
		  "3: user a has another secret at /etc/f:2; a user has only "
		  "one" },
		{ T("outgoinguser a b\noutgoinguser c d\n"),
		  "3: outgoinguser c: it is already a; there can be only one" },
		{ "default-driver iser\n", "1: default-driver iser: iSER is "
		  "not supported; use iscsi" },
		{ T("driver x\n"), "2: driver x: unknown driver; use iscsi" },
		{ "ignore-errors x\n",
		  "1: ignore-errors x: use on or off" },
		{ "control-port x\n", "1: control-port x: not a number" },
		{ T("controller_tid 0\n"),
		  "2: controller_tid 0: out of range; use 1 to 65535" },
		{ T("controller_tid 1\ncontroller_tid 2\n"),
		  "3: controller_tid has two different values in one block" },
		{ T("state x\n"), "2: state x: unknown state; use ready or offline" },
		{ T("portals 1,x\n"), "2: portals 1,x: not a list of portal "
		  "group tags; write them as in 1,2" },
		{ T("port-group 1\n"),
		  "2: port-group needs two values; write port-group N LIST" },
		{ T("port-group 0 1\n"),
		  "2: port-group 0: out of range; use 1 to 65535" },
		{ T("port-group 1 all\n"), "2: port-group all: not a list of "
		  "portal group tags; write them as in 1,2" },
		{ T("port-group-state 1 standby\n"), "1: target port group 1 has "
		  "no portals; write port-group 1 LIST" },
		{ T("initiator-address 10.0.0.1/33\n"),
		  "2: initiator-address 10.0.0.1/33: the prefix length is out "
		  "of range; use 0 to 32" },
		{ T("initiator-address 10.0.0.0/255.255.255.0\n"),
		  "2: initiator-address 10.0.0.0/255.255.255.0: a netmask is "
		  "not supported; write /24" },
		{ T("initiator-name x\n"),
		  "2: initiator-name x: not an iSCSI name, which begins with "
		  "iqn., eui. or naa." },
		{ T("lun 0\n"),
		  "2: lun 0: out of range; use 1 to 16383 (LUN 0 is the "
		  "controller)" },
		{ T("lun 16384\n"),
		  "2: lun 16384: out of range; use 1 to 16383 (LUN 0 is the "
		  "controller)" },
		{ T("block-size 1024\n"),
		  "2: block-size 1024: invalid block size; use 512 or 4096" },
		{ T("device-type cd\n"),
		  "2: device-type cd: not supported; use disk" },
		{ T("bs-type sg\n"), "2: bs-type sg: unknown type; use rdwr, "
		  "aio or null" },
		{ T("bsoflags x\n"),
		  "2: bsoflags x: unknown flag; use sync, direct or sync:direct" },
		{ T("params x\n"),
		  "2: params: 'x' has no value; write NAME=VALUE[,...]" },
		{ T("params state=ready\n"),
		  "2: params: unknown parameter state" },
		{ T("params params=a\n"),
		  "2: params: unknown parameter params" },
		{ T("params path=/a\n"),
		  "2: params: unknown parameter path" },
		{ T("<backing-store /a>\nstate ready\n</backing-store>\n"),
		  "3: state is not allowed here; put it in a <target NAME> block" },
		{ "state ready\n", "1: state is not allowed here; put it in a "
		  "<target NAME> block" },
		{ T("default-driver iscsi\n"),
		  "2: default-driver is not allowed here; put it outside of all "
		  "blocks" },
		{ T("path /a\n"),
		  "2: path is not allowed here; put it in a <backing-store PATH> "
		  "block" },
		{ T("<backing-store /a>\nlld iscsi\n</backing-store>\n"),
		  "3: lld is not allowed here; put it in a <target NAME> block" },
		/* blocks */
		{ "<x y>\nlun 1\n<z>\n</z>\n</x>\n", "1: unknown block <x>; use "
		  "target, backing-store or direct-store" },
		{ "<target>\nx\n</target>\n", "1: <target> has no name; write "
		  "<target NAME>" },
		{ T("<direct-store>\n</direct-store>\n"),
		  "2: <direct-store> has no path; write <direct-store PATH>" },
		{ "<backing-store /a>\nlun 1\n</backing-store>\n",
		  "1: <backing-store> is not allowed here; put it in a "
		  "<target NAME> block" },
		{ "</target>\n", "1: </target> ends a block that does not begin "
		  "in this file" },
		{ "<target iqn.2026-11.org.x:a>\n",
		  "1: </target> is missing for the block that begins at /etc/f:1" },
		{ T("<backing-store /a>\n"),
		  "3: </backing-store> is missing for the block that begins at "
		  "/etc/f:2" },
		{ T("<backing-store /a>\n</direct-store>\n"),
		  "3: </direct-store> ends a <backing-store> block; write "
		  "</backing-store>" },
		{ "<target iqn.2026-11.org.x:a>\n" T(""),
		  "2: </target> is missing for the block that begins at /etc/f:1" },
		{ "<target iqn.x>\n</target>\n", "1: <target iqn.x>: write a "
		  "date, YYYY-MM, after iqn." },
		/* the whole */
		{ T("lun 1\nbacking-store /a\nbacking-store /b\n"),
		  "1: with several backing stores, write lun inside each "
		  "block" },
		{ T("<backing-store /a>\nlun 1\n</backing-store>\n"
		    "<backing-store /b>\nlun 1\n</backing-store>\n"),
		  "5: LUN 1 is already used by /a at /etc/f:2" },
		{ T("backing-store /a\ndirect-store /a\n"),
		  "3: /a is already a backing-store at /etc/f:2" },
		{ T("backing-store a\n"),
		  "2: a: not an absolute path; begin it with /" },
		{ T("backing-store NONE:x\n"),
		  "2: NONE:x: not an absolute path; begin it with /" },
		{ T("bs-type null\nbacking-store x\n"),
		  "3: a null store has no size; write bsopts size=SIZE" },
		{ T("bsopts size=1\nbacking-store /x\n"),
		  "3: only a null store has a size; remove it or write "
		  "bs-type null" },
		{ T("controller_tid 1\n")
		  "<target iqn.2026-11.org.x:b>\ncontroller_tid 1\n</target>",
		  "4: controller_tid 1 is already used by iqn.2026-11.org.x:a "
		  "at /etc/f:1" },
	};
	const struct conf_message *message;
	struct conf conf;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(rows[i].text, parse(&conf, rows[i].text, NULL),
			   -EINVAL);
		message = vec_at(&conf.messages, 0);
		assert_true(message->error);
		assert_string_equal(message->text + strlen("/etc/f:"),
				    rows[i].want);
		/* one fault is told once */
		assert_row(rows[i].text, conf.messages.n, 1);
		conf_free(&conf);
	}
}

static void test_many_errors(void **state)
{
	const struct conf_message *message;
	struct conf conf;
	char text[64];

	(void)state;
	memset(text, 0, sizeof(text));
	for (size_t i = 0; i < 30; i++)
		memcpy(text + 2 * i, "x\n", 2);
	assert_int_equal(parse(&conf, text, NULL), -EINVAL);
	assert_int_equal(conf.messages.n, CONF_ERRORS);
	message = vec_at(&conf.messages, CONF_ERRORS - 1);
	assert_string_equal(message->text, "/etc/f:20: unknown directive x");
	conf_free(&conf);
}

/* Each is found wrong when all has been read. */
static void test_many_late_errors(void **state)
{
	static const char open[] = "<target iqn.2026-11.org.example:t>\n";
	static const char lu[] = "<backing-store null%zu>\nbs-type null\n"
				 "</backing-store>\n";
	struct conf conf;
	char text[4096];
	size_t len = 0;

	(void)state;
	len += snprintf(text, sizeof(text), "%s", open);
	for (size_t i = 0; i < 30; i++)
		len += snprintf(text + len, sizeof(text) - len, lu, i);
	snprintf(text + len, sizeof(text) - len, "</target>\n");
	assert_int_equal(parse(&conf, text, NULL), -EINVAL);
	assert_int_equal(conf.messages.n, CONF_ERRORS);
	conf_free(&conf);
}

static void test_nul(void **state)
{
	static const char text[] = "\n\0";
	const struct conf_message *message;
	struct conf conf;

	(void)state;
	assert_int_equal(conf_parse(&conf, "f", text, sizeof(text), NULL),
			 -EINVAL);
	message = vec_at(&conf.messages, 0);
	assert_string_equal(message->text,
			    "f:2: this is not a text file: it contains a NUL byte");
	conf_free(&conf);
}

/* A name that is too long is not that of the target whose name it begins with. */
static void test_long_name(void **state)
{
	char name[KTGT_NAME_MAX + 2], text[3 * sizeof(name)];
	const struct conf_message *message;
	struct conf conf;

	(void)state;
	memset(name, 'a', sizeof(name));
	memcpy(name, "iqn.2026-11.org.x:", 18);
	name[KTGT_NAME_MAX + 1] = '\0';
	snprintf(text, sizeof(text), "<target %.*s/>\n<target %s/>\n",
		 KTGT_NAME_MAX, name, name);
	assert_int_equal(parse(&conf, text, NULL), -EINVAL);
	assert_int_equal(conf.messages.n, 1);
	message = vec_at(&conf.messages, 0);
	assert_memory_equal(message->text, "/etc/f:2: <target iqn.", 22);
	assert_non_null(strstr(message->text, "longer than 223 bytes"));
	conf_free(&conf);
}

/* Lengths that just fit, and one more. */
static void test_lengths(void **state)
{
	char text[2 * KTGT_PATH_MAX + 64], path[KTGT_PATH_MAX + 2];
	char user[KTGT_ACCOUNT_MAX + 2];
	struct conf conf;
	int more;

	(void)state;
	for (more = 0; more < 2; more++) {
		memset(path, '/', sizeof(path));
		path[KTGT_PATH_MAX + more] = '\0';
		snprintf(text, sizeof(text), T("backing-store %s\n"), path);
		assert_int_equal(parse(&conf, text, NULL),
				 more ? -EINVAL : 0);
		conf_free(&conf);
		memset(user, 'u', sizeof(user));
		user[KTGT_ACCOUNT_MAX + more] = '\0';
		snprintf(text, sizeof(text), T("incominguser %s s\n"), user);
		assert_int_equal(parse(&conf, text, NULL),
				 more ? -EINVAL : 0);
		conf_free(&conf);
	}
}

/* JSON */

/* ' stands for a quote */
static char *json(const char *config)
{
	char *text, *p;

	if (asprintf(&text, "{'ktgt':{'version':1,'config':{%s}}}", config) < 0)
		fail();
	for (p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	return text;
}

#define JT(text)	"'targets':[{'name':'iqn.2026-11.org.x:a'" text "}]"

/* What each key means: the same as its directive. */
static void test_json(void **state)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "'targets':[]", "" },
		{ "'discovery':{'incoming':[{'user':'u','secret':'s'}],"
		  "'outgoing':{'user':'o','secret':'t'}}",
		  "[u|s][o|t] <[u] >[o]" },
		{ JT(""), S(" @ALL") },
		{ JT(",'id':7,'state':'offline'"), S(" tid=7 state=1 @ALL") },
		{ JT(",'lus':[{'path':'/a'},{'path':'/b c','lun':1}]"),
		  S(" 2=/a 1=/b c @ALL") },
		{ JT(",'lus':[{'path':'/a','backend':'block','direct':false},"
		     "{'direct':true,'path':'/b'}]"),
		  S(" 1=/a 2=direct:/b @ALL") },
		{ JT(",'lus':[{'backend':'null','size':4096}]"),
		  S(" 1=null,size:4096 @ALL") },
		{ JT(",'lus':[{'path':'/a','block_size':4096,'read_only':true,"
		     "'write_cache':false,'scsi_id':'i','serial':'s',"
		     "'vendor':'v','product':'p','revision':'r',"
		     "'naa':'3000000000000001','eui':'0011223344556677',"
		     "'uuid':'00112233445566778899aabbccddeeff',"
		     "'scsi_name':'iqn.x','shared_identity':true}]"),
		  S(" 1=/a,block-size:4096,read-only:1,write-cache:0,scsi-id:i,"
		    "serial:s,vendor:v,product:p,revision:r,"
		    "naa:0x3000000000000001,eui:0x0011223344556677,"
		    "uuid:00112233-4455-6677-8899-aabbccddeeff,"
		    "scsi-name:iqn.x,shared-identity:1 @ALL") },
		{ JT(",'addresses':['10.0.0.0/8','fe80::1'],"
		     "'initiators':['iqn.2026-11.org.x:i']"),
		  S(" @10.0.0.0/8 @fe80::1 @iqn.2026-11.org.x:i") },
		{ JT(",'incoming':[{'user':'a b','secret':'c\\'d'}],"
		     "'outgoing':{'user':'o','secret':'t'}"),
		  "[a b|c\"d][o|t]" S(" @ALL <[a b] >[o]") },
	};
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		text = json(rows[i].text);
		assert_shown(text, NULL, rows[i].want);
		free(text);
	}
}

static void assert_complains(const char *text, const char *want)
{
	const struct conf_message *message;
	struct conf conf;
	FILE *file;
	char *got;
	size_t len;

	assert_int_equal(parse(&conf, text, NULL), -EINVAL);
	file = open_memstream(&got, &len);
	vec_for_each(message, &conf.messages)
		if (message->error)
			fprintf(file, "%s\n", message->text);
	fclose(file);
	if (strcmp(got, want))
		fail_msg("'%s'\n  is   %s\n  want %s", text, got, want);
	free(got);
	conf_free(&conf);
}

#define JSON_ROOT "the file is not of the form {\"ktgt\": {\"version\": 1, " \
	"\"config\": {...}}}\n"

/* Each names the place, by line or by keys. */
static void test_json_errors(void **state)
{
	static const struct row rows[] = {
		{ "'more':1", "unknown key more; the keys are discovery, targets\n" },
		{ "'targets':{}", "targets: an array is required\n" },
		{ "'discovery':[]", "discovery: an object is required\n" },
		{ "'discovery':{'incoming':{}}",
		  "discovery.incoming: an array is required\n" },
		{ "'targets':[1]", "targets[0]: an object is required\n" },
		{ "'targets':[{}]",
		  "targets[0]: name is missing; it is a string\n" },
		{ "'targets':[{'name':'iqn.2026-11.org.x:a'},"
		  "{'name':'iqn.2026-11.org.x:a'}]",
		  "targets[1]: iqn.2026-11.org.x:a occurs twice\n" },
		{ "'targets':[{'name':'iqn.2026-11.org.x:\xc3\xa4'},"
		  "{'name':'iqn.2026-11.org.x:\xc3\x84'}]",
		  "targets[1]: iqn.2026-11.org.x:\xc3\x84 occurs twice\n" },
		{ JT(",'id':0"),
		  "targets[0].id: controller_tid 0: out of range; use 1 to 65535\n" },
		{ JT(",'id':[]"),
		  "targets[0].id: a string, a number, true or false is required\n" },
		{ JT(",'lus':[{'path':'/a'},{'path':'a'}]"),
		  "targets[0].lus[1].path: a string that begins with / is required\n" },
		{ JT(",'lus':[{'lun':3}]"),
		  "targets[0].lus[0]: path is missing; only the backend null "
		  "has none\n" },
		{ JT(",'lus':[{'path':'/a','direct':1}]"),
		  "targets[0].lus[0].direct: true or false is required\n" },
		{ JT(",'lus':[{'path':'/a'},{'path':'/a'}]"),
		  "targets[0].lus[1]: /a occurs twice\n" },
		{ JT(",'lus':[{'path':'/a','lun':2},{'path':'/b','lun':2}]"),
		  "targets[0].lus[1]: LUN 2 is already used by /a at /etc/f: targets[0].lus[0]\n" },
		{ JT(",'addresses':['ALL','x']"),
		  "targets[0].addresses[1]: initiator-address x: not an IPv4 or IPv6 network\n" },
		{ JT(",'incoming':[{'user':'u'}]"),
		  "targets[0].incoming[0]: {\"user\": NAME, \"secret\": TEXT} is required\n" },
		{ JT(",'outgoing':{'user':'u','secret':"
		     "'PLEASE_CORRECT_THE_PASSWORD'}"),
		  "targets[0].outgoing: outgoinguser u: replace "
		  "PLEASE_CORRECT_THE_PASSWORD with the secret\n" },
	};
	char *text, want[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		text = json(rows[i].text);
		snprintf(want, sizeof(want), "/etc/f: %s", rows[i].want);
		assert_complains(text, want);
		free(text);
	}
	assert_complains("{}", "/etc/f: " JSON_ROOT);
	assert_complains(" {\"ktgt\":{\"version\":1}}", "/etc/f: " JSON_ROOT);
	assert_complains("{\"ktgt\":{\"version\":2,\"config\":{}}}",
			 "/etc/f: ktgt.version: version 1 is required\n");
	assert_complains("{\"ktgt\":{\n\"config\":{,}}}",
			 "/etc/f:2: string or '}' expected near ',' (column 11)\n");
	assert_complains("{\"a\":1,\n\"a\":2}",
			 "/etc/f:2: duplicate object key near '\"a\"' (column 3)\n");
}

/* The files of the system */

static char dir[] = "/tmp/test_conf.XXXXXX";

static char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned int n;
	char *p = path[n++ % ARRAY_SIZE(path)];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(in_dir(name), "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	return mkdir(in_dir("d"), 0700) || mkdir(in_dir("d/x.conf"), 0700);
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "a", "big", "d/1.conf",
					     "d/2.conf", "d/3" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		unlink(in_dir(names[i]));
	return rmdir(in_dir("d/x.conf")) || rmdir(in_dir("d")) || rmdir(dir);
}

/* A line that includes, and the logical units that come of it. */
static void test_load(void **state)
{
	static const struct row rows[] = {
		{ "include d/*.conf", " 1=/1 2=/2" },
		{ "include d/{2,1}.conf", " 1=/2 2=/1" },
		{ "include d", " 1=/1 2=/2 3=/3" },
		{ "include d/3", " 1=/3" },
		{ "include d/*.none", "" },
		{ "includeoptional none", "" },
	};
	char want[128], *got, **text;
	char *texts[] = { "1.conf", "2.conf", "3" };
	struct conf conf;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		snprintf(want, sizeof(want), "d/%s", texts[i]);
		assert_true(asprintf(&got, T("backing-store /%c\n"),
				     texts[i][0]) > 0);
		write_file(want, got);
		free(got);
	}
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		write_file("a", rows[i].text);
		assert_int_equal(conf_load(&conf, in_dir("a")), 0);
		got = show(&conf);
		if (rows[i].want[0])
			snprintf(want, sizeof(want), S("%s @ALL"),
				 rows[i].want);
		else
			want[0] = '\0';
		assert_string_equal(got, want);
		text = vec_at(&conf.files, 0);
		assert_string_equal(*text, in_dir("a"));
		free(got);
		conf_free(&conf);
	}
}

static void test_load_errors(void **state)
{
	const struct conf_message *message;
	struct conf conf;
	char want[256];

	(void)state;
	assert_int_equal(conf_load(&conf, in_dir("none")), -ENOENT);
	conf_free(&conf);
	assert_int_equal(conf_load(&conf, in_dir("d")), -EISDIR);
	conf_free(&conf);
	write_file("a", "include none\n");
	assert_int_equal(conf_load(&conf, in_dir("a")), -EINVAL);
	message = vec_at(&conf.messages, 0);
	snprintf(want, sizeof(want), "%s:1: %s: No such file or directory",
		 in_dir("a"), in_dir("none"));
	assert_string_equal(message->text, want);
	conf_free(&conf);
	write_file("big", "");
	assert_int_equal(truncate(in_dir("big"), CONF_FILE_MAX + 1), 0);
	assert_int_equal(conf_load(&conf, in_dir("big")), -EFBIG);
	conf_free(&conf);
}

/* Beyond what the buffer begins with. */
static void test_load_long(void **state)
{
	char text[20000];
	struct conf conf;

	(void)state;
	memset(text, '#', sizeof(text));
	strcpy(text + sizeof(text) - 32, "\nignore-errors yes\n");
	write_file("a", text);
	assert_int_equal(conf_load(&conf, in_dir("a")), 0);
	assert_true(conf.ignore_errors);
	conf_free(&conf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_files),
		cmocka_unit_test(test_syntax),
		cmocka_unit_test(test_directives),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_include_errors),
		cmocka_unit_test(test_include_depth),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_many_errors),
		cmocka_unit_test(test_many_late_errors),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_errors),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test_setup_teardown(test_load, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(test_load_errors, make_dir,
						remove_dir),
		cmocka_unit_test_setup_teardown(test_load_long, make_dir,
						remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
