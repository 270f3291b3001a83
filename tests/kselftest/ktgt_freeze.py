#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Logical units that are frozen for a snapshot.

    target namespace: t1 with LUNs 1, 2 -- veth -- this program

Shown: while an LU is frozen, a WRITE is not at the device, and is done after the
thaw; the freeze is answered when what has begun has ended; what waits is ended by
ABORT TASK, LOGICAL UNIT RESET, the end of its connection, and removal; a freeze ends
by itself, with its program, and with its namespace; one that the storage is too slow
for fails; snapshots of two disks differ by one step of their writer at most.
"""
# Timeout: 240
# Short: debug

import os
import signal
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import inquiry, sync_cache10, tur, write10  # noqa: E402
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, CommandError, Lab, is_free, outcome, read  # noqa: E402
from lab import run, seconds, start  # noqa: E402

ABORT_TASK, LUN_RESET, COMPLETE, TASK_ABORTED = 1, 5, 0, 0x40
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()


suite = Suite(Lab)
suite.after = after


def disks(lab, *devs):
    """A target with these devices as LUNs from 1; its number is 1."""
    iqn = lab.target(tid=1)
    for lun, dev in enumerate(devs, 1):
        lab.lun(iqn, lun, dev)
    return iqn


def plain(lab):
    """The devices of most cases; gives back the name of the target."""
    if not hasattr(lab, "devs"):
        lab.devs = [lab.null_blk(4), lab.null_blk(4)]
    return disks(lab, *lab.devs)


def slow(lab, msec):
    return lab.null_blk(4, irqmode=2, completion_nsec=msec * 1_000_000)


def freeze(lab, luns="1", *words):
    return lab.adm_json("lun", "freeze", "target", 1, "lun", luns,
                        *words)["freeze"]


def thaw(lab, luns="1", *words):
    lab.adm("lun", "thaw", "target", 1, "lun", luns, *words)


def frozen(lab, lun=1):
    """The seconds that are left, or None."""
    return next(lu for lu in lab.adm_json("lun", "show")["lus"]
                if lu["lun"] == lun).get("frozen")


def block(dev, lba=0):
    """What the device has, past all caches."""
    text = run("sh", "-c", f"dd if={dev} bs=512 skip={lba} count=1 iflag=direct "
               "status=none | od -An -v -tx1")
    return bytes.fromhex("".join(text.split()))


def write(ini, byte, lun=1, lba=0):
    """A WRITE under way."""
    return ini.issue(write10(lba, 1), lun, write=bytes([byte]) * 512)


def waits(ini, task):
    """Other commands are answered, and TASK is not."""
    ini.good(tur(), task.lun)
    ini.good(inquiry(36), task.lun, read=36)
    ini.nop()
    time.sleep(0.2)
    ini.nop()
    check(not task.done, f"it was not held: {task}")


def by_hand(lab, luns=(1,), **values):
    """A freeze by a socket of the test, and that socket."""
    nl = lab.genl()
    nl.request(genl.COMMANDS["lu-freeze"], genl.words(
        "freeze", target_id=1, lun=struct.pack(f"={len(luns)}I", *luns),
        **values))
    return nl


@suite.case
def held(lab):
    """A WRITE waits and is not at the device; a SYNCHRONIZE CACHE and a READ wait
    as well; all are done after the thaw."""
    iqn = plain(lab)
    ini = lab.login(iqn, luns=(1, 2))
    ini.good(write10(0, 1), write=bytes(512))
    got = freeze(lab)
    check(got["id"] and got["generation"], f"{got}")
    task, flush = write(ini, 0xAA), ini.issue(sync_cache10())
    check(9 <= frozen(lab) <= 10, f"frozen: {frozen(lab)}")
    equal(frozen(lab, 2), None, "LUN 2")
    waits(ini, task)
    equal(block(lab.devs[0]), bytes(512), "the block while it is frozen")
    ini.good(write10(0, 1), 2, write=bytes(512))
    thaw(lab)
    ini.wait([task, flush])
    equal((task.status, flush.status), (0, 0), "status")
    equal(block(lab.devs[0]), b"\xaa" * 512, "the block afterwards")
    equal(frozen(lab), None, "frozen")
    ini.logout()


@suite.case
def answered_when_empty(lab):
    """The freeze is answered when the WRITE that has begun is on the disk."""
    dev = slow(lab, 1000)
    ini = lab.login(disks(lab, dev))
    task = write(ini, 0x11)
    time.sleep(0.2)
    _, took = seconds(freeze, lab)
    check(took > 0.4, f"answered after {took:.1f} s")
    equal(block(dev), b"\x11" * 512, "the block")
    ini.wait([task])
    later = write(ini, 0x22)
    waits(ini, later)
    thaw(lab)
    ini.wait([later])
    equal(later.status, 0, "status")
    ini.logout()


@suite.case
def too_slow(lab):
    """If the disk needs longer than the freeze may, nothing stays frozen."""
    ini = lab.login(disks(lab, slow(lab, 3000), lab.null_blk(4)), luns=(1, 2))
    task = write(ini, 1)
    time.sleep(0.2)
    status, text = lab.adm_fails("lun", "freeze", "target", 1, "lun", "2,1",
                                 "timeout", 1)
    equal(status, 2, "status")
    check("still has commands after 1 s; nothing is frozen" in text, text)
    ini.good(write10(0, 1), 2, write=bytes(512))
    equal((frozen(lab), frozen(lab, 2)), (None, None), "frozen")
    ini.wait([task])
    equal(task.status, 0, "status")
    ini.logout()


@suite.case
def flush_holds_module(lab):
    """While a store is flushed the module is not unloaded, even if nothing else
    needs it any more."""
    def users():
        return int(read("/sys/module/ktgt/refcnt"))

    before = users()
    dm = Mapped(lab.null_blk(4, cache_size=1))
    iqn = disks(lab, dm.path)
    dm.suspend()
    try:
        text = lab.adm_fails("lun", "freeze", "target", 1, "lun", 1, "timeout", 1)[1]
        check("still has commands" in text, text)
        lab.drop(iqn)
        time.sleep(SLOW)
        check(users() > before, "rmmod would wait for the storage")
    finally:
        dm.resume()
    wait_until(lambda: users() == before, 10 * SLOW, "the end of the flush")
    dm.remove()


@suite.case
def by_itself(lab):
    """After its time it ends, and the log and an event say so."""
    iqn = plain(lab)
    ini = lab.login(iqn, luns=(1, 2))
    listener = lab.listen("session")
    freeze(lab, "1,2", "timeout", 1)
    task, took = write(ini, 1), time.monotonic()
    ini.wait([task])
    took = time.monotonic() - took
    check(0.3 < took < 1.5 * SLOW, f"it waited {took:.1f} s")
    equal(task.status, 0, "status")
    events = [listener.next() for _ in range(4)]
    equal([(one["event"], one["target"], one["target-id"], one["lun"],
            one.get("reason")) for one in events],
          [("lu-frozen", iqn, 1, 1, None), ("lu-frozen", iqn, 1, 2, None),
           ("lu-thawed", iqn, 1, 1, "the time is over"),
           ("lu-thawed", iqn, 1, 2, "the time is over")], "events")
    log = run("dmesg")
    for lun in (1, 2):
        check(f"target 1: LUN {lun} is not frozen any more, because the time is "
              "over" in log, "no line in the log")
    status, text = lab.adm_fails("lun", "thaw", "target", 1, "lun", 1)
    check(status == 2 and "LUN 1 is not frozen" in text, text)
    ini.logout()


@suite.case
def ended_at_once(lab):
    """ABORT TASK, LOGICAL UNIT RESET and the end of the connection end what
    waits, and it never reaches the disk."""
    iqn = plain(lab)
    ini, other = lab.login(iqn), lab.login(iqn, **OTHER)
    ini.good(write10(0, 8), write=bytes(4096))
    freeze(lab, "1", "timeout", 60)
    task, theirs = write(ini, 1), write(other, 2, lba=1)
    waits(ini, task)
    answer, took = seconds(ini.tmf, ABORT_TASK, rtt=task.itt)
    check(answer == COMPLETE and took < SLOW, f"ABORT TASK: {answer}, {took} s")
    del ini.tasks[task.itt]
    answer, took = seconds(ini.tmf, LUN_RESET)
    check(answer == COMPLETE and took < SLOW, f"RESET: {answer}, {took} s")
    other.wait([theirs])
    equal(theirs.status, TASK_ABORTED, "status of the other")
    lab.clear_ua(other)
    write(other, 3, lba=2)
    other.nop()
    other.close()
    wait_until(lambda: len(lab.sessions()) == 1, 2 * SLOW, "the session's end")
    thaw(lab)
    equal([block(lab.devs[0], lba) for lba in range(3)], [bytes(512)] * 3,
          "the blocks")
    ini.logout()


@suite.case
def removed(lab):
    """A frozen LU can be removed, and its device is free then."""
    iqn = plain(lab)
    ini = lab.login(iqn)
    freeze(lab, "1", "timeout", 60)
    task = write(ini, 1)
    waits(ini, task)
    _, took = seconds(lab.drop_lun, iqn, 1)
    check(took < 2 * SLOW, f"removal took {took:.1f} s")
    ini.wait([task])
    equal(task.status, TASK_ABORTED, "status")
    check(is_free(lab.devs[0]), "the device is in use")
    text = lab.adm_fails("lun", "thaw", "target", 1, "lun", 1)[1]
    check("LUN 1 is not frozen" in text, text)
    lab.lun(iqn, 1, lab.devs[0])
    lab.clear_ua(ini)
    ini.good(write10(0, 1), write=bytes(512))
    equal(frozen(lab), None, "the new LUN 1")
    ini.logout()


@suite.case
def with_its_socket(lab):
    """What a program has frozen thaws with its socket, unless it is detached."""
    ini = lab.login(plain(lab), luns=(1, 2))
    nl = by_hand(lab, (1,), timeout=60)
    by_hand(lab, (2,), timeout=60, detach=None).close()
    task = write(ini, 1)
    waits(ini, task)
    nl.close()
    ini.wait([task])
    equal((frozen(lab), bool(frozen(lab, 2))), (None, True), "frozen")
    check("because the program that froze it has ended" in run("dmesg"),
          "no line in the log")
    thaw(lab, "2")
    ini.logout()


@suite.case
def around_a_command(lab):
    """"run" keeps it frozen while the command runs; the exit status says whether
    it was so until the end."""
    ini = lab.login(plain(lab))
    words = ("ktgtadm", "-n", lab.tns, "lun", "freeze", "target", "1", "lun",
             "1,2")
    done = outcome(*words, "run", f"ktgtadm -j -n {lab.tns} lun show; exit 7")
    equal(done.returncode, 7, "status")
    check('"frozen":' in done.stdout, done.stdout)
    equal(frozen(lab), None, "frozen")
    done = outcome(*words, "timeout", 1, "run", "sleep 2")
    equal(done.returncode, 2, "status when the time was over")
    check("LUN 1 is not frozen any more" in done.stderr, done.stderr)
    proc = start(*words, "timeout", 60, "run", "exec sleep 60",
                 start_new_session=True)
    wait_until(lambda: frozen(lab), 5 * SLOW, "frozen")
    task = write(ini, 1)
    waits(ini, task)
    proc.kill()
    proc.wait()
    ini.wait([task])
    equal(frozen(lab), None, "frozen after the tool was killed")
    os.killpg(proc.pid, signal.SIGTERM)
    ini.logout()


@suite.case
def of_one_freeze(lab):
    """With an id, only what that freeze has frozen thaws; one that thaws in part
    is not whole any more."""
    ini = lab.login(plain(lab), luns=(1, 2))
    one = freeze(lab, "1,2", "timeout", 60)["id"]
    thaw(lab, "1")
    two = freeze(lab, "1", "timeout", 60)["id"]
    check(one != two, f"ids {one} and {two}")
    text = lab.adm_fails("lun", "thaw", "target", 1, "lun", "1,2", "id", one)[1]
    check("LUN 1 is not frozen any more" in text, text)
    equal((bool(frozen(lab)), frozen(lab, 2)), (True, None), "frozen")
    thaw(lab, "1", "id", two)
    ini.good(write10(0, 1), write=bytes(512))
    ini.logout()


@suite.case
def refused(lab):
    """What cannot be frozen is named, and the others are not frozen then."""
    iqn = plain(lab)
    lab.adm("lun", "add", "target", iqn, "lun", 3, "path", "/dev/none", "absent")
    freeze(lab, "2", "timeout", 60)
    for luns, why in (("0", "LUN 0 is the controller"),
                      ("1,4", "target 1 has no LUN 4"),
                      ("1,1", "LUN 1 is named twice"),
                      ("1,2", "LUN 2 is frozen already"),
                      ("1,3", "LUN 3 waits for its device")):
        status, text = lab.adm_fails("lun", "freeze", "target", 1, "lun", luns)
        check(status == 2 and why in text, f"{luns}: {text}")
    equal(frozen(lab), None, "LUN 1")
    text = lab.adm_fails("lun", "freeze", "target", 9, "lun", 1)[1]
    check("there is no target 9" in text, text)
    for luns in ("", "1,", "1,x", "1-2"):
        equal(lab.adm_fails("lun", "freeze", "target", 1, "lun", luns)[0], 1,
              f"status of '{luns}'")
    for data in (b"", bytes(3), bytes(1028)):
        nl = lab.genl()
        try:
            nl.request(genl.COMMANDS["lu-freeze"],
                       genl.words("freeze", target_id=1, lun=data))
            check(False, f"{len(data)} bytes were accepted")
        except genl.Refused:
            nl.close()


@suite.case
def with_its_namespace(lab):
    """A namespace ends although an LU in it is frozen for an hour."""
    name = f"kf-{os.getpid()}"
    run("ip", "netns", "add", name)
    try:
        words = ("ktgtadm", "-n", name)
        run(*words, "target", "add", "iqn.2026-11.org.example:f", "id", 1)
        run(*words, "lun", "add", "target", 1, "lun", 1, "type", "null", "size",
            "1M")
        run(*words, "lun", "freeze", "target", 1, "lun", 1, "timeout", 3600)
    finally:
        _, took = seconds(run, "ip", "netns", "del", name)
    check(took < 2 * SLOW, f"the end took {took:.1f} s")
    wait_until(lambda: lab.targets() == [], 1, "no target")


class Counter(threading.Thread):
    """Writes a number to LUN 1, then the same one to LUN 2, and so on."""

    def __init__(self, ini):
        super().__init__()
        self.ini, self.number, self.stop = ini, 0, False

    def run(self):
        while not self.stop:
            self.number += 1
            data = struct.pack(">Q", self.number).ljust(512, b"\0")
            for lun in (1, 2):
                self.ini.good(write10(0, 1), lun, write=data)


def mapper(*argv):
    run("dmsetup", *argv)


def origins(lab, stack):
    """Two devices of which dm can make snapshots."""
    for module in ("dm-mod", "dm-snapshot"):
        try:
            run("modprobe", module)
        except CommandError as err:
            raise Skip(f"no {module}") from err
    for i in (1, 2):
        mapper("create", f"kfo{i}", "--table",
               f"0 8192 snapshot-origin {stack[i - 1]}")
    return [f"/dev/mapper/kfo{i}" for i in (1, 2)]


def snapshot(base, cow, i):
    """As lvcreate does it."""
    mapper("suspend", f"kfo{i}")
    mapper("create", f"kfs{i}", "--table", f"0 8192 snapshot {base} {cow} N 8")
    mapper("resume", f"kfo{i}")


@suite.case
def two_snapshots(lab):
    """The numbers in the snapshots differ by one at most, the first ahead."""
    bases, cows = ([lab.null_blk(4), lab.null_blk(4)] for _ in range(2))
    devs = origins(lab, bases)
    try:
        ini = lab.login(disks(lab, *devs), luns=(1, 2))
        ini.timeout = 60
        counter = Counter(ini)
        counter.start()
        for _ in range(3):
            before = counter.number
            wait_until(lambda at=before: counter.number > at + 20, 20,
                       "numbers")
            freeze(lab, "1,2", "timeout", 60)
            for i in (1, 2):
                snapshot(bases[i - 1], cows[i - 1], i)
                time.sleep(0.1)
            thaw(lab, "1,2")
            got = [struct.unpack(">Q", block(f"/dev/mapper/kfs{i}")[:8])[0]
                   for i in (1, 2)]
            check(got[0] - got[1] in (0, 1), f"the snapshots have {got}")
            check(got[1] > before, f"{got}, although {before} was written before")
            for i in (1, 2):
                mapper("remove", "--retry", f"kfs{i}")
                run("dd", "if=/dev/zero", f"of={cows[i - 1]}", "bs=4k", "count=1",
                    "oflag=direct")
        counter.stop = True
        counter.join()
        ini.logout()
    finally:
        after(lab)
        for name in ("kfs1", "kfs2", "kfo1", "kfo2"):
            outcome("dmsetup", "remove", "--retry", name)


if __name__ == "__main__":
    suite.main()
