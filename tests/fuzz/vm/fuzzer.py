# SPDX-License-Identifier: GPL-2.0
"""What the fuzzers of a target that runs share: their programs and findings."""

import argparse
import os

import transcript
from ktap import Skip
from lab import tell_kernel


class Finding(Exception):
    """The target did what it must not."""


def results():
    """Where files of a run are kept."""
    return os.environ.get("KTGT_RESULTS") or \
        ("/ktgt/out" if os.path.isdir("/ktgt/out") else "/tmp")


def tell(text):
    """A line in the kernel log, in the name of the fuzzers."""
    tell_kernel(f"ktgt-fuzz: {text}")


def words_of(doc):
    """What a fuzzer can be told, with DOC its program's text."""
    words = argparse.ArgumentParser(description=doc.splitlines()[0])
    words.add_argument("--seed", type=int,
                       default=int.from_bytes(os.urandom(3), "big"))
    words.add_argument("--seconds", type=float, default=20)
    words.add_argument("--first", type=int, default=0)
    words.add_argument("--runs", type=int)
    return words


def play(name, fuzz, args):
    """Let a fuzzer run, and tell of it: the exit status of its program."""
    status = 0
    try:
        fuzz.setup()
        fuzz.run(args.seconds, args.first, args.runs)
    except Skip as why:
        print(f"{name}: {why}")
        status = 4
    except Finding as err:
        print(f"FINDING: {err}", flush=True)
        status = 1
    finally:
        fuzz.cleanup()
    transcript.end(failed=status == 1)
    print("\n".join(fuzz.summary()))
    return status
