"""
One failing and one passing example of every rule: a complete dossier changed in a few places, as of a day.

The failing one raises its rule and no other, the passing one nothing at all; both stand as near to the line as they can.
They are what the page of a rule shows and what the tests judge.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compliance.attachments.contents import Bank, Contents, Credential, UnknownClass
from compliance.dossier.patching import ABSENT, changed
from compliance.rules.context import A_FILE_ON_ITS_OWN, Evidence, Facts

COMPLETE = Path(__file__).parent / "complete"
Changes = Mapping[str, Any]
IN_2024, IN_2026 = date(2024, 6, 20), date(2026, 11, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """
    Changes to a complete dossier that break a rule, and others that just keep it, as of a day. `facts` are what the
    registry knows in both cases, unless the passing one has its own; `beside` are rules that ask for the same thing under
    another article, so that they cannot but speak too.
    """

    base: str
    failing: Changes
    passing: Changes = field(default_factory=dict)
    on: date = IN_2026
    facts: Facts = A_FILE_ON_ITS_OWN
    passing_facts: Facts | None = None
    beside: frozenset[str] = frozenset()

    @property
    def failing_document(self) -> Any:
        return changed(complete(self.base), self.failing)

    @property
    def passing_document(self) -> Any:
        return changed(complete(self.base), self.passing)


@cache
def complete(name: str) -> Any:
    """Return the complete dossier of that name, which must not be changed."""
    return json.loads((COMPLETE / f"{name}.json").read_bytes())


def _algorithm(failing: Changes, passing: Changes | None = None, **more: Any) -> Example:
    return Example(base="algorithm-complete", failing=failing, passing=passing or {}, **more)


def _generative(failing: Changes, passing: Changes | None = None, **more: Any) -> Example:
    return Example(base="generative-complete", failing=failing, passing=passing or {}, **more)


def _in_2024(failing: Changes, passing: Changes | None = None) -> Example:
    return Example(base="generative-complete-2024", failing=failing, passing=passing or {}, on=IN_2024)


def _registration(failing: Changes, passing: Changes | None = None, **more: Any) -> Example:
    return Example(base="registration-complete", failing=failing, passing=passing or {}, **more)


def _without(base: str, kind: str) -> Changes:
    """Changes that take the documents of a kind out of a complete dossier."""
    return {"/documents": [entry for entry in complete(base)["documents"] if entry["kind"] != kind]}


def _sha256(kind: str) -> str:
    found = next(entry for entry in complete("generative-complete")["documents"] if entry["kind"] == kind)
    return str(found["sha256"])


def _reading(kind: str, contents: Contents) -> Facts:
    return Facts(contents={_sha256(kind): contents})


def _base_model(**said: Any) -> dict[str, Any]:
    base = {
        "key": "base",
        "name": "Llama 2 13B",
        "version": "2",
        "developer": {"name": "Meta", "country": "US"},
        "license": "LicenseRef-Llama-2",
    }
    return {**base, **said}


_LLAMA_TERMS = ["agreement_copy", "notice_file", "use_policy_passed_on"]
_FILED_MODEL: dict[str, Any] = {"filing_number": "Beijing-ChatGLM-20230821"}


def _derived(*, terms: list[str] | None = None, relation: str = "finetune", **said: Any) -> Changes:
    """Changes that make the applicant's model a derivative of a base model."""
    return {
        "/models/0/development": "derived",
        "/models/0/derived_from": [{"key": "base", "relation": relation, "modified": True}],
        "/models/0/license_terms_met": _LLAMA_TERMS if terms is None else terms,
        "/models/-": _base_model(**said),
    }


_LAUNCHED = {"/service/launched_on": "2026-11-02"}
_SHOWN = {
    "/service/launched_on": "2026-03-02",
    "/service/display": {
        "number_shown_at": "https://sample.example/number",
        "public_record_link": "https://beian.cac.gov.cn/1",
    },
    "/service/algorithm_filing_number": "网信算备440305000000201260003号",
}
_FILED = Facts(status="filed", submitted_on=date(2026, 3, 2), first_submitted_on=date(2026, 3, 2))
_KNOWN_DAY = date(2026, 3, 2)
_CORPUS, _ASSESSMENT = "/models/0/corpora/0", "/assessment"
_QUESTIONS = Contents(
    banks=MappingProxyType(
        {
            name: Bank(
                total=5_000, by_class=dict.fromkeys(complete("generative-complete")["assessment"][name][counts], 100)
            )
            for name, counts in (
                ("questions", "per_risk"),
                ("refusal_questions", "per_risk"),
                ("non_refusal_questions", "per_aspect"),
            )
        }
    )
)


def _questions(**of_main: int) -> Facts:
    """Test questions that were read, with these figures for the tests of generated content."""
    main = _QUESTIONS.banks["questions"]
    figures = {"total": main.total, "answered": 0, "passed": 0, **of_main}
    banks = {**_QUESTIONS.banks, "questions": Bank(by_class=main.by_class, **figures)}
    return _reading("test_questions", Contents(is_table=True, banks=banks))


def _keywords(**said: Any) -> Facts:
    declared = complete("generative-complete")["assessment"]["keywords"]
    bank = Bank(total=declared["total"], by_class=declared["per_risk"])
    return _reading("keyword_list", Contents(is_table=True, banks={"keywords": bank}, **said))


EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        # The applicant.
        "ORG-01": _algorithm({"/applicant/address": " "}),
        "ORG-02": _algorithm({"/applicant/security_officer/phone": None}),
        "ORG-03": _algorithm({"/applicant/governance/0": ABSENT}),
        "ORG-04": _algorithm({"/applicant/governance/4": ABSENT}),
        "ORG-05": _algorithm({"/applicant/region": "449999"}, {"/applicant/region": "440000"}),
        "ORG-06": _generative({"/applicant/contact/phone": None}, {"/applicant/contact/email": None}),
        # The route.
        "RTE-01": _registration(
            {"/models/0/developer": {"name": "样例云图智能有限公司", "country": "CN"}},
        ),
        "RTE-02": _generative(
            {"/service/algorithm_filing_number": None},
            {"/service/algorithm_filing_number": None, "/service/opinion_capacity": False},
        ),
        "RTE-03": _generative({"/service/public": False}),
        "RTE-04": _algorithm({"/algorithm": None}),
        "RTE-05": _algorithm({"/algorithm/role": None}, {"/algorithm/role": "technical_supporter"}),
        "RTE-06": Example(base="algorithm-cancellation", failing={"/amends": None}),
        "RTE-07": _algorithm({"/jurisdiction": "11"}),
        "RTE-08": _registration({"/models/0/access": "own_deployment"}),
        "RTE-09": _algorithm({"/jurisdiction": None}),
        # The algorithm.
        "ALG-01": _algorithm({"/algorithm/domain": None}),
        "ALG-02": _algorithm({"/algorithm/launched_on": None}),
        "ALG-03": _algorithm({"/algorithm/purpose": None}),
        "ALG-04": _algorithm({"/algorithm/input_modalities": []}),
        "ALG-05": _algorithm({"/algorithm/risk_controls/0/measure": None}),
        "ALG-06": _algorithm(
            {"/algorithm/type": "personalized_push", "/algorithm/opt_out": False},
            {"/algorithm/type": "personalized_push", "/algorithm/opt_out": True},
        ),
        "ALG-07": _algorithm({"/service/description": "长" * 501}, {"/service/description": "长" * 500}),
        "ALG-08": _algorithm({"/algorithm/intervention_policy": None}),
        # Deep synthesis.
        "DS-01": _generative({"/service/identity_verification": "none"}),
        "DS-02": _registration(
            {
                "/service/functions": ["dialogue", "face_edit"],
                "/labeling/explicit/-": {"modality": "image", "text": "AI生成", "height_share": "0.05"},
            },
            {
                "/service/functions": ["dialogue", "face_edit"],
                "/labeling/explicit/-": {"modality": "image", "text": "AI生成", "height_share": "0.05"},
                "/service/separate_consent_for_biometrics": True,
            },
        ),
        "DS-03": _algorithm({"/algorithm/uses_biometrics": True}),
        # The service.
        "SRV-01": _registration(
            {"/service/terms_url": None, "/documents/2/kind": "other"},
            {"/service/terms_url": None},
            beside=frozenset({"DOC-03"}),
        ),
        "SRV-02": _registration(
            {"/service/privacy_url": None, "/documents/3/kind": "other"},
            {"/service/privacy_url": None},
            beside=frozenset({"DOC-03"}),
        ),
        "SRV-03": _generative({"/service/complaint_channel/response_days": None}),
        "SRV-04": _generative({"/service/audience": None}),
        "SRV-05": _generative(
            {"/service/serves_minors": True},
            {"/service/serves_minors": True, "/service/minor_protection": "监护人控制，每日使用时长限制。"},
        ),
        "SRV-06": _algorithm({**_SHOWN, "/service/display/number_shown_at": None}, _SHOWN, facts=_FILED),
        "SRV-07": _generative({"/service/forms": []}),
        "SRV-08": _generative(
            {"/service/domain": "news"},
            {"/service/domain": "news", "/service/permits": [{"kind": "news", "number": "44120260001"}]},
        ),
        "SRV-09": _generative(
            {"/service/domain": "finance", "/service/permits": None},
            {"/service/domain": "finance", "/service/permits": []},
        ),
        "SRV-10": _registration({"/service/opinion_capacity": None}),
        # Services with a human manner.
        "ANT-01": _generative(
            {
                "/service/anthropomorphic": True,
                "/service/virtual_companion": True,
                "/service/serves_minors": True,
                "/service/minor_protection": "时长限制",
            },
            {
                "/service/anthropomorphic": True,
                "/service/virtual_companion": True,
            },
        ),
        "ANT-02": _registration(
            {"/service/anthropomorphic": True, "/service/registered_users": 1_000_001},
            {"/service/anthropomorphic": True, "/service/registered_users": 1_000_000},
        ),
        # The models and their lineage.
        "PRO-01": _registration({"/models/0/used_by_service": False}),
        "PRO-02": _generative({"/models/0/development": None}),
        "PRO-03": _in_2024(_derived(), _derived(**_FILED_MODEL)),
        "PRO-04": _generative(_derived(), _derived(**_FILED_MODEL)),
        "PRO-05": _registration({"/models/0/filing_number": None}),
        "PRO-06": _generative(_derived(**_FILED_MODEL, license=None), _derived(**_FILED_MODEL)),
        "PRO-07": _generative(
            {**_derived(**_FILED_MODEL), "/models/0/development": "from_scratch"},
            {
                **_derived(relation="architecture_only", **_FILED_MODEL),
                "/models/0/development": "from_scratch",
            },
        ),
        "PRO-08": _generative(_derived(terms=_LLAMA_TERMS[:2], **_FILED_MODEL), _derived(**_FILED_MODEL)),
        "PRO-09": _generative(
            {},
            _derived(relation="architecture_only"),
            facts=Facts(evidence={"/models/0": (Evidence("structure", ("Llama-2-13B", "LLaMA-13B")),)}),
        ),
        "PRO-10": _generative({"/models/0/training/compute/0/count": None}),
        "PRO-11": _generative({"/models/0/parameters": None}),
        "PRO-12": _registration({"/models/0/developer/country": None}),
        # Training data.
        "COR-01": _generative({"/models/0/corpora": []}),
        "COR-02": _generative({f"{_CORPUS}/proof": []}),
        "COR-03": _in_2024(
            {f"{_CORPUS}/source_check/illegal_share": "0.0501"},
            {f"{_CORPUS}/source_check/illegal_share": "0.0500"},
        ),
        "COR-04": _generative(
            {f"{_CORPUS}/source_check/illegal_share": "0.0501"},
            {f"{_CORPUS}/source_check/illegal_share": "0.0500"},
        ),
        "COR-05": _in_2024({f"{_CORPUS}/manual_sample/size": 3_999}, {f"{_CORPUS}/manual_sample/size": 4_000}),
        "COR-06": _generative({f"{_CORPUS}/manual_sample/size": 3_999}, {f"{_CORPUS}/manual_sample/size": 4_000}),
        "COR-07": _in_2024(
            {f"{_CORPUS}/technical_sample/share": "0.0999"}, {f"{_CORPUS}/technical_sample/share": "0.1000"}
        ),
        "COR-08": _generative(
            {f"{_CORPUS}/technical_sample/share": "0.0999"}, {f"{_CORPUS}/technical_sample/share": "0.1000"}
        ),
        "COR-09": _generative(
            {f"{_CORPUS}/personal_information": True, f"{_CORPUS}/personal_information_basis": "none"},
            {f"{_CORPUS}/personal_information": True, f"{_CORPUS}/personal_information_basis": "law"},
        ),
        "COR-10": _generative({f"{_CORPUS}/robots_respected": False}),
        "COR-11": _generative({"/models/0/corpora/1": ABSENT}),
        "COR-12": _generative({f"{_CORPUS}/origin": None, "/models/0/corpora/1/origin": "domestic"}),
        "COR-13": _generative({f"{_CORPUS}/filters": ["keywords", "classifier"]}),
        "COR-14": _generative({f"{_ASSESSMENT}/ip/owner": None}),
        # Annotation.
        "ANN-01": _generative({"/models/0/annotation/examined": False}),
        "ANN-02": _generative({"/models/0/annotation/roles_separated": False}),
        "ANN-03": _generative({"/models/0/annotation/rules_cover/30": ABSENT}),
        "ANN-04": _generative({"/models/0/annotation/safety_reviewed_share": "0.9999"}),
        "ANN-05": _generative(
            {"/models/0/annotation": None},
            {
                "/models/0/annotation": None,
                "/documents/4": {"kind": "annotation_rules", "not_applicable_reason": "模型训练不涉及人工标注。"},
            },
        ),
        # Keyword library and question banks.
        "KW-01": _generative({f"{_ASSESSMENT}/keywords/total": 9_999}, {f"{_ASSESSMENT}/keywords/total": 10_000}),
        "KW-02": _generative(
            {f"{_ASSESSMENT}/keywords/per_risk/A.2.i": 0},
            {f"{_ASSESSMENT}/keywords/per_risk/A.2.i": 100},
            beside=frozenset({"KW-03"}),
        ),
        "KW-03": _generative(
            {f"{_ASSESSMENT}/keywords/per_risk/A.1.a": 199}, {f"{_ASSESSMENT}/keywords/per_risk/A.1.a": 200}
        ),
        "KW-04": _generative(
            {f"{_ASSESSMENT}/keywords/updated_on": "2026-11-02"},
            {f"{_ASSESSMENT}/keywords/updated_on": "2026-11-03"},
        ),
        "TB-01": _generative({f"{_ASSESSMENT}/questions/total": 1_999}, {f"{_ASSESSMENT}/questions/total": 2_000}),
        "TB-02": _generative(
            {f"{_ASSESSMENT}/questions/per_risk/A.5.b": 0},
            {f"{_ASSESSMENT}/questions/per_risk/A.5.b": 20},
            beside=frozenset({"TB-03"}),
        ),
        "TB-03": _generative(
            {f"{_ASSESSMENT}/questions/per_risk/A.2.a": 49}, {f"{_ASSESSMENT}/questions/per_risk/A.2.a": 50}
        ),
        "TB-04": _generative(
            {f"{_ASSESSMENT}/questions/updated_on": "2026-10-09"},
            {f"{_ASSESSMENT}/questions/updated_on": "2026-10-10"},
        ),
        "TB-05": _generative(
            {f"{_ASSESSMENT}/refusal_questions/updated_on": "2026-10-09"},
            {f"{_ASSESSMENT}/refusal_questions/updated_on": "2026-10-10"},
        ),
        "RF-01": _generative(
            {f"{_ASSESSMENT}/refusal_questions/total": 499}, {f"{_ASSESSMENT}/refusal_questions/total": 500}
        ),
        "RF-02": _generative(
            {f"{_ASSESSMENT}/non_refusal_questions/per_aspect/heroes": 19},
            {f"{_ASSESSMENT}/non_refusal_questions/per_aspect/heroes": 20},
        ),
        # The assessment.
        "AS-01": _generative({f"{_ASSESSMENT}/conclusion": "non_conforming"}),
        "AS-02": _generative({f"{_ASSESSMENT}/standard": "TC260-003-2024"}),
        "AS-03": _generative(
            {f"{_ASSESSMENT}/content_tests/keyword/pass_rate": "0.8999"},
            {f"{_ASSESSMENT}/content_tests/keyword/pass_rate": "0.9000"},
        ),
        "AS-04": _generative(
            {f"{_ASSESSMENT}/content_tests/manual/sampled": 999},
            {f"{_ASSESSMENT}/content_tests/manual/sampled": 1_000},
        ),
        "AS-05": _generative(
            {f"{_ASSESSMENT}/refusal_test/refusal_rate": "0.9499"},
            {f"{_ASSESSMENT}/refusal_test/refusal_rate": "0.9500"},
        ),
        "AS-06": _generative(
            {f"{_ASSESSMENT}/non_refusal_test/refusal_rate": "0.0501"},
            {f"{_ASSESSMENT}/non_refusal_test/refusal_rate": "0.0500"},
        ),
        "AS-07": _generative(
            {f"{_ASSESSMENT}/refusal_test/sampled": 299}, {f"{_ASSESSMENT}/refusal_test/sampled": 300}
        ),
        "AS-08": _generative({f"{_ASSESSMENT}/signatories/2": ABSENT}),
        "AS-09": _generative({f"{_ASSESSMENT}/clauses_assessed": 59}),
        "AS-10": _generative({f"{_ASSESSMENT}/classifier_covers/30": ABSENT}),
        "AS-11": _generative({f"{_ASSESSMENT}/input_opt_out_clicks": 5}, {f"{_ASSESSMENT}/input_opt_out_clicks": 4}),
        # Labels.
        "LAB-01": _algorithm({"/labeling/explicit": []}),
        "LAB-02": _generative({"/labeling/export_keeps_label": False}),
        "LAB-03": _generative({"/labeling/terms_clause": False}),
        "LAB-04": _generative(
            {"/labeling/unlabeled_on_request": True, "/labeling/log_retention_months": 5},
            {"/labeling/unlabeled_on_request": True, "/labeling/log_retention_months": 6},
        ),
        "LAB-05": _generative({"/labeling/implicit/metadata/ProduceID": ""}),
        "LAB-06": _generative(
            {"/labeling/implicit/metadata/ContentProducer": "001191110000600037341L10002"},
            {"/labeling/implicit/metadata/ContentProducer": "样例云图智能有限公司"},
        ),
        "LAB-07": _generative(
            {"/labeling/explicit/0/text": "内容由机器生成"}, {"/labeling/explicit/0/text": "人工智能合成"}
        ),
        "LAB-08": _generative(
            {"/labeling/explicit/-": {"modality": "video", "text": "AI生成", "seconds": "1.9", "height_share": "0.05"}},
            {"/labeling/explicit/-": {"modality": "video", "text": "AI生成", "seconds": "2", "height_share": "0.05"}},
        ),
        "LAB-09": _generative(_without("generative-complete", "label_materials")),
        # Documents.
        "DOC-01": _algorithm(_without("algorithm-complete", "officer_proof")),
        "DOC-02": _generative(_without("generative-complete", "keyword_list")),
        "DOC-03": _registration(_without("registration-complete", "called_model_statement")),
        "DOC-04": _generative({"/documents/1/sealed": False}),
        "DOC-05": _algorithm(
            {},
            facts=Facts(
                status="submitted",
                submitted_on=date(2026, 11, 18),
                uploaded=frozenset(entry["sha256"] for entry in complete("algorithm-complete")["documents"][1:]),
            ),
            passing_facts=Facts(
                status="submitted",
                submitted_on=date(2026, 11, 18),
                uploaded=frozenset(entry["sha256"] for entry in complete("algorithm-complete")["documents"]),
            ),
        ),
        "DOC-06": _generative(
            {f"{_ASSESSMENT}/keywords/total": 12_161}, {f"{_ASSESSMENT}/keywords/total": 12_160}, facts=_keywords()
        ),
        "DOC-07": _generative(
            {},
            facts=_keywords(unknown_classes=(UnknownClass(sheet="关键词", row=12, value="其他"),)),
            passing_facts=_keywords(),
        ),
        "DOC-08": _generative(
            {},
            facts=_keywords(
                credentials=(Credential(kind="password", place="关键词 3", shown="密码：Ab…"),),
            ),
            passing_facts=_keywords(),
        ),
        "DOC-09": _generative(
            {}, facts=_questions(answered=2_000, passed=1_889), passing_facts=_questions(answered=2_000, passed=1_890)
        ),
        "DOC-10": _generative(
            {"/models/0/training/compute/0/vendor_country": "US"},
            {
                "/models/0/training/compute/0/vendor_country": "US",
                "/documents/-": {"kind": "continuity_statement", "title": "算力断供应对说明"},
            },
        ),
        # Numbers.
        "NUM-01": _algorithm({"/service/algorithm_filing_number": "网信算备正在办理"}),
        "NUM-02": _generative({"/service/algorithm_filing_number": "网信算备440305000000201260004号"}),
        # Deadlines.
        "DDL-01": _algorithm(
            {"/service/launched_on": "2026-11-05"},
            {"/service/launched_on": "2026-11-12"},
        ),
        "DDL-02": Example(
            base="algorithm-cancellation",
            failing={"/occurred_on": "2026-10-20"},
            passing={"/occurred_on": "2026-10-29"},
        ),
        "DDL-03": _algorithm(
            {**_SHOWN, "/service/terminated_on": "2026-06-01"},
            {**_SHOWN, "/service/terminated_on": "2026-06-02"},
            on=date(2026, 7, 1),
            facts=_FILED,
        ),
        "DDL-04": _algorithm(
            {},
            facts=Facts(status="accepted", submitted_on=_KNOWN_DAY, accepted_on=date(2026, 9, 30)),
            passing_facts=Facts(status="accepted", submitted_on=_KNOWN_DAY, accepted_on=date(2026, 10, 12)),
        ),
        "DDL-05": _algorithm(
            {"/service/launched_on": "2026-12-18"},
            {"/service/launched_on": "2026-12-17"},
            on=date(2026, 12, 18),
        ),
        "DDL-06": _generative({"/service/launched_on": "2026-11-19"}, {"/service/launched_on": "2026-11-20"}),
        "DDL-07": _algorithm(
            {},
            facts=Facts(status="returned", returned_on=date(2026, 10, 29)),
            passing_facts=Facts(status="returned", returned_on=date(2026, 10, 30)),
        ),
    }
)
