# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # peers.sh reads the one, and sets the other
#
# Kinds of devices over which ktgt is measured, by the generator. Sourced by peers.sh,
# whose functions it uses.
#
#   make_KIND   makes the device and sets disk; drop_KIND removes it
#
#   plain       a null_blk
#   crypt       dm-crypt on one: it takes no REQ_NOWAIT
#   thin        dm-thin, all of whose blocks are there
#   raid1       md on two: it says that it takes REQ_NOWAIT, and does not
#   tags        a null_blk with 64 tags that takes 2 ms for each command, so that with 64
#               commands all tags are in use and the processor has time left: that is
#               one I/O in 31 us, or 15625 instructions. What 128 commands cost beside
#               that shows only when it is more.
#
# All blocks are written before anything is measured: memory that is taken, or a block
# of dm-thin that is mapped, when it is first written would count for the first.

device_kinds=(plain crypt thin raid1 tags)
# what raid1 needs twice
mib=64
sectors=$((mib << 11))
md=/sys/block/md0/md

fill()
{
	dd if=/dev/zero of="$1" bs=1M count="$mib" oflag=direct status=none
	udevadm settle --timeout=100000
}

make_plain()
{
	make_disk nullb0 1
	disk=/dev/nullb0
}

drop_plain()
{
	drop_disk nullb0
}

make_tags()
{
	# irqmode 2: a timer ends each command
	make_disk nullb0 1 hw_queue_depth=64 irqmode=2 completion_nsec=2000000
	echo none >/sys/block/nullb0/queue/scheduler
	disk=/dev/nullb0
}

drop_tags()
{
	drop_disk nullb0
}

make_crypt()
{
	local key

	key=$(printf '%0128d' 7)
	make_disk nullb0 1
	dmsetup create bench --table \
		"0 $sectors crypt aes-xts-plain64 $key 0 /dev/nullb0 0"
	disk=/dev/mapper/bench
	fill "$disk"
}

drop_crypt()
{
	dmsetup remove --retry bench
	drop_disk nullb0
}

make_thin()
{
	make_disk nullb0 1
	# what tells of the blocks; it is empty, so that a new pool is made
	make_disk nullb1 1 size=8
	dmsetup create pool --table \
		"0 $sectors thin-pool /dev/nullb1 /dev/nullb0 128 0"
	dmsetup message /dev/mapper/pool 0 "create_thin 0"
	dmsetup create bench --table "0 $sectors thin /dev/mapper/pool 0"
	disk=/dev/mapper/bench
	fill "$disk"
}

drop_thin()
{
	dmsetup remove --retry bench
	dmsetup remove --retry pool
	drop_disk nullb1
	drop_disk nullb0
}

# As mdadm --build would: without metadata, and in sync.
make_raid1()
{
	local slot

	modprobe -a md-mod raid1
	make_disk nullb0 1
	make_disk nullb1 1
	echo md0 >/sys/module/md_mod/parameters/new_array
	echo none >"$md/metadata_version"
	echo raid1 >"$md/level"
	echo 2 >"$md/raid_disks"
	echo $((mib << 10)) >"$md/component_size"
	for slot in 0 1; do
		cat "/sys/block/nullb$slot/dev" >"$md/new_dev"
		echo $((mib << 10)) >"$md/dev-nullb$slot/size"
		echo "$slot" >"$md/dev-nullb$slot/slot"
	done
	echo none >"$md/resync_start"
	echo active >"$md/array_state"
	disk=/dev/md0
	fill "$disk"
}

drop_raid1()
{
	local try

	# udev may have it open
	for ((try = 0; try < 20; try++)); do
		udevadm settle --timeout=100000
		{ echo clear >"$md/array_state"; } 2>/dev/null && break
		sleep 0.5
	done
	drop_disk nullb1
	drop_disk nullb0
}

# KIND: OP BLOCKSIZE DEPTH DIGEST of its jobs
jobs_of()
{
	case $1 in
	plain) gen_jobs=("read 1048576 8 false") ;;
	tags) gen_jobs=("randread 4096 64 false" "randread 4096 128 false") ;;
	*) gen_jobs=("randread 4096 32 false" "randwrite 4096 32 false") ;;
	esac
}

# ktgt over each of them
measure_devices()
{
	for device_kind in "${device_kinds[@]}"; do
		jobs_of "$device_kind"
		"make_$device_kind"
		start_ktgt "$disk"
		gen_jobs ktgt -l 1 127.0.0.1:3260 "$iqn:ktgt"
		stop_ktgt
		"drop_$device_kind"
	done
}
