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
from compliance.notices.recipients import desk_of, filers_of
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
        # Whoever is a member of the applicant does not read what staff says.
        members = Membership.objects.filter(organization=filing.applicant_id, user__in=mentioned).values_list(
            "user", flat=True
        )
        mentioned = [person for person in mentioned if person.pk not in set(members)]
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
    return [person for person in people if person.roles and _sees(person, filing)]


def _sees(person: User, filing: Filing) -> bool:
    return Filing.objects.visible_to(person).filter(pk=filing.pk).exists()


def comments_for(filing: Filing, reader: User) -> list[Comment]:
    """Return the comments that somebody who sees the filing may read: all for staff, the messages for the applicant."""
    rows = filing.comments.select_related("by").order_by("id")
    is_own = filing.applicant_id in reader.own_organizations
    return list(rows.filter(audience=Audience.APPLICANT) if is_own or not reader.roles else rows)
