#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""CHAP (RFC 7143 12.1.3, RFC 1994).

    target namespace: t1 with incoming (and outgoing) accounts -- veth --
    this program

Shown: each algorithm, one way and mutual; wrong secrets, names, forms and
orders are refused with 0201 and nothing else; a challenge is never repeated and
cannot be reflected; answers of every length do no harm; the set of accounts that
counts is that of the moment of login; algorithms can be forbidden; the more wrong
secrets come from an address, the later they are refused, and a right one is never
delayed.
"""

import base64
import contextlib
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import Closed, LoginError, chap_decode, chap_response  # noqa: E402
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, lab_class, run, soon  # noqa: E402

suite = Suite(lab_class())
USER, SECRET = "alice", "incoming-secret"
PEER, PEER_SECRET = "the-target", "outgoing-secret"
AUTH_FAILED = 0x0201


def account(lab, user, secret):
    if os.environ.get("KTGT_ORACLE"):
        lab.adm("--mode", "account", "--op", "new", "--user", user,
                "--password", secret)
    else:
        lab.in_target("ktgtadm", "account", "add", user, "secret-file", "-",
                      stdin=secret + "\n")


def bind(lab, user, iqn, *words):
    if os.environ.get("KTGT_ORACLE"):
        lab.adm("--mode", "account", "--op", "bind", "--tid", 1, "--user",
                user, *(f"--{w}" for w in words))
    else:
        lab.adm("account", "bind", user, "target", iqn, *words)


def target(lab):
    """The target that wants CHAP."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("chap")
        lab.lun(lab.iqn, 1, lab.null_blk(4))
        account(lab, USER, SECRET)
        account(lab, PEER, PEER_SECRET)
        bind(lab, USER, lab.iqn)
        bind(lab, PEER, lab.iqn, "outgoing")
        if not os.environ.get("KTGT_ORACLE"):
            # most cases do not wait
            lab.adm("net", "set", "login-delay", 0)
    return lab.iqn


def login(lab, iqn=None, **chap):
    """Status of a login with CHAP: 0 or 0xCCDD."""
    conn = lab.connect(iqn or target(lab))
    conn.chap = {"user": USER, "secret": SECRET, **chap}
    try:
        conn.login()
        lab.clear_ua(conn)
        conn.good(iscsi.read10(0, 1), read=512)
    except LoginError as err:
        return err.status
    finally:
        conn.close()
    return 0


def challenge(lab, algs="5", keys=None, **where):
    """A connection that was given its challenge: (conn, keys of it)."""
    conn = lab.connect(target(lab), **where)
    conn.login_step({**conn.declarations(), "AuthMethod": "CHAP"}, 0, 1, False)
    pdu = conn.login_step({"CHAP_A": algs, **(keys or {})}, 0, 1, False)
    return conn, dict(pdu.text())


def refused(func, what):
    """FUNC must end in status 2xx, or with the connection."""
    try:
        got = func()
        # Asked to go on is not let in
        check(not got or isinstance(got, iscsi.Pdu) and not got.final, str(got))
    except LoginError as err:
        equal(err.status >> 8, 2, f"{what}: class of {err.status:#x}")
    except Closed:
        pass


def answer(conn, got, **keys):
    """The right answer to a challenge, but for KEYS (None: left out)."""
    right = {"CHAP_N": USER, "CHAP_R": chap_response(
        int(got["CHAP_A"]), int(got["CHAP_I"], 0), SECRET,
        chap_decode(got["CHAP_C"]))}
    right.update(keys)
    return conn.login_step({k: v for k, v in right.items() if v is not None},
                           0, 1)


@suite.case
def short_secret(lab):
    """A secret of less than 12 bytes is taken, with a warning."""
    if os.environ.get("KTGT_ORACLE"):
        raise Skip("tgtd takes all")
    for verb in "add", "set":
        for size in 1, 11, 12:
            said = lab.in_target(
                "sh", "-c", f"echo {'s' * size} | ktgtadm account {verb} "
                f"short{size} secret-file - 2>&1")
            equal("shorter than 12 bytes" in said, size < 12,
                  f"{verb}, {size} bytes: {said}")
    for size in 1, 11, 12:
        lab.adm("account", "del", f"short{size}")


@suite.case
def one_way(lab):
    """Each algorithm that RFC 7143 and IANA have, but SHA3, which a kernel
    may lack; the first of a list that both know."""
    for algs in ((5,), (6,), (7,), (7, 6, 5), (99, 5)):
        equal(login(lab, algs=algs), 0, f"algorithms {algs}")


@suite.case
def mutual(lab):
    for alg in (5, 6, 7):
        equal(login(lab, algs=(alg,), target_secret=PEER_SECRET), 0,
              f"algorithm {alg}")


@suite.case
def mutual_wrong(lab):
    """What the target proves is the outgoing secret, nothing else."""
    try:
        login(lab, target_secret="not-its-secret")
    except iscsi.ProtocolError:
        return
    check(False, "any secret will do")


@suite.case
def wrong_secrets(lab):
    for secret in ("incoming-secre", SECRET + "x", "", PEER_SECRET,
                   SECRET.upper()):
        equal(hex(login(lab, secret=secret)), hex(AUTH_FAILED), repr(secret))
    for user in ("alic", USER + "x", "", PEER, "ALICE", "a" * 255):
        equal(hex(login(lab, user=user)), hex(AUTH_FAILED), repr(user))


@suite.case
def unavoidable(lab):
    """No way around: AuthMethod None, or starting in the other stage."""
    conn = lab.connect(target(lab))
    refused(lambda: conn.login_step(conn.declarations(), 1, 3), "CSG 1")
    conn = lab.connect(target(lab))
    refused(lambda: conn.login_step(
        {**conn.declarations(), "AuthMethod": "None"}, 0, 1), "None")
    conn = lab.connect(target(lab))
    refused(lambda: skip_stage(conn), "transit without an answer")


def skip_stage(conn):
    """T=1 before CHAP is done: the target must not follow."""
    pdu = conn.login_step({**conn.declarations(), "AuthMethod": "CHAP"}, 0, 1)
    if not pdu.final:
        pdu = conn.login_step((), 1, 3)
    return pdu


@suite.case
def preferred(lab):
    """CHAP,None and None,CHAP: CHAP, as this target wants it."""
    for offer in ("CHAP,None", "None,CHAP", "KRB5,CHAP"):
        conn = lab.connect(target(lab))
        pdu = conn.login_step({**conn.declarations(), "AuthMethod": offer}, 0,
                              1, False)
        equal(dict(pdu.text()).get("AuthMethod"), "CHAP", offer)
        conn.close()


@suite.case
def no_algorithm(lab):
    for algs in ("4", "0", "abc", "", "5x", "99,100"):
        refused(lambda a=algs: challenge(lab, a), f"CHAP_A={algs}")


@suite.case
def forbidden(lab):
    """Algorithms that the target does not allow are passed over; if there is no other
    one, 0201, and the reason says which there are. It is of the target alone, is for
    the next login, and is kept by a dump."""
    if os.environ.get("KTGT_ORACLE"):
        raise Skip("tgtd has no such setting")
    iqn = target(lab)
    lab.adm("target", "set", iqn, "chap-algorithms", "sha1,sha256")
    try:
        for offer, want in (("5,7,6", "7"), ("6", "6"), ("99,5,6,7", "6")):
            conn, got = challenge(lab, offer)
            equal(got["CHAP_A"], want, f"of {offer}")
            conn.close()
        for offer in ((5,), (5, 8), (99, 5)):
            listener = lab.listen("session")
            equal(hex(login(lab, algs=offer)), hex(AUTH_FAILED), str(offer))
            equal(listener.next()["reason"],
                  "CHAP_A has no algorithm that the target allows; it allows "
                  "sha1 (6), sha256 (7)", f"reason of {offer}")
        equal(login(lab, algs=(5, 7), target_secret=PEER_SECRET), 0, "mutual")
        dumped = lab.adm_json("config", "dump")["config"]["targets"]
        equal([one.get("chap_algorithms") for one in dumped], ["sha1,sha256"],
              "dump")
        lab.adm("account", "bind", USER, "discovery")
        conn = lab.connect()
        conn.chap = {"user": USER, "secret": SECRET}
        conn.login(discovery=True)
        conn.close()
    finally:
        lab.adm("target", "set", iqn, "chap-algorithms", "default")
    lab.adm("account", "unbind", USER, "discovery")
    equal(login(lab), 0, "with all of them")


@suite.case
def challenges_differ(lab):
    """Thirty challenges: all different, of one length, from 16 bytes up."""
    seen = [challenge(lab)[1] for _ in range(30)]
    values = {got["CHAP_C"] for got in seen}
    equal(len(values), 30, "different challenges")
    sizes = {len(chap_decode(value)) for value in values}
    check(len(sizes) == 1 and 16 <= min(sizes) <= 1024, f"lengths {sizes}")
    check(len({got["CHAP_I"] for got in seen}) > 5, "CHAP_I does not change")
    for conn in lab.opened:
        conn.close()


@suite.case
def reflection(lab):
    """Our challenge to the target is the one it gave us (12.1.3)."""
    conn, got = challenge(lab)
    refused(lambda: answer(conn, got, CHAP_I=got["CHAP_I"],
                           CHAP_C=got["CHAP_C"]), "reflected")


@suite.case
def reflection_of_another(lab):
    """The target does not work out the answer to another connection's
    challenge for us before we have proved ourselves."""
    one, first = challenge(lab)
    two, _ = challenge(lab)
    refused(lambda: two.login_step(
        {"CHAP_N": USER, "CHAP_R": "0x" + "00" * 16, "CHAP_I": first["CHAP_I"],
         "CHAP_C": first["CHAP_C"]}, 0, 1), "without proof")
    one.close()


@suite.case
def same_secret(lab):
    """What the target would answer to its own challenge is no proof (9.2.1): so the
    secret of an initiator must not be that of the target, whether it is asked for
    that or not. The event says so."""
    if os.environ.get("KTGT_ORACLE"):
        raise Skip("tgtd takes it")
    iqn = target(lab)
    account(lab, "mirror", PEER_SECRET)
    bind(lab, "mirror", iqn)
    listener = lab.listen("session")
    for more in ({}, {"target_secret": PEER_SECRET}):
        equal(hex(login(lab, user="mirror", secret=PEER_SECRET, **more)),
              hex(AUTH_FAILED), f"with {more}")
    equal([event["reason"] for event in listener.drain()],
          ["the outgoing account has the same secret (CHAP_R); the two must "
           "differ"] * 2, "reasons")
    lab.adm("account", "unbind", PEER, "target", iqn, "outgoing")
    equal(login(lab, user="mirror", secret=PEER_SECRET), 0, "without the other")
    bind(lab, PEER, iqn, "outgoing")
    lab.adm("account", "unbind", "mirror", "target", iqn)
    lab.adm("account", "del", "mirror")
    equal(login(lab, target_secret=PEER_SECRET), 0, "a good login afterwards")


@suite.case
def forms_of_answers(lab):
    """Hexadecimal in both cases, and base64; an odd digit is no harm."""
    conn, got = challenge(lab)
    raw = chap_decode(chap_response(5, int(got["CHAP_I"], 0), SECRET,
                                    chap_decode(got["CHAP_C"])))
    answer(conn, got, CHAP_R="0X" + raw.hex().upper())
    conn, got = challenge(lab)
    raw = chap_decode(chap_response(5, int(got["CHAP_I"], 0), SECRET,
                                    chap_decode(got["CHAP_C"])))
    answer(conn, got, CHAP_R="0b" + base64.b64encode(raw).decode())


@suite.case
def wrong_answers(lab):
    """Lengths and letters of CHAP_R that do not fit."""
    for value in ("", "0x", "0b", "0x0", "0x" + "00" * 15, "0x" + "00" * 17,
                  "0x" + "00" * 4000, "0b" + "A" * 8000, "0x" + "zz" * 16,
                  "00" * 16, "0b====", "0b" + "!" * 24, "-1"):
        conn, got = challenge(lab)
        refused(lambda v=value: answer(conn, got, CHAP_R=v), value[:40])
    equal(login(lab), 0, "a good login afterwards")


@suite.case
def wrong_mutual(lab):
    """CHAP_I and CHAP_C of the initiator that do not fit."""
    for ident, chal in (("256", "0x" + "ab" * 16), ("-1", "0x" + "ab" * 16),
                        ("", "0x" + "ab" * 16), ("1", ""), ("1", "0x"),
                        ("1", "0x" + "ab" * 1025), ("1", "0b" + "A" * 8000),
                        ("x", "0xab"), (None, "0x" + "ab" * 16),
                        ("1", None), ("1", "ab" * 16)):
        conn, got = challenge(lab)
        refused(lambda i=ident, c=chal: answer(conn, got, CHAP_I=i, CHAP_C=c),
                f"CHAP_I={ident} CHAP_C={chal and chal[:20]}")
    equal(login(lab, target_secret=PEER_SECRET), 0, "a good login afterwards")


@suite.case
def incomplete(lab):
    """Name or answer missing, keys in the wrong step, twice."""
    for keys in ({"CHAP_N": None}, {"CHAP_R": None},
                 {"CHAP_N": None, "CHAP_R": None}, {"CHAP_A": "5"}):
        conn, got = challenge(lab)
        refused(lambda k=keys: answer(conn, got, **k), str(keys))
    conn = lab.connect(target(lab))
    refused(lambda: conn.login_step(
        {**conn.declarations(), "AuthMethod": "CHAP", "CHAP_N": USER,
         "CHAP_R": "0x" + "00" * 16}, 0, 1), "answer before the challenge")


@suite.case
def no_second_try(lab):
    """A refused login ends the connection: there is no guessing on it."""
    conn, got = challenge(lab)
    refused(lambda: answer(conn, got, CHAP_R="0x" + "00" * 16), "first")
    refused(lambda: answer(conn, got), "second")


@suite.case
def strange_names(lab):
    """CHAP_N is taken literally, also when it looks like a number."""
    for user in ("0x616c696365", "0bYWxpY2U=", "%n%s%s", "al=ice", "a,b"):
        equal(hex(login(lab, user=user)), hex(AUTH_FAILED), user)


@suite.case
def several_accounts(lab):
    """All bound accounts work at once; unbound ones no more; sessions of
    theirs stay."""
    iqn = target(lab)
    account(lab, "bob", "bob-has-another")
    equal(hex(login(lab, user="bob", secret="bob-has-another")),
          hex(AUTH_FAILED), "before it is bound")
    bind(lab, "bob", iqn)
    equal(login(lab, user="bob", secret="bob-has-another"), 0, "bob")
    equal(login(lab), 0, "alice")
    equal(hex(login(lab, user="bob", secret=SECRET)), hex(AUTH_FAILED),
          "bob with the secret of alice")
    conn = lab.connect(iqn)
    conn.chap = {"user": "bob", "secret": "bob-has-another"}
    conn.login()
    lab.adm("account", "unbind", "bob", "target", iqn)
    equal(hex(login(lab, user="bob", secret="bob-has-another")),
          hex(AUTH_FAILED), "after it was unbound")
    conn.nop()
    conn.logout()


# --- wrong secrets are answered later each time ------------------------------

@contextlib.contextmanager
def delays(lab, *addrs, **settings):
    """With a delay of at most so many seconds, and with addresses of which no wrong
    secret has come."""
    if os.environ.get("KTGT_ORACLE"):
        raise Skip("tgtd does not delay")
    target(lab)
    lab.close_all()
    for addr in addrs:
        run("ip", "-n", lab.ins, "addr", "add", f"{addr}/24" if "." in addr
            else f"{addr}/64", "dev", "wire", *(() if "." in addr
                                               else ("nodad",)))
    words = [word for key, value in settings.items()
             for word in (key.replace("_", "-"), value)]
    lab.adm("net", "set", *words)
    try:
        yield
    finally:
        lab.adm("net", "set", "login-delay", 0, "login-timeout", 15,
                "max-logins", 1024)
        lab.close_all()


def send_wrong(lab, user=USER, **where):
    """A connection that has sent a wrong secret; its answer is not read."""
    conn, _ = challenge(lab, timeout=20 * SLOW, **where)
    conn.send(conn.login_pdu({"CHAP_N": user, "CHAP_R": "0x" + "00" * 16}, 0, 1))
    return conn


def guess(lab, user=USER, **where):
    """The seconds until a wrong secret is refused."""
    conn = send_wrong(lab, user, **where)
    start = time.monotonic()
    try:
        conn.login_response()
        check(False, "a wrong secret is taken")
    except LoginError as err:
        equal(hex(err.status), hex(AUTH_FAILED), "status")
    conn.close()
    return time.monotonic() - start


def guesses(lab, *want, **kwargs):
    """Wrong secrets one after the other, and how long each takes."""
    for nr, least in enumerate(want):
        took = guess(lab, **kwargs)
        check(least - 0.05 < took < least + 0.9 * SLOW,
              f"{kwargs}: answer {nr} of {want} took {took:.2f} s")


def is_right(lab, user=USER, secret=SECRET, **where):
    """A login that succeeds."""
    conn = lab.connect(target(lab), **where)
    conn.chap = {"user": user, "secret": secret}
    conn.login()
    conn.close()


def counted(lab, name):
    return lab.adm_json("net", "show")["net"][name]


@suite.case
def delay_grows(lab):
    """Two at once, then 1 s, 2 s, and so on to the limit, each is counted; of one
    address alone; of IPv6, that is 64 bits."""
    with delays(lab, "10.77.0.11", "10.77.0.12", "fd77::11", "fd77::12",
                login_delay=2):
        before = counted(lab, "logins_delayed")
        guesses(lab, 0, 0, 1, 2, 2, source="10.77.0.11")
        equal(counted(lab, "logins_delayed") - before, 3, "delayed")
        guesses(lab, 0, 0, source="10.77.0.12")
        guesses(lab, 0, 0, source="fd77::11", addr=lab.ADDR6)
        guesses(lab, 1, source="fd77::12", addr=lab.ADDR6)
    guesses(lab, 0, source="10.77.0.11")


@suite.case
def delay_of_unknown_names(lab):
    """A name that is no account, and an answer that is no digest, take as long."""
    with delays(lab, "10.77.0.13", login_delay=1):
        guesses(lab, 0, 0, 1, user="nobody", source="10.77.0.13")
        conn, got = challenge(lab, source="10.77.0.13")
        start = time.monotonic()
        refused(lambda: answer(conn, got, CHAP_R="0x12"), "no digest")
        check(time.monotonic() - start > 0.95, "it is refused at once")


@suite.case
def right_is_never_delayed(lab):
    """While a wrong secret waits for its answer, the right one of the same address
    is taken at once, and the wrong ones of this account are forgotten. The event
    does not wait either."""
    where = {"source": "10.77.0.14"}
    with delays(lab, *where.values(), login_delay=8):
        guesses(lab, 0, 0, 1, **where)
        listener = lab.listen("session")
        conn = send_wrong(lab, **where)
        start = time.monotonic()
        event = soon(listener.next, 10 * SLOW)
        equal((event["event"], event["status"], event["reason"]),
              ("login-failed", AUTH_FAILED, "the secret is wrong (CHAP_R)"),
              "event")
        soon(is_right, lab, **where)
        refused(conn.login_response, "the one that waits")
        took = time.monotonic() - start
        check(1.95 < took < 2 + SLOW, f"its answer came after {took:.1f} s")
        guesses(lab, 0, 0, 1, **where)


@suite.case
def delay_of_another_account(lab):
    """Who owns an account cannot guess the secret of another one faster."""
    where = {"source": "10.77.0.15"}
    with delays(lab, *where.values(), login_delay=2):
        account(lab, "carol", "carol-has-another")
        bind(lab, "carol", target(lab))
        carol = {"user": "carol", "secret": "carol-has-another", **where}
        guesses(lab, 0, 0, 1, **where)
        soon(is_right, lab, **carol)
        guesses(lab, 2, **where)
        # now both were tried, and neither makes the other one forgotten
        guesses(lab, 2, user="carol", **where)
        soon(is_right, lab, **carol)
        guesses(lab, 2, **where)
        lab.adm("account", "unbind", "carol", "target", target(lab))
        lab.adm("account", "del", "carol")


@suite.case
def delay_within_timeout(lab):
    """The answer comes before the time of the login is over, and what is sent
    meanwhile is ignored."""
    where = {"source": "10.77.0.16"}
    with delays(lab, *where.values(), login_delay=60, login_timeout=2 * SLOW):
        for _ in range(3 if SLOW == 1 else 5):
            guess(lab, **where)
        conn = send_wrong(lab, **where)
        more = send_wrong(lab, **where)
        start = time.monotonic()
        for _ in range(100):
            more.send(more.login_pdu({"CHAP_N": USER}, 0, 1))
        for one in conn, more:
            try:
                one.login_response()
                check(False, "taken")
            except LoginError as err:
                equal(hex(err.status), hex(AUTH_FAILED), "status")
            equal(one.expect_close(), [], "after it")
        took = time.monotonic() - start
        check(1.5 * SLOW < took < 3 * SLOW + 2,
              f"the answers came after {took:.1f} s")


@suite.case
def delayed_ones_are_bounded(lab):
    """Connections that wait for their answers count as those in login: the address
    with the most of them loses some, and nobody else waits."""
    where = {"source": "10.77.0.17"}
    with delays(lab, *where.values(), login_delay=60, login_timeout=60):
        guesses(lab, 0, 0, 1, 2, **where)
        lab.adm("net", "set", "max-logins", 3)
        before = counted(lab, "logins_closed")
        waiting = [send_wrong(lab, **where) for _ in range(6)]
        wait_until(lambda: lab.connections() <= 3, 10 * SLOW, "some are closed")
        equal(counted(lab, "logins_closed") - before, 3, "closed")
        soon(is_right, lab)
        for conn in waiting:
            conn.close()
        # who does not wait for the answer is counted all the same
        wait_until(lambda: not lab.connections(), 10 * SLOW, "all are closed")
        lab.adm("net", "set", "login-delay", 3)
        guesses(lab, 3, **where)


@suite.case
def no_delay(lab):
    """0 switches it off."""
    where = {"source": "10.77.0.18"}
    with delays(lab, *where.values(), login_delay=0):
        before = counted(lab, "logins_delayed")
        guesses(lab, *[0] * 8, **where)
        equal(counted(lab, "logins_delayed"), before, "delayed")


if __name__ == "__main__":
    suite.main()
