#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sort the results of iscsi-test-cu, and compare them with what is expected.

Reads the lines "ran TEST LU STATUS SECONDS" of vm.sh in OUT/stdout.txt and the
tool's output in OUT/out/log/TEST.LU. The result of a test that ran on several
logical units is the worst of them; it is SKIP if it skipped on all.
"""

import argparse
import collections
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("fail", "timeout", "skip")
TAIL = 25

Run = collections.namedtuple("Run", "unit result seconds log")


class Mistake(Exception):
    """The list of tests or of what is expected is not in order."""


def own_part(text):
    """What the test itself printed, and its verdict: (None, None) if it has
    none. What the tool prints before and after is about sessions, and has
    [SKIPPED] in it as well."""
    match = re.search(r"^  Test: \S+ \.\.\.(.*?)(?:(?<=\.\.\.)|^)"
                      r"(passed|FAILED)", text, re.S | re.M)
    return match.groups() if match else (None, None)


def classify(text, status):
    """PASS, FAIL, SKIP or TIMEOUT. CUnit takes a skipped test for one that has
    passed, and ends with 0 if there is no such test: so its count is read."""
    if status in (124, 137):
        return "TIMEOUT"
    part, verdict = own_part(text)
    if status or verdict != "passed":
        return "FAIL"
    if not re.search(r"^ +tests +1 +1 +1 +0 +0$", text, re.M):
        return "FAIL"
    return "SKIP" if "[SKIPPED]" in part else "PASS"


def worst(results):
    """One result of several."""
    for result in ("FAIL", "TIMEOUT", "PASS", "SKIP"):
        if result in results:
            return result
    return "FAIL"


def read_tests(path):
    with open(path, encoding="ascii") as file:
        return file.read().split()


def read_expected(path, tests, kernel=None):
    """{test: (KIND, reason)}; lines are TEST KIND REASON, or TEST KIND:KERNEL,..
    REASON if it is so on some kernels only."""
    expected = {}
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            name, kind, reason = (line.split(None, 2) + ["", ""])[:3]
            kind, _, kernels = kind.partition(":")
            if name not in tests:
                raise Mistake(f"{path}:{number}: there is no test {name}")
            if name in expected:
                raise Mistake(f"{path}:{number}: {name} is there twice")
            if kind not in KINDS or not reason:
                raise Mistake(f"{path}:{number}: not TEST {'|'.join(KINDS)} "
                              "REASON")
            if not kernels or kernel in kernels.split(","):
                expected[name] = (kind.upper(), reason.strip())
    return expected


def wanted(tests, names):
    """The tests that are in NAMES: as vm.sh chooses them."""
    words = [name.removeprefix("ALL.") for name in names]
    return [test for test in tests if not words or any(
        (test + ".").startswith(f"ALL.{word}.") for word in words)]


def read_runs(out):
    """{test: [Run]}"""
    runs = {}
    with open(os.path.join(out, "stdout.txt"), encoding="utf-8",
              errors="replace") as file:
        for line in file:
            match = re.fullmatch(r"ran (ALL\S+) (\S+) (\d+) ([\d.]+)\s*", line)
            if not match:
                continue
            test, unit, status, seconds = match.groups()
            path = os.path.join(out, "out", "log", f"{test}.{unit}")
            try:
                with open(path, encoding="utf-8", errors="replace") as log:
                    text = log.read()
            except FileNotFoundError:
                text = ""
            runs.setdefault(test, []).append(Run(
                unit, classify(text, int(status)), float(seconds), text))
    return runs


def difference(result, expected):
    """What is wrong about RESULT, or None."""
    kind, reason = expected or ("PASS", "")
    if result == kind:
        return None
    if kind == "PASS":
        return {"FAIL": "has failed", "TIMEOUT": "did not end",
                "SKIP": "was skipped"}[result]
    return f"is {result} instead of {kind} ({reason})"


def show(test, what, runs):
    """A difference, with the end of what the tool printed."""
    print(f"not ok {test} {what}")
    if not runs:
        print("    it did not run")
    for run in runs:
        print(f"    on {run.unit}: {run.result} in {run.seconds} s")
    result = worst([run.result for run in runs])
    for run in runs:
        if run.result != result:
            continue
        part = re.split(r"^Suite: ", run.log, maxsplit=1, flags=re.M)[-1]
        part = part.partition("\nRun Summary:")[0]
        for line in part.rstrip().splitlines()[-TAIL:]:
            print(f"    | {line}")
        break


def judge(tests, expected, runs):
    """({test: result}, [test that differs]); prints what differs."""
    results, differ = {}, []
    for test in tests:
        mine = runs.get(test, [])
        results[test] = worst([run.result for run in mine])
        what = difference(results[test], expected.get(test)) if mine \
            else "has no result"
        if what:
            show(test, what, mine)
            differ.append(test)
    return results, differ


def summary(results, differ, expected):
    """What build/conformance.json is about. The sum of pass, fail and skip is
    tests; failed are those failures that nobody expected."""
    failures = [t for t, r in results.items() if r in ("FAIL", "TIMEOUT")]
    skipped = [t for t, r in results.items() if r == "SKIP"]
    known = [t for t in failures if t not in differ]
    return {
        "tests": len(results),
        "pass": len(results) - len(failures) - len(skipped),
        "fail": len(failures),
        "skip": len(skipped),
        "expected_fail": known,
        "failed": [t for t in failures if t in differ],
        "skipped": skipped,
        "differ": differ,
        "reasons": {t: expected[t][1] for t in known + skipped
                    if t in expected},
    }


def write_json(path, data):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(data, file, indent=1)
        file.write("\n")
    os.replace(path + ".new", path)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    for option in ("--kernel", "--tool", "--out", "--json"):
        parser.add_argument(option, required=True)
    parser.add_argument("--status", type=int, required=True,
                        help="exit status of vm.sh")
    parser.add_argument("names", nargs="*")
    return parser.parse_args()


def main():
    options = parse_options()
    tests = read_tests(os.path.join(HERE, "tests"))
    expected = read_expected(os.path.join(HERE, "expected"), tests,
                             options.kernel)
    chosen = wanted(tests, options.names)
    runs = read_runs(options.out)
    results, differ = judge(chosen, expected, runs)
    data = {"tool": options.tool, "kernel": options.kernel,
            "vm_status": options.status, **summary(results, differ, expected)}
    write_json(os.path.join(options.out, "result.json"), data)
    if options.names:
        print(f"not all tests: {options.json} stays as it was")
    else:
        write_json(options.json, data)
    bad = len(differ)
    if options.status:
        print(f"not ok the VM ended with {options.status}: clean-up, unloading "
              "or the kernel log")
        bad += 1
    seconds = sum(run.seconds for mine in runs.values() for run in mine)
    print(f"{sum(map(len, runs.values()))} runs in {seconds:.0f} s; "
          f"{len(data['expected_fail'])} failed as expected")
    print(f"{data['pass'] - sum(results[t] == 'PASS' for t in differ)} passed, "
          f"{bad} failed, "
          f"{data['skip'] - sum(results[t] == 'SKIP' for t in differ)} skipped")
    return 1 if bad or not data["pass"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Mistake as err:
        sys.exit(f"judge.py: {err}")
