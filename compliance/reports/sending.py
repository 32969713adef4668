"""Sending reports: the mails of a written report, made once for each recipient, with what that person may see by then."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from email.mime.image import MIMEImage
from email.utils import make_msgid
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext_noop

from compliance.language import Bilingual, language_of
from compliance.models import ChangeType, Mail, RunState, Sending, SendingState
from compliance.notices.writing import write_change
from compliance.reports.catalog import REPORTS
from compliance.reports.formats import FORMATS, TooManyRows, write_report
from compliance.reports.formats.paper import chart_picture
from compliance.reports.links import address_of, link_for
from compliance.reports.periods import Period
from compliance.reports.presenting import ShownReport, show, shown_period
from compliance.reports.readers import may_receive, sight_within
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
_HEADING = Bilingual("{title}, {period}", "{title}（{period}）")
_NOT_SET = Bilingual(
    "The report could not be written as {format}; its rows are in the other formats.",
    "报告未能生成为{format}，内容见其他格式。",
)
_FAILED = Bilingual("{title}, {period}: the report could not be written", "{title}（{period}）：报告未能生成")


def prepare_mails() -> int:
    """Make the mails of the sendings whose report is written or has failed, and return how many sendings there were."""
    done = (RunState.WRITTEN, RunState.FAILED, RunState.DELETED)
    waiting = Sending.objects.filter(state=SendingState.WAITING, run__state__in=done).order_by("pk")
    return sum(_prepare(key) for key in waiting.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _prepare(key: int) -> bool:
    """Make the mails of a sending, once: to its recipients, or, of a report that failed, to its owner."""
    rows = Sending.objects.filter(state=SendingState.WAITING).select_for_update(skip_locked=True, of=("self",))
    sending = rows.select_related("run", "subscription__owner", "subscription__organization").filter(pk=key).first()
    if sending is None:
        return False
    if sending.run.state != RunState.WRITTEN:
        sending.state = SendingState.FAILED
        Mail.objects.get_or_create(user=sending.subscription.owner, sending=sending)
    else:
        sending.state = SendingState.SENDING
        sending.left_out = _mail_to_recipients(sending)
        _tell_webhooks(sending)
    sending.save(update_fields=["state", "left_out"])
    return True


def _mail_to_recipients(sending: Sending) -> list[list[str]]:
    """Make a mail for each recipient who may have it; return who gets none, and why."""
    left_out = []
    for user in sending.subscription.recipients.order_by("pk"):
        if why := _reason_against(user, sending):
            left_out.append([user.username, why])
        else:
            Mail.objects.get_or_create(user=user, sending=sending)
    return left_out


def _reason_against(user: User, sending: Sending) -> str:
    if not may_receive(user, sending.subscription):
        return _NOT_ALLOWED
    if not user.email:
        return _NO_ADDRESS
    if sending.subscription.only_if_changed and not sending.is_extra and not _shown(sending, user).has_changed:
        return _UNCHANGED
    return ""


def _tell_webhooks(sending: Sending) -> None:
    """Tell the webhooks of the owner that the report of a subscription is there."""
    run = sending.run
    data = {
        "report": run.report,
        "run": str(run.uid),
        "ends_at": run.ends_at.isoformat(),
        "rows": run.row_count,
        "subscription": str(sending.subscription.uid),
    }
    write_change(ChangeType.REPORT, data, at=sending.created_at, user=sending.subscription.owner)


def _shown(sending: Sending, user: User) -> ShownReport:
    subscription = sending.subscription
    sight = sight_within(user, subscription.organization)
    return show(stored(sending.run, sight), subscription.language)


def message_of(mail: Mail, connection: BaseEmailBackend | None = None) -> EmailMultiAlternatives | None:
    """
    Return the mail with a report: its summary and its first chart in the body, the formats attached, or as links where they
    would be too large. None if the person may not read the report any more.
    """
    sending = Sending.objects.select_related("run", "subscription__organization", "subscription__owner").get(
        pk=mail.sending_id
    )
    if sending.state == SendingState.FAILED:
        return _message_of_failure(mail, sending, connection)
    if not may_receive(mail.user, sending.subscription) or sending.run.state != RunState.WRITTEN:
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
