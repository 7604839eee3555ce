"""Idempotency-Key: a request that is sent again, because its answer was lost, gets the stored answer and is not carried out
again."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac
from ninja import Status

from bilag.api.auth import TokenRequest, header
from bilag.api.problems import ApiProblem
from bilag.members.models import IdempotentAnswer

LONGEST_KEY = 100
VISIBLE = re.compile(r"[!-~]+")
REMEMBERED = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=10)
"""After this time, a request without a stored answer counts as cut off: its key may be used again."""

View = Callable[..., Any]


class StoredProblem(ApiProblem):
    """The stored problem of an earlier request with the same key."""

    def __init__(self, document: dict[str, Any]) -> None:
        super().__init__(document["type"].partition("#")[2], document["detail"])
        self._document = document

    def document(self) -> dict[str, Any]:
        """Return the stored problem."""
        return self._document


def idempotent(view: View) -> View:
    """Wrap a view: store its answer when the request has an Idempotency-Key.

    Answers and refusals are stored. A fault of Bilag, or a system that could not be reached, frees the key.
    """

    @wraps(view)
    def once(request: TokenRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return view(request, *args, **kwargs)
        row = _claim(request, _checked(key))
        if row.answer is not None:
            return _again(request, row.answer)
        try:
            result = view(request, *args, **kwargs)
        except ApiProblem as problem:
            if problem.status >= 500:
                row.delete()
            else:
                _remember(row, {"problem": problem.document()})
            raise
        except BaseException:
            row.delete()
            raise
        status, body = (result.status_code, result.value) if isinstance(result, Status) else (200, result)
        _remember(row, {"status": status, "body": body, "headers": getattr(request, "answer_headers", {})})
        return result

    return once


def _checked(key: str) -> str:
    if len(key) <= LONGEST_KEY and VISIBLE.fullmatch(key):
        return key
    text = f"Idempotency-Key takes 1 to {LONGEST_KEY} visible ASCII characters, such as a UUID."
    raise ApiProblem("invalid-header", text, [{"in": "header", "field": "Idempotency-Key", "detail": text}])


def _claim(request: TokenRequest, key: str) -> IdempotentAnswer:
    """Return the key's row: new, or with the stored answer to the same request."""
    now = timezone.now()
    IdempotentAnswer.objects.filter(began_at__lt=now - REMEMBERED).delete()
    digest = _digest(request)
    row, created = IdempotentAnswer.objects.get_or_create(
        token=request.auth.token, key=key, defaults={"digest": digest, "began_at": now}
    )
    if created:
        return row
    if row.digest != digest:
        text = "This Idempotency-Key was sent with another request before. Give each request a key of its own."
        raise ApiProblem("key-reused", text)
    if row.answer is None and not _taken_over(row):
        raise ApiProblem("in-progress", "The first request with this Idempotency-Key is under way.", retry_after=1)
    return row


def _taken_over(row: IdempotentAnswer) -> bool:
    """Claim the key of a request that was cut off long ago. Return whether this request got it."""
    now = timezone.now()
    if row.began_at > now - GIVEN_UP_AFTER:
        return False
    same = IdempotentAnswer.objects.filter(pk=row.pk, began_at=row.began_at, answer__isnull=True)
    return same.update(began_at=now) == 1


def _digest(request: TokenRequest) -> str:
    """Return the digest of the whole request. Keyed, because a body may hold secrets."""
    text = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return salted_hmac("bilag.idempotency", text, algorithm="sha256").hexdigest()


def _remember(row: IdempotentAnswer, answer: dict[str, Any]) -> None:
    IdempotentAnswer.objects.filter(pk=row.pk).update(answer=answer)


def _again(request: TokenRequest, answer: dict[str, Any]) -> Any:
    for name, value in {**answer.get("headers", {}), "Idempotent-Replayed": "true"}.items():
        header(request, name, value)
    if "problem" in answer:
        raise StoredProblem(answer["problem"])
    return Status(answer["status"], answer["body"])
