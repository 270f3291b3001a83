#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the lab image of a kernel, once, and prints where it is.
#
#   image.sh KERNEL          6.1 (bookworm), 6.12 (trixie), 7.2 (sid)
#   image.sh --path KERNEL   only print where it is or would be
#   image.sh --boot-files FOLDER CONFIG
#                            makes initrd and vmlinux beside the vmlinuz of a
#                            kernel with this configuration and all drivers
#                            built in
#
# In that folder:
#   root/          the file system as a tree; modules are built in it (chroot)
#   root.ext4      the same as a disk, booted with all writes thrown away
#   vmlinuz        its kernel; initrd: what it needs to mount the disk
#   vmlinux        the kernel unpacked, if it can be booted so (saves seconds)
#   release        the kernel's release string
#   packages.txt   what is installed; left-out.txt: what its suite could not
#
# The name has a hash of all that goes in, so that a change makes a new one.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Raise it when this script changes what it makes.
format=2

# Without these there is no lab. (perl: kbuild runs kernel-doc with W=1.)
required="linux-image-amd64 linux-headers-amd64 gcc make libc6-dev dwarves perl
	open-iscsi fio sg3-utils e2fsprogs iproute2 kmod udev procps mount
	python3 bash util-linux libmnl0 libjansson4 libsmartcols1 libidn12"

# Without these, the tests that want them skip.
optional="libiscsi-bin qemu-utils qemu-block-extra lsscsi multipath-tools
	dmsetup fdisk parted python3-yaml jq netcat-openbsd socat psmisc strace
	tcpdump nftables iputils-ping ddpt sdparm smartmontools"

optional_of_kernel()
{
	case $1 in
	6.1)
		# The peers to compare with, what builds the debug kernel, and
		# what a server boots with (run.sh -S).
		echo "nvme-cli tgt linux-perf flex bison bc libelf-dev systemd"
		# A file system for several machines
		echo "ocfs2-tools"
		;;
	6.12)
		# bookworm has all fence agents in one, with what they need
		echo "fence-agents-scsi"
		;;
	esac
}

# Files that nobody reads in a VM. Drivers of hardware that QEMU does not have
# are half of a kernel package.
excluded="/usr/share/doc/* /usr/share/man/* /usr/share/info/*
	/usr/share/locale/* /usr/share/lintian/* /usr/share/bug/*
	/usr/share/i18n/* /boot/System.map*
	/usr/share/bash-completion/* /usr/share/gcc/python/*"
excluded_modules="drivers/gpu drivers/media drivers/net/wireless drivers/staging
	drivers/iio drivers/hid drivers/input drivers/usb drivers/hwmon
	drivers/video drivers/platform drivers/bluetooth drivers/mtd
	drivers/net/ethernet drivers/infiniband drivers/isdn drivers/comedi
	drivers/leds drivers/power drivers/rtc drivers/regulator drivers/mfd
	drivers/i2c drivers/spi drivers/iommu drivers/thunderbolt
	net/wireless net/mac80211 net/bluetooth sound"

words()
{
	xargs -n 1 <<<"$*"
}

packages_of_kernel()
{
	words "$required $optional $(optional_of_kernel "$1")"
}

dpkg_options()
{
	local path

	echo force-unsafe-io
	while read -r path; do
		echo "path-exclude=$path"
	done < <(words "$excluded")
	for path in $excluded_modules; do
		echo "path-exclude=/lib/modules/*/kernel/$path/*"
		echo "path-exclude=/usr/lib/modules/*/kernel/$path/*"
	done
}

image_path()
{
	local kernel=$1 suite hash

	suite=$(suite_of_kernel "$kernel")
	hash=$({
		echo "$format $suite"
		packages_of_kernel "$kernel"
		dpkg_options
	} | sha256sum)
	echo "$cache_dir/image-$kernel-${hash:0:12}"
}

# Which of the packages the suite can install at the moment. sid is at times
# between two states; what it lacks is left out and noted, not fatal.
installable()
{
	local kernel=$1 suite=$2 work=$3 package
	local -a wanted

	mapfile -t wanted < <(packages_of_kernel "$kernel")
	private_apt "$work/apt" "$suite"
	export APT_CONFIG=$work/apt/apt.conf
	: >"$work/left-out.txt"
	if apt-get -s install "${wanted[@]}" >/dev/null 2>&1; then
		printf '%s\n' "${wanted[@]}"
		return
	fi
	for package in "${wanted[@]}"; do
		# shellcheck disable=SC2086 # a list of names
		if apt-get -s install $required "$package" >/dev/null 2>&1; then
			echo "$package"
		else
			say "$suite can not install $package now: left out"
			echo "$package" >>"$work/left-out.txt"
		fi
	done
}

# An initramfs is made below, in a second. Debian's takes a minute.
# shellcheck disable=SC2016 # mmdebstrap's shell expands it
skip_initramfs='chroot "$1" dpkg-divert --quiet --local --rename --add \
	/usr/sbin/update-initramfs &&
	ln -s /bin/true "$1/usr/sbin/update-initramfs"'

bootstrap()
{
	local suite=$1 work=$2 include=$3 option
	local -a args=()

	while read -r option; do
		args+=("--dpkgopt=$option")
	done < <(dpkg_options)
	while read -r option; do
		args+=("--aptopt=$option")
	done < <(apt_acquire_options)

	args+=("--aptopt=APT::Sandbox::User \"root\";")

	run_apart mmdebstrap --mode=root --variant=essential --format=directory \
		--architectures=amd64 --include="$include" \
		--essential-hook="$skip_initramfs" "${args[@]}" \
		"$suite" "$work/root" - <"$work/apt/sources.list" 1>&2
}

# Names that must not be the host's, places where builds and payloads go.
finish_tree()
{
	local root=$1

	echo ktgt >"$root/etc/hostname"
	printf '127.0.0.1 localhost ktgt\n::1 localhost\n' >"$root/etc/hosts"
	: >"$root/etc/resolv.conf"
	: >"$root/etc/fstab"
	mkdir -p "$root"/{ktgt,ktgt-build,ktgt-kernel}
	rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
	# All images may have the same identity, but open-iscsi's needs one.
	echo "InitiatorName=iqn.1993-08.org.debian:01:ktgt" \
		>"$root/etc/iscsi/initiatorname.iscsi"
}

# Modules, with what they need, in the order of loading.
module_files()
{
	local root=$1 release=$2 module

	shift 2
	for module in "$@"; do
		# Built-in ones print "builtin NAME".
		modprobe -q -d "$root" -S "$release" --show-depends "$module"
	done 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# initrd OUT [ROOT RELEASE]: busybox, the script, and, given the tree of a
# kernel with modules, those which the disks and the channels need.
make_initrd()
{
	local out=$1 dir file

	dir=$(mktemp -d)
	mkdir -p "$dir"/{bin,dev,proc,sys,mnt,modules}
	cp "$(type -P busybox)" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	install -m 755 "$vm_dir/initrd-init" "$dir/init"
	: >"$dir/modules/order"
	if [[ $# -gt 1 ]]; then
		while read -r file; do
			case $file in
			*.xz) xz -dc "$file" ;;
			*.zst) zstd -qdc "$file" ;;
			*) cat "$file" ;;
			esac >"$dir/modules/$(basename "${file%.ko*}").ko"
			basename "${file%.ko*}" >>"$dir/modules/order"
		done < <(module_files "$2" "$3" virtio_pci virtio_blk \
			virtio_console ext4 crc32c_generic)
	fi
	# Uncompressed: unpacking is slow in an emulated machine.
	(cd "$dir" && find . | cpio -o -H newc --quiet -R 0:0) >"$out"
	rm -rf "$dir"
}

# disk FILE TREE: an ext4 image of the tree with 1.5 GiB left free.
make_disk()
{
	local file=$1 tree=$2 kib

	kib=$(du -s --apparent-size -k "$tree" | cut -f1)
	mke2fs -q -t ext4 -O ^has_journal,^resize_inode -m 0 -L ktgt-root \
		-E lazy_itable_init=1,nodiscard -d "$tree" "$file" \
		"$((kib * 5 / 4 + 1536 * 1024))k" >/dev/null
}

# The kernel proper out of a bzImage: its header tells where it lies
# (Documentation/arch/x86/boot.rst), the first bytes tell how it is packed.
unpack_kernel()
{
	local vmlinuz=$1 out=$2 sectors offset length unpacker

	sectors=$(od -An -tu1 -j $((0x1f1)) -N 1 "$vmlinuz")
	offset=$(od -An -tu4 -j $((0x248)) -N 4 "$vmlinuz")
	length=$(od -An -tu4 -j $((0x24c)) -N 4 "$vmlinuz")
	offset=$(((sectors + 1) * 512 + offset))
	case $(od -An -tx1 -j "$offset" -N 2 "$vmlinuz" | tr -d ' ') in
	fd37) unpacker="xz -dc --single-stream" ;;
	28b5) unpacker="zstd -qdc" ;;
	1f8b) unpacker="gzip -qdc" ;;
	*) return 1 ;;
	esac
	# The size stands behind it, which unpackers take for rubbish.
	tail -c +$((offset + 1)) "$vmlinuz" | head -c "$length" |
		$unpacker >"$out" 2>/dev/null || true
	[[ $(head -c 4 "$out") == $'\x7fELF' ]]
}

# QEMU boots it only if it has the entry point for that (PVH).
make_vmlinux()
{
	local config=$1 dir=$2

	grep -q '^CONFIG_PVH=y' "$config" || return 0
	if ! unpack_kernel "$dir/vmlinuz" "$dir/vmlinux"; then
		say "vmlinuz is packed in an unknown way: it will unpack itself"
		rm -f "$dir/vmlinux"
	fi
}

build_image()
{
	local kernel=$1 path=$2 suite work include release start=$SECONDS

	# Somebody else may have finished while we waited for the lock.
	[[ ! -e $path/release ]] || return 0
	suite=$(suite_of_kernel "$kernel")
	"$vm_dir/deps.sh" --check lab
	say "making the $kernel image ($suite); once, about 3 minutes"
	make_tmp "$kernel"
	work=$lab_tmp

	include=$(installable "$kernel" "$suite" "$work" | paste -sd, -)
	bootstrap "$suite" "$work" "$include"
	finish_tree "$work/root"
	release=$(cd "$work/root/lib/modules" && echo *)
	[[ -e $work/root/boot/vmlinuz-$release ]] ||
		die "found no single kernel in the image ($release)"
	chroot "$work/root" dpkg-query -W >"$work/packages.txt"
	mv "$work/root/boot/vmlinuz-$release" "$work/vmlinuz"
	rm -f "$work/root/boot"/initrd*
	make_vmlinux "$work/root/boot/config-$release" "$work"
	make_initrd "$work/initrd" "$work/root" "$release"
	say "writing the disk"
	make_disk "$work/root.ext4" "$work/root"
	rm -rf "$work/apt"
	echo "$release" >"$work/release"
	mv -T "$work" "$path"
	say "$kernel image made ($release, $((SECONDS - start)) s)"
	remove_others "$cache_dir/image-$kernel-" "$path"
	remove_others "$cache_dir/tmp-$kernel." "$path"
}

main()
{
	local path

	case ${1:-} in
	--path)
		image_path "${2:?KERNEL}"
		return
		;;
	--boot-files)
		make_initrd "${2:?FOLDER}/initrd"
		make_vmlinux "${3:?CONFIG}" "$2"
		return
		;;
	esac
	[[ $# == 1 ]] || die "usage: image.sh [--path] KERNEL"
	path=$(image_path "$1")
	if [[ ! -e $path/release ]]; then
		need_root
		take_lock "$cache_dir/image-$1.lock"
		build_image "$1" "$path"
	fi
	echo "$path"
}

main "$@"; exit
