#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the tests of libiscsi's iscsi-test-cu against the target, in a VM, and
# compares what comes out with what is expected.
#
#   run.sh [-k KERNEL] [NAME]...
#
#   -k KERNEL   6.1 (default), 6.12, 7.2 or debug
#   NAME        only these: a family (Read10) or a test (Read10.Simple)
#
# The tool is that of Debian 13, the only release without known faults. It is used with
# the C library of Debian 13, so the user space of the VM does not matter. The file
# "tests" lists its tests, and "expected" those that fail or are skipped, with reasons.
# A result that differs is printed, with the end of the output, and fails the run.
#
# All logs stay in build/conformance/KERNEL, the result of a run of all tests is
# build/conformance.json. Last line: N passed, N failed, N skipped.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

version=1.20.0
suite=trixie
packages=(libiscsi-bin libiscsi7 libcunit1 libibverbs1 librdmacm1t64 libnl-3-200
	libnl-route-3-200 libgcrypt20 libgpg-error0 libc6)
here=$top_dir/tests/conformance
tool=$cache_dir/libiscsi-$version
kernel=6.1

usage()
{
	sed -n '/^#   run/,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

# Puts the program and its libraries into the cache, once: $tool/libiscsi is
# what it has in the VM as /ktgt/libiscsi.
fetch_tool()
{
	local deb libs=usr/lib/x86_64-linux-gnu

	[[ ! -d $tool ]] || return 0
	take_lock "$cache_dir/libiscsi.lock"
	[[ ! -d $tool ]] || return 0
	say "fetching iscsi-test-cu $version; once, 5 MB"
	make_tmp libiscsi
	private_apt "$lab_tmp/apt" "$suite"
	mkdir -p "$lab_tmp"/{debs,root,tool/libiscsi/lib}
	(cd "$lab_tmp/debs" && APT_CONFIG=$lab_tmp/apt/apt.conf \
		apt-get -qq download "${packages[@]}") >&2
	for deb in "$lab_tmp"/debs/*.deb; do
		dpkg-deb -x "$deb" "$lab_tmp/root"
	done
	deb=$(dpkg-deb -f "$lab_tmp"/debs/libiscsi-bin_*.deb Version)
	[[ $deb == "$version"-* ]] ||
		die "$suite has libiscsi $deb; the tests need $version"
	find "$lab_tmp/root/$libs" -maxdepth 1 -name '*.so*' \
		-exec cp -a -t "$lab_tmp/tool/libiscsi/lib" {} +
	cp "$lab_tmp/root/usr/bin/iscsi-test-cu" "$lab_tmp/tool/libiscsi/"
	mv "$lab_tmp/tool" "$tool"
}

# The tool says GOOD of a test that it does not have, so the names matter.
check_list()
{
	local lib=$tool/libiscsi/lib

	"$lib/ld-linux-x86-64.so.2" --library-path "$lib" \
		"$tool/libiscsi/iscsi-test-cu" -l |
		grep -E '^ALL\.[A-Za-z0-9]+\.' | diff "$here/tests" - ||
		die "the tests of the tool differ from tests/conformance/tests"
	[[ $(wc -l <"$here/tests") == 238 ]] ||
		die "tests/conformance/tests must have 238 lines"
}

build()
{
	"$vm_dir/deps.sh" lab build tools
	"$vm_dir/build.sh" "$kernel" >&2
	make --no-print-directory -C "$top_dir/userspace" >&2
}

main()
{
	local out option status=0 limit=3600

	while getopts k:h option; do
		case $option in
		k) kernel=$OPTARG ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))

	python3 -B "$here/test_judge.py" >&2
	fetch_tool
	check_list
	build
	[[ $kernel != debug ]] || limit=14400
	out=$top_dir/build/conformance/$kernel
	rm -rf "$out"
	"$vm_dir/run.sh" -k "$kernel" -m 3072 -t "$limit" -o "$out" -p "$tool" \
		-- tests/conformance/vm.sh "$@" || status=$?
	exec python3 -B "$here/judge.py" --kernel "$kernel" --tool "$version" \
		--status "$status" --out "$out" \
		--json "$top_dir/build/conformance.json" "$@"
}

main "$@"; exit
