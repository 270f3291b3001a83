// SPDX-License-Identifier: GPL-2.0
/*
 * The logical units: a disk of a shape that the input chooses, and the
 * controller at LUN 0.
 */
#include "../../../kernel/backend/block.h"
#include "../../../kernel/backend/store.h"
#include "../../../kernel/scsi/gate.h"
#include "../../../kernel/scsi/lu_life.h"
#include "../../../kernel/scsi/ua.h"
#include "backend.h"
#include "gate.h"
#include "lu.h"
#include "nexus.h"

struct ktgt_lu *lus[2];
struct shape shapes[2];
struct ktgt_lu_params disk_params;
struct ktgt_backend_caps disk_caps;

static struct ktgt_lu *removed[16];
static unsigned int nr_removed;

/* SAM-5, 4.7.7: peripheral device addressing on bus 0, flat space addressing */
struct ktgt_lu *lu_of(__be64 lun)
{
	u64 wire = be64_to_cpu(lun);
	u32 nr = wire >> 48 & 0x3fff;

	if (wire << 16 || wire >> 63 || (!(wire >> 62) && nr > 255))
		return NULL;
	return xa_load(&target.lus, nr);
}

/* --- shapes --------------------------------------------------------------- */

static u64 pick_size(u8 code)
{
	static const u64 sizes[16] = {
		4096, 512 * 8, 1 << 20, (1 << 20) + 512, 1ULL << 30,
		0xffffffffULL * 512, 0x100000000ULL * 512,
		0x100000001ULL * 512, 0xffffffffULL * 4096,
		0x100000001ULL * 4096, 1ULL << 50, S64_MAX, 4096 * 300,
		4096 * 0x8001ULL, 512 * 0x100001ULL, 4096 * 0x100001ULL,
	};

	return sizes[code & 15];
}

static void pick_caps(u8 shape, u8 size, u8 caps, u8 limits)
{
	static const u32 transfers[4] = { 4096, 65536, 262144, 1 << 20 };

	disk_caps = (struct ktgt_backend_caps) {
		.size = pick_size(size),
		.logical_block = shape & 1 ? 4096 : 512,
		.physical_block = caps & 1 ? 4096 : 512,
		.io_min = limits & 4 ? 4096 : 0,
		.io_opt = limits & 8 ? 1 << 18 : 0,
		.max_transfer = transfers[limits & 3],
		.max_discard = shape & 16 ? 1ULL << 30 : 0,
		.discard_granularity = caps & 2 ? 1 << 16 : 512,
		.discard_alignment = caps & 4 ? 4096 : 0,
		.discard_zeroes = caps & 8,
		.write_cache = caps & 16,
		.fua = caps & 32,
		.atomic_min = limits & 128 ? 1024 : 0,
		.atomic_max = limits & 128 ? 65536 : 0,
		.atomic_boundary = limits & 128 && caps & 2 ? 1 << 18 : 0,
		.rotational = caps & 64,
		.read_only = shape & 8,
	};
}

void pick_shape(struct input *in)
{
	u8 shape = take(in), size = take(in), caps = take(in);
	u8 limits = take(in);
	struct ktgt_lu_params *params = &disk_params;
	struct ktgt_identity *identity = &params->identity;

	pick_caps(shape, size, caps, limits);
	*params = (struct ktgt_lu_params) {
		.lun = limits & 64 ? 257 : 1,
		.backend = KTGT_BACKEND_BLOCK,
		.path = "/dev/fake",
		.block_size = shape & 2 ? 4096 : 0,
		.read_only = shape & 4,
		.write_cache = (shape >> 5 & 3) % 3 - 1,
		.removable = caps & 64,
	};
	if (caps & 128)
		ktgt_identity_set_naa(identity, 0x3123456789abcdefULL);
	if (limits & 16) {
		strcpy(identity->scsi_id, "0123456789abcdef01234567");
		memset(identity->serial, 's', KTGT_SERIAL_MAX);
		strcpy(identity->vendor, "12345678");
		strcpy(identity->product, "0123456789abcdef");
		strcpy(identity->revision, "1234");
		memset(identity->scsi_name, 'n', KTGT_SCSI_NAME_MAX);
		memcpy(identity->scsi_name, "iqn.", 4);
		identity->eui.len = 16;
		identity->uuid.len = 16;
	}
	shapes[0] = (struct shape) {
		.disk = true,
		.thin = shape & 16,
		.zeroes = caps & 8,
		.atomic = limits & 128,
		.removable = caps & 64,
		.read_only = shape & 12,
		.write_through = !(params->write_cache < 0 ?
				   disk_caps.write_cache :
				   params->write_cache),
		.d_sense = shape & 128,
		.block = shape & 3 ? 4096 : 512,
	};
	shapes[1] = (struct shape) {};
	memset(target.name, 0, sizeof(target.name));
	memset(target.name, 'n', limits & 32 ? KTGT_NAME_LEN - 1 : 7);
}

/* --- adding and removing -------------------------------------------------- */

/* What MODE SELECT may have changed. */
void follow_mode(struct ktgt_lu *lu)
{
	struct shape *shape = &shapes[lu->type != TYPE_DISK];
	struct fake *fake = fake_of(lu);

	require(lu->read_only == (lu->swp || lu->is_protected));
	shape->d_sense = lu->d_sense;
	shape->write_through = !lu->write_cache;
	if (fake)
		shape->read_only = lu->read_only;
}

/* What nobody but us can choose, and what it has of its store. */
static void take_shape(struct ktgt_lu *lu)
{
	struct fake *fake = fake_of(lu);

	if (!fake)
		return;
	lu->d_sense = shapes[0].d_sense;
	shapes[0].read_only = disk_params.read_only || fake->caps.read_only ||
			      lu->swp;
	require(lu->nr_blocks == fake->caps.size / shapes[0].block);
	require(lu->read_only == shapes[0].read_only);
}

/* As a worker does before a transaction is checked; NULL for a controller. */
static struct ktgt_store *open_store(const struct ktgt_lu_params *params,
				     struct ktgt_claim *claim)
{
	const struct ktgt_store_params how = {
		.lun = params->lun,
		.path = params->path,
		.read_only = params->read_only,
		.claim = claim,
	};

	if (params->backend == KTGT_BACKEND_NONE)
		return NULL;
	return ktgt_store_open(&ktgt_backend_block_ops, &how, NULL);
}

static struct ktgt_lu *alloc_lu(const struct ktgt_lu_params *params,
				struct ktgt_claim *claim)
{
	struct ktgt_store *store = open_store(params, claim);

	if (IS_ERR(store))
		return ERR_CAST(store);
	return ktgt_lu_alloc(&target, params, store, NULL);
}

static struct ktgt_lu *add_lu(const struct ktgt_lu_params *params)
{
	struct ktgt_lu *lu = alloc_lu(params, NULL);

	if (IS_ERR(lu))
		return NULL;
	if (ktgt_lu_reserve(lu, NULL)) {
		ktgt_lu_free(lu);
		return NULL;
	}
	ktgt_lu_publish(lu, NULL, NULL);
	ktgt_ua_luns_changed(&target);
	take_shape(lu);
	shapes[0].nr_lus++;
	shapes[1].nr_lus++;
	return lu;
}

static void remove_lu(struct ktgt_lu **lu)
{
	ktgt_lu_unpublish(*lu);
	ktgt_ua_luns_changed(&target);
	removed[nr_removed++] = *lu;
	if (lu == &lus[0])
		gate_start();
	*lu = NULL;
	shapes[0].nr_lus--;
	shapes[1].nr_lus--;
}

static bool may_remove(void)
{
	return lus[0] && nr_removed < ARRAY_SIZE(removed) - 2;
}

/* The disk goes, and comes again when there is memory. */
void replace_disk(void)
{
	if (!lus[0])
		lus[0] = add_lu(&disk_params);
	else if (may_remove())
		remove_lu(&lus[0]);
}

static struct ktgt_lu *make_heir(struct ktgt_lu *lu)
{
	struct ktgt_lu *heir = alloc_lu(&disk_params, lu->store->claim);

	if (IS_ERR(heir))
		return NULL;
	if (!ktgt_lu_reserve(heir, NULL))
		return heir;
	ktgt_lu_free(heir);
	return NULL;
}

/* In one transaction the disk goes, and another one comes in its place. */
void hand_over_disk(void)
{
	struct ktgt_gate_wait *wait;
	struct ktgt_lu *heir, *lu = lus[0];

	if (!may_remove())
		return;
	lu->leaving = true;
	heir = make_heir(lu);
	wait = kzalloc_obj(*wait, GFP_KERNEL);
	if (!heir || !wait) {
		if (heir)
			ktgt_lu_free(heir);
		kfree(wait);
		lu->leaving = false;
		return;
	}
	removed[nr_removed++] = lu;
	lus[0] = heir;
	gate_start();
	gate_follow(fake_of(lu)->nr);
	ktgt_lu_publish(heir, lu->store, wait);
	ktgt_lu_unpublish(lu);
	ktgt_ua_luns_changed(&target);
	take_shape(heir);
}

static struct ktgt_store *open_judged(struct ktgt_lu *lu,
				      const struct ktgt_lu_params *params)
{
	struct ktgt_store *store = open_store(params, lu->store->claim);

	if (IS_ERR(store))
		return NULL;
	if (!ktgt_lu_judge(lu, params, store, NULL))
		return store;
	ktgt_store_drop(store);
	return NULL;
}

/* The disk gets another store, at once or when the old one has no command left. */
void swap_store(bool waits, u8 how)
{
	struct ktgt_backend_caps was = disk_caps;
	struct ktgt_gate_wait *wait = NULL;
	struct ktgt_lu *lu = lus[0];
	struct ktgt_lu_params params;
	struct ktgt_store *store;

	if (!lu)
		return;
	params = lu->params;
	params.force = true;
	if (waits) {
		wait = kzalloc_obj(*wait, GFP_KERNEL);
		if (!wait)
			return;
	}
	disk_caps.size = pick_size(how);
	disk_caps.read_only = how & 16;
	store = open_judged(lu, &params);
	if (!store) {
		disk_caps = was;
		kfree(wait);
		return;
	}
	if (wait)
		gate_follow(fake_of(lu)->nr);
	else
		gate_follow_none();
	ktgt_lu_swap(lu, store, NULL, wait);
	take_shape(lu);
}

void lus_start(void)
{
	struct ktgt_lu_params controller = { .backend = KTGT_BACKEND_NONE };

	nr_removed = 0;
	gate_start();
	lus[1] = add_lu(&controller);
	lus[0] = add_lu(&disk_params);
	require(lus[1]);
}

void lus_stop(void)
{
	unsigned int nr;

	for (nr = 0; nr < 2; nr++) {
		if (lus[nr])
			remove_lu(&lus[nr]);
	}
}

/* All work that they had has been done. */
void lus_free(void)
{
	while (nr_removed) {
		require(removed[--nr_removed]->released.done);
		require(!removed[nr_removed]->store ||
			removed[nr_removed]->store->closed.done);
		require(ktgt_lu_drain(removed[nr_removed], 0));
		ktgt_lu_put(removed[nr_removed]);
	}
}
