"""The classes of a row in all their spellings."""

from __future__ import annotations

import pytest

from compliance.attachments.classes import aspect_of, risk_of
from compliance.dossier.codes import ASPECTS
from compliance.dossier.risks import RISKS


@pytest.mark.parametrize("risk", RISKS)
def test_every_risk_is_recognized_by_code_and_by_name(risk):
    name = RISKS[risk].zh
    written = [
        risk,
        risk.lower(),
        risk.replace(".", ""),
        risk.replace("A.", "Ａ．"),
        f"{risk} {name}",
        f"{risk}、{name}",
        name,
    ]
    assert {risk_of(risk[:3], form) for form in written} == {risk}
    assert {risk_of("", form) for form in written} == {risk}


@pytest.mark.parametrize(
    ("first", "second", "risk"),
    [
        ("包含歧视性内容", "民族", "A.2.a"),
        ("包含歧视性内容", "b）信仰歧视内容", "A.2.b"),
        ("A.2 歧视性内容", "其他", "A.2.i"),
        ("包含违反社会主义核心价值观的内容", "其他", "A.1.h"),
        ("商业违法违规", "其他", "A.3.e"),
        ("侵犯他人合法权益", "其他", "A.4.g"),
        ("A.1", "a", "A.1.a"),
        ("A1", "（c）", "A.1.c"),
        ("A.1.f", "", "A.1.f"),
        ("", "宣扬暴力、淫秽色情", "A.1.f"),
        ("无法满足特定服务类型的安全需求", "内容不准确，严重不符合科学常识或主流认知", "A.5.a"),
        ("无法满足特定服务类型的安全需求", "内容不可靠，无法对使用者形成帮助", "A.5.b"),
        ("1. 包含违反社会主义核心价值观的内容", "（1）宣扬民族仇恨", "A.1.e"),
        ("侵犯他人合法权益", "侵犯他人隐私权", "A.4.e"),
    ],
)
def test_a_risk_is_recognized_within_its_group(first, second, risk):
    assert risk_of(first, second) == risk


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ("", "其他"),
        ("A.1", ""),
        ("", "A.6.a"),
        ("", "A.1.j"),
        ("", "广告"),
        ("", "AI1a"),
        ("歧视", "商业秘密"),
    ],
)
def test_a_class_that_names_no_risk_or_several_is_unknown(first, second):
    assert risk_of(first, second) is None


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_aspect_is_recognized_by_code_and_by_name(aspect):
    name = ASPECTS[aspect].zh
    assert {aspect_of("非拒答", form) for form in (aspect, name, f"{name}方面", f"a）{name}", f"{name}类")} == {aspect}


@pytest.mark.parametrize("written", ["", "天气", "A.1.a"])
def test_a_class_that_names_no_aspect_is_unknown(written):
    assert aspect_of("非拒答", written) is None
