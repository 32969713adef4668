"""DOC: the attachments that a filing needs, their seals, and their uploaded files."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Document, Dossier
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    ERROR,
    GENERATIVE,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    rule,
)
from compliance.rules.context import DRAFT, Context
from compliance.rules.files import listed_files
from compliance.rules.problems import MISMATCH, MISSING, Problem, not_true
from compliance.rules.reading import DOCUMENTS, has_document, is_excused, is_missing

OF_ALGORITHM = (
    "commitment_letter",
    "responsibility_statement",
    "algorithm_self_assessment",
    "publicity_content",
    "officer_proof",
    "business_license",
)
OF_GENERATIVE = (
    "security_assessment_report",
    "service_agreement",
    "privacy_policy",
    "annotation_rules",
    "keyword_list",
    "test_questions",
    "business_license",
)
OF_REGISTRATION = (
    "called_model_statement",
    "service_agreement",
    "privacy_policy",
    "content_safety_system",
    "keyword_list",
    "test_questions",
    "business_license",
)
SEALED = frozenset({"commitment_letter", "responsibility_statement", "security_assessment_report"})
CAN_BE_NOT_APPLICABLE = "annotation_rules"
MESSAGES_MISSING = {MISSING: ("No document of this kind is listed: {document}.", "材料清单中缺少：{document}。")}


def _absent(dossier: Dossier, kinds: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem for each kind of document that is missing; only for annotation rules does a reason suffice."""
    for kind in kinds:
        if not has_document(dossier, kind) and not (kind == CAN_BE_NOT_APPLICABLE and _is_declared_so(dossier, kind)):
            yield Problem(DOCUMENTS, f"{MISSING}:{kind}", {"document": kind})


def _is_declared_so(dossier: Dossier, kind: str) -> bool:
    return any(document.kind == kind and is_excused(document) for document in dossier.documents or ())


@rule(
    "DOC-01",
    "Attachment of an algorithm filing missing",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={ALGORITHM},
    messages=MESSAGES_MISSING,
)
def attaches_what_an_algorithm_filing_needs(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm filing must include its six documents, from the commitment letter to the business license.

    Why: the filing system accepts no filing without them.

    Fix: add the document to the list and upload it; the filing system provides templates.

    标题：缺少算法备案材料

    要求：算法备案须附承诺书、主体责任基本情况、自评估报告、拟公示内容、责任人工作证明和营业执照。

    理由：缺少任一材料，备案系统不予受理。

    补正：在材料清单中补充并上传；模板见备案系统。
    """
    yield from _absent(dossier, OF_ALGORITHM)


@rule(
    "DOC-02",
    "Attachment of a generative filing missing",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE},
    messages=MESSAGES_MISSING,
)
def attaches_what_a_generative_filing_needs(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A generative-service filing must include its seven attachments; a reason is enough in place of annotation rules.

    Why: each attachment of the form supports a part of the assessment.

    Fix: add the document to the list and upload it; if nothing is annotated, enter the reason under annotation_rules.

    标题：缺少生成式人工智能服务备案材料

    要求：备案须附安全评估报告、服务协议、隐私政策、标注规则（或不涉及的理由）、关键词列表、评估测试题和营业执照。

    理由：备案表的各附件分别佐证安全评估的内容。

    补正：在材料清单中补充并上传；不涉及标注的，在标注规则一项写明理由。
    """
    yield from _absent(dossier, OF_GENERATIVE)


@rule(
    "DOC-03",
    "Attachment of a registration missing",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={REGISTRATION},
    messages=MESSAGES_MISSING,
)
def attaches_what_a_registration_needs(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A registration must include its seven attachments, above all the statement on the called model.

    Why: they show that the called model is filed and that the service can keep its content safe.

    Fix: add the document to the list and upload it.

    标题：缺少登记材料

    要求：登记须附调用已备案模型情况说明、服务协议、隐私政策、内容安全管理制度、关键词列表、评估测试题和营业执照。

    理由：这些材料证明所调用模型已备案且服务具备内容安全能力。

    补正：在材料清单中补充并上传。
    """
    yield from _absent(dossier, OF_REGISTRATION)


@rule(
    "DOC-04",
    "Attachment not sealed",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={ALGORITHM, GENERATIVE},
)
def seals_what_must_be_sealed(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The commitment letter, the responsibility statement and the security assessment report must carry the company seal.

    Why: the seal shows that the applicant issued the document.

    Fix: seal the document, scan and upload it again, and declare it as sealed.

    标题：材料未加盖公章

    要求：承诺书、主体责任基本情况和安全评估报告须加盖公章。

    理由：加盖公章表明材料由备案主体出具。

    补正：加盖公章后重新扫描上传，并标明已盖章。
    """
    for at, document in listed_files(dossier):
        if document.kind in SEALED and not document.sealed:
            yield not_true(at / "sealed", document.sealed)


@rule(
    "DOC-05",
    "Document listed but not uploaded",
    level=ERROR,
    force=PRACTICE,
    cites=("FRM",),
    kinds=ALL_KINDS,
    messages={
        MISSING: (
            "The document is listed, but its file was not uploaded: {document}.",
            "材料已列入清单，但未上传文件：{document}。",
        ),
        MISMATCH: (
            "The file uploaded as “{filename}” has the SHA-256 {found}; the list gives {asked}.",
            "以“{filename}”上传的文件 SHA-256 为 {found}，清单所列为 {asked}。",
        ),
    },
)
def uploads_what_it_lists(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Once a filing is submitted, the file of each listed document must be uploaded, with the SHA-256 given in the list.

    Why: a document that is only listed cannot be reviewed.

    Fix: upload the file; if it was replaced, upload the listed version, or correct the list after the filing is returned.

    标题：材料已列明但未上传

    要求：提交后，清单所列各项材料的文件须已上传，且与所列 SHA-256 一致。

    理由：仅列名而无文件的材料无法审核。

    补正：上传文件；文件已更换的，上传清单所列版本，或在退回补正后更正清单。
    """
    uploaded = context.facts.uploaded
    if uploaded is None or context.facts.status == DRAFT:
        return
    listed = {document.sha256 for _, document in listed_files(dossier)}
    for at, document in listed_files(dossier):
        if document.sha256 not in uploaded:
            yield _not_uploaded(at, document, listed, context)


def _not_uploaded(at: Pointer, document: Document, listed: set[str | None], context: Context) -> Problem:
    """Report a mismatch if another file was uploaded under the same name, unless another entry lists that file."""
    found = context.facts.uploaded_names.get(document.filename or "")
    if found and found not in listed and not is_missing(document.sha256):
        return Problem(
            at / "sha256",
            MISMATCH,
            {"filename": (document.filename or "")[:100], "found": found, "asked": document.sha256},
        )
    return Problem(at, MISSING, {"document": (document.kind or document.title or "–")[:100]})
