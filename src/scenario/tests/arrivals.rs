//! Tests of arrivals.
