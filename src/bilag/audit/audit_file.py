"""The control trail of some days as a file for an auditor."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from bilag import __version__
from bilag.audit.hash_chain import chained
from bilag.audit.records import records
from bilag.companies.models import Company


def lines(company: Company, first: date, last: date) -> Iterator[str]:
    """The file, line by line. Secrets are in none of it: they never reach the rows that it is made of."""
    header = {
        "company": company.slug,
        "name": company.name,
        "organisationNumber": company.organisation_number,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "madeAt": timezone.now().isoformat(),
        "bilag": __version__,
    }
    return chained(header, records(company, first, last))
