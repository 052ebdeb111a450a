import type { FunctionCodeLocation, Operations } from '#aws/models/lambda.types.gen.ts';

import { omitUndefined } from '../../model/omit-undefined.ts';
import type { VersionCode } from '../../model/records.ts';
import type { Control } from '../control.ts';
import { addressOf, authorise, loadVersion } from '../control.ts';
import { describeVersion } from './describe-function.ts';
import { resolvedImageUri } from './function-code.ts';

/**
 * A function's configuration, a link to its code, its tags and its reserved concurrency.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
 */
export function getFunction(control: Control): Operations['GetFunction'] {
  return async (context, input) => {
    const address = addressOf(context, input);
    const loaded = await control.database.read(async (queries) => {
      await authorise(queries, context, address, 'lambda:GetFunction');
      return loadVersion(control, queries, address);
    });
    const { version } = loaded;
    const { tags, reservedConcurrency } = loaded.function;
    return omitUndefined({
      Configuration: describeVersion(address, version),
      Code: await codeLocation(control, version.code),
      Tags: Object.keys(tags).length === 0 ? undefined : tags,
      Concurrency:
        reservedConcurrency === undefined
          ? undefined
          : { ReservedConcurrentExecutions: reservedConcurrency },
    });
  };
}

async function codeLocation(control: Control, code: VersionCode): Promise<FunctionCodeLocation> {
  if (code.kind === 'zip') {
    return { RepositoryType: 'S3', Location: await control.links.link(code.sha256) };
  }
  if (code.kind === 'folder') return { RepositoryType: 'S3', Location: `file://${code.path}` };
  const { imageUri } = code;
  return { RepositoryType: 'ECR', ImageUri: imageUri, ResolvedImageUri: resolvedImageUri(code) };
}
