#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# Writes the seeds of fuzz_cdb and fuzz_pdu, each a small input that goes one way through it.
# They are checked in; what was found by fuzzing stands beside them and is not
# made here.
#
#   make_seeds.py

import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))

# bits of the first byte of a shape: pick_shape() of cdb/lu.c
DEV4K, LU4K, RO, DEVRO, THIN, CACHE, THROUGH, DSENSE = (
    1, 2, 4, 8, 16, 0x40, 0x20, 128)
# bits of the first byte of a command
OTHER, LUN0, NOLUN, ODDLUN, LATER, ABORT, WRONG, HELD = (
    1, 2, 4, 6, 8, 16, 32, 0x40)
# bits of the second
KEEP, GIVEN, MORE, LESS = 32, 0x40, 0x80, 0xc0
DIFFERS = 16	# of a command of cdb/compare.c
# events
RUN, DONE, SIZE, UA, MEMORY, DISK, REOPEN, RESET = range(0, 0x100, 0x20)
# of DISK: change_disk() of fuzz_cdb.c
(REPLACE, CLOSE, OPEN, SWAP, HAND_OVER, SUBMIT, ABORT_ONE, GO_ON) = range(
    DISK, DISK + 8)
SECOND_REASON = WAIT = 8
# of REOPEN: change_state() of cdb/nexus.c
STATE = REOPEN | 16


def shape(first=0, size=2, caps=0, limits=1):
    """The logical unit."""
    return bytes([first, size, caps, limits])


# opcodes of commands that take data
TAKE_DATA = (0x0a, 0x2a, 0xaa, 0x8a, 0x41, 0x93, 0x42, 0x5f,
             0x89, 0x8b, 0x2e, 0xae, 0x8e, 0x2f, 0xaf, 0x8f, 0x34, 0x90,
             0x15, 0x55, 0x4c, 0x3b, 0x04, 0xa4, 0x48, 0x9c, 0x83)


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


def caw(lba, count, flags=0):
    return struct.pack('>BBQIBB', 0x89, flags, lba, count, 0, 0)


def orwrite(lba, count, flags=0):
    return struct.pack('>BBQIBB', 0x8b, flags, lba, count, 0, 0)


def verify(lba, count, flags=0, opcode=0x2f):
    return struct.pack('>BBIBHB', opcode, flags, lba, 0, count, 0)


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


def rstmf(bits=0, alloc=16):
    return struct.pack('>BBBBBBIBB', 0xa3, 0x0d, bits, 0, 0, 0, alloc, 0, 0)


def rsoc(options, opcode=0, action=0, alloc=4096):
    return struct.pack('>BBBBHIBB', 0xa3, 0x0c, options, opcode, action, alloc,
                       0, 0)


def pr_in(action, alloc=1024):
    return struct.pack('>BB5xHB', 0x5e, action, alloc, 0)


def pr_out(action, key=0, new=0, kind=0, flags=0, more=b'', length=None):
    """A PERSISTENT RESERVE OUT and its parameter list."""
    data = struct.pack('>QQ4xB3x', key, new, flags) + more
    cdb = struct.pack('>BBB2xIB', 0x5f, action, kind,
                      len(data) if length is None else length, 0)
    return {'cdb': cdb, 'data': data}


def pr_move(key, new, name, flags=0, port=1):
    """REGISTER AND MOVE."""
    data = struct.pack('>QQxBHI', key, new, flags, port, len(name)) + name
    return {'cdb': struct.pack('>BBB2xIB', 0x5f, 7, 0, len(data), 0),
            'data': data}


def transport_id(name, kind=0x45):
    name += bytes(4 - len(name) % 4)
    return struct.pack('>BxH', kind, len(name)) + name


def ports(*names):
    """What follows a parameter list with SPEC_I_PT."""
    return struct.pack('>I', sum(map(len, names))) + b''.join(names)


PORT_I = transport_id(b'iqn.i,i,0x000000000000')
PORT_J = transport_id(b'iqn.j,i,0x000000000000')
READS = b''.join(cmd(pr_in(action)) for action in range(5))
def select6(*pages):
    """A MODE SELECT and its parameter list."""
    data = bytes(4) + b''.join(pages)
    return {'cdb': bytes([0x15, 0x10, 0, 0, len(data), 0]), 'data': data}


def select10(*pages):
    data = bytes(8) + b''.join(pages)
    return {'cdb': struct.pack('>BB5xHB', 0x55, 0x10, len(data), 0),
            'data': data}


def caching(wce):
    return bytes([0x08, 18, wce]) + bytes(17)


def control(d_sense, swp):
    return bytes([0x0a, 10, 0x20 | d_sense, 0x10, swp, 0x40]) + bytes(6)


def log_sense(page, pointer=0):
    return struct.pack('>BBBBxHHB', 0x4d, 0, 0x40 | page, 0, pointer, 252, 0)


def log_select(bits=2, page=0, data=b''):
    return {'cdb': struct.pack('>BBB4xHB', 0x4c, bits, page, len(data), 0),
            'data': data}


def buffer(mode, length, offset=0):
    return struct.pack('>BBBBHBHB', 0x3c, mode, 0, 0, offset, 0, length, 0)


def write_buffer(mode, data, offset=0):
    return {'cdb': b'\x3b' + buffer(mode, len(data), offset)[1:], 'data': data}


def maintenance(opcode, action, length, kind=0):
    return struct.pack('>BB4xIBB', opcode, action, length, kind << 1, 0)


def sanitize(action, data=b''):
    return {'cdb': struct.pack('>BB5xHB', 0x48, action, len(data), 0), 'data': data}


def overwrite(pattern, count=1):
    return struct.pack('>BBH', count, 0, len(pattern)) + pattern


def atomic(lba, count, flags=0, boundary=0):
    return struct.pack('>BBQHHBB', 0x9c, flags, lba, boundary, count, 0, 0)


def set_info(kind, data):
    return {'cdb': maintenance(0xa4, 6, len(data), kind), 'data': data}


def blocks(count, lba, to, source=0xffff, target=0xffff, bits=0):
    """A segment descriptor of type 02h."""
    return struct.pack('>BBHHHHHQQ', 2, bits, 24, source, target, 0, count, lba, to)


def in_bytes(count, lba, to, offsets=(0, 0), source=0xffff, target=0xffff):
    """A segment descriptor of type 0Ah."""
    return struct.pack('>BBHHHIQQHH', 10, 0, 28, source, target, count, lba, to,
                       *offsets)


def cscd(naa, block=0, bits=0, kind=0xe4):
    return bytes([kind, bits, 0, 0, 1, 3, 0, len(naa)]) + naa.ljust(21, b'\0') + \
        block.to_bytes(3, 'big')


def copy(*segments, cscds=(), name=0, usage=None, length=None, cut=0, inline=0,
         good=0):
    """An EXTENDED COPY(LID1) and its parameter list, with GOOD as its priority."""
    tail = b''.join(cscds), b''.join(segments)
    usage = (0 if name else 3) if usage is None else usage
    data = struct.pack('>BBH4xII', name, usage << 3 | good, len(tail[0]),
                       len(tail[1]) - cut, inline) + b''.join(tail)
    return {'cdb': struct.pack('>BB8xIBB', 0x83, 0, len(data) if length is None
                               else length, 0, 0), 'data': data}


def copy4(*segments, cscds=(), name=1, flags=0):
    """An EXTENDED COPY(LID4)."""
    tail = b''.join(cscds), b''.join(segments)
    data = struct.pack('>BBH11xBB3xI18xHHH', 1, 0, 32, flags, 0xff, name,
                       len(tail[0]), len(tail[1]), 0) + b''.join(tail)
    return {'cdb': struct.pack('>BB8xIBB', 0x83, 1, len(data), 0, 0), 'data': data}


def results(action, name=0, alloc=252):
    return struct.pack('>BBI4xIBB', 0x84, action, name if action == 5 else
                       name << 24, alloc, 0, 0)


# that of a disk whose shape has 0x80 in its capabilities
NAA = bytes.fromhex('3123456789abcdef')
RESULTS = b''.join(cmd(results(action, 1)) for action in (0, 3, 4, 5))
TUR = bytes(6)
SENSE = bytes([3, 0, 0, 0, 252, 0])
DSENSE_CDB = bytes([3, 1, 0, 0, 252, 0])
CAPACITY10 = bytes([0x25]) + bytes(9)
CAPACITY16 = bytes([0x9e, 0x10]) + bytes(11) + bytes([32, 0, 0])
SYNC10 = struct.pack('>BBIBHB', 0x35, 2, 0, 0, 8, 0)
SYNC16 = struct.pack('>BBQIBB', 0x91, 0, 0, 8, 0, 0)
BLOCK = bytes(range(256)) * 2

CDB = {
    'copy': shape(caps=0x80) + cmd(**copy(
        blocks(100, 0, 1000), blocks(0, 1 << 60, 0), blocks(64, 0, 64, 0, 0),
        in_bytes(8 * 512, 0, 3, (512, 1024), 0), cscds=[cscd(NAA, 512)], name=1)) +
            RESULTS + cmd(inquiry(0x8f)) + cmd(results(0, 9)) + cmd(results(3), LUN0),
    'copy-long': shape(size=4) + cmd(**copy(blocks(5000, 0, 70000),
                                            blocks(5000, 100, 2000),
                                            blocks(5000, 2000, 100), name=1)) + RESULTS,
    'copy-4096': shape(DEV4K, 12, caps=0x80) +
                 cmd(**copy4(blocks(100, 0, 150), blocks(40, 5, 6, bits=2),
                             blocks(8, 0, 9, 0), cscds=[cscd(NAA, 4096)])) + RESULTS +
                 cmd(**copy4(in_bytes(4097, 0, 1))) + cmd(**copy4(blocks(1, 0, 300))) +
                 cmd(**copy4(flags=2)) + cmd(**copy4(flags=1)),
    'copy-segments': shape(DSENSE, caps=0x80) + b''.join(cmd(**copy(
        segment, cscds=[cscd(NAA), cscd(NAA, 4096), cscd(NAA, 0, 1),
                        cscd(NAA, 0, 32), cscd(NAA[:7])], name=1)) for segment in (
            blocks(1, 2048, 0), blocks(1, 0, 2048), blocks(8, 0, 2041),
            blocks(8, 1 << 63, 0), in_bytes(512, 0, 0, (1, 0)),
            in_bytes(512, 0, 0, (0, 1)), in_bytes(511, 0, 0),
            in_bytes((128 << 20) + 512, 0, 0), blocks(1, 0, 9, 0, 1),
            blocks(1, 0, 9, 1, 0), blocks(1, 0, 9, 2), blocks(1, 0, 9, 3),
            blocks(1, 0, 9, 4), blocks(1, 0, 9, 5), blocks(1, 0, 9, 0, 0))) + RESULTS,
    'copy-lists': shape(caps=0x80) + b''.join(cmd(**how) for how in (
        copy(length=0), copy(length=15), copy(length=17), copy(length=65537),
        copy(blocks(1, 0, 9), cscds=[cscd(NAA)] * 17), copy(*[blocks(1, 0, 9)] * 65),
        copy(*[blocks(1, 0, 9)] * 90, cscds=[cscd(NAA)] * 16),
        copy(blocks(1, 0, 9), cscds=[cscd(NAA, kind=0xe0)]), copy(inline=1),
        copy(b'\3' + blocks(1, 0, 9)[1:]), copy(blocks(1, 0, 9), cut=1),
        copy(b'\12' + blocks(1, 0, 9)[1:] + bytes(4)), copy(name=1, usage=1),
        copy(name=1, usage=3), copy(blocks(1, 0, 9), cscds=[bytes(31)]))),
    'copy-error': shape(size=4, caps=0x80) +
                  b''.join(cmd(**copy(blocks(5000, 0, 9000), name=1), how=how) + RESULTS
                           for how in (1, 2, 5, 9, 10, 17, 18, 25)),
    'copy-write-error': shape(size=4) + b''.join(
        cmd(**copy(blocks(5000, 0, 100), name=1, good=1), how=how) + RESULTS
        for how in (1, 9, 12, 13)),
    # what the disk that is asked says before and after something is written
    'copy-asked': shape(size=4) + b''.join(
        cmd(**copy(blocks(1, 0, 9)), what=HELD) + event(STATE | state << 1) +
        event(SUBMIT, b'\0') + event(STATE) for state in (2, 3, 4)) +
                  cmd(**copy(blocks(5000, 0, 9000), name=1), what=LATER) +
                  event(DONE) + event(GO_ON) + event(STATE | 4 << 1) +
                  event(DONE) + event(GO_ON) + event(STATE) + RESULTS +
                  cmd(**copy(blocks(1, 0, 9)), what=HELD) +
                  event(SIZE, b'\0\0\0') + cmd(TUR) + event(SUBMIT, b'\0'),
    'copy-sanitized': shape() + cmd(**copy(blocks(1, 0, 9)), what=HELD) +
                      cmd(**sanitize(0x22), how=8) + event(SUBMIT, b'\0') +
                      cmd(**sanitize(0x1f)) +
                      cmd(**copy(blocks(1, 0, 9)), what=LATER) +
                      cmd(**sanitize(0x82), what=LATER) +
                      (event(DONE) + event(GO_ON)) * 4,
    # MEDIUM MAY HAVE CHANGED, before it and in the middle
    'copy-medium': shape(size=4) + cmd(**copy(blocks(1, 0, 9)), what=HELD) +
                   event(UA | 15) + event(SUBMIT, b'\0') + cmd(TUR) +
                   cmd(**copy(blocks(5000, 0, 9000), name=1), what=LATER) +
                   event(DONE) + event(GO_ON) + event(UA | 15) + event(DONE) +
                   event(GO_ON) + cmd(TUR) + RESULTS,
    'copy-protected': shape(RO) + cmd(**copy(blocks(1, 0, 9), name=1)) + RESULTS,
    'copy-conflict': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1), what=OTHER) +
                     cmd(**copy(blocks(1, 0, 9)), what=HELD) +
                     cmd(**pr_out(1, 1, 0, 1), what=OTHER) + event(SUBMIT, b'\0') +
                     cmd(**copy(blocks(1, 0, 9))) + cmd(results(3)),
    'copy-later': shape(size=4) + cmd(**copy(blocks(5000, 0, 9000), name=1),
                                      what=LATER) + cmd(results(0, 1)) +
                  cmd(**copy(blocks(1, 0, 9), name=1)) + (event(DONE) +
                                                          event(GO_ON)) * 6 + RESULTS,
    'copy-abort': shape(size=4) + cmd(**copy(blocks(5000, 0, 9000), name=1),
                                      what=LATER) + event(ABORT_ONE, b'\0') +
                  event(DONE) + RESULTS + cmd(**copy(blocks(5000, 0, 9000)),
                                              what=LATER) + event(DONE) +
                  event(ABORT_ONE, b'\x80') + event(RESET),
    'copy-gate': shape(size=4) + event(CLOSE) + cmd(**copy(blocks(1, 0, 9), name=1)) +
                 event(OPEN) + event(GO_ON) + cmd(**copy(blocks(5000, 0, 9000)),
                                                  what=LATER) + event(CLOSE) +
                 event(DONE) + event(GO_ON) + cmd(read10(0, 8)) + event(OPEN) +
                 event(GO_ON) + event(DONE) * 2 + event(CLOSE) + event(GO_ON) +
                 event(ABORT_ONE, b'\0') + event(OPEN),
    'copy-gone': shape(size=4) + cmd(**copy(blocks(5000, 0, 9000)), what=LATER) +
                 event(REPLACE) + event(DONE) + event(GO_ON) + event(REPLACE) +
                 event(GO_ON),
    'copy-swap': shape(size=4) + cmd(**copy(blocks(5000, 0, 9000)), what=LATER) +
                 event(SWAP, b'\0') + event(DONE) + event(GO_ON) + event(DONE) +
                 event(GO_ON) + event(HAND_OVER) + event(DONE) + event(GO_ON),
    'copy-tracked': shape(size=4) + cmd(caw(0, 1), data=BLOCK * 2) +
                    cmd(**copy(blocks(5000, 0, 9000)), what=LATER) +
                    cmd(caw(0, 1), data=BLOCK * 2) + event(DONE) + event(GO_ON) +
                    cmd(caw(9000, 1), LATER, data=BLOCK * 2) + event(DONE) +
                    event(GO_ON) + event(ABORT_ONE, b'\0'),
    'copy-memory': shape(size=4) + event(MEMORY | 1) + cmd(**copy(blocks(1, 0, 9))) +
                   event(MEMORY | 2) + cmd(**copy(blocks(1, 0, 9))) +
                   event(MEMORY | 3) + cmd(**copy(blocks(1, 0, 9))),
    'mode-select': shape() + cmd(**select6(control(4, 8), caching(0))) +
                   cmd(write10(0, 8), data=BLOCK * 8) + cmd(mode6(0x3f)) +
                   cmd(TUR, OTHER) + cmd(TUR, OTHER) +
                   cmd(**select10(control(0, 0))) +
                   cmd(write10(0, 8), data=BLOCK * 8) +
                   cmd(**select6(control(0, 0), caching(1))) + cmd(mode6(0x4a)),
    'mode-select-cache': shape(0, 2, 16) + cmd(write10(0, 8), LATER,
                                               data=BLOCK * 8) +
                         cmd(**select6(caching(0)), how=KEEP) + event(DONE) +
                         event(RUN) + event(RUN) + event(DISK | 7) +
                         cmd(write10(0, 8), data=BLOCK * 8) +
                         cmd(**select6(caching(4))) + event(RESET) +
                         event(DISK | 7) + cmd(mode6(8)),
    'mode-select-aborted': shape(0, 2, 16) + cmd(write10(0, 8), LATER,
                                                 data=BLOCK * 8) +
                           cmd(**select6(caching(0)), how=KEEP) +
                           event(ABORT_ONE, b'\x01') + event(DONE) +
                           event(DISK | 7),
    'disk': shape() + b''.join(cmd(cdb) for cdb in (
        bytes([0x1b, 0, 0, 0, 0, 0]), bytes([0x1b, 1, 0, 0, 1, 0]),
        bytes([0x1e, 0, 0, 0, 1, 0]), bytes([0x1b, 0, 0, 0, 2, 0]),
        struct.pack('>BBB4xHB', 0x37, 0, 0x1d, 8, 0),
        struct.pack('>BBIIBB', 0xb7, 0x18, 0, 252, 0, 0),
        struct.pack('>BBQIBB', 0x9e, 0x12, 5, 24, 0, 0),
        struct.pack('>BBQIBB', 0x9e, 0x12, 1 << 40, 24, 0, 0))) +
            cmd(bytes([4, 0, 0, 0, 0, 0])) +
            cmd(bytes([4, 0x10, 0, 0, 0, 0]), data=bytes(4)) +
            cmd(bytes([4, 0x30, 0, 0, 0, 0]), data=bytes(7) + b'\1') +
            cmd(bytes([0x1d, 4, 0, 0, 0, 0]), LATER) + event(DONE) +
            cmd(bytes([0x1c, 1, 0, 0, 252, 0])) +
            cmd(bytes([0x1d, 4, 0, 0, 0, 0]), LUN0),
    'sanitize': shape() + cmd(**sanitize(1, overwrite(b'abc', 0x82))) +
                cmd(read10(0, 8)) + cmd(**sanitize(0xa1, overwrite(BLOCK, 3))) +
                cmd(**sanitize(2)) + cmd(**sanitize(0x1f)) + cmd(**sanitize(3)) +
                cmd(**sanitize(1, overwrite(b'a', 0))) +
                cmd(**sanitize(1, overwrite(b'')[:4])),
    'sanitize-thin': shape(THIN) + cmd(**sanitize(2)) +
                     cmd(struct.pack('>BBQIBB', 0x9e, 0x12, 5, 24, 0, 0)) +
                     cmd(read10(0, 8)) + cmd(write10(0, 1), data=BLOCK) +
                     cmd(struct.pack('>BBQIBB', 0x9e, 0x12, 5, 24, 0, 0)) +
                     cmd(**sanitize(2), how=16),
    'sanitize-meanwhile': shape() + cmd(TUR, OTHER) +
                          cmd(write10(0, 1), HELD, data=BLOCK) +
                          cmd(read10(0, 8), OTHER | LATER) +
                          cmd(**sanitize(0x82), what=LATER) + cmd(TUR) +
                          event(DONE) + event(GO_ON) + cmd(SENSE) +
                          cmd(DSENSE_CDB, OTHER) + cmd(inquiry(), OTHER) +
                          cmd(read10(0, 8)) + cmd(**sanitize(2)) +
                          event(SUBMIT, b'\0') + event(DONE) + event(GO_ON) +
                          event(DONE) + event(GO_ON) + cmd(TUR),
    'sanitize-fails': shape() + cmd(**sanitize(0x22), how=8) + cmd(TUR) +
                      cmd(SENSE) + cmd(read10(0, 8)) + cmd(**sanitize(0x1f)) +
                      cmd(TUR) + cmd(**sanitize(2), how=8) +
                      cmd(**sanitize(0x1f)) + cmd(**sanitize(0x22)) +
                      cmd(**sanitize(2)) + cmd(TUR),
    'sanitize-aborted': shape() + cmd(TUR, OTHER) +
                        cmd(**sanitize(2), what=LATER) +
                        event(ABORT_ONE, b'\0') + event(DONE) + event(GO_ON) +
                        event(RESET) + event(GO_ON) + cmd(SENSE) + event(DONE) +
                        event(GO_ON) + cmd(TUR),
    'sanitize-gate': shape(size=4) + cmd(**sanitize(0x82), what=LATER) +
                     event(CLOSE) + event(DONE) + event(GO_ON) + cmd(TUR) +
                     event(OPEN) + event(GO_ON) + event(DONE),
    'sanitize-swap': shape(size=4) + cmd(**sanitize(2), what=LATER) +
                     event(SWAP | WAIT, b'\2') + event(DONE) + event(GO_ON) +
                     cmd(TUR) + cmd(TUR) + cmd(**sanitize(2)) + cmd(TUR),
    'sanitize-replace': shape(size=4) + cmd(**sanitize(2), what=LATER) +
                        event(REPLACE) + event(REPLACE) + event(DONE) +
                        event(GO_ON) + cmd(TUR) + cmd(TUR) + cmd(read10(0, 8)),
    'sanitize-shrink': shape(size=4) + cmd(**sanitize(0x82), what=LATER) +
                       event(SIZE, b'\0\1\x09') + cmd(TUR) + event(DONE) +
                       event(GO_ON) + cmd(TUR) + cmd(TUR, OTHER),
    'atomic': shape(limits=0x81) + cmd(atomic(0, 8), data=BLOCK * 8) +
              cmd(atomic(2, 128, 8), data=BLOCK) + cmd(atomic(2, 130)) +
              cmd(atomic(1, 2)) + cmd(atomic(0, 1)) + cmd(atomic(0, 0)) +
              cmd(atomic(0, 2, 0, 2)) + cmd(atomic(2047, 2)) +
              cmd(atomic(0, 2), how=LESS, edtl=b'\1', data=BLOCK) +
              cmd(inquiry(0xb0)) + cmd(rsoc(1, 0x9c)),
    'atomic-boundary': shape(caps=2, limits=0x81) + cmd(atomic(128, 8), data=BLOCK) +
                       cmd(atomic(2, 8)) + cmd(inquiry(0xb0)),
    'atomic-none': shape() + cmd(atomic(0, 8), data=BLOCK) + cmd(rsoc(1, 0x9c)),
    # capabilities with the bit that says removable
    'removable': shape(caps=64) + cmd(bytes([0x12, 0, 0, 0, 36, 0])) +
                 b''.join(cmd(cdb, who) for cdb, who in (
        (bytes([0x1b, 0, 0, 0, 2, 0]), 0), (bytes([0x1b, 1, 0, 0, 3, 0]), OTHER),
        (bytes([0x1e, 0, 0, 0, 1, 0]), 0), (bytes([0x1b, 0, 0, 0, 2, 0]), OTHER),
        (bytes([0x1b, 0, 0, 0, 0x52, 0]), OTHER),
        (bytes([0x1e, 0, 0, 0, 0, 0]), 0), (bytes([0x1b, 0, 0, 0, 3, 0]), 0),
        (bytes([0x1e, 0, 0, 0, 1, 0]), OTHER))) +
                 event(RESET) + cmd(TUR) + cmd(bytes([0x1b, 0, 0, 0, 2, 0])),
    'log': shape() + cmd(read10(0, 8)) + cmd(log_sense(0)) + cmd(log_sense(0x19)) +
           cmd(**log_select()) + cmd(log_sense(0x19, 2)) + cmd(log_sense(0x2f)) +
           cmd(**log_select(0, data=b'\x19\0\0\0')) +
           cmd(**log_select(0, data=b'\x19\0\0\4\0\1\3\0')) + cmd(TUR, OTHER) +
           cmd(TUR, OTHER) + cmd(log_sense(0), LUN0),
    'buffers': shape() + cmd(buffer(10, 64)) + cmd(**write_buffer(2, BLOCK, 100)) +
               cmd(buffer(2, 4096)) + cmd(**write_buffer(10, BLOCK)) +
               cmd(buffer(10, 64)) + cmd(buffer(3, 4)) + cmd(buffer(11, 4)) +
               event(REOPEN) + cmd(buffer(10, 64)) + event(MEMORY | 1) +
               cmd(**write_buffer(2, BLOCK)),
    'told': shape() + cmd(maintenance(0xa3, 15, 12)) +
            cmd(maintenance(0xa4, 15, 12), data=bytes(4) + b'\1\2\3\4\5\6\0\0') +
            cmd(maintenance(0xa3, 15, 12)) + cmd(**set_info(0, b'abc')) +
            cmd(maintenance(0xa3, 5, 300)) + cmd(**set_info(2, b'abc')) +
            cmd(**set_info(2, b'abc\0')) + cmd(maintenance(0xa3, 5, 300, 2)) +
            cmd(maintenance(0xa3, 5, 300, 0x7f)) + cmd(**set_info(0, bytes(65))) +
            cmd(TUR, OTHER) * 3,
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
    'reserve': shape() + cmd(b'\x16' + bytes(5)) + cmd(TUR, OTHER) * 2 +
               cmd(read10(0, 8), OTHER) + cmd(b'\x57' + bytes(9), OTHER) +
               cmd(luns(0), OTHER) + cmd(b'\x17' + bytes(5)) + cmd(TUR, OTHER),
    'reserve-lost': shape() + cmd(b'\x56' + bytes(9)) + cmd(TUR, OTHER) * 2 +
                    event(RESET) + cmd(TUR, OTHER) * 2 +
                    cmd(b'\x16' + bytes(5), OTHER) + event(REOPEN | 1) +
                    cmd(read10(0, 8)),
    'pr': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1)) +
          cmd(**pr_out(6, 0, 2), what=OTHER) + cmd(**pr_out(1, 1, 0, 5)) + READS +
          cmd(write10(0, 1), OTHER, data=BLOCK) + cmd(**pr_out(2, 1, 0, 3)) +
          cmd(**pr_out(2, 1, 0, 5)) + cmd(TUR, OTHER) +
          cmd(**pr_out(1, 2, 0, 8), what=OTHER) + READS +
          cmd(**pr_out(3, 1)) + cmd(TUR, OTHER) + READS,
    'pr-conflict': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1)) +
                   cmd(**pr_out(1, 1, 0, 3)) + cmd(read10(0, 8), OTHER) +
                   cmd(write10(0, 1), OTHER, data=BLOCK) +
                   cmd(SYNC10, OTHER) + cmd(mode6(0x3f), OTHER) +
                   cmd(CAPACITY10, OTHER) + cmd(TUR, OTHER) +
                   cmd(**pr_out(1, 1, 0, 1), what=OTHER) +
                   cmd(**pr_out(0, 1, 2), what=OTHER) +
                   cmd(b'\x16' + bytes(5), OTHER) + cmd(b'\x16' + bytes(5)),
    'pr-late': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1)) +
               cmd(write10(0, 1), OTHER | HELD, data=BLOCK) +
               cmd(read10(0, 8), OTHER | HELD) + cmd(**pr_out(1, 1, 0, 3)) +
               event(SUBMIT, b'\0') * 2,
    'pr-preempt': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1)) +
                  cmd(**pr_out(0, 0, 2), what=OTHER) +
                  cmd(**pr_out(1, 2, 0, 3), what=OTHER) +
                  cmd(**pr_out(4, 1, 2, 1)) + READS + cmd(TUR, OTHER) * 2 +
                  cmd(**pr_out(4, 1, 1, 7)) + cmd(**pr_out(4, 1, 0, 6)) +
                  cmd(**pr_out(4, 1, 9, 6)) + READS,
    'pr-abort': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1)) +
                cmd(**pr_out(0, 0, 2), what=OTHER) +
                cmd(read10(0, 8), OTHER | LATER) +
                cmd(read10(8, 8), LATER) + cmd(**pr_out(5, 1, 2, 3)) +
                cmd(TUR, OTHER) * 2 + event(DONE) + event(DONE | 1) + READS,
    'pr-abort-aborted': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1)) +
                        cmd(**pr_out(0, 0, 2), what=OTHER) +
                        cmd(read10(0, 8), OTHER | LATER) +
                        cmd(**pr_out(5, 1, 2, 3)) + event(ABORT_ONE, b'\1') +
                        event(RESET) + event(REPLACE) + event(DONE) + event(GO_ON),
    'pr-ports': shape() +
                cmd(**pr_out(0, 0, 1, flags=12,
                             more=ports(PORT_I, PORT_J,
                                        transport_id(b'iqn.k,i,0x1f' +
                                                     bytes(12))))) +
                READS + cmd(TUR, OTHER) * 2 + cmd(**pr_out(3, 1)) +
                cmd(**pr_out(0, 0, 1, flags=8,
                             more=ports(transport_id(b'iqn.i' + bytes(16), 5)))) +
                READS + cmd(**pr_out(0, 0, 1, flags=1), what=OTHER),
    'pr-ports-bad': shape() + cmd(**pr_out(0, 0, 1, flags=8)) +
                    cmd(**pr_out(0, 0, 1, flags=8, more=ports(PORT_I)[:-4])) +
                    cmd(**pr_out(0, 0, 1, flags=8, more=ports(b'\x46' +
                                                              PORT_I[1:]))) +
                    cmd(**pr_out(0, 0, 1, more=ports())) +
                    cmd(**pr_out(0, 0, 1, length=20)) +
                    cmd(**pr_out(3, 0, 1, length=28)) +
                    cmd(**pr_out(1, 0, 1, 2)) + cmd(**pr_out(1, 0, 1, 0x13)),
    'pr-move': shape() + cmd(TUR, OTHER) + cmd(**pr_out(0, 0, 1)) +
               cmd(**pr_move(1, 2, PORT_I)) + cmd(**pr_out(1, 1, 0, 5)) +
               cmd(**pr_move(1, 2, PORT_J)) + cmd(**pr_move(1, 2, PORT_I)) +
               READS + cmd(**pr_move(2, 1, PORT_J, 2), what=OTHER) + READS +
               cmd(**pr_move(1, 3, PORT_I, 0, 2)) +
               cmd(**pr_move(1, 3, PORT_I[:-4])) +
               cmd(**pr_move(1, 3, transport_id(b'iqn.i' + bytes(16), 5))),
    'functions': shape() + cmd(rstmf()) + cmd(rstmf(0x80)) +
                 cmd(rstmf(0x80), OTHER) + cmd(rstmf(0x80, 9), LUN0) +
                 cmd(rstmf(alloc=3)) + cmd(rstmf(1)),
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
    'away-below-block': shape() + cmd(read10(0, 1), HELD) +
                        event(SIZE, b'\0\1\0') + cmd(TUR) +
                        event(SUBMIT, b'\0'),
    'replace': shape() + cmd(read10(0, 8), LATER) + event(REPLACE) +
               cmd(TUR) + event(REPLACE) + cmd(TUR) + cmd(TUR) + event(DONE) +
               event(RUN),
    'replace-close': shape() + cmd(TUR, OTHER) + cmd(read10(0, 8), LATER) +
                     event(REPLACE) + event(REPLACE) + cmd(TUR, OTHER) +
                     event(REOPEN | 1) + event(DONE) + event(RUN),
    'gate': shape() + event(CLOSE) + cmd(read10(0, 8)) + cmd(read10(8, 8)) +
            event(CLOSE | SECOND_REASON) + event(OPEN) + cmd(read10(16, 8)) +
            event(OPEN | SECOND_REASON) + event(GO_ON),
    'gate-abort': shape() + event(CLOSE) + cmd(read10(0, 8)) + cmd(SYNC10) +
                  event(ABORT_ONE, b'\0') + event(RESET | 2) + event(OPEN),
    'gate-removal': shape() + cmd(read10(0, 8), LATER) + event(CLOSE) +
                    cmd(read10(0, 8)) + event(REPLACE) + event(REPLACE) +
                    cmd(TUR) + cmd(TUR) + cmd(read10(0, 8)) + event(DONE),
    'gate-steps': shape(THIN) +
                  cmd(**unmap((0, 8), (16, 8), (32, 8)), what=LATER) +
                  event(CLOSE) + event(DONE) + event(GO_ON) + event(OPEN) +
                  event(GO_ON),
    'swap': shape() + cmd(read10(0, 8), LATER) + event(SWAP | WAIT, b'\2') +
            cmd(read10(0, 8)) + event(DONE) + event(GO_ON),
    'swap-at-once': shape() + cmd(read10(0, 8), LATER) + event(SWAP, b'\2') +
                    cmd(read10(0, 8)) + event(DONE) + event(GO_ON),
    'swap-twice': shape() + cmd(read10(0, 8), LATER) +
                  event(SWAP | WAIT, b'\2') + event(SWAP | WAIT, b'\2') +
                  event(GO_ON) + cmd(read10(0, 8)) + event(DONE),
    'swap-smaller': shape() + cmd(read10(100, 8), HELD) +
                    cmd(write10(0, 1), HELD, data=BLOCK) +
                    event(SWAP, b'\x10') + event(GO_ON),
    'hand-over': shape() + cmd(read10(0, 8), LATER) + event(HAND_OVER) +
                 cmd(TUR) + cmd(TUR) + cmd(read10(0, 8)) + event(DONE) +
                 event(GO_ON),
    'closed-capacity': shape() + cmd(CAPACITY10, HELD) + event(MEMORY | 1) +
                       event(REPLACE) + event(MEMORY) + event(RUN) * 3 +
                       event(SUBMIT, b'\0'),
    'caw': shape() + cmd(caw(0, 1), data=2 * BLOCK) + cmd(caw(0, 0)) +
           cmd(caw(3, 9, 8), data=18 * BLOCK),
    'caw-differs': shape() + cmd(caw(0, 1), how=DIFFERS, data=2 * BLOCK) +
                   cmd(caw(0, 200), how=DIFFERS, data=9 * BLOCK),
    'caw-limit': shape() + cmd(caw(0, 255), data=BLOCK) + cmd(caw(0, 256)) +
                 cmd(caw(0, 1), how=LESS, edtl=b'\1', data=BLOCK),
    'caw-4096': shape(DEV4K) + cmd(caw(0, 128), data=BLOCK) +
                cmd(caw(0, 129), data=BLOCK),
    'caw-tracks': shape() + cmd(read10(0, 8), LATER) +
                  cmd(caw(0, 1), data=2 * BLOCK) +
                  cmd(write10(0, 1), OTHER, data=BLOCK) + event(DONE) +
                  event(GO_ON),
    'caw-waits': shape() + cmd(caw(0, 1), data=2 * BLOCK) +
                 cmd(caw(0, 1), LATER, data=2 * BLOCK) +
                 cmd(write10(0, 1), data=BLOCK) + cmd(orwrite(0, 2), data=BLOCK) +
                 cmd(read10(1, 8)) + event(DONE) + event(GO_ON) + event(DONE) +
                 event(GO_ON),
    'caw-abort': shape() + cmd(caw(0, 1), data=2 * BLOCK) +
                 cmd(caw(0, 1), LATER, data=2 * BLOCK) +
                 cmd(write10(0, 1), data=BLOCK) + event(ABORT_ONE, b'\1') +
                 event(ABORT_ONE, b'\0') + event(DONE) + event(GO_ON),
    'caw-reset': shape() + cmd(caw(0, 1), data=2 * BLOCK) +
                 cmd(caw(0, 1), LATER, data=2 * BLOCK) +
                 cmd(write10(0, 1), data=BLOCK) + event(RESET | 2) + event(DONE) +
                 event(GO_ON),
    'caw-swap': shape() + cmd(read10(0, 8), LATER) +
                cmd(caw(0, 1), data=2 * BLOCK) + event(SWAP, b'\2') +
                event(GO_ON) + event(DONE) + event(GO_ON),
    'caw-removal': shape() + cmd(read10(0, 8), LATER) +
                   cmd(caw(0, 1), data=2 * BLOCK) + event(REPLACE) + event(DONE) +
                   event(GO_ON),
    'caw-frozen': shape() + event(CLOSE) + cmd(caw(0, 1), data=2 * BLOCK) +
                  event(GO_ON) + event(OPEN) + event(GO_ON),
    'caw-no-memory': shape() + event(MEMORY | 1) +
                     cmd(caw(0, 1), data=2 * BLOCK) + event(MEMORY) +
                     cmd(caw(0, 1), data=2 * BLOCK) + event(MEMORY | 1) +
                     cmd(write10(0, 1), data=BLOCK),
    'tracked-steps': shape(THIN) + cmd(caw(0, 1), data=2 * BLOCK) +
                     cmd(same16(0, 0x7000), data=BLOCK) +
                     cmd(**unmap((0, 8), (0x4000, 0x8000))),
    'orwrite': shape() + cmd(orwrite(0, 9, 8), data=BLOCK) + cmd(orwrite(0, 0)) +
               cmd(orwrite(0, 200), how=LESS, edtl=b'\1', data=BLOCK),
    'verify': shape(CACHE) + cmd(verify(0, 200)) +
              cmd(verify(0, 200, 2), data=BLOCK) + cmd(verify(0, 8, 6), data=BLOCK) +
              cmd(verify(0, 8, 4)) + cmd(verify(0, 0, 2)),
    'verify-differs': shape() + cmd(verify(0, 200, 2), how=DIFFERS, data=BLOCK) +
                      cmd(verify(0, 200, 6), how=DIFFERS, data=BLOCK),
    'verify-cache': shape(0, caps=16) + cmd(verify(0, 8)) +
                    cmd(verify(0, 8, 2, 0x2e), data=BLOCK),
    'verify-frozen': shape() + cmd(verify(0, 300), LATER) + event(CLOSE) +
                     event(DONE) + event(GO_ON) + event(OPEN) + event(GO_ON),
    'write-verify': shape() + cmd(verify(0, 8, 0, 0x2e), data=BLOCK) +
                    cmd(verify(0, 200, 2, 0x2e), data=BLOCK) +
                    cmd(verify(0, 8, 2, 0x2e), how=DIFFERS, data=BLOCK) +
                    cmd(verify(0, 8, 6, 0x2e), data=BLOCK),
    'fetch': shape() + cmd(verify(0, 8, 2, 0x34)) + cmd(verify(0, 0, 0, 0x34)) +
             cmd(verify(2000, 50, 0, 0x34)),
    'reopen': shape() + cmd(TUR, OTHER) + event(REOPEN | 1) + cmd(TUR, OTHER),
    'no-memory': shape() + event(MEMORY | 1) + cmd(inquiry(0x83)) +
                 event(REOPEN) + cmd(TUR) + event(MEMORY | 2) + cmd(TUR) +
                 event(REPLACE) + event(REPLACE),
}


# --- fuzz_pdu ----------------------------------------------------------------

# the lengths of take_len()
LENS = (0, 1, 4, 48, 511, 512, 513, 1024, 2048, 4095, 4096, 4097, 8191, 8192,
        8193, 12288, 16384, 32768, 65535, 65536, 65537, 69632, 131072, 262143,
        262144, 262145, 524288, 1048576, 1048577, 3145728, 4194304, 16777215)

# steps, and the bits that go with them
(COMMAND, DATA_OUT, NOP, TMF, TEXT, LOGOUT, HEADER, BYTES, COMPLETE, ROOM,
 DELIVER, TIME, MEM, CONNECT, HANG_UP, OTHER_STEP) = range(16)
PEER1, PEER2, HOLD, IMM = 0x10, 0x20, 0x40, 0x80
# what is agreed upon at login
HDIGEST, DDIGEST, R2T, NOIMM = 1, 2, 4, 8
SEG512, SEG8K, SEG64K, SEG256K = 0, 0x10, 0x20, 0x30
BURST512, BURST4K, BURST64K, BURST256K = 0, 0x40, 0x80, 0xc0
FIRST512, FIRST4K, FIRST64K, FIRST256K = 0, 0x100, 0x200, 0x300
DISCOVERY, LEVEL2 = 0x8000, 0x2000
PLAIN = SEG64K | BURST64K | FIRST64K | 7 << 10
# the name of the session, and how its numbers and pieces are
OVERFLOW, PIECES = 0x40, 0x80
# bits of flags of a SCSI Command, and of what is not in the PDU
FINAL, READ, WRITE, WITH_DATA, ALL_DATA = 0x80, 0x40, 0x20, 4, 12
ORDERED, HEAD = 2, 3
# of the third byte
AHS, BADDIGEST, STALE, BEYOND, GAP, ATTR = 1, 2, 4, 8, 16, 32
# of the first byte of what makes the CDB
NONE, IN, OUT, PEND, OWN_LEN, SHORTER = 0, 1, 2, 4, 64, 128
CHECK = 4 << 3
# of Data-Out
UNSOL, OWN = 64, 128
TTT, ITT, DATASN, OFFSET, EARLY, LONG, OUTDIGEST, NOTFINAL = (
    1 << i for i in range(8))


def length(size):
    """A length as take_len() reads it."""
    if size in LENS:
        return bytes([LENS.index(size)])
    return bytes([128 | size >> 8, size & 255])


def login(how=PLAIN, name=0):
    return struct.pack('>HB', how, name)


def scsi(flags, edtl, cdb, tag=1, how=0, wanted=None, shorter=None, data=None,
         what=0):
    """A SCSI Command."""
    if wanted is not None:
        cdb |= OWN_LEN
    if shorter is not None:
        cdb |= SHORTER
    text = bytes([COMMAND | what, flags, how, tag]) + length(edtl)
    text += bytes([cdb])
    if wanted is not None:
        text += length(wanted)
    if shorter is not None:
        text += struct.pack('>H', shorter)
    if flags & WITH_DATA:
        text += length(data or 0)
    return text


def read(edtl, tag=1, cdb=0, **more):
    return scsi(FINAL | READ, edtl, IN | cdb, tag, **more)


def write(edtl, tag=1, cdb=0, flags=FINAL, data=None, **more):
    if data is not None:
        flags |= WITH_DATA
    return scsi(flags | WRITE, edtl, OUT | cdb, tag, data=data, **more)


def read_as(attr, edtl, tag, cdb=0):
    """A READ with this task attribute."""
    return scsi(FINAL | READ | attr, edtl, IN | cdb, tag)


def out(which=0, how=0, size=None, what=0):
    """A Data-Out: for an R2T, or for a task with UNSOL and its tag."""
    if size is not None:
        which |= OWN
    return (bytes([DATA_OUT | what, which, how]) +
            (length(size) if size is not None else b''))


def step(kind, *args):
    return bytes([kind, *args])


def nop(size=0, how=3, what=0):
    return step(NOP | what, how) + length(size)


def tmf(function, tag=1, lun=0, ref=0, what=IMM):
    return step(TMF | what, function | lun << 4 | ref << 6, tag)


def text(how, data=None):
    return step(TEXT, how) + (bytes([len(data)]) + data
                              if data is not None else b'')


def room(size, what=0):
    return step(ROOM | what) + length(size)


def deliver(size, what=0):
    return step(DELIVER | what) + length(size)


ABORT_TASK, ABORT_SET, CLEAR_SET, LU_RESET, WARM_RESET, COLD_RESET = 1, 2, 4, 5, 6, 7
REASSIGN, QUERY_TASK, QUERY_SET, NEXUS_RESET, QUERY_EVENT = range(8, 13)
SECOND = step(CONNECT | PEER1) + login(name=1)
R2T_ONLY = PLAIN | R2T | NOIMM
SMALL = SEG512 | BURST512 | FIRST512 | R2T
# memory is back after a while, in which it was missed once more
MEM_BACK = step(TIME, 2) + step(MEM, 255) + step(TIME, 20) * 3

PDU = {
    'nop': login() + nop() + nop(513) + nop(how=64) + nop(70000 & 0xffff),
    'nop-many': login(SMALL) + nop(4096) + nop(what=HOLD) * 5 + nop(),
    'nop-ping': login() + step(TIME, 110) + nop(how=64 | 128) +
                step(TIME, 110) + step(TIME, 110),
    'nop-slow': login() + step(TIME, 110) * 2 + nop(how=64 | 128) +
                step(TIME, 100) * 2 + room(0) + step(TIME, 3) + read(65536) +
                step(TIME, 87) + room(8192) + step(TIME, 10) + step(TIME, 3) +
                room(16777215),
    'nop-bad': login() + nop(how=128) + nop(how=3, what=IMM),
    'none': login() + scsi(FINAL, 0, NONE) + scsi(FINAL, 0, NONE | CHECK),
    'read': login() + read(4096) + read(512, tag=2) + read(65536, tag=3),
    'read-bursts': login(SMALL) + read(4097) + read(8192, cdb=PEND) +
                   step(COMPLETE, 0),
    'read-segments': login(SEG64K | BURST4K) + read(65536) + read(6144),
    'read-digests': login(HDIGEST | DDIGEST | SEG8K | BURST64K, PIECES) +
                    read(65537) + read(1),
    'read-residual': login() + read(4096, wanted=512) + read(512, wanted=4096) +
                     read(4096, shorter=100) + read(4096, cdb=CHECK) +
                     read(0, wanted=512) + scsi(FINAL, 4096, IN, wanted=512),
    'read-big': login() + read(1048576) + read(3145728, tag=2) +
                read(1048576, tag=3),
    'read-slow': login() + room(100) + read(65536) + room(4096) + room(0) +
                 read(4096, tag=2) + room(16777215) + deliver(511),
    'write': login() + write(4096, data=4096) + write(512, tag=2, data=512),
    'write-unsolicited': login() + write(65536, flags=0, data=512) +
                         out(UNSOL | 1, size=4096) + out(UNSOL | 1) +
                         write(65536, flags=0) + out(UNSOL | 1),
    'write-both': login(PLAIN & ~0x380 | BURST64K | FIRST4K) +
                  write(65536, flags=0, data=512) + out(UNSOL | 1) + out() +
                  out(),
    'write-r2t': login(R2T_ONLY) + write(262144) + out() + out() + out() +
                 out() + write(4096) + out(),
    'write-r2t-pieces': login(R2T | SMALL | 3 << 10) + write(4096) +
                        b''.join(out(i % 3, size=100 + i) for i in range(50)),
    'write-digests': login(HDIGEST | DDIGEST | R2T | SMALL, PIECES) +
                     write(1024, data=512) + out() + out(),
    'write-residual': login() + write(4096, wanted=512, data=4096) +
                      write(512, wanted=4096, data=512) +
                      write(4096, cdb=CHECK, data=4096) +
                      scsi(FINAL | WRITE | WITH_DATA, 512, IN, data=512) +
                      scsi(FINAL | WRITE | READ, 512, IN),
    'write-wrong': login(R2T_ONLY) +
                   b''.join(write(4096) + out(how=how) + out() for how in
                            (TTT, ITT, DATASN, OFFSET, EARLY)) +
                   write(4096) + out(how=LONG, size=8192) + out() +
                   write(4096) + out(how=NOTFINAL) + out(),
    'write-wrong-unsolicited': login() + write(8192, flags=0) +
                               out(UNSOL | 1, DATASN) + out(UNSOL | 1) +
                               write(8192, flags=0) +
                               out(UNSOL | 1, LONG, 12288) + out(),
    'write-not-agreed': login(R2T_ONLY) + write(4096, data=512) +
                        write(512, 2, data=512) +
                        write(4096, 3, flags=0) + scsi(READ, 512, IN) +
                        scsi(FINAL | READ | WITH_DATA, 512, IN, data=48),
    'write-segment': login() + write(1048576, data=262145),
    'write-too-much': login(PLAIN & ~0x380 | BURST64K | FIRST512) +
                      write(4096, data=4096) + write(512, data=1024),
    'bad-data-digest': login(PLAIN | DDIGEST) +
                       write(4096, data=4096, how=BADDIGEST) +
                       write(4096, flags=0) + out(UNSOL | 1, OUTDIGEST),
    'ordered': login(R2T_ONLY) + write(4096) + read_as(ORDERED, 512, 2) +
               read(512, tag=3) + read(512, tag=0x43) + out(),
    'ordered-write': login(R2T_ONLY) + write(4096, flags=FINAL | ORDERED) +
                     read(512, tag=2) + read_as(ORDERED, 512, 3) + out(),
    'ordered-later': login() + read(512, cdb=PEND) +
                     read_as(ORDERED, 4096, 2, PEND) + read(512, tag=3) +
                     step(COMPLETE, 0) + step(COMPLETE, 0),
    'ordered-abort': login(R2T_ONLY) + write(4096) + read_as(ORDERED, 512, 2) +
                     read(512, tag=3) + tmf(ABORT_TASK, tag=1) +
                     write(4096) + read_as(ORDERED, 512, 2) +
                     tmf(ABORT_TASK, tag=2) + tmf(LU_RESET),
    'ordered-limit': login() + step(OTHER_STEP, 0x20) + SECOND +
                     read(512, cdb=PEND, what=PEER1) +
                     scsi(FINAL | READ | ORDERED, 262144, IN, 2, what=PEER1) +
                     write(65536, tag=3, data=65536, what=PEER1) +
                     step(COMPLETE, 0),
    'head-of-queue': login(R2T_ONLY) + write(4096) + read_as(ORDERED, 512, 2) +
                     read_as(HEAD, 512, 3) +
                     write(4096, tag=4, flags=FINAL | HEAD) + out() +
                     read(512, tag=5) + out(),
    'many': login() + b''.join(read(512, tag=i, what=HOLD) for i in range(40)) +
            nop(),
    'many-writes': login(R2T_ONLY) +
                   b''.join(write(4096, tag=i) for i in range(40)) +
                   b''.join(out(i) for i in range(40)),
    'window': login() + step(OTHER_STEP, 0xc1) +
              b''.join(read(512, tag=i % 64) for i in range(140)) +
              step(OTHER_STEP, 0xc0) + nop(what=IMM) +
              b''.join(read(512, tag=i) for i in range(20)),
    'window-beyond': login() + step(OTHER_STEP, 0xc1) +
                     b''.join(read(512, tag=i % 64, how=BEYOND)
                              for i in range(300)),
    'limit': login() + step(OTHER_STEP, 0xc1) +
             b''.join(read(262144, tag=i, cdb=PEND) for i in range(8)) +
             b''.join(step(COMPLETE, 0) for i in range(8)) +
             step(OTHER_STEP, 0xc0) + nop() + nop(),
    'limit-none': login() + step(OTHER_STEP, 0x20) + SECOND +
                  read(262144, what=PEER1) + write(65536, tag=2, what=PEER1) +
                  out(what=PEER1) + read(512, tag=3, what=PEER1),
    'immediate': login() + b''.join(
        read(512, tag=i, cdb=PEND, what=IMM) for i in range(20)),
    'immediate-many': login() + step(OTHER_STEP, 0xc1) +
                      b''.join(scsi(FINAL, 0, NONE, tag=i % 64, what=IMM)
                               for i in range(280)) +
                      step(OTHER_STEP, 0xc0) + nop(what=IMM) + read(512),
    'ack-early': login(R2T_ONLY) + step(OTHER_STEP, 0xc1) + nop() +
                 write(512, what=HOLD) + step(OTHER_STEP | HOLD, 0) +
                 step(OTHER_STEP | HOLD, 0xc0) + deliver(0, HOLD) +
                 nop(what=HOLD) + step(OTHER_STEP | HOLD, 0) + out(),
    'immediate-window': login() + step(OTHER_STEP, 0xc1) +
                        b''.join(scsi(FINAL, 0, NONE, tag=i % 64, what=IMM)
                                 for i in range(280)) +
                        b''.join(scsi(FINAL, 0, NONE, tag=i % 64)
                                 for i in range(128)),
    # all together may hold 2 MiB, and the second one holds most of it
    'total': login() + step(OTHER_STEP, 0x3b) + SECOND +
             b''.join(read(262144, tag=i, cdb=PEND, what=PEER1)
                      for i in range(9)) +
             read(1048576) + read(1048576, tag=2) +
             b''.join(write(65536, tag=20 + i, data=65536, what=PEER1)
                      for i in range(3)) +
             nop(what=PEER1) + b''.join(step(COMPLETE, 0) for i in range(9)) +
             nop() + nop(what=PEER1) + read(512, what=PEER1),
    'total-alone': login() + step(OTHER_STEP, 0x37) + SECOND +
                   step(OTHER_STEP | PEER1, 0xc1) +
                   b''.join(read(1048576, tag=i, what=PEER1)
                            for i in range(6)) +
                   step(OTHER_STEP | PEER1, 0xc0) + nop(what=IMM | PEER1) +
                   step(OTHER_STEP, 0x3c) + read(1048576, what=PEER1),
    'total-pieces': login() + step(OTHER_STEP, 0x37) + SECOND +
                    read(4194304, what=PEER1) + read(3145728, what=PEER1) +
                    write(3145728, tag=2, what=PEER1) +
                    b''.join(out(i % 3, what=PEER1) for i in range(60)) +
                    read(1048577) + step(HANG_UP | PEER1) + read(512),
    # more than twice 1 MiB of unsolicited data
    'unsolicited-many': login(SEG256K | BURST256K | FIRST256K | 7 << 10) +
                        b''.join(write(262144, tag=i, cdb=PEND, data=262144)
                                 for i in range(12)) +
                        b''.join(step(COMPLETE, 0) for i in range(8)) +
                        write(262144, data=262144) + nop(),
    'free-pages': login() + step(OTHER_STEP, 0xc1) + read(1048576) * 5 +
                  step(OTHER_STEP, 0xc0) + nop(what=IMM) + nop(what=IMM),
    'stale': login() + read(512) + read(512, how=STALE) +
             write(512, how=STALE, data=512) + read(512, tag=2),
    'gap': login() + read(512) + read(512, how=GAP),
    'overflow': login(name=OVERFLOW) +
                b''.join(read(512, tag=i) for i in range(40)),
    'same-tag': login() + read(512, cdb=PEND) + read(512) + step(COMPLETE, 0),
    'ahs': login(PLAIN | HDIGEST) + read(512, how=AHS) + read(512, how=ATTR),
    'abort': login() + read(512, cdb=PEND) + tmf(ABORT_TASK) +
             step(COMPLETE, 0) + tmf(ABORT_TASK) + tmf(ABORT_TASK, 2, ref=1),
    'abort-write': login(R2T_ONLY) + write(262144) + out() + tmf(ABORT_TASK) +
                   out() + out() + write(4096) + out(size=512) +
                   tmf(ABORT_TASK) + out(),
    'abort-receiving': login() + write(65536, flags=0) +
                       out(UNSOL | 1, size=4096, what=HOLD) +
                       tmf(ABORT_TASK, what=IMM | HOLD) + out(UNSOL | 1),
    'abort-half': login() + SECOND + write(65536, flags=0, what=PEER1) +
                  step(OTHER_STEP | PEER1, 0x95) + length(1024) +
                  out(UNSOL | 1, size=4096, what=PEER1) + tmf(LU_RESET) +
                  step(OTHER_STEP | PEER1, 0x95) + length(0) +
                  out(UNSOL | 1, what=PEER1) + read(512, what=PEER1),
    'abort-half-pages': login(R2T_ONLY) + SECOND +
                        step(OTHER_STEP | PEER1, 0x95) + length(1024) +
                        write(262144, flags=0, data=4096, what=PEER1) +
                        tmf(LU_RESET) + step(OTHER_STEP | PEER1, 0x95) +
                        length(0) + read(512, what=PEER1),
    'hang-up-half': login() + step(OTHER_STEP, 0x95) + length(1024) +
                    write(65536, flags=0, data=4096) + step(HANG_UP),
    'abort-set': login() + read(512, cdb=PEND) + read(512, 2, cdb=PEND) +
                 write(65536, 3, flags=0) + tmf(ABORT_SET) + out(UNSOL | 3) +
                 step(COMPLETE, 0) + step(COMPLETE, 0) + tmf(ABORT_SET, lun=3),
    'lu-reset': login() + SECOND + read(512, cdb=PEND) +
                read(512, 2, cdb=PEND, what=PEER1) +
                write(65536, 3, flags=0, what=PEER1) + tmf(LU_RESET) +
                step(COMPLETE, 0) + step(COMPLETE, 0) +
                tmf(LU_RESET, lun=2) + out(UNSOL | 3, what=PEER1),
    'lu-reset-close': login() + SECOND + read(512, cdb=PEND, what=PEER1) +
                      read(512, cdb=PEND) + tmf(LU_RESET) +
                      tmf(LU_RESET, what=IMM | PEER1) +
                      step(HANG_UP | HOLD) + step(HANG_UP | PEER1),
    'tmf-other': login() + tmf(CLEAR_SET) + tmf(REASSIGN) + tmf(6) + tmf(0),
    'tmf-target': login() + SECOND + step(OTHER_STEP, 0xe2) +
                  read(512, cdb=PEND) + read(512, 2, cdb=PEND, what=PEER1) +
                  write(65536, 3, flags=0, what=PEER1) + tmf(WARM_RESET) +
                  step(COMPLETE, 0) + step(COMPLETE, 0) +
                  step(OTHER_STEP, 0xe0) + tmf(WARM_RESET) + read(512),
    'tmf-cold': login() + SECOND + step(OTHER_STEP, 0xe2) +
                read(512, cdb=PEND) + read(512, 2, cdb=PEND, what=PEER1) +
                tmf(COLD_RESET) + read(512, 3, cdb=PEND) +
                step(COMPLETE, 0) + step(COMPLETE, 0) + nop(),
    'tmf-cold-logout': login() + SECOND + step(OTHER_STEP, 0xe2) +
                       read(512, cdb=PEND) + tmf(COLD_RESET) +
                       tmf(COLD_RESET, what=IMM | PEER1) + step(LOGOUT, 0) +
                       step(COMPLETE, 0),
    'tmf-level-2': login(PLAIN | LEVEL2) + read(512, cdb=PEND) +
                   tmf(QUERY_TASK) + tmf(QUERY_TASK, 2) + tmf(QUERY_SET) +
                   tmf(QUERY_SET, lun=1) + tmf(QUERY_SET, lun=3) +
                   tmf(QUERY_EVENT) + tmf(NEXUS_RESET) + tmf(QUERY_TASK) +
                   step(COMPLETE, 0) + tmf(QUERY_EVENT) + tmf(13),
    'tmf-level-1': login() + read(512, cdb=PEND) + tmf(QUERY_TASK) +
                   tmf(QUERY_SET) + tmf(NEXUS_RESET) + tmf(QUERY_EVENT),
    'tmf-many': login() + read(512, cdb=PEND) + tmf(ABORT_TASK) * 70 +
                step(COMPLETE, 0),
    'logout': login() + read(512, cdb=PEND) + step(LOGOUT, 0) +
              step(COMPLETE, 0) + nop(),
    'logout-other': login() + step(LOGOUT, 2) + step(LOGOUT, 5) +
                    step(LOGOUT, 0x81) + step(LOGOUT, 1),
    'logout-tmf': login() + read(512, cdb=PEND) + tmf(ABORT_TASK) +
                  step(LOGOUT, 0) + step(COMPLETE, 0),
    'logout-reset': login() + SECOND + read(512, cdb=PEND, what=PEER1) +
                    read(512, 2, cdb=PEND, what=PEER1) + tmf(LU_RESET) +
                    step(LOGOUT | PEER1, 0) + step(COMPLETE, 0) +
                    step(COMPLETE, 0),
    'logout-window': login() + read(1048577, 63, cdb=PEND) +
                     b''.join(scsi(FINAL, 0, NONE, tag=i % 60)
                              for i in range(127)) +
                     step(LOGOUT | IMM, 0) + step(COMPLETE, 0),
    'text': login() + text(1) + text(0) + text(4) + text(16) +
            text(2, b'X=1\0') + text(10, b'SendTar') + text(18, b'gets=\0') +
            text(2, b'MaxRecvDataSegmentLength=512\0') + text(0),
    'discovery': login(DISCOVERY | SEG512) + text(1) + text(0) + read(512) +
                 tmf(ABORT_TASK) + step(LOGOUT, 0),
    'discovery-empty': login(DISCOVERY | SEG512) + text(5) + text(18, b'') +
                       text(0) + step(LOGOUT, 0),
    'discovery-refused': login(DISCOVERY) + (read(512) + tmf(ABORT_TASK) +
                                             write(512, data=512)) * 3 + nop(),
    'discovery-refused-at-once': login(DISCOVERY) +
                                 tmf(ABORT_TASK, what=IMM | HOLD) * 12 +
                                 nop(what=HOLD) + text(1),
    'discovery-time': login(DISCOVERY) + step(TIME, 255) + nop() +
                      step(TIME, 255) * 2 + nop(),
    'discovery-unacknowledged': login(DISCOVERY) + step(OTHER_STEP, 0xc1) +
                                nop(4096, what=IMM) * 60,
    'reinstate': login() + read(512, cdb=PEND) + step(CONNECT | PEER1) +
                 login() + step(CONNECT | PEER2) + login() +
                 step(COMPLETE, 0) + read(512, what=PEER2),
    'hang-up': login() + read(512, cdb=PEND) + write(65536, flags=0) +
               step(HANG_UP | HOLD) + step(COMPLETE, 0),
    'ended': login() + read(512, cdb=PEND) + step(OTHER_STEP, 0x60) +
             step(COMPLETE, 0),
    'no-memory': login() + step(MEM, 0) + read(262144) + nop(512) +
                 step(MEM, 255) + step(TIME, 20),
    'no-memory-write': login() + step(MEM, 2) + write(262144, flags=0) +
                       step(TIME, 20) + step(MEM, 255) + step(TIME, 20) +
                       out(UNSOL | 1),
    'no-memory-tmf': login() + SECOND + read(512, cdb=PEND) + step(MEM, 1) +
                     tmf(LU_RESET) + tmf(ABORT_TASK) + step(MEM, 255) +
                     step(COMPLETE, 0),
    'no-memory-answers': login() + b''.join(read(4096, tag, PEND | CHECK)
                                            for tag in range(1, 9)) +
                         step(MEM, 0) + step(COMPLETE, 0) * 8 + MEM_BACK,
    'no-memory-data-in': login(SMALL) + b''.join(read(65536, tag, PEND)
                                                 for tag in range(1, 4)) +
                         step(MEM, 3) + step(COMPLETE, 0) * 3 + MEM_BACK,
    'no-memory-pieces': login(SEG8K | BURST64K | FIRST64K) +
                        read(4194304, cdb=PEND | CHECK) + step(MEM, 1) +
                        step(COMPLETE, 0) * 3 + MEM_BACK + step(COMPLETE, 0) * 4,
    'no-memory-reject': login() + step(MEM, 0) +
                        (step(HEADER | HOLD, 0) + b'\x3f' + bytes(47)) * 3 +
                        nop(100) + MEM_BACK,
    'no-memory-nop': login() + step(MEM, 0) + nop(0) + nop(9000) +
                     step(TIME, 2) + step(MEM, 1) + MEM_BACK + nop(4),
    'no-memory-hang-up': login() + b''.join(read(4096, tag, PEND | CHECK)
                                            for tag in range(1, 5)) +
                         step(MEM, 0) + step(COMPLETE, 0) * 4 +
                         step(HANG_UP) + MEM_BACK,
    'unread': login() + room(0) + nop(65535, what=IMM) * 200 +
              room(16777215) * 4,
    'unacknowledged': login() + step(OTHER_STEP, 0xc1) +
                      nop(1, what=IMM) * 130 + step(OTHER_STEP, 0xc0) +
                      nop(what=IMM),
    'lies': login() + read(65536, what=HOLD) + step(OTHER_STEP, 0xa2) +
            read(65536, 2) + read(65536, 3) + step(OTHER_STEP | HOLD, 0xbf) +
            read(65536, 4),
    'lies-recycled': login() + read(65536, what=HOLD) +
                     step(OTHER_STEP | HOLD, 0) + step(OTHER_STEP | HOLD, 0xa1) +
                     read(65536, 2, what=HOLD) + step(OTHER_STEP | HOLD, 0),
    'deleted': login() + step(OTHER_STEP, 0xe1) + SECOND +
               read(512, what=PEER1),
    'unknown': login() + step(HEADER, 0) + b'\x3f' + bytes(47) +
               step(HEADER, 0) + b'\x10' + bytes(47) + step(HEADER, 0) +
               b'\x03' + bytes(47),
    'too-long': login() + step(HEADER, 0) + b'\x02\x80\0\0\0\4\0\1' +
                bytes(40),
    'bytes': login() + step(BYTES, 48) + b'\x40' + bytes(47) +
             step(BYTES, 20) + bytes(20),
    'header-digest': login(HDIGEST) + step(HEADER, 1) + b'\x40' + bytes(47),
}

# more than a connection may hold: too slow to begin with
PDU_SLOW = {
    'unacknowledged': login(PLAIN | SEG256K) + step(OTHER_STEP, 0xc1) +
                      nop(262144, what=IMM) * 265,
}


def main():
    for target, seeds in (('cdb', CDB), ('pdu', PDU),
                          ('pdu-slow', PDU_SLOW)):
        folder = os.path.join(HERE, 'seeds', target)
        os.makedirs(folder, exist_ok=True)
        for name, text in seeds.items():
            with open(os.path.join(folder, name), 'wb') as out:
                out.write(text)


main()
