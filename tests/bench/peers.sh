#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compares ktgt with the targets of the kernel, over one memory-backed device
# and the kernel's own initiators. To be run in the counting VM:
#
#   tests/vm/run.sh -c -t 600 -- tests/bench/peers.sh [NAME]...
#
#   NAME   only these: raw, lio, nvmet, ktgt
#
# Prints IOPS of virtual time; two runs agree within 1 %.

set -euo pipefail

disk=/dev/nullb0
iqn=iqn.2026-11.org.example
lio=/sys/kernel/config/target
nvmet=/sys/kernel/config/nvmet

make_disk()
{
	local dir=/sys/kernel/config/nullb/nullb0

	modprobe null_blk nr_devices=0
	mkdir "$dir"
	echo 256 >"$dir/size"
	echo 1 >"$dir/memory_backed"
	echo 1 >"$dir/discard"
	echo 1 >"$dir/power"
}

# NAME DEVICE RW BLOCKSIZE DEPTH
job()
{
	fio --name=job --filename="$2" --direct=1 --ioengine=libaio \
		--rw="$3" --bs="$4" --iodepth="$5" --size=256m --runtime=3 \
		--time_based --output-format=terse --terse-version=3 |
		awk -F';' -v what="$1 $3 $4 qd$5" \
			'{ printf "%-32s %8d\n", what, $8 + $49 }'
}

# NAME DEVICE
jobs_on()
{
	local queue

	queue=/sys/block/${2#/dev/}/queue
	echo none >"$queue/scheduler"
	dd if=/dev/zero of="$2" bs=1M oflag=direct 2>/dev/null || true
	job "$1" "$2" randread 4k 32
	job "$1" "$2" randread 4k 1
	job "$1" "$2" randwrite 4k 32
	job "$1" "$2" read 256k 8
	job "$1" "$2" write 256k 8
}

# NAME PORT: log in, run, log out
iscsi_jobs()
{
	local link try

	if ! pgrep -x iscsid >/dev/null; then
		modprobe iscsi_tcp
		mkdir -p /run/lock/iscsi
		iscsid
		sleep 1
	fi
	iscsiadm -m discovery -t st -p "127.0.0.1:$2" >/dev/null
	iscsiadm -m node -T "$iqn:$1" -p "127.0.0.1:$2" -l >/dev/null
	for ((try = 0; try < 20; try++)); do
		udevadm settle
		link=$(compgen -G "/dev/disk/by-path/*$iqn:$1-lun-*") && break
		sleep 0.5
	done
	# fio takes a colon in a name for the end of it
	jobs_on "$1" "$(readlink -f "$link")"
	iscsiadm -m node -u >/dev/null
	iscsiadm -m node -o delete
}

run_raw()
{
	jobs_on raw "$disk"
}

run_lio()
{
	local core=$lio/core/iblock_0/disk tpg=$lio/iscsi/$iqn:lio/tpgt_1

	modprobe -a target_core_iblock iscsi_target_mod
	mkdir -p "$core" "$tpg"
	echo "udev_path=$disk" >"$core/control"
	echo 1 >"$core/enable"
	mkdir "$tpg/lun/lun_0" "$tpg/np/127.0.0.1:3261"
	ln -s "$core" "$tpg/lun/lun_0/disk"
	echo 1 >"$tpg/attrib/generate_node_acls"
	echo 0 >"$tpg/attrib/demo_mode_write_protect"
	echo 0 >"$tpg/attrib/authentication"
	echo 1 >"$tpg/enable"
	iscsi_jobs lio 3261
	echo 0 >"$tpg/enable"
	rm "$tpg/lun/lun_0/disk"
	rmdir "$tpg/np/127.0.0.1:3261" "$tpg/lun/lun_0" "$tpg" "${tpg%/*}" \
		"$core"
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
	udevadm settle
	jobs_on nvmet /dev/nvme0n1
	nvme disconnect -n bench >/dev/null
	rm "$port/subsystems/bench"
	echo 0 >"$sub/namespaces/1/enable"
}

run_ktgt()
{
	local needs

	needs=$(modinfo -F depends ktgt.ko)
	[[ -z $needs ]] || modprobe -a "${needs//,/ }"
	insmod ktgt.ko
	ktgtadm target add "$iqn:ktgt" id 1
	ktgtadm lun add target 1 lun 1 path "$disk"
	ktgtadm acl add target 1 all
	iscsi_jobs ktgt 3260
	ktgtadm target del 1
	rmmod ktgt
}

main()
{
	local name

	(($#)) || set -- raw lio nvmet ktgt
	make_disk
	for name in "$@"; do
		"run_$name"
	done
}

main "$@"
