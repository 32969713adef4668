"""What people write in a field, and what it means."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.dossier.pointer import ROOT, Pointer
from compliance.forms.editing import field_at
from compliance.forms.shape import Field, dossier_shape, fields_of
from compliance.forms.values import labels_of, text_of, value_of


def field(at: str) -> Field:
    found = field_at(dossier_shape(), ROOT, Pointer(at))[1]
    assert found is not None
    return found


COUNT, RATE, DAY = "/service/registered_users", "/assessment/refusal_test/refusal_rate", "/service/launched_on"


@pytest.mark.parametrize(
    ("at", "written", "value"),
    [
        (COUNT, "12160", 12160),
        (COUNT, "12,160", 12160),
        (COUNT, "１２１６０", 12160),
        (COUNT, " 1.2万 ", 12_000),
        (COUNT, "7B", 7_000_000_000),
        (COUNT, "70亿", 7_000_000_000),
        (COUNT, "45 TB", "45 TB"),
        ("/models/0/corpora/0/bytes", "45 TB", 45 * 10**12),
        ("/models/0/context_length", "128K", "128K"),
        ("/labeling/log_retention_months", "6 m", "6 m"),
        (COUNT, "12160²", "12160²"),
        (RATE, "0.98²", "0.98²"),
        (DAY, "2026-3-1²", "2026-3-1²"),
        (COUNT, "1.5", "1.5"),
        (COUNT, "1,5", "1,5"),
        (COUNT, "12 160", 12160),
        (COUNT, "-3", "-3"),
        (COUNT, "viele", "viele"),
        (RATE, "98%", "0.98"),
        (RATE, "９８.５％", "0.985"),
        (RATE, "5‰", "0.005"),
        (RATE, "0.98", "0.98"),
        (RATE, "98", "98"),
        (DAY, "2026-03-01", "2026-03-01"),
        (DAY, "2026/3/1", "2026-03-01"),
        (DAY, "2026.3.1", "2026-03-01"),
        (DAY, "2026年3月1日", "2026-03-01"),
        (DAY, "２０２６年３月１日", "2026-03-01"),
        (DAY, "20260301", "2026-03-01"),
        (DAY, "1/3/2026", "1/3/2026"),
        (DAY, "2026-02-30", "2026-02-30"),
        ("/service/public", "是", True),
        ("/service/public", "No", False),
        ("/service/public", "maybe", "maybe"),
        ("/service/domain", "医疗", "medical"),
        ("/service/domain", "E-commerce", "ecommerce"),
        ("/jurisdiction", "广东", "44"),
        ("/jurisdiction", "Guangdong", "44"),
        ("/models/0/developer/country", "中国", "CN"),
        ("/models/0/developer/country", "united states", "US"),
        ("/applicant/uscc", "９１４４０３００７０８４６１１３６t", "91440300708461136T"),
        ("/models/0/training/compute/0/hours", "1,500.5", Decimal("1500.5")),
    ],
)
def test_what_is_written_is_understood_or_stays_as_it_is(at: str, written: str, value: Any) -> None:
    assert value_of(written, field(at)) == value


@given(
    st.sampled_from([at for at, found in fields_of(dossier_shape(), ROOT) if found.codes and found.entry == "code"]),
    st.data(),
)
def test_every_label_of_a_closed_list_is_read_as_its_code(at: Pointer, data: st.DataObject) -> None:
    found = field(at.replace("/-", "/0"))
    code = data.draw(st.sampled_from(sorted(found.codes)))
    labels = labels_of(found)[code]
    assert [value_of(written, found) for written in (code, labels.en, labels.zh)] == [code] * 3


@given(st.integers(0, 2**53))
def test_a_count_is_read_as_it_is_shown(count: int) -> None:
    assert value_of(text_of(count, field(COUNT)), field(COUNT)) == count


@given(st.integers(0, 10_000))
def test_a_rate_is_read_as_it_is_shown(ten_thousandths: int) -> None:
    rate = Decimal(ten_thousandths) / 10_000
    assert Decimal(value_of(text_of(str(rate), field(RATE)), field(RATE))) == rate
