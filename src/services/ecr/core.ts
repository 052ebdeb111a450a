import type { AccessControl } from '#ports/peers/access-control.ts';
import type { BlobLedger } from '#ports/world/blob-ledger.ts';
import type { BlobStore } from '#ports/world/blob-store.ts';
import type { Clock } from '#ports/world/clock.ts';
import type { Database } from '#ports/world/database.ts';
import type { Log } from '#ports/world/log.ts';
import type { Random } from '#ports/world/random.ts';
import type { Wakeups } from '#ports/world/wakeups.ts';
import type { TokenSealer } from './token.ts';

export interface EcrDependencies {
  readonly database: Database;
  /** ECR's alone: what no row of ECR names is deleted from it. */
  readonly blobs: BlobStore;
  readonly clock: Clock;
  /** By which tokens hold. */
  readonly machineClock: Clock;
  readonly random: Random;
  readonly wakeups: Wakeups;
  readonly log: Log;
  /** Where policies are evaluated: for the registry, whose requests the gateway's operations do not see. */
  readonly access?: AccessControl;
  /** `127.0.0.1:4566`, where the server is reached; asked for once it listens. */
  readonly host: () => string;
  /** How clients reach the server where that is not what they came by: `https://hearth.example`. */
  readonly endpointUrl?: string;
}

/** What a write has stored: a part of a layer, or a whole one. */
export interface StoredPart {
  readonly blobId: string;
  readonly bytes: number;
  readonly digest: string;
  /** Those that no row names yet. */
  readonly newBlobs: readonly string[];
}

/** What every operation of ECR may use. */
export interface EcrCore extends EcrDependencies {
  readonly ledger: BlobLedger<StoredPart>;
  readonly tokens: TokenSealer;
}
