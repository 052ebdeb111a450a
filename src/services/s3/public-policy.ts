/**
 * When a bucket's policy counts as public.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
import { parseAddressBlock } from '#kernel/ip-address.ts';
import { isObject, parseJson } from '#kernel/json.ts';

/** Keys whose fixed values tell who may come; others, such as the referer, anybody can have. */
const NARROWING: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

/** Operators that hold for the values that they name alone, and never where a request lacks the key. */
const POSITIVE = /^(?:ForAnyValue:)?(?:String(?:Equals(?:IgnoreCase)?|Like)|Arn(?:Equals|Like))$/;

/** How many bits a block of addresses has to fix, not to be everybody's. */
const BLOCK_BITS_MIN = { 4: 8, 6: 32 } as const;

/** Whether a policy, which was checked, allows something to everybody, whoever and wherever he is. */
export function isPublicPolicy(text: string): boolean {
  const policy = parseJson(text);
  const { Statement } = isObject(policy) ? policy : {};
  return listOf(Statement).some(
    (statement) =>
      isObject(statement) &&
      statement['Effect'] === 'Allow' &&
      isEverybodys(statement) &&
      !isNarrowed(statement['Condition']),
  );
}

type Element = { readonly [key: string]: unknown };

/** Everybody but a few is everybody, too. */
function isEverybodys({ Principal, NotPrincipal }: Element): boolean {
  if (NotPrincipal !== undefined) return true;
  return listOf(isObject(Principal) ? Principal['AWS'] : Principal).includes('*');
}

/** All conditions have to hold: one that narrows is enough. */
function isNarrowed(conditions: unknown): boolean {
  if (!isObject(conditions)) return false;
  return Object.entries(conditions).some(([operator, terms]) =>
    Object.entries(isObject(terms) ? terms : {}).some(([key, values]) => {
      const texts = listOf(values).map(String);
      if (operator === 'IpAddress') return key.toLowerCase() === 'aws:sourceip' && areNear(texts);
      if (!POSITIVE.test(operator) || !NARROWING.has(key.toLowerCase())) return false;
      return texts.every((value) => !/[*?]|\$\{/.test(value));
    }),
  );
}

function areNear(blocks: readonly string[]): boolean {
  return blocks.every((text) => {
    const version = parseAddressBlock(text)?.version;
    const [, bits = 128] = text.split('/');
    return version !== undefined && Number(bits) >= BLOCK_BITS_MIN[version];
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
