// SPDX-License-Identifier: GPL-2.0
/* The whole configuration of the kernel at one time. */
#include "lib/view.h"

#include <stddef.h>

int view_load(struct nl *nl, struct view *view)
{
	struct net net = { 0 };
	int err;

	err = nl_request(nl, KTGT_CMD_NET_GET, &net_object, NULL, &net);
	view->generation = net.generation;
	if (!err)
		err = nl_dump(nl, KTGT_CMD_TARGET_LIST, &target_object, NULL,
			      &view->targets);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_SESSION_LIST, &session_object, NULL,
			      &view->sessions);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_LU_LIST, &lu_object, NULL,
			      &view->lus);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_ACCOUNT_LIST, &account_object, NULL,
			      &view->accounts);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_ACL_LIST, &acl_object, NULL,
			      &view->acls);
	if (!err)
		err = nl_dump(nl, KTGT_CMD_PORT_GROUP_LIST, &port_group_object,
			      NULL, &view->groups);
	return err;
}

void view_free(struct view *view)
{
	objects_free(&view->targets, &target_object);
	objects_free(&view->sessions, &session_object);
	objects_free(&view->lus, &lu_object);
	objects_free(&view->accounts, &account_object);
	objects_free(&view->acls, &acl_object);
	objects_free(&view->groups, &port_group_object);
}

struct vec view_lus(const struct view *view, uint32_t tid)
{
	return vec_part(&view->lus, offsetof(struct lu, target_id), tid);
}

struct vec view_acls(const struct view *view, uint32_t tid)
{
	return vec_part(&view->acls, offsetof(struct acl, target_id), tid);
}

struct vec view_groups(const struct view *view, uint32_t tid)
{
	return vec_part(&view->groups, offsetof(struct port_group, target_id),
			tid);
}
