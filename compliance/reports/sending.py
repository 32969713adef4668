"""Sending reports: the mails of a written report, made once for each recipient, with what that person may see by then."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from email.mime.image import MIMEImage
from email.utils import make_msgid
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext_noop

from compliance.language import Bilingual, language_of
from compliance.models import ChangeType, Mail, RunState, Sending, SendingState
from compliance.notices.writing import write_change
from compliance.reports.catalog import REPORTS
from compliance.reports.columns import desk_link, workspace_link
from compliance.reports.formats import FORMATS, TooManyRows, write_report
from compliance.reports.formats.paper import chart_picture
from compliance.reports.links import address_of, link_for
from compliance.reports.periods import Period
from compliance.reports.presenting import ShownReport, show
from compliance.reports.readers import may_receive, sight_within
from compliance.reports.shown import shown_period
from compliance.reports.written import stored
from compliance.templating.rendering import TemplateRefused
from compliance.typesetting.pdf import NotSet
from registry.models import User

logger = logging.getLogger(__name__)

AT_ONCE = 200
# With more rows, the files of the rows are not tried as attachments: writing them would hold up the other mails.
MOST_ROWS_ATTACHED = 50_000
# Stored in English, and translated where they are shown.
_NOT_ALLOWED = gettext_noop("may not read this report any more")
_NO_ADDRESS = gettext_noop("has no e-mail address")
_UNCHANGED = gettext_noop("nothing changed")
_STOPPED = gettext_noop("the subscription is paused or has ended")
_HEADING = Bilingual("{title}, {period}", "{title}（{period}）")
_NOT_SET = Bilingual(
    "The report could not be written as {format}; its rows are in the other formats.",
    "报告未能生成为{format}，内容见其他格式。",
)
_FAILED = Bilingual("{title}, {period}: the report could not be written", "{title}（{period}）：报告未能生成")


def prepare_mails() -> int:
    """
    Make the mails of the sendings whose report is written or has failed, and return how many sendings there were. One that
    cannot be prepared is marked as failed, and keeps no other from its mails.
    """
    done = (RunState.WRITTEN, RunState.FAILED, RunState.DELETED)
    waiting = Sending.objects.filter(state=SendingState.WAITING, run__state__in=done).order_by("pk")
    return sum(_prepare_alone(key) for key in waiting.values_list("pk", flat=True)[:AT_ONCE])


def _prepare_alone(key: int) -> bool:
    try:
        return _prepare(key)
    except DatabaseError:
        logger.exception("The sending %s is prepared later.", key)
    except Exception as error:
        logger.exception("The sending %s cannot be prepared.", key)
        left_out = [["", f"{type(error).__name__}: {error}"[:200]]]
        Sending.objects.filter(pk=key).update(state=SendingState.FAILED, left_out=left_out)
    return False


def _prepare(key: int) -> bool:
    """Make the mails of a sending, once: to its recipients, or, of a report that failed, to its owner."""
    rows = Sending.objects.select_related("run", "subscription__owner", "subscription__organization")
    sending = rows.get(pk=key)
    is_written = sending.run.state == RunState.WRITTEN
    # Counting what each may see can take long, so it is done before the row is locked; the figures are kept.
    reasons = {user: _reason_against(user, sending) for user in _recipients(sending)} if is_written else {}
    with transaction.atomic():
        locked = Sending.objects.filter(pk=key, state=SendingState.WAITING).select_for_update(skip_locked=True).first()
        if locked is None:
            return False
        locked.state = SendingState.SENDING if is_written else SendingState.FAILED
        locked.left_out = [[user.username, why] for user, why in reasons.items() if why]
        locked.save(update_fields=["state", "left_out"])
        for user in (user for user, why in reasons.items() if not why):
            Mail.objects.get_or_create(user=user, sending=sending, is_failure=False)
        owner = sending.subscription.owner
        if may_receive(owner, sending.subscription):
            if not is_written:
                Mail.objects.get_or_create(user=owner, sending=sending, is_failure=True)
            else:
                _tell_webhooks(sending)
    return True


def _recipients(sending: Sending) -> list[User]:
    return list(sending.subscription.recipients.order_by("pk"))


def _reason_against(user: User, sending: Sending) -> str:
    """Return why a recipient gets no mail; empty if there is no reason."""
    if not _is_wanted(sending):
        return _STOPPED
    if not may_receive(user, sending.subscription):
        return _NOT_ALLOWED
    if not user.email:
        return _NO_ADDRESS
    if sending.subscription.only_if_changed and not sending.is_extra and not _shown(sending, user).has_changed:
        return _UNCHANGED
    return ""


def _is_wanted(sending: Sending) -> bool:
    """Return whether a report is still to be sent: the subscription has not ended, and is not paused."""
    subscription = sending.subscription
    return subscription.ended_at is None and (sending.is_extra or not subscription.is_paused)


def _tell_webhooks(sending: Sending) -> None:
    """Tell the webhooks of the owner that the report of a subscription is there."""
    run = sending.run
    data = {
        "report": run.report,
        "run": str(run.uid),
        "ends_at": run.ends_at.isoformat(),
        "subscription": str(sending.subscription.uid),
    }
    write_change(ChangeType.REPORT, data, at=sending.created_at, user=sending.subscription.owner)


def _shown(sending: Sending, user: User) -> ShownReport:
    subscription = sending.subscription
    sight = sight_within(user, subscription.organization)
    organization = subscription.organization
    link_of = desk_link if organization is None else partial(workspace_link, organization=organization)
    return show(stored(sending.run, sight), subscription.language, link_of)


def message_of(mail: Mail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives | None:
    """
    Return the mail with a report: its summary and its first chart in the body, the formats attached, or as links where they
    would be too large. None if the person may not read the report any more.
    """
    sending = Sending.objects.select_related("run", "subscription__organization", "subscription__owner").get(
        pk=mail.sending_id
    )
    if mail.is_failure:
        return _message_of_failure(mail, sending, connection)
    is_recipient = sending.subscription.recipients.filter(pk=mail.user_id).exists()
    if not is_recipient or not _is_wanted(sending) or not may_receive(mail.user, sending.subscription):
        return None
    if sending.run.state != RunState.WRITTEN:
        return None
    shown = _shown(sending, mail.user)
    files = _files(shown, sending, mail.user)
    picture = _picture(shown)
    content_id = make_msgid(domain="registry")
    context = {
        "shown": shown,
        "picture": content_id[1:-1] if picture else "",
        "links": files.links,
        "notes": files.notes,
        "days": settings.REPORT_LINK_DAYS,
        "is_chinese": shown.language == "zh",
        "language": shown.language,
    }
    heading = _HEADING.filled(shown.language, {"title": shown.title, "period": shown.period})
    message = _message(mail, heading, "report", context, connection)
    if picture:
        message.mixed_subtype = "related"
        message.attach(_inline(picture, content_id))
    for name, content, media_type in files.attached:
        message.attach(name, content, media_type)
    return message


def _message_of_failure(mail: Mail, sending: Sending, connection: BaseEmailBackend | None) -> EmailMultiAlternatives:
    """Return the mail that tells the owner that a report could not be written."""
    subscription, run = sending.subscription, sending.run
    language = language_of(subscription.language)
    values = {
        "title": REPORTS[run.report].title.in_(language),
        "period": shown_period(Period(run.begins_at, run.ends_at)),
    }
    context = {"is_chinese": language == "zh", "language": language, "error": run.error, **values}
    return _message(mail, _FAILED.filled(language, values), "report_failed", context, connection)


def _message(
    mail: Mail, heading: str, template: str, context: dict[str, Any], connection: BaseEmailBackend | None
) -> EmailMultiAlternatives:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    message = EmailMultiAlternatives(
        " ".join(heading.split()),
        render_to_string(f"compliance/mail/{template}.txt", context),
        to=[mail.user.email],
        connection=connection,
        headers={"Message-ID": f"<{mail.uid}@{host}>"},
    )
    message.attach_alternative(render_to_string(f"compliance/mail/{template}.html", context), "text/html")
    return message


@dataclass(slots=True)
class _Files:
    """What a mail brings: attachments (name, content, media type), links (title, address), and remarks on what is missing."""

    attached: list[tuple[str, bytes, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _files(shown: ShownReport, sending: Sending, user: User) -> _Files:
    """Attach what stays below the limit together; of the rest, give links. A format that fails is noted."""
    files, left = _Files(), settings.REPORT_ATTACHMENTS_MB * 1024**2
    for name in sending.subscription.formats:
        format = FORMATS[name]
        if name != "pdf" and sending.run.row_count > MOST_ROWS_ATTACHED:
            files.links.append((format.title.in_(shown.language), address_of(link_for(user, sending), name)))
            continue
        try:
            content = _written(shown, name)
        except (TooManyRows, TemplateRefused) as error:
            files.notes.append(error.text.in_(shown.language))
            continue
        except NotSet:
            logger.exception("The report run %s could not be set as %s.", sending.run.uid, name)
            files.notes.append(_NOT_SET.filled(shown.language, {"format": format.title.in_(shown.language)}))
            continue
        if len(content) <= left:
            left -= len(content)
            files.attached.append((f"{shown.filename}.{name}", content, format.media_type.partition(";")[0]))
        else:
            files.links.append((format.title.in_(shown.language), address_of(link_for(user, sending), name)))
    return files


def _written(shown: ShownReport, name: str) -> bytes:
    out = BytesIO()
    write_report(shown, name, out)
    return out.getvalue()


def _picture(shown: ShownReport) -> bytes | None:
    try:
        return chart_picture(shown)
    except NotSet:
        logger.exception("The chart of %s could not be drawn.", shown.report.name)
        return None


def _inline(picture: bytes, content_id: str) -> MIMEImage:
    image = MIMEImage(picture, "png")
    image.add_header("Content-ID", content_id)
    image.add_header("Content-Disposition", "inline", filename="chart.png")
    return image
