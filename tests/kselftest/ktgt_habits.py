#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What clients in the field do, PDU by PDU.

    target namespace: t-plain; t-locked, with accounts for both directions
      -- veth -- this program, and the tools of libiscsi and QEMU

Shown: the logins of libiscsi to 1.19 and of QEMU, which say in each stage who they
are, with and without credentials, to targets with and without accounts; those of
iPXE, gPXE and EDK2, which never answer a NOP-In; text in pieces, and SendTargets
that ends with an empty request; a client that does not accept the secret of the
target and closes. The real tools do what their sequences do. A machine that
vanishes after such a login loses its session.
"""
# Timeout: 240

import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import LoginError, chap_decode, chap_response  # noqa: E402
from ktap import Skip, Suite, check, comment, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, outcome, run  # noqa: E402

USER, SECRET = "alice", "incoming-secret"
PEER, PEER_SECRET = "the-target", "outgoing-secret"
AUTH_FAILED = 0x0201
# flags of a Login Request: T, CSG and NSG
TO_OPERATIONAL, TO_FULL, STAY = 0x81, 0x87, 0x01


class Habits(Lab):
    """A lab with two targets."""

    def setup(self):
        super().setup()
        disk = self.null_blk(8)
        self.plain, self.locked = self.target("t-plain"), self.target("t-locked")
        self.lun(self.plain, 1, disk)
        self.null_lun(self.locked, 1, "8M")
        for user, secret in ((USER, SECRET), (PEER, PEER_SECRET)):
            self.in_target("ktgtadm", "account", "add", user, "secret-file", "-",
                           stdin=secret + "\n")
        self.adm("account", "bind", USER, "target", self.locked)
        self.adm("account", "bind", PEER, "target", self.locked, "outgoing")
        # those who have no secret try several times
        self.adm("net", "set", "login-delay", 0)

    def after(self):
        """Of each case, however it ended."""
        self.close_all()
        self.adm("net", "set", "nop-interval", 10)
        wait_until(lambda: not self.sessions(), 30 * SLOW, "all sessions end")

    def both(self):
        """Each target, and whether it has accounts."""
        return (self.plain, False), (self.locked, True)


suite = Suite(Habits)
suite.after = Habits.after


# --- the sequences ------------------------------------------------------------

def say(conn, flags, pairs):
    """One request as the client sends it; gives back its answer."""
    conn.send(conn.login_pdu(list(pairs), b1=flags))
    return conn.login_response()


def proof(got, secret=SECRET):
    """CHAP_N and CHAP_R for the challenge that came."""
    equal(got.get("CHAP_A"), "5", "algorithm")
    return [("CHAP_N", USER), ("CHAP_R", chap_response(
        5, int(got["CHAP_I"], 0), secret, chap_decode(got["CHAP_C"])))]


def entered(conn, pdu, offered):
    """The last answer: from now on commands can be sent."""
    equal(pdu.flags & 0xCF, TO_FULL, "flags of the last answer")
    conn.tsih, conn.full_feature = pdu.u("tsih"), True
    check(conn.tsih, f"no TSIH: {pdu}")
    answers = dict(pdu.text())
    # in discovery, most keys are
    conn.settle(dict(offered), {key: value for key, value in answers.items()
                                if value != "Irrelevant"})
    return answers


def works(lab, conn):
    """A command, and the end."""
    lab.clear_ua(conn)
    conn.good(iscsi.read10(0, 8), read=4096)
    equal(conn.logout(), 0, "logout")
    conn.close()


LIBISCSI = [
    ("HeaderDigest", "None,CRC32C"), ("DataDigest", "None"),
    ("InitialR2T", "No"), ("ImmediateData", "Yes"),
    ("MaxBurstLength", "262144"), ("FirstBurstLength", "262144"),
    ("DefaultTime2Wait", "2"), ("DefaultTime2Retain", "0"),
    ("MaxOutstandingR2T", "1"), ("ErrorRecoveryLevel", "0"),
    ("IFMarker", "No"), ("OFMarker", "No"), ("MaxConnections", "1"),
    ("MaxRecvDataSegmentLength", "262144"), ("DataPDUInOrder", "Yes"),
    ("DataSequenceInOrder", "Yes")]


def libiscsi(conn, secret=None, alias=True, target_secret=None):
    """libiscsi to 1.19. Without a user it begins with the operational keys; with one
    it offers CHAP and None, has NSG in a request without T, and says again who it is
    when the operational stage begins. Its first CmdSN is a random number."""
    conn.cmdsn = 0xFFFFFFFE
    names = [("InitiatorName", conn.name)]
    names += [("InitiatorAlias", "a machine")] if alias else []
    names += [("TargetName", conn.target)] if conn.target else []
    names += [("SessionType", "Normal" if conn.target else "Discovery")]
    if secret:
        pdu = say(conn, TO_OPERATIONAL, names + [("AuthMethod", "CHAP,None")])
        if dict(pdu.text())["AuthMethod"] == "CHAP":
            equal(pdu.flags & 0x80, 0, "T before the proof")
            pdu = say(conn, STAY, [("CHAP_A", "5")])
            pdu = libiscsi_proof(conn, dict(pdu.text()), secret, target_secret)
        equal(pdu.flags & 0xCF, TO_OPERATIONAL, "flags of the security stage")
    return entered(conn, say(conn, TO_FULL, names + LIBISCSI), LIBISCSI)


def libiscsi_proof(conn, got, secret, target_secret):
    """Its proof, and that of the target if it is wanted."""
    keys = proof(got, secret)
    mine = os.urandom(32)
    if target_secret:
        keys += [("CHAP_I", "1"), ("CHAP_C", "0x" + mine.hex().upper())]
    pdu = say(conn, TO_OPERATIONAL, keys)
    if target_secret and dict(pdu.text()).get("CHAP_R", "").lower() != \
            chap_response(5, 1, target_secret, mine):
        conn.close()
        raise PermissionError("Invalid CHAP_R response from the target")
    return pdu


def qemu(conn, secret=None):
    """QEMU is libiscsi without an alias. It sends pings of its own, and answers."""
    answers = libiscsi(conn, secret, alias=False)
    equal(answers["HeaderDigest"], "None", "HeaderDigest")
    for _ in range(2):
        equal(conn.nop().u("ttt"), iscsi.NO_TAG, "answer to a ping")
    return answers


IPXE = [("HeaderDigest", "None"), ("DataDigest", "None"), ("InitialR2T", "Yes"),
        ("MaxRecvDataSegmentLength", "8192"), ("MaxBurstLength", "262144"),
        ("DefaultTime2Wait", "0"), ("DefaultTime2Retain", "0"),
        ("MaxOutstandingR2T", "1"), ("DataPDUInOrder", "Yes"),
        ("DataSequenceInOrder", "Yes"), ("ErrorRecoveryLevel", "0")]
GPXE = [pair for pair in IPXE
        if pair[0] not in ("MaxRecvDataSegmentLength", "MaxBurstLength")]


def ipxe(conn, secret=None, keys=tuple(IPXE)):
    """iPXE and gPXE: both stages, and T in each request, that with CHAP_A too."""
    conn.isid = bytes.fromhex("40000a5e0000")   # IANA's number of Fen Systems
    pdu = say(conn, TO_OPERATIONAL, [
        ("InitiatorName", conn.name), ("TargetName", conn.target),
        ("SessionType", "Normal"),
        ("AuthMethod", "CHAP,None" if secret else "None")])
    if dict(pdu.text())["AuthMethod"] == "CHAP":
        equal(pdu.flags & 0x80, 0, "T before the challenge")
        pdu = say(conn, TO_OPERATIONAL, [("CHAP_A", "5")])
        equal(pdu.flags & 0x80, 0, "T before the proof")
        pdu = say(conn, TO_OPERATIONAL, proof(dict(pdu.text()), secret))
    equal(pdu.flags & 0xCF, TO_OPERATIONAL, "flags of the security stage")
    return entered(conn, say(conn, TO_FULL, keys), keys)


EDK2 = [("HeaderDigest", "None"), ("DataDigest", "None"),
        ("ErrorRecoveryLevel", "0"), ("InitialR2T", "No"),
        ("ImmediateData", "Yes"), ("MaxRecvDataSegmentLength", "65536"),
        ("MaxBurstLength", "262144"), ("FirstBurstLength", "262144"),
        ("MaxConnections", "1"), ("DataPDUInOrder", "Yes"),
        ("DataSequenceInOrder", "Yes"), ("DefaultTime2Wait", "2"),
        ("DefaultTime2Retain", "20"), ("MaxOutstandingR2T", "16")]
# the only keys that may be missing in the answer, and those that may be there besides
EDK2_MISSING = {"MaxRecvDataSegmentLength", "DataPDUInOrder",
                "DataSequenceInOrder"}
EDK2_MORE = {"SessionType", "TargetAlias", "TargetPortalGroupTag"}


def edk2(conn, secret=None):
    """EDK2's firmware gives up if an answer is missing, or if there is a key that it
    does not know."""
    names = [("InitiatorName", conn.name), ("TargetName", conn.target),
             ("SessionType", "Normal")]
    if secret:
        say(conn, 0, names + [("AuthMethod", "CHAP")])
        pdu = say(conn, 0, [("CHAP_A", "5")])
        pdu = say(conn, TO_OPERATIONAL, proof(dict(pdu.text()), secret))
        equal(pdu.flags & 0xCF, TO_OPERATIONAL, "flags of the security stage")
        names = []
    pdu = say(conn, TO_FULL, names + EDK2)
    answers = entered(conn, pdu, EDK2)
    asked = {key for key, _ in EDK2}
    equal(asked - EDK2_MISSING - set(answers), set(), "answers that are missing")
    equal(set(answers) - asked - EDK2_MORE, set(), "answers to nothing")
    equal({key for key, value in answers.items()
           if value in ("Reject", "NotUnderstood", "Irrelevant")}, set(),
          "answers that are none")
    return answers


# --- logins ---------------------------------------------------------------------

@suite.case
def with_credentials(lab):
    """A client that has a secret logs in to both targets: to that without accounts
    it does not have to prove anything."""
    for iqn, _ in lab.both():
        for client in (libiscsi, qemu, ipxe):
            conn = lab.connect(iqn)
            client(conn, SECRET)
            works(lab, conn)
        conn = lab.connect(iqn)
        libiscsi(conn, SECRET, alias=False)
        works(lab, conn)
    conn = lab.connect(lab.locked)
    edk2(conn, SECRET)
    works(lab, conn)


@suite.case
def without_credentials(lab):
    """A client without one logs in to the target without accounts; with a wrong one
    it is refused by the other."""
    for client in (libiscsi, qemu, ipxe, edk2):
        conn = lab.connect(lab.plain)
        client(conn)
        works(lab, conn)
    conn = lab.connect(lab.plain)
    ipxe(conn, keys=tuple(GPXE))
    works(lab, conn)
    for client in (libiscsi, qemu, ipxe, edk2):
        for secret in (None, "a-wrong-secret"):
            try:
                client(lab.connect(lab.locked), secret)
                check(False, f"{client.__name__} got in with {secret}")
            except LoginError as err:
                equal(hex(err.status), hex(AUTH_FAILED), client.__name__)


@suite.case
def discovery_with_credentials(lab):
    """The same in a discovery session, with and without accounts."""
    for accounts in (False, True):
        if accounts:
            lab.adm("account", "bind", USER, "discovery")
        conn = lab.connect()
        libiscsi(conn, SECRET)
        found, _ = conn.send_targets("All")
        equal({name for name, _ in found}, {lab.plain, lab.locked}, "targets")
        equal(conn.logout(), 0, "logout")
    try:
        libiscsi(lab.connect())
        check(False, "discovery without a secret")
    except LoginError as err:
        equal(hex(err.status), hex(AUTH_FAILED), "status")
    finally:
        lab.adm("account", "unbind", USER, "discovery")


@suite.case
def closes_because_of_our_secret(lab):
    """Mutual CHAP: a client that does not accept our proof just closes. That is told;
    nothing is when it accepts it."""
    listener = lab.listen("session")
    conn = lab.connect(lab.locked)
    libiscsi(conn, SECRET, target_secret=PEER_SECRET)
    works(lab, conn)
    told = [listener.next(10 * SLOW)["event"] for _ in range(2)]
    equal(told, ["session-login", "session-end"], "events")
    try:
        libiscsi(lab.connect(lab.locked), SECRET, target_secret="not-its-secret")
        check(False, "it has accepted a wrong proof")
    except PermissionError:
        pass
    event = listener.next(10 * SLOW)
    check(event and event["event"] == "login-failed" and
          event["reason"].startswith("the initiator refused our secret"),
          f"event {event}")


# --- text -----------------------------------------------------------------------

@suite.case
def login_in_pieces(lab):
    """A login text that is cut anywhere, with the C bit, is as good as a whole one;
    so is one of three pieces, one of which is empty."""
    conn = lab.connect(lab.plain)
    text = iscsi.text_encode([("InitiatorName", conn.name),
                              ("TargetName", conn.target), *LIBISCSI])
    conn.close()
    for cuts in ((1,), (len(conn.name) + 10,), (len(text) - 1,), (len(text),),
                 (20, 20), (8, len(text) // 2)):
        conn, at = lab.connect(lab.plain), 0
        for cut in cuts:
            pdu = conn.login_step(text[at:cut], transit=False, cont=True)
            equal((pdu.flags & 0xC0, pdu.data), (0, b""), "answer to a piece")
            at = cut
        entered(conn, conn.login_step(text[at:]), LIBISCSI)
        works(lab, conn)


@suite.case
def send_targets_in_two(lab):
    """SendTargets with F=0; when all is there, an empty request with F=1 ends it. And
    SendTargets that is cut, with the C bit."""
    for cut in (None, 5, 15):
        conn = lab.connect()
        libiscsi(conn, alias=False)
        text = iscsi.text_encode({"SendTargets": "All"})
        if cut:
            pdu = conn.text(text[:cut], final=False, cont=True)
            text, more = text[cut:], {"ttt": pdu.u("ttt"), "itt": pdu.u("itt")}
        pdu = conn.text(text, final=False, **(more if cut else {}))
        data, itt = bytes(pdu.data), pdu.u("itt")
        check(not pdu.final and pdu.u("ttt") != iscsi.NO_TAG, f"over: {pdu}")
        pdu = conn.text(b"", ttt=pdu.u("ttt"), itt=itt)
        check(pdu.final, f"not over: {pdu}")
        found = iscsi.targets_of(iscsi.text_pairs(data + bytes(pdu.data)))
        equal({name for name, _ in found}, {lab.plain, lab.locked}, "targets")
        equal(conn.logout(), 0, "logout")


# --- silence --------------------------------------------------------------------

def deaf(conn):
    """From now on it answers no NOP-In."""
    step = conn.step

    def listen(timeout=None):
        send, conn.send = conn.send, lambda pdu: None \
            if pdu.opcode == iscsi.NOP_OUT else send(pdu)
        try:
            return step(timeout)
        finally:
            conn.send = send
    conn.step = listen


@suite.case
def never_answers(lab):
    """Firmware is idle for many intervals, and reads on."""
    lab.adm("net", "set", "nop-interval", 1)
    conns = []
    for client in (ipxe, edk2, lambda conn: ipxe(conn, keys=tuple(GPXE))):
        conn = lab.connect(lab.plain, isid=bytes([0x80, 0, 0, 0, 0, len(conns)]))
        client(conn)
        deaf(conn)
        lab.clear_ua(conn)
        conns.append(conn)
    time.sleep(6)
    # iPXE and gPXE have the same ISID: the second takes the place of the first
    equal(len(lab.sessions()), 2, "sessions")
    for conn in conns[1:]:
        conn.good(iscsi.read10(0, 8), read=4096)
        check(conn.nopins, "no NOP-In came")
        equal(conn.logout(), 0, "logout")


@suite.case
def vanishes(lab):
    """A machine that has never answered a NOP-In vanishes with its link: TCP ends its
    session. Here with a tenth of the default times, which are of a minute."""
    lab.adm("net", "set", "nop-interval", 1, "keepalive-idle", 3,
            "keepalive-interval", 1, "keepalive-probes", 3, "tcp-user-timeout", 6)
    try:
        conn = lab.connect(lab.plain)
        ipxe(conn)
        deaf(conn)
        lab.clear_ua(conn)
        conn.good(iscsi.read10(0, 8), read=4096)
        listener = lab.listen("session")
        run("ip", "-n", lab.ins, "link", "set", "wire", "down")
        start = time.monotonic()
        wait_until(lambda: not lab.sessions(), 12 * SLOW, "the session ends")
        comment(f"ended after {time.monotonic() - start:.1f} s")
        equal(listener.next(10 * SLOW)["end"], "connection-lost", "reason")
    finally:
        run("ip", "-n", lab.ins, "link", "set", "wire", "up")
        run("ip", "-n", lab.ins, "addr", "replace", f"{lab.SELF6}/64", "dev",
            "wire", "nodad")
        lab.adm("net", "set", "keepalive-idle", 30, "keepalive-interval", 10,
                "keepalive-probes", 3, "tcp-user-timeout", 60)


# --- the tools themselves --------------------------------------------------------

def tool(*argv):
    """Run a tool of an initiator; gives back its exit status and what it said."""
    if not shutil.which(argv[0]):
        raise Skip(f"{argv[0]} is not installed")
    done = outcome(*argv, timeout=30 * SLOW)
    return done.returncode, done.stdout + done.stderr


def url(lab, iqn="", secret=None, query=""):
    """iscsi://USER%SECRET@ADDRESS/TARGET/LUN"""
    who = f"{USER}%{secret}@" if secret else ""
    where = f"/{iqn}/1{query}" if iqn else ""
    return f"iscsi://{who}{lab.ADDR}:{lab.PORT}{where}"


def gets_in(good, *argv):
    """The tool gets in, or it is refused because of its credentials."""
    status, said = tool(*argv)
    equal(status == 0, good, f"{argv}: exit {status}: {said}")
    check(good or "uthentication" in said or "513" in said,
          f"{argv} does not say why: {said}")
    return said


@suite.case
def iscsi_inq(lab):
    """With and without credentials, to targets with and without accounts; and with
    those of the target."""
    for iqn, accounts in lab.both():
        gets_in(not accounts, "iscsi-inq", url(lab, iqn))
        gets_in(True, "iscsi-inq", url(lab, iqn, SECRET))
        gets_in(not accounts, "iscsi-inq", url(lab, iqn, "a-wrong-secret"))
    for secret in (PEER_SECRET, "not-its-secret"):
        query = f"?target_user={PEER}&target_password={secret}"
        gets_in(secret == PEER_SECRET, "iscsi-inq",
                url(lab, lab.locked, SECRET, query))
    status, said = tool("iscsi-inq", url(lab, lab.plain + "-not", SECRET))
    check(status and "not found" in said, f"a target that is not there: {said}")


@suite.case
def iscsi_ls(lab):
    """Discovery with and without credentials and accounts."""
    for secret in (None, SECRET):
        said = gets_in(True, "iscsi-ls", url(lab, secret=secret))
        check(lab.plain in said and lab.locked in said, said)
    said = gets_in(True, "iscsi-ls", "-s", url(lab, secret=SECRET))
    equal(said.count("Lun:1"), 2, f"disks in {said}")
    lab.adm("account", "bind", USER, "discovery")
    try:
        gets_in(False, "iscsi-ls", url(lab))
        said = gets_in(True, "iscsi-ls", url(lab, secret=SECRET))
        check(lab.plain in said and lab.locked in said, said)
    finally:
        lab.adm("account", "unbind", USER, "discovery")


@suite.case
def qemu_img(lab):
    """QEMU with and without credentials."""
    if "iscsi" not in tool("qemu-img", "--help")[1]:
        raise Skip("QEMU without iSCSI")
    for iqn, accounts in lab.both():
        gets_in(True, "qemu-img", "info", url(lab, iqn, SECRET))
        gets_in(not accounts, "qemu-img", "info", url(lab, iqn))


suite.main()
