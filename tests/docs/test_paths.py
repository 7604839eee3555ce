"""Every path, link, anchor and make target that the documentation names exists."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.support.paths import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PLACEHOLDER = re.compile(r"FILE|NAME|SLUG|\.\.\.")
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|md|css|html|po|toml|yaml|lock)")
FOLDER = re.compile(r"(?:[\w.-]+/)+")
FROM_ROOT = re.compile(r"(?:src|tests|docs|tools|benchmarks|simulation|\.ci)/[\w./-]*")
ELSEWHERE = {
    "azets-hub.md", "azets-hub.openapi.yaml", "moment.openapi.yaml",  # the contracts in ../shared
    "fjell.toml", ".bilag-demo/fjell.toml",  # the reader's own company file
}  # fmt: skip


@cache
def repository() -> tuple[frozenset[str], frozenset[str]]:
    """Return the files and folders, as paths from the root; hidden folders other than `.ci` are left out."""
    files, folders = set(), set()
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if name == ".ci" or not name.startswith((".", "__pycache__"))]
        here = Path(folder).relative_to(ROOT)
        folders |= {(here / name).as_posix() for name in below}
        files |= {(here / name).as_posix() for name in names}
    return frozenset(files), frozenset(folders)


def exists(path: str) -> bool:
    """Tell whether the repository has the path, in full or as the end of one (`posting/plan.py`)."""
    files, folders = repository()
    path = path.rstrip("/")
    if FROM_ROOT.fullmatch(path):
        return path in files or path in folders
    return any(known == path or known.endswith(f"/{path}") for known in files | folders)


def split(text: str) -> tuple[str, str]:
    """Return the prose and the contents of the fenced blocks."""
    fence = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return fence.sub("", text), "\n".join(fence.findall(text))


def paths(text: str) -> Iterator[str]:
    """Yield the paths between backticks, and those in fenced blocks that begin at the root or name a Python file."""
    prose, fenced = split(text)
    for token in re.findall(r"`([^`\n]+)`", prose):
        path = re.sub(r"(::\w+)+$", "", token)
        if FROM_ROOT.fullmatch(path) or FILE.fullmatch(path) or FOLDER.fullmatch(path):
            yield path
    for word in fenced.split():
        if FROM_ROOT.fullmatch(word) or (FILE.fullmatch(word) and word.endswith(".py")):
            yield word


def missing_paths(text: str) -> set[str]:
    """Return the paths in the text that the repository lacks."""
    named = {path for path in paths(text) if path not in ELSEWHERE and not PLACEHOLDER.search(path)}
    return {path for path in named if not exists(path)}


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    prose, _ = split(text)
    found: dict[str, int] = {}
    for heading in re.findall(r"^#+ (.+)$", prose, re.MULTILINE):
        plain = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", heading)
        anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        found[anchor] = found.get(anchor, -1) + 1
        if found[anchor]:
            found[f"{anchor}-{found[anchor]}"] = 0
    return set(found)


def broken_links(page: Path, text: str) -> set[str]:
    """Return the relative links of a page that lead to no file, folder or heading."""
    prose, _ = split(text)
    broken = set()
    for link in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        found = target.exists() and (not anchor or (target.suffix == ".md" and anchor in anchors(target.read_text())))
        if not found:
            broken.add(link)
    return broken


@cache
def targets() -> dict[str, str]:
    """Return the targets of the Makefile with their comments."""
    rules = re.findall(r"^([a-z-]+):(?!=)(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return {name: rest.partition("## ")[2] for name, rest in rules}


def made(text: str) -> set[str]:
    """Return the make targets that the text names."""
    prose, fenced = split(text)
    commands = [*re.findall(r"`(make [^`\n]+)`", prose), *re.findall(r"^ *(make .*)$", fenced, re.MULTILINE)]
    words = (command.partition("#")[0].split()[1:] for command in commands)
    return {word for line in words for word in line if re.fullmatch(r"[a-z-]+", word)}


def modules(text: str) -> set[str]:
    """Return the modules that the text runs with `python -m`."""
    return set(re.findall(r"python -m ((?:bilag|tools|tests|simulation|benchmarks)[\w.]*)", text))


def missing_modules(text: str) -> set[str]:
    """Return the modules in the text that the repository lacks."""
    return {name for name in modules(text) if not exists(f"{name.replace('.', '/')}.py")}


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_path_on_the_page_exists(page: Path) -> None:
    assert missing_paths(page.read_text()) == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_and_anchor_on_the_page_resolves(page: Path) -> None:
    assert broken_links(page, page.read_text()) == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_make_target_and_module_on_the_page_exists(page: Path) -> None:
    text = page.read_text()
    assert made(text) - set(targets()) == set()
    assert missing_modules(text) == set()


@pytest.mark.parametrize(
    ("find", "text", "found"),
    [
        (missing_paths, "`src/bilag/nowhere.py`, `posting/plan.py`, `nowhere/plan.py`", 2),
        (missing_paths, "```\npytest tests/nowhere tests/posting\n```", 1),
        (missing_paths, "`tests/docs/test_nowhere.py::test_one`, `nowhere/`, `src/bilag/posting/`", 2),
        (lambda text: made(text) - set(targets()), "`make nothing`, `make test`\n\n```\nmake nowhere SEED=7  # x\n```", 2),
        (missing_modules, "`python -m simulation.run`, `python -m simulation.walk`", 1),
        (lambda text: broken_links(ROOT / "README.md", text), "[a](docs/README.md) [b](docs/no.md) [c](#no)", 2),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_found(find: Callable[[str], set[str]], text: str, found: int) -> None:
    assert len(find(text)) == found


def test_anchors_are_those_of_github() -> None:
    text = "# The `make` target, again\n\n## A\n\n```\n# no heading\n```\n\n## A\n"
    assert anchors(text) == {"the-make-target-again", "a", "a-1"}


def test_the_index_lists_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages - set(re.findall(r"\]\(([\w-]+\.md)\)", index)) == set()


def test_make_help_lists_every_target_with_its_comment() -> None:
    assert {name for name, comment in targets().items() if not comment} == set()
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, comment in targets().items():
        assert re.search(rf"^make {name} +{re.escape(comment)}$", shown, re.MULTILINE)


def test_every_hook_before_a_commit_runs_a_check_of_make_check() -> None:
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    makefile = (ROOT / "Makefile").read_text().replace("$(BIN)", ".venv/bin")
    for hook in local["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].replace(" --force-exclude", "") in makefile
