#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Initiators that others wrote.
#
#   target namespace                          initial namespace
#   t1: LUN 1 null_blk 512, LUN 2 4096,   --  libiscsi, QEMU, open-iscsi,
#   both thin                                 sg3-utils, multipath-tools
#
# Shown: they find the target, agree with it on the keys, identify the disks, and
# read back what they wrote. What is not installed is skipped.
#
# Timeout: 240

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

name=$iqn:clients
url=iscsi://$target_ip:3260/$name

iscsi_ls()
{
	need iscsi-ls
	within 20 iscsi-ls -s "iscsi://$target_ip:3260" | tee "$lab_dir/out"
	grep -qF "Target:$name" "$lab_dir/out"
	grep -q 'Lun:1.*Type:DIRECT_ACCESS.*Size' "$lab_dir/out"
	within 20 iscsi-ls "iscsi://[$target_ip6]:3260" | grep -F "$name" >/dev/null
}

iscsi_inq()
{
	need iscsi-inq
	within 20 iscsi-inq "$url/1" | tee "$lab_dir/out"
	grep -qi 'DIRECT_ACCESS' "$lab_dir/out"
	within 20 iscsi-inq -e 1 -c 0x83 "$url/1"
	within 20 iscsi-inq -e 1 -c 0xb0 "$url/2"
	within 20 iscsi-inq "$url/0" | grep -i 'CONTROLLER' >/dev/null
}

# QEMU's iSCSI driver is in a package of its own
need_qemu()
{
	need qemu-img qemu-io
	qemu-img --help | grep 'Supported formats:.*iscsi' >/dev/null ||
		find /usr/lib -name 'block-iscsi.so' | grep . >/dev/null || {
		echo "QEMU without iSCSI"
		exit "$KTAP_SKIP"
	}
}

qemu_info()
{
	need_qemu
	within 30 qemu-img info "$url/1" | tee "$lab_dir/out"
	grep -q 'virtual size: 16 MiB' "$lab_dir/out"
	within 30 qemu-img info "$url/2" | grep 'virtual size: 16 MiB' >/dev/null
}

qemu_patterns()
{
	local lun

	need_qemu
	for lun in 1 2; do
		within 60 qemu-io -f raw \
			-c 'write -P 0x5a 0 1M' -c 'read -P 0x5a 0 1M' \
			-c 'write -P 0xa5 1M 300k' -c 'read -P 0xa5 1M 300k' \
			-c 'discard 0 512k' -c 'read -P 0 0 512k' \
			-c 'read -P 0x5a 512k 512k' \
			-c 'write -z 1M 64k' -c 'read -P 0 1M 64k' \
			-c 'read -P 0xa5 1088k 236k' -c flush \
			"$url/$lun" | tee "$lab_dir/out"
		refute grep -iE 'fail|error|differ' "$lab_dir/out"
		(($(grep -c '^read ' "$lab_dir/out") == 6))
	done
}

qemu_bench()
{
	need_qemu
	within 60 qemu-img bench -f raw -t none -c 300 -d 16 -s 4k "$url/1"
	within 60 qemu-img bench -f raw -t none -c 300 -d 16 -s 4k -w "$url/1"
}

qemu_convert()
{
	need_qemu
	head -c 3000000 /dev/urandom >"$lab_dir/image"
	truncate -s 16M "$lab_dir/image"
	within 60 qemu-img convert -n -f raw -O raw "$lab_dir/image" "$url/1"
	within 60 qemu-img compare -f raw -F raw "$lab_dir/image" "$url/1"
}

# Tests that work alike in all versions of the tool (1.19 has faults of its own in
# others) and are quick. It ends with 0 when it ran nothing, so count.
# KTGT_CU: other tests, as ALL.Read10,ALL.Write10.Simple
test_cu()
{
	local list=${KTGT_CU:-}

	need iscsi-test-cu
	[[ $list ]] || list=$(printf 'ALL.%s,' Read10.BeyondEol Read16.Simple \
		Write10.Simple TestUnitReady.Simple ReadCapacity10.Simple \
		ModeSense6.AllPages Inquiry.Standard)
	within 60 iscsi-test-cu -d -n -t "${list%,}" "$url/1" \
		>"$lab_dir/out" 2>&1 || { cat "$lab_dir/out"; return 1; }
	grep -E '^ +tests ' "$lab_dir/out"
	[[ ${KTGT_CU:-} ]] || grep -qE '^ +tests +7 +7 +7 +0' "$lab_dir/out"
}

kernel_login()
{
	need iscsiadm
	login "$name"
	wait_until 10 lun_disk "$name" 1
	wait_until 10 lun_disk "$name" 2
}

need_disk()
{
	lun_disk "$name" 1 >/dev/null || { echo "not logged in"; exit 4; }
	need "$@"
}

negotiated()
{
	need_disk iscsiadm
	within 20 iscsiadm -m session -P 3 | tee "$lab_dir/out"
	grep -q 'ImmediateData: Yes' "$lab_dir/out"
	grep -q 'InitialR2T: No' "$lab_dir/out"
	grep -q 'FirstBurstLength: 262144' "$lab_dir/out"
	grep -q 'MaxXmitDataSegmentLength: 262144' "$lab_dir/out"
}

sg_tools()
{
	local sd

	need_disk sg_inq sg_vpd sg_readcap sg_luns sg_opcodes sg_turs
	sd=$(lun_disk "$name" 1)
	sg_turs -n 20 "$sd"
	sg_inq "$sd"
	sg_vpd -p 0x83 "$sd" | grep -i naa >/dev/null
	sg_vpd -p 0xb0 "$sd"
	sg_vpd -p 0xb1 "$sd"
	sg_vpd -p 0xb2 "$sd"
	sg_vpd -p 0x80 "$sd"
	sg_readcap -l "$sd" | grep 'Logical block length=512' >/dev/null
	sg_luns "$sd" | grep 'Lun list length = 24' >/dev/null
	sg_opcodes "$sd"
	sg_modes -a "$sd"
	sg_requests "$sd"
	sg_sync "$sd"
	sg_write_same -l 0 -n 8 -i /dev/zero -x 512 "$sd"
	sg_unmap -f -l 0 -n 64 "$sd"
}

copies()
{
	local sd

	need_disk sg_xcopy sg_copy_results
	sd=$(lun_disk "$name" 1)
	sg_copy_results --params "$sd"
	head -c 1M /dev/urandom >"$lab_dir/one"
	dd if="$lab_dir/one" of="$sd" bs=1M oflag=direct 2>/dev/null
	sg_xcopy if="$sd" of="$sd" bs=512 count=2048 seek=8192
	cmp "$lab_dir/one" \
		<(dd if="$sd" bs=1M skip=4 count=1 iflag=direct 2>/dev/null)
}

residuals()
{
	local sd

	need_disk sg_raw
	sd=$(lun_disk "$name" 1)
	# Room for eight blocks, the CDB wants one: one comes
	sg_raw -r 4096 -o "$lab_dir/one" "$sd" 28 0 0 0 0 0 0 0 1 0
	[[ $(stat -c %s "$lab_dir/one") == 512 ]]
	# The CDB wants nine, there is room for one. (sg_raw cannot subtract
	# that residual; it is the status that counts.)
	sg_raw -r 512 "$sd" 28 0 0 0 0 0 0 0 9 0 2>&1 | tee "$lab_dir/out" || true
	grep -q 'SCSI Status: Good' "$lab_dir/out"
	# A wrong field is told as such
	sg_raw -r 512 "$sd" 28 e0 0 0 0 0 0 0 1 0 2>&1 | tee "$lab_dir/out" || true
	grep -qi 'Illegal Request' "$lab_dir/out"
}

queue_limits()
{
	local sd queue

	need_disk cat
	for lun in 1 2; do
		sd=$(lun_disk "$name" $lun)
		queue=/sys/block/${sd#/dev/}/queue
		echo "LUN $lun: $(cat "$queue/logical_block_size")" \
			"$(cat "$queue/discard_max_bytes")"
		[[ $(<"$queue/logical_block_size") == $((lun == 1 ? 512 : 4096)) ]]
		[[ $(<"$queue/discard_max_bytes") != 0 ]]
	done
}

discard()
{
	local sd

	need_disk blkdiscard
	sd=$(lun_disk "$name" 2)
	dd if=/dev/urandom of="$sd" bs=1M count=4 oflag=direct
	blkdiscard -o 1M -l 1M "$sd"
	cmp <(dd if="$sd" bs=1M skip=1 count=1 iflag=direct 2>/dev/null) \
		<(head -c 1M /dev/zero)
	blkdiscard -z -o 2M -l 1M "$sd"
	cmp <(dd if="$sd" bs=1M skip=2 count=1 iflag=direct 2>/dev/null) \
		<(head -c 1M /dev/zero)
}

multipath_sees()
{
	local sd id naa

	need_disk multipath
	sd=$(lun_disk "$name" 1)
	# The kernel, scsi_id, udev and multipath all take the NAA identifier
	naa=$(adm -j lun show target "$name" lun 1 |
		sed -n 's/.*"naa":"0x\([0-9a-f]*\)".*/\1/p')
	echo "NAA: $naa"
	[[ $naa == 6000000????????????????????????? ]]
	[[ $(<"/sys/block/${sd#/dev/}/device/wwid") == "naa.$naa" ]]
	[[ $(/lib/udev/scsi_id -g -u -d "$sd") == "3$naa" ]]
	id=$(udevadm info -q property -n "$sd" | sed -n 's/^ID_SERIAL=//p')
	echo "identity: $id"
	[[ $id == "3$naa" ]]
	modprobe dm_multipath
	printf 'defaults {\n find_multipaths no\n user_friendly_names no\n}\n' \
		>/etc/multipath.conf
	within 30 multipath -v3 -d "$sd" >"$lab_dir/out" 2>&1 || true
	grep -iE 'wwid|uid|checker|prio|serial' "$lab_dir/out" | head -n 30
	grep -qF "$id" "$lab_dir/out"
	refute grep -i 'could not get\|failed to get' "$lab_dir/out"
}

kernel_logout()
{
	lun_disk "$name" 1 >/dev/null || { echo "not logged in"; exit 4; }
	logout "$name"
}

skip_tools_if_short
lab_start
null_blk a 16 512
disk1=$dev
null_blk b 16 4096
disk2=$dev
adm target add "$name"
adm lun add target "$name" lun 1 path "$disk1"
adm lun add target "$name" lun 2 path "$disk2"
adm acl add target "$name" all
ktap_plan 19
ktap_test "iscsi-ls" iscsi_ls
ktap_test "iscsi-inq" iscsi_inq
ktap_test "qemu-img info" qemu_info
ktap_test "qemu-io with patterns" qemu_patterns
ktap_test "qemu-img bench" qemu_bench
ktap_test "qemu-img convert, compare" qemu_convert
ktap_test "iscsi-test-cu" test_cu
if command -v iscsid >/dev/null; then
	initiator_start
fi
ktap_test "open-iscsi logs in" kernel_login
ktap_test "open-iscsi has negotiated our values" negotiated
ktap_test "sg3-utils" sg_tools
ktap_test "sg_xcopy" copies
ktap_test "residuals and sense by sg_raw" residuals
ktap_test "queue limits of the disks" queue_limits
ktap_test "discard and write zeroes" discard
ktap_test "multipath-tools sees it complete" multipath_sees
ktap_test "open-iscsi logs out" kernel_logout
lab_finish
