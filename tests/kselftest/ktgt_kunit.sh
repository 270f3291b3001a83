#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The unit tests of kernel/tests: ktgt_test.ko beside the module under test.
#
# Shown: each case of each suite. A kernel without KUnit has nothing to run
# them, and no ktgt_test.ko is built for it.

set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../lib/ktap.sh
. "$(dirname "$0")/../lib/ktap.sh"
# shellcheck source-path=SCRIPTDIR source=../lib/kernel.sh
. "$(dirname "$0")/../lib/kernel.sh"

kunit=/sys/kernel/debug/kunit
module=${KTGT_KO:-/ktgt/ktgt.ko}
module=${module%/*}/ktgt_test.ko

# shellcheck disable=SC2317 # called by trap
cleanup()
{
	[[ ! -d /sys/module/ktgt_test ]] || rmmod ktgt_test || true
}

# Kernels differ in whether a suite runs when its module is loaded.
run_suite()
{
	grep -qE '^ +(not )?ok ' "$1/results" || echo 1 >"$1/run"
	cat "$1/results"
}

# What KUnit says of a suite, without its nesting: a line for each case, or for
# each parameter of a case that has some, and the comments that belong to it.
# What sums others up stays only if it fails and none of those does.
flatten()
{
	awk -v suite="$1" '
		function result(what)
		{
			print (good ? "ok " : "not ok ") what
			results++
			failures += !good
		}
		{
			match($0, /^ */)
			depth = RLENGTH / 4
			line = substr($0, RLENGTH + 1)
			good = line ~ /^ok /
		}
		line ~ /^# Subtest: / && depth == 2 {
			name = substr(line, 12)
			first = results
			before = failures
		}
		line ~ /^(KTAP version|1\.\.|# Subtest: )/ { next }
		line ~ /^# .*pass:[0-9]+ fail:[0-9]+ skip:[0-9]+/ { next }
		line ~ /^# module: / { next }
		line !~ /^(not )?ok [0-9]/ {
			sub(/^# /, "", line)
			if (line != "")
				print "# " line
			next
		}
		{ sub(/^(not )?ok [0-9]+ */, "", line) }
		depth == 2 { result(suite "." name ": " line); next }
		depth == 1 {
			if (name != line || results == first ||
			    (!good && failures == before))
				result(suite "." line)
			name = ""
			next
		}
		!good && !failures { result(suite) }
		END {
			good = 0
			if (!results)
				result(suite ", of which no case ran")
		}'
}

# Numbers the results that come in, and counts them.
number()
{
	local line

	while IFS= read -r line; do
		case $line in
		'ok '*' # SKIP '*)
			line=${line#ok }
			ktap_skip "${line%% # SKIP *}" "${line#* # SKIP }" ;;
		'ok '*) ktap_pass "${line#ok }" ;;
		'not ok '*) ktap_fail "${line#not ok }" ;;
		*) echo "$line" ;;
		esac
	done
}

[[ -e $module ]] || ktap_skip_all "no ${module##*/} for this kernel"
[[ -d $kunit ]] || modprobe -q kunit || true
[[ -d $kunit ]] || ktap_skip_all "this kernel has no KUnit"
trap cleanup EXIT
trap 'exit 143' TERM
insert_module "$module"
suites=("$kunit"/ktgt_*)
[[ -d ${suites[0]} ]] ||
	ktap_skip_all "KUnit is off: the kernel wants kunit.enable=1"

all=$(for dir in "${suites[@]}"; do
	run_suite "$dir" | flatten "${dir##*/ktgt_}"
done)
ktap_plan "$(($(grep -cE '^(not )?ok ' <<<"$all") + 1))"
number <<<"$all"
ktap_test "unload" rmmod ktgt_test
ktap_finish
