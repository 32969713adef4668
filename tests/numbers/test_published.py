"""The published lists: the three samples cell by cell, repeated imports, and the quirks of real lists."""

from __future__ import annotations

import csv
import json
import zipfile
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from compliance import demo
from registry.models import AIModel, Listing, OfficialNumber, Organization, Service, Source
from registry.numbers.published.entries import entry_of
from registry.numbers.published.numbers import InvalidRow
from registry.numbers.published.products import products_of
from registry.reference.base_models import base_models

LISTS = sorted((Path(demo.__file__).parent / "lists").glob("*.csv"))
PROVINCES = {
    "北京市": "11",
    "浙江省": "33",
    "重庆市": "50",
    "上海市": "31",
    "青海省": "63",
    "广西壮族自治区": "45",
    "国资委": "",
}
NUMBER = "网信算备330110507206401230035号"


def run(*files, **options) -> list[dict]:
    out = StringIO()
    with suppress(SystemExit):
        call_command("import_register", *map(str, files), format="json", stdout=out, **options)
    return json.loads(out.getvalue())


def counts(results: list[dict]) -> list[tuple[int, ...]]:
    return [
        (each["rows"], each["created"], each["updated"], each["unchanged"], len(each["rejected"])) for each in results
    ]


def state() -> list[tuple]:
    numbers = OfficialNumber.objects.values_list(
        "number", "status", "title", "holder", "jurisdiction", "issued_on", "remark"
    )
    return [sorted(numbers, key=str), Listing.objects.count(), AIModel.objects.count(), Service.objects.count()]


def test_the_samples_imported_twice(db):
    first = run(*LISTS)
    assert counts(first) == [(7, 7, 0, 0, 0), (7, 6, 1, 0, 0), (11, 11, 0, 0, 0)]
    before = state()
    assert counts(run(*LISTS)) == [(7, 0, 0, 7, 0), (7, 0, 0, 7, 0), (11, 0, 0, 11, 0)]
    assert state() == before


def test_the_order_of_the_files_does_not_matter(db):
    run(*LISTS)
    before = state()
    for kind in (Listing, OfficialNumber):
        kind.objects.all().delete()
    run(*reversed(LISTS))
    assert state() == before


def test_a_dry_run_reports_the_same_and_stores_nothing(db):
    assert counts(run(*LISTS, dry_run=True))[2] == (11, 11, 0, 0, 0)
    assert (OfficialNumber.objects.count(), Source.objects.count(), Organization.objects.count()) == (0, 0, 0)


def test_each_cell_of_the_generative_sample_is_in_the_register(db):
    run(*LISTS)
    with LISTS[2].open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        number = OfficialNumber.objects.get(number=row["备案编号"])
        year, month, day = (int(part) for part in row["备案时间"].removesuffix("（补登）").split("/"))
        is_filing = row["类型"] == "备案"
        assert (
            number.kind,
            number.status,
            number.holder,
            number.title,
            number.place,
            number.jurisdiction,
            number.issued_on,
            number.is_held_by_filing,
        ) == (
            "generative" if is_filing else "registration",
            "filed" if is_filing else "registered",
            row["备案单位"],
            row["模型名称"].partition("注：")[0],
            row["属地"],
            PROVINCES[row["属地"]],
            date(year, month, day),
            False,
        )
        assert [model.name for model in number.ai_models.all()] == ([number.title] if is_filing else [])
        assert [service.name for service in number.services.all()] == [number.title]


def test_each_cell_of_the_algorithm_samples_is_in_the_register(db):
    run(*LISTS)
    types = {
        "排序精选类": "ranking",
        "调度决策类": "dispatch",
        "生成合成类": "generation",
        "检索过滤类": "search_filter",
        "个性化推送类": "personalized_push",
    }
    roles = {"服务提供者": "provider", "服务技术支持者": "technical_supporter"}
    for path in LISTS[:2]:
        with path.open(encoding="utf-8-sig") as file:
            for row in csv.DictReader(file):
                number = OfficialNumber.objects.get(number=row["备案编号"])
                assert (number.holder, number.title, number.jurisdiction) == (
                    row["主体名称"],
                    row["算法名称"],
                    row["备案编号"][4:6],
                )
                assert number.status == ("cancelled" if row["备注"] == "已注销" else "filed")
                assert number.algorithm_type == types.get(row.get("算法类别"), number.algorithm_type)
                assert number.role == roles.get(row.get("角色"), number.role)
                # The later of two announcements takes precedence.
                is_in_both = number.listings.count() == 2
                assert is_in_both or row["主要用途"] == number.purpose


def test_the_same_number_in_two_lists_is_one_number(db):
    run(*LISTS)
    number = OfficialNumber.objects.get(number="网信算备110108413760701220011号")
    assert (number.listings.count(), number.role, number.algorithm_type) == (2, "provider", "generation")


def test_models_and_services_have_the_status_of_their_numbers(db):
    run(*LISTS)
    assert AIModel.objects.get(name="文心一言").registration_status == "filed"
    assert Service.objects.get(name="慧问").registration_status == "registered"
    assert Service.objects.get(name="考拉海购").registration_status == "cancelled"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"number": "网信算备：３３０１１０５０７２０６４０１２３００３５号"}, {"number": NUMBER}),
        ({"number": " 网信算备330110507206401230035号 "}, {"number": NUMBER}),
        ({"remark": "已注销"}, {"status": "cancelled"}),
        ({"remark": "2025年3月注销"}, {"status": "cancelled"}),
        ({"remark": "已于2025年3月注销"}, {"status": "cancelled"}),
        ({"remark": "该备案已于2025年3月被撤销"}, {"status": "revoked"}),
        ({"remark": "已注销应用产品“旧APP”"}, {"status": "filed"}),
        ({"remark": "2024年6月，删除应用产品（小程序已注销），新增网站"}, {"status": "filed"}),
        ({"remark": "主体申请注销备案"}, {"status": "filed"}),
        ({"remark": "原主体名称：乙有限公司，变更为：丙有限公司"}, {"holder": "丙有限公司"}),
        ({"remark": "主体名称由乙公司变更为丙公司，再变更为丁公司"}, {"holder": "丁公司"}),
        ({"remark": "原主体名称“乙公司”于2024年6月变更为“丙公司”"}, {"holder": "丙公司", "former_holder": "乙公司"}),
        ({"remark": "原主体名称乙公司变更为丙科技（上海）有限公司（2024年6月）"}, {"holder": "丙科技（上海）有限公司"}),
        ({"remark": "应用名称由“旧APP”变更为“新APP”"}, {"title": "智语"}),
        ({"title": "智慧医院大模型", "holder": "新华社"}, {"title": "智慧医院大模型", "holder": "新华社"}),
        ({"title": "上海人工智能实验室", "holder": "书生大模型"}, {"holder": "上海人工智能实验室"}),
        ({"title": "2025/7/11", "issued_on": "模型七"}, {"title": "模型七", "issued_on": "2025-07-11"}),
        ({"place": "智语模型", "title": "北京市"}, {"title": "智语模型", "jurisdiction": "11"}),
        ({"number": "beijing-ABF—202308240004。"}, {"number": "Beijing-ABF-202308240004"}),
        ({"number": "备案号：Beijing-ABF-202308240004（补登）"}, {"number": "Beijing-ABF-202308240004"}),
        ({"announced": "2024年4月"}, {"announced": "2024-04"}),
        ({"announced": "2024-6"}, {"announced": "2024-06"}),
        ({"issued_on": "45849"}, {"issued_on": "2025-07-11"}),
        ({"issued_on": "20250711"}, {"issued_on": "2025-07-11"}),
        ({"issued_on": "2025/7/110"}, {"issued_on": ""}),
        ({"remark": "未注销"}, {"status": "filed"}),
        ({"remark": "已撤销备案"}, {"status": "revoked"}),
        ({"remark": "原主体名称“甲公司”变更为“乙公司”"}, {"holder": "乙公司", "former_holder": "甲公司"}),
        ({"remark": "2024年6月，原主体名称甲公司变更为乙公司"}, {"holder": "乙公司"}),
        ({"remark": "2022年9月更新备案主体名称"}, {"holder": "甲公司"}),
        ({"title": "甲科技有限公司", "holder": "智语大模型"}, {"title": "智语大模型", "holder": "甲科技有限公司"}),
        ({"title": NUMBER, "number": "智语"}, {"number": NUMBER, "title": "智语"}),
        ({"title": "安第斯大模型注：英文名为AndesGPT"}, {"title": "安第斯大模型", "name_en": "AndesGPT"}),
        ({"issued_on": "2026/5/1（补登）"}, {"issued_on": "2026-05-01"}),
        ({"issued_on": "2026年5月1日"}, {"issued_on": "2026-05-01"}),
        ({"issued_on": "2026/13/1"}, {"issued_on": ""}),
        ({"place": "内蒙古"}, {"jurisdiction": "15"}),
        ({"place": "国资委"}, {"jurisdiction": ""}),
        ({"number": "Zhejiang-AntGLM-20231019", "place": ""}, {"jurisdiction": "33", "kind": "generative"}),
        ({"number": "Shanghai-HuiWen-20250630S0088"}, {"kind": "registration", "status": "registered"}),
    ],
)
def test_a_cell_is_read_as_a_person_would_read_it(cells, expected):
    entry = entry_of({"number": NUMBER, "holder": "甲公司", "title": "智语", **cells})
    assert {name: getattr(entry, name) for name in expected} == expected


@pytest.mark.parametrize(
    "cells",
    [
        {"number": "网信算备33011050720640号"},
        {"number": "网信算备330110507206401号"},
        {"number": ""},
        {"number": "待定"},
        {"holder": ""},
        {"holder": "--"},
        {"number": "Beijing-X-20261301"},
    ],
)
def test_a_bad_row_is_refused_with_a_reason_in_both_languages(cells):
    with pytest.raises(InvalidRow) as refused:
        entry_of({"number": NUMBER, "holder": "甲公司", "title": "智语", **cells})
    assert (
        refused.value.en.isascii()
        or "“" in refused.value.en
        or NUMBER in refused.value.en
        or "网信" in refused.value.en
    )
    assert any("一" <= character <= "鿿" for character in refused.value.zh)


@pytest.mark.parametrize(
    "remark", ["未注销", "拟注销", "备案失效", "终止备案", "2022年9月更新备案主体名称", "乙公司更名"]
)
def test_an_ambiguous_remark_gets_a_note(remark):
    entry = entry_of({"number": NUMBER, "holder": "甲公司", "title": "智语", "remark": remark})
    assert (entry.status, [remark in note[1] for note in entry.notes]) == ("filed", [True])


def a_list(path: Path, title: str, *rows: str) -> Path:
    path.write_text("\n".join([title, "序号,属地,模型名称,备案单位,备案编号,备案时间,备注", *rows]))
    return path


@pytest.mark.parametrize("order", [1, -1])
def test_the_later_of_two_announcements_takes_precedence_in_any_order(db, tmp_path, order):
    number = "Beijing-MX-202308210001"
    early = a_list(tmp_path / "a.csv", "已备案信息（2024年4月）", f"1,北京市,模,甲公司,{number},2023/8/31,")
    late = a_list(tmp_path / "b.csv", "已备案信息（2024年12月）", f"1,北京市,模,乙公司,{number},2023/8/31,已注销")
    run(*[early, late][::order])
    assert OfficialNumber.objects.values_list("holder", "status").get() == ("乙公司", "cancelled")
    assert [each[3] for each in counts(run(*[early, late]))] == [1, 1]


def test_a_number_that_occurs_twice_in_a_list_gets_a_note_and_is_stable(db, tmp_path):
    number = "Beijing-MX-202308210001"
    rows = [f"1,北京市,模,甲公司,{number},2023/8/31,", f"1,北京市,模,乙公司,{number},2023/8/31,"]
    path = a_list(tmp_path / "a.csv", "清单", *rows, "注：以上信息截至2024年4月,,,,,,")
    result = run(path)[0]
    assert [note for note in result["notes"] if "before" in note]
    assert (result["rows"], run(path)[0]["unchanged"]) == (2, 2)


def test_every_sheet_of_a_workbook_that_is_a_list_is_read(db, tmp_path):
    book = Workbook()
    book.active.append(["说明"])
    for name, number in (("备案", "Beijing-A-202506250002"), ("登记", "Beijing-B-20250625S0003")):
        sheet = book.create_sheet(name)
        sheet.append(["序号", "属地", "名称", "备案单位", "备案号（上线编号）", "模型名称"])
        sheet.append([1, "北京市", "x", "甲公司", number, "模"])
        sheet.cell(row=5_000, column=9).value = " "
    book.save(tmp_path / "list.dat")
    assert counts(run(tmp_path / "list.dat")) == [(2, 2, 0, 0, 0)]


def test_a_damaged_workbook_does_not_stop_the_other_files(db, tmp_path):
    good = workbook(
        tmp_path / "good.xlsx", [["序号", "主体名称", "备案编号", "算法名称"], [1, "甲公司", NUMBER, "智语"]]
    )
    with zipfile.ZipFile(good) as whole, zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as damaged:
        for name in whole.namelist():
            content = whole.read(name)
            damaged.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    assert [(each["created"], len(each["rejected"])) for each in run(tmp_path / "bad.xlsx", good)] == [(0, 1), (1, 0)]


def test_a_doubtful_row_is_imported_with_notes():
    entry = entry_of(
        {"number": "网信算备330110507206407230034号", "holder": "甲公司", "title": "智语", "place": "火星"}
    )
    assert [note[0] for note in entry.notes] == [
        "the check digit is 4, expected 1",
        "digits 14 and 15 are 07, expected 01 to 06",
        "“火星” is not a province",
    ]


def test_products_are_read_with_their_forms():
    assert products_of("百度新闻（APP、网站）百度百科（APP）、贴吧（网站）等") == [
        ("百度新闻", ["app", "website"]),
        ("百度百科", ["app"]),
        ("贴吧", ["website"]),
    ]
    assert products_of("--") == []


def workbook(path: Path, rows: list[list]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_with_a_title_and_real_dates_is_read(db, tmp_path):
    path = workbook(
        tmp_path / "list.xlsx",
        [
            ["生成式人工智能服务已备案信息"],
            [],
            ["序号", "属地", "大模型名称", "备案单位", "备案 编号", "备案时间"],
            [2, "北京市", "乙模型", "乙公司", "Beijing-YiMoXing-202506250002", date(2025, 7, 11)],
            ["1*", "北京市", "甲模型", "甲公司", "ｂｅｉｊｉｎｇ", "2025/7/11"],
            [None, None, None, None, None, None],
            ["序号", "属地", "大模型名称", "备案单位", "备案编号", "备案时间"],
            [3, "北京市", "丙公司", "丙模型", "Beijing-BingMoXing-202506250003", 45849],
        ],
    )
    (result,) = run(path)
    assert counts([result]) == [(3, 2, 0, 0, 1)]
    assert [each["line"] for each in result["rejected"]] == [5]
    assert OfficialNumber.objects.get(title="乙模型").issued_on == date(2025, 7, 11)
    assert OfficialNumber.objects.get(title="丙模型").holder == "丙公司"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_real_files_are_read(db, tmp_path, encoding):
    path = tmp_path / "list.csv"
    path.write_text(f"序号,算法名称,主体名称,备案编号\n1,智语,甲公司,{NUMBER}\n", encoding=encoding)
    assert counts(run(path)) == [(1, 1, 0, 0, 0)]


@pytest.mark.parametrize(
    "content", [b"", b"a,b,c\n1,2,3\n", b"\x00\x01\x02", b"PK\x03\x04 not a zip", b"\xff\xfe\xfd,\x81\n"]
)
def test_a_file_that_is_not_a_list_is_reported_and_stores_nothing(db, tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    (result,) = run(path, tmp_path / "missing.csv")[:1]
    assert (result["rows"], len(result["rejected"])) == (0, 1)
    assert OfficialNumber.objects.count() == 0


def test_the_catalog_and_the_lists_do_not_affect_each_other(db):
    call_command("load_catalog", stdout=StringIO())
    run(*LISTS)
    call_command("load_catalog", stdout=StringIO())
    assert AIModel.objects.count() == len(base_models()) + 7


# Announcements since 2026 cover two months; the list of services on phones names the maker of the phone (filing-rules.md, §4.2).
OF_2026 = """公告期次,类型,序号,属地,模型名称,备案单位,备案编号,备案时间
2026年5-6月,备案,1,北京市,样例一号,北京样例科技有限公司,Beijing-YangLiYiHao-202605120001,2026/5/12
2026年5月至6月,登记,2,上海市,样例二号,上海样例科技有限公司,Shanghai-YangLiErHao-20260601S0002,2026年6月1日
"""
ON_DEVICE = """序号,属地,模型名称,终端厂商,备案编号,备案时间
1,北京市,样例端侧,北京样例终端有限公司,Beijing-YangLiDuanCe-202607150001（手机端侧）,2026/7/15
"""


def test_lists_of_two_months_and_of_services_on_phones(db, tmp_path):
    (tmp_path / "two-months.csv").write_text(OF_2026, encoding="utf-8")
    (tmp_path / "on-device.csv").write_text(ON_DEVICE, encoding="utf-8")
    assert counts(run(tmp_path / "two-months.csv", tmp_path / "on-device.csv")) == [(2, 2, 0, 0, 0), (1, 1, 0, 0, 0)]
    rows = OfficialNumber.objects.order_by("number").values_list("number", "kind", "holder", "issued_on")
    assert list(rows) == [
        ("Beijing-YangLiDuanCe-202607150001", "generative", "北京样例终端有限公司", date(2026, 7, 15)),
        ("Beijing-YangLiYiHao-202605120001", "generative", "北京样例科技有限公司", date(2026, 5, 12)),
        ("Shanghai-YangLiErHao-20260601S0002", "registration", "上海样例科技有限公司", date(2026, 6, 1)),
    ]
    assert counts(run(tmp_path / "two-months.csv")) == [(2, 0, 0, 2, 0)]
