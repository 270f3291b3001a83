/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An iSCSI connection as the protocol sees it. The transport embeds it.
 */
#ifndef _KTGT_ISCSI_CONN_H
#define _KTGT_ISCSI_CONN_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <scsi/iscsi_proto.h>
#include <uapi/linux/ktgt.h>

#include "../core/cmd.h"
#include "../core/crowd.h"
#include "quota.h"

struct ktgt_conn;
struct ktgt_login;
struct ktgt_net;
struct ktgt_nexus;
struct ktgt_orphans;
struct ktgt_pdu;
struct ktgt_sess;
struct ktgt_task;
struct ktgt_text_req;
struct ktgt_window;

/* what the target declares and offers in a login (RFC 7143, 13) */
#define KTGT_LOGIN_DSL			8192	/* data segment of a login PDU */
#define KTGT_MAX_RECV_DSL		262144
#define KTGT_FIRST_BURST		262144
#define KTGT_MAX_BURST			1048576
#define KTGT_MAX_R2T			8
#define KTGT_WINDOW			128	/* commands in flight */
#define KTGT_IMMEDIATE_MAX		16	/* immediate ones in addition */
#define KTGT_DISCOVERY_WINDOW		4	/* requests of discovery in flight */
#define KTGT_PROTOCOL_LEVEL		2	/* RFC 7144 */

/**
 * struct ktgt_param - results of the negotiation (RFC 7143, 13)
 * @header_digest: HeaderDigest is CRC32C
 * @data_digest: DataDigest is CRC32C
 * @initial_r2t: InitialR2T
 * @immediate_data: ImmediateData
 * @max_recv_dsl: MaxRecvDataSegmentLength that the target declared
 * @max_xmit_dsl: MaxRecvDataSegmentLength that the initiator declared
 * @first_burst: FirstBurstLength
 * @max_burst: MaxBurstLength
 * @max_r2t: MaxOutstandingR2T
 * @max_conns: MaxConnections
 * @erl: ErrorRecoveryLevel
 * @time2wait: DefaultTime2Wait in s
 * @time2retain: DefaultTime2Retain in s
 * @protocol_level: iSCSIProtocolLevel; functions of RFC 7144 from 2 on
 */
struct ktgt_param {
	bool	header_digest;
	bool	data_digest;
	bool	initial_r2t;
	bool	immediate_data;
	u32	max_recv_dsl;
	u32	max_xmit_dsl;
	u32	first_burst;
	u32	max_burst;
	u32	max_r2t;
	u32	max_conns;
	u32	erl;
	u32	time2wait;
	u32	time2retain;
	u32	protocol_level;
};

/**
 * struct ktgt_conn_ops - functions of the transport
 * @queue_tx: send a PDU after those that are queued. Called by the connection's
 *	work only
 * @kick: run the connection's work; any context
 * @close: close the connection at once; any context. The work notices it
 * @drain: send everything that is queued, and close the connection when the
 *	peer has closed it, or after a short time. Called by the connection's
 *	work only
 * @limit_timer: have ktgt_round_timer() called after @delay jiffies, if not
 *	before. Called by the connection's work only
 * @has_moved: whether bytes have come or have been acknowledged since the last
 *	call, more than those of a ping. Called by the connection's work only
 */
struct ktgt_conn_ops {
	void	(*queue_tx)(struct ktgt_conn *conn, struct ktgt_pdu *pdu);
	void	(*kick)(struct ktgt_conn *conn);
	void	(*close)(struct ktgt_conn *conn);
	void	(*drain)(struct ktgt_conn *conn);
	void	(*limit_timer)(struct ktgt_conn *conn, unsigned long delay);
	bool	(*has_moved)(struct ktgt_conn *conn);
};

/**
 * enum ktgt_conn_events - bits of &ktgt_conn.events, set by any context
 * @KTGT_EV_RX: there may be something to receive
 * @KTGT_EV_TX: there may be room to send
 * @KTGT_EV_TIMER: the connection's timer has fired
 * @KTGT_EV_RESUME: the session that a login waited for has ended
 * @KTGT_EV_REQUEST_LOGOUT: the initiator must be asked to log out
 * @KTGT_EV_MEMORY: its purse was closed or opened
 */
enum ktgt_conn_events {
	KTGT_EV_RX,
	KTGT_EV_TX,
	KTGT_EV_TIMER,
	KTGT_EV_RESUME,
	KTGT_EV_REQUEST_LOGOUT,
	KTGT_EV_MEMORY,
};

/**
 * enum ktgt_conn_owed - bits of &ktgt_conn.owed: what could not be sent, because
 *	there was no memory
 * @KTGT_OWED_REJECT: &ktgt_conn.reject
 * @KTGT_OWED_ANSWER: the answers of &ktgt_conn.unanswered
 * @KTGT_OWED_DATA: R2Ts of some task, or the first Data-In of a piece
 * @KTGT_OWED_WINDOW: a NOP-In that tells the initiator of the window, or asks for
 *	its acknowledgements
 * @KTGT_OWED_LOGOUT: the request to log out
 */
enum ktgt_conn_owed {
	KTGT_OWED_REJECT	= BIT(0),
	KTGT_OWED_ANSWER	= BIT(1),
	KTGT_OWED_DATA		= BIT(2),
	KTGT_OWED_WINDOW	= BIT(3),
	KTGT_OWED_LOGOUT	= BIT(4),
};

/**
 * struct ktgt_reject - a Reject that is not made yet
 * @hdr: header of the PDU that is refused
 * @reason: ISCSI_REASON_*
 */
struct ktgt_reject {
	struct iscsi_hdr	hdr;
	u8			reason;
};

/**
 * struct ktgt_ctl - the control PDU that is being handled
 *
 * All PDUs except SCSI Command and Data-Out are received completely and then
 * handled outside of the socket's lock, one at a time.
 *
 * @hdr: basic header segment
 * @data: data segment, @len bytes; room for @size
 * @len: bytes
 * @size: bytes allocated; 0 after some time without commands
 * @vec: @data, for the iterator that fills it
 * @busy: @data is filled or waits to be handled, so it must stay
 * @ready: it is complete and waits to be handled
 * @taken: its CmdSN is checked, so it is handled again for lack of memory
 */
struct ktgt_ctl {
	struct iscsi_hdr	hdr;
	u8			*data;
	u32			len;
	u32			size;
	struct kvec		vec;
	bool			busy;
	bool			ready;
	bool			taken;
};

/**
 * struct ktgt_conn_stats - counters of a connection; its work alone writes
 *	them
 * @rx_bytes: bytes received
 * @tx_bytes: bytes sent
 * @rx_pdus: PDUs received
 * @tx_pdus: PDUs sent
 * @runs: runs of the work
 * @sends: calls into the socket to send
 * @send_vectors: segments handed over in these calls
 * @send_again: sends that the socket accepted only in part
 * @recycled: data pages that were used again
 * @fresh: data pages that came from the page allocator
 * @zero_copy: sampled pages that the socket referred to after a send
 * @copied: sampled pages that it did not refer to
 * @plugs: batches of several commands that were submitted together
 * @plugged: commands in these batches
 * @polls: times that polling began
 * @polls_hit: times that polling found something to do
 * @cmd_pdus: SCSI Command PDUs in @rx_pdus
 * @data_out_pdus: Data-Out PDUs in @rx_pdus
 * @data_in_pdus: Data-In PDUs in @tx_pdus
 * @rsp_pdus: SCSI Response PDUs in @tx_pdus
 */
struct ktgt_conn_stats {
	u64	rx_bytes;
	u64	tx_bytes;
	u64	rx_pdus;
	u64	tx_pdus;
	u64	runs;
	u64	sends;
	u64	send_vectors;
	u64	send_again;
	u64	recycled;
	u64	fresh;
	u64	zero_copy;
	u64	copied;
	u64	plugs;
	u64	plugged;
	u64	polls;
	u64	polls_hit;
	u64	cmd_pdus;
	u64	data_out_pdus;
	u64	data_in_pdus;
	u64	rsp_pdus;
};

/**
 * struct ktgt_mem - free pages of a connection
 * @free_pages: the pages, a stack of @nr_free_pages
 * @nr_free_pages: pages in @free_pages
 * @shortfall: pages that @free_pages lacked at the last request
 * @min_free: pages that are kept in @free_pages for unsolicited data
 * @keep: pages that are kept there at most when some are given back
 * @limit: pages that tasks may hold, as it was set; KTGT_QUOTA_DATA may have more
 */
struct ktgt_mem {
	struct page		**free_pages;
	u32			nr_free_pages;
	u32			shortfall;
	u32			min_free;
	u32			keep;
	u32			limit;
};

/**
 * struct ktgt_pdus - memory of PDUs to be sent
 * @free: struct ktgt_pdu that are not in use
 * @nr_free: length of @free
 * @sent: Data-In PDUs without status that were sent and are not acknowledged, in
 *	this order
 * @blocks: struct ktgt_pdu_block, memory of all PDUs
 */
struct ktgt_pdus {
	struct list_head	free;
	u32			nr_free;
	struct list_head	sent;
	struct list_head	blocks;
};

/**
 * struct ktgt_call - a function for the work of a connection to run
 * @node: in &ktgt_conn.calls
 * @run: the function; runs in the connection's work, and frees the call
 */
struct ktgt_call {
	struct llist_node	node;
	void			(*run)(struct ktgt_conn *conn,
				       struct ktgt_call *call);
};

/**
 * struct ktgt_task_count - numbers of tasks of a connection; see
 *	ktgt_task_traits()
 * @free: free tasks, including those that can still be allocated
 * @ready: tasks that wait to be submitted
 * @busy: tasks that were submitted and have not completed. Until it is zero,
 *	the memory of the connection must not be freed
 * @full: tasks that have all pages for their data, or for a piece of it, and are
 *	neither dormant nor sent: they make progress and will give pages back
 */
struct ktgt_task_count {
	u32	free;
	u32	ready;
	u32	busy;
	u32	full;
};

/**
 * struct ktgt_stall - what stalled logical units hold of a connection, see
 *	stall.c
 * @watched: there will be another look
 * @look_at: not before this time, in jiffies
 * @tasks: non-immediate tasks that they had at the last look; 0 if the initiator
 *	uses no other disk
 * @more_tasks: those beyond their share, which the window is larger by
 * @more_pages: pages beyond their share, likewise the limit of KTGT_QUOTA_DATA
 */
struct ktgt_stall {
	bool		watched;
	unsigned long	look_at;
	u32		tasks;
	u32		more_tasks;
	u32		more_pages;
};

/**
 * struct ktgt_conn - an iSCSI connection
 *
 * Only the connection's work uses the members, without a lock, unless the
 * description says otherwise. The first ones are what other CPUs use to hand
 * something over; they and what the transport needs for that are in one cache line
 * (struct ktgt_tcp).
 *
 * @done_queue: completed commands, filled from any context
 * @calls: struct ktgt_call, filled from any context
 * @events: bits of &enum ktgt_conn_events, set by anybody
 * @kicks_saved: events that found the work running; written without a lock by
 *	any context, so some may be lost
 * @ops: the transport
 * @kn: network namespace
 * @peer: address of the initiator; immutable
 * @local: address that it connected to; immutable
 * @tpgt: portal group tag of the portal; immutable
 * @in_logins: its place in &ktgt_net.logins, until the login has succeeded
 * @cid: connection ID
 * @state: enum ktgt_conn_state, changed by ktgt_conn_set_state() alone; read by
 *	others with READ_ONCE()
 * @discovery: its session is one of discovery
 * @in_discoveries: its place in &ktgt_net.discoveries
 * @nr_refused: PDUs that were refused because of that
 * @discovery_until: when it ends at the latest, in jiffies
 * @sess: session, NULL before the login has succeeded; a reference is held.
 *	Lower floors use the next three members instead
 * @nexus: its I_T nexus
 * @window: its CmdSN window
 * @initiator: name of its initiator
 * @login: state of the login; NULL in full feature phase
 * @text_req: text request that spans several PDUs, or NULL
 * @param: results of the negotiation
 * @rx_digests: received PDUs have the negotiated digests
 * @tx_digests: sent PDUs have the negotiated digests
 * @end_reason: why it ends; the first reason that was given, as 1 + enum
 *	ktgt_session_end_reason; 0 if there is none. Written by any context
 * @logout_time: seconds that the initiator gets to log out; written by any
 *	context before KTGT_EV_REQUEST_LOGOUT
 * @logout_deadline: end of this time, in jiffies
 * @logout_requested: the initiator was asked to log out
 * @logout: a Logout has come, or the target has been reset cold: later PDUs are
 *	ignored, and nothing but the answer is sent
 * @logout_pdu: its answer, which waits until all tasks have ended; or NULL
 * @logout_answer_by: until when it waits, in jiffies
 * @stat_sn: next StatSN
 * @exp_stat_sn: StatSN up to which the initiator has acknowledged
 * @ctl: the control PDU that is being handled
 * @pdu_in: PDU with data for a task that is being received, or NULL
 * @slots: tasks that were allocated so far, @nr_slots of them; NULL in a
 *	discovery session, which has none
 * @nr_slots: length of @slots
 * @free_slots: free tasks of @slots
 * @itts: tasks by initiator task tag
 * @ready: tasks to be submitted, in order of CmdSN
 * @dormant: tasks that could be submitted, but must wait for other tasks; see
 *	ktgt_task_set_ready()
 * @nr_ordered: tasks that are ORDERED or HEAD OF QUEUE, between receipt and
 *	response
 * @longs: open tasks that move in pieces
 * @page_wait: tasks that wait for pages, in order
 * @page_turns: there were too few pages for them: their LUs take turns
 * @page_lun: LUN of the last one that got pages while LUs take turns
 * @stall: what stalled LUs hold
 * @count: numbers of tasks. Only ktgt_task_set_state() changes them, the lists,
 *	@nr_ordered and @nr_inflight
 * @nr_inflight: non-immediate tasks between receipt and response; read by
 *	others with READ_ONCE()
 * @nr_tmf: length of @tmfs
 * @tmfs: struct ktgt_tmf, task management functions under way
 * @orphans: what is left at the storage when the connection has gone, or NULL
 * @waits: struct ktgt_abort_wait, which wait for aborted tasks of this
 *	connection
 * @seq: number of tasks submitted
 * @nr_aborts: how often some of them were aborted, by task management or the teardown
 * @recv_clock: when the first command of this run of received ones came, by
 *	local_clock(); 0 if there was none yet
 * @last_cmd: when a command was last in flight, in jiffies; read by others with
 *	READ_ONCE()
 * @waiting_for: session whose end the login waits for, or NULL; referenced
 * @unacked: PDUs that were sent and are not acknowledged, but for those of
 *	&ktgt_pdus.sent
 * @ping_ttt: target transfer tag of the NOP-In that waits for an answer, or
 *	ISCSI_RESERVED_TAG
 * @ping_at: when it was sent, or bytes were last seen to move after that, in
 *	jiffies
 * @answers_pings: the initiator has answered one
 * @last_recv: when bytes were last received, or seen to move in either
 *	direction, or could not be received because there was no memory, in
 *	jiffies
 * @quota: how much memory it holds, and its limits
 * @mem: free pages
 * @pdus: memory of PDUs
 * @starved: there was no memory; the timer tries again
 * @owed: KTGT_OWED_* bits; as long as there are some, nothing is received
 * @reject: the Reject that is owed; nothing is received before it is made
 * @unanswered: tasks in state KTGT_TASK_SEND whose answers are owed. Their commands
 *	are not released
 * @stats: counters; read by others with READ_ONCE()
 */
struct ktgt_conn {
	struct ktgt_done_queue		done_queue;
	struct llist_head		calls;
	unsigned long			events;
	u64				kicks_saved;

	const struct ktgt_conn_ops	*ops;
	struct ktgt_net			*kn;
	struct sockaddr_storage		peer;
	struct sockaddr_storage		local;
	struct ktgt_crowd_place		in_logins;
	u16				tpgt;
	u16				cid;
	enum ktgt_conn_state		state;
	bool				discovery;
	struct ktgt_crowd_place		in_discoveries;
	u8				nr_refused;
	unsigned long			discovery_until;

	struct ktgt_sess		*sess;
	struct ktgt_nexus		*nexus;
	struct ktgt_window		*window;
	const char			*initiator;
	struct ktgt_login		*login;
	struct ktgt_text_req		*text_req;
	struct ktgt_param		param;
	bool				rx_digests;
	bool				tx_digests;
	u16				logout_time;
	unsigned long			logout_deadline;
	bool				logout_requested;
	bool				logout;
	struct ktgt_pdu			*logout_pdu;
	unsigned long			logout_answer_by;
	int				end_reason;

	u32				stat_sn;
	u32				exp_stat_sn;

	struct ktgt_ctl			ctl;
	struct ktgt_pdu_in		*pdu_in;

	struct ktgt_task		**slots;
	u32				nr_slots;
	struct list_head		free_slots;
	struct hlist_head		*itts;
	struct list_head		ready;
	struct list_head		dormant;
	u32				nr_ordered;
	struct list_head		longs;
	struct list_head		page_wait;
	bool				page_turns;
	u64				page_lun;
	struct ktgt_stall		stall;
	struct ktgt_task_count		count;
	u32				nr_inflight;
	u32				nr_tmf;
	struct list_head		tmfs;
	struct ktgt_orphans		*orphans;
	struct list_head		waits;
	u32				seq;
	u32				nr_aborts;
	u64				recv_clock;
	unsigned long			last_cmd;
	struct ktgt_sess		*waiting_for;

	struct list_head		unacked;
	u32				ping_ttt;
	unsigned long			ping_at;
	bool				answers_pings;
	unsigned long			last_recv;

	struct ktgt_quota		quota;
	struct ktgt_mem			mem;
	struct ktgt_pdus		pdus;
	bool				starved;
	u32				owed;
	struct ktgt_reject		reject;
	struct list_head		unanswered;
	struct ktgt_conn_stats		stats;
};

/**
 * ktgt_conn_set_end - set the reason why a connection ends
 * @conn: the connection
 * @reason: the reason; ignored if there is one already
 *
 * Context: any.
 */
static inline void ktgt_conn_set_end(struct ktgt_conn *conn,
				     enum ktgt_session_end_reason reason)
{
	cmpxchg(&conn->end_reason, 0, 1 + reason);
}

/**
 * ktgt_conn_end - close a connection, with a reason
 * @conn: the connection
 * @reason: the reason; ignored if there is one already
 *
 * Context: any.
 */
static inline void ktgt_conn_end(struct ktgt_conn *conn,
				 enum ktgt_session_end_reason reason)
{
	ktgt_conn_set_end(conn, reason);
	conn->ops->close(conn);
}

/**
 * ktgt_conn_set_event - set an event of a connection
 * @conn: the connection
 * @event: the event
 *
 * Kick the connection afterwards. If its work is about to go idle, either the
 * last look of tcp_io_work() sees the event, or the kick sees that the work is
 * not active any more.
 *
 * Context: any.
 */
static inline void ktgt_conn_set_event(struct ktgt_conn *conn,
				       enum ktgt_conn_events event)
{
	set_bit(event, &conn->events);
	smp_mb__after_atomic(); /* pairs with the one in tcp_io_work() */
}

int ktgt_conn_net_init(struct ktgt_net *kn);
void ktgt_conn_net_exit(struct ktgt_net *kn);
void ktgt_conn_event(struct ktgt_conn *conn, enum ktgt_conn_events event);
void ktgt_conn_call(struct ktgt_conn *conn, struct ktgt_call *call);
bool ktgt_conn_run_calls(struct ktgt_conn *conn);
void ktgt_conn_set_state(struct ktgt_conn *conn, enum ktgt_conn_state state);
void ktgt_conn_starve(struct ktgt_conn *conn);
void ktgt_conn_owe(struct ktgt_conn *conn, enum ktgt_conn_owed what);
void ktgt_conn_request_logout(struct ktgt_conn *conn, u16 seconds);

#endif /* _KTGT_ISCSI_CONN_H */
