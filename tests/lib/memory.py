# SPDX-License-Identifier: GPL-2.0
"""How much memory the kernel holds, to be compared with what it held before.

What is held is all that is neither free nor in caches, nor of processes. What moves
by itself is told from it:

- free pages of a processor's own lists are no part of MemFree, and count as free;
- caches that can be dropped are dropped, and slabs without an object go back;
- a kernel thread that has had something to do stays for some minutes;
- what is freed after a grace period is seen in some readings only. The least of
  several counts, since what is held is in all of them.

Sockets of initiators are in the same kernel. Who measures reads what has come, so
they hold nothing, and has few of them, or closes them before.
"""

import glob
import os
import re
import time

from ktap import comment
from lab import read

MIB = 1 << 20
READINGS = 4
# free, caches, or of processes; in KiB
NOT_HELD = ("MemFree", "Buffers", "Cached", "SReclaimable", "AnonPages",
            "PageTables", "KernelStack")
# what a thread has besides its stack
THREAD_CACHES = ("task_struct", "signal_cache", "sighand_cache")


def pages_of_processors():
    """Free pages that are on the list of a processor, KiB."""
    counts = re.findall(r"^ +count: +(\d+)$", read("/proc/zoneinfo"), re.M)
    return sum(map(int, counts)) * os.sysconf("SC_PAGESIZE") >> 10


def slabs(*names):
    """What slab caches of these names have taken, KiB."""
    pages = 0
    for line in read("/proc/slabinfo").splitlines():
        words = line.split()
        if words[0] in names:
            pages += int(words[5]) * int(words[-2])
    return pages * os.sysconf("SC_PAGESIZE") >> 10


def reading():
    """Bytes that the kernel holds at this moment."""
    info = {name: int(value) for name, value in
            re.findall(r"^(\w+): +(\d+) kB$", read("/proc/meminfo"), re.M)}
    kib = info["MemTotal"] - sum(info[name] for name in NOT_HELD)
    return kib - pages_of_processors() - slabs(*THREAD_CACHES) << 10


def _tell(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(value)


def drop_caches():
    """Caches go, and slabs without an object; a kernel that checks itself gives
    back what it keeps to find uses of memory that was freed. The caches of kmalloc
    have the most of that."""
    _tell("/proc/sys/vm/drop_caches", "3")
    # names of one cache are links
    names = [path for path in glob.glob("/sys/kernel/slab/*")
             if not os.path.islink(path)]
    for path in sorted(names, key=lambda one: "kmalloc" not in one):
        _tell(f"{path}/shrink", "1")


def held():
    """Bytes that the kernel holds."""
    drop_caches()
    least = reading()
    for _ in range(READINGS - 1):
        time.sleep(0.3)
        least = min(least, reading())
    return least


class Since:
    """What the kernel holds more than at the beginning, MiB; most() of all that were
    looked at."""

    def __init__(self):
        self.before = held()
        self.all = []

    def look(self, what):
        """Now, when it is WHAT."""
        more = (held() - self.before) / MIB
        self.all.append(more)
        comment(f"{what}: {more:+.1f} MiB")
        return more

    def most(self):
        return max(self.all)
