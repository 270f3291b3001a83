#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs all tests: lint and unit tests here, the rest in a VM.
#
#   check.sh [-k KERNEL]... [NAME]...
#
#   -k KERNEL   6.1 (default), 6.12, 7.2 or debug; may be given several times
#   NAME        run only these tests in the VM, and neither lint nor unit tests
#
# With 6.1 and without a NAME, it also compares the instructions of commands with the
# baseline (tests/bench/run.sh guard), and boots a server with systemd (tests/systemd;
# its NAME is systemd_boot). Unless KTGT_SHORT is set it also runs what needs several
# machines (tests/machines; NAME is machines, machines/two or machines/two:CASE). Two
# VMs run at a time; of all tests, those on the debug kernel take so long that two VMs
# share them.
#
# The logs of a VM stay in build/check/KERNEL (build/check/debug-1 and debug-2, if two
# share the tests). The last line is "N passed, N failed,
# N skipped". The exit status is 1 if a test failed or none ran.

set -euo pipefail
cd "$(dirname "$0")/.."

# make hands its variables down, but the KERNEL of those who call us is not that
# of a make which a test calls.
unset KERNEL MAKEFLAGS MFLAGS MAKEOVERRIDES

kernels=()
names=()	# of tests in the VM; none: all
told_names='LOOPS|SESSIONS|RACE_SECONDS|STRESS_[A-Z]*|SHORT|FUZZ_[A-Z]*|TIMEOUT|TRUST'
server=''	# whether the one with systemd is among them
machines=''	# whether those of several machines are, and which
machine_names=()
passed=0 failed=0 skipped=0
work=''

usage()
{
	sed -n '/^#   check/,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

# What failed, with the lines before it, is told once more at the end: who has only the
# end of a long log reads it there.
keep_failures()
{
	local name=$1 log=$2

	awk -v name="$name" '
		/^ *not ok|^NOT OK|: warning: |: error: |^FAIL/ {
			if (!told++)
				print "== " name
			for (i = NR - 40; i < NR; i++)
				if (i in line)
					print line[i]
			print
			split("", line)
			next
		}
		/^ *# +[<>] / { next }	# PDUs
		{ line[NR] = $0; delete line[NR - 40] }' "$log" >>"$work/failures"
}

# Adds the last count that a suite printed; without one, the suite has failed.
add_counts()
{
	local name=$1 log=$2 status=$3 line
	local re='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'

	keep_failures "$name" "$log"
	line=$(grep -E "$re" "$log" | tail -n 1) || line=''
	if [[ ! $line =~ $re ]]; then
		echo "$name: ended without a result, status $status"
		failed=$((failed + 1))
		return
	fi
	passed=$((passed + BASH_REMATCH[1]))
	failed=$((failed + BASH_REMATCH[2]))
	skipped=$((skipped + BASH_REMATCH[3]))
	if [[ $status != 0 && ${BASH_REMATCH[2]} == 0 ]]; then
		echo "$name: status $status"
		failed=$((failed + 1))
	fi
}

run_suite()
{
	local name=$1 status=0

	shift
	echo "== $name"
	"$@" 2>&1 | tee "$work/log" || status=${PIPESTATUS[0]}
	add_counts "$name" "$work/log" "$status"
}

# unit_tests [SAN=1]: each cmocka program prints its own totals.
unit_tests()
{
	local status=0

	make --no-print-directory -C userspace "$@" check >"$work/unit" 2>&1 ||
		status=$?
	cat "$work/unit"
	awk -v status="$status" '
		/^\[  PASSED  \]/ { p += $4 }
		/^\[  FAILED  \] [0-9]+ test/ { f += $4 }
		END {
			if (status && !f)
				f = 1
			printf "%d passed, %d failed, 0 skipped\n", p, f
		}' "$work/unit"
	return "$status"
}

# Table tests are TAP; each seed that a fuzz target takes counts as one.
parser_tests()
{
	local status=0

	make --no-print-directory -s -C tests/fuzz check >"$work/fuzz" 2>&1 ||
		status=$?
	[[ $status == 0 ]] || cat "$work/fuzz"
	awk -v status="$status" '
		/^ok / { p++ }
		/^not ok / { f++ }
		/^Done [0-9]+ runs/ { p += $2 }
		END {
			if (status && !f)
				f = 1
			printf "%d passed, %d failed, 0 skipped\n", p, f
		}' "$work/fuzz"
	return "$status"
}

# What a VM needs from here. Not two at a time: they build in one tree.
build()
{
	local kernel=$1

	tests/vm/build.sh "$kernel" >"$work/build" 2>&1 || {
		cat "$work/build"
		return 1
	}
	make --no-print-directory -C userspace
	make --no-print-directory -C tests/bench
}

# vm_tests KERNEL[-PART] [NAME]...
vm_tests()
{
	local job=$1 kernel=${1%-[12]} told part=()

	shift
	[[ $job == "$kernel" ]] || part=(-p "${job##*-}/2")
	# What tests take from their environment they take in the VM as well.
	told=$(env | grep -E "^KTGT_($told_names)=" || true)
	# shellcheck disable=SC2086 # a list of words
	tests/vm/run.sh -k "$kernel" -n 16M -t 9000 -p build/bench/payload \
		-o "build/check/$job" -- \
		env $told tests/run.sh "${part[@]}" "$@"
}

# A server with what make install puts there, which reboots on the way.
server_tests()
{
	local install=$work/server/install

	make --no-print-directory -s -C userspace DESTDIR="$install" install ||
		return
	tests/vm/run.sh -k 6.1 -S -t 600 -d 64M -d 64M -p "$work/server" \
		-o build/check/server -- /ktgt/tests/systemd/boot.sh
}

# Runs a job and keeps what it prints, and its status in the last line.
run_job()
{
	local status=0

	case $1 in
	instructions) tests/bench/run.sh guard ;;
	server) server_tests ;;
	machines) tests/machines/run.sh "${machine_names[@]}" ;;
	*) vm_tests "$@" ;;
	esac >"$work/job-$1" 2>&1 || status=$?
	echo "$status" >"$work/status-$1"
}

end_job()
{
	local job=$1 name="tests on $1"

	[[ $job != instructions ]] || name='instructions on 6.1'
	[[ $job != server ]] || name='systemd_boot'
	[[ $job != machines ]] || name='machines'
	echo "== $name"
	cat "$work/job-$job"
	add_counts "$name" "$work/job-$job" "$(<"$work/status-$job")"
}

# run_jobs "JOB..." [NAME]...: two at a time, since a VM waits for much of its
# time. Each is printed when it ends.
run_jobs()
{
	local job pid
	local -A running=()

	for job in $1; do
		((${#running[@]} < 2)) || reap_job
		run_job "$job" "${@:2}" &
		running[$!]=$job
	done
	while ((${#running[@]})); do
		reap_job
	done
}

reap_job()
{
	wait -n -p pid "${!running[@]}" || true
	end_job "${running[$pid]}"
	unset "running[$pid]"
}

# parse_names [NAME]...: the server's and those of machines are no tests of the VMs'
# run.sh
parse_names()
{
	local name

	(($#)) || server=1
	(($#)) || [[ ${KTGT_SHORT:-} ]] || machines=1
	for name in "$@"; do
		case ${name//-/_} in
		systemd_boot) server=1 ;;
		machines) machines=1 ;;
		machines/*) machines=1 machine_names+=("${name#*/}") ;;
		*) names+=("$name") ;;
		esac
	done
}

# all_jobs EVERYTHING: the kernel that checks itself takes the longest, and so
# comes first.
all_jobs()
{
	local kernel jobs=''

	for kernel in "${kernels[@]}"; do
		if [[ ! $1 && ! ${names[*]} ]]; then
			:
		elif [[ $kernel == debug ]]; then
			jobs="${1:+debug-1 }debug${1:+-2} $jobs"
		else
			jobs+=" $kernel"
		fi
		[[ $kernel != 6.1 || ! $1 ]] || jobs+=' instructions'
		[[ $kernel != 6.1 || ! $server ]] || jobs+=' server'
		[[ $kernel != 6.1 || ! $machines ]] || jobs+=' machines'
	done
	echo "$jobs"
}

main()
{
	local kernel built='' everything=''

	while getopts k:h option; do
		case $option in
		k) kernels+=("$OPTARG") ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	((${#kernels[@]})) || kernels=(6.1)
	(($#)) || everything=1
	parse_names "$@"

	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	tests/vm/deps.sh
	# for ktgt_ynl, which skips without it
	tests/vm/kernel-scripts.sh ynl >/dev/null || true
	if [[ $everything ]]; then
		run_suite lint tests/lint/run.sh
		run_suite unit unit_tests
		run_suite "unit, with sanitizers" unit_tests SAN=1
		run_suite parsers parser_tests
	fi
	for kernel in "${kernels[@]}"; do
		build "$kernel" || {
			echo "tests on $kernel: cannot be built"
			tail -n 30 "$work/build" >>"$work/failures"
			failed=$((failed + 1))
			continue
		}
		built+=" $kernel"
	done
	read -ra kernels <<<"$built"
	if [[ ${#kernels[@]} == 1 && ! $server$machines ]]; then
		# somebody watches
		run_suite "tests on ${kernels[0]}" vm_tests "${kernels[0]}" \
			"${names[@]}"
	else
		run_jobs "$(all_jobs "$everything")" "${names[@]}"
	fi

	if [[ $failed != 0 && -s $work/failures ]]; then
		echo '== what failed'
		tail -n 200 "$work/failures"
	fi
	echo "$passed passed, $failed failed, $skipped skipped"
	[[ $failed == 0 && $passed -gt 0 ]]
}

main "$@"
