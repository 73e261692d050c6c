"""The provincial divisions of GB/T 2260: codes, and the names by which tables write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["PROVINCES", "Province", "resolve"]

CORPS_CODE = "66"
"""Number under which the Xinjiang Production and Construction Corps appears; counted as 65."""


@dataclass(frozen=True, slots=True)
class Province:
    """One division at provincial level."""

    code: str
    """Two digits of GB/T 2260."""
    name_zh: str
    """Full Chinese name."""
    short_zh: str
    """Chinese name without the kind of division."""
    name_en: str
    """English name."""


_ROWS = """
11 北京市 北京 Beijing
12 天津市 天津 Tianjin
13 河北省 河北 Hebei
14 山西省 山西 Shanxi
15 内蒙古自治区 内蒙古 Inner_Mongolia
21 辽宁省 辽宁 Liaoning
22 吉林省 吉林 Jilin
23 黑龙江省 黑龙江 Heilongjiang
31 上海市 上海 Shanghai
32 江苏省 江苏 Jiangsu
33 浙江省 浙江 Zhejiang
34 安徽省 安徽 Anhui
35 福建省 福建 Fujian
36 江西省 江西 Jiangxi
37 山东省 山东 Shandong
41 河南省 河南 Henan
42 湖北省 湖北 Hubei
43 湖南省 湖南 Hunan
44 广东省 广东 Guangdong
45 广西壮族自治区 广西 Guangxi
46 海南省 海南 Hainan
50 重庆市 重庆 Chongqing
51 四川省 四川 Sichuan
52 贵州省 贵州 Guizhou
53 云南省 云南 Yunnan
54 西藏自治区 西藏 Tibet
61 陕西省 陕西 Shaanxi
62 甘肃省 甘肃 Gansu
63 青海省 青海 Qinghai
64 宁夏回族自治区 宁夏 Ningxia
65 新疆维吾尔自治区 新疆 Xinjiang
71 台湾省 台湾 Taiwan
81 香港特别行政区 香港 Hong_Kong
82 澳门特别行政区 澳门 Macao
"""

PROVINCES: Mapping[str, Province] = MappingProxyType(
    {
        code: Province(code, full, short, english.replace("_", " "))
        for code, full, short, english in (line.split() for line in _ROWS.split("\n") if line)
    }
)
"""The 31 + 3 divisions by code."""

_FURTHER = {
    "xizang": "54",
    "nei mongol": "15",
    "neimenggu": "15",
    "macau": "82",
    "hong kong sar": "81",
    "macao sar": "82",
    "guangxi zhuang autonomous region": "45",
    "ningxia hui autonomous region": "64",
    "xinjiang uygur autonomous region": "65",
    "xinjiang uyghur autonomous region": "65",
    "inner mongolia autonomous region": "15",
    "tibet autonomous region": "54",
    "xizang autonomous region": "54",
}
_CORPS = (
    "新疆生产建设兵团",
    "新疆兵团",
    "兵团",
    "xinjiang production and construction corps",
    "xpcc",
)


def _names() -> dict[str, str]:
    found = {_key(name): code for name, code in _FURTHER.items()}
    for province in PROVINCES.values():
        for name in (province.code, province.code + "0000", province.name_zh, province.short_zh):
            found[_key(name)] = province.code
        for kind in ("", " province", " municipality", " city"):
            found[_key(province.name_en + kind)] = province.code
    return found


def _key(name: str) -> str:
    return re.sub(r"[\s_'’-]+", "", unicodedata.normalize("NFKC", name)).casefold()


_BY_NAME: Mapping[str, str] = MappingProxyType(_names())
_CORPS_KEYS = frozenset(_key(name) for name in (*_CORPS, CORPS_CODE, CORPS_CODE + "0000"))


def resolve(text: str) -> tuple[str, bool] | None:
    """Give the two digits for a code or name, and whether the Corps was counted as 65.

    ``None`` for a text that names no province.
    """
    key = _key(text)
    if key in _CORPS_KEYS:
        return "65", True
    code = _BY_NAME.get(key)
    return None if code is None else (code, False)
