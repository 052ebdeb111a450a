import { Header } from 'tar';

export interface TarEntry {
  /** As it stands in the archive, also where nobody should unpack it to. */
  readonly path: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly type?:
    | 'File'
    | 'Directory'
    | 'SymbolicLink'
    | 'Link'
    | 'CharacterDevice'
    | 'FIFO'
    | 'ExtendedHeader';
  readonly linkpath?: string;
}

const BLOCK_BYTES = 512;

/** A tar archive of these entries, in order: a layer of a container image. */
export function tarOf(...entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', mode, type, linkpath }) => {
    const body = Buffer.from(content);
    const header = new Header({
      path,
      mode: mode ?? (type === 'Directory' ? 0o755 : 0o644),
      size: body.byteLength,
      type: type ?? 'File',
      mtime: new Date('2026-03-04T05:06:08Z'),
      ...(linkpath === undefined ? {} : { linkpath }),
    });
    const head = Buffer.alloc(BLOCK_BYTES);
    header.encode(head);
    return [head, body, Buffer.alloc(-body.byteLength & (BLOCK_BYTES - 1))];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}
