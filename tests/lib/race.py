# SPDX-License-Identifier: GPL-2.0
"""Load for tests of races.

  Load     clients in processes of their own, which run until they are told to
           stop, and what they have counted
  Control  changes of the configuration without a process for each
  Trace    what the kernel says of connections that close with commands in flight

A client is a function that takes the Load and works while load.running(). What
it raises is the test's failure; a client that does not end is one too.
"""

import contextlib
import ctypes
import mmap
import os
import random
import re
import select
import signal
import socket
import struct
import time
import traceback

import genl
import iscsi
from genl import attr
from iscsi import Closed, pad4
from ktap import Failure, check, wait_until
from lab import CLONE_NEWNET, DEBUG, IQN, SLOW, read, write

# How long each race is run, and how long one thing may take within it.
SECONDS = float(os.environ.get("KTGT_RACE_SECONDS", 60 if DEBUG else 5))
LIMIT = 10 * SLOW

# What a client gets to see when the target ends its connection.
GONE = (Closed, ConnectionError)

TRACING = "/sys/kernel/tracing"
SYS_DELETE_MODULE = {"x86_64": 176, "aarch64": 106}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)


class Load:
    """Clients, and their counters in shared memory: what a client that is
    killed has counted is not lost."""

    ROWS = 64

    def __init__(self, *names, seconds=SECONDS):
        self.names = names
        self.flag = mmap.mmap(-1, mmap.PAGESIZE)
        self.cells = mmap.mmap(-1, self.ROWS * len(names) * 8)
        self.row = 0
        self.rows = 1
        self.parent = os.getppid()
        self.children = {}
        self.end = time.monotonic() + seconds

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.kill()
        else:
            self.stop()

    # --- in the clients --------------------------------------------------

    def running(self):
        """Whether to go on. Nobody goes on without who started him."""
        return not self.flag[0] and os.getppid() == self.parent

    def pause(self, seconds):
        """Sleep, but not long beyond the end."""
        end = time.monotonic() + seconds
        while self.running() and time.monotonic() < end:
            time.sleep(min(0.05, max(end - time.monotonic(), 0)))

    def count(self, name, number=1):
        """Count something, in a row of our own."""
        at = 8 * (self.row * len(self.names) + self.names.index(name))
        struct.pack_into("=Q", self.cells, at, number
                         + struct.unpack_from("=Q", self.cells, at)[0])

    # --- in the test -----------------------------------------------------

    def __getitem__(self, name):
        """What all have counted."""
        index = self.names.index(name)
        return sum(struct.unpack_from("=Q", self.cells, 8 * (
            row * len(self.names) + index))[0] for row in range(self.ROWS))

    def new_row(self):
        self.rows += 1
        check(self.rows <= self.ROWS, "too many clients")
        return self.rows - 1

    def start(self, func, *args):
        """Run FUNC in a process of its own."""
        row = self.new_row()
        out, into = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.row, self.parent, self.children = row, os.getppid(), {}
            os.close(out)
            os._exit(self._child(func, args, into))
        os.close(into)
        self.children[pid] = (out, func.__name__)
        return pid

    def _child(self, func, args, into):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        random.seed()
        try:
            func(self, *args)
        except BaseException as err:  # pylint: disable=broad-except
            text = f"{type(err).__name__}: {err}\n"
            for frame in traceback.extract_tb(err.__traceback__)[1:][-8:]:
                text += f"  {frame.name}:{frame.lineno}: {frame.line}\n"
            os.write(into, text.encode(errors="replace")[:8192])
            return 1
        return 0

    def _reap(self, pid, limit):
        """Wait for a client; gives back what it has to complain of."""
        out, name = self.children.pop(pid)
        text = ""
        if select.select([out], [], [], limit)[0]:
            text = os.read(out, 8192).decode(errors="replace")
        else:
            text = f"it hangs: {where(pid)}"
            os.kill(pid, signal.SIGKILL)
        os.close(out)
        status = os.waitpid(pid, 0)[1]
        if text or status:
            return f"{name}: {text or f'wait status {status:#x}'}"
        return ""

    def watch(self):
        """Fail now if a client has ended before its time. At the end all of
        them do, and some sooner than the one that watches them."""
        pipes = {out: pid for pid, (out, _) in self.children.items()}
        for out in select.select(list(pipes), [], [], 0)[0]:
            error = self._reap(pipes[out], 1)
            if error or not self.flag[0]:
                raise Failure(error or "a client has ended")

    def busy(self, *names):
        """Whether to go on: time is not up, or one of NAMES has never been
        counted on a machine that has much else to do."""
        self.watch()
        now = time.monotonic()
        return now < self.end or now < self.end + LIMIT and not all(
            self[name] for name in names)

    def run(self, *names):
        """Let the clients work."""
        while self.busy(*names):
            time.sleep(0.1)

    def stop(self):
        """The end: all clients come home."""
        self.flag[0] = 1
        end = time.monotonic() + 2 * LIMIT
        errors = [self._reap(pid, max(end - time.monotonic(), 0.1))
                  for pid in list(self.children)]
        errors = [error for error in errors if error]
        check(not errors, "\n".join(errors))

    def end_group(self, pid):
        """Kill a client and all that it has started."""
        self.watch()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        if pid in self.children:
            out, _ = self.children.pop(pid)
            os.close(out)
            os.waitpid(pid, 0)

    def kill(self):
        """The test has failed already."""
        self.flag[0] = 1
        for pid in list(self.children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self._reap(pid, 1)


def where(pid):
    """Where in the kernel a process is."""
    with contextlib.suppress(OSError):
        return read(f"/proc/{pid}/stack") or "in user space"
    return "gone"


@contextlib.contextmanager
def beside(func, *args):
    """Run FUNC in a process of its own meanwhile."""
    pid = os.fork()
    if pid == 0:
        try:
            func(*args)
        except BaseException as err:  # pylint: disable=broad-except
            os.write(2, f"# {func.__name__}: {err}\n".encode())
            os._exit(1)
        os._exit(0)
    try:
        yield
    finally:
        wait_until(lambda: os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG
                                     | os.WNOWAIT), LIMIT,
                   f"{func.__name__} ends: {where(pid)}")
        status = os.waitpid(pid, 0)[1]
    check(not status, f"{func.__name__} failed")


class Control(genl.Genl):
    """Changes of the configuration of the namespace that it was made in."""

    def target(self, name):
        """A target for everybody; gives back its number."""
        made = self.request(genl.TARGET_NEW, attr(genl.TARGET_NAME, name))
        tid = struct.unpack("=I", made[0][genl.TARGET_ID])[0]
        self.request(genl.ACL_NEW, attr(genl.ACL_TARGET_ID, tid)
                     + attr(genl.ACL_ALL, None))
        return tid

    def drop(self, tid):
        self.request(genl.TARGET_DEL, attr(genl.TARGET_ID, tid)
                     + attr(genl.TARGET_FORCE, None))

    def state(self, tid, state):
        self.request(genl.TARGET_SET, attr(genl.TARGET_ID, tid)
                     + attr(genl.TARGET_STATE, state))

    def targets(self):
        """Numbers of the targets that there are."""
        return [struct.unpack("=I", t[genl.TARGET_ID])[0] for t in
                self.request(genl.TARGET_LIST, flags=genl.NLM_F_DUMP)]

    def lun(self, tid, lun, path, serial=None):
        self.request(genl.LU_NEW, attr(genl.LU_TARGET_ID, tid)
                     + attr(genl.LU_LUN, lun)
                     + attr(genl.LU_BACKEND, genl.BACKEND_BLOCK)
                     + attr(genl.LU_PATH, path)
                     + (attr(genl.LU_SERIAL, serial) if serial else b""))

    def drop_lun(self, tid, lun):
        self.request(genl.LU_DEL, attr(genl.LU_TARGET_ID, tid)
                     + attr(genl.LU_LUN, lun))

    def portal(self, addr, port, command=genl.PORTAL_NEW):
        self.request(command, attr(genl.PORTAL_ADDRESS, socket.inet_aton(addr))
                     + attr(genl.PORTAL_PORT, struct.pack("=H", port)))

    def drop_portal(self, addr, port):
        self.portal(addr, port, genl.PORTAL_DEL)

    def sessions(self):
        """Numbers of the sessions, with the ISID of each."""
        return {struct.unpack("=I", s[genl.SESSION_ID])[0]:
                s[genl.SESSION_ISID] for s in
                self.request(genl.SESSION_LIST, flags=genl.NLM_F_DUMP)}

    def end_session(self, number):
        self.request(genl.SESSION_DEL, attr(genl.SESSION_ID, number))


def control(lab):
    """A Control of the target's namespace."""
    return lab.genl(Control)


# --- what the kernel does -------------------------------------------------

class Trace:
    """Counts what completes between the close of a connection and its end.

    The tracepoints of commands know the initiator port, those of connections
    the address. Clients make the two agree: see port_isid().
    """

    DONE = re.compile(r"\[\d+\] ..(.).*ktgt_cmd_done: \S+ "
                      r"(?:\S+,i,0x\w{8}(\w{4})|-) lun")
    STATE = re.compile(r"ktgt_conn_state: \S+:(\d+) (\S+) -> (\S+)")
    NAMES = ("completed", "completed late", "in hard interrupts",
             "closed in login")

    def __init__(self):
        self.dir = f"{TRACING}/instances/ktgt-{os.getpid()}"
        self.closing = set()

    def __enter__(self):
        os.mkdir(self.dir)
        for event in ("ktgt_cmd_done", "ktgt_conn_state"):
            write(f"{self.dir}/events/ktgt/{event}/enable", 1)
        return self

    def __exit__(self, *_):
        write(f"{self.dir}/events/enable", 0)
        os.rmdir(self.dir)

    def follow(self, load):
        """A client that counts."""
        fd = os.open(f"{self.dir}/trace_pipe", os.O_RDONLY | os.O_NONBLOCK)
        rest = ""
        while load.running():
            try:
                text = rest + os.read(fd, 1 << 16).decode(errors="replace")
            except BlockingIOError:
                time.sleep(0.1)
                continue
            *lines, rest = text.split("\n")
            for line in lines:
                self._line(load, line)
        os.close(fd)

    def _line(self, load, line):
        found = self.DONE.search(line)
        if found:
            load.count("completed")
            # an orphan has no initiator port any more
            if not found[2] or int(found[2], 16) in self.closing:
                load.count("completed late")
            if found[1] in "hH":
                load.count("in hard interrupts")
            return
        found = self.STATE.search(line)
        if not found:
            return
        port, old, new = int(found[1]), found[2], found[3]
        if new == "closing":
            self.closing.add(port)
            if old in ("new", "login"):
                load.count("closed in login")
        else:
            self.closing.discard(port)


def port_isid(ini):
    """An ISID that ends with our TCP port."""
    return bytes.fromhex("80000000") \
        + struct.pack(">H", ini.sock.getsockname()[1])


def in_flight(dev):
    """Requests that a block device has not completed."""
    return int(read(f"/sys/block/{os.path.basename(dev)}/stat").split()[8])


def delete_module(name, seconds):
    """Unload a module as soon as nobody uses it; gives back the time that the
    unloading itself took."""
    end = time.monotonic() + seconds
    while True:
        start = time.monotonic()
        if not libc.syscall(SYS_DELETE_MODULE, name.encode(), os.O_NONBLOCK):
            return time.monotonic() - start
        err = ctypes.get_errno()
        check(time.monotonic() < end,
              f"rmmod {name}: {os.strerror(err)} after {seconds} s")
        time.sleep(0.001)


def new_netns():
    """Move this process into a network namespace of its own, with lo up."""
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        import fcntl
        request = struct.pack("16sH14x", b"lo", 0x49)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(sock, 0x8914, request)             # SIOCSIFFLAGS


# --- what clients do --------------------------------------------------------

def open_session(lab, iqn, name, isid=None, keys=None, **kwargs):
    """A session of the initiator NAME."""
    ini = iscsi.Initiator(kwargs.pop("addr", lab.ADDR), iqn,
                          name=f"{IQN}:{name}", timeout=LIMIT, **kwargs)
    ini.isid = isid or port_isid(ini)
    try:
        ini.login(keys)
    except BaseException:
        ini.close()
        raise
    return ini


@contextlib.contextmanager
def together(ini):
    """What is sent in here goes out in one piece."""
    out = bytearray()
    ini.send_raw = out.extend
    try:
        yield
    finally:
        del ini.send_raw
    ini.send_raw(out)


def _whole(ini):
    """Whether a PDU is here whole."""
    if len(ini.rx) < 48:
        return False
    length = int.from_bytes(ini.rx[5:8], "big")
    size = 48 + 4 * ini.rx[4] + 4 * ini.hdgst
    if length:
        size += length + pad4(length) + 4 * ini.ddgst
    return len(ini.rx) >= size


def take(ini, seconds=0):
    """Deal with what comes in SECONDS, and with what is here already."""
    end = time.monotonic() + seconds
    while True:
        left = max(end - time.monotonic(), 0)
        if select.select([ini.sock], [], [], left)[0]:
            try:
                more = ini.sock.recv(1 << 18)
            except ConnectionResetError as err:
                raise Closed("connection reset") from err
            if not more:
                raise Closed("connection closed")
            ini.rx += more
        elif not left:
            return
        while _whole(ini):
            ini.step()


def ready(ini, lun):
    """TEST UNIT READY until no unit attention is left."""
    for _ in range(32):
        task = ini.command(iscsi.tur(), lun)
        if not task.status:
            return
    raise Failure(f"not ready: {task}")


def kept(ini, cdb, lun, **data):
    """Run a command again until no unit attention and no reset of another
    nexus is in its way."""
    for _ in range(64):
        task = ini.command(cdb, lun, **data)
        if not task.status:
            return task
        check(task.status == 0x40 or task.key and task.key[0] == 6,
              f"unexpected end: {task}")
    raise Failure(f"no end of unit attentions: {task}")


def rude_end(ini):
    """Close in one of the ways that need no answer; says which."""
    way = random.choice(("FIN", "RST", "half a header, FIN", "half a PDU, RST"))
    with contextlib.suppress(*GONE):
        if way == "half a header, FIN":
            ini.send_raw(bytes(random.randint(1, 47)))
        elif way == "half a PDU, RST":
            pdu = iscsi.Pdu(iscsi.SCSI_CMD, 0xA1, bytes(4096), itt=ini.itt(),
                            edtl=4096, lun=1)
            pdu.bhs[32:42] = iscsi.write10(0, 8)
            whole = ini.stamp(pdu).pack(ini.hdgst, ini.ddgst)
            ini.send_raw(whole[:random.randint(48, len(whole) - 1)])
    if way.endswith("RST"):
        ini.abort()
    else:
        ini.close()
    return way


# --- what holds in the end ----------------------------------------------------

def counts(lab):
    """Sessions and connections of the target's namespace."""
    net = lab.adm_json("net", "show")["net"]
    return net["sessions"], net["connections"]


def still_works(lab, iqn, lun=1):
    """A fresh login, and data that come back as they were written."""
    ini = open_session(lab, iqn, "afterwards")
    ready(ini, lun)
    data = os.urandom(32768)
    ini.good(iscsi.write10(0, 64), lun, write=data)
    got = ini.good(iscsi.read10(0, 64), lun, read=len(data)).data
    check(got == data, "what was written is not what is read")
    ini.logout()
    ini.expect_close(LIMIT)
    ini.close()


@contextlib.contextmanager
def as_before(lab):
    """What is counted before is counted afterwards, nothing holds the module,
    and the kernel log is clean."""
    before = counts(lab)
    try:
        yield
    except BaseException:
        # Nothing stays for the next case
        lab.stop_target()
        raise
    wait_until(lambda: counts(lab) == before, LIMIT,
               f"sessions and connections {counts(lab)} back at {before}")
    lab.stop_target()
    lab.check_module()
    lab.check_log()
