#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The control plane, seen through ktgtadm.

    target namespace: whatever each case makes; a second namespace is empty

Shown: what goes in comes out again (JSON parses, with the names of the
specification); every refusal has exit status 2 and a text that names the
object and the value; wrong words have exit status 1; dumps of thousands are
whole; nobody but root of the initial user namespace gets in; namespaces do not
see each other.
"""
# Short: debug

import errno
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import genl  # noqa: E402
import iscsi  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import IQN, SLOW, Lab, is_free, outcome, read, run  # noqa: E402

suite = Suite(Lab)
suite.after = Lab.stop_target
MANY = int(os.environ.get("KTGT_MANY", "300"))


def refuses(lab, words, *parts, status=2):
    """ktgtadm WORDS must fail, with all of PARTS in what it says."""
    got, text = lab.adm_fails(*words)
    said = " ".join(str(word) for word in words)
    equal(got, status, f"exit status of '{said}' ({text})")
    check(text, f"'{said}' says nothing")
    hints = [line for line in text.splitlines() if line.startswith("Hint: ")]
    equal(len(text.splitlines()) - len(hints), 1, f"lines of '{said}': {text}")
    check(len(hints) <= 1, f"hints of '{said}': {text}")
    for part in parts:
        check(str(part).lower() in text.lower(),
              f"'{said}': '{part}' is not in: {text}")


def out_of_range(lab, words, limits, command, **values):
    """The tool says the limits, and the kernel has the same."""
    refuses(lab, words, limits, status=1)
    nl = lab.genl()
    try:
        nl.do(command, **values)
        check(False, f"{command} {values} is taken")
    except genl.Refused as err:
        equal(err.errno, errno.ERANGE, f"{command} {values}")
    finally:
        nl.close()


@suite.case
def empty(lab):
    """Nothing configured: empty lists, which are JSON all the same."""
    equal(lab.targets(), [], "targets")
    equal(lab.sessions(), [], "sessions")
    for noun, key in (("portal", "portals"), ("lun", "lus"), ("acl", "acls"),
                      ("account", "accounts")):
        equal(lab.adm_json(noun, "show").get(key), [], noun)
    net = lab.adm_json("net", "show")["net"]
    equal((net["targets"], net["sessions"], net["portals"]), (0, 0, 0), "net")
    check(net["version"], "no version")


@suite.case
def target_round_trip(lab):
    """A target as it was made, found by number and by name."""
    lab.adm("target", "add", f"{IQN}:a", "id", 7, "alias", "an alias")
    lab.adm("target", "add", f"{IQN}:b")
    found = {t["id"]: t for t in lab.targets()}
    equal(found[7]["name"], f"{IQN}:a", "name")
    equal(found[7]["alias"], "an alias", "alias")
    equal(found[7]["state"], "ready", "state")
    equal(found[1]["name"], f"{IQN}:b", "the lowest free id")
    lab.adm("target", "set", f"{IQN}:a", "state", "offline", "alias", "x")
    found = {t["id"]: t for t in lab.targets()}
    equal((found[7]["state"], found[7]["alias"]), ("offline", "x"), "changed")
    lab.adm("target", "del", 7)
    lab.adm("target", "del", f"{IQN}:b")
    equal(lab.targets(), [], "targets")


@suite.case
def target_refusals(lab):
    """What a target must not be."""
    iqn = lab.target("a", tid=3)
    refuses(lab, ("target", "add", iqn), iqn, "exist")
    refuses(lab, ("target", "add", f"{IQN}:other", "id", 3), "3", "exist")
    refuses(lab, ("target", "del", f"{IQN}:none"), f"{IQN}:none")
    refuses(lab, ("target", "del", 99), "99")
    refuses(lab, ("target", "set", 99, "state", "offline"), "99")
    for name in ("not-an-iqn", "iqn.2026-13.org.example:x", "iqn.2026-11",
                 f"{IQN}:" + "x" * 200, f"{IQN}:with space", "eui.123",
                 "naa.12345", f"{IQN}:tab\tx", "iqn.26-11.org.example"):
        status, text = lab.adm_fails("target", "add", name)
        check(status in (1, 2) and text, f"{name}: {status} {text}")
    lab.drop(iqn)
    equal(lab.targets(), [], "targets")


@suite.case
def target_keys(lab):
    """Keys of a target: their limits, with nothing changed by a refusal; what is
    shown, and how it is taken back."""
    iqn = f"{IQN}:keys"
    for key, bad, limits in (
            ("max-burst-length", 511, "512 to 16777215"),
            ("max-burst-length", 16777216, "512 to 16777215"),
            ("max-outstanding-r2t", 0, "1 to 65535"),
            ("nop-interval", 3601, "0 to 3600"),
            ("default-time2wait", 3601, "0 to 3600")):
        out_of_range(lab, ("target", "add", iqn, key, bad), limits,
                     "target-new", **{"name": iqn, key.replace("-", "_"): bad})
    equal(lab.targets(), [], "targets")
    lab.adm("target", "add", iqn, "max-burst-length", 65536, "initial-r2t",
            "yes")
    out_of_range(lab, ("target", "set", iqn, "state", "offline",
                       "first-burst-length", 100), "512 to 16777215",
                 "target-set", name=iqn, state=1, first_burst_length=100)
    nl = lab.genl()
    for key, value in (("header-digest", 9), ("initial-r2t", 9), ("reset", 9),
                       ("chap-algorithms", 0), ("chap-algorithms", 16)):
        try:
            nl.do("target-set", **{"name": iqn, key.replace("-", "_"): value})
            check(False, f"{key} {value} is taken")
        except genl.Refused as err:
            equal(err.errno, errno.ERANGE, f"{key} {value}")
            check(key in err.extack, err.extack)
    one = lab.targets()[0]
    equal({key: one.get(key) for key in
           ("state", "max_burst_length", "initial_r2t", "first_burst_length")},
          {"state": "ready", "max_burst_length": 65536, "initial_r2t": "yes",
           "first_burst_length": None}, "target")
    lab.adm("target", "set", iqn, "max-burst-length", "default",
            "header-digest", "crc32c", "nop-count", 0, "reset", "on",
            "chap-algorithms", "sha256,md5")
    one = lab.targets()[0]
    equal({key: one.get(key) for key in
           ("max_burst_length", "header_digest", "nop_count", "reset",
            "chap_algorithms")},
          {"max_burst_length": None, "header_digest": "crc32c",
           "nop_count": 0, "reset": "on",
           "chap_algorithms": ["md5", "sha256"]}, "target")
    check("chap-algorithms: md5,sha256" in lab.adm("target", "show", iqn),
          "not shown")
    lab.adm("target", "set", iqn, "reset", "default")
    equal(lab.targets()[0].get("reset"), None, "reset by default")
    lab.drop(iqn)


@suite.case
def good_names(lab):
    """Names of all three kinds, and of 223 bytes."""
    for name in ("eui.02004567A425678D", "naa.52004567BA64678D",
                 "naa.62004567BA64678D0123456789ABCDEF",
                 "iqn.2026-11.org.example", f"{IQN}:" + "x" * (222 - len(IQN)),
                 f"{IQN}:a-b.c:d.0"):
        lab.adm("target", "add", name)
        lab.adm("target", "del", name)


@suite.case
def lun_round_trip(lab):
    """A logical unit as it was made."""
    iqn, dev = lab.target("lu"), lab.null_blk(4)
    lab.adm("lun", "add", "target", iqn, "lun", 5, "path", dev, "serial",
            "S123", "vendor", "ACME", "product", "Disk", "revision", "0001",
            "scsi-id", "an id")
    one = lab.adm_json("lun", "show", "target", iqn)["lus"]
    one = [lu for lu in one if lu["lun"] == 5][0]
    want = {"path": dev, "size": 4 << 20, "block_size": 512, "backend": "block",
            "type": "disk", "serial": "S123", "vendor": "ACME",
            "product": "Disk", "revision": "0001", "scsi_id": "an id"}
    equal({key: one[key] for key in want}, want, "logical unit")
    lab.adm("lun", "del", "target", iqn, "lun", 5)
    left = lab.adm_json("lun", "show", "target", iqn)["lus"]
    equal([lu["lun"] for lu in left], [0], "the controller stays")
    lab.drop(iqn)


@suite.case
def lun_refusals(lab):
    """What a logical unit must not be."""
    iqn, dev = lab.target("lu", tid=7), lab.null_blk(4)
    other = lab.target("lu2")
    base = ("lun", "add", "target", iqn, "lun")
    refuses(lab, (*base, 1, "path", "/dev/not-there"), "/dev/not-there")
    refuses(lab, (*base, 1, "path", "/dev/null"), "/dev/null")
    refuses(lab, (*base, 1, "path", "/etc/passwd"), "/etc/passwd")
    lab.lun(iqn, 1, dev)
    refuses(lab, (*base, 1, "path", lab.null_blk(1)), "lun 1")
    refuses(lab, (*base, 2, "path", dev), dev)
    refuses(lab, ("lun", "add", "target", other, "lun", 1, "path", dev), dev)
    refuses(lab, (*base, 0, "path", lab.null_blk(1)), "0")
    refuses(lab, ("lun", "del", "target", iqn, "lun", 0), "0")
    refuses(lab, ("lun", "del", "target", iqn, "lun", 9), "9")
    out_of_range(lab, (*base, 16384, "path", dev), "0 to 16383", "lu-new",
                 target_id=7, lun=16384, path=dev)
    refuses(lab, (*base, 3, "path", lab.null_blk(1), "block-size", 1024))
    lab.drop(iqn)
    lab.drop(other)


@suite.case
def device_is_released(lab):
    """A refused, a removed and a deleted unit leave their device free."""
    iqn, dev = lab.target("lu"), lab.null_blk(4)
    for _ in range(3):
        lab.lun(iqn, 1, dev)
        lab.adm_fails("lun", "add", "target", iqn, "lun", 1, "path",
                      lab.null_blk(1))
        lab.drop_lun(iqn, 1)
    lab.lun(iqn, 1, dev)
    lab.drop(iqn)
    check(is_free(dev), "the device is in use still")


@suite.case
def acl_round_trip(lab):
    """Rules in the order they were made; doubles and absent ones refused."""
    iqn = lab.target("acl", acl=())
    rules = ("10.0.0.0/8", "192.0.2.1", "2001:db8::/32",
             "iqn.1993-08.org.debian:01:abc", "all")
    for rule in rules:
        lab.acl(iqn, rule)
    equal(len(lab.adm_json("acl", "show", "target", iqn)["acls"]), 5, "rules")
    for rule in rules:
        refuses(lab, ("acl", "add", "target", iqn, *lab.acl_words(rule)),
                "exist")
    for rule in rules:
        lab.acl(iqn, rule, "del")
        refuses(lab, ("acl", "del", "target", iqn, *lab.acl_words(rule)))
    for bad in ("10.0.0.0/33", "10.0.0", "2001:db8::/129", "x", "10.0.0.0/-1"):
        status, text = lab.adm_fails("acl", "add", "target", iqn, "address",
                                     bad)
        check(status in (1, 2) and text, f"{bad}: {status} {text}")
    lab.drop(iqn)


def ports(lab):
    """Ports that it listens on by itself."""
    found = lab.adm_json("portal", "show")["portals"]
    return [p["port"] for p in found if p["automatic"]]


@suite.case
def loading(lab):
    """It listens while it is loading; when that ends, only for a target. One
    refusal in a transaction, and it does not load."""
    def state(text):
        lab.adm("net", "set", "state", text)
        equal(lab.adm_json("net", "show")["net"]["state"], text, "state")
    equal(lab.adm_json("net", "show")["net"]["state"], "ready", "at first")
    for _ in range(2):
        state("loading")
        equal(ports(lab), [3260, 3260], "portals while it loads")
    state("ready")
    equal(ports(lab), [], "portals without a target")
    state("loading")
    iqn = lab.target("l")
    state("ready")
    equal(ports(lab), [3260, 3260], "portals with a target")
    state("loading")
    lab.drop(iqn)
    equal(ports(lab), [3260, 3260], "portals while it loads, without a target")
    state("ready")
    equal(ports(lab), [], "portals when that is over")
    nl = lab.genl()
    nl.do("txn-begin")
    nl.do("net-set", state=1)
    nl.do("target-del", name=iqn)
    try:
        nl.do("txn-commit")
        check(False, "a target was deleted that is not there")
    except genl.Refused:
        pass
    nl.close()
    equal(lab.adm_json("net", "show")["net"]["state"], "ready", "after that")
    equal(ports(lab), [], "portals after that")
    refuses(lab, ("net", "set", "state", "offline"), "offline", status=1)


@suite.case
def portals(lab):
    """The first target brings two portals, the last takes them away; own
    portals stay; a port in use is refused."""
    iqn = lab.target("p")
    found = lab.adm_json("portal", "show")["portals"]
    equal(sorted(p["port"] for p in found), [3260, 3260], "ports")
    lab.drop(iqn)
    equal(lab.adm_json("portal", "show")["portals"], [], "portals")
    lab.adm("portal", "add", "10.77.0.1:3261", "group-tag", 5)
    refuses(lab, ("portal", "add", "10.77.0.1:3261"), "3261")
    refuses(lab, ("portal", "add", "192.0.2.77:3260"), "192.0.2.77")
    refuses(lab, ("portal", "del", "10.77.0.1:3999"), "3999")
    iqn = lab.target("p")
    found = lab.adm_json("portal", "show")["portals"]
    equal([(p["port"], p["group_tag"]) for p in found], [(3261, 5)], "portals")
    ini = lab.connect(iqn, port=3261)
    equal(ini.login().get("TargetPortalGroupTag"), "5", "group tag")
    ini.logout()
    ini.close()
    lab.adm("portal", "del", "10.77.0.1:3261")
    lab.drop(iqn)


@suite.case
def accounts(lab):
    """Accounts and bindings; a secret never comes out."""
    secret = "very-secret-12"
    lab.in_target("ktgtadm", "account", "add", "alice", "secret-file", "-",
                  stdin=secret + "\n")
    iqn = lab.target("acc")
    lab.adm("account", "bind", "alice", "target", iqn)
    refuses(lab, ("account", "bind", "alice", "target", iqn), "alice")
    refuses(lab, ("account", "bind", "bob", "target", iqn), "bob")
    for option in ("-j", "-r", "-p"):
        text = lab.adm(option, "account", "show")
        check("alice" in text and secret not in text, text)
    lab.adm("account", "unbind", "alice", "target", iqn)
    refuses(lab, ("account", "unbind", "alice", "target", iqn), "alice")
    lab.adm("account", "del", "alice")
    refuses(lab, ("account", "del", "alice"), "alice")
    lab.drop(iqn)


@suite.case
def sessions(lab):
    """A session with its names, numbers and negotiated keys; deleting it."""
    iqn = lab.target("s")
    ini = lab.connect(iqn)
    ini.login({"MaxBurstLength": 65536, "InitiatorAlias": "the alias"})
    found = lab.sessions()
    equal(len(found), 1, "sessions")
    one = found[0]
    equal((one["initiator"], one["target"], one["tsih"], one["alias"]),
          (ini.name, iqn, ini.tsih, "the alias"), "session")
    equal(one["param"]["max_burst_length"], 65536, "MaxBurstLength")
    equal(one["conn"][0]["state"], "full-feature", "state")
    refuses(lab, ("target", "del", iqn), "session")
    lab.adm("session", "del", one["id"])
    ini.expect_close(5)
    equal(lab.sessions(), [], "sessions")
    refuses(lab, ("session", "del", one["id"]), one["id"])
    lab.drop(iqn)


@suite.case
def session_times(lab):
    """When a session logged in, and for how long it has had no command."""
    iqn = lab.target("s")
    lab.lun(iqn, 1, lab.null_blk(4))
    before = int(time.time())
    ini = lab.login(iqn)
    after = int(time.time())
    ini.good(iscsi.read10(0, 1), read=512)
    one = lab.sessions()[0]
    check(before <= one["login_time"] <= after,
          f"login_time: not {before} <= {one['login_time']} <= {after}")
    for _ in range(6):
        time.sleep(0.5)
        ini.nop()
    again = lab.sessions()[0]
    equal(again["login_time"], one["login_time"], "login_time, later")
    idle = again["conn"][0]["idle_time"]
    check(2 <= idle <= 60, f"idle_time, with pings for 3 s: {idle}")
    ini.good(iscsi.read10(0, 1), read=512)
    check(lab.sessions()[0]["conn"][0]["idle_time"] < idle,
          "idle_time, after a command")
    shown = lab.adm("session", "show", "id", one["id"])
    check(re.search(r"^login-time: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$", shown, re.M)
          and re.search(r"^  idle-time: \d+ s$", shown, re.M)
          and re.search(r"^  rtt: [\d.]+ (us|ms|s)$", shown, re.M), shown)
    raw = lab.adm("-r", "session", "show", "id", one["id"])
    check(f"\nlogin-time {one['login_time']}\n" in raw
          and re.search(r"^rtt \d+$", raw, re.M), raw)
    ini.waiting_write()
    time.sleep(1.5)
    equal(lab.sessions()[0]["conn"][0]["idle_time"], 0,
          "idle_time, while a write waits for its data")
    lab.adm("session", "del", one["id"])
    ini.expect_close(5)
    lab.drop(iqn)


def netem(lab, *words):
    """What becomes of packets that the target sends."""
    lab.in_target("tc", "qdisc", "replace", "dev", "wire", "root", "netem",
                  *words)


def agrees_with_ss(lab):
    """Whether TCP's figures are those of ss, which looks a moment later."""
    conn = lab.sessions()[0]["conn"][0]
    ss = lab.in_target("ss", "-tinH", "state", "established", "sport", "=",
                       ":3260")
    rtt, var = re.search(r"\brtt:([\d.]+)/([\d.]+)", ss).groups()
    retransmits = int(re.search(r"retrans:\d+/(\d+)", ss).group(1))
    return (abs(conn["rtt"] - 1000 * float(rtt)) < 1
            and abs(conn["rtt_var"] - 1000 * float(var)) < 1
            and conn["retransmits"] == retransmits)


@suite.case
def session_socket(lab):
    """Round trip time and retransmissions are those that the kernel has."""
    iqn = lab.target("s")
    lab.lun(iqn, 1, lab.null_blk(4))
    ini = lab.login(iqn)
    for _ in range(5):
        ini.good(iscsi.read10(0, 1), read=512)
    quick = lab.sessions()[0]["conn"][0]
    equal(quick["retransmits"], 0, "retransmits of a good link")
    netem(lab, "delay", "40ms")
    try:
        for _ in range(20):
            ini.good(iscsi.read10(0, 1), read=512)
        slow = lab.sessions()[0]["conn"][0]
        # without the delay it may be as long on a busy machine
        check(20000 < slow["rtt"] < 10000000, f"rtt: {slow['rtt']} us, at least 40 ms")
        netem(lab, "loss", "100%")
        task = ini.issue(iscsi.tur())
        wait_until(lambda: lab.sessions()[0]["conn"][0]["retransmits"], 20,
                   "retransmits")
    finally:
        lab.in_target("tc", "qdisc", "del", "dev", "wire", "root")
    equal(ini.wait([task])[0].status, 0, "status")
    wait_until(lambda: agrees_with_ss(lab), 20 * SLOW,
               "the same as ss tells, while nothing is measured")
    ini.logout()
    lab.drop(iqn)


@suite.case
def settings(lab):
    """Settings of the namespace, and their ranges."""
    for key, good, bad, limits in (
            ("login-timeout", 5, 0, "1 to 3600"),
            ("login-timeout", 15, 3601, "1 to 3600"),
            ("max-logins", 100, 0, "1 to 65535"),
            ("max-logins", 256, 65536, "1 to 65535"),
            ("discovery-timeout", 7, 0, "1 to 3600"),
            ("discovery-timeout", 60, 3601, "1 to 3600"),
            ("login-delay", 3600, 3601, "0 to 3600"),
            ("max-discoveries", 1, 0, "1 to 16384"),
            ("max-discoveries", 256, 16385, "1 to 16384"),
            ("memory-limit", 32, 3, "4 to 65536"),
            ("nop-interval", 9, 3601, "0 to 3600"),
            ("poll-time", 50, 1001, "0 to 1000"),
            ("logout-timeout", 7, 0, "1 to 3600"),
            ("logout-timeout", 10, 3601, "1 to 3600"),
            ("tmf-timeout", 7, 0, "1 to 3600"),
            ("tmf-timeout", 10, 3601, "1 to 3600"),
            ("keepalive-idle", 0, 3601, "0 to 3600"),
            ("keepalive-idle", 30, 3601, "0 to 3600"),
            ("keepalive-interval", 7, 0, "1 to 3600"),
            ("keepalive-interval", 10, 3601, "1 to 3600"),
            ("keepalive-probes", 127, 0, "1 to 127"),
            ("keepalive-probes", 3, 128, "1 to 127"),
            ("tcp-user-timeout", 0, 3601, "0 to 3600"),
            ("tcp-user-timeout", 60, 3601, "0 to 3600")):
        lab.adm("net", "set", key, good)
        net = lab.adm_json("net", "show")["net"]
        equal(net[key.replace("-", "_")], good, key)
        out_of_range(lab, ("net", "set", key, bad), limits, "net-set",
                     **{key.replace("-", "_"): bad})
    lab.adm("net", "set", "nop-interval", 0, "memory-limit", 64, "poll-time", 0)


@suite.case
def memory_total(lab):
    """By default an eighth of memory; at least 4 MiB."""
    def total():
        return lab.adm_json("net", "show")["net"]["memory_total"]
    usual = total()
    memory = int(read("/proc/meminfo").split()[1]) << 10
    # what the kernel has given back since the namespace was made
    check(abs(8 * usual - memory) < 32 << 20, f"{usual} of {memory} by default")
    for text, value in (("5M", 5 << 20), (4194304, 4194304), ("3G", 3 << 30)):
        lab.adm("net", "set", "memory-total", text)
        equal(total(), value, f"memory-total {text}")
    refuses(lab, ("net", "set", "memory-total", 4194303),
            "memory-total 4194303: must be 4194304 bytes or more")
    refuses(lab, ("net", "set", "memory-total", "much"), "memory-total",
            status=1)
    equal(total(), 3 << 30, "after refusals")
    lab.adm("net", "set", "memory-total", usual)


@suite.case
def wrong_words(lab):
    """What the tool does not understand: exit status 1. What another tool says:
    exit status 2, and the word that is meant."""
    for words in (("nonsense",), ("target", "frobnicate"),
                  ("target", "add"), ("target", "add", f"{IQN}:x", "colour", 1),
                  ("target", "add", f"{IQN}:x", "id"),
                  ("target", "add", f"{IQN}:x", "id", "many"),
                  ("lun", "add", "lun", 1), ("--nonsense",),
                  ("net", "set", "login-timeout", "1x")):
        refuses(lab, words, "; see ktgtadm ", status=1)
    for words, meant in ((("target", "create"), "say add"),
                         (("targets", "show"), "say target")):
        refuses(lab, words, meant, status=2)


@suite.case
def generations(lab):
    """Each change counts, a refused one does not."""
    def generation():
        return lab.adm_json("net", "show")["net"]["generation"]
    before = generation()
    iqn = lab.target("g", acl=())
    equal(generation(), before + 1, "after adding a target")
    lab.adm_fails("target", "add", iqn)
    equal(generation(), before + 1, "after a refusal")
    lab.drop(iqn)
    equal(generation(), before + 2, "after deleting")


@suite.case
def long_dumps(lab):
    """A dump over many messages is whole, in order and without doubles."""
    names = lab.many_targets(f"many{i:04}" for i in range(MANY))
    found = lab.targets()
    equal([t["id"] for t in found], list(range(1, MANY + 1)), "ids")
    equal([t["name"] for t in found], names, "names")
    equal(len(lab.adm_json("lun", "show")["lus"]), MANY, "controllers")
    equal(len(lab.adm_json("acl", "show")["acls"]), MANY, "rules")


@suite.case
def raw_requests(lab):
    """Requests that the tool would not send: refused, and nothing changes."""
    nl, attr = lab.genl(), genl.attr
    name = attr(genl.TARGET_NAME, f"{IQN}:raw")
    wrong = {
        "nothing": b"",
        "a name of 3000 bytes": attr(genl.TARGET_NAME, "iqn." + "x" * 3000),
        "a name without NUL": attr(genl.TARGET_NAME, b"iqn.2026-11"),
        "an empty name": attr(genl.TARGET_NAME, ""),
        "number 0": name + attr(genl.TARGET_ID, 0),
        "number 65536": name + attr(genl.TARGET_ID, 65536),
        "a number of one byte": name + attr(genl.TARGET_ID, b"1"),
        "an unknown attribute": name + attr(77, b"1234"),
        "an attribute of answers": name + attr(6, 1),
        "half an attribute": name + b"\x40\x00\x01",
        "%s%n in the name": attr(genl.TARGET_NAME, "%s%n%s%n"),
    }
    for what, payload in wrong.items():
        try:
            nl.request(genl.TARGET_NEW, payload)
        except OSError:
            continue
        check(False, f"{what}: accepted")
    for command in (0, 99, 255):
        try:
            nl.request(command)
            check(False, f"command {command}: accepted")
        except OSError:
            pass
    nl.close()
    equal(lab.targets(), [], "targets")


@suite.case
def changes_while_dumping(lab):
    """Targets go and come between the messages of a dump: it ends."""
    lab.many_targets(f"dump{i:04}" for i in range(MANY))
    one, two = lab.genl(), lab.genl()
    one.begin(genl.TARGET_LIST)
    for number in range(1, MANY, 3):
        two.request(genl.TARGET_DEL, genl.attr(genl.TARGET_ID, number))
    found = one.answers()
    check(MANY // 2 < len(found) <= MANY, f"{len(found)} targets")
    one.begin(genl.TARGET_LIST)
    one.close()
    two.close()


@suite.case
def not_root(lab):
    """Without CAP_NET_ADMIN in the initial user namespace: refused."""
    tool = run("sh", "-c", "command -v ktgtadm").strip()
    for prefix in (["setpriv", "--reuid=65534", "--clear-groups"],
                   ["unshare", "-U", "-r", "-n"]):
        for words in (["target", "show"], ["target", "add", f"{IQN}:evil"],
                      ["net", "set", "login-timeout", "1"]):
            done = outcome(*prefix, tool, *words, timeout=20)
            check(done.returncode not in (0, 127) and done.stderr.strip(),
                  f"{prefix[0]} {words}: {done.returncode} {done.stderr}")
    equal(lab.targets(), [], "targets")


@suite.case
def namespaces(lab):
    """A target of one namespace does not exist in the other."""
    iqn = lab.target("ns", tid=1)
    there = run("ktgtadm", "-n", lab.ins, "-r", "target", "show")
    equal(there, "", "targets of the other namespace")
    run("ktgtadm", "-n", lab.ins, "target", "add", iqn, "id", 1)
    run("ktgtadm", "-n", lab.ins, "target", "del", 1)
    equal(len(lab.targets()), 1, "targets of the first")
    lab.drop(iqn)


@suite.case
def namespace_ends(lab):
    """A namespace that goes takes its targets and devices along."""
    dev = lab.null_blk(4)
    run("ip", "netns", "add", lab.tns + "x")
    extra = ("ktgtadm", "-n", lab.tns + "x")
    run(*extra, "target", "add", f"{IQN}:gone")
    run(*extra, "lun", "add", "target", f"{IQN}:gone", "lun", 1, "path", dev)
    run("ip", "netns", "del", lab.tns + "x")
    wait_until(lambda: is_free(dev), 5, "the device is free")


if __name__ == "__main__":
    suite.main()
