#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of the demo that runs in the VM: serves three disks, from the first
# command to the module's end. demo.sh starts it.
#
#   vm.sh [STEP:COMMAND]    COMMAND is run at the beginning of STEP (a function)
#
#     "target"                                 "initiator"
#     namespace target                         initial namespace
#     192.168.100.151, fd00:100::151   veth    192.168.100.5, fd00:100::5
#     disks /dev/vdc1, vdd, vde                host-a (IPv4), host-b (IPv6)
#
# The kernel's initiator works from the initial namespace alone, hence the
# target is elsewhere. host-a and host-b are two initiator names, to the target
# two machines. Commands are printed behind a prompt, as one would type them on
# these machines, with what came of them.
#
# Leaves in /ktgt/out: machine, steps, figures (text for the table), fio.json.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../lib/steps.sh
. "$here/../lib/steps.sh"

out=/ktgt/out
work=$(mktemp -d)
fault=${1:-}
iqn=iqn.2007-04.com.example
name=$iqn:storage.disk1
portal4=192.168.100.151:3260
portal6='[fd00:100::151]:3260'

# --- to show what is done ------------------------------------------------------

# In milliseconds
now()
{
	echo $((${EPOCHREALTIME/./} / 1000))
}

# step TITLE FUNCTION: its functions run where "set -e" holds
step()
{
	local begin took

	printf '\n== %s\n' "$1"
	begin=$(now)
	[[ ${fault%%:*} != "$2" ]] || eval "${fault#*:}"
	"$2"
	took=$(($(now) - begin))
	took=$(printf '%d.%d s' $((took / 1000)) $((took % 1000 / 100)))
	printf '%s\t%s\n' "$1" "$took" >>"$out/steps"
	echo "ok, $took"
}

# Words as a shell would take them
quoted()
{
	local word line=''

	for word in "$@"; do
		[[ $word =~ ^[A-Za-z0-9_./:=,@%+-]+$ ]] || word=${word@Q}
		line+=" $word"
	done
	echo "${line# }"
}

# typed PROMPT LINE COMMAND...: what it printed is kept in $work/said
typed()
{
	local status=0

	echo "$1# $2"
	shift 2
	"$@" >"$work/said" 2>&1 || status=$?
	sed 's/^/    /' "$work/said"
	if ((status)); then
		echo "    exit status $status"
	elif [[ ! -s $work/said ]]; then
		echo "    ok"
	fi
	return "$status"
}

in_target()
{
	nsenter --net=/run/netns/target "$@"
}

target()
{
	typed target "$(quoted "$@")" in_target "$@"
}

initiator()
{
	typed initiator "$(quoted "$@")" "$@"
}

# The same for what needs a shell: one word
target_sh()
{
	typed target "$1" in_target bash -o pipefail -c "$1"
}

initiator_sh()
{
	typed initiator "$1" bash -o pipefail -c "$1"
}

# expect REGEX: the last command has printed it
expect()
{
	if ! grep -qE -- "$1" "$work/said"; then
		echo "expected and not found: $1"
		return 1
	fi
}

expect_not()
{
	if grep -E -- "$1" "$work/said"; then
		echo "not expected: $1"
		return 1
	fi
}

# --- the machines ----------------------------------------------------------------

# The disks of the target's machine, whatever the kernel calls them
disk()
{
	readlink -f "/dev/disk/by-id/virtio-disk$1"
}

# disk_of HOST LUN: the initiator's name for it, /dev/sdX
disk_of()
{
	session_disk initiatorname "$iqn:$1" "$2"
}

# --- the steps ----------------------------------------------------------------------

network()
{
	ip netns add target
	ip link add initiator type veth peer name wire netns target
	ip addr add 192.168.100.5/24 dev initiator
	ip addr add fd00:100::5/64 dev initiator nodad
	ip link set initiator up
	ip -n target -batch - <<-EOT
		link set lo up
		addr add 192.168.100.151/24 dev wire
		addr add fd00:100::151/64 dev wire nodad
		link set wire up
	EOT
	wait_until 10 ping -c 1 192.168.100.151
	wait_until 10 ping -c 1 fd00:100::151
	target ip -brief addr show wire
	initiator ip -brief addr show initiator
}

load_module()
{
	local needs

	mapfile -t needs < <(modinfo -F depends ktgt.ko | tr , '\n')
	# depmod does not know a module that lies outside of /lib/modules
	target modprobe -a "${needs[@]}" crc32c_generic
	target insmod ktgt.ko
	target ktgtadm --version
}

# A target with two logical units: a disk, and a partition of another
make_target()
{
	local first second

	first=$(disk 0) second=$(disk 1)
	target parted -s "$first" mklabel gpt mkpart storage 1MiB 100%
	wait_until 10 test -b "${first}1"
	target tgtadm --lld iscsi --mode target --op new --tid 1 \
		--targetname "$name"
	target tgtadm -L iscsi -m logicalunit -o new -t 1 -l 1 -b "$second"
	target tgtadm -L iscsi -m target -o bind -t 1 -I 192.168.100.0/24
	target tgtadm -L iscsi -m target -o bind -t 1 -I fd00:100::/64
	target tgtadm -L iscsi -m logicalunit -o new -t 1 -l 2 -b "${first}1"
	target tgtadm -L iscsi -m target -o show
	expect "^Target 1: $name\$"
	expect "Backing store path: $second\$"
	expect "Backing store path: ${first}1\$"
	expect "^ *192.168.100.0/24\$"
	target ss -ltn
	expect '(0\.0\.0\.0|\*):3260'
	expect '(\[::\]|\*):3260'
}

# With an open-iscsi interface for each name
discover()
{
	local host

	initiator modprobe iscsi_tcp
	initiator iscsid
	wait_until 10 iscsiadm -m iface
	for host in host-a host-b; do
		initiator iscsiadm -m iface -I "$host" -o new
		initiator iscsiadm -m iface -I "$host" -o update \
			-n iface.initiatorname -v "$iqn:$host"
	done
	initiator iscsiadm -m discovery -t st -p "$portal4" -I host-a
	expect "^$portal4,1 $name\$"
	initiator iscsiadm -m discovery -t st -p "$portal6" -I host-b
	expect "^\\[fd00:100::151\\]:3260,1 $name\$"
}

log_in()
{
	local host

	initiator iscsiadm -m node -T "$name" -p "$portal4" -I host-a -l
	initiator iscsiadm -m node -T "$name" -p "$portal6" -I host-b -l
	for host in host-a host-b; do
		wait_until 10 disk_of "$host" 1
		wait_until 10 disk_of "$host" 2
	done
	initiator udevadm settle
	initiator lsscsi -t
	target_sh "tgtadm -L iscsi -m target -o show | sed -n '/nexus/,/LUN info/p'"
	expect "Initiator: $iqn:host-a"
	expect "Initiator: $iqn:host-b"
	expect "IP Address: 192.168.100.5"
	expect "IP Address: fd00:100::5"
}

# Small files and a big one
file_system()
{
	local sd

	sd=$(disk_of host-a 1)
	initiator parted -s "$sd" mklabel gpt mkpart data ext4 1MiB 100%
	wait_until 10 test -b "${sd}1"
	initiator mkfs.ext4 -q "${sd}1"
	initiator mount "${sd}1" /mnt
	initiator cp -a /etc /mnt/
	initiator_sh "head -c 16M /dev/urandom >/mnt/random"
	initiator_sh "cd /mnt && find . -type f -exec sha256sum {} + >/root/sums"
	initiator df -h /mnt
	initiator umount /mnt
}

# compare target|initiator: all files are what they were. The sums are printed
# only if they are not.
compare()
{
	"$1_sh" "cd /mnt && sha256sum --quiet -c /root/sums"
	echo "    $(wc -l </root/sums) files are as they were written"
	"$1" umount /mnt
}

# A new login has new disks and none of the cached pages
again()
{
	initiator iscsiadm -m node -U all
	refute disk_of host-a 1
	refute disk_of host-b 1
	initiator iscsiadm -m node -L all
	wait_until 10 partition_of host-a
	wait_until 10 partition_of host-b
	initiator udevadm settle
	initiator e2fsck -fn "$(partition_of host-a)"
	initiator mount "$(partition_of host-a)" /mnt
	compare initiator
	initiator mount -o ro "$(partition_of host-b)" /mnt
	compare initiator
}

partition_of()
{
	local sd

	sd=$(disk_of "$1" 1) || return
	[[ -b ${sd}1 ]] && echo "${sd}1"
}

# Whichever command comes first is told, be it udev's: the kernel logs it.
told_of_luns()
{
	local n

	n=$(dmesg | grep -oE 'sd [0-9:]+: LUN assignments .* have changed' |
		cut -d: -f1 | sort -u | wc -l)
	((n == 2))
}

add_lun()
{
	local host third

	third=$(disk 2)
	target tgtadm -L iscsi -m logicalunit -o new -t 1 -l 3 -b "$third"
	for host in host-a host-b; do
		initiator sg_turs -v "$(disk_of "$host" 1)" || true
	done
	wait_until 10 told_of_luns
	initiator_sh "dmesg | grep -o 'sd .*LUN assignments.*changed'"
	initiator iscsiadm -m session --rescan
	wait_until 10 disk_of host-a 3
	wait_until 10 disk_of host-b 3
	initiator udevadm settle
	initiator lsscsi -t
}

verify()
{
	local line random sequential

	random=$(disk_of host-a 2) sequential=$(disk_of host-a 3)
	line="RANDOM_DISK=$random SEQUENTIAL_DISK=$sequential"
	line+=" fio verify.fio"
	echo "initiator# cat verify.fio"
	sed -n '/^\[/,$s/^/    /p' "$here/verify.fio"
	sessions before
	run_fio "$random" "$sequential" "$line"
	sessions after
	# No error and nothing verified is no success
	jq -e 'all(.jobs[]; .error == 0 and .read.total_ios > 0)' \
		"$out/fio.json" >/dev/null
	fio_figures
	counter_figures
}

# Its running account has a line each five seconds, between returns; the last
# one, at the very end, guesses days.
run_fio()
{
	local status=0

	echo "initiator# $3"
	RANDOM_DISK=$1 SEQUENTIAL_DISK=$2 timeout 120 fio --eta=always \
		--eta-newline=5s --output-format=json \
		--output="$out/fio.json" "$here/verify.fio" 2>&1 |
		sed -u -e 's/\r$//' -e 's/.*\r//' -e '/^$/d' -e 's/^/    /' |
		{ grep --line-buffered -v 'eta [0-9]*d:' || true; } || status=$?
	if ((status)); then
		echo "    exit status $status"
		return "$status"
	fi
	echo "    ok"
}

sessions()
{
	target_sh "ktgtadm -j session show >sessions.$1"
	mv "sessions.$1" "$work/"
}

fio_figures()
{
	echo "fio from host-a" >>"$out/figures"
	jq -r '
	def round1: . * 10 | round / 10;
	.jobs[] |
	{ random: "4 KiB random", sequential: "1 MiB sequential" }[.jobname] as $what |
	"  \($what): \(.write.iops | round) writes/s, " +
	"\(.write.bw_bytes / 1e6 | round1) MB/s; latency mean " +
	"\(.write.clat_ns.mean / 1e6 | round1) ms, 99 % below " +
	"\(.write.clat_ns.percentile["99.000000"] / 1e6 | round1) ms",
	"    \(.write.total_ios) blocks written, \(.read.total_ios) read back and equal"
	' "$out/fio.json" >>"$out/figures"
}

# What the connection of host-a did meanwhile
counter_figures()
{
	echo "its connection meanwhile (ktgtadm -j session show)" \
		>>"$out/figures"
	jq -rs --arg host "$iqn:host-a" '
	def counters: .ktgt.sessions[] | select(.initiator == $host) | .conn[0];
	def per($n): if $n == 0 then 0 else . / $n * 10 | round / 10 end;
	(.[0] | counters) as $a | (.[1] | counters) as $b |
	def d($key): $b[$key] - $a[$key];
	"  PDUs: \(d("rx_pdus")) received, \(d("tx_pdus")) sent; " +
	"\(d("rx_pdus") | per(d("runs"))) received in a run of the work",
	"  sends: \(d("sends")), with \(d("send_vectors") | per(d("sends"))) " +
	"segments each; \(d("send_again")) taken only in part",
	"  bytes: \(d("rx_bytes") / 1e6 | round) MB received, " +
	"\(d("tx_bytes") / 1e6 | round) MB sent",
	"  data pages: \(d("pages_recycled")) recycled, " +
	"\(d("pages_fresh")) fresh",
	"  zero copy: of \(d("zero_copy") + d("copied")) sampled pages " +
	"\(d("zero_copy")) still with the socket after a send"
	' "$work/sessions.before" "$work/sessions.after" >>"$out/figures"
}

log_out()
{
	refute target tgtadm -L iscsi -m target -o delete -t 1
	expect 'this target is still active'
	initiator iscsiadm -m node -U all
	target_sh "tgtadm -L iscsi -m target -o show | sed -n '/nexus/,/LUN info/p'"
	expect_not 'Initiator:'
}

# The target goes. Then the machine with the disks has them for itself again, and
# on them what came over the wire.
remove()
{
	local lun second

	second=$(disk 1)
	for lun in 3 2 1; do
		target tgtadm -L iscsi -m logicalunit -o delete -t 1 -l "$lun"
	done
	target tgtadm -L iscsi -m target -o unbind -t 1 -I 192.168.100.0/24
	target tgtadm -L iscsi -m target -o unbind -t 1 -I fd00:100::/64
	target tgtadm -L iscsi -m target -o delete -t 1
	target tgtadm -L iscsi -m target -o show
	[[ ! -s $work/said ]]
	target blockdev --rereadpt "$second"
	wait_until 10 test -b "${second}1"
	target mount -o ro "${second}1" /mnt
	compare target
}

unload_module()
{
	target rmmod ktgt
	target ss -ltn
	expect_not ':3260'
}

cd /ktgt
mkdir -p "$out"
rm -f "$out/figures"
# Since the kernel started, without the machine's firmware
printf 'boot\t%.1f s\n' "$(cut -d' ' -f1 /proc/uptime)" >"$out/steps"
echo "Linux $(uname -r), $(nproc) CPUs" >"$out/machine"
step "two machines and a wire" network
step "load the module" load_module
step "a target with two disks" make_target
step "discovery by two initiators, IPv4 and IPv6" discover
step "login of both" log_in
step "partition, file system, files" file_system
step "logout, login, the files again" again
step "a disk is added while they are logged in" add_lun
step "30 s of fio on two disks, all verified" verify
step "logout" log_out
step "delete" remove
step "unload the module" unload_module
