#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Who is admitted: rules by address and by name.

    target namespace 10.77.0.1, fd77::1 -- veth -- initiator namespace
                                             10.77.0.2 .. .5, .129
                                             fd77::2 .. ::5, fd77:0:0:0:8000::9

Shown: networks of both families, host bits ignored, /32 and /128, everybody,
nobody, by name, and by name and address together; that a rule works for the
next login at once and leaves sessions alone; that discovery shows exactly the
targets that admit, and that a login to another one is answered as if there were no
such target.
"""
# Short: debug

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from ktap import Skip, Suite, check, equal  # noqa: E402
from lab import lab_class, run  # noqa: E402

suite = Suite(lab_class())
# as to a target that is not there: no stranger learns of it
DENIED = 0x0203
NAME = iscsi.NAME


def sources(lab):
    """More addresses for the initiator, once."""
    if not hasattr(lab, "sources"):
        lab.sources = True
        words = [f"addr add 10.77.0.{i}/24 dev wire" for i in (3, 4, 5, 129)]
        words += [f"addr add fd77::{i}/64 dev wire nodad" for i in (3, 4, 5)]
        words += ["addr add fd77::8000:0:0:9/64 dev wire nodad"]
        run("ip", "-n", lab.ins, "-batch", "-", stdin="\n".join(words))


def admitted(lab, rules, *, yes=(), no=(), name=NAME):
    """With RULES, logins from YES succeed and from NO are denied."""
    sources(lab)
    iqn = lab.target("acl", acl=rules)
    try:
        for addr in (*yes, *no):
            dest = lab.ADDR6 if ":" in addr else lab.ADDR
            got = lab.login_status(iqn, source=addr, addr=dest, name=name)
            want = 0 if addr in yes else DENIED
            equal(hex(got), hex(want), f"{rules} from {addr} as {name}")
            found = seen(lab, iqn, addr, dest, name)
            equal(found, not want, f"{rules}: seen from {addr}")
    finally:
        lab.drop(iqn)


def seen(lab, iqn, addr, dest, name):
    """Whether discovery shows the target."""
    ini = lab.connect(None, source=addr, addr=dest, name=name)
    ini.login(discovery=True)
    found, _ = ini.send_targets("All")
    ini.close()
    return iqn in [target for target, _ in found]


@suite.case
def nobody(lab):
    """Without any rule nobody is admitted."""
    admitted(lab, (), no=("10.77.0.2", "fd77::2"))


@suite.case
def everybody(lab):
    admitted(lab, ("all",), yes=("10.77.0.2", "10.77.0.129", "fd77::2"))


@suite.case
def one_v4(lab):
    """An address without a length is that address alone."""
    admitted(lab, ("10.77.0.3",), yes=("10.77.0.3",),
             no=("10.77.0.2", "10.77.0.4", "fd77::3"))


@suite.case
def slash_32(lab):
    admitted(lab, ("10.77.0.3/32",), yes=("10.77.0.3",),
             no=("10.77.0.2", "fd77::3"))


@suite.case
def slash_24(lab):
    admitted(lab, ("10.77.0.0/24",), yes=("10.77.0.2", "10.77.0.129"),
             no=("fd77::2",))


@suite.case
def slash_25(lab):
    admitted(lab, ("10.77.0.128/25",), yes=("10.77.0.129",), no=("10.77.0.2",))


@suite.case
def slash_31(lab):
    admitted(lab, ("10.77.0.2/31",), yes=("10.77.0.2", "10.77.0.3"),
             no=("10.77.0.4",))


@suite.case
def slash_0(lab):
    """0.0.0.0/0 is all of IPv4, and nothing of IPv6."""
    admitted(lab, ("0.0.0.0/0",), yes=("10.77.0.2",), no=("fd77::2",))


@suite.case
def host_bits_v4(lab):
    """10.77.0.5/24 means 10.77.0.0/24."""
    admitted(lab, ("10.77.0.5/24",), yes=("10.77.0.2", "10.77.0.5"))


@suite.case
def slash_128(lab):
    admitted(lab, ("fd77::3/128",), yes=("fd77::3",), no=("fd77::2",))


@suite.case
def one_v6(lab):
    admitted(lab, ("fd77::4",), yes=("fd77::4",), no=("fd77::3", "10.77.0.4"))


@suite.case
def slash_65(lab):
    """A length that is no multiple of 8."""
    admitted(lab, ("fd77:0:0:0:8000::/65",), yes=("fd77::8000:0:0:9",),
             no=("fd77::2",))


@suite.case
def host_bits_v6(lab):
    admitted(lab, ("fd77::1234/64",), yes=("fd77::2", "fd77::8000:0:0:9"),
             no=("10.77.0.2",))


@suite.case
def slash_0_v6(lab):
    """::/0 is all of IPv6; IPv4 does not come in by the mapped form."""
    admitted(lab, ("::/0",), yes=("fd77::2",), no=("10.77.0.2",))


@suite.case
def several(lab):
    """Rules of a kind are alternatives."""
    admitted(lab, ("10.77.0.3", "fd77::4/128", "10.77.0.128/25"),
             yes=("10.77.0.3", "fd77::4", "10.77.0.129"),
             no=("10.77.0.2", "fd77::3"))


@suite.case
def by_name(lab):
    admitted(lab, (NAME,), yes=("10.77.0.2", "fd77::2"))
    admitted(lab, (NAME,), no=("10.77.0.2",), name=NAME + "x")
    admitted(lab, (NAME,), no=("10.77.0.2",), name=NAME[:-1])


@suite.case
def several_names(lab):
    rules = (NAME + "a", NAME + "b")
    admitted(lab, rules, yes=("10.77.0.2",), name=NAME + "b")
    admitted(lab, rules, no=("10.77.0.2",), name=NAME + "c")


@suite.case
def name_and_address(lab):
    """With rules of both kinds one of each must match."""
    rules = (NAME, "10.77.0.3")
    admitted(lab, rules, yes=("10.77.0.3",), no=("10.77.0.2",))
    admitted(lab, rules, no=("10.77.0.3", "10.77.0.2"), name=NAME + "x")


@suite.case
def change_at_once(lab):
    """A rule counts from the next login on; sessions stay."""
    sources(lab)
    iqn = lab.target("acl", acl=("10.77.0.3",))
    equal(hex(lab.login_status(iqn)), hex(DENIED), "before")
    lab.acl(iqn, "10.77.0.2/32")
    ini = lab.connect(iqn)
    ini.login()
    lab.acl(iqn, "10.77.0.2/32", "del")
    equal(hex(lab.login_status(iqn)), hex(DENIED), "after")
    ini.nop()
    ini.logout()
    lab.drop(iqn)


def refusal(lab, iqn, keys=(), csg=1, nsg=3, **put):
    """The answer to a login that is refused: all of its bytes."""
    conn = lab.connect(iqn)
    try:
        pdu = conn.login_step({**conn.declarations(), **dict(keys)}, csg, nsg,
                              **put)
    except iscsi.LoginError as err:
        pdu = err.pdu
    finally:
        conn.close()
    return pdu.pack().hex()


@suite.case
def hidden(lab):
    """What discovery hides is answered as what is not there, whatever is asked for:
    also if it is offline, wants CHAP, or all is still being loaded."""
    if os.environ.get("KTGT_ORACLE"):
        raise Skip("tgtd has other settings")
    lab.in_target("ktgtadm", "account", "add", "alice", "secret-file", "-",
                  stdin="a-long-secret\n")
    names = [lab.target(f"hidden{nr}", acl=rules) for nr, rules in enumerate(
        ((), ("10.77.0.3",), ("all", NAME + "x"), ("10.77.0.3",),
         ("10.77.0.3",)))]
    lab.state(names[3], "offline")
    lab.adm("account", "bind", "alice", "target", names[4])
    lab.adm("target", "set", names[4], "alias", "a secret disk")
    requests = ({}, {"csg": 0, "nsg": 1, "keys": {"AuthMethod": "CHAP,None"}},
                {"keys": {"HeaderDigest": "CRC32C", "InitiatorAlias": "me"}},
                {"transit": False}, {"tsih": 5})
    try:
        for state, status in (("ready", "0203"), ("loading", "0301")):
            lab.adm("net", "set", "state", state)
            for request in requests:
                want = refusal(lab, names[0] + "-not", **request)
                equal(want[72:76], status, f"status of none, {request}")
                for iqn in names:
                    equal(refusal(lab, iqn, **request), want,
                          f"{state}: {iqn}, {request}")
    finally:
        lab.adm("net", "set", "state", "ready")
    for iqn in names:
        said = lab.adm("explain", "initiator", NAME, "from", lab.SELF, "target",
                       iqn)
        check("access rule" in said and "(0203)" in said, said)
        lab.drop(iqn)
    lab.adm("account", "del", "alice")


@suite.case
def targets_apart(lab):
    """The rules of one target say nothing about another."""
    sources(lab)
    one = lab.target("acl1", acl=("10.77.0.3",))
    two = lab.target("acl2", acl=("10.77.0.4",))
    for addr, want in (("10.77.0.3", (0, DENIED)), ("10.77.0.4", (DENIED, 0))):
        got = tuple(lab.login_status(iqn, source=addr) for iqn in (one, two))
        equal(got, want, addr)
    lab.drop(one)
    lab.drop(two)


if __name__ == "__main__":
    suite.main()
