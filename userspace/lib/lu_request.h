/* SPDX-License-Identifier: GPL-2.0 */
/* Requests that open the device of a logical unit. */
#ifndef KTGT_LIB_LU_REQUEST_H
#define KTGT_LIB_LU_REQUEST_H

#include "lib/model.h"
#include "lib/nl.h"

/*
 * Like nl_request(), with a descriptor of the block device at @path, which is closed
 * when the kernel has answered: so the device is the one that the user may open here.
 * Without it if there is no such device, if @path is NULL, or if the module does not
 * know descriptors: then the kernel looks the path up.
 */
int lu_request(struct nl *nl, uint8_t cmd, const struct lu *req,
	       const char *path);

#endif
