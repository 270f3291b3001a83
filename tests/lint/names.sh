#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# No file says where packages come from, or where somebody's checkout is: that
# is for the machine to know.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# forbid TEXT REGEX
forbid()
{
	files ':!COPYING' | { xargs -r grep -InHE "$2" -- || true; } |
		sed -E "s/^([^:]*:[0-9]+):.*/\1: $1/"
}

{
	forbid 'host of a package archive; the sources of the host are taken' \
		'\<(deb|security|snapshot|archive|ftp(\.[a-z]+)?)\.debian\.org\>'
	forbid 'host of a registry' \
		'\<(pypi\.org|files\.pythonhosted\.org|crates\.io|registry\.npmjs\.org|proxy\.golang\.org)\>'
	forbid 'path of one machine' '(^|[^A-Za-z0-9_.})-])/(wor[k]|roo[t]/\.cache|hom[e]/[a-z])[a-z]*/'
} | sort -V | findings
