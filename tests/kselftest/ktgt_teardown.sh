#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Ends that come in the middle of everything.
#
#   target namespace: one target with 2 LUNs -- open-iscsi, fio on both disks
#
# Shown: a target deleted by force, a session deleted, a logical unit removed,
# the namespace destroyed, and the module unloaded after a forced delete, each
# under full load: the initiator gets errors and no hang, all is released within
# 5 s, the kernel log is clean.
#
# Timeout: 240

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

name=$iqn:teardown

load_target()
{
	adm target add "$name"
	adm lun add target "$name" lun 1 path "$disk1"
	adm lun add target "$name" lun 2 path "$disk2"
	adm acl add target "$name" all
}

under_load()
{
	local n

	load_target
	login "$name" session.timeo.replacement_timeout=1
	wait_until 10 lun_disk "$name" 1
	wait_until 10 lun_disk "$name" 2
	for n in 1 2; do
		timeout -k 2 $((10 + 30 * slow)) fio --name=load --filename="$(lun_disk "$name" $n)" \
			--direct=1 --ioengine=libaio --iodepth=32 --rw=randrw \
			--bssplit=4k/70:256k/30 --size=16m --time_based \
			--runtime=$((30 * slow)) --randrepeat=0 >"$lab_dir/fio$n" 2>&1 &
		echo $! >"$lab_dir/fio$n.pid"
	done
	wait_until 10 moving 1
	wait_until 10 moving 2
}

# Requests in flight or done on the disk of LUN $1
moving()
{
	local sd stat

	sd=$(lun_disk "$name" "$1")
	read -ra stat <"/sys/block/${sd#/dev/}/stat"
	((stat[0] + stat[4] > 50))
}

# fio ends, with errors, not by our timeout
load_fails()
{
	local n status

	for n in "$@"; do
		wait_until 25 ended "$(<"$lab_dir/fio$n.pid")"
		status=0
		wait "$(<"$lab_dir/fio$n.pid")" || status=$?
		echo "fio $n: exit status $status"
		tail -n 3 "$lab_dir/fio$n"
		((status != 0 && status != 124 && status != 137))
	done
}

ended()
{
	! kill -0 "$1"
}

# The initiator's side away, whatever state it is in
forget()
{
	local n

	for n in 1 2; do
		kill "$(<"$lab_dir/fio$n.pid")" 2>/dev/null || true
	done
	timeout 30 iscsiadm -m node -T "$name" -u >/dev/null 2>&1 || true
	iscsiadm -m node -o delete >/dev/null 2>&1 || true
	wait
}

# released: devices can be opened exclusively, nothing is connected
released()
{
	local node

	for node in "$disk1" "$disk2"; do
		python3 -c "import os; os.open('$node', os.O_RDWR | os.O_EXCL)"
	done
}

within_5_s()
{
	local start=$EPOCHREALTIME

	"$@"
	wait_until 5 released
	awk -v a="$start" -v b="$EPOCHREALTIME" -v slow="$slow" \
		'BEGIN { printf "%.1f s\n", b - a; exit b - a > 5 * slow + 1 }'
}

force_delete()
{
	under_load
	within_5_s adm target del "$name" force
	load_fails 1 2
	forget
	wait_until 5 module_unused
}

session_delete()
{
	local id

	under_load
	id=$(adm -j session show | json 'd["sessions"][0]["id"]')
	adm session del "$id"
	# The initiator comes back by itself, and fio may not even notice
	wait_until 15 back "$id"
	adm target del "$name" force
	forget
}

back()
{
	[[ $(adm -j session show | json 'd["sessions"][0]["id"]') != "$1" ]]
}

lun_delete()
{
	under_load
	adm lun del target "$name" lun 2
	wait_until 5 python3 -c \
		"import os; os.open('$disk2', os.O_RDWR | os.O_EXCL)"
	load_fails 2
	kill -0 "$(<"$lab_dir/fio1.pid")"
	adm target del "$name" force
	forget
}

connection_killed()
{
	under_load
	in_target ss -K state established sport = 3260 >/dev/null
	wait_until 15 one_session
	adm target del "$name" force
	forget
}

one_session()
{
	[[ $(adm -j session show | json 'len(d["sessions"])') == 1 ]]
}

link_down()
{
	under_load
	ip -n "$target_ns" link set wire down
	within_5_s adm target del "$name" force
	ip -n "$target_ns" link set wire up
	ip -n "$target_ns" addr add "$target_ip6/64" dev wire nodad || true
	load_fails 1 2
	forget
}

namespace_destroyed()
{
	under_load
	ip netns del "$target_ns"
	wait_until 5 released
	load_fails 1 2
	forget
	wait_until 5 module_unused
	ip link del "ktw$$" 2>/dev/null || true
	lab_netns
}

unloaded()
{
	[[ -n ${KTGT_KO:-} ]] || { echo "KTGT_KO is not set"; exit 4; }
	under_load
	adm target del "$name" force
	timeout 10 rmmod ktgt
	[[ ! -d /sys/module/ktgt ]]
	released
	load_fails 1 2
	forget
	insmod "$KTGT_KO"
}

# A module that has a target is not unloaded by mistake, nor left half.
unload_configured()
{
	load_target
	if rmmod ktgt 2>/dev/null; then
		echo "rmmod took a configured target along"
		return 1
	fi
	adm target show "$name" >/dev/null
	adm target del "$name"
	wait_until 5 module_unused
}

skip_if_short
lab_start
command -v fio iscsid >/dev/null || ktap_skip_all "fio or open-iscsi is missing"
null_blk a 16
disk1=$dev
null_blk b 16
disk2=$dev
ktap_plan 11
initiator_start
ktap_test "target deleted by force" force_delete
ktap_test "session deleted: the initiator comes back" session_delete
ktap_test "logical unit removed: the other goes on" lun_delete
ktap_test "connection killed: the initiator comes back" connection_killed
ktap_test "link down, target deleted by force" link_down
ktap_test "network namespace destroyed" namespace_destroyed
ktap_test "module unloaded after a forced delete" unloaded
ktap_test "module with a target is not unloaded" \
	unload_configured
lab_finish
