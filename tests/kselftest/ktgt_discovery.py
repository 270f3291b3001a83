#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Discovery sessions and SendTargets (RFC 7143 4.3, appendix C).

    target namespace: 300 targets, of which 3 are -- veth -- this program,
    for other initiators only                        from two addresses

Shown: All, one name, and the empty value, in discovery and in normal sessions;
answers over many PDUs; what one initiator sees of another's targets (nothing);
and that giving up in the middle costs nothing.
"""

import os
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import Closed, NO_TAG, Pdu, Rejected  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, lab_class, run  # noqa: E402

suite = Suite(lab_class())
COUNT = int(os.environ.get("KTGT_TARGETS", "300"))
HIDDEN = 3


def targets(lab):
    """Names of the targets that we may see; made on first use."""
    if not hasattr(lab, "names"):
        lab.names = lab.many_targets(f"disc{i:04}"
                                     for i in range(COUNT - HIDDEN))
        lab.hidden = lab.many_targets((f"hidden{i}" for i in range(HIDDEN)),
                                      "10.77.0.99")
    return lab.names


def discovery(lab, keys=None, **kwargs):
    targets(lab)
    return lab.login(None, keys, discovery=True, **kwargs)


def rejected(ini, keys, **kwargs):
    """A Text Request that is refused as a protocol error."""
    try:
        check(False, f"{keys} {kwargs}: got {ini.text(keys, **kwargs)}")
    except Rejected as err:
        equal(err.reason, iscsi.REJECT_PROTOCOL, f"reason of {keys} {kwargs}")


@suite.case
def no_target(lab):
    """A discovery session is possible where there is nothing to find."""
    if hasattr(lab, "names"):
        return
    iqn = lab.target("sole", acl=("10.99.0.1",))
    ini = lab.login(None, discovery=True)
    equal(ini.send_targets("All")[0], [], "targets")
    equal(ini.logout(), 0, "logout")
    lab.drop(iqn)


@suite.case
def irrelevant_keys(lab):
    """Keys of commands and their data have no meaning here, and the level of
    error recovery is 0, whatever is offered (7.4.1, 13)."""
    offer = {"MaxConnections": 1, "InitialR2T": "Yes", "ImmediateData": "Yes",
             "MaxBurstLength": 1024, "FirstBurstLength": 1024,
             "MaxOutstandingR2T": 1, "DataPDUInOrder": "Yes",
             "DataSequenceInOrder": "Yes", "TaskReporting": "RFC3720",
             "iSCSIProtocolLevel": 1}
    targets(lab)
    conn = lab.connect()
    got = dict(conn.login_step({**conn.declarations(True), **offer,
                                "ErrorRecoveryLevel": 2}).text())
    equal({key: got.get(key) for key in offer},
          dict.fromkeys(offer, "Irrelevant"), "answers")
    equal(got.get("ErrorRecoveryLevel"), "0", "ErrorRecoveryLevel")


@suite.case
def all_targets(lab):
    """SendTargets=All: all of ours, each once, with an address."""
    ini = discovery(lab)
    found, _ = ini.send_targets("All")
    equal(sorted(name for name, _ in found), sorted(targets(lab)), "targets")
    check(all(addrs for _, addrs in found), "a target without an address")
    equal(ini.logout(), 0, "logout")


@suite.case
def addresses(lab):
    """The address we came to is among those we are given, with its tag."""
    for addr, want in ((lab.ADDR, f"{lab.ADDR}:3260,1"),
                       (lab.ADDR6, f"[{lab.ADDR6}]:3260,1")):
        ini = discovery(lab, addr=addr)
        found, _ = ini.send_targets(targets(lab)[0])
        check(want in found[0][1], f"{want} is not in {found[0][1]}")
        check(not any(a.startswith(("0.0.0.0", "[::]")) for a in found[0][1]),
              f"a wildcard address: {found[0][1]}")
        ini.logout()


@suite.case
def many_pdus(lab):
    """MaxRecvDataSegmentLength 512: the answer comes in many PDUs, none
    longer, and is the same."""
    ini = discovery(lab, {"MaxRecvDataSegmentLength": 512})
    found, count = ini.send_targets("All")
    equal(sorted(name for name, _ in found), sorted(targets(lab)), "targets")
    check(count >= COUNT * 40 // 512, f"{count} PDUs")
    equal(ini.logout(), 0, "logout")


@suite.case
def pieces_fit(lab):
    """No piece is longer than we take; only the last has F, none both."""
    ini = discovery(lab, {"MaxRecvDataSegmentLength": 512})
    pdu = ini.text({"SendTargets": "All"})
    itt = pdu.u("itt")
    while True:
        check(len(pdu.data) <= 512, f"too long: {pdu}")
        equal(pdu.u("itt"), itt, "ITT")
        if pdu.final:
            break
        pdu = ini.text(b"", ttt=pdu.u("ttt"), itt=itt)
    check(not pdu.flags & 0x40, f"F and C: {pdu}")
    ini.logout()


@suite.case
def one_name(lab):
    """SendTargets=name: that one."""
    ini = discovery(lab)
    name = targets(lab)[COUNT // 2]
    found, _ = ini.send_targets(name)
    equal([n for n, _ in found], [name], "targets")
    found, _ = ini.send_targets(name + "-not")
    equal(found, [], "targets of an unknown name")
    ini.logout()


@suite.case
def hidden(lab):
    """Targets for others are not there: not in All, not by name."""
    ini = discovery(lab)
    names = {name for name, _ in ini.send_targets("All")[0]}
    equal(names & set(lab.hidden), set(), "targets of others")
    equal(ini.send_targets(lab.hidden[0])[0], [], "by name")
    ini.logout()


@suite.case
def abort_midway(lab):
    """Logout, close, and another request in the middle of an answer."""
    for how in ("logout", "close", "abort", "again"):
        ini = discovery(lab, {"MaxRecvDataSegmentLength": 512})
        pdu = ini.text({"SendTargets": "All"})
        check(not pdu.final, "all in one PDU")
        if how == "again":
            found, _ = ini.send_targets("All")
            equal(len(found), len(targets(lab)), "targets the second time")
        if how in ("again", "logout"):
            equal(ini.logout(), 0, "logout")
        elif how == "close":
            ini.close()
        else:
            ini.abort()


@suite.case
def reset_midway(lab):
    """A Text Request with TTT FFFFFFFF starts anew (11.10.4)."""
    ini = discovery(lab, {"MaxRecvDataSegmentLength": 512})
    ini.text({"SendTargets": "All"})
    found, _ = ini.send_targets(targets(lab)[0])
    equal([n for n, _ in found], targets(lab)[:1], "targets")
    ini.logout()


@suite.case
def deleted_midway(lab):
    """A target that goes while the list is on its way."""
    extra = lab.target("zz-last")
    ini = discovery(lab, {"MaxRecvDataSegmentLength": 512})
    pdu = ini.text({"SendTargets": "All"})
    lab.drop(extra)
    data, itt = bytes(pdu.data), pdu.u("itt")
    while not pdu.final:
        pdu = ini.text(b"", ttt=pdu.u("ttt"), itt=itt)
        data += bytes(pdu.data)
    names = [n for n, _ in iscsi.targets_of(iscsi.text_pairs(data))]
    equal(sorted(set(names) - {extra}), sorted(targets(lab)), "targets")
    ini.logout()


def rest_of(ini, pdu):
    """The targets of the answer that begins with PDU; what is left of it is asked
    for with F=0 for as long as there is more, and then with F=1."""
    data, itt = bytes(pdu.data), pdu.u("itt")
    for _ in range(1000):
        check(not pdu.final and pdu.u("ttt") != NO_TAG, f"has ended: {pdu}")
        more = bool(pdu.flags & 0x40)
        pdu = ini.text(b"", ttt=pdu.u("ttt"), itt=itt, final=not more)
        data += bytes(pdu.data)
        if not more:
            break
    check(pdu.final and pdu.u("ttt") == NO_TAG, f"has not ended: {pdu}")
    return [name for name, _ in iscsi.targets_of(iscsi.text_pairs(data))]


@suite.case
def ends_with_nothing(lab):
    """SendTargets with F=0, and an empty request with F=1 when all is there: of
    one PDU and of many, in both types of session."""
    one = targets(lab)[0]
    for keys in ({}, {"MaxRecvDataSegmentLength": 512}):
        ini = discovery(lab, keys)
        got = rest_of(ini, ini.text({"SendTargets": one}, final=False))
        equal(got, [one], "one target")
        got = rest_of(ini, ini.text({"SendTargets": "All"}, final=False))
        equal(sorted(got), sorted(targets(lab)), "targets")
        equal(ini.logout(), 0, "logout")
    ini = lab.login(one, clear_ua=False)
    got = rest_of(ini, ini.text({"SendTargets": ""}, final=False))
    equal(got, [one], "in a normal session")
    ini.close()


@suite.case
def nothing_alone(lab):
    """An empty request that ends nothing, and one with another key, are still
    refused in a discovery session."""
    ini = discovery(lab)
    for keys in (b"", {"MaxRecvDataSegmentLength": 4096}):
        rejected(ini, keys)
    pdu = ini.text({"SendTargets": targets(lab)[0]}, final=False)
    rejected(ini, {"X-a": "1"}, ttt=pdu.u("ttt"), itt=pdu.u("itt"))
    ini.close()


@suite.case
def request_in_pieces(lab):
    """The C bit: a request that is cut anywhere gets an empty answer for each
    piece, and the targets for the last one (6.2, 11.10.2)."""
    name = targets(lab)[1]
    text = iscsi.text_encode({"SendTargets": name})
    for cut in (1, 7, len(text) // 2, len(text) - 1, len(text)):
        ini = discovery(lab)
        pdu = ini.text(text[:cut], final=False, cont=True)
        equal((len(pdu.data), pdu.flags & 0xC0), (0, 0), "answer to a piece")
        check(pdu.u("ttt") != NO_TAG, "no TTT to go on with")
        pdu = ini.text(text[cut:], ttt=pdu.u("ttt"), itt=pdu.u("itt"))
        check(pdu.final, f"has not ended: {pdu}")
        equal([one for one, _ in iscsi.targets_of(pdu.text())], [name],
              f"cut after {cut} bytes")
        equal(ini.logout(), 0, "logout")
        ini.close()


@suite.case
def both_flags(lab):
    """F and C together are refused (11.10.2)."""
    ini = discovery(lab)
    rejected(ini, {"SendTargets": "All"}, cont=True)
    ini.close()


@suite.case
def normal_session(lab):
    """In a normal session: own name and empty are served, All is refused
    (appendix C: MUST NOT be supported on an operational session)."""
    name = targets(lab)[0]
    ini = lab.login(name, clear_ua=False)
    for what in ("", name):
        found, _ = ini.send_targets(what)
        equal([n for n, _ in found], [name], f"SendTargets={what}")
    try:
        pdu = ini.text({"SendTargets": "All"})
        found = iscsi.targets_of(pdu.text())
        check(dict(pdu.text()).get("SendTargets") == "Reject" or not found,
              f"SendTargets=All gave {len(found)} targets")
    except (Closed, Rejected):
        ini = lab.login(name, clear_ua=False)
    for what in (targets(lab)[1], "Alle", "all"):
        try:
            pdu = ini.text({"SendTargets": what})
            equal(iscsi.targets_of(pdu.text()), [], f"SendTargets={what}")
        except (Closed, Rejected):
            ini = lab.login(name, clear_ua=False)
    ini.close()


# What a discovery session must not send; the first two use up a CmdSN.
OTHERS = ((iscsi.SCSI_CMD, 0x81), (iscsi.TMF_REQ, 0x85), (iscsi.DATA_OUT, 0x80),
          (iscsi.LOGIN_REQ, 0x87), (iscsi.SNACK, 0x80), (0x1C, 0x80),
          (iscsi.NOP_IN, 0x80))
REFUSED_MAX = 8


def send_other(ini, number):
    """Send one of OTHERS, with data."""
    opcode, flags = OTHERS[number % len(OTHERS)]
    ini.send(ini.stamp(Pdu(opcode, flags, b"data", itt=5, ttt=NO_TAG),
                       opcode not in (iscsi.SCSI_CMD, iscsi.TMF_REQ)))


def refused(ini, number):
    """One of OTHERS is refused."""
    send_other(ini, number)
    try:
        check(False, f"got {ini.step(5 * SLOW)}")
    except Rejected as err:
        equal(err.reason, iscsi.REJECT_UNSUPPORTED,
              f"reason for {OTHERS[number % len(OTHERS)]}")


@suite.case
def nothing_but_discovery(lab):
    """A discovery session takes Text, NOP-Out and Logout only (4.3): the rest is
    refused, and harms nothing."""
    ini = discovery(lab)
    for number in range(REFUSED_MAX - 1):
        refused(ini, number)
        ini.nop(b"there?", immediate=False)
    found, _ = ini.send_targets("All")
    equal(len(found), len(targets(lab)), "targets")
    equal(ini.logout(), 0, "logout")
    ini.close()


@suite.case
def eight_at_most(lab):
    """After eight of these the session ends, one by one or all at once."""
    listener = lab.listen("session")
    ini = discovery(lab)
    for number in range(REFUSED_MAX):
        refused(ini, number)
    equal(ini.expect_close(5 * SLOW), [], "PDUs after the eighth")
    ends(listener, "protocol-error")
    ini = discovery(lab)
    pdus = [ini.stamp(Pdu(iscsi.SCSI_CMD, 0x81, itt=5)) for _ in range(4)]
    pdus += [ini.stamp(Pdu(0x1C, 0x80, itt=5), True) for _ in range(1000)]
    pdus += [ini.stamp(Pdu(iscsi.TEXT_REQ, 0x80, b"SendTargets=All\0", itt=6,
                           ttt=NO_TAG))]
    ini.send_raw(b"".join(pdu.pack() for pdu in pdus))
    got = ini.expect_close(5 * SLOW)
    equal([pdu.opcode for pdu in got], [iscsi.REJECT] * REFUSED_MAX, "answers")
    ends(listener, "protocol-error")
    equal(len(discovery(lab).send_targets("All")[0]), len(targets(lab)),
          "targets afterwards")


def ends(listener, reason):
    """A session is told to end for REASON."""
    event = {}
    while event.get("end") != reason:
        event = listener.next(10 * SLOW)
        check(event, f"no session was told to end for {reason}")


@suite.case
def little_is_taken(lab):
    """Anybody can have a discovery session, so no PDU of it is long, in neither
    direction: neither a request, nor an answer of many targets."""
    targets(lab)
    conn = lab.connect()
    got = conn.login({"MaxRecvDataSegmentLength": 1 << 20}, discovery=True)
    equal(got.get("MaxRecvDataSegmentLength"), "8192", "what it takes")
    pdu = conn.text({"SendTargets": "All"})
    check(not pdu.final and 4096 < len(pdu.data) <= 8192, f"an answer: {pdu}")
    equal(len(conn.nop(bytes(8192)).data), 8192, "echo")
    conn.send(conn.stamp(Pdu(iscsi.NOP_OUT, 0x80, bytes(8193), itt=conn.itt(),
                             ttt=NO_TAG), True))
    equal(conn.expect_close(5 * SLOW), [], "PDUs after one that is too long")
    ini = discovery(lab)
    text = b"SendTargets=" + b"x" * 200
    pdu = ini.text(text, final=False, cont=True)
    try:
        for _ in range(100):
            ini.text(b"x" * 1024, ttt=pdu.u("ttt"), itt=pdu.u("itt"),
                     final=False, cont=True)
        check(False, "100 KiB of one request were taken")
    except Rejected as err:
        equal(err.reason, iscsi.REJECT_PROTOCOL, "reason")
    equal(ini.logout(), 0, "logout")


@suite.case
def unacknowledged(lab):
    """Who asks on and on and acknowledges nothing is not answered for ever."""
    ini = discovery(lab)
    pdus = [ini.stamp(Pdu(iscsi.NOP_OUT, 0x80, bytes(4096), itt=ini.itt(),
                          ttt=NO_TAG), True) for _ in range(200)]
    try:
        ini.send_raw(b"".join(pdu.pack() for pdu in pdus))
        got = ini.expect_close(5 * SLOW)
        check(len(got) < 30, f"{len(got)} answers")
    except Closed:
        pass
    equal(discovery(lab).logout(), 0, "logout of another one")


@suite.case
def long_answer(lab):
    """Many targets with many addresses: more than a megabyte of answer. Addresses
    that do not fit into 7.5 KiB are left out, targets never are."""
    long_ip = "fd77:1111:2222:3333:4444:5555:6666:7777"
    run("ip", "-n", lab.tns, "addr", "add", f"{long_ip}/128", "dev", "wire",
        "nodad")
    ports = range(5000, 5150)
    address = socket.inet_pton(socket.AF_INET6, long_ip)
    nl = lab.genl()
    nl.do("txn-begin")
    for port in ports:
        nl.do("portal-new", address=address, port=port)
    nl.do("txn-commit")
    try:
        ini = discovery(lab, {"MaxRecvDataSegmentLength": 262144})
        found, count = ini.send_targets("All")
        equal(sorted(name for name, _ in found), sorted(targets(lab)), "targets")
        equal(len({tuple(addrs) for _, addrs in found}), 1, "lists of addresses")
        size = sum(len(f"TargetAddress={addr}") + 1 for addr in found[0][1])
        check(7680 - 64 < size <= 7680, f"{size} bytes of addresses")
        check(count * 8192 > 1 << 20, f"{count} PDUs")
        equal(len(ini.send_targets(targets(lab)[0])[0]), 1, "one target")
        equal(ini.logout(), 0, "logout")
        check("too many portals for one answer" in run("dmesg"),
              "the log does not tell it")
    finally:
        nl.do("txn-begin")
        for port in ports:
            nl.do("portal-del", address=address, port=port)
        nl.do("txn-commit")
        nl.close()


@suite.case
def lifetime(lab):
    """A discovery session has a time, whether it does something or not; it is
    not asked meanwhile whether it is there."""
    targets(lab)
    listener = lab.listen("session")
    lab.adm("net", "set", "discovery-timeout", 3, "nop-interval", 1)
    try:
        idle, busy = discovery(lab), discovery(lab, name=f"{iscsi.NAME}2")
        start = time.monotonic()
        while time.monotonic() < start + 2:
            busy.nop(b"there?")
            time.sleep(0.1)
        equal(busy.expect_close(5 * SLOW), [], "PDUs of the target itself")
        equal(idle.expect_close(5 * SLOW), [], "PDUs that nobody asked for")
        took = time.monotonic() - start
        check(2.5 < took < 3 + 5 * SLOW, f"they took {took:.1f} s")
        ends(listener, "discovery-timeout")
        ends(listener, "discovery-timeout")
    finally:
        lab.adm("net", "set", "discovery-timeout", 60, "nop-interval", 10)
    ini = discovery(lab)
    equal(ini.logout(), 0, "logout")


@suite.case
def outlives_a_discovery(lab):
    """Only discovery has this time."""
    name = targets(lab)[0]
    lab.adm("net", "set", "discovery-timeout", 1)
    try:
        ini = lab.login(name, clear_ua=False)
        ini.expect_silence(3)
        ini.nop()
        ini.close()
    finally:
        lab.adm("net", "set", "discovery-timeout", 60)


def closed_so_far(lab):
    """Discovery sessions that had to go until now, when no connection is left."""
    lab.close_all()
    wait_until(lambda: lab.connections() == 0, 10 * SLOW,
               "the connections of other cases are closed")
    return closed_now(lab)


def closed_now(lab):
    return lab.adm_json("net", "show")["net"]["discoveries_closed"]


@suite.case
def too_many(lab):
    """There are max-discoveries at most. The oldest one of the address that has
    the most of them goes, so everybody can discover, and another address keeps
    its own; a normal session has nothing to do with it."""
    name = targets(lab)[0]
    before = closed_so_far(lab)
    normal = lab.login(name, clear_ua=False)
    listener = lab.listen("session")
    lab.adm("net", "set", "max-discoveries", 8)
    try:
        other = discovery(lab, addr=lab.ADDR6)
        inis = [discovery(lab, name=f"{iscsi.NAME}{i}") for i in range(40)]
        equal(closed_now(lab) - before, 33, "sessions that were closed")
        for ini in inis[:33]:
            equal(ini.expect_close(5 * SLOW), [], "PDUs before the end")
        for ini in inis[33:] + [other]:
            equal([one for one, _ in ini.send_targets(name)[0]], [name],
                  "of one that stays")
        ends(listener, "too-many")
        wait_until(lambda: lab.adm_json("net", "show")["net"]["sessions"] == 9,
                   5 * SLOW, "eight of discovery and the normal one are left")
        normal.nop()
    finally:
        lab.adm("net", "set", "max-discoveries", 256)
    for ini in inis[33:] + [other]:
        equal(ini.logout(), 0, "logout")
    discovery(lab).logout()
    normal.close()


@suite.case
def logged_out(lab):
    """Who logs out and leaves the connection open for as long as it may has a
    discovery session until that is closed."""
    before = closed_so_far(lab)
    lab.adm("net", "set", "max-discoveries", 4)
    try:
        inis = [discovery(lab, name=f"{iscsi.NAME}{i}") for i in range(4)]
        for ini in inis:
            equal(ini.logout(), 0, "logout")
        inis += [discovery(lab, name=f"{iscsi.NAME}{i}") for i in range(4, 40)]
        check(closed_now(lab) > before + 32, "none that had logged out had to go")
    finally:
        lab.adm("net", "set", "max-discoveries", 256)


@suite.case
def nops_in_discovery(lab):
    """NOP-Out is answered all the same, for a peer that checks."""
    ini = discovery(lab)
    equal(bytes(ini.nop(b"there?").data), b"there?", "data")
    ini.logout()


@suite.case
def sessions_at_once(lab):
    """Twenty discoveries, interleaved PDU by PDU."""
    inis = [discovery(lab, {"MaxRecvDataSegmentLength": 1024}, name=f"{iscsi.NAME}{i}")
            for i in range(20)]
    state = [(ini, ini.text({"SendTargets": "All"})) for ini in inis]
    total = [bytes(pdu.data) for _, pdu in state]
    for _ in range(4):
        for i, (ini, pdu) in enumerate(state):
            if not pdu.final:
                pdu = ini.text(b"", ttt=pdu.u("ttt"), itt=pdu.u("itt"))
                total[i] += bytes(pdu.data)
                state[i] = (ini, pdu)
    equal(len(set(total)), 1, "different answers")
    for ini in inis:
        ini.close()


if __name__ == "__main__":
    suite.main()
