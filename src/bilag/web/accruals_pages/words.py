"""Faults of entered and imported amounts as sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.transfers.accrued_income.csv_file import LONGEST_PROJECT, MOST_LINES, Code, Fault

COLUMNS = {"project": gettext_lazy("Project"), "amount": gettext_lazy("Amount"), "": ""}
TEXTS = {
    Code.NO_HEADER: gettext_lazy("The header is missing. Start the file with: project;amount"),
    Code.NO_COLUMN: gettext_lazy("The column is missing. Start the file with: project;amount"),
    Code.TOO_LONG: gettext_lazy("The file has more than %(most)s lines. Split it into two files."),
    Code.NO_AMOUNTS: gettext_lazy("There are no amounts below the header."),
    Code.NOT_CSV: gettext_lazy("The line cannot be read. A cell is too long, or a quotation mark is not closed."),
    Code.TWICE: gettext_lazy("Project %(value)s is also on line %(earlier)s. Enter one amount for each project."),
    Code.NO_PROJECT: gettext_lazy("Enter the project number in Moment."),
    Code.NOT_A_PROJECT: gettext_lazy("Enter a project number of at most %(longest)s characters."),
    Code.NO_AMOUNT: gettext_lazy("Enter an amount, or 0."),
    Code.NOT_AN_AMOUNT: gettext_lazy("%(value)s is not an amount. Enter an amount such as 12000.00 or -350,50."),
}


def fault_text(fault: Fault) -> str:
    """Return the fault as a sentence in the language of the page."""
    return str(TEXTS[fault.code]) % {
        "value": fault.value,
        "earlier": fault.earlier,
        "most": MOST_LINES,
        "longest": LONGEST_PROJECT,
    }


def too_large() -> str:
    """Say that a file is too large."""
    return _("The file is larger than 1 MB. Split it into two files.")
