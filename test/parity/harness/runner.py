"""Runs scenarios that are named on standard input, one `FILE<tab>ENTRY` a line, and prints what each observed.

`runner.py --list FILE ...` prints what is written instead: one JSON object of file -> entries, null where the
file cannot be read.
"""

import json
import os
import sys
import traceback

from .context import Context
from .registry import scenarios


def main():
    if sys.argv[1:2] == ["--list"]:
        print(json.dumps({file: written(file) for file in sys.argv[2:]}))
        return
    # What a scenario prints goes to standard error: standard output is the harness's.
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    for line in sys.stdin:
        file, name = line.rstrip("\n").split("\t")
        print(json.dumps(run(*scenarios(file)[name])), file=answers, flush=True)


def written(file):
    """The entries of a file; nothing, and why, where the file cannot be read."""
    try:
        return list(scenarios(file))
    except Exception:
        traceback.print_exc()
        return None


def run(scenario, arguments):
    """What a scenario observed, as the comparison takes it, and where it failed."""
    context = Context()
    failure = None
    try:
        scenario(context, *arguments)
    except Exception as error:
        failure = told(error)
    finally:
        context.clean_up()
    return {**context.observation(), "failure": failure}


def told(error):
    """What went wrong, and where in the scenario."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/scenarios/" in frame.filename]
    place = f"line {own[-1].lineno}: {own[-1].line}\n" if own else ""
    return place + "".join(traceback.format_exception_only(error))


main()
