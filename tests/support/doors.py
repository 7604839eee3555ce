"""Every operation of the API and every page of a company, to be tried without the right to it."""

from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

BODIES: dict[str, Any] = {
    "/api/v1/setup": {"company": {"name": "Other"}},
    "/api/v1/live": {"live": False},
    "/api/v1/transfers": {"kind": "invoice", "numbers": ["1"]},
    "/api/v1/transfers/retry": {"all": True},
    "/api/v1/transfers/invoice/10042/confirm-rate": {"rate": "11.4325"},
    "/api/v1/transfers/invoice/10042/close-pair": {"inMoment": False},
    "/api/v1/expenses/imports": {"daysBack": 1},
    "/api/v1/accruals": {"month": "2026-05", "amounts": [{"project": "1207", "amount": "1.00"}]},
    "/api/v1/accruals/preview": {"month": "2026-05", "amounts": [{"project": "1207", "amount": "1.00"}]},
}


def operations() -> list[tuple[str, str]]:
    """Each operation with a path that can be called."""
    from bilag.api.api import api

    paths = api.get_openapi_schema()["paths"]
    found = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert len(found) == 25
    filled = {"{kind}": "invoice", "{number}": "10042", "{line_id}": "1", "{act}": "retry"}
    paths_filled = []
    for method, path in found:
        for place, value in filled.items():
            path = path.replace(place, value)
        paths_filled.append((method, path))
    return paths_filled


def company_paths(slug: str) -> list[str]:
    """Each address below a company, with numbers for what it names."""
    found: list[str] = []

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif route.startswith("c/<slug:slug>/"):
                filled = route.replace("<slug:slug>", slug)
                for name, value in (("<int:", "1>"), ("<str:", "x>"), ("<slug:", "x>")):
                    while name in filled:
                        begin = filled.index(name)
                        end = filled.index(">", begin)
                        filled = filled[:begin] + value.rstrip(">") + filled[end + 1 :]
                found.append("/" + filled)

    walk(get_resolver().url_patterns, "")
    assert len(found) >= 6
    return found
