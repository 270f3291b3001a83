// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "session.h"

enum {
	TEXT_SIZE = 8192,
	MAX_ROUNDS = 8,		/* of a login */
	OWN_TAG = 0x10000,	/* no index of a command */
	TRIES = 16,		/* until the unit has no more to tell */
};

#define RESULT(member) offsetof(struct session, member)
#define NO_RESULT ((size_t)-1)

/*
 * What we offer, which is what open-iscsi offers, and where the result goes: to
 * what is negotiated the target answers with the result, so its answer counts.
 */
static struct key {
	const char *name;
	const char *value;
	size_t result;
} keys[] = {
	{ "InitiatorName", "iqn.2026-11.org.example:gen", NO_RESULT },
	{ "TargetName", NULL, NO_RESULT },
	{ "SessionType", "Normal", NO_RESULT },
	{ "HeaderDigest", "None", RESULT(header_digest) },
	{ "DataDigest", "None", RESULT(data_digest) },
	{ "InitialR2T", "No", RESULT(initial_r2t) },
	{ "ImmediateData", "Yes", RESULT(immediate_data) },
	{ "FirstBurstLength", "262144", RESULT(first_burst) },
	{ "MaxBurstLength", "16776192", RESULT(max_burst) },
	{ "MaxRecvDataSegmentLength", "262144", RESULT(max_segment) },
	{ "MaxConnections", "1", NO_RESULT },
	{ "MaxOutstandingR2T", "1", NO_RESULT },
	{ "ErrorRecoveryLevel", "0", NO_RESULT },
	{ "DefaultTime2Wait", "0", NO_RESULT },
	{ "DefaultTime2Retain", "0", NO_RESULT },
	{ "DataPDUInOrder", "Yes", NO_RESULT },
	{ "DataSequenceInOrder", "Yes", NO_RESULT },
};

#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

static struct key *find_key(const char *name)
{
	size_t n;

	for (n = 0; n < NR_KEYS; n++)
		if (!strcmp(keys[n].name, name))
			return &keys[n];
	return NULL;
}

void session_key(char *pair)
{
	char *value = strchr(pair, '=');
	struct key *key;

	if (!value)
		die("'%s' is not KEY=VALUE", pair);
	*value++ = '\0';
	key = find_key(pair);
	if (!key)
		die("key '%s' is not known", pair);
	key->value = value;
}

static void set_result(struct session *s, const struct key *key,
		       const char *value)
{
	uint32_t number;

	if (key->result == NO_RESULT || !strcmp(value, "Irrelevant"))
		return;
	if (!strcmp(value, "Yes") || !strcmp(value, "CRC32C"))
		number = 1;
	else if (!strcmp(value, "No") || !strcmp(value, "None"))
		number = 0;
	else
		number = strtoul(value, NULL, 0);
	memcpy((uint8_t *)s + key->result, &number, sizeof(number));
}

/* The text of the first request */
static uint32_t offer(struct session *s, char *text)
{
	uint32_t len = 0;
	size_t n;

	for (n = 0; n < NR_KEYS; n++) {
		len += 1 + snprintf(text + len, TEXT_SIZE - len, "%s=%s",
				    keys[n].name, keys[n].value);
		if (len > TEXT_SIZE)
			die("the keys are too long");
		set_result(s, &keys[n], keys[n].value);
	}
	/* This one is not negotiated: each side tells its own. */
	s->max_segment = 8192;
	return len;
}

static void parse_answer(struct session *s, char *text, uint32_t len)
{
	char *end = text + len, *name, *value;
	struct key *key;

	while (text < end) {
		name = text;
		text += strlen(text) + 1;
		value = strchr(name, '=');
		if (!value)
			die("login: '%s' is not KEY=VALUE", name);
		*value++ = '\0';
		key = find_key(name);
		if (!strcmp(value, "Reject") || !strcmp(value, "NotUnderstood"))
			die("login: the target answers %s=%s", name, value);
		if (key)
			set_result(s, key, value);
	}
}

static void send_login(struct session *s, char *text, uint32_t len,
		       uint8_t flags)
{
	struct pdu pdu = {
		.opcode = LOGIN_REQUEST | IMMEDIATE,
		.flags = flags,
		.lengths = htonl(len),
		/* ISID: type, number, qualifier */
		.lun = { 0x80, s->number >> 8, s->number, 1 },
		.itt = htonl(OWN_TAG),
		.cmd_sn = htonl(s->cmd_sn),
		.exp_stat_sn = htonl(s->exp_stat_sn),
	};

	conn_put(&s->conn, &pdu);
	conn_put_data(&s->conn, text, len, 0);
	conn_flush(&s->conn);
}

/* True once the target goes to full feature phase. */
static bool login_answer(struct session *s, char *text, uint8_t *flags)
{
	struct pdu pdu;
	uint32_t len;

	if (!conn_next(&s->conn, &pdu))
		die("login: the target has closed");
	len = pdu_data_len(&pdu);
	if ((pdu.opcode & OPCODE) != LOGIN_RESPONSE)
		die("login: the target answers with opcode %#x", pdu.opcode);
	if (pdu.login_status[0])
		die("login: status %#04x%02x", pdu.login_status[0],
		    pdu.login_status[1]);
	if (len > TEXT_SIZE - 4)
		die("login: an answer of %u bytes", len);
	conn_data(&s->conn, text, len);
	text[len] = '\0';
	parse_answer(s, text, len);
	s->exp_stat_sn = ntohl(pdu.stat_sn) + 1;
	s->max_cmd_sn = ntohl(pdu.max_cmd_sn);
	*flags = OPERATIONAL_TO_FULL;
	if (!(pdu.flags & CONTINUE))
		*flags |= TRANSIT;
	return pdu.flags & TRANSIT;
}

static void want_digest(const char *name, uint32_t result)
{
	if (!strcmp(find_key(name)->value, "CRC32C") && !result)
		die("login: the target refuses %s=CRC32C", name);
}

/* From the operational stage on: there is no authentication. */
static void log_in(struct session *s)
{
	static char text[TEXT_SIZE];
	uint8_t flags = TRANSIT | OPERATIONAL_TO_FULL;
	uint32_t len = offer(s, text);
	int round;

	for (round = 0; round < MAX_ROUNDS; round++) {
		send_login(s, text, len, flags);
		if (login_answer(s, text, &flags))
			break;
		len = 0;
	}
	if (round == MAX_ROUNDS)
		die("login: no end after %d rounds", round);
	want_digest("HeaderDigest", s->header_digest);
	want_digest("DataDigest", s->data_digest);
	s->conn.header_digest = s->header_digest;
	s->conn.data_digest = s->data_digest;
}

static int connect_to(const char *address)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	struct sockaddr_in to = { .sin_family = AF_INET };
	char host[INET_ADDRSTRLEN];
	uint16_t port;
	int fd;

	/* No name, since a static program has no resolver */
	if (sscanf(address, "%15[0-9.]:%hu", host, &port) != 2 ||
	    inet_pton(AF_INET, host, &to.sin_addr) != 1)
		die("'%s' is not an IPv4 ADDRESS:PORT", address);
	to.sin_port = htons(port);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("%s: %s", address, strerror(errno));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)))
		die("SO_RCVTIMEO: %s", strerror(errno));
	return fd;
}

void session_open(struct session *s, const char *address, const char *target)
{
	conn_init(&s->conn, connect_to(address));
	find_key("TargetName")->value = target;
	s->cmd_sn = 1;
	log_in(s);
}

static void take_numbers(struct session *s, const struct pdu *pdu)
{
	uint32_t exp = ntohl(pdu->exp_cmd_sn), max = ntohl(pdu->max_cmd_sn);

	if ((int32_t)(exp - s->cmd_sn) > 0)
		die("ExpCmdSN is %u, but the next CmdSN is %u", exp, s->cmd_sn);
	if ((int32_t)(max - (exp - 1)) < 0)
		return;
	if ((int32_t)(max - s->max_cmd_sn) > 0)
		s->max_cmd_sn = max;
}

static void take_status(struct session *s, const struct pdu *pdu)
{
	uint32_t stat_sn = ntohl(pdu->stat_sn);

	if (stat_sn != s->exp_stat_sn)
		die("StatSN of PDU %#x is %u instead of %u", pdu->opcode,
		    stat_sn, s->exp_stat_sn);
	s->exp_stat_sn++;
}

static void answer_ping(struct session *s, const struct pdu *ping)
{
	struct pdu pdu = {
		.opcode = NOP_OUT | IMMEDIATE,
		.flags = FINAL,
		.itt = NO_TAG,
		.ttt = ping->ttt,
		.cmd_sn = htonl(s->cmd_sn),
		.exp_stat_sn = htonl(s->exp_stat_sn),
	};

	memcpy(pdu.lun, ping->lun, sizeof(pdu.lun));
	if (ping->ttt != NO_TAG)
		conn_put(&s->conn, &pdu);
}

void session_next(struct session *s, struct pdu *pdu)
{
	for (;;) {
		if (!conn_next(&s->conn, pdu))
			die("the target has closed the connection");
		take_numbers(s, pdu);
		switch (pdu->opcode) {
		case DATA_IN:
			if (pdu->flags & HAS_STATUS)
				take_status(s, pdu);
			return;
		case SCSI_RESPONSE:
		case LOGOUT_RESPONSE:
			take_status(s, pdu);
			return;
		case R2T:
			return;
		case NOP_IN:
			conn_data(&s->conn, NULL, pdu_data_len(pdu));
			answer_ping(s, pdu);
			break;
		default:
			die("the target sends a PDU %#x", pdu->opcode);
		}
	}
}

void session_acknowledge(struct session *s)
{
	struct pdu pdu = {
		.opcode = NOP_OUT | IMMEDIATE,
		.flags = FINAL,
		.itt = NO_TAG,		/* no answer */
		.ttt = NO_TAG,
		.cmd_sn = htonl(s->cmd_sn),
		.exp_stat_sn = htonl(s->exp_stat_sn),
	};

	conn_put(&s->conn, &pdu);
	conn_flush(&s->conn);
}

void session_command(struct session *s, struct pdu *pdu, uint32_t itt)
{
	pdu->opcode = SCSI_COMMAND;
	pdu->lun[1] = s->lun;
	pdu->itt = htonl(itt);
	pdu->cmd_sn = htonl(s->cmd_sn++);
	pdu->exp_stat_sn = htonl(s->exp_stat_sn);
}

uint8_t session_read(struct session *s, const uint8_t cdb[16], void *data,
		     uint32_t len)
{
	struct pdu pdu = {
		.flags = FINAL | SIMPLE | (len ? READS : 0),
		.edtl = htonl(len),
	};
	uint32_t got;

	memcpy(pdu.cdb, cdb, sizeof(pdu.cdb));
	session_command(s, &pdu, OWN_TAG);
	conn_put(&s->conn, &pdu);
	do {
		session_next(s, &pdu);
		got = pdu_data_len(&pdu);
		if (pdu.opcode == DATA_IN && got > len)
			die("%u bytes for a command of %u", got, len);
		conn_data(&s->conn, pdu.opcode == DATA_IN ? data : NULL, got);
	} while (pdu.opcode == DATA_IN && !(pdu.flags & HAS_STATUS));
	if (pdu.opcode == SCSI_RESPONSE && pdu.response)
		die("response %#x to command %#x", pdu.response, cdb[0]);
	return pdu.status;
}

void session_wait_ready(struct session *s)
{
	static const uint8_t test_unit_ready[16];
	uint8_t status;
	int try;

	for (try = 0; try < TRIES; try++) {
		status = session_read(s, test_unit_ready, NULL, 0);
		if (status == GOOD)
			return;
	}
	die("the unit is not ready: status %#x", status);
}

uint64_t session_sectors(struct session *s, uint32_t *sector)
{
	static const uint8_t cdb[16] = { READ_CAPACITY_16, 0x10, [13] = 32 };
	uint8_t data[32] = { 0 }, status;
	uint64_t last;

	status = session_read(s, cdb, data, sizeof(data));
	if (status != GOOD)
		die("READ CAPACITY: status %#x", status);
	memcpy(&last, data, sizeof(last));
	memcpy(sector, data + 8, sizeof(*sector));
	*sector = ntohl(*sector);
	if (!*sector)
		die("READ CAPACITY: blocks of 0 bytes");
	return be64toh(last) + 1;
}

void session_close(struct session *s)
{
	struct pdu pdu = {
		.opcode = LOGOUT_REQUEST | IMMEDIATE,
		.flags = FINAL,		/* and reason 0: the session */
		.itt = htonl(OWN_TAG),
		.cmd_sn = htonl(s->cmd_sn),
		.exp_stat_sn = htonl(s->exp_stat_sn),
	};

	conn_put(&s->conn, &pdu);
	session_next(s, &pdu);
	if (pdu.opcode != LOGOUT_RESPONSE || pdu.response)
		die("logout: PDU %#x, response %#x", pdu.opcode, pdu.response);
	conn_free(&s->conn);
}
