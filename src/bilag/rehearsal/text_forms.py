"""What a text in the journal is made of: "Faktura 5001" is "Faktura {number}", and "{kind} {number}". Pure.

What a text tells is written as one string: the form, and after a line break the fields that the invoice has no value for. Such a
field may be in the form by which the text was made, and cannot be seen.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from bilag.posting.text_form import LONGEST_FORM, fields_of, fill, unpaired
from bilag.posting.texts import ELLIPSIS, one_line

SHORTEST = 3
"""A shorter value stands in many texts by chance. The invoice's number always counts."""
SHORTEST_CUT = 20
MOST_FORMS = 6
_FIRST_PLACE = 0xE000
"""Fields are characters for private use while a text is taken apart."""
_PLACES = re.compile(r"[\ue000-\ue0ff]")
_UNSEEN = "\n"


def told_by(text: str, values: Mapping[str, str | None]) -> list[str]:
    """Return what the text tells: each form by which these values of fields give it.

    Digits that belong to no field are replaced by #, so that texts of one habit have one form.
    """
    names = [*values]
    whole = _PLACES.sub(" ", one_line(text) or "")
    forms = [whole]
    for value, same in _known(values):
        nested = same == ["kind"] or any(other != value and other in value for other, _ in _known(values))
        forms = [
            made for form in forms for made in _replaced(form, value, [_place(names, one) for one in same], nested)
        ]
        forms = list(dict.fromkeys(forms))[:MOST_FORMS]
    unseen = [name for name in names if not values[name]]
    return [_written(form, names) + (_UNSEEN + ",".join(unseen) if unseen else "") for form in forms]


def _known(values: Mapping[str, str | None]) -> list[tuple[str, list[str]]]:
    """Return each value with the fields that have it, the longest first."""
    found: dict[str, list[str]] = {}
    for name, value in values.items():
        if value and (len(value) >= SHORTEST or name == "number"):
            found.setdefault(value, []).append(name)
    return sorted(found.items(), key=lambda one: -len(one[0]))


def _place(names: Sequence[str], name: str) -> str:
    return chr(_FIRST_PLACE + names.index(name))


def _replaced(form: str, value: str, places: Sequence[str], nested: bool) -> list[str]:
    """Return the form with the value replaced by each of its fields. `nested`: it may also be no field at all."""
    found = [re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", place, form) for place in places]
    if found[0] == form:
        return [_cut_end(form, value, places[0])]
    return [*found, form] if nested else found


def _cut_end(form: str, value: str, place: str) -> str:
    """Replace the beginning of `value` at the text's end, where the text was cut."""
    kept = form.removesuffix(ELLIPSIS).rstrip()
    for start in range(len(kept) - SHORTEST_CUT):
        if value.startswith(kept[start:]) and not _PLACES.search(kept[start:]):
            return f"{kept[:start]}{place}"
    return form


def _written(form: str, names: Sequence[str]) -> str:
    plain = re.sub(r"[\d{}]", "#", form)
    whole = _PLACES.sub(lambda place: f"{{{names[ord(place[0]) - _FIRST_PLACE]}}}", plain)
    return whole if len(whole) <= LONGEST_FORM else whole[: LONGEST_FORM - 1] + ELLIPSIS


def form_of(told: str) -> str:
    """Return the form that a text tells, without the fields that cannot be seen."""
    return told.partition(_UNSEEN)[0]


def explains(form: str, told: str, otherwise: str) -> bool:
    """Tell whether a text that tells this may have been made by the form, or by `otherwise` where the form leaves nothing."""
    seen, _, unseen = told.partition(_UNSEEN)
    if not unseen:
        return form == seen
    missing = unseen.split(",")
    shown = {name: f"{{{name}}}" for name in fields_of(form) if name not in missing}
    return (fill(form, shown) or otherwise) == seen


def may_be_set(form: str, fields: Sequence[str]) -> bool:
    """Tell whether the setup can have this form: it has no digits that nobody knows, and was not cut."""
    names = list(fields_of(form))
    known = all(name in fields for name in names)
    return known and not unpaired(form) and "#" not in form and ELLIPSIS not in form and bool(form.strip())


def plainest(forms: Iterable[str]) -> list[str]:
    """Return the forms that leave least to words of their own; unknown digits count most."""
    ranked = [(form.count("#"), len(re.sub(r"\{[^{}]*\}", "", form)), form) for form in forms]
    least = min(ranked, default=(0, 0, ""))[:2]
    return [form for *rank, form in ranked if tuple(rank) == least]
