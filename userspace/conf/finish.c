// SPDX-License-Identifier: GPL-2.0
/* targets.conf: what can be done only after everything has been read. */
#include "conf/finish.h"

#include <string.h>

#include "conf/set.h"
#include "lib/parse.h"

static void inherit(struct conf_parser *parser, struct conf_target *target)
{
	const struct field *f;
	struct conf_lu *lu;
	size_t i;

	if (HAS(&target->common, KTGT_A_LU_LUN) && target->lus &&
	    target->lus->next) {
		parser->at = target->at;
		conf_error(parser, "with several backing stores, write lun inside each block");
		target->common.has &= ~(UINT64_C(1) << KTGT_A_LU_LUN);
	}
	for (lu = target->lus; lu; lu = lu->next) {
		for (i = 0; i < lu_object.n_fields; i++) {
			f = &lu_object.fields[i];
			if (!HAS(&lu->lu, f->attr) &&
			    HAS(&target->common, f->attr))
				field_copy(f, &lu->lu, &target->common);
		}
	}
}

static void check_null(struct conf_parser *parser, struct conf_lu *lu)
{
	/* in the file, the path is only the name of a null store */
	lu->lu.has &= ~(UINT64_C(1) << KTGT_A_LU_PATH);
	if (HAS(&lu->lu, KTGT_A_LU_SIZE))
		return;
	parser->at = lu->at;
	conf_error(parser, "a null store has no size; write bsopts size=SIZE");
}

static void check_block(struct conf_parser *parser, struct conf_lu *lu)
{
	parser->at = lu->at;
	if (HAS(&lu->lu, KTGT_A_LU_SIZE))
		conf_error(parser, "only a null store has a size; remove it or write bs-type null");
	if (HAS(&lu->lu, KTGT_A_LU_PATH))
		return;
	if (lu->name[0] != '/') {
		conf_error(parser, "%s: not an absolute path; begin it with /",
			   lu->name);
	} else if (strlen(lu->name) >= sizeof(lu->lu.path)) {
		conf_error(parser, "the path is longer than %u bytes",
			   KTGT_PATH_MAX);
	} else {
		SET(&lu->lu, KTGT_A_LU_PATH);
		strcpy(lu->lu.path, lu->name);
	}
}

static void check_stores(struct conf_parser *parser,
			 struct conf_target *target)
{
	struct conf_lu *lu;

	for (lu = target->lus; lu; lu = lu->next) {
		if (!HAS(&lu->lu, KTGT_A_LU_BACKEND)) {
			SET(&lu->lu, KTGT_A_LU_BACKEND);
			lu->lu.backend = KTGT_BACKEND_BLOCK;
		}
		if (lu->lu.backend == KTGT_BACKEND_NULL)
			check_null(parser, lu);
		else
			check_block(parser, lu);
	}
}

static const struct conf_lu *lun_find(const struct conf_target *target,
				      uint32_t lun)
{
	const struct conf_lu *lu = target->lus;

	while (!HAS(&lu->lu, KTGT_A_LU_LUN) || lu->lu.lun != lun)
		lu = lu->next;
	return lu;
}

static void take_luns(struct conf_parser *parser, struct conf_target *target,
		      bool *taken)
{
	char buf[CONF_WHERE_MAX];
	const struct conf_lu *other;
	struct conf_lu *lu;

	for (lu = target->lus; lu; lu = lu->next) {
		if (!HAS(&lu->lu, KTGT_A_LU_LUN))
			continue;
		if (taken[lu->lu.lun]) {
			other = lun_find(target, lu->lu.lun);
			parser->at = lu->at;
			conf_error(parser, "LUN %u is already used by %s at %s",
				   lu->lu.lun, other->name,
				   conf_where(parser, other->at, buf));
		}
		taken[lu->lu.lun] = true;
	}
}

/*
 * Numbers logical units in the order of the file, as the manual of tgt says.
 * tgt-admin itself uses the order of the paths.
 */
static void number_luns(struct conf_parser *parser, struct conf_target *target,
			bool *taken, bool direct)
{
	struct conf_lu *lu;
	uint32_t lun = 1;

	for (lu = target->lus; lu; lu = lu->next) {
		if (HAS(&lu->lu, KTGT_A_LU_LUN) || lu->direct != direct)
			continue;
		while (lun <= KTGT_LUN_MAX && taken[lun])
			lun++;
		if (lun > KTGT_LUN_MAX) {
			parser->at = lu->at;
			conf_error(parser, "no LUN is free; a target has at most %u",
				   KTGT_LUN_MAX);
			return;
		}
		SET(&lu->lu, KTGT_A_LU_LUN);
		lu->lu.lun = lun;
		taken[lun] = true;
	}
}

/*
 * tgt needs only one matching rule, and without rules by address admits
 * everybody.
 */
static void complete_acls(struct conf_parser *parser,
			  struct conf_target *target)
{
	struct acl all = { .all = true };
	bool names = false, addresses = false;
	const struct acl *acl;

	vec_for_each(acl, &target->acls) {
		if (HAS(acl, KTGT_A_ACL_INITIATOR))
			names = true;
		else
			addresses = true;
	}
	parser->at = target->at;
	parser->target = target;
	SET(&all, KTGT_A_ACL_ALL);
	if (!names && !addresses)
		conf_add_acl(parser, &all);
	else if (!addresses)
		conf_note(parser, "%s: only the named initiators are admitted; tgt would admit all",
			  target->target.name);
	else if (names)
		conf_note(parser, "%s: an initiator needs an admitted name and an "
			  "admitted address; tgt requires only one",
			  target->target.name);
	parser->target = NULL;
}

static void check_tid(struct conf_parser *parser,
		      const struct conf_target *target)
{
	const struct conf_target *other = parser->conf->targets;
	char buf[CONF_WHERE_MAX];

	if (!HAS(&target->target, KTGT_A_TARGET_ID))
		return;
	for (; other != target; other = other->next) {
		if (other->target.id != target->target.id)
			continue;
		parser->at = target->at;
		conf_error(parser, "controller_tid %u is already used by %s at %s",
			   target->target.id, other->target.name,
			   conf_where(parser, other->at, buf));
		return;
	}
}

static void check_groups(struct conf_parser *parser,
			 const struct conf_target *target)
{
	const struct port_group *group;

	parser->at = target->at;
	vec_for_each(group, &target->groups)
		if (!HAS(group, KTGT_A_PORT_GROUP_PORTALS))
			conf_error(parser,
				   "target port group %u has no portals; write port-group %u LIST",
				   group->id, group->id);
}

void conf_finish(struct conf_parser *parser)
{
	struct conf_target *target = parser->conf->targets;
	bool taken[KTGT_LUN_MAX + 1];

	for (; target; target = target->next) {
		memset(taken, 0, sizeof(taken));
		inherit(parser, target);
		check_stores(parser, target);
		take_luns(parser, target, taken);
		number_luns(parser, target, taken, false);
		number_luns(parser, target, taken, true);
		complete_acls(parser, target);
		check_tid(parser, target);
		check_groups(parser, target);
	}
}
