# SPDX-License-Identifier: Apache-2.0
"""Runs commands and says what they cost."""
import os
import subprocess
import sys
import time
from dataclasses import dataclass


@dataclass
class Cost:
    """Of one process with its children: seconds of wall, seconds of processor, peak resident bytes of the process."""

    wall: float
    cpu: float
    peak: int


def run(command, env=None, cwd=None, accept=0):
    """Runs a command to its end and returns its Cost; its output is shown only where it fails. `accept` is a code that
    counts as success."""
    with open(os.path.join(cwd or ".", ".output"), "w+b") as output:
        started = time.monotonic()
        process = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, accept):
            output.seek(0)
            sys.exit(f"{' '.join(command)}\nexited with {process.returncode}:\n{output.read().decode()[-3000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def text(command, **options):
    """What a command prints; what it says beside that is shown only where it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\nexited with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout


def alternating(runs, *jobs):
    """The best wall time of each job, the jobs taken in turn, so that a noisy moment harms all of them alike."""
    walls = [[] for _ in jobs]
    for _ in range(runs):
        for job, seen in zip(jobs, walls):
            seen.append(job().wall if job else 0.0)
    return [min(seen) for seen in walls]
