# Everything that the tests of Terraform make: Hearth takes the place of every endpoint.
terraform {
  required_providers { aws = { source = "registry.terraform.io/hashicorp/aws" } }
}
variable "endpoint" { type = string }
variable "access_key" { type = string }
variable "secret_key" { type = string }
variable "account_id" { type = string }
variable "round" {
  description = "first, then second: what the second changes is in local.changed"
  type        = string
}
locals {
  changed = var.round == "second"
  code    = "${path.module}/code-${var.round}.zip"
}
provider "aws" {
  region            = "us-east-1"
  access_key        = var.access_key
  secret_key        = var.secret_key
  s3_use_path_style = true
  endpoints {
    lambda     = var.endpoint
    iam        = var.endpoint
    sts        = var.endpoint
    s3         = var.endpoint
    sqs        = var.endpoint
    sns        = var.endpoint
    dynamodb   = var.endpoint
    events     = var.endpoint
    scheduler  = var.endpoint
    logs       = var.endpoint
    cloudwatch = var.endpoint
    kinesis    = var.endpoint
  }
}

