#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where the instructions of one job go, by samples taken in the counting VM.
#
#   profile.sh [JOB [PEER]]
#
#   JOB    gen-4k-read-qd32 (default), fio-4k-write-qd1, gen-256k-read-qd8-crc:
#          generator or fio, size, read, write or randrw, commands in flight,
#          digests
#   PEER   ktgt (default), lio, tgt, nvmet
#
# Results in build/profile: JOB-PEER.txt (tables), JOB-PEER.svg (flame graph),
# JOB-PEER.folded (the stacks).

set -euo pipefail
cd "$(dirname "$0")/../.."

job=${1:-gen-4k-read-qd32}
peer=${2:-ktgt}
out=build/profile

if [[ ! $job =~ ^(gen|fio)-[0-9]+k-(read|write|randread|randwrite|randrw)-qd[0-9]+(-crc)?$ ]]; then
	echo "profile.sh: unknown job '$job'; an example is gen-4k-read-qd32" >&2
	exit 2
fi
if [[ $job == fio-*-crc || ($job == gen-* && $peer == nvmet) ]]; then
	echo "profile.sh: fio has no digests, and the generator no NVMe" >&2
	exit 2
fi
case $peer in
ktgt | lio | tgt | nvmet) ;;
*)
	echo "profile.sh: unknown peer '$peer'; use ktgt, lio, tgt or nvmet" >&2
	exit 2
	;;
esac

tests/vm/deps.sh lab build tools
tests/vm/build.sh 6.1
make --no-print-directory -C userspace
make --no-print-directory -C tests/bench
tests/vm/run.sh -c -t 900 -o "$out/vm" -p build/bench/payload -- \
	tests/bench/peers.sh profile "$job" "$peer"
tests/bench/profile.py "$out/vm/out" "$out/$job-$peer"
