"""`[ITEM=]VALUE`: a value for one of the items on the command line, or for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from custody.errors import UsageError

from ..typed.parsing import ForItem
from .desk import Meant


def by_item(given: Sequence[ForItem], items: Sequence[Meant], option: str) -> Mapping[str, list[Any]]:
    """The values for each item, by UUID. A value without `ITEM=` needs there to be one item only.

    Raises UsageError for an ITEM that the command does not name, and for a value that could belong to several.
    """
    found: dict[str, list[Any]] = {item.uuid: [] for item in items}
    for one in given:
        if one.item is None:
            if len(items) > 1:
                hint = f"{option} {items[0].typed}={one.text}"
                raise UsageError(f"{option} {one.text} does not say of which of the {len(items)} items", hint=hint)
            found[items[0].uuid].append(one.value)
            continue
        item = named_item(one.item, items)
        if item is None:
            raise UsageError(f"{option} {one.text}: {one.item} is not among the items of this command")
        found[item.uuid].append(one.value)
    return found


def texts(given: Sequence[ForItem], items: Sequence[Meant], option: str) -> tuple[str | None, Mapping[str, str]]:
    """The text for all items, if there is one, and those for single items, by UUID.

    What stands before `=` counts as an item only where it names one of this command's: `volume=3` is a text.
    """
    general: str | None = None
    own: dict[str, str] = {}
    for one in given:
        item = named_item(one.item, items) if one.item is not None else None
        if item is None:
            if general is not None:
                hint = f"{option} ITEM=TEXT for one of the items of this command"
                raise UsageError(f"{option} is given twice for all items: {general}, and {one.text}", hint=hint)
            general = one.text
        elif item.uuid in own:
            raise UsageError(f"{option} is given twice for {item.label}")
        elif not one.value:
            raise UsageError(f"{option} {one.text} says nothing of {item.label}")
        else:
            own[item.uuid] = one.value
    return general, own


def text_for_each(given: Sequence[ForItem], items: Sequence[Meant], option: str) -> Mapping[str, str]:
    """The text for each item, by UUID: its own, else the one given for all; UsageError where there is neither."""
    general, own = texts(given, items, option)
    lacking = [item.label for item in items if item.uuid not in own]
    if general is None and lacking:
        raise UsageError(f"{option} is needed for {', '.join(lacking)}", hint=f"{option} TEXT, or {option} ITEM=TEXT")
    return {item.uuid: own.get(item.uuid) or general or "" for item in items}


def text_for_some(given: Sequence[ForItem], items: Sequence[Meant], option: str) -> Mapping[str, str]:
    """The text for the items it is about, by UUID; without `ITEM=` there has to be one item only."""
    general, own = texts(given, items, option)
    if general is None:
        return own
    if len(items) > 1 or own:
        raise UsageError(f"{option} {general} does not say of which item", hint=f"{option} {items[0].typed}={general}")
    return {items[0].uuid: general}


def named_item(text: str, items: Sequence[Meant]) -> Meant | None:
    """The item of this command that `text` names: as typed, by label, by case and label, by UUID or its beginning."""
    for item in items:
        if text in (item.typed, item.uuid, f"{item.case}:{item.state.label}"):
            return item
    found = [item for item in items if text == item.state.label or (len(text) >= 8 and item.uuid.startswith(text))]
    if len(found) > 1:
        raise UsageError(f"{text} names several of these items", hint=f"{found[0].case}:{found[0].state.label}")
    return found[0] if found else None
