// SPDX-License-Identifier: GPL-2.0
/* ktgtadm net: settings and totals of a network namespace. */
#include "cmd/objects.h"

static int net_show(struct app *app, const struct command *command,
		    struct request *req)
{
	struct net net = { 0 };
	int err;

	err = nl_request(app->nl, command->cmd, command->obj, req->obj, &net);
	if (err)
		return err;
	return out_object(app->format, "net", command->obj, &net);
}

static const struct arg no_args[] = {
	{ NULL, NULL, 0, 0, 0 }
};

static const struct arg set_args[] = {
	{ "login-timeout", "SECONDS", ARG_VALUE, 0, KTGT_A_NET_LOGIN_TIMEOUT },
	{ "max-logins", "N", ARG_VALUE, 0, KTGT_A_NET_MAX_LOGINS },
	{ "login-delay", "SECONDS", ARG_VALUE, 0, KTGT_A_NET_LOGIN_DELAY },
	{ "discovery-timeout", "SECONDS", ARG_VALUE, 0,
	  KTGT_A_NET_DISCOVERY_TIMEOUT },
	{ "max-discoveries", "N", ARG_VALUE, 0, KTGT_A_NET_MAX_DISCOVERIES },
	{ "memory-limit", "MIB", ARG_VALUE, 0, KTGT_A_NET_MEMORY_LIMIT },
	{ "memory-total", "BYTES", ARG_VALUE, 0, KTGT_A_NET_MEMORY_TOTAL },
	{ "nop-interval", "SECONDS", ARG_VALUE, 0, KTGT_A_NET_NOP_INTERVAL },
	{ "poll-time", "MICROSECONDS", ARG_VALUE, 0, KTGT_A_NET_POLL_TIME },
	{ "logout-timeout", "SECONDS", ARG_VALUE, 0, KTGT_A_NET_LOGOUT_TIMEOUT },
	{ "tmf-timeout", "SECONDS", ARG_VALUE, 0, KTGT_A_NET_TMF_TIMEOUT },
	{ "keepalive-idle", "SECONDS", ARG_VALUE, 0,
	  KTGT_A_NET_KEEPALIVE_IDLE },
	{ "keepalive-interval", "SECONDS", ARG_VALUE, 0,
	  KTGT_A_NET_KEEPALIVE_INTERVAL },
	{ "keepalive-probes", "N", ARG_VALUE, 0,
	  KTGT_A_NET_KEEPALIVE_PROBES },
	{ "tcp-user-timeout", "SECONDS", ARG_VALUE, 0,
	  KTGT_A_NET_TCP_USER_TIMEOUT },
	{ "state", NULL, ARG_VALUE, 0, KTGT_A_NET_STATE },
	{ "oui", "DIGITS", ARG_VALUE, 0, KTGT_A_NET_OUI },
	{ "cpus", "LIST|all", ARG_VALUE, 0, KTGT_A_NET_CPUS },
	{ "state-dir", "FOLDER|none", ARG_VALUE, 0, KTGT_A_NET_STATE_DIR },
	{ NULL, NULL, 0, 0, 0 }
};

const struct command net_commands[] = {
	{ "show", "show settings and totals", &net_object, no_args,
	  KTGT_CMD_NET_GET, net_show },
	{ "set", "change settings; most apply to new connections", &net_object,
	  set_args, KTGT_CMD_NET_SET, NULL },
	{ NULL, NULL, NULL, NULL, 0, NULL }
};
