#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Login (RFC 7143 sections 6, 11.12, 11.13 and 13).

    target namespace: t1, offline, closed, named -- veth -- this program

Shown: stages and their bits; text over several PDUs; every key's result
function and range; NotUnderstood, Reject and Irrelevant; and for each way to
do it wrong, the status that section 11.13.5 has for it. A wrong login may cost
its own connection only: a good one must work right after it.
"""

import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import Closed, LoginError, Pdu, Rejected  # noqa: E402
from ktap import Suite, check, equal  # noqa: E402
from lab import lab_class  # noqa: E402

suite = Suite(lab_class())
INITIATOR_ERROR = 0x0200


def target(lab):
    """The target that admits everybody."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("login")
        lab.lun(lab.iqn, 1, lab.null_blk(4))
    return lab.iqn


def alive(lab):
    """A good login and a command work."""
    ini = lab.login(target(lab))
    ini.good(iscsi.read10(0, 1), read=512)
    equal(ini.logout(), 0, "logout")
    ini.close()


def outcome(lab, func):
    """What a login came to: its result, a status, or 'closed'."""
    conn = lab.connect(target(lab))
    try:
        return func(conn)
    except LoginError as err:
        return err.status
    except (Closed, Rejected):
        return "closed"
    finally:
        conn.close()


def refused(lab, func, what, *allowed):
    """FUNC must be refused: by a status of ALLOWED (default: any of the
    initiator's fault), or by closing the connection."""
    got = outcome(lab, func)
    good = got == "closed" or isinstance(got, int) and (
        got in allowed if allowed else got >> 8 == 2)
    check(good, f"{what}: got {got if not isinstance(got, int) else hex(got)}")


def status(lab, func, want, what):
    """FUNC must end with the login status WANT."""
    got = outcome(lab, func)
    if isinstance(got, int):
        equal(hex(got), hex(want), what)
    else:
        check(False, f"{what}: got {got}, wanted {want:#06x}")


def answers(lab, keys, **kwargs):
    """What the target answers to KEYS in a login that succeeds."""
    conn = lab.connect(target(lab))
    got = conn.login(keys, **kwargs)
    conn.close()
    return got


# --- stages ------------------------------------------------------------------

@suite.case
def operational_only(lab):
    """CSG=1, NSG=3, T: one PDU, and the portal group tag comes with it."""
    conn = lab.connect(target(lab))
    pdu = conn.login_step(conn.declarations())
    check(pdu.final, f"T is not set: {pdu}")
    equal(pdu.flags & 0x0F, 0x07, "CSG and NSG")
    check(pdu.u("tsih"), "TSIH is 0 in the last response")
    equal(pdu.bhs[8:14], bytearray(conn.isid), "ISID")
    equal(dict(pdu.text()).get("TargetPortalGroupTag"), "1", "group tag")
    equal((pdu.byte(2), pdu.byte(3)), (0, 0), "versions")
    conn.close()


@suite.case
def security_to_full(lab):
    """CSG=0, NSG=3: the operational stage may be left out. The target may
    say no by T=0 (6.3), and must then agree to the operational stage."""
    conn = lab.connect(target(lab))
    pdu = conn.login_step({**conn.declarations(), "AuthMethod": "None"}, 0, 3)
    equal(dict(pdu.text()).get("AuthMethod"), "None", "AuthMethod")
    if not pdu.final:
        pdu = conn.login_step((), 0, 1)
        equal(pdu.flags & 0x8F, 0x81, "T, CSG, NSG")
        pdu = conn.login_step((), 1, 3)
    check(pdu.final and pdu.u("tsih"), f"not in full feature phase: {pdu}")
    conn.close()


@suite.case
def both_stages(lab):
    """Security, then operational; the TSIH comes at the very end."""
    conn = lab.connect(target(lab))
    conn.login({"MaxBurstLength": 65536}, security=True)
    equal(conn.keys["MaxBurstLength"], 65536, "MaxBurstLength")
    conn.close()


@suite.case
def stages_step_by_step(lab):
    """T=0 in each stage first: the target stays in the stage."""
    conn = lab.connect(target(lab))
    pdu = conn.login_step({**conn.declarations(), "AuthMethod": "None"}, 0, 1,
                          False)
    equal(pdu.flags & 0x8C, 0, "T and CSG")
    pdu = conn.login_step((), 0, 1)
    equal(pdu.flags & 0x8F, 0x81, "T, CSG, NSG")
    pdu = conn.login_step({"InitialR2T": "Yes"}, 1, 3, False)
    equal(pdu.flags & 0x8C, 0x04, "T and CSG")
    pdu = conn.login_step({"MaxBurstLength": 4096}, 1, 3)
    equal(pdu.flags & 0x8F, 0x87, "T, CSG, NSG")
    conn.close()


@suite.case
def auth_methods(lab):
    """Of a list the first that both can do; without a fit, no login."""
    for offer in ("None", "CHAP,None", "KRB5,SRP,None", "X-foo,None"):
        conn = lab.connect(target(lab))
        pdu = conn.login_step({**conn.declarations(), "AuthMethod": offer}, 0,
                              1, False)
        equal(dict(pdu.text()).get("AuthMethod"), "None", offer)
        conn.close()
    for offer in ("KRB5", "none", "X-foo"):
        refused(lab, lambda c, o=offer: c.login_step(
            {**c.declarations(), "AuthMethod": o}, 0, 1), offer)


@suite.case
def numbers(lab):
    """StatSN counts responses; ExpCmdSN is the login's CmdSN (11.13)."""
    conn = lab.connect(target(lab))
    conn.cmdsn = 0x12345678
    pdu = conn.login_step({**conn.declarations(), "AuthMethod": "None"}, 0, 1)
    equal(pdu.u("expcmdsn"), 0x12345678, "ExpCmdSN")
    first = pdu.u("statsn")
    pdu = conn.login_step((), 1, 3)
    equal(pdu.u("statsn"), (first + 1) & 0xFFFFFFFF, "StatSN")
    equal(pdu.u("itt"), 1, "ITT")
    conn.close()


@suite.case
def continued_text(lab):
    """The C bit: keys over several PDUs, cut anywhere, answered with
    nothing until they are whole (6.2)."""
    for cut in (4, 20, 50):
        conn = lab.connect(target(lab))
        text = iscsi.text_encode({**conn.declarations(),
                                  "MaxBurstLength": 4096,
                                  "X-ktgt.long": "v" * 200})
        rest = text
        while len(rest) > cut * 8:
            pdu = conn.login_step(rest[:cut * 8], transit=False, cont=True)
            equal((len(pdu.data), pdu.flags & 0x80), (0, 0), "C bit answer")
            rest = rest[cut * 8:]
        pdu = conn.login_step(rest)
        got = dict(pdu.text())
        equal(got.get("MaxBurstLength"), "4096", "MaxBurstLength")
        equal(got.get("X-ktgt.long"), "NotUnderstood", "X- key")
        check(pdu.final, "T is not set")
        conn.close()


@suite.case
def answers_over_several_pdus(lab):
    """Answers longer than 8192 bytes come in pieces, with the C bit."""
    conn = lab.connect(target(lab))
    pdu = conn.login_step(conn.declarations(), transit=False)
    keys = {f"X-{'k' * 50}{i:03}": "1" for i in range(120)}
    pdu = conn.login_step(keys, transit=False)
    data = bytes(pdu.data)
    for _ in range(20):
        check(len(pdu.data) <= 8192, "more than 8192 bytes")
        if not pdu.flags & 0x40:
            break
        pdu = conn.login_step((), transit=False)
        data += bytes(pdu.data)
    got = dict(iscsi.text_pairs(data))
    equal({got.get(k) for k in keys}, {"NotUnderstood"}, "answers")
    conn.close()


@suite.case
def endless_continuation(lab):
    """C for ever: the target must stop before its memory does."""
    def flood(conn):
        conn.login_step(conn.declarations(), transit=False)
        for _ in range(200):
            conn.login_step(b"X-" + b"k" * 8190, transit=False, cont=True)
    refused(lab, flood, "1.6 MB of text", *range(0x0200, 0x0400))


# --- keys ----------------------------------------------------------------------

@suite.case
def result_functions(lab):
    """Each key's result (section 13): minimum, maximum, AND, OR, list."""
    table = [
        ("HeaderDigest", "None", {"None"}), ("DataDigest", "None", {"None"}),
        ("HeaderDigest", "None,CRC32C", {"None"}),
        ("DataDigest", "None,CRC32C", {"None"}),
        ("MaxConnections", "1", {"1"}), ("MaxConnections", "65535", None),
        ("InitialR2T", "Yes", {"Yes"}), ("InitialR2T", "No", {"No"}),
        ("ImmediateData", "No", {"No"}), ("ImmediateData", "Yes", {"Yes"}),
        ("MaxBurstLength", "512", {"512"}),
        ("MaxBurstLength", "16777215", None),
        ("FirstBurstLength", "512", {"512"}),
        ("DefaultTime2Wait", "3600", {"3600"}),
        ("DefaultTime2Retain", "0", {"0"}),
        ("MaxOutstandingR2T", "1", {"1"}), ("MaxOutstandingR2T", "3", {"3"}),
        ("MaxOutstandingR2T", "65535", None),
        ("DataPDUInOrder", "Yes", {"Yes"}),
        ("DataPDUInOrder", "No", {"Yes", "No"}),
        ("DataSequenceInOrder", "Yes", {"Yes"}),
        ("DataSequenceInOrder", "No", {"Yes", "No"}),
        ("ErrorRecoveryLevel", "0", {"0"}), ("ErrorRecoveryLevel", "2", {"0"}),
        ("MaxBurstLength", "0x1000", {"4096", "0x1000"}),
        ("MaxBurstLength", "0X1000", {"4096", "0x1000"}),
    ]
    for key, offer, want in table:
        got = answers(lab, {key: offer}).get(key)
        check(got is not None, f"{key}={offer}: no answer")
        if want:
            check(got in want, f"{key}={offer}: got {got}, wanted {want}")
        else:
            check(0 < int(got) <= int(offer), f"{key}={offer}: got {got}")


@suite.case
def digest_preferred(lab):
    """CRC32C first in the list: CRC32C or None, not something else."""
    for key in ("HeaderDigest", "DataDigest"):
        conn = lab.connect(target(lab))
        pdu = conn.login_step({**conn.declarations(), key: "CRC32C,None"}, 1, 3,
                              False)
        check(dict(pdu.text()).get(key) in ("CRC32C", "None"), str(pdu))
        conn.close()


@suite.case
def own_declarations(lab):
    """The target's own limits: architecture says 262144, 1 MiB, 8."""
    got = answers(lab, {"MaxRecvDataSegmentLength": 16777215,
                        "FirstBurstLength": 16777215,
                        "MaxBurstLength": 16777215, "MaxOutstandingR2T": 100})
    equal(got.get("MaxRecvDataSegmentLength"), "262144", "MRDSL")
    equal(got.get("FirstBurstLength"), "262144", "FirstBurstLength")
    check(int(got.get("MaxBurstLength", 0)) >= 1 << 20, "MaxBurstLength")
    equal(got.get("MaxOutstandingR2T"), "8", "MaxOutstandingR2T")


@suite.case
def keys_of_a_target(lab):
    """What is said of a target is what it offers, never more than there is;
    sessions that are there keep what they have."""
    iqn = lab.target("keys")
    lab.lun(iqn, 1, lab.null_blk(4))
    most = {"MaxRecvDataSegmentLength": 262144, "FirstBurstLength": 16777215,
            "MaxBurstLength": 16777215, "MaxOutstandingR2T": 100,
            "InitialR2T": "No", "ImmediateData": "Yes", "DefaultTime2Wait": 0}
    before = lab.login(iqn, most, isid=b"\x80\0\0\0\0\x09")

    def says(words, want):
        lab.adm("target", "set", iqn, *words.split())
        conn = lab.connect(iqn)
        got = conn.login(most)
        lab.clear_ua(conn)
        equal({key: got.get(key) for key in want}, want, words)
        conn.good(iscsi.write10(0, 8), write=bytes(4096))
        data = conn.good(iscsi.read10(0, 16), read=8192)
        equal(len(data.data), 8192, "bytes read")
        pieces = [len(pdu.data) for pdu in data.pdus]
        conn.close()
        return pieces

    says("max-burst-length 4096 first-burst-length 1024",
         {"MaxBurstLength": "4096", "FirstBurstLength": "1024"})
    says("first-burst-length 8192",
         {"MaxBurstLength": "4096", "FirstBurstLength": "4096"})
    says("max-burst-length 16777215 first-burst-length default",
         {"MaxBurstLength": "1048576", "FirstBurstLength": "262144"})
    says("max-outstanding-r2t 2 default-time2wait 7",
         {"MaxOutstandingR2T": "2", "DefaultTime2Wait": "7"})
    says("initial-r2t yes immediate-data no",
         {"InitialR2T": "Yes", "ImmediateData": "No"})
    says("initial-r2t default immediate-data default",
         {"InitialR2T": "No", "ImmediateData": "Yes"})
    says("max-recv-data-segment-length 512",
         {"MaxRecvDataSegmentLength": "512"})
    pieces = says("max-recv-data-segment-length default "
                  "max-xmit-data-segment-length 1024",
                  {"MaxRecvDataSegmentLength": "262144"})
    equal(pieces, [1024] * 8, "bytes of each Data-In")
    before.good(iscsi.read10(0, 16), read=8192)
    before.close()
    lab.drop(iqn)


@suite.case
def digests_of_a_target(lab):
    """One that insists on a digest, or has none."""
    iqn = lab.target("digests")
    lab.lun(iqn, 1, lab.null_blk(4))

    def login(**keys):
        conn = lab.connect(iqn)
        try:
            got = conn.login(keys)
            lab.clear_ua(conn)
            conn.good(iscsi.read10(0, 1), read=512)
            return got.get("HeaderDigest"), got.get("DataDigest")
        except LoginError as err:
            return err.status
        finally:
            conn.close()

    lab.adm("target", "set", iqn, "header-digest", "crc32c")
    equal(login(), 0x0200, "not offered")
    equal(login(HeaderDigest="None"), 0x0200, "None offered")
    equal(login(HeaderDigest="None,CRC32C"), ("CRC32C", None), "both offered")
    lab.adm("target", "set", iqn, "header-digest", "none", "data-digest",
            "crc32c")
    equal(login(HeaderDigest="CRC32C,None", DataDigest="CRC32C,None"),
          ("None", "CRC32C"), "None and CRC32C")
    equal(login(HeaderDigest="CRC32C", DataDigest="CRC32C"),
          ("Reject", "CRC32C"), "None, which is not offered")
    equal(login(DataDigest="None"), 0x0200, "data digest")
    lab.adm("target", "set", iqn, "header-digest", "either", "data-digest",
            "default")
    equal(login(HeaderDigest="None,CRC32C", DataDigest="CRC32C"),
          ("None", "CRC32C"), "as the initiator prefers")
    conn = lab.connect(iqn)
    conn.login({"HeaderDigest": "None"}, security=True)
    conn.close()
    lab.drop(iqn)


@suite.case
def ranges(lab):
    """Values out of range are rejected, or end the login (6.2.2)."""
    table = {
        "MaxConnections": ("0", "65536", "-1", "abc", ""),
        "MaxRecvDataSegmentLength": ("0", "511", "16777216", "4294967808",
                                     "18446744073709551616", "1e3"),
        "MaxBurstLength": ("511", "16777216", "99999999999999999999"),
        "FirstBurstLength": ("511", "16777216"),
        "DefaultTime2Wait": ("3601", "-1"), "DefaultTime2Retain": ("3601",),
        "MaxOutstandingR2T": ("0", "65536"),
        "ErrorRecoveryLevel": ("3", "256"),
        "InitialR2T": ("yes", "1", "Maybe", ""), "ImmediateData": ("no", "0"),
        "DataPDUInOrder": ("YES",), "DataSequenceInOrder": ("n",),
        "HeaderDigest": ("MD5", "crc32c", ""), "DataDigest": ("X-sum",),
    }
    for key, values in table.items():
        for value in values:
            got = outcome(lab, lambda c, k=key, v=value: dict(c.login_step(
                {**c.declarations(), k: v}, transit=False).text()).get(k))
            good = got in ("Reject", "closed") or \
                isinstance(got, int) and got >> 8 == 2
            check(good, f"{key}={value}: got {got!r}")


@suite.case
def obsolete_markers(lab):
    """Marker keys: Reject (or No), never NotUnderstood (13.25)."""
    got = answers(lab, {"IFMarker": "No", "OFMarker": "Yes",
                        "IFMarkInt": "2048~8192", "OFMarkInt": "2048~8192"})
    for key in ("IFMarker", "OFMarker"):
        check(got.get(key) in ("Reject", "No"), f"{key}={got.get(key)}")
    for key in ("IFMarkInt", "OFMarkInt"):
        check(got.get(key) in ("Reject", "Irrelevant"), f"{key}={got.get(key)}")


@suite.case
def unknown_keys(lab):
    """Unknown keys: NotUnderstood, whatever they are called (6.2)."""
    names = ["X-com.example.thing", "Foo", "maxburstlength", "TargetNames",
             "XAuthMethod", "X#a", "CHAP_X"]
    got = answers(lab, {name: "1" for name in names})
    for name in names:
        equal(got.get(name), "NotUnderstood", name)


@suite.case
def key_name_lengths(lab):
    """Names of 1 to 63 bytes are answered, longer ones do no harm (6.1)."""
    for size in (1, 62, 63):
        name = "K" * size
        equal(answers(lab, {name: "1"}).get(name), "NotUnderstood", str(size))
    for size in (64, 65, 100, 255, 4000):
        name = "K" * size
        got = outcome(lab, lambda c, n=name: dict(c.login_step(
            {**c.declarations(), n: "1"}, transit=False).text()).get(n))
        good = got in ("NotUnderstood", "Reject", "closed") or \
            isinstance(got, int) and got >> 8 == 2
        check(good, f"{size} bytes: got {got}")
    alive(lab)


@suite.case
def value_lengths(lab):
    """Values of 255 bytes are fine, of 8000 do no harm (6.1)."""
    equal(answers(lab, {"X-v": "v" * 255}).get("X-v"), "NotUnderstood", "255")
    for size in (256, 1000, 8000):
        got = outcome(lab, lambda c, n=size: dict(c.login_step(
            {"X-v": "v" * n}, transit=False).text()).get("X-v"))
        check(got in ("NotUnderstood", "Reject", "closed")
              or isinstance(got, int), f"{size} bytes: got {got}")
    alive(lab)


@suite.case
def first_burst_irrelevant(lab):
    """FirstBurstLength without unsolicited data is Irrelevant or a number
    (13.14)."""
    got = answers(lab, {"InitialR2T": "Yes", "ImmediateData": "No",
                        "FirstBurstLength": "65536"}).get("FirstBurstLength")
    check(got in ("Irrelevant", "65536"), f"got {got}")


@suite.case
def first_burst_within_burst(lab):
    """FirstBurstLength never exceeds MaxBurstLength (13.14)."""
    for keys in ({"FirstBurstLength": 65536, "MaxBurstLength": 4096},
                 {"MaxBurstLength": 4096, "FirstBurstLength": 65536}):
        got = outcome(lab, lambda c, k=keys: dict(c.login_step(
            {**c.declarations(), **k}, transit=False).text())
            .get("FirstBurstLength"))
        good = got == "closed" or isinstance(got, int) or got == "Reject" \
            or got and int(got) <= 4096
        check(good, f"got {got}")


# --- wrong text -------------------------------------------------------------

@suite.case
def repeated_key(lab):
    """A key twice, in one PDU or in two, is an initiator error (6.2)."""
    status(lab, lambda c: c.login_step(
        [*c.declarations().items(), ("MaxBurstLength", 4096),
         ("MaxBurstLength", 8192)]), INITIATOR_ERROR, "in one PDU")

    def twice(conn):
        conn.login_step({**conn.declarations(), "MaxBurstLength": 4096},
                        transit=False)
        conn.login_step({"MaxBurstLength": 4096})
    status(lab, twice, INITIATOR_ERROR, "in two PDUs")
    status(lab, lambda c: c.login_step(
        [*c.declarations().items(), ("InitiatorName", c.name)]),
           INITIATOR_ERROR, "a name, in one PDU")
    alive(lab)


# As libiscsi to 1.19, and QEMU, say it: in the first request, and again when the
# stage of operational keys begins
NAMES = ("InitiatorName", "InitiatorAlias", "TargetName", "SessionType")


def said(conn, **other):
    """Who CONN says that it is, but for OTHER."""
    return {"InitiatorName": conn.name, "InitiatorAlias": "a machine",
            "TargetName": conn.target, "SessionType": "Normal", **other}


def says_again(conn, again):
    """A login that says AGAIN after AuthMethod; gives back its last answer."""
    conn.login_step({**said(conn), "AuthMethod": "CHAP,None"}, 0, 1)
    return conn.login_step({**again, "HeaderDigest": "None",
                            "MaxBurstLength": 262144})


@suite.case
def names_again(lab):
    """Names that are said again with the same value are ignored, all of them,
    or one, and also in a third request."""
    for names in (NAMES, *((name,) for name in NAMES)):
        conn = lab.connect(target(lab))
        pdu = says_again(conn, {name: said(conn)[name] for name in names})
        check(pdu.final, f"{names}: not in full feature phase: {pdu}")
        got = dict(pdu.text())
        equal(got.get("MaxBurstLength"), "262144", "MaxBurstLength")
        equal(set(got) & set(NAMES), set(), "names in the answer")
        conn.close()
    conn = lab.connect(target(lab))
    conn.login_step({**said(conn), "AuthMethod": "None"}, 0, 1, False)
    conn.login_step(said(conn), 0, 1)
    check(conn.login_step(said(conn)).final, "said three times")
    conn.close()
    alive(lab)


@suite.case
def names_in_capitals_again(lab):
    """A name is the same in upper and lower case (4.2.7)."""
    conn = lab.connect(target(lab))
    check(says_again(conn, {"InitiatorName": conn.name.upper(),
                            "TargetName": conn.target.upper()}).final,
          "not in full feature phase")
    conn.close()


@suite.case
def names_again_in_discovery(lab):
    """The same in a discovery session."""
    target(lab)
    conn = lab.connect()
    names = {"InitiatorName": conn.name, "SessionType": "Discovery"}
    conn.login_step({**names, "AuthMethod": "None"}, 0, 1)
    check(conn.login_step(names).final, "not in full feature phase")
    conn.close()

    def another_type(conn):
        conn.login_step({**names, "AuthMethod": "None"}, 0, 1)
        conn.login_step({"SessionType": "Normal"})
    status(lab, another_type, INITIATOR_ERROR, "SessionType=Normal later")


@suite.case
def other_names_again(lab):
    """Another value than before is refused, and no session is made."""
    other = lab.target("other")
    for name, value in (("InitiatorName", iscsi.NAME + "x"),
                        ("InitiatorName", ""),
                        ("InitiatorAlias", "another machine"),
                        ("InitiatorAlias", "a machin"), ("TargetName", other),
                        ("TargetName", target(lab) + "x"),
                        ("SessionType", "Discovery")):
        status(lab, lambda c, n=name, v=value: says_again(
            c, {n: v}), INITIATOR_ERROR, f"{name}={value}")
    status(lab, lambda c: says_again(c, {"SessionType": "Foo"}), 0x0209,
           "SessionType=Foo")

    def first_later(conn):
        conn.login_step({"InitiatorName": conn.name, "AuthMethod": "None",
                         "SessionType": "Discovery"}, 0, 1)
        conn.login_step({"TargetName": conn.target})
    status(lab, first_later, INITIATOR_ERROR, "a name in the second request")
    lab.drop(other)
    alive(lab)


@suite.case
def malformed_text(lab):
    """No '=', no NUL at the end, no key, control characters."""
    for tail in (b"NoEquals\0", b"InitialR2T=Yes", b"=value\0", b"=\0",
                 b"A\x01B=1\0", b"Max BurstLength=1\0"):
        refused(lab, lambda c, t=tail: c.login_step(
            iscsi.text_encode(c.declarations()) + t), repr(tail))
    alive(lab)


@suite.case
def empty_items(lab):
    """More than one NUL between pairs separates them all the same."""
    conn = lab.connect(target(lab))
    text = iscsi.text_encode(conn.declarations())
    got = outcome(lab, lambda c: c.login_step(
        text.replace(b"\0", b"\0\0\0") + b"MaxBurstLength=4096\0\0").final)
    check(got in (True, INITIATOR_ERROR, "closed"), f"got {got}")
    conn.close()


@suite.case
def random_text(lab):
    """Bytes without sense: refused, or each answered, and no harm."""
    for size in (1, 3, 100, 4096, 8192):
        data = os.urandom(size)
        got = outcome(lab, lambda c, d=data: c.login_step(d))
        check(got == "closed" or isinstance(got, int) and got >> 8 == 2,
              f"{size} bytes {data[:20].hex()}: got {got}")
    alive(lab)


# --- what must be there --------------------------------------------------------

@suite.case
def missing_initiator_name(lab):
    """No InitiatorName: 0207, missing parameter."""
    status(lab, lambda c: c.login_step({"TargetName": target(lab)}), 0x0207,
           "no InitiatorName")


@suite.case
def missing_target_name(lab):
    """A normal session without TargetName: 0207."""
    status(lab, lambda c: c.login_step({"InitiatorName": c.name}), 0x0207,
           "no TargetName")
    status(lab, lambda c: c.login_step({}), 0x0207, "no names")


@suite.case
def names(lab):
    """Names of 223 bytes are fine; empty and longer ones are not."""
    long_name = "iqn.2026-11.org.example:" + "x" * (223 - 24)
    conn = lab.connect(target(lab), name=long_name)
    conn.login()
    conn.close()
    for name in ("", long_name + "y", "iqn." + "z" * 251):
        refused(lab, lambda c, n=name: c.login_step(
            {"InitiatorName": n, "TargetName": c.target}), f"{len(name)} bytes")
    alive(lab)


@suite.case
def alias(lab):
    """InitiatorAlias is taken, and needs no answer (13.7)."""
    got = answers(lab, {"InitiatorAlias": "a" * 255})
    check(got.get("InitiatorAlias") in (None, "Irrelevant"),
          f"got {got.get('InitiatorAlias')}")


@suite.case
def target_alias(lab):
    """A target that has an alias says so at once, in a normal session (13.6)."""
    iqn = lab.target("alias")
    for words, want in (((), None), (("alias", "a disk"), "a disk")):
        if words:
            lab.adm("target", "set", iqn, *words)
        conn = lab.connect(iqn)
        got = dict(conn.login_step(conn.declarations(), transit=False).text())
        equal(got.get("TargetAlias"), want, "TargetAlias")
        conn.close()
    lab.drop(iqn)


@suite.case
def task_reporting(lab):
    """Of what TaskReporting can be, RFC3720 alone; the level of the protocol is
    2; no unknown value is taken (13.23, 13.24)."""
    got = answers(lab, {"TaskReporting": "FastAbort,ResponseFence,RFC3720",
                        "iSCSIProtocolLevel": 31})
    equal((got.get("TaskReporting"), got.get("iSCSIProtocolLevel")),
          ("RFC3720", "2"), "answers")
    got = answers(lab, {"TaskReporting": "FastAbort",
                        "iSCSIProtocolLevel": 32})
    equal((got.get("TaskReporting"), got.get("iSCSIProtocolLevel")),
          ("Reject", "Reject"), "answers to what is not known")


@suite.case
def unknown_target(lab):
    """A target that is not there: 0203, not found."""
    equal(hex(lab.login_status(target(lab) + "x")), hex(0x0203), "status")
    equal(hex(lab.login_status("iqn.2026-11.org.example:" + "n" * 199)),
          hex(0x0203), "status")


@suite.case
def access_denied(lab):
    """A target without a rule for us: 0203, not found, as one that is not there."""
    iqn = lab.target("closed", acl=("10.99.0.0/24",))
    equal(hex(lab.login_status(iqn)), hex(0x0203), "status")
    lab.drop(iqn)


@suite.case
def offline_target(lab):
    """An offline target: 0301, service unavailable, and back again."""
    iqn = lab.target("offline")
    lab.state(iqn, "offline")
    equal(hex(lab.login_status(iqn)), hex(0x0301), "status")
    lab.state(iqn, "ready")
    equal(lab.login_status(iqn), 0, "status when ready again")
    lab.drop(iqn)


@suite.case
def while_loading(lab):
    """Before all targets are there: 0301 for one that is not, or that does not
    admit us, and for discovery; then 0203, and an empty list."""
    there = lab.target("there")
    missing = there + "-not"
    closed = lab.target("closed", acl=("10.99.0.0/24",))
    lab.adm("net", "set", "state", "loading")
    try:
        equal(hex(lab.login_status(missing)), hex(0x0301), "of none")
        equal(hex(lab.login_status(closed)), hex(0x0301), "of a closed one")
        equal(lab.login_status(there), 0, "of one that is there")
        status(lab, lambda c: c.login(discovery=True), 0x0301, "discovery")
    finally:
        lab.adm("net", "set", "state", "ready")
    equal(hex(lab.login_status(missing)), hex(0x0203), "of none, ready")
    lab.drop(closed)
    lab.login(None, discovery=True).logout()
    lab.drop(there)


@suite.case
def ready_at_once(lab):
    """Targets that come together with the end of loading: nobody is told that
    one is not found."""
    iqn = lab.target("once")
    lab.drop(iqn)
    lab.adm("net", "set", "state", "loading")
    got, stop = set(), threading.Event()

    def ask():
        while not stop.is_set():
            got.add(lab.login_status(iqn))
    asking = threading.Thread(target=ask)
    asking.start()
    nl = lab.genl()
    try:
        for _ in range(20):
            nl.do("txn-begin")
            # offline, so that it is neither not found nor logged in to
            nl.do("target-new", **{"id": 99, "name": iqn, "state": 1})
            nl.do("acl-new", **{"target-id": 99, "all": None})
            nl.do("net-set", state=0)
            nl.do("txn-commit")
            time.sleep(0.05)
            nl.do("txn-begin")
            nl.do("net-set", state=1)
            nl.do("target-del", name=iqn, force=None)
            nl.do("txn-commit")
            time.sleep(0.05)
    finally:
        stop.set()
        asking.join()
        lab.adm("net", "set", "state", "ready")
    equal({hex(one) for one in got}, {hex(0x0301)}, "statuses")


@suite.case
def session_type(lab):
    """SessionType: Normal, Discovery, or no session."""
    conn = lab.connect(target(lab))
    conn.login_step({**conn.declarations(), "SessionType": "Normal"})
    conn.close()
    refused(lab, lambda c: c.login_step({**c.declarations(),
                                         "SessionType": "Foo"}), "Foo")


# --- wrong headers -------------------------------------------------------------

@suite.case
def versions(lab):
    """Version-min above ours: 0205. Version-max above: ours is active."""
    status(lab, lambda c: c.login_step(c.declarations(), b2=1, b3=1), 0x0205,
           "Version-min 1")
    status(lab, lambda c: c.login_step(c.declarations(), b2=255, b3=255),
           0x0205, "Version-min 255")
    conn = lab.connect(target(lab))
    pdu = conn.login_step(conn.declarations(), b2=5, b3=0)
    equal(pdu.byte(3), 0, "Version-active")
    conn.close()


@suite.case
def wrong_stages(lab):
    """CSG and NSG that do not exist, or go backwards."""
    for csg, nsg in ((0, 0), (1, 1), (1, 0), (2, 3), (3, 3), (0, 2), (1, 2),
                     (3, 0)):
        refused(lab, lambda c, a=csg, b=nsg: c.login_step(
            c.declarations(), a, b), f"CSG {csg} NSG {nsg}")
    refused(lab, lambda c: c.login_step(c.declarations(), 2, transit=False),
            "CSG 2")

    def back(conn):
        conn.login_step(conn.declarations(), 1, 3, False)
        conn.login_step({"AuthMethod": "None"}, 0, 1)
    refused(lab, back, "back to security")
    alive(lab)


@suite.case
def transit_and_continue(lab):
    """T and C together (11.12.2)."""
    refused(lab, lambda c: c.login_step(c.declarations(), cont=True), "T and C")


@suite.case
def unknown_session(lab):
    """A TSIH that is not ours: 020a, session does not exist."""
    for tsih in (0x1234, 0xFFFF):
        status(lab, lambda c, t=tsih: c.login_step(c.declarations(), tsih=t),
               0x020A, f"TSIH {tsih:#x}")


@suite.case
def session_numbers(lab):
    """The number of a session that has ended names no other one at once."""
    seen = []
    for _ in range(20):
        ini = lab.login(target(lab))
        seen.append(ini.tsih)
        ini.logout()
        ini.close()
    equal(len(set(seen)), len(seen), f"different numbers in {seen}")
    check(all(0 < tsih <= 0xFFFF for tsih in seen), seen)
    lab.login(target(lab))
    for tsih in seen:
        status(lab, lambda c, t=tsih: c.login_step(c.declarations(), tsih=t),
               0x020A, f"TSIH {tsih} of a session that has ended")


@suite.case
def second_connection(lab):
    """MaxConnections is 1: another CID to a session is refused (0206)."""
    first = lab.login(target(lab))
    conn = lab.connect(target(lab))
    conn.tsih, conn.cid = first.tsih, 7
    try:
        conn.login_step(conn.declarations())
        got = 0
    except LoginError as err:
        got = err.status
    except Closed:
        got = 0x0206
    check(got in (0x0206, 0x0208, 0x020A), f"status {got:#x}")
    first.nop()
    first.logout()


@suite.case
def changing_numbers(lab):
    """ITT, ISID, CID and TSIH stay the same during a login (11.12)."""
    for field, value in (("itt", 99), ("cid", 5), ("tsih", 9), ("b13", 0xEE)):
        def change(conn, f=field, v=value):
            conn.login_step(conn.declarations(), transit=False)
            conn.login_step((), **{f: v})
        refused(lab, change, field)
    alive(lab)


@suite.case
def first_pdu_no_login(lab):
    """Any PDU but Login Request before login ends the connection (6.3)."""
    for opcode in (iscsi.NOP_OUT, iscsi.SCSI_CMD, iscsi.TMF_REQ,
                   iscsi.TEXT_REQ, iscsi.DATA_OUT, iscsi.LOGOUT_REQ,
                   iscsi.SNACK, iscsi.LOGIN_RSP, 0x1C, 0x3E):
        def send(conn, op=opcode):
            conn.send(Pdu(op | iscsi.IMMEDIATE, 0x80, itt=1))
            return conn.recv()
        refused_or_response(lab, send, f"opcode {opcode:#x}")
    alive(lab)


def refused_or_response(lab, func, what):
    """Closed at once, or after a Login Response of class 2, or a Reject."""
    got = outcome(lab, func)
    if isinstance(got, Pdu):
        good = got.opcode == iscsi.REJECT or (got.opcode == iscsi.LOGIN_RSP
                                              and got.u("status_class") == 2)
        check(good, f"{what}: got {got}")
    else:
        equal(got, "closed", what)


@suite.case
def other_pdu_during_login(lab):
    """The same in the middle of a login."""
    for opcode in (iscsi.NOP_OUT, iscsi.SCSI_CMD, iscsi.TEXT_REQ,
                   iscsi.LOGOUT_REQ):
        def send(conn, op=opcode):
            conn.login_step(conn.declarations(), transit=False)
            conn.send(Pdu(op | iscsi.IMMEDIATE, 0x80, itt=1))
            return conn.recv()
        refused_or_response(lab, send, f"opcode {opcode:#x}")
    alive(lab)


@suite.case
def long_data_segment(lab):
    """More than 8192 bytes in a Login Request: refused unread (11.12)."""
    for length in (8193, 65536, 0xFFFFFF):
        def send(conn, size=length):
            pdu = conn.login_pdu(conn.declarations())
            pdu.dsl = size
            conn.send_raw(pdu.header() + bytes(64))
            return conn.recv()
        refused_or_response(lab, send, f"length {length}")
    alive(lab)


@suite.case
def full_data_segment(lab):
    """Exactly 8192 bytes are fine."""
    conn = lab.connect(target(lab))
    text = iscsi.text_encode(conn.declarations())
    count = 0
    while len(text) < 8192 - 300:
        text += f"X-{count}={'v' * 240}\0".encode()
        count += 1
    text += b"X-z=" + b"v" * (8192 - len(text) - 5) + b"\0"
    equal(len(text), 8192, "length of the text")
    pdu = conn.login_step(text)
    equal(dict(pdu.text()).get("X-0"), "NotUnderstood", "X-0")
    conn.close()


@suite.case
def additional_header(lab):
    """AHS on a Login Request, of every size (11.2.2)."""
    for words in (1, 2, 64, 255):
        def send(conn, n=words):
            pdu = conn.login_pdu(conn.declarations())
            pdu.ahs = bytes(4 * n)
            conn.send(pdu)
            return conn.recv()
        got = outcome(lab, send)
        check(not isinstance(got, Pdu) or got.opcode == iscsi.LOGIN_RSP
              or got.opcode == iscsi.REJECT, f"{words} words: got {got}")
    alive(lab)


@suite.case
def both_lengths_wrong(lab):
    """AHS and a data segment beyond the login buffer together."""
    for ahs, dsl in ((255, 8192), (255, 0xFFFFFF), (1, 8191)):
        def send(conn, a=ahs, d=dsl):
            pdu = conn.login_pdu(())
            pdu.ahslen, pdu.dsl = a, d
            conn.send_raw(pdu.header() + bytes(a * 4 + min(d, 8192)))
            return conn.recv(3)
        try:
            outcome(lab, send)
        except iscsi.Timeout:
            pass
    alive(lab)


@suite.case
def login_in_full_feature(lab):
    """A Login Request after login is a protocol error (6.3)."""
    ini = lab.login(target(lab))
    ini.send(ini.login_pdu(ini.declarations()))
    try:
        got = ini.recv()
        check(got.opcode in (iscsi.REJECT, iscsi.LOGIN_RSP)
              and (got.opcode == iscsi.REJECT or got.u("status_class") == 2),
              f"got {got}")
    except Closed:
        pass
    alive(lab)


@suite.case
def ipv6(lab):
    """The same portal on IPv6."""
    ini = lab.login(target(lab), addr=lab.ADDR6)
    ini.good(iscsi.read10(0, 1), read=512)
    ini.logout()


@suite.case
def many_sessions(lab):
    """Sessions of 40 ISIDs at the same time, each with its own TSIH."""
    sessions = []
    for i in range(40):
        ini = lab.connect(target(lab), isid=bytes([0x80, 0, 0, 0, 1, i]))
        ini.login()
        sessions.append(ini)
    equal(len({ini.tsih for ini in sessions}), 40, "different TSIHs")
    for ini in sessions:
        ini.nop()
        ini.logout()
        ini.close()


if __name__ == "__main__":
    suite.main()
