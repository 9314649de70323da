//! Tests of taskdefs.
