"""Name a company of Moment, however its address is spelled."""

from urllib.parse import urlsplit

from bilag.wire.http import canonical_host


def source_key(base_url: str, company_id: str) -> str:
    """Return the installation's host and path, and the company's id: "app.moment.team/4021".

    Moment's wire does not name its installation, so the address stands for it. Company 04021 equals 4021.
    """
    company = company_id.strip()
    if company.isascii() and company.isdigit():
        company = company.lstrip("0") or "0"
    return f"{canonical_host(base_url)}{urlsplit(base_url).path.rstrip('/')}/{company}"
