#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Whether the tests that documents name exist. protocol.sh calls it with the files.

It looks at each simple table of a document whose last column is headed "test", and
finds, for each word of that column (commas and white space separate them):

    NAME:CASE         a case of tests/kselftest/ktgt_NAME.py or .sh
    kunit:FILE/CASE   a case of kernel/tests/FILE_kunit.c
    client:FUNCTION   a function of tests/lib/iscsi.py
    fuzz:NAME         tests/fuzz/fuzz_NAME.c
    -                 no test

If a table has a column "state", it is one of STATES, and only a row that says "not"
may have no test.
"""
import ast
import functools
import os
import re
import sys

STATES = ('supported', 'in part', 'away', 'not')
BAR = re.compile(r'=+(  +=+)+$')


def text_of(path):
    """The text of a file, '' if there is none."""
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except FileNotFoundError:
        return ''


def is_case(node):
    """Whether a function has the decorator @suite.case."""
    return any(isinstance(mark, ast.Attribute) and mark.attr == 'case'
               for mark in node.decorator_list)


def functions(path):
    """Each function of a Python file, also those of classes."""
    return [node for node in ast.walk(ast.parse(text_of(path)))
            if isinstance(node, ast.FunctionDef)]


@functools.cache
def cases(name):
    """The cases of a test."""
    path = f'tests/kselftest/ktgt_{name}'
    if os.path.exists(path + '.py'):
        return {node.name for node in functions(path + '.py') if is_case(node)}
    return set(re.findall(r'^ktap_test "[^"]*" (\w+)', text_of(path + '.sh'),
                          re.M))


@functools.cache
def kunit_cases(name):
    """The cases of a file of unit tests of the module."""
    return set(re.findall(r'KUNIT_CASE\w*\((\w+)',
                          text_of(f'kernel/tests/{name}_kunit.c')))


@functools.cache
def client():
    """The functions of the client."""
    return {node.name for node in functions('tests/lib/iscsi.py')}


def exists(test):
    """Whether there is such a test."""
    kind, _, case = test.partition(':')
    if kind == 'kunit':
        name, _, case = case.partition('/')
        return case in kunit_cases(name)
    if kind == 'client':
        return case in client()
    if kind == 'fuzz':
        return os.path.exists(f'tests/fuzz/fuzz_{case}.c')
    return case in cases(kind)


def columns(bar):
    """Where the columns of a table are, the last one without an end."""
    spans = [match.span() for match in re.finditer('=+', bar)]
    return [slice(*span) for span in spans[:-1]] + [slice(spans[-1][0], None)]


def tables(lines):
    """The tables of a document: each a list of (line number, cells). A line whose
    first cell is empty belongs to the row before it."""
    where, parts, rows = None, 0, []
    for number, line in enumerate(lines, 1):
        if BAR.match(line):
            parts = parts % 3 + 1
            where = columns(line)
            if parts == 3:
                yield rows
                rows = []
        elif parts in (1, 2):
            cells = [line[at].strip() for at in where]
            if cells[0]:
                rows.append((number, cells))
            elif rows:
                old = rows[-1][1]
                old[:] = [f'{a} {b}'.strip() for a, b in zip(old, cells)]


def check_row(head, cells):
    """What is wrong in a row."""
    row = dict(zip(head, cells))
    tests = row['test'].replace(',', ' ').split()
    state = row.get('state')
    if state is not None and state not in STATES:
        yield f"no state '{state}'; there are: {', '.join(STATES)}"
    if not tests:
        yield "no test; if there is none, write -"
    if tests == ['-']:
        if state not in (None, 'not'):
            yield f"'{state}', but no test shows it"
        return
    for test in tests:
        if not exists(test):
            yield f"there is no test '{test}'"


def check(path):
    """What is wrong in a document."""
    found = 0
    for rows in tables(text_of(path).splitlines()):
        head = rows[0][1]
        if head[-1] != 'test':
            continue
        for number, cells in rows[1:]:
            found += 1
            for fault in check_row(head, cells):
                yield f'{path}:{number}: {cells[0]}: {fault}'
    if not found:
        yield f'{path}:1: no table has a column "test"'


def main():
    """Prints what is wrong."""
    faults = [fault for path in sys.argv[1:] for fault in check(path)]
    print('\n'.join(faults))
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
