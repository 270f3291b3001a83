#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The Python client of the kernel's own sources, with our specification.

    target namespace: targets of YNL's client -- veth -- one initiator

Shown: a program that knows nothing but the specification does what ktgtadm does:
settings, targets and logical units, also in one transaction; each attribute of an
answer is in the specification; it hears events; it sees orphans; it gets the text of
a refusal, and an answer that comes late, as any other.

KTGT_YNL is the folder tools/net/ynl of a kernel's sources; in the lab it is there.
"""
# Timeout: 200

import errno
import importlib
import json
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
import transcript  # noqa: E402
from dm import Mapped, Sleeper  # noqa: E402
from iscsi import write10  # noqa: E402
from ktap import Failure, Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import (IQN, SLOW, Lab, enter_named, is_free,  # noqa: E402
                 not_in_short_runs, outcome, seconds)

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
YNL = os.path.join(os.environ.get("KTGT_YNL", f"{TOP}/tools/net/ynl"), "pyynl")
SPEC = os.path.join(TOP, "Documentation/netlink/specs/ktgt.yaml")
LATE = 2.5      # seconds; a handler returns after one
# attributes that an answer has only if there is something to say
SOMETIMES = {"frozen", "medium", "path", "naa", "eui", "uuid"}


def library():
    """YNL, as the sources of a kernel have it."""
    if not os.path.isdir(YNL):
        raise Skip(f"no client of YNL in {YNL}; say KTGT_YNL=DIR")
    sys.path.append(YNL)
    try:
        return importlib.import_module("lib")
    except ModuleNotFoundError as err:
        if err.name != "yaml":
            raise
        raise Skip("YNL needs python3-yaml") from err


class YnlLab(Lab):
    """A lab with clients of YNL in the target's namespace."""

    def __init__(self):
        super().__init__()
        self.ynl = None
        self.clients = []

    def setup(self):
        super().setup()
        self.ynl = library()

    def client(self):
        """A socket of it. The specification was compared with its schema when the
        sources were generated from it."""
        transcript.note(f"a client of YNL in {self.tns}, with {SPEC}")
        enter_named(self.tns)
        try:
            self.clients.append(self.ynl.YnlFamily(SPEC, ""))
        finally:
            enter_named(self.ins)
        return self.clients[-1]

    def program(self, *words):
        """Run the program that comes with it; gives back how it ended."""
        return outcome("nsenter", f"--net=/run/netns/{self.tns}", sys.executable,
                       f"{YNL}/cli.py", "--spec", SPEC, "--no-schema",
                       "--output-json", *words)

    def clean(self):
        """After each case."""
        self.close_all()
        for client in self.clients:
            client.close()
        self.clients = []
        self.stop_target()


suite = Suite(not_in_short_runs(YnlLab))
suite.after = YnlLab.clean


def refused(lab, error, text, func, *args):
    """It is refused so; gives back all that the kernel says besides."""
    try:
        func(*args)
    except lab.ynl.NlError as err:
        told = err.nl_msg.extack or {}
        equal(errno.errorcode.get(err.error), errno.errorcode[error],
              f"error ({told})")
        equal(told.get("msg"), text, "text")
        return told
    raise Failure(f"{args} was done, instead of {errno.errorcode[error]}")


def complete(client, command, answer, without=()):
    """An answer has the attributes that the specification promises."""
    op = client.ops[command]
    mode = "do" if "do" in op.yaml else "dump"
    promised = set(op.yaml[mode]["reply"]["attributes"]) - set(without)
    equal(promised - set(answer), set(), f"what {command} does not tell")


@suite.case
def settings(lab):
    """net-get tells what ktgtadm shows, and net-set changes it."""
    client = lab.client()
    answer = client.do("net-get", {})
    complete(client, "net-get", answer)
    shown = lab.adm_json("net", "show")["net"]
    for name in ("version", "login-timeout", "max-logins", "state", "cpus",
                 "targets", "generation"):
        equal(answer[name], shown[name.replace("-", "_")], name)
    equal(answer["oui"], bytes(3), "oui")
    client.do("net-set", {"login-timeout": 33, "oui": "0a0b0c",
                          "state": "loading"})
    after = client.do("net-get", {})
    equal((after["login-timeout"], after["oui"], after["state"]),
          (33, bytes.fromhex("0a0b0c"), "loading"), "what was set")
    check(after["generation"] > answer["generation"], "the generation is the same")
    client.do("net-set", {"login-timeout": 15, "oui": "000000", "state": "ready"})


@suite.case
def target(lab):
    """target-new, target-get, target-list and target-del."""
    client = lab.client()
    equal(client.dump("target-list", {}), [], "targets at first")
    equal(client.do("target-new", {"name": f"{IQN}:y1", "alias": "one"}), {"id": 1},
          "answer")
    client.do("target-new", {"id": 7, "name": f"{IQN}:y7", "state": "offline",
                             "nop-count": 3})
    one, seven = client.dump("target-list", {})
    equal((one["id"], one["name"], one["alias"], one["state"], one["lus"]),
          (1, f"{IQN}:y1", "one", "ready", 1), "target 1")
    equal(seven, client.do("target-get", {"name": f"{IQN}:y7"}), "target 7")
    equal((seven["state"], seven["nop-count"]), ("offline", 3), "its settings")
    client.do("acl-new", {"target-id": 1, "address": "0a4d0000", "prefix-len": 24})
    equal([(rule["target-id"], rule["address"], rule["prefix-len"])
           for rule in client.dump("acl-list", {})],
          [(1, bytes((10, 77, 0, 0)), 24)], "rules")
    lab.login(f"{IQN}:y1", clear_ua=False)
    refused(lab, errno.EBUSY,
            "target 1 has 1 session; delete it with force, or log the initiators out "
            "first",
            client.do, "target-del", {"id": 1})
    session = client.dump("session-list", {"target-id": 1})[0]
    complete(client, "session-list", session, ("alias",))
    equal((session["initiator"], session["isid"],
           [conn["state"] for conn in session["conn"]]),
          (iscsi.NAME, iscsi.ISID, ["full-feature"]), "session")
    client.do("target-del", {"id": 1, "force": True})
    client.do("target-del", {"name": f"{IQN}:y7"})
    equal(lab.targets(), [], "targets at last")


@suite.case
def logical_unit(lab):
    """lu-new, lu-list, lu-set and lu-del, with a descriptor and without one."""
    client, disk, other = lab.client(), lab.null_blk(4), lab.null_blk(4)
    client.do("target-new", {"id": 1, "name": f"{IQN}:lu"})
    client.do("lu-new", {"target-id": 1, "lun": 1, "path": disk, "serial": "mine"})
    file = os.open(other, os.O_RDONLY)
    try:
        client.do("lu-new", {"target-id": 1, "lun": 2, "path": other,
                             "descriptor": file, "read-only": 1})
    finally:
        os.close(file)
    client.do("lu-new", {"target-id": 1, "lun": 3, "backend": "null",
                         "size": 1 << 40})
    units = client.dump("lu-list", {"target-id": 1})
    for unit in units[1:]:
        complete(client, "lu-list", unit, SOMETIMES)
    equal([(unit["lun"], unit["type"], unit["backend"], unit.get("path"))
           for unit in units],
          [(0, "controller", "none", None), (1, "disk", "block", disk),
           (2, "disk", "block", other), (3, "disk", "null", None)], "LUNs")
    equal([unit["size"] for unit in units[1:]], [4 << 20, 4 << 20, 1 << 40],
          "sizes")
    equal([unit["read-only"] for unit in units[1:]], [0, 1, 0], "read-only")
    equal((units[1]["serial"], units[1]["given"]), ("mine", {"serial"}),
          "serial number")
    client.do("lu-set", {"target-id": 1, "lun": 2, "shared": 1})
    equal(client.do("lu-get", {"target-id": 1, "lun": 2})["shared"], 1, "shared")
    for lun in (1, 2, 3):
        client.do("lu-del", {"target-id": 1, "lun": lun})
    equal(len(client.dump("lu-list", {})), 1, "LUNs at last")
    check(is_free(disk) and is_free(other), "a device is in use")


@suite.case
def texts(lab):
    """A refusal of the module has its text, and one of the policy its limits."""
    client = lab.client()
    client.do("target-new", {"id": 1, "name": f"{IQN}:texts"})
    null = {"lun": 1, "backend": "null", "size": 1 << 20}
    refused(lab, errno.ENOENT, "there is no target 77", client.do, "lu-new",
            {"target-id": 77, **null})
    refused(lab, errno.EEXIST, f"target '{IQN}:texts' exists already", client.do,
            "target-new", {"name": f"{IQN}:texts"})
    client.do("lu-new", {"target-id": 1, **null})
    refused(lab, errno.EEXIST, "target 1 has a LUN 1 already", client.do, "lu-new",
            {"target-id": 1, **null})
    refused(lab, errno.ENOENT, "target 1 has no LUN 9", client.do, "lu-del",
            {"target-id": 1, "lun": 9})
    refused(lab, errno.ENOENT, "there is no target 77", client.dump, "lu-list",
            {"target-id": 77})
    told = refused(lab, errno.ERANGE, "integer out of range", client.do, "lu-del",
                   {"target-id": 1, "lun": 16384})
    equal((told["bad-attr"], told["policy"]["max-value"]), (".lun", 16383),
          "what the policy says")


@suite.case
def transaction(lab):
    """Three changes at once; and an event that tells of them."""
    client, listener = lab.client(), lab.client()
    listener.ntf_subscribe("config")
    client.do("txn-begin", {})
    client.do("target-new", {"id": 1, "name": f"{IQN}:txn"})
    client.do("lu-new", {"target-id": 1, "lun": 1, "backend": "null",
                         "size": 1 << 20})
    client.do("acl-new", {"target-id": 1, "all": True})
    equal(client.dump("target-list", {}), [], "targets before the commit")
    done = client.do("txn-commit", {})
    equal(done, {"generation": client.do("net-get", {})["generation"]}, "answer")
    event = next(listener.poll_ntf(duration=10 * SLOW), None)
    check(event and event["name"] == "config-changed", f"event {event}")
    equal((event["msg"]["generation"], event["msg"]["changes"]),
          (done["generation"], 3), "event")
    equal([(one["object"], one["action"]) for one in event["msg"]["change"]],
          [("target", "add"), ("lu", "add"), ("acl", "add")], "changes")


@suite.case
def orphan(lab):
    """orphan-list, when there is none and when there is one."""
    client, disk = lab.client(), Mapped(lab.null_blk(8))
    equal(client.dump("orphan-list", {}), [], "orphans at first")
    iqn = lab.target("orphan", tid=1)
    lab.lun(iqn, 1, disk.path)
    ini = lab.login(iqn)
    disk.suspend()
    try:
        ini.issue(write10(0, 8), write=bytes(4096))
        ini.expect_silence(0.3 * SLOW)
        ini.abort()
        found = wait_until(lambda: client.dump("orphan-list", {}), 5 * SLOW,
                           "an orphan")
    finally:
        disk.resume()
    equal(len(found), 1, "groups")
    complete(client, "orphan-list", found[0], ("removed",))
    equal([found[0][name] for name in ("target", "lun", "initiator", "isid", "reads",
                                       "writes", "bytes")],
          [iqn, 1, iscsi.NAME, iscsi.ISID, 0, 1, 4096], "the orphan")
    wait_until(lambda: not client.dump("orphan-list", {}), 5 * SLOW, "its end")
    lab.drop(iqn)
    wait_until(lambda: is_free(disk.path), 5 * SLOW, "the disk is free")
    disk.remove()


def woken(disk, func, *args):
    """Run FUNC with a device that does not answer at first; gives back what it
    takes."""
    timer = threading.Timer(LATE, disk.wake)
    timer.start()
    try:
        took = seconds(func, *args)[1]
    finally:
        timer.join()
    check(took > LATE - 0.5, f"it took {took:.1f} s")


@suite.case
def late(lab):
    """An answer, and a refusal, that come when the handler has long returned."""
    client, disk = lab.client(), Sleeper(lab)
    try:
        client.do("target-new", {"id": 1, "name": f"{IQN}:late"})
        unit = {"target-id": 1, "lun": 1, "path": disk.path}
        woken(disk, client.do, "lu-new", unit)
        equal(len(client.dump("lu-list", {})), 2, "LUNs")
        client.do("lu-del", {"target-id": 1, "lun": 1})
        client.do("lu-new", {"target-id": 1, "lun": 1, "backend": "null",
                             "size": 1 << 20})
        os.pwrite(disk.file, b"more" * 4096, 0)
        disk.sleep()
        woken(disk, refused, lab, errno.EEXIST, "target 1 has a LUN 1 already",
              client.do, "lu-new", unit)
        equal(client.do("lu-get", {"target-id": 1, "lun": 1})["backend"], "null",
              "backend")
    finally:
        disk.wake()
        lab.stop_target()
        wait_until(lambda: is_free(disk.path), 10, "the device is free")
        disk.remove()


@suite.case
def program(lab):
    """The same from a shell."""
    done = lab.program("--do", "target-new", "--json",
                       json.dumps({"id": 5, "name": f"{IQN}:shell"}))
    equal((done.returncode, json.loads(done.stdout)), (0, {"id": 5}), "target-new")
    done = lab.program("--dump", "target-list")
    equal([one["name"] for one in json.loads(done.stdout)], [f"{IQN}:shell"],
          "target-list")
    done = lab.program("--do", "target-del", "--json", '{"id": 77}')
    equal(done.returncode, 1, "exit status")
    check("there is no target 77: No such file or directory" in done.stdout,
          f"{done}")
    lab.drop(f"{IQN}:shell")


if __name__ == "__main__":
    suite.main()
