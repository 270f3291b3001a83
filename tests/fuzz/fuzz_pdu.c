// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever PDUs come from initiators that have logged in, in whatever pieces,
 * and whatever else happens meanwhile: what the target sends is what RFC 7143
 * allows (pdu_peer.c), data arrives where it belongs, no command is answered
 * twice or forgotten, what a connection holds is bounded, and all of it ends.
 *
 * All of iscsi/ and net/ but the listener is there as it is. The SCSI side is
 * not: a command says in its CDB what is to become of it.
 *
 * The input is a row of steps (step()). Most of them send a PDU.
 */
#include <scsi/scsi_proto.h>

#include "../../kernel/core/net.h"
#include "../../kernel/core/rules.h"
#include "../../kernel/core/target.h"
#include "../../kernel/iscsi/sess.h"
#include "../../kernel/iscsi/task.h"
#include "../../kernel/scsi/exec.h"

#include "input.h"
#include "pdu_peer.h"

/* low bits of the first byte of a step */
enum {
	STEP_COMMAND, STEP_DATA_OUT, STEP_NOP_OUT, STEP_TMF, STEP_TEXT,
	STEP_LOGOUT, STEP_HEADER, STEP_BYTES, STEP_COMPLETE, STEP_ROOM,
	STEP_DELIVER, STEP_TIME, STEP_MEMORY, STEP_CONNECT, STEP_HANG_UP,
	STEP_OTHER,
};

/* the rest of it, beside the number of the peer */
#define IN_HOLD		0x40	/* nobody gets to run after it */
#define IN_IMMEDIATE	0x80

#define CDB_SERIAL	12	/* of the command, at the end of its CDB */
#define NO_SERIAL	0xffffffff

/* in which bytes come before they come as they are */
#define MAX_PIECES	100000

/* what connections count of answers that no task bounds, and one PDU more */
#define HELD_MAX	(16384 + 300)
#define UNSENT_MAX	(2048 + 300)
/* twice the window, and the immediate ones */
#define TASKS_MAX	(2 * 128 + 16)

struct request {
	u32	edtl, itt, unsolicited;
	u32	room;		/* for data-out, in bytes */
	u8	flags;
	bool	barred;		/* it must not be accepted */
	bool	bad_data;	/* not what was agreed upon, or asked for */
	bool	known;
};

bool shim_proved;

static struct peer peers[NR_PEERS];
/* unsolicited bursts: of the command of that tag that came last */
static struct r2t unsolicited[NR_PEERS][NR_ITTS];
static struct request requests[1024];	/* by serial number */
static u32 next_serial, next_random;

static struct ktgt_net kn;
static struct ktgt_rules rules;
static struct ktgt_portal portal = { .kn = &kn, .tag = 1 };
static struct ktgt_target target = {
	.tid = 1, .name = "iqn.t:1", .alias = "alias", .rules = &rules,
	.kn = &kn,
};

/* those that have reset a logical unit */
static bool reset_by[NR_PEERS];
static u8 lus[2];	/* nobody looks into them */
static LIST_HEAD(nexuses);
static bool told_of[0x10000];	/* sessions, by number */
static struct ktgt_net *const net = &kn;

/* --- what is around ------------------------------------------------------- */

u32 get_random_u32(void)
{
	return next_random++;
}

struct ktgt_target *ktgt_net_find_target(struct ktgt_net *n, const char *name)
{
	require(n == net);
	if (strcmp(name, target.name))
		return NULL;
	kref_get(&target.ref);
	return &target;
}

struct ktgt_target *ktgt_net_find_tid(struct ktgt_net *n, u32 tid)
{
	require(n == net && tid == 1);
	kref_get(&target.ref);
	return &target;
}

void ktgt_target_put(struct ktgt_target *t)
{
	kref_put(&t->ref, NULL);
}

bool ktgt_target_tryget(struct ktgt_target *t)
{
	return kref_get_unless_zero(&t->ref);
}

bool ktgt_rules_judge(const struct ktgt_rules *r,
		      const struct sockaddr_storage *peer,
		      const char *initiator, struct ktgt_rules_match *match)
{
	return true;
}

const struct ktgt_chap_account *
ktgt_rules_find_incoming(const struct ktgt_rules *r, const char *user)
{
	return NULL;
}

/* Who watches hears of each session twice. */
void ktgt_event_session(struct ktgt_net *n, const struct ktgt_event *event)
{
	require(n == net && event->peer && event->local);
	switch (event->cmd) {
	case KTGT_CMD_SESSION_LOGIN:
		require(event->id < ARRAY_SIZE(told_of) && !told_of[event->id]);
		told_of[event->id] = true;
		break;
	case KTGT_CMD_SESSION_END:
		require(told_of[event->id]);
		require(event->end <= KTGT_SESSION_END_NO_MEMORY);
		told_of[event->id] = false;
		break;
	default:
		require(event->cmd == KTGT_CMD_LOGIN_FAILED && event->why);
	}
}

/* --- the SCSI side -------------------------------------------------------- */

static struct task *task_of(const struct ktgt_cmd *cmd)
{
	struct task *task;

	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (task->used && task->cmd == cmd)
			return task;
	}
	return NULL;
}

static struct peer *peer_of(const struct ktgt_conn *conn)
{
	struct peer *peer;

	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (peer->there && peer->tcp && &peer->tcp->conn == conn)
			return peer;
	}
	require(!"a connection that is not there");
	return NULL;
}

/* A record for a new task; those that were aborted are kept for a while. */
static struct task *new_task(void)
{
	struct task *task, *oldest = NULL;

	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (!task->used)
			return task;
		if (task->silent && (!oldest ||
				     (s32)(task->serial - oldest->serial) < 0))
			oldest = task;
	}
	return oldest;
}

/*
 * CDB: direction, bytes that are wanted, what becomes of it, status, by how
 * much an answer is shorter than its allocation length.
 */
static u8 cdb_dir(const u8 *cdb)
{
	static const u8 dirs[4] = {
		DMA_NONE, DMA_FROM_DEVICE, DMA_TO_DEVICE, DMA_NONE,
	};

	return dirs[cdb[0] & 3];
}

static u8 cdb_status(const u8 *cdb)
{
	static const u8 statuses[8] = {
		SAM_STAT_GOOD, SAM_STAT_GOOD, SAM_STAT_GOOD, SAM_STAT_GOOD,
		SAM_STAT_CHECK_CONDITION, SAM_STAT_BUSY, SAM_STAT_GOOD,
		SAM_STAT_RESERVATION_CONFLICT,
	};

	return statuses[cdb[5] & 7];
}

static struct request *request_of(u32 serial)
{
	return &requests[serial % ARRAY_SIZE(requests)];
}

static bool cdb_later(const u8 *cdb)
{
	return cdb[4] & 1;
}

/* What was sent has been accepted: is it the same, and was it due? */
static void check_request(const struct task *task, const struct ktgt_task *t)
{
	const struct request *req = request_of(task->serial);

	if (task->peer->wild || !req->known)
		return;
	require(!req->barred && task->itt == req->itt);
	require(task->edtl == (req->flags & 0x60 ? req->edtl : 0));
	require(task->read == !!(req->flags & ISCSI_FLAG_CMD_READ));
	require(task->write == !!(req->flags & ISCSI_FLAG_CMD_WRITE));
}

void ktgt_cmd_parse(struct ktgt_cmd *cmd)
{
	struct ktgt_task *t = container_of(cmd, struct ktgt_task, cmd);
	static u32 born;
	struct task *task = new_task();
	u32 lun = be64_to_cpu(cmd->lun) >> 48;

	cmd->row = NULL;
	cmd->itl = NULL;
	cmd->lu = lun < 2 ? (void *)&lus[lun] : NULL;
	cmd->dir = cdb_dir(cmd->cdb);
	cmd->status = SAM_STAT_TASK_ABORTED;
	cmd->error = BLK_STS_OK;
	cmd->flags = 0;
	if (cmd->lu)
		__set_bit(KTGT_CMD_LU_REF, &cmd->flags);
	cmd->xfer_len = cmd->dir == DMA_NONE ? 0 :
			get_unaligned_be24(cmd->cdb + 1);
	cmd->buf_len = 0;
	cmd->nr_bvec = 0;

	require(!task_of(cmd) && task);
	*task = (struct task) {
		.used = true, .cmd = cmd, .peer = peer_of(t->conn),
		.serial = get_unaligned_be32(cmd->cdb + CDB_SERIAL),
		.itt = (__force u32)t->itt, .index = t->index, .gen = t->gen,
		.lun = cmd->lun, .born = born++,
		.edtl = cmd->edtl, .dir = cmd->dir, .wanted = cmd->xfer_len,
		.moved = cmd->xfer_len,
		.read = t->flags & KTGT_TASK_READ,
		.write = t->flags & KTGT_TASK_WRITE,
	};
	task->attr = request_of(task->serial)->flags & ISCSI_FLAG_CMD_ATTR_MASK;
	require(!t->conn->logout);
	check_request(task, t);
	task->r2t_off = min_t(u64, request_of(task->serial)->unsolicited,
			      min_t(u64, task->edtl, task->wanted));
}

/* Data-out is what was sent; room for data-in belongs to nobody else. */
static void touch_buffer(const struct task *task, const struct ktgt_cmd *cmd)
{
	u32 pos, i, part;
	u8 *p;

	require(cmd->nr_bvec == DIV_ROUND_UP(cmd->buf_len, PAGE_SIZE));
	for (pos = 0; pos < cmd->buf_len; pos += part) {
		const struct bio_vec *bv = &cmd->bvec[pos / PAGE_SIZE];

		part = min_t(u32, cmd->buf_len - pos, PAGE_SIZE);
		require(bv->bv_len == part && !bv->bv_offset);
		require(page_ref_count(bv->bv_page) == 1);
		p = bv->bv_page->mem;
		for (i = 0; i < part; i++) {
			if (cmd->dir == DMA_FROM_DEVICE)
				p[i] = pattern(task->serial, pos + i);
			else if (!task->peer->wild)
				require(p[i] == pattern(task->itt, pos + i));
		}
	}
}

static void complete(struct task *task)
{
	struct ktgt_cmd *cmd = task->cmd;

	task->pending = false;
	task->completed = true;
	task->status = cdb_status(cmd->cdb);
	if (cmd->dir == DMA_FROM_DEVICE) {
		cmd->xfer_len -= min_t(u64, cmd->xfer_len,
				       get_unaligned_be16(cmd->cdb + 6));
		if (task->status != SAM_STAT_GOOD)
			cmd->xfer_len = 0;
	}
	task->moved = cmd->xfer_len;
	ktgt_cmd_complete(cmd, task->status);
}

/* Whether a task that has not ended keeps another one from beginning. */
static bool goes_before(const struct task *other, const struct task *task)
{
	bool ordered = other->attr == ISCSI_ATTR_ORDERED ||
		       task->attr == ISCSI_ATTR_ORDERED;

	if (!other->used || !other->cmd || other == task ||
	    other->peer != task->peer || other->lun != task->lun ||
	    task->attr == ISCSI_ATTR_HEAD_OF_QUEUE)
		return false;
	return (ordered || other->attr == ISCSI_ATTR_HEAD_OF_QUEUE) &&
	       other->born < task->born;
}

static void check_turn(const struct task *task)
{
	const struct task *other;

	for (other = tasks; other < tasks + MAX_TASKS; other++)
		require(!goes_before(other, task) || task->peer->wild);
}

void ktgt_cmd_submit(struct ktgt_cmd *cmd)
{
	struct task *task = task_of(cmd);

	might_sleep();
	require(task && !task->submitted);
	require(!ktgt_task_is_aborted(container_of(cmd, struct ktgt_task,
						   cmd)));
	require(task->peer->wild || !request_of(task->serial)->bad_data);
	require(cmd->buf_len == (cmd->dir == DMA_TO_DEVICE && task->write ?
				 min_t(u64, task->edtl, task->wanted) :
				 cmd->dir == DMA_FROM_DEVICE && task->read &&
				 !task->write ?
				 min_t(u64, task->edtl, task->wanted) : 0));
	check_turn(task);
	touch_buffer(task, cmd);
	task->submitted = true;
	if (cdb_later(cmd->cdb))
		task->pending = true;
	else
		complete(task);
}

/* Its answer has been made, or there is none. */
void ktgt_cmd_release(struct ktgt_cmd *cmd)
{
	struct task *task = task_of(cmd);
	unsigned int nr;
	bool told = false;

	if (!task) {
		require(!test_bit(KTGT_CMD_LU_REF, &cmd->flags));
		return;
	}
	require(!task->pending && (task->completed || !task->submitted));
	clear_bit(KTGT_CMD_LU_REF, &cmd->flags);
	task->cmd = NULL;
	cmd->lu = NULL;
	if (test_bit(KTGT_CMD_TASK_ABORTED, &cmd->flags)) {
		/* what an initiator has ended itself it is not told of */
		for (nr = 0; nr < NR_PEERS; nr++)
			told |= reset_by[nr] && &peers[nr] != task->peer;
		require(told);
		task->aborted = true;
		task->moved = cmd->xfer_len;
	} else if (test_bit(KTGT_CMD_ABORTED, &cmd->flags)) {
		task->silent = true;
	} else if (!task->submitted) {
		/* not one byte of bad data has been written */
		require(cmd->status == SAM_STAT_CHECK_CONDITION);
		require(task->write);
		require(request_of(task->serial)->bad_data ||
			task->peer->astray || task->peer->wild);
		task->completed = true;
		task->bad = true;
		task->status = cmd->status;
	}
}

unsigned int ktgt_cmd_sense(const struct ktgt_cmd *cmd, u8 *buf)
{
	memset(buf, 0, 18);
	buf[0] = 0x70;
	buf[2] = cmd->sense.key;
	buf[7] = 10;
	buf[12] = cmd->sense.asc;
	buf[13] = cmd->sense.ascq;
	return 18;
}

int ktgt_nexus_open(struct ktgt_nexus *nexus)
{
	if (target.deleted)
		return -ENOENT;
	list_add_tail(&nexus->node, &nexuses);
	return 0;
}

void ktgt_nexus_close(struct ktgt_nexus *nexus)
{
	struct task *task;

	for (task = tasks; task < tasks + MAX_TASKS; task++)
		require(!task->used || !task->cmd ||
			task->cmd->nexus != nexus);
	list_del(&nexus->node);
}

static u8 *lu_at(__be64 lun)
{
	u64 nr = be64_to_cpu(lun) >> 48;

	return nr < 2 ? &lus[nr] : NULL;
}

bool ktgt_nexus_lun_exists(struct ktgt_nexus *nexus, __be64 lun)
{
	return lu_at(lun);
}

bool ktgt_nexus_lu_reset(struct ktgt_nexus *nexus, __be64 lun,
			 struct ktgt_lu_reset *reset)
{
	struct ktgt_nexus *other;
	u8 *lu = lu_at(lun);

	if (!lu)
		return false;
	reset->lu = (void *)lu;
	reset_by[peer_of(container_of(nexus, struct ktgt_sess,
				      nexus)->conn) - peers] = true;
	shim_atomic++;
	list_for_each_entry(other, &nexuses, node)
		other->ops->abort_lu(other, (void *)lu, nexus, reset);
	shim_leave(&shim_atomic);
	if (atomic_dec_and_test(&reset->pending))
		reset->done(reset);
	return true;
}

void ktgt_nexus_lu_reset_end(struct ktgt_lu_reset *reset)
{
	require(!reset->lu || (u8 *)reset->lu - lus < 2);
}

static void check_closed(const struct peer *peer);

/* --- sockets -------------------------------------------------------------- */

static struct peer *peer_at(const struct sock *sk)
{
	return container_of(sk, struct peer, sk);
}

/* Bytes that can be read. */
static u32 readable(const struct peer *peer)
{
	u32 left = peer->stream_len - peer->stream_pos;

	return left - min(left, peer->hidden);
}

/* As tcp_read_sock() does: who takes a part of a buffer is called again. */
static int read_sock(struct sock *sk, read_descriptor_t *desc,
		     sk_read_actor_t actor)
{
	struct peer *peer = peer_at(sk);
	int copied = 0, used = 1;
	struct sk_buff skb;
	unsigned int off;
	u8 *copy;

	require(sk->owned);
	while (readable(peer) && desc->count && used > 0) {
		skb.len = readable(peer);
		/* megabytes come byte by byte only for a while */
		if (peer->nr_pieces++ < MAX_PIECES)
			skb.len = min(peer->piece, skb.len);
		/* so that a byte read too far is found */
		copy = malloc(skb.len);
		memcpy(copy, peer->stream + peer->stream_pos, skb.len);
		skb.data = copy;
		for (off = 0; off < skb.len; off += used) {
			used = actor(desc, &skb, off, skb.len - off);
			require(used >= 0 && used <= skb.len - off);
			if (!used)
				break;
		}
		free(copy);
		copied += off;
		peer->stream_pos += off;
	}
	return copied;
}

static int set_rcvlowat(struct sock *sk, int val)
{
	require(sk->owned && val > 0);
	sk->sk_rcvlowat = val;
	return 0;
}

static const struct proto_ops socket_ops = {
	.read_sock = read_sock, .set_rcvlowat = set_rcvlowat,
};

int sock_sendmsg(struct socket *sock, struct shim_msghdr *msg)
{
	struct peer *peer = peer_at(sock->sk);
	struct segment *seg;
	int sent = 0;
	size_t len;

	might_sleep();
	require(!peer->shut && !sock->sk->owned);
	require(msg->msg_flags & MSG_SPLICE_PAGES);
	while (msg->msg_iter.count && peer->room &&
	       peer->nr_flight < MAX_FLIGHT) {
		seg = &peer->flight[(peer->first + peer->nr_flight++) %
				    MAX_FLIGHT];
		seg->off = shim_iter_piece(&msg->msg_iter, &len, &seg->page) -
			   seg->page->mem;
		seg->len = min_t(size_t, len, peer->room);
		get_page(seg->page);
		iov_iter_advance(&msg->msg_iter, seg->len);
		peer->room -= seg->len;
		sent += seg->len;
	}
	sock->sk->writeable = peer->room;
	return sent ?: -EAGAIN;
}

/* Megabytes come in pieces: the room for them grows by doubling. */
static void append(u8 **bytes, u32 *have, u32 *room, const void *p, u32 len)
{
	if (*have + len > *room) {
		*room = max_t(u32, 2 * *room, *have + len);
		*bytes = realloc(*bytes, *room);
	}
	if (len)
		memcpy(*bytes + *have, p, len);
	*have += len;
}

/* What is in flight has the bytes that the pages have now. */
static void deliver(struct peer *peer, u32 max)
{
	struct segment *seg;
	u32 part;

	while (peer->nr_flight && max) {
		seg = &peer->flight[peer->first];
		part = min(max, seg->len);
		append(&peer->in, &peer->in_len, &peer->in_room,
		       seg->page->mem + seg->off, part);
		max -= part;
		seg->off += part;
		seg->len -= part;
		if (seg->len)
			break;
		put_page(seg->page);
		peer->first = (peer->first + 1) % MAX_FLIGHT;
		peer->nr_flight--;
	}
	peer_receive(peer);
}

int kernel_sock_shutdown(struct socket *sock, int how)
{
	peer_at(sock->sk)->shut = true;
	return 0;
}

int kernel_getpeername(struct socket *sock, struct sockaddr *addr)
{
	addr->sa_family = AF_INET;
	return sizeof(struct sockaddr_in);
}

int kernel_getsockname(struct socket *sock, struct sockaddr *addr)
{
	return kernel_getpeername(sock, addr);
}

void sock_release(struct socket *sock)
{
	struct peer *peer = peer_at(sock->sk);
	struct task *task;

	require(peer->there && !sock->sk->owned);
	check_closed(peer);
	require(!sock->sk->sk_user_data);
	while (peer->nr_flight) {
		put_page(peer->flight[peer->first].page);
		peer->first = (peer->first + 1) % MAX_FLIGHT;
		peer->nr_flight--;
	}
	for (task = tasks; task < tasks + MAX_TASKS; task++) {
		if (!task->used || task->peer != peer)
			continue;
		require(!task->cmd);
		task->used = false;
	}
	free(peer->stream);
	free(peer->in);
	peer->there = false;
}

/* --- running -------------------------------------------------------------- */

static bool complete_one(unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < MAX_TASKS; i++) {
		struct task *task = &tasks[(nr + i) % MAX_TASKS];

		if (task->used && task->pending) {
			complete(task);
			return true;
		}
	}
	return false;
}

/*
 * Those that wait further down the stack have been woken up: what they would
 * do then.
 */
static bool serve_waiters(void)
{
	struct ktgt_conn *conn;
	struct peer *peer;

	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (!peer->there || !peer->tcp || !peer->tcp->closing ||
		    peer->tcp->release_work.queued)
			continue;
		conn = &peer->tcp->conn;
		if (llist_empty(&conn->done.head) && llist_empty(&conn->msgs))
			continue;
		ktgt_conn_abandon(conn);
		return true;
	}
	return false;
}

/* Whoever closes a connection waits for the storage, and for nothing else. */
void shim_wait(void)
{
	static unsigned int which;

	if (complete_one(which++) || serve_waiters() || shim_run_work(0))
		return;
	require(!"waits for ever");
}

static u32 list_len(const struct list_head *head)
{
	struct list_head *pos;
	u32 nr = 0;

	list_for_each(pos, head)
		nr++;
	return nr;
}

/* What a connection counts is what it has. */
static void check_counts(const struct ktgt_conn *conn)
{
	u32 used = 0, numbered = 0, full = 0, busy = 0, held = 0, strict = 0, i;

	for (i = 0; i < conn->nr_slots; i++) {
		const struct ktgt_task *t = conn->slots[i];

		if (t->state == KTGT_TASK_FREE) {
			require(!t->nr_pages && hlist_unhashed(&t->itt_node));
			continue;
		}
		if (!(t->flags & KTGT_TASK_SENT))
			used += t->nr_pages;
		full += !!(t->flags & KTGT_TASK_FULL);
		busy += t->state == KTGT_TASK_BUSY;
		held += t->state == KTGT_TASK_HELD;
		strict += !hlist_unhashed(&t->itt_node) &&
			  (t->attr == ISCSI_ATTR_ORDERED ||
			   t->attr == ISCSI_ATTR_HEAD_OF_QUEUE);
		numbered += !hlist_unhashed(&t->itt_node) &&
			    !(t->flags & KTGT_TASK_IMMEDIATE);
		require(t->nr_r2t <= conn->param.max_r2t);
	}
	require(used == conn->mem.nr_used && full == conn->nr_full);
	require(numbered == conn->nr_inflight && busy == conn->nr_busy);
	require(list_len(&conn->free_slots) + TASKS_MAX - conn->nr_slots ==
		conn->nr_free || !conn->slots);
	require(list_len(&conn->ready) == conn->nr_ready);
	require(list_len(&conn->held) == held && strict == conn->nr_strict);
	require(list_len(&conn->mem.pdus) == conn->mem.nr_pdus);
	require(conn->mem.nr_stash <= 1024);
	require(conn->mem.ctl_held <= HELD_MAX);
	require(conn->mem.ctl_unsent <= conn->mem.ctl_held);
	require(conn->mem.ctl_unsent <= UNSENT_MAX);
	/* nobody has acknowledged what was not sent */
	require((s32)(conn->stat_sn - conn->exp_stat_sn) >= 0);
}

/* Whether some task that is not held itself will let this one go on. */
static bool will_go_on(const struct ktgt_conn *conn, const struct ktgt_task *held)
{
	u32 i;

	for (i = 0; i < conn->nr_slots; i++) {
		const struct ktgt_task *t = conn->slots[i];

		if (!hlist_unhashed(&t->itt_node) &&
		    t->cmd.lun == held->cmd.lun && t->state != KTGT_TASK_HELD)
			return true;
	}
	return false;
}

/* Whoever has nothing to do has done all that it could. */
static void check_idle(const struct peer *peer)
{
	const struct ktgt_tcp *tcp = peer->tcp;
	const struct ktgt_conn *conn = &tcp->conn;
	const struct ktgt_task *held;

	check_counts(conn);
	list_for_each_entry(held, &conn->held, node)
		require(will_go_on(conn, held));
	require(llist_empty(&conn->done.head) && llist_empty(&conn->msgs));
	require(!conn->nr_ready && !conn->ctl.ready);
	if (!list_empty(&conn->page_wait))
		require(conn->nr_full || conn->mem.starved);
	/* what is waited for belongs to the data that is due */
	if (tcp->sock->sk->sk_rcvlowat > 1)
		require(tcp->rx.state == KTGT_RX_DATA &&
			tcp->sock->sk->sk_rcvlowat <=
			tcp->rx.pdu.data_len - tcp->rx.off);
	if (readable(peer))
		require(tcp->draining || conn->mem.starved || conn->logout ||
			conn->mem.ctl_unsent >= 2048);
	if (peer->room && !tcp->tx.blocked)
		require(list_empty(&tcp->tx.queue) && !tcp->tx.left);
	if (conn->mem.starved)
		require(tcp->timer.pending && shim_failed);
}

/* Nobody is thrown out for nothing. */
static void check_closed(const struct peer *peer)
{
	if (peer->ffp && peer->tcp->closing)
		require(peer->may_close || peer->wild || peer->loose ||
			peer->logged_out || shim_failed);
}

static void settle(void)
{
	unsigned int left = 20000;
	struct peer *peer;

	while (shim_run_work(0))
		require(left--);
	for (peer = peers; peer < peers + NR_PEERS; peer++) {
		if (!peer->there || !peer->tcp)
			continue;
		check_closed(peer);
		if (!peer->tcp->closing)
			check_idle(peer);
	}
}

/* --- sending -------------------------------------------------------------- */

static void stream_put(struct peer *peer, const void *p, u32 len)
{
	if (peer->stream_pos == peer->stream_len) {
		peer->stream_pos = 0;
		peer->stream_len = 0;
	}
	append(&peer->stream, &peer->stream_len, &peer->stream_room, p, len);
}

static void announce(struct peer *peer)
{
	if (peer->there && peer->sk.sk_data_ready)
		peer->sk.sk_data_ready(&peer->sk);
}

static void put_digest(struct peer *peer, u32 crc, bool wrong)
{
	u8 digest[4] = { crc, crc >> 8, crc >> 16, crc >> 24 };

	digest[1] ^= wrong;
	stream_put(peer, digest, sizeof(digest));
}

enum { WRONG_HEADER_DIGEST = 1, WRONG_DATA_DIGEST = 2 };

/* @hdr says how long @data is; its AHS are zeroes or what is in @data. */
static void send_pdu(struct peer *peer, struct iscsi_hdr *hdr, const u8 *ahs,
		     const u8 *data, u8 wrong)
{
	const struct ktgt_param *param = &peer->tcp->conn.param;
	u32 ahs_len = hdr->hlength * 4, len = ntoh24(hdr->dlength);
	static const u8 zeroes[4];
	u32 crc;

	hdr->exp_statsn = cpu_to_be32(peer->ack);
	peer->sent[peer->nr_sent++ % MAX_SENT] = *hdr;
	stream_put(peer, hdr, KTGT_BHS_LEN);
	stream_put(peer, ahs, ahs_len);
	if (peer->digests && param->header_digest) {
		crc = crc32c(~0, hdr, KTGT_BHS_LEN);
		put_digest(peer, ~crc32c(crc, ahs, ahs_len),
			   wrong & WRONG_HEADER_DIGEST);
	}
	stream_put(peer, data, len);
	stream_put(peer, zeroes, -len & 3);
	if (len && peer->digests && param->data_digest) {
		crc = crc32c(~0, data, len);
		put_digest(peer, ~crc32c(crc, zeroes, -len & 3),
			   wrong & WRONG_DATA_DIGEST);
	}
	announce(peer);
}

static u8 *make_data(u32 seed, u32 off, u32 len)
{
	u8 *data = malloc(len);
	u32 i;

	for (i = 0; i < len; i++)
		data[i] = pattern(seed, off + i);
	return data;
}

/* Lengths around those where something changes, or any of 16 bits. */
static u32 take_len(struct input *in)
{
	static const u32 lens[32] = {
		0, 1, 4, 48, 511, 512, 513, 1024, 2048, 4095, 4096, 4097, 8191,
		8192, 8193, 12288, 16384, 32768, 65535, 65536, 65537, 69632,
		131072, 262143, 262144, 262145, 524288, 1 << 20, (1 << 20) + 1,
		3 << 20, 1 << 22, 16777215,
	};
	u8 code = take(in);

	return code < 128 ? lens[code % 32] : (code & 127) << 8 | take(in);
}

/* The CmdSN of the next request; immediate ones do not use it up. */
static u32 take_cmd_sn(struct peer *peer, u8 what)
{
	return what & IN_IMMEDIATE ? peer->cmd_sn : peer->cmd_sn++;
}

static bool window_open(const struct peer *peer, u8 what)
{
	return what & IN_IMMEDIATE || (s32)(peer->max_cmd_sn - peer->cmd_sn) >= 0;
}

static u8 opcode_of(u8 opcode, u8 what)
{
	return opcode | (what & IN_IMMEDIATE ? ISCSI_OP_IMMEDIATE : 0);
}

/* bits of the third byte of a command */
enum {
	CMD_AHS		= 1 << 0,
	CMD_DIGEST	= 1 << 1,	/* wrong data digest */
	CMD_STALE	= 1 << 2,	/* a CmdSN that was used already */
	CMD_BEYOND	= 1 << 3,	/* although the window is closed */
	CMD_GAP		= 1 << 4,	/* a CmdSN is left out */
	CMD_ATTR	= 1 << 5,	/* an attribute that there is not */
};

static u32 unsolicited_bytes(const struct peer *peer, u32 edtl, bool final,
			     u32 immediate)
{
	const struct ktgt_param *param = &peer->tcp->conn.param;
	u32 first = min(param->first_burst, edtl);

	return final ? min(immediate, first) : first;
}

static void fill_cdb(struct input *in, u8 *cdb, struct request *sent)
{
	u8 how = take(in);
	u32 len = how & 64 ? take_len(in) : sent->edtl;

	/* more than a burst and than a connection may hold is enough */
	len = min(len, 5u << 18);
	cdb[0] = how & 3;
	cdb[1] = len >> 16;
	cdb[2] = len >> 8;
	cdb[3] = len;
	cdb[4] = how >> 2 & 1;
	cdb[5] = how >> 3 & 7;
	if (how & 128) {
		cdb[6] = take(in) & 15;
		cdb[7] = take(in);
	}
	shim_put(next_serial, cdb + CDB_SERIAL, 4);
	if (cdb_dir(cdb) == DMA_TO_DEVICE)
		sent->room = min(len, sent->edtl);
}

static void number_command(struct peer *peer, struct iscsi_scsi_req *req,
			   u8 what, u8 how, struct request *sent)
{
	peer->loose |= how & (CMD_GAP | CMD_BEYOND);
	if (how & CMD_GAP)
		peer->cmd_sn++;
	if (how & CMD_STALE && !(what & IN_IMMEDIATE)) {
		req->cmdsn = cpu_to_be32(peer->cmd_sn - 1);
		sent->barred = !peer->loose;
	} else {
		req->cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	}
}

/* Whether immediate data is what was agreed upon. */
static void judge_immediate(struct peer *peer, struct request *sent, u32 len,
			    u8 how)
{
	const struct ktgt_param *param = &peer->tcp->conn.param;

	sent->bad_data = (len && !param->immediate_data) ||
			 len > sent->unsolicited;
	/* what there is no room for is not looked at */
	if (len && len <= sent->room && how & CMD_DIGEST && param->data_digest)
		sent->bad_data = true;
	/* a second task of that tag is not accepted, its data comes still */
	if (find_task(peer, sent->itt) ||
	    unsolicited[peer - peers][sent->itt].used)
		peer->astray = true;
}

static void send_command(struct peer *peer, struct input *in, u8 what)
{
	u8 flags = take(in), how = take(in), tag = take(in);
	struct iscsi_scsi_req req = {};
	struct request *sent = request_of(next_serial);
	u8 ahs[8] = { 0, 4, ISCSI_AHSTYPE_RLENGTH };
	u32 len;
	u8 *data;

	if (!window_open(peer, what) && !(how & CMD_BEYOND))
		return;
	*sent = (struct request) { .known = true };
	req.opcode = opcode_of(ISCSI_OP_SCSI_CMD, what);
	req.flags = (flags & 0xe0) | (how & CMD_ATTR ? 5 : flags & 3);
	req.lun.scsi_lun[1] = tag >> 6 & 3;
	req.itt = (__force itt_t)(tag & 63);
	sent->edtl = take_len(in);
	req.data_length = cpu_to_be32(sent->edtl);
	number_command(peer, &req, what, how, sent);
	fill_cdb(in, req.cdb, sent);
	len = flags & 4 ? take_len(in) : 0;
	if (flags & 8)
		len = min(min(sent->edtl, len ?: 0xffffffff),
			  peer->tcp->conn.param.first_burst);
	len = min_t(u32, len, KTGT_MAX_RECV_DSL + 4);
	if (len > peer->tcp->conn.param.max_recv_dsl) {
		sent->barred = true;
		peer->may_close = true;
	}
	hton24(req.dlength, len);
	if (how & CMD_AHS)
		req.hlength = 2;
	sent->itt = tag & 63;
	sent->flags = req.flags;
	sent->unsolicited = unsolicited_bytes(peer, sent->edtl,
					      req.flags & ISCSI_FLAG_CMD_FINAL,
					      len);
	judge_immediate(peer, sent, len, how);
	next_serial++;
	data = make_data(tag & 63, 0, len);
	send_pdu(peer, (void *)&req, ahs, data,
		 how & CMD_DIGEST ? WRONG_DATA_DIGEST : 0);
	free(data);
}

/* bits of the third byte of a Data-Out */
enum {
	OUT_TTT		= 1 << 0,
	OUT_ITT		= 1 << 1,
	OUT_DATASN	= 1 << 2,
	OUT_OFFSET	= 1 << 3,
	OUT_EARLY	= 1 << 4,	/* F before the end of the burst */
	OUT_LONG	= 1 << 5,	/* more than the burst has */
	OUT_DIGEST	= 1 << 6,
	OUT_NOT_FINAL	= 1 << 7,
};

static struct r2t *pick_r2t(struct peer *peer, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < MAX_R2TS; i++) {
		struct r2t *r2t = &peer->r2ts[(nr + i) % MAX_R2TS];

		if (r2t->used)
			return r2t;
	}
	return NULL;
}

static struct r2t *pick_burst(struct peer *peer, u8 which)
{
	struct r2t *burst;

	if (!(which & 64))
		return pick_r2t(peer, which & 63);
	burst = &unsolicited[peer - peers][which & 63];
	return burst->used ? burst : NULL;
}

static void fill_data_out(struct iscsi_data *hdr, struct r2t *burst, u32 len,
			  u8 how)
{
	bool last = burst->got + len >= burst->len;

	hdr->opcode = ISCSI_OP_SCSI_DATA_OUT;
	if ((last && !(how & OUT_NOT_FINAL)) || how & OUT_EARLY)
		hdr->flags = ISCSI_FLAG_CMD_FINAL;
	hdr->itt = (__force itt_t)(burst->itt ^ (how & OUT_ITT ? 1 : 0));
	hdr->ttt = burst->ttt ^ (how & OUT_TTT ? cpu_to_be32(8) : 0);
	hdr->datasn = cpu_to_be32(burst->data_sn++ +
				  (how & OUT_DATASN ? 1 : 0));
	hdr->offset = cpu_to_be32(burst->off + burst->got +
				  (how & OUT_OFFSET ? 4 : 0));
	hton24(hdr->dlength, len);
}

/* Whether a Data-Out is the one that is due. */
static void judge_data_out(struct peer *peer, const struct r2t *burst, u32 len,
			   u8 how, bool final)
{
	struct request *req = request_of(burst->serial);

	if (burst->serial == NO_SERIAL || burst->got > burst->len) {
		peer->astray = true;
		return;
	}
	if (how & (OUT_TTT | OUT_ITT | OUT_NOT_FINAL))
		peer->astray = true;
	if (how & (OUT_DATASN | OUT_OFFSET) || len > burst->len - burst->got ||
	    (final && len != burst->len - burst->got))
		req->bad_data = true;
	/* what goes elsewhere is missing here */
	if (len && how & (OUT_TTT | OUT_ITT))
		req->bad_data = true;
	if (len && how & OUT_DIGEST && peer->tcp->conn.param.data_digest &&
	    burst->off + burst->got + len <= req->room)
		req->bad_data = true;
}

static void send_data_out(struct peer *peer, struct input *in, u8 what)
{
	u8 which = take(in), how = take(in);
	struct r2t *burst = pick_burst(peer, which);
	struct r2t none = {
		.ttt = which, .itt = which & 63, .len = 512,
		.serial = NO_SERIAL,
	};
	struct iscsi_data hdr = {};
	u32 len, left;
	u8 *data;

	if (!burst)
		burst = &none;
	left = burst->len - min(burst->got, burst->len);
	len = which & 128 ? take_len(in) : left;
	if (!(how & OUT_LONG))
		len = min(len, left);
	len = min_t(u32, len, KTGT_MAX_RECV_DSL);
	fill_data_out(&hdr, burst, len, how);
	judge_data_out(peer, burst, len, how,
		       hdr.flags & ISCSI_FLAG_CMD_FINAL);
	data = make_data(burst->itt, burst->off + burst->got, len);
	send_pdu(peer, (void *)&hdr, NULL, data,
		 how & OUT_DIGEST ? WRONG_DATA_DIGEST : 0);
	free(data);
	burst->got += len;
	if (hdr.flags & ISCSI_FLAG_CMD_FINAL)
		burst->used = false;
}

static void send_nop_out(struct peer *peer, struct input *in, u8 what)
{
	u8 how = take(in);
	struct iscsi_nopout nop = {};
	u32 len = take_len(in);
	u8 *data;

	if (!window_open(peer, what))
		return;
	len = min(len, peer->tcp->conn.param.max_recv_dsl);
	nop.opcode = opcode_of(ISCSI_OP_NOOP_OUT, what);
	nop.flags = ISCSI_FLAG_CMD_FINAL;
	nop.itt = how & 64 ? RESERVED_ITT : (__force itt_t)(how & 63);
	nop.ttt = how & 128 ? peer->ping_ttt : cpu_to_be32(ISCSI_RESERVED_TAG);
	if (nop.itt == RESERVED_ITT)	/* RFC 7143, 11.18.1 */
		nop.cmdsn = cpu_to_be32(peer->cmd_sn);
	else
		nop.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	peer->nr_pings += nop.itt != RESERVED_ITT;
	hton24(nop.dlength, len);
	data = make_data((__force u32)nop.itt, 0, len);
	send_pdu(peer, (void *)&nop, NULL, data, 0);
	free(data);
}

static void send_tmf(struct peer *peer, struct input *in, u8 what)
{
	u8 function = take(in), tag = take(in);
	struct iscsi_tm tm = {};

	if (!window_open(peer, what))
		return;
	tm.opcode = opcode_of(ISCSI_OP_SCSI_TMFUNC, what);
	tm.flags = ISCSI_FLAG_CMD_FINAL | (function & 15);
	tm.lun.scsi_lun[1] = function >> 4 & 3;
	tm.itt = (__force itt_t)(64 + (tag & 63));
	tm.rtt = (__force itt_t)(tag & 63);
	tm.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	tm.refcmdsn = cpu_to_be32(be32_to_cpu(tm.cmdsn) - (function >> 6));
	peer->nr_tmfs++;
	send_pdu(peer, (void *)&tm, NULL, NULL, 0);
}

static void send_text(struct peer *peer, struct input *in, u8 what)
{
	static const char all[] = "SendTargets=All", own[] = "SendTargets=";
	u8 how = take(in), own_text[256];
	const void *text = how & 1 ? all : own;
	u32 len = how & 1 ? sizeof(all) : sizeof(own);
	struct iscsi_text req = {};

	if (!window_open(peer, what))
		return;
	if (how & 2) {
		len = take(in);
		take_bytes(in, own_text, len);
		text = own_text;
		peer->dsl_changed = true;
	}
	req.opcode = opcode_of(ISCSI_OP_TEXT, what);
	req.flags = (how & 4 ? 0 : ISCSI_FLAG_CMD_FINAL) |
		    (how & 8 ? ISCSI_FLAG_TEXT_CONTINUE : 0);
	req.itt = how & 16 ? (__force itt_t)peer->text_itt : (__force itt_t)9;
	req.ttt = how & 16 ? peer->text_ttt : cpu_to_be32(ISCSI_RESERVED_TAG);
	req.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	hton24(req.dlength, len);
	peer->nr_texts++;
	send_pdu(peer, (void *)&req, NULL, text, 0);
}

static void send_logout(struct peer *peer, struct input *in, u8 what)
{
	struct iscsi_logout req = {};
	u8 how = take(in);

	if (!window_open(peer, what))
		return;
	req.opcode = opcode_of(ISCSI_OP_LOGOUT, what);
	req.flags = ISCSI_FLAG_CMD_FINAL | (how & 7);
	req.itt = (__force itt_t)10;
	req.cid = cpu_to_be16(how >> 7);
	req.cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	peer->nr_logouts++;
	peer->may_close = true;
	send_pdu(peer, (void *)&req, NULL, NULL, 0);
}

/* A header that is all the fuzzer's; its data is nothing in particular. */
static void send_header(struct peer *peer, struct input *in)
{
	struct iscsi_hdr hdr;
	u8 *data, wrong = take(in), ahs[KTGT_AHS_MAX];
	u32 len;

	peer->wild = true;
	take_bytes(in, &hdr, sizeof(hdr));
	hdr.dlength[0] &= 7;
	len = ntoh24(hdr.dlength);
	data = make_data(0, 0, len);
	take_bytes(in, ahs, hdr.hlength * 4);
	send_pdu(peer, &hdr, ahs, data, wrong);
	free(data);
}

static void send_bytes(struct peer *peer, struct input *in)
{
	u32 len = min_t(size_t, take(in), in->left);

	peer->wild = true;
	stream_put(peer, in->p, len);
	in->p += len;
	in->left -= len;
	announce(peer);
}

/* --- other steps ---------------------------------------------------------- */

static void make_room(struct peer *peer, u32 room)
{
	peer->room = room;
	peer->sk.writeable = room;
	if (room && peer->sk.sk_write_space)
		peer->sk.sk_write_space(&peer->sk);
}

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

static u32 put_key(char *text, u32 len, const char *key, u32 value)
{
	return len + sprintf(text + len, "%s=%u", key, value) + 1;
}

static u32 login_text(char *text, u16 how)
{
	static const u32 bursts[4] = { 512, 4096, 65536, 262144 };
	static const u32 segments[4] = { 512, 8192, 65536, 262144 };
	u32 len = 0;

	len += sprintf(text, "InitiatorName=iqn.i") + 1;
	if (how & 0x8000)
		len += sprintf(text + len, "SessionType=Discovery") + 1;
	else
		len += sprintf(text + len, "TargetName=iqn.t:1") + 1;
	len += sprintf(text + len, "HeaderDigest=%s",
		       how & 1 ? "CRC32C" : "None") + 1;
	len += sprintf(text + len, "DataDigest=%s",
		       how & 2 ? "CRC32C" : "None") + 1;
	len = put_key(text, len, "MaxRecvDataSegmentLength",
		      segments[how >> 4 & 3]);
	if (how & 0x8000)
		return len;
	len += sprintf(text + len, "InitialR2T=%s", how & 4 ? "Yes" : "No") + 1;
	len += sprintf(text + len, "ImmediateData=%s",
		       how & 8 ? "No" : "Yes") + 1;
	len = put_key(text, len, "MaxBurstLength", bursts[how >> 6 & 3]);
	len = put_key(text, len, "FirstBurstLength",
		      min(bursts[how >> 8 & 3], bursts[how >> 6 & 3]));
	return put_key(text, len, "MaxOutstandingR2T", (how >> 10 & 7) + 1);
}

static void send_login(struct peer *peer, u16 how, u8 name)
{
	struct iscsi_login_req req = {};
	char text[512];
	u32 len = login_text(text, how);

	req.opcode = ISCSI_OP_LOGIN | ISCSI_OP_IMMEDIATE;
	req.flags = ISCSI_FLAG_LOGIN_TRANSIT |
		    ISCSI_OP_PARMS_NEGOTIATION_STAGE << 2 |
		    ISCSI_FULL_FEATURE_PHASE;
	req.isid[5] = name;
	req.cmdsn = cpu_to_be32(peer->cmd_sn);
	hton24(req.dlength, len);
	send_pdu(peer, (void *)&req, NULL, (u8 *)text, 0);
}

/* Numbers are about to overflow, in every second connection. */
static void start_numbers(struct peer *peer, u8 how)
{
	peer->cmd_sn = how & 1 ? 0xfffffff0 : 1;
	peer->exp_cmd_sn = peer->cmd_sn;
	peer->max_cmd_sn = peer->cmd_sn - 1;
	peer->stat_sn = how & 1 ? 0xfffffffe : 1;
	peer->ack = peer->stat_sn;
}

static void connect_peer(struct peer *peer, struct input *in)
{
	u16 how = take16(in);
	u8 name = take(in);
	unsigned int i;

	if (peer->there)
		return;
	memset(peer, 0, sizeof(*peer));
	memset(unsolicited[peer - peers], 0, sizeof(unsolicited[0]));
	peer->there = true;
	peer->piece = name & 0x80 ? 7 : 1 << 20;
	peer->room = U32_MAX;
	peer->ping_ttt = cpu_to_be32(ISCSI_RESERVED_TAG);
	peer->discovery = how & 0x8000;
	peer->sock = (struct socket) { .sk = &peer->sk, .ops = &socket_ops };
	peer->sk = (struct sock) {
		.sk_state = TCP_ESTABLISHED, .sk_socket = &peer->sock,
		.writeable = true,
	};
	start_numbers(peer, name >> 6);
	ktgt_tcp_accept(&portal, &peer->sock);
	if (!peer->there)
		return;
	peer->tcp = peer->sk.sk_user_data;
	/* it may be the successor of another */
	for (i = 0; i < NR_PEERS; i++)
		peers[i].may_close |= peers[i].there && peers[i].name == name % 4;
	peer->name = name % 4;
	peer->may_close = false;
	send_login(peer, how, name & 3);
}

static void hang_up(struct peer *peer)
{
	if (!peer->there || !peer->sk.sk_state_change)
		return;
	peer->may_close = true;
	peer->sk.sk_state = TCP_CLOSE;
	peer->sk.sk_state_change(&peer->sk);
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
		break;
	case 2:
		kn.nop_interval = how & 31;
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
	}
}

/* Remember what of a command comes without being asked for. */
static void note_unsolicited(struct peer *peer, u32 serial)
{
	const struct request *sent = request_of(serial);
	const struct iscsi_hdr *hdr;

	if (serial == next_serial || sent->flags & ISCSI_FLAG_CMD_FINAL)
		return;
	hdr = &peer->sent[(peer->nr_sent - 1) % MAX_SENT];
	unsolicited[peer - peers][sent->itt] = (struct r2t) {
		.used = true, .itt = sent->itt, .serial = serial,
		.ttt = cpu_to_be32(ISCSI_RESERVED_TAG),
		.len = sent->unsolicited, .got = ntoh24(hdr->dlength),
	};
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
	memset(tasks, 0, sizeof(tasks));
	memset(requests, 0, sizeof(requests));
	memset(reset_by, 0, sizeof(reset_by));
	next_serial = 1;
	next_random = 1;
	shim_allocs = U32_MAX;
	shim_failed = 0;
	kref_init(&target.ref);
	target.deleted = false;
	kn.memory_limit = 1;
	kn.max_logins = 2;
	kn.login_timeout = 15;
	kn.nop_interval = 10;
	INIT_LIST_HEAD(&kn.portals);
	INIT_LIST_HEAD(&kn.conns);
	xa_store(&kn.targets, 1, &target, GFP_KERNEL);
	require(!ktgt_sess_net_init(&kn));
	require(!ktgt_tcp_init());
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
		require(task->cmd && !task->submitted);
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
	ktgt_sess_net_exit(&kn);
	ktgt_tcp_exit();
	xa_destroy(&kn.targets);
	require(list_empty(&nexuses) && list_empty(&kn.conns));
	require(!atomic_read(&kn.nr_conns) && !atomic_read(&kn.nr_logins));
	require(!atomic_read(&kn.nr_sessions));
	require(!memchr_inv(told_of, 0, sizeof(told_of)));
	require(target.ref.refcount == 1 && !shim_live);
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
