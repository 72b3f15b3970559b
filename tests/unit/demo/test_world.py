from __future__ import annotations

from datetime import date

import numpy as np

from meguri.demo.world import MENU, STREAM_DAY, STREAM_DAYS, GroundTruth, Sale, World


def _stream(world: World) -> list[Sale]:
    return [sale for day in world.days() for sale in day]


def test_the_same_seed_is_the_same_world() -> None:
    assert (_stream(World(3)), World(3).history(), World(3).truth) == (_stream(World(3)), World(3).history(), World(3).truth)


def test_another_seed_is_another_world() -> None:
    assert World(3).history() != World(4).history()


def test_a_control_differs_from_its_world_by_the_change_alone() -> None:
    world, control = World(5), World(5, change=False)
    assert control.truth == GroundTruth(None, 1.0, world.truth.garbled_hour)
    assert control.history() == world.history()
    changed = [(one.at.date(), one.dish) for one, other in zip(_stream(world), _stream(control), strict=True) if one != other]
    takeaway = {dish.name for dish in MENU if dish.takeaway}
    assert world.truth.day is not None
    assert min(day for day, _ in changed) == world.truth.day
    assert {dish for _, dish in changed} >= takeaway


def test_takeaway_jumps_by_the_factor_and_the_tables_stay_as_they_were() -> None:
    world, control = World(6), World(6, change=False)
    day = world.truth.day
    assert day is not None

    def grown(takeaway: bool) -> float:
        after = [
            (one.sold, other.sold)
            for one, other in zip(_stream(world), _stream(control), strict=True)
            if one.at.date() >= day and bool(one.takeaway) is takeaway
        ]
        return float(np.sum([one for one, _ in after]) / np.sum([other for _, other in after]))

    assert abs(grown(takeaway=True) - world.truth.factor) < 0.05
    assert abs(grown(takeaway=False) - 1.0) < 0.05


def test_the_change_leaves_sixty_days_before_it_and_twenty_eight_after() -> None:
    days = [World(seed).truth.day for seed in range(40)]
    before = [(day - STREAM_DAY).days for day in days if day is not None]
    assert len(before) == 40 and min(before) >= 60 and max(before) + 28 < STREAM_DAYS
    assert len(set(days)) > 5


def test_one_hour_of_the_stream_is_garbled_before_the_change() -> None:
    world = World(8)
    garbled = [sale for sale in _stream(world) if sale.garbled]
    assert {sale.at for sale in garbled} == {world.truth.garbled_hour}
    assert len(garbled) == len(MENU)
    assert world.truth.day is not None and world.truth.garbled_hour.date() < world.truth.day
    assert garbled[0].row()["sold"] == -1.0


def test_the_shop_is_closed_at_new_year() -> None:
    assert date(2020, 1, 1) not in {sale.at.date() for sale in World(1).history()}
