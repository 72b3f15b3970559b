"""Events, jobs and lineage on both dialects."""

import random
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from meguri.core.errors import Conflict, Invalid, NotFound
from meguri.core.ids import new_id
from meguri.core.times import utc_now
from meguri.db.engine import Database
from meguri.events.service import ATTEMPTS, RETRY_SECONDS, Event, Events
from meguri.jobs.durable import InlineEngine
from meguri.jobs.service import Jobs
from meguri.lineage.service import Edge, Lineage, Node
from meguri.testing.ledger import SettableClock

MAY = datetime(2011, 5, 1, tzinfo=UTC)
JUNE = datetime(2011, 6, 1, tzinfo=UTC)


def add(events: Events, tx: Connection, subject: str = "s") -> int:
    return events.add(tx, "thing.happened", project="p", subject=subject, payload={"n": 1})


def test_each_consumer_is_given_each_event_once_and_in_order(db: Database) -> None:
    events, seen = Events(db, utc_now), []
    events.on("thing.happened", "first", lambda _tx, event: seen.append(("first", event.subject)))
    events.on("thing.happened", "second", lambda _tx, event: seen.append(("second", event.subject)))
    with db.write() as tx:
        add(events, tx, "a")
        add(events, tx, "b")
    assert events.deliver() == 4
    assert events.deliver() == 0
    assert seen == [("first", "a"), ("second", "a"), ("first", "b"), ("second", "b")]


def test_an_event_of_a_rolled_back_change_never_happened(db: Database) -> None:
    events = Events(db, utc_now)
    with pytest.raises(RuntimeError), db.write() as tx:
        add(events, tx)
        raise RuntimeError("the change failed")
    with db.read() as tx:
        assert events.list(tx) == []


def test_a_consumer_that_fails_is_tried_again_after_a_while_and_its_writes_are_undone(db: Database, clock: SettableClock) -> None:
    events, tries = Events(db, clock), []

    def fail_twice(tx: Connection, event: Event) -> None:
        tries.append(event.sequence)
        events.add(tx, "other.happened", project="p", subject="x", payload={})
        if len(tries) < 3:
            raise RuntimeError("not yet")

    events.on("thing.happened", "shaky", fail_twice)
    with db.write() as tx:
        add(events, tx)
    assert [events.deliver(), events.deliver(), len(tries)] == [0, 0, 1], "not at once"
    for seconds, done in ((RETRY_SECONDS[0], 0), (RETRY_SECONDS[1], 1)):
        clock.advance(seconds + 0.01)
        assert events.deliver() == done
    with db.read() as tx:
        assert [event.kind for event in events.list(tx)] == ["thing.happened", "other.happened"]
        assert events.failed(tx) == []


def test_a_consumer_that_always_fails_is_named_and_can_be_tried_again(db: Database, clock: SettableClock) -> None:
    events, tries, broken = Events(db, clock), [], True

    def fail(_tx: Connection, event: Event) -> None:
        tries.append(event.sequence)
        if broken:
            raise ValueError("broken")

    events.on("thing.happened", "broken", fail)
    with db.write() as tx:
        sequence = add(events, tx)
    for _ in range(20):
        assert events.deliver() == 0
        clock.advance(60)
    with db.read() as tx:
        assert [(each.sequence, each.project, each.consumer, each.error) for each in events.failed(tx)] == [
            (sequence, "p", "broken", "ValueError: broken")
        ]
        assert (events.failed(tx, "p"), events.failed(tx, "another")) == (events.failed(tx), [])
    assert len(tries) == ATTEMPTS
    with db.write() as tx, pytest.raises(NotFound):
        events.retry(tx, project="another")
    broken = False
    with db.write() as tx:
        assert events.retry(tx, project="p", sequence=sequence) == 1
    assert (events.deliver(), len(tries)) == (1, ATTEMPTS + 1)
    with db.read() as tx:
        assert events.failed(tx) == []
        assert [each.kind for each in events.list(tx)] == ["thing.happened", "delivery.retried"]


def test_a_consumer_that_waits_gets_no_later_event_of_its_project_and_others_go_on(db: Database, clock: SettableClock) -> None:
    events, seen = Events(db, clock), []
    fails = ["a"]

    def shaky(_tx: Connection, event: Event) -> None:
        if event.subject in fails:
            raise ValueError("not yet")
        seen.append(("shaky", event.subject))

    events.on("thing.happened", "shaky", shaky)
    events.on("thing.happened", "steady", lambda _tx, event: seen.append(("steady", event.subject)))
    with db.write() as tx:
        add(events, tx, "a")
        add(events, tx, "b")
        events.add(tx, "thing.happened", project="q", subject="c", payload={})
    assert events.deliver() == 4
    assert seen == [("steady", "a"), ("steady", "b"), ("shaky", "c"), ("steady", "c")]
    fails.clear()
    clock.advance(RETRY_SECONDS[0] + 0.01)
    assert events.deliver() == 2
    assert seen[4:] == [("shaky", "a"), ("shaky", "b")], "in order"


@pytest.mark.parametrize("db", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_events_committed_in_reverse_are_both_delivered(db: Database) -> None:
    """Sequence order is not commit order on PostgreSQL: the later number may be seen first."""
    events, seen = Events(db, utc_now), []
    events.on("thing.happened", "reader", lambda _tx, event: seen.append(event.subject))
    first_written, second_committed = threading.Event(), threading.Event()

    def slow() -> None:
        with db.write() as tx:
            add(events, tx, "slow")
            first_written.set()
            assert second_committed.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    assert first_written.wait(10)
    with db.write() as tx:
        add(events, tx, "quick")
    events.deliver()
    assert seen == ["quick"]
    second_committed.set()
    thread.join()
    events.deliver()
    assert seen == ["quick", "slow"]


def test_the_watermark_never_goes_back(db: Database) -> None:
    events = Events(db, utc_now)
    with db.write() as tx:
        assert events.advance(tx, "p", JUNE)
        assert not events.advance(tx, "p", MAY)
        assert not events.advance(tx, "p", JUNE)
        assert events.watermark(tx, "p") == JUNE
        assert [event.payload for event in events.list(tx)] == [{"from": None, "to": "2011-06-01T00:00:00Z"}]


def test_a_job_enqueued_twice_runs_once_and_its_result_is_kept(db: Database) -> None:
    jobs, ran = Jobs(db, InlineEngine(), utc_now), []

    def double(number: int) -> int:
        ran.append(number)
        return number * 2

    jobs.register("double", lambda context, payload: {"result": context.step("double", lambda: double(payload["n"]))})
    jobs.launch()
    for _ in range(2):
        with db.write() as tx:
            jobs.enqueue(tx, "double", "job_1", project="p", payload={"n": 4})
        jobs.start_queued()
    with db.read() as tx:
        job = jobs.get(tx, "job_1")
    assert (job.state, job.result, ran) == ("done", {"result": 8}, [4])


def test_a_failed_job_says_why_and_blocks_nothing(db: Database) -> None:
    jobs = Jobs(db, InlineEngine(), utc_now)

    def fail(_context: object, _payload: object) -> None:
        raise RuntimeError("no rows")

    jobs.register("fail", fail)
    jobs.register("work", lambda _context, _payload: None)
    jobs.launch()
    with db.write() as tx:
        jobs.enqueue(tx, "fail", "job_1", project="p", payload={})
        jobs.enqueue(tx, "work", "job_2", project="p", payload={})
    jobs.start_queued()
    with db.read() as tx:
        assert [(job.id, job.state, job.error) for job in jobs.list(tx, "p")] == [
            ("job_2", "done", None),
            ("job_1", "failed", "RuntimeError: no rows"),
        ]
        assert jobs.active(tx, "p") == 0


def test_a_cancelled_job_never_starts_and_a_finished_one_cannot_be_cancelled(db: Database) -> None:
    jobs = Jobs(db, InlineEngine(), utc_now)
    jobs.register("work", lambda _context, _payload: None)
    with db.write() as tx:
        jobs.enqueue(tx, "work", "job_1", project="p", payload={})
        jobs.cancel(tx, "job_1")
    jobs.launch()
    with db.write() as tx:
        assert jobs.get(tx, "job_1").state == "cancelled"
        with pytest.raises(Conflict):
            jobs.cancel(tx, "job_1")


def test_lineage_walks_up_down_and_both_ways(db: Database) -> None:
    lineage = Lineage(utc_now)
    with db.write() as tx:
        data, run, model, other = (lineage.node(tx, "thing", name, project="p") for name in ("data", "run", "model", "other"))
        lineage.edge(tx, data, run, "read")
        lineage.edge(tx, run, model, "trained")
        lineage.edge(tx, data, other, "read")
        lineage.edge(tx, data, run, "read")
    with db.read() as tx:
        assert lineage.upstream(tx, model).edges == (Edge(data, run, "read"), Edge(run, model, "trained"))
        assert {edge.target for edge in lineage.downstream(tx, data).edges} == {run, model, other}
        assert {node.id for node in lineage.around(tx, run).nodes} == {"data", "run", "model"}
        assert lineage.upstream(tx, model, depth=1).edges == (Edge(run, model, "trained"),)
        with pytest.raises(NotFound):
            lineage.upstream(tx, Node("thing", "unknown"))
        with pytest.raises(Invalid):
            lineage.edge(tx, data, data, "read")


def test_lineage_takes_an_edge_unless_it_makes_a_loop(db: Database) -> None:
    lineage, chance, sources = Lineage(utc_now), random.Random(7), dict[Node, set[Node]]()

    def above(node: Node) -> set[Node]:
        return {node}.union(*(above(each) for each in sources.get(node, set())))

    refused = 0
    with db.write() as tx:
        nodes = [lineage.node(tx, "run", f"run_{number}", project="p") for number in range(12)]
        for _ in range(80):
            source, target = chance.sample(nodes, 2)
            if target in above(source):
                refused += 1
                with pytest.raises(Invalid), tx.begin_nested():
                    lineage.edge(tx, source, target, "read")
            else:
                sources.setdefault(target, set()).add(source)
                lineage.edge(tx, source, target, "read")
    assert 10 < refused < 70


def test_a_step_may_write_the_value_that_it_read(db: Database) -> None:
    lineage = Lineage(utc_now)
    with db.write() as tx:
        value, run = lineage.node(tx, "value", "sha256:1", project="p"), lineage.node(tx, "run", "run_1", project="p")
        lineage.edge(tx, value, run, "read")
        lineage.edge(tx, run, value, "wrote")
    with db.read() as tx:
        assert set(lineage.around(tx, run).edges) == {Edge(value, run, "read"), Edge(run, value, "wrote")}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_write_inside_a_write_is_refused_before_it_waits_for_itself(db: Database) -> None:
    with db.write(), pytest.raises(RuntimeError, match="inside a write"), db.write():
        pass


def test_ids_sort_by_time_and_say_their_kind() -> None:
    first = new_id("run")
    assert first.startswith("run_") and len(first) == 30
