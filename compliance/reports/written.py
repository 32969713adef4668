"""A report that is written: its period, its parameters, its hash and its rows, whether it is stored or made for one reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from compliance.models import ReportFigures, ReportPart, ReportRun
from compliance.reports.catalog import REPORTS, Report
from compliance.reports.figures import Group, Summary, summarize
from compliance.reports.packing import Digest, parts_of, unpacked
from compliance.reports.periods import Period
from compliance.reports.scopes import EVERYTHING, Row, Scope, Sight


@dataclass(frozen=True)
class WrittenReport:
    """
    A written report as a reader may see it. `parts` gives its rows, packed, whenever it is called. `run` is the id of the
    stored run; a report that is not stored has none.
    """

    report: Report
    period: Period
    parameters: dict[str, str]
    written_at: datetime
    sha256: str
    parts: Callable[[], Iterable[bytes]] = field(repr=False)
    sight: Sight = EVERYTHING
    run: ReportRun | None = None
    # How many rows there are for a reader who sees all.
    total: int = 0

    @cached_property
    def row_count(self) -> int:
        """How many rows the reader may see."""
        sees_all = self.sight.is_everything or self.report.is_public
        return self.total if sees_all else sum(1 for _ in self.rows())

    @property
    def rules_day(self) -> date:
        """The day as of which the rules and the calendar were applied: the last one of the period."""
        return self.period.last_day

    @property
    def scope(self) -> Scope:
        return Scope(self.period, self.parameters, self.sight)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that the reader may see."""
        sees_all = self.sight.is_everything or self.report.is_public
        for part in self.parts():
            for row in unpacked(bytes(part)):
                if sees_all or self.sight.sees(row.get("province", ""), row.get("uscc", "")):
                    yield row

    def summaries(self) -> tuple[Summary, Summary]:
        """Return the figures of the period and those of the period before, for what the reader may see."""
        key = "" if self.report.is_public else self.sight.key
        if self.run is None:
            return self._count()
        kept = ReportFigures.objects.filter(run=self.run, sight=key).first()
        if kept is None:
            now, before = self._count()
            content = {"now": asdict(now), "before": asdict(before)}
            kept, _is_new = ReportFigures.objects.get_or_create(run=self.run, sight=key, defaults={"content": content})
        return _summary(kept.content["now"]), _summary(kept.content["before"])

    def _count(self) -> tuple[Summary, Summary]:
        return summarize(self.report, self.rows()), summarize(self.report, self.report.rows(self.scope.before()))


def _summary(content: dict[str, Any]) -> Summary:
    groups = {name: [Group(**group) for group in listed] for name, listed in content["breakdowns"].items()}
    return Summary(content["figures"], groups)


def stored(run: ReportRun, sight: Sight) -> WrittenReport:
    """Return a stored run as somebody with a sight sees it."""

    def parts() -> Iterator[bytes]:
        contents = ReportPart.objects.filter(run=run).order_by("number").values_list("content", flat=True)
        yield from contents.iterator(chunk_size=10)

    assert run.written_at is not None
    return WrittenReport(
        REPORTS[run.report],
        Period(run.begins_at, run.ends_at),
        run.parameters,
        run.written_at,
        run.sha256,
        parts,
        sight,
        run,
        run.row_count,
    )


def keep_figures(key: int) -> None:
    """Count the figures of a run for those who see everything, so that nobody who opens it waits for them."""
    stored(ReportRun.objects.get(pk=key), EVERYTHING).summaries()


def write_unstored(report: Report, scope: Scope, *, at: datetime | None = None) -> WrittenReport:
    """Write a report without storing it: for a command, or a preview."""
    parameters = dict(scope.parameters)
    digest = Digest(report.name, scope.period, parameters)
    counted = list(parts_of(report.rows(scope), digest))
    return WrittenReport(
        report,
        scope.period,
        parameters,
        at or timezone.now(),
        digest.sha256,
        lambda: (content for _length, content in counted),
        scope.sight,
        total=sum(length for length, _content in counted),
    )
