// SPDX-License-Identifier: GPL-2.0
/*
 * Target port groups: what their states let commands do (SPC-4, 5.15.2.4).
 *
 * The groups of a target are under &ktgt_target.nexus_lock. What follows from the
 * state of its port is written into the flags of each I_T_L nexus, at which a command
 * looks anyway; so in an active state nothing is to be done for it.
 */
#include "group.h"

#include <linux/bitops.h>

#include <scsi/scsi_proto.h>

#include "../core/fabric.h"
#include "../core/group.h"
#include "../core/target.h"
#include "cdb.h"
#include "sense.h"

/* MODE of READ BUFFER and WRITE BUFFER, byte 1 */
#define BUFFER_MODE		0x1f
#define MODE_ECHO		0x0a
#define MODE_ECHO_DESCRIPTOR	0x0b

/* What depends on the CDB besides. */
static enum ktgt_cdb_alua kind_of(const struct ktgt_cmd *cmd)
{
	u8 mode = cmd->cdb[1] & BUFFER_MODE;

	if (cmd->row->alua != KTGT_CDB_ALUA_ECHO)
		return cmd->row->alua;
	return mode == MODE_ECHO || mode == MODE_ECHO_DESCRIPTOR ?
	       KTGT_CDB_ALUA_ANY : KTGT_CDB_ALUA_ACTIVE;
}

/**
 * ktgt_group_judge - whether a command is not served in a state that is not active
 * @cmd: command of an I_T_L nexus
 * @sense: sense data to make, if it is refused
 *
 * See &enum ktgt_cdb_alua.
 *
 * Context: any.
 * Return: true if it has to end with CHECK CONDITION.
 */
bool ktgt_group_judge(const struct ktgt_cmd *cmd, struct ktgt_sense *sense)
{
	unsigned long flags = READ_ONCE(cmd->itl->flags) & KTGT_ITL_STATES;
	enum ktgt_cdb_alua kind = kind_of(cmd);

	if (kind == KTGT_CDB_ALUA_STANDBY)
		flags &= ~BIT(KTGT_ITL_STANDBY);
	if (!flags || kind == KTGT_CDB_ALUA_ANY)
		return false;
	if (flags & BIT(KTGT_ITL_TRANSITION))
		ktgt_sense_set(sense, NOT_READY, KTGT_ASC_PORT_TRANSITION);
	else if (flags & BIT(KTGT_ITL_STANDBY))
		ktgt_sense_set(sense, NOT_READY, KTGT_ASC_PORT_STANDBY);
	else
		ktgt_sense_set(sense, NOT_READY, KTGT_ASC_PORT_UNAVAILABLE);
	return true;
}

/**
 * ktgt_group_tpgs - how the states of a target's ports are managed
 * @target: the target
 *
 * Context: any.
 * Return: TPGS of INQUIRY (SPC-4, 6.4.2): 0 without target port groups. The
 *	administrator can always change the states.
 */
u8 ktgt_group_tpgs(const struct ktgt_target *target)
{
	if (!READ_ONCE(target->groups))
		return 0;
	return ktgt_target_key(target, KTGT_TARGET_EXPLICIT_ALUA, 0) ?
	       KTGT_TPGS_IMPLICIT | KTGT_TPGS_EXPLICIT : KTGT_TPGS_IMPLICIT;
}

/**
 * ktgt_group_of - the target port group of the port by which an initiator comes
 * @nexus: I_T nexus
 *
 * Context: process or softirq; takes &ktgt_target.nexus_lock.
 * Return: its identifier.
 */
u16 ktgt_group_of(const struct ktgt_nexus *nexus)
{
	struct ktgt_target *target = nexus->target;
	const struct ktgt_group *group;
	u16 id;

	spin_lock_bh(&target->nexus_lock);
	group = ktgt_groups_of_port(target->groups, nexus->port);
	id = group ? group->id : KTGT_GROUP_REST;
	spin_unlock_bh(&target->nexus_lock);
	return id;
}

/**
 * ktgt_group_bits - what the state of its port lets an I_T nexus do
 * @nexus: I_T nexus
 *
 * Context: &ktgt_target.nexus_lock is held.
 * Return: those of KTGT_ITL_STATES that hold.
 */
unsigned long ktgt_group_bits(const struct ktgt_nexus *nexus)
{
	const struct ktgt_group *group;

	group = ktgt_groups_of_port(nexus->target->groups, nexus->port);
	if (!group)
		return 0;
	switch (group->state) {
	case KTGT_PORT_GROUP_STATE_STANDBY:
		return BIT(KTGT_ITL_STANDBY);
	case KTGT_PORT_GROUP_STATE_UNAVAILABLE:
		return BIT(KTGT_ITL_UNAVAILABLE);
	case KTGT_PORT_GROUP_STATE_TRANSITIONING:
		return BIT(KTGT_ITL_TRANSITION);
	default:
		return 0;
	}
}

/**
 * ktgt_group_update - have commands see a change of the target port groups
 * @target: target
 *
 * Those that are with the storage already go on.
 *
 * Context: &ktgt_target.nexus_lock is held.
 */
void ktgt_group_update(struct ktgt_target *target)
{
	struct ktgt_nexus *nexus;
	struct ktgt_itl *itl;
	unsigned long lun, bits;

	lockdep_assert_held(&target->nexus_lock);
	list_for_each_entry(nexus, &target->nexuses, node) {
		bits = ktgt_group_bits(nexus);
		xa_for_each(&nexus->itls, lun, itl)
			set_mask_bits(&itl->flags, KTGT_ITL_STATES, bits);
	}
}
