"""Problems of customers, projects and departments. The hub's codes and our own."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

CUSTOMERS = (
    Entry(
        "customer_missing",
        PERMANENT,
        MOMENT,
        en=("The invoice has no customer with a customer number.", "Give the customer a number in Moment, then retry."),
        nb=("Fakturaen har ingen kunde med kundenummer.", "Gi kunden et kundenummer i Moment, og prøv igjen."),
    ),
    Entry(
        "customer_unknown",
        PERMANENT,
        MOMENT,
        en=(
            "[Customer {customer}|The customer] does not exist in the accounting system.",
            "Transfer the customer from Moment, then retry the invoice. Check that export of customers is switched on.",
        ),
        nb=(
            "[Kunde {customer}|Kunden] finnes ikke i regnskapssystemet.",
            "Overfør kunden fra Moment, og prøv fakturaen igjen. Kontroller at overføring av kunder er slått på.",
        ),
    ),
    Entry(
        "customer_inactive",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Customer {customer}|The customer] is inactive in the accounting system.",
            "Make the customer active in the accounting system, then retry.",
        ),
        nb=(
            "[Kunde {customer}|Kunden] er inaktiv i regnskapssystemet.",
            "Gjør kunden aktiv i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "customer_number_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The accounting system does not take [customer number {customer}|the customer number][; it takes whole numbers from {minimum} to {maximum}][; it takes at most {max_length} characters].",
            "Change the customer's number in Moment, or widen the number range in the accounting system, then retry.",
        ),
        nb=(
            "Regnskapssystemet tar ikke [kundenummer {customer}|kundenummeret][; det tar hele tall fra {minimum} til {maximum}][; det tar høyst {max_length} tegn].",
            "Endre kundens nummer i Moment, eller utvid nummerserien i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "customer_not_ready",
        TRANSIENT,
        MOMENT,
        en=(
            "The transfer waits for [customer {customer}|its customer], which could not be transferred.[ The reason: {cause}]",
            "Mend the customer first; what waits for it goes on by itself afterwards.",
        ),
        nb=(
            "Overføringen venter på [kunde {customer}|kunden], som ikke kunne overføres.[ Årsaken: {cause}]",
            "Rett kunden først; det som venter, går deretter videre av seg selv.",
        ),
    ),
    Entry(
        "organisation_number_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The organisation number[ {value}] has a wrong length or check digit.",
            "Correct the customer's organisation number in Moment; it is then sent again by itself.",
        ),
        nb=(
            "Organisasjonsnummeret[ {value}] har feil lengde eller kontrollsiffer.",
            "Rett kundens organisasjonsnummer i Moment; da sendes den på nytt av seg selv.",
        ),
    ),
    Entry(
        "country_code_unknown",
        PERMANENT,
        MOMENT,
        en=(
            "The customer's country code[ {value}] is unknown.",
            "Choose the customer's country in Moment; it is then sent again by itself.",
        ),
        nb=(
            "Kundens landkode[ {value}] er ukjent.",
            "Velg land på kunden i Moment; da sendes den på nytt av seg selv.",
        ),
    ),
    Entry(
        "email_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The customer's e-mail address[ {value}] is not valid.",
            "Correct the address in Moment; the customer is then sent again by itself.",
        ),
        nb=(
            "Kundens e-postadresse[ {value}] er ikke gyldig.",
            "Rett adressen i Moment; da sendes kunden på nytt av seg selv.",
        ),
    ),
)

UNITS = (
    Entry(
        "org_unit_not_used",
        CONFIGURATION,
        BILAG,
        en=(
            "[Organisational unit {unit}|The organisational unit][ ({unit_name})] is not in use in the accounting system.",
            "Choose another unit for projects or departments in the setup, or have the unit taken into use in the accounting system.",
        ),
        nb=(
            "[Organisasjonsenhet {unit}|Organisasjonsenheten][ ({unit_name})] er ikke i bruk i regnskapssystemet.",
            "Velg en annen enhet for prosjekt eller avdeling i oppsettet, eller få enheten tatt i bruk i regnskapssystemet.",
        ),
    ),
    Entry(
        "org_unit_unknown",
        PERMANENT,
        MOMENT,
        en=(
            "[Value {value}|The value] does not exist in [organisational unit {unit}|the organisational unit][ ({unit_name})].",
            "Transfer the project or department from Moment, then retry.",
        ),
        nb=(
            "[Verdien {value}|Verdien] finnes ikke i [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})].",
            "Overfør prosjektet eller avdelingen fra Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "org_unit_closed",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Value {value}|The value] is closed in [organisational unit {unit}|the organisational unit][ ({unit_name})].",
            "Open the project or department in the accounting system, then retry.",
        ),
        nb=(
            "[Verdien {value}|Verdien] er avsluttet i [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})].",
            "Åpne prosjektet eller avdelingen i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "org_unit_required",
        PERMANENT,
        MOMENT,
        en=(
            "[Account {account}|The account] needs a value in [organisational unit {unit}|the organisational unit][ ({unit_name})].",
            "Choose a project or department for the line in Moment, or drop the requirement on the account in the accounting system, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen] krever en verdi i [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})].",
            "Velg prosjekt eller avdeling på linjen i Moment, eller fjern kravet på kontoen i regnskapssystemet, og prøv igjen.",
        ),
    ),
    Entry(
        "org_unit_not_integer",
        PERMANENT,
        MOMENT,
        en=(
            "[Number {value}|The number] does not fit in [organisational unit {unit}|the organisational unit][ ({unit_name})], which takes whole numbers from 1 to 2147483647.",
            "Give it a whole number in Moment, or choose a unit that takes text (7 to 12) in the setup, then retry.",
        ),
        nb=(
            "[Nummer {value}|Nummeret] passer ikke i [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})], som tar hele tall fra 1 til 2147483647.",
            "Gi det et helt tall i Moment, eller velg en enhet som tar tekst (7 til 12) i oppsettet, og prøv igjen.",
        ),
    ),
    Entry(
        "org_unit_too_long",
        PERMANENT,
        MOMENT,
        en=(
            "[Number {value}|The number] is too long for [organisational unit {unit}|the organisational unit][ ({unit_name})][, which takes at most {max_length} characters].",
            "Give it a shorter number in Moment, then retry. Bilag never shortens a number.",
        ),
        nb=(
            "[Nummer {value}|Nummeret] er for langt for [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})][, som tar høyst {max_length} tegn].",
            "Gi det et kortere nummer i Moment, og prøv igjen. Bilag forkorter aldri et nummer.",
        ),
    ),
    Entry(
        "project_number_has_dot",
        PERMANENT,
        MOMENT,
        en=(
            "[Project number {value}|The project number] has a dot, which means sub-project in the accounting system and is refused.",
            "Give the project a number without a dot in Moment, for example with a hyphen, then retry.",
        ),
        nb=(
            "[Prosjektnummer {value}|Prosjektnummeret] har punktum, som betyr delprosjekt i regnskapssystemet og blir avvist.",
            "Gi prosjektet et nummer uten punktum i Moment, for eksempel med bindestrek, og prøv igjen.",
        ),
    ),
    Entry(
        "project_not_ready",
        TRANSIENT,
        MOMENT,
        en=(
            "The transfer waits for [project {project}|its project], which could not be transferred.[ The reason: {cause}]",
            "Mend the project first; what waits for it goes on by itself afterwards.",
        ),
        nb=(
            "Overføringen venter på [prosjekt {project}|prosjektet], som ikke kunne overføres.[ Årsaken: {cause}]",
            "Rett prosjektet først; det som venter, går deretter videre av seg selv.",
        ),
    ),
    Entry(
        "number_collision",
        PERMANENT,
        MOMENT,
        en=(
            "[Numbers {number} and {other}|Two numbers] of Moment are the same value[ {value}] in the accounting system.",
            "Give one of the two another number in Moment, then retry. Zeros in front do not count there.",
        ),
        nb=(
            "[Numrene {number} og {other}|To numre] i Moment blir samme verdi[ {value}] i regnskapssystemet.",
            "Gi ett av de to et annet nummer i Moment, og prøv igjen. Nuller foran teller ikke der.",
        ),
    ),
)

MASTER_CODES = (*CUSTOMERS, *UNITS)
