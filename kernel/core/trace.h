/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints: received and completed commands, and states of connections.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ktgt

#if !defined(_KTGT_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KTGT_CORE_TRACE_H

#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <uapi/linux/ktgt.h>

#include "cmd.h"
#include "fabric.h"

/* how much of an initiator port name is shown */
#define KTGT_TRACE_PORT_LEN	64

DECLARE_EVENT_CLASS(ktgt_cmd,
	TP_PROTO(const struct ktgt_cmd *cmd, u8 status),
	TP_ARGS(cmd, status),
	TP_STRUCT__entry(
		__array(char, port, KTGT_TRACE_PORT_LEN)
		__field(const void *, cmd)
		__field(u64, lun)
		__field(u64, xfer_len)
		__field(u32, edtl)
		__field(u8, status)
		__array(u8, cdb, KTGT_CDB_MAX)
	),
	TP_fast_assign(
		const struct ktgt_nexus *nexus = READ_ONCE(cmd->nexus);

		/* an orphan has none */
		strscpy(__entry->port, nexus ? nexus->port_name : "-",
			KTGT_TRACE_PORT_LEN);
		__entry->cmd = cmd;
		__entry->lun = be64_to_cpu(cmd->lun);
		__entry->xfer_len = cmd->xfer_len;
		__entry->edtl = cmd->edtl;
		__entry->status = status;
		memcpy(__entry->cdb, cmd->cdb, KTGT_CDB_MAX);
	),
	TP_printk("%p %s lun %#018llx cdb %s edtl %u length %llu status %#04x",
		  __entry->cmd, __entry->port, __entry->lun,
		  __print_hex(__entry->cdb, KTGT_CDB_MAX), __entry->edtl,
		  __entry->xfer_len, __entry->status)
);

/* a command has been received and parsed; with its status if it was refused */
DEFINE_EVENT(ktgt_cmd, ktgt_cmd_recv,
	TP_PROTO(const struct ktgt_cmd *cmd, u8 status),
	TP_ARGS(cmd, status)
);

/* a command has been carried out */
DEFINE_EVENT(ktgt_cmd, ktgt_cmd_done,
	TP_PROTO(const struct ktgt_cmd *cmd, u8 status),
	TP_ARGS(cmd, status)
);

#define ktgt_show_conn_state(state)				\
	__print_symbolic(state,					\
		{ KTGT_CONN_STATE_NEW,		"new" },	\
		{ KTGT_CONN_STATE_LOGIN,	"login" },	\
		{ KTGT_CONN_STATE_FULL_FEATURE,	"full-feature" }, \
		{ KTGT_CONN_STATE_CLOSING,	"closing" },	\
		{ KTGT_CONN_STATE_DEAD,		"dead" })

TRACE_EVENT(ktgt_conn_state,
	TP_PROTO(const struct sockaddr_storage *peer, u32 from, u32 to),
	TP_ARGS(peer, from, to),
	TP_STRUCT__entry(
		__array(u8, peer, sizeof(struct sockaddr_in6))
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		memcpy(__entry->peer, peer, sizeof(struct sockaddr_in6));
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("%pISpc %s -> %s", __entry->peer,
		  ktgt_show_conn_state(__entry->from),
		  ktgt_show_conn_state(__entry->to))
);

#endif /* _KTGT_CORE_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
