"""The Integration setup as a form: built from the stored setup, read like a company file, with each error beside its field."""

from collections.abc import Collection, Iterator, Mapping
from copy import copy
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from bilag.companies.fields import WHOLE_NUMBERS
from bilag.companies.file import CompanyFile, CompanyFileError, parse_company_file
from bilag.companies.settings import Section, default_settings, section_of
from bilag.companies.store import flat
from bilag.companies.unfinished import CONNECTIONS
from bilag.messages.setting_labels import label_of_setting
from bilag.platforms.base import PlatformKind
from bilag.posting.dimensions import LAST_WHOLE_NUMBER_UNIT
from bilag.posting.text_form import shown
from bilag.web.setup_pages.choices import Choices
from bilag.web.setup_pages.filling import as_sent, day_of, for_page, html_name, initial_of, nested, plain_label
from bilag.web.setup_pages.form_fields import build_fields
from bilag.web.setup_pages.parts import DAYS, HELP, SWITCHES, UNITS, Part, offered_values, parts_of, required_of

REMOVE = "__remove"
DEFAULTS = default_settings()
LISTS = (
    "moment.rates_per_hundred",
    "export.customer_states",
    "export.project_states",
    "notify.users",
    "notify.emails",
)


class SetupForm(forms.Form):
    """One company's Integration setup.

    `company` has the keys of the company file's [company]; `settings` and `secrets` are as stored. `only`: `data` has the
    fields of these sections alone, and all others are as stored; a connection among the others may be empty still. `usual`: values
    by dotted name that other companies have, offered where nothing else is. After
    `is_valid`, `file` is the company file to save, with the secrets that were not replaced.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        kind: PlatformKind,
        company: Mapping[str, Any],
        settings: Mapping[str, Any],
        secrets: Mapping[str, str],
        version: int,
        choices: Choices,
        language: str,
        only: Collection[Section] = (),
        usual: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial={**initial_of(settings), "version": version})
        self.kind, self.company, self.secrets, self.language = kind, dict(company), dict(secrets), language
        self.stored, self.only = flat(settings), frozenset(only)
        self.file: CompanyFile | None = None
        self.remarks: dict[str, str] = {}
        self.fields |= {
            html_name(name): field for name, field in build_fields(kind, settings, choices, language).items()
        }
        for name in (*SWITCHES, *WHOLE_NUMBERS, "accrual.by", "texts.voucher", "texts.entry"):
            self.initial.setdefault(html_name(name), DEFAULTS[name])
        for name in ("texts.voucher", "texts.entry"):
            self.initial[html_name(name)] = shown(self.initial[html_name(name)], language)
        for name in DAYS:
            self.initial[html_name(name)] = day_of(self.initial.get(html_name(name)))
        if data is not None and only:
            self.data = self._with_stored(data)
        self.offered = {html_name(name): value for name, value in offered_values(kind, usual or {}).items() if value}
        for name, value in self.offered.items():
            self.initial[name] = self.initial.get(name) or value

    def _with_stored(self, data: Any) -> MultiValueDict[str, str]:
        """Return what was sent for the sections in `only`, and for all others what a browser would send for the stored values."""
        whole: MultiValueDict[str, str] = MultiValueDict()
        for name, field in self.fields.items():
            dotted = self.dotted(name)
            if name == "version" or section_of(dotted) in self.only:
                sent = data.getlist(name)
                if data.get(name + REMOVE):
                    whole[name + REMOVE] = data[name + REMOVE]
            else:
                sent = as_sent(field, self.initial.get(name))
            if sent:
                whole.setlist(name, sent)
        return whole

    def use_version(self, version: int) -> None:
        """Let the form, when it is sent again, overwrite this version."""
        sent: Any = copy(self.data)
        sent["version"] = str(version)
        self.data = sent

    @property
    def faults_elsewhere(self) -> list[forms.BoundField]:
        """The fields of other sections than `only` that have faults."""
        return [one for one in self if one.errors and section_of(self.dotted(one.name)) not in self.only]

    def is_required(self, name: str) -> bool:
        """Return whether the form field must be filled in."""
        return self.dotted(name) in required_of(self.kind)

    def is_folded(self, name: str) -> bool:
        """Return whether the field has the value that nearly every company has, so that the page shows the value alone."""
        field = self[name]
        return not field.errors and bool(self.offered.get(name)) and field.value() == self.offered[name]

    def parts(self) -> Iterator[tuple[Part, list[forms.BoundField]]]:
        """Yield each part of the page with its fields."""
        for part in parts_of(self.kind):
            yield part, [self[html_name(name)] for name in part.fields]

    def is_secret(self, name: str) -> bool:
        """Return whether the form field with this name holds a secret."""
        return isinstance(self.fields[name].widget, forms.PasswordInput)

    def has_secret(self, name: str) -> bool:
        """Return whether a secret is stored for the form field with this name."""
        return self.dotted(name) in self.secrets

    def dotted(self, name: str) -> str:
        """Return the dotted name of a field in the company file."""
        return name.replace("__", ".")

    def clean(self) -> dict[str, Any]:
        """Read the form as a company file is read, and put each error beside its field."""
        cleaned = super().clean() or {}
        self._combinations(cleaned)
        read: CompanyFile | CompanyFileError
        try:
            may_be_empty = [one for one in CONNECTIONS if self.only and one not in self.only]
            read = self.file = parse_company_file(self._document(cleaned), None, may_be_empty=may_be_empty)
        except CompanyFileError as faults:
            read = faults
            for name, sentence in faults.by_name:
                self._fault(html_name(name), self._said(name, sentence))
        for name, remark in read.remarks_by_name:
            self.remarks.setdefault(html_name(name), for_page(remark, self.language))
        return cleaned

    def _said(self, dotted: str, sentence: str) -> str:
        """Return a fault as the page shows it. A missing value is only named: the help beside the field says the rest."""
        if dotted in required_of(self.kind) and sentence.startswith("is missing."):
            return _("%(field)s is missing.") % {
                "field": plain_label(label_of_setting(dotted, self.language) or dotted)
            }
        return for_page(sentence, self.language)

    def _document(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """Return the company file that the form is."""
        values: dict[str, Any] = {f"company.{key}": value for key, value in self.company.items() if value is not None}
        values["platform.kind"] = self.kind.name
        for name in self.fields:
            dotted = self.dotted(name)
            if name == "version" or name not in cleaned:
                continue
            value = cleaned[name]
            if self.is_secret(name):
                value = value or self._kept_secret(name, cleaned)
            if value not in (None, "") or dotted in LISTS:
                values[dotted] = list(value) if dotted in LISTS else value
        hidden = [name for name in HELP if html_name(name) not in self.fields and name in self.stored]
        values |= {name: self.stored[name] for name in hidden}
        # A setting that was never stored and keeps its default stays out of the file, so that it is no change.
        untouched = {name for name, value in values.items() if name not in self.stored and value == DEFAULTS.get(name)}
        return nested({name: value for name, value in values.items() if name not in untouched})

    def _kept_secret(self, name: str, cleaned: Mapping[str, Any]) -> str:
        """Return the stored secret if it is kept. A secret is never sent to another address unless it is entered again."""
        stored = self.secrets.get(self.dotted(name), "")
        if not stored or self.data.get(name + REMOVE):
            return ""
        address = name.rpartition("__")[0] + "__base_url"
        if address in self.fields and cleaned.get(address) not in (None, self.initial.get(address)):
            if cleaned[address].strip().rstrip("/") == self.initial.get(address):
                return stored
            self._fault(
                name, _("The address was changed. Enter this again, so that it is not sent to a wrong address.")
            )
            return ""
        return stored

    def _combinations(self, cleaned: Mapping[str, Any]) -> None:
        """Check fields that depend on each other, in the words of the page."""
        taken: dict[int, str] = {}
        for name in UNITS:
            unit = cleaned.get(html_name(name))
            if unit is None or (name.startswith("expenses") and not cleaned.get("expenses__import")):
                continue
            if unit in taken:
                facts = {"unit": unit, "other": label_of_setting(taken[unit], self.language)}
                text = _("Unit %(unit)s is already used as %(other)s. Choose another unit.") % facts
                self._fault(html_name(name), text)
            taken.setdefault(unit, name)
        billability = cleaned.get("expenses__billability_dimension")
        if billability is not None and billability > LAST_WHOLE_NUMBER_UNIT:
            self.remarks["expenses__billability_dimension"] = _(
                "Only units 1–6 can be used for billability. With unit %(unit)s every expense is ignored."
            ) % {"unit": billability}
        if cleaned.get("expenses__import") and not cleaned.get("expenses__activity"):
            self._fault("expenses__activity", _("Enter the activity for imported expenses, for example Expenses."))
        for name, missing in (
            ("accrual", _("Accrual requires both accounts. Choose an account.")),
            ("accrued_income", _("Accrued income requires both accounts. Choose an account.")),
        ):
            if cleaned.get(f"{name}__enabled"):
                self._both_accounts(name, missing, cleaned)

    def _both_accounts(self, name: str, missing: str, cleaned: Mapping[str, Any]) -> None:
        accounts = [cleaned.get(f"{name}__{side}_account") for side in ("credit", "debit")]
        for side, account in zip(("credit", "debit"), accounts, strict=True):
            if not account:
                self._fault(f"{name}__{side}_account", missing)
        if accounts[0] and accounts[0] == accounts[1]:
            self._fault(f"{name}__debit_account", _("This is also the credit account. Choose two different accounts."))

    def _fault(self, name: str, text: str) -> None:
        """Add the error to its field, once; to the page if there is no such field."""
        if name not in self.fields:
            self.add_error(None, text)
        elif name not in self.errors:
            self.add_error(name, text)
