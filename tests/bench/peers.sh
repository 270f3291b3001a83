#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compares ktgt with other targets over the same memory-backed device. Runs in
# the counting VM, where run.sh starts it.
#
#   peers.sh all|quick|guard [PEER]...
#   peers.sh profile JOB [PEER]...
#   peers.sh devices
#   peers.sh neighbours
#   peers.sh costs
#
#   PEER   only these, of raw, floor, lio, tgt, nvmet, ktgt
#   JOB    as gen-4k-read-qd32 or fio-64k-write-qd8; -crc behind it: digests
#   devices  ktgt alone, over several kinds of devices (devices.sh)
#   neighbours  a session of ktgt with one command at a time, alone and beside busy
#            ones
#   costs    ktgt with registrations and a reservation, and at a tracked logical unit
#
# Every target is measured with the initiator of the kernel and fio, and, if it
# speaks iSCSI, with the generator. What comes out is in out/rows.json, a line
# of JSON for each job; report.py makes tables of it.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=targets.sh
. "$(dirname "$0")/targets.sh"

disk=/dev/nullb0
nvmet=/sys/kernel/config/nvmet
out=/ktgt/out
# seconds of virtual time for each job
seconds=1
# Nanoseconds between the samples of a profile, 5000 a second together. With one
# period alone, in a machine whose time is its instructions, each sample would
# hit a loop of commands at one of a few places.
periods=(1000003 1130021 1270037 1410047 1570039 1730041 1890053)
profiled=''
sampler=()
# Which of devices.sh is measured, if not /dev/nullb0
device_kind=''

# RW BLOCKSIZE DEPTH; what B=quick leaves out stands behind the others
fio_quick=("randread 4096 1" "randread 4096 32" "randwrite 4096 1"
	"randwrite 4096 32" "read 262144 8")
fio_all=("${fio_quick[@]}" "write 262144 8" "read 65536 8" "write 65536 8"
	"randrw 4096 32")
# and whether there are digests
gen_quick=("randread 4096 1 false" "randread 4096 32 false"
	"randwrite 4096 1 false" "randwrite 4096 32 false" "read 262144 8 false"
	"randread 4096 32 true")
gen_all=("${gen_quick[@]}" "write 262144 8 false" "randread 4096 1 true"
	"randwrite 4096 1 true" "randwrite 4096 32 true" "read 262144 8 true"
	"write 262144 8 true")

# 4 KiB, where the cost of a command shows, and not that of its bytes
small_jobs()
{
	printf '%s\n' "$@" | grep ' 4096 '
}

# CLIENT PEER OP BLOCKSIZE DEPTH DIGEST IOPS
row()
{
	printf '%-10s %-6s %-9s %7d qd%-3d %-6s %9.0f %s\n' "$@" "$device_kind"
	printf '{"client": "%s", "peer": "%s", "op": "%s", "bs": %d, ' \
		"${@:1:4}" >>"$out/rows.json"
	[[ ! $device_kind ]] ||
		printf '"device": "%s", ' "$device_kind" >>"$out/rows.json"
	printf '"qd": %d, "digest": %s, "iops": %.1f}\n' "${@:5}" \
		>>"$out/rows.json"
}

# COMMAND...: the same job once more, for its profile, in which what comes before
# its first half second is not. What sampling itself costs does not show in the
# samples, but would in the IOPS.
profile()
{
	local period

	[[ $profiled ]] || return 0
	sampler=(perf record -q -a -g -m 16M -D 500 -o /run/perf.data)
	for period in "${periods[@]}"; do
		sampler+=(-e "cpu-clock/period=$period/")
	done
	sampler+=(--)
	seconds=2 "$@" >/dev/null
	sampler=()
	perf script -i /run/perf.data -F comm,ip,sym,dso >"$out/stacks.txt"
	# perf does not tell modules that lie in none of its folders.
	awk 'NF == 4 { print $3, $4 }' /proc/kallsyms >"$out/modules.txt"
}

# DEVICE RW BLOCKSIZE DEPTH
run_fio()
{
	# Of the terse fields, 8 and 49 are IOPS of reads and writes.
	"${sampler[@]}" fio --name=job --filename="$1" --direct=1 \
		--ioengine=libaio --rw="$2" --rwmixread=70 --bs="$3" \
		--iodepth="$4" --size="${mib}m" --runtime="$seconds" \
		--time_based --output-format=terse --terse-version=3 |
		awk -F';' '{ print $8 + $49 }'
}

# CLIENT PEER DEVICE RW BLOCKSIZE DEPTH
fio_job()
{
	local iops

	iops=$(run_fio "${@:3}")
	profile run_fio "${@:3}"
	row "$1" "$2" "$4" "$5" "$6" false "$iops"
}

# CLIENT PEER DEVICE
fio_jobs()
{
	local job

	echo none >"/sys/block/${3#/dev/}/queue/scheduler"
	for job in "${fio_jobs[@]}"; do
		# shellcheck disable=SC2086 # three words
		fio_job "$@" $job
	done
}

# OP BLOCKSIZE DEPTH DIGEST WHERE...
run_gen()
{
	local -a options=(-o "$1" -b "$2" -q "$3" -t "$seconds")

	[[ $4 == false ]] || options+=(-d)
	"${sampler[@]}" iscsigen "${options[@]}" "${@:5}"
}

# PEER OP BLOCKSIZE DEPTH DIGEST WHERE...
gen_job()
{
	local result iops

	result=$(run_gen "${@:2}")
	profile run_gen "${@:2}"
	iops=${result##*\"iops\": }
	row gen "${@:1:5}" "${iops%\}}"
}

# PEER WHERE...: what iscsigen is to be told of where the target is
gen_jobs()
{
	local peer=$1 job

	shift
	for job in "${gen_jobs[@]}"; do
		# The halves of the floor have no digests.
		[[ $job != *true || ($peer != tcp && $peer != raw) ]] ||
			continue
		# shellcheck disable=SC2086 # four words
		gen_job "$peer" $job "$@"
	done
}

# PEER PORT LUN: log in, run, log out; then the generator
iscsi_jobs()
{
	log_in "$1" "$2" "$3"
	fio_jobs open-iscsi "$1" "$device"
	log_out
	gen_jobs "$1" -l "$3" "127.0.0.1:$2" "$iqn:$1"
}

run_raw()
{
	fio_jobs local raw "$disk"
	gen_jobs raw -R "$disk"
}

# Only the half of it that is TCP. The other half is what the generator gets from
# the device itself.
run_floor()
{
	local pid

	iscsigen -F 3263 &
	pid=$!
	sleep 0.2
	gen_jobs tcp 127.0.0.1:3263 floor
	kill "$pid"
	wait "$pid" || true
}

run_lio()
{
	start_lio "$disk"
	iscsi_jobs lio 3261 0
	stop_lio
}

# The tgtadm that comes first in PATH is ktgt's.
tgt()
{
	/usr/sbin/tgtadm --lld iscsi "$@"
}

run_tgt()
{
	local key

	tgtd --iscsi portal=127.0.0.1:3262
	sleep 1
	tgt --op new --mode target --tid 1 -T "$iqn:tgt"
	tgt --op new --mode logicalunit --tid 1 --lun 1 \
		--backing-store "$disk" --bstype rdwr --bsoflags direct
	tgt --op bind --mode target --tid 1 -I ALL
	for key in HeaderDigest DataDigest; do
		tgt --op update --mode target --tid 1 --name "$key" \
			--value CRC32C,None
	done
	iscsi_jobs tgt 3262 1
	tgt --op delete --mode target --tid 1 --force
	tgt --op delete --mode system
}

run_nvmet()
{
	local sub=$nvmet/subsystems/bench port=$nvmet/ports/1

	modprobe -a nvmet-tcp nvme-tcp
	mkdir "$sub" "$sub/namespaces/1" "$port"
	echo 1 >"$sub/attr_allow_any_host"
	echo "$disk" >"$sub/namespaces/1/device_path"
	echo 1 >"$sub/namespaces/1/enable"
	echo tcp >"$port/addr_trtype"
	echo ipv4 >"$port/addr_adrfam"
	echo 127.0.0.1 >"$port/addr_traddr"
	echo 4420 >"$port/addr_trsvcid"
	ln -s "$sub" "$port/subsystems/bench"
	nvme connect -t tcp -a 127.0.0.1 -s 4420 -n bench >/dev/null
	sleep 2
	udevadm settle --timeout=100000
	fio_jobs nvme nvmet /dev/nvme0n1
	nvme disconnect -n bench >/dev/null
	rm "$port/subsystems/bench"
	echo 0 >"$sub/namespaces/1/enable"
}

run_ktgt()
{
	start_ktgt "$disk"
	iscsi_jobs ktgt 3260 1
	stop_ktgt
}

# 15 sessions with 32 READs at a time each. Its stages want a line each before they
# end, and the reading never comes to its end.
start_neighbours()
{
	mkfifo "$out/stages"
	iscsiscale -l 1 -q 32 -n 100000000 127.0.0.1:3260 "$iqn:ktgt" 15 \
		<"$out/stages" >"$out/stages.log" &
	neighbours=$!
	exec 9>"$out/stages"
	printf '\n\n' >&9
	until grep -q logged-in "$out/stages.log"; do
		sleep 0.05
	done
	sleep 0.2
}

stop_neighbours()
{
	kill "$neighbours"
	wait "$neighbours" || true
	exec 9>&-
	rm "$out/stages" "$out/stages.log"
}

# PEER: the row's name for whom it is beside
quiet_jobs()
{
	gen_job "$1" randread 4096 1 false -l 1 127.0.0.1:3260 "$iqn:ktgt"
	gen_job "$1" randwrite 4096 1 false -l 1 127.0.0.1:3260 "$iqn:ktgt"
}

measure_neighbours()
{
	make_disk nullb0 1
	start_ktgt "$disk"
	quiet_jobs alone
	start_neighbours
	quiet_jobs beside
	stop_neighbours
	ktgtadm target del 1 force
	rmmod ktgt
}

# PEER: the row's name for what the logical unit has
cost_jobs()
{
	gen_job "$1" randread 4096 32 false -l 1 127.0.0.1:3260 "$iqn:ktgt"
	gen_job "$1" randwrite 4096 32 false -l 1 127.0.0.1:3260 "$iqn:ktgt"
}

# A tracked logical unit stays so: it comes last.
measure_costs()
{
	local words=(-l 1 127.0.0.1:3260 "$iqn:ktgt")

	make_disk nullb0 1
	start_ktgt "$disk"
	cost_jobs plain
	gen_job plain randwrite 512 32 false "${words[@]}"
	/ktgt/tests/bench/reserve.py 127.0.0.1 "$iqn:ktgt" 8
	cost_jobs reserved
	/ktgt/tests/bench/reserve.py 127.0.0.1 "$iqn:ktgt" 0
	iscsigen -o write -b 65536 -n $((mib << 4)) "${words[@]}" >/dev/null
	gen_job plain randcaw 512 32 false "${words[@]}"
	cost_jobs tracked
	stop_ktgt
}

# JOB: the one that is to be measured, as the tables call it
only_job()
{
	local re='^(gen|fio)-([0-9]+)k-([a-z]+)-qd([0-9]+)(-crc)?$' op digest=false

	[[ $1 =~ $re ]] || {
		echo "peers.sh: unknown job '$1'; an example is gen-4k-read-qd32" >&2
		exit 2
	}
	# Small ones are at random in all tables.
	op=${BASH_REMATCH[3]}
	[[ ${BASH_REMATCH[2]} != 4 || $op == rand* ]] || op=rand$op
	set -- "$op $((BASH_REMATCH[2] * 1024)) ${BASH_REMATCH[4]}"
	[[ ! ${BASH_REMATCH[5]} ]] || digest=true
	fio_jobs=() gen_jobs=()
	if [[ ${BASH_REMATCH[1]} == gen ]]; then
		gen_jobs=("$1 $digest")
	else
		fio_jobs=("$1")
	fi
	profiled=1
}

main()
{
	local name mode=${1:-}

	case $mode in
	all) fio_jobs=("${fio_all[@]}") gen_jobs=("${gen_all[@]}") ;;
	quick) fio_jobs=("${fio_quick[@]}") gen_jobs=("${gen_quick[@]}") ;;
	guard)
		mapfile -t fio_jobs < <(small_jobs "${fio_all[@]}")
		mapfile -t gen_jobs < <(small_jobs "${gen_all[@]}")
		;;
	profile)
		only_job "${2:-}"
		shift
		;;
	neighbours | costs) ;;
	devices)
		# shellcheck source-path=SCRIPTDIR source=devices.sh
		. "$(dirname "$0")/devices.sh"
		;;
	*)
		echo "usage: peers.sh all|quick|guard|profile|devices|neighbours|costs ..." >&2
		exit 2
		;;
	esac
	shift
	# The instruction, where there is one, for all who sum by the kernel
	modprobe -q crc32c_intel || true
	modprobe null_blk nr_devices=0
	mkdir -p "$out"
	uname -r >"$out/kernel"
	if [[ $mode == devices ]]; then
		measure_devices
		return
	fi
	if [[ $mode == neighbours || $mode == costs ]]; then
		"measure_$mode"
		return
	fi
	make_disk nullb0 1
	for name in "$@"; do
		"run_$name"
	done
}

main "$@"
