/* SPDX-License-Identifier: GPL-2.0 */
/* The last step of parsing. */
#ifndef KTGT_CONF_FINISH_H
#define KTGT_CONF_FINISH_H

#include "conf/parser.h"

/* Called after everything was read: sets numbers and inherited values. */
void conf_finish(struct conf_parser *parser);

#endif
