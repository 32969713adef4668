"""
Multiplying the rows of filings in bulk: every row that belongs to a family of filings is copied, with other keys, other names,
and other times. Revisions and events are hashed again, so that the history of every copy verifies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from itertools import pairwise
from typing import Any, cast

from django.apps import apps
from django.db import connection, models
from django.db.models import Max
from django.utils import timezone

from benchmarks.desk_rows import execute
from benchmarks.million_templates import ARCHIVE, LATIN, NAME, PROVINCES, QUEUES, REVIEWERS, Family, uscc_of
from benchmarks.register import SYLLABLES
from compliance.filings.history.verification import faults_of_history
from compliance.models import Change, Event, Filing, LastPosition
from registry.chaining import canonical
from registry.models import User

# Copy number n of a row has the key of the row and n times this; no table has as many rows of templates.
STRIDE = 1_000
BLOCK = 20
A_WEEK = 100
AT_ONCE = 2_000
# As many filings are under way, however large the archive is; of a small registry, this share.
MOST_OPEN, OPEN_SHARE = 3_000, 0.3
LEFT_OUT = frozenset(
    {"registry_membership", "compliance_documentfacts", "compliance_consequence", "registry_auditevent"}
)
UNCHANGED = frozenset({"next_look_on", "recount_on"})
PROVINCE = f"(ARRAY{list(PROVINCES)})[b.number % {len(PROVINCES)} + 1]"
SETTINGS = (
    *("session_replication_role = replica", "synchronous_commit = off"),
    *("maintenance_work_mem = '1GB'", "work_mem = '512MB'", "max_parallel_maintenance_workers = 0"),
    # The statistics do not know the rows that were just written.
    *("enable_hashjoin = off", "enable_mergejoin = off", "enable_seqscan = off", "jit = off"),
)
SHA256 = "encode(sha256(convert_to({}, 'UTF8')), 'hex')"


@dataclass(frozen=True, slots=True)
class Span:
    """The keys of the rows of a family in each table: after the first, up to the second."""

    family: Family
    keys: dict[str, tuple[int, int]]


def marks() -> dict[str, int]:
    """Return the last key of each table."""
    return {model._meta.db_table: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in _models()}


def span(family: Family, before: dict[str, int]) -> Span:
    """Return the rows that have been made since."""
    after = marks()
    made = {table: (before[table], after[table]) for table in after if after[table] > before[table]}
    return Span(family, {table: keys for table, keys in made.items() if table not in LEFT_OUT})


def multiply(size: int, archive: Span, queues: Span) -> None:
    """Copy the families until there are so many filings, then bring the tables into the state that autovacuum keeps."""
    opened = int(min(MOST_OPEN, size * OPEN_SHARE)) // BLOCK - 1
    archived = size // BLOCK - opened - 2
    # No triggers and no checks of foreign keys: the rows are whole, and the history is written as it would have been.
    for setting in SETTINGS:
        execute(f"SET {setting}")
    indexes = _drop_indexes({*archive.keys, *queues.keys})
    _write_blocks(archived, opened)
    for each in (archive, queues):
        _write_lines(each)
        _copy(each, archived + opened)
    for statement in indexes:
        execute(statement)
    execute("RESET ALL")
    _go_on_after_copies({*archive.keys, *queues.keys})
    execute("VACUUM ANALYZE")


def verify_some() -> None:
    """Verify the history of copies; their documents have no events of uploads."""
    last = Filing.objects.values_list("pk", flat=True).latest("pk")
    for first in (last // 3, last // 2, last - STRIDE):
        faults = faults_of_history(Filing.objects.filter(pk__gt=first, pk__lte=first + STRIDE))
        assert {fault.code for fault in faults} <= {"document_inserted"}, faults


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and isinstance(model._meta.pk, models.AutoField):
            yield model


# --- blocks -------------------------------------------------------------------------------------------------
def _write_blocks(archived: int, opened: int) -> None:
    """Write a line for each copy of a family: what is added to its keys, by how many days it is earlier, and its names."""
    execute(
        "CREATE TEMPORARY TABLE block (number int, family text, shift bigint, days int, place bigint, name text, uscc text,"
        " cases text, latin text, entity text, grams text, letters text[])"
    )
    rows = list(_blocks(archived, opened))
    with connection.cursor() as cursor, cursor.copy("COPY block FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    execute("ANALYZE block")


def _blocks(archived: int, opened: int) -> Iterator[tuple[Any, ...]]:
    last, place = _places()
    for number in range(1, archived + opened + 1):
        is_open = number > archived
        family = QUEUES if is_open else ARCHIVE
        left = archived + opened - number if is_open else archived - number
        days = left * 10 // opened if is_open else left * 7 // A_WEEK
        first, count = place[family.name]
        yield (number, family.name, number * STRIDE, days, last - first, *_names(number, days))
        last += count


def _places() -> tuple[int, dict[str, tuple[int, int]]]:
    """Return the last position of a change, and for each family the position before its first one, and how many it has."""
    found = {}
    for family in (ARCHIVE, QUEUES):
        changes = Change.objects.filter(filing__applicant__uscc=family.uscc).order_by("position")
        positions = [position or 0 for position in changes.values_list("position", flat=True)]
        found[family.name] = (positions[0] - 1, len(positions))
    return LastPosition.objects.get(pk=1).last, found


def _names(number: int, days: int) -> tuple[Any, ...]:
    base, left, name = len(SYLLABLES), number * 7919, ""
    for _ in NAME:
        left, place = divmod(left, base)
        name += SYLLABLES[place]
    uscc = uscc_of(f"MA{number:07}")
    cases = f"F{(timezone.localdate() - timedelta(days=days)).year}-{number:05}"
    # A case number ends with two more digits.
    texts = (uscc, *(f"{cases}{digit}" for digit in range(5)))
    grams = dict.fromkeys(gram for text in texts for gram in _pairs(text.lower()))
    letters = [f"{ord(letter):x}" for letter in name]
    return name, uscc, cases, f"K{number}", f"440305{number + 9:07}", " ".join(grams), letters


def _pairs(text: str) -> list[str]:
    return [f"{ord(first):x}z{ord(second):x}" for first, second in pairwise(text)]


# --- copying ------------------------------------------------------------------------------------------------
def _copy(each: Span, copies: int) -> None:
    """Copy the rows of all tables; events are hashed over revisions, and filings hold the hash of their last event."""
    by_table = {model._meta.db_table: model for model in _models() if model._meta.db_table in each.keys}
    event, filing = by_table.pop(Event._meta.db_table), by_table.pop(Filing._meta.db_table)
    numbers = range(1, _last_number(each) + 1)
    for first in range(1, copies + 1, AT_ONCE):
        part = f"b.number >= {first} AND b.number < {first + AT_ONCE}"
        for model in by_table.values():
            _insert(each, model, part)
        for number in numbers:
            _insert(each, event, f"{part} AND t.number = {number}", _EVENTS)
        _insert(each, filing, part)


def _last_number(each: Span) -> int:
    first, last = each.keys[Event._meta.db_table]
    return int(Event.objects.filter(pk__gt=first, pk__lte=last).aggregate(last=Max("number"))["last"])


# The event before, the revision that an event names, and its line for the hash.
_EVENTS = (
    " JOIN line ON line.event = t.id"
    " LEFT JOIN compliance_event AS before ON before.filing_id = t.filing_id + b.shift AND before.number = t.number - 1"
    " LEFT JOIN compliance_revision AS r ON r.filing_id = t.filing_id + b.shift AND r.number = line.revision"
)


def _insert(each: Span, model: type[models.Model], part: str, joined: str = "") -> None:
    fields = cast("tuple[models.Field[Any, Any], ...]", model._meta.concrete_fields)
    table, values = model._meta.db_table, ", ".join(_value(each, field) for field in fields)
    first, last = each.keys[table]
    execute(
        f"INSERT INTO {table} ({', '.join(str(field.column) for field in fields)}) SELECT {values} FROM block AS b"
        f" JOIN {table} AS t ON t.id > {first} AND t.id <= {last}{joined}"
        f" WHERE b.family = '{each.family.name}' AND {part} ORDER BY b.number, t.id"
    )


def _value(each: Span, field: models.Field[Any, Any]) -> str:
    """Return the value of a column in a copy as SQL."""
    table, column = field.model._meta.db_table, f"t.{field.column}"
    if own := _OWN.get(f"{table}.{field.column}"):
        return own(lambda text: _replaced(each, text))
    if field.primary_key:
        return "t.id + b.shift"
    if isinstance(field, models.ForeignKey):
        return _key(each, field, column)
    if isinstance(field, models.UUIDField):
        return _uid(table, "t.id + b.shift")
    if isinstance(field, models.DateField) and field.column not in UNCHANGED:
        day = "interval '1 day'" if isinstance(field, models.DateTimeField) else "1"
        return f"{column} - b.days * {day}"
    return _text(each, field, column)


def _key(each: Span, field: models.ForeignKey[Any, Any], column: str) -> str:
    """Rows of the family refer to the copies of its rows, and to others, such as people, as they did."""
    first, last = each.keys.get(field.remote_field.model._meta.db_table, (0, 0))
    return f"CASE WHEN {column} > {first} AND {column} <= {last} THEN {column} + b.shift ELSE {column} END"


def _uid(table: str, key: str) -> str:
    return f"md5('{table} ' || ({key}))::uuid"


def _text(each: Span, field: models.Field[Any, Any], column: str) -> str:
    if isinstance(field, models.JSONField):
        return f"{_replaced(each, f'{column}::text')}::jsonb"
    if field.column == "search_grams":
        return _grams(column)
    is_name = isinstance(field, models.TextField) or (field.max_length or 0) >= 16
    is_hash = field.max_length == 64
    return _replaced(each, column) if is_name and not is_hash and not field.choices else column


def _replaced(each: Span, text: str) -> str:
    """Replace what names the family by what names a copy, in capitals and in small letters."""
    cases = str(Filing.objects.values_list("case_number", flat=True).earliest("pk"))[:-2]
    names = {NAME: "name", each.family.uscc: "uscc", cases: "cases", LATIN: "latin", "4403050000001": "entity"}
    for given, name in names.items():
        text = f"replace({text}, '{given}', b.{name})"
        if given.lower() != given:
            text = f"replace({text}, '{given.lower()}', lower(b.{name}))"
    return text


def _grams(column: str) -> str:
    """Pairs of the characters of the name are written with its code points; those of other names are added."""
    for place, letter in enumerate(NAME, 1):
        column = f"replace({column}, '{ord(letter):x}', b.letters[{place}])"
    return f"{column} || ' ' || b.grams"


Text = Callable[[str], str]


def _with_new_values(text: Text, column: str) -> str:
    """Replace in an event what it says of its revision and its day."""
    changes = {"line.sha256": "r.sha256", "line.day": "(line.day::date - b.days)::text"}
    column = text(column)
    for given, now in changes.items():
        column = f"replace({column}, coalesce({given}, '~'), coalesce({now}, '~'))"
    return column


def _line(text: Text) -> str:
    moment = (
        "to_char((t.at - b.days * interval '1 day') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || '+00:00'"
    )
    line = f"replace({_with_new_values(text, 'line.text')}, line.uid, {_uid('compliance_filing', 't.filing_id + b.shift')}::text)"
    return f"replace({line}, line.at, {moment})"


_OWN: dict[str, Callable[[Text], str]] = {
    "compliance_filing.reference_key": lambda text: SHA256.format(text("t.reference")),
    "compliance_filing.service_key": lambda text: SHA256.format(text("t.service_name")),
    "compliance_filing.province": lambda text: PROVINCE,
    "registry_source.province": lambda text: PROVINCE,
    "registry_officialnumber.jurisdiction": lambda text: PROVINCE,
    "compliance_filing.last_event_hash": lambda text: (
        "(SELECT e.hash FROM compliance_event AS e"
        " WHERE e.filing_id = t.id + b.shift AND e.number = t.last_event_number)"
    ),
    # Every filing is checked once a week.
    "compliance_filing.checked_at": lambda text: "now() - b.number * 37 % 700 * interval '0.01 day'",
    "compliance_filing.due_on": lambda text: "CASE WHEN t.clock <> '' THEN current_date + b.number % 35 - 7 END",
    "compliance_filing.assignee_id": lambda text: (
        f"CASE WHEN b.family = 'queues' AND (b.number + t.id) % 5 < 3 THEN {_reviewer()} END"
    ),
    "compliance_revision.sha256": lambda text: SHA256.format(text("t.content")),
    "compliance_workingcopy.sha256": lambda text: SHA256.format(text("t.content")),
    "compliance_event.data": lambda text: f"{_with_new_values(text, 't.data::text')}::jsonb",
    "compliance_event.previous_hash": lambda text: "coalesce(before.hash, '')",
    "compliance_event.hash": lambda text: SHA256.format(f"coalesce(before.hash, '') || E'\\n' || {_line(text)}"),
    "compliance_change.position": lambda text: "t.position + b.place",
    "compliance_notice.user_id": lambda text: _reviewer(),
    "compliance_notice.key": lambda text: "t.key || ':' || b.number",
    "registry_organization.name_key": lambda text: SHA256.format(text("t.name")),
    "registry_service.name_key": lambda text: SHA256.format(text("t.name")),
    "registry_aimodel.key": lambda text: SHA256.format("(t.id + b.shift)::text"),
    "registry_source.key": lambda text: (
        "'filing:' || (SELECT "
        + _uid("compliance_filing", "f.id + b.shift")
        + " FROM compliance_filing AS f WHERE f.source_id = t.id)"
    ),
}


def _reviewer() -> str:
    first = User.objects.filter(username__startswith="bench-reviewer").earliest("pk").pk
    return f"{first} + b.number % {REVIEWERS}"


def _write_lines(each: Span) -> None:
    """Write the text over which the hash of each event is made, with what differs in a copy."""
    execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS line (event bigint, text text, uid text, at text, sha256 text, day text, revision int)"
    )
    first, last = each.keys[Event._meta.db_table]
    for event in Event.objects.filter(pk__gt=first, pk__lte=last).select_related("filing"):
        uid, data = str(event.filing.uid), event.data
        at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
        fields = {name: getattr(event, name) for name in ("number", "verb", "actor", "reason", "data")}
        text = canonical(fields | {"filing": uid, "at": at, "from": event.from_status, "to": event.to_status})
        revision = data.get("revision")
        values = [event.pk, text, uid, at, data["sha256"] if revision else None, data.get("day"), revision]
        execute("INSERT INTO line VALUES (%s, %s, %s, %s, %s, %s, %s)", values)


# --- around it ----------------------------------------------------------------------------------------------
def _drop_indexes(tables: set[str]) -> list[str]:
    """Drop the indexes that no constraint needs, and return the statements that make them again: filling them is slow."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
            " AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
            [list(tables)],
        )
        found = dict(cursor.fetchall())
    for name in found:
        execute(f'DROP INDEX "{name}"')
    return list(found.values())


def _go_on_after_copies(tables: set[str]) -> None:
    """Let new rows get keys and positions after those of the copies."""
    for table in tables:
        execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
    last = Change.objects.aggregate(last=Max("position"))["last"]
    LastPosition.objects.update(last=last, notified=last, raised=last)
