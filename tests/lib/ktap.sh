# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# KTAP for tests in shell, in the shape of kselftest's ktap_helpers.sh.
#
#   ktap_plan N             at most N results follow
#   ktap_pass NAME          ktap_fail NAME [WHY]      ktap_skip NAME WHY
#   ktap_test NAME COMMAND  runs COMMAND, which passes by exit status 0 and is
#                           skipped by 4; its output is shown if it fails
#   ktap_skip_all WHY       instead of everything; ends the test
#   ktap_finish             ends the test with the right exit status

KTAP_SKIP=4
ktap_number=0
ktap_failed=0
ktap_skipped=0

ktap_comment()
{
	local line

	while IFS= read -r line; do
		echo "# $line"
	done <<<"$*"
}

ktap_plan()
{
	echo "TAP version 13"
	echo "1..$1"
}

ktap_skip_all()
{
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit "$KTAP_SKIP"
}

ktap_pass()
{
	ktap_number=$((ktap_number + 1))
	echo "ok $ktap_number $1"
}

ktap_fail()
{
	ktap_number=$((ktap_number + 1))
	ktap_failed=$((ktap_failed + 1))
	[[ -z ${2:-} ]] || ktap_comment "$2"
	echo "not ok $ktap_number $1"
}

ktap_skip()
{
	ktap_number=$((ktap_number + 1))
	ktap_skipped=$((ktap_skipped + 1))
	echo "ok $ktap_number $1 # SKIP $2"
}

# A step runs with set -e in a shell of its own: its first command that fails
# ends it (and sees the test's own variables, so ours have long names). What it wants to tell the others goes into files in $lab_dir.
ktap_test()
{
	local ktap_name=$1 ktap_status=0 ktap_log ktap_start=$EPOCHSECONDS

	shift
	ktap_log=$(mktemp)
	set +e
	(
		set -eE
		trap 'echo "failed: $BASH_COMMAND (line $LINENO)"' ERR
		"$@"
	) >"$ktap_log" 2>&1 </dev/null
	ktap_status=$?
	set -e
	((EPOCHSECONDS - ktap_start <= 2)) ||
		ktap_comment "$ktap_name: $((EPOCHSECONDS - ktap_start)) s"
	case $ktap_status in
	0) ktap_pass "$ktap_name" ;;
	"$KTAP_SKIP") ktap_skip "$ktap_name" "$(tail -n 1 "$ktap_log")" ;;
	*) ktap_fail "$ktap_name" "$(tail -n 40 "$ktap_log")" ;;
	esac
	rm -f "$ktap_log"
}

ktap_finish()
{
	echo "# Totals: pass:$((ktap_number - ktap_failed - ktap_skipped))" \
		"fail:$ktap_failed skip:$ktap_skipped"
	((ktap_number > 0)) || exit 1
	((ktap_failed == 0)) || exit 1
	((ktap_skipped < ktap_number)) || exit "$KTAP_SKIP"
	exit 0
}
