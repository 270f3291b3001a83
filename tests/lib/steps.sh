# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What steps of a test in a shell are made of. Sourced.

# A kernel that checks itself takes a multiple of the time for everything.
slow=1
[[ ! -e /sys/kernel/debug/kmemleak ]] || slow=6

# within SECONDS COMMAND...: a program, not a function
within()
{
	timeout $(($1 * slow)) "${@:2}"
}

# wait_until SECONDS COMMAND...
wait_until()
{
	local - end=$((SECONDS + $1 * slow + 1))

	set +x
	shift
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS >= end)); then
			echo "not in time: $*"
			return 1
		fi
		sleep 0.1
	done
}

# A plain "!" would not end a step that runs with set -e
refute()
{
	if "$@"; then
		echo "did not fail: $*"
		return 1
	fi
}

# session_disk ATTRIBUTE VALUE LUN: the device, /dev/sdX, of the session of
# open-iscsi whose targetname, or initiatorname, has this value
session_disk()
{
	local - session path

	set +x
	for session in /sys/class/iscsi_session/session*; do
		[[ -e $session && $(<"$session/$1") == "$2" ]] || continue
		for path in "$session"/device/target*/*:"$3"/block/*; do
			[[ -e $path ]] || continue
			echo "/dev/${path##*/}"
			return
		done
	done
	return 1
}

# lun_disk IQN LUN
lun_disk()
{
	session_disk targetname "$@"
}
