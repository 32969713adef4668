"""Recognize the headings of keyword lists and question banks, in any order and in their usual variants."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from compliance.attachments.sheets import Row

KEYWORD, QUESTION, ANSWER = "keyword", "question", "answer"
FIRST, SECOND, OUTCOME = "first", "second", "outcome"
# Many lists have title rows above the headings.
MOST_ROWS_ABOVE = 20
_MARKS = re.compile(r"[(（\[【)）\]】*＊:：?？]")
_REMARK = re.compile(r"[(（\[【].*?[)）\]】]|[*＊:：?？]")
_HEADINGS = {
    KEYWORD: (
        "关键词",
        "关键字",
        "关键词列表",
        "敏感词汇",
        "屏蔽词",
        "關鍵詞",
        "拦截关键词",
        "敏感词",
        "拦截词",
        "关键词内容",
        "词条",
        "keyword",
        "keywords",
    ),
    QUESTION: (
        "测试题",
        "测试题内容",
        "题干",
        "题目描述",
        "测试用例",
        "测试题目",
        "题目",
        "试题",
        "问题",
        "测试问题",
        "题目内容",
        "提示词",
        "question",
        "questions",
        "prompt",
    ),
    FIRST: (
        "一级分类编号",
        "所属一级分类",
        "一级风险类别",
        "风险类别一级",
        "一级分类",
        "一级类别",
        "一级风险",
        "一级标签",
        "大类",
        "风险大类",
        "主类",
        "一级",
        "category",
    ),
    SECOND: (
        "二级分类编号",
        "所属二级分类",
        "二级风险类别",
        "风险类别二级",
        "风险编号",
        "风险代码",
        "分类代码",
        "类型",
        "安全风险",
        "riskcategory",
        "二级分类",
        "二级类别",
        "二级风险",
        "二级标签",
        "小类",
        "风险小类",
        "子类",
        "二级",
        "分类",
        "类别",
        "风险类别",
        "风险类型",
        "风险分类",
        "风险",
        "方面",
        "subcategory",
        "risk",
        "class",
    ),
    ANSWER: ("模型回答", "回答", "模型输出", "生成内容", "输出内容", "模型生成内容", "答案", "answer", "response"),
    OUTCOME: (
        "是否合格",
        "合格",
        "是否通过",
        "评估结果",
        "测试结果",
        "是否符合",
        "判定结果",
        "判定",
        "result",
        "passed",
    ),
}
_MEANING = {heading: meaning for meaning, headings in _HEADINGS.items() for heading in headings}


@dataclass(frozen=True, slots=True)
class Columns:
    """The column index of each heading, from 0; a list has keywords or questions and at least one class."""

    places: dict[str, int]

    @property
    def is_of_keywords(self) -> bool:
        # A sheet of questions may have a column of keywords, too.
        return QUESTION not in self.places

    @property
    def text(self) -> int:
        return self.places[KEYWORD if self.is_of_keywords else QUESTION]

    @property
    def content(self) -> frozenset[int]:
        """The columns of keywords, questions and answers, which may contain any text."""
        return frozenset(self.places[name] for name in (KEYWORD, QUESTION, ANSWER) if name in self.places)

    def cell(self, meaning: str, cells: list[str]) -> str:
        place = self.places.get(meaning)
        return cells[place] if place is not None and place < len(cells) else ""


def below_headings(rows: Iterator[Row]) -> tuple[Columns | None, Iterator[Row]]:
    """Find the heading row near the top; return the columns and the rows below it, or None and all rows."""
    first_rows = list(islice(rows, MOST_ROWS_ABOVE))
    for i, (_, cells) in enumerate(first_rows):
        columns = _columns(cells)
        if columns is not None:
            return columns, chain(first_rows[i + 1 :], rows)
    return None, chain(first_rows, rows)


def _columns(cells: list[str]) -> Columns | None:
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        meaning = _MEANING.get(_bare(cell, _MARKS)) or _MEANING.get(_bare(cell, _REMARK))
        if meaning:
            places.setdefault(meaning, place)
    is_list = (KEYWORD in places or QUESTION in places) and (FIRST in places or SECOND in places)
    return Columns(places) if is_list else None


def _bare(heading: str, without: re.Pattern[str]) -> str:
    """Return a heading in half width and lower case, without spaces and without the marks or remarks in `without`."""
    written = without.sub("", unicodedata.normalize("NFKC", heading))
    return "".join(written.split()).casefold()
