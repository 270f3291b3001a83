#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compares ktgt with LIO by the clock of the wall, on all CPUs. Runs in a VM,
# where run.sh starts it.
#
#   smp.sh REPETITIONS
#
# What disturbs the machine comes and goes: so one target is measured right
# after the other, in turn first, again and again, and smp.py looks at what such
# pairs have to say. Both are there all the time, each on a device of its own.
# Rows go to out/rows.json.

set -euo pipefail
shopt -s inherit_errexit
# shellcheck source-path=SCRIPTDIR source=targets.sh
. "$(dirname "$0")/targets.sh"

out=/ktgt/out
seconds=1
declare -A port=([ktgt]=3260 [lio]=3261) lun=([ktgt]=1 [lio]=0) devices

# PEER OP SESSIONS: the sum of their IOPS at 32 commands each
sessions_job()
{
	local n pid
	local -a pids=()

	for ((n = 0; n < $3; n++)); do
		# With one name for all they would take over from each other.
		iscsigen -o "$2" -q 32 -t "$seconds" -l "${lun[$1]}" \
			-k "InitiatorName=$iqn:gen$n" \
			"127.0.0.1:${port[$1]}" "$iqn:$1" >"/run/gen.$n" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	for ((n = 0; n < $3; n++)); do
		cat "/run/gen.$n"
	done | sed 's/.*"iops": \([0-9.]*\).*/\1/' |
		awk '{ sum += $1 } END { printf "\"iops\": %.1f", sum }'
}

# PEER OP: microseconds that a command takes when there is no other
latency_job()
{
	# Percentiles of the terse format are NAME%=MICROSECONDS, and zero for
	# the direction that was not used.
	fio --name=job --filename="${devices[$1]}" --direct=1 \
		--ioengine=libaio --rw="$2" --bs=4096 --iodepth=1 \
		--size="${mib}m" --runtime="$seconds" --time_based \
		--output-format=terse --terse-version=3 | tr ';' '\n' | awk -F'%=' '
		$1 == "50.000000" && $2 > p50 { p50 = $2 }
		$1 == "99.000000" && $2 > p99 { p99 = $2 }
		$1 == "99.900000" && $2 > p999 { p999 = $2 }
		END { printf "\"p50\": %d, \"p99\": %d, \"p999\": %d", p50, p99,
			p999 }'
}

# ROUND JOB ARGUMENTS...: of both
pair()
{
	local round=$1 job=$2 peer result
	local -a order=(ktgt lio)

	shift 2
	((round % 2)) || order=(lio ktgt)
	for peer in "${order[@]}"; do
		result=$("$job" "$peer" "$@")
		printf '{"round": %d, "peer": "%s", "job": "%s", %s}\n' \
			"$round" "$peer" "${job%_job} $*" "$result" |
			tee -a "$out/rows.json"
	done
}

main()
{
	local round sessions peer op

	modprobe null_blk nr_devices=0
	for peer in ktgt lio; do
		make_disk "nullb_$peer" "$(nproc)"
		"start_$peer" "/dev/nullb_$peer"
		log_in "$peer" "${port[$peer]}" "${lun[$peer]}"
		echo none >"/sys/block/${device#/dev/}/queue/scheduler"
		devices[$peer]=$device
	done
	mkdir -p "$out"
	uname -r >"$out/kernel"
	for ((round = 1; round <= $1; round++)); do
		for op in randread randwrite; do
			for sessions in 1 4 16; do
				pair "$round" sessions_job "$op" "$sessions"
			done
			pair "$round" latency_job "$op"
		done
	done
	log_out
	stop_lio
	stop_ktgt
}

main "$@"
