"""Serves the REST interface on this machine only: `python -m engine.api`, `make api`."""

from __future__ import annotations

import argparse
import os
import socket
import sys

import uvicorn

from engine.api import create

FIRST_PORT = 8600
PORTS_TO_TRY = 100
MOST_AT_ONCE = 64  # connections; more are turned away


def open_socket(first: int) -> socket.socket:
    """Listening on the first free port of this machine from `first` on; 0 is any."""
    for port in range(first, first + PORTS_TO_TRY):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()  # who reads the printed address may ask at once
        except OSError:
            listener.close()
        else:
            return listener
    raise SystemExit(f"No free port between {first} and {first + PORTS_TO_TRY - 1}: set PORT to another one.")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m engine.api", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", FIRST_PORT)))
    listener = open_socket(parser.parse_args(arguments).port)
    sys.stdout.write(f"\n  Cadencia's API: http://127.0.0.1:{listener.getsockname()[1]}   (stop with Ctrl+C)\n\n")
    sys.stdout.flush()
    settings = uvicorn.Config(create(), log_level="warning", limit_concurrency=MOST_AT_ONCE, server_header=False)
    uvicorn.Server(settings).run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
