"""Taking over the filings of a workbook: all of them, or none while one fault stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from compliance.attachments.faults import UNREADABLE_MESSAGES
from compliance.attachments.refused import CannotRead
from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.dossier.pointer import ROOT
from compliance.dossier.stored import Canonical, tree_of
from compliance.filings.actions import edit_dossier, open_filing
from compliance.filings.refusals import Refused
from compliance.filings.reviewing import check_at_once
from compliance.forms.answers import ABSENT, entered
from compliance.forms.editing import field_at
from compliance.forms.shape import dossier_shape
from compliance.forms.wording import refusal
from compliance.language import Bilingual, Language
from compliance.models import Filing, WorkingCopy
from compliance.rules.evaluation import evaluate
from compliance.rules.problems import Finding
from compliance.workbooks.reading import Entered, ReadWorkbook, read_workbook
from registry.models import Organization, User

_OTHER_APPLICANT = Bilingual(
    "The filing is of another organization: this workspace takes only filings of {uscc}.",
    "该申报属于其他单位，本工作空间只接收统一社会信用代码为 {uscc} 的申报。",
)
_UNKNOWN_CASE = Bilingual(
    "This organization has no filing {case}. Correct the case number, or leave it empty for a new filing.",
    "本单位没有案号为 {case} 的申报。请更正；新申报请留空。",
)
_NOT_EDITABLE = Bilingual(
    "{case} cannot be changed now. Only drafts and returned filings can be.",
    "{case} 目前不能修改，仅草稿和退回补正的申报可以修改。",
)


_OLDER = Bilingual(
    "{case} was changed after this workbook was made. Download its workbook again and enter your changes there.",
    "{case} 在本工作簿生成后已被修改。请重新下载其工作簿，再填写您的修改。",
)
_LACKS_PARTS = Bilingual(
    "The models of {case} are others, or in another order, and sheets or columns with their parts are missing. Download its "
    "workbook again and keep all sheets.",
    "{case} 的模型或者其顺序有变化，而与模型有关的工作表或者列缺失。请重新下载其工作簿并保留全部工作表。",
)


@dataclass(slots=True)
class Line:
    """A filing of a workbook: what was entered, the filing that it changes (None: a new one), and what the rules find."""

    entered: Entered
    filing: Filing | None = None
    version: str = ""
    parsed: Parsed | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs from what is stored."""
        return self.parsed is not None and self.parsed.canonical.sha256 == self.version


@dataclass(slots=True)
class Taken:
    """What came of a workbook: its filings, and its faults. With a fault, nothing is stored."""

    lines: list[Line] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)


def read_filings(stream: IO[bytes], organization: Organization, language: Language) -> Taken:
    """Read the filings of a workbook, with every fault by sheet and cell, and what the rules find. Stores nothing."""
    taken = Taken()
    try:
        workbook = read_workbook(stream)
    except CannotRead as error:
        message = Bilingual(*UNREADABLE_MESSAGES[error.unreadable.code])
        taken.faults.append(("", "", message.filled(language, error.unreadable.values)))
        return taken
    taken.faults += [(fault.sheet, fault.cell, fault.message(language)) for fault in workbook.faults]
    filings = _filings_of(workbook.filings, organization)
    for each in workbook.filings:
        taken.lines.append(_line(each, workbook, filings, organization, language, taken.faults))
    today = timezone.localdate()
    for line in taken.lines:
        if line.parsed:
            line.findings = _findings(line.parsed, today)
    return taken


def _findings(parsed: Parsed, today: date) -> list[Finding]:
    return evaluate(parsed.dossier, today=today).findings


def _filings_of(every: list[Entered], organization: Organization) -> dict[str, Filing]:
    cases = [each.case for each in every if each.case]
    rows = Filing.objects.filter(applicant=organization, case_number__in=cases).select_related("working_copy")
    return {filing.case_number: filing for filing in rows}


def _line(
    each: Entered,
    workbook: ReadWorkbook,
    filings: dict[str, Filing],
    organization: Organization,
    language: Language,
    faults: list[Any],
) -> Line:
    line = Line(each, filings.get(each.case))
    sheet, cell = each.cell_of("")
    base: Any = ABSENT
    if each.case and line.filing is None:
        faults.append((sheet, cell, _UNKNOWN_CASE.filled(language, {"case": each.case})))
        return line
    if line.filing is not None:
        if not line.filing.is_editable:
            faults.append((sheet, cell, _NOT_EDITABLE.filled(language, {"case": each.case})))
            return line
        copy: WorkingCopy = line.filing.working_copy
        base, line.version = tree_of(copy.content), copy.sha256
        if each.version != line.version:
            faults.append((sheet, cell, _OLDER.filled(language, {"case": each.case})))
            return line
        if workbook.lacks_parts_of_models and _models_differ(each, base):
            faults.append((sheet, cell, _LACKS_PARTS.filled(language, {"case": each.case})))
            return line
    tree = entered(dossier_shape(), ROOT, each.answers, base)
    try:
        line.parsed = parse(Canonical.of({} if tree is ABSENT else tree).text.encode())
    except Malformed as error:
        faults += [_fault_line(fault, each, language) for fault in error.faults]
        return line
    if line.parsed.dossier.applicant.uscc != organization.uscc:
        sheet, cell = each.cell_of("/applicant/uscc")
        faults.append((sheet, cell, _OTHER_APPLICANT.filled(language, {"uscc": organization.uscc or ""})))
    return line


def _models_differ(each: Entered, base: Any) -> bool:
    """Whether the rows of models are not those of the stored dossier, one by one."""
    if "/models" not in each.answers:
        return False
    stored = [str(model.get("key") or "") for model in base.get("models") or ()]
    written = [each.written.get(f"/models/{i}/key", "").strip() for i in range(each.counts.get("/models", 0))]
    return stored != written


def _fault_line(fault: Fault, each: Entered, language: Language) -> tuple[str, str, str]:
    at, found = field_at(dossier_shape(), ROOT, fault.at)
    return (*each.cell_of(at), refusal(fault, found.entry if found else None, each.written.get(at, ""), language))


class NotTaken(Exception):
    """A filing of the workbook was refused while it was stored, so none is: the line and the refusal."""

    def __init__(self, line: Line, refused: Refused) -> None:
        super().__init__(line.entered.number)
        self.line, self.refused = line, refused


@transaction.atomic
def take_over(taken: Taken, *, by: User) -> list[Filing]:
    """Open or change the filings of a workbook without faults, and check them: all or none. Raises NotTaken."""
    return [_take(line, by) for line in taken.lines if line.parsed and not line.is_same]


def _take(line: Line, by: User) -> Filing:
    assert line.parsed is not None
    try:
        if line.filing is None:
            filing, _is_new = open_filing(line.parsed, by=by)
        else:
            filing = edit_dossier(line.filing, line.parsed, by=by, expected_version=frozenset({line.version}))
        check_at_once(filing)
    except Refused as error:
        raise NotTaken(line, error) from error
    return filing
