#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tgt-admin and targets.conf; tgt-setup-lun.
#
#   target namespace                                  initial namespace
#   disk1: LUN 1 disk, LUN 2 added and removed   --   open-iscsi
#
# Shown: what --dump says makes the same again, and changes nothing where it is
# already; a file that differs in one line changes that and nothing else, with an
# initiator logged in; who is logged in is not thrown out without -f; a new
# secret holds from the next login on; offline, ready; an error names its line
# and changes nothing; nor does a file of which one thing cannot be done, unless
# errors are ignored; a device goes to another target in one step.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

name=iqn.2007-04.com.example:storage.disk1
secret='secret-of-alice-1'

admin()
{
	in_target tgt-admin "$@"
}

# conf [LINE]...: a file with one target, and LINEs in its block
conf()
{
	printf '%s\n' "<target $name>" "	backing-store $disk1" \
		"	initiator-address 10.77.0.0/24" "${@/#/	}" '</target>' |
		put "$lab_dir/conf"
}

# apply [OPTION]...
apply()
{
	admin -e -v -c "$lab_dir/conf" "$@"
}

show()
{
	compat -L iscsi -m target -o show
}

# The session of the target as ktgtadm shows it: its id does not come twice
session()
{
	adm -j session show | json '*[s["id"] for s in d["sessions"]]'
}

create()
{
	conf
	apply
	show | tee "$lab_dir/show"
	grep -qx "Target 1: $name" "$lab_dir/show"
	grep -q "Backing store path: $disk1" "$lab_dir/show"
	grep -q '10.77.0.0/24' "$lab_dir/show"
	[[ $(admin -s) == "$(show)" ]]
}

again()
{
	show >"$lab_dir/before"
	apply >"$lab_dir/said"
	refute grep . "$lab_dir/said"
	show | cmp - "$lab_dir/before"
}

dump()
{
	admin --dump | tee "$lab_dir/dump"
	show >"$lab_dir/before"
	admin --delete ALL
	[[ -z $(show) ]]
	admin -e -c "$lab_dir/dump"
	admin --dump | cmp - "$lab_dir/dump"
	show | cmp - "$lab_dir/before"
}

add_lun()
{
	local before

	login "$name"
	wait_until 10 lun_disk "$name" 1
	before=$(session)
	conf "backing-store $disk2"
	apply
	[[ -n $before && $(session) == "$before" ]]
	iscsiadm -m session -R >/dev/null
	wait_until 10 lun_disk "$name" 2
}

# stat_of COLUMN: of LUN 1, by tgtadm
stat_of()
{
	compat -L iscsi -m target -o stat -t 1 |
		awk -v column="$1" '$1 == 1 && $2 == 1 { print $column }'
}

# Others read as well when a disk is found: it is at least as much
stat_counts()
{
	local bytes cmds

	bytes=$(stat_of 6)
	cmds=$(stat_of 7)
	dd if="$(lun_disk "$name" 1)" of=/dev/null bs=64k count=16 iflag=direct
	(($(stat_of 6) >= bytes + (1 << 20)))
	(($(stat_of 7) >= cmds + 16))
	[[ $(stat_of 12) == 0 ]]
	# octets sent, Data-In PDUs, commands
	compat -L iscsi -m session -o stat -t 1 -s "$(stat_of 3)" |
		tail -n 1 | tee "$lab_dir/stat" |
		awk '{ exit !($4 > 1048576 && $6 >= 16 && $7 >= 16) }'
}

# A unit that somebody sees goes by force alone
remove_lun()
{
	local before status=0

	before=$(session)
	conf
	apply || status=$?
	[[ $status == 22 ]]
	show | grep -q "$disk2"
	apply -f
	refute grep -q "$disk2" <<<"$(show)"
	[[ -n $before && $(session) == "$before" ]]
}

in_use()
{
	local status=0

	admin --delete ALL || status=$?
	[[ $status == 22 ]]
	[[ -n $(session) ]]
	logout "$name"
}

# log_in SECRET: with CHAP, as alice
log_in()
{
	login "$name" session.auth.authmethod=CHAP session.auth.username=alice \
		session.auth.password="$1"
}

# Who is admitted by a name and a secret needs them from the next login on
new_secret()
{
	local before status=0

	conf "incominguser alice $secret"
	apply
	log_in "$secret"
	before=$(session)
	conf "incominguser alice another-secret-2"
	admin --update ALL -v -c "$lab_dir/conf"
	[[ -n $before && $(session) == "$before" ]]
	logout "$name"
	timeout 60 iscsiadm -m node -T "$name" -p "$portal" -l || status=$?
	[[ $status == 24 ]]
	log_in another-secret-2
	logout "$name"
}

offline()
{
	admin --offline ALL
	show | grep -q 'State: offline'
	admin --ready "$name"
	show | grep -q 'State: ready'
}

# The third line is wrong, and so nothing of the file happens
wrong_line()
{
	local status=0

	show >"$lab_dir/before"
	printf '%s\n' "<target $name:2>" "	backing-store $disk2" \
		"	write-cash on" '</target>' >"$lab_dir/wrong"
	admin -e -c "$lab_dir/wrong" 2>"$lab_dir/said" || status=$?
	cat "$lab_dir/said"
	((status))
	grep -q "$lab_dir/wrong:3: .*write-cache" "$lab_dir/said"
	show | cmp - "$lab_dir/before"
}

# A device that is not there is found out when all else has been prepared
one_refused()
{
	local before status=0

	conf
	admin --update ALL -c "$lab_dir/conf"
	login "$name"
	before=$(session)
	show >"$lab_dir/before"
	{
		conf "initiator-name iqn.2026-11.org.example:nobody" "write-cache off"
		cat "$lab_dir/conf"
		printf '%s\n' "<target $name:2>" "	backing-store $disk2" \
			'</target>' "<target $name:3>" \
			'	backing-store /dev/null' '</target>'
	} >"$lab_dir/part"
	admin -e -f -c "$lab_dir/part" 2>"$lab_dir/said" || status=$?
	cat "$lab_dir/said"
	[[ $status == 22 ]]
	grep -q '/dev/null' "$lab_dir/said"
	[[ -n $before && $(session) == "$before" ]]
	show | sed 's/ Connection: .*//' >"$lab_dir/after"
	sed 's/ Connection: .*//' "$lab_dir/before" | cmp - "$lab_dir/after"
}

# All but that, and in what was there before nothing is left half done
rest_done()
{
	local status=0

	admin -e -f --ignore-errors -c "$lab_dir/part" || status=$?
	[[ $status == 22 ]]
	show >"$lab_dir/show"
	cat "$lab_dir/show"
	grep -q "$disk2" "$lab_dir/show"
	grep -q 'example:nobody' "$lab_dir/show"
	[[ $(grep -c 'State: ready' "$lab_dir/show") == 3 ]]
	[[ -n $(session) ]]
	logout "$name"
	admin --delete ALL
}

# The old target keeps the device until the new one has it
renamed()
{
	conf "backing-store $disk2"
	apply
	sed -i "s/^<target .*/<target $name:new>/" "$lab_dir/conf"
	apply
	show >"$lab_dir/show"
	grep -qx "Target 1: $name:new" "$lab_dir/show"
	[[ $(grep -c '^Target' "$lab_dir/show") == 1 ]]
	grep -q "$disk1" "$lab_dir/show"
	grep -q "$disk2" "$lab_dir/show"
	login "$name:new"
	wait_until 10 lun_disk "$name:new" 2
	logout "$name:new"
}

# The same in the native grammar
native()
{
	local status=0

	adm config dump >"$lab_dir/dump"
	adm config check "$lab_dir/dump"
	[[ -z $(adm config diff "$lab_dir/dump") ]]
	sed "s/:new/:newer/" "$lab_dir/dump" >"$lab_dir/other"
	adm config diff - <"$lab_dir/other" | tee "$lab_dir/said"
	[[ $(wc -l <"$lab_dir/said") -gt 2 ]]
	adm config dump | cmp - "$lab_dir/dump"
	adm config apply "$lab_dir/other"
	adm config dump | cmp - "$lab_dir/other"
	echo 'no such thing' | adm config check - || status=$?
	[[ $status == 1 ]]
	status=0
	printf '<target %s>\n\tbacking-store /dev/null\n</target>\n' "$name" |
		adm config apply - || status=$?
	[[ $status == 2 ]]
	adm config dump | cmp - "$lab_dir/other"
	native_json
}

native_json()
{
	adm -j config dump >"$lab_dir/json"
	adm config check "$lab_dir/json"
	[[ -z $(adm config diff "$lab_dir/json") ]]
	sed "s/:newer/:newest/" "$lab_dir/json" >"$lab_dir/json2"
	refute cmp -s "$lab_dir/json" "$lab_dir/json2"
	adm config apply - <"$lab_dir/json2"
	adm -j config dump | cmp - "$lab_dir/json2"
	adm config apply "$lab_dir/json"
	adm config dump | cmp - "$lab_dir/other"
}

delete()
{
	admin --delete ALL -f
	[[ -z $(show) ]]
}

# A target with a disk by one command, a second disk by another
setup_lun()
{
	in_target tgt-setup-lun -n "$name" -d "$disk1" 10.77.0.2
	login "$name"
	wait_until 10 lun_disk "$name" 1
	echo yes | in_target tgt-setup-lun -n "$name" -d "$disk2" 10.77.0.2
	iscsiadm -m session -R >/dev/null
	wait_until 10 lun_disk "$name" 2
	[[ $(show | grep -c '^        10.77.0.2$') == 1 ]]
	# What cannot be completed is taken back
	refute in_target tgt-setup-lun -n "$name:2" -d "$disk1"
	refute grep "$name:2" <<<"$(show)"
	logout "$name"
	admin --delete ALL
}

many()
{
	local n lun start

	for ((n = 1; n <= 1000; n++)); do
		echo "<target $iqn:many-$n>"
		for lun in 1 2 3 4; do
			echo "	<backing-store null$lun>"
			echo "		bs-type null"
			echo "		bsopts size=1M"
			echo "	</backing-store>"
		done
		echo "	initiator-address ALL"
		echo "</target>"
	done >"$lab_dir/many"
	start=$EPOCHREALTIME
	admin -e -c "$lab_dir/many"
	took "1000 targets with 4 LUs applied" "$start"
	start=$EPOCHREALTIME
	admin --dump >"$lab_dir/dump"
	took "dumped" "$start"
	[[ $(grep -c '^<target' "$lab_dir/dump") == 1000 ]]
	start=$EPOCHREALTIME
	admin --delete ALL
	took "deleted" "$start"
}

took()
{
	awk -v what="$1" -v a="$2" -v b="$EPOCHREALTIME" \
		'BEGIN { printf "%s in %.2f s\n", what, b - a }' >>"$lab_dir/times"
}

skip_tools_if_short
lab_start
command -v iscsid >/dev/null || ktap_skip_all "open-iscsi is not installed"
null_blk a 16
disk1=$dev
null_blk b 8
disk2=$dev
ktap_plan 20
initiator_start
ktap_test "a target from a file" create
ktap_test "the same file once more changes nothing" again
ktap_test "what is dumped makes the same again" dump
ktap_test "a logical unit is added, the session stays" add_lun
ktap_test "tgtadm's stat counts what is read" stat_counts
ktap_test "a logical unit in use goes by force alone" remove_lun
ktap_test "a target in use is not deleted" in_use
ktap_test "another secret holds from the next login on" new_secret
ktap_test "offline and ready" offline
ktap_test "a wrong line is named, and nothing happens" wrong_line
ktap_test "one thing that cannot be done, and nothing is" one_refused
ktap_test "all but that when errors are ignored" rest_done
ktap_test "a device goes to another target" renamed
ktap_test "ktgtadm config does the same" native
ktap_test "delete" delete
ktap_test "tgt-setup-lun" setup_lun
ktap_test "1000 targets with 4 logical units each" many
[[ ! -e $lab_dir/times ]] || ktap_comment "$(<"$lab_dir/times")"
lab_finish
