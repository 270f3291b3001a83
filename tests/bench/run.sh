#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measures ktgt beside other targets in the counting VM: one run, one table.
#
#   run.sh all|quick [PEER]...
#   run.sh guard|baseline
#   run.sh devices|devices-baseline
#   run.sh neighbours
#   run.sh costs
#   run.sh smp [ROUNDS]
#   run.sh scale
#
#   all       every job (less than 15 minutes)
#   quick     the jobs that show changes of the data path, without tgt (less than 4
#             minutes)
#   PEER      only these, of raw, floor, lio, tgt, nvmet, ktgt
#   guard     only the 4 KiB jobs of ktgt: fails if one takes 5 % more instructions
#             for each I/O than in baseline.json, in two runs
#   baseline  measures the same, and writes baseline.json
#   devices   ktgt over dm-crypt, dm-thin, md and a device with few tags: fails if a
#             row takes 5 % more instructions for each I/O than in devices.json, or
#             if 128 commands at 64 tags have less than 95 % of the rate of 64, in two
#             runs
#   devices-baseline
#             measures the same, and writes devices.json
#   neighbours
#             a session of ktgt with one command at a time: fails if a command takes
#             more than three times as long beside 15 sessions with 32 READs each as
#             alone
#   costs     what reservations and exclusive ranges cost: fails if READ or WRITE takes
#             more than 1 % more instructions with 8 registrations and a reservation, or
#             more than 3 % more at a tracked logical unit, or if COMPARE AND WRITE of
#             one block has less than half the rate of WRITE
#   smp       ktgt and LIO by the clock, on two CPUs: 1, 4 and 16 sessions, and the
#             time of a single command; a minute for each of 5 ROUNDS. The machine
#             should do nothing else.
#   scale     up to 1000 sessions and 4000 logical units: memory, logins,
#             instructions for each I/O
#
# Results: build/bench.json, and charts in build/bench; build/guard.json of guard and
# baseline; build/devices.json; build/neighbours.json; build/costs.json;
# build/bench-smp.json; build/bench-scale.json.

set -euo pipefail
cd "$(dirname "$0")/../.."

mode=${1:-}
out=build/bench
result=build/bench.json
baseline=tests/bench/baseline.json
known=(raw floor lio tgt nvmet ktgt)
jobs=$mode
groups=(lab build tools)

build()
{
	tests/vm/deps.sh "${groups[@]}"
	tests/vm/build.sh 6.1
	make --no-print-directory -C userspace
	make --no-print-directory -C tests/bench
}

smp()
{
	[[ $# == 1 && $1 =~ ^[1-9][0-9]?$ ]] || {
		echo "run.sh: invalid rounds '$*'; use a number from 1 to 99" >&2
		exit 2
	}
	build
	tests/vm/run.sh -s 2 -t $((300 + $1 * 300)) -o "$out/smp" \
		-p build/bench/payload -- tests/bench/smp.sh "$1"
	tests/bench/smp.py "$out/smp/out" build/bench-smp.json
}

scale()
{
	build
	tests/vm/run.sh -c -t 1500 -o "$out/scale" -p build/bench/payload -- \
		tests/bench/scale.sh
	tests/bench/scale.py "$out/scale/out" build/bench-scale.json
}

measure()
{
	tests/vm/run.sh -c -t 1500 -o "$out/vm" -p build/bench/payload -- \
		tests/bench/peers.sh "$jobs" "$@"
}

guard()
{
	measure "$@" &&
		tests/bench/guard.py "$mode" "$out/vm/out" "$result" "$baseline"
}

case $mode in
all) peers=("${known[@]}") ;;
quick) peers=(raw floor lio nvmet ktgt) ;;
guard | baseline | devices | devices-baseline | neighbours | costs)
	peers=(ktgt) jobs=guard
	if [[ $mode == devices* ]]; then
		jobs=devices baseline=tests/bench/devices.json
	elif [[ $mode == neighbours || $mode == costs ]]; then
		jobs=$mode baseline=-
	fi
	out=build/$jobs result=build/$jobs.json
	[[ $# == 1 ]] || {
		echo "run.sh: '$mode' measures only ktgt; remove '${*:2}'" >&2
		exit 2
	}
	;;
smp)
	shift
	smp "${@:-5}"
	exit
	;;
scale)
	scale
	exit
	;;
*)
	sed -n '/^#   run/,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
shift
(($#)) || set -- "${peers[@]}"
for peer in "$@"; do
	[[ " ${known[*]} " == *" $peer "* ]] || {
		echo "run.sh: unknown peer '$peer'; use one of ${known[*]}" >&2
		exit 2
	}
done

guarded=''
[[ ! $jobs =~ ^(guard|devices|neighbours|costs)$ ]] || guarded=1
# gnuplot, for the charts
[[ $guarded ]] || groups+=(bench)
build
if [[ ! $guarded ]]; then
	measure "$@"
	tests/bench/report.py "$mode" "$out/vm/out" "$result" "$out"
elif ! guard "$@"; then
	# When timers fire makes some rows dearer in one run of many, by 2 or 4 %.
	echo "once more: a row is too dear only if it is so twice"
	guard "$@"
fi
