#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What a peer can make the target hold.

    target namespace: t1, LUN 1 null -- veth -- this program

Shown: answers that the initiator has read and does not acknowledge take hardly
more than their headers; an idle session gives back the memory of the last
NOP-Out.
"""
# Timeout: 240

import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from ktap import (Suite, check, comment, equal,  # noqa: E402
                  wait_until)
from lab import SLOW, Lab, read  # noqa: E402

MIB = 1 << 20
KEYS = {"MaxRecvDataSegmentLength": 262144}


class Memory(Lab):
    """A lab with one target."""

    def setup(self):
        super().setup()
        self.iqn = self.target("t1")
        self.null_lun(self.iqn, 1, "16M")


suite = Suite(Memory)
suite.after = Memory.close_all


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


suite.main()
