/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include "conf/conf.h"

/* A configuration that was taken: all of it can go to the kernel as it is. */
void conf_check(const struct conf *conf);

#endif
