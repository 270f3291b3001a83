// SPDX-License-Identifier: GPL-2.0
/*
 * Many sessions at a time, from one process: what they cost when they do
 * nothing, and what each I/O costs when all of them work.
 *
 * It goes from stage to stage, tells of each on a line of JSON, and waits for
 * the end of a line from whoever measures memory: connections without a target,
 * sessions that are logged in, sessions that have read, the end.
 */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "session.h"
#include "work.h"

enum {
	MAX_SESSIONS = 4000,
	READ_10 = 0x28,
};

static const char usage_text[] =
"usage: iscsiscale [OPTION]... ADDRESS:PORT TARGET SESSIONS\n"
"\n"
"  -l LUN    (0)\n"
"  -q N      commands at a time of each session (1)\n"
"  -n COUNT  reads of 4096 bytes, of all sessions together (20000)\n";

static struct session *sessions;
static unsigned int nr;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

/* Kilobytes of this process, with its page tables: not the target's */
static unsigned long own_memory(void)
{
	unsigned long sum = 0, value;
	char line[128];
	FILE *file = fopen("/proc/self/status", "r");

	if (!file)
		die("/proc/self/status: %s", strerror(errno));
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "VmRSS: %lu", &value) == 1 ||
		    sscanf(line, "VmPTE: %lu", &value) == 1)
			sum += value;
	fclose(file);
	return sum;
}

static void tell_stage(const char *name, unsigned long count, double seconds)
{
	printf("{\"stage\": \"%s\", \"count\": %lu, \"seconds\": %.6f, \"own\": %lu}\n",
	       name, count, seconds, own_memory());
	fflush(stdout);
	while (getchar() != '\n')
		if (feof(stdin))
			exit(1);
}

/* What the sockets of both sides take by themselves */
static void plain_connections(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int *fds = calloc(2 * nr, sizeof(*fds));
	socklen_t len = sizeof(address);
	struct sockaddr *to = (struct sockaddr *)&address;
	unsigned int n;

	if (!fds || bind(listener, to, len) || listen(listener, 128) ||
	    getsockname(listener, to, &len))
		die("cannot listen: %s", strerror(errno));
	for (n = 0; n < nr; n++) {
		fds[2 * n] = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fds[2 * n], to, len))
			die("connect: %s", strerror(errno));
		fds[2 * n + 1] = accept(listener, NULL, NULL);
		if (fds[2 * n + 1] < 0)
			die("accept: %s", strerror(errno));
	}
	tell_stage("connected", nr, 0);
	for (n = 0; n < 2 * nr; n++)
		close(fds[n]);
	close(listener);
	free(fds);
}

static void log_in(const char *address, const char *target, uint8_t lun)
{
	double start = now();
	unsigned int n;

	for (n = 0; n < nr; n++) {
		/* 0 is who else loads the target */
		sessions[n].number = n + 1;
		sessions[n].lun = lun;
		session_open(&sessions[n], address, target);
	}
	tell_stage("logged-in", nr, now() - start);
}

static void put_reads(struct session *s, struct work *work, unsigned int depth)
{
	unsigned int n;

	for (n = 0; n < depth; n++) {
		uint32_t lba = htonl(work_choose(work) * (4096 / 512));
		struct pdu pdu = {
			.flags = FINAL | READS | SIMPLE,
			.edtl = htonl(4096),
			.cdb = { READ_10, [8] = 4096 / 512 },
		};

		memcpy(pdu.cdb + 2, &lba, sizeof(lba));
		session_command(s, &pdu, n);
		conn_put(&s->conn, &pdu);
	}
	conn_flush(&s->conn);
}

static void get_reads(struct session *s, unsigned int depth)
{
	struct pdu pdu;
	unsigned int n;

	for (n = 0; n < depth; n++) {
		session_next(s, &pdu);
		if (pdu.opcode != DATA_IN || !(pdu.flags & HAS_STATUS) ||
		    pdu.status != GOOD || pdu_data_len(&pdu) != 4096)
			die("PDU %#x, flags %#x, status %#x for a read",
			    pdu.opcode, pdu.flags, pdu.status);
		conn_data(&s->conn, NULL, 4096);
	}
}

static void one_round(struct work *work, unsigned int depth)
{
	unsigned int n;

	for (n = 0; n < nr; n++)
		put_reads(&sessions[n], work, depth);
	for (n = 0; n < nr; n++)
		get_reads(&sessions[n], depth);
}

static void run(unsigned int depth, unsigned long count)
{
	struct work work = { .random = true };
	unsigned long done = 0;
	uint32_t sector;
	unsigned int n;
	double start;

	for (n = 0; n < nr; n++)
		session_wait_ready(&sessions[n]);
	work.blocks = session_sectors(&sessions[0], &sector) / 8;
	if (sector != 512 || !work.blocks)
		die("sectors of %u bytes, blocks: %lu", sector,
		    (unsigned long)work.blocks);
	/* The first rounds are not counted: memory grows meanwhile. */
	one_round(&work, depth);
	one_round(&work, depth);
	start = now();
	for (; done < count; done += (unsigned long)nr * depth)
		one_round(&work, depth);
	tell_stage("read", done, now() - start);
}

static unsigned long parse_number(const char *text, unsigned long most)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (end == text || *end || !value || value > most)
		die("'%s' is no number from 1 to %lu", text, most);
	return value;
}

static void raise_limit(void)
{
	struct rlimit limit = { 2 * MAX_SESSIONS + 64, 2 * MAX_SESSIONS + 64 };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("RLIMIT_NOFILE: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	unsigned long count = 20000;
	unsigned int depth = 1, n;
	uint8_t lun = 0;
	int option;

	while ((option = getopt(argc, argv, "l:q:n:")) != -1) {
		if (option == 'l') {
			lun = parse_number(optarg, 255);
		} else if (option == 'q') {
			depth = parse_number(optarg, MAX_DEPTH);
		} else if (option == 'n') {
			count = parse_number(optarg, 100000000);
		} else {
			fputs(usage_text, stderr);
			return 2;
		}
	}
	if (argc - optind != 3) {
		fputs(usage_text, stderr);
		return 2;
	}
	nr = parse_number(argv[optind + 2], MAX_SESSIONS);
	raise_limit();
	sessions = calloc(nr, sizeof(*sessions));
	if (!sessions)
		die("no memory");
	plain_connections();
	log_in(argv[optind], argv[optind + 1], lun);
	run(depth, count);
	for (n = 0; n < nr; n++)
		session_acknowledge(&sessions[n]);
	tell_stage("idle", nr, 0);
	for (n = 0; n < nr; n++)
		session_close(&sessions[n]);
	return 0;
}
