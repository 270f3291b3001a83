#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""PDUs that are wrong, one field at a time, in full feature phase.

    target namespace: t1 with LUN 1 (null_blk) and
    LUN 2 (null backend, 8 TiB)                    -- veth -- this program

Shown: each wrong PDU gets what RFC 7143 prescribes (Reject with its reason, a
SCSI status, silence where a CmdSN is outside the window) or costs its own
connection, and nothing else: after each a new login and READ work, and blocks
that no good command wrote have not changed.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import (Closed, IMMEDIATE, NO_TAG, Pdu, Rejected,  # noqa: E402
                   read10, read16, write10, write16)
from ktap import Failure, Suite, check, equal  # noqa: E402
from lab import lab_class  # noqa: E402

suite = Suite(lab_class())
KEYS = {"MaxRecvDataSegmentLength": 262144, "FirstBurstLength": 8192,
        "MaxBurstLength": 65536, "InitialR2T": "No"}
BLOCKS = 4 << 20 >> 9
FILL = bytes(range(256)) * 32


def target(lab):
    """The one target of this file."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("bad")
        lab.lun(lab.iqn, 1, lab.null_blk(4))
        ini = lab.login(lab.iqn)
        for lba in range(0, 256, 16):
            ini.good(write10(lba, 16), write=FILL)
        ini.logout()
    return lab.iqn


def session(lab, **keys):
    return lab.login(target(lab), {**KEYS, **keys})


def alive(lab):
    """A new login works, and blocks 128 .. 255 are as they were."""
    ini = session(lab)
    back = ini.good(read10(128, 128), read=65536).data
    check(back == FILL * 8, "blocks changed that no good command wrote")
    ini.logout()
    ini.close()


def aftermath(ini):
    """What came until a NOP-Out that follows was answered.

    Gives back (PDUs, whether the connection is still there). The NOP-Out is
    immediate, so that it is answered whatever became of the numbers."""
    got = []
    try:
        pdu = Pdu(iscsi.NOP_OUT | IMMEDIATE, 0x80, itt=0xBEEF, ttt=NO_TAG,
                  cmdsn=ini.cmdsn, expstatsn=ini.expstatsn)
        ini.send(pdu)
        while True:
            pdu = ini.recv(5)
            if pdu.opcode == iscsi.NOP_IN and pdu.u("itt") == 0xBEEF:
                return got, True
            got.append(pdu)
    except Closed:
        return got, False


def verdict(got, up):
    """One word for an aftermath: 'reject N', 'status N', 'closed', ..."""
    for pdu in got:
        if pdu.opcode == iscsi.REJECT:
            return f"reject {pdu.byte(2)}"
        if pdu.opcode == iscsi.SCSI_RSP:
            return f"response {pdu.byte(2)}" if pdu.byte(2) else \
                f"status {pdu.byte(3)}"
        if pdu.opcode == iscsi.DATA_IN and pdu.flags & 1:
            return f"status {pdu.byte(3)}"
        if pdu.opcode == iscsi.TMF_RSP:
            return f"tmf {pdu.byte(2)}"
        if pdu.opcode in (iscsi.TEXT_RSP, iscsi.LOGOUT_RSP, iscsi.NOP_IN):
            return iscsi.NAMES[pdu.opcode]
    return "silence" if up else "closed"


REFUSED = {"closed", "status 2", *(f"reject {n}" for n in range(2, 11)),
           *(f"response {n}" for n in range(1, 3))}


def expect(lab, what, send, allowed=frozenset(REFUSED), **keys):
    """SEND does the wrong thing in a session of its own."""
    ini = session(lab, **keys)
    try:
        send(ini)
    except Closed:
        word = "closed"
    else:
        word = verdict(*aftermath(ini))
    if word == "silence" and word not in allowed:
        word = later(ini)
    check(word in allowed, f"{what}: {word}, wanted one of "
                           f"{sorted(allowed)}\n{ini.history()}")
    ini.close()
    return word


def later(ini):
    """A command's answer may come after that of a NOP-Out behind it."""
    try:
        return verdict([ini.recv(3)], True)
    except Closed:
        return "closed"
    except iscsi.Timeout:
        return "silence"


def command(ini, cdb, flags, edtl=0, data=b"", lun=1, **put):
    """A SCSI Command of any kind."""
    pdu = Pdu(iscsi.SCSI_CMD, flags, data, itt=ini.itt(), edtl=edtl, lun=lun)
    pdu.bhs[32:48] = cdb.ljust(16, b"\0")
    ini.stamp(pdu)
    for name, value in put.items():
        pdu.put(int(name[1:]) if name[1:].isdigit() else name, value)
    return pdu


def waiting_write(ini, size=16384, lba=0):
    """A write that has an R2T to be answered: (task, R2T)."""
    task = ini.waiting_write(lba=lba, data=bytes(size))
    return task, task.r2ts[0]


def data_out(ini, task, size, **fields):
    """A Data-Out for TASK with FIELDS as they are told."""
    flags = fields.pop("flags", 0x80)
    pdu = Pdu(iscsi.DATA_OUT, flags, bytes(size), itt=task.itt,
              expstatsn=ini.expstatsn, lun=1)
    for name, value in fields.items():
        pdu.put(name, value)
    ini.send(pdu)


# --- opcodes and headers ----------------------------------------------------

@suite.case
def reserved_opcodes(lab):
    """Opcodes that no initiator sends: Reject, with the header (11.17)."""
    known = set(range(7)) | {iscsi.SNACK}
    ini = session(lab)
    for opcode in (op for op in range(0x40) if op not in known):
        pdu = Pdu(opcode | IMMEDIATE, 0x80, itt=ini.itt(), cmdsn=ini.cmdsn,
                  expstatsn=ini.expstatsn)
        ini.send(pdu)
        try:
            got = ini.step()
        except Rejected as err:
            got = err.pdu
        except Closed:
            ini = session(lab)
            continue
        equal(got.opcode, iscsi.REJECT, f"answer to opcode {opcode:#x}")
        check(got.byte(2) in (iscsi.REJECT_PROTOCOL, iscsi.REJECT_UNSUPPORTED,
                              iscsi.REJECT_INVALID),
              f"opcode {opcode:#x}: reason {got.byte(2):#x}")
        equal(bytes(got.data[:48]), pdu.header(), "header in the Reject")
        equal(got.u("itt"), NO_TAG, "ITT of the Reject")
    alive(lab)


@suite.case
def unsupported_reason(lab):
    """A reserved opcode is 'command not supported' (reason 5), and the
    session goes on."""
    ini = session(lab)
    ini.send(Pdu(0x1B | IMMEDIATE, 0x80, itt=7, cmdsn=ini.cmdsn,
                 expstatsn=ini.expstatsn))
    try:
        got = ini.step()
        raise Failure(f"no Reject: {got}")
    except Rejected as err:
        equal(err.reason, iscsi.REJECT_UNSUPPORTED, "reason")
    ini.good(read10(0, 1), read=512)
    ini.logout()


@suite.case
def every_word_of_every_header(lab):
    """Each word of the BHS but the lengths, of each kind of PDU, with the
    values at which things break. Any answer is good; no answer, harm to
    others, or a fault in the kernel is not."""
    kinds = {
        "read": lambda i: command(i, read10(0, 8), 0xC1, 4096),
        "write": lambda i: command(i, write10(0, 8), 0xA1, 4096, FILL[:4096]),
        "nop": lambda i: i.stamp(Pdu(0, 0x80, b"ping", itt=5, ttt=NO_TAG)),
        "text": lambda i: i.stamp(Pdu(4, 0x80, b"SendTargets=\0", itt=6,
                                      ttt=NO_TAG)),
        "tmf": lambda i: i.stamp(Pdu(2, 0x81, itt=7, rtt=77, lun=1)),
        "data-out": lambda i: Pdu(5, 0x80, bytes(512), itt=8, ttt=NO_TAG),
    }
    for name, make in kinds.items():
        ini = session(lab)
        for offset in (0, *range(8, 48, 4)):
            for value in (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
                pdu = make(ini)
                raw = value.to_bytes(4, "big")
                if offset:
                    pdu.bhs[offset:offset + 4] = raw
                else:
                    pdu.bhs[1:4] = raw[1:]
                try:
                    ini.send(pdu)
                    _, up = aftermath(ini)
                except Closed:
                    up = False
                # A target that was told of other numbers may keep to them
                if not up or offset in (24, 28):
                    ini.close()
                    ini = session(lab)
        ini.close()
        try:
            alive(lab)
        except iscsi.IscsiError as err:
            raise Failure(f"after '{name}': {err}") from err


@suite.case
def additional_headers(lab):
    """AHS of each type and length, true and lying (11.2.2)."""
    for raw in (bytes(4), bytes(1020), b"\x00\x11\x01" + bytes(17),
                b"\x00\xff\x01\x00", b"\xff\xff\x01" + bytes(1017),
                b"\x00\x05\x02\x00\x00\x00\x02\x00", b"\x00\x01\x3f\x00",
                b"\x00\x00\x00\x00" * 255, b"\xff" * 8):
        def send(ini, ahs=raw):
            pdu = command(ini, read10(0, 1), 0xC1, 512)
            pdu.ahs = ahs
            ini.send(pdu)
        expect(lab, f"AHS {raw[:8].hex()} of {len(raw)}", send,
               REFUSED | {"status 0"})
    alive(lab)


@suite.case
def headers_on_other_pdus(lab):
    """AHS where none belongs."""
    for opcode in (0, 2, 4, 5, 6):
        def send(ini, op=opcode):
            pdu = ini.stamp(Pdu(op, 0x80, ahs=bytes(8), itt=9, ttt=NO_TAG))
            ini.send(pdu)
        expect(lab, f"AHS on opcode {opcode}", send,
               REFUSED | {"NOP-In", "tmf 1", "tmf 5", "tmf 0", "silence",
                          "Text-Response", "Logout-Response", "tmf 255"})
    alive(lab)


# --- lengths ---------------------------------------------------------------------

@suite.case
def segment_beyond_negotiated(lab):
    """A data segment longer than the target's MaxRecvDataSegmentLength."""
    for extra in (4, 8192):
        def send(ini, more=extra):
            size = ini.keys["MaxXmit"] + more
            ini.send(command(ini, write10(0, size // 512), 0xA1, size,
                             bytes(size)))
        expect(lab, f"{extra} bytes too long", send)
    alive(lab)


@suite.case
def segment_of_16_mib(lab):
    """DataSegmentLength 2^24-1, and nothing follows: closed, or refused, at
    once, not waited for."""
    for opcode in (0, 1, 4, 5):
        ini = session(lab)
        pdu = ini.stamp(Pdu(opcode, 0x80, itt=9, ttt=NO_TAG))
        pdu.dsl = 0xFFFFFF
        ini.send(pdu)
        for pdu in ini.expect_close(5):
            equal(pdu.opcode, iscsi.REJECT, "before the end")
    alive(lab)


@suite.case
def data_where_none_belongs(lab):
    """A data segment on a READ, a TMF, a Logout."""
    expect(lab, "READ with data", lambda i: i.send(
        command(i, read10(0, 1), 0xC1, 512, bytes(512))),
        REFUSED | {"status 0"})
    expect(lab, "TMF with data", lambda i: i.send(
        i.stamp(Pdu(2, 0x81, bytes(512), itt=9, rtt=5, lun=1))),
        REFUSED | {f"tmf {n}" for n in (0, 1, 5, 255)})
    expect(lab, "Logout with data", lambda i: i.send(
        i.stamp(Pdu(6, 0x80, bytes(512), itt=9))),
        REFUSED | {"Logout-Response"})
    alive(lab)


@suite.case
def four_gib(lab):
    """Transfer lengths of 4 GiB and more in CDB and EDTL."""
    if not hasattr(lab, "null_lun"):
        return
    sizes = ((0x800000, 512), (0x7FFFFF, 4096), (0xFFFFFFFF, 512))
    for blocks, edtl in sizes:
        expect(lab, f"READ(16) of {blocks:#x}", lambda i, b=blocks, e=edtl:
               i.send(command(i, read16(0, b), 0xC1, e)),
               REFUSED | {"status 0"})
        expect(lab, f"WRITE(16) of {blocks:#x}", lambda i, b=blocks, e=edtl:
               i.send(command(i, write16(4, b), 0xA1, e, bytes(512))),
               REFUSED | {"silence", "status 0"})
    for edtl in (0xFFFFFE00, 0xFFFFFFFF, 0x80000000):
        expect(lab, f"EDTL {edtl:#x}, WRITE", lambda i, e=edtl:
               i.send(command(i, write16(4, e // 512), 0xA1, e, bytes(512))))
        expect(lab, f"EDTL {edtl:#x}, READ", lambda i, e=edtl:
               i.send(command(i, read10(0, 8), 0xC1, e)),
               REFUSED | {"status 0"})
    alive(lab)


@suite.case
def four_gib_on_a_big_disk(lab):
    """The same where the blocks exist: 8 TiB without storage."""
    target(lab)
    if not hasattr(lab, "iqn_big"):
        lab.iqn_big = lab.target("big")
        lab.null_lun(lab.iqn_big, 2, 8 << 40)
    for cdb in (read16(0, 0x800000), read16(0, 0xFFFFFFFF),
                write16(0, 0x800000), write16(0, 0xFFFFFFFF),
                read16(1 << 33, 0x800000)):
        ini = lab.login(lab.iqn_big, KEYS, luns=(2,))
        flags, data = (0xA1, bytes(4096)) if cdb[0] == 0x8A else (0xC1, b"")
        ini.send(command(ini, cdb, flags, 4096, data, lun=2))
        word = verdict(*aftermath(ini))
        if word == "silence":
            word = later(ini)
        check(word in REFUSED | {"status 0"}, f"{cdb.hex()}: {word}")
        ini.close()
    alive(lab)


@suite.case
def memory_is_bounded(lab):
    """Writes of 1 MiB times the window, none of which gets its data: the
    target lives, and forgets them with the connection."""
    for _ in range(3):
        ini = session(lab)
        for _ in range(100):
            ini.send(command(ini, write10(0, 2048), 0xA1, 1 << 20))
        aftermath(ini)
        ini.abort()
    alive(lab)


@suite.case
def cut_anywhere(lab):
    """A PDU that ends early, with FIN and with RST."""
    for cut in (1, 4, 5, 8, 20, 47, 48, 49, 100, 559):
        for rude in (False, True):
            ini = session(lab)
            raw = command(ini, write10(0, 1), 0xA1, 512, FILL[:512]).pack()
            ini.send_raw(raw[:cut])
            if rude:
                ini.abort()
            else:
                ini.close()
    alive(lab)


# --- flags and tags ------------------------------------------------------------

@suite.case
def directions(lab):
    """R and W together, neither, or against the CDB."""
    table = [
        ("R+W READ", 0xE1, read10(0, 1), 512, b""),
        ("R+W WRITE", 0xE1, write10(0, 1), 512, FILL[:512]),
        ("W READ", 0xA1, read10(0, 1), 512, FILL[:512]),
        ("W READ without data", 0xA1, read10(0, 1), 512, b""),
        ("R WRITE", 0xC1, write10(0, 1), 512, b""),
        ("neither READ", 0x81, read10(0, 1), 512, b""),
        ("neither WRITE", 0x81, write10(0, 1), 512, b""),
        ("W, EDTL 0", 0xA1, write10(0, 1), 0, b""),
        ("W, EDTL 0, data", 0xA1, write10(0, 1), 0, FILL[:512]),
        ("R, EDTL 0", 0xC1, read10(0, 1), 0, b""),
        ("F=0 READ", 0x41, read10(0, 1), 512, b""),
        ("data beyond EDTL", 0xA1, write10(0, 1), 512, FILL[:1024]),
    ]
    for what, flags, cdb, edtl, data in table:
        expect(lab, what, lambda i, f=flags, c=cdb, e=edtl, d=data:
               i.send(command(i, c, f, e, d)),
               REFUSED | {"status 0", "silence"})
    alive(lab)


@suite.case
def against_the_command(lab):
    """R and W of the PDU against the command (11.3.1): 05/0E/03.

    What was sent with it is dropped, nothing is asked for, and nothing is
    written. Where the command or the initiator moves no data, there is no
    direction that could be wrong, and the residual says the rest."""
    ini = session(lab)
    wrong = [
        ("READ as W", read10(128, 1), {"write": FILL[:512]}),
        ("READ as W, unsolicited data", read10(128, 32), {"write": FILL * 2}),
        ("READ as W, F=0", read10(128, 32),
         {"write": FILL * 2, "immediate": 512, "unsolicited": 8192}),
        ("READ as R and W", read10(128, 1), {"read": 512, "flags": 0xE1}),
        ("WRITE as R", write10(128, 1), {"read": 512}),
        ("WRITE(16) as R", iscsi.write16(128, 8), {"read": 4096}),
        ("WRITE as R and W", write10(128, 1),
         {"write": bytes(512), "flags": 0xE1}),
        ("WRITE SAME as R", iscsi.write_same10(128, 1), {"read": 512}),
        ("UNMAP as R", iscsi.unmap(24), {"read": 24}),
        ("INQUIRY as W", iscsi.inquiry(36), {"write": bytes(36)}),
    ]
    for what, cdb, how in wrong:
        task = ini.command(cdb, **how)
        equal((task.status, task.key, task.underflow, task.r2ts),
              (2, (5, 0x0E, 3), task.edtl, []), what)
    fine = [
        ("TEST UNIT READY with data", iscsi.tur(), {"write": FILL}, (0, 8192)),
        ("TEST UNIT READY as R", iscsi.tur(), {"read": 512}, (0, 512)),
        ("WRITE of nothing as R", write10(128, 0), {"read": 512}, (0, 512)),
        ("READ of nothing as W", read10(128, 0), {"write": FILL}, (0, 8192)),
        ("WRITE as R of nothing", write10(128, 1), {"flags": 0xC1}, (512, 0)),
        ("WRITE as neither", write10(128, 1), {"flags": 0x81}, (512, 0)),
        ("READ as W of nothing", read10(128, 1), {"flags": 0xA1}, (512, 0)),
    ]
    for what, cdb, how, residual in fine:
        task = ini.good(cdb, **how)
        equal((task.overflow, task.underflow), residual, what)
    ini.logout()
    ini.close()
    alive(lab)


@suite.case
def reserved_bits(lab):
    """Reserved bits are ignored or refused; task attributes 5 to 7 too."""
    for flags in (0xC5, 0xC6, 0xC7, 0xD9, 0xC0):
        expect(lab, f"flags {flags:#x}", lambda i, f=flags: i.send(
            command(i, read10(0, 1), f, 512)), REFUSED | {"status 0"})
    expect(lab, "bytes 2 and 3", lambda i: i.send(
        command(i, read10(0, 1), 0xC1, 512, b2=0xFF, b3=0xFF)),
        REFUSED | {"status 0"})


@suite.case
def strange_luns(lab):
    """LUNs of other formats and depths: not there."""
    for lun in ("ffffffffffffffff", "0001000000000001", "c001000000000000",
                "8001000000000000", "0101000000000000", "7fff000000000000",
                "0000000000000001", "d200000100000000"):
        ini = session(lab)
        task = ini.command(read10(0, 1), bytes.fromhex(lun), read=512)
        equal(task.key, (5, 0x25, 0), f"LUN {lun}")
        ini.close()


@suite.case
def flat_lun(lab):
    """LUN 1 in flat space addressing is LUN 1 (SAM-5)."""
    ini = session(lab)
    ini.good(read10(0, 1), bytes.fromhex("4001000000000000"), read=512)
    ini.logout()


@suite.case
def tag_in_use(lab):
    """An ITT that is still in use (11.2.1.8)."""
    def send(ini):
        task, _ = waiting_write(ini)
        ini.send(command(ini, read10(0, 1), 0xC1, 512, itt=task.itt))
    expect(lab, "ITT in use", send)
    alive(lab)


@suite.case
def reserved_tag(lab):
    """A command with ITT FFFFFFFF."""
    expect(lab, "ITT FFFFFFFF", lambda i: i.send(
        command(i, read10(0, 1), 0xC1, 512, itt=NO_TAG)))
    alive(lab)


# --- command numbers ----------------------------------------------------------

@suite.case
def outside_the_window(lab):
    """CmdSN above and below the window: silently dropped (4.2.2.1)."""
    ini = session(lab)
    ini.nop()
    for cmdsn in (ini.maxcmdsn + 1, ini.maxcmdsn + 100, ini.expcmdsn - 1,
                  ini.expcmdsn - 1000, ini.expcmdsn + 0x7FFFFFFF,
                  ini.expcmdsn + 0x80000000):
        pdu = command(ini, read10(0, 1), 0xC1, 512).put("cmdsn", cmdsn)
        ini.cmdsn = ini.expcmdsn
        ini.send(pdu)
        got, up = aftermath(ini)
        equal((verdict(got, up), up), ("silence", True), f"CmdSN {cmdsn:#x}")
    ini.expstatsn = (ini.expstatsn + 6) & 0xFFFFFFFF
    ini.good(read10(0, 1), read=512)
    ini.logout()


@suite.case
def dropped_write_data(lab):
    """The data of a dropped command is dropped with it."""
    ini = session(lab)
    ini.nop()
    pdu = command(ini, write10(128, 1), 0xA1, 512, bytes(512))
    pdu.put("cmdsn", ini.maxcmdsn + 1)
    ini.cmdsn = ini.expcmdsn
    ini.send(pdu)
    got, up = aftermath(ini)
    equal((verdict(got, up), up), ("silence", True), "write outside")
    ini.close()
    alive(lab)


@suite.case
def gap(lab):
    """A CmdSN that skips one waits for it, or costs the connection."""
    ini = session(lab)
    first = command(ini, read10(0, 1), 0xC1, 512)
    second = command(ini, read10(1, 1), 0xC1, 512)
    ini.send(second)
    got, up = aftermath(ini)
    if up and verdict(got, up) == "silence":
        ini.send(first)
        tags = [ini.expect(iscsi.DATA_IN).u("itt") for _ in range(2)]
        equal(sorted(tags), sorted((first.u("itt"), second.u("itt"))), "tags")
    else:
        check(verdict(got, up) in REFUSED, verdict(got, up))
    ini.close()
    alive(lab)


# --- data ----------------------------------------------------------------------

@suite.case
def immediate_not_negotiated(lab):
    """ImmediateData=No, and immediate data all the same (13.11)."""
    expect(lab, "immediate data", lambda i: i.send(
        command(i, write10(0, 1), 0xA1, 512, bytes(512))), ImmediateData="No")
    alive(lab)


@suite.case
def immediate_beyond_first_burst(lab):
    """More immediate data than FirstBurstLength (13.14)."""
    expect(lab, "12 KiB", lambda i: i.send(
        command(i, write10(0, 24), 0xA1, 12288, bytes(12288))))
    alive(lab)


@suite.case
def unsolicited_not_negotiated(lab):
    """InitialR2T=Yes, and F=0 on the command with a Data-Out after it."""
    def send(ini):
        ini.send(command(ini, write10(0, 4), 0x21, 2048, bytes(512)))
        task = iscsi.Task(ini.next_itt, b"", 1, 2048, bytes(2048), 0)
        data_out(ini, task, 1536, ttt=NO_TAG, offset=512)
    expect(lab, "unsolicited data", send, InitialR2T="Yes")
    alive(lab)


@suite.case
def unsolicited_beyond_first_burst(lab):
    """Unsolicited Data-Outs beyond FirstBurstLength. The R2T for the rest may
    be on its way by then; the command fails all the same."""
    def send(ini):
        ini.send(command(ini, write10(0, 32), 0x21, 16384, bytes(4096)))
        task = iscsi.Task(ini.next_itt, b"", 1, 16384, bytes(16384), 0)
        data_out(ini, task, 8192, ttt=NO_TAG, offset=4096)
        got, up = aftermath(ini)
        r2ts = [pdu for pdu in got if pdu.opcode == iscsi.R2T]
        check(len(r2ts) <= 1, f"{len(r2ts)} R2Ts")
        if up and r2ts and len(got) == 1:
            data_out(ini, task, r2ts[0].u("length"), ttt=r2ts[0].u("ttt"),
                     offset=r2ts[0].u("offset"))
        elif not up:
            raise Closed("closed")
        elif len(got) > len(r2ts):
            check(verdict(got, up) in REFUSED, verdict(got, up))
            raise Closed("refused")
    expect(lab, "unsolicited data", send)
    alive(lab)


@suite.case
def data_out_for_nothing(lab):
    """Data-Out for a task, or a transfer, that does not exist."""
    for ttt in (NO_TAG, 0, 0x1234, 0x80000000):
        task = iscsi.Task(0x9999, b"", 1, 512, bytes(512), 0)
        expect(lab, f"TTT {ttt:#x}", lambda i, t=ttt: data_out(
            i, task, 512, ttt=t), REFUSED | {"silence"})
    alive(lab)


@suite.case
def data_out_faults(lab):
    """Data-Out for a true R2T with one thing wrong."""
    faults = {
        "TTT of nobody": lambda r: (512, {"ttt": r.u("ttt") ^ 0x5A5A5A5A}),
        "TTT next to it": lambda r: (512, {"ttt": r.u("ttt") + 1}),
        "reserved TTT": lambda r: (512, {"ttt": NO_TAG}),
        "offset below": lambda r: (512, {"offset": r.u("offset") - 512}),
        "offset above": lambda r: (512, {"offset": r.u("offset") + 512}),
        "offset odd": lambda r: (512, {"offset": r.u("offset") + 3}),
        "offset of 4 GiB": lambda r: (512, {"offset": 0xFFFFFE00}),
        "DataSN 1 first": lambda r: (512, {"datasn": 1}),
        "DataSN of 2^32": lambda r: (512, {"datasn": 0xFFFFFFFF}),
        "longer than asked": lambda r: (r.u("length") + 512, {}),
        "F too early": lambda r: (512, {}),
        "nothing, F": lambda r: (0, {}),
    }
    for what, fault in faults.items():
        def send(ini, make=fault):
            task, r2t = waiting_write(ini)
            size, fields = make(r2t)
            data_out(ini, task, size, **{"ttt": r2t.u("ttt"),
                                         "offset": r2t.u("offset"), **fields})
        allowed = REFUSED | {"silence"} if "nothing" in what or "TTT" in what \
            else REFUSED
        expect(lab, what, send, allowed)
    alive(lab)


@suite.case
def other_itt_same_ttt(lab):
    """A Data-Out whose ITT is not the task of its TTT."""
    def send(ini):
        _, r2t = waiting_write(ini)
        other, _ = waiting_write(ini)
        data_out(ini, other, 512, ttt=r2t.u("ttt"), offset=r2t.u("offset"),
                 flags=0)
    expect(lab, "foreign TTT", send, REFUSED | {"silence"})
    alive(lab)


@suite.case
def data_after_the_end(lab):
    """Data-Outs after the last, and after the status."""
    def send(ini):
        task, r2t = waiting_write(ini, 4096)
        ini.answer(task)
        ini.wait([task])
        equal(task.status, 0, "status")
        data_out(ini, task, 512, ttt=r2t.u("ttt"), offset=0)
    expect(lab, "after the status", send, REFUSED | {"silence"})
    alive(lab)


@suite.case
def padding_not_zero(lab):
    """Padding is ignored, not stored (11.2.3)."""
    ini = session(lab, InitialR2T="No")
    itt = ini.itt()
    pdu = Pdu(iscsi.SCSI_CMD, 0x21, FILL[:509], itt=itt, edtl=512, lun=1)
    pdu.bhs[32:48] = write10(100, 1).ljust(16, b"\0")
    ini.stamp(pdu)
    ini.send_raw(pdu.pack()[:-3] + b"\xee" * 3)
    ini.send(Pdu(iscsi.DATA_OUT, 0x80, FILL[509:512], itt=itt, ttt=NO_TAG,
                 offset=509, lun=1))
    equal(ini.until_status(itt), 0, "status")
    equal(ini.good(read10(100, 1), read=512).data, FILL[:512], "data")
    ini.logout()


@suite.case
def bad_digests(lab):
    """A data digest that is wrong: Reject with reason 2; the session goes on, and
    a write fails with 0B/47/05. A header digest that is wrong: closed (7.8)."""
    ini = session(lab, HeaderDigest="CRC32C", DataDigest="CRC32C")
    check(ini.hdgst and ini.ddgst, "no digests")

    def send(pdu, at):
        raw = bytearray(pdu.pack(True, True))
        raw[at] ^= 1
        ini.send_raw(raw)

    def rejected(pdu):
        send(pdu, -1)
        try:
            raise Failure(f"no Reject: {ini.step()}")
        except Rejected as err:
            equal((err.reason, bytes(err.pdu.data)),
                  (iscsi.REJECT_DIGEST, pdu.header()), "Reject")
    rejected(ini.stamp(Pdu(iscsi.NOP_OUT, 0x80, b"ping", itt=5, ttt=NO_TAG),
                       True))
    write = command(ini, write10(128, 1), 0xA1, 512, bytes(512))
    rejected(write)
    ini.tasks[write.u("itt")] = task = iscsi.Task(write.u("itt"), b"", 1, 512,
                                                  bytes(512), 0)
    ini.wait([task])
    equal((task.status, task.key), (2, (0x0B, 0x47, 5)), "write")
    ini.good(read10(0, 1), read=512)
    send(command(ini, read10(0, 1), 0xC1, 512), 48)
    equal(ini.expect_close(5), [], "PDUs after a wrong header digest")
    alive(lab)


# --- the other requests ---------------------------------------------------------

@suite.case
def snack(lab):
    """SNACK at error recovery level 0: refused (11.16)."""
    for kind in (0, 1, 2, 3, 15):
        expect(lab, f"SNACK {kind}", lambda i, k=kind: i.send(
            Pdu(iscsi.SNACK, 0x80 | k, itt=1, ttt=NO_TAG,
                expstatsn=i.expstatsn)))
    alive(lab)


@suite.case
def nops(lab):
    """NOP-Outs with tags that do not fit (11.18)."""
    anything = REFUSED | {"silence", "NOP-In"}
    expect(lab, "answer to nothing", lambda i: i.send(
        i.stamp(Pdu(0, 0x80, itt=NO_TAG, ttt=0x777), True)), anything)
    expect(lab, "no answer wanted, not immediate", lambda i: i.send(
        i.stamp(Pdu(0, 0x80, itt=NO_TAG, ttt=NO_TAG))), anything)
    expect(lab, "both tags", lambda i: i.send(
        i.stamp(Pdu(0, 0x80, itt=5, ttt=5), True)), anything)
    expect(lab, "F=0", lambda i: i.send(
        i.stamp(Pdu(0, 0, itt=5, ttt=NO_TAG), True)), anything)
    alive(lab)


@suite.case
def texts(lab):
    """Text Requests that are wrong (11.10)."""
    anything = REFUSED | {"Text-Response"}
    for data in (b"SendTargets=", b"SendTargets", b"\0\0\0\0", b"=\0",
                 b"SendTargets=\0SendTargets=\0", b"MaxConnections=9\0",
                 b"SendTargetsPlease=All\0", b"sendtargets=\0",
                 b"K" * 8000, bytes(8192)):
        expect(lab, repr(data[:30]), lambda i, d=data: i.send(
            i.stamp(Pdu(4, 0x80, d, itt=5, ttt=NO_TAG))), anything)
    for flags in (0xC0, 0x40, 0x00):
        expect(lab, f"flags {flags:#x}", lambda i, f=flags: i.send(
            i.stamp(Pdu(4, f, b"SendTargets=\0", itt=5, ttt=NO_TAG))), anything)
    expect(lab, "TTT of nobody", lambda i: i.send(
        i.stamp(Pdu(4, 0x80, b"", itt=5, ttt=0x4242))), anything)
    alive(lab)


@suite.case
def texts_too_long(lab):
    """A Text Request, or an answer, of more than 64 KiB is a protocol error; the
    session goes on (11.17.1)."""
    ini = session(lab)
    pdu = ini.text(b"X-" + b"k" * 8190, final=False, cont=True)
    for what, send in (
            ("request", lambda: [ini.text(b"k" * 8192, pdu.u("ttt"), False,
                                          True, pdu.u("itt"))
                                 for _ in range(20)]),
            ("answer", lambda: ini.text({f"X-{n}": "" for n in range(8000)}))):
        try:
            send()
            check(False, f"a {what} that is too long was taken")
        except Rejected as err:
            equal(err.reason, iscsi.REJECT_PROTOCOL, what)
    ini.good(read10(0, 1), read=512)
    equal(ini.logout(), 0, "logout")


@suite.case
def functions(lab):
    """Task management functions that do not exist (11.5.1)."""
    for function in (0, 9, 10, 64, 127):
        expect(lab, f"function {function}", lambda i, f=function: i.send(
            i.stamp(Pdu(2, 0x80 | f, itt=5, rtt=NO_TAG, lun=1), True)),
            REFUSED | {"tmf 5", "tmf 255"})
    alive(lab)


@suite.case
def logouts(lab):
    """Logouts with reasons and CIDs that do not fit (11.14, 11.15)."""
    for reason in (3, 64, 127):
        expect(lab, f"reason {reason}", lambda i, r=reason: i.send(
            i.stamp(Pdu(6, 0x80 | r, itt=5), True)),
            REFUSED | {"Logout-Response"})
    ini = session(lab)
    equal(ini.logout(1, cid=77), 1, "response for a CID that does not exist")
    ini.nop()
    equal(ini.logout(2), 2, "response to 'remove for recovery' at level 0")
    ini.close()
    alive(lab)


if __name__ == "__main__":
    suite.main()
