#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The one direction in which the module's folders may include each other, and
# other rules of the tree that a look at each line can check.
#
#	net -> iscsi -> scsi -> backend		a folder includes the one
#	 |       |        |        |		behind its arrow, and core
#	 +-------+----+---+--------+
#		      v
#		     core			includes itself alone
#
#	config, nl, tests, main.c		include all
#	compat					includes nothing of ours

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

declare -A may=(
	[core]="core"
	[backend]="backend core"
	[scsi]="scsi backend core"
	[iscsi]="iscsi scsi core"
	[net]="net iscsi core"
	[compat]=""
	[config]="core backend scsi iscsi net config nl"
	[nl]="core backend scsi iscsi net config nl"
	[tests]="core backend scsi iscsi net config nl tests"
	[main.c]="core backend scsi iscsi net config nl"
)

# lines; a file that grows beyond it holds more than one noun
size_limit=1000

# The file that a file includes, seen from the top.
resolve()
{
	local dir=${1%/*} name=$2

	while [[ $name == ../* ]]; do
		name=${name#../}
		dir=${dir%/*}
	done
	path=$dir/$name
}

check_include()
{
	local file=$1 line=$2 name=$3 from to path

	resolve "$file" "$name"
	from=${file#kernel/} from=${from%%/*}
	to=${path#kernel/} to=${to%%/*}
	if [[ $path != kernel/* ]]; then
		echo "$file:$line: includes \"$name\", which is not of kernel/"
	elif [[ ! -v may[$from] ]]; then
		echo "$file:$line: folder $from has no place in layers.sh"
	elif [[ " ${may[$from]} " != *" $to "* ]]; then
		echo "$file:$line: $from/ must not include \"$name\"" \
			"(it may: ${may[$from]:-nothing})"
	fi
}

check_includes()
{
	local file line rest name

	while IFS=: read -r file line rest; do
		name=${rest#*\"}
		check_include "$file" "$line" "${name%%\"*}"
	done < <(grep -nH '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
		"${sources[@]}" || true)
}

# forbid TEXT REGEX EXCEPT: no line of a source matches, but of files EXCEPT
forbid()
{
	grep -nHE "$2" "${sources[@]}" | grep -Ev "^($3)" |
		sed -E "s/^([^:]*:[0-9]+):.*/\1: $1/" || true
}

# What configuration alone calls may say what it likes: config/, nl/, and the
# coming and going of logical units.
check_words()
{
	forbid 'versions of the kernel are the business of kernel\/compat\/include' \
		'LINUX_VERSION_CODE|KERNEL_VERSION|<linux/version\.h>' \
		'kernel/compat/include/'
	forbid 'BUG stops the machine; WARN_ON_ONCE and an error go on' \
		'\<(BUG|BUG_ON|VM_BUG_ON)[[:space:]]*\(' '$'
	forbid 'a fault of ours is said once: WARN_ON_ONCE' \
		'\<(WARN|WARN_ON)[[:space:]]*\(' '$'
	forbid 'a peer could fill the log: pr_*_ratelimited, net_*_ratelimited' \
		'\<(printk|pr_(emerg|alert|crit|err|warn|notice|info|cont))[[:space:]]*\(' \
		'kernel/(core|config|nl|tests|compat)/|kernel/main\.c|kernel/scsi/lu\.c'
	forbid 'the kernel has no such header: a folder has its own nouns' \
		'^#[[:space:]]*include[[:space:]]*"(\.\./)*ktgt\.h"' '$'
}

# Nobody knows whose a line of the log is without it; the macros of
# linux/net.h are made of the same.
check_prefix()
{
	local file

	grep -lE '\<(pr|net)_(emerg|alert|crit|err|warn|notice|info|debug|dbg)(_once|_ratelimited)?\(' \
		"${sources[@]}" | while read -r file; do
		grep -q '^#define pr_fmt(fmt) KBUILD_MODNAME' "$file" ||
			echo "$file:1: prints, but does not define pr_fmt"
	done
}

check_sizes()
{
	wc -l "${sources[@]}" |
		awk -v limit="$size_limit" '
			$2 == "total" || $2 ~ /generated/ || $1 <= limit { next }
			{ print $2 ": warning: " $1 " lines, the limit is " limit }' >&2
}

# The guard is the file's path: no two headers can have the same. But the header
# of tracepoints is read several times, and its stand-in takes its place.
check_guards()
{
	local file want

	for file in "${sources[@]}"; do
		[[ $file == *.h && $file != kernel/nl/generated/* ]] || continue
		[[ $file != kernel/*/*trace.h ]] || continue
		want=${file#kernel/}
		want=${want/compat\/include/compat}
		want=_KTGT_$(tr 'a-z/.-' 'A-Z___' <<<"$want")
		if ! grep -qx "#ifndef $want" "$file" ||
		   ! grep -qx "#define $want" "$file" ||
		   ! tail -n 1 "$file" | grep -q '^#endif'; then
			echo "$file:1: is not guarded by $want"
		fi
	done
}

mapfile -t sources < <(files 'kernel/*.c' 'kernel/*.h')
check_sizes
if ! { check_includes; check_words; check_prefix; check_guards; } | sort -V | findings; then
	echo "how the tree goes:" >&2
	sed -n 's/^#\t/  /p' "$0" >&2
	exit 1
fi
