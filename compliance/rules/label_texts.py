"""LAB, continued: the text of a label, its size and its duration (GB 45438-2025)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from compliance.dossier.pointer import Pointer
from compliance.dossier.schema import Dossier
from compliance.rules import thresholds
from compliance.rules.catalog import (
    ERROR,
    SECONDARY,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.labeling import GENERATIVE_KINDS, explicit_labels
from compliance.rules.problems import Problem, absent
from compliance.rules.reading import (
    below,
    is_missing,
)

WITH_TEXT = frozenset({"text", "image", "video"})
_AI = re.compile(r"人工智能|AI|(?<![A-Za-z])[Aa][Ii](?![A-Za-z])")
_GENERATED = re.compile(r"生成|合成")


@rule(
    "LAB-07",
    "Label text does not say that AI generated it",
    level=ERROR,
    basis=SECONDARY,
    cites=("GB9",),
    kinds=GENERATIVE_KINDS,
    messages={
        "no_ai": ("“{found}” contains neither 人工智能 nor AI.", "“{found}”中没有“人工智能”或“AI”。"),
        "no_generation": ("“{found}” contains neither 生成 nor 合成.", "“{found}”中没有“生成”或“合成”。"),
    },
)
def names_ai_and_generation(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The text of a label must mention artificial intelligence (人工智能 or AI) and generation (生成 or 合成).

    Why: GB 45438-2025 requires both elements; one alone can be misunderstood.

    Fix: use, for example, 人工智能生成 or AI合成.

    标题：标识文字要素不全

    要求：文本、图片、视频标识的文字须包含“人工智能”或“AI”，以及“生成”或“合成”。

    理由：GB 45438-2025 要求同时具备两个要素，缺一容易误读。

    补正：例如写为“人工智能生成”或“AI合成”。
    """
    for at, label in explicit_labels(dossier):
        if label.modality in WITH_TEXT:
            yield from _missing_elements(at / "text", label.text or "")


def _missing_elements(at: Pointer, text: str) -> Iterator[Problem]:
    written = unicodedata.normalize("NFKC", text)
    if is_missing(text):
        yield absent(at)
        return
    if not _AI.search(written):
        yield Problem(at, "no_ai", {"found": text[:100]})
    if not _GENERATED.search(written):
        yield Problem(at, "no_generation", {"found": text[:100]})


@rule(
    "LAB-08",
    "Label too small or shown too briefly",
    level=ERROR,
    basis=SECONDARY,
    cites=("GB9 5.4",),
    kinds=GENERATIVE_KINDS,
)
def shows_labels_large_and_long_enough(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    The text of a label must be at least 5 % of the shortest side of the picture high, and a video must show it for at least 2 seconds.

    Why: a label that cannot be read has no effect.

    Fix: enlarge the label or show it longer, and enter the figures.

    标题：标识过小或显示过短

    要求：图片、视频标识文字高度不低于画面最短边的 5%，视频标识持续不少于 2 秒。

    理由：无法看清的标识等于没有标识。

    补正：放大标识或延长显示时间，并填写数值。
    """
    for at, label in explicit_labels(dossier):
        if label.modality == "video":
            yield from below(at, label, context, seconds=thresholds.VIDEO_LABEL_SECONDS)
        if label.modality in ("video", "image"):
            yield from below(at, label, context, height_share=thresholds.LABEL_HEIGHT_SHARE)
