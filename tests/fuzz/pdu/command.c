// SPDX-License-Identifier: GPL-2.0
/*
 * SCSI Commands and the Data-Out PDUs that belong to them, some with something
 * wrong, and what the target has to make of each.
 */
#include "command.h"
#include "request.h"
#include "scsi.h"
#include "stream.h"
#include "task.h"

#define NO_SERIAL	0xffffffff

u32 next_serial;
static struct request requests[1024];	/* by serial number */

struct request *request_of(u32 serial)
{
	return &requests[serial % ARRAY_SIZE(requests)];
}

/* --- commands ------------------------------------------------------------- */

/* bits of the third byte of a command */
enum {
	CMD_AHS		= 1 << 0,
	CMD_DIGEST	= 1 << 1,	/* wrong data digest */
	CMD_STALE	= 1 << 2,	/* a CmdSN that was used already */
	CMD_BEYOND	= 1 << 3,	/* although the window is closed */
	CMD_GAP		= 1 << 4,	/* a CmdSN is left out */
	CMD_ATTR	= 1 << 5,	/* an attribute that there is not */
};

static u32 unsolicited_bytes(const struct peer *peer, u32 edtl, bool final,
			     u32 immediate)
{
	const struct ktgt_param *param = &peer->tcp->conn.param;
	u32 first = min(param->first_burst, edtl);

	return final ? min(immediate, first) : first;
}

static void fill_cdb(struct input *in, u8 *cdb, struct request *sent)
{
	u8 how = take(in);
	u32 len = how & 64 ? take_len(in) : sent->edtl;

	/* more than a burst and than a connection may hold is enough */
	len = min(len, 5u << 18);
	cdb[0] = how & 3;
	cdb[1] = len >> 16;
	cdb[2] = len >> 8;
	cdb[3] = len;
	cdb[4] = how >> 2 & 1;
	if ((how >> 3 & 7) == 1)
		cdb[4] |= 2;
	cdb[5] = how >> 3 & 7;
	if (how & 128) {
		cdb[6] = take(in) & 15;
		cdb[7] = take(in);
	}
	shim_put(next_serial, cdb + CDB_SERIAL, 4);
	if (cdb_dir(cdb) == DMA_TO_DEVICE)
		sent->room = min(len, sent->edtl);
}

static void number_command(struct peer *peer, struct iscsi_scsi_req *req,
			   u8 what, u8 how, struct request *sent)
{
	peer->loose |= how & (CMD_GAP | CMD_BEYOND);
	if (how & CMD_GAP)
		peer->cmd_sn++;
	if (how & CMD_STALE && !(what & IN_IMMEDIATE)) {
		req->cmdsn = cpu_to_be32(peer->cmd_sn - 1);
		sent->barred = !peer->loose;
	} else {
		req->cmdsn = cpu_to_be32(take_cmd_sn(peer, what));
	}
}

/* Whether immediate data is what was agreed upon. */
static void judge_immediate(struct peer *peer, struct request *sent, u32 len,
			    u8 how)
{
	const struct ktgt_param *param = &peer->tcp->conn.param;

	sent->bad_data = (len && !param->immediate_data) ||
			 len > sent->unsolicited;
	/* what there is no room for is not looked at */
	if (len && len <= sent->room && how & CMD_DIGEST && param->data_digest)
		sent->bad_data = true;
	/* a second task of that tag is not accepted, its data comes still */
	if (find_task(peer, sent->itt) || peer->unsolicited[sent->itt].used)
		peer->astray = true;
}

void send_command(struct peer *peer, struct input *in, u8 what)
{
	u8 flags = take(in), how = take(in), tag = take(in);
	struct iscsi_scsi_req req = {};
	struct request *sent = request_of(next_serial);
	u8 ahs[8] = { 0, 4, ISCSI_AHSTYPE_RLENGTH };
	u32 len;
	u8 *data;

	if (!window_open(peer, what) && !(how & CMD_BEYOND))
		return;
	*sent = (struct request) { .known = true };
	req.opcode = opcode_of(ISCSI_OP_SCSI_CMD, what);
	req.flags = (flags & 0xe0) | (how & CMD_ATTR ? 5 : flags & 3);
	req.lun.scsi_lun[1] = tag >> 6 & 3;
	req.itt = (__force itt_t)(tag & 63);
	sent->edtl = take_len(in);
	req.data_length = cpu_to_be32(sent->edtl);
	number_command(peer, &req, what, how, sent);
	fill_cdb(in, req.cdb, sent);
	len = flags & 4 ? take_len(in) : 0;
	if (flags & 8)
		len = min(min(sent->edtl, len ?: 0xffffffff),
			  peer->tcp->conn.param.first_burst);
	len = min_t(u32, len, KTGT_MAX_RECV_DSL + 4);
	if (len > peer->tcp->conn.param.max_recv_dsl) {
		sent->barred = true;
		peer->may_close = true;
	}
	hton24(req.dlength, len);
	if (how & CMD_AHS)
		req.hlength = 2;
	sent->itt = tag & 63;
	sent->flags = req.flags;
	sent->unsolicited = unsolicited_bytes(peer, sent->edtl,
					      req.flags & ISCSI_FLAG_CMD_FINAL,
					      len);
	judge_immediate(peer, sent, len, how);
	next_serial++;
	data = make_data(tag & 63, 0, len);
	send_pdu(peer, (void *)&req, ahs, data,
		 how & CMD_DIGEST ? WRONG_DATA_DIGEST : 0);
	free(data);
}

/* --- their data ----------------------------------------------------------- */

/* bits of the third byte of a Data-Out */
enum {
	OUT_TTT		= 1 << 0,
	OUT_ITT		= 1 << 1,
	OUT_DATASN	= 1 << 2,
	OUT_OFFSET	= 1 << 3,
	OUT_EARLY	= 1 << 4,	/* F before the end of the burst */
	OUT_LONG	= 1 << 5,	/* more than the burst has */
	OUT_DIGEST	= 1 << 6,
	OUT_NOT_FINAL	= 1 << 7,
};

static struct r2t *pick_r2t(struct peer *peer, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < MAX_R2TS; i++) {
		struct r2t *r2t = &peer->r2ts[(nr + i) % MAX_R2TS];

		if (r2t->used)
			return r2t;
	}
	return NULL;
}

static struct r2t *pick_burst(struct peer *peer, u8 which)
{
	struct r2t *burst;

	if (!(which & 64))
		return pick_r2t(peer, which & 63);
	burst = &peer->unsolicited[which & 63];
	return burst->used ? burst : NULL;
}

static void fill_data_out(struct iscsi_data *hdr, struct r2t *burst, u32 len,
			  u8 how)
{
	bool last = burst->got + len >= burst->len;

	hdr->opcode = ISCSI_OP_SCSI_DATA_OUT;
	if ((last && !(how & OUT_NOT_FINAL)) || how & OUT_EARLY)
		hdr->flags = ISCSI_FLAG_CMD_FINAL;
	hdr->itt = (__force itt_t)(burst->itt ^ (how & OUT_ITT ? 1 : 0));
	hdr->ttt = burst->ttt ^ (how & OUT_TTT ? cpu_to_be32(8) : 0);
	hdr->datasn = cpu_to_be32(burst->data_sn++ +
				  (how & OUT_DATASN ? 1 : 0));
	hdr->offset = cpu_to_be32(burst->off + burst->got +
				  (how & OUT_OFFSET ? 4 : 0));
	hton24(hdr->dlength, len);
}

/* Whether a Data-Out is the one that is due. */
static void judge_data_out(struct peer *peer, const struct r2t *burst, u32 len,
			   u8 how, bool final)
{
	struct request *req = request_of(burst->serial);

	if (burst->serial == NO_SERIAL || burst->got > burst->len) {
		peer->astray = true;
		return;
	}
	if (how & (OUT_TTT | OUT_ITT | OUT_NOT_FINAL))
		peer->astray = true;
	if (how & (OUT_DATASN | OUT_OFFSET) || len > burst->len - burst->got ||
	    (final && len != burst->len - burst->got))
		req->bad_data = true;
	/* what goes elsewhere is missing here */
	if (len && how & (OUT_TTT | OUT_ITT))
		req->bad_data = true;
	if (len && how & OUT_DIGEST && peer->tcp->conn.param.data_digest &&
	    burst->off + burst->got + len <= req->room)
		req->bad_data = true;
}

void send_data_out(struct peer *peer, struct input *in, u8 what)
{
	u8 which = take(in), how = take(in);
	struct r2t *burst = pick_burst(peer, which);
	struct r2t none = {
		.ttt = which, .itt = which & 63, .len = 512,
		.serial = NO_SERIAL,
	};
	struct iscsi_data hdr = {};
	u32 len, left;
	u8 *data;

	if (!burst)
		burst = &none;
	left = burst->len - min(burst->got, burst->len);
	len = which & 128 ? take_len(in) : left;
	if (!(how & OUT_LONG))
		len = min(len, left);
	len = min_t(u32, len, KTGT_MAX_RECV_DSL);
	fill_data_out(&hdr, burst, len, how);
	judge_data_out(peer, burst, len, how,
		       hdr.flags & ISCSI_FLAG_CMD_FINAL);
	data = make_data(burst->itt, burst->off + burst->got, len);
	send_pdu(peer, (void *)&hdr, NULL, data,
		 how & OUT_DIGEST ? WRONG_DATA_DIGEST : 0);
	free(data);
	burst->got += len;
	if (hdr.flags & ISCSI_FLAG_CMD_FINAL)
		burst->used = false;
}

/* Remember what of a command comes without being asked for. */
void note_unsolicited(struct peer *peer, u32 serial)
{
	const struct request *sent = request_of(serial);
	const struct iscsi_hdr *hdr;

	if (serial == next_serial || sent->flags & ISCSI_FLAG_CMD_FINAL)
		return;
	hdr = &peer->sent[(peer->nr_sent - 1) % MAX_SENT];
	peer->unsolicited[sent->itt] = (struct r2t) {
		.used = true, .itt = sent->itt, .serial = serial,
		.ttt = cpu_to_be32(ISCSI_RESERVED_TAG),
		.len = sent->unsolicited, .got = ntoh24(hdr->dlength),
	};
}

void commands_start(void)
{
	memset(requests, 0, sizeof(requests));
	next_serial = 1;
}
