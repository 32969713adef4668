"""A report in the language of its reader: texts, figures, charts and tables, from which every format is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from compliance.language import Bilingual, Language, language_of
from compliance.reports.catalog import Breakdown, Chart, Column, ColumnType, Figure, Report, Table, every_row
from compliance.reports.columns import desk_link
from compliance.reports.figures import Group, Number, Summary
from compliance.reports.scopes import PARAMETERS, Row
from compliance.reports.shown import capitalized, shown_moment, shown_number, shown_period, signed
from compliance.reports.written import WrittenReport
from registry.models import Organization

MOST_GROUPS = 20
_PERIOD, _WRITTEN = Bilingual("Period", "报告期"), Bilingual("Written at", "生成时间")
_RULES_DAY = Bilingual("Rules as of", "规则适用日")
_HASH, _RUN = Bilingual("SHA-256", "SHA-256"), Bilingual("Run", "报告编号")
_ROWS_TITLE = Bilingual("Details", "明细")
_LIMITED = Bilingual("Only what you may see", "仅含您有权查看的内容")
_SIGHT = Bilingual("Scope", "范围")
_UNCHANGED = Bilingual(
    "Nothing in these figures changed since the previous period ({period}).",
    "与上期（{period}）相比，以上各项数据没有变化。",
)
_CHANGED = Bilingual("Since the previous period ({period}): {changes}.", "与上期（{period}）相比：{changes}。")
_MOST = Bilingual("{title}: {groups}.", "{title}：{groups}。")
_NONE = Bilingual("none", "无")


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure with its value in the period before; `is_worse` says whether the change is for the worse, if that is known."""

    name: str
    title: str
    value: Number | None
    before: Number | None
    is_worse: bool | None

    @property
    def change(self) -> Number:
        difference = (self.value or 0) - (self.before or 0)
        return round(difference, 1) if isinstance(difference, float) else difference

    @property
    def shown(self) -> str:
        return shown_number(self.value)

    @property
    def shown_change(self) -> str:
        return signed(self.change)


class _InASentence:
    """A figure in a sentence: `{open:flag is|flags are}` adds the form for one or for several."""

    def __init__(self, figure: ShownFigure) -> None:
        self.figure = figure

    def __format__(self, forms: str) -> str:
        if not forms:
            return self.figure.shown
        one, several = forms.split("|")
        return f"{self.figure.shown} {one if self.figure.value == 1 else several}"


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group of a breakdown; `share` is a percentage of the largest group, by which a bar is drawn."""

    name: str
    label: str
    count: int
    share: int
    part: int | None = None
    part_share: int = 0
    median: Number | None = None


@dataclass(frozen=True, slots=True)
class ShownBreakdown:
    """A breakdown as chart and table. `headings` are those of its table: group, count, and what else is counted."""

    name: str
    title: str
    chart: Chart
    headings: list[str]
    groups: list[ShownGroup]
    left_out: int = 0

    @property
    def cells(self) -> list[list[Any]]:
        """The rows of the table."""
        return [
            [group.label, group.count, *([group.part] if group.part is not None else []), *self._median(group)]
            for group in self.groups
        ]

    def _median(self, group: ShownGroup) -> list[Number | None]:
        return [group.median] if len(self.headings) > 2 + (group.part is not None) else []


@dataclass(frozen=True)
class ShownTable:
    """A table of rows; `rows` yields its cells anew on each call."""

    name: str
    title: str
    columns: list[Column]
    headings: list[str]
    rows: Callable[[], Iterator[list[Any]]] = field(repr=False)
    # The address of what each row is about, in the same order; None for a row without one.
    links: Callable[[], Iterator[str | None]] = field(repr=False)
    count: Callable[[], int] = field(repr=False)
    # The rows with their codes.
    raw: Callable[[], Iterator[Row]] = field(repr=False)


@dataclass(frozen=True)
class ShownReport:
    """A written report in a language. `link_of` gives the address of what a row is about, for its reader."""

    written: WrittenReport
    language: Language
    link_of: Callable[[Row], str | None] = desk_link

    @property
    def report(self) -> Report:
        return self.written.report

    @property
    def title(self) -> str:
        return self.report.title.in_(self.language)

    @property
    def description(self) -> str:
        return self.report.description.in_(self.language)

    @property
    def period(self) -> str:
        return shown_period(self.written.period)

    @property
    def filename(self) -> str:
        """The name of its files, without the ending."""
        period = self.written.period
        return f"{self.report.name}-{period.first_day:%Y%m%d}-{period.last_day:%Y%m%d}"

    @cached_property
    def particulars(self) -> list[tuple[str, str]]:
        """What the report is about, as pairs of a label and a text."""
        written = self.written
        pairs: list[tuple[Bilingual, str]] = [(_PERIOD, f"{self.period} (Asia/Shanghai)")]
        pairs += [(PARAMETERS[name].title, self._parameter(name, value)) for name, value in written.parameters.items()]
        if not (written.sight.is_everything or self.report.is_public):
            pairs.append((_SIGHT, _LIMITED.in_(self.language)))
        pairs += [(_RULES_DAY, written.rules_day.isoformat()), (_WRITTEN, shown_moment(written.written_at))]
        if written.run is not None:
            pairs.append((_RUN, str(written.run.uid)))
        pairs.append((_HASH, written.sha256))
        return [(capitalized(label.in_(self.language)), text) for label, text in pairs]

    def _parameter(self, name: str, value: str) -> str:
        choices = PARAMETERS[name].choices
        if value in choices:
            return choices[value].in_(self.language)
        organization = Organization.objects.filter(uscc=value).first()
        return f"{organization.name} {value}" if organization else value

    @cached_property
    def _summaries(self) -> tuple[Summary, Summary]:
        return self.written.summaries()

    @cached_property
    def figures(self) -> list[ShownFigure]:
        now, before = self._summaries
        return [
            _shown_figure(figure, now.figures[figure.name], before.figures[figure.name], self.language)
            for figure in self.report.figures
        ]

    @cached_property
    def sentences(self) -> list[str]:
        """The summary in words: how things stand, what changed since the period before, and what is most frequent."""
        values = {figure.name: _InASentence(figure) for figure in self.figures}
        return [self.report.sentence.filled(self.language, values), self._change_in_words(), *self._most_frequent()]

    def _change_in_words(self) -> str:
        before = shown_period(self.written.period.previous())
        changed = [f"{figure.title} {figure.shown_change}" for figure in self.figures if figure.change]
        if not changed:
            return _UNCHANGED.filled(self.language, {"period": before})
        listed = ("；" if self.language == "zh" else "; ").join(changed)
        return _CHANGED.filled(self.language, {"period": before, "changes": listed})

    def _most_frequent(self) -> Iterator[str]:
        for breakdown in self.breakdowns[:1]:
            if breakdown.groups:
                listed = ("、" if self.language == "zh" else ", ").join(
                    f"{group.label} ({group.count:,})" for group in breakdown.groups[:3]
                )
                yield _MOST.filled(self.language, {"title": breakdown.title, "groups": listed})

    @cached_property
    def breakdowns(self) -> list[ShownBreakdown]:
        groups = self._summaries[0].breakdowns
        return [_shown_breakdown(each, groups[each.name], self.language) for each in self.report.breakdowns]

    @property
    def has_changed(self) -> bool:
        """Whether any figure or breakdown differs from the period before."""
        now, before = self._summaries
        return now != before

    def reader(self, column: Column) -> Callable[[Row], Any]:
        """Return a function that gives the value of a row in a column, for the reader at hand."""
        return self.link_of if column.type == ColumnType.LINK else column.reader(self.language)

    def table(self) -> ShownTable:
        """Return all rows with every column."""
        return self._table("", self.title, self.report.columns, every_row)

    def tables(self) -> list[ShownTable]:
        """Return the tables as pages and paper show them."""
        if self.report.tables:
            return [self._table_of(table) for table in self.report.tables]
        by_name = {column.name: column for column in self.report.columns}
        columns = tuple(by_name[name] for name in self.report.paper)
        return [self._table_of(Table("", _ROWS_TITLE, columns, every_row))]

    def _table_of(self, table: Table) -> ShownTable:
        return self._table(table.name, table.title.in_(self.language), table.columns, table.where)

    def _table(self, name: str, title: str, columns: tuple[Column, ...], where: Callable[[Row], bool]) -> ShownTable:
        def raw() -> Iterator[Row]:
            return filter(where, self.written.rows())

        def rows() -> Iterator[list[Any]]:
            readers = [self.reader(column) for column in columns]
            return ([read(row) for read in readers] for row in raw())

        def links() -> Iterator[str | None]:
            return map(self.link_of, raw())

        def count() -> int:
            if where is every_row:
                return self.written.row_count
            return sum(1 for _ in raw())

        headings = [capitalized(column.heading.in_(self.language)) for column in columns]
        return ShownTable(name, title, list(columns), headings, rows, links, count, raw)


def show(written: WrittenReport, language: str | None, link_of: Callable[[Row], str | None] = desk_link) -> ShownReport:
    """Return a written report in a language."""
    return ShownReport(written, language_of(language), link_of)


def _shown_figure(figure: Figure, value: Number | None, before: Number | None, language: Language) -> ShownFigure:
    difference = (value or 0) - (before or 0)
    is_worse = None if figure.is_bad is None or not difference else (difference > 0) == figure.is_bad
    return ShownFigure(figure.name, figure.title.in_(language), value, before, is_worse)


def _shown_breakdown(breakdown: Breakdown, groups: list[Group], language: Language) -> ShownBreakdown:
    most = None if breakdown.chart == Chart.COLUMNS else MOST_GROUPS
    largest = max((group.count for group in groups), default=1) or 1
    headings = [Bilingual("group", "分组"), Bilingual("count", "数量")]
    headings += [title for title in (breakdown.part_title, breakdown.median_title) if title is not None]
    shown = [_shown_group(breakdown, group, largest, language) for group in groups[:most]]
    return ShownBreakdown(
        breakdown.name,
        breakdown.title.in_(language),
        breakdown.chart,
        [capitalized(heading.in_(language)) for heading in headings],
        shown,
        len(groups) - len(shown),
    )


def _shown_group(breakdown: Breakdown, group: Group, largest: int, language: Language) -> ShownGroup:
    part_share = round(100 * group.part / group.count) if group.part and group.count else 0
    share = round(100 * group.count / largest)
    return ShownGroup(
        group.name, breakdown.label(group.name, language), group.count, share, group.part, part_share, group.median
    )
