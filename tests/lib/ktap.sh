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
#   ktap_record             what runs from now to ktap_plan is told as a step is
#   ktap_say TEXT           a line of the transcript, for what it does not see
#   put FILE                standard input becomes the FILE
#
# The transcript: each program that a step runs is a line "# $ COMMAND" in its log,
# before its output, so that it can be done again by hand. It comes of "set -x", so
# redirections are not in it: what writes a file tells so by put or ktap_say.

KTAP_SKIP=4
# lines of a step that are printed: at most so many of its beginning and end
ktap_head=100
ktap_tail=200
ktap_setup=''
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

# Functions, and programs that only look at text, are not in the transcript: the
# ones are seen by what they run, and the others wait for input. Nor is kill, with
# the number of a process of then.
ktap_readers='[ [[ (( : awk basename break case cat cd cmp command continue cut
	declare diff dirname echo eval exit false for grep head kill local mktemp printf
	python3 read readlink return sed seq set sha256sum shift sleep sort tail tee
	test tr trap true type uname until wait wc while'

# ktap_transcript LOG [all]: the commands in it, with "all" what they said as well
ktap_transcript()
{
	local functions

	functions=$(declare -F | cut -d' ' -f3 | tr '\n' ' ')
	awk -v skip="$functions $ktap_readers" -v all="${2:-}" \
		-v head="$ktap_head" -v tail="$ktap_tail" '
		BEGIN {
			n = split(skip, words)
			for (i = 1; i <= n; i++)
				no[words[i]]
			n = 0
		}
		function put(line)
		{
			if (line == before) {
				again++
				return
			}
			if (again)
				lines[++n] = "  (" again " times more)"
			again = 0
			before = line
			lines[++n] = line
		}
		/^\$> / { put("$ " substr($0, 4)); next }
		/^\$+ / {
			sub(/^\$+ /, "")
			word = $1
			if (word == "sed" && $2 ~ /^-i/)
				word = ""
			if (!(word in no) && word !~ /^[A-Za-z_]+\+?=/)
				put("$ " $0)
			next
		}
		all { put($0) }
		END {
			put("")
			for (i = 1; i < n; i++) {
				if (i == head + 1 && n - 1 > head + tail) {
					printf "# (%d lines of the transcript" \
						" left out)\n",
						n - 1 - head - tail
					i = n - tail
				}
				print "# " lines[i]
			}
		}' "$1"
}

# A line of the transcript; there is none where nothing is recorded. For what
# "set -x" does not tell, as the & of a command in the background.
ktap_say()
{
	local -

	set +x
	[[ ! ${BASH_XTRACEFD:-} ]] || echo "\$> $*" >&"$BASH_XTRACEFD"
}

put()
{
	local - text

	set +x
	text=$(cat)
	ktap_say "printf '%s\\n' ${text@Q} >$1"
	printf '%s\n' "$text" >"$1"
}

ktap_record()
{
	ktap_setup=$(mktemp)
	exec {ktap_fd}>>"$ktap_setup"
	BASH_XTRACEFD=$ktap_fd
	PS4='$ '
	set -x
}

# Also for those who end before the plan
ktap_recorded()
{
	[[ $ktap_setup ]] || return 0
	set +x
	unset BASH_XTRACEFD
	ktap_transcript "$ktap_setup"
	rm -f "$ktap_setup"
	ktap_setup=''
}

ktap_plan()
{
	ktap_recorded
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
# ends it (and sees the test's own variables, so ours have long names). What it
# wants to tell the others goes into files in $lab_dir.
ktap_test()
{
	local ktap_name=$1 ktap_status=0 ktap_log ktap_start=$EPOCHSECONDS

	shift
	ktap_log=$(mktemp)
	set +e
	(
		set -eE
		trap 'echo "failed: $BASH_COMMAND (line $LINENO)"' ERR
		exec {ktap_fd}>>"$ktap_log"
		BASH_XTRACEFD=$ktap_fd
		PS4='$ '
		set -x
		"$@"
	) >>"$ktap_log" 2>&1 </dev/null
	ktap_status=$?
	set -e
	((EPOCHSECONDS - ktap_start <= 2)) ||
		ktap_comment "$ktap_name: $((EPOCHSECONDS - ktap_start)) s"
	case $ktap_status in
	0)
		ktap_transcript "$ktap_log"
		ktap_pass "$ktap_name"
		;;
	"$KTAP_SKIP")
		ktap_skip "$ktap_name" \
			"$(grep -v '^\$' "$ktap_log" | tail -n 1)"
		;;
	*)
		ktap_transcript "$ktap_log" all
		ktap_fail "$ktap_name"
		;;
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
