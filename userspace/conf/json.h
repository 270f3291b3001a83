/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration as JSON. Each key stands for a directive of targets.conf,
 * so that it means the same, and the same is refused.
 *
 *   {"ktgt": {"version": 1, "config": {
 *     "discovery": {"incoming": [USER...], "outgoing": USER},
 *     "targets": [{
 *       "name": NAME, "id": N, "state": "ready" or "offline",
 *       "lus": [{"lun": N, "path": PATH, "direct": false, "backend": "block" or
 *                "null", "size": BYTES, "block_size": N, "read_only": false,
 *                "write_cache": true, "scsi_id": TEXT, "serial": TEXT,
 *                "vendor": TEXT, "product": TEXT, "revision": TEXT}...],
 *       "incoming": [USER...], "outgoing": USER,
 *       "initiators": [NAME...], "addresses": [ADDRESS...]}...]}}}
 *
 * with {"user": NAME, "secret": TEXT} for USER.
 */
#ifndef KTGT_CONF_JSON_H
#define KTGT_CONF_JSON_H

#include <jansson.h>

#include "conf/parser.h"

/* Whether the first character says that it is JSON. */
bool conf_is_json(const char *text, size_t len);
/* Reads it into the parser's configuration. */
void conf_json_read(struct conf_parser *parser, const char *text, size_t len);

/*
 * The other way: @object is what stands for discovery, a target or a logical
 * unit, and gets what the directive says there. @more is the secret of a user.
 * Returns 0, -ENOMEM, or -EILSEQ for a text that JSON cannot hold.
 */
int conf_json_put(json_t *object, enum conf_level level, const char *directive,
		  const char *text, const char *more);

#endif
