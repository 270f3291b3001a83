#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's checkpatch.pl on all C files. Options and what is ignored
# everywhere: .checkpatch.conf; what is ignored for some files: below.
#
#   checkpatch.sh [FILE]...

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

# Shims are there for the sake of version checks, and are macros of macros.
compat_ignore=LINUX_VERSION_CODE,CONSTANT_COMPARISON,UNNECESSARY_CASTS

# The generator breaks no lines, and what it writes is not edited.
generated_ignore=LONG_LINE,LONG_LINE_COMMENT

# Tracepoints are laid out as all of the kernel lays them out.
trace_ignore=PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE

# Suites are tables: rows made by macros, digests and texts over several lines.
# Stubs are made by macros that return. KUNIT_ARRAY_PARAM belongs to the array
# above it (LINE_SPACING). A file that fails has operations of its own (CONST_STRUCT).
suite_ignore=COMPLEX_MACRO,MACRO_WITH_FLOW_CONTROL,SPLIT_STRING,MISSING_SPACE
suite_ignore+=,LINE_SPACING,CONST_STRUCT

# User space has no kernel headers: libc has other types (PREFER_KERNEL_TYPES)
# and functions (STRCPY, ALLOC_WITH_SIZEOF), no such macros (ARRAY_SIZE,
# PREFER_FALLTHROUGH, BIT_MACRO, PREFER_DEFINED_ATTRIBUTE_MACRO), names of
# libraries are as they are (CAMELCASE). Usage texts and expected outputs are
# tables of lines (SPLIT_STRING, STRING_FRAGMENTS,
# QUOTED_WHITESPACE_BEFORE_NEWLINE). Tables are made by macros (COMPLEX_MACRO,
# MACRO_ARG_REUSE, MACRO_ARG_PRECEDENCE), and stand as they are printed
# (PARENTHESIS_ALIGNMENT, OPEN_ENDED_LINE). A bool that is made of a pointer says
# so (COMPARISON_TO_NULL); gcc wants parentheses that checkpatch does not
# (UNNECESSARY_PARENTHESES); argv is not const (STATIC_CONST_CHAR_ARRAY).
user_ignore=PREFER_KERNEL_TYPES,STRCPY,ALLOC_WITH_SIZEOF,ARRAY_SIZE
user_ignore+=,PREFER_FALLTHROUGH,BIT_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO
user_ignore+=,CAMELCASE,SPLIT_STRING
user_ignore+=,STRING_FRAGMENTS,QUOTED_WHITESPACE_BEFORE_NEWLINE,COMPLEX_MACRO
user_ignore+=,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE,PARENTHESIS_ALIGNMENT
user_ignore+=,OPEN_ENDED_LINE,COMPARISON_TO_NULL,UNNECESSARY_PARENTHESES
user_ignore+=,STATIC_CONST_CHAR_ARRAY

# tests/fuzz/shim*.h imitate headers of the kernel as shortly as they can.
shims='^tests/fuzz/shim'

# ARGUMENTS... : reads names of files
check()
{
	# It keeps a list of names in the working directory, and looks for its
	# configuration there.
	mkdir -p "$lint_build/checkpatch"
	cp .checkpatch.conf "$lint_build/checkpatch/"
	sed "s,^,$top/," |
		(cd "$lint_build/checkpatch" &&
			xargs -r -n 12 -P "$(nproc)" perl \
			"$checkpatch" --terse --no-summary "$@" -f 2>&1) |
		sed -n "s,^$top/,,p" || true
}

# REGEX [EXCEPT]
select_files()
{
	if ((${#only[@]})); then
		printf '%s\n' "${only[@]}"
	else
		files '*.c' '*.h'
	fi | awk -v want="$1" -v but="${2-^$}" '$0 ~ want && $0 !~ but'
}

need perl
checkpatch=$("$top/tests/vm/kernel-scripts.sh")/checkpatch.pl
only=()
for name in "$@"; do
	only+=("$(realpath --relative-to="$top" "$name")")
done

{
	select_files '^kernel/' '^kernel/(compat|nl/generated|tests|core/trace.h)' |
		check
	select_files '^kernel/core/trace.h' | check --ignore "$trace_ignore"
	select_files '^kernel/tests/' | check --ignore "$suite_ignore"
	select_files '^kernel/compat/' | check --ignore "$compat_ignore"
	select_files '^(kernel/nl/generated|include)/' |
		check --ignore "$generated_ignore"
	select_files '^(userspace|tests)/' "$shims" |
		check --ignore "$user_ignore"
} | sort -V | findings
