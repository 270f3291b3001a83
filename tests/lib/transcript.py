# SPDX-License-Identifier: GPL-2.0
"""What a test does, told so that it can be done again by hand.

A line "# $ COMMAND" is for a shell, bash, of root in the initial network
namespace; it is printed before the command runs, so that it is there even if the
kernel does not live to see the end of it. All other lines are comments:

    # $ ktgtadm -n kt-701 target add iqn.2026-11.org.example:t1 id 1
    # exit 2: Error: Exists, ID 1
    # $ echo 16 >/sys/kernel/config/nullb/ktgt701n0/size

A case may tell LINES lines. Of what comes then the last ones are kept for the
case that it fails, and the rest is counted. Processes that a test forks tell
nothing: they are load.
"""

import os
import shlex
from collections import deque

LINES = 300
LAST = 60
OUTPUT = 20		# lines of what a command that failed has printed
STDIN = 4096		# bytes that a command is given, and that are told


class _Told:
    """What has been told of the case that runs."""

    def __init__(self):
        self.pid = os.getpid()
        self.begin()

    def begin(self):
        self.told = self.again = self.left_out = 0
        self.line = None
        self.last = deque(maxlen=LAST)

    def put(self, line):
        """Print a line, or keep it when there were too many."""
        if silent():
            return
        if line == self.line:
            self.again += 1
            return
        self._flush_again()
        self.line = line
        self._put(line)

    def _flush_again(self):
        if self.again:
            self._put(f"#   ({self.again} times more)")
        self.again = 0

    def _put(self, line):
        self.told += 1
        if self.told <= LINES:
            print(line, flush=True)
            return
        if len(self.last) == LAST:
            self.left_out += 1
        self.last.append(line)

    def end(self, failed):
        """The case has ended."""
        self._flush_again()
        if not failed:
            self.left_out += len(self.last)
            self.last.clear()
        if self.left_out:
            print(f"# ({self.left_out} lines of the transcript left out)",
                  flush=True)
        for line in self.last:
            print(line, flush=True)
        self.begin()


_told = _Told()
begin, end = _told.begin, _told.end


def silent():
    """Whether nothing is told here: it is one of the processes that make load."""
    return os.getpid() != _told.pid


def note(text):
    """A comment."""
    for line in str(text).splitlines():
        _told.put(f"# {line}")


def shell(text):
    """A line for the shell."""
    _told.put(f"# $ {text}")


def netns():
    """The name of the network namespace that the thread is in, if it has one."""
    here = os.stat("/proc/thread-self/ns/net").st_ino
    try:
        with os.scandir("/run/netns") as names:
            for entry in names:
                if entry.stat().st_ino == here:
                    return entry.name
    except FileNotFoundError:
        pass
    return None


def within(name, text):
    """The line that runs TEXT in a namespace."""
    return f"nsenter --net=/run/netns/{name} {text}" if name else text


def quote(text):
    """One word of bash, on one line."""
    if text.isprintable():
        return shlex.quote(text)
    text = text.encode("unicode_escape").decode().replace("'", "\\'")
    return f"$'{text}'"


def _given(stdin):
    """How the shell gives STDIN to a command: (before it, behind it)."""
    if stdin is None:
        return "", ""
    if isinstance(stdin, bytes):
        stdin = stdin.decode(errors="backslashreplace")
    if len(stdin) > STDIN:
        note(f"({len(stdin)} bytes of input are not told)")
        return "", " </dev/null"
    if stdin.endswith("\n"):
        return "", f" <<<{quote(stdin[:-1])}"
    return f"printf %s {quote(stdin)} | ", ""


def _changed(env):
    """The variables that a program has and the test has not."""
    return [f"{name}={quote(value)}" for name, value in (env or {}).items()
            if os.environ.get(name) != value and name.isidentifier()]


def command(argv, stdin=None, background=False, cwd=None, env=None):
    """A program is about to run."""
    argv = [str(arg) for arg in argv]
    before, behind = _given(stdin)
    changed = _changed(env)
    text = " ".join([*(["env"] if changed else []), *changed,
                     *map(quote, argv)])
    # These say themselves where they act.
    if argv[0] != "nsenter" and argv[:2] not in (["ktgtadm", "-n"],
                                                 ["ip", "-n"]):
        text = within(netns(), text)
    text = before + text + behind + (" &" if background else "")
    shell(f"(cd {quote(str(cwd))} && {text})" if cwd else text)


def result(done):
    """It has ended: what it has said, unless it is what one hopes for."""
    if not done.returncode:
        return
    lines = ((done.stderr or "") + (done.stdout or "")).strip().splitlines()
    note(f"exit {done.returncode}: " + "\n  ".join(lines[:OUTPUT]))
    if len(lines) > OUTPUT:
        note(f"  ({len(lines) - OUTPUT} lines more)")


def connection(conn):
    """The last PDUs of a connection that a failed case leaves open."""
    note(f"connection to {conn.peer}")
    for way, pdu in conn.log:
        note(f"  {way} {pdu}")
