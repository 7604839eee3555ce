"""What a rendered text must not contain: internal names, the other language, and the wordings that were replaced.

The lists follow `../shared/wording.md`: its columns "now" and "nå", applied to their kind.
"""

import re
from collections.abc import Iterator

SECTIONS = (
    "company|moment|platform|azets|tryton|export|dimensions|expenses|accrual|accrued_income|rounding|retention|notify"
)
INTERNAL = {
    "snake_case name": r"(?<![\w/.@-])[a-z]+[0-9]*(?:_[a-z0-9]+)+(?![\w@])",
    "dotted key": rf"(?<![\w/.@-])(?:{SECTIONS})\.[a-z][a-z_.]*",
    "Tryton model": r"(?<![\w/.@-])(?:account|party|ir|analytic_account|currency|country)\.[a-z_.]+",
    "place in a JSON body": r"\w+\[\d+\]",
    "camelCase name": r"(?<![\w/.@-])[a-z]+(?:[A-Z][a-z]+)+(?!\w)",
    "Errno": r"Errno",
    "pydantic": r"[Vv]alue error|Input should be|type=\w+|input_value",
    "Python repr": r"<class|<[\w.]+ object|\bDecimal\(|\bdatetime\.|\{['\"]|\[['\"]|['\"]\]|\b(?:True|False)\b",
    "None for nothing": r"[:=(,] ?None\b|\b(?:is|to|of|på|er) None\b",
    "exception name": r"\b[A-Z]\w*(?:Error|Exception)\b",
    "ISO date": r"\b\d{4}-\d{2}-\d{2}(?!\d)",
    "hole": r"\{\w*\}|\?\?|\[\||\|\]",
}
ENGLISH_IN_NORWEGIAN = (
    "the|and|is|are|was|were|with|not|this|that|from|has|have|had|when|which|who|whose|your|you|it|its|been|could|cannot|"
    "does|did|should|there|their|other|an|any|each|invoice|invoices|voucher|vouchers|account|accounts|customer|"
    "customers|retry|transfer|transferred|transfers|posted|posting|amount|expense|expenses|missing|failed|unknown|"
    "waiting|needs|attention|done|skipped|queued|sending|credit note|debit note|setup|settings|save|saved|company"
)
NORWEGIAN_IN_ENGLISH = (
    "og|er|ikke|som|til|på|av|ble|blir|har|eller|faktura|fakturaen|kunde|kunden|konto|kontoen|mva|regnskap|regnskapet|"
    "utlegg|utlegget|prosjektet|avdeling|krever|vises|mangler|oppsett|oppsettet|bilaget|kreditnota"
)
REPLACED = {
    "en": (
        r"(?:waits?|needs?) (?:for )?a person|for a person|by (?:itself|themselves|hand)|\banew\b|\bmend(?:s|ed)?\b|"
        r"\bis told\b|\bare told\b|\bwas told\b|\btell (?:whoever|azets|moment)|taken back|takes? (?:it |that )?back|"
        r"\btake out\b|knows no such|there is no such|ask moment|asked moment|moment was asked|what goes|who is told|every try|"
        r"\btries\b|try the chosen|see to this|look at it|it may\b|make the token|e-mails?\b|"
        r"not transfer this|there twice|sums including|shares by|key to moment|nothing chosen|blank =|and never shown|"
        r"\bhub\b|own words|the other system says|\bit is of\b|stays? in moment|came and waits|goes on\b|go on by|"
        r"a fault of its own|cannot be understood|the chosen\b|\bmet a fault\b|answers and takes|takes the key|"
        r"^\s*(?:came|last day)\s*$|(?-i:Remember Me)"
    ),
    "nb": (
        r"(?:venter på|trenger) en person|av seg selv|for hånd|blank =|blank betyr|oppgitt, og vises|er ventet|"
        r"summerer seg ikke|ikke er til å forstå|\btar (?:ikke|imot)\b|det andre systemet sier|egne ord|"
        r"\bselskap\w*|\bforbindelse\w*|\bsjekk\w*|får beskjed|fikk beskjed|\btilbakefør\w*|\bkom fram\b|tofaktor\w*|"
        r"sikkerhetsnøk\w*|\bhub\w*|\bletters?\b|\bbrev(?:et|ene)?\b|blir i moment|det er ordnet|overse(?:s|tt|r)|"
        r"i drift\b|fordeles etter|er du sikker|\btjener(?:en)?\b|hva ville|slik skjemaet|hvem får|\bepost\w*|"
        r"går (?:bare|ikke)|alt annet går|venter på det\b|send alt|valgte dimensjoner|nøkkel til moment|passer i sin|"
        r"har ingen (?:brukbar )?valutakurs|valuta og har ingen|under sin overordnede|rollen din ser|du blir med som|"
        r"glemt ditt|bedt om tilbakestille|^\s*importer\s*$|(?-i:Endre Passord)"
    ),
}
OTHER_LANGUAGE = {"en": NORWEGIAN_IN_ENGLISH, "nb": ENGLISH_IN_NORWEGIAN}
RULES = [(name, re.compile(pattern)) for name, pattern in INTERNAL.items()]
LANGUAGE_RULES = {
    language: [
        ("other language", re.compile(rf"(?<![\w-])(?:{OTHER_LANGUAGE[language]})(?![\w-])", re.IGNORECASE)),
        ("replaced wording", re.compile(REPLACED[language], re.IGNORECASE)),
    ]
    for language in ("en", "nb")
}

TYPED = (
    r"\[[a-z_|]{8,}\]|bilag [a-z][^\n]*|Example:[^\n]*|--(?:from|to|since|state|reason)[ =]\S+|--month \S+|--hub|"
    r"such as \d\d\d\d-\d\d(?:-\d\d)?|BILAG_\w+|DATABASE_URL|EMAIL_URL|docs/\S+\.md|-d '[^']*'"
)
"""What a person types at a command line: choices of an option, examples, the form of a date, variables."""


def findings(text: str, language: str, *, allowed: str = "") -> Iterator[str]:
    """Yield what is wrong with a text. What matches the regular expression `allowed` is not looked at."""
    visible = re.sub(allowed, " … ", text) if allowed else text
    for name, pattern in [*RULES, *LANGUAGE_RULES[language]]:
        for found in pattern.finditer(visible):
            context = visible[max(0, found.start() - 40) : found.end() + 40]
            yield f"{name} {found[0]!r} in: …{' '.join(context.split())}…"
