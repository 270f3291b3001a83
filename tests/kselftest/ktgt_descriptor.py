#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Devices that the tool opens and hands over by a descriptor.

    target namespace: t1 -- veth -- this program

Shown: the device behind a LUN is the one that the descriptor is of, or none; what is
no device, or is not the one of the path, is refused, and so is who may not have it
opened or written; a descriptor is needed no longer than a request takes. A path alone
does as before.
"""

import errno
import os
import resource
import stat
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import write10  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import Lab, is_free, outcome, run, write  # noqa: E402

suite = Suite(Lab)
suite.after = Lab.stop_target
# Root without one of its capabilities
WITHOUT_ADMIN = ("setpriv", "--bounding-set=-sys_admin")
WITHOUT_OVERRIDE = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


class Opened:
    """A file that is open inside of a with."""

    def __init__(self, path, flags=os.O_RDONLY):
        self.path, self.flags, self.fd = path, flags, None

    def __enter__(self):
        self.fd = os.open(self.path, self.flags)
        return self.fd

    def __exit__(self, *args):
        os.close(self.fd)


def new(nl, path, fd=None, **values):
    """LUN 1 of target 1."""
    given = {} if fd is None else {"descriptor": fd}
    nl.do("lu-new", target_id=1, lun=values.pop("lun", 1), path=path, **given,
          **values)


def refused(error, texts, func, *args, **kwargs):
    """It is refused with this error, and each text is said."""
    try:
        func(*args, **kwargs)
    except genl.Refused as err:
        equal(err.errno, error, f"{err.extack}")
        check(all(text in err.extack for text in texts), err.extack)
        return
    check(False, f"{args[1:]} {kwargs} was accepted")


def luns(lab):
    return [lu["path"] for lu in lab.disks()]


def name(dev):
    """Of the kernel, as nullb0."""
    rdev = os.stat(dev).st_rdev
    return os.path.basename(os.readlink(
        f"/sys/dev/block/{os.major(rdev)}:{os.minor(rdev)}"))


@suite.case
def served(lab):
    """In a transaction too, when it has long been closed."""
    dev, other = lab.null_blk(4), lab.null_blk(4)
    iqn = lab.target(tid=1)
    nl = lab.genl()
    with Opened(dev) as fd:
        new(nl, dev, fd)
    check(not is_free(dev), "it is not in use")
    nl.do("txn-begin")
    with Opened(other) as fd:
        nl.do("lu-set", target_id=1, lun=1, path=other, descriptor=fd)
    nl.do("txn-commit")
    equal(luns(lab), [other], "paths")
    check(is_free(dev), "the former one is in use")
    with Opened(other) as fd:
        nl.do("lu-set", target_id=1, lun=1, read_only=1, descriptor=fd)
    nl.close()
    ini = lab.login(iqn)
    equal(ini.command(write10(0, 1), write=bytes(512)).key, (7, 0x27, 0), "WRITE")
    lab.adm("lun", "set", "target", 1, "lun", 1, "read-only", "off")
    lab.clear_ua(ini)
    ini.good(write10(0, 1), write=bytes(512))


@suite.case
def wrong(lab):
    """What is no device that is open, or not that of the path."""
    dev, other = lab.null_blk(4), lab.null_blk(4)
    lab.target(tid=1)
    nl = lab.genl()
    with Opened(dev) as fd:
        closed = fd
    refused(errno.EBADF, [f"descriptor {closed} is not open"], new, nl, dev, closed)
    refused(errno.EBADF, ["is not open"], new, nl, dev, 0xFFFFFFFF)
    for path, flags, error, text in (
            (dev, os.O_PATH, errno.EBADF, "only a path"),
            (dev, os.O_WRONLY, errno.EBADF, "not open for reading"),
            ("/etc/passwd", os.O_RDONLY, errno.ENOTBLK, "not one of a block device"),
            ("/dev/null", os.O_RDONLY, errno.ENOTBLK, "not one of a block device"),
            ("/dev", os.O_RDONLY, errno.ENOTBLK, "not one of a block device")):
        with Opened(path, flags) as fd:
            refused(error, [text], new, nl, dev, fd)
    with Opened(other) as fd:
        refused(errno.EINVAL, [dev, name(other)], new, nl, dev, fd)
        refused(errno.EINVAL, ["/dev/none", name(other)], new, nl, "/dev/none", fd)
        refused(errno.EINVAL, ["type null"], nl.do, "lu-new", target_id=1, lun=1,
                backend=genl.BACKEND_NULL, size=1 << 20, descriptor=fd)
        new(nl, dev)
        refused(errno.EINVAL, [dev, name(other)], nl.do, "lu-set", target_id=1,
                lun=1, read_only=1, descriptor=fd)
    nl.do("lu-new", target_id=1, lun=2, path="/dev/none", absent=None)
    with Opened(other) as fd:
        refused(errno.EINVAL, ["/dev/none", name(other)], nl.do, "lu-attach",
                target_id=1, lun=2, descriptor=fd)
    nl.close()
    equal(luns(lab), [dev, "/dev/none"], "paths")


@suite.case
def who_may_open(lab):
    """CAP_SYS_ADMIN is needed, with a descriptor and with a path alone, and for a state
    file."""
    dev = lab.null_blk(4)
    lab.target(tid=1)
    words = ("lun", "add", "target", "1", "lun", "1", "path", dev)
    status, text = fails(lab, *WITHOUT_ADMIN, "ktgtadm", *words)
    check(status == 2 and "needs CAP_SYS_ADMIN" in text, text)
    status, text = fails(lab, *WITHOUT_ADMIN, f"{genl.HERE}/genl.py", "lu-new",
                         genl.words("lu", target_id=1, lun=1, path=dev).hex())
    check("Operation not permitted" in text, text)
    lab.in_target(*WITHOUT_ADMIN, "ktgtadm", "lun", "add", "target", 1, "lun", 2,
                  "type", "null", "size", "1M")
    # it would be written, also if the descriptor is that of a program with more rights
    status, text = fails(lab, *WITHOUT_ADMIN, f"{genl.HERE}/genl.py", "lu-new",
                         genl.words("lu", target_id=1, lun=3, size=1 << 20,
                                    backend=genl.BACKEND_NULL,
                                    state_descriptor=0).hex())
    check("Operation not permitted" in text, text)
    lab.adm(*words)
    for change in (("path", dev), ("read-only", "on")):
        status, text = fails(lab, *WITHOUT_ADMIN, "ktgtadm", "lun", "set",
                             "target", "1", "lun", "1", *change)
        check("needs CAP_SYS_ADMIN" in text, text)
    lab.in_target(*WITHOUT_ADMIN, "ktgtadm", "lun", "set", "target", 1, "lun", 1,
                  "shared", "on")


def fails(lab, *argv):
    """Run a program in the target's namespace, which fails."""
    done = outcome("nsenter", f"--net=/run/netns/{lab.tns}", *argv)
    check(done.returncode, f"{argv} succeeded")
    return done.returncode, done.stderr


@suite.case
def who_may_write(lab):
    """Who may only read a device gives a LUN that can only be read."""
    dev = lab.null_blk(4)
    lab.target(tid=1)
    run("udevadm", "settle")    # it sets the mode of what is new
    mode = stat.S_IMODE(os.stat(dev).st_mode)
    os.chmod(dev, 0o400)
    words = ("ktgtadm", "lun", "add", "target", "1", "lun", "1", "path", dev)
    try:
        status, text = fails(lab, *WITHOUT_OVERRIDE, *words)
        check(status == 2 and f"{dev}: you may not write it" in text, text)
        lab.in_target(*WITHOUT_OVERRIDE, *words, "read-only", "on")
        status, text = fails(lab, *WITHOUT_OVERRIDE, "ktgtadm", "lun", "set",
                             "target", "1", "lun", "1", "read-only", "off")
        check("you may not write it" in text, text)
    finally:
        os.chmod(dev, mode)


@suite.case
def who_may_commit(lab):
    """What another has staged opens nothing for one who may not."""
    dev = lab.null_blk(4)
    lab.target(tid=1)
    nl = lab.genl()
    nl.do("txn-begin")
    with Opened(dev) as fd:
        new(nl, dev, fd)
    nl.seq += 1
    request = struct.pack("=IHHIIBBH", 20, nl.family,
                          genl.NLM_F_REQUEST | genl.NLM_F_ACK, nl.seq, 0,
                          genl.COMMANDS["txn-commit"], 1, 0)
    sock = nl.sock.fileno()
    code = "import os, sys; os.write(int(sys.argv[1]), bytes.fromhex(sys.argv[2]))"
    done = outcome(*WITHOUT_ADMIN, sys.executable, "-c", code, sock, request.hex(),
                   pass_fds=[sock])
    equal(done.returncode, 0, done.stderr)
    refused(errno.EPERM, ["needs CAP_SYS_ADMIN"], nl.answers)
    refused(errno.EINVAL, ["none is open"], nl.do, "txn-commit")
    nl.close()
    check(is_free(dev), "it is in use")
    equal(luns(lab), [], "LUNs")


@suite.case
def replaced(lab):
    """Another device has its name and its number when it is opened."""
    dev = lab.null_blk(4)
    lab.target(tid=1)
    number = os.stat(dev).st_rdev
    power = f"{lab.devices[-1]}/power"
    for absent in ({}, {"absent": None}):
        nl = lab.genl()
        nl.do("txn-begin")
        with Opened(dev) as fd:
            new(nl, dev, fd, **absent)
        write(power, 0)
        write(power, 1)
        wait_until(lambda: os.path.exists(dev), 5, "the device node")
        equal(os.stat(dev).st_rdev, number, "the number")
        refused(errno.ESTALE, [dev, "another device now"], nl.do, "txn-commit")
        nl.close()
    check(is_free(dev), "it is in use")
    nl = lab.genl()
    new(nl, dev)
    nl.close()


@suite.case
def not_held(lab):
    """A device that a transaction only means can be removed."""
    dev = Mapped(lab.null_blk(16))
    lab.target(tid=1)
    nl = lab.genl()
    nl.do("txn-begin")
    with Opened(dev.path) as fd:
        new(nl, dev.path, fd)
        new(nl, dev.path, fd, lun=2, absent=None)
    dev.remove()
    refused(errno.ENXIO, [dev.path, "no device behind it"], nl.do, "txn-commit")
    nl.close()


@suite.case
def few_descriptors(lab):
    """Thousands of LUNs in one transaction, one descriptor at a time; and a file of
    forty of which tgt-admin may have only some open."""
    dev = lab.null_blk(4)
    lab.target(tid=1)
    nl = lab.genl()
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, limits[1]))
    try:
        nl.do("txn-begin")
        for lun in range(1, 1001):
            with Opened(dev) as fd:
                new(nl, dev, fd, lun=lun)
        nl.do("txn-abort")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    nl.close()

    devs = [lab.null_blk(4, memory_backed=0) for _ in range(40)]
    file = f"/tmp/ktgt-descriptor{os.getpid()}.conf"
    with open(file, "w", encoding="utf-8") as out:
        out.write("<target iqn.2026-11.org.example:many>\n")
        out.writelines(f"\tbacking-store {dev}\n" for dev in devs)
        out.write("</target>\n")
    try:
        lab.in_target("prlimit", "--nofile=16", "tgt-admin", "-e", "-c", file)
    finally:
        os.unlink(file)
    equal(luns(lab), devs, "paths")


if __name__ == "__main__":
    suite.main()
