# SPDX-License-Identifier: GPL-2.0
"""Virtual machines with a network between them, driven by a test on this machine.

    class Two(Machines): ...
    a, b = lab.machine(), lab.machine()
    a.run("ktgtadm", "net", "show")
    job = b.begin("fio", "job.fio")
    a.kill()            # as if its power had failed
    a.boot()
    lab.wire.cut(b.mac)

A machine is one VM of tests/vm/run.sh at a time. What lies on its disks outlives the
VM, as the disks of a machine do; all else is lost. Its address is 10.78.0.N, and
its network device is called wire.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

import transcript
from ktap import Failure, check, equal, wait_until
from lab import CommandError
from wire import Wire

TOP = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                    "..", ".."))
RUN = f"{TOP}/tests/vm/run.sh"
LOGCHECK = f"{TOP}/tests/vm/logcheck.sh"
BOOT = 300		# seconds until a machine must be there
LONGEST = 3600		# seconds that a machine lives at most


class Job:
    """A program that runs on a machine."""

    def __init__(self, argv):
        self.args = argv
        self.ended = threading.Event()
        self.returncode = self.stdout = self.stderr = None

    def end(self, status, out="", err=""):
        """It is over."""
        self.returncode, self.stdout, self.stderr = status, out, err
        self.ended.set()

    def wait(self, timeout):
        """Until it has ended: itself."""
        check(self.ended.wait(timeout),
              f"{' '.join(self.args)}: no end after {timeout} s")
        return self


class Gone(Failure):
    """The machine ended while something ran on it."""


class Machine:
    """One machine. It is off until it boots."""

    def __init__(self, lab, number, kernel="6.1", disks=(), memory=1024):
        self.lab, self.number = lab, number
        self.name, self.kernel, self.memory = f"m{number}", kernel, memory
        self.mac = f"52:54:00:6b:74:{number:02x}"
        self.addr = f"10.78.0.{number}"
        self.folder = f"{lab.folder}/{self.name}"
        os.mkdir(self.folder)
        self.disks = [self._make_disk(nr, size) for nr, size in enumerate(disks)]
        self.sock, self.vm, self.reader = None, None, None
        self.jobs, self.last, self.boots = {}, 0, 0
        self.lock = threading.Lock()

    def _make_disk(self, number, size):
        path = f"{self.folder}/disk{number}"
        with open(path, "wb") as file:
            file.truncate(size)
        return path

    # --- its power -------------------------------------------------------

    def boot(self):
        """Switch it on, and wait for it."""
        self.boots += 1
        # it does not outlive a test that is killed
        words = ["setpriv", "--pdeathsig", "TERM",
                 RUN, "-k", self.kernel, "-m", self.memory, "-s", 1,
                 "-t", LONGEST, "-r", self.folder, "-o", self.out,
                 "-w", f"{self.lab.wire.path},{self.mac}"]
        for path in self.disks:
            words += ["-D", path]
        transcript.note(f"{self.name}: on")
        with open(f"{self.folder}/run.log", "ab") as log:
            # pylint: disable=consider-using-with
            self.vm = subprocess.Popen([str(word) for word in words], stdout=log,
                                       stderr=log, stdin=subprocess.DEVNULL)
        wait_until(self._connect, BOOT, f"{self.name} boots")
        self._set_up()

    @property
    def out(self):
        """Where the output of this boot goes."""
        return f"{self.folder}/boot{self.boots}"

    def _connect(self):
        """True once the agent has said hello. (A VM that does not come up is tried
        again by run.sh: there is another socket then.)"""
        status = self.vm.poll()
        if status is not None:
            raise Failure(f"{self.name} did not boot: run.sh ended with {status}: "
                          f"{self.console()}")
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(f"{self.folder}/agent")
            sock.settimeout(BOOT)
            file = sock.makefile("rb")
            if b"hello" not in file.readline():
                raise ConnectionError
        except OSError:
            sock.close()
            return False
        sock.settimeout(None)
        self.sock = sock
        self.reader = threading.Thread(target=self._read, args=(file,),
                                       daemon=True)
        self.reader.start()
        return True

    def console(self):
        """The end of what is there to see when it has died."""
        with open(f"{self.folder}/run.log", errors="replace",
                  encoding="utf-8") as file:
            return file.read()[-2000:]

    def _set_up(self):
        """Its network. udev may still be about to name the device."""
        self.run("bash", "-ec", f"""
            modprobe -q virtio_net || true
            udevadm settle
            dev=$(basename "$(dirname "$(grep -l '{self.mac}' \\
                /sys/class/net/*/address)")")
            ip link set "$dev" down
            ip link set "$dev" name wire
            ip addr add {self.addr}/24 dev wire
            ip link set wire up
            hostname {self.name}
            echo InitiatorName={self.initiator} >/etc/iscsi/initiatorname.iscsi
        """)

    @property
    def initiator(self):
        """The name of its initiator."""
        return f"iqn.2026-11.org.example:{self.name}"

    def kill(self):
        """Its power fails: nothing more is written to its disks."""
        transcript.note(f"{self.name}: its power fails")
        with open(f"{self.folder}/pid", encoding="ascii") as file:
            pid = int(file.read())
        os.kill(pid, signal.SIGKILL)
        self.vm.wait(60)
        self._forget()

    def end(self):
        """It is shut down; its kernel log is looked at."""
        if not self.sock:
            return
        self._tell(end=0)
        status = self.vm.wait(120)
        self._forget()
        equal(status, 0, f"{self.name}: exit status ({self.console()})")
        done = subprocess.run([LOGCHECK, f"{self.out}/dmesg.txt"], text=True,
                              capture_output=True, check=False)
        check(not done.returncode, f"{self.name}: kernel log: {done.stdout}")

    def _forget(self):
        self.reader.join(60)
        self.sock.close()
        self.sock = self.vm = None

    # --- programs --------------------------------------------------------

    def _tell(self, **words):
        with self.lock:
            self.sock.sendall(json.dumps(words).encode() + b"\n")

    def _read(self, file):
        try:
            for line in file:
                told = json.loads(line)
                job = self.jobs.pop(told.get("id"), None)
                if job:
                    job.end(told["status"], told["out"], told["err"])
        except (OSError, ValueError):  # it is gone, in the middle of a line
            pass
        for job in list(self.jobs.values()):
            job.end(-signal.SIGKILL, err=f"{self.name} is gone")
        self.jobs.clear()

    def begin(self, *argv, stdin="", timeout=600):
        """Start a program."""
        check(self.sock, f"{self.name} is off")
        argv = [str(arg) for arg in argv]
        transcript.note(f"{self.name}$ "
                        + " ".join(map(transcript.quote, argv)))
        job = Job(argv)
        with self.lock:
            self.last += 1
            number = self.last
        self.jobs[number] = job
        self._tell(id=number, argv=argv, stdin=stdin, timeout=timeout)
        return job

    def outcome(self, *argv, stdin="", timeout=120):
        """Run a program: how it ended, as subprocess tells it."""
        done = self.begin(*argv, stdin=stdin, timeout=timeout).wait(timeout + 30)
        transcript.result(done)
        return done

    def run(self, *argv, stdin="", timeout=120):
        """Run a program, which has to succeed: its output."""
        done = self.outcome(*argv, stdin=stdin, timeout=timeout)
        if done.returncode:
            raise CommandError(done.args, done)
        return done.stdout

    def put(self, path, text):
        """Write a file."""
        self.run("tee", path, stdin=text)

    def disk(self, number):
        """The path that its disk has there."""
        return f"/dev/disk/by-id/virtio-disk{number}"

    # --- what it is ------------------------------------------------------

    def insert_module(self):
        """It has ktgt.ko, and what that depends on."""
        self.run("bash", "-ec", ". /ktgt/tests/lib/kernel.sh\n"
                                "insert_module /ktgt/ktgt.ko")

    def serve(self, name, *luns):
        """It becomes a target, with LUNs of these words; gives back the full name
        of the target."""
        iqn = f"iqn.2026-11.org.example:{name}"
        if self.outcome("test", "-d", "/sys/module/ktgt").returncode:
            self.insert_module()
        self.run("ktgtadm", "target", "add", iqn, "id", 1)
        for number, words in enumerate(luns, 1):
            self.run("ktgtadm", "lun", "add", "target", 1, "lun", number, *words)
        self.run("ktgtadm", "acl", "add", "target", 1, "all")
        return iqn

    def log_in(self, server, iqn):
        """Log in to a target of another machine; gives back the paths of its disks
        by LUN, but for its number."""
        if self.outcome("pgrep", "iscsid").returncode:
            self.run("iscsid")
        self.run("iscsiadm", "-m", "discovery", "-t", "st", "-p", server.addr)
        self.run("iscsiadm", "-m", "node", "-T", iqn, "-p", server.addr, "-l")
        self.run("udevadm", "settle")
        return f"/dev/disk/by-path/ip-{server.addr}:3260-iscsi-{iqn}-lun-"


class Machines:
    """The lab of a test: its machines, and the wire between them. KTGT_MACHINES: a
    folder for the logs of the machines."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="ktgt-machines.")
        self.keep = os.environ.get("KTGT_MACHINES")
        self.wire = None
        self.all = []

    def setup(self):
        """The wire; machines are made by the cases."""
        self.wire = Wire(f"{self.folder}/wire")

    def machine(self, **attrs):
        """One more machine, which is off."""
        self.all.append(Machine(self, len(self.all) + 1, **attrs))
        return self.all[-1]

    def boot(self, *machines):
        """Several at a time."""
        errors = []

        def one(machine):
            try:
                machine.boot()
            except Exception as err:  # pylint: disable=broad-except
                errors.append(f"{machine.name}: {err}")
        threads = [threading.Thread(target=one, args=(machine,))
                   for machine in machines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        check(not errors, "\n".join(errors))

    def tell_connections(self):
        """After a failure: the last lines of the kernel logs."""
        for machine in self.all:
            path = f"{machine.out}/dmesg.txt"
            if not os.path.exists(path):
                continue
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file.read().splitlines()[-15:]:
                    transcript.note(f"{machine.name}: {line}")

    def _keep_logs(self):
        """What is there to read of each boot, and not the disks."""
        for machine in self.all if self.keep else []:
            shutil.copytree(machine.folder, f"{self.keep}/{machine.name}",
                            ignore=shutil.ignore_patterns("disk*", "agent", "pid"),
                            dirs_exist_ok=True)

    def cleanup(self):
        """All off, and away; fails if a kernel has complained."""
        errors = []
        for machine in self.all:
            try:
                machine.end()
            except Exception as err:  # pylint: disable=broad-except
                errors.append(str(err))
                if machine.vm:
                    machine.vm.kill()
                    machine.vm.wait()
        if self.wire:
            self.wire.close()
        self._keep_logs()
        shutil.rmtree(self.folder, ignore_errors=True)
        check(not errors, "\n".join(errors))
