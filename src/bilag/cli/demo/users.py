"""Users of the sample company, who can sign in to its pages. They exist only in the data folder of the demo."""

from bilag.companies.models import Company
from bilag.members.models import Membership, Role, User

PASSWORD = "Fjell-og-Vann-2026"  # noqa: S105 - printed at every start of the demo, used nowhere else
PEOPLE = {
    "kari@fjell.example": ("Kari Nordbø", Role.OWNER, False),
    "regnskap@fjell.example": ("Ingrid Dahl", Role.ACCOUNTANT, False),
    "leder@fjell.example": ("Odd Strand", Role.VIEWER, False),
    "drift@bilag.example": ("Drift", None, True),
}


def add_people() -> None:
    """Add an owner, an accountant and a viewer of each company, and an operator."""
    for email, (name, role, operator) in PEOPLE.items():
        user = User.objects.create_user(email, PASSWORD, name=name, is_operator=operator)
        if role is not None:
            Membership.objects.bulk_create(
                Membership(company=company, user=user, role=role) for company in Company.objects.all()
            )


def sign_in_words(address: str, slug: str) -> list[str]:
    """Return the lines that say how to sign in to the pages."""
    return [
        f"See the pages: {address}/c/{slug}/",
        "  sign in as kari@fjell.example (owner), regnskap@fjell.example (accountant), leder@fjell.example (viewer)",
        f"  or drift@bilag.example (operator), with the password {PASSWORD}",
    ]
