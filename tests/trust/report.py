#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes one file, and a table, of the figures of ktgt_trust.

    report.py FILE RESULTS...

RESULTS are the folders of VMs. The exit status is 1 if a figure is beyond its limit.
"""

import json
import os
import subprocess
import sys
import time


def commit():
    done = subprocess.run(["git", "describe", "--always", "--dirty"], text=True,
                          capture_output=True, check=False)
    return done.stdout.strip()


def rows_of(folder):
    """The figures of a VM, none if it has not come so far."""
    try:
        with open(os.path.join(folder, "out", "trust.json"),
                  encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        return []
    return [{"kernel": found["kernel"], **row} for row in found["rows"]]


def more_of(row):
    """What belongs to a figure, besides what has a column."""
    columns = ("kernel", "row", "value", "unit", "most", "least", "good")
    return ", ".join(f"{name} {value}" for name, value in row.items()
                     if name not in columns)


def print_table(rows):
    print("%-16s%10s  %-14s%10s  %-4s%s" % ("", "is", "", "limit", "", "of"))
    kernel = None
    for row in rows:
        if row["kernel"] != kernel:
            kernel = row["kernel"]
            print(kernel)
        word = "most" if "most" in row else "least"
        print("%-16s%10s  %-14s%5s%5s  %-4s%s" % (
            row["row"], row["value"], row["unit"], word, row[word],
            "yes" if row["good"] else "NO", more_of(row)))


def main():
    path, *folders = sys.argv[1:]
    rows = [row for folder in folders for row in rows_of(folder)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"meta": {"commit": commit(), "date": time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime())}, "rows": rows}, file, indent=1)
        file.write("\n")
    print_table(rows)
    sys.exit(0 if rows and all(row["good"] for row in rows) else 1)


if __name__ == "__main__":
    main()
