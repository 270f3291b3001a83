# SPDX-License-Identifier: GPL-2.0
"""KTAP for tests in Python, in the shape of kselftest's ktap_helpers.sh.

A test file makes a Suite, marks its cases with @suite.case and ends with
suite.main(). A function in suite.after is called after each case.
A case is a function of one argument, the lab; it passes when it returns, is skipped
when it raises Skip, and fails when it raises anything else.
Arguments on the command line choose cases by name.
"""

import sys
import time
import traceback

import transcript

PASS, FAIL, SKIP = 0, 1, 4


class Skip(Exception):
    """This cannot be tested here; the text says why."""


class Failure(Exception):
    """A wanted thing did not hold."""


def check(condition, text):
    """Fail with TEXT unless CONDITION holds."""
    if not condition:
        raise Failure(text)


def equal(got, want, what):
    """Fail unless GOT is WANT; the message shows both."""
    if got != want:
        raise Failure(f"{what}: got {short(got)}, wanted {short(want)}")


def short(value):
    """A value for a message: long byte strings and lists are cut."""
    if isinstance(value, (bytes, bytearray)) and len(value) > 64:
        return f"{bytes(value[:64]).hex()}... ({len(value)} bytes)"
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex() or "no bytes"
    text = repr(value)
    return text if len(text) < 600 else text[:600] + "..."


def comment(text):
    """Diagnostic lines."""
    for line in str(text).splitlines() or [""]:
        print(f"# {line}", flush=True)


def wait_until(condition, seconds, what):
    """Poll CONDITION; fail after SECONDS. Gives back its first true value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < deadline, f"{what}: not within {seconds} s")
        time.sleep(0.05)


class Suite:
    """The cases of one test file."""

    def __init__(self, lab):
        self.lab_class = lab
        self.cases = []
        self.after = None
        self.number = 0
        self.failed = self.skipped = 0

    def case(self, func):
        """Decorator: FUNC is a case."""
        self.cases.append(func)
        return func

    def result(self, good, name, directive=""):
        """One result line."""
        self.number += 1
        word = "ok" if good else "not ok"
        self.failed += not good
        tail = f" # SKIP {directive}" if directive else ""
        self.skipped += bool(directive)
        print(f"{word} {self.number} {name}{tail}", flush=True)

    def run_one(self, func, *args):
        """Run a case and print its result."""
        name = func.__name__.strip("_")
        start = time.monotonic()
        transcript.begin()
        try:
            func(*args)
        except Skip as why:
            transcript.end(failed=False)
            self.result(True, name, str(why) or "no reason given")
            return
        except KeyboardInterrupt:
            raise
        except Exception as err:  # pylint: disable=broad-except
            transcript.end(failed=True)
            for lab in args:
                lab.tell_connections()
            last = traceback.extract_tb(err.__traceback__)
            comment(f"{type(err).__name__}: {err}")
            for frame in last[1:][-4:]:
                comment(f"  {frame.name}:{frame.lineno}: {frame.line}")
            self.result(False, name)
            return
        transcript.end(failed=False)
        if time.monotonic() - start > 2:
            comment(f"{name}: {time.monotonic() - start:.1f} s")
        self.result(True, name)

    def main(self):
        """Set up, run all cases, clean up; never returns."""
        wanted = sys.argv[1:]
        cases = [c for c in self.cases
                 if not wanted or c.__name__.strip("_") in wanted]
        print("TAP version 13", flush=True)
        lab = None
        try:
            lab = self.lab_class()
            lab.setup()
        except Skip as why:
            print(f"1..0 # SKIP {why}", flush=True)
            if lab:
                lab.cleanup()
            sys.exit(SKIP)
        except Exception as err:  # pylint: disable=broad-except
            transcript.end(failed=True)
            print("1..1", flush=True)
            comment(f"{type(err).__name__}: {err}")
            self.result(False, "setup")
            if lab:
                lab.cleanup()
            sys.exit(FAIL)
        print(f"1..{len(cases) + 1}", flush=True)
        try:
            for func in cases:
                self.run_one(func, lab)
                if self.after:
                    self.after(lab)
        finally:
            self.run_one(lab.cleanup)
        comment(f"Totals: pass:{self.number - self.failed - self.skipped} "
                f"fail:{self.failed} skip:{self.skipped}")
        sys.exit(FAIL if self.failed else PASS)
