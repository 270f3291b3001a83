# SPDX-License-Identifier: GPL-2.0
"""Allocations that fail on purpose.

A task that has N written to its /proc/TID/fail-nth fails its N-th allocation
from then on. With the stack filter only those count that are made by functions
within a range of addresses, however deep below them: those of the module, when
it is the range of its text. So the N-th allocation made on behalf of the module
fails, be it of slab memory or of pages, in the module or in the network stack
below it; and when N is more than there are, nothing fails, and all sites have
been seen.

What the module does in its own name is done by workers of the kernel, which
are armed from outside: those of normal priority that are bound to a CPU run
connections, those that are bound to none do the rest.

verbose is 1: each failure leaves two lines in the kernel log, which tell what
comes behind it. With KTGT_SITES=1 it is 2, and the functions of the module that
were met are collected; the log is full of stacks then, which the checks of the
log take for faults.
"""

import os
import re
from contextlib import contextmanager

from ktap import Skip
from lab import read, write

DEBUGFS = "/sys/kernel/debug"
ATTRS = ("failslab", "fail_page_alloc", "fail_mempool_alloc",
         "fail_mempool_alloc_bulk")
FAIL_NTH = "/proc/thread-self/fail-nth"
TOP = (1 << 64) - 4096

# Connections, from when they are accepted to their end, and all the other works of
# the module; an end may have both.
IO, REST = re.compile(r"kworker/\d+:\d+(?![\dH])"), re.compile(r"kworker/u")
BOTH = re.compile(f"{IO.pattern}|{REST.pattern}")


def read_symbols():
    """(address, name, module or "") of all functions, by address."""
    out = []
    with open("/proc/kallsyms", encoding="ascii") as file:
        for line in file:
            words = line.split()
            if words[1] in "tT" or words[2] == "_end":
                out.append((int(words[0], 16), words[2],
                            words[3][1:-1] if len(words) > 3 else ""))
    return sorted(out)


class Armed:
    """Tasks that have been armed with the same number."""

    def __init__(self, files, number, tries=1):
        self.files, self.number = files, number
        # rounds without a failure that show that there is none
        self.tries = tries
        self.fired = 0
        self.seen = 0
        self.active = []

    def set(self, value):
        for file in self.files:
            try:
                os.pwrite(file, str(value).encode(), 0)
            except ProcessLookupError:
                continue

    def disarm(self):
        """Nobody fails any more. A task that is about to allocate has read its
        count already, and after a walk over its stack puts it back, one less:
        those that have allocated are told again once they do not run."""
        self.set(0)
        for file in self.active:
            try:
                while self._runs(file) or int(os.pread(file, 16, 0)):
                    os.pwrite(file, b"0", 0)
            except (FileNotFoundError, ProcessLookupError):
                continue

    @staticmethod
    def _runs(file):
        """Whether the task that has FILE runs, or would, were it let."""
        folder = os.path.dirname(os.readlink(f"/proc/self/fd/{file}"))
        return read(f"{folder}/stat").rpartition(") ")[2].startswith("R")

    def look(self):
        """How many have failed an allocation, and how many they have made."""
        self.fired = self.seen = 0
        self.active = []
        for file in self.files:
            try:
                left = int(os.pread(file, 16, 0))
            except ProcessLookupError:
                continue
            self.fired += not left
            self.seen += self.number - left
            if left != self.number:
                self.active.append(file)
        return self.fired


class Faults:
    """The fault injection of the kernel, as it was found on close()."""

    def __init__(self):
        self.saved = []
        self.workers = {}
        self.known = set()
        self.sites = set()
        self.log = None
        self.symbols = []
        if not os.path.exists(FAIL_NTH):
            raise Skip("the kernel has no fail-nth")
        for attr in ATTRS[:2]:
            if not os.path.exists(f"{DEBUGFS}/{attr}/require-start"):
                raise Skip(f"the kernel has no {attr} with a stack filter")
        self.attrs = [attr for attr in ATTRS
                      if os.path.exists(f"{DEBUGFS}/{attr}/require-start")]
        self.verbose = 2 if os.environ.get("KTGT_SITES") else 1
        self.symbols = read_symbols()
        self._configure()

    def _configure(self):
        """All allocations count, whatever their flags, but for those of the
        leak checker, which has a store for when one of its own fails."""
        low, high = self.span("kmemleak_alloc", "kmemleak_alloc_percpu",
                              "kmemleak_vmalloc", "create_object",
                              "__create_object", "mem_pool_alloc",
                              "__alloc_object", "__link_object")
        for attr in self.attrs:
            for key, value in (("probability", 0), ("interval", 1),
                               ("times", -1), ("space", 0),
                               ("task-filter", "N"), ("verbose", self.verbose),
                               ("stacktrace-depth", 32),
                               ("reject-start", 0), ("reject-end", 0),
                               ("require-start", 0), ("require-end", TOP)):
                self.set(attr, key, value)
        self.set("failslab", "reject-start", low)
        self.set("failslab", "reject-end", high)
        self.set("failslab", "ignore-gfp-wait", "N")
        self.set("fail_page_alloc", "ignore-gfp-wait", "N")
        self.set("fail_page_alloc", "ignore-gfp-highmem", "N")
        self.set("fail_page_alloc", "min-order", 0)
        self.set("failslab", "cache-filter", "N")
        # It copies packets, which is no allocation of anybody.
        self.set("fail_skb_realloc", "require-end", 0)
        self.within("module")

    def set(self, attr, key, value):
        """Set one value; what it was comes back with close()."""
        path = f"{DEBUGFS}/{attr}/{key}"
        if not os.path.exists(path):
            return
        self.saved.append((path, read(path)))
        write(path, value)

    def close(self):
        """Everything as it was, nobody armed."""
        for path, value in reversed(self.saved):
            write(path, value)
        self.saved = []
        for file in self.workers.values():
            os.close(file[1])
        self.workers = {}

    # --- what counts -----------------------------------------------------

    def reload(self):
        """The module has been loaded anew: all of it is somewhere else."""
        start = int(read("/sys/module/ktgt/sections/.text"), 16)
        shift = start - min(self._module_text())
        self.symbols = sorted((at + (shift if module == "ktgt" else 0), name,
                               module) for at, name, module in self.symbols
                              if module in ("", "ktgt"))

    def _module_text(self):
        return [at for at, _, module in self.symbols if module == "ktgt"]

    def span(self, *names):
        """From the first of functions of one file to the end of the last."""
        first = next((at for at, name, _ in self.symbols if name == names[0]),
                     None)
        if first is None:
            raise Skip(f"the kernel has no function {names[0]}")
        inside = [at for at, name, _ in self.symbols
                  if name in names and abs(at - first) < 1 << 15]
        return min(inside), next(at for at, _, _ in self.symbols
                                 if at > max(inside))

    def within(self, what):
        """Count what is allocated within "module", "module init", "netlink",
        "anything", a function, or from the first to the last of several that
        stand in one file."""
        if what == "module":
            text = self._module_text()
            low, high = min(text), max(text) + 4096
        elif what == "module init":
            # Where it will be nobody knows, but no other module is on the
            # stack of who loads it.
            low, high = self.span("_end")[0], TOP
        elif what == "anything":
            low, high = 0, TOP
        elif what == "netlink":
            low, high = self.span("netlink_sendmsg", "genl_rcv")
        elif isinstance(what, tuple):
            low, high = self.span(*what)
        else:
            low, high = self.span(what)
        for attr in self.attrs:
            write(f"{DEBUGFS}/{attr}/require-start", low)
            write(f"{DEBUGFS}/{attr}/require-end", high)

    def spare(self, function):
        """Do not count the pages that FUNCTION allocates, or count all."""
        low, high = self.span(function) if function else (0, 0)
        write(f"{DEBUGFS}/fail_page_alloc/reject-start", low)
        write(f"{DEBUGFS}/fail_page_alloc/reject-end", high)

    # --- who fails -------------------------------------------------------

    @contextmanager
    def here(self, number):
        """Arm this thread."""
        file = os.open(FAIL_NTH, os.O_RDWR)
        armed = Armed([file], number)
        try:
            armed.set(number)
            yield armed
        finally:
            armed.look()
            armed.set(0)
            os.close(file)

    @contextmanager
    def workers_of(self, kind, number):
        """Arm the kernel's workers of KIND (IO, REST or BOTH). How they share the
        work is another matter each time, and one may not be there yet."""
        self._find_workers()
        armed = Armed([file for name, file in self.workers.values()
                       if kind.match(name)], number, 4)
        try:
            armed.set(number)
            yield armed
        finally:
            armed.look()
            armed.disarm()
            self._collect()

    def _find_workers(self):
        there = {int(pid) for pid in os.listdir("/proc") if pid.isdigit()}
        for pid in there - self.known:
            try:
                name = read(f"/proc/{pid}/comm")
                if name.startswith("kworker/"):
                    self.workers[pid] = (name, os.open(
                        f"/proc/{pid}/fail-nth", os.O_RDWR))
            except (FileNotFoundError, ProcessLookupError):
                continue
        for pid in self.known - there:
            if pid in self.workers:
                os.close(self.workers.pop(pid)[1])
        self.known = there

    @contextmanager
    def shortage(self, attr, what="module"):
        """As long as it lasts, every allocation of ATTR fails within WHAT."""
        self.within(what)
        try:
            write(f"{DEBUGFS}/{attr}/verbose", 0)
            write(f"{DEBUGFS}/{attr}/probability", 100)
            yield
        finally:
            write(f"{DEBUGFS}/{attr}/probability", 0)
            write(f"{DEBUGFS}/{attr}/verbose", self.verbose)
            self.within("module")

    # --- where -----------------------------------------------------------

    def _collect(self):
        """With KTGT_SITES: the functions of the module in stacks of the log."""
        if self.verbose < 2:
            return
        if self.log is None:
            self.log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        while True:
            try:
                line = os.read(self.log, 8192).decode(errors="replace")
            except BrokenPipeError:
                continue
            except BlockingIOError:
                return
            found = re.search(r"(\w+)\+0x[0-9a-f]+/0x[0-9a-f]+ \[ktgt\]", line)
            if found:
                self.sites.add(found[1])


def quiet_null_blk(path):
    """A null_blk may have faults of its own, which are no allocations but would
    count. PATH is its folder in configfs."""
    for name in os.listdir(path):
        if os.path.exists(f"{path}/{name}/require-end"):
            write(f"{path}/{name}/require-end", 0)


def block_faults(device):
    """The folder of the fault attributes of bios, made to concern DEVICE."""
    folder = f"{DEBUGFS}/fail_make_request"
    switch = f"/sys/block/{os.path.basename(device)}/make-it-fail"
    if not os.path.isdir(folder) or not os.path.exists(switch):
        raise Skip("the kernel has no fail_make_request")
    write(switch, 1)
    return folder
