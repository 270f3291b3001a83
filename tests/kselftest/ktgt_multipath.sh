#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A disk with two paths, of which one fails in each way that there is.
#
#   target namespace                              initial namespace
#   t1 at 10.77.0.1: LUN 1 on the first disk  --  open-iscsi, multipath-tools, fio
#   t2 at 10.77.0.3: LUN 1 on the second one
#
# The disks of scsi_debug have the same data, and the LUNs the same names.
#
# Shown: each error that promises it in the table of internals.rst makes the
# initiator use the other path. fio writes and verifies all the time and sees no
# error. A path that is well again is used again.
#
# Timeout: 240

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

t1=$iqn:t1
t2=$iqn:t2
other_ip=10.77.0.3
naa=6001405000000000000000000000007a
map=3$naa
driver=/sys/bus/pseudo/drivers/scsi_debug
mapper=ktgt-multipath

# --- the disks -----------------------------------------------------------------

# disk_of LUN: of scsi_debug, as sda
disk_of()
{
	local path

	path=$(compgen -G "$driver/adapter0/host*/target*/*:0:$1/block/*")
	echo "${path##*/}"
}

disk_is_there()
{
	[[ -b /dev/$(disk_of "$1") ]]
}

make_disks()
{
	local lun

	modprobe scsi_debug dev_size_mb=16 max_luns=3 ndelay=100000
	for lun in 0 1 2; do
		wait_until 10 disk_is_there "$lun"
	done
	modprobe -a dm_multipath dm_round_robin
	dmsetup create "$mapper" \
		--table "0 32768 linear /dev/$(disk_of 2) 0"
}

make_targets()
{
	ip -n "$target_ns" addr add "$other_ip/24" dev wire
	adm target add "$t1"
	adm target add "$t2"
	adm lun add target "$t1" lun 1 path "/dev/mapper/$mapper" naa "$naa" \
		shared-identity on shared on
	adm lun add target "$t2" lun 1 path "/dev/$(disk_of 1)" naa "$naa" \
		shared-identity on shared on
	adm acl add target "$t1" all
	adm acl add target "$t2" all
}

# --- the paths -----------------------------------------------------------------

# Only the map of this test: the disks below have names of their own. Commands
# go to both paths in turn.
start_multipathd()
{
	put /etc/multipath.conf <<-EOT
		defaults {
			find_multipaths no
			user_friendly_names no
			path_grouping_policy multibus
			path_selector "round-robin 0"
			path_checker tur
			polling_interval 1
			max_polling_interval 2
			no_path_retry fail
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

# The paths that the map uses
paths()
{
	dmsetup status "$map" | grep -oE '[0-9]+:[0-9]+ A ' | wc -l
}

both_paths()
{
	[[ $(paths) == 2 ]]
}

# The number of the first path's disk, as 8:16
first_path()
{
	local disk

	disk=$(lun_disk "$t1" 1)
	cat "/sys/block/${disk##*/}/dev"
}

log_in()
{
	login "$t1"
	portal=$other_ip:3260 login "$t2"
	wait_until 20 lun_disk "$t1" 1
	wait_until 20 lun_disk "$t2" 1
	start_multipathd
	wait_until 30 both_paths
	multipath -ll
}

# How often the first path has failed since the step began
failures()
{
	dmesg | awk -v mark="$1" -v text="Failing path $(first_path)." '
		index($0, mark) { n = 0 }
		index($0, text) { n++ }
		END { print n + 0 }'
}

has_failed()
{
	[[ -e $lab_dir/bad ]] || (($(failures "$1") > 0))
}

# --- I/O -----------------------------------------------------------------------

# Writes an area and verifies it, again and again, as long as the file is there.
# Who waits for anything else looks whether it is bad, and is not kept waiting then.
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

# row BREAK MEND: the first path fails under I/O, and is well again. LUN 1 of t1 may
# have another device then.
row()
{
	local mark="ktgt-test: $1 $$" pid

	wait_until 60 both_paths
	: >"$lab_dir/work"
	: >"$lab_dir/rounds"
	rm -f "$lab_dir/bad"
	work &
	pid=$!
	go_on 1
	echo "<6>$mark" >/dev/kmsg
	"$1"
	wait_until 60 has_failed "$mark"
	# one that begins afterwards
	go_on 2
	"$2"
	wait_until 60 both_paths
	go_on 2
	rm "$lab_dir/work"
	wait "$pid"
	go_on 0
	echo "the path has failed $(failures "$mark") times"
}

# --- IOERR: a device whose sectors fail ----------------------------------------

table()
{
	dmsetup suspend --nolockfs "$mapper"
	dmsetup load "$mapper" --table "$1"
	dmsetup resume "$mapper"
}

sectors_fail()
{
	table '0 32768 error'
}

sectors_work()
{
	table "0 32768 linear /dev/$(disk_of 2) 0"
}

# --- OFFLINE, and a device that is gone ----------------------------------------

use_disk()
{
	adm lun set target "$t1" lun 1 path "/dev/$(disk_of 0)" "$@"
}

goes_offline()
{
	put "/sys/block/$(disk_of 0)/device/state" <<<offline
}

goes_online()
{
	put "/sys/block/$(disk_of 0)/device/state" <<<running
}

is_pulled()
{
	put "/sys/block/$(disk_of 0)/device/delete" <<<1
}

is_back()
{
	local host

	host=$(compgen -G "$driver/adapter0/host*")
	put "/sys/class/scsi_host/${host##*/}/scan" <<<'- - -'
	wait_until 10 disk_is_there 0
	use_disk force
}

# --- errors that scsi_debug makes, on kernels that have them ---------------------

# inject LINE: see the driver
inject()
{
	local path

	path=$(compgen -G '/sys/kernel/debug/scsi_debug/*:0:0/error')
	put "$path" <<<"$1"
}

need_injection()
{
	compgen -G '/sys/kernel/debug/scsi_debug/*:0:0/error' >/dev/null || {
		echo "scsi_debug of this kernel cannot make this error"
		exit "$KTAP_SKIP"
	}
}

# Any command: host byte DID_TRANSPORT_FAILFAST
transport_fails()
{
	inject '2 1 0xff 0xf 0 0 0 0 0'
}

transport_works()
{
	inject '- 2 0xff'
}

transport()
{
	need_injection
	row transport_fails transport_works
}

# WRITE(10) and WRITE(16): medium error. What the disk says of a block that it
# cannot write is not told apart, but this is.
writes_fail()
{
	inject '2 1 0x2a 0 0 2 3 0x11 0'
	inject '2 1 0x8a 0 0 2 3 0x11 0'
}

writes_work()
{
	inject '- 2 0x2a'
	inject '- 2 0x8a'
}

medium()
{
	need_injection
	row writes_fail writes_work
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

driver_is_gone()
{
	[[ ! -d /sys/module/scsi_debug ]] || modprobe -r scsi_debug
}

# The map before its paths, the targets before their disks
undo()
{
	rm -f "$lab_dir/work"
	end_multipathd
	wait_until 20 map_is_gone
	initiator_stop
	delete_targets
	dmsetup remove --retry "$mapper"
	wait_until 20 driver_is_gone
	rm -f /etc/multipath.conf
}

for program in iscsid multipathd multipath fio dmsetup; do
	command -v "$program" >/dev/null ||
		ktap_skip_all "$program is not installed"
done
# 11 minutes there
skip_tools_if_short
lab_start
lab_undo=undo
make_disks
make_targets
initiator_start
ktap_plan 10
ktap_test "two paths to one disk" log_in
ktap_test "IOERR" row sectors_fail sectors_work
ktap_test "another device under the LUN" use_disk
ktap_test "OFFLINE" row goes_offline goes_online
ktap_test "the device is gone" row is_pulled is_back
ktap_test "TRANSPORT" transport
ktap_test "MEDIUM, of a WRITE" medium
lab_finish
