/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser of a configuration works on a text in memory; files that the text
 * includes come from the caller.
 */
#ifndef KTGT_CONF_TEXT_H
#define KTGT_CONF_TEXT_H

#include "conf/parser.h"

/*
 * A text that begins with { is JSON and means the same, see conf/json.h.
 * Returns 0; -EINVAL when the text is wrong, which conf.messages explain;
 * -ENOMEM. In each case the caller calls conf_free(). A message without an
 * error says that the file means something else for tgt.
 */
int conf_parse(struct conf *conf, const char *file, const char *text,
	       size_t len, const struct conf_source *source);

#endif
