"""The mail server of a run, and Django's way to it. At each letter a worker can be held, and each meets the adversary."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from smtplib import SMTPDataError, SMTPServerDisconnected
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend

from simulation.adversary import Adversary
from simulation.points import Points

SHARE_OF_FAULTS = 4
"""A letter meets a fault this many times as often as a request."""
FAULTS = ("busy", "cut before the letter", "cut after the letter")


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter as the mail server got it."""

    to: str
    message_id: str
    subject: str
    text: str


@dataclass
class MailServer:
    """Accepts letters. `note` writes the trace."""

    adversary: Adversary
    accepted: list[Posted] = field(default_factory=list)

    def take(self, letter: Posted) -> str | None:
        """Take a letter; return the fault that the sender sees, or None."""
        chance = self.adversary.chance
        due = self.adversary.active and chance.random() < SHARE_OF_FAULTS * self.adversary.rate
        fault = chance.choice(FAULTS) if due else None
        if fault is not None:
            self.adversary.count(f"mail server: {fault}")
        if fault in (None, "cut after the letter"):
            self.accepted.append(letter)
        return fault


class Backend(BaseEmailBackend):
    """Django's e-mail backend during a run."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        """Send each letter through the gate. Raises what `smtplib` would."""
        for message in email_messages:
            headers = message.extra_headers
            fault = Points.gate("mail", Posted(message.to[0], headers["Message-ID"], message.subject, message.body))
            if fault == "busy":
                raise SMTPDataError(451, b"Try again later")
            if fault is not None:
                raise SMTPServerDisconnected(f"injected: {fault}")
        return len(email_messages)
