"""The one shape every writer answers in: first line, body, action, picture idea, ids of the facts used.

The dict form is what goes over the wire (strict mode asks that every field be required and nothing else be
allowed); the model form is what an answer is validated with. Limits are caps against hostile output, not
the length a post should have; that is the kind's business.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

NAME = "written_post"
FIRST_LINE, BODY, ACTION, PICTURE, FACTS = 120, 3000, 200, 400, 60


class WrittenPost(BaseModel):
    """A model's answer. Strings may be long or wild here; assembling the text cuts and cleans them."""

    model_config = ConfigDict(extra="ignore")

    first_line: str = Field(default="", description="第一行，单独成立，不带编号和标题符号")
    body: str = Field(default="", description="正文，不重复第一行，不含行动句；换行用\\n")
    action: str = Field(default="", description="最后一句行动，只请人做一件事；不需要时为空字符串")
    picture: str = Field(default="", description="给配图同事的一句话，写画面里有什么；不需要时为空字符串")
    fact_ids: list[str] = Field(default_factory=list, description="正文用到的事实编号，只能是给出的编号")


def json_schema() -> dict[str, Any]:
    """The answer's JSON schema, flat and strict."""
    fields = WrittenPost.model_fields
    properties: dict[str, Any] = {
        name: {"type": "string", "description": field.description}
        for name, field in fields.items()
        if name != "fact_ids"
    }
    properties["fact_ids"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": fields["fact_ids"].description,
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
