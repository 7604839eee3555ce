"""Every help text, message and table of the commands: English without internal names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from bilag.cli.main import app
from tests.support.wording import TYPED, findings
from tools.generate_docs import STATUSES

ROOT = Path(__file__).resolve().parents[2]
SPEAKING = {
    "say",
    "fail",
    "BadParameter",
    "Option",
    "Argument",
    "Typer",
    "print_table",
    "DemoFault",
    "EnvironmentFault",
}
SPEAKING |= {"FolderInUse", "SecretsUnreadable", "SetupRefused", "BrokenChain", "OutOfBalance", "FileFaults"}
FILES = [
    *(ROOT / "src" / "bilag" / "cli").rglob("*.py"),
    *(ROOT / "src" / "bilag" / "service").rglob("*.py"),
    ROOT / "src" / "bilag" / "audit" / "hash_chain.py",
    ROOT / "src" / "bilag" / "companies" / "setup_writer.py",
    ROOT / "src" / "bilag" / "companies" / "secrets.py",
    ROOT / "src" / "bilag" / "transfers" / "accrued_income" / "csv_file.py",
]


def commands() -> Iterator[tuple[str, Any, Any]]:
    """Each group and command with its name and context."""
    root = typer.main.get_command(app)
    yield "", root, typer.Context(root, info_name="bilag")
    for name in STATUSES:
        command, context = root, typer.Context(root, info_name="bilag")
        for word in name.split():
            command = command.commands[word]  # type: ignore[attr-defined]
            context = typer.Context(command, info_name=word, parent=context)
            yield f"{name} ({word})", command, context


def test_help_texts() -> None:
    wrong = [
        f"bilag {name}: {one}"
        for name, command, context in commands()
        for one in findings(command.get_help(context), "en", allowed=TYPED)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_page_of_commands() -> None:
    from tools.generate_docs import commands_page

    code = r"```.*?```|`[^`\n]*`|\]\(#[^)]*\)"
    wrong = list(findings(re.sub(code, " … ", commands_page(), flags=re.DOTALL), "en", allowed=TYPED))
    assert not wrong, "\n".join(wrong)


def spoken(path: Path) -> Iterator[tuple[int, str]]:
    """The literal texts that a module says to a person, with the line of each."""
    tree = ast.parse(path.read_text())
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
        if name not in SPEAKING:
            continue
        for argument in [
            *call.args,
            *(one.value for one in call.keywords if one.arg in (None, "help", "empty", "title")),
        ]:
            for part in ast.walk(argument):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value:
                    yield part.lineno, part.value


def test_the_sentences_of_commands_and_of_the_service() -> None:
    wrong, seen = [], 0
    for path in FILES:
        for line, text in spoken(path):
            seen += 1
            wrong += [f"{path.relative_to(ROOT)}:{line}: {one}" for one in findings(text, "en", allowed=TYPED)]
    assert seen > 200
    assert not wrong, "\n".join(wrong)
