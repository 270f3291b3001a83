/* SPDX-License-Identifier: GPL-2.0 */
/* The end of parsing. */
#ifndef KTGT_CONF_FINISH_H
#define KTGT_CONF_FINISH_H

#include "conf/parser.h"

/* What can be told when everything is read: numbers, inherited values. */
void conf_finish(struct conf_parser *parser);

#endif
