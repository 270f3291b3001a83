// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes that go to the target: PDUs one after the other, with digests.
 */
#include "socket.h"
#include "stream.h"

void stream_put(struct peer *peer, const void *p, u32 len)
{
	if (peer->stream_pos == peer->stream_len) {
		peer->stream_pos = 0;
		peer->stream_len = 0;
	}
	append(&peer->stream, &peer->stream_len, &peer->stream_room, p, len);
}

static void put_digest(struct peer *peer, u32 crc, bool wrong)
{
	u8 digest[4] = { crc, crc >> 8, crc >> 16, crc >> 24 };

	digest[1] ^= wrong;
	stream_put(peer, digest, sizeof(digest));
}

/* @hdr says how long @data is; its AHS are zeroes or what is in @data. */
void send_pdu(struct peer *peer, struct iscsi_hdr *hdr, const u8 *ahs,
	      const u8 *data, u8 wrong)
{
	const struct ktgt_param *param = &peer->tcp->conn.param;
	u32 ahs_len = hdr->hlength * 4, len = ntoh24(hdr->dlength);
	static const u8 zeroes[4];
	u32 crc;

	hdr->exp_statsn = cpu_to_be32(peer->ack);
	peer->sent[peer->nr_sent++ % MAX_SENT] = *hdr;
	stream_put(peer, hdr, KTGT_BHS_LEN);
	stream_put(peer, ahs, ahs_len);
	if (peer->digests && param->header_digest) {
		crc = crc32c(~0, hdr, KTGT_BHS_LEN);
		put_digest(peer, ~crc32c(crc, ahs, ahs_len),
			   wrong & WRONG_HEADER_DIGEST);
	}
	stream_put(peer, data, len);
	stream_put(peer, zeroes, -len & 3);
	if (len && peer->digests && param->data_digest) {
		crc = crc32c(~0, data, len);
		put_digest(peer, ~crc32c(crc, zeroes, -len & 3),
			   wrong & WRONG_DATA_DIGEST);
	}
	announce(peer);
}

u8 *make_data(u32 seed, u32 off, u32 len)
{
	u8 *data = malloc(len);
	u32 i;

	for (i = 0; i < len; i++)
		data[i] = pattern(seed, off + i);
	return data;
}

/* Lengths around those where something changes, or any of 16 bits. */
u32 take_len(struct input *in)
{
	static const u32 lens[32] = {
		0, 1, 4, 48, 511, 512, 513, 1024, 2048, 4095, 4096, 4097, 8191,
		8192, 8193, 12288, 16384, 32768, 65535, 65536, 65537, 69632,
		131072, 262143, 262144, 262145, 524288, 1 << 20, (1 << 20) + 1,
		3 << 20, 1 << 22, 16777215,
	};
	u8 code = take(in);

	return code < 128 ? lens[code % 32] : (code & 127) << 8 | take(in);
}
