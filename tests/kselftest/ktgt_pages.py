#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Mode and log pages, and the commands about a disk as a whole (SPC-4, SBC-4).

    target namespace: t1 with LUN 0 controller,   -- veth -- this program
    LUN 1 null_blk with a write cache, LUN 2 null_blk 4096

Shown: what MODE SELECT changes is so for all initiators, the others are told, and a
LOGICAL UNIT RESET takes it back; with WCE 0 each WRITE is stable when it ends; START
STOP UNIT flushes; values that are saved outlive the logical unit, and others do not; what
each of the other commands answers, and which sense data wrong
ones get.
"""
# Timeout: 300
# Short: debug

import os
import shutil
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import (NAME, Pdu, SCSI_CMD, Task, format_unit,  # noqa: E402
                   get_lba_status, inquiry, log_select, log_sense, mode_list,
                   mode_page, mode_select6, mode_select10, mode_sense6,
                   mode_sense10, pr_list, pr_out, prevent_allow, read10,
                   read_buffer, read_defects10, read_defects12,
                   receive_diagnostic, report_info, report_luns,
                   report_timestamp, send_diagnostic, set_info, set_timestamp,
                   start_stop, tur, wce, write10, write_buffer, write_same16)
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import Lab, SLOW, read, stable_writes  # noqa: E402

INVALID_OPCODE, INVALID_FIELD = (5, 0x20, 0), (5, 0x24, 0)
LIST_FIELD, LIST_LENGTH = (5, 0x26, 0), (5, 0x1A, 0)
WRITE_PROTECTED, LBA_RANGE = (7, 0x27, 0), (5, 0x21, 0)
MODE, LOG, TIMESTAMP = (6, 0x2A, 1), (6, 0x2A, 2), (6, 0x2A, 0x10)
IDENTIFIER, RESET = (6, 0x3F, 5), (6, 0x29, 3)
SEQUENCE, SELF_TEST = (5, 0x2C, 0), (4, 0x3E, 3)
FAULTY = (4, 0x44, 0)
ABORT_TASK, LU_RESET = 1, 5
CONFLICT, KEY, WRITE_EXCLUSIVE = 0x18, 0x111, 1
SIZE_MIB = 16
BLOCKS = SIZE_MIB << 20 >> 9
# a table: writes and flushes fail
NO_FLUSH = "0 {size} flakey {dev} 0 0 1000 1 error_writes"


FOLDER = f"/tmp/ktgt-pages{os.getpid()}"


def after(lab):
    dm.leave_nothing(lab)
    lab.adm("net", "set", "state-dir", "none")
    shutil.rmtree(FOLDER, ignore_errors=True)


suite = Suite(Lab)
suite.after = after


def target(lab, dev=None, **options):
    """A target with LUN 1 on a device that has a write cache."""
    iqn = lab.target("pages")
    lab.lun(iqn, 1, dev or lab.null_blk(SIZE_MIB, cache_size=1), **options)
    return iqn


def pair(lab, iqn, luns=(0, 1)):
    """Two sessions of two initiators."""
    return (lab.login(iqn, luns=luns),
            lab.login(iqn, name=NAME + "b", luns=luns))


def sense(ini, want, cdb, lun=1, read_len=0, write=None):
    """CDB must end with CHECK CONDITION and the sense WANT."""
    task = ini.command(cdb, lun, read_len, write)
    check(task.status == 2 and task.key == want,
          f"{task}, wanted sense %x/%02x/%02x" % want)
    return task


def told(ini, key, lun=1):
    """It finds this unit attention, and no more."""
    equal((ini.command(tur(), lun).key, ini.command(tur(), lun).key),
          (key, None), "unit attentions")


def not_told(ini, lun=1):
    equal(ini.command(tur(), lun).key, None, "unit attention")


def change(page, byte, bit, value):
    """The page with one bit as it is to be."""
    page = bytearray(page)
    page[byte] = page[byte] & ~bit | (bit if value else 0)
    return bytes(page)


def select(ini, *pages, lun=1, bits=0x10):
    body = mode_list(*pages)
    ini.good(mode_select6(len(body), bits), lun, write=body)


def select_bit(ini, code, byte, bit, value, lun=1):
    select(ini, change(mode_page(ini, code, lun=lun), byte, bit, value),
           lun=lun)


def select_wce(ini, value):
    select_bit(ini, 8, 2, 4, value)


def select_swp(ini, value):
    select_bit(ini, 10, 4, 8, value)


def select_d_sense(ini, value, lun=1):
    select_bit(ini, 10, 2, 4, value, lun)


def flushes(dev):
    """Flush requests that the device has completed."""
    return int(read(f"/sys/block/{os.path.basename(dev)}/stat").split()[15])


# --- MODE SELECT -----------------------------------------------------------------

@suite.case
def mode_changeable(lab):
    """WCE, SWP and D_SENSE can be changed, and nothing else; TST and QErr are as
    they are."""
    ini = lab.login(target(lab), luns=(0, 1))
    masks = {page: mode_page(ini, page, control=1)[2:]
             for page in (1, 8, 10, 0x1C)}
    equal({page: {i + 2: byte for i, byte in enumerate(mask) if byte}
           for page, mask in masks.items()},
          {1: {}, 8: {2: 4}, 10: {2: 4, 4: 8}, 0x1C: {}}, "disk")
    equal(mode_page(ini, 10, control=1, lun=0)[2:], b"\4" + bytes(9),
          "controller")
    now = mode_page(ini, 10)
    equal((now[2] >> 5, now[3] >> 1 & 3), (1, 0), "TST and QErr")
    ini.logout()


@suite.case
def mode_refused(lab):
    """What is wrong with a parameter list is pointed to, and nothing changes."""
    ini, other = pair(lab, target(lab))
    caching, control = mode_page(ini, 8), mode_page(ini, 10)
    wanted = change(control, 4, 8, 1)
    for body, key, field in (
            (mode_list(wanted, change(caching, 2, 1, 1)), LIST_FIELD, 18),
            (mode_list(change(control, 2, 0x20, 0)), LIST_FIELD, 6),
            (mode_list(change(control, 3, 6, 1)), LIST_FIELD, 7),
            (mode_list(b"\x02\x0a" + bytes(10)), LIST_FIELD, 4),
            (mode_list(b"\x0a\x09" + control[2:]), LIST_FIELD, 5),
            (b"\0\1\0\0" + wanted, LIST_FIELD, 1),
            (b"\0\0\0\x08" + struct.pack(">II", 1, 512) + wanted, LIST_FIELD, 4),
            (mode_list(wanted)[:10], LIST_LENGTH, None),
            (bytes(3), LIST_LENGTH, None)):
        task = sense(ini, key, mode_select6(len(body)), write=body)
        if field is not None:
            equal(task.sense[15:18], struct.pack(">BH", 0x80, field), "field")
    body = mode_list(wanted)
    for bits, bit in ((0x11, 0), (0x00, 4)):
        task = sense(ini, INVALID_FIELD, mode_select6(len(body), bits), write=body)
        equal(task.sense[15:18], bytes([0xC8 | bit, 0, 1]), f"bits {bits:02x}")
    equal((mode_page(ini, 8), mode_page(ini, 10)), (caching, control), "pages")
    not_told(other)


@suite.case
def mode_ten(lab):
    """MODE SELECT(10), with what MODE SENSE(10) returned: both block descriptors."""
    ini, other = pair(lab, target(lab))
    for bits in (0, 0x10):
        data = bytearray(ini.good(mode_sense10(0x3F, bits=bits), read=4096).data)
        equal(data[4], bits >> 4, "LONGLBA")
        at = 8 + struct.unpack_from(">H", data, 6)[0]
        while data[at] & 0x3F != 0x0A:
            at += data[at + 1] + 2
        data[at + 4] ^= 8
        data[0:2] = bytes(2)
        ini.good(mode_select10(len(data)), write=bytes(data))
        equal(mode_page(ini, 10)[4], data[at + 4], "SWP")
        told(other, MODE)
    not_told(ini)


@suite.case
def write_protect(lab):
    """SWP refuses what writes, of all initiators; the header says WP."""
    iqn = target(lab)
    ini, other = pair(lab, iqn)
    select_swp(ini, 1)
    not_told(ini)
    told(other, MODE)
    for one in ini, other:
        sense(one, WRITE_PROTECTED, write10(0, 1), write=bytes(512))
        sense(one, WRITE_PROTECTED, write_same16(0, 8, 1))
        sense(one, WRITE_PROTECTED, format_unit())
        one.good(read10(0, 1), read=512)
    equal(other.good(mode_sense10(8), read=4096).data[3] & 0x80, 0x80, "WP")
    equal(lab.adm_json("lun", "show", "target", iqn, "lun",
                       1)["lus"][0]["read_only"], False, "what the user sees")
    select_swp(other, 0)
    told(ini, MODE)
    ini.good(write10(0, 1), write=bytes(512))


@suite.case
def write_waits_for_data(lab):
    """A WRITE that is received, whose data comes when SWP is 1, writes nothing."""
    ini, other = pair(lab, target(lab))
    ini.good(write10(0, 8), write=b"a" * 4096)
    task = ini.waiting_write(data=b"b" * 4096)
    other.command(tur())
    select_swp(other, 1)
    ini.answer(task)
    ini.wait([task])
    equal(task.key, WRITE_PROTECTED, "WRITE")
    lab.clear_ua(ini)
    check(ini.good(read10(0, 8), read=4096).data == b"a" * 4096, "blocks")


@suite.case
def descriptor_sense(lab):
    """D_SENSE gives all sense data of this LU descriptor format, for everybody."""
    ini, other = pair(lab, target(lab))
    select_d_sense(ini, 1)
    task = other.command(tur())
    equal(task.sense[:4], b"\x72\6\x2a\1", "unit attention")
    for one in ini, other:
        task = one.command(read10(BLOCKS, 1), read=512)
        equal(task.sense[:4], b"\x72\5\x21\0", "sense data")
        equal(one.command(read10(0, 1), 0, read=512).sense[0], 0x70,
              "of the controller")
    select_d_sense(other, 0)
    equal(ini.command(tur()).sense[0], 0x70, "fixed format again")
    select_d_sense(ini, 1, lun=0)
    equal(ini.command(read10(0, 1), 0, read=512).sense[0], 0x72, "controller")


def is_stable(dev, ini):
    """Whether a WRITE goes to the device as one that is stable when it ends."""
    return stable_writes(dev, lambda: ini.good(write10(8, 8),
                                               write=bytes(4096))) == [True]


@suite.case
def cache_off_and_on(lab):
    """WCE 0: the cache is flushed, and each WRITE is stable when it ends; the others
    are told. WCE 1 takes it back."""
    dev = lab.null_blk(SIZE_MIB, cache_size=1)
    ini, other = pair(lab, target(lab, dev))
    equal((wce(ini), is_stable(dev, ini)), (1, False), "before")
    before = flushes(dev)
    select_wce(ini, 0)
    check(flushes(dev) > before, "the cache was not flushed")
    equal(wce(ini), 0, "WCE")
    not_told(ini)
    told(other, MODE)
    for one in ini, other:
        check(is_stable(dev, one), "a WRITE that is not stable")
    select_wce(other, 1)
    told(ini, MODE)
    equal((wce(ini), is_stable(dev, ini)), (1, False), "afterwards")


@suite.case
def cache_waits(lab):
    """MODE SELECT waits for WRITEs that were sent before, and for the flush."""
    below = lab.null_blk(SIZE_MIB, cache_size=1)
    mapped = Mapped(below)
    ini, other = pair(lab, target(lab, mapped.path))
    body = mode_list(change(mode_page(ini, 8), 2, 4, 0))
    before = flushes(below)
    mapped.suspend()
    try:
        write = other.issue(write10(8, 8), write=bytes(4096))
        task = ini.issue(mode_select6(len(body)), write=body)
        ini.expect_silence(0.3 * SLOW)
        equal(flushes(below), before, "flushes while a WRITE is under way")
    finally:
        mapped.resume()
    ini.wait([task])
    other.wait([write])
    equal((task.status, write.status), (0, 0), "status")
    check(flushes(below) > before, "nothing was flushed")
    equal(wce(ini), 0, "WCE")


@suite.case
def cache_wait_is_aborted(lab):
    """Who waits for the flush can be aborted; the disk is as usable as before."""
    mapped = Mapped(lab.null_blk(SIZE_MIB, cache_size=1))
    ini, other = pair(lab, target(lab, mapped.path))
    body = mode_list(change(mode_page(ini, 8), 2, 4, 0))
    mapped.suspend()
    try:
        write = other.issue(write10(8, 8), write=bytes(4096))
        number = ini.cmdsn
        task = ini.issue(mode_select6(len(body)), write=body)
        ini.expect_silence(0.3 * SLOW)
        equal(ini.tmf(ABORT_TASK, rtt=task.itt, refcmdsn=number), 0,
              "ABORT TASK")
        del ini.tasks[task.itt]
    finally:
        mapped.resume()
    other.wait([write])
    ini.good(write10(0, 8), write=bytes(4096))
    equal(ini.good(read10(0, 8), read=4096).data, bytes(4096), "blocks")


def reserve(ini):
    """From now on others may read, and no more."""
    for action, key, new in ((0, 0, KEY), (1, KEY, 0)):
        body = pr_list(key, new)
        ini.good(pr_out(action, WRITE_EXCLUSIVE if action else 0, 0, len(body)),
                 write=body)


@suite.case
def conflict_before_data(lab):
    """A MODE SELECT that is received, whose data comes when another initiator has
    reserved the disk, changes nothing."""
    ini, other = pair(lab, target(lab))
    pages = mode_page(ini, 8), mode_page(ini, 10)
    body = mode_list(change(pages[0], 2, 4, 0), change(pages[1], 4, 8, 1))
    task = ini.waiting(mode_select6(len(body)), body)
    reserve(other)
    ini.answer(task)
    ini.wait([task])
    equal((task.status, task.key), (CONFLICT, None), "MODE SELECT")
    equal((mode_page(other, 8), mode_page(other, 10)), pages, "pages")
    for one in ini, other:
        not_told(one)


@suite.case
def conflict_while_cache_waits(lab):
    """If it comes while MODE SELECT waits for the flush, the cache goes off, and
    nothing else changes; its initiator is told."""
    mapped = Mapped(lab.null_blk(SIZE_MIB, cache_size=1))
    ini, other = pair(lab, target(lab, mapped.path))
    control = mode_page(ini, 10)
    body = mode_list(change(mode_page(ini, 8), 2, 4, 0), change(control, 4, 8, 1))
    mapped.suspend()
    try:
        write = other.issue(write10(8, 8), write=bytes(4096))
        task = ini.issue(mode_select6(len(body)), write=body)
        ini.expect_silence(0.3 * SLOW)
        reserve(other)
    finally:
        mapped.resume()
    ini.wait([task])
    other.wait([write])
    equal((task.status, task.key), (CONFLICT, None), "MODE SELECT")
    for one in ini, other:
        told(one, MODE)
    equal((wce(other), mode_page(other, 10)), (0, control), "pages")


@suite.case
def cache_cannot_be_flushed(lab):
    """A device that fails to flush: 04/44/00, and WCE stays 1."""
    mapped = Mapped(lab.null_blk(SIZE_MIB, cache_size=1))
    ini = lab.login(target(lab, mapped.path))
    body = mode_list(change(mode_page(ini, 8), 2, 4, 0))
    mapped.change(NO_FLUSH)
    sense(ini, FAULTY, mode_select6(len(body)), write=body)
    mapped.change(dm.LINEAR)
    lab.clear_ua(ini)
    equal(wce(ini), 1, "WCE")
    select_wce(ini, 0)
    equal(wce(ini), 0, "WCE when it works again")


@suite.case
def cache_of_user(lab):
    """What the user has chosen cannot be changed by an initiator; what an initiator
    has chosen is forgotten when the user chooses."""
    iqn = target(lab)
    ini = lab.login(iqn)

    def user(word):
        lab.adm("lun", "set", "target", iqn, "lun", 1, "write-cache", word)
        lab.clear_ua(ini)

    for word, value in (("on", 1), ("off", 0)):
        user(word)
        equal(mode_page(ini, 8, control=1)[2], 0, f"mask with {word}")
        equal(mode_page(ini, 8, control=2)[2], value << 2, f"default with {word}")
        body = mode_list(change(mode_page(ini, 8), 2, 4, not value))
        sense(ini, LIST_FIELD, mode_select6(len(body)), write=body)
        equal(wce(ini), value, f"WCE with {word}")
    user("default")
    select_wce(ini, 0)
    user("default")
    equal(wce(ini), 1, "WCE after the user has chosen")


@suite.case
def values_survive_swap(lab):
    """Another device: all stays as it was selected."""
    iqn = target(lab)
    ini = lab.login(iqn)
    select_wce(ini, 0)
    select_d_sense(ini, 1)
    select_swp(ini, 1)
    dev = lab.null_blk(SIZE_MIB, cache_size=1)
    lab.adm("lun", "set", "target", iqn, "lun", 1, "path", dev)
    lab.clear_ua(ini)
    equal((wce(ini), mode_page(ini, 10)[2] & 4, mode_page(ini, 10)[4]),
          (0, 4, 8), "WCE, D_SENSE and SWP")
    sense_data = ini.command(write10(0, 1), write=bytes(512)).sense
    equal(sense_data[:3], b"\x72\7\x27", "WRITE")
    select_swp(ini, 0)
    check(is_stable(dev, ini), "a WRITE that is not stable")


@suite.case
def values_end_with_reset(lab):
    """A LOGICAL UNIT RESET brings the default values back (SPC-4, 5.12)."""
    ini, other = pair(lab, target(lab))
    usual = mode_page(ini, 8), mode_page(ini, 10)
    select_wce(ini, 0)
    select_d_sense(ini, 1)
    select_swp(ini, 1)
    lab.clear_ua(other)
    equal(ini.tmf(LU_RESET), 0, "reset")
    task = ini.command(tur())
    equal((task.key, task.sense[0]), (RESET, 0x70), "unit attention")
    for one in ini, other:
        lab.clear_ua(one)
    equal((mode_page(ini, 8), mode_page(ini, 10)), usual, "pages")
    ini.good(write10(0, 1), write=bytes(512))


def pages(ini, control=0):
    """What can be changed: WCE, SWP, D_SENSE. With a state file all of it can be saved."""
    caching, control_page = (mode_page(ini, page, control=control)
                             for page in (8, 10))
    equal((caching[0], control_page[0]), (0x88, 0x8A), "PS")
    return caching[2] >> 2 & 1, control_page[4] >> 3 & 1, control_page[2] >> 2 & 1


def has_no_cache(ini):
    """Whether WCE is 0; when that changes, who asks finds a unit attention instead."""
    task = ini.command(mode_sense6(8, bits=8), read=252)
    return task.status == 0 and not task.data[6] & 4


def anew(lab, iqn, dev):
    """LUN 1 is deleted and made again; two sessions."""
    lab.close_all()
    lab.drop_lun(iqn, 1)
    lab.lun(iqn, 1, dev)
    return pair(lab, iqn)


@suite.case
def saved_values(lab):
    """SP saves all that can be changed as it is to be; MODE SENSE tells it. It comes back
    with LOGICAL UNIT RESET, and with the logical unit that is made anew."""
    lab.adm("net", "set", "state-dir", FOLDER)
    dev = lab.null_blk(SIZE_MIB, cache_size=1)
    iqn = target(lab, dev)
    ini, other = pair(lab, iqn)
    equal((pages(ini), pages(ini, 3), pages(ini, 2)), ((1, 0, 0),) * 3, "before")
    equal(mode_page(ini, 0x1C)[0], 0x1C, "a page that cannot be changed")
    select_swp(ini, 1)
    equal((pages(ini), pages(ini, 3)), ((1, 1, 0), (1, 0, 0)), "without SP")
    select(ini, change(mode_page(ini, 8), 2, 4, 0),
           change(mode_page(ini, 10), 2, 4, 1), bits=0x11)
    lab.clear_ua(other)
    equal((pages(ini), pages(other, 3), pages(ini, 2)),
          ((0, 1, 1), (0, 1, 1), (1, 0, 0)), "with SP")
    select_swp(ini, 0)
    select_wce(ini, 1)
    select_d_sense(ini, 0)
    equal((pages(ini), pages(ini, 3)), ((1, 0, 0), (0, 1, 1)), "others, not saved")
    equal(other.tmf(LU_RESET), 0, "reset")
    for one in ini, other:
        lab.clear_ua(one)
    wait_until(lambda: has_no_cache(ini), 10 * SLOW, "no cache after a reset")
    for one in ini, other:
        lab.clear_ua(one)
    equal((pages(ini), pages(other)), ((0, 1, 1),) * 2, "after a reset")
    sense_of = ini.command(write10(0, 1), write=bytes(512))
    equal((sense_of.key, sense_of.sense[0] & 0x7F), (WRITE_PROTECTED, 0x72), "WRITE")
    ini, other = anew(lab, iqn, dev)
    equal((pages(ini), pages(ini, 3)), ((0, 1, 1),) * 2, "anew")
    sense_of = ini.command(write10(0, 1), write=bytes(512))
    equal((sense_of.key, sense_of.sense[0] & 0x7F), (WRITE_PROTECTED, 0x72), "WRITE")
    select(ini, change(mode_page(ini, 10), 4, 8, 0), bits=0x11)
    check(is_stable(dev, ini), "a WRITE that is not stable")
    ini, other = anew(lab, iqn, dev)
    equal(pages(ini), (0, 0, 1), "SWP was taken back")


@suite.case
def saved_without_cache(lab):
    """WCE is saved only if an initiator has chosen it: otherwise it is as the device, or
    the user, has it."""
    lab.adm("net", "set", "state-dir", FOLDER)
    dev = lab.null_blk(SIZE_MIB, cache_size=1)
    iqn = target(lab, dev)
    ini, _ = pair(lab, iqn)
    select(ini, change(mode_page(ini, 10), 2, 4, 1), bits=0x11)
    lab.close_all()
    lab.drop_lun(iqn, 1)
    lab.lun(iqn, 1, dev, **{"write-cache": "off"})
    ini, _ = pair(lab, iqn)
    equal((pages(ini), pages(ini, 3)), ((0, 0, 1),) * 2, "write-cache off")


@suite.case
def saved_by_nobody(lab):
    """Without a state file there are no saved values, and SP is refused. A controller has
    none either."""
    lab.adm("net", "set", "state-dir", FOLDER)
    iqn = target(lab)
    lab.adm("net", "set", "state-dir", "none")
    lab.lun(iqn, 2, lab.null_blk(4))
    ini = lab.login(iqn, luns=(0, 1, 2))
    body = mode_list()
    for lun in 0, 2:
        task = sense(ini, INVALID_FIELD, mode_select6(len(body), 0x11), lun, write=body)
        equal(task.sense[15:18], bytes([0xC8, 0, 1]), "field")
        sense(ini, (5, 0x39, 0), mode_sense10(10, control=3), lun, read_len=252)
        equal(mode_page(ini, 10, lun=lun)[0], 0x0A, "PS")
    select(ini, bits=0x11)


# --- the disk as a whole ---------------------------------------------------------

@suite.case
def start_stop_unit(lab):
    """It flushes when it is to stop, and nothing stops. There is nothing to eject,
    and no power condition."""
    dev = lab.null_blk(SIZE_MIB, cache_size=1)
    ini = lab.login(target(lab, dev), luns=(0, 1))
    for bits, flush in ((0, True), (1, False), (4, False), (5, False)):
        for immed in (0, 1):
            ini.good(write10(0, 1), write=bytes(512))
            before = flushes(dev)
            ini.good(start_stop(bits, immed))
            equal(flushes(dev) > before, flush, f"flushed with {bits}")
            ini.good(tur())
    for bits, bit in ((2, 1), (3, 1), (0x10, 4), (0x30, 5)):
        task = sense(ini, INVALID_FIELD, start_stop(bits))
        equal(task.sense[15:18], bytes([0xC8 | bit, 0, 4]), f"bits {bits:x}")
    sense(ini, INVALID_OPCODE, start_stop(), 0)


@suite.case
def prevent_allow_removal(lab):
    """A medium that stays cannot be removed: GOOD."""
    ini = lab.login(target(lab))
    for prevent in (0, 1, 0):
        ini.good(prevent_allow(prevent))
    for prevent in (2, 3):
        sense(ini, INVALID_FIELD, prevent_allow(prevent))


@suite.case
def format_present(lab):
    """The present format: GOOD, and no data changes; another one is refused."""
    ini = lab.login(target(lab))
    data = os.urandom(4096)
    ini.good(write10(0, 8), write=data)
    ini.good(format_unit())
    for bits, head in ((0x10, 4), (0x18, 4), (0x30, 8)):
        for first in (0, 2, 0x80, 0x82, 0xE0):
            ini.good(format_unit(bits),
                     write=bytes([0, first]) + bytes(head - 2))
    short, longer = 0x10, 0x30
    for bits, body, field in ((short, b"\1\0\0\0", 0), (short, b"\0\x20\0\0", 1),
                              (short, b"\0\x88\0\0", 1), (short, b"\0\0\0\4", 2),
                              (longer, b"\0\0\0\3" + bytes(4), 3),
                              (longer, bytes(7) + b"\4", 4)):
        task = sense(ini, LIST_FIELD, format_unit(bits), write=body)
        equal(task.sense[15:18], struct.pack(">BH", 0x80, field), body.hex())
    sense(ini, LIST_LENGTH, format_unit(short), write=bytes(3))
    sense(ini, INVALID_FIELD, format_unit(0x80))
    equal(ini.good(read10(0, 8), read=4096).data, data, "blocks")


@suite.case
def no_defects(lab):
    """READ DEFECT DATA: both lists, empty, in the format that was asked for."""
    ini = lab.login(target(lab))
    for bits in (0, 8, 0x10, 0x18, 0x1D):
        equal(ini.good(read_defects10(bits), read=252).data,
              bytes([0, bits, 0, 0]), f"(10), {bits:02x}")
        equal(ini.good(read_defects12(bits, index=7), read=252).data,
              bytes([0, bits]) + bytes(6), f"(12), {bits:02x}")
    equal(len(ini.good(read_defects12(alloc=5), read=252).data), 5, "cut")
    sense(ini, INVALID_FIELD, read_defects10(7), read_len=252)
    sense(ini, INVALID_FIELD, read_defects12(7), read_len=252)


@suite.case
def lba_status(lab):
    """One extent from the block that was asked for to the end, mapped."""
    iqn = target(lab)
    lab.null_lun(iqn, 2, 8 << 40)
    ini = lab.login(iqn, luns=(0, 1, 2))
    for lun, lba, blocks in ((1, 0, BLOCKS), (1, 5, BLOCKS - 5),
                             (1, BLOCKS - 1, 1), (2, 1, 0xFFFFFFFF),
                             (2, (8 << 31) - 1, 1)):
        data = ini.good(get_lba_status(lba), lun, read=24).data
        equal(data, struct.pack(">I4xQIB3x", 20, lba, blocks, 0), f"LBA {lba}")
    equal(len(ini.good(get_lba_status(0, 9), read=24).data), 9, "cut")
    for lba in (BLOCKS, 1 << 63):
        sense(ini, LBA_RANGE, get_lba_status(lba), read_len=24)
    sense(ini, INVALID_FIELD, get_lba_status(0), 0, read_len=24)


@suite.case
def write_same_bits(lab):
    """ANCHOR is refused, as nothing can be anchored; NDOB writes zeroes."""
    ini = lab.login(target(lab))
    ini.good(write10(0, 8), write=b"x" * 4096)
    for bits in (0x10, 0x18):
        task = sense(ini, INVALID_FIELD, write_same16(0, 8, bits),
                     write=bytes(512))
        equal(task.sense[15:18], b"\xcc\0\1", f"bits {bits:02x}")
    equal(ini.good(inquiry(8, 0xB2), read=8).data[5] & 2, 0, "ANC_SUP")
    ini.good(write_same16(0, 4, 1))
    equal(ini.good(read10(0, 8), read=4096).data, bytes(2048) + b"x" * 2048,
          "blocks")


# --- log pages -------------------------------------------------------------------

def log_parameters(ini, page, lun=1, **kwargs):
    """{code: value} of a log page."""
    data = ini.good(log_sense(page, **kwargs), lun, read=252).data
    equal(data[0], page, "page code")
    equal(struct.unpack_from(">H", data, 2)[0] + 4, len(data), "page length")
    out, at = {}, 4
    while at < len(data):
        code, control, size = struct.unpack_from(">HBB", data, at)
        equal(control, 3, "control byte")
        out[code] = data[at + 4:at + 4 + size]
        at += 4 + size
    equal(at, len(data), "end of the page")
    return out


@suite.case
def log_pages(lab):
    """Page 00h lists the others; a parameter pointer leaves out what is before it."""
    ini = lab.login(target(lab), luns=(0, 1))
    equal(ini.good(log_sense(0), read=252).data, b"\0\0\0\3\0\x19\x2f", "disk")
    equal(ini.good(log_sense(0), 0, read=252).data, b"\0\0\0\2\0\x2f",
          "controller")
    equal(log_parameters(ini, 0x2F), {0: b"\0\0\xff\0"}, "exceptions")
    equal(sorted(log_parameters(ini, 0x19)), [1, 3], "statistics")
    equal(log_parameters(ini, 0x19, pointer=2), {3: struct.pack(">II", 6, 1)},
          "the time interval")
    for cdb in (log_sense(0x0D), log_sense(0x19, pointer=4),
                log_sense(0x19, sub=1), log_sense(0, pointer=1)):
        sense(ini, INVALID_FIELD, cdb, read_len=252)
    sense(ini, INVALID_FIELD, log_sense(0x19), 0, read_len=252)


def statistics(ini):
    return struct.unpack(">8Q", log_parameters(ini, 0x19)[1])


@suite.case
def log_statistics(lab):
    """What READ and WRITE commands have moved, of all initiators; LOG SELECT begins
    anew for LOG SENSE alone, and tells the others."""
    iqn = target(lab)
    ini, other = pair(lab, iqn)
    before = statistics(ini)
    for _ in range(3):
        ini.good(write10(0, 8), write=bytes(4096))
        other.good(read10(0, 4), read=2048)
    now = [b - a for a, b in zip(before, statistics(ini))]
    equal(now[:4], [3, 3, 24, 12], "commands and blocks")
    check(now[4] > 0 and now[5] > 0, f"times {now[4:6]}")
    equal(now[6:], [6, now[4] + now[5]], "weighted")
    ini.good(log_select(page=0x19, pcr=1))
    equal(statistics(ini), (0,) * 8, "after LOG SELECT")
    not_told(ini)
    told(other, LOG)
    ini.good(write10(0, 8), write=bytes(4096))
    other.good(log_select(control=3))
    told(ini, LOG)
    equal(statistics(ini), (0,) * 8, "after the other one's")
    for cdb, body in ((log_select(4, pcr=1), bytes(4)),
                      (log_select(4, page=0x19), bytes(4)),
                      (log_select(page=0x0D), None)):
        sense(ini, INVALID_FIELD, cdb, write=body)
    ini.good(log_select(4), write=b"\x19\0\0\0")
    sense(ini, LIST_FIELD, log_select(8), write=b"\x19\0\0\4\0\1\3\0")
    sense(ini, LIST_LENGTH, log_select(3), write=bytes(3))


# --- what it is told to keep -------------------------------------------------------

def stamp(ini):
    """(Origin, milliseconds) of REPORT TIMESTAMP."""
    data = ini.good(report_timestamp(), read=12).data
    equal((len(data), struct.unpack_from(">H", data)[0]), (12, 10), "lengths")
    return data[2], int.from_bytes(data[4:10], "big")


@suite.case
def timestamp(lab):
    """It runs from the start of the machine on, or from what was set; the others are
    told."""
    ini, other = pair(lab, target(lab))
    origin, first = stamp(ini)
    equal(origin, 0, "origin")
    check(stamp(other)[1] >= first, "it runs backwards")
    wanted = 0x018F00000000
    ini.good(set_timestamp(), write=bytes(4) + wanted.to_bytes(6, "big")
             + bytes(2))
    not_told(ini)
    told(other, TIMESTAMP)
    origin, now = stamp(other)
    equal(origin, 2, "origin afterwards")
    check(wanted <= now < wanted + 60000, f"{now:x}")
    wait_until(lambda: stamp(ini)[1] > now, 5, "it runs")
    ini.good(set_timestamp(0))
    for size in (11, 13):
        sense(ini, LIST_LENGTH, set_timestamp(size), write=bytes(size))


def info(ini, kind):
    """What REPORT IDENTIFYING INFORMATION returns."""
    data = ini.good(report_info(kind), read=300).data
    equal(struct.unpack(">HH", data[:4]), (0, len(data) - 4), "length")
    return data[4:]


@suite.case
def identifying_information(lab):
    """Both kinds, as long as they may be, shared by all, and no longer."""
    ini, other = pair(lab, target(lab))
    equal(info(ini, 0x7F), struct.pack(">BxHBxH", 0, 64, 4, 256), "kinds")
    for kind, most in ((0, 64), (2, 256)):
        equal(info(ini, kind), b"", "before")
        for data in (bytes(range(1, most)) [:most - 1] + b"\0", b"x\0", b""):
            ini.good(set_info(kind, len(data)), write=data or None)
            not_told(ini)
            told(other, IDENTIFIER)
            equal(info(other, kind), data, f"kind {kind}")
        sense(ini, INVALID_FIELD, set_info(kind, most + 1),
              write=bytes(most + 1))
    sense(ini, LIST_FIELD, set_info(2, 3), write=b"abc")
    ini.good(set_info(0, 3), write=b"abc")
    sense(ini, INVALID_FIELD, set_info(4, 3), write=b"abc")
    sense(ini, INVALID_FIELD, report_info(4), read_len=300)
    equal((info(ini, 0), info(ini, 2)), (b"abc", b""), "at the end")


# --- buffers and diagnostics -------------------------------------------------------

@suite.case
def buffers(lab):
    """The data buffer and the echo buffer: each session has its own."""
    ini, other = pair(lab, target(lab))
    equal(ini.good(read_buffer(3, 4), read=4).data, b"\0\0\x10\0", "descriptor")
    equal(ini.good(read_buffer(3, 4, number=1), read=4).data, bytes(4),
          "descriptor of buffer 1")
    equal(ini.good(read_buffer(0x0B, 4), read=4).data, b"\1\0\x10\0", "echo")
    sense(ini, SEQUENCE, read_buffer(0x0A, 64), read_len=64)
    equal(ini.good(read_buffer(2, 100, 4000), read=100).data, bytes(96),
          "what was not written")
    data = os.urandom(4096)
    ini.good(write_buffer(2, 4096), write=data)
    ini.good(write_buffer(2, 8, 100), write=b"12345678")
    data = data[:100] + b"12345678" + data[108:]
    equal(ini.good(read_buffer(2, 4096), read=4096).data, data, "data")
    equal(ini.good(read_buffer(2, 64, 4090), read=64).data, data[4090:], "end")
    ini.good(write_buffer(0x0A, 4096), write=data)
    equal(ini.good(read_buffer(0x0A, 5000), read=5000).data, data, "echo")
    ini.good(write_buffer(0x0A, 3), write=b"abc")
    equal(ini.good(read_buffer(0x0A, 64), read=64).data, b"abc", "shorter echo")
    equal(other.good(read_buffer(2, 8), read=8).data, bytes(8), "the other's")
    sense(other, SEQUENCE, read_buffer(0x0A, 64), read_len=64)


@suite.case
def buffers_refused(lab):
    """More than they hold, other buffers, other modes."""
    ini = lab.login(target(lab))
    for cdb, size in ((write_buffer(2, 4097), 4097),
                      (write_buffer(2, 2, 4095), 2),
                      (write_buffer(2, 8, number=1), 8),
                      (write_buffer(0x0A, 4097), 4097),
                      (write_buffer(5, 8), 8), (write_buffer(3, 8), 8)):
        sense(ini, INVALID_FIELD, cdb, write=bytes(size))
    for cdb in (read_buffer(2, 8, 4097), read_buffer(2, 8, number=1),
                read_buffer(0x1C, 8), read_buffer(0, 8)):
        sense(ini, INVALID_FIELD, cdb, read_len=8)
    sense(ini, LIST_LENGTH, write_buffer(2, 64), write=bytes(8))


@suite.case
def diagnostics(lab):
    """The default self-test finds a device that does not flush; one page."""
    mapped = Mapped(lab.null_blk(SIZE_MIB, cache_size=1))
    ini = lab.login(target(lab, mapped.path), luns=(0, 1))
    for lun in (0, 1):
        ini.good(send_diagnostic(), lun)
        for pcv in (0, 1):
            equal(ini.good(receive_diagnostic(pcv=pcv), lun, read=252).data,
                  b"\0\0\0\1\0", "pages")
        ini.good(send_diagnostic(0x10, 4), lun, write=bytes(4))
        ini.good(send_diagnostic(0), lun)
    sense(ini, INVALID_FIELD, receive_diagnostic(0x40), read_len=252)
    sense(ini, INVALID_FIELD, send_diagnostic(0x14, 4), write=bytes(4))
    sense(ini, INVALID_FIELD, send_diagnostic(0x20))
    sense(ini, LIST_FIELD, send_diagnostic(0x10, 4), write=b"\x40\0\0\0")
    sense(ini, LIST_LENGTH, send_diagnostic(0x10, 3), write=bytes(3))
    mapped.change(NO_FLUSH)
    sense(ini, SELF_TEST, send_diagnostic())
    mapped.change(dm.LINEAR)
    lab.clear_ua(ini)
    ini.good(send_diagnostic())


# --- the rest ----------------------------------------------------------------------

@suite.case
def vpd_mode_policy(lab):
    """Page 87h: all mode pages are shared."""
    ini = lab.login(target(lab), luns=(0, 1))
    for lun, kind in ((0, 0x0C), (1, 0)):
        equal(ini.good(inquiry(252, 0x87), lun, read=252).data,
              bytes([kind, 0x87, 0, 4, 0x3F, 0xFF, 0, 0]), f"LUN {lun}")


@suite.case
def vpd_ports(lab):
    """Page 88h: one target port, with the name that page 83h has."""
    iqn = target(lab)
    ini = lab.login(iqn, luns=(0, 1))
    data = ini.good(inquiry(400, 0x88), read=400).data
    equal(struct.unpack_from(">H", data, 2)[0] + 4, len(data), "length")
    equal(struct.unpack_from(">2xH2xH2xH", data, 4), (1, 0, len(data) - 16),
          "relative port, TransportID, descriptors")
    equal((data[16], data[17], data[19]), (0x53, 0x98, len(data) - 20),
          "designator")
    equal(data[20:].rstrip(b"\0").decode(), f"{iqn},t,0x0001", "name")
    check(data[16:] in ini.good(inquiry(1000, 0x83), read=1000).data,
          "page 83h has another name")


@suite.case
def report_luns_selects(lab):
    """SELECT REPORT 10h and 12h find nothing, 11h all."""
    ini = lab.login(target(lab), luns=(0, 1))
    both = ini.good(report_luns(), 0, read=256).data
    equal(len(both), 24, "LUNs 0 and 1")
    for choice, want in ((0x10, bytes(8)), (0x11, both), (0x12, bytes(8))):
        equal(ini.good(report_luns(select=choice), 0, read=256).data, want,
              f"SELECT REPORT {choice:02x}h")
    for choice in (0x03, 0x13, 0xFF):
        sense(ini, INVALID_FIELD, report_luns(select=choice), 0, read_len=256)


@suite.case
def long_cdb(lab):
    """A CDB of 32 bytes is refused as an opcode, with and without its end."""
    ini = lab.login(target(lab))
    cdb = struct.pack(">BB5xBH6x", 0x7F, 0, 0x18, 9)
    ahs = struct.pack(">HBB", 17, 1, 0) + bytes(16)
    for more in (b"", ahs, ahs + struct.pack(">HBBI", 5, 2, 0, 512)):
        task = Task(ini.itt(), cdb, 1, 0, b"", 0)
        pdu = Pdu(SCSI_CMD, 0x81, ahs=more, lun=1, itt=task.itt)
        pdu.bhs[32:48] = cdb
        ini.tasks[task.itt] = task
        ini.send(ini.stamp(pdu))
        ini.wait([task])
        equal((task.status, task.key), (2, INVALID_OPCODE),
              f"with {len(more)} bytes of AHS")
    sense(ini, INVALID_OPCODE, cdb)


if __name__ == "__main__":
    suite.main()
