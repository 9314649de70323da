//! Tests of fargate.
