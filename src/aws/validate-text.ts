/** How AWS's messages show a value: as Java would print it. */
import type { Shape, StructureShape } from './model.ts';

/** `abc`, `[a, b]`, `{k=v}`, `Tag(key=a, value=null)`. */
export function javaText(shape: Shape, value: unknown): string {
  if (value === null || value === undefined) return 'null';
  switch (shape.kind) {
    case 'list': {
      const items = value as readonly unknown[]; // Parsed along the same shape, here and below.
      return `[${items.map((item) => javaText(shape.member.shape, item)).join(', ')}]`;
    }
    case 'map': {
      const entries = Object.entries(value);
      return `{${entries.map(([key, item]) => `${key}=${javaText(shape.value.shape, item)}`).join(', ')}}`;
    }
    case 'structure':
      return structureText(shape, value as Readonly<Record<string, unknown>>);
    case 'double':
    case 'float':
      return doubleText(value as number);
    case 'timestamp':
      return new Date(value as number).toISOString();
    case 'blob': {
      const { byteLength } = value as Uint8Array;
      return `java.nio.HeapByteBuffer[pos=0 lim=${byteLength} cap=${byteLength}]`;
    }
    case 'string':
      return value as string;
    default:
      return JSON.stringify(value);
  }
}

/** Members that AWS's own models have beyond the published ones: `test_put_events_exceed_limit_ten_entries`. */
const UNPUBLISHED: ReadonlyMap<string, readonly string[]> = new Map([
  ['PutEventsRequestEntry', ['kmsKeyIdentifier=null', 'internalMetadata=null']],
]);

/** Members that came to a shape last, wherever the published model has them: `test_put_metric_filter_too_many_transformations`. */
const LATE: ReadonlyMap<string, string> = new Map([['MetricTransformation', 'dimensions']]);

function structureText(shape: StructureShape, value: Readonly<Record<string, unknown>>): string {
  const late = LATE.get(shape.name);
  const isLate = ({ name }: { readonly name: string }): number => Number(name === late);
  const ordered =
    late === undefined ? shape.members : shape.members.toSorted((a, b) => isLate(a) - isLate(b));
  const members = ordered.map(
    (member) => `${lowerFirst(member.name)}=${javaText(member.shape, value[member.name])}`,
  );
  return `${shape.name}(${[...members, ...(UNPUBLISHED.get(shape.name) ?? [])].join(', ')})`;
}

/** A double as Java prints it: `1.0`. */
export function doubleText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `KMSKeyArn` is `kMSKeyArn` in a message. */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * Values in the order in which AWS names them: 32 buckets by Java's hash, the later of one bucket first. It
 * explains each set of an enumeration's values in the recordings, whatever their number.
 */
export function inHashOrder(values: readonly string[]): readonly string[] {
  const bucket = (text: string): number => javaHash(text) & 31;
  return values.toReversed().toSorted((a, b) => bucket(a) - bucket(b));
}

function javaHash(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return hash;
}
