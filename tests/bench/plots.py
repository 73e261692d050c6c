"""Draws time and memory against rows, both axes logarithmic, as SVG."""

from __future__ import annotations

from typing import Any

from tests.bench.contenders import OTHERS, OURS
from tests.bench.results import FOLDER, Results, measured

FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
COLOURS = ("#1f7a68", "#17232d", "#a3372a", "#c08a45", "#5b6fa8")
DRAWN = {
    "time.svg": ("seconds", 1, "Time of the whole process, s", "整个进程用时（秒）"),
    "memory.svg": ("peak_bytes", 2**20, "Peak memory, MiB", "内存峰值（MiB）"),
}


def draw(results: Results) -> None:
    """Write both pictures."""
    for name, (member, unit, title, title_zh) in DRAWN.items():
        (FOLDER / name).write_text(
            _svg(_points(results, member, unit), f"{title} · {title_zh}"), "utf-8"
        )


def _points(results: Results, member: str, unit: int) -> list[dict[str, Any]]:
    return [
        {"rows": rows, "value": found[member] / unit, "contender": name}
        for name in (OURS, *OTHERS)
        for rows, found in sorted(measured(results, name).items())
    ]


def _svg(points: list[dict[str, Any]], title: str) -> str:
    import altair as alt
    import vl_convert

    names = list(dict.fromkeys(point["contender"] for point in points))
    ends = [max((p for p in points if p["contender"] == n), key=lambda p: p["rows"]) for n in names]
    colour = alt.Color(
        "contender:N", scale=alt.Scale(domain=names, range=list(COLOURS)), legend=None
    )
    at = {
        "x": alt.X(
            "rows:Q",
            scale=alt.Scale(type="log", nice=False),
            title="rows · 行数",
            axis=alt.Axis(format=",", values=[10**n for n in range(4, 8)], grid=False),
        ),
        "y": alt.Y(
            "value:Q",
            scale=alt.Scale(type="log"),
            title=None,
            axis=alt.Axis(format=",~g", values=[10**n for n in range(-1, 6)]),
        ),
        "color": colour,
    }
    lines = alt.Chart(alt.Data(values=points)).mark_line(strokeWidth=2).encode(**at)
    dots = alt.Chart(alt.Data(values=points)).mark_point(filled=True, size=45).encode(**at)
    labels = (
        alt.Chart(alt.Data(values=ends))
        .mark_text(align="left", dx=8, fontSize=12, fontWeight=600)
        .encode(**at, text="contender:N")
    )
    chart = (lines + dots + labels).properties(
        width=520, height=340, title=alt.TitleParams(title, anchor="start", fontSize=14, offset=12)
    )
    chart = chart.configure(font=FONT, background="white", padding=8)
    chart = chart.configure_view(stroke=None).configure_axis(gridColor="#dfe5e4")
    svg: str = vl_convert.vegalite_to_svg(chart.to_dict())
    return svg
