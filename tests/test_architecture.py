"""The house has floors: imports go down only, never up, sideways in circles, or in secret."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("core", "people", "curriculum", "events")
TOP = ("app.py", "commands.py", "worker.py", "server.py")
SOURCES = sorted(file for room in FLOORS for file in (ROOT / room).rglob("*.py"))
MAY_KNOW_FLASK = {
    "core/web.py",
    "core/display.py",
    "core/health.py",
    "core/limits.py",
    "core/front.py",
    "people/access.py",
    "curriculum/views.py",
}
FRAMEWORK = {"flask", "flask_login", "flask_migrate", "flask_limiter", "werkzeug"}
IMPURE = FRAMEWORK | {"sqlalchemy", "flask_sqlalchemy", "core", "people", "flask_babel"}


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imports(file: Path) -> list[tuple[str, int, bool]]:
    """(module, line, at the top of the file) for every import."""
    tree = ast.parse(file.read_text())
    top = {id(node) for node in tree.body}
    for node in tree.body:  # `if TYPE_CHECKING:` at the top is the top
        if isinstance(node, ast.If):
            top.update(id(inner) for inner in node.body)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(file)}:{node.lineno} imports relatively"
            found += [
                (f"{node.module}.{alias.name}", node.lineno, id(node) in top)
                for alias in node.names
            ]
    return found


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_a_room_uses_only_floors_below_it(file: Path) -> None:
    floor = FLOORS.index(file.relative_to(ROOT).parts[0])
    above = {*FLOORS[floor + 1 :], "app", "commands", "worker", "server"}
    for module, line, _top in imports(file):
        assert module.split(".")[0] not in above, f"{name_of(file)}:{line} imports {module}"


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_imports_stand_at_the_top(file: Path) -> None:
    for module, line, top in imports(file):
        assert top, f"{name_of(file)}:{line} imports {module} inside a function"


@pytest.mark.parametrize("file", SOURCES, ids=name_of)
def test_flask_is_known_at_the_edge_only(file: Path) -> None:
    name = name_of(file)
    if name in MAY_KNOW_FLASK or "/views/" in name:
        return
    for module, line, _top in imports(file):
        assert module.split(".")[0] not in FRAMEWORK, f"{name}:{line} imports {module}"


@pytest.mark.parametrize(
    "file", [file for file in SOURCES if "/rules/" in name_of(file)], ids=name_of
)
def test_rules_are_pure(file: Path) -> None:
    for module, line, _top in imports(file):
        assert module.split(".")[0] not in IMPURE, f"{name_of(file)}:{line} imports {module}"
    assert "now()" not in file.read_text(), f"{name_of(file)} reads the clock"


def test_only_the_clock_reads_the_clock() -> None:
    for file in SOURCES:
        if name_of(file) == "core/clock.py":
            continue
        text = file.read_text()
        for reader in ("datetime.now(", "date.today(", "utcnow(", "time.time("):
            assert reader not in text, f"{name_of(file)} calls {reader}"


def test_the_ground_floor_speaks_no_domain_word() -> None:
    words = ("signup", "facilitator", "occurrence", "attendance", "coordinator")
    for file in (ROOT / "core").rglob("*.py"):
        text = file.read_text().lower()
        for word in words:
            assert word not in text, f"{name_of(file)} says {word}"


def test_no_import_cycles() -> None:
    names = {name_of(file).removesuffix(".py").replace("/", "."): file for file in SOURCES}
    graph = {}
    for module, file in names.items():
        parts = {imported for imported, _line, _top in imports(file)}
        graph[module] = {
            target
            for target in names
            if target in parts or any(one.startswith(target + ".") for one in parts)
        } - {module}
    graph = {module.removesuffix(".__init__"): targets for module, targets in graph.items()}
    done: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module in done:
            return
        for target in graph.get(module, ()):
            visit(target, (*path, module))
        done.add(module)

    for module in graph:
        visit(module, ())
