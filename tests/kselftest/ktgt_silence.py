#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Initiators of which nothing is heard.

    target namespace: t1, LUN 1 null_blk -- veth -- this program

Shown: TCP notices a machine that has vanished, in the times that are set.
"""
# Timeout: 240

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, run  # noqa: E402


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


suite.main()
