"""Starts the app on this machine only, at the first free port from 8501, and prints its address."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIRST_PORT = 8501
PORTS_TO_TRY = 100


def is_free(port: int) -> bool:
    """Whether nothing listens at the port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def first_free_port(first: int = FIRST_PORT) -> int:
    """The lowest free port from `first` on."""
    for port in range(first, first + PORTS_TO_TRY):
        if is_free(port):
            return port
    raise SystemExit(f"No free port between {first} and {first + PORTS_TO_TRY - 1}: set PORT to another one.")


def has_a_screen() -> bool:
    """Whether a browser window can be opened for the person who typed the command."""
    if "CI" in os.environ or not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or any(name in os.environ for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def command(port: int) -> list[str]:
    """The Streamlit command. Bound to localhost here and not in config.toml, which Community Cloud reads too."""
    options = {
        "server.address": "localhost",
        "server.port": str(port),
        "server.headless": "false" if has_a_screen() else "true",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",  # a musician edits no code; watching .venv costs memory
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *flags]


def main() -> None:
    port = first_free_port(int(os.environ.get("PORT", FIRST_PORT)))
    print(f"\n  Cadencia: http://localhost:{port}   (stop with Ctrl+C)\n", flush=True)
    os.chdir(ROOT)
    if sys.platform == "win32":  # execv gives the prompt back there while the app still runs
        sys.exit(subprocess.call(command(port)))
    os.execv(sys.executable, command(port))


if __name__ == "__main__":
    main()
