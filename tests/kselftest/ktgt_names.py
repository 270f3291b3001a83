#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Names of targets and initiators (RFC 7143, 4.2.7; RFC 3722).

    target namespace: targets whose names have capitals -- veth -- this program

Shown: a name is kept and shown as it was given, and the same in upper and lower
case for whoever uses it; the disks of the target are the same, too. The tools apply
RFC 3722 to names beyond ASCII. What is not valid UTF-8, or has a control character, is
no name: not in the configuration, and not of a peer, whose bytes come into no log and
no event.
"""

# Timeout: 600

import errno
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
from iscsi import NAME, LoginError, inquiry  # noqa: E402
from ktap import Suite, check, equal  # noqa: E402
from lab import IQN, Lab, outcome, run  # noqa: E402

suite = Suite(Lab)
suite.after = Lab.stop_target

MIXED = "iqn.2026-01.org.example:SAN.Disk1"
# Ends of names that are not text. The first five are logged, for sure, if all come at
# once.
WRONG = {
    "an escape sequence": b"\x1b[31m",
    "C1": b"\xc2\x9b31m",
    "C1 in one byte": b"\x9b31m",
    "a letter in Latin-1": b"h\xf6st",
    "DEL": b"a\x7f",
    "half a character": b"h\xc3",
    "too many bytes for a character": b"\xc0\xaf",
    "half of UTF-16": b"\xed\xa0\x80",
}
PACE = 0.15     # ten failed logins are told of in a second


def name_with(end):
    return IQN.encode() + b":" + end


def refused(nl, command, **values):
    """The kernel refuses a request; gives back what it says."""
    try:
        nl.do(command, **values)
    except genl.Refused as err:
        equal(err.errno, errno.EINVAL, f"{command} {values}")
        return err.extack
    check(False, f"{command} {values} is taken")
    return None


@suite.case
def kept(lab):
    """A target is shown by the name that it was given, and found by any form."""
    lab.target(MIXED, tid=1)
    equal(lab.targets()[0]["name"], MIXED, "name")
    # an agent of a cluster looks for this line
    check(f"Target 1: {MIXED}\n" in
          lab.in_target("tgtadm", "-m", "target", "-o", "show"), "tgtadm")
    check(MIXED in lab.adm("config", "dump"), "config dump")
    check(f"<target {MIXED}>" in lab.in_target("tgt-admin", "--dump"),
          "tgt-admin --dump")

    ini = lab.login(None, discovery=True)
    for what in ("All", MIXED, MIXED.lower(), MIXED.upper()):
        equal([name for name, _ in ini.send_targets(what)[0]], [MIXED],
              f"SendTargets={what}")
    ini.logout()
    for name in (MIXED, MIXED.lower(), MIXED.upper()):
        ini = lab.login(name, clear_ua=False)
        equal([s["target"] for s in lab.sessions()], [MIXED], "session")
        ini.logout()
        equal(lab.adm_json("target", "show", name)["targets"][0]["name"], MIXED,
              f"target show {name}")
        status, text = lab.adm_fails("target", "add", name)
        check(status == 2 and "exists already" in text, text)
    lab.drop(MIXED.upper())
    equal(lab.targets(), [], "targets")


@suite.case
def renamed(lab):
    """One transaction gives a target its name in another case."""
    lab.target(MIXED, tid=1)
    nl = lab.genl()
    nl.do("txn-begin")
    nl.do("target-del", name=MIXED.lower())
    nl.do("target-new", id=1, name=MIXED.upper())
    nl.do("txn-commit")
    nl.close()
    equal([t["name"] for t in lab.targets()], [MIXED.upper()], "targets")


@suite.case
def initiators(lab):
    """A rule is shown as it was given, and admits the name in any case. A login that
    is refused is told of with the name of the target."""
    iqn = lab.target(MIXED, acl=())
    listener = lab.listen("session")
    lab.acl(iqn, "iqn.2026-01.org.example:Client.A")
    equal(lab.adm_json("acl", "show")["acls"][0]["initiator"],
          "iqn.2026-01.org.example:Client.A", "rule")
    for name, status in (("iqn.2026-01.org.example:client.a", 0),
                         ("IQN.2026-01.ORG.EXAMPLE:CLIENT.A", 0),
                         ("iqn.2026-01.org.example:client.b", 0x0203)):
        equal(lab.login_status(iqn.lower(), name=name), status,
              f"login of {name}")
    told = [listener.next() for _ in range(5)]
    equal({event["target"] for event in told}, {iqn}, "targets of the events")
    equal([event["event"] for event in told].count("login-failed"), 1,
          "refused logins")
    check(f"to {iqn} refused" in run("dmesg"), "no line in the log")
    text = lab.adm_fails("acl", "add", "target", iqn, "initiator",
                         "iqn.2026-01.org.example:CLIENT.a")[1]
    check("exists already" in text, text)
    config = lab.listen("config")
    lab.acl(iqn, "iqn.2026-01.org.example:CLIENT.a", verb="del")
    equal([change["name"] for change in config.next()["change"]],
          ["iqn.2026-01.org.example:Client.A"], "rule in the event")
    equal(lab.adm_json("acl", "show")["acls"], [], "rules")


def apply(lab, text, *words):
    """tgt-admin with a file; gives back what it prints."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(text)
        file.flush()
        return lab.in_target("tgt-admin", "-c", file.name, *words)


@suite.case
def tgt_admin(lab):
    """A target gets the name that is in the file; one in another case is the same,
    and so is a rule."""
    text = (f"<target {MIXED}>\n"
            "initiator-name iqn.2026-01.org.example:Client\n</target>\n")
    apply(lab, text, "-e")
    equal([t["name"] for t in lab.targets()], [MIXED], "targets")
    equal([a["initiator"] for a in lab.adm_json("acl", "show")["acls"]],
          ["iqn.2026-01.org.example:Client"], "rules")
    ini = lab.login(MIXED.lower(), name="iqn.2026-01.org.example:client",
                    clear_ua=False)
    for other in (text, text.lower(), text.replace("Client", "cLIENT")):
        equal(apply(lab, other, "-p", "-e"), "", "changes")
        apply(lab, other, "--update", "ALL")
    ini.nop()
    apply(lab, text, "--delete", MIXED.upper(), "-f")
    equal(lab.targets(), [], "targets")


@suite.case
def beyond_ascii(lab):
    """The tools send the form of RFC 3722 and say so; what is shown can be applied
    again, and nothing is to be done then."""
    iqn, client = f"{IQN}:gerät", f"{IQN}:höst"
    done = outcome("ktgtadm", "-n", lab.tns, "target", "add", f"{IQN}:GERÄT",
                   "id", 1)
    equal(done.returncode, 0, done.stderr)
    check(f"is used as {iqn}" in done.stderr, done.stderr)
    lab.adm("acl", "add", "target", f"{IQN}:Gerät", "initiator", f"{IQN}:HÖST")
    config = lab.adm_json("config", "dump")["config"]["targets"]
    equal([(t["name"], t["initiators"]) for t in config], [(iqn, [client])],
          "dump")
    ini = lab.login(iqn, name=client, clear_ua=False)
    # o, and the dots on it
    for name in (client, f"{IQN}:HÖST", f"{IQN}:ho\u0308st"):
        text = f"<target {IQN}:GERÄT>\ninitiator-name {name}\n</target>\n"
        equal(apply(lab, text, "-p", "-e"), "", f"changes for {name!r}")
        apply(lab, text, "-e")
    ini.nop()
    apply(lab, lab.in_target("tgt-admin", "--dump"), "-e")
    ini.nop()


@suite.case
def latin1(lab):
    """A name that is not UTF-8 is refused by each tool."""
    lab.target("t1", tid=1)
    name = f"\"$(printf '{IQN}:h\\366st')\""
    for words in (f"ktgtadm target add {name}",
                  f"ktgtadm acl add target 1 initiator {name}",
                  f"tgtadm -m target -o new -t 2 -T {name}",
                  f"tgtadm -m target -o bind -t 1 -Q {name}",
                  f"printf '<target %s/>' {name} >$0; tgt-admin -c $0 -e"):
        with tempfile.NamedTemporaryFile() as file:
            done = outcome("nsenter", f"--net=/run/netns/{lab.tns}", "sh", "-c",
                           words, file.name, errors="replace")
        check(done.returncode, f"{words} succeeds")
        check("not valid UTF-8" in done.stderr, f"{words}: {done.stderr}")
    equal([t["name"] for t in lab.targets()], [f"{IQN}:t1"], "targets")


def identity(lab, name):
    """What initiators know a disk of the target by."""
    lab.target(name)
    lab.null_lun(name, 1, "16M")
    ini = lab.login(name)
    pages = [ini.good(inquiry(1024, code), read=1024).data
             for code in (0x80, 0x83)]
    ini.logout()
    lab.drop(name)
    return pages


@suite.case
def same_disk(lab):
    """Disks are the same, in whatever case the name of their target is."""
    lower = identity(lab, MIXED.lower())
    equal(identity(lab, MIXED), lower, "pages 80h and 83h")
    check(MIXED.lower().encode() in lower[1], "name of the target in page 83h")


@suite.case
def no_text(lab):
    """The kernel takes no name that is not text."""
    lab.target("t1", tid=1)
    nl = lab.genl()
    for what, end in WRONG.items():
        name = name_with(end) + b"\0"
        for said in (refused(nl, "target-new", name=name),
                     refused(nl, "acl-new", target_id=1, initiator=name),
                     refused(nl, "acl-del", target_id=1, initiator=name)):
            check("valid UTF-8" in said, f"{what}: {said}")
        refused(nl, "explain-list", initiator=name, address=bytes(4))
    nl.do("target-new", name=f"{IQN}:höst")
    nl.do("acl-new", target_id=1, initiator=f"{IQN}:höst")
    nl.close()
    equal([t["name"] for t in lab.targets()], [f"{IQN}:t1", f"{IQN}:höst"],
          "targets")
    equal(lab.login_status(f"{IQN}:t1", name=f"{IQN}:höst"), 0, "login")


def login_as(lab, initiator, target):
    """The status of a login with these bytes."""
    conn = lab.connect()
    try:
        conn.login_step(b"InitiatorName=%b\0TargetName=%b\0SessionType=Normal\0"
                        % (initiator, target))
        return 0
    except LoginError as err:
        return err.status
    finally:
        conn.close()


@suite.case
def peers(lab):
    """A peer whose name is not text is refused, and nobody prints the name."""
    iqn = lab.target().encode()
    listener = lab.listen("session")
    events = []
    for what, end in WRONG.items():
        for who, to in ((name_with(end), iqn), (NAME.encode(), name_with(end))):
            equal(login_as(lab, who, to), 0x0200, f"{who} to {to}: {what}")
            events.append(listener.next())
            check(events[-1], f"no event: {what}")
            time.sleep(PACE)
    equal({e.get("initiator", NAME) for e in events}, {NAME}, "initiators")
    equal({e.get("target", "") for e in events} - {"", iqn.decode()}, set(),
          "targets")
    log = run("dmesg")
    log = log[log.rindex(lab.marker):]
    check("is not an iSCSI name" in log, "no line in the log")
    for end in (r"\x1b", r"\x9b", r"\xf6", "\x1b", "\x9b"):
        check(end not in log, f"{end!r} in the log")


if __name__ == "__main__":
    suite.main()
