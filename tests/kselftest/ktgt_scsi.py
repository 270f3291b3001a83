#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The SCSI commands (SAM-5, SPC-4, SBC-4), byte by byte.

    target namespace: t1 with LUN 0 controller,   -- veth -- this program
    LUN 1 null_blk 512, LUN 2 null_blk 4096,
    LUN 3 read-only, LUN 4 null backend 8 TiB

Shown: what each command answers, what it does to the blocks, which sense data
wrong ones get, what REPORT SUPPORTED OPERATION CODES says against what is so,
and the unit attentions.
"""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import (inquiry, mode_sense10, mode_sense6, read6,  # noqa: E402
                   read10, read12, read16, read_capacity10, read_capacity16,
                   report_luns, request_sense, rsoc, rstmf, sync_cache10,
                   sync_cache16, tur, unmap, unmap_list, write6, write10,
                   write12, write16, write_same10, write_same16)
from ktap import Skip, Suite, check, equal  # noqa: E402
from lab import lab_class, run  # noqa: E402

suite = Suite(lab_class())
SIZE_MIB = 16
BLOCKS = SIZE_MIB << 20 >> 9
INVALID_OPCODE, INVALID_FIELD = (5, 0x20, 0), (5, 0x24, 0)
LBA_RANGE, NO_LUN = (5, 0x21, 0), (5, 0x25, 0)
WRITE_PROTECTED = (7, 0x27, 0)
LUNS_CHANGED = (6, 0x3F, 0x0E)
CAPACITY_CHANGED = (6, 0x2A, 9)


def target(lab):
    """The one target of this file."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("scsi")
        lab.lun(lab.iqn, 1, lab.null_blk(SIZE_MIB, 512))
        lab.lun(lab.iqn, 2, lab.null_blk(SIZE_MIB, 4096))
        try:
            lab.lun(lab.iqn, 3, lab.null_blk(SIZE_MIB), **{"read-only": 1})
            lab.null_lun(lab.iqn, 4, 8 << 40)
        except Exception:
            if os.environ.get("KTGT_ORACLE") != "tgtd":
                raise
    return lab.iqn


def session(lab, keys=None, **kwargs):
    return lab.login(target(lab), keys, luns=(1, 2, 3, 4), **kwargs)


def sense(ini, want, cdb, lun=1, read=0, write=None, **kwargs):
    """CDB must end with CHECK CONDITION and the sense WANT."""
    task = ini.command(cdb, lun, read, write, **kwargs)
    check(task.status == 2 and task.key == want,
          f"{task}, wanted sense %x/%02x/%02x" % want)
    return task


# --- INQUIRY -------------------------------------------------------------------

@suite.case
def inquiry_standard(lab):
    """Standard INQUIRY data of a disk (SPC-4 6.6.2)."""
    ini = session(lab)
    data = ini.good(inquiry(255), read=255).data
    check(len(data) >= 36, f"{len(data)} bytes")
    equal(data[0], 0, "qualifier and type")
    equal(data[1] & 0x80, 0, "RMB")
    check(data[2] in (5, 6, 7), f"version {data[2]}")
    equal(data[3] & 0x0F, 2, "response data format")
    equal(data[4] + 5, len(data), "additional length")
    check(data[7] & 2, "CMDQUE is not set")
    for first, last in ((8, 16), (16, 32), (32, 36)):
        text = data[first:last]
        check(text.strip() and all(0x20 <= c < 0x7F for c in text),
              f"not ASCII: {text!r}")
    ini.logout()


@suite.case
def inquiry_truncated(lab):
    """The allocation length cuts, and says so in the residual."""
    ini = session(lab)
    full = ini.good(inquiry(255), read=255).data
    for alloc in (0, 1, 5, 35, 36, 96, 255, 256, 65535):
        task = ini.good(inquiry(alloc), read=alloc)
        size = min(alloc, len(full))
        equal(task.data, full[:size], f"data for {alloc}")
        equal(task.underflow, alloc - size, f"underflow for {alloc}")
    ini.logout()


@suite.case
def inquiry_errors(lab):
    """A page without EVPD, a page that is not there."""
    ini = session(lab)
    sense(ini, INVALID_FIELD, bytes([0x12, 0, 0x83, 0, 255, 0]), read=255)
    for page in (0x42, 0xFF, 0x81):
        sense(ini, INVALID_FIELD, inquiry(255, page), read=255)
    ini.logout()


def vpd(ini, page, lun=1):
    """A VPD page, its header checked."""
    data = ini.good(inquiry(4096, page), lun, read=4096).data
    equal(data[1], page, "page code")
    equal(struct.unpack_from(">H", data, 2)[0] + 4, len(data),
          f"length of page {page:02x}")
    return data


@suite.case
def vpd_list(lab):
    """Page 00 lists, in order, pages that can all be read."""
    ini = session(lab)
    pages = list(vpd(ini, 0)[4:])
    equal(pages, sorted(set(pages)), "order")
    for page in (0, 0x80, 0x83, 0x86, 0x87, 0x88, 0x8F, 0xB0, 0xB1, 0xB2):
        check(page in pages, f"page {page:02x} is not listed")
    for page in pages:
        vpd(ini, page)
    ini.logout()


@suite.case
def vpd_truncated(lab):
    """Short allocation lengths cut pages; the page length stays."""
    ini = session(lab)
    for page in (0, 0x80, 0x83, 0xB0, 0xB1, 0xB2):
        full = vpd(ini, page)
        for alloc in (0, 1, 3, 4, 8, 19):
            task = ini.good(inquiry(alloc, page), read=alloc)
            equal(task.data, full[:alloc], f"page {page:02x}, {alloc}")
    ini.logout()


def designators(data):
    """[(association, type, code set, bytes)] of page 83."""
    out, at = [], 4
    while at < len(data):
        size = data[at + 3]
        out.append((data[at + 1] >> 4 & 3, data[at + 1] & 15, data[at] & 15,
                    data[at + 4:at + 4 + size]))
        at += 4 + size
    equal(at, len(data), "end of the designators")
    return out


@suite.case
def vpd_identity(lab):
    """Page 83 names the LU (NAA, T10), and the port; LUs differ; page 80 has
    a serial number; all the same in a second session."""
    ini = session(lab)
    ids = {}
    for lun in (1, 2):
        found = designators(vpd(ini, 0x83, lun))
        types = {(assoc, kind) for assoc, kind, _, _ in found}
        check((0, 3) in types or (0, 2) in types, "no NAA or EUI-64 of the LU")
        check((0, 1) in types, "no T10 vendor identification of the LU")
        for assoc, kind, code, name in found:
            if kind == 3:
                check(code == 1 and len(name) in (8, 16) and
                      name[0] >> 4 in (2, 3, 5, 6), f"NAA {name.hex()}")
            if (assoc, kind) == (1, 8):
                equal(name.rstrip(b"\0").decode(),
                      f"{target(lab)},t,0x0001", "name of the port (4.4.2)")
        ids[lun] = [d for d in found if d[0] == 0]
        serial = vpd(ini, 0x80, lun)[4:]
        check(serial.strip(), "empty serial number")
        ids[lun].append(serial)
    for left, right in zip(ids[1], ids[2]):
        check(left != right, f"LUNs 1 and 2 share {left}")
    ini.logout()
    ini = session(lab, name=iscsi.NAME + "b")
    equal([d for d in designators(vpd(ini, 0x83)) if d[0] == 0], ids[1][:-1],
          "identity in another session")
    ini.logout()


@suite.case
def vpd_limits(lab):
    """Pages B0, B1, B2: plausible limits (SBC-4 6.6)."""
    ini = session(lab)
    data = vpd(ini, 0xB0)
    equal(len(data), 64, "length of page B0")
    most, unmaps, descs = (struct.unpack_from(">I", data, at)[0]
                           for at in (8, 20, 24))
    check(most == 0 or most >= 128, f"maximum transfer length {most}")
    check(0 < unmaps, "no UNMAP on a device with discard")
    check(1 <= descs <= 256, f"descriptors {descs}")
    equal(len(vpd(ini, 0xB1)), 64, "length of page B1")
    data = vpd(ini, 0xB2)
    check(data[5] & 0x80, "LBPU is not set")
    check(data[5] & 0x40, "LBPWS is not set")
    ini.logout()


# --- the LUN list ----------------------------------------------------------------

def luns(data):
    """LUNs of a REPORT LUNS answer."""
    size = struct.unpack_from(">I", data)[0]
    equal(size + 8, len(data), "LUN list length")
    return [struct.unpack_from(">H", data, at)[0] & 0x3FFF
            for at in range(8, len(data), 8)]


@suite.case
def report_luns_all(lab):
    """REPORT LUNS lists 0 to 4, on whatever LUN of these it is asked."""
    ini = session(lab)
    for lun in (0, 1, 4):
        equal(luns(ini.good(report_luns(), lun, read=4096).data),
              [0, 1, 2, 3, 4], f"asked on LUN {lun}")
    equal(luns(ini.good(report_luns(select=2), 0, read=4096).data),
          [0, 1, 2, 3, 4], "SELECT REPORT 2")
    equal(luns(ini.good(report_luns(select=1), 0, read=4096).data), [],
          "well known LUNs")
    sense(ini, INVALID_FIELD, report_luns(select=0x55), 0, read=4096)
    ini.logout()


@suite.case
def report_luns_truncated(lab):
    """The list length tells the whole, however little is taken."""
    ini = session(lab)
    data = ini.good(report_luns(16), 0, read=16).data
    equal(data, struct.pack(">IIQ", 40, 0, 0), "16 bytes")
    task = ini.good(report_luns(0xFFFFFFFF), 0, read=4096)
    equal(len(task.data), 48, "bytes")
    ini.logout()


@suite.case
def controller(lab):
    """LUN 0 is a storage array controller without blocks."""
    ini = session(lab)
    lab.clear_ua(ini, 0)
    equal(ini.good(inquiry(255), 0, read=255).data[0], 0x0C, "type")
    ini.good(tur(), 0)
    vpd(ini, 0x83, 0)
    for cdb in (read10(0, 1), read_capacity10(), read16(0, 1)):
        task = ini.command(cdb, 0, read=512)
        equal(task.key, INVALID_OPCODE, cdb.hex())
    ini.logout()


@suite.case
def absent_lun(lab):
    """A LUN that is not there: LOGICAL UNIT NOT SUPPORTED; INQUIRY says
    qualifier 3, type 1Fh; REQUEST SENSE has it as data (SPC-4)."""
    ini = session(lab)
    for lun in (5, 255, 256, 16383):
        for cdb, size in ((tur(), 0), (read10(0, 1), 512),
                          (read_capacity10(), 8)):
            sense(ini, NO_LUN, cdb, lun, read=size)
        sense(ini, NO_LUN, write10(0, 1), lun, write=bytes(512))
        sense(ini, NO_LUN, b"\xee" + bytes(9), lun)
        data = ini.good(inquiry(36), lun, read=36).data
        equal(data[0], 0x7F, "qualifier and type")
        data = ini.good(request_sense(), lun, read=252).data
        equal((data[2] & 15, data[12]), (5, 0x25), "REQUEST SENSE")
    ini.logout()


# --- capacity and modes ----------------------------------------------------------

@suite.case
def capacity(lab):
    """READ CAPACITY (10) and (16) on 512, 4096 and very large."""
    ini = session(lab)
    for lun, block, last in ((1, 512, BLOCKS - 1), (2, 4096, BLOCKS // 8 - 1),
                             (4, 512, (8 << 40) // 512 - 1)):
        data = ini.good(read_capacity10(), lun, read=8).data
        equal(struct.unpack(">II", data), (min(last, 0xFFFFFFFF), block),
              f"READ CAPACITY(10), LUN {lun}")
        data = ini.good(read_capacity16(), lun, read=32).data
        equal(struct.unpack_from(">QI", data), (last, block),
              f"READ CAPACITY(16), LUN {lun}")
    data = ini.good(read_capacity16(), read=32).data
    check(data[14] & 0x80, "LBPME is not set")
    for alloc in (0, 1, 12, 31):
        equal(ini.good(read_capacity16(alloc), read=alloc).data, data[:alloc],
              f"cut to {alloc}")
    ini.logout()


@suite.case
def capacity_errors(lab):
    """Other service actions of 9Eh."""
    ini = session(lab)
    for action in (0x00, 0x11, 0x1F):
        task = ini.command(struct.pack(">BBQIBB", 0x9E, action, 0, 32, 0, 0),
                           read=32)
        check(task.key in (INVALID_FIELD, INVALID_OPCODE), str(task))
    ini.logout()


def pages_of(data, start):
    """{(page, subpage): bytes} of mode data."""
    out, at = {}, start
    while at < len(data):
        if data[at] & 0x40:
            size = struct.unpack_from(">H", data, at + 2)[0] + 4
            key = (data[at] & 0x3F, data[at + 1])
        else:
            size, key = data[at + 1] + 2, (data[at] & 0x3F, 0)
        out[key] = data[at:at + size]
        at += size
    equal(at, len(data), "end of the mode pages")
    return out


@suite.case
def mode_sense(lab):
    """MODE SENSE (6) and (10): lengths, descriptors, the same pages."""
    ini = session(lab)
    six = ini.good(mode_sense6(0x3F), read=252).data
    ten = ini.good(mode_sense10(0x3F), read=4096).data
    equal(six[0] + 1, len(six), "length (6)")
    equal(struct.unpack_from(">H", ten)[0] + 2, len(ten), "length (10)")
    one = pages_of(six, 4 + six[3])
    two = pages_of(ten, 8 + struct.unpack_from(">H", ten, 6)[0])
    equal(one, two, "pages of (6) and (10)")
    for page in (8, 0x0A):
        check((page, 0) in one, f"page {page:02x} is not there")
    equal(len(one[8, 0]), 20, "length of the caching page")
    equal(len(one[10, 0]), 12, "length of the control page")
    if six[3]:
        equal(six[3], 8, "block descriptor length")
        equal(six[4 + 5:4 + 8], b"\0\x02\0", "block length")
    plain = ini.good(mode_sense6(0x3F, bits=8), read=252).data
    equal(plain[3], 0, "block descriptor length with DBD")
    ini.logout()


@suite.case
def mode_sense_single(lab):
    """Single pages, changeable values, cut to any length."""
    ini = session(lab)
    for page in (8, 0x0A):
        full = ini.good(mode_sense6(page), read=252).data
        now = pages_of(full, 4 + full[3])[page, 0]
        data = ini.good(mode_sense6(page, control=1), read=252).data
        mask = pages_of(data, 4 + data[3])[page, 0]
        equal(mask[:2], now[:2], "head of the changeable page")
        for alloc in (0, 1, 4, 15):
            equal(ini.good(mode_sense6(page, alloc), read=alloc).data,
                  full[:alloc], f"cut to {alloc}")
    ini.logout()


@suite.case
def mode_sense_errors(lab):
    """Pages that are not there, saved values."""
    ini = session(lab)
    for page, sub in ((0x2E, 0), (0x0A, 0x55), (8, 0x33)):
        sense(ini, INVALID_FIELD, mode_sense6(page, sub=sub), read=252)
        sense(ini, INVALID_FIELD, mode_sense10(page, sub=sub), read=252)
    sense(ini, (5, 0x39, 0), mode_sense6(8, control=3), read=252)
    ini.logout()


@suite.case
def read_only(lab):
    """LUN 3: WP in the mode header, DATA PROTECT on every write."""
    ini = session(lab)
    check(ini.good(mode_sense6(8), 3, read=252).data[2] & 0x80, "WP is clear")
    equal(ini.good(mode_sense6(8), read=252).data[2] & 0x80, 0, "WP of LUN 1")
    block = bytes(512)
    for cdb, data in ((write6(0, 1), block), (write10(0, 1), block),
                      (write12(0, 1), block), (write16(0, 1), block),
                      (write_same10(0, 1), block), (write_same16(0, 1), block),
                      (unmap(24), unmap_list((0, 8)))):
        sense(ini, WRITE_PROTECTED, cdb, 3, write=data)
    ini.good(read10(0, 1), 3, read=512)
    ini.logout()


# --- blocks ------------------------------------------------------------------------

@suite.case
def out_of_range(lab):
    """Beyond the last block: LBA OUT OF RANGE, and nothing is moved."""
    ini = session(lab)
    for lba, blocks in ((BLOCKS, 1), (BLOCKS - 1, 2), (0, BLOCKS + 1),
                        (0xFFFFFFFF, 1)):
        size = min(blocks, 64) * 512
        for make in (read10, read12, read16):
            if make is read10 and blocks > 65535:
                continue
            task = sense(ini, LBA_RANGE, make(lba, blocks), read=size)
            equal(len(task.data), 0, "bytes")
        for make in (write10, write12, write16):
            sense(ini, LBA_RANGE, make(lba, blocks), write=bytes(size))
    for lba, blocks in ((1 << 63, 1), ((1 << 64) - 1, 1), ((1 << 64) - 1, 2),
                        ((1 << 55), 1), ((1 << 64) - 8, 16)):
        sense(ini, LBA_RANGE, read16(lba, blocks), read=512)
        sense(ini, LBA_RANGE, write16(lba, blocks), write=bytes(512))
    sense(ini, LBA_RANGE, read6(0x1FFFFF, 1), read=512)
    ini.logout()


@suite.case
def out_of_range_zero(lab):
    """Length 0: at the end it is fine, beyond it is not (SBC-4)."""
    ini = session(lab)
    for make in (read10, read16, write10, write16):
        ini.good(make(BLOCKS - 1, 0))
        sense(ini, LBA_RANGE, make(BLOCKS + 1, 0))
    ini.logout()


@suite.case
def protection_bits(lab):
    """RDPROTECT and WRPROTECT without protection information."""
    ini = session(lab)
    for bits in (0x20, 0x60, 0xE0):
        sense(ini, INVALID_FIELD, read10(0, 1, bits), read=512)
        sense(ini, INVALID_FIELD, write16(0, 1, bits), write=bytes(512))
    ini.good(read10(0, 1, 0x18), read=512)
    ini.good(write10(0, 1, 0x18), write=bytes(512))
    ini.logout()


@suite.case
def naca(lab):
    """NACA in the control byte is not supported (SAM-5 5.2)."""
    ini = session(lab)
    for cdb, size in ((read10(0, 1), 512), (tur(), 0), (inquiry(36), 36)):
        sense(ini, INVALID_FIELD, cdb[:-1] + b"\x04", read=size)
    ini.logout()


@suite.case
def synchronize_cache(lab):
    """SYNCHRONIZE CACHE, whole, part, IMMED, out of range."""
    ini = session(lab)
    ini.good(write10(5, 1), write=bytes(512))
    for make in (sync_cache10, sync_cache16):
        for cdb in (make(), make(5, 1), make(0, 0, 2), make(BLOCKS - 1, 1)):
            ini.good(cdb)
        sense(ini, LBA_RANGE, make(BLOCKS, 1))
        sense(ini, LBA_RANGE, make(BLOCKS - 1, 2))
    ini.logout()


def fill(ini, lba, blocks):
    """Known data in BLOCKS from LBA; gives them back."""
    data = os.urandom(blocks * 512)
    ini.good(write10(lba, blocks), write=data)
    return data


@suite.case
def unmapping(lab):
    """UNMAP of several ranges: these blocks are zero, others as before."""
    ini = session(lab)
    data = fill(ini, 0, 128)
    body = unmap_list((8, 8), (64, 16), (32, 0))
    ini.good(unmap(len(body)), write=body)
    back = ini.good(read10(0, 128), read=65536).data
    want = bytearray(data)
    want[8 * 512:16 * 512] = bytes(8 * 512)
    want[64 * 512:80 * 512] = bytes(16 * 512)
    check(back == bytes(want), "blocks after UNMAP")
    ini.good(unmap(0))
    ini.good(unmap(8), write=unmap_list())
    ini.logout()


@suite.case
def unmap_errors(lab):
    """Parameter lists that are too short, too long, or lie."""
    ini = session(lab)
    data = fill(ini, 0, 16)
    good = unmap_list((0, 8))
    for size in (1, 4, 7):
        sense(ini, (5, 0x1A, 0), unmap(size), write=good[:size])
    task = ini.command(unmap(24, anchor=1), write=good)
    equal(task.key, INVALID_FIELD, "ANCHOR")
    for bad in ((BLOCKS, 1), (BLOCKS - 1, 2), (1 << 63, 1),
                ((1 << 64) - 1, 0xFFFFFFFF)):
        body = unmap_list(bad)
        sense(ini, LBA_RANGE, unmap(len(body)), write=body)
    most = struct.unpack_from(">I", vpd(ini, 0xB0), 24)[0]
    body = unmap_list(*((i % 64, 0) for i in range(most + 1)))
    task = ini.command(unmap(len(body)), write=body)
    check(task.key in ((5, 0x26, 0), INVALID_FIELD), f"too many: {task}")
    # Two lengths that say more than there is
    lie = struct.pack(">HH4x", 0xFFFE, 0xFFF0) + good[8:]
    task = ini.command(unmap(len(lie)), write=lie)
    check(task.status in (0, 2), str(task))
    if task.status == 0:
        data = bytes(8 * 512) + data[8 * 512:]
    equal(ini.good(read10(0, 16), read=8192).data, data, "blocks")
    ini.logout()


@suite.case
def write_same(lab):
    """WRITE SAME (10) and (16): one block in each of many."""
    ini = session(lab)
    for make in (write_same10, write_same16):
        data = fill(ini, 0, 64)
        block = os.urandom(512)
        ini.good(make(8, 40), write=block)
        back = ini.good(read10(0, 64), read=32768).data
        check(back == data[:4096] + block * 40 + data[48 * 512:],
              f"blocks after {make.__name__}")
        ini.good(make(8, 40), write=bytes(512))
        back = ini.good(read10(0, 64), read=32768).data
        check(back == data[:4096] + bytes(40 * 512) + data[48 * 512:],
              "zeroes")
    block = os.urandom(4096)
    ini.good(write_same16(3, 5), 2, write=block)
    check(ini.good(read10(3, 5), 2, read=20480).data == block * 5, "LUN 2")
    ini.logout()


@suite.case
def write_same_unmap(lab):
    """WRITE SAME with UNMAP, and with NDOB, leaves zeroes."""
    ini = session(lab)
    data = fill(ini, 0, 64)
    for make in (write_same10, write_same16):
        ini.good(make(8, 8, 8), write=bytes(512))
        back = ini.good(read10(0, 64), read=32768).data
        equal(back[8 * 512:16 * 512], bytes(4096), "unmapped blocks")
        equal(back[:4096], data[:4096], "block before")
    fill(ini, 0, 64)
    task = ini.command(write_same16(8, 8, 9))
    if task.status == 0:
        equal(ini.good(read10(8, 8), read=4096).data, bytes(4096), "NDOB")
    else:
        equal(task.key, INVALID_FIELD, "NDOB")
    ini.logout()


@suite.case
def write_same_errors(lab):
    """Out of range, length 0, more than the limit."""
    ini = session(lab)
    block = bytes(512)
    for make in (write_same10, write_same16):
        sense(ini, LBA_RANGE, make(BLOCKS, 1), write=block)
        sense(ini, LBA_RANGE, make(BLOCKS - 1, 2), write=block)
        sense(ini, INVALID_FIELD, make(0, 1, 0x20), write=block)
    limits = vpd(ini, 0xB0)
    task = ini.command(write_same16(BLOCKS - 1, 0), write=block)
    if limits[4] & 1:
        equal(task.key, INVALID_FIELD, "length 0 with WSNZ")
    else:
        equal(task.status, 0, "length 0")
    most = struct.unpack_from(">Q", limits, 36)[0]
    if 0 < most < 0xFFFFFFFF:
        task = ini.command(write_same16(0, most + 1), 4, write=block)
        equal(task.key, INVALID_FIELD, "more than the limit")
    ini.logout()


# --- REPORT SUPPORTED OPERATION CODES ----------------------------------------------

def supported(ini, lun=1):
    """{(opcode, service action or None): CDB length}."""
    data = ini.good(rsoc(), lun, read=65535).data
    equal(struct.unpack_from(">I", data)[0] + 4, len(data), "RSOC length")
    out, at = {}, 4
    while at < len(data):
        op, action, flags, size = struct.unpack_from(">BxHxBH", data, at)
        out[op, action if flags & 1 else None] = size
        at += 20 if flags & 2 else 8
    return out


@suite.case
def rsoc_all(lab):
    """All commands: those of the issue are among them, each with its length."""
    ini = session(lab)
    found = supported(ini)
    want = {0x00: 6, 0x03: 6, 0x08: 6, 0x0A: 6, 0x12: 6, 0x16: 6, 0x17: 6,
            0x1A: 6, 0x25: 10, 0x28: 10, 0x2A: 10, 0x35: 10, 0x41: 10, 0x42: 10,
            0x56: 10, 0x57: 10, 0x5A: 10,
            0x88: 16, 0x8A: 16, 0x91: 16, 0x93: 16, 0xA0: 12, 0xA8: 12,
            0xAA: 12,
            0x2E: 10, 0x2F: 10, 0x34: 10, 0x89: 16, 0x8B: 16, 0x8E: 16, 0x8F: 16,
            0x90: 16, 0xAE: 12, 0xAF: 12, 0x04: 6, 0x15: 6, 0x1B: 6, 0x1C: 6,
            0x1D: 6, 0x1E: 6, 0x37: 10, 0x3B: 10, 0x3C: 10, 0x4C: 10, 0x4D: 10,
            0x55: 10, 0xB7: 12}
    for op, size in want.items():
        equal(found.get((op, None)), size, f"opcode {op:02x}")
    equal(found.get((0x9E, 0x10)), 16, "READ CAPACITY(16)")
    equal(found.get((0x9E, 0x12)), 16, "GET LBA STATUS")
    for op, action in ((0xA3, 0x05), (0xA3, 0x0F), (0xA4, 0x06), (0xA4, 0x0F)):
        equal(found.get((op, action)), 12, f"{op:02x}/{action:02x}")
    for op, actions in ((0x5E, 4), (0x5F, 8)):
        equal([found.get((op, action)) for action in range(32)],
              [10] * actions + [None] * (32 - actions), f"actions of {op:x}")
    equal(found.get((0xA3, 0x0C)), 12, "RSOC")
    equal(found.get((0xA3, 0x0D)), 12, "task management functions")
    data = ini.good(rsoc(rctd=1), read=65535).data
    check(len(data) > 8 * len(found), "RCTD adds nothing")
    ini.logout()


@suite.case
def rsoc_each(lab):
    """Each command alone: supported, with usage data that begin with its
    opcode; the others are not."""
    ini = session(lab)
    found = supported(ini)
    actions = {op for op, action in found if action is not None}
    for (op, action), size in found.items():
        option = 1 if action is None else 2
        data = ini.good(rsoc(option, op, action or 0), read=64).data
        equal(data[1] & 7, 3, f"support of {op:02x}/{action}")
        equal(struct.unpack_from(">H", data, 2)[0], size, "CDB size")
        equal(data[4], op, "usage data")
        sense(ini, INVALID_FIELD, rsoc(3 - option, op, action or 0), read=64)
    for op in range(256):
        if (op, None) not in found and op not in actions:
            data = ini.good(rsoc(1, op), read=64).data
            equal(data[1] & 7, 1, f"support of {op:02x}")
    ini.logout()


@suite.case
def rsoc_edges(lab):
    """Reserved options, service actions out of range, short lengths."""
    ini = session(lab)
    for option in (4, 5, 7):
        sense(ini, INVALID_FIELD, rsoc(option), read=64)
    for action in (0x1F, 0x20, 0xFFFF):
        task = ini.command(rsoc(2, 0x9E, action), read=64)
        check(task.key == INVALID_FIELD or task.data[1] & 7 == 1, str(task))
        data = ini.good(rsoc(3, 0x9E, action), read=64).data
        equal(data[1] & 7, 1, f"service action {action:x}")
    data = ini.good(rsoc(3, 0x9E, 0x10), read=64).data
    equal(data[1] & 7, 3, "option 3")
    full = ini.good(rsoc(), read=65535).data
    for alloc in (0, 1, 3, 4, 5, 100, 0xFFFFFFFF):
        task = ini.good(rsoc(alloc=alloc), read=4096)
        equal(task.data, full[:min(alloc, 4096)], f"cut to {alloc}")
    ini.logout()


# --- REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS -------------------------------------

@suite.case
def functions(lab):
    """What a session has: the functions of RFC 7144 if it has agreed on level 2, and
    a reset of the target if that is allowed now."""
    iqn = target(lab)
    ini, other = session(lab), session(lab, {"iSCSIProtocolLevel": 2},
                                       isid=bytes.fromhex("80000000ab02"))
    for setting, bit in (("on", 2), ("off", 0), ("default", 0)):
        lab.adm("target", "set", iqn, "reset", setting)
        for lun in (0, 1):
            lab.clear_ua(ini, lun)
            equal(ini.good(rstmf(), lun, read=64).data,
                  bytes([0xD8 | bit, 0, 0, 0]), f"reset {setting}")
        equal(other.good(rstmf(), read=64).data, bytes([0xDC | bit, 7, 0, 0]),
              f"level 2, reset {setting}")
    for nexus in (ini, other):
        nexus.logout()


@suite.case
def functions_extended(lab):
    """REPD: no function takes longer than tmf-timeout, but for its way."""
    ini = session(lab)
    for timeout in (20, 10):
        lab.adm("net", "set", "tmf-timeout", timeout)
        want = struct.pack(">BBHB3xII", 0xD8, 0, 12, 1, 10 * (timeout + 5), 0)
        equal(ini.good(rstmf(1), read=64).data, want, f"{timeout} s")
    for alloc in (4, 5, 15, 16):
        equal(ini.good(rstmf(1, alloc), read=64).data, want[:alloc],
              f"cut to {alloc}")
    for alloc in (0, 3):
        sense(ini, INVALID_FIELD, rstmf(alloc=alloc), read=64)
    ini.logout()


@suite.case
def unsupported_opcodes(lab):
    """What RSOC does not list is INVALID COMMAND OPERATION CODE."""
    ini = session(lab)
    known = {op for op, _ in supported(ini)}
    for op in (op for op in range(256) if op not in known):
        task = ini.command(bytes([op]) + bytes(15))
        equal(task.key, INVALID_OPCODE, f"opcode {op:02x}")
    ini.good(tur())
    ini.logout()


# --- sense and unit attentions --------------------------------------------------------

@suite.case
def request_sense_data(lab):
    """REQUEST SENSE: nothing to say, in both formats, cut."""
    ini = session(lab)
    data = ini.good(request_sense(), read=252).data
    equal((data[0] & 0x7F, data[2] & 15), (0x70, 0), "fixed")
    data = ini.good(request_sense(desc=1), read=252).data
    equal((data[0] & 0x7F, data[1] & 15), (0x72, 0), "descriptor")
    for alloc in (0, 1, 8):
        equal(len(ini.good(request_sense(alloc), read=alloc).data), alloc,
              f"cut to {alloc}")
    ini.logout()


@suite.case
def power_on(lab):
    """A new nexus hears of it once per LUN; INQUIRY, REPORT LUNS and REQUEST
    SENSE come before it (SAM-5 5.14)."""
    ini = lab.login(target(lab), clear_ua=False,
                    isid=bytes.fromhex("80000000cc01"))
    for lun in (1, 2):
        ini.good(inquiry(36), lun, read=36)
        ini.good(report_luns(), lun, read=4096)
        task = ini.command(tur(), lun)
        equal(task.key and task.key[:2], (6, 0x29), f"LUN {lun}")
        ini.good(tur(), lun)
    ini.logout()


@suite.case
def power_on_by_request_sense(lab):
    """REQUEST SENSE returns the unit attention as data, and clears it."""
    ini = lab.login(target(lab), clear_ua=False,
                    isid=bytes.fromhex("80000000cc02"))
    data = ini.good(request_sense(), read=252).data
    equal((data[2] & 15, data[12]), (6, 0x29), "sense data")
    ini.good(tur())
    ini.logout()


@suite.case
def power_on_refuses_io(lab):
    """A write that meets a unit attention writes nothing."""
    ini = session(lab)
    data = fill(ini, 0, 8)
    fresh = lab.login(target(lab), clear_ua=False,
                      isid=bytes.fromhex("80000000cc03"))
    task = fresh.command(write10(0, 8), write=bytes(4096))
    equal(task.key and task.key[:2], (6, 0x29), "sense")
    equal(fresh.good(read10(0, 8), read=4096).data, data, "blocks")
    fresh.logout()
    ini.logout()


@suite.case
def lun_list_changes(lab):
    """A LUN that comes and goes: 3F/0E on the others, for each nexus; I/O to
    others goes on; the LUN is there, then not."""
    ini, other = session(lab), session(lab, name=iscsi.NAME + "b")
    dev = lab.null_blk(4)
    lab.lun(target(lab), 9, dev)
    for nexus in (ini, other):
        equal(nexus.command(tur()).key, LUNS_CHANGED, "after adding")
        nexus.good(tur())
        check(9 in luns(nexus.good(report_luns(), 1, read=4096).data),
              "LUN 9 is not listed")
    lab.clear_ua(ini, 9)
    ini.good(read10(0, 1), 9, read=512)
    lab.clear_ua(ini)
    lab.drop_lun(target(lab), 9)
    equal(ini.command(tur(), 9).key, NO_LUN, "the removed LUN")
    equal(ini.command(tur()).key, LUNS_CHANGED, "after removing")
    ini.good(tur())
    check(9 not in luns(ini.good(report_luns(), 0, read=4096).data),
          "LUN 9 is still listed")
    ini.close()
    other.close()


@suite.case
def lun_removed_under_io(lab):
    """A LUN goes while reads are in flight: each ends, one way or other."""
    dev = lab.null_blk(8)
    lab.lun(target(lab), 8, dev)
    ini = session(lab)
    lab.clear_ua(ini, 8)
    tasks = [ini.issue(read10(i * 64, 64), 8, read=32768) for i in range(100)]
    lab.drop_lun(target(lab), 8)
    ini.wait(tasks)
    check(all(task.status in (0, 2) for task in tasks), "status")
    lab.clear_ua(ini)
    ini.good(read10(0, 1), read=512)
    ini.logout()


def grow(dev, name):
    """The device gets a MiB more; gives back its blocks."""
    size = os.stat(name).st_size + (1 << 20)
    os.truncate(name, size)
    run("losetup", "-c", dev)
    return size >> 9


@suite.case
def capacity_changes(lab):
    """The device grows. The command that finds it out, TEST UNIT READY or READ
    CAPACITY, ends with 2A/09 itself, and the next one of this initiator is
    GOOD. Another initiator is told by its next command."""
    if os.environ.get("KTGT_ORACLE"):
        raise Skip("not with tgtd")
    dev, name = lab.loop(8)
    lab.lun(target(lab), 7, dev)
    ini, other = session(lab), session(lab, isid=b"\x80\0\0\0\0\x07")
    for one in ini, other:
        lab.clear_ua(one, 7)
    for cdb, size in ((tur(), 0), (read_capacity10(), 8),
                      (read_capacity16(), 32)):
        blocks = grow(dev, name)
        sense(ini, CAPACITY_CHANGED, cdb, 7, read=size)
        ini.good(read10(blocks - 1, 1), 7, read=512)
        ini.good(cdb, 7, read=size)
        data = ini.good(read_capacity10(), 7, read=8).data
        equal(struct.unpack(">II", data), (blocks - 1, 512), "capacity")
        sense(other, CAPACITY_CHANGED, read10(0, 1), 7, read=512)
        other.good(read10(blocks - 1, 1), 7, read=512)
    other.logout()
    ini.logout()
    lab.drop_lun(target(lab), 7)


@suite.case
def capacity_shown(lab):
    """The device grows: lun show has the new size at once, and initiators are
    told as if one of them had found it out."""
    if os.environ.get("KTGT_ORACLE"):
        raise Skip("not with tgtd")
    dev, name = lab.loop(8)
    lab.lun(target(lab), 7, dev)
    ini = session(lab)
    lab.clear_ua(ini, 7)
    blocks = grow(dev, name)
    shown = [lu["size"] for lu in lab.adm_json("lun", "show")["lus"]
             if lu["lun"] == 7]
    equal(shown, [blocks << 9], "size")
    sense(ini, CAPACITY_CHANGED, read10(0, 1), 7, read=512)
    ini.good(read10(blocks - 1, 1), 7, read=512)
    ini.logout()
    lab.drop_lun(target(lab), 7)


if __name__ == "__main__":
    suite.main()
