/** What REST protocols bind outside the body: labels, query and headers. */
import { textOf } from '#kernel/bytes.ts';
import type { AwsError } from '../errors.ts';
import type { Member, OperationModel } from '../model.ts';
import type { WireRequest } from '../wire.ts';
import { setOwn, type Mutable } from './records.ts';
import type { RouteMatch } from './rest-router.ts';
import { parseText } from './texts.ts';

/** What differs between the protocols that share these bindings. */
export interface RestReader {
  /** The error for a text that is not of its member's type. */
  badText(member: Member, text: string): AwsError;
  /** The body's members, or the payload structure. */
  document(operation: OperationModel, member: Member | undefined, body: Uint8Array): Mutable;
  body(): Uint8Array | Promise<Uint8Array>;
}

/**
 * An operation's input, gathered from all of a request.
 * @throws AwsError the reader's badText, and what `document` and `body` throw
 */
export function readRequest(
  reader: RestReader,
  { operation, labels }: RouteMatch,
  request: WireRequest,
): Mutable | Promise<Mutable> {
  const input: Mutable = {};
  for (const member of operation.input.members) {
    const value = readBound(reader, member, request, labels);
    if (value !== undefined) input[member.name] = value;
  }
  const { payload } = operation.input;
  if (payload?.isStreaming) {
    input[payload.name] = request.body;
    return input;
  }
  const body = reader.body();
  return body instanceof Uint8Array
    ? readPayload(reader, operation, input, body)
    : body.then((bytes) => readPayload(reader, operation, input, bytes));
}

/** Adds what the body says. */
function readPayload(
  reader: RestReader,
  operation: OperationModel,
  input: Mutable,
  body: Uint8Array,
): Mutable {
  const { payload } = operation.input;
  if (!payload) return Object.assign(input, reader.document(operation, undefined, body));
  const isEmpty = body.byteLength === 0;
  if (payload.shape.kind === 'structure') {
    if (!isEmpty) input[payload.name] = reader.document(operation, payload, body);
  } else if (!isEmpty) {
    input[payload.name] = payload.shape.kind === 'blob' ? body : textOf(body);
  }
  return input;
}

function readBound(
  reader: RestReader,
  member: Member,
  request: WireRequest,
  labels: RouteMatch['labels'],
): unknown {
  switch (member.location) {
    case 'uri': {
      const label = labels[member.wireName];
      return label === undefined
        ? undefined
        : readText(reader, member, decodeLabel(reader, member, label));
    }
    case 'querystring':
      return readQuery(reader, member, request.query);
    case 'header':
      return readHeader(reader, member, request.headers[member.headerName]);
    case 'headers':
      return readPrefixed(member.headerName, request.headers);
    default:
      return undefined;
  }
}

function readText(reader: RestReader, member: Member, text: string): unknown {
  const value = parseText(member.shape, text);
  if (value === undefined) throw reader.badText(member, text);
  return value;
}

function decodeLabel(reader: RestReader, member: Member, label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw reader.badText(member, label);
  }
}

function readQuery(reader: RestReader, member: Member, query: URLSearchParams): unknown {
  const { shape } = member;
  if (shape.kind === 'list') {
    const texts = query.getAll(member.wireName);
    if (texts.length === 0) return undefined;
    return texts.map((text) => readText(reader, shape.member, text));
  }
  if (shape.kind === 'map') return query.size === 0 ? undefined : Object.fromEntries(query);
  const text = query.get(member.wireName);
  if (text === null) return undefined;
  // An empty parameter of another type says nothing: `?max-keys=`.
  return text === '' && shape.kind !== 'string' ? undefined : readText(reader, member, text);
}

function readHeader(reader: RestReader, member: Member, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const { shape } = member;
  if (shape.kind !== 'list') return readText(reader, member, text);
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '').map((item) => readText(reader, shape.member, item));
}

function readPrefixed(prefix: string, headers: WireRequest['headers']): Mutable | undefined {
  const result: Mutable = {};
  let isEmpty = true;
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(prefix)) continue;
    setOwn(result, name.slice(prefix.length), headers[name] ?? '');
    isEmpty = false;
  }
  return isEmpty ? undefined : result;
}
