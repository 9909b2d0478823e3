"""Become another program that dies with the process that started it; stdlib only, run as a script.

    python -I -S bound_child.py --parent PID [--user UID:GID] [--signal NUMBER] -- COMMAND ARGUMENT…

A script of its own, and not code between fork and exec: that is not safe in a process with threads.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--user", default="")
    parser.add_argument("--signal", type=int, default=int(signal.SIGINT))
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser.parse_args()


def _drop_to(user: str) -> None:
    uid, gid = (int(number) for number in user.split(":"))
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def die_with(parent: int, number: int) -> None:
    """Get this signal when that parent ends.

    Only Linux tells a child that its parent is gone; elsewhere the next start finds the orphan.
    """
    if sys.platform != "linux":
        return
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != parent:
        sys.exit(1)


def main() -> None:
    """Give up rights first: changing the user clears the parent-death signal."""
    arguments = _arguments()
    command = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    os.setsid()
    os.umask(0o077)
    if arguments.user:
        _drop_to(arguments.user)
    die_with(arguments.parent, arguments.signal)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
