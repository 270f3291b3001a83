/* SPDX-License-Identifier: GPL-2.0 */
/* The native grammar: options, which come before the object. */
#ifndef KTGT_CMD_OPTIONS_H
#define KTGT_CMD_OPTIONS_H

/* a program that can be named in place of an object, with its own options */
struct program {
	const char *name;
	int (*main)(int argc, char **argv);
};

/*
 * Carries out a whole command line. @programs ends with a name of NULL. Returns
 * an exit status.
 */
int ktgtadm_main(int argc, char **argv, const struct program *programs);
/* returns NULL if there is no program of this name */
const struct program *program_find(const struct program *programs,
				   const char *name);

#endif
