import type { Operations } from '#aws/models/apigateway.types.gen.ts';
import { yaml } from '#aws/yaml.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, noSuch } from '../errors.ts';
import { changeApi, requireApi } from '../find-parts.ts';
import { exportApi, importApi, readDocument, type BasePathMode } from '../openapi/index.ts';
import { findContent, findStage, saveApi } from '../store-apis.ts';
import { describeApi, endpointConfigurationOf, newApi } from './rest-apis.ts';

type Parameters = Readonly<Record<string, string>>;

const INVALID = 'Invalid OpenAPI input.';

/** @throws AwsError BadRequestException */
function basePathOf(parameters: Parameters = {}): BasePathMode {
  const mode = parameters['basepath'] ?? parameters['basePath'] ?? 'ignore';
  if (mode === 'ignore' || mode === 'prepend' || mode === 'split') return mode;
  throw badRequest(
    'Invalid value for the basepath parameter. Must be one of: [ignore, prepend, split]',
  );
}

/** @throws AwsError BadRequestException where warnings are refused */
function checkWarnings(warnings: readonly string[], failOnWarnings: boolean | undefined): void {
  if (failOnWarnings !== true || warnings.length === 0) return;
  throw badRequest(`Warnings found during import: ${warnings.join('; ')}`);
}

/** Makes an API of an OpenAPI document. */
export function importRestApi(dependencies: ApiGatewayDependencies): Operations['ImportRestApi'] {
  const { database, random } = dependencies;
  return async (context, { body, parameters = {}, failOnWarnings }) => {
    const document = await readDocument(dependencies, body, context.signal, INVALID);
    const types = parameters['endpointConfigurationTypes'];
    const endpointConfiguration = endpointConfigurationOf(
      types === undefined ? {} : { types: types.split(',') },
    );
    const made = newApi(dependencies, context, { name: 'Imported', endpointConfiguration });
    const basePath = basePathOf(parameters);
    const { record, warnings } = importApi(made, document, { mode: 'overwrite', basePath, random });
    checkWarnings(warnings, failOnWarnings);
    await database.transact((tx) => saveApi(tx, record));
    return warnings.length === 0 ? record.api : { ...record.api, warnings };
  };
}

/** Puts an OpenAPI document in place of what an API is, or beside it. */
export function putRestApi(dependencies: ApiGatewayDependencies): Operations['PutRestApi'] {
  return async (context, { restApiId, body, parameters, mode: given, failOnWarnings }) => {
    const document = await readDocument(dependencies, body, context.signal, INVALID);
    const mode = given === 'overwrite' ? 'overwrite' : 'merge';
    const basePath = basePathOf(parameters);
    const options = { mode, basePath, random: dependencies.random } as const;
    return await changeApi(dependencies, context, { restApiId }, (now) => {
      const { record, warnings } = importApi(now, document, options);
      checkWarnings(warnings, failOnWarnings);
      const described = describeApi(record);
      return [record, warnings.length === 0 ? described : { ...described, warnings }];
    });
  };
}

/** A stage's API as an OpenAPI document. */
export function getExport({ database }: ApiGatewayDependencies): Operations['GetExport'] {
  return async (context, { restApiId, stageName, exportType, parameters = {}, accepts }) => {
    if (exportType !== 'swagger' && exportType !== 'oas30') {
      throw badRequest(`No API exporter for type '${exportType}'`);
    }
    const content = await database.read(async (queries) => {
      await requireApi(queries, context, restApiId);
      const stage = await findStage(queries, restApiId, stageName);
      if (stage === undefined) throw noSuch('Stage');
      return { stage, shown: await findContent(queries, restApiId, stage.deploymentId) };
    });
    if (content.shown === undefined) throw noSuch('Deployment');
    const { api } = content.shown;
    const createdAt = new Date(content.stage.createdDate ?? 0).toISOString();
    const version = api.version ?? `${createdAt.slice(0, 19)}Z`;
    const extensions = (parameters['extensions'] ?? '').split(',');
    const document = exportApi(content.shown, {
      type: exportType,
      host: `${restApiId}.execute-api.${context.region}.amazonaws.com`,
      stage: stageName,
      version,
      withIntegrations: extensions.some((one) => one === 'integrations' || one === 'apigateway'),
    });
    const isYaml = accepts === 'application/yaml';
    const body = isYaml ? yaml().stringify(document) : JSON.stringify(document, undefined, 2);
    return {
      contentType: 'application/octet-stream',
      contentDisposition: `attachment; filename="${exportType}_${version}.${isYaml ? 'yaml' : 'json'}"`,
      body: utf8(body),
    };
  };
}
