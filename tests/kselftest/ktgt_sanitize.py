#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""SANITIZE (SBC-4, 4.11 and 5.30).

    target namespace: t1 with LUN 1 null_blk, or dm over it -- veth -- this program

Shown: all blocks have the pattern, or are zero and unmapped; what is refused; what
other commands are answered meanwhile, and how far it has come; that it waits for the
WRITEs before it, and that those which wait for their data do not get through; that it
goes on when its command is aborted, its session ends or the LUN is reset; that it
fails with its device, and when that is protected or replaced, and how a failure ends;
that it stands still while the LUN is frozen, and ends with the LUN. With a state file it
goes on with the next LUN that has the file and the disk, and a failure is told there as
well; what cannot be saved is not done.
"""
# Timeout: 420

import os
import shutil
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
from dm import Late, Mapped  # noqa: E402
from iscsi import (BLOCK_ERASE, CRYPTO_ERASE, EXIT_FAILURE,  # noqa: E402
                   OVERWRITE, SANITIZE_AUSE, SANITIZE_IMMED, get_lba_status,
                   inquiry, mode_list, mode_page, mode_select6, mode_sense6,
                   overwrite_list, pr_in, pr_list, pr_out, progress_of, read10,
                   read16, report_luns, request_sense, reserve6, rsoc, sanitize,
                   start_stop, tur, unmap, unmap_list, write10)
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, not_if_short, outcome, run, seconds, soon  # noqa: E402

GOOD, CHECK = 0, 2
RUNS, FAILED = (2, 0x04, 0x1B), (3, 0x31, 3)
INVALID_FIELD = (5, 0x24, 0)
LIST_FIELD, LIST_LENGTH = (5, 0x26, 0), (5, 0x1A, 0)
PROTECTED, RESET = (7, 0x27, 0), (6, 0x29, 3)
ABORT_TASK, LUN_RESET, COMPLETE = 1, 5, 0
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}
SIZE_MIB = 32
BLOCKS = SIZE_MIB << 20 >> 9
# a MiB at a time takes so long, so that there is something to be seen
SLOW_DISK = {"irqmode": 2, "completion_nsec": 40000000}
SLOWER_DISK = {"irqmode": 2, "completion_nsec": 75000000 * min(SLOW, 2)}
IDENTITY = "ktgt-same"
ERROR = "0 {size} error"
NOT_SAVED, NOT_READY, LIMIT = (4, 0x44, 0), (2, 4, 3), 10
FOLDER = f"/tmp/ktgt-sanitize{os.getpid()}"


def after(lab):
    """Leave nothing to the next case."""
    for disk in dm.Mapped.made:
        outcome("dmsetup", "resume", disk.name)
        if isinstance(disk, Late):
            disk.release()
    lab.close_all()
    lab.stop_target()
    if os.path.ismount(FOLDER):
        run("umount", FOLDER)
    dm.remove_all()
    shutil.rmtree(FOLDER, ignore_errors=True)
    lab.adm("net", "set", "nop-interval", 10, "state-dir", "none")


suite = Suite(Lab)
suite.after = after


def serve(lab, dev=None, **options):
    """A target with LUN 1, and two initiators."""
    # they wait for one another, and answer no ping meanwhile
    lab.adm("net", "set", "nop-interval", 0)
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, dev or lab.null_blk(SIZE_MIB), **options)
    return lab.login(iqn, timeout=30 * SLOW), lab.login(iqn, timeout=30 * SLOW,
                                                        **OTHER)


def overwrite(pattern, count=1, bits=0, how=0):
    """CDB and parameter list of OVERWRITE."""
    data = overwrite_list(pattern, count, how)
    return sanitize(OVERWRITE, len(data), bits), data


def begin(ini, pattern=b"p", count=1, bits=SANITIZE_IMMED):
    """OVERWRITE, which goes on when its command is answered."""
    cdb, data = overwrite(pattern, count, bits)
    ini.good(cdb, write=data)


def sense(ini, want, cdb, lun=1, read=0, write=None):
    """CDB must end with CHECK CONDITION and the sense WANT."""
    task = ini.command(cdb, lun, read, write)
    check(task.status == CHECK and task.key == want,
          f"{task}, wanted sense %x/%02x/%02x" % want)
    return task


def told(ini):
    """(sense, progress) of REQUEST SENSE."""
    data = ini.good(request_sense(), read=252).data
    return (data[2] & 15, data[12], data[13]), progress_of(data)


def over(ini):
    """Whether it goes on no longer."""
    return ini.command(tur()).key != RUNS


def wait_over(ini, want=None):
    """Until it has ended, with this sense data for other commands from now on."""
    wait_until(lambda: over(ini), 60 * SLOW, "the end of SANITIZE")
    equal(ini.command(tur()).key, want, "TEST UNIT READY")


def stored(ini, lba, blocks):
    return ini.good(read10(lba, blocks), read=blocks * 512).data


def samples(size=BLOCKS):
    """Where to look: the ends, and the borders of steps of 8 MiB."""
    return (0, 1, 12345, 16384 - 8, 16384, size // 2, size - 8)


def all_are(ini, block, size=BLOCKS):
    for lba in samples(size):
        want = block * 8
        check(stored(ini, lba, 8) == want, f"blocks at {lba} are wrong")


def fill(ini):
    for lba in samples():
        ini.good(write10(lba, 8), write=os.urandom(4096))


# --- what it does ------------------------------------------------------------------

@suite.case
def patterns(lab):
    """Each block has the pattern from its beginning, as often as it has room for it;
    after the last pass it is not inverted."""
    ini, _ = serve(lab)
    for pattern, count, how in ((b"p", 1, 0), (os.urandom(3), 1, 0),
                                (os.urandom(512), 2, 0), (os.urandom(4), 2, 0x80),
                                (os.urandom(511), 3, 0x80)):
        fill(ini)
        cdb, data = overwrite(pattern, count, how=how)
        ini.good(cdb, write=data)
        all_are(ini, (pattern * 512)[:512])
    after(lab)
    ini, _ = serve(lab, lab.null_blk(SIZE_MIB, blocksize=4096))
    pattern = os.urandom(4093)
    cdb, data = overwrite(pattern)
    ini.good(cdb, write=data)
    want = (pattern * 2)[:4096]
    for lba in 0, 2048, SIZE_MIB * 256 - 1:
        check(ini.good(read10(lba, 1), read=4096).data == want, f"block {lba}")


@suite.case
def passes_seen(lab):
    """Each pass reaches the disk: in the first of two that are inverted it has the
    inverted pattern."""
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOW_DISK))
    ini, _ = serve(lab, disk.path)
    begin_cdb, data = overwrite(b"\x0f", 2, SANITIZE_IMMED, 0x80)
    ini.good(begin_cdb, write=data)
    with open(disk.path, "rb", buffering=0) as file:
        def first_block():
            os.posix_fadvise(file.fileno(), 0, 4096, os.POSIX_FADV_DONTNEED)
            file.seek(0)
            return file.read(512)
        wait_until(lambda: first_block() == b"\xf0" * 512, 30 * SLOW, "the first pass")
        wait_until(lambda: first_block() == b"\x0f" * 512, 30 * SLOW, "the last pass")
    wait_over(ini)
    all_are(ini, b"\x0f" * 512)


@suite.case
def erased(lab):
    """BLOCK ERASE: all is zero; and where blocks can be unmapped they are, until one
    is written."""
    for thin in 1, 0:
        ini, other = serve(lab, lab.null_blk(SIZE_MIB, discard=thin))
        fill(ini)
        equal(ini.good(get_lba_status(0), read=24).data[20], 0, "before")
        ini.good(sanitize(BLOCK_ERASE))
        all_are(other, bytes(512))
        data = ini.good(get_lba_status(0), read=24).data
        equal(struct.unpack_from(">QIB", data, 8), (0, BLOCKS, thin),
              "one extent of all blocks")
        equal(inquiry_b1(ini)[7] >> 6, 1, "WABEREQ")
        if thin:
            list_of = unmap_list((0, 8))
            for cdb, write in ((write10(100, 1), b"w" * 512),
                               (unmap(len(list_of)), list_of)):
                ini.good(cdb, write=write)
                equal(other.good(get_lba_status(0), read=24).data[20], 0, cdb.hex())
                other.good(sanitize(BLOCK_ERASE))
        after(lab)


def inquiry_b1(ini):
    return ini.good(inquiry(64, 0xB1), read=64).data


@suite.case
def supported(lab):
    """REPORT SUPPORTED OPERATION CODES has three service actions."""
    ini, _ = serve(lab)
    data = ini.good(rsoc(), read=65535).data
    equal([data[at + 3] for at in range(4, len(data), 8) if data[at] == 0x48],
          [OVERWRITE, BLOCK_ERASE, EXIT_FAILURE], "service actions")
    for action, more in (OVERWRITE, b"\xff\xff"), (BLOCK_ERASE, bytes(2)):
        data = ini.good(rsoc(2, 0x48, action), read=64).data
        equal(data, bytes([0, 3, 0, 10, 0x48, 0xA0 | action]) + bytes(5) + more
              + bytes(1), "usage")
    equal(ini.good(rsoc(2, 0x48, CRYPTO_ERASE), read=64).data[1] & 7, 1,
          "CRYPTOGRAPHIC ERASE")


# --- what is refused ---------------------------------------------------------------

@suite.case
def wrong_ones(lab):
    """Nothing is written for what is wrong, and the field is told."""
    ini, _ = serve(lab)
    ini.good(write10(0, 8), write=b"k" * 4096)

    def refused(want, cdb, field, write=None):
        task = sense(ini, want, cdb, write=write)
        equal(int.from_bytes(task.sense[16:18], "big"), field, f"field of {task}")

    for length in (0, 1, 4, 517):
        refused(INVALID_FIELD, sanitize(OVERWRITE, length), 7,
                bytes(length) if length else None)
    for body, field in ((overwrite_list(b"p", 0), 0), (overwrite_list(b"p", 0x21), 0),
                        (overwrite_list(b"p", 0x41), 0),
                        (b"\1\1\0\1p", 1), (b"\1\0\0\0p", 2), (b"\1\0\0\2p", 2),
                        (b"\1\0\2\1" + bytes(512), 2)):
        refused(LIST_FIELD, sanitize(OVERWRITE, len(body)), field, body)
    for action in (0, CRYPTO_ERASE, 4, 0x1E):
        refused(INVALID_FIELD, sanitize(action), 1)
    for cdb in (sanitize(BLOCK_ERASE, bits=0x40), sanitize(OVERWRITE, bits=0x40)):
        refused(INVALID_FIELD, cdb, 1)
    for action in BLOCK_ERASE, EXIT_FAILURE:
        refused(INVALID_FIELD, sanitize(action, 8), 8, bytes(8))
    for byte in range(2, 7):
        cdb = bytearray(sanitize(BLOCK_ERASE))
        cdb[byte] = 1
        refused(INVALID_FIELD, cdb, byte)
    body = overwrite_list(b"pppp")
    task = ini.command(sanitize(OVERWRITE, 8), write=body[:5], edtl=5)
    equal((task.status, task.key), (CHECK, LIST_LENGTH), "less data than the list")
    sense(ini, INVALID_FIELD, sanitize(BLOCK_ERASE), lun=0)
    equal(stored(ini, 0, 8), b"k" * 4096, "blocks")
    ini.good(sanitize(EXIT_FAILURE))


@suite.case
def protected(lab):
    """A LUN that is read-only."""
    ini, _ = serve(lab, **{"read-only": "on"})
    cdb, data = overwrite(b"p")
    sense(ini, PROTECTED, cdb, write=data)
    sense(ini, PROTECTED, sanitize(BLOCK_ERASE, bits=SANITIZE_IMMED))
    ini.good(sanitize(EXIT_FAILURE))


# --- meanwhile ---------------------------------------------------------------------

@suite.case
def meanwhile(lab):
    """With IMMED it is answered at once. Others are told how far it has come, and all
    but INQUIRY, REPORT LUNS and REQUEST SENSE are refused."""
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOW_DISK))
    ini, other = serve(lab, disk.path)
    begin(ini, count=4)
    wait_until(lambda: told(other)[1], 30 * SLOW, "progress")
    disk.suspend()
    for who in ini, other:
        for cdb, read, write in (
                (tur(), 0, None), (read16(0, 1), 512, None),
                (write10(0, 1), 0, bytes(512)), (start_stop(), 0, None),
                (mode_sense6(0x3F), 252, None), (reserve6(), 0, None),
                (rsoc(), 65535, None), (sanitize(BLOCK_ERASE), 0, None),
                (sanitize(EXIT_FAILURE), 0, None)):
            task = sense(who, RUNS, cdb, read=read, write=write)
            check(0 < task.progress < 65536, f"progress of {task}")
        who.good(inquiry(96), read=96)
        who.good(inquiry(255, 0x83), read=255)
        who.good(report_luns(), read=256)
        equal(told(who)[0], RUNS, "REQUEST SENSE")
    disk.resume()
    seen = []

    def look():
        what, progress = told(other)
        if what == RUNS:
            seen.append(progress)
        return what != RUNS
    wait_until(look, 60 * SLOW, "the end")
    equal(seen, sorted(seen), "progress")
    check(len(set(seen)) > 2, f"progress {seen}")
    wait_over(other)
    all_are(other, b"p" * 512)


@suite.case
def without_immed(lab):
    """Without IMMED it is answered at its end, and others are refused until then."""
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOW_DISK))
    ini, other = serve(lab, disk.path)
    cdb, data = overwrite(b"p")
    task = ini.issue(cdb, write=data)
    wait_until(lambda: not over(other), 10 * SLOW, "its beginning")
    ini.expect_silence(0.3)
    ini.wait([task], 60 * SLOW)
    equal(task.status, GOOD, "status")
    equal(other.command(tur()).key, None, "TEST UNIT READY afterwards")
    all_are(other, b"p" * 512)


@suite.case
def waits_for_writes(lab):
    """It begins when a WRITE that is under way has ended; so that does not come behind
    it."""
    below = lab.null_blk(SIZE_MIB)
    disk = Late(below)
    ini, other = serve(lab, disk.path)
    ini.good(write10(128, 1), write=b"k" * 512)
    late = ini.issue(write10(0, 1), write=b"w" * 512)
    ini.nop(b"x")
    try:
        begin(other)
        sense(other, RUNS, tur())
        time.sleep(0.5)
        # what is not late would be overwritten by now
        with open(below, "rb") as file:
            file.seek(128 * 512)
            equal(file.read(512), b"k" * 512, "a block while it waits")
        disk.release()
        ini.wait([late])
        equal(late.status, GOOD, "the WRITE")

        # its own writes to the first blocks are late as well
        def ended():
            disk.release()
            return over(other)
        wait_until(ended, 30 * SLOW, "its end")
    finally:
        disk.release()
    all_are(other, b"p" * 512)


@suite.case
def late_data(lab):
    """A WRITE whose data comes when it has begun, or is over, is not one of before."""
    disk = Mapped(lab.null_blk(SIZE_MIB))
    ini, other = serve(lab, disk.path)
    task = ini.waiting_write()
    disk.suspend()
    begin(other)
    ini.answer(task)
    ini.wait([task])
    equal((task.status, task.key), (CHECK, RUNS), "the WRITE")
    disk.resume()
    wait_over(other)
    all_are(other, b"p" * 512)


@suite.case
def two_at_once(lab):
    """Of two that wait for their data, the first one begins, and the other is told."""
    disk = Mapped(lab.null_blk(SIZE_MIB))
    ini, other = serve(lab, disk.path)
    tasks = []
    for who, pattern in (ini, b"1"), (other, b"2"):
        cdb, data = overwrite(pattern, bits=SANITIZE_IMMED)
        tasks.append(who.waiting(cdb, data))
    disk.suspend()
    for who, task in zip((ini, other), tasks):
        who.answer(task)
        who.wait([task])
    equal([(task.status, task.key) for task in tasks], [(GOOD, None), (CHECK, RUNS)],
          "status")
    disk.resume()
    wait_over(ini)
    all_are(ini, b"1" * 512)


# --- it goes on --------------------------------------------------------------------

@suite.case
def aborted(lab):
    """ABORT TASK ends its command, and LOGICAL UNIT RESET as well; it goes on, and so
    it does when the session is lost."""
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    ini, other = serve(lab, disk.path)
    cdb, data = overwrite(b"a")
    task = ini.issue(cdb, write=data)
    wait_until(lambda: not over(other), 10 * SLOW, "its beginning")
    equal(soon(ini.tmf, ABORT_TASK, 1, task.itt, (ini.cmdsn - 1) & 0xFFFFFFFF),
          COMPLETE, "ABORT TASK")
    ini.tasks.clear()
    equal(told(ini)[0], RUNS, "after ABORT TASK")
    equal(ini.tmf(LUN_RESET, 1), COMPLETE, "LOGICAL UNIT RESET")
    for who in ini, other:
        equal(who.command(tur()).key, RESET, "unit attention")
        equal(told(who)[0], RUNS, "after LOGICAL UNIT RESET")
    wait_over(other)
    all_are(other, b"a" * 512)


@suite.case
def session_lost(lab):
    """Its connection is lost, with and without IMMED: it goes on."""
    not_if_short()
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    for bits in SANITIZE_IMMED, 0:
        ini, other = serve(lab, disk.path)
        pattern = bytes([65 + bits])
        cdb, data = overwrite(pattern, bits=bits)
        ini.issue(cdb, write=data)
        wait_until(lambda o=other: not over(o), 10 * SLOW, "its beginning")
        ini.abort()
        wait_until(lambda: len(lab.sessions()) == 1, 10 * SLOW, "the session ends")
        equal(told(other)[0], RUNS, "afterwards")
        wait_over(other)
        all_are(other, pattern * 512)
        lab.close_all()
        lab.stop_target()


@suite.case
def frozen(lab):
    """While the LUN is frozen it stands still; then it goes on."""
    not_if_short()
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    ini, _ = serve(lab, disk.path)
    begin(ini)
    wait_until(lambda: told(ini)[1], 30 * SLOW, "progress")
    lab.adm("lun", "freeze", "target", 1, "lun", 1, "timeout", 60)
    still = told(ini)
    time.sleep(1)
    equal(told(ini), still, "progress of a frozen LUN")
    lab.adm("lun", "thaw", "target", 1, "lun", 1)
    wait_over(ini)
    all_are(ini, b"p" * 512)


# --- how it fails ------------------------------------------------------------------

@suite.case
def restricted(lab):
    """Without AUSE a failure ends by another SANITIZE only, which has no AUSE
    either."""
    not_if_short()
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    ini, other = serve(lab, disk.path)
    cdb, data = overwrite(b"p")
    task = ini.issue(cdb, write=data)
    wait_until(lambda: told(other)[1], 30 * SLOW, "progress")
    disk.change(ERROR)
    ini.wait([task], 30 * SLOW)
    equal((task.status, task.key), (CHECK, FAILED), "SANITIZE")
    disk.change(dm.LINEAR)
    for who in ini, other:
        sense(who, FAILED, tur())
        sense(who, FAILED, read10(0, 1), read=512)
        sense(who, FAILED, write10(0, 1), write=bytes(512))
        equal(told(who), (FAILED, None), "REQUEST SENSE")
        who.good(inquiry(96), read=96)
        sense(who, INVALID_FIELD, sanitize(EXIT_FAILURE))
        task = sense(who, INVALID_FIELD, sanitize(BLOCK_ERASE, bits=SANITIZE_AUSE))
        equal(task.sense[15:18], b"\xcd\0\1", "AUSE is told")
        sense(who, FAILED, tur())
    equal(ini.tmf(LUN_RESET, 1), COMPLETE, "LOGICAL UNIT RESET")
    equal(other.command(tur()).key, RESET, "unit attention")
    sense(other, FAILED, tur())
    other.good(cdb, write=data)
    equal(other.command(tur()).key, None, "afterwards")
    all_are(other, b"p" * 512)


@suite.case
def unrestricted(lab):
    """With AUSE, EXIT FAILURE MODE ends it, of whomever."""
    not_if_short()
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    ini, other = serve(lab, disk.path)
    begin(ini, bits=SANITIZE_IMMED | SANITIZE_AUSE)
    wait_until(lambda: told(other)[1], 30 * SLOW, "progress")
    disk.change(ERROR)
    wait_until(lambda: over(other), 30 * SLOW, "its end")
    disk.change(dm.LINEAR)
    sense(other, FAILED, tur())
    other.good(sanitize(EXIT_FAILURE))
    for who in ini, other:
        equal(who.command(tur()).key, None, "afterwards")
    equal(stored(other, 0, 1), b"p" * 512, "its beginning")


@suite.case
def replaced(lab):
    """With another device it fails, and that one is not written."""
    not_if_short()
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    second = lab.null_blk(SIZE_MIB)
    ini, other = serve(lab, disk.path)
    begin(ini, bits=SANITIZE_IMMED | SANITIZE_AUSE)
    wait_until(lambda: told(other)[1], 30 * SLOW, "progress")
    lab.adm("lun", "set", "target", 1, "lun", 1, "path", second, "force")
    wait_until(lambda: over(other), 30 * SLOW, "its end")
    sense(other, FAILED, tur())
    time.sleep(0.5)
    other.good(sanitize(EXIT_FAILURE))
    Lab.clear_ua(other)
    all_are(other, bytes(512))


@suite.case
def made_read_only(lab):
    """An administrator who protects the LUN ends it."""
    not_if_short()
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    ini, other = serve(lab, disk.path)
    begin(ini, bits=SANITIZE_IMMED | SANITIZE_AUSE)
    wait_until(lambda: told(other)[1], 30 * SLOW, "progress")
    lab.adm("lun", "set", "target", 1, "lun", 1, "read-only", "on")
    wait_until(lambda: other.command(tur()).key == FAILED, 30 * SLOW, "its failure")
    other.good(sanitize(EXIT_FAILURE))
    equal((stored(other, 0, 1), stored(other, BLOCKS - 1, 1)),
          (b"p" * 512, bytes(512)), "the first and the last block")


@suite.case
def deleted(lab):
    """It ends with the LUN, between two steps: the rest of the disk is as it was."""
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK))
    ini, other = serve(lab, disk.path)
    cdb, data = overwrite(b"p")
    task = ini.issue(cdb, write=data)
    wait_until(lambda: told(other)[1], 30 * SLOW, "progress")
    lab.drop_lun(lab.targets()[0]["name"], 1)
    ini.wait([task], 30 * SLOW)
    check(task.status, f"{task}")
    lab.lun(lab.targets()[0]["name"], 1, disk.path)
    Lab.clear_ua(other)
    equal(other.command(tur()).key, None, "the new LUN")
    equal((stored(other, 0, 1), stored(other, BLOCKS - 1, 1)),
          (b"p" * 512, bytes(512)), "the first and the last block")


# --- with a state file -------------------------------------------------------------

def serve_kept(lab, dev, **options):
    """serve(), with a folder for state files."""
    lab.adm("net", "set", "state-dir", FOLDER)
    return serve(lab, dev, **options)


def named(lab):
    """A slow disk with an identity, so that it is known again."""
    return Mapped(lab.null_blk(SIZE_MIB, **SLOWER_DISK), uuid=IDENTITY)


def drop(lab):
    """LUN 1 is deleted, whatever it does."""
    lab.close_all()
    lab.drop_lun(lab.targets()[0]["name"], 1)


def anew(lab, path, *words):
    """LUN 1 is made again; one initiator."""
    iqn = lab.targets()[0]["name"]
    lab.adm("lun", "add", "target", iqn, "lun", 1, "type", "block", "path", path, *words)
    return lab.login(iqn, timeout=30 * SLOW)


def shown(lab):
    """What lun show says of LUN 1, and that target show says it as well."""
    [disk] = lab.disks()
    says = {"none": None, "running": "is being sanitized",
            "failed": "sanitizing has failed"}[disk["sanitize"]]
    text = lab.adm("target", "show", 1)
    equal([part for part in ("is being sanitized", "sanitizing has failed")
           if part in text], [says] if says else [], "target show")
    return disk["sanitize"]


def broken_off(lab, path, pattern=b"p", count=1, bits=SANITIZE_IMMED):
    """OVERWRITE is under way, and the LUN is deleted."""
    ini, _ = serve_kept(lab, path)
    begin(ini, pattern, count, bits)
    wait_until(lambda: told(ini)[1], 30 * SLOW, "progress")
    drop(lab)


def write_through(path, data, lba=0):
    """Past the target."""
    with open(path, "r+b") as file:
        file.seek(lba * 512)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@suite.case
def goes_on(lab):
    """The LUN is deleted in the middle of it, and made again: it goes on by itself, from the
    beginning; until it has ended all are told so. Then it is over."""
    disk = named(lab)
    broken_off(lab, disk.path, b"abc", 2)
    write_through(disk.path, b"k" * 4096)
    ini = anew(lab, disk.path)
    equal((told(ini)[0], shown(lab)), (RUNS, "running"), "REQUEST SENSE")
    for cdb in tur(), sanitize(EXIT_FAILURE), sanitize(BLOCK_ERASE):
        sense(ini, RUNS, cdb)
    sense(ini, RUNS, read10(0, 1), read=512)
    ini.good(inquiry(96), read=96)
    # once more
    wait_until(lambda: told(ini)[1], 30 * SLOW, "progress")
    drop(lab)
    ini = anew(lab, disk.path)
    equal(told(ini)[0], RUNS, "REQUEST SENSE")
    wait_over(ini)
    all_are(ini, (b"abc" * 171)[:512])
    ini.good(write10(0, 8), write=b"w" * 4096)
    drop(lab)
    ini = anew(lab, disk.path)
    equal((ini.command(tur()).key, shown(lab)), (None, "none"), "it is over")
    equal(stored(ini, 0, 8), b"w" * 4096, "what was written since")


@suite.case
def erasure_goes_on(lab):
    """An erasure as well, and with the configuration that is loaded anew."""
    not_if_short()
    disk = named(lab)
    ini, _ = serve_kept(lab, disk.path)
    fill(ini)
    ini.good(sanitize(BLOCK_ERASE, bits=SANITIZE_IMMED))
    conf = f"{FOLDER}.conf"
    with open(conf, "w", encoding="utf-8") as file:
        file.write(lab.adm("config", "show"))
    equal(told(ini)[0], RUNS, "REQUEST SENSE")
    lab.close_all()
    lab.drop(1)
    write_through(disk.path, b"k" * 512, BLOCKS - 1)
    lab.adm("config", "apply", conf)
    os.unlink(conf)
    ini = lab.login(lab.targets()[0]["name"], timeout=30 * SLOW)
    equal(told(ini)[0], RUNS, "after config apply")
    wait_over(ini)
    all_are(ini, bytes(512))


@suite.case
def device_comes_later(lab):
    """The LUN is there before its device: it is not ready, and it goes on with the device."""
    not_if_short()
    below = lab.null_blk(SIZE_MIB, **SLOWER_DISK)
    disk = Mapped(below, name=f"ktgt{os.getpid()}late", uuid=IDENTITY)
    broken_off(lab, disk.path)
    disk.remove()
    ini = anew(lab, disk.path, "absent")
    equal((told(ini)[0], shown(lab)), (RUNS, "running"), "without a device")
    sense(ini, RUNS, tur())
    write_through(below, b"k" * 512)
    disk = Mapped(below, name=disk.name, uuid=IDENTITY)
    lab.adm("lun", "attach", "target", 1, "lun", 1)
    Lab.clear_ua(ini)
    equal(told(ini)[0], RUNS, "with its device")
    wait_until(lambda: over(ini), 60 * SLOW, "its end")
    Lab.clear_ua(ini)
    wait_over(ini)
    all_are(ini, b"p" * 512)


@suite.case
def another_disk(lab):
    """Behind the LUN that goes on there is another disk: it is not written. The right one
    is, also by another path."""
    not_if_short()
    below = lab.null_blk(SIZE_MIB, **SLOWER_DISK)
    disk = Mapped(below, uuid="ktgt-one")
    broken_off(lab, disk.path, bits=SANITIZE_IMMED | SANITIZE_AUSE)
    disk.remove()
    other = Mapped(lab.null_blk(SIZE_MIB), name=disk.name, uuid="ktgt-two")
    write_through(other.path, b"k" * 512)
    ini = anew(lab, other.path)
    sense(ini, FAILED, tur())
    drop(lab)
    with open(other.path, "rb") as file:
        equal(file.read(512), b"k" * 512, "the other disk")
    other.remove()
    disk = Mapped(below, uuid="ktgt-one")
    ini = anew(lab, disk.path)
    equal(told(ini)[0], RUNS, "the right one")
    wait_over(ini)
    all_are(ini, b"p" * 512)


@suite.case
def no_identity(lab):
    """A disk without an identity is not known again by its path and its size: it is not
    written, and initiators are told that it has failed."""
    not_if_short()
    below = lab.null_blk(SIZE_MIB, **SLOWER_DISK)
    disk = Mapped(below)
    broken_off(lab, disk.path, bits=SANITIZE_IMMED | SANITIZE_AUSE)
    disk.remove()
    other = Mapped(lab.null_blk(SIZE_MIB), name=disk.name)
    write_through(other.path, b"k" * 512)
    ini = anew(lab, other.path)
    sense(ini, FAILED, tur())
    equal(shown(lab), "failed", "lun show")
    ini.good(sanitize(EXIT_FAILURE))
    equal(stored(ini, 0, 1), b"k" * 512, "the other disk")


@suite.case
def failure_stays(lab):
    """A failure is told by the next LUN too, until another SANITIZE has ended well; or, if
    that was allowed, until EXIT FAILURE MODE."""
    not_if_short()
    disk = named(lab)
    for bits in 0, SANITIZE_AUSE:
        ini, other = serve_kept(lab, disk.path)
        begin(ini, bits=SANITIZE_IMMED | bits)
        wait_until(lambda o=other: told(o)[1], 30 * SLOW, "progress")
        disk.change(ERROR)
        wait_until(lambda o=other: over(o), 30 * SLOW, "its end")
        disk.change(dm.LINEAR)
        drop(lab)
        ini = anew(lab, disk.path)
        sense(ini, FAILED, tur())
        equal(shown(lab), "failed", "lun show")
        if bits:
            ini.good(sanitize(EXIT_FAILURE))
        else:
            sense(ini, INVALID_FIELD, sanitize(EXIT_FAILURE))
            ini.good(sanitize(BLOCK_ERASE))
        equal(ini.command(tur()).key, None, "afterwards")
        drop(lab)
        ini = anew(lab, disk.path)
        equal(ini.command(tur()).key, None, "and later")
        lab.close_all()
        lab.stop_target()


@suite.case
def cannot_be_saved(lab):
    """While its state file cannot be written, nothing is sanitized, and after 10 s this is
    told; no block has changed."""
    not_if_short()
    place = Mapped(lab.null_blk(32))
    run("mkfs.ext4", "-q", "-F", place.path)
    os.makedirs(FOLDER)
    run("mount", place.path, FOLDER)
    ini, other = serve_kept(lab, lab.null_blk(SIZE_MIB))
    ini.good(write10(0, 8), write=b"w" * 4096)
    place.suspend()
    for bits in SANITIZE_IMMED, 0:
        cdb, data = overwrite(b"p", bits=bits)
        task = ini.issue(cdb, write=data)
        wait_until(lambda: not over(other), 10 * SLOW, "others are told")
        ini.nop()
        check(not task.done, "it was answered before it was saved")
        _, took = seconds(ini.wait, [task], 30 * SLOW)
        equal(task.key, NOT_SAVED, "SANITIZE")
        check(LIMIT - 2 < took < LIMIT + 5 * SLOW, f"it took {took} s")
        equal(other.command(tur()).key, None, "afterwards")
    equal(stored(other, 0, 8), b"w" * 4096, "blocks")
    place.resume()
    cdb, data = overwrite(b"p")
    ini.good(cdb, write=data)
    all_are(other, b"p" * 512)
    drop(lab)


@suite.case
def file_damaged(lab):
    """Nobody knows what was in the state file: the LUN is not ready until the user says so,
    and nothing goes on then."""
    disk = named(lab)
    broken_off(lab, disk.path)
    [name] = os.listdir(FOLDER)
    with open(f"{FOLDER}/{name}", "r+b") as file:
        # the checksum of each of the two slots
        for at in 12, 32768 + 12:
            file.seek(at)
            old = file.read(1)[0]
            file.seek(at)
            file.write(bytes([old ^ 1]))
    ini = anew(lab, disk.path)
    for cdb in tur(), sanitize(BLOCK_ERASE), sanitize(EXIT_FAILURE):
        sense(ini, NOT_READY, cdb)
    equal(shown(lab), "none", "lun show")
    lab.adm("pr", "clear", "target", 1, "lun", 1)
    equal(ini.command(tur()).key, None, "cleared")
    drop(lab)
    ini = anew(lab, disk.path)
    equal(ini.command(tur()).key, None, "and later")
    ini.good(sanitize(BLOCK_ERASE))


@suite.case
def kept_beside_others(lab):
    """Reservations are saved, dumped, cleared and restored meanwhile, and mode pages were
    saved before: none loses what the others have."""
    not_if_short()
    disk = named(lab)
    ini, _ = serve_kept(lab, disk.path)
    where = ("target", 1, "lun", 1)
    page = bytearray(mode_page(ini, 10))
    page[2] |= 4
    body = mode_list(page)
    ini.good(mode_select6(len(body), 0x11), write=body)
    keys = pr_list(0, 0x111, 1)
    ini.good(pr_out(0, 0, 0, len(keys)), write=keys)
    dump = f"{FOLDER}/dump"
    with open(dump, "w", encoding="utf-8") as file:
        file.write(lab.adm("pr", "dump", *where))
    begin(ini)
    lab.adm("pr", "clear", *where)
    drop(lab)
    ini = anew(lab, disk.path)
    equal(told(ini)[0], RUNS, "after pr clear")
    lab.adm("pr", "restore", *where, "file", dump)
    drop(lab)
    ini = anew(lab, disk.path)
    equal(told(ini)[0], RUNS, "after pr restore")
    wait_over(ini)
    all_are(ini, b"p" * 512)
    drop(lab)
    ini = anew(lab, disk.path)
    equal(mode_page(ini, 10, control=3)[2] & 4, 4, "the saved page")
    equal(ini.good(pr_in(0), read=64).data[8:16], bytes(6) + b"\x01\x11", "the key")


@suite.case
def small(lab):
    """What is shorter than a step; and a target that is deleted meanwhile."""
    ini, _ = serve(lab, lab.null_blk(1))
    ini.good(sanitize(BLOCK_ERASE))
    cdb, data = overwrite(b"s", 31)
    ini.good(cdb, write=data)
    equal(stored(ini, 2047, 1), b"s" * 512, "the last block")
    after(lab)
    disk = Mapped(lab.null_blk(SIZE_MIB, **SLOW_DISK))
    ini, _ = serve(lab, disk.path)
    begin(ini)
    lab.stop_target()


if __name__ == "__main__":
    suite.main()
