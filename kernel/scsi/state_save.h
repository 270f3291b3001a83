/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How what a logical unit keeps comes into its state file.
 */
#ifndef _KTGT_SCSI_STATE_SAVE_H
#define _KTGT_SCSI_STATE_SAVE_H

#include <linux/types.h>

#include "state_image.h"

struct ktgt_cmd;
struct ktgt_lu;
struct ktgt_state;
struct ktgt_state_image;
struct netlink_ext_ack;

/**
 * enum ktgt_save_step - how far a command is that saves something, &ktgt_cmd.step_nr
 * @KTGT_SAVE_STEP_NEW: it has come
 * @KTGT_SAVE_STEP_WRITER: it is the writer
 * @KTGT_SAVE_STEP_SAVING: what is to be is being saved
 * @KTGT_SAVE_STEP_SAVED: that is stable
 * @KTGT_SAVE_STEP_FAILED: it could not be saved, or not in time; it is the writer no more
 */
enum ktgt_save_step {
	KTGT_SAVE_STEP_NEW,
	KTGT_SAVE_STEP_WRITER,
	KTGT_SAVE_STEP_SAVING,
	KTGT_SAVE_STEP_SAVED,
	KTGT_SAVE_STEP_FAILED,
};

/**
 * enum ktgt_save_result - what has become of a save
 * @KTGT_SAVE_STABLE: it is stable; ktgt_save_commit() or ktgt_save_leave() has to follow
 * @KTGT_SAVE_WAITS: the command waits, and is not the caller's any more
 * @KTGT_SAVE_FAILED: it could not be written, or not in time
 * @KTGT_SAVE_BUSY: there is no memory, or another logical unit has the state file
 * @KTGT_SAVE_NO_ROOM: the state file is too small
 */
enum ktgt_save_result {
	KTGT_SAVE_STABLE,
	KTGT_SAVE_WAITS,
	KTGT_SAVE_FAILED,
	KTGT_SAVE_BUSY,
	KTGT_SAVE_NO_ROOM,
};

int ktgt_save_open(struct ktgt_lu *lu, struct ktgt_state *state,
		   struct netlink_ext_ack *extack);
void ktgt_save_drop(struct ktgt_lu *lu);

bool ktgt_save_enter(struct ktgt_cmd *cmd);
enum ktgt_save_result ktgt_save_section(struct ktgt_cmd *cmd,
					enum ktgt_section_type type,
					const u8 *data, u32 len);
void ktgt_save_fail(struct ktgt_cmd *cmd, enum ktgt_save_result result);
struct ktgt_state_image *ktgt_save_base(struct ktgt_lu *lu);
bool ktgt_save_begin(struct ktgt_cmd *cmd, struct ktgt_state_image *image);
void ktgt_save_commit(struct ktgt_cmd *cmd);
void ktgt_save_leave(struct ktgt_cmd *cmd);
bool ktgt_save_cancel(struct ktgt_cmd *cmd);

bool ktgt_save_enter_user(struct ktgt_lu *lu);
int ktgt_save_write_user(struct ktgt_lu *lu, struct ktgt_state_image *image,
			 bool *undone);
void ktgt_save_commit_user(struct ktgt_lu *lu);
void ktgt_save_leave_user(struct ktgt_lu *lu);

int ktgt_save_init(void);
void ktgt_save_exit(void);

#endif /* _KTGT_SCSI_STATE_SAVE_H */
