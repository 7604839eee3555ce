"""The language in which problems of transfers and setups are told: Accept-Language, English or Norwegian."""

from typing import Literal

from django.http import HttpRequest
from django.utils.translation import get_language_from_request


def language_of(request: HttpRequest) -> Literal["en", "nb"]:
    """The language that is asked for; English where none of ours is."""
    return "nb" if get_language_from_request(request).startswith("nb") else "en"
