// SPDX-License-Identifier: GPL-2.0
/* ktgtadm monitor: events, as they happen. */
#include "cmd/event.h"
#include "cmd/objects.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static const char *const groups[] = { KTGT_MCGRP_SESSION, KTGT_MCGRP_CONFIG };

static int join(struct app *app, const char *verb)
{
	size_t i;
	int err;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (strcmp(verb, "all") && strcmp(verb, groups[i]))
			continue;
		err = nl_join(app->nl, groups[i]);
		if (err)
			return err;
	}
	return 0;
}

/* If events were lost, the command says so and continues. */
static int next(struct app *app)
{
	struct event event = { 0 };
	struct timespec now;
	uint8_t cmd = 0;
	int err;

	err = nl_event(app->nl, &event_object, &event, &cmd);
	if (!err || err == -ENOBUFS) {
		clock_gettime(CLOCK_REALTIME, &now);
		err = print_event(app->format, &now, err ? 0 : cmd, &event);
	}
	object_free(&event_object, &event);
	return err;
}

static int monitor(struct app *app, const struct command *command,
		   struct request *req)
{
	int err = join(app, command->verb);

	(void)req;
	while (!err)
		err = next(app);
	return err;
}

static const struct arg no_args[] = {
	{ NULL, NULL, 0, 0, 0 }
};

const struct command monitor_commands[] = {
	{ "all", "print all events", &event_object, no_args,
	  KTGT_CMD_NET_GET, monitor },
	{ "session", "print logins, failed logins, and ends of sessions",
	  &event_object, no_args, KTGT_CMD_NET_GET, monitor },
	{ "config", "print changes of the configuration", &event_object,
	  no_args, KTGT_CMD_NET_GET, monitor },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
