#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compares the instructions for each I/O with those that were committed.

    guard.py guard|devices RESULTS FILE BASELINE
    guard.py baseline|devices-baseline RESULTS FILE BASELINE
    guard.py neighbours|costs RESULTS FILE -

RESULTS is the folder with rows.json and kernel; FILE takes the rows. "guard" and
"devices" fail if a row of BASELINE takes 5 % more now, or was not measured; "devices"
also if a device does worse with more commands than it has tags. The other two write
BASELINE anew. "neighbours" fails if a command of a quiet session takes more than three
times as long beside busy ones as alone; "costs" if READ or WRITE costs too much more with
a reservation or at a tracked logical unit, or COMPARE AND WRITE is too slow. The last line of those that compare is
"N passed, N failed, N skipped".
"""

import json
import os
import sys

from report import add_instructions, label_of, job_of, meta_of, read_rows

ALLOWED = 1.05
# Of the rate with as many commands as there are tags
TAGS_LEAST = 0.95
# Of the time that it takes alone
BESIDE_MOST = 3
# Of the instructions that a command takes without
COSTS = {"reserved": 1.01, "tracked": 1.03}
# Of the rate of WRITE
COMPARE_LEAST = 0.5
KEYS = ("client", "device", "op", "bs", "qd", "digest", "instr_per_io")


def name_of(row):
    words = [row["client"], row.get("device"), label_of(job_of(row))]
    return " ".join(word for word in words if word)


def write_json(path, data):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.write("\n")


def write_baseline(path, meta, rows):
    """A line for each row, so that a diff shows which have changed."""
    lines = ",\n".join("  " + json.dumps({key: row[key] for key in KEYS
                                          if key in row}) for row in rows)
    with open(path, "w", encoding="utf-8") as file:
        file.write('{\n "kernel": %s,\n "rows": [\n%s\n ]\n}\n'
                   % (json.dumps(meta["kernel"]), lines))
    for row in rows:
        print("%-32s %7d" % (name_of(row), row["instr_per_io"]))
    print("written to %s" % path)


def compare(baseline, measured):
    """Prints a line for each row. Return: how many passed, and failed."""
    now = {name_of(row): row["instr_per_io"] for row in measured}
    failed = 0
    print("%-7s%-32s%9s%9s" % ("", "instructions for each I/O", "baseline",
                               "now"))
    for row in baseline:
        name, before = name_of(row), row["instr_per_io"]
        after = now.get(name)
        good = after is not None and after <= before * ALLOWED
        failed += not good
        change = "not measured" if after is None else \
            "%9d %+6.1f %%" % (after, 100 * after / before - 100)
        print("%-7s%-32s%9d%s" % ("ok" if good else "not ok", name, before,
                                  change))
    return len(baseline) - failed, failed


def check_tags(rows):
    """Prints how the rate with twice as many commands as tags compares with that
    of as many. Return: how many passed, and failed; none without such rows."""
    iops = {row["qd"]: row["iops"] for row in rows if row.get("device") == "tags"}
    if not iops:
        return 0, 0
    share = iops[max(iops)] / iops[min(iops)]
    good = share >= TAGS_LEAST
    print("%-7srate at qd%d with %d tags: %.1f %% of that at qd%d, at least %d %%"
          % ("ok" if good else "not ok", max(iops), min(iops), 100 * share,
             min(iops), 100 * TAGS_LEAST))
    return int(good), int(not good)


def check_neighbours(rows):
    """Prints how much longer each job takes beside others. Return: how many passed,
    and failed."""
    passed = failed = 0
    iops = {(row["peer"], row["op"]): row["iops"] for row in rows}
    for op in sorted({row["op"] for row in rows}):
        times = iops["alone", op] / iops["beside", op]
        good = times <= BESIDE_MOST
        passed, failed = passed + good, failed + (not good)
        print("%-7s%s: beside busy sessions %.2f times as long as alone, at most %d"
              % ("ok" if good else "not ok", op, times, BESIDE_MOST))
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return failed or not passed


def check_costs(rows):
    """Prints what a command costs that is compared with others, and the rate of
    COMPARE AND WRITE. Return: how many passed, and failed."""
    found = {(row["peer"], row["op"], row["bs"]): row for row in rows}
    results = []
    for (peer, op, size), row in found.items():
        if peer not in COSTS:
            continue
        times = row["instr_per_io"] / found["plain", op, size]["instr_per_io"]
        results.append((times <= COSTS[peer],
                        "%s %s: %d instructions, %.3f times those of plain, at most %.2f"
                        % (op, peer, row["instr_per_io"], times, COSTS[peer])))
    rate = found["plain", "randcaw", 512]["iops"] / \
        found["plain", "randwrite", 512]["iops"]
    results.append((rate >= COMPARE_LEAST,
                    "COMPARE AND WRITE: %.2f times the rate of WRITE, at least %.1f"
                    % (rate, COMPARE_LEAST)))
    for good, text in results:
        print("%-7s%s" % ("ok" if good else "not ok", text))
    failed = sum(not good for good, _ in results)
    print("%d passed, %d failed, 0 skipped" % (len(results) - failed, failed))
    return failed


def guard(mode, path, meta, rows):
    with open(path, encoding="utf-8") as file:
        baseline = json.load(file)
    if baseline["kernel"] != meta["kernel"]:
        print("the baseline is of kernel %s, this is %s"
              % (baseline["kernel"], meta["kernel"]))
    passed, failed = compare(baseline["rows"], rows)
    if failed:
        print("if that is what it has to cost: make bench B=%s, and say why"
              % ("baseline" if mode == "guard" else "devices-baseline"))
    more, less = check_tags(rows)
    passed, failed = passed + more, failed + less
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return failed or not passed


def main():
    mode, results, path, baseline = sys.argv[1:]
    rows = read_rows(os.path.join(results, "rows.json"))
    add_instructions(rows)
    meta = meta_of(mode, results)
    write_json(path, {"meta": meta, "rows": rows})
    if mode == "neighbours":
        return 1 if check_neighbours(rows) else 0
    if mode == "costs":
        return 1 if check_costs(rows) else 0
    if mode.endswith("baseline"):
        write_baseline(baseline, meta, rows)
        check_tags(rows)
        return 0
    return 1 if guard(mode, baseline, meta, rows) else 0


if __name__ == "__main__":
    sys.exit(main())
