#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Many sessions at storage that does not answer.

    target namespace: dead with LUN 1 (suspended), well with LUN 1 and 2
    -- veth -- initiators

Shown: hundreds of sessions whose commands hang, or take long, take nothing from
others: no login, no deletion, no namespace waits for them. What their end leaves
at the storage has a limit, for each device and for all. Thousands of LUs that
come are told once.
"""
# Timeout: 300

import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import read10, report_luns, tur  # noqa: E402
from ktap import Suite, check, comment, equal, wait_until  # noqa: E402
from lab import (SLOW, Lab, enter_named, is_free,  # noqa: E402
                 not_in_short_runs, read, run, seconds, soon, write)

suite = Suite(not_in_short_runs(Lab))
MIB = 1 << 20
BUSY = 0x08
LUNS_CHANGED = (6, 0x3F, 0x0E)
# of a device; see Documentation/internals.rst
MAX_ORPHANS = 1024


def isid(number):
    return bytes.fromhex(f"80{number:010x}")


def without_pings(lab):
    """Nobody here answers one while hundreds of others log in."""
    lab.adm("net", "set", "nop-interval", 0)


def hang(lab, iqn, first, number, commands=1, size=4096, lun=1):
    """NUMBER sessions with READs that are not answered; their connections."""
    sessions = []
    for i in range(first, first + number):
        ini = lab.login(iqn, clear_ua=False, isid=isid(i))
        lab.clear_ua(ini, lun)
        for j in range(commands):
            ini.issue(read10(j * 8, size // 512), lun, size)
        ini.nop()   # all of them have arrived
        sessions.append(ini)
    return sessions


def leave(lab, sessions):
    """The connections break."""
    for ini in sessions:
        ini.abort()
        lab.opened.remove(ini)


def silent(lab):
    """A connection that never logs in is closed in time."""
    _, took = seconds(lab.connect().expect_close, 10 * SLOW)
    check(took < 3 * SLOW, f"login-timeout of 1 s took {took:.1f} s")


@suite.case
def dead_reads(lab):
    """320 sessions with a READ of a dead disk are closed: a login with one of
    their names to another target, the login timeout, and the deletion of a
    target without LUNs do not wait."""
    without_pings(lab)
    dm = Mapped(lab.null_blk(8))
    iqn, well, empty = (lab.target(name) for name in ("dead", "well", "empty"))
    lab.lun(iqn, 1, dm.path)
    lab.lun(well, 1, lab.null_blk(4))
    dm.suspend()
    try:
        leave(lab, hang(lab, iqn, 0, 320))
        lab.adm("net", "set", "login-timeout", 1)
        again = soon(lab.login, well, isid=isid(7), limit=2)
        soon(again.good, read10(0, 8), 1, 4096)
        silent(lab)
        soon(lab.drop, empty)
    finally:
        lab.adm("net", "set", "login-timeout", 15)
        dm.resume()
    lab.drop(iqn)
    lab.drop(well)
    wait_until(lambda: is_free(dm.path), 5 * SLOW, "the disk is free")
    dm.remove()


@suite.case
def slow_reads(lab):
    """290 sessions with a READ each of a disk of 2 s: a NOP of a session of
    another target is answered at once."""
    without_pings(lab)
    disk = lab.null_blk(8, irqmode=2, completion_nsec=2 * 10 ** 9,
                        hw_queue_depth=512)
    write(f"/sys/block/{os.path.basename(disk)}/queue/scheduler", "none")
    iqn, well = lab.target("slow"), lab.target("well")
    lab.lun(iqn, 1, disk)
    lab.lun(well, 1, lab.null_blk(4))
    other = lab.login(well)
    sessions = [lab.login(iqn, clear_ua=False, isid=isid(i))
                for i in range(290)]
    for ini in sessions:
        lab.clear_ua(ini)
    tasks = [(ini, ini.issue(read10(0, 8), 1, 4096)) for ini in sessions]
    soon(other.nop)
    soon(other.good, read10(0, 8), 1, 4096)
    for ini, task in tasks:
        ini.wait([task], 30 * SLOW)
        equal(task.status, 0, "status of a slow READ")
    leave(lab, sessions)
    lab.drop(iqn)
    lab.drop(well)


@suite.case
def too_many(lab):
    """A dead disk keeps so many commands of sessions that have ended, and no
    more: then it is BUSY, and no other disk is."""
    dm = Mapped(lab.null_blk(8))
    iqn = lab.target("many")
    lab.lun(iqn, 1, dm.path)
    lab.lun(iqn, 2, lab.null_blk(8))
    dm.suspend()
    try:
        for i in range(MAX_ORPHANS // 128):
            leave(lab, hang(lab, iqn, i, 1, commands=128))
        wait_until(lambda: lab.orphans(iqn) == MAX_ORPHANS, 10 * SLOW,
                   f"{MAX_ORPHANS} orphans are counted")
        ini = lab.login(iqn, isid=isid(99), luns=(1, 2))
        task = soon(ini.command, read10(0, 8), 1, 4096)
        equal(hex(task.status), hex(BUSY), "status of one more")
        soon(ini.good, read10(0, 8), 2, 4096)
        ini.close()
    finally:
        dm.resume()
    ini = lab.login(iqn, isid=isid(99))
    ini.good(read10(0, 8), 1, 4096)
    lab.drop(iqn)
    wait_until(lambda: is_free(dm.path), 5 * SLOW, "the disk is free")
    dm.remove()


def memory():
    """(all of it, what is available), in MiB."""
    words = read("/proc/meminfo").split()
    return (int(words[words.index("MemTotal:") + 1]) >> 10,
            int(words[words.index("MemAvailable:") + 1]) >> 10)


@suite.case
def too_much_memory(lab):
    """16 dead disks together keep an eighth of the memory, and a little for
    each session that came afterwards."""
    below = lab.null_blk(8)
    disks = [Mapped(below) for _ in range(16)]
    iqn = lab.target("memory")
    for lun, dm in enumerate(disks, 1):
        lab.lun(iqn, lun, dm.path)
        dm.suspend()
    lab.lun(iqn, 17, lab.null_blk(8))
    total, before = memory()
    share = total // 8
    try:
        for lun in range(1, 17):
            leave(lab, hang(lab, iqn, lun, 1, share // 8 + 4, MIB, lun))
            wait_until(lambda lun=lun: lab.orphans(iqn, lun), 5 * SLOW,
                       "orphans are counted")
        used = before - memory()[1]
        counts = [lab.orphans(iqn, lun) for lun in range(1, 17)]
        comment(f"{total} MiB, {used} MiB used, orphans: {counts}")
        check(counts[0] > 16, "the first session had too little")
        # 8 sessions until it is full, one that was under way, 4 MiB for others
        check(sum(counts) < share + 34 + 8 * 4, f"{sum(counts)} MiB are held")
        check(used < 2 * share, f"{used} MiB of {total} MiB")
        # the first disk takes no more, another one does
        ini = lab.login(iqn, isid=isid(99), luns=(1, 17))
        task = soon(ini.command, read10(0, 8), 1, 4096)
        equal(hex(task.status), hex(BUSY), "status of a READ of a dead disk")
        soon(ini.good, read10(0, 2048), 17, MIB)
        ini.close()
    finally:
        for dm in disks:
            dm.resume()
    lab.drop(iqn)
    wait_until(lambda: all(is_free(dm.path) for dm in disks), 10 * SLOW,
               "the disks are free")
    for dm in disks:
        dm.remove()


def listed(ini):
    """How many LUNs there are."""
    data = ini.good(report_luns(1 << 20), 0, read=1 << 20).data
    return int.from_bytes(data[:4], "big") // 8


def watch(ini, seen, stop):
    """Notes each unit attention, with the number of LUNs that are there then."""
    while not stop.is_set():
        task = ini.command(tur())
        if task.key:
            seen.append((task.key, listed(ini)))


@suite.case
def many_luns(lab):
    """Thousands of LUs come under 100 sessions: each is told once, when all of
    them are there, and a session that does I/O meanwhile as well."""
    without_pings(lab)
    number = 10000 if SLOW == 1 else 1000
    iqn = lab.target("luns", tid=77)
    lab.null_lun(iqn, 1, "1M")
    sessions = [lab.login(iqn, isid=isid(i)) for i in range(100)]
    before = listed(sessions[0])
    nl = lab.genl()
    nl.do("txn-begin")
    for lun in range(2, number + 2):
        nl.do("lu-new", target_id=77, lun=lun, backend=genl.BACKEND_NULL,
              size=MIB)
    seen, stop = [], threading.Event()
    thread = threading.Thread(target=watch, args=(sessions[0], seen, stop))
    thread.start()
    try:
        _, took = seconds(nl.do, "txn-commit")
        comment(f"{number} in {took:.1f} s")
        time.sleep(0.5 * SLOW)
    finally:
        stop.set()
        thread.join()
    nl.close()
    equal(seen, [(LUNS_CHANGED, before + number)], "what a busy session is told")
    for ini in sessions[1:]:
        equal(ini.command(tur()).key, LUNS_CHANGED, "what an idle one is told")
        ini.good(tur())
    lab.close_all()
    lab.drop(iqn)


class Namespace:
    """One more network namespace with a target at a disk."""

    def __init__(self, lab, number, disk):
        self.name = f"{lab.tns}-{number}"
        self.addr = f"10.78.{number}.1"     # the portal has all addresses
        self.wire = f"w{number}"
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", self.wire, "netns", self.name, "type", "veth",
            "peer", "name", self.wire, "netns", lab.ins)
        for netns, host in ((self.name, 1), (lab.ins, 2)):
            run("ip", "-n", netns, "addr", "add", f"10.78.{number}.{host}/24",
                "dev", self.wire)
            run("ip", "-n", netns, "link", "set", self.wire, "up")
        self.iqn = f"iqn.2026-11.org.example:ns{number}"
        self.adm("target", "add", self.iqn)
        self.adm("acl", "add", "target", self.iqn, "all")
        self.adm("lun", "add", "target", self.iqn, "lun", 1, "path", disk)

    def adm(self, *words):
        run("ktgtadm", "-n", self.name, *words)

    def delete(self):
        run("ip", "netns", "del", self.name)


@suite.case
def namespace(lab):
    """A network namespace with a READ in a dead disk is deleted: the next one
    that is deleted does not wait for it."""
    dm, disk = Mapped(lab.null_blk(8)), lab.null_blk(4)
    dead, well = Namespace(lab, 1, dm.path), Namespace(lab, 2, disk)
    enter_named(lab.ins)
    ini = lab.login(dead.iqn, addr=dead.addr)
    dm.suspend()
    try:
        ini.issue(read10(0, 8), 1, 4096)
        ini.expect_silence(0.3 * SLOW)
        soon(dead.delete)
        time.sleep(0.5)
        soon(well.delete)
        wait_until(lambda: is_free(disk), 2 * SLOW,
                   "the other namespace is gone")
    finally:
        dm.resume()
    wait_until(lambda: is_free(dm.path), 10 * SLOW, "the dead disk is free")
    dm.remove()


if __name__ == "__main__":
    suite.main()
