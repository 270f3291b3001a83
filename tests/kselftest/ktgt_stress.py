#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""All that can happen to disks, at once, under I/O whose data are known.

    target namespace: targets 1 and 2 -- veth -- two initiators, which use all disks

    LUN 1  two dm devices over one null_blk: they take turns
    LUN 2  scsi_debug: it is pulled, and comes back
    LUN 3  a dm device that becomes smaller and larger
    LUN 4  the machine's NVMe disk: its controller is reset
    LUN 5  null_blk: now target 1 has it, now target 2
    LUN 6  null_blk: it is deleted and added again

Meanwhile LUNs of target 1 are frozen, and connections are cut with commands in
flight. It goes on for KTGT_STRESS_SECONDS (60). What happens when is random;
KTGT_STRESS_SEED, which is printed, makes the same choices again.

Shown: each command ends as its disk lets it, and in time; what was read does not
change until it is written again, whatever became of commands that have not ended
with GOOD; in the end all disks have what they have to; nothing is left in use, and
the kernel log is clean.
"""
# Timeout: 240

import contextlib
import glob
import os
import random
import select
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import genl  # noqa: E402
import scsi_debug  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import read10, tur, write10  # noqa: E402
from ktap import Suite, check, comment, wait_until  # noqa: E402
from lab import IQN, CommandError, Lab, is_free, read, run, write  # noqa: E402
from race import (LIMIT, SLOW, Load, as_before, control,  # noqa: E402
                  open_session, rude_end, take)
from shadow import BLOCK, Shadow  # noqa: E402

SECONDS = float(os.environ.get("KTGT_STRESS_SECONDS", 60))
SEED = os.environ.get("KTGT_STRESS_SEED") or os.urandom(4).hex()
PACE = min(SLOW, 3)     # how much slower all happens where all is slow
DEPTH = 4               # commands of an initiator at a disk
BLOCKS = 2304           # of each initiator at each disk: more than a piece of 1 MiB
SMALL, LARGE = 8192, 16384      # sectors of the disk that changes its size
KEYS = {"InitialR2T": "No", "MaxRecvDataSegmentLength": 262144,
        "MaxBurstLength": 262144}
BUSY, TASK_SET_FULL, TASK_ABORTED = 0x08, 0x28, 0x40
NO_LUN, OUT_OF_RANGE, GONE = (5, 0x25, 0), (5, 0x21, 0), (2, 0x08, 0)
CAPACITY = (6, 0x2A, 9)
# A login, and LUNs of the target that come and go
NEWS = {(6, 0x29, 0), (6, 0x29, 1), (6, 0x29, 2), (6, 0x29, 7), (6, 0x3F, 0x0E)}

suite = Suite(Lab)


class Disk:
    """A disk, and how commands of it may end besides GOOD."""

    def __init__(self, lun, tids=(1,), news=(), undone=(), lost=(), ended=False):
        self.lun, self.tids = lun, tids
        self.news = NEWS | set(news)    # unit attentions
        self.undone = set(undone)       # sense data of what has not begun
        self.lost = set(lost)           # of what has perhaps begun
        self.ended = ended              # TASK ABORTED


DISKS = {
    "swapped": Disk(1),
    "pulled": Disk(2, news=[CAPACITY], lost=[GONE]),
    "resized": Disk(3, news=[CAPACITY]),
    "reset": Disk(4),
    "moved": Disk(5, (1, 2), undone=[NO_LUN], ended=True),
    "deleted": Disk(6, undone=[NO_LUN], ended=True),
}


class Flight:
    """A command under way; DATA are those of a WRITE."""

    def __init__(self, name, tid, task, lba, blocks, data):
        self.name, self.disk, self.tid, self.task = name, DISKS[name], tid, task
        self.lba, self.blocks, self.data = lba, blocks, data
        self.since = time.monotonic()

    def __str__(self):
        return f"target {self.tid}, {self.name} disk, {self.task}"


class Client:
    """An initiator: what it does, and what it knows of its blocks."""

    COUNTS = ("reads", "writes", "long ones", "unit attentions", "refusals",
              "lost", "aborted", "busy", "beyond the end", "cuts",
              "commands in flight")

    def __init__(self, load, lab, names, number):
        self.load, self.lab, self.number = load, lab, number
        self.first = number * BLOCKS
        self.sessions = {}
        self.flights = []
        self.shadows = {name: Shadow(BLOCKS, number << 8 | DISKS[name].lun, False)
                        for name in names}
        self.pauses = dict.fromkeys(names, 0)
        self.wants_long = set()

    # --- sessions --------------------------------------------------------

    def session(self, tid):
        """With this target; it is the same initiator port each time."""
        if tid not in self.sessions:
            self.sessions[tid] = open_session(
                self.lab, f"{IQN}:t{tid}", f"stress{self.number}", keys=KEYS,
                isid=bytes.fromhex("8000000051") + bytes([self.number]))
        return self.sessions[tid]

    def cut(self):
        """A session ends, with what it has in flight."""
        tid = random.choice(list(self.sessions))
        lost = [one for one in self.flights if one.tid == tid]
        rude_end(self.sessions.pop(tid))
        for one in lost:
            self.end(one, False)
        self.load.count("cuts")
        self.load.count("commands in flight", len(lost))

    def leave(self):
        for ini in self.sessions.values():
            ini.logout()
            ini.expect_close(LIMIT)
            ini.close()

    # --- commands --------------------------------------------------------

    def of(self, name):
        return [one for one in self.flights if one.name == name]

    def place(self, name):
        """Blocks that no command under way has: (the first one, how many)."""
        flights = self.of(name)
        if name in self.wants_long:
            return None if flights else (0, BLOCKS)
        for _ in range(8):
            blocks = random.choice((1, 1, 8, random.randint(1, 32)))
            lba = random.randint(0, BLOCKS - blocks)
            if all(lba + blocks <= one.lba or one.lba + one.blocks <= lba
                   for one in flights):
                return lba, blocks
        return None

    def issue(self, name):
        """One more command of this disk, if there is a place for it."""
        place, disk = self.place(name), DISKS[name]
        if not place:
            return False
        if random.random() < 0.01:
            self.wants_long.add(name)
        tid = random.choice(disk.tids)
        ini, (lba, blocks) = self.session(tid), place
        if blocks == BLOCKS:
            self.wants_long.discard(name)
            self.load.count("long ones")
        data = None
        if random.random() < 0.5:
            data = self.shadows[name].pattern(blocks * BLOCK)
            task = ini.issue(write10(self.first + lba, blocks), disk.lun,
                             write=data, immediate=random.choice((None, 0)))
        else:
            task = ini.issue(read10(self.first + lba, blocks), disk.lun,
                             read=blocks * BLOCK)
        self.flights.append(Flight(name, tid, task, lba, blocks, data))
        return True

    def look_beyond(self):
        """Blocks that the disk has or does not have, and its state."""
        disk, ini = DISKS["resized"], self.session(1)
        for cdb, size in ((tur(), 0), (read10(random.randint(
                SMALL, LARGE - 8), 8), 8 * BLOCK)):
            task = ini.command(cdb, disk.lun, read=size)
            check(task.status in (0, BUSY) or task.key in disk.news
                  | {OUT_OF_RANGE, GONE}, f"beyond the end: {task}")
            self.load.count("beyond the end", task.key == OUT_OF_RANGE)

    def end(self, one, done):
        """A command has ended: DONE is whether it was carried out, or None if
        it has not begun."""
        self.flights.remove(one)
        if one.data and done is not None:
            self.shadows[one.name].wrote(one.lba, one.data, done)
        elif done:
            self.shadows[one.name].check(one.lba, one.task.data, str(one))

    def judge(self, one):
        """How a command has ended, which its disk must allow."""
        task, disk, count = one.task, one.disk, self.load.count
        check(not task.response, f"{one}")
        if not task.status:
            count("writes" if one.data else "reads")
            self.end(one, True)
            return
        self.pauses[one.name] = time.monotonic() + 0.02 * PACE
        if task.status in (BUSY, TASK_SET_FULL):
            count("busy")
            self.end(one, None)
        elif task.key in disk.news or task.key in disk.undone:
            count("unit attentions" if task.key[0] == 6 else "refusals")
            self.end(one, None)
        else:
            aborted = task.status == TASK_ABORTED and disk.ended
            check(aborted or task.key in disk.lost, f"unexpected end: {one}")
            count("aborted" if aborted else "lost")
            self.end(one, False)

    def hear(self, seconds):
        """Deal with what comes, and with what has ended."""
        socks = [ini.sock for ini in self.sessions.values()]
        select.select(socks, [], [], seconds)
        for ini in self.sessions.values():
            take(ini)
        now = time.monotonic()
        for one in list(self.flights):
            if one.task.done:
                self.judge(one)
            else:
                check(now - one.since < 2 * LIMIT,
                      f"no end after {now - one.since:.0f} s: {one}")

    def work(self):
        """As many commands as may be under way, until the time is up."""
        cut = time.monotonic() + random.uniform(1, 3) * PACE
        while self.load.running():
            now = time.monotonic()
            for name in self.shadows:
                while (now > self.pauses[name] and
                       len(self.of(name)) < DEPTH and self.issue(name)):
                    pass
            if random.random() < 0.02:
                self.look_beyond()
            self.hear(0.2)
            if now > cut and self.sessions:
                self.cut()
                cut = now + random.uniform(1, 3) * PACE
        while self.flights:
            self.hear(0.2)

    def at_rest(self, name):
        """A READ of all blocks of this disk, which has to end with GOOD."""
        disk = DISKS[name]
        for turn in range(64):
            tid = disk.tids[turn % len(disk.tids)]
            task = self.session(tid).command(read10(self.first, BLOCKS), disk.lun,
                                             read=BLOCKS * BLOCK)
            if not task.status:
                return task.data
            check(task.status == BUSY or task.key in disk.news | {NO_LUN},
                  f"in the end, {name} disk: {task}")
        check(False, f"in the end, {name} disk: {task}")
        return b""

    def verify(self):
        for name, shadow in self.shadows.items():
            shadow.check(0, self.at_rest(name), f"in the end, {name} disk")


def client(load, lab, names, number):
    random.seed(f"{SEED} client {number}")
    work = Client(load, lab, names, number)
    work.work()
    work.verify()
    work.leave()


# --- what happens to the disks ------------------------------------------------


def changer(func):
    """A change that is made again and again, with random pauses. FUNC is given
    a socket, the number of the change and what it needs."""
    def changes(load, lab, name, pause, *args):
        random.seed(f"{SEED} {name}")
        nl, turn = control(lab), 0
        while load.running():
            load.pause(random.random() * pause * PACE)
            args = func(nl, turn, *args) or args
            load.count(name)
            turn += 1
    changes.__name__ = func.__name__
    return changes


@changer
def swap(nl, turn, ways):
    """Another device for LUN 1; the former one is free then."""
    nl.do("lu-set", target_id=1, lun=1, path=ways[1 - turn % 2])
    check(is_free(ways[turn % 2]), f"{ways[turn % 2]} is in use")


@changer
def pull(nl, _, name):
    """The disk of LUN 2 is not there for a while."""
    scsi_debug.pull(name)
    time.sleep(random.random() * 0.3 * PACE)
    name = scsi_debug.rescan()
    nl.do("lu-set", target_id=1, lun=2, path=f"/dev/{name}", force=None)
    return (name,)


@changer
def resize(_, turn, disk):
    """LUN 3 has its second half, or does not have it; it begins with it and
    ends with any."""
    sectors = SMALL if turn % 2 == 0 else LARGE
    run("dmsetup", "load", disk.name, "--table",
        f"0 {sectors} linear {disk.dev} 0")
    run("dmsetup", "suspend", *random.choice(((), ("--nolockfs",))), disk.name)
    # udev has much to do
    run("dmsetup", "resume", "--noudevsync", disk.name)


@changer
def reset(*args):
    """The controller of LUN 4 begins anew."""
    write(f"{args[-1]}/reset_controller", 1)


@changer
def hand_over(nl, turn, dev):
    """LUN 5 of the one target becomes LUN 5 of the other."""
    tids = (1, 2) if turn % 2 == 0 else (2, 1)
    nl.do("txn-begin")
    nl.do("lu-del", target_id=tids[0], lun=5)
    nl.do("lu-new", target_id=tids[1], lun=5, path=dev)
    nl.do("txn-commit")


@changer
def delete(nl, _, dev):
    """LUN 6 goes, and its device is free; it comes again."""
    nl.drop_lun(1, 6)
    check(is_free(dev), f"{dev} is in use")
    time.sleep(random.random() * 0.1 * PACE)
    nl.lun(1, 6, dev)


# Why a LUN cannot be frozen: it is somewhere else, or its device is
NOT_FROZEN = ("has no LUN", "former device", "could not be flushed", "thawed")


@changer
def freeze(nl, *_):
    """Some LUNs of target 1 for a moment."""
    luns = random.sample(range(1, 7), random.randint(1, 3))
    which = {"target_id": 1, "lun": struct.pack(f"={len(luns)}I", *luns)}
    try:
        nl.request(genl.COMMANDS["lu-freeze"],
                   genl.words("freeze", timeout=20, **which))
    except genl.Refused as err:
        check(any(why in err.extack for why in NOT_FROZEN), err.extack)
        return
    time.sleep(random.random() * 0.2 * PACE)
    with contextlib.suppress(FileNotFoundError):   # one was deleted
        nl.request(genl.COMMANDS["lu-thaw"], genl.words("freeze", **which))


# --- the disks ------------------------------------------------------------------


NVME_CLASS, NVME_SERIAL = "0x010802", "ktgt-nvme"    # the latter of tests/vm/run.sh


def find_nvme():
    """The controller that is for tests, and its disk; once both are there."""
    for path in glob.glob("/sys/class/nvme/nvme*"):
        if read(f"{path}/serial").strip() == NVME_SERIAL:
            for disk in glob.glob(f"{path}/nvme*n1"):
                return path, f"/dev/{os.path.basename(disk)}"
    return None


def nvme():
    """The same, or None if this machine or kernel has none."""
    classes = map(read, glob.glob("/sys/bus/pci/devices/*/class"))
    with contextlib.suppress(CommandError):
        run("modprobe", "nvme")
        if NVME_CLASS in classes:
            return wait_until(find_nvme, 10 * SLOW, "the NVMe disk")
    comment("this machine or kernel has no NVMe disk")
    return None


def slow_disk(lab, msec):
    return lab.null_blk(8, irqmode=2, completion_nsec=int(msec * 1e6))


def make_disks(lab):
    """The disks that this machine can have: [(name, path, function that changes
    it, pause between changes, what the function needs)]."""
    ways = [disk.path for disk in map(Mapped, [slow_disk(lab, 1)] * 2)]
    name = scsi_debug.load("ndelay=500000")
    sized = Mapped(slow_disk(lab, 0.5))
    moved, deleted = slow_disk(lab, 2), slow_disk(lab, 1)
    disks = [("swapped", ways[0], swap, 0.3, ways),
             ("pulled", f"/dev/{name}", pull, 2, name),
             ("resized", sized.path, resize, 1, sized),
             ("moved", moved, hand_over, 0.3, moved),
             ("deleted", deleted, delete, 0.3, deleted)]
    found = nvme()
    if found:
        disks.append(("reset", found[1], reset, 1, found[0]))
    return disks


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    scsi_debug.unload()


suite.after = after


def tell(load):
    comment(", ".join(f"{load[name]} {name}" for name in load.names))


@suite.case
def everything(lab):
    """Changes of all kinds beside two initiators, for a while."""
    comment(f"seed {SEED}")
    for tid in (1, 2):
        lab.target(f"t{tid}", tid)
    disks = make_disks(lab)
    for name, path, *_ in disks:
        lab.lun(f"{IQN}:t1", DISKS[name].lun, path)
    names = [name for name, *_ in disks]
    kinds = [*names, "frozen"]
    with as_before(lab), Load(*Client.COUNTS, seconds=SECONDS) as clients:
        for number in (0, 1):
            clients.start(client, lab, names, number)
        with Load(*kinds, seconds=SECONDS) as changes:
            for name, _, func, pause, needs in disks:
                changes.start(func, lab, name, pause, needs)
            changes.start(freeze, lab, "frozen", 0.5)
            while changes.busy(*kinds):
                clients.watch()
                time.sleep(0.1)
        tell(changes)
    tell(clients)
    for name in kinds:
        check(changes[name], f"it never came to this: {name}")
    for name in ("reads", "writes", "unit attentions", "refusals", "cuts"):
        check(clients[name], f"it never came to this: {name}")


if __name__ == "__main__":
    suite.main()
