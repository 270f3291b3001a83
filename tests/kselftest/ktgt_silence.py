#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Initiators of which nothing is heard.

    target namespace: t1, LUN 1 null_blk -- veth -- this program

Shown: TCP notices a machine that has vanished, with data under way and without,
in the times that are set; it looks after an initiator that never answers a
NOP-In, which is not ended for that alone; bytes count, in both directions and
not only headers: one segment over a slow line keeps its session.
"""
# Timeout: 240

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, run  # noqa: E402

# of NOP-Ins, s; what a busy machine may take for nothing is less
INTERVAL = 2 if SLOW == 1 else 6
KEYS = {"MaxRecvDataSegmentLength": 262144, "FirstBurstLength": 65536,
        "InitialR2T": "No", "ImmediateData": "Yes"}


class Silence(Lab):
    """A lab with one target."""

    def setup(self):
        super().setup()
        self.iqn = self.target("t1")
        self.lun(self.iqn, 1, self.null_blk(8))

    def link(self, state):
        """Of the initiator. Its IPv6 address goes with the link."""
        run("ip", "-n", self.ins, "link", "set", "wire", state)
        if state == "up":
            run("ip", "-n", self.ins, "addr", "replace", f"{self.SELF6}/64",
                "dev", "wire", "nodad")

    def after(self):
        """Of each case, however it ended."""
        self.link("up")
        self.close_all()
        self.adm("net", "set", "nop-interval", 10, "keepalive-idle", 30,
                 "keepalive-interval", 10, "keepalive-probes", 3,
                 "tcp-user-timeout", 60)
        wait_until(lambda: not self.sessions(), 30 * SLOW, "all sessions end")


suite = Suite(Silence)
suite.after = Silence.after


def vanishes(lab):
    """The machine of the one initiator vanishes; its session ends."""
    listener = lab.listen("session")
    equal(len(lab.sessions()), 1, "sessions")
    lab.link("down")
    wait_until(lambda: not lab.sessions(), 20 * SLOW, "the session ends")
    equal(listener.next(10 * SLOW)["end"], "connection-lost", "reason")


@suite.case
def probes(lab):
    """The defaults are in force, and zeroes switch them off."""
    def timers():
        return lab.in_target("ss", "-Htno", "state", "established")

    ini = lab.login(lab.iqn)
    # while something is not acknowledged, another timer is shown
    wait_until(lambda: "timer:(keepalive," in timers(), 10, "a probe is due")
    ini.close()
    wait_until(lambda: not timers(), 10, "it ends")
    lab.adm("net", "set", "keepalive-idle", 0, "tcp-user-timeout", 0)
    lab.login(lab.iqn)
    time.sleep(1)
    check("keepalive" not in timers(), f"probes are due: {timers()}")


@suite.case
def vanishes_idle(lab):
    """Nothing is under way: TCP asks, for a time or a number of times."""
    lab.adm("net", "set", "nop-interval", 0, "keepalive-idle", 1,
            "keepalive-interval", 1, "keepalive-probes", 2)
    for timeout in (0, 3):
        lab.adm("net", "set", "tcp-user-timeout", timeout)
        ini = lab.login(lab.iqn)
        vanishes(lab)
        lab.link("up")
        ini.close()


@suite.case
def vanishes_with_data(lab):
    """A NOP-In is under way, and none has been answered: TCP does not wait for
    its acknowledgement without end."""
    # it is sent when the link is down
    lab.adm("net", "set", "nop-interval", 5 * SLOW, "keepalive-idle", 0,
            "tcp-user-timeout", 3)
    lab.login(lab.iqn)
    vanishes(lab)


def listening(lab, **kwargs):
    """A session that has answered a NOP-In, and whose silence matters."""
    lab.adm("net", "set", "nop-interval", INTERVAL)
    ini = lab.login(lab.iqn, KEYS, timeout=20 * SLOW, **kwargs)
    while ini.until(iscsi.NOP_IN).u("ttt") == iscsi.NO_TAG:
        pass
    return ini


@suite.case
def slow_sender(lab):
    """A segment of 64 KiB takes many intervals."""
    ini = listening(lab)
    data = os.urandom(65536)
    send = ini.send_raw

    def trickle(what):
        for at in range(0, len(what), 1024):
            send(what[at:at + 1024])
            time.sleep(5 * INTERVAL / 64)

    ini.send_raw = trickle
    task = ini.issue(iscsi.write10(0, 128), write=data)
    ini.send_raw = send
    ini.wait([task])
    equal((task.status, task.response), (0, 0), "status and response")
    check(ini.good(iscsi.read10(0, 128), read=65536).data == data, "data differ")


@suite.case
def slow_reader(lab):
    """Data that the initiator reads takes many intervals."""
    ini = listening(lab, rcvbuf=8192)
    size = 1 << 20
    task = ini.issue(iscsi.read10(0, size // 512), read=size)
    for _ in range(64):
        ini.rx += ini.sock.recv(4096)
        time.sleep(5 * INTERVAL / 64)
    ini.wait([task])
    equal((task.status, task.response), (0, 0), "status and response")
    equal(len(task.data), size, "bytes")


@suite.case
def stops(lab):
    """Who has answered and stops reading and sending is ended."""
    ini = listening(lab)
    listener = lab.listen("session")
    wait_until(lambda: not lab.sessions(), 10 * INTERVAL, "the session ends")
    equal(listener.next(10 * SLOW)["end"], "no-answer", "reason")
    ini.close()


@suite.case
def never_answers(lab):
    """Firmware of machines answers no NOP-In, and may be idle for long."""
    lab.adm("net", "set", "nop-interval", 1)
    ini = lab.login(lab.iqn)
    time.sleep(6)
    equal(len(lab.sessions()), 1, "sessions")
    ini.good(iscsi.read10(0, 8), read=4096)
    check(ini.nopins, "no NOP-In came")
    ini.logout()


suite.main()
