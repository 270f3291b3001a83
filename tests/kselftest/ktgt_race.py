#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What ends while it is in use, over and over, under load.

    target namespace: targets with slow null_blk disks -- veth -- clients, each
    a process of its own

Each case runs KTGT_RACE_SECONDS (60 on a kernel that checks itself, else 5).
Shown: connections that end in every way while commands complete in hard
interrupts; task management that crosses the completion, after which each task
has had exactly one end; logical units that are replaced under READs and WRITEs,
which only ever meet the right device, and devices that are free once they are
removed; logins that reinstate each other; namespaces that end while connections
are accepted; the module unloaded under all of that. Afterwards a login works,
data are right, all counts are as before, and the kernel log is clean. Each case
says how often both sides met, and fails if they did not.
"""
# Timeout: 240

import contextlib
import os
import random
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from iscsi import Closed, IscsiError, LoginError, read10, write10  # noqa: E402
from ktap import Suite, check, comment, equal, wait_until  # noqa: E402
from lab import IQN, CommandError, Lab, is_free, run  # noqa: E402
from race import (GONE, LIMIT, SLOW, Control, Load, Trace,  # noqa: E402
                  as_before, beside, control, delete_module,
                  in_flight, kept, new_netns, open_session, port_isid, ready,
                  rude_end, still_works, take, together)

suite = Suite(Lab)
MSEC = 1000000
BLOCK = 512
# Time that a command takes on LUNs 1, 2 and 3. What closes waits for a grace
# period of RCU first, so the slowest takes longer than that.
DELAYS = tuple(int(ms * MSEC * min(SLOW, 3)) for ms in (0.2, 3, 80))
KEYS = (
    {},
    {"InitialR2T": "No", "MaxRecvDataSegmentLength": "65536"},
    {"ImmediateData": "No", "MaxBurstLength": "8192", "FirstBurstLength": "512"},
    {"HeaderDigest": "CRC32C"},
    {"HeaderDigest": "CRC32C", "DataDigest": "CRC32C"},
)
ABORT_TASK, ABORT_TASK_SET, CLEAR_TASK_SET, LUN_RESET = 1, 2, 4, 5
COMPLETE, NO_TASK = 0, 1
NO_LUN = (5, 0x25, 0)
TASK_ABORTED = 0x40


def disks(lab):
    """Three disks that complete in hard interrupts, each slower."""
    if not hasattr(lab, "slow"):
        lab.slow = [lab.null_blk(4, irqmode=2, completion_nsec=nsec,
                                 hw_queue_depth=128) for nsec in DELAYS]
    return lab.slow


def slow_target(lab, name):
    """A target with the three as LUNs 1, 2 and 3."""
    iqn = lab.target(name)
    for lun, dev in enumerate(disks(lab), 1):
        lab.lun(iqn, lun, dev)
    return iqn


def met(load, *names):
    """Say what was counted, and fail if one of NAMES never happened."""
    comment(", ".join(f"{load[name]} {name}" for name in load.names))
    for name in names:
        check(load[name], f"it never came to this: {name}")


def random_io(ini, number, luns=(1, 2, 3), blocks=64, **kwargs):
    """NUMBER commands that read or write anywhere, sent in one piece."""
    with together(ini):
        for _ in range(number):
            size = random.choice((1, 1, 8, 8, random.randint(1, blocks)))
            lba, lun = random.randint(0, 8000), random.choice(luns)
            if random.random() < 0.5:
                ini.issue(read10(lba, size), lun, read=size * BLOCK)
            else:
                ini.issue(write10(lba, size), lun, write=bytes(size * BLOCK),
                          **kwargs)


# --- connections ------------------------------------------------------------

def closer(load, lab, iqn, number):
    """Sessions that are filled with commands and end at any moment."""
    nl = control(lab)
    while load.running():
        keys = random.choice(KEYS)
        small = "DataDigest" in keys    # ours is slow
        ini = open_session(lab, iqn, f"r{number}", keys=keys,
                           rcvbuf=random.choice((None, 4096)))
        for lun in (1, 2, 3):
            ready(ini, lun)
        for _ in range(random.randint(1, 3)):
            random_io(ini, random.randint(1, 30), blocks=8 if small else 64,
                      answer_r2t=random.random() < 0.7)
            if random.random() < 0.8:
                take(ini, random.random() * 0.02 * SLOW)
        load.count("commands in flight", len(ini.tasks))
        load.count("closes")
        end_somehow(load, ini, nl)


def end_somehow(load, ini, nl):
    """End a session by its initiator or by the target, with all in flight."""
    kind = random.random()
    if kind < 0.5:
        rude_end(ini)
        return
    with contextlib.suppress(Closed):
        if kind < 0.65:
            ini.sock.shutdown(1)
        elif kind < 0.8:
            nl.end_session(ini.tsih)
            load.count("session del")
        else:
            ini.logout()
            load.count("logouts")
    ini.expect_close(LIMIT)
    ini.close()


def looker(load, lab):
    """Dumps of what goes away."""
    nl = control(lab)
    while load.running():
        nl.sessions()
        nl.targets()
        load.count("dumps")
        time.sleep(0.01)
    nl.close()


@suite.case
def teardown_completion(lab):
    """Connections end in every way with commands at the disk."""
    iqn = slow_target(lab, "teardown")
    wanted = ("closes", "commands in flight", "session del", "logouts",
              "completed late", "in hard interrupts")
    with as_before(lab):
        with Trace() as trace, \
                Load("closes", "commands in flight", "session del", "logouts",
                     "dumps", *Trace.NAMES) as load:
            load.start(trace.follow)
            load.start(looker, lab)
            for number in range(4):
                load.start(closer, lab, iqn, number)
            load.run(*wanted)
        met(load, *wanted)
        still_works(lab, iqn)


# --- tasks --------------------------------------------------------------------

class Aborter:
    """A session whose tasks are aborted around the time of their completion,
    and an account of how each of them ended."""

    def __init__(self, load, lab, iqn, number):
        self.load, self.lab, self.iqn, self.number = load, lab, iqn, number
        self.ini = None
        # Where the completion is, as far as we have found it
        self.delay = dict.fromkeys((1, 2), 0.0)

    def open(self):
        self.ini = open_session(self.lab, self.iqn, f"r{self.number}")
        for lun in (1, 2, 3):
            ready(self.ini, lun)

    def tasks(self, lun):
        """A few reads and writes, sent together."""
        ini, out = self.ini, []
        with together(ini):
            for _ in range(random.randint(1, 6)):
                lba = 1024 * (self.number + 1) + random.randint(0, 900)
                size = random.choice((1, 8, 64))
                if random.random() < 0.5:
                    out.append(ini.issue(read10(lba, size), lun,
                                         read=size * BLOCK))
                else:
                    out.append(ini.issue(
                        write10(lba, size), lun, write=bytes(size * BLOCK),
                        answer_r2t=random.random() < 0.8,
                        immediate=random.choice((None, 0))))
        return out

    def round(self):
        """Tasks, a function that crosses their completion, and the count."""
        lun = random.choice((1, 2))
        function = random.choice((ABORT_TASK, ABORT_TASK, ABORT_TASK_SET,
                                  ABORT_TASK_SET, LUN_RESET, CLEAR_TASK_SET))
        tasks = self.tasks(lun)
        covered = tasks
        if function == ABORT_TASK:
            covered = [random.choice(tasks)]
        time.sleep(self.delay[lun] * random.uniform(0.5, 1.5))
        if random.random() < 0.05:
            self.leave(function, lun, covered[0])
            return
        response = self.ini.tmf(function, lun, rtt=covered[0].itt,
                                refcmdsn=self.ini.cmdsn - 1)
        self.load.count("functions")
        self.judge(function, response, covered, lun)
        for task in tasks:
            if not task.done and task.itt in self.ini.tasks:
                self.finish(task)
        self.reuse(covered[0].itt, lun)

    def leave(self, function, lun, task):
        """The connection ends while a function is under way."""
        pdu = iscsi.Pdu(iscsi.TMF_REQ, 0x80 | function, itt=self.ini.itt(),
                        rtt=task.itt, lun=lun, refcmdsn=self.ini.cmdsn - 1)
        self.ini.send(self.ini.stamp(pdu, True))
        if random.random() < 0.5:
            time.sleep(random.random() * 0.002 * SLOW)
        rude_end(self.ini)
        self.load.count("closes with one under way")
        self.open()

    def judge(self, function, response, covered, lun):
        """A task has either had its status, or has it never (11.5.1)."""
        late = [task for task in covered if task.done]
        want = NO_TASK if function == ABORT_TASK and late else COMPLETE
        # Both may have come to the same task, one of them from elsewhere
        if not late or late[0].status != 0x40:
            equal(response, want, f"response to function {function}, "
                  f"{len(late)} of {len(covered)} tasks had ended")
        for task in covered:
            if task.done:
                self.check_end(task)
            else:
                del self.ini.tasks[task.itt]
        self.load.count("tasks that had ended", len(late))
        self.load.count("tasks aborted", len(covered) - len(late))
        # Closer to where the two meet
        self.delay[lun] *= 0.9 if late else 1.1
        self.delay[lun] = min(max(self.delay[lun], 0.0005),
                              2e-9 * DELAYS[lun - 1] + 0.01 * SLOW)

    def finish(self, task):
        """One that was not covered ends by itself."""
        while task.r2ts:
            self.ini.answer(task)
        task.answer_r2t = True
        self.ini.wait([task])
        self.check_end(task)

    def check_end(self, task):
        """GOOD, or what the reset of another nexus does."""
        if task.status == 0x40:
            self.load.count("tasks aborted by another nexus")
            return
        check(task.status == 0 or task.key and task.key[:2] == (6, 0x29),
              f"unexpected end: {task}")

    def reuse(self, itt, lun):
        """The tag is free at once, and what is written now stays."""
        lba, data = 1024 * (self.number + 1) + 1000, os.urandom(8 * BLOCK)
        first = self.ini.issue(iscsi.tur(), lun, itt=itt)
        self.ini.wait([first])
        self.check_end(first)
        kept(self.ini, write10(lba, 8), lun, write=data)
        got = kept(self.ini, read10(lba, 8), lun, read=len(data)).data
        check(got == data, "data are not what was written last")


def aborter(load, lab, iqn, number):
    work = Aborter(load, lab, iqn, number)
    work.open()
    while load.running():
        work.round()
    work.ini.logout()
    work.ini.close()


def writer(load, lab, iqn):
    """Writes that bring so much data at once that it waits for memory, to a
    slow disk and to one that takes no time."""
    data = bytes(128 * BLOCK)
    while load.running():
        # A session that is new has no pages at hand.
        ini = open_session(lab, iqn, "writer", keys={"InitialR2T": "No"})
        lun = random.choice((3, 4, 4, 4))
        with together(ini):
            tasks = [ini.issue(write10(128 * i, 128), lun, write=data,
                               immediate=random.choice((None, 0, 4096)))
                     for i in range(random.randint(20, 60))]
        ini.wait(tasks)
        load.count("writes reset", sum(t.status == 0x40 for t in tasks))
        for task in tasks:
            check(task.status in (0, 0x40) or task.key[:2] == (6, 0x29),
                  f"unexpected end: {task}")
        ini.logout()
        ini.close()


def resetter(load, lab, iqn):
    """Resets the logical units that another one writes to."""
    ini = open_session(lab, iqn, "resetter")
    while load.running():
        time.sleep(random.random() * 0.01 * SLOW)
        equal(ini.tmf(LUN_RESET, random.choice((3, 4, 4, 4))), COMPLETE,
              "response")
        load.count("resets")
    ini.close()


@suite.case
def abort_completion(lab):
    """Task management that meets the completion of what it is about."""
    iqn = slow_target(lab, "abort")
    lab.null_lun(iqn, 4, "16M")
    wanted = ("functions", "tasks aborted", "tasks that had ended",
              "resets", "writes reset")
    with as_before(lab):
        with Load("functions", "tasks aborted", "tasks that had ended",
                  "tasks aborted by another nexus",
                  "closes with one under way", "resets",
                  "writes reset") as load:
            for number in range(3):
                load.start(aborter, lab, iqn, number)
            load.start(writer, lab, iqn)
            load.start(resetter, lab, iqn)
            load.run(*wanted)
        met(load, *wanted)
        still_works(lab, iqn)


# --- logical units ------------------------------------------------------------

def block(owner, lba):
    """A block that says whose it is."""
    return struct.pack(">4sIQ", owner, 0, lba) * (BLOCK // 16)


def owner_of(data, lba):
    """Who has written these blocks, which all have to be of one."""
    owner = bytes(data[:4])
    want = b"".join(block(owner, lba + i) for i in range(len(data) // BLOCK))
    check(data == want, f"blocks at {lba} are not all of {owner}, or not theirs")
    return owner


PATTERN = 1024          # blocks that are only read; then a range for each client
RANGE = 256


class Reader:
    """A session that knows which device it talks to: the INQUIRY behind a
    unit attention says so, until the next unit attention."""

    def __init__(self, load, lab, iqn, number):
        self.load = load
        self.ini = open_session(lab, iqn, f"r{number}")
        self.tag = b"WR%02d" % number
        self.start = PATTERN + number * RANGE
        self.device = None

    def identify(self):
        """The serial number of the logical unit, or None."""
        task = self.ini.command(iscsi.inquiry(255, 0x80), read=255)
        if task.status == 0 and task.data[0] == 0:
            self.device = task.data[4:8]
            return
        check(task.key in (None, NO_LUN, (5, 0x24, 0)), f"INQUIRY: {task}")
        self.load.count("looks at nothing")

    def judge(self, tasks):
        """Give back those that were carried out, each with whether it was
        before anything changed."""
        same, good = True, []
        for task in tasks:
            if not task.status and not task.response:
                good.append((task, same))
                continue
            same = False
            if task.status == TASK_ABORTED:  # it has not begun
                self.load.count("tasks aborted")
                continue
            check(task.key == NO_LUN or task.key
                  and task.key[:2] in ((6, 0x29), (6, 0x3F)),
                  f"unexpected end: {task}")
            self.load.count("refusals" if task.key == NO_LUN
                            else "unit attentions")
        return same, good

    def read(self, start, blocks, owners):
        """Reads whose data have to be of one of OWNERS."""
        tasks = []
        with together(self.ini):
            for _ in range(random.randint(1, 8)):
                size = random.randint(1, 8)
                lba = start + random.randint(0, blocks - size)
                tasks.append((self.ini.issue(read10(lba, size), read=size
                                             * BLOCK), lba))
        self.ini.wait()
        same, good = self.judge([task for task, _ in tasks])
        lbas = dict(tasks)
        for task, before in good:
            whose = owner_of(task.data, lbas[task])
            check(whose in owners(before), f"data of {whose} from "
                  f"{self.device}, {'same' if before else 'other'} unit")
            self.load.count("reads")
        return same

    def read_pattern(self):
        """What was there before: of the device that we know, or after a change
        of either."""
        return self.read(0, PATTERN, lambda before: (
            (self.device,) if before else (b"DEV0", b"DEV1")))

    def write(self):
        """Writes of one block each: a block has one owner then."""
        with together(self.ini):
            tasks = []
            for _ in range(random.randint(1, 8)):
                lba = self.start + random.randint(0, RANGE - 1)
                tasks.append(self.ini.issue(
                    write10(lba, 1), write=block(self.tag, lba),
                    immediate=random.choice((None, 0))))
        self.ini.wait()
        same, good = self.judge(tasks)
        self.load.count("writes", len(good))
        return same

    def report_luns(self):
        """REPORT LUNS knows the unit or does not."""
        task = self.ini.command(iscsi.report_luns(), 0, read=4096)
        if task.status == 0:
            size = struct.unpack_from(">I", task.data)[0]
            check(size in (8, 16), f"REPORT LUNS: {task}")
        return True

    def round(self):
        if not self.device:
            self.identify()
            return
        what = random.choice((self.read_pattern, self.read_pattern, self.write,
                              self.write, self.report_luns))
        if not what():
            self.device = None


def reader(load, lab, iqn, number):
    work = Reader(load, lab, iqn, number)
    while load.running():
        work.round()
    work.ini.logout()
    work.ini.close()


def remover(load, lab, tid, devs):
    """Removes LUN 1, which is of one device and of the other by turns. The
    device is free then, whatever was in flight."""
    nl, turn = control(lab), 0
    while load.running():
        load.pause(random.random() * 0.02 * SLOW)
        if load["additions"] == turn:
            continue
        dev = devs[turn % 2]
        flight = in_flight(dev)
        load.count("removals")
        nl.drop_lun(tid, 1)
        check(is_free(dev), f"{dev} is removed, but in use")
        turn += 1
        load.count("removals with commands in flight", flight > 0)
        load.count("commands in flight", flight)


def adder(load, lab, tid, devs):
    """Adds LUN 1 as soon as it is not there, while the one before may still
    drain. Trying opens the device, so not before the removal begins."""
    nl, turn = control(lab), 0
    while load.running():
        if load["removals"] < turn:
            time.sleep(0.001)
            continue
        try:
            nl.lun(tid, 1, devs[turn % 2], f"DEV{turn % 2}")
        except FileExistsError:
            time.sleep(0.001)
            continue
        turn += 1
        load.count("additions")


def fill(dev, owner, blocks):
    """The pattern of a device, by its own file."""
    with open(dev, "r+b", buffering=0) as file:
        file.write(b"".join(block(owner, lba) for lba in range(blocks)))
        os.fsync(file.fileno())


def check_disk(dev, owner, blocks, clients):
    """What is on the device itself: the pattern, and what clients wrote in
    their own ranges."""
    with open(dev, "rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        data = b"".join(iter(lambda: file.read(1 << 20), b""))
    for lba in range(blocks):
        got = owner_of(data[lba * BLOCK:(lba + 1) * BLOCK], lba)
        number = (lba - PATTERN) // RANGE
        allowed = (owner,)
        if 0 <= number < clients:
            allowed = (owner, b"WR%02d" % number)
        check(got in allowed, f"{dev}: block {lba} is of {got}")


@suite.case
def lu_removal_io(lab):
    """Logical units go, and others come in their place, under I/O."""
    iqn = lab.target("lu")
    nl = control(lab)
    tid = nl.targets()[0]
    clients, blocks = 3, 2048
    devs = [lab.null_blk(1, irqmode=2, completion_nsec=DELAYS[1] * factor)
            for factor in (1, 2)]
    for turn, dev in enumerate(devs):
        fill(dev, b"DEV%d" % turn, blocks)
    wanted = ("removals", "removals with commands in flight", "additions",
              "reads", "writes", "refusals", "unit attentions")
    with as_before(lab):
        with Load("removals", "removals with commands in flight",
                  "commands in flight", "additions", "reads", "writes",
                  "refusals", "unit attentions", "tasks aborted",
                  "looks at nothing") as load:
            load.start(adder, lab, tid, devs)
            load.start(remover, lab, tid, devs)
            for number in range(clients):
                load.start(reader, lab, iqn, number)
            load.run(*wanted)
        met(load, *wanted)
        with contextlib.suppress(FileNotFoundError):
            nl.drop_lun(tid, 1)
        for turn, dev in enumerate(devs):
            check_disk(dev, b"DEV%d" % turn, blocks, clients)
        lab.lun(iqn, 1, devs[0])
        still_works(lab, iqn)


# --- sessions -------------------------------------------------------------------

ISID = bytes.fromhex("80000000ee01")
REFUSALS = {0x0203: "not found, or without rules", 0x0301: "offline",
            0x020A: "no such session", 0x0206: "no second connection"}


def rival(load, lab, iqn, number):
    """Logs in as all its rivals do, and works until it is thrown out."""
    last = 0
    while load.running():
        # Now and then a session has time to work
        load.pause(random.choice((0, 0, 0.1, 0.2)) * SLOW)
        joins = random.random() < 0.1
        try:
            ini = iscsi.Initiator(lab.ADDR, iqn, name=f"{IQN}:rival",
                                  isid=ISID, timeout=LIMIT)
        except ConnectionError:
            load.count("no portal")     # it goes with the last target
            load.pause(0.01)
            continue
        ini.tsih = last or random.randint(1, 65535) if joins else 0
        try:
            if random.random() < 0.3:
                give_up(load, ini)
                continue
            ini.login()
            check(not joins, f"a session was joined: {ini.history()}")
            load.count("logins")
            last = ini.tsih
            hold_session(load, ini, number)
        except LoginError as err:
            check(err.status in REFUSALS and (joins or err.status not in
                                              (0x020A, 0x0206)),
                  f"refused: {err}")
            load.count(REFUSALS[err.status])
        except GONE:
            load.count("thrown out" if ini.full_feature else "overtaken")
            load.count("commands in flight", len(ini.tasks))
        finally:
            ini.close()


def give_up(load, ini):
    """A login that does not wait for the session that it takes the place of."""
    ini.send(ini.login_pdu(ini.declarations()))
    time.sleep(random.random() * 0.05 * SLOW)
    ini.abort()
    load.count("given up")


def hold_session(load, ini, number):
    """What we write is what we read, as long as the session is ours."""
    for lun in (1, 2, 3):
        ready(ini, lun)
    end = time.monotonic() + random.random() * 0.3 * SLOW
    while load.running() and time.monotonic() < end:
        random_io(ini, random.randint(1, 20), (2, 3), 8)
        data = struct.pack(">II", number, random.getrandbits(32)) * 64
        writes = [ini.issue(write10(8100, 1), lun, write=data)
                  for lun in (1, 2)]
        ini.wait(writes)
        equal([task.status for task in writes], [0, 0], "status of the writes")
        reads = [ini.issue(read10(8100, 1), lun, read=BLOCK) for lun in (1, 2)]
        ini.wait(reads)
        for task in reads:
            check(task.data == data, "somebody has written after us")
        load.count("writes that stayed")
    random_io(ini, random.randint(1, 30), (2, 3), 8)
    rude_end(ini)
    load.count("left")


def single(load, lab):
    """There is never more than one session of them."""
    nl = control(lab)
    while load.running():
        twice = {}
        for _ in range(2):
            # A dump that takes time may see one go and the other come.
            twice = [number for number, isid in nl.sessions().items()
                     if isid == ISID and (not twice or number in twice)]
            if len(twice) < 2:
                break
        check(len(twice) < 2, f"sessions {twice} of the same initiator port")
        load.count("looks")
        time.sleep(0.01)


def mover(load, lab, iqn):
    """The target is offline now and then, or not there at all."""
    nl, devs = control(lab), disks(lab)
    while load.running():
        load.pause(random.uniform(0.1, 0.4) * SLOW)
        tid = nl.targets()[0]
        if random.random() < 0.5:
            nl.state(tid, genl.OFFLINE)
            load.pause(0.02 * SLOW)
            nl.state(tid, genl.READY)
            continue
        nl.drop(tid)
        for dev in devs:
            check(is_free(dev), f"{dev} is in use by a deleted target")
        load.count("targets deleted")
        tid = nl.target(iqn)
        for lun, dev in enumerate(devs, 1):
            nl.lun(tid, lun, dev)


@suite.case
def reinstatement_login(lab):
    """Logins of one initiator port, all at once."""
    iqn = slow_target(lab, "rivals")
    wanted = ("logins", "thrown out", "commands in flight",
              "writes that stayed", "targets deleted", "given up")
    with as_before(lab):
        with Load("logins", "thrown out", "overtaken", "left", "given up",
                  "commands in flight", "writes that stayed", "looks",
                  "targets deleted", "no portal", *REFUSALS.values()) as load:
            load.start(single, lab)
            load.start(mover, lab, iqn)
            for number in range(5):
                load.start(rival, lab, iqn, number)
            load.run(*wanted)
        met(load, *wanted)
        old = open_session(lab, iqn, "rival", ISID)
        new = open_session(lab, iqn, "rival", ISID)
        equal(list(control(lab).sessions()), [new.tsih], "sessions that stay")
        old.expect_close(LIMIT)
        ready(new, 1)
        new.logout()
        still_works(lab, iqn)


# --- namespaces -------------------------------------------------------------------

PORTS = (3260, 3261, 3262)


def visitor(load, addr, iqn):
    """Connects, gets somewhere with a login, and stays or goes. The other end
    may vanish with its namespace, so nothing here is a fault."""
    held = []
    while load.running():
        try:
            ini = iscsi.Initiator(addr, iqn, port=random.choice(PORTS),
                                  name=f"{IQN}:v{load.row}", timeout=0.5 * SLOW)
            load.count("connections")
            ini.isid = port_isid(ini)
            held.append(ini)
            visit(load, ini)
        except (OSError, IscsiError):
            time.sleep(0.01)
        while len(held) > 12 or held and random.random() < 0.3:
            held.pop(random.randrange(len(held))).close()


def visit(load, ini):
    """A login up to some point, or all of it and commands."""
    pdu = ini.login_pdu({**ini.declarations(), "AuthMethod": "None"}, 0, 1)
    depth = random.random()
    if depth < 0.3:
        whole = pdu.pack()
        ini.send_raw(whole[:random.randint(0, len(whole))])
        return
    if depth < 0.5:
        ini.send(pdu)
        return
    ini.login(security=True)
    load.count("logins")
    random_io(ini, random.randint(1, 10), (1,), 8)
    take(ini, random.random() * 0.01)


def toggle_portals(load):
    """Portals of two ports come and go."""
    nl, there = Control(), set()
    while load.running():
        port = random.choice(PORTS[1:])
        (nl.drop_portal if port in there else nl.portal)("0.0.0.0", port)
        there ^= {port}
        load.count("portals")
        time.sleep(random.random() * 0.01)


def until_free(func, *args):
    """What the namespace before still holds, it gives back soon."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            return func(*args)
        except (OSError, CommandError):
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def wire(lab, lane):
    """A wire to where the other clients are. It goes with the namespace."""
    until_free(run, "ip", "link", "add", "w", "type", "veth", "peer", "name",
               f"w{lane}", "netns", lab.ins)
    run("ip", "-batch", "-", stdin=f"addr add 10.78.{lane}.1/24 dev w\n"
                                   "link set w up\n")
    run("ip", "-n", lab.ins, "-batch", "-",
        stdin=f"addr add 10.78.{lane}.2/24 dev w{lane}\n"
              f"link set w{lane} up\n")


def namespace(load, lab, lane, iqn):
    """A namespace with a target and clients, which ends when it is killed."""
    os.setpgid(0, 0)
    new_netns()
    nl = Control()
    wire(lab, lane)
    tid = nl.target(iqn)
    until_free(nl.lun, tid, 1, disks(lab)[lane + 1])
    load.count("namespaces")
    load.start(toggle_portals)
    for _ in range(2):
        load.start(visitor, "127.0.0.1", iqn)
    while load.running():
        load.watch()
        time.sleep(0.05)


def lane_of_namespaces(load, lab, lane, iqn):
    """One namespace after the other; each is killed with all that is in it,
    and so are its last references."""
    first = load.rows = 16 * (lane + 1)
    while load.running():
        load.rows = first
        seen, end = load["logins"], time.monotonic() + LIMIT
        pid = load.start(namespace, lab, lane, iqn)
        os.setpgid(pid, pid)    # it may not have come to that when we kill it
        while load.running() and time.monotonic() < end \
                and load["logins"] < seen + 6:
            load.watch()
            time.sleep(0.02)
        time.sleep(random.random() * 0.05 * SLOW)
        load.end_group(pid)


@suite.case
def netns_exit_accept(lab):
    """Namespaces end while connections are made and accepted in them."""
    disks(lab)
    wanted = ("namespaces", "connections", "logins", "portals", "completed",
              "closed in login")
    with as_before(lab):
        with Trace() as trace, \
                Load("namespaces", "connections", "logins", "portals",
                     *Trace.NAMES) as load:
            load.start(trace.follow)
            for lane in range(2):
                iqn = f"{IQN}:ns{lane}"
                load.start(lane_of_namespaces, lab, lane, iqn)
                load.start(visitor, f"10.78.{lane}.1", iqn)
            load.run(*wanted)
        met(load, *wanted)
        for dev in disks(lab):
            wait_until(lambda dev=dev: is_free(dev), LIMIT, f"{dev} is free")
        still_works(lab, slow_target(lab, "ns"))


# --- the module -----------------------------------------------------------------

def roamer(load, lab, iqn, number):
    """All kinds of clients by turns, whether there is a target or not."""
    held = []
    kinds = (roam_io, roam_io, roam_half, roam_discovery, roam_abort)
    while load.running():
        try:
            random.choice(kinds)(load, lab, iqn, number, held)
        except (LoginError, *GONE):
            load.count("turned away")
            time.sleep(0.02)
        while len(held) > 8:
            held.pop(random.randrange(len(held))).close()


def roam_io(load, lab, iqn, number, held):
    """A session that may be reinstated by the next one, or not."""
    isid = random.choice((None, ISID))
    ini = open_session(lab, iqn, "rival" if isid else f"r{number}", isid)
    held.append(ini)
    load.count("sessions")
    for lun in (1, 2, 3):
        ini.issue(iscsi.tur(), lun)
    random_io(ini, random.randint(1, 30))
    take(ini, random.random() * 0.02 * SLOW)
    if random.random() < 0.7:
        rude_end(ini)


def roam_half(load, lab, iqn, number, held):
    """A login that stops in the middle."""
    ini = iscsi.Initiator(lab.ADDR, iqn, name=f"{IQN}:r{number}", timeout=LIMIT)
    held.append(ini)
    whole = ini.login_pdu(ini.declarations()).pack()
    ini.send_raw(whole[:random.randint(0, len(whole))])
    load.count("half logins")


def roam_discovery(load, lab, iqn, number, held):
    """A discovery session, which has no target that it would keep."""
    ini = iscsi.Initiator(lab.ADDR, name=f"{IQN}:r{number}", timeout=LIMIT)
    held.append(ini)
    ini.login(discovery=True)
    ini.send_targets()
    load.count("discoveries")


def roam_abort(load, lab, iqn, number, held):
    """Task management, and the end of the connection behind it."""
    ini = open_session(lab, iqn, f"r{number}")
    held.append(ini)
    random_io(ini, 8)
    for function in (ABORT_TASK_SET, LUN_RESET):
        pdu = iscsi.Pdu(iscsi.TMF_REQ, 0x80 | function, itt=ini.itt(),
                        lun=random.randint(1, 3))
        ini.send(ini.stamp(pdu, True))
    time.sleep(random.random() * 0.01)
    rude_end(ini)
    load.count("sessions")


def changer(load, lab, devs):
    """Dumps, and changes of logical units and portals, whether they succeed
    or not."""
    nl = None
    while load.running():
        try:
            nl = nl or control(lab)
            for tid in nl.targets():
                nl.drop_lun(tid, 3)
                nl.lun(tid, 3, devs[2])
            nl.sessions()
            nl.portal("0.0.0.0", 3261)
            nl.drop_portal("0.0.0.0", 3261)
            load.count("changes")
        except OSError:
            time.sleep(0.01)
            nl = None


def load_module():
    if os.environ.get("KTGT_KO"):
        run("insmod", os.environ["KTGT_KO"])
    else:
        run("modprobe", "ktgt")


def configure(lab, iqn):
    """A portal that outlives the targets, and a target."""
    nl = control(lab)
    with contextlib.suppress(FileExistsError):
        nl.portal("0.0.0.0", lab.PORT)
    tid = nl.target(iqn)
    for lun, dev in enumerate(disks(lab), 1):
        until_free(nl.lun, tid, lun, dev)
    return nl, tid


def unload_under_load(load, lab, iqn):
    """Wait until the clients are at work, delete the target, and unload the
    module at once. The module is not there afterwards."""
    seen = load["sessions"], load["discoveries"]
    nl, tid = configure(lab, iqn)
    end = time.monotonic() + LIMIT
    while load["sessions"] < seen[0] + 4 or load["discoveries"] == seen[1]:
        load.watch()
        check(time.monotonic() < end, "the clients do not come back")
        time.sleep(0.01)
    time.sleep(random.random() * 0.1 * SLOW)
    load.count("commands in flight", sum(map(in_flight, disks(lab))))
    with beside(nl.drop, tid):
        took = delete_module("ktgt", LIMIT)
    check(not os.path.exists("/sys/module/ktgt"), "the module is still there")
    check(took < LIMIT, f"unloading took {took:.1f} s")
    load.count("unloads")
    time.sleep(random.random() * 0.02)
    load_module()


@suite.case
def rmmod_all(lab):
    """The module is unloaded under load of every kind, and loaded again."""
    iqn = f"{IQN}:rmmod"
    devs = disks(lab)
    with as_before(lab):
        with Load("unloads", "commands in flight", "sessions", "half logins",
                  "discoveries", "changes", "turned away") as load:
            load.start(changer, lab, devs)
            for number in range(4):
                load.start(roamer, lab, iqn, number)
            while load.busy(*load.names):
                unload_under_load(load, lab, iqn)
            configure(lab, iqn)
        met(load, *load.names)
        still_works(lab, iqn)


if __name__ == "__main__":
    suite.main()
