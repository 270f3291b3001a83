/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stream of iSCSI PDUs that costs as little as it can: what is to be sent is
 * gathered until there is nothing left to read, and leaves by one call; what
 * comes is read in large pieces, and data that nobody wants are not touched.
 */
#ifndef BENCH_CONN_H
#define BENCH_CONN_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>

#define NO_TAG 0xffffffff

enum opcode {
	NOP_OUT = 0x00,
	SCSI_COMMAND = 0x01,
	LOGIN_REQUEST = 0x03,
	DATA_OUT = 0x05,
	LOGOUT_REQUEST = 0x06,
	NOP_IN = 0x20,
	SCSI_RESPONSE = 0x21,
	LOGIN_RESPONSE = 0x23,
	DATA_IN = 0x25,
	LOGOUT_RESPONSE = 0x26,
	R2T = 0x31,
	IMMEDIATE = 0x40,
	OPCODE = 0x3f,
};

enum flags {
	FINAL = 0x80,
	/* SCSI command */
	READS = 0x40,
	WRITES = 0x20,
	SIMPLE = 0x01,
	/* Data-In and SCSI response */
	RESIDUAL = 0x06,
	HAS_STATUS = 0x01,
	/* login */
	TRANSIT = 0x80,
	CONTINUE = 0x40,
	OPERATIONAL_TO_FULL = 0x04 | 0x03,
};

/* Basic header segment. The words are named by their use in each PDU. */
struct pdu {
	uint8_t opcode;
	uint8_t flags;
	uint8_t response;
	uint8_t status;
	uint32_t lengths;	/* of AHS (8 bits, in words) and data (24) */
	uint8_t lun[8];		/* of a login: ISID and TSIH */
	uint32_t itt;
	union {
		uint32_t edtl;
		uint32_t ttt;
		uint32_t cid;
	};
	union {
		uint32_t cmd_sn;
		uint32_t stat_sn;
	};
	union {
		uint32_t exp_stat_sn;
		uint32_t exp_cmd_sn;
	};
	union {
		uint8_t cdb[16];
		struct {
			uint32_t max_cmd_sn;
			union {
				uint32_t data_sn;
				uint8_t login_status[2];
			};
			uint32_t offset;
			uint32_t length;	/* R2T */
		};
	};
};

_Static_assert(sizeof(struct pdu) == 48, "not a basic header segment");

enum {
	IN_SIZE = 1 << 20,
	HEADS_SIZE = 1 << 16,
	MAX_VECTORS = 1024,	/* of one sendmsg() */
	PATIENCE = 20,		/* seconds, with an answer */
};

struct conn {
	int fd;
	bool header_digest;
	bool data_digest;
	bool check;		/* digests of what comes */

	uint8_t *in;
	size_t head, tail;	/* what of it is still to be parsed */

	uint8_t *heads;		/* headers and digests that wait to be sent */
	size_t heads_len;
	struct iovec vectors[MAX_VECTORS];
	unsigned int vectors_len;
};

/* Says what is wrong, and ends the program. */
#define die(format, ...) do {						\
	fprintf(stderr, "iscsigen: " format "\n", ##__VA_ARGS__);	\
	exit(1);							\
} while (0)

static inline uint32_t pdu_data_len(const struct pdu *pdu)
{
	return ntohl(pdu->lengths) & 0xffffff;
}

void conn_init(struct conn *conn, int fd);
void conn_free(struct conn *conn);
/* False: the other side has closed, between two PDUs */
bool conn_next(struct conn *conn, struct pdu *pdu);
/* The data of the PDU that came last: to @to, or nowhere */
void conn_data(struct conn *conn, void *to, uint32_t len);

void conn_put(struct conn *conn, const struct pdu *pdu);
/*
 * The data must be padded with zeros, stay as they are until conn_flush(), and
 * have this digest.
 */
void conn_put_data(struct conn *conn, const void *data, uint32_t len,
		   uint32_t digest);
void conn_flush(struct conn *conn);

#endif
