"""The JSON Schema of one pack file, generated from the records, and what it finds wrong.

Editors complete and check packs with the published schema (``docs/reference/pack-schema.json``);
reading checks with the same one. Every message is turned into a problem at its line, with the
nearest key name where a key is unknown.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, assert_never

import jsonschema_rs

from yuanzhi.engine.kernel.problems import Place, Problem, listed, nearest
from yuanzhi.engine.pack.shapes import (
    EXTRA_KEYS,
    IDENTITY,
    SECTIONS,
    SNAKE_SECTIONS,
    Choice,
    CodeBody,
    Either,
    Fixed,
    FreeBody,
    Many,
    Named,
    Perhaps,
    Plain,
    Record,
    Shape,
    Words,
    is_coded,
    is_numbered,
    is_positional,
    is_short,
    keys_of,
)
from yuanzhi.engine.pack.tree import Tree

Schema = dict[str, Any]
SNAKE = "^[a-z][a-z0-9_]*$"
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_SCALAR = ["string", "number", "boolean"]


@cache
def pack_schema() -> Schema:
    """The JSON Schema (2020-12) of a pack file: a mapping of sections."""
    made = _Maker()
    properties: Schema = {"pack": made.schema(IDENTITY)}
    for section, shape in SECTIONS.items():
        properties[section] = {
            "type": ["object", "null"],
            "additionalProperties": made.schema(shape, keyed=True),
        }
        if section in SNAKE_SECTIONS:
            properties[section]["propertyNames"] = {"pattern": SNAKE}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Yuanzhi policy pack file",
        "description": "A YAML file of a policy pack: a mapping of sections, each a mapping from code to body.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": dict(sorted(made.definitions.items())),
    }


class _Maker:
    """Builds schemas and gathers the definitions of records on the way."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def schema(self, shape: Shape, *, keyed: bool = False) -> Schema:
        match shape:
            case Plain(kind):
                return _plain(kind)
            case Choice(options, _):
                return {"enum": list(options)}
            case Words():
                return self._definition("Label", _label)
            case CodeBody():
                return self._definition("CodeItem", _code_body)
            case FreeBody():
                return self._definition("Declaration", _free_body)
            case Perhaps(inner):
                return _or_null(self.schema(inner))
            case Record(cls):
                return self._record(cls, keyed)
            case Many(item):
                return self._many(item)
            case Named(value, inner_keyed):
                return {"type": ["object", "null"], "additionalProperties": self.schema(value, keyed=inner_keyed)}
            case Fixed(items):
                return _fixed([self.schema(item) for item in items])
            case Either(one, pair):
                both = self.schema(pair)
                return {**both, "type": [self.schema(one)["type"], "array"]}
            case _:
                assert_never(shape)

    def _definition(self, name: str, body: Schema) -> Schema:
        self.definitions[name] = body
        return {"$ref": f"#/$defs/{name}"}

    def _record(self, cls: type, keyed: bool) -> Schema:
        name = f"{cls.__name__}Body" if keyed else cls.__name__
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self._record_body(cls, keyed)
        return {"$ref": f"#/$defs/{name}"}

    def _record_body(self, cls: type, keyed: bool) -> Schema:
        keys = keys_of(cls, keyed=keyed)
        extra = EXTRA_KEYS.get(cls.__name__, {})
        properties = {
            key: _not_null(self.schema(own.shape)) if own.must_stand else self.schema(own.shape)
            for key, own in keys.items()
        }
        properties |= {key: self.schema(shape) for key, shape in extra.items()}
        required = [
            own.keys[0]
            for own in dict.fromkeys(keys.values())
            if own.must_stand and len(own.keys) == 1 and not (own.name == "code" and is_numbered(cls))
        ]
        types = ["object"]
        if is_short(cls):
            types.append("string")
        if is_positional(cls):
            types.append("array")
        body: Schema = {"description": _first_line(cls), "type": types if len(types) > 1 else "object"}
        body |= {"properties": properties, "additionalProperties": False}
        if required:
            body["required"] = required
        for own in dict.fromkeys(keys.values()):
            if own.must_stand and len(own.keys) > 1:
                body["anyOf"] = [{"required": [key]} for key in own.keys]
        if is_positional(cls):
            body |= {key: value for key, value in _fixed(list(properties.values())).items() if key != "type"}
        return body

    def _many(self, item: Shape) -> Schema:
        if isinstance(item, Fixed):
            pair = self.schema(item)
            if _ends_in_order(item):
                pair["type"] = ["array", "string"]
            second = self.schema(item.items[1])
            return {"type": ["array", "object"], "items": pair, "additionalProperties": second}
        if isinstance(item, Record) and is_coded(item):
            return {
                "type": ["array", "object"],
                "items": self.schema(item),
                "additionalProperties": self.schema(item, keyed=True),
            }
        if isinstance(item, Plain):
            return {"type": ["array", *_SCALAR, "null"], "items": self.schema(item)}
        return {"type": "array", "items": self.schema(item)}


_label: Schema = {
    "description": "A text in Chinese and English; a bare text is Chinese.",
    "type": ["object", "string", "number", "null"],
    "properties": {"zh": {"type": _SCALAR}, "en": {"type": _SCALAR}},
    "required": ["zh"],
    "additionalProperties": False,
}
_code_body: Schema = {
    "description": "A code of a list; further keys are attributes.",
    "type": ["object", "string", "number"],
    "properties": {
        "zh": {"type": _SCALAR},
        "en": {"type": _SCALAR},
        "label": {"$ref": "#/$defs/Label"},
        "parent": {"type": _SCALAR},
        "level": {"type": "integer"},
        "from": {"type": ["string", "null"], "format": "date", "pattern": _DAY},
        "to": {"type": ["string", "null"], "format": "date", "pattern": _DAY},
    },
    "additionalProperties": {"type": [*_SCALAR, "null"]},
}
_free_body: Schema = {
    "description": "A declaration that a later room carries out; its body is free.",
    "type": "object",
    "properties": {
        "label": {"$ref": "#/$defs/Label"},
        "clause": {"type": _SCALAR},
        "note": {"$ref": "#/$defs/Label"},
    },
}


def _plain(kind: str) -> Schema:
    match kind:
        case "number" | "integer" | "boolean":
            return {"type": kind}
        case "date":
            return {"type": "string", "format": "date", "pattern": _DAY}
        case "fraction":
            return {"type": ["string", "number"], "pattern": r"^\s*[0-9]+(\.[0-9]+)?(\s*/\s*[0-9]+)?\s*$"}
        case "dimension":
            name = r"(1|[a-z][a-z0-9_]*)(\^-?[0-9])?"
            return {"type": ["string", "number"], "pattern": rf"^{name}([*/]{name})*$"}
        case "scalar":
            return {"type": [*_SCALAR, "null"]}
        case "any":
            return {}
    return {"type": list(_SCALAR)}


def _fixed(items: list[Schema]) -> Schema:
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _or_null(schema: Schema) -> Schema:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    if "$ref" in schema:
        return schema
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {**schema, "type": [*kinds, "null"]}


def find_misfits(tree: Tree, file: str) -> tuple[list[Problem], set[tuple[str, str]]]:
    """Everything in a file that the schema refuses, and the entries (section, code) it spoils."""
    problems: list[Problem] = []
    broken: set[tuple[str, str]] = set()
    for error in _validator().iter_errors(_json(tree)):
        steps = [str(step) for step in error.instance_path]
        spot = _descend(tree, steps)
        problems += _problems_of(error, steps, spot, file)
        if len(steps) >= 2:
            broken.add((steps[0], steps[1]))
    return problems, broken


@cache
def _validator() -> Any:
    return jsonschema_rs.Draft202012Validator(pack_schema(), validate_formats=False)


def _json(tree: Tree) -> Any:
    value = tree.value
    if isinstance(value, dict):
        return {key: _json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_json(below) for below in value]
    return value if value is None or isinstance(value, str | int | Decimal) else tree.raw


def _descend(tree: Tree, steps: Sequence[str]) -> Tree:
    for step in steps:
        below = tree.entries.get(step) if tree.entries else tree.items[int(step)]
        if below is None:
            break
        tree = below
    return tree


def _problems_of(error: Any, steps: Sequence[str], spot: Tree, file: str) -> Iterator[Problem]:
    kind, path = error.kind, "/".join(steps)
    place = Place(file, spot.line, spot.column, path)
    rule = error.schema_path
    if "propertyNames" in rule:
        name = str(error.instance)
        own = spot.entries.get(name, spot)
        yield Problem("schema.name", Place(file, own.line, own.column, f"{path}/{name}"), {"name": name})
    elif kind.name == "additionalProperties":
        known = sorted(_schema_at(rule[:-1])["properties"])
        for key in kind.unexpected:
            own = spot.entries[key]
            if own.value is None and " " in key:
                yield Problem("schema.comma_in_text", Place(file, own.line, own.column, path), {"key": key})
                continue
            values = {"key": key, "known": ", ".join(known), "nearest": nearest(key, known) or "—"}
            code = "schema.unknown_key" if steps else "schema.unknown_section"
            yield Problem(code, Place(file, own.line, own.column, "/".join([*steps, key])), values)
    elif kind.name == "required":
        yield Problem("schema.missing_key", place, {"key": kind.property})
    elif kind.name == "anyOf":
        keys = [one["required"][0] for one in _schema_at(rule)]
        yield Problem("schema.missing_key", place, {"key": keys[0]})
    elif kind.name == "enum":
        options = [str(option) for option in kind.options if option not in ("", None)]
        values = {"found": _shown(spot), "options": ", ".join(options), "nearest": nearest(_shown(spot), options)}
        yield Problem("schema.choice", place, {**values, "nearest": values["nearest"] or "—"})
    elif kind.name == "type":
        expected = " | ".join(_WORDS[word] for word in kind.types if word != "null")
        yield Problem("schema.type", place, {"found": _shown(spot), "expected": expected})
    elif kind.name in ("minItems", "maxItems"):
        yield Problem("schema.length", place, {"found": str(len(spot.items)), "expected": str(_schema_at(rule))})
    else:
        yield Problem("schema.form", place, {"found": _shown(spot), "expected": str(_schema_at(rule))})


_WORDS = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true/false",
    "object": "mapping",
    "array": "list",
    "null": "null",
}


def _shown(tree: Tree) -> str:
    if isinstance(tree.value, dict):
        return f"{{{listed(tree.value)}}}"
    if isinstance(tree.value, list):
        return f"[{len(tree.value)}]"
    return tree.raw if len(tree.raw) <= 60 else f"{tree.raw[:57]}..."


def _schema_at(path: Sequence[str | int]) -> Any:
    found: Any = pack_schema()
    for step in path:
        if isinstance(found, dict) and "$ref" in found:
            found = found["$ref"]
        found = found[step]
    return found


def _not_null(schema: Schema) -> Schema:
    """What must stand may not stand empty."""
    kinds = schema.get("type")
    if not isinstance(kinds, list) or "null" not in kinds:
        return schema
    left = [kind for kind in kinds if kind != "null"]
    return {**schema, "type": left if len(left) > 1 else left[0]}


def _ends_in_order(item: Fixed) -> bool:
    return isinstance(item.items[1], Choice) and item.items[1].options == ("asc", "desc")


def _first_line(cls: type) -> str:
    return (inspect.getdoc(cls) or cls.__name__).splitlines()[0]
