"""LAB: how generated content is labeled (标识)."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from compliance.dossier.labels import ExplicitLabel, Labeling
from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    ERROR,
    GENERATIVE,
    REGISTRATION,
    WARNING,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.problems import MISSING, Problem, not_true
from compliance.rules.reading import (
    DOCUMENTS,
    LABELING,
    below,
    functions,
    has_document,
    is_generative,
    is_missing,
)

GENERATIVE_KINDS = frozenset({GENERATIVE, REGISTRATION})
PUT_OUT_BY = MappingProxyType(
    {
        "dialogue": "text",
        "text_generation": "text",
        "code_generation": "text",
        "image_generation": "image",
        "face_edit": "image",
        "audio_generation": "audio",
        "voice_edit": "audio",
        "video_generation": "video",
        "virtual_scene": "virtual_scene",
    }
)


def _labelings(dossier: Dossier) -> Iterator[Labeling]:
    """The labeling where there is one; that it is missing is LAB-01's to tell."""
    if dossier.labeling and not is_missing(dossier.labeling):
        yield dossier.labeling


def explicit_labels(dossier: Dossier) -> Iterator[tuple[Pointer, ExplicitLabel]]:
    for labeling in _labelings(dossier):
        for i, label in enumerate(labeling.explicit or ()):
            yield LABELING / "explicit" / i, label


@rule(
    "LAB-01",
    "Generated content without an explicit label",
    level=ERROR,
    cites=("LAB 4",),
    kinds=ALL_KINDS,
    messages={
        MISSING: (
            "No explicit label for the modality {modality}, which the service generates.",
            "服务生成{modality}内容，但没有相应的显式标识。",
        )
    },
)
def labels_what_it_generates(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Each modality that a service generates has an explicit label.

    Why: Article 4 gives people the right to know what a machine made.

    Fix: describe the label of that modality: position, text, and for video its duration and size.

    标题：生成内容缺少显式标识

    要求：服务生成的每种模态均须有显式标识。

    理由：第四条保障公众知晓内容由人工智能生成。

    补正：填写该模态的标识：位置、文字，视频还须填写时长和大小。
    """
    at = LABELING / "explicit" if any(True for _ in _labelings(dossier)) else LABELING
    labeled = {label.modality for _, label in explicit_labels(dossier)}
    for modality in _generated(dossier):
        if modality not in labeled:
            level = WARNING if dossier.kind == REGISTRATION else None
            yield Problem(at, f"{MISSING}:{modality}", {"modality": modality}, level=level)


def _generated(dossier: Dossier) -> list[str]:
    """The modalities that a generative service puts out, each once."""
    if not is_generative(dossier.service):
        return []
    of_algorithm = dossier.algorithm.output_modalities if dossier.algorithm else None
    of_functions = [PUT_OUT_BY[name] for name in PUT_OUT_BY if name in functions(dossier.service)]
    return list(dict.fromkeys([*(of_algorithm or ()), *of_functions]))


@rule("LAB-02", "Exported files lose the label", level=ERROR, cites=("LAB 4",), kinds=GENERATIVE_KINDS)
def keeps_the_label_in_exports(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    What users download, copy or export keeps its explicit label.

    Why: content leaves the service as a file, and its label must go with it.

    Fix: put the label into exported files, then declare export_keeps_label as true.

    标题：导出文件未保留标识

    要求：提供下载、复制、导出等功能的，文件中须保留显式标识。

    理由：内容以文件形式离开服务，标识应随之保留。

    补正：在导出文件中保留标识，并将 export_keeps_label 填为 true。
    """
    for labeling in _labelings(dossier):
        if labeling.export_keeps_label is not True:
            yield not_true(LABELING / "export_keeps_label", labeling.export_keeps_label)


@rule("LAB-03", "User agreement silent on labels", level=ERROR, cites=("LAB 8",), kinds=GENERATIVE_KINDS)
def informs_users_about_labels(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The user agreement explains the labels: their method, their style, and what users must do.

    Why: Article 8 asks for a clear clause, and asks users to read it.

    Fix: add the clause to the agreement, then declare terms_clause as true.

    标题：用户协议未说明标识

    要求：用户服务协议须说明标识的方法、样式和相关管理要求。

    理由：第八条要求在协议中明确说明，并提示用户仔细阅读。

    补正：在用户协议中补充相应条款，并将 terms_clause 填为 true。
    """
    for labeling in _labelings(dossier):
        if labeling.terms_clause is not True:
            yield not_true(LABELING / "terms_clause", labeling.terms_clause)


@rule(
    "LAB-04",
    "Unlabeled content without a log of six months",
    level=ERROR,
    cites=("LAB 9",),
    kinds=GENERATIVE_KINDS,
)
def logs_unlabeled_content(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    Who gives out unlabeled content on request keeps the log for at least six months.

    Why: Article 9 allows it only where it can be traced to whom the content went.

    Fix: keep the log long enough and give the months, or stop giving out unlabeled content.

    标题：提供无标识内容但日志留存不足六个月

    要求：应用户申请提供无显式标识内容的，日志留存不少于六个月。

    理由：第九条要求能够追溯内容的提供对象。

    补正：延长日志留存并填写月数，或停止提供无标识内容。
    """
    for labeling in _labelings(dossier):
        if labeling.unlabeled_on_request:
            yield from below(LABELING, labeling, context, log_retention_months=thresholds.LOG_RETENTION_MONTHS)


@rule(
    "LAB-09",
    "Labeling materials not attached",
    level=ERROR,
    cites=("LAB 12",),
    kinds={ALGORITHM, GENERATIVE},
    messages={MISSING: ("No document of this kind is listed: {document}.", "材料清单中缺少：{document}。")},
)
def attaches_labeling_materials(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The filing of a generation algorithm or a generative service comes with materials on its labels.

    Why: Article 12 asks for them in the algorithm filing and in the security assessment.

    Fix: add screenshots and a description of the labels to the list of documents, and upload them.

    标题：缺少标识相关材料

    要求：生成合成类算法备案和生成式服务备案须提交标识相关材料。

    理由：第十二条要求在算法备案、安全评估等手续中提供标识相关材料。

    补正：在材料清单中补充标识的截图和说明并上传。
    """
    if dossier.kind == ALGORITHM and not (dossier.algorithm and dossier.algorithm.type == "generation"):
        return
    if not has_document(dossier, "label_materials"):
        yield Problem(DOCUMENTS, f"{MISSING}:label_materials", {"document": "label_materials"})
