"""Examples of the rules on models, training data and annotation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compliance.dossier.patching import ABSENT
from compliance.language import Bilingual
from compliance.rules.context import Evidence, Facts
from compliance.rules.examples.making import (
    ASSESSMENT,
    CORPUS,
    FILED_MODEL,
    TERMS_MET,
    Example,
    derived,
    generative,
    generative_in_2024,
    registration,
)

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "PRO-01": registration({"/models/0/used_by_service": False}),
        "PRO-02": generative({"/models/0/development": None}),
        "PRO-03": generative_in_2024(derived(), derived(**FILED_MODEL)),
        "PRO-04": generative(derived(), derived(**FILED_MODEL)),
        "PRO-05": registration({"/models/0/filing_number": None}),
        "PRO-06": generative(derived(**{**FILED_MODEL, "license": None}), derived(**FILED_MODEL)),
        "PRO-07": generative(
            {**derived(**FILED_MODEL), "/models/0/development": "from_scratch"},
            {
                **derived(relation="architecture_only", **FILED_MODEL),
                "/models/0/development": "from_scratch",
            },
        ),
        "PRO-08": generative(derived(terms=TERMS_MET[:1], **FILED_MODEL), derived(**FILED_MODEL)),
        "PRO-09": generative(
            {},
            derived(relation="architecture_only"),
            facts=Facts(evidence={"/models/0": (Evidence("structure", ("Llama-2-13B", "LLaMA-13B")),)}),
            given=Bilingual(
                "The uploaded structure is identical to Llama-2-13B and LLaMA-13B.",
                "上传的结构信息与 Llama-2-13B、LLaMA-13B 完全相同。",
            ),
        ),
        "PRO-10": generative({"/models/0/training/compute/0/count": None}),
        "PRO-11": generative({"/models/0/parameters": None}),
        "PRO-12": registration({"/models/0/developer/country": None}),
        "COR-01": generative({"/models/0/corpora": []}),
        "COR-02": generative({f"{CORPUS}/proof": []}),
        "COR-03": generative_in_2024(
            {f"{CORPUS}/source_check/illegal_share": "0.0501"},
            {f"{CORPUS}/source_check/illegal_share": "0.0500"},
        ),
        "COR-04": generative(
            {f"{CORPUS}/source_check/illegal_share": "0.0501"},
            {f"{CORPUS}/source_check/illegal_share": "0.0500"},
        ),
        "COR-05": generative_in_2024({f"{CORPUS}/manual_sample/size": 3_999}, {f"{CORPUS}/manual_sample/size": 4_000}),
        "COR-06": generative({f"{CORPUS}/manual_sample/size": 3_999}, {f"{CORPUS}/manual_sample/size": 4_000}),
        "COR-07": generative_in_2024(
            {f"{CORPUS}/technical_sample/share": "0.0999"}, {f"{CORPUS}/technical_sample/share": "0.1000"}
        ),
        "COR-08": generative(
            {f"{CORPUS}/technical_sample/share": "0.0999"}, {f"{CORPUS}/technical_sample/share": "0.1000"}
        ),
        "COR-09": generative(
            {f"{CORPUS}/personal_information": True, f"{CORPUS}/personal_information_basis": "none"},
            {f"{CORPUS}/personal_information": True, f"{CORPUS}/personal_information_basis": "law"},
        ),
        "COR-10": generative({f"{CORPUS}/robots_respected": False}),
        "COR-11": generative({"/models/0/corpora/1": ABSENT}),
        "COR-12": generative({f"{CORPUS}/origin": None, "/models/0/corpora/1/origin": "domestic"}),
        "COR-13": generative({f"{CORPUS}/filters": ["keywords", "classifier"]}),
        "COR-14": generative({f"{ASSESSMENT}/ip/owner": None}),
        "ANN-01": generative({"/models/0/annotation/examined": False}),
        "ANN-02": generative({"/models/0/annotation/roles_separated": False}),
        "ANN-03": generative({"/models/0/annotation/rules_cover/30": ABSENT}),
        "ANN-04": generative({"/models/0/annotation/safety_reviewed_share": "0.9999"}),
        "ANN-05": generative(
            {"/models/0/annotation": None},
            {
                "/models/0/annotation": None,
                "/documents/4": {"kind": "annotation_rules", "not_applicable_reason": "模型训练不涉及人工标注。"},
            },
        ),
    }
)
