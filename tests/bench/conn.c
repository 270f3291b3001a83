// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "crc32c.h"

static void *allocate(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		die("no memory");
	return memory;
}

void conn_init(struct conn *conn, int fd)
{
	int one = 1;

	memset(conn, 0, sizeof(*conn));
	conn->fd = fd;
	conn->in = allocate(IN_SIZE);
	conn->heads = allocate(HEADS_SIZE);
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("TCP_NODELAY: %s", strerror(errno));
}

void conn_free(struct conn *conn)
{
	close(conn->fd);
	free(conn->in);
	free(conn->heads);
}

/*
 * Blocks without a look at what comes meanwhile: the requests of reads, and the
 * responses to writes, are so few bytes that they fit into the socket buffers,
 * so the other side never waits for us to read.
 */
void conn_flush(struct conn *conn)
{
	struct iovec *vector = conn->vectors;
	struct msghdr message = { 0 };
	ssize_t sent;

	while (conn->vectors_len) {
		message.msg_iov = vector;
		message.msg_iovlen = conn->vectors_len;
		sent = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
		if (sent < 0) {
			if (errno == EINTR)
				continue;
			die("send: %s", strerror(errno));
		}
		while (conn->vectors_len && (size_t)sent >= vector->iov_len) {
			sent -= vector->iov_len;
			conn->vectors_len--;
			vector++;
		}
		if (sent) {
			vector->iov_base = (uint8_t *)vector->iov_base + sent;
			vector->iov_len -= sent;
		}
	}
	conn->heads_len = 0;
}

static void put(struct conn *conn, const void *data, size_t len)
{
	struct iovec *last;

	if (conn->vectors_len) {
		last = &conn->vectors[conn->vectors_len - 1];
		if ((uint8_t *)last->iov_base + last->iov_len == data) {
			last->iov_len += len;
			return;
		}
	}
	conn->vectors[conn->vectors_len++] = (struct iovec){ (void *)data, len };
}

/* Something that is kept here until it is sent */
static void put_copy(struct conn *conn, const void *data, size_t len)
{
	uint8_t *copy = conn->heads + conn->heads_len;

	memcpy(copy, data, len);
	conn->heads_len += len;
	put(conn, copy, len);
}

/* Room for a whole PDU: header, digest, data, digest */
static void make_room(struct conn *conn)
{
	if (conn->vectors_len + 4 > MAX_VECTORS ||
	    conn->heads_len + sizeof(struct pdu) + 8 > HEADS_SIZE)
		conn_flush(conn);
}

void conn_put(struct conn *conn, const struct pdu *pdu)
{
	uint32_t digest;

	make_room(conn);
	put_copy(conn, pdu, sizeof(*pdu));
	if (conn->header_digest) {
		digest = crc32c(pdu, sizeof(*pdu));
		put_copy(conn, &digest, sizeof(digest));
	}
}

static uint32_t padded(uint32_t len)
{
	return (len + 3) & ~3U;
}

void conn_put_data(struct conn *conn, const void *data, uint32_t len,
		   uint32_t digest)
{
	if (!len)
		return;
	put(conn, data, padded(len));
	if (conn->data_digest)
		put_copy(conn, &digest, sizeof(digest));
}

/* False: the other side has closed */
static bool fill(struct conn *conn)
{
	ssize_t got;

	conn_flush(conn);
	if (conn->head == conn->tail) {
		conn->head = 0;
		conn->tail = 0;
	} else if (conn->head) {
		conn->tail -= conn->head;
		memmove(conn->in, conn->in + conn->head, conn->tail);
		conn->head = 0;
	}
	do
		got = recv(conn->fd, conn->in + conn->tail,
			   IN_SIZE - conn->tail, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == EAGAIN)
		die("no answer in %d s", PATIENCE);
	if (got < 0)
		die("receive: %s", strerror(errno));
	conn->tail += got;
	return got;
}

static void take(struct conn *conn, void *to, size_t len)
{
	size_t part;

	while (len) {
		if (conn->head == conn->tail && !fill(conn))
			die("the other side closed in the middle of a PDU");
		part = conn->tail - conn->head;
		if (part > len)
			part = len;
		if (to) {
			memcpy(to, conn->in + conn->head, part);
			to = (uint8_t *)to + part;
		}
		conn->head += part;
		len -= part;
	}
}

bool conn_next(struct conn *conn, struct pdu *pdu)
{
	uint32_t digest;

	if (conn->head == conn->tail && !fill(conn))
		return false;
	take(conn, pdu, sizeof(*pdu));
	if (conn->header_digest) {
		take(conn, &digest, sizeof(digest));
		if (conn->check && digest != crc32c(pdu, sizeof(*pdu)))
			die("header digest is wrong (opcode %#x)", pdu->opcode);
	}
	if (ntohl(pdu->lengths) >> 24)
		die("additional header in PDU %#x", pdu->opcode);
	return true;
}

void conn_data(struct conn *conn, void *to, uint32_t len)
{
	uint32_t digest;

	if (!len)
		return;
	take(conn, to, padded(len));
	if (!conn->data_digest)
		return;
	take(conn, &digest, sizeof(digest));
	if (conn->check && to && digest != crc32c(to, padded(len)))
		die("data digest is wrong (%u bytes)", len);
}
