#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# insmod, target, login, I/O, logout, delete, rmmod, many times.
#
#   target namespace: t1 with one LUN -- the raw client of tests/lib
#
# Shown: what one round leaves behind is nothing: slab and page counts are the
# same after many rounds, and the kernel log has no line but those of loading.
# KTGT_LOOPS: rounds (200; 30 with kmemleak, which sees a leak in the first one).
# KTGT_SESSIONS: further rounds with the module loaded once, which find what
# leaks with a session (as many).
#
# Timeout: 900

set -euo pipefail
lab_without_module=1
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

loops=${KTGT_LOOPS:-$((slow > 1 ? 30 : 200))}
sessions=${KTGT_SESSIONS:-$loops}

# One login, write, read, compare and logout for each line on its input, so
# that there is one Python for all rounds.
client()
{
	in_target python3 -u -c "
import os, sys
sys.path.insert(0, '$lab_top/lib')
from iscsi import Initiator, read10, write10, tur
for line in sys.stdin:
    ini = Initiator('$target_ip', '$iqn:loop')
    ini.login({'MaxRecvDataSegmentLength': 65536})
    while ini.command(tur()).status:
        pass
    data = os.urandom(65536)
    ini.good(write10(0, 128), write=data)
    assert ini.good(read10(0, 128), read=65536).data == data, 'data differ'
    assert ini.logout() == 0
    ini.expect_close(5)
    ini.close()
    print('ok')
"
}

one_session()
{
	local answer=''

	echo go >&"$ask"
	read -r -t 20 answer <&"$answers" || true
	[[ $answer == ok ]]
}

configure()
{
	adm target add "$iqn:loop" &&
	adm lun add target "$iqn:loop" lun 1 path "$disk" &&
	adm acl add target "$iqn:loop" all
}

# Called as a condition, where a command that fails does not end the function
one_round()
{
	load && configure && one_session &&
		adm target del "$iqn:loop" force && rmmod ktgt &&
		echo round >>"$lab_dir/rounds"
}

load()
{
	if [[ -n ${KTGT_KO:-} ]]; then
		insmod "$KTGT_KO"
	else
		modprobe ktgt
	fi
}

# Kilobytes that neither processes nor caches have, and that are not free. Each
# CPU's list of free pages may hold tens of MiB, and MemFree does not count it;
# /proc/zoneinfo does. What is on its way back makes single readings jump: the
# lowest of some counts.
used()
{
	local least='' now i

	for ((i = 0; i < 6; i++)); do
		echo 3 >/proc/sys/vm/drop_caches
		sleep 0.3
		now=$(awk -v page="$(getconf PAGESIZE)" '
			/^(MemFree|Buffers|Cached|AnonPages|PageTables|SReclaimable):/ {
				n += $2 }
			/^ +count:/ { n += $2 * page / 1024 }
			/^MemTotal:/ { t = $2 }
			END { print t - n }' /proc/meminfo /proc/zoneinfo)
		if [[ -z $least ]] || ((now < least)); then
			least=$now
		fi
	done
	echo "$least"
}

slab()
{
	awk '/^SUnreclaim:/ { print $2 }' /proc/meminfo
}

rounds()
{
	local i

	for ((i = 1; i <= $1; i++)); do
		"$2" || { echo "round $i of $1"; return 1; }
	done
}

# grew NAME BEFORE AFTER TOLERANCE: in KiB. A kernel that checks itself holds
# freed memory back for a while, and has notes of its own about the rest.
grew()
{
	echo "$1: $2 KiB before, $3 KiB after"
	(($3 - $2 <= $4 * slow))
}

# leaks ROUNDS STEP SLAB MEMORY: run STEP that often, and say whether more than
# these KiB are gone. What leaks does so each time; what the rest of the system
# took in the meantime, it does not take twice more.
leaks()
{
	local memory slabs lot

	for lot in 1 2 3; do
		memory=$(used) slabs=$(slab)
		rounds "$1" "$2" || return 0
		wait_until 5 no_sessions
		if grew slab "$slabs" "$(slab)" "$3" &&
		   grew memory "$memory" "$(used)" "$4"; then
			return 1
		fi
		echo "that was lot $lot"
	done
	return 0
}

reload_loop()
{
	# The first rounds fill caches that stay
	rounds 10 one_round
	refute leaks "$loops" one_round 1500 3000
}

session_loop()
{
	load
	configure
	rounds 10 one_session
	refute leaks "$sessions" one_session 800 3000
	adm target del "$iqn:loop"
	rmmod ktgt
}

no_sessions()
{
	[[ ! -d /sys/module/ktgt ]] ||
	[[ $(adm -j net show | json 'd["net"]["connections"]') == 0 ]]
}

# A line for each load and each unload is allowed, nothing else of ours, and no
# line of a fault (which the last check looks for).
log_lines()
{
	local lines unloads

	lines=$(log_since_start | grep -c ktgt: || true)
	unloads=$(($(wc -l <"$lab_dir/rounds") + 1))
	echo "$lines lines for $unloads rounds:"
	log_since_start | sed -n '/ktgt:/s/^\[[^]]*\] //p' | sort | uniq -c |
		sort -rn | head
	((lines <= 2 * unloads))
}

no_caches_left()
{
	refute grep '^ktgt' /proc/slabinfo
}

lab_start
[[ ! -d /sys/module/ktgt ]] || rmmod ktgt
[[ -n ${KTGT_KO:-} ]] || modinfo ktgt >/dev/null 2>&1 ||
	ktap_skip_all "KTGT_KO does not name a module"
null_blk a 4
disk=$dev
ktap_plan 7
coproc raw { client; }
# Steps run in subshells, which do not have the file descriptors of a coproc
exec {ask}>&"${raw[1]}" {answers}<&"${raw[0]}"
ktap_test "$loops times insmod, login, I/O, rmmod" reload_loop
ktap_test "$sessions times login, I/O, logout" session_loop
ktap_test "no slab cache is left" no_caches_left
ktap_test "only lines of loading in the kernel log" log_lines
lab_finish
