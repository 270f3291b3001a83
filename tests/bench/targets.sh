# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The device and the targets that are compared, and the initiator of the kernel.
#
#   make_disk NAME QUEUES [ATTRIBUTE=VALUE]...
#                                a memory-backed null_blk: /dev/NAME
#   drop_disk NAME               it is no more
#   start_ktgt DISK, stop_ktgt   port 3260, LUN 1
#   start_lio DISK, stop_lio     port 3261, LUN 0
#   log_in PEER PORT LUN         sets device; log_out: of all

# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/kernel.sh"

mib=256
iqn=iqn.2026-11.org.example
lio=/sys/kernel/config/target
device=''

make_disk()
{
	local dir=/sys/kernel/config/nullb/$1 setting

	mkdir "$dir"
	echo "$mib" >"$dir/size"
	echo "$2" >"$dir/submit_queues"
	echo 1 >"$dir/memory_backed"
	echo 1 >"$dir/discard"
	for setting in "${@:3}"; do
		echo "${setting#*=}" >"$dir/${setting%%=*}"
	done
	echo 1 >"$dir/power"
	# Memory that is taken as it is first written would count for the first.
	dd if=/dev/zero of="/dev/$1" bs=1M count="$(<"$dir/size")" oflag=direct \
		status=none
}

drop_disk()
{
	echo 0 >"/sys/kernel/config/nullb/$1/power"
	rmdir "/sys/kernel/config/nullb/$1"
}

start_ktgt()
{
	insert_module ktgt.ko
	ktgtadm target add "$iqn:ktgt" id 1
	ktgtadm lun add target 1 lun 1 path "$1"
	ktgtadm acl add target 1 all
}

stop_ktgt()
{
	ktgtadm target del 1
	rmmod ktgt
}

start_lio()
{
	local core=$lio/core/iblock_0/disk tpg=$lio/iscsi/$iqn:lio/tpgt_1

	modprobe -a target_core_iblock iscsi_target_mod
	mkdir -p "$core" "$tpg"
	echo "udev_path=$1" >"$core/control"
	echo 1 >"$core/enable"
	mkdir "$tpg/lun/lun_0" "$tpg/np/127.0.0.1:3261"
	ln -s "$core" "$tpg/lun/lun_0/disk"
	echo 1 >"$tpg/attrib/generate_node_acls"
	echo 0 >"$tpg/attrib/demo_mode_write_protect"
	echo 0 >"$tpg/attrib/authentication"
	echo 1 >"$tpg/enable"
}

stop_lio()
{
	local core=$lio/core/iblock_0/disk tpg=$lio/iscsi/$iqn:lio/tpgt_1

	echo 0 >"$tpg/enable"
	rm "$tpg/lun/lun_0/disk"
	rmdir "$tpg/np/127.0.0.1:3261" "$tpg/lun/lun_0" "$tpg" "${tpg%/*}" \
		"$core"
}

start_initiator()
{
	! pgrep -x iscsid >/dev/null || return 0
	modprobe iscsi_tcp
	mkdir -p /run/lock/iscsi
	iscsid
	sleep 1
}

log_in()
{
	local link try

	start_initiator
	iscsiadm -m discovery -t st -p "127.0.0.1:$2" >/dev/null
	iscsiadm -m node -T "$iqn:$1" -p "127.0.0.1:$2" -l >/dev/null
	for ((try = 0; try < 20; try++)); do
		udevadm settle --timeout=100000
		link=$(compgen -G "/dev/disk/by-path/*$iqn:$1-lun-$3") && break
		sleep 0.5
	done
	# fio takes a colon in a name for the end of it.
	# shellcheck disable=SC2034 # the caller reads it
	device=$(readlink -f "$link")
}

log_out()
{
	iscsiadm -m node -u >/dev/null
	iscsiadm -m node -o delete
}
