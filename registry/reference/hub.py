"""The license identifiers of the Hugging Face Hub, and their equivalents in the registry."""

from __future__ import annotations

from types import MappingProxyType

# By identifier of the Hub's license field: the SPDX id, or LicenseRef-… if there is none.
HUB_LICENSES = MappingProxyType(
    {
        "apache-2.0": "Apache-2.0",
        "mit": "MIT",
        "openrail": "LicenseRef-OpenRAIL",
        "bigscience-openrail-m": "LicenseRef-BigScience-OpenRAIL-M",
        "creativeml-openrail-m": "LicenseRef-CreativeML-OpenRAIL-M",
        "bigscience-bloom-rail-1.0": "LicenseRef-BigScience-RAIL-1.0",
        "bigcode-openrail-m": "LicenseRef-BigCode-OpenRAIL-M",
        "afl-3.0": "AFL-3.0",
        "artistic-2.0": "Artistic-2.0",
        "bsl-1.0": "BSL-1.0",
        "bsd": "LicenseRef-BSD",
        "bsd-2-clause": "BSD-2-Clause",
        "bsd-3-clause": "BSD-3-Clause",
        "cc": "LicenseRef-Creative-Commons",
        "cc0-1.0": "CC0-1.0",
        "cc-by-2.0": "CC-BY-2.0",
        "cc-by-3.0": "CC-BY-3.0",
        "cc-by-4.0": "CC-BY-4.0",
        "cc-by-sa-3.0": "CC-BY-SA-3.0",
        "cc-by-sa-4.0": "CC-BY-SA-4.0",
        "cc-by-nc-2.0": "CC-BY-NC-2.0",
        "cc-by-nc-3.0": "CC-BY-NC-3.0",
        "cc-by-nc-4.0": "CC-BY-NC-4.0",
        "cc-by-nd-4.0": "CC-BY-ND-4.0",
        "cc-by-nc-nd-4.0": "CC-BY-NC-ND-4.0",
        "cc-by-nc-sa-4.0": "CC-BY-NC-SA-4.0",
        "gpl": "LicenseRef-GPL",
        "gpl-2.0": "GPL-2.0-only",
        "gpl-3.0": "GPL-3.0-only",
        "lgpl-3.0": "LGPL-3.0-only",
        "agpl-3.0": "AGPL-3.0-only",
        "mpl-2.0": "MPL-2.0",
        "unlicense": "Unlicense",
        "wtfpl": "WTFPL",
        "llama2": "LicenseRef-Llama-2",
        "llama3": "LicenseRef-Llama-3",
        "llama3.1": "LicenseRef-Llama-3.1",
        "llama3.2": "LicenseRef-Llama-3.2",
        "llama3.3": "LicenseRef-Llama-3.3",
        "llama4": "LicenseRef-Llama-4",
        "gemma": "LicenseRef-Gemma",
    }
)
# By the field `license_name` beside `license: other`, as developers of known base models write it.
HUB_LICENSE_NAMES = MappingProxyType(
    {
        "qwen": "LicenseRef-Tongyi-Qianwen",
        "tongyi-qianwen": "LicenseRef-Tongyi-Qianwen",
        "tongyi-qianwen-research": "LicenseRef-Tongyi-Qianwen-Research",
        "qwen-research": "LicenseRef-Qwen-Research",
        "deepseek": "LicenseRef-DeepSeek-1.0",
        "deepseek-license": "LicenseRef-DeepSeek-1.0",
        "yi-license": "LicenseRef-Yi",
        "glm-4": "LicenseRef-GLM-4",
        "llama2": "LicenseRef-Llama-2",
        "llama3": "LicenseRef-Llama-3",
        "llama3.1": "LicenseRef-Llama-3.1",
        "llama3.2": "LicenseRef-Llama-3.2",
        "llama3.3": "LicenseRef-Llama-3.3",
        "llama4": "LicenseRef-Llama-4",
        "gemma": "LicenseRef-Gemma",
        "falcon-llm-license": "LicenseRef-Falcon-LLM-2.0",
        "orion-14b-series": "LicenseRef-Orion",
    }
)
_SPELLED_OUT = MappingProxyType(
    {
        "mit license": "mit",
        "the mit license": "mit",
        "apache license 2.0": "apache-2.0",
        "apache 2.0": "apache-2.0",
        "apache-2": "apache-2.0",
        "apache license, version 2.0": "apache-2.0",
    }
)


def license_of_card(license: str | None, license_name: str | None = None) -> str | None:
    """Return the license of a model card as the registry writes it; an unknown license is returned unchanged."""
    named = (license_name or "").strip()
    if named and (license or "").strip().casefold() in ("", "other"):
        return HUB_LICENSE_NAMES.get(named.casefold(), named)
    identifier = (license or "").strip()
    identifier = _SPELLED_OUT.get(identifier.casefold(), identifier)
    if identifier.casefold() in ("", "other", "unknown"):
        return None
    return HUB_LICENSES.get(identifier.casefold(), identifier)
