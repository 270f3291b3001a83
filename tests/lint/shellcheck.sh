#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All shell scripts, by name or by first line.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need shellcheck
scripts bin/bash sh >"${tmp:=$(mktemp)}"
trap 'rm -f "$tmp"' EXIT
scripts bin/sh sh >>"$tmp"
files '*.bash' >>"$tmp"

# Sourced files are looked at by themselves, and followed for what they define.
sort -u "$tmp" | { xargs -r -n 8 -P "$(nproc)" \
	shellcheck --external-sources --format=gcc || true; } | sort -V | findings
