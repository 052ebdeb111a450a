import type { RequestHead } from '#aws/operation.ts';
import type { EcrCore } from './core.ts';
import { pathOf, type RepositoryAddress } from './model.ts';

/** `http://HOST`, by which the client came, unless another is set; of a stack's resources, where the server listens. */
export function endpointOf(
  { endpointUrl, host }: Pick<EcrCore, 'endpointUrl' | 'host'>,
  { headers }: Pick<RequestHead, 'headers'>,
): string {
  return (endpointUrl ?? `http://${headers['host'] ?? host()}`).replace(/\/$/, '');
}

/** `HOST/ACCOUNT/REGION/NAME`: what clients push to and pull from. */
export function repositoryUri(
  core: Pick<EcrCore, 'endpointUrl' | 'host'>,
  head: Pick<RequestHead, 'headers'>,
  address: RepositoryAddress,
): string {
  return `${endpointOf(core, head).replace(/^https?:\/\//, '')}/${pathOf(address)}`;
}
