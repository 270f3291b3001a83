#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The programs by which administrators of Linux send SCSI commands.
#
#   target namespace                               initial namespace
#   t1: LUN 1 null_blk 512 with a cache, thin  --  open-iscsi, sg3-utils, sdparm,
#                                                  ddpt, smartctl, fence_scsi
#
# Shown: reservations, COMPARE AND WRITE, copies, UNMAP, WRITE SAME, pages and their
# changes, logs: each is done, and what is on the disk or told afterwards is looked
# at. What is not installed is skipped.
#
# Timeout: 180

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/lab.sh
. "$(dirname "$0")/../lib/lab.sh"

t1=$iqn:t1
sd=''

make_target()
{
	null_blk a 16 512 cache_size=1
	adm target add "$t1"
	adm lun add target "$t1" lun 1 path "$dev" vendor ACME product Disk \
		serial 0123456789
	adm acl add target "$t1" all
}

log_in()
{
	need iscsiadm
	login "$t1"
	wait_until 10 lun_disk "$t1" 1
}

# need_disk PROGRAM...: sets sd
need_disk()
{
	sd=$(lun_disk "$t1" 1) || { echo "not logged in"; exit 4; }
	need "$@"
}

# blocks SKIP COUNT: what is on the disk
blocks()
{
	dd if="$sd" bs=512 skip="$1" count="$2" iflag=direct status=none
}

# same SKIP COUNT FILE
same()
{
	cmp <(blocks "$1" "$2") "$3"
}

fill()
{
	head -c 64k /dev/urandom >"$lab_dir/data"
	dd if="$lab_dir/data" of="$sd" bs=64k seek="$1" oflag=direct status=none
}

persist()
{
	need_disk sg_persist
	sg_persist --out --register --param-sark=0x1234 "$sd"
	sg_persist --in --read-keys "$sd" | grep '0x1234'
	sg_persist --out --reserve --param-rk=0x1234 --prout-type=5 "$sd"
	sg_persist --in --read-reservation "$sd" |
		tr '\n' ' ' | grep 'Key=0x1234.*Write Exclusive, registrants only'
	sg_persist --in --read-full-status "$sd" | grep 'Reservation holder'
	sg_persist --in --report-capabilities "$sd"
	sg_persist --out --register --param-rk=0x1234 --param-sark=0x5678 "$sd"
	refute sg_persist --out --release --param-rk=0x1234 --prout-type=5 "$sd"
	sg_persist --out --release --param-rk=0x5678 --prout-type=5 "$sd"
	sg_persist --out --clear --param-rk=0x5678 "$sd"
	sg_persist --in --read-keys "$sd" | grep 'there are NO registered'
}

fence()
{
	need_disk fence_scsi
	mkdir -p /run/cluster
	fence_scsi -o on --devices="$sd" --key=6b740001
	fence_scsi -o status --devices="$sd" --key=6b740001
	sg_persist --in --read-keys "$sd" | grep 0x6b740001
	sg_persist --out --register --param-sark=0 --param-rk=0x6b740001 "$sd"
	refute fence_scsi -o status --devices="$sd" --key=6b740001
}

compare_and_write()
{
	local status=0

	need_disk sg_compare_and_write
	fill 0
	head -c 512 "$lab_dir/data" >"$lab_dir/caw"
	head -c 512 /dev/urandom >"$lab_dir/new"
	cat "$lab_dir/new" >>"$lab_dir/caw"
	sg_compare_and_write --in="$lab_dir/caw" --lba=0 --num=1 --xferlen=1024 "$sd"
	same 0 1 "$lab_dir/new"
	# now it is another one: MISCOMPARE has an exit status of its own
	sg_compare_and_write --in="$lab_dir/caw" --lba=0 --num=1 --xferlen=1024 \
		"$sd" || status=$?
	[[ $status == 14 ]]
	same 0 1 "$lab_dir/new"
}

verify()
{
	need_disk sg_verify sg_write_verify
	fill 0
	sg_verify --lba=0 --count=128 "$sd"
	head -c 512 "$lab_dir/data" >"$lab_dir/one"
	sg_verify --lba=0 --count=1 --in="$lab_dir/one" --ndo=512 "$sd"
	refute sg_verify --lba=1 --count=1 --in="$lab_dir/one" --ndo=512 "$sd"
	sg_write_verify --lba=1 --num=1 --in="$lab_dir/one" --ilen=512 "$sd"
	same 1 1 "$lab_dir/one"
}

xcopy()
{
	need_disk sg_xcopy sg_copy_results
	fill 0
	sg_copy_results --params "$sd" | grep -i 'maximum segment length'
	sg_xcopy if="$sd" of="$sd" bs=512 count=128 seek=4096
	same 4096 128 "$lab_dir/data"
}

ddpt_xcopy()
{
	need_disk ddpt
	fill 0
	ddpt if="$sd" of="$sd" bs=512 count=128 seek=8192 iflag=xcopy verbose=1
	same 8192 128 "$lab_dir/data"
}

unmap()
{
	need_disk sg_unmap sg_get_lba_status
	fill 0
	sg_unmap --force --lba=0 --num=64 "$sd"
	same 0 64 <(head -c 32k /dev/zero)
	same 64 64 <(tail -c 32k "$lab_dir/data")
	sg_get_lba_status --lba=0 "$sd"
}

write_same()
{
	need_disk sg_write_same
	fill 0
	head -c 512 /dev/urandom >"$lab_dir/one"
	sg_write_same --lba=0 --num=8 --in="$lab_dir/one" --xferlen=512 "$sd"
	same 7 1 "$lab_dir/one"
	sg_write_same --lba=8 --num=8 --unmap "$sd"
	same 8 8 <(head -c 4k /dev/zero)
	sg_write_same --lba=16 --num=8 --ndob "$sd"
	same 16 8 <(head -c 4k /dev/zero)
	same 24 8 <(dd if="$lab_dir/data" bs=512 skip=24 count=8 status=none)
}

pages()
{
	local page

	need_disk sg_vpd sg_inq sg_logs sg_opcodes sg_modes
	sg_inq "$sd" | grep -E 'ACME|Disk'
	sg_vpd -p sn "$sd" | grep 0123456789
	for page in $(sg_vpd --long -p sv "$sd" | grep -oE '^ *0x[0-9a-f]+'); do
		sg_vpd -p "$page" "$sd"
	done
	# -A asks for subpages, of which there are none
	sg_logs -a "$sd" | tee "$lab_dir/out"
	refute grep -iE 'bad field|fetching.*failed' "$lab_dir/out"
	sg_opcodes "$sd" | tee "$lab_dir/out"
	grep -q 'Compare and write' "$lab_dir/out"
	grep -q 'Extended copy' "$lab_dir/out"
	sg_modes -a "$sd"
}

# What the kernel thinks of the cache, looked at again
cache_type()
{
	echo 1 >"/sys/block/${sd#/dev/}/device/rescan"
	cat "/sys/block/${sd#/dev/}"/device/scsi_disk/*/cache_type
}

# Its status is 5, ILLEGAL REQUEST, where no values can be saved.
wce()
{
	sdparm --quiet --get=WCE "$sd" || [[ $? == 5 ]]
}

write_cache()
{
	need_disk sdparm
	wce | grep -E 'WCE +1'
	sdparm --clear=WCE "$sd"
	[[ $(cache_type) == 'write through' ]]
	sdparm --set=WCE "$sd"
	[[ $(cache_type) == 'write back' ]]
	# the other way: the kernel sends MODE SELECT
	echo 'write through' >"/sys/block/${sd#/dev/}"/device/scsi_disk/*/cache_type
	wce | grep -E 'WCE +0'
	echo 'write back' >"/sys/block/${sd#/dev/}"/device/scsi_disk/*/cache_type
	wce | grep -E 'WCE +1'
}

smart()
{
	need_disk smartctl
	smartctl -i "$sd" | tee "$lab_dir/out"
	grep -q 'Serial number: *0123456789' "$lab_dir/out"
	smartctl -H "$sd" | grep 'SMART Health Status: OK'
	# 4 says that something is not there
	smartctl -a "$sd" || [[ $? == 4 ]]
}

stop_and_start()
{
	need_disk sg_start sg_sync sg_turs sg_reset
	sg_start --stop "$sd"
	sg_turs "$sd"
	sg_start --start "$sd"
	sg_sync "$sd"
	sg_reset --device "$sd"
	blocks 0 1 >/dev/null
}

buffers()
{
	need_disk sg_read_buffer sg_write_buffer sg_senddiag sg_raw
	sg_read_buffer --mode=desc "$sd"
	head -c 256 /dev/urandom >"$lab_dir/echo"
	sg_write_buffer --mode=echo --in="$lab_dir/echo" --length=256 "$sd"
	# sg_read_buffer 1.46 asks for no bytes
	sg_raw --request=256 --outfile="$lab_dir/out" "$sd" 3c 0a 0 0 0 0 0 1 0 0
	cmp "$lab_dir/echo" "$lab_dir/out"
	sg_senddiag --test "$sd"
}

log_out()
{
	lun_disk "$t1" 1 >/dev/null || { echo "not logged in"; exit 4; }
	logout "$t1"
}

skip_tools_if_short
lab_start
make_target
ktap_plan 18
if command -v iscsid >/dev/null; then
	initiator_start
fi
ktap_test "open-iscsi logs in" log_in
ktap_test "sg_persist" persist
ktap_test "fence_scsi" fence
ktap_test "sg_compare_and_write" compare_and_write
ktap_test "sg_verify, sg_write_verify" verify
ktap_test "sg_xcopy" xcopy
ktap_test "ddpt by EXTENDED COPY" ddpt_xcopy
ktap_test "sg_unmap, sg_get_lba_status" unmap
ktap_test "sg_write_same" write_same
ktap_test "sg_vpd, sg_logs, sg_opcodes, sg_modes" pages
ktap_test "sdparm and cache_type change the write cache" write_cache
ktap_test "smartctl" smart
ktap_test "sg_start, sg_reset" stop_and_start
ktap_test "sg_read_buffer, sg_write_buffer, sg_senddiag" buffers
ktap_test "open-iscsi logs out" log_out
lab_finish
