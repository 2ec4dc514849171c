"""The house keeps its walls: who may import whom, which foreign library has which door, how long things may grow.

The table is the picture in README.md in another form. A new room in engine/ needs a row in ROOMS, on purpose.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parent.parent

NOUNS = {"words", "errors", "music"}
MODELS = NOUNS | {
    "theory", "architecture", "stepping", "memory", "vocab", "corpus", "songbook", "ngrams", "networks", "checkpoint",
    "predict",
}  # fmt: skip
OFFLINE = {
    "recurrent", "abc", "notes", "tunebook", "repertoire", "tunewriter", "notewriter", "theory", "vocab", "checkpoint",
    "songbook", "corpus", "compose", "predict",
}  # fmt: skip
ROOMS: Mapping[str, set[str]] = {
    "words": set(),
    "errors": {"words"},
    "music": {"words"},
    "history": set(),
    "palette": {"music"},
    "theory": NOUNS,
    "sheet": NOUNS | {"theory"},
    "voicing": NOUNS | {"theory"},
    "render": NOUNS | {"theory", "voicing"},
    "engrave": {"words", "errors"},
    "synth": NOUNS,
    "plots": NOUNS | {"theory", "palette"},
    "cells": set(),
    "stepping": {"cells"},
    "memory": {"cells", "stepping"},
    "architecture": {"words", "errors", "memory"},
    "ngrams": set(),
    "vocab": NOUNS,
    "abc": NOUNS | {"theory"},
    "notes": NOUNS | {"theory", "abc"},
    "tunebook": NOUNS | {"abc"},
    "repertoire": NOUNS | {"notes", "abc", "tunebook"},
    "corpus": NOUNS | {"theory", "abc", "tunebook"},
    "songbook": NOUNS | {"theory", "vocab", "tunebook", "corpus"},
    "networks": {"architecture", "cells"},
    "checkpoint": NOUNS | {"architecture", "cells", "stepping", "memory", "vocab", "networks"},
    "predict": NOUNS | {"stepping", "memory", "vocab", "checkpoint"},
    "compose": NOUNS | {"theory", "vocab", "checkpoint", "predict"},
    "generate": NOUNS | {"theory", "compose"},
    "api": NOUNS | {"theory", "vocab", "checkpoint", "predict", "compose", "generate"},
    "recurrent": NOUNS | {"cells", "checkpoint"},
    "tunewriter": NOUNS | {"theory", "abc", "recurrent", "checkpoint"},
    "notewriter": NOUNS | {"theory", "voicing", "notes", "recurrent", "checkpoint"},
    "exercises": NOUNS | {"theory", "checkpoint", "predict", "compose", "generate"},
    "handout": {"words", "errors"},
    "classroom": NOUNS | {"theory", "recurrent"},
    "workshop": NOUNS | OFFLINE | {"architecture"},
    "evaluate": MODELS | OFFLINE,
    "train": MODELS | OFFLINE | {"evaluate"},
}
DOORS: Mapping[str, set[str]] = {
    "torch": {"networks", "checkpoint", "recurrent", "train", "evaluate", "classroom", "workshop"},
    "music21": {"render"},
    "verovio": {"engrave"},
    "fluidsynth": {"synth"},
    "midi2audio": {"synth"},
    "mido": {"synth"},
    "pretty_midi": {"synth"},
    "soundfile": {"synth"},
    "plotly": {"plots"},
    "fpdf": {"handout"},
    "fastapi": {"api"},
    "starlette": {"api"},
    "pydantic": {"api"},
    "uvicorn": {"api"},
    "numpy": set(ROOMS) - {"words", "errors", "history", "palette"},
}
HEAVY = ("torch", "fpdf", "music21", "verovio", "plotly", "pretty_midi", "soundfile", "midi2audio", "fluidsynth")
SLOW_ROOMS = {
    "render",
    "engrave",
    "synth",
    "checkpoint",
    "predict",
    "networks",
    "train",
    "evaluate",
    "recurrent",
    "tunewriter",
    "notewriter",
    "handout",
    "workshop",
}  # pages reach them through kept

# The longest a file may be, the first matching folder counts.
LONGEST = {"pages/parts": 250, "pages": 100, "app.py": 100, "engine": 300}
MEDIAN_FUNCTION = 12  # lines without docstring
LONGEST_FUNCTION = 45

Sources = Mapping[str, str]  # path from the root with slashes -> text


def project() -> dict[str, str]:
    """Every source of the app, as it lies in the working tree."""
    files = [ROOT / "app.py", *(ROOT / "engine").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files if path.exists()}


# --- reading --------------------------------------------------------------------------------------------------------


def imports(source: str) -> Iterator[str]:
    """Dotted names of all that is imported, at any depth; `from engine import words` gives "engine.words"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield "." * node.level
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call whose function is written as a dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield ast.unparse(node.func), node


def room_of(path: str) -> str:
    """The room of a file in engine/: "plots" of engine/plots/canvas.py and "music" of engine/music.py."""
    return path.split("/")[1].removesuffix(".py")


# --- the rules, each gives the sentences that name what breaks it ---------------------------------------------------


def rooms_without_row(sources: Sources) -> list[str]:
    rooms = {room_of(path) for path in sources if path.startswith("engine/")} - {"__init__"}
    return [f"engine/{room} has no row in ROOMS" for room in sorted(rooms - set(ROOMS))]


def crossed_walls(sources: Sources) -> list[str]:
    """Imports inside engine/ that the table does not allow, and any sight of pages or Streamlit from there."""
    found = []
    for path, source in sources.items():
        if not path.startswith("engine/") or path == "engine/__init__.py":
            continue
        room = room_of(path)
        for name in imports(source):
            top, _, rest = name.partition(".")
            target = rest.partition(".")[0]
            if top == "engine" and target != room and target not in ROOMS.get(room, set()):
                found.append(f"{path} imports engine.{target}")
            if top in ("pages", "app", "streamlit", "tests", "scripts", ""):
                found.append(f"{path} imports {name}")
    return found


def wrong_doors(sources: Sources) -> list[str]:
    """Foreign libraries used outside their door, or without any."""
    found = []
    for path, source in sources.items():
        if not path.startswith("engine/"):
            continue
        for top in {name.partition(".")[0] for name in imports(source)} - {"engine", "", "streamlit", "pages"}:
            if top not in sys.stdlib_module_names and room_of(path) not in DOORS.get(top, set()):
                found.append(f"{path} imports {top}")
    return found


def page_trespass(sources: Sources) -> list[str]:
    """Pages know Streamlit and pages/parts; parts know the engine, but of its slow rooms only values and types."""
    found = []
    for path, source in sources.items():
        if path.startswith("engine/"):
            continue
        for name in imports(_at_run_time(source)):
            top = name.partition(".")[0]
            ours = top == "streamlit" or name.startswith("pages.parts") or top in sys.stdlib_module_names
            if not (ours or (path.startswith("pages/parts/") and _open_to_parts(path, name))):
                found.append(f"{path} imports {name}")
    return found


class _WithoutTypes(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else node


def _at_run_time(source: str) -> str:
    """The source without what only a type checker reads."""
    return ast.unparse(_WithoutTypes().visit(ast.parse(source)))


def _open_to_parts(path: str, name: str) -> bool:
    top, room, *_ = [*name.split("."), ""]
    value = name.rpartition(".")[2]  # a type or a constant, of the room or of a part of it
    slow = room in SLOW_ROOMS and not value[:1].isupper()
    return top == "engine" and (path.startswith("pages/parts/kept/") or not slow)


def shared_state(sources: Sources) -> list[str]:
    """session_state outside session/, Streamlit's caches outside kept/, unbounded caches anywhere."""
    found = []
    for path, source in sources.items():
        words = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
        words |= {name.rpartition(".")[2] for name in imports(source)}
        if "session_state" in words and not path.startswith("pages/parts/session/"):
            found.append(f"{path} touches session_state")
        if any(word.startswith("cache_") for word in words) and not path.startswith("pages/parts/kept/"):
            found.append(f"{path} uses Streamlit's cache")
        found += [f"{path} keeps an unbounded cache: {name}" for name in _unbounded_caches(source)]
    return found


def _unbounded_caches(source: str) -> Iterator[str]:
    """As decorator or as call: `@cache`, `lru_cache(maxsize=None)(f)`, `cache(f)`; a bound has to be written out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _is_unbounded(node):
            yield ast.unparse(node)
        for decorator in getattr(node, "decorator_list", []):
            name = ast.unparse(decorator)
            if name.removeprefix("functools.") in ("cache", "lru_cache"):
                yield name
            if name.partition("(")[0].startswith("st.cache_") and "max_entries=" not in name:
                yield name


def _is_unbounded(call: ast.Call) -> bool:
    name = ast.unparse(call.func).removeprefix("functools.")
    bounds = [*call.args, *(option.value for option in call.keywords if option.arg == "maxsize")]
    bound = ast.unparse(bounds[0]) if bounds else "None"
    return name == "cache" or (name == "lru_cache" and bound == "None")


FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "importlib.import_module", "import_module", "os.system", "os.popen",
    "pickle.load", "pickle.loads", "pickle.Unpickler", "marshal.loads", "shelve.open", "joblib.load",
}  # fmt: skip


def dangerous_calls(sources: Sources) -> list[str]:
    """Calls that could run what a file or a visitor brought."""
    found = []
    for path, source in sources.items():
        for name, call in called(source):
            options = {option.arg: ast.unparse(option.value) for option in call.keywords}
            if name in FORBIDDEN_CALLS or options.get("shell", "False") != "False":
                found.append(f"{path} calls {name}")
            if name == "torch.load" and options.get("weights_only") != "True":
                found.append(f"{path} calls torch.load without weights_only=True")
        hidden = {name for name in imports(source) if name in FORBIDDEN_CALLS}
        found += [f"{path} imports {name}" for name in sorted(hidden)]
    return found


def unguarded_fragments(sources: Sources) -> list[str]:
    """Parts drawn anew by other means than `frame.part`: what the engine refuses in one is a traceback."""
    return [
        f"{path} uses {ast.unparse(node)}"
        for path, source in sources.items()
        if path != "pages/parts/frame.py"
        for node in ast.walk(ast.parse(source))
        if ast.unparse(node) in ("st.fragment", "streamlit.fragment")
    ]


def too_long(sources: Sources) -> list[str]:
    found = []
    for path, source in sources.items():
        limit = next(lines for folder, lines in LONGEST.items() if path.startswith(folder))
        if len(source.splitlines()) > limit:
            found.append(f"{path} has {len(source.splitlines())} lines, {limit} are allowed")
    return found


def function_lengths(sources: Sources) -> list[int]:
    """Lines of every function, its docstring left out."""
    return [length for source in sources.values() for _, length in _functions(source)]


def _functions(source: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = node.body[0] if ast.get_docstring(node) is not None else None
            words = (said.end_lineno or 0) - said.lineno + 1 if said else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - words


def long_functions(sources: Sources) -> list[str]:
    return [
        f"{path}: {name} has {length} lines, {LONGEST_FUNCTION} are allowed"
        for path, source in sources.items()
        for name, length in _functions(source)
        if length > LONGEST_FUNCTION
    ]


def silent_modules(sources: Sources) -> list[str]:
    return [
        f"{path} does not say what it is" for path, text in sources.items() if not ast.get_docstring(ast.parse(text))
    ]


RULES = (
    rooms_without_row,
    crossed_walls,
    wrong_doors,
    page_trespass,
    shared_state,
    dangerous_calls,
    unguarded_fragments,
    too_long,
    long_functions,
    silent_modules,
)


# --- the house ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: object) -> None:
    assert callable(rule)
    assert rule(project()) == []


def test_arrows_point_towards_the_nouns() -> None:
    """Rows stand in an order in which each room knows only rooms above it, so there is no circle."""
    above: set[str] = set()
    for room, known in ROOMS.items():
        assert known <= above, f"{room} knows {known - above}, which stand below it"
        above.add(room)


def test_no_row_outlives_its_room() -> None:
    rooms = {room_of(path) for path in project() if path.startswith("engine/")}
    assert set(ROOMS) - rooms == set()
    assert set().union(*DOORS.values()) - rooms == set()


def test_functions_are_short() -> None:
    lengths = function_lengths(project())
    assert len(lengths) > 50
    assert median(lengths) < MEDIAN_FUNCTION


def test_a_page_imports_nothing_heavy() -> None:
    """torch and music21 take seconds: they come at first use, not when a page is opened."""
    wanted = {
        name
        for path, source in project().items()
        if path.startswith("pages") or path == "app.py"
        for name in _module_level_imports(source)
        if name.startswith("engine.")
    }
    code = f"""
import importlib, sys
for name in {sorted(wanted)!r}:
    home, _, thing = name.rpartition(".")
    if not hasattr(importlib.import_module(home), thing):
        importlib.import_module(name)
print(*sorted(set({HEAVY!r}) & set(sys.modules)))
"""
    assert len(wanted) > 3
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def _module_level_imports(source: str) -> list[str]:
    top = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    return [name for node in top for name in imports(ast.unparse(node))]


# --- the rules themselves catch what they should --------------------------------------------------------------------

BAD: tuple[tuple[str, str, str], ...] = (
    ("rooms_without_row", "engine/utils.py", "'''x'''"),
    ("rooms_without_row", "engine/helpers/__init__.py", "'''x'''"),
    ("crossed_walls", "engine/music.py", "from engine.theory import spell"),
    ("crossed_walls", "engine/theory/keys.py", "def f():\n    from engine import voicing"),
    ("crossed_walls", "engine/theory/keys.py", "if TYPE_CHECKING:\n    from engine.predict import Stream"),
    ("crossed_walls", "engine/plots/canvas.py", "import streamlit as st"),
    ("crossed_walls", "engine/plots/canvas.py", "from . import waveform"),
    ("crossed_walls", "engine/predict.py", "from pages.parts import kept"),
    ("wrong_doors", "engine/synth/fluid.py", "import torch"),
    ("wrong_doors", "engine/voicing.py", "def f():\n    from music21 import chord"),
    ("wrong_doors", "engine/predict.py", "import plotly.graph_objects as go"),
    ("wrong_doors", "engine/render.py", "import requests"),
    ("wrong_doors", "engine/words.py", "import numpy as np"),
    ("page_trespass", "pages/compose.py", "from engine import theory"),
    ("page_trespass", "app.py", "from engine.theory import ALL_KEYS"),
    ("page_trespass", "pages/compose.py", "import torch"),
    ("page_trespass", "pages/parts/studio.py", "from engine import synth"),
    ("page_trespass", "pages/parts/studio.py", "def f():\n    from engine.checkpoint import load"),
    ("page_trespass", "pages/parts/studio.py", "from engine.synth import synthesize"),
    ("page_trespass", "pages/parts/studio.py", "import engine.render"),
    ("page_trespass", "pages/parts/studio.py", "import plotly"),
    ("page_trespass", "pages/parts/studio.py", "if TYPE_CHECKING:\n    import torch\nimport torch"),
    ("shared_state", "pages/compose.py", "import streamlit as st\nst.session_state['x'] = 1"),
    ("shared_state", "pages/parts/frame.py", "from streamlit import session_state"),
    ("shared_state", "pages/parts/studio.py", "@st.cache_data(max_entries=3)\ndef f(): ..."),
    ("shared_state", "pages/parts/kept/__init__.py", "@st.cache_data\ndef f(): ..."),
    ("shared_state", "engine/theory/keys.py", "@cache\ndef f(): ..."),
    ("shared_state", "engine/theory/keys.py", "@functools.lru_cache(maxsize=None)\ndef f(): ..."),
    ("shared_state", "engine/theory/keys.py", "@lru_cache\ndef f(): ..."),
    (
        "shared_state",
        "engine/theory/keys.py",
        "class A:\n    def f(self):\n        self.g = lru_cache(maxsize=None)(self.h)",
    ),
    ("shared_state", "engine/theory/keys.py", "g = functools.lru_cache(None)(h)"),
    ("shared_state", "engine/theory/keys.py", "g = functools.cache(h)"),
    ("dangerous_calls", "engine/predict.py", "eval('1')"),
    ("dangerous_calls", "engine/checkpoint/reading.py", "pickle.load(file)"),
    ("dangerous_calls", "engine/checkpoint/reading.py", "from pickle import loads"),
    ("dangerous_calls", "engine/checkpoint/reading.py", "torch.load(file)"),
    ("dangerous_calls", "engine/checkpoint/reading.py", "torch.load(file, weights_only=False)"),
    ("dangerous_calls", "engine/synth/command.py", "subprocess.run(line, shell=True)"),
    ("unguarded_fragments", "pages/parts/studio.py", "st.fragment(draw, run_every=1)()"),
    ("unguarded_fragments", "pages/parts/studio.py", "@st.fragment\ndef draw(): ..."),
    ("too_long", "pages/compose.py", "x = 1\n" * 101),
    ("too_long", "pages/parts/studio.py", "x = 1\n" * 251),
    ("too_long", "engine/theory/keys.py", "x = 1\n" * 301),
    ("long_functions", "engine/theory/keys.py", "def f():\n" + "    x = 1\n" * 45),
    ("silent_modules", "engine/theory/keys.py", "x = 1"),
)
GOOD: Sources = {
    "engine/words.py": "'''x'''",
    "engine/theory/keys.py": "'''x'''\nfrom engine.theory import names\nfrom engine.music import Key\nimport math",
    "engine/render.py": "'''x'''\ndef f():\n    import music21\n    music21.converter.parseData(text)",
    "engine/checkpoint/reading.py": "'''x'''\nimport pickle\ntorch.load(f, weights_only=True)\nre.compile('x')",
    "pages/parts/kept/__init__.py": "'''x'''\nfrom engine import synth\n@st.cache_data(max_entries=3)\ndef f(): ...",
    "pages/parts/studio.py": "'''x'''\nfrom engine.theory import spell\nif TYPE_CHECKING:\n    import plotly",
    "pages/parts/frame.py": "'''x'''\nst.fragment(draw)()",
    "pages/parts/views.py": "'''x'''\nfrom engine.synth import INSTRUMENTS",
    "pages/parts/session/__init__.py": "'''x'''\nimport streamlit as st\nst.session_state['x'] = 1",
    "pages/compose.py": "'''x'''\nimport streamlit as st\nfrom pages.parts import frame\n" + "x = 1\n" * 90,
}


@pytest.mark.parametrize(("rule", "path", "source"), BAD)
def test_what_breaks_a_rule_is_found(rule: str, path: str, source: str) -> None:
    found = {known.__name__: known for known in RULES}[rule]({path: source})
    assert found
    assert all(sentence.startswith(path.removesuffix(".py").removesuffix("/__init__")) for sentence in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_what_keeps_the_rules_passes(rule: object) -> None:
    assert callable(rule)
    assert rule(GOOD) == []


def test_lengths_are_counted_without_docstrings() -> None:
    assert function_lengths({"a.py": 'def f():\n    """One.\n\n    Two."""\n    return 1\n\ndef g(): ...'}) == [2, 1]
