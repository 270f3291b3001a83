#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Fuzzes the iSCSI side of a target that runs: valid sessions, wrong PDUs.

    proto.py [--seed N] [--seconds S] [--first N] [--runs N] [--peers N]

    target namespace: "fuzz" with LUNs 1 (null_blk), 2 (null_blk, read-only),
    3 (null backend, 8 TiB), 4 (null_blk, 4096-byte blocks); "chap", the same
    behind CHAP; "guard" for one initiator    -- veth -- this program

Each run is a connection, and all that it does comes from the seed and its
number: it logs in with keys that are legal in one way or another, does what
initiators do, and one PDU of each thing that it does goes wrong, or the stream
between them. --peers of them play at once, some with the same ISID, and make
up a batch. After each batch a victim that has been logged in all the time and
one that logs in now write and read what must be there, and all the others have
left nothing behind: no session, no connection, no memory.

A finding is printed with the seed and the numbers of its batch; what was sent
last is in proto-SEED.trace in the results' folder. What a kernel that dies was
about stands in its log.
"""

import collections
import os
import random
import resource
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib"))
sys.path.insert(0, HERE)
import grammar  # noqa: E402
import iscsi  # noqa: E402
from fuzzer import Finding, play, results, tell, words_of  # noqa: E402
from iscsi import (DATA_OUT, IMMEDIATE, LOGIN_RSP, LOGOUT_REQ,  # noqa: E402
                   NOP_IN, NOP_OUT, NO_TAG, Pdu, R2T, SCSI_CMD, TEXT_REQ,
                   TEXT_RSP, TMF_REQ, read10, write10)
from lab import SLOW, Lab, read, wait_until  # noqa: E402
from peer import CLOSED, Log, Loop, Peer, TIMEOUT  # noqa: E402

LIMIT = 5 * SLOW        # s, for an answer
ALIVE = 2 * SLOW        # s, for a login and a read
GUARD_BLOCKS = 2048
FILL = b"".join(n.to_bytes(4, "big") * 128 for n in range(GUARD_BLOCKS))
USER, SECRET = "fuzzer", "a-secret-of-16-b"
VICTIM = "iqn.2026-11.org.example:victim"
MARK = 0xF0000000       # ITTs of the questions whether a target still listens
SLACK = (96 << 20) * (3 if SLOW > 1 else 1)


# --- what a run does -----------------------------------------------------------------

class Shot:
    """Sends the PDUs of one thing that an initiator does, one of them wrong."""

    def __init__(self, peer):
        self.peer = peer
        self.rng = peer.rng
        # which of the PDUs to come is the wrong one; sometimes none is
        self.left = self.rng.choice((0, 0, 0, 1, 1, 2, 3, 9))
        self.held = None
        self.sent = False       # whether anything went out
        self.more = False       # whether it was more than was called for

    def send(self, pdu):
        """A PDU, right or wrong."""
        peer, wrong = self.peer, self.left == 0
        self.left -= 1
        peer.fuzz.count["PDUs"] += 1
        if wrong:
            peer.fuzz.count["wrong"] += 1
            self._wrong(pdu)
        else:
            self.sent = True
            peer.post(pdu)
        if self.held and not wrong:
            held, self.held = self.held, None
            peer.post(held)

    def _wrong(self, pdu):
        peer, rng = self.peer, self.rng
        way = rng.randrange(20)
        if way == 0:
            return                                          # dropped
        if way == 1:
            self.held = grammar.copy(pdu)                   # after the next
            return
        if way == 2 and peer.history_of:
            self.more = True
            peer.post(rng.choice(peer.history_of))          # an old one too
        pdu = grammar.copy(pdu)
        if way == 3:
            grammar.wrong_length(rng, pdu)
            peer.strange = True
        elif way > 5:
            for _ in range(rng.choice((1, 1, 1, 2, 3))):
                grammar.wrong_header(rng, pdu, peer.fuzz.live)
        self._stream(pdu, way)
        if way == 4:
            self.more = True
            peer.post(pdu)                                  # twice

    def _stream(self, pdu, way):
        """How the bytes of a PDU come."""
        peer, rng = self.peer, self.rng
        self.sent = True
        peer.note_request(pdu)
        raw = bytearray(peer.wire(pdu))
        if way == 5:
            raw = self._damage(raw, pdu)
        if rng.random() < 0.15:
            peer.raw(*grammar.pieces(rng, bytes(raw)))
        else:
            peer.raw(bytes(raw))

    def _damage(self, raw, pdu):
        """Bytes that are no PDU any more, or have a digest that is wrong."""
        peer, rng = self.peer, self.rng
        way = rng.randrange(6)
        if way == 0 and peer.hdgst:
            raw[48 + 4 * (raw[4])] ^= 1
        elif way == 1 and peer.ddgst and pdu.data:
            raw[-1] ^= 0x10
        elif way == 2 and len(pdu.data) % 4:
            raw[len(raw) - 1 - (4 if peer.ddgst else 0)] = 0xEE
        elif way == 3:
            raw = raw[:rng.randrange(len(raw))]
            peer.strange = True
        elif way == 4:
            raw += rng.randbytes(rng.choice((1, 3, 4, 47, 48, 100)))
            peer.strange = True
        else:
            at = rng.randrange(len(raw))
            raw[at:at] = bytes(rng.choice((1, 4, 48)))
            peer.strange = True
        return raw

    # --- things that initiators do --------------------------------------------

    def command(self, cdb=None, immediate=None):
        """A SCSI Command of any kind, with its unsolicited data."""
        peer, rng = self.peer, self.rng
        raw, way, amount = grammar.cdb(rng)
        if cdb is not None:
            raw, way, amount = cdb
        size = grammar.cdb_bytes(raw, amount)
        edtl = size
        if rng.random() < 0.08:
            edtl = grammar.boundary(rng, 4, size, (size + 512, size // 2))
        pdu = Pdu(SCSI_CMD, 0x80 | {"r": 0x40, "w": 0x20}.get(way, 0)
                  | rng.choice((1, 1, 1, 0, 2, 3, 4)), itt=peer.itt(),
                  edtl=edtl if way != "-" else 0)
        pdu.bhs[8:16] = grammar.lun(rng)
        pdu.bhs[32:48] = bytes(raw).ljust(16, b"\0")
        if way == "w":
            self._write(pdu, raw[0], min(size, 1 << 18))
        else:
            peer.stamp(pdu, rng.random() < 0.05 if immediate is None
                       else immediate)
            self.send(pdu)

    def _write(self, pdu, op, size):
        """Immediate and unsolicited data, as the keys allow."""
        peer, rng = self.peer, self.rng
        data = grammar.parameters(rng, op, size)
        first = min(peer.keys["FirstBurstLength"], size)
        immediate = unsolicited = 0
        if peer.keys["ImmediateData"] == "Yes":
            immediate = rng.choice((0, min(first, peer.keys["MaxXmit"])))
        unsolicited = immediate
        if peer.keys["InitialR2T"] == "No" and rng.random() < 0.6:
            unsolicited = first
        pdu.data = data[:immediate]
        if unsolicited > immediate:
            pdu.bhs[1] &= 0x7F
        peer.writes[pdu.u("itt")] = data
        self.send(peer.stamp(pdu))
        if unsolicited > immediate:
            self.data_out(pdu.u("itt"), NO_TAG, immediate,
                          unsolicited - immediate)

    def data_out(self, itt, ttt, offset, length):
        """One sequence of Data-Outs, in PDUs of any size."""
        peer, rng = self.peer, self.rng
        data = peer.writes.get(itt, b"")
        step = min(peer.keys["MaxXmit"], rng.choice((512, 4096, 1 << 18)))
        end, datasn = offset + min(length, 1 << 18), 0
        while offset < end:
            size = min(step, end - offset)
            body = data[offset:offset + size].ljust(size, b"\0")
            pdu = Pdu(DATA_OUT, 0x80 if offset + size == end else 0, body,
                      itt=itt, ttt=ttt, datasn=datasn, offset=offset,
                      expstatsn=peer.expstatsn)
            self.send(pdu)
            offset, datasn = offset + size, datasn + 1

    def tmf(self):
        """A task management function, for a task that may be there."""
        peer, rng = self.peer, self.rng
        itts = list(peer.asked)[-6:] or [1]
        if rng.random() < 0.7:
            # something to be aborted: a write whose data does not come
            self.command((write10(8, 64), "w", 64))
        pdu = Pdu(TMF_REQ, 0x80 | rng.choice((1, 1, 2, 2, 5, 5, 3, 4, 6, 7, 8)),
                  itt=peer.itt(), rtt=rng.choice((*itts, NO_TAG)),
                  refcmdsn=peer.cmdsn - 1 & NO_TAG)
        pdu.bhs[8:16] = grammar.lun(rng)
        self.send(peer.stamp(pdu, rng.random() < 0.8))

    def nop(self):
        """A question, or an answer to nothing."""
        peer, rng = self.peer, self.rng
        pdu = Pdu(NOP_OUT, 0x80, grammar.pool(rng, rng.choice((0, 4, 511,
                                                               4096))),
                  itt=peer.itt(), ttt=NO_TAG)
        if rng.random() < 0.2:
            pdu.put("itt", NO_TAG).put("ttt", rng.choice((0, 1, NO_TAG)))
        self.send(peer.stamp(pdu, rng.random() < 0.7))

    def text(self):
        """A Text Request, also in pieces."""
        peer, rng = self.peer, self.rng
        name = rng.choice(("", "All", peer.target or "", "x" * 300))
        data = iscsi.text_encode([("SendTargets", name)])
        if rng.random() < 0.3:
            data = grammar.wrong_pairs(rng, grammar.legal_keys(rng))[:8192]
        itt, flags = peer.itt(), 0x80
        if rng.random() < 0.2 and len(data) > 4:
            cut = rng.randrange(len(data))
            pdu = Pdu(TEXT_REQ, 0x40, data[:cut], itt=itt, ttt=NO_TAG)
            self.send(peer.stamp(pdu))
            data = data[cut:]
        pdu = Pdu(TEXT_REQ, flags, data, itt=itt, ttt=NO_TAG)
        self.send(peer.stamp(pdu))

    def logout(self):
        """A Logout, for all reasons."""
        peer, rng = self.peer, self.rng
        pdu = Pdu(LOGOUT_REQ, 0x80 | rng.choice((0, 0, 1, 1, 2, 3)),
                  itt=peer.itt(), cid=peer.cid)
        self.send(peer.stamp(pdu, rng.random() < 0.8))

    def snack(self):
        peer = self.peer
        itts = list(peer.asked)[-4:] or [1]
        self.send(grammar.snack(self.rng, self.rng.choice(itts)))

    def login_again(self):
        """A Login Request where none belongs."""
        self.send(self.peer.login_pdu({"InitiatorName": self.peer.name}))

    def burst(self):
        """Many commands at once: the window, and ITTs that come twice."""
        peer, rng = self.peer, self.rng
        for _ in range(rng.choice((8, 8, 20, 150))):
            raw = rng.choice(((read10(0, 1), "r", 1), (bytes(6), "-", 0),
                              (write10(16, 8), "w", 8)))
            if rng.random() < 0.05:
                peer.next_itt -= 1
            self.command(raw, rng.random() < 0.3)


SHOTS = ((Shot.command, 60), (Shot.tmf, 10), (Shot.nop, 8), (Shot.text, 5),
         (Shot.logout, 2), (Shot.snack, 2), (Shot.login_again, 1),
         (Shot.burst, 2))
DISCOVERY = ((Shot.text, 10), (Shot.nop, 3), (Shot.command, 2), (Shot.tmf, 2),
             (Shot.logout, 1), (Shot.snack, 1))


def settle(peer, shot):
    """Ask whether the target still listens. False if there is nobody."""
    if peer.strange:
        return False
    tag = MARK | peer.number << 12 & 0xFFFF000 | peer.next_itt & 0xFFF
    pdu = Pdu(NOP_OUT | IMMEDIATE, 0x80, itt=tag, ttt=NO_TAG,
              cmdsn=peer.cmdsn, expstatsn=peer.expstatsn)
    peer.post(pdu)
    while True:
        got = yield LIMIT
        if got is CLOSED:
            return False
        if got is TIMEOUT:
            if peer.out:
                return False
            raise Finding("neither an answer to a NOP-Out nor the end")
        if got.opcode == NOP_IN and got.u("itt") == tag:
            # What was wrong may have had a number or not
            peer.cmdsn = got.u("expcmdsn")
            return True
        answer(peer, shot, got)
        if peer.strange:
            return False


def answer(peer, shot, got):
    """What an initiator does when a PDU comes."""
    if got.opcode == R2T and peer.rng.random() < 0.8:
        shot.data_out(got.u("itt"), got.u("ttt"), got.u("offset"),
                      got.u("length"))
    elif got.opcode == TEXT_RSP and got.u("ttt") != NO_TAG:
        pdu = Pdu(TEXT_REQ, 0x80, itt=got.u("itt"), ttt=got.u("ttt"))
        shot.send(peer.stamp(pdu))


def responses(peer):
    """Login Responses up to one that has no C bit."""
    data = b""
    for _ in range(40):
        got = yield LIMIT
        if got is CLOSED:
            return None
        if got is TIMEOUT:
            raise Finding("neither a Login Response nor the end")
        if got.opcode != LOGIN_RSP:
            raise Finding(f"in login: {got}")
        peer.expstatsn = (got.u("statsn") + 1) & 0xFFFFFFFF
        if got.u("status_class"):
            peer.fuzz.status[got.u("status_class") << 8
                             | got.u("status_detail")] += 1
            return None
        data += got.data
        if not got.flags & 0x40:
            return got, iscsi.text_pairs(data)
        peer.post(peer.login_pdu((), transit=False))
    raise Finding("the login does not end")


def login(peer, discovery):
    """A login that must succeed, in one of the ways to do it."""
    rng, first = peer.rng, peer.declarations(discovery)
    first = list(first.items())
    if peer.chap:
        if not (yield from chap(peer, first)):
            return False
        first = []
    elif rng.random() < 0.3:
        peer.post(peer.login_pdu(first + [("AuthMethod", "None")], 0, 1))
        if not (yield from responses(peer)):
            return False
        first = []
    offered = grammar.legal_keys(rng)
    if discovery:
        offered = [k for k in offered if k[0] != "MaxConnections"]
    yield from send_keys(peer, first + offered)
    got = yield from responses(peer)
    while got and not got[0].final:
        peer.post(peer.login_pdu(()))
        got = yield from responses(peer)
    if not got:
        return False
    peer.fuzz.status[0] += 1
    enter(peer, got[0], dict(offered), dict(got[1]))
    return True


def send_keys(peer, pairs):
    """The operational keys, at times in several requests (6.2.1)."""
    data = iscsi.text_encode(pairs)
    while peer.rng.random() < 0.15 and len(data) > 1:
        cut = peer.rng.randrange(1, len(data))
        peer.post(peer.login_pdu(data[:cut], transit=False, cont=True))
        data = data[cut:]
        got = yield LIMIT
        if got in (CLOSED, TIMEOUT):
            break
        peer.expstatsn = (got.u("statsn") + 1) & 0xFFFFFFFF
    peer.post(peer.login_pdu(data))


def enter(peer, got, offered, answers):
    """Full feature phase begins."""
    peer.tsih = got.u("tsih")
    if not peer.tsih:
        raise Finding(f"TSIH is 0: {got}")
    peer.full_feature = True
    peer.settle(offered, {key: value for key, value in answers.items()
                          if value not in ("Irrelevant", "Reject")})
    peer.expcmdsn, peer.maxcmdsn = got.u("expcmdsn"), got.u("maxcmdsn")
    peer.fuzz.live.append(peer.tsih)


def chap(peer, first):
    """The exchange of CHAP, with the right secret (12.1.3)."""
    peer.post(peer.login_pdu(first + [("AuthMethod", "CHAP")], 0, 1, False))
    if not (yield from responses(peer)):
        return False
    peer.post(peer.login_pdu([("CHAP_A", "5")], 0, 1, False))
    got = yield from responses(peer)
    if not got:
        return False
    reply, _ = peer.chap_reply(dict(got[1]))
    peer.post(peer.login_pdu(reply, 0, 1))
    return bool((yield from responses(peer)))


def normal(peer):
    """A session with up to a dozen things that go wrong."""
    if not (yield from login(peer, False)):
        return
    yield from shots(peer, SHOTS)


def discovery(peer):
    """A discovery session likewise."""
    if not (yield from login(peer, True)):
        return
    yield from shots(peer, DISCOVERY)


def shots(peer, kinds):
    """Things that go wrong, until nobody listens any more."""
    rng = peer.rng
    things, weights = zip(*kinds)
    if rng.random() < 0.03:
        peer.deaf = True
    for _ in range(rng.choice((2, 6, 12, 12))):
        shot = Shot(peer)
        rng.choices(things, weights)[0](shot)
        peer.fuzz.count["cases"] += 1
        if peer.deaf:
            yield rng.choice((0, 0.1))
        elif rng.random() < 0.75 and not (yield from settle(peer, shot)):
            break
    yield from leave(peer)


def leave(peer):
    """The end of a connection, in all ways."""
    way = peer.rng.randrange(5)
    if way == 0 and not peer.strange:
        peer.deaf = False
        shot = Shot(peer)
        shot.logout()
        yield from settle(peer, shot)
    elif way == 1:
        peer.rude()
    elif way == 2:
        peer.raw(peer.wire(Pdu(SCSI_CMD, 0xA1))[:peer.rng.randrange(48)])
    elif way == 3:
        peer.deaf = False
        peer.flush()
        try:
            peer.sock.shutdown(socket.SHUT_WR)
        except OSError:
            return
        while (yield LIMIT) not in (CLOSED, TIMEOUT):
            pass


def login_wrong(peer):
    """A login with wrong texts, numbers, stages, order."""
    rng = peer.rng
    pairs = list(peer.declarations(rng.random() < 0.2).items())
    if rng.random() < 0.3:
        pairs += [("AuthMethod", rng.choice(("CHAP", "CHAP,None", "None")))]
    pairs += grammar.legal_keys(rng)
    for step in range(rng.choice((1, 1, 2, 3, 6))):
        csg = rng.choice((0, 1, 1, rng.choice(grammar.STAGES)))
        pdu = peer.login_pdu(pairs, csg, rng.choice((1, 3, 3, 2, 0)),
                             rng.random() < 0.7, rng.random() < 0.1)
        peer.fuzz.count["cases"] += 1
        shot = Shot(peer)
        if rng.random() < 0.6:
            pdu.data = grammar.wrong_pairs(rng, pairs)
            shot.left = -1 if rng.random() < 0.8 else 0
        elif rng.random() < 0.8:
            shot.left = 0
        shot.send(pdu)
        if peer.strange or not shot.sent:
            return
        got = yield LIMIT
        if got is CLOSED:
            return
        if got is TIMEOUT:
            raise Finding("neither a Login Response nor the end")
        if got.opcode != LOGIN_RSP:
            raise Finding(f"in login: {got}")
        peer.fuzz.status[got.u("status_class") << 8
                         | got.u("status_detail")] += 1
        if got.u("status_class"):
            return
        if got.final and got.flags & 3 == 3:
            enter(peer, got, {}, dict(got.text()))
            peer.expstatsn = (got.u("statsn") + 1) & 0xFFFFFFFF
            if shot.more and (peer.hdgst or peer.ddgst):
                # it has no digests, and the target looks for them by now
                peer.strange = True
                return
            yield from shots(peer, SHOTS)
            return
        pairs = [("CHAP_A", rng.choice(("5", "5,7", "999", "8,6,5")))] \
            if step == 0 else chap_pairs(rng, dict(got.text()))


def chap_pairs(rng, got):
    """CHAP_N and CHAP_R, mostly wrong."""
    pairs = [("CHAP_N", rng.choice((USER, "x", "0x41", "u" * 255, "u" * 256))),
             ("CHAP_R", rng.choice(grammar.EVIL))]
    if rng.random() < 0.3 and "CHAP_C" in got:
        try:
            pairs[1] = ("CHAP_R", iscsi.chap_response(
                int(got["CHAP_A"]), int(got["CHAP_I"], 0), SECRET,
                iscsi.chap_decode(got["CHAP_C"])))
        except (KeyError, ValueError):
            pass
    if rng.random() < 0.5:
        pairs += [("CHAP_I", rng.choice(grammar.EVIL)),
                  ("CHAP_C", got.get("CHAP_C") if rng.random() < 0.3 and
                   got.get("CHAP_C") else rng.choice(grammar.EVIL))]
    return pairs


def stalled(peer):
    """A connection that stops anywhere in its login, or says nothing."""
    rng = peer.rng
    raw = peer.login_pdu(list(peer.declarations().items())
                         + grammar.legal_keys(rng)).pack()
    peer.fuzz.count["cases"] += 1
    peer.strange = True
    peer.raw(raw[:rng.randrange(len(raw))])
    yield rng.choice((0, 0.05, 0.2))
    yield from leave(peer)


KINDS = ((normal, 68), (login_wrong, 20), (discovery, 8), (stalled, 4))


# --- batches and what must be true after them ------------------------------------------

class Fuzz:
    """The lab, and the counts."""

    def __init__(self, seed, peers=24):
        self.lab = Lab()
        self.addr = self.lab.ADDR
        self.seed = seed
        self.peers = peers
        self.log = Log()
        self.count = collections.Counter()
        self.answers = collections.Counter()
        self.rejects = collections.Counter()
        self.status = collections.Counter()
        self.live = collections.deque([0, 1], maxlen=48)
        self.same = {}
        self.targets = {}
        self.victim = self.nl = self.base = self.memory = None
        self.round = 0

    # --- set up ------------------------------------------------------------

    def setup(self):
        lab = self.lab
        lab.setup()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
        for name in ("fuzz", "chap"):
            iqn = self.targets[name] = lab.target(name)
            lab.lun(iqn, 1, lab.null_blk(4))
            lab.lun(iqn, 2, self._filled(), **{"read-only": 1})
            lab.null_lun(iqn, 3, 8 << 40)
            lab.lun(iqn, 4, lab.null_blk(4, 4096))
        lab.in_target("ktgtadm", "account", "add", USER, "secret-file", "-",
                      stdin=SECRET + "\n")
        lab.adm("account", "bind", USER, "target", self.targets["chap"])
        iqn = self.targets["guard"] = lab.target("guard", acl=(VICTIM,))
        lab.lun(iqn, 1, lab.null_blk(4))
        # A victim that is asked nothing for a while does not have to answer; and
        # most secrets are wrong
        lab.adm("net", "set", "login-timeout", 30 * SLOW, "nop-interval", 0,
                "login-delay", 0)
        self.nl = lab.genl()
        self.victim = lab.login(iqn, name=VICTIM, timeout=LIMIT * 2)
        self.base = self.totals()

    def _filled(self):
        """A device whose every block has its number in it."""
        dev = self.lab.null_blk(GUARD_BLOCKS >> 11)
        with open(dev, "wb") as file:
            file.write(FILL)
        return dev

    def totals(self):
        """(sessions, connections) of the namespace."""
        net = self.nl.request(1)[0]
        return tuple(int.from_bytes(net[kind], sys.byteorder)
                     for kind in (5, 6))

    # --- runs ---------------------------------------------------------------

    def peer(self, number):
        """Run NUMBER of this seed: its peer and what it will do."""
        rng = random.Random(self.seed << 32 | number)
        kind = rng.choices(*zip(*KINDS))[0]
        chap_too = rng.random() < 0.07
        isid = bytes.fromhex("8000000000") + bytes([rng.choice(
            (1, 2, 3, *range(16, 255)))])
        one = Peer(self, number, rng,
                   self.targets["chap" if chap_too else "fuzz"], isid=isid,
                   timeout=LIMIT)
        one.cmdsn = rng.choice((1, 1, 0, 0xFFFFFFF0, rng.getrandbits(32)))
        one.writes = {}
        if chap_too:
            one.chap = {"user": USER, "secret": SECRET}
        return one, kind(one)

    def batch(self, first, runs):
        """Runs FIRST and so on, some at a time, then the checks."""
        tell(f"seed {self.seed} runs {first} .. {first + runs - 1}")
        loop, number = Loop(), first
        try:
            while number < first + runs or loop.peers:
                while number < first + runs and len(loop.peers) < self.peers:
                    loop.add(*self.peer(number))
                    self.count["runs"] += 1
                    number += 1
                loop.turn()
        except Finding as err:
            run = loop.current.number
            raise Finding(f"run {run}: {err}\n{self.tail(run)}") from err
        finally:
            loop.close()
        self.check()

    def tail(self, run):
        """The last bytes of a run, for people."""
        lines = [f"  {way} {data[:56].hex()}{'..' if len(data) > 56 else ''}"
                 for number, way, data in self.log.lines if number == run]
        return "\n".join(lines[-8:])

    def judge_contents(self, target, lun, cdb, offset, pdu):
        """Read-only blocks never change; descriptions are always the same."""
        if lun == b"\0\2" + bytes(6) and cdb[0] == 0x28:
            at = int.from_bytes(cdb[2:6], "big") * 512 + offset
            if pdu.data != FILL[at:at + len(pdu.data)]:
                raise Finding(f"contents of LUN 2 at {at}: {pdu}")
        elif cdb[0] in grammar.CONSTANT and not offset:
            self._judge_same(target, lun, cdb, pdu)

    def _judge_same(self, target, lun, cdb, pdu):
        key = bytearray(lun + cdb + target.encode())
        where = grammar.alloc_at(cdb[0])
        if where:
            key[8 + where[0]:8 + sum(where)] = bytes(where[1])
        old = self.same.setdefault(bytes(key), pdu.data)
        size = min(len(old), len(pdu.data))
        if old[:size] != pdu.data[:size]:
            raise Finding(f"not what it was: {old[:size].hex()}\n{pdu}")
        if len(pdu.data) > len(old):
            self.same[bytes(key)] = pdu.data
        if len(self.same) > 20000:
            self.same.clear()

    # --- checks --------------------------------------------------------------

    def check(self):
        """The target lives, has harmed nobody, and has forgotten them all."""
        start = time.monotonic()
        try:
            self.check_login()
            took = time.monotonic() - start
            if took > ALIVE:
                raise Finding(f"login and read took {took:.1f} s")
            self.check_victim()
        except iscsi.IscsiError as err:
            raise Finding(f"a good initiator: {type(err).__name__}: {err}") \
                from err
        end = time.monotonic() + LIMIT * 2
        while (now := self.totals()) != self.base:
            if time.monotonic() > end:
                raise Finding(f"sessions, connections: {now}, before them "
                              f"{self.base}")
            time.sleep(0.02)
        self.check_memory()

    def check_login(self):
        ini = self.lab.connect(self.targets["fuzz"], timeout=LIMIT)
        ini.login({"HeaderDigest": "CRC32C"} if self.round & 1 else {})
        self.lab.clear_ua(ini, 2)
        at = self.round * 61 % (GUARD_BLOCKS - 16)
        back = ini.good(read10(at, 16), 2, read=8192).data
        if back != FILL[at * 512:at * 512 + 8192]:
            raise Finding(f"blocks {at} .. of LUN 2 have changed")
        ini.logout()
        ini.close()
        self.lab.opened.remove(ini)

    def check_victim(self):
        """It is nobody's business what others send."""
        self.round += 1
        data = self.round.to_bytes(8, "big") * 512
        self.victim.good(write10(self.round % 512 * 8, 8), write=data)
        back = self.victim.good(read10(self.round % 512 * 8, 8), read=4096)
        if back.data != data:
            raise Finding("the victim reads what it did not write")

    def check_memory(self):
        """What is in use does not grow; it may come back somewhat later."""
        if self.round == 3:
            self.memory = available()
        if self.round <= 3 or available() > self.memory - SLACK:
            return
        try:
            wait_until(lambda: available() > self.memory - SLACK, LIMIT,
                       "memory that was in use comes back")
        except Exception as err:
            raise Finding(f"{err}: {self.memory >> 20} MiB were free, now "
                          f"{available() >> 20}") from err

    # --- the end ----------------------------------------------------------------

    def run(self, seconds, first=0, runs=None):
        """Batches for SECONDS, or RUNS runs."""
        end = time.monotonic() + seconds
        start, size, at = time.monotonic(), 16 * self.peers, first
        while runs is None and time.monotonic() < end or \
                runs is not None and at < first + runs:
            step = size if runs is None else min(size, first + runs - at)
            try:
                self.batch(at, step)
            except Finding as err:
                raise Finding(f"seed {self.seed}, runs {at} .. "
                              f"{at + step - 1}: {err}\n"
                              f"last bytes: {self.save()}") from err
            at += step
        self.count["seconds"] = round(time.monotonic() - start)

    def save(self):
        """Keep what was sent last."""
        path = os.path.join(results(), f"proto-{self.seed}.trace")
        with open(path, "w", encoding="ascii") as file:
            file.write(self.log.text())
        return path

    def summary(self):
        """What was done, and how it was answered."""
        count = self.count
        out = [f"proto: seed {self.seed}: {count['runs']} runs, "
               f"{count['cases']} cases, {count['PDUs']} PDUs, "
               f"{count['wrong']} of them wrong, {count['seconds']} s"]
        out += ["  answers: " + ", ".join(
            f"{iscsi.NAMES[op]} {n}" for op, n in self.answers.most_common())]
        out += ["  reject reasons: " + ", ".join(
            f"{reason:#x} {n}" for reason, n in sorted(self.rejects.items()))]
        out += ["  login status: " + ", ".join(
            f"{status:04x} {n}" for status, n in sorted(self.status.items()))]
        return out

    def cleanup(self):
        if self.nl:
            self.nl.close()
        self.lab.cleanup()


def available():
    """Bytes of memory that could be had."""
    for line in read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return 0


def main():
    words = words_of(__doc__)
    words.add_argument("--peers", type=int, default=24)
    args = words.parse_args()
    return play("proto", Fuzz(args.seed, args.peers), args)


if __name__ == "__main__":
    sys.exit(main())
