"""One door to the card processor (style.md, PCI1): its library is imported there, and its stand-in knows no library."""

import ast
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src" / "kinline"
DOOR = SRC / "payments" / "processors"


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found


def test_only_the_door_imports_the_processors_library() -> None:
    users = {path for path in SRC.rglob("*.py") if "tests" not in path.parts and "stripe" in _imports(path)}
    assert users, "this must not pass because nothing was looked at"
    assert {path for path in users if DOOR not in path.parents} == set()
