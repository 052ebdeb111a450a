import type { HttpSurface } from '#aws/operation.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';

import { findCode } from '../../store-code.ts';
import type { Control } from '../control.ts';

/** Answers the links of GetFunction and GetLayerVersion with the archive as it was uploaded. */
export function codeSurface(control: Control, blobs: BlobStore): HttpSurface['handle'] {
  return async ({ request }) => {
    const sha256 = await control.links.open(request.path, request.query);
    if (sha256 === undefined) return plain(403, 'The link is wrong or has expired.');
    const row = await control.database.read((queries) => findCode(queries, sha256));
    if (row === undefined) return plain(404, 'The code is gone.');
    const headers = { 'content-type': 'application/zip', 'content-length': String(row.bytes) };
    return { status: 200, headers, body: blobs.read(row.blobId) };
  };
}

function plain(status: number, text: string) {
  return { status, headers: { 'content-type': 'text/plain' }, body: utf8(text) };
}
