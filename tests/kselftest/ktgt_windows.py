#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What the initiator of Windows does.

    target namespace: t1 with LUN 1, CHAP -- veth -- this program, which sends
    what that initiator is known to send

Shown: its discovery; its login, which offers several connections, recovery and
markers; CHAP with a response in base64; how it looks at a new disk; its I/O; and
that what ktgt does not have is refused in the form that it expects.
"""

import base64
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import LoginError, chap_decode, chap_response  # noqa: E402
from ktap import Suite, check, equal  # noqa: E402
from lab import lab_class  # noqa: E402

suite = Suite(lab_class())
NAME = "iqn.1991-05.com.microsoft:win-2k22"
ISID = b"\x40\x00\x01\x37\x00\x00"
USER, SECRET = "windows-user", "secret-of-14ch"
# In its own order, with what it never gets
KEYS = {
    "HeaderDigest": "None,CRC32C", "DataDigest": "None,CRC32C",
    "ErrorRecoveryLevel": "2", "InitialR2T": "No", "ImmediateData": "Yes",
    "MaxRecvDataSegmentLength": "65536", "MaxBurstLength": "262144",
    "FirstBurstLength": "65536", "MaxConnections": "8",
    "DataPDUInOrder": "Yes", "DataSequenceInOrder": "Yes",
    "DefaultTime2Wait": "0", "DefaultTime2Retain": "60",
    "MaxOutstandingR2T": "16", "IFMarker": "No", "OFMarker": "No",
    "X-com.microsoft.example": "1",
}
ANSWERS = {
    "HeaderDigest": "None", "DataDigest": "None", "ErrorRecoveryLevel": "0",
    "InitialR2T": "No", "ImmediateData": "Yes", "MaxBurstLength": "262144",
    "FirstBurstLength": "65536", "MaxConnections": "1",
    "DataPDUInOrder": "Yes", "DataSequenceInOrder": "Yes",
    "DefaultTime2Wait": "0", "DefaultTime2Retain": "0",
    "MaxOutstandingR2T": "8", "IFMarker": "No", "OFMarker": "No",
    "X-com.microsoft.example": "NotUnderstood",
}
INVALID_FIELD = (5, 0x24, 0)
# descriptors of page 8Fh (SPC-4, 7.8.17): commands; limits, features and types of tokens
COPY_COMMANDS, ROD_TOKENS = 0x0001, (0x0000, 0x0106, 0x0108)


def target(lab):
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("windows")
        lab.lun(lab.iqn, 1, lab.null_blk(64))
    return lab.iqn


def windows(lab, iqn, **kwargs):
    return lab.connect(iqn, name=NAME, isid=ISID, **kwargs)


def disk(lab):
    """A session with the whole of its login, and the disk seen."""
    ini = windows(lab, target(lab))
    ini.login(KEYS, security=True)
    lab.clear_ua(ini)
    return ini


@suite.case
def discovery(lab):
    """SendTargets=All in a session of its own."""
    iqn = target(lab)
    ini = windows(lab, None)
    ini.login({key: KEYS[key] for key in
               ("HeaderDigest", "DataDigest", "MaxRecvDataSegmentLength",
                "DefaultTime2Wait", "DefaultTime2Retain")}, discovery=True)
    found, _ = ini.send_targets("All")
    check(iqn in [name for name, _ in found], f"{found}")
    equal(ini.logout(), 0, "logout")


@suite.case
def login_keys(lab):
    """security first, then all keys in one PDU."""
    ini = windows(lab, target(lab))
    pdu = ini.login_step({"InitiatorName": NAME, "SessionType": "Normal",
                          "TargetName": target(lab), "AuthMethod": "None"},
                         0, 1)
    equal(dict(pdu.text()).get("AuthMethod"), "None", "AuthMethod")
    pdu = ini.login_step(KEYS, 1, 3)
    check(pdu.final and pdu.u("tsih"), str(pdu))
    got = dict(pdu.text())
    equal({key: got.get(key) for key in ANSWERS}, ANSWERS, "answers")
    ini.close()


@suite.case
def several_connections(lab):
    """a second connection of the session is refused, and the
    first goes on."""
    ini = disk(lab)
    second = windows(lab, target(lab))
    try:
        second.login_step({"InitiatorName": NAME, "SessionType": "Normal",
                           "TargetName": target(lab), "AuthMethod": "None"},
                          0, 1, tsih=ini.tsih, cid=1)
        check(False, "a second connection was let in")
    except LoginError as err:
        equal(hex(err.status), hex(0x0206), "status")
    second.close()
    ini.good(iscsi.read10(0, 8), read=4096)
    ini.logout()


@suite.case
def chap_base64(lab):
    """CHAP with MD5, the response in base64; a wrong one."""
    iqn = lab.target("windows-chap")
    lab.lun(iqn, 1, lab.null_blk(4))
    lab.in_target("ktgtadm", "account", "add", USER, "secret-file", "-",
                  stdin=SECRET + "\n")
    lab.adm("account", "bind", USER, "target", iqn)
    for secret, want in ((SECRET, 0), ("secret-of-14cx", 0x0201)):
        ini = windows(lab, iqn)
        ini.login_step({"InitiatorName": NAME, "SessionType": "Normal",
                        "TargetName": iqn, "AuthMethod": "CHAP,None"}, 0, 1,
                       False)
        got = dict(ini.login_step({"CHAP_A": "5"}, 0, 1, False).text())
        equal(got["CHAP_A"], "5", "CHAP_A")
        proof = chap_response(5, int(got["CHAP_I"], 0), secret,
                              chap_decode(got["CHAP_C"]))
        text = base64.b64encode(bytes.fromhex(proof[2:])).decode()
        try:
            ini.login_step({"CHAP_N": USER, "CHAP_R": "0b" + text}, 0, 1)
            status = 0 if ini.login_step(KEYS, 1, 3).final else None
        except LoginError as err:
            status = err.status
        equal(status, want, "status")
        ini.close()
    lab.drop(iqn)
    lab.adm("account", "del", USER)


@suite.case
def new_disk(lab):
    """what it asks before it shows a disk."""
    ini = disk(lab)
    luns = ini.good(iscsi.report_luns(16), 0, read=16)
    equal(struct.unpack(">I", luns.data[:4])[0] // 8, 2, "LUNs")
    luns = ini.good(iscsi.report_luns(512), 0, read=512)
    check(b"\0\1" + bytes(6) in luns.data[8:], "LUN 1 is not told")
    plain = ini.good(iscsi.inquiry(36), read=36).data
    equal((len(plain), plain[0]), (36, 0), "INQUIRY")
    pages = ini.good(iscsi.inquiry(255, 0x00), read=255).data
    for page in (0x80, 0x83, 0xB0, 0xB1, 0xB2):
        check(page in pages[4:4 + pages[3]], f"page {page:#x} is not told")
        got = ini.good(iscsi.inquiry(255, page), read=255).data
        equal(got[1], page, "page")
    serial = ini.good(iscsi.inquiry(255, 0x80), read=255).data
    check(serial[3], "no serial number")
    # NAA of the logical unit, by which it knows the disk again
    ids = ini.good(iscsi.inquiry(255, 0x83), read=255).data
    at, kinds = 4, set()
    while at < 4 + struct.unpack(">H", ids[2:4])[0]:
        kinds.add((ids[at + 1] >> 4 & 3, ids[at + 1] & 15))
        at += 4 + ids[at + 3]
    check((0, 3) in kinds, f"no NAA designator: {kinds}")
    # EXTENDED COPY is told of, and no ROD tokens: so there is no ODX
    copies = ini.good(iscsi.inquiry(255, 0x8F), read=255).data
    at, kinds = 4, set()
    while at < 4 + struct.unpack(">H", copies[2:4])[0]:
        kind, length = struct.unpack(">HH", copies[at:at + 4])
        kinds.add(kind)
        at += 4 + length
    check(COPY_COMMANDS in kinds and not kinds & set(ROD_TOKENS), f"{kinds}")
    last, size = struct.unpack(">II", ini.good(iscsi.read_capacity10(),
                                               read=8).data)
    equal((last + 1) * size, 64 << 20, "capacity")
    got = ini.good(iscsi.read_capacity16(), read=32).data
    equal(struct.unpack(">QI", got[:12]), (last, size), "capacity (16)")
    check(got[14] & 0x80, "LBPME: no thin disk")
    ini.logout()


@suite.case
def mode_pages(lab):
    """caching, control and the rest by both MODE SENSEs."""
    ini = disk(lab)
    lu = lab.adm_json("lun", "show", "target", target(lab), "lun", 1)["lus"][0]
    for sense, head in ((iscsi.mode_sense6, 4), (iscsi.mode_sense10, 8)):
        got = ini.good(sense(0x08, 192), read=192).data
        start = head + (got[3] if head == 4 else
                        struct.unpack(">H", got[6:8])[0])
        equal(got[start] & 0x3F, 0x08, "page")
        equal(bool(got[start + 2] & 4), lu["write_cache"], "WCE")
        for page in (0x0A, 0x3F):
            ini.good(sense(page, 192), read=192)
        task = ini.command(sense(0x1C, 192), read=192)
        check(task.status == 0 or task.key == INVALID_FIELD, str(task))
    ini.logout()


@suite.case
def input_output(lab):
    """writes with FUA, a flush, UNMAP, NOP-Out with data."""
    ini = disk(lab)
    data = os.urandom(262144)
    ini.good(iscsi.write10(0, 512, 8), write=data)
    equal(ini.good(iscsi.read10(0, 512), read=262144).data, data, "data")
    ini.good(iscsi.sync_cache10())
    ranges = iscsi.unmap_list((0, 128), (256, 128))
    ini.good(iscsi.unmap(len(ranges)), write=ranges)
    got = ini.good(iscsi.read10(128, 128), read=65536).data
    equal(got, data[65536:131072], "data between")
    equal(bytes(ini.nop(bytes(64)).data), bytes(64), "NOP-Out")
    ini.logout()


@suite.case
def not_there(lab):
    """ODX, in the form that makes it do without; the session goes on."""
    ini = disk(lab)
    receive = bytes((0x84, 7)) + bytes(8) + b"\0\0\2\0\0\0"
    equal(ini.command(receive, read=512).key, INVALID_FIELD,
          "RECEIVE ROD TOKEN INFORMATION")
    token = bytes((0x83, 0x10)) + bytes(8) + b"\0\0\0\x20\0\0"
    equal(ini.command(token, write=bytes(32)).key, INVALID_FIELD,
          "POPULATE TOKEN")
    ini.good(iscsi.read10(0, 1), read=512)
    ini.logout()


if __name__ == "__main__":
    suite.main()
