#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Initiators are asked to log out (RFC 7143, 11.9), and made to.

    target namespace: targets on null_blk -- veth -- this program

Shown: the request as it is on the wire; who logs out is not waited for any longer,
and loses nothing; who does not goes on working until its time is over, and is ended
then; others are left alone.
"""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import read10, write10, tur  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, start  # noqa: E402

suite = Suite(Lab)
suite.after = Lab.stop_target
REQUEST_LOGOUT = 1


def target(lab, name="t1"):
    iqn = lab.target(name)
    lab.lun(iqn, 1, lab.null_blk(4))
    return iqn


class Asking:
    """ktgtadm session logout, while the test goes on."""

    def __init__(self, lab, *words):
        argv = ["ktgtadm", "-n", lab.tns, "session", "logout",
                *map(str, words)]
        self.start = time.monotonic()
        self.process = start(*argv, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)

    def end(self):
        """What it has said, and how long it took."""
        out, err = self.process.communicate(timeout=60)
        equal((self.process.returncode, out), (0, ""), f"the command: {err}")
        return err, time.monotonic() - self.start


def asked(ini, seconds, least=None):
    """The session gets the request, and SECONDS, or LEAST to SECONDS."""
    pdu = ini.expect(iscsi.ASYNC)
    equal(pdu.u("statsn"), ini.expstatsn, "StatSN")
    ini.expstatsn += 1
    equal((pdu.flags, bytes(pdu.bhs[4:8]), bytes(pdu.bhs[8:16])),
          (0x80, bytes(4), bytes(8)), "flags, lengths, LUN")
    equal(bytes(pdu.bhs[16:24]), b"\xff" * 4 + bytes(4), "bytes 16 to 23")
    got = int.from_bytes(pdu.bhs[42:44], "big")
    check((least or seconds) <= got <= seconds, f"{got} s")
    equal(bytes(pdu.bhs[36:48]), bytes([REQUEST_LOGOUT]) + bytes(5)
          + got.to_bytes(2, "big") + bytes(4), "the event")


@suite.case
def logs_out(lab):
    """Who logs out when it is asked: the command ends at once."""
    iqn = target(lab)
    ini = lab.login(iqn)
    asking = Asking(lab, "time", 30)
    asked(ini, 30)
    data = os.urandom(4096)
    ini.good(write10(0, 8), write=data)
    equal(ini.good(read10(0, 8), read=4096).data, data, "data")
    ini.logout()
    said, took = asking.end()
    equal(said, "", "what it says")
    check(took < 20, f"{took:.1f} s")
    equal(lab.sessions(), [], "sessions")
    lab.login(iqn).logout()


@suite.case
def stays(lab):
    """Who stays is ended when the time is over, and not before."""
    ini = lab.login(target(lab))
    patience = 2 * SLOW
    asking = Asking(lab, "time", patience)
    asked(ini, patience)
    until = time.monotonic() + 1
    while time.monotonic() < until:
        ini.good(tur())
    # asked once more, it does not get more time
    later = Asking(lab, "time", 60)
    asked(ini, patience, 1)
    ini.expect_close(patience + 8)
    said, took = asking.end()
    check(f"1 of 1 sessions did not log out in {patience} s" in said, said)
    check(patience - 0.1 < took < patience + 8, f"{took:.1f} s")
    equal(later.end()[0], "", "the second, whose time was not over")
    equal(lab.sessions(), [], "sessions")


@suite.case
def of_one_target(lab):
    """Sessions of another target are not asked, and one can be named alone."""
    first, second = target(lab, "t1"), target(lab, "t2")
    one, other = lab.login(first), lab.login(second)
    asking = Asking(lab, "target", first)
    asked(one, 10)
    one.logout()
    equal(asking.end()[0], "", "what it says")
    other.good(tur())

    one = lab.login(first)
    number = next(s["id"] for s in lab.sessions() if s["target"] == second)
    asking = Asking(lab, "id", number, "time", 5)
    asked(other, 5)
    other.logout()
    asking.end()
    one.good(tur())
    one.logout()


@suite.case
def discovery(lab):
    """A discovery session has nothing to write back: it is ended at once."""
    target(lab)
    ini = lab.login(None, discovery=True)
    check(ini.send_targets(), "no targets")
    Asking(lab, "time", 30).end()
    ini.expect_close(5)


@suite.case
def under_load(lab):
    """Writes that are on their way when the time is over end, and the target
    can go."""
    iqn = target(lab)
    ini = lab.login(iqn)
    asking = Asking(lab, "time", 1)
    try:
        while True:
            ini.wait([ini.issue(write10(8 * i, 8), write=bytes(4096))
                      for i in range(64)])
    except iscsi.Closed:
        pass
    check("did not log out" in asking.end()[0], "it was not told")
    wait_until(lambda: not lab.sessions(), 5, "the end")
    lab.drop(iqn)


if __name__ == "__main__":
    suite.main()
