#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a VM with a module that counts: runs tests, and brings out the counts.
#
#   collect.sh [NAME]...     tests of tests/run.sh, all without a name
#
# The counts of a module stay when it is unloaded; each load adds to them. They
# are copied to /ktgt/out/gcov, under the paths of their objects.

set -euo pipefail

gcov=/sys/kernel/debug/gcov
out=${KTGT_RESULTS:-/ktgt/out}/gcov
status=0

"$(dirname "$0")/../run.sh" "$@" || status=$?

# Files there have no size until they are read.
find "$gcov" -name '*.gcda' -path '*/ktgt-build/*' -print0 |
	while IFS= read -r -d '' file; do
		to=$out/${file#*/ktgt-build/}
		mkdir -p "${to%/*}"
		cat "$file" >"$to"
	done
exit "$status"
