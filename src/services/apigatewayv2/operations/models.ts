import { shortId } from '#aws/execute-api/index.ts';
import type { Model, Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import { parseJson } from '#kernel/json.ts';
import { changeApi } from '../deploy.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest, conflict } from '../errors.ts';
import { partNotFound, partsOf, requirePart } from '../find-parts.ts';
import { deletePart, listParts, savePart } from '../store.ts';
import { listPage, readPart } from './read-parts.ts';

const ID_LENGTH = 6;
const NAME_LENGTH_MAX = 255;
const SCHEMA_LENGTH_MAX = 32_768;

/** Keeps a schema by its name; nothing is validated by it. */
export function createModel(dependencies: Apigatewayv2Dependencies): Operations['CreateModel'] {
  return async (context, { ApiId, ...settings }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const id = shortId(dependencies.random, ID_LENGTH);
      const contentType = settings.ContentType ?? 'application/json';
      const body: Model = { ...settings, ContentType: contentType, ModelId: id };
      checkModel(body, await listParts(tx, partsOf(owned), 'model'));
      await savePart(tx, partsOf(owned), { kind: 'model', id, body });
      return body;
    });
}

function checkModel({ Name, ModelId, Schema = '' }: Model, models: readonly Model[]): void {
  if (!/^[a-zA-Z0-9]+$/.test(Name) || Name.length > NAME_LENGTH_MAX) {
    throw badRequest('Model name must be alphanumeric');
  }
  if (models.some((model) => model.Name === Name && model.ModelId !== ModelId)) {
    throw conflict(`Model with name ${Name} already exists for this API`);
  }
  if (Schema.length > SCHEMA_LENGTH_MAX || parseJson(Schema) === undefined) {
    throw badRequest('Invalid model schema specified');
  }
}

/** Tells of one model. */
export function getModel({ database }: Apigatewayv2Dependencies): Operations['GetModel'] {
  return async (context, { ApiId, ModelId }) =>
    readPart(database, { context, ApiId }, 'model', ModelId);
}

/** Lists an API's models, a page at a time. */
export function getModels({ database }: Apigatewayv2Dependencies): Operations['GetModels'] {
  return async (context, input) => listPage(database, context, input, 'model');
}

/** Changes what is given. */
export function updateModel(dependencies: Apigatewayv2Dependencies): Operations['UpdateModel'] {
  return async (context, { ApiId, ModelId: id, ...changes }) =>
    changeApi(dependencies, context, ApiId, async (tx, owned) => {
      const owner = partsOf(owned);
      const body: Model = { ...(await requirePart(tx, owner, 'model', id)), ...changes };
      checkModel(body, await listParts(tx, owner, 'model'));
      await savePart(tx, owner, { kind: 'model', id, body });
      return body;
    });
}

/** Deletes a model. */
export function deleteModel(dependencies: Apigatewayv2Dependencies): Operations['DeleteModel'] {
  return async (context, { ApiId, ModelId: id }) => {
    await changeApi(dependencies, context, ApiId, async (tx, owned) => {
      if (!(await deletePart(tx, partsOf(owned), 'model', id))) throw partNotFound('model', id);
    });
    return {};
  };
}
