/* SPDX-License-Identifier: GPL-2.0 */
/* Items of one size in a row, which grows. */
#ifndef KTGT_LIB_VEC_H
#define KTGT_LIB_VEC_H

#include <stddef.h>
#include <stdint.h>

struct vec {
	char *items;
	size_t n;
	size_t size;	/* of one item */
};

#define vec_for_each(item, vec)						\
	for (size_t i_##item = 0;					\
	     ((item) = vec_at((vec), i_##item)) != NULL; i_##item++)

/*
 * Appends a zeroed item and returns it, or NULL when memory is short. An
 * address that was returned before is not valid afterwards.
 */
void *vec_add(struct vec *vec, size_t size);
void *vec_at(const struct vec *vec, size_t i);
/*
 * The items whose member at @off, a u32 by which the row is in order, is @key.
 * They still belong to @vec.
 */
struct vec vec_part(const struct vec *vec, size_t off, uint32_t key);
/* Frees texts (char *) and the row of them. */
void vec_free_strings(struct vec *vec);

#endif
