"""Who can resolve a problem."""

from typing import Literal

Who = Literal["moment", "accounting", "azets", "bilag"]

MOMENT: Who = "moment"
ACCOUNTING: Who = "accounting"
AZETS: Who = "azets"
BILAG: Who = "bilag"
