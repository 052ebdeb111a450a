/** The operations by their names. */
import type { Service } from '#aws/operation.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import * as account from './account.ts';
import * as apiKeys from './api-keys.ts';
import * as authorizers from './authorizers.ts';
import * as deployments from './deployments.ts';
import * as documentation from './documentation.ts';
import * as domainNames from './domain-names.ts';
import * as gatewayResponses from './gateway-responses.ts';
import * as importExport from './import-export.ts';
import * as integrations from './integrations.ts';
import * as methods from './methods.ts';
import * as models from './models.ts';
import * as requestValidators from './request-validators.ts';
import * as resources from './resources.ts';
import * as restApis from './rest-apis.ts';
import * as stages from './stages.ts';
import * as tags from './tags.ts';
import * as usagePlanKeys from './usage-plan-keys.ts';
import * as usagePlans from './usage-plans.ts';
import * as vpcLinks from './vpc-links.ts';

/** Those that work on the store alone: of an API, of what is in it, and of what belongs to an account. */
export function storedOperations(dependencies: ApiGatewayDependencies): Service['operations'] {
  return {
    ...readingOperations(dependencies),
    ...changingOperations(dependencies),
    ...accountOperations(dependencies),
  };
}

function readingOperations(dependencies: ApiGatewayDependencies): Service['operations'] {
  return {
    GetAuthorizer: authorizers.getAuthorizer(dependencies),
    GetAuthorizers: authorizers.getAuthorizers(dependencies),
    GetDeployment: deployments.getDeployment(dependencies),
    GetDeployments: deployments.getDeployments(dependencies),
    GetDocumentationPart: documentation.getDocumentationPart(dependencies),
    GetDocumentationParts: documentation.getDocumentationParts(dependencies),
    GetDocumentationVersion: documentation.getDocumentationVersion(dependencies),
    GetDocumentationVersions: documentation.getDocumentationVersions(dependencies),
    GetExport: importExport.getExport(dependencies),
    GetGatewayResponse: gatewayResponses.getGatewayResponse(dependencies),
    GetGatewayResponses: gatewayResponses.getGatewayResponses(dependencies),
    GetIntegration: integrations.getIntegration(dependencies),
    GetIntegrationResponse: integrations.getIntegrationResponse(dependencies),
    GetMethod: methods.getMethod(dependencies),
    GetMethodResponse: methods.getMethodResponse(dependencies),
    GetModel: models.getModel(dependencies),
    GetModelTemplate: models.getModelTemplate(dependencies),
    GetModels: models.getModels(dependencies),
    GetRequestValidator: requestValidators.getRequestValidator(dependencies),
    GetRequestValidators: requestValidators.getRequestValidators(dependencies),
    GetResource: resources.getResource(dependencies),
    GetResources: resources.getResources(dependencies),
    GetRestApi: restApis.getRestApi(dependencies),
    GetRestApis: restApis.getRestApis(dependencies),
    GetStage: stages.getStage(dependencies),
    GetStages: stages.getStages(dependencies),
  };
}

function changingOperations(dependencies: ApiGatewayDependencies): Service['operations'] {
  return {
    CreateAuthorizer: authorizers.createAuthorizer(dependencies),
    CreateDeployment: deployments.createDeployment(dependencies),
    CreateDocumentationPart: documentation.createDocumentationPart(dependencies),
    CreateDocumentationVersion: documentation.createDocumentationVersion(dependencies),
    CreateModel: models.createModel(dependencies),
    CreateRequestValidator: requestValidators.createRequestValidator(dependencies),
    CreateResource: resources.createResource(dependencies),
    CreateRestApi: restApis.createRestApi(dependencies),
    CreateStage: stages.createStage(dependencies),
    DeleteAuthorizer: authorizers.deleteAuthorizer(dependencies),
    DeleteDeployment: deployments.deleteDeployment(dependencies),
    DeleteDocumentationPart: documentation.deleteDocumentationPart(dependencies),
    DeleteDocumentationVersion: documentation.deleteDocumentationVersion(dependencies),
    DeleteGatewayResponse: gatewayResponses.deleteGatewayResponse(dependencies),
    DeleteIntegration: integrations.deleteIntegration(dependencies),
    DeleteIntegrationResponse: integrations.deleteIntegrationResponse(dependencies),
    DeleteMethod: methods.deleteMethod(dependencies),
    DeleteMethodResponse: methods.deleteMethodResponse(dependencies),
    DeleteModel: models.deleteModel(dependencies),
    DeleteRequestValidator: requestValidators.deleteRequestValidator(dependencies),
    DeleteResource: resources.deleteResource(dependencies),
    DeleteRestApi: restApis.deleteRestApi(dependencies),
    DeleteStage: stages.deleteStage(dependencies),
    FlushStageCache: stages.flushStageCache(dependencies),
    ImportDocumentationParts: documentation.importDocumentationParts(dependencies),
    ImportRestApi: importExport.importRestApi(dependencies),
    PutGatewayResponse: gatewayResponses.putGatewayResponse(dependencies),
    PutIntegration: integrations.putIntegration(dependencies),
    PutIntegrationResponse: integrations.putIntegrationResponse(dependencies),
    PutMethod: methods.putMethod(dependencies),
    PutMethodResponse: methods.putMethodResponse(dependencies),
    PutRestApi: importExport.putRestApi(dependencies),
    UpdateAuthorizer: authorizers.updateAuthorizer(dependencies),
    UpdateDeployment: deployments.updateDeployment(dependencies),
    UpdateDocumentationPart: documentation.updateDocumentationPart(dependencies),
    UpdateDocumentationVersion: documentation.updateDocumentationVersion(dependencies),
    UpdateGatewayResponse: gatewayResponses.updateGatewayResponse(dependencies),
    UpdateIntegration: integrations.updateIntegration(dependencies),
    UpdateIntegrationResponse: integrations.updateIntegrationResponse(dependencies),
    UpdateMethod: methods.updateMethod(dependencies),
    UpdateMethodResponse: methods.updateMethodResponse(dependencies),
    UpdateModel: models.updateModel(dependencies),
    UpdateRequestValidator: requestValidators.updateRequestValidator(dependencies),
    UpdateResource: resources.updateResource(dependencies),
    UpdateRestApi: restApis.updateRestApi(dependencies),
    UpdateStage: stages.updateStage(dependencies),
  };
}

/** Of what belongs to an account: keys, plans, names, links, tags. */
function accountOperations(dependencies: ApiGatewayDependencies): Service['operations'] {
  return {
    CreateApiKey: apiKeys.createApiKey(dependencies),
    CreateBasePathMapping: domainNames.createBasePathMapping(dependencies),
    CreateDomainName: domainNames.createDomainName(dependencies),
    CreateUsagePlan: usagePlans.createUsagePlan(dependencies),
    CreateUsagePlanKey: usagePlanKeys.createUsagePlanKey(dependencies),
    CreateVpcLink: vpcLinks.createVpcLink(dependencies),
    DeleteApiKey: apiKeys.deleteApiKey(dependencies),
    DeleteBasePathMapping: domainNames.deleteBasePathMapping(dependencies),
    DeleteClientCertificate: account.deleteClientCertificate(dependencies),
    DeleteDomainName: domainNames.deleteDomainName(dependencies),
    DeleteUsagePlan: usagePlans.deleteUsagePlan(dependencies),
    DeleteUsagePlanKey: usagePlanKeys.deleteUsagePlanKey(dependencies),
    DeleteVpcLink: vpcLinks.deleteVpcLink(dependencies),
    GenerateClientCertificate: account.generateClientCertificate(dependencies),
    GetAccount: account.getAccount(dependencies),
    GetApiKey: apiKeys.getApiKey(dependencies),
    GetApiKeys: apiKeys.getApiKeys(dependencies),
    GetBasePathMapping: domainNames.getBasePathMapping(dependencies),
    GetBasePathMappings: domainNames.getBasePathMappings(dependencies),
    GetClientCertificate: account.getClientCertificate(dependencies),
    GetClientCertificates: account.getClientCertificates(dependencies),
    GetDomainName: domainNames.getDomainName(dependencies),
    GetDomainNames: domainNames.getDomainNames(dependencies),
    GetTags: tags.getTags(dependencies),
    GetUsage: usagePlans.getUsage(dependencies),
    GetUsagePlan: usagePlans.getUsagePlan(dependencies),
    GetUsagePlanKey: usagePlanKeys.getUsagePlanKey(dependencies),
    GetUsagePlanKeys: usagePlanKeys.getUsagePlanKeys(dependencies),
    GetUsagePlans: usagePlans.getUsagePlans(dependencies),
    GetVpcLink: vpcLinks.getVpcLink(dependencies),
    GetVpcLinks: vpcLinks.getVpcLinks(dependencies),
    ImportApiKeys: apiKeys.importApiKeys(dependencies),
    TagResource: tags.tagResource(dependencies),
    UntagResource: tags.untagResource(dependencies),
    UpdateAccount: account.updateAccount(dependencies),
    UpdateApiKey: apiKeys.updateApiKey(dependencies),
    UpdateBasePathMapping: domainNames.updateBasePathMapping(dependencies),
    UpdateClientCertificate: account.updateClientCertificate(dependencies),
    UpdateDomainName: domainNames.updateDomainName(dependencies),
    UpdateUsage: usagePlans.updateUsage(dependencies),
    UpdateUsagePlan: usagePlans.updateUsagePlan(dependencies),
    UpdateVpcLink: vpcLinks.updateVpcLink(dependencies),
  };
}
