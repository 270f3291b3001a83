#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a table, and a file, of what smp.sh has measured.

    smp.py RESULTS FILE

A ratio is that of two measurements which followed each other; of all rounds,
the median is told, and the least and the most.
"""

import json
import os
import statistics
import sys

from report import meta_of, read_rows

NAMES = {"iops": "IOPS", "p50": "us, 50 %", "p99": "us, 99 %",
         "p999": "us, 99.9 %"}


def pairs_of(rows):
    """Yields job, measure, and the list of (ktgt, lio) of all rounds."""
    values = {}
    for row in rows:
        for name in NAMES:
            if name in row:
                values.setdefault((row["job"], name), {}).setdefault(
                    row["round"], {})[row["peer"]] = row[name]
    for (job, name), rounds in values.items():
        yield job, name, [(both["ktgt"], both["lio"])
                          for both in rounds.values() if len(both) == 2]


def summary_of(job, name, pairs):
    ratios = [ktgt / lio for ktgt, lio in pairs if lio]
    return {
        "job": job,
        "measure": name,
        "rounds": len(pairs),
        "ktgt": statistics.median(ktgt for ktgt, _ in pairs),
        "lio": statistics.median(lio for _, lio in pairs),
        "ratio": round(statistics.median(ratios), 3) if ratios else None,
        "ratio_min": round(min(ratios), 3) if ratios else None,
        "ratio_max": round(max(ratios), 3) if ratios else None,
    }


def main():
    results, path = sys.argv[1:]
    rows = read_rows(os.path.join(results, "rows.json"))
    summary = [summary_of(*item) for item in pairs_of(rows)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"meta": meta_of("smp", results), "summary": summary,
                   "rows": rows}, file, indent=1)
        file.write("\n")
    print("%-26s%-12s%9s%9s%9s   %s" % ("", "", "lio", "ktgt", "ratio",
                                        "from, to"))
    for item in summary:
        ratio = "" if item["ratio"] is None else "%9.2f   %.2f, %.2f" % (
            item["ratio"], item["ratio_min"], item["ratio_max"])
        print("%-26s%-12s%9d%9d%s" % (item["job"], NAMES[item["measure"]],
                                      item["lio"], item["ktgt"], ratio))
    print("\nmedians of %d rounds; ratio: ktgt to LIO of the same round"
          % max(item["rounds"] for item in summary))


if __name__ == "__main__":
    main()
