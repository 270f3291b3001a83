// SPDX-License-Identifier: GPL-2.0
/*
 * Target port groups, as in a file. A state that the file does not say is left alone,
 * since initiators can change it.
 */
#include "apply/group.h"

#include <string.h>

const char *group_state_name(const struct port_group *group)
{
	uint32_t state = group->state;

	if (state == KTGT_PORT_GROUP_STATE_TRANSITIONING)
		state = KTGT_PORT_GROUP_STATE_ACTIVE_OPTIMIZED;
	return field_name(object_field(&port_group_object,
				       KTGT_A_PORT_GROUP_STATE), state);
}

static const struct port_group *find(const struct vec *groups, uint32_t id)
{
	const struct port_group *group;

	vec_for_each(group, groups)
		if (group->id == id)
			return group;
	return NULL;
}

/* It has the same ports; they could not go to another group otherwise. */
static bool stays(const struct port_group *want, const struct port_group *have)
{
	return want && have && !strcmp(want->portals, have->portals);
}

static struct port_group request(uint32_t tid, uint32_t id)
{
	struct port_group req = { .target_id = tid, .id = id };

	SET(&req, KTGT_A_PORT_GROUP_TARGET_ID);
	SET(&req, KTGT_A_PORT_GROUP_ID);
	return req;
}

static int delete_group(struct executor *ex, const struct port_group *have)
{
	struct port_group req = request(have->target_id, have->id);

	return change_apply(ex, KTGT_CMD_PORT_GROUP_DEL, &port_group_object,
			    &req);
}

static int set_group(struct executor *ex, const struct port_group *want,
		     const struct port_group *have)
{
	struct port_group req = request(have->target_id, have->id);

	if (HAS(want, KTGT_A_PORT_GROUP_STATE) && want->state != have->state) {
		SET(&req, KTGT_A_PORT_GROUP_STATE);
		req.state = want->state;
	}
	if (want->preferred != have->preferred) {
		SET(&req, KTGT_A_PORT_GROUP_PREFERRED);
		req.preferred = want->preferred;
	}
	if (!HAS(&req, KTGT_A_PORT_GROUP_STATE) &&
	    !HAS(&req, KTGT_A_PORT_GROUP_PREFERRED))
		return 0;
	return change_apply(ex, KTGT_CMD_PORT_GROUP_SET, &port_group_object,
			    &req);
}

static int add_group(struct executor *ex, uint32_t tid,
		     const struct port_group *want,
		     const struct port_group *have)
{
	struct port_group req = *want;

	SET(&req, KTGT_A_PORT_GROUP_TARGET_ID);
	req.target_id = tid;
	if (have && !HAS(want, KTGT_A_PORT_GROUP_STATE) &&
	    have->state != KTGT_PORT_GROUP_STATE_TRANSITIONING) {
		SET(&req, KTGT_A_PORT_GROUP_STATE);
		req.state = have->state;
	}
	return change_apply(ex, KTGT_CMD_PORT_GROUP_NEW, &port_group_object,
			    &req);
}

int apply_groups(struct executor *ex, uint32_t tid, const struct vec *groups)
{
	struct vec all = view_groups(ex->view, tid);
	const struct port_group *want, *have;
	int err = 0;

	vec_for_each(have, &all)
		if (!err && !stays(find(groups, have->id), have))
			err = delete_group(ex, have);
	vec_for_each(want, groups) {
		have = find(&all, want->id);
		if (err)
			break;
		err = stays(want, have) ? set_group(ex, want, have) :
					  add_group(ex, tid, want, have);
	}
	return err;
}
