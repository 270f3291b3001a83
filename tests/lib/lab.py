# SPDX-License-Identifier: GPL-2.0
"""The machines of a protocol test: two network namespaces and a wire.

    kt-PID (target)                         ki-PID (initiator)
    veth "wire" 10.77.0.1/24, fd77::1/64 -- 10.77.0.2/24, fd77::2/64

The test's own process moves into the initiator's namespace, so that every
socket it opens is the initiator's; the tool is run in the target's.

With KTGT_ORACLE=tgtd the same tests run against Debian's tgtd: differences
between the two targets are findings, and the client itself is checked so.
"""

import ctypes
import errno
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import genl
import transcript
from iscsi import Initiator, LoginError
from ktap import Failure, Skip, check, equal, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
LOGCHECK = os.path.join(HERE, "..", "vm", "logcheck.sh")
NULLB = "/sys/kernel/config/nullb"
CLONE_NEWNET = 0x40000000
TRACING = "/sys/kernel/tracing"
IQN = "iqn.2026-11.org.example"
# A kernel that checks itself takes a multiple of the time for everything.
DEBUG = os.path.exists("/sys/kernel/debug/kmemleak")
SLOW = 6 if DEBUG else 1


class CommandError(Failure):
    """A program ended with a status other than 0."""

    def __init__(self, argv, done):
        self.status = done.returncode
        self.stderr = done.stderr.strip()
        super().__init__(f"{' '.join(argv)}: exit {self.status}: "
                         f"{(self.stderr + ' ' + done.stdout).strip()}")


def run(*argv, stdin=None, timeout=60):
    """Run a program; gives back its standard output."""
    done = outcome(*argv, stdin=stdin, timeout=timeout)
    if done.returncode:
        raise CommandError(done.args, done)
    return done.stdout


def outcome(*argv, stdin=None, timeout=60, **kwargs):
    """Run a program; gives back how it ended, as subprocess does."""
    argv = [str(arg) for arg in argv]
    transcript.command(argv, stdin, cwd=kwargs.get("cwd"),
                       env=kwargs.get("env"))
    given = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    done = subprocess.run(argv, capture_output=True, text=True,
                          timeout=timeout, check=False, **given, **kwargs)
    transcript.result(done)
    return done


def start(*argv, **kwargs):
    """Start a program and let it run; gives back the Popen."""
    argv = [str(arg) for arg in argv]
    transcript.command(argv, background=True)
    # pylint: disable=consider-using-with
    return subprocess.Popen(argv, **kwargs)


def enter_netns(fd):
    """Move this thread into the network namespace that FD is open on."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def enter_named(name):
    """Move this thread into a named network namespace."""
    with open(f"/run/netns/{name}", "rb") as file:
        enter_netns(file.fileno())


def write(path, value):
    """Write into a file of the kernel."""
    transcript.shell(f"echo {transcript.quote(str(value))} >{path}")
    with open(path, "w", encoding="ascii") as file:
        file.write(str(value))


def tell_kernel(text):
    """A line in the log of a kernel that may not live to tell more."""
    try:
        with open("/dev/kmsg", "w", encoding="ascii") as file:
            file.write(f"<6>{text}\n")
    except OSError:
        pass


def read(path):
    with open(path, encoding="ascii", errors="replace") as file:
        return file.read().strip()


class Lab:
    """The two namespaces, the target in one of them, and its devices."""

    ADDR, ADDR6 = "10.77.0.1", "fd77::1"
    SELF, SELF6 = "10.77.0.2", "fd77::2"
    PORT = 3260

    def __init__(self):
        pid = os.getpid()
        self.name = os.path.basename(sys.argv[0]).rsplit(".", 1)[0]
        self.tns, self.ins = f"kt-{pid}", f"ki-{pid}"
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.devices = []
        self.loops = []
        self.files = []
        self.opened = []
        self.listeners = []
        self.marker = f"ktgt-test: begin {self.name} {pid}"

    # --- set up and clean up ---------------------------------------------

    def setup(self):
        """Namespaces, wire, addresses, kernel log marker."""
        if os.geteuid():
            raise Skip("needs root")
        self.need_target()
        self.mark()
        script = [f"netns add {self.tns}", f"netns add {self.ins}",
                  f"link add wire netns {self.tns} type veth "
                  f"peer name wire netns {self.ins}"]
        run("ip", "-batch", "-", stdin="\n".join(script))
        self._configure(self.tns, self.ADDR, self.ADDR6)
        self._configure(self.ins, self.SELF, self.SELF6)
        enter_named(self.ins)
        self.start_target()

    @staticmethod
    def _configure(netns, v4, v6):
        script = ["link set lo up", f"addr add {v4}/24 dev wire",
                  f"addr add {v6}/64 dev wire nodad", "link set wire up"]
        run("ip", "-n", netns, "-batch", "-", stdin="\n".join(script))

    def cleanup(self):
        """Everything away again; fails if something stays or was logged."""
        errors = []
        steps = (self.close_all, self.stop_target, self.drop_devices,
                 self.drop_netns, self.check_module, self.check_log)
        for step in steps:
            try:
                step()
            except Exception as err:  # pylint: disable=broad-except
                errors.append(f"{step.__name__}: {err}")
        check(not errors, "\n".join(errors))

    def close_all(self):
        """Close the connections and listeners that tests left open."""
        for one in self.opened + self.listeners:
            one.close()
        self.opened, self.listeners = [], []

    def drop_netns(self):
        enter_netns(self.home)
        for netns in (self.ins, self.tns):
            if os.path.exists(f"/run/netns/{netns}"):
                run("ip", "netns", "del", netns)

    def drop_devices(self):
        for dev in self.loops:
            run("losetup", "-d", dev)
        self.loops = []
        for path in reversed(self.devices):
            if os.path.isdir(path):
                write(f"{path}/power", 0)
                transcript.shell(f"rmdir {path}")
                os.rmdir(path)
        self.devices = []

    # --- kernel log ------------------------------------------------------

    def mark(self):
        """Where this test begins in the kernel log."""
        tell_kernel(self.marker)

    def tell_connections(self):
        """After a failure: what was said on the connections."""
        for conn in self.opened[-4:]:
            transcript.connection(conn)
        if len(self.opened) > 4:
            transcript.note(f"({len(self.opened) - 4} older connections are "
                            "not told)")

    def check_log(self):
        """No warning, oops or leak since the marker."""
        log = run("dmesg")
        if self.marker in log:
            log = log[log.rindex(self.marker):].partition("\n")[2]
        if os.access(LOGCHECK, os.X_OK):
            run(LOGCHECK, "-", stdin=log)

    def check_module(self):
        """Nothing holds the module once the targets are gone."""
        path = "/sys/module/ktgt/refcnt"
        if os.path.exists(path):
            wait_until(lambda: read(path) == "0", 5,
                       f"module use count {read(path)} back to 0")

    # --- target ----------------------------------------------------------

    def need_target(self):
        if not os.path.isdir("/sys/module/ktgt"):
            raise Skip("module ktgt is not loaded")

    def start_target(self):
        """Nothing to start: the target is in the kernel."""

    def stop_target(self):
        """Delete all targets. (A setup that skips has made no namespace.)"""
        if not os.path.exists(f"/run/netns/{self.tns}"):
            return
        targets = self.targets()
        if targets:
            nl = self.genl()
            for target in targets:
                nl.request(genl.TARGET_DEL,
                           genl.attr(genl.TARGET_ID, target["id"])
                           + genl.attr(genl.TARGET_FORCE, None))
            nl.close()

    def genl(self, cls=genl.Genl):
        """A netlink socket of the target's namespace."""
        enter_named(self.tns)
        try:
            return cls()
        finally:
            enter_named(self.ins)

    def listen(self, *groups):
        """Hear of the events of these groups in the target's namespace, until the
        connections are closed."""
        self.listeners.append(self.genl(genl.Listener))
        return self.listeners[-1].join(*groups)

    def many_targets(self, names, acl=None):
        """Make targets of NAMES without a process for each, all for everybody
        or, with ACL, for one IPv4 address; gives them back whole."""
        nl, iqns = self.genl(), [f"{IQN}:{name}" for name in names]
        rule = genl.attr(genl.ACL_ADDRESS, socket.inet_aton(acl)) if acl \
            else genl.attr(genl.ACL_ALL, None)
        for iqn in iqns:
            made = nl.request(genl.TARGET_NEW, genl.attr(genl.TARGET_NAME, iqn))
            nl.request(genl.ACL_NEW, genl.attr(
                genl.ACL_TARGET_ID, made[0][genl.TARGET_ID]) + rule)
        nl.close()
        return iqns

    def adm(self, *words):
        """Run ktgtadm in the target's namespace."""
        return run("ktgtadm", "-n", self.tns, *words)

    def adm_json(self, *words):
        return json.loads(self.adm("-j", *words))["ktgt"]

    def in_target(self, *argv, **kwargs):
        """Run a program in the target's namespace."""
        return run("nsenter", f"--net=/run/netns/{self.tns}", *argv, **kwargs)

    def in_home(self, *argv):
        """Run a program where the test began, in the initial namespace."""
        enter_netns(self.home)
        try:
            return run(*argv)
        finally:
            enter_named(self.ins)

    def adm_fails(self, *words):
        """Run ktgtadm, which must refuse; gives back (status, stderr)."""
        try:
            out = self.adm(*words)
        except CommandError as err:
            return err.status, err.stderr
        raise Failure(f"ktgtadm {' '.join(map(str, words))} succeeded: {out}")

    def targets(self):
        return self.adm_json("target", "show").get("targets", [])

    def sessions(self):
        return self.adm_json("session", "show").get("sessions", [])

    def connections(self):
        """How many there are, in login as well."""
        return self.adm_json("net", "show")["net"]["connections"]

    def target(self, name="t1", tid=None, acl=("all",)):
        """Make a target that admits ACL; gives back its name."""
        iqn = name if ":" in name else f"{IQN}:{name}"
        self.adm("target", "add", iqn, *(("id", tid) if tid else ()))
        for rule in acl:
            self.acl(iqn, rule)
        return iqn

    def acl_words(self, rule):
        if rule == "all":
            return ("all",)
        if re.match(r"^(iqn|eui|naa)\.", rule):
            return ("initiator", rule)
        return ("address", rule)

    def acl(self, iqn, rule, verb="add"):
        self.adm("acl", verb, "target", iqn, *self.acl_words(rule))

    def drop(self, iqn):
        self.adm("target", "del", iqn, "force")

    def lun(self, iqn, lun, path, **options):
        words = [w for item in options.items() for w in item]
        self.adm("lun", "add", "target", iqn, "lun", lun, "type", "block",
                 "path", path, *words)

    def null_lun(self, iqn, lun, size, **options):
        """A LUN without storage."""
        words = [w for item in options.items() for w in item]
        self.adm("lun", "add", "target", iqn, "lun", lun, "type", "null",
                 "size", size, *words)

    def drop_lun(self, iqn, lun):
        self.adm("lun", "del", "target", iqn, "lun", lun)

    def orphans(self, iqn, lun=1):
        """How many lun show counts."""
        return self.adm_json("lun", "show", "target", iqn, "lun",
                             lun)["lus"][0]["orphans"]

    def disks(self):
        """The LUNs of lun show but the controllers."""
        return [lu for lu in self.adm_json("lun", "show")["lus"] if lu["lun"]]

    def state(self, iqn, state):
        self.adm("target", "set", iqn, "state", state)

    # --- devices ---------------------------------------------------------

    def null_blk(self, size_mib=16, blocksize=512, discard=1, **attrs):
        """A memory-backed null_blk; gives back its device path."""
        if not os.path.isdir(NULLB):
            run("modprobe", "null_blk", "nr_devices=0")
        name = f"ktgt{os.getpid()}n{len(self.devices)}"
        path = f"{NULLB}/{name}"
        transcript.shell(f"mkdir {path}")
        os.mkdir(path)
        self.devices.append(path)
        values = {"size": size_mib, "blocksize": blocksize, "memory_backed": 1,
                  "discard": discard, "queue_mode": 2, **attrs}
        for key, value in values.items():
            write(f"{path}/{key}", value)
        write(f"{path}/power", 1)
        for dev in (f"/dev/{name}", f"/dev/nullb{read(path + '/index')}"):
            if os.path.exists(dev):
                return dev
        return wait_until(
            lambda: next((d for d in (f"/dev/{name}", "/dev/nullb"
                                      + read(path + "/index"))
                          if os.path.exists(d)), None), 5, "device node")

    def loop(self, size_mib=8):
        """A loop device on a sparse file; gives back (device, file)."""
        file = tempfile.NamedTemporaryFile(prefix="ktgt")
        self.files.append(file)
        transcript.shell(f"truncate -s {size_mib}M {file.name}")
        os.truncate(file.name, size_mib << 20)
        if not os.path.exists("/dev/loop-control"):
            run("modprobe", "loop")
        dev = run("losetup", "-f", "--show", file.name).strip()
        self.loops.append(dev)
        return dev, file.name

    # --- initiators ------------------------------------------------------

    def connect(self, target=None, cls=Initiator, **kwargs):
        """A connection that cleanup will close."""
        kwargs.setdefault("port", self.PORT)
        transcript.note(f"connect as {kwargs.get('name', 'an initiator')} from "
                        f"{kwargs.get('source') or transcript.netns()}"
                        + (f" for {target}" if target else ""))
        conn = cls(kwargs.pop("addr", self.ADDR), target, **kwargs) \
            if cls is Initiator else cls(kwargs.pop("addr", self.ADDR), **kwargs)
        self.opened.append(conn)
        return conn

    def login(self, target, keys=None, clear_ua=True, **kwargs):
        """A session, with the unit attention of power-on already taken."""
        discovery = kwargs.pop("discovery", False)
        luns = kwargs.pop("luns", (1,))
        ini = self.connect(target, **kwargs)
        ini.login(keys, discovery=discovery)
        if clear_ua and not discovery:
            for lun in luns:
                self.clear_ua(ini, lun)
        return ini

    @staticmethod
    def clear_ua(ini, lun=1):
        """TEST UNIT READY until there is no unit attention left."""
        for _ in range(8):
            task = ini.command(bytes(6), lun)
            if task.key is None or task.key[0] != 6:
                return

    def login_status(self, target, **kwargs):
        """Status class and detail of a login: 0 or 0xCCDD."""
        conn = self.connect(target, **kwargs)
        try:
            conn.login()
        except LoginError as err:
            return err.status
        finally:
            conn.close()
        return 0


class TgtdLab(Lab):
    """The same, with Debian's tgtd in place of ktgt."""

    def __init__(self):
        super().__init__()
        self.control = 20000 + os.getpid() % 10000
        self.daemon = None
        self.tmp = tempfile.TemporaryDirectory()
        self.tids = {}

    def need_target(self):
        pass

    def start_target(self):
        argv = ["nsenter", f"--net=/run/netns/{self.tns}", "tgtd", "-f", "-C",
                str(self.control)]
        self.daemon = start(*argv, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
        wait_until(self._alive, 5, "tgtd")

    def _alive(self):
        try:
            self.adm("--mode", "system", "--op", "show")
        except CommandError:
            return False
        return True

    def stop_target(self):
        if self.daemon:
            self.daemon.kill()
            self.daemon.wait()

    def check_module(self):
        pass

    def adm(self, *words):
        return run("tgtadm", "--control-port", self.control, "--lld", "iscsi",
                   *words)

    def targets(self):
        return list(self.tids)

    def sessions(self):
        raise Skip("not with tgtd")

    def target(self, name="t1", tid=None, acl=("all",)):
        iqn = name if ":" in name else f"{IQN}:{name}"
        tid = tid or len(self.tids) + 1
        self.tids[iqn] = tid
        self.adm("--mode", "target", "--op", "new", "--tid", tid,
                 "--targetname", iqn)
        for rule in acl:
            self.acl(iqn, rule)
        return iqn

    def many_targets(self, names, acl=None):
        return [self.target(name, acl=(acl or "all",)) for name in names]

    def acl(self, iqn, rule, verb="add"):
        option = "-Q" if rule[:3] in ("iqn", "eui", "naa") else "-I"
        self.adm("--mode", "target", "--op",
                 "bind" if verb == "add" else "unbind", "--tid",
                 self.tids[iqn], option, "ALL" if rule == "all" else rule)

    def drop(self, iqn):
        self.adm("--mode", "target", "--op", "delete", "--force", "--tid",
                 self.tids.pop(iqn))

    def lun(self, iqn, lun, path, **options):
        self.adm("--mode", "logicalunit", "--op", "new", "--tid",
                 self.tids[iqn], "--lun", lun, "--backing-store", path,
                 *(("--blocksize", path[-4:]) if path.endswith("4096") else ()))
        self.adm("--mode", "logicalunit", "--op", "update", "--tid",
                 self.tids[iqn], "--lun", lun, "--params",
                 "thin_provisioning=1")

    def drop_lun(self, iqn, lun):
        self.adm("--mode", "logicalunit", "--op", "delete", "--tid",
                 self.tids[iqn], "--lun", lun)

    def state(self, iqn, state):
        self.adm("--mode", "target", "--op", "update", "--tid", self.tids[iqn],
                 "-n", "state", "-v", state)

    def null_blk(self, size_mib=16, blocksize=512, discard=1, **attrs):
        path = f"{self.tmp.name}/{len(os.listdir(self.tmp.name))}.{blocksize}"
        with open(path, "wb") as file:
            file.truncate(size_mib << 20)
        return path


def lab_class():
    """The lab that the environment asks for."""
    return TgtdLab if os.environ.get("KTGT_ORACLE") == "tgtd" else Lab


def is_free(device):
    """Nobody has the device for himself. (Who closes a device that was open for
    writing makes udev look at it again.)"""
    try:
        os.close(os.open(device, os.O_RDONLY | os.O_EXCL))
    except OSError as err:
        equal(err.errno, errno.EBUSY, "error of opening")
        return False
    return True


def not_if_short():
    """For what takes long, and shows little more on a kernel that checks itself."""
    if SLOW > 1 and os.environ.get("KTGT_SHORT"):
        raise Skip("in a short run, on another kernel alone")


def not_in_short_runs(lab_class):
    """LAB_CLASS for a test all of whose cases are so."""
    class OtherLab(lab_class):
        def setup(self):
            not_if_short()
            super().setup()

    OtherLab.__doc__ = lab_class.__doc__
    return OtherLab


def seconds(func, *args, **kwargs):
    """Run FUNC; gives back (its result, the seconds it took)."""
    start = time.monotonic()
    result = func(*args, **kwargs)
    return result, time.monotonic() - start


def soon(func, *args, limit=1.0, **kwargs):
    """Run FUNC, which has to end soon."""
    result, took = seconds(func, *args, **kwargs)
    check(took < limit * SLOW, f"{func.__name__} took {took:.1f} s")
    return result


def stable_writes(dev, function):
    """How the writes of FUNCTION go to DEV: for each, whether it is stable when it
    ends, by FUA or by a flush."""
    if not os.path.exists(f"{TRACING}/trace"):
        run("mount", "-t", "tracefs", "tracefs", TRACING)
    enable = f"{TRACING}/events/block/block_rq_issue/enable"
    number = read(f"/sys/block/{os.path.basename(dev)}/dev").replace(":", ",")
    write(f"{TRACING}/trace", "")
    write(enable, 1)
    try:
        function()
    finally:
        write(enable, 0)
    kinds = re.findall(rf"block_rq_issue: {number} (\w+) ",
                       read(f"{TRACING}/trace"))
    return [kind.startswith("WF") or "F" in kinds or "FF" in kinds
            for kind in kinds if kind.startswith("W")]
