/** Amazon ECR: repositories of container images, and the registry by which images are pushed and pulled. */
import { AwsError } from '#aws/errors.ts';
import { ecr as model } from '#aws/models/ecr.gen.ts';
import type { HttpSurface, Service } from '#aws/operation.ts';
import type { ResourcePolicies } from '#ports/peers/access-control.ts';
import type { ImageReader } from '#ports/peers/image-reader.ts';
import { BlobLedger } from '#ports/world/blob-ledger.ts';
import type { Schema } from '#ports/world/database.ts';
import type { EcrCore, EcrDependencies } from './core.ts';
import { createImageReader } from './image-reader.ts';
import { BODY_BYTES_MAX } from './limits.ts';
import * as images from './operations/images.ts';
import * as layers from './operations/layers.ts';
import * as policies from './operations/policies.ts';
import * as registry from './operations/registry.ts';
import * as repositories from './operations/repositories.ts';
import * as tags from './operations/tags.ts';
import { ECR_PERMISSIONS, REPOSITORY_POLICIES } from './permissions.ts';
import { createRegistry } from './registry/surface.ts';
import { schema } from './schema.ts';
import { runSweep } from './sweep.ts';
import { createTokenSealer } from './token.ts';

interface Ecr {
  readonly service: Service;
  /** What is pushed to and pulled from: `/v2/`. */
  readonly surface: HttpSurface;
  readonly images: ImageReader;
  /** Repositories' policies, where policies are evaluated. */
  readonly resourcePolicies: ResourcePolicies;
  readonly schema: Schema;
  /** Sweeps what a crash left, and what nobody goes on with; until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** ECR over a database whose schema was migrated. */
export function createEcr(dependencies: EcrDependencies): Ecr {
  const { blobs, log } = dependencies;
  const core: EcrCore = {
    ...dependencies,
    ledger: new BlobLedger({
      blobs,
      log,
      idsOf: ({ newBlobs }) => newBlobs,
      isRefusal: (error) => error instanceof AwsError,
    }),
    tokens: createTokenSealer(dependencies),
  };
  return {
    service: {
      model,
      operations: createOperations(core),
      permissions: ECR_PERMISSIONS,
      bodyBytesMax: BODY_BYTES_MAX,
    },
    surface: createRegistry(core),
    images: createImageReader(core),
    resourcePolicies: REPOSITORY_POLICIES,
    schema,
    run: (signal) => runSweep(core, signal),
  };
}

function createOperations(core: EcrCore): Service['operations'] {
  return {
    BatchCheckLayerAvailability: layers.batchCheckLayerAvailability(core),
    BatchDeleteImage: images.batchDeleteImage(core),
    BatchGetImage: images.batchGetImage(core),
    CompleteLayerUpload: layers.completeLayerUpload(core),
    CreateRepository: repositories.createRepository(core),
    DeleteLifecyclePolicy: policies.deleteLifecyclePolicy(core),
    DeleteRepository: repositories.deleteRepository(core),
    DeleteRepositoryPolicy: policies.deleteRepositoryPolicy(core),
    DescribeImages: images.describeImages(core),
    DescribeRegistry: registry.describeRegistry(),
    DescribeRepositories: repositories.describeRepositories(core),
    GetAuthorizationToken: registry.getAuthorizationToken(core),
    GetDownloadUrlForLayer: layers.getDownloadUrlForLayer(core),
    GetLifecyclePolicy: policies.getLifecyclePolicy(core),
    GetRepositoryPolicy: policies.getRepositoryPolicy(core),
    InitiateLayerUpload: layers.initiateLayerUpload(core),
    ListImages: images.listImages(core),
    ListTagsForResource: tags.listTagsForResource(core),
    PutImage: images.putImage(core),
    PutImageScanningConfiguration: repositories.putImageScanningConfiguration(core),
    PutImageTagMutability: repositories.putImageTagMutability(core),
    PutLifecyclePolicy: policies.putLifecyclePolicy(core),
    SetRepositoryPolicy: policies.setRepositoryPolicy(core),
    TagResource: tags.tagResource(core),
    UntagResource: tags.untagResource(core),
    UploadLayerPart: layers.uploadLayerPart(core),
  };
}
