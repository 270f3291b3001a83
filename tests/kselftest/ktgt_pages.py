#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Mode pages (SPC-4, SBC-4).

    target namespace: t1 with LUN 0 controller,   -- veth -- this program
    LUN 1 null_blk with a write cache, LUN 2 null_blk 4096

Shown: what MODE SELECT changes is so for all initiators, the others are told, and a
LOGICAL UNIT RESET takes it back; with WCE 0 each WRITE is stable when it ends; which
sense data wrong parameter lists get.
"""
# Timeout: 300

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import (NAME, inquiry, mode_list, mode_page,  # noqa: E402
                   mode_select6, mode_select10, mode_sense10, pr_list, pr_out, read10,
                   report_luns, tur, wce, write10, write_same16)
from ktap import Suite, check, equal  # noqa: E402
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


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
    dm.remove_all()


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


def select(ini, *pages, lun=1):
    body = mode_list(*pages)
    ini.good(mode_select6(len(body)), lun, write=body)


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


if __name__ == "__main__":
    suite.main()
