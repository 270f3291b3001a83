#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of the transcripts: what they tell does again what was done."""

import contextlib
import io
import os
import subprocess
import tempfile
import unittest

import transcript

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = ["plain", "two words", "it's", '"', "$HOME", "`id`", "a\nb", "tab\t",
         "\\", "\\n", "", "*", "ä", "a'\n\\b", "!x", "~"]
STEPS = r'''
set -euo pipefail
. "$1/ktap.sh"
. "$1/steps.sh"
own() { touch "$2"; }
step()
{
	own x "$dir/a file"
	put "$dir/conf" <<<$'it\'s\ntwo'
	grep -c two "$dir/conf"
	sed -i s/two/three/ "$dir/conf"
	for n in $(seq "$rounds"); do
		touch "$dir/$n"
		touch "$dir/$n"
	done
	wait_until 1 test -e "$dir/conf"
	[[ ! $fails ]] || ls "$dir/conf"
	[[ ! $fails ]] || false
}
ktap_plan 1
ktap_test "a step" step
'''


def bash(text, stdin=None):
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True,
                          input=stdin, timeout=20, check=True)
    return done.stdout


def told(func, *args, **kwargs):
    """The lines that FUNC has printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        func(*args, **kwargs)
    return out.getvalue().splitlines()


def commands(lines):
    return [line[4:] for line in lines if line.startswith("# $ ")]


class Lines(unittest.TestCase):
    """Single lines of Python tests."""

    def setUp(self):
        transcript.begin()

    def test_words(self):
        for word in WORDS:
            line, = commands(told(transcript.command, ["printf", "%s", word]))
            self.assertEqual(bash(line), word, line)

    def test_stdin(self):
        for text in ("", "a\n", "a", "it's\ntwo\n", "a\\b\n\n"):
            line, = commands(told(transcript.command, ["cat"], text))
            self.assertEqual(bash(line), text, line)

    def test_place(self):
        line, = commands(told(transcript.command,
                              ["sh", "-c", "pwd; echo $A"], cwd="/usr",
                              env={**os.environ, "A": "b c"}))
        self.assertEqual(bash(line), "/usr\nb c\n", line)

    def test_result(self):
        done = subprocess.run(["sh", "-c", "echo no >&2; exit 3"], check=False,
                              capture_output=True, text=True)
        self.assertEqual(told(transcript.result, done), ["# exit 3: no"])
        done.returncode = 0
        self.assertEqual(told(transcript.result, done), [])


class Bounds(unittest.TestCase):
    """A case tells so much, and says how much it does not."""

    def setUp(self):
        transcript.begin()

    @staticmethod
    def many(count):
        for number in range(count):
            transcript.note(str(number))

    def test_failed(self):
        count = transcript.LINES + transcript.LAST + 7
        lines = told(self.many, count)
        self.assertEqual(len(lines), transcript.LINES)
        lines = told(transcript.end, True)
        self.assertEqual(lines[0], "# (7 lines of the transcript left out)")
        self.assertEqual(len(lines), 1 + transcript.LAST)
        self.assertEqual(lines[-1], f"# {count - 1}")

    def test_passed(self):
        told(self.many, transcript.LINES + 5)
        self.assertEqual(told(transcript.end, False),
                         ["# (5 lines of the transcript left out)"])

    def test_again(self):
        def poll():
            for _ in range(9):
                transcript.shell("true")
            transcript.end(False)
        self.assertEqual(told(poll), ["# $ true", "#   (8 times more)"])


class Steps(unittest.TestCase):
    """Steps of tests in a shell."""

    def run_step(self, folder, rounds=1, fails=""):
        env = {**os.environ, "dir": folder, "rounds": str(rounds),
               "fails": fails}
        done = subprocess.run(["bash", "-c", STEPS, "bash", HERE], env=env,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        # a step that was slow says so
        return [line for line in done.stdout.splitlines()[2:]
                if not line.startswith("# a step:")]

    def test_again(self):
        with tempfile.TemporaryDirectory() as folder:
            lines = self.run_step(folder)
            self.assertEqual(lines[-1], "ok 1 a step")
            got = sorted(os.listdir(folder))
            for name in got:
                os.unlink(f"{folder}/{name}")
            bash("\n".join(commands(lines)))
            self.assertEqual(sorted(os.listdir(folder)), got)
            with open(f"{folder}/conf", encoding="ascii") as file:
                self.assertEqual(file.read(), "it's\nthree\n")

    def test_form(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.run_step(folder, fails="1"), [
                f"# $ touch '{folder}/a file'",
                f"# $ printf '%s\\n' $'it\\'s\\ntwo' >{folder}/conf",
                "# 1",
                f"# $ sed -i s/two/three/ {folder}/conf",
                f"# $ touch {folder}/1", "#   (1 times more)",
                f"# $ ls {folder}/conf", f"# {folder}/conf",
                "# failed: false (line 18)", "not ok 1 a step"])

    def test_bounds(self):
        with tempfile.TemporaryDirectory() as folder:
            lines = self.run_step(folder, 200)
            self.assertIn("# (103 lines of the transcript left out)", lines)
            self.assertEqual(lines[-3:], [f"# $ touch {folder}/200",
                                          "#   (1 times more)", "ok 1 a step"])


if __name__ == "__main__":
    unittest.main()
