#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Target ports: portal groups, and targets that are bound to some.

    target namespace: portals with the group tags 1 to 3  -- veth -- this program
    10.77.0.1:3260, 10.77.0.1:3261, [fd77::1]:3262

Shown: which portals SendTargets gives for which target; that a login at another
portal finds no such target; that INQUIRY and reservations know the port by which an
initiator comes.
"""
# Timeout: 240

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import (inquiry, pr_in, pr_list, pr_out, transport_id,  # noqa: E402
                   write10)
from ktap import Suite, check, equal  # noqa: E402
from lab import IQN, Lab  # noqa: E402

NOT_FOUND = 0x0203
CHECK, CONFLICT = 2, 0x18
BAD_LIST = (5, 0x26, 0)
REGISTER, RESERVE, RELEASE, CLEAR = range(4)
IGNORE, MOVE = 6, 7
SPEC_I_PT, ALL_TG_PT = 8, 4
ONE, TWO = 0x111, 0x222
BLOCK = bytes(512)
# port of a portal: its tag
PORTALS = {3260: 1, 3261: 2, 3262: 3}


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
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


if __name__ == "__main__":
    suite.main()
