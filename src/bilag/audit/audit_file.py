"""Write the control trail of a period as a file for an auditor."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from bilag import __version__
from bilag.audit.hash_chain import chained
from bilag.audit.records import records
from bilag.companies.models import Company


def lines(company: Company, first: date, last: date) -> Iterator[str]:
    """Return the lines of the file. They hold no secrets: secrets never reach the rows they are made of."""
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
