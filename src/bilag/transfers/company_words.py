"""The search index of the list of transfers: the words of each company apart."""

from django.db import models


class OfCompany(models.Func):
    """Words (`tsvector`) or a query for them (`tsquery`), each word prefixed with its company's id: "'17/nordlys'
    '17/eiendom'".

    An index of plain words mixes all companies: to find the beginning of a word, PostgreSQL would read every row of every
    company that has it, and each further company would slow down the others' searches. `kind` is the type of the first
    expression; the second is the company's id. PostgreSQL writes each word in quotes after a blank, except the first, and no
    word contains a blank.
    """

    arg_joiner = "::text, ' ''', ' ''' || "
    template = "(replace(' ' || %(expressions)s::text || '/')::%(kind)s)"
