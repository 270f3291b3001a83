#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""How long commands took: the histograms of LUNs and sessions.

    target namespace: t with LUN 1 (slow, or stopped) and LUN 2 (well)
    -- veth -- one or two initiators

Shown: what the storage takes is in its own part and in the total; data that
comes late, a freeze, and a busy connection are in the total only; what reads,
writes, and does neither is counted once each, in the LUN and in the session; a
LUN keeps its counts when it gets another device and loses them with its end;
what nobody has used has none; orphans and aborted commands count when the storage
has answered.
"""
# Timeout: 240

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import (inquiry, read10, read_capacity10, sync_cache10,  # noqa: E402
                   tur, unmap, unmap_list, write10, write_same10)
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import (SLOW, Lab, not_in_short_runs, seconds, write)  # noqa: E402

suite = Suite(not_in_short_runs(Lab))
OPS = ("read", "write", "other")
TIMES = ("total", "storage")
BUCKETS = 28
BLOCK = 512
ABORT_TASK = 1
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}
# What the fast part of a command stays below, in a machine that is emulated
FAST = 0.2 * SLOW


def bucket(time_s):
    """The number of the bucket of a time in seconds."""
    return min(int(time_s * 1e6).bit_length(), BUCKETS - 1)


def histograms(lab, *words):
    """What lun histogram or session histogram says, as it came."""
    return lab.adm_json(*words)["histograms"]


def of_lun(lab, iqn, lun=1):
    """The histograms of one LUN; nothing if it has none."""
    found = histograms(lab, "lun", "histogram", "target", iqn, "lun", lun)
    check(len(found) < 2 and all(one["lun"] == lun for one in found),
          f"histograms of LUN {lun}: {found}")
    return found[0] if found else {}


def session_id(lab, ini):
    """The number of a session: its TSIH."""
    return next(one["id"] for one in lab.sessions()
                if one["isid"] == ini.isid.hex())


def of_session(lab, ini):
    found = histograms(lab, "session", "histogram", "id", session_id(lab, ini))
    return found[0] if found else {}


def counts(one, operation, part="total"):
    """A histogram as {bucket: number}, without the empty ones."""
    numbers = one.get(f"{operation}_{part}", [])
    check(not numbers or numbers[-1], f"zeroes at the end: {numbers}")
    check(len(numbers) <= BUCKETS, f"too long: {numbers}")
    return {i: number for i, number in enumerate(numbers) if number}


def sums(one):
    """How many commands of each kind; the same in both times."""
    both = [[sum(counts(one, op, part).values()) for op in OPS]
            for part in TIMES]
    equal(both[0], both[1], "commands in the total and in the storage's part")
    return tuple(both[0])


def within(one, operation, part, low=0.0, high=1e9):
    """All commands took LOW to HIGH seconds, as far as buckets can tell."""
    found = counts(one, operation, part)
    check(found and min(found) >= bucket(low) and max(found) <= bucket(high),
          f"{operation}, {part}: {found}; wanted buckets {bucket(low)} to "
          f"{bucket(high)}")


def slow_disk(lab, latency, **attrs):
    """A disk that takes LATENCY seconds for each command."""
    dev = lab.null_blk(8, irqmode=2, completion_nsec=int(latency * 1e9),
                       submit_queues=1, **attrs)
    write(f"/sys/block/{os.path.basename(dev)}/queue/scheduler", "none")
    return dev


def begin(lab, name, first=None):
    """A target whose LUN 1 is FIRST, and a session that has used no LUN."""
    iqn = lab.target(name)
    lab.lun(iqn, 1, first or lab.null_blk(8))
    lab.lun(iqn, 2, lab.null_blk(8))
    return iqn, lab.login(iqn, luns=(1, 2), timeout=30)


def end(lab, iqn):
    lab.close_all()
    lab.drop(iqn)


def leave_nothing(lab):
    """A case that has failed takes no other one along."""
    lab.close_all()
    for target in lab.targets():
        lab.drop(target["name"])


suite.after = leave_nothing


@suite.case
def absent_at_first(lab):
    """A LUN and a session have no histograms until the medium is used."""
    iqn, ini = begin(lab, "absent")
    for cdb, size in ((tur(), 0), (inquiry(96), 96), (read_capacity10(), 8)):
        ini.good(cdb, read=size)
    # beyond the end: refused without the storage
    task = ini.command(read10(1 << 30, 1), read=BLOCK)
    equal(task.key, (5, 0x21, 0), "sense of a READ beyond the end")
    equal(histograms(lab, "lun", "histogram"), [], "of all LUNs")
    equal(histograms(lab, "session", "histogram"), [], "of all sessions")
    ini.good(read10(0, 1), 2, read=BLOCK)
    equal([one["lun"] for one in histograms(lab, "lun", "histogram")], [2],
          "LUNs with histograms after a READ of LUN 2")
    equal(sums(of_lun(lab, iqn, 2)), (1, 0, 0), "commands of LUN 2")
    equal(sums(of_session(lab, ini)), (1, 0, 0), "commands of the session")
    end(lab, iqn)


@suite.case
def slow_storage(lab):
    """READs of a disk of 0.3 s: both times say so."""
    iqn, ini = begin(lab, "slow", slow_disk(lab, 0.3))
    longest = max(seconds(ini.good, read10(i, 1), read=BLOCK)[1]
                  for i in range(3))
    for one in (of_lun(lab, iqn), of_session(lab, ini)):
        equal(sums(one), (3, 0, 0), "commands")
        within(one, "read", "storage", 0.29, longest)
        within(one, "read", "total", 0.29, longest)
    end(lab, iqn)


@suite.case
def slow_peer(lab):
    """The data of a WRITE comes late: the storage is not to blame."""
    iqn, ini = begin(lab, "peer")
    task = ini.waiting_write()
    time.sleep(1.2)
    ini.answer(task)
    ini.wait([task])
    equal(task.status, 0, "status")
    for one in (of_lun(lab, iqn), of_session(lab, ini)):
        equal(sums(one), (0, 1, 0), "commands")
        within(one, "write", "total", 1.1)
        within(one, "write", "storage", 0, FAST)
    end(lab, iqn)


@suite.case
def frozen(lab):
    """A READ waits at the gate for 1 s: this is no part of the storage's."""
    iqn, ini = begin(lab, "frozen")
    lab.adm("lun", "freeze", "target", iqn, "lun", 1)
    task = ini.issue(read10(0, 1), read=BLOCK)
    time.sleep(1)
    lab.adm("lun", "thaw", "target", iqn, "lun", 1)
    ini.wait([task])
    one = of_lun(lab, iqn)
    equal(sums(one), (1, 0, 0), "commands: the flush of the freeze is none")
    within(one, "read", "total", 0.9)
    within(one, "read", "storage", 0, FAST)
    end(lab, iqn)


def hog(cpus, begin_at, end_at):
    """Processes that let nobody but interrupts run on CPUS for a time."""
    pids = []
    for cpu in cpus:
        pid = os.fork()
        if pid:
            pids.append(pid)
            continue
        try:
            os.sched_setaffinity(0, {cpu})
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
            time.sleep(max(begin_at - time.monotonic(), 0))
            while time.monotonic() < end_at:
                pass
        finally:
            os._exit(0)
    return pids


@suite.case
def busy_connection(lab):
    """The disk answers while the connection cannot run: this is no fault of the
    disk."""
    iqn, ini = begin(lab, "busy", slow_disk(lab, 0.4))
    start = time.monotonic() + 0.5
    pids = hog(os.sched_getaffinity(0), start + 0.15, start + 0.95)
    time.sleep(max(start - time.monotonic(), 0))
    ini.good(read10(0, 1), read=BLOCK)
    for pid in pids:
        os.waitpid(pid, 0)
    one = of_lun(lab, iqn)
    within(one, "read", "total", 0.8)
    within(one, "read", "storage", 0.39, 0.5)
    end(lab, iqn)


@suite.case
def each_kind_once(lab):
    """Commands of several steps count once; those that move no medium data of
    their own are other."""
    iqn, ini = begin(lab, "kinds", lab.null_blk(8, cache_size=1))
    data = unmap_list((0, 8), (64, 8), (128, 8))
    ini.good(sync_cache10())
    # three places are three steps
    ini.good(unmap(len(data)), write=data)
    ini.good(write_same10(0, 4096), write=b"s" * BLOCK)
    equal(sums(of_lun(lab, iqn)), (0, 0, 3), "commands")
    ini.good(write10(0, 8), write=bytes(4096))
    ini.good(write10(0, 8, 0x08), write=bytes(4096))
    ini.good(read10(0, 8), read=4096)
    equal(sums(of_lun(lab, iqn)), (1, 2, 3), "commands")
    equal(sums(of_session(lab, ini)), (1, 2, 3), "commands of the session")
    end(lab, iqn)


@suite.case
def counts_add_up(lab):
    """Two initiators, two LUNs: as many commands as the counters say."""
    iqn, one = begin(lab, "sum")
    two = lab.login(iqn, luns=(1, 2), **OTHER)
    for ini, reads, writes in ((one, 7, 40), (two, 20, 3)):
        for lun in (1, 2):
            tasks = [ini.issue(read10(i, 1), lun, read=BLOCK)
                     for i in range(reads * lun)]
            tasks += [ini.issue(write10(i, 1), lun, write=bytes(BLOCK))
                      for i in range(writes * lun)]
            ini.wait(tasks, 30)
    equal(sums(of_lun(lab, iqn, 1)), (27, 43, 0), "LUN 1")
    equal(sums(of_lun(lab, iqn, 2)), (54, 86, 0), "LUN 2")
    equal(sums(of_session(lab, one)), (21, 120, 0), "the first session")
    equal(sums(of_session(lab, two)), (60, 9, 0), "the second one")
    itls = lab.adm_json("stats", "luns", "target", iqn)["itls"]
    for lun in (1, 2):
        mine = [itl for itl in itls if itl["lun"] == lun]
        equal(sums(of_lun(lab, iqn, lun))[:2],
              (sum(itl["read_commands"] for itl in mine),
               sum(itl["write_commands"] for itl in mine)),
              f"histograms and counters of LUN {lun}")
    equal(len(histograms(lab, "lun", "histogram", "lun", 2)), 1, "by LUN alone")
    two.logout()
    two.close()
    wait_until(lambda: len(histograms(lab, "session", "histogram")) == 1,
               5 * SLOW, "the session's have gone with it")
    equal(sums(of_lun(lab, iqn, 1)), (27, 43, 0), "LUN 1 afterwards")
    end(lab, iqn)


@suite.case
def another_device(lab):
    """A LUN keeps them when it gets another device, and not when it is made
    anew."""
    iqn, ini = begin(lab, "swap")
    other = lab.null_blk(8)
    ini.good(read10(0, 1), read=BLOCK)
    lab.adm("lun", "set", "target", iqn, "lun", 1, "path", other)
    Lab.clear_ua(ini)
    ini.good(read10(0, 1), read=BLOCK)
    equal(sums(of_lun(lab, iqn)), (2, 0, 0), "commands after the swap")
    lab.drop_lun(iqn, 1)
    lab.lun(iqn, 1, other)
    equal(of_lun(lab, iqn), {}, "those of a LUN that is new")
    Lab.clear_ua(ini)
    ini.good(read10(0, 1), read=BLOCK)
    equal(sums(of_lun(lab, iqn)), (1, 0, 0), "commands of the new one")
    equal(sums(of_session(lab, ini)), (3, 0, 0), "commands of the session")
    end(lab, iqn)


@suite.case
def orphan(lab):
    """The session of a WRITE ends while the disk is stopped: it counts for the
    LUN when the disk has answered."""
    dm = Mapped(lab.null_blk(8))
    iqn, ini = begin(lab, "orphan", dm.path)
    ini.good(read10(0, 1), read=BLOCK)
    dm.suspend()
    try:
        ini.issue(write10(0, 1), write=bytes(BLOCK))
        ini.expect_silence(0.3 * SLOW)
        ini.abort()
        wait_until(lambda: lab.orphans(iqn) == 1, 5 * SLOW, "it is an orphan")
        equal(sums(of_lun(lab, iqn)), (1, 0, 0), "while it is with the disk")
        wait_until(lambda: not histograms(lab, "session", "histogram"),
                   5 * SLOW, "those of the session have gone")
        time.sleep(1)
    finally:
        dm.resume()
    wait_until(lambda: sums(of_lun(lab, iqn)) == (1, 1, 0), 5 * SLOW,
               "the orphan is counted")
    within(of_lun(lab, iqn), "write", "storage", 1)
    end(lab, iqn)
    dm.remove()
    lab.check_module()


@suite.case
def orphan_of_a_lun_that_is_gone(lab):
    """The LUN is deleted as well: nothing counts what comes back."""
    dm = Mapped(lab.null_blk(8))
    iqn, ini = begin(lab, "gone", dm.path)
    dm.suspend()
    try:
        ini.issue(write10(0, 1), write=bytes(BLOCK))
        ini.expect_silence(0.3 * SLOW)
        ini.abort()
        wait_until(lambda: lab.orphans(iqn) == 1, 5 * SLOW, "it is an orphan")
        lab.drop_lun(iqn, 1)
    finally:
        dm.resume()
    wait_until(lambda: not lab.adm_json("orphan", "show")["orphans"], 5 * SLOW,
               "the orphan has ended")
    equal(histograms(lab, "lun", "histogram"), [], "histograms")
    end(lab, iqn)
    dm.remove()
    lab.check_module()


@suite.case
def aborted(lab):
    """A READ that is aborted counts when the storage has answered."""
    iqn, ini = begin(lab, "abort", slow_disk(lab, 1.0))
    task = ini.issue(read10(0, 1), read=BLOCK)
    ini.expect_silence(0.1)
    equal(ini.tmf(ABORT_TASK, rtt=task.itt), 0, "response")
    one = of_lun(lab, iqn)
    equal(sums(one), (1, 0, 0), "commands")
    within(one, "read", "storage", 0.99)
    end(lab, iqn)


@suite.case
def many(lab):
    """The histograms of 100 LUNs are several messages; of one they are one."""
    iqn = lab.target("many")
    tid = lab.targets()[0]["id"]
    nl = lab.genl()
    for lun in range(1, 101):
        nl.do("lu-new", target_id=tid, lun=lun, backend=genl.BACKEND_NULL,
              size=1 << 20)
    nl.close()
    ini = lab.login(iqn, luns=range(1, 101), timeout=30)
    for lun in range(1, 101):
        ini.good(read10(0, 1), lun, read=BLOCK)
    found = histograms(lab, "lun", "histogram", "target", iqn)
    equal([one["lun"] for one in found], list(range(1, 101)), "LUNs")
    check(all(sums(one) == (1, 0, 0) for one in found), "one READ each")
    equal(sums(of_lun(lab, iqn, 77)), (1, 0, 0), "LUN 77")
    equal(sums(of_session(lab, ini)), (100, 0, 0), "the session")
    end(lab, iqn)


@suite.case
def refused(lab):
    """What does not exist is named."""
    iqn, ini = begin(lab, "none")
    tid = lab.targets()[0]["id"]
    for words, told in (
            (("lun", "histogram", "target", iqn, "lun", 9),
             f"target {tid} has no LUN 9"),
            (("lun", "histogram", "target", 999), "there is no target 999"),
            (("session", "histogram", "target", 999), "there is no target 999"),
            (("session", "histogram", "id", 65000),
             "there is no session 65000")):
        status, err = lab.adm_fails(*words)
        equal(status, 2, f"exit status of {words}")
        check(told in err, f"{words}: {err}")
    ini.nop()
    equal(of_lun(lab, iqn), {}, "of a LUN without I/O")
    end(lab, iqn)


@suite.case
def table(lab):
    """A line for each bucket that is not empty; -r has microseconds."""
    iqn, ini = begin(lab, "table", slow_disk(lab, 0.3))
    ini.good(read10(0, 1), read=BLOCK)
    lines = lab.adm("lun", "histogram", "target", iqn).splitlines()
    equal(lines[0].split(), ["TARGET", "LUN", "FROM", "BELOW", "READS",
                             "STORAGE", "WRITES", "STORAGE", "OTHERS",
                             "STORAGE"], "heading")
    rows = [line.split() for line in
            lab.adm("-r", "session", "histogram").splitlines()]
    equal(sum(int(row[4]) for row in rows), 1, "READs")
    for row in rows:
        equal(int(row[3]), max(2 * int(row[2]), 1), f"borders of {row}")
    equal(str(session_id(lab, ini)), rows[0][1], "session")
    end(lab, iqn)


if __name__ == "__main__":
    suite.main()
