// SPDX-License-Identifier: GPL-2.0
/* Prints events, one on each line. */
#include "cmd/event.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "lib/parse.h"

static const char *event_name(uint8_t cmd)
{
	switch (cmd) {
	case 0:
		return "lost";
	case KTGT_CMD_SESSION_LOGIN:
		return "session-login";
	case KTGT_CMD_SESSION_END:
		return "session-end";
	case KTGT_CMD_LOGIN_FAILED:
		return "login-failed";
	case KTGT_CMD_CONFIG_CHANGED:
		return "config-changed";
	case KTGT_CMD_LU_WRITERS:
		return "lu-writers";
	case KTGT_CMD_LU_FROZEN:
		return "lu-frozen";
	case KTGT_CMD_LU_THAWED:
		return "lu-thawed";
	case KTGT_CMD_LU_ERROR:
		return "lu-error";
	case KTGT_CMD_MEMORY_FULL:
		return "memory-full";
	case KTGT_CMD_TXN_END:
		return "txn-end";
	case KTGT_CMD_LU_EJECTED:
		return "lu-ejected";
	case KTGT_CMD_LU_LOADED:
		return "lu-loaded";
	}
	return "unknown";
}

static int event_json(enum out_format format, const struct timespec *when,
		      uint8_t cmd, const struct event *event)
{
	json_t *json = out_object_json(&event_object, event);
	char day[32], time[48];
	struct tm tm;

	gmtime_r(&when->tv_sec, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(time, sizeof(time), "%s.%03ldZ", day,
		 when->tv_nsec / 1000000);
	json_object_set_new(json, "time", json_string(time));
	json_object_set_new(json, "event", json_string(event_name(cmd)));
	return out_json(format, "event", json);
}

/* "iqn... from 192.0.2.1:40000 to target 1 (iqn...)", as much as is known */
static void print_way(const struct event *event)
{
	char buf[ADDR_TEXT_MAX];

	out_clean(event->initiator[0] ? event->initiator : "(no name)");
	printf(" from %s", portal_text(&event->peer_address, event->peer_port,
				       buf, sizeof(buf)));
	if (!HAS(event, KTGT_A_EVENT_TARGET_ID) && !event->target[0])
		return;
	printf(" to ");
	if (event->target_id)
		printf("target %u (", event->target_id);
	out_clean(event->target[0] ? event->target : "discovery");
	if (event->target_id)
		putchar(')');
}

static void print_failed(const struct event *event)
{
	printf("login failed: ");
	if (!HAS(event, KTGT_A_EVENT_PEER_ADDRESS)) {
		printf("%u more were not reported, because there were too many",
		       event->missed);
		return;
	}
	print_way(event);
	printf(": ");
	if (event->key[0]) {
		out_clean(event->key);
		printf(": ");
	}
	out_clean(event->reason);
	if (HAS(event, KTGT_A_EVENT_STATUS))
		printf(" (%04x)", event->status);
	if (event->missed)
		printf("; %u earlier ones were not reported",
		       event->missed);
}

static void print_change(const struct change *change)
{
	static const char *const done[] = {
		"added", "changed", "deleted", "bound", "unbound", "touched",
	};
	const uint32_t action = change->action;
	char buf[ADDR_TEXT_MAX];

	printf("%s", field_name(object_field(&change_object,
					     KTGT_A_CHANGE_OBJECT),
				change->object));
	if (HAS(change, KTGT_A_CHANGE_LUN))
		printf(" %u", change->lun);
	if (change->object == KTGT_OBJECT_TARGET)
		printf(" %u", change->target_id);
	if (change->name[0]) {
		putchar(' ');
		out_clean(change->name);
	}
	if (HAS(change, KTGT_A_CHANGE_PORT))
		printf(" %s", portal_text(&change->address, change->port, buf,
					  sizeof(buf)));
	else if (HAS(change, KTGT_A_CHANGE_ADDRESS))
		printf(" %s", prefix_text(&change->address, change->prefix_len,
					  buf, sizeof(buf)));
	else if (change->object == KTGT_OBJECT_ACL && !change->name[0])
		printf(" any address");
	if (change->object != KTGT_OBJECT_TARGET && change->target_id)
		printf(" of target %u", change->target_id);
	else if (change->object != KTGT_OBJECT_TARGET &&
		 HAS(change, KTGT_A_CHANGE_TARGET_ID))
		printf(" of discovery");
	printf("%s %s", change->outgoing ? " outgoing" : "",
	       done[action < 5 ? action : 5]);
}

static void print_changes(const struct event *event)
{
	const struct change *change;
	const char *sep = ": ";

	printf("configuration %" PRIu64, event->generation);
	vec_for_each(change, &event->change) {
		printf("%s", sep);
		print_change(change);
		sep = ", ";
	}
	if (event->changes > event->change.n)
		printf("%s%zu more", sep,
		       event->changes - event->change.n);
}

static void print_writers(const struct event *event)
{
	printf("two initiators write to lun %u of target %u (", event->lun,
	       event->target_id);
	out_clean(event->target);
	printf("): ");
	out_clean(event->initiator);
	printf(" after ");
	out_clean(event->other);
}

static void print_freeze(const char *what, const struct event *event)
{
	printf("lun %u of target %u (", event->lun, event->target_id);
	out_clean(event->target);
	printf(") %s", what);
	if (event->reason[0]) {
		printf(", because ");
		out_clean(event->reason);
	}
}

static void print_error(const struct event *event)
{
	printf("storage of lun %u of target %u (", event->lun,
	       event->target_id);
	out_clean(event->target);
	printf(") failed: ");
	if (event->path[0]) {
		out_clean(event->path);
		printf(", ");
	}
	printf("%s", field_name(object_field(&event_object,
					     KTGT_A_EVENT_OPERATION),
				event->operation));
	if (HAS(event, KTGT_A_EVENT_LBA))
		printf(" of block %" PRIu64, event->lba);
	printf(": %s", strerror(event->error));
}

/* Without an initiator it was the user, or another program. */
static void print_moved(const char *what, const struct event *event)
{
	printf("the medium of lun %u of target %u (", event->lun,
	       event->target_id);
	out_clean(event->target);
	printf(") was %s", what);
	if (!event->initiator[0])
		return;
	printf(" by ");
	out_clean(event->initiator);
}

static void print_memory(const struct event *event)
{
	printf("memory-total is reached; session %u holds most, %" PRIu64
	       " KiB, and has to wait: ", event->id, event->memory >> 10);
	print_way(event);
}

/* Who has asked for it may be gone, so this is where its end is told. */
static void print_txn_end(const struct event *event)
{
	printf("request %u of port %u, which took long, was ", event->sequence,
	       event->port_id);
	if (HAS(event, KTGT_A_EVENT_ERROR))
		printf("refused");
	else
		printf("carried out, configuration %" PRIu64,
		       event->generation);
	if (!event->text[0])
		return;
	printf(": ");
	out_clean(event->text);
}

static void print_what(uint8_t cmd, const struct event *event)
{
	switch (cmd) {
	case 0:
		printf("events were lost because they came too fast");
		break;
	case KTGT_CMD_SESSION_LOGIN:
		printf("session %u login: ", event->id);
		print_way(event);
		break;
	case KTGT_CMD_SESSION_END:
		printf("session %u end, %s: ", event->id,
		       field_name(object_field(&event_object,
					       KTGT_A_EVENT_END), event->end));
		print_way(event);
		break;
	case KTGT_CMD_LOGIN_FAILED:
		print_failed(event);
		break;
	case KTGT_CMD_CONFIG_CHANGED:
		print_changes(event);
		break;
	case KTGT_CMD_LU_WRITERS:
		print_writers(event);
		break;
	case KTGT_CMD_LU_FROZEN:
		print_freeze("is frozen", event);
		break;
	case KTGT_CMD_LU_THAWED:
		print_freeze("is not frozen any more", event);
		break;
	case KTGT_CMD_LU_ERROR:
		print_error(event);
		break;
	case KTGT_CMD_MEMORY_FULL:
		print_memory(event);
		break;
	case KTGT_CMD_TXN_END:
		print_txn_end(event);
		break;
	case KTGT_CMD_LU_EJECTED:
		print_moved("ejected", event);
		break;
	case KTGT_CMD_LU_LOADED:
		print_moved("loaded", event);
		break;
	default:
		printf("unknown event %u", cmd);
	}
	putchar('\n');
}

int print_event(enum out_format format, const struct timespec *when,
		uint8_t cmd, const struct event *event)
{
	char time[32];
	struct tm tm;
	int err = 0;

	if (out_is_json(format)) {
		err = event_json(format, when, cmd, event);
	} else {
		localtime_r(&when->tv_sec, &tm);
		strftime(time, sizeof(time), "%Y-%m-%d %H:%M:%S", &tm);
		printf("%s.%03ld ", time, when->tv_nsec / 1000000);
		print_what(cmd, event);
	}
	return fflush(stdout) ? -errno : err;
}
