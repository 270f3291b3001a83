#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# Timeout: 240
"""Every allocation fails once: configuration, login, I/O, the module's start.

    target namespace: t1 with LUN 1 null_blk, LUN 2 null -- veth -- this program

Each operation is done again and again, with its first allocation failing, then
its second, and so on until there is none left to fail: the test finds out by
itself how many there are, and prints it. An operation of which no allocation
could be made to fail is a failure of the test.

Shown: a change of the configuration is refused with an error and a text, and
everything is as it was, or it is carried out whole; then it succeeds. A login
is refused with a status of class 3 or the connection is closed. A command ends
with GOOD and right data, or with a status that says that it failed, or the
connection is closed. Nothing ever hangs, no session stays, the next login reads
right data. While memory is short for long, what is under way waits, and goes on
when there is some again. A failing device is told as such. The module unloads in
the end.

Needs a kernel with fail-nth: the debug kernel. See tests/lib/faults.py.
"""

import contextlib
import ctypes
import errno
import itertools
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from faults import (BOTH, IO, REST, Faults, block_faults,  # noqa: E402
                    quiet_null_blk)
from genl import Genl, Refused  # noqa: E402
from iscsi import Closed, LoginError, Rejected  # noqa: E402
from ktap import (Failure, Skip, Suite, check, comment, equal,  # noqa: E402
                  wait_until)
from lab import (CLONE_NEWNET, IQN, Lab, enter_named, enter_netns,  # noqa: E402
                 is_free, read, run, write)
from shadow import Shadow  # noqa: E402

STEP = 5 if os.environ.get("KTGT_SHORT") else 1
HANG = 30	# seconds after which something that has to come is missed
DATA = {"MaxRecvDataSegmentLength": 262144, "FirstBurstLength": 65536,
        "MaxBurstLength": 262144, "InitialR2T": "No", "ImmediateData": "Yes"}
SECRET, TARGET_SECRET = "secret-of-alice", "secret-of-target"
# The last one is what the kernel says when it has no inode for a socket.
NO_MEMORY = (errno.ENOMEM, errno.ENOBUFS, errno.ENFILE)
SYS_FINIT_MODULE, SYS_DELETE_MODULE = 313, 176
LIBC = ctypes.CDLL(None, use_errno=True)

# --- the lab ----------------------------------------------------------------


class FaultLab(Lab):
    """A lab whose kernel fails allocations."""

    def setup(self):
        self.total = 0
        self.faults = None
        if os.uname().machine != "x86_64":
            raise Skip("knows the numbers of system calls of x86_64 only")
        super().setup()
        self.faults = Faults()
        # Where packets are sent they are received, and there the connection
        # runs: one processor has less to be armed, and takes turns less.
        os.sched_setaffinity(0, {0})

    def cleanup(self):
        if self.faults:
            self.faults.close()
        super().cleanup()

    def null_blk(self, *args, **kwargs):
        device = super().null_blk(*args, **kwargs)
        quiet_null_blk(self.devices[-1])
        return device

    def clean(self):
        """After each case, however it ended: nothing is configured."""
        self.faults.within("module")
        self.faults.spare(None)
        self.close_all()
        for netns in (self.tns, self.ins):
            enter_named(netns)
            nl = Genl()
            for noun, keys in (("target", ("id",)), ("account", ("user",)),
                               ("portal", ("address", "port"))):
                kinds = [genl.ATTRS[noun][key] for key in keys]
                for one in nl.do(f"{noun}-list"):
                    force = genl.words(noun, force=None) \
                        if noun == "target" else b""
                    bound = genl.ATTRS["account"]["target-id"] in one
                    if noun != "account" or not bound:
                        nl.request(genl.COMMANDS[f"{noun}-del"], b"".join(
                            genl.attr(kind, one[kind]) for kind in kinds)
                            + force)
            nl.close()
        self.drop_devices()


suite = Suite(FaultLab)
suite.after = FaultLab.clean


def sweep(lab, name, arm, once, least=1):
    """Do ONCE(armed number) with the first allocation failing, the second, ...
    until one round fails none. ARM(number) is a context manager. LEAST is how
    many allocations there have to be. A short run leaves two of three out."""
    sites = 0
    for number in itertools.count(1, STEP):
        check(number < 3000, f"{name}: it comes to no end")
        for tried in itertools.count(1):
            try:
                armed = once(lambda: arm(number))
            except Exception as err:
                raise Failure(f"{name}, allocation {number}: "
                              f"{type(err).__name__}: {err}") from err
            if armed.fired or tried >= armed.tries:
                break
        if not armed.fired:
            break
        sites += 1
    comment(f"{name}: {sites} sites")
    lab.total += sites
    check(sites >= least, f"{name}: {sites} allocations could be made to fail")


# --- configuration ----------------------------------------------------------

LINK = "/run/ktgt-link"
LISTS = ("target-list", "portal-list", "lu-list", "acl-list", "account-list",
         "port-group-list")


def noun_of(command):
    return command.rsplit("-", 1)[0]


VARIES = {noun_of(name): {genl.ATTRS[noun_of(name)]["generation"]}
          for name in (*LISTS, "net-get")}


def state(nl, exact=True):
    """All that the namespace tells of its configuration; unless EXACT without
    its generation, and in any order."""
    out = []
    for name in ("net-get", *LISTS):
        answers = nl.do(name)
        if not exact:
            skip = VARIES[noun_of(name)]
            answers = sorted(tuple(sorted((kind, value)
                                          for kind, value in one.items()
                                          if kind not in skip))
                             for one in answers)
        out.append((name, answers))
    return out


def differs(got, want):
    """The lists in which two states differ."""
    return "; ".join(f"{name}: {mine} instead of {theirs}"
                     for (name, mine), (_, theirs) in zip(got, want)
                     if mine != theirs)


def carry_out(nl, command, values):
    """A request, or as "transaction" a list of them; or "link", what a path
    leads to."""
    if command == "link":
        with contextlib.suppress(FileNotFoundError):
            os.unlink(values["path"])
        if values["to"]:
            os.symlink(values["to"], values["path"])
        return
    if command != "transaction":
        nl.do(command, **values)
        return
    nl.do("txn-begin")
    try:
        ask(nl, values)
        nl.do("txn-commit")
    except Refused:
        # what was refused may be a change, or all of them
        with contextlib.suppress(Refused):
            nl.do("txn-abort")
        raise


def ask(nl, requests):
    for command, values in requests:
        carry_out(nl, command, values)


def change(lab, nl, name, do, undo):
    """Sweep over a change: DO is a request, UNDO are those that take it back.
    """
    base = state(nl, False)
    ask(nl, [do])
    wanted = state(nl, False)
    check(wanted != base, f"{name}: has no effect")
    ask(nl, undo)
    equal(differs(state(nl, False), base), "", f"{name}: undo")

    def once(arm):
        before, error = state(nl), None
        with arm() as armed:
            try:
                carry_out(nl, *do)
            except Refused as err:
                error = err
        if error:
            # what bind says, too, without memory for its table
            in_use = error.errno == errno.EADDRINUSE
            check(in_use or error.errno in NO_MEMORY,
                  f"{error} ({error.extack})")
            check(in_use or "out of memory" in error.extack,
                  f"the text of the refusal is '{error.extack}'")
            check(armed.fired, "refused, and no allocation has failed")
            equal(differs(state(nl), before), "", "after a refusal")
            carry_out(nl, *do)
        equal(differs(state(nl, False), wanted), "", "after the change")
        ask(nl, undo)
        equal(differs(state(nl, False), base), "", "taken back")
        return armed

    sweep(lab, name, lab.faults.here, once)
    # what its worker does for the handler; that may need no memory
    sweep(lab, f"{name}, carried out",
          lambda number: lab.faults.workers_of(REST, number), once, 0)


def configured(lab):
    """A namespace with two of everything, and requests to make it."""
    dev, spare = lab.null_blk(4), lab.null_blk(4)
    target = [
        ("target-new", {"id": 1, "name": f"{IQN}:t1", "alias": "one"}),
        ("lu-new", {"target_id": 1, "lun": 1, "path": dev}),
        ("lu-new", {"target_id": 1, "lun": 2, "backend": 2, "size": 1 << 20}),
        ("acl-new", {"target_id": 1, "all": None}),
        ("acl-new", {"target_id": 1, "initiator": f"{IQN}:ini"}),
    ]
    bindings = [
        ("account-bind", {"user": "alice", "target_id": 1}),
        ("account-bind", {"user": "bob", "target_id": 1, "outgoing": None}),
        ("account-bind", {"user": "alice", "target_id": 0}),
    ]
    nl = lab.genl()
    ask(nl, [("portal-new", {"address": b"\12\115\0\1", "port": 3261,
                             "group_tag": 1}),
             ("target-new", {"id": 2, "name": f"{IQN}:t2"}), *target,
             ("account-new", {"user": "alice", "secret": SECRET}),
             ("account-new", {"user": "bob", "secret": TARGET_SECRET}),
             *bindings])
    return nl, target, bindings, dev, spare


def first_target(lab):
    """What comes with the first target of a namespace, and what is adopted."""
    enter_named(lab.ins)
    nl = Genl()
    new = ("target-new", {"id": 1, "name": f"{IQN}:first"})
    gone = ("target-del", {"id": 1})
    change(lab, nl, "target new (with portals)", new, [gone])
    ask(nl, [new])
    own = {"address": bytes(4), "port": 3260}
    change(lab, nl, "portal new (adopted)", ("portal-new",
                                             {**own, "group_tag": 7}),
           [gone, ("portal-del", own), new])
    change(lab, nl, "target del (with portals)", gone, [new])
    ask(nl, [gone])
    nl.close()


@suite.case
def changes(lab):
    """Every command that changes the configuration."""
    lab.faults.within("module")
    first_target(lab)
    nl, target, bindings, dev, spare = configured(lab)
    one = {"target_id": 1}
    ip6 = {"address": bytes.fromhex("fd770000000000000000000000000001"),
           "port": 3262}
    block = {**one, "lun": 3, "path": spare, "serial": "S", "naa": 3 << 60 | 5}
    null = {**one, "lun": 3, "backend": 2, "size": 1 << 20}
    absent = {**one, "lun": 3, "path": "/dev/ktgt-none", "absent": None}
    net = {"address": b"\12\0\0\0", "prefix_len": 8}
    carol = {"user": "carol", "secret": SECRET}
    for name, do, undo in (
            ("net set", ("net-set", {"login_timeout": 20, "max_logins": 9}),
             [("net-set", {"login_timeout": 15, "max_logins": 1024})]),
            ("target new", ("target-new", {"name": f"{IQN}:t3", "alias": "x",
                                           "state": 1}),
             [("target-del", {"id": 3})]),
            ("target set", ("target-set", {"id": 1, "alias": "y", "state": 1}),
             [("target-set", {"id": 1, "alias": "one", "state": 0})]),
            ("target set portals", ("target-set", {"id": 1, "portals": "1,2"}),
             [("target-set", {"id": 1, "portals": "all"})]),
            ("port group new", ("port-group-new", {**one, "id": 1,
                                                   "portals": "1"}),
             [("port-group-del", {**one, "id": 1})]),
            ("target del", ("target-del", {"id": 1, "force": None}),
             [*target, *bindings[:2]]),
            ("portal new", ("portal-new", {**ip6, "group_tag": 3}),
             [("portal-del", ip6)]),
            ("portal del", ("portal-del", {"address": b"\12\115\0\1",
                                           "port": 3261}),
             [("portal-new", {"address": b"\12\115\0\1", "port": 3261,
                              "group_tag": 1})]),
            ("lun new block", ("lu-new", block), [("lu-del", {**one, "lun": 3})]),
            ("lun new null", ("lu-new", null), [("lu-del", {**one, "lun": 3})]),
            ("lun new absent", ("lu-new", absent),
             [("lu-del", {**one, "lun": 3})]),
            ("lun del", ("lu-del", {**one, "lun": 1}), [target[1]]),
            ("lun set path", ("lu-set", {**one, "lun": 1, "path": spare}),
             [("lu-set", {**one, "lun": 1, "path": dev})]),
            ("lun set read-only", ("lu-set", {**one, "lun": 1, "read_only": 1}),
             [("lu-set", {**one, "lun": 1, "read_only": 0})]),
            ("lun with another device", ("transaction", [
                ("lu-del", {**one, "lun": 1}),
                ("lu-new", {**one, "lun": 1, "path": spare})]),
             [("transaction", [("lu-del", {**one, "lun": 1}), target[1]])]),
            ("target made again", ("transaction", [
                ("target-del", {"id": 1, "force": None}),
                ("target-new", {"id": 1, "name": f"{IQN}:t3"}),
                ("target-new", {"id": 3, "name": f"{IQN}:t1"}),
                ("lu-new", {"target_id": 3, "lun": 1, "path": dev}),
                ("account-set", {"user": "bob", "secret": SECRET})]),
             [("transaction", [
                 ("target-del", {"id": 3}), ("target-del", {"id": 1}),
                 *target, *bindings[:2],
                 ("account-set", {"user": "bob", "secret": TARGET_SECRET})])]),
            ("acl new address", ("acl-new", {**one, **net}),
             [("acl-del", {**one, **net})]),
            ("acl new initiator", ("acl-new", {**one, "initiator": f"{IQN}:x"}),
             [("acl-del", {**one, "initiator": f"{IQN}:x"})]),
            ("acl del", ("acl-del", {**one, "initiator": f"{IQN}:ini"}),
             [target[4]]),
            ("account new", ("account-new", carol),
             [("account-del", {"user": "carol"})]),
            ("account del", ("account-del", {"user": "alice"}),
             [("account-new", {"user": "alice", "secret": SECRET}),
              bindings[0], bindings[2]]),
            ("account bind", ("account-bind", {"user": "bob", "target_id": 1}),
             [("account-unbind", {"user": "bob", "target_id": 1})]),
            ("account bind outgoing",
             ("account-bind", {"user": "bob", "target_id": 2,
                               "outgoing": None}),
             [("account-unbind", {"user": "bob", "target_id": 2,
                                  "outgoing": None})]),
            ("account unbind", ("account-unbind", bindings[0][1]),
             [bindings[0]]),
            ("account unbind discovery", ("account-unbind", bindings[2][1]),
             [bindings[2]])):
        change(lab, nl, name, do, undo)
    third = {**one, "lun": 3}
    waits = [("link", {"path": LINK, "to": None}),
             ("lu-new", {**third, "path": LINK, "absent": None}),
             ("link", {"path": LINK, "to": spare})]
    ask(nl, waits)
    change(lab, nl, "lun attach", ("lu-attach", third),
           [("lu-del", third), *waits])
    ask(nl, [("target-del", {"id": 1}), ("target-del", {"id": 2})])
    nl.close()
    check(is_free(dev) and is_free(spare), "a device is in use still")


@suite.case
def questions(lab):
    """Every command that shows something: the answer is whole, or an error."""
    nl = configured(lab)[0]
    nl.close()
    lab.faults.within("netlink")
    for command, values in (
            ("net-get", {}), ("target-get", {"id": 1}),
            ("lu-get", {"target_id": 1, "lun": 1}),
            *((name, {}) for name in (*LISTS, "session-list", "itl-list",
                                     "orphan-list", "lu-histogram-list",
                                     "session-histogram-list")),
            ("lu-list", {"target_id": 1})):
        nl = lab.genl()
        wanted = nl.do(command, **values)
        nl.close()

        def once(arm, command=command, values=values, wanted=wanted):
            nl = lab.genl()
            error = None
            with arm() as armed:
                try:
                    equal(nl.do(command, **values), wanted, "answer")
                except OSError as err:
                    error = err
            if error:
                check(error.errno in NO_MEMORY, f"error {error}")
            nl.close()
            return armed

        sweep(lab, command, lab.faults.here, once)


# --- namespaces and the module ----------------------------------------------

def in_new_netns(arm, inside):
    """Make a network namespace with a failing allocation, do INSIDE in it, and
    leave it again. Gives back (armed, whether it was made)."""
    back = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        with arm() as armed:
            failed = LIBC.unshare(CLONE_NEWNET)
        if failed:
            check(ctypes.get_errno() in NO_MEMORY,
                  f"error {ctypes.get_errno()} of unshare")
            return armed, False
        try:
            inside()
        finally:
            enter_netns(back)
        return armed, True
    finally:
        os.close(back)


def use_netns():
    """The module serves the namespace that we are in."""
    nl = Genl()
    nl.do("target-new", id=1, name=f"{IQN}:there")
    equal(len(nl.do("portal-list")), 2, "portals")
    nl.do("target-del", id=1)
    nl.close()


@suite.case
def namespace_begins(lab):
    """A namespace is made whole or not at all, whoever of those that have a
    part in it, before us or behind us, is short of memory."""
    lab.faults.within("module")

    def once(arm):
        return in_new_netns(arm, use_netns)[0]

    sweep(lab, "namespace begins", lab.faults.here, once)

    # What comes behind us: the last allocations of them all.
    lab.faults.within("anything")
    armed, made = in_new_netns(lambda: lab.faults.here(1 << 20), use_netns)
    check(made and armed.seen > 50, f"{armed.seen} allocations")
    last, failed = armed.seen, 0
    for number in range(last - 60, last):
        armed, made = in_new_netns(lambda n=number: lab.faults.here(n),
                                   use_netns)
        failed += not made
    comment(f"namespace given up: {failed} sites of the last 60")
    lab.total += failed
    check(failed > 20, "hardly any namespace was given up")


@suite.case
def namespace_ends(lab):
    """A namespace that ends with a target, a LU and a session, and short of
    memory, ends all the same."""
    dev = lab.null_blk(4)
    lab.faults.within("module")

    def fill():
        run("ip", "link", "set", "lo", "up")
        nl = Genl()
        ask(nl, [("target-new", {"id": 1, "name": f"{IQN}:end"}),
                 ("lu-new", {"target_id": 1, "lun": 1, "path": dev}),
                 ("acl-new", {"target_id": 1, "all": None})])
        nl.close()
        ini = lab.connect(f"{IQN}:end", addr="127.0.0.1", timeout=HANG)
        ini.login()
        lab.clear_ua(ini)
        return ini

    def once(arm):
        left = []
        in_new_netns(lambda: lab.faults.here(0), lambda: left.append(fill()))
        with arm() as armed:
            forget(lab, left[0])
            wait_until(lambda: is_free(dev), HANG, "its device is released")
        return armed

    sweep(lab, "namespace ends",
          lambda number: lab.faults.workers_of(BOTH, number), once)


def module_file():
    """The module that was loaded, decompressed if it has to be."""
    path = os.environ.get("KTGT_KO") or "/ktgt/ktgt.ko"
    if not os.path.exists(path):
        raise Skip("where the module's file is nobody knows")
    return path


def unload():
    wait_until(lambda: read("/sys/module/ktgt/refcnt") == "0", HANG,
               "the module is in use by nobody")
    if LIBC.syscall(SYS_DELETE_MODULE, b"ktgt", os.O_NONBLOCK):
        raise OSError(ctypes.get_errno(), "delete_module")


def traces_of_module():
    """Whether something is left of a module that is not loaded."""
    left = []
    if os.path.exists("/sys/module/ktgt"):
        left.append("/sys/module/ktgt")
    for pid in os.listdir("/proc"):
        try:
            # others keep the name of the last work that they did
            name = read(f"/proc/{pid}/comm") if pid.isdigit() else ""
            if name.startswith("kworker/R-ktgt"):
                left.append(f"a thread {name}")
        except (FileNotFoundError, ProcessLookupError):
            continue
    try:
        Genl().close()
        left.append("the netlink family")
    except OSError as err:
        equal(err.errno, errno.ENOENT, "error of an unknown family")
    return left


@suite.case
def module_load(lab):
    """The module is loaded whole, or not at all."""
    path = module_file()
    unload()

    def once(arm):
        file = os.open(path, os.O_RDONLY)
        with arm() as armed:
            failed = LIBC.syscall(SYS_FINIT_MODULE, file, b"", 0)
        os.close(file)
        if failed:
            check(ctypes.get_errno() in NO_MEMORY,
                  f"error {ctypes.get_errno()} of loading")
            equal(traces_of_module(), [], "left behind")
        else:
            nl = lab.genl()
            nl.do("net-get")
            nl.close()
            unload()
        return armed

    lab.faults.within("module init")
    try:
        sweep(lab, "module load", lab.faults.here, once)
    finally:
        run("insmod", path)
        lab.faults.reload()
        lab.faults.within("module")


# --- login ------------------------------------------------------------------

def counts(lab):
    """(sessions, connections) of the target's namespace."""
    found = lab.nl.do("net-get")[0]
    return tuple(struct.unpack("=I", found[genl.ATTRS["net"][key]])[0]
                 for key in ("sessions", "connections"))


def forget(lab, ini):
    """Close a connection that need not be closed in the end."""
    ini.close()
    lab.opened.remove(ini)


def alone(lab):
    """All connections have ended."""
    wait_until(lambda: counts(lab) == (0, 0), HANG,
               f"sessions and connections {counts(lab)} end")


def target(lab):
    """t1, with accounts that are not bound yet; gives back its name."""
    lab.nl = lab.genl()
    lab.dev = lab.null_blk(16)
    ask(lab.nl, [
        ("target-new", {"id": 1, "name": f"{IQN}:t1", "alias": "one"}),
        ("lu-new", {"target_id": 1, "lun": 1, "path": lab.dev}),
        ("lu-new", {"target_id": 1, "lun": 2, "backend": 2, "size": 1 << 24}),
        ("acl-new", {"target_id": 1, "all": None}),
        ("account-new", {"user": "alice", "secret": SECRET}),
        ("account-new", {"user": "target", "secret": TARGET_SECRET})])
    return f"{IQN}:t1"


def logged_in(lab, iqn, keys=None, **kwargs):
    """A session that has been used: its unit attention is taken, and it has
    its stock of pages."""
    return lab.login(iqn, keys or DATA, timeout=HANG, **kwargs)


# A session takes a stock of pages, one after the other, each of which can fail in
# the same way: two sweeps with them are enough.
STOCK = "ktgt_mem_refill"

LOGIN_KEYS = {
    "plain": {},
    "digests": {"HeaderDigest": "CRC32C", "DataDigest": "CRC32C"},
    "security stage": {},
    "long text": {"X-org.example.long": "x" * 200},
    "chap": {}, "wrong secret": {}, "mutual chap": {}, "discovery": {},
    "reinstatement": {},
}


def start_login(lab, iqn, name):
    """Connect; gives back (connection, function that logs in)."""
    ini = lab.connect(iqn, timeout=HANG)
    discovery = name == "discovery"
    if name in ("chap", "wrong secret", "mutual chap"):
        ini.chap = {"user": "alice", "secret": SECRET, "algs": (7, 5)}
    if name == "wrong secret":
        ini.chap["secret"] = TARGET_SECRET
    if name == "mutual chap":
        ini.chap["target_secret"] = TARGET_SECRET

    def login():
        if name == "long text":
            # in two requests, the first of which says that more comes
            keys = iscsi.text_encode({**ini.declarations(),
                                      **LOGIN_KEYS[name]})
            ini.login_step(keys[:100], 1, 3, False, True)
            ini.login_step(keys[100:], 1, 3)
            ini.full_feature = True
        elif name == "wrong secret":
            try:
                ini.login()
            except LoginError as err:
                if err.status != 0x0201:
                    raise
                ini.full_feature = True     # there is no more to come
        else:
            ini.login(LOGIN_KEYS[name] if discovery else
                      {**DATA, **LOGIN_KEYS[name]}, discovery,
                      security=name == "security stage")
        if discovery:
            ini.send_targets()

    return ini, login


def attempt(ini, login):
    """Log in; True if it went well. Any other end has to be an honest one."""
    try:
        login()
    except LoginError as err:
        equal(err.status >> 8, 3, f"class of the refusal ({err})")
        return False
    except Rejected as err:
        equal(err.reason, iscsi.REJECT_RESOURCES, "reason of the Reject")
        return False
    except Closed:
        return False
    check(ini.full_feature, "logged in, and not in full feature phase")
    return True


def good_login(lab, iqn, name="plain"):
    """A login that nothing disturbs."""
    ini, login = start_login(lab, iqn, name)
    login()
    if name == "plain":
        lab.clear_ua(ini)
        ini.good(iscsi.read10(0, 8), read=4096)
    ini.logout()
    forget(lab, ini)
    alone(lab)


def login_sweep(lab, iqn, name):
    """Sweep over a login, from when the connection is accepted."""
    def once(arm):
        old = None
        alone(lab)
        if name == "reinstatement":
            old, login = start_login(lab, iqn, "plain")
            login()
        with arm() as armed:
            try:
                ini, login = start_login(lab, iqn, name)
            except ConnectionError:
                ini = None
            fine = ini and attempt(ini, login)
        check(fine or armed.fired, "it failed, and no allocation has")
        for conn in (ini, old):
            if conn:
                forget(lab, conn)
        alone(lab)
        # the right secret, after which the wrong one is answered at once again
        good_login(lab, iqn, "chap" if name == "wrong secret" else name)
        return armed

    sweep(lab, f"login {name}",
          lambda number: lab.faults.workers_of(IO, number), once)


@suite.case
def logins(lab):
    """Every kind of login."""
    iqn = target(lab)
    nl = lab.nl
    for name in LOGIN_KEYS:
        lab.faults.spare(STOCK if name != "plain" else None)
        if name == "chap":
            nl.do("account-bind", user="alice", target_id=1)
        if name == "mutual chap":
            nl.do("account-bind", user="target", target_id=1, outgoing=None)
        if name == "discovery":
            nl.do("account-unbind", user="alice", target_id=1)
        login_sweep(lab, iqn, name)


@suite.case
def session_ends(lab):
    """A session ends, by logout, by the peer or by the administrator, although
    memory is short meanwhile."""
    iqn = target(lab)
    nl = lab.nl
    number_of = genl.ATTRS["session"]["id"]

    def close(ini):
        ini.close()

    def logout(ini):
        equal(ini.logout(), 0, "response")
        ini.expect_close()

    def delete(ini):
        found = nl.do("session-list")[0][number_of]
        nl.do("session-del", id=struct.unpack("=I", found)[0])
        check(ini, "no session")

    lab.faults.spare(STOCK)
    for end in (close, logout, delete):
        def once(arm, end=end):
            ini = logged_in(lab, iqn)
            with arm() as armed:
                end(ini)
                alone(lab)
            forget(lab, ini)
            good_login(lab, iqn)
            return armed

        sweep(lab, f"session ends ({end.__name__})",
              lambda number: lab.faults.workers_of(BOTH, number), once)


# --- commands ---------------------------------------------------------------

# Aborted command, hardware error, data protect (no space), medium error
KEYS = (0xb, 4, 7, 3, 2)


def ends_well(task, what):
    """True if a command ended with GOOD; any other end has to be honest."""
    if task.response:
        raise Failure(f"{what}: response {task.response}")
    if task.status == 0:
        return True
    if task.status == 2:
        check(task.key and task.key[0] in KEYS, f"{what}: {task}")
        return False
    check(task.status in (8, 0x28), f"{what}: {task}")
    return False


class Command:
    """A SCSI command that is made to fail."""

    def __init__(self, name, cdb, size=0, lba=None, keys=None, cold=False,
                 unmap=None, sense=None, queue=False, stock=False, **how):
        self.name, self.cdb, self.size, self.lba = name, cdb, size, lba
        self.keys, self.cold, self.unmap = keys, cold, unmap
        self.sense, self.queue, self.how = sense, queue, how
        self.stock = stock

    def run(self, ini, shadow):
        """True if it went well."""
        data, kwargs = None, dict(self.how)
        if self.cdb[0] in (0x2A, 0x2E, 0x41):
            data = shadow.pattern(512 if self.cdb[0] == 0x41 else self.size)
            kwargs["write"] = data
            data *= self.size // len(data)
        elif self.cdb[0] == 0x48:
            data = shadow.pattern(512)
            kwargs["write"] = iscsi.overwrite_list(data)
            data *= self.size // len(data)
        elif self.cdb[0] == 0x89:
            # what is there, and what is to be there
            data = shadow.pattern(self.size)
            kwargs["write"] = shadow.known(self.lba, self.size) + data
        elif self.cdb[0] == 0x8B:
            # no bit changes
            kwargs["write"] = shadow.known(self.lba, self.size)
            data = kwargs["write"]
        elif self.cdb[0] == 0x83:
            # the beginning of the LUN to this place
            blocks = self.size // 512
            kwargs["write"] = iscsi.copy_list(
                [iscsi.copy_blocks(0xFFFF, 0xFFFF, blocks, 0, self.lba)])
            data = shadow.known(0, self.size)
        elif self.cdb[0] == 0x2F:
            if self.size:
                kwargs["write"] = shadow.known(self.lba, self.size)
            task = ini.command(self.cdb, **kwargs)
            return ends_well(task, self.name)
        elif self.unmap:
            data = bytes(self.size)
            kwargs["write"] = iscsi.unmap_list(*self.unmap)
        elif self.size:
            kwargs["read"] = self.size
        # no memory for it is no reason to end the session
        task = ini.command(self.cdb, **kwargs)
        if self.sense and task.status == 2 and task.key == self.sense:
            return True
        good = ends_well(task, self.name)
        if data:
            shadow.wrote(self.lba, data, good)
        elif good and self.lba is not None:
            equal(len(task.data), self.size, "bytes")
            shadow.check(self.lba, task.data, self.name)
        return good


SOLICITED = {**DATA, "InitialR2T": "Yes", "ImmediateData": "No"}
DIGESTS = {**DATA, "HeaderDigest": "CRC32C", "DataDigest": "CRC32C"}
REGION = 640	# blocks of LUN 1 that are used

COMMANDS = (
    Command("first command of a session", iscsi.inquiry(96), 96, cold=True),
    Command("inquiry", iscsi.inquiry(96), 96),
    Command("inquiry vpd", iscsi.inquiry(255, 0x83), 255),
    Command("report luns", iscsi.report_luns(), 4096),
    Command("mode sense", iscsi.mode_sense6(0x3F), 252),
    Command("read capacity", iscsi.read_capacity16(), 32),
    Command("supported opcodes", iscsi.rsoc(), 65535),
    Command("supported functions", iscsi.rstmf(1), 64),
    Command("write buffer", iscsi.write_buffer(2, 512), write=bytes(512)),
    Command("set identifying information", iscsi.set_info(0, 4), write=b"name"),
    Command("bad opcode", b"\x6e" + bytes(5), sense=(5, 0x20, 0)),
    Command("read 512", iscsi.read10(0, 1), 512, 0),
    Command("read 4 KiB, digests", iscsi.read10(0, 8), 4096, 0, DIGESTS),
    Command("read 96 KiB", iscsi.read10(0, 192), 98304, 0),
    Command("read 320 KiB, and its pages", iscsi.read10(0, 640), 327680, 0,
            stock=True),
    Command("write 4 KiB, immediate", iscsi.write10(8, 8), 4096, 8),
    Command("write 64 KiB, unsolicited", iscsi.write10(0, 128), 65536, 0,
            immediate=0, unsolicited=65536),
    Command("write 96 KiB, solicited", iscsi.write10(0, 192), 98304, 0,
            SOLICITED),
    Command("write 320 KiB, all kinds", iscsi.write10(0, 640), 327680, 0,
            immediate=4096, unsolicited=65536),
    Command("write 4 KiB, digests", iscsi.write10(16, 8), 4096, 16, DIGESTS),
    Command("synchronize cache", iscsi.sync_cache10()),
    Command("verify 4 KiB", iscsi.verify10(0, 8)),
    Command("verify 96 KiB, with data", iscsi.verify10(0, 192, iscsi.BYTCHK_ALL),
            98304, 0),
    Command("write and verify 96 KiB", iscsi.write_verify10(0, 192, iscsi.BYTCHK_ALL),
            98304, 0),
    Command("compare and write 4 KiB", iscsi.compare_and_write(8, 8), 4096, 8),
    Command("orwrite 96 KiB", iscsi.orwrite16(0, 192), 98304, 0),
    Command("copy 96 KiB", iscsi.extended_copy(16 + 28), 98304, 256),
    # the LUN is tracked now
    Command("read 4 KiB, tracked", iscsi.read10(0, 8), 4096, 0),
    Command("write 4 KiB, tracked", iscsi.write10(8, 8), 4096, 8),
    # its work takes a bio that somebody else has left in a cache
    Command("unmap", iscsi.unmap(24), 65536, 0, unmap=((0, 128),)),
    Command("write same", iscsi.write_same10(0, 128), 65536, 0, queue=True),
    Command("sanitize", iscsi.sanitize(iscsi.OVERWRITE, 516), REGION * 512, 0),
    Command("register", iscsi.pr_out(6), write=iscsi.pr_list(0, 1)),
)


class Bench:
    """The target, and what is on its LUN 1."""

    def __init__(self, lab):
        self.lab = lab
        self.iqn = target(lab)
        self.shadow = Shadow(REGION)
        self.write_all()

    def write_all(self):
        ini = logged_in(self.lab, self.iqn)
        data = self.shadow.pattern(REGION * 512)
        ini.good(iscsi.write10(0, REGION), write=data)
        self.shadow.wrote(0, data, True)
        self.leave(ini)

    def leave(self, ini):
        """The session ends, and all data is right. A second one is used, as
        the first one may be closed."""
        forget(self.lab, ini)
        alone(self.lab)

    def verify(self, ini, lba=0, size=REGION * 512):
        """A fresh session reads what is there."""
        data = ini.good(iscsi.read10(lba, size // 512), read=size).data
        self.shadow.check(lba, data, "afterwards")


def command_sweep(bench, command, kind, words):
    """Sweep over a command. That data is right afterwards is seen at the
    beginning of the round that follows, in a session of its own."""
    lab = bench.lab
    lab.faults.spare(None if command.stock else STOCK)

    def once(arm):
        if command.lba is not None:
            ini = logged_in(lab, bench.iqn)
            bench.verify(ini, command.lba, command.size)
            bench.leave(ini)
        ini = logged_in(lab, bench.iqn, command.keys,
                        clear_ua=not command.cold)
        if not command.cold:
            ini.nop(b"x" * 512)
        with arm() as armed:
            good = command.run(ini, bench.shadow)
        check(good or armed.fired, "it failed, and no allocation has")
        bench.leave(ini)
        return armed

    sweep(lab, f"{command.name}{words}",
          lambda number: lab.faults.workers_of(kind, number), once)
    if command.lba is not None:
        ini = logged_in(lab, bench.iqn)
        bench.verify(ini)
        bench.leave(ini)


@suite.case
def commands(lab):
    """Every kind of command."""
    bench = Bench(lab)
    for command in COMMANDS:
        command_sweep(bench, command, IO, "")
        if command.queue:
            command_sweep(bench, command, REST, " (its work)")


@suite.case
def ejections(lab):
    """A medium that is ejected, or loaded: if that fails it is where it was."""
    iqn = target(lab)
    lab.adm("lun", "set", "target", 1, "lun", 1, "removable", "on")
    lab.faults.spare(STOCK)
    for name, bits in (("eject", 2), ("load", 3)):
        def once(arm, name=name, bits=bits):
            ini = logged_in(lab, iqn)
            ini.good(iscsi.start_stop(bits ^ 1))
            ini.nop(b"x" * 512)
            with arm() as armed:
                good = ends_well(ini.command(iscsi.start_stop(bits)), name)
            check(good or armed.fired, "it failed, and no allocation has")
            equal(lab.disks()[0]["ejected"], good == (bits == 2), "ejected")
            lab.clear_ua(ini)
            ini.good(iscsi.start_stop(3))
            forget(lab, ini)
            alone(lab)
            return armed

        sweep(lab, f"{name} a medium",
              lambda number: lab.faults.workers_of(BOTH, number), once)


@suite.case
def kept_registrations(lab):
    """A registration that is to outlive a loss of power: if it fails nothing has changed,
    and the last one that did not is in the state file."""
    iqn = target(lab)
    memory = os.memfd_create("ktgt-state")
    os.posix_fallocate(memory, 0, 65536)
    disk = {"target_id": 1, "lun": 3, "backend": 2, "size": 1 << 24,
            "state_descriptor": memory}
    lab.nl.do("lu-new", **disk)
    lab.faults.spare(STOCK)
    last = 0

    def read_key(ini):
        data = ini.good(iscsi.pr_in(0), 3, read=64).data
        return int.from_bytes(data[8:16], "big")

    def once(arm):
        nonlocal last
        ini = logged_in(lab, iqn)
        lab.clear_ua(ini, 3)
        ini.nop(b"x" * 512)
        with arm() as armed:
            task = ini.command(iscsi.pr_out(6), 3,
                               write=iscsi.pr_list(0, last + 1, 1))
            good = ends_well(task, "register with APTPL")
        check(good or armed.fired, "it failed, and no allocation has")
        last += good
        equal(read_key(ini), last, "the key")
        forget(lab, ini)
        alone(lab)
        return armed

    sweep(lab, "register with APTPL",
          lambda number: lab.faults.workers_of(IO, number), once)
    lab.nl.do("lu-del", target_id=1, lun=3)
    lab.nl.do("lu-new", **disk)
    ini = logged_in(lab, iqn)
    lab.clear_ua(ini, 3)
    equal(read_key(ini), last, "the key in the file")
    forget(lab, ini)
    os.close(memory)


def nop(ini):
    equal(ini.nop(b"y" * 4096).data, b"y" * 4096, "data of the NOP-In")


def text(ini):
    found, _ = ini.send_targets("")
    equal([name for name, _ in found], [ini.target], "targets")


def logout(ini):
    equal(ini.logout(), 0, "response")


def reject(ini):
    pdu = iscsi.Pdu(iscsi.SNACK, 0x80, itt=ini.itt())
    ini.send(pdu.put("expstatsn", ini.expstatsn))
    try:
        ini.until(iscsi.REJECT)
    except Rejected as err:
        equal(err.reason, iscsi.REJECT_SNACK, "reason")


def abort_task(ini):
    """Of a WRITE that waits for its data."""
    task = ini.waiting_write(2, data=bytes(65536))
    answer = ini.tmf(1, 2, task.itt, (ini.cmdsn - 1) & 0xFFFFFFFF)
    check(answer in (0, 255), f"response {answer} of ABORT TASK")
    return answer == 0


def abort_task_set(ini):
    for _ in range(3):
        ini.waiting_write(2, data=bytes(65536))
    answer = ini.tmf(2, 2)
    check(answer in (0, 255), f"response {answer} of ABORT TASK SET")
    return answer == 0


def lu_reset(ini):
    ini.issue(iscsi.write10(0, 128), 2, write=bytes(65536), immediate=0,
              unsolicited=0, answer_r2t=False)
    answer = ini.tmf(5, 2)
    check(answer in (0, 255), f"response {answer} of LOGICAL UNIT RESET")
    return answer == 0


def target_reset(ini):
    for lun in (1, 2):
        ini.issue(iscsi.write10(0, 128), lun, write=bytes(65536), immediate=0,
                  unsolicited=0, answer_r2t=False)
    answer = ini.tmf(6)
    check(answer in (0, 255), f"response {answer} of TARGET WARM RESET")
    return answer == 0


def nexus_reset(ini):
    for lun in (1, 2):
        ini.waiting_write(lun, data=bytes(65536))
    answer = ini.tmf(11)
    check(answer in (0, 255), f"response {answer} of I_T NEXUS RESET")
    return answer == 0


@suite.case
def requests(lab):
    """Requests that are no commands: NOP, text, task management, logout."""
    bench = Bench(lab)
    lab.adm("target", "set", bench.iqn, "reset", "on")
    lab.faults.spare(STOCK)
    for request, keys in ((nop, DATA), (text, DATA), (reject, DATA),
                          (abort_task, SOLICITED), (abort_task_set, SOLICITED),
                          (lu_reset, SOLICITED), (target_reset, SOLICITED),
                          (nexus_reset, {**SOLICITED, "iSCSIProtocolLevel": 2}),
                          (logout, DATA)):
        def once(arm, request=request, keys=keys):
            ini = logged_in(lab, bench.iqn, keys, luns=(1, 2))
            other = None
            if request in (lu_reset, target_reset):
                # whose commands are aborted as well, by a message
                other = logged_in(lab, bench.iqn, keys, luns=(1, 2),
                                  isid=bytes.fromhex("80000000ab02"))
                other.issue(iscsi.write10(0, 128), 2, write=bytes(65536),
                            immediate=0, unsolicited=0, answer_r2t=False)
                other.step()
            good = True
            with arm() as armed:
                try:
                    good = request(ini) is not False
                except Closed:
                    check(request is text, "the session has ended")
                    good = False
                except Rejected as err:
                    equal(err.reason, iscsi.REJECT_RESOURCES, "reason")
                    good = False
            check(good or armed.fired, "it failed, and no allocation has")
            if other:
                forget(lab, other)
            bench.leave(ini)
            ini = logged_in(lab, bench.iqn, luns=(1, 2))
            ini.good(iscsi.write10(0, 128), 2, write=bytes(65536))
            bench.leave(ini)
            return armed

        sweep(lab, f"request {request.__name__}",
              lambda number: lab.faults.workers_of(IO, number), once)


# --- memory that is short for long ------------------------------------------

@suite.case
def short_of_pages(lab):
    """No page is to be had for a second: reads, writes and a login wait, and go
    on."""
    bench = Bench(lab)
    ini = logged_in(lab, bench.iqn, luns=(1, 2))
    late = lab.connect(bench.iqn, timeout=HANG,
                       isid=bytes.fromhex("80000000ab03"))
    data = bench.shadow.pattern(REGION * 512)
    with lab.faults.shortage("fail_page_alloc", "ktgt_mem_refill"):
        tasks = [ini.issue(iscsi.write10(0, REGION), write=data),
                 *(ini.issue(iscsi.read10(0, REGION), 2, read=REGION * 512)
                   for _ in range(4))]
        late.login(DATA)
        try:
            ini.wait(tasks, 1)
            check(False, "nothing had to wait")
        except iscsi.Timeout:
            pass
    ini.wait(tasks)
    for task in tasks:
        check(ends_well(task, "after the shortage"), f"failed: {task}")
    bench.shadow.wrote(0, data, True)
    bench.verify(ini)
    lab.clear_ua(late)
    forget(lab, late)
    bench.leave(ini)


# where PDUs to send come from: under the socket's lock, and elsewhere
PDUS_NOWAIT = "ktgt_pdu_alloc"
PDUS = ("ktgt_pdu_alloc", "ktgt_pdus_prepare", "ktgt_pdus_at_hand",
        "pdu_add_block")
# and their data segments
PDU_DATA = ("ktgt_pdu_set_data", "pdu_set_data", "ktgt_pdu_reject",
            "ktgt_pdu_reject_owed", "pdu_send_reject")
SEGMENTS = {**DATA, "MaxRecvDataSegmentLength": 8192}


def many_reads(bench, ini):
    """READs with more Data-In PDUs than a connection has at hand."""
    return [ini.issue(iscsi.read10(0, REGION), read=REGION * 512)
            for _ in range(16)]


@suite.case
def no_reserves(lab):
    """The kernel has no memory for those who do not wait for it: PDUs are made
    where one may wait. Nothing stops."""
    bench = Bench(lab)
    ini = logged_in(lab, bench.iqn, SEGMENTS)
    for attr in ("failslab", "fail_page_alloc"):
        with lab.faults.shortage(attr, PDUS_NOWAIT):
            for task in ini.wait(many_reads(bench, ini)):
                check(ends_well(task, "read"), f"failed: {task}")
                bench.shadow.check(0, task.data, "read")
    bench.verify(ini)
    bench.leave(ini)


@suite.case
def short_of_pdus(lab):
    """No PDU is to be had for a second: what has to be sent waits, and no
    session ends."""
    bench = Bench(lab)
    failures = lab.adm_json("net", "show")["net"]["allocation_failures"]
    for attr in ("failslab", "fail_page_alloc"):
        # one that has none left from before
        ini = logged_in(lab, bench.iqn, SEGMENTS)
        with lab.faults.shortage(attr, PDUS):
            tasks = many_reads(bench, ini)
            try:
                ini.wait(tasks, 1)
                check(False, "nothing had to wait")
            except iscsi.Timeout:
                pass
        for task in ini.wait(tasks):
            check(ends_well(task, "after the shortage"), f"failed: {task}")
            bench.shadow.check(0, task.data, "read")
        bench.verify(ini)
        bench.leave(ini)
    check(lab.adm_json("net", "show")["net"]["allocation_failures"] > failures,
          "no failure is counted")


@suite.case
def answers_short_of_memory(lab):
    """No memory for sense data, the data of a NOP-In, and a Reject, for a
    second: they come later."""
    bench = Bench(lab)
    ini = logged_in(lab, bench.iqn, luns=(1, 2))
    with lab.faults.shortage("fail_page_alloc", PDU_DATA):
        task = ini.issue(b"\x6e" + bytes(5))
        ini.expect_silence(0.5)
    ini.wait([task])
    equal(task.key, (5, 0x20, 0), "sense data")
    with lab.faults.shortage("fail_page_alloc", PDU_DATA):
        pdu = iscsi.Pdu(iscsi.NOP_OUT, 0x80, b"z" * 512, itt=ini.itt(),
                        ttt=iscsi.NO_TAG)
        ini.send(ini.stamp(pdu))
        ini.expect_silence(0.5)
    equal(ini.until(iscsi.NOP_IN).data[:1], b"z", "data of the NOP-In")
    with lab.faults.shortage("fail_page_alloc", PDU_DATA):
        pdu = iscsi.Pdu(iscsi.SNACK, 0x80, itt=ini.itt())
        ini.send(pdu.put("expstatsn", ini.expstatsn))
        ini.expect_silence(0.5)
    try:
        ini.until(iscsi.REJECT)
        check(False, "no Reject")
    except Rejected as err:
        equal(err.reason, iscsi.REJECT_SNACK, "reason")
    bench.verify(ini)
    bench.leave(ini)


@suite.case
def not_silent_but_short(lab):
    """Who is not listened to, because no page is to be had, is not thrown out
    for not answering a ping."""
    bench = Bench(lab)
    ini = logged_in(lab, bench.iqn, luns=(1, 2))
    lab.adm("net", "set", "nop-interval", 1)
    try:
        with lab.faults.shortage("fail_page_alloc", "ktgt_mem_refill"):
            task = ini.issue(iscsi.write10(0, 128), 2, write=bytes(65536),
                             immediate=65536)
            try:
                ini.wait([task], 4)
                check(False, "nothing had to wait")
            except iscsi.Timeout:
                pass
        ini.wait([task])
        equal(task.status, 0, "status")
    finally:
        lab.adm("net", "set", "nop-interval", 10)
    bench.leave(ini)


@suite.case
def login_short_of_memory(lab):
    """No memory for the text of a login for a second: it waits, and goes on.
    """
    bench = Bench(lab)
    with lab.faults.shortage("failslab", "ktgt_round_prepare"):
        ini, _ = start_login(lab, bench.iqn, "plain")
        ini.send(ini.login_pdu(ini.declarations()))
        ini.expect_silence(1)
    ini.login_response()
    bench.leave(ini)


@suite.case
def reset_while_short(lab):
    """A LOGICAL UNIT RESET by another initiator ends a WRITE that waits for
    the pages of its immediate data."""
    bench = Bench(lab)
    other = logged_in(lab, bench.iqn, luns=(1, 2),
                      isid=bytes.fromhex("80000000ab02"))
    ini = logged_in(lab, bench.iqn, luns=(1, 2))
    with lab.faults.shortage("fail_page_alloc", "ktgt_mem_refill"):
        # no stock is enough for all of them: one waits, and who is behind it
        tasks = []
        for _ in range(3):
            tasks.append(ini.issue(iscsi.write10(0, 1024), 2,
                                   write=bytes(524288), immediate=65536,
                                   unsolicited=65536, answer_r2t=False))
        try:
            ini.wait(tasks[-1:], 0.5)
        except iscsi.Timeout:
            pass
        equal(other.tmf(5, 2), 0, "response of the reset")
    for task in tasks:
        task.answer_r2t = True
    ini.wait(tasks)
    for task in tasks:
        check(task.status in (0, 0x40) or task.key == (6, 0x29, 3),
              f"after the reset: {task}")
    lab.clear_ua(ini, 2)
    for _ in range(3):
        ini.good(iscsi.write10(0, 1024), 2, write=bytes(524288))
        ini.good(iscsi.read10(0, 1024), 2, read=524288)
    forget(lab, other)
    bench.leave(ini)


@suite.case
def nothing_to_be_had(lab):
    """All allocations of either kind fail for half a second, under load: each
    command ends, or the connection does, and the next session is fine."""
    bench = Bench(lab)
    for attr in ("failslab", "fail_page_alloc"):
        for _ in range(3):
            ini = logged_in(lab, bench.iqn)
            data = bench.shadow.pattern(65536)
            try:
                with lab.faults.shortage(attr):
                    tasks = [ini.issue(iscsi.write10(0, 128), write=data),
                             ini.issue(iscsi.read10(128, 512), read=262144),
                             ini.issue(iscsi.inquiry(255, 0x83), read=255)]
                    with contextlib.suppress(iscsi.Timeout):
                        ini.wait(tasks, 0.5)
                ini.wait(tasks)
                good = ends_well(tasks[0], "write")
                if ends_well(tasks[1], "read"):
                    bench.shadow.check(128, tasks[1].data, "read")
            except Closed:
                good = False
            bench.shadow.wrote(0, data, good)
            bench.leave(ini)
            ini = logged_in(lab, bench.iqn)
            bench.verify(ini)
            bench.leave(ini)


# --- a device that fails ----------------------------------------------------

class FailingDevice:
    """All bios of a device, or some, fail as long as it lasts."""

    def __init__(self, device, probability=100, times=-1, space=0):
        self.folder = block_faults(device)
        self.device = device
        self.values = {"interval": 1, "times": times, "space": space,
                       "verbose": 0, "task-filter": "N",
                       "probability": probability}

    def __enter__(self):
        for key, value in self.values.items():
            write(f"{self.folder}/{key}", value)

    def __exit__(self, *_):
        write(f"{self.folder}/probability", 0)
        write(f"/sys/block/{os.path.basename(self.device)}/make-it-fail", 0)


# of a device that does not say why: another path may cure it
READ_ERROR = WRITE_ERROR = (2, 0x08, 0)


@suite.case
def device_errors(lab):
    """Whatever is asked of a device that fails, its initiator is told so."""
    bench = Bench(lab)
    ini = logged_in(lab, bench.iqn)
    errors = genl.ATTRS["lu"]["errors"]

    def counted():
        return struct.unpack("=Q", lab.nl.do("lu-get", target_id=1, lun=1)
                             [0][errors])[0]

    before, asked = counted(), (
        (iscsi.read10(0, 8), {"read": 4096}, READ_ERROR),
        (iscsi.read10(0, 640), {"read": 327680}, READ_ERROR),
        (iscsi.write10(0, 8), {"write": bytes(4096)}, WRITE_ERROR),
        (iscsi.write10(0, 640), {"write": bytes(327680)}, WRITE_ERROR),
        (iscsi.write_same10(0, 64), {"write": bytes(512)}, WRITE_ERROR),
        (iscsi.write_same10(0, 64, 8), {"write": bytes(512)}, WRITE_ERROR),
        (iscsi.unmap(24), {"write": iscsi.unmap_list((0, 64))}, WRITE_ERROR),
        (iscsi.sync_cache10(), {}, WRITE_ERROR))
    with FailingDevice(lab.dev):
        for cdb, how, sense in asked:
            task = ini.command(cdb, **how)
            equal((task.status, task.key), (2, sense), f"end of {task}")
            equal(len(task.data), 0, f"bytes of {task}")
    equal(counted() - before, len(asked), "errors counted")
    # none of it has reached the device
    bench.verify(ini)
    bench.leave(ini)


@suite.case
def one_part_fails(lab):
    """Of a command that takes several bios, each one fails once."""
    bench = Bench(lab)
    ini = logged_in(lab, bench.iqn)
    size, part = 4 << 20, 1 << 20
    blocks = size // 512
    data = bench.shadow.pattern(size)
    ini.good(iscsi.write10(0, blocks), write=data)
    for first in range(0, size, part):
        for cdb, how, sense in (
                (iscsi.read10(0, blocks), {"read": size}, READ_ERROR),
                (iscsi.write10(0, blocks), {"write": data}, WRITE_ERROR)):
            with FailingDevice(lab.dev, times=1, space=first):
                task = ini.command(cdb, **how)
                equal((task.status, task.key), (2, sense),
                      f"part at {first}: {task.cdb.hex()}")
    check(ini.good(iscsi.read10(0, blocks), read=size).data == data,
          "data differ")
    forget(lab, ini)
    alone(lab)


@suite.case
def some_bios_fail(lab):
    """Half of all bios fail under load: what is GOOD is right."""
    bench = Bench(lab)
    ini = logged_in(lab, bench.iqn)
    shadow, good, bad = bench.shadow, 0, 0
    with FailingDevice(lab.dev, probability=50):
        for turn in range(60):
            lba = turn * 16 % REGION
            data = shadow.pattern(8192)
            tasks = [ini.issue(iscsi.write10(lba, 16), write=data)]
            ini.wait(tasks)
            shadow.wrote(lba, data, ends_well(tasks[0], "write"))
            tasks += [ini.issue(iscsi.read10(at, 128), read=65536)
                      for at in (0, 256, 512)]
            ini.wait(tasks[1:])
            for at, task in zip((0, 256, 512), tasks[1:]):
                if ends_well(task, "read"):
                    shadow.check(at, task.data, "read")
            good += sum(task.status == 0 for task in tasks)
            bad += sum(task.status != 0 for task in tasks)
    check(good > 20 and bad > 20, f"{good} good and {bad} bad ones")
    bench.verify(ini)
    bench.leave(ini)


@suite.case
def nothing_stays(lab):
    """After all of it the module unloads. Memory that was lost is found by the
    leak checker, which tests/run.sh asks after each test."""
    comment(f"{lab.total} allocations were made to fail")
    if lab.faults.verbose > 1:
        comment("in: " + " ".join(sorted(lab.faults.sites)))
    path = module_file()
    unload()
    equal(traces_of_module(), [], "left behind")
    run("insmod", path)
    lab.faults.reload()


suite.main()
