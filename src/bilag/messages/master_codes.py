"""Problems of customers, projects and departments. Codes of the hub and of Bilag."""
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
            "[Customer {customer}|The customer] does not exist in <system>.",
            "Transfer the customer from Moment, then retry the invoice. Check that transfer of customers is switched on in the setup.",
        ),
        nb=(
            "[Kunde {customer}|Kunden] finnes ikke i <system>.",
            "Overfør kunden fra Moment, og prøv fakturaen igjen. Kontroller at overføring av kunder er slått på i oppsettet.",
        ),
    ),
    Entry(
        "customer_inactive",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[Customer {customer}|The customer] is inactive in <system>.",
            "Activate the customer in <system>, then retry.",
        ),
        nb=(
            "[Kunde {customer}|Kunden] er inaktiv i <system>.",
            "Aktiver kunden i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "customer_number_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "<System> does not accept [customer number {customer}|the customer number][. It accepts whole numbers from {minimum} to {maximum}][. It accepts whole numbers in {ranges}][. It accepts at most {max_length} characters].",
            "Change the customer number in Moment, or extend the number range in <system>, then retry.",
        ),
        nb=(
            "<System> godtar ikke [kundenummer {customer}|kundenummeret][. Det godtar hele tall fra {minimum} til {maximum}][. Det godtar hele tall i {ranges}][. Det godtar høyst {max_length} tegn].",
            "Endre kundenummeret i Moment, eller utvid nummerserien i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "customer_not_ready",
        TRANSIENT,
        MOMENT,
        en=(
            "The transfer is on hold because [customer {customer}|its customer] could not be transferred.[ Reason: {cause}]",
            "Correct the customer first. Bilag then continues the transfer automatically.",
        ),
        nb=(
            "Overføringen er satt på vent fordi [kunde {customer}|kunden] ikke kunne overføres.[ Årsak: {cause}]",
            "Rett kunden først. Bilag fortsetter deretter overføringen automatisk.",
        ),
    ),
    Entry(
        "customer_excluded",
        PERMANENT,
        BILAG,
        en=(
            "The transfer is on hold because [customer {customer}|its customer] is excluded from accounting in Bilag.",
            'Open the customer in Bilag and select Retry to transfer it after all. Bilag then continues this transfer automatically. If the invoice does not belong in accounting either, select "Do not transfer" on it.',
        ),
        nb=(
            "Overføringen er satt på vent fordi [kunde {customer}|kunden] er holdt utenfor regnskapet i Bilag.",
            "Åpne kunden i Bilag og velg Prøv igjen for å overføre den likevel. Bilag fortsetter deretter denne overføringen automatisk. Hører heller ikke fakturaen hjemme i regnskapet, velger du «Ikke overfør» på den.",
        ),
    ),
    Entry(
        "project_excluded",
        PERMANENT,
        BILAG,
        en=(
            "The transfer is on hold because [project {project}|its project] is excluded from accounting in Bilag.",
            'Open the project in Bilag and select Retry to transfer it after all. Bilag then continues this transfer automatically. If the invoice does not belong in accounting either, select "Do not transfer" on it.',
        ),
        nb=(
            "Overføringen er satt på vent fordi [prosjekt {project}|prosjektet] er holdt utenfor regnskapet i Bilag.",
            "Åpne prosjektet i Bilag og velg Prøv igjen for å overføre det likevel. Bilag fortsetter deretter denne overføringen automatisk. Hører heller ikke fakturaen hjemme i regnskapet, velger du «Ikke overfør» på den.",
        ),
    ),
    Entry(
        "organisation_number_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The organisation number[ {value}] has the wrong length or check digit.",
            "Correct the customer's organisation number in Moment. Bilag then transfers the customer again automatically.",
        ),
        nb=(
            "Organisasjonsnummeret[ {value}] har feil lengde eller kontrollsiffer.",
            "Rett organisasjonsnummeret på kunden i Moment. Bilag overfører deretter kunden på nytt automatisk.",
        ),
    ),
    Entry(
        "country_code_unknown",
        PERMANENT,
        MOMENT,
        en=(
            "The country code[ {value}] of the customer is not valid.",
            "Select the customer's country in Moment. Bilag then transfers the customer again automatically.",
        ),
        nb=(
            "Landkoden[ {value}] på kunden er ikke gyldig.",
            "Velg land på kunden i Moment. Bilag overfører deretter kunden på nytt automatisk.",
        ),
    ),
    Entry(
        "email_invalid",
        PERMANENT,
        MOMENT,
        en=(
            "The email address[ {value}] of the customer is not valid.",
            "Correct the email address in Moment. Bilag then transfers the customer again automatically.",
        ),
        nb=(
            "E-postadressen[ {value}] på kunden er ikke gyldig.",
            "Rett e-postadressen i Moment. Bilag overfører deretter kunden på nytt automatisk.",
        ),
    ),
)

UNITS = (
    Entry(
        "org_unit_not_used",
        CONFIGURATION,
        BILAG,
        en=(
            "[Organisational unit {unit}|The organisational unit][ ({unit_name})] is not in use in <system>.",
            "Select another unit for projects or departments in the setup, or ask the accountant to activate the unit in <system>.",
        ),
        nb=(
            "[Organisasjonsenhet {unit}|Organisasjonsenheten][ ({unit_name})] er ikke i bruk i <system>.",
            "Velg en annen enhet for prosjekt eller avdeling i oppsettet, eller be regnskapsføreren aktivere enheten i <system>.",
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
            "Open the project or department in <system>, then retry.",
        ),
        nb=(
            "[Verdien {value}|Verdien] er avsluttet i [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})].",
            "Åpne prosjektet eller avdelingen i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "department_without_number",
        PERMANENT,
        MOMENT,
        en=(
            "[Department {department}|The department] has no number, and the setup sends departments to <system>.",
            "Enter the department's number in the external system in Moment, then retry.",
        ),
        nb=(
            "[Avdeling {department}|Avdelingen] har ikke noe nummer, og oppsettet sender avdelinger til <system>.",
            "Legg inn avdelingens nummer i eksternt system i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "project_without_number",
        PERMANENT,
        MOMENT,
        en=(
            "[Project {project}|The project] has no number, and the setup sends projects to <system>.",
            "Give the project a number in Moment, then retry.",
        ),
        nb=(
            "[Prosjekt {project}|Prosjektet] har ikke noe nummer, og oppsettet sender prosjekter til <system>.",
            "Gi prosjektet et nummer i Moment, og prøv igjen.",
        ),
    ),
    Entry(
        "org_unit_required",
        PERMANENT,
        MOMENT,
        en=(
            "[Account {account}|The account] requires a value in [organisational unit {unit}|the organisational unit][ ({unit_name})].",
            "Select a project or department on the line in Moment, or remove the requirement from the account in <system>, then retry.",
        ),
        nb=(
            "[Konto {account}|Kontoen] krever en verdi i [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})].",
            "Velg prosjekt eller avdeling på linjen i Moment, eller fjern kravet på kontoen i <system>, og prøv igjen.",
        ),
    ),
    Entry(
        "org_unit_not_integer",
        PERMANENT,
        MOMENT,
        en=(
            "[Number {value}|The number] cannot be used in [organisational unit {unit}|the organisational unit][ ({unit_name})], which accepts whole numbers from 1 to 2147483647.",
            "Change it to a whole number in Moment, or select a unit that accepts text in the setup, then retry.",
        ),
        nb=(
            "[Nummer {value}|Nummeret] kan ikke brukes i [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})], som godtar hele tall fra 1 til 2147483647.",
            "Endre det til et helt tall i Moment, eller velg en enhet som godtar tekst, i oppsettet, og prøv igjen.",
        ),
    ),
    Entry(
        "org_unit_too_long",
        PERMANENT,
        MOMENT,
        en=(
            "[Number {value}|The number] is too long for [organisational unit {unit}|the organisational unit][ ({unit_name})][, which accepts at most {max_length} characters].",
            "Give it a shorter number in Moment, then retry. Bilag never shortens a number.",
        ),
        nb=(
            "[Nummer {value}|Nummeret] er for langt for [organisasjonsenhet {unit}|organisasjonsenheten][ ({unit_name})][, som godtar høyst {max_length} tegn].",
            "Gi det et kortere nummer i Moment, og prøv igjen. Bilag forkorter aldri et nummer.",
        ),
    ),
    Entry(
        "project_number_has_dot",
        PERMANENT,
        MOMENT,
        en=(
            "[Project number {value}|The project number] contains a dot. <System> reads it as a sub-project and rejects it.",
            "Change the project number in Moment to one without a dot, for example with a hyphen, then retry.",
        ),
        nb=(
            "[Prosjektnummer {value}|Prosjektnummeret] inneholder punktum. <System> tolker det som et delprosjekt og avviser det.",
            "Endre prosjektnummeret i Moment til et uten punktum, for eksempel med bindestrek, og prøv igjen.",
        ),
    ),
    Entry(
        "project_not_ready",
        TRANSIENT,
        MOMENT,
        en=(
            "The transfer is on hold because [project {project}|its project] could not be transferred.[ Reason: {cause}]",
            "Correct the project first. Bilag then continues the transfer automatically.",
        ),
        nb=(
            "Overføringen er satt på vent fordi [prosjekt {project}|prosjektet] ikke kunne overføres.[ Årsak: {cause}]",
            "Rett prosjektet først. Bilag fortsetter deretter overføringen automatisk.",
        ),
    ),
    Entry(
        "number_has_another_owner",
        PERMANENT,
        MOMENT,
        en=(
            "[Number {number}|The number] belongs to[ {name}|another customer or project] in Moment now. In <system> it belongs to[ {before}|the earlier one].",
            "If the number is to belong to the new one, retry: Bilag renames it in <system>, where its earlier vouchers stay under it. Otherwise give the new one another number in Moment.",
        ),
        nb=(
            "[Nummer {number}|Nummeret] tilhører nå[ {name}|en annen kunde eller et annet prosjekt] i Moment. I <system> tilhører det[ {before}|den forrige].",
            "Skal nummeret tilhøre den nye, prøver du igjen: Bilag endrer navnet i <system>, og de tidligere bilagene blir stående på det. Ellers gir du den nye et annet nummer i Moment.",
        ),
    ),
    Entry(
        "number_collision",
        PERMANENT,
        MOMENT,
        en=(
            "[Numbers {number} and {other}|Two numbers] in Moment become the same value[ {value}] in <system>.",
            "Change one of the two numbers in Moment, then retry. <System> ignores leading zeros.",
        ),
        nb=(
            "[Numrene {number} og {other}|To numre] i Moment blir samme verdi[ {value}] i <system>.",
            "Endre ett av de to numrene i Moment, og prøv igjen. <System> ser bort fra nuller foran.",
        ),
    ),
)

MASTER_CODES = (*CUSTOMERS, *UNITS)
