#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the lab's scripts share: where things are, and how to get packages of
# another Debian suite than the host's. Sourced, never run.
#
# shellcheck disable=SC2034 # variables are for those who source this

# A failure inside $(...) is one as well.
shopt -s inherit_errexit

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_dir=$(cd "$vm_dir/../.." && pwd)
cache_dir=${KTGT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ktgt}

# Debian puts what matters in sbin, which not every shell's PATH has.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die()
{
	say "$*"
	exit 1
}

need_root()
{
	[[ $(id -u) == 0 ]] || die "needs root (chroot and mounts)"
}

# The suite whose linux-image-amd64 is this kernel.
suite_of_kernel()
{
	case $1 in
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	7.2) echo sid ;;
	*) die "no kernel '$1': 6.1, 6.12, 7.2 or debug" ;;
	esac
}

# Kernels of our own: debug, and coverage, which is the same with a module that
# counts what of it runs.
own_kernel()
{
	[[ $1 == debug || $1 == coverage ]]
}

# The kernel whose image lends user space and tool chain to KERNEL.
userland_of_kernel()
{
	if own_kernel "$1"; then echo 6.1; else echo "$1"; fi
}

# The folder with the files that boot KERNEL; makes it if it is not there.
boot_of_kernel()
{
	if own_kernel "$1"; then
		"$vm_dir/kernel.sh" debug
	else
		"$vm_dir/image.sh" "$1"
	fi
}

# Waits for the lock file $1 and holds it until this script ends. (Not a wrapper
# around a function: "set -e" would be off in it.)
take_lock()
{
	mkdir -p "$(dirname "$1")"
	exec {lock_fd}>"$1"
	if ! flock -n "$lock_fd"; then
		say "waiting for another one to finish (${1##*/})"
		flock "$lock_fd"
	fi
}

# A folder in the cache for what is being made, removed if that fails. Once it
# is made and renamed there is nothing left to remove.
make_tmp()
{
	mkdir -p "$cache_dir"
	lab_tmp=$(mktemp -d "$cache_dir/tmp-$1.XXXXXX")
	chmod 755 "$lab_tmp"
	trap lab_cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

lab_cleanup()
{
	if [[ ${lab_child:-} ]]; then
		kill -KILL "$lab_child" 2>/dev/null || true
		wait "$lab_child" 2>/dev/null || true
	fi
	[[ -n ${lab_tmp:-} ]] || return 0
	# The last of its processes may be dying yet.
	rm -rf --one-file-system "$lab_tmp" 2>/dev/null || {
		sleep 1
		rm -rf --one-file-system "$lab_tmp"
	}
}

# remove_others PREFIX KEEP: the folders whose name begins so, but for those in
# use: running VMs hold a shared lock on theirs.
remove_others()
{
	local old fd

	for old in "$1"*; do
		[[ -d $old && $old != "$2" ]] || continue
		exec {fd}<"$old"
		if flock -n -x "$fd"; then
			say "removing ${old##*/}"
			rm -rf --one-file-system "$old"
		fi
		exec {fd}<&-
	done
}

# Runs a command that takes long, with mounts and processes of its own: however
# this script ends, nothing stays mounted and nothing goes on running. (In the
# background, because bash heeds a signal only when what it waits for is over.)
run_apart()
{
	local status=0

	trap lab_cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	setpriv --pdeathsig KILL unshare --mount --propagation private \
		--pid --fork --kill-child --mount-proc "$@" <&0 &
	lab_child=$!
	wait "$lab_child" || status=$?
	lab_child=''
	return "$status"
}

# "URI RELEASE" of every package source that the host is set up with.
host_sources()
{
	# shellcheck disable=SC2016 # apt expands it
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' | sort -u
}

# sources.list lines for SUITE: the host's own archives with the suite's name
# exchanged. sid has no security archive.
suite_sources()
{
	local suite=$1 own uri release option=
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	[[ -e $keyring ]] && option="[signed-by=$keyring] "
	own=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
	while read -r uri release; do
		case $release in
		"$own")
			echo "deb $option$uri $suite main"
			;;
		"$own-security")
			[[ $suite == sid ]] ||
				echo "deb $option$uri $suite-security main"
			;;
		esac
	done < <(host_sources)
}

# apt options that hold for images as well: the host's proxy and checks; an
# archive's snapshot can be past the date that its Release file gives.
apt_acquire_options()
{
	apt-config dump |
		grep -E '^Acquire::(https?::|ForceIPv|Retries|Check-Date)' |
		grep -v ' "";$' || true
	echo 'Acquire::Check-Valid-Until "false";'
	echo 'Acquire::Languages "none";'
}

# An apt of its own for SUITE under DIR, apart from the host's:
#   private_apt DIR SUITE; APT_CONFIG=DIR/apt.conf apt-get ...
private_apt()
{
	local dir=$1 suite=$2

	mkdir -p "$dir"/{lists/partial,archives/partial,parts}
	: >"$dir/status"
	suite_sources "$suite" >"$dir/sources.list"
	[[ -s $dir/sources.list ]] ||
		die "apt has no Debian source to take '$suite' from"
	{
		echo "Dir::Etc::Parts \"$dir/parts\";"
		echo "Dir::Etc::SourceList \"$dir/sources.list\";"
		echo "Dir::Etc::SourceParts \"$dir/parts\";"
		echo "Dir::Etc::Preferences \"/dev/null\";"
		echo "Dir::Etc::PreferencesParts \"$dir/parts\";"
		echo "Dir::State \"$dir\";"
		echo "Dir::State::status \"$dir/status\";"
		echo "Dir::Cache \"$dir\";"
		echo 'APT::Sandbox::User "root";'
		echo 'APT::Install-Recommends "false";'
		apt_acquire_options
	} >"$dir/apt.conf"
	APT_CONFIG=$dir/apt.conf apt-get -qq update >&2
}

# The kernel release whose sources, generators and checkers the project uses.
source_release=7.2

# Fetches the tar file of the kernel's sources into the cache; prints its name.
kernel_tarball()
{
	local tarball=$cache_dir/linux-source-$source_release.tar.xz
	local package=linux-source-$source_release work suite deb

	if [[ ! -e $tarball ]]; then
		say "fetching $package; once, 160 MB"
		mkdir -p "$cache_dir"
		work=$(mktemp -d "$cache_dir/tmp-source.XXXXXX")
		for suite in sid trixie-backports; do
			private_apt "$work/apt" "$suite" || continue
			(cd "$work" && APT_CONFIG=$work/apt/apt.conf \
				apt-get -qq download "$package") >&2 || continue
			break
		done
		deb=$(echo "$work/$package"_*.deb)
		[[ -e $deb ]] || die "no Debian suite has $package"
		dpkg-deb --fsys-tarfile "$deb" |
			tar -xO --wildcards "./usr/src/$package.tar.xz" \
				>"$work/tarball"
		mv "$work/tarball" "$tarball"
		rm -rf "$work"
	fi
	echo "$tarball"
}
