#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds the kernel module for a lab kernel, in the chroot of its own image:
# the host's tool chain is not the one that made the kernel.
#
#   build.sh KERNEL [MAKE-ARGUMENT]...     6.1, 6.12, 7.2, debug or coverage
#
# The sources are copied to build/KERNEL/src and built there; the result is
# build/KERNEL/ktgt.ko, and ktgt_test.ko for a kernel with KUnit. For coverage
# it is for the debug kernel and counts what of it runs. Only what changed is
# built again. KTGT_SOURCE names another tree than this checkout (it
# gets the build/ folder).

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

source_dir=${KTGT_SOURCE:-$top_dir}

# Compared by contents: a copy gets a new date only when it is different.
# Objects of the copy stay, objects of a build in the checkout do not come.
copy_sources()
{
	local to=$1 name
	local -a from=()

	for name in Kbuild Makefile kernel include; do
		[[ ! -e $source_dir/$name ]] || from+=("$source_dir/$name")
	done
	mkdir -p "$to"
	rsync -rlp --checksum --delete --exclude '*.o' --exclude '.*.cmd' \
		--exclude '*.ko' --exclude '*.mod' --exclude '*.mod.c' \
		--exclude '*.a' --exclude '.*.d' --exclude '*.gcno' \
		--exclude 'Module.symvers' --exclude 'modules.order' \
		--exclude '.module-common.*' --exclude '.tmp_*' \
		"${from[@]}" "$to/"
}

# What an image was replaced by has other headers: nothing old may remain.
check_stamp()
{
	local dir=$1 stamp=$2

	if [[ -e $dir/stamp && $(<"$dir/stamp") != "$stamp" ]]; then
		rm -rf "$dir/src" "$dir/ktgt.ko" "$dir/ktgt_test.ko"
	fi
	mkdir -p "$dir/src"
	echo "$stamp" >"$dir/stamp"
}

chroot_make()
{
	local root=$1 src=$2 kernel_tree=$3 release=$4

	shift 4
	# shellcheck disable=SC2016 # for the inner shell
	run_apart bash -euc '
		root=$1 src=$2 kernel_tree=$3 release=$4
		shift 4
		mount --bind "$src" "$root/ktgt-build"
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmp "$root/tmp"
		headers=/lib/modules/$release/build
		if [[ $kernel_tree ]]; then
			mount --bind "$kernel_tree" "$root/ktgt-kernel"
			headers=/ktgt-kernel
		fi
		exec chroot "$root" /usr/bin/env -i LC_ALL=C.UTF-8 \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			make -C "$headers" M=/ktgt-build "$@"
		' build "$root" "$src" "$kernel_tree" "$release" "$@"
}

# Paths as they are in the checkout; what is the same each time goes away.
tidy()
{
	stdbuf -oL sed -e "s,/ktgt-build/,,g" \
		-e '/: \(Entering\|Leaving\) directory/d' \
		-e '/^Skipping BTF generation/d' \
		-e '/^warning: the compiler differs from/d' \
		-e '/^  The kernel was built by:/d' -e '/^  You are using:/d'
}

build()
{
	local kernel=$1 image=$2 boot=$3 release dir kernel_tree=

	shift 3
	dir=$source_dir/build/$kernel
	release=$(<"$boot/release")
	! own_kernel "$kernel" || kernel_tree=$boot/build
	[[ $kernel != coverage ]] || set -- GCOV_PROFILE=y "${@:-modules}"
	check_stamp "$dir" "${boot##*/}"
	copy_sources "$dir/src"
	[[ $# -gt 0 ]] || set -- modules
	chroot_make "$image/root" "$dir/src" "$kernel_tree" "$release" \
		-j "$(nproc)" --no-print-directory W=1 "$@" 2>&1 | tidy
	save_module "$dir" ktgt.ko
	save_module "$dir" ktgt_test.ko
}

# Old kbuild leaves it beside its objects, new kbuild at the top.
save_module()
{
	local dir=$1 name=$2 found

	found=$(find "$dir/src" -name "$name" -printf '%T@ %p\n' |
		sort -n | tail -n 1 | cut -d' ' -f2-)
	if [[ -z $found ]]; then
		rm -f "$dir/$name"
	elif ! cmp -s "$found" "$dir/$name"; then
		# A VM that is being made at this moment gets old or new.
		cp "$found" "$dir/.$name"
		mv "$dir/.$name" "$dir/$name"
	fi
}

main()
{
	local kernel=${1:?KERNEL: 6.1, 6.12, 7.2, debug or coverage} image boot

	shift
	need_root
	[[ -e $source_dir/Kbuild ]] || die "no Kbuild in $source_dir"
	image=$("$vm_dir/image.sh" "$(userland_of_kernel "$kernel")")
	boot=$(boot_of_kernel "$kernel")
	take_lock "$source_dir/build/$kernel/lock"
	build "$kernel" "$image" "$boot" "$@"
}

main "$@"; exit
