"""DOC, continued: the contents of the attachments, compared with the declarations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType

from compliance.attachments.contents import QUESTIONS, Contents, Credential
from compliance.attachments.faults import UNREADABLE_MESSAGES
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import (
    ERROR,
    GENERATIVE,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    WARNING,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.files import KEYWORD_LIST, KIND_OF_BANK, TEST_QUESTIONS, banks_of_files, held_bank, read_files
from compliance.rules.problems import MISSING, TOO_HIGH, Problem
from compliance.rules.reading import ASSESSMENT, DOCUMENTS, has_document, own_models, plain

# Vendors elsewhere can be cut off.
NOT_ABROAD = frozenset({"CN", "HK", "MO", "TW"})
MAX_LISTED = 10
MAIN_HEADING = MappingProxyType({KEYWORD_LIST: "关键词", TEST_QUESTIONS: "测试题"})


@rule(
    "DOC-06",
    "File holds less than is declared",
    level=ERROR,
    cites=("ALG 33",),
    kinds={GENERATIVE, REGISTRATION},
    messages={
        TOO_HIGH: (
            "{field}: {found} declared, but the file contains {asked} distinct, non-empty rows.",
            "{field}：申报 {found}，但文件中去重后的非空行为 {asked} 行。",
        ),
        "no_sheet": (
            "{field}: {found} declared, but no listed file has this sheet.",
            "{field}：申报 {found}，但所列文件中没有相应的工作表。",
        ),
    },
)
def declares_what_its_files_hold(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The declared totals of keywords and questions must match the attached files.

    Why: under Article 33, a filing obtained with false materials is revoked.

    Fix: attach the complete file, or declare the totals of the file.

    标题：文件数量少于申报数量

    要求：申报的关键词和测试题数量须与所附文件一致。

    理由：第三十三条规定，以虚假材料取得备案的，予以撤销。

    补正：上传完整的文件，或按文件如实填写。
    """
    for name, kind in KIND_OF_BANK.items():
        section = getattr(dossier.assessment, name, None)
        files = banks_of_files(kind, dossier, context) if section and section.total else None
        if section is None or files is None:
            continue
        held = held_bank(name, dossier, context)
        if held is None:
            yield Problem(ASSESSMENT / name / "total", "no_sheet", {"found": section.total})
        elif section.total > held.total:
            yield Problem(ASSESSMENT / name / "total", TOO_HIGH, {"found": section.total, "asked": held.total})


@rule(
    "DOC-07",
    "Keyword list or test questions not in the stated form",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE, REGISTRATION},
    messages={
        "unknown_class": (
            "Classes that are not a known risk or aspect: {found} ({rows} rows in total).",
            "未知的风险类别或方面：{found}（共 {rows} 行）。",
        ),
        **UNREADABLE_MESSAGES,
    },
)
def attaches_readable_lists(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The keyword list and the test questions must be readable in the required format, and each row must have a known class.

    Why: a file that cannot be read can be neither counted here nor reviewed by the authority.

    Fix: correct the sheets and rows named to the format of attachments 4 and 5, and upload the file again.

    标题：关键词列表或评估测试题不符合规定格式

    要求：关键词列表和评估测试题须符合规定格式，每行须有已知的风险类别。

    理由：无法读取的文件无法统计，主管部门也无法审核。

    补正：按附件4、附件5的格式修改所列工作表和行，重新上传。
    """
    for at, document, contents in read_files(dossier, context):
        if document.kind in (KEYWORD_LIST, TEST_QUESTIONS):
            yield from _not_in_form(at, document.kind, contents)


def _not_in_form(at: Pointer, kind: str, contents: Contents) -> Iterator[Problem]:
    if contents.unreadable:
        yield Problem(at, contents.unreadable.code, dict(contents.unreadable.values))
    elif not contents.is_table:
        yield Problem(at, "not_a_table")
    elif not any(KIND_OF_BANK[name] == kind for name in contents.banks):
        yield Problem(at, "no_heading", {"asked": MAIN_HEADING[kind]})
    elif unknown := contents.unknown_classes:
        listed = [f"{it.sheet} {it.row}: “{it.value}”" for it in unknown[:MAX_LISTED]]
        if len(unknown) > MAX_LISTED:
            listed.append("…")
        yield Problem(at, "unknown_class", {"found": listed, "rows": sum(it.rows for it in unknown)})


@rule(
    "DOC-08",
    "Credentials in a document",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE, REGISTRATION},
    messages={
        "credentials": (
            "The document appears to contain credentials: {found}.",
            "材料中疑似包含账号、密码或密钥：{found}。",
        )
    },
)
def keeps_credentials_out(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Documents must not contain passwords, API keys or test accounts.

    Why: the documents pass through many hands; credentials must be provided through a separate channel.

    Fix: remove the credentials, replace exposed ones, and provide them separately.

    标题：材料中包含账号密码等凭证

    要求：材料中不得包含密码、API 密钥或测试账号。

    理由：材料经多人流转，凭证应通过其他渠道单独提供。

    补正：删除凭证并更换已泄露的凭证，另行提供。
    """
    for at, _, contents in read_files(dossier, context):
        if contents.credentials:
            yield Problem(at, "credentials", {"found": [_described(it) for it in contents.credentials[:MAX_LISTED]]})


def _described(credential: Credential) -> str:
    return " ".join(part for part in (credential.place, credential.shown) if part)


@rule(
    "DOC-09",
    "Counted pass rate below the declared one",
    level=ERROR,
    cites=("ALG 33",),
    kinds={GENERATIVE},
    messages={
        TOO_HIGH: (
            "{field}: {found} declared, but {passed} of {answered} answered rows passed ({asked}).",
            "{field}：申报 {found}，但 {answered} 行结果中合格 {passed} 行，为 {asked}。",
        )
    },
)
def declares_the_pass_rate_of_its_file(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The declared manual pass rate must match the results in the test questions (是否合格).

    Why: under Article 33, a filing obtained with false materials is revoked.

    Fix: declare the rate of the file, or attach the file of the declared test.

    标题：按文件计算的合格率低于申报值

    要求：申报的人工抽检合格率须与评估测试题中“是否合格”的结果一致。

    理由：第三十三条规定，以虚假材料取得备案的，予以撤销。

    补正：按文件如实填写合格率，或上传所申报测试的文件。
    """
    tests = dossier.assessment.content_tests if dossier.assessment else None
    declared = tests.manual.pass_rate if tests and tests.manual else None
    held = held_bank(QUESTIONS, dossier, context)
    if declared is None or held is None or not held.answered:
        return
    counted, tolerance = Decimal(held.passed) / held.answered, thresholds.PASS_RATE_TOLERANCE.on(context.day)
    # Exact, whatever the quotient: passed / answered < declared - tolerance.
    if held.passed < (declared - tolerance) * held.answered:
        values = {
            "found": plain(declared),
            "asked": plain(round(counted, 4)),
            "passed": held.passed,
            "answered": held.answered,
        }
        yield Problem(ASSESSMENT / "content_tests" / "manual" / "pass_rate", TOO_HIGH, values)


@rule(
    "DOC-10",
    "No statement on compute from abroad",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds={GENERATIVE},
    messages={
        MISSING: (
            "Training compute comes from a vendor abroad, but no document of this kind is listed: {document}.",
            "训练算力来自境外厂商，但材料清单中缺少：{document}。",
        )
    },
)
def prepares_for_a_cut_in_supply(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    If training compute comes from a vendor abroad, a statement should explain how the model will be developed without it.

    Why: some provinces require this statement in case the supply is cut off.

    Fix: write the statement and list it as continuity_statement, unless the province does not require it.

    标题：缺少算力断供应对说明

    要求：训练算力来自境外厂商的，宜说明断供后模型如何迭代发展。

    理由：部分省份的模板要求提交该说明。

    补正：编写说明并列入材料清单；属地不要求的，可不提交。
    """
    if has_document(dossier, "continuity_statement") or not _uses_compute_from_abroad(dossier):
        return
    yield Problem(DOCUMENTS, f"{MISSING}:continuity_statement", {"document": "continuity_statement"})


def _uses_compute_from_abroad(dossier: Dossier) -> bool:
    used = [compute for _, model in own_models(dossier) if model.training for compute in model.training.compute or ()]
    return any(compute.vendor_country and compute.vendor_country not in NOT_ABROAD for compute in used)
