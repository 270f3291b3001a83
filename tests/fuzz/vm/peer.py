# SPDX-License-Identifier: GPL-2.0
"""Initiators that are played by generators, many at once, and never wait.

    event = yield SECONDS      the next PDU, CLOSED, or TIMEOUT

A Peer sends what it is told and judges each answer by what must hold whatever
was sent: StatSN has no gap, windows do not go back, nothing is answered that
was not asked, no more data comes than was wanted, and read-only blocks have
the contents that they always had.
"""

import collections
import errno
import select
import socket
import struct
import time

import iscsi
from fuzzer import Finding
from iscsi import (ASYNC, DATA_IN, Initiator, LOGIN_RSP, LOGOUT_RSP, NO_TAG,
                   NOP_IN, Pdu, R2T, REJECT, SCSI_CMD, SCSI_RSP, TEXT_RSP,
                   TMF_RSP, sna_lt)

CLOSED, TIMEOUT = "closed", "timeout"
ANSWERS = {NOP_IN, SCSI_RSP, TMF_RSP, LOGIN_RSP, TEXT_RSP, DATA_IN, LOGOUT_RSP,
           R2T, ASYNC, REJECT}
WINDOW = 128
GONE = (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ETIMEDOUT)


class Log:
    """What all peers sent and got of late, in order, to be played again."""

    def __init__(self, size=6000):
        self.lines = collections.deque(maxlen=size)

    def add(self, number, way, data=b""):
        self.lines.append((number, way, bytes(data)))

    def text(self):
        return "".join(f"{number} {way} {data.hex()}\n"
                       for number, way, data in self.lines)


_CRC = {}


def crc(data):
    """A digest of what is sent often."""
    data = bytes(data)
    if len(data) < 256:
        return iscsi.digest(data)
    if data not in _CRC:
        if len(_CRC) > 200:
            _CRC.clear()
        _CRC[data] = iscsi.digest(data)
    return _CRC[data]


def pack(pdu, hdgst, ddgst):
    """Pdu.pack(), with digests that are remembered."""
    out = pdu.header() + pdu.ahs
    if hdgst:
        out += iscsi.digest(out)
    if pdu.data:
        body = bytes(pdu.data) + bytes(iscsi.pad4(len(pdu.data)))
        out += body + (crc(body) if ddgst else b"")
    return out


class Peer(Initiator):
    """One connection."""

    def __init__(self, fuzz, number, rng, target, **kwargs):
        super().__init__(fuzz.addr, target, **kwargs)
        self.sock.setblocking(False)
        self.fuzz = fuzz
        self.number = number
        self.rng = rng
        self.out = collections.deque()
        self.joins = False      # more may be added to the last of them
        self.want = None        # deadline of what the generator waits for
        self.asked = {}         # ITT -> [LUN, CDB, EDTL, bytes that came]
        self.strange = False    # what comes from now on has no meaning
        self.deaf = False       # does not read
        self.gone = False
        self.history_of = []    # PDUs that were sent, to be sent again

    # --- sending -----------------------------------------------------------

    def wire(self, pdu):
        return pack(pdu, self.hdgst, self.ddgst)

    def post(self, pdu):
        """Send a PDU as it is."""
        self.note_request(pdu)
        self.raw(self.wire(pdu))

    def raw(self, *chunks):
        """Send bytes, at the next yield. Several pieces go each by itself."""
        if len(chunks) == 1 and self.out and self.joins:
            self.out[-1] += chunks[0]
            return
        self.out.extend(bytearray(chunk) for chunk in chunks if chunk)
        self.joins = len(chunks) == 1

    def note_request(self, pdu):
        """What may be answered from now on."""
        itt = pdu.u("itt")
        if self.full_feature and sna_lt(self.expstatsn, pdu.u("expstatsn")):
            # Who acknowledges what has not come gets what stands there now
            self.strange = True
        if self.full_feature and b"MaxRecvDataSegmentLength" in pdu.data:
            # may be declared anew at any time (13.12)
            self.keys["MaxRecv"] = 0xFFFFFF
        if pdu.opcode == SCSI_CMD and itt not in self.asked:
            self.asked[itt] = [bytes(pdu.bhs[8:16]), bytes(pdu.bhs[32:48]),
                               pdu.u("edtl"), 0]
        else:
            # told twice: whose answer it is nobody can say
            self.asked[itt] = None
        self.history_of.append(pdu)
        del self.history_of[:-8]

    def flush(self):
        """Send what can be sent now. True if all was."""
        while self.out and not self.gone:
            chunk = self.out[0]
            try:
                done = self.sock.send(chunk)
            except BlockingIOError:
                return False
            except OSError as err:
                if err.errno not in GONE:
                    raise
                # What came before the reset is still to be read
                self.out.clear()
                return True
            self.joins = False
            self.fuzz.log.add(self.number, ">", chunk[:done])
            if done < len(chunk):
                self.out[0] = chunk[done:]
            else:
                self.out.popleft()
        return True

    def rude(self):
        """The end will be a reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))

    # --- receiving ------------------------------------------------------------

    def read(self):
        """Take from the socket what is there; CLOSED at its end."""
        try:
            data = self.sock.recv(1 << 18)
        except BlockingIOError:
            return None
        except OSError as err:
            if err.errno not in GONE:
                raise
            data = b""
        if not data:
            self.gone = True
            return CLOSED
        self.rx += data
        return None

    def take(self):
        """The next PDU that is here whole, or None."""
        rx = self.rx
        if len(rx) < 48:
            return None
        head = 48 + rx[4] * 4 + (4 if self.hdgst else 0)
        length = rx[5] << 16 | rx[6] << 8 | rx[7]
        size = head
        if length:
            size += length + (-length & 3) + (4 if self.ddgst else 0)
        if len(rx) < size:
            return None
        pdu = Pdu(bhs=rx[:48], data=bytes(rx[head:head + length]))
        if not self.strange:
            self._judge_wire(pdu, rx, head, size)
        del rx[:size]
        self.fuzz.log.add(self.number, "<", pdu.bhs)
        self.fuzz.answers[pdu.opcode] += not self.strange
        return pdu

    def _judge_wire(self, pdu, rx, head, size):
        """Digests and padding, as they came."""
        length = len(pdu.data)
        if self.hdgst and iscsi.digest(rx[:head - 4]) != rx[head - 4:head]:
            raise Finding(f"wrong header digest: {pdu}")
        if self.ddgst and 0 < length <= 512 and \
                iscsi.digest(rx[head:size - 4]) != rx[size - 4:size]:
            raise Finding(f"wrong data digest: {pdu}")
        if rx[4]:
            raise Finding(f"additional header segments in an answer: {pdu}")
        if any(rx[head + length:head + length + (-length & 3)]):
            raise Finding(f"padding is not zero: {pdu}")

    def judge(self, pdu):
        """What must hold for each answer in full feature phase."""
        op = pdu.opcode
        if op not in ANSWERS or op == LOGIN_RSP:
            raise Finding(f"no such answer: {pdu}")
        self._judge_numbers(pdu)
        itt = pdu.u("itt")
        if op == REJECT:
            self.fuzz.rejects[pdu.byte(2)] += 1
        elif op in (ASYNC, NOP_IN) and itt == NO_TAG:
            pass
        elif itt not in self.asked:
            raise Finding(f"answer to what was not asked: {pdu}")
        elif op == DATA_IN:
            self._judge_data(pdu, self.asked[itt])
        if op in (R2T, NOP_IN):
            self.fuzz.live.append(pdu.u("ttt"))
        if (op == SCSI_RSP or op == DATA_IN and pdu.flags & 1) and \
                self.asked.get(itt):
            del self.asked[itt]

    def _judge_numbers(self, pdu):
        exp, top = pdu.u("expcmdsn"), pdu.u("maxcmdsn")
        if sna_lt(top, (exp - 1) & 0xFFFFFFFF) or \
                (top - exp + 1) & 0xFFFFFFFF > WINDOW:
            raise Finding(f"window {exp:#x} .. {top:#x}: {pdu}")
        if self.expcmdsn is not None and (sna_lt(exp, self.expcmdsn)
                                          or sna_lt(top, self.maxcmdsn)):
            raise Finding(f"window went back from {self.expcmdsn:#x} .. "
                          f"{self.maxcmdsn:#x}: {pdu}")
        self.expcmdsn, self.maxcmdsn = exp, top
        if pdu.opcode == DATA_IN and not pdu.flags & 1:
            return
        if pdu.u("statsn") != self.expstatsn:
            raise Finding(f"StatSN, wanted {self.expstatsn:#x}: {pdu}")
        if pdu.opcode == R2T or (pdu.opcode == NOP_IN
                                 and pdu.u("itt") == NO_TAG):
            return
        self.expstatsn = (pdu.u("statsn") + 1) & 0xFFFFFFFF

    def _judge_data(self, pdu, task):
        """Data-In of a task whose request is known for sure."""
        size = len(pdu.data)
        if size > self.keys.get("MaxRecv", 8192):
            raise Finding(f"more than our MaxRecvDataSegmentLength: {pdu}")
        if task is None:
            return
        lun, cdb, edtl, came = task
        if pdu.u("offset") != came or came + size > edtl:
            raise Finding(f"wanted offset {came} of {edtl}: {pdu}")
        task[3] += size
        self.fuzz.judge_contents(self.target, lun, cdb, came, pdu)


class Loop:
    """Plays peers until all have ended."""

    def __init__(self):
        self.epoll = select.epoll()
        self.peers = {}
        self.current = None

    def add(self, peer, generator):
        """A new peer begins."""
        peer.generator = generator
        self.peers[peer.sock.fileno()] = peer
        self.epoll.register(peer.sock.fileno(), select.EPOLLIN)
        self._drive(peer, None)

    def _drive(self, peer, event):
        """Hand an event to the generator of a peer."""
        self.current = peer
        try:
            seconds = peer.generator.send(event)
        except StopIteration:
            peer.flush()
            self.drop(peer)
            return False
        peer.flush()
        peer.want = time.monotonic() + seconds
        self._mask(peer)
        return True

    def _mask(self, peer):
        mask = 0 if peer.deaf else select.EPOLLIN
        self.epoll.modify(peer.sock.fileno(),
                          mask | (select.EPOLLOUT if peer.out else 0))

    def drop(self, peer):
        """A peer has ended."""
        fd = peer.sock.fileno()
        if self.peers.pop(fd, None):
            self.epoll.unregister(fd)
            peer.fuzz.log.add(peer.number, "end")
            peer.close()

    def _event(self, fd, mask):
        peer = self.current = self.peers.get(fd)
        if not peer:
            return
        if peer.out and mask & select.EPOLLOUT and peer.flush():
            self._mask(peer)
        if not mask & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            return
        end = peer.read()
        while True:
            pdu = peer.take()
            if not pdu:
                break
            if peer.full_feature and not peer.strange:
                peer.judge(pdu)
            if not self._drive(peer, pdu):
                return
        if end:
            self._drive(peer, CLOSED)
            self.drop(peer)

    def turn(self, timeout=0.05):
        """One look at all peers."""
        for fd, mask in self.epoll.poll(timeout):
            self._event(fd, mask)
        now = time.monotonic()
        for peer in list(self.peers.values()):
            if peer.want and peer.want < now:
                self._drive(peer, TIMEOUT)

    def close(self):
        for peer in list(self.peers.values()):
            self.drop(peer)
        self.epoll.close()
