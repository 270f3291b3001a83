/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has what the kernel would not give: looked for in /proc, in /sys and in the
 * kernel's list of sockets. A long search ends at a deadline, found or not.
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

/* A line of a file below find_root, without its end; -1 if there is none. */
int find_read(char *buf, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Which process has a file open of which @st tells the type, and the inode, or of
 * a device the number: "NAME (pid N)".
 */
bool find_process(const struct stat *st, uint64_t deadline, char *buf,
		  size_t size);

#endif
