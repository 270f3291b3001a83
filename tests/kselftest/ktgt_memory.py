#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What a peer can make the target hold.

    target namespace: t1, LUN 1 null, LUN 2 with null_blk -- veth -- this program

Shown: answers that the initiator has read and does not acknowledge take hardly
more than their headers; data that it does not acknowledge takes no more than
memory-limit, and headers of data next to nothing; unsolicited data takes no more
than twice memory-limit; an idle session holds none of it, and gives back the memory
of the last NOP-Out. When all sessions together hold memory-total, the one that
holds most has to wait, with an event and a counter, and none ends.
"""
# Timeout: 300
# Short: debug

import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import read10, read16, tur, write10  # noqa: E402
from ktap import (Suite, check, comment, equal,  # noqa: E402
                  wait_until)
from lab import SLOW, Lab, read  # noqa: E402
from memory import Since  # noqa: E402

MIB = 1 << 20
BLOCK = 512
TASK_SET_FULL = 0x28
KEYS = {"MaxRecvDataSegmentLength": 262144}
# as much unsolicited data as can be
UNSOLICITED = {**KEYS, "InitialR2T": "No", "ImmediateData": "Yes",
               "FirstBurstLength": 262144}
SETTINGS = ("memory-limit", 64, "nop-interval", 10)


class Memory(Lab):
    """A lab with one target."""

    def setup(self):
        super().setup()
        self.iqn = self.target("t1")
        self.null_lun(self.iqn, 1, "64M")
        self.total = self.net()["memory_total"]

    def net(self):
        return self.adm_json("net", "show")["net"]

    def held(self, ini):
        """What net show tells of a session: bytes that it holds, and those of them
        that were sent and are not acknowledged."""
        conn = next(sess["conn"][0] for sess in self.sessions()
                    if sess["tsih"] == ini.tsih)
        return conn["memory"], conn["memory_unacknowledged"]


def after(lab):
    """Nothing is left to the next case."""
    lab.close_all()
    lab.adm("net", "set", *SETTINGS, "memory-total", lab.total)
    wait_until(lambda: not lab.connections(), 10 * SLOW, "connections end")


suite = Suite(Memory)
suite.after = after


class Reader(iscsi.Deaf):
    """One that reads, and keeps nothing of what it reads."""

    def send_read(self, size):
        """A READ of SIZE bytes, whose answer drain() takes."""
        pdu = iscsi.Pdu(iscsi.SCSI_CMD, 0xC1, itt=self.itt(), edtl=size, lun=1)
        pdu.bhs[32:48] = read16(0, size // BLOCK)
        self.send(self.stamp(pdu))

    def drain(self, size):
        """The whole answer of a READ of SIZE bytes: it is not looked at, but it has
        the length that it must have."""
        segment = self.keys["MaxRecv"]
        left = size + 48 * -(-size // segment)
        buf = bytearray(MIB)
        while left:
            got = self.sock.recv_into(buf, min(left, len(buf)))
            check(got, f"the connection was closed, {left} bytes are left")
            left -= got
        self.expstatsn += 1


def deaf(lab, keys=None, **kwargs):
    """A session that acknowledges nothing, and gets no pings."""
    lab.adm("net", "set", "nop-interval", 0)
    ini = lab.connect(lab.iqn, cls=lambda addr, **rest: Reader(addr, lab.iqn, **rest),
                      timeout=60 * SLOW, **kwargs)
    ini.login(keys or KEYS)
    lab.clear_ua(ini)
    ini.stop()
    return ini


def available():
    """Bytes of memory that the kernel could give. What this program has is not
    the target's."""
    return sum(int(re.search(rf"{what}:\s+(\d+)", read(path))[1]) << 10
               for what, path in (("MemAvailable", "/proc/meminfo"),
                                  ("RssAnon", "/proc/self/status")))


def used(before, what):
    """How much more is used than BEFORE; that is not exact."""
    more = before - available()
    comment(f"{what}: {more / MIB:.1f} MiB")
    return more


@suite.case
def unacknowledged(lab):
    """2000 NOP-Outs of 16 KiB, whose answers are read and not acknowledged."""
    ini = lab.login(lab.iqn, KEYS, timeout=20 * SLOW)
    data, first = os.urandom(16384), ini.expstatsn
    before = available()
    for turn in range(200):
        for _ in range(10):
            pdu = iscsi.Pdu(iscsi.NOP_OUT, 0x80, data, itt=ini.itt(),
                            ttt=iscsi.NO_TAG)
            ini.send(ini.stamp(pdu, immediate=True).put("expstatsn", first))
        for _ in range(10):
            check(ini.until(iscsi.NOP_IN).data == data, f"echo, turn {turn}")
    # 31 MiB if they are held; what else moves takes some
    check(used(before, "2000 echoes of 16 KiB") < 22 * MIB, "they are held")
    equal(len(lab.sessions()), 1, "sessions")
    ini.good(iscsi.read10(0, 8), read=4096)


@suite.case
def idle_buffers(lab):
    """192 sessions that have sent 256 KiB in a NOP-Out, and are idle: 48 MiB if
    it is held. What else moves takes some."""
    lab.adm("net", "set", "nop-interval", 0)
    sessions = [lab.login(lab.iqn, timeout=20 * SLOW, name=f"{iscsi.NAME}{nr}")
                for nr in range(192)]
    # the memory of commands goes as well
    time.sleep(6)
    before = available()
    for ini in sessions:
        ini.nop(bytes(262144))
    used(before, "not idle")
    # an idle session is looked at every five seconds
    wait_until(lambda: before - available() < 36 * MIB, 30 * SLOW,
               "it is given back")
    used(before, "idle")
    # who is idle again at once must not have it again
    for ini in sessions:
        equal(bytes(ini.nop(b"again").data), b"again", "echo")
    check(used(before, "after short ones") < 36 * MIB, "it is there again")
    lab.adm("net", "set", "nop-interval", 10)


@suite.case
def unacknowledged_reads(lab):
    """256 READs of 4 MiB, of 1 MiB before, without any acknowledgement."""
    count = 64 if SLOW > 1 else 250
    lab.adm("net", "set", "memory-limit", 4)
    for size, kept in ((MIB, 4 * MIB), (4 * MIB, 0)):
        ini = deaf(lab)
        since = Since()
        for _ in range(count):
            ini.send_read(size)
            ini.drain(size)
        wait_until(lambda: lab.held(ini)[1] == kept, 4,
                   f"{kept // MIB} MiB are counted as sent: {lab.held(ini)}")
        held = lab.held(ini)[0]
        check(held < 7 * MIB, f"the session holds {held} bytes")
        # this takes so long on some kernels that the session is idle
        more = since.look(f"{count} READs of {size // MIB} MiB")
        check(more < 16, "they are held")
        ini.nop()
        ini.close()


@suite.case
def unacknowledged_headers(lab):
    """READs of 32 MiB in segments of 512 bytes: 12 MiB of headers each."""
    size, keys = 32 * MIB, {"MaxRecvDataSegmentLength": 512}
    lab.adm("net", "set", "memory-limit", 4)
    ini = deaf(lab, keys)
    for turn in range(2):
        ini.send_read(size)
        ini.drain(size)
        held = lab.held(ini)[0]
        comment(f"held after READ {turn + 1}: {held / MIB:.1f} MiB")
        # pages for the next piece, and headers that fit into the socket's buffer
        check(held < 8 * MIB, "the headers are held")
    ini.nop()


@suite.case
def idle_sent(lab):
    """An idle session holds nothing of what was sent and not acknowledged, without
    pings as well."""
    ini = deaf(lab)
    for _ in range(4):
        ini.send_read(MIB)
        ini.drain(MIB)
    wait_until(lambda: lab.held(ini)[1] == 4 * MIB, 10 * SLOW, "all is counted")
    # an idle session is looked at every five seconds
    wait_until(lambda: lab.held(ini)[1] == 0, 30 * SLOW, "it is given back")
    held = lab.held(ini)[0]
    check(held < 65536, f"the session holds {held} bytes")
    # and again, with an acknowledgement of all at once
    ini.send_read(MIB)
    ini.drain(MIB)
    wait_until(lambda: lab.held(ini)[1] == MIB, 10 * SLOW, "it is counted")
    ini.stop()
    ini.nop()
    wait_until(lambda: lab.held(ini)[1] == 0, 10 * SLOW, "it is acknowledged")


@suite.case
def unsolicited(lab):
    """64 WRITEs of 256 KiB, all of it immediate data, to a disk that does not
    answer: memory-limit twice, and no byte more."""
    size = 262144
    lab.adm("net", "set", "memory-limit", 4)
    disk = Mapped(lab.null_blk(32))
    iqn = lab.target("t2")
    # the only one: nothing is given to others because it does not answer
    lab.lun(iqn, 1, disk.path)
    ini = lab.login(iqn, UNSOLICITED, timeout=60 * SLOW)
    equal(ini.keys["FirstBurstLength"], size, "FirstBurstLength")
    disk.suspend()
    try:
        data = os.urandom(size)
        tasks = [ini.issue(write10(nr * size // BLOCK, size // BLOCK), write=data)
                 for nr in range(64)]
        late = tasks[8 * MIB // size:]
        ini.wait(late)
        equal({task.status for task in late}, {TASK_SET_FULL}, "status")
        held = lab.held(ini)[0]
        check(8 * MIB <= held < 9 * MIB, f"the session holds {held} bytes")
        ini.nop()
    finally:
        disk.resume()
    tasks = tasks[:8 * MIB // size]
    ini.wait(tasks)
    equal({task.status for task in tasks}, {0}, "status")
    # there is room again
    ini.good(write10(0, size // BLOCK), write=data)
    check(ini.good(read10(0, size // BLOCK), read=size).data == data, "data")
    ini.close()
    lab.drop(iqn)
    disk.remove()


def fill(lab, size_mib):
    """A session that holds SIZE_MIB at a disk that does not answer; gives back the
    session, the disk and the tasks."""
    disk = Mapped(lab.null_blk(32))
    lab.lun(lab.iqn, 2, disk.path)
    ini = lab.login(lab.iqn, KEYS, luns=(1, 2), timeout=60 * SLOW)
    disk.suspend()
    size = 262144
    tasks = [ini.issue(read10(nr % 64 * size // BLOCK, size // BLOCK), 2, read=size)
             for nr in range(size_mib * MIB // size)]
    wait_until(lambda: lab.held(ini)[0] >= size_mib * MIB, 10 * SLOW,
               "the READs have their pages")
    return ini, disk, tasks


def is_waiting(ini):
    """Whether the window of a session stays where it is: those that have ended make
    no room for others."""
    before = ini.room()
    for _ in range(4):
        ini.good(tur())
    return ini.room() == before - 4


@suite.case
def total(lab):
    """One session holds most of memory-total when another one takes the rest: the
    first has to wait, an event and a counter tell, and no session ends."""
    lab.adm("net", "set", "memory-total", "16M")
    equal(lab.net()["memory_total"], 16 * MIB, "memory-total")
    listener = lab.listen("session")
    first, disk, tasks = fill(lab, 15)
    try:
        second = lab.login(lab.iqn, KEYS, name=f"{iscsi.NAME}2",
                           timeout=60 * SLOW)
        closed = lab.net()["windows_closed"]
        check(not is_waiting(first), "the first waits too early")
        listener.drain()
        began = time.monotonic()
        second.good(read10(0, 2 * MIB // BLOCK), read=2 * MIB)
        event = listener.next(10 * SLOW)
        equal({key: event.get(key) for key in ("event", "initiator", "tsih")},
              {"event": "memory-full", "initiator": iscsi.NAME,
               "tsih": first.tsih}, f"event {event}")
        check(15 * MIB <= event["memory"] <= 16 * MIB, f"event {event}")
        check(lab.net()["windows_closed"] > closed, "it is not counted")
        check(is_waiting(first), "the first does not wait")
        # the others go on, and so does what the first one has sent
        for _ in range(8):
            second.good(read10(0, MIB // BLOCK), read=MIB)
        first.nop()
        equal(len(lab.sessions()), 2, "sessions")
        used_now = lab.net()["memory_used"]
        check(used_now < 19 * MIB, f"memory-used is {used_now}")
        others = [event["event"] for event in listener.drain()]
        check(len(others) <= (time.monotonic() - began) // 10,
              f"{others} in the next ten seconds, or what it takes here")
    finally:
        disk.resume()
    first.wait(tasks)
    equal({task.status for task in tasks}, {0}, "status")
    wait_until(lambda: not is_waiting(first), 10 * SLOW, "the window opens")
    equal(len(lab.sessions()), 2, "sessions")
    lab.close_all()
    lab.drop_lun(lab.iqn, 2)
    disk.remove()


@suite.case
def total_of_one(lab):
    """A session that wants far more than memory-total gets it, piece by piece."""
    lab.adm("net", "set", "memory-total", "4M")
    closed = lab.net()["windows_closed"]
    ini = lab.login(lab.iqn, UNSOLICITED, timeout=60 * SLOW)
    tasks = [ini.issue(read10(0, MIB // BLOCK), read=MIB) for _ in range(32)]
    ini.wait(tasks)
    equal({task.status for task in tasks}, {0}, "status of READs")
    check(lab.net()["windows_closed"] > closed, "it did not have to wait")
    wait_until(lambda: not is_waiting(ini), 10 * SLOW, "the window opens")
    tasks = [ini.issue(write10(0, 128), write=bytes(65536)) for _ in range(32)]
    ini.wait(tasks)
    check({task.status for task in tasks} <= {0, TASK_SET_FULL},
          "status of WRITEs")
    equal(tasks[0].status, 0, "status of the first WRITE")
    equal(len(lab.sessions()), 1, "sessions")


@suite.case
def total_comes_back(lab):
    """Nothing stays counted of sessions that have ended in whatever way."""
    before = lab.net()["memory_used"]
    for turn in range(8):
        ini = lab.login(lab.iqn, KEYS, name=f"{iscsi.NAME}{turn}")
        for _ in range(4):
            ini.issue(read10(0, MIB // BLOCK), read=MIB)
        if turn % 2:
            ini.wait()
        ini.abort()
    wait_until(lambda: not lab.connections(), 10 * SLOW, "they end")
    equal(lab.net()["memory_used"], before, "memory-used")
    equal(before, 0, "memory-used without connections")


suite.main()
