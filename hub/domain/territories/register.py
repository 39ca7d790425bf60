"""China's divisions by name or code: province, city and district → their GB/T 2260 codes, or nothing at all.

A name counts in full (江苏省, 恩施土家族苗族自治州) and without its suffix (江苏, 恩施), a code with six
digits. What two divisions under one parent could be called (伊宁市 and 伊宁县 without suffix) counts in full
only; what is not in the register is never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from hub.domain.territories.folding import folded


class Codes(NamedTuple):
    """Two, four and six digits; a county directly under its province is its own city, with six digits twice.
    Empty: not recognised."""

    province: str = ""
    city: str = ""
    district: str = ""


UNKNOWN = Codes()

MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
"""Beijing, Tianjin, Shanghai, Chongqing: province and city in one."""

_NO_CITY = frozenset(
    {"", "直辖县", "省直辖县", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖行政单位"}
)
"""What is written as the city of a county directly under its province."""

_ROMAN: Mapping[str, tuple[str, ...]] = {
    "11": ("BJ", "Beijing"),
    "12": ("TJ", "Tianjin"),
    "13": ("HE", "Hebei"),
    "14": ("SX", "Shanxi"),
    "15": ("NM", "Inner Mongolia", "Nei Mongol"),
    "21": ("LN", "Liaoning"),
    "22": ("JL", "Jilin"),
    "23": ("HL", "Heilongjiang"),
    "31": ("SH", "Shanghai"),
    "32": ("JS", "Jiangsu"),
    "33": ("ZJ", "Zhejiang"),
    "34": ("AH", "Anhui"),
    "35": ("FJ", "Fujian"),
    "36": ("JX", "Jiangxi"),
    "37": ("SD", "Shandong"),
    "41": ("HA", "Henan"),
    "42": ("HB", "Hubei"),
    "43": ("HN", "Hunan"),
    "44": ("GD", "Guangdong"),
    "45": ("GX", "Guangxi"),
    "46": ("HI", "Hainan"),
    "50": ("CQ", "Chongqing"),
    "51": ("SC", "Sichuan"),
    "52": ("GZ", "Guizhou"),
    "53": ("YN", "Yunnan"),
    "54": ("XZ", "Tibet", "Xizang"),
    "61": ("SN", "Shaanxi"),
    "62": ("GS", "Gansu"),
    "63": ("QH", "Qinghai"),
    "64": ("NX", "Ningxia"),
    "65": ("XJ", "Xinjiang"),
    "71": ("TW", "Taiwan"),
    "81": ("HK", "Hong Kong"),
    "82": ("MO", "Macao", "Macau"),
}
"""Province → its code in ISO 3166-2:CN and its names in Latin script."""

_SUFFIX = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|新区|林区|特区|地区|省|市|区|县|盟|旗)$")
_PEOPLES = re.compile(
    r"(?:维吾尔|蒙古|柯尔克孜|哈萨克|塔吉克|锡伯|(?:壮|回|土家|苗|藏|羌|彝|白|傣|景颇|傈僳|哈尼|布依|侗|朝鲜|满|瑶|畲|黎|水|仡佬"
    r"|仫佬|毛南|纳西|普米|佤|拉祜|布朗|独龙|怒|土|东乡|保安|撒拉|裕固|鄂温克|达斡尔|鄂伦春|各|蒙古|哈萨克)族)+$"
)


def short_forms(name: str) -> set[str]:
    """Without the suffix that says what kind of division it is, and of an autonomous one without its peoples
    (恩施, 恩施州); at least two characters stay."""
    kept = _SUFFIX.sub("", name)
    if "自治" not in name:
        return {kept if len(kept) > 1 else name}
    bare = _PEOPLES.sub("", kept)
    kept = bare if len(bare) > 1 else kept.removesuffix("族")
    return {kept, kept + name[-1]}


class Register:
    """Who is called what, below whom. Built once from `gbt2260.txt` (see there for its source)."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.names: dict[str, str] = {}
        self._city_of: dict[str, str] = {}
        for line in lines:
            code, name, *districts = line.split(" ")
            if len(code) == 2:
                self.names[code] = name
            else:
                self._add_city(code, name, districts)
        self._provinces = _called({"": sorted(code for code in self.names if len(code) == 2)}, self._ways)
        self._cities = _called(self._below(self.cities()), self._ways)
        self._districts = _called(self._below(self._city_of), self._ways)

    def _add_city(self, code: str, name: str, districts: Iterable[str]) -> None:
        is_real = name != "直辖县"
        city = f"{code[:2]}01" if code[:2] in MUNICIPALITIES else code
        if is_real:
            self.names.setdefault(city, self.names[code[:2]] if code[:2] in MUNICIPALITIES else name)
        for each in districts:
            district = code + each[:2]
            self.names[district] = each[2:]
            self._city_of[district] = city if is_real else district

    def cities(self, province: str = "") -> list[str]:
        """Codes of all cities of a province, or of all of them; counties directly under a province too."""
        four = {code for code in self.names if len(code) == 4}
        own = {district for district, city in self._city_of.items() if district == city}
        return sorted(code for code in four | own if code.startswith(province))

    def _below(self, codes: Iterable[str]) -> dict[str, list[str]]:
        """Parent (province, city, or empty for the whole country) → codes below it."""
        found: dict[str, list[str]] = {}
        for code in codes:
            for parent in dict.fromkeys(("", code[:2], self._city_of.get(code, code[:2]))):
                found.setdefault(parent, []).append(code)
        return found

    def _ways(self, code: str) -> tuple[set[str], set[str]]:
        """(exact ways to call a division, short ones)."""
        name = self.names[code]
        exact = {name, code.ljust(6, "0")}
        if len(code) == 2:
            letters, *roman = _ROMAN[code]
            exact |= {letters, f"CN-{letters}", *roman}
        if len(code) == 4 and code[:2] in MUNICIPALITIES:
            exact |= {"市辖区", "县", f"{code[:2]}0200", *_ROMAN[code[:2]][1:]}
        return {folded(each) for each in exact}, {folded(each) for each in short_forms(name)}

    def locate(self, province: str, city: str, district: str) -> Codes:
        """Codes of what is recognised, parents included; what stands below something unknown is not
        trusted. Where the district field is empty, the city field may hold a district (昆山市 in 江苏) or
        both (苏州市 昆山市)."""
        top = self._provinces.get(("", folded(province)), "")
        if province.strip() and not top:
            return UNKNOWN
        town = self._cities.get((top, folded(city)), "")
        if not town and folded(city) not in _NO_CITY:
            return Codes(province=top) if district.strip() else self._in_one_field(top, province, city)
        found = self._districts.get((town or top, folded(district)), "")
        return self._codes(found) if found else Codes(province=top or town[:2], city=town)

    def _in_one_field(self, top: str, province: str, city: str) -> Codes:
        if found := self._districts.get((top, folded(city)), ""):
            return self._codes(found)
        town, _, district = city.strip().partition(" ")
        return self.locate(province, town, district) if district.strip() else Codes(province=top)

    def _codes(self, district: str) -> Codes:
        return Codes(province=district[:2], city=self._city_of[district], district=district)


def _called(
    below: Mapping[str, Iterable[str]], ways: Callable[[str], tuple[set[str], set[str]]]
) -> dict[tuple[str, str], str]:
    """(parent, what somebody writes) → code, where it can mean one only; exact ways go before short ones."""
    found: dict[tuple[str, str], str] = {}
    for parent, codes in below.items():
        exact: dict[str, set[str]] = {}
        brief: dict[str, set[str]] = {}
        for code in codes:
            for meaning, names in zip((exact, brief), ways(code), strict=True):
                for name in names:
                    meaning.setdefault(name, set()).add(code)
        for name, meant in {**brief, **exact}.items():
            if len(meant) == 1:
                found[parent, name] = min(meant)
    return found


@cache
def register() -> Register:
    """The one that comes with the hub; read when the first Chinese address is placed."""
    text = files(__package__).joinpath("gbt2260.txt").read_text(encoding="utf-8")
    return Register(line for line in text.splitlines() if not line.startswith("#"))
