"""The language of problems in answers: Accept-Language, English or Norwegian."""

from typing import Literal

from django.http import HttpRequest
from django.utils.translation import get_language_from_request


def language_of(request: HttpRequest) -> Literal["en", "nb"]:
    """Return the requested language; English if it is neither English nor Norwegian."""
    return "nb" if get_language_from_request(request).startswith("nb") else "en"
