"""The configuration reference says of each setting what it may be, its default and its meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr

from tools.config_reference import BEGIN, END, chapters, reference, with_reference


class Horn(BaseModel):
    """`[[signals]] type = "horn"`: makes a noise."""

    type: Literal["horn"]
    loudness: Annotated[int, Field(ge=1, le=10, description="how loud")] = 3


class Lamp(BaseModel):
    """`[[signals]] type = "lamp"`: gives light."""

    type: Literal["lamp"]
    colours: Annotated[tuple[str, ...], Field(description="one | after the other")] = ("red", "green")


class Kitchen(BaseModel):
    """`[rooms.<room>]`: one room."""

    warm: Annotated[bool, Field(description="whether it is heated")] = True


class House(BaseModel):
    """All of it."""

    name: Annotated[str | None, Field(description="what it is called")] = None
    door_code: Annotated[SecretStr, Field(description="opens the door")]
    plan: Path = Field(default=Path("plan.txt"), description="where <it> is drawn")
    rooms: dict[str, Kitchen] = Field(default_factory=dict)
    signals: tuple[Annotated[Horn | Lamp, Field(discriminator="type")], ...] = ()


def test_every_section_of_a_tree_of_settings_is_found() -> None:
    assert [chapter.heading for chapter in chapters(House)] == [
        "",
        "[rooms.<room>]",
        '[[signals]] type = "horn"',
        '[[signals]] type = "lamp"',
    ]


def test_a_setting_has_a_place_in_the_file_and_an_environment_variable_if_it_can_have_one() -> None:
    keys = {key.name: key for chapter in chapters(House) for key in chapter.keys}
    assert (keys["plan"].address, keys["plan"].variable) == ("plan", "HEARTHBEAT_PLAN")
    assert (keys["warm"].address, keys["warm"].variable) == ("rooms.<room>.warm", "")


def test_a_row_tells_what_is_allowed_the_default_and_the_meaning() -> None:
    text = reference(House)
    assert "| `name` | text | – | what it is called |" in text
    assert "| `door_code` | text, kept secret | required | opens the door |" in text
    assert '| `plan` | a path | `"plan.txt"` | where \\<it> is drawn |' in text
    assert "| `warm` | true or false | `true` | whether it is heated |" in text
    assert "| `loudness` | a whole number from 1 to 10 | `3` | how loud |" in text
    assert '| `colours` | a list of text | `["red", "green"]` | one \\| after the other |' in text
    assert '### `[[signals]] type = "horn"`\n\nMakes a noise.' in text


def test_the_reference_replaces_what_stood_between_its_marks_and_nothing_else() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert with_reference(page, "new") == f"before\n{BEGIN}\n\nnew\n{END}\nafter\n"
    assert with_reference(with_reference(page, "new"), "new") == with_reference(page, "new")
