#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the log of a test tells can be done again: tests of tests/lib/transcript.py
# and of ktap.sh.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if ! said=$(/usr/bin/python3 -B tests/lib/test_transcript.py 2>&1); then
	{ grep -E '^(FAIL|ERROR): ' <<<"$said" || tail -n 1 <<<"$said"; } |
		sed 's/^/tests\/lib\/test_transcript.py:1: /'
	exit 1
fi
