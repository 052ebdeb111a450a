/**
 * Names of users' own, under which requests reach APIs by their Host header.
 * Owns: which names there are, in memory, so that nothing is read to see that a request is for none. The store decides.
 * I1 A name is one account's, in whatever Regions: nobody takes over another's requests, nor gives up another's name.
 *    That of `*.example.com` is all that stands directly below it.
 * I2 A name is served only where it is nobody else's already: not the server's, nor AWS's, nor a bucket's, nor an address.
 * I3 What is signed for a service goes to that service, whatever the name.
 */
import type { RequestHead } from '../wire.ts';

export interface DomainName {
  /** In lower case; may begin with `*.`. */
  readonly name: string;
  readonly accountId: string;
}

/** @see https://docs.aws.amazon.com/general/latest/gr/rande.html */
const AWS_HOSTS = ['amazonaws.com', 'amazonaws.com.cn', 'on.aws', 'api.aws'];
/** `BUCKET.s3.…` and `BUCKET.s3-REGION.…`, whatever follows: S3 answers these without a signature. */
const BUCKET_HOST = /\.s3(?:-[a-z0-9-]+)?\./;

export class DomainNames {
  readonly #endpoint: () => string;
  readonly #owners = new Map<string, { readonly accountId: string; readonly uses: number }>();

  /** @param endpoint the server's own: `https://hearth.example:8443` */
  constructor(endpoint: () => string) {
    this.#endpoint = endpoint;
  }

  /** Takes a name for an account, once for each place where it is kept; false where it is another's (I1). */
  claim({ name, accountId }: DomainName): boolean {
    const key = name.toLowerCase();
    if (this.#isAnothers(key, accountId)) return false;
    const { uses } = this.#owners.get(key) ?? { uses: 0 };
    this.#owners.set(key, { accountId, uses: uses + 1 });
    return true;
  }

  /** Gives up one claim of an account's; another's stays (I1). */
  release({ name, accountId }: DomainName): void {
    const key = name.toLowerCase();
    const known = this.#owners.get(key);
    if (known?.accountId !== accountId) return;
    if (known.uses <= 1) this.#owners.delete(key);
    else this.#owners.set(key, { ...known, uses: known.uses - 1 });
  }

  /** Whether another account has a name, or the `*` that covers it, or one that it would cover itself (I1). */
  #isAnothers(key: string, accountId: string): boolean {
    const isOthers = (owner: string | undefined) => owner !== undefined && owner !== accountId;
    if (isOthers(this.#owners.get(key)?.accountId)) return true;
    if (!key.startsWith('*.')) return isOthers(this.#owners.get(wildcardOf(key))?.accountId);
    return [...this.#owners].some(
      ([name, owner]) => wildcardOf(name) === key && isOthers(owner.accountId),
    );
  }

  /** The name that a request is for: that of its host, else one with a `*` in place of the first label. */
  find(head: RequestHead): DomainName | undefined {
    if (this.#owners.size === 0) return undefined;
    const host = (head.headers['host'] ?? '').replace(/\.?(?::\d+)?$/, '').toLowerCase();
    const found = this.#owned(host) ?? this.#owned(wildcardOf(host));
    return found === undefined || this.#isTaken(host) || isForService(head) ? undefined : found;
  }

  #owned(name: string): DomainName | undefined {
    const accountId = this.#owners.get(name)?.accountId;
    return accountId === undefined ? undefined : { name, accountId };
  }

  /** Whether a host is somebody's already (I2). */
  #isTaken(host: string): boolean {
    if (!host.includes('.') || /^[\d.]+$/.test(host) || BUCKET_HOST.test(host)) return true;
    const taken = [new URL(this.#endpoint()).hostname, 'localhost', ...AWS_HOSTS];
    return taken.some((name) => host === name || host.endsWith(`.${name}`));
  }
}

/** The name with a `*` in place of the first label: what covers it. */
function wildcardOf(name: string): string {
  return name.replace(/^[^.]+/, '*');
}

/** Whether a signature, in the header or in the query, is for a service of AWS's that is none of an API's (I3). */
function isForService({ headers, query }: RequestHead): boolean {
  const { authorization = '' } = headers;
  const inHeader = /^AWS[\w-]* .*Credential=([^,\s]+)/.exec(authorization)?.[1];
  const scope = inHeader ?? query.get('X-Amz-Credential') ?? undefined;
  if (scope === undefined) return authorization.startsWith('AWS ') || query.has('AWSAccessKeyId');
  return !scope.includes('/execute-api/');
}

/** Where a name leads from the beginning of a path. */
export interface DomainMapping {
  /** Without slashes at its ends; empty for all that no other mapping takes. */
  readonly basePath: string;
  readonly apiId: string;
  /** Absent where the path goes on with a stage's name. */
  readonly stage?: string;
}

/** The mapping with the longest base path that a path begins with, and what of the path is left. */
export function chooseMapping(
  mappings: readonly DomainMapping[],
  path: string,
): { readonly mapping: DomainMapping; readonly rest: string } | undefined {
  const fitting = mappings.filter(({ basePath }) =>
    basePath === '' ? true : `${path}/`.startsWith(`/${basePath}/`),
  );
  const [mapping] = fitting.toSorted((a, b) => b.basePath.length - a.basePath.length);
  if (mapping === undefined) return undefined;
  const rest = mapping.basePath === '' ? path : path.slice(mapping.basePath.length + 1);
  return { mapping, rest: rest === '' ? '/' : rest };
}
