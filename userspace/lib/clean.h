/* SPDX-License-Identifier: GPL-2.0 */
/* Text that can be printed. */
#ifndef KTGT_LIB_CLEAN_H
#define KTGT_LIB_CLEAN_H

/*
 * Returns a copy of @text that is valid UTF-8 without control characters. Names
 * come from the network, and are printed on terminals and in JSON.
 */
char *clean_text(const char *text);

#endif
