"""Geometry of charts: pure functions give frozen shapes, the macros of `components/chart.html` draw them.

Horizontal places are percentages of the width and vertical ones are pixels, so that words keep their size on a phone.
Nothing here knows a colour: a shape carries the number of its series or of its class, the theme does the rest.
"""

from programme.core.charts.bars import Bar, BarChart, Segment, Stack, StackedChart, bar_chart, stacked_chart
from programme.core.charts.departments import Area, DepartmentMap, Panel, Shape, department_map, shapes_from
from programme.core.charts.lines import Dot, Line, LineChart, line_chart
from programme.core.charts.scales import Scale, TimeTick, ticks, time_ticks, value_scale

__all__ = [
    "Area", "Bar", "BarChart", "DepartmentMap", "Dot", "Line", "LineChart", "Panel", "Scale", "Segment", "Shape", "Stack",
    "StackedChart", "TimeTick", "bar_chart", "department_map", "line_chart", "shapes_from", "stacked_chart", "ticks",
    "time_ticks", "value_scale",
]  # fmt: skip
