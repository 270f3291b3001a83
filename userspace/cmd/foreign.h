/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words that other tools have for what the native grammar says: those of
 * targetcli, tgtadm, nvme, ip and others.
 */
#ifndef KTGT_CMD_FOREIGN_H
#define KTGT_CMD_FOREIGN_H

/*
 * What to say instead, NULL if it is no word that is known. For objects and
 * keys that is a word of the grammar, or a sentence if it has a blank. The verb
 * of an object is one that it has, or a sentence; without @noun it is any.
 */
const char *foreign_object(const char *word);
const char *foreign_verb(const char *noun, const char *word);
const char *foreign_key(const char *word, int i);

#endif
