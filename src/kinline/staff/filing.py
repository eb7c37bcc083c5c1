"""A table as a CSV file that no spreadsheet runs (MON-5)."""

from django.http import StreamingHttpResponse

from kinline.design.documents import csv
from kinline.messaging.queries.figures import Span
from kinline.staff.tables import Table, written


def filed(table: Table, slug: str, span: Span) -> StreamingHttpResponse:
    """Its name says what, where and which days."""
    rows = [*table.rows, *([table.foot] if table.foot else [])]
    pieces = csv.lines(table.columns, ([written(cell) for cell in row] for row in rows))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    name = f"kinline-{table.name}-{slug}-{span.first.isoformat()}-{span.last.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
