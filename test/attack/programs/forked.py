"""Waits as a zygote does; each fork becomes the program that lies in /var/command."""

import ctypes
import json
import os
import runpy
import sys

wait = ctypes.PyDLL(os.environ["HEARTH_ZYGOTE"]).hearth_zygote_wait
wait.argtypes, wait.restype = [ctypes.c_void_p], None
wait(None)

with open("/var/command/command.json") as file:
    described = json.load(file)
command, environment = described["command"], described["environment"]
os.environ.clear()
os.environ.update(environment)
os.chdir("/var/task")
if command[:3] == ["/usr/bin/python3", "-I", "-S"] and command[3].endswith(".py"):
    # In the fork itself: an exec would give up what the fork may have kept.
    sys.argv = command[3:]
    sys.path.insert(0, os.path.dirname(command[3]))
    runpy.run_path(command[3], run_name="__main__")
else:
    os.execve(command[0], command, environment)
