#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No text says where packages come from, or where somebody's checkout is: that
# is for the machine to know.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Folders that every Debian has, and what the lab has in its VMs.
known='bin|boot|dev|etc|lib|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var'
known+='|ktgt[a-z-]*'
before="[[:space:](=\`]"

# forbid TEXT REGEX EXCEPT: what is found by REGEX and not allowed by EXCEPT
forbid()
{
	files ':!COPYING' ':!tests/fuzz/seeds' |
		{ xargs -r grep -InoE "$2" -- || true; } |
		{ grep -vE "$3" || true; } |
		sed -E "s/^([^:]*:[0-9]+):[[:space:]]*(.*)/\1: $1: \2/"
}

{
	forbid 'an address on the web' 'https?://[A-Za-z0-9.-]+' \
		'//www\.(kernel|rfc-editor|gnu|w3)\.org'
	forbid 'a host that packages come from' \
		'\<[a-z]+\.debian\.org\>' '^$'
	forbid 'a folder of one machine' \
		"(^|$before)/[a-z][a-z0-9_-]*/[A-Za-z0-9]" \
		":$before?/($known)/[A-Za-z0-9]\$"
} | sort -V | findings
