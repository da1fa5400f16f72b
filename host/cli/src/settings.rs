//! Settings: one file, and the environment over it.
//!
//! Each setting is a key of the file and an environment variable of the same name. What is wrong is told with the key, the
//! value and what was expected; secrets are never printed.

mod audit;
mod oidc;

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use domain::Time;
use domain::company::{Company, Description};
use domain::law::countries::Countries;
use domain::law::prices::Prices;
use domain::law::table::TableError;
use domain::proposal;
use domain::raci::Raci;
use domain::request;
use domain::rule::mode::Mode;
use domain::rule::{Envelope, Scope};
use serde::Deserialize;

pub(crate) use audit::{Audit, Destination};
pub(crate) use oidc::Oidc;

/// A secret: it can be used and not be printed.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Log {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl FromStr for Log {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(()),
        }
    }
}

/// The file, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    public_url: Option<String>,
    #[serde(default)]
    trusted_proxies: Vec<IpAddr>,
    breached_passwords: Option<PathBuf>,
    app_secret: Option<Secret>,
    app_secret_previous: Option<Secret>,
    verify_token: Option<Secret>,
    access_token: Option<Secret>,
    graph_url: Option<String>,
    graph_version: Option<String>,
    master_key: Option<PathBuf>,
    clock: Option<String>,
    log: Option<Log>,
    #[serde(default)]
    audit: audit::Written,
    oidc: Option<oidc::Written>,
    #[serde(default)]
    company: Option<Description>,
    #[serde(default)]
    rule_sets: Option<Vec<RuleSet>>,
}

/// A named list of rules, asked in order.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RuleSet {
    /// Its name.
    pub(crate) name: String,
    /// Its rules.
    #[serde(default)]
    pub(crate) rules: Vec<RuleDescription>,
}

/// A rule: a plugin with settings and a scope.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RuleDescription {
    /// Its name, which no other rule has.
    pub(crate) id: String,
    /// The name of a reference plugin, or the path of a component, relative to the file.
    pub(crate) plugin: String,
    /// The mode in which it begins.
    #[serde(default)]
    pub(crate) mode: Mode,
    /// For which cases it is asked.
    #[serde(default)]
    pub(crate) scope: Scope,
    /// Which proposals an approver judges.
    #[serde(default)]
    pub(crate) kinds: BTreeSet<proposal::Kind>,
    /// Where it may have something asked.
    #[serde(default)]
    pub(crate) requests: Vec<request::Destination>,
    /// The names of the templates that it may send.
    #[serde(default)]
    pub(crate) templates: BTreeSet<String>,
    /// How far it may be moved without another signature.
    #[serde(default)]
    pub(crate) envelope: Envelope,
    /// Handed to the plugin as JSON.
    #[serde(default)]
    pub(crate) settings: toml::Table,
}

/// What is in force of the file while the host runs, and may change without a restart.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) company: Company,
    pub(crate) rule_sets: Vec<RuleSet>,
    /// What relative paths of plugins are relative to.
    pub(crate) dir: PathBuf,
}

/// All settings of a host.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) file: Option<PathBuf>,
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    /// Where people reach the host from outside, as `https://timonel.example.com`.
    pub(crate) public_url: Option<String>,
    /// Whose word counts about where a request came from.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// A list of passwords that were stolen somewhere, one a line: nobody may take one of them.
    pub(crate) breached_passwords: Option<PathBuf>,
    pub(crate) app_secret: Option<Secret>,
    pub(crate) app_secret_previous: Option<Secret>,
    pub(crate) verify_token: Option<Secret>,
    pub(crate) access_token: Option<Secret>,
    pub(crate) graph_url: Option<String>,
    pub(crate) graph_version: Option<String>,
    pub(crate) master_key: Option<PathBuf>,
    pub(crate) clock: Option<Time>,
    /// A page on which anybody becomes anybody: the demo's, which no file can ask for.
    pub(crate) open_door: Option<&'static str>,
    pub(crate) log: Log,
    pub(crate) audit: Audit,
    /// The company's identity provider, if people sign in by one.
    pub(crate) oidc: Option<Oidc>,
    pub(crate) policy: Policy,
    /// What is wrong with what the files say of the company; the policy is an empty one then.
    pub(crate) draft: Option<SettingsError>,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("the file {} cannot be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("in {}:\n{message}", path.display())]
    File { path: PathBuf, message: String },
    #[error("`{key}` is `{value}`: {expected} was expected")]
    Value { key: String, value: String, expected: &'static str },
}

/// The rules of a host that was given none.
const DEFAULT: &str = include_str!("default.toml");

impl Settings {
    /// Reads a file, if there is one, and the environment over it.
    pub(crate) fn read(
        file: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::read_draft(file, environment)?;
        match settings.draft.take() {
            None => Ok(settings),
            Some(error) => Err(error),
        }
    }

    /// The same, with what is wrong about the company put aside: what is in force of it may be something else than what lies
    /// in the files, and whoever asks a running host needs none of it.
    pub(crate) fn read_draft(
        file: Option<&Path>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SettingsError> {
        let read = match file {
            Some(path) => read_file(path)?,
            None => File::default(),
        };
        let listen = match environment("TIMONEL_LISTEN") {
            Some(text) => {
                Some(parse("TIMONEL_LISTEN", &text, "an address and a port, as `127.0.0.1:8080`,")?)
            }
            None => read.listen,
        };
        let log = match environment("TIMONEL_LOG") {
            Some(text) => Some(parse("TIMONEL_LOG", &text, "`text` or `json`")?),
            None => read.log,
        };
        let (clock_key, clock) = match environment("TIMONEL_CLOCK") {
            Some(text) => ("TIMONEL_CLOCK", Some(text)),
            None => ("clock", read.clock.clone()),
        };
        let clock = clock
            .map(|text| parse(clock_key, &text, "an instant of RFC 3339, as `2026-11-22T15:00:00Z`,"))
            .transpose()?;
        let secret = |name: &str, of_file: &Option<Secret>| {
            environment(name).map(Secret).or_else(|| of_file.clone()).filter(|secret| !secret.0.is_empty())
        };
        let audit = Audit::read(&read.audit, file)?;
        let oidc = read.oidc.clone().map(|written| {
            let given = secret("TIMONEL_OIDC_CLIENT_SECRET", &written.client_secret);
            Oidc::read(written, given)
        });
        let described = Description::default();
        let nothing = || {
            let company = Company::new(described).map_err(|mistake| SettingsError::File {
                path: "the defaults".into(),
                message: mistake.to_string(),
            });
            Ok(Policy { company: company?, rule_sets: Vec::new(), dir: PathBuf::new() })
        };
        let settings = Self {
            file: file.map(Path::to_owned),
            data: environment("TIMONEL_DATA")
                .map(PathBuf::from)
                .or_else(|| read.data.clone())
                .unwrap_or_else(|| "data".into()),
            listen: listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: public_url(environment("TIMONEL_PUBLIC_URL").or_else(|| read.public_url.clone()))?,
            trusted_proxies: match environment("TIMONEL_TRUSTED_PROXIES") {
                Some(text) => proxies(&text)?,
                None => read.trusted_proxies.clone(),
            },
            breached_passwords: environment("TIMONEL_BREACHED_PASSWORDS")
                .map(PathBuf::from)
                .or_else(|| read.breached_passwords.clone()),
            app_secret: secret("TIMONEL_APP_SECRET", &read.app_secret),
            app_secret_previous: secret("TIMONEL_APP_SECRET_PREVIOUS", &read.app_secret_previous),
            verify_token: secret("TIMONEL_VERIFY_TOKEN", &read.verify_token),
            access_token: secret("TIMONEL_ACCESS_TOKEN", &read.access_token),
            graph_url: environment("TIMONEL_GRAPH_URL").or_else(|| read.graph_url.clone()),
            graph_version: environment("TIMONEL_GRAPH_VERSION").or_else(|| read.graph_version.clone()),
            master_key: environment("TIMONEL_MASTER_KEY")
                .map(PathBuf::from)
                .or_else(|| read.master_key.clone()),
            clock,
            open_door: None,
            log: log.unwrap_or_default(),
            audit,
            oidc: oidc.transpose()?,
            policy: nothing()?,
            draft: None,
        };
        Ok(match policy(read, file) {
            Ok(policy) => Self { policy, ..settings },
            Err(error) => Self { draft: Some(error), ..settings },
        })
    }
}

impl Policy {
    /// What a file says of the company and its rules.
    pub(crate) fn read(path: &Path) -> Result<Self, SettingsError> {
        policy(read_file(path)?, Some(path))
    }
}

/// The beginning of every address of the host, without a path.
fn public_url(url: Option<String>) -> Result<Option<String>, SettingsError> {
    let Some(url) = url.filter(|url| !url.is_empty()) else { return Ok(None) };
    let parsed = url.parse::<hyper::Uri>().ok();
    let whole = parsed.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("https" | "http")) && uri.host().is_some() && uri.path() == "/"
    });
    if whole {
        return Ok(Some(url));
    }
    let (key, expected) =
        ("public-url".to_owned(), "an address without a path, as `https://timonel.example.com`,");
    Err(SettingsError::Value { key, value: url, expected })
}

fn proxies(text: &str) -> Result<Vec<IpAddr>, SettingsError> {
    let addresses = text.split(',').map(str::trim).filter(|address| !address.is_empty());
    addresses
        .map(|address| parse("TIMONEL_TRUSTED_PROXIES", address, "IP addresses with commas between"))
        .collect()
}

fn policy(file: File, path: Option<&Path>) -> Result<Policy, SettingsError> {
    let dir = path.and_then(Path::parent).map_or_else(PathBuf::new, Path::to_owned);
    let description = file.company.unwrap_or_default();
    let (zone, contacting) = (&description.zone, &description.contacting);
    let countries = table(&dir, contacting.countries.as_deref(), |text| Countries::parse(text, zone))?;
    let prices = table(&dir, contacting.prices.as_deref(), Prices::parse)?;
    let raci = table(&dir, description.raci.as_deref(), Raci::parse)?;
    let raci_file = description.raci.as_ref().map(|name| dir.join(name)).unwrap_or_default();
    let capped: Vec<String> = contacting.caps.rules.keys().map(ToString::to_string).collect();
    let company = Company::under(description, countries, prices).map_err(|mistake| SettingsError::File {
        path: path.map_or_else(|| "the defaults".into(), Path::to_owned),
        message: format!("company.{mistake}"),
    })?;
    let company = company
        .governed(raci.unwrap_or_default())
        .map_err(|mistake| SettingsError::File { path: raci_file, message: mistake.to_string() })?;
    let rule_sets = match file.rule_sets {
        Some(sets) => sets,
        None => parse_file(DEFAULT, Path::new("default.toml"))?.rule_sets.unwrap_or_default(),
    };
    let mut ids = std::collections::BTreeSet::new();
    for rule in rule_sets.iter().flat_map(|set| &set.rules) {
        if !ids.insert(&rule.id) {
            return Err(SettingsError::Value {
                key: "rule-sets.rules.id".to_owned(),
                value: rule.id.clone(),
                expected: "a name that no other rule has",
            });
        }
    }
    let sets: std::collections::BTreeSet<&str> = rule_sets.iter().map(|set| set.name.as_str()).collect();
    if let Some(stranger) = company.switches().keys().find(|set| !sets.contains(set.as_str())) {
        return Err(SettingsError::Value {
            key: "company.switches".to_owned(),
            value: stranger.clone(),
            expected: "the name of a rule set of this file",
        });
    }
    if let Some(stranger) = capped.into_iter().find(|rule| !ids.contains(rule)) {
        return Err(SettingsError::Value {
            key: "company.contacting.caps.rules".to_owned(),
            value: stranger,
            expected: "the id of a rule of this file",
        });
    }
    Ok(Policy { company, rule_sets, dir })
}

/// What stands in a file and in the tables that it names, to see whether something has changed.
pub(crate) fn texts(path: &Path) -> std::io::Result<Vec<Option<String>>> {
    let text = std::fs::read_to_string(path)?;
    let company = toml::from_str::<File>(&text).ok().and_then(|file| file.company).unwrap_or_default();
    let dir = path.parent().unwrap_or(Path::new(""));
    let named = [company.contacting.countries, company.contacting.prices, company.raci];
    let tables = named.into_iter().flatten().map(|name| std::fs::read_to_string(dir.join(name)).ok());
    Ok([Some(text)].into_iter().chain(tables).collect())
}

/// The names of the tables that a file names, each beside it.
pub(crate) fn tables(file: &toml::Table) -> Vec<String> {
    let name = |path: &[&str]| {
        let found = path.iter().try_fold(file.get("company")?, |value, key| value.get(key))?;
        Some(found.as_str()?.to_owned())
    };
    [&["contacting", "countries"][..], &["contacting", "prices"], &["raci"]]
        .into_iter()
        .filter_map(name)
        .collect()
}

fn read_file(path: &Path) -> Result<File, SettingsError> {
    parse_file(&read_text(path)?, path)
}

/// A table of the company's directory, if the file names one.
fn table<T>(
    dir: &Path,
    name: Option<&str>,
    read: impl FnOnce(&str) -> Result<T, TableError>,
) -> Result<Option<T>, SettingsError> {
    let Some(name) = name else { return Ok(None) };
    let path = dir.join(name);
    let read = read(&read_text(&path)?);
    read.map(Some).map_err(|error| SettingsError::File { path, message: error.to_string() })
}

fn read_text(path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path)
        .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })
}

fn parse_file(text: &str, path: &Path) -> Result<File, SettingsError> {
    toml::from_str(text)
        .map_err(|error| SettingsError::File { path: path.to_owned(), message: error.to_string() })
}

fn parse<T: FromStr>(key: &str, value: &str, expected: &'static str) -> Result<T, SettingsError> {
    value.parse().map_err(|_| SettingsError::Value { key: key.to_owned(), value: value.to_owned(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_host_without_a_file_has_one_queue_and_the_reference_rules() {
        let settings = Settings::read(None, &none).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.policy.company.queues().len(), 1);
        let rules = settings.policy.rule_sets.iter().flat_map(|set| &set.rules);
        assert_eq!(rules.count(), 3);
    }

    #[test]
    fn the_environment_goes_over_the_file_and_a_wrong_value_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("timonel.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\napp-secret = \"hush\"").unwrap();
        let settings =
            Settings::read(Some(&file), &|name| (name == "TIMONEL_LISTEN").then(|| "127.0.0.1:2".to_owned()));
        let settings = settings.unwrap();
        assert_eq!(settings.listen.port(), 2);
        assert!(!format!("{settings:?}").contains("hush"));
        let wrong = Settings::read(None, &|name| (name == "TIMONEL_LISTEN").then(|| "8080".to_owned()));
        let message = wrong.unwrap_err().to_string();
        assert!(message.contains("TIMONEL_LISTEN") && message.contains("`8080`"), "{message}");
    }

    #[test]
    fn a_queue_that_does_not_exist_is_told_with_its_key() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("timonel.toml");
        let text = "[company]\nname = \"x\"\n[[company.queues]]\nid = \"ventas\"\n\
                    [[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"vetas\"]";
        std::fs::write(&file, text).unwrap();
        let message = Settings::read(Some(&file), &none).unwrap_err().to_string();
        assert!(message.contains("company.`agents[0].queues[0]` is `vetas`"), "{message}");
        assert!(message.contains("ventas"), "{message}");
    }
    #[test]
    fn the_tables_beside_the_file_are_read_and_what_is_wrong_in_one_is_told_with_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        let file = dir.path().join("timonel.toml");
        let read = || Settings::read(Some(&file), &none).map_err(|error| error.to_string());
        write("precios.toml", include_str!("../../../examples/company/prices.toml"));
        write("timonel.toml", "[company.contacting]\nprices = \"precios.toml\"\ncaps.month = \"500\"");
        assert_eq!(read().unwrap().policy.company.law().currency(), Some("USD"));

        write("precios.toml", "currency = \"USD\"\n[markets]");
        let message = read().unwrap_err();
        assert!(message.contains("precios.toml") && message.contains("`markets.other`"), "{message}");

        write("timonel.toml", "[company.contacting]\ncountries = \"paises.toml\"");
        let message = read().unwrap_err();
        assert!(message.contains("paises.toml cannot be read"), "{message}");
    }

    #[test]
    fn a_table_that_is_named_is_looked_at_even_while_it_makes_no_sense() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        let file = dir.path().join("timonel.toml");
        write("timonel.toml", "[company]\nraci = \"raci.toml\"");
        assert_eq!(texts(&file).unwrap().last(), Some(&None));
        write("raci.toml", "[matrix]\nshout = 1");
        let message = Settings::read(Some(&file), &none).unwrap_err().to_string();
        assert!(message.contains("raci.toml") && message.contains("shout"), "{message}");
        let before = texts(&file).unwrap();
        write("raci.toml", "");
        assert_ne!(texts(&file).unwrap(), before);
        assert!(Settings::read(Some(&file), &none).is_ok());
    }

    #[test]
    fn a_cap_of_a_rule_that_there_is_not_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let prices = dir.path().join("prices.toml");
        std::fs::write(prices, include_str!("../../../examples/company/prices.toml")).unwrap();
        let file = dir.path().join("timonel.toml");
        let text = "[company.contacting]\nprices = \"prices.toml\"\ncaps.rules.promo = \"50\"";
        std::fs::write(&file, text).unwrap();
        let message = Settings::read(Some(&file), &none).unwrap_err().to_string();
        assert!(message.contains("`company.contacting.caps.rules` is `promo`"), "{message}");
    }
}
