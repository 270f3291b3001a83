#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a table, and a file, of what scale.sh has measured.

    scale.py RESULTS FILE
"""

import json
import os
import sys

from report import NS_PER_INSTRUCTION, meta_of, read_rows

# What has to be: of a session that does nothing, of one that works with 32
# commands of 4 KiB, of a logical unit; and 1000 sessions against one.
IDLE_KIB, BUSY_KIB, LU_KIB, TIMES = 64, 1024, 8, 1.1


def instructions(seconds, count):
    return round(seconds * 1e9 / NS_PER_INSTRUCTION / count)


def memory_of(sessions, stages):
    """KiB of each; that of few is less than what the rest of the machine
    takes and gives meanwhile."""
    plain = stages["connected"]["kib"]
    kib = {"kib_sockets": plain}
    for name, stage in (("kib_new", "logged-in"), ("kib_busy", "read"),
                        ("kib_idle", "idle")):
        kib[name] = stages[stage]["kib"] - plain
    return {name: round(value / sessions, 1) if sessions >= 1000 else None
            for name, value in kib.items()}


def sessions_of(rows):
    """One summary for each run: what its stages have in common."""
    runs = {}
    for row in rows:
        if "sessions" in row:
            runs.setdefault((row["qd"], row["sessions"]), {})[
                row["stage"]] = row
    for (depth, sessions), stages in runs.items():
        yield {
            "sessions": sessions,
            "qd": depth,
            "instr_per_login": instructions(stages["logged-in"]["seconds"],
                                            sessions),
            "logins_per_s": round(sessions / stages["logged-in"]["seconds"]),
            "instr_per_io": instructions(stages["read"]["seconds"],
                                         stages["read"]["count"]),
            **memory_of(sessions, stages),
        }


def lus_of(rows):
    for row in rows:
        if "lus" in row:
            kib = max(row["came"], row["went"])
            yield {"lus": row["lus"], "kib": round(kib / row["lus"], 1),
                   "instr_per_io": instructions(1, row["iops"])}


def must(text, value, limit):
    """Tells whether a limit holds; memory of few is too little to be seen."""
    print("%-54s%9.2f%9.2f  %s" % (text, limit, value,
                                   "yes" if value <= limit else "NO"))


def table(rows, names):
    print("".join("%16s" % name for name in names))
    for row in rows:
        print("".join("%16s" % ("-" if row[name] is None else row[name])
                      for name in names))
    print()


def main():
    results, path = sys.argv[1:]
    rows = read_rows(os.path.join(results, "rows.json"))
    sessions, lus = list(sessions_of(rows)), list(lus_of(rows))
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"meta": meta_of("scale", results), "sessions": sessions,
                   "lus": lus, "rows": rows}, file, indent=1)
        file.write("\n")
    table(sessions, ("sessions", "qd", "instr_per_login", "logins_per_s",
                     "instr_per_io"))
    table(sessions, ("sessions", "qd", "kib_sockets", "kib_new", "kib_busy",
                     "kib_idle"))
    table(lus, ("lus", "kib", "instr_per_io"))

    at = {(row["qd"], row["sessions"]): row for row in sessions}
    print("%-54s%9s%9s" % ("", "at most", "is"))
    for depth in (1, 32):
        must(f"1000 sessions against 1, qd{depth}, instructions",
             at[depth, 1000]["instr_per_io"] / at[depth, 1]["instr_per_io"],
             TIMES)
    must("a session that has done nothing, KiB", at[32, 1000]["kib_new"],
         IDLE_KIB)
    must("a session that does nothing any more, KiB",
         at[32, 1000]["kib_idle"], IDLE_KIB)
    must("a session with 32 commands of 4 KiB, KiB", at[32, 1000]["kib_busy"],
         BUSY_KIB)
    must("a logical unit, KiB", lus[-1]["kib"], LU_KIB)


if __name__ == "__main__":
    main()
