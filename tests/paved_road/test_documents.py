"""A YAML file is read with its lines, or refused at one."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from paved_road import documents
from paved_road.findings import Problem, as_text

DEEP = 100_000


def refusal(text: str) -> str:
    with pytest.raises(Problem) as refused:
        documents.parse(text, "file.yml", "YAML001")
    return as_text(refused.value.findings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "file.yml  YAML001  is not a mapping"),
        ("- a\n- b", "file.yml  YAML001  is not a mapping"),
        ("word", "file.yml  YAML001  is not a mapping"),
        ("a: 1\nb: [1, 2", "file.yml:3  YAML001  is not YAML: did not find expected"),
        ("a: 1\n\tb: 2", "file.yml:2  YAML001  is not YAML: "),
        ("a: 1\n---\nb: 2", "file.yml:2  YAML001  is not YAML: but found another document"),
        ("a: \x00", "YAML001  is not YAML: unacceptable character"),
        ("a: &x 1\nb: *x", "file.yml:2  YAML001  uses the YAML alias *x"),
        ("a: *nobody", "file.yml:1  YAML001  uses the YAML alias *nobody"),
        ("a: 1\nb: {c: 1, c: 2}", "file.yml:2  YAML001  key 'c' is written twice (first on line 2)"),
        ("a: 1\nb: 2\na: 3", "file.yml:3  YAML001  key 'a' is written twice (first on line 1)"),
        ("a: 1\ntrue: 2", "file.yml:2  YAML001  the key 'true' is not text"),
        ("a:\n  <<: {b: 1}", "file.yml:2  YAML001  the key '<<' is not text"),
        ("a: !!python/object:os.system x", "file.yml:1  YAML001  a is read as python/object:os.system"),
        ("a:\n  - 2024-01-01", "file.yml:2  YAML001  a.0 is read as timestamp, which JSON does not have"),
        ("a: !!binary aGk=", "file.yml:1  YAML001  a is read as binary, which JSON does not have"),
        ("a: !!set {b}", "file.yml:1  YAML001  a is read as set, which JSON does not have"),
        (
            f"a: {'9' * 5000}",
            "'99999999999999999999 … 99999999999999999999' is none that every JSON reader takes",
        ),
        ("a: .nan", "file.yml:1  YAML001  a is read as float, and '.nan' is none that every JSON reader takes"),
        (
            "a: 1\nb: 1.0e+999",
            "file.yml:2  YAML001  b is read as float, and '1.0e+999' is none that every",
        ),
        ("a: 9007199254740993", "a is read as int, and '9007199254740993' is none that every JSON reader takes"),
        ("a: !!bool x", "file.yml:1  YAML001  a is read as bool, and 'x' is none that every JSON reader takes"),
        (f"a:\n  {'[' * DEEP}{']' * DEEP}", "file.yml:2  YAML001  is nested too deeply"),
        (f"a: {'{a: ' * DEEP}{'}' * DEEP}", "file.yml:1  YAML001  is nested too deeply"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_at_its_line(text: str, message: str) -> None:
    assert message in refusal(text)


def test_a_bomb_of_aliases_is_refused_before_it_unfolds() -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))]

    assert "file.yml:2  YAML001  uses the YAML alias *a0" in refusal("\n".join(lines))


def test_a_file_that_is_missing_not_text_or_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin").write_bytes("name: übel".encode("latin-1"))

    said = {}
    for name in ("nothing", "folder", "latin"):
        with pytest.raises(Problem) as refused:
            documents.load(tmp_path / name, "file.yml", "YAML001")
        said[name] = as_text(refused.value.findings)

    assert said["nothing"].startswith("file.yml  YAML001  is missing")
    assert said["folder"].startswith("file.yml  YAML001  cannot be read: [Errno 21] Is a directory")
    assert said["latin"].startswith("file.yml  YAML001  cannot be read: 'utf-8' codec can't decode")


def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_bytes("\ufeffa: 1\r\nb: 2\r\n".encode())

    document = documents.load(file, "file.yml", "YAML001")

    assert (document.data, document.line("b")) == ({"a": 1, "b": 2}, 2)


@pytest.mark.parametrize("text", ["a\x85b", "a\u2028b\nc", "\u2029", "a\nb"])
def test_whatever_line_breaks_a_text_has_it_is_read_again_as_it_was_written(text: str) -> None:
    assert documents.parse(documents.render({"a": text}), "file.yml", "YAML001").data == {"a": text}


def test_a_missing_key_is_shown_at_its_nearest_parent() -> None:
    document = documents.parse("a: 1\nb:\n  c:\n    d: 1\n", "file.yml", "YAML001")

    assert [document.line("b", "c", "nothing", 3), document.line("nothing")] == [3, 1]


def test_every_violation_of_a_schema_is_told_at_its_line() -> None:
    document = documents.parse("a: x\nb:\n  - 1\n  - y\n", "file.yml", "YAML001")
    schema = {"properties": {"a": {"type": "number"}, "b": {"items": {"type": "number"}}}}

    with pytest.raises(Problem) as refused:
        documents.check_schema(document, schema, "YAML002")

    assert [(finding.place, finding.fact.partition(":")[0]) for finding in refused.value.findings] == [
        ("file.yml:1", "a"),
        ("file.yml:4", "b.1"),
    ]


def test_a_digest_is_of_what_is_said_not_of_how_it_is_laid_out() -> None:
    said = [
        documents.parse(text, "", "").data for text in ("a: 1\nb: [x]", "# why\nb:\n  - 'x'\na: 1\r\n", "a: 2\nb: [x]")
    ]

    first, same, other = map(documents.digest, said)
    assert first == same != other


@settings(max_examples=200)
@given(text=st.text(alphabet="ab: -\n[]{}&*!?|>'\"#<\t0.9é\u2028", max_size=60))
@example(text="? ? : ")
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        document = documents.parse(text, "file.yml", "YAML001")
        documents.check_schema(document, {"type": "object"}, "YAML002")
    except Problem as refused:
        assert all(finding.fact and finding.remedy for finding in refused.findings)


def test_random_bytes_are_read_or_refused_in_words(tmp_path: Path) -> None:
    file, random_bytes = tmp_path / "file.yml", random.Random(7)
    for _ in range(50):
        file.write_bytes(random_bytes.randbytes(40))

        with pytest.raises(Problem, match=r"cannot be read|is not"):
            documents.load(file, "file.yml", "YAML001")
