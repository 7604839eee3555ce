"""The settings of a company in words: the label of each key of the company file, in both languages.

The Integration setup page takes its labels from here; a test compares the labels that the platforms declare.
"""

LABELS: dict[str, tuple[str, str]] = {
    "company.slug": ("Short name", "Kortnavn"),
    "company.name": ("Name", "Navn"),
    "company.organisation_number": ("Organisation number", "Organisasjonsnummer"),
    "company.language": ("Email language", "Språk i e-post"),
    "company.live": ("Switched on", "Slått på"),
    "company.live_since": ("Switched on since", "Slått på siden"),
    "company.webhook_address": ("Webhook address", "Webhook-adresse"),
    "moment.base_url": ("Moment address", "Adresse til Moment"),
    "moment.company_id": ("Company id in Moment", "Firma-id i Moment"),
    "moment.api_key": ("Moment API key", "API-nøkkel for Moment"),
    "moment.rates_per_hundred": ("Exchange rates per 100 units", "Valutakurser per 100 enheter"),
    "platform.kind": ("Accounting system", "Regnskapssystem"),
    "platform.azets.base_url": ("Address of Azets' integration platform", "Adressen til Azets' integrasjonsplattform"),
    "platform.azets.username": ("Username", "Brukernavn"),
    "platform.azets.password": ("Password", "Passord"),
    "platform.azets.api_key": ("API key", "API-nøkkel"),
    "platform.azets.source_client_id": ("Source client id (do not include the F)", "Klient-id (uten F)"),
    "platform.azets.parent_client_id": ("Parent client id (starts with S)", "Overordnet klient-id (begynner med S)"),
    "platform.azets.voucher_series": ("Voucher series", "Bilagsserie"),
    "platform.tryton.base_url": ("Address of the Tryton server", "Adressen til Tryton-serveren"),
    "platform.tryton.database": ("Database", "Database"),
    "platform.tryton.application_key": ("Application key", "Applikasjonsnøkkel"),
    "platform.tryton.company": ("Company", "Firma"),
    "platform.tryton.journal": ("Journal", "Journal"),
    "platform.tryton.receivable_account": ("Receivable account", "Konto for kundefordringer"),
    "platform.tryton.department_root": (
        "Analytic root of departments (unit 1)",
        "Analytisk rot for avdelinger (enhet 1)",
    ),
    "platform.tryton.project_root": ("Analytic root of projects (unit 2)", "Analytisk rot for prosjekter (enhet 2)"),
    "platform.tryton.billability_root": (
        "Analytic root of billability (unit 3)",
        "Analytisk rot for fakturerbarhet (enhet 3)",
    ),
    "platform.poweroffice_go.base_url": ("Address of the PowerOffice Go API", "Adressen til API-et i PowerOffice Go"),
    "platform.poweroffice_go.client": ("Client", "Klient"),
    "platform.poweroffice_go.client_key": ("Client key", "Klientnøkkel"),
    "export.customers": ("Export customers", "Eksporter kunder"),
    "export.customer_states": ("Customer states for export", "Kundestatuser for eksport"),
    "export.projects": ("Export projects", "Eksporter prosjekter"),
    "export.project_states": ("Project states for export", "Prosjektstatuser for eksport"),
    "export.invoices": ("Export invoices", "Eksporter fakturaer"),
    "export.invoices_from": ("Transfer automatically from", "Overfør automatisk fra og med"),
    "dimensions.project": ("Project dimension", "Prosjektdimensjon"),
    "dimensions.department": ("Department dimension", "Avdelingsdimensjon"),
    "expenses.import": ("Import expenses", "Importer utlegg"),
    "expenses.activity": ("Expense activity", "Utleggsaktivitet"),
    "expenses.report_name": ("Report name", "Rapportnavn"),
    "expenses.billability_dimension": ("Billability dimension", "Fakturerbarhetsdimensjon"),
    "expenses.billable_by_default": ("Billable by default", "Fakturerbar som standard"),
    "expenses.account_above": ("Only accounts above", "Bare kontoer over"),
    "expenses.days_back": ("Days back", "Dager tilbake"),
    "expenses.from_date": ("Import from", "Importer fra og med"),
    "expenses.approve_billable": ("Approve billable expenses on import", "Godkjenn fakturerbare utlegg ved import"),
    "accrual.enabled": ("Enable accrual", "Slå på periodisering"),
    "accrual.credit_account": ("Credit accrual account number", "Kreditkonto for periodisering"),
    "accrual.debit_account": ("Debit accrual account number", "Debetkonto for periodisering"),
    "accrual.by": ("Allocation", "Fordeling"),
    "accrued_income.enabled": ("Post accrued income", "Bokfør opptjent inntekt"),
    "accrued_income.debit_account": ("Debit account for accrued income", "Debetkonto for opptjent inntekt"),
    "accrued_income.credit_account": ("Credit account for accrued income", "Kreditkonto for opptjent inntekt"),
    "rounding.account": ("Rounding account", "Konto for øreavrunding"),
    "retention.years": ("Years to keep after the end of the year", "Antall år etter årets slutt"),
    "notify.users": ("Users to notify", "Brukere som skal varsles"),
    "notify.emails": ("Email addresses to notify", "E-postadresser som skal varsles"),
}


def label_of_setting(key: str, language: str) -> str | None:
    """Return the label of a key such as `export.invoices_from`; None for a key that no company file has."""
    labels = LABELS.get(key)
    return None if labels is None else labels[1 if language == "nb" else 0]
