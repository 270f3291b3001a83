// SPDX-License-Identifier: GPL-2.0
/*
 * Mode pages: what MODE SENSE says of them, and what MODE SELECT takes and refuses.
 */
#include "../scsi/mode_page.c"
#include "../scsi/mode.c"
#include "../scsi/mode_select.c"

#include <linux/bvec.h>
#include <linux/delay.h>
#include <linux/file.h>

#include <kunit/test.h>

#include "../core/net.h"
#include "../core/target.h"
#include "../scsi/cdb.h"
#include "state_test.h"

/* for a save */
#define PATIENCE	(4 * HZ)

/**
 * struct mode_test - a command for a logical unit
 * @cmd: the command
 * @lu: the logical unit
 * @itl: what it keeps for the initiator
 * @target: its target
 * @kn: the namespace
 * @done_queue: where the command goes
 * @page: the data buffer
 * @bits: more bits of byte 1 of the CDB than PF
 * @file: state file that the logical unit gets with open_state(), or NULL
 * @selected: what ktgt_cache_select() was called with, or -2
 * @is_late: a reservation of another initiator comes while it waits for the cache
 */
struct mode_test {
	struct ktgt_cmd		cmd;
	struct ktgt_lu		lu;
	struct ktgt_itl		itl;
	struct ktgt_target	target;
	struct ktgt_net		kn;
	struct ktgt_done_queue	done_queue;
	struct page		*page;
	u8			bits;
	struct file		*file;
	int			selected;
	bool			is_late;
};

static struct mode_test *running;

/**
 * ktgt_cache_select - have the cache as an initiator wants it
 * @lu: logical unit of the test
 * @mode: what it wants
 * @by: initiator
 *
 * Context: any.
 */
void ktgt_cache_select(struct ktgt_lu *lu, int mode,
		       const struct ktgt_nexus *by)
{
	running->selected = mode;
	lu->write_cache = mode;
	if (running->is_late)
		set_bit(KTGT_ITL_NO_WRITE, &running->itl.flags);
}

/**
 * ktgt_cache_start - have the cache as an initiator has saved it
 * @lu: logical unit of the test
 * @mode: what was saved
 *
 * Context: any.
 */
void ktgt_cache_start(struct ktgt_lu *lu, int mode)
{
	lu->cache_mode = mode;
	lu->write_cache = mode;
}

/**
 * ktgt_cache_default - what WCE is if no initiator chooses
 * @lu: logical unit of the test
 *
 * Context: any.
 * Return: true.
 */
bool ktgt_cache_default(const struct ktgt_lu *lu)
{
	return true;
}

static void mode_kick(struct ktgt_done_queue *q)
{
}

static int mode_test_init(struct kunit *test)
{
	static const struct ktgt_cdb_row row = { .pr = KTGT_CDB_PR_WRITE };
	struct mode_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	running = t;
	t->selected = -2;
	t->lu.type = TYPE_DISK;
	t->lu.block_shift = 9;
	t->lu.nr_blocks = 0x12345;
	t->lu.params.write_cache = -1;
	t->lu.cache_mode = -1;
	t->lu.mode_saved.cache = -1;
	t->lu.write_cache = true;
	t->lu.target = &t->target;
	t->target.kn = &t->kn;
	kref_init(&t->lu.kref);
	ktgt_pr_init(&t->lu.pr);
	spin_lock_init(&t->lu.lock);
	spin_lock_init(&t->target.nexus_lock);
	ktgt_gate_init(&t->lu.gate);
	INIT_LIST_HEAD(&t->lu.itls);
	init_llist_head(&t->done_queue.head);
	t->done_queue.kick = mode_kick;
	t->cmd.done_queue = &t->done_queue;
	t->cmd.lu = &t->lu;
	t->cmd.itl = &t->itl;
	t->cmd.row = &row;
	t->cmd.bvec = t->cmd.inline_bvec;
	t->page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!t->page)
		return -ENOMEM;
	bvec_set_page(&t->cmd.inline_bvec[0], t->page, PAGE_SIZE, 0);
	return 0;
}

static void mode_test_exit(struct kunit *test)
{
	struct mode_test *t = test->priv;

	if (!t)
		return;
	ktgt_state_test_close(&t->lu);
	if (t->file)
		fput(t->file);
	if (t->page)
		put_page(t->page);
}

/* Until it has ended, it is submitted whenever it comes back. */
static void carry_out(struct kunit *test)
{
	struct mode_test *t = test->priv;
	unsigned long end = jiffies + PATIENCE;

	do {
		ktgt_mode_select(&t->cmd);
		while (llist_empty(&t->done_queue.head) &&
		       time_before(jiffies, end))
			fsleep(1000);
		KUNIT_ASSERT_NOT_NULL(test, llist_del_all(&t->done_queue.head));
	} while (test_and_clear_bit(KTGT_CMDF_RESUME, &t->cmd.flags));
}

/* Carries a MODE SELECT out. Returns sense key, code and qualifier, 0 for GOOD. */
static u32 select_list(struct kunit *test, u8 opcode, const u8 *list, u32 len)
{
	struct mode_test *t = test->priv;
	struct ktgt_cmd *cmd = &t->cmd;

	memset(cmd->cdb, 0, sizeof(cmd->cdb));
	memset(&cmd->sense, 0, sizeof(cmd->sense));
	cmd->cdb[0] = opcode;
	cmd->cdb[1] = PF | t->bits;
	cmd->dir = DMA_TO_DEVICE;
	cmd->status = SAM_STAT_CHECK_CONDITION;
	cmd->step_nr = 0;
	cmd->step_at = 0;
	cmd->xfer_len = len;
	cmd->buf_len = len;
	memcpy(page_address(t->page), list, len);
	if (ktgt_mode_select_check(cmd)) {
		carry_out(test);
		if (cmd->status == SAM_STAT_GOOD)
			return 0;
	}
	return cmd->sense.key << 16 | cmd->sense.asc << 8 | cmd->sense.ascq;
}

#define CACHING(wce)	0x08, 18, wce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, \
			0, 0, 0, 0
#define CONTROL(two, four)	0x0a, 10, two, 0x10, four, 0x40, 0, 0, 0, 0, 0, 0
#define HEAD		0, 0, 0, 0

/**
 * struct select_case - a parameter list of MODE SELECT(6)
 * @what: its name
 * @len: bytes of it
 * @list: the list
 * @code: sense key, code and qualifier, 0 for GOOD
 * @field: byte that is told, if @code is 052600
 * @cache: WCE afterwards
 * @protect: SWP afterwards
 * @d_sense: D_SENSE afterwards
 */
struct select_case {
	const char	*what;
	u8		len;
	u8		list[64];
	u32		code;
	u16		field;
	bool		cache;
	bool		protect;
	bool		d_sense;
};

static const struct select_case select_cases[] = {
	{ "nothing", 0, {}, 0, 0, 1, 0, 0 },
	{ "a header", 4, { HEAD }, 0, 0, 1, 0, 0 },
	{ "less than a header", 3, { HEAD }, 0x051a00, 0, 1, 0, 0 },
	{ "no cache", 24, { HEAD, CACHING(0) }, 0, 0, 0, 0, 0 },
	{ "the cache that there is", 24, { HEAD, CACHING(4) }, 0, 0, 1, 0, 0 },
	{ "PS does not count", 24,
	  { HEAD, 0x88, 18 }, 0, 0, 0, 0, 0 },
	{ "RCD", 24, { HEAD, CACHING(1) }, 0x052600, 6, 1, 0, 0 },
	{ "protection", 16, { HEAD, CONTROL(0x20, 8) }, 0, 0, 1, 1, 0 },
	{ "descriptor format", 16, { HEAD, CONTROL(0x24, 0) }, 0, 0, 1, 0, 1 },
	{ "another TST", 16, { HEAD, CONTROL(0, 8) }, 0x052600, 6, 1, 0, 0 },
	{ "another QErr", 16,
	  { HEAD, 0x0a, 10, 0x20, 0x12, 0, 0x40 }, 0x052600, 7, 1, 0, 0 },
	{ "both pages", 36, { HEAD, CONTROL(0x24, 8), CACHING(0) }, 0, 0,
	  0, 1, 1 },
	{ "a wrong page behind a right one", 36,
	  { HEAD, CONTROL(0x24, 8), CACHING(2) }, 0x052600, 18, 1, 0, 0 },
	{ "a page that cannot be changed", 16,
	  { HEAD, 0x1c, 10, 8 }, 0, 0, 1, 0, 0 },
	{ "a page that is not there", 16, { HEAD, 0x02, 10 }, 0x052600, 4,
	  1, 0, 0 },
	{ "a subpage", 16, { HEAD, 0x4a, 1, 0, 8 }, 0x052600, 4, 1, 0, 0 },
	{ "a page length", 16, { HEAD, 0x0a, 9, 0x20 }, 0x052600, 5, 1, 0, 0 },
	{ "half a page", 10, { HEAD, 0x0a, 10, 0x24, 0x10, 8, 0x40 }, 0x051a00,
	  0, 1, 0, 0 },
	{ "half a page header", 5, { HEAD, 0x0a }, 0x051a00, 0, 1, 0, 0 },
	{ "a medium type", 4, { 0, 1 }, 0x052600, 1, 1, 0, 0 },
	{ "the block descriptor that there is", 12,
	  { 0, 0, 0x90, 8, 0, 1, 0x23, 0x45, 0, 0, 2, 0 }, 0, 0, 1, 0, 0 },
	{ "a block descriptor of 0 blocks", 12,
	  { 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 2, 0 }, 0, 0, 1, 0, 0 },
	{ "a block descriptor of all blocks", 12,
	  { 0, 0, 0, 8, 255, 255, 255, 255, 0, 0, 2, 0 }, 0, 0, 1, 0, 0 },
	{ "a block descriptor of fewer blocks", 12,
	  { 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 2, 0 }, 0x052600, 4, 1, 0, 0 },
	{ "a block descriptor of larger blocks", 12,
	  { 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 16, 0 }, 0x052600, 4, 1, 0, 0 },
	{ "half a block descriptor", 12, { 0, 0, 0, 4 }, 0x052600, 3, 1, 0, 0 },
	{ "a block descriptor that is not there", 4, { 0, 0, 0, 8 }, 0x051a00,
	  0, 1, 0, 0 },
};
KUNIT_ARRAY_PARAM_DESC(select, select_cases, what);

static void expect_values(struct kunit *test, bool cache, bool protect,
			  bool d_sense)
{
	struct mode_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->lu.write_cache, cache);
	KUNIT_EXPECT_EQ(test, t->lu.swp, protect);
	KUNIT_EXPECT_EQ(test, t->lu.read_only, protect);
	KUNIT_EXPECT_EQ(test, t->lu.d_sense, d_sense);
}

static void select_six(struct kunit *test)
{
	const struct select_case *c = test->param_value;
	struct mode_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, c->list, c->len),
			c->code);
	if (c->code == 0x052600)
		KUNIT_EXPECT_EQ(test, t->cmd.sense.field, c->field);
	expect_values(test, c->cache, c->protect, c->d_sense);
	KUNIT_EXPECT_EQ(test, t->selected, c->cache ? -2 : 0);
}

/* The header is longer, and with LONGLBA the block descriptor is too. */
static void select_ten(struct kunit *test)
{
	static const u8 list[] = {
		0, 0, 0, 0, 1, 0, 0, 16, 0, 0, 0, 0, 0, 1, 0x23, 0x45,
		0, 0, 0, 0, 0, 0, 2, 0, CONTROL(0x24, 8),
	};
	struct mode_test *t = test->priv;
	u8 other[sizeof(list)];

	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT_10, list,
					  sizeof(list)), 0);
	expect_values(test, true, true, true);
	memcpy(other, list, sizeof(list));
	other[4] = 0;
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT_10, other,
					  sizeof(list)), 0x052600);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 6);
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT_10, list, 7),
			0x051a00);
}

/* What the user has chosen is not the initiator's to change. */
static void user_comes_first(struct kunit *test)
{
	static const u8 off[] = { HEAD, CACHING(0) }, on[] = { HEAD, CACHING(4) };
	struct mode_test *t = test->priv;

	t->lu.params.write_cache = 1;
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, off, sizeof(off)),
			0x052600);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 6);
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, on, sizeof(on)), 0);
	KUNIT_EXPECT_EQ(test, t->selected, -2);
}

/* SWP does not take away what else protects it. */
static void protected_otherwise(struct kunit *test)
{
	static const u8 on[] = { HEAD, CONTROL(0x20, 8) };
	static const u8 off[] = { HEAD, CONTROL(0x20, 0) };
	struct mode_test *t = test->priv;

	t->lu.is_protected = true;
	t->lu.read_only = true;
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, on, sizeof(on)), 0);
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, off, sizeof(off)),
			0);
	KUNIT_EXPECT_FALSE(test, t->lu.swp);
	KUNIT_EXPECT_TRUE(test, t->lu.read_only);
}

/* The controller has neither blocks nor a cache. */
static void controller(struct kunit *test)
{
	static const u8 caching[] = { HEAD, CACHING(0) };
	static const u8 protect[] = { HEAD, CONTROL(0x20, 8) };
	static const u8 d_sense[] = { HEAD, CONTROL(0x24, 0) };
	static const u8 descriptor[12] = { [3] = 8 };
	struct mode_test *t = test->priv;

	t->lu.type = TYPE_RAID;
	t->lu.write_cache = false;
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, caching,
					  sizeof(caching)), 0x052600);
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, protect,
					  sizeof(protect)), 0x052600);
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, descriptor,
					  sizeof(descriptor)), 0x052600);
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, d_sense,
					  sizeof(d_sense)), 0);
	KUNIT_EXPECT_TRUE(test, t->lu.d_sense);
}

/* PF says that there are pages (SPC-4, 6.11). */
static void no_pages(struct kunit *test)
{
	struct mode_test *t = test->priv;

	t->cmd.xfer_len = 16;
	KUNIT_EXPECT_FALSE(test, ktgt_mode_select_check(&t->cmd));
	KUNIT_EXPECT_EQ(test, t->cmd.sense.asc, 0x24);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 1);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.bit, 4);
}

/* A reservation that has come while it waited for its data comes first. */
static void conflict(struct kunit *test)
{
	static const u8 all[] = { HEAD, CONTROL(0x24, 8), CACHING(0) };
	struct mode_test *t = test->priv;

	set_bit(KTGT_ITL_NO_WRITE, &t->itl.flags);
	select_list(test, MODE_SELECT, all, sizeof(all));
	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_RESERVATION_CONFLICT);
	expect_values(test, true, false, false);
	KUNIT_EXPECT_EQ(test, t->selected, -2);
	KUNIT_EXPECT_FALSE(test, test_bit(KTGT_UA_MODE, &t->itl.flags));
}

/* One that comes while it waits for the cache lets it change nothing else. */
static void late_conflict(struct kunit *test)
{
	static const u8 all[] = { HEAD, CONTROL(0x24, 8), CACHING(0) };
	struct mode_test *t = test->priv;

	t->is_late = true;
	select_list(test, MODE_SELECT, all, sizeof(all));
	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_RESERVATION_CONFLICT);
	expect_values(test, false, false, false);
	KUNIT_EXPECT_EQ(test, t->selected, 0);
	KUNIT_EXPECT_TRUE(test, test_bit(KTGT_UA_MODE, &t->itl.flags));
}

/* A LOGICAL UNIT RESET brings the default values back, which MODE SENSE tells. */
static void reset(struct kunit *test)
{
	static const u8 all[] = { HEAD, CONTROL(0x24, 8), CACHING(0) };
	const struct ktgt_mode_page *control;
	u8 now[KTGT_MODE_PAGE_MAX], usual[KTGT_MODE_PAGE_MAX];
	struct mode_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, select_list(test, MODE_SELECT, all, sizeof(all)),
			0);
	t->lu.cache_mode = 0;
	control = find_page(&t->lu, 0x0a);
	KUNIT_ASSERT_NOT_NULL(test, control);
	ktgt_mode_page_build(control, &t->lu, KTGT_MODE_CURRENT, now);
	ktgt_mode_page_build(control, &t->lu, KTGT_MODE_DEFAULT, usual);
	KUNIT_EXPECT_EQ(test, now[2], 0x24);
	KUNIT_EXPECT_EQ(test, now[4], 8);
	KUNIT_EXPECT_EQ(test, usual[2], 0x20);
	KUNIT_EXPECT_EQ(test, usual[4], 0);
	ktgt_mode_reset(&t->lu);
	KUNIT_EXPECT_FALSE(test, t->lu.swp);
	KUNIT_EXPECT_FALSE(test, t->lu.read_only);
	KUNIT_EXPECT_FALSE(test, t->lu.d_sense);
	KUNIT_EXPECT_EQ(test, t->selected, -1);
}

/* --- what is saved -------------------------------------------------------- */

static void open_state(struct kunit *test)
{
	struct mode_test *t = test->priv;

	if (!t->file)
		t->file = ktgt_state_test_file(test);
	ktgt_state_test_open(test, &t->lu, t->file);
}

/* Another logical unit with the same state file. */
static void begin_anew(struct kunit *test)
{
	struct mode_test *t = test->priv;

	ktgt_state_test_close(&t->lu);
	ktgt_mode_image_none(&t->lu);
	t->lu.swp = false;
	t->lu.read_only = false;
	t->lu.d_sense = false;
	t->lu.write_cache = true;
	t->lu.cache_mode = -1;
	open_state(test);
	ktgt_mode_start(&t->lu);
}

static void expect_saved(struct kunit *test, int cache, bool protect,
			 bool d_sense)
{
	struct mode_test *t = test->priv;
	u8 p[KTGT_MODE_PAGE_MAX];

	KUNIT_EXPECT_EQ(test, t->lu.mode_saved.cache, cache);
	ktgt_mode_page_build(find_page(&t->lu, 0x0a), &t->lu, KTGT_MODE_SAVED,
			     p);
	KUNIT_EXPECT_EQ(test, p[0], 0x8a);
	KUNIT_EXPECT_EQ(test, p[2], d_sense ? 0x24 : 0x20);
	KUNIT_EXPECT_EQ(test, p[4], protect ? 8 : 0);
	ktgt_mode_page_build(find_page(&t->lu, 0x08), &t->lu, KTGT_MODE_SAVED,
			     p);
	KUNIT_EXPECT_EQ(test, p[0], 0x88);
	KUNIT_EXPECT_EQ(test, p[2], cache ? 4 : 0);
	ktgt_mode_page_build(find_page(&t->lu, 0x1c), &t->lu, KTGT_MODE_SAVED,
			     p);
	KUNIT_EXPECT_EQ(test, p[0], 0x1c);
}

static void sp(struct kunit *test)
{
	static const u8 all[] = { HEAD, CONTROL(0x24, 8), CACHING(0) };
	static const u8 none[] = { HEAD, CONTROL(0x20, 0), CACHING(4) };
	struct mode_test *t = test->priv;

	open_state(test);
	expect_saved(test, -1, false, false);
	t->bits = SP;
	KUNIT_ASSERT_EQ(test, select_list(test, MODE_SELECT, all, sizeof(all)),
			0);
	expect_values(test, false, true, true);
	expect_saved(test, 0, true, true);
	/* without SP nothing of that changes */
	t->bits = 0;
	KUNIT_ASSERT_EQ(test, select_list(test, MODE_SELECT, none, sizeof(none)),
			0);
	expect_values(test, true, false, false);
	expect_saved(test, 0, true, true);
	ktgt_mode_reset(&t->lu);
	expect_values(test, false, true, true);
	begin_anew(test);
	expect_values(test, false, true, true);
	expect_saved(test, 0, true, true);
}

/* A cache that no initiator has chosen is that of the device, whichever that is. */
static void sp_without_cache(struct kunit *test)
{
	static const u8 control[] = { HEAD, CONTROL(0x24, 0) };
	struct mode_test *t = test->priv;

	open_state(test);
	t->bits = SP;
	KUNIT_ASSERT_EQ(test, select_list(test, MODE_SELECT, control,
					  sizeof(control)), 0);
	expect_saved(test, -1, false, true);
	begin_anew(test);
	expect_saved(test, -1, false, true);
	KUNIT_EXPECT_EQ(test, t->lu.cache_mode, -1);
}

/* Without pages what is in force is saved. */
static void sp_without_pages(struct kunit *test)
{
	static const u8 all[] = { HEAD, CONTROL(0x24, 8) };
	struct mode_test *t = test->priv;

	open_state(test);
	KUNIT_ASSERT_EQ(test, select_list(test, MODE_SELECT, all, sizeof(all)),
			0);
	expect_saved(test, -1, false, false);
	t->bits = SP;
	KUNIT_ASSERT_EQ(test, select_list(test, MODE_SELECT, all, 0), 0);
	expect_saved(test, -1, true, true);
}

/* What cannot be saved is not in force either. */
static void sp_fails(struct kunit *test)
{
	static const u8 control[] = { HEAD, CONTROL(0x24, 8) };
	struct mode_test *t = test->priv;

	t->bits = SP;
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, control,
					  sizeof(control)), 0x052400);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.field, 1);
	KUNIT_EXPECT_EQ(test, t->cmd.sense.bit, 0);
	open_state(test);
	KUNIT_ASSERT_EQ(test, ktgt_state_take(t->lu.state, test), 0);
	select_list(test, MODE_SELECT, control, sizeof(control));
	KUNIT_EXPECT_EQ(test, t->cmd.status, SAM_STAT_BUSY);
	KUNIT_EXPECT_FALSE(test, test_bit(KTGT_CMDF_STATE_WRITER,
					  &t->cmd.flags));
	expect_values(test, true, false, false);
	expect_saved(test, -1, false, false);
	ktgt_state_give_back(t->lu.state, test);
	KUNIT_EXPECT_EQ(test, select_list(test, MODE_SELECT, control,
					  sizeof(control)), 0);
}

static struct kunit_case mode_test_cases[] = {
	KUNIT_CASE_PARAM(select_six, select_gen_params),
	KUNIT_CASE(select_ten),
	KUNIT_CASE(user_comes_first),
	KUNIT_CASE(protected_otherwise),
	KUNIT_CASE(controller),
	KUNIT_CASE(no_pages),
	KUNIT_CASE(conflict),
	KUNIT_CASE(late_conflict),
	KUNIT_CASE(reset),
	KUNIT_CASE(sp),
	KUNIT_CASE(sp_without_cache),
	KUNIT_CASE(sp_without_pages),
	KUNIT_CASE(sp_fails),
	{}
};

static int mode_suite_init(struct kunit_suite *suite)
{
	return ktgt_state_test_init();
}

static void mode_suite_exit(struct kunit_suite *suite)
{
	ktgt_state_test_exit();
}

static struct kunit_suite mode_suite = {
	.name = "ktgt_mode",
	.suite_init = mode_suite_init,
	.suite_exit = mode_suite_exit,
	.init = mode_test_init,
	.exit = mode_test_exit,
	.test_cases = mode_test_cases,
};

kunit_test_suite(mode_suite);
