"""Examples of the rules on applicants, routes, algorithms and services."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compliance.dossier.patching import ABSENT
from compliance.language import Bilingual
from compliance.rules.examples.making import FILED, SHOWN, Example, algorithm, generative, registration

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "ORG-01": algorithm({"/applicant/address": " "}),
        "ORG-02": algorithm({"/applicant/security_officer/phone": None}),
        "ORG-03": algorithm({"/applicant/governance/0": ABSENT}),
        "ORG-04": algorithm({"/applicant/governance/4": ABSENT}),
        "ORG-05": algorithm({"/applicant/region": "449999"}, {"/applicant/region": "440000"}),
        "ORG-06": generative({"/applicant/contact/phone": None}, {"/applicant/contact/email": None}),
        "RTE-01": registration(
            {"/models/0/developer": {"name": "样例云图智能有限公司", "country": "CN"}},
        ),
        "RTE-02": generative(
            {"/service/algorithm_filing_number": None},
            {"/service/algorithm_filing_number": None, "/service/opinion_capacity": False},
        ),
        "RTE-03": generative({"/service/public": False}),
        "RTE-04": algorithm({"/algorithm": None}),
        "RTE-05": algorithm({"/algorithm/role": None}, {"/algorithm/role": "technical_supporter"}),
        "RTE-06": Example(base="algorithm-cancellation", failing={"/amends": None}),
        "RTE-07": algorithm({"/jurisdiction": "11"}),
        "RTE-08": registration({"/models/0/access": "own_deployment"}),
        "RTE-09": algorithm({"/jurisdiction": None}),
        "ALG-01": algorithm({"/algorithm/domain": None}),
        "ALG-02": algorithm({"/algorithm/launched_on": None}),
        "ALG-03": algorithm({"/algorithm/purpose": None}),
        "ALG-04": algorithm({"/algorithm/input_modalities": []}),
        "ALG-05": algorithm({"/algorithm/risk_controls/0/measure": None}),
        "ALG-06": algorithm(
            {"/algorithm/type": "personalized_push", "/algorithm/opt_out": False},
            {"/algorithm/type": "personalized_push", "/algorithm/opt_out": True},
        ),
        "ALG-07": algorithm({"/service/description": "长" * 501}, {"/service/description": "长" * 500}),
        "ALG-08": algorithm({"/algorithm/intervention_policy": None}),
        "DS-01": generative({"/service/identity_verification": "none"}),
        "DS-02": registration(
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
        "DS-03": algorithm({"/algorithm/uses_biometrics": True}),
        "SRV-01": registration(
            {"/service/terms_url": None, "/documents/2/kind": "other"},
            {"/service/terms_url": None},
            beside=frozenset({"DOC-03"}),
        ),
        "SRV-02": registration(
            {"/service/privacy_url": None, "/documents/3/kind": "other"},
            {"/service/privacy_url": None},
            beside=frozenset({"DOC-03"}),
        ),
        "SRV-03": generative({"/service/complaint_channel/response_days": None}),
        "SRV-04": generative({"/service/audience": None}),
        "SRV-05": generative(
            {"/service/serves_minors": True},
            {"/service/serves_minors": True, "/service/minor_protection": "监护人控制，每日使用时长限制。"},
        ),
        "SRV-06": algorithm(
            {**SHOWN, "/service/display/number_shown_at": None},
            SHOWN,
            facts=FILED,
            given=Bilingual("The filing has been filed since 2026-03-02.", "该备案已于 2026-03-02 提交并完成备案。"),
        ),
        "SRV-07": generative({"/service/forms": []}),
        "SRV-08": generative(
            {"/service/domain": "news"},
            {"/service/domain": "news", "/service/permits": [{"kind": "news", "number": "44120260001"}]},
        ),
        "SRV-09": generative(
            {"/service/domain": "finance", "/service/permits": None},
            {"/service/domain": "finance", "/service/permits": []},
        ),
        "SRV-10": registration({"/service/opinion_capacity": None}),
        "ANT-01": generative(
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
        "ANT-02": registration(
            {"/service/anthropomorphic": True, "/service/registered_users": 1_000_001},
            {"/service/anthropomorphic": True, "/service/registered_users": 1_000_000},
        ),
    }
)
