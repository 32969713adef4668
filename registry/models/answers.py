"""Answers that are kept for a day, so that a request that is sent again changes nothing twice."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """The answer to a request with an Idempotency-Key. It is written in the transaction of what the request changed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # SHA-256 of the key, with which `body` is encrypted: an answer may hold a token that is shown once.
    key = models.CharField(max_length=64)
    # SHA-256 of the method, the address and the body: another request must not use the key.
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="a_key_is_used_once_by_a_user")]

    def __str__(self) -> str:
        return self.key
