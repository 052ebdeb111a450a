"""Compiles a function's code, runs none of it, and writes what Python made of it to stdout: a zip archive of a
folder as `sys.pycache_prefix` names one. Runs in a sandbox of its own.

The code never changes where it lies, so that nobody needs to compare it with its source again.
"""

import io
import os
import py_compile
import sys
import zipfile

ROOTS = ("/var/task", "/opt/python")
FILES_MAX = 5000
SOURCE_BYTES_MAX = 64 * 1024 * 1024
# More of it is thrown away (ahead-compiler.ts).
ARCHIVE_BYTES_MAX = 32 * 1024 * 1024
# What an archive says of one file, and of itself, beside its name.
ENTRY_BYTES_MAX = 128
TAG = sys.implementation.cache_tag


def main():
    compiled, left = io.BytesIO(), ARCHIVE_BYTES_MAX - ENTRY_BYTES_MAX
    with zipfile.ZipFile(compiled, "w") as archive:
        for source in sources():
            base, _ = os.path.splitext(source)
            target = f"/tmp/compiled{base}.{TAG}.pyc"
            try:
                py_compile.compile(
                    source,
                    cfile=target,
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )
            except Exception:
                # Whoever imports it is told.
                continue
            name = target[len("/tmp/compiled/") :]
            left -= os.path.getsize(target) + 2 * len(os.fsencode(name)) + ENTRY_BYTES_MAX
            if left < 0:
                break
            archive.write(target, name)
    sys.stdout.buffer.write(compiled.getvalue())


def sources():
    """The paths of what can be imported, as far as there is room for what becomes of them."""
    count, left = 0, SOURCE_BYTES_MAX
    for root in ROOTS:
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                path = os.path.join(folder, name)
                if not name.endswith(".py") or os.path.islink(path):
                    continue
                count, left = count + 1, left - os.path.getsize(path)
                if count > FILES_MAX or left < 0:
                    return
                yield path


if __name__ == "__main__":
    main()
