/** Who asks the registry, and whether they may. */
import { accessDenied, requestKeys } from '#aws/access/index.ts';
import { AwsError } from '#aws/errors.ts';
import { ecr } from '#aws/models/ecr.gen.ts';
import type { RequestHead, SurfaceExchange } from '#aws/operation.ts';
import type { WireResponse } from '#aws/wire.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { EcrCore } from '../core.ts';
import { repositoryArn, type RepositoryAddress } from '../model.ts';
import { REGISTRY_HEADERS, registryError } from './errors.ts';

export type Client =
  | { readonly kind: 'known'; readonly principal: Principal }
  /** Nobody is asked who they are: `--auth none`. */
  | { readonly kind: 'anybody' }
  | { readonly kind: 'nobody' };

/**
 * Whom a request is from: the principal of its token, `AWS:TOKEN`.
 * @throws AwsError DENIED where the token has ended
 */
export async function identify(
  { tokens }: Pick<EcrCore, 'tokens'>,
  exchange: SurfaceExchange,
): Promise<Client> {
  const token = tokenOf(exchange.request);
  const opened = token === undefined ? undefined : await tokens.open(token);
  if (opened?.kind === 'valid') return { kind: 'known', principal: opened.principal };
  if (await isOpenToAll(exchange)) return { kind: 'anybody' };
  if (opened?.kind !== 'expired') return { kind: 'nobody' };
  const message = 'Your authorization token has expired. Reauthenticate and try again.';
  throw registryError('DENIED', 403, message);
}

/** An unsigned request has a caller only where nobody looks at signatures. */
async function isOpenToAll(exchange: SurfaceExchange): Promise<boolean> {
  try {
    return (await exchange.authenticate({ service: 'ecr' })) !== undefined;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

function tokenOf({ headers }: RequestHead): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/_=-]+)$/i.exec(headers['authorization'] ?? '') ?? [];
  const decoded = Buffer.from(encoded ?? '', 'base64').toString();
  return decoded.startsWith('AWS:') ? decoded.slice('AWS:'.length) : undefined;
}

/** 401: says how to come back. @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html */
export function unauthorized(endpoint: string): WireResponse {
  return {
    status: 401,
    headers: {
      ...REGISTRY_HEADERS,
      'www-authenticate': `Basic realm="${endpoint}/",service="ecr.amazonaws.com"`,
      'content-type': 'text/plain; charset=utf-8',
    },
    body: utf8('Not Authorized\n'),
  };
}

/** What somebody wants of a repository. */
export interface Wish {
  readonly client: Client;
  readonly http: RequestHead;
  readonly repository: RepositoryAddress;
  /** `PutImage`. */
  readonly actions: readonly string[];
}

/**
 * Holds where a client may do all that they want.
 * @throws AwsError AccessDeniedException
 */
export async function authorise(
  { access, clock }: Pick<EcrCore, 'access' | 'clock'>,
  { client, http, repository, actions }: Wish,
): Promise<void> {
  if (access === undefined || client.kind !== 'known') return;
  const { principal } = client;
  const { region } = repository;
  const resource = repositoryArn(repository);
  const keys = requestKeys({ principal, http, region, nowMs: clock.now() });
  for (const name of actions) {
    const action = `ecr:${name}`;
    const who = { kind: 'principal', principal } as const;
    const decision = await access.decide({ who, action, resource, keys });
    if (decision.kind === 'allowed') continue;
    const need = { action, resource };
    throw accessDenied({ model: ecr, refusal: undefined, principal, need, decision });
  }
}
