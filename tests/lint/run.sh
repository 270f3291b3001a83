#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the lint scripts.
#
#   run.sh [NAME]...		all of them, or those: layers, sparse, ...
#
# A script prints one line for each finding and exits with 0 (none), 1 (some) or
# 4 (it could not look). The last line is: N passed, N failed, N skipped.

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# the quick ones first
order=(layers names shellcheck python yaml man rst spelling regen kerneldoc
	checkpatch sparse)

# A script that is not in the list would never run.
for path in "$lint_dir"/*.sh; do
	name=${path##*/} name=${name%.sh}
	case " ${order[*]} lib run " in
	*" $name "*) ;;
	*) order+=("$name") ;;
	esac
done

(($#)) || set -- "${order[@]}"
"$top/tests/vm/deps.sh" --check build lint || exit 1
mkdir -p "$lint_build"

passed=0 failed=0 skipped=0
for name in "$@"; do
	name=${name%.sh}
	[[ -x $lint_dir/$name.sh ]] ||
		die "no script '$name'; there are: ${order[*]}"
	start=$EPOCHREALTIME status=0
	output=$("$lint_dir/$name.sh" 2>&1) || status=$?
	took=$(awk -v a="$start" -v b="$EPOCHREALTIME" \
		'BEGIN { printf "%.1f s", b - a }')
	case $status in
	0) passed=$((passed + 1)) word=ok ;;
	4) skipped=$((skipped + 1)) word=skipped ;;
	*) failed=$((failed + 1)) word='NOT OK' ;;
	esac
	printf '%-8s lint %-12s %8s\n' "$word" "$name" "$took"
	[[ -z $output ]] || echo "  ${output//$'\n'/$'\n  '}"
done
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
