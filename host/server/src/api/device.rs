//! What a device says it is, in few words that a person recognises in a list: no versions, and nothing that a stranger could
//! write there.

/// From a `User-Agent`, as `Firefox, Linux`.
pub(crate) fn device(agent: &str) -> String {
    let first = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    // Each browser claims to be those behind it here.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    let name: String =
        agent.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).take(24).collect();
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) if name.is_empty() => "unknown".to_owned(),
        (None, None) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn a_person_recognises_their_device_and_nobody_writes_into_the_list() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 \
                    Safari/537.36 Edg/130.0.0.0";
        assert_eq!(device(edge), "Edge, Windows");
        assert_eq!(
            device("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"),
            "Firefox, Linux"
        );
        assert_eq!(device("curl/8.5.0"), "curl");
        assert_eq!(device("<script>alert(1)</script>"), "unknown");
        assert_eq!(device(&"a".repeat(500)).len(), 24);
    }
}
