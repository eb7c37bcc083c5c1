"""The docs are true in what can be asked of a machine: links, commands with their options, variables."""

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandError

from kinline.delivery import rules
from kinline.delivery.rules.reading import FIELDS
from kinline.identity.models import Role
from kinline.ops import mailsink, up
from kinline.ops.fake_stripe import command as fake_stripe
from kinline.ops.outside import command as outside
from kinline.residents import roster

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = [ROOT / "kinline", *(path for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts)]
INSTALL = ROOT / "docs/operate/install.md"
SETUP = ROOT / "docs/operate/facility-setup.md"
OUR_OWN = {"down", "status", "test", "help"}  # of ops.entry; all others are management commands, but for these:
CHOICES: dict[str, Callable[[list[str]], object]] = {
    "up": up._choices, "mailsink": mailsink.choices, "fake-stripe": fake_stripe.choices, "outside": outside.choices,
}  # fmt: skip


def _id(value: object) -> str:
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)


# Links


def _heading_ids(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, place = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists() or (place and place not in _heading_ids(there)):
            broken.append(target)
    assert broken == []


def test_every_page_of_docs_is_linked_from_another() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text())
    }
    assert [page for page in PAGES if "docs" in page.parts and page not in linked] == []


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_paths_in_the_prose_are_there(page: Path) -> None:
    """`deploy/nginx.conf`, `flows/send_message.py`: where a file is named, it is that."""
    named = re.findall(
        r"`((?:src|docs|deploy|tests|benchmarks|flows|ops|family|kiosk|project)/[\w./-]+)`", page.read_text()
    )
    homes = (ROOT, ROOT / "src/kinline")
    assert [name for name in named if not any((home / name).exists() for home in homes)] == []


# Commands


def _commands() -> Iterator[tuple[Path, str]]:
    """Each `kinline …` line of a code block, and each in backticks in the prose."""
    for page in PAGES:
        blocks = re.split(r"^```.*$", page.read_text(), flags=re.M)
        for number, text in enumerate(blocks):
            lines = text.splitlines() if number % 2 else re.findall(r"`((?:\./)?kinline [^`]+)`", text)
            for line in lines:
                if re.match(r"\s*(\./)?kinline [a-z]", line):
                    yield page, line.strip()


NAMED = sorted(set(_commands()))


def test_there_are_commands_to_look_at() -> None:
    assert len(NAMED) > 60


@pytest.mark.parametrize(("page", "line"), NAMED, ids=_id)
def test_every_command_takes_what_the_docs_give_it(page: Path, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    while "--data" in words:
        at = words.index("--data")
        del words[at : at + 2]
    name, rest = words[0], words[1:]
    if name in CHOICES:
        CHOICES[name](rest)
    elif name not in OUR_OWN:
        _parse(name, rest)


def _parse(name: str, rest: list[str]) -> None:
    """As the command would, without running it. A command named alone in the prose is only looked up."""
    commands = get_commands()
    assert name in commands, f"there is no command {name}"
    parser = load_command_class(str(commands[name]), name).create_parser("kinline", name)
    try:
        parser.parse_args(rest)
    except CommandError as problem:
        raise AssertionError(problem) from None


def test_every_command_of_ours_is_in_the_list_of_commands() -> None:
    text = (ROOT / "docs/operate/commands.md").read_text()
    ours = {name for name, app in get_commands().items() if app == "kinline.ops"}
    missing = {name for name in ours if f"./kinline {name}" not in text}
    acts = {
        f"{name} {act}"
        for name in ours
        for act in _acts(load_command_class("kinline.ops", name).create_parser("kinline", name))
        if f"./kinline {name} {act}" not in text
    }
    assert missing | acts == set()


def _acts(parser: object) -> list[str]:
    found: list[str] = []
    for action in parser._actions:  # argparse has no public way to ask
        if action.nargs == "A...":
            found += list(action.choices)
    return found


# Variables, columns, rules, roles


def _read_by_the_code() -> set[str]:
    text = "\n".join(path.read_text() for path in SOURCES)
    return set(re.findall(r"[\"'](KINLINE_[A-Z_]*[A-Z]|DATABASE_URL)[\"']", text))


def test_the_variables_are_those_that_the_code_reads() -> None:
    text = INSTALL.read_text()
    table = set(re.findall(r"^\| `(\w+)` \|", text, re.M)) - {"variable"}
    own = set(re.findall(r"`(\w+)`", text.partition("Set by the program for its own parts")[2].partition("\n\n")[0]))
    assert table | own == _read_by_the_code()
    assert table & own == set()


def test_the_example_environment_names_real_variables() -> None:
    named = re.findall(r"^(\w+)=", (ROOT / "deploy/env.example").read_text(), re.M)
    assert set(named) <= _read_by_the_code()


def test_the_roster_table_names_the_columns() -> None:
    part = SETUP.read_text().partition("## 4. Residents")[2].partition("```")[0]
    named = {name for row in re.findall(r"^\| (`.+?) \|", part, re.M) for name in re.findall(r"`(\w+)`", row)}
    assert named == set(roster.COLUMNS)
    assert all(f"`{alias}`" in part for alias in roster.ALIASES)


def test_the_sample_roster_can_be_read() -> None:
    sample = re.search(r"```csv\n(.+?)```", SETUP.read_text(), re.S)
    assert sample is not None
    rows, faults = roster.parse(sample.group(1).encode())
    assert (len(rows), faults) == (3, [])


def test_the_sample_rules_can_be_read_and_show_every_kind() -> None:
    import json

    text = SETUP.read_text()
    sample = re.search(r"```json\n(.+?)```", text, re.S)
    assert sample is not None
    parsed = rules.parse(json.loads(sample.group(1)))
    assert {rule.then for rule in parsed} == set(FIELDS)
    conditions = {"direction", "first", "class", "words", "longer_than"}
    assert {name for one in json.loads(sample.group(1)) for name in one.get("when", {})} == conditions


def test_every_role_is_explained() -> None:
    text = SETUP.read_text()
    assert [role for role in Role.values if f"`{role}`" not in text] == []
