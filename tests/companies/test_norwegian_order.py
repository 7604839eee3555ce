"""Names in Norwegian order: the database and Python sort alike."""

import pytest

NAMES = (
    "Åmot AS", "Ærlig AS", "østre AS", "Aas AS", "AAS as", "aAs", "Éclair AS", "Ödegård", "Müller & Sønn", "Straße 1",
    "Ælde/Øst-Åsen", "Lady Gaga", "Zeta 007", "", " Dal", "Ñandú", "Łódź",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_python_has_the_key_of_the_database(database: None, name: str) -> None:
    from django.db import connection

    from bilag.companies.norwegian_order import key_of, sort_key

    with connection.cursor() as cursor:
        cursor.execute(f"select {sort_key('%s::text')}", [name] * sort_key("%s").count("%s"))
        assert cursor.fetchone() == (key_of(name),)


def test_the_last_letters_come_last() -> None:
    from bilag.companies.norwegian_order import key_of

    assert sorted(["Aas", "Åmot", "Ørn", "Ære", "Zeta", "abel"], key=key_of) == [
        "abel",
        "Zeta",
        "Ære",
        "Ørn",
        "Åmot",
        "Aas",
    ]
