#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Timeout: 240
#
# The life of a target, with the commands of scsi-target-utils and open-iscsi.
#
#   target namespace                        initial namespace
#   target 1: LUN 1 disk, LUN 2 later   --  open-iscsi, as two initiators
#
# Shown: a target is made with tgtadm, found, logged in to, formatted, mounted,
# written, read back after a new login, verified by fio; a LUN that is added
# while logged in is told and appears; a second initiator is seen beside the
# first; the target goes, comes back, and so does the initiator; dump, delete,
# execute; logout; the target goes.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/servers.sh
. "$lab_top/lib/servers.sh"

name=$disk1_name
disk1=${server_devices[0]}
disk2=${server_devices[1]}

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

# The second line of a refusal has the rule
refused_name()
{
	refute compat -L iscsi -m target -o new -t 9 -T "$1" 2>"$lab_dir/err"
	cat "$lab_dir/err"
	grep -qx 'tgtadm: invalid request' "$lab_dir/err"
	grep -q "^  .*$2" "$lab_dir/err"
}

names()
{
	refused_name not-an-iqn 'iqn\.'
	refused_name iqn.2017.com.longshuai:test 'date after iqn'
	refused_name "iqn.2017-03.com.longshuai:te st" .
	refused_name "iqn.2017-03.com.longshuai:$(printf 'x%.0s' {1..200})" .
	[[ -z $(compat -L iscsi -m target -o show) ]]
}

iser()
{
	refute compat -L iser -m target -o new -t 9 -T "$name:iser" \
		2>"$lab_dir/err"
	cat "$lab_dir/err"
	grep -qx "tgtadm: can't find the driver" "$lab_dir/err"
	grep -q '^  .*iSER is not supported' "$lab_dir/err"
}

# The layout, byte for byte
layout()
{
	compat -L iscsi -m target -o show |
		sed -E '/SCSI (ID|SN)/s/[0-9a-f]{16}$/HASH/' >"$lab_dir/show"
	diff - "$lab_dir/show" <<-EOT
		Target 1: $name
		    System information:
		        Driver: iscsi
		        State: ready
		    I_T nexus information:
		    LUN information:
		        LUN: 0
		            Type: controller
		            SCSI ID: IET     HASH
		            SCSI SN: HASH
		            Size: 0 MB, Block size: 1
		            Online: Yes
		            Removable media: No
		            Prevent removal: No
		            Readonly: No
		            SWP: No
		            Thin-provisioning: No
		            Backing store type: null
		            Backing store path: None
		            Backing store flags:$(printf ' ')
		        LUN: 1
		            Type: disk
		            SCSI ID: IET     HASH
		            SCSI SN: HASH
		            Size: 17 MB, Block size: 512
		            Online: Yes
		            Removable media: No
		            Prevent removal: No
		            Readonly: No
		            SWP: No
		            Thin-provisioning: Yes
		            Backing store type: rdwr
		            Backing store path: $disk1
		            Backing store flags:$(printf ' ')
		    Account information:
		    ACL information:
		        10.77.0.0/24
	EOT
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
	dd if="$(lun_disk "$name" 1)" of=/dev/null bs=4k count=1 iflag=direct
	iscsiadm -m session --rescan
	wait_until 10 lun_disk "$name" 2
	# The kernel says that it was told
	log_since_start | grep 'LUN assignments on this target have changed'
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

# The alias of initiatorname.iscsi; all nodes at once
alias_and_all()
{
	logout "$name"
	echo "InitiatorName=$(iscsi-iname -p iqn.2017-03.com.longshuai)" \
		>/etc/iscsi/initiatorname.iscsi
	echo 'InitiatorAlias=client.longshuai.com' \
		>>/etc/iscsi/initiatorname.iscsi
	restart_iscsid
	timeout 60 iscsiadm -m node -L all
	compat -L iscsi -m target -o show | tee "$lab_dir/show"
	grep -q 'Initiator: iqn.2017-03.com.longshuai:[0-9a-f]* alias: client.longshuai.com' \
		"$lab_dir/show"
	timeout 60 iscsiadm -m node -U all
	wait_until 5 no_nexus
	login "$name"
}

# Server C: another initiator
second_login()
{
	iscsiadm -m iface -I c -o new
	iscsiadm -m iface -I c -o update -n iface.initiatorname \
		-v iqn.1994-05.com.redhat:42b7f829d2ec
	timeout 60 iscsiadm -m discovery -t st -p "$portal" -I c
	timeout 60 iscsiadm -m node -T "$name" -p "$portal" -I c -l
}

second_logout()
{
	timeout 60 iscsiadm -m node -T "$name" -p "$portal" -I c -u
	iscsiadm -m node -T "$name" -p "$portal" -I c -o delete
	iscsiadm -m iface -I c -o delete
}

second()
{
	second_login
	compat -L iscsi -m target -o show | tee "$lab_dir/show"
	[[ $(grep -c 'I_T nexus: ' "$lab_dir/show") == 2 ]]
	grep -A2 'Initiator: iqn.1994-05.com.redhat:42b7f829d2ec' \
		"$lab_dir/show" | grep 'IP Address: 10.77.0.2'
	grep -q 'Initiator: iqn.2017-03.com.longshuai' "$lab_dir/show"
	[[ $(grep -c 'Connection: 0' "$lab_dir/show") == 2 ]]
	second_logout
}

disk_answers()
{
	dd if="$(lun_disk "$name" 1)" of=/dev/null bs=4k count=1 iflag=direct
}

# MAJOR:MINOR of LUN 1, once for each session: /dev/sdc is not the initiator's
disks()
{
	local session path

	for session in /sys/class/iscsi_session/session*; do
		for path in "$session"/device/target*/*:1/block/*; do
			[[ ! -e $path ]] || cat "$path/dev"
		done
	done
}

two_disks()
{
	[[ $(disks | wc -l) == 2 ]]
}

# A and C write; neither can see what the other one does
two_writers()
{
	local sd

	second_login
	wait_until 10 two_disks
	for sd in $(disks); do
		mknod "$lab_dir/disk-$sd" b "${sd%:*}" "${sd#*:}"
		dd if=/dev/zero of="$lab_dir/disk-$sd" bs=4k count=1 \
			oflag=direct
	done
	log_since_start | grep -E 'a second initiator, .*, writes LUN 1, besides' |
		tee "$lab_dir/writers"
	grep -q iqn.1994-05.com.redhat:42b7f829d2ec "$lab_dir/writers"
	second_logout
}

# Whoever comes while it is offline is asked to come again
away()
{
	disk_answers
	tgt-admin --offline ALL
	compat -L iscsi -m target -o delete --force -t 1
	compat -L iscsi -m target -o new -t 1 -T "$name"
	tgt-admin --offline ALL
	compat -L iscsi -m target -o bind -t 1 -I 10.77.0.0/24
	compat -L iscsi -m logicalunit -o new -t 1 -l 1 -b "$disk1"
	compat -L iscsi -m logicalunit -o new -t 1 -l 2 -b "$disk2"
	no_nexus
	tgt-admin --ready ALL
	wait_until 60 disk_answers
}

# Two files with a default-driver line each, as two dumps are
dump_and_execute()
{
	local dir=$lab_dir/temp

	tgt-admin -s >"$lab_dir/before"
	mkdir "$dir"
	tgt-admin --dump | put "$dir/tgt1.conf"
	tgt-admin --delete ALL
	[[ -z $(tgt-admin -s) ]]
	tgt-admin -e -c "$dir/tgt1.conf"
	tgt-admin -s | diff "$lab_dir/before" -
	printf '%s\n' 'default-driver iscsi' "<target $name:2>" \
		'	initiator-address 10.0.0.0/8' '</target>' | put "$dir/tgt2.conf"
	put "$lab_dir/targets.conf" <<<"include $dir/*.conf"
	tgt-admin -e -c "$lab_dir/targets.conf"
	tgt-admin -s | grep "^Target 2: $name:2"
	tgt-admin --delete "$name:2"
	tgt-admin -s | diff "$lab_dir/before" -
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

skip_tools_if_short
servers_start
ktap_plan 23
ktap_test "a malformed name is refused with its rule" names
ktap_test "iSER is understood and refused" iser
ktap_test "a target, a logical unit and a rule are made" create
ktap_test "target 0 is refused" tid_zero
ktap_test "what tgtadm shows has the layout of tgt" layout
ktap_test "port 3260 listens on IPv4 and IPv6" listening
ktap_test "open-iscsi discovers it" discovery
ktap_test "open-iscsi logs in" log_in
ktap_test "a file system is made and written" file_system
ktap_test "it is whole after a new login" log_in_again
ktap_test "fio verifies what it writes" verify
ktap_test "a second logical unit is told to the initiator" \
	add_lun
ktap_test "the alias of an initiator; -L all, -U all" \
	alias_and_all
ktap_test "a second initiator is seen beside the first" second
ktap_test "two initiators that write one disk are logged" \
	two_writers
ktap_test "an initiator comes back by itself" away
ktap_test "a target in use is not deleted" busy
ktap_test "open-iscsi logs out" log_out
ktap_test "dump, delete and execute bring back what was there" dump_and_execute
ktap_test "the target is deleted" delete
servers_finish
