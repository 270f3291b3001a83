#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Makes a table, build/bench.json and charts of what peers.sh has measured.

    report.py MODE RESULTS FILE CHARTS

RESULTS is the folder with rows.json and kernel; FILE is to be bench.json, and
CHARTS is the folder where they go.
"""

import json
import os
import shutil
import subprocess
import sys
import time

# The counting VM's clock: -icount shift=1
NS_PER_INSTRUCTION = 2

PEERS = ("raw", "floor", "lio", "tgt", "nvmet", "ktgt")
KERNEL_CLIENTS = ("local", "open-iscsi", "nvme")
OPERATIONS = ("randread", "randwrite", "randrw", "read", "write")


def job_of(row):
    """What rows of different peers have in common."""
    return row["op"], row["bs"], row["qd"], row["digest"]


def read_rows(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def add_floor(rows):
    """Puts the raw I/O on top of the bare TCP, and calls it the floor."""
    raw = {job_of(row): row["iops"] for row in rows
           if row["client"] == "gen" and row["peer"] == "raw"}
    result = []
    for row in rows:
        if row["peer"] == "tcp":
            if job_of(row) not in raw:
                continue
            seconds = 1 / row["iops"] + 1 / raw[job_of(row)]
            row = dict(row, peer="floor", iops=round(1 / seconds, 1))
        result.append(row)
    return result


def add_instructions(rows):
    for row in rows:
        row["instr_per_io"] = round(1e9 / NS_PER_INSTRUCTION / row["iops"])


def output_of(*words):
    try:
        return subprocess.run(words, check=True, text=True,
                              capture_output=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def meta_of(mode, results):
    with open(os.path.join(results, "kernel"), encoding="utf-8") as file:
        kernel = file.read().strip()
    qemu = output_of("qemu-system-x86_64", "--version").splitlines()
    return {
        "mode": mode,
        "kernel": kernel,
        "commit": output_of("git", "describe", "--always", "--dirty"),
        "qemu": qemu[0] if qemu else "",
        "ns_per_instr": NS_PER_INSTRUCTION,
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def label_of(job):
    operation, size, depth, digest = job
    return "%s %dk qd%d%s" % (operation, size // 1024, depth,
                              " crc" if digest else "")


def tables_of(rows):
    """Yields title, peers, and a list of (job, IOPS by peer)."""
    for title, clients in (("open-iscsi, nvme-tcp", KERNEL_CLIENTS),
                           ("generator", ("gen",))):
        jobs = {}
        for row in rows:
            if row["client"] in clients:
                jobs.setdefault(job_of(row), {})[row["peer"]] = row["iops"]
        peers = [peer for peer in PEERS
                 if any(peer in iops for iops in jobs.values())]
        if jobs:
            yield title, peers, sorted(jobs.items(), key=order_of)


def order_of(item):
    """Small before large, reads before writes, digests last."""
    operation, size, depth, digest = item[0]
    return digest, size, OPERATIONS.index(operation), depth


def cell(iops, base):
    if iops is None:
        return "%15s" % "-"
    if not base:
        return "%8d       " % iops
    return "%8d %5.2fx" % (iops, iops / base)


def print_tables(rows):
    for title, peers, jobs in tables_of(rows):
        print(("\n%-22s" % title
               + "".join("%8s       " % peer for peer in peers)).rstrip())
        for job, iops in jobs:
            print("%-22s" % label_of(job)
                  + "".join(cell(iops.get(peer), iops.get("lio"))
                            for peer in peers))
    print("\nIOPS of virtual time, and how many times those of LIO")


def draw(title, peers, jobs, path):
    """A chart of the IOPS as multiples of LIO's."""
    jobs = [(job, iops) for job, iops in jobs if "lio" in iops]
    if not jobs:
        return
    data = "".join(
        '"%s" %s\n' % (label_of(job),
                       " ".join("%.3f" % (iops[peer] / iops["lio"])
                                if peer in iops else "nan"
                                for peer in peers))
        for job, iops in jobs)
    plots = ", ".join('$data using %d:xtic(1) title "%s"' % (n + 2, peer)
                      for n, peer in enumerate(peers))
    script = """set terminal svg size 1100,500 noenhanced background "white"
set output "%s"
set title "%s: IOPS, LIO = 1"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.8
set xtics rotate by 30 right
set ytics 1
set grid ytics
set yrange [0:*]
set key outside right
$data << EOD
%sEOD
plot %s
""" % (path, title, data, plots)
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def draw_charts(rows, out):
    if not shutil.which("gnuplot"):
        print("no charts: gnuplot is missing; to install it: make deps")
        return
    for title, peers, jobs in tables_of(rows):
        # The device itself is so far above that nothing else would show.
        peers = [peer for peer in peers if peer != "raw"]
        name = "gen" if title == "generator" else "fio"
        draw(title, peers, jobs, os.path.join(out, name + ".svg"))


def main():
    mode, results, path, charts = sys.argv[1:]
    rows = add_floor(read_rows(os.path.join(results, "rows.json")))
    add_instructions(rows)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"meta": meta_of(mode, results), "rows": rows}, file,
                  indent=1)
        file.write("\n")
    print_tables(rows)
    draw_charts(rows, charts)


if __name__ == "__main__":
    main()
