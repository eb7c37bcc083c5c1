"""One document in a process of its own: template and data come in as JSON, the PDF goes out.

The typesetter keeps what it laid out for later, about 100 MB a thick document, and a bug in it must not end a web
server. Run as a file (`python -I typeset.py`), so that it imports nothing of ours. Reads the templates and fonts
beside it; the limits keep it from everything else being too much.
"""

import json
import resource
import sys
from pathlib import Path

import typst

HERE = Path(__file__).parent
MEMORY_BYTES = 3 * 2**30  # of address space: threads reserve far more than they use
CPU_SECONDS = 60


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    order = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
    templates = HERE / "templates"
    compiler = typst.Compiler(
        templates / f"{order['template']}.typ", root=templates, font_paths=fonts,
        sys_inputs={"data": json.dumps(order["data"])}, package_path=templates, package_cache_path=templates,
    )  # fmt: skip
    try:
        pdf = compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=order["at"])
    except typst.TypstError as no:
        # Marks upon marks that no font joins: still tagged, but not to the letter of the standard. Better than no file.
        if "PDF/UA-1" not in str(no):
            raise
        pdf = compiler.compile(format="pdf", timestamp=order["at"])
    if not isinstance(pdf, bytes):
        raise TypeError(type(pdf).__name__)
    sys.stdout.buffer.write(pdf)


main()
