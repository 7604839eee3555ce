"""The tests type their commands in forked processes: each answers as the `bilag` script answers in a process of its own."""

import pytest

from tests.support.commands import Bilag

COMMANDS = (
    "",
    "--version",
    "nonsense",
    "status fjell --json",
    "transfers fjell",
    "transfers fjell --kind invoice --json",
    "show fjell invoice 424242",
    "company list",
    "company show fjell",
    "company apply nowhere.toml",
    "preview fjell 99999",
    "transfer fjell letters 1",
)


@pytest.mark.service
@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_in_a_process_of_its_own_answers_the_same(bilag: Bilag, plain: None, line: str) -> None:
    process, forked = bilag.typed_as_a_process(*line.split()), bilag.typed(*line.split())
    assert (process.returncode, process.stdout, process.stderr) == (forked.returncode, forked.stdout, forked.stderr)
