/** Walks what JSON and CBOR share, trees of scalars, lists and objects, along a model's shapes. */
import type { AwsError } from '../errors.ts';
import type { ListShape, MapShape, Member, Shape, StructureShape } from '../model.ts';
import { setOwn, type Mutable } from './records.ts';

/** Levels of lists, maps and structures; DynamoDB, the deepest of AWS's, allows 32. */
export const DEPTH_MAX = 100;

/** What a format does in its own way. Each answers `undefined` where the value is not of the type. */
export interface DocumentReader {
  blob(value: unknown): Uint8Array | undefined;
  timestamp(value: unknown): number | undefined;
  /** The error for a value that is not of its shape's type. */
  mismatch(value: unknown, shape: Shape): AwsError;
}

/**
 * A value as the types say it: unknown members and nulls left out, blobs as bytes, timestamps in ms.
 * Nulls inside lists and maps stay, for the validation to name.
 * @throws AwsError the reader's mismatch
 */
export function readDocument(
  reader: DocumentReader,
  shape: Shape,
  value: unknown,
  depth = 0,
): unknown {
  if (depth > DEPTH_MAX) throw reader.mismatch(value, shape);
  switch (shape.kind) {
    case 'structure':
      return readStructure(reader, shape, value, depth);
    case 'list':
      return readList(reader, shape, value, depth);
    case 'map':
      return readMap(reader, shape, value, depth);
    case 'string':
      if (typeof value === 'string') return value;
      break;
    case 'boolean':
      if (typeof value === 'boolean') return value;
      break;
    default:
      return readScalar(reader, shape, value);
  }
  throw reader.mismatch(value, shape);
}

function readScalar(reader: DocumentReader, shape: Shape, value: unknown): unknown {
  const read = scalarOf(reader, shape, value);
  if (read === undefined) throw reader.mismatch(value, shape);
  return read;
}

function scalarOf(reader: DocumentReader, shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'integer':
    case 'long':
      return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : undefined;
    case 'float':
    case 'double':
      if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
      return typeof value === 'number' ? value : undefined;
    case 'blob':
      return reader.blob(value);
    case 'timestamp':
      return reader.timestamp(value);
    default:
      return undefined;
  }
}

function readStructure(
  reader: DocumentReader,
  shape: StructureShape,
  value: unknown,
  depth: number,
): Mutable {
  if (!isPlainObject(value)) throw reader.mismatch(value, shape);
  const result: Mutable = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    const member = item === null || item === undefined ? undefined : shape.bodyMembers.get(key);
    if (member) result[member.name] = readDocument(reader, member.shape, item, depth + 1);
  }
  return result;
}

function readList(
  reader: DocumentReader,
  shape: ListShape,
  value: unknown,
  depth: number,
): unknown {
  if (!Array.isArray(value)) throw reader.mismatch(value, shape);
  const member = shape.member.shape;
  return value.map((item: unknown) =>
    item === null ? null : readDocument(reader, member, item, depth + 1),
  );
}

function readMap(reader: DocumentReader, shape: MapShape, value: unknown, depth: number): Mutable {
  if (!isPlainObject(value)) throw reader.mismatch(value, shape);
  const result: Mutable = {};
  for (const key of Object.keys(value)) {
    const item = value[key];
    const read = item === null ? null : readDocument(reader, shape.value.shape, item, depth + 1);
    setOwn(result, key, read);
  }
  return result;
}

function isPlainObject(value: unknown): value is Mutable {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof Date)
  );
}

/** What a format writes in its own way. */
export interface DocumentWriter {
  blob(bytes: Uint8Array): unknown;
  timestamp(ms: number, member: Member): unknown;
  double(value: number): unknown;
}

/** A value of ours as the format's tree; members that the model does not know are left out. */
export function writeDocument(writer: DocumentWriter, member: Member, value: unknown): unknown {
  const { shape } = member;
  switch (shape.kind) {
    case 'structure':
      return writeStructure(writer, shape, value as Mutable); // The output's type says so.
    case 'list':
      return (value as readonly unknown[]).map((item) => writeDocument(writer, shape.member, item)); // As above.
    case 'map':
      return writeMap(writer, shape, value as Mutable); // As above.
    case 'blob':
      return writer.blob(value as Uint8Array); // As above.
    case 'timestamp':
      return writer.timestamp(value as number, member); // As above.
    case 'float':
    case 'double':
      return writer.double(value as number); // As above.
    default:
      return value;
  }
}

/** The members of a body's document, under their names on the wire. */
export function writeStructure(
  writer: DocumentWriter,
  shape: StructureShape,
  value: Readonly<Mutable>,
): Mutable {
  const result: Mutable = {};
  for (const key of Object.keys(value)) {
    const member = shape.memberByName.get(key);
    const item = value[key];
    if (member?.location === 'body' && item !== undefined) {
      setOwn(result, member.wireName, writeDocument(writer, member, item));
    }
  }
  return result;
}

function writeMap(writer: DocumentWriter, shape: MapShape, value: Readonly<Mutable>): Mutable {
  const result: Mutable = {};
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined)
      setOwn(result, key, writeDocument(writer, shape.value, value[key]));
  }
  return result;
}
