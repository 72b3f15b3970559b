"""An executor runs tasks in processes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NewType, Protocol

Handle = NewType("Handle", str)
"""A submitted task."""

Outcome = Literal["done", "lost", "timed_out", "cancelled"]


@dataclass(frozen=True, slots=True)
class TaskSpec:
    """Pure data: what a worker must know, and nothing that only this process has.

    `code`: tasks of equal `code` may share a process, others never do. `folder`: the code's modules, first on the worker's import path
    (none for tasks of meguri itself). `payload`: JSON that the worker understands. `scratch`: an empty folder of this task alone, where
    the worker leaves its files; whoever submits makes and removes it. `timeout_seconds` counts the task itself, not the start of its
    process or the import of its code.
    """

    id: str
    code: str
    folder: Path | None
    payload: dict[str, Any]  # Any: JSON
    scratch: Path
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """How a task ended.

    "done": the worker answered, `result` is what it said (also when the task's own code failed). "lost": its process ended before,
    `reason` says how. "timed_out", "cancelled": its process was killed.
    """

    handle: Handle
    outcome: Outcome
    result: dict[str, Any] = field(default_factory=dict)  # Any: JSON
    reason: str = ""
    seconds: float = 0.0


class Executor(Protocol):
    """Runs tasks, each once: whether to try again is for the caller to say.

    The law: every submitted task ends in exactly one event, which is given to one call of `poll`; a process that dies, hangs beyond the
    timeout or is cancelled takes no other task with it. What a task prints is in its log as soon as it is written. Any number of threads
    may call. After `close` nothing runs any more, waiting polls give `cancelled` events, and `submit` raises Unavailable. A worker sees
    nothing of the environment that it does not need, least of all a secret; it ends with the process that made it.
    """

    def submit(self, task: TaskSpec) -> Handle:
        """Let a task run as soon as there is room. Raises Unavailable."""
        ...

    def poll(self, handles: Sequence[Handle], timeout_seconds: float) -> list[TaskEvent]:
        """Ends of some of these tasks: at once where there are any, else within the timeout; empty when it passed."""
        ...

    def cancel(self, handle: Handle) -> None:
        """Stop a task; nothing happens to one that has ended."""
        ...

    def logs(self, handle: Handle, offset: int = 0) -> bytes:
        """What a task has printed from an offset on; empty for one that is not known (any more)."""
        ...

    def warm(self, code: str, folder: Path | None) -> None:
        """Be ready for tasks of this code soon, if there is room; a hint."""
        ...

    def close(self) -> None: ...
