/** JSON bodies, read and written along a model's shapes; restJson1 and awsJson share them. */
import { textOf, utf8 } from '#kernel/bytes.ts';
import { parseJson } from '#kernel/json.ts';
import { conversionError, unreadableBody } from '../error-conversion.ts';
import type { Member, ServiceModel, Shape, StructureShape } from '../model.ts';
import {
  readDocument,
  writeStructure,
  type DocumentReader,
  type DocumentWriter,
} from './documents.ts';
import type { Mutable } from './records.ts';
import { formatTimestamp, parseTimestamp, timestampFormat } from './timestamps.ts';

/**
 * A body's structure as its types say; an empty body is an empty structure.
 * @throws AwsError SerializationException
 */
export function readJson(model: ServiceModel, shape: Shape, body: Uint8Array): Mutable {
  if (body.byteLength === 0) return {};
  const value = parseJson(textOf(body));
  if (value === undefined) throw unreadableBody();
  if (value === null) return {};
  const reader: DocumentReader = {
    blob: bytesOfBase64,
    timestamp: momentOfJson,
    mismatch: (found, wanted) => conversionError(model, found, wanted),
  };
  return readDocument(reader, shape, value) as Mutable; // A structure's shape gives an object.
}

/** A structure's body members as JSON text. */
export function writeJson(shape: StructureShape, value: Readonly<Mutable>): Uint8Array {
  return utf8(JSON.stringify(writeStructure(JSON_WRITER, shape, value)));
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function bytesOfBase64(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length % 4 !== 0 || !BASE64.test(value)) return undefined;
  return bytesFrom(value);
}

function momentOfJson(value: unknown): number | undefined {
  if (typeof value === 'number') return parseTimestamp(String(value));
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

const JSON_WRITER: DocumentWriter = {
  blob: base64OfBytes,
  timestamp(ms: number, member: Member): unknown {
    const format = timestampFormat(member, 'unixTimestamp');
    return format === 'unixTimestamp' ? ms / 1000 : formatTimestamp(ms, format);
  },
  double: (value) => (Number.isFinite(value) ? value : String(value)),
};

/** Bytes of well-formed Base64, as a plain array: a Buffer is equal to none. */
export function bytesFrom(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Base64 with padding. */
export function base64OfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
