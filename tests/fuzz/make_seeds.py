#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# Writes the seeds of fuzz_cdb, each a small input that goes one way through it.
# They are checked in; what was found by fuzzing stands beside them and is not
# made here.
#
#   make_seeds.py

import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))

# bits of the first byte of a shape: struct input of fuzz_cdb.c, pick_shape()
DEV4K, LU4K, RO, DEVRO, THIN, CACHE, THROUGH, DSENSE = (
    1, 2, 4, 8, 16, 0x40, 0x20, 128)
# bits of the first byte of a command
OTHER, LUN0, NOLUN, ODDLUN, LATER, ABORT, WRONG = 1, 2, 4, 6, 8, 16, 32
# bits of the second
KEEP, GIVEN, MORE, LESS = 32, 0x40, 0x80, 0xc0
# events
RUN, DONE, SIZE, UA, MEMORY, REPLACE, REOPEN, RESET = range(0, 0x100, 0x20)


def shape(first=0, size=2, caps=0, limits=1):
    """The logical unit."""
    return bytes([first, size, caps, limits])


# opcodes of commands that take data
TAKE_DATA = (0x0a, 0x2a, 0xaa, 0x8a, 0x41, 0x93, 0x42)


def cmd(cdb, what=0, how=0, lun=b'', edtl=b'', data=b''):
    """A command."""
    text = bytes([what, how]) + lun + cdb + edtl
    if cdb[0] in TAKE_DATA:
        text += struct.pack('>H', len(data)) + data
    return text


def event(how, more=b''):
    """Something that happens between two commands."""
    return bytes([0xc0, how]) + more


def read10(lba, count, flags=0):
    return struct.pack('>BBIBHB', 0x28, flags, lba, 0, count, 0)


def write10(lba, count, flags=0):
    return struct.pack('>BBIBHB', 0x2a, flags, lba, 0, count, 0)


def read16(lba, count):
    return struct.pack('>BBQIBB', 0x88, 0, lba, count, 0, 0)


def write16(lba, count):
    return struct.pack('>BBQIBB', 0x8a, 0, lba, count, 0, 0)


def same16(lba, count, flags=0):
    return struct.pack('>BBQIBB', 0x93, flags, lba, count, 0, 0)


def unmap(*ranges, length=None):
    """An UNMAP and its parameter list."""
    body = b''.join(struct.pack('>QII', lba, count, 0) for lba, count in ranges)
    data = struct.pack('>HHI', len(body) + 6, len(body), 0) + body
    cdb = struct.pack('>BB5xHB', 0x42, 0, len(data) if length is None
                      else length, 0)
    return {'cdb': cdb, 'data': data}


def inquiry(page=None, alloc=255):
    return struct.pack('>BBBHB', 0x12, page is not None, page or 0, alloc, 0)


def mode6(page, sub=0, flags=0, alloc=255):
    return bytes([0x1a, flags, page, sub, alloc, 0])


def mode10(page, sub=0, flags=0, alloc=512):
    return struct.pack('>BBBB3xHB', 0x5a, flags, page, sub, alloc, 0)


def luns(select, alloc=4096):
    return struct.pack('>BBB3xIBB', 0xa0, 0, select, alloc, 0, 0)


def rsoc(options, opcode=0, action=0, alloc=4096):
    return struct.pack('>BBBBHIBB', 0xa3, 0x0c, options, opcode, action, alloc,
                       0, 0)


TUR = bytes(6)
SENSE = bytes([3, 0, 0, 0, 252, 0])
DSENSE_CDB = bytes([3, 1, 0, 0, 252, 0])
CAPACITY10 = bytes([0x25]) + bytes(9)
CAPACITY16 = bytes([0x9e, 0x10]) + bytes(11) + bytes([32, 0, 0])
SYNC10 = struct.pack('>BBIBHB', 0x35, 2, 0, 0, 8, 0)
SYNC16 = struct.pack('>BBQIBB', 0x91, 0, 0, 8, 0, 0)
BLOCK = bytes(range(256)) * 2

CDB = {
    'read': shape() + cmd(read10(0, 8)) + cmd(read16(5, 1)) +
            cmd(b'\x08\0\0\1\2\0') + cmd(b'\xa8' + bytes(8) + b'\1\0\0'),
    'read-256': shape() + cmd(b'\x08\0\0\1\0\0'),
    'read-part': shape() + cmd(read10(0, 8), how=LESS, edtl=b'\x64') +
                 cmd(read10(0, 8), how=MORE, edtl=b'\x64'),
    'read-end': shape() + cmd(read10(2047, 1)) + cmd(read10(2047, 2)) +
                cmd(read10(2048, 0)) + cmd(read16(2 ** 64 - 1, 2)),
    'read-limit': shape() + cmd(read10(0, 128)) + cmd(read10(0, 129)),
    'read-big': shape(size=10) + cmd(read16(2 ** 41 - 1, 1)) +
                cmd(read16(2 ** 41, 1)),
    'read-error': shape() + cmd(read10(0, 8), how=1) + cmd(read10(0, 8), how=5),
    'read-later': shape() + cmd(read10(0, 8), LATER) +
                  cmd(read10(8, 8), LATER) + event(DONE | 1) + event(DONE),
    'write': shape(CACHE) + cmd(write10(0, 1), data=BLOCK) +
             cmd(write16(9, 1), data=BLOCK) + cmd(write10(0, 1, 8), data=BLOCK),
    'write-through': shape(THROUGH) + cmd(write10(0, 1), data=BLOCK) +
                     cmd(same16(0, 4), data=BLOCK),
    'write-part': shape() + cmd(write10(0, 8), how=LESS, edtl=b'\x64',
                                data=BLOCK),
    'write-protected': shape(RO) + cmd(write10(0, 1), data=BLOCK) +
                       cmd(same16(0, 1), data=BLOCK) + cmd(mode6(0x3f)),
    'write-wrong-way': shape() + cmd(write10(0, 1), WRONG),
    '4096': shape(DEV4K) + cmd(read10(0, 8)) + cmd(write10(255, 1), data=BLOCK) +
            cmd(CAPACITY10) + cmd(read10(0, 1), how=LESS, edtl=b'\xff'),
    'sync': shape() + cmd(SYNC10) + cmd(SYNC16, how=1),
    'same': shape(THIN) + cmd(same16(0, 8), data=BLOCK) +
            cmd(same16(0, 8, 8), data=bytes(512)) + cmd(same16(0, 8, 1)),
    'same-long': shape(size=9) + cmd(same16(0, 0x8000, 1)) +
                 cmd(same16(0, 0x8001, 1)) + cmd(same16(0, 0, 1)),
    'same-abort': shape(DEV4K, size=9) + cmd(same16(0, 0x8000, 1), ABORT),
    'same-edtl': shape() + cmd(same16(0, 8), how=GIVEN, edtl=b'\x10\0',
                               data=BLOCK),
    'unmap': shape(THIN) + cmd(**unmap((0, 8), (8, 8), (100, 1))) +
             cmd(**unmap()) + cmd(**unmap(length=0)),
    'unmap-range': shape(THIN) + cmd(**unmap((2040, 8), (2047, 2))) +
                   cmd(**unmap((2 ** 64 - 1, 1))) + cmd(**unmap((2048, 0))),
    'unmap-list': shape(THIN) + cmd(**unmap((0, 8), length=8)) +
                  cmd(**unmap((0, 8), length=7)) +
                  cmd(**unmap((0, 8), length=20)) +
                  cmd(**unmap((0, 8), length=60)),
    'unmap-limit': shape(THIN, size=14) + cmd(**unmap((0, 0x100001))) +
                   cmd(**unmap((0, 0x80000), (0, 0x80000))) +
                   cmd(**unmap((0, 0x80000), (0, 0x80000), (0, 1))),
    'unmap-many': shape(THIN) + cmd(**unmap(*[(2 * i, 1) for i in range(256)])) +
                  cmd(**unmap(*[(2 * i, 1) for i in range(257)])),
    'unmap-through': shape(THIN | THROUGH) +
                     cmd(**unmap((0, 8), (32, 8)), what=LATER) + event(DONE),
    'unmap-error': shape(THIN) + cmd(**unmap((0, 8), (32, 8), (64, 8)), how=5),
    'inquiry': shape() + cmd(inquiry()) + cmd(inquiry(alloc=5)) +
               cmd(inquiry(), NOLUN) + cmd(inquiry(), LUN0),
    'vpd': shape(THIN) + b''.join(cmd(inquiry(page)) for page in
                                  (0, 0x80, 0x83, 0x86, 0xb0, 0xb1, 0xb2, 0xb3)),
    'vpd-long': shape(THIN, caps=0x8b, limits=0x3d) +
                cmd(inquiry(0x83, 1024)) + cmd(inquiry(0x83, 1024), LUN0) +
                cmd(inquiry(0x80)),
    'vpd-controller': shape() + b''.join(cmd(inquiry(page), LUN0) for page in
                                         (0, 0x80, 0x83, 0x86, 0xb0)),
    'mode': shape(CACHE) + cmd(mode6(0x3f)) + cmd(mode6(0x08)) +
            cmd(mode6(0x3f, 0xff, 8)) + cmd(mode6(0x02)) + cmd(mode6(0xff)) +
            cmd(mode6(0x7f)) + cmd(mode6(0x3f), LUN0),
    'mode10': shape(DSENSE) + cmd(mode10(0x3f)) + cmd(mode10(0x3f, 0, 0x10)) +
              cmd(mode10(0x3f, 0, 8)) + cmd(mode10(0x0a, 1)) +
              cmd(mode10(0x3f, alloc=20)),
    'luns': shape() + cmd(luns(0)) + cmd(luns(1)) + cmd(luns(2)) +
            cmd(luns(3)) + cmd(luns(0, 8)),
    'rsoc': shape(THIN) + cmd(rsoc(0)) + cmd(rsoc(0x80)) +
            cmd(rsoc(1, 0x28)) + cmd(rsoc(0x82, 0x9e, 0x10)) +
            cmd(rsoc(3, 0x9e, 0x11)) + cmd(rsoc(1, 0x9e)) + cmd(rsoc(7)),
    'capacity': shape(THIN, caps=9) + cmd(CAPACITY10) + cmd(CAPACITY16),
    'capacity-big': shape(size=9) + cmd(CAPACITY10) + cmd(CAPACITY16),
    'sense': shape(DSENSE) + cmd(SENSE) + cmd(DSENSE_CDB, OTHER) +
             cmd(SENSE, NOLUN) + cmd(bytes([3, 0, 0, 0, 4, 0])),
    'attention': shape() + event(UA | 1) + event(UA | 3) + event(UA | 2) +
                 cmd(TUR) + cmd(TUR) + cmd(inquiry()) + cmd(TUR) +
                 cmd(TUR, OTHER) + cmd(luns(0), OTHER) + cmd(TUR, OTHER),
    'reset': shape() + event(RESET | 2) + event(RESET | 5) + cmd(TUR) +
             cmd(TUR, OTHER),
    'unknown': shape() + cmd(bytes([0xff]) + bytes(15)) +
               cmd(b'\x9e\x11' + bytes(14)) + cmd(b'\xa3\x0a' + bytes(10)) +
               cmd(b'\xa3\x0a' + bytes(10), NOLUN),
    'reserved-bits': shape() + cmd(b'\0\1\0\0\0\0') +
                     cmd(read10(0, 1, 0x80)) + cmd(SENSE[:5] + b'\4'),
    'odd-lun': shape() + cmd(TUR, ODDLUN, lun=b'\x40\1\0') +
               cmd(TUR, ODDLUN, lun=b'\1\1\0') + cmd(TUR, ODDLUN, lun=b'\0\1\1') +
               cmd(TUR, ODDLUN, lun=b'\xc1\1\0'),
    'lun-257': shape(limits=0x41) + cmd(TUR) + cmd(luns(0)) +
               cmd(TUR, ODDLUN, lun=b'\1\1\0') +
               cmd(TUR, ODDLUN, lun=b'\x41\1\0'),
    'shrink-other': shape() + cmd(TUR, OTHER) + event(SIZE, b'\0\1\x09') +
                    cmd(CAPACITY16) + cmd(TUR, OTHER) + cmd(TUR),
    'shrink': shape() + event(SIZE, b'\0\1\x09') + cmd(CAPACITY10) +
              cmd(read10(1, 1)) + cmd(TUR, OTHER) + cmd(TUR, OTHER) +
              cmd(TUR, OTHER),
    'away': shape() + event(SIZE, b'\0\0\0') + cmd(TUR) + cmd(read10(0, 1)) +
            cmd(CAPACITY16) + event(SIZE, b'\0\1\x0c') + cmd(TUR) + cmd(TUR),
    'replace': shape() + cmd(read10(0, 8), LATER) + event(REPLACE) +
               cmd(TUR) + event(REPLACE) + cmd(TUR) + cmd(TUR) + event(DONE) +
               event(RUN),
    'replace-close': shape() + cmd(TUR, OTHER) + cmd(read10(0, 8), LATER) +
                     event(REPLACE) + event(REPLACE) + cmd(TUR, OTHER) +
                     event(REOPEN | 1) + event(DONE) + event(RUN),
    'reopen': shape() + cmd(TUR, OTHER) + event(REOPEN | 1) + cmd(TUR, OTHER),
    'no-memory': shape() + event(MEMORY | 1) + cmd(inquiry(0x83)) +
                 event(REOPEN) + cmd(TUR) + event(MEMORY | 2) + cmd(TUR) +
                 event(REPLACE) + event(REPLACE),
}


def main():
    for target, seeds in (('cdb', CDB),):
        folder = os.path.join(HERE, 'seeds', target)
        os.makedirs(folder, exist_ok=True)
        for name, text in seeds.items():
            with open(os.path.join(folder, name), 'wb') as out:
                out.write(text)


main()
