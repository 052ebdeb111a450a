import type { WireRequest } from '#aws/wire.ts';
import type { RepositoryAddress } from '../model.ts';

/** A request to the registry, about one repository. */
export interface Visit {
  readonly repository: RepositoryAddress;
  /** `/v2/ACCOUNT/REGION/NAME`, as the client wrote it. */
  readonly base: string;
  readonly request: WireRequest;
  /** @throws AwsError AccessDeniedException unless the client may do all of that here, or in the other repository */
  require(actions: readonly string[], repository?: RepositoryAddress): Promise<void>;
}
