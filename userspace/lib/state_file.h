/* SPDX-License-Identifier: GPL-2.0 */
/* State files, in which reservations outlive a loss of power. */
#ifndef KTGT_LIB_STATE_FILE_H
#define KTGT_LIB_STATE_FILE_H

#include "lib/model.h"
#include "lib/nl.h"

/* it is there, and cannot be opened; a text has been said */
#define STATE_FILE_LOST	(-2)

/*
 * Opens the state file of a logical unit that @req is to make, and makes it if it is not
 * there. Returns a descriptor; STATE_FILE_LOST; or -1: the logical unit has none then,
 * because the network namespace has no folder for them, because the module does not know
 * them, or because the file cannot be made. Of the last one a warning is told.
 */
int state_file_open(struct nl *nl, const struct lu *req);

#endif
