"""Comments among staff, and messages between staff and the applicant."""

from __future__ import annotations

import pytest

from compliance.casework.commenting import LONGEST, comment_on, comments_for
from compliance.casework.refusals import CommentRefused
from compliance.filings.refusals import NotPermitted
from compliance.models import Comment, Filing, Notice
from registry.models import Membership, User
from tests.making_filings import a_filing, a_submitted_filing


@pytest.fixture
def filing(filer: User) -> Filing:
    return a_submitted_filing(filer)


def notices() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("id").values_list("user__username", "kind"))


def test_a_comment_stays_among_staff(filing, reviewer, registrar, filer):
    comment_on(filing, "Looks like Llama.", by=reviewer)
    assert [comment.text for comment in comments_for(filing, registrar)] == ["Looks like Llama."]
    assert comments_for(filing, filer) == []
    assert notices() == []


def test_colleagues_who_are_mentioned_get_a_notice_and_strangers_none(filing, reviewer, registrar, far_reviewer, filer):
    comment_on(filing, "@registrar, @far_reviewer, @filer: mail a@auditor.example, or @nobody.", by=reviewer)
    assert notices() == [("registrar", "mentioned")]


def test_a_mention_is_found_in_chinese_text(filing, reviewer, registrar):
    comment_on(filing, "请@registrar看一下", by=reviewer)
    assert notices() == [("registrar", "mentioned")]


def test_a_mention_shows_no_comment_of_staff_to_a_member_of_the_applicant(filing, reviewer, auditor, organization):
    Membership.objects.create(user=auditor, organization=organization, role="viewer")
    comment_on(filing, "@auditor look", by=reviewer)
    assert notices() == []


def test_a_message_reaches_the_filers_and_its_answer_the_desk(filing, reviewer, filer, viewer):
    comment_on(filing, "Please call us.", by=reviewer, audience="applicant")
    comment_on(filing, "We did.", by=filer, audience="staff")
    assert [comment.text for comment in comments_for(filing, viewer)] == ["Please call us.", "We did."]
    assert notices() == [("filer", "message"), ("reviewer", "message")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" \n", "empty"), ("x" * (LONGEST + 1), "too_long")],
    ids=["none", "blank", "long"],
)
def test_an_unusable_text_is_refused(filing, reviewer, text, code):
    with pytest.raises(CommentRefused, match=code):
        comment_on(filing, text, by=reviewer)
    assert not Comment.objects.exists()


def test_a_draft_is_not_commented_on(filer):
    with pytest.raises(CommentRefused, match="not_submitted"):
        comment_on(a_filing(filer), "hello", by=filer)


@pytest.mark.parametrize("person", ["far_reviewer", "auditor", "administrator", "stranger", "viewer"])
def test_others_cannot_comment(filing, person, request):
    with pytest.raises(NotPermitted):
        comment_on(filing, "hello", by=request.getfixturevalue(person))
