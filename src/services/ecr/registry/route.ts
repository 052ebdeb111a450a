/**
 * Which requests are the registry's, and what they are about.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 */
import type { RequestHead } from '#aws/operation.ts';
import { bucketOfHost, hostOf } from '#aws/route.ts';
import type { RepositoryAddress } from '../model.ts';

export type RegistryRoute =
  | { readonly kind: 'ping' }
  /** What other registries have: a list of all repositories, or of what refers to an image. */
  | { readonly kind: 'absent' }
  | ({ readonly kind: 'blob'; readonly digest: string } & Named)
  | ({ readonly kind: 'uploads' } & Named)
  | ({ readonly kind: 'upload'; readonly id: string } & Named)
  | ({ readonly kind: 'manifest'; readonly reference: string } & Named)
  | ({ readonly kind: 'tags' } & Named);

interface Named {
  /** The repository's name as the path says it: `ACCOUNT/REGION/NAME`, or `NAME` below a registry's own host. */
  readonly path: string;
}

const REGISTRY_HOST = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./;
const REPOSITORY_PATH = /^(\d{12})\/([a-z]{2,}(?:-[a-z]+)+-\d+)\/(.+)$/;
/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const NAME_CHARACTERS_MAX = 256;

/** Hosts below which every other name is a bucket's. */
const BASE_HOSTS = ['localhost'];

/**
 * True for what is neither signed, nor for a bucket by its host, and either has a registry's path, or its way to say
 * who asks. A bucket's name has three characters at least.
 */
export function isRegistryRequest(head: RequestHead): boolean {
  if (!head.path.startsWith('/v2/') && head.path !== '/v2') return false;
  const { authorization = '' } = head.headers;
  if (authorization.startsWith('AWS')) return false;
  if (head.query.has('X-Amz-Signature')) return false;
  const host = hostOf(head);
  const isBuckets = !REGISTRY_HOST.test(host) && bucketOfHost(host, BASE_HOSTS) !== undefined;
  return !isBuckets && (/^basic /i.test(authorization) || routeOf(head.path) !== undefined);
}

/** What a path is about; `undefined` where it is no registry's. */
export function routeOf(whole: string): RegistryRoute | undefined {
  if (whole === '/v2' || whole === '/v2/') return { kind: 'ping' };
  const rest = whole.slice('/v2/'.length);
  if (rest === '_catalog' || /^.+\/referrers\/[^/]+$/.test(rest)) return { kind: 'absent' };
  const uploads = /^(.+)\/blobs\/uploads\/?$/.exec(rest);
  if (uploads) return { kind: 'uploads', path: uploads[1] ?? '' };
  const tags = /^(.+)\/tags\/list$/.exec(rest);
  if (tags) return { kind: 'tags', path: tags[1] ?? '' };
  const [, path = '', kind, last = ''] =
    /^(.+)\/(blobs\/uploads|blobs|manifests)\/([^/]+)$/.exec(rest) ?? [];
  if (kind === 'blobs/uploads') return { kind: 'upload', path, id: last };
  if (kind === 'manifests') return { kind: 'manifest', path, reference: decode(last) };
  return kind === undefined ? undefined : { kind: 'blob', path, digest: decode(last) };
}

/** The repository of a name in a path; `undefined` where that is none. */
export function repositoryOf(
  head: Pick<RequestHead, 'headers'>,
  path: string,
): RepositoryAddress | undefined {
  const [, hostAccount, hostRegion] = REGISTRY_HOST.exec(hostOf(head)) ?? [];
  const [, pathAccount, pathRegion, rest] = REPOSITORY_PATH.exec(path) ?? [];
  const accountId = hostAccount ?? pathAccount;
  const region = hostRegion ?? pathRegion;
  const name = hostAccount === undefined ? rest : path;
  if (accountId === undefined || region === undefined || name === undefined) return undefined;
  if (name.length > NAME_CHARACTERS_MAX || !NAME.test(name)) return undefined;
  return { accountId, region, name };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
