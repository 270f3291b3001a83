/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The CmdSN window of a session.
 */
#ifndef _KTGT_ISCSI_WINDOW_H
#define _KTGT_ISCSI_WINDOW_H

#include <linux/types.h>
#include <scsi/iscsi_proto.h>

struct ktgt_conn;

/**
 * struct ktgt_window - the commands that an initiator may send
 * @exp_cmd_sn: ExpCmdSN, the next number that is expected
 * @max_cmd_sn: MaxCmdSN, the last number that the initiator may use
 */
struct ktgt_window {
	u32	exp_cmd_sn;
	u32	max_cmd_sn;
};

/**
 * enum ktgt_cmdsn - result of the check of a CmdSN
 * @KTGT_CMDSN_OK: it is the expected number
 * @KTGT_CMDSN_DROP: outside of the window, or seen before; to be ignored
 * @KTGT_CMDSN_GAP: in the window, but commands before it are missing
 */
enum ktgt_cmdsn {
	KTGT_CMDSN_OK,
	KTGT_CMDSN_DROP,
	KTGT_CMDSN_GAP,
};

/**
 * ktgt_window_is_closed - whether the initiator must wait with the next command
 * @window: the window
 *
 * Context: the connection's work.
 * Return: true if it may send only immediate commands.
 */
static inline bool ktgt_window_is_closed(const struct ktgt_window *window)
{
	return iscsi_sna_lt(window->max_cmd_sn, window->exp_cmd_sn);
}

enum ktgt_cmdsn ktgt_window_take(struct ktgt_window *window, u32 cmd_sn,
				 bool immediate);
u32 ktgt_window_open(const struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_WINDOW_H */
