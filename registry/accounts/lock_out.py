"""What is done when too many passwords were tried: it is logged, and told to the person and to the administrators, once."""

from __future__ import annotations

import hashlib
import logging

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from registry.models import User
from registry.signals import account_locked

logger = logging.getLogger(__name__)
# One account is told of once in so many seconds, however long it is tried.
PAUSE = 3600


def note_failure(username: str) -> None:
    """Count a wrong password of an account, to tell later whether the account or only an address was tried too often."""
    key = _key("wrong", username)
    cache.add(key, 0, timeout=PAUSE)
    cache.incr(key)


def tell_of(request: HttpRequest, username: str) -> None:
    """Tell of an account for which too many passwords were tried; an address that tried too many accounts is only logged."""
    address = get_adapter(request).get_client_ip(request)
    if cache.get(_key("wrong", username), 0) < _most_of_an_account():
        logger.warning("Too many passwords were tried from %s.", address)
        return
    if not cache.add(_key("locked-out", username), True, timeout=PAUSE):
        return
    user = User.objects.filter(username__iexact=username, is_active=True).first()
    logger.warning("Too many passwords were tried for user %s from %s.", user.pk if user else "(unknown)", address)
    if user is not None:
        account_locked.send(sender=User, user=user, address=address)
        get_adapter(request).send_notification_mail("account/email/locked_out", user, {"address": address})


def _most_of_an_account() -> int:
    rates = settings.ACCOUNT_RATE_LIMITS["login_failed"].split(",")
    return min((int(rate.split("/")[0]) for rate in rates if rate.strip().endswith("/key")), default=0)


def _key(what: str, username: str) -> str:
    return f"{what}:{hashlib.sha256(username.casefold().encode()).hexdigest()}"
