#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the tests with a module that counts, on the debug kernel, and prints how
# much of each folder of kernel/ they ran.
#
#   run.sh [NAME]...     tests of tests/run.sh, all without a name
#
# What never ran is in build/check/coverage/missed.txt. The exit status is that
# of the tests; what they printed stands in build/check/coverage/stdout.txt.

set -euo pipefail
cd "$(dirname "$0")/../.."

out=build/check/coverage
status=0

tests/vm/deps.sh lab build tools
tests/vm/build.sh coverage
make --no-print-directory -C userspace
make --no-print-directory -C tests/bench
tests/vm/run.sh -k coverage -t 5400 -o "$out" -p build/bench/payload -- \
	tests/coverage/collect.sh "$@" || status=$?
tests/coverage/report.py build/coverage/src "$out/out/gcov" "$out/missed.txt"
exit "$status"
