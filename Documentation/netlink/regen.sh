#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the code that follows from specs/ktgt.yaml: the uapi header, the
# policies and the table of operations, and what the tools know of attributes.
# The outcome is committed. What runs here is model.py for the tools, and for
# the others the generator of a kernel's source, which Debian ships in no other
# package than linux-source.
#
#   regen.sh           generate
#   regen.sh --check   only compare, and fail if something differs

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
scripts=$top/tests/vm/kernel-scripts.sh
python=/usr/bin/python3

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# The generator takes its schema from ../ of the spec, and the root of a kernel
# tree from a file MAINTAINERS above it, for which it looks for ever. So it is
# given a small tree of links.
make_tree()
{
	local ynl=$1 tree=$2

	mkdir -p "$tree/Documentation/netlink/specs"
	: >"$tree/MAINTAINERS"
	ln -s "$ynl"/Documentation/netlink/*.yaml "$tree/Documentation/netlink/"
	ln -s "$here/specs/ktgt.yaml" "$tree/Documentation/netlink/specs/"
}

# MODE (uapi or kernel), FORM (--header or --source), and the file to make
generate()
{
	local mode=$1 form=$2 out=$3

	mkdir -p "$(dirname "$out")"
	"$python" "$ynl/tools/net/ynl/pyynl/ynl_gen_c.py" \
		--spec "$tree/Documentation/netlink/specs/ktgt.yaml" \
		--mode "$mode" "$form" --function-prefix ktgt -o "$out" ||
		die "the generator failed for $out"
}

check=
case ${1-} in
'') ;;
--check) check=1 ;;
*) die "usage: regen.sh [--check]" ;;
esac

"$python" -c 'import yaml, jsonschema' 2>/dev/null ||
	die "needs the packages python3-yaml and python3-jsonschema"

ynl=$("$scripts" ynl)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
make_tree "$ynl" "$tree"

generate uapi --header "$tree/include/uapi/linux/ktgt.h"
generate kernel --header "$tree/kernel/nl/generated/netlink.h"
generate kernel --source "$tree/kernel/nl/generated/netlink.c"

# The generator knows no rights of multicast groups. The table that has them is
# in kernel/nl/family.c, and nobody would use this one.
sed -i '/^$/N; /\nstatic const struct genl_multicast_group/,/^};/d' \
	"$tree/kernel/nl/generated/netlink.c"

mkdir -p "$tree/userspace/lib"
"$python" "$here/model.py" "$here/specs/ktgt.yaml" --header \
	>"$tree/userspace/lib/spec.h"
"$python" "$here/model.py" "$here/specs/ktgt.yaml" --source \
	>"$tree/userspace/lib/spec.c"

status=0
for file in userspace/lib/spec.h userspace/lib/spec.c \
	    include/uapi/linux/ktgt.h \
	    kernel/nl/generated/netlink.h kernel/nl/generated/netlink.c; do
	if cmp -s "$tree/$file" "$top/$file"; then
		continue
	elif [[ $check ]]; then
		diff -u "$top/$file" "$tree/$file" >&2 || status=1
	else
		mkdir -p "$(dirname "$top/$file")"
		cp "$tree/$file" "$top/$file"
	fi
done
[[ $status == 0 ]] ||
	die "generated files differ from the spec: run ${0##*/}, commit"
