# SPDX-License-Identifier: GPL-2.0
"""What PDUs, texts and CDBs are made of, and how to make them wrong.

Everything is drawn from a random.Random that the caller gives, so that a seed
makes the same again. Nothing here touches a socket.
"""

import struct

import iscsi
from iscsi import (DATA_OUT, LOGIN_REQ, LOGOUT_REQ, NOP_OUT, NO_TAG, Pdu,
                   SCSI_CMD, SNACK, TEXT_REQ, TMF_REQ)

# Fields of each request that are worth a wrong value. A number alone is a byte
# of the BHS. The lengths of a PDU have a mutation of their own.
COMMON = ("itt", "lun", 2, 3)
WRONG = {
    NOP_OUT: COMMON + ("ttt", "cmdsn", "expstatsn"),
    SCSI_CMD: COMMON + ("edtl", "cmdsn", "expstatsn"),
    TMF_REQ: COMMON + ("rtt", "cmdsn", "expstatsn", "refcmdsn", "expdatasn"),
    LOGIN_REQ: (2, 3, 8, 9, 10, 11, 12, 13, "tsih", "itt", "cid", "cmdsn",
                "expstatsn"),
    TEXT_REQ: COMMON + ("ttt", "cmdsn", "expstatsn"),
    DATA_OUT: COMMON + ("ttt", "expstatsn", "datasn", "offset"),
    LOGOUT_REQ: COMMON + ("cid", "cmdsn", "expstatsn"),
    SNACK: COMMON + ("ttt", "expstatsn", "begrun", "runlength"),
}

# Data that is sent is a piece of this: what is the same again has a digest that
# is known already. No byte is like its neighbours.
POOL = bytes((n * 167 + (n >> 8) * 13) & 0xFF for n in range(1 << 16))


def pool(rng, size):
    """SIZE bytes, of few different kinds."""
    at = rng.choice((0, 1, 4096))
    if at + size > len(POOL):
        return bytes(size)
    return POOL[at:at + size]


def boundary(rng, size, now, live=()):
    """A value of SIZE bytes at which things break. LIVE are numbers that are in
    use elsewhere, NOW is the right one."""
    top = (1 << 8 * size) - 1
    return rng.choice((0, 1, 2, top, top - 1, top >> 1, (top >> 1) + 1,
                       now + 1, now - 1, now ^ 1 << rng.randrange(8 * size),
                       rng.getrandbits(8 * size), 1 << rng.randrange(8 * size),
                       *([rng.choice(live)] * 3 if live else ()))) & top


def lun(rng):
    """Eight bytes: mostly a LUN that is there, in all formats of SAM-5."""
    number = rng.choice((1, 1, 1, 1, 2, 3, 4))
    if rng.random() < 0.8:
        return struct.pack(">H6x", number)
    return rng.choice((
        struct.pack(">H6x", 0), struct.pack(">H6x", 9),
        struct.pack(">H6x", 0x4000 | number), struct.pack(">H6x", 0x7FFF),
        struct.pack(">H6x", 0x8000 | number), struct.pack(">H6x", 0xC101),
        struct.pack(">HH4x", number, 0xFFFF), b"\xff" * 8, bytes(7) + b"\x01",
        rng.randbytes(8)))


# --- CDBs ---------------------------------------------------------------------------

# Opcode: its length, direction (r, w or -), and where numbers stand:
# (offset, bytes, what). A block count that is small makes a command work.
LBA, COUNT, ALLOC, PLEN, BYTE = "lba", "count", "alloc", "plen", "byte"
CDBS = {
    0x00: (6, "-", ()),
    0x03: (6, "r", ((1, 1, BYTE), (4, 1, ALLOC))),
    0x08: (6, "r", ((1, 3, LBA), (4, 1, COUNT))),
    0x0A: (6, "w", ((1, 3, LBA), (4, 1, COUNT))),
    0x12: (6, "r", ((1, 1, BYTE), (2, 1, BYTE), (3, 2, ALLOC))),
    0x15: (6, "w", ((1, 1, BYTE), (4, 1, PLEN))),
    0x1A: (6, "r", ((1, 1, BYTE), (2, 1, BYTE), (3, 1, BYTE), (4, 1, ALLOC))),
    0x1B: (6, "-", ((1, 1, BYTE), (4, 1, BYTE))),
    0x1D: (6, "w", ((1, 1, BYTE), (3, 2, PLEN))),
    0x1E: (6, "-", ((4, 1, BYTE),)),
    0x25: (10, "r", ((2, 4, LBA), (8, 1, BYTE))),
    0x28: (10, "r", ((1, 1, BYTE), (2, 4, LBA), (7, 2, COUNT))),
    0x2A: (10, "w", ((1, 1, BYTE), (2, 4, LBA), (7, 2, COUNT))),
    0x2E: (10, "w", ((1, 1, BYTE), (2, 4, LBA), (7, 2, COUNT))),
    0x2F: (10, "w", ((1, 1, BYTE), (2, 4, LBA), (7, 2, COUNT))),
    0x34: (10, "-", ((1, 1, BYTE), (2, 4, LBA), (7, 2, COUNT))),
    0x35: (10, "-", ((1, 1, BYTE), (2, 4, LBA), (7, 2, COUNT))),
    0x3B: (10, "w", ((1, 1, BYTE), (2, 1, BYTE), (3, 3, LBA), (6, 3, PLEN))),
    0x3C: (10, "r", ((1, 1, BYTE), (2, 1, BYTE), (3, 3, LBA), (6, 3, ALLOC))),
    0x41: (10, "w", ((1, 1, BYTE), (2, 4, LBA), (7, 2, COUNT))),
    0x42: (10, "w", ((1, 1, BYTE), (7, 2, PLEN))),
    0x55: (10, "w", ((1, 1, BYTE), (7, 2, PLEN))),
    0x5A: (10, "r", ((1, 1, BYTE), (2, 1, BYTE), (3, 1, BYTE), (7, 2, ALLOC))),
    0x5E: (10, "r", ((1, 1, BYTE), (7, 2, ALLOC))),
    0x5F: (10, "w", ((1, 1, BYTE), (2, 1, BYTE), (5, 4, PLEN))),
    0x83: (16, "w", ((1, 1, BYTE), (10, 4, PLEN))),
    0x84: (16, "r", ((1, 1, BYTE), (10, 4, ALLOC))),
    0x88: (16, "r", ((1, 1, BYTE), (2, 8, LBA), (10, 4, COUNT))),
    0x89: (16, "w", ((1, 1, BYTE), (2, 8, LBA), (13, 1, COUNT))),
    0x8A: (16, "w", ((1, 1, BYTE), (2, 8, LBA), (10, 4, COUNT))),
    0x8F: (16, "w", ((1, 1, BYTE), (2, 8, LBA), (10, 4, COUNT))),
    0x91: (16, "-", ((1, 1, BYTE), (2, 8, LBA), (10, 4, COUNT))),
    0x93: (16, "w", ((1, 1, BYTE), (2, 8, LBA), (10, 4, COUNT))),
    0x9E: (16, "r", ((1, 1, BYTE), (2, 8, LBA), (10, 4, ALLOC))),
    0xA0: (12, "r", ((2, 1, BYTE), (6, 4, ALLOC))),
    0xA3: (12, "r", ((1, 1, BYTE), (2, 1, BYTE), (3, 1, BYTE), (4, 2, BYTE),
                     (6, 4, ALLOC))),
    0xA8: (12, "r", ((1, 1, BYTE), (2, 4, LBA), (6, 4, COUNT))),
    0xAA: (12, "w", ((1, 1, BYTE), (2, 4, LBA), (6, 4, COUNT))),
    0xAE: (12, "w", ((1, 1, BYTE), (2, 4, LBA), (6, 4, COUNT))),
}
OFTEN = (0x28, 0x2A, 0x88, 0x8A, 0x08, 0x0A, 0xA8, 0xAA, 0x42, 0x41, 0x93, 0x12,
         0x1A, 0x5A, 0xA0, 0xA3, 0x9E, 0x03, 0x35)
# What byte 1 and 2 have to be for the command to mean something
SERVICE = {0x9E: (0x10, 0x10, 0x12), 0xA3: (0x0C, 0x0C, 0x0A, 0x05),
           0x42: (0, 0, 1), 0x41: (0, 8, 0x18), 0x93: (0, 8, 0x18, 1)}
PAGES = {0x12: (0, 0x80, 0x83, 0xB0, 0xB1, 0xB2, 0x86),
         0x1A: (0x3F, 8, 0x0A, 0x1C, 0, 2), 0x5A: (0x3F, 8, 0x0A, 0x1C, 0, 2)}
# Commands whose data depends on nothing but LUN and CDB
CONSTANT = {0x12, 0x1A, 0x5A, 0x25, 0x9E, 0xA0, 0xA3}


def alloc_at(op):
    """(offset, bytes) of the allocation length of an opcode, or None."""
    for offset, size, what in CDBS.get(op, (0, 0, ()))[2]:
        if what == ALLOC:
            return offset, size
    return None


def cdb(rng):
    """(CDB that is right, direction, blocks or bytes that it moves)."""
    op = rng.choice(OFTEN) if rng.random() < 0.85 else rng.choice(list(CDBS))
    size, way, fields = CDBS[op]
    out = bytearray(size)
    out[0] = op
    amount = 0
    for offset, width, what in fields:
        top = (1 << 8 * width) - 1
        value = 0
        if what == LBA:
            value = rng.choice((0, 1, 8, 64, 8191 - 64))
        elif what == COUNT:
            value = amount = rng.choice((1, 1, 2, 8, 17, 64))
        elif what == ALLOC:
            value = rng.choice((0, 4, 8, 36, 96, 255, 4096)) & top
        elif what == PLEN:
            value = amount = rng.choice((8, 24, 24, 40)) & top
        elif offset == 1:
            value = rng.choice(SERVICE.get(op, (0, 0, 0, 8, 0x10)))
            if op == 0x12:
                value = rng.choice((0, 1, 1))
        elif offset == 2:
            value = rng.choice(PAGES.get(op, (0, 1, 2)))
        if what == COUNT and op in (0x41, 0x93):
            amount = 1
        elif what == ALLOC:
            amount = value
        out[offset:offset + width] = (value & top).to_bytes(width, "big")
    if op == 0x12 and not out[1] & 1:
        out[2] = 0
    return out, way, amount


def cdb_bytes(raw, amount):
    """What the initiator expects to move: blocks are of 512 bytes."""
    what = [f[2] for f in CDBS.get(raw[0], (0, 0, ()))[2]]
    if raw[0] == 0x25:
        return 8
    return amount * 512 if COUNT in what else amount


def wrong_cdb(rng, raw):
    """A CDB with one field wrong."""
    out = bytearray(raw.ljust(16, b"\0"))
    fields = CDBS.get(out[0], (6, "-", ()))[2]
    kind = rng.randrange(6)
    if kind < 3 and fields:
        offset, size, _ = rng.choice(fields)
        now = int.from_bytes(out[offset:offset + size], "big")
        value = boundary(rng, size, now, (8192, 8191, 8193, 2048))
        out[offset:offset + size] = value.to_bytes(size, "big")
    elif kind == 3:
        out[0] = rng.randrange(256)
    elif kind == 4:
        out[rng.randrange(1, 16)] = rng.getrandbits(8)
    else:
        out[1] = out[1] & 0xE0 | rng.randrange(32)
        out[rng.randrange(16)] ^= 1 << rng.randrange(8)
    return bytes(out)


def parameters(rng, op, size):
    """A parameter list for a command that takes one."""
    if op == 0x42:
        ranges = [(rng.choice((0, 8, 8191, 8192, 1 << 63)),
                   rng.choice((0, 1, 8, 8192, 0xFFFFFFFF)))
                  for _ in range(rng.randrange(4))]
        out = bytearray(iscsi.unmap_list(*ranges))
        if rng.random() < 0.4:
            at = rng.choice((0, 2))
            out[at:at + 2] = boundary(rng, 2, len(out) - 2).to_bytes(2, "big")
        return bytes(out[:size]).ljust(size, b"\0")
    if op in (0x15, 0x55):
        return rng.choice((bytes(size), rng.randbytes(size),
                           b"\0\0\0\0\x08\x12".ljust(size, b"\0")[:size]))
    return pool(rng, size)


# --- texts --------------------------------------------------------------------------

YES_NO = ("Yes", "No")
# Key: legal values
LEGAL = {
    "HeaderDigest": ("None", "CRC32C,None", "CRC32C", "None,CRC32C"),
    "DataDigest": ("None", "CRC32C,None", "CRC32C", "None,CRC32C"),
    "InitialR2T": YES_NO,
    "ImmediateData": YES_NO,
    "MaxRecvDataSegmentLength": ("512", "4096", "8192", "65536", "262144",
                                 "16777215"),
    "FirstBurstLength": ("512", "4096", "65536"),
    "MaxBurstLength": ("65536", "262144", "16776192"),
    "MaxOutstandingR2T": ("1", "2", "8", "65535"),
    "MaxConnections": ("1", "8"),
    "ErrorRecoveryLevel": ("0", "1", "2"),
    "DefaultTime2Wait": ("0", "2", "3600"),
    "DefaultTime2Retain": ("0", "20", "3600"),
    "DataPDUInOrder": YES_NO,
    "DataSequenceInOrder": YES_NO,
    "InitiatorAlias": ("", "an alias", "a" * 255),
    "TaskReporting": ("RFC3720", "FastAbort,ResponseFence"),
    "iSCSIProtocolLevel": ("1", "2"),
    "X-com.example.key": ("1", "x" * 200),
}
OTHER_KEYS = ("AuthMethod", "CHAP_A", "CHAP_N", "CHAP_R", "CHAP_I", "CHAP_C",
              "SendTargets", "TargetName", "TargetAddress", "TargetAlias",
              "TargetPortalGroupTag", "SessionType", "InitiatorName",
              "IFMarker", "OFMarker", "IFMarkInt", "KRB_AP_REQ", "SPKM_REQ")
EVIL = ("", "0", "-1", "1", "255", "256", "65536", "16777215", "16777216",
        "4294967295", "4294967296", "18446744073709551616", "0x", "0x0",
        "0xffffffff", "0X10", "0b", "0bAAAA", "0b" + "A" * 1500,
        "0x" + "f" * 33, "0x" + "a5" * 1025, "Yes", "yes", "No", "None",
        "Reject", "Irrelevant", "NotUnderstood", "Inquiry", "None,None",
        "CRC32C," * 30, ",", ",,,None", "CHAP", "CHAP,None", "5", "5,6,7,8",
        "1.5", " 1", "1 ", "+1", "1~9", "65535~512", "%s%n%s%n", "\x01\x7f",
        "\u00e9\u4e2d", "x" * 255, "x" * 256, "x" * 8192, "all", "All",
        "iqn.2026-11.org.example:none", "iqn." + "x" * 300, "eui.00",
        "Discovery", "Normal")
STAGES = (0, 1, 2, 3)


def legal_keys(rng):
    """Operational keys that are all right, in any order."""
    names = rng.sample(list(LEGAL), rng.randrange(len(LEGAL)))
    return [(name, rng.choice(LEGAL[name])) for name in names]


def wrong_pairs(rng, pairs):
    """The same keys with some things wrong, as bytes."""
    pairs = list(pairs)
    for _ in range(rng.choice((1, 1, 2, 5))):
        kind = rng.randrange(8)
        at = rng.randrange(len(pairs)) if pairs else 0
        if kind == 0 and pairs:
            pairs[at] = (pairs[at][0], rng.choice(EVIL))
        elif kind == 1:
            name = rng.choice(tuple(LEGAL) + OTHER_KEYS)
            pairs.insert(at, (name, rng.choice(EVIL)))
        elif kind == 2 and pairs:
            pairs.insert(rng.randrange(len(pairs) + 1), pairs[at])
        elif kind == 3 and pairs:
            del pairs[at]
        elif kind == 4 and pairs:
            pairs[at] = (wrong_key(rng, pairs[at][0]), pairs[at][1])
        elif kind == 5:
            pairs += [(f"X-k{n}", "v" * rng.choice((0, 1, 50)))
                      for n in range(rng.choice((10, 60, 130)))]
        elif kind == 6:
            rng.shuffle(pairs)
        else:
            pairs.insert(at, (rng.choice(OTHER_KEYS), rng.choice(EVIL)))
    return wrong_text(rng, iscsi.text_encode(pairs))


def wrong_key(rng, name):
    """A key's name that is not one."""
    return rng.choice((name.lower(), name.upper(), "X" + name, name[:-1],
                       "", "k" * 62, "k" * 63, "k" * 64, "k" * 65, "k" * 255,
                       "k" * 7000, " " + name, name + "\t", name + "=",
                       "\u00fc" + name))


def wrong_text(rng, data):
    """Bytes of a text that are not as they should be."""
    kind = rng.randrange(12)
    data = data[:8192] if rng.random() < 0.9 else data
    if kind == 0:
        return data[:rng.randrange(len(data) + 1)]
    if kind == 1:
        return data.rstrip(b"\0")
    if kind == 2:
        return data.replace(b"=", b"", 1)
    if kind == 3:
        return data + bytes(rng.choice((1, 4, 100)))
    if kind == 4:
        return b"\0" + data
    if kind == 5 and data:
        at = rng.randrange(len(data))
        return data[:at] + rng.randbytes(1) + data[at + 1:]
    if kind == 6:
        return rng.randbytes(rng.choice((1, 3, 64, 512)))
    return data


# --- PDUs ---------------------------------------------------------------------------

def wrong_ahs(rng):
    """Additional header segments (11.2.2), right and wrong."""
    return rng.choice((
        b"\x00\x05\x02\x00\x00\x00\x02\x00",
        b"\x00\x11\x01\x00" + bytes(16),
        struct.pack(">HBB", 17, 1, 0) + bytes(range(16)),
        struct.pack(">HBB", boundary(rng, 2, 5), rng.choice((0, 1, 2, 63)), 0)
        + rng.randbytes(4 * rng.randrange(8)),
        bytes(4), bytes(1020), b"\xff" * 1020,
        b"\x00\x01\x02\x00" * rng.randrange(1, 255),
        rng.randbytes(4 * rng.randrange(1, 255))))


def wrong_length(rng, pdu):
    """A data segment length, or an AHS length, that is not true."""
    if rng.random() < 0.7:
        pdu.dsl = boundary(rng, 3, len(pdu.data), (8192, 8193, 262144, 262148))
    else:
        pdu.ahslen = boundary(rng, 1, 0)


def wrong_data(rng, pdu):
    """Another data segment, and a length that is true."""
    pdu.data = rng.choice((
        b"", b"", pdu.data[:-1], pdu.data + b"\x5a", pool(rng, 512),
        pool(rng, 8192), bytes(8193), pool(rng, rng.randrange(1, 64)),
        rng.randbytes(rng.randrange(1, 64)), bytes(262144)))


def wrong_number(rng, pdu, live):
    """One number of the BHS."""
    name = rng.choice(WRONG.get(pdu.opcode, COMMON))
    if isinstance(name, int):
        pdu.bhs[name] = boundary(rng, 1, pdu.bhs[name])
    elif name == "lun":
        pdu.put("lun", lun(rng))
    else:
        size = iscsi.FIELDS[name][1]
        pdu.put(name, boundary(rng, size, pdu.u(name), live))


def wrong_header(rng, pdu, live):
    """One thing in the BHS, or of what the PDU's kind has of its own."""
    kind = rng.randrange(12)
    if kind == 0:
        pdu.bhs[1] = rng.choice((0, 0x80, 0xFF, pdu.bhs[1] ^ 0x80,
                                 pdu.bhs[1] ^ 1 << rng.randrange(8),
                                 rng.getrandbits(8)))
    elif kind == 1:
        pdu.bhs[0] = rng.choice((rng.randrange(8), rng.randrange(64),
                                 rng.getrandbits(8), pdu.bhs[0] ^ 0x40))
    elif kind == 2:
        at = rng.choice((0, 1, 2, 3, *range(8, 48)))
        pdu.bhs[at] ^= 1 << rng.randrange(8)
    elif kind in (3, 4, 5) and pdu.opcode == SCSI_CMD:
        pdu.bhs[32:48] = wrong_cdb(rng, bytes(pdu.bhs[32:48]))
    elif kind in (3, 4, 5) and pdu.opcode in (TEXT_REQ, LOGIN_REQ):
        pdu.data = wrong_pairs(rng, iscsi.text_pairs(pdu.data))
    elif kind == 6:
        pdu.ahs = wrong_ahs(rng)
    elif kind == 7:
        wrong_data(rng, pdu)
    else:
        wrong_number(rng, pdu, live)


def copy(pdu):
    """The same PDU again."""
    out = Pdu(bhs=pdu.bhs, data=pdu.data, ahs=pdu.ahs)
    out.dsl, out.ahslen = pdu.dsl, pdu.ahslen
    return out


def pieces(rng, raw):
    """RAW cut at some bytes, or at every byte of its header."""
    if rng.random() < 0.2:
        return [raw[i:i + 1] for i in range(min(len(raw), 52))] + [raw[52:]]
    cuts = sorted(rng.randrange(len(raw) + 1) for _ in range(3))
    return [raw[a:b] for a, b in zip([0] + cuts, cuts + [len(raw)]) if a < b]


def snack(rng, itt):
    """A SNACK, which no target of error recovery level 0 serves (11.16)."""
    return Pdu(SNACK, 0x80 | rng.randrange(4), itt=itt,
               ttt=rng.choice((NO_TAG, 0, 1)), begrun=rng.randrange(3),
               runlength=rng.randrange(3))
