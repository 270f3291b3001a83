/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration as JSON. Each key corresponds to a directive of
 * targets.conf, so it means the same, and the same values are refused.
 *
 *   {"ktgt": {"version": 1, "config": {
 *     "discovery": {"incoming": [USER...], "outgoing": USER},
 *     "targets": [{
 *       "name": NAME, "id": N, "state": "ready" or "offline",
 *       "lus": [{"lun": N, "path": PATH, "direct": false, "backend": "block" or
 *                "null", "size": BYTES, "block_size": N, "read_only": false,
 *                "write_cache": true, "scsi_id": TEXT, "serial": TEXT,
 *                "vendor": TEXT, "product": TEXT, "revision": TEXT,
 *                "naa": DIGITS, "eui": DIGITS, "uuid": UUID,
 *                "scsi_name": TEXT,
 *                "shared_identity": false, "medium": TEXT,
 *                "gone": "default" or "pdl"}...],
 *       "incoming": [USER...], "outgoing": USER,
 *       "initiators": [NAME...], "addresses": [ADDRESS...]}...]}}}
 *
 * with {"user": NAME, "secret": TEXT} for USER.
 */
#ifndef KTGT_CONF_JSON_H
#define KTGT_CONF_JSON_H

#include <jansson.h>

#include "conf/parser.h"

/* Whether the text is JSON, which its first character shows. */
bool conf_is_json(const char *text, size_t len);
/* Reads JSON into the parser's configuration. */
void conf_json_read(struct conf_parser *parser, const char *text, size_t len);

/*
 * Writes JSON: adds a directive to @object, which is discovery, a target or a
 * logical unit. @more is the secret of a user. Returns 0, -ENOMEM, or -EILSEQ
 * for a text that JSON cannot contain.
 */
int conf_json_put(json_t *object, enum conf_level level, const char *directive,
		  const char *text, const char *more);

#endif
