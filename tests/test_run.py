"""`make run` starts the app on this machine only, at a port that is free, and tells nobody."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest

from scripts.run import ROOT, command, first_free_port, has_a_screen, is_free


def test_a_busy_port_is_passed_over() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = int(busy.getsockname()[1])
        assert not is_free(port)
        assert first_free_port(port) > port


def test_no_free_port_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.run.is_free", lambda port: False)
    with pytest.raises(SystemExit, match="No free port between 8501 and 8600"):
        first_free_port(8501)


def test_the_app_listens_on_this_machine_only() -> None:
    line = command(8511)
    assert "--server.address=localhost" in line
    assert "--server.port=8511" in line
    assert str(ROOT / "app.py") in line


def test_no_window_opens_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    assert not has_a_screen()
    assert "--server.headless=true" in command(8511)


def test_the_settings_keep_visitors_safe_and_community_cloud_working() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["showSidebarNavigation"] is False
    assert config["server"] == {"enableStaticServing": True, "maxUploadSize": 25}  # no address: the cloud has its own
    assert config["browser"] == {"gatherUsageStats": False}
    for face in config["theme"]["fontFaces"]:
        assert (ROOT / face["url"].removeprefix("app/")).is_file()


@pytest.fixture
def old_machine(tmp_path: Path) -> Path:
    """A project folder beside a PATH that has a few tools and a Python that is too old."""
    tools, scripts = tmp_path / "bin", tmp_path / "project" / "scripts"
    tools.mkdir()
    scripts.mkdir(parents=True)
    (scripts / "setup.sh").write_bytes((ROOT / "scripts" / "setup.sh").read_bytes())
    for tool in ("dirname", "id", "cat"):
        (tools / tool).symlink_to(str(shutil.which(tool)))
    python = tools / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    python.chmod(0o755)
    return tmp_path


def set_up(machine: Path, purpose: str) -> subprocess.CompletedProcess[str]:
    line = ["/bin/bash", str(machine / "project" / "scripts" / "setup.sh"), purpose]
    env = {"PATH": str(machine / "bin"), "HOME": str(machine)}
    return subprocess.run(line, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def test_setup_with_an_old_python_says_what_to_do_and_makes_nothing(old_machine: Path) -> None:
    done = set_up(old_machine, "run")
    assert done.returncode == 1
    assert "needs Python 3.11 or later; this machine has Python 3.9.2" in done.stderr
    assert "apt-get install python3" in done.stderr
    assert not (old_machine / "project" / ".venv").exists()


def test_setup_with_a_wrong_word_says_the_right_ones(old_machine: Path) -> None:
    done = set_up(old_machine, "everything")
    assert done.returncode == 1
    assert "setup.sh run|test" in done.stderr
