import { AwsError } from '#aws/errors.ts';
import { isObject, parseJson } from '#kernel/json.ts';

/** Bounds of a file's length in bytes, both included. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

type Condition =
  | { readonly kind: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  | { readonly kind: 'range'; readonly min: unknown; readonly max: unknown };

/** Fields that no condition needs to name. */
const EXEMPT: ReadonlySet<string> = new Set([
  'policy',
  'x-amz-signature',
  'signature',
  'awsaccesskeyid',
  'file',
]);

/**
 * Reads a policy document.
 * @param encoded Base64 of JSON
 * @throws AwsError InvalidPolicyDocument; AccessDenied where it has expired
 */
export function readPolicy(encoded: string, nowMs: number): readonly Condition[] {
  const document = parseJson(Buffer.from(encoded, 'base64').toString('utf8'));
  if (!isObject(document)) throw invalid('Invalid JSON.');
  const { expiration, conditions } = document;
  if (expiration === undefined) throw invalid('Policy missing expiration.');
  const text = typeof expiration === 'string' ? expiration : JSON.stringify(expiration);
  const expiresAtMs = Date.parse(text);
  if (Number.isNaN(expiresAtMs)) throw invalid(`Invalid 'expiration' value: '${text}'`);
  if (nowMs >= expiresAtMs) throw refused('Policy expired.');
  if (conditions === undefined) throw invalid('Policy missing conditions.');
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  return conditions.map(readCondition);
}

/**
 * Holds a form's fields against conditions.
 * @returns the length that the policy allows to the file
 * @throws AwsError AccessDenied
 */
export function checkConditions(
  conditions: readonly Condition[],
  form: { readonly fields: ReadonlyMap<string, string>; readonly bucket: string },
): LengthRange | undefined {
  let range: LengthRange | undefined;
  const named = new Set<string>();
  for (const condition of conditions) {
    if (condition.kind === 'range') {
      range = readRange(condition);
      continue;
    }
    named.add(condition.field);
    const value = condition.field === 'bucket' ? form.bucket : form.fields.get(condition.field);
    if (!isMet(condition, value))
      throw failed([condition.kind, `$${condition.field}`, condition.value]);
  }
  // The bucket is a field of every form, by its address.
  const extra = [...new Set([...form.fields.keys(), 'bucket'])].filter(
    (name) => !named.has(name) && !EXEMPT.has(name) && !name.startsWith('x-ignore-'),
  );
  if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(', ')}`);
  return range;
}

function isMet(
  condition: Exclude<Condition, { kind: 'range' }>,
  value: string | undefined,
): boolean {
  if (condition.kind === 'eq') return (value ?? '') === condition.value;
  return (value ?? '').startsWith(condition.value);
}

function readCondition(condition: unknown): Condition {
  if (Array.isArray(condition)) return readTriple(condition);
  if (!isObject(condition)) throw invalid('Invalid condition test: must be a List or Object.');
  const [entry, ...others] = Object.entries(condition);
  if (entry === undefined || others.length > 0) {
    throw invalid(
      'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    );
  }
  const [field, value] = entry;
  if (typeof value !== 'string') throw invalid('Invalid Simple-Condition: value must be a string.');
  return { kind: 'eq', field: field.toLowerCase(), value };
}

function readTriple(condition: readonly unknown[]): Condition {
  const [operation, first, second, ...rest] = condition;
  if (typeof operation !== 'string')
    throw invalid('Invalid Condition: missing operation identifier.');
  const kind = operation.toLowerCase();
  if (kind !== 'eq' && kind !== 'starts-with' && kind !== 'content-length-range') {
    throw invalid(`Invalid Condition: unknown operation '${operation}'.`);
  }
  if (second === undefined || rest.length > 0)
    throw invalid(`Invalid ${kind}: wrong number of arguments.`);
  if (kind === 'content-length-range') return { kind: 'range', min: first, max: second };
  if (typeof first !== 'string' || typeof second !== 'string' || !first.startsWith('$')) {
    throw invalid(`Invalid ${kind}: wrong number of arguments.`);
  }
  return { kind, field: first.slice(1).toLowerCase(), value: second };
}

function readRange(condition: Extract<Condition, { kind: 'range' }>): LengthRange {
  const [min, max] = [condition.min, condition.max].map((bound) =>
    /^\d+$/.test(String(bound)) ? Number(bound) : undefined,
  );
  if (min === undefined || max === undefined) {
    throw failed(['content-length-range', String(condition.min), String(condition.max)]);
  }
  return { min, max };
}

/** Seen in recordings of 2025: s3 `test_post_object_policy_conditions_validation_starts_with`. */
function failed(condition: readonly string[]): AwsError {
  const text = condition.map((part) => JSON.stringify(part)).join(', ');
  return refused(`Policy Condition failed: [${text}]`);
}

function refused(detail: string): AwsError {
  return new AwsError({
    code: 'AccessDenied',
    status: 403,
    message: `Invalid according to Policy: ${detail}`,
  });
}

function invalid(detail: string): AwsError {
  return new AwsError({
    code: 'InvalidPolicyDocument',
    status: 400,
    message: `Invalid Policy: ${detail}`,
  });
}
