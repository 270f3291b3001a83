#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""WRITE ATOMIC (SBC-4, 5.47).

    target namespace: t1 with LUN 1 scsi_debug or null_blk -- veth -- this program

Shown: where the device writes atomically, VPD page B0h says the limits, what is within
them is written by one atomic request, and what is not is refused; where it does not,
there is no such command. scsi_debug has atomic writes since 6.11.
"""
# Timeout: 120

import os
import re
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import scsi_debug  # noqa: E402
from iscsi import (inquiry, read10, rsoc, tur, write10,  # noqa: E402
                   write_atomic16)
from ktap import Skip, Suite, check, equal  # noqa: E402
from lab import Lab, TRACING, outcome, read, run, write  # noqa: E402

INVALID_OPCODE, INVALID_FIELD = (5, 0x20, 0), (5, 0x24, 0)
LBA_RANGE, PROTECTED, MISFIT = (5, 0x21, 0), (7, 0x27, 0), (5, 0x0E, 3)
LIMITS = "/sys/block/{}/queue/atomic_write_{}_bytes"


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    scsi_debug.unload()


suite = Suite(Lab)
suite.after = after


def disk(*options):
    """The name of a disk with atomic writes, if the kernel has one."""
    if "atomic_wr:" not in outcome("modinfo", "-p", "scsi_debug").stdout:
        raise Skip("scsi_debug has no atomic writes")
    name = scsi_debug.load("atomic_wr=1", *options)
    check(limit(name, "unit_max"), "the disk has no atomic writes")
    return name


def limit(name, what):
    return int(read(LIMITS.format(name, what)))


def serve(lab, dev, **options):
    """A target with LUN 1, and a session."""
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, dev, **options)
    return lab.login(iqn)


def block_limits(ini):
    """The fields about atomic writes: longest, alignment, granularity, and two about
    boundaries."""
    data = ini.good(inquiry(64, 0xB0), read=64).data
    return struct.unpack_from(">5I", data, 44)


def refused(ini, want, cdb, size, field=None):
    """CDB ends with the sense WANT, and changes nothing."""
    was = ini.good(read10(0, 64), read=32768).data
    task = ini.command(cdb, write=os.urandom(size))
    equal((task.status, task.key), (2, want), cdb.hex())
    if field is not None:
        equal(int.from_bytes(task.sense[16:18], "big"), field, f"field of {task}")
    equal(ini.good(read10(0, 64), read=32768).data, was, "blocks")


def issued(name, function):
    """The kinds of requests that FUNCTION makes, as WS."""
    if not os.path.exists(f"{TRACING}/trace"):
        run("mount", "-t", "tracefs", "tracefs", TRACING)
    enable = f"{TRACING}/events/block/block_rq_issue/enable"
    number = read(f"/sys/block/{name}/dev").replace(":", ",")
    write(f"{TRACING}/trace", "")
    write(enable, 1)
    try:
        function()
    finally:
        write(enable, 0)
    return re.findall(rf"block_rq_issue: {number} (\w+) ", read(f"{TRACING}/trace"))


@suite.case
def limits(lab):
    """VPD page B0h says what the device can; that is written, and no more."""
    name = disk("atomic_wr_align=2", "atomic_wr_gran=2")
    ini = serve(lab, f"/dev/{name}")
    longest, align, unit, *boundary = block_limits(ini)
    equal(unit, limit(name, "unit_min") // 512, "granularity")
    equal(longest, min(limit(name, "unit_max"), 1 << 20) // 512, "longest")
    equal(boundary, [0, 0], "boundaries")
    check(align and not align % unit, f"alignment {align}")
    equal(ini.good(rsoc(1, 0x9C), read=64).data[:20],
          bytes([0, 3, 0, 16, 0x9C, 0x18]) + b"\xff" * 8 + b"\0\0\xff\xff\0\0",
          "usage")
    for lba, blocks in ((0, unit), (align, unit), (4 * align, longest), (0, longest)):
        data = os.urandom(blocks * 512)
        for bits in 0, 0x18:
            ini.good(write_atomic16(lba, blocks, bits), write=data)
            check(ini.good(read10(lba, blocks), read=len(data)).data == data,
                  f"{blocks} blocks at {lba}")
    ini.good(write_atomic16(0, 0))
    last = 8 * 2048
    refused(ini, INVALID_FIELD, write_atomic16(0, longest + unit),
            (longest + unit) * 512, 12)
    refused(ini, INVALID_FIELD, write_atomic16(0, unit, 0x20), unit * 512, 1)
    refused(ini, INVALID_FIELD, write_atomic16(0, unit, boundary=unit), unit * 512, 11)
    refused(ini, LBA_RANGE, write_atomic16(last, unit), unit * 512)
    refused(ini, LBA_RANGE, write_atomic16(last - unit, 2 * unit), unit * 1024)
    refused(ini, MISFIT, write_atomic16(0, 2 * unit), unit * 512)
    if unit > 1:
        refused(ini, INVALID_FIELD, write_atomic16(0, unit + 1), (unit + 1) * 512, 12)
    if align > 1:
        refused(ini, INVALID_FIELD, write_atomic16(align // 2, unit), unit * 512, 2)


@suite.case
def one_request(lab):
    """An atomic write reaches the device as one atomic request, and another does not
    say so."""
    name = disk()
    ini = serve(lab, f"/dev/{name}")
    longest = block_limits(ini)[0]
    data = os.urandom(longest * 512)
    kinds = issued(name, lambda: ini.good(write_atomic16(0, longest), write=data))
    equal([("U" in kind) for kind in kinds if kind.startswith("W")], [True], str(kinds))
    kinds = issued(name, lambda: ini.good(write10(0, 8), write=bytes(4096)))
    equal([("U" in kind) for kind in kinds if kind.startswith("W")], [False],
          str(kinds))


@suite.case
def chunks(lab):
    """A device whose writes are cut at chunks: atomic ones begin where they are not."""
    over = dm.Mapped(f"/dev/{disk()}", "0 {size} striped 1 64 {dev} 0")
    if read(f"/sys/block/{over.node}/queue/chunk_sectors") != "64" or \
       not limit(over.node, "unit_max"):
        raise Skip("dm-stripe has no atomic writes")
    ini = serve(lab, over.path)
    longest, align, unit, *_ = block_limits(ini)
    check(longest and longest <= 64 and not 64 % align, f"{longest} blocks at {align}")
    for lba in range(0, 4 * 64, align):
        data = os.urandom(longest * 512)
        ini.good(write_atomic16(lba, longest), write=data)
        check(ini.good(read10(lba, longest), read=len(data)).data == data, f"at {lba}")
    if align > 1:
        refused(ini, INVALID_FIELD, write_atomic16(align // 2, unit), unit * 512, 2)


@suite.case
def protected(lab):
    """A LUN that is read-only."""
    ini = serve(lab, f"/dev/{disk()}", **{"read-only": "on"})
    task = ini.command(write_atomic16(0, 8), write=bytes(4096))
    equal((task.status, task.key), (2, PROTECTED), "status")


@suite.case
def not_there(lab):
    """Without such a device there is no such command, and no limit."""
    ini = serve(lab, lab.null_blk(8))
    task = ini.command(write_atomic16(0, 8), write=bytes(4096))
    equal((task.status, task.key), (2, INVALID_OPCODE), "status")
    equal(block_limits(ini), (0,) * 5, "limits")
    equal(ini.good(rsoc(1, 0x9C), read=64).data[1] & 7, 1, "support")
    equal(ini.command(tur()).key, None, "afterwards")


if __name__ == "__main__":
    suite.main()
