#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""READ and WRITE in every shape that iSCSI can carry them.

    target namespace                      initiator namespace
    t1: LUN 1 null_blk 512, 2 null_blk 4096 -- veth -- this program

Shown: all CDB sizes; immediate, unsolicited and solicited data and their
mixtures; R2T numbering and bounds; Data-In numbering, F at MaxBurstLength,
collapsed status; residuals both ways; the command window. What was written is
read back and compared each time. The client checks every sequence number of
every PDU (tests/lib/iscsi.py).
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import (read6, read10, read12, read16, write6, write10,  # noqa: E402
                   write12, write16)
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, lab_class  # noqa: E402

suite = Suite(lab_class())
BLOCKS = 16 << 20 >> 9
LARGE = {"MaxRecvDataSegmentLength": 262144, "FirstBurstLength": 262144,
         "MaxBurstLength": 1048576, "MaxOutstandingR2T": 8,
         "InitialR2T": "No", "ImmediateData": "Yes"}
_SEED = os.urandom(1 << 20)


def pattern(size):
    """Bytes that no earlier write has put anywhere."""
    start = int.from_bytes(os.urandom(2), "big")
    stamp = os.urandom(16)
    return (stamp + _SEED[start:] + _SEED * (1 + (size >> 20)))[:size]


def target(lab):
    """The one target of this file, made when it is first asked for."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("io")
        lab.lun(lab.iqn, 1, lab.null_blk(16, 512))
        lab.lun(lab.iqn, 2, lab.null_blk(16, 4096))
    return lab.iqn


def session(lab, **keys):
    return lab.login(target(lab), {**LARGE, **keys}, luns=(1, 2))


def round_trip(ini, size, lba=0, lun=1, block=512, **how):
    """Write SIZE bytes in the way HOW, read them back, compare."""
    data = pattern(size)
    task = ini.good(write16(lba, size // block), lun, write=data, **how)
    equal(task.residual, 0, "residual of the write")
    back = ini.good(read16(lba, size // block), lun, read=size)
    equal(back.residual, 0, "residual of the read")
    check(back.data == data, f"data differ: {size} bytes, {how}, {ini.keys}")
    return task, back


@suite.case
def cdb_sizes(lab):
    """READ and WRITE of 6, 10, 12 and 16 bytes."""
    ini = session(lab)
    for lba, (wr, rd) in enumerate(((write6, read6), (write10, read10),
                                    (write12, read12), (write16, read16))):
        data = pattern(4096)
        ini.good(wr(lba * 8, 8), write=data)
        equal(ini.good(rd(lba * 8, 8), read=4096).data, data, wr.__name__)
    ini.logout()


@suite.case
def six_byte_zero_is_256(lab):
    """READ(6) and WRITE(6) of length 0 move 256 blocks (SBC-4)."""
    ini = session(lab)
    data = pattern(256 * 512)
    ini.good(write6(64, 0), write=data)
    check(ini.good(read6(64, 0), read=256 * 512).data == data, "data differ")
    ini.logout()


@suite.case
def zero_blocks(lab):
    """Transfer length 0 is no error for 10, 12 and 16 byte CDBs."""
    ini = session(lab)
    for cdb in (read10(0, 0), read12(0, 0), read16(0, 0), write10(0, 0),
                write12(0, 0), write16(0, 0)):
        ini.good(cdb)
    ini.logout()


@suite.case
def block_4096(lab):
    """Logical blocks of 4096 bytes, the first, the last, FUA."""
    ini = session(lab)
    last = (16 << 20) // 4096 - 1
    for lba in (0, 7, last):
        round_trip(ini, 4096, lba, 2, 4096)
    data = pattern(8192)
    ini.good(write10(3, 2, bits=8), 2, write=data)
    equal(ini.good(read10(3, 2, bits=8), 2, read=8192).data, data, "FUA")
    ini.logout()


@suite.case
def last_block(lab):
    """The last block can be written and read."""
    ini = session(lab)
    round_trip(ini, 512, BLOCKS - 1)
    ini.logout()


@suite.case
def immediate_only(lab):
    """Data of a command that fits is all immediate: no R2T."""
    ini = session(lab)
    for size in (512, 4096, 65536):
        task, _ = round_trip(ini, size, immediate=size, unsolicited=size)
        equal(task.r2tsn, 0, "R2Ts")
    ini.logout()


@suite.case
def unsolicited_only(lab):
    """All data in unsolicited Data-Outs, none immediate."""
    ini = session(lab)
    for size in (512, 131072, 262144):
        task, _ = round_trip(ini, size, immediate=0, unsolicited=size)
        equal(task.r2tsn, 0, "R2Ts")
    ini.logout()


@suite.case
def solicited_only(lab):
    """No data comes before an R2T asks for it."""
    ini = session(lab, InitialR2T="Yes", ImmediateData="No")
    equal(ini.keys["InitialR2T"], "Yes", "InitialR2T")
    equal(ini.keys["ImmediateData"], "No", "ImmediateData")
    for size in (512, 65536, 1 << 20):
        task, _ = round_trip(ini, size)
        check(task.r2tsn >= 1, "no R2T")
    ini.logout()


@suite.case
def immediate_then_solicited(lab):
    """InitialR2T=Yes: immediate data, and R2Ts for the rest."""
    ini = session(lab, InitialR2T="Yes")
    task, _ = round_trip(ini, 1 << 20, immediate=4096, unsolicited=4096)
    equal(task.pdus[0].u("offset"), 4096, "offset of the first R2T")
    ini.logout()


@suite.case
def all_three_kinds(lab):
    """Immediate, unsolicited and solicited data in one command."""
    ini = session(lab, FirstBurstLength=65536, MaxBurstLength=131072)
    task, _ = round_trip(ini, 1 << 20, immediate=8192, unsolicited=65536)
    equal(task.pdus[0].u("offset"), 65536, "offset of the first R2T")
    check(task.r2tsn >= 8, f"{task.r2tsn} R2Ts")
    ini.logout()


@suite.case
def short_first_burst(lab):
    """Less unsolicited data than allowed: R2Ts ask for all of the rest."""
    ini = session(lab, InitialR2T="Yes")
    for imm in (0, 512, 1024, 3072):
        task, _ = round_trip(ini, 65536, immediate=imm, unsolicited=imm)
        equal(task.pdus[0].u("offset"), imm, "offset of the first R2T")
    ini.logout()


@suite.case
def outstanding_r2ts(lab):
    """Several R2Ts at once, up to the negotiated number, and no more."""
    for most in (1, 2, 8):
        ini = session(lab, InitialR2T="Yes", ImmediateData="No",
                      MaxBurstLength=4096, FirstBurstLength=4096,
                      MaxOutstandingR2T=most)
        want = min(most, ini.keys["MaxOutstandingR2T"])
        data = pattern(65536)
        task = ini.issue(write10(0, 128), write=data, answer_r2t=False)
        while len(task.r2ts) < want:
            ini.step()
        ini.expect_silence(0.2)
        while task.r2ts:
            task.answer_r2t = True
            ini.answer(task)
        ini.wait([task])
        equal(task.status, 0, "status")
        equal(task.r2tsn, 16, "R2Ts")
        check(ini.good(read10(0, 128), read=65536).data == data, "data differ")
        ini.logout()


@suite.case
def r2ts_are_no_data(lab):
    """ExpDataSN counts Data-Ins and nothing else: it is 0 after a write, however
    many R2Ts it had, whether it ends well or not (11.4.8)."""
    ini = session(lab, InitialR2T="Yes", ImmediateData="No",
                  MaxBurstLength=4096, FirstBurstLength=4096,
                  MaxOutstandingR2T=1)
    good = ini.good(write10(0, 64), write=pattern(32768))
    bad = ini.waiting_write(data=pattern(32768))
    ini.data_out(bad, bad.r2ts.pop(0).u("ttt"), 0, 512)
    ini.wait([bad])
    equal([(task.status, task.r2tsn >= least, task.pdus[-1].u("expdatasn"))
           for task, least in ((good, 8), (bad, 1))],
          [(0, True, 0), (2, True, 0)], "status, R2Ts, ExpDataSN")
    ini.logout()


@suite.case
def r2ts_interleaved(lab):
    """Data-Outs of four writes that wait for data, answered backwards."""
    ini = session(lab, InitialR2T="Yes", ImmediateData="No")
    data = [pattern(16384) for _ in range(4)]
    tasks = [ini.issue(write10(i * 32, 32), write=data[i], answer_r2t=False)
             for i in range(4)]
    while not all(task.r2ts for task in tasks):
        ini.step()
    for task in reversed(tasks):
        ini.answer(task)
    ini.wait(tasks)
    back = ini.good(read10(0, 128), read=65536).data
    check(back == b"".join(data), "data differ")
    ini.logout()


@suite.case
def small_segments(lab):
    """MaxRecvDataSegmentLength 512 of the initiator: many Data-Ins."""
    ini = session(lab, MaxRecvDataSegmentLength=512)
    _, back = round_trip(ini, 65536)
    check(back.datasn >= 128, f"{back.datasn} Data-Ins")
    ini.logout()


@suite.case
def declared_later(lab):
    """MaxRecvDataSegmentLength in a Text Request: a good value counts from then on;
    one that is refused, or a request that is rejected, changes nothing (6.2, 7.12,
    13.12)."""
    name = "MaxRecvDataSegmentLength"
    ini = session(lab, MaxRecvDataSegmentLength=32768)

    def longest():
        return max(len(pdu.data) for pdu in
                   ini.good(read10(0, 256), read=131072).pdus)

    def declare(value):
        return dict(ini.text({name: value}).text()).get(name)
    equal(longest(), 32768, "of the login")
    for value in ("511", "16777216", "many"):
        equal((declare(value), longest()), ("Reject", 32768), value)
    ini.keys["MaxRecv"] = 65536
    equal((declare("65536"), longest()), (None, 65536), "a greater one")
    equal((declare("0"), longest()), ("Reject", 65536), "refused after that")
    try:
        ini.text([(name, 512), (name, 1024)])
        check(False, "the same key twice was taken")
    except iscsi.Rejected as err:
        equal((err.reason, longest()), (iscsi.REJECT_PROTOCOL, 65536),
              "after a Reject")
    equal((declare("4096"), longest()), (None, 4096), "a smaller one")
    ini.logout()


@suite.case
def odd_segments(lab):
    """Segments that are no multiple of anything, and padding."""
    for length in (513, 1021, 4099, 65533):
        ini = session(lab, MaxRecvDataSegmentLength=length)
        ini.keys["MaxXmit"] = length
        round_trip(ini, 131072)
        ini.logout()


@suite.case
def small_bursts(lab):
    """MaxBurstLength 512 .. 8192: F ends each sequence of Data-Ins."""
    for burst in (512, 1000, 8192):
        ini = session(lab, MaxBurstLength=burst, FirstBurstLength=512,
                      MaxOutstandingR2T=4)
        equal(ini.keys["MaxBurstLength"], burst, "MaxBurstLength")
        _, back = round_trip(ini, 32768)
        ends = [p for p in back.pdus if p.opcode == iscsi.DATA_IN and p.final]
        check(len(ends) >= 32768 // burst, f"{len(ends)} sequences")
        ini.logout()


@suite.case
def collapsed_status(lab):
    """GOOD rides on the last Data-In: one PDU answers a small read."""
    ini = session(lab)
    task = ini.good(read10(0, 8), read=4096)
    equal(len(task.pdus), 1, "PDUs")
    equal(task.pdus[0].flags & 0x81, 0x81, "F and S bits")
    ini.logout()


@suite.case
def read_underflow(lab):
    """EDTL larger than the CDB asks: underflow (11.4.5.1)."""
    ini = session(lab)
    task = ini.good(read10(0, 2), read=4096)
    equal(task.underflow, 3072, "underflow")
    equal(len(task.data), 1024, "bytes")
    ini.logout()


@suite.case
def read_overflow(lab):
    """EDTL smaller than the CDB asks: no byte more, overflow."""
    ini = session(lab)
    task = ini.command(read10(0, 8), read=1024)
    check(task.rlen <= 1024, "more than EDTL")
    equal(task.overflow, 3072, "overflow")
    ini.good(read10(0, 8), read=4096)
    ini.logout()


@suite.case
def write_underflow(lab):
    """A write with more data than the CDB asks for."""
    for keys in ({}, {"InitialR2T": "Yes", "ImmediateData": "No"}):
        ini = session(lab, **keys)
        before = ini.good(read10(0, 8), read=4096).data
        data = pattern(4096)
        task = ini.command(write10(0, 2), write=data)
        equal(task.underflow, 3072, "underflow")
        back = ini.good(read10(0, 8), read=4096).data
        check(back[1024:] == before[1024:], "blocks beyond the CDB changed")
        if not task.status:
            equal(back[:1024], data[:1024], "blocks of the CDB")
        ini.logout()


@suite.case
def write_overflow(lab):
    """A write with less data than the CDB asks for."""
    for keys in ({}, {"InitialR2T": "Yes", "ImmediateData": "No"}):
        ini = session(lab, **keys)
        before = ini.good(read10(0, 8), read=4096).data
        task = ini.command(write10(0, 8), write=pattern(1024))
        equal(task.overflow, 3072, "overflow")
        back = ini.good(read10(0, 8), read=4096).data
        check(back[1024:] == before[1024:], "blocks without data changed")
        ini.logout()


@suite.case
def read_edtl_zero(lab):
    """A read that expects nothing gets nothing."""
    ini = session(lab)
    task = ini.issue(read10(0, 8), read=0, flags=0xC1)
    ini.wait([task])
    equal(len(task.data), 0, "bytes")
    equal(task.overflow, 4096, "overflow")
    ini.logout()


@suite.case
def many_in_flight(lab):
    """128 commands at once, writes then reads, answers in any order."""
    ini = session(lab)
    data = [pattern(2048) for _ in range(128)]
    for _ in range(2):
        tasks = [ini.issue(write10(i * 4, 4), write=data[i])
                 for i in range(128)]
        ini.wait(tasks)
        equal({t.status for t in tasks}, {0}, "status of the writes")
        tasks = [ini.issue(read10(i * 4, 4), read=2048) for i in range(128)]
        ini.wait(tasks)
        for task, want in zip(tasks, data):
            check(task.data == want, f"data differ: {task}")
    ini.logout()


@suite.case
def tags_in_any_order(lab):
    """Initiator Task Tags carry no order (11.2.1.8)."""
    ini = session(lab)
    tags = [0, 0xFFFFFFFE, 5, 0x80000000, 4, 0x7FFFFFFF, 3]
    tasks = [ini.issue(read10(0, 1), read=512, itt=tag) for tag in tags]
    ini.wait(tasks)
    equal({t.status for t in tasks}, {0}, "status")
    ini.logout()


@suite.case
def window(lab):
    """The command window is as wide as promised, and comes back."""
    ini = session(lab)
    check(ini.nop() is not None, "no NOP-In")
    width = ini.room()
    check(width >= 128, f"window {width}")
    data = pattern(512)
    tasks = [ini.issue(write10(i, 1), write=data) for i in range(width)]
    equal(ini.cmdsn, (ini.maxcmdsn + 1) & 0xFFFFFFFF, "CmdSN at the edge")
    ini.wait(tasks)
    ini.nop()
    width = ini.room()
    check(width >= 128, f"window {width} afterwards")
    ini.logout()


@suite.case
def cmdsn_wraps(lab):
    """CmdSN runs over 2^32 (RFC 1982)."""
    ini = lab.connect(target(lab))
    ini.cmdsn = 0xFFFFFFF0
    ini.login(LARGE)
    lab.clear_ua(ini)
    for i in range(40):
        round_trip(ini, 512, i)
    ini.logout()


@suite.case
def window_across_wrap(lab):
    """A full window of commands across 2^32."""
    ini = lab.connect(target(lab))
    ini.cmdsn = 0xFFFFFFC0
    ini.login(LARGE)
    lab.clear_ua(ini)
    tasks = [ini.issue(read10(i, 1), read=512) for i in range(120)]
    ini.wait(tasks)
    equal({t.status for t in tasks}, {0}, "status")
    ini.logout()


@suite.case
def big_transfers(lab):
    """4 MiB in one command, both ways."""
    ini = session(lab)
    round_trip(ini, 4 << 20, 100)
    ini.logout()


@suite.case
def unaligned_bursts(lab):
    """Bursts that end inside a block."""
    ini = session(lab, MaxBurstLength=5000, FirstBurstLength=777,
                  MaxOutstandingR2T=3)
    ini.keys["MaxXmit"] = 1234
    round_trip(ini, 40960)
    ini.logout()


@suite.case
def slow_sender(lab):
    """A command whose bytes come a few at a time."""
    ini = session(lab)
    data = pattern(512)
    pdu = iscsi.Pdu(iscsi.SCSI_CMD, 0xA1, data, itt=ini.itt(), edtl=512, lun=1)
    pdu.bhs[32:48] = write10(9, 1).ljust(16, b"\0")
    raw = ini.stamp(pdu).pack()
    for start in range(0, len(raw), 7):
        ini.send_raw(raw[start:start + 7])
    equal(ini.expect(iscsi.SCSI_RSP).byte(3), 0, "status")
    ini.expstatsn += 1
    equal(ini.good(read10(9, 1), read=512).data, data, "data")
    ini.logout()


def counters(lab):
    """Those of the only connection."""
    return lab.sessions()[0]["conn"][0]


def long_write(ini, size, sizes):
    """A write with all its data in one segment, whose bytes come in pieces of
    these sizes, with time in between; the rest follows at once."""
    data = pattern(size)
    pdu = iscsi.Pdu(iscsi.SCSI_CMD, 0xA1, data, itt=ini.itt(), edtl=size, lun=1)
    pdu.bhs[32:48] = write10(0, size // 512).ljust(16, b"\0")
    raw = ini.stamp(pdu).pack()
    for piece in sizes:
        ini.send_raw(raw[:piece])
        raw = raw[piece:]
        time.sleep(0.01)
    ini.send_raw(raw)
    equal(ini.expect(iscsi.SCSI_RSP).byte(3), 0, "status")
    ini.expstatsn += 1
    check(ini.good(read10(0, size // 512), read=size).data == data,
          "data differ")


@suite.case
def long_segment(lab):
    """Of a long data segment not each piece is worth a run, and none is waited
    for that does not come; what is behind it is seen at once."""
    ini = session(lab)
    before = counters(lab)["runs"]
    long_write(ini, 262144, [48] + 48 * [4096])
    runs = counters(lab)["runs"] - before
    # the header, the data, the read, its acknowledgement; time for some more
    check(runs < 20, f"{runs} runs for 49 pieces")
    for size in (16384, 20480, 131072, 262144):
        for cut in (size + 47, size + 46, size - 1, size - 16383, 49):
            long_write(ini, size, [cut])
    ini.logout()


@suite.case
def batches(lab):
    """Commands that come together go to the device together."""
    ini = session(lab)
    before = counters(lab)
    raw = b""
    for i in range(32):
        pdu = iscsi.Pdu(iscsi.SCSI_CMD, 0xC1, itt=ini.itt(), edtl=512, lun=1)
        pdu.bhs[32:48] = read10(i, 1).ljust(16, b"\0")
        raw += ini.stamp(pdu).pack()
    ini.send_raw(raw)
    for _ in range(32):
        equal(ini.expect(iscsi.DATA_IN).byte(1), 0x81, "flags")
        ini.expstatsn += 1
    after = counters(lab)
    plugs, plugged = (after[k] - before[k] for k in ("plugs", "plugged"))
    check(plugs and plugged > 2 * plugs and plugged <= 32,
          f"{plugged} commands in {plugs} batches")
    ini.logout()


@suite.case
def polling(lab):
    """With a poll time a connection looks for more before it goes idle."""
    ini = session(lab)

    def polled():
        """Polls that come with some I/O, and those that found something."""
        before = counters(lab)
        # many at a time, so that one comes while another's poll goes on
        for _ in range(8):
            ini.wait([ini.issue(read10(8 * i, 8), 1, 4096) for i in range(32)])
        after = counters(lab)
        return [after[k] - before[k] for k in ("polls", "polls_hit")]

    def found():
        """How soon the next command comes is up to the machine."""
        polls, hits = polled()
        check(hits <= polls, f"{hits} of {polls} polls found something")
        return hits

    lab.adm("net", "set", "poll-time", 1000)
    try:
        wait_until(found, 30 * SLOW, "a poll that finds something")
    finally:
        lab.adm("net", "set", "poll-time", 0)
    equal(polled(), [0, 0], "polls")
    ini.logout()


@suite.case
def slow_reader(lab):
    """A peer that does not read holds up nobody else, and loses nothing."""
    slow = lab.connect(target(lab), rcvbuf=16384)
    slow.login(LARGE)
    lab.clear_ua(slow)
    data = pattern(1 << 20)
    slow.good(write10(0, 2048), write=data)
    tasks = [slow.issue(read10(0, 2048), read=1 << 20) for _ in range(4)]
    other = lab.login(target(lab), LARGE, isid=bytes.fromhex("80000000ab77"))
    for i in range(20):
        round_trip(other, 512, 4096 + i)
    other.logout()
    slow.wait(tasks, 30)
    for task in tasks:
        check(task.data == data, "data differ")
    slow.logout()


@suite.case
def written_before(lab):
    """What is in the page cache when a device is taken is on the disk then."""
    iqn, dev, data = lab.target("before"), lab.null_blk(4), pattern(65536)
    # As long as it is open, closing does not write back either
    with open(dev, "r+b", buffering=0) as file:
        file.write(data)
        lab.lun(iqn, 1, dev)
        ini = lab.login(iqn)
        check(ini.good(read10(0, 128), read=65536).data == data, "data differ")
        ini.logout()


@suite.case
def zero_copy(lab):
    """The socket refers to the pages of a read instead of copying them: the
    counts of pages that are sent and not acknowledged yet show it."""
    ini = lab.connect(target(lab), rcvbuf=16384)
    ini.login(LARGE)
    lab.clear_ua(ini)

    def samples():
        conns = [conn for sess in lab.sessions() for conn in sess["conn"]]
        return [sum(conn[name] for conn in conns)
                for name in ("zero_copy", "copied")]

    before = samples()
    tasks = [ini.issue(read10(0, 2048), read=1 << 20) for _ in range(4)]
    wait_until(lambda: samples() != before, 5, "a page that was sent")
    held, copied = (b - a for a, b in zip(before, samples()))
    check(held > copied, f"{held} pages held by the socket, {copied} not")
    ini.wait(tasks, 30)
    ini.logout()


TOTALS = ("begun", "begun_bytes", "commands", "bytes")


def moved(rows):
    """Of the one row that is of LUN 1: numbers of reads, of writes, errors."""
    row, = (row for row in rows if row["lun"] == 1)
    return [[row.get(f"{kind}_{name}") for name in TOTALS]
            for kind in ("read", "write")] + [row["errors"]]


@suite.case
def moved_data(lab):
    """What a session moves on a LUN is counted, and its PDUs; what has moved
    stays with the LUN when it ends."""
    def pdus():
        return [counters(lab)[f"{kind}_pdus"] for kind in
                ("command", "data_out", "data_in", "response")]

    def lu_totals():
        return moved(lab.adm_json("lun", "show", "target", lab.iqn)["lus"])

    ini = session(lab)
    before, total = pdus(), lu_totals()
    for _ in range(3):
        ini.good(read10(0, 8), read=4096)
    ini.good(iscsi.inquiry(96), read=96)
    equal(ini.command(read10(BLOCKS, 1), read=512).status, 2, "past the end")
    ini.good(write10(0, 16), write=pattern(8192), immediate=0, unsolicited=0)
    waits = ini.issue(write10(16, 8), write=pattern(4096), immediate=0,
                      unsolicited=0)
    wait_until(lambda: pdus()[0] == before[0] + 7, 10 * SLOW, "it has come")
    equal(moved(lab.adm_json("stats", "luns")["itls"]),
          [[4, 12800, 4, 12288], [2, 12288, 1, 8192], 0], "with one in flight")
    ini.wait([waits])
    equal(moved(lab.adm_json("stats", "luns")["itls"]),
          [[4, 12800, 4, 12288], [2, 12288, 2, 12288], 0], "without")
    equal([now - then for now, then in zip(pdus(), before)], [7, 2, 4, 3],
          "commands, Data-Out, Data-In, responses")
    ini.logout()
    wait_until(lambda: not lab.sessions(), 10 * SLOW, "the session ends")
    equal(lab.adm_json("stats", "luns").get("itls", []), [], "of nobody")
    now = lu_totals()
    equal([now[0][2] - total[0][2], now[0][3] - total[0][3],
           now[1][2] - total[1][2], now[1][3] - total[1][3], now[2]],
          [4, 12288, 2, 12288, total[2]], "in all")


if __name__ == "__main__":
    suite.main()
