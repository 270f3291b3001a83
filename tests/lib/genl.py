#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Generic netlink to family ktgt without a tool, standard library only.

For tests that make hundreds of objects, and for requests that no tool would
send. The numbers are those of include/uapi/linux/ktgt.h.

As a program it sends one request, as the transcript of a test has it:

    genl.py [-d] COMMAND [HEX]     -d: a dump; HEX: the attributes
"""

import errno
import os
import socket
import struct
import sys

import transcript

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLM_F_DUMP = 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
SOL_NETLINK, NETLINK_EXT_ACK = 270, 11
NLM_F_CAPPED, NLM_F_ACK_TLVS, NLMSGERR_ATTR_MSG = 0x100, 0x200, 1
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS = 1, 2, 7
CTRL_ATTR_MCAST_GRP_NAME, CTRL_ATTR_MCAST_GRP_ID = 1, 2
NETLINK_ADD_MEMBERSHIP = 1
(NET_GET, NET_SET, TARGET_NEW, TARGET_DEL, TARGET_SET, TARGET_GET, TARGET_LIST,
 PORTAL_NEW, PORTAL_DEL, PORTAL_LIST, LU_NEW, LU_DEL, LU_GET, LU_LIST, ACL_NEW,
 ACL_DEL, ACL_LIST) = range(1, 18)
SESSION_LIST, SESSION_DEL = 23, 24
TARGET_ID, TARGET_NAME, TARGET_STATE, TARGET_FORCE = 1, 2, 4, 5
READY, OFFLINE = 0, 1
PORTAL_ADDRESS, PORTAL_PORT = 1, 2
LU_TARGET_ID, LU_LUN, LU_BACKEND, LU_PATH, LU_SERIAL = 1, 2, 4, 5, 14
BACKEND_BLOCK, BACKEND_NULL = 1, 2
ACL_TARGET_ID, ACL_ADDRESS, ACL_PREFIX, ACL_ALL = 1, 2, 3, 4
SESSION_ID, SESSION_ISID = 1, 6
# All commands, in the order of their numbers, and what is given to each
COMMANDS = {name: number for number, name in enumerate(
    "net-get net-set target-new target-del target-set target-get target-list "
    "portal-new portal-del portal-list lu-new lu-del lu-get lu-list acl-new "
    "acl-del acl-list account-new account-del account-bind account-unbind "
    "account-list session-list session-del account-set txn-begin txn-commit "
    "txn-abort session-login session-end login-failed config-changed "
    "explain-list lu-attach lu-writers itl-list lu-freeze lu-thaw lu-set "
    "lu-frozen lu-thawed lu-error orphan-list "
    "txn-end lu-histogram-list session-histogram-list "
    "lu-refresh memory-full port-group-new port-group-set port-group-del "
    "port-group-list lu-naa-get reservation-list reservation-set lu-eject lu-load "
    "lu-ejected lu-loaded".split(), 1)}
NAMES = {number: name for name, number in COMMANDS.items()}
HERE = os.path.dirname(os.path.abspath(__file__))
ATTRS = {
    "net": "generation targets portals accounts sessions connections version "
           "login-timeout max-logins memory-limit nop-interval poll-time "
           "pad state oui logout-timeout tmf-timeout cpus keepalive-idle "
           "keepalive-interval keepalive-probes tcp-user-timeout "
           "allocation-failures discovery-timeout max-discoveries "
           "discoveries-closed logins-closed login-delay logins-delayed "
           "memory-total memory-used windows-closed state-dir",
    "target": "id name alias state force lus sessions acls generation pad "
              "header-digest data-digest initial-r2t immediate-data "
              "max-recv-data-segment-length max-xmit-data-segment-length "
              "first-burst-length max-burst-length max-outstanding-r2t "
              "default-time2wait nop-interval nop-count reset chap-algorithms portals "
              "explicit-alua",
    "portal": "address port group-tag automatic generation",
    "lu": "target-id lun type backend path size block-size "
          "physical-block-size read-only write-cache online thin scsi-id "
          "serial vendor product revision naa read-commands read-bytes "
          "write-commands write-bytes errors generation pad absent shared "
          "naa-id eui uuid scsi-name given frozen "
          "shared-identity medium medium-found force submission device-write-cache "
          "orphans gone major minor descriptor state-descriptor removable ejected "
          "prevented threshold-reached sanitize",
    "acl": "target-id address prefix-len all initiator generation",
    "account": "user secret target-id outgoing generation",
    "session": "id target-id target initiator alias isid tsih group-tag conn "
               "param generation pad logout-time login-time",
    "itl": "target-id session-id lun read-begun read-begun-bytes "
           "read-commands read-bytes write-begun write-begun-bytes "
           "write-commands write-bytes errors generation pad",
    "reservation": "target-id lun generation type persists aptpl fault registration",
    "orphan": "target lun path device removed initiator isid reads writes "
              "others bytes age namespace pad",
    "histogram": "target-id lun session-id read-total read-storage write-total "
                 "write-storage other-total other-storage generation pad",
    "freeze": "target-id lun timeout detach id generation pad",
    "txn": "generation pad",
    "port-group": "target-id id portals state preferred generation pad",
    "explain": "initiator address target-id target",
    "change": "object action target-id lun name address port prefix-len "
              "outgoing",
    "event": "id target-id target initiator isid tsih peer-address peer-port "
             "local-address local-port end status key reason missed generation "
             "changes change pad lun other path lba operation error text port-id "
             "sequence memory",
}
ATTRS = {name: {word: number for number, word in enumerate(words.split(), 1)}
         for name, words in ATTRS.items()}
# Numbers that are no u32
WIDTHS = {"generation": "=Q", "port": "=H", "group-tag": "=H", "size": "=Q", "read-only": "=B",
          "write-cache": "=B", "preferred": "=B", "aptpl": "=B", "shared": "=B", "removable": "=B", "shared-identity": "=B", "naa": "=Q", "prefix-len": "=B",
          "lba": "=Q", "memory": "=Q", "memory-total": "=Q"}
NESTS = {"change": "change"}
ENUMS = {
    "end": "connection-lost logout reinstated target-deleted administrator "
           "no-answer protocol-error no-memory discovery-timeout "
           "too-many target-reset".split(),
    "object": "net target portal lu acl account port-group".split(),
    "action": "add change delete bind unbind".split(),
    "operation": "read write flush unmap".split(),
}
TEXTS = ("target", "initiator", "key", "reason", "name", "other", "path",
         "text")


class Refused(OSError):
    """The kernel's error; extack is what it says of it, or nothing."""

    def __init__(self, error, extack):
        super().__init__(error, os.strerror(error))
        self.extack = extack


class Exists(Refused, FileExistsError):
    """It is there already."""


class Absent(Refused, FileNotFoundError):
    """It is not there."""


KINDS = {errno.EEXIST: Exists, errno.ENOENT: Absent}


def attr(kind, value):
    """One attribute; a number is a u32, text gets its NUL, None is a flag."""
    if value is None:
        value = b""
    elif isinstance(value, int):
        value = struct.pack("=I", value)
    elif isinstance(value, str):
        value = value.encode() + b"\0"
    return struct.pack("=HH", len(value) + 4, kind) + value + \
        bytes(-len(value) & 3)


def attrs_list(data):
    """[(kind, bytes)] of a chain of attributes."""
    out, at = [], 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if size < 4:
            break
        out.append((kind & 0x3FFF, data[at + 4:at + size]))
        at += size + 3 & ~3
    return out


def attrs_of(data):
    """{kind: bytes} of a chain of attributes."""
    return dict(attrs_list(data))


def value_of(name, data):
    """What an attribute of this name means."""
    if name in NESTS:
        return decode(NESTS[name], data)
    if name in TEXTS:
        return data.rstrip(b"\0").decode()
    if name.endswith("address"):
        return socket.inet_ntop(socket.AF_INET if len(data) == 4
                                else socket.AF_INET6, data)
    if name == "isid":
        return data.hex()
    if not data:
        return True
    number = int.from_bytes(data, sys.byteorder)
    return ENUMS[name][number] if name in ENUMS else number


def decode(noun, data):
    """{name: value} of the attributes of an object; a nest is a list."""
    names = {number: name for name, number in ATTRS[noun].items()}
    out = {}
    for kind, value in attrs_list(data):
        name = names.get(kind)
        if name in NESTS:
            out.setdefault(name, []).append(value_of(name, value))
        elif name:
            out[name] = value_of(name, value)
    return out


def words(noun, **values):
    """Attributes of an object by their names, with _ for -."""
    out = b""
    for name, value in values.items():
        name = name.replace("_", "-")
        if name in WIDTHS:
            value = struct.pack(WIDTHS[name], value)
        out += attr(ATTRS[noun][name], value)
    return out


def meaning(command, data):
    """The attributes of a request, for a reader."""
    try:
        known = decode(str(command).split("-", maxsplit=1)[0], data)
    except (ValueError, KeyError, IndexError, TypeError):
        return "?"
    return " ".join(f"{name}={value}" for name, value in known.items())


def ack_text(data, at, size):
    """What the kernel says in an acknowledgement, or nothing."""
    flags = struct.unpack_from("=H", data, at + 6)[0]
    if not flags & NLM_F_ACK_TLVS:
        return ""
    skip = 36
    if not flags & NLM_F_CAPPED:
        asked = struct.unpack_from("=I", data, at + 20)[0]
        skip = 20 + (asked + 3 & ~3)
    text = attrs_of(data[at + skip:at + size]).get(NLMSGERR_ATTR_MSG, b"")
    return text.rstrip(b"\0").decode(errors="replace")


def refusal(data, at, size):
    """The exception that an error message stands for, or None."""
    error = -struct.unpack_from("=i", data, at + 16)[0]
    if not error:
        return None
    return KINDS.get(error, Refused)(error, ack_text(data, at, size))


class Genl:
    """A socket to the family, of the namespace that the thread is in."""

    def __init__(self, family="ktgt", portid=0):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.sock.bind((portid, 0))
        self.portid = self.sock.getsockname()[0]
        self.sock.settimeout(60)
        self.seq = 0
        self.warning = ""   # what was said of the last request that was done
        self.netns = transcript.netns()
        self.family = GENL_ID_CTRL
        reply = self.request(CTRL_CMD_GETFAMILY,
                             attr(CTRL_ATTR_FAMILY_NAME, family), version=1)
        self.family = struct.unpack("=H", reply[0][CTRL_ATTR_FAMILY_ID])[0]
        self.groups = reply[0].get(CTRL_ATTR_MCAST_GROUPS, b"")

    def close(self):
        self.sock.close()

    def request(self, command, payload=b"", flags=NLM_F_ACK, version=1):
        """Send a request; gives back the attributes of each answer."""
        self.begin(command, payload, flags, version)
        return self.answers()

    def do(self, command, **values):
        """A request by its name, as "target-new", with its attributes."""
        noun = next((noun for noun in ("port-group",) if command.startswith(noun)),
                    command.split("-", maxsplit=1)[0])
        return self.request(COMMANDS[command], words(noun, **values),
                            NLM_F_DUMP if command.endswith("-list")
                            else NLM_F_ACK)

    def begin(self, command, payload=b"", flags=NLM_F_DUMP, version=1):
        """Send a request; its answers are read later."""
        self.seq += 1
        if self.family != GENL_ID_CTRL and not transcript.silent():
            self._tell(command, payload, flags)
        body = struct.pack("=BBH", command, version, 0) + payload
        self.sock.send(struct.pack("=IHHII", len(body) + 16, self.family,
                                   NLM_F_REQUEST | flags, self.seq, 0) + body)

    def _tell(self, command, payload, flags):
        """The request, as a command that sends it, and what it means."""
        dump = "-d " if flags & NLM_F_DUMP == NLM_F_DUMP else ""
        name = NAMES.get(command, command)
        transcript.shell(transcript.within(
            self.netns, f"{HERE}/genl.py {dump}{name} {payload.hex()}").strip()
            + f"  # portid {self.portid}: {meaning(name, payload)}")

    def answers(self):
        """The attributes of each answer to the last request."""
        out = []
        while True:
            data, at = self.sock.recv(1 << 17), 0
            while at + 16 <= len(data):
                size, kind = struct.unpack_from("=IH", data, at)
                if kind == NLMSG_DONE:
                    error = -struct.unpack_from("=i", data, at + 16)[0]
                    if error > 0:
                        raise Refused(error, "")
                    return out
                if kind == NLMSG_ERROR:
                    error = refusal(data, at, size)
                    if error:
                        raise error
                    self.warning = ack_text(data, at, size)
                    return out
                out.append(attrs_of(data[at + 20:at + size]))
                at += size + 3 & ~3


class Listener(Genl):
    """Hears what the kernel tells the groups of the family."""

    def join(self, *names):
        """Hear of these groups from now on."""
        numbers = {}
        for _, group in attrs_list(self.groups):
            group = attrs_of(group)
            name = group[CTRL_ATTR_MCAST_GRP_NAME].rstrip(b"\0").decode()
            numbers[name] = int.from_bytes(group[CTRL_ATTR_MCAST_GRP_ID],
                                           sys.byteorder)
        for name in names:
            self.sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                                 numbers[name])
        return self

    def next(self, seconds=10):
        """The next event: its attributes by name, and its name as "event";
        None if there is none in time. ENOBUFS is an OSError."""
        self.sock.settimeout(seconds)
        try:
            data = self.sock.recv(1 << 17)
        except (socket.timeout, BlockingIOError):
            return None
        out = decode("event", data[20:])
        out["event"] = NAMES[data[16]]
        return out

    def drain(self):
        """All events that are there."""
        out = []
        while True:
            event = self.next(0)
            if not event:
                return out
            out.append(event)


def main():
    """One request; its answers are printed."""
    words_ = [word for word in sys.argv[1:] if word != "-d"]
    flags = NLM_F_DUMP if "-d" in sys.argv else NLM_F_ACK
    command = COMMANDS.get(words_[0]) or int(words_[0])
    try:
        answers = Genl().request(command, bytes.fromhex("".join(words_[1:])),
                                 flags)
    except Refused as err:
        sys.exit(f"refused: {err}")
    for answer in answers:
        print({kind: value.hex() for kind, value in answer.items()})


if __name__ == "__main__":
    main()
