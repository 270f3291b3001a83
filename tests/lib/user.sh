# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What a user of scsi-target-utils types to get a disk, as it stands in a how-to,
# on 192.168.100.151 with /dev/sdb1 and /dev/sdc. Sourced after steps.sh.
#
#   user_makes_target       and keeps it in a file for the next start
#   user_takes_disk FILE    logs in and writes; FILE has what was written
#   user_finds_data FILE    it is still there

user_target=iqn.2017-03.com.longshuai:test1.disk1

user_makes_target()
{
	tgtadm -L iscsi -m target -o new -t 1 -T iqn.2017-03.com.longshuai:test1.disk1
	tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b /dev/sdb1
	tgtadm -L iscsi -m logicalunit -o new -t 1 -l 2 -b /dev/sdc
	tgtadm -L iscsi -m target -o bind -t 1 -I 192.168.100.0/24
	sed -i -r 's/#include(.*)/include\1/' /etc/tgt/targets.conf
	mkdir /etc/tgt/temp
	tgt-admin --dump | sed '/default/d' | put /etc/tgt/temp/tgt1.conf
}

user_takes_disk()
{
	iscsiadm -m discovery -t st -p 192.168.100.151:3260
	iscsiadm -m node -T iqn.2017-03.com.longshuai:test1.disk1 -p 192.168.100.151:3260 -l
	wait_until 10 lun_disk "$user_target" 2
	dd if=/dev/urandom of="$1" bs=64k count=8 status=none
	dd if="$1" of="$(lun_disk "$user_target" 1)" bs=64k oflag=direct
}

# What was written is still there.
user_finds_data()
{
	wait_until 20 lun_disk "$user_target" 1
	dd if="$(lun_disk "$user_target" 1)" bs=64k count=8 iflag=direct \
		status=none | cmp - "$1"
}
