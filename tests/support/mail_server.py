"""A real mail server for tests: what Bilag sends is taken here, or refused."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from tests.support.patience import PATIENCE


@dataclass
class Mailbox:
    """What arrived, and what the server is told to refuse."""

    letters: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Recipients who do not exist."""
    refusal: str = ""
    """An answer to every letter, such as "452 4.3.1 Mailbox full"."""
    sender_refusal: str = ""
    """An answer to whoever wants to send at all, such as "530 5.7.0 Authentication required"."""
    hangs: bool = False
    """It says nothing more as soon as it was told a recipient."""
    held: int = 0
    most_held: int = 0
    """How many senders wait for it, and how many did at once."""
    port: int = 0

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to an address."""
        return [letter for letter in self.letters if address in str(letter["To"])]

    def text(self, address: str) -> str:
        """The plain text of the only letter to an address."""
        [letter] = self.to(address)
        part = letter.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.sender_refusal:
            return self.sender_refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.held += 1
        self.most_held = max(self.most_held, self.held)
        try:
            while self.hangs:
                await asyncio.sleep(0.05)
        finally:
            self.held -= 1
        if address in self.refused:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 Taken"


def resets_sent() -> None:
    """Wait until every letter with a link for a forgotten password has left: they are sent apart from the request."""
    from bilag.web.signing_in import SENDER

    SENDER.submit(lambda: None).result(PATIENCE)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A server on a free port, and Django sending through it."""
    from django.test import override_settings

    with socket.create_server(("127.0.0.1", 0)) as free:  # the controller must be told a port
        mailbox = Mailbox(port=free.getsockname()[1])
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        with override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=mailbox.port,
            EMAIL_TIMEOUT=5,
        ):
            yield mailbox
    finally:
        controller.stop()
