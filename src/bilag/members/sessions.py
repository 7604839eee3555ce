"""Store Django sessions by a digest of the cookie, so that nobody who reads the table can use a session."""

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends import db

from bilag.companies.secrets import digest_of

LENGTH = 40
"""The length of the column: 160 bits."""


def stored_key(session_key: str) -> str:
    """Return the key that the table stores for a cookie."""
    return digest_of(session_key)[:LENGTH]


class SessionStore(db.SessionStore):
    """The session engine that SESSION_ENGINE names."""

    def _get_session_from_db(self) -> Any:
        key = self._session_key
        if key is None:
            return None
        self._session_key = stored_key(key)
        found = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        self._session_key = key if found is not None else None
        return found

    async def _aget_session_from_db(self) -> Any:
        return await sync_to_async(self._get_session_from_db)()

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    async def aexists(self, session_key: str) -> bool:
        return await super().aexists(stored_key(session_key))

    def create_model_instance(self, data: Any) -> Any:
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    async def acreate_model_instance(self, data: Any) -> Any:
        row = await super().acreate_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self._session_key
        if key is not None:
            super().delete(stored_key(key))

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)
