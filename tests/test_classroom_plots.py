"""The classroom's figures show every point they were given, and name each line."""

from __future__ import annotations

from engine.palette import DARK, LIGHT
from engine.plots.learning import Ground, Line, activity_map, lines_chart
from engine.words import say

GROUND = Ground(say("Epoch"), say("Loss (nats)"), (0, 5))


def shout(text: str) -> str:
    return text.upper()


def test_every_point_is_drawn_and_every_line_named() -> None:
    lines = [Line("RNN", (0, 1, 2, 3), (3, 2, 1, 0.5)), Line("LSTM", (1, 2), (4, 2), tone=1, dashed=True)]
    figure = lines_chart(lines, GROUND, shout)
    assert [(tuple(trace.x), tuple(trace.y)) for trace in figure.data] == [(line.x, line.y) for line in lines]
    assert [trace.name for trace in figure.data] == ["RNN", "LSTM"]
    assert figure.layout.showlegend
    assert [trace.line.dash for trace in figure.data] == ["solid", "dot"]
    assert figure.layout.xaxis.title.text == "EPOCH"
    assert figure.layout.yaxis.range[1] > 4
    assert figure.layout.xaxis.range[1] > 5
    assert not lines_chart(lines[:1], GROUND).layout.showlegend


def test_networks_have_tones_of_their_own_in_light_and_dark() -> None:
    lines = [Line(str(tone), (0, 1), (1, 1), tone) for tone in range(3)]
    for dark, colours in ((False, LIGHT), (True, DARK)):
        used = [trace.line.color for trace in lines_chart(lines, GROUND, dark=dark).data]
        assert len(set(used)) == 3
        assert set(used) <= set(colours.marks.values())


def test_a_line_without_points_and_no_lines_at_all_are_drawn() -> None:
    assert len(lines_chart([Line("RNN", (), ())], GROUND).data) == 0
    assert lines_chart([], GROUND).layout.yaxis.range[1] > 1


def test_a_marked_place_is_marked() -> None:
    marked = Ground(GROUND.x, GROUND.y, GROUND.x_range, mark=3)
    assert [shape.x0 for shape in lines_chart([], marked).layout.shapes] == [3]


def test_a_heat_map_has_a_row_for_each_unit_and_a_column_for_each_letter() -> None:
    figure = activity_map([[0.1, -0.5, 1.0], [0.0, 0.2, 0.3]], "abc", bound=1.0)
    drawn = figure.data[0]
    assert [list(row) for row in drawn.z] == [[0.1, -0.5, 1.0], [0.0, 0.2, 0.3]]
    assert (drawn.zmin, drawn.zmax) == (-1, 1)
    assert list(figure.layout.xaxis.ticktext) == ["a", "b", "c"]
    assert figure.layout.yaxis.autorange == "reversed"
