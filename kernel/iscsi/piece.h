/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Long commands, whose data moves in pieces.
 */
#ifndef _KTGT_ISCSI_PIECE_H
#define _KTGT_ISCSI_PIECE_H

struct ktgt_conn;
struct ktgt_task;

void ktgt_piece_back(struct ktgt_task *task);
void ktgt_pieces_advance(struct ktgt_conn *conn);

#endif /* _KTGT_ISCSI_PIECE_H */
