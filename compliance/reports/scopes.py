"""What a report is about: its period, its parameters, and what of it the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from compliance.dossier.codes import KINDS
from compliance.language import Bilingual
from compliance.reports.periods import Period
from registry.models import Organization, Role, User
from registry.names import key_of
from registry.reference.regions import PROVINCES

Row = dict[str, Any]
PROVINCE, APPLICANT, KIND = "province", "applicant", "kind"


@dataclass(eq=False)
class ParameterRefused(Exception):
    """A parameter of a report is unknown, missing or has an impossible value; `text` says what to give instead."""

    name: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a report. `choices` are its values with their labels; without them it is a USCC."""

    name: str
    title: Bilingual
    choices: Mapping[str, Bilingual] = field(default_factory=dict)

    def checked(self, value: str) -> str:
        """Return a valid value; raise ParameterRefused."""
        value = value.strip()
        if self.choices and value not in self.choices:
            listed = ", ".join(self.choices)
            raise ParameterRefused(
                self.name,
                Bilingual(
                    f"“{value}” is not a value of {self.name}: {listed}.",
                    f"“{value}”不是{self.title.zh}的取值：{listed}。",
                ),
            )
        if not self.choices and not Organization.objects.filter(uscc=value.upper()).exists():
            raise ParameterRefused(
                self.name,
                Bilingual(
                    f"No organization has the unified social credit code “{value}”.",
                    f"没有统一社会信用代码为“{value}”的单位。",
                ),
            )
        return value if self.choices else value.upper()


PARAMETERS: dict[str, Parameter] = {
    PROVINCE: Parameter(
        PROVINCE, Bilingual("province", "省份"), {code: Bilingual(*names) for code, names in PROVINCES.items()}
    ),
    APPLICANT: Parameter(APPLICANT, Bilingual("applicant (USCC)", "备案主体（统一社会信用代码）")),
    KIND: Parameter(KIND, Bilingual("kind of filing", "备案类型"), KINDS),
}


def checked_parameters(given: Mapping[str, str], *, required: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the given parameters, without empty ones, in the order of their names. Raises ParameterRefused."""
    for name in given.keys() - PARAMETERS.keys():
        listed = ", ".join(PARAMETERS)
        text = Bilingual(f"There is no parameter “{name}”: {listed}.", f"没有名为“{name}”的参数：{listed}。")
        raise ParameterRefused(name, text)
    checked = {name: PARAMETERS[name].checked(value) for name, value in sorted(given.items()) if value}
    for name in required:
        if name not in checked:
            title = PARAMETERS[name].title
            raise ParameterRefused(name, Bilingual(f"This report needs: {title.en}.", f"本报告须指定{title.zh}。"))
    return checked


@dataclass(frozen=True)
class Sight:
    """
    What a reader may see of a report: everything, or the rows of some provinces and of some organizations (by USCC).
    """

    is_everything: bool = False
    provinces: frozenset[str] = frozenset()
    organizations: frozenset[str] = frozenset()

    def sees(self, province: str, uscc: str) -> bool:
        return self.is_everything or province in self.provinces or uscc in self.organizations

    @cached_property
    def key(self) -> str:
        """A text by which equal sights are known: empty for everything."""
        if self.is_everything:
            return ""
        return key_of("\n".join([*sorted(self.provinces), "", *sorted(self.organizations)]))


EVERYTHING = Sight(is_everything=True)


def sight_of(user: User) -> Sight:
    """Return what a user may see: all for registrars and auditors, else the reviewed provinces and the own organizations."""
    if user.has_role(Role.REGISTRAR, Role.AUDITOR):
        return EVERYTHING
    own = Organization.objects.filter(pk__in=user.own_organizations, uscc__isnull=False)
    return Sight(
        provinces=frozenset(user.reviewed_provinces), organizations=frozenset(own.values_list("uscc", flat=True))
    )


@dataclass(frozen=True)
class Scope:
    """The period, the parameters and the sight for which rows are asked."""

    period: Period
    parameters: Mapping[str, str] = field(default_factory=dict)
    sight: Sight = EVERYTHING

    def covers(self, *, province: str, uscc: str, kind: str) -> bool:
        """Return whether a row about a filing of an applicant belongs to the report."""
        asked = self.parameters
        return (
            (PROVINCE not in asked or asked[PROVINCE] == province)
            and (APPLICANT not in asked or asked[APPLICANT] == uscc)
            and (KIND not in asked or asked[KIND] == kind)
            and self.sight.sees(province, uscc)
        )

    def before(self) -> Scope:
        """Return the same scope for the period before."""
        return Scope(self.period.previous(), self.parameters, self.sight)
