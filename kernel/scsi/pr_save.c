// SPDX-License-Identifier: GPL-2.0
/*
 * Reservations that the user gives to a logical unit are saved as those are that
 * initiators change, if they outlive a loss of power (APTPL, SPC-4, 5.12.5).
 */
#include "pr_save.h"

#include <linux/err.h>
#include <linux/netlink.h>

#include "../backend/state.h"
#include "../core/refuse.h"
#include "lu.h"
#include "pr.h"
#include "pr_image.h"
#include "state_save.h"

/* As the writer. @undone: see ktgt_save_write_user(). */
static int save(struct ktgt_lu *lu, const struct ktgt_pr *to, bool *undone)
{
	struct ktgt_state_image *base = ktgt_save_base(lu);
	struct ktgt_state_image *image;

	if (IS_ERR(base))
		return PTR_ERR(base);
	image = ktgt_pr_image_make(to, base, GFP_KERNEL);
	ktgt_state_image_put(base);
	if (!image)
		return -ENOMEM;
	ktgt_state_forget_fault(lu->state);
	return ktgt_save_write_user(lu, image, undone);
}

static int set_as_writer(struct ktgt_lu *lu, struct ktgt_lu *to, bool *undone)
{
	bool saves = lu->pr.aptpl || lu->pr.fault || to->pr.aptpl;
	int err;

	if (saves) {
		err = save(lu, &to->pr, undone);
		if (err)
			return err;
	}
	ktgt_pr_replace(lu, to);
	if (saves)
		ktgt_save_commit_user(lu);
	return 0;
}

static void refuse(const struct ktgt_lu *lu, int err,
		   struct netlink_ext_ack *extack)
{
	if (err == -ENOSPC)
		ktgt_refuse(extack,
			    "LUN %u: so many registrations do not fit into its state file; make it larger, up to %u bytes",
			    lu->lun, 2 * KTGT_STATE_SLOT_MAX);
	else if (err != -ENOMEM)
		ktgt_refuse(extack,
			    "LUN %u: its state file cannot be written (%d); nothing has changed",
			    lu->lun, err);
}

/**
 * ktgt_pr_save_set - give a logical unit the reservations that the user wants
 * @lu: logical unit, referenced as by a command
 * @to: logical unit that nobody sees, which has them; has none afterwards if it succeeds
 * @extack: gets the reason of a refusal
 *
 * Context: process; sleeps until the state file is written, see
 *	ktgt_save_enter_user() and ktgt_save_write_user().
 * Return: 0, -EBUSY, -ETIMEDOUT, -ENOSPC, -ENOMEM, or the error of the file system; then
 *	the logical unit is as it was.
 */
int ktgt_pr_save_set(struct ktgt_lu *lu, struct ktgt_lu *to,
		     struct netlink_ext_ack *extack)
{
	bool undone = false;
	int err;

	if (!lu->save) {
		ktgt_pr_replace(lu, to);
		return 0;
	}
	if (!ktgt_save_enter_user(lu)) {
		ktgt_refuse(extack,
			    "LUN %u: its state file is still being written; try again",
			    lu->lun);
		return -EBUSY;
	}
	err = set_as_writer(lu, to, &undone);
	if (!undone)
		ktgt_save_leave_user(lu);
	if (err)
		refuse(lu, err, extack);
	return err;
}
