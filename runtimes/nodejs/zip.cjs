'use strict';
const { crc32 } = require('node:zlib');

/** A zip archive of `[name, bytes]`, not compressed. */
function zipOf(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const fields = fieldsOf(name, bytes);
    parts.push(bytesOf('PK\x03\x04', fields), Buffer.from(name), bytes);
    // Version of the writer, the same fields, no comment, disk 0, a file's modes of Unix.
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02\x14\x03', 'latin1');
    fields.copy(entry, 6);
    entry.writeUInt32LE((0o100644 << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + bytes.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, entries, end]);
}

/** What an entry's header and its line in the directory have in common: 26 bytes. */
function fieldsOf(name, bytes) {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  // The first of January 1980, the beginning of its time.
  fields.writeUInt16LE(0x21, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(bytes.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(name), 22);
  return fields;
}

function bytesOf(signature, fields) {
  return Buffer.concat([Buffer.from(signature, 'latin1'), fields]);
}

module.exports = { zipOf };
