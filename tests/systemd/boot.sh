#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A server that boots with systemd: the service, a reboot, and udev.
#
#   192.168.100.151: ktgt.service, /dev/sdb1, /dev/sdc, and open-iscsi
#
# Run by run.sh -S, with two disks and, in /ktgt/install, what make install makes
# of the tools. It reboots the machine, and goes on where it was. Last line:
# N passed, N failed, N skipped.
#
# Shown: the service as an administrator uses it, enabled, restarted, reloaded;
# targets made with tgtadm and dumped; after the reboot the target is up before the
# initiator that logs in by itself, with the numbers, the rules and the data that
# it had; the shutdown waits for nobody; a device that comes late is attached, and
# one that changes is looked at again.

set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/ktap.sh
. "$top/lib/ktap.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/steps.sh
. "$top/lib/steps.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/user.sh
. "$top/lib/user.sh"

state=/var/lib/ktgt-boot
first=iqn.2017-03.com.longshuai:test.disk1
ip=192.168.100.151
# What a shutdown may take at the most
shutdown_limit=60

# The server, as far as it is not ours: an address, names of disks,
# and an initiator that logs in by itself.
machine()
{
	local n

	put /etc/systemd/system/lab-address.service <<-EOT
		[Unit]
		DefaultDependencies=no
		Before=network-pre.target network.target
		Wants=network-pre.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=/sbin/ip address add $ip/24 dev lo
		[Install]
		WantedBy=sysinit.target
	EOT
	put /etc/udev/rules.d/61-lab.rules <<-'EOT'
		ENV{ID_SERIAL}=="disk0", SYMLINK+="sdb1"
		ENV{ID_SERIAL}=="disk1", SYMLINK+="sdc"
	EOT
	udevadm control --reload
	udevadm trigger --settle --subsystem-match=block
	systemctl daemon-reload
	systemctl enable --now lab-address
	# Who comes from tgt leaves it
	systemctl disable --now tgt
	sed -i 's/^node.startup = .*/node.startup = automatic/' \
		/etc/iscsi/iscsid.conf
	for n in /dev/sdb1 /dev/sdc; do
		[[ -b $n ]]
	done
}

install_all()
{
	cp -a --no-preserve=ownership /ktgt/install/. /
	install -D -m 0644 /ktgt/ktgt.ko \
		"/lib/modules/$(uname -r)/updates/ktgt.ko"
	depmod -a
	systemctl daemon-reload
	udevadm control --reload
	mkdir -p /etc/tgt
	put /etc/tgt/targets.conf <<<'#include /etc/tgt/temp/*.conf'
	systemd-analyze verify --man=no ktgt.service ktgt-attach@.service
	systemctl enable --now ktgt
	systemctl is-active ktgt
	listens
}

listens()
{
	ss -ltn | tee "$state/ss"
	grep -q '0\.0\.0\.0:3260' "$state/ss"
	grep -q '\[::\]:3260' "$state/ss"
}

luns()
{
	tgt-admin -s | awk '/LUN: / { lun = $2 }
		/Backing store path: \// { printf "%s %s;", lun, $4 }'
}

all_luns()
{
	[[ $(luns) == "1 /dev/sdb1;2 /dev/sdc;" ]]
}

sessions()
{
	ktgtadm -j session show | python3 -c '
import json, sys
print(*[s["id"] for s in json.load(sys.stdin)["ktgt"]["sessions"]])'
}

# disk_answers IQN LUN
disk_answers()
{
	dd if="$(lun_disk "$1" "$2")" of=/dev/null bs=4k count=1 iflag=direct
}

first_conf()
{
	put /etc/tgt/targets.conf <<-EOT
		<target $first>
		    backing-store /dev/sdb1
		    backing-store /dev/sdc
		    initiator-address 192.168.100.0/24
		</target>
	EOT
}

logged_out()
{
	first_conf
	systemctl restart ktgt
	all_luns
	iscsiadm -m discovery -t st -p "$ip:3260"
	iscsiadm -m node -T "$first" -p "$ip:3260" -l
	iscsiadm -m node -T "$first" -p "$ip:3260" -u
	systemctl restart ktgt
	all_luns
}

logged_in()
{
	iscsiadm -m node -T "$first" -p "$ip:3260" -l
	wait_until 10 lun_disk "$first" 2
	systemctl restart ktgt
	all_luns
	wait_until 40 disk_answers "$first" 2
}

reload()
{
	local before

	before=$(sessions)
	[[ $before ]]
	systemctl reload ktgt
	all_luns
	[[ $(sessions) == "$before" ]]
	disk_answers "$first" 1
}

# It stays as it was, and says where the fault is
wrong_file()
{
	local before

	before=$(sessions)
	echo 'backing-stor /dev/sdc' >>/etc/tgt/targets.conf
	refute systemctl reload ktgt
	systemctl is-active ktgt
	journalctl -u ktgt --no-pager | tail -n 20 | tee "$state/journal"
	grep -q 'targets.conf:6: ' "$state/journal"
	all_luns
	[[ $(sessions) == "$before" ]]
	first_conf
	systemctl reload ktgt
}

# Whoever is logged in is asked to leave, and does so; open-iscsi then tries to
# come back, until it is told not to.
stop()
{
	systemctl stop ktgt
	[[ ! -d /sys/module/ktgt ]]
	refute grep -q ':3260' <<<"$(ss -ltn)"
	journalctl -u ktgt --no-pager | tail -n 20 | tee "$state/journal"
	refute grep -q 'did not log out' "$state/journal"
	iscsiadm -m node -T "$first" -u
	iscsiadm -m node -T "$first" -o delete
}

target_side()
{
	put /etc/tgt/targets.conf <<<'#include /etc/tgt/temp/*.conf'
	systemctl start ktgt
	user_makes_target
}

initiator_side()
{
	user_takes_disk "$state/data"
	# Debian's unit, which logs out at a shutdown, has not started without
	# nodes
	systemctl start open-iscsi
}

without_nexus()
{
	tgt-admin -s | sed '/I_T nexus: /,/IP Address/d'
}

# The unit as the manual has it
file_disk()
{
	local manual=/usr/local/share/man/man7/ktgt.7

	truncate -s 8M /srv/disk1.img
	sed -n '/^\[Unit\]/,/^\.Ed/{/^\.Ed/!p}' "$manual" |
		tee /etc/systemd/system/disk1.service
	systemd-analyze verify --man=no disk1.service
	systemctl daemon-reload
	systemctl enable --now disk1
	[[ $(losetup -n -O BACK-FILE /dev/loop8) == /srv/disk1.img ]]
	cat >>/etc/tgt/temp/tgt1.conf <<-EOT
		<target iqn.2017-03.com.longshuai:test.file>
		    backing-store /dev/loop8
		</target>
	EOT
}

before_reboot()
{
	cat >>/etc/tgt/temp/tgt1.conf <<-EOT
		<target iqn.2017-03.com.longshuai:test.late>
		    backing-store /dev/ram0
		</target>
	EOT
	refute test -e /dev/ram0
	systemctl reload ktgt
	without_nexus >"$state/show"
	sync
	echo "$EPOCHSECONDS" >"$state/reboot"
}

rebooted()
{
	local took=$((EPOCHSECONDS - $(<"$state/reboot")))

	uptime
	systemctl is-system-running || systemctl --failed --no-pager
	systemctl is-active ktgt
	systemctl is-enabled ktgt
	wait_until 20 same_show
	echo "shutdown and boot took $took s"
	((took < shutdown_limit + $(cut -d. -f1 /proc/uptime)))
}

same_show()
{
	without_nexus | diff "$state/show" -
}

data_is_there()
{
	# Nobody logs in here: open-iscsi.service does
	systemctl is-active open-iscsi
	user_finds_data "$state/data"
}

started()
{
	systemctl show -P "$2EnterTimestampMonotonic" "$1"
}

# Whoever waits for the network's file systems finds the target
order()
{
	local target initiator

	target=$(started ktgt Active)
	initiator=$(systemctl show -P ExecMainStartTimestampMonotonic open-iscsi)
	echo "target up at $target us, initiator started at $initiator us"
	((target > 0 && target <= initiator))
}

# It was there before the service, not given to it later
file_order()
{
	local disk target

	disk=$(started disk1 Active)
	target=$(systemctl show -P ExecMainStartTimestampMonotonic ktgt)
	echo "loop device up at $disk us, target started at $target us"
	((disk > 0 && disk <= target))
	ktgtadm lun show | grep '/dev/loop8' | tee "$state/file"
	grep -q 'on  */dev/loop8' "$state/file"
}

late_is_away()
{
	local text

	text=$(ktgtadm target show iqn.2017-03.com.longshuai:test.late |
		grep '/dev/ram0')
	echo "$text"
	[[ $text == *"not ready"* ]]
}

late_device()
{
	late_is_away
	modprobe brd rd_nr=1 rd_size=8192
	wait_until 30 refute late_is_away
}

# How often the unit of a device has run to its end since the boot
runs()
{
	journalctl -q -b --no-pager -u "ktgt-attach@$1.service" |
		tee "$state/runs" | grep -c ': Finished ' || true
}

ran_again()
{
	(($(runs "$1") > $2))
}

# Nobody but udev knows of it
changed_device()
{
	local before

	before=$(runs 7:8)
	truncate -s 16M /srv/disk1.img
	losetup -c /dev/loop8
	wait_until 20 ran_again 7:8 "$before"
	cat "$state/runs"
	refute grep -q 'Failed\|rror' "$state/runs"
}

log_is_clean()
{
	dmesg | "$top/vm/logcheck.sh" -
}

first_boot()
{
	mkdir -p "$state"
	ktap_plan 19
	ktap_test "a server with two disks" machine
	ktap_test "the service is installed, enabled and started" install_all
	ktap_test "all is there after a restart without a session" logged_out
	ktap_test "all is there after a restart with a session" logged_in
	ktap_test "a reload drops no session" reload
	ktap_test "a reload with a mistake in the file changes nothing" wrong_file
	ktap_test "at a stop initiators leave, and nothing stays" stop
	ktap_test "the target is made and dumped" \
		target_side
	ktap_test "the initiator logs in and writes" \
		initiator_side
	ktap_test "a disk in a file comes by the unit of ktgt(7)" file_disk
	ktap_test "a device that is not there yet" before_reboot
	ktap_test "kernel log" log_is_clean
	echo "ktap_number=$ktap_number ktap_failed=$ktap_failed" \
		"ktap_skipped=$ktap_skipped" >"$state/results"
	sync
	systemctl reboot 2>/dev/null # it misses logind
}

second_boot()
{
	# shellcheck disable=SC1091 # what the first boot has left
	. "$state/results"
	ktap_test "all is there again soon after a reboot" rebooted
	ktap_test "the target is up before the initiator" order
	ktap_test "the loop device is up before the target" file_order
	ktap_test "the initiator has logged in, and the data is there" \
		data_is_there
	ktap_test "a device that comes late is attached" late_device
	ktap_test "a device that changes is looked at again" changed_device
	ktap_test "kernel log after the reboot" log_is_clean
	echo "$((ktap_number - ktap_failed - ktap_skipped)) passed," \
		"$ktap_failed failed, $ktap_skipped skipped"
	((ktap_failed == 0))
}

if [[ -e $state/results ]]; then
	second_boot
else
	first_boot
fi
