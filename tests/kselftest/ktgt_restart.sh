#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Timeout: 240
#
# What targets.conf says is there again when the service has been restarted.
#
#   A 192.168.100.151: ktgt.service, /dev/sdb1, /dev/sdc   --   B: open-iscsi
#
# Shown: logical units have the numbers that the file gives them, or those of
# their order in it; after a restart all of them are there, whether an initiator
# is logged in, was logged in, or never was.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/servers.sh
. "$lab_top/lib/servers.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/service.sh
. "$lab_top/lib/service.sh"

luns()
{
	tgt-admin -s | awk '/LUN: / { lun = $2 }
		/Backing store path: \// { printf "%s %s;", lun, $4 }'
}

plain_lines()
{
	put /etc/tgt/targets.conf <<-'EOT'
		#include /etc/tgt/temp/*.conf
		default-driver iscsi
		<target iqn.2017-03.com.longshuai:test.disk1>
		    backing-store /dev/sdc
		    backing-store /dev/sdb1
		    incominguser incoming_malong incoming_123456
		    outgoinguser outgoing_malong outgoing_123456
		    initiator-address 192.168.100.0/24
		</target>
	EOT
	service start
	[[ $(luns) == "1 /dev/sdc;2 /dev/sdb1;" ]]
	tgt-admin -s | sed -n '/Account/,$p' | tee "$lab_dir/accounts"
	diff "$lab_dir/accounts" - <<-'EOT'
		    Account information:
		        incoming_malong
		        outgoing_malong (outgoing)
		    ACL information:
		        192.168.100.0/24
	EOT
}

nested()
{
	put /etc/tgt/targets.conf <<-'EOT'
		#include /etc/tgt/temp/*.conf
		default-driver iscsi
		<target iqn.2017-03.com.longshuai:test.disk1>
		    <backing-store /dev/sdb1>
		        lun 5
		    </backing-store>
		    <backing-store /dev/sdc>
		        lun 6
		    </backing-store>
		    initiator-address 192.168.100.0/24
		</target>
	EOT
	service restart
	[[ $(luns) == "5 /dev/sdb1;6 /dev/sdc;" ]]
}

two_luns()
{
	put /etc/tgt/targets.conf <<-'EOT'
		<target iqn.2017-03.com.longshuai:test.disk1>
		    backing-store /dev/sdb1
		    backing-store /dev/sdc
		    initiator-address 192.168.100.0/24
		</target>
	EOT
	service restart
	tgt-admin -s >"$lab_dir/before"
	[[ $(luns) == "1 /dev/sdb1;2 /dev/sdc;" ]]
}

session()
{
	adm -j session show | json '*[s["id"] for s in d["sessions"]]'
}

logged_out()
{
	two_luns
	disk1_discover
	disk1_node -l
	disk1_node -u
	service restart
	tgt-admin -s | diff "$lab_dir/before" -
}

logged_in()
{
	disk1_node -l
	wait_until 10 lun_disk "$disk1_name" 2
	service restart
	[[ $(luns) == "1 /dev/sdb1;2 /dev/sdc;" ]]
	wait_until 40 dd if="$(lun_disk "$disk1_name" 2)" of=/dev/null bs=4k \
		count=1 iflag=direct
}

reload()
{
	local before

	before=$(session)
	[[ $before ]]
	service reload
	[[ $(session) == "$before" ]]
	[[ $(luns) == "1 /dev/sdb1;2 /dev/sdc;" ]]
	disk1_node -u
}

skip_tools_if_slow
servers_start
service_install
service stop >/dev/null 2>&1
ktap_plan 9
ktap_test "logical units are numbered in their order" plain_lines
ktap_test "logical units have the numbers that the file gives" nested
ktap_test "all is there after a restart without a session" logged_out
ktap_test "all is there after a restart with a session" logged_in
ktap_test "a reload drops no session" reload
ktap_test "the service is removed" service_remove
servers_finish
