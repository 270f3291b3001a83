/* SPDX-License-Identifier: GPL-2.0 */
/* The objects of a configuration as plain structs. */
#ifndef KTGT_LIB_MODEL_H
#define KTGT_LIB_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/field.h"
#include "lib/spec.h"
#include "lib/vec.h"

/*
 * Sets a text of the identity to @text if it is not set; cuts it if it is too
 * long.
 */
void lu_default_text(struct lu *lu, uint16_t attr, const char *text);
/* Whether two rules admit the same initiators; host bits are ignored. */
bool acl_same(const struct acl *a, const struct acl *b);

#endif
