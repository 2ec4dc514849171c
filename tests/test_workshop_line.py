"""The waiting line for trainings: two work, the others wait in order, nobody is lost."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.workshop import line as lines
from engine.workshop.line import BENCHES, LEFT_AFTER, MOST_WAITING, Line, WorkshopError


def test_the_first_two_work_and_the_others_wait_in_order() -> None:
    line = Line()
    tickets = [line.join(f"visitor {n}", 60.0, now=0.0) for n in range(5)]
    assert [line.next_to_work(0.0) for _ in range(3)] == [*tickets[:BENCHES], None]
    places = [line.place(ticket, 0.0) for ticket in tickets]
    assert [place.ahead for place in places if place] == [0, 0, 1, 2, 3]
    assert [place.wait for place in places if place] == [0.0, 0.0, 60.0, 60.0, 120.0]


def test_whoever_comes_is_told_the_wait_beforehand() -> None:
    line = Line(benches=1)
    assert line.wait_of_a_newcomer(0.0) == lines.Place(0, 0.0)
    first = line.join("a", 100.0, 0.0)
    line.next_to_work(0.0)
    assert line.wait_of_a_newcomer(30.0) == lines.Place(1, 70.0)
    line.expect(first, 200.0)
    assert line.wait_of_a_newcomer(30.0) == lines.Place(1, 170.0)


def test_one_entry_a_visitor() -> None:
    line = Line()
    first = line.join("a", 1.0, 0.0)
    with pytest.raises(WorkshopError, match="One training at a time"):
        line.join("a", 1.0, 0.0)
    line.leave(first)
    line.join("a", 1.0, 0.0)


def test_the_line_is_bounded() -> None:
    line = Line(benches=1)
    for number in range(MOST_WAITING):
        line.join(str(number), 1.0, 0.0)
    with pytest.raises(WorkshopError, match=str(MOST_WAITING)):
        line.join("one more", 1.0, 0.0)
    line.next_to_work(0.0)
    line.join("one more", 1.0, 0.0)


def test_who_waits_and_is_not_seen_leaves_and_who_works_stays() -> None:
    line = Line(benches=1)
    working, waiting, patient = (line.join(name, 1.0, 0.0) for name in "abc")
    line.next_to_work(0.0)
    line.seen(patient, LEFT_AFTER)
    assert line.left(LEFT_AFTER + 1) == (waiting,)
    assert line.place(waiting, 0.0) is None
    assert line.working() == (working,)
    assert line.place(patient, LEFT_AFTER + 1) is not None


def test_thirty_at_once_lose_nobody_and_never_share_a_bench() -> None:
    line, served, most = Line(), list[int](), [0]
    ready, guard = threading.Barrier(32), threading.Lock()

    def visit(number: int) -> None:
        ready.wait()
        line.join(str(number), 1.0, 0.0)

    def serve() -> None:
        ready.wait()
        while len(served) < 30:
            ticket = line.next_to_work(0.0)
            if ticket is not None:
                with guard:
                    most[0] = max(most[0], len(line.working()))
                    served.append(ticket)
                line.leave(ticket)

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(30)]
    threads += [threading.Thread(target=serve) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(served) == list(range(1, 31))
    assert most[0] <= BENCHES
    assert len(line) == 0


@given(st.lists(st.floats(1, 100), min_size=1, max_size=12), st.integers(1, 3))
def test_nobody_is_told_a_longer_wait_than_those_behind(seconds: list[float], benches: int) -> None:
    line = Line(benches)
    tickets = [line.join(str(n), each, 0.0) for n, each in enumerate(seconds)]
    while line.next_to_work(0.0) is not None:
        continue
    waits = [place.wait for ticket in tickets if (place := line.place(ticket, 0.0))]
    assert waits == sorted(waits)
