"""S3's operations one by one, as AWS answered them."""
