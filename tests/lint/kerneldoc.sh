#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every function of the module that is not static and every struct is described
# in kernel-doc, and the kernel's own tool finds nothing missing in that: no
# member, no parameter, no return value.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need python3
kerneldoc=$("$top/tests/vm/kernel-scripts.sh")/kernel-doc
mapfile -t sources < <(files 'kernel/*.c' 'kernel/*.h' |
	grep -v -e '^kernel/nl/generated/' -e '^kernel/compat/')

{
	# One finding of its can be several lines; the first says what and where.
	"$kerneldoc" -none -Wall "${sources[@]}" 2>&1 |
		sed -E -e "s,^(WARNING|ERROR|Warning|Error): ,," -e "s,^$top/,," |
		sed -n -E 's,^([^ :]+:[0-9]+):? ,\1: ,p' || true
	/usr/bin/python3 "$lint_dir/undocumented.py" "${sources[@]}" || true
} | sort -u -V | findings
