#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Processors on which connections are served.

    target namespace: t1 with LUN 1 -- veth -- this program

Shown: with net set cpus, connections that exist move, and new ones begin, on the
processors of the list; a list that cannot be is refused; I/O goes on when a
processor goes offline, one that is the only one of the list as well.
"""
# Timeout: 120

import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
from iscsi import read10, write10  # noqa: E402
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, write  # noqa: E402

ONLINE = "/sys/devices/system/cpu/cpu1/online"
OTHER = {"name": "iqn.2026-11.org.example:other"}


def after(lab):
    """Leave nothing to the next case."""
    if os.path.exists(ONLINE):
        write(ONLINE, 1)
    lab.adm("net", "set", "cpus", "all")
    lab.close_all()
    lab.stop_target()


suite = Suite(Lab)
suite.after = after


def two_cpus():
    """The cases need processors 0 and 1, the second of which can be taken away."""
    if not os.path.exists(ONLINE):
        raise Skip("no second processor that can go offline")


def disk(lab):
    iqn = lab.target()
    lab.lun(iqn, 1, lab.null_blk(4))
    return iqn


def cpus(lab):
    """Where the connections are served."""
    return [conn["cpu"] for sess in lab.sessions() for conn in sess["conn"]]


@suite.case
def moves(lab):
    """Those that exist, and a new one."""
    two_cpus()
    equal(lab.adm_json("net", "show")["net"]["cpus"], "all", "cpus")
    iqn = disk(lab)
    ini = lab.login(iqn)
    for cpu in (1, 0, 1):
        lab.adm("net", "set", "cpus", cpu)
        ini.good(read10(0, 1), read=512)
        ini.good(read10(0, 1), read=512)
        equal(cpus(lab), [cpu], "where it is served")
        other = lab.login(iqn, **OTHER)
        equal(cpus(lab), [cpu, cpu], "where both are served")
        other.logout()
    equal(lab.adm_json("net", "show")["net"]["cpus"], "1", "cpus")
    lab.adm("net", "set", "cpus", "0,1")
    equal(lab.adm_json("net", "show")["net"]["cpus"], "0-1", "cpus")
    ini.logout()


def fails(lab, words, why):
    """It is refused, for this reason."""
    status, text = lab.adm_fails("net", "set", "cpus", words)
    check(status == 2 and why in text, f"{words}: {status}, {text}")


@suite.case
def refused(lab):
    """Lists that cannot be, and what would be right."""
    for words, why in (("x", "must be a list of processors such as 0-3,8, or all"),
                       ("1-", "must be a list of processors such as 0-3,8, or all"),
                       ("", "must be a list of processors"),
                       ("60000-60001", "this machine has processors 0 to")):
        fails(lab, words, why)
    if os.path.exists(ONLINE):
        write(ONLINE, 0)
        fails(lab, "1", "none of these is online; online are 0")
    equal(lab.adm_json("net", "show")["net"]["cpus"], "all", "cpus")


class Writer(threading.Thread):
    """Writes and reads all the time, and compares."""

    def __init__(self, ini):
        super().__init__()
        self.ini, self.number, self.stop = ini, 0, False
        self.fault = None

    def run(self):
        try:
            while not self.stop:
                self.number += 1
                data = self.number.to_bytes(8, "big") * 64
                self.ini.good(write10(0, 1), write=data)
                equal(self.ini.good(read10(0, 1), read=512).data, data, "data")
        except Exception as err:  # pylint: disable=broad-exception-caught
            self.fault = err

    def goes_on(self):
        """Until it has written 20 more."""
        number = self.number
        wait_until(lambda: self.number > number + 20 or self.fault, 20 * SLOW,
                   "writes")
        check(not self.fault, f"{self.fault}")


@suite.case
def offline(lab):
    """A processor goes and comes back under I/O."""
    two_cpus()
    ini = lab.login(disk(lab))
    writer = Writer(ini)
    writer.start()
    try:
        for words in ("all", "1"):
            lab.adm("net", "set", "cpus", words)
            for online in (0, 1) * 3:
                writer.goes_on()
                write(ONLINE, online)
            writer.goes_on()
        equal(cpus(lab), [1], "where it is served")
    finally:
        writer.stop = True
        writer.join()
    ini.logout()


if __name__ == "__main__":
    suite.main()
