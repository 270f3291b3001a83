// SPDX-License-Identifier: GPL-2.0
/* lib/nl.h without a kernel; see fake_nl.h. */
#include "fake_nl.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_CMD	64

struct nl {
	const char *text;
	char said[8192];
	bool refused;
};

struct fake_call fake_calls[128];
size_t fake_n_calls;
int fake_open_err;
uint16_t fake_unknown;

static struct {
	int err;
	const char *text;
	const void *reply;
	const struct vec *list;
} answers[MAX_CMD];

static struct {
	uint8_t cmd;
	int err;
	const struct event *event;
} events[8];
static size_t n_events, next_event;

char fake_joined[64];

static struct nl the_nl;

void fake_forget(void)
{
	while (fake_n_calls)
		free(fake_calls[--fake_n_calls].req);
}

void fake_reset(void)
{
	fake_forget();
	memset(answers, 0, sizeof(answers));
	fake_open_err = 0;
	fake_unknown = 0;
	fake_joined[0] = '\0';
	n_events = 0;
	next_event = 0;
}

void fake_answer(uint8_t cmd, int err, const char *text)
{
	answers[cmd].err = err;
	answers[cmd].text = text;
}

void fake_reply(uint8_t cmd, const void *item)
{
	answers[cmd].reply = item;
}

void fake_list(uint8_t cmd, const struct vec *list)
{
	answers[cmd].list = list;
}

const void *fake_request(uint8_t cmd)
{
	if (!fake_n_calls || fake_calls[fake_n_calls - 1].cmd != cmd)
		return NULL;
	return fake_calls[fake_n_calls - 1].req;
}

int nl_open(struct nl **nl)
{
	the_nl.text = "";
	*nl = &the_nl;
	return fake_open_err;
}

void nl_close(struct nl *nl)
{
	(void)nl;
}

const char *nl_text(const struct nl *nl)
{
	return nl->text ? nl->text : "";
}

void nl_say(struct nl *nl, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(nl->said, sizeof(nl->said), format, args);
	va_end(args);
	nl->text = nl->said;
}

bool nl_unknown(const struct nl *nl, uint16_t attr)
{
	return nl->refused && attr == fake_unknown;
}

static void keep(uint8_t cmd, const struct object *obj, const void *req)
{
	struct fake_call *call = &fake_calls[fake_n_calls++];

	call->cmd = cmd;
	call->obj = obj;
	call->req = calloc(1, obj->size);
	if (req)
		memcpy(call->req, req, obj->size);
}

int nl_request(struct nl *nl, uint8_t cmd, const struct object *obj,
	       const void *req, void *reply)
{
	keep(cmd, obj, req);
	nl->refused = req && fake_unknown &&
		      HAS((const struct model *)req, fake_unknown);
	if (nl->refused) {
		nl->text = "Unknown attribute type";
		return -EINVAL;
	}
	nl->text = answers[cmd].text;
	if (reply && answers[cmd].reply)
		memcpy(reply, answers[cmd].reply, obj->size);
	return answers[cmd].err;
}

/* The rows inside of an item are copied too, since each owner frees its own. */
static void copy_rows(const struct object *obj, void *item)
{
	const struct field *f;
	const void *sub;
	struct vec *row, from;

	for (f = obj->fields; f < obj->fields + obj->n_fields; f++) {
		if (f->kind != FIELD_LIST)
			continue;
		row = (void *)((char *)item + f->off);
		from = *row;
		*row = (struct vec){ 0 };
		vec_for_each(sub, &from)
			memcpy(vec_add(row, f->sub->size), sub, f->sub->size);
	}
}

int nl_dump(struct nl *nl, uint8_t cmd, const struct object *obj,
	    const void *req, struct vec *list)
{
	const struct vec *have = answers[cmd].list;
	void *item;
	size_t i;

	keep(cmd, obj, req);
	nl->text = answers[cmd].text;
	for (i = 0; have && i < have->n; i++) {
		item = vec_add(list, obj->size);
		memcpy(item, vec_at(have, i), obj->size);
		copy_rows(obj, item);
	}
	return answers[cmd].err;
}

int nl_begin(struct nl *nl)
{
	return nl_request(nl, KTGT_CMD_TXN_BEGIN, &txn_object, NULL, NULL);
}

int nl_commit(struct nl *nl, uint64_t generation)
{
	struct txn req = { .generation = generation };

	return nl_request(nl, KTGT_CMD_TXN_COMMIT, &txn_object, &req, NULL);
}

void nl_abort(struct nl *nl)
{
	nl_request(nl, KTGT_CMD_TXN_ABORT, &txn_object, NULL, NULL);
}

void fake_event(uint8_t cmd, const struct event *event, int err)
{
	events[n_events].cmd = cmd;
	events[n_events].event = event;
	events[n_events++].err = err;
}

int nl_join(struct nl *nl, const char *group)
{
	size_t len = strlen(fake_joined);

	(void)nl;
	snprintf(fake_joined + len, sizeof(fake_joined) - len, "%s ", group);
	return 0;
}

int nl_event(struct nl *nl, const struct object *obj, void *event,
	     uint8_t *cmd)
{
	size_t i = next_event++;

	nl->text = NULL;
	if (i >= n_events)
		return -ECANCELED;
	*cmd = events[i].cmd;
	if (!events[i].err)
		memcpy(event, events[i].event, obj->size);
	return events[i].err;
}
