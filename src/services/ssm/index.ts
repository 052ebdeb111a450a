/** AWS Systems Manager's parameter store: values by name, with their versions. */
import { ssm as model } from '#aws/models/ssm.gen.ts';
import type { Service } from '#aws/operation.ts';
import type { Schema } from '#ports/world/database.ts';
import type { SsmDependencies } from './dependencies.ts';
import * as labels from './operations/labels.ts';
import * as read from './operations/read.ts';
import * as tags from './operations/tags.ts';
import * as write from './operations/write.ts';
import { SSM_PERMISSIONS } from './permissions.ts';
import { ssmSchema } from './store.ts';

interface Ssm {
  readonly service: Service;
  readonly schema: Schema;
}

/** The parameter store over a database whose schema was migrated. */
export function createSsm(dependencies: SsmDependencies): Ssm {
  const operations: Service['operations'] = {
    AddTagsToResource: tags.addTagsToResource(dependencies),
    DeleteParameter: write.deleteParameter(dependencies),
    DeleteParameters: write.deleteParameters(dependencies),
    DescribeParameters: read.describeParameters(dependencies),
    GetParameter: read.getParameter(dependencies),
    GetParameterHistory: read.getParameterHistory(dependencies),
    GetParameters: read.getParameters(dependencies),
    GetParametersByPath: read.getParametersByPath(dependencies),
    LabelParameterVersion: labels.labelParameterVersion(dependencies),
    ListTagsForResource: tags.listTagsForResource(dependencies),
    PutParameter: write.putParameter(dependencies),
    RemoveTagsFromResource: tags.removeTagsFromResource(dependencies),
    UnlabelParameterVersion: labels.unlabelParameterVersion(dependencies),
  };
  return { service: { model, operations, permissions: SSM_PERMISSIONS }, schema: ssmSchema };
}
