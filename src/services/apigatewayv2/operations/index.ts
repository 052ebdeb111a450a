import type { AuthorizerAnswers } from '#aws/execute-api/index.ts';
import type { Service } from '#aws/operation.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import * as apiMappings from './api-mappings.ts';
import * as apis from './apis.ts';
import * as authorizers from './authorizers.ts';
import * as deployments from './deployments.ts';
import * as domainNames from './domain-names.ts';
import * as importExport from './import-export.ts';
import * as integrations from './integrations.ts';
import * as models from './models.ts';
import * as responses from './responses.ts';
import * as routes from './routes.ts';
import * as stages from './stages.ts';
import * as tags from './tags.ts';
import * as vpcLinks from './vpc-links.ts';

/** The table of operations. */
export function operationsOf(
  dependencies: Apigatewayv2Dependencies,
  answers: AuthorizerAnswers<object>,
): Service['operations'] {
  return {
    ...accountOperations(dependencies),
    ...responseOperations(dependencies),
    CreateApi: apis.createApi(dependencies),
    CreateAuthorizer: authorizers.createAuthorizer(dependencies),
    CreateDeployment: deployments.createDeployment(dependencies),
    CreateIntegration: integrations.createIntegration(dependencies),
    CreateModel: models.createModel(dependencies),
    CreateRoute: routes.createRoute(dependencies),
    CreateStage: stages.createStage(dependencies),
    DeleteAccessLogSettings: stages.deleteAccessLogSettings(dependencies),
    DeleteApi: apis.deleteApi(dependencies),
    DeleteAuthorizer: authorizers.deleteAuthorizer(dependencies),
    DeleteCorsConfiguration: apis.deleteCorsConfiguration(dependencies),
    DeleteDeployment: deployments.deleteDeployment(dependencies),
    DeleteIntegration: integrations.deleteIntegration(dependencies),
    DeleteModel: models.deleteModel(dependencies),
    DeleteRoute: routes.deleteRoute(dependencies),
    DeleteRouteRequestParameter: routes.deleteRouteRequestParameter(dependencies),
    DeleteRouteSettings: stages.deleteRouteSettings(dependencies),
    DeleteStage: stages.deleteStage(dependencies),
    ExportApi: importExport.exportApi(dependencies),
    GetApi: apis.getApi(dependencies),
    GetApis: apis.getApis(dependencies),
    GetAuthorizer: authorizers.getAuthorizer(dependencies),
    GetAuthorizers: authorizers.getAuthorizers(dependencies),
    GetDeployment: deployments.getDeployment(dependencies),
    GetDeployments: deployments.getDeployments(dependencies),
    GetIntegration: integrations.getIntegration(dependencies),
    GetIntegrations: integrations.getIntegrations(dependencies),
    GetModel: models.getModel(dependencies),
    GetModels: models.getModels(dependencies),
    GetRoute: routes.getRoute(dependencies),
    GetRoutes: routes.getRoutes(dependencies),
    GetStage: stages.getStage(dependencies),
    GetStages: stages.getStages(dependencies),
    GetTags: tags.getTags(dependencies),
    ImportApi: importExport.importApi(dependencies),
    ReimportApi: importExport.reimportApi(dependencies),
    ResetAuthorizersCache: authorizers.resetAuthorizersCache(dependencies, answers),
    TagResource: tags.tagResource(dependencies),
    UntagResource: tags.untagResource(dependencies),
    UpdateApi: apis.updateApi(dependencies),
    UpdateAuthorizer: authorizers.updateAuthorizer(dependencies),
    UpdateDeployment: deployments.updateDeployment(dependencies),
    UpdateIntegration: integrations.updateIntegration(dependencies),
    UpdateModel: models.updateModel(dependencies),
    UpdateRoute: routes.updateRoute(dependencies),
    UpdateStage: stages.updateStage(dependencies),
  };
}

/** What belongs to an account, beside its APIs. */
function accountOperations(dependencies: Apigatewayv2Dependencies): Service['operations'] {
  return {
    CreateApiMapping: apiMappings.createApiMapping(dependencies),
    CreateDomainName: domainNames.createDomainName(dependencies),
    CreateVpcLink: vpcLinks.createVpcLink(dependencies),
    DeleteApiMapping: apiMappings.deleteApiMapping(dependencies),
    DeleteDomainName: domainNames.deleteDomainName(dependencies),
    DeleteVpcLink: vpcLinks.deleteVpcLink(dependencies),
    GetApiMapping: apiMappings.getApiMapping(dependencies),
    GetApiMappings: apiMappings.getApiMappings(dependencies),
    GetDomainName: domainNames.getDomainName(dependencies),
    GetDomainNames: domainNames.getDomainNames(dependencies),
    GetVpcLink: vpcLinks.getVpcLink(dependencies),
    GetVpcLinks: vpcLinks.getVpcLinks(dependencies),
    UpdateApiMapping: apiMappings.updateApiMapping(dependencies),
    UpdateDomainName: domainNames.updateDomainName(dependencies),
    UpdateVpcLink: vpcLinks.updateVpcLink(dependencies),
  };
}

/** What WebSocket APIs answer. */
function responseOperations(dependencies: Apigatewayv2Dependencies): Service['operations'] {
  return {
    CreateIntegrationResponse: responses.createIntegrationResponse(dependencies),
    CreateRouteResponse: responses.createRouteResponse(dependencies),
    DeleteIntegrationResponse: responses.deleteIntegrationResponse(dependencies),
    DeleteRouteResponse: responses.deleteRouteResponse(dependencies),
    GetIntegrationResponse: responses.getIntegrationResponse(dependencies),
    GetIntegrationResponses: responses.getIntegrationResponses(dependencies),
    GetRouteResponse: responses.getRouteResponse(dependencies),
    GetRouteResponses: responses.getRouteResponses(dependencies),
    UpdateIntegrationResponse: responses.updateIntegrationResponse(dependencies),
    UpdateRouteResponse: responses.updateRouteResponse(dependencies),
  };
}
