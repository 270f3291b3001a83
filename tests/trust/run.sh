#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What peers can take from the target and from each other: ktgt_trust with its full
# numbers, in a VM of 2 GiB.
#
#   run.sh [-k KERNEL]... [CASE]...
#
#   -k KERNEL   6.1 (default), 6.12, 7.2 or debug; may be given several times
#   CASE        only these cases of ktgt_trust
#
# It prints a table. The figures are in build/trust.json, the logs in
# build/trust/KERNEL. The exit status is 1 if a figure is beyond its limit, or if one is
# missing.

set -euo pipefail
cd "$(dirname "$0")/../.."

kernels=()

usage()
{
	sed -n '/^#   run/,/^$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

# measure KERNEL [CASE]...: tests/run.sh gives the debug kernel six times as long.
measure()
{
	local kernel=$1 cases limit=5400

	shift
	cases=$(IFS=,; echo "$*")
	[[ $kernel != debug ]] || limit=22500
	tests/vm/build.sh "$kernel" || return
	rm -rf "build/trust/$kernel"
	tests/vm/run.sh -k "$kernel" -t "$limit" -o "build/trust/$kernel" \
		-p build/bench/payload -- \
		env KTGT_TRUST=1 KTGT_TIMEOUT=3600 \
		tests/run.sh -v "trust${cases:+:$cases}"
}

main()
{
	local option kernel status=0

	while getopts k:h option; do
		case $option in
		k) kernels+=("$OPTARG") ;;
		*) usage ;;
		esac
	done
	shift $((OPTIND - 1))
	((${#kernels[@]})) || kernels=(6.1)
	tests/vm/deps.sh lab build tools
	make --no-print-directory -C userspace
	make --no-print-directory -C tests/bench
	for kernel in "${kernels[@]}"; do
		measure "$kernel" "$@" || status=1
	done
	tests/trust/report.py build/trust.json "${kernels[@]/#/build/trust/}" ||
		status=1
	return "$status"
}

main "$@"; exit
