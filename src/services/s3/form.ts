/** Forms as browsers send them: fields, then one file, which is streamed. */
import { utf8 } from '#kernel/bytes.ts';
import { ByteScanner } from './byte-scanner.ts';
import { s3Error } from './errors.ts';
import { FORM_FIELDS_BYTES_MAX } from './limits.ts';

/** Bytes of one part's headers. */
const PART_HEADER_BYTES_MAX = 4096;
/** Parts before the file. */
const FIELDS_MAX = 200;
/** Bytes before the first boundary. */
const PREAMBLE_BYTES_MAX = 4096;

const CRLF = utf8('\r\n');
const BLANK_LINE = utf8('\r\n\r\n');

export interface Form {
  /** The fields before the file, by their names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** The file; its bytes have to be read to their end. `undefined` where the form has none. */
  readonly file?: FormFile;
}

export interface FormFile {
  /** As the browser gives it; absent where `file` is a plain field. */
  readonly name?: string;
  readonly contentType?: string;
  readonly content: AsyncIterable<Uint8Array>;
}

/**
 * The boundary of `multipart/form-data; boundary=…`.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export function formBoundary(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*(;|$)/i.test(contentType)) return undefined;
  const [, quoted, bare] =
    /;\s*boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? bare;
}

/**
 * Reads a form up to its file.
 * @throws AwsError MalformedPOSTRequest, MaxPostPreDataLengthExceeded
 */
export async function readForm(body: AsyncIterable<Uint8Array>, boundary: string): Promise<Form> {
  const delimiter = utf8(`\r\n--${boundary}`);
  // The first boundary has no line before it.
  const scanner = new ByteScanner(body, CRLF);
  if (!(await scanner.until(delimiter, PREAMBLE_BYTES_MAX))) throw malformed();
  const fields = new Map<string, string>();
  let bytes = 0;
  for (let count = 0; count <= FIELDS_MAX; count += 1) {
    if (await isEnd(scanner)) return { fields };
    const part = await readHead(scanner);
    if (part.field === 'file') {
      return { fields, file: { ...part.file, content: readFile(scanner, delimiter) } };
    }
    const value = await scanner.until(delimiter, FORM_FIELDS_BYTES_MAX - bytes);
    if (!value) throw tooMuch();
    bytes += value.byteLength + part.field.length;
    if (bytes > FORM_FIELDS_BYTES_MAX) throw tooMuch();
    fields.set(part.field, value.toString('utf8'));
  }
  throw tooMuch();
}

/** What follows a boundary: two hyphens at the end, else the end of the line. */
async function isEnd(scanner: ByteScanner): Promise<boolean> {
  const mark = await scanner.next(2);
  if (mark.equals(Buffer.from('--'))) return true;
  if (!mark.equals(CRLF)) throw malformed();
  return false;
}

interface PartHead {
  readonly field: string;
  readonly file: Pick<FormFile, 'name' | 'contentType'>;
}

async function readHead(scanner: ByteScanner): Promise<PartHead> {
  const bytes = await scanner.until(BLANK_LINE, PART_HEADER_BYTES_MAX);
  if (!bytes) throw malformed();
  const headers = new Map<string, string>();
  for (const line of bytes.toString('utf8').split('\r\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  const disposition = headers.get('content-disposition') ?? '';
  const field = parameterOf(disposition, 'name');
  if (field === undefined) throw malformed();
  const name = parameterOf(disposition, 'filename');
  const contentType = headers.get('content-type');
  return {
    field: field.toLowerCase(),
    file: {
      ...(name === undefined ? {} : { name }),
      ...(contentType === undefined ? {} : { contentType }),
    },
  };
}

/** Browsers write a quote inside a name as `%22`. */
function parameterOf(header: string, name: string): string | undefined {
  const pattern = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]*))`, 'i');
  const [, quoted, bare] = pattern.exec(header) ?? [];
  return quoted?.replaceAll('%22', '"').replace(/\\(["\\])/g, '$1') ?? bare;
}

async function* readFile(scanner: ByteScanner, delimiter: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* scanner.streamUntil(delimiter, malformed);
  await scanner.drain();
}

function malformed(): Error {
  return s3Error('MalformedPOSTRequest');
}

function tooMuch(): Error {
  return s3Error('MaxPostPreDataLengthExceeded');
}
