#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the tests of this folder: several virtual machines with a network between them,
# on Debian's 6.1.
#
#   run.sh [NAME[:CASE,CASE]]...
#
# Prints each failure, and as the last line: N passed, N failed, N skipped. The whole
# output of a test, and the logs of its machines, are in build/check/machines/NAME.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$here/../../build/check/machines
passed=0 failed=0 skipped=0

# run_one NAME[:CASES]
run_one()
{
	local name=${1%%:*} cases='' log status=0 p f s start=$SECONDS

	[[ $1 != *:* ]] || cases=${1#*:}
	[[ -x $here/$name.py ]] || {
		echo "run.sh: no test '$name'; there are: $(all | xargs)" >&2
		exit 2
	}
	rm -rf "${out:?}/$name"
	mkdir -p "$out/$name"
	log=$out/$name/output
	# shellcheck disable=SC2086 # words
	KTGT_MACHINES=$out/$name PYTHONDONTWRITEBYTECODE=1 \
		"$here/$name.py" ${cases//,/ } >"$log" 2>&1 || status=$?
	read -r p f s < <(awk '
		/^1\.\.0 # SKIP/ || /^ok .*# SKIP/ { s++; next }
		/^ok / { p++ }
		/^not ok / { f++ }
		END { print p + 0, f + 0, s + 0 }' "$log")
	((status == 0 || status == 4 || f)) || f=1
	((p + f + s)) || f=1
	printf '%s %-24s %3d passed %3d failed %3d skipped %7s s\n' \
		"$( ((f == 0)) && echo ok || echo 'NOT OK')" "$name" "$p" "$f" \
		"$s" "$((SECONDS - start))"
	((f == 0)) || sed 's/^/  /' "$log"
	grep -h '# SKIP' "$log" | sed 's/^/  /' || true
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

all()
{
	local file

	for file in "$here"/*.py; do
		file=${file##*/}
		echo "${file%.py}"
	done
}

main()
{
	local name

	(($#)) || mapfile -t names < <(all)
	for name in ${names[@]+"${names[@]}"} "$@"; do
		run_one "$name"
	done
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0 && passed > 0))
}

main "$@"
