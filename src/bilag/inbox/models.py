"""Who handles a cause, and until when it is snoozed. Comments about it are events."""

from django.db import models

from bilag.companies.models import Company
from bilag.members.models import User


class CauseHandling(models.Model):
    """How members handle a cause. It outlives the cause: a cause that returns is assigned to the same member."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="+", db_index=False)
    cause = models.CharField(max_length=16)
    """What names the cause in addresses (`bilag.inbox.open_problems.cause_of`)."""
    assigned_to = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    snoozed_until = models.DateTimeField(null=True)
    snoozed_count = models.IntegerField(default=0)
    """How many objects the cause had when it was snoozed. With more it is shown again."""
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "cause"], name="one_handling_per_cause")]

    def __str__(self) -> str:
        return f"{self.cause} of {self.company_id}"
