/**
 * Services that have a role of their own in an account: its name and the one policy on it.
 * Recorded in 2025 (`test_service_role_lifecycle`), the others by AWS's documentation.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
 */

/** By the service's principal without `.amazonaws.com`: what follows `AWSServiceRoleFor`, and the policy. */
const ROLES: Readonly<Record<string, readonly [name: string, policy: string]>> = {
  'access-analyzer': ['AccessAnalyzer', 'AccessAnalyzerServiceRolePolicy'],
  'accountdiscovery.ssm': [
    'AmazonSSM_AccountDiscovery',
    'AWSSystemsManagerAccountDiscoveryServicePolicy',
  ],
  acm: ['CertificateManager', 'CertificateManagerServiceRolePolicy'],
  'apidestinations.events': [
    'AmazonEventBridgeApiDestinations',
    'AmazonEventBridgeApiDestinationsServiceRolePolicy',
  ],
  appmesh: ['AppMesh', 'AWSAppMeshServiceRolePolicy'],
  autoscaling: ['AutoScaling', 'AutoScalingServiceRolePolicy'],
  'autoscaling-plans': [
    'AutoScalingPlans_EC2AutoScaling',
    'AWSAutoScalingPlansEC2AutoScalingPolicy',
  ],
  backup: ['Backup', 'AWSBackupServiceLinkedRolePolicyForBackup'],
  batch: ['Batch', 'BatchServiceRolePolicy'],
  'cassandra.application-autoscaling': [
    'ApplicationAutoScaling_CassandraTable',
    'AWSApplicationAutoscalingCassandraTablePolicy',
  ],
  'cks.kms': [
    'KeyManagementServiceCustomKeyStores',
    'AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy',
  ],
  cloudtrail: ['CloudTrail', 'CloudTrailServiceRolePolicy'],
  'cloudwatch-crossaccount': ['CloudWatchCrossAccount', 'CloudWatch-CrossAccountAccess'],
  'codestar-notifications': ['CodeStarNotifications', 'AWSCodeStarNotificationsServiceRolePolicy'],
  config: ['Config', 'AWSConfigServiceRolePolicy'],
  connect: ['AmazonConnect', 'AmazonConnectServiceLinkedRolePolicy'],
  'delivery.logs': ['LogDelivery', 'AWSServiceRoleForLogDeliveryPolicy'],
  dms: ['DMSServerless', 'AWSDMSServerlessServiceRolePolicy'],
  'dms-fleet-advisor': ['DMSFleetAdvisor', 'AWSDMSFleetAdvisorServiceRolePolicy'],
  'docdb-elastic': ['DocDB-Elastic', 'AmazonDocDB-ElasticServiceRolePolicy'],
  'dynamodb.application-autoscaling': [
    'ApplicationAutoScaling_DynamoDBTable',
    'AWSApplicationAutoscalingDynamoDBTablePolicy',
  ],
  'ec2-instance-connect': ['Ec2InstanceConnect', 'Ec2InstanceConnectEndpoint'],
  'ec2.application-autoscaling': [
    'ApplicationAutoScaling_EC2SpotFleetRequest',
    'AWSApplicationAutoscalingEC2SpotFleetRequestPolicy',
  ],
  ecs: ['ECS', 'AmazonECSServiceRolePolicy'],
  'ecs.application-autoscaling': [
    'ApplicationAutoScaling_ECSService',
    'AWSApplicationAutoscalingECSServicePolicy',
  ],
  eks: ['AmazonEKS', 'AmazonEKSServiceRolePolicy'],
  'eks-connector': ['AmazonEKSConnector', 'AmazonEKSConnectorServiceRolePolicy'],
  'eks-fargate': ['AmazonEKSForFargate', 'AmazonEKSForFargateServiceRolePolicy'],
  'eks-nodegroup': ['AmazonEKSNodegroup', 'AWSServiceRoleForAmazonEKSNodegroup'],
  elasticache: ['ElastiCache', 'ElastiCacheServiceRolePolicy'],
  elasticbeanstalk: ['ElasticBeanstalk', 'AWSElasticBeanstalkServiceRolePolicy'],
  elasticfilesystem: ['AmazonElasticFileSystem', 'AmazonElasticFileSystemServiceRolePolicy'],
  elasticloadbalancing: ['ElasticLoadBalancing', 'AWSElasticLoadBalancingServiceRolePolicy'],
  elasticmapreduce: ['EMRCleanup', 'AmazonEMRCleanupPolicy'],
  'email.cognito-idp': ['AmazonCognitoIdpEmailService', 'AmazonCognitoIdpEmailServiceRolePolicy'],
  'emr-containers': ['AmazonEMRContainers', 'AmazonEMRContainersServiceRolePolicy'],
  events: ['CloudWatchEvents', 'CloudWatchEventsServiceRolePolicy'],
  fis: ['FIS', 'AmazonFISServiceRolePolicy'],
  globalaccelerator: ['GlobalAccelerator', 'AWSGlobalAcceleratorSLRPolicy'],
  grafana: ['AmazonGrafana', 'AmazonGrafanaServiceLinkedRolePolicy'],
  guardduty: ['AmazonGuardDuty', 'AmazonGuardDutyServiceRolePolicy'],
  imagebuilder: ['ImageBuilder', 'AWSServiceRoleForImageBuilder'],
  inspector2: ['AmazonInspector2', 'AmazonInspector2ServiceRolePolicy'],
  iotmanagedintegrations: ['IoTManagedIntegrations', 'AWSIoTManagedIntegrationsRolePolicy'],
  kafka: ['Kafka', 'KafkaServiceRolePolicy'],
  kafkaconnect: ['KafkaConnect', 'KafkaConnectServiceRolePolicy'],
  lakeformation: ['LakeFormationDataAccess', 'LakeFormationDataAccessServiceRolePolicy'],
  'lambda.application-autoscaling': [
    'ApplicationAutoScaling_LambdaConcurrency',
    'AWSApplicationAutoscalingLambdaConcurrencyPolicy',
  ],
  lex: ['LexBots', 'AmazonLexBotPolicy'],
  lexv2: ['LexV2Bots', 'AmazonLexBotV2Policy'],
  lightsail: ['Lightsail', 'LightsailExportAccess'],
  m2: ['AWSM2', 'AWSM2ServicePolicy'],
  macie: ['AmazonMacie', 'AmazonMacieServiceRolePolicy'],
  memorydb: ['MemoryDB', 'MemoryDBServiceRolePolicy'],
  mq: ['AmazonMQ', 'AmazonMQServiceRolePolicy'],
  notifications: ['AwsUserNotifications', 'AWSUserNotificationsServiceLinkedRolePolicy'],
  'observability.aoss': [
    'AmazonOpenSearchServerless',
    'AmazonOpenSearchServerlessServiceRolePolicy',
  ],
  opensearchservice: ['AmazonOpenSearchService', 'AmazonOpenSearchServiceRolePolicy'],
  'ops.apigateway': ['APIGateway', 'APIGatewayServiceRolePolicy'],
  'ops.emr-serverless': ['AmazonEMRServerless', 'AmazonEMRServerlessServiceRolePolicy'],
  'opsdatasync.ssm': ['SystemsManagerOpsDataSync', 'AWSSystemsManagerOpsDataSyncServiceRolePolicy'],
  'opsinsights.ssm': ['AmazonSSM_OpsInsights', 'AWSSSMOpsInsightsServiceRolePolicy'],
  organizations: ['Organizations', 'AWSOrganizationsServiceTrustPolicy'],
  rds: ['RDS', 'AmazonRDSServiceRolePolicy'],
  'rds.application-autoscaling': [
    'ApplicationAutoScaling_RDSCluster',
    'AWSApplicationAutoscalingRDSClusterPolicy',
  ],
  redshift: ['Redshift', 'AmazonRedshiftServiceLinkedRolePolicy'],
  'replication.cassandra': ['KeyspacesReplication', 'KeyspacesReplicationServiceRolePolicy'],
  'replication.dynamodb': ['DynamoDBReplication', 'DynamoDBReplicationServiceRolePolicy'],
  'replication.ecr': ['ECRReplication', 'ECRReplicationServiceRolePolicy'],
  'replicator.lambda': ['LambdaReplicator', 'AWSLambdaReplicator'],
  'repository.sync.codeconnections': ['GitSync', 'AWSGitSyncServiceRolePolicy'],
  'resource-explorer-2': ['ResourceExplorer', 'AWSResourceExplorerServiceRolePolicy'],
  rolesanywhere: ['RolesAnywhere', 'AWSRolesAnywhereServicePolicy'],
  's3-outposts': ['S3OnOutposts', 'AWSS3OnOutpostsServiceRolePolicy'],
  securityhub: ['SecurityHub', 'AWSSecurityHubServiceRolePolicy'],
  ses: ['AmazonSES', 'AmazonSESServiceRolePolicy'],
  shield: ['AWSShield', 'AWSShieldServiceRolePolicy'],
  spot: ['EC2Spot', 'AWSEC2SpotServiceRolePolicy'],
  spotfleet: ['EC2SpotFleet', 'AWSEC2SpotFleetServiceRolePolicy'],
  ssm: ['AmazonSSM', 'AmazonSSMServiceRolePolicy'],
  'ssm-incidents': ['IncidentManager', 'AWSIncidentManagerServiceRolePolicy'],
  'ssm-quicksetup': ['SSMQuickSetup', 'SSMQuickSetupRolePolicy'],
  sso: ['SSO', 'AWSSSOServiceRolePolicy'],
  support: ['Support', 'AWSSupportServiceRolePolicy'],
  transitgateway: ['VPCTransitGateway', 'AWSVPCTransitGatewayServiceRolePolicy'],
  trustedadvisor: ['TrustedAdvisor', 'AWSTrustedAdvisorServiceRolePolicy'],
  waf: ['WAFLogging', 'WAFLoggingServiceRolePolicy'],
  'waf-regional': ['WAFRegionalLogging', 'WAFRegionalLoggingServiceRolePolicy'],
  wafv2: ['WAFV2Logging', 'WAFV2LoggingServiceRolePolicy'],
};

/** Services of which an account may have several roles, each with a suffix. */
const WITH_SUFFIX: ReadonlySet<string> = new Set(['autoscaling', 'connect', 'lexv2']);

/** What AWS says of a role where its maker says nothing. Recorded for rds and ssm. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  autoscaling:
    'Default Service-Linked Role enables access to AWS Services and Resources used or managed by Auto Scaling',
  rds: 'Allows Amazon RDS to manage AWS resources on your behalf',
  ssm: 'Provides access to AWS Resources managed or used by Amazon SSM.',
};

const DOMAIN = '.amazonaws.com';

export interface LinkedService {
  readonly roleName: string;
  readonly policyArn: string;
  readonly takesSuffix: boolean;
  readonly description?: string;
}

/** The role of a service, by its principal (`acm.amazonaws.com`); `undefined` where it has none. */
export function linkedService(principal: string): LinkedService | undefined {
  if (!principal.endsWith(DOMAIN)) return undefined;
  const service = principal.slice(0, -DOMAIN.length);
  const known = Object.hasOwn(ROLES, service) ? ROLES[service] : undefined;
  if (known === undefined) return undefined;
  const [name, policy] = known;
  const description = DESCRIPTIONS[service];
  return {
    roleName: `AWSServiceRoleFor${name}`,
    policyArn: `arn:aws:iam::aws:policy/aws-service-role/${policy}`,
    takesSuffix: WITH_SUFFIX.has(service),
    ...(description !== undefined && { description }),
  };
}
