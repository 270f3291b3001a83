#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What initiators know a logical unit by, and what the disk behind it is.

    target namespace: targets on null_blk -- veth -- this program

Shown: by default a disk has a NAA 6 identifier that depends on the name of the target
and the LUN alone; every kind of name can be given, is told to initiators, and
survives a dump. Another disk than the one that belongs there is refused.
"""
# Timeout: 240

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import genl  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import inquiry, tur  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import (IQN, SLOW, Lab, not_in_short_runs, run)  # noqa: E402

suite = Suite(not_in_short_runs(Lab))
suite.after = Lab.stop_target
NO_MEDIUM = (2, 0x3A, 0)
T10, EUI, NAA, NAME, UUID = 1, 2, 3, 8, 10
SERIAL = "  a serial number of 64 bytes, with blanks at both of its ends  "
NAA6 = "6001405" + "0123456789abcdef012345678"


def lun(lab, number=1, iqn=None):
    return lab.adm_json("lun", "show", "target", iqn or f"{IQN}:t1", "lun",
                        number)["lus"][0]


def page(ini, code, number=1):
    return ini.good(inquiry(1024, code), number, read=1024).data[4:]


def names(ini, number=1):
    """The designators of the logical unit: [(type, bytes)], in their order."""
    data, at, out = page(ini, 0x83, number), 0, []
    while at < len(data):
        size = data[at + 3]
        if not data[at + 1] & 0x30:
            out.append((data[at + 1] & 15, data[at + 4:at + 4 + size]))
        at += 4 + size
    equal(at, len(data), "end of the designators")
    return out


def told(lab, iqn=None, number=1):
    """The designators by type, and the serial number."""
    ini = lab.login(iqn or f"{IQN}:t1", luns=(number,))
    out = dict(names(ini, number)), page(ini, 0x80, number)
    ini.logout()
    return out


@suite.case
def by_default(lab):
    """A NAA 6 comes first, the name string says the same, nothing depends on the
    number of the target, and no two disks have the same."""
    iqn = lab.target()
    lab.lun(iqn, 1, lab.null_blk(4))
    lab.lun(iqn, 11, lab.null_blk(4))
    ini = lab.login(iqn)
    first = names(ini)
    ini.logout()
    equal([kind for kind, _ in first], [NAA, T10, NAME], "designators")
    naa = first[0][1]
    equal((len(naa), naa[:3].hex()), (16, "600000"), "NAA")
    equal(first[2][1].rstrip(b"\0").decode(), f"naa.{naa.hex()}", "name string")
    equal(first[1][1][:8], b"IET     ", "T10 vendor identification")
    lu = lun(lab)
    equal((lu["naa"], lu["scsi_name"], lu["given"]),
          (f"0x{naa.hex()}", f"naa.{naa.hex()}", []), "what is shown")
    one, eleven = told(lab), told(lab, number=11)
    lab.drop(iqn)

    # LUN 1 of target 11, which had the serial number of LUN 11 of target 1
    other = lab.target("other", tid=11)
    lab.lun(other, 1, lab.null_blk(4))
    found = [one, eleven, told(lab, other)]
    for kind in (NAA, T10, NAME):
        equal(len({names[kind] for names, _ in found}), 3, f"names {kind}")
    equal(len({serial for _, serial in found}), 3, "serial numbers")
    # the target again, with another number
    lab.target(tid=7)
    lab.lun(iqn, 1, lab.null_blk(4))
    equal(told(lab), one, "after it was made again")


@suite.case
def company(lab):
    """net set oui is for the logical units that come after it."""
    equal(lab.adm_json("net", "show")["net"]["oui"], "0x000000", "oui")
    iqn = lab.target()
    lab.lun(iqn, 1, lab.null_blk(4))
    lab.adm("net", "set", "oui", "00-14-05")
    lab.lun(iqn, 2, lab.null_blk(4))
    equal([lun(lab, n)["naa"][2:9] for n in (1, 2)], ["6000000", "6001405"],
          "company identifiers")
    status, text = lab.adm_fails("net", "set", "oui", "0014")
    check(status == 1 and "6 hexadecimal digits" in text, text)
    lab.adm("net", "set", "oui", "000000")


@suite.case
def given(lab):
    """What is given is told, and survives a dump."""
    iqn = lab.target()
    for words, kind, want in (
            (("naa", "0x2123456789abcdef"), NAA, "2123456789abcdef"),
            (("naa", "3123456789ABCDEF"), NAA, "3123456789abcdef"),
            (("naa", "naa.5123456789abcdef"), NAA, "5123456789abcdef"),
            (("naa", NAA6), NAA, NAA6),
            (("eui", "0123456789abcdef"), EUI, "0123456789abcdef"),
            (("eui", "0123456789abcdef01234567"), EUI,
             "0123456789abcdef01234567"),
            (("eui", NAA6), EUI, NAA6),
            (("uuid", "00112233-4455-6677-8899-aabbccddeeff"), UUID,
             "100000112233445566778899aabbccddeeff"),
            (("scsi-id", "MINE    a b"), T10, b"MINE    a b".hex()),
            (("scsi-name", "iqn.2026-11.org.x:d"), NAME,
             (b"iqn.2026-11.org.x:d\0").hex())):
        lab.lun(iqn, 1, lab.null_blk(4), **{words[0]: words[1]})
        equal(told(lab)[0][kind].hex(), want, str(words))
        before, dump = lun(lab), lab.in_target("tgt-admin", "--dump")
        lab.drop_lun(iqn, 1)
        file = f"/tmp/ktgt-identity{os.getpid()}"
        with open(file, "w", encoding="utf-8") as out:
            out.write(dump)
        lab.in_target("tgt-admin", "--update", "ALL", "-c", file)
        after = lun(lab)
        for lu in (before, after):
            lu.pop("generation")
        equal(after, before, "after the dump was applied")
        lab.in_target("tgt-admin", "--update", "ALL", "-c", file)
        os.unlink(file)
        lab.drop_lun(iqn, 1)


@suite.case
def serial_number(lab):
    """64 bytes of it, and no blank is lost on the way."""
    iqn = lab.target()
    lab.lun(iqn, 1, lab.null_blk(4), serial=SERIAL)
    equal(told(lab)[1].decode(), SERIAL, "serial number")
    equal(lun(lab)["serial"], SERIAL, "what is shown")
    status, text = lab.adm_fails("lun", "add", "target", iqn, "lun", 2, "path",
                                 lab.null_blk(4), "serial", SERIAL + ".")
    check(status == 1 and "64 bytes" in text, text)


@suite.case
def wrong(lab):
    """The text says what would be right."""
    iqn, dev = lab.target(), lab.null_blk(4)
    for words, why in (
            (("naa", "4123456789abcdef"), "first is 2, 3 or 5"),
            (("naa", "0123456789abcdef01234567"), "first is 2, 3 or 5"),
            (("naa", "6123456789abcdef"), "first is 6"),
            (("naa", "1234"), "16, 24 or 32 hexadecimal digits"),
            (("uuid", "1234"), "32 hexadecimal digits"),
            (("serial", "a\tb"), "serial"),
            (("vendor", "\xe4"), "vendor"),
            (("scsi-name", "disk"), "iqn."),
            (("scsi-name", "naa.12"), "naa. and 16 or 32")):
        _, text = lab.adm_fails("lun", "add", "target", iqn, "lun", 1, "path",
                                dev, *words)
        check(why in text, f"{words}: {text}")
    nl = lab.genl()
    for attrs in ({"naa_id": bytes(7)}, {"eui": b"1234567890"},
                  {"naa_id": bytes(17)}, {"uuid": bytes(15)}):
        try:
            nl.do("lu-new", target_id=1, lun=1, path=dev, **attrs)
            check(False, f"{attrs} was taken")
        except OSError:
            pass
    nl.close()


@suite.case
def twice(lab):
    """Two disks of a namespace have no name in common, unless both say so; the text
    names the other one."""
    iqn, other = lab.target(), lab.target("other")
    a, b = lab.null_blk(4), lab.null_blk(4)
    lab.lun(iqn, 3, a, naa=NAA6, serial="S1")
    add = ("lun", "add", "target", other, "lun", 4, "path", b)
    for words, why in ((("naa", NAA6), f"naa {NAA6}"),
                       (("serial", "S1"), 'serial "S1" and vendor "IET"')):
        for more in ((), ("shared-identity", "on")):
            _, text = lab.adm_fails(*add, *words, *more)
            check(why in text and f"LUN 3 of target 1 ({iqn})" in text and
                  "shared-identity on for both" in text, text)
    lab.adm(*add, "serial", "S1", "vendor", "OTHER")
    lab.drop_lun(other, 4)
    # what is refused leaves nothing behind
    lab.drop_lun(iqn, 3)
    lab.adm(*add, "naa", NAA6)
    lab.drop_lun(other, 4)
    lab.lun(iqn, 3, a, **{"naa": NAA6, "shared-identity": "on"})
    lab.adm(*add, "naa", NAA6, "shared-identity", "on")
    equal([lun(lab, n, t)["shared_identity"] for n, t in ((3, iqn), (4, other))],
          [True, True], "shared-identity")
    equal(told(lab, iqn, 3)[0][NAA], told(lab, other, 4)[0][NAA], "NAA")
    lab.drop_lun(other, 4)
    _, text = lab.adm_fails("lun", "add", "target", iqn, "lun", 3, "path", b)
    check("has a LUN 3 already" in text, text)

    # a name goes from one disk to another in one transaction, or in none
    nl = lab.genl()
    new = {"target_id": 1, "lun": 5, "path": b, "naa_id": bytes.fromhex(NAA6)}
    for end in ("txn-abort", "txn-commit"):
        nl.do("txn-begin")
        nl.do("lu-del", target_id=1, lun=3)
        nl.do("lu-new", **new)
        nl.do(end)
        equal([lu["naa"] for lu in lab.adm_json("lun", "show", "target", iqn)["lus"]
               if lu["lun"]], [f"0x{NAA6}"], end)
    nl.do("txn-begin")
    nl.do("lu-new", target_id=1, lun=6, path=a, serial="S6")
    nl.do("lu-new", target_id=2, lun=6, backend=2, size=1 << 20, serial="S6")
    try:
        nl.do("txn-commit")
        check(False, "two have the same name")
    except OSError as err:
        check("LUN 6 of target 1" in err.extack, err.extack)
    nl.close()


@suite.case
def old_attribute(lab):
    """Tools that know of 8 bytes alone: what they give is taken as ever."""
    iqn = lab.target()
    nl = lab.genl()
    for lun_id, naa, want in ((1, 5, "0x3000000000000005"),
                              (2, 3 << 60 | 7, "0x3000000000000007"),
                              (3, 0, None)):
        nl.do("lu-new", target_id=1, lun=lun_id, path=lab.null_blk(4), naa=naa)
        lu = lun(lab, lun_id)
        equal(lu["given"], ["naa"] if want else [], "given")
        check(lu["naa"] == want if want else len(lu["naa"]) == 34, lu["naa"])
    nl.close()
    check(told(lab, iqn)[0][NAA].hex() == "3000000000000005", "NAA")


# --- the identity of the medium -------------------------------------------------


class Disks:
    """Two disks that have identities, which one path leads to in turn."""

    def __init__(self, lab):
        self.lab = lab
        self.path = f"/tmp/ktgt-identity-disk{os.getpid()}"
        self.nodes = {}
        for word in ("one", "two"):
            disk = Mapped(lab.null_blk(4), uuid=f"KTGT-{word}")
            self.nodes[word] = f"/dev/{disk.node}"

    def link(self, word=None):
        if os.path.lexists(self.path):
            os.unlink(self.path)
        if word:
            os.symlink(self.nodes[word], self.path)

    def close(self):
        self.link()
        self.lab.stop_target()
        dm.remove_all()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def conf(iqn, path, medium):
    file = f"/tmp/ktgt-identity-conf{os.getpid()}"
    with open(file, "w", encoding="utf-8") as out:
        out.write(f"<target {iqn}>\n\t<backing-store {path}>\n\t\tmedium {medium}\n"
                  f"\t</backing-store>\n\tinitiator-address ALL\n</target>\n")
    return file


@suite.case
def medium_is_known(lab):
    """It is shown and dumped; a disk without one has none."""
    iqn = lab.target()
    with Disks(lab) as disks:
        lab.lun(iqn, 1, disks.nodes["one"])
        lab.lun(iqn, 2, lab.null_blk(4))
        equal((lun(lab)["medium"], lun(lab, 2).get("medium")),
              ("dm-uuid-KTGT-one", None), "medium")
        dump = lab.in_target("tgt-admin", "--dump")
        check("\t\tmedium dm-uuid-KTGT-one\n" in dump and
              dump.count("medium") == 1, dump)
        before = lun(lab)
        file = f"/tmp/ktgt-identity{os.getpid()}"
        with open(file, "w", encoding="utf-8") as out:
            out.write(dump)
        lab.in_target("tgt-admin", "--update", "ALL", "-c", file)
        os.unlink(file)
        after = lun(lab)
        for lu in (before, after):
            lu.pop("generation")
        equal(after, before, "after the dump was applied")


@suite.case
def another_disk(lab):
    """An absent logical unit takes its own disk, and no other one that has the
    name of its device, whoever asks; the text names both."""
    iqn = f"{IQN}:t1"
    both = ("dm-uuid-KTGT-one", "dm-uuid-KTGT-two")
    with Disks(lab) as disks:
        file = conf(iqn, disks.path, both[0])
        lab.in_target("tgt-admin", "-e", "-c", file)
        ini = lab.login(iqn)

        def waits(why):
            equal((lun(lab)["online"], lun(lab)["medium"]), (False, both[0]), why)
            equal(ini.command(tur()).key, NO_MEDIUM, why)

        waits("without a disk")
        disks.link("two")
        for words in (("path", disks.path), ("path", disks.nodes["two"]),
                      ("target", iqn, "lun", 1)):
            _, text = lab.adm_fails("lun", "attach", *words)
            check(all(word in text for word in both) and "force" in text, text)
            waits(words)
        lab.in_target("tgt-admin", "--update", "ALL", "-c", file)
        waits("after an update")
        # nor when the logical unit is new
        ini.logout()
        lab.drop(iqn)
        lab.in_target("tgt-admin", "-e", "-c", file)
        ini = lab.login(iqn)
        waits("another disk was there from the beginning")

        disks.link("one")
        lab.adm("lun", "attach", "path", disks.path)
        equal(ini.command(tur()).key[0], 6, "a unit attention")
        Lab.clear_ua(ini)
        equal((lun(lab)["online"], lun(lab)["medium"]), (True, both[0]), "attached")
        ini.logout()


@suite.case
def elsewhere(lab):
    """The initial namespace attaches a disk to a logical unit of another one that
    waits for it, wherever its path leads; nobody else does, and no other disk."""
    iqn = lab.target()
    with Disks(lab) as disks:
        lab.adm("lun", "add", "target", iqn, "lun", 1, "path", "/dev/none",
                "medium", "dm-uuid-KTGT-one", "absent")
        ini = lab.login(iqn)
        attach = ("ktgtadm", "lun", "attach", "path")
        run(*attach, disks.nodes["one"])
        lab.in_home(*attach, disks.nodes["two"])
        equal(ini.command(tur()).key, NO_MEDIUM, "TEST UNIT READY")
        not_from_here(disks.nodes["one"])
        lab.in_home(*attach, disks.nodes["one"])
        equal(ini.command(tur()).key[0], 6, "a unit attention")
        Lab.clear_ua(ini)
        equal((lun(lab)["online"], lun(lab)["medium"], lun(lab)["path"]),
              (True, "dm-uuid-KTGT-one", "/dev/none"), "attached")
        lab.in_home(*attach, disks.nodes["one"])
        ini.logout()


def not_from_here(node):
    """This namespace is not the initial one."""
    nl, fd = genl.Genl(), os.open(node, os.O_RDONLY)
    try:
        nl.do("lu-attach", medium_found="dm-uuid-KTGT-one", descriptor=fd)
        check(False, "it was attached from here")
    except genl.Refused as err:
        check("only the initial namespace" in err.extack, err.extack)
    os.close(fd)
    nl.close()


@suite.case
def by_force(lab):
    """Who knows better says so."""
    iqn = lab.target()
    with Disks(lab) as disks:
        disks.link("two")
        add = ("lun", "add", "target", iqn, "lun", 1, "path", disks.path,
               "medium", "dm-uuid-KTGT-one")
        _, text = lab.adm_fails(*add)
        check("dm-uuid-KTGT-two" in text and "dm-uuid-KTGT-one" in text, text)
        lab.adm(*add, "force")
        equal((lun(lab)["online"], lun(lab)["medium"]),
              (True, "dm-uuid-KTGT-two"), "forced")
        lab.drop_lun(iqn, 1)
        lab.adm(*add, "absent")
        equal((lun(lab)["online"], lun(lab)["medium"]),
              (False, "dm-uuid-KTGT-one"), "absent")
        lab.adm("lun", "attach", "target", iqn, "lun", 1, "force")
        equal((lun(lab)["online"], lun(lab)["medium"]),
              (True, "dm-uuid-KTGT-two"), "attached by force")
        # a tool that says nothing of it
        nl = lab.genl()
        nl.do("lu-del", target_id=1, lun=1)
        try:
            nl.do("lu-new", target_id=1, lun=1, path=disks.path, medium="x")
            check(False, "a disk without an identity was taken")
        except OSError as err:
            check("without an identity" in err.extack, err.extack)
        try:
            nl.do("lu-new", target_id=1, lun=1, path=disks.path,
                  medium_found="a\tb")
            check(False, "a control character was taken")
        except OSError as err:
            check("printable" in err.extack, err.extack)
        nl.do("lu-new", target_id=1, lun=1, path=disks.path)
        nl.close()
        check("medium" not in lun(lab), "a medium of which nobody spoke")


@suite.case
def opened_anew(lab):
    """The path leads to another disk when it is opened anew: its identity is not that of the
    former one."""
    iqn = lab.target()
    with Disks(lab) as disks:
        disks.link("one")
        lab.lun(iqn, 1, disks.path)
        change = ("lun", "set", "target", iqn, "lun", 1, "read-only")
        lab.adm(*change, "on")
        equal(lun(lab)["medium"], "dm-uuid-KTGT-one", "the same disk")
        disks.link("two")
        lab.adm(*change, "off")
        equal(lun(lab)["medium"], "dm-uuid-KTGT-two", "another disk")


RULES = "/run/udev/rules.d/61-ktgt-identity.rules"


def udev_says(dev, **properties):
    """udev looks at the device once more, and finds these properties."""
    name = os.path.basename(os.path.realpath(dev))
    os.makedirs(os.path.dirname(RULES), exist_ok=True)
    with open(RULES, "w", encoding="utf-8") as out:
        for key, value in properties.items():
            out.write(f'KERNEL=="{name}", ENV{{{key}}}="{value}"\n')
    wanted = {f"{key}={value}" for key, value in properties.items()}

    def known():
        """A worker of udev may have read the rules before they changed."""
        run("udevadm", "control", "--reload")
        run("udevadm", "trigger", "--action=change", f"/sys/class/block/{name}")
        run("udevadm", "settle", "--timeout=20")
        return wanted <= set(run("udevadm", "info", "-q", "property", "-p",
                                 f"/sys/class/block/{name}").split("\n"))

    wait_until(known, 20 * SLOW, f"udev knows {wanted}")


@suite.case
def as_udev_knows(lab):
    """What udev has found out is the identity, if it is one."""
    iqn, dev = lab.target(), lab.null_blk(4)
    for properties, want in (
            ({"ID_SERIAL": "ACME_disk_7"}, "serial-ACME_disk_7"),
            ({"ID_SERIAL": "ACME_disk_7", "ID_WWN": "0x5001",
              "ID_WWN_WITH_EXTENSION": "0x50010002"}, "wwn-0x50010002"),
            ({"ID_FS_TYPE": "ext4"}, None)):
        udev_says(dev, **properties)
        lab.lun(iqn, 1, dev)
        equal(lun(lab).get("medium"), want, str(properties))
        lab.drop_lun(iqn, 1)
    os.unlink(RULES)
    run("udevadm", "control", "--reload")


if __name__ == "__main__":
    suite.main()
