// SPDX-License-Identifier: GPL-2.0
/* ktgtadm: main(). The name of the program decides what it is. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cmd/grammar.h"
#include "cmd/options.h"
#include "tgt/admin.h"
#include "tgt/setup_lun.h"
#include "tgt/tgtadm.h"

/* The commands of scsi-target-utils */
static const struct program programs[] = {
	{ "tgtadm", tgtadm_main },
	{ "tgt-admin", tgt_admin_main },
	{ "tgt-setup-lun", tgt_setup_lun_main },
	{ NULL, NULL }
};

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	const struct program *program;
	int status;

	/* so that tables show letters of all languages */
	setlocale(LC_CTYPE, "");
	program = program_find(programs, name ? name + 1 : argv[0]);
	status = program ? program->main(argc, argv) :
			   ktgtadm_main(argc, argv, programs);
	/* a full disk or a closed pipe must not look like success */
	if (fflush(stdout) && !status) {
		perror("ktgtadm: stdout");
		status = EXIT_USAGE;
	}
	return status;
}
