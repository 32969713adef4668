"""Why a file cannot be read, in both languages; the codes are variants of DOC-07."""

from __future__ import annotations

from types import MappingProxyType

UNREADABLE_MESSAGES = MappingProxyType(
    {
        "not_a_table": (
            "The file is neither a workbook (xlsx) nor a text table (csv).",
            "文件既不是工作簿（xlsx），也不是文本表格（csv）。",
        ),
        "old_workbook": (
            "The file is in an old format (xls, doc). Save it as xlsx or docx and upload it again.",
            "文件为旧版格式（xls、doc），请另存为 xlsx 或 docx 后重新上传。",
        ),
        "encrypted": (
            "The file is encrypted. Remove the password and upload it again.",
            "文件已加密，请取消密码后重新上传。",
        ),
        "damaged": (
            "The file is damaged or incomplete ({detail}). Save it again and upload it.",
            "文件已损坏或不完整（{detail}），请重新保存后上传。",
        ),
        "too_large": (
            "The unpacked file has {found} MB; at most {asked} MB are read.",
            "文件解压后为 {found} MB，最多读取 {asked} MB。",
        ),
        "too_many_members": (
            "The file contains {found} parts; at most {asked} are read.",
            "文件内含 {found} 个部件，最多读取 {asked} 个。",
        ),
        "too_long": (
            "Reading the file takes too long. Make it smaller or simpler and upload it again.",
            "读取该文件耗时过长，请精简后重新上传。",
        ),
        "too_many_rows": (
            "Sheet {sheet} has more than {asked} rows, the maximum that is read.",
            "工作表“{sheet}”超过 {asked} 行，最多读取该行数。",
        ),
        "too_many_sheets": (
            "The workbook has {found} sheets; at most {asked} are read.",
            "工作簿有 {found} 个工作表，最多读取 {asked} 个。",
        ),
        "formula": (
            "Sheet {sheet}, row {row} contains a formula. Replace formulas with their values.",
            "工作表“{sheet}”第 {row} 行含有公式，请将公式替换为数值。",
        ),
        "unknown_encoding": (
            "The text is neither UTF-8 nor GB18030.",
            "文本编码既不是 UTF-8，也不是 GB18030。",
        ),
        "long_line": (
            "Sheet {sheet}, row {row}: a cell has more than {asked} characters.",
            "工作表“{sheet}”第 {row} 行：单元格超过 {asked} 个字符。",
        ),
        "bad_quotes": (
            "Near row {row}, a quotation mark is not closed or is inside a cell.",
            "第 {row} 行附近的引号未闭合，或位于单元格内部。",
        ),
        "no_heading": (
            "No heading row was found. It must contain {asked}, and 一级分类 and 二级分类 (the risk class).",
            "未找到表头行，应包含：{asked}、一级分类、二级分类。",
        ),
    }
)
