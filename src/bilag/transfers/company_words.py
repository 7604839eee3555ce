"""Words by which the list of transfers is searched, apart for each company: an index has them, and a search names them."""

from django.db import models


class OfCompany(models.Func):
    """Words (`tsvector`) or a query for them (`tsquery`), each word behind its company's id: "'17/nordlys' '17/eiendom'".

    An index of plain words has those of all companies. To find the beginning of a word, PostgreSQL reads every row of that index
    that has it, so that a search in one company took longer with each other company. `kind` is the type of the first expression;
    the second is the company's id. PostgreSQL writes each word in quotes behind a blank, unless it is the first, and no word has a
    blank in it.
    """

    arg_joiner = "::text, ' ''', ' ''' || "
    template = "(replace(' ' || %(expressions)s::text || '/')::%(kind)s)"
