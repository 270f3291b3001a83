#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The one direction in which rooms, and files inside of them, may include each
# other, and other rules of the tree that a look at each line can check.
#
#	kernel/
#	tcp -> iscsi -> scsi -> backend		a room includes the one
#	 |       |        |        |		behind its arrow, and core
#	 +-------+----+---+--------+
#		      v
#		     core			includes itself alone
#
#	config, nl, tests, main.c		include all of these
#	compat					includes nothing of ours
#
#	userspace/
#	ktgtadm.c -> cmd, tgt -> apply -> conf -> lib
#
#	and no circle anywhere; layers.py has the tables, floors of rooms too
#
#   layers.sh			checks it
#   layers.sh --count		says how many circles there are in each folder

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# lines; a file that grows beyond it holds more than one noun
size_limit=1000

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
		'kernel/(core|config|nl|tests|compat)/|kernel/main\.c|kernel/scsi/lu_life\.c'
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
	wc -l "${sources[@]}" "${tools[@]}" |
		awk -v limit="$size_limit" '
			$2 == "total" || $2 ~ /generated/ || $1 <= limit { next }
			{ print $2 ": warning: " $1 " lines, the limit is " limit }' >&2
}

# The guard is the file's path: no two headers can have the same. But the header
# of tracepoints is read several times, and its stand-in takes its place.
check_guards()
{
	local file want

	for file in "${sources[@]}" "${tools[@]}"; do
		[[ $file == *.h && $file != kernel/nl/generated/* ]] || continue
		[[ $file != kernel/*/*trace.h ]] || continue
		want=${file/#kernel\//_ktgt/}
		want=${want/#userspace\//ktgt/}
		want=${want/compat\/include/compat}
		want=$(tr 'a-z/.-' 'A-Z___' <<<"$want")
		if ! grep -qx "#ifndef $want" "$file" ||
		   ! grep -qx "#define $want" "$file" ||
		   ! tail -n 1 "$file" | grep -q '^#endif'; then
			echo "$file:1: is not guarded by $want"
		fi
	done
}

arrows()
{
	"$lint_dir/layers.py" "$@" "${sources[@]}" "${tools[@]}"
}

mapfile -t sources < <(files 'kernel/*.c' 'kernel/*.h')
mapfile -t tools < <(files 'userspace/*.c' 'userspace/*.h')
if [[ ${1:-} == --count ]]; then
	arrows --count
	exit
fi
check_sizes
if ! { arrows; check_words; check_prefix; check_guards; } | sort -V | findings; then
	echo "what may include what:" >&2
	sed -n 's/^#\t/  /p' "$0" >&2
	exit 1
fi
