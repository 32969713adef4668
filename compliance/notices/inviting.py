"""Mails with invitations: sent from the rows themselves, tried again after a failure, never twice."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from compliance.language import Bilingual, language_of
from registry.membership.inviting import link_text
from registry.models import Invitation

logger = logging.getLogger(__name__)

BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1_440))
LEASE = timedelta(minutes=2)
AT_ONCE = 50
_TITLE = Bilingual("Invitation to the filings of {organization}", "邀请您加入{organization}的备案工作空间")


def send_invitations() -> int:
    """Send the invitations whose mail is due, and return how many were sent. A server that fails ends the run."""
    sent = 0
    while sent < AT_ONCE and (invitation := _leased()):
        if not _send(invitation):
            break
        sent += 1
    return sent


@transaction.atomic
def _leased() -> Invitation | None:
    """Take the next invitation, so that no other worker sends it as well: its mail is due again after the lease."""
    due = Invitation.objects.to_mail().select_related("organization", "invited_by").order_by("mail_due_at", "pk")
    invitation = due.select_for_update(skip_locked=True, of=("self",)).first()
    if invitation:
        invitation.mail_due_at, invitation.mail_attempts = timezone.now() + LEASE, invitation.mail_attempts + 1
        invitation.save(update_fields=["mail_due_at", "mail_attempts"])
    return invitation


def _send(invitation: Invitation) -> bool:
    rows = Invitation.objects.filter(pk=invitation.pk)
    try:
        message_of(invitation).send()
    except (SMTPException, OSError) as error:
        logger.warning("The invitation %s was not mailed: %s", invitation.uid, error)
        wait = BACK_OFF[min(invitation.mail_attempts, len(BACK_OFF)) - 1]
        rows.update(mail_due_at=timezone.now() + wait, mail_error=str(error)[:300])
        return False
    rows.update(mailed_at=timezone.now(), mail_error="")
    return True


def message_of(invitation: Invitation) -> EmailMultiAlternatives:
    """Return the mail with the link of an invitation, in its language, as text and HTML."""
    language = language_of(invitation.language)
    organization = invitation.organization.name
    context = {
        "language": language,
        "is_chinese": language == "zh",
        "organization": organization,
        "by": invitation.invited_by.get_full_name() or invitation.invited_by.username,
        "role": invitation.role,
        "ends_at": timezone.localtime(invitation.ends_at).strftime("%Y-%m-%d %H:%M"),
        "url": f"{settings.BASE_URL}{reverse('workspace:invitation', args=[link_text(invitation)])}",
    }
    title = " ".join(_TITLE.filled(language, {"organization": organization}).split())
    message = EmailMultiAlternatives(
        title, render_to_string("compliance/mail/invitation.txt", context), to=[invitation.email]
    )
    message.attach_alternative(render_to_string("compliance/mail/invitation.html", context), "text/html")
    return message
