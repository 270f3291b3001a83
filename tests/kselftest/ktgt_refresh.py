#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Devices that change, of which udev tells.

    target namespace: t1 with LUN 1 -- veth -- this program

Shown: after "lun refresh" each session finds one unit attention with its next READ,
which would not have found the change by itself; what shows the LUN follows; the
initial namespace does so for all of them, any other one only for its own.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import genl  # noqa: E402
from dm import Mapped, part  # noqa: E402
from iscsi import read10, wce, write10  # noqa: E402
from ktap import Suite, check, equal  # noqa: E402
from lab import Lab, run, write  # noqa: E402

CAPACITY, MODE = (6, 0x2A, 9), (6, 0x2A, 1)
PROTECTED = (7, 0x27, 0)


suite = Suite(Lab)
suite.after = dm.leave_nothing


def number(dev):
    """As udev has it."""
    rdev = os.stat(dev).st_rdev
    return f"{os.major(rdev)}:{os.minor(rdev)}"


def disk(lab, dev):
    """Target 1 with this device; gives back two sessions."""
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, dev)
    return [lab.login(iqn), lab.login(iqn, isid=bytes((128, 0, 0, 0, 0, 9)))]


def read(ini, lba=0):
    """(Status, sense) of a READ: it looks at no device again."""
    task = ini.command(read10(lba, 1), read=512)
    return task.status, task.key


def told(sessions, key, lba=0):
    """Each of them is told once, and reads then."""
    for ini in sessions:
        equal(read(ini, lba), (2, key), "the first READ")
        equal(read(ini, lba), (0, None), "the second READ")


def not_told(sessions):
    equal([read(ini) for ini in sessions], [(0, None)] * len(sessions), "READs")


def lun(lab):
    """What is shown of it."""
    return lab.adm_json("lun", "show", "target", 1, "lun", 1)["lus"][0]


@suite.case
def size(lab):
    """It grows and shrinks."""
    base = lab.null_blk(16)
    dev = Mapped(base, part(8))
    sessions = disk(lab, dev.path)
    dev.change(part(16))
    not_told(sessions)
    equal(read(sessions[0], (8 << 11) + 1), (2, (5, 0x21, 0)), "behind its end")
    lab.adm("lun", "refresh", "device", number(dev.path))
    told(sessions, CAPACITY, (8 << 11) + 1)
    equal(lun(lab)["size"], 16 << 20, "size")
    lab.adm("lun", "refresh", "device", number(dev.path))
    not_told(sessions)
    dev.change(part(4))
    lab.adm("lun", "refresh", "device", number(dev.path))
    told(sessions, CAPACITY)
    equal(lun(lab)["size"], 4 << 20, "size")


@suite.case
def write_cache(lab):
    """It comes and goes."""
    dev = lab.null_blk(4, cache_size=1)
    sessions = disk(lab, dev)
    equal(wce(sessions[0]), 1, "WCE")
    for text, wanted in (("write through", 0), ("write back", 1)):
        write(f"/sys/block/{os.path.basename(dev)}/queue/write_cache", text)
        not_told(sessions)
        lab.adm("lun", "refresh", "device", number(dev))
        told(sessions, MODE)
        equal(wce(sessions[0]), wanted, f"WCE with {text}")


@suite.case
def protection(lab):
    """On: WRITEs are refused; off: they are done."""
    dev = lab.null_blk(4)
    sessions = disk(lab, dev)
    for word, key in (("--setro", PROTECTED), ("--setrw", None)):
        run("blockdev", word, dev)
        not_told(sessions)
        lab.adm("lun", "refresh", "device", number(dev))
        told(sessions, MODE)
        task = sessions[0].command(write10(0, 1), write=bytes(512))
        equal(task.key, key, f"a WRITE after {word}")
        equal(lun(lab)["read_only"], key is not None, f"read-only after {word}")


@suite.case
def namespaces(lab):
    """From a namespace beside it nothing happens, from the initial one it does."""
    base = lab.null_blk(16)
    dev = Mapped(base, part(8))
    sessions = disk(lab, dev.path)
    dev.change(part(16))
    run("ktgtadm", "lun", "refresh", "device", number(dev.path))
    not_told(sessions)
    lab.in_home("ktgtadm", "lun", "refresh", "device", number(dev.path))
    told(sessions, CAPACITY)


@suite.case
def nobody(lab):
    """A device that nobody has is no error; half of a number is one."""
    sessions = disk(lab, lab.null_blk(4))
    lab.adm("lun", "refresh", "device", number(lab.null_blk(4)))
    lab.adm("lun", "refresh", "device", "4095:1048575")
    nl = lab.genl()
    for values in ({"major": 1}, {"minor": 1}, {}):
        try:
            nl.do("lu-refresh", **values)
            check(False, f"{values} was accepted")
        except genl.Refused as err:
            check("major or minor is missing" in err.extack, err.extack)
    nl.close()
    not_told(sessions)


if __name__ == "__main__":
    suite.main()
