// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever PDUs come from initiators that have logged in, in whatever pieces,
 * and whatever else happens meanwhile: what the target sends is what RFC 7143
 * allows, data arrives where it belongs, no command is answered twice or
 * forgotten, what a connection holds is bounded, and all of it ends.
 *
 * All of iscsi/ and tcp/ but the listener is there as it is. What is around it
 * is in pdu/; README says what each file there models.
 *
 * The input is a row of steps (step()). Most of them send a PDU.
 */
#include "../../kernel/iscsi/sess.h"

#include "pdu/command.h"
#include "pdu/conn.h"
#include "pdu/request.h"
#include "pdu/scsi.h"
#include "pdu/socket.h"
#include "pdu/stream.h"
#include "pdu/target.h"
#include "pdu/task.h"

/* low bits of the first byte of a step */
enum {
	STEP_COMMAND, STEP_DATA_OUT, STEP_NOP_OUT, STEP_TMF, STEP_TEXT,
	STEP_LOGOUT, STEP_HEADER, STEP_BYTES, STEP_COMPLETE, STEP_ROOM,
	STEP_DELIVER, STEP_TIME, STEP_MEMORY, STEP_CONNECT, STEP_HANG_UP,
	STEP_OTHER,
};

/* --- steps ---------------------------------------------------------------- */

static void pass_time(struct input *in)
{
	struct timer_list *timer;
	struct peer *peer;

	shim_jiffies += take(in) * HZ / 10;
	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		peer->may_close = true;
		if (!peer->there || !peer->tcp)
			continue;
		timer = &peer->tcp->timer;
		if (!timer->pending || time_before(jiffies, timer->expires))
			continue;
		timer->pending = false;
		timer->func(timer);
	}
}

static void other_step(struct peer *peer, struct input *in)
{
	u8 how = take(in);

	switch (how >> 5) {
	case 0:
		shim_run_work(how & 31);
		break;
	case 1:
		kn.memory_limit = how & 3;
		/* of all together, little enough to matter */
		if (how & 16)
			ktgt_budget_set_limit(&kn.budget, (how >> 2 & 3) << 20);
		break;
	case 2:
		kn.nop_interval = how & 31;
		interval_changed = true;
		break;
	case 3:
		peer->may_close = true;
		if (peer->there && peer->tcp && peer->tcp->conn.sess)
			ktgt_sess_end(peer->tcp->conn.sess,
				      KTGT_SESSION_END_ADMINISTRATOR);
		break;
	case 4:
		peer->piece = 1 << (how & 20);
		if (how & 1)
			peer->hidden = take_len(in);
		announce(peer);
		break;
	case 5:
		/* it says that it has had what it did not get */
		peer->ack += how & 31;
		peer->wild = true;
		break;
	case 6:
		peer->no_ack = how & 1;
		peer->may_close = true;
		break;
	default:
		target.deleted = how & 1;
		target.keys[KTGT_TARGET_RESET] = how & 2 ? 1 + true : 0;
	}
}

static void send_step(struct peer *peer, struct input *in, u8 what)
{
	u32 serial = next_serial;

	switch (what & 15) {
	case STEP_COMMAND:
		send_command(peer, in, what);
		note_unsolicited(peer, serial);
		break;
	case STEP_DATA_OUT:
		send_data_out(peer, in, what);
		break;
	case STEP_NOP_OUT:
		send_nop_out(peer, in, what);
		break;
	case STEP_TMF:
		send_tmf(peer, in, what);
		break;
	case STEP_TEXT:
		send_text(peer, in, what);
		break;
	case STEP_LOGOUT:
		send_logout(peer, in, what);
		break;
	case STEP_HEADER:
		send_header(peer, in);
		break;
	default:
		send_bytes(peer, in);
	}
}

static bool may_send(const struct peer *peer)
{
	/* not without end */
	return peer->there && peer->tcp && !peer->tcp->closing && peer->ffp &&
	       peer->stream_len < 64 << 20;
}

static void step(struct input *in)
{
	u8 what = take(in);
	struct peer *peer = &peers[(what >> 4 & 3) % NR_PEERS];

	switch (what & 15) {
	case STEP_COMPLETE:
		complete_one(take(in));
		break;
	case STEP_ROOM:
		if (peer->there)
			make_room(peer, take_len(in));
		break;
	case STEP_DELIVER:
		if (peer->there)
			deliver(peer, take_len(in));
		break;
	case STEP_TIME:
		pass_time(in);
		break;
	case STEP_MEMORY:
		shim_allocs = take(in);
		if (shim_allocs == 255)
			shim_allocs = U32_MAX;
		break;
	case STEP_CONNECT:
		connect_peer(peer, in);
		break;
	case STEP_HANG_UP:
		hang_up(peer);
		break;
	case STEP_OTHER:
		other_step(peer, in);
		break;
	default:
		if (may_send(peer))
			send_step(peer, in, what);
	}
	if (what & IN_HOLD)
		return;
	settle();
	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (peer->there)
			deliver(peer, U32_MAX);
	}
}

/* --- beginning and end ---------------------------------------------------- */

static void start(void)
{
	memset(peers, 0, sizeof(peers));
	shim_allocs = U32_MAX;
	shim_failed = 0;
	commands_start();
	scsi_start();
	target_start();
}

static bool is_calm(const struct peer *peer)
{
	return peer->there && peer->tcp && !peer->tcp->closing &&
	       peer->ffp && !peer->wild && !peer->tcp->draining;
}

/* With all that it needs, a connection answers all that was asked. */
static void check_answered(const struct peer *peer)
{
	const struct task *task;

	require(!peer->in_len && !peer->nr_flight);
	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (!task->used || task->peer != peer || task->silent)
			continue;
		/* what is still there waits for data, or for pages behind it */
		require(task->cmd && !task->submitted && !task->resumed);
	}
	require(peer->nr_tmfs == peer->tcp->conn.nr_tmf || peer->loose);
	require(!peer->nr_pings || peer->loose);
	require(!peer->nr_texts || peer->loose);
}

/* All that the storage, the wire and time have for those who wait for it. */
static bool give_all(void)
{
	struct peer *peer;
	bool moved = false;

	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (!peer->there)
			continue;
		peer->hidden = 0;
		announce(peer);
		make_room(peer, U32_MAX);
	}
	while (complete_one(0))
		;
	pass_time(&(struct input) {});
	settle();
	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (!peer->there)
			continue;
		moved |= peer->nr_flight;
		deliver(peer, U32_MAX);
	}
	return moved;
}

static void finish(void)
{
	struct peer *peer;
	unsigned int i;

	shim_allocs = U32_MAX;
	shim_jiffies += HZ;
	/* an answer can have more segments than are in flight at a time */
	for (i = 0; give_all() || i < 4; i++)
		require(i < 1000);
	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (is_calm(peer))
			check_answered(peer);
	}
}

static void stop(void)
{
	struct peer *peer;

	for (peer = peers; peer < peers + NR_PEERS; peer++)
		hang_up(peer);
	while (shim_run_work(0))
		;
	for (peer = peers; peer < peers + NR_PEERS; peer++)
		require(!peer->there);
	scsi_stop();
	target_stop();
	require(!shim_live);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };

	start();
	/* the first one is there from the beginning */
	connect_peer(&peers[0], &in);
	settle();
	deliver(&peers[0], U32_MAX);
	while (in.left)
		step(&in);
	finish();
	stop();
	return 0;
}
