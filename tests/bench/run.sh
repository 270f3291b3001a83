#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measures ktgt beside other targets in the counting VM: one run, one table.
#
#   run.sh all|quick [PEER]...
#
#   all     every job (less than 15 minutes)
#   quick   those that a change of the data path shows in, without tgt (less
#           than 4)
#   PEER    only these, of raw, floor, lio, tgt, nvmet, ktgt
#
# Results: build/bench.json, charts in build/bench.

set -euo pipefail
cd "$(dirname "$0")/../.."

mode=${1:-}
out=build/bench
known=(raw floor lio tgt nvmet ktgt)

case $mode in
all) peers=("${known[@]}") ;;
quick) peers=(raw floor lio nvmet ktgt) ;;
*)
	sed -n '/^#   run/,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
shift
(($#)) || set -- "${peers[@]}"
for peer in "$@"; do
	[[ " ${known[*]} " == *" $peer "* ]] || {
		echo "run.sh: no peer '$peer'; there are: ${known[*]}" >&2
		exit 2
	}
done

tests/vm/deps.sh lab build tools bench
tests/vm/build.sh 6.1
make --no-print-directory -C userspace
make --no-print-directory -C tests/bench
tests/vm/run.sh -c -t 1500 -o "$out/vm" -p "$out/payload" -- \
	tests/bench/peers.sh "$mode" "$@"
tests/bench/report.py "$mode" "$out/vm/out" build/bench.json "$out"
