/* SPDX-License-Identifier: GPL-2.0 */
/* An array of items of one size, which grows. */
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
 * Appends a zeroed item and returns it, or NULL if there is no memory. Pointers
 * to items that were returned before are not valid afterwards.
 */
void *vec_add(struct vec *vec, size_t size);
void *vec_at(const struct vec *vec, size_t i);
/*
 * The items whose member at @off, a u32 that @vec is sorted by, is @key. They
 * still belong to @vec.
 */
struct vec vec_part(const struct vec *vec, size_t off, uint32_t key);
/* Frees strings (char *) and the array. */
void vec_free_strings(struct vec *vec);

#endif
