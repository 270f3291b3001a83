#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the lint scripts share. Sourced, never run.
#
# shellcheck disable=SC2034 # variables are for those who source this

set -euo pipefail

lint_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$lint_dir/../.." && pwd)
# What they write goes here, and nowhere else.
lint_build=$top/build/lint
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

cd "$top"

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# Without the program nothing can be said; deps.sh knows the package.
need()
{
	local program

	for program in "$@"; do
		type "$program" >/dev/null 2>&1 ||
			die "$program is missing; to install it: make deps"
	done
}

# files PATHSPEC...: names of the project's files, those that are new and not
# committed yet included. Without git, a pathspec is a shell pattern.
files()
{
	if git rev-parse --git-dir >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard -- "$@"
	else
		find . -path ./build -prune -o -type f -printf '%P\n' |
			while read -r name; do
				! matches "$name" "$@" || echo "$name"
			done
	fi | sort -u | while read -r name; do
		[[ ! -f $name ]] || echo "$name"
	done
}

# NAME PATHSPEC...: as git does it, for those that are used here
matches()
{
	local name=$1 spec found=1

	shift
	for spec in "$@"; do
		# shellcheck disable=SC2053 # they are patterns
		case $spec in
		:!*) [[ $name != ${spec#:!}* ]] || return 1 ;;&
		. | :!*) found=0 ;;
		*) [[ $name != $spec && $name != */$spec ]] || found=0 ;;
		esac
	done
	return "$found"
}

# Files with a first line "#!...INTERPRETER" or a name that ends in .EXTENSION
scripts()
{
	local interpreter=$1 extension=$2 name line

	files . | while read -r name; do
		if [[ $name == *.$extension ]]; then
			echo "$name"
			continue
		fi
		IFS= read -r -n 64 line <"$name" 2>/dev/null || true
		if [[ $line == '#!'*"$interpreter"* ]]; then
			echo "$name"
		fi
	done
}

# Passes findings on, one a line; fails if there is one.
findings()
{
	awk '{ print } END { exit NR > 0 }'
}
