"""Desks of other pages share one address bar with the sheet: nothing of one is lost on another."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def _page() -> None:
    import streamlit as st

    from pages.parts import session
    from pages.parts.session.desk import Desk

    desk: Desk[int] = Desk("bells", lambda entries: int(entries.get("n", "0")), lambda n: {"n": str(n)} if n else {})
    session.work()
    if st.button("look"):
        desk.held()
    if st.button("more"):
        desk.put(desk.held() + 1)
    st.text(str(desk.entries()) if st.checkbox("show") else "")
    session.write_address()


def _app(**entries: str) -> AppTest:
    app = AppTest.from_function(_page, default_timeout=30)
    for name, value in entries.items():
        app.query_params[name.replace("_", ".")] = value
    return app.run()


def _address(app: AppTest) -> dict[str, str]:
    return {name: value[0] if isinstance(value, list) else value for name, value in app.query_params.items()}


def test_a_desk_nobody_looked_at_stays_in_the_address() -> None:
    app = _app(c="C_F", bells_n="4", flutes_x="y")
    assert _address(app) == {"c": "C_F", "bells.n": "4", "flutes.x": "y"}


def test_a_desk_is_read_from_the_link_and_written_back() -> None:
    app = _app(c="C_F", bells_n="4", flutes_x="y")
    app.button[1].click().run()
    assert _address(app) == {"c": "C_F", "bells.n": "5", "flutes.x": "y"}
    app.checkbox[0].check().run()
    assert app.text[0].value == "{'bells.n': '5'}"


def test_an_empty_desk_needs_no_entry() -> None:
    app = _app(c="C_F")
    app.button[0].click().run()
    assert _address(app) == {"c": "C_F"}
