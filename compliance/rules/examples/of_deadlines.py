"""Examples of the rules on numbers and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from compliance.language import Bilingual
from compliance.rules.context import Facts
from compliance.rules.examples.making import FILED, KNOWN_DAY, SHOWN, Example, algorithm, generative

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "NUM-01": algorithm({"/service/algorithm_filing_number": "网信算备正在办理"}),
        "NUM-02": generative({"/service/algorithm_filing_number": "网信算备440305000000201260004号"}),
        "DDL-01": algorithm(
            {"/service/launched_on": "2026-11-05"},
            {"/service/launched_on": "2026-11-12"},
        ),
        "DDL-02": Example(
            base="algorithm-cancellation",
            failing={"/occurred_on": "2026-10-20"},
            passing={"/occurred_on": "2026-10-29"},
        ),
        "DDL-03": algorithm(
            {**SHOWN, "/service/terminated_on": "2026-06-01"},
            {**SHOWN, "/service/terminated_on": "2026-06-02"},
            on=date(2026, 7, 1),
            facts=FILED,
            given=Bilingual(
                "The filing is filed, and no cancellation has been submitted.", "已完成备案，尚未提交注销。"
            ),
        ),
        "DDL-04": algorithm(
            {},
            facts=Facts(status="accepted", submitted_on=KNOWN_DAY, accepted_on=date(2026, 9, 30)),
            passing_facts=Facts(status="accepted", submitted_on=KNOWN_DAY, accepted_on=date(2026, 10, 12)),
            given=Bilingual("Accepted on 2026-09-30, not decided.", "已于 2026-09-30 受理，尚未决定。"),
            passing_given=Bilingual("Accepted on 2026-10-12, not decided.", "已于 2026-10-12 受理，尚未决定。"),
        ),
        "DDL-05": algorithm(
            {"/service/launched_on": "2026-12-18"},
            {"/service/launched_on": "2026-12-17"},
            on=date(2026, 12, 18),
        ),
        "DDL-06": generative({"/service/launched_on": "2026-11-19"}, {"/service/launched_on": "2026-11-20"}),
        "DDL-07": algorithm(
            {},
            facts=Facts(status="returned", returned_on=date(2026, 10, 29)),
            passing_facts=Facts(status="returned", returned_on=date(2026, 10, 30)),
            given=Bilingual("Returned on 2026-10-29.", "已于 2026-10-29 退回补正。"),
            passing_given=Bilingual("Returned on 2026-10-30.", "已于 2026-10-30 退回补正。"),
        ),
    }
)
