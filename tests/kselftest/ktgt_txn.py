#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Transactions of several changes, that a socket has open.

    target namespace: whatever each case makes -- veth -- this program

Shown: nothing is to be seen before the commit, and all after it; one refusal
and nothing was done, devices and names included; a transaction that was made
for another configuration is refused; a socket that closes takes its transaction
along; a LUN gets another device, and a device another LUN, without an error or
the loss of a session; a secret changes in place.
"""

import errno
import os
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from genl import BACKEND_BLOCK, OFFLINE, READY  # noqa: E402
from ktap import Failure, Suite, check, equal, wait_until  # noqa: E402
from lab import IQN, SLOW, Lab  # noqa: E402

suite = Suite(Lab)
suite.after = Lab.stop_target
AUTH_FAILED = 0x0201
TASK_ABORTED = 0x40  # SAM-5, 5.3.1


def generation(nl):
    got = nl.do("net-get")[0][genl.ATTRS["net"]["generation"]]
    return struct.unpack("=Q", got)[0]


def target(nl, tid, name, devices=(), **values):
    """A target for everybody, with DEVICES as LUNs from 1."""
    nl.do("target-new", name=f"{IQN}:{name}", id=tid, **values)
    nl.do("acl-new", target_id=tid, all=None)
    for lun, dev in enumerate(devices, 1):
        disk(nl, tid, lun, dev)
    return f"{IQN}:{name}"


def disk(nl, tid, lun, dev, **values):
    nl.do("lu-new", target_id=tid, lun=lun, backend=BACKEND_BLOCK, path=dev,
          **values)


def nothing(nl, tid, lun):
    """A LUN without storage."""
    nl.do("lu-new", target_id=tid, lun=lun, backend=genl.BACKEND_NULL,
          size=1 << 20)


def commit(nl, **values):
    """Gives back the new generation."""
    made = nl.do("txn-commit", **values)[0]
    return struct.unpack("=Q", made[genl.ATTRS["txn"]["generation"]])[0]


def refused(error, func, *args, says="", **values):
    """FUNC must be refused with ERROR and a text in which SAYS is."""
    try:
        func(*args, **values)
    except genl.Refused as err:
        equal(errno.errorcode.get(err.errno), errno.errorcode[error],
              f"error ({err.extack})")
        check(err.extack and says in err.extack,
              f"'{says}' is not in '{err.extack}'")
        return
    raise Failure(f"it was done, instead of {errno.errorcode[error]}")


def devices(lab):
    """Two devices, of which each has its number in all blocks."""
    if not hasattr(lab, "devs"):
        lab.devs = [lab.null_blk(4), lab.null_blk(4)]
        for number, dev in enumerate(lab.devs):
            with open(dev, "wb") as file:
                file.write(bytes([number + 1]) * (1 << 20))
    return lab.devs


def number_of(ini, lun):
    """Which of the two devices is behind a LUN."""
    return ini.good(iscsi.read10(0, 1), lun, read=512).data[0]


@suite.case
def all_at_once(lab):
    """Nothing before the commit, all after it."""
    nl, other = lab.genl(), lab.genl()
    before = generation(other)
    nl.do("txn-begin")
    iqn = target(nl, 7, "whole", devices(lab))
    nl.do("target-set", id=7, alias="x")
    equal(lab.targets(), [], "targets before the commit")
    with open(devices(lab)[0], "rb+") as file:
        check(file, "the device is held before the commit")
    equal(generation(other), before, "generation before the commit")
    equal(commit(nl), before + 1, "generation in the reply")
    equal(generation(other), before + 1, "generation")
    found = lab.targets()[0]
    equal((found["id"], found["alias"], found["lus"]), (7, "x", 3), "target")
    ini = lab.login(iqn, luns=(1, 2))
    equal((number_of(ini, 1), number_of(ini, 2)), (1, 2), "devices")
    # the socket is as it was
    target(nl, 8, "single")
    equal(len(lab.targets()), 2, "targets")


@suite.case
def nothing_at_all(lab):
    """The last change is refused: not one has been made."""
    nl = lab.genl()
    before = generation(nl)
    for last, error, says in (
            ({"lun": 9, "path": "/dev/none"}, errno.ENOENT, "/dev/none"),
            ({"lun": 1, "path": devices(lab)[1]}, errno.EEXIST, "LUN 1"),
            ({"lun": 2, "path": devices(lab)[0]}, errno.EBUSY, "in use")):
        nl.do("txn-begin")
        target(nl, 7, "part", devices(lab)[:1])
        nl.do("account-new", user="u", secret="a-secret-of-16-b")
        nl.do("account-bind", user="u", target_id=7)
        nl.do("lu-new", target_id=7, backend=BACKEND_BLOCK, **last)
        nl.do("net-set", login_timeout=7)
        refused(error, commit, nl, says=says)
        equal(lab.targets(), [], "targets")
        equal(nl.do("account-list"), [], "accounts")
        equal(generation(nl), before, "generation")
    # names, numbers and devices are free again
    target(nl, 7, "part", devices(lab))
    nl.do("account-new", user="u", secret="another-secret-1")
    nl.do("account-del", user="u")


@suite.case
def port_until_the_commit(lab):
    """A deleted portal uses its port until the commit, and the refusal says so."""
    nl = lab.genl()
    everywhere, here = b"\0\0\0\0", b"\x7f\0\0\1"
    nl.do("portal-new", address=everywhere, port=3270)
    nl.do("txn-begin")
    nl.do("portal-del", address=everywhere, port=3270)
    nl.do("portal-new", address=here, port=3270)
    refused(errno.EADDRINUSE, commit, nl,
            says="portal 0.0.0.0:3270 uses the port until this transaction")
    nl.do("txn-begin")
    nl.do("portal-del", address=everywhere, port=3270)
    nl.do("portal-new", address=everywhere, port=3270)
    refused(errno.EEXIST, commit, nl,
            says="portal 0.0.0.0:3270 is deleted by this transaction")
    nl.do("portal-del", address=everywhere, port=3270)
    nl.do("portal-new", address=here, port=3270)
    nl.do("portal-del", address=here, port=3270)


@suite.case
def deleted_here_or_created_here(lab):
    """One transaction cannot delete and add an account again, nor undo itself."""
    nl = lab.genl()
    account = {"user": "again", "secret": "a-secret-of-16-b"}
    nl.do("account-new", **account)
    nl.do("txn-begin")
    nl.do("account-del", user="again")
    nl.do("account-new", **account)
    refused(errno.EEXIST, commit, nl,
            says="account 'again' is deleted by this transaction; add it in")
    nl.do("account-del", user="again")
    nl.do("txn-begin")
    nl.do("account-new", **account)
    nl.do("account-del", user="again")
    refused(errno.EINVAL, commit, nl,
            says="account 'again' is created by this transaction; delete it in")
    nl.do("txn-begin")
    iqn = target(nl, 7, "again")
    nl.do("target-del", id=7)
    refused(errno.EINVAL, commit, nl,
            says=f"target '{iqn}' is created by this transaction; delete it in")


@suite.case
def for_one_generation(lab):
    """Made for what was there, it is refused when that has changed."""
    nl, other = lab.genl(), lab.genl()
    seen = generation(nl)
    nl.do("txn-begin")
    target(nl, 7, "late")
    target(other, 8, "meanwhile")
    refused(errno.ESTALE, commit, nl, generation=seen, says="has changed")
    equal([t["id"] for t in lab.targets()], [8], "targets")
    seen = generation(nl)
    nl.do("txn-begin")
    target(nl, 7, "late")
    equal(commit(nl, generation=seen), seen + 1, "generation")


@suite.case
def of_one_socket(lab):
    """What is open, and how it ends."""
    nl, other = lab.genl(), lab.genl()
    refused(errno.EINVAL, commit, nl, says="none is open")
    refused(errno.EINVAL, nl.do, "txn-abort", says="none is open")
    nl.do("txn-begin")
    refused(errno.EALREADY, nl.do, "txn-begin", says="one is open")
    refused(errno.EINVAL, commit, other, says="none is open")
    target(nl, 7, "mine")
    other.do("txn-begin")
    target(other, 8, "his")
    nl.do("txn-abort")
    commit(other)
    equal([t["id"] for t in lab.targets()], [8], "targets")
    nl.do("txn-begin")
    target(nl, 7, "mine", devices(lab))
    nl.do("account-new", user="u", secret="a-secret-of-16-b")
    nl.close()
    equal([t["id"] for t in lab.targets()], [8], "targets")
    again = lab.genl(lambda: genl.Genl(portid=nl.portid))
    refused(errno.EINVAL, commit, again, says="none is open")
    # a command that was not understood is no change
    other.do("txn-begin")
    refused(errno.EINVAL, other.do, "target-new", id=9, says="name")
    target(other, 10, "whole")
    commit(other)
    equal(sorted(t["id"] for t in lab.targets()), [8, 10], "targets")


@suite.case
def numbers_of_its_own(lab):
    """A target without a number gets one, and no answer tells it."""
    nl = lab.genl()
    nl.do("txn-begin")
    equal(nl.do("target-new", name=f"{IQN}:a"), [], "answers")
    nl.do("target-set", name=f"{IQN}:a", state=OFFLINE)
    commit(nl)
    equal([(t["id"], t["state"]) for t in lab.targets()], [(1, "offline")],
          "targets")
    nl.do("target-set", id=1, state=READY)


class Reader(threading.Thread):
    """Reads LUNs all the time, and counts what the target says of it."""

    def __init__(self, ini, luns):
        super().__init__(daemon=True)
        self.ini, self.luns = ini, luns
        self.seen = {lun: set() for lun in luns}
        self.reads, self.fault, self.over = 0, None, False

    def run(self):
        try:
            while not self.over:
                tasks = [(lun, self.ini.issue(iscsi.read10(0, 1), lun,
                                              read=512))
                         for lun in self.luns * 8]
                self.ini.wait([task for _, task in tasks])
                for lun, task in tasks:
                    self.take(lun, task)
        except Exception as err:  # pylint: disable=broad-except
            self.fault = f"{type(err).__name__}: {err}"

    def take(self, lun, task):
        if task.status == 0:
            self.seen[lun].add(task.data[0])
            self.reads += 1
            return
        # It came for the one before: initiators send it again.
        if task.status == TASK_ABORTED:
            return
        check(task.key and task.key[0] == 6, f"LUN {lun}: {task}")

    def more(self):
        """Wait until each LUN has been read anew."""
        seen = self.reads
        wait_until(lambda: self.fault or self.reads > seen + 20, 10 * SLOW,
                   "reads go on")
        check(not self.fault, self.fault)

    def stop(self):
        self.over = True
        self.join(10 * SLOW)
        check(not self.fault, self.fault)


@suite.case
def lun_gets_another_device(lab):
    """Two LUNs change their devices under load: there is no moment in which
    one of them is not there, although many others change in between."""
    nl = lab.genl()
    devs = devices(lab)
    iqn = target(nl, 7, "swap", devs)
    ini = lab.login(iqn, luns=(1, 2))
    equal((number_of(ini, 1), number_of(ini, 2)), (1, 2), "devices at first")
    others = range(3, 103)
    for lun in others:
        nothing(nl, 7, lun)
    reader = Reader(ini, (1, 2))
    reader.start()
    for turn in range(1, 41):
        nl.do("txn-begin")
        for lun in (1, 2, *others):
            nl.do("lu-del", target_id=7, lun=lun)
        for lun in others:
            nothing(nl, 7, lun)
        for lun in (1, 2):
            disk(nl, 7, lun, devs[(lun + turn + 1) % 2])
        commit(nl)
        reader.more()
    reader.stop()
    equal(reader.seen, {1: {1, 2}, 2: {1, 2}}, "what was read")
    equal(len(lab.sessions()), 1, "sessions")
    equal(lab.targets()[0]["lus"], 3 + len(others), "logical units")


@suite.case
def device_goes_on(lab):
    """From a target that is deleted to one that is made, but to one alone, and
    from no one who stays."""
    nl = lab.genl()
    devs = devices(lab)
    target(nl, 7, "old", devs)
    for more, error, says in (
            ((), None, ""),
            (((9, 1, devs[0]),), errno.EBUSY, "in use")):
        nl.do("txn-begin")
        nl.do("target-del", id=7)
        target(nl, 8, "new", devs)
        target(nl, 9, "newer")
        for tid, lun, dev in more:
            disk(nl, tid, lun, dev)
        if error:
            refused(error, commit, nl, says=says)
            equal([t["id"] for t in lab.targets()], [7], "targets")
            continue
        commit(nl)
        equal([t["id"] for t in lab.targets()], [8, 9], "targets")
        nl.do("txn-begin")
        nl.do("target-del", id=8)
        nl.do("target-del", id=9)
        target(nl, 7, "old", devs)
        commit(nl)
    nl.do("txn-begin")
    nl.do("lu-del", target_id=7, lun=2)
    target(nl, 8, "new", devs)
    refused(errno.EBUSY, commit, nl, says="in use")
    # what was refused has left no mark
    nl.do("lu-del", target_id=7, lun=1)
    disk(nl, 7, 1, devs[0])
    refused(errno.EBUSY, disk, nl, 7, 1, devs[0], says="in use")


@suite.case
def target_made_again(lab):
    """Number and name are free as soon as they are given up, together or each
    for another target, and each once."""
    nl = lab.genl()
    devs = devices(lab)
    target(nl, 7, "a", devs)
    target(nl, 8, "b")
    shown = [(7, "a", 3), (8, "b", 1)]

    def equals_shown():
        equal(sorted((t["id"], t["name"].rsplit(":", 1)[1], t["lus"])
                     for t in lab.targets()), shown, "targets")
        for _, name, lus in shown:
            ini = lab.login(f"{IQN}:{name}", luns=range(1, lus))
            for lun in range(1, lus):
                number_of(ini, lun)
            ini.logout()

    for numbers in ((7, 8), (8, 7), (9, 7)):
        equals_shown()
        for good in (False, True):
            nl.do("txn-begin")
            for tid, _, _ in shown:
                nl.do("target-del", id=tid)
            target(nl, numbers[0], "a", devs)
            target(nl, numbers[1], "b")
            nl.do("target-set", id=numbers[1], alias="again")
            if good:
                commit(nl)
                break
            target(nl, numbers[1], "c")
            refused(errno.EEXIST, commit, nl, says="exists")
            equals_shown()
        shown = sorted([(numbers[0], "a", 3), (numbers[1], "b", 1)])
        equal([t["alias"] for t in lab.targets() if "alias" in t], ["again"],
              "aliases")
    equals_shown()


@suite.case
def new_lun_twice(lab):
    """A LUN that is given up is taken once."""
    nl = lab.genl()
    devs = devices(lab)
    target(nl, 7, "twice", devs[:1])
    nl.do("txn-begin")
    nl.do("lu-del", target_id=7, lun=1)
    disk(nl, 7, 1, devs[0], read_only=1)
    disk(nl, 7, 1, devs[1])
    refused(errno.EEXIST, commit, nl, says="LUN 1")
    for read_only in (1, 0):
        nl.do("txn-begin")
        nl.do("lu-del", target_id=7, lun=1)
        disk(nl, 7, 1, devs[0], read_only=read_only)
        commit(nl)
        lus = lab.adm_json("lun", "show")["lus"]
        equal([lu["read_only"] for lu in lus if lu["lun"] == 1],
              [bool(read_only)], "read-only")


def chap_status(lab, iqn, user, secret, **more):
    conn = lab.connect(iqn)
    conn.chap = {"user": user, "secret": secret, **more}
    try:
        conn.login()
    except iscsi.LoginError as err:
        return err.status
    finally:
        conn.close()
    return 0


@suite.case
def another_secret(lab):
    """It holds where the account is bound, and where it is bound later."""
    nl = lab.genl()
    old, new = "the-first-secret", "the-other-secret"
    iqn, later = target(nl, 7, "chap"), target(nl, 8, "later")
    nl.do("account-new", user="in", secret=old)
    nl.do("account-new", user="out", secret=old + "2")
    nl.do("account-bind", user="in", target_id=7)
    nl.do("account-bind", user="out", target_id=7, outgoing=None)

    def good(name, secret, target_secret=None):
        more = {"target_secret": target_secret} if target_secret else {}
        return chap_status(lab, name, "in", secret, **more)

    equal(good(iqn, old, old + "2"), 0, "login at first")
    # a transaction that is refused has changed nothing
    nl.do("txn-begin")
    nl.do("account-set", user="in", secret=new)
    nl.do("target-del", id=99)
    refused(errno.ENOENT, commit, nl, says="99")
    equal(good(iqn, old), 0, "login with the old secret")
    equal(good(iqn, new), AUTH_FAILED, "login with the new secret")
    nl.do("account-bind", user="in", target_id=8)
    equal(good(later, old), 0, "login where it was bound since")
    nl.do("account-unbind", user="in", target_id=8)
    # one that is not
    nl.do("txn-begin")
    nl.do("account-set", user="in", secret=new)
    nl.do("account-set", user="out", secret=new + "2")
    nl.do("account-bind", user="in", target_id=8)
    commit(nl)
    for name in (iqn, later):
        equal(good(name, old), AUTH_FAILED, f"{name} with the old secret")
        equal(good(name, new), 0, f"{name} with the new secret")
    equal(good(iqn, new, new + "2"), 0, "mutual login")
    # the same again
    nl.do("account-set", user="in", secret=new)
    equal(good(iqn, new), 0, "login with the same secret")
    refused(errno.ENOENT, nl.do, "account-set", user="none", secret=new,
            says="none")
    refused(errno.EINVAL, nl.do, "account-set", user="in", says="secret")
    for name in ("in", "out"):
        nl.do("account-del", user=name)


if __name__ == "__main__":
    suite.main()
