"""Mails to people: notices that are due are put together, sent from the outbox, and tried again after a failure."""

from __future__ import annotations

import logging
from datetime import timedelta
from http import HTTPStatus
from smtplib import SMTPException, SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q
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
LEASE = timedelta(minutes=5)
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60, 120, 240, 480, 960, 1_440))
AT_ONCE = 200
MOST_LISTED = 100
MOST_LETTERS = 5
_HEADING = Bilingual("{count} notices: {first} …", "{count} 条通知：{first} 等")


def make_mails() -> int:
    """Make a mail of the due notices of each person who got none within the pause, and return how many."""
    people = set(Notice.objects.to_mail().order_by().values_list("user", flat=True).distinct()[:1_000])
    notified = Mail.objects.filter(user__in=people, made_at__gt=timezone.now() - PAUSE).values_list("user", flat=True)
    return sum(_make_mail(person) for person in sorted(people - set(notified)))


@transaction.atomic
def _make_mail(person: int) -> bool:
    """Put the due notices of a person into one mail. Those of filings that the person may not see any more are left out."""
    user = User.objects.select_for_update().get(pk=person)
    notices = list(Notice.objects.to_mail().filter(user=user))
    visible = set(
        Filing.objects.visible_to(user).filter(pk__in=[n.filing_id for n in notices]).values_list("pk", flat=True)
    )
    notified = [notice.pk for notice in notices if notice.filing_id in visible and user.is_active and user.email]
    Notice.objects.filter(pk__in={notice.pk for notice in notices} - set(notified)).update(mail_due_at=None)
    if notified:
        Notice.objects.filter(pk__in=notified).update(mail=Mail.objects.create(user=user))
    return bool(notified)


def send_mails() -> int:
    """Send the mails that are due, over one connection. A server that does not answer ends the run."""
    sent, connection = 0, get_connection(fail_silently=False)
    try:
        while sent < AT_ONCE and (mail := _leased()):
            if not _send(mail, connection):
                break
            sent += 1
    finally:
        connection.close()
    return sent


def _to_send() -> object:
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=timezone.now())
    return Mail.objects.filter(free, sent_at__isnull=True, given_up_at__isnull=True, due_at__lte=timezone.now())


@transaction.atomic
def _leased() -> Mail | None:
    """Lease the next mail, so that no other worker sends it as well."""
    mail: Mail | None = _to_send().select_for_update(skip_locked=True).order_by("due_at", "id").first()  # type: ignore[attr-defined]
    if mail:
        mail.leased_until, mail.attempts = timezone.now() + LEASE, mail.attempts + 1
        mail.save(update_fields=["leased_until", "attempts"])
    return mail


def _send(mail: Mail, connection: object) -> bool:
    """Send a mail and write down what came of it; return whether the server can be asked for more."""
    try:
        message_of(mail, connection).send()
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


def message_of(mail: Mail, connection: object = None) -> EmailMultiAlternatives:
    """Return a mail as text and HTML, in the language of its reader, with the letters that it tells of as PDF."""
    choice = NoticeSettings.objects.filter(user=mail.user).first() or NoticeSettings()
    language = language_of(choice.language)
    notices = list(mail.notices.select_related("filing").order_by("id"))
    letters = _letters_of(notices)
    context = {
        "title": _heading(notices, language),
        "language": language,
        "is_chinese": language == "zh",
        "notices": [_listed(notice, mail.user, language) for notice in notices[:MOST_LISTED]],
        "more": max(len(notices) - MOST_LISTED, 0),
        "letters": [as_text(letter) for letter in letters] if len(notices) == 1 else [],
        "settings_url": _address(reverse("desk-notice-settings")) if mail.user.roles else "",
    }
    message = EmailMultiAlternatives(
        _heading(notices, language),
        render_to_string("compliance/mail/notices.txt", context),
        to=[mail.user.email],
        connection=connection,  # type: ignore[arg-type]
        headers={"Message-ID": f"<{mail.uid}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"},
    )
    message.attach_alternative(render_to_string("compliance/mail/notices.html", context), "text/html")
    for letter in letters:
        _attach(message, letter)
    return message


def _heading(notices: list[Notice], language: Language) -> str:
    first = title_of(notices[0].kind, notices[0].values, language) if notices else ""
    first = " ".join(first.split())
    if len(notices) == 1:
        return first
    return _HEADING.filled(language, {"count": len(notices), "first": first})


def _listed(notice: Notice, user: User, language: Language) -> dict[str, str]:
    url = _address(reverse("admin:compliance_filing_change", args=[notice.filing_id])) if user.roles else ""
    return {
        "title": title_of(notice.kind, notice.values, language),
        "service": str(notice.values.get("service", "")),
        "text": notice.text,
        "at": timezone.localtime(notice.at).strftime("%Y-%m-%d %H:%M"),
        "url": url,
    }


def _address(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def _letters_of(notices: list[Notice]) -> list[Letter]:
    numbers = [notice.letter for notice in notices if notice.letter][:MOST_LETTERS]
    rows = Letter.objects.filter(number__in=numbers).select_related("filing__applicant", "event")
    return list(rows.order_by("id"))


def _attach(message: EmailMultiAlternatives, letter: Letter) -> None:
    """Attach a letter. One that cannot be set is left out: its text is in the mail or on its page."""
    try:
        message.attach(f"{letter.number}.pdf", as_pdf(letter), "application/pdf")
    except NotSet:
        logger.exception("The letter %s could not be set.", letter)
