#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make install puts everything where it belongs, below DESTDIR.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

to=$lint_build/install
rm -rf "$to"
make -C "$top" install DESTDIR="$to" >"$to.log" 2>&1 || {
	tail -n 5 "$to.log"
	exit 1
}

status=0
for file in lib/modules/*/updates/kernel/ktgt.ko lib/modules/*/modules.dep \
	usr/local/sbin/{ktgtadm,tgtadm,tgt-admin,tgt-setup-lun} \
	usr/local/include/linux/ktgt.h usr/local/share/man/man7/ktgt.7 \
	usr/local/share/man/man8/{ktgtadm,tgtadm,tgt-admin,tgt-setup-lun}.8 \
	usr/local/lib/systemd/system/{ktgt,ktgt-attach@}.service \
	etc/udev/rules.d/85-ktgt.rules; do
	compgen -G "$to/$file" >/dev/null || {
		echo "make install: no $file"
		status=1
	}
done
exit "$status"
