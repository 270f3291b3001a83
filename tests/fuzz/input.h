/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The input of a fuzzer, byte by byte; behind its end come zeroes.
 */
#ifndef _KTGT_FUZZ_INPUT_H
#define _KTGT_FUZZ_INPUT_H

struct input {
	const u8	*p;
	size_t		left;
};

static inline u8 take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->p++;
}

static inline u32 take16(struct input *in)
{
	u32 high = take(in);

	return high << 8 | take(in);
}

static inline void take_bytes(struct input *in, void *to, size_t len)
{
	size_t have = min(len, in->left);

	if (have)
		memcpy(to, in->p, have);
	memset((u8 *)to + have, 0, len - have);
	in->p += have;
	in->left -= have;
}

#endif /* _KTGT_FUZZ_INPUT_H */
