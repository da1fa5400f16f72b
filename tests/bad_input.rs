//! What comes wrong: bodies, settings, plugins.

use std::time::{Duration, Instant};

use crate::program::{Company, Serve, post, post_signed, text_body, timonel};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_signature_is_refused_and_leaves_nothing_behind() {
    let company = Company::new().await;
    company.configure("");
    let serve = company.start();
    let body = text_body("wamid.x", "573001112233", "hola");
    let other = whatsapp::AppSecrets::new("another", None).sign(body.as_bytes());
    for signature in [None, Some("sha256=00"), Some(other.as_str())] {
        assert_eq!(post(&serve.address, body.as_bytes(), signature).await, Some(401));
    }
    assert!(company.journal(&["--kind", "webhook-received"]).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn during_a_rotation_both_secrets_are_right() {
    let company = Company::new().await;
    company.configure("app-secret-previous = \"the-old-one\"");
    let serve = company.start();
    let body = text_body("wamid.x", "573001112233", "hola");
    let old = whatsapp::AppSecrets::new("the-old-one", None).sign(body.as_bytes());
    assert_eq!(post(&serve.address, body.as_bytes(), Some(&old)).await, Some(200));
    assert_eq!(post_signed(&serve.address, body.as_bytes()).await, Some(200));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_understood_is_kept_and_costs_its_neighbours_nothing() {
    let company = Company::new().await;
    company.configure("");
    let serve = company.start();
    assert_eq!(post_signed(&serve.address, b"{\"entry\": [").await, Some(200));
    let mut batch: serde_json::Value =
        serde_json::from_str(&text_body("wamid.good", "573001112233", "hola")).unwrap();
    let messages = batch["entry"][0]["changes"][0]["value"]["messages"].as_array_mut().unwrap();
    messages.insert(0, serde_json::json!({"type": "hologram", "from": "573001112233", "id": "wamid.odd"}));
    batch["entry"].as_array_mut().unwrap().push(serde_json::json!("no object at all"));
    assert_eq!(post_signed(&serve.address, batch.to_string().as_bytes()).await, Some(200));
    company.until("message-received", 1).await;
    let strange = company.until("message-not-understood", 3).await;
    let of_contact =
        strange.iter().filter(|event| event["stream"].as_str().unwrap().starts_with("conversation/"));
    assert_eq!(of_contact.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_mebibytes_are_taken_and_not_one_byte_more() {
    let company = Company::new().await;
    company.configure("");
    let serve = company.start();
    let mut body = text_body("wamid.large", "573001112233", "hola").into_bytes();
    body.resize(3 << 20, b' ');
    assert_eq!(post_signed(&serve.address, &body).await, Some(200));
    company.until("message-received", 1).await;
    body.push(b' ');
    assert_eq!(post_signed(&serve.address, &body).await, Some(413));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_secret_nothing_is_believed() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("timonel.toml");
    let data = dir.path().join("data");
    std::fs::write(&config, format!("data = {data:?}\nlisten = \"127.0.0.1:0\"")).unwrap();
    let serve = Serve::start(&config);
    assert_eq!(post_signed(&serve.address, b"{}").await, Some(503));
    let deadline = Instant::now() + Duration::from_secs(5);
    while !serve.log().iter().any(|line| line.contains("TIMONEL_APP_SECRET")) {
        assert!(Instant::now() < deadline, "the log does not say why");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[test]
fn a_wrong_setting_is_told_with_its_key_its_value_and_what_was_expected() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("timonel.toml");
    let data = format!("data = {:?}\n", dir.path().join("data"));
    let cases = [
        ("listen = \"everywhere\"", vec!["listen", "everywhere"]),
        ("lisen = \"127.0.0.1:0\"", vec!["lisen", "listen"]),
        ("clock = \"tomorrow\"", vec!["clock", "tomorrow", "RFC 3339"]),
        ("[company]\nzone = \"Bogotá\"", vec!["company", "zone", "Bogotá", "America/Bogota"]),
        (
            "[[rule-sets]]\nname = \"a\"\n[[rule-sets.rules]]\nid = \"r\"\nplugin = \"skills-router\"\n\
             [rule-sets.rules.settings]\nroutes = 7",
            vec!["rule `r`", "routes", "7"],
        ),
        (
            "[[rule-sets]]\nname = \"a\"\n[[rule-sets.rules]]\nid = \"r\"\nplugin = \"nothing.wasm\"",
            vec!["rule `r`", "nothing.wasm", "quick-answers"],
        ),
    ];
    for (text, expected) in cases {
        std::fs::write(&config, format!("{data}{text}")).unwrap();
        let out = timonel().args(["serve", "--config"]).arg(&config).output().unwrap();
        assert!(!out.status.success(), "{text}");
        let told = String::from_utf8(out.stderr).unwrap();
        for word in expected {
            assert!(told.contains(word), "`{word}` is missing in: {told}");
        }
    }
}

#[test]
fn what_is_no_plugin_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let module = wat::parse_str("(module)").unwrap();
    let stranger = wat::parse_str("(component (import \"wasi:http/types\" (instance)))").unwrap();
    let cases: [(&str, Vec<u8>, &str); 4] = [
        ("zeroes.wasm", vec![0; 20_000_000], "WebAssembly"),
        ("text.wasm", b"hello".to_vec(), "WebAssembly"),
        ("module.wasm", module, "module"),
        ("stranger.wasm", stranger, "wasi"),
    ];
    for (name, bytes, expected) in cases {
        let file = dir.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        let out = timonel().args(["plugin", "inspect"]).arg(&file).output().unwrap();
        let told = String::from_utf8(out.stderr).unwrap();
        assert!(!out.status.success(), "{name}");
        assert!(told.contains(expected), "{name}: {told}");
    }
}

#[test]
fn whoever_reads_no_more_ends_a_command_and_breaks_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("timonel.toml");
    std::fs::write(&config, format!("data = {:?}\n", dir.path())).unwrap();
    for arguments in
        [&["raci", "show"][..], &["raci", "show", "--json"], &["plugin", "inspect", "skills-router"]]
    {
        let (nobody, pipe) = std::io::pipe().unwrap();
        drop(nobody);
        let mut command = timonel();
        command.args(arguments).env("TIMONEL_CONFIG", &config).stdout(pipe);
        let out = command.stderr(std::process::Stdio::piped()).output().unwrap();
        let told = String::from_utf8(out.stderr).unwrap();
        assert!(out.status.success() && told.is_empty(), "{arguments:?}: {} {told}", out.status);
    }
}
