#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Disks with a removable medium.

    target namespace: t1 with LUN 1 -- veth -- this program, two initiators

Shown: a medium is ejected and loaded, by initiators and by the user; while it is out
there is no medium for any command, others can have the device, and nobody loads it by
chance; those who have not loaded it are told; what was sent for one medium does not
reach another one; what is in the cache is flushed before, or the medium stays; each
initiator prevents the removal for itself, and what ends that; a medium that is out is
loaded from the device that it was, or from another one that the user names; what has
begun ends first, and a disk that does not answer holds nobody up for long.
"""
# Timeout: 240
# Short: debug

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
from dm import Late, Mapped  # noqa: E402
from iscsi import (inquiry, mode_sense6, pr_in, pr_list, pr_out,  # noqa: E402
                   prevent_allow, read10, read_capacity10, read_capacity16,
                   report_luns, request_sense, start_stop, sync_cache10, tur,
                   write10)
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import (SLOW, Lab, is_free, not_if_short, outcome, read,  # noqa: E402
                 run, seconds)

START, LOEJ, NO_FLUSH = 1, 2, 4
NO_MEDIUM, PREVENTED = (2, 0x3A, 0), (5, 0x53, 2)
MEDIUM, INQUIRY_CHANGED = (6, 0x28, 0), (6, 0x3F, 3)
BAD_CDB, SANITIZED, NOT_SANITIZED = (5, 0x24, 0), (2, 4, 0x1B), (3, 0x31, 3)
ABORT_TASK, LUN_RESET, WARM_RESET, NEXUS_RESET = 1, 5, 6, 11
REGISTER, RESERVE, PREEMPT, PREEMPT_ABORT = 0, 1, 4, 5
CONFLICT = 0x18
SIZE_MIB = 4


def after(lab):
    """Leave nothing to the next case."""
    for disk in dm.Mapped.made:
        outcome("dmsetup", "resume", disk.name)
        if isinstance(disk, Late):
            disk.release()
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    lab.adm("net", "set", "nop-interval", 10, "logout-timeout", 10)


suite = Suite(Lab)
suite.after = after


def name_of(nr):
    return f"{iscsi.NAME}{nr}"


def initiator(lab, nr=1, **kwargs):
    """Initiator NR, with all unit attentions taken."""
    return lab.login(lab.targets()[0]["name"], name=name_of(nr),
                     isid=bytes.fromhex(f"80000000cd0{nr}"), timeout=20 * SLOW,
                     **kwargs)


def setup(lab, path, **options):
    """A removable disk, and two initiators."""
    # they wait for one another, and answer no ping meanwhile
    lab.adm("net", "set", "nop-interval", 0)
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, path, removable="on", **options)
    return initiator(lab), initiator(lab, 2)


def lun(lab):
    return lab.disks()[0]


def state(lab):
    """(online, ejected, prevented)."""
    lu = lun(lab)
    return lu["online"], lu["ejected"], lu["prevented"]


def change(lab, *words):
    lab.adm("lun", "set", "target", 1, "lun", 1, *words)


def user(lab, verb, *words):
    lab.adm("lun", verb, "target", 1, "lun", 1, *words)


def refused(lab, why, verb, *words, lun_=1):
    """The user's command is refused with this reason."""
    status, text = lab.adm_fails("lun", verb, "target", 1, "lun", lun_, *words)
    check(status == 2 and why in text, f"{verb} {words}: {text}")


def eject(ini):
    ini.good(start_stop(LOEJ))


def load(ini):
    ini.good(start_stop(LOEJ | START))


def fails(ini, key, cdb, **kwargs):
    task = ini.command(cdb, **kwargs)
    equal((task.status, task.key), (2, key), f"{task}")


def told(ini, *keys):
    """The unit attentions that an initiator finds, and then it is ready."""
    got = []
    for _ in range(8):
        task = ini.command(tur())
        if task.status == 0:
            break
        got.append(task.key)
    equal(got, list(keys), "unit attentions")


def flushes(dev):
    """Flush requests that the device has completed."""
    return int(read(f"/sys/block/{os.path.basename(dev)}/stat").split()[15])


def byte_at(dev, lba=0, size=512):
    """The first byte of a block of a device, past all caches."""
    text = run("sh", "-c", f"dd if={dev} bs={size} skip={lba} count=1 iflag=direct "
               "status=none | od -An -v -tx1 -N1")
    return int(text, 16)


# --- what initiators see ---------------------------------------------------------

@suite.case
def said_to_be_removable(lab):
    """RMB of INQUIRY, and lun show; it can be changed, which initiators are told."""
    ini, other = setup(lab, lab.null_blk(SIZE_MIB))
    for now in (True, False, True):
        if now != lun(lab)["removable"]:
            change(lab, "removable", "on" if now else "off")
            for one in ini, other:
                told(one, INQUIRY_CHANGED)
        change(lab, "removable", "on" if now else "off")
        told(ini)
        equal(ini.good(inquiry(36), read=36).data[1], 0x80 * now, "RMB")
        equal(lun(lab)["removable"], now, "removable")
    equal(ini.good(inquiry(36), 0, read=36).data[1], 0, "RMB of the controller")
    equal(state(lab), (True, False, False), "state")
    lab.null_lun(lab.targets()[0]["name"], 2, "1M")
    Lab.clear_ua(ini, 2)
    equal(ini.good(inquiry(36), 2, read=36).data[1], 0, "RMB of another one")


# Commands that need no medium, and what they read.
WITHOUT = ((inquiry(255), 255), (inquiry(255, 0xB0), 255), (request_sense(), 252),
           (report_luns(), 4096), (mode_sense6(0x3F), 252),
           (prevent_allow(0), 0), (start_stop(0x20 | LOEJ), 0))
# Those that do, and what they move.
BLOCK = bytes(512)
WITH = ((tur(), {}), (read_capacity10(), {"read": 8}),
        (read_capacity16(), {"read": 32}), (read10(0, 1), {"read": 512}),
        (iscsi.read16(0, 1), {"read": 512}), (write10(0, 1), {"write": BLOCK}),
        (iscsi.write16(0, 1), {"write": BLOCK}), (sync_cache10(), {}),
        (iscsi.sync_cache16(), {}), (iscsi.verify10(0, 1), {}),
        (iscsi.write_verify10(0, 1), {"write": BLOCK}),
        (iscsi.orwrite16(0, 1), {"write": BLOCK}),
        (iscsi.compare_and_write(0, 1), {"write": 2 * BLOCK}),
        (iscsi.write_same10(0, 1), {"write": BLOCK}),
        (iscsi.unmap(24), {"write": iscsi.unmap_list((0, 1))}),
        (iscsi.pre_fetch10(0, 1), {}), (iscsi.get_lba_status(0), {"read": 24}),
        (iscsi.format_unit(), {}), (iscsi.read_defects10(), {"read": 252}),
        (start_stop(0), {}), (start_stop(START), {}))


@suite.case
def out_and_in(lab):
    """The medium is out for all, and the device is anybody's; then it is in, as it
    was, and those are told who have not loaded it."""
    dev = lab.null_blk(SIZE_MIB)
    ini, other = setup(lab, dev)
    data = os.urandom(4096)
    ini.good(write10(0, 8), write=data)
    for immed in (0, 1):
        ini.good(start_stop(LOEJ, immed))
        check(is_free(dev), "the device is in use")
        equal(state(lab), (False, True, False), "state")
        for cdb, options in WITH:
            fails(ini, NO_MEDIUM, cdb, **options)
        fails(other, NO_MEDIUM, tur())
        for cdb, size in WITHOUT:
            ini.good(cdb, read=size)
        eject(other)
        ini.good(start_stop(LOEJ | START, immed))
        check(not is_free(dev), "the device is not in use")
        equal(state(lab), (True, False, False), "state")
        told(ini)
        told(other, MEDIUM)
        equal(other.good(read10(0, 8), read=4096).data, data, "data")
        load(other)
        told(ini)


@suite.case
def nothing_stops(lab):
    """Without LOEJ nothing is ejected, and nothing stops; nor with a power condition,
    whatever LOEJ is. A disk whose medium stays refuses both."""
    dev = lab.null_blk(SIZE_MIB, cache_size=1)
    ini, _ = setup(lab, dev)
    for bits, flush in ((0, True), (START, False), (NO_FLUSH, False),
                        (NO_FLUSH | START, False)):
        before = flushes(dev)
        ini.good(write10(0, 1), write=BLOCK)
        ini.good(start_stop(bits))
        equal(flushes(dev) > before, flush, f"flushed with {bits}")
        told(ini)
    for condition in range(1, 16):
        for bits in (0, START, LOEJ, LOEJ | START):
            ini.good(start_stop(condition << 4 | bits))
            told(ini)
    equal(state(lab), (True, False, False), "state")
    change(lab, "removable", "off")
    told(ini, INQUIRY_CHANGED)
    for bits in (LOEJ, LOEJ | START, 0x10, 0xF0):
        fails(ini, BAD_CDB, start_stop(bits))
    told(ini)


@suite.case
def flushed_before(lab):
    """What was written is at the disk when its medium is out."""
    dev = lab.null_blk(SIZE_MIB, cache_size=1)
    ini, _ = setup(lab, dev)
    for bits in (LOEJ, LOEJ | NO_FLUSH):
        before = flushes(dev)
        ini.good(write10(0, 1), write=b"\x5a" * 512)
        ini.good(start_stop(bits))
        check(flushes(dev) > before, "it was not flushed")
        equal(byte_at(dev), 0x5A, "the block")
        load(ini)


@suite.case
def events(lab):
    """Listeners hear who has done it."""
    ini, _ = setup(lab, lab.null_blk(SIZE_MIB))
    listener = lab.listen("session")
    eject(ini)
    load(ini)
    user(lab, "eject")
    user(lab, "load")
    got = [listener.next() for _ in range(4)]
    equal([(one["event"], one["target-id"], one["lun"], one.get("initiator"))
           for one in got],
          [("lu-ejected", 1, 1, name_of(1)), ("lu-loaded", 1, 1, name_of(1)),
           ("lu-ejected", 1, 1, None), ("lu-loaded", 1, 1, None)], "events")


# --- prevention ------------------------------------------------------------------

@suite.case
def prevented(lab):
    """Each for itself: ejecting and loading are refused until all allow it."""
    dev = lab.null_blk(SIZE_MIB)
    ini, other = setup(lab, dev)
    ini.good(prevent_allow(1))
    other.good(prevent_allow(1))
    equal(state(lab), (True, False, True), "state")
    for one in ini, other:
        fails(one, PREVENTED, start_stop(LOEJ))
        told(one)
    refused(lab, f"{name_of(1)} prevents the removal", "eject")
    ini.good(prevent_allow(0))
    fails(ini, PREVENTED, start_stop(LOEJ))
    refused(lab, f"{name_of(2)} prevents the removal", "eject")
    check(not is_free(dev), "the device is not in use")
    other.good(prevent_allow(0))
    equal(state(lab), (True, False, False), "state")
    eject(ini)
    other.good(prevent_allow(1))
    fails(ini, PREVENTED, start_stop(LOEJ | START))
    equal(state(lab), (False, True, True), "state")
    user(lab, "load")
    for one in ini, other:
        told(one, MEDIUM)
    user(lab, "eject", "force")
    equal(state(lab), (False, True, True), "state")
    other.good(prevent_allow(0))
    load(ini)
    # a medium that stays is prevented from nothing
    ini.good(prevent_allow(1))
    change(lab, "removable", "off")
    told(ini, INQUIRY_CHANGED)
    ini.good(prevent_allow(1))
    change(lab, "removable", "on")
    told(ini, INQUIRY_CHANGED)
    equal(state(lab), (True, False, False), "state")


@suite.case
def prevention_ends(lab):
    """Logout, the end of the connection, reinstatement, and resets."""
    ini, other = setup(lab, lab.null_blk(SIZE_MIB))
    lab.adm("target", "set", 1, "reset", "on")

    def taken():
        for one in ini, other:
            Lab.clear_ua(one)
        ini.good(prevent_allow(1))
        fails(other, PREVENTED, start_stop(LOEJ))

    def is_over(what):
        Lab.clear_ua(other)
        task = other.command(start_stop(LOEJ))
        equal((task.status, task.key), (0, None), f"after {what}")
        load(other)

    taken()
    ini.logout()
    is_over("Logout")
    ini = initiator(lab)
    taken()
    ini.abort()
    wait_until(lambda: not lun(lab)["prevented"], 5 * SLOW,
               "the end of the connection")
    is_over("the end of the connection")
    ini = initiator(lab)
    taken()
    ini = initiator(lab)
    is_over("reinstatement")
    for function in (LUN_RESET, WARM_RESET):
        taken()
        equal(other.tmf(function), 0, f"function {function}")
        is_over(f"function {function}")
    ini.logout()
    ini = initiator(lab, keys={"iSCSIProtocolLevel": 2})
    taken()
    equal(ini.tmf(NEXUS_RESET), 0, "I_T NEXUS RESET")
    is_over("I_T NEXUS RESET")


@suite.case
def prevention_ends_before_the_answer(lab):
    """A Logout that is answered although the storage has not."""
    disk = Late(lab.null_blk(SIZE_MIB))
    ini, other = setup(lab, disk.path)
    lab.adm("net", "set", "logout-timeout", 2 * SLOW)
    ini.issue(write10(0, 1), write=BLOCK)
    ini.good(prevent_allow(1))
    fails(other, PREVENTED, start_stop(LOEJ))
    equal(ini.logout(), 3, "response: cleanup failed")
    equal(state(lab), (True, False, False), "state")
    disk.release()


@suite.case
def prevention_ends_by_preemption(lab):
    """PREEMPT AND ABORT takes it from those who are preempted; PREEMPT does not."""
    ini, other = setup(lab, lab.null_blk(SIZE_MIB))

    def out(one, action, key, new):
        data = pr_list(key, new)
        one.good(pr_out(action, 1, 0, len(data)), write=data)

    for action, ends in ((PREEMPT, False), (PREEMPT_ABORT, True)):
        for one in ini, other:
            Lab.clear_ua(one)
        out(other, REGISTER, 0, 2)
        out(ini, REGISTER, 0, 1)
        ini.good(prevent_allow(1))
        out(other, RESERVE, 2, 0)
        out(other, action, 2, 1)
        equal(lun(lab)["prevented"], not ends, f"prevented after {action}")
        out(other, REGISTER, 2, 0)
        Lab.clear_ua(ini)
        ini.good(prevent_allow(0))


@suite.case
def reservations_stay(lab):
    """A registration and a reservation outlive the medium. Who has none cannot eject it,
    but may load it (SBC-3, table 13)."""
    ini, other = setup(lab, lab.null_blk(SIZE_MIB))
    for action, kind, data in ((REGISTER, 0, pr_list(0, 1)), (RESERVE, 1, pr_list(1))):
        ini.good(pr_out(action, kind, 0, len(data)), write=data)
    equal(other.command(start_stop(LOEJ)).status, CONFLICT, "LOEJ of the other one")
    equal(other.command(prevent_allow(1)).status, CONFLICT, "PREVENT of the other one")
    eject(ini)
    equal(int.from_bytes(ini.good(pr_in(0), read=16).data[8:], "big"), 1, "the key")
    load(other)
    told(ini, MEDIUM)
    equal(int.from_bytes(ini.good(pr_in(1), read=16).data[8:], "big"), 1, "the holder")
    ini.good(write10(0, 1), write=BLOCK)
    equal(other.command(write10(0, 1), write=BLOCK).status, CONFLICT, "its WRITE")


# --- the user --------------------------------------------------------------------

@suite.case
def by_the_user(lab):
    """What cannot be ejected or loaded is named; force ejects what is prevented, or
    is not removable."""
    not_if_short()
    dev = lab.null_blk(SIZE_MIB)
    ini, _ = setup(lab, dev)
    iqn = lab.targets()[0]["name"]
    refused(lab, "is the controller", "eject", lun_=0)
    refused(lab, "has no LUN 7", "eject", lun_=7)
    text = lab.adm_fails("lun", "eject", "target", 7, "lun", 1)[1]
    check("no target 7" in text, text)
    refused(lab, "none was ejected", "load")
    refused(lab, "is not ejected; eject it first", "load", "path", dev)
    user(lab, "eject")
    check(is_free(dev), "the device is in use")
    refused(lab, "ejected already", "eject")
    refused(lab, "has no medium", "freeze")
    refused(lab, "does not wait", "attach")
    user(lab, "load")
    told(ini, MEDIUM)

    change(lab, "removable", "off")
    told(ini, INQUIRY_CHANGED)
    refused(lab, "is not removable; set removable on, or add force", "eject")
    user(lab, "eject", "force")
    fails(ini, NO_MEDIUM, tur())
    fails(ini, BAD_CDB, start_stop(LOEJ | START))
    user(lab, "load")
    told(ini, MEDIUM)

    lab.adm("lun", "add", "target", iqn, "lun", 2, "path", "/dev/none", "absent")
    refused(lab, "waits for its device", "eject", lun_=2)
    # an LU without a device has a medium, too
    lab.null_lun(iqn, 3, "1M", removable="on")
    lab.adm("lun", "eject", "target", 1, "lun", 3)
    Lab.clear_ua(ini, 3)
    equal(ini.command(tur(), 3).key, NO_MEDIUM, "LUN 3")
    ini.good(start_stop(LOEJ | START), 3)
    ini.good(read10(0, 1), 3, read=512)
    # what is out can be deleted, and its device used again
    user(lab, "eject", "force")
    lab.drop_lun(iqn, 1)
    lab.lun(iqn, 1, dev)
    Lab.clear_ua(ini)
    ini.good(read10(0, 1), read=512)


@suite.case
def another_medium(lab):
    """Of another size, with larger blocks, protected: loaded by lun load path, and by
    lun set path."""
    one, small = lab.null_blk(SIZE_MIB), lab.null_blk(1)
    wide = lab.null_blk(8, blocksize=4096)
    ini, other = setup(lab, one)
    for dev, verb, size, block in ((small, "load", 1, 512), (wide, "set", 8, 4096),
                                   (one, "load", SIZE_MIB, 512)):
        eject(ini)
        user(lab, verb, "path", dev)
        for who in ini, other:
            told(who, MEDIUM)
        data = ini.good(read_capacity10(), read=8).data
        equal((int.from_bytes(data[:4], "big") + 1,
               int.from_bytes(data[4:], "big")),
              ((size << 20) // block, block), "capacity")
        ini.good(write10(0, 1), write=bytes([size]) * block)
        equal(other.good(read10(0, 1), read=block).data, bytes([size]) * block,
              "data")
        equal((lun(lab)["path"], lun(lab)["ejected"]), (dev, False), "shown")
        eject(ini)
        check(is_free(dev), f"{dev} is in use")
        equal(byte_at(dev, size=4096), size, "the block")
        load(ini)
        told(other, MEDIUM)
    # one that cannot be had leaves it as it is
    eject(ini)
    refused(lab, "does not exist", "load", "path", "/dev/none")
    equal(state(lab), (False, True, False), "state")
    change(lab, "read-only", "on")
    load(ini)
    task = ini.command(write10(0, 1), write=BLOCK)
    Lab.clear_ua(ini)
    equal((task.key[0] in (6, 7), ini.command(write10(0, 1), write=BLOCK).key),
          (True, (7, 0x27, 0)), "a WRITE to a protected medium")


@suite.case
def not_by_chance(lab):
    """udev, lun attach, and a file that is applied once more leave it out."""
    dev = lab.null_blk(SIZE_MIB)
    ini, _ = setup(lab, dev)
    eject(ini)
    lab.adm("lun", "attach", "path", dev)
    equal(state(lab), (False, True, False), "after lun attach")
    dump = lab.in_target("tgt-admin", "--dump")
    check("removable 1" in dump and dev in dump, dump)
    with tempfile.NamedTemporaryFile("w", prefix="ktgt") as file:
        file.write(dump)
        file.flush()
        lab.in_target("tgt-admin", "--update", "ALL", "-c", file.name)
    equal(state(lab), (False, True, False), "after --update")
    equal(lab.in_target("tgt-admin", "--dump"), dump, "dump")
    load(ini)
    equal(lab.in_target("tgt-admin", "--dump"), dump, "dump with the medium")
    # in a transaction that is given up
    eject(ini)
    nl = lab.genl()
    nl.do("txn-begin")
    nl.do("lu-load", target_id=1, lun=1)
    nl.do("txn-abort")
    nl.close()
    equal(state(lab), (False, True, False), "after txn-abort")
    fails(ini, NO_MEDIUM, tur())


@suite.case
def somebody_else_has_it(lab):
    """A device that is in use cannot be loaded, until it is free again."""
    dev = lab.null_blk(SIZE_MIB)
    ini, other = setup(lab, dev)
    eject(ini)
    fd = os.open(dev, os.O_RDONLY | os.O_EXCL)
    fails(ini, NO_MEDIUM, start_stop(LOEJ | START))
    refused(lab, "in use", "load")
    equal(state(lab), (False, True, False), "state")
    os.close(fd)
    load(ini)
    told(other, MEDIUM)


@suite.case
def another_device_of_the_number(lab):
    """An initiator gets the device that was ejected, and no other one that has its
    name and number by now; the user can have that."""
    not_if_short()
    dev, secret = lab.null_blk(SIZE_MIB), lab.null_blk(SIZE_MIB)
    disk = Mapped(dev, name="ktgt-removable")
    ini, _ = setup(lab, disk.path)
    number = os.stat(disk.path).st_rdev
    eject(ini)
    disk.remove()
    fails(ini, NO_MEDIUM, start_stop(LOEJ | START))
    disk = Mapped(secret, name="ktgt-removable")
    equal(os.stat(disk.path).st_rdev, number, "number")
    fails(ini, NO_MEDIUM, start_stop(LOEJ | START))
    equal(state(lab), (False, True, False), "state")
    user(lab, "load")
    told(ini, MEDIUM)


# --- what was sent for the medium before -----------------------------------------

# Commands whose data can come late, and that data.
CHANGED = b"\x5a" * 512
OVERWRITE, IMMED = 1, 0x80
PATTERN = iscsi.overwrite_list(b"\x5a")
LATE = ((write10(0, 1), CHANGED), (iscsi.write_verify10(0, 1), CHANGED),
        (iscsi.write_same10(0, 1), CHANGED), (iscsi.orwrite16(0, 1), CHANGED),
        (iscsi.compare_and_write(0, 1), BLOCK + CHANGED),
        (iscsi.sanitize(OVERWRITE, len(PATTERN)), PATTERN))


@suite.case
def not_for_another_medium(lab):
    """What was sent before the medium was ejected, and has its data when another one is
    in, or the same one again, changes nothing."""
    one, two = lab.null_blk(SIZE_MIB), lab.null_blk(SIZE_MIB)
    ini, other = setup(lab, one)
    for words in ("path", two), ():
        for cdb, data in LATE:
            task = ini.waiting(cdb, data)
            eject(other)
            user(lab, "load", *words)
            ini.answer(task)
            ini.wait([task])
            equal((task.status, task.key), (2, NO_MEDIUM), f"{task}")
            for who in ini, other:
                told(who, MEDIUM)
            equal(other.good(read10(0, 1), read=512).data, BLOCK, f"after {task}")
    ini.good(write10(0, 1), write=CHANGED)


@suite.case
def not_the_rest_of_it(lab):
    """A long WRITE, of which a part is at the medium that was ejected, ends there."""
    one, two = lab.null_blk(SIZE_MIB), lab.null_blk(SIZE_MIB)
    ini, other = setup(lab, one)
    task = ini.waiting_write(data=b"\x5a" * (3 << 20))
    # more than a piece, and a part of the next one
    while task.sent < 3 << 19:
        ini.answer(task)
        while not task.r2ts:
            ini.step()
    eject(other)
    user(lab, "load", "path", two)
    task.answer_r2t = True
    ini.answer(task)
    ini.wait([task])
    equal((task.status, task.key), (2, NO_MEDIUM), f"{task}")
    equal([byte_at(one, lba) for lba in (0, 2047)], [0x5A, 0x5A], "the first part")
    equal([byte_at(two, lba) for lba in (0, 2048, 4096)], [0, 0, 0], "the other medium")
    told(other, MEDIUM)


@suite.case
def while_it_is_sanitized(lab):
    """Nobody ejects a medium that is being sanitized."""
    disk = Mapped(lab.null_blk(SIZE_MIB))
    ini, other = setup(lab, disk.path)
    disk.suspend()
    ini.good(iscsi.sanitize(OVERWRITE, len(PATTERN), IMMED), write=PATTERN)
    refused(lab, "is being sanitized", "eject")
    for bits in (LOEJ, LOEJ | START):
        fails(other, SANITIZED, start_stop(bits))
    disk.resume()
    wait_until(lambda: other.command(tur()).status == 0, 10 * SLOW, "its end")
    eject(ini)


@suite.case
def sanitize_has_failed(lab):
    """That counts for the medium with which it has failed, and for one that may be it, but
    for no other; and again when it is back."""
    one, two = (Mapped(lab.null_blk(SIZE_MIB), uuid=f"ktgt-{word}")
                for word in ("one", "two"))
    ini, _ = setup(lab, one.path)
    one.change("0 {size} error")
    fails(ini, NOT_SANITIZED, iscsi.sanitize(OVERWRITE, len(PATTERN)), write=PATTERN)
    one.change(dm.LINEAR)
    user(lab, "eject")
    Lab.clear_ua(ini)
    fails(ini, NO_MEDIUM, tur())
    load(ini)
    fails(ini, NOT_SANITIZED, tur())
    for path, key in ((two.path, None), (one.path, NOT_SANITIZED), (two.path, None),
                      (lab.null_blk(SIZE_MIB), NOT_SANITIZED)):
        user(lab, "eject")
        user(lab, "load", "path", path)
        Lab.clear_ua(ini)
        equal(ini.command(tur()).key, key, path)
        equal(lun(lab)["sanitize"], "failed" if key else "none", "lun show")
        equal(ini.command(write10(0, 1), write=BLOCK).key, key, "WRITE")
    ini.good(iscsi.sanitize(OVERWRITE, len(PATTERN)), write=PATTERN)
    equal(ini.command(tur()).key, None, "sanitized")


# --- the storage -----------------------------------------------------------------

@suite.case
def what_has_begun_ends_first(lab):
    """A WRITE under way is good and at the disk; one that comes behind the ejection
    finds no medium."""
    msec = 300 * SLOW
    dev = lab.null_blk(SIZE_MIB, irqmode=2, completion_nsec=msec * 1_000_000)
    ini, other = setup(lab, dev)
    first = ini.issue(write10(0, 1), write=b"\x11" * 512)
    time.sleep(0.05 * SLOW)
    out = other.issue(start_stop(LOEJ))
    time.sleep(0.05 * SLOW)
    second = ini.issue(write10(1, 1), write=b"\x22" * 512)
    ini.wait([first, second])
    other.wait([out])
    equal((first.status, out.status), (0, 0), "status")
    equal((second.status, second.key), (2, NO_MEDIUM), f"{second}")
    equal((byte_at(dev), byte_at(dev, 1)), (0x11, 0), "blocks")


@suite.case
def stuck(lab):
    """At a disk that does not answer nothing is ejected; who has asked for it can be
    aborted at once, and others go on after a while."""
    disk = Late(lab.null_blk(SIZE_MIB))
    ini, other = setup(lab, disk.path)
    write = ini.issue(write10(0, 1), write=BLOCK)
    time.sleep(0.1 * SLOW)
    out = other.issue(start_stop(LOEJ))
    time.sleep(0.1 * SLOW)
    equal(seconds(other.tmf, ABORT_TASK, rtt=out.itt)[0], 0, "ABORT TASK")
    equal(other.command(start_stop(LOEJ)).status, 8, "BUSY: one at a time")
    refused(lab, "its medium is on its way", "eject")
    behind = ini.issue(read10(1024, 1), read=512)
    _, took = seconds(ini.wait, [behind])
    check(took < 12 * SLOW, f"it has waited {took:.1f} s")
    equal((behind.status, write.done), (0, False), "a READ behind it")
    refused(lab, "did not answer in 10 s", "eject")
    equal(state(lab), (True, False, False), "state")
    disk.release()
    ini.wait([write])
    equal(write.status, 0, "the WRITE")
    told(other)
    eject(other)


@suite.case
def cannot_be_flushed(lab):
    """The medium stays, and initiators may have seen it out; with force it is out."""
    disk = Mapped(lab.null_blk(SIZE_MIB, cache_size=1))
    ini, other = setup(lab, disk.path)
    ini.good(write10(0, 1), write=BLOCK)
    disk.change("0 {size} flakey {dev} 0 0 1000 1 error_writes")
    task = ini.command(start_stop(LOEJ))
    equal((task.status, task.key == NO_MEDIUM), (2, False), f"{task}")
    equal(state(lab), (True, False, False), "state")
    refused(lab, "could not be flushed", "eject")
    for one in ini, other:
        Lab.clear_ua(one)
        one.good(tur())
    ini.good(read_capacity10(), read=8)
    user(lab, "eject", "force")
    fails(other, NO_MEDIUM, tur())
    check(is_free(disk.path), "the device is in use")


@suite.case
def deleted_meanwhile(lab):
    """A LUN that is deleted while its medium is being ejected: the command ends."""
    disk = Late(lab.null_blk(SIZE_MIB))
    ini, other = setup(lab, disk.path)
    iqn = lab.targets()[0]["name"]
    ini.issue(write10(0, 1), write=BLOCK)
    time.sleep(0.1 * SLOW)
    out = other.issue(start_stop(LOEJ))
    time.sleep(0.1 * SLOW)
    # it says what the storage still has after 10 s
    lab.drop_lun(iqn, 1)
    other.wait([out])
    check(out.status in (8, 0x40), f"{out}")
    disk.release()
    wait_until(lambda: is_free(disk.path), 10 * SLOW, "the device is free")


# --- tgtadm ----------------------------------------------------------------------

def tgtadm(lab, *words):
    return lab.in_target("tgtadm", "-L", "iscsi", "-m", *words)


def update(lab, params):
    return tgtadm(lab, "logicalunit", "-o", "update", "-t", 1, "-l", 1, "-P",
                  params)


def update_fails(lab, params, text):
    done = outcome("nsenter", f"--net=/run/netns/{lab.tns}", "tgtadm", "-m",
                   "logicalunit", "-o", "update", "-t", "1", "-l", "1", "-P",
                   params)
    equal(done.returncode, 22, "status")
    check(text in done.stderr, f"{params}: {done.stderr}")


def shown(lab):
    """(Online, Removable media, Prevent removal) of LUN 1."""
    text = tgtadm(lab, "target", "-o", "show").partition("LUN: 1")[2]
    return tuple(text.partition(f"{line}: ")[2].split()[0]
                 for line in ("Online", "Removable media", "Prevent removal"))


@suite.case
def by_tgtadm(lab):
    """removable, online and path, alone and in a list."""
    not_if_short()
    one, two = lab.null_blk(SIZE_MIB), lab.null_blk(1)
    lab.lun(lab.target(tid=1), 1, one)
    ini = initiator(lab)
    equal(shown(lab), ("Yes", "No", "No"), "at first")
    # tgt takes any disk offline
    update(lab, "online=0")
    fails(ini, NO_MEDIUM, tur())
    equal(shown(lab), ("No", "No", "No"), "offline")
    update(lab, "online=0")
    update(lab, ",removable=1,,online=1,")
    equal(shown(lab), ("Yes", "Yes", "No"), "removable and online")
    told(ini, INQUIRY_CHANGED, MEDIUM)
    ini.good(prevent_allow(1))
    equal(shown(lab), ("Yes", "Yes", "Yes"), "prevented")
    for params in ("online=0", f"path={two}"):
        update_fails(lab, params, "this device has Prevent Removal set")
    ini.good(prevent_allow(0))
    update(lab, f"path={two}")
    told(ini, MEDIUM)
    equal(lun(lab)["path"], two, "path")
    check(is_free(one), "the former device is in use")
    # nothing of a list is done if something of it cannot be
    update_fails(lab, "online=0,lbppbe=3", "this operation isn't supported")
    update_fails(lab, "online=0,nosuchparam=1", "there is no parameter nosuchparam")
    update_fails(lab, "online=no", "the value must be 1 or 0")
    update_fails(lab, "path=/dev/none", "invalid request")
    equal(lun(lab)["ejected"], True, "ejected")
    update(lab, f"path={two}")
    equal(shown(lab), ("Yes", "Yes", "No"), "at last")


if __name__ == "__main__":
    suite.main()
