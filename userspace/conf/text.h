/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parser of a configuration reads a text in memory. The caller provides the
 * files that the text includes.
 */
#ifndef KTGT_CONF_TEXT_H
#define KTGT_CONF_TEXT_H

#include "conf/parser.h"

/*
 * A text that begins with { is JSON; see conf/json.h. Returns 0, -ENOMEM, or
 * -EINVAL if the text is wrong, with the reasons in conf.messages. The caller
 * always calls conf_free(). A message that is not an error says that the file
 * means something else for tgt.
 */
int conf_parse(struct conf *conf, const char *file, const char *text,
	       size_t len, const struct conf_source *source);

#endif
