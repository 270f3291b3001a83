#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of run.sh that runs in the VM: makes the logical units, and runs each
# test on those on which it means something, in a process of its own.
#
#   kt-PID (target)                               initial namespace (initiator)
#   conformance  1 thin, 512-byte blocks      --  iscsi-test-cu
#                2 thin, 4096-byte blocks         by IPv4, and by IPv6 as the
#                3 thin, 512-byte blocks in       second path
#                  physical ones of 4096, with atomic writes
#                4 read-only
#                5 slow
#                6 thin, with a removable medium
#   chap         1 behind CHAP (MD5)
#
#   vm.sh [NAME]...     all tests, or families and tests by name
#
# Prints a line "ran TEST LU STATUS SECONDS" for each; judge.py reads them, and
# the outputs in out/log. Exit status: 0 if the target could be cleaned up, the
# module unloaded, and the kernel had nothing to say against it.

set -euo pipefail
shopt -s inherit_errexit
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"

tool=/ktgt/libiscsi
here=$(dirname "$0")
logs=/ktgt/out/log
target=$iqn:conformance
ipv4=iscsi://$target_ip:3260/$target
ipv6=iscsi://[$target_ip6]:3260/$target
account=ini
secret=sixteen.letters
size=256

# The disk of scsi_debug: null_blk has no physical blocks of another size.
# Sets dev.
scsi_debug_disk()
{
	local -a atomic=()

	# since 6.11
	! modinfo -p scsi_debug | grep -q ^atomic_wr: || atomic=(atomic_wr=1)
	modprobe scsi_debug dev_size_mb="$size" physblk_exp=3 delay=0 \
		lbpu=1 lbpws=1 lbpws10=1 lbprz=1 "${atomic[@]}"
	wait_until 20 scsi_debug_node
	dev=$(scsi_debug_node)
}

scsi_debug_node()
{
	local path

	for path in /sys/bus/pseudo/drivers/scsi_debug/adapter*/host*/target*/*/block/*; do
		[[ -b /dev/${path##*/} ]] || continue
		echo "/dev/${path##*/}"
		return
	done
	return 1
}

# lun TARGET NUMBER [OPTION]...: a logical unit on $dev
lun()
{
	local name=$1 number=$2

	shift 2
	adm lun add target "$name" lun "$number" path "$dev" "$@"
}

make_targets()
{
	adm target add "$target" reset on
	null_blk thin "$size" 512
	lun "$target" 1
	# 65536 blocks are written in one piece, and some of the rest
	null_blk large "$((2 * size))" 4096
	lun "$target" 2
	scsi_debug_disk
	lun "$target" 3
	null_blk readonly "$size" 512
	lun "$target" 4 read-only on
	# it takes 20 s to write all
	null_blk slow 64 512 irqmode=2 completion_nsec=300000000
	lun "$target" 5
	null_blk removable "$size" 512
	lun "$target" 6 removable on
	adm acl add target "$target" all

	adm target add "$iqn:chap"
	null_blk chap 64 512
	lun "$iqn:chap" 1
	adm account add "$account" secret-file - <<<"$secret"
	adm account bind "$account" target "$iqn:chap"
	adm acl add target "$iqn:chap" all
}

# units_of TEST: its logical units. Block sizes matter where blocks are moved.
units_of()
{
	# it wants to find what it has begun under way seconds later
	[[ $1 != Sanitize.Reset ]] || {
		echo slow
		return
	}
	case ${1%%.*} in
	iSCSICHAP) echo chap ;;
	MultipathIO) echo paths ;;
	ReadOnly) echo readonly ;;
	NoMedia | PreventAllow | StartStopUnit) echo removable ;;
	WriteSame* | Unmap | CompareAndWrite | ReadCapacity16 | Inquiry)
		echo thin 4096 512e
		;;
	# with several blocks in a physical one, UnmapSingle asks for the state of
	# block i + 1 and wants that of the next physical block
	GetLBAStatus) echo thin 4096 ;;
	WriteAtomic16) echo 512e ;;
	Read6 | Read1[026] | ReadCapacity10 | Write* | Verify* | OrWrite | \
		Prefetch* | Mandatory | iSCSIResiduals | iSCSIdatasn | ExtendedCopy | \
		ReceiveCopyResults)
		echo thin 4096
		;;
	*) echo thin ;;
	esac
}

# Sets urls.
urls_of()
{
	case $1 in
	thin) urls=("$ipv4/1") ;;
	4096) urls=("$ipv4/2") ;;
	512e) urls=("$ipv4/3") ;;
	readonly) urls=("$ipv4/4") ;;
	slow) urls=("$ipv4/5") ;;
	removable) urls=("$ipv4/6") ;;
	paths) urls=("$ipv4/1" "$ipv6/1") ;;
	chap) urls=("iscsi://$account%$secret@$target_ip:3260/$iqn:chap/1") ;;
	esac
}

# A test that is expected to hang has not to be waited for as long.
limit_of()
{
	local limit=$((40 * slow))

	! grep -q "^$1 timeout " "$here/expected" || limit=$((limit / 4))
	# it looks once a minute whether the disk is ready
	[[ $1 != ALL.Sanitize.Reset ]] || limit=$((limit + 120))
	echo "$limit"
}

run_test()
{
	local test=$1 unit=$2 status=0 start=$EPOCHREALTIME
	local -a urls=()

	urls_of "$unit"
	# -d: data may be lost; -S: sanitizing is allowed; -V: each command
	timeout -k 5 "$(limit_of "$test")" \
		"$tool/lib/ld-linux-x86-64.so.2" --library-path "$tool/lib" \
		"$tool/iscsi-test-cu" -d -S -v -V -t "$test" "${urls[@]}" \
		>"$logs/$test.$unit" 2>&1 </dev/null || status=$?
	awk -v a="$start" -v b="$EPOCHREALTIME" -v line="ran $test $unit $status" \
		'BEGIN { printf "%s %.1f\n", line, b - a }'
}

# wanted TEST NAME...
wanted()
{
	local test=${1#ALL.} word

	shift
	(($#)) || return 0
	for word in "$@"; do
		word=${word#ALL.}
		[[ $test != "$word" && $test != "$word".* ]] || return 0
	done
	return 1
}

run_tests()
{
	local test family unit

	mkdir -p "$logs"
	while read -r test; do
		wanted "$test" "$@" || continue
		family=${test#ALL.}
		for unit in $(units_of "$family"); do
			run_test "$test" "$unit"
		done
	done <"$here/tests"
}

no_leaks()
{
	local found

	found=$(unreferenced)
	[[ -z $found ]] || {
		echo "$found"
		return 1
	}
}

finish()
{
	clean_up_everything
	modprobe -r scsi_debug
	wait_until 10 module_unused
	timeout $((10 * slow)) rmmod ktgt
	no_leaks
	check_log
}

[[ $EUID == 0 ]]
insert_module /ktgt/ktgt.ko
lab_start
# What was there before is not of the tests.
unreferenced >/dev/null
make_targets
run_tests "$@"
finish
