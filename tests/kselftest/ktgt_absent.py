#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Logical units whose device is not there, and comes later.

    target namespace: targets on null_blk -- veth -- this program

Shown: at the prompt such a one is refused unless it is asked for; it is there, has
its names, and is not ready; its device is attached under the sessions of the
target, by number, by any name of the device, by the rule of udev, and by applying
the same file once more; the other logical units of a file come up without it.
"""

import errno
import os
import re
import shlex
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from iscsi import inquiry, read10, write10, read_capacity10  # noqa: E402
from iscsi import read_capacity16, report_luns, sync_cache10, tur  # noqa: E402
from ktap import Suite, check, equal  # noqa: E402
from lab import IQN, CommandError, Lab, run  # noqa: E402

suite = Suite(Lab)
suite.after = Lab.stop_target
NO_MEDIUM = (2, 0x3A, 0)
RULES, UNIT = "85-ktgt.rules", "ktgt-attach@.service"


def place(lab):
    """A name for which there is no device, and the device that will have it;
    the name is one of several, as those in /dev/disk are."""
    if not hasattr(lab, "dir"):
        lab.dir = tempfile.mkdtemp(prefix="ktgt-absent")
    lab.names = getattr(lab, "names", 0) + 1
    return f"{lab.dir}/disk{lab.names}", lab.null_blk(4)


def waiting(lab, path, *words):
    """A target whose LUN 1 waits for PATH."""
    iqn = lab.target()
    lab.adm("lun", "add", "target", iqn, "lun", 1, "path", path, "absent", *words)
    return iqn


def lun(lab, number=1):
    return next(lu for lu in lab.adm_json("lun", "show")["lus"]
                if lu["lun"] == number)


def names(ini):
    """What an initiator knows a disk by: INQUIRY, serial number, designators."""
    return [ini.good(inquiry(255, page), read=255).data
            for page in (None, 0x80, 0x83)]


def ready(ini, data, number=1):
    """The LUN has its blocks, and a session sees that without a login."""
    Lab.clear_ua(ini, number)
    ini.good(write10(0, 8), number, write=data)
    equal(ini.good(read10(0, 8), number, read=4096).data, data, "data")


@suite.case
def asked_for(lab):
    """Without the word it is refused, and what is no disk is refused with it."""
    path, _ = place(lab)
    iqn = lab.target()
    words = ("lun", "add", "target", iqn, "lun", 1, "path")
    status, text = lab.adm_fails(*words, path)
    equal(status, 2, "status")
    check(path in text and "does not exist" in text and '"absent"' in text, text)
    for wrong, why in (("/dev/null", "is not a block device"),
                       ("/etc/passwd", "is a regular file")):
        status, text = lab.adm_fails(*words, wrong, "absent")
        check(f"{wrong} {why}" in text, text)
    status, text = lab.adm_fails("lun", "add", "target", iqn, "lun", 1, "type",
                                 "null", "size", "1M", "absent")
    check("absent" in text, text)
    status, text = lab.adm_fails("lun", "attach", "target", iqn, "lun", 1)
    check("has no LUN 1" in text, text)
    status, text = lab.adm_fails("lun", "attach", "target", iqn)
    equal(status, 1, "status")


@suite.case
def not_ready(lab):
    """It is there and has its names, but no blocks."""
    path, _ = place(lab)
    iqn = waiting(lab, path)
    lu = lun(lab)
    equal((lu["online"], lu["path"]), (False, path), "online and path")
    ini = lab.login(iqn)
    equal(len(ini.good(report_luns(), read=4096).data), 8 + 16, "two LUNs")
    equal(ini.good(inquiry(255), read=255).data[0], 0, "a disk")
    for cdb, options in ((tur(), {}), (read10(0, 1), {"read": 512}),
                         (write10(0, 1), {"write": bytes(512)}),
                         (read_capacity10(), {"read": 8}),
                         (read_capacity16(), {"read": 32}),
                         (sync_cache10(), {}),
                         (iscsi.write_same10(0, 1), {"write": bytes(512)})):
        task = ini.command(cdb, **options)
        equal((task.status, task.key), (2, NO_MEDIUM), f"{task}")
    for page in (0x00, 0x80, 0x83, 0xB0, 0xB1, 0xB2):
        ini.good(inquiry(255, page), read=255)
    ini.good(iscsi.mode_sense6(0x3F), read=252)
    ini.logout()


@suite.case
def attached(lab):
    """The device comes: the session stays, and the disk is what it was said to
    be, by whatever name it is attached."""
    path, dev = place(lab)
    iqn = waiting(lab, path, "serial", "mine", "write-cache", "off")
    ini = lab.login(iqn)
    before, session = names(ini), lab.sessions()[0]["id"]
    status, text = lab.adm_fails("lun", "attach", "target", iqn, "lun", 1)
    check(path in text, text)
    lab.adm("lun", "attach", "path", dev)  # nothing waits for this name yet
    equal(lun(lab)["online"], False, "online")

    os.symlink(dev, path)
    lab.adm("lun", "attach", "path", dev)
    task = ini.command(tur())
    equal((task.status, task.key[0]), (2, 6), "a unit attention")
    ready(ini, os.urandom(4096))
    equal(names(ini), before, "names")
    equal(lab.sessions()[0]["id"], session, "session")
    lu = lun(lab)
    equal((lu["online"], lu["size"], lu["path"], lu["write_cache"]),
          (True, 4 << 20, path, False), "what is shown")
    status, text = lab.adm_fails("lun", "attach", "target", iqn, "lun", 1)
    check("does not wait" in text, text)
    ini.logout()


@suite.case
def in_a_transaction(lab):
    """What is attached in a transaction that fails still waits."""
    path, dev = place(lab)
    iqn = waiting(lab, path)
    tid = lab.targets()[0]["id"]
    ini = lab.login(iqn)
    os.symlink(dev, path)
    for end in ("abort", "refusal"):
        nl = lab.genl()
        nl.do("txn-begin")
        nl.do("lu-attach", target_id=tid, lun=1)
        if end == "abort":
            nl.do("txn-abort")
        else:
            nl.do("lu-attach", target_id=tid, lun=1)
            try:
                nl.do("txn-commit")
                check(False, "it was attached twice")
            except genl.Refused as err:
                equal(err.errno, errno.EBUSY, str(err))
        nl.close()
        equal(ini.command(tur()).key, NO_MEDIUM, f"after the {end}")
    # its device goes to another LUN in between
    nl = lab.genl()
    nl.do("txn-begin")
    nl.do("lu-attach", target_id=tid, lun=1)
    nl.do("lu-del", target_id=tid, lun=1)
    nl.do("lu-new", target_id=tid, lun=2, backend=genl.BACKEND_BLOCK, path=dev)
    try:
        nl.do("txn-commit")
        check(False, "what has just been attached was deleted")
    except genl.Refused:
        pass
    nl.close()
    lab.adm("lun", "attach", "target", iqn, "lun", 1)
    ready(ini, os.urandom(4096))
    ini.logout()


@suite.case
def without_a_size(lab):
    """A node that has no device behind it yet is as good as none."""
    backing = tempfile.NamedTemporaryFile(prefix="ktgt-absent")  # pylint: disable=R1732
    os.truncate(backing.name, 8 << 20)
    run("modprobe", "loop")
    node = run("losetup", "-f").strip()
    place(lab)
    iqn = f"{IQN}:node"
    file = conf(lab, iqn, node, lab.null_blk(4))
    lab.in_target("tgt-admin", "-e", "-c", file)
    equal(lun(lab)["online"], False, "online")
    lab.in_target("tgt-admin", "--update", "ALL", "-c", file)
    ini = lab.login(iqn, luns=(1, 2))
    equal(ini.command(tur()).key, NO_MEDIUM, "LUN 1")
    ready(ini, os.urandom(4096), 2)
    lab.adm("lun", "attach", "path", node)
    run("losetup", node, backing.name)
    try:
        lab.adm("lun", "attach", "path", node)
        equal(lun(lab)["size"], 8 << 20, "size")
        ready(ini, os.urandom(4096))
        ini.logout()
        lab.drop(iqn)
    finally:
        run("losetup", "-d", node)
        backing.close()


def conf(lab, iqn, *paths):
    """A file with PATHS as LUNs from 1."""
    file = f"{lab.dir}/targets.conf"
    with open(file, "w", encoding="utf-8") as out:
        out.write(f"<target {iqn}>\n")
        for path in paths:
            out.write(f"\tbacking-store {path}\n")
        out.write("\tinitiator-address ALL\n</target>\n")
    return file


@suite.case
def from_a_file(lab):
    """The others come up; applying the file once more attaches it, and the
    session never ends."""
    path, dev = place(lab)
    iqn = f"{IQN}:file"
    file = conf(lab, iqn, path, lab.null_blk(4))
    run("sh", "-c", f"nsenter --net=/run/netns/{lab.tns} tgt-admin -e -c {file} "
        f"2>{lab.dir}/said")
    with open(f"{lab.dir}/said", encoding="utf-8") as said:
        text = said.read()
    check(path in text and "LUN 1" in text and text.count("\n") == 1, text)
    ini = lab.login(iqn, luns=(1, 2))
    equal(ini.command(tur()).key, NO_MEDIUM, "LUN 1")
    ready(ini, os.urandom(4096), 2)
    session = lab.sessions()[0]["id"]

    dump = lab.in_target("tgt-admin", "--dump")
    with open(f"{lab.dir}/dump", "w", encoding="utf-8") as out:
        out.write(dump)
    lab.in_target("tgt-admin", "-e", "-c", f"{lab.dir}/dump")
    equal(lab.in_target("tgt-admin", "--dump"), dump, "dump of the dump")

    os.symlink(dev, path)
    lab.in_target("tgt-admin", "--update", "ALL", "-c", file)
    ready(ini, os.urandom(4096))
    ready(ini, os.urandom(4096), 2)
    equal(lab.sessions()[0]["id"], session, "session")
    equal(lab.in_target("tgt-admin", "--dump"), dump, "dump with the device")
    ini.logout()


def installed(name):
    """A file as it is installed, or as the lab has it."""
    for folder in os.environ["PATH"].split(":"):
        if os.path.exists(f"{folder}/{name}"):
            with open(f"{folder}/{name}", encoding="utf-8") as file:
                return file.read()
    raise FileNotFoundError(name)


def by_rule(lab, action, node):
    """What udev's rule has done for this device: it only starts the unit."""
    lines = re.findall(r'^ACTION=="([^"]*)", RUN\+="([^"]*)"', installed(RULES),
                       re.MULTILINE)
    rdev = os.stat(node).st_rdev
    device = f"{os.major(rdev)}:{os.minor(rdev)}"
    started = [line.replace("$major:$minor", device) for actions, line in lines
               if action in actions.split("|")]
    name = UNIT.replace("@", f"@{device}")
    equal(started, [f"/bin/systemctl --no-block restart {name}"],
          f"what is run for {action}")
    for line in re.findall("^ExecStart=-?(.*)$", installed(UNIT), re.MULTILINE):
        words = shlex.split(line.replace("%i", device))
        lab.in_target(os.path.basename(words[0]), *words[1:])


@suite.case
def by_udev(lab):
    """What the unit runs for a device that comes; for one that nobody waits for
    it does nothing, and is no error."""
    path, dev = place(lab)
    iqn = waiting(lab, path)
    ini = lab.login(iqn)
    os.symlink(dev, path)
    run("udevadm", "settle")
    by_rule(lab, "add", lab.null_blk(4))
    equal(lun(lab)["online"], False, "online")
    by_rule(lab, "change", dev)
    ready(ini, os.urandom(4096))
    by_rule(lab, "add", dev)
    ready(ini, os.urandom(4096))
    ini.logout()


@suite.case
def not_a_device(lab):
    """A path that is none is told, whatever waits."""
    try:
        lab.adm("lun", "attach", "path", "/dev/null")
        check(False, "/dev/null was attached")
    except CommandError as err:
        check("not a block device" in err.stderr, err.stderr)


if __name__ == "__main__":
    suite.main()
