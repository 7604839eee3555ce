"""The sample that the conformance kit posts through Azets."""

from datetime import timedelta
from decimal import Decimal

from bilag.platforms.conformance import Sample
from tests.support.azets.office import UNITS
from tests.support.azets.samples import DAY

EARLIER = (DAY.replace(day=1) - timedelta(days=1)).replace(day=5)
SAMPLE = Sample("10042", "1207", "10", "3000", "3", Decimal("25.00"), "3999", DAY, EARLIER, UNITS)
