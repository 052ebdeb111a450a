/** Repositories, their images, and how they are named. Times are ms since 1970. */
import { formatArn, parseArn } from '#kernel/arn.ts';

/** Where a repository is: an account's registry has one of each name in each Region. */
export interface RepositoryAddress {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
}

/** A wildcard by which tags are excepted from what holds for all others. */
export interface TagFilter {
  readonly filterType: string;
  readonly filter: string;
}

export interface Repository extends RepositoryAddress {
  readonly createdAtMs: number;
  /** `MUTABLE`, `IMMUTABLE`, or one of them `_WITH_EXCLUSION`. */
  readonly tagMutability: string;
  readonly exclusions: readonly TagFilter[];
  /** Kept; nothing is scanned. */
  readonly scanOnPush: boolean;
  /** Kept; nothing is encrypted. */
  readonly encryption: { readonly encryptionType: string; readonly kmsKey?: string };
  readonly tags: Readonly<Record<string, string>>;
  /** As JSON. */
  readonly policy?: string;
  /** As JSON; kept, not carried out. */
  readonly lifecyclePolicy?: string;
}

export interface Image {
  /** `sha256:` and the digest of the manifest. */
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: string;
  /** Its layers' as they are stored; of several platforms, the largest image's. */
  readonly bytes: number;
  readonly pushedAtMs: number;
  /** The media type of the configuration, or of what is no image. */
  readonly artifactType?: string;
  /** The digest of the image that this is about: a signature's. */
  readonly subject?: string;
}

/** @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export const DIGEST = /^sha256:[0-9a-f]{64}$/;
/** @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** `arn:aws:ecr:REGION:ACCOUNT:repository/NAME`. */
export function repositoryArn({ accountId, region, name }: RepositoryAddress): string {
  return formatArn('ecr', region, accountId, `repository/${name}`);
}

/** The repository of an ARN; `undefined` where it is none's. */
export function addressOfArn(text: string): RepositoryAddress | undefined {
  const arn = parseArn(text);
  const name = /^repository\/(.+)$/.exec(arn?.resource ?? '')?.[1];
  if (arn === undefined || arn.service !== 'ecr' || name === undefined) return undefined;
  return { accountId: arn.accountId, region: arn.region, name };
}

/** `ACCOUNT/REGION/NAME`: the repository's path here, and its key in the tables. */
export function pathOf({ accountId, region, name }: RepositoryAddress): string {
  return `${accountId}/${region}/${name}`;
}

/** True where what a tag names can never change. */
export function isTagImmutable(
  { tagMutability, exclusions }: Pick<Repository, 'tagMutability' | 'exclusions'>,
  tag: string,
): boolean {
  const isExcepted = exclusions.some(({ filter }) => matchesWildcard(filter, tag));
  return tagMutability.startsWith('IMMUTABLE') !== isExcepted;
}

/** A star stands for any text. The filters are short, and so is a tag. */
function matchesWildcard(filter: string, tag: string): boolean {
  const [first = '', ...rest] = filter.split('*');
  const last = rest.pop();
  if (last === undefined) return filter === tag;
  if (!tag.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = tag.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return tag.length - last.length >= at && tag.endsWith(last);
}
