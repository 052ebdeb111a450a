"""The control plane of REST APIs, as AWS answered it: one module a theme."""
