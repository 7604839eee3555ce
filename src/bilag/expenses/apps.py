"""The Django app."""

from django.apps import AppConfig


class ExpensesConfig(AppConfig):
    """Expense lines, their imports and jobs."""

    name = "bilag.expenses"
    label = "expenses"
