"""Letters to the applicant: composed from the flags, sent with the step, printed, and answered."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from compliance.dossier.patching import changed
from compliance.dossier.stored import Canonical
from compliance.filings import actions
from compliance.filings.refusals import NotPermitted, ReasonMissing, TransitionRefused
from compliance.letters import sending
from compliance.letters.answering import answers_to
from compliance.letters.composing import Point, Text, draft, due_day, period_to_answer
from compliance.letters.heading import title_of_kind
from compliance.letters.printing import as_pdf, as_text
from compliance.letters.refusals import FlagsChanged
from compliance.models import Filing, Flag, Letter, LetterKind, Revision, WorkingCopy
from registry.models import User
from tests.making_filings import a_submitted_filing, check_everything, document_of

SPOILED = {"/algorithm/mechanism": None, "/algorithm/purpose": None}


@pytest.fixture
def filing(filer: User) -> Filing:
    filing = a_submitted_filing(filer, changes=SPOILED)
    check_everything()
    return filing


def places(letter: Letter) -> list[tuple[str, str]]:
    return [(point["rule"], point["at"]) for point in letter.points]


def resubmit(filing: Filing, filer: User, mended: dict[str, object]) -> Filing:
    document = changed(document_of(filing), mended)
    dossier = Canonical.of(document)
    WorkingCopy.objects.filter(filing=filing).update(content=dossier.text, sha256=dossier.sha256)
    filing = actions.submit_filing(filing, by=filer)
    check_everything()
    return filing


def answers(filing: Filing) -> list[tuple[str, str, bool]]:
    filing.refresh_from_db()
    revisions = list(Revision.objects.filter(filing=filing).order_by("-number")[:2])
    found = answers_to(filing, filing.flags.all(), revisions)
    return [(answer.at, answer.state, answer.is_changed) for answer in found[1]] if found else []


def test_a_return_without_a_text_makes_a_notice_of_all_open_errors(filing, reviewer):
    sending.return_filing(filing, by=reviewer, reason="Please call us.")
    letter = Letter.objects.get()
    assert places(letter) == [
        (flag.rule, flag.at) for flag in Flag.objects.open().errors().filter(filing=filing).order_by("pk")
    ]
    assert (letter.kind, letter.number, letter.language) == ("correction", f"{filing.case_number}-C1", "zh")
    assert "Please call us." in letter.opening
    assert "15 个工作日" in letter.closing
    assert letter.event.verb == "return"


def test_a_point_says_what_is_wrong_how_to_fix_it_and_the_law(filing):
    flag = Flag.objects.get(at="/algorithm/mechanism")
    (point,) = draft(filing, LetterKind.CORRECTION, "en", [flag]).points
    assert point == Point(
        "Not given: operating mechanism. In force since 2022-03-01.\nTo correct: Add the missing part in language that users understand.",
        rule=flag.rule,
        at="/algorithm/mechanism",
        variant=flag.variant,
        place="Operating mechanism",
        law=point.law,
    )
    assert "Algorithm Recommendation Provisions, Art. 16" in point.law


def test_an_edited_notice_is_sent_as_it_was_edited(filing, reviewer):
    text = Text(
        "en", "Dear applicant,", "Thank you.", [Point("Fix it.", "ALG-03", "/algorithm/mechanism"), Point("Own.")]
    )
    sending.return_filing(filing, by=reviewer, text=text)
    letter = Letter.objects.get()
    assert (letter.opening, letter.closing.splitlines()[1:], places(letter)) == (
        "Dear applicant,",
        ["Thank you."],
        [("ALG-03", "/algorithm/mechanism"), ("", "")],
    )


@pytest.mark.parametrize(("person", "refusal"), [("auditor", NotPermitted), ("far_reviewer", NotPermitted)])
def test_a_refused_return_leaves_no_letter(filing, person, refusal, request):
    with pytest.raises(refusal):
        sending.return_filing(filing, by=request.getfixturevalue(person), reason="x")
    assert not Letter.objects.exists()


def test_without_errors_and_reason_nothing_is_returned(filer, reviewer):
    filing = a_submitted_filing(filer)
    with pytest.raises(ReasonMissing):
        sending.return_filing(filing, by=reviewer)
    assert not Letter.objects.exists()


def test_a_rejection_and_a_decision_have_their_letters(filer, reviewer, registrar):
    for verb in (sending.reject_filing, sending.decide_filing):
        filing = a_submitted_filing(filer, changes={"/reference": verb.__name__, "/service/name": verb.__name__})
        filing = actions.accept_filing(filing, by=reviewer)
        for _ in range(2):
            filing = actions.forward_filing(filing, by=reviewer)
        verb(filing, by=registrar, reason="As examined.")
    rejection, decision = Letter.objects.order_by("id")
    assert (rejection.kind, rejection.number[-3:], decision.kind, decision.number[-3:]) == (
        "rejection",
        "-R1",
        "decision",
        "-D1",
    )
    decision.filing.refresh_from_db()
    assert str(decision.filing.official_number) in as_text(decision)


def test_a_letter_is_not_sent_twice(filing, reviewer):
    sending.return_filing(filing, by=reviewer)
    with pytest.raises(TransitionRefused):
        sending.return_filing(filing, by=reviewer)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pdf_holds_the_letter_and_is_the_same_each_time(filing, reviewer, language):
    flags = Flag.objects.open().errors().filter(filing=filing)
    text = draft(filing, LetterKind.CORRECTION, language, flags)
    sending.return_filing(filing, by=reviewer, text=text)
    letter = Letter.objects.select_related("filing__applicant", "event").get()
    pdf = as_pdf(letter)
    shown = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    for expected in (
        letter.number,
        filing.service_name,
        "ALG-03",
        {"zh": "补正通知书", "en": "Correction notice"}[language],
    ):
        assert expected in shown
    assert as_pdf(letter) == pdf


def test_characters_without_a_glyph_do_not_stop_a_letter(filing, reviewer):
    text = Text("zh", "表情 🎉 #panic() $x$ *b* \\", "", [Point("@\u200b[x]")])
    sending.return_filing(filing, by=reviewer, text=text)
    letter = Letter.objects.select_related("filing__applicant", "event").get()
    shown = PdfReader(io.BytesIO(as_pdf(letter))).pages[0].extract_text()
    assert "□" in shown
    assert "#panic()" in shown


def test_what_comes_back_shows_which_points_were_answered(filing, filer, reviewer):
    flags = Flag.objects.open().errors().filter(filing=filing, at__in=SPOILED).order_by("at")
    points = [*draft(filing, LetterKind.CORRECTION, "en", flags).points, Point("Sign page 3.")]
    filing = sending.return_filing(filing, by=reviewer, text=Text("en", "Dear", "", points))
    assert answers(filing) == []
    filing = resubmit(filing, filer, {"/algorithm/purpose": "写作辅助。"})
    assert answers(filing) == [
        ("/algorithm/mechanism", "open", False),
        ("/algorithm/purpose", "mended", True),
        ("", "look", True),
    ]


def test_an_applicant_with_a_latin_name_is_written_to_in_english(filing, reviewer, organization):
    organization.name = "Sample Ltd."
    organization.save()
    filing.refresh_from_db()
    sending.return_filing(filing, by=reviewer)
    assert Letter.objects.get().language == "en"


@pytest.mark.parametrize(
    ("kind", "action", "granted", "refused"),
    [
        ("algorithm", "initial", "备案通知书", "不予备案通知书"),
        ("registration", "initial", "登记通知书", "不予登记通知书"),
        ("generative", "change", "准予变更通知书", "不予变更通知书"),
        ("registration", "cancellation", "准予注销通知书", "不予注销通知书"),
    ],
)
def test_a_letter_says_what_is_granted_or_refused(kind, action, granted, refused):
    filing = Filing(kind=kind, action=action, service_name="甲")
    titles = [title_of_kind(filing, each).zh for each in (LetterKind.DECISION, LetterKind.REJECTION)]
    assert titles == [granted, refused]
    assert refused.removesuffix("通知书") in draft(filing, LetterKind.REJECTION, "zh").opening


def test_a_letter_stays_as_it_was_sent_whatever_the_filing_is_called_later(filing, filer, reviewer, organization):
    sending.return_filing(filing, by=reviewer)
    sent = as_text(Letter.objects.get())
    organization.name = "新名称有限公司"
    organization.save()
    resubmit(filing, filer, {"/service/name": "新服务", "/applicant/province": "11"})
    assert as_text(Letter.objects.get()) == sent
    assert "样例云图智能有限公司" in sent


def test_the_period_of_a_letter_is_that_of_the_clock(filing, reviewer):
    sending.return_filing(filing, by=reviewer, text=Text("en", "Dear", "", [Point("Fix it.")]))
    check_everything()
    letter = Letter.objects.get()
    filing.refresh_from_db()
    assert (letter.due_on, filing.clock) == (filing.due_on, "correction")
    assert letter.due_on.isoformat() in letter.closing


def test_no_period_runs_for_a_returned_cancellation():
    filing = Filing(kind="algorithm", action="cancellation", service_name="甲")
    assert (due_day(filing), period_to_answer(filing, "zh")) == (None, "")


def test_a_letter_about_other_flags_than_its_writer_knew_is_refused(filing, reviewer):
    flags = list(Flag.objects.open().filter(filing=filing).order_by("pk"))
    text = draft(filing, LetterKind.CORRECTION, "en", flags)
    for known in (set(), {flags[0].identity}):
        with pytest.raises(FlagsChanged):
            sending.return_filing(filing, by=reviewer, text=text, known=known)
    gone = Text("en", "Dear", "", [*text.points, Point("Gone.", "ALG-03", "/algorithm/scenario", "missing")])
    with pytest.raises(FlagsChanged):
        sending.return_filing(filing, by=reviewer, text=gone, known={flag.identity for flag in flags})
    filing.refresh_from_db()
    assert (filing.status, Letter.objects.count()) == ("submitted", 0)


def test_a_fault_that_may_have_moved_within_a_list_is_to_be_looked_at(filing, reviewer):
    points = [Point("Name it.", "DOC-05", f"/documents/{i}", "missing") for i in (0, 1)]
    filing = sending.return_filing(filing, by=reviewer, text=Text("en", "Dear", "", points))
    flag = Flag(filing=filing, rule="DOC-05", level="error", variant="missing", at="/documents/1")
    now = Revision(number=2, content="{}", at=timezone.now())
    before = Revision(number=1, content="{}", at=filing.submitted_at)
    found = answers_to(filing, [flag], [now, before])
    assert [answer.state for answer in found[1]] == ["look", "open"]


def test_a_decided_filing_shows_no_answers(filing, filer, reviewer):
    filing = sending.return_filing(filing, by=reviewer)
    filing = resubmit(filing, filer, {"/algorithm/purpose": "写作"})
    assert answers(filing) != []
    Filing.objects.filter(pk=filing.pk).update(decided_at=timezone.now())
    assert answers(filing) == []
