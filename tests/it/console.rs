//! Runs every console block of the README, the guide and `tests/cmd/`.

#[test]
fn blocks() {
    trycmd::TestCases::new()
        .env("SSH_AUTH_SOCK", "")
        .case("README.md")
        .case("docs/guide/*.md")
        .case("tests/cmd/*.md");
}
