"""Every command explains itself, with an example, and completes itself in the shell."""

import os

import pytest
import typer

from bilag.cli.main import app
from tests.support.commands import Bilag, typed
from tools.generate_docs import STATUSES

GROUPS = ("", "company", "sandbox")


@pytest.fixture(scope="module")
def helps(bilag: Bilag) -> dict[str, str]:
    """The help of every command and group, by name."""
    names = [*GROUPS, *STATUSES]
    answers = bilag.all_typed([[*name.split(), "--help"] for name in names])
    assert [done.stderr for done in answers if done.returncode] == []
    return dict(zip(names, (done.stdout for done in answers), strict=True))


@pytest.mark.service
@pytest.mark.parametrize("name", STATUSES)
def test_help_has_an_example_and_tells_every_option(name: str, helps: dict[str, str]) -> None:
    text = " ".join(helps[name].split())
    assert text.startswith(f"Usage: bilag {name}")
    assert f"bilag {name}" in text.partition("Example: ")[2]
    command = typer.main.get_command(app)
    for word in name.split():
        command = command.commands[word]  # type: ignore[attr-defined]
    for parameter in command.params:
        if parameter.param_type_name == "option":
            assert parameter.opts[0] in text
            assert parameter.help  # type: ignore[attr-defined]


@pytest.mark.service
@pytest.mark.parametrize("group", GROUPS)
def test_the_help_of_a_group_names_its_commands(group: str, helps: dict[str, str]) -> None:
    names = [name.removeprefix(group).split()[0] for name in STATUSES if name.startswith(f"{group} ") or not group]
    assert names
    listed = helps[group].partition("Commands:")[2]
    assert [name for name in names if f"\n  {name} " not in listed] == []


@pytest.mark.service
def test_help_names_what_completes_commands_in_the_shell(helps: dict[str, str]) -> None:
    assert "--install-completion" in helps[""]
    assert "--show-completion" in helps[""]


def test_completion_of_the_shell_is_shown() -> None:
    named = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    done = typed(["--show-completion", "bash"], named)
    assert (done.returncode, done.stderr) == (0, "")
    assert "complete -o default -F _bilag_completion bilag" in done.stdout


def test_commands_and_options_are_completed() -> None:
    asked = {**os.environ, "_BILAG_COMPLETE": "complete_bash"}
    commands = typed([], {**asked, "COMP_WORDS": "bilag trans", "COMP_CWORD": "1"})
    assert commands.stdout.split() == ["transfer", "transfers"]
    options = typed([], {**asked, "COMP_WORDS": "bilag transfers fjell --st", "COMP_CWORD": "3"})
    assert options.stdout.split() == ["--state"]


def test_the_version_is_told_at_once() -> None:
    done = typed(["--version"], dict(os.environ))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("bilag ")
