"""Optional content of a clean copy: hidden layers are taken out, visible ones become plain content.

A layer stays only where both its default state and its own wish for the screen show it, as viewers
differ in which of the two they follow (ISO 32000-2, 8.11).
"""

from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Operator, Page, Pdf

_TEXT = {"Tj", "TJ"}
_PAINTING = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"}
_OTHER_MARKS = {"Do", "sh", "BI", "INLINE IMAGE", "EI"}
_DEEPEST = 20
Instruction = Any
_END_PATH: Instruction = ([], Operator("n"))


class Layers:
    """Which of a file's layers are shown."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        properties = pdf.Root.get("/OCProperties")
        self.any = isinstance(properties, Dictionary)
        default = properties.get("/D") if self.any and properties is not None else None
        self._config = default if isinstance(default, Dictionary) else Dictionary()
        self._off = _numbers(self._config.get("/OFF"))
        self._on = _numbers(self._config.get("/ON"))
        self._seen: set[tuple[int, int]] = set()
        self._used: list[Object] = []

    def clean_page(self, page: Page) -> None:
        """Take hidden layers out of a page's content, drawings and annotations."""
        if not self.any:
            return
        resources = page.obj.get("/Resources")
        if isinstance(resources, Dictionary):
            self._clean_forms(resources, resources, 0)
            if self._has_layers(resources):
                page.obj.Contents = self._pdf.make_stream(self._rewritten(page, resources))
        annotations = page.obj.get("/Annots")
        if isinstance(annotations, Array):
            shown = [each for each in annotations if self._is_shown_holder(each)]
            page.obj.Annots = Array(shown)

    def forget(self) -> None:
        """Take the layers out of the resources, which pages share; after the last page."""
        for resources in self._used:
            properties = resources.Properties
            for name, value in list(properties.items()):
                if _is_layer(value):
                    del properties[name]

    def _has_layers(self, resources: Object) -> bool:
        properties = resources.get("/Properties")
        if not isinstance(properties, Dictionary):
            return False
        found = any(_is_layer(each) for _, each in properties.items())
        if found:
            self._used.append(resources)
        return found

    def _is_shown_holder(self, holder: Object) -> bool:
        """Whether what has a layer of its own is shown; the layer is then forgotten."""
        if not isinstance(holder, Dictionary | pikepdf.Stream) or "/OC" not in holder:
            return True
        shown = self.is_shown(holder.get("/OC"))
        if shown:
            del holder["/OC"]
        return shown

    def _clean_forms(self, resources: Object, pages: Object, depth: int) -> None:
        """Clean the drawings that resources name; hidden ones become empty.

        A drawing without resources of its own has those of the page.
        """
        drawings = resources.get("/XObject")
        if not isinstance(drawings, Dictionary) or depth > _DEEPEST:
            return
        for name, drawing in list(drawings.items()):
            if not isinstance(drawing, pikepdf.Stream):
                continue
            if not self._is_shown_holder(drawing):
                drawings[name] = self._nothing()
                continue
            if drawing.objgen in self._seen:
                continue
            self._seen.add(drawing.objgen)
            if drawing.get("/Subtype") == Name.Form:
                own = drawing.get("/Resources")
                if isinstance(own, Dictionary):
                    self._clean_forms(own, pages, depth + 1)
                own = own if isinstance(own, Dictionary) else pages
                if self._has_layers(own):
                    drawing.write(self._rewritten(drawing, own))

    def _nothing(self) -> Object:
        empty = self._pdf.make_stream(b"")
        empty.Type, empty.Subtype = Name.XObject, Name.Form
        empty.BBox = Array([0, 0, 0, 0])
        return empty

    def _rewritten(self, content: Page | Object, resources: Object) -> bytes:
        properties = resources.get("/Properties")
        named = properties if isinstance(properties, Dictionary) else Dictionary()
        instructions = pikepdf.parse_content_stream(content)
        kept = list(_without_layers(instructions, lambda name: self._layer(named, name)))
        return pikepdf.unparse_content_stream(kept)

    def _layer(self, named: Object, name: object) -> bool:
        layer = named.get(str(name)) if isinstance(name, Name) else None
        return self.is_shown(layer)

    def is_shown(self, layer: object, depth: int = 0) -> bool:
        """Whether a group, or a combination of groups, is shown."""
        if not isinstance(layer, Dictionary) or depth > _DEEPEST:
            return True
        if layer.get("/Type") != Name.OCMD:
            return self._is_group_shown(layer)
        if isinstance(rule := layer.get("/VE"), Array):
            return self._follows(rule, depth)
        groups = layer.get("/OCGs")
        listed = list(groups) if isinstance(groups, Array) else [groups]
        states = [self.is_shown(each, depth + 1) for each in listed if isinstance(each, Dictionary)]
        if not states:
            return True
        policy = _POLICIES.get(str(layer.get("/P", Name.AnyOn)), any)
        return policy(states)

    def _follows(self, rule: Object, depth: int) -> bool:
        operation, *operands = list(rule)
        states = [
            self._follows(each, depth + 1)
            if isinstance(each, Array)
            else self.is_shown(each, depth)
            for each in operands
            if depth < _DEEPEST
        ]
        if operation == Name.Not:
            return not all(states)
        return any(states) if operation == Name.Or else all(states)

    def _is_group_shown(self, group: Object) -> bool:
        usage = group.get("/Usage")
        view = usage.get("/View") if isinstance(usage, Dictionary) else None
        if isinstance(view, Dictionary) and view.get("/ViewState") == Name.OFF:
            return False
        number = group.objgen
        if number in self._off:
            return False
        return number in self._on or self._config.get("/BaseState") != Name.OFF


_POLICIES: dict[str, Callable[[list[bool]], bool]] = {
    "/AnyOn": any,
    "/AllOn": all,
    "/AnyOff": lambda states: not all(states),
    "/AllOff": lambda states: not any(states),
}


def _numbers(listed: object) -> set[tuple[int, int]]:
    if not isinstance(listed, Array):
        return set()
    return {each.objgen for each in listed if isinstance(each, Dictionary)}


def _is_layer(value: object) -> bool:
    return isinstance(value, Dictionary) and value.get("/Type") in {Name.OCG, Name.OCMD}


def _without_layers(
    instructions: list[Instruction], is_shown: Callable[[object], bool]
) -> Iterator[Instruction]:
    """The instructions without what hidden layers draw; what they set holds on, as it should."""
    open_marks: list[str] = []
    hidden = 0
    for instruction in instructions:
        operands, operator = instruction.operands, str(instruction.operator)
        if operator in {"BDC", "BMC"}:
            mark = "plain"
            if operator == "BDC" and len(operands) == 2 and operands[0] == Name.OC:
                mark = "shown" if is_shown(operands[1]) else "hidden"
            open_marks.append(mark)
            hidden += mark == "hidden"
            if mark != "plain" or hidden:
                continue
        elif operator == "EMC" and open_marks:
            mark = open_marks.pop()
            was_hidden = hidden > 0
            hidden -= mark == "hidden"
            if mark != "plain" or was_hidden:
                continue
        yield from (_unseen(instruction, operator) if hidden else [instruction])


def _unseen(instruction: Instruction, operator: str) -> Iterator[Instruction]:
    """What an instruction of a hidden layer does beside drawing."""
    if operator in _PAINTING:
        yield _END_PATH
    elif operator in {"'", '"'}:
        if operator == '"':
            word, sign, _ = instruction.operands
            yield ([word], Operator("Tw"))
            yield ([sign], Operator("Tc"))
        yield ([], Operator("T*"))
    elif operator not in _TEXT and operator not in _OTHER_MARKS and operator not in {"MP", "DP"}:
        yield instruction
