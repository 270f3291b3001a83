#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""COMPARE AND WRITE and ORWRITE, which are alone in their blocks.

    target namespace: t1 with LUN 1 null_blk, dm or scsi_debug -- veth -- this program

Shown: what is as the data says is written, and nothing else; what differs is not,
and INFORMATION is the first byte that differs; the limits of VPD page B0h; bad data
changes nothing; a command that was aborted in the middle writes nothing, and one that
waits for its blocks ends at once; initiators that count in one block lose no count,
and those that set bits in one block no bit, beside others that write; the first of
these commands waits for WRITEs that are under way, and for no more.
"""
# Timeout: 300
# Short: debug

import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
import scsi_debug  # noqa: E402
from dm import Late, Mapped  # noqa: E402
from iscsi import (compare_and_write, inquiry, orwrite16, read10,  # noqa: E402
                   write10, write_same16)
from ktap import Suite, check, comment, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, soon  # noqa: E402
from race import Load, open_session, ready, together  # noqa: E402

MISCOMPARE = (0x0E, 0x1D, 0)
INVALID_FIELD, OUT_OF_RANGE, MISFIT = (5, 0x24, 0), (5, 0x21, 0), (5, 0x0E, 3)
PROTECTED, CRC_ERROR = (7, 0x27, 0), (0x0B, 0x47, 5)
ABORT_TASK, LUN_RESET, COMPLETE, TASK_ABORTED = 1, 5, 0, 0x40
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}
SECONDS = 4
BLOCK, MOST = 512, 255


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    scsi_debug.unload()


suite = Suite(Lab)
suite.after = after


def serve(lab, dev, keys=None, **options):
    """A target with DEV as LUN 1, and a session; gives back its name as well."""
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, dev, **options)
    return iqn, lab.login(iqn, keys)


def fill(ini, blocks, lba=0):
    """Something that no two blocks have in common; gives it back."""
    data = os.urandom(blocks * BLOCK)
    ini.good(write10(lba, blocks), write=data)
    return data


def stored(ini, blocks, lba=0):
    return ini.good(read10(lba, blocks), read=blocks * BLOCK).data


# --- what it does -----------------------------------------------------------------

@suite.case
def match(lab):
    """As many blocks as the CDB says are written, and no other one."""
    _, ini = serve(lab, lab.null_blk(8))
    was = fill(ini, 300)
    for lba, blocks in (0, 1), (3, 1), (5, 7), (8, 8), (17, 9), (1, 128), (30, MOST):
        new = os.urandom(blocks * BLOCK)
        start, end = lba * BLOCK, (lba + blocks) * BLOCK
        for bits in 0, 0x18:
            task = ini.good(compare_and_write(lba, blocks, bits),
                            write=was[start:end] + new)
            equal(task.residual, 0, "residual")
            was = was[:start] + new + was[end:]
            check(stored(ini, 300) == was, f"{blocks} blocks at {lba} are wrong")
            new = os.urandom(blocks * BLOCK)
    ini.good(compare_and_write(3, 0))
    equal(stored(ini, 300), was, "after one of nothing")
    ini.logout()


@suite.case
def mismatch(lab):
    """Nothing is written, and INFORMATION is where the first difference is."""
    _, ini = serve(lab, lab.null_blk(8))
    was = fill(ini, MOST + 1)
    whole = MOST * BLOCK
    for blocks, *places in ((1, 0), (1, 511), (1, 17, 300), (16, 4095), (16, 4096),
                            (MOST, 65535), (MOST, 65536), (MOST, whole - 1),
                            (MOST, 1000, 70000, whole - 1)):
        data = bytearray(was[:blocks * BLOCK])
        for place in places:
            data[place] ^= 1 << random.randrange(8)
        task = ini.command(compare_and_write(0, blocks),
                           write=bytes(data) + bytes(blocks * BLOCK))
        equal((task.status, task.key, task.information), (2, MISCOMPARE, places[0]),
              f"{blocks} blocks that differ at {places}")
    equal(stored(ini, MOST + 1), was, "what is stored")
    ini.logout()


@suite.case
def limits(lab):
    """MAXIMUM COMPARE AND WRITE LENGTH, and what is refused."""
    _, ini = serve(lab, lab.null_blk(8, blocksize=4096))
    page = ini.good(inquiry(64, 0xB0), read=64).data
    most = page[5]
    equal(most, 128, "limit of a disk with blocks of 4096 bytes")
    new = os.urandom(most * 4096)
    ini.good(compare_and_write(0, most), write=bytes(most * 4096) + new)
    check(ini.good(read10(0, most), read=len(new)).data == new, "not written")
    task = ini.command(compare_and_write(0, most + 1), write=bytes((most + 1) * 8192))
    equal((task.status, task.key, task.sense[15:18]),
          (2, INVALID_FIELD, b"\xc0\0\x0d"), "one block more")
    check(ini.good(read10(0, most), read=len(new)).data == new, "written")
    after(lab)

    _, ini = serve(lab, lab.null_blk(8))
    page = ini.good(inquiry(64, 0xB0), read=64).data
    equal(page[5], MOST, "limit of a disk with blocks of 512 bytes")
    was = fill(ini, 4)
    last = 8 * 2048
    for what, cdb, size, want in (
            ("256 blocks", compare_and_write(0, 256), 1024, INVALID_FIELD),
            ("WRPROTECT", compare_and_write(0, 1, 0x20), 1024, INVALID_FIELD),
            ("one block too far", compare_and_write(last - 1, 2), 2048, OUT_OF_RANGE),
            ("half of the data", compare_and_write(0, 1), 512, MISFIT),
            ("more data", compare_and_write(0, 1), 1536, MISFIT)):
        task = ini.command(cdb, write=was[:512] + bytes(size - 512))
        equal((task.status, task.key), (2, want), what)
    equal(stored(ini, 4), was, "what is stored")
    ini.logout()


@suite.case
def protected(lab):
    """A LUN that is read-only."""
    _, ini = serve(lab, lab.null_blk(8), **{"read-only": "on"})
    for cdb in compare_and_write(0, 1), orwrite16(0, 2):
        task = ini.command(cdb, write=bytes(1024))
        equal((task.status, task.key), (2, PROTECTED), cdb.hex())
    ini.logout()


@suite.case
def supported(lab):
    """REPORT SUPPORTED OPERATION CODES has the bits that are looked at."""
    _, ini = serve(lab, lab.null_blk(8))
    data = ini.good(iscsi.rsoc(1, 0x89), read=64).data
    equal(data[:20], bytes([0, 3, 0, 16, 0x89, 0x18]) + b"\xff" * 8
          + bytes([0, 0, 0, 0xFF, 0, 0]), "usage")
    ini.logout()


@suite.case
def bad_data(lab):
    """A data digest that is wrong: nothing is compared and nothing written."""
    keys = {"DataDigest": "CRC32C"}
    _, ini = serve(lab, lab.null_blk(8), keys)
    was = fill(ini, 1)
    data = was + bytes(BLOCK)
    task = ini.issue(compare_and_write(0, 1), write=data, immediate=0, unsolicited=0,
                     answer_r2t=False, flags=0xA1)
    while not task.r2ts:
        ini.step()
    r2t = task.r2ts[0]
    pdu = iscsi.Pdu(iscsi.DATA_OUT, 0x80, data, itt=task.itt, ttt=r2t.u("ttt"),
                    expstatsn=ini.expstatsn, lun=1)
    raw = bytearray(pdu.pack(ini.hdgst, ini.ddgst))
    raw[-1] ^= 1
    ini.send_raw(raw)
    try:
        ini.wait([task])
    except iscsi.Rejected as err:
        equal(err.reason, iscsi.REJECT_DIGEST, "reason")
        ini.wait([task])
    equal((task.status, task.key), (2, CRC_ERROR), "status")
    equal(stored(ini, 1), was, "what is stored")
    ini.logout()


@suite.case
def or_bits(lab):
    """ORWRITE sets bits, in commands that move in pieces as well."""
    _, ini = serve(lab, lab.null_blk(8))
    for blocks in 1, 9, 200, 2048, 5001:
        was = b"".join(fill(ini, min(blocks - at, 2048), at)
                       for at in range(0, blocks, 2048))
        data = os.urandom(blocks * BLOCK)
        ini.good(orwrite16(0, blocks, 0x08), write=data)
        got = b"".join(stored(ini, min(blocks - at, 2048), at)
                       for at in range(0, blocks, 2048))
        want = int.from_bytes(was, "big") | int.from_bytes(data, "big")
        check(got == want.to_bytes(len(data), "big"), f"{blocks} blocks are wrong")
    ini.good(orwrite16(0, 0))
    ini.logout()


# --- who waits for whom -----------------------------------------------------------

@suite.case
def abort_in_the_middle(lab):
    """Its disk is silent: who waits for the blocks ends at once when it is aborted,
    and what was aborted while it read does not write."""
    disk = Mapped(lab.null_blk(8))
    iqn, ini = serve(lab, disk.path)
    was = fill(ini, 4)
    ini.good(compare_and_write(3, 1), write=was[3 * BLOCK:] * 2)
    other = lab.login(iqn, **OTHER)
    disk.suspend()
    caw = ini.issue(compare_and_write(0, 1), write=was[:BLOCK] + b"c" * BLOCK)
    ini.nop(b"x")
    waits = other.issue(write10(0, 1), write=b"w" * BLOCK)
    other.nop(b"x")
    equal(soon(other.tmf, ABORT_TASK, 1, waits.itt, (other.cmdsn - 1) & 0xFFFFFFFF),
          COMPLETE, "ABORT TASK of the one that waits")
    ini.send_tmf(ABORT_TASK, 1, caw.itt, (ini.cmdsn - 1) & 0xFFFFFFFF)
    ini.expect_silence(0.3)
    disk.resume()
    equal(ini.until(iscsi.TMF_RSP).byte(2), COMPLETE, "ABORT TASK of the one that reads")
    ini.tasks.clear()
    other.tasks.clear()
    equal(stored(ini, 4), was, "what is stored")
    # nobody is left in the range
    ini.good(compare_and_write(0, 1), write=was[:BLOCK] + b"d" * BLOCK)
    other.good(write10(0, 1), write=was[:BLOCK])
    ini.logout()
    other.logout()


@suite.case
def lost_in_the_middle(lab):
    """The connection is lost while it reads: it writes nothing, and leaves."""
    disk = Mapped(lab.null_blk(8))
    iqn, ini = serve(lab, disk.path)
    was = fill(ini, 1)
    ini.good(compare_and_write(0, 1), write=was * 2)
    other = lab.login(iqn, **OTHER)
    disk.suspend()
    ini.issue(compare_and_write(0, 1), write=was + b"c" * BLOCK)
    ini.nop(b"x")
    waits = other.issue(compare_and_write(0, 1), write=was + b"o" * BLOCK)
    other.nop(b"x")
    ini.abort()
    wait_until(lambda: len(lab.sessions()) == 1, 5 * SLOW, "the session ends")
    disk.resume()
    other.wait([waits])
    equal(waits.status, 0, "status of the other one")
    equal(stored(other, 1), b"o" * BLOCK, "what is stored")
    other.logout()


@suite.case
def waits_for_writes(lab):
    """The first one of a LUN waits for a WRITE that is under way, and finds what that
    has written; what comes later waits as well, until then."""
    disk = Late(lab.null_blk(8))
    iqn, ini = serve(lab, disk.path)
    other = lab.login(iqn, **OTHER)
    first = other.issue(write10(0, 1), write=b"f" * BLOCK)
    other.nop(b"x")
    try:
        caw = ini.issue(compare_and_write(0, 1), write=bytes(BLOCK) + b"c" * BLOCK)
        ini.expect_silence(0.5)
        later = other.issue(read10(100, 1), read=BLOCK)
        other.expect_silence(0.5)
    finally:
        disk.release()
    other.wait([first, later])
    ini.wait([caw])
    equal((first.status, later.status), (0, 0), "status of those beside it")
    equal((caw.status, caw.key), (2, MISCOMPARE), "COMPARE AND WRITE")
    equal(stored(ini, 1), b"f" * BLOCK, "what is stored")
    ini.logout()
    other.logout()


@suite.case
def begins_in_traffic(lab):
    """The first one of a LUN among many commands of others: each does what it has to,
    and those of the same block come one after the other."""
    for turn in range(6):
        iqn, ini = serve(lab, lab.null_blk(8, irqmode=2, completion_nsec=2000000))
        other = lab.login(iqn, **OTHER)
        with together(other):
            writes = [other.issue(write10(64 + 8 * i, 8), write=bytes([i]) * 4096)
                      for i in range(16)]
        with together(ini):
            tasks = [ini.issue(compare_and_write(0, 1), write=was + new)
                     for was, new in ((bytes(BLOCK), b"0" * BLOCK),
                                      (b"f" * BLOCK, b"1" * BLOCK))]
            same = ini.issue(write_same16(8192, 4096), write=b"s" * BLOCK)
        first = other.issue(write10(0, 1), write=b"f" * BLOCK)
        ini.wait()
        other.wait()
        for task in (*writes, first, same):
            equal((task.status, task.key), (0, None), f"turn {turn}: {task}")
        for i in range(16):
            equal(stored(ini, 8, 64 + 8 * i), bytes([i]) * 4096, f"write {i}")
        # the first one has come before the WRITE, or found it; so it is not the last
        equal(stored(ini, 1), (b"f" if tasks[1].status else b"1") * BLOCK,
              f"turn {turn}: {tasks[0]}, {tasks[1]}")
        equal(stored(ini, 1, 8192 + 4095), b"s" * BLOCK, "end of WRITE SAME")
        after(lab)


def counter(load, lab, iqn, number):
    """Counts up in block 0."""
    ini = open_session(lab, iqn, f"counter{number}")
    ready(ini, 1)
    seen = 0
    while load.running():
        task = ini.command(compare_and_write(0, 1), 1,
                           write=(seen.to_bytes(8, "big") + bytes(BLOCK - 8)
                                  + (seen + 1).to_bytes(8, "big") + bytes(BLOCK - 8)))
        if task.status == 0:
            load.count("counted")
            seen += 1
            continue
        check(task.key == MISCOMPARE, f"unexpected: {task}")
        load.count("others were first")
        seen = int.from_bytes(ini.good(read10(0, 1), 1, read=BLOCK).data[:8], "big")
    ini.logout()
    ini.close()


def bit_setter(load, lab, iqn, number):
    """Sets its bits of block 1, one after the other, by ORWRITE."""
    ini = open_session(lab, iqn, f"setter{number}")
    ready(ini, 1)
    for bit in range(number, BLOCK * 8, 2):
        if not load.running():
            break
        data = bytearray(BLOCK)
        data[bit // 8] |= 1 << bit % 8
        ini.good(orwrite16(1, 1), 1, write=bytes(data))
        load.count("bits")
    ini.logout()
    ini.close()


def writer(load, lab, iqn):
    """Writes beside them, and reads what they write."""
    ini = open_session(lab, iqn, "writer")
    ready(ini, 1)
    while load.running():
        blocks = random.choice((1, 8, 64))
        lba = 2 + random.randrange(200)
        with together(ini):
            tasks = [ini.issue(write10(lba, blocks), 1, write=bytes(blocks * BLOCK)),
                     ini.issue(read10(0, 8), 1, read=8 * BLOCK)]
        for task in ini.wait(tasks):
            check(task.status == 0, f"unexpected: {task}")
        load.count("writes")
    ini.logout()
    ini.close()


@suite.case
def counting(lab):
    """Two count in one block of a disk of 1 ms, two set bits in the next one, and one
    writes and reads beside them: no count and no bit is lost."""
    dev = lab.null_blk(8, irqmode=2, completion_nsec=1000000)
    iqn, ini = serve(lab, dev)
    ini.good(write10(0, 8), write=bytes(8 * BLOCK))
    with Load("counted", "others were first", "bits", "writes",
              seconds=SECONDS) as load:
        for number in range(2):
            load.start(counter, lab, iqn, number)
            load.start(bit_setter, lab, iqn, number)
        load.start(writer, lab, iqn)
        end = time.monotonic() + SECONDS * SLOW
        # who has set all bits is done
        while time.monotonic() < end:
            time.sleep(0.1)
    comment(", ".join(f"{name} {load[name]}" for name in load.names))
    data = stored(ini, 2)
    equal(int.from_bytes(data[:8], "big"), load["counted"], "the count")
    equal(bin(int.from_bytes(data[BLOCK:], "big")).count("1"), load["bits"], "bits")
    for name in load.names:
        check(load[name], f"{name}: none")
    ini.logout()


@suite.case
def reset_while_waiting(lab):
    """LOGICAL UNIT RESET while some wait for the blocks of one that is with the disk:
    all end, and the LUN works."""
    disk = Mapped(lab.null_blk(8))
    iqn, ini = serve(lab, disk.path)
    was = fill(ini, 1)
    ini.good(compare_and_write(0, 1), write=was * 2)
    other = lab.login(iqn, **OTHER)
    disk.suspend()
    caw = ini.issue(compare_and_write(0, 1), write=was + b"c" * BLOCK)
    ini.nop(b"x")
    waits = [other.issue(compare_and_write(0, 1), write=was + b"o" * BLOCK),
             other.issue(write10(0, 1), write=b"w" * BLOCK)]
    other.nop(b"x")
    other.send_tmf(LUN_RESET, 1)
    other.expect_silence(0.3)
    disk.resume()
    equal(other.until(iscsi.TMF_RSP).byte(2), COMPLETE, "LOGICAL UNIT RESET")
    for task in waits:
        other.tasks.pop(task.itt, None)
    ini.wait([caw])
    equal(caw.status, TASK_ABORTED, "status of the one with the disk")
    lab.clear_ua(ini)
    lab.clear_ua(other)
    equal(stored(ini, 1), was, "what is stored")
    other.good(compare_and_write(0, 1), write=was + b"n" * BLOCK)
    ini.logout()
    other.logout()


if __name__ == "__main__":
    suite.main()
