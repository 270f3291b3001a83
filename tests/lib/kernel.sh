# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What those who run tests ask of the kernel.
#
#   insert_module FILE   with what it depends on
#   unreferenced         prints objects that nothing points to any more

kmemleak=/sys/kernel/debug/kmemleak

# What the module depends on is loaded by name, as depmod does not know a
# module outside /lib/modules.
insert_module()
{
	local name

	for name in $(modinfo -F depends "$1" | tr , ' ') crc32c_generic; do
		modprobe -q "$name" || true
	done
	insmod "$1"
}

# It takes two scans to be sure of an object, and the second says nothing of
# those younger than 5 seconds. Nothing is printed where nobody looks.
unreferenced()
{
	local end=$((${EPOCHREALTIME/./} + 5200000))

	[[ -e $kmemleak ]] || return 0
	echo scan >"$kmemleak" || return
	while ((${EPOCHREALTIME/./} < end)); do
		sleep 0.2
	done
	echo scan >"$kmemleak" && cat "$kmemleak" && echo clear >"$kmemleak"
}
