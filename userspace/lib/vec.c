// SPDX-License-Identifier: GPL-2.0
/* An array of items of one size, which grows. */
#include "lib/vec.h"

#include <stdlib.h>
#include <string.h>

void *vec_add(struct vec *vec, size_t size)
{
	size_t n = vec->n;
	char *items;

	/* it grows at each power of two, so its capacity need not be stored */
	if (!(n & (n - 1))) {
		items = reallocarray(vec->items, n ? 2 * n : 1, size);
		if (!items)
			return NULL;
		vec->items = items;
	}
	vec->size = size;
	vec->n++;
	return memset(vec->items + n * size, 0, size);
}

void *vec_at(const struct vec *vec, size_t i)
{
	return i < vec->n ? vec->items + i * vec->size : NULL;
}

/* The first item whose key is not less than @key. */
static size_t lower_bound(const struct vec *vec, size_t off, uint64_t key)
{
	size_t from = 0, to = vec->n, mid;
	uint32_t have;

	while (from < to) {
		mid = from + (to - from) / 2;
		memcpy(&have, vec->items + mid * vec->size + off,
		       sizeof(have));
		if (have < key)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

struct vec vec_part(const struct vec *vec, size_t off, uint32_t key)
{
	size_t from = lower_bound(vec, off, key);

	return (struct vec){
		.items = vec->items ? vec->items + from * vec->size : NULL,
		.n = lower_bound(vec, off, (uint64_t)key + 1) - from,
		.size = vec->size,
	};
}

void vec_free_strings(struct vec *vec)
{
	char **text;

	vec_for_each(text, vec)
		free(*text);
	free(vec->items);
	memset(vec, 0, sizeof(*vec));
}
