#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Units of systemd, by its own judge, with the programs that they name in place.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

type systemd-analyze >/dev/null 2>&1 || {
	echo "systemd-analyze is missing"
	exit 4
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name in tgt-admin ktgtadm; do
	ln -s /bin/true "$work/$name"
done
while read -r file; do
	unit=$work/$(basename "$file" .in)
	sed "s#@SBINDIR@#$work#g" "$file" >"$unit"
	# Any word is about the unit, though most have no line.
	systemd-analyze verify --man=no "$unit" 2>&1 |
		sed "s|^$unit:|$file:|; t; s|^|$file:1: |" || true
done < <(files '*.service.in') | findings
