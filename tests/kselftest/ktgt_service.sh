#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Timeout: 300
#
# ktgt.service: its commands as they stand in the unit.
#
#   target namespace                               initial namespace
#   disk1: LUN 1, disk2: LUN 2 by a reload    --   open-iscsi
#
# Shown: without a file it starts empty and listens; with one it has all that the
# file says, after a restart with and without an initiator as well; a reload
# drops no session and no I/O; a wrong file changes nothing; after a stop nothing
# is left, the module included.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/service.sh
. "$lab_top/lib/service.sh"

name=iqn.2007-04.com.example:storage.disk1

show()
{
	compat -L iscsi -m target -o show
}

session()
{
	adm -j session show | json '*[s["id"] for s in d["sessions"]]'
}

listens()
{
	in_target ss -ltn | tee "$lab_dir/ss"
	grep -q '0\.0\.0\.0:3260' "$lab_dir/ss"
	grep -q '\[::\]:3260' "$lab_dir/ss"
}

empty()
{
	service stop
	[[ ! -d /sys/module/ktgt ]]
	service start
	[[ -z $(show) ]]
	listens
	# What is added later finds the port open
	compat -L iscsi -m target -o new -t 1 -T "$name"
	listens
	service stop
	[[ ! -d /sys/module/ktgt ]]
	refute grep -q 3260 <<<"$(in_target ss -ltn)"
}

# The file of tgt, with what it includes
old_file()
{
	mkdir /etc/tgt/temp
	put /etc/tgt/targets.conf <<<'include /etc/tgt/temp/*.conf'
	printf '%s\n' 'default-driver iscsi' "<target $name>" \
		"	backing-store $disk1" '</target>' | put /etc/tgt/temp/tgt1.conf
	service start
	show | grep -q "Backing store path: $disk1"
	listens
	# Our own comes first
	service_conf "backing-store $disk2"
	service restart
	show | grep -q "Backing store path: $disk2"
	refute grep -q "$disk1" <<<"$(show)"
}

# Statuses of logins to TARGET until one succeeds, each once; "closed" for a
# port that nobody listens on. A file seen-STATUS says when one was seen.
statuses()
{
	in_target python3 -c "
import sys, time
sys.path.insert(0, '$lab_top/lib')
from iscsi import Initiator, LoginError
seen, end = {}, time.monotonic() + 60
while 'ok' not in seen and time.monotonic() < end:
    try:
        ini = Initiator('$target_ip', '$1')
        ini.login()
        status = 'ok'
    except LoginError as err:
        status = '%04x' % err.status
    except OSError:
        status = 'closed'
    seen[status] = True
    open('$lab_dir/seen-' + status, 'w').close()
print(*sorted(seen))
"
}

# Initiators give up at "not found" (0203), and come back for 0301. The file is a
# pipe, so that it is loaded when an initiator has asked.
loads()
{
	local pid starts

	service stop
	rm /etc/ktgt/targets.conf
	mkfifo /etc/ktgt/targets.conf
	statuses "$name" >"$lab_dir/statuses" &
	pid=$!
	wait_until 30 test -e "$lab_dir/seen-closed"
	service start &
	starts=$!
	wait_until 30 test -e "$lab_dir/seen-0301"
	service_conf "backing-store $disk1"
	wait "$starts"
	rm /etc/ktgt/targets.conf
	service_conf "backing-store $disk1"
	wait "$pid"
	cat "$lab_dir/statuses"
	[[ $(<"$lab_dir/statuses") == "0301 closed ok" ]]
	adm net show
	[[ $(adm -j net show | json 'd["net"]["state"]') == ready ]]
}

# both_there: all logical units of the file
both_there()
{
	show | tee "$lab_dir/show"
	grep -q "Backing store path: $disk1" "$lab_dir/show"
	grep -q "Backing store path: $disk2" "$lab_dir/show"
	grep -q 'State: ready' "$lab_dir/show"
}

disk_answers()
{
	dd if="$(lun_disk "$name" 1)" of=/dev/null bs=4k count=1 iflag=direct
}

restart_logged_in()
{
	local before

	service_conf "backing-store $disk1" "backing-store $disk2"
	service restart
	login "$name"
	wait_until 10 lun_disk "$name" 2
	before=$(session)
	service restart
	both_there
	# The initiator finds the way back by itself
	wait_until 40 disk_answers
	[[ $before ]]
}

restart_logged_out()
{
	logout "$name"
	service restart
	both_there
	login "$name"
	wait_until 10 lun_disk "$name" 2
	disk_answers
}

reload_keeps()
{
	local before sd pid

	need fio
	service_conf "backing-store $disk1"
	logout "$name"
	service restart
	login "$name"
	wait_until 10 lun_disk "$name" 1
	sd=$(lun_disk "$name" 1)
	before=$(session)
	[[ -n $before ]]
	: >"$lab_dir/busy"
	while [[ -e $lab_dir/busy ]]; do
		fio --name=v --filename="$sd" --direct=1 --ioengine=libaio \
			--iodepth=8 --rw=randrw --bs=4k --size=8m --time_based \
			--runtime=2 --verify=crc32c --verify_fatal=1 \
			--verify_backlog=64 --minimal || exit
	done >"$lab_dir/fio" 2>&1 &
	pid=$!
	wait_until 30 busy_disk "$sd" || {
		cat "$lab_dir/fio"
		return 1
	}
	service_conf "backing-store $disk1" "backing-store $disk2"
	service reload
	both_there
	service reload
	[[ $(session) == "$before" ]]
	rm "$lab_dir/busy"
	wait "$pid" || {
		cat "$lab_dir/fio"
		return 1
	}
	[[ $(session) == "$before" ]]
}

busy_disk()
{
	awk -v disk="${1##*/}" '$3 == disk && $8 > 0 { found = 1 }
		END { exit !found }' /proc/diskstats
}

wrong_file()
{
	local before status=0

	before=$(session)
	show >"$lab_dir/before"
	service_conf "backing-stor $disk1"
	service reload >"$lab_dir/said" 2>&1 || status=$?
	[[ $status == 1 ]]
	grep -q '/etc/ktgt/targets.conf:3: ' "$lab_dir/said"
	show | cmp - "$lab_dir/before"
	[[ $(session) == "$before" ]]
}

stop_logged_in()
{
	[[ -n $(session) ]]
	service stop >"$lab_dir/said" 2>&1
	cat "$lab_dir/said"
	# It was asked to log out, and did
	grep -q 'session logout' "$lab_dir/said"
	refute grep -q 'did not log out' "$lab_dir/said"
	[[ ! -d /sys/module/ktgt ]]
	refute grep -q 3260 <<<"$(in_target ss -ltn)"
	# The devices are free again
	dd if=/dev/zero of="$disk1" bs=4k count=1 oflag=direct
	timeout 30 iscsiadm -m node -T "$name" -p "$portal" -u || true
}

skip_if_short
lab_start
command -v iscsid >/dev/null || ktap_skip_all "open-iscsi is not installed"
null_blk a 16
disk1=$dev
null_blk b 8
disk2=$dev
service_install
ktap_plan 12
initiator_start
ktap_test "start without a file: empty, and listening" empty
ktap_test "start with the file of tgt and what it includes" old_file
ktap_test "logins while it starts are asked to try again" loads
ktap_test "restart with an initiator logged in" restart_logged_in
ktap_test "restart with the initiator logged out" restart_logged_out
ktap_test "reload drops no session and no I/O" reload_keeps
ktap_test "reload of a wrong file changes nothing" wrong_file
ktap_test "stop with an initiator logged in" stop_logged_in
ktap_test "remove" service_remove
lab_finish
