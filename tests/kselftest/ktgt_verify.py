#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""VERIFY, WRITE AND VERIFY and PRE-FETCH.

    target namespace: t1 with LUN 1 null_blk or dm -- veth -- this program

Shown: each length of the CDB, with every BYTCHK; INFORMATION is the first byte that
differs; up to MAXIMUM TRANSFER LENGTH, in pieces; what is verified is read from the
device, after a flush if it has a cache; a bad block is found; a VERIFY of much holds
little memory, and nobody who freezes its LUN waits for the whole of it.
"""
# Timeout: 300
# Short: debug

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
import scsi_debug  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import (BYTCHK_ALL, BYTCHK_ONE, inquiry, pre_fetch10,  # noqa: E402
                   pre_fetch16, read10, verify10, verify12, verify16, write10,
                   write16, write_verify10, write_verify12, write_verify16)
from ktap import Suite, check, equal  # noqa: E402
from lab import SLOW, Lab, read, soon  # noqa: E402

MISCOMPARE = (0x0E, 0x1D, 0)
INVALID_FIELD, OUT_OF_RANGE, MISFIT = (5, 0x24, 0), (5, 0x21, 0), (5, 0x0E, 3)
PROTECTED, COMMUNICATION = (7, 0x27, 0), (2, 8, 0)
BLOCK, DISK_MIB = 512, 40
VERIFIES = verify10, verify12, verify16
WRITE_VERIFIES = write_verify10, write_verify12, write_verify16
LARGE = {"MaxRecvDataSegmentLength": 262144, "FirstBurstLength": 262144,
         "MaxBurstLength": 1048576, "MaxOutstandingR2T": 8,
         "InitialR2T": "No", "ImmediateData": "Yes"}
# the second half of 4 MiB fails
BAD_HALF = "0 4096 linear {dev} 0\n4096 4096 error"


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    scsi_debug.unload()


suite = Suite(Lab)
suite.after = after


def serve(lab, dev, keys=None, **options):
    """A target with DEV as LUN 1, and a session."""
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, dev, **options)
    return lab.login(iqn, keys, timeout=60 * SLOW)


def fill(ini, blocks):
    data = os.urandom(blocks * BLOCK)
    ini.good(write16(0, blocks), write=data)
    return data


def ends(ini, cdb, key, data=None, information=None):
    """The command fails in this way."""
    task = ini.command(cdb, write=data)
    equal((task.status, task.key), (2, key), cdb.hex())
    if information is not None:
        equal(task.information, information, f"INFORMATION of {cdb.hex()}")


def stats(dev):
    """Reads, sectors read, writes and flushes of a block device."""
    fields = [int(word) for word in
              read(f"/sys/block/{os.path.basename(dev)}/stat").split()]
    return fields[0], fields[2], fields[4], fields[15]


@suite.case
def verifies(lab):
    """Every length of the CDB with every BYTCHK."""
    ini = serve(lab, lab.null_blk(8))
    was = fill(ini, 300)
    for cdb in VERIFIES:
        for blocks in 1, 8, 9, 128, 129, 300:
            data = was[:blocks * BLOCK]
            ini.good(cdb(0, blocks))
            ini.good(cdb(0, blocks, BYTCHK_ALL | 0x10), write=data)
        ini.good(cdb(7, 0))
        ini.good(cdb(7, 0, BYTCHK_ALL))
        ini.good(cdb(7, 1, BYTCHK_ONE), write=was[7 * BLOCK:8 * BLOCK])
        ends(ini, cdb(7, 2, BYTCHK_ONE), MISCOMPARE, was[7 * BLOCK:8 * BLOCK], BLOCK)
        for place in 0, 511, 4096, 65535, 65536, 300 * BLOCK - 1:
            data = bytearray(was)
            data[place] ^= 1
            ends(ini, cdb(0, 300, BYTCHK_ALL), MISCOMPARE, bytes(data), place)
    ini.good(write10(0, 300), write=b"e" * (300 * BLOCK))
    for cdb in VERIFIES:
        ini.good(cdb(0, 300, BYTCHK_ONE), write=b"e" * BLOCK)
    ini.logout()


@suite.case
def refused(lab):
    """What is wrong in the CDB, or in what the initiator expects to send."""
    ini = serve(lab, lab.null_blk(8))
    last = 8 * 2048
    for cdb in VERIFIES:
        ends(ini, cdb(0, 1, 2 << 1), INVALID_FIELD)
        ends(ini, cdb(0, 1, 0x08), INVALID_FIELD)
        ends(ini, cdb(0, 1, 0x20), INVALID_FIELD)
        ends(ini, cdb(last - 1, 2), OUT_OF_RANGE)
        ends(ini, cdb(last, 0), OUT_OF_RANGE)
        ends(ini, cdb(0, 2, BYTCHK_ALL), MISFIT, bytes(BLOCK))
    for cdb in WRITE_VERIFIES:
        ends(ini, cdb(0, 1, 2 << 1), INVALID_FIELD, bytes(BLOCK))
        ends(ini, cdb(0, 1, BYTCHK_ONE), INVALID_FIELD, bytes(BLOCK))
        ends(ini, cdb(last - 1, 2), OUT_OF_RANGE, bytes(2 * BLOCK))
    ini.logout()
    after(lab)
    ini = serve(lab, lab.null_blk(8), **{"read-only": "on"})
    ini.good(verify10(0, 8, BYTCHK_ALL), write=bytes(8 * BLOCK))
    for cdb in WRITE_VERIFIES:
        ends(ini, cdb(0, 1), PROTECTED, bytes(BLOCK))
    ini.logout()


@suite.case
def long_ones(lab):
    """Up to MAXIMUM TRANSFER LENGTH; a block more is refused."""
    ini = serve(lab, lab.null_blk(DISK_MIB), LARGE)
    most = struct.unpack_from(">I", ini.good(inquiry(64, 0xB0), read=64).data, 8)[0]
    was = fill(ini, most)
    ini.good(verify16(0, most))
    ini.good(verify16(0, most, BYTCHK_ALL), write=was)
    data = bytearray(was)
    data[-1] ^= 1
    ends(ini, verify16(0, most, BYTCHK_ALL), MISCOMPARE, bytes(data), len(was) - 1)
    data[3 << 20] ^= 1
    ends(ini, verify16(0, most, BYTCHK_ALL), MISCOMPARE, bytes(data), 3 << 20)
    ends(ini, verify16(0, most + 1), INVALID_FIELD)
    for bits in 0, BYTCHK_ALL:
        was = os.urandom((5 << 20) + BLOCK)
        ini.good(write_verify16(3, len(was) // BLOCK, bits), write=was)
        got = ini.good(iscsi.read16(3, len(was) // BLOCK), read=len(was)).data
        check(got == was, f"WRITE AND VERIFY {bits} has written something else")
    ini.logout()


@suite.case
def write_and_verifies(lab):
    """Every length of the CDB: what is stored is what was sent."""
    ini = serve(lab, lab.null_blk(8))
    for cdb in WRITE_VERIFIES:
        for bits in 0, BYTCHK_ALL, 0x10:
            for blocks in 1, 9, 128, 300:
                was = os.urandom(blocks * BLOCK)
                ini.good(cdb(2, blocks, bits), write=was)
                got = ini.good(read10(2, blocks), read=len(was)).data
                check(got == was, f"{cdb.__name__} of {blocks} blocks")
        ini.good(cdb(2, 0))
    ini.logout()


@suite.case
def real_reads(lab):
    """The device is asked each time: after a flush if it has a cache, and for no more
    than the CDB says."""
    for cache in 0, 1:
        dev = lab.null_blk(8, cache_size=8 * cache)
        ini = serve(lab, dev)
        equal(iscsi.wce(ini), cache, "WCE")
        was = fill(ini, 200)
        for cdb, data, writes in (
                (verify10(0, 200), None, 0),
                (verify10(0, 200, BYTCHK_ALL), was, 0),
                (write_verify10(0, 200, BYTCHK_ALL), was, 1)):
            before = stats(dev)
            ini.good(cdb, write=data)
            got = [now - was for now, was in zip(stats(dev), before)]
            equal(got[1], 200, f"sectors read by {cdb.hex()}")
            # a flush may count as a write
            check(got[2] >= writes, f"{got[2]} writes by {cdb.hex()}")
            check(cache or got[2] <= writes, f"{got[2]} writes by {cdb.hex()}")
            check(bool(got[3]) == bool(cache), f"{got[3]} flushes by {cdb.hex()}")
        ini.logout()
        after(lab)


@suite.case
def bad_block(lab):
    """A device that fails in the middle."""
    ini = serve(lab, Mapped(lab.null_blk(4), BAD_HALF).path)
    ini.good(verify10(0, 4096))
    ends(ini, verify10(0, 4097), COMMUNICATION)
    ends(ini, verify10(4096, 8, BYTCHK_ALL), COMMUNICATION, bytes(8 * BLOCK))
    ends(ini, write_verify10(4096, 8), COMMUNICATION, bytes(8 * BLOCK))
    ini.good(verify10(0, 8))
    ini.logout()


@suite.case
def steps(lab):
    """Who freezes the LUN waits for a chunk of a long VERIFY, which then waits itself."""
    dev = lab.null_blk(DISK_MIB, irqmode=2, completion_nsec=20_000_000)
    ini = serve(lab, dev)
    task = ini.issue(verify16(0, 64 * 2048 // 2))
    ini.nop(b"x")
    soon(lab.adm, "lun", "freeze", "target", 1, "lun", 1, "timeout", 60, limit=5)
    reads = stats(dev)[0]
    ini.expect_silence(0.5)
    equal(stats(dev)[0], reads, "reads while it is frozen")
    check(0 < reads < 400, f"{reads} reads before")
    lab.adm("lun", "thaw", "target", 1, "lun", 1)
    ini.wait([task], 60 * SLOW)
    equal(task.status, 0, "status")
    ini.logout()


@suite.case
def pre_fetches(lab):
    """GOOD, and nothing is read; the blocks have to exist."""
    dev = lab.null_blk(8)
    ini = serve(lab, dev)
    before = stats(dev)[0]
    for cdb in pre_fetch10, pre_fetch16:
        for lba, blocks in (0, 1), (0, 0), (5, 60000 % 16379), (8 * 2048 - 1, 1):
            for bits in 0, 2:
                ini.good(cdb(lba, blocks, bits))
        ends(ini, cdb(8 * 2048 - 1, 2), OUT_OF_RANGE)
        ends(ini, cdb(0, 1, 1), INVALID_FIELD)
    equal(stats(dev)[0], before, "reads of the device")
    ini.logout()


if __name__ == "__main__":
    suite.main()
