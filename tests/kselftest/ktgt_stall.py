#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Peers that stop in the middle of a login.

    target namespace: t1, login timeout 3 s -- veth -- this program

Shown: two hundred peers at once, each stopped after another prefix of a login,
delay the login of a good one by less than 1 s; all are gone soon after the
login timeout, nothing of them stays; a peer that sends a byte now and then
gains no time; the limit of logins at once holds and harms no session; one
address that takes all of them keeps no other one out.
"""

import contextlib
import os
import select
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import Closed, Conn  # noqa: E402
from ktap import Suite, check, comment, equal, wait_until  # noqa: E402
from lab import SLOW, lab_class, run, seconds  # noqa: E402

suite = Suite(lab_class())
TIMEOUT = 3
PEERS = int(os.environ.get("KTGT_PEERS", "200"))


def target(lab):
    """The one target, in a namespace with a short login timeout."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("t")
        lab.lun(lab.iqn, 1, lab.null_blk(4))
        if not os.environ.get("KTGT_ORACLE"):
            lab.adm("net", "set", "login-timeout", TIMEOUT)
    return lab.iqn


def login_stream(lab):
    """The bytes of a login of two PDUs, as short as can be."""
    ini = iscsi.Initiator.__new__(iscsi.Initiator)
    ini.isid, ini.tsih, ini.cid, ini.cmdsn, ini.expstatsn = \
        iscsi.ISID, 0, 0, 1, 0
    first = ini.login_pdu({"InitiatorName": "iqn.2026-11.x:i",
                           "TargetName": target(lab), "AuthMethod": "None"},
                          0, 1).pack()
    return first, ini.login_pdu({"InitialR2T": "No"}, 1, 3).pack()


def stalled(lab, prefix, first):
    """A peer that has sent PREFIX, and has waited for the answer in it."""
    conn = lab.connect(cls=Conn)
    if len(prefix) <= len(first):
        conn.send_raw(prefix)
        return conn
    conn.send_raw(first)
    conn.recv()
    conn.send_raw(prefix[len(first):])
    return conn


def good_login(lab):
    """A login, a read and a logout; gives back how long the login took."""
    ini = lab.connect(target(lab), isid=bytes.fromhex("80000000dd01"))
    _, took = seconds(ini.login)
    lab.clear_ua(ini)
    ini.good(iscsi.read10(0, 1), read=512)
    ini.logout()
    ini.close()
    return took


def still_open(conns):
    """Those that the target has not closed yet."""
    ready = select.select([c.sock for c in conns], [], [], 0)[0]
    closed = set()
    for sock in ready:
        try:
            if not sock.recv(4096):
                closed.add(sock)
        except ConnectionResetError:
            closed.add(sock)
    return [c for c in conns if c.sock not in closed]


def all_closed(conns, limit):
    """Wait until the target has closed them all."""
    left = conns
    end = time.monotonic() + limit
    while left:
        left = still_open(left)
        check(time.monotonic() < end,
              f"{len(left)} of {len(conns)} are still there")
        time.sleep(0.05)


@suite.case
def every_prefix(lab):
    """Two hundred peers, all prefixes of a login among them."""
    before = good_login(lab)
    first, second = login_stream(lab)
    stream = first + second
    lengths = [i * (len(stream) - 1) // (PEERS - 1) for i in range(PEERS)] \
        if len(stream) > PEERS else [i % len(stream) for i in range(PEERS)]
    start = time.monotonic()
    conns = [stalled(lab, stream[:n], first) for n in lengths]
    opened = time.monotonic() - start
    took = max(good_login(lab) for _ in range(3))
    check(took - before < 1,
          f"login took {took:.2f} s, without the others {before:.2f} s")
    all_closed(conns, TIMEOUT + opened + 3)
    wait_until(lambda: lab.connections() == 0, 2, "no connection left")
    check(good_login(lab) < before + 1, "slow afterwards")


@suite.case
def none_too_early(lab):
    """Before the timeout nobody is thrown out."""
    first, second = login_stream(lab)
    start = time.monotonic()
    conns = [stalled(lab, (first + second)[:n], first)
             for n in (0, 1, 47, 48, len(first), len(first) + 20)]
    time.sleep(max(TIMEOUT - 1 - (time.monotonic() - start), 0))
    equal(len(still_open(conns)), len(conns), "still there a second before")
    all_closed(conns, 4)


@suite.case
def dripping(lab):
    """A byte now and then does not reset the clock."""
    first, _ = login_stream(lab)
    conn = lab.connect(cls=Conn)
    start = time.monotonic()
    try:
        for i in range(len(first) - 1):
            conn.send_raw(first[i:i + 1])
            time.sleep(0.1)
            if time.monotonic() > start + TIMEOUT + 3:
                break
        check(not still_open([conn]), "still there")
    except Closed:
        pass


@suite.case
def answers_unread(lab):
    """A peer that asks and never reads: gone like the others."""
    ini = lab.connect(target(lab), rcvbuf=4096)
    pdu = ini.login_pdu({f"X-{'k' * 50}{i}": "v" * 50 for i in range(60)},
                        1, 3, False).pack()
    start = time.monotonic()
    try:
        ini.sock.settimeout(1)
        while time.monotonic() < start + TIMEOUT + 3:
            ini.send_raw(pdu)
    except Closed:
        pass
    except iscsi.Timeout:
        time.sleep(max(start + TIMEOUT + 2 - time.monotonic(), 0))
    wait_until(lambda: lab.connections() == 0, 3, "no connection left")


@suite.case
def session_outlives(lab):
    """The login timeout is over once the login is: a session stays."""
    ini = lab.login(target(lab))
    time.sleep(TIMEOUT + 1)
    ini.good(iscsi.read10(0, 1), read=512)
    ini.logout()


def try_connect(lab):
    """A connection, or None if it was reset before we even had it."""
    try:
        return lab.connect(cls=Conn)
    except ConnectionResetError:
        return None


@suite.case
def too_many(lab):
    """More logins at once than allowed: the oldest have to go; a session is not
    touched; afterwards all is as before."""
    ini = lab.login(target(lab), isid=bytes.fromhex("80000000dd02"))
    lab.adm("net", "set", "max-logins", 8)
    try:
        conns = [conn for conn in (try_connect(lab) for _ in range(40))
                 if conn]
        # those that had to go may still be on their way out
        wait_until(lambda: lab.connections() <= 8 + 1, 5,
                   "8 logins and one session")
        ini.good(iscsi.read10(0, 1), read=512)
        for conn in conns:
            conn.close()
        wait_until(lambda: lab.connections() == 1, TIMEOUT + 3,
                   "one connection left")
        good_login(lab)
    finally:
        lab.adm("net", "set", "max-logins", 256)
    ini.logout()


def logins_closed(lab):
    return lab.adm_json("net", "show")["net"]["logins_closed"]


class Hoard:
    """A peer that has as many connections as it gets, and makes a new one for
    each that is closed; DATA is what it sends on each."""

    def __init__(self, lab, number, data=b""):
        self.lab, self.number, self.data = lab, number, data
        self.conns, self.made = [], 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def one_more(self):
        conn = try_connect(self.lab)
        if not conn:
            return
        self.made += 1
        try:
            conn.send_raw(self.data)
            self.conns.append(conn)
        except Closed:
            conn.close()

    def run(self):
        while not self.stop.is_set():
            left = still_open(self.conns)
            for conn in set(self.conns) - set(left):
                conn.close()
            self.conns = left
            for _ in range(self.number - len(left)):
                self.one_more()
            time.sleep(0.01)

    def __enter__(self):
        self.thread.start()
        wait_until(lambda: self.made >= self.number, 20 * SLOW,
                   f"{self.number} connections were made")
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        for conn in self.conns:
            conn.close()


def login_from_elsewhere(lab, between=lambda: None):
    """A login of three requests from another address, with BETWEEN after each."""
    ini = lab.connect(target(lab), addr=lab.ADDR6,
                      isid=bytes.fromhex("80000000dd03"))
    between()
    ini.login_step({**ini.declarations(), "AuthMethod": "None"}, 0, 1)
    between()
    ini.login_step({"InitialR2T": "No"}, 1, 3, False)
    between()
    ini.login_step((), 1, 3)
    ini.full_feature = True
    equal(ini.logout(), 0, "logout")
    ini.close()


@contextlib.contextmanager
def few_logins(lab, most):
    """So many logins at a time, and nobody is too slow; no connection stays."""
    lab.adm("net", "set", "max-logins", most, "login-timeout", 60)
    try:
        yield
    finally:
        lab.adm("net", "set", "max-logins", 256, "login-timeout", TIMEOUT)
    wait_until(lambda: lab.connections() == 0, 5 * SLOW, "no connection left")


@suite.case
def hoarded(lab):
    """One address takes all the logins that there are, again and again: with
    nothing, with a byte, or with a whole request on each. Another address logs
    in at once all the same, ten times of ten, and also if it takes its time."""
    first, _ = login_stream(lab)
    with few_logins(lab, 16):
        for data in (b"", first[:1], first):
            before = logins_closed(lab)
            with Hoard(lab, 40, data) as hoard:
                for _ in range(10):
                    _, took = seconds(login_from_elsewhere, lab)
                    check(took < 1 * SLOW, f"login took {took:.2f} s")
                login_from_elsewhere(lab, lambda h=hoard: wait_until(
                    lambda n=h.made + 20: h.made > n, 20 * SLOW,
                    "20 connections more"))
                comment(f"{hoard.made} connections were made")
            check(logins_closed(lab) - before > 40, "few had to go")
        said = run("dmesg")
        check("its address has the most" in said[said.rindex(lab.marker):],
              "the log does not tell it")


@suite.case
def whole_request_stays(lab):
    """Of one address, those go first that have not sent a whole request, also
    those with the most part of one; a login that has begun ends well."""
    first, _ = login_stream(lab)
    with few_logins(lab, 8):
        ini = lab.connect(target(lab), isid=bytes.fromhex("80000000dd04"))
        ini.login_step({**ini.declarations(), "AuthMethod": "None"}, 0, 1)
        conns = [conn for conn in (try_connect(lab) for _ in range(30)) if conn]
        for conn in conns[-4:]:
            conn.send_raw(first[:-1])
        conns += [conn for conn in (try_connect(lab) for _ in range(30)) if conn]
        wait_until(lambda: lab.connections() <= 8, 5 * SLOW, "8 are left")
        pdu = ini.login_step({"InitialR2T": "No"}, 1, 3)
        check(pdu.final, f"not in full feature phase: {pdu}")
        ini.nop()
        for conn in conns:
            conn.close()
        ini.close()


@suite.case
def just_come(lab):
    """Where almost all have sent a whole request, one that has just come does not
    have to go because it has not: nobody could log in beside a peer that is
    quick. The oldest goes."""
    target(lab)
    before = logins_closed(lab)

    def begun():
        ini = lab.connect(target(lab))
        ini.login_step({**ini.declarations(), "AuthMethod": "None"}, 0, 1)
        return ini
    with few_logins(lab, 16):
        inis = [begun() for _ in range(16)]
        late = lab.connect(target(lab), isid=bytes.fromhex("80000000dd05"))
        wait_until(lambda: logins_closed(lab) == before + 1, 5 * SLOW,
                   "one had to go for it")
        inis += [begun() for _ in range(10)]
        equal(logins_closed(lab), before + 11, "those that had to go")
        late.login()
        equal(late.logout(), 0, "logout")
        for ini in inis + [late]:
            ini.close()


@suite.case
def deleted_in_login(lab):
    """The target, and the portals, go while peers are in login."""
    first, second = login_stream(lab)
    conns = [stalled(lab, (first + second)[:n], first)
             for n in (0, 20, 48, len(first), len(first) + 10)]
    _, took = seconds(lab.drop, lab.iqn)
    check(took < 2, f"target del took {took:.1f} s")
    del lab.iqn
    all_closed(conns, TIMEOUT + 3)
    good_login(lab)


if __name__ == "__main__":
    suite.main()
