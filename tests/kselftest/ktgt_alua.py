#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Target ports: portal groups, targets that are bound to some, and target port groups
with their access states (ALUA).

    target namespace: portals with the group tags 1 to 3  -- veth -- this program
    10.77.0.1:3260, 10.77.0.1:3261, [fd77::1]:3262

Shown: which portals SendTargets gives for which target; that a login at another
portal finds no such target; that INQUIRY and reservations know the port by which an
initiator comes. What each state serves, who is told of a change, by whom it can be
made; and that nothing which was admitted before is with the storage when it is made.
"""
# Timeout: 240

import os
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import (OVERWRITE, inquiry, log_sense, mode_sense6,  # noqa: E402
                   overwrite_list, pr_in, pr_list, pr_out, read10, read_buffer,
                   read_capacity10, read_capacity16, report_groups, report_luns,
                   request_sense, rsoc, sanitize, set_groups, sync_cache10,
                   transport_id, tur, write10, write_buffer)
import dm  # noqa: E402
from dm import Late  # noqa: E402
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import (IQN, SLOW, CommandError, Lab, not_if_short, run,  # noqa: E402
                 start)

NOT_FOUND = 0x0203
CHECK, CONFLICT = 2, 0x18
ABORT_TASK, COMPLETE = 1, 0
BAD_LIST = (5, 0x26, 0)
REGISTER, RESERVE, RELEASE, CLEAR = range(4)
IGNORE, MOVE = 6, 7
SPEC_I_PT, ALL_TG_PT = 8, 4
ONE, TWO = 0x111, 0x222
BLOCK = bytes(512)
STATES = ("active-optimized", "active-nonoptimized", "standby", "unavailable")
AO, AN, STANDBY, UNAVAILABLE, TRANSITION = 0, 1, 2, 3, 15
# what is told of a command that is not served in a state
NOT_SERVED = {STANDBY: (2, 4, 0x0B), UNAVAILABLE: (2, 4, 0x0C),
              TRANSITION: (2, 4, 0x0A)}
CHANGED, FAILED = (6, 0x2A, 6), (6, 0x2A, 7)
INQUIRY_CHANGED = (6, 0x3F, 3)
BAD_CDB = (5, 0x24, 0)
SET_FAILED = (4, 0x67, 0x0A)
# commands that all states serve, and those that standby serves: CDB, bytes to read
ALWAYS = {"INQUIRY": (inquiry(), 255), "REPORT LUNS": (report_luns(), 4096),
          "REQUEST SENSE": (request_sense(), 252),
          "REPORT TARGET PORT GROUPS": (report_groups(), 1024),
          "READ BUFFER, echo": (read_buffer(0x0B, 4), 4)}
IN_STANDBY = {"MODE SENSE": (mode_sense6(0x3F), 252),
              "LOG SENSE": (log_sense(0), 252), "PR IN": (pr_in(0), 8192),
              "READ CAPACITY(10)": (read_capacity10(), 8),
              "READ CAPACITY(16)": (read_capacity16(), 32),
              "REPORT SUPPORTED OPERATION CODES": (rsoc(), 65535)}
IF_ACTIVE = {"TEST UNIT READY": (tur(), 0), "READ": (read10(0, 1), 512),
             "SYNCHRONIZE CACHE": (sync_cache10(), 0),
             "READ BUFFER, data": (read_buffer(2, 4), 4)}
# port of a portal: its tag
PORTALS = {3260: 1, 3261: 2, 3262: 3}


def after(lab):
    """Leave nothing to the next case."""
    for disk in dm.Mapped.made:
        if isinstance(disk, Late):
            disk.release()
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    lab.adm("net", "set", "nop-interval", 10)
    for portal in lab.adm_json("portal", "show").get("portals", []):
        address = portal["address"]
        host = f"[{address}]" if ":" in address else address
        lab.adm("portal", "del", f"{host}:{portal['port']}")


suite = Suite(Lab)
suite.after = after


def address(lab, port):
    """Of a portal, as SendTargets writes it."""
    host = f"[{lab.ADDR6}]" if port == 3262 else lab.ADDR
    return f"{host}:{port}"


def make_portals(lab):
    for port, tag in PORTALS.items():
        lab.adm("portal", "add", address(lab, port), "group-tag", tag)


def shown(lab, port=3260):
    """What SendTargets=All gives at a portal: {target: addresses}."""
    ini = lab.login(None, discovery=True, port=port)
    found = {name: sorted(addrs) for name, addrs in ini.send_targets("All")[0]}
    ini.logout()
    return found


def told(lab, *ports):
    return sorted(f"{address(lab, port)},{PORTALS[port]}" for port in ports)


def status(lab, iqn, port):
    kwargs = {"addr": lab.ADDR6} if port == 3262 else {}
    return lab.login_status(iqn, port=port, **kwargs)


# --- portals -----------------------------------------------------------------


@suite.case
def portal_tags(lab):
    """A login is told the tag of its portal; a tag is 1 to 65535, and there can be 32."""
    not_if_short()
    make_portals(lab)
    iqn = lab.target("t1")
    for port, tag in ((3260, "1"), (3261, "2")):
        conn = lab.connect(iqn, port=port)
        got = conn.login_step(conn.declarations()).text()
        equal(dict(got).get("TargetPortalGroupTag"), tag, "tag")
    code, err = lab.adm_fails("portal", "add", f"{lab.ADDR}:3270",
                              "group-tag", 0)
    check(code and "1 to 65535" in err, err)
    for nr in range(29):
        lab.adm("portal", "add", f"{lab.ADDR}:{3270 + nr}",
                "group-tag", 65535 - nr)
    code, err = lab.adm_fails("portal", "add", f"{lab.ADDR}:3269",
                              "group-tag", 77)
    check(code and "32 portal group tags" in err, err)
    # one that there is already is no more
    lab.adm("portal", "add", f"{lab.ADDR}:3269", "group-tag", 65535)


@suite.case
def bound_targets(lab):
    """SendTargets shows a target at its portals only, and elsewhere there is none."""
    not_if_short()
    make_portals(lab)
    one, two, free = lab.target("t1"), lab.target("t2"), lab.target("t3")
    everywhere = told(lab, 3260, 3261, 3262)
    equal(shown(lab), dict.fromkeys((one, two, free), everywhere), "unbound")

    lab.adm("target", "set", one, "portals", 1)
    lab.adm("target", "set", two, "portals", "3,2")
    want = {one: told(lab, 3260), two: told(lab, 3261, 3262), free: everywhere}
    for port in (3260, 3261):
        equal(shown(lab, port), want, f"at port {port}")
    for iqn, ports in ((one, (3260,)), (two, (3261, 3262)),
                       (free, (3260, 3261, 3262))):
        equal([status(lab, iqn, port) for port in PORTALS],
              [0 if port in ports else NOT_FOUND for port in PORTALS],
              f"logins to {iqn}")

    ini = lab.login(None, discovery=True)
    equal([name for name, _ in ini.send_targets(two)[0]], [two], "asked by name")

    # at no portal that there is: it is shown nowhere
    lab.adm("target", "set", one, "portals", 77)
    equal(shown(lab), {two: want[two], free: everywhere}, "bound to none")
    equal(status(lab, one, 3260), NOT_FOUND, "login")
    lab.adm("target", "set", one, "portals", "all")
    equal(shown(lab)[one], everywhere, "unbound again")


@suite.case
def bound_sessions(lab):
    """A session stays when its target is bound to other portals; in it, SendTargets
    tells these."""
    make_portals(lab)
    iqn = lab.target("t1")
    lab.null_lun(iqn, 1, "1M")
    ini = lab.login(iqn)
    lab.adm("target", "set", iqn, "portals", 2)
    ini.good(bytes(6))
    equal(ini.send_targets("")[0], [(iqn, told(lab, 3261))], "SendTargets")
    ini.logout()
    equal(status(lab, iqn, 3260), NOT_FOUND, "login")


@suite.case
def explained(lab):
    """explain says why a login at a portal is refused."""
    make_portals(lab)
    iqn = lab.target("t1")
    lab.adm("target", "set", iqn, "portals", 2)
    words = ("explain", "initiator", f"{IQN}:i", "from", lab.SELF, "target", iqn)
    check("login admitted" in lab.adm(*words), "without a portal")
    check("login admitted" in lab.adm(*words, "group-tag", 2), "at its portal")
    out = lab.adm(*words, "group-tag", 1)
    check("not at this portal" in out and "0203" in out, out)


@suite.case
def bound_refusals(lab):
    """What is no list of tags is refused, and changes nothing."""
    iqn = lab.target("t1")
    lab.adm("target", "set", iqn, "portals", "5,4")
    for text in ("", "0", "1,", "65536", "1-3", "1,2,1", "none",
                 ",".join(map(str, range(1, 34)))):
        code, err = lab.adm_fails("target", "set", iqn, "portals", text)
        check(code and "portals" in err, f"'{text}': {err}")
    equal(lab.targets()[0]["portals"], "5,4", "portals")
    check("portal: none" in lab.adm("target", "show", iqn), "target show")


@suite.case
def bound_file(lab):
    """The file has them, and takes them back."""
    not_if_short()
    make_portals(lab)
    iqn, other = lab.target("t1"), lab.target("t2")
    lab.adm("target", "set", iqn, "portals", "2,1")
    for words in (("config", "dump"), ("-j", "config", "dump")):
        file = lab.adm(*words)
        lab.adm("target", "set", iqn, "portals", "all")
        lab.adm("target", "set", other, "portals", 3)
        lab.in_target("ktgtadm", "config", "apply", "-", stdin=file)
        equal([t.get("portals") for t in lab.targets()], ["2,1", None], "portals")
        equal(lab.in_target("ktgtadm", "config", "diff", "-", stdin=file), "",
              "difference")


# --- ports -------------------------------------------------------------------


def page(ini, code, lun=1):
    return ini.good(inquiry(8192, code), lun, read=8192).data[4:]


def port_names(ini, lun=1):
    """What page 83h says of the port: {type of designator: bytes}."""
    data, at, out = page(ini, 0x83, lun), 0, {}
    while at < len(data):
        size = data[at + 3]
        if data[at + 1] & 0x30 == 0x10:
            out[data[at + 1] & 15] = data[at + 4:at + 4 + size]
        at += 4 + size
    return out


def all_ports(ini):
    """What page 88h says: [(relative port, name)]."""
    data, at, out = page(ini, 0x88), 0, []
    while at < len(data):
        port, size = struct.unpack_from(">2xH6xH", data, at)
        out.append((port, data[at + 16:at + 12 + size].rstrip(b"\0").decode()))
        at += 12 + size
    return out


@suite.case
def names(lab):
    """Pages 83h and 88h: the port that was asked, and all ports of the target."""
    make_portals(lab)
    iqn = lab.target("t1")
    lab.null_lun(iqn, 1, "1M")
    want = [(tag, f"{iqn},t,0x{tag:04x}") for tag in (1, 2, 3)]
    for port, tag in ((3260, 1), (3261, 2)):
        ini = lab.login(iqn, port=port, luns=(0, 1))
        for lun in (0, 1):
            found = port_names(ini, lun)
            equal(found[4], struct.pack(">I", tag), "relative port")
            equal(found[8].rstrip(b"\0").decode(), want[tag - 1][1], "name")
        equal(all_ports(ini), want, "page 88h")
        ini.logout()
    lab.adm("target", "set", iqn, "portals", "3,2")
    ini = lab.login(iqn, port=3261)
    equal(all_ports(ini), want[1:], "page 88h of a bound target")
    # its portal is gone, and the session is not
    lab.adm("portal", "del", f"{lab.ADDR}:3261")
    equal(sorted(all_ports(ini)), want[1:], "page 88h without the portal")


# --- reservations ------------------------------------------------------------


def both_paths(lab):
    """The same initiator port by two target ports, which are two I_T nexuses."""
    make_portals(lab)
    iqn = lab.target("t1")
    lab.null_lun(iqn, 1, "1M")
    return [lab.login(iqn, port=port) for port in (3260, 3261)]


def out(ini, action, key=0, new=0, kind=0, flags=0, more=b""):
    data = pr_list(key, new, flags) + more
    return ini.command(pr_out(action, kind, 0, len(data)), write=data)


def does(ini, *args, **kwargs):
    task = out(ini, *args, **kwargs)
    equal((task.status, task.key), (0, None), f"PERSISTENT RESERVE OUT {args}")


def registered(ini):
    """[(key, relative port)], and that no descriptor is for all ports."""
    data, at, found = ini.good(pr_in(3), read=8192).data, 8, []
    while at < len(data):
        key, bits, port, length = struct.unpack_from(">Q4xBx4xHI", data, at)
        equal(bits & 2, 0, "ALL_TG_PT of READ FULL STATUS")
        found.append((key, port))
        at += 24 + length
    return sorted(found)


@suite.case
def registrations(lab):
    """A registration is that of one target port, or of all with ALL_TG_PT."""
    one, two = both_paths(lab)
    does(one, REGISTER, 0, ONE)
    equal(registered(two), [(ONE, 1)], "one port")
    does(one, RESERVE, ONE, 0, 1)
    equal(two.command(write10(0, 1), write=BLOCK).status, CONFLICT, "by the other")
    one.good(write10(0, 1), write=BLOCK)
    does(two, REGISTER, 0, TWO)
    equal(registered(two), [(ONE, 1), (TWO, 2)], "both, with their own keys")
    equal(two.command(write10(0, 1), write=BLOCK).status, CONFLICT, "registered")
    does(one, CLEAR, ONE)
    lab.clear_ua(two)

    does(one, REGISTER, 0, ONE, flags=ALL_TG_PT)
    equal(registered(one), [(ONE, 1), (ONE, 2), (ONE, 3)], "ALL_TG_PT")
    does(two, RESERVE, ONE, 0, 1)
    equal(one.command(write10(0, 1), write=BLOCK).status, CONFLICT, "by the first")
    does(one, REGISTER, ONE)
    equal(registered(one), [(ONE, 2), (ONE, 3)], "that of one port ends alone")
    equal(out(one, REGISTER, 0, TWO, flags=ALL_TG_PT).status, CONFLICT,
          "another port has a key")
    does(one, IGNORE, 0, TWO, flags=ALL_TG_PT)
    equal(registered(one), [(TWO, 1), (TWO, 2), (TWO, 3)], "IGNORE EXISTING KEY")


@suite.case
def named_ports(lab):
    """SPEC_I_PT names initiators at the same ports; REGISTER AND MOVE one port."""
    one, two = both_paths(lab)
    other = transport_id("iqn.2026-11.org.example:other", iscsi.ISID)
    names_other = struct.pack(">I", len(other)) + other
    does(one, REGISTER, 0, ONE, flags=SPEC_I_PT, more=names_other)
    equal(registered(one), [(ONE, 1), (ONE, 1)], "SPEC_I_PT")
    does(one, CLEAR, ONE)
    does(one, REGISTER, 0, ONE, flags=SPEC_I_PT | ALL_TG_PT, more=names_other)
    equal(registered(one), sorted([(ONE, 1), (ONE, 2), (ONE, 3)] * 2),
          "SPEC_I_PT and ALL_TG_PT")
    does(one, CLEAR, ONE)
    lab.clear_ua(two)

    does(one, REGISTER, 0, ONE)
    does(one, RESERVE, ONE, 0, 1)
    own = transport_id(iscsi.NAME, iscsi.ISID)

    def move(port):
        data = struct.pack(">QQBBHI", ONE, TWO, 0, 0, port, len(own)) + own
        return one.command(pr_out(MOVE, 1, 0, len(data)), write=data)

    equal(move(4).key, BAD_LIST, "a port that there is not")
    equal(move(1).key, BAD_LIST, "to itself")
    equal(move(2).status, 0, "to the other path")
    equal(registered(one), [(ONE, 1), (TWO, 2)], "registrations")
    two.good(write10(0, 1), write=BLOCK)
    equal(one.command(write10(0, 1), write=BLOCK).status, CONFLICT, "it has moved")


# --- target port groups ------------------------------------------------------


def group(lab, verb, nr, *words):
    lab.adm("group", verb, "target", f"{IQN}:t1", "group", nr, *words)


def groups(ini, lun=1):
    """REPORT TARGET PORT GROUPS: {group: (state, preferred, ports)}."""
    data = ini.good(report_groups(), lun, read=1024).data
    equal(struct.unpack_from(">I", data)[0], len(data) - 4, "length")
    found, at = {}, 4
    while at < len(data):
        state, sup, nr, _, count = struct.unpack_from(">BBHxBxB", data, at)
        equal(sup, 0x8F if nr else 1, f"states that group {nr} can have")
        found[nr] = (state & 15, state >> 7, [
            struct.unpack_from(">2xH", data, at + 8 + 4 * i)[0]
            for i in range(count)])
        at += 8 + 4 * count
    return found


def attention(ini, want, lun=1):
    """What it is told next; None for nothing."""
    equal(ini.command(inquiry(), lun, read=255).status, 0, "INQUIRY")
    task = ini.command(request_sense(), lun, read=252)
    key = task.data[2] & 15
    equal((key, *task.data[12:14]) if key else None, want, "unit attention")


def two_groups(lab, path=None, explicit=False):
    """Portal group 1 is in group 1, portal group 2 in group 2; a session by each."""
    make_portals(lab)
    iqn = lab.target("t1")
    lab.adm("net", "set", "nop-interval", 0)
    if path:
        lab.lun(iqn, 1, path)
    else:
        lab.null_lun(iqn, 1, "1M")
    lab.null_lun(iqn, 2, "1M")
    group(lab, "add", 1, "portals", 1)
    group(lab, "add", 2, "portals", 2, "state", "active-nonoptimized")
    if explicit:
        lab.adm("target", "set", iqn, "explicit-alua", "on")
    return [lab.login(iqn, port=port, luns=(1, 2), timeout=30 * SLOW)
            for port in (3260, 3261)]


@suite.case
def groups_told(lab):
    """INQUIRY, page 83h and REPORT TARGET PORT GROUPS tell the groups; ports in none
    are group 0."""
    make_portals(lab)
    iqn = lab.target("t1")
    lab.null_lun(iqn, 1, "1M")
    one = lab.login(iqn, luns=(0, 1))
    equal(one.good(inquiry(), read=255).data[5] >> 4, 0, "TPGS without groups")
    equal(one.command(report_groups(), read=1024).key, BAD_CDB, "without groups")
    equal(port_names(one)[5], bytes(4), "group in page 83h")

    group(lab, "add", 7, "portals", "2,9", "state", "standby")
    attention(one, INQUIRY_CHANGED)
    attention(one, CHANGED)
    attention(one, None)
    group(lab, "add", 3, "portals", 1, "preferred", "on")
    lab.clear_ua(one)
    lab.clear_ua(one, 0)
    two = lab.login(iqn, port=3261, clear_ua=False)
    want = {7: (STANDBY, 0, [2, 9]), 3: (AO, 1, [1]), 0: (AO, 0, [3])}
    for lun in (0, 1):
        equal(groups(one, lun), want, f"LUN {lun}")
        equal(one.good(inquiry(), lun, read=255).data[5] >> 4, 1, "TPGS")
    longer = one.good(report_groups(form=1), read=1024).data
    shorter = one.good(report_groups(), read=1024).data
    equal(longer[4:8], bytes([0x10, 10, 0, 0]), "extended header")
    equal(longer[8:], shorter[4:], "descriptors")
    equal(one.command(report_groups(form=2), read=1024).key, BAD_CDB, "format")
    for ini, nr in ((one, 3), (two, 7)):
        equal(port_names(ini)[5], struct.pack(">I", nr), "group in page 83h")
    equal(one.good(rsoc(3, 0xA3, 0x0A), read=65535).data[1] & 7, 3, "supported")
    equal(one.good(rsoc(3, 0xA4, 0x0A), read=65535).data[1] & 7, 1, "SET is not")
    equal(one.command(set_groups(4), write=bytes(4)).key, BAD_CDB, "SET")

    group(lab, "del", 7)
    group(lab, "del", 3)
    lab.clear_ua(two)
    equal(two.good(inquiry(), read=255).data[5] >> 4, 0, "TPGS at the end")
    equal(two.command(report_groups(), read=1024).key, BAD_CDB, "at the end")


@suite.case
def port_left(lab):
    """A port at which the target is no more is told to those who came by it."""
    make_portals(lab)
    iqn = lab.target("t1")
    lab.null_lun(iqn, 1, "1M")
    group(lab, "add", 2, "portals", 2)
    one, two = [lab.login(iqn, port=port) for port in (3260, 3261)]
    lab.adm("target", "set", iqn, "portals", 2)
    equal(groups(one), {2: (AO, 0, [2]), 0: (AO, 0, [1])}, "by port 1")
    equal(groups(two), {2: (AO, 0, [2])}, "by port 2")


def served(ini, state):
    """What is served by a port in this state, and what is told of the rest."""
    for name, (cdb, length) in {**ALWAYS, **IN_STANDBY, **IF_ACTIVE}.items():
        if state in (AO, AN) or name in ALWAYS or \
                (state == STANDBY and name in IN_STANDBY):
            ini.good(cdb, read=length)
        else:
            equal(ini.command(cdb, read=length).key, NOT_SERVED[state],
                  f"{name} in state {state}")
    task = ini.command(write10(0, 1), write=BLOCK)
    equal(task.key, None if state in (AO, AN) else NOT_SERVED[state], "WRITE")
    ini.good(write_buffer(0x0A, 4), write=b"echo")


@suite.case
def states(lab):
    """Each state serves what SPC-4 says; all initiators are told of a change, and the
    other port goes on."""
    one, two = two_groups(lab)
    for state in (STANDBY, UNAVAILABLE, AO, STANDBY, AN, UNAVAILABLE):
        group(lab, "set", 2, "state", STATES[state])
        for lun in (1, 2):
            attention(one, CHANGED, lun)
            attention(two, CHANGED, lun)
        equal(groups(one)[2][0], state, "state by the other port")
        equal(groups(two)[2][0], state, "state by its port")
        served(two, state)
        served(one, AO)
    # a new session, and a session that comes to a logical unit later
    later = lab.login(f"{IQN}:t1", port=3261, clear_ua=False,
                      name=iscsi.NAME + "b")
    equal(later.command(tur()).key, (6, 0x29, 0), "power on")
    equal(later.command(tur()).key, NOT_SERVED[UNAVAILABLE], "after it")
    group(lab, "del", 2)
    lab.clear_ua(later)
    later.good(write10(0, 1), write=BLOCK)


@suite.case
def waiting_data(lab):
    """A WRITE that was taken in an active state, and gets its data in standby, is not
    carried out."""
    one, two = two_groups(lab, lab.null_blk(16))
    task = two.waiting_write(data=b"x" * 4096)
    group(lab, "set", 2, "state", "standby")
    two.answer(task)
    two.wait([task])
    equal(task.key, NOT_SERVED[STANDBY], "WRITE")
    lab.clear_ua(one)
    equal(one.good(read10(0, 8), read=4096).data, bytes(4096), "blocks")


@suite.case
def waiting_sanitize(lab):
    """Nor is a SANITIZE that gets its data then: the disk is as it was."""
    one, two = two_groups(lab, lab.null_blk(16))
    two.good(write10(0, 8), write=b"k" * 4096)
    data = overwrite_list(b"p")
    task = two.waiting(sanitize(OVERWRITE, len(data)), data)
    group(lab, "set", 2, "state", "standby")
    two.answer(task)
    two.wait([task])
    equal(task.key, NOT_SERVED[STANDBY], "SANITIZE")
    lab.clear_ua(one)
    equal(one.good(read10(0, 8), read=4096).data, b"k" * 4096, "blocks")


@suite.case
def refused_groups(lab):
    """What cannot be is refused, and nothing is changed by it."""
    iqn = lab.target("t1")
    group(lab, "add", 1, "portals", "1,2", "state", "standby")

    def refused(text, *words):
        code, err = lab.adm_fails("group", *words)
        check(code and text in err, f"{words}: {err}")

    def of(verb, nr, *words):
        return (verb, "target", iqn, "group", nr, *words)

    refused("already", *of("add", 1, "portals", 3))
    refused("portal group 2 is in target port group 1", *of("add", 2, "portals", 2))
    refused("no target port group 3", *of("set", 3, "state", "standby"))
    refused("no target port group 3", *of("del", 3))
    refused("transitioning", *of("set", 1, "state", "transitioning"))
    refused("portals", *of("set", 1, "portals", "1,1"))
    refused("1 to 65535", *of("add", 0, "portals", 3))
    refused("portals", *of("add", 2))
    refused("no target", "add", "target", 77, "group", 1, "portals", 1)
    group(lab, "add", 2, "portals", ",".join(map(str, range(100, 130))))
    refused("32", *of("add", 3, "portals", 77))
    refused("33", *of("set", 1, "portals", "1,2,3"))
    found = lab.adm_json("group", "show", "target", iqn)["groups"]
    equal([(g["id"], g["state"], g["preferred"]) for g in found],
          [(1, "standby", False), (2, "active-optimized", False)], "groups")


@suite.case
def groups_together(lab):
    """In one transaction ports go from one group to another; or nothing changes."""
    one, _ = two_groups(lab)
    nl = lab.genl()
    nl.do("txn-begin")
    for nr in (1, 2):
        nl.do("port-group-del", target_id=1, id=nr)
    nl.do("port-group-new", target_id=1, id=1, portals="2")
    nl.do("port-group-new", target_id=1, id=2, portals="1", state=STANDBY)
    nl.do("txn-commit")
    lab.clear_ua(one)
    equal({nr: found[::2] for nr, found in groups(one).items()},
          {1: (AO, [2]), 2: (STANDBY, [1]), 0: (AO, [3])}, "groups")
    nl.do("txn-begin")
    nl.do("port-group-set", target_id=1, id=2, state=AO)
    nl.do("port-group-new", target_id=1, id=2, portals="7")
    try:
        nl.do("txn-commit")
        check(False, "it was committed")
    except OSError:
        pass
    equal(groups(one)[2][::2], (STANDBY, [1]), "group 2")
    # and nobody keeps the groups from being changed
    group(lab, "set", 2, "state", "active-optimized")


# --- who changes the states --------------------------------------------------


def descriptors(*wanted):
    """A list of SET TARGET PORT GROUPS: (group, state), ..."""
    return bytes(4) + b"".join(struct.pack(">BxH", state, nr)
                               for nr, state in wanted)


def issue_set(ini, *wanted, lun=1):
    data = descriptors(*wanted)
    return ini.issue(set_groups(len(data)), lun, write=data)


def change(ini, *wanted, lun=1):
    task = issue_set(ini, *wanted, lun=lun)
    ini.wait([task])
    return task


@suite.case
def explicit_told(lab):
    """TPGS says whether initiators may change the states; all are told when that
    changes, and nobody is when it does not."""
    one, two = two_groups(lab)
    iqn = f"{IQN}:t1"

    def allow(how, want, tpgs):
        lab.adm("target", "set", iqn, "explicit-alua", how)
        for ini in (one, two):
            for lun in (1, 2):
                attention(ini, want, lun)
                attention(ini, None, lun)
                equal(ini.good(inquiry(), lun, read=255).data[5] >> 4, tpgs, "TPGS")

    allow("on", INQUIRY_CHANGED, 3)
    allow("on", None, 3)
    allow("off", INQUIRY_CHANGED, 1)
    allow("default", None, 1)
    for nr in (1, 2):
        group(lab, "del", nr)
    for ini in (one, two):
        for lun in (1, 2):
            lab.clear_ua(ini, lun)
    allow("on", None, 0)


@suite.case
def set_explicitly(lab):
    """SET TARGET PORT GROUPS: all that it names change; who has asked is not told by
    the logical unit that was asked, all others are."""
    one, two = two_groups(lab, explicit=True)
    equal(one.good(inquiry(), read=255).data[5] >> 4, 3, "TPGS")
    equal(one.good(rsoc(3, 0xA4, 0x0A), read=65535).data[1] & 7, 3, "supported")
    equal(change(one, (1, STANDBY), (2, AO)).status, 0, "SET TARGET PORT GROUPS")
    attention(one, None)
    attention(one, CHANGED, 2)
    for lun in (1, 2):
        attention(two, CHANGED, lun)
    equal([found[0] for found in groups(two).values()], [STANDBY, AO, AO],
          "states")
    data = two.good(report_groups(), read=1024).data
    equal(data[4 + 5], 1, "STATUS CODE")
    served(one, STANDBY)
    served(two, AO)
    group(lab, "set", 1, "state", "unavailable")
    lab.clear_ua(two)
    equal(two.good(report_groups(), read=1024).data[4 + 5], 2, "STATUS CODE")
    # from an unavailable port, too; what is so already tells nobody anything
    lab.clear_ua(one)
    equal(change(one, (1, AN)).status, 0, "from an unavailable port")
    lab.clear_ua(two)
    equal(change(one, (1, AN), (2, AO)).status, 0, "nothing to change")
    # all that was told can be asked for
    equal(change(one, (0, AO), (1, AN), (2, AO)).status, 0, "with group 0")
    attention(two, None)
    equal(one.command(set_groups(0)).status, 0, "no list")
    equal(change(one).status, 0, "an empty list")


@suite.case
def set_refused(lab):
    """What cannot be asked for is refused, and the states stay."""
    one, two = two_groups(lab, explicit=True)
    before = groups(one)
    for state in (4, 5, 0x0E, 0x0F):
        equal(change(one, (1, STANDBY), (2, state)).key, BAD_LIST, f"{state}")
    for nr, state in ((0, STANDBY), (3, AO), (65535, AO)):
        equal(change(one, (1, STANDBY), (nr, state)).key, BAD_LIST, f"group {nr}")
    for length in (1, 3, 6, 4 + 4 * 33):
        task = one.command(set_groups(length), write=bytes(length))
        equal(task.key, BAD_CDB, f"{length} bytes")
    equal(groups(one), before, "groups")
    attention(two, None)
    # a reservation of others keeps it from being done
    two.good(pr_out(REGISTER, 0, 0, 24), write=pr_list(0, ONE))
    two.good(pr_out(RESERVE, 3, 0, 24), write=pr_list(ONE))
    equal(change(one, (1, STANDBY)).status, CONFLICT, "reserved")
    one.good(report_groups(), read=1024)
    lab.adm("target", "set", f"{IQN}:t1", "explicit-alua", "off")
    equal(change(two, (1, STANDBY)).key, BAD_CDB, "not allowed any more")


# --- transitions -------------------------------------------------------------


def stuck_write(ini, fill):
    """A WRITE that stays at the storage."""
    task = ini.issue(write10(0, 8), write=fill * 4096)
    ini.nop()
    time.sleep(0.3)
    check(not task.done, f"{task}")
    return task


def late_groups(lab, explicit=False):
    try:
        run("modprobe", "dm-delay")
    except CommandError as err:
        raise Skip("no dm-delay") from err
    disk = Late(lab.null_blk(16))
    return disk, *two_groups(lab, disk.path, explicit)


@suite.case
def transition(lab):
    """While the storage has a command, a group is in transition; its new state comes
    when the storage has none left. Other disks of the target do not wait."""
    disk, one, two = late_groups(lab)
    task = stuck_write(two, b"o")
    with start("ktgtadm", "-n", lab.tns, "group", "set", "target", f"{IQN}:t1",
               "group", 2, "state", "standby", stdout=subprocess.PIPE,
               stderr=subprocess.STDOUT, text=True) as tool:
        wait_until(lambda: groups(one)[2][0] == TRANSITION, 5, "transition")
        for lun in (1, 2):
            key = two.command(read10(64, 1), lun, read=512).key
            equal(key, NOT_SERVED[TRANSITION], f"LUN {lun} in transition")
        for cdb, length in ALWAYS.values():
            two.good(cdb, read=length)
        one.good(read10(0, 1), 2, read=512)
        waits = one.issue(read10(64, 1), read=512)
        one.nop()
        check(not waits.done, "it has passed the gate")
        code, err = lab.adm_fails("group", "set", "target", f"{IQN}:t1", "group",
                                  1, "preferred", "on")
        check(code and "in transition" in err, err)
        equal((tool.poll(), task.done), (None, False), "before the storage answers")
        disk.release()
        two.wait([task])
        equal(task.status, 0, "WRITE")
        equal((tool.communicate(timeout=20)[0], tool.returncode), ("", 0), "tool")
    one.wait([waits])
    equal(waits.status, 0, "READ by the other port")
    attention(two, CHANGED)
    attention(one, CHANGED)
    equal(groups(one)[2][0], STANDBY, "state")


@suite.case
def transition_failed(lab):
    """If the storage does not answer in time, the states stay, and the initiators and
    the administrator are told."""
    disk, one, two = late_groups(lab)
    task = stuck_write(two, b"o")
    out = lab.in_target("sh", "-c", f"ktgtadm group set target {IQN}:t1 group 2 "
                        "state standby 2>&1", timeout=60 * SLOW)
    check("keep their states" in out, out)
    for ini in (one, two):
        attention(ini, FAILED)
    equal(groups(one)[2][0], AN, "state")
    two.good(read10(64, 1), read=512)
    disk.release()
    two.wait([task])
    equal(task.status, 0, "WRITE")
    group(lab, "set", 2, "state", "standby")
    attention(two, CHANGED)


@suite.case
def set_waits(lab):
    """SET TARGET PORT GROUPS is answered behind the last command of the ports; a second
    one meanwhile is not ready; one that takes too long fails."""
    disk, one, two = late_groups(lab, explicit=True)
    task = stuck_write(two, b"o")
    asked = issue_set(one, (2, STANDBY))
    wait_until(lambda: groups(one)[2][0] == TRANSITION, 5, "transition")
    equal(change(two, (1, STANDBY)).key, NOT_SERVED[TRANSITION], "another one")
    check(not asked.done, "answered before the WRITE")
    disk.release()
    two.wait([task])
    one.wait([asked])
    equal(asked.status, 0, "SET TARGET PORT GROUPS")
    lab.clear_ua(two)
    equal(two.command(read10(0, 1), read=512).key, NOT_SERVED[STANDBY], "READ")

    equal(change(one, (2, AO)).status, 0, "back")
    lab.clear_ua(two)
    task = stuck_write(two, b"p")
    asked = change(one, (2, STANDBY))
    equal(asked.key, SET_FAILED, "too late")
    attention(two, None)
    equal(groups(two)[2][0], AO, "state")
    disk.release()
    two.wait([task])


def wait_standby(lab):
    """Until group 2 is; who is asked by a command would tell of the change first."""
    wait_until(lambda: lab.adm_json("group", "show")["groups"][1]["state"]
               == "standby", 5 * SLOW, "state")


@suite.case
def set_aborted(lab):
    """SET TARGET PORT GROUPS that is aborted has no answer. It is done nevertheless, and
    who has asked for it is told as all others are."""
    disk, one, two = late_groups(lab, explicit=True)
    task = stuck_write(two, b"o")
    asked = issue_set(one, (2, STANDBY))
    wait_until(lambda: groups(two)[2][0] == TRANSITION, 5, "transition")
    equal(one.tmf(ABORT_TASK, rtt=asked.itt), COMPLETE, "ABORT TASK")
    del one.tasks[asked.itt]
    disk.release()
    two.wait([task])
    wait_standby(lab)
    for ini in (one, two):
        for lun in (1, 2):
            attention(ini, CHANGED, lun)
            attention(ini, None, lun)


@suite.case
def set_abandoned(lab):
    """Who has asked for it is gone: it is done nevertheless. A target that is deleted
    in transition takes nobody along."""
    disk, one, two = late_groups(lab, explicit=True)
    task = stuck_write(two, b"o")
    issue_set(one, (2, STANDBY))
    wait_until(lambda: groups(two)[2][0] == TRANSITION, 5, "transition")
    one.abort()
    disk.release()
    two.wait([task])
    wait_standby(lab)
    lab.clear_ua(two)
    equal(change(two, (2, AO)).status, 0, "another one")
    stuck_write(two, b"p")
    issue_set(two, (1, STANDBY))
    wait_until(lambda: groups(two)[1][0] == TRANSITION, 5, "transition")
    with start("ktgtadm", "-n", lab.tns, "target", "del", f"{IQN}:t1",
               "force") as tool:
        time.sleep(0.5)
        disk.release()
        equal(tool.wait(20 * SLOW), 0, "target del")


# --- the file ----------------------------------------------------------------


@suite.case
def groups_file(lab):
    """The file has the groups, and takes them back; a state that it does not say is
    left alone."""
    not_if_short()
    iqn = lab.target("t1")
    group(lab, "add", 4, "portals", "2,1", "state", "standby")
    group(lab, "add", 2, "portals", "3", "preferred", "on")
    lab.adm("target", "set", iqn, "explicit-alua", "on")

    def have():
        return [(g["id"], g["portals"], g["state"], g["preferred"])
                for g in lab.adm_json("group", "show")["groups"]]

    def apply(file, verb="apply"):
        return lab.in_target("ktgtadm", "config", verb, "-", stdin=file)

    want = have()
    for words in (("config", "dump"), ("-j", "config", "dump")):
        file = lab.adm(*words)
        group(lab, "del", 2)
        group(lab, "set", 4, "portals", "3,2", "state", "unavailable")
        group(lab, "add", 9, "portals", "1")
        lab.adm("target", "set", iqn, "explicit-alua", "off")
        apply(file)
        equal(sorted(have()), sorted(want), "groups")
        equal(apply(file, "diff"), "", "difference")
        equal(lab.targets()[0]["explicit_alua"], "on", "explicit-alua")
    file = "\n".join(line for line in lab.adm("config", "dump").splitlines()
                     if "group-state" not in line) + "\n"
    equal(apply(file, "diff"), "", "without a state")


if __name__ == "__main__":
    suite.main()
