"""Explain wrong usage of a command in plain words, without the parsing library's terms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from typer.core import TyperGroup
from typer.exceptions import TyperException

_NOT_ONE_OF = re.compile(r"('.*') is not one of ('.*')\.?", re.DOTALL)
_TOO_MANY = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", re.DOTALL)


class PlainGroup(TyperGroup):
    """The group of all commands. It understands a group's name in one and many, such as users, and says in plain words what
    is wrong with an argument or an option of any command."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        return found if found is not None else super().get_command(ctx, _other_number(cmd_name))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _plain():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with _plain():
            return super().invoke(ctx)


@contextmanager
def _plain() -> Iterator[None]:
    """Translate a usage error raised in the block into plain words."""
    try:
        yield
    except TyperException as error:
        if isinstance(message := getattr(error, "message", None), str):
            error.message = in_plain_words(message)
        raise


def _other_number(name: str) -> str:
    """Return one for many, and many for one: companies, company; token, tokens."""
    if name == "companies":
        return "company"
    return name.removesuffix("s") if name.endswith("s") else f"{name}s"


def in_plain_words(message: str) -> str:
    """Return a message of the library that read the command in plain words."""
    from bilag.messages.validation import plain_words

    text = plain_words(message)
    if (found := _TOO_MANY.fullmatch(text)) is not None:
        return f"Too many arguments: {found[1]}. Put a text with spaces in quotes."
    if (found := _NOT_ONE_OF.fullmatch(text)) is not None:
        return f"{found[1]} is not known. Give one of: {found[2].replace(chr(39), '')}."
    return text
