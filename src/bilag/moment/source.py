"""Name a company of Moment, however its address is spelled."""

from urllib.parse import urlsplit

from bilag.wire.http import canonical_host


def source_key(base_url: str, company_id: str) -> str:
    """Return the installation's host and path, and the company's id: "app.moment.team/4021".

    Moment's wire does not name its installation, so the address stands for it. Company 04021 equals 4021.
    """
    return f"{canonical_host(base_url)}{urlsplit(base_url).path.rstrip('/')}/{canonical_company(company_id)}"


def canonical_company(company_id: str) -> str:
    """Return the company's id in one spelling: 04021 is 4021."""
    company = company_id.strip()
    return company.lstrip("0") or "0" if company.isascii() and company.isdigit() else company
