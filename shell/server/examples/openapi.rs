//! Writes the OpenAPI document: `cargo run -p server --example openapi`.

fn main() {
    println!("{:#}", server::openapi());
}
