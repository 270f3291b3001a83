#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Tests of judge.py, with outputs as iscsi-test-cu makes them."""

import os
import tempfile
import unittest

import judge

HEAD = """\
    Send PRIN/READ_KEYS
    [SKIPPED] PERSISTENT RESERVE IN is not implemented.


     CUnit - A unit testing framework for C - Version 2.1-3


Suite: Read10
"""
TEST = "  Test: Simple ...{}    Send PRIN/READ_KEYS\n" \
       "    [SKIPPED] PERSISTENT RESERVE IN is not implemented.\n"
SENT = "\n    Send READ10\n    [OK] READ10 returned SUCCESS\n"
SKIPPED = "\n    [SKIPPED] READ10 is not implemented.\n"
FAILED = "\n    [FAILED] READ10 command failed\nFAILED\n" \
         "    1. test_read10_simple.c:40  - CU_ASSERT_EQUAL(ret,0)"
SUM = """

Run Summary:    Type  Total    Ran Passed Failed Inactive
              suites      1      1    n/a      0        0
               tests      {}        0
             asserts    512    512    512      0      n/a

Tests completed with return value: 0
"""
ONE, ONE_BAD, NONE = "1      1      1      0", "1      1      0      1", \
    "0      0      0      0"
LIST = ["ALL.Read10.Simple", "ALL.Read10.Async", "ALL.Write10.Simple"]


def output(body, count=ONE):
    return HEAD + TEST.format(body) + SUM.format(count)


class Classify(unittest.TestCase):
    def check(self, want, text, status=0):
        self.assertEqual(judge.classify(text, status), want)

    def test_pass(self):
        self.check("PASS", output(SENT + "passed"))
        self.check("PASS", output("passed"))

    def test_skip_is_no_pass(self):
        self.check("SKIP", output(SKIPPED + "passed"))

    def test_fail(self):
        self.check("FAIL", output(FAILED, ONE_BAD), 1)
        self.check("FAIL", output(FAILED, ONE_BAD), 0)
        self.check("FAIL", output(SKIPPED + FAILED, ONE_BAD), 1)

    def test_no_login(self):
        self.check("FAIL", "Failed to connect\n", 255)

    def test_no_such_test(self):
        """The tool ends with 0, having run nothing."""
        self.check("FAIL", HEAD + SUM.format(NONE))

    def test_cut_short(self):
        self.check("FAIL", "")
        self.check("FAIL", HEAD + TEST.format(SENT))
        self.check("FAIL", HEAD + TEST.format(SENT + "passed"))

    def test_crash(self):
        self.check("FAIL", output(SENT + "passed"), 139)

    def test_timeout(self):
        self.check("TIMEOUT", HEAD + TEST.format(SENT), 124)
        self.check("TIMEOUT", HEAD, 137)


class Results(unittest.TestCase):
    def test_worst(self):
        for want, results in (("FAIL", "PASS FAIL SKIP"), ("PASS", "SKIP PASS"),
                              ("SKIP", "SKIP SKIP"), ("TIMEOUT", "TIMEOUT PASS"),
                              ("FAIL", "")):
            self.assertEqual(judge.worst(results.split()), want)

    def test_differences(self):
        for result, expected, good in (
                ("PASS", None, True), ("FAIL", None, False),
                ("SKIP", None, False), ("TIMEOUT", None, False),
                ("FAIL", "FAIL", True), ("PASS", "FAIL", False),
                ("SKIP", "FAIL", False), ("SKIP", "SKIP", True),
                ("PASS", "SKIP", False), ("FAIL", "SKIP", False),
                ("TIMEOUT", "FAIL", False), ("TIMEOUT", "TIMEOUT", True)):
            what = judge.difference(result, expected and (expected, "why"))
            self.assertEqual(what is None, good, (result, expected))

    def test_names(self):
        self.assertEqual(judge.wanted(LIST, []), LIST)
        self.assertEqual(judge.wanted(LIST, ["Read10"]), LIST[:2])
        self.assertEqual(judge.wanted(LIST, ["ALL.Read10.Async"]), LIST[1:2])
        self.assertEqual(judge.wanted(LIST, ["Read"]), [])


class Expected(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "expected")
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
            return judge.read_expected(path, LIST, "6.1")

    def test_good(self):
        self.assertEqual(self.read("# all\n\nALL.Read10.Async  skip no such\n"),
                         {"ALL.Read10.Async": ("SKIP", "no such")})

    def test_kernels(self):
        self.assertEqual(self.read("ALL.Read10.Async skip:6.12,6.1 no such\n"
                                   "ALL.Read10.Simple skip:7.2 no such\n"),
                         {"ALL.Read10.Async": ("SKIP", "no such")})

    def test_bad(self):
        for text in ("ALL.Read10.Nothing skip no such", "ALL.Read10.Async skip",
                     "ALL.Read10.Async pass of course", "ALL.Read10.Async",
                     "ALL.Read10.Async skip a\nALL.Read10.Async skip b"):
            with self.assertRaises(judge.Mistake, msg=text):
                self.read(text + "\n")

    def test_the_real_one(self):
        tests = judge.read_tests(os.path.join(judge.HERE, "tests"))
        judge.read_expected(os.path.join(judge.HERE, "expected"), tests)


if __name__ == "__main__":
    unittest.main(verbosity=0)
