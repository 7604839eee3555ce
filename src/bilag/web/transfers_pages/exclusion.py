"""The form that asks for the reason of an exclusion from transfer."""

from typing import Any

from django import forms
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bilag.posting.selection import ExcludedAs
from bilag.transfers.intake.exclude import LONGEST_NOTE
from bilag.transfers.models import SHIPPED, Transfer

WORDS = {
    ExcludedAs.TO_POST_MANUALLY: gettext_lazy("It belongs in the books and will be posted manually"),
    ExcludedAs.POSTED_MANUALLY: gettext_lazy("It is posted manually already"),
    ExcludedAs.NOT_FOR_THE_BOOKS: gettext_lazy("It does not belong in the books"),
}


class ExclusionForm(forms.Form):
    """Why: of an invoice or accrued income a choice and, if wanted, a note; of a customer or project a note."""

    excluded_as = forms.ChoiceField(label=gettext_lazy("Why?"), required=False, widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=LONGEST_NOTE)

    def __init__(self, *args: Any, of_documents: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._of_documents = of_documents
        if of_documents:
            self.fields["excluded_as"].choices = [(one.value, lazystr(text)) for one, text in WORDS.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["excluded_as"]
            self.fields["note"].label = gettext_lazy("Why?")

    def clean(self) -> dict[str, Any]:
        """Require the reason that this kind of object needs."""
        cleaned = super().clean() or {}
        if self._of_documents and not cleaned.get("excluded_as") and "excluded_as" not in self.errors:
            self.add_error("excluded_as", _("Choose why."))
        if not self._of_documents and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", _("Write why."))
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """The reason and the note of a valid form, as the use case takes them."""
        chosen = self.cleaned_data.get("excluded_as")
        return {"excluded_as": ExcludedAs(chosen) if chosen else None, "note": self.cleaned_data["note"]}

    @property
    def fault(self) -> str:
        """What is missing, in one text."""
        return " ".join(str(text) for texts in self.errors.values() for text in texts)


def exclusion_form(row: Transfer, data: Any = None) -> ExclusionForm:
    """Return the form for a transfer, filled with the earlier reason."""
    known = {"excluded_as": row.excluded_as, "note": row.exclusion_note}
    return ExclusionForm(data, of_documents=row.kind in SHIPPED, initial=known)


def words_of(row: Transfer) -> str:
    """Return why a person excluded it: the choice and the note; empty where nothing was said."""
    chosen = str(WORDS[ExcludedAs(row.excluded_as)]) if row.excluded_as in set(ExcludedAs) else ""
    return ". ".join(part for part in (chosen, row.exclusion_note or "") if part)
