#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the tests of tests/kselftest on this machine (a VM: it loads the module,
# makes devices and network namespaces, and needs root).
#
#   run.sh [-v] [-l] [-p K/N] [NAME|T=NAME]...
#
#   -v     show all results, not only failures
#   -l     list the tests
#   -p K/N only part K of N: of N machines, each runs another part
#   NAME   only these: ktgt_login, or login; - and _ are the same in it, and it
#          may be a pattern, as re*; NAME:CASE for one case of a Python test
#
# KTGT_KO: the module (default: /ktgt/ktgt.ko, else the installed one).
# KTGT_TIMEOUT: seconds for each test (default: 120, or N of the line "# Timeout: N"
# in the test). KTGT_SHORT: if set, the debug kernel skips tests that take long and
# repeat there what other tests do, and looks for leaks after every eighth test alone;
# other kernels skip tests with the line "# Short: debug". KTGT_RESULTS: a folder for the whole KTAP output of each
# test (default: /ktgt/out if it exists).
#
# Prints the time of each test and, as the last line, the number of single
# results: N passed, N failed, N skipped. Exit status 1 if one failed or none
# ran.

set -euo pipefail

top=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib/kernel.sh
. "$top/lib/kernel.sh"
results=${KTGT_RESULTS:-}
verbose='' work='' part=1 parts=1
passed=0 failed=0 skipped=0 ran=0
tests=()

die()
{
	echo "run.sh: $*" >&2
	exit 1
}

usage()
{
	sed -n '/^#   run/,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

all_tests()
{
	find "$top/kselftest" -maxdepth 1 -name 'ktgt_*' -perm -u+x \
		\( -name '*.sh' -o -name '*.py' \) -printf '%f\n' | sort
}

# NAME[:CASE] -> FILE[:CASE]...
find_tests()
{
	local name=${1%%:*} case='' file found=''

	[[ $1 != *:* ]] || case=:${1#*:}
	name=${name%.sh} name=${name%.py} name=ktgt_${name#ktgt_}
	while read -r file; do
		# shellcheck disable=SC2053 # a pattern
		[[ ${file%.*} == ${name//-/_} ]] || continue
		echo "$file$case"
		found=1
	done < <(all_tests)
	[[ $found ]] || die "no test '$1'; there are:" $'\n'"$(all_tests)"
}

parse_part()
{
	[[ $1 =~ ^([1-9])/([1-9])$ ]] || die "'$1' is no part, as 1/2 is"
	part=${BASH_REMATCH[1]} parts=${BASH_REMATCH[2]}
	((part <= parts)) || die "there is no part $part of $parts"
}

# Every Nth test, so that neighbours, which are alike, go to different parts.
keep_part()
{
	local i

	for i in "${!tests[@]}"; do
		((i % parts == part - 1)) || unset "tests[i]"
	done
}

parse_options()
{
	local word found

	while getopts vlp:h option; do
		case $option in
		v) verbose=1 ;;
		l) all_tests; exit 0 ;;
		p) parse_part "$OPTARG" ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	for word in "$@"; do
		[[ -n $word && $word != T= ]] || continue
		found=$(find_tests "${word#T=}") || exit 1
		mapfile -t -O "${#tests[@]}" tests <<<"$found"
	done
	((${#tests[@]})) || mapfile -t tests < <(all_tests)
	keep_part
}

module_file()
{
	if [[ -n ${KTGT_KO:-} ]]; then
		echo "$KTGT_KO"
	elif [[ -e /ktgt/ktgt.ko ]]; then
		echo /ktgt/ktgt.ko
	fi
}

load_module()
{
	local file

	file=$(module_file)
	KTGT_KO=$file
	export KTGT_KO
	[[ ! -d /sys/module/ktgt ]] || return 0
	if [[ -z $file ]]; then
		modprobe ktgt
		return
	fi
	insert_module "$file"
}

unload_module()
{
	local log

	if [[ -d /sys/module/ktgt ]] && ! timeout 10 rmmod ktgt; then
		echo "the module does not unload (refcnt" \
			"$(</sys/module/ktgt/refcnt))"
		return 1
	fi
	log=$(dmesg | sed -n "/ktgt-run: begin $$/,\$p")
	"$top/vm/logcheck.sh" - <<<"$log"
}

# Adds up the results in a KTAP stream: passed failed skipped planned
count()
{
	awk '
		/^1\.\.0 # SKIP/ { s++; n = 0; next }
		/^1\.\./ { n = substr($1, 4) }
		/^ok .*# SKIP/ { s++; next }
		/^ok / { p++ }
		/^not ok / { f++ }
		END { print p + 0, f + 0, s + 0, n + 0 }' "$1"
}

one_result()
{
	local good=$1

	shift
	if [[ $good == 0 ]]; then
		passed=$((passed + 1))
		[[ -z $verbose ]] || echo "ok $*"
	else
		failed=$((failed + 1))
		echo "not ok $*"
	fi
}

# Prints failures with the comments before them; with -v everything.
show()
{
	if [[ $verbose ]]; then
		sed 's/^/  /' "$1"
		return
	fi
	awk '
		/^ok / || /^1\.\.[1-9]/ || /^TAP / { text = ""; next }
		/^# Totals/ { next }
		/^not ok / { printf "%s  %s\n", text, $0; text = ""; next }
		{ text = text "  " $0 "\n" }
		END { printf "%s", text }' "$1"
}

# Short runs are on the debug kernel as well: what has little to do with the kernel that
# it runs on is tested there alone.
elsewhere()
{
	[[ ${KTGT_SHORT:-} && ! -e $kmemleak ]] &&
		grep -q '^# Short: debug$' "$top/kselftest/$1"
}

skip_one()
{
	skipped=$((skipped + 1))
	printf 'ok %-24s %3d passed %3d failed %3d skipped %7s s\n' "$1" 0 0 1 0
	echo "  # SKIP in a short run, on the debug kernel alone"
}

# Adds to the log what was left behind since the last time.
leaks()
{
	local log=$1 status=0

	[[ ! ${KTGT_SHORT:-} ]] || ((ran % 8 == 0 || ran == ${#tests[@]})) ||
		return 0
	unreferenced >"$work/leaks" 2>&1 || status=$?
	if ((status)); then
		echo "# kmemleak does not work any more" >>"$log"
	elif [[ ! -s $work/leaks ]]; then
		return 0
	fi
	sed 's/^/# /' "$work/leaks" >>"$log"
	return 1
}

run_one()
{
	local file=${1%%:*} case='' log=$work/$1.tap status=0 p f s n
	local start=$EPOCHREALTIME took limit

	ran=$((ran + 1))
	if elsewhere "$file"; then
		skip_one "$1"
		return
	fi
	limit=$(sed -n 's/^# Timeout: //p' "$top/kselftest/$file")
	limit=${KTGT_TIMEOUT:-${limit:-120}}
	# A kernel that checks itself takes a multiple of the time.
	[[ ! -e $kmemleak ]] || limit=$((limit * 6))
	[[ $1 != *:* ]] || case=${1#*:}
	# shellcheck disable=SC2086 # no case: no argument
	timeout -k 30 "$limit" "$top/kselftest/$file" ${case//,/ } \
		>"$log" 2>&1 </dev/null || status=$?
	took=$(awk -v a="$start" -v b="$EPOCHREALTIME" \
		'BEGIN { printf "%.1f", b - a }')
	read -r p f s n < <(count "$log")
	# What ended without saying so has failed in one more
	if ((status == 124 || status == 137)); then
		f=$((f + 1))
		echo "# the test did not end within $limit s" >>"$log"
	elif ((status != 0 && status != 4 && f == 0)); then
		f=$((f + 1))
		echo "# exit status $status" >>"$log"
	elif ((p + f + s < n)); then
		f=$((f + 1))
		echo "# only $((p + f + s - 1)) of $n results" >>"$log"
	elif ((p + f + s == 0)); then
		f=1
		echo "# no result" >>"$log"
	fi
	# What has not begun leaves nothing behind.
	((p + f == 0 && ran < ${#tests[@]})) || leaks "$log" || f=$((f + 1))
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	printf '%s %-24s %3d passed %3d failed %3d skipped %7s s\n' \
		"$( ((f == 0)) && echo ok || echo 'NOT OK')" "$1" "$p" "$f" \
		"$s" "$took"
	if ((f)) || [[ $verbose ]]; then
		show "$log"
	fi
	grep -h '# SKIP' "$log" | sed 's/^/  /' || true
	[[ -z $results ]] || cp "$log" "$results/"
}

# shellcheck disable=SC2317 # called by trap
clean()
{
	[[ -z $work ]] || rm -rf "$work"
}

main()
{
	local name

	parse_options "$@"
	[[ $EUID == 0 ]] || die "needs root"
	[[ -n $results || ! -d /ktgt/out ]] || results=/ktgt/out
	work=$(mktemp -d)
	trap clean EXIT
	export PATH=$top/../bin:$PATH PYTHONDONTWRITEBYTECODE=1
	echo "<6>ktgt-run: begin $$" >/dev/kmsg
	if load_module >"$work/load" 2>&1; then
		one_result 0 "load the module"
		# What was there before is not of the tests.
		[[ ! -e $kmemleak ]] || unreferenced >/dev/null
		for name in "${tests[@]}"; do
			run_one "$name"
			# A test may have unloaded it
			load_module || true
		done
		if unload_module >"$work/unload" 2>&1; then
			one_result 0 "unload the module, kernel log"
		else
			sed 's/^/  /' "$work/unload"
			one_result 1 "unload the module, kernel log"
		fi
	else
		sed 's/^/  /' "$work/load"
		dmesg | tail -n 5
		one_result 1 "load the module"
	fi
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0 && passed > 0))
}

main "$@"
