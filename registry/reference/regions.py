"""Administrative regions of China (GB/T 2260) of every level, current and former; data of python-stdnum (cn/loc.dat)."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

from stdnum import numdb

# Used by the national registration authority in place of a region code (GB 32100-2015, codes of central bodies).
NATIONAL = "100000"

# Two-digit province codes with their names (GB/T 2260; English as the provinces write it).
PROVINCES = MappingProxyType(
    {
        "11": ("Beijing", "北京市"),
        "12": ("Tianjin", "天津市"),
        "13": ("Hebei", "河北省"),
        "14": ("Shanxi", "山西省"),
        "15": ("Inner Mongolia", "内蒙古自治区"),
        "21": ("Liaoning", "辽宁省"),
        "22": ("Jilin", "吉林省"),
        "23": ("Heilongjiang", "黑龙江省"),
        "31": ("Shanghai", "上海市"),
        "32": ("Jiangsu", "江苏省"),
        "33": ("Zhejiang", "浙江省"),
        "34": ("Anhui", "安徽省"),
        "35": ("Fujian", "福建省"),
        "36": ("Jiangxi", "江西省"),
        "37": ("Shandong", "山东省"),
        "41": ("Henan", "河南省"),
        "42": ("Hubei", "湖北省"),
        "43": ("Hunan", "湖南省"),
        "44": ("Guangdong", "广东省"),
        "45": ("Guangxi", "广西壮族自治区"),
        "46": ("Hainan", "海南省"),
        "50": ("Chongqing", "重庆市"),
        "51": ("Sichuan", "四川省"),
        "52": ("Guizhou", "贵州省"),
        "53": ("Yunnan", "云南省"),
        "54": ("Tibet", "西藏自治区"),
        "61": ("Shaanxi", "陕西省"),
        "62": ("Gansu", "甘肃省"),
        "63": ("Qinghai", "青海省"),
        "64": ("Ningxia", "宁夏回族自治区"),
        "65": ("Xinjiang", "新疆维吾尔自治区"),
        "71": ("Taiwan", "台湾省"),
        "81": ("Hong Kong", "香港特别行政区"),
        "82": ("Macao", "澳门特别行政区"),
    }
)


@lru_cache(maxsize=8192)
def is_known_region(code: str) -> bool:
    """Say whether a six-digit code is that of a region of any level, current or abolished."""
    parts = numdb.get("cn/loc").info(code)
    return any("county" in properties for _, properties in parts)
