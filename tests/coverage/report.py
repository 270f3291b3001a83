#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""How much of kernel/ the tests ran: a line for each folder.

    report.py NOTES COUNTS [REPORT]

NOTES is the tree that the module was built in (*.gcno), COUNTS has the same
tree of what was counted (*.gcda). With REPORT, the functions that never ran and
the lines of each file that did not are written there.

A source file that is compiled twice, for the module and for its unit tests,
counts as one: a line ran if it did so in either.
"""

import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

# what is generated, and what tests
LEFT_OUT = ("kernel/tests/", "kernel/nl/generated/", "kernel/compat/")


def fail(text):
    sys.exit(f"report.py: {text}")


def files(top, suffix):
    """Paths below TOP that end with SUFFIX."""
    return sorted(os.path.relpath(os.path.join(folder, name), top)
                  for folder, _, names in os.walk(top)
                  for name in names if name.endswith(suffix))


def source_name(top, path):
    """kernel/FOLDER/FILE for a file below TOP, where it was compiled; nothing
    for one that is left out, or not ours."""
    name = os.path.relpath(os.path.join(top, path), top)
    if not name.startswith("kernel/") or name.startswith(LEFT_OUT):
        return ""
    return name


class File:
    """What of one source file ran."""

    def __init__(self):
        self.lines = collections.Counter()
        self.branches = collections.Counter()
        self.functions = {}

    def add(self, data):
        """Adds what gcov says of it."""
        for line in data["lines"]:
            number = line["line_number"]
            self.lines[number] += line["count"]
            for index, branch in enumerate(line["branches"]):
                self.branches[number, index] += branch["count"]
        for func in data["functions"]:
            name = func["name"]
            count = self.functions.get(name, (0, 0))[1]
            self.functions[name] = (func["start_line"],
                                    count + func["execution_count"])


def read_counts(notes, counts, sources):
    """Adds all objects' counts to SOURCES, {name: File}."""
    with tempfile.TemporaryDirectory() as work:
        for name in files(notes, ".gcno"):
            base = os.path.join(work, "object")
            data = os.path.join(counts, name[:-5] + ".gcda")
            shutil.copy(os.path.join(notes, name), base + ".gcno")
            if os.path.exists(data):
                shutil.copy(data, base + ".gcda")
            elif os.path.exists(base + ".gcda"):
                os.unlink(base + ".gcda")
            done = subprocess.run(
                ["gcov", "--json-format", "--stdout", "--branch-probabilities",
                 "object.gcno"], cwd=work, capture_output=True, text=True,
                check=False)
            if done.returncode or not done.stdout:
                fail(f"{name}: {done.stderr.strip()}")
            told = json.loads(done.stdout)
            for file in told["files"]:
                source = source_name(told["current_working_directory"],
                                     file["file"])
                if source and file["lines"]:
                    sources[source].add(file)


def part(counter):
    """(ran, all) of a Counter or a list of counts."""
    values = counter.values() if hasattr(counter, "values") else counter
    values = list(values)
    return sum(1 for value in values if value), len(values)


def percent(ran, total):
    return f"{100 * ran / total:5.1f} %" if total else "      -"


def print_table(sources):
    """One line for each folder, and one for all."""
    rows = collections.defaultdict(lambda: [0] * 6)
    for name, file in sources.items():
        numbers = (*part(file.lines), *part(file.branches),
                   *part(count for _, count in file.functions.values()))
        for key in (os.path.dirname(name), "all"):
            rows[key] = [a + b for a, b in zip(rows[key], numbers)]
    print(f"{'folder':<16} {'lines':>14} {'':>7} {'branches':>12} {'':>7} "
          f"{'functions':>11}")
    for key in sorted(rows, key=lambda k: (k == "all", k)):
        line, lines, branch, branches, func, funcs = rows[key]
        print(f"{key:<16} {f'{line} of {lines}':>14} {percent(line, lines)} "
              f"{f'{branch} of {branches}':>12} {percent(branch, branches)} "
              f"{f'{func} of {funcs}':>11} {percent(func, funcs)}")


def spans(numbers):
    """'3, 5-7' of [3, 5, 6, 7]."""
    out = []
    for number in sorted(numbers):
        if out and out[-1][1] == number - 1:
            out[-1][1] = number
        else:
            out.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in out)


def write_report(sources, path):
    """What did not run, for those who write tests."""
    with open(path, "w", encoding="utf-8") as out:
        for name, file in sorted(sources.items()):
            never = [line for line, count in file.lines.items() if not count]
            if not never:
                continue
            print(f"{name}: {spans(never)}", file=out)
            for func, (line, count) in sorted(file.functions.items()):
                if not count:
                    print(f"  {func}() at {line} never ran", file=out)


def main():
    if len(sys.argv) not in (3, 4):
        fail("usage: report.py NOTES COUNTS [REPORT]")
    notes, counts = sys.argv[1:3]
    if not files(counts, ".gcda"):
        fail(f"nothing was counted in {counts}")
    sources = collections.defaultdict(File)
    read_counts(notes, counts, sources)
    print_table(sources)
    if len(sys.argv) == 4:
        write_report(sources, sys.argv[3])


main()
