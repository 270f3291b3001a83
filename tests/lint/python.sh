#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All Python: that it compiles, and what pyflakes finds.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need pyflakes3
# Nothing compiled is left beside the sources.
export PYTHONPYCACHEPREFIX=$lint_build/pycache
mapfile -t sources < <(scripts python py)

for name in "${sources[@]}"; do
	/usr/bin/python3 -m py_compile "$name" 2>&1 |
		awk -v name="$name" '{ last = $0 }
			END { if (NR) print name ": " last }'
done | findings
{ pyflakes3 "${sources[@]}" 2>&1 || true; } | findings
