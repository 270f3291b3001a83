/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reservations that outlive a loss of power (APTPL).
 */
#ifndef _KTGT_SCSI_PR_SAVE_H
#define _KTGT_SCSI_PR_SAVE_H

#include <linux/types.h>

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_state;
struct ktgt_state_image;
struct netlink_ext_ack;

/**
 * enum ktgt_pr_step - how far a PERSISTENT RESERVE OUT command is, &ktgt_cmd.step_nr, at
 *	a logical unit with a state file
 * @KTGT_PR_STEP_NEW: it has come
 * @KTGT_PR_STEP_TURN: it is its turn to change the reservations
 * @KTGT_PR_STEP_SAVING: what they are to be is being saved
 * @KTGT_PR_STEP_SAVED: that is stable
 * @KTGT_PR_STEP_FAILED: it could not be saved, or not in time
 */
enum ktgt_pr_step {
	KTGT_PR_STEP_NEW,
	KTGT_PR_STEP_TURN,
	KTGT_PR_STEP_SAVING,
	KTGT_PR_STEP_SAVED,
	KTGT_PR_STEP_FAILED,
};

int ktgt_pr_save_open(struct ktgt_lu *lu, struct ktgt_state *state,
		      struct netlink_ext_ack *extack);
void ktgt_pr_save_drop(struct ktgt_lu *lu);
bool ktgt_pr_save_enter(struct ktgt_cmd *cmd);
bool ktgt_pr_save_begin(struct ktgt_cmd *cmd, struct ktgt_state_image *image);
void ktgt_pr_save_commit(struct ktgt_cmd *cmd);
void ktgt_pr_save_leave(struct ktgt_cmd *cmd);
bool ktgt_pr_save_cancel(struct ktgt_cmd *cmd);
int ktgt_pr_save_set(struct ktgt_lu *lu, struct ktgt_lu *to,
		     struct netlink_ext_ack *extack);

int ktgt_pr_save_init(void);
void ktgt_pr_save_exit(void);

#endif /* _KTGT_SCSI_PR_SAVE_H */
