#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tests that protocol-support.rst and security.rst name exist.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

/usr/bin/python3 "$lint_dir/protocol.py" Documentation/protocol-support.rst \
	Documentation/security.rst | sed '/^$/d' | findings
