#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Fuzzes the control plane: requests of the netlink family, right and wrong.

    netlink.py [--seed N] [--seconds S] [--first N] [--runs N]

    target namespace: whatever requests make; a second namespace has a socket
    of its own; one socket was opened by a user without privileges

Requests are made from Documentation/netlink/specs/ktgt.yaml: a right one for a
small world of a few targets, devices, addresses and accounts, so that many
succeed, of which most then get something wrong: an attribute that is missing,
doubled, unknown, nested, too long, too short, at the edge of its range, a
string without NUL, flags and headers of netlink itself. A batch of them ends
with several sockets at once, dumps that are not read to their end, and the
end of all that was made.

What must hold: each request is answered, in time; a refusal that is ktgt's own
says why; what is refused has changed nothing, the dumps before and after are
the same; who has no right gets EPERM; ktgtadm shows whatever is there as JSON;
all can be deleted.
"""

import array
import collections
import errno
import os
import random
import socket
import struct
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib"))
sys.path.insert(0, HERE)
import genl  # noqa: E402
from fuzzer import Finding, play, results, tell, words_of  # noqa: E402
from genl import attrs_of  # noqa: E402
from iscsi import Initiator, IscsiError  # noqa: E402
from lab import IQN, SLOW, Lab, enter_named  # noqa: E402
from spec import Spec  # noqa: E402

LIMIT = 15 * SLOW       # s, for an answer
SPEC = os.path.join(HERE, "..", "..", "..", "Documentation", "netlink", "specs",
                    "ktgt.yaml")
SOL_NETLINK, CAP_ACK, EXT_ACK = 270, 10, 11
ACK_TLVS, ERR_MSG = 0x200, 1
NESTED, ORDER = 0x8000, 0x4000
SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "flag": 0}
# What the core of netlink refuses without a word
CORE = (errno.EPERM, errno.EOPNOTSUPP)

Request = collections.namedtuple("Request", "command flags payload header")
Answer = collections.namedtuple("Answer", "error text messages")


# --- requests ------------------------------------------------------------------------

class Maker:
    """Makes requests from the specification."""

    def __init__(self, spec, devices):
        self.spec = spec
        self.devices = devices
        self.names = [f"{IQN}:t{n}" for n in range(4)] + \
            ["eui.02004567A425678D", f"{IQN}:" + "x" * (222 - len(IQN))]
        self.users = ["alice", "bob", "u" * 255]
        self.by_name = {one.name: one for one in spec.commands}
        self.weights = [12 if one.name.endswith("-new") else
                        2 if one.dump else 5 for one in spec.commands]

    def value(self, rng, attr):
        """A value that makes sense."""
        name = attr.name
        if name in ("id", "target-id"):
            return struct.pack("=I", rng.choice((1, 2, 3, 4, 65535)))
        if attr.type in SIZES:
            return self._number(rng, attr)
        words = {
            "name": self.names, "user": self.users, "secret": ["a-secret-16-by"],
            "initiator": [f"{IQN}:i", "iqn.x", "\u00e9", b"\xff\xfe"],
            "alias": ["", "an alias", "a" * 255, b"\x80\xff"],
            "path": self.devices + [self._longer(rng), "/dev/null", "/etc",
                                    "/dev/none"],
        }.get(name)
        if name == "address":
            return rng.choice((socket.inet_aton("10.77.0.1"), bytes(4),
                               bytes(16), socket.inet_aton("127.0.0.1"),
                               socket.inet_pton(socket.AF_INET6, "fd77::1"),
                               socket.inet_aton("192.0.2.1")))
        top = attr.checks.get("max-len", 8)
        word = rng.choice(words or ["", "x" * top, "ab", "a b", b"\xc3\x28"])
        return (word if isinstance(word, bytes) else word.encode()) + b"\0"

    def _longer(self, rng):
        """A path that is long, and is that of a device all the same."""
        folder, _, name = rng.choice(self.devices).rpartition("/")
        return folder + "/." * rng.choice((3, 1500, 2030)) + "/" + name

    def _number(self, rng, attr):
        size = SIZES[attr.type]
        if attr.type == "flag":
            return b""
        pick = {"lun": (0, 1, 2, 3, 16383), "backend": (0, 1, 2, 2),
                "port": (3260, 3260, 3261, 65535), "prefix-len": (0, 24, 32, 64,
                                                                  128),
                "size": (1 << 20, 4096, 511, 0, (1 << 63) - 1),
                "block-size": (512, 4096, 1024)}.get(attr.name)
        if not pick:
            top = attr.checks.get("max", (1 << 8 * size) - 1)
            pick = (attr.checks.get("min", 0), top, (top + 1) // 2 or top)
        return rng.choice(pick).to_bytes(size, sys.byteorder)

    def good(self, rng, name=None):
        """A request as a tool would send it: (command, [[kind, value]])."""
        one = self.by_name[name] if name else \
            rng.choices(self.spec.commands, self.weights)[0]
        attrs = list(one.attrs)
        keep = {attr.name for attr in attrs if rng.random() < 0.35}
        keep |= {"target-id", "lun", "user", "secret"}
        if one.name.startswith("acl-") and not one.dump:
            keep -= {"address", "all", "initiator", "prefix-len"}
            keep.add(rng.choice(("address", "all", "initiator")))
        elif one.name.startswith("portal-"):
            keep.add("address")
        elif one.name == "lu-new":
            keep -= {"path", "size", "backend"}
            keep |= rng.choice(({"path"}, {"path"}, {"size", "backend"}))
        elif one.name.startswith("target-"):
            keep |= {"name"} if one.name == "target-new" else \
                {rng.choice(("id", "name"))}
        if one.dump and rng.random() < 0.6:
            keep.clear()
        chosen = [[attr.number, self.value(rng, attr)] for attr in attrs
                  if attr.name in keep]
        if one.name == "lu-new" and {"size"} <= keep:
            self._set(chosen, one, "backend", struct.pack("=I", 2))
        return one, chosen

    @staticmethod
    def _set(chosen, one, name, value):
        number = next(a.number for a in one.attrs if a.name == name)
        for item in chosen:
            if item[0] == number:
                item[1] = value

    def request(self, rng):
        """A request, mostly wrong."""
        one, chosen = self.good(rng)
        flags = genl.NLM_F_DUMP if one.dump else genl.NLM_F_ACK
        tail, header = b"", None
        if rng.random() < 0.65:
            for _ in range(rng.choice((1, 1, 1, 2, 4))):
                tail += self._wrong(rng, one, chosen)
        if rng.random() < 0.04:
            header = rng.choice(("command", "version", "reserved", "flags",
                                 "short", "length"))
        payload = b"".join(encode(kind, value) for kind, value in chosen)
        return Request(one, flags, (payload + tail)[:60000], header)

    def _wrong(self, rng, one, chosen):
        """One thing wrong with the attributes; gives back bytes to append."""
        way = rng.randrange(13)
        at = rng.randrange(len(chosen)) if chosen else None
        if way == 0 and chosen:
            del chosen[at]
        elif way == 1 and chosen:
            chosen.insert(rng.randrange(len(chosen) + 1), list(chosen[at]))
        elif way in (2, 3, 4) and chosen:
            chosen[at][1] = self._other(rng, chosen[at][1])
        elif way == 5 and chosen:
            chosen[at][0] = chosen[at][0] & 0x3FFF | rng.choice((NESTED, ORDER,
                                                                 0xC000))
        elif way == 6:
            chosen.append([rng.choice((0, 5, 12, 18, 19, 30, 77, 255, 0x3FFF)),
                           rng.randbytes(rng.choice((0, 1, 4, 8)))])
        elif way == 7 and one.attrs:
            attr = rng.choice(one.attrs)
            chosen.append([attr.number, self.value(rng, attr)])
        elif way == 8 and chosen:
            chosen[at] = [chosen[at][0] | NESTED, encode(*chosen[at])]
        elif way == 9:
            return rng.choice((b"\0", bytes(3), bytes(4), b"\x03\0\1\0",
                               b"\xff\xff\1\0", b"\x08\0\1\0", bytes(20)))
        elif way == 10:
            rng.shuffle(chosen)
        elif way == 11 and one.attrs:
            # right for another command
            chosen += self.good(rng)[1]
        elif chosen:
            chosen[at][1] = rng.randbytes(rng.choice((0, 1, 2, 4, 8, 16, 17,
                                                      300, 5000)))
        return b""

    @staticmethod
    def _other(rng, value):
        """A value of the same kind, at an edge or beyond."""
        size = len(value)
        if size in (1, 2, 4, 8) and rng.random() < 0.8:
            top = (1 << 8 * size) - 1
            now = int.from_bytes(value, sys.byteorder)
            number = rng.choice((0, 1, top, top >> 1, (top >> 1) + 1, now + 1,
                                 now - 1, now * 2, 65535, 65536, 16383, 16384,
                                 3600, 3601)) & top
            return number.to_bytes(size, sys.byteorder)
        return rng.choice((value[:-1], value + b"\0", value + value, b"", b"\0",
                           value.rstrip(b"\0"), value[:-1] + b"\xff\xfe\0",
                           value[:1] + b"\0" + value[1:], b"%s%n%p\0",
                           b"x" * 224 + b"\0", b"x" * 256 + b"\0",
                           b"y" * 4096 + b"\0", b"z" * 20000, value.upper(),
                           value.replace(b".", b" ")))


def encode(kind, value):
    """One attribute."""
    size = min(len(value) + 4, 65535)
    value = value[:size - 4]
    return struct.pack("=HH", size, kind) + value + bytes(-len(value) & 3)


# --- a socket -------------------------------------------------------------------------

class Talk(genl.Genl):
    """A socket that tells refusals with their texts."""

    def __init__(self, sock=None, family=None):
        if sock is None:
            super().__init__()
        else:
            self.sock, self.seq, self.family = sock, 0, family
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, CAP_ACK, 1)
        self.sock.settimeout(LIMIT)

    def post(self, request):
        """Send a request, its header as right as it is said to be."""
        self.seq += 1
        command, flags, version, zero = request.command.number, \
            request.flags, 1, 0
        if request.header == "command":
            command = (0, 25, 99, 255)[self.seq % 4]
        elif request.header == "version":
            version = 255
        elif request.header == "reserved":
            zero = 0xFFFF
        elif request.header == "flags":
            flags ^= (0x100, 0x200, 0x300, 0x400, 0x8, 0xF8)[self.seq % 6]
        body = struct.pack("=BBH", command, version, zero) + request.payload
        if request.header == "short":
            body = body[:self.seq % 4]
        size = len(body) + 16
        if request.header == "length":
            size = (0, 15, 16, 17, size + 4, size - 1)[self.seq % 6]
        self.sock.send(struct.pack("=IHHII", size & 0xFFFFFFFF, self.family,
                                   genl.NLM_F_REQUEST | flags, self.seq, 0)
                       + body)
        return self.seq

    def wait(self, seq):
        """The answer to a request."""
        messages = []
        while True:
            try:
                data = self.sock.recv(1 << 16)
            except socket.timeout:
                raise Finding(f"no answer in {LIMIT} s") from None
            at = 0
            while at + 16 <= len(data):
                size, kind, flags, number = struct.unpack_from("=IHHI", data,
                                                               at)
                body = data[at + 16:at + size]
                at += size + 3 & ~3
                if number != seq:
                    continue
                if kind in (genl.NLMSG_ERROR, genl.NLMSG_DONE):
                    return self._end(kind, flags, body, messages)
                messages.append(body)

    @staticmethod
    def _end(kind, flags, body, messages):
        error = -struct.unpack_from("=i", body)[0] if body else 0
        skip = 20 if kind == genl.NLMSG_ERROR else 4
        text = attrs_of(body[skip:]).get(ERR_MSG, b"") if flags & ACK_TLVS \
            else b""
        return Answer(error, text.rstrip(b"\0"), messages)

    def ask(self, request):
        """Send a request and have its answer."""
        seq = self.post(request)
        if request.header in ("flags", "short", "length"):
            # Whether these are answered is not ours: what follows is
            seq = self.post(Request(NET_GET, genl.NLM_F_ACK, b"", None))
        return self.wait(seq)


NET_GET = collections.namedtuple("Get", "number name dump")(1, "net-get", False)


# --- what must hold ----------------------------------------------------------------------

class Fuzz:
    """The lab, and the counts."""

    def __init__(self, seed):
        self.lab = Lab()
        self.seed = seed
        self.count = collections.Counter()
        self.errors = collections.Counter()
        self.done = collections.Counter()
        self.texts = set()
        self.recent = collections.deque(maxlen=200)
        self.maker = self.talk = self.other = self.poor = None
        self.before = None
        self.pending = 0
        self.initiators = []

    def setup(self):
        self.lab.setup()
        devices = [self.lab.null_blk(1) for _ in range(3)]
        self.maker = Maker(Spec(SPEC), devices)
        self.talk = self._open(self.lab.tns)
        self.other = self._open(self.lab.ins)
        self.poor = Talk(unprivileged(self.lab.tns), self.talk.family)

    def _open(self, netns):
        enter_named(netns)
        try:
            return Talk()
        finally:
            enter_named(self.lab.ins)

    # --- the state, as dumps show it ------------------------------------------

    def dump(self, talk, name, payload=b""):
        answer = talk.ask(Request(self.maker.by_name[name], genl.NLM_F_DUMP,
                                  payload, None))
        if answer.error:
            raise Finding(f"{name}: {os.strerror(answer.error)} "
                          f"'{answer.text.decode(errors='replace')}'")
        return answer.messages

    def state(self, talk=None):
        """All that is configured; counts of sessions come and go."""
        talk = talk or self.talk
        out = []
        for name in ("target-list", "portal-list", "lu-list", "acl-list",
                     "account-list"):
            out += [stable(name, body) for body in self.dump(talk, name)]
        net = talk.ask(Request(NET_GET, genl.NLM_F_ACK, b"", None))
        return out + [stable("net-get", net.messages[0])]

    def check_same(self):
        """What was refused since the last look has changed nothing."""
        if not self.pending:
            return
        self.pending = 0
        self.count["compared"] += 1
        now = self.state()
        if now != self.before:
            gone = [one for one in self.before if one not in now]
            new = [one for one in now if one not in self.before]
            raise Finding(f"refused requests changed {gone} into {new}")

    # --- requests ----------------------------------------------------------------

    def judge(self, request, answer):
        """A refusal has an errno and a reason."""
        self.count["requests"] += 1
        if not answer.error:
            self.count["done"] += 1
            self.done[request.command.name] += 1
            return
        self.errors[errno.errorcode.get(answer.error, answer.error)] += 1
        if answer.text:
            self.texts.add(answer.text[:24])
        elif answer.error not in CORE and not request.header:
            raise Finding(f"{request.command.name}: "
                          f"{os.strerror(answer.error)}, without a text: "
                          f"{request.payload.hex()}")

    def one(self, rng):
        """One request of the privileged socket."""
        request = self.maker.request(rng)
        self.recent.append(request)
        if self.before is None:
            self.before = self.state()
        answer = self.talk.ask(request)
        self.judge(request, answer)
        if request.header:
            # Who says what was carried out?
            self.before, self.pending = None, 0
            return
        if request.command.dump or request.command.name.endswith("-get"):
            return
        if answer.error:
            self.pending += 1
            if rng.random() < 0.25:
                self.check_same()
        else:
            # What came before it can not be told from what it did
            self.before, self.pending = self.state(), 0

    def strangers(self, rng):
        """Without privileges, and from elsewhere."""
        if self.before is None:
            self.before = self.state()
        for _ in range(5):
            request = self.maker.request(rng)
            if request.header:
                continue
            answer = self.poor.ask(request)
            self.count["unprivileged"] += 1
            if answer.error != errno.EPERM or answer.messages:
                raise Finding(f"without privileges {request.command.name}: "
                              f"{os.strerror(answer.error)}")
        for _ in range(10):
            request = self.maker.request(rng)
            self.recent.append(request)
            self.judge(request, self.other.ask(request))
            self.count["elsewhere"] += 1
        self.pending += 1
        self.check_same()

    def halves(self, rng):
        """Dumps that are left in the middle, with deletions in between."""
        for _ in range(3):
            talk = self._open(self.lab.tns)
            one = self.maker.by_name[rng.choice(
                ("target-list", "lu-list", "acl-list", "account-list",
                 "session-list", "portal-list"))]
            talk.post(Request(one, genl.NLM_F_DUMP, b"", None))
            if rng.random() < 0.5:
                talk.sock.recv(rng.choice((1, 100, 4096)))
            request = self.maker.request(rng)
            self.recent.append(request)
            self.judge(request, self.talk.ask(request))
            self.count["half dumps"] += 1
            talk.close()

    def storm(self, rng):
        """Three sockets at once."""
        talks = [self._open(self.lab.tns) for _ in range(3)]
        lists = [[self.maker.request(rng) for _ in range(25)] for _ in talks]
        failed = []

        def work(talk, requests):
            try:
                for request in requests:
                    self.judge(request, talk.ask(request))
            except Exception as err:  # pylint: disable=broad-except
                failed.append(err)
        threads = [threading.Thread(target=work, args=args)
                   for args in zip(talks, lists)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for talk in talks:
            talk.close()
        self.count["at once"] += 75
        self.recent.extend(sum(lists, []))
        if failed:
            raise failed[0]
        self.before = self.state()
        self.pending = 1
        self.check_same()

    def log_in(self, rng):
        """Sessions, so that some of what is deleted is in use."""
        for one in self.initiators:
            one.close()
        self.initiators = []
        for name in rng.sample(self.maker.names, 3):
            try:
                one = Initiator(self.lab.ADDR, name.lower(), timeout=LIMIT)
                self.initiators.append(one)
                one.login()
                self.count["sessions"] += 1
            except (IscsiError, OSError, ValueError):
                pass

    # --- batches ------------------------------------------------------------------

    def wipe(self, talk):
        """All that there is can be deleted, outside of a transaction."""
        talk.ask(Request(self.maker.by_name["txn-abort"], genl.NLM_F_ACK, b"",
                         None))
        for body in self.dump(talk, "target-list"):
            self._delete(talk, "target-del", encode(1, attrs_of(body[4:])[1])
                         + encode(5, b""))
        for body in self.dump(talk, "account-list"):
            if 3 not in attrs_of(body[4:]):
                self._delete(talk, "account-del",
                             encode(1, attrs_of(body[4:])[1]))
        for body in self.dump(talk, "portal-list"):
            attrs = attrs_of(body[4:])
            self._delete(talk, "portal-del", encode(1, attrs[1])
                         + encode(2, attrs[2]))
        left = [body for name in ("target-list", "portal-list", "lu-list",
                                  "acl-list", "account-list")
                for body in self.dump(talk, name)]
        if left:
            raise Finding(f"left after all was deleted: {left}")

    def _delete(self, talk, name, payload):
        answer = talk.ask(Request(self.maker.by_name[name], genl.NLM_F_ACK,
                                  payload, None))
        self.count["deleted"] += 1
        if answer.error:
            raise Finding(f"{name} {payload.hex()}: "
                          f"{os.strerror(answer.error)} "
                          f"{answer.text.decode(errors='replace')}")

    def shown(self):
        """The tool shows whatever is there."""
        for noun in ("target", "lun", "acl", "account", "portal", "session"):
            self.lab.adm_json(noun, "show")

    def batch(self, number):
        """One batch, made from the seed and its number."""
        tell(f"netlink seed {self.seed} run {number}")
        rng = random.Random(self.seed << 32 | number)
        for name in rng.choice((("target-new", "lu-new"), ("target-new",) * 3,
                                ())):
            one, chosen = self.maker.good(rng, name)
            self.talk.ask(Request(one, genl.NLM_F_ACK, b"".join(
                encode(*item) for item in chosen), None))
        self.before, self.pending = None, 0
        if number % 2:
            self.log_in(rng)
        for _ in range(60):
            self.one(rng)
        self.strangers(rng)
        self.halves(rng)
        self.storm(rng)
        if number % 8 == 0:
            self.shown()
        self.wipe(self.talk)
        self.wipe(self.other)
        self.count["runs"] += 1

    def run(self, seconds, first=0, runs=None):
        """Batches for SECONDS, or RUNS of them."""
        start = time.monotonic()
        number = first
        while number < first + runs if runs is not None else \
                time.monotonic() < start + seconds:
            try:
                self.batch(number)
            except Finding as err:
                raise Finding(f"netlink seed {self.seed}, run {number}: {err}\n"
                              f"last requests: {self.save()}") from err
            except Exception as err:  # pylint: disable=broad-except
                raise Finding(f"netlink seed {self.seed}, run {number}: "
                              f"{type(err).__name__}: {err}\nlast requests: "
                              f"{self.save()}") from err
            number += 1
        self.count["seconds"] = round(time.monotonic() - start)

    def save(self):
        """Keep the last requests."""
        path = os.path.join(results(), f"netlink-{self.seed}.trace")
        with open(path, "w", encoding="ascii") as file:
            for one in self.recent:
                file.write(f"{one.command.name} {one.flags:#x} {one.header} "
                           f"{one.payload.hex()}\n")
        return path

    def summary(self):
        count = self.count
        out = [f"netlink: seed {self.seed}: {count['runs']} runs, "
               f"{count['requests']} requests, {count['done']} done, "
               f"{count['seconds']} s"]
        out.append("  " + ", ".join(f"{count[key]} {key}" for key in (
            "compared", "unprivileged", "elsewhere", "half dumps", "at once",
            "sessions", "deleted")))
        out.append("  refused: " + ", ".join(
            f"{name} {n}" for name, n in self.errors.most_common())
            + f"; {len(self.texts)} different texts")
        out.append("  done: " + ", ".join(
            f"{name} {n}" for name, n in self.done.most_common()))
        return out

    def cleanup(self):
        for one in self.initiators:
            one.close()
        for talk in (self.talk, self.other, self.poor):
            if talk:
                talk.close()
        self.lab.cleanup()


# What changes without a request: sessions and connections, sessions of targets
# what connections do, and so changes without a request
COMES_AND_GOES = {
    "net-get": {genl.ATTRS["net"][name] for name in (
        "sessions", "connections", "allocation-failures", "discoveries-closed",
        "logins-closed", "logins-delayed", "memory-used", "windows-closed")},
    "target-list": {genl.ATTRS["target"]["sessions"]},
}


def stable(name, body):
    """A message without what comes and goes."""
    drop = COMES_AND_GOES.get(name, ())
    attrs = attrs_of(body[4:])
    return name, tuple((kind, value.hex()) for kind, value in attrs.items()
                       if kind not in drop)


def unprivileged(netns):
    """A netlink socket that nobody in particular has opened."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        try:
            enter_named(netns)
            os.setgroups([])
            os.setresuid(65534, 65534, 65534)
            sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                 genl.NETLINK_GENERIC)
            sock.bind((0, 0))
            theirs.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                     array.array("i", [sock.fileno()]))])
        finally:
            os._exit(0)
    theirs.close()
    _, control, _, _ = ours.recvmsg(1, socket.CMSG_SPACE(4))
    os.waitpid(child, 0)
    ours.close()
    fds = array.array("i")
    fds.frombytes(control[0][2][:4])
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                         genl.NETLINK_GENERIC, fileno=fds[0])


def main():
    words = words_of(__doc__)
    args = words.parse_args()
    return play("netlink", Fuzz(args.seed), args)


if __name__ == "__main__":
    sys.exit(main())
