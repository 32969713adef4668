"""What is done when too many passwords were tried: it is logged, and told to the person and to the administrators, once."""

from __future__ import annotations

import hashlib
import logging

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from registry.models import User
from registry.signals import account_locked

logger = logging.getLogger(__name__)
# One account is told of once in so many seconds, however long it is tried.
PAUSE = 3600


def tell_of(request: HttpRequest, username: str) -> None:
    """Tell of an account for which, or of an address from which, too many passwords were tried."""
    address = get_adapter(request).get_client_ip(request)
    digest = hashlib.sha256(f"{username.casefold()}".encode()).hexdigest()
    if not cache.add(f"locked-out:{digest}", True, timeout=PAUSE):
        return
    user = User.objects.filter(username=username, is_active=True).first()
    logger.warning("Too many passwords were tried for user %s from %s.", user.pk if user else "(unknown)", address)
    if user is not None:
        account_locked.send(sender=User, user=user, address=address)
        get_adapter(request).send_notification_mail("account/email/locked_out", user, {"address": address})
