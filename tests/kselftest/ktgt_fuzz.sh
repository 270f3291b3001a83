#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fuzzers of a target that runs, for a short time and from a fixed seed.
#
#   see the heads of tests/fuzz/vm/proto.py and netlink.py
#
# Shown: whatever peers send, in whatever state of their session, others are
# served, nothing stays behind, and the kernel log is clean. Whatever is asked of
# the control plane is done whole, or refused with a reason and not at all.
#
# KTGT_FUZZ_SECONDS: how long for each (10). KTGT_FUZZ_SEED: another seed (1).
#
# Timeout: 120

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/ktap.sh
. "$(dirname "$0")/../lib/ktap.sh"

fuzz=$(dirname "$0")/../fuzz/vm
seed=${KTGT_FUZZ_SEED:-1}
seconds=${KTGT_FUZZ_SECONDS:-10}

[[ -d /sys/module/ktgt ]] || ktap_skip_all "module ktgt is not loaded"
ktap_plan 2
ktap_test "wrong PDUs in valid sessions, seed $seed" \
	"$fuzz/proto.py" --seed "$seed" --seconds "$seconds"
ktap_test "requests of the netlink family, seed $seed" \
	"$fuzz/netlink.py" --seed "$seed" --seconds "$seconds"
ktap_finish
