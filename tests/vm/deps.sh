#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian packages that the project needs on the host.
#
#   deps.sh [GROUP]...           install what is missing
#   deps.sh --check [GROUP]...   say in one line what is missing; exit 1 if so
#   deps.sh --list [GROUP]...    print the names
#
# Groups: build (kernel module), tools (user-space programs), lint, bench (its
# charts), fuzz (parsers in user space), lab (VMs).
# Without a group: all of them.

set -euo pipefail

declare -A packages=(
	[build]="build-essential linux-headers-amd64 kmod"
	[tools]="build-essential pkg-config libmnl-dev libjansson-dev
		libsmartcols-dev libudev-dev libidn-dev libcmocka-dev"
	[lint]="sparse shellcheck yamllint codespell mandoc perl python3
		python3-docutils python3-pyflakes python3-yaml
		python3-jsonschema rsync xz-utils"
	[bench]="gnuplot-nox"
	[fuzz]="clang libclang-rt-dev llvm linux-headers-amd64"
	[lab]="qemu-system-x86 mmdebstrap debian-archive-keyring gpgv e2fsprogs
		busybox-static cpio kmod python3 rsync xz-utils zstd"
)

die()
{
	echo "deps: $*" >&2
	exit 1
}

list()
{
	local group

	for group in "$@"; do
		[[ -v packages[$group] ]] || die "no group '$group' (${!packages[*]})"
		tr -s '[:space:]' '\n' <<<"${packages[$group]}"
	done | sed '/^$/d' | sort -u
}

missing()
{
	local have names

	mapfile -t names < <(list "$@")
	# dpkg-query fails for names it never heard of: that is an answer too.
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' \
		"${names[@]}" 2>/dev/null || true)
	comm -23 <(list "$@") \
		<(sed -n 's/^installed //p' <<<"$have" | sort -u)
}

main()
{
	local mode=install absent

	case ${1:-} in
	--check | --list)
		mode=${1#--}
		shift
		;;
	esac
	[[ $# -gt 0 ]] || set -- build tools lint bench fuzz lab
	list "$@" >/dev/null

	if [[ $mode == list ]]; then
		list "$@"
		return
	fi
	type dpkg-query >/dev/null 2>&1 ||
		die "no dpkg here; install the likes of: $(list "$@" | xargs)"
	absent=$(missing "$@" | xargs)
	[[ -n $absent ]] || return 0

	if [[ $mode == check ]]; then
		echo "missing packages: $absent; to install them: make deps" >&2
		return 1
	fi
	[[ $(id -u) == 0 ]] || die "run as root: apt-get install $absent"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -q
	# shellcheck disable=SC2086 # a list of names
	apt-get install -q -y --no-install-recommends $absent
}

main "$@"; exit
