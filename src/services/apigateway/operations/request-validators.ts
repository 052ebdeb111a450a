import type { Operations, RequestValidator } from '#aws/models/apigateway.types.gen.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, noSuch } from '../errors.ts';
import { changeApi, readApi, type Missing } from '../find-parts.ts';
import { newId } from '../ids.ts';
import { entryOf, without, type ApiRecord, type ById } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, flag, refuseByTable, text, type PatchTable } from '../patch/index.ts';

const MISSING: Missing = () => noSuch('Request Validator');

/** @throws AwsError NotFoundException */
function requireValidator({ validators }: ApiRecord, id: string): RequestValidator {
  const validator = entryOf(validators, id);
  if (validator === undefined) throw noSuch('Request Validator');
  return validator;
}

/** Makes a validator, which says what of requests is looked at. */
export function createRequestValidator(
  dependencies: ApiGatewayDependencies,
): Operations['CreateRequestValidator'] {
  return (context, { restApiId, ...input }) => {
    const missing: Missing = () => badRequest('Invalid REST API identifier specified');
    return changeApi(dependencies, context, { restApiId, missing }, (record) => {
      const validator: RequestValidator & { id: string } = {
        id: newId(dependencies.random),
        ...input,
        validateRequestBody: input.validateRequestBody ?? false,
        validateRequestParameters: input.validateRequestParameters ?? false,
      };
      const validators = { ...record.validators, [validator.id]: validator };
      return [{ ...record, validators }, validator];
    });
  };
}

/** Tells of one validator. */
export function getRequestValidator(
  dependencies: ApiGatewayDependencies,
): Operations['GetRequestValidator'] {
  return (context, { restApiId, requestValidatorId }) =>
    readApi<RequestValidator>(dependencies, context, restApiId, MISSING).tell((record) =>
      requireValidator(record, requestValidatorId),
    );
}

/** Lists validators by name. */
export function getRequestValidators(
  dependencies: ApiGatewayDependencies,
): Operations['GetRequestValidators'] {
  return async (context, input) => {
    const validators = await readApi<ById<RequestValidator>>(
      dependencies,
      context,
      input.restApiId,
    ).tell((record) => record.validators);
    const items = Object.values(validators);
    items.sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
    return pageOf(items, input);
  };
}

/** Deletes a validator that no method uses. */
export function deleteRequestValidator(
  dependencies: ApiGatewayDependencies,
): Operations['DeleteRequestValidator'] {
  return (context, { restApiId, requestValidatorId }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING }, (record) => {
      requireValidator(record, requestValidatorId);
      const methods = Object.values(record.resources).flatMap((one) => Object.values(one.methods));
      if (methods.some((method) => method.requestValidatorId === requestValidatorId)) {
        throw badRequest(
          `Cannot delete request validator '${requestValidatorId}', is referenced in methods`,
        );
      }
      return [{ ...record, validators: without(record.validators, requestValidatorId) }, {}];
    });
}

const VALIDATOR: PatchTable = {
  refuse: refuseByTable(['/name', '/validateRequestParameters', '/validateRequestBody']),
  fields: [
    text('/name', {
      read: (value) => {
        if (value === undefined || value === '') {
          throw badRequest('Request Validator name cannot be blank');
        }
        return value;
      },
    }),
    flag('/validateRequestBody'),
    flag('/validateRequestParameters'),
  ],
};

/** Changes a validator. */
export function updateRequestValidator(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateRequestValidator'] {
  return (context, { restApiId, requestValidatorId, patchOperations }) =>
    changeApi(dependencies, context, { restApiId, missing: MISSING }, (record) => {
      const now = requireValidator(record, requestValidatorId);
      const validator = applyPatch(VALIDATOR, now, patchOperations);
      const validators = { ...record.validators, [requestValidatorId]: validator };
      return [{ ...record, validators }, validator];
    });
}
