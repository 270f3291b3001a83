// SPDX-License-Identifier: GPL-2.0
/*
 * The least that a target can do from user space: it takes requests, gives back
 * as many bytes as a target would, and does nothing else. Data that it is sent
 * are read and forgotten, data that it is asked for are whatever its memory has.
 * (They leave by a copy. sendfile() spares that, and yet 256 KiB cost half as
 * much again by it: it sends page by page.)
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floor.h"
#include "session.h"

enum {
	WINDOW = 128,
	SECTOR = 512,
	UNIT_MIB = 256,
};

struct floor {
	struct conn conn;
	uint32_t cmd_sn;	/* that is expected */
	uint32_t stat_sn;
};

static void put_response(struct floor *f, const struct pdu *request,
			 struct pdu *pdu)
{
	pdu->flags |= FINAL;
	pdu->itt = request->itt;
	pdu->stat_sn = htonl(f->stat_sn++);
	pdu->exp_cmd_sn = htonl(f->cmd_sn);
	pdu->max_cmd_sn = htonl(f->cmd_sn + WINDOW - 1);
	conn_put(&f->conn, pdu);
}

static void put_data_in(struct floor *f, const struct pdu *request,
			const void *data, uint32_t len)
{
	struct pdu pdu = {
		.opcode = DATA_IN,
		.flags = HAS_STATUS,
		.lengths = htonl(len),
		.ttt = NO_TAG,
	};

	if (len > MAX_SEGMENT)
		die("floor: a read of %u bytes", len);
	put_response(f, request, &pdu);
	conn_put_data(&f->conn, data, len, 0);
}

static void on_command(struct floor *f, const struct pdu *request)
{
	static const uint8_t capacity[32] = {
		[4] = (uint8_t)((UNIT_MIB * 2048 - 1) >> 24),
		[5] = (uint8_t)((UNIT_MIB * 2048 - 1) >> 16),
		[6] = 0xff, 0xff, [10] = SECTOR >> 8,
	};
	static const uint8_t data[MAX_SEGMENT];
	struct pdu pdu = { .opcode = SCSI_RESPONSE };
	uint32_t edtl = ntohl(request->edtl);

	f->cmd_sn++;
	if (request->flags & WRITES && pdu_data_len(request) != edtl)
		die("floor: a write whose data are not all immediate");
	if (!(request->flags & READS))
		put_response(f, request, &pdu);
	else if (request->cdb[0] == READ_CAPACITY_16)
		put_data_in(f, request, capacity, sizeof(capacity));
	else
		put_data_in(f, request, data, edtl);
}

static void on_login(struct floor *f, const struct pdu *request)
{
	static const char text[] =
		"HeaderDigest=None\0DataDigest=None\0InitialR2T=No\0"
		"ImmediateData=Yes\0FirstBurstLength=262144\0"
		"MaxRecvDataSegmentLength=262144\0\0\0";
	struct pdu pdu = {
		.opcode = LOGIN_RESPONSE,
		.flags = TRANSIT | OPERATIONAL_TO_FULL,
		.lengths = htonl(sizeof(text) - 3),
	};

	f->cmd_sn = ntohl(request->cmd_sn);
	put_response(f, request, &pdu);
	conn_put_data(&f->conn, text, sizeof(text) - 3, 0);
}

static void on_logout(struct floor *f, const struct pdu *request)
{
	struct pdu pdu = { .opcode = LOGOUT_RESPONSE };

	put_response(f, request, &pdu);
	conn_flush(&f->conn);
}

static void serve(struct floor *f)
{
	struct pdu request;

	while (conn_next(&f->conn, &request)) {
		conn_data(&f->conn, NULL, pdu_data_len(&request));
		switch (request.opcode & OPCODE) {
		case LOGIN_REQUEST:
			on_login(f, &request);
			break;
		case SCSI_COMMAND:
			on_command(f, &request);
			break;
		case LOGOUT_REQUEST:
			on_logout(f, &request);
			break;
		default:
			die("floor: PDU %#x is not expected", request.opcode);
		}
	}
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 1))
		die("port %u: %s", port, strerror(errno));
	return fd;
}

void floor_run(uint16_t port)
{
	static struct floor f;
	int listener = listen_on(port), fd;

	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			die("accept: %s", strerror(errno));
		conn_init(&f.conn, fd);
		serve(&f);
		conn_free(&f.conn);
	}
}
