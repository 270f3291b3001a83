#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tests that protocol-support.rst names exist.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

/usr/bin/python3 "$lint_dir/protocol.py" Documentation/protocol-support.rst |
	sed '/^$/d' | findings
