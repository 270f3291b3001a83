#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Events, and what would become of a login.

    target namespace 10.77.0.1 -- veth -- initiator namespace
     | listeners of the groups            10.77.0.2, .3: this program
     | "session" and "config"

Shown: each way in which a session begins, ends or does not come about is told
of, with all that belongs to it; each change of the configuration is, with its
generation; nothing is made when nobody listens; peers that fail cannot flood
who does; namespaces hear of themselves alone. ktgtadm monitor prints all of it
and says what it has lost. What explain tells is what a login then gets.
"""
# Timeout: 240

import contextlib
import errno
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from iscsi import LoginError, Pdu  # noqa: E402
from ktap import Skip, Suite, check, comment, equal, wait_until  # noqa: E402
from lab import (IQN, SLOW, Lab, not_in_short_runs, outcome,  # noqa: E402
                 read, run, start, write)

NAME = iscsi.NAME
# DENIED: as if there were no such target
DENIED, NOT_FOUND, OFFLINE, AUTH = 0x0203, 0x0203, 0x0301, 0x0201
NO_RULES = "the target has no access rules"
NO_ADDRESS = "no access rule of the target admits the initiator's address"
NO_NAME = "no access rule of the target admits the initiator's name"
MAX_TOLD = 10   # failed logins that are told of in a second


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    for proc in lab.monitors:
        proc.kill()
        proc.wait()
    lab.monitors = []
    lab.stop_target()
    for account in {one["user"] for one in
                    lab.adm_json("account", "show")["accounts"]}:
        lab.adm("account", "del", account)


class EventLab(Lab):
    """With a second address of the initiator, and programs that monitor."""

    def __init__(self):
        super().__init__()
        self.monitors = []

    def setup(self):
        super().setup()
        run("ip", "-n", self.ins, "addr", "add", "10.77.0.3/24", "dev", "wire")

    def account(self, user, secret):
        self.in_target("ktgtadm", "account", "add", user, "secret-file", "-",
                       stdin=secret + "\n")


suite = Suite(not_in_short_runs(EventLab))
suite.after = after


def expect(listener, name, **values):
    """The next event must be NAME and have VALUES, with _ for -."""
    event = listener.next(10 * SLOW)
    check(event, f"no event came, {name} was to")
    values = {key.replace("_", "-"): value for key, value in values.items()}
    equal(event["event"], name, f"event {event}")
    equal({key: event.get(key) for key in values}, values, name)
    return event


def silent(listener, what):
    """No event may be there."""
    equal(listener.drain(), [], what)


# --- sessions -------------------------------------------------------------


@suite.case
def login_and_logout(lab):
    """Who, where to, from where; and the same again at the end."""
    iqn = lab.target("a", tid=7)
    listener = lab.listen("session")
    ini = lab.connect(iqn)
    ini.login()
    here, there = ini.sock.getsockname(), ini.sock.getpeername()
    want = {"target_id": 7, "target": iqn, "initiator": NAME,
            "isid": ini.isid.hex(), "tsih": ini.tsih, "id": ini.tsih,
            "peer_address": here[0], "peer_port": here[1],
            "local_address": there[0], "local_port": there[1]}
    event = expect(listener, "session-login", **want)
    equal(len(event), len(want) + 1, f"attributes of {event}")
    silent(listener, "while the session lives")
    ini.logout()
    event = expect(listener, "session-end", end="logout", **want)
    equal(len(event), len(want) + 2, f"attributes of {event}")
    ini.close()
    silent(listener, "behind the end")


@suite.case
def discovery(lab):
    """A discovery session has no target."""
    lab.target("a")
    listener = lab.listen("session")
    ini = lab.connect(addr=lab.ADDR6)
    ini.login(discovery=True)
    event = expect(listener, "session-login", target_id=0, target=None,
                   peer_address=lab.SELF6, local_address=lab.ADDR6)
    ini.close()
    expect(listener, "session-end", target_id=0, id=event["id"],
           end="connection-lost")


def leave_gap(ini):
    """A CmdSN that is not the next one."""
    ini.cmdsn += 3
    ini.send(ini.stamp(Pdu(iscsi.SCSI_CMD, 0x80 | 1, itt=ini.itt())))


def send_longer(ini):
    """A data segment that is longer than what the target takes."""
    pdu = ini.stamp(Pdu(iscsi.NOP_OUT, 0x80, itt=ini.itt(), ttt=iscsi.NO_TAG))
    pdu.dsl = 0xFFFFFC
    ini.send(pdu)


@suite.case
def ends(lab):
    """Each other way in which a session ends."""
    nl = lab.genl()
    ways = {
        "connection-lost": (lambda ini: ini.close(), lambda ini: ini.abort()),
        "target-deleted": (lambda ini: lab.drop(ini.target),),
        "administrator": (lambda ini: nl.do("session-del", id=ini.tsih),),
        "protocol-error": (leave_gap, send_longer),
    }
    for reason, ways_of in ways.items():
        for number, way in enumerate(ways_of):
            iqn = lab.target("ends")
            listener = lab.listen("session")
            ini = lab.connect(iqn)
            ini.login()
            expect(listener, "session-login", tsih=ini.tsih)
            way(ini)
            event = expect(listener, "session-end", tsih=ini.tsih, target=iqn,
                           initiator=NAME)
            equal(event["end"], reason, f"reason, way {number}")
            silent(listener, reason)
            ini.close()
            lab.stop_target()
    nl.close()


@suite.case
def target_reset(lab):
    """A TARGET COLD RESET ends all sessions of its target."""
    iqn = lab.target("reset")
    lab.adm("target", "set", iqn, "reset", "on")
    listener = lab.listen("session")
    inis = [lab.connect(iqn, isid=bytes.fromhex(f"80000000ab0{i}"))
            for i in range(2)]
    for ini in inis:
        ini.login()
        expect(listener, "session-login", tsih=ini.tsih)
    equal(inis[0].tmf(7), 0, "response")
    for ini in inis:
        ini.expect_close(5)
        ini.close()
    ended = [expect(listener, "session-end", target=iqn, end="target-reset")
             for _ in inis]
    equal({event["tsih"] for event in ended}, {ini.tsih for ini in inis}, "TSIHs")
    silent(listener, "behind the ends")


@suite.case
def silence(lab):
    """A session whose initiator answers a NOP-In, and then no more."""
    lab.adm("net", "set", "nop-interval", 1)
    listener = lab.listen("session")
    ini = lab.connect(lab.target("a"))
    ini.login()
    expect(listener, "session-login")
    while ini.until(iscsi.NOP_IN).u("ttt") == iscsi.NO_TAG:
        pass
    expect(listener, "session-end", end="no-answer")
    lab.adm("net", "set", "nop-interval", 10)


@suite.case
def reinstatement(lab):
    """The old session ends before the new one begins."""
    iqn = lab.target("a")
    listener = lab.listen("session")
    old, new = lab.connect(iqn), lab.connect(iqn)
    old.login()
    expect(listener, "session-login", tsih=old.tsih)
    new.login()
    expect(listener, "session-end", tsih=old.tsih, end="reinstated",
           isid=old.isid.hex())
    expect(listener, "session-login", tsih=new.tsih, isid=new.isid.hex())
    new.logout()
    expect(listener, "session-end", tsih=new.tsih, end="logout")


@suite.case
def first_reason(lab):
    """A session that has logged out is not said to be lost, nor one that the
    administrator has ended to be reset by its initiator."""
    iqn = lab.target("a")
    listener = lab.listen("session")
    ini = lab.connect(iqn)
    ini.login()
    lab.adm("session", "del", ini.tsih)
    ini.abort()
    expect(listener, "session-login")
    expect(listener, "session-end", end="administrator")
    silent(listener, "behind the end")


# --- logins that fail -----------------------------------------------------


def fail(lab, iqn, keys=None):
    """A login that must fail: (its status, the initiator)."""
    ini = lab.connect(iqn)
    try:
        ini.login(keys)
    except LoginError as err:
        return err.status, ini
    check(False, f"the login to {iqn} did not fail")
    return 0, ini


@suite.case
def failures(lab):
    """Each reason, in words and as the initiator gets it."""
    iqn = {name: lab.target(name, acl=acl, tid=tid) for tid, name, acl in (
        (1, "none", ()), (2, "other", ("10.77.0.3",)),
        (3, "named", ("all", NAME + "x")), (4, "off", ("all",)),
        (5, "chap", ("all",)))}
    lab.state(iqn["off"], "offline")
    lab.account("alice", "a-long-secret")
    lab.adm("account", "bind", "alice", "target", iqn["chap"])
    listener = lab.listen("session")
    missing = f"{IQN}:not-there"
    for target, tid, status, reason in (
            (iqn["none"], 1, DENIED, NO_RULES),
            (iqn["other"], 2, DENIED, NO_ADDRESS),
            (iqn["named"], 3, DENIED, NO_NAME),
            (iqn["off"], 4, OFFLINE, "the target is offline"),
            (iqn["chap"], 5, AUTH, "the initiator skips authentication, which is "
             "required"),
            (missing, None, NOT_FOUND, "there is no such target")):
        got, ini = fail(lab, target)
        equal(hex(got), hex(status), f"status from {target}")
        here = ini.sock.getsockname()
        expect(listener, "login-failed", status=status, target=target,
               target_id=tid, initiator=NAME, isid=ini.isid.hex(),
               peer_address=here[0], peer_port=here[1], reason=reason,
               local_address=lab.ADDR, missed=None, id=None, key=None)
    silent(listener, "no session came about")


@suite.case
def failed_early(lab):
    """A login that fails before there is a name, and one that never ends."""
    lab.target("a")
    listener = lab.listen("session")
    ini = lab.connect(None)
    try:
        ini.login_step({"SessionType": "Discovery"})
    except LoginError as err:
        equal(err.status, 0x0207, "status")
    expect(listener, "login-failed", status=0x0207, initiator=None, target=None,
           target_id=0, reason="InitiatorName is missing")
    got, _ = fail(lab, None, {"SessionType": "Nonsense"})
    equal(hex(got), hex(0x0209), "status")
    event = expect(listener, "login-failed", status=0x0209, initiator=None,
                   key="SessionType")
    check(event["reason"], "no reason")
    lab.adm("net", "set", "login-timeout", 1)
    lab.connect(None)
    event = expect(listener, "login-failed", status=None, initiator=None,
                   target_id=None, peer_address=lab.SELF, isid=None)
    lab.adm("net", "set", "login-timeout", 15)
    equal(event["reason"], "the login took longer than login-timeout",
          "reason")


def mutual_target(lab):
    """A target with an account for each direction."""
    iqn = lab.target("a")
    lab.account("alice", "a-long-secret")
    lab.account("me", "secret-of-the-target")
    lab.adm("account", "bind", "alice", "target", iqn)
    lab.adm("account", "bind", "me", "target", iqn, "outgoing")
    return iqn


def mutual(lab, iqn, target_secret):
    """A connection to IQN that will have the target prove itself."""
    ini = lab.connect(iqn)
    ini.chap = {"user": "alice", "secret": "a-long-secret",
                "target_secret": target_secret}
    return ini


def disappointed(lab, iqn):
    """A connection that has got a proof it does not believe."""
    ini = mutual(lab, iqn, "what-it-is-not")
    with contextlib.suppress(iscsi.ProtocolError):
        ini.login()
    return ini


def gone(lab):
    """The target has noticed that all connections are closed."""
    wait_until(lambda: lab.connections() == 0, 10 * SLOW, "no connection is left")


@suite.case
def refused_secret(lab):
    """An initiator that does not accept the proof of the target closes its
    connection: that is told, and nothing like it of one that does accept."""
    iqn = lab.target("a", tid=3)
    lab.account("alice", "a-long-secret")
    lab.account("me", "secret-of-the-target")
    lab.adm("account", "bind", "alice", "target", iqn)
    lab.adm("account", "bind", "me", "target", iqn, "outgoing")
    listener = lab.listen("session")
    for close in iscsi.Initiator.close, iscsi.Initiator.abort:
        ini = mutual(lab, iqn, "what-it-is-not")
        here = ini.sock.getsockname()
        try:
            ini.login()
            check(False, "a wrong proof was accepted")
        except iscsi.ProtocolError as err:
            check("CHAP_R is wrong" in str(err), str(err))
        silent(listener, "before it has closed")
        close(ini)
        event = expect(listener, "login-failed", status=None, target=iqn,
                       target_id=3, initiator=NAME, isid=ini.isid.hex(),
                       peer_address=here[0], peer_port=here[1], key="CHAP_R")
        check(event["reason"].startswith("the initiator refused our secret"),
              event["reason"])
    gone(lab)
    said = run("dmesg")
    said = said[said.rindex(lab.marker):]
    check(f"login of {NAME} at {here[0]}:{here[1]} to {iqn} ended: CHAP_R: the "
          "initiator refused our secret" in said, "the log does not tell it")
    silent(listener, "told twice")


@suite.case
def accepted_secret(lab):
    """Nothing is said of an initiator that goes on after the proof, wherever it
    ends; nor of one that never asked for a proof; nor of one that is too slow."""
    iqn = mutual_target(lab)
    listener = lab.listen("session")
    ini = mutual(lab, iqn, "secret-of-the-target")
    ini.login()
    ini.close()
    expect(listener, "session-login")
    expect(listener, "session-end", end="connection-lost")
    ini = disappointed(lab, iqn)
    ini.login_step({"InitialR2T": "Yes"}, transit=False)
    ini.close()
    ini = lab.connect(iqn)
    ini.login_step({**ini.declarations(), "AuthMethod": "CHAP"}, 0, 1, False)
    ini.close()
    gone(lab)
    silent(listener, "none of them has refused anything")
    lab.adm("net", "set", "login-timeout", 1)
    ini = disappointed(lab, iqn)
    expect(listener, "login-failed",
           reason="the login took longer than login-timeout")
    lab.adm("net", "set", "login-timeout", 15)
    gone(lab)
    silent(listener, "told once")


def proves(ini):
    """The last request of a login at once: proof, question for the target's, and
    the end of the login."""
    ini.login_step({**ini.declarations(), "AuthMethod": "CHAP"}, 0, 1, False)
    got = dict(ini.login_step({"CHAP_A": "5"}, 0, 1, False).text())
    return ini.login_pdu(ini.chap_reply(got)[0], 0, 3)


@suite.case
def proof_not_sent(lab):
    """Who has not got the proof has not refused it: the login was refused for
    something else, or waits for the end of an older session."""
    iqn = mutual_target(lab)
    listener = lab.listen("session")
    for _ in range(5):
        old, new = (mutual(lab, iqn, "secret-of-the-target") for _ in range(2))
        old.login()
        expect(listener, "session-login")
        new.send(proves(new))
        time.sleep(0.005)
        new.close()
        old.close()
        gone(lab)
        equal([event for event in listener.drain()
               if event["event"] == "login-failed"], [], "failed logins")
    lab.adm("target", "set", iqn, "header-digest", "crc32c")
    ini = mutual(lab, iqn, "secret-of-the-target")
    ini.send(proves(ini))
    try:
        check(False, f"got {ini.login_response()}")
    except iscsi.LoginError:
        ini.close()
    expect(listener, "login-failed", key="HeaderDigest")
    gone(lab)
    silent(listener, "told twice")


def denied_at_once(lab, iqn, good):
    """100 logins that fail fast, and one that does not, with what is told:
    the number of those that failed that were missed at the end."""
    conns = [lab.connect(iqn) for _ in range(100)]
    listener = lab.listen("session")
    start = time.monotonic()
    for ini in conns:
        ini.send(ini.login_pdu(ini.declarations()))
    lab.login(good, clear_ua=False)
    for ini in conns:
        try:
            ini.login_response()
            check(False, "it was admitted")
        except LoginError as err:
            equal(hex(err.status), hex(DENIED), "status")
    took = time.monotonic() - start
    told, missed, bare, logins = 0, 0, 0, 0

    def all_counted():
        nonlocal told, missed, bare, logins
        event = listener.next(1)
        if event and event["event"] == "login-failed":
            told += "status" in event
            bare += "status" not in event
            missed += event.get("missed", 0)
        logins += bool(event) and event["event"] == "session-login"
        return told + missed >= len(conns) and logins
    wait_until(all_counted, 30 * SLOW, "all logins are accounted for")
    comment(f"{len(conns)} in {took:.1f} s: {told} told, {missed} counted")
    equal(told + missed, len(conns), "told of, and counted")
    check(told <= MAX_TOLD * (took + 2), f"{told} told in {took:.1f} s")
    equal(logins, 1, "logins that are told of")
    return bare


@suite.case
def flood(lab):
    """Logins that fail fast: few are told of, and all are counted; those that
    do not fail are told of all the same."""
    iqn = lab.target("a", acl=())
    good = lab.target("good")
    # Where the last ones begin a new second, they are told of at once.
    check(any(denied_at_once(lab, iqn, good) for _ in range(5)),
          "the last ones are not told of, as nothing happened any more")


# --- the configuration ----------------------------------------------------


def steps_of(dev):
    """Commands, and what is to be told of them."""
    iqn = f"{IQN}:cfg"
    target = {"object": "target", "target-id": 3, "name": iqn}
    lun = {"object": "lu", "target-id": 3, "lun": 4}
    acl = {"object": "acl", "target-id": 3}
    portal = {"object": "portal", "address": "10.77.0.1", "port": 3261}
    portal6 = {"object": "portal", "address": "fd77::1", "port": 3262}
    user = {"object": "account", "name": "bob"}
    bound = {**user, "target-id": 3}
    v4 = {**acl, "address": "10.0.0.0", "prefix-len": 8}
    v6 = {**acl, "address": "fd00::", "prefix-len": 64}
    rules = (("address 10.0.0.0/8", v4), ("address fd00::/64", v6),
             ("all", acl), (f"initiator {NAME}", {**acl, "name": NAME}))
    yield f"target add {iqn} id 3", {**target, "action": "add"}
    yield "target set 3 state offline", {**target, "action": "change"}
    yield "net set nop-interval 9", {"object": "net", "action": "change"}
    yield f"lun add target 3 lun 4 path {dev}", {**lun, "action": "add"}
    yield "lun del target 3 lun 4", {**lun, "action": "delete"}
    for words, what in rules:
        yield f"acl add target 3 {words}", {**what, "action": "add"}
        yield f"acl del target 3 {words}", {**what, "action": "delete"}
    yield "portal add 10.77.0.1:3261", {**portal, "action": "add"}
    yield "portal del 10.77.0.1:3261", {**portal, "action": "delete"}
    yield "portal add [fd77::1]:3262", {**portal6, "action": "add"}
    yield "portal del [fd77::1]:3262", {**portal6, "action": "delete"}
    yield "account add bob secret-file -", {**user, "action": "add"}
    yield "account bind bob target 3", {**bound, "action": "bind"}
    yield "account unbind bob target 3", {**bound, "action": "unbind"}
    yield "account bind bob discovery outgoing", {
        **user, "target-id": 0, "outgoing": True, "action": "bind"}
    yield "account del bob", {**user, "action": "delete"}
    yield "target del 3", {**target, "action": "delete"}


@suite.case
def changes(lab):
    """Each command is told of once, with the generation that it made."""
    dev = lab.null_blk(4)
    listener = lab.listen("config")
    for words, want in steps_of(dev):
        lab.in_target("ktgtadm", *words.split(), stdin="a-long-secret\n")
        net = lab.adm_json("net", "show")["net"]
        expect(listener, "config-changed", generation=net["generation"],
               changes=1, change=[want])
    silent(listener, "behind all changes")


@suite.case
def transactions(lab):
    """A transaction is told of once, whatever it is made of, and only when it
    is carried out; of a great one the first changes and the number of all."""
    lab.account("alice", "a-long-secret")
    listener, nl = lab.listen("config"), lab.genl()
    nl.do("txn-begin")
    nl.do("target-new", id=4, name=f"{IQN}:txn")
    nl.do("acl-new", target_id=4, all=None)
    nl.do("account-set", user="alice", secret="another-secret")
    nl.do("net-set", nop_interval=10)
    silent(listener, "before the commit")
    nl.do("txn-commit")
    net = lab.adm_json("net", "show")["net"]
    expect(listener, "config-changed", generation=net["generation"], changes=4,
           change=[{"object": "target", "action": "add", "target-id": 4,
                    "name": f"{IQN}:txn"},
                   {"object": "acl", "action": "add", "target-id": 4},
                   {"object": "account", "action": "change", "name": "alice"},
                   {"object": "net", "action": "change"}])
    nl.do("txn-begin")
    for number in range(300):
        nl.do("target-new", id=10 + number, name=f"{IQN}:{number}")
    nl.do("txn-commit")
    event = expect(listener, "config-changed", changes=300)
    told = [one["target-id"] for one in event["change"]]
    check(10 < len(told) < 300, f"{len(told)} changes are told of")
    equal(told, list(range(10, 10 + len(told))), "the first ones")
    nl.do("txn-begin")
    nl.do("target-del", id=4)
    nl.do("txn-abort")
    nl.do("txn-begin")
    nl.do("target-del", id=5)
    try:
        nl.do("txn-commit")
        check(False, "there is no target 5")
    except genl.Absent:
        pass
    silent(listener, "what was given up or refused")
    nl.close()


@suite.case
def no_change(lab):
    """What is refused, or only asked for, is not told of."""
    iqn = lab.target("a")
    listener = lab.listen("config")
    lab.adm_fails("target", "add", iqn)
    lab.adm_fails("lun", "add", "target", iqn, "lun", 1, "path", "/dev/null")
    lab.adm("target", "show")
    ini = lab.login(iqn, clear_ua=False)
    lab.adm("session", "del", ini.tsih)
    silent(listener, "refusals, questions and sessions")


# --- who hears ------------------------------------------------------------


@suite.case
def namespaces(lab):
    """Each namespace hears of itself alone; each group of its own."""
    session, config = lab.listen("session"), lab.listen("config")
    other = genl.Listener().join("session", "config")   # of the initiator
    lab.listeners.append(other)
    iqn = lab.target("a")
    lab.login(iqn, clear_ua=False).logout()
    fail(lab, f"{IQN}:none")
    equal([event["event"] for event in session.drain()],
          ["session-login", "session-end", "login-failed"], "sessions")
    equal({event["event"] for event in config.drain()}, {"config-changed"},
          "changes")
    silent(other, "another namespace")
    run("ktgtadm", "-n", lab.ins, "target", "add", iqn)
    run("ktgtadm", "-n", lab.ins, "target", "del", iqn)
    equal(len(other.drain()), 2, "changes of the other namespace")
    silent(session, "sessions of the first")
    silent(config, "changes of the first")


class Calls:
    """Counts calls of a kernel function, by ftrace."""

    TRACING = "/sys/kernel/tracing"

    def __init__(self, function):
        if not os.path.exists(f"{self.TRACING}/available_tracers") or \
                "function" not in read(f"{self.TRACING}/available_tracers"):
            raise Skip("this kernel does not trace functions")
        self.dir = f"{self.TRACING}/instances/ktgt-{os.getpid()}"
        os.mkdir(self.dir)
        write(f"{self.dir}/set_ftrace_filter", function)
        write(f"{self.dir}/current_tracer", "function")

    def count(self):
        """Calls since the last time."""
        lines = [line for line in read(f"{self.dir}/trace").splitlines()
                 if not line.startswith("#")]
        write(f"{self.dir}/trace", "")
        return len(lines)

    def close(self):
        write(f"{self.dir}/current_tracer", "nop")
        os.rmdir(self.dir)


@suite.case
def nobody(lab):
    """When nobody listens no message is made."""
    iqn = lab.target("a")

    def act():
        lab.login(iqn, clear_ua=False).logout()
        fail(lab, f"{IQN}:none")
    calls = Calls("genlmsg_put")
    try:
        calls.count()
        act()
        equal(calls.count(), 0, "messages for nobody")
        listener = lab.listen("config")
        calls.count()
        act()
        equal(calls.count(), 0, "messages for who listens to other things")
        listener.join("session")
        act()
        equal(calls.count(), 3, "messages for a listener")
        listener.close()
        lab.listeners.remove(listener)
        act()
        equal(calls.count(), 0, "messages when the listener has gone")
    finally:
        calls.close()


@suite.case
def not_for_everybody(lab):
    """Who may not ask the kernel may not listen to it."""
    code = ("import os, sys; sys.path.insert(0, sys.argv[1]); import genl\n"
            "os.setresuid(65534, 65534, 65534)\n"
            "listener = genl.Listener()\n"
            "try:\n"
            "    listener.join(sys.argv[2])\n"
            "except PermissionError:\n"
            "    sys.exit(7)\n")
    lib = os.path.dirname(os.path.abspath(genl.__file__))
    for group in ("session", "config"):
        done = outcome(sys.executable, "-c", code, lib, group)
        equal(done.returncode, 7, f"{group}: {done.stderr}")
    equal(lab.sessions(), [], "sessions")


@suite.case
def too_slow(lab):
    """Who does not keep up is told so once, and hears on."""
    iqn = lab.target("a")
    listener = lab.listen("config")
    listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    nl = lab.genl()
    for _ in range(100):
        nl.do("target-set", id=1, state=0)
    try:
        listener.drain()
        check(False, "a full queue is not told of")
    except OSError as err:
        equal(err.errno, errno.ENOBUFS, "error")
    seen = listener.drain()
    check(0 < len(seen) < 100, f"{len(seen)} of 100 events fit")
    lab.adm("target", "set", iqn, "state", "ready")
    expect(listener, "config-changed")
    nl.close()


# --- writers --------------------------------------------------------------

SECOND = "iqn.1994-05.com.redhat:42b7f829d2ec"


def writer(lab, iqn, name=NAME, port=1):
    """A session, its events already heard."""
    ini = lab.login(iqn, name=name, isid=bytes((0x80, 0, 0, 0, 0, port)),
                    luns=(1, 2))
    lab.listeners[-1].drain()
    return ini


def put(ini, lun=1, lba=0):
    ini.good(iscsi.write10(lba, 1), lun, write=bytes(512))


@suite.case
def two_writers(lab):
    """Who writes what another initiator writes is told of, once; reading and a
    second port of one initiator do no harm."""
    iqn = lab.target("shared", tid=3)
    lab.lun(iqn, 1, lab.null_blk(4))
    lab.lun(iqn, 2, lab.null_blk(4), shared="on")
    listener = lab.listen("session")
    one, again = writer(lab, iqn), writer(lab, iqn, port=2)
    other = writer(lab, iqn, SECOND)
    put(one)
    put(again)
    other.good(iscsi.read10(0, 1), read=512)
    refused = other.command(iscsi.write10(1 << 20, 1), write=bytes(512))
    silent(listener, "one writes, another reads")
    check(refused.key, "a write behind the end was good")
    put(other)
    event = expect(listener, "lu-writers", target_id=3, target=iqn, lun=1,
                   initiator=SECOND, other=NAME)
    equal(len(event), 6, f"attributes of {event}")
    put(other)
    put(one)
    silent(listener, "each has been told of")
    put(one, 2)
    put(other, 2)
    silent(listener, "shared")
    for ini in one, again, other:
        ini.logout()
    listener.drain()
    put(writer(lab, iqn, SECOND))
    silent(listener, "the first has gone")
    put(writer(lab, iqn))
    expect(listener, "lu-writers", lun=1, initiator=NAME, other=SECOND)


@suite.case
def writers_text(lab):
    """The line of ktgtadm monitor, and the one of the kernel."""
    iqn = lab.target("shared", tid=3)
    lab.lun(iqn, 1, lab.null_blk(4))
    lab.listen("session")
    monitor = Monitor(lab, "monitor", "session")
    monitor.wait_for(lambda: visit(lab))
    put(writer(lab, iqn))
    put(writer(lab, iqn, SECOND))
    lines = [monitor.line(10 * SLOW) for _ in range(3)]
    check(lines[-1].endswith(f" two initiators write to lun 1 of target 3 ({iqn}): "
                             f"{SECOND} after {NAME}"), f"{lines}")
    log = run("dmesg")
    check(f"target 3: a second initiator, {SECOND}, writes LUN 1, besides {NAME}:" in log,
          "the kernel's line")


# --- ktgtadm monitor ------------------------------------------------------


class Monitor:
    """ktgtadm monitor, and the lines that it prints."""

    def __init__(self, lab, *words):
        self.proc = start("ktgtadm", "-n", lab.tns, *words,
                          stdout=subprocess.PIPE)
        self.rest = b""
        lab.monitors.append(self.proc)

    def line(self, seconds=10):
        """The next line, or None if there is none in time."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self.rest:
            left = deadline - time.monotonic()
            if left < 0 or not select.select([self.proc.stdout], [], [],
                                             left)[0]:
                return None
            more = os.read(self.proc.stdout.fileno(), 65536)
            check(more, "the monitor has ended")
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        return line.decode()

    def wait_for(self, act):
        """ACT again and again, until the monitor hears it."""
        wait_until(lambda: act() or self.line(0.2), 10 * SLOW, "a line")
        while self.line(0.5 * SLOW):
            pass

    def signal(self, number):
        self.proc.send_signal(number)


def touch(lab):
    lab.adm("net", "set", "nop-interval", 10)


def visit(lab):
    """A discovery session."""
    ini = lab.connect(None)
    ini.login(discovery=True)
    ini.close()


def events_of(monitor, count):
    """The next COUNT lines, which must be JSON."""
    out = []
    for _ in range(count):
        line = monitor.line(10 * SLOW)
        check(line, f"{len(out)} lines, {count} were to come")
        out.append(json.loads(line)["ktgt"])
        equal(out[-1].pop("version"), 1, "version")
        event = out.pop()["event"]
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
                           event.pop("time", "")), f"time in {line}")
        out.append(event)
    return out


@suite.case
def monitor_json(lab):
    """One JSON object on each line, of the groups that were asked for."""
    iqn = lab.target("a", tid=5)
    session = Monitor(lab, "-j", "monitor", "session")
    config = Monitor(lab, "-j", "monitor", "config")
    session.wait_for(lambda: visit(lab))
    config.wait_for(lambda: touch(lab))
    ini = lab.connect(iqn)
    ini.login()
    ini.logout()
    fail(lab, f"{IQN}:none")
    lab.state(iqn, "offline")
    login, end, failed = events_of(session, 3)
    equal((login["event"], login["target"], login["target_id"],
           login["initiator"], login["tsih"], login["isid"],
           login["peer_address"]),
          ("session-login", iqn, 5, NAME, ini.tsih, ini.isid.hex(), lab.SELF),
          "login")
    equal((end["event"], end["end"], end["id"]),
          ("session-end", "logout", login["id"]), "end")
    equal((failed["event"], failed["status"], failed["reason"],
           failed["target"]),
          ("login-failed", NOT_FOUND, "there is no such target",
           f"{IQN}:none"), "failure")
    change, = events_of(config, 1)
    net = lab.adm_json("net", "show")["net"]
    equal((change["event"], change["generation"], change["changes"]),
          ("config-changed", net["generation"], 1), "change")
    equal({key: change["change"][0][key] for key in
           ("object", "action", "name", "target_id")},
          {"object": "target", "action": "change", "name": iqn,
           "target_id": 5}, "change")
    equal((session.line(0.5), config.line(0.5)), (None, None), "more lines")


@suite.case
def monitor_text(lab):
    """A line of text for each event, with what matters."""
    monitor = Monitor(lab, "monitor")
    monitor.wait_for(lambda: touch(lab))
    iqn = lab.target("a", tid=5, acl=("10.77.0.2",))
    ini = lab.connect(iqn)
    ini.login()
    lab.adm("session", "del", ini.tsih)
    ini.expect_close()
    fail(lab, f"{IQN}:none")
    here = "%s:%u" % ini.sock.getsockname()
    for want in (f": target 5 {iqn} added",
                 ": acl 10.77.0.2 of target 5 added",
                 f" session {ini.tsih} login: {NAME} from {here} to target 5 "
                 f"({iqn})",
                 f" session {ini.tsih} end, administrator: {NAME} from {here} "
                 f"to target 5 ({iqn})",
                 f" to {IQN}:none: there is no such target (0203)"):
        line = monitor.line(10 * SLOW)
        check(line and line.endswith(want), f"{line}: wanted ...{want}")
        check(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ", line),
              f"{line}: no time")


@suite.case
def monitor_lost(lab):
    """Who cannot keep up says so, and goes on."""
    monitor = Monitor(lab, "-j", "monitor", "config")
    monitor.wait_for(lambda: touch(lab))
    nl = lab.genl()
    monitor.signal(signal.SIGSTOP)
    for _ in range(3000):
        nl.do("net-set", nop_interval=10)
    monitor.signal(signal.SIGCONT)
    nl.close()
    seen = []

    def lost():
        seen.extend(events_of(monitor, 1))
        return seen[-1]["event"] == "lost"
    wait_until(lost, 20 * SLOW, "told that events were lost")
    while monitor.line(1 * SLOW):
        pass
    touch(lab)
    equal(events_of(monitor, 1)[0]["event"], "config-changed", "it goes on")


@suite.case
def monitor_refused(lab):
    """Wrong words, and who may not."""
    status, text = lab.adm_fails("monitor", "everything")
    check(status == 1 and "everything" in text, f"{status} {text}")
    tool = run("sh", "-c", "command -v ktgtadm").strip()
    done = outcome("setpriv", "--reuid=65534", "--clear-groups", tool,
                   "monitor", timeout=20)
    equal((done.returncode, done.stderr),
          (2, "Error: not permitted: this needs CAP_NET_ADMIN; use sudo\n"),
          "of another user")


# --- explain --------------------------------------------------------------


def explain(lab, iqn=None, source="10.77.0.2", name=NAME):
    """What the kernel says would become of a login."""
    words = ("target", iqn) if iqn else ()
    found = lab.adm_json("explain", "initiator", name, "from", source,
                         *words)["explain"]
    if not iqn:
        return found
    equal(len(found), 1, f"answers about {iqn}")
    return found[0]


def shown(lab, iqn, source, name):
    """Whether discovery shows the target."""
    ini = lab.connect(None, source=source, name=name,
                      addr=lab.ADDR6 if ":" in source else lab.ADDR)
    ini.login(discovery=True)
    found, _ = ini.send_targets("All")
    ini.close()
    return iqn in [target for target, _ in found]


def rule_of(answer, kind):
    """The rule that holds, as it is written."""
    rule = answer.get(f"{kind}_rule")
    if not rule:
        return None
    if rule["all"]:
        return "all"
    return rule.get("initiator") or f"{rule['address']}/{rule['prefix_len']}"


OTHER = NAME + "x"
# rules; from where; by whom; what is said, and the two rules that hold
ADMISSIONS = (
    ((), "10.77.0.2", NAME, NO_RULES, None, None),
    (("all",), "10.77.0.2", NAME, None, "all", None),
    (("all",), "fd77::2", NAME, None, "all", None),
    (("10.77.0.0/24",), "10.77.0.2", NAME, None, "10.77.0.0/24", None),
    (("10.77.0.3",), "10.77.0.2", NAME, NO_ADDRESS, None, None),
    (("10.77.0.3",), "10.77.0.3", NAME, None, "10.77.0.3/32", None),
    (("10.77.0.3", "10.77.0.2", "all"), "10.77.0.2", NAME, None,
     "10.77.0.2/32", None),
    (("fd77::/64",), "fd77::2", NAME, None, "fd77::/64", None),
    (("fd77::/64",), "10.77.0.2", NAME, NO_ADDRESS, None, None),
    ((NAME,), "10.77.0.2", NAME, None, None, NAME),
    ((NAME,), "10.77.0.2", NAME.replace("example", "EXAMPLE"), None, None,
     NAME),
    ((NAME,), "10.77.0.2", OTHER, NO_NAME, None, None),
    ((NAME, "10.77.0.3"), "10.77.0.3", NAME, None, "10.77.0.3/32", NAME),
    ((NAME, "10.77.0.3"), "10.77.0.2", NAME, NO_ADDRESS, None, NAME),
    ((NAME, "10.77.0.3"), "10.77.0.3", OTHER, NO_NAME, "10.77.0.3/32", None),
)


@suite.case
def explain_rules(lab):
    """By each kind of rule: what is told is what a login then gets, and what
    discovery shows."""
    for state in ("ready", "offline"):
        for rules, source, name, reason, address, initiator in ADMISSIONS:
            what = f"{rules} from {source} as {name}, {state}"
            iqn = lab.target("e", acl=rules)
            lab.state(iqn, state)
            answer = explain(lab, iqn, source, name)
            got = lab.login_status(iqn, source=source, name=name,
                                   addr=lab.ADDR6 if ":" in source
                                   else lab.ADDR)
            equal(hex(answer["status"]), hex(got), f"status: {what}")
            equal(answer["visible"], shown(lab, iqn, source, name),
                  f"visible: {what}")
            if state == "offline" and not reason:
                reason = "the target is offline"
            equal((answer.get("reason"), answer["state"], answer["acls"]),
                  (reason, state, len(rules)), what)
            equal((rule_of(answer, "address"), rule_of(answer, "initiator")),
                  (address, initiator), f"rules: {what}")
            check(not answer["chap"], what)
            lab.drop(iqn)


@suite.case
def explain_nothing(lab):
    """A target that does not exist is what a login is told."""
    lab.target("a")
    iqn = f"{IQN}:none"
    answer = explain(lab, iqn)
    equal(hex(answer["status"]), hex(lab.login_status(iqn)), "status")
    equal(answer["reason"], "there is no such target", "reason")
    check(not answer["visible"] and "target_id" not in answer, str(answer))
    lab.adm("net", "set", "state", "loading")
    answer = explain(lab, iqn)
    equal(hex(answer["status"]), hex(lab.login_status(iqn)), "while it loads")
    equal(answer["reason"], "the configuration is still being loaded", "reason")
    lab.adm("net", "set", "state", "ready")


def chap_login(lab, iqn, **chap):
    ini = lab.connect(iqn)
    ini.chap = chap or None
    try:
        ini.login(discovery=not iqn)
    except LoginError as err:
        return err.status
    finally:
        ini.close()
    return 0


def users(answer, outgoing):
    return [one["user"] for one in answer.get("account", [])
            if one["outgoing"] == outgoing]


@suite.case
def explain_chap(lab):
    """Who has to prove himself, and by which accounts."""
    secrets = {"alice": "secret-of-alice", "bob": "secret-of-bob",
               "portal-9": "secret-of-portal"}
    for user, secret in secrets.items():
        lab.account(user, secret)
    iqn = lab.target("chap")
    answer = explain(lab, iqn)
    equal((answer["chap"], answer["accounts"], answer.get("account")),
          (False, 0, None), "without accounts")
    equal(chap_login(lab, iqn, user="alice", secret=secrets["alice"]), AUTH,
          "CHAP where none is bound")
    for user in ("alice", "bob"):
        lab.adm("account", "bind", user, "target", iqn)
    for outgoing in ([], ["portal-9"]):
        for user in outgoing:
            lab.adm("account", "bind", user, "target", iqn, "outgoing")
        answer = explain(lab, iqn)
        equal((answer["status"], answer["chap"], answer["accounts"],
               users(answer, False), users(answer, True)),
              (0, True, 2, ["alice", "bob"], outgoing), "with accounts")
        equal(hex(answer["chap_status"]), hex(lab.login_status(iqn)),
              "without CHAP")
        for user in users(answer, False):
            equal(chap_login(lab, iqn, user=user, secret=secrets[user]), 0,
                  user)
            equal(chap_login(lab, iqn, user=user, secret=secrets[user],
                             target_secret=secrets["portal-9"]),
                  0 if outgoing else AUTH, f"{user}, mutual")
    for option in ("-j", "-r", "-p"):
        text = lab.adm(option, "explain", "initiator", NAME, "from", "::1")
        check("alice" in text and "secret-of" not in text, text)
    # an account is of no use to who is not admitted
    lab.acl(iqn, "all", "del")
    answer = explain(lab, iqn)
    equal((answer["status"], answer["chap"]), (DENIED, True), "not admitted")
    equal(chap_login(lab, iqn, user="bob", secret=secrets["bob"]), DENIED,
          "not admitted, with CHAP")


@suite.case
def explain_discovery(lab):
    """Discovery is for all, but for those who have to prove themselves."""
    lab.account("alice", "secret-of-alice")
    found = explain(lab)
    equal([(one["target_id"], one["status"], one["chap"]) for one in found],
          [(0, 0, False)], "nothing there")
    lab.target("d")
    equal(chap_login(lab, None), 0, "discovery")
    lab.adm("account", "bind", "alice", "discovery")
    answer = explain(lab)[0]
    equal((answer["status"], answer["chap"], users(answer, False)),
          (0, True, ["alice"]), "with an account")
    equal(hex(answer["chap_status"]), hex(chap_login(lab, None)),
          "discovery without CHAP")
    equal(chap_login(lab, None, user="alice", secret="secret-of-alice"), 0,
          "discovery with CHAP")


@suite.case
def explain_all(lab):
    """Without a target: discovery and each of them, over many messages."""
    names = lab.many_targets((f"many{i:03}" for i in range(200)), "10.77.0.3")
    lab.acl(names[77], "10.77.0.2")
    lab.state(names[99], "offline")
    found = explain(lab)
    equal([one["target_id"] for one in found], list(range(201)), "targets")
    equal([one["target"] for one in found[1:]], names, "names")
    equal([one["target_id"] for one in found if not one["status"]], [0, 78],
          "admitted")
    found = explain(lab, source="10.77.0.3")
    equal([one["target_id"] for one in found if one["status"] == OFFLINE],
          [100], "offline")


@suite.case
def explain_words(lab):
    """The command line: by number, by name, as text, and what is wrong."""
    iqn = lab.target("w", tid=9, acl=("10.77.0.0/24", NAME))
    for index in range(10):
        lab.account(f"user{index}", "a-long-secret")
        lab.adm("account", "bind", f"user{index}", "target", iqn)
    who = ("explain", "initiator", NAME, "from", "10.77.0.2")
    text = lab.adm(*who, "target", iqn)
    for words in (("target", 9), ("tid", 9)):
        equal(lab.adm(*who, *words), text, f"answer to {words}")
    for part in (f"target 9 ({iqn}): shown by discovery, login admitted",
                 "address rule: 10.77.0.0/24", f"initiator rule: {NAME}",
                 "(0201)", "user7, 2 more"):
        check(part in text, f"'{part}' is not in: {text}")
    text = lab.adm("explain", "initiator", NAME, "from", "192.0.2.1")
    for part in ("discovery: login admitted", "not shown by discovery",
                 f"login refused: {NO_ADDRESS} (0203)",
                 "  the initiator is told that there is no such target\n"):
        check(part in text, f"'{part}' is not in: {text}")
    for words, status, part in (
            ((*who, "tid", 99), 2, "there is no target 99"),
            ((*who, "target", 99), 2, "there is no target 99"),
            ((*who, "target", iqn, "tid", 9), 2, "say target or target-id, not both"),
            ((*who, "target", "bogus"), 1, "begins with iqn."),
            (("explain",), 1, "say explain initiator NAME"),
            (("explain", "initiator", NAME), 1, "from ADDRESS is missing"),
            (("explain", "initiator", "bogus", "from", "::1"), 1, "begins"),
            (("explain", "initiator", NAME, "from", "host"), 1, "not an IPv4")):
        got, said = lab.adm_fails(*words)
        check(got == status and part in said, f"{words}: {got} {said}")


@suite.case
def explain_raw(lab):
    """Requests that the tool would not send."""
    lab.target("a", tid=1)
    nl = lab.genl()
    addr = socket.inet_aton("10.77.0.2")
    for what, values in {
            "nothing": {}, "no address": {"initiator": NAME},
            "no initiator": {"address": addr},
            "half an address": {"initiator": NAME, "address": b"123"},
            "an empty name": {"initiator": "", "address": addr},
            "blanks in a name": {"initiator": "a b", "address": addr},
            "an empty target": {"initiator": NAME, "address": addr,
                                "target": ""},
            "too long a name": {"initiator": "x" * 224, "address": addr},
            "a target twice": {"initiator": NAME, "address": addr,
                               "target": f"{IQN}:a", "target_id": 1},
            "number 65536": {"initiator": NAME, "address": addr,
                             "target_id": 65536}}.items():
        try:
            nl.do("explain-list", **values)
        except genl.Refused:
            continue
        check(False, f"{what}: answered")
    good = nl.do("explain-list", initiator="x" * 223, address=addr,
                 target="y" * 223)
    equal(len(good), 1, "answers to the longest names")
    good = nl.do("explain-list", initiator=NAME, address=addr, target_id=0)
    equal(len(good), 1, "answers about discovery")
    nl.close()


if __name__ == "__main__":
    suite.main()
