# SPDX-License-Identifier: GPL-2.0
"""Raw-PDU iSCSI initiator for protocol tests (RFC 7143), standard library only.

Three layers, each usable alone:

  Pdu        one PDU: BHS, AHS, data; knows its fields by name and prints them
  Conn       a TCP connection that sends and receives PDUs, valid or not
  Initiator  a Conn that can log in and run commands by the rules, and raises
             ProtocolError when the target breaks one

Every wait is bounded. An error's text carries the PDUs that led to it.
"""

import hashlib
import os
import select
import socket
import struct
import time

PORT = 3260
NO_TAG = 0xFFFFFFFF
ISID = bytes.fromhex("80000000ab01")
NAME = "iqn.2026-11.org.example:initiator"

# Initiator opcodes (RFC 7143, 11.2.1.2)
NOP_OUT, SCSI_CMD, TMF_REQ, LOGIN_REQ, TEXT_REQ, DATA_OUT, LOGOUT_REQ = range(7)
SNACK = 0x10
# Target opcodes
NOP_IN, SCSI_RSP, TMF_RSP, LOGIN_RSP, TEXT_RSP, DATA_IN, LOGOUT_RSP = \
    range(0x20, 0x27)
R2T, ASYNC, REJECT = 0x31, 0x32, 0x3F
IMMEDIATE = 0x40

NAMES = {
    NOP_OUT: "NOP-Out", SCSI_CMD: "SCSI-Command", TMF_REQ: "TMF-Request",
    LOGIN_REQ: "Login-Request", TEXT_REQ: "Text-Request",
    DATA_OUT: "Data-Out", LOGOUT_REQ: "Logout-Request", SNACK: "SNACK",
    NOP_IN: "NOP-In", SCSI_RSP: "SCSI-Response", TMF_RSP: "TMF-Response",
    LOGIN_RSP: "Login-Response", TEXT_RSP: "Text-Response",
    DATA_IN: "Data-In", LOGOUT_RSP: "Logout-Response", R2T: "R2T",
    ASYNC: "Async-Message", REJECT: "Reject",
}

# Reasons of a Reject (11.17.1); the last one must not be used any more
(REJECT_DIGEST, REJECT_SNACK, REJECT_PROTOCOL, REJECT_UNSUPPORTED,
 REJECT_IMMEDIATE, REJECT_TASK, REJECT_ACK, REJECT_INVALID, REJECT_RESOURCES,
 REJECT_RESET) = range(2, 12)

# Where the numbers of a BHS stand: name -> (offset, bytes). The same offset
# means different things in different PDUs; see section 11 for each.
FIELDS = {
    "itt": (16, 4), "ttt": (20, 4), "edtl": (20, 4), "rtt": (20, 4),
    "cmdsn": (24, 4), "statsn": (24, 4), "expstatsn": (28, 4),
    "expcmdsn": (28, 4), "maxcmdsn": (32, 4), "refcmdsn": (32, 4),
    "datasn": (36, 4), "r2tsn": (36, 4), "expdatasn": (36, 4),
    "offset": (40, 4), "begrun": (40, 4), "residual": (44, 4),
    "length": (44, 4), "runlength": (44, 4), "cid": (20, 2),
    "tsih": (14, 2), "lun": (8, 8), "time2wait": (40, 2),
    "time2retain": (42, 2), "status_class": (36, 1), "status_detail": (37, 1),
    "async_event": (36, 1),
}

# What is worth printing of each PDU
SHOWN = {
    NOP_OUT: "itt ttt cmdsn expstatsn", NOP_IN: "itt ttt statsn",
    SCSI_CMD: "itt edtl cmdsn expstatsn",
    SCSI_RSP: "itt statsn expcmdsn maxcmdsn expdatasn residual",
    TMF_REQ: "itt rtt cmdsn refcmdsn", TMF_RSP: "itt statsn",
    LOGIN_REQ: "tsih itt cid cmdsn expstatsn",
    LOGIN_RSP: "tsih itt statsn status_class status_detail",
    TEXT_REQ: "itt ttt cmdsn", TEXT_RSP: "itt ttt statsn",
    DATA_OUT: "itt ttt datasn offset",
    DATA_IN: "itt ttt statsn datasn offset residual",
    LOGOUT_REQ: "itt cid cmdsn", LOGOUT_RSP: "itt statsn",
    SNACK: "itt ttt begrun runlength", ASYNC: "statsn async_event",
    R2T: "itt ttt statsn r2tsn offset length", REJECT: "statsn",
}


class IscsiError(Exception):
    """What the target did is not what the test allows."""


class Timeout(IscsiError):
    """The target did not answer in time."""


class Closed(IscsiError):
    """The target closed the connection."""


class ProtocolError(IscsiError):
    """The target broke a rule of RFC 7143."""


class Rejected(IscsiError):
    """The target answered with a Reject (11.17)."""

    def __init__(self, pdu):
        super().__init__(f"rejected: {pdu}")
        self.pdu = pdu
        self.reason = pdu.byte(2)


class LoginError(IscsiError):
    """The login ended with a status other than success (11.13.5)."""

    def __init__(self, pdu):
        self.status = pdu.u("status_class") << 8 | pdu.u("status_detail")
        super().__init__(f"login status {self.status:#06x}: {pdu}")
        self.pdu = pdu


def _crc32c_table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


_CRC32C = _crc32c_table()


def crc32c(data, crc=0):
    """CRC32C as of 13.1 and RFC 3720 appendix B.4."""
    table = _CRC32C
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def digest(data):
    """A digest as it stands on the wire: least significant byte first."""
    return struct.pack("<I", crc32c(data))


def pad4(length):
    """Bytes of padding after LENGTH bytes (11.2.3)."""
    return -length & 3


def sna_lt(left, right):
    """Serial number arithmetic of RFC 1982 on 32 bits."""
    return left != right and (right - left) & 0xFFFFFFFF < 0x80000000


def lun_bytes(lun):
    """Peripheral device addressing below 256, flat space above (SAM-5)."""
    if lun < 256:
        return struct.pack(">H6x", lun)
    return struct.pack(">H6x", 0x4000 | lun)


def text_encode(keys):
    """key=value pairs (6.1). KEYS: bytes as they are, dict, or list of pairs."""
    if isinstance(keys, bytes):
        return keys
    pairs = keys.items() if isinstance(keys, dict) else keys
    return b"".join(f"{k}={v}".encode() + b"\0" for k, v in pairs)


def text_pairs(data):
    """List of (key, value) of a text data segment."""
    pairs = []
    for item in data.split(b"\0"):
        if item:
            key, _, value = item.decode("utf-8", "replace").partition("=")
            pairs.append((key, value))
    return pairs


class Pdu:
    """One PDU. Numbers are set by name; flags is byte 1 of the BHS."""

    def __init__(self, opcode=0, flags=0, data=b"", ahs=b"", bhs=None, **fields):
        self.bhs = bytearray(bhs or 48)
        self.data = data
        self.ahs = ahs
        # Lies about lengths, for tests: None means the truth
        self.dsl = None
        self.ahslen = None
        if bhs is None:
            self.bhs[0] = opcode
            self.bhs[1] = flags
        for name, value in fields.items():
            self.put(name, value)

    @property
    def opcode(self):
        return self.bhs[0] & 0x3F

    @property
    def flags(self):
        return self.bhs[1]

    @property
    def final(self):
        return bool(self.bhs[1] & 0x80)

    def byte(self, offset):
        return self.bhs[offset]

    def put(self, name, value):
        """Set the number NAME, or the byte NAME if it is an offset."""
        if isinstance(name, int):
            self.bhs[name] = value
            return self
        if name == "lun" and isinstance(value, int):
            value = lun_bytes(value)
        offset, size = FIELDS[name]
        if not isinstance(value, (bytes, bytearray)):
            value = (value & (1 << 8 * size) - 1).to_bytes(size, "big")
        self.bhs[offset:offset + size] = value
        return self

    def u(self, name):
        """The number NAME."""
        offset, size = FIELDS[name]
        return int.from_bytes(self.bhs[offset:offset + size], "big")

    def text(self):
        return text_pairs(self.data)

    def header(self):
        """The BHS with its length fields filled in (11.2.1.5, 11.2.1.6)."""
        bhs = bytearray(self.bhs)
        ahslen = len(self.ahs) // 4 if self.ahslen is None else self.ahslen
        dsl = len(self.data) if self.dsl is None else self.dsl
        bhs[4:8] = struct.pack(">I", ahslen << 24 | dsl)
        return bytes(bhs)

    def pack(self, hdgst=False, ddgst=False):
        """The bytes on the wire."""
        out = self.header() + self.ahs
        if hdgst:
            out += digest(out)
        if self.data:
            body = bytes(self.data) + bytes(pad4(len(self.data)))
            out += body + (digest(body) if ddgst else b"")
        return out

    def __str__(self):
        name = NAMES.get(self.opcode, f"opcode {self.opcode:#04x}")
        out = f"{name} {self.bhs[:4].hex()}"
        for field in SHOWN.get(self.opcode, "itt").split():
            out += f" {field}={self.u(field):#x}"
        if self.opcode == REJECT:
            out += f" reason={self.byte(2):#04x}"
        if self.opcode == SCSI_CMD:
            out += f" cdb={self.bhs[32:].hex()}"
        if self.opcode in (LOGIN_REQ, LOGIN_RSP, TEXT_REQ, TEXT_RSP):
            return out + f" text={bytes(self.data[:300])!r}"
        if self.data:
            out += f" data[{len(self.data)}]={bytes(self.data[:32]).hex()}"
        return out


class Conn:
    """A TCP connection that carries PDUs; knows lengths and digests only."""

    def __init__(self, addr, port=PORT, source=None, timeout=10, rcvbuf=None):
        self.timeout = timeout
        self.hdgst = self.ddgst = False
        self.log = []
        self.rx = bytearray()
        family = socket.AF_INET6 if ":" in addr else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        if rcvbuf:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.sock.settimeout(timeout)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source:
            self.sock.bind((source, 0))
        self.peer = f"{addr} port {port}"
        self.sock.connect((addr, port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def abort(self):
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()

    def note(self, way, pdu):
        """Keep a PDU for the history: no ping, of which there are too many."""
        if pdu.opcode in (NOP_IN, NOP_OUT) and pdu.u("itt") == NO_TAG:
            return
        self.log.append((way, pdu))
        del self.log[:-32]

    def history(self):
        """The last PDUs of both directions, for messages."""
        return "\n".join(["last PDUs:"] + [f"  {way} {pdu}"
                                           for way, pdu in self.log[-8:]])

    def _fail(self, kind, text):
        return kind(f"{text}\n{self.history()}")

    def send_raw(self, data):
        """Send bytes as they are."""
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as err:
            raise self._fail(Closed, f"sending: {err}") from err
        except socket.timeout as err:
            raise self._fail(Timeout, "sending: the target does not read") \
                from err

    def send(self, pdu):
        """Send one PDU."""
        self.note(">", pdu)
        self.send_raw(pdu.pack(self.hdgst, self.ddgst))

    def _fill(self, size, deadline):
        while len(self.rx) < size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                raise self._fail(Timeout, f"nothing came ({len(self.rx)} of "
                                          f"{size} bytes are here)")
            try:
                more = self.sock.recv(max(size - len(self.rx), 65536))
            except ConnectionResetError as err:
                raise self._fail(Closed, "connection reset") from err
            if not more:
                raise self._fail(Closed, f"connection closed ({len(self.rx)} "
                                         f"of {size} bytes are here)")
            self.rx += more

    def _fill_pdu(self, deadline):
        """Wait for a whole PDU; if it does not come in time, the next call
        finds the part of it that did."""
        self._fill(48, deadline)
        length = int.from_bytes(self.rx[5:8], "big")
        size = 48 + self.rx[4] * 4 + (4 if self.hdgst else 0)
        if length:
            size += length + pad4(length) + (4 if self.ddgst else 0)
        self._fill(size, deadline)

    def _take(self, size, deadline):
        self._fill(size, deadline)
        out = bytes(self.rx[:size])
        del self.rx[:size]
        return out

    def _check_digest(self, what, data, deadline):
        got = self._take(4, deadline)
        if got != digest(data):
            raise self._fail(ProtocolError, f"{what} digest {got.hex()} is "
                                            f"not {digest(data).hex()}")

    def recv(self, timeout=None):
        """The next PDU; raises Timeout or Closed."""
        deadline = time.monotonic() + (timeout or self.timeout)
        self._fill_pdu(deadline)
        head = self._take(48, deadline)
        pdu = Pdu(bhs=head)
        pdu.ahs = self._take(head[4] * 4, deadline)
        if self.hdgst:
            self._check_digest("header", head + pdu.ahs, deadline)
        length = int.from_bytes(head[5:8], "big")
        if length:
            body = self._take(length + pad4(length), deadline)
            if self.ddgst:
                self._check_digest("data", body, deadline)
            pdu.data = body[:length]
            if any(body[length:]):
                raise self._fail(ProtocolError, f"padding not zero: {pdu}")
        self.note("<", pdu)
        return pdu

    def expect(self, opcode, timeout=None, **fields):
        """The next PDU, which must be of OPCODE and have these numbers."""
        pdu = self.recv(timeout)
        if pdu.opcode != opcode:
            if pdu.opcode == REJECT:
                raise Rejected(pdu)
            raise self._fail(ProtocolError, f"wanted {NAMES[opcode]}, got {pdu}")
        for name, want in fields.items():
            if pdu.u(name) != want:
                raise self._fail(ProtocolError,
                                 f"wanted {name}={want:#x} in {pdu}")
        return pdu

    def expect_close(self, timeout=None):
        """The target must close; returns the PDUs that came before."""
        got = []
        deadline = time.monotonic() + (timeout or self.timeout)
        while True:
            try:
                left = max(deadline - time.monotonic(), 0.01)
                got.append(self.recv(left))
            except Closed:
                return got

    def expect_silence(self, seconds):
        """Nothing may come for SECONDS."""
        try:
            pdu = self.recv(seconds)
        except Timeout:
            return
        raise self._fail(ProtocolError, f"wanted silence, got {pdu}")


def progress_of(sense):
    """PROGRESS INDICATION of sense data in fixed format, or None (SPC-4, 4.5.2.4.4)."""
    if len(sense) < 18 or sense[0] & 0x7F != 0x70 or not sense[15] & 0x80:
        return None
    return int.from_bytes(sense[16:18], "big") if sense[2] & 15 in (0, 2) else None


class Task:
    """A SCSI command under way, and its result."""

    def __init__(self, itt, cdb, lun, edtl, wdata, read):
        self.itt = itt
        self.cdb = cdb
        self.lun = lun
        self.edtl = edtl
        self.wdata = wdata
        self.read = read
        self.sent = 0
        self.rbuf = bytearray()
        self.rlen = 0
        self.datasn = 0
        self.r2tsn = 0
        self.burst = 0
        self.pdus = []
        self.r2ts = []
        self.answer_r2t = True
        self.done = False
        self.status = None
        self.response = 0
        self.flags = 0
        self.residual = 0
        self.sense = b""

    @property
    def data(self):
        return bytes(self.rbuf)

    def _sense(self, offset, size):
        raw = self.sense[offset:offset + size]
        return int.from_bytes(raw, "big") if len(raw) == size else None

    @property
    def key(self):
        """Sense key, ASC and ASCQ: (key, asc, ascq), or None."""
        if len(self.sense) < 4:
            return None
        if self.sense[0] & 0x7F in (0x72, 0x73):
            return (self.sense[1] & 15, self.sense[2], self.sense[3])
        if len(self.sense) < 14:
            return None
        return (self.sense[2] & 15, self.sense[12], self.sense[13])

    @property
    def information(self):
        """INFORMATION of the sense data, or None if it is not valid."""
        if not self.sense or self.sense[0] & 0x7F in (0x72, 0x73):
            return self._sense(12, 8) if self.sense[8:9] == b"\0" else None
        return self._sense(3, 4) if self.sense[0] & 0x80 else None

    @property
    def overflow(self):
        return self.residual if self.flags & 4 else 0

    @property
    def underflow(self):
        return self.residual if self.flags & 2 else 0

    @property
    def progress(self):
        """PROGRESS INDICATION of sense data in fixed format, or None."""
        return progress_of(self.sense)

    def __str__(self):
        out = f"cdb {self.cdb.hex()} lun {self.lun}: status {self.status}"
        if self.response:
            out += f" response {self.response}"
        if self.key:
            out += " sense %x/%02x/%02x" % self.key
        if self.flags & 6:
            way = "over" if self.flags & 4 else "under"
            out += f" {way}flow {self.residual}"
        return out + f" data[{len(self.rbuf)}]={bytes(self.rbuf[:32]).hex()}"


class Initiator(Conn):
    """A session of one connection that keeps the rules and watches them."""

    def __init__(self, addr, target=None, name=NAME, isid=ISID, **kwargs):
        super().__init__(addr, **kwargs)
        self.target = target
        self.name = name
        self.isid = isid
        self.tsih = 0
        self.cid = 0
        self.cmdsn = 1
        self.expstatsn = 0
        self.next_itt = 0x10
        self.expcmdsn = self.maxcmdsn = None
        self.window = 0
        self.tasks = {}
        self.asyncs = []
        self.nopins = []
        self.rejects = []
        self.chap = None
        self.keys = {}
        self.full_feature = False

    # --- numbers --------------------------------------------------------

    def history(self):
        """With what has not been answered."""
        return "\n".join([super().history()] +
                         [f"  open {task.itt:#x}: {task}"
                          for task in self.tasks.values()])

    def itt(self):
        """A fresh Initiator Task Tag."""
        self.next_itt += 1
        return self.next_itt

    def stamp(self, pdu, immediate=False):
        """CmdSN and ExpStatSN; only non-immediate requests use one up."""
        pdu.put("cmdsn", self.cmdsn).put("expstatsn", self.expstatsn)
        if immediate:
            pdu.bhs[0] |= IMMEDIATE
        else:
            self.cmdsn = (self.cmdsn + 1) & 0xFFFFFFFF
        return pdu

    def _numbers(self, pdu):
        """StatSN, ExpCmdSN and MaxCmdSN of what came (4.2.2.1, 4.2.2.2)."""
        exp, top = pdu.u("expcmdsn"), pdu.u("maxcmdsn")
        if sna_lt(top, (exp - 1) & 0xFFFFFFFF):
            raise self._fail(ProtocolError, f"MaxCmdSN < ExpCmdSN-1: {pdu}")
        if self.expcmdsn is not None and sna_lt(exp, self.expcmdsn):
            raise self._fail(ProtocolError, f"ExpCmdSN went back: {pdu}")
        if sna_lt(self.cmdsn, exp):
            raise self._fail(ProtocolError, f"ExpCmdSN of the future: {pdu}")
        if self.maxcmdsn is not None and sna_lt(top, self.maxcmdsn):
            raise self._fail(ProtocolError, f"MaxCmdSN went back: {pdu}")
        self.expcmdsn, self.maxcmdsn = exp, top
        self.window = max(self.window, (top - exp + 1) & 0xFFFFFFFF)
        # R2T, a NOP-In that asks, and Data-In without status do not use one
        if pdu.opcode == DATA_IN and not pdu.flags & 1:
            return
        if pdu.u("statsn") != self.expstatsn:
            raise self._fail(ProtocolError, f"StatSN {pdu.u('statsn'):#x} "
                             f"wanted {self.expstatsn:#x}: {pdu}")
        if pdu.opcode == R2T:
            return
        if pdu.opcode == NOP_IN and pdu.u("itt") == NO_TAG:
            return
        self.expstatsn = (self.expstatsn + 1) & 0xFFFFFFFF

    # --- login ----------------------------------------------------------

    def login_pdu(self, keys=(), csg=1, nsg=3, transit=True, cont=False, **put):
        """A Login Request (11.12); PUT overwrites numbers."""
        flags = transit << 7 | cont << 6 | csg << 2 | (nsg if transit else 0)
        pdu = Pdu(LOGIN_REQ | IMMEDIATE, flags, text_encode(keys))
        pdu.bhs[8:14] = self.isid
        pdu.put("tsih", self.tsih).put("itt", 1).put("cid", self.cid)
        pdu.put("cmdsn", self.cmdsn).put("expstatsn", self.expstatsn)
        for name, value in put.items():
            pdu.put(int(name[1:]) if name[0] == "b" and name[1:].isdigit()
                    else name, value)
        return pdu

    def login_step(self, *args, **kwargs):
        """Send one Login Request, give back the Login Response."""
        self.send(self.login_pdu(*args, **kwargs))
        return self.login_response()

    def login_response(self, timeout=None):
        pdu = self.expect(LOGIN_RSP, timeout)
        if pdu.u("status_class"):
            raise LoginError(pdu)
        self.expstatsn = (pdu.u("statsn") + 1) & 0xFFFFFFFF
        return pdu

    def declarations(self, discovery=False):
        """What the first Login Request has to say (6.1, 13)."""
        keys = {"InitiatorName": self.name}
        if discovery:
            keys["SessionType"] = "Discovery"
        elif self.target:
            keys["TargetName"] = self.target
        return keys

    def login(self, keys=None, discovery=False, security=False):
        """Log in; KEYS are the operational ones. Gives back the answers."""
        first = self.declarations(discovery)
        answers = []
        if security or self.chap:
            answers += self._security(first)
            first = {}
        answers += self._exchange({**first, **(keys or {})}, 1, 3)
        offered = {**(keys or {})}
        self.settle(offered, dict(answers))
        return dict(answers)

    def _exchange(self, keys, csg, nsg):
        """One stage: offer, follow C bits, go on until the target agrees."""
        pdu = self.login_step(keys, csg, nsg)
        answers = pdu.text()
        data = bytes(pdu.data)
        for _ in range(64):
            if pdu.final:
                answers = text_pairs(data)
                self._check_transit(pdu, csg, nsg)
                return answers
            pdu = self.login_step((), csg, nsg, transit=not pdu.flags & 0x40)
            data += bytes(pdu.data)
        raise self._fail(ProtocolError, "the login does not end")

    def _check_transit(self, pdu, csg, nsg):
        if (pdu.flags >> 2 & 3, pdu.flags & 3) != (csg, nsg):
            raise self._fail(ProtocolError, f"CSG/NSG are not {csg}/{nsg}: "
                                            f"{pdu}")
        if nsg == 3:
            self.tsih = pdu.u("tsih")
            if not self.tsih:
                raise self._fail(ProtocolError, f"TSIH is 0: {pdu}")
            self.full_feature = True
        elif pdu.u("tsih"):
            raise self._fail(ProtocolError, f"TSIH before the end: {pdu}")

    def _security(self, first):
        """SecurityNegotiation, with CHAP if it was asked for (12.1.3)."""
        if not self.chap:
            return self._exchange({**first, "AuthMethod": "None"}, 0, 1)
        pdu = self.login_step({**first, "AuthMethod": "CHAP"}, 0, 1, False)
        answers = pdu.text()
        algs = ",".join(str(a) for a in self.chap.get("algs", (5,)))
        pdu = self.login_step({"CHAP_A": algs}, 0, 1, False)
        answers += pdu.text()
        reply, want = self.chap_reply(dict(pdu.text()))
        pdu = self.login_step(reply, 0, 1)
        answers += pdu.text()
        if want and dict(pdu.text()).get("CHAP_R", "").lower() != want:
            raise self._fail(ProtocolError, "the target's CHAP_R is wrong")
        self._check_transit(pdu, 0, 1)
        return answers

    def chap_reply(self, got):
        """CHAP_N and CHAP_R, and the target's CHAP_R that we will want."""
        alg = int(got["CHAP_A"])
        challenge = chap_decode(got["CHAP_C"])
        reply = {"CHAP_N": self.chap["user"],
                 "CHAP_R": chap_response(alg, int(got["CHAP_I"], 0),
                                         self.chap["secret"], challenge)}
        if "target_secret" not in self.chap:
            return reply, None
        mine = os.urandom(16)
        reply["CHAP_I"] = "77"
        reply["CHAP_C"] = "0x" + mine.hex()
        return reply, chap_response(alg, 77, self.chap["target_secret"], mine)

    def settle(self, offered, answers):
        """The keys that hold for this session (13)."""
        keys = {"MaxRecvDataSegmentLength": 8192, "InitialR2T": "Yes",
                "ImmediateData": "Yes", "FirstBurstLength": 65536,
                "MaxBurstLength": 262144, "MaxOutstandingR2T": 1}
        for name in keys:
            value = answers.get(name)
            if value is None or (name not in offered and
                                 name != "MaxRecvDataSegmentLength"):
                continue
            keys[name] = int(value, 0) if isinstance(keys[name], int) else value
        keys["MaxXmit"] = keys.pop("MaxRecvDataSegmentLength")
        keys["MaxRecv"] = int(offered.get("MaxRecvDataSegmentLength", 8192))
        self.keys = keys
        self.hdgst = answers.get("HeaderDigest") == "CRC32C"
        self.ddgst = answers.get("DataDigest") == "CRC32C"

    # --- full feature phase ----------------------------------------------

    def command(self, cdb, lun=1, read=0, write=None, **kwargs):
        """Run one command to its end."""
        task = self.issue(cdb, lun, read, write, **kwargs)
        self.wait([task])
        return task

    def good(self, cdb, lun=1, read=0, write=None, **kwargs):
        """Run one command that must end with GOOD; gives back its task."""
        task = self.command(cdb, lun, read, write, **kwargs)
        if task.status or task.response:
            raise self._fail(IscsiError, f"not GOOD: {task}")
        return task

    def _amounts(self, wdata, edtl, immediate, unsolicited):
        """How much goes as immediate data, and how much unsolicited."""
        length = min(len(wdata), edtl)
        first = min(self.keys["FirstBurstLength"], length)
        if immediate is None:
            immediate = 0
            if self.keys["ImmediateData"] == "Yes":
                immediate = min(self.keys["MaxXmit"], first)
        if unsolicited is None:
            unsolicited = first if self.keys["InitialR2T"] == "No" else immediate
        return immediate, max(unsolicited, immediate)

    def issue(self, cdb, lun=1, read=0, write=None, edtl=None, immediate=None,
              unsolicited=None, attr=1, answer_r2t=True, flags=None, itt=None):
        """Send a command; answers are dealt with in wait().

        READ is the expected length in, WRITE the data out. IMMEDIATE and
        UNSOLICITED are byte counts, the latter including the former; left
        out, as much is sent as the negotiated keys allow (4.2.4, 13.10-13.14).
        """
        wdata = write or b""
        edtl = edtl if edtl is not None else len(wdata) or read
        task = Task(itt if itt is not None else self.itt(), bytes(cdb), lun,
                    edtl, wdata, read)
        task.answer_r2t = answer_r2t
        task.rbuf = bytearray(read)
        imm, unsol = self._amounts(wdata, edtl, immediate, unsolicited)
        more = unsol > imm
        bits = (0 if more else 0x80) | attr
        if write is not None:
            bits |= 0x20
        if read:
            bits |= 0x40
        pdu = Pdu(SCSI_CMD, flags if flags is not None else bits, wdata[:imm],
                  itt=task.itt, edtl=edtl, lun=lun)
        pdu.bhs[32:48] = bytes(cdb).ljust(16, b"\0")[:16]
        self.stamp(pdu)
        self.tasks[task.itt] = task
        self.send(pdu)
        task.sent = imm
        if more:
            self.data_out(task, NO_TAG, imm, unsol - imm)
        return task

    def waiting_write(self, lun=1, lba=0, attr=1, data=bytes(4096)):
        """A write that is outstanding: its R2T has come, and is not answered."""
        return self.waiting(write10(lba, len(data) // 512), data, lun, attr)

    def waiting(self, cdb, data, lun=1, attr=1):
        """The same for any command that takes data."""
        task = self.issue(cdb, lun, write=data, immediate=0, unsolicited=0,
                          answer_r2t=False, attr=attr, flags=0xA0 | attr)
        while not task.r2ts:
            self.step()
        return task

    def data_out(self, task, ttt, offset, length):
        """One sequence of Data-Outs (11.7)."""
        out = bytearray()
        end, datasn = offset + length, 0
        while True:
            size = min(self.keys["MaxXmit"], end - offset)
            last = offset + size >= end
            pdu = Pdu(DATA_OUT, 0x80 if last else 0,
                      task.wdata[offset:offset + size], itt=task.itt, ttt=ttt,
                      datasn=datasn, offset=offset, expstatsn=self.expstatsn,
                      lun=task.lun)
            out += pdu.pack(self.hdgst, self.ddgst)
            offset += size
            datasn += 1
            if last:
                break
        self.note(">", pdu)
        task.sent = max(task.sent, end)
        self.send_raw(out)

    def wait(self, tasks=None, timeout=None):
        """Work until TASKS (default: all) have ended."""
        tasks = list(self.tasks.values()) if tasks is None else tasks
        deadline = time.monotonic() + (timeout or self.timeout)
        while not all(task.done for task in tasks):
            self.step(max(deadline - time.monotonic(), 0.001))
        return tasks

    def step(self, timeout=None):
        """Deal with the next PDU, and give it back."""
        pdu = self.recv(timeout)
        if pdu.opcode == REJECT:
            self._numbers(pdu)
            if pdu.byte(2) == REJECT_RESET:
                raise self._fail(ProtocolError, f"reason of RFC 3720: {pdu}")
            self.rejects.append(pdu)
            raise Rejected(pdu)
        self._numbers(pdu)
        handler = {DATA_IN: self._data_in, R2T: self._r2t,
                   SCSI_RSP: self._scsi_rsp, NOP_IN: self._nop_in,
                   ASYNC: self.asyncs.append}.get(pdu.opcode)
        if handler:
            handler(pdu)
        return pdu

    def _task(self, pdu):
        task = self.tasks.get(pdu.u("itt"))
        if not task:
            raise self._fail(ProtocolError, f"for an unknown task: {pdu}")
        task.pdus.append(pdu)
        return task

    def _finish(self, task, pdu):
        task.done = True
        task.status = pdu.byte(3)
        task.flags = pdu.flags
        task.residual = pdu.u("residual")
        del self.tasks[task.itt]
        if task.flags & 6 == 6:
            raise self._fail(ProtocolError, f"over- and underflow: {pdu}")

    def _data_in(self, pdu):
        """DataSN, offset, lengths and the end of sequences (11.7)."""
        task = self._task(pdu)
        size = len(pdu.data)
        if pdu.u("datasn") != task.datasn:
            raise self._fail(ProtocolError, f"DataSN wanted {task.datasn}: "
                                            f"{pdu}")
        task.datasn += 1
        if pdu.u("offset") != task.rlen:
            raise self._fail(ProtocolError, f"offset wanted {task.rlen}: {pdu}")
        if size > self.keys["MaxRecv"]:
            raise self._fail(ProtocolError, "longer than our "
                             f"MaxRecvDataSegmentLength: {pdu}")
        if task.rlen + size > task.read:
            raise self._fail(ProtocolError, f"more than was asked for: {pdu}")
        task.burst += size
        if task.burst > self.keys["MaxBurstLength"]:
            raise self._fail(ProtocolError, f"more than MaxBurstLength: {pdu}")
        if pdu.final:
            task.burst = 0
        elif pdu.flags & 1:
            raise self._fail(ProtocolError, f"status without F: {pdu}")
        if pdu.flags & 0x40:
            raise self._fail(ProtocolError, f"A bit at level 0: {pdu}")
        task.rbuf[task.rlen:task.rlen + size] = pdu.data
        task.rlen += size
        if pdu.flags & 1:
            self._finish(task, pdu)
            del task.rbuf[task.rlen:]

    def _r2t(self, pdu):
        """R2TSN, the range that it asks for, and the answer (11.8)."""
        task = self._task(pdu)
        offset, length = pdu.u("offset"), pdu.u("length")
        if pdu.u("r2tsn") != task.r2tsn:
            raise self._fail(ProtocolError, f"R2TSN wanted {task.r2tsn}: {pdu}")
        task.r2tsn += 1
        if pdu.u("ttt") == NO_TAG:
            raise self._fail(ProtocolError, f"R2T with the reserved TTT: {pdu}")
        if not 0 < length <= self.keys["MaxBurstLength"]:
            raise self._fail(ProtocolError, "R2T for 0 bytes or more than "
                                            f"MaxBurstLength: {pdu}")
        if offset + length > task.edtl:
            raise self._fail(ProtocolError, f"R2T beyond the data: {pdu}")
        task.r2ts.append(pdu)
        if len(task.r2ts) > self.keys["MaxOutstandingR2T"]:
            raise self._fail(ProtocolError, "more R2Ts than "
                                            f"MaxOutstandingR2T: {pdu}")
        if task.answer_r2t:
            self.answer(task)

    def answer(self, task):
        """Send what the oldest R2T of TASK asks for."""
        pdu = task.r2ts.pop(0)
        self.data_out(task, pdu.u("ttt"), pdu.u("offset"), pdu.u("length"))

    def _scsi_rsp(self, pdu):
        """Status, sense, and the number of Data-Ins (11.4)."""
        task = self._task(pdu)
        if pdu.u("expdatasn") != (0 if pdu.byte(2) else task.datasn):
            raise self._fail(ProtocolError, f"ExpDataSN wanted {task.datasn}: "
                                            f"{pdu}")
        task.response = pdu.byte(2)
        if len(pdu.data) >= 2:
            size = struct.unpack_from(">H", pdu.data)[0]
            task.sense = bytes(pdu.data[2:2 + size])
        self._finish(task, pdu)
        del task.rbuf[task.rlen:]

    def _nop_in(self, pdu):
        """A NOP-In that asks is answered with its TTT and LUN (11.19)."""
        self.nopins.append(pdu)
        if pdu.u("ttt") == NO_TAG:
            return
        out = Pdu(NOP_OUT, 0x80, itt=NO_TAG, ttt=pdu.u("ttt"))
        out.bhs[8:16] = pdu.bhs[8:16]
        self.send(self.stamp(out, immediate=True))

    def until(self, opcode, timeout=None):
        """Deal with PDUs until one of OPCODE comes, and give that back."""
        deadline = time.monotonic() + (timeout or self.timeout)
        while True:
            pdu = self.step(max(deadline - time.monotonic(), 0.001))
            if pdu.opcode == opcode:
                return pdu

    def until_status(self, itt, timeout=None):
        """SCSI status of a command that was sent by hand."""
        self.tasks[itt] = task = Task(itt, b"", 0, 0, b"", 0)
        self.wait([task], timeout)
        return task.status

    def room(self):
        """How many commands the target takes now."""
        return 0 if sna_lt(self.maxcmdsn, self.cmdsn) \
            else (self.maxcmdsn - self.cmdsn + 1) & 0xFFFFFFFF

    def nop(self, data=b"", immediate=True):
        """NOP-Out and its answer (11.18)."""
        itt = self.itt()
        pdu = Pdu(NOP_OUT, 0x80, data, itt=itt, ttt=NO_TAG)
        self.send(self.stamp(pdu, immediate))
        while True:
            got = self.until(NOP_IN)
            if got.u("itt") == itt:
                return got

    def text(self, keys, ttt=NO_TAG, final=True, cont=False, itt=None):
        """One Text Request and its Response (11.10)."""
        itt = itt if itt is not None else self.itt()
        pdu = Pdu(TEXT_REQ, final << 7 | cont << 6, text_encode(keys), itt=itt,
                  ttt=ttt)
        self.send(self.stamp(pdu))
        return self.until(TEXT_RSP)

    def send_targets(self, what="All"):
        """SendTargets (appendix C) over as many PDUs as it takes."""
        pdu = self.text({"SendTargets": what} if what is not None else {})
        data, count, itt = bytes(pdu.data), 1, pdu.u("itt")
        while not pdu.final or pdu.flags & 0x40:
            if count > 2000:
                raise self._fail(ProtocolError, "SendTargets does not end")
            if pdu.u("ttt") == NO_TAG:
                raise self._fail(ProtocolError, f"F=0 without a TTT: {pdu}")
            pdu = self.text(b"", ttt=pdu.u("ttt"), itt=itt)
            data += bytes(pdu.data)
            count += 1
        if pdu.u("ttt") != NO_TAG:
            raise self._fail(ProtocolError, f"F=1 with a TTT: {pdu}")
        return targets_of(text_pairs(data)), count

    def send_tmf(self, function, lun=1, rtt=NO_TAG, refcmdsn=0,
                 immediate=True):
        """A task management function (11.5); its response has to be read."""
        pdu = Pdu(TMF_REQ, 0x80 | function, itt=self.itt(), rtt=rtt, lun=lun,
                  refcmdsn=refcmdsn)
        self.send(self.stamp(pdu, immediate))

    def tmf(self, *args, **kwargs):
        """A task management function; gives back its response (11.6)."""
        self.send_tmf(*args, **kwargs)
        return self.until(TMF_RSP).byte(2)

    def send_logout(self, reason=0, cid=None):
        """A Logout (11.14); its response has to be read."""
        pdu = Pdu(LOGOUT_REQ, 0x80 | reason, itt=self.itt(),
                  cid=self.cid if cid is None else cid)
        self.send(self.stamp(pdu, immediate=True))

    def logout(self, reason=0, cid=None):
        """Logout; gives back the response code (11.15)."""
        self.send_logout(reason, cid)
        return self.until(LOGOUT_RSP).byte(2)


class Deaf(Initiator):
    """An initiator that acknowledges nothing of what comes after stop()."""

    acknowledged = None

    def stop(self):
        self.acknowledged = self.expstatsn

    def go_on(self):
        """Acknowledges all of it."""
        self.acknowledged = None

    def stamp(self, pdu, immediate=False):
        super().stamp(pdu, immediate)
        if self.acknowledged is not None:
            pdu.put("expstatsn", self.acknowledged)
        return pdu


def targets_of(pairs):
    """[(name, [addresses])] of a SendTargets answer."""
    out = []
    for key, value in pairs:
        if key == "TargetName":
            out.append((value, []))
        elif key == "TargetAddress" and out:
            out[-1][1].append(value)
    return out


def chap_response(alg, ident, secret, challenge):
    """CHAP_R for algorithm 5, 6, 7 or 8 (12.1.3, IANA registry)."""
    name = {5: "md5", 6: "sha1", 7: "sha256", 8: "sha3_256"}[alg]
    data = bytes([ident]) + secret.encode() + challenge
    return "0x" + hashlib.new(name, data).hexdigest()


def chap_decode(value):
    """A large-binary-value: 0x... or 0b... (6.1)."""
    if value[:2].lower() == "0x":
        text = value[2:]
        return bytes.fromhex(text if len(text) % 2 == 0 else "0" + text)
    import base64
    return base64.b64decode(value[2:])


# --- CDBs -----------------------------------------------------------------

def tur():
    return bytes(6)


def inquiry(alloc=255, page=None):
    return struct.pack(">BBBHB", 0x12, page is not None, page or 0, alloc, 0)


def report_luns(alloc=4096, select=0):
    return struct.pack(">BBBBBBIBB", 0xA0, 0, select, 0, 0, 0, alloc, 0, 0)


def request_sense(alloc=252, desc=0):
    return bytes([3, desc, 0, 0, alloc, 0])


def read_capacity10():
    return bytes([0x25]) + bytes(9)


def read_capacity16(alloc=32):
    return struct.pack(">BBQIBB", 0x9E, 0x10, 0, alloc, 0, 0)


def read6(lba, blocks):
    return struct.pack(">BBHBB", 0x08, lba >> 16 & 0x1F, lba & 0xFFFF,
                       blocks & 0xFF, 0)


def write6(lba, blocks):
    return b"\x0a" + read6(lba, blocks)[1:]


def read10(lba, blocks, bits=0, op=0x28):
    return struct.pack(">BBIBHB", op, bits, lba, 0, blocks, 0)


def write10(lba, blocks, bits=0):
    return read10(lba, blocks, bits, 0x2A)


def read12(lba, blocks, bits=0, op=0xA8):
    return struct.pack(">BBIIBB", op, bits, lba, blocks, 0, 0)


def write12(lba, blocks, bits=0):
    return read12(lba, blocks, bits, 0xAA)


def read16(lba, blocks, bits=0, op=0x88):
    return struct.pack(">BBQIBB", op, bits, lba, blocks, 0, 0)


def write16(lba, blocks, bits=0):
    return read16(lba, blocks, bits, 0x8A)


def sync_cache10(lba=0, blocks=0, bits=0):
    return read10(lba, blocks, bits, 0x35)


def sync_cache16(lba=0, blocks=0, bits=0):
    return read16(lba, blocks, bits, 0x91)


def unmap(length, anchor=0):
    return struct.pack(">BBIBHB", 0x42, anchor, 0, 0, length, 0)


def unmap_list(*ranges):
    """UNMAP parameter list (SBC-4)."""
    body = b"".join(struct.pack(">QI4x", lba, n) for lba, n in ranges)
    return struct.pack(">HH4x", len(body) + 6, len(body)) + body


# service actions of SANITIZE, and bits of its byte 1
OVERWRITE, BLOCK_ERASE, CRYPTO_ERASE, EXIT_FAILURE = 1, 2, 3, 0x1F
SANITIZE_IMMED, SANITIZE_AUSE = 0x80, 0x20


def sanitize(action, length=0, bits=0):
    return struct.pack(">BB5xHB", 0x48, action | bits, length, 0)


def overwrite_list(pattern, count=1, bits=0):
    """Parameter list of SANITIZE with OVERWRITE."""
    return struct.pack(">BBH", bits | count, 0, len(pattern)) + pattern


def write_same10(lba, blocks, bits=0):
    return read10(lba, blocks, bits, 0x41)


def write_same16(lba, blocks, bits=0):
    return read16(lba, blocks, bits, 0x93)


def compare_and_write(lba, blocks, bits=0):
    """The data is what is there, and behind it what is to be there."""
    return struct.pack(">BBQIBB", 0x89, bits, lba, blocks, 0, 0)


def write_atomic16(lba, blocks, bits=0, boundary=0):
    return struct.pack(">BBQHHBB", 0x9C, bits, lba, boundary, blocks, 0, 0)


def orwrite16(lba, blocks, bits=0):
    return read16(lba, blocks, bits, 0x8B)


def extended_copy(length, lid4=0):
    return struct.pack(">BB8xIBB", 0x83, lid4, length, 0, 0)


def copy_results(action, list_id=0, alloc=1024):
    """RECEIVE COPY STATUS and its kind; only LID4 has an identifier of 4 bytes."""
    if action != 5:
        list_id <<= 24
    return struct.pack(">BBI4xIBB", 0x84, action, list_id, alloc, 0, 0)


def copy_cscd(designator, block=0, bits=0):
    """A CSCD descriptor: a designator as page 83h has it, and bytes of a block."""
    return (bytes([0xE4, bits, 0, 0]) + designator.ljust(24, b"\0") + b"\0"
            + block.to_bytes(3, "big"))


def copy_blocks(source, destination, blocks, source_lba, lba, bits=0):
    """A segment descriptor of type 02h."""
    return struct.pack(">BBHHHHHQQ", 0x02, bits, 0x18, source, destination, 0,
                       blocks, source_lba, lba)


def copy_bytes(source, destination, length, source_lba, lba, offsets=(0, 0)):
    """A segment descriptor of type 0Ah."""
    return struct.pack(">BBHHHIQQHH", 0x0A, 0, 0x1C, source, destination, length,
                       source_lba, lba, *offsets)


def copy_list(segments=(), cscds=(), list_id=0, usage=None, lid4=0):
    """A parameter list of EXTENDED COPY; without an identifier it says so."""
    if usage is None:
        usage = 0 if list_id else 3
    tail = b"".join(cscds), b"".join(segments)
    lengths = [len(part) for part in tail]
    if lid4:
        head = struct.pack(">BBH11xBB3xI18xHHH", 1, usage << 3, 0x20, 0, 0xFF,
                           list_id, *lengths, 0)
    else:
        head = struct.pack(">BBH4xII", list_id, usage << 3, *lengths, 0)
    return head + b"".join(tail)


# BYTCHK, as it is in byte 1
BYTCHK_ALL, BYTCHK_ONE = 1 << 1, 3 << 1


def verify10(lba, blocks, bits=0):
    return read10(lba, blocks, bits, 0x2F)


def verify12(lba, blocks, bits=0):
    return read12(lba, blocks, bits, 0xAF)


def verify16(lba, blocks, bits=0):
    return read16(lba, blocks, bits, 0x8F)


def write_verify10(lba, blocks, bits=0):
    return read10(lba, blocks, bits, 0x2E)


def write_verify12(lba, blocks, bits=0):
    return read12(lba, blocks, bits, 0xAE)


def write_verify16(lba, blocks, bits=0):
    return read16(lba, blocks, bits, 0x8E)


def pre_fetch10(lba, blocks, bits=0):
    return read10(lba, blocks, bits, 0x34)


def pre_fetch16(lba, blocks, bits=0):
    return read16(lba, blocks, bits, 0x90)


def mode_sense6(page, alloc=252, bits=0, sub=0, control=0):
    return bytes([0x1A, bits, control << 6 | page, sub, alloc, 0])


def wce(ini):
    """WCE of the caching mode page."""
    data = ini.good(mode_sense6(0x08), read=252).data
    return data[4 + data[3] + 2] >> 2 & 1


def mode_sense10(page, alloc=4096, bits=0, sub=0, control=0):
    return struct.pack(">BBBBxxxHB", 0x5A, bits, control << 6 | page, sub,
                       alloc, 0)


def reserve6():
    return bytes([0x16]) + bytes(5)


def release6():
    return bytes([0x17]) + bytes(5)


def reserve10():
    return bytes([0x56]) + bytes(9)


def release10():
    return bytes([0x57]) + bytes(9)


def pr_in(action, alloc=8192):
    return struct.pack(">BB5xHB", 0x5E, action, alloc, 0)


def pr_out(action, kind=0, scope=0, length=24):
    return struct.pack(">BBB2xIB", 0x5F, action, scope << 4 | kind, length, 0)


def pr_list(key=0, new=0, flags=0):
    """Parameter list of PERSISTENT RESERVE OUT, but for REGISTER AND MOVE."""
    return struct.pack(">QQ4xB3x", key, new, flags)


def transport_id(name, isid=None):
    """TransportID of an initiator port or, without ISID, of an initiator."""
    text = name.encode()
    if isid is not None:
        text += b",i,0x" + isid.hex().encode()
    text += bytes(max(4 - len(text) % 4, 20 - len(text)))
    return struct.pack(">BxH", 0x05 if isid is None else 0x45, len(text)) + text


def rstmf(repd=0, alloc=64):
    return struct.pack(">BBBBBBIBB", 0xA3, 0x0D, repd << 7, 0, 0, 0, alloc, 0, 0)


def rsoc(option=0, op=0, action=0, alloc=65535, rctd=0):
    return struct.pack(">BBBBHIBB", 0xA3, 0x0C, rctd << 7 | option, op, action,
                       alloc, 0, 0)


def report_groups(alloc=1024, form=0):
    """REPORT TARGET PORT GROUPS; FORM 1 has the longer header."""
    return struct.pack(">BB4xI2x", 0xA3, form << 5 | 0x0A, alloc)


def set_groups(length):
    return struct.pack(">BB4xI2x", 0xA4, 0x0A, length)


# --- CDBs of pages, the medium and diagnostics ------------------------------

def mode_select6(length, bits=0x10):
    return bytes([0x15, bits, 0, 0, length, 0])


def mode_select10(length, bits=0x10):
    return struct.pack(">BB5xHB", 0x55, bits, length, 0)


def mode_page(ini, page, control=0, lun=1):
    """One mode page, by MODE SENSE(6)."""
    data = ini.good(mode_sense6(page, bits=8, control=control), lun,
                    read=252).data
    return data[4:]


def mode_list(*pages):
    """A parameter list of MODE SELECT(6)."""
    return bytes(4) + b"".join(bytes(page) for page in pages)


def start_stop(bits=1, immed=0):
    """bits: 1 START, 2 LOEJ, 4 NO_FLUSH, from 10h on the power condition."""
    return bytes([0x1B, immed, 0, 0, bits, 0])


def prevent_allow(prevent):
    return bytes([0x1E, 0, 0, 0, prevent, 0])


def format_unit(bits=0):
    return bytes([0x04, bits, 0, 0, 0, 0])


def read_defects10(bits=0x18, alloc=252):
    return struct.pack(">BBB4xHB", 0x37, 0, bits, alloc, 0)


def read_defects12(bits=0x18, alloc=252, index=0):
    return struct.pack(">BBIIBB", 0xB7, bits, index, alloc, 0, 0)


def get_lba_status(lba, alloc=24):
    return struct.pack(">BBQIBB", 0x9E, 0x12, lba, alloc, 0, 0)


def log_sense(page, alloc=252, pointer=0, sub=0, control=1):
    return struct.pack(">BBBBxHHB", 0x4D, 0, control << 6 | page, sub, pointer,
                       alloc, 0)


def log_select(length=0, page=0, pcr=0, control=0):
    return struct.pack(">BBB4xHB", 0x4C, pcr << 1, control << 6 | page, length,
                       0)


def report_timestamp(alloc=12):
    return struct.pack(">BB4xIBB", 0xA3, 0x0F, alloc, 0, 0)


def set_timestamp(length=12):
    return struct.pack(">BB4xIBB", 0xA4, 0x0F, length, 0, 0)


def report_info(kind, alloc=300):
    return struct.pack(">BB4xIBB", 0xA3, 0x05, alloc, kind << 1, 0)


def set_info(kind, length):
    return struct.pack(">BB4xIBB", 0xA4, 0x06, length, kind << 1, 0)


def read_buffer(mode, alloc, offset=0, number=0):
    return struct.pack(">BBBBHBHB", 0x3C, mode, number, offset >> 16,
                       offset & 0xFFFF, alloc >> 16, alloc & 0xFFFF, 0)


def write_buffer(mode, length, offset=0, number=0):
    return b"\x3b" + read_buffer(mode, length, offset, number)[1:]


def send_diagnostic(bits=4, length=0):
    return struct.pack(">BBBHB", 0x1D, bits, 0, length, 0)


def receive_diagnostic(page=0, pcv=1, alloc=252):
    return struct.pack(">BBBHB", 0x1C, pcv, page, alloc, 0)
