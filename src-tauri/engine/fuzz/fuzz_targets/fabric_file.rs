#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fgd_engine::fuzzing::fabric_file(bytes));
