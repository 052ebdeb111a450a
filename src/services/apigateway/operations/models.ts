import type { Model, Operations } from '#aws/models/apigateway.types.gen.ts';
import { isObject, parseJson } from '#kernel/json.ts';
import type { Random } from '#ports/world/random.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, notFound } from '../errors.ts';
import { changeApi, readApi } from '../find-parts.ts';
import { newId } from '../ids.ts';
import { compact, entryOf, without, type ApiRecord, type ById } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, refuseByTable, text, type PatchTable } from '../patch/index.ts';

const DRAFT = 'http://json-schema.org/draft-04/schema#';

/** The two models that each API begins with. */
export function defaultModels(random: Random): ById<Model> {
  const contentType = 'application/json';
  return {
    Empty: {
      id: newId(random),
      name: 'Empty',
      description: 'This is a default empty schema model',
      schema: pretty({ $schema: DRAFT, title: 'Empty Schema', type: 'object' }),
      contentType,
    },
    Error: {
      id: newId(random),
      name: 'Error',
      description: 'This is a default error schema model',
      schema: pretty({
        $schema: DRAFT,
        title: 'Error Schema',
        type: 'object',
        properties: { message: { type: 'string' } },
      }),
      contentType,
    },
  };
}

function pretty(schema: object): string {
  return JSON.stringify(schema, undefined, 2);
}

/** Makes a model: a JSON schema by a name. */
export function createModel(dependencies: ApiGatewayDependencies): Operations['CreateModel'] {
  return (context, { restApiId, name, description, schema, contentType }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      if (!/^[A-Za-z0-9]+$/.test(name)) {
        throw badRequest(
          name === '' ? 'No Model Name specified' : 'Model name must be alphanumeric: ' + name,
        );
      }
      if (Object.hasOwn(record.models, name)) {
        throw conflict('Model name already exists for this REST API');
      }
      checkSchema(schema);
      const id = newId(dependencies.random);
      const model: Model = compact({ id, name, description, schema, contentType });
      return [{ ...record, models: { ...record.models, [name]: model } }, model];
    });
}

/** @throws AwsError BadRequestException */
function checkSchema(schema: string | undefined): void {
  if (schema === undefined || schema === '') {
    throw badRequest('Model schema must have at least 1 property or array items defined');
  }
  if (!isObject(parseJson(schema))) throw badRequest('Invalid model schema specified');
}

/** @throws AwsError NotFoundException */
function requireModel({ models }: ApiRecord, name: string): Model {
  const model = entryOf(models, name);
  if (model === undefined) throw notFound(`Invalid model name specified: ${name}`);
  return model;
}

/** Tells of one model. */
export function getModel(dependencies: ApiGatewayDependencies): Operations['GetModel'] {
  return (context, { restApiId, modelName }) =>
    readApi<Model>(dependencies, context, restApiId).tell((record) =>
      requireModel(record, modelName),
    );
}

/** Lists models by name. */
export function getModels(dependencies: ApiGatewayDependencies): Operations['GetModels'] {
  return async (context, input) => {
    const models = await readApi<ById<Model>>(dependencies, context, input.restApiId).tell(
      (record) => record.models,
    );
    const items = Object.values(models).sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
    return pageOf(items, input);
  };
}

/** A template that makes an example of a model. */
export function getModelTemplate(
  dependencies: ApiGatewayDependencies,
): Operations['GetModelTemplate'] {
  return (context, { restApiId, modelName }) =>
    readApi<{ value: string }>(dependencies, context, restApiId).tell((record) => {
      const schema = parseJson(requireModel(record, modelName).schema ?? '{}');
      return { value: exampleOf(schema, '$inputRoot') };
    });
}

function exampleOf(schema: unknown, path: string): string {
  const properties = isObject(schema) && isObject(schema['properties']) ? schema['properties'] : {};
  const members = Object.keys(properties).map((name) => `  "${name}" : ${path}.${name}`);
  return `#set(${path} = $input.path('$'))\n{\n${members.join(',\n')}\n}`;
}

/** Deletes a model that no other, and no method, needs. */
export function deleteModel(dependencies: ApiGatewayDependencies): Operations['DeleteModel'] {
  return (context, { restApiId, modelName }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      requireModel(record, modelName);
      const user = Object.values(record.models).find(
        ({ name, schema }) =>
          name !== modelName && schema?.includes(`/models/${modelName}"`) === true,
      );
      if (user !== undefined) {
        throw conflict(
          `Cannot delete model '${modelName}', is referenced in models: [${user.name ?? ''}]`,
        );
      }
      return [{ ...record, models: without(record.models, modelName) }, {}];
    });
}

const MODEL: PatchTable = {
  refuse: refuseByTable(['/description', '/schema']),
  fields: [
    text('/description'),
    text('/schema', {
      read: (value) => {
        checkSchema(value);
        return value;
      },
    }),
  ],
};

/** Changes a model's schema or description. */
export function updateModel(dependencies: ApiGatewayDependencies): Operations['UpdateModel'] {
  return (context, { restApiId, modelName, patchOperations }) =>
    changeApi(dependencies, context, { restApiId }, (record) => {
      const model = compact(applyPatch(MODEL, requireModel(record, modelName), patchOperations));
      return [{ ...record, models: { ...record.models, [modelName]: model } }, model];
    });
}
