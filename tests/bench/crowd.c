// SPDX-License-Identifier: GPL-2.0
/*
 * A crowd at the door of a target: connections that never log in, opened as fast as
 * they go. For each one that the target closes, there is another one.
 *
 * It goes on until the end of its input. For each line of the input, it tells on a
 * line of JSON how far it has come.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	MAX_PEERS = 100000,
	MAX_ADDRESSES = 200,
	MAX_EVENTS = 256,
	HEADER = 48,	/* bytes of a PDU without data */
};

static const char usage_text[] =
"usage: iscsicrowd [OPTION]... ADDRESS:PORT NUMBER\n"
"\n"
"  -a ADDRESS  connect from here (any)\n"
"  -n COUNT    and from so many addresses, those that follow it (1)\n"
"  -s BYTES    of a Login Request, which each of them sends (0)\n"
"  -o COUNT    so many are being opened at a time, at most (256)\n"
"\n"
"For each line of the input, prints how many connections were made, are open, were\n"
"closed by the target, and were refused by it.\n";

struct peer {
	int fd;
	bool connected;
};

static struct sockaddr_in target = { .sin_family = AF_INET };
static struct sockaddr_in own = { .sin_family = AF_INET };
static uint32_t addresses = 1, next_address;
static size_t bytes;
/* A Login Request says with its first byte what it is; the rest does not come. */
static const uint8_t request[HEADER] = { 0x43, 0x87 };

static struct peer *peers;
static uint32_t *idle;		/* numbers of peers that have no connection */
static uint32_t nr, nr_idle, nr_opening, max_opening = 256;
static unsigned long made, ended, refused;
static int epoll;

static void watch(uint32_t number, uint32_t events, int op)
{
	struct epoll_event event = { .events = events, .data.u32 = number };

	if (epoll_ctl(epoll, op, number < nr ? peers[number].fd : STDIN_FILENO,
		      &event))
		err(1, "epoll_ctl");
}

/* The port is chosen when the connection is made: each address has all of them. */
static void bind_to(int fd)
{
	struct sockaddr_in from = own;
	int on = 1;

	if (!own.sin_addr.s_addr)
		return;
	from.sin_addr.s_addr = htonl(ntohl(own.sin_addr.s_addr) +
				     next_address++ % addresses);
	if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
		       sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&from, sizeof(from)))
		err(1, "bind to %s", inet_ntoa(from.sin_addr));
}

static void open_one(void)
{
	uint32_t number = idle[--nr_idle];
	struct peer *peer = &peers[number];

	peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (peer->fd < 0)
		err(1, "socket");
	bind_to(peer->fd);
	peer->connected = false;
	if (connect(peer->fd, (struct sockaddr *)&target, sizeof(target)) &&
	    errno != EINPROGRESS)
		err(1, "connect");
	nr_opening++;
	watch(number, EPOLLOUT, EPOLL_CTL_ADD);
}

static void close_one(uint32_t number)
{
	close(peers[number].fd);
	idle[nr_idle++] = number;
}

static void on_opened(uint32_t number)
{
	struct peer *peer = &peers[number];
	socklen_t len = sizeof(int);
	int error = 0;

	nr_opening--;
	if (getsockopt(peer->fd, SOL_SOCKET, SO_ERROR, &error, &len) || error) {
		refused++;
		close_one(number);
		return;
	}
	made++;
	peer->connected = true;
	/* if this fails, the target has closed already, and the next event tells */
	if (bytes)
		(void)!send(peer->fd, request, bytes, MSG_NOSIGNAL);
	watch(number, EPOLLIN, EPOLL_CTL_MOD);
}

/* What a target answers to a part of a request is nothing. */
static void on_readable(uint32_t number)
{
	char data[4096];
	ssize_t len = recv(peers[number].fd, data, sizeof(data), 0);

	if (len > 0 || (len < 0 && errno == EAGAIN))
		return;
	ended++;
	close_one(number);
}

static void tell(void)
{
	char lines[64];
	ssize_t len = read(STDIN_FILENO, lines, sizeof(lines)), i;

	if (len <= 0)
		exit(0);
	for (i = 0; i < len; i++) {
		if (lines[i] != '\n')
			continue;
		printf("{\"made\": %lu, \"open\": %u, \"closed\": %lu, \"refused\": %lu}\n",
		       made, nr - nr_idle - nr_opening, ended, refused);
		fflush(stdout);
	}
}

static void run(void)
{
	struct epoll_event events[MAX_EVENTS];
	int i, count;

	for (;;) {
		while (nr_idle && nr_opening < max_opening)
			open_one();
		count = epoll_wait(epoll, events, MAX_EVENTS, -1);
		if (count < 0 && errno != EINTR)
			err(1, "epoll_wait");
		for (i = 0; i < count; i++) {
			uint32_t number = events[i].data.u32;

			if (number == nr)
				tell();
			else if (peers[number].connected)
				on_readable(number);
			else
				on_opened(number);
		}
	}
}

static void prepare(void)
{
	struct rlimit limit = { nr + 64, nr + 64 };
	uint32_t number;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "RLIMIT_NOFILE");
	peers = calloc(nr, sizeof(*peers));
	idle = calloc(nr, sizeof(*idle));
	epoll = epoll_create1(0);
	if (!peers || !idle || epoll < 0)
		err(1, "cannot begin");
	for (number = nr; number > 0; number--)
		idle[nr_idle++] = number - 1;
	watch(nr, EPOLLIN, EPOLL_CTL_ADD);
}

static unsigned long parse_number(const char *text, unsigned long least,
				  unsigned long most)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (end == text || *end || value < least || value > most)
		errx(2, "invalid number '%s'; use %lu to %lu", text, least, most);
	return value;
}

static void parse_address(const char *text, struct sockaddr_in *to)
{
	if (inet_pton(AF_INET, text, &to->sin_addr) != 1)
		errx(2, "invalid address '%s'; use an IPv4 address", text);
}

static void parse_target(char *text)
{
	char *port = strchr(text, ':');

	if (!port)
		errx(2, "invalid target '%s'; use ADDRESS:PORT", text);
	*port++ = '\0';
	parse_address(text, &target);
	target.sin_port = htons(parse_number(port, 1, 65535));
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "a:n:s:o:")) != -1) {
		switch (option) {
		case 'a':
			parse_address(optarg, &own);
			break;
		case 'n':
			addresses = parse_number(optarg, 1, MAX_ADDRESSES);
			break;
		case 's':
			bytes = parse_number(optarg, 0, HEADER - 1);
			break;
		case 'o':
			max_opening = parse_number(optarg, 1, MAX_PEERS);
			break;
		default:
			fputs(usage_text, stderr);
			return 2;
		}
	}
	if (argc - optind != 2) {
		fputs(usage_text, stderr);
		return 2;
	}
	parse_target(argv[optind]);
	nr = parse_number(argv[optind + 1], 1, MAX_PEERS);
	prepare();
	run();
}
