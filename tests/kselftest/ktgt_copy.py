#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""EXTENDED COPY, and what RECEIVE COPY RESULTS tells of it.

    target namespace: t1 with LUNs null_blk or dm; t2 with another -- veth -- initiators

Shown: blocks come to where they belong, between disks, within one, with blocks of other
sizes, and if both places overlap; nothing else changes. Disks of other targets cannot be
reached. What forbids a READ of the source or a WRITE of the destination ends the copy,
which tells why. Each step is admitted anew: a copy ends in the middle when it is aborted,
when its connection is lost, when a disk is removed, and for PREEMPT AND ABORT; and other
commands go on beside it. Limits.
"""
# Timeout: 360

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import (copy_blocks, copy_bytes, copy_cscd,  # noqa: E402
                   copy_list, copy_results, extended_copy, inquiry,
                   mode_select6, mode_sense6, pr_list, pr_out, read16, rsoc,
                   sanitize, write16)
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, not_if_short, outcome, soon  # noqa: E402
from race import beside as meanwhile  # noqa: E402

GOOD, CHECK, BUSY, CONFLICT, FULL, ABORTED = 0, 2, 8, 0x18, 0x28, 0x40
NO_REASON, FAILED = (10, 0, 0), (10, 0x0D, 1)
UNREACHABLE, WRONG_TYPE = (10, 0x0D, 2), (10, 0x0D, 3)
INVALID, INEXACT = (10, 0x26, 0), (10, 0x26, 10)
LENGTH_ERROR, IN_PROGRESS = (5, 0x1A, 0), (5, 0, 0x16)
PROTECTED, COMMUNICATION = (7, 0x27, 0), (2, 8, 0)
NOT_SANITIZED, BLOCK_ERASE = (3, 0x31, 3), 2
NO_MEDIUM, MEDIUM = (2, 0x3A, 0), (6, 0x28, 0)
TOO_MANY_CSCDS, TOO_MANY_SEGMENTS = (5, 0x26, 6), (5, 0x26, 8)
CSCD_TYPE, SEGMENT_TYPE = (5, 0x26, 7), (5, 0x26, 9)
NO_SUCH_COPY = (5, 0x24, 0)
STATUS, PARAMETERS, DETAILS, STATUS4 = 0, 3, 4, 5
SELF, BLOCK, MIB, STEP = 0xFFFF, 512, 2048, 1 << 20
ABORT_TASK, LUN_RESET, COMPLETE = 1, 5, 0
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}
# the second half of 4 MiB fails
BAD_HALF = "0 4096 linear {dev} 0\n4096 4096 error"
# and a quarter, the first one
BAD_BEGINNING = "0 2048 error\n2048 6144 linear {dev} 2048"
ERROR = "0 {size} error"


def after(lab):
    """Leave nothing to the next case."""
    for disk in dm.Mapped.made:
        outcome("dmsetup", "resume", disk.name)
    lab.close_all()
    lab.stop_target()
    dm.remove_all()


suite = Suite(Lab)
suite.after = after


def serve(lab, *devs, **login):
    """A target with DEVS as LUNs from 1 on, and a session; gives back its name too."""
    # who waits for a disk answers no ping
    lab.adm("net", "set", "nop-interval", 0)
    iqn = lab.target()
    for lun, dev in enumerate(devs, 1):
        lab.lun(iqn, lun, dev)
    return iqn, lab.login(iqn, luns=range(1, len(devs) + 1), timeout=20 * SLOW,
                          **login)


def designators(ini, lun):
    """Those of VPD page 83h, as (association, type, whole designator)."""
    page = ini.good(inquiry(1024, 0x83), lun, read=1024).data
    found, at = [], 4
    while at < len(page):
        size = 4 + page[at + 3]
        found.append((page[at + 1] >> 4 & 3, page[at + 1] & 15, page[at:at + size]))
        at += size
    return found


def naa(ini, lun):
    return next(name for where, kind, name in designators(ini, lun)
                if (where, kind) == (0, 3))


def cscds(ini, *luns):
    return [copy_cscd(naa(ini, lun)) for lun in luns]


def issue(ini, segments, names=(), lun=1, **how):
    data = copy_list(segments, names, **how)
    return ini.issue(extended_copy(len(data), how.get("lid4", 0)), lun, write=data)


def copy(ini, segments, names=(), lun=1, **how):
    task = issue(ini, segments, names, lun, **how)
    ini.wait([task])
    return task


def copies(ini, segments, names=(), lun=1, **how):
    """It has to be good."""
    task = copy(ini, segments, names, lun, **how)
    equal((task.status, task.key), (GOOD, None), f"copy {segments}")


def fails(want, ini, segments, names=(), lun=1, **how):
    task = copy(ini, segments, names, lun, **how)
    equal((task.status, task.key), (CHECK, want), f"copy {segments}")
    return task


def forwarded(task, destination):
    """(status, sense) of the disk that has failed, from fixed format."""
    at = task.sense[9 if destination else 8]
    equal((at, task.sense[8 if destination else 9]), (18, 0), f"{task}")
    sense = task.sense[19:]
    return task.sense[18], (sense[2], sense[12], sense[13]) if sense else None


def fill(ini, lun, blocks, lba=0, block=BLOCK):
    """Something that no two blocks have in common; gives it back."""
    data = os.urandom(blocks * block)
    for at in range(0, blocks, 2048):
        part = data[at * block:(at + 2048) * block]
        ini.good(write16(lba + at, len(part) // block), lun, write=part)
    return data


def stored(ini, lun, blocks, lba=0, block=BLOCK):
    return b"".join(
        ini.good(read16(lba + at, min(2048, blocks - at)), lun,
                 read=min(2048, blocks - at) * block).data
        for at in range(0, blocks, 2048))


def residual(task):
    """INFORMATION of fixed format; None if it is not valid."""
    return int.from_bytes(task.sense[3:7], "big") if task.sense[0] & 0x80 else None


def status(ini, list_id, lun=1):
    """(state, segments, bytes) of LID1, and of LID4."""
    one = ini.good(copy_results(STATUS, list_id), lun, read=1024).data
    length, state, segments, unit, count = struct.unpack(">IBHBI", one)
    equal(length, 8, "AVAILABLE DATA of LID1")
    four = ini.good(copy_results(STATUS4, list_id), lun, read=1024).data
    length, state4 = struct.unpack_from(">IxB", four)
    equal((length, four[13], four[13] % 4), (len(four) - 4, len(four) - 32, 0),
          "lengths of LID4")
    check(four[13] - four[14] in range(4), "length of the sense data")
    equal((*struct.unpack_from(">QH", four, 16), four[15]),
          (count << 10 * unit, segments, 0), "the same of LID4")
    equal(state4, {0: 0x11, 1: 1, 2: 2}[state], "COPY OPERATION STATUS")
    return state, segments, count << 10 * unit


# --- what is copied ---------------------------------------------------------------

@suite.case
def between_disks(lab):
    """From each of two disks to the other, whichever is asked, and a third one."""
    not_if_short()
    _, ini = serve(lab, *(lab.null_blk(16) for _ in range(3)))
    names = cscds(ini, 1, 2)
    one, two = fill(ini, 1, 6000), fill(ini, 2, 6000)
    for asked in 1, 2, 3:
        for blocks, source, lba in ((1, 0, 5999), (8, 3, 17), (MIB, 0, 100),
                                    (MIB + 1, 7, 2500), (5001, 900, 11)):
            copies(ini, [copy_blocks(0, 1, blocks, source, lba)], names, asked)
            part = one[source * BLOCK:(source + blocks) * BLOCK]
            two = two[:lba * BLOCK] + part + two[(lba + blocks) * BLOCK:]
            check(stored(ini, 2, 6000) == two, f"{blocks} blocks at {lba} are wrong")
    check(stored(ini, 1, 6000) == one, "the source has changed")
    copies(ini, [copy_blocks(1, 0, 3000, 1, 2)], names)
    check(stored(ini, 1, 3000, 2) == two[BLOCK:3001 * BLOCK], "the other way")
    ini.logout()


@suite.case
def segments_in_order(lab):
    """Many of them: each finds what those before it have written; what was done is
    told, also of lists of nothing."""
    _, ini = serve(lab, lab.null_blk(16), lab.null_blk(16))
    names = cscds(ini, 1, 2)
    data = fill(ini, 1, 64)
    fill(ini, 2, 200)
    steps = [copy_blocks(0, 1, 64, 0, 100), copy_blocks(1, 1, 0, 1 << 40, 0),
             copy_bytes(1, 0, 32 * BLOCK, 132, 3000), copy_blocks(0, 1, 32, 3000, 0)]
    copies(ini, steps, names, list_id=7)
    equal(stored(ini, 2, 32), data[32 * BLOCK:], "after three copies")
    equal(status(ini, 7), (1, 4, 128 * BLOCK), "status")
    # as many as there may be
    copies(ini, [copy_blocks(0, 1, 1, 63 - i, i) for i in range(64)], names, list_id=7)
    equal(stored(ini, 2, 64), b"".join(data[i * BLOCK:(i + 1) * BLOCK]
                                       for i in range(63, -1, -1)), "one by one")
    equal(status(ini, 7), (1, 64, 64 * BLOCK), "status of the later one")
    copies(ini, [], list_id=8)
    equal(status(ini, 8), (1, 0, 0), "status of nothing")
    ini.good(extended_copy(0))
    ini.logout()


@suite.case
def overlapping(lab):
    """Within one disk: the destination has what the source had, also if they overlap."""
    not_if_short()
    _, ini = serve(lab, lab.null_blk(16))
    for blocks, source, lba in ((5000, 0, 7), (5000, 7, 0), (5000, 0, 2048),
                                (5000, 3000, 0), (5000, 0, 4999), (100, 50, 50),
                                (6001, 1, 0), (2049, 0, 1)):
        was = fill(ini, 1, 10000)
        copies(ini, [copy_blocks(SELF, SELF, blocks, source, lba)])
        part = was[source * BLOCK:(source + blocks) * BLOCK]
        want = was[:lba * BLOCK] + part + was[(lba + blocks) * BLOCK:]
        check(stored(ini, 1, 10000) == want, f"{blocks} from {source} to {lba}")
    ini.logout()


@suite.case
def other_forms(lab):
    """LID4, segments of bytes with offsets, and all names that a disk has."""
    _, ini = serve(lab, lab.null_blk(16), lab.null_blk(16))
    data = fill(ini, 1, 100)
    copies(ini, [copy_bytes(SELF, 0, 33 * BLOCK, 2, 40)], cscds(ini, 2),
           list_id=0x12345678, lid4=1)
    equal(stored(ini, 2, 33, 40), data[2 * BLOCK:35 * BLOCK], "LID4")
    four = ini.good(copy_results(STATUS4, 0x12345678), read=1024).data
    equal((four[4:8], four[16:26]),
          (bytes([1, 1, 0, 2]), struct.pack(">QH", 33 * BLOCK, 1)), "status")
    copies(ini, [copy_bytes(SELF, 0, 4 * BLOCK, 0, 0, (2 * BLOCK, 3 * BLOCK))],
           cscds(ini, 2))
    equal(stored(ini, 2, 4, 3), data[2 * BLOCK:6 * BLOCK], "whole blocks as offsets")
    task = fails(INVALID, ini, [copy_bytes(SELF, 0, BLOCK, 0, 0, (0, 1))],
                 cscds(ini, 2))
    equal(task.sense[15:18], b"\xa0\0\x1e", "field of the segment descriptor")
    tried = 0
    for where, kind, name in designators(ini, 2):
        if len(name) > 24:
            continue
        how = [copy_blocks(SELF, 0, 8, 8 * kind % 90, 8)], [copy_cscd(name)]
        if where:
            fails(UNREACHABLE, ini, *how)
            continue
        copies(ini, *how)
        tried += 1
        equal(stored(ini, 2, 8, 8), data[8 * kind % 90 * BLOCK:][:8 * BLOCK],
              f"by name {name.hex()}")
    check(tried, "no name is short enough")
    ini.logout()


@suite.case
def block_sizes(lab):
    """Blocks of 512 bytes to blocks of 4096, counted in either; whole ones."""
    _, ini = serve(lab, lab.null_blk(16), lab.null_blk(16, blocksize=4096))
    names = cscds(ini, 1, 2)
    data = fill(ini, 1, 4096)
    copies(ini, [copy_blocks(0, 1, 4096, 0, 5)], names)
    check(stored(ini, 2, 512, 5, 4096) == data, "as blocks of the source")
    copies(ini, [copy_blocks(0, 1, 16, 8, 3, 2)], names)
    check(stored(ini, 2, 16, 3, 4096) == data[4096:17 * 4096],
          "as blocks of the destination")
    copies(ini, [copy_blocks(1, 0, 3, 3, 1)], names)
    check(stored(ini, 1, 24, 1) == data[4096:4 * 4096], "the other way")
    was = stored(ini, 2, 8, 0, 4096)
    task = fails(INEXACT, ini, [copy_blocks(0, 1, 7, 0, 0)], names)
    equal(task.sense[15:18], b"\xa0\0\x0a", "field of the segment descriptor")
    fails(WRONG_TYPE, ini, [copy_blocks(SELF, 0, 8, 0, 0)],
          [copy_cscd(naa(ini, 2), 512)])
    copies(ini, [copy_blocks(SELF, 0, 0, 0, 0)], [copy_cscd(naa(ini, 2), 512)])
    equal(stored(ini, 2, 8, 0, 4096), was, "what is stored")
    copies(ini, [copy_blocks(SELF, 0, 8, 0, 0)], [copy_cscd(naa(ini, 2), 4096)])
    ini.logout()


def totals(lab):
    """What is counted, by LUN: READs, WRITEs, and their bytes."""
    return {lu["lun"]: (lu["read_commands"], lu["read_bytes"],
                        lu["write_commands"], lu["write_bytes"])
            for lu in lab.disks()}


@suite.case
def counted(lab):
    """What a copy reads and writes is counted where it does, as READs and WRITEs."""
    _, ini = serve(lab, *(lab.null_blk(16) for _ in range(3)))
    names, was, size = cscds(ini, 1, 2), totals(lab), 3000 * BLOCK
    copies(ini, [copy_blocks(0, 1, 3000, 0, 7)], names, 3)
    equal({lun: tuple(b - a for a, b in zip(was[lun], now))
           for lun, now in totals(lab).items()},
          {1: (2, size, 0, 0), 2: (0, 0, 2, size), 3: (0, 0, 0, 0)}, "totals")
    ini.logout()


# --- what is not ------------------------------------------------------------------

@suite.case
def unseen(lab):
    """A disk of another target, one that was removed, one that has its LUN now, and
    what is no disk cannot be reached."""
    iqn, ini = serve(lab, lab.null_blk(16), lab.null_blk(16))
    hidden = lab.target("t2")
    lab.lun(hidden, 1, lab.null_blk(16))
    theirs = lab.login(hidden, **OTHER)
    secret = fill(theirs, 1, 8)
    name = copy_cscd(naa(theirs, 1))
    was = fill(ini, 1, 8)
    for segment in copy_blocks(0, SELF, 8, 0, 0), copy_blocks(SELF, 0, 8, 0, 0):
        task = fails(UNREACHABLE, ini, [segment], [name])
        equal(task.sense[8:12], bytes(4), "segment 0, and nothing is forwarded")
        equal(task.sense[15:18], b"\x80\0\x10", "field: the CSCD descriptor")
    equal(stored(ini, 1, 8), was, "own disk")
    equal(stored(theirs, 1, 8), secret, "disk of the other target")
    # of two segments, the one that can be is copied
    gone = copy_cscd(naa(ini, 2))
    fill(ini, 2, 8)
    lab.drop_lun(iqn, 2)
    lab.clear_ua(ini)
    task = fails(UNREACHABLE, ini, [copy_blocks(SELF, SELF, 8, 0, 8),
                                    copy_blocks(SELF, 0, 8, 0, 0)], [gone], list_id=3)
    equal(task.sense[10:12], b"\0\1", "segment")
    equal(stored(ini, 1, 8, 8), was, "the first segment")
    equal(status(ini, 3), (2, 2, 8 * BLOCK), "status")
    lab.lun(iqn, 2, lab.null_blk(16), naa="5000000000000099")
    lab.clear_ua(ini)
    lab.clear_ua(ini, 2)
    fails(UNREACHABLE, ini, [copy_blocks(SELF, 0, 8, 0, 0)], [gone])
    fails(UNREACHABLE, ini, [copy_blocks(SELF, 1, 8, 0, 0)], cscds(ini, 2))
    fails(UNREACHABLE, ini, [copy_blocks(SELF, 0, 8, 0, 0)],
          [copy_cscd(naa(ini, 2), 0, 0x20)])
    fails(WRONG_TYPE, ini, [copy_blocks(SELF, 0, 8, 0, 0)],
          [copy_cscd(naa(ini, 2), 0, 0x01)])
    fails(WRONG_TYPE, ini, [copy_blocks(0, SELF, 8, 0, 0)], cscds(ini, 0))
    # bits that SPC-4 ignores
    copies(ini, [copy_blocks(SELF, 0, 8, 0, 0)], [copy_cscd(naa(ini, 2), 0, 0x80)])
    ini.logout()
    theirs.logout()


@suite.case
def out_of_range(lab):
    """Blocks that there are not, of either disk, and more than a segment may copy."""
    _, ini = serve(lab, lab.null_blk(16), lab.null_blk(8))
    names, end = cscds(ini, 1, 2), 8 * MIB
    was = fill(ini, 2, 64, end - 64)
    for blocks, source, lba, field in ((8, 0, end - 7, 20), (8, 0, end, 20),
                                       (8, 2 * end - 7, 0, 12),
                                       (8, (1 << 64) - 1, 0, 12),
                                       (8, 0, (1 << 64) - 8, 20),
                                       (8, 0, 1 << 55, 20)):
        task = fails(NO_REASON, ini, [copy_blocks(0, 1, blocks, source, lba)], names)
        equal(task.sense[15:18], bytes([0xA0, 0, field]), "field of the segment")
    task = fails(INVALID, ini, [copy_bytes(0, 1, (128 << 20) + BLOCK, 0, 0)], names)
    equal(task.sense[15:18], b"\xa0\0\x08", "field of the segment")
    equal(stored(ini, 2, 64, end - 64), was, "what is stored")
    copies(ini, [copy_blocks(0, 1, 8, 2 * end - 8, end - 8)], names)
    ini.logout()


def reserve(ini, lun, kind):
    """PERSISTENT RESERVE OUT: REGISTER, RESERVE."""
    ini.good(pr_out(0), lun, write=pr_list(0, 1))
    ini.good(pr_out(1, kind), lun, write=pr_list(1))


@suite.case
def reserved(lab):
    """Disks that another initiator has reserved: the source against READs, the
    destination against WRITEs, and the one that is asked."""
    iqn, ini = serve(lab, *(lab.null_blk(16) for _ in range(3)))
    other = lab.login(iqn, luns=(1, 2, 3), **OTHER)
    names = cscds(ini, 1, 2)
    how = [copy_blocks(0, 1, 8, 0, 0)], names, 3
    fill(ini, 1, 8)
    was = fill(ini, 2, 8)
    for lun, kind, conflicts in (1, 1, False), (1, 3, True), (2, 1, True), (2, 3, True):
        reserve(other, lun, kind)
        if conflicts:
            task = fails(FAILED, ini, *how)
            equal(forwarded(task, lun == 2), (CONFLICT, None), f"LUN {lun}")
            equal(len(task.sense), 19, "length of the sense data")
            equal(stored(ini, 2, 8) if kind == 1 else was, was, "what is stored")
        else:
            copies(ini, *how)
            was = stored(ini, 2, 8)
        other.good(pr_out(3), lun, write=pr_list(1))
        lab.clear_ua(ini, lun)
    reserve(other, 3, 1)
    equal(copy(ini, *how).status, CONFLICT, "status of a LUN that is reserved")
    equal(ini.command(copy_results(PARAMETERS), 3, read=64).status, CONFLICT,
          "RECEIVE COPY OPERATING PARAMETERS")
    # who has reserved it may
    copies(other, *how)
    ini.logout()
    other.logout()


@suite.case
def protected(lab):
    """A destination that is read-only, in both formats of sense data; as a source, it
    is as good as any."""
    iqn, ini = serve(lab, lab.null_blk(16))
    lab.lun(iqn, 2, lab.null_blk(16), **{"read-only": "on"})
    lab.clear_ua(ini)
    lab.clear_ua(ini, 2)
    task = fails(FAILED, ini, [copy_blocks(SELF, 0, 8, 0, 0)], cscds(ini, 2))
    equal(forwarded(task, True), (CHECK, PROTECTED), "what the destination says")
    copies(ini, [copy_blocks(0, SELF, 8, 0, 0)], cscds(ini, 2))
    page = bytearray(ini.good(mode_sense6(0x0A, bits=8), read=252).data[4:])
    page[0] &= 0x3F
    page[2] |= 4
    ini.good(mode_select6(4 + len(page)), write=bytes(4) + bytes(page))
    task = fails(FAILED, ini, [copy_blocks(SELF, 0, 8, 0, 0)], cscds(ini, 2))
    equal(task.sense, bytes([0x72, 10, 0x0D, 1, 0, 0, 0, 32, 1, 10]) + bytes(10)
          + bytes([2, 6, 0, 0, 0x80, 0, 16, 0])
          + bytes([0x0C, 10, 2, 2, 0x72, 7, 0x27, 0, 0, 0, 0, 0]), "sense data")
    ini.logout()


@suite.case
def sanitized(lab):
    """A disk that could not be sanitized, as source, as destination, and asked."""
    not_if_short()
    disk = Mapped(lab.null_blk(4))
    _, ini = serve(lab, lab.null_blk(16), disk.path)
    names, was = cscds(ini, 1, 2), fill(ini, 1, 8)
    disk.change(ERROR)
    equal(ini.command(sanitize(BLOCK_ERASE), 2).key, NOT_SANITIZED, "SANITIZE")
    disk.change(dm.LINEAR)
    for ids in (0, 1), (1, 0):
        task = fails(FAILED, ini, [copy_blocks(*ids, 8, 0, 0)], names)
        equal(forwarded(task, ids[1] == 1), (CHECK, NOT_SANITIZED), f"copy {ids}")
    fails(NOT_SANITIZED, ini, [copy_blocks(0, 0, 8, 0, 8)], names, 2)
    equal(stored(ini, 1, 8), was, "what is stored")
    ini.logout()


@suite.case
def another_medium(lab):
    """A disk whose medium is out, and one whose medium may be another one, of which the
    initiator has not heard: as source and as destination."""
    iqn, ini = serve(lab, lab.null_blk(16))
    lab.lun(iqn, 2, lab.null_blk(16), removable="on")
    lab.clear_ua(ini)
    lab.clear_ua(ini, 2)
    names = cscds(ini, 1, 2)
    one, two = fill(ini, 1, 8), fill(ini, 2, 8)
    lab.adm("lun", "eject", "target", iqn, "lun", 2)
    for verb in "eject", "load":
        if verb == "load":
            lab.adm("lun", "load", "target", iqn, "lun", 2)
        for ids in (0, 1), (1, 0):
            task = fails(FAILED, ini, [copy_blocks(*ids, 8, 0, 0)], names)
            equal(forwarded(task, ids[1] == 1), (CHECK, NO_MEDIUM),
                  f"{ids} after {verb}")
    equal(ini.command(read16(0, 8), 2, read=4096).key, MEDIUM, "it is told")
    equal((stored(ini, 1, 8), stored(ini, 2, 8)), (one, two), "what is stored")
    copies(ini, [copy_blocks(0, 1, 8, 0, 0)], names)
    equal(stored(ini, 2, 8), one, "after it was told")
    ini.logout()


@suite.case
def bad_source(lab):
    """A source whose device fails in the middle: what came before it is there, and it
    is told what the source has said, and once more by those who ask."""
    not_if_short()
    bad = Mapped(lab.null_blk(4))
    _, ini = serve(lab, bad.path, lab.null_blk(16))
    data = fill(ini, 1, 4 * MIB)
    was = fill(ini, 2, 4 * MIB)
    bad.change(BAD_HALF)
    task = fails(FAILED, ini, [copy_blocks(1, 0, 4096, 4096, 1000)], cscds(ini, 2, 1),
                 2, list_id=9)
    equal(forwarded(task, False), (CHECK, COMMUNICATION), "what the source says")
    equal((task.sense[10:12], residual(task), task.sense[15:18]),
          (b"\0\0", None, b"\x80\0\x30"), "segment, residual, CSCD descriptor")
    check(stored(ini, 2, 4 * MIB) == was, "a copy that failed has written")
    task = fails(FAILED, ini, [copy_blocks(0, 1, 8, 0, 0),
                               copy_blocks(0, 1, 4 * MIB, 0, 16)], cscds(ini, 1, 2),
                 2, list_id=9)
    equal((task.sense[10:12], residual(task), task.sense[15:18]),
          (b"\0\1", 2 * MIB, b"\x80\0\x10"), "segment, residual, CSCD descriptor")
    equal(status(ini, 9, 2), (2, 2, 2 * STEP + 8 * BLOCK), "status")
    check(stored(ini, 2, 2 * MIB, 16) == data[:2 * STEP], "what came before")
    details = ini.good(copy_results(DETAILS, 9), 2, read=1024).data
    equal((int.from_bytes(details[:4], "big"), details[56], details[58:60]),
          (len(details) - 4, CHECK, bytes([0, len(task.sense)])), "failure details")
    equal(details[60:], task.sense, "sense data")
    errors = {lu["lun"]: lu["errors"] for lu in lab.disks()}
    equal(errors, {1: 2, 2: 0}, "errors of the LUNs")
    ini.logout()


@suite.case
def bad_beginning(lab):
    """One that goes backward, and fails before it has come to the beginning: nothing is
    there of the segment in its order, so all of it is the residual."""
    bad = Mapped(lab.null_blk(4))
    _, ini = serve(lab, bad.path)
    data = fill(ini, 1, 4 * MIB)
    bad.change(BAD_BEGINNING)
    task = fails(FAILED, ini, [copy_blocks(SELF, SELF, 6000, 0, 7)], list_id=4)
    equal(forwarded(task, False), (CHECK, COMMUNICATION), "what the source says")
    equal((residual(task), task.sense[15:18]), (6000, bytes(3)), "residual, field")
    equal(status(ini, 4), (2, 1, 0), "status")
    check(stored(ini, 1, MIB, 6007 - MIB) ==
          data[(6000 - MIB) * BLOCK:6000 * BLOCK], "what was copied")
    ini.logout()


# --- in the middle ----------------------------------------------------------------

def hanging(lab, **how):
    """A copy of 4 MiB whose first step is at a destination that is silent. Gives back
    the disk, the name, the session, the task, and what is on both disks."""
    disk = Mapped(lab.null_blk(16))
    iqn, ini = serve(lab, lab.null_blk(16), disk.path)
    data, was = fill(ini, 1, 4 * MIB), fill(ini, 2, 4 * MIB)
    disk.suspend()
    names = cscds(ini, 1, 2)
    task = issue(ini, [copy_blocks(0, 1, 4 * MIB, 0, 0)], names, **how)
    ini.expect_silence(0.3)
    return disk, iqn, ini, task, data, was


def writes(lab, iqn, lun):
    """How many WRITEs are in the histogram of a LUN."""
    found = lab.adm_json("lun", "histogram", "target", iqn, "lun", lun)
    return sum(found["histograms"][0]["write_total"])


def check_first_step(ini, data, was):
    """The step that was under way, and nothing behind it."""
    got = stored(ini, 2, 4 * MIB)
    check(got[:STEP] == data[:STEP], "the step that was under way")
    check(got[STEP:] == was[STEP:], "more was written than that step")


@suite.case
def abort(lab):
    """ABORT TASK while its destination is silent: it is answered when the step has
    ended, and nothing is copied after that."""
    disk, _, ini, task, data, was = hanging(lab, list_id=5)
    equal(status(ini, 5), (0, 1, 0), "status while it is under way")
    equal(ini.command(copy_results(DETAILS, 5), read=64).key, NO_SUCH_COPY,
          "failure details of one that is under way")
    ini.send_tmf(ABORT_TASK, 1, task.itt, (ini.cmdsn - 1) & 0xFFFFFFFF)
    ini.expect_silence(0.3)
    disk.resume()
    equal(ini.until(iscsi.TMF_RSP).byte(2), COMPLETE, "ABORT TASK")
    ini.tasks.clear()
    ini.expect_silence(0.3)
    check_first_step(ini, data, was)
    equal(ini.command(copy_results(STATUS, 5), read=64).key, NO_SUCH_COPY,
          "status of one that was aborted")
    copies(ini, [copy_blocks(0, 1, 4 * MIB, 0, 0)], cscds(ini, 1, 2), list_id=5)
    check(stored(ini, 2, 4 * MIB) == data, "a later copy")
    ini.logout()


@suite.case
def waiting(lab):
    """A copy waits at the gate of a disk that is frozen, source, destination or the one
    that is asked, and goes on; what is aborted there ends at once, by ABORT TASK
    and by a reset."""
    not_if_short()
    iqn, ini = serve(lab, *(lab.null_blk(16) for _ in range(3)))
    data = fill(ini, 1, 100)
    how = [copy_blocks(0, 1, 100, 0, 0)], cscds(ini, 1, 2), 3
    for lun in 1, 2, 3:
        fill(ini, 2, 100)
        lab.adm("lun", "freeze", "target", iqn, "lun", lun, "timeout", 60)
        task = issue(ini, *how)
        ini.expect_silence(0.3)
        lab.adm("lun", "thaw", "target", iqn, "lun", lun)
        ini.wait([task])
        equal(task.status, GOOD, f"copy after LUN {lun} was frozen")
        equal(stored(ini, 2, 100), data, "what is stored")
        lab.adm("lun", "freeze", "target", iqn, "lun", lun, "timeout", 60)
        task = issue(ini, *how)
        ini.nop(b"x")
        equal(soon(ini.tmf, ABORT_TASK, 3, task.itt, (ini.cmdsn - 1) & 0xFFFFFFFF),
              COMPLETE, f"ABORT TASK while LUN {lun} is frozen")
        ini.tasks.clear()
        if lun != 3:
            issue(ini, *how)
            ini.nop(b"x")
            equal(soon(ini.tmf, LUN_RESET, 3), COMPLETE, "LOGICAL UNIT RESET")
            ini.tasks.clear()
        lab.adm("lun", "thaw", "target", iqn, "lun", lun)
        for each in 1, 2, 3:
            lab.clear_ua(ini, each)
    copies(ini, *how)
    ini.logout()


@suite.case
def lost(lab):
    """Its connection is lost: the step that is under way is an orphan of that disk, and
    nothing comes after it."""
    disk, iqn, ini, _, data, was = hanging(lab)
    ini.abort()
    wait_until(lambda: not lab.sessions(), 5 * SLOW, "the session ends")
    equal(lab.orphans(iqn, 2), 1, "orphans of the destination")
    equal(lab.orphans(iqn, 1), 0, "orphans of the source")
    counted = writes(lab, iqn, 2)
    disk.resume()
    wait_until(lambda: not lab.orphans(iqn, 2), 5 * SLOW, "no orphan is left")
    equal(writes(lab, iqn, 2), counted + 1, "WRITEs in the histogram")
    ini = lab.login(iqn, luns=(1, 2), timeout=20 * SLOW)
    check_first_step(ini, data, was)
    ini.logout()


@suite.case
def preempted(lab):
    """PREEMPT AND ABORT at the destination is answered behind the step of a copy of the
    victim, which ends, although it was sent to another LUN."""
    disk, iqn, ini, task, data, was = hanging(lab)
    other = lab.login(iqn, luns=(1, 2), timeout=20 * SLOW, **OTHER)
    ini.good(pr_out(0), 2, write=pr_list(0, 1))
    other.good(pr_out(0), 2, write=pr_list(0, 2))
    out = other.issue(pr_out(5, 1), 2, write=pr_list(2, 1))
    other.expect_silence(0.5)
    disk.resume()
    other.wait([out])
    equal(out.status, GOOD, "PREEMPT AND ABORT")
    ini.wait([task])
    equal(task.status, ABORTED, "status of the copy")
    check_first_step(other, data, was)
    lab.clear_ua(ini, 2)
    other.logout()
    ini.logout()


@suite.case
def reserved_midway(lab):
    """The LUN that was asked says no before anything is written, and not later: an
    initiator may send again what it is told then. Source and destination do."""
    not_if_short()
    for lun, end in (3, (GOOD, None)), (2, (CHECK, FAILED)):
        disk = Mapped(lab.null_blk(16))
        iqn, ini = serve(lab, lab.null_blk(16), disk.path, lab.null_blk(16))
        data, was = fill(ini, 1, 4 * MIB), fill(ini, 2, 4 * MIB)
        other = lab.login(iqn, luns=(1, 2, 3), timeout=20 * SLOW, **OTHER)
        names = cscds(ini, 1, 2)
        disk.suspend()
        task = issue(ini, [copy_blocks(0, 1, 4 * MIB, 0, 0)], names, 3)
        ini.expect_silence(0.3)
        reserve(other, lun, 3)
        disk.resume()
        ini.wait([task])
        equal((task.status, task.key), end, f"copy after LUN {lun} was reserved")
        if lun == 3:
            check(stored(ini, 2, 4 * MIB) == data, "what is stored")
        else:
            equal(forwarded(task, True), (CONFLICT, None), "what it says")
            check_first_step(other, data, was)
        after(lab)


@suite.case
def removed(lab):
    """A disk that is removed waits for a step of its copy, and for no more; a source that
    is not in use then, for none."""
    disk, iqn, ini, task, data, was = hanging(lab)
    with meanwhile(lab.drop_lun, iqn, 1):
        ini.expect_silence(0.3)
        disk.resume()
    ini.wait([task])
    equal(task.status, ABORTED, "status of a copy whose own LUN was removed")
    lab.clear_ua(ini, 2)
    check_first_step(ini, data, was)
    after(lab)

    disk, iqn, ini, task, data, was = hanging(lab, lun=2)
    soon(lab.drop_lun, iqn, 1, limit=2.0 * SLOW)
    disk.resume()
    ini.wait([task])
    equal((task.status, task.key), (CHECK, UNREACHABLE), "the source is gone")
    lab.clear_ua(ini, 2)
    check_first_step(ini, data, was)
    after(lab)

    # the one that was asked does not wait for the gate of another one
    iqn, ini = serve(lab, lab.null_blk(16), lab.null_blk(16))
    names, was = cscds(ini, 1, 2), fill(ini, 2, 8)
    lab.adm("lun", "freeze", "target", iqn, "lun", 2, "timeout", 60)
    task = issue(ini, [copy_blocks(0, 1, 8, 0, 0)], names)
    ini.expect_silence(0.3)
    soon(lab.drop_lun, iqn, 1, limit=2.0 * SLOW)
    ini.wait([task])
    equal((task.status, task.key), (CHECK, FAILED), "its own LUN is gone")
    lab.adm("lun", "thaw", "target", iqn, "lun", 2)
    lab.clear_ua(ini, 2)
    equal(stored(ini, 2, 8), was, "what is stored")
    ini.logout()


def answered(ini, task):
    while not task.done:
        ini.step()


@suite.case
def beside(lab):
    """Other commands of the session are answered while a long copy goes on, and also
    those of its own disks."""
    not_if_short()
    _, ini = serve(lab, lab.null_blk(64), lab.null_blk(64), lab.null_blk(16))
    names = cscds(ini, 1, 2)
    long = issue(ini, [copy_bytes(0, 1, 60 << 20, 0, 0) for _ in range(16)], names)
    for lun in 3, 2, 1:
        soon(answered, ini, ini.issue(read16(0, 8), lun, read=4096))
        check(not long.done, f"a READ of LUN {lun} has waited for the copy")
    ini.wait([long])
    equal(long.status, GOOD, "copy")
    ini.logout()


# --- limits -----------------------------------------------------------------------

@suite.case
def told(lab):
    """INQUIRY, VPD page 8Fh, OPERATING PARAMETERS and REPORT SUPPORTED OPERATION
    CODES agree."""
    _, ini = serve(lab, lab.null_blk(16))
    equal(ini.good(inquiry(96), read=96).data[5], 8, "3PC of a disk")
    equal(ini.good(inquiry(96), 0, read=96).data[5], 0, "3PC of the controller")
    pages = ini.good(inquiry(255, 0), read=255).data[4:]
    check(0x8F in pages, "page 8Fh is not listed")
    check(0x8F not in ini.good(inquiry(255, 0), 0, read=255).data[4:],
          "page 8Fh of the controller")
    page = ini.good(inquiry(1024, 0x8F), read=1024).data
    equal(int.from_bytes(page[2:4], "big"), len(page) - 4, "length of the page")
    found, at = {}, 4
    while at < len(page):
        kind, size = struct.unpack_from(">HH", page, at)
        found[kind] = page[at + 4:at + 4 + size]
        at += 4 + size
    equal(list(found), [1, 4, 8, 12, 0x8001], "descriptors")
    data = ini.good(copy_results(PARAMETERS), read=1024).data
    length, bits, most_cscds, most_segments, most_bytes, segment = \
        struct.unpack_from(">IB3xHHII", data)
    equal((length, bits), (len(data) - 4, 1), "AVAILABLE DATA, SNLID")
    equal((most_cscds, most_segments, most_bytes, segment, data[37]),
          (16, 64, 2560, 128 << 20, 9), "limits")
    equal(struct.unpack_from(">4xHHI", found[4]),
          (most_cscds, most_segments, most_bytes), "limits of page 8Fh")
    equal(struct.unpack_from(">IIIB", found[0x8001]), (64, 16, segment, 9),
          "limits of all copies")
    equal((data[43:], found[8]), (b"\3\2\x0a\xe4", b"\3\2\x0a\xe4"), "types")
    equal(found[12], b"\0\2\xff\xff", "CSCD descriptor IDs")
    served = {op[0]: [] for op in (b"\x83", b"\x84")}
    codes = ini.good(rsoc(), read=65535).data
    for at in range(4, len(codes), 8):
        if codes[at] in served:
            served[codes[at]].append(codes[at + 3])
    equal(found[1][:11], bytes([10, 0x83, 2, *served[0x83], 0x84, 4, *served[0x84]]),
          "commands")
    ini.logout()


@suite.case
def bad_lists(lab):
    """What is refused as a whole, before anything is copied."""
    _, ini = serve(lab, lab.null_blk(16))
    name = copy_cscd(naa(ini, 1))
    one = copy_blocks(0, 0, 8, 0, 8)
    was = fill(ini, 1, 16)
    fails(TOO_MANY_CSCDS, ini, [one], [name] * 17)
    fails(TOO_MANY_SEGMENTS, ini, [one] * 65, [name])
    fails(LENGTH_ERROR, ini, [one] * 80, [name] * 16)
    fails(CSCD_TYPE, ini, [one], [name, b"\xe0" + name[1:]])
    fails(SEGMENT_TYPE, ini, [one, b"\3" + one[1:]], [name])
    good = copy_list([one], [name])
    for size in 1, 15, 16 + 31, len(good) - 1:
        task = ini.command(extended_copy(size), write=good[:size])
        equal((task.status, task.key), (CHECK, LENGTH_ERROR), f"{size} bytes")
    # fewer bytes than the CDB says, and more than anybody needs
    task = ini.command(extended_copy(len(good)), write=good[:40])
    equal((task.status, task.key), (CHECK, LENGTH_ERROR), "data that ends early")
    task = ini.command(extended_copy(65537), write=good)
    equal((task.status, task.key), (CHECK, LENGTH_ERROR), "65537 bytes")
    equal(stored(ini, 1, 16), was, "what is stored")
    ini.good(extended_copy(65536), write=good.ljust(65536, b"\xff"))
    equal(stored(ini, 1, 8, 8), was[:8 * BLOCK], "behind the list there is nothing")
    for action in STATUS, DETAILS, STATUS4:
        equal(ini.command(copy_results(action, 77), read=64).key, NO_SUCH_COPY,
              f"service action {action}")
    ini.logout()


@suite.case
def at_once(lab):
    """Sixteen copies of an initiator at once, and no two of one name; sixty-four of
    all of them."""
    iqn, ini = serve(lab, lab.null_blk(16), lab.null_blk(16))
    names = cscds(ini, 1, 2)
    inis = [ini] + [lab.login(iqn, luns=(1, 2), timeout=20 * SLOW,
                              name=f"{iscsi.NAME}{nr}",
                              isid=bytes.fromhex(f"80000000ab0{nr}"))
                    for nr in range(2, 6)]
    segment = [copy_blocks(0, 1, 8, 0, 0)]
    lab.adm("lun", "freeze", "target", iqn, "lun", 2, "timeout", 60)
    tasks = [issue(ini, segment, names, list_id=nr) for nr in range(1, 17)]
    task = copy(ini, segment, names, list_id=16)
    equal((task.status, task.key), (CHECK, IN_PROGRESS), "the same name")
    equal(copy(ini, segment, names, list_id=17).status, FULL, "one more")
    equal(copy(ini, segment, names).status, FULL, "one more without a name")
    for other in inis[1:4]:
        tasks += [issue(other, segment, names) for _ in range(16)]
        other.nop(b"x")
    equal(copy(inis[4], segment, names).status, BUSY, "one more of all")
    lab.adm("lun", "thaw", "target", iqn, "lun", 2)
    for each in inis[:4]:
        each.wait()
    equal([task.status for task in tasks], [GOOD] * 64, "those that have waited")
    for each in inis:
        copies(each, segment, names, list_id=1)
        each.logout()


if __name__ == "__main__":
    suite.main()
