/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of other tools (targetcli, tgtadm, nvme, ip and others), and what they
 * are called in the native grammar.
 */
#ifndef KTGT_CMD_FOREIGN_H
#define KTGT_CMD_FOREIGN_H

/*
 * Each returns what to say instead, or NULL if the word is unknown: a word of
 * the grammar, or a sentence, which contains a blank. A verb is one of the
 * object @noun; if @noun is NULL, it is one of any object.
 */
const char *foreign_object(const char *word);
const char *foreign_verb(const char *noun, const char *word);
const char *foreign_key(const char *word, int i);

#endif
