#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The manual pages, by mandoc.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need mandoc
files 'Documentation/man/*.[1-9]' |
	{ xargs -r mandoc -T lint -W warning || true; } |
	sed 's/^mandoc: //' | findings
