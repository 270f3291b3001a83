// SPDX-License-Identifier: GPL-2.0
/*
 * The target, and the nexuses of the two initiators that it has.
 */
#include <linux/ktgt.h>

#include "../../../kernel/core/event.h"
#include "../../../kernel/core/group.h"
#include "../../../kernel/core/net.h"
#include "../../../kernel/core/refuse.h"
#include "../../../kernel/scsi/exec.h"
#include "../../../kernel/scsi/names.h"
#include "../../../kernel/scsi/gate.h"
#include "../../../kernel/scsi/group.h"
#include "../../../kernel/scsi/nexus.h"
#include "../../../kernel/scsi/reset.h"
#include "backend.h"
#include "command.h"
#include "gate.h"
#include "lu.h"
#include "nexus.h"

static struct ktgt_net kn;
/* each nexus comes by a port of its own, of those of the portals */
static struct ktgt_portal portals[NR_PORTALS];
struct ktgt_target target = { .kn = &kn };
/* each port is in a group of its own */
static struct ktgt_groups groups;
struct ktgt_nexus *nexuses[NR_NEXUSES];

void ktgt_target_put(struct ktgt_target *t)
{
	kref_put(&t->ref, NULL);
}

bool ktgt_target_tryget(struct ktgt_target *t)
{
	return kref_get_unless_zero(&t->ref);
}

/* Of storage that fails, and of two that write: whom the other is told from. */
void ktgt_event_session(struct ktgt_net *kn, const struct ktgt_event *event)
{
	if (event->cmd == KTGT_CMD_LU_ERROR) {
		require(event->error && event->op <= KTGT_STORAGE_OP_UNMAP);
		return;
	}
	require(event->cmd == KTGT_CMD_LU_WRITERS);
	require(strcmp(event->initiator, event->other));
}

/* No two of the disks here have the same name. */
int ktgt_names_enter(struct ktgt_lu *lu, struct netlink_ext_ack *extack)
{
	return 0;
}

void ktgt_names_leave(struct ktgt_lu *lu)
{
}

void ktgt_names_take(struct ktgt_disk_names *staged)
{
}

void ktgt_refuse(struct netlink_ext_ack *extack, const char *format, ...)
{
	if (extack)
		extack->_msg = format;
}

/* Without memory nobody is told; the commands end by themselves then. */
static void abort_lu(struct ktgt_nexus *nexus, struct ktgt_lu *lu,
		     struct ktgt_nexus *from, struct ktgt_lu_reset *reset)
{
	struct record *rec;

	require(!from || from->target == nexus->target);
	require(target.nexus_lock.held);
	if (!shim_allocs) {
		reset->failed = true;
		return;
	}
	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (!rec->used || rec->lu != lu || rec->cmd->nexus != nexus)
			continue;
		if (!rec->reset) {
			atomic_inc(&reset->pending);
			rec->reset = reset;
		}
		abort_command(rec, nexus == from);
	}
}

static unsigned int nr_resets;

/* A LOGICAL UNIT RESET, and since when it keeps the gate closed. */
struct reset {
	struct ktgt_reset	reset;
	u32			era;
};

/* What the reset does to the disk, if it has closed the gate of that. */
static struct ktgt_reset_part *part_of_disk(struct ktgt_reset *reset)
{
	struct ktgt_reset_part *part;

	list_for_each_entry(part, &reset->parts, node) {
		if (part->lu == lus[0] && part->gate)
			return part;
	}
	return NULL;
}

static void reset_done(struct ktgt_reset *reset)
{
	struct reset *own = container_of(reset, struct reset, reset);
	struct ktgt_reset_part *part = part_of_disk(reset);
	bool failed = ktgt_reset_has_failed(reset);

	if (part) {
		require(part->gate->failed == !gate_reset_end(own->era));
		require(failed || !has_commands(fake_of(lus[0])->nr));
	}
	ktgt_reset_exit(reset);
	nr_resets--;
	free(own);
}

static const struct ktgt_fabric_ops fabric = {
	.name = "fuzz", .abort_lu = abort_lu,
};

static void open_nexus(unsigned int nr)
{
	struct ktgt_nexus *nexus = malloc(sizeof(*nexus));

	nexus->ops = &fabric;
	nexus->target = &target;
	nexus->port = 1 + (nr & 1);
	nexus->has_queries = nr & 1;
	nexus->port_name = nr & 1 ? "iqn.i,i,0x000000000000" :
				     "iqn.j,i,0x000000000000";
	nexuses[nr] = nexus;
	require(!ktgt_nexus_open(nexus));
}

static void close_nexus(unsigned int nr)
{
	ktgt_nexus_close(nexuses[nr]);
	free(nexuses[nr]);
}

static bool is_busy(const struct ktgt_nexus *nexus)
{
	struct record *rec;

	for (rec = records; rec < records + MAX_CMDS; rec++) {
		if (rec->used && rec->cmd->nexus == nexus)
			return true;
	}
	return false;
}

void reopen_nexus(unsigned int nr)
{
	if (is_busy(nexuses[nr]))
		return;
	close_nexus(nr);
	open_nexus(nr);
}

void reset_lu(unsigned int nr, u32 at)
{
	struct reset *own = calloc(1, sizeof(*own));
	struct ktgt_reset *reset = &own->reset;
	struct ktgt_nexus *nexus = nexuses[nr];
	__be64 lun = ktgt_lun_encode(at);
	bool exists = ktgt_nexus_lun_exists(nexus, lun);

	ktgt_reset_init(reset, reset_done);
	nr_resets++;
	require(ktgt_reset_lu(reset, nexus, lun) == exists);
	if (part_of_disk(reset))
		own->era = gate_reset_begin();
	ktgt_lu_reset_put(&reset->tasks);
}

void open_nexuses(void)
{
	unsigned int nr;

	for (nr = 0; nr < NR_NEXUSES; nr++)
		open_nexus(nr);
}

void close_nexuses(void)
{
	unsigned int nr;

	for (nr = 0; nr < NR_NEXUSES; nr++)
		close_nexus(nr);
}

void target_start(void)
{
	unsigned int nr;

	INIT_LIST_HEAD(&kn.portals);
	for (nr = 0; nr < NR_PORTALS; nr++) {
		portals[nr].tpgt = 1 + nr % NR_PORTS;
		list_add_tail(&portals[nr].node, &kn.portals);
	}
	memset(&groups, 0, sizeof(groups));
	groups.nr = NR_PORTS;
	for (nr = 0; nr < NR_PORTS; nr++) {
		groups.group[nr].id = nr + 1;
		ktgt_ports_add(&groups.group[nr].ports, nr + 1);
	}
	target.groups = &groups;
	kref_init(&target.ref);
	xa_init(&target.lus);
	INIT_LIST_HEAD(&target.nexuses);
	spin_lock_init(&target.nexus_lock);
	atomic_set(&target.nr_nexuses, 0);
	target.nr_lus = 0;
}

/* As in a transition, but for the gate: commands that are admitted go on. */
void change_state(unsigned int nr, u8 state)
{
	spin_lock_bh(&target.nexus_lock);
	groups.group[nr].state = state % (KTGT_PORT_GROUP_STATE_TRANSITIONING + 1);
	ktgt_group_update(&target);
	spin_unlock_bh(&target.nexus_lock);
}

/* Nothing is left of it. */
void target_stop(void)
{
	require(!atomic_read(&kn.nr_copies));
	require(target.ref.refcount == 1 && !target.nr_lus);
	require(list_empty(&target.nexuses));
	require(!atomic_read(&target.nr_nexuses) && !nr_resets);
}
