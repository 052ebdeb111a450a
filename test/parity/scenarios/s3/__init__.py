"""Amazon S3, as AWS answered it: one module a theme."""
