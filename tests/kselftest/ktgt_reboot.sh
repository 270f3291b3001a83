#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Timeout: 240
#
# A server, from nothing to a disk with CHAP that is there again after a reboot: the
# commands of a user of scsi-target-utils, one after the other.
#
#   A 192.168.100.151: /dev/sdb1, /dev/sdc   --   B 192.168.100.5: open-iscsi
#
# Shown: the commands work one after the other, without and with CHAP, and what
# they made is there again when the machine has started anew: the module is taken
# out, which leaves nothing, and the service is started.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/servers.sh
. "$lab_top/lib/servers.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/service.sh
. "$lab_top/lib/service.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/user.sh
. "$lab_top/lib/user.sh"

# What its package brings
first_conf()
{
	put /etc/tgt/targets.conf <<<'#include /etc/tgt/temp/*.conf'
}

target_side()
{
	first_conf
	service start
	user_makes_target
}

initiator_side()
{
	user_takes_disk "$lab_dir/data"
}

reboot()
{
	tgt-admin -s | sed '/I_T nexus: /,/IP Address/d' >"$lab_dir/before"
	iscsiadm -m node -U all
	service stop
	[[ ! -d /sys/module/ktgt ]]
	service start
	tgt-admin -s | diff "$lab_dir/before" -
}

data_is_there()
{
	iscsiadm -m node -T "$user_target" -p 192.168.100.151:3260 -l
	user_finds_data "$lab_dir/data"
}

# The dump cannot tell secrets: it says so, and where
chap()
{
	tgtadm -L iscsi -m account -o new -u incoming_malong -p incoming_123456
	tgtadm -L iscsi -m account -o bind -t 1 -u incoming_malong
	tgtadm -L iscsi -m account -o new -u outgoing_malong -p outgoing_123456
	tgtadm -L iscsi -m account -o bind -t 1 -u outgoing_malong --outgoing
	tgt-admin --dump | sed '/default/d' >/etc/tgt/temp/tgt1.conf
	told 1 service reload
	grep '/etc/tgt/temp/tgt1.conf:[0-9]*: .*incominguser' "$lab_dir/told"
	sed -i -e '/incoming/s/PLEASE.*/incoming_123456/' \
		-e '/outgoing/s/PLEASE.*/outgoing_123456/' \
		/etc/tgt/temp/tgt1.conf
	chap_conf authmethod=CHAP username=incoming_malong \
		password=incoming_123456 username_in=outgoing_malong \
		password_in=outgoing_123456
	reboot
	iscsiadm -m discovery -t st -p 192.168.100.151:3260
	data_is_there
	iscsiadm -m node -U all
}

skip_tools_if_slow
servers_start
service_install
service stop >/dev/null 2>&1
ktap_plan 9
ktap_test "the target is made and dumped" target_side
ktap_test "the initiator logs in and writes" \
	initiator_side
ktap_test "all is there again after a reboot" reboot
ktap_test "so is the data" data_is_there
ktap_test "the same with CHAP" chap
ktap_test "the service is removed" service_remove
servers_finish
