/* SPDX-License-Identifier: GPL-2.0 */
/* The native grammar: options, which stand before the object. */
#ifndef KTGT_CMD_OPTIONS_H
#define KTGT_CMD_OPTIONS_H

/* One that can stand in place of an object, and has options of its own */
struct program {
	const char *name;
	int (*main)(int argc, char **argv);
};

/*
 * The whole of a command line; @programs end with a name of NULL. Returns an exit
 * status.
 */
int ktgtadm_main(int argc, char **argv, const struct program *programs);
/* NULL if there is none of this name */
const struct program *program_find(const struct program *programs,
				   const char *name);

#endif
