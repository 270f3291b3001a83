#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The how-to of scsi-target-utils, chapters 2.2.3 and 5, with its own commands.
#
#   target namespace                        initial namespace
#   target 1: LUN 1 disk, LUN 2 later   --  open-iscsi
#
# Shown: a target is made with tgtadm, found, logged in to, formatted, mounted,
# written, read back after a new login, verified by fio; a LUN that is added
# while logged in appears; logout; the target goes.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

name=iqn.2007-04.com.example:storage.disk1

create()
{
	compat --lld iscsi --mode target --op new --tid 1 --targetname "$name"
	compat -L iscsi -m target -o show | tee "$lab_dir/show"
	grep -qx "Target 1: $name" "$lab_dir/show"
	grep -q 'Type: controller' "$lab_dir/show"
	compat -L iscsi -m logicalunit -o new -t 1 -l 1 -b "$disk1"
	compat -L iscsi -m target -o show | tee "$lab_dir/show"
	grep -q 'Type: disk' "$lab_dir/show"
	grep -q "Backing store path: $disk1" "$lab_dir/show"
	compat -L iscsi -m target -o bind -t 1 -I 10.77.0.0/24
	compat -L iscsi -m target -o show | grep -A1 'ACL information' |
		grep -q '10.77.0.0/24'
}

tid_zero()
{
	if compat -L iscsi -m target -o new -t 0 -T "$name:0" 2>"$lab_dir/err"
	then
		echo "target 0 was made"
		return 1
	fi
	grep -q '^tgtadm: ' "$lab_dir/err"
}

listening()
{
	in_target ss -ltn | tee "$lab_dir/ss"
	grep -qE '0\.0\.0\.0:3260|\*:3260' "$lab_dir/ss"
	grep -qE '\[::\]:3260|\*:3260' "$lab_dir/ss"
}

discovery()
{
	discover | tee "$lab_dir/found"
	grep -qx "$portal,1 $name" "$lab_dir/found"
	# The rule is for IPv4: to the others there is nothing here
	refute iscsiadm -m discovery -t st -p "[$target_ip6]:3260"
}

log_in()
{
	login "$name"
	wait_until 10 lun_disk "$name" 1
	iscsiadm -m session | grep -F "$name" >/dev/null
	compat -L iscsi -m target -o show | tee "$lab_dir/show"
	grep -q "Initiator: $iqn:initiator" "$lab_dir/show"
	grep -q "IP Address: $initiator_ip" "$lab_dir/show"
}

file_system()
{
	local sd

	need mkfs.ext4
	sd=$(lun_disk "$name" 1)
	mkfs.ext4 -q -F "$sd"
	mkdir "$lab_dir/mnt"
	mount "$sd" "$lab_dir/mnt"
	head -c 4000000 /dev/urandom >"$lab_dir/mnt/file"
	mkdir "$lab_dir/mnt/dir"
	cp "$lab_dir/mnt/file" "$lab_dir/mnt/dir/copy"
	(cd "$lab_dir/mnt" && sha256sum file dir/copy) >"$lab_dir/sums"
	sync
	umount "$lab_dir/mnt"
}

log_in_again()
{
	local sd

	[[ -s $lab_dir/sums ]] || { echo "no file system"; exit 4; }
	logout "$name"
	login "$name"
	wait_until 10 lun_disk "$name" 1
	sd=$(lun_disk "$name" 1)
	e2fsck -fn "$sd"
	mount -o ro "$sd" "$lab_dir/mnt"
	(cd "$lab_dir/mnt" && sha256sum -c "$lab_dir/sums")
	umount "$lab_dir/mnt"
}

verify()
{
	local sd

	need fio
	sd=$(lun_disk "$name" 1)
	timeout 90 fio --name=v --filename="$sd" --direct=1 \
		--ioengine=libaio --iodepth=16 --rw=randrw --size=24m \
		--io_size=4m --bssplit=512/20:4k/40:64k/30:256k/10 \
		--blockalign=512 --verify=crc32c --verify_fatal=1 \
		--verify_backlog=64 --serialize_overlap=1 --runtime=10 \
		--minimal >"$lab_dir/fio"
}

add_lun()
{
	local sd

	compat -L iscsi -m logicalunit -o new -t 1 -l 2 -b "$disk2"
	iscsiadm -m session --rescan
	wait_until 10 lun_disk "$name" 2
	sd=$(lun_disk "$name" 2)
	dd if=/dev/zero of="$sd" bs=64k count=4 oflag=direct
	dd if="$sd" of=/dev/null bs=64k count=4 iflag=direct
}

busy()
{
	if compat -L iscsi -m target -o delete -t 1 2>"$lab_dir/err"; then
		echo "deleted in spite of a session"
		return 1
	fi
	grep -qx 'tgtadm: this target is still active' "$lab_dir/err"
}

log_out()
{
	logout "$name"
	refute lun_disk "$name" 1
	wait_until 5 no_nexus
}

no_nexus()
{
	! compat -L iscsi -m target -o show | grep 'I_T nexus: ' >/dev/null
}

delete()
{
	compat -L iscsi -m logicalunit -o delete -t 1 -l 2
	compat -L iscsi -m target -o unbind -t 1 -I 10.77.0.0/24
	compat -L iscsi -m target -o delete -t 1
	[[ -z $(compat -L iscsi -m target -o show) ]]
	# The devices are free again
	dd if=/dev/zero of="$disk1" bs=4k count=1 oflag=direct
	dd if=/dev/zero of="$disk2" bs=4k count=1 oflag=direct
}

lab_start
command -v iscsid >/dev/null || ktap_skip_all "open-iscsi is not installed"
null_blk a 32
disk1=$dev
null_blk b 8
disk2=$dev
ktap_plan 15
initiator_start
ktap_test "tgtadm makes a target, a logical unit and a rule" create
ktap_test "target 0 is refused" tid_zero
ktap_test "port 3260 listens on IPv4 and IPv6" listening
ktap_test "discovery by open-iscsi" discovery
ktap_test "login" log_in
ktap_test "mkfs.ext4, mount, write" file_system
ktap_test "logout, login, e2fsck, checksums" log_in_again
ktap_test "fio verify" verify
ktap_test "a logical unit is added while logged in" add_lun
ktap_test "a target in use is not deleted" busy
ktap_test "logout" log_out
ktap_test "delete" delete
lab_finish
