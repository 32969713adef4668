"""LAB, continued: the implicit label in file metadata (GB 45438-2025 annex E)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compliance.dossier.labels import ImplicitMetadata
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import ERROR, GENERATIVE, PRACTICE, REGISTRATION, SECONDARY, WARNING, rule
from compliance.rules.context import Context
from compliance.rules.problems import Problem, absent
from compliance.rules.reading import LABELING, gaps, is_missing
from registry import uscc

METADATA = LABELING / "implicit" / "metadata"
_CODE = re.compile("[0-9A-Za-z]{27}")
_PRODUCER = re.compile(r"0011(?P<uscc>[0-9A-HJ-NPQRTUWXY]{18})([12][0-9A-Z]{4}|00000)")


@rule(
    "LAB-05",
    "Implicit label incomplete",
    level=ERROR,
    cites=("LAB 5",),
    kinds={GENERATIVE, REGISTRATION},
    messages={
        "unknown_label": (
            "Label is {found}; it must be 1 (generated), 2 (possibly generated) or 3 (suspected).",
            "Label 为 {found}；应为 1（属于）、2（可能）或 3（疑似）。",
        )
    },
)
def labels_the_metadata(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The metadata of generated files must contain Label (1, 2 or 3), ContentProducer and ProduceID.

    Why: Article 5 requires an implicit label, by which platforms recognize generated content.

    Fix: add the missing key to the metadata, and enter its value here.

    标题：隐式标识不完整

    要求：生成文件的元数据须包含 Label（1、2 或 3）、ContentProducer 和 ProduceID。

    理由：第五条要求添加隐式标识，平台据此识别生成内容。

    补正：在元数据中写入缺失的要素，并在此填写。
    """
    labeling = dossier.labeling
    if labeling is None or is_missing(labeling):
        return
    if labeling.implicit is None or is_missing(labeling.implicit):
        yield absent(LABELING / "implicit")
    elif labeling.implicit.metadata is None or is_missing(labeling.implicit.metadata):
        yield absent(METADATA)
    else:
        yield from _gaps(labeling.implicit.metadata)


def _gaps(metadata: ImplicitMetadata) -> Iterator[Problem]:
    yield from gaps(METADATA, metadata, "Label", "ContentProducer", "ProduceID")
    if not is_missing(metadata.Label) and metadata.Label not in ("1", "2", "3"):
        yield Problem(METADATA / "Label", "unknown_label", {"found": (metadata.Label or "")[:100]})


@rule(
    "LAB-06",
    "Code of the content producer looks wrong",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("LAB 5",),
    kinds={GENERATIVE, REGISTRATION},
    messages={
        "format": (
            "{found} has 27 characters, but not the format 0011 + USCC + five characters.",
            "{found} 为 27 位，但不符合“0011 + 统一社会信用代码 + 五位”的格式。",
        ),
        "check_digit": (
            "The unified social credit code in {found} has a wrong check digit.",
            "{found} 中的统一社会信用代码校验位错误。",
        ),
        "not_the_applicants": (
            "The unified social credit code in {found} is not the applicant's, {asked}.",
            "{found} 中的统一社会信用代码不是备案主体的 {asked}。",
        ),
    },
)
def names_itself_as_the_producer(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    A ContentProducer written as a code should contain the applicant's unified social credit code.

    Why: platforms use the code to find who generated the content.

    Fix: enter 0011, the applicant's code, and the five characters of the service.

    标题：内容生成者编码存疑

    要求：ContentProducer 采用编码的，应包含备案主体自身的统一社会信用代码。

    理由：平台据此查找内容的生成者。

    补正：按“0011 + 统一社会信用代码 + 五位服务编码”填写。
    """
    implicit = dossier.labeling.implicit if dossier.labeling else None
    written = (implicit.metadata.ContentProducer if implicit and implicit.metadata else None) or ""
    if _CODE.fullmatch(written) and (variant := _fault_of(written, dossier.applicant.uscc)):
        values = {"found": written, "asked": dossier.applicant.uscc}
        yield Problem(METADATA / "ContentProducer", variant, values)


def _fault_of(code: str, applicant: str) -> str | None:
    found = _PRODUCER.fullmatch(code)
    if found is None:
        return "format"
    if found["uscc"] == applicant:
        return None
    return "not_the_applicants" if uscc.check_digit_fits(found["uscc"]) else "check_digit"
