"""The Norwegian of the pages: whole, compiled, and the same file whenever it is compiled."""

from tools import compile_translations


def test_every_text_has_its_norwegian_and_the_compiled_file_holds_it() -> None:
    assert compile_translations.run(["--check"]) == 0


def test_a_compiled_file_does_not_grow_old() -> None:
    """A date in it would make the check fail a minute later."""
    assert b"POT-Creation-Date: 2026-01-01 00:00+0000" in compile_translations.COMPILED.read_bytes()
