"""
The duties that the licenses of common base models impose on derivatives. Facts, not legal advice.

Taken from the license texts that the developers publish with their models; `is_confirmed` is False if the text was not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """
    The duties of whoever derives a model: `terms` are codes of `license_terms_met`; the derivative's name must begin with
    `prefix`; above `users` monthly active users a commercial license is required; `reaches_outputs` extends the duties to
    models trained on outputs; `laxer` lists licenses that a derivative must not have.
    """

    name: str
    terms: tuple[str, ...]
    prefix: str = ""
    users: int | None = None
    reaches_outputs: bool = False
    laxer: tuple[str, ...] = ()
    is_confirmed: bool = True

    def names(self, model: str | None) -> bool:
        """Say whether a model's name begins with the required prefix; hyphens, underscores and spaces are equal, case is ignored."""
        return not self.prefix or _bare(model).startswith(_bare(self.prefix))

    def is_contradicted_by(self, own: str | None) -> bool:
        """Say whether a derivative's own license grants more than this one allows."""
        return license_named(own) is not None and license_named(own) in [license_named(name) for name in self.laxer]


def _bare(name: str | None) -> str:
    return re.sub(r"[-_\s]+", " ", name or "").strip().casefold()


_COPY, _NOTICE, _BUILT_WITH = "agreement_copy", "notice_file", "built_with_display"
_CHANGES, _POLICY, _COMMERCIAL = "changes_marked", "use_policy_passed_on", "commercial_license"
_OPEN = ("MIT", "Apache-2.0")
_META_USERS = 700_000_000


def _llama(version: str, prefix: str) -> License:
    return License(
        name=f"LicenseRef-Llama-{version}",
        terms=(_COPY, _BUILT_WITH, _NOTICE),
        prefix=prefix,
        users=_META_USERS,
        reaches_outputs=True,
        laxer=_OPEN,
    )


_ALL = (
    License(name="Apache-2.0", terms=(_COPY, _CHANGES, _NOTICE)),
    License(name="MIT", terms=(_COPY,)),
    License(name="LicenseRef-Llama-2", terms=(_COPY, _NOTICE, _POLICY), users=_META_USERS, laxer=_OPEN),
    _llama("3", "Llama 3"),
    _llama("3.1", "Llama"),
    _llama("3.2", "Llama"),
    _llama("3.3", "Llama"),
    _llama("4", "Llama"),
    License(name="LicenseRef-Tongyi-Qianwen", terms=(_COPY, _CHANGES, _NOTICE), users=100_000_000, laxer=_OPEN),
    License(name="LicenseRef-DeepSeek-1.0", terms=(_COPY, _CHANGES, _POLICY), reaches_outputs=True, laxer=_OPEN),
    License(name="LicenseRef-Gemma", terms=(_COPY, _CHANGES, _NOTICE, _POLICY), reaches_outputs=True, laxer=_OPEN),
    License(name="LicenseRef-Baichuan-2", terms=(_COPY, _COMMERCIAL), laxer=_OPEN),
    License(name="LicenseRef-GLM-4", terms=(_BUILT_WITH, _COMMERCIAL), prefix="glm-4", laxer=_OPEN),
    License(name="LicenseRef-ChatGLM2", terms=(_COMMERCIAL,), is_confirmed=False, laxer=_OPEN),
    License(name="LicenseRef-Orion", terms=(_COPY, _CHANGES, _COMMERCIAL), laxer=_OPEN),
)
LICENSES = MappingProxyType({license.name.casefold(): license for license in _ALL})


def license_named(name: str | None) -> License | None:
    """Return the license with an SPDX id or `LicenseRef-…`, ignoring case; None for an unknown one."""
    return LICENSES.get((name or "").strip().casefold())
