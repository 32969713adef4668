"""Comments on a case among staff, and messages between staff and the applicant."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils import timezone

from compliance.casework.refusals import CommentRefused
from compliance.filings import workflow
from compliance.filings.permissions import refuse_unless_permitted
from compliance.models import Audience, Comment, Filing
from compliance.notices.kinds import MENTIONED, MESSAGE
from compliance.notices.raising import raise_notices
from compliance.notices.recipients import desk_of, filers_of, who_see
from registry.models import Membership, User

LONGEST = 4_000
# A name after @, as in “@lin.li”, but not the domain of a mail address.
_MENTION = re.compile(r"(?<![A-Za-z0-9_.+-])@([A-Za-z0-9_.+-]{1,150})")


@transaction.atomic
def comment_on(filing: Filing, text: str, *, by: User, audience: str = Audience.STAFF) -> Comment:
    """
    Comment on a submitted filing, as somebody who may review it; a filer of the applicant writes messages only.

    Staff members named with @ who can see the filing are mentioned. Raises NotPermitted, NotAFiler and CommentRefused.
    """
    is_filer = filing.applicant_id in by.filer_organizations
    if is_filer:
        audience = Audience.APPLICANT
    else:
        refuse_unless_permitted(workflow.REVIEWING, filing, by)
    text = text.strip()
    if not text:
        raise CommentRefused("empty")
    if len(text) > LONGEST:
        raise CommentRefused("too_long")
    if filing.first_submitted_at is None:
        raise CommentRefused("not_submitted")
    written = Comment.objects.create(filing=filing, by=by, at=timezone.now(), audience=audience, text=text)
    mentioned = mentioned_in(text, filing)
    if audience == Audience.STAFF:
        mentioned = [person for person in mentioned if not is_of_the_applicant(person, filing)]
    written.mentioned.set(mentioned)
    _raise_notices(written, mentioned, is_from_applicant=is_filer)
    return written


def _raise_notices(written: Comment, mentioned: list[User], *, is_from_applicant: bool) -> None:
    """Tell those who are mentioned, and of a message the other side: the filers, or whoever works on the case."""
    filing, by = written.filing, written.by
    notice: dict[str, Any] = {"key": str(written.pk), "but": by, "values": {"actor": by.username}, "text": written.text}
    raise_notices(MENTIONED, mentioned, filing, **notice)
    if written.audience == Audience.APPLICANT:
        readers = desk_of(filing) if is_from_applicant else filers_of(filing)
        raise_notices(MESSAGE, [person for person in readers if person not in mentioned], filing, **notice)


def mentioned_in(text: str, filing: Filing) -> list[User]:
    """Return the staff members whom a text names with @ and who can see the filing."""
    names = {name.rstrip(".") for name in _MENTION.findall(text)}
    people = User.objects.filter(username__in=names, is_active=True).prefetch_related("staff_roles") if names else []
    return [person for person in who_see(people, filing) if person.roles]


def is_of_the_applicant(person: User, filing: Filing) -> bool:
    """Whether somebody is or was a member of the applicant, and reads nothing that staff writes for staff."""
    return Membership.objects.filter(user=person, organization=filing.applicant_id).exists()


def comments_for(filing: Filing, reader: User) -> list[Comment]:
    """Return the comments that somebody who sees the filing may read: all for staff, the messages for the applicant."""
    is_staff = bool(reader.roles) and not is_of_the_applicant(reader, filing)
    return comments_of(filing, for_staff=is_staff)


def comments_of(filing: Filing, *, for_staff: bool) -> list[Comment]:
    """Return all comments on a filing, or the messages alone."""
    rows = filing.comments.select_related("by").order_by("id")
    return list(rows if for_staff else rows.filter(audience=Audience.APPLICANT))
