"""Terraform provider schemas, read out of the npm packages that were generated from them.

A provider's own binary is not on npm, but the JavaScript and TypeScript that CDK for Terraform generated from its
schema is: names, types, what is required, which blocks repeat. That is all that `terraform validate` looks at.
"""

import re
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SCALARS = {"string": "string", "number": "number", "boolean": "bool", "any": "dynamic"}
ENTRY = re.compile(
    r'(\w+): \{\s*value: (.*?),\s*isBlock: (true|false),\s*type: "(\w+)",\s*storageClassType: "(\w+)",\s*\}', re.DOTALL
)
COMPUTED = re.compile(r"return (?:cdktf\.Fn\.tolist\()?this\.(get\w+Attribute)\('(\w+)'\)")
COMPUTED_TYPES: dict[str, Any] = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getStringMapAttribute": ["map", "string"],
}


def read(package: Path, things: Iterable[str]) -> dict[str, Any]:
    """Schema of a provider, reduced to some of its resources.

    Args:
        package: the npm package, a tar file.
        things: names of the package's folders: ``s3-bucket`` for a resource, ``data-aws-…`` for a data source.

    Returns:
        ``{"provider": block, "resource": {type: block}, "data": {type: block}}``.
    """
    sources: dict[str, dict[str, str]] = {name: {".js": "", ".d.ts": ""} for name in {*things, "provider"}}
    for path, text in sorted(_files(package, set(sources)).items()):
        suffix = ".d.ts" if path.endswith(".d.ts") else ".js"
        sources[path.split("/")[2]][suffix] += text
    schema: dict[str, Any] = {"resource": {}, "data": {}}
    for name, source in sources.items():
        kind, block = _thing(source[".js"], source[".d.ts"])
        if name == "provider":
            block["attributes"].pop("alias", None)
            schema["provider"] = block
        else:
            schema["data" if name.startswith("data-") else "resource"][kind] = block
    return schema


def _files(package: Path, folders: set[str]) -> dict[str, str]:
    """Sources in these folders of the package, read in the order in which they lie there: going back takes minutes."""
    files = {}
    with tarfile.open(package) as archive:
        for member in archive:
            parts = member.name.split("/")
            if len(parts) >= 4 and parts[1] == "lib" and parts[2] in folders and member.name.endswith((".js", ".d.ts")):
                file = archive.extractfile(member)
                files[member.name] = file.read().decode() if file else ""
    return files


def _thing(js: str, types: str) -> tuple[str, dict[str, Any]]:
    name, kind = re.findall(r'^(\w+)\.tfResourceType = "(\w+)";', js, re.MULTILINE)[0]
    block = _block(js, types, f"{name}Config", js.index("synthesizeHclAttributes()"))
    attributes = block["attributes"]
    body = js[js.index(f"class {name} extends") :]
    for getter, attribute in COMPUTED.findall(body):
        if attribute in attributes:
            attributes[attribute].setdefault("computed", attributes[attribute]["optional"])
        else:
            attributes[attribute] = {"type": COMPUTED_TYPES.get(getter, "dynamic"), "computed": True}
    for attribute in re.findall(r'this\._\w+ = new \w+\(this, "(\w+)"', body):
        if attribute not in attributes and attribute not in block["blocks"]:
            attributes[attribute] = {"type": "dynamic", "computed": True}
    return kind, block


def _block(js: str, types: str, interface: str, start: int) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    declared = _declared(types, interface)
    for name, value, is_block, shape, storage in ENTRY.findall(_object(js, start)):
        required, nested = declared.get(name, (False, True))
        if is_block == "false":
            attributes[name] = {"type": _type(shape, storage), "required": required, "optional": not required}
        elif not nested:
            attributes[name] = {"type": "dynamic", "required": required, "optional": not required}
        else:
            blocks[name] = _nested(js, types, value, shape, required)
    return {"attributes": attributes, "blocks": blocks}


def _nested(js: str, types: str, value: str, shape: str, required: bool) -> dict[str, Any]:
    function = re.findall(r"(\w+)ToHclTerraform", value)[0]
    start = js.find(f"function {function}ToHclTerraform(")
    inner: dict[str, Any] = {"attributes": {}, "blocks": {}}
    if start >= 0:
        inner = _block(js, types, function[0].upper() + function[1:], start)
    once = shape != "struct" and "MapperHcl" not in value
    return {
        "nesting": "single" if shape == "struct" else shape,
        "max": int(once),
        "min": int(required),
        "block": inner,
    }


def _object(js: str, start: int) -> str:
    """Text between the braces of the next ``const attrs = { … }``."""
    opening = js.index("const attrs = {", start) + len("const attrs = {")
    depth, end = 1, opening
    while depth:
        depth += {"{": 1, "}": -1}.get(js[end], 0)
        end += 1
    return js[opening : end - 1]


def _type(shape: str, storage: str) -> Any:
    match = re.match(r"(string|number|boolean|any)(Map|List|Set)?", storage)
    element = SCALARS[match.group(1)] if match else "dynamic"
    if shape == "simple":
        return element if storage in SCALARS else "dynamic"
    return [shape, element] if shape in ("list", "set", "map") else "dynamic"


def _declared(types: str, interface: str) -> dict[str, tuple[bool, bool]]:
    """For each property of a TypeScript interface: is it required, and is it a block?"""
    match = re.search(rf"export interface {interface} (?:extends [\w.]+ )?\{{(.*?)\n\}}", types, re.DOTALL)
    declared = {}
    properties = re.findall(r"/\*\*(.*?)\*/\s*readonly \w+(\??):", match.group(1) if match else "", re.DOTALL)
    for comment, optional in properties:
        if name := re.search(r"#(\w+) ", comment):
            declared[name.group(1)] = (not optional, bool(re.search(r"\*\s+\w+ block\s", comment)))
    return declared
