#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# Lines of source files that targets come to, file by file.
#
#   coverage.py JSON...        of llvm-cov export -summary-only
#
# A file that several targets have counts as the one does that comes furthest.

import json
import os
import sys


def read(path, best):
    target = os.path.basename(path)[len('cov_'):-len('.json')]
    with open(path, encoding='ascii') as text:
        files = json.load(text)['data'][0]['files']
    for entry in files:
        name = entry['filename'].rpartition('/kernel/')[2]
        name = name.rpartition('/userspace/')[2]
        lines = entry['summary']['lines']
        if name == entry['filename'] or not name.endswith('.c'):
            continue
        if name not in best or lines['covered'] > best[name][0]:
            best[name] = (lines['covered'], lines['count'], target)


def main():
    best = {}
    for path in sys.argv[1:]:
        read(path, best)
    for name, (covered, count, target) in sorted(best.items()):
        print(f'{name:24} {covered:5} of {count:5} lines'
              f' {100 * covered / count:5.1f} %  {target}')
    covered = sum(entry[0] for entry in best.values())
    count = sum(entry[1] for entry in best.values())
    print(f'{"all":24} {covered:5} of {count:5} lines'
          f' {100 * covered / count:5.1f} %')


main()
