#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds a kernel of the project's own, once, and prints where it is.
#
#   kernel.sh debug          the kernel of debug.config
#   kernel.sh --path debug   only print where it is or would be
#
# In that folder:
#   vmlinuz, initrd, release   as in an image's folder (image.sh)
#   build/      what modules are built against
#   modules/    lib/modules of it, which run.sh puts into the payload
#
# It is built in the chroot of the 6.1 image, whose compiler then also builds
# the modules and whose user space it boots.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Raise it when this script changes what it makes.
format=1

# Sources that the configuration never touches, half of the whole: out of
# folders with their Kconfig and Makefile left in place.
never_built="drivers/gpu drivers/media drivers/staging drivers/infiniband
	drivers/net/ethernet drivers/net/wireless drivers/iio drivers/hwmon
	sound"

kernel_path()
{
	local hash

	hash=$({
		echo "$format $source_release"
		sed 's/#.*//; /^$/d' "$vm_dir/debug.config"
	} | sha256sum)
	echo "$cache_dir/kernel-debug-${hash:0:12}"
}

unpack()
{
	local to=$1 tarball dir
	local -a exclude=()

	tarball=$(kernel_tarball)
	for dir in $never_built; do
		exclude+=(--exclude "*/$dir/*.c" --exclude "*/$dir/*.h")
	done
	# Kconfig files name each other across architectures: those stay.
	for dir in alpha arc arm arm64 csky hexagon loongarch m68k microblaze \
		mips nios2 openrisc parisc powerpc riscv s390 sh sparc um \
		xtensa; do
		exclude+=(--exclude "*/arch/$dir/*.[chS]"
			--exclude "*/arch/$dir/boot/*")
	done
	say "unpacking the sources"
	mkdir -p "$to"
	xz -T0 -dc "$tarball" | tar -x -C "$to" --strip-components=1 \
		--exclude '*/Documentation/*.[rjty]*' "${exclude[@]}"
}

# In the chroot: as little of the machine's time as possible, others work.
chroot_make()
{
	local root=$1 tree=$2

	shift 2
	# shellcheck disable=SC2016 # for the inner shell
	run_apart nice -n 19 bash -euc '
		root=$1 tree=$2
		shift 2
		mount --bind "$tree" "$root/ktgt-kernel"
		mount --rbind /dev "$root/dev"
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmp "$root/tmp"
		exec chroot "$root" /usr/bin/env -i LC_ALL=C.UTF-8 HOME=/tmp \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			KBUILD_BUILD_USER=ktgt KBUILD_BUILD_HOST=lab \
			make -s -C /ktgt-kernel "$@"
		' build "$root" "$tree" "$@"
}

# What Kconfig did not take is not fatal (names go and come), but said.
check_config()
{
	local tree=$1 line name

	while read -r line; do
		name=${line%%=*}
		case $line in
		*=n) grep -q "^$name=" "$tree/.config" || continue ;;
		*) ! grep -qxF "$line" "$tree/.config" || continue ;;
		esac
		say "not as wanted: $line, but: $(grep -w "$name" \
			"$tree/.config" || true)"
	done < <(grep '^CONFIG' "$tree/debug.config")
}

# Module builds need headers, tools and symbols, none of the objects.
slim()
{
	local tree=$1

	find "$tree" \( -path "$tree/tools" -o -path "$tree/scripts" \) -prune -o \
		\( -name '*.o' -o -name '*.a' -o -name '.*.o.cmd' -o -name '*.ko' \
		-o -name '*.mod.c' -o -name '*.mod' -o -name '*.c' \) \
		-type f -print0 | xargs -0 rm -f
	rm -f "$tree/vmlinux.unstripped"
}

# A build that was interrupted goes on where it was.
prepare_tree()
{
	local work=$1 image=$2

	if [[ -e $work/prepared && $(<"$work/prepared") == "${image##*/}" ]]; then
		say "going on with an earlier build"
		return
	fi
	rm -rf --one-file-system "$work"
	mkdir -p "$work"
	unpack "$work/build"
	cp "$vm_dir/debug.config" "$work/build/debug.config"
	chroot_make "$image/root" "$work/build" \
		KCONFIG_ALLCONFIG=debug.config allnoconfig >&2
	check_config "$work/build"
	echo "${image##*/}" >"$work/prepared"
}

build_kernel()
{
	local path=$1 image work tree start=$SECONDS log

	[[ ! -e $path/release ]] || return 0
	image=$("$vm_dir/image.sh" 6.1)
	work=$path.part
	tree=$work/build
	prepare_tree "$work" "$image"
	say "building the debug kernel; once, about 15 minutes"
	log=$work/build.log
	if ! chroot_make "$image/root" "$tree" -j "$(nproc)" bzImage modules \
		>"$log" 2>&1; then
		tail -n 40 "$log" >&2
		die "the kernel does not build"
	fi
	chroot_make "$image/root" "$tree" INSTALL_MOD_PATH=/ktgt-kernel/install \
		modules_install >&2
	rm -rf "$work/modules"
	mkdir -p "$work/modules"
	mv "$tree/install/lib" "$work/modules/lib"
	rm -f "$work"/modules/lib/modules/*/build
	cp "$tree/arch/x86/boot/bzImage" "$work/vmlinuz"
	"$vm_dir/image.sh" --boot-files "$work" "$tree/.config"
	basename "$work"/modules/lib/modules/* >"$work/release"
	slim "$tree"
	mv -T "$work" "$path"
	say "debug kernel built ($(<"$path/release"), $((SECONDS - start)) s)"
	remove_others "$cache_dir/kernel-debug-" "$path"
}

main()
{
	local path

	path=$(kernel_path)
	if [[ ${1:-} == --path ]]; then
		echo "$path"
		return
	fi
	[[ ${1:-} == debug ]] || die "usage: kernel.sh [--path] debug"
	if [[ ! -e $path/release ]]; then
		need_root
		"$vm_dir/deps.sh" --check lab
		take_lock "$cache_dir/kernel-debug.lock"
		build_kernel "$path"
	fi
	echo "$path"
}

main "$@"; exit
