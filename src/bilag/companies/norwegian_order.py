"""Sort names as a Norwegian reader expects: Æ, Ø, Å last, Aa as Å, ignoring case.

The embedded PostgreSQL has no ICU, and the server of `DATABASE_URL` may have any locale, so a collation cannot be relied on.
Each name becomes a key whose bytes are in the right order. In ASCII, `{`, `|` and `}` follow z.
"""

from string import ascii_lowercase, ascii_uppercase

_LETTERS = {
    **dict.fromkeys("ÆæÄä", "{"),
    **dict.fromkeys("ØøÖö", "|"),
    **dict.fromkeys("Åå", "}"),
    **dict.fromkeys("ÁáÀàÂâÃã", "a"),
    **dict.fromkeys("ÉéÈèÊêËë", "e"),
    **dict.fromkeys("ÍíÌìÎîÏï", "i"),
    **dict.fromkeys("ÓóÒòÔôÕõ", "o"),
    **dict.fromkeys("ÚúÙùÛû", "u"),
    **dict.fromkeys("ÜüÝý", "y"),
    **dict.fromkeys("Çç", "c"),
    **dict.fromkeys("Ññ", "n"),
}
_TABLE = str.maketrans(dict(zip(ascii_uppercase, ascii_lowercase, strict=True)) | _LETTERS)


def key_of(text: str) -> str:
    """Return the same key of a text that is not in the database."""
    return text.translate(_TABLE).replace("aa", "}")


def sort_key(expression: str) -> str:
    """Return the SQL of the key of a text expression. Equal but for case or accents, two texts have one key."""
    lower = f'lower({expression} collate "C")'  # collate "C" lowers A to Z only, whatever the server's locale
    translated = f"translate({lower}, '{''.join(_LETTERS)}', '{''.join(_LETTERS.values())}')"
    # Most names are ASCII, and `translate` is slowest for letters outside its list.
    letters = f"case when octet_length({expression}) = char_length({expression}) then {lower} else {translated} end"
    return f"""replace({letters}, 'aa', '}}') collate "C\""""
