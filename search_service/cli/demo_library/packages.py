"""Makes Office packages reproducible: owns zip dates and embedded workbooks, knows no slides."""

import re
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_CREATED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def freeze_package(package: bytes, issued: date) -> bytes:
    """Rewrite a package so that its bytes depend on its content and the date alone.

    Zip entries carry the clock's time, and the workbook behind a chart says when it was created.
    """
    frozen = BytesIO()
    with ZipFile(BytesIO(package)) as source, ZipFile(frozen, "w", ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename.endswith(".xlsx"):
                data = freeze_package(data, issued)
            elif entry.filename == "docProps/core.xml":
                data = _CREATED.sub(rb"\g<1>%sT09:00:00Z\g<3>" % issued.isoformat().encode(), data)
            info = ZipInfo(entry.filename, (issued.year, issued.month, issued.day, 9, 0, 0))
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, data)
    return frozen.getvalue()
