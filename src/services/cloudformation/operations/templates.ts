import type { Operations } from '#aws/models/cloudformation.types.gen.ts';
import { isObject, type JsonObject } from '#kernel/json.ts';
import type { CloudformationDependencies } from '../dependencies.ts';
import { isKnownType } from '../engine/resolve-properties.ts';
import { noSuchChangeSet, noSuchStack, validation } from '../errors.ts';
import { findStack } from '../store-stacks.ts';
import { checkTemplate } from '../template/check.ts';
import { declarationsOf } from '../template/parameters.ts';
import { readTree } from '../template/read-tree.ts';
import { readTemplate, transformsOf, type Template } from '../template/template.ts';
import { transformTemplate } from '../transform/index.ts';
import { requireChangeSet } from './change-sets.ts';
import { neededCapabilities } from './prepare-goal.ts';
import { templateText } from './template-source.ts';
import { toText } from '../text.ts';

const STAGES = ['Original', 'Processed'];

/** A template as it was sent, or as it was deployed. */
export function getTemplate(dependencies: CloudformationDependencies): Operations['GetTemplate'] {
  const { database } = dependencies;
  return async (context, { StackName, ChangeSetName, TemplateStage: stage = 'Original' }) => {
    const goal = await database.read(async (queries) => {
      if (ChangeSetName !== undefined) {
        const names = { ChangeSetName, ...(StackName === undefined ? {} : { StackName }) };
        const set = await requireChangeSet(queries, context, names);
        if (set.goal === undefined) throw noSuchChangeSet(ChangeSetName);
        return set.goal;
      }
      const stack = await findStack(queries, context, StackName ?? '');
      if (stack === undefined) throw noSuchStack(StackName ?? '');
      return stack.goal;
    });
    if (stage === 'Original') return { TemplateBody: goal.body, StagesAvailable: STAGES };
    const tree = await readTree(dependencies, goal.body, context.signal);
    const isTransformed = transformsOf(tree).length > 0;
    const body = isTransformed ? goal.processed : goal.body;
    return { TemplateBody: body, StagesAvailable: STAGES };
  };
}

/** What a template declares, and what it needs. */
export function getTemplateSummary(
  dependencies: CloudformationDependencies,
): Operations['GetTemplateSummary'] {
  return async (context, input) => {
    const given = await templateText(dependencies, context, input);
    const { StackName: name } = input;
    const stack =
      name === undefined
        ? undefined
        : await dependencies.database.read((queries) => findStack(queries, context, name));
    if (given === undefined && stack === undefined) throw noSuchStack(name ?? '');
    const text = given ?? stack?.goal.body ?? '';
    const tree = await readTree(dependencies, text, context.signal);
    const template = transformed(tree, context);
    const { capabilities, reason } = neededCapabilities(template);
    const declared = transformsOf(tree);
    return {
      Parameters: declarationsOf(template.parameters),
      ...(template.description === undefined ? {} : { Description: template.description }),
      Capabilities:
        declared.length > 0 ? [...capabilities, 'CAPABILITY_AUTO_EXPAND'] : capabilities,
      ...(reason === undefined ? {} : { CapabilitiesReason: reason }),
      ResourceTypes: [...new Set(typesOf(tree))],
      ...(template.version === undefined ? {} : { Version: template.version }),
      ...(template.metadata === undefined ? {} : { Metadata: JSON.stringify(template.metadata) }),
      ...(declared.length === 0 ? {} : { DeclaredTransforms: declared }),
    };
  };
}

/** The types as the template writes them, before its transforms. */
function typesOf({ Resources: resources }: JsonObject): string[] {
  if (!isObject(resources)) return [];
  return Object.values(resources).flatMap((one) => (isObject(one) ? [toText(one['Type'])] : []));
}

function transformed(tree: JsonObject, place: { accountId: string; region: string }): Template {
  const { accountId, region } = place;
  return readTemplate(transformTemplate(tree, { accountId, region, parameters: new Map() }));
}

/** Holds for a template that could be deployed, as far as that can be known. */
export function validateTemplate(
  dependencies: CloudformationDependencies,
): Operations['ValidateTemplate'] {
  return async (context, input) => {
    const text = await templateText(dependencies, context, input);
    if (text === undefined)
      throw validation('Either Template URL or Template Body must be specified.');
    const tree = await readTree(dependencies, text, context.signal);
    const template = transformed(tree, context);
    checkTemplate(template, isKnownType);
    const { capabilities, reason } = neededCapabilities(template);
    const declared = transformsOf(tree);
    return {
      Parameters: declarationsOf(template.parameters).map((declared) => ({
        ParameterKey: declared.ParameterKey,
        NoEcho: declared.NoEcho,
        ...('DefaultValue' in declared ? { DefaultValue: declared.DefaultValue } : {}),
        ...('Description' in declared ? { Description: declared.Description } : {}),
      })),
      ...(template.description === undefined ? {} : { Description: template.description }),
      Capabilities: capabilities,
      ...(reason === undefined ? {} : { CapabilitiesReason: reason }),
      ...(declared.length === 0 ? {} : { DeclaredTransforms: declared }),
    };
  };
}
