"""The findings of a verdict: their codes in the order in which they are reported, and the meaning of each."""

from __future__ import annotations

from types import MappingProxyType

from compliance.language import Bilingual

STRUCT_IDENTICAL = "STRUCT_IDENTICAL"
STRUCT_SAME_BLOCK = "STRUCT_SAME_BLOCK"
STRUCT_NONE = "STRUCT_NONE"
DEPTH_CHANGED = "DEPTH_CHANGED"
VOCAB_SIZE_EXTENDED = "VOCAB_SIZE_EXTENDED"
VOCAB_SIZE_REDUCED = "VOCAB_SIZE_REDUCED"
TENSORS_RENAMED = "TENSORS_RENAMED"
QKV_FUSED = "QKV_FUSED"
QUANTISED = "QUANTISED"
LORA_ADAPTER = "LORA_ADAPTER"
CONFIG_KNOWN = "CONFIG_KNOWN"
CONFIG_HEADER_MISMATCH = "CONFIG_HEADER_MISMATCH"
INTEGRITY_ERROR = "INTEGRITY_ERROR"
RESIDUAL_NAME = "RESIDUAL_NAME"
UNDECLARED_ARCHITECTURE_REUSE = "UNDECLARED_ARCHITECTURE_REUSE"
DECLARED_BASE_CONSISTENT = "DECLARED_BASE_CONSISTENT"
DECLARED_BASE_CONTRADICTED = "DECLARED_BASE_CONTRADICTED"
LICENSE_NAME_RULE = "LICENSE_NAME_RULE"
LICENSE_INCOMPATIBLE = "LICENSE_INCOMPATIBLE"
WEIGHTS_MATCH = "WEIGHTS_MATCH"
WEIGHTS_INDEPENDENT = "WEIGHTS_INDEPENDENT"
UNDECLARED_WEIGHT_REUSE = "UNDECLARED_WEIGHT_REUSE"

MEANINGS = MappingProxyType(
    {
        STRUCT_IDENTICAL: Bilingual(
            "The layer block, the depth and the vocabulary size are the same as in a known model.",
            "层结构、层数和词表大小与已知模型相同。",
        ),
        STRUCT_SAME_BLOCK: Bilingual(
            "The layer block is the same as in a known model; the depth or the vocabulary size differs.",
            "层结构与已知模型相同，层数或词表大小不同。",
        ),
        STRUCT_NONE: Bilingual("No known model has this layer block.", "已知模型中没有这样的层结构。"),
        DEPTH_CHANGED: Bilingual("No known model with this block has this depth.", "同结构的已知模型层数均不同。"),
        VOCAB_SIZE_EXTENDED: Bilingual(
            "The vocabulary is larger than in the closest known model with this block.",
            "词表大于最接近的同结构已知模型。",
        ),
        VOCAB_SIZE_REDUCED: Bilingual(
            "The vocabulary is smaller than in the closest known model with this block.",
            "词表小于最接近的同结构已知模型。",
        ),
        TENSORS_RENAMED: Bilingual("Tensors have different names than in the known model.", "张量名称与已知模型不同。"),
        QKV_FUSED: Bilingual(
            "Queries, keys and values are one matrix; in the known model they are three.",
            "查询、键、值在此合为一个矩阵，在已知模型中为三个矩阵。",
        ),
        QUANTISED: Bilingual("The weights are quantized.", "权重经过量化。"),
        LORA_ADAPTER: Bilingual("The files contain LoRA adapters.", "文件中包含 LoRA 适配器。"),
        CONFIG_KNOWN: Bilingual(
            "The configuration is that of a known model; no header was filed. It does not contradict the declaration.",
            "配置与已知模型的配置相同，但未提交文件头；这与申明并不矛盾。",
        ),
        CONFIG_HEADER_MISMATCH: Bilingual(
            "The configuration does not match the header of the weight files.", "配置文件与权重文件头不一致。"
        ),
        INTEGRITY_ERROR: Bilingual("The files are invalid or contradict themselves.", "文件无效或自相矛盾。"),
        RESIDUAL_NAME: Bilingual("The files still name a known model.", "文件中仍保留已知模型的名称。"),
        UNDECLARED_ARCHITECTURE_REUSE: Bilingual(
            "The architecture of a known family is used under different names and is not declared. This is no evidence about "
            "the origin of the weights.",
            "以自有名称沿用了已知系列的架构而未申明。这不能证明权重来源。",
        ),
        DECLARED_BASE_CONSISTENT: Bilingual(
            "The structure matches the declared base model.", "结构与申明的基础模型相符。"
        ),
        DECLARED_BASE_CONTRADICTED: Bilingual(
            "The structure, or what the files themselves name as their base model, does not match the declaration.",
            "结构或文件自身写明的基础模型与申明不符。",
        ),
        LICENSE_NAME_RULE: Bilingual(
            "The license of the declared base model requires a different beginning of the model name.",
            "所申明基础模型的许可协议对模型名称的开头另有要求。",
        ),
        LICENSE_INCOMPATIBLE: Bilingual(
            "The declared license is more permissive than the license of the declared base model allows.",
            "申明的许可协议宽于所申明基础模型的许可协议所允许的范围。",
        ),
        WEIGHTS_MATCH: Bilingual("The weights match a reference model.", "权重与参考模型一致。"),
        WEIGHTS_INDEPENDENT: Bilingual(
            "The weights are independent of all reference models that they were compared with.",
            "权重与所比较的参考模型均无关联。",
        ),
        UNDECLARED_WEIGHT_REUSE: Bilingual(
            "The weights match a reference model that is not declared.", "权重与未申明的参考模型一致。"
        ),
    }
)
# Findings that contradict the declaration, or show that the files are invalid.
AGAINST = frozenset(
    {UNDECLARED_ARCHITECTURE_REUSE, DECLARED_BASE_CONTRADICTED, UNDECLARED_WEIGHT_REUSE, INTEGRITY_ERROR}
)
ORDER = MappingProxyType({code: place for place, code in enumerate(MEANINGS)})


def in_order(codes: set[str]) -> list[str]:
    return sorted(codes, key=lambda code: ORDER[code])
