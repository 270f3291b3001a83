/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instead of core/trace.h: the tracepoints are in the module itself, and the
 * source files that the suites compile once more do without. It stands before
 * all other headers and needs none, or a pr_fmt() would come too late.
 */
#ifndef _KTGT_CORE_TRACE_H
#define _KTGT_CORE_TRACE_H

static inline void trace_ktgt_cmd_recv(const void *cmd, int status)
{
}

static inline void trace_ktgt_cmd_done(const void *cmd, int status)
{
}

static inline void trace_ktgt_conn_state(const void *peer, int from, int to)
{
}

#endif /* _KTGT_CORE_TRACE_H */
