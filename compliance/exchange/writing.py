"""Write the models of a dossier in the formats of other tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from compliance.dossier.stored import Canonical, tree_of
from compliance.exchange.carried import CYCLONEDX, SPDX
from compliance.exchange.cyclonedx_writing import as_cyclonedx
from compliance.exchange.spdx_writing import as_spdx
from compliance.language import Bilingual

FORMATS: Mapping[str, Callable[..., dict[str, Any]]] = MappingProxyType({CYCLONEDX: as_cyclonedx, SPDX: as_spdx})
_LOST = Bilingual(
    "Not carried: training compute and annotation, samples and checks of corpora, license terms met, evidence of edges, the security "
    "assessment, labeling and documents.",
    "未写入：训练算力与标注、语料抽检与核验、已履行的许可义务、派生关系的依据、安全评估、标识和材料。",
)
LOST: Mapping[str, Bilingual] = MappingProxyType({CYCLONEDX: _LOST, SPDX: _LOST})
MEDIA_TYPES = MappingProxyType(
    {CYCLONEDX: "application/vnd.cyclonedx+json; version=1.7", SPDX: "application/spdx+json"}
)


def write_models(canonical: Canonical, format: str, *, at: datetime) -> dict[str, Any]:
    """Return the models of a dossier in a format, `cyclonedx` or `spdx`. The same dossier and moment give the same bytes."""
    moment = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return FORMATS[format](tree_of(canonical.text), digest=canonical.sha256, at=moment)
