"""Events of a company. Attempts of its transfers are rows of their own."""

from django.db import models

from bilag.companies.models import Company


class Event(models.Model):
    """An event. It is never changed."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=40)
    """An `EventName`."""
    good = models.BooleanField(default=True)
    origin = models.CharField(max_length=300, blank=True)
    """Who or what caused it; empty for Bilag itself."""
    facts = models.JSONField(default=dict)
    problem = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "-at"], name="event_list"),
            models.Index(fields=["company", "-at", "-id"], condition=models.Q(good=False), name="event_bad"),
            # Comments and decisions about causes are few among many events.
            models.Index(
                fields=["company", "-at", "-id"], condition=models.Q(name__startswith="cause_"), name="event_of_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.company_id}"
