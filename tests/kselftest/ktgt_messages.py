#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What a user reads when something is refused.

    target namespace: targets, and who else wants a port -- veth -- this program

Shown: a number out of range is answered with the range; a name with all of it, as
it was typed; a device that is in use with who uses it, which the kernel knows, the
tool finds, or nobody can see, soon; a device that cannot be written, has
no size, or is a file, with what to do; a port with who listens there. All tools
say the same. Names are the same in upper and lower case.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
from dm import Mapped  # noqa: E402
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import IQN, SLOW, CommandError, Lab, read, run, seconds, write  # noqa: E402

suite = Suite(Lab)
UNKNOWN = "another program or kernel user"
# of 200 ms on a real machine; an emulated one that shares a processor is slower
LIMIT = 1 * SLOW


def undo_all(lab):
    """What a case has put in the way goes, the last first."""
    lab.stop_target()
    for undo in reversed(getattr(lab, "undo", [])):
        undo()
    lab.undo = []


suite.after = undo_all


def later(lab, *argv):
    """Run a program when the case is over."""
    lab.undo = getattr(lab, "undo", []) + [lambda: run(*argv)]


def says(lab, words, *parts, status=2):
    """A command is refused, and each part is in what it says."""
    got, text = lab.adm_fails(*words)
    equal(got, status, f"status of {words}: {text}")
    for part in parts:
        check(part in text, f"{words}: '{part}' is not in '{text}'")
    return text


def add(dev, *words, tid=1, lun=1):
    return ("lun", "add", "target", tid, "lun", lun, "path", dev, *words)


def in_use(lab, dev, who):
    """The device is refused at once, because of WHO."""
    if not lab.targets():
        lab.target(tid=1)
    (text, took) = seconds(says, lab, add(dev), f"LUN 1: {dev} is in use{who}")
    base = seconds(says, lab, add("/dev/none"))[1]
    check(took - base < LIMIT, f"{took - base} s more than {base} s")
    return text


def mounted(lab, dev, name="ktgt disk"):
    """A file system on the device, mounted; gives back where."""
    where = tempfile.mkdtemp(suffix=name)
    run("mkfs.ext4", "-q", "-F", dev)
    run("mount", dev, where)
    later(lab, "umount", where)
    return where


def partitioned(lab):
    """A loop device with two partitions."""
    dev, file = lab.loop(32)
    run("sfdisk", "-q", file, stdin="label: dos\n,16M\n,\n")
    run("losetup", "-d", dev)
    lab.loops.remove(dev)
    run("losetup", "-P", dev, file)
    lab.loops.append(dev)
    wait_until(lambda: os.path.exists(f"{dev}p2"), 5, "partitions")
    return dev


# --- numbers and words ----------------------------------------------------


@suite.case
def ranges(lab):
    """The keyword, the value, and what it has to be."""
    iqn = lab.target(tid=1)
    lun1 = ("lun", "add", "target", 1, "lun", 1, "type", "null", "size", "1M")
    for words, keyword, value, limits in (
            (("lun", "add", "target", iqn, "lun", 16384, "path", "/dev/null"),
             "lun", 16384, "0 to 16383"),
            (("target", "add", f"{IQN}:other", "id", 0), "id", 0, "1 to 65535"),
            (("net", "set", "login-timeout", 0), "login-timeout", 0, "1 to 3600"),
            (("net", "set", "poll-time", 5000), "poll-time", 5000, "0 to 1000"),
            (("net", "set", "max-logins", 0), "max-logins", 0, "1 to 65535"),
            (("lun", "del", "target", 70000, "lun", 1), "target", 70000,
             "1 to 65535"),
            (("lun", "show", "target", 70000), "target", 70000, "1 to 65535"),
            ((*lun1, "block-size", 520), "block-size", 520, "512 or 4096"),
            (("target", "set", iqn, "nop-interval", 3601), "nop-interval", 3601,
             "0 to 3600")):
        text = lab.adm_fails(*words)[1]
        check(re.search(f"{keyword} '?{value}'?: (must be|out of range; use) "
                        f"{limits}\\b", text), f"{words}: {text}")
    # as the kernel has it, of those that the tool does not look at
    nl = lab.genl()
    try:
        nl.do("net-set", poll_time=5000)
        check(False, "poll-time 5000 is taken")
    except genl.Refused as err:
        check("out of range" in err.extack, err.extack)
    nl.close()


@suite.case
def switches(lab):
    """A key that is off or on, in each tool."""
    iqn = lab.target(tid=1)
    text = lab.adm_fails("target", "set", iqn, "reset", "maybe")[1]
    check("maybe" in text and "use default, off or on" in text, text)
    status, text = tgtadm(lab, "target", "update", "-t", 1, "-n", "reset", "-v",
                          "maybe")
    check(status and "use on or off" in text, f"{status}: {text}")


@suite.case
def luns(lab):
    """What is missing or too much."""
    lab.target(tid=1)
    for words, text in (
            (add("/dev/none", lun=0), "LUN 0 is the controller"),
            (("lun", "add", "target", 1, "lun", 2, "size", "1G"),
             "LUN 2: path, or type null, is missing"),
            (("lun", "add", "target", 1, "lun", 2, "type", "null"),
             "LUN 2: size is missing"),
            (("lun", "del", "target", 1, "lun", 0), "LUN 0 is the controller"),
            (("lun", "del", "target", 1, "lun", 7), "target 1 has no LUN 7"),
            (("lun", "del", "target", 9, "lun", 1), "there is no target 9")):
        says(lab, words, text)
    status, text = tgtadm(lab, "logicalunit", "new", "-t", 1, "-l", 0, "-b",
                          "/dev/none")
    equal((status, text.splitlines()[0]),
          (22, "tgtadm: this logical unit number already exists"), "tgtadm")


# --- names ----------------------------------------------------------------


@suite.case
def whole_names(lab):
    """A name of 223 bytes stands in the message with each of them."""
    iqn = f"{IQN}:{'n' * (222 - len(IQN))}"
    lab.target(iqn, tid=1)
    says(lab, ("target", "add", iqn), f"target '{iqn}' exists already")
    other = iqn[:-1] + "o"
    says(lab, ("target", "show", other), f"there is no target '{other}'")
    says(lab, ("target", "del", other), f"there is no target '{other}'")
    user = "u" * 255
    says(lab, ("account", "del", user), f"there is no account '{user}'")
    for verb, text in (("add", "exists already"), ("del", "does not exist")):
        rule = ("acl", verb, "target", 1, "initiator", other)
        lab.adm(*rule)
        says(lab, rule, f"access rule 'initiator {other}' {text}")
    path = "/dev/" + "p" * 4000
    says(lab, add(path), f"LUN 1: {path} ")


@suite.case
def own_text(lab):
    """Who asks at the same time as others gets the answer to his question."""
    wrong = []

    def ask(nl, number):
        for _ in range(400):
            try:
                nl.do("target-get", id=number)
            except genl.Refused as err:
                if err.extack != f"there is no target {number}":
                    wrong.append(f"{number}: {err.extack}")

    sockets = [lab.genl() for _ in range(12)]
    threads = [threading.Thread(target=ask, args=(nl, 1000 + i))
               for i, nl in enumerate(sockets)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for nl in sockets:
        nl.close()
    equal(wrong, [], "answers to others")


@suite.case
def as_typed(lab):
    """A name in UTF-8 that is refused is shown as it is."""
    iqn = f"{IQN}:Gerät_Ü"
    says(lab, ("target", "add", iqn), f"name '{iqn}': RFC 3722 does not allow",
         status=1)
    iqn = f"{IQN}:gerät."
    lab.adm("target", "add", iqn)
    says(lab, ("target", "add", iqn), f"target '{iqn}' exists already")


@suite.case
def case_of_names(lab):
    """Upper and lower case are the same, whoever says it; the first is kept."""
    iqn = "IQN.2026-01.ORG.example:A"
    lab.adm("target", "add", iqn, "id", 1)
    equal(lab.targets()[0]["name"], iqn, "name")
    says(lab, ("target", "add", "iqn.2026-01.org.Example:a"),
         "target 'iqn.2026-01.org.Example:a' exists already")
    who = "iqn.2026-01.org.example:Ünique"
    lab.adm("acl", "add", "target", "Iqn.2026-01.org.example:a", "initiator", who)
    rules = lab.adm_json("acl", "show")["acls"]
    who = "iqn.2026-01.org.example:ünique"
    equal(rules[0]["initiator"], who, "rule")
    for name in (iqn, iqn.lower()):
        for initiator, status in ((who, 0), (who.replace("org", "ORG"), 0),
                                  (IQN + ":x", 0x0203)):
            equal(lab.login_status(name, name=initiator), status,
                  f"login of {initiator} to {name}")
    status, text = tgtadm(lab, "target", "new", "-t", 2, "-T",
                          "IQN.2026-01.org.example:B")
    equal((status, lab.targets()[1]["name"]),
          (0, "IQN.2026-01.org.example:B"), f"target of tgtadm {text}")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write("<target IQN.2026-01.org.example:A>\n</target>\n"
                   "<target IQN.2026-01.org.example:B>\n"
                   "initiator-name IQN.2026-01.org.example:X\n</target>\n")
        file.flush()
        for _ in range(2):
            lab.in_target("tgt-admin", "--update", "ALL", "-c", file.name)
    equal([(t["id"], t["name"][-1]) for t in lab.targets()],
          [(1, "A"), (2, "B")], "targets after tgt-admin")


# --- devices --------------------------------------------------------------


@suite.case
def mount(lab):
    dev = lab.null_blk(8)
    where = mounted(lab, dev)
    in_use(lab, dev, f": mounted at {where}")


@suite.case
def partition(lab):
    """One that is mounted has the disk; the other is free."""
    dev = partitioned(lab)
    where = mounted(lab, f"{dev}p1")
    in_use(lab, dev, f": partition 1 is mounted at {where}")
    in_use(lab, f"{dev}p1", f": mounted at {where}")
    lab.adm(*add(f"{dev}p2"))


def fast_enough():
    """The processes are searched for 150 ms, and not longer."""
    if SLOW > 1:
        raise Skip("it takes longer here to look at all processes")


@suite.case
def swap(lab):
    if not os.path.exists("/proc/swaps"):
        raise Skip("this kernel has no swap")
    dev = lab.null_blk(8)
    run("mkswap", dev)
    run("swapon", dev)
    later(lab, "swapoff", dev)
    in_use(lab, dev, ": used as swap")


@suite.case
def device_mapper(lab):
    """LVM is this; the name is that of the volume."""
    dev = partitioned(lab)
    disk = Mapped(dev, name=f"ktgt--{os.getpid()}-lv")
    lab.undo = getattr(lab, "undo", []) + [disk.remove]
    in_use(lab, dev, f": held by {disk.node} ({disk.name})")
    in_use(lab, f"{dev}p1", f": its disk is held by {disk.node} (ktgt--")


@suite.case
def raid(lab):
    """MD, without its tool."""
    try:
        run("modprobe", "md_mod")
        run("modprobe", "raid1")
        write("/sys/module/md_mod/parameters/new_array", "md127")
    except (CommandError, OSError) as err:
        raise Skip(f"no MD: {err}") from err
    dev = lab.null_blk(8)
    md = "/sys/block/md127/md"
    wait_until(lambda: os.path.isdir(md), 5, "md127")
    write(f"{md}/metadata_version", "none")
    write(f"{md}/level", "raid1")
    write(f"{md}/raid_disks", "2")
    st = os.stat(dev)
    write(f"{md}/new_dev", f"{os.major(st.st_rdev)}:{os.minor(st.st_rdev)}")
    lab.undo = getattr(lab, "undo", []) + [
        lambda: write(f"{md}/array_state", "clear")]
    in_use(lab, dev, ": held by md127")


@suite.case
def another_lun(lab):
    """The kernel knows its own, in all targets of the namespace."""
    dev = partitioned(lab)
    lab.target(tid=1)
    lab.target("t2", tid=2)
    lab.adm(*add(dev, tid=2, lun=5))
    in_use(lab, dev, " by LUN 5 of target 2")
    in_use(lab, f"{dev}p1", ": its disk is LUN 5 of target 2")
    lab.adm("lun", "del", "target", 2, "lun", 5)
    lab.adm(*add(f"{dev}p2", tid=2, lun=6))
    in_use(lab, dev, ": partition 2 is LUN 6 of target 2")
    # in one transaction
    nl, disk = lab.genl(), lab.null_blk(4)
    nl.do("txn-begin")
    for lun in (1, 2):
        nl.do("lu-new", target_id=1, lun=lun, backend=genl.BACKEND_BLOCK,
              path=disk)
    try:
        nl.do("txn-commit")
        check(False, "a device for two")
    except genl.Refused as err:
        equal(err.extack, f"LUN 2: {disk} is in use by LUN 1 of target 1",
              "commit")
    nl.close()


@suite.case
def a_program(lab):
    fast_enough()
    dev = lab.null_blk(4)
    fd = os.open(dev, os.O_RDWR | os.O_EXCL)
    comm = read("/proc/self/comm")
    try:
        in_use(lab, dev, f": open in {comm} (pid {os.getpid()})")
    finally:
        os.close(fd)
    lab.adm(*add(dev))


@suite.case
def nobody_knows(lab):
    """A target of another network namespace cannot be seen from here."""
    other, dev = f"ko-{os.getpid()}", lab.null_blk(4)
    run("ip", "netns", "add", other)
    later(lab, "ip", "netns", "del", other)
    run("ktgtadm", "-n", other, "target", "add", f"{IQN}:other", "id", 1)
    run("ktgtadm", "-n", other, *add(dev))
    later(lab, "ktgtadm", "-n", other, "target", "del", f"{IQN}:other")
    in_use(lab, dev, f" by {UNKNOWN}")


@suite.case
def read_only(lab):
    dev = lab.null_blk(4)
    lab.target(tid=1)
    run("blockdev", "--setro", dev)
    text = says(lab, add(dev), f"LUN 1: {dev} is read-only; add read-only on")
    check("Hint" not in text, text)
    lab.adm(*add(dev, "read-only", "on"))
    lab.adm("lun", "del", "target", 1, "lun", 1)
    run("blockdev", "--setrw", dev)


@suite.case
def no_size(lab):
    """A loop device that has no file."""
    dev, _ = lab.loop()
    run("losetup", "-d", dev)
    lab.loops.remove(dev)
    lab.target(tid=1)
    text = says(lab, add(dev), f"LUN 1: {dev} has no size")
    check("Hint" not in text, text)
    says(lab, add("/dev/none"), "LUN 1: /dev/none does not exist",
         'Hint: add "absent" to wait')
    says(lab, add("/dev/null"), "LUN 1: /dev/null is not a block device")


@suite.case
def a_file(lab):
    """How it becomes a device, or which device it is."""
    lab.target(tid=1)
    with tempfile.NamedTemporaryFile() as file:
        os.truncate(file.name, 1 << 20)
        says(lab, add(file.name),
             f"LUN 1: {file.name} is a regular file, which ktgt does not serve",
             f'"losetup -f --show {file.name}"', "ktgt(7)")
    dev, name = lab.loop()
    says(lab, add(name), f"{name} is a regular file; take its loop device, {dev}")


# --- the tools of tgt -----------------------------------------------------


def tgtadm(lab, mode, operation, *words):
    """tgtadm, which need not succeed; gives back (status, stderr)."""
    try:
        lab.in_target("tgtadm", "-L", "iscsi", "-m", mode, "-o", operation,
                      *words)
    except CommandError as err:
        return err.status, err.stderr
    return 0, ""


@suite.case
def tools_of_tgt(lab):
    """Their first line is that of tgt, the reason stands below."""
    dev = lab.null_blk(8)
    where = mounted(lab, dev)
    lab.target(tid=1)
    status, text = tgtadm(lab, "logicalunit", "new", "-t", 1, "-l", 1, "-b", dev)
    equal((status, text.splitlines()),
          (22, ["tgtadm: invalid request",
                f"  LUN 1: {dev} is in use: mounted at {where}"]), "tgtadm")
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(f"<target {IQN}:t1>\nbacking-store {dev}\n</target>\n")
        file.flush()
        try:
            lab.in_target("tgt-admin", "--update", "ALL", "-c", file.name)
            check(False, "tgt-admin takes a mounted device")
        except CommandError as err:
            check(f"{dev} is in use: mounted at {where}" in err.stderr, err.stderr)


# --- portals --------------------------------------------------------------


def listener(lab, port, addr="0.0.0.0"):
    """A program that listens on a port of the target's namespace."""
    code = ("import socket,sys,time; s=socket.socket(); "
            f"s.bind(('{addr}',{port})); s.listen(); print(flush=True); "
            "time.sleep(600)")
    peer = subprocess.Popen(["nsenter", f"--net=/run/netns/{lab.tns}", "python3",
                             "-c", code], stdout=subprocess.PIPE)
    peer.stdout.read(1)

    def end():
        peer.kill()
        peer.wait()
        peer.stdout.close()

    lab.undo = getattr(lab, "undo", []) + [end]
    return peer.pid


@suite.case
def brackets(lab):
    """A port behind an IPv6 address without brackets is a part of it."""
    says(lab, ("portal", "add", "::1:3262"),
         "portal [::1:3262]:3260: this machine does not have the address",
         "[::1]:3262 is meant?")
    text = says(lab, ("portal", "add", "2001:db8::abcd"),
                "this machine does not have the address")
    check("meant" not in text, text)


@suite.case
def covered(lab):
    """One portal has all addresses."""
    lab.target(tid=1)
    says(lab, ("portal", "add", "127.0.0.1:3260"),
         "portal 127.0.0.1:3260 is covered by portal 0.0.0.0:3260")
    says(lab, ("portal", "add", f"[{lab.ADDR6}]"),
         f"portal [{lab.ADDR6}]:3260 is covered by portal [::]:3260")
    lab.adm("portal", "add", "127.0.0.1:3270")
    later(lab, "ktgtadm", "-n", lab.tns, "portal", "del", "127.0.0.1:3270")
    says(lab, ("portal", "add", "0.0.0.0:3270"),
         "portal 0.0.0.0:3270: portal 127.0.0.1:3270 already uses the port")
    says(lab, ("portal", "add", "127.0.0.1:3270"),
         "portal 127.0.0.1:3270 exists already")


@suite.case
def port_of_a_program(lab):
    fast_enough()
    pid = listener(lab, 3280)
    for addr in ("127.0.0.1", "0.0.0.0"):
        (_, took) = seconds(says, lab, ("portal", "add", f"{addr}:3280"),
                            f"portal {addr}:3280: the port is in use by "
                            f"python3 (pid {pid})")
        check(took < 10 * LIMIT, f"{took} s")


@suite.case
def port_of_lio(lab):
    """The other target of the kernel: no process has its socket."""
    try:
        run("modprobe", "iscsi_target_mod")
    except CommandError as err:
        raise Skip("no LIO in this kernel") from err
    if not os.path.isdir("/sys/kernel/config/target"):
        run("mount", "-t", "configfs", "configfs", "/sys/kernel/config")
    iqn = "iqn.2003-01.org.linux-iscsi.ktgt:x"
    base = "/sys/kernel/config/target/iscsi"
    made = [f"{base}/{iqn}", f"{base}/{iqn}/tpgt_1",
            f"{base}/{iqn}/tpgt_1/np/{lab.ADDR}:3290"]
    lab.in_target("mkdir", "-p", *([] if os.path.isdir(base) else [base]), *made)
    later(lab, "rmdir", *reversed(made))
    says(lab, ("portal", "add", f"{lab.ADDR}:3290"),
         f"portal {lab.ADDR}:3290: the port is in use by ")
    says(lab, ("portal", "add", f"{lab.ADDR}:3290"), f"LIO target {iqn}")


# --- rights ---------------------------------------------------------------


@suite.case
def not_root(lab):
    """Who may not is told what he needs, by each tool."""
    lab.target(tid=1)
    user = ("setpriv", "--reuid", 65534, "--regid", 65534, "--clear-groups")
    for words in (("ktgtadm", "target", "add", f"{IQN}:x"),
                  ("ktgtadm", "lun", "add", "target", 1, "lun", 1, "path", "/x"),
                  ("tgtadm", "-L", "iscsi", "-m", "target", "-o", "delete", "-t",
                   1)):
        try:
            lab.in_target(*user, *words)
            check(False, f"{words} was done")
        except CommandError as err:
            check("this needs CAP_NET_ADMIN; use sudo" in err.stderr,
                  f"{words}: {err.stderr}")
    try:
        run(*user, "ktgtadm", "-n", lab.tns, "target", "show")
        check(False, "a network namespace was entered")
    except CommandError as err:
        check("needs CAP_SYS_ADMIN; use sudo" in err.stderr, err.stderr)


if __name__ == "__main__":
    suite.main()
