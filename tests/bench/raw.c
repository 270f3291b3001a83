// SPDX-License-Identifier: GPL-2.0
/*
 * The part of the floor that is not the network: the I/O of the device itself,
 * all that is idle submitted by one call. With fio it costs half as much again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "conn.h"
#include "raw.h"

enum {
	ALIGNMENT = 4096,
};

struct raw {
	int fd;
	aio_context_t context;
	struct iocb iocbs[MAX_DEPTH];
	struct iocb *idle[MAX_DEPTH];
	unsigned int idles;
};

static void prepare(struct raw *r, struct work *w, const char *device)
{
	unsigned int n;
	struct iocb *iocb;
	off_t size;
	void *data;

	r->fd = open(device, O_RDWR | O_DIRECT);
	size = r->fd < 0 ? -1 : lseek(r->fd, 0, SEEK_END);
	if (size < 0)
		die("%s: %s", device, strerror(errno));
	w->blocks = size / w->block;
	if (!w->blocks)
		die("%s is smaller than a block of %u", device, w->block);
	if (syscall(SYS_io_setup, w->depth, &r->context))
		die("io_setup: %s", strerror(errno));
	for (n = 0; n < w->depth; n++) {
		data = aligned_alloc(ALIGNMENT, MAX_BLOCK);
		if (!data)
			die("no memory");
		memset(data, 0x5a, w->block);
		iocb = &r->iocbs[n];
		iocb->aio_lio_opcode = w->writes ? IOCB_CMD_PWRITE :
				       IOCB_CMD_PREAD;
		iocb->aio_fildes = r->fd;
		iocb->aio_buf = (uintptr_t)data;
		iocb->aio_nbytes = w->block;
		r->idle[r->idles++] = iocb;
	}
}

static void submit(struct raw *r, struct work *w)
{
	unsigned int n;
	long done;

	for (n = 0; n < r->idles && work_has_more(w); n++) {
		r->idle[n]->aio_offset = work_choose(w) * w->block;
		w->started++;
	}
	if (!n)
		return;
	done = syscall(SYS_io_submit, r->context, (long)n, r->idle);
	if (done != n)
		die("io_submit: %s", done < 0 ? strerror(errno) : "not all");
	r->idles -= n;
	memmove(r->idle, r->idle + n, r->idles * sizeof(r->idle[0]));
}

static void reap(struct raw *r, struct work *w)
{
	struct io_event events[MAX_DEPTH];
	long n;

	n = syscall(SYS_io_getevents, r->context, 1L, (long)w->depth, events,
		    NULL);
	if (n < 0)
		die("io_getevents: %s", strerror(errno));
	while (n--) {
		if (events[n].res != w->block)
			die("an I/O of %u bytes came to %lld", w->block,
			    (long long)events[n].res);
		r->idle[r->idles++] = (struct iocb *)(uintptr_t)events[n].obj;
		w->ended++;
	}
}

void raw_run(struct work *w, const char *device)
{
	static struct raw r;

	prepare(&r, w, device);
	while (work_goes_on(w)) {
		submit(&r, w);
		reap(&r, w);
	}
	work_print(w, false);
	while (w->ended < w->started)
		reap(&r, w);
	syscall(SYS_io_destroy, r.context);
	close(r.fd);
}
