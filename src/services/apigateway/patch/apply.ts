/**
 * Patch operations, as API Gateway takes them in place of whole documents. In a path `~1` stands for a slash and
 * `~0` for a tilde; the operations are done in their order, and all or none.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html
 */
import type { PatchOperation } from '#aws/models/apigateway.types.gen.ts';
import type { Patched, PatchField, PatchTable } from './table.ts';

/**
 * The document with all operations done.
 * @throws AwsError BadRequestException, in the table's words
 */
export function applyPatch<Document extends object>(
  table: PatchTable,
  document: Document,
  operations: readonly PatchOperation[] | undefined,
): Document {
  let patched = { ...document } as Patched;
  for (const operation of operations ?? []) patched = applyOne(table, patched, operation);
  // Each field writes what its member may be.
  return patched as Document;
}

function applyOne(
  table: PatchTable,
  document: Patched,
  { op = '', path, value, from }: PatchOperation,
): Patched {
  const found =
    path === undefined ? [] : table.fields.map((field) => [field, keysOf(field, path)] as const);
  const matching = found.filter(([, keys]) => keys !== undefined);
  const fitting = matching.find(([field]) => field.ops.includes(op));
  const [field, keys = []] = fitting ?? [];
  if (field === undefined || path === undefined) throw table.refuse(op, path, matching[0]?.[0]);
  return field.apply(document, {
    op,
    path,
    keys,
    ...(value === undefined ? {} : { value }),
    ...(from === undefined ? {} : { from }),
  });
}

/** What stands in a path for the `{}` of a field's; `undefined` where it is not that field's. */
function keysOf(field: PatchField, path: string): readonly string[] | undefined {
  const pattern = field.path.split('/');
  const parts = path.split('/');
  const isOpen = pattern.at(-1) === '{}';
  if (isOpen && parts.length > pattern.length) {
    parts.splice(pattern.length - 1, Infinity, parts.slice(pattern.length - 1).join('/'));
  }
  if (parts.length !== pattern.length) return undefined;
  const keys: string[] = [];
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (wanted === '{}') {
      if (part === '') return undefined;
      keys.push(decode(part));
    } else if (part !== wanted) return undefined;
  }
  return keys;
}

function decode(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
