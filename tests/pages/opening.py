"""How tests open a page of the app, and look at what lies on a desk of its visitor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from streamlit.testing.v1 import AppTest

from pages.parts.session.desk import Desk

APP = Path(__file__).parents[2] / "app.py"
Held = TypeVar("Held")


def opened_page(page: str, query: Mapping[str, str]) -> AppTest:
    """The page as the address `?query` opens it, drawn once."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def on_desk(app: AppTest, desk: Desk[Held]) -> Held:
    """What lies on the desk."""
    held: Held = app.session_state["cadencia"][f"desk_{desk.name}"]
    return held
