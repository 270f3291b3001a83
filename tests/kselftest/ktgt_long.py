#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""READ and WRITE of more than 1 MiB, which move in pieces of 1 MiB.

    target namespace: t1 with LUN 1, and others by case -- veth -- this program

Shown: up to 32 MiB arrive whole, with digests, in bursts of any length, with and
without unsolicited data; one block more is refused, as VPD page B0h says; a piece
that fails ends the command with its status, and the residual says what has moved
before; a command holds 4 MiB at most; in the middle of one, its LUN can be frozen,
reset, made read-only and deleted although the initiator is silent; one piece of it
is an orphan; other LUNs and other long commands go on beside it.
"""
# Timeout: 400

import mmap
import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
import scsi_debug  # noqa: E402
from dm import Mapped, part  # noqa: E402
from iscsi import (inquiry, read10, read12, read16, tur, write10,  # noqa: E402
                   write12, write16)
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import (Lab, SLOW, is_free, not_if_short, read,  # noqa: E402
                 run, soon, start)

MIB = 1 << 20
DISK_MIB = 40
ABORT_TASK, LUN_RESET, COMPLETE, NO_TASK, TASK_ABORTED = 1, 5, 0, 1, 0x40
COMMUNICATION, INVALID_FIELD, BAD_AMOUNT = (2, 8, 0), (5, 0x24, 0), (11, 12, 13)
WRITE_PROTECTED = (7, 0x27, 0)
LARGE = {"MaxRecvDataSegmentLength": 262144, "FirstBurstLength": 262144,
         "MaxBurstLength": 1048576, "MaxOutstandingR2T": 8,
         "InitialR2T": "No", "ImmediateData": "Yes"}
PATIENT = {"timeout": 60 * SLOW}
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    scsi_debug.unload()
    lab.adm("net", "set", "nop-interval", 10)


class LongLab(Lab):
    """With a disk that all cases use."""

    def __init__(self):
        super().__init__()
        self.dev = None

    def disk(self):
        if not self.dev:
            self.dev = self.null_blk(DISK_MIB)
        return self.dev

    def serve(self, path, keys=None, **kwargs):
        """A target with this disk as LUN 1, and a session; returns its name."""
        # who waits for silence would wait for ever
        self.adm("net", "set", "nop-interval", 0)
        iqn = self.target(tid=1)
        self.lun(iqn, 1, path)
        return iqn, self.login(iqn, {**LARGE, **(keys or {})}, **PATIENT,
                               **kwargs)


suite = Suite(LongLab)
suite.after = after


def limits(ini, lun=1):
    """MAXIMUM and OPTIMAL TRANSFER LENGTH, in blocks."""
    data = ini.good(inquiry(64, 0xB0), lun, read=64).data
    return struct.unpack_from(">II", data, 8)


def stored(dev, size):
    """The first bytes of a disk, past the page cache."""
    fd, parts = os.open(dev, os.O_RDONLY | os.O_DIRECT), []
    with mmap.mmap(-1, MIB) as buf:
        for at in range(0, size, MIB):
            equal(os.preadv(fd, [buf], at), MIB, f"bytes of {dev} at {at}")
            parts.append(buf[:])
    os.close(fd)
    return b"".join(parts)[:size]


def round_trip(ini, dev, size, lun=1, block=512):
    """Write SIZE bytes in one command, and read them in one."""
    data = os.urandom(size)
    task = ini.good(write16(0, size // block), lun, write=data)
    equal(task.residual, 0, "residual of the write")
    check(stored(dev, size) == data,
          f"{size} bytes were written wrongly: {ini.keys}")
    task = ini.good(read16(0, size // block), lun, read=size)
    equal(task.residual, 0, "residual of the read")
    check(task.data == data, f"{size} bytes were read wrongly: {ini.keys}")


def begin_write(ini, size, up_to=0):
    """A WRITE of SIZE bytes that has had UP_TO of them, and at least one R2T more
    than was answered."""
    task = ini.issue(write16(0, size // 512), write=os.urandom(size),
                     immediate=0, unsolicited=0, answer_r2t=False, flags=0xA1)
    while task.sent < up_to or not task.r2ts:
        if task.r2ts:
            ini.answer(task)
        else:
            ini.step()
    return task


def go_on(ini, task):
    """Answer what was asked for, and all that will be."""
    task.answer_r2t = True
    while task.r2ts:
        ini.answer(task)
    ini.wait([task])
    return task


def quiet(ini, seconds):
    """Deal with what is on its way already."""
    try:
        while True:
            ini.step(seconds)
    except iscsi.Timeout:
        pass


def free_soon(dev):
    wait_until(lambda: is_free(dev), 5 * SLOW, f"{dev} is free")


def bytes_read(dev):
    """What was read of a disk since it is there."""
    stat = read(f"/sys/block/{os.path.basename(dev)}/stat")
    return int(stat.split()[2]) * 512


def unread(lab, ini):
    """A READ of 32 MiB whose data is not taken; and how much of it the target has
    read when it goes no further."""
    run("udevadm", "settle")    # it reads the disk, too
    before = last = bytes_read(lab.disk())
    task = ini.issue(read16(0, 65536), read=32 * MIB)
    while last == before or last != bytes_read(lab.disk()):
        last = bytes_read(lab.disk())
        time.sleep(2 * SLOW)
    check(last - before < 32 * MIB, "all of it was read")
    return task, last - before


@suite.case
def whole(lab):
    """7 MiB and 32 MiB, blocks of 512 and 4096 bytes."""
    iqn, ini = lab.serve(lab.disk())
    other = lab.null_blk(8, 4096)
    lab.lun(iqn, 2, other)
    lab.clear_ua(ini)
    lab.clear_ua(ini, 2)
    round_trip(ini, lab.disk(), 7 * MIB)
    round_trip(ini, lab.disk(), 32 * MIB)
    round_trip(ini, other, 7 * MIB + 4096, 2, 4096)
    ini.logout()


@suite.case
def cdbs(lab):
    """All CDBs that can say so much."""
    not_if_short()
    _, ini = lab.serve(lab.disk())
    for wr, rd, blocks in ((write10, read10, 65535), (write12, read12, 65536),
                           (write16, read16, 2049)):
        data = os.urandom(blocks * 512)
        ini.good(wr(8, blocks), write=data)
        check(ini.good(rd(8, blocks), read=len(data)).data == data, wr.__name__)
    ini.logout()


@suite.case
def bursts(lab):
    """Bursts and PDUs whose length divides nothing, one R2T or several, unsolicited
    data or none; the ring of pages is used for the second time."""
    not_if_short()
    iqn, ini = lab.serve(lab.disk())
    ini.logout()
    for keys in ({"MaxBurstLength": 300004, "FirstBurstLength": 70000,
                  "MaxRecvDataSegmentLength": 65532},
                 {"MaxBurstLength": 65536, "FirstBurstLength": 65536,
                  "MaxOutstandingR2T": 1},
                 {"InitialR2T": "Yes", "MaxOutstandingR2T": 3},
                 {"InitialR2T": "Yes", "ImmediateData": "No"}):
        ini = lab.login(iqn, {**LARGE, **keys}, **PATIENT)
        round_trip(ini, lab.disk(), 5 * MIB + 512)
        ini.logout()


@suite.case
def many_bursts(lab):
    """More R2Ts than may be unacknowledged: each is answered, and no status is there
    to acknowledge."""
    not_if_short()
    _, ini = lab.serve(lab.disk(), {"MaxBurstLength": 1024, "InitialR2T": "Yes",
                                    "FirstBurstLength": 1024})
    data = os.urandom(17 * MIB)
    task = ini.issue(write16(0, len(data) // 512), write=data)
    ini.wait([task], 180 * SLOW)
    equal(task.status, 0, "status")
    check(task.r2tsn > 16384, f"{task.r2tsn} R2Ts")
    check(stored(lab.disk(), len(data)) == data, "what was written differs")
    ini.logout()


@suite.case
def digests(lab):
    """With digests of header and data."""
    not_if_short()
    iqn, ini = lab.serve(lab.disk())
    ini.logout()
    ini = lab.login(iqn, {**LARGE, "HeaderDigest": "CRC32C",
                          "DataDigest": "CRC32C"}, **PATIENT)
    check(ini.hdgst and ini.ddgst, "no digests")
    data = os.urandom(2 * MIB + 1024)
    ini.good(write16(0, len(data) // 512), write=data)
    check(ini.good(read16(0, len(data) // 512), read=len(data)).data == data,
          "data differ")
    ini.logout()


@suite.case
def too_long(lab):
    """Page B0h says 32 MiB and 1 MiB, and one block more is refused."""
    not_if_short()
    iqn, ini = lab.serve(lab.disk())
    lab.null_lun(iqn, 2, "1G")
    lab.lun(iqn, 3, lab.null_blk(40, 4096))
    for lun, block in ((1, 512), (2, 512), (3, 4096)):
        lab.clear_ua(ini, lun)
        most, best = limits(ini, lun)
        equal((most * block, best * block), (32 * MIB, MIB), f"LUN {lun}")
        for task in (ini.command(read16(0, most + 1), lun,
                                 read=(most + 1) * block),
                     ini.command(write16(0, most + 1), lun,
                                 write=bytes((most + 1) * block))):
            equal((task.key, task.underflow), (INVALID_FIELD, task.edtl),
                  f"LUN {lun}")
    ini.logout()


@suite.case
def optimum_of_device(lab):
    """A device that has an optimum of its own: whole ones of it, if they move at
    once."""
    not_if_short()
    iqn, ini = lab.serve(lab.disk())
    for lun, (own, want) in enumerate(((768, 1536), (6144, 2048)), 2):
        lab.lun(iqn, lun, f"/dev/{scsi_debug.load(f'opt_blks={own}')}")
        lab.clear_ua(ini, lun)
        equal(limits(ini, lun)[1], want, f"optimum where the device says {own}")
        lab.drop_lun(iqn, lun)
        scsi_debug.unload()
    ini.logout()


@suite.case
def residuals(lab):
    """The initiator expects more or less than the CDB says."""
    _, ini = lab.serve(lab.disk())
    data = os.urandom(6 * MIB)
    ini.good(write16(0, 12288), write=data)
    task = ini.good(read16(0, 10240), read=6 * MIB)
    equal(task.underflow, MIB, "more is expected")
    check(task.data == data[:5 * MIB], "data differ")
    task = ini.good(read16(0, 12288), read=5 * MIB + 100)
    equal(task.overflow, MIB - 100, "less is expected")
    check(task.data == data[:5 * MIB + 100], "data differ")
    other = os.urandom(6 * MIB)
    task = ini.good(write16(0, 10240), write=other)
    equal(task.underflow, MIB, "more is sent")
    task = ini.good(write16(0, 12288), write=other[:5 * MIB + 512])
    equal(task.overflow, MIB - 512, "less is sent")
    check(stored(lab.disk(), 6 * MIB) == other[:5 * MIB + 512] + data[5 * MIB + 512:],
          "what was written differs")
    ini.logout()


@suite.case
def bad_piece(lab):
    """Blocks in the third piece fail: what came before has moved, and the residual
    says so."""
    disk = Mapped(lab.disk(), part(16))
    good, bad, rest = 5120, 1024, 32768 - 6144
    run("dmsetup", "load", disk.name, stdin=(
        f"0 {good} linear {lab.disk()} 0\n{good} {bad} error\n"
        f"{good + bad} {rest} linear {lab.disk()} {good + bad}\n"))
    disk.suspend()
    disk.resume()
    _, ini = lab.serve(disk.path)
    data = os.urandom(2 * MIB)
    ini.good(write16(0, 4096), write=data)
    task = ini.command(read16(0, 16384), read=8 * MIB)
    equal((task.key, task.underflow), (COMMUNICATION, 6 * MIB), "READ")
    check(task.data == data, "data differ")
    data = os.urandom(8 * MIB)
    task = ini.command(write16(0, 16384), write=data)
    equal(task.key, COMMUNICATION, "WRITE")
    equal(task.underflow, 8 * MIB - task.sent, "what was not asked for")
    check(3 * MIB <= task.sent < 8 * MIB, f"{task.sent} bytes were sent")
    check(stored(lab.disk(), 2 * MIB) == data[:2 * MIB], "what was written differs")
    ini.good(tur())
    ini.logout()


@suite.case
def bad_data(lab):
    """Too little data in the third piece: nothing of it is written, and the command
    fails when all that was asked for has come."""
    _, ini = lab.serve(lab.disk(), {"MaxBurstLength": 262144})
    ini.good(write16(0, 16384), write=bytes(8 * MIB))
    task = begin_write(ini, 8 * MIB, MIB)
    ini.nop()       # the first piece is complete, and has been submitted
    while task.sent < 2 * MIB or len(task.r2ts) < 2:
        if task.sent < 2 * MIB and task.r2ts:
            ini.answer(task)
        else:
            ini.step()
    pdu = task.r2ts.pop(0)
    ini.data_out(task, pdu.u("ttt"), pdu.u("offset"), pdu.u("length") - 512)
    quiet(ini, 0.5)
    check(not task.done, f"ended before all data was there: {task}")
    go_on(ini, task)
    equal(task.key, BAD_AMOUNT, "sense")
    data = stored(lab.disk(), 8 * MIB)
    check(data[:MIB] == task.wdata[:MIB], "the first piece was not written")
    check(data[2 * MIB:] == bytes(6 * MIB), "bad data was written")
    ini.logout()


@suite.case
def write_is_bounded(lab):
    """A disk that does not answer: data for 4 MiB is asked for, and no more."""
    not_if_short()
    disk = Mapped(lab.disk(), part(36))
    _, ini = lab.serve(disk.path)
    disk.suspend()
    task = begin_write(ini, 32 * MIB)
    task.answer_r2t = True
    while task.r2ts:
        ini.answer(task)
    quiet(ini, 2 * SLOW)
    equal(task.sent, 4 * MIB, "bytes that were asked for")
    ini.nop()
    disk.resume()
    equal(go_on(ini, task).status, 0, "status")
    check(stored(lab.disk(), 32 * MIB) == task.wdata, "what was written differs")
    ini.logout()


@suite.case
def read_is_bounded(lab):
    """An initiator that does not take its data, and aborts the READ: what was read,
    but not sent, is 4 MiB at most."""
    not_if_short()
    _, ini = lab.serve(lab.disk(), rcvbuf=65536)
    task, got = unread(lab, ini)
    equal(ini.tmf(ABORT_TASK, rtt=task.itt), COMPLETE, "ABORT TASK")
    check(not task.done, f"{task}")
    check(0 < got - task.rlen <= 4 * MIB,
          f"{got} bytes were read, {task.rlen} were sent")
    del ini.tasks[task.itt]
    round_trip(ini, lab.disk(), 2 * MIB)
    ini.logout()


@suite.case
def answered_in_order(lab):
    """A READ whose last piece has been read ends before the response to an ABORT TASK
    that does not find it, although its data is not taken."""
    not_if_short()
    _, ini = lab.serve(lab.disk(), rcvbuf=65536)
    run("udevadm", "settle")    # it reads the disk, too
    before = bytes_read(lab.disk())
    task = ini.issue(read16(0, 8192), read=4 * MIB)
    wait_until(lambda: bytes_read(lab.disk()) - before >= 4 * MIB, 10 * SLOW,
               "all is read")
    wait_until(lambda: lab.sessions()[0]["conn"][0]["idle_time"] >= 1, 10 * SLOW,
               "no command is under way")
    equal(ini.tmf(ABORT_TASK, rtt=task.itt), NO_TASK, "ABORT TASK")
    check(task.done, "the response to ABORT TASK came first")
    equal((task.status, task.rlen), (0, 4 * MIB), "the READ")
    ini.logout()


@suite.case
def unread_is_no_obstacle(lab):
    """LOGICAL UNIT RESET and the deletion of the LUN do not wait for an initiator
    that does not take its data; it is told when it does."""
    not_if_short()
    iqn, ini = lab.serve(lab.disk(), rcvbuf=65536)
    other = lab.login(iqn, **OTHER)
    task, _ = unread(lab, ini)
    equal(soon(other.tmf, LUN_RESET), COMPLETE, "LOGICAL UNIT RESET")
    ini.wait([task])
    equal((task.status, task.underflow), (TASK_ABORTED, 32 * MIB - task.rlen),
          "the READ")
    lab.clear_ua(ini)
    task, _ = unread(lab, ini)
    soon(lab.drop_lun, iqn, 1, limit=3)
    free_soon(lab.disk())
    ini.wait([task])
    equal(task.status, TASK_ABORTED, "the other READ")
    ini.nop()
    ini.logout()


@suite.case
def abort_at_storage(lab):
    """ABORT TASK waits for the piece that the disk has, and nothing more is
    written."""
    disk = Mapped(lab.disk(), part(36))
    _, ini = lab.serve(disk.path)
    ini.good(write16(0, 16384), write=bytes(8 * MIB))
    disk.suspend()
    task = begin_write(ini, 8 * MIB, 2 * MIB)
    ini.send_tmf(ABORT_TASK, rtt=task.itt)
    quiet(ini, 0.5)     # the response would be missed
    disk.resume()
    equal(ini.until(iscsi.TMF_RSP).byte(2), COMPLETE, "ABORT TASK")
    while task.r2ts:    # on its way already
        ini.answer(task)
    del ini.tasks[task.itt]
    check(stored(lab.disk(), 8 * MIB) == task.wdata[:MIB] + bytes(7 * MIB),
          "what was written differs")
    ini.logout()


@suite.case
def orphan(lab):
    """The connection is cut: the piece at the disk is left, 1 MiB."""
    disk = Mapped(lab.disk(), part(36))
    iqn, ini = lab.serve(disk.path)
    disk.suspend()
    begin_write(ini, 8 * MIB, 2 * MIB)
    ini.nop()       # the piece has been submitted
    ini.abort()
    found = wait_until(lambda: lab.adm_json("orphan", "show")["orphans"],
                       5 * SLOW, "an orphan")
    equal((len(found), found[0]["writes"], found[0]["bytes"]), (1, 1, MIB),
          "orphans")
    ini = lab.login(iqn, LARGE, **OTHER, **PATIENT)
    task = ini.issue(read16(0, 16384), read=8 * MIB)
    ini.nop()
    ini.abort()
    wait_until(lambda: lab.orphans(iqn) == 2, 5 * SLOW, "two orphans")
    equal(sum(each["bytes"] for each in lab.adm_json("orphan", "show")["orphans"]),
          2 * MIB, f"bytes of orphans, after {task}")
    disk.resume()
    wait_until(lambda: not lab.orphans(iqn), 5 * SLOW, "no orphan")


@suite.case
def freeze(lab):
    """A freeze is answered while a WRITE waits for its initiator; the WRITE goes on
    after the thaw, whenever its data comes."""
    not_if_short()
    _, ini = lab.serve(lab.disk())
    words = ("target", 1, "lun", 1)
    task = begin_write(ini, 8 * MIB, MIB)
    soon(lab.adm, "lun", "freeze", *words, "timeout", 60, limit=3)
    task.answer_r2t = True
    while task.r2ts:
        ini.answer(task)
    ini.nop()
    check(not task.done, f"{task}")
    lab.adm("lun", "thaw", *words)
    ini.wait([task])
    equal(task.status, 0, "status")
    check(stored(lab.disk(), 8 * MIB) == task.wdata, "what was written differs")
    ini.logout()


@suite.case
def removal(lab):
    """A LUN is deleted while a WRITE to it waits for its initiator."""
    not_if_short()
    iqn, ini = lab.serve(lab.disk())
    task = begin_write(ini, 8 * MIB, 2 * MIB)
    soon(lab.drop_lun, iqn, 1, limit=3)
    free_soon(lab.disk())
    ini.wait([task])
    equal(task.status, TASK_ABORTED, "status")
    ini.nop()
    ini.logout()


@suite.case
def removal_at_storage(lab):
    """A LUN is deleted while the disk has a piece of a WRITE: that is the last, and
    no more data is asked for."""
    disk = Mapped(lab.disk(), part(36))
    iqn, ini = lab.serve(disk.path, {"MaxOutstandingR2T": 1})
    disk.suspend()
    task = begin_write(ini, 8 * MIB, 2 * MIB)
    deletion = start("ktgtadm", "-n", lab.tns, "lun", "del", "target", iqn,
                     "lun", 1)
    wait_until(lambda: not lab.disks(), 20 * SLOW, "no LUN")
    quiet(ini, 1)
    ini.answer(task)
    quiet(ini, 1)
    check(not task.done and not task.r2ts, f"{task}")
    disk.resume()
    equal(deletion.wait(20 * SLOW), 0, "status of lun del")
    ini.wait([task])
    equal(task.status, TASK_ABORTED, "status")
    free_soon(disk.path)
    ini.logout()


@suite.case
def protected(lab):
    """The LUN is made read-only in the middle: the next piece is refused."""
    not_if_short()
    _, ini = lab.serve(lab.disk())
    ini.good(write16(0, 16384), write=bytes(8 * MIB))
    task = begin_write(ini, 8 * MIB, MIB)
    lab.adm("lun", "set", "target", 1, "lun", 1, "read-only", "on")
    go_on(ini, task)
    equal(task.key, WRITE_PROTECTED, "sense")
    lab.clear_ua(ini)
    check(stored(lab.disk(), 8 * MIB)[2 * MIB:] == bytes(6 * MIB),
          "it was written afterwards")
    ini.logout()


@suite.case
def beside_others(lab):
    """Reads of another LUN are answered while two long commands are under way."""
    not_if_short()
    iqn, ini = lab.serve(lab.disk())
    lab.lun(iqn, 2, lab.null_blk(4))
    lab.clear_ua(ini)
    lab.clear_ua(ini, 2)
    ini.good(write16(0, 65536), write=bytes(32 * MIB))
    longs = [ini.issue(read16(0, 65536), read=32 * MIB) for _ in range(2)]
    count = 0
    while not any(task.done for task in longs):
        ini.good(read10(0, 8), 2, read=4096)
        count += 1
    check(count >= 5, f"{count} reads were answered meanwhile")
    ini.wait()
    equal([task.status for task in longs], [0, 0], "status")
    ini.logout()


@suite.case
def few_pages(lab):
    """Long commands that want far more memory than there is for a connection."""
    not_if_short()
    lab.adm("net", "set", "memory-limit", 4)
    _, ini = lab.serve(lab.disk())
    data = os.urandom(8 * MIB)
    writes = [ini.issue(write16(at * 16384, 16384), write=data)
              for at in range(4)]
    ini.wait(writes)
    reads = [ini.issue(read16(at % 4 * 16384, 16384), read=8 * MIB)
             for at in range(8)]
    writes.append(ini.issue(write16(65536, 16384), write=data))
    ini.wait()
    equal([task.status for task in writes + reads], [0] * 13, "status")
    check(all(task.data == data for task in reads), "data differ")
    lab.adm("net", "set", "memory-limit", 64)
    ini.logout()


if __name__ == "__main__":
    suite.main()
