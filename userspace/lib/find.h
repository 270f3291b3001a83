/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding who uses a device or a port: in /proc, in /sys, and in the kernel's
 * list of sockets. A long search stops at a deadline.
 */
#ifndef KTGT_LIB_FIND_H
#define KTGT_LIB_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* Where /proc and /sys are, without the slash at the end; tests set it. */
extern const char *find_root;

/* Milliseconds of a clock that is never set. */
uint64_t find_clock(void);

/*
 * Reads the first line of a file below find_root, without its newline; -1 if
 * none.
 */
int find_read(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Finds a process that has a file open, and writes "NAME (pid N)". @st says
 * which file: its type and inode, or the number of a device.
 */
bool find_process(const struct stat *st, uint64_t deadline, char *buf,
		  size_t size);

#endif
