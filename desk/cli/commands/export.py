"""`chongfen export`: write the stored brand back to a workbook; importing that changes nothing."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli.context import Context, emit


@click.command("export", help="把品牌写回工作簿（默认 品牌名.xlsx）；再导入不会有变化。")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--force", is_flag=True, help="文件已存在也覆盖")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(context: Context, file: Path | None, force: bool, as_json: bool) -> None:
    """Write the workbook, and say where."""
    from content_calendar import workbook
    from desk.cli.output_file import new_file
    from workers.runtime import only_brand

    with context.runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        target = new_file(file or Path(f"{_file_name(brand.name)}.xlsx"), force=force or file is not None)
        workbook.export(session, brand, target)
        name = brand.name
    if as_json:
        emit({"brand": name, "file": str(target), "bytes": target.stat().st_size})
    else:
        click.echo(context.say(f"已把「{name}」写到 {target}。", f"Wrote {name} to {target}."))


def _file_name(brand: str) -> str:
    """The brand's name without what a file name cannot have."""
    return (
        "".join("_" if char in '\\/:*?"<>|' or not char.isprintable() else char for char in brand).strip(". ")
        or "brand"
    )
