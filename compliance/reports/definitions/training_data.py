"""The report on training data: each corpus that the filings in force or under way declare."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.dossier import codes
from compliance.dossier.training import Corpus
from compliance.filings.workflow import ENDED
from compliance.language import Bilingual, Language
from compliance.models import Kind
from compliance.reports import columns
from compliance.reports.catalog import Breakdown, Column, ColumnType, Figure, report
from compliance.reports.flags_then import FlagThen, open_flags_then
from compliance.reports.history import CaseThen, cases_then
from compliance.reports.scopes import Row, Scope
from compliance.rules.reading import is_applicants

NUMBER = ColumnType.NUMBER
# The rules about corpora.
_RULES = tuple(f"COR-{number:02}" for number in range(1, 15))
_UNSAID = Bilingual("not said", "未填写")


def _codes(heading: Bilingual, name: str, labels: Any) -> Column:
    """Return a column of several codes."""

    def text(row: Row, language: Language) -> str:
        separator = "、" if language == "zh" else ", "
        return separator.join(labels[code].in_(language) for code in row[name] if code in labels)

    return Column(name, heading, text=text)


def _yes(row: Row, name: str) -> bool:
    return row[name] is True


def _has_personal_information(row: Row) -> bool:
    return _yes(row, "personal_information")


def _is_overseas(row: Row) -> bool:
    return bool(row["origin"] == "overseas")


def _is_flagged(row: Row) -> bool:
    return bool(row["flags"])


def _or_unsaid(name: str) -> Any:
    return lambda row: row[name] or "unsaid"


def _labels(labels: Any) -> dict[str, Bilingual]:
    return {**labels, "unsaid": _UNSAID}


_YES_NO = {True: Bilingual("yes", "是"), False: Bilingual("no", "否")}


@report(
    "training_data",
    title=Bilingual("Training data", "训练数据"),
    description=Bilingual(
        "The corpora that the filings under way and in force declared at the end of the period: sources, origin, personal "
        "information, samples and licenses.",
        "期末在办和有效申报所填的训练语料：来源、境内外、个人信息、抽检和许可协议。",
    ),
    sentence=Bilingual(
        "{filings:filing declares|filings declare} {corpora:corpus|corpora} with {items:item|items}. {personal:holds|hold} "
        "personal information, {overseas:comes|come} from overseas, {flagged:has|have} an open flag.",
        "{filings} 项申报共填报语料 {corpora} 个、{items} 条；其中含个人信息 {personal} 个，境外来源 {overseas} 个，有未解决问题 {flagged} 个。",
    ),
    columns=(
        *columns.CASE,
        columns.STATUS,
        Column("model", Bilingual("model", "模型")),
        Column("corpus", Bilingual("corpus", "语料名称")),
        Column("stage", Bilingual("stage", "训练阶段"), labels=codes.STAGES),
        Column("source_type", Bilingual("source type", "来源类型"), labels=codes.SOURCE_TYPES),
        Column("origin", Bilingual("origin", "境内外来源"), labels=codes.ORIGINS),
        Column("modality", Bilingual("modality", "模态"), labels=codes.MODALITIES),
        Column("languages", Bilingual("languages", "语种"), text=lambda row, language: ", ".join(row["languages"])),
        Column("items", Bilingual("items", "语料条数"), NUMBER),
        Column("tokens", Bilingual("tokens", "词元数"), NUMBER),
        Column("bytes", Bilingual("bytes", "存储规模（字节）"), NUMBER),
        Column("source_name", Bilingual("name of the source", "来源名称")),
        Column("source_url", Bilingual("address of the source", "来源地址")),
        Column("license", Bilingual("license", "许可协议")),
        Column("collected_from", Bilingual("collected from", "采集开始日期"), ColumnType.DAY),
        Column("collected_to", Bilingual("collected to", "采集结束日期"), ColumnType.DAY),
        _codes(Bilingual("proof of source", "来源证明"), "proof", codes.PROOFS),
        Column("robots_respected", Bilingual("robots exclusion respected", "遵守不可采集声明"), labels=_YES_NO),
        Column("personal_information", Bilingual("personal information", "包含个人信息"), labels=_YES_NO),
        Column(
            "personal_information_basis",
            Bilingual("basis for it", "处理个人信息的依据"),
            labels=codes.PERSONAL_INFORMATION_BASES,
        ),
        Column("sensitive", Bilingual("sensitive personal information", "包含敏感个人信息"), labels=_YES_NO),
        Column("separate_consent", Bilingual("separate consent", "单独同意"), labels=_YES_NO),
        Column("illegal_share", Bilingual("illegal share before collecting", "采集前违法不良信息占比"), NUMBER),
        Column("manual_size", Bilingual("manual sample", "人工抽检数量"), NUMBER),
        Column("manual_pass_rate", Bilingual("manual pass rate", "人工抽检合格率"), NUMBER),
        Column("technical_share", Bilingual("technical sample share", "技术抽检比例"), NUMBER),
        Column("technical_pass_rate", Bilingual("technical pass rate", "技术抽检合格率"), NUMBER),
        _codes(Bilingual("filters", "过滤方式"), "filters", codes.FILTERS),
        Column("generator", Bilingual("generating model", "生成模型")),
        Column(
            "flags",
            Bilingual("open flags", "未解决问题"),
            NUMBER,
            Bilingual(
                "Open flags of the rules COR-01 to COR-14 on this corpus.",
                "该语料在 COR-01 至 COR-14 规则下未解决的问题数。",
            ),
        ),
    ),
    paper=(
        "case_number",
        "model",
        "corpus",
        "source_type",
        "origin",
        "license",
        "items",
        "personal_information",
        "flags",
    ),
    figures=(
        Figure("corpora", Bilingual("Corpora", "语料")),
        Figure("filings", Bilingual("Filings", "申报"), of="filing"),
        Figure("items", Bilingual("Items", "语料条数"), sum_of="items"),
        Figure("personal", Bilingual("With personal information", "含个人信息"), _has_personal_information),
        Figure("overseas", Bilingual("From overseas", "境外来源"), _is_overseas),
        Figure("flagged", Bilingual("With an open flag", "有未解决问题"), _is_flagged, is_bad=True),
    ),
    breakdowns=(
        Breakdown(
            "by_source",
            Bilingual("By source", "按来源"),
            _or_unsaid("source_type"),
            part=_is_flagged,
            part_title=Bilingual("with an open flag", "有未解决问题"),
            labels=_labels(codes.SOURCE_TYPES),
        ),
        Breakdown("by_origin", Bilingual("By origin", "按境内外"), _or_unsaid("origin"), labels=_labels(codes.ORIGINS)),
        Breakdown(
            "by_modality", Bilingual("By modality", "按模态"), _or_unsaid("modality"), labels=_labels(codes.MODALITIES)
        ),
        Breakdown(
            "by_basis",
            Bilingual("Personal information by its basis", "个人信息按处理依据"),
            _or_unsaid("personal_information_basis"),
            _has_personal_information,
            labels=_labels(codes.PERSONAL_INFORMATION_BASES),
        ),
        Breakdown(
            "by_license", Bilingual("By license", "按许可协议"), _or_unsaid("license"), labels={"unsaid": _UNSAID}
        ),
    ),
)
def training_data(scope: Scope) -> Iterator[Row]:
    """Yield a row for each corpus of the applicants' own models in generative filings that had not ended."""
    for cases in cases_then(scope):
        generative = [case for case in cases if case.kind == Kind.GENERATIVE and case.status not in ENDED]
        flags = open_flags_then(generative, scope, rules=_RULES) if generative else {}
        for case in generative:
            yield from _corpora(case, flags.get(case.key, []))


def _corpora(case: CaseThen, flags: list[FlagThen]) -> Iterator[Row]:
    dossier = case.dossier
    for i, model in enumerate(dossier.models or ()):
        if not is_applicants(model, dossier):
            continue
        for j, corpus in enumerate(model.corpora or ()):
            at = f"/models/{i}/corpora/{j}"
            count = sum(flag.at == at or flag.at.startswith(f"{at}/") for flag in flags)
            yield {**case.row, "model": model.name or "", **_row(corpus), "at": at, "flags": count}


def _row(corpus: Corpus) -> Row:
    manual, technical, checked = corpus.manual_sample, corpus.technical_sample, corpus.source_check
    return {
        "corpus": corpus.name or "",
        "stage": corpus.stage,
        "source_type": corpus.source_type,
        "origin": corpus.origin,
        "modality": corpus.modality,
        "languages": corpus.languages or [],
        "items": corpus.items,
        "tokens": corpus.tokens,
        "bytes": corpus.bytes,
        "source_name": corpus.source_name or "",
        "source_url": corpus.source_url or "",
        "license": corpus.license or "",
        "collected_from": _day(corpus.collected_from),
        "collected_to": _day(corpus.collected_to),
        "proof": corpus.proof or [],
        "robots_respected": corpus.robots_respected,
        "personal_information": corpus.personal_information,
        "personal_information_basis": corpus.personal_information_basis,
        "sensitive": corpus.sensitive_personal_information,
        "separate_consent": corpus.separate_consent,
        "illegal_share": _number(checked and checked.illegal_share),
        "manual_size": manual and manual.size,
        "manual_pass_rate": _number(manual and manual.pass_rate),
        "technical_share": _number(technical and technical.share),
        "technical_pass_rate": _number(technical and technical.pass_rate),
        "filters": corpus.filters or [],
        "generator": (corpus.generator and corpus.generator.model) or "",
    }


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
