# Roles, code, functions.
resource "aws_iam_role" "f" {
  name = "tf-function"
  tags = { round = var.round }
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
resource "aws_iam_role_policy" "f" {
  name = "logs"
  role = aws_iam_role.f.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Action = ["logs:*", "sqs:*", "dynamodb:*", "lambda:*"], Effect = "Allow", Resource = "*" }]
  })
}
resource "aws_iam_policy" "p" {
  name   = "tf-policy"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = ["s3:GetObject"], Effect = "Allow", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "p" {
  role       = aws_iam_role.f.name
  policy_arn = aws_iam_policy.p.arn
}
resource "aws_cloudwatch_log_group" "f" {
  name              = "/aws/lambda/tf-zip"
  retention_in_days = local.changed ? 14 : 7
  tags              = { round = var.round }
}
resource "aws_s3_bucket" "code" {
  bucket        = "tf-code"
  force_destroy = true
}
resource "aws_s3_object" "code" {
  bucket = aws_s3_bucket.code.id
  key    = "code.zip"
  source = local.code
  etag   = filemd5(local.code)
}
resource "aws_lambda_layer_version" "l" {
  layer_name               = "tf-layer"
  filename                 = "${path.module}/layer.zip"
  source_code_hash         = filebase64sha256("${path.module}/layer.zip")
  compatible_runtimes      = ["nodejs22.x", "python3.13"]
  compatible_architectures = ["x86_64"]
  license_info             = "MIT"
}
resource "aws_lambda_layer_version_permission" "l" {
  layer_name     = aws_lambda_layer_version.l.layer_name
  version_number = aws_lambda_layer_version.l.version
  principal      = "111122223333"
  action         = "lambda:GetLayerVersion"
  statement_id   = "other"
}
resource "aws_lambda_code_signing_config" "c" {
  allowed_publishers { signing_profile_version_arns = ["arn:aws:signer:us-east-1:${var.account_id}:/signing-profiles/p/abcdefghij"] }
  policies { untrusted_artifact_on_deployment = "Warn" }
  description = "signing"
}
resource "aws_lambda_function" "zip" {
  function_name                  = "tf-zip"
  description                    = "made by a plan"
  role                           = aws_iam_role.f.arn
  filename                       = local.code
  source_code_hash               = filebase64sha256(local.code)
  handler                        = "index.handler"
  runtime                        = "nodejs22.x"
  memory_size                    = local.changed ? 512 : 256
  timeout                        = 10
  publish                        = true
  layers                         = [aws_lambda_layer_version.l.arn]
  architectures                  = ["x86_64"]
  reserved_concurrent_executions = 20
  ephemeral_storage { size = 1024 }
  environment { variables = { MODE = "1", OTHER = "two" } }
  tracing_config { mode = "Active" }
  dead_letter_config { target_arn = aws_sqs_queue.dead.arn }
  logging_config {
    log_format            = "JSON"
    application_log_level = "DEBUG"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.f.name
  }
  tags = { round = var.round }
}
resource "aws_lambda_function" "s3" {
  function_name = "tf-s3"
  role          = aws_iam_role.f.arn
  s3_bucket     = aws_s3_bucket.code.id
  s3_key        = aws_s3_object.code.key
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  depends_on    = [aws_iam_role_policy.f]
}
