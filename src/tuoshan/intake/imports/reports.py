"""The bad rows as a spreadsheet of their own: the same columns, and what is wrong in front."""

from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from tuoshan.intake.imports.tables import NOTE
from tuoshan.intake.imports.tally import Bad

MOST_IN_CELL = 32_767
"""So many letters Excel takes."""


def write_errors(path: Path, columns: list[str], bad: Iterable[Bad]) -> None:
    """Write the report. It can be mended and imported again as it is. Texts stay texts: no formula runs."""
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(_("待修改"))
        bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "#a4161a", "text_wrap": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, 2 + len(columns), 24)
        for place, name in enumerate([NOTE + _("原行号"), NOTE + _("问题"), *columns]):
            sheet.write_string(0, place, name, bold)
        for number, item in enumerate(bad, 1):
            sheet.write_number(number, 0, item.row.number)
            sheet.write_string(number, 1, str(item.why), red)
            for place, name in enumerate(columns, 2):
                sheet.write_string(number, place, item.row.cells.get(name, "")[:MOST_IN_CELL])
