"""Opening a file without trusting it: what comes out is a clean copy that holds only what was checked.

A hostile or broken file can crash a zip or XML reader, or fill the memory. Here the file is recognised by its
bytes, its list of parts is measured before it is read, each needed part is unpacked in small pieces under hard limits
and looked through (:mod:`scan`), and repacked. The reader gets the copy: exactly the bytes that were checked.
"""

from __future__ import annotations

import contextlib
import hashlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO

from content_calendar.workbook import refusal as limits
from content_calendar.workbook.manifest import Manifest, SheetPart, manifest_of
from content_calendar.workbook.refusal import MEGA, Refusal, damaged
from content_calendar.workbook.scan import Scanner, SheetScan, SheetScanner, check_extent

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHUNK = 256 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, struct.error,
           ValueError, OverflowError, IndexError, KeyError)  # fmt: skip


@dataclass(frozen=True)
class Package:
    """A checked workbook: ``copy`` for the reader, what the look at each visible sheet found, the file's hash."""

    copy: IO[bytes]
    sheets: tuple[SheetPart, ...]
    scans: dict[str, SheetScan]
    sha256: str


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Package]:
    """The checked copy of the workbook at ``path``; Refusal says why there is none."""
    with _file(path) as file, SpooledTemporaryFile(max_size=32 * MEGA) as copy:
        _recognise(file, path)
        sha256 = _hash(file)
        _measure_directory(file)
        try:
            with (
                zipfile.ZipFile(file) as source,
                zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out,
            ):
                manifest, scans = _Repacker(source, out).run()
        except Refusal:
            raise
        except _BROKEN as error:
            raise damaged() from error
        copy.seek(0)
        yield Package(copy=copy, sheets=manifest.sheets, scans=scans, sha256=sha256)


def _file(path: Path) -> IO[bytes]:
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise Refusal(
                "file_is_folder",
                f"「{path.name}」是文件夹，请给出其中的 .xlsx 文件。",
                f"{path.name} is a folder; give the .xlsx file.",
            )
        if not stat.S_ISREG(found.st_mode):
            raise Refusal(
                "file_not_readable",
                f"「{path.name}」不是普通文件，请给出 .xlsx 文件。",
                f"{path.name} is not a regular file; give an .xlsx file.",
            )
        if found.st_size > limits.FILE_BYTES:
            raise Refusal(
                "file_too_large",
                f"文件有 {found.st_size // MEGA} MB，超过 {limits.FILE_BYTES // MEGA} MB；请删掉图片和多余的表再导入。",
                f"The file has {found.st_size // MEGA} MB, more than {limits.FILE_BYTES // MEGA} MB; remove pictures and surplus sheets.",
            )
        return path.open("rb")
    except FileNotFoundError as error:
        raise Refusal(
            "file_missing",
            f"找不到文件「{path.name}」，请检查路径和文件名。",
            f"There is no file {path.name}; check the path.",
        ) from error
    except (OSError, ValueError) as error:
        raise Refusal(
            "file_not_readable",
            f"「{path.name}」打不开（没有权限，或正被别的程序占用），请关闭 Excel 或检查权限后再试。",
            f"{path.name} cannot be opened (no permission, or in use); close Excel or check permissions.",
        ) from error


def _recognise(file: IO[bytes], path: Path) -> None:
    head = file.read(8)
    if not head:
        raise Refusal(
            "file_empty",
            f"「{path.name}」是空文件，请重新保存或重新下载后再导入。",
            f"{path.name} is empty; save or download it again.",
        )
    if path.name.startswith(("~$", ".~")) and head[:2] != b"PK":
        raise Refusal(
            "not_xlsx",
            f"「{path.name}」是 Excel 打开文件时的临时文件，请选没有「~$」的那个。",
            f"{path.name} is Excel's lock file; choose the one without ~$.",
        )
    if head == _OLE:
        raise _ole(file)
    if head[:4] not in {b"PK\x03\x04", b"PK\x05\x06"}:
        raise Refusal(
            "not_xlsx",
            f"「{path.name}」不是 xlsx 工作簿（可能是改了后缀的 csv 或网页），请用 Excel 或 WPS 另存为 .xlsx 再导入。",
            f"{path.name} is not an xlsx workbook (perhaps a renamed csv or web page); save it as .xlsx.",
        )


def _ole(file: IO[bytes]) -> Refusal:
    """An OLE container: an encrypted workbook or an old .xls. ``file`` is under the size limit."""
    tail = b""
    while chunk := file.read(MEGA):
        if _ENCRYPTED in tail + chunk:
            return Refusal(
                "password_protected",
                "工作簿设了打开密码，请在 Excel 或 WPS 里去掉密码、另存后再导入。",
                "The workbook is password-protected; remove the password, save it and import again.",
            )
        tail = chunk[-64:]
    return Refusal(
        "old_xls",
        "这是旧版 .xls（或 .et）文件，请另存为 .xlsx 再导入。",
        "This is an old .xls (or .et) file; save it as .xlsx and import again.",
    )


def _hash(file: IO[bytes]) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(MEGA):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _measure_directory(file: IO[bytes]) -> None:
    """Refuse a list of parts that is absurdly long before anything loads it into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        file.seek(0)
        raise damaged()
    length = struct.unpack("<L", tail[at + 12 : at + 16])[0]
    if at >= 76 and tail[at - 20 : at - 16] == b"PK\x06\x07":  # zip64: the real numbers stand before
        length = max(length if length != 0xFFFFFFFF else 0, struct.unpack("<Q", tail[at - 36 : at - 28])[0])
    if length > limits.DIRECTORY_BYTES:
        raise limits.bomb()
    file.seek(0)


class _Repacker:
    """Copies the parts the reader needs from one zip to another, checking each on its way."""

    def __init__(self, source: zipfile.ZipFile, out: zipfile.ZipFile) -> None:
        self.source, self.out = source, out
        self.total = 0
        self.parts: dict[str, zipfile.ZipInfo] = {}
        for info in source.infolist():
            name = info.filename.replace("\\", "/").lstrip("/")
            if name in self.parts:
                raise damaged(name)
            self.parts[name] = info

    def run(self) -> tuple[Manifest, dict[str, SheetScan]]:
        self._whole()
        manifest = manifest_of({name: self._read(name) for name in self._first()})
        wanted = {sheet.part: sheet for sheet in manifest.sheets if sheet.visible}
        scans: dict[str, SheetScan] = {}
        for name in self.parts:
            if name in wanted:
                scanner = SheetScanner(wanted[name].name)
                self._copy(name, scanner, wanted[name].name)
                check_extent(wanted[name].name, scanner.seen)
                scans[wanted[name].name] = scanner.seen
            elif name in manifest.helpers:
                self._copy(name, Scanner(name), name)
        return manifest, scans

    def _whole(self) -> None:
        infos = self.parts.values()
        if any(info.flag_bits & 0x1 for info in infos):
            raise Refusal(
                "password_protected",
                "压缩包设了密码，请去掉密码、另存为 .xlsx 后再导入。",
                "The file is encrypted; remove the password and save it as .xlsx.",
            )
        if len(self.parts) > limits.PARTS or sum(info.file_size for info in infos) > 4 * limits.TOTAL_BYTES:
            raise limits.bomb()
        if "xl/workbook.xml" not in self.parts:
            raise Refusal(
                "not_xlsx",
                "这个文件不是 xlsx 工作簿（可能是文档、幻灯片、ods、xlsb 或普通压缩包），请另存为 .xlsx 再导入。",
                "This is not an xlsx workbook (a document, ods, xlsb or plain zip); save it as .xlsx.",
            )

    def _first(self) -> list[str]:
        return [
            name
            for name in (
                "xl/workbook.xml",
                "xl/_rels/workbook.xml.rels",
                "[Content_Types].xml",
                "_rels/.rels",
            )
            if name in self.parts
        ]

    def _read(self, name: str) -> bytes:
        """A small part whole (under 4 MB), copied as well."""
        scanner = Scanner(name)
        body = bytearray()
        for chunk in self._chunks(name, name):
            scanner.feed(chunk)
            body += chunk
            if len(body) > 4 * MEGA:
                raise damaged(name)
        scanner.feed(b"", last=True)
        self.out.writestr(name, bytes(body))
        return bytes(body)

    def _copy(self, name: str, scanner: Scanner, title: str) -> None:
        with self.out.open(name, "w") as target:
            for chunk in self._chunks(name, title):
                scanner.feed(chunk)
                target.write(chunk)
        scanner.feed(b"", last=True)

    def _chunks(self, name: str, title: str) -> Iterator[bytes]:
        """The part's bytes, unpacked, under the limits; a size that the file declares is believed only against it."""
        info = self.parts[name]
        squeezed = limits.RATIO * max(1, info.compress_size)
        if info.file_size > limits.PART_BYTES:
            raise limits.bomb() if info.file_size > squeezed else limits.too_large(title)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged(name)
        done = 0
        with self.source.open(info) as stream:
            while chunk := stream.read(_CHUNK):
                done += len(chunk)
                self.total += len(chunk)
                if done > limits.PART_BYTES:
                    raise limits.too_large(title)
                if (done > limits.RATIO_FROM and done > squeezed) or self.total > limits.TOTAL_BYTES:
                    raise limits.bomb()
                yield chunk
