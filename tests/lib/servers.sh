# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2154 # lab.sh has them
#
# Three servers, with the addresses and disks that the how-to of scsi-target-utils
# has, so that its commands can be taken as they stand there. Sourced after lab.sh.
#
#   A, the target           192.168.100.151    tgtadm and tgt-admin run there
#   B and C, initiators     192.168.100.5, .6  both here; C is iface "c"
#
#   servers_start             servers, and devices /dev/sdb1 and /dev/sdc of A
#   chap_conf [KEY=VALUE].. what is in iscsid.conf of CHAP
#   restart_iscsid          as "service iscsi restart" does
#   told STATUS COMMAND...  the command ends with the status
#   servers_finish

disk1_name=iqn.2017-03.com.longshuai:test.disk1
server_ip=192.168.100.151
server_devices=(/dev/sdb1 /dev/sdc)

# What the tools ask of the kernel, ktgt_first_target and ktgt_service ask of the
# one that checks itself.
skip_tools_if_slow()
{
	((slow == 1)) || skip_tools
}

servers_start()
{
	local device

	lab_start
	command -v iscsid >/dev/null ||
		ktap_skip_all "open-iscsi is not installed"
	ip addr add 192.168.100.5/24 dev "ktw$$"
	ip addr add 192.168.100.6/24 dev "ktw$$"
	ip -n "$target_ns" addr add "$server_ip/24" dev wire
	for device in "${server_devices[@]}"; do
		[[ ! -L $device ]] || rm "$device"
		[[ ! -e $device ]] || ktap_skip_all "there is a $device"
		null_blk "${device##*/}" 16
		ln -s "$dev" "$device"
	done
	initiator_start
}

servers_finish()
{
	rm -f "${server_devices[@]}"
	lab_finish
}

tgtadm()
{
	in_target tgtadm "$@"
}

tgt-admin()
{
	in_target tgt-admin "$@"
}

chap_conf()
{
	local pair

	sed -i '/session\.auth\./d' "$iscsi_conf"
	for pair in "$@"; do
		ktap_say "echo 'node.session.auth.${pair/=/ = }' >>$iscsi_conf"
		echo "node.session.auth.${pair/=/ = }" >>"$iscsi_conf"
	done
}

restart_iscsid()
{
	ktap_say 'pkill -x iscsid; sleep 1'
	kill "$(<"$lab_dir/iscsid.pid")"
	wait_until 10 refute pgrep -x iscsid
	start_iscsid
}

told()
{
	local want=$1 status=0

	shift
	"$@" >"$lab_dir/told" 2>&1 || status=$?
	cat "$lab_dir/told"
	[[ $status == "$want" ]] || {
		echo "$*: exit status $status, not $want"
		return 1
	}
}

disk1_discover()
{
	iscsiadm -m discovery -t st -p "$server_ip:3260"
}

# disk1_node WORDS...: iscsiadm -m node for this target
disk1_node()
{
	timeout 60 iscsiadm -m node -T "$disk1_name" -p "$server_ip:3260" "$@"
}
