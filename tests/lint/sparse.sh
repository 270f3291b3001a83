#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A build with all warnings and with sparse, against the newest headers that
# the host has (sparse of Debian 12 understands 6.1, not 7.2). The sources are
# copied to build/, the checkout stays free of objects.
#
#   sparse.sh		KDIR=... takes other headers

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need sparse make gcc rsync

newest_headers()
{
	local dir

	for dir in /lib/modules/*/build; do
		[[ ! -e $dir/Makefile ]] || echo "$dir"
	done | sort -V | tail -n 1
}

headers=${KDIR:-$(newest_headers)}
[[ $headers ]] || die "no kernel headers here; to install them: make deps"
src=$lint_build/sparse

mkdir -p "$src"
exec {lock}>"$lint_build/sparse.lock"
flock "$lock"
rsync -rlp --checksum --delete --include '*.c' --include '*.h' \
	--include Kbuild --include '*/' --exclude '*' \
	--filter 'protect *.o' --filter 'protect .*.cmd' \
	Kbuild kernel include "$src/"

# C=2 looks at every file again, whether it is compiled or not.
status=0
make -C "$headers" M="$src" -j "$(nproc)" C=2 CF=-D__CHECK_ENDIAN__ W=1 \
	modules >"$lint_build/sparse.log" 2>&1 || status=$?

# What is said of the kernel's own headers is not about us; what sparse says
# of several files that include the same header, it says of each.
if ! sed -E -n "s,^($src/)?((kernel|include)/[^:]+:[0-9]+:.*(warning|error):),\2,p" \
	"$lint_build/sparse.log" | sort -u -V | findings; then
	exit 1
fi
if [[ $status != 0 ]]; then
	grep -m 1 -E 'rror' "$lint_build/sparse.log" ||
		tail -n 1 "$lint_build/sparse.log"
	die "the build failed; its output is in build/lint/sparse.log"
fi
