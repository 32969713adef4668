"""From an empty form to a number: started, copied, filed, answered, amended; documents and messages beside."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from docx import Document as DocxDocument

from compliance.casework.commenting import comment_on
from compliance.filings import actions
from compliance.letters import sending
from compliance.models import Comment, Document, Filing, Letter, Notice
from compliance.workspace.papers import kind_by_name
from compliance.workspace.starting import OF_ONE_SERVICE
from registry.models import NumberKind, NumberStatus, OfficialNumber, Organization, User
from tests.building import a_document, parsed
from tests.making_filings import a_submitted_filing, check_everything, document_of

At = Callable[[str], str]


@pytest.fixture
def home(organization: Organization) -> str:
    return f"/workspace/{organization.uid}/"


def the_filing() -> Filing:
    return Filing.objects.latest("pk")


def version_of(filing: Filing) -> dict[str, str]:
    return {"version": filing.kept_dossier().sha256}


def test_a_filing_is_started_with_the_particulars_of_the_organization(web: Client, home: str, draft: Filing) -> None:
    answer = web.post(f"{home}filings/start/", {"kind": "registration", "service": "新助手"})
    filing = the_filing()
    assert answer.headers["Location"] == f"{home}filings/{filing.uid}/"
    assert document_of(filing) == {
        "kind": "registration",
        "jurisdiction": "44",
        "applicant": document_of(draft)["applicant"],
        "service": {"name": "新助手"},
    }


def test_a_filing_is_started_from_an_earlier_one_with_its_documents(web: Client, home: str, filer: User) -> None:
    earlier = a_submitted_filing(filer, "generative")
    web.post(f"{home}filings/start/", {"kind": "generative", "service": "第二助手", "source": str(earlier.uid)})
    filing, document = the_filing(), document_of(earlier)
    assert document_of(filing) == {
        **{
            name: value
            for name, value in document.items()
            if name not in ("action", "amends", "occurred_on", "reference")
        },
        "service": {
            **{name: value for name, value in document["service"].items() if name not in OF_ONE_SERVICE},
            "name": "第二助手",
        },
    }
    assert set(filing.documents.values_list("sha256")) == set(earlier.documents.values_list("sha256"))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"kind": "x", "service": "甲"}, "Choose what is to be filed"),
        ({"kind": "algorithm", "service": " "}, "Enter the name of the service"),
    ],
)
def test_what_cannot_be_started_says_why(web: Client, home: str, typed: dict[str, str], message: str) -> None:
    answer = web.post(f"{home}filings/start/", typed)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Filing.objects.exists()


def test_a_filing_is_submitted_and_withdrawn(web: Client, at: At, draft: Filing) -> None:
    web.post(at("submit/"), {"version": "an old one"})
    draft.refresh_from_db()
    assert draft.status == "draft"
    web.post(at("submit/"), version_of(draft))
    draft.refresh_from_db()
    assert draft.status == "submitted"
    web.post(at("withdraw/"), {**version_of(draft), "reason": "重复"})
    draft.refresh_from_db()
    assert (draft.status, draft.events.latest("number").reason) == ("withdrawn", "重复")


@pytest.mark.parametrize("action", ["change", "cancellation"])
def test_a_change_and_a_cancellation_start_from_what_was_filed(
    web: Client, home: str, filer: User, registrar: User, reviewer: User, action: str
) -> None:
    filed = a_filed_registration(filer, reviewer, registrar)
    web.post(f"{home}filings/{filed.uid}/amend/", {"action": action})
    amendment = the_filing()
    assert document_of(amendment)["amends"] == str(filed.official_number)
    assert (amendment.target, amendment.action) == (filed, action)
    assert document_of(amendment)["models"] == document_of(filed)["models"]
    answer = web.post(f"{home}filings/{filed.uid}/amend/", {"action": "change"}, follow=True)
    assert amendment.case_number in answer.content.decode()
    assert Filing.objects.count() == 2


def a_filed_registration(filer: User, reviewer: User, registrar: User) -> Filing:
    filing = a_submitted_filing(filer, "registration")
    return actions.record_decision(
        filing,
        by=registrar,
        number="Guangdong-YangLi-20260301S0001",
        day=timezone.localdate(),
        document=filing.documents.all()[0].sha256,
    )


def test_documents_find_their_entries(web: Client, at: At, draft: Filing, filer: User) -> None:
    files = [
        SimpleUploadedFile("营业执照.pdf", b"%PDF-1.4 license"),
        SimpleUploadedFile("keyword_list.csv", "关键词,一级分类,二级分类\n词,A.1,A.1.a\n".encode()),
        SimpleUploadedFile("unknown.txt", b"text"),
    ]
    document = a_document("generative", {"/documents": [{"kind": "business_license", "sealed": True}]})
    actions.edit_dossier(draft, parsed("generative", {"/documents": document["documents"]}), by=filer)
    web.post(at("documents/upload/"), {"file": files})
    entries = [(entry["kind"], entry.get("filename"), entry.get("sealed")) for entry in document_of(draft)["documents"]]
    assert entries == [
        ("business_license", "营业执照.pdf", True),
        ("keyword_list", "keyword_list.csv", None),
        ("other", "unknown.txt", None),
    ]
    assert Document.objects.filter(filing=draft).count() == 3


def test_a_document_is_replaced_while_the_filing_can_be_changed(web: Client, at: At, draft: Filing) -> None:
    index = next(i for i, entry in enumerate(document_of(draft)["documents"]) if entry["kind"] == "business_license")
    web.post(at("documents/upload/"), {"entry": index, "file": SimpleUploadedFile("new.pdf", b"%PDF-1.4 new")})
    entry = document_of(draft)["documents"][index]
    assert (entry["kind"], entry["filename"], entry["size"]) == ("business_license", "new.pdf", 12)


def test_a_refused_file_changes_nothing_and_says_why(web: Client, at: At, draft: Filing) -> None:
    before = document_of(draft)
    files = {"file": SimpleUploadedFile("run.exe", b"MZ\x90\x00\x03\x00")}
    answer = web.post(at("documents/upload/"), files, headers={"Accept": "application/json"})
    (result,) = answer.json()["results"]
    assert (answer.status_code, result["ok"], result["name"]) == (422, False, "run.exe")
    assert result["text"]
    assert document_of(draft) == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("附件4 拦截关键词列表.xlsx", "keyword_list"),
        ("算法安全自评估报告.docx", "algorithm_self_assessment"),
        ("安全评估报告.pdf", "security_assessment_report"),
        ("scan001.pdf", ""),
    ],
)
def test_the_name_of_a_file_tells_its_kind(name: str, kind: str) -> None:
    assert kind_by_name(name) == kind


def test_a_notice_is_answered_point_by_point(web: Client, at: At, draft: Filing, filer: User, reviewer: User) -> None:
    actions.edit_dossier(draft, parsed("generative", {"/service/audience": " "}), by=filer)
    actions.submit_filing(draft, by=filer)
    returned = sending.return_filing(draft, by=reviewer)
    page = web.get(at("answer/")).content.decode()
    letter = Letter.objects.get()
    assert letter.number in page
    assert f"{at('edit/service/')}#f-service-audience" in page
    actions.edit_dossier(returned, parsed("generative"), by=filer)
    check_everything()
    assert "corrected" in web.get(at("answer/")).content.decode()
    answers = {**version_of(returned), "answer-0": "已补充适用人群。", "remark": "谢谢。"}
    web.post(at("answer/"), answers)
    returned.refresh_from_db()
    assert returned.status == "submitted"
    assert Comment.objects.get().text.splitlines()[0] == f"Answer to {letter.number}"
    assert "已补充适用人群。" in Comment.objects.get().text


def test_too_long_answers_are_kept_and_nothing_is_submitted(
    web: Client, at: At, draft: Filing, filer: User, reviewer: User
) -> None:
    actions.edit_dossier(draft, parsed("generative", {"/service/audience": " "}), by=filer)
    actions.submit_filing(draft, by=filer)
    returned = sending.return_filing(draft, by=reviewer)
    answer = web.post(at("answer/"), {**version_of(returned), "remark": "长" * 5_000})
    returned.refresh_from_db()
    assert (answer.status_code, returned.status) == (422, "returned")
    assert "长" * 5_000 in answer.content.decode()


def test_messages_go_to_whoever_works_on_the_filing(
    web: Client, at: At, draft: Filing, filer: User, reviewer: User
) -> None:
    assert web.post(at("messages/"), {"text": "太早"}).status_code == 422
    actions.submit_filing(draft, by=filer)
    web.post(at("messages/"), {"text": "请问还需要什么材料？"})
    assert [(comment.text, comment.audience) for comment in Comment.objects.all()] == [
        ("请问还需要什么材料？", "applicant")
    ]
    assert Notice.objects.filter(user=reviewer, kind="message").exists()


def test_a_letter_is_read_as_page_and_pdf(web: Client, at: At, draft: Filing, filer: User, reviewer: User) -> None:
    actions.edit_dossier(draft, parsed("generative", {"/service/audience": " "}), by=filer)
    actions.submit_filing(draft, by=filer)
    sending.return_filing(draft, by=reviewer)
    letter = Letter.objects.get()
    assert letter.opening.splitlines()[0] in web.get(at(f"letters/{letter.number}/")).content.decode()
    assert web.get(at(f"letters/{letter.number}/?pdf")).content.startswith(b"%PDF")


def test_comments_among_staff_stay_hidden(web: Client, at: At, draft: Filing, filer: User, reviewer: User) -> None:
    draft = actions.submit_filing(draft, by=filer)
    comment_on(draft, "内部意见", by=reviewer)
    for path in ("", "messages/"):
        assert "内部意见" not in web.get(at(path)).content.decode()


@pytest.mark.parametrize("kind", ["algorithm", "generative", "registration"])
def test_the_official_form_is_filled_in(web: Client, home: str, filer: User, kind: str) -> None:
    filing, _is_new = actions.open_filing(parsed(kind), by=filer)
    page = DocxDocument(BytesIO(web.get(f"{home}filings/{filing.uid}/form.docx").content))
    cells = [(row.cells[0].text, row.cells[1].text) for table in page.tables for row in table.rows]
    assert ("单位全称", "样例云图智能有限公司") in cells
    assert ("统一社会信用代码", "91440300708461136T") in cells
    assert page.paragraphs[-1].text.strip().startswith("日期")


def test_a_model_comes_from_the_register_with_its_number(
    web: Client, at: At, draft: Filing, registrar: User, filer: User
) -> None:
    OfficialNumber.objects.create(
        number="Beijing-ChatGLM-20230821",
        key="beijing-chatglm-20230821",
        kind=NumberKind.GENERATIVE,
        status=NumberStatus.FILED,
        holder="北京智谱华章科技有限公司",
        title="ChatGLM",
    )
    page = web.get(at("models/find/"), {"q": "ChatGLM"}).content.decode()
    assert "Beijing-ChatGLM-20230821" in page
    web.post(at("models/add/"), {"number": str(OfficialNumber.objects.get(title="ChatGLM").uid)})
    assert document_of(draft)["models"][-1] == {
        "key": "ChatGLM",
        "name": "ChatGLM",
        "developer": {"name": "北京智谱华章科技有限公司", "country": "CN"},
        "used_by_service": False,
        "filing_number": "Beijing-ChatGLM-20230821",
    }


def test_a_model_card_fills_in_a_model(web: Client, at: At, draft: Filing) -> None:
    card = b"---\nlicense: apache-2.0\nbase_model: Qwen/Qwen2.5-7B\n---\n# Sample-7B\n"
    web.post(at("models/card/"), {"card": SimpleUploadedFile("README.md", card)})
    names = [model.get("name") for model in document_of(draft)["models"]]
    assert "Sample-7B" in names
    assert any("Qwen2.5-7B" in str(name) for name in names)


def test_evidence_is_filed_and_fills_in_what_its_configuration_says(web: Client, at: At, draft: Filing) -> None:
    config = {
        "_name_or_path": "sample/Sample-7B",
        "architectures": ["LlamaForCausalLM"],
        "max_position_embeddings": 4096,
    }
    file = SimpleUploadedFile("evidence.json", json.dumps({"config.json": config}).encode())
    web.post(at("models/evidence/"), {"evidence": file, "key": ""})
    assert document_of(draft)["models"][-1] == {
        "key": "Sample-7B",
        "name": "Sample-7B",
        "architecture": "LlamaForCausalLM",
        "context_length": 4096,
    }
    assert draft.evidence.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"config.json": 3}',
        b'{"weights.bin": {}}',
        b'{"config.json": {"_name_or_path": "\\ud800"}}',
        b"[" * 3_000,
    ],
)
def test_evidence_that_is_none_is_refused_whole(web: Client, at: At, draft: Filing, content: bytes) -> None:
    before = document_of(draft)
    answer = web.post(at("models/evidence/"), {"evidence": SimpleUploadedFile("evidence.json", content)}, follow=True)
    assert "message-error" in answer.content.decode()
    assert document_of(draft) == before


def test_the_dossier_is_downloaded_as_it_is(web: Client, at: At, draft: Filing) -> None:
    assert json.loads(web.get(at("dossier.json")).content) == document_of(draft)
