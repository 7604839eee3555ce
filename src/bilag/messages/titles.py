"""A title for each problem: a few words that name it in the subject of an email or in a list. The catalogue has its sentences."""
# ruff: noqa: E501 - a title stays on one line in both languages.

from collections.abc import Mapping

from bilag.messages.entry import fill
from bilag.messages.fact_values import render_facts
from bilag.messages.render import sentence
from bilag.messages.subjects import facts_of_subject
from bilag.posting.problem import Problem
from bilag.posting.texts import cut

LONGEST_TITLE = 54
_FORMER = ("Posted in the earlier ledger", "Bokført i det tidligere regnskapet")

TITLES: Mapping[str, tuple[str, str]] = {
    # The invoice as a whole
    "invoice_not_finalized": ("Not finalised in Moment", "Ikke ferdigstilt i Moment"),
    "invoice_type_unknown": ("Neither an invoice nor a credit note", "Verken faktura eller kreditnota"),
    "type_contradicts_total": ("The type contradicts the total", "Typen stemmer ikke med totalbeløpet"),
    "credited_number_invalid": ("The credited invoice cannot exist", "Fakturaen som krediteres, kan ikke finnes"),
    "voucher_number_invalid": ("The number cannot be a voucher number", "Nummeret kan ikke brukes som bilagsnummer"),
    "kid_invalid": ("The KID is not valid", "KID er ugyldig"),
    "currency_unknown": ("Currency[ {currency}] is not set up in accounting", "Valuta[ {currency}] mangler i regnskapet"),
    "exchange_rate_required": ("The exchange rate is missing", "Valutakurs mangler"),
    "exchange_rate_implausible": ("The exchange rate[ {rate}] is not plausible", "Valutakursen[ {rate}] kan ikke stemme"),
    "exchange_rate_default": ("The exchange rate is 1", "Valutakursen er 1"),
    "exchange_rate_unverified": ("The exchange rate must be confirmed", "Valutakursen må bekreftes"),
    "exchange_rate_not_one": ("The exchange rate should be 1", "Valutakursen skulle vært 1"),
    "total_mismatch": ("The lines do not add up to the total", "Summen av linjene stemmer ikke"),
    "amount_decimals": ("An amount has too many decimals", "Et beløp har for mange desimaler"),
    "currency_without_decimals": ("An amount has decimals", "Et beløp har desimaler"),
    "amount_invalid": ("An amount cannot be posted", "Et beløp kan ikke bokføres"),
    "gross_mismatch": ("Error in Bilag: wrong gross amount", "Feil i Bilag: feil bruttobeløp"),
    "line_amount_zero": ("Error in Bilag: an entry without amounts", "Feil i Bilag: en postering uten beløp"),
    "voucher_unbalanced": ("Error in Bilag: the voucher does not balance", "Feil i Bilag: bilaget balanserer ikke"),
    "invoice_date_missing": ("The invoice date is missing", "Fakturadato mangler"),
    "period_closed": ("The period[ {period}] is closed", "Perioden[ {period}] er avsluttet"),
    "period_unknown": ("No accounting period[ for {date}]", "Regnskapsperiode mangler[ for {date}]"),
    "date_locked": ("The date is locked in accounting", "Datoen er låst i regnskapet"),
    "due_before_invoice_date": ("Due before the invoice date", "Forfaller før fakturadatoen"),
    "accrual_not_supported": ("Accrual is not supported", "Periodisering støttes ikke"),
    "accrual_period_incomplete": ("The service period is not complete", "Leveringsperioden er ufullstendig"),
    "accrual_period_invalid": ("The service period is not valid", "Leveringsperioden er ugyldig"),
    # Accounts and VAT
    "account_missing": ("A line has no account", "En linje mangler konto"),
    "account_unknown": ("[Account {account}|An account] does not exist", "[Konto {account}|En konto] finnes ikke"),
    "account_inactive": ("[Account {account}|An account] is inactive", "[Konto {account}|En konto] er inaktiv"),
    "account_not_postable": ("[Account {account}|An account] is a control account", "[Konto {account}|En konto] er en samlekonto"),
    "setup_account_unknown": ("[Account {account}|An account] in the setup does not exist", "[Konto {account}|En konto] i oppsettet finnes ikke"),
    "setup_account_inactive": ("[Account {account}|An account] in the setup is inactive", "[Konto {account}|En konto] i oppsettet er inaktiv"),
    "setup_account_not_postable": ("[Account {account}|An account] in the setup is a control account", "[Konto {account}|En konto] i oppsettet er en samlekonto"),
    "rounding_account_needs_vat_code": ("The rounding account requires a VAT code", "Avrundingskontoen krever mva-kode"),
    "accrual_account_needs_vat_code": ("An accrual account requires a VAT code", "En periodiseringskonto krever mva-kode"),
    "vat_code_unknown": ("[VAT code {vat_code}|A VAT code] does not exist", "[Mva-kode {vat_code}|En mva-kode] finnes ikke"),
    "vat_code_inactive": ("[VAT code {vat_code}|A VAT code] is inactive", "[Mva-kode {vat_code}|En mva-kode] er inaktiv"),
    "vat_code_required": ("[Account {account}|An account] requires a VAT code", "[Konto {account}|En konto] krever mva-kode"),
    "vat_code_missing": ("A line with VAT has no VAT code", "En linje med mva mangler mva-kode"),
    "vat_code_not_allowed_on_account": ("The VAT code does not fit the account", "Mva-koden passer ikke til kontoen"),
    "vat_code_not_for_sales": ("[VAT code {vat_code}|A VAT code] is for purchases", "[Mva-kode {vat_code}|En mva-kode] gjelder kjøp"),
    "vat_amount_mismatch": ("The VAT does not match the rate", "Mva-beløpet stemmer ikke med satsen"),
    "vat_rate_mismatch": ("The VAT rate does not match the VAT code", "Mva-satsen stemmer ikke med mva-koden"),
    "vat_sign": ("Net amount and VAT have opposite signs", "Netto og mva har motsatt fortegn"),
    # Customers, projects, departments
    "customer_missing": ("The customer is missing", "Kunde mangler"),
    "customer_unknown": ("The customer is not in accounting", "Kunden finnes ikke i regnskapet"),
    "customer_inactive": ("The customer is inactive in accounting", "Kunden er inaktiv i regnskapet"),
    "customer_number_invalid": ("The customer number cannot be used", "Kundenummeret kan ikke brukes"),
    "customer_not_ready": ("On hold until the customer is transferred", "Venter på at kunden overføres"),
    "customer_excluded": ("The customer is excluded from accounting", "Kunden er holdt utenfor regnskapet"),
    "project_excluded": ("The project is excluded from accounting", "Prosjektet er holdt utenfor regnskapet"),
    "organisation_number_invalid": ("The organisation number is not valid", "Organisasjonsnummeret er ugyldig"),
    "country_code_unknown": ("The country code[ {value}] is not valid", "Landkoden[ {value}] er ugyldig"),
    "email_invalid": ("The email address is not valid", "E-postadressen er ugyldig"),
    "org_unit_not_used": ("[Unit {unit}|A unit] is not in use in accounting", "[Enhet {unit}|En enhet] er ikke i bruk i regnskapet"),
    "org_unit_unknown": ("[{value}|A value] does not exist in [unit {unit}|its unit]", "[{value}|En verdi] finnes ikke i [enhet {unit}|enheten]"),
    "org_unit_closed": ("[{value}|A value] is closed in [unit {unit}|its unit]", "[{value}|En verdi] er avsluttet i [enhet {unit}|enheten]"),
    "department_without_number": ("The department has no number", "Avdelingen mangler nummer"),
    "project_without_number": ("The project has no number", "Prosjektet mangler nummer"),
    "org_unit_required": ("[Account {account}|An account] requires [unit {unit}|a unit]", "[Konto {account}|En konto] krever [enhet {unit}|en enhet]"),
    "org_unit_not_integer": ("[{value}|A number] is not a whole number", "[{value}|Et nummer] er ikke et helt tall"),
    "org_unit_too_long": ("A number is too long for [unit {unit}|its unit]", "Et nummer er for langt for [enhet {unit}|enheten]"),
    "project_number_has_dot": ("The project number contains a dot", "Prosjektnummeret inneholder punktum"),
    "project_not_ready": ("On hold until the project is transferred", "Venter på at prosjektet overføres"),
    "number_has_another_owner": ("The number belongs to another now", "Nummeret tilhører nå en annen"),
    "number_collision": ("Two numbers become the same in accounting", "To numre blir like i regnskapet"),
    # Access and setup
    "credentials_missing": ("Access to Azets is missing", "Tilgang til Azets mangler"),
    "invalid_credentials": ("Azets does not accept the sign-in", "Azets godtar ikke innloggingen"),
    "token_missing": ("Azets did not accept a request", "Azets godtok ikke en forespørsel"),
    "token_expired": ("The access to Azets had expired", "Tilgangen til Azets var utløpt"),
    "token_invalid": ("Azets no longer accepts Bilag's access", "Azets godtar ikke lenger tilgangen til Bilag"),
    "moment_credentials": ("Moment does not accept the API key", "Moment godtar ikke API-nøkkelen"),
    "moment_write_forbidden": ("The API key cannot change invoices in Moment", "API-nøkkelen kan ikke endre fakturaer i Moment"),
    "moment_company_unknown": ("The company was not found in Moment", "Firmaet ble ikke funnet i Moment"),
    "client_is_another_company": ("The client in accounting is another company", "Klienten i regnskapet er et annet firma"),
    "client_replaced": ("The client in accounting is another company", "Klienten i regnskapet er et annet firma"),
    "parties_unconfirmed": ("Confirm that the parties are one company", "Bekreft at partene er samme firma"),
    "parties_renamed": ("Confirm the parties: a name has changed", "Bekreft partene: et navn er endret"),
    "parties_shared": ("Another company in Bilag uses the same client", "Et annet firma i Bilag bruker samme klient"),
    "nobody_notified": ("Nobody is notified when something stops", "Ingen blir varslet når noe stopper"),
    "client_not_under_parent": ("The client has another parent client", "Klienten har en annen overordnet klient"),
    "client_access_denied": ("No access to the client at Azets", "Ikke tilgang til klienten hos Azets"),
    "parent_client_id_invalid": ("The parent client id is not valid", "Overordnet klient-id er ugyldig"),
    "source_client_id_invalid": ("The source client id is not valid", "Klient-id er ugyldig"),
    "client_unknown": ("The client was not found at Azets", "Klienten ble ikke funnet hos Azets"),
    "voucher_series_unknown": ("The voucher series[ {value}] cannot be used", "Bilagsserien[ {value}] kan ikke brukes"),
    "attachments_not_supported": ("Attachments are not accepted", "Vedlegg godtas ikke"),
    "document_type_not_allowed": ("The type of document is not accepted", "Dokumenttypen godtas ikke"),
    # Connections
    "hub_unavailable": ("Azets' integration platform is down", "Azets' integrasjonsplattform er nede"),
    "hub_unreachable": ("No connection to Azets", "Ingen kontakt med Azets"),
    "hub_timeout": ("Azets' integration platform does not answer", "Azets' integrasjonsplattform svarer ikke"),
    "hub_malformed": ("An answer from Azets cannot be read", "Et svar fra Azets kan ikke tolkes"),
    "hub_proxy_error": ("Azets' integration platform answers with errors", "Azets' integrasjonsplattform svarer med feil"),
    "ledger_unavailable": ("The accounting system does not answer", "Regnskapssystemet svarer ikke"),
    "ledger_locked": ("The company is locked in accounting", "Firmaet er låst i regnskapet"),
    "rate_limited": ("Too many requests for now", "For mange forespørsler akkurat nå"),
    "batch_busy": ("The voucher is being posted", "Bilaget bokføres nå"),
    "internal_error": ("Error in Azets' integration platform", "Feil i Azets' integrasjonsplattform"),
    "moment_unavailable": ("Moment does not answer", "Moment svarer ikke"),
    "moment_refused": ("Moment rejected a request", "Moment avviste en forespørsel"),
    "moment_malformed": ("An answer from Moment cannot be read", "Et svar fra Moment kan ikke tolkes"),
    "request_malformed": ("Azets could not read a request", "Azets kunne ikke tolke en forespørsel"),
    "request_too_large": ("The voucher is too large", "Bilaget er for stort"),
    "cursor_invalid": ("Azets no longer knows where Bilag stopped reading", "Azets vet ikke lenger hvor lesingen stoppet"),
    "hub_refused": ("Rejected by Azets", "Avvist av Azets"),
    "validation_failed": ("Rejected by the accounting system", "Avvist av regnskapssystemet"),
    "field_required": ("[{field}|A field] is missing", "[{field}|Et felt] mangler"),
    "field_invalid": ("[{field}|A field] is not accepted", "[{field}|Et felt] godtas ikke"),
    "field_too_long": ("[{field}|A field] is too long", "[{field}|Et felt] har for lang tekst"),
    "field_not_allowed": ("[{field}|A field] is not accepted", "[{field}|Et felt] godtas ikke"),
    # Vouchers
    "batch_unknown": ("The voucher batch is gone at Azets", "Bilagsbunten er borte hos Azets"),
    "voucher_unknown": ("The voucher is not posted", "Bilaget er ikke bokført"),
    "batch_already_updated": ("The voucher batch is already posted", "Bilagsbunten er allerede bokført"),
    "batch_update_failed": ("The voucher could not be posted", "Bilaget kunne ikke bokføres"),
    "not_in_moment": ("Not found in Moment", "Ikke funnet i Moment"),
    "changed_after_posting": ("Changed in Moment after it was posted", "Endret i Moment etter bokføring"),
    "posted_in_former_ledger": _FORMER,
    "credited_invoice_not_posted": ("The credited invoice is not posted", "Fakturaen som krediteres, er ikke bokført"),
    "former_ledger_unknown": ("Possibly posted in the earlier ledger", "Kan være bokført i det tidligere regnskapet"),
    "former_ledger_unposted": ("Stored in the earlier ledger, not posted", "Ligger i det tidligere regnskapet, ikke bokført"),
    "doubt_in_former_source": ("Possibly posted before the change in Moment", "Kan være bokført før byttet i Moment"),
    "voucher_number_taken": ("The voucher number is already used", "Bilagsnummeret er allerede brukt"),
    "duplicate_content": ("In accounting already, with other content", "I regnskapet fra før, med annet innhold"),
    "duplicate_external_id": ("Azets has received it already", "Azets har mottatt den fra før"),
    "posted_differs": ("The posted voucher differs", "Det bokførte bilaget avviker"),
    "accrued_income_off": ("Accrued income is switched off", "Opptjent inntekt er slått av"),
    "accrued_earlier_open": ("An earlier amount is not completed", "Et tidligere beløp er ikke ferdig"),
    "retries_exhausted": ("Retried[ for {hours} hours] without success", "Prøvd[ i {hours} timer] uten å lykkes"),
    "export_status_not_set": ("Posted, but not marked in Moment", "Bokført, men ikke merket i Moment"),
    "export_status_refused": ("Posted, but not marked in Moment", "Bokført, men ikke merket i Moment"),
    "posted_not_in_moment": ("Posted, but not found in Moment", "Bokført, men ikke funnet i Moment"),
    "stored_not_posted": ("Stored in accounting, but not posted", "Lagret i regnskapet, men ikke bokført"),
    "moment_not_polled": ("No changes from Moment for six hours", "Ingen endringer fra Moment på seks timer"),
    "ledger_ahead": ("Accounting knows more vouchers than Bilag", "Regnskapet har bilag som Bilag mangler"),
    "accrued_not_recovered": ("Accrued income cannot be recovered", "Opptjent inntekt kan ikke hentes inn"),
    "bilag_fault": ("Error in Bilag", "Feil i Bilag"),
    # Expenses
    "report_unknown": ("The report[ {value}] does not exist", "Rapporten[ {value}] finnes ikke"),
    "expense_line_unreadable": ("A posted line cannot be read", "En bokført linje kan ikke leses"),
    "expense_reversed_after_invoicing": ("Reversed after it was invoiced", "Reversert etter fakturering"),
    "expense_doubled": ("Created more than once in Moment", "Opprettet flere ganger i Moment"),
    "expense_of_other_ledger": ("From a ledger that is no longer used", "Fra et regnskap som ikke lenger brukes"),
    "expense_of_other_moment": ("To a company in Moment that is no longer used", "Til et firma i Moment som ikke lenger brukes"),
    "expense_repeated_after_invoicing": ("Imported twice, and invoiced before", "Importert to ganger, fakturert fra før"),
    "document_unknown": ("The document was not found", "Dokumentet ble ikke funnet"),
    "document_too_large": ("The document is too large", "Dokumentet er for stort"),
    "document_empty": ("The document is empty", "Dokumentet er tomt"),
    "document_type_unknown": ("The document is neither a PDF nor an image", "Dokumentet er verken PDF eller bilde"),
    "expense_document_refused": ("Moment rejected the document", "Moment avviste dokumentet"),
    "expense_refused": ("Rejected by Moment", "Avvist av Moment"),
    "expense_gone": ("No longer in Moment", "Ikke lenger i Moment"),
    "activity_closed": ("The activity for expenses is closed", "Aktiviteten for utlegg er lukket"),
    "activity_refused": ("The activity could not be created in Moment", "Aktiviteten kunne ikke opprettes i Moment"),
    "expenses_switched_off": ("Import of expenses is switched off", "Import av utlegg er slått av"),
    "expenses_not_supported": ("Expenses cannot be imported", "Utlegg kan ikke importeres"),
    "expenses_not_live": ("The integration is switched off", "Integrasjonen er slått av"),
    "import_interrupted": ("The import was interrupted", "Importen ble avbrutt"),
    # Tryton
    "tryton_not_there": ("No Tryton server at the address", "Ingen Tryton-server på adressen"),
    "tryton_key_refused": ("Tryton does not accept the application key", "Tryton godtar ikke applikasjonsnøkkelen"),
    "tryton_rights_missing": ("Access is missing in Tryton", "Tilgang mangler i Tryton"),
    "tryton_company_unknown": ("The company was not found in Tryton", "Firmaet ble ikke funnet i Tryton"),
    "tryton_company_closed": ("No access to the company's accounts in Tryton", "Ikke tilgang til firmaets kontoer i Tryton"),
    "tryton_journal_unknown": ("The journal does not exist in Tryton", "Journalen finnes ikke i Tryton"),
    "tryton_receivable_unknown": ("The receivable account is wrong in Tryton", "Feil konto for kundefordringer i Tryton"),
    "tryton_root_unknown": ("An analytic root does not exist in Tryton", "En analytisk rot finnes ikke i Tryton"),
    "tryton_root_missing": ("An analytic root is missing in the setup", "En analytisk rot mangler i oppsettet"),
    "tryton_unreachable": ("No connection to the Tryton server", "Ingen kontakt med Tryton-serveren"),
    "tryton_timeout": ("The Tryton server does not answer", "Tryton-serveren svarer ikke"),
    "tryton_busy": ("The same data was changed in Tryton", "De samme dataene ble endret i Tryton"),
    "tryton_fault": ("The Tryton server answers with errors", "Tryton-serveren svarer med feil"),
    "tryton_malformed": ("An answer from Tryton cannot be read", "Et svar fra Tryton kan ikke tolkes"),
    "tryton_refused": ("Rejected by Tryton", "Avvist av Tryton"),
    "tryton_half_posted": ("Only partly posted in Tryton", "Bare delvis bokført i Tryton"),
    # Reconciliation and rehearsal
    "reconciliation_interrupted": ("The reconciliation was interrupted", "Avstemmingen ble avbrutt"),
    "rehearsal_interrupted": ("The rehearsal was interrupted", "Prøvekjøringen ble avbrutt"),
    "reconciliation_missing": ("Posted invoices are missing[ in {month}]", "Bokførte fakturaer mangler[ i {month}]"),
    "reconciliation_differing": ("Vouchers differ[ in {month}]", "Bilag avviker[ i {month}]"),
    "reconciliation_duplicate": ("Invoices posted twice[ in {month}]", "Fakturaer bokført to ganger[ i {month}]"),
    "reconciliation_unknown": ("Unknown vouchers[ in {month}]", "Ukjente bilag[ i {month}]"),
}  # fmt: skip


def render_title(problem: Problem, language: str, longest: int = LONGEST_TITLE) -> str:
    """Render the title of a problem in `language` ("nb", else English), without a full stop, of at most `longest` characters.

    Where the facts make it too long, it has none. A code without a title has the first sentence of its message.
    """
    is_ours = problem.code == "internal_error" and "error" in problem.facts
    titles = TITLES.get("bilag_fault" if is_ours else problem.code)
    if titles is None:
        first = sentence(Problem(problem.code), language)[0].split(". ")[0].removesuffix(".")
        return cut(first, longest)
    template = titles[language == "nb"]
    facts = render_facts({**facts_of_subject(problem.subject), **problem.facts}, language)
    with_facts = _begun(fill(template, facts))
    return with_facts if len(with_facts) <= longest else cut(_begun(fill(template, {})), longest)


def _begun(title: str) -> str:
    return title[:1].upper() + title[1:]
