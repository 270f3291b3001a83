# SPDX-License-Identifier: GPL-2.0
"""Generic netlink to family ktgt without a tool, standard library only.

For tests that make hundreds of objects, and for requests that no tool would
send. The numbers are those of include/uapi/linux/ktgt.h.
"""

import os
import socket
import struct

NETLINK_GENERIC = 16
NLM_F_REQUEST, NLM_F_ACK = 1, 4
NLM_F_DUMP = 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME = 1, 2
(NET_GET, NET_SET, TARGET_NEW, TARGET_DEL, TARGET_SET, TARGET_GET, TARGET_LIST,
 PORTAL_NEW, PORTAL_DEL, PORTAL_LIST, LU_NEW, LU_DEL, LU_GET, LU_LIST, ACL_NEW,
 ACL_DEL, ACL_LIST) = range(1, 18)
SESSION_LIST, SESSION_DEL = 23, 24
TARGET_ID, TARGET_NAME, TARGET_STATE, TARGET_FORCE = 1, 2, 4, 5
READY, OFFLINE = 0, 1
PORTAL_ADDRESS, PORTAL_PORT = 1, 2
LU_TARGET_ID, LU_LUN, LU_BACKEND, LU_PATH, LU_SERIAL = 1, 2, 4, 5, 14
BACKEND_BLOCK = 1
ACL_TARGET_ID, ACL_ADDRESS, ACL_PREFIX, ACL_ALL = 1, 2, 3, 4
SESSION_ID, SESSION_ISID = 1, 6


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


def attrs_of(data):
    """{kind: bytes} of a chain of attributes."""
    out, at = {}, 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("=HH", data, at)
        if size < 4:
            break
        out[kind & 0x3FFF] = data[at + 4:at + size]
        at += size + 3 & ~3
    return out


class Genl:
    """A socket to the family, of the namespace that the thread is in."""

    def __init__(self, family="ktgt"):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.settimeout(60)
        self.seq = 0
        self.family = GENL_ID_CTRL
        reply = self.request(CTRL_CMD_GETFAMILY,
                             attr(CTRL_ATTR_FAMILY_NAME, family), version=1)
        self.family = struct.unpack("=H", reply[0][CTRL_ATTR_FAMILY_ID])[0]

    def close(self):
        self.sock.close()

    def request(self, command, payload=b"", flags=NLM_F_ACK, version=1):
        """Send a request; gives back the attributes of each answer."""
        self.begin(command, payload, flags, version)
        return self.answers()

    def begin(self, command, payload=b"", flags=NLM_F_DUMP, version=1):
        """Send a request; its answers are read later."""
        self.seq += 1
        body = struct.pack("=BBH", command, version, 0) + payload
        self.sock.send(struct.pack("=IHHII", len(body) + 16, self.family,
                                   NLM_F_REQUEST | flags, self.seq, 0) + body)

    def answers(self):
        """The attributes of each answer to the last request."""
        out = []
        while True:
            data, at = self.sock.recv(1 << 17), 0
            while at + 16 <= len(data):
                size, kind = struct.unpack_from("=IH", data, at)
                if kind == NLMSG_DONE:
                    return out
                if kind == NLMSG_ERROR:
                    error = -struct.unpack_from("=i", data, at + 16)[0]
                    if error:
                        raise OSError(error, os.strerror(error))
                    return out
                out.append(attrs_of(data[at + 20:at + size]))
                at += size + 3 & ~3
