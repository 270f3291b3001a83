#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Transactions that take long, because a device does not answer.

    target namespace: t1 on dm devices that are suspended -- veth -- this program

Shown: a request holds netlink up for no more than a second; its answer comes when
it is done, with all that belongs to it, and with the text of a refusal; another
change of the socket is refused until then, other requests are not, nor do they
wait; a device that does not answer is refused at the deadline, by the tool as well,
also if it is attached; who kills the tool stops nothing that it has asked for, and
leaves nothing if it slept in its own open(); nobody else gets the answer; a namespace
can be deleted meanwhile; an event tells how it ended; while a cache is flushed, all is
shown at once. A hundred LUs of a disk that is
dead are deleted in ten seconds, and a warning names what the disk still holds.
"""
# Timeout: 460

import contextlib
import errno
import os
import re
import signal
import socket
import struct
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import genl  # noqa: E402
import iscsi  # noqa: E402
from dm import GIVEN_UP, Sleeper  # noqa: E402
from genl import Genl  # noqa: E402
from ktap import Failure, Suite, check, comment, equal, wait_until  # noqa: E402
from lab import (IQN, SLOW, Lab, enter_named, is_free,  # noqa: E402
                 not_in_short_runs, outcome, read, run, seconds, start)

HOLD = 2 * min(SLOW, 2)    # seconds that netlink may be held up
DEADLINE = 10      # of a transaction
# A module with a netlink family of its own that the kernel may have
FAMILIES = ("wireguard", "nbd", "fou", "l2tp_netlink")


class SlowLab(Lab):
    """A lab with devices that sleep."""

    def __init__(self):
        super().__init__()
        self.sleepers = []
        self.sockets = []

    def sleeper(self, **attrs):
        self.sleepers.append(Sleeper(self, **attrs))
        return self.sleepers[-1]

    def socket(self):
        self.sockets.append(self.genl())
        return self.sockets[-1]

    def clean(self):
        """After each case."""
        for one in self.sleepers:
            one.wake()
        self.close_all()
        for one in self.sockets:
            one.close()
        self.sockets = []
        self.stop_target()
        for one in self.sleepers:
            wait_until(lambda one=one: is_free(one.path), 10, "device is free")
            one.remove()
        self.sleepers = []


suite = Suite(not_in_short_runs(SlowLab))
suite.after = SlowLab.clean


def slow_target(lab, **attrs):
    """A target, and the words of a LUN of it whose device sleeps."""
    lab.nl = lab.socket()
    lab.nl.do("target-new", id=1, name=f"{IQN}:slow")
    dev = lab.sleeper(**attrs)
    return dev, {"target_id": 1, "lun": 1, "path": dev.path}


def begin(nl, command, **values):
    """Send a change whose answer comes later; gives back the seconds that it has
    held netlink up."""
    noun = command.split("-", maxsplit=1)[0]
    return seconds(nl.begin, genl.COMMANDS[command], genl.words(noun, **values),
                   genl.NLM_F_ACK)[1]


def silent(nl, wait):
    """Nothing comes to the socket for WAIT seconds."""
    nl.sock.settimeout(wait)
    try:
        data = nl.sock.recv(1 << 16)
    except (socket.timeout, BlockingIOError):
        return
    finally:
        nl.sock.settimeout(60)
    raise Failure(f"there is an answer: {data.hex()}")


def refused(error, says, func, *args, **values):
    try:
        func(*args, **values)
    except genl.Refused as err:
        equal(errno.errorcode.get(err.errno), errno.errorcode[error],
              f"error ({err.extack})")
        check(says in err.extack, f"'{says}' is not in '{err.extack}'")
        return
    raise Failure(f"it was done, instead of {errno.errorcode[error]}")


def luns(nl):
    kind = genl.ATTRS["lu"]["lun"]
    return [struct.unpack("=I", lu[kind])[0]
            for lu in nl.do("lu-list")][1:]


def txn_end(listener):
    """The event that tells how a request has ended."""
    while True:
        event = listener.next(DEADLINE * 2)
        check(event, "there is no event of the end")
        if event["event"] == "txn-end":
            return event


def end_of(listener, nl):
    """The event that tells how the last request of NL has ended."""
    event = txn_end(listener)
    equal((event["port-id"], event["sequence"]), (nl.portid, nl.seq),
          "who has asked")
    return event


class Tool(threading.Thread):
    """ktgtadm, beside the test: how it ended, and the seconds that it took."""

    def __init__(self, lab, *words):
        super().__init__()
        self.argv = ("ktgtadm", "-n", lab.tns, *words)
        self.done, self.took = None, None
        self.start()

    def run(self):
        self.done, self.took = seconds(outcome, *self.argv, timeout=2 * GIVEN_UP)

    def has_given_up(self, says):
        """It ends at the deadline of the transaction, and says this."""
        self.join()
        comment(f"{self.took:.1f} s: {self.done.stderr.strip()}")
        equal(self.done.returncode, 2, "exit status")
        check(says in self.done.stderr, f"'{says}' is not what it says")
        check(DEADLINE - 1 < self.took < DEADLINE + HOLD, f"after {self.took} s")


def at_once(lab, *words):
    """ktgtadm, which waits for nobody."""
    took = seconds(lab.adm, *words)[1]
    check(took < HOLD, f"{' '.join(map(str, words))} takes {took:.1f} s")


def others_go_on(lab, path):
    """Changes of others, also with a device, and what is shown."""
    at_once(lab, "target", "set", 1, "alias", "x")
    at_once(lab, "lun", "add", "target", 1, "lun", 9, "path", path)
    at_once(lab, "lun", "del", "target", 1, "lun", 9)
    at_once(lab, "config", "show")


def load(module):
    """Load a module and unload it again."""
    run("modprobe", module)
    run("modprobe", "-r", module)


@suite.case
def netlink_goes_on(lab):
    """Other families, and modules that bring one, do not wait."""
    modules = [name for name in FAMILIES
               if not os.path.isdir(f"/sys/module/{name}") and
               not outcome("modprobe", "-n", name).returncode][:1]
    base = [seconds(load, name)[1] for name in modules]
    dev, lun = slow_target(lab)
    nl, held = lab.socket(), []
    thread = threading.Thread(
        target=lambda: held.append(begin(nl, "lu-new", **lun)))
    thread.start()
    time.sleep(0.3)
    for module, alone in zip(modules, base):
        took = seconds(load, module)[1]
        comment(f"modprobe {module}: {took:.1f} s, alone {alone:.1f} s")
        check(took - alone < HOLD, f"modprobe {module} takes {took} s")
    took = seconds(lambda: Genl("nlctrl").close())[1]
    check(took < HOLD, f"the other family answers after {took} s")
    thread.join(GIVEN_UP)
    check(held and held[0] < HOLD, f"the request returns after {held} s")
    silent(nl, 1)
    dev.wake()
    nl.answers()
    equal(luns(nl), [1], "LUNs")


def frozen(lab):
    """Whether LUN 1 is."""
    return any(lu.get("frozen") for lu in lab.adm_json("lun", "show")["lus"])


def begin_freeze(lab):
    """A freeze that waits for the storage, and its socket."""
    nl = lab.socket()
    took = seconds(nl.begin, genl.COMMANDS["lu-freeze"], genl.words(
        "freeze", target_id=1, lun=struct.pack("=I", 1), timeout=GIVEN_UP),
        genl.NLM_F_ACK)[1]
    check(took < HOLD, f"the request returns after {took} s")
    refused(errno.EBUSY, "not done yet; wait for its answer", nl.do, "target-set",
            id=1, alias="x")
    lab.nl.do("target-set", id=1, alias="x")
    silent(nl, 0.5)
    check(frozen(lab), "it is not frozen")
    return nl


@suite.case
def freeze_goes_on(lab):
    """A freeze that waits for the storage does not hold netlink up, and ends with
    its socket."""
    dev, lun = slow_target(lab, cache_size=1)
    dev.wake()
    lab.nl.do("lu-new", **lun)
    dev.sleep()
    nl = begin_freeze(lab)
    dev.wake()
    answer = nl.answers()[0]
    check(genl.ATTRS["freeze"]["id"] in answer, f"answer {answer}")
    check(frozen(lab), "it has thawed")
    nl.close()
    wait_until(lambda: not frozen(lab), HOLD, "the thaw")

    dev.sleep()
    begin_freeze(lab).close()
    wait_until(lambda: not frozen(lab), HOLD, "the thaw of one that was not done")


def shown_at_once(lab, dev):
    """All that shows a LUN, and names its device."""
    for words in (("config", "show"), ("config", "dump"), ("lun", "show"),
                  ("lun", "show", "target", 1, "lun", 1)):
        text, took = seconds(lab.adm, *words)
        comment(f"{' '.join(map(str, words))}: {took:.2f} s")
        check(took < HOLD, f"{words} takes {took} s")
        check(dev.path in text, f"{words} does not show {dev.path}: {text}")


@suite.case
def shown_while_flushed(lab):
    """The cache of a LUN is flushed, which takes long: for an initiator, for a freeze,
    and because there is to be no cache. Nobody who only looks waits for that."""
    dev, lun = slow_target(lab, cache_size=1)
    dev.wake()
    lab.nl.do("net-set", nop_interval=0)
    lab.nl.do("acl-new", target_id=1, all=None)
    lab.nl.do("lu-new", **lun)
    ini = lab.login(f"{IQN}:slow", timeout=GIVEN_UP)

    ini.good(iscsi.write10(0, 8), write=bytes(4096))
    dev.sleep()
    task = ini.issue(iscsi.sync_cache10())
    ini.expect_silence(0.5)
    shown_at_once(lab, dev)
    check(not task.done, f"{task}")
    dev.wake()
    ini.wait([task])
    equal(task.status, 0, "status of SYNCHRONIZE CACHE")

    ini.good(iscsi.write10(0, 8), write=bytes(4096))
    dev.sleep()
    nl = begin_freeze(lab)
    shown_at_once(lab, dev)
    silent(nl, 0.1)
    dev.wake()
    nl.answers()
    nl.close()
    wait_until(lambda: not frozen(lab), HOLD, "the thaw")

    ini.good(iscsi.write10(0, 8), write=bytes(4096))
    dev.sleep()
    nl = lab.socket()
    took = begin(nl, "lu-set", target_id=1, lun=1, write_cache=0)
    check(took < HOLD, f"netlink is held up for {took} s")
    shown_at_once(lab, dev)
    silent(nl, 0.1)
    dev.wake()
    nl.answers()
    equal(lab.disks()[0]["write_cache"], False, "write cache")


@suite.case
def one_at_a_time(lab):
    """Another change of the socket is refused, and a question answered."""
    listener = lab.listen("config")
    dev, lun = slow_target(lab)
    nl, other = lab.nl, lab.socket()
    begin(nl, "lu-new", **lun)
    seq = nl.seq
    for command, values in (("net-set", {"login_timeout": 20}),
                            ("target-del", {"id": 1}), ("txn-begin", {})):
        refused(errno.EBUSY, "not done yet; wait for its answer", nl.do,
                command, **values)
    equal(luns(nl), [], "LUNs")
    other.do("txn-begin")
    other.do("txn-abort")
    silent(nl, 0.5)
    dev.wake()
    nl.answers()
    equal(luns(nl), [1], "LUNs")
    nl.seq = seq
    event = end_of(listener, nl)
    check("error" not in event and "text" not in event, f"event {event}")
    equal(event["generation"], struct.unpack(
        "=Q", nl.do("net-get")[0][genl.ATTRS["net"]["generation"]])[0],
          "generation")
    nl.do("net-set", login_timeout=15)


@suite.case
def refused_late(lab):
    """The text of a refusal comes as late as the refusal."""
    listener = lab.listen("config")
    dev, lun = slow_target(lab)
    nl = lab.nl
    nl.do("lu-new", target_id=1, lun=1, backend=genl.BACKEND_NULL, size=1 << 20)
    begin(nl, "lu-new", **lun)
    silent(nl, 0.5)
    dev.wake()
    refused(errno.EEXIST, "target 1 has a LUN 1 already", nl.answers)
    event = end_of(listener, nl)
    equal((event.get("error"), event.get("text"), event.get("generation")),
          (errno.EEXIST, "target 1 has a LUN 1 already", None), "event")


@suite.case
def never_opened(lab):
    """A device that does not answer is refused at the deadline. Other changes do
    not wait for it, and it can be had when it has answered."""
    dev, lun = slow_target(lab)
    nl, other = lab.nl, lab.socket()
    started = time.monotonic()
    begin(nl, "lu-new", **lun)
    took = seconds(other.do, "target-set", id=1, alias="x")[1]
    check(took < HOLD, f"another change takes {took} s")
    refused(errno.ETIMEDOUT, f"LUN 1: {dev.path} has not answered in 10 s",
            nl.answers)
    took = time.monotonic() - started
    check(DEADLINE - 1 < took < DEADLINE + HOLD, f"refused after {took} s")
    equal(luns(nl), [], "LUNs")
    refused(errno.EBUSY, "is in use", nl.do, "lu-new", **lun)
    dev.wake()
    wait_until(lambda: is_free(dev.path), 10, "the device is free")
    nl.do("lu-new", **lun)
    equal(luns(nl), [1], "LUNs")


@suite.case
def handed_over_late(lab):
    """A device goes to another LUN although it does not answer for a while; and a
    device that two LUNs are to get is refused."""
    dev, lun = slow_target(lab)
    nl = lab.nl
    dev.wake()
    nl.do("lu-new", **lun)
    nl.do("txn-begin")
    nl.do("lu-del", target_id=1, lun=1)
    nl.do("lu-new", target_id=1, lun=2, path=dev.path)
    nl.do("lu-new", target_id=1, lun=3, path=dev.path)
    refused(errno.EBUSY, f"{dev.path} is in use by LUN", nl.do, "txn-commit")
    equal(luns(nl), [1], "LUNs")
    nl.do("txn-begin")
    nl.do("lu-del", target_id=1, lun=1)
    nl.do("lu-new", target_id=1, lun=2, path=dev.path)
    os.pwrite(dev.file, b"more" * 4096, 0)
    dev.sleep()
    begin(nl, "txn-commit")
    silent(nl, 0.5)
    dev.wake()
    nl.answers()
    equal(luns(nl), [2], "LUNs")


@suite.case
def set_late(lab):
    """A disk gets a device that does not answer: that is refused at the deadline,
    and the former one stays. Later it is taken."""
    dev, lun = slow_target(lab)
    nl, one = lab.nl, lab.null_blk(8)
    nl.do("lu-new", target_id=1, lun=1, path=one)
    took = begin(nl, "lu-set", **lun)
    check(took < HOLD, f"netlink is held up for {took} s")
    silent(nl, 0.5)
    refused(errno.ETIMEDOUT, f"LUN 1: {dev.path} has not answered in 10 s",
            nl.answers)
    check(not is_free(one), "the former device is free")
    dev.wake()
    wait_until(lambda: is_free(dev.path), 10, "the device is free")
    nl.do("lu-set", **lun)
    check(is_free(one), "the former device is in use")
    check(not is_free(dev.path), "the new device is free")


@suite.case
def former_is_dead(lab):
    """A disk gets another device, and the former one does not answer: that is
    done at the deadline, and a warning names it."""
    dev, lun = slow_target(lab)
    nl, one = lab.nl, lab.null_blk(8)
    dev.wake()
    nl.do("acl-new", target_id=1, all=None)
    nl.do("lu-new", **lun)
    ini = lab.login(f"{IQN}:slow")
    dev.sleep()
    ini.issue(iscsi.read10(0, 1), read=512)
    ini.nop()
    took = seconds(nl.do, "lu-set", target_id=1, lun=1, path=one)[1]
    check(DEADLINE - 1 < took < DEADLINE + SLOW, f"it takes {took} s")
    check("of the former device of LUN 1 of target 1; what is deleted or replaced"
          in nl.warning, f"the warning is '{nl.warning}'")
    dev.wake()
    wait_until(lambda: is_free(dev.path), 10, "the former device is free")


@suite.case
def reply_late(lab):
    """What a commit tells besides comes before its acknowledgement."""
    dev, lun = slow_target(lab)
    nl = lab.nl
    nl.do("txn-begin")
    nl.do("lu-new", **lun)
    begin(nl, "txn-commit")
    silent(nl, 0.5)
    dev.wake()
    check(genl.ATTRS["txn"]["generation"] in nl.answers()[0], "no generation")


@suite.case
def killed(lab):
    """Who kills the tool stops nothing."""
    listener = lab.listen("config")
    dev = slow_target(lab)[0]
    tool = start("ktgtadm", "-n", lab.tns, "lun", "add", "target", 1, "lun", 1,
                 "path", dev.path)
    time.sleep(2 * min(SLOW, 2))
    tool.send_signal(signal.SIGKILL)
    took = seconds(tool.wait)[1]
    check(took < HOLD, f"it dies after {took} s")
    equal(luns(lab.nl), [], "LUNs")
    dev.wake()
    wait_until(lambda: luns(lab.nl) == [1], DEADLINE, "the LUN")
    event = txn_end(listener)
    check("error" not in event, f"event {event}")


@suite.case
def open_sleeps(lab):
    """The tool says at the deadline which device it has waited for."""
    dev, other = slow_target(lab)[0], lab.null_blk(8)
    words = ("lun", "add", "target", 1, "lun", 1, "path", dev.path)
    tool = Tool(lab, *words)
    time.sleep(1)
    others_go_on(lab, other)
    equal(luns(lab.nl), [], "LUNs meanwhile")
    tool.has_given_up(f"LUN 1: {dev.path} has not answered in 10 s")
    equal(luns(lab.nl), [], "LUNs")
    dev.wake()
    wait_until(lambda: is_free(dev.path), 10, "the device is free")
    lab.adm(*words)
    equal(luns(lab.nl), [1], "LUNs")


@suite.case
def attach_sleeps(lab):
    """The same if the device comes when its LUN is there; another one is attached
    meanwhile."""
    dev, other = slow_target(lab)[0], lab.null_blk(8)
    with tempfile.TemporaryDirectory(prefix="ktgt-slow") as home:
        for lun, path in ((1, dev.path), (2, other)):
            name = f"{home}/disk{lun}"
            lab.adm("lun", "add", "target", 1, "lun", lun, "path", name, "absent")
            os.symlink(path, name)
        tool = Tool(lab, "lun", "attach", "target", 1, "lun", 1)
        time.sleep(1)
        at_once(lab, "lun", "attach", "target", 1, "lun", 2)
        equal(online(lab), [False, True], "what is online meanwhile")
        tool.has_given_up(f"LUN 1: {home}/disk1 has not answered in 10 s")
        equal(online(lab), [False, True], "what is online")
        dev.wake()
        wait_until(lambda: is_free(dev.path), 10, "the device is free")
        lab.adm("lun", "attach", "target", 1, "lun", 1)
        equal(online(lab), [True, True], "what is online at last")


def online(lab):
    """Whether each disk is."""
    return [lu["online"] for lu in lab.disks()]


def is_stuck(pid):
    """A process sleeps in the kernel, and a signal does not wake it."""
    return read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()[0] == "D"


@contextlib.contextmanager
def unopenable(lab):
    """A loop device of which somebody reads the partitions, from a disk that does
    not answer: until then, who opens it sleeps. Gives both."""
    disk = lab.sleeper()
    disk.wake()
    if not os.path.exists("/dev/loop-control"):
        run("modprobe", "loop")
    # direct I/O: what the page cache of the disk has would be read at once
    loop = run("losetup", "--partscan", "--direct-io=on", "--find", "--show",
               disk.path).strip()
    reader = None
    try:
        run("udevadm", "settle")
        disk.sleep()
        reader = start("blockdev", "--rereadpt", loop)
        wait_until(lambda: is_stuck(reader.pid), 10 * SLOW, "it reads")
        yield disk, loop
    finally:
        disk.wake()
        if reader:
            reader.wait(GIVEN_UP)
        run("losetup", "--detach", loop)


@suite.case
def killed_in_open(lab):
    """The tool sleeps in its own open(): it has asked for nothing yet, so when it is
    killed, nothing is left of it."""
    lab.nl = lab.socket()
    lab.nl.do("target-new", id=1, name=f"{IQN}:slow")
    other = lab.null_blk(8)
    with unopenable(lab) as (disk, loop):
        tool = start("ktgtadm", "-n", lab.tns, "lun", "add", "target", 1, "lun", 1,
                     "path", loop)
        wait_until(lambda: is_stuck(tool.pid), 10 * SLOW, "it opens the device")
        others_go_on(lab, other)
        check(is_stuck(tool.pid), "it does not open the device any more")
        tool.kill()
        generation = lab.adm_json("net", "show")["net"]["generation"]
        disk.wake()
        equal(tool.wait(10 * SLOW), -signal.SIGKILL, "exit status")
        wait_until(lambda: is_free(loop), 10, "the device is free")
    equal(lab.adm_json("net", "show")["net"]["generation"], generation, "generation")
    equal(luns(lab.nl), [], "LUNs")


@suite.case
def killed_and_refused(lab):
    """The tool is killed while the kernel opens the device, which does not answer
    until the deadline: nothing is left but the event."""
    listener = lab.listen("config")
    dev = slow_target(lab)[0]
    before = read("/sys/module/ktgt/refcnt")
    tool = start("ktgtadm", "-n", lab.tns, "lun", "add", "target", 1, "lun", 1,
                 "path", dev.path)
    time.sleep(2 * min(SLOW, 2))
    tool.kill()
    tool.wait(HOLD)
    event = txn_end(listener)
    equal(event.get("error"), errno.ETIMEDOUT, f"error of {event}")
    check(f"{dev.path} has not answered in 10 s" in event["text"], f"{event}")
    equal(luns(lab.nl), [], "LUNs")
    dev.wake()
    wait_until(lambda: is_free(dev.path), 10, "the device is free")
    wait_until(lambda: read("/sys/module/ktgt/refcnt") == before, 10,
               "references of the module")


@suite.case
def nobody_else(lab):
    """A socket that has the number of the one that has asked gets no answer."""
    dev, lun = slow_target(lab)
    nl = lab.socket()
    portid = nl.portid
    begin(nl, "lu-new", **lun)
    nl.close()
    enter_named(lab.tns)
    other = Genl(portid=portid)
    enter_named(lab.ins)
    lab.sockets.append(other)
    equal(other.portid, portid, "number")
    dev.wake()
    wait_until(lambda: luns(lab.nl) == [1], DEADLINE, "the LUN")
    silent(other, 1)


@suite.case
def namespace_ends(lab):
    """A namespace is deleted meanwhile, and another one beside it."""
    dev = lab.sleeper()
    before = read("/sys/module/ktgt/refcnt")
    names = (f"{lab.tns}-a", f"{lab.tns}-b")
    for name in names:
        run("ip", "netns", "add", name)
    enter_named(names[0])
    nl = Genl()
    enter_named(lab.ins)
    nl.do("target-new", id=1, name=f"{IQN}:gone")
    begin(nl, "lu-new", target_id=1, lun=1, path=dev.path)
    nl.close()
    for name in names:
        took = seconds(run, "ip", "netns", "del", name)[1]
        check(took < HOLD, f"{name} is deleted after {took} s")
    dev.wake()
    wait_until(lambda: read("/sys/module/ktgt/refcnt") == before,
               DEADLINE * 2, "references of the module")


# where all is slow, 100 dm devices alone take longer than the test may
NUMBER = 100 if SLOW == 1 else 40


def dead_disk(lab):
    """One disk that is cut into NUMBER pieces; gives back their paths."""
    dm.need()
    base = lab.null_blk(NUMBER // 10)
    names = [f"ktgt-dead{number}" for number in range(NUMBER)]
    run("dmsetup", "create", "--concise",
        ";".join(f"{name},,,rw,0 128 linear {base} {number * 128}"
                 for number, name in enumerate(names)), timeout=150)
    found = run("dmsetup", "info", "-c", "--noheadings", "-o",
                "name,blkdevname", "--separator", " ")
    paths = dict(line.split() for line in found.splitlines())
    return names, [f"/dev/{paths[name]}" for name in names]


def with_reads(lab, paths):
    """A target with the pieces as LUNs, and a session with a READ of each."""
    nl = lab.socket()
    nl.do("txn-begin")
    nl.do("target-new", id=1, name=f"{IQN}:dead")
    nl.do("acl-new", target_id=1, all=None)
    for lun, path in enumerate(paths, 1):
        nl.do("lu-new", target_id=1, lun=lun, path=path)
    nl.do("txn-commit")
    ini = lab.login(f"{IQN}:dead", luns=range(1, NUMBER + 1))
    return nl, ini


@suite.case
def hundred_of_a_dead_disk(lab):
    """They are deleted in ten seconds, and what is left is named."""
    names, paths = dead_disk(lab)
    dead = threading.Timer(120, lambda: run("dmsetup", "resume", *names))
    try:
        nl, ini = with_reads(lab, paths)
        run("dmsetup", "suspend", "--noflush", "--nolockfs", *names)
        dead.start()
        for lun in range(1, NUMBER + 1):
            ini.issue(iscsi.read10(0, 1), lun, read=512)
        time.sleep(1)
        nl.do("txn-begin")
        for lun in range(1, NUMBER // 2 + 1):
            nl.do("lu-del", target_id=1, lun=lun)
        took = seconds(nl.do, "txn-commit")[1]
        comment(f"{took:.1f} s: {nl.warning}")
        check(DEADLINE - 1 < took < DEADLINE + SLOW, f"it takes {took} s")
        check("still has commands of LUN 1 of target 1 (/dev/dm-" in nl.warning
              and re.search(r"and \d+ more", nl.warning),
              f"the warning is '{nl.warning}'")
        check(not is_free(paths[0]), "a device is free before it has answered")
        (done, took) = seconds(outcome, "ktgtadm", "-n", lab.tns, "target",
                               "del", 1, "force", timeout=60)
        comment(f"{took:.1f} s: {done}")
        check(took < DEADLINE + HOLD, f"it takes {took} s")
        equal(done.returncode, 0, "status")
        check(re.search(r"^Warning: .* of target 1", done.stderr, re.M),
              f"the warning is '{done.stderr}'")
    finally:
        dead.cancel()
        run("dmsetup", "resume", *names)
        lab.close_all()
        for path in paths:
            wait_until(lambda path=path: is_free(path), 10, "device is free")
        run("dmsetup", "remove", "--retry", *names, timeout=150)


suite.main()
