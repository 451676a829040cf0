//! See `tidegate_fuzz_targets::mlflow_request`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tidegate_fuzz_targets::mlflow_request(data));
