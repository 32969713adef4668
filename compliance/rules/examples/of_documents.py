"""Examples of the rules on labels and documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from compliance.attachments.contents import Credential, UnknownClass
from compliance.language import Bilingual
from compliance.rules.context import Facts
from compliance.rules.examples.making import (
    ASSESSMENT,
    Example,
    algorithm,
    complete,
    generative,
    registration,
    with_keywords,
    with_questions,
    without,
)

EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        "LAB-01": algorithm({"/labeling/explicit": []}),
        "LAB-02": generative({"/labeling/export_keeps_label": False}),
        "LAB-03": generative({"/labeling/terms_clause": False}),
        "LAB-04": generative(
            {"/labeling/unlabeled_on_request": True, "/labeling/log_retention_months": 5},
            {"/labeling/unlabeled_on_request": True, "/labeling/log_retention_months": 6},
        ),
        "LAB-05": generative({"/labeling/implicit/metadata/ProduceID": ""}),
        "LAB-06": generative(
            {"/labeling/implicit/metadata/ContentProducer": "001191110000600037341L10002"},
            {"/labeling/implicit/metadata/ContentProducer": "样例云图智能有限公司"},
        ),
        "LAB-07": generative(
            {"/labeling/explicit/0/text": "内容由机器生成"}, {"/labeling/explicit/0/text": "人工智能合成"}
        ),
        "LAB-08": generative(
            {"/labeling/explicit/-": {"modality": "video", "text": "AI生成", "seconds": "1.9", "height_share": "0.05"}},
            {"/labeling/explicit/-": {"modality": "video", "text": "AI生成", "seconds": "2", "height_share": "0.05"}},
        ),
        "LAB-09": generative(without("generative-complete", "label_materials")),
        "DOC-01": algorithm(without("algorithm-complete", "officer_proof")),
        "DOC-02": generative(without("generative-complete", "keyword_list")),
        "DOC-03": registration(without("registration-complete", "called_model_statement")),
        "DOC-04": generative({"/documents/1/sealed": False}),
        "DOC-05": algorithm(
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
            given=Bilingual(
                "Submitted; all files except the first are uploaded.", "已提交；除第一项外的文件均已上传。"
            ),
            passing_given=Bilingual("Submitted; all files are uploaded.", "已提交；所有文件均已上传。"),
        ),
        "DOC-06": generative(
            {f"{ASSESSMENT}/keywords/total": 12_161},
            {f"{ASSESSMENT}/keywords/total": 12_160},
            facts=with_keywords(),
            given=Bilingual("The keyword list contains 12,160 distinct rows.", "关键词列表去重后有 12160 行。"),
        ),
        "DOC-07": generative(
            {},
            facts=with_keywords(unknown_classes=(UnknownClass(sheet="关键词", row=12, value="其他"),)),
            passing_facts=with_keywords(),
            given=Bilingual("A row of the keyword list has the class “其他”.", "关键词列表中有一行的分类为“其他”。"),
            passing_given=Bilingual(
                "Every row of the keyword list has a known class.", "关键词列表每一行均为已知分类。"
            ),
        ),
        "DOC-08": generative(
            {},
            facts=with_keywords(
                credentials=(Credential(kind="password", place="关键词 3", shown="密码：Ab…"),),
            ),
            passing_facts=with_keywords(),
            given=Bilingual("A row of the keyword list contains a password.", "关键词列表中有一行包含密码。"),
            passing_given=Bilingual("The keyword list contains no credentials.", "关键词列表不含凭证。"),
        ),
        "DOC-09": generative(
            {},
            facts=with_questions(answered=2_000, passed=1_889),
            passing_facts=with_questions(answered=2_000, passed=1_890),
            given=Bilingual(
                "1,889 of 2,000 answered rows passed: 0.9445; 0.95 is declared.",
                "2000 行结果中合格 1889 行，为 0.9445；申报 0.95。",
            ),
            passing_given=Bilingual(
                "1,890 of 2,000 answered rows passed: 0.945, within 0.005 of the declared 0.95.",
                "2000 行结果中合格 1890 行，为 0.945，与申报的 0.95 相差不超过 0.005。",
            ),
        ),
        "DOC-10": generative(
            {"/models/0/training/compute/0/vendor_country": "US"},
            {
                "/models/0/training/compute/0/vendor_country": "US",
                "/documents/-": {"kind": "continuity_statement", "title": "算力断供应对说明"},
            },
        ),
    }
)
