// SPDX-License-Identifier: GPL-2.0
/*
 * ktgtadm lun histogram and session histogram: how long commands took. A line of
 * the table is a bucket; JSON has the histograms as the kernel has sent them.
 */
#include "cmd/histogram.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/parse.h"

const struct arg lun_histogram_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_HISTOGRAM_TARGET_ID },
	{ "lun", "N", ARG_VALUE, 0, KTGT_A_HISTOGRAM_LUN },
	{ NULL, NULL, 0, 0, 0 }
};

const struct arg session_histogram_args[] = {
	{ "target", "TARGET", ARG_TARGET, 0, KTGT_A_HISTOGRAM_TARGET_ID },
	{ "id", "N", ARG_VALUE, 0, KTGT_A_HISTOGRAM_SESSION_ID },
	{ NULL, NULL, 0, 0, 0 }
};

/* one bucket of all histograms of a logical unit or a session */
struct line_item {
	const struct histogram *histogram;
	uint32_t bucket;
	bool exact;		/* times are numbers of microseconds */
};

static uint64_t count_of(const struct u64s *list, uint32_t bucket)
{
	return bucket < list->n ? list->value[bucket] : 0;
}

static void number_text(uint64_t value, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRIu64, value);
}

static void time_text(uint64_t usecs, bool exact, char *buf, size_t size)
{
	if (exact)
		number_text(usecs, buf, size);
	else
		usecs_text(usecs, buf, size);
}

static void target_text(const void *item, char *buf, size_t size)
{
	number_text(((const struct line_item *)item)->histogram->target_id, buf,
		    size);
}

static void lun_text(const void *item, char *buf, size_t size)
{
	number_text(((const struct line_item *)item)->histogram->lun, buf, size);
}

static void session_text(const void *item, char *buf, size_t size)
{
	number_text(((const struct line_item *)item)->histogram->session_id,
		    buf, size);
}

static void from_text(const void *item, char *buf, size_t size)
{
	const struct line_item *line = item;

	time_text(line->bucket ? UINT64_C(1) << (line->bucket - 1) : 0,
		  line->exact, buf, size);
}

/* The last one has no end. */
static void below_text(const void *item, char *buf, size_t size)
{
	const struct line_item *line = item;

	if (line->bucket < KTGT_HISTOGRAM_BUCKETS - 1)
		time_text(UINT64_C(1) << line->bucket, line->exact, buf, size);
	else
		snprintf(buf, size, "-");
}

#define COUNT_TEXT(member)						\
static void member ## _text(const void *item, char *buf, size_t size)	\
{									\
	const struct line_item *line = item;				\
									\
	number_text(count_of(&line->histogram->member, line->bucket),	\
		    buf, size);						\
}

COUNT_TEXT(read_total)
COUNT_TEXT(read_storage)
COUNT_TEXT(write_total)
COUNT_TEXT(write_storage)
COUNT_TEXT(other_total)
COUNT_TEXT(other_storage)

#define COUNT_COLUMNS							\
	{ "FROM", 0, from_text, true },					\
	{ "BELOW", 0, below_text, true },				\
	{ "READS", 0, read_total_text, true },				\
	{ "STORAGE", 0, read_storage_text, true },			\
	{ "WRITES", 0, write_total_text, true },			\
	{ "STORAGE", 0, write_storage_text, true },			\
	{ "OTHERS", 0, other_total_text, true },			\
	{ "STORAGE", 0, other_storage_text, true },			\
	{ NULL, 0, NULL, false }

static const struct column lun_columns[] = {
	{ "TARGET", 0, target_text, true },
	{ "LUN", 0, lun_text, true },
	COUNT_COLUMNS
};

static const struct column session_columns[] = {
	{ "TARGET", 0, target_text, true },
	{ "SESSION", 0, session_text, true },
	COUNT_COLUMNS
};

static bool is_empty(const struct histogram *h, uint32_t bucket)
{
	return !count_of(&h->read_total, bucket) &&
	       !count_of(&h->read_storage, bucket) &&
	       !count_of(&h->write_total, bucket) &&
	       !count_of(&h->write_storage, bucket) &&
	       !count_of(&h->other_total, bucket) &&
	       !count_of(&h->other_storage, bucket);
}

/* Adds a line for each bucket that is not empty. */
static int add_lines(const struct histogram *histogram, bool exact,
		     struct vec *lines)
{
	struct line_item *line;
	uint32_t bucket;

	for (bucket = 0; bucket < U64S_MAX; bucket++) {
		if (is_empty(histogram, bucket))
			continue;
		line = vec_add(lines, sizeof(*line));
		if (!line)
			return -ENOMEM;
		*line = (struct line_item){ histogram, bucket, exact };
	}
	return 0;
}

static int print_lines(struct app *app, const struct object *obj,
		       const struct vec *list, const struct column *columns)
{
	const struct histogram *histogram;
	struct vec lines = { 0 };
	int err = 0;

	vec_for_each(histogram, list)
		if (!err)
			err = add_lines(histogram, app->format == OUT_RAW,
					&lines);
	if (!err)
		err = out_list(app->format, "histograms", obj, &lines, columns);
	free(lines.items);
	return err;
}

static int show(struct app *app, const struct command *command,
		const struct request *req, const struct column *columns)
{
	struct vec list = { 0 };
	int err;

	err = nl_dump(app->nl, command->cmd, command->obj, req->obj, &list);
	if (!err && out_is_json(app->format))
		err = out_list(app->format, "histograms", command->obj, &list,
			       columns);
	else if (!err)
		err = print_lines(app, command->obj, &list, columns);
	objects_free(&list, command->obj);
	return err;
}

int lun_histogram(struct app *app, const struct command *command,
		  struct request *req)
{
	return show(app, command, req, lun_columns);
}

int session_histogram(struct app *app, const struct command *command,
		      struct request *req)
{
	return show(app, command, req, session_columns);
}
