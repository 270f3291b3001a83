#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One line for each target that was fuzzed; fails if one has found something.
#
#   report.sh FOLDER TARGET...
#
#   FOLDER   has what each has said, in a file of its name

set -euo pipefail

# What stands behind NAME in the last line that has it.
last()
{
	sed -n "s/.*$1:\{1,2\} *\([^ /]*\).*/\1/p" "$log" | tail -n 1
}

status=0
row='%-8s %12s %8s %10s %8s  %s\n'
# shellcheck disable=SC2059 # the format of all rows
printf "$row" target inputs edges features corpus result
logs=$1
shift
for target in "$@"; do
	log=$logs/$target
	result=quiet
	if ! grep -q '^Done ' "$log"; then
		result="found something: $log"
		status=1
	fi
	# shellcheck disable=SC2059
	printf "$row" "$target" "$(last number_of_executed_units)" \
		"$(last cov)" "$(last ft)" "$(last corp)" "$result"
done
exit "$status"
