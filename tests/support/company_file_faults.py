"""Faults that people make in a company file, and what is said of each."""
# ruff: noqa: E501 - a fault and its sentence stay on one line, so that they can be read and searched.

from typing import NamedTuple

from bilag.platforms.registry import platform_kinds
from bilag_sandbox import hub, moment

KINDS = f"Give one of {', '.join(platform_kinds())}."
NAME = 'name = "Fjell Arkitekter AS"'
MOMENT_URL = 'base_url = "http://moment.invalid"'
MOMENT_KEY = f'api_key = "{moment.API_KEY}"'
HUB_URL = 'base_url = "http://hub.invalid/v1"'
USERNAME = f'username = "{hub.USERNAME}"'
PASSWORD = f'password = "{hub.PASSWORD}"'
CLIENT = f'source_client_id = "{hub.VISMA_CLIENT}"'
PARENT = f'parent_client_id = "{hub.PARENT}"'
END = "department = 1"
SECTIONS = "Known sections: accrual, accrued_income, company, dimensions, expenses, export, moment, notify, platform, retention, rounding, texts."
LIKE_3910 = "Give an account number of three to eight digits, such as 3910."
NO_PAIR = "or give an API key instead of both."
BOTH_ACCOUNTS = "is missing. Give both the debit account and the credit account, or switch it off."
MOMENT_ADDRESS = "Give an address such as https://app.moment.team, without username or query."
OWN_UNIT = "which is already used for Project dimension. Each needs its own unit."


class Fault(NamedTuple):
    """What stands in the file in place of what, and the sentences that are said of it."""

    old: str
    new: str
    told: tuple[str, ...]


def instead(old: str, new: str, *told: str) -> Fault:
    """Something else in place of a part of the file."""
    return Fault(old, new, told)


def more(line: str, *told: str) -> Fault:
    """A line more under [company]."""
    return Fault(NAME, f"{NAME}\n{line}", told)


def section(lines: str, *told: str) -> Fault:
    """A section more at the end; its lines are parted by a bar."""
    return Fault(END, f"{END}\n" + lines.replace(" | ", "\n"), told)


# fmt: off
NAMED_WRONGLY = (
    more('slugg = "x"', "company.slugg is not a key of a company file. Did you mean company.slug?"),
    instead("project = 2", "projct = 2", "dimensions.projct is not a key of a company file. Did you mean dimensions.project?"),
    instead("password =", "pasword =", "platform.azets.pasword is not a key of a company file. Did you mean platform.azets.password?"),
    section("[platform.azetz]", "platform.azetz is not a key of a company file. Did you mean platform.azets?"),
    section("[roundings] | account = 7740", f"roundings is not a section of a company file. {SECTIONS}"),
    instead("[company]", 'language = "nb"\n[company]', f"language is not a section of a company file. {SECTIONS}"),
)
MISSING = (
    instead('slug = "fjell"', "", "company.slug is missing. Give the short name of the company for commands, such as fjell."),
    instead(NAME, "", "company.name is missing. Give the company's name."),
    instead(MOMENT_URL, "", "moment.base_url is missing. Give Moment's address, such as https://app.moment.team."),
    instead('company_id = "4021"', "", "moment.company_id is missing. Give the company's id in Moment, such as 4021."),
    instead(MOMENT_KEY, "", "moment.api_key is missing. Give an API key from Moment."),
    instead('kind = "azets"', "", f"platform.kind is missing. {KINDS}"),
)
MISSING_OF_AZETS = (
    instead(HUB_URL, "", "platform.azets.base_url is missing. You get it from Azets, such as https://hub.example/v1."),
    instead(CLIENT, "", "platform.azets.source_client_id is missing. The number of the client, digits only: F0123 is written 123."),
    instead(PARENT, "", "platform.azets.parent_client_id is missing. The parent client that the client belongs to, such as S100."),
)
WRONG = (
    instead('"fjell"', '"Fjell AS"', "company.slug is 'Fjell AS'. Give small letters and digits, such as fjell."),
    instead('"fjell"', '"-fjell"', "company.slug is '-fjell'. Give small letters and digits, such as fjell."),
    instead('"fjell"', '""', "company.slug is empty. Give small letters and digits, such as fjell."),
    instead(NAME, "name = true", "company.name must be text in quotes."),
    instead(MOMENT_KEY, f'{MOMENT_KEY}\nrates_per_hundred = ["svenske"]', "moment.rates_per_hundred contains 'svenske', which is not a currency. Write three capital letters, such as SEK."),
    instead(MOMENT_KEY, f'{MOMENT_KEY}\nrates_per_hundred = "SEK"', 'moment.rates_per_hundred must be a list of texts, such as ["SEK"].'),
    instead(NAME, f'name = "{"x" * 201}"', "company.name is longer than 200 characters."),
    more('organisation_number = "123456789"', "company.organisation_number is '123456789', which has a wrong check digit. Give the nine digits again."),
    more('language = "sv"', "company.language is 'sv'. Give nb or en."),
    more('live = "yes"', "company.live is 'yes'. Write true or false, without quotes."),
    instead(MOMENT_URL, 'base_url = "app.moment.team"', f"moment.base_url is 'app.moment.team'. {MOMENT_ADDRESS}"),
    instead(MOMENT_URL, 'base_url = "http://app.moment.team"', "moment.base_url uses http, which sends the key unencrypted. Give an https address (BILAG_ALLOW_HTTP=1 allows http)."),
    instead('"4021"', '"40 21"', "moment.company_id is '40 21'. Give the company's id in Moment, such as 4021."),
    instead(MOMENT_KEY, 'api_key = ""', "moment.api_key is empty. Give an API key from Moment."),
    instead('kind = "azets"', 'kind = "visma"', f"platform.kind is 'visma'. {KINDS}"),
    instead(HUB_URL, 'base_url = "http://hub.example/v1"', "platform.azets.base_url uses http, which sends the password unencrypted. Give an https address."),
    instead(CLIENT, 'source_client_id = "FX12"', "platform.azets.source_client_id is 'FX12'. Give only the digits of the client number, such as 123, without the F."),
    instead(PARENT, "parent_client_id = true", "platform.azets.parent_client_id must be text in quotes."),
    instead("project = 2", "project = 13", "dimensions.project is 13. Give a whole number from 1 to 12."),
    instead("project = 2", 'project = "2"', "dimensions.project is '2'. Give a whole number from 1 to 12."),
    section('[export] | customers = "yes"', "export.customers is 'yes'. Write true or false, without quotes."),
    section('[export] | invoices_from = "2026-11-01"', "export.invoices_from is '2026-11-01'. Write a date without quotes, such as 2026-11-01."),
    section('[export] | customer_states = "active"', 'export.customer_states must be a list of texts, such as ["active"].'),
    section("[expenses] | days_back = 400", "expenses.days_back is 400. Give a whole number from 0 to 366."),
    section('[accrual] | by = "weeks"', "accrual.by is 'weeks'. Give months or days."),
    section('[accrual] | debit_account = "39"', f"accrual.debit_account is '39'. {LIKE_3910}"),
    section('[rounding] | account = "øre"', f"rounding.account is 'øre'. {LIKE_3910}"),
    section('[notify] | emails = ["kari"]', "notify.emails contains 'kari', which is not an email address. Write name@company.no."),
    instead("[company]", "export = 1\n[company]", "export must be a section, written [export]."),
)
TOGETHER = (
    instead(PASSWORD, "", f"platform.azets.password is missing. Give the password of the username, {NO_PAIR}"),
    instead(USERNAME, "", f"platform.azets.username is missing. Give the username of the password, {NO_PAIR}"),
    instead(f"{USERNAME}\n{PASSWORD}\n", "", "platform.azets.username is missing. Give username and password, or an API key."),
    instead("project = 2", "project = 1", f"dimensions.department is unit 1, {OWN_UNIT}"),
    section("[expenses] | billability_dimension = 2", f"expenses.billability_dimension is unit 2, {OWN_UNIT}"),
    section("[expenses] | import = true", "expenses.activity is missing. Give the activity for imported expenses, such as Utlegg."),
    section("[accrual] | enabled = true", f"accrual.debit_account {BOTH_ACCOUNTS}", f"accrual.credit_account {BOTH_ACCOUNTS}"),
    section("[accrued_income] | enabled = true | debit_account = 1530", f"accrued_income.credit_account {BOTH_ACCOUNTS}"),
    section("[accrual] | enabled = true | debit_account = 3910 | credit_account = 3910", "accrual.credit_account is the same as the debit account. Give two different accounts."),
)
# fmt: on
