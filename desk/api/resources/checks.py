"""Checks: what the rules find in texts that are no posts yet."""

from __future__ import annotations

from fastapi import APIRouter

from desk.api import models
from desk.errors import DeskError
from desk.web.guards import Reader
from prompts.draft import Finding
from prompts.kinds import by_name
from workers.checks import trying

router = APIRouter(prefix="/checks", tags=["checks"])
REPLY = "reply"


@router.post("", summary="Check texts")
def check(visit: Reader, body: models.CheckIn) -> models.CheckOut:
    """Each text by the packs of the brand's industry, its own rules, its forbidden words and its goods, in their order.

    Nothing is stored. Offsets come twice: in code points, and in UTF-16 units as JavaScript counts them.
    """
    kind = _kind(body.kind)
    with visit.read() as session:
        house = trying.house_of(session, visit.the_brand, now=visit.now)
        most = trying.narrowest(session, visit.the_brand, body.tier) if body.tier else None
    product = house.product(body.product)
    if body.product and product is None:
        raise DeskError(
            f"没有叫「{body.product}」的商品，请写工作簿里的编码或名称。", code="check.product",
            english=f"There is no product {body.product!r}; use a code or name of the workbook.",
        )  # fmt: skip
    items = [
        _checked(text, trying.look(text, house, kind=kind, product=product, max_bytes=most))
        for text in body.texts
    ]
    return models.CheckOut(rules=house.rules, items=items)


def _checked(text: str, found: tuple[Finding, ...]) -> models.CheckedText:
    return models.CheckedText(
        verdict=trying.verdict(found),
        findings=[
            models.HitOut(
                **item.model_dump(),
                start_utf16=trying.utf16(text, item.start),
                end_utf16=trying.utf16(text, item.end),
            )
            for item in found
        ],
    )


def _kind(written: str) -> str | None:
    if not written or written == REPLY:
        return written or None
    kind = by_name(written)
    if kind is None:
        raise DeskError(
            f"没有「{written}」这种内容类型。", code="check.kind", english=f"There is no kind {written!r}."
        )
    return kind.key
