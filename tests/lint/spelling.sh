#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Common spelling mistakes in all text, comments included.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

need codespell
# names of iSCSI, of tools and of the kernel that are mistakes elsewhere
words=itl,te,nd,ser,unsol,fpr,aci,arre,alle,parm,iff,iput

# COPYING is as it was received; seeds are bytes; the debug kernel's options
# have names of the kernel.
files ':!COPYING' ':!tests/fuzz/seeds' ':!*.config' |
	{ xargs -r codespell --ignore-words-list "$words" --quiet-level 35 ||
	true; } | findings
