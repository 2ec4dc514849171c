"""What a child process may spend: the same walls around one that reads a file and one that trains."""

from __future__ import annotations

import os


def limit_this_process(niceness: int, memory: int, seconds: int) -> None:
    """Precedence, bytes of data, processor time and core dumps, where the system has such limits (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
