"""Examples of the rules on keyword libraries, question banks and the assessment."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compliance.dossier.patching import ABSENT
from compliance.rules.examples.making import ASSESSMENT, Example, generative

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "KW-01": generative({f"{ASSESSMENT}/keywords/total": 9_999}, {f"{ASSESSMENT}/keywords/total": 10_000}),
        "KW-02": generative(
            {f"{ASSESSMENT}/keywords/per_risk/A.2.i": 0},
            {f"{ASSESSMENT}/keywords/per_risk/A.2.i": 100},
            beside=frozenset({"KW-03"}),
        ),
        "KW-03": generative(
            {f"{ASSESSMENT}/keywords/per_risk/A.1.a": 199}, {f"{ASSESSMENT}/keywords/per_risk/A.1.a": 200}
        ),
        "KW-04": generative(
            {f"{ASSESSMENT}/keywords/updated_on": "2026-11-02"},
            {f"{ASSESSMENT}/keywords/updated_on": "2026-11-03"},
        ),
        "TB-01": generative({f"{ASSESSMENT}/questions/total": 1_999}, {f"{ASSESSMENT}/questions/total": 2_000}),
        "TB-02": generative(
            {f"{ASSESSMENT}/questions/per_risk/A.5.b": 0},
            {f"{ASSESSMENT}/questions/per_risk/A.5.b": 20},
            beside=frozenset({"TB-03"}),
        ),
        "TB-03": generative(
            {f"{ASSESSMENT}/questions/per_risk/A.2.a": 49}, {f"{ASSESSMENT}/questions/per_risk/A.2.a": 50}
        ),
        "TB-04": generative(
            {f"{ASSESSMENT}/questions/updated_on": "2026-10-09"},
            {f"{ASSESSMENT}/questions/updated_on": "2026-10-10"},
        ),
        "TB-05": generative(
            {f"{ASSESSMENT}/refusal_questions/updated_on": "2026-10-09"},
            {f"{ASSESSMENT}/refusal_questions/updated_on": "2026-10-10"},
        ),
        "RF-01": generative(
            {f"{ASSESSMENT}/refusal_questions/total": 499}, {f"{ASSESSMENT}/refusal_questions/total": 500}
        ),
        "RF-02": generative(
            {f"{ASSESSMENT}/non_refusal_questions/per_aspect/heroes": 19},
            {f"{ASSESSMENT}/non_refusal_questions/per_aspect/heroes": 20},
        ),
        "AS-01": generative({f"{ASSESSMENT}/conclusion": "non_conforming"}),
        "AS-02": generative({f"{ASSESSMENT}/standard": "TC260-003-2024"}),
        "AS-03": generative(
            {f"{ASSESSMENT}/content_tests/keyword/pass_rate": "0.8999"},
            {f"{ASSESSMENT}/content_tests/keyword/pass_rate": "0.9000"},
        ),
        "AS-04": generative(
            {f"{ASSESSMENT}/content_tests/manual/sampled": 999},
            {f"{ASSESSMENT}/content_tests/manual/sampled": 1_000},
        ),
        "AS-05": generative(
            {f"{ASSESSMENT}/refusal_test/refusal_rate": "0.9499"},
            {f"{ASSESSMENT}/refusal_test/refusal_rate": "0.9500"},
        ),
        "AS-06": generative(
            {f"{ASSESSMENT}/non_refusal_test/refusal_rate": "0.0501"},
            {f"{ASSESSMENT}/non_refusal_test/refusal_rate": "0.0500"},
        ),
        "AS-07": generative({f"{ASSESSMENT}/refusal_test/sampled": 299}, {f"{ASSESSMENT}/refusal_test/sampled": 300}),
        "AS-08": generative({f"{ASSESSMENT}/signatories/2": ABSENT}),
        "AS-09": generative({f"{ASSESSMENT}/clauses_assessed": 59}),
        "AS-10": generative({f"{ASSESSMENT}/classifier_covers/30": ABSENT}),
        "AS-11": generative({f"{ASSESSMENT}/input_opt_out_clicks": 5}, {f"{ASSESSMENT}/input_opt_out_clicks": 4}),
    }
)
