"""The pages made from the code are up to date, and every command line shown in the documentation can be typed."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from bilag.cli.main import app
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE
from tools import generate_docs

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMAND = typer.main.get_command(app)


def fenced(text: str) -> Iterator[str]:
    """Command lines that are shown to be typed, without prompt, variables and comment."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            found = re.fullmatch(r"\s*(?:\$ )?(?:[A-Z_]+=\S+ +)*bilag +([^|]*?)(?: *\| .*|&)?", line)
            if found and "[OPTIONS]" not in line:
                yield found[1]


def mentioned(text: str) -> Iterator[str]:
    """Command lines within a sentence, which may leave out arguments."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for found in re.findall(r"`(?:[A-Z_]+=\S+ +)*bilag +([^`]+)`", prose):
        yield from re.split(r" \| bilag ", found)


def shown(lines: Any) -> list[Any]:
    return [
        pytest.param(line, id=f"{page.relative_to(ROOT)}: {line[:50]}")
        for page in PAGES
        for line in dict.fromkeys(lines(page.read_text()))
    ]


def command_of(words: list[str]) -> tuple[Any, Any, list[str]]:
    """The command that the words name, its context, and the words after its name."""
    command: Any = COMMAND
    context: Any = typer.Context(command, info_name="bilag")
    while words and hasattr(command, "commands") and not words[0].startswith("-"):
        name, *words = words
        assert name in command.commands, f"there is no command {name!r}"
        command = command.commands[name]
        context = typer.Context(command, info_name=name, parent=context)
    return command, context, words


@pytest.mark.parametrize("line", shown(fenced))
def test_a_command_line_in_the_documentation_can_be_typed(line: str) -> None:
    command, context, rest = command_of(shlex.split(line, comments=True))
    assert not hasattr(command, "commands"), "a group of commands does nothing by itself"
    command.make_context(context.info_name, rest, parent=context.parent)


@pytest.mark.parametrize("line", shown(mentioned))
def test_a_command_mentioned_in_the_documentation_exists(line: str) -> None:
    command, _, rest = command_of(shlex.split(line.replace("…", ""), comments=True))
    options = {name for one in command.params for name in one.opts} | {"-h", "--help"}
    assert {word for word in rest if word.startswith("-")} <= options


def test_the_documentation_shows_command_lines() -> None:
    assert len(shown(fenced)) > 20
    assert len(shown(mentioned)) > 10


def test_the_generated_pages_are_up_to_date() -> None:
    for name, text in generate_docs.pages().items():
        assert (generate_docs.FOLDER / name).read_text() == text, f"docs/{name} is out of date: make docs"


def test_every_command_is_on_the_page_with_its_options_example_and_exit_statuses() -> None:
    sections = re.split(r"^## ", generate_docs.commands_page(), flags=re.MULTILINE)[1:]
    assert {section.split("\n")[0] for section in sections} == {f"bilag {path}" for path in generate_docs.STATUSES}
    for section in sections:
        name, (typed,) = section.split("\n")[0], re.findall(r"^```\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        usage, _, *examples = typed.splitlines()
        assert usage.startswith(name)
        assert examples
        assert all(name in example for example in examples)
        assert re.search(r"^Exit status: 0 done; .*\b2 .*\.$", section, re.MULTILINE)


def test_check_names_the_page_that_is_out_of_date(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    generate_docs.main(check=False, folder=tmp_path)
    generate_docs.main(check=True, folder=tmp_path)
    capsys.readouterr()
    page = tmp_path / "commands.md"
    page.write_text("# Commands of last year\n")
    command = [sys.executable, "-m", "tools.generate_docs", "--check", "--folder", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert refused.returncode == 1
    assert "docs/commands.md" in refused.stderr
    assert "docs/problems.md" not in refused.stderr
    assert "make docs" in refused.stderr
    assert page.read_text() == "# Commands of last year\n"
    generate_docs.main(check=False, folder=tmp_path)
    assert "docs/commands.md" in capsys.readouterr().err
    assert page.read_text() == generate_docs.commands_page()
