#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The block layer freezes a device, as LVM does for a snapshot.

    target namespace: t1 with LUN 1 (a dm device that is suspended with its file
    system's lock) -- veth -- this program

Shown: before a device is suspended, commands that were admitted have ended and its
cache has been flushed; later ones wait at the gate, and not in the device; a freeze
for which commands do not end in time fails, and the LUN goes on; a freeze by the
administrator does not end with that of the block layer; with another device commands
go on at once.
"""
# Timeout: 180

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import inquiry, read10, tur, write10  # noqa: E402
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, is_free, outcome, read  # noqa: E402
from lab import run, seconds, soon  # noqa: E402

TASK_ABORTED = 0x40


def after(lab):
    """Leave nothing to the next case."""
    for disk in Mapped.made:
        outcome("dmsetup", "resume", disk.name)
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    lab.adm("net", "set", "nop-interval", 10)


suite = Suite(Lab)
suite.after = after


def serve(lab, disk):
    """A target with the disk as LUN 1, and a session."""
    version = tuple(int(part) for part in os.uname().release.split(".")[:2])
    if version < (6, 9):
        raise Skip("this kernel tells holders nothing")
    lab.adm("net", "set", "nop-interval", 0)
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, disk.path)
    return iqn, lab.login(iqn, timeout=20 * SLOW)


def suspend(disk):
    """With the lock of the file system: whoever holds the device is asked."""
    run("dmsetup", "suspend", disk.name)


def held(ini, task):
    """It is not answered, and what touches no medium is."""
    ini.expect_silence(1)
    for cdb, size in ((inquiry(36), 36), (tur(), 0)):
        ini.good(cdb, read=size)
    check(not task.done, f"{task}")


def flushes(dev):
    """How many flushes a disk has ended."""
    stat = read(f"/sys/block/{os.path.basename(dev)}/stat").split()
    return int(stat[15])


@suite.case
def flushed(lab):
    """The cache is empty when the device is suspended."""
    below = lab.null_blk(8, cache_size=4)
    disk = Mapped(below)
    _, ini = serve(lab, disk)
    ini.good(write10(0, 8), write=b"a" * 4096)
    before = flushes(below)
    suspend(disk)
    check(flushes(below) > before, "it was not flushed")
    task = ini.issue(write10(0, 8), write=b"b" * 4096)
    held(ini, task)
    disk.resume()
    ini.wait([task])
    equal(task.status, 0, "status")
    equal(ini.good(read10(0, 8), read=4096).data, b"b" * 4096, "data")
    ini.logout()


@suite.case
def at_the_gate(lab):
    """The device has none of the commands that wait: the LUN can be removed."""
    disk = Mapped(lab.null_blk(8))
    iqn, ini = serve(lab, disk)
    suspend(disk)
    task = ini.issue(read10(0, 8), read=4096)
    held(ini, task)
    soon(lab.drop_lun, iqn, 1, limit=3)
    ini.wait([task])
    equal(task.status, TASK_ABORTED, "status")
    disk.resume()
    wait_until(lambda: is_free(disk.path), 5 * SLOW, "the device is free")
    ini.logout()


@suite.case
def too_slow(lab):
    """A WRITE that does not end: the freeze fails, and the LUN goes on."""
    below = Mapped(lab.null_blk(8))
    disk = Mapped(below.path)
    _, ini = serve(lab, disk)
    below.suspend()
    old = ini.issue(write10(0, 8), write=bytes(4096))
    ini.expect_silence(0.5)
    done, took = seconds(outcome, "dmsetup", "suspend", disk.name)
    check(done.returncode, "it was suspended although a command is under way")
    check(9 < took < 20 * SLOW, f"it took {took:.1f} s")
    check(not old.done, f"{old}")
    below.resume()
    ini.wait([old])
    equal(old.status, 0, "status")
    ini.good(read10(0, 8), read=4096)
    suspend(disk)
    disk.resume()
    ini.good(read10(0, 8), read=4096)
    ini.logout()


@suite.case
def beside_the_administrator(lab):
    """Each of two freezes keeps the gate closed."""
    disk = Mapped(lab.null_blk(8))
    _, ini = serve(lab, disk)
    words = ("target", 1, "lun", 1)
    lab.adm("lun", "freeze", *words, "timeout", 60)
    suspend(disk)
    task = ini.issue(read10(0, 8), read=4096)
    lab.adm("lun", "thaw", *words)
    held(ini, task)
    lab.adm("lun", "freeze", *words, "timeout", 60)
    disk.resume()
    held(ini, task)
    lab.adm("lun", "thaw", *words)
    ini.wait([task])
    equal(task.status, 0, "status")
    ini.logout()


@suite.case
def another_device(lab):
    """The LUN gets another device meanwhile: that one is not frozen."""
    disk, other = Mapped(lab.null_blk(8)), lab.null_blk(8)
    _, ini = serve(lab, disk)
    suspend(disk)
    task = ini.issue(read10(0, 8), read=4096)
    held(ini, task)
    lab.adm("lun", "set", "target", 1, "lun", 1, "path", other, "force")
    ini.wait([task])
    equal(task.status, 0, "status")
    disk.resume()
    wait_until(lambda: is_free(disk.path), 5 * SLOW, "the device is free")
    Lab.clear_ua(ini)
    ini.good(write10(0, 8), write=bytes(4096))
    ini.logout()


if __name__ == "__main__":
    suite.main()
