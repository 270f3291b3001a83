// SPDX-License-Identifier: GPL-2.0
/* ktgtadm explain: what would be decided about a login. */
#include "cmd/objects.h"

#include <stdio.h>

#include "lib/out.h"
#include "lib/parse.h"

static void print_rule(const char *kind, const struct rule *rule)
{
	char buf[ADDR_TEXT_MAX];

	printf("  %s rule: ", kind);
	if (rule->all)
		printf("any address");
	else if (HAS(rule, KTGT_A_RULE_INITIATOR))
		out_clean(rule->initiator);
	else
		printf("%s", prefix_text(&rule->address, rule->prefix_len, buf,
					 sizeof(buf)));
	putchar('\n');
}

static void print_users(const struct explain *explain, bool outgoing)
{
	const struct proof *proof;
	const char *sep = "";
	size_t n = 0;

	vec_for_each(proof, &explain->account) {
		if (proof->outgoing != outgoing)
			continue;
		printf("%s", sep);
		out_clean(proof->user);
		sep = ", ";
		n++;
	}
	if (!outgoing && n < explain->accounts)
		printf("%s%zu more", sep, explain->accounts - n);
	if (outgoing && !n)
		printf("none; an initiator that requires mutual CHAP is refused");
	putchar('\n');
}

static void print_chap(const struct explain *explain)
{
	if (!HAS(explain, KTGT_A_EXPLAIN_CHAP))
		return;
	if (!explain->chap) {
		printf("  CHAP: not used; an initiator that requires it is refused\n");
		return;
	}
	printf("  CHAP: required, without it the login is refused (%04x)\n",
	       explain->chap_status);
	printf("  accounts of the initiator: ");
	print_users(explain, false);
	printf("  account of the target: ");
	print_users(explain, true);
}

static void print_explain(const struct explain *explain)
{
	bool named = explain->target[0];

	if (explain->target_id)
		printf("target %u (", explain->target_id);
	out_clean(named ? explain->target : "discovery");
	printf("%s: ", explain->target_id ? ")" : "");
	if (named)
		printf("%s, ", explain->visible ? "shown by discovery" :
						  "not shown by discovery");
	if (explain->status) {
		printf("login refused: ");
		out_clean(explain->reason);
		printf(" (%04x)\n", explain->status);
		if (explain->target_id && !explain->visible)
			printf("  the initiator is told that there is no such target\n");
	} else {
		printf("login admitted\n");
	}
	if (HAS(explain, KTGT_A_EXPLAIN_ADDRESS_RULE))
		print_rule("address", &explain->address_rule);
	if (HAS(explain, KTGT_A_EXPLAIN_INITIATOR_RULE))
		print_rule("initiator", &explain->initiator_rule);
	print_chap(explain);
}

static int print_all(enum out_format format, const struct vec *list)
{
	static const struct out_form form = { .raw = true };
	const struct explain *explain;

	if (out_is_json(format))
		return out_json(format, "explain",
				  out_list_json(&explain_object, list));
	vec_for_each(explain, list) {
		if (format == OUT_RAW)
			out_fields(&explain_object, explain, &form);
		else
			print_explain(explain);
	}
	return 0;
}

static int explain(struct app *app, const struct command *command,
		   struct request *req)
{
	struct vec list = { 0 };
	int err;

	err = nl_dump(app->nl, command->cmd, command->obj, req->obj, &list);
	if (!err)
		err = print_all(app->format, &list);
	objects_free(&list, command->obj);
	return err;
}

static const struct arg initiator_args[] = {
	{ "name", "NAME", ARG_NAME, ARG_FIRST | ARG_REQUIRED,
	  KTGT_A_EXPLAIN_INITIATOR },
	{ "from", "ADDRESS", ARG_ADDRESS, ARG_REQUIRED,
	  KTGT_A_EXPLAIN_ADDRESS },
	{ "target", "TARGET", ARG_TARGET_ASKED, 0, KTGT_A_EXPLAIN_TARGET },
	{ "tid", "N", ARG_VALUE, 0, KTGT_A_EXPLAIN_TARGET_ID },
	{ "group-tag", "N", ARG_VALUE, 0, KTGT_A_EXPLAIN_GROUP_TAG },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command explain_commands[] = {
	{ "initiator", "tell what discovery shows, whether a login is admitted, and why",
	  &explain_object, initiator_args, KTGT_CMD_EXPLAIN_LIST, explain },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
