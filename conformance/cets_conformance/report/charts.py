"""Charts of a report as SVG text: surplus rates by sector, tonnes by province.

Figures become pixels here, so floats are fine; nothing is judged from them. altair and the
renderer are heavy and are only imported when a chart is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from cets_conformance.messages import Language
from cets_conformance.report import views
from cets_conformance.report.words import Words, grouped

if TYPE_CHECKING:
    from cets_conformance.report.comparison_words import ComparisonWords

__all__ = [
    "CURVE",
    "coefficient_curve",
    "dispute_bars",
    "province_bars",
    "surplus_histogram",
]

FONT: Final = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
"""The font stack of the style sheet."""

_INK, _MUTED, _LINE = "#17232d", "#4b5863", "#dfe5e4"
_SURPLUS, _SHORTAGE, _WRONG = "#1f7a68", "#c08a45", "#a3372a"
_SHORTAGE_TEXT: Final = "#7a5200"
_WIDTH: Final = 680
_NARROW: Final = 200
"""Bars that with their names fit the screen of a telephone."""
_SECTORS: Final = ("steel", "cement", "aluminium")
_BIN: Final = 0.25
_EDGE: Final = 3.25
_GAP: Final = 0.02
_COUNT_AXIS: Final = {
    "title": None, "tickCount": 3, "domain": False, "ticks": False, "minExtent": 36,
    "format": "d", "labelPadding": 8,
}  # fmt: skip
"""Axis of counts, the same extent in every panel so that the zero lines stand in one line."""


def surplus_histogram(report: dict[str, Any], language: Language) -> str:
    """Draw how many units have which surplus rate, one panel a sector: SVG text."""
    import altair as alt

    words = Words(language)
    title, says = words.t("report.chart.surplus_title"), words.t("report.chart.surplus_says")
    bins = report["totals"]["surplus_rates"]
    present = {item["sector"] for item in bins if item["count"]}
    sectors = [sector for sector in _SECTORS if sector in present]
    if not sectors:
        return _empty(title, words)
    panels = [
        _panel(
            alt,
            [_bin(item) for item in bins if item["sector"] == sector],
            words,
            sector=sector,
            first=sector == sectors[0],
            last=sector == sectors[-1],
        )
        for sector in sectors
    ]
    return _svg(alt.vconcat(*panels, spacing=26), "surplus", title, says)


def _bin(item: dict[str, Any]) -> dict[str, Any]:
    lower = -_EDGE - _BIN if item["lower"] is None else float(item["lower"]) * 100
    upper = _EDGE + _BIN if item["upper"] is None else float(item["upper"]) * 100
    colour = _SHORTAGE if upper <= 0 else _SURPLUS
    return {
        "lower": lower + _GAP,
        "upper": upper - _GAP,
        "floor": 0,
        "count": item["count"],
        "colour": colour,
    }


def _panel(
    alt: Any, rows: list[dict[str, Any]], words: Words, *, sector: str, first: bool, last: bool
) -> Any:
    units = grouped(sum(row["count"] for row in rows))
    name = f"{words.term('sector', sector)} · {words.t('report.chart.units', count=units)}"
    axis = alt.Axis(
        values=[-3, -2, -1, 0, 1, 2, 3],
        labelExpr="(datum.value < 0 ? '−' : datum.value > 0 ? '+' : '') + abs(datum.value) + '%'",
        title=words.t("report.chart.surplus_axis") if last else None,
        labels=last,
        grid=False,
        domainColor=_MUTED,
        ticks=last,
    )
    bars = (
        alt.Chart(alt.Data(values=[row for row in rows if row["count"]]))
        .mark_rect()
        .encode(
            x=alt.X("lower:Q", axis=axis, scale=alt.Scale(domain=[-3.5, 3.5], nice=False)),
            x2="upper:Q",
            y=alt.Y("count:Q", axis=_COUNT_AXIS, scale=alt.Scale(zero=True)),
            y2="floor:Q",
            color=alt.Color("colour:N", scale=None),
        )
    )
    zero = alt.Chart(alt.Data(values=[{"zero": 0}])).mark_rule(color=_INK).encode(x="zero:Q")
    layers = bars + zero
    if first:
        layers += _side(alt, words.t("report.chart.shortage"), -0.1, "right", _SHORTAGE_TEXT)
        layers += _side(alt, words.t("report.chart.surplus"), 0.1, "left", _SURPLUS)
    heading = alt.TitleParams(
        name, anchor="start", frame="group", fontSize=14, fontWeight=600, color=_INK, offset=8
    )
    return layers.properties(width=_WIDTH - 60, height=100, title=heading)


def _side(alt: Any, text: str, at: float, align: str, colour: str) -> Any:
    """Say which side of zero is which, above the first panel."""
    return (
        alt.Chart(alt.Data(values=[{"at": at, "text": text}]))
        .mark_text(align=align, baseline="bottom", fontSize=13, color=colour, fontWeight=600)
        .encode(x="at:Q", y=alt.value(-6), text="text:N")
    )


def province_bars(report: dict[str, Any], language: Language) -> str:
    """Draw tonnes of difference, or where there are none the sums, by province: SVG text."""
    import altair as alt

    words = Words(language)
    shown = views.provinces(report, words)
    if shown is None:
        return _empty(words.t("report.chart.amount_title", amount=words.amount(report)), words)
    rows = _province_rows(shown["tonnes"].items(), words)
    chart = _bars(alt, rows, _WRONG if shown["wrong"] else _SURPLUS)
    return _svg(chart, "provinces", shown["title"], shown["says"])


def dispute_bars(patterns: Sequence[Mapping[str, Any]], words: ComparisonWords) -> str:
    """Draw the tonnes in dispute of each pattern of a comparison: SVG text."""
    import altair as alt

    title, says = words.t("comparison.chart.title"), words.t("comparison.chart.says")
    rows = [
        {
            "name": f"{pattern['id']}  {words.field(pattern['field'])}",
            "tonnes": pattern["tonnes"],
            "label": grouped(pattern["tonnes"]),
        }
        for pattern in patterns
    ]
    return _svg(_bars(alt, rows, _WRONG, _NARROW), "disputes", title, says)


def _province_rows(pairs: Iterable[tuple[str, int]], words: Words) -> list[dict[str, Any]]:
    ordered = sorted(pairs, key=lambda pair: (-pair[1], str(pair[0])))
    return [
        {"name": words.term("province", code), "tonnes": tonnes, "label": grouped(tonnes)}
        for code, tonnes in ordered
    ]


def _bars(alt: Any, rows: list[dict[str, Any]], colour: str, width: int = _WIDTH - 130) -> Any:
    names = [row["name"] for row in rows]
    longest = max(row["tonnes"] for row in rows) or 1
    room = longest * 110 / width  # to the right of the longest bar, for its figure
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y(
            "name:N",
            sort=names,
            axis=alt.Axis(
                title=None, domain=False, ticks=False, labelFontSize=13, labelColor=_INK,
                labelPadding=10, labelLimit=220,
            ),
        ),
        x=alt.X("tonnes:Q", axis=None, scale=alt.Scale(domain=[0, longest + room], nice=False)),
    )  # fmt: skip
    bars = base.mark_bar(color=colour, size=15)
    figures = base.mark_text(align="left", dx=7, fontSize=13, color=_INK).encode(text="label:N")
    return (bars + figures).properties(width=width, height=alt.Step(27))


def _svg(chart: Any, name: str, title: str, says: str) -> str:
    import vl_convert

    chart = chart.configure(font=FONT, background="transparent", aria=False, padding=4)
    chart = chart.configure_view(stroke=None)
    chart = chart.configure_axis(
        labelFontSize=12, titleFontSize=12, labelColor=_MUTED, titleColor=_MUTED,
        titleFontWeight="normal", gridColor=_LINE, tickColor=_MUTED,
    )  # fmt: skip
    chart = chart.configure_legend(labelFontSize=12, labelColor=_INK, symbolType="square")
    return _named(vl_convert.vegalite_to_svg(chart.to_dict()), name, title, says)


def _named(svg: str, name: str, title: str, says: str) -> str:
    """Give the picture its title and description, and ids that are its own in a page."""
    svg = re.sub(r'(id="|url\(#)(?=[a-z])', rf"\g<1>{name}-", svg)
    head = (
        f' role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(says)}</desc>'
    )
    return svg.replace(">", head, 1)


def _empty(title: str, words: Words) -> str:
    says = words.t("report.chart.empty")
    return _named(
        '<svg xmlns="http://www.w3.org/2000/svg" class="marks" width="680" height="60" '
        f'viewBox="0 0 680 60"><text x="4" y="34" font-size="14" fill="{_MUTED}" '
        f'font-family="{FONT}">{escape(says)}</text></svg>',
        "empty",
        title,
        says,
    )


CURVE: Final = ("deviation_lower", "deviation_upper", "coefficient_lower", "coefficient_upper")
"""Parameters that make the coefficient's curve."""


def coefficient_curve(
    unit: tuple[float, float], balance_value: float, plan: dict[str, float], language: Language
) -> str:
    """Draw the coefficient against intensity, and where a unit stands on it: SVG text.

    ``unit`` is its intensity, t CO2e per t, and its coefficient.
    """
    import altair as alt

    words = Words(language)
    intensity, coefficient = unit
    corners = [
        (balance_value * (1 - plan[f"deviation_{end}"]), plan[f"coefficient_{end}"] * 100)
        for end in ("upper", "lower")
    ]
    least = min(corners[0][0] - 0.3 * balance_value, intensity * 0.95)
    most = max(corners[1][0] + 0.3 * balance_value, intensity * 1.05)
    line = [(least, corners[0][1]), *corners, (most, corners[1][1])]
    chart = _curve(alt, line, words) + _balance_mark(alt, balance_value, words)
    chart += _unit_mark(alt, intensity, coefficient * 100, words)
    title, says = words.t("report.chart.curve_title"), words.t("report.chart.curve_says")
    return _svg(chart.properties(width=_WIDTH - 70, height=220), "curve", title, says)


def _curve(alt: Any, line: list[tuple[float, float]], words: Words) -> Any:
    axis = alt.Axis(
        title=words.t("report.chart.curve_coefficient"),
        values=[-3, 0, 3],
        labelExpr="(datum.value < 0 ? '−' : datum.value > 0 ? '+' : '') + abs(datum.value) + '%'",
        domain=False,
        ticks=False,
    )
    across = alt.Axis(title=words.t("report.chart.curve_intensity"), grid=False, tickCount=7)
    scale = alt.Scale(domain=[line[0][0], line[-1][0]], nice=False, zero=False)
    return (
        alt.Chart(alt.Data(values=[{"x": x, "y": y} for x, y in line]))
        .mark_line(color=_MUTED, strokeWidth=2)
        .encode(
            x=alt.X("x:Q", axis=across, scale=scale),
            y=alt.Y("y:Q", axis=axis, scale=alt.Scale(domain=[-3.6, 3.6], nice=False)),
        )
    )


def _balance_mark(alt: Any, balance_value: float, words: Words) -> Any:
    at = [{"x": balance_value, "text": words.t("report.chart.curve_balance")}]
    balance = alt.Chart(alt.Data(values=at)).encode(x="x:Q")
    text = balance.mark_text(align="left", baseline="top", dx=6, fontSize=12, color=_MUTED)
    rule = balance.mark_rule(color=_MUTED, strokeDash=[3, 4])
    return rule + text.encode(y=alt.value(2), text="text:N")


def _unit_mark(alt: Any, intensity: float, percent: float, words: Words) -> Any:
    here = [{"x": intensity, "y": percent, "text": words.t("report.chart.curve_unit")}]
    colour = _SURPLUS if percent >= 0 else _WRONG
    unit = alt.Chart(alt.Data(values=here)).encode(x="x:Q", y="y:Q")
    name = unit.mark_text(align="left", dx=11, dy=-11, fontSize=13, fontWeight=600, color=colour)
    point = unit.mark_point(size=130, filled=True, opacity=1, color=colour)
    return point + name.encode(text="text:N")
