//! See `tidegate_fuzz_targets::responses_request`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tidegate_fuzz_targets::responses_request(data));
