"""The inbox and the outbox: what is parked, and what a clerk does about it."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from hub.api.v1.endpoint import Asked, Call, Endpoint, Paged, Told
from hub.storage import queries
from hub.storage.accounts import Role

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class InboxState(StrEnum):
    NEW = "new"
    DONE = "done"
    SUPERSEDED = "superseded"
    UNMATCHED = "unmatched"
    PARKED = "parked"


class OutboxState(StrEnum):
    OPEN = "open"
    DONE = "done"
    PARKED = "parked"
    WITHDRAWN = "withdrawn"


class Documents(Paged):
    state: InboxState = InboxState.PARKED
    connection: str = Field("", max_length=40)
    topic: str = Field("", max_length=40)


class Document(Told):
    """A document from outside, without what it says. `path` and `reason`: why it could not be read."""

    id: str
    received_at: datetime
    connection: str
    topic: str
    external_id: str
    revision: str
    state: str
    path: str
    reason: str
    lane: str
    done_at: datetime | None
    has_document: bool


class DocumentPage(Told):
    items: list[Document]
    after: str


class Messages(Paged):
    state: OutboxState = OutboxState.PARKED
    connection: str = Field("", max_length=40)
    verb: str = Field("", max_length=40)


class Message(Told):
    """`waits_for` says in words why an open one has not left."""

    id: str
    created_at: datetime
    connection: str
    verb: str
    order: str
    subject: str
    state: str
    outcome: str
    attempts: int
    last_error: str
    waits_for: str
    sent_at: datetime | None
    done_at: datetime | None
    not_before: datetime


class MessagePage(Told):
    items: list[Message]
    after: str


class Rows(Asked):
    ids: list[Id] = Field(min_length=1, max_length=1_000)


class Done(Told):
    """`changed` of the rows were in a state for that; the others stay as they are."""

    asked: int
    changed: int


def documents(call: Call, asked: Documents) -> DocumentPage:
    rows = queries.inbox(
        call.uow,
        state=asked.state,
        connection=asked.connection,
        topic=asked.topic,
        before=asked.after,
        limit=asked.limit + 1,
    )
    items = [Document.model_validate(each) for each in rows[: asked.limit]]
    return DocumentPage(items=items, after=items[-1].id if len(rows) > asked.limit else "")


def messages(call: Call, asked: Messages) -> MessagePage:
    rows = queries.outbox(
        call.uow,
        call.now,
        state=asked.state,
        connection=asked.connection,
        verb=asked.verb,
        before=asked.after,
        limit=asked.limit + 1,
    )
    items = [Message.model_validate(each) for each in rows[: asked.limit]]
    return MessagePage(items=items, after=items[-1].id if len(rows) > asked.limit else "")


def read_again(call: Call, asked: Rows) -> Done:
    return Done(asked=len(asked.ids), changed=call.hub.books.inbox.replay(call.uow, asked.ids))


def set_aside(call: Call, asked: Rows) -> Done:
    return Done(asked=len(asked.ids), changed=call.hub.books.inbox.dismiss(call.uow, asked.ids, call.now))


def send_again(call: Call, asked: Rows) -> Done:
    return Done(asked=len(asked.ids), changed=call.hub.books.outbox.replay(call.uow, asked.ids, call.now))


def withdraw(call: Call, asked: Rows) -> Done:
    return Done(asked=len(asked.ids), changed=call.hub.books.outbox.dismiss(call.uow, asked.ids, call.now))


def _list(path: str, name: str, summary: str, **more: Any) -> Endpoint:
    return Endpoint(method="GET", path=path, name=name, role=Role.VIEWER, summary=summary, **more)


def _post(path: str, name: str, summary: str, work: Callable[[Call, Any], Any]) -> Endpoint:
    return Endpoint(
        method="POST",
        path=path,
        name=name,
        role=Role.CLERK,
        summary=summary,
        asks=Rows,
        answers=Done,
        work=work,
    )


ENDPOINTS = (
    _list(
        "/inbox",
        "list documents",
        "Documents from outside, the newest first; the parked ones unless another state is given.",
        asks=Documents,
        answers=DocumentPage,
        work=documents,
    ),
    _post("/inbox/retry", "read documents again", "Have documents read again.", read_again),
    _post("/inbox/dismiss", "dismiss documents", "Set parked documents aside.", set_aside),
    _list(
        "/outbox",
        "list messages",
        "Messages that leave, the newest first; the parked ones unless another state is given.",
        asks=Messages,
        answers=MessagePage,
        work=messages,
    ),
    _post(
        "/outbox/retry",
        "send messages again",
        "Send parked messages again; what may have been done is read back first.",
        send_again,
    ),
    _post(
        "/outbox/dismiss",
        "dismiss messages",
        "Set parked messages aside; not a booking that may have reached its carrier.",
        withdraw,
    ),
)
