/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The session of an initiator with one connection.
 */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include "conn.h"

enum {
	MAX_SEGMENT = 262144,	/* MaxRecvDataSegmentLength that we declare */
	GOOD = 0x00,
	READ_CAPACITY_16 = 0x9e,
};

struct session {
	struct conn conn;
	uint8_t lun;
	uint16_t number;	/* of the initiator's sessions, in the ISID */

	/* what the login came to */
	uint32_t header_digest;
	uint32_t data_digest;
	uint32_t initial_r2t;
	uint32_t immediate_data;
	uint32_t first_burst;
	uint32_t max_burst;
	uint32_t max_segment;	/* that the target takes */

	uint32_t cmd_sn;	/* of the next command */
	uint32_t max_cmd_sn;
	uint32_t exp_stat_sn;
};

/* A value of ours, instead of the one that is offered: KEY=VALUE */
void session_key(char *pair);
/* Connects and logs in; dies if the target does not want us. */
void session_open(struct session *s, const char *address, const char *target);
void session_close(struct session *s);

/* Whether the target takes a further command */
static inline bool session_window(const struct session *s)
{
	return (int32_t)(s->max_cmd_sn - s->cmd_sn) >= 0;
}

/* Until the unit has no unit attention any more */
void session_wait_ready(struct session *s);
/* READ CAPACITY: the number of blocks, and their size */
uint64_t session_sectors(struct session *s, uint32_t *sector);

/* Tells what has come, as the ping of an idle initiator does */
void session_acknowledge(struct session *s);

/* The header of a command, with the next CmdSN */
void session_command(struct session *s, struct pdu *pdu, uint32_t itt);
/* The next PDU; answers pings, and checks the numbers of all. */
void session_next(struct session *s, struct pdu *pdu);
/* Runs a command that reads. Returns the status. */
uint8_t session_read(struct session *s, const uint8_t cdb[16], void *data,
		     uint32_t len);

#endif
