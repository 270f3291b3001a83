#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tables and a flame graph of the stacks that perf has sampled.

    profile.py RESULTS NAME

RESULTS is the folder with rows.json, stacks.txt (of perf script) and
modules.txt (symbols of modules). Writes NAME.txt, NAME.svg and NAME.folded, and
prints the first.
"""

import collections
import html
import os
import re
import sys

from report import add_instructions, job_of, label_of, read_rows

# What a stack belongs to is said by the innermost frame that is here. What
# arrives by loopback is worked off in the context of its sender: it belongs to
# the receiver, whose side of the socket is told by the callback at its end.
PARTS = (
    ("process_backlog", "network: segments arrive"),
    ("ktgt_rx_run", "ktgt: receive"),
    ("ktgt_tx_run", "ktgt: send"),
    ("submit_bio", "block layer and device"),
    ("submit_bio_noacct", "block layer and device"),
    ("__submit_bio", "block layer and device"),
    ("blk_mq_submit_bio", "block layer and device"),
    ("blk_finish_plug", "block layer and device"),
    ("__blk_flush_plug", "block layer and device"),
    ("ktgt_conn_process", "ktgt: commands"),
    ("tcp_io_work", "ktgt: work, the rest"),
    ("iscsi_target_rx_thread", "LIO: receive"),
    ("iscsi_target_tx_thread", "LIO: send"),
    ("target_submit_failure_work", "LIO: commands"),
    ("target_complete_ok_work", "LIO: commands"),
    ("nvmet_tcp_io_work", "nvmet"),
    ("iscsi_xmitworker", "initiator: send"),
    ("nvme_tcp_io_work", "initiator: send"),
    ("worker_thread", "workqueue"),
)
# How the rest is called: by the name of what runs
COMMS = (("iscsigen", "initiator"), ("fio", "initiator"), ("tgtd", "tgt"),
         ("kworker", "workqueue"), ("ksoftirqd", "network: segments arrive"),
         ("swapper", "idle"), ("perf", "perf itself"))

COLOURS = (("ktgt", "#e8743b"), ("block", "#5aa469"), ("net", "#5b8fd6"),
           ("user", "#b0b0b0"), ("kernel", "#e3c15a"))

NET = re.compile(r"^_*(tcp|ip|inet|sk|sock|skb|net|dev|loopback|napi|release_"
                 r"sock|lock_sock|process_backlog|netif|validate_xmit|kfree_skb"
                 r"|consume_skb|eth|qdisc|simple_copy|csum|nf_)")
BLOCK = re.compile(r"^_*(blk|bio|submit_bio|null|block|part|sbitmap)")

WIDTH, ROW, FONT = 1200, 17, 11


# Where the kernel puts modules
MODULES = 0xffffffffc0000000


def read_modules(path):
    """The module of each symbol."""
    with open(path, encoding="utf-8") as file:
        return {name: module.strip("[]")
                for name, module in map(str.split, file)}


def read_stacks(path, modules):
    """Counts of stacks: tuples of (symbol, module), the outermost first."""
    stacks = collections.Counter()
    comm, frames = None, []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in list(file) + [""]:
            words = line.split()
            if not words:
                if comm:
                    stacks[(comm,) + tuple(reversed(frames))] += 1
                comm, frames = None, []
            elif comm is None:
                comm = re.sub(r"[/:].*", "", line.strip())
            else:
                frame = frame_of(words, modules)
                # Of user space, one frame says all.
                if frame[1] != "user" or frames[-1:] != [frame]:
                    frames.append(frame)
    return stacks


def frame_of(words, modules):
    """Of a line "ip symbol (object)"."""
    dso = words[-1].strip("()")
    if "kernel" not in dso:
        return os.path.basename(dso.strip("[]")), "user"
    module = "kernel"
    if int(words[0], 16) >= MODULES:
        module = modules.get(words[1], module)
    return words[1].split(".")[0], module


def part_of(stack):
    names = {name for name, _ in stack[1:]}
    marks = dict(PARTS)
    for name, _ in reversed(stack[1:]):
        if name in marks:
            return marks[name]
    for start, part in COMMS:
        if stack[0].startswith(start):
            return part
    return "other" if names else stack[0]


def layer_of(frame):
    name, module = frame
    if module in ("ktgt", "user"):
        return module
    if NET.match(name):
        return "net"
    if module == "null_blk" or BLOCK.match(name):
        return "block"
    return "kernel"


def share(counts, total, cost, limit=None):
    for name, count in counts.most_common(limit):
        if count * 1000 < total:
            break
        yield "%-48s %6.1f %% %8d" % (name, 100 * count / total,
                                      cost * count / total)


def tables(stacks, row):
    total = sum(stacks.values())
    parts, functions, within = (collections.Counter() for _ in range(3))
    for stack, count in stacks.items():
        parts[part_of(stack)] += count
        for frame in set(stack[1:]):
            if frame[1] == "ktgt":
                within[frame[0]] += count
        name, module = stack[-1] if len(stack) > 1 else (stack[0], "user")
        functions[name if module == "kernel" else
                  "%s [%s]" % (name, module)] += count
    cost = row["instr_per_io"]
    yield "%s %s, %s: %d IOPS, %d instructions for each I/O" % (
        row["client"], label_of(job_of(row)), row["peer"], row["iops"], cost)
    yield "%d samples; share, and instructions for each I/O" % total
    yield from ["", "by part (innermost)"]
    yield from share(parts, total, cost)
    if within:
        yield from ["", "functions of the module, with all that they call"]
        yield from share(within, total, cost, 40)
    yield from ["", "functions, without what they call"]
    yield from share(functions, total, cost, 60)


def write_folded(path, stacks):
    with open(path, "w", encoding="utf-8") as file:
        for stack, count in sorted(stacks.items(), key=str):
            names = [stack[0]] + [name for name, _ in stack[1:]]
            file.write("%s %d\n" % (";".join(names), count))


def tree_of(stacks):
    """Nodes are [count, children by frame]."""
    root = [0, {}]
    for stack, count in stacks.items():
        node = root
        node[0] += count
        for frame in ((stack[0], "user"),) + stack[1:]:
            node = node[1].setdefault(frame, [0, {}])
            node[0] += count
    return root


def depth_of(node):
    return 1 + max((depth_of(child) for child in node[1].values()), default=0)


def boxes(node, left, level, scale):
    """Yields (frame, count, left, level) of all that is wide enough to see."""
    for frame, child in sorted(node[1].items()):
        if child[0] * scale >= 0.3:
            yield frame, child[0], left, level
            yield from boxes(child, left, level + 1, scale)
        left += child[0] * scale


def write_svg(path, stacks, title, cost):
    root = tree_of(stacks)
    scale = WIDTH / root[0]
    height = (depth_of(root) + 1) * ROW
    colours = dict(COLOURS)
    with open(path, "w", encoding="utf-8") as file:
        file.write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d '
                   '%d" font-family="monospace" font-size="%d">\n'
                   '<rect width="100%%" height="100%%" fill="white"/>\n'
                   '<text x="4" y="13">%s</text>\n'
                   % (WIDTH, height, FONT, html.escape(title)))
        for frame, count, left, level in boxes(root, 0, 0, scale):
            width, top = count * scale, height - (level + 1) * ROW
            text = html.escape(frame[0])
            file.write('<g><title>%s: %.1f %%, %d instructions</title><rect '
                       'x="%.1f" y="%d" width="%.1f" height="%d" fill="%s" '
                       'stroke="white" stroke-width="0.3"/>'
                       % (text, 100 * count / root[0],
                          cost * count / root[0], left, top, width, ROW - 1,
                          colours[layer_of(frame)]))
            room = int((width - 4) / (FONT * 0.6))
            if room >= 3:
                file.write('<text x="%.1f" y="%d">%s</text>'
                           % (left + 2, top + ROW - 5,
                              html.escape(frame[0][:room])))
            file.write("</g>\n")
        file.write("</svg>\n")


def main():
    results, name = sys.argv[1:]
    rows = read_rows(os.path.join(results, "rows.json"))
    add_instructions(rows)
    modules = read_modules(os.path.join(results, "modules.txt"))
    stacks = read_stacks(os.path.join(results, "stacks.txt"), modules)
    if not stacks:
        sys.exit("profile.py: no samples in %s/stacks.txt" % results)
    text = list(tables(stacks, rows[0]))
    with open(name + ".txt", "w", encoding="utf-8") as file:
        file.write("\n".join(text) + "\n")
    write_folded(name + ".folded", stacks)
    write_svg(name + ".svg", stacks, text[0], rows[0]["instr_per_io"])
    print("\n".join(text))
    print("\nwritten: %s.txt, .svg, .folded" % name)


if __name__ == "__main__":
    main()
