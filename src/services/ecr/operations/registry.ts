import type { Operations } from '#aws/models/ecr.types.gen.ts';
import type { EcrCore } from '../core.ts';
import { endpointOf } from '../endpoint.ts';

/**
 * What the registry's HTTP API takes as a password, for whoever asks here.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
 */
export function getAuthorizationToken(core: EcrCore): Operations['GetAuthorizationToken'] {
  return async (context, { registryIds = [context.accountId] }) => {
    const { token, expiresAtMs } = await core.tokens.seal(context.principal);
    const data = {
      authorizationToken: Buffer.from(`AWS:${token}`).toString('base64'),
      expiresAt: expiresAtMs,
      proxyEndpoint: endpointOf(core, context.http),
    };
    return { authorizationData: registryIds.map(() => data) };
  };
}

/** @see https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRegistry.html */
export function describeRegistry(): Operations['DescribeRegistry'] {
  return async ({ accountId: registryId }) => ({
    registryId,
    replicationConfiguration: { rules: [] },
  });
}
