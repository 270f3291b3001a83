#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A disk with two paths by two portal groups, which Linux ranks by ALUA.
#
#   target namespace                                    initial namespace
#   t1 at 10.77.0.1:3260 (group 1), :3261 (group 2)  --  open-iscsi, multipath-tools,
#   LUN 1 on null_blk                                    fio
#
# Shown: multipath-tools takes the priorities from the states; I/O goes by the best
# group, and follows when the administrator changes the states, or when sg_stpg does;
# fio writes and verifies all the time and sees no error.
#
# Timeout: 240

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

t1=$iqn:t1
naa=6001405000000000000000000000007b
map=3$naa

make_target()
{
	adm portal add "$target_ip:3260" group-tag 1
	adm portal add "$target_ip:3261" group-tag 2
	null_blk a 64
	adm target add "$t1"
	adm lun add target "$t1" lun 1 path "$dev" naa "$naa"
	adm acl add target "$t1" all
	adm group add target "$t1" group 1 portals 1
	adm group add target "$t1" group 2 portals 2 state active-nonoptimized
}

# --- the paths -----------------------------------------------------------------

start_multipathd()
{
	put /etc/multipath.conf <<-EOT
		defaults {
			find_multipaths no
			user_friendly_names no
			path_grouping_policy group_by_prio
			path_selector "round-robin 0"
			prio alua
			hardware_handler "1 alua"
			failback immediate
			path_checker tur
			polling_interval 1
			max_polling_interval 2
			no_path_retry 30
			skip_kpartx yes
		}
		blacklist {
			wwid ".*"
		}
		blacklist_exceptions {
			wwid "$map"
		}
	EOT
	ktap_say 'multipathd -d &'
	setsid multipathd -d >"$lab_dir/multipathd.log" 2>&1 &
	echo $! >"$lab_dir/multipathd.pid"
	wait_until 20 multipathd show daemon
}

# disk_at PORT: the disk of the path by that portal, as sdb
disk_at()
{
	local session

	for session in /sys/class/iscsi_connection/connection*; do
		[[ $(<"$session/persistent_port") == "$1" ]] || continue
		# connectionN:0 is that of sessionN
		session=${session##*/connection}
		compgen -G "/sys/class/iscsi_session/session${session%:*}/device/target*/*:1/block/*" |
			sed 's|.*/||'
		return
	done
	return 1
}

# The priority that multipath-tools has for the path by a portal
priority_at()
{
	multipathd show paths format '%d %p' |
		awk -v disk="$(disk_at "$1")" '$1 == disk { print $2 }'
}

# ranked A B: the priorities of the paths by 3260 and by 3261
ranked()
{
	[[ $(priority_at 3260) == "$1" && $(priority_at 3261) == "$2" ]]
}

# The path group that I/O goes to has the disk at a portal
goes_by()
{
	local number

	number=$(cat "/sys/block/$(disk_at "$1")/dev")
	dmsetup status "$map" | tr '\n' ' ' |
		grep -qE "[[:space:]]A [0-9]+ [0-9]+ [0-9]+ $number "
}

# How many writes the disk of a path has taken
writes_at()
{
	awk '{ print $5 }' "/sys/block/$(disk_at "$1")/stat"
}

log_in()
{
	modprobe -a scsi_dh_alua dm_multipath dm_round_robin
	login "$t1"
	portal=$target_ip:3261 login "$t1"
	wait_until 20 disk_at 3260
	wait_until 20 disk_at 3261
	start_multipathd
	wait_until 30 ranked 50 10
	wait_until 30 goes_by 3260
	multipath -ll
}

# --- I/O -----------------------------------------------------------------------

work()
{
	while [[ -e $lab_dir/work ]]; do
		fio --name=job --filename="/dev/mapper/$map" --direct=1 \
			--ioengine=libaio --rw=randwrite --bs=4k --iodepth=8 \
			--size=512k --verify=crc32c --verify_fatal=1 \
			--randrepeat=0 --output="$lab_dir/fio" || {
			: >"$lab_dir/bad"
			return
		}
		echo >>"$lab_dir/rounds"
	done
}

rounds()
{
	[[ -e $lab_dir/bad ]] || (($(wc -l <"$lab_dir/rounds") >= $1))
}

# So many more rounds are ended, without an error
go_on()
{
	wait_until 60 rounds $(($(wc -l <"$lab_dir/rounds") + $1))
	[[ ! -e $lab_dir/bad ]] || {
		cat "$lab_dir/fio"
		return 1
	}
}

# moved BY OTHER: what is written now goes by the one portal, and not by the other
moved()
{
	local by other

	wait_until 30 goes_by "$1"
	go_on 1
	by=$(writes_at "$1") other=$(writes_at "$2")
	go_on 2
	(($(writes_at "$1") > by)) || return 1
	[[ $(writes_at "$2") == "$other" ]]
}

# under_io FUNCTION: while fio works
under_io()
{
	local pid

	: >"$lab_dir/work"
	: >"$lab_dir/rounds"
	rm -f "$lab_dir/bad"
	work &
	pid=$!
	go_on 1
	"$1"
	rm "$lab_dir/work"
	wait "$pid"
	go_on 0
}

state()
{
	adm group set target "$t1" group "$1" state "$2"
}

# The better group becomes the other one, then the first has no path at all
changes()
{
	state 1 active-nonoptimized
	state 2 active-optimized
	wait_until 30 ranked 10 50
	moved 3261 3260
	state 1 unavailable
	moved 3261 3260
	state 1 active-optimized
	state 2 standby
	wait_until 30 ranked 50 1
	moved 3260 3261
	state 2 active-nonoptimized
	wait_until 30 ranked 50 10
	moved 3260 3261
}

preferred()
{
	adm group set target "$t1" group 2 preferred on
	wait_until 30 ranked 50 90
	moved 3261 3260
	adm group set target "$t1" group 2 preferred off
	wait_until 30 ranked 50 10
}

# Only now: where it is allowed, Linux itself sets the group active that it changes to
explicitly()
{
	need sg_stpg sg_rtpg
	adm target set "$t1" explicit-alua on
	# until no unit attention is left
	wait_until 10 sg_rtpg "/dev/$(disk_at 3260)"
	sg_rtpg -d "/dev/$(disk_at 3260)"
	under_io swap_by_initiator
}

swap_by_initiator()
{
	sg_stpg --tp=1,2 --state=an,ao "/dev/$(disk_at 3260)"
	wait_until 30 ranked 10 50
	moved 3261 3260
	adm group show | grep -E ' 2 .* active-optimized'
}

# --- the end --------------------------------------------------------------------

end_multipathd()
{
	[[ -e $lab_dir/multipathd.pid ]] || return 0
	kill "$(<"$lab_dir/multipathd.pid")" || true
	rm "$lab_dir/multipathd.pid"
}

map_is_gone()
{
	dmsetup remove --retry "$map" || ! dmsetup info "$map"
}

undo()
{
	rm -f "$lab_dir/work"
	end_multipathd
	wait_until 20 map_is_gone
	initiator_stop
	delete_targets
	adm portal del "$target_ip:3260"
	adm portal del "$target_ip:3261"
	rm -f /etc/multipath.conf
}

for program in iscsid multipathd multipath fio dmsetup; do
	command -v "$program" >/dev/null ||
		ktap_skip_all "$program is not installed"
done
skip_tools_if_short
lab_start
lab_undo=undo
make_target
initiator_start
ktap_plan 7
ktap_test "priorities by ALUA" log_in
ktap_test "the states change under I/O" under_io changes
ktap_test "a preferred group" under_io preferred
ktap_test "SET TARGET PORT GROUPS" explicitly
lab_finish
