// SPDX-License-Identifier: GPL-2.0
/*
 * What initiators know a logical unit by: defaults, what may be given, and that no
 * two disks have the same.
 */
#include "../scsi/identity.c"
#include "../scsi/names.c"

#include <kunit/test.h>

#define NAME	"iqn.2026-11.org.example:a"

static struct ktgt_identity *made(struct kunit *test, const char *target,
				  u32 lun, u32 oui)
{
	const struct ktgt_identity_seed seed = {
		.target = target, .lun = lun, .oui = oui, .disk = true,
	};
	struct ktgt_identity *identity;

	identity = kunit_kzalloc(test, sizeof(*identity), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, identity);
	ktgt_identity_fill(identity, &seed);
	return identity;
}

static struct ktgt_id id(const char *digits)
{
	struct ktgt_id id = { .len = strlen(digits) / 2 };
	u8 i;

	for (i = 0; i < id.len; i++)
		WARN_ON_ONCE(sscanf(digits + 2 * i, "%2hhx", &id.byte[i]) != 1);
	return id;
}

static void expect_id(struct kunit *test, const struct ktgt_id *got,
		      const char *digits)
{
	const struct ktgt_id want = id(digits);

	KUNIT_EXPECT_EQ(test, got->len, want.len);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(got->byte, want.byte, want.len), 0,
			    "%*phN", got->len, got->byte);
}

/* They stay what they are for ever: disks are known by them. */
static void defaults(struct kunit *test)
{
	struct ktgt_identity *identity = made(test, NAME, 1, 0);

	expect_id(test, &identity->naa, "600000009809a9bdc243e0aa4b3a991a");
	KUNIT_EXPECT_STREQ(test, identity->scsi_name,
			   "naa.600000009809a9bdc243e0aa4b3a991a");
	KUNIT_EXPECT_STREQ(test, identity->serial, "c243e0aa4b3a991a");
	KUNIT_EXPECT_STREQ(test, identity->scsi_id, "IET     c243e0aa4b3a991a");
	KUNIT_EXPECT_STREQ(test, identity->vendor, "IET");
	KUNIT_EXPECT_STREQ(test, identity->product, "VIRTUAL-DISK");
	KUNIT_EXPECT_STREQ(test, identity->revision, "0001");
	KUNIT_EXPECT_EQ(test, identity->given, 0);
	KUNIT_EXPECT_EQ(test, identity->eui.len, 0);
	KUNIT_EXPECT_EQ(test, identity->uuid.len, 0);
	KUNIT_EXPECT_EQ(test, ktgt_identity_check(identity, 1, NULL), 0);

	identity = made(test, NAME, 1, 0x001405);
	expect_id(test, &identity->naa, "600140509809a9bdc243e0aa4b3a991a");
	identity = made(test, NAME, 1, 0xffffff);
	expect_id(test, &identity->naa, "6ffffff09809a9bdc243e0aa4b3a991a");
}

/* In whatever case the name of the target is written. */
static void case_of_target(struct kunit *test)
{
	struct ktgt_identity *lower = made(test, NAME, 1, 0);
	struct ktgt_identity *upper = made(test, "IQN.2026-11.Org.example:A", 1,
					   0);

	KUNIT_EXPECT_TRUE(test, ktgt_identity_is_same_disk(lower, upper));
}

/* As beaf111 would be that of LUN 11 of target 1 and of LUN 1 of target 11. */
static void are_different(struct kunit *test)
{
	const struct {
		const char	*target;
		u32		lun;
	} rows[] = {
		{ NAME, 1 }, { NAME, 11 }, { NAME, 0 }, { NAME, 257 },
		{ NAME "1", 1 }, { NAME "11", 1 }, { NAME ":1", 1 },
	};
	struct ktgt_identity *one, *other;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		one = made(test, rows[i].target, rows[i].lun, 0);
		for (j = 0; j < i; j++) {
			other = made(test, rows[j].target, rows[j].lun, 0);
			KUNIT_EXPECT_STRNEQ(test, one->serial, other->serial);
			KUNIT_EXPECT_STRNEQ(test, one->scsi_id, other->scsi_id);
			KUNIT_EXPECT_STRNEQ(test, one->scsi_name,
					    other->scsi_name);
		}
	}
}

static void given_stays(struct kunit *test)
{
	const struct ktgt_identity_seed seed = { .target = NAME, .lun = 2 };
	struct ktgt_identity *identity;

	identity = kunit_kzalloc(test, sizeof(*identity), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, identity);
	strscpy(identity->serial, " a ", sizeof(identity->serial));
	ktgt_identity_set_naa(identity, 0x5234567890abcdefULL);
	ktgt_identity_fill(identity, &seed);
	KUNIT_EXPECT_STREQ(test, identity->serial, " a ");
	KUNIT_EXPECT_STREQ(test, identity->scsi_name, "naa.5234567890abcdef");
	KUNIT_EXPECT_STREQ(test, identity->product, "Controller");
	KUNIT_EXPECT_EQ(test, identity->given,
			KTGT_LU_GIVEN_SERIAL | KTGT_LU_GIVEN_NAA);
}

/* Nothing but what was said, and what is made from it. */
static void changes(struct kunit *test)
{
	const struct ktgt_identity_seed seed = {
		.target = NAME, .lun = 1, .oui = 0x001405, .disk = true,
	};
	struct ktgt_identity *now = made(test, NAME, 1, 0);
	struct ktgt_identity to = {};

	strscpy(to.vendor, "V", sizeof(to.vendor));
	strscpy(to.serial, "S", sizeof(to.serial));
	ktgt_identity_change(now, &to, BIT_ULL(KTGT_A_LU_VENDOR), &seed);
	KUNIT_EXPECT_STREQ(test, now->vendor, "V");
	KUNIT_EXPECT_STREQ(test, now->serial, "c243e0aa4b3a991a");
	/* the company identifier has changed since it was made */
	expect_id(test, &now->naa, "600000009809a9bdc243e0aa4b3a991a");
	KUNIT_EXPECT_EQ(test, now->given, KTGT_LU_GIVEN_VENDOR);

	to.naa = id("5000000000000001");
	ktgt_identity_change(now, &to, BIT_ULL(KTGT_A_LU_NAA_ID), &seed);
	expect_id(test, &now->naa, "5000000000000001");
	KUNIT_EXPECT_STREQ(test, now->scsi_name, "naa.5000000000000001");
	KUNIT_EXPECT_EQ(test, now->given,
			KTGT_LU_GIVEN_VENDOR | KTGT_LU_GIVEN_NAA);

	memset(&to, 0, sizeof(to));
	ktgt_identity_change(now, &to, BIT_ULL(KTGT_A_LU_VENDOR), &seed);
	KUNIT_EXPECT_STREQ(test, now->vendor, "IET");
	KUNIT_EXPECT_EQ(test, now->given, KTGT_LU_GIVEN_NAA);
}

/* The attribute of 8 bytes, of which old tools know. */
static void old_naa(struct kunit *test)
{
	struct ktgt_identity identity = {};

	ktgt_identity_set_naa(&identity, 0);
	KUNIT_EXPECT_EQ(test, identity.naa.len, 0);
	ktgt_identity_set_naa(&identity, 5);
	expect_id(test, &identity.naa, "3000000000000005");
	ktgt_identity_set_naa(&identity, 0x2000000000000005ULL);
	expect_id(test, &identity.naa, "2000000000000005");
}

/**
 * struct id_case - what may be given
 * @naa: digits
 * @eui: digits
 * @scsi_name: SCSI name string
 * @serial: unit serial number
 * @want: a word of the refusal, NULL if it is taken
 */
struct id_case {
	const char	*naa;
	const char	*eui;
	const char	*scsi_name;
	const char	*serial;
	const char	*want;
};

static const struct id_case id_cases[] = {
	{ "", "", "", "", NULL },
	{ "2000000000000001", "", "", "", NULL },
	{ "3000000000000001", "", "", "", NULL },
	{ "5000000000000001", "", "", "", NULL },
	{ "60000000000000010000000000000001", "", "", "", NULL },
	{ "0000000000000001", "", "", "", "naa 0000000000000001" },
	{ "4000000000000001", "", "", "", "naa" },
	{ "6000000000000001", "", "", "", "naa" },
	{ "50000000000000010000000000000001", "", "", "", "naa" },
	{ "600000000000000100000000", "", "", "", "naa" },
	{ "50", "", "", "", "naa 50" },
	{ "", "0000000000000001", "", "", NULL },
	{ "", "000000000000000100000000", "", "", NULL },
	{ "", "00000000000000010000000000000000", "", "", NULL },
	{ "", "00000000000000010000", "", "", "eui" },
	{ "", "", "iqn.2026-11.org.x", "", NULL },
	{ "", "", "iqn.", "", "scsi-name iqn." },
	{ "", "", "iqn.h\xc3\xb6st", "", NULL },
	{ "", "", "iqn.a b", "", "scsi-name" },
	{ "", "", "iqn.a\n", "", "scsi-name" },
	{ "", "", "iqn.a\xc2\x9b", "", "scsi-name" },
	{ "", "", "iqn.h\xf6st", "", "scsi-name" },
	{ "", "", "naa.5234567890ABCDEF", "", NULL },
	{ "", "", "naa.5234567890abcde", "", "scsi-name" },
	{ "", "", "naa.5234567890abcdeg", "", "scsi-name" },
	{ "", "", "eui.5234567890abcdef01234567", "", NULL },
	{ "", "", "eui.5234567890abcdef0123456", "", "scsi-name" },
	{ "", "", "disk", "", "scsi-name disk" },
	{ "", "", "i", "", "scsi-name i" },
	{ "", "", "", " ~ ", NULL },
	{ "", "", "", "a\tb", "serial" },
	{ "", "", "", "\x7f", "serial" },
	{ "", "", "", "\xc3\xa4", "serial" },
};

static void checks(struct kunit *test)
{
	struct netlink_ext_ack extack;
	struct ktgt_identity identity;
	const struct id_case *row;
	int err;

	for (row = id_cases; row < id_cases + ARRAY_SIZE(id_cases); row++) {
		memset(&identity, 0, sizeof(identity));
		memset(&extack, 0, sizeof(extack));
		identity.naa = id(row->naa);
		identity.eui = id(row->eui);
		strscpy(identity.scsi_name, row->scsi_name,
			sizeof(identity.scsi_name));
		strscpy(identity.serial, row->serial, sizeof(identity.serial));
		err = ktgt_identity_check(&identity, 7, &extack);
		KUNIT_EXPECT_EQ_MSG(test, err, row->want ? -EINVAL : 0,
				    "%s%s%s%s", row->naa, row->eui,
				    row->scsi_name, row->serial);
		if (!err || !row->want)
			continue;
		KUNIT_EXPECT_NOT_NULL(test, strstr(extack._msg ?: "", "LUN 7: "));
		KUNIT_EXPECT_NOT_NULL_MSG(test,
					  strstr(extack._msg ?: "", row->want),
					  "%s", extack._msg);
	}
	ktgt_refuse_exit();
}

/* A disk without an identity is not the one that had one. */
static void media(struct kunit *test)
{
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, ktgt_identity_check_medium(NULL, NULL, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, ktgt_identity_check_medium("", "a", 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, ktgt_identity_check_medium("a", "a", 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, ktgt_identity_check_medium("a", NULL, 1, NULL),
			-EMEDIUMTYPE);
	KUNIT_EXPECT_EQ(test, ktgt_identity_check_medium("a", "", 1, NULL),
			-EMEDIUMTYPE);
	KUNIT_EXPECT_EQ(test, ktgt_identity_check_medium("", "a\n", 1, NULL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, ktgt_identity_check_medium("\x7f", "a", 1, NULL),
			-EINVAL);
	KUNIT_EXPECT_EQ(test,
			ktgt_identity_check_medium("aa", "a", 1, &extack),
			-EMEDIUMTYPE);
	KUNIT_EXPECT_NOT_NULL(test, strstr(extack._msg ?: "",
					   "LUN 1: the disk is a, and not aa"));
	ktgt_refuse_exit();
}

/**
 * struct names_test - two disks, of two targets
 * @kn: a namespace
 * @target: their targets
 * @lu: the disks
 * @identity: their names
 * @extack: why one was refused
 */
struct names_test {
	struct ktgt_net		kn;
	struct ktgt_target	target[2];
	struct ktgt_lu		lu[2];
	struct ktgt_identity	identity[2];
	struct netlink_ext_ack	extack;
};

static void name_disk(struct names_test *t, unsigned int i, const char *naa,
		      const char *serial, const char *vendor)
{
	struct ktgt_identity *identity = &t->identity[i];

	identity->naa = id(naa);
	strscpy(identity->serial, serial, sizeof(identity->serial));
	strscpy(identity->vendor, vendor, sizeof(identity->vendor));
}

static struct names_test *names_test(struct kunit *test)
{
	struct names_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_EQ(test, ktgt_names_init(&t->kn), 0);
	for (i = 0; i < 2; i++) {
		t->target[i].kn = &t->kn;
		t->target[i].tid = i + 1;
		t->lu[i].target = &t->target[i];
		t->lu[i].lun = i + 5;
		t->lu[i].type = TYPE_DISK;
		RCU_INIT_POINTER(t->lu[i].identity, &t->identity[i]);
	}
	strscpy(t->target[0].name, NAME, sizeof(t->target[0].name));
	name_disk(t, 0, "5000000000000001", "S1", "V1");
	KUNIT_EXPECT_EQ(test, ktgt_names_enter(&t->lu[0], NULL), 0);
	return t;
}

/* @want: a word of the refusal, NULL if it is taken */
static void expect_enter(struct kunit *test, struct names_test *t,
			 const char *want)
{
	const char *text;
	int err;

	t->extack._msg = NULL;
	err = ktgt_names_enter(&t->lu[1], &t->extack);
	text = t->extack._msg ?: "";
	KUNIT_EXPECT_EQ(test, err, want ? -EEXIST : 0);
	if (err) {
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, want ?: "taken"),
					  "%s", text);
		KUNIT_EXPECT_NOT_NULL_MSG(test,
					  strstr(text, "LUN 5 of target 1 (" NAME ")"),
					  "%s", text);
	}
	ktgt_names_leave(&t->lu[1]);
}

static void names_end(struct names_test *t)
{
	ktgt_names_leave(&t->lu[0]);
	ktgt_names_exit(&t->kn);
	ktgt_refuse_exit();
}

static void same_names(struct kunit *test)
{
	struct names_test *t = names_test(test);

	name_disk(t, 1, "5000000000000001", "S2", "V1");
	expect_enter(test, t, "naa 5000000000000001");
	name_disk(t, 1, "50000000000000010000000000000000", "S2", "V1");
	expect_enter(test, t, NULL);
	name_disk(t, 1, "5000000000000002", "S1", "V1");
	expect_enter(test, t, "serial \"S1\" and vendor \"V1\"");
	name_disk(t, 1, "5000000000000002", "S1", "V2");
	expect_enter(test, t, NULL);
	/* and the first one is still there */
	name_disk(t, 1, "5000000000000001", "S1", "V1");
	expect_enter(test, t, "naa");
	t->lu[1].type = TYPE_RAID;
	expect_enter(test, t, NULL);
	names_end(t);
}

static void names_given_up(struct kunit *test)
{
	struct names_test *t = names_test(test);

	name_disk(t, 1, "5000000000000001", "S1", "V1");
	t->lu[0].leaving = true;
	expect_enter(test, t, NULL);
	t->lu[0].leaving = false;
	expect_enter(test, t, "naa");
	t->target[0].stage = KTGT_TARGET_LEAVING;
	expect_enter(test, t, NULL);
	t->target[0].stage = 0;
	ktgt_names_leave(&t->lu[0]);
	expect_enter(test, t, NULL);
	names_end(t);
}

static void names_shared(struct kunit *test)
{
	struct names_test *t = names_test(test);

	name_disk(t, 1, "5000000000000001", "S1", "V1");
	t->lu[1].params.shared_identity = true;
	expect_enter(test, t, "shared-identity on for both");
	t->lu[0].params.shared_identity = true;
	expect_enter(test, t, NULL);
	t->lu[1].params.shared_identity = false;
	expect_enter(test, t, "naa");
	names_end(t);
}

/* Names that are kept for a disk are taken, and its own still are. */
static void names_staged(struct kunit *test)
{
	struct names_test *t = names_test(test);
	struct ktgt_disk_names staged = {}, again = {};
	struct ktgt_identity other = t->identity[0];

	other.naa = id("5000000000000003");
	KUNIT_EXPECT_EQ(test, ktgt_names_stage(&staged, &t->lu[0], &other,
					       NULL), 0);
	KUNIT_EXPECT_EQ(test, ktgt_names_stage(&again, &t->lu[0], &other,
					       NULL), -EBUSY);
	name_disk(t, 1, "5000000000000001", "S2", "V1");
	expect_enter(test, t, "naa");
	name_disk(t, 1, "5000000000000003", "S2", "V1");
	expect_enter(test, t, "naa");
	ktgt_names_unstage(&staged);
	ktgt_names_unstage(&staged);
	expect_enter(test, t, NULL);

	KUNIT_EXPECT_EQ(test, ktgt_names_stage(&staged, &t->lu[0], &other,
					       NULL), 0);
	ktgt_names_take(&staged);
	expect_enter(test, t, "naa");
	name_disk(t, 1, "5000000000000001", "S2", "V1");
	expect_enter(test, t, NULL);

	name_disk(t, 1, "5000000000000001", "S2", "V1");
	KUNIT_EXPECT_EQ(test, ktgt_names_enter(&t->lu[1], NULL), 0);
	other.naa = id("5000000000000001");
	KUNIT_EXPECT_EQ(test, ktgt_names_stage(&staged, &t->lu[0], &other,
					       NULL), -EEXIST);
	KUNIT_EXPECT_FALSE(test, t->lu[0].names.is_changing);
	ktgt_names_leave(&t->lu[1]);
	names_end(t);
}

static struct kunit_case identity_kunit_cases[] = {
	KUNIT_CASE(defaults),
	KUNIT_CASE(case_of_target),
	KUNIT_CASE(are_different),
	KUNIT_CASE(given_stays),
	KUNIT_CASE(changes),
	KUNIT_CASE(old_naa),
	KUNIT_CASE(checks),
	KUNIT_CASE(media),
	KUNIT_CASE(same_names),
	KUNIT_CASE(names_given_up),
	KUNIT_CASE(names_shared),
	KUNIT_CASE(names_staged),
	{}
};

static struct kunit_suite identity_suite = {
	.name = "ktgt_identity",
	.test_cases = identity_kunit_cases,
};

kunit_test_suite(identity_suite);
