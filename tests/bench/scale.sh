#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What many sessions and many logical units cost. Runs in the counting VM, where
# run.sh starts it. Rows go to out/rows.json; scale.py makes a table of them.
#
#   scale.sh
#
# Memory is what is free less of after the page cache was dropped, and not the
# load's own. Of a session, what a pair of plain TCP sockets takes, on the same
# machine, is not the target's.

set -euo pipefail
shopt -s inherit_errexit
# shellcheck source-path=SCRIPTDIR source=targets.sh
. "$(dirname "$0")/targets.sh"

out=/ktgt/out

row()
{
	tee -a "$out/rows.json" <<<"{$1}"
}

# KiB in use
memory()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	# what is freed after a grace period, and what is with the processor
	sleep 1
	awk '/^MemTotal/ { total = $2 } /^MemFree/ { free = $2 }
		END { print total - free }' /proc/meminfo
}

# The next line of the load: sets name, count, seconds, own
next_stage()
{
	local line re

	re='"stage": "([a-z-]+)", "count": ([0-9]+), "seconds": ([0-9.]+), "own": ([0-9]+)'
	read -r -u "${load[0]}" line
	[[ $line =~ $re ]] || { echo "scale.sh: '$line'" >&2; exit 1; }
	name=${BASH_REMATCH[1]} count=${BASH_REMATCH[2]}
	seconds=${BASH_REMATCH[3]} own=${BASH_REMATCH[4]}
}

go_on()
{
	echo >&"${load[1]}"
}

# SESSIONS DEPTH READS LUN: through all stages
sessions_job()
{
	local name count seconds own start now

	start=$(memory)
	coproc load { exec iscsiscale -q "$2" -n "$3" -l "$4" \
		127.0.0.1:3260 "$iqn:ktgt" "$1"; }
	while :; do
		next_stage
		# After a time without commands what was held for them is free.
		[[ $name != idle ]] || sleep 12
		now=$(memory)
		row "\"sessions\": $1, \"qd\": $2, \"lun\": $4, \"stage\": \"$name\", \
\"count\": $count, \"seconds\": $seconds, \"kib\": $((now - start - own))"
		go_on
		[[ $name != idle ]] || break
	done
	# shellcheck disable=SC2154 # coproc sets it
	wait "$load_PID"
}

# TARGETS LUS: what makes them, for config apply
make_config()
{
	local target lu

	for ((target = 1; target <= $1; target++)); do
		echo "<target $iqn:many-$target>"
		for ((lu = 1; lu <= $2; lu++)); do
			echo "<backing-store null$lu>"
			echo "bs-type null"
			echo "bsopts size=1M"
			echo "</backing-store>"
		done
		echo "initiator-address ALL"
		echo "</target>"
	done
}

# TARGETS LUS LUN: of the type null, which are all of their own memory
lus_job()
{
	local before with after result

	before=$(memory)
	make_config "$1" "$2" >/run/targets.conf
	ktgtadm config apply /run/targets.conf
	result=$(iscsigen -b 4096 -l "$3" 127.0.0.1:3260 "$iqn:many-$1")
	result=${result##*\"iops\": }
	with=$(memory)
	ktgtadm config apply /dev/null
	after=$(memory)
	# What comes may take what is left of something else, and of what goes
	# something may be left: the larger of both.
	row "\"lus\": $(($1 * $2)), \"came\": $((with - before)), \
\"went\": $((with - after)), \"iops\": ${result%\}}"
}

main()
{
	local sessions

	# It turns pages of the load into larger ones, when it likes.
	echo never >/sys/kernel/mm/transparent_hugepage/enabled
	modprobe null_blk nr_devices=0
	make_disk nullb0 1
	mkdir -p "$out"
	uname -r >"$out/kernel"
	start_ktgt /dev/nullb0
	ktgtadm net set nop-interval 0
	# once before it counts, for what is made at the first time
	sessions_job 10 32 1000 1 >/dev/null
	rm "$out/rows.json"
	ktgtadm target del 1
	lus_job 1 1 1
	lus_job 1 100 100
	lus_job 16 250 250
	rmmod ktgt
	start_ktgt /dev/nullb0
	ktgtadm net set nop-interval 0
	for sessions in 1 10 100 1000; do
		sessions_job "$sessions" 1 20000 1
	done
	for sessions in 1 10 100 1000; do
		sessions_job "$sessions" 32 100000 1
	done
	stop_ktgt
}

main "$@"
