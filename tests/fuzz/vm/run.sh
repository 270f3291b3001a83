#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fuzzes a target that runs on the debug kernel, in a VM.
#
#   run.sh SECONDS
#
# The seed is another one each time, unless KTGT_FUZZ_SEED says which. Traces of
# findings, and the kernel log, are in build/fuzz/vm.

set -euo pipefail
cd "$(dirname "$0")/../../.."

seconds=${1:?SECONDS}
seed=${KTGT_FUZZ_SEED:-$((RANDOM << 8 | RANDOM & 255))}

tests/vm/deps.sh lab build tools
tests/vm/build.sh debug >/dev/null
make --no-print-directory -C userspace
tests/vm/run.sh -k debug -t $((2 * seconds + 900)) -o build/fuzz/vm -- \
	env KTGT_FUZZ_SECONDS="$seconds" KTGT_FUZZ_SEED="$seed" \
	KTGT_TIMEOUT=$((seconds / 3 + 120)) tests/run.sh -v fuzz
