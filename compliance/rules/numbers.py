"""NUM: the official numbers in a dossier."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compliance.dossier.pointer import ROOT, Pointer
from compliance.dossier.schema import Dossier
from compliance.rules.catalog import (
    ALGORITHM,
    ALL_KINDS,
    ERROR,
    EVERY_ACTION,
    GENERATIVE,
    INFO,
    PRACTICE,
    REGISTRATION,
    SECONDARY,
    WARNING,
    rule,
)
from compliance.rules.context import Context
from compliance.rules.problems import Problem
from compliance.rules.reading import SERVICE, is_missing
from registry.numbers.forms import KNOWN_ALGORITHM_KINDS, algorithm_number, has_the_form_of
from registry.numbers.spelling import understood
from registry.reference.regions import is_known_region

Form = Callable[[str], bool]
# The key of the format of each kind of number; `wording` has the texts.
_ASKED = {ALGORITHM: "algorithm_form", GENERATIVE: "filing_form", REGISTRATION: "registration_form"}


def _form_of(*kinds: str) -> tuple[Form, list[str]]:
    """Return a test for numbers of these kinds of filing, and the keys of their formats."""
    return lambda number: any(has_the_form_of(kind, number) for kind in kinds), [_ASKED[kind] for kind in kinds]


_OF_MODELS = _form_of(GENERATIVE, REGISTRATION)
_OF_KIND = {kind: _form_of(kind) for kind in _ASKED}


def _given(dossier: Dossier) -> Iterator[tuple[Pointer, str | None, Form, list[str]]]:
    """Yield every place for an official number, with its value and the required format."""
    yield SERVICE / "algorithm_filing_number", dossier.service.algorithm_filing_number, *_OF_KIND[ALGORITHM]
    yield ROOT / "amends", dossier.amends, *_OF_KIND[dossier.kind]
    for i, model in enumerate(dossier.models or ()):
        yield ROOT / "models" / i / "filing_number", model.filing_number, *_OF_MODELS


@rule(
    "NUM-01",
    "Official number malformed",
    level=ERROR,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
    messages={
        "format": (
            "“{found}” does not have the format that is required here: {asked}.",
            "“{found}”不符合此处编号的格式：{asked}。",
        ),
        "several": (
            "The field has several numbers: {numbers}. Enter one: {asked}.",
            "此处填有多个编号：{numbers}。请只填一个：{asked}。",
        ),
        "normalized": (
            "“{found}” was read as {number} ({corrections}).",
            "“{found}”已按 {number} 读取（{corrections}）。",
        ),
    },
)
def writes_official_numbers_in_form(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An official number must have the format in which the authority issues it. Width, colons, blanks, case, a word before it, a
    remark in brackets behind it and a missing 号 are put right and told; several numbers in one field are not understood.

    Why: a mistyped number refers to no filing, or to someone else's.

    Fix: copy the number from the published list or the notice.

    标题：备案编号格式错误

    要求：备案编号须符合主管部门发布的格式。全半角、冒号、空格、大小写、前缀、括号内的备注和缺少的“号”予以规范并告知；一处
    填多个编号的不予识别。

    理由：编号有误则无法对应备案，或对应到他人备案。

    补正：从公布清单或通知中复制编号。
    """
    for at, number, has_the_form, asked in _given(dossier):
        if number and not is_missing(number):
            yield from _of_form(at, number, has_the_form, asked)


def _of_form(at: Pointer, number: str, has_the_form: Form, asked: list[str]) -> Iterator[Problem]:
    read = understood(number)
    if read.several:
        yield Problem(at, "several", {"numbers": list(read.several[:5]), "asked": asked})
    elif not has_the_form(number):
        yield Problem(at, "format", {"found": number[:100], "asked": asked})
    elif read.corrections:
        values = {
            "found": number[:100],
            "number": read.number,
            "corrections": [f"number_{each}" for each in read.corrections],
        }
        yield Problem(at, "normalized", values, level=INFO)


@rule(
    "NUM-02",
    "Official number looks odd",
    level=WARNING,
    force=PRACTICE,
    basis=SECONDARY,
    cites=("FRM",),
    kinds=ALL_KINDS,
    actions=EVERY_ACTION,
    messages={
        "unknown_area": ("The first six digits, {found}, are not a known region.", "前六位 {found} 不是已知行政区划。"),
        "unknown_kind": (
            "Digits 14 and 15 are {found}; published numbers have 01 to 06.",
            "第 14、15 位为 {found}；已公布的编号为 01 至 06。",
        ),
        "future_year": (
            "The year in the number is {found}, which is in the future.",
            "编号中的年份为 {found}，尚未到来。",
        ),
        "check_digit": (
            "The last digit is {found}; in every published number it would be {asked}.",
            "末位为 {found}；按已公布编号的规律应为 {asked}。",
        ),
    },
)
def names_plausible_algorithm_numbers(dossier: Dossier, context: Context) -> Iterator[Problem]:
    """
    An algorithm number should have a known area, a known kind, a year that is not in the future, and a valid check digit.

    Why: these patterns are inferred from the published numbers; a number that differs was probably mistyped.

    Fix: compare the number with the published list; if it is correct, leave it.

    标题：备案编号存疑

    要求：算法备案编号的区划、类别、年份和校验位应与已公布编号的规律一致。

    理由：这些规律由已公布的编号归纳得出，不一致多为误写。

    补正：与公布清单核对；确认无误的可保留。
    """
    yield from _oddities(SERVICE / "algorithm_filing_number", dossier.service.algorithm_filing_number, context)
    if dossier.kind == ALGORITHM:
        yield from _oddities(ROOT / "amends", dossier.amends, context)


def _oddities(at: Pointer, written: str | None, context: Context) -> Iterator[Problem]:
    number = algorithm_number(written) if written else None
    if number is None:
        return
    if not is_known_region(number.area):
        yield Problem(at, "unknown_area", {"found": number.area})
    if number.kind not in KNOWN_ALGORITHM_KINDS:
        yield Problem(at, "unknown_kind", {"found": number.kind})
    if not context.has_reached(number.first_day_of_year):
        yield Problem(at, "future_year", {"found": str(number.first_day_of_year.year)})
    if number.check != number.inferred_check:
        yield Problem(at, "check_digit", {"found": number.check, "asked": number.inferred_check})
