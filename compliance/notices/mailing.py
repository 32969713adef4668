"""Mails to people: notices that are due are put together, sent from the outbox, and tried again after a failure."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from compliance.language import Bilingual, Language, language_of
from compliance.letters.printing import as_pdf, as_text
from compliance.models import Filing, Letter, Mail, Notice, NoticeSettings
from compliance.notices.wording import title_of
from compliance.typesetting.pdf import NotSet
from registry.models import User

logger = logging.getLogger(__name__)

# After a mail, somebody gets the next one after so long; what happens meanwhile is notified of together.
PAUSE = timedelta(minutes=5)
# Longer than one mail can take: five letters of twenty seconds each, and the server.
LEASE = timedelta(minutes=3)
# A run leaves the rest to the next one after so long.
LONGEST_RUN = timedelta(seconds=30)
# A server that did not answer is left alone for so long.
SERVER_PAUSE = timedelta(minutes=1)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60, 120, 240, 480, 960, 1_440))
MOST_LISTED = 100
# Makes the message of a mail; None if nothing is left that its reader may see.
MessageOf = Callable[[Mail, BaseEmailBackend | None], EmailMultiAlternatives | None]
MOST_LETTERS = 5
_HEADING = Bilingual("{count} notices: {first} …", "{count} 条通知：{first} 等")


def make_mails() -> int:
    """Make a mail of the due notices of each person who got none within the pause, and return how many."""
    people = set(Notice.objects.to_mail().order_by().values_list("user", flat=True).distinct()[:1_000])
    made = Mail.objects.filter(user__in=people, made_at__gt=timezone.now() - PAUSE, sending__isnull=True)
    notified = made.values_list("user", flat=True)
    return sum(_make_mail(person) for person in sorted(people - set(notified)))


@transaction.atomic
def _make_mail(person: int) -> bool:
    """Put the due notices of a person into one mail. Those of filings that the person may not see any more are left out."""
    user = User.objects.select_for_update(no_key=True).get(pk=person)
    notices = list(Notice.objects.to_mail().filter(user=user))
    visible = set(
        Filing.objects.visible_to(user).filter(pk__in=[n.filing_id for n in notices]).values_list("pk", flat=True)
    )
    notified = [notice.pk for notice in notices if notice.filing_id in visible and user.is_active and user.email]
    Notice.objects.filter(pk__in={notice.pk for notice in notices} - set(notified)).update(mail_due_at=None)
    if notified:
        Notice.objects.filter(pk__in=notified).update(mail=Mail.objects.create(user=user))
    return bool(notified)


def send_mails(message_of_report: MessageOf | None = None) -> int:
    """
    Send the mails that are due, over one connection, by one worker at a time. A server that does not answer ends the run,
    and all mails wait for a minute, so that no worker hangs on it one after the other.
    """
    sent, connection, until = 0, get_connection(fail_silently=False), timezone.now() + LONGEST_RUN
    if _unsent().filter(leased_until__gt=timezone.now()).exists():
        return 0
    try:
        while timezone.now() < until and (mail := _leased()):
            compose = message_of if mail.sending_id is None else message_of_report
            if not _send(mail, connection, compose or message_of):
                _unsent().filter(due_at__lt=timezone.now()).update(due_at=timezone.now() + SERVER_PAUSE)
                break
            sent += 1
    finally:
        connection.close()
    return sent


def _unsent() -> QuerySet[Mail]:
    return Mail.objects.filter(sent_at__isnull=True, given_up_at__isnull=True)


@transaction.atomic
def _leased() -> Mail | None:
    """Lease the next mail, so that no other worker sends it as well."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=timezone.now())
    # A mail that takes its workers with it never comes to `_after_failure`.
    _unsent().filter(free, attempts__gt=len(BACK_OFF)).update(
        given_up_at=timezone.now(), leased_until=None, error="The worker was stopped each time while it made this mail."
    )
    due = _unsent().filter(free, due_at__lte=timezone.now()).order_by("due_at", "id")
    mail = due.select_for_update(skip_locked=True).first()
    if mail:
        mail.leased_until, mail.attempts = timezone.now() + LEASE, mail.attempts + 1
        mail.save(update_fields=["leased_until", "attempts"])
    return mail


def _send(mail: Mail, connection: BaseEmailBackend, compose: MessageOf) -> bool:
    """Send a mail and write down what came of it; return whether the server can be asked for more."""
    try:
        message = compose(mail, connection)
        if message is None:
            return _give_up(mail, "Nothing is left that the reader may see.")
        connection.open()
        message.send()
    except SMTPRecipientsRefused as error:
        # What is refused for now (4xx, as by greylisting) is tried again.
        is_final = all(code >= HTTPStatus.INTERNAL_SERVER_ERROR for code, _text in error.recipients.values())
        return _after_failure(mail, error, is_final=is_final)
    except (SMTPException, OSError) as error:
        _after_failure(mail, error)
        return False
    except Exception as error:
        # A mail that cannot be made must not keep the others.
        logger.exception("Mail %s cannot be made.", mail.uid)
        return _after_failure(mail, error)
    Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), leased_until=None, error="")
    return True


def _give_up(mail: Mail, why: str) -> bool:
    Mail.objects.filter(pk=mail.pk).update(given_up_at=timezone.now(), leased_until=None, error=why)
    return True


def _after_failure(mail: Mail, error: Exception, *, is_final: bool = False) -> bool:
    logger.warning("Mail %s to %s was not sent: %s", mail.uid, mail.user, error)
    now = timezone.now()
    changes: dict[str, object] = {"error": str(error)[:300], "leased_until": None}
    if is_final or mail.attempts > len(BACK_OFF):
        changes["given_up_at"] = now
    else:
        changes["due_at"] = now + BACK_OFF[mail.attempts - 1]
    Mail.objects.filter(pk=mail.pk).update(**changes)
    return True


def message_of(mail: Mail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives | None:
    """Return a mail as text and HTML, in the language of its reader, with the letters that it tells of as PDF; None if there is
    nothing in it that its reader may still see.
    """
    choice = NoticeSettings.objects.filter(user=mail.user).first() or NoticeSettings()
    language = language_of(choice.language)
    notices = _still_visible(mail)
    if not notices:
        return None
    letters = _letters_of(notices)
    attached = [(letter, pdf) for letter in letters[:MOST_LETTERS] if (pdf := _pdf_of(letter))]
    others = [letter for letter in letters if letter not in [letter for letter, _pdf in attached]]
    context = {
        "title": _heading(notices, language),
        "language": language,
        "is_chinese": language == "zh",
        "notices": [_listed(notice, mail.user, language) for notice in notices[:MOST_LISTED]],
        "more": max(len(notices) - MOST_LISTED, 0),
        "letters": [as_text(letter) for letter in (letters if len(notices) == 1 else others)],
        "settings_url": _address(reverse("desk-notice-settings" if mail.user.roles else "workspace:notices")),
    }
    message = EmailMultiAlternatives(
        _heading(notices, language),
        render_to_string("compliance/mail/notices.txt", context),
        to=[mail.user.email],
        connection=connection,
        headers={"Message-ID": f"<{mail.uid}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"},
    )
    message.attach_alternative(render_to_string("compliance/mail/notices.html", context), "text/html")
    for letter, pdf in attached:
        message.attach(f"{letter.number}.pdf", pdf, "application/pdf")
    return message


def _still_visible(mail: Mail) -> list[Notice]:
    """Return the notices of a mail of filings that its reader may see now: a mail may have waited for days."""
    if not mail.user.is_active:
        return []
    visible = Filing.objects.visible_to(mail.user).filter(pk__in=mail.notices.values("filing"))
    return list(mail.notices.filter(filing__in=visible.values("pk")).select_related("filing__applicant").order_by("id"))


def _heading(notices: list[Notice], language: Language) -> str:
    first = title_of(notices[0].kind, notices[0].values, language) if notices else ""
    first = " ".join(first.split())
    if len(notices) == 1:
        return first
    return _HEADING.filled(language, {"count": len(notices), "first": first})


def _listed(notice: Notice, user: User, language: Language) -> dict[str, str]:
    url = _address(_path_of(notice, user))
    return {
        "title": title_of(notice.kind, notice.values, language),
        "service": str(notice.values.get("service", "")),
        "text": notice.text,
        "at": timezone.localtime(notice.at).strftime("%Y-%m-%d %H:%M"),
        "url": url,
    }


def _path_of(notice: Notice, user: User) -> str:
    """Return the page of a filing that somebody may see: in the workspace for its filers, at the desk for staff."""
    filing = notice.filing
    if filing.applicant_id in user.own_organizations:
        return reverse("workspace:filing", args=[filing.applicant.uid, filing.uid])
    return reverse("admin:compliance_filing_change", args=[filing.pk])


def _address(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _letters_of(notices: list[Notice]) -> list[Letter]:
    return list(Letter.objects.filter(number__in=[notice.letter for notice in notices if notice.letter]).order_by("id"))


def _pdf_of(letter: Letter) -> bytes | None:
    """Return the letter as PDF. Of one that cannot be set, the mail has the text."""
    try:
        return as_pdf(letter)
    except NotSet:
        logger.exception("The letter %s could not be set.", letter)
        return None
