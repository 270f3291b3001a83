#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The documents, by docutils.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

/usr/bin/python3 -c 'import docutils' 2>/dev/null ||
	die "docutils is missing; to install it: make deps"

files '*.rst' | while read -r name; do
	/usr/bin/python3 - "$name" 2>&1 <<-'END' |
		import sys
		from docutils.core import publish_string
		with open(sys.argv[1], encoding="utf-8") as file:
		    publish_string(file.read(), source_path=sys.argv[1],
		                   writer_name="null",
		                   settings_overrides={"report_level": 1,
		                                       "halt_level": 6})
	END
		grep -E "^$name:[0-9]+:" || true
done | findings
