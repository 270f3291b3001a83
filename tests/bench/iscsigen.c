// SPDX-License-Identifier: GPL-2.0
/*
 * Loads an iSCSI target from one connection, at so little cost of its own that
 * the target is nearly all of what is measured: it touches no data, sends all
 * that it has in one call, and reads whatever the socket has in another.
 *
 * It stays a correct initiator, and ends with an error if the target is not a
 * correct target: it keeps to the command window and to R2T, and checks status,
 * StatSN, DataSN, offsets and lengths. See usage() below for the options.
 */
#include <getopt.h>
#include <string.h>

#include "crc32c.h"
#include "floor.h"
#include "raw.h"
#include "session.h"
#include "work.h"

enum {
	READ_10 = 0x28,
	WRITE_10 = 0x2a,
	COMPARE_AND_WRITE = 0x89,
};

static const char usage_text[] =
"usage: iscsigen [OPTION]... ADDRESS:PORT TARGET\n"
"       iscsigen -R [OPTION]... DEVICE   the same on a block device: no target\n"
"       iscsigen -F PORT                 be the floor: a target that does nothing\n"
"\n"
"  -l LUN    (0)\n"
"  -o OP     read, write, randread or randwrite (randread); caw or randcaw:\n"
"            COMPARE AND WRITE of what -o write has written\n"
"  -b BYTES  of each command (4096)\n"
"  -q N      commands at a time, 1 to 128 (1)\n"
"  -t SEC    for so long (1), of which the first tenth is not counted\n"
"  -n COUNT  so many commands instead\n"
"  -d        header and data digests\n"
"  -k KEY=VALUE  offer this at login\n"
"  -v        verify: each block of the unit once, in order. What -o write wrote\n"
"            is what -o read wants to see; all digests are checked.\n"
"\n"
"Prints one line of JSON.\n";

struct slot {
	bool busy;
	uint64_t offset;	/* on the device */
	uint32_t moved;
	uint32_t data_sn;
	uint8_t *data;		/* when it verifies */
};

struct gen {
	struct session session;
	struct work work;
	uint32_t transfer;	/* bytes that a command moves */
	bool verify, raw;
	uint32_t sector;	/* of the unit */
	struct slot slots[MAX_DEPTH];
	unsigned int idle[MAX_DEPTH];
	unsigned int idles;

	/* the same data for all writes, and their digests by length */
	uint8_t *data;
	struct {
		uint32_t len, digest;
	} digests[8];
	unsigned int digests_len;
};

/* What verifies: each word tells its place on the device */
static uint64_t word_at(uint64_t offset)
{
	return (offset + 1) * 0x9e3779b97f4a7c15;
}

static void make_data(const struct gen *g, struct slot *slot)
{
	uint64_t word;
	uint32_t n;

	for (n = 0; n < g->work.block; n += sizeof(word)) {
		word = word_at(slot->offset + n);
		memcpy(slot->data + n, &word, sizeof(word));
	}
}

static void check_data(const struct slot *slot, uint32_t from, uint32_t len)
{
	uint64_t word;
	uint32_t n;

	for (n = from; n + sizeof(word) <= from + len; n += sizeof(word)) {
		memcpy(&word, slot->data + n, sizeof(word));
		if (word != word_at(slot->offset + n))
			die("byte %llu of the unit has other data",
			    (unsigned long long)slot->offset + n);
	}
}

/* Sums are needed of very few lengths, so each is made once. */
static uint32_t digest_of_len(struct gen *g, uint32_t len)
{
	unsigned int n;

	for (n = 0; n < g->digests_len; n++)
		if (g->digests[n].len == len)
			return g->digests[n].digest;
	n = g->digests_len;
	if (n < sizeof(g->digests) / sizeof(g->digests[0]))
		g->digests_len++;
	else
		n = 0;
	g->digests[n].len = len;
	g->digests[n].digest = crc32c(g->data, len);
	return g->digests[n].digest;
}

static void put_data(struct gen *g, struct slot *slot, struct pdu *pdu,
		     uint32_t len)
{
	struct conn *conn = &g->session.conn;
	const uint8_t *data = g->data;
	uint32_t digest = 0;

	pdu->lengths = htonl(len);
	conn_put(conn, pdu);
	if (g->verify)
		data = slot->data + slot->moved;
	if (conn->data_digest)
		digest = g->verify ? crc32c(data, len) : digest_of_len(g, len);
	conn_put_data(conn, data, len, digest);
	slot->moved += len;
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* A sequence of Data-Out PDUs from where the last one ended */
static void put_data_out(struct gen *g, unsigned int index, uint32_t ttt,
			 uint32_t len)
{
	struct slot *slot = &g->slots[index];
	uint32_t end = slot->moved + len, part, data_sn = 0;
	struct pdu pdu = {
		.opcode = DATA_OUT,
		.itt = htonl(index),
		.ttt = ttt,
		.lun = { 0, g->session.lun },
		.exp_stat_sn = htonl(g->session.exp_stat_sn),
	};

	while (slot->moved < end) {
		part = min_u32(end - slot->moved, g->session.max_segment);
		pdu.data_sn = htonl(data_sn++);
		pdu.offset = htonl(slot->moved);
		if (slot->moved + part == end)
			pdu.flags = FINAL;
		put_data(g, slot, &pdu, part);
	}
}

static void put_write(struct gen *g, unsigned int index, struct pdu *pdu)
{
	const struct session *s = &g->session;
	uint32_t first = min_u32(g->transfer, s->first_burst), immediate = 0;

	if (s->immediate_data)
		immediate = min_u32(first, s->max_segment);
	if (s->initial_r2t)
		first = immediate;
	pdu->flags = WRITES | SIMPLE;
	if (first == immediate)
		pdu->flags |= FINAL;
	put_data(g, &g->slots[index], pdu, immediate);
	put_data_out(g, index, NO_TAG, first - immediate);
}

static void put_cdb(const struct gen *g, uint8_t *cdb, uint64_t block)
{
	uint32_t sectors = g->work.block / g->sector;
	uint32_t lba = htonl(block * sectors);
	uint16_t count = htons(sectors);

	if (g->work.compares) {
		cdb[0] = COMPARE_AND_WRITE;
		memcpy(cdb + 6, &lba, sizeof(lba));
		cdb[13] = sectors;
		return;
	}
	cdb[0] = g->work.writes ? WRITE_10 : READ_10;
	memcpy(cdb + 2, &lba, sizeof(lba));
	memcpy(cdb + 7, &count, sizeof(count));
}

static void put_command(struct gen *g, unsigned int index)
{
	struct slot *slot = &g->slots[index];
	uint64_t block = work_choose(&g->work);
	struct pdu pdu = {
		.flags = FINAL | READS | SIMPLE,
		.edtl = htonl(g->transfer),
	};

	slot->busy = true;
	slot->offset = block * g->work.block;
	slot->moved = 0;
	slot->data_sn = 0;
	put_cdb(g, pdu.cdb, block);
	session_command(&g->session, &pdu, index);
	g->work.started++;
	if (!g->work.writes) {
		conn_put(&g->session.conn, &pdu);
		return;
	}
	if (g->verify)
		make_data(g, slot);
	put_write(g, index, &pdu);
}

/* As many commands as there are slots, and as the target's window lets */
static void put_commands(struct gen *g)
{
	while (g->idles && session_window(&g->session) &&
	       work_has_more(&g->work))
		put_command(g, g->idle[--g->idles]);
}

static struct slot *find_slot(struct gen *g, const struct pdu *pdu)
{
	uint32_t index = ntohl(pdu->itt);

	if (index >= g->work.depth || !g->slots[index].busy)
		die("PDU %#x for no task: %#x", pdu->opcode, index);
	return &g->slots[index];
}

static void end_command(struct gen *g, struct slot *slot, const struct pdu *pdu)
{
	if (pdu->flags & RESIDUAL)
		die("residual %u", ntohl(pdu->length));
	if (slot->moved != g->transfer)
		die("%u bytes of %u have moved", slot->moved, g->transfer);
	slot->busy = false;
	g->idle[g->idles++] = slot - g->slots;
	g->work.ended++;
}

static void on_data_in(struct gen *g, const struct pdu *pdu)
{
	struct slot *slot = find_slot(g, pdu);
	uint32_t len = pdu_data_len(pdu), offset = ntohl(pdu->offset);
	void *to = NULL;

	if (g->work.writes || len > g->transfer - slot->moved || len > MAX_SEGMENT)
		die("%u bytes too many of Data-In", len);
	if (offset != slot->moved || ntohl(pdu->data_sn) != slot->data_sn)
		die("Data-In %u at %u, instead of %u at %u",
		    ntohl(pdu->data_sn), offset, slot->data_sn, slot->moved);
	if (g->verify)
		to = slot->data + offset;
	conn_data(&g->session.conn, to, len);
	if (g->verify)
		check_data(slot, offset, len);
	slot->moved += len;
	slot->data_sn++;
	if (!(pdu->flags & HAS_STATUS))
		return;
	if (pdu->status != GOOD)
		die("status %#x with data", pdu->status);
	end_command(g, slot, pdu);
}

static void on_response(struct gen *g, const struct pdu *pdu)
{
	struct slot *slot = find_slot(g, pdu);
	uint8_t sense[512] = { 0 };
	uint32_t len = pdu_data_len(pdu);

	conn_data(&g->session.conn, len <= sizeof(sense) ? sense : NULL, len);
	if (pdu->response || pdu->status != GOOD)
		die("response %#x, status %#x, sense %x/%02x/%02x",
		    pdu->response, pdu->status, sense[4] & 15, sense[14],
		    sense[15]);
	end_command(g, slot, pdu);
}

static void on_r2t(struct gen *g, const struct pdu *pdu)
{
	struct slot *slot = find_slot(g, pdu);
	uint32_t offset = ntohl(pdu->offset), len = ntohl(pdu->length);

	if (!g->work.writes || offset != slot->moved || !len ||
	    len > g->transfer - offset || len > g->session.max_burst)
		die("R2T for %u bytes at %u, when %u of %u are sent", len,
		    offset, slot->moved, g->transfer);
	put_data_out(g, slot - g->slots, pdu->ttt, len);
}

static void handle_next(struct gen *g)
{
	struct pdu pdu;

	session_next(&g->session, &pdu);
	switch (pdu.opcode) {
	case DATA_IN:
		on_data_in(g, &pdu);
		break;
	case SCSI_RESPONSE:
		on_response(g, &pdu);
		break;
	case R2T:
		on_r2t(g, &pdu);
		break;
	default:
		die("PDU %#x is not expected", pdu.opcode);
	}
}

static void run(struct gen *g)
{
	struct work *w = &g->work;

	while (work_goes_on(w)) {
		put_commands(g);
		handle_next(g);
	}
	work_print(w, g->session.conn.data_digest);
	/* Those that are still on their way are not counted. */
	while (w->ended < w->started)
		handle_next(g);
}

static void read_capacity(struct gen *g)
{
	uint64_t sectors = session_sectors(&g->session, &g->sector);

	/* 32 bits of it are what a command of 10 bytes reaches. */
	if (sectors > UINT32_MAX)
		sectors = UINT32_MAX;
	if (g->work.block % g->sector)
		die("blocks of %u are no multiple of the unit's %u", g->work.block,
		    g->sector);
	g->work.blocks = sectors * g->sector / g->work.block;
	if (!g->work.blocks)
		die("the unit is smaller than one block of %u", g->work.block);
}

static void choose_transfer(struct gen *g)
{
	g->transfer = g->work.block;
	if (!g->work.compares)
		return;
	if (g->verify || g->work.block / g->sector > 255)
		die("caw does not verify, and has at most 255 blocks");
	g->transfer *= 2;
}

static void prepare(struct gen *g)
{
	unsigned int n;

	choose_transfer(g);
	g->data = malloc(2 * MAX_BLOCK);
	if (!g->data)
		die("no memory");
	memset(g->data, 0x5a, 2 * MAX_BLOCK);
	for (n = 0; n < g->work.depth; n++) {
		g->idle[g->idles++] = n;
		if (!g->verify)
			continue;
		g->slots[n].data = malloc(g->work.block);
		if (!g->slots[n].data)
			die("no memory");
	}
	if (g->verify) {
		g->session.conn.check = true;
		g->work.random = false;
		g->work.count = g->work.blocks;
	}
}

static uint64_t parse_number(const char *text, uint64_t least, uint64_t most)
{
	char *end;
	uint64_t value = strtoull(text, &end, 0);

	if (end == text || *end || value < least || value > most)
		die("'%s' is no number from %llu to %llu", text,
		    (unsigned long long)least, (unsigned long long)most);
	return value;
}

static void set_digests(void)
{
	static char header[] = "HeaderDigest=CRC32C";
	static char data[] = "DataDigest=CRC32C";

	session_key(header);
	session_key(data);
}

static void set_option(struct gen *g, int option, char *value)
{
	switch (option) {
	case 'l':
		g->session.lun = parse_number(value, 0, 255);
		break;
	case 'o':
		work_set_op(&g->work, value);
		break;
	case 'b':
		g->work.block = parse_number(value, 512, MAX_BLOCK);
		break;
	case 'q':
		g->work.depth = parse_number(value, 1, MAX_DEPTH);
		break;
	case 't':
		g->work.seconds = atof(value);
		break;
	case 'n':
		g->work.count = parse_number(value, 1, UINT64_MAX);
		break;
	case 'd':
		set_digests();
		break;
	case 'k':
		session_key(value);
		break;
	case 'v':
		g->verify = true;
		break;
	case 'R':
		g->raw = true;
		break;
	case 'F':
		floor_run(parse_number(value, 1, 65535));
		break;
	default:
		fputs(usage_text, stderr);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	static struct gen gen = {
		.work = { .block = 4096, .depth = 1, .seconds = 1 },
	};
	struct gen *g = &gen;
	int option;

	work_set_op(&g->work, "randread");
	while ((option = getopt(argc, argv, "l:o:b:q:t:n:dk:vRF:h")) != -1)
		set_option(g, option, optarg);
	if (argc - optind != (g->raw ? 1 : 2))
		set_option(g, 'h', NULL);
	if (g->raw && g->work.compares)
		die("a device has no COMPARE AND WRITE");
	if (g->raw) {
		raw_run(&g->work, argv[optind]);
		return 0;
	}
	session_open(&g->session, argv[optind], argv[optind + 1]);
	session_wait_ready(&g->session);
	read_capacity(g);
	prepare(g);
	run(g);
	session_close(&g->session);
	return 0;
}
