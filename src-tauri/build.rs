//! Prepares what Tauri compiles into the app: its configuration and capabilities.

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let attributes =
        tauri_build::Attributes::new().capabilities_path_pattern("./src-tauri/capabilities/**/*");
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
    // Tauri writes its schemas beside Cargo.toml; they belong to the shell.
    let (made, wanted) = (std::path::Path::new("gen"), std::path::Path::new("src-tauri/gen"));
    if made.is_dir() {
        drop(std::fs::remove_dir_all(wanted));
        drop(std::fs::rename(made, wanted));
    }
}
