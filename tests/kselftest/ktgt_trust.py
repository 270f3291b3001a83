#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What peers can take from the target and from each other, in figures.

    target namespace: t1, LUN 1 null -- veth -- initiators, from 22 addresses

Shown: discovery sessions with unknown PDUs, and READs of which nothing is
acknowledged, hold little memory; crowds that never log in keep nobody out, and take
little from the session of another one; what many logins, reinstatements and
transactions took is given back; a machine that vanishes, and never answered a
NOP-In, is noticed; no session ends because there is no memory at once.

Each figure has a limit. All of them go to trust.json, in the folder of the results.
With KTGT_TRUST set, the numbers are those of make trust, and otherwise smaller.
"""
# Timeout: 400

import contextlib
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from faults import DEBUGFS, IO, Faults, quiet_null_blk  # noqa: E402
from iscsi import (Closed, Conn, Deaf, Initiator, Pdu, Timeout, read10,  # noqa: E402
                   tur)
from ktap import Skip, Suite, check, comment, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, not_in_short_runs, run, seconds, start, write  # noqa: E402
from memory import MIB, Since  # noqa: E402
from race import Load, open_session  # noqa: E402

FULL = bool(os.environ.get("KTGT_TRUST"))
RESULTS = os.environ.get("KTGT_RESULTS") or "/ktgt/out"
FIRST_CPU, LAST_CPU = (f(os.sched_getaffinity(0)) for f in (min, max))
BUSY, TASK_SET_FULL = 0x08, 0x28


def number(full, small):
    """Of make trust, or of a test among others."""
    return full if FULL else small


class Trust(Lab):
    """A lab with one target, and many addresses of initiators."""

    CROWD, CROWD_ADDRESSES = "10.77.0.100", 20
    ELSEWHERE = "10.77.0.90"

    def __init__(self):
        super().__init__()
        self.iqn = None
        self.rows = []

    def setup(self):
        super().setup()
        self.iqn = self.target("t1", tid=1)
        self.null_lun(self.iqn, 1, "64M")
        first = int(self.CROWD.rsplit(".", maxsplit=1)[1])
        own = [self.ELSEWHERE, *(f"10.77.0.{first + i}"
                                 for i in range(self.CROWD_ADDRESSES))]
        run("ip", "-n", self.ins, "-batch", "-", stdin="\n".join(
            f"addr add {address}/24 dev wire" for address in own))
        # TCP remembers a closed connection for a minute, and has a limit of its own
        # for that. Nobody here waits until it has forgotten ten thousand.
        self.in_target("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=0")
        run("sysctl", "-qw", "net.ipv4.tcp_max_tw_buckets=0")
        self.defaults()

    def defaults(self):
        """Nobody here answers a NOP-In while others are at work."""
        self.adm("net", "set", "nop-interval", 0, "memory-limit", 64,
                 "max-logins", number(1024, 128), "login-timeout", 15,
                 "keepalive-idle", 30, "keepalive-interval", 10,
                 "keepalive-probes", 3, "tcp-user-timeout", 60)

    def quiet(self):
        """All connections have ended, and what they had is free soon."""
        self.close_all()
        wait_until(lambda: self.connections() == 0, 30 * SLOW,
                   "all connections end")
        time.sleep(0.5 * SLOW)

    def row(self, name, value, limit, unit, least=False, **more):
        """A figure, which must not be beyond its limit."""
        value = round(value, 2)
        good = value >= limit if least else value <= limit
        self.rows.append({"row": name, "value": value, "unit": unit,
                          "least" if least else "most": limit, "good": good,
                          **more})
        told = ", ".join(f"{key} {one}" for key, one in more.items())
        word = "least" if least else "most"
        comment(f"{name}: {value} {unit}, at {word} {limit} ({told})")
        self.save()
        check(good, f"{name}: {value} {unit}")

    def save(self):
        if os.path.isdir(RESULTS):
            with open(f"{RESULTS}/trust.json", "w", encoding="utf-8") as file:
                json.dump({"kernel": os.uname().release, "full": FULL,
                           "rows": self.rows}, file, indent=1)


suite = Suite(not_in_short_runs(Trust))
suite.after = Trust.quiet


def isid(index):
    return bytes.fromhex(f"80{index:010x}")


def silent(lab, target, keys=None, **kwargs):
    """A session, of discovery without TARGET, that acknowledges nothing."""
    ini = lab.connect(cls=Deaf, timeout=20 * SLOW, **kwargs)
    ini.target = target
    ini.login(keys, discovery=not target)
    if target:
        lab.clear_ua(ini)
    ini.stop()
    return ini


# --- memory of one peer -------------------------------------------------------

# what a discovery session must not send eight times
UNKNOWN, REFUSED_MAX = 0x1C, 8


class Stubborn:
    """Sends unknown PDUs in discovery sessions, and logs in again when the target
    has closed, until it has sent LEFT of them."""

    PART = 500

    def __init__(self, lab, index, left):
        self.lab, self.left = lab, left
        self.name = f"{iscsi.NAME}{index}"
        self.ini = None
        self.logins = 0

    def send(self, count):
        """So many PDUs, whose answers are read."""
        if not self.ini:
            self.ini = silent(self.lab, None, name=self.name)
            self.logins += 1
        pdu = self.ini.stamp(Pdu(UNKNOWN, 0x80, itt=5, ttt=iscsi.NO_TAG), True)
        try:
            self.ini.send_raw(pdu.pack() * count)
            for _ in range(count):
                equal(self.ini.recv(2 * SLOW).opcode, iscsi.REJECT, "answer")
        except Timeout:
            pass
        except Closed:
            self.lab.opened.remove(self.ini)
            self.ini.close()
            self.ini = None

    def turn(self):
        count = min(self.PART, self.left)
        self.left -= count
        self.send(count)

    def stay(self):
        """As many as are possible without an end."""
        if not self.ini:
            self.send(REFUSED_MAX - 1)
        check(self.ini, "a discovery session ends before eight PDUs")


@suite.case
def discovery_sessions(lab):
    """Anybody may have a discovery session. Unknown PDUs in some of them, whose
    Rejects are read and not acknowledged, hold less than 16 MiB."""
    peers, pdus = number((20, 8000), (8, 1000))
    since = Since()
    crowd = [Stubborn(lab, index, pdus) for index in range(peers)]
    while any(peer.left for peer in crowd):
        for peer in crowd:
            peer.turn()
        if crowd[0].left in (pdus // 2, 0):
            for peer in crowd:
                peer.stay()
            since.look(f"each has sent {pdus - crowd[0].left} PDUs")
    lab.row("discovery", since.most(), 16, "MiB", sessions=peers, pdus=pdus,
            logins=sum(peer.logins for peer in crowd))


# in a READ of 4 MiB
BLOCKS = 4 * MIB // 512
AT_ONCE = 4


def has_room(ini):
    """The window may be opened late; after some seconds it is not."""
    end = time.monotonic() + 2 * SLOW
    while not ini.room() and time.monotonic() < end:
        ini.nop()
        time.sleep(0.1)
    return ini.room()


def read_on(ini, left):
    """READs until there have been LEFT, or the target takes no more. The number of
    those that have ended; what they have read is not kept."""
    done = 0
    while done < left and has_room(ini):
        for task in ini.wait([ini.issue(read10(0, BLOCKS), read=4 * MIB) for _ in
                              range(min(AT_ONCE, left - done, ini.room()))],
                             60 * SLOW):
            equal((task.status, task.rlen), (0, 4 * MIB), "status, bytes")
            done += 1
    return done


@suite.case
def reads_unacknowledged(lab):
    """READs of 4 MiB, of which all is read and nothing acknowledged, hold less than
    16 MiB at a memory-limit of 4 MiB, on as many sessions as it takes; and none of
    them ends for that."""
    left = reads = number(256, 24)
    lab.adm("net", "set", "memory-limit", 4)
    since, sessions = Since(), []
    try:
        while left:
            sessions.append(silent(
                lab, lab.iqn, {"MaxRecvDataSegmentLength": 262144},
                isid=isid(len(sessions))))
            done = read_on(sessions[-1], left)
            check(done, f"session {len(sessions)} cannot read")
            left -= done
            sessions[-1].log.clear()    # the last PDUs, with their data
        since.look("nothing is acknowledged")
        time.sleep(6 * min(SLOW, 2))
        since.look("the sessions are idle")
        for ini in sessions:
            ini.go_on()
            ini.nop()   # without an acknowledgement the window is closed
            ini.good(read10(0, 8), read=4096)
        lab.row("reads", since.most(), 16, "MiB", reads=reads,
                sessions=len(sessions))
    finally:
        lab.defaults()


# --- crowds at the door ---------------------------------------------------------

def need(*programs):
    """What make -C tests/bench builds."""
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"no {program}")


class Crowd:
    """NUMBER connections that never log in, and are renewed when they are closed;
    on a processor of its own, since its machine is another one."""

    def __init__(self, count, *options):
        self.count = count
        self.proc = start("taskset", "-c", LAST_CPU, "iscsicrowd", *options,
                          f"{Lab.ADDR}:{Lab.PORT}", count, text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def state(self):
        """Connections: "made", "open", "closed" and "refused" by the target."""
        self.proc.stdin.write("\n")
        self.proc.stdin.flush()
        line = self.proc.stdout.readline()
        check(line, "iscsicrowd has ended")
        return json.loads(line)

    def made(self, count):
        """Whether so many were made."""
        return self.state()["made"] >= count

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.proc.stdin.close()
        try:
            self.proc.wait(30 * SLOW)
        except subprocess.TimeoutExpired:
            self.proc.kill()
        self.proc.stdout.close()


def good_login(lab):
    """Log in and out from another address."""
    ini = Initiator(lab.ADDR, lab.iqn, source=lab.ELSEWHERE, isid=isid(1),
                    timeout=20 * SLOW)
    try:
        ini.login(security=True)
        equal(ini.logout(), 0, "logout")
    finally:
        ini.close()


def logins_beside(lab, name, *crowds):
    """Ten logins from another address, beside crowds of one; (COUNT, BYTES) each."""
    need("iscsicrowd")
    told = []
    with contextlib.ExitStack() as stack:
        at_door = [stack.enter_context(Crowd(count, "-s", length))
                   for count, length in crowds]
        for crowd in at_door:
            wait_until(lambda one=crowd: one.made(one.count), 60 * SLOW,
                       f"{crowd.count} connections were made")
        times = [seconds(good_login, lab)[1] for _ in range(10)]
        for crowd in at_door:
            told.append(crowd.state())
            # or there were too few to be in anybody's way
            check(told[-1]["closed"] > 0, "none had to go")
    lab.row(name, max(times), 1 * SLOW, "s", median=round(
        statistics.median(times), 3), logins=len(times),
            made=sum(one["made"] for one in told))


@suite.case
def idle_at_the_door(lab):
    """Connections that send nothing."""
    logins_beside(lab, "login-idle", (number(2000, 300), 0))


@suite.case
def byte_at_the_door(lab):
    """Connections that send one byte."""
    logins_beside(lab, "login-byte", (number(2000, 300), 1))


@suite.case
def both_at_the_door(lab):
    """Both at once."""
    logins_beside(lab, "login-both", (number(2000, 300), 0),
                  (number(2000, 300), 1))


class Rate:
    """READs of one session, from a processor of its own."""

    def __init__(self, lab):
        self.lab, self.ios, self.seconds = lab, 0, 0

    def run(self, length):
        """For so many seconds."""
        out = json.loads(run(
            "taskset", "-c", FIRST_CPU, "iscsigen", "-l", 1, "-q", 8, "-t",
            length, f"{self.lab.ADDR}:{self.lab.PORT}", self.lab.iqn,
            timeout=60 + 2 * length))
        self.ios += out["ios"]
        self.seconds += out["seconds"]

    def __float__(self):
        return self.ios / self.seconds


@contextlib.contextmanager
def busy_processor():
    """The processor of the crowd has something else to do: what they share below
    them, as the machine of a VM, is then as busy as beside a crowd."""
    with start("taskset", "-c", LAST_CPU, "sh", "-c",
               "while :; do :; done") as proc:
        try:
            yield
        finally:
            proc.kill()


def rate_alone(lab, length):
    """Of the session without a crowd."""
    rate = Rate(lab)
    with busy_processor():
        rate.run(length)
    return float(rate)


def rate_beside(lab, count, length):
    """Of the session while at least COUNT connections are opened."""
    rate, end = Rate(lab), time.monotonic() + 120 * SLOW
    with Crowd(count, "-a", lab.CROWD, "-n", lab.CROWD_ADDRESSES) as crowd:
        while not rate.ios or not crowd.made(count):
            rate.run(length)
            check(time.monotonic() < end, f"not {count} connections: "
                                          f"{crowd.state()}")
        comment(f"{float(rate):.0f} IOPS beside {crowd.state()}")
    lab.quiet()
    return float(rate)


@suite.case
def beside_a_crowd(lab):
    """Connections that never send, opened as fast as they go from 20 addresses,
    leave 80 % of its rate to a session. A kernel that checks itself has locks that
    all processors share, and leaves it half. Among other tests, a machine is so busy
    that the rate of a session alone differs by as much."""
    need("iscsicrowd", "iscsigen", "taskset")
    if FIRST_CPU == LAST_CPU:
        raise Skip("one processor")
    count, length = number((10000, 4), (1000, 1.5))
    idle = Rate(lab)
    idle.run(length)
    pairs = []
    for _ in range(3):
        pairs.append((rate_alone(lab, length), rate_beside(lab, count, length)))
        comment("%.0f IOPS alone, %.0f beside a crowd" % pairs[-1])
    alone, beside = (statistics.median(rates) for rates in zip(*pairs))
    lab.row("crowd", statistics.median(100 * two / one for one, two in pairs),
            number(80 if SLOW == 1 else 50, 40), "%", least=True, connections=count,
            iops_idle_machine=round(float(idle)), iops_alone=round(alone),
            iops_beside=round(beside))


# --- what comes back ------------------------------------------------------------

def comes_back(lab, name, func, count):
    """What FUNC(lab, count) took is given back, but for 2 MiB. What leaks does so
    each time; what the rest of the machine takes meanwhile it does not take three
    times."""
    # what is made once, and stays
    func(lab, max(count // 10, 20))
    lab.quiet()
    for lot in range(1, 4):
        since = Since()
        func(lab, count)
        lab.quiet()
        more = since.look(f"{count} of {name}")
        if more <= 2 * SLOW:
            break
    lab.row(name, more, 2 * SLOW, "MiB", count=count, lot=lot)


class Login:
    """Logs in, again and again, with as little work as can be."""

    def __init__(self, lab):
        self.addr, self.iqn = lab.ADDR, lab.iqn

    def request(self):
        """A login that is one request."""
        ini = Initiator.__new__(Initiator)
        ini.isid, ini.tsih, ini.cid = isid(2), 0, 0
        ini.cmdsn, ini.expstatsn = 1, 0
        return ini.login_pdu({"InitiatorName": iscsi.NAME,
                              "TargetName": self.iqn})

    def enter(self):
        """A connection with a session."""
        conn = Conn(self.addr, timeout=20 * SLOW)
        conn.send(self.request())
        pdu = conn.expect(iscsi.LOGIN_RSP, status_class=0)
        check(pdu.final and pdu.u("tsih"), f"no session: {pdu}")
        conn.expstatsn = pdu.u("statsn") + 1
        return conn

    @staticmethod
    def leave(conn):
        conn.send(Pdu(iscsi.LOGOUT_REQ | iscsi.IMMEDIATE, 0x80, itt=2, cmdsn=1,
                      expstatsn=conn.expstatsn))
        equal(conn.expect(iscsi.LOGOUT_RSP).byte(2), 0, "response to the Logout")
        equal(conn.expect_close(), [], "PDUs after the Logout Response")
        conn.close()


def log_in_and_out(lab, count):
    login = Login(lab)
    for _ in range(count):
        login.leave(login.enter())


@suite.case
def logins_and_logouts(lab):
    """One after the other."""
    comes_back(lab, "logins", log_in_and_out, number(10000, 300))


RATE = 100


def reinstate(lab, count):
    """Sessions that take the place of each other, RATE in a second."""
    login, begin = Login(lab), time.monotonic()
    old = login.enter()
    for turn in range(count):
        time.sleep(max(begin + turn / RATE - time.monotonic(), 0))
        new = login.enter()
        old.expect_close()
        old.close()
        old = new
    comment(f"{count / (time.monotonic() - begin):.0f} reinstatements a second")
    equal(len(lab.sessions()), 1, "sessions")
    login.leave(old)


@suite.case
def reinstatements(lab):
    """For a minute."""
    comes_back(lab, "reinstatements", reinstate, RATE * number(60, 3))


def read_beside(load, lab, iqn):
    """READs, which changes of the LUNs may be told with."""
    ini = open_session(lab, iqn, "reader")
    while load.running():
        tasks = [ini.issue(read10(8 * lba, 8), read=4096) for lba in range(8)]
        for task in ini.wait(tasks, 20 * SLOW):
            check(task.status == 0 or task.key and task.key[0] == 6,
                  f"a READ: {task}")
        load.count("reads", len(tasks))
    equal(ini.logout(), 0, "logout")
    ini.close()


def transact(lab, count):
    """Transactions in which a LUN comes or goes, and the disk of another one is
    swapped, while that is read."""
    nl, there = lab.genl(), lab.adm_json("lun", "show", "target", lab.swapped)
    equal(len(there["lus"]), 2, "LUNs with the controller")
    with Load("reads") as load:
        load.start(read_beside, lab, lab.swapped)
        wait_until(lambda: load["reads"], 20 * SLOW, "there is I/O")
        # an even number, so that all is as before
        for turn in range(count & ~1):
            nl.do("txn-begin")
            if turn % 2:
                nl.do("lu-del", target_id=2, lun=2)
            else:
                nl.do("lu-new", target_id=2, lun=2, size=MIB,
                      backend=genl.BACKEND_NULL)
            nl.do("lu-set", target_id=2, lun=1, path=lab.disks_of_lun[turn % 2])
            nl.do("txn-commit")
            load.watch()
        comment(f"{load['reads']} READs beside {count} transactions")
    nl.close()


@suite.case
def transactions(lab):
    """Under I/O."""
    lab.disks_of_lun = [lab.null_blk(4), lab.null_blk(4)]
    lab.swapped = lab.target("t2", tid=2)
    lab.lun(lab.swapped, 1, lab.disks_of_lun[1])
    try:
        comes_back(lab, "transactions", transact, number(1000, 60))
    finally:
        lab.drop(lab.swapped)


# --- no memory at once ------------------------------------------------------------

# so that there are many PDUs to send
SEGMENTS = {"MaxRecvDataSegmentLength": 8192}
LENGTH = 640    # blocks


@contextlib.contextmanager
def failing():
    """Faults of which only allocations that do not wait know."""
    faults, cpus = Faults(), os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {FIRST_CPU})
        for attr in ("failslab", "fail_page_alloc"):
            faults.set(attr, "ignore-gfp-wait", "Y")
        yield faults
    finally:
        os.sched_setaffinity(0, cpus)
        faults.close()


@contextlib.contextmanager
def sometimes(faults, attr, percent):
    """So many of the allocations fail."""
    try:
        write(f"{DEBUGFS}/{attr}/verbose", 0)
        write(f"{DEBUGFS}/{attr}/probability", percent)
        yield
    finally:
        write(f"{DEBUGFS}/{attr}/probability", 0)
        write(f"{DEBUGFS}/{attr}/verbose", faults.verbose)


class Reader:
    """A session with READs of two LUNs."""

    def __init__(self, lab, index):
        self.ini = lab.login(lab.iqn, SEGMENTS, luns=(1, 2), timeout=30 * SLOW,
                             isid=isid(index))
        self.lab, self.tasks = lab, []

    def read(self, count, patience=None):
        """READs, some of which may not end if there is no PATIENCE."""
        self.tasks = [self.ini.issue(read10(0, LENGTH), turn % 2 + 1, LENGTH * 512)
                      for turn in range(count)]
        with contextlib.suppress(Timeout):
            self.ini.wait(timeout=patience)

    def leave(self):
        """When there is memory all READs end, and the session does when it wants
        to."""
        for task in self.ini.wait(self.tasks):
            check(task.status in (0, BUSY, TASK_SET_FULL), f"a READ: {task}")
        self.ini.good(tur())
        equal(self.ini.logout(), 0, "logout")
        self.close()

    def close(self):
        self.lab.opened.remove(self.ini)
        self.ini.close()


class Ends:
    """Of the sessions of readers, how many the target has ended."""

    def __init__(self, lab):
        self.lab, self.sessions, self.reads, self.ended = lab, 0, 0, 0

    def read(self, fault, count, patience=None):
        """A session that reads while FAULT, a context manager, lasts; gives back
        what that is."""
        self.sessions += 1
        self.reads += count
        reader = Reader(self.lab, self.sessions)
        try:
            with fault as what:
                reader.read(count, patience)
            reader.leave()
        except Closed as err:
            self.ended += 1
            comment(f"session {self.sessions} has ended: {err}")
            reader.close()
        return what


def one_fails(ends, faults):
    """The first allocation of some READs fails, then the second, until there is no
    more; gives back how many there are."""
    for index in range(1, 2000):
        # how workers share the work differs each time
        if not any(ends.read(faults.workers_of(IO, index), 4).fired
                   for _ in range(4)):
            return index - 1
    check(False, "it comes to no end")
    return None


@suite.case
def no_memory_at_once(lab):
    """Allocations that do not wait fail, each of them once, a part of them for a
    time, or all for a second: no session ends."""
    ends = Ends(lab)
    with failing() as faults:
        disk = lab.null_blk(4)
        quiet_null_blk(lab.devices[-1])
        lab.lun(lab.iqn, 2, disk)
        try:
            sites = one_fails(ends, faults)
            for attr, (percent, patience) in itertools.product(
                    ("failslab", "fail_page_alloc"), ((5, 5), (30, 3), (100, 1))):
                for _ in range(number(20, 3)):
                    ends.read(sometimes(faults, attr, percent), 16, patience)
        finally:
            lab.close_all()
            lab.drop_lun(lab.iqn, 2)
    check(sites, "no allocation could be made to fail")
    lab.row("no-memory", ends.ended, 0, "sessions ended", sites=sites,
            sessions=ends.sessions, reads=ends.reads)


# --- who is gone ------------------------------------------------------------------

@suite.case
def vanishes(lab):
    """A machine that vanishes after it has not answered a NOP-In: its session ends
    in two minutes, with the times that are the defaults."""
    limit = 120
    if FULL:
        lab.adm("net", "set", "nop-interval", 10)
    else:
        limit = 15 * SLOW
        lab.adm("net", "set", "nop-interval", 1, "keepalive-idle", 3,
                "keepalive-interval", 1, "keepalive-probes", 3,
                "tcp-user-timeout", 6)
    listener = lab.listen("session")
    ini = lab.connect(lab.iqn, timeout=60 * SLOW)
    ini.login()
    ini.expect(iscsi.NOP_IN)
    try:
        run("ip", "-n", lab.ins, "link", "set", "wire", "down")
        _, took = seconds(wait_until, lambda: not lab.sessions(), limit + 30,
                          "the session ends")
        event = {}
        while event is not None and "end" not in event:
            event = listener.next(5 * SLOW)
        equal(event and event["end"], "connection-lost", "reason")
    finally:
        run("ip", "-n", lab.ins, "link", "set", "wire", "up")
        lab.defaults()
    lab.row("vanished", took, limit, "s", defaults=FULL)


if __name__ == "__main__":
    suite.main()
