#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make demo: everything once, from a machine with nothing to verified data.
#
#   demo.sh [-f STEP:COMMAND]
#
#   -f   run COMMAND in the VM at the beginning of a step of vm.sh, to see that
#        a fault is found. One byte in a file, a disk below fio, the log, the
#        kernel's death:
#          -f 'again:b=$(debugfs -R "blocks /random" /dev/sda1 | cut -d" " -f99)
#              printf X |
#              dd of=/dev/vdd bs=1 seek=$((1048576 + b * 1024)) conv=fsync'
#          -f 'verify:(sleep 9
#              dd if=/dev/zero of=/dev/vde bs=1M count=64 oflag=direct) &'
#          -f 'remove:echo "<1>BUG: made up" >/dev/kmsg'
#          -f 'discover:echo c >/proc/sysrq-trigger'
#
# Makes what is not there yet (packages, VM image, module, tools), boots a VM
# and has vm.sh serve disks in it, prints what was measured. The last line is
# "demo: ok", or "demo: FAILED: " and the step. Logs are in build/demo/.

set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
logs=$top/build/demo
kernel=6.1
started=${EPOCHREALTIME/./}
fault=''
current="start" child='' failed=''
steps=()

usage()
{
	sed -n '/^#   demo/,/^# Makes/{/^# Makes/d;s/^# \{0,1\}//p}' "$0" >&2
	exit 2
}

parse_options()
{
	local option

	while getopts f:h option; do
		case $option in
		f) fault=$OPTARG ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	[[ $# == 0 ]] || usage
}

# Milliseconds since this script began
elapsed_ms()
{
	echo $(((${EPOCHREALTIME/./} - started) / 1000))
}

# Processor time of all children that have ended, in milliseconds
cpu_ms()
{
	local -a stat

	read -ra stat <"/proc/$$/stat"
	echo $(((stat[15] + stat[16]) * 1000 / $(getconf CLK_TCK)))
}

seconds()
{
	printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100))
}

# What is said on every way out, so that the last line can be relied on.
# shellcheck disable=SC2317 # called by trap
finish()
{
	local status=$?

	trap '' EXIT INT TERM HUP
	if [[ $child ]]; then
		kill "$child" 2>/dev/null || true
		wait "$child" 2>/dev/null || true
	fi
	if ((status == 0)); then
		echo "demo: ok"
	else
		echo "demo: FAILED: ${failed:-$current}"
	fi
	exit "$status"
}

begin()
{
	current=$1
	step_ms=$(elapsed_ms)
	step_cpu=$(cpu_ms)
	printf '\n== %s\n' "$1"
}

end()
{
	local took cpu

	took=$(seconds $(($(elapsed_ms) - step_ms)))
	cpu=$(seconds $(($(cpu_ms) - step_cpu)))
	steps+=("$current"$'\t'"$took"$'\t'"$cpu")
	echo "ok, $took"
}

# Every ten seconds, how long it has been and the newest line of the log.
show_progress()
{
	local log=$1 begin=$SECONDS next=10

	while kill -0 "$child" 2>/dev/null; do
		sleep 0.1
		((SECONDS - begin >= next)) || continue
		printf '    %3d s  %s\n' $((SECONDS - begin)) \
			"$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-66)"
		next=$((next + 10))
	done
}

# host_step TITLE LOG COMMAND...: typed at the top of the checkout
host_step()
{
	local title=$1 log=$logs/$2.log status=0

	shift 2
	begin "$title"
	echo "# $*"
	# In the background, because bash heeds a signal only then.
	"$@" >"$log" 2>&1 </dev/null &
	child=$!
	show_progress "$log"
	wait "$child" || status=$?
	child=''
	if ((status)); then
		tail -n 20 "$log" | sed 's/^/    /'
		echo "exit status $status; all of it is in ${log#"$top/"}"
		return "$status"
	fi
	tail -n 1 "$log" | sed "s,^,    ,"
	end
}

# The VM says its own steps; the last one it began is the one that failed.
serve_in_vm()
{
	local status=0

	begin "boot a VM with Linux $kernel, and in it:"
	echo "# tests/vm/run.sh -d 256M -d 256M -d 256M -- tests/demo/vm.sh"
	tests/vm/run.sh -k "$kernel" -t 600 -o "$logs/vm" -d 256M -d 256M \
		-d 256M -- bash tests/demo/vm.sh "$fault" &
	child=$!
	wait "$child" || status=$?
	child=''
	if ((status)); then
		# The reason may well be there
		tests/vm/logcheck.sh "$logs/vm/dmesg.txt" || true
		failed=$(sed -n 's/^== //p' "$logs/vm/stdout.txt" | tail -n 1)
		failed=${failed:-the VM does not boot}
		case $status in
		99) failed+=" (the kernel died)" ;;
		124) failed+=" (not in time)" ;;
		esac
		return "$status"
	fi
	current="the VM, all in all"
	echo
	end
}

check_kernel_log()
{
	begin "kernel log of the VM"
	echo "# tests/vm/logcheck.sh ${logs#"$top/"}/vm/dmesg.txt"
	grep 'ktgt: ' "$logs/vm/dmesg.txt" | sed 's/^/    /'
	tests/vm/logcheck.sh "$logs/vm/dmesg.txt"
	end
}

print_table()
{
	local line what took cpu

	printf '\n== Measured\n%-44s %10s %10s\n' "on the host" time processor
	for line in "${steps[@]}"; do
		IFS=$'\t' read -r what took cpu <<<"$line"
		printf '  %-42s %10s %10s\n' "$what" "$took" "$cpu"
	done
	printf '  %-42s %10s %10s\n' "all" "$(seconds "$(elapsed_ms)")" \
		"$(seconds "$(cpu_ms)")"
	echo "in the VM ($(<"$logs/vm/out/machine"))"
	while IFS=$'\t' read -r what took; do
		printf '  %-42s %10s\n' "$what" "$took"
	done <"$logs/vm/out/steps"
	cat "$logs/vm/out/figures"
	echo
}

main()
{
	parse_options "$@"
	cd "$top"
	mkdir -p "$logs"
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
	exec {lock}>"$logs/lock"
	if ! flock -n "$lock"; then
		failed="another demo runs in this checkout"
		exit 1
	fi
	rm -rf "$logs/vm"

	host_step "packages of tools and lab" packages \
		tests/vm/deps.sh tools lab
	host_step "image of a VM, Debian with Linux $kernel" image \
		tests/vm/image.sh "$kernel"
	host_step "module ktgt.ko for that kernel" module \
		tests/vm/build.sh "$kernel"
	host_step "tools ktgtadm and tgtadm" tools make --no-print-directory -C userspace
	serve_in_vm
	check_kernel_log
	print_table
}

main "$@"; exit
