#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own checkers and generators, which no Debian package has but the
# kernel's sources: fetched once, kept in the cache.
#
#   kernel-scripts.sh       prints the folder with checkpatch.pl, spelling.txt,
#                           const_structs.checkpatch, kernel-doc, coccinelle/
#   kernel-scripts.sh ynl   prints the root of a tree with tools/net/ynl,
#                           Documentation/netlink, and a file MAINTAINERS,
#                           by which ynl finds that it is the root
#   kernel-scripts.sh root  the same root, for what else is in it
#   kernel-scripts.sh --path  only print where the root is or would be

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Raise it when the list changes.
format=1

wanted="MAINTAINERS COPYING
	scripts/checkpatch.pl scripts/spelling.txt
	scripts/const_structs.checkpatch scripts/coccinelle
	tools/docs tools/lib/python tools/net/ynl Documentation/netlink
	tools/testing/fault-injection tools/testing/selftests/kselftest"

unpack()
{
	local dir=$1 tarball work name
	local -a members=()

	[[ ! -e $dir ]] || return 0
	tarball=$(kernel_tarball)
	make_tmp scripts
	work=$lab_tmp
	for name in $wanted; do
		members+=("linux-source-$source_release/$name")
	done
	say "unpacking the kernel's scripts; once"
	xz -T0 -dc "$tarball" |
		tar -x -C "$work" --strip-components=1 "${members[@]}"
	ln -s ../tools/docs/kernel-doc "$work/scripts/kernel-doc"
	mv -T "$work" "$dir"
}

main()
{
	local dir=$cache_dir/kernel-scripts-$source_release-$format

	if [[ ${1:-} == --path ]]; then
		echo "$dir"
		return
	fi
	if [[ ! -e $dir ]]; then
		"$vm_dir/deps.sh" --check lint
		take_lock "$cache_dir/kernel-scripts.lock"
		unpack "$dir"
	fi
	case ${1:-} in
	'') echo "$dir/scripts" ;;
	ynl | root) echo "$dir" ;;
	*) die "usage: kernel-scripts.sh [ynl|root|--path]" ;;
	esac
}

main "$@"; exit
