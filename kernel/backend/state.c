// SPDX-License-Identifier: GPL-2.0
/*
 * A state file has two slots of the same size, with a sequence number each. A save is
 * written into the older one and made stable. So whenever power is lost, the other slot
 * has what was there before. Who saves says afterwards whether it counts; if not, what
 * was there before is written over it. A file of zeroes is new, and is made ready by the
 * first save. Where nobody knows what was there before, a save that does not count
 * leaves that so.
 *
 * A worker of this file writes, one for each state file, and sleeps until the file
 * system has answered. Nobody else does.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "state.h"

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/crc32c.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "../core/refuse.h"

#define NR_SLOTS	2
#define VERSION		1
#define MAGIC		"KTGT-ST"

/* how long who takes a state file waits for a save of who had it before */
#define PATIENCE	(2 * HZ)

/**
 * struct slot_header - begin of a slot, as it is in the file
 * @magic: MAGIC with its NUL
 * @version: VERSION; who finds a greater one cannot know what is meant
 * @checksum: CRC32C of the header, in which it is 0, and of the image
 * @sequence: that of the slot which was written last is the greatest
 * @len: bytes of the image, which follows
 * @slot_len: bytes of a slot; in a file that was made longer or shorter, the other slot
 *	is elsewhere now, and it may have been the newer one
 * @reserved: 0
 */
struct slot_header {
	char	magic[8];
	__le32	version;
	__le32	checksum;
	__le64	sequence;
	__le32	len;
	__le32	slot_len;
	u8	reserved[32];
};

static_assert(sizeof(struct slot_header) == KTGT_STATE_HEADER);

/**
 * enum slot_kind - what is found in a slot
 * @SLOT_GOOD: an image
 * @SLOT_BLANK: it was never written
 * @SLOT_NEWER: what a later version of the module has written
 * @SLOT_DAMAGED: something else: what was written when the power was lost, or less
 * @SLOT_UNREADABLE: nobody knows, and it may be what was written last
 */
enum slot_kind {
	SLOT_GOOD,
	SLOT_BLANK,
	SLOT_NEWER,
	SLOT_DAMAGED,
	SLOT_UNREADABLE,
};

/**
 * enum state_phase - what becomes of a save
 * @STATE_IDLE: there is none
 * @STATE_WRITING: it is written, or is about to be
 * @STATE_WRITTEN: it is stable, and its owner has not said whether it counts
 * @STATE_UNDOING: what was there before is written over it, or is about to be
 */
enum state_phase {
	STATE_IDLE,
	STATE_WRITING,
	STATE_WRITTEN,
	STATE_UNDOING,
};

/**
 * struct ktgt_state - a state file that is open
 * @ref: references; one of a work that is queued or runs
 * @node: in @all, under @all_lock
 * @file: the file
 * @slot_len: bytes of a slot
 * @nr_users: logical units that save into it; more than one for a moment, when one takes
 *	it over
 * @load_mutex: whoever reads it
 * @is_loaded: it was read, under @load_mutex
 * @fault: why nobody knows what is in it, an errno; 0 if that is known. Changed in
 *	STATE_WRITTEN
 * @work: writes
 * @close_work: closes the file when nobody has a reference any more
 * @lock: protects the following; a spinlock, interrupts off
 * @is_queued: @work is queued or runs, and will look at @phase again
 * @phase: of the save that is under way
 * @is_revoked: it does not count, although it is still written
 * @is_new: no slot was ever written; the worker's
 * @heal: after a @fault: whatever is in it is not wanted, and the next save writes both
 *	slots
 * @idle: woken when @phase is STATE_IDLE again
 * @saver: who saves, the owner of its saves; NULL if nobody does
 * @former: who did so before
 * @next: image that is saved; NULL if @phase is STATE_IDLE
 * @ops: who is told
 * @owner: for @ops
 * @kept: image that counts, once it is loaded; changed in STATE_WRITTEN
 * @slot: in which slot it is; likewise
 * @sequence: the last one; the worker's, and before that the loader's
 */
struct ktgt_state {
	struct kref			ref;
	struct list_head		node;
	struct file			*file;
	u32				slot_len;
	atomic_t			nr_users;
	struct mutex			load_mutex;	/* see above */
	bool				is_loaded;
	int				fault;
	struct work_struct		work;
	struct work_struct		close_work;
	spinlock_t			lock;		/* see above */
	bool				is_queued;
	enum state_phase		phase;
	bool				is_revoked;
	bool				is_new;
	bool				heal;
	wait_queue_head_t		idle;
	void				*saver;
	void				*former;
	struct ktgt_state_image		*next;
	const struct ktgt_state_ops	*ops;
	void				*owner;
	struct ktgt_state_image		*kept;
	unsigned int			slot;
	u64				sequence;
};

/* a state file whose file system never answers has its worker for ever */
static struct workqueue_struct *state_wq;

/* all that are open, so that none is open twice */
static LIST_HEAD(all);
static DEFINE_SPINLOCK(all_lock);

/* --- images --------------------------------------------------------------- */

/**
 * ktgt_state_image_alloc - make an image
 * @len: bytes, at most KTGT_STATE_MAX
 * @gfp: how to allocate it
 *
 * Context: may sleep.
 * Return: the image, with zeroes as its data, and one reference; NULL without memory.
 */
struct ktgt_state_image *ktgt_state_image_alloc(u32 len, gfp_t gfp)
{
	struct ktgt_state_image *image;

	image = kvzalloc(struct_size(image, data, len), gfp);
	if (!image)
		return NULL;
	kref_init(&image->ref);
	image->len = len;
	return image;
}

static void image_free(struct kref *ref)
{
	kvfree(container_of(ref, struct ktgt_state_image, ref));
}

/**
 * ktgt_state_image_put - drop a reference
 * @image: the image, or NULL; freed with the last one
 *
 * Context: may sleep.
 */
void ktgt_state_image_put(struct ktgt_state_image *image)
{
	if (image)
		kref_put(&image->ref, image_free);
}

static u32 checksum_of(const struct ktgt_state_image *image,
		       const struct slot_header *header)
{
	struct slot_header plain = *header;
	u32 crc;

	plain.checksum = 0;
	crc = crc32c(~0, &plain, sizeof(plain));
	return ~crc32c(crc, image->data, image->len);
}

/* --- one slot ------------------------------------------------------------- */

static int write_all(struct file *file, const void *from, size_t len, loff_t pos)
{
	ssize_t written;

	while (len) {
		written = kernel_write(file, from, len, &pos);
		if (written <= 0)
			return written ?: -EIO;
		from += written;
		len -= written;
	}
	return 0;
}

static int read_all(struct file *file, void *to, size_t len, loff_t pos)
{
	ssize_t got;

	while (len) {
		got = kernel_read(file, to, len, &pos);
		if (got <= 0)
			return got ?: -ENODATA;
		to += got;
		len -= got;
	}
	return 0;
}

/* Sleeps until the file system has answered. */
static int write_slot(struct ktgt_state *state, unsigned int slot,
		      struct ktgt_state_image *image)
{
	struct slot_header header = {
		.magic = MAGIC,
		.version = cpu_to_le32(VERSION),
		.sequence = cpu_to_le64(++state->sequence),
		.len = cpu_to_le32(image->len),
		.slot_len = cpu_to_le32(state->slot_len),
	};
	size_t len = sizeof(header) + image->len;
	loff_t pos = slot * state->slot_len;
	int err;

	header.checksum = cpu_to_le32(checksum_of(image, &header));
	memcpy(image->header, &header, sizeof(header));
	err = write_all(state->file, image->header, len, pos);
	return err ?: vfs_fsync_range(state->file, pos, pos + len - 1, 1);
}

/* Nothing is in it afterwards, and it does not look new. Sleeps likewise. */
static int spoil_slot(struct ktgt_state *state, unsigned int slot)
{
	loff_t pos = slot * state->slot_len;
	u8 nothing[KTGT_STATE_HEADER];
	int err;

	memset(nothing, 0xff, sizeof(nothing));
	err = write_all(state->file, nothing, sizeof(nothing), pos);
	return err ?: vfs_fsync_range(state->file, pos,
				      pos + sizeof(nothing) - 1, 1);
}

/* A file that ends too early is damaged. */
static enum slot_kind kind_of_error(int err)
{
	return err == -ENODATA ? SLOT_DAMAGED : SLOT_UNREADABLE;
}

/*
 * Reads the header of a slot, and the image into one that has room for the longest. A
 * version that is not known is told only if the checksum is right.
 */
static enum slot_kind read_slot(struct ktgt_state *state, unsigned int slot,
				struct ktgt_state_image *image, u64 *sequence)
{
	loff_t pos = slot * state->slot_len;
	struct slot_header header;
	int err;

	*sequence = 0;
	err = read_all(state->file, &header, sizeof(header), pos);
	if (err)
		return kind_of_error(err);
	if (!memchr_inv(&header, 0, sizeof(header)))
		return SLOT_BLANK;
	image->len = le32_to_cpu(header.len);
	if (memcmp(header.magic, MAGIC, sizeof(header.magic)) ||
	    image->len > state->slot_len - KTGT_STATE_HEADER)
		return SLOT_DAMAGED;
	err = read_all(state->file, image->data, image->len,
		       pos + KTGT_STATE_HEADER);
	if (err)
		return kind_of_error(err);
	if (checksum_of(image, &header) != le32_to_cpu(header.checksum))
		return SLOT_DAMAGED;
	*sequence = le64_to_cpu(header.sequence);
	if (le32_to_cpu(header.version) != VERSION)
		return SLOT_NEWER;
	return le32_to_cpu(header.slot_len) == state->slot_len ? SLOT_GOOD :
								 SLOT_DAMAGED;
}

/* --- opening and reading -------------------------------------------------- */

/**
 * ktgt_state_get - share a state file
 * @state: the state file, referenced
 *
 * Context: any.
 * Return: the state file.
 */
struct ktgt_state *ktgt_state_get(struct ktgt_state *state)
{
	kref_get(&state->ref);
	return state;
}

static void close_work(struct work_struct *work)
{
	struct ktgt_state *state = container_of(work, struct ktgt_state,
						close_work);
	unsigned long flags;

	spin_lock_irqsave(&all_lock, flags);
	list_del(&state->node);
	spin_unlock_irqrestore(&all_lock, flags);
	ktgt_state_image_put(state->kept);
	fput(state->file);
	kfree(state);
}

static void state_free(struct kref *ref)
{
	struct ktgt_state *state = container_of(ref, struct ktgt_state, ref);

	queue_work(state_wq, &state->close_work);
}

/**
 * ktgt_state_put - drop a reference
 * @state: the state file, or NULL; closed with the last one, when no save is under way
 *	any more
 *
 * Context: any.
 */
void ktgt_state_put(struct ktgt_state *state)
{
	if (state)
		kref_put(&state->ref, state_free);
}

/* What cannot be read and written at any place is of no use. */
static int check_file(struct file *file, struct netlink_ext_ack *extack)
{
	const struct inode *inode = file_inode(file);
	loff_t size = i_size_read(inode);

	if (!S_ISREG(inode->i_mode)) {
		ktgt_refuse(extack,
			    "state: must be a regular file");
		return -EINVAL;
	}
	if ((file->f_mode & (FMODE_READ | FMODE_WRITE)) !=
	    (FMODE_READ | FMODE_WRITE) || file->f_flags & O_APPEND) {
		ktgt_refuse(extack,
			    "state: must be opened for reading and writing, and not with O_APPEND");
		return -EBADF;
	}
	if (size < NR_SLOTS * KTGT_STATE_SLOT_MIN) {
		ktgt_refuse(extack,
			    "state: the file has %lld bytes; it must have %u at least",
			    size, NR_SLOTS * KTGT_STATE_SLOT_MIN);
		return -EINVAL;
	}
	return 0;
}

static void state_work(struct work_struct *work);

static struct ktgt_state *make_state(struct file *file)
{
	struct ktgt_state *state = kzalloc_obj(*state, GFP_KERNEL);

	if (!state)
		return NULL;
	kref_init(&state->ref);
	mutex_init(&state->load_mutex);
	spin_lock_init(&state->lock);
	init_waitqueue_head(&state->idle);
	INIT_WORK(&state->work, state_work);
	INIT_WORK(&state->close_work, close_work);
	state->file = get_file(file);
	/* no block of the disk has parts of both */
	state->slot_len = round_down(min_t(loff_t, i_size_read(file_inode(file)) /
						   NR_SLOTS, KTGT_STATE_SLOT_MAX),
				     KTGT_STATE_SLOT_MIN);
	return state;
}

/* With @all_lock. One without references is only waiting to be closed. */
static struct ktgt_state *find_state(const struct file *file)
{
	struct ktgt_state *state;

	list_for_each_entry(state, &all, node)
		if (file_inode(state->file) == file_inode(file) &&
		    kref_get_unless_zero(&state->ref))
			return state;
	return NULL;
}

/**
 * ktgt_state_open - take a state file
 * @file: the file, opened for reading and writing
 * @extack: gets the reason of a refusal
 *
 * A file that is in use already is shared, so that nobody has an older image than
 * others.
 *
 * Context: may sleep, not for storage.
 * Return: the state file, referenced, or ERR_PTR.
 */
struct ktgt_state *ktgt_state_open(struct file *file,
				   struct netlink_ext_ack *extack)
{
	struct ktgt_state *state, *made;
	int err;

	err = check_file(file, extack);
	if (err)
		return ERR_PTR(err);
	made = make_state(file);
	if (!made)
		return ERR_PTR(-ENOMEM);
	spin_lock_irq(&all_lock);
	state = find_state(file);
	if (!state)
		list_add(&made->node, &all);
	spin_unlock_irq(&all_lock);
	if (!state)
		return made;
	fput(made->file);
	kfree(made);
	return state;
}

/* Nothing is in it, and nothing is written before somebody saves. */
static int take_new(struct ktgt_state *state)
{
	state->kept = ktgt_state_image_alloc(0, GFP_KERNEL);
	state->is_new = true;
	return state->kept ? 0 : -ENOMEM;
}

/* A new file has its second slot first, so what is good there may be all that is left. */
static bool looks_new(const enum slot_kind *kind)
{
	return kind[0] == SLOT_BLANK &&
	       (kind[1] == SLOT_BLANK || kind[1] == SLOT_DAMAGED);
}

static int fault_of(const enum slot_kind *kind)
{
	if (kind[0] == SLOT_NEWER || kind[1] == SLOT_NEWER)
		return -EPROTONOSUPPORT;
	if (kind[0] == SLOT_UNREADABLE || kind[1] == SLOT_UNREADABLE ||
	    kind[1] == SLOT_BLANK)
		return -EUCLEAN;
	return kind[0] == SLOT_GOOD || kind[1] == SLOT_GOOD ? 0 : -EUCLEAN;
}

/* Keeps the image of the newer of the good slots. */
static int take_newest(struct ktgt_state *state, struct ktgt_state_image **slots)
{
	u64 sequence[NR_SLOTS];
	enum slot_kind kind[NR_SLOTS];
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		kind[i] = read_slot(state, i, slots[i], &sequence[i]);
	if (looks_new(kind))
		return take_new(state);
	state->fault = fault_of(kind);
	state->sequence = max(sequence[0], sequence[1]);
	if (state->fault)
		return 0;
	i = kind[1] == SLOT_GOOD &&
	    (kind[0] != SLOT_GOOD || sequence[1] > sequence[0]);
	swap(state->kept, slots[i]);
	state->slot = i;
	return 0;
}

static int load(struct ktgt_state *state)
{
	struct ktgt_state_image *slots[NR_SLOTS];
	int err = -ENOMEM;
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		slots[i] = ktgt_state_image_alloc(KTGT_STATE_MAX, GFP_KERNEL);
	if (slots[0] && slots[1])
		err = take_newest(state, slots);
	for (i = 0; i < NR_SLOTS; i++)
		ktgt_state_image_put(slots[i]);
	return err;
}

/**
 * ktgt_state_load - read a state file, if nobody has read it
 * @state: the state file
 *
 * One in which nothing can be found is loaded as well, with ktgt_state_fault().
 *
 * Context: a worker that may sleep until storage answers.
 * Return: 0 or -ENOMEM.
 */
int ktgt_state_load(struct ktgt_state *state)
{
	int err = 0;

	mutex_lock(&state->load_mutex);
	if (!state->is_loaded)
		err = load(state);
	if (!err)
		state->is_loaded = true;
	mutex_unlock(&state->load_mutex);
	return err;
}

/**
 * ktgt_state_kept - what is in a state file
 * @state: the state file, after ktgt_state_load()
 *
 * Context: any, by who saves into it, or before anybody does.
 * Return: the image that counts; NULL after a fault.
 */
const struct ktgt_state_image *ktgt_state_kept(const struct ktgt_state *state)
{
	return state->kept;
}

/**
 * ktgt_state_kept_get - share what is in a state file
 * @state: the state file, loaded
 * @owner: who has taken it
 *
 * Somebody else may take the state file afterwards, and save something else into it; not
 * before a save of @owner that is under way has ended.
 *
 * Context: any.
 * Return: the image that counts, referenced; NULL after a fault; ERR_PTR(-EBUSY) if
 *	somebody else has taken it, and no save of @owner is under way.
 */
struct ktgt_state_image *ktgt_state_kept_get(struct ktgt_state *state,
					     const void *owner)
{
	struct ktgt_state_image *image = ERR_PTR(-EBUSY);
	unsigned long flags;

	spin_lock_irqsave(&state->lock, flags);
	if (state->saver == owner ||
	    (state->phase != STATE_IDLE && state->owner == owner)) {
		image = state->kept;
		if (image)
			kref_get(&image->ref);
	}
	spin_unlock_irqrestore(&state->lock, flags);
	return image;
}

/**
 * ktgt_state_fault - why nothing can be found in a state file
 * @state: the state file, after ktgt_state_load()
 *
 * Context: any.
 * Return: 0 if something can; -EUCLEAN if both slots are damaged, or one cannot be read;
 *	-EPROTONOSUPPORT if a later version of the module has written it.
 */
int ktgt_state_fault(const struct ktgt_state *state)
{
	return READ_ONCE(state->fault);
}

/**
 * ktgt_state_forget_fault - whatever is in a state file is not wanted any more
 * @state: the state file, after ktgt_state_load()
 *
 * The next save writes both slots. If it counts, there is no fault any more; if not,
 * both are damaged.
 *
 * Context: any, by who saves into it; none of his saves is under way.
 */
void ktgt_state_forget_fault(struct ktgt_state *state)
{
	if (state->fault)
		state->heal = true;
}

/**
 * ktgt_state_use - begin to use a state file
 * @state: the state file
 * @but: so many who use it will let go of it, before the caller saves
 *
 * Context: any.
 * Return: false if somebody else uses it, and goes on to do so.
 */
bool ktgt_state_use(struct ktgt_state *state, u32 but)
{
	if (atomic_inc_return(&state->nr_users) == but + 1)
		return true;
	atomic_dec(&state->nr_users);
	return false;
}

/**
 * ktgt_state_unuse - somebody saves no more
 * @state: the state file
 *
 * Context: any.
 */
void ktgt_state_unuse(struct ktgt_state *state)
{
	atomic_dec(&state->nr_users);
}

static bool is_idle(struct ktgt_state *state)
{
	unsigned long flags;
	bool idle;

	spin_lock_irqsave(&state->lock, flags);
	idle = state->phase == STATE_IDLE;
	spin_unlock_irqrestore(&state->lock, flags);
	return idle;
}

/**
 * ktgt_state_take - be the one who saves into a state file from now on
 * @state: the state file, loaded
 * @owner: who, see ktgt_state_write()
 *
 * From then on nobody else changes what is in it, and ktgt_state_kept() stays as it is.
 * Until ktgt_state_give_back() the former one gets -EBUSY.
 *
 * Context: may sleep, until a save that is under way has ended, but for PATIENCE at
 *	most; one caller at a time.
 * Return: 0, or -EBUSY if it has not ended; then it is as before.
 */
int ktgt_state_take(struct ktgt_state *state, void *owner)
{
	unsigned long flags;

	spin_lock_irqsave(&state->lock, flags);
	state->former = state->saver;
	state->saver = owner;
	spin_unlock_irqrestore(&state->lock, flags);
	if (wait_event_timeout(state->idle, is_idle(state), PATIENCE))
		return 0;
	ktgt_state_give_back(state, owner);
	return -EBUSY;
}

/**
 * ktgt_state_give_back - who has taken a state file does not need it
 * @state: the state file
 * @owner: who; if he has not taken it, nothing happens
 *
 * Context: any.
 */
void ktgt_state_give_back(struct ktgt_state *state, void *owner)
{
	unsigned long flags;

	spin_lock_irqsave(&state->lock, flags);
	if (state->saver == owner) {
		state->saver = state->former;
		state->former = NULL;
	}
	spin_unlock_irqrestore(&state->lock, flags);
}

/* --- saving --------------------------------------------------------------- */

/* With the lock. The work has a reference of its own. */
static void run_work(struct ktgt_state *state)
{
	if (state->is_queued)
		return;
	state->is_queued = true;
	kref_get(&state->ref);
	queue_work(state_wq, &state->work);
}

/**
 * ktgt_state_room - how long an image may be
 * @state: the state file
 *
 * Context: any.
 * Return: bytes.
 */
u32 ktgt_state_room(const struct ktgt_state *state)
{
	return state->slot_len - KTGT_STATE_HEADER;
}

/**
 * ktgt_state_write - begin a save
 * @state: the state file, loaded; without a fault, or after ktgt_state_forget_fault()
 * @image: what is to be in it, and has room; belongs to @state if it begins
 * @ops: who is told how it goes
 * @owner: for @ops, who has taken the state file; stays until the save was committed, or
 *	was undone
 *
 * Context: any.
 * Return: 0, or -EBUSY if a save is under way, or somebody else has taken it.
 */
int ktgt_state_write(struct ktgt_state *state, struct ktgt_state_image *image,
		     const struct ktgt_state_ops *ops, void *owner)
{
	unsigned long flags;
	int err = -EBUSY;

	spin_lock_irqsave(&state->lock, flags);
	if (state->phase == STATE_IDLE && state->saver == owner) {
		state->phase = STATE_WRITING;
		state->is_revoked = false;
		state->next = image;
		state->ops = ops;
		state->owner = owner;
		run_work(state);
		err = 0;
	}
	spin_unlock_irqrestore(&state->lock, flags);
	return err;
}

/**
 * ktgt_state_next - what was written
 * @state: the state file, whose &ktgt_state_ops.written was called without an error
 *
 * Context: any, by who saves, before he commits or revokes.
 * Return: the image.
 */
const struct ktgt_state_image *ktgt_state_next(const struct ktgt_state *state)
{
	return state->next;
}

/**
 * ktgt_state_commit - a save that was written counts
 * @state: the state file, whose &ktgt_state_ops.written was called without an error
 *
 * Context: may sleep, not for storage.
 */
void ktgt_state_commit(struct ktgt_state *state)
{
	struct ktgt_state_image *old;
	unsigned long flags;

	spin_lock_irqsave(&state->lock, flags);
	old = state->kept;
	state->kept = state->next;
	state->next = NULL;
	state->slot = !state->slot;
	state->heal = false;
	WRITE_ONCE(state->fault, 0);
	state->phase = STATE_IDLE;
	spin_unlock_irqrestore(&state->lock, flags);
	wake_up(&state->idle);
	ktgt_state_image_put(old);
}

/**
 * ktgt_state_revoke - a save does not count
 * @state: the state file; the save is not committed
 *
 * &ktgt_state_ops.undone is called. If &ktgt_state_ops.written is called before that, it
 * has to be ignored.
 *
 * Context: any.
 */
void ktgt_state_revoke(struct ktgt_state *state)
{
	unsigned long flags;

	spin_lock_irqsave(&state->lock, flags);
	if (state->phase == STATE_WRITING) {
		state->is_revoked = true;
	} else if (state->phase == STATE_WRITTEN) {
		state->phase = STATE_UNDOING;
		run_work(state);
	}
	spin_unlock_irqrestore(&state->lock, flags);
}

/*
 * The second slot is written first. So a file whose first slot is blank has never had
 * anything, and one whose second slot is blank, but not the first, is damaged.
 */
static int make_ready(struct ktgt_state *state)
{
	int err = write_slot(state, 1, state->kept);

	if (!err)
		err = write_slot(state, 0, state->kept);
	if (!err)
		state->is_new = false;
	return err;
}

static int write_next(struct ktgt_state *state)
{
	int err = state->is_new ? make_ready(state) : 0;

	if (!err)
		err = write_slot(state, !state->slot, state->next);
	if (!err && state->heal)
		err = write_slot(state, state->slot, state->next);
	return err;
}

static void save(struct ktgt_state *state)
{
	int err = write_next(state);
	unsigned long flags;
	bool is_revoked;

	spin_lock_irqsave(&state->lock, flags);
	is_revoked = state->is_revoked;
	state->phase = err || is_revoked ? STATE_UNDOING : STATE_WRITTEN;
	spin_unlock_irqrestore(&state->lock, flags);
	if (err)
		pr_err_ratelimited("%pD: cannot be written (%d); what it was to keep is refused\n",
				   state->file, err);
	if (!is_revoked)
		state->ops->written(state->owner, err);
}

/* Both may have the save if nobody knows what was there before. */
static int write_former(struct ktgt_state *state)
{
	int err;

	if (!state->heal)
		return state->is_new ? 0 :
		       write_slot(state, !state->slot, state->kept);
	err = spoil_slot(state, !state->slot);
	return spoil_slot(state, state->slot) ?: err;
}

/*
 * Should this fail as well, nobody knows which of the two a loss of power would leave,
 * which is told in the log. The next save writes the same slot.
 */
static void undo(struct ktgt_state *state)
{
	struct ktgt_state_image *next = state->next;
	void *owner = state->owner;
	void (*undone)(void *owner) = state->ops->undone;
	unsigned long flags;
	int err;

	err = write_former(state);
	if (err)
		pr_err_ratelimited("%pD: cannot be written (%d); after a loss of power it may have what was refused\n",
				   state->file, err);
	spin_lock_irqsave(&state->lock, flags);
	state->next = NULL;
	state->phase = STATE_IDLE;
	spin_unlock_irqrestore(&state->lock, flags);
	wake_up(&state->idle);
	ktgt_state_image_put(next);
	undone(owner);
}

/* What there is to do; if there is nothing, the work ends. */
static enum state_phase next_phase(struct ktgt_state *state)
{
	enum state_phase phase;
	unsigned long flags;

	spin_lock_irqsave(&state->lock, flags);
	phase = state->phase;
	if (phase != STATE_WRITING && phase != STATE_UNDOING)
		state->is_queued = false;
	spin_unlock_irqrestore(&state->lock, flags);
	return phase;
}

static void state_work(struct work_struct *work)
{
	struct ktgt_state *state = container_of(work, struct ktgt_state, work);
	/* the file may be on a disk that this machine has from itself */
	unsigned int noio = memalloc_noio_save();
	enum state_phase phase;

	for (;;) {
		phase = next_phase(state);
		if (phase == STATE_WRITING)
			save(state);
		else if (phase == STATE_UNDOING)
			undo(state);
		else
			break;
	}
	memalloc_noio_restore(noio);
	ktgt_state_put(state);
}

/**
 * ktgt_state_init - make the queue
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int ktgt_state_init(void)
{
	state_wq = alloc_workqueue("ktgt-state", WQ_UNBOUND | WQ_MEM_RECLAIM,
				   WQ_MAX_ACTIVE);
	return state_wq ? 0 : -ENOMEM;
}

/**
 * ktgt_state_exit - wait until no worker runs code of the module
 *
 * Context: module unload; all state files were put.
 */
void ktgt_state_exit(void)
{
	destroy_workqueue(state_wq);
}
