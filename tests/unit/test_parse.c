// SPDX-License-Identifier: GPL-2.0
/* The parsers, by tables of inputs. */
#include "unit.h"

#include <inttypes.h>
#include <locale.h>
#include <unistd.h>

#include "lib/clean.h"
#include "lib/name.h"
#include "lib/parse.h"

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint32_t value;
	} rows[] = {
		{ "0", true, 0 },
		{ "010", true, 10 },
		{ "0x10", true, 16 },
		{ "4294967295", true, UINT32_MAX },
		{ "4294967296", false, 0 },
		{ "18446744073709551616", false, 0 },
		{ "", false, 0 },
		{ " 1", false, 0 },
		{ "+1", false, 0 },
		{ "-1", false, 0 },
		{ "1 ", false, 0 },
		{ "1x", false, 0 },
		{ "0x", false, 0 },
		{ "0xg", false, 0 },
		{ "x", false, 0 },
	};
	const char *why;
	uint32_t value;
	uint16_t small;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		why = NULL;
		assert_row(rows[i].text, !parse_u32(rows[i].text, &value, &why),
			   rows[i].good);
		if (rows[i].good)
			assert_int_equal(value, rows[i].value);
		else
			assert_non_null(why);
	}
	assert_int_equal(parse_u16("65535", &small, &why), 0);
	assert_int_equal(small, 65535);
	assert_int_not_equal(parse_u16("65536", &small, &why), 0);
}

#define ALGORITHMS	"unknown word; use some of md5,sha1,sha256,sha3-256"
#define DIGITS	"write 16, 24 or 32 hexadecimal digits"

/* Numbers of objects have the limits of the specification. */
static void test_limits(void **state)
{
	static const struct {
		const struct object *obj;
		const char *field;
		const char *text;
		const char *want;	/* NULL: it is taken */
	} rows[] = {
		{ &target_object, "id", "0", "out of range; use 1 to 65535" },
		{ &target_object, "id", "65536", "out of range; use 1 to 65535" },
		{ &target_object, "id", "65535", NULL },
		{ &lu_object, "lun", "0", NULL },
		{ &lu_object, "lun", "16384", "out of range; use 0 to 16383" },
		{ &net_object, "login-timeout", "0", "out of range; use 1 to 3600" },
		{ &net_object, "poll-time", "5000", "out of range; use 0 to 1000" },
		{ &net_object, "poll-time", "1000", NULL },
		{ &net_object, "memory-limit", "3", "out of range; use 4 to 65536" },
		{ &portal_object, "port", "0", "out of range; use 1 to 65535" },
		{ &portal_object, "port", "65536", "out of range; use 1 to 65535" },
		{ &portal_object, "group-tag", "65536", "out of range; use 1 to 65535" },
		{ &acl_object, "prefix-len", "129", "out of range; use 0 to 128" },
		{ &acl_object, "prefix-len", "256", "out of range; use 0 to 128" },
		{ &session_object, "id", "4294967296",
		  "out of range; use 0 to 4294967295" },
		{ &session_object, "id", "99999999999999999999",
		  "out of range; use 0 to 4294967295" },
		{ &session_object, "id", "1x", "not a number" },
		{ &target_object, "nop-count", "3601", "out of range; use 0 to 3600" },
		{ &target_object, "nop-count", "default", NULL },
		{ &target_object, "chap-algorithms", "default", NULL },
		{ &target_object, "chap-algorithms", "sha256", NULL },
		{ &target_object, "chap-algorithms", "sha3-256,md5,md5", NULL },
		{ &target_object, "chap-algorithms", "", ALGORITHMS },
		{ &target_object, "chap-algorithms", "md5,", ALGORITHMS },
		{ &target_object, "chap-algorithms", ",md5", ALGORITHMS },
		{ &target_object, "chap-algorithms", "md5 sha1", ALGORITHMS },
		{ &target_object, "chap-algorithms", "MD5", ALGORITHMS },
		{ &target_object, "chap-algorithms", "7", ALGORITHMS },
		{ &target_object, "chap-algorithms",
		  "sha256,default", ALGORITHMS },
		{ &target_object, "chap-algorithms",
		  "md5md5md5md5md5md5md5md5md5md5md5md5", ALGORITHMS },
		{ &target_object, "first-burst-length", "511",
		  "out of range; use 512 to 16777215" },
		{ &target_object, "max-burst-length", "16777215", NULL },
		{ &target_object, "max-outstanding-r2t", "0",
		  "out of range; use 1 to 65535" },
		{ &lu_object, "naa", "0x3000000000000001", NULL },
		{ &lu_object, "naa", "naa.60014050123456789abcdef012345678", NULL },
		{ &lu_object, "naa", "60014050123456789abcdef01234567", DIGITS },
		{ &lu_object, "naa", "60014050123456789abcdef0123456789a", DIGITS },
		{ &lu_object, "naa", "0x5", DIGITS },
		{ &lu_object, "naa", "", DIGITS },
		{ &lu_object, "naa", "600140501234567g", DIGITS },
		{ &lu_object, "eui", "eui.02004567A425678D", NULL },
		{ &lu_object, "eui", "02004567a425678d01020304", NULL },
		{ &lu_object, "eui", "02004567a425678d0102", DIGITS },
		{ &lu_object, "uuid", "00112233-4455-6677-8899-aabbccddeeff", NULL },
		{ &lu_object, "uuid", "00112233445566778899aabbccddee",
		  "write 32 hexadecimal digits" },
		{ &net_object, "oui", "001405", NULL },
		{ &net_object, "oui", "00-14-05", NULL },
		{ &net_object, "oui", "0014", "write 6 hexadecimal digits" },
	};
	const struct field *f;
	uint64_t value[4];
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		f = object_field_named(rows[i].obj, rows[i].field);
		why = NULL;
		assert_row(rows[i].field,
			   !parse_field(f, rows[i].text, value, &why),
			   !rows[i].want);
		if (rows[i].want)
			assert_string_equal(why, rows[i].want);
	}
}

static void test_size(void **state)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t value;
		const char *shown;
	} rows[] = {
		{ "0", true, 0, "0 B" },
		{ "1023", true, 1023, "1023 B" },
		{ "1k", true, 1024, "1 KiB" },
		{ "10G", true, 10737418240, "10 GiB" },
		{ "1536G", true, 1649267441664, "1.5 TiB" },
		{ "1T", true, UINT64_C(1) << 40, "1 TiB" },
		{ "16383P", true, UINT64_C(16383) << 50, "16 EiB" },
		{ "16384P", false, 0, NULL },
		{ "18446744073709551615", true, UINT64_MAX, "16 EiB" },
		{ "18446744073709551616", false, 0, NULL },
		{ "1KB", false, 0, NULL },
		{ "G", false, 0, NULL },
		{ "1.5G", false, 0, NULL },
		{ "-1G", false, 0, NULL },
		{ "", false, 0, NULL },
	};
	const char *why;
	uint64_t value;
	char buf[32];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		why = NULL;
		assert_row(rows[i].text,
			   !parse_size(rows[i].text, &value, &why),
			   rows[i].good);
		if (!rows[i].good) {
			assert_non_null(why);
			continue;
		}
		assert_true(value == rows[i].value);
		assert_string_equal(size_text(value, buf, sizeof(buf)),
				    rows[i].shown);
	}
}

static void test_seconds(void **state)
{
	static const struct {
		uint64_t value;
		const char *shown;
	} rows[] = {
		{ 0, "0 s" },
		{ 59, "59 s" },
		{ 60, "1 min" },
		{ 61, "1 min 1 s" },
		{ 3600, "1 h" },
		{ 3601, "1 h 0 min" },
		{ 86399, "23 h 59 min" },
		{ 86400, "1 d" },
		{ UINT32_MAX, "49710 d 6 h" },
	};
	char buf[32];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(seconds_text(rows[i].value, buf,
						 sizeof(buf)),
				    rows[i].shown);
}

static void test_usecs(void **state)
{
	static const struct {
		uint64_t value;
		const char *shown;
	} rows[] = {
		{ 0, "0 us" },
		{ 999, "999 us" },
		{ 1000, "1.0 ms" },
		{ 1949, "1.9 ms" },
		{ 1950, "2.0 ms" },
		{ 999949, "999.9 ms" },
		{ 999999, "1000.0 ms" },
		{ 1000000, "1.0 s" },
		{ UINT32_MAX, "4295.0 s" },
	};
	char buf[32];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(usecs_text(rows[i].value, buf, sizeof(buf)),
				    rows[i].shown);
}

static void test_date(void **state)
{
	char buf[32];

	(void)state;
	setenv("TZ", "UTC-2", 1);
	assert_string_equal(date_text(0, buf, sizeof(buf)),
			    "1970-01-01 02:00:00");
	assert_string_equal(date_text(UINT64_C(1796000000), buf, sizeof(buf)),
			    "2026-11-30 02:53:20");
	/* no year has so many digits */
	assert_string_equal(date_text(UINT64_MAX / 2, buf, sizeof(buf)),
			    "9223372036854775807 s");
}

static void test_bool(void **state)
{
	const char *why;
	uint8_t value;

	(void)state;
	assert_int_equal(parse_bool("on", &value, &why), 0);
	assert_int_equal(value, 1);
	assert_int_equal(parse_bool("No", &value, &why), 0);
	assert_int_equal(value, 0);
	assert_int_not_equal(parse_bool("2", &value, &why), 0);
	assert_int_not_equal(parse_bool("", &value, &why), 0);
}

static void test_name(void **state)
{
	static const struct {
		const char *text;
		const char *why;	/* a part of it; NULL: good */
	} rows[] = {
		{ "iqn.2017-03.com.longshuai:test.disk1", NULL },
		{ "iqn.2016-06.com.longshuai", NULL },
		{ "iqn.1991-05.com.microsoft:HOST_1", NULL },
		{ "eui.02004567A425678D", NULL },
		{ "naa.52004567ba64678d", NULL },
		{ "naa.62004567ba64678d0123456789abcdef", NULL },
		{ "", "empty" },
		{ "not-an-iqn", "begins with" },
		{ "IQN.2017-03.com.x", NULL },
		{ "Eui.02004567A425678D", NULL },
		{ "iqn.17-03.com.x", "YYYY-MM" },
		{ "iqn.2017-3.com.x", "YYYY-MM" },
		{ "iqn.2017", "YYYY-MM" },
		{ "iqn.", "YYYY-MM" },
		{ "iqn.2017-13.com.x", "month" },
		{ "iqn.2017-00.com.x", "month" },
		{ "iqn.2017-03", "DOMAIN" },
		{ "iqn.2017-03.", "DOMAIN" },
		{ "iqn.2017-03:x", "DOMAIN" },
		{ "iqn.2017-03.:x", "DOMAIN" },
		{ "iqn.2017-03.com.x y", "blank" },
		{ "iqn.2017-03.com.x,y", "blank" },
		{ "iqn.2017-03.com.x\n", "control character" },
		{ "iqn.2017-03.com.x:\x7f", "control character" },
		{ "iqn.2017-03.com.x:\xc2\x9b", "control character" },
		{ "iqn.2017-03.com.x:h\xf6st", "UTF-8" },
		{ "iqn.2017-03.com.x:h\xc3\xb6st", NULL },
		{ "iqn.2017-03.com.x:h\xc3\xb6 st", "RFC 3722 does not allow a" },
		{ "iqn.2017-03.com.x:h\xc3\xb6_st", "RFC 3722 does not allow a" },
		{ "iqn.2017-03.com.x:\xe3\x80\x80", "RFC 3722 does not allow a" },
		{ "iqn.2017-03.com.x:\xe2\x80\xae", "RFC 3722 does not allow a" },
		{ "iqn.2017-03.com.x:\xd7\x90", "directions" },
		{ "eui.123", "16 hexadecimal" },
		{ "eui.02004567A425678G", "16 hexadecimal" },
		{ "naa.52004567ba64678d0", "32 hexadecimal" },
	};
	char name[KTGT_NAME_MAX + 2], out[NAME_SIZE];
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		why = NULL;
		assert_row(rows[i].text,
			   !parse_iscsi_name(rows[i].text, out, &why),
			   !rows[i].why);
		/* what is well-formed is not changed; it is shown if it is not */
		assert_string_equal(out, rows[i].text);
		if (rows[i].why && !strstr(why, rows[i].why))
			fail_msg("'%s': %s", rows[i].text, why);
	}
	memset(name, 'a', sizeof(name));
	memcpy(name, "iqn.2017-03.com.", 16);
	name[KTGT_NAME_MAX + 1] = '\0';
	assert_int_not_equal(parse_iscsi_name(name, out, &why), 0);
	assert_int_equal(strlen(out), KTGT_NAME_MAX);
	name[KTGT_NAME_MAX] = '\0';
	assert_int_equal(parse_iscsi_name(name, out, &why), 0);
	assert_string_equal(out, name);
}

/* RFC 3722: folding, NFKC, and what is left out; ASCII is left alone. */
static void test_name_prepare(void **state)
{
	static const struct {
		const char *text;
		const char *name;
	} rows[] = {
		{ "Host_1 x", "Host_1 x" },
		{ "h\xc3\xb6st", "h\xc3\xb6st" },
		{ "H\xc3\x96ST", "h\xc3\xb6st" },
		/* o and the dots apart */
		{ "ho\xcc\x88st", "h\xc3\xb6st" },
		{ "stra\xc3\x9f" "e", "strasse" },
		/* wide letters, a ligature, and a hyphen that is not seen */
		{ "\xef\xbd\x89\xef\xbd\x91\xef\xbd\x8e.", "iqn." },
		{ "\xef\xac\x81x", "fix" },
		{ "a\xc2\xad" "b", "ab" },
		{ "\xd0\x94\xd0\x98\xd0\xa1\xd0\x9a",
		  "\xd0\xb4\xd0\xb8\xd1\x81\xd0\xba" },
	};
	char text[4 * KTGT_NAME_MAX] = "", name[NAME_SIZE];
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(name_prepare(rows[i].text, name, &why), 0);
		assert_string_equal(name, rows[i].name);
	}
	assert_int_not_equal(parse_iscsi_name("\xc2\xad", name, &why), 0);
	assert_non_null(strstr(why, "empty"));
	/* what counts is the length of the result: three bytes become one */
	while (strlen(text) < 3 * KTGT_NAME_MAX)
		strcat(text, "\xef\xbd\x81");
	assert_int_equal(name_prepare(text, name, &why), 0);
	assert_int_equal(strlen(name), KTGT_NAME_MAX);
	strcat(text, "a");
	assert_int_not_equal(name_prepare(text, name, &why), 0);
	assert_non_null(strstr(why, "223 bytes"));
	memset(text, 'a', sizeof(text) - 1);
	assert_int_not_equal(name_prepare(text, name, &why), 0);
}

static void test_name_equal(void **state)
{
	(void)state;
	assert_true(name_equal("iqn.2026-11.org.x:SAN.Disk1",
			       "IQN.2026-11.ORG.X:sAN.dISK1"));
	assert_true(name_equal("azAZ", "AZaz"));
	assert_true(name_equal("", ""));
	assert_false(name_equal("a", "ab"));
	assert_false(name_equal("ab", "a"));
	assert_false(name_equal("@", "`"));
	assert_false(name_equal("[", "{"));
	/* only ASCII, whatever the locale says */
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	assert_false(name_equal("\xc3\xb6", "\xc3\x96"));
	assert_false(name_equal("\xf6", "\xd6"));
	assert_non_null(setlocale(LC_CTYPE, "C"));
}

static void test_name_begins(void **state)
{
	(void)state;
	assert_true(name_begins("iqn.x", "iqn."));
	assert_true(name_begins("IqN.", "iqn."));
	assert_true(name_begins("", ""));
	assert_false(name_begins("iqn", "iqn."));
	assert_false(name_begins("xiqn.", "iqn."));
	/* a dotless i is another letter */
	assert_false(name_begins("\xc4\xb1qn.", "iqn."));
}

static void test_prefix(void **state)
{
	static const struct {
		const char *text;
		const char *shown;	/* NULL: refused */
	} rows[] = {
		{ "192.168.100.0/24", "192.168.100.0/24" },
		{ "10.0.0.1", "10.0.0.1" },
		{ "10.0.0.1/32", "10.0.0.1" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "fe80::/10", "fe80::/10" },
		{ "[fe80::]/10", "fe80::/10" },
		{ "2001:db8::1/128", "2001:db8::1" },
		{ "[::1]", "::1" },
		{ "10.0.0.0/33", NULL },
		{ "::/129", NULL },
		{ "10.0.0.0/", NULL },
		{ "10.0.0.0/x", NULL },
		{ "10.0.0.0/24/24", NULL },
		{ "10.0.0/24", NULL },
		{ "300.0.0.1", NULL },
		{ "[10.0.0.1]", NULL },
		{ "[::1", NULL },
		{ "::1]", NULL },
		{ "[]", NULL },
		{ "/24", NULL },
		{ "", NULL },
		{ "bogus", NULL },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb",
		  NULL },
	};
	char buf[ADDR_TEXT_MAX];
	struct addr addr;
	const char *why;
	uint8_t bits;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		why = NULL;
		bits = 128;
		assert_row(rows[i].text,
			   !parse_prefix(rows[i].text, &addr, &bits, &why),
			   !!rows[i].shown);
		if (rows[i].shown)
			assert_string_equal(prefix_text(&addr, bits, buf,
							sizeof(buf)),
					    rows[i].shown);
		else
			assert_non_null(why);
	}
}

/* What a netmask would be, for it is what other programs have. */
static void test_netmask(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "10.0.0.0/255.255.255.0", "write /24" },
		{ "10.0.0.0/255.255.255.255", "write /32" },
		{ "10.0.0.0/0.0.0.0", "write /0" },
		{ "10.0.0.0/128.0.0.0", "write /1" },
		{ "10.0.0.0/255.254.0.0", "write /15" },
		{ "10.0.0.0/255.255.0.255", "use 0 to 32" },
		{ "10.0.0.0/255.253.0.0", "use 0 to 32" },
		{ "10.0.0.0/0.0.0.255", "use 0 to 32" },
		{ "10.0.0.0/ffff::", "use 0 to 32" },
		{ "10.0.0.0/x", "use 0 to 32" },
		{ "2001:db8::/ffff:ffff::", "write /32" },
		{ "2001:db8::/ffff:fffe::", "write /31" },
		{ "2001:db8::/255.0.0.0", "use 0 to 128" },
	};
	struct addr addr;
	const char *why;
	uint8_t bits;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(rows[i].text,
			   !parse_prefix(rows[i].text, &addr, &bits, &why),
			   false);
		if (!strstr(why, rows[i].why))
			fail_msg("row '%s': %s", rows[i].text, why);
	}
}

static void test_portal(void **state)
{
	static const struct {
		const char *text;
		const char *shown;	/* NULL: refused */
	} rows[] = {
		{ "127.0.0.1:13260", "127.0.0.1:13260" },
		{ "127.0.0.1", "127.0.0.1:3260" },
		{ "[::1]:1", "[::1]:1" },
		{ "[::1]", "[::1]:3260" },
		{ "::1", "[::1]:3260" },
		{ "::", "[::]:3260" },
		{ "0.0.0.0:65535", "0.0.0.0:65535" },
		{ "127.0.0.1:0", NULL },
		{ "127.0.0.1:65536", NULL },
		{ "127.0.0.1:", NULL },
		{ "127.0.0.1:x", NULL },
		{ "300.0.0.1:3260", NULL },
		{ ":3260", NULL },
		{ "3260", NULL },
		{ "", NULL },
		{ "[::1]:", NULL },
		{ "host:3260", NULL },
	};
	char buf[ADDR_TEXT_MAX];
	struct addr addr;
	const char *why;
	uint16_t port;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		why = NULL;
		port = 3260;
		assert_row(rows[i].text,
			   !parse_portal(rows[i].text, &addr, &port, &why),
			   !!rows[i].shown);
		if (rows[i].shown)
			assert_string_equal(portal_text(&addr, port, buf,
							sizeof(buf)),
					    rows[i].shown);
		else
			assert_non_null(why);
	}
}

static void test_path(void **state)
{
	char buf[64], want[4200], *dir = getcwd(NULL, 0);
	const char *why = NULL;

	(void)state;
	assert_int_equal(path_absolute("/dev/sdb", buf, sizeof(buf), &why), 0);
	assert_string_equal(buf, "/dev/sdb");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(path_absolute("dev/sdb", buf, sizeof(buf), &why), 0);
	assert_string_equal(buf, "/dev/sdb");
	assert_int_equal(chdir("/dev"), 0);
	assert_int_equal(path_absolute("sdb", buf, sizeof(buf), &why), 0);
	assert_string_equal(buf, "/dev/sdb");
	assert_int_equal(chdir(dir), 0);
	free(dir);
	memset(want, 'x', sizeof(want));
	want[0] = '/';
	want[sizeof(buf)] = '\0';
	assert_int_not_equal(path_absolute(want, buf, sizeof(buf), &why), 0);
	want[sizeof(buf) - 1] = '\0';
	assert_int_equal(path_absolute(want, buf, sizeof(buf), &why), 0);
}

static void test_clean(void **state)
{
	static const struct {
		const char *text, *clean;
	} rows[] = {
		{ "", "" },
		{ "iqn.x", "iqn.x" },
		{ "\xe4\xbd\xa0", "\xe4\xbd\xa0" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "a\x1b[31m", "a\xef\xbf\xbd[31m" },
		{ "a\nb", "a\xef\xbf\xbd" "b" },
		{ "\x7f", "\xef\xbf\xbd" },
		{ "\xc2\x9b", "\xef\xbf\xbd" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe4\xbd", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf5\x80\x80\x80",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};
	char *clean;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		clean = clean_text(rows[i].text);
		assert_string_equal(clean, rows[i].clean);
		free(clean);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_seconds),
		cmocka_unit_test(test_usecs),
		cmocka_unit_test(test_date),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_name_prepare),
		cmocka_unit_test(test_name_equal),
		cmocka_unit_test(test_name_begins),
		cmocka_unit_test(test_prefix),
		cmocka_unit_test(test_netmask),
		cmocka_unit_test(test_portal),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_clean),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
