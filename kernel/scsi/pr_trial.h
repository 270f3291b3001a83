/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What reservations would be after a request.
 */
#ifndef _KTGT_SCSI_PR_TRIAL_H
#define _KTGT_SCSI_PR_TRIAL_H

#include "pr.h"

struct ktgt_state_image;

enum ktgt_pr_result ktgt_pr_trial(struct ktgt_pr_request *req,
				  const struct ktgt_state_image *base,
				  struct ktgt_state_image **image);

#endif /* _KTGT_SCSI_PR_TRIAL_H */
