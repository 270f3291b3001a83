#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# yamllint, with the rules of .yamllint.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need yamllint
files '*.yaml' '*.yml' | { xargs -r yamllint -c .yamllint -s -f parsable ||
	true; } | findings
