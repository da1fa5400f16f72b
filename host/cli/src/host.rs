//! A host, put together from its settings.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use desk::{Desk, Running};
use domain::outside::{Clock, Entropy};
use domain::sealed::Key;
use domain::stream::Actor;
use governance::{Checkpoints, Directory, Notary, Outfit, Outlet, People, SocketSigner, Teller};
use journal::{Disk as _, RealDisk};
use server::{Controlled, Listening, Routes, Server, Site, Streams};
use store::{Drive, KeyStore, MediaFiles, Paths, PluginFiles, Store};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use whatsapp::{Answer, AppSecrets, Graph, GraphConfig, Network, OwnedSend};

use crate::access;
use crate::company_files::{self, CompanyFiles};
use crate::handing::Address;
use crate::provider;
use crate::rulebook;
use crate::services::Outside;
use crate::settings::{self, Destination, Settings};
use crate::system::{SystemClock, SystemEntropy, boot};
use crate::webhooks;

/// How often the file of settings is looked at for other rules.
const LOOK: Duration = Duration::from_secs(1);

/// How often it is looked whose term is over by the company's policy.
const DAY: Duration = Duration::from_secs(86_400);

/// How often the keys of old days are destroyed. They live for whole days, so this is often enough.
const SWEEP: Duration = Duration::from_secs(3_600);

/// A host at work.
pub(crate) struct Host {
    pub(crate) desk: Desk,
    pub(crate) people: People,
    pub(crate) site: Site,
    pub(crate) address: SocketAddr,
    listening: Listening,
    streams: Streams,
    controlled: Controlled,
    running: Running,
    chores: Vec<JoinHandle<()>>,
    notary: Option<(Checkpoints, std::thread::JoinHandle<()>)>,
    interrupt: Signal,
    terminate: Signal,
}

impl Host {
    /// Opens the data, loads the rules, opens the door. `more` adds routes to those of every host.
    pub(crate) async fn start(
        settings: &Settings,
        more: impl FnOnce(&Server) -> Routes,
    ) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::starting(settings.clock));
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        if let Some(clock) = settings.clock {
            tracing::warn!(%clock, "REHEARSAL: the clock does not show the real time");
        }
        let keys = keys(settings, Arc::clone(&entropy))?;
        let store = open_store(&settings.data, Arc::clone(&clock))?;
        let rules = Arc::new(engine(&settings.data)?);
        let plugins = plugins(&settings.data);
        let reference = rulebook::keep_reference(&plugins)?;
        // What was agreed on goes before what lies in the files.
        let agreed = company_files::in_force(store.adopted()?.as_ref(), &settings.data, &plugins)?;
        let policy = match (&agreed, &settings.draft) {
            (Some(agreed), None) => agreed,
            (Some(agreed), Some(error)) => {
                tracing::warn!(%error, "the company's files make no sense: they are a draft, and what was agreed on is in force");
                agreed
            }
            (None, None) => &settings.policy,
            (None, Some(error)) => anyhow::bail!("{error}"),
        };
        let signed = rulebook::signed(policy, &plugins)?;
        let (active, began) = desk::begin(&store, &rules, &plugins, policy.company.clone(), signed)?;
        let network = network(settings)?;
        let outside = desk::Outside {
            store: store.clone(),
            keys,
            media: media(&settings.data.join("media")),
            plugins: plugins.clone(),
            reference,
            rules: Arc::clone(&rules),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            network,
            services: Arc::new(Outside::new(&beside(settings.file.as_deref()))),
            active,
        };
        // Before there is anything to finish, and before anybody is told that it is open: whoever stops it the next moment
        // stops it cleanly.
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        let (desk, parts) = desk::assemble(outside, workers());
        let late = desk.finish_erasures()?;
        if late > 0 {
            tracing::warn!(
                contacts = late,
                "keys of contacts who had been erased were still there: destroyed"
            );
        }
        // Before it is said what is in force: that is the first thing that people are told.
        let teller = Teller::new(store.clone(), desk.proposals().clone(), {
            let desk = desk.clone();
            move || {
                let active = desk.active();
                (active.generation.number, Arc::clone(&active.company))
            }
        })?;
        desk.announce(began).await?;
        let number = desk.active().generation.number;
        let files = settings.file.clone().map(|file| {
            Arc::new(CompanyFiles::new(
                file,
                settings.data.clone(),
                plugins.clone(),
                Arc::clone(&rules),
                desk.clone(),
            ))
        });
        if let (Some(files), None) = (&files, &agreed) {
            desk.announce(files.begins(&policy.company)?).await?;
        }
        let running = parts.run(&tokio::runtime::Handle::current())?;
        let notary = notary(&settings.audit, &store, &clock)?;
        let site =
            Site::new(settings.public_url.as_deref(), settings.listen, settings.trusted_proxies.clone());
        let people = tokio::task::spawn_blocking({
            let (store, keys) = (desk.store().clone(), Arc::clone(desk.keys()));
            let (clock, entropy) = (Arc::clone(&clock), Arc::clone(&entropy));
            let breached = settings.breached_passwords.clone();
            let passwords_of = settings.oidc.as_ref().and_then(|oidc| oidc.passwords_of.clone());
            move || People::new(store, keys, clock, entropy, breached, passwords_of)
        });
        for stranger in settings.oidc.iter().flat_map(|oidc| oidc.strangers(policy.company.raci())) {
            tracing::warn!(person = %stranger, "`oidc.passwords-of` names nobody of the matrix: nobody signs in by that name");
        }
        let streams = Streams::default();
        let server = Server {
            desk: desk.clone(),
            files: files.clone().map(|files| files as Arc<dyn server::Files>),
            people: people.await?,
            provider: settings.oidc.as_ref().map(|oidc| provider::of(oidc, &site)).transpose()?,
            streams: streams.clone(),
            writing: server::Writing::default(),
            backtests: server::Backtests::default(),
            site,
            checkpoints: notary.as_ref().map(|(checkpoints, _)| checkpoints.clone()),
            secrets: secrets(settings),
            verify_token: settings.verify_token.as_ref().map(|token| token.reveal().to_owned()),
            clock: Arc::clone(&clock),
            entropy,
            owner: std::fs::metadata(&settings.data)?.uid(),
            rehearsal: settings.clock,
            open_door: settings.open_door,
        };
        let people = server.people.clone();
        let site = server.site.clone();
        let more = more(&server);
        let (router, local) = server::routers(server, more);
        let listening = server::listen(settings.listen, router)
            .await
            .with_context(|| format!("`listen` is `{}`: it cannot be listened at", settings.listen))?;
        let controlled = server::control(&settings.data, local).with_context(|| {
            format!("`data` is `{}`: no socket can be made in it", settings.data.display())
        })?;
        server::let_in(&settings.data, policy.company.raci())?;
        let outfit = Outfit {
            store: desk.store().clone(),
            clock: Arc::clone(&clock),
            entropy: Arc::new(SystemEntropy),
            company: Arc::new({
                let desk = desk.clone();
                move || Arc::clone(&desk.active().company)
            }),
        };
        let mut chores = vec![
            tokio::spawn(sweep(desk.clone(), Arc::clone(&clock))),
            tokio::spawn(retain(desk.clone())),
            tokio::spawn(governance::telling(teller)),
            tokio::spawn(webhooks::keep(outfit, beside(settings.file.as_deref()))),
        ];
        if let Some(files) = files {
            let approved = desk.store().watch(store::Topic::Proposals);
            chores.push(tokio::spawn(Arc::clone(&files).follow(approved, people.clone())));
            chores.push(tokio::spawn(watch(files, people.clone())));
        }
        access::shut_out(&people, &desk, None).await;
        tracing::info!(address = %listening.address, generation = number, "open");
        Ok(Self {
            desk,
            people,
            site,
            address: listening.address,
            listening,
            streams,
            controlled,
            running,
            chores,
            notary,
            interrupt,
            terminate,
        })
    }

    /// Until somebody wants it to end.
    pub(crate) async fn wanted_to_stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Closes the door, finishes what has begun, and leaves the data clean.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.streams.end();
        self.listening.stop().await;
        self.controlled.stop().await;
        for chore in self.chores {
            chore.abort();
        }
        if let Some((checkpoints, thread)) = self.notary {
            checkpoints.stop();
            let _ = tokio::task::spawn_blocking(|| thread.join()).await;
        }
        let store = self.desk.store().clone();
        drop(self.desk);
        self.running.stop().await;
        tokio::task::spawn_blocking(move || store.close()).await??;
        Ok(())
    }
}

/// The directory of a file.
fn beside(file: Option<&Path>) -> PathBuf {
    file.and_then(Path::parent).map_or_else(PathBuf::new, Path::to_owned)
}

/// Whoever has the record signed and hands its checkpoints out, at work. None if nobody signs it.
fn notary(
    audit: &settings::Audit,
    store: &Store,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<Option<(Checkpoints, std::thread::JoinHandle<()>)>> {
    let Some(signer) = &audit.signer else {
        tracing::warn!(
            "nobody signs the audit's record: set `signer` in [audit] to the socket of an audit-signer"
        );
        return Ok(None);
    };
    let outlet = |to: &Destination| -> Box<dyn Outlet> {
        match to {
            Destination::Directory(dir) => Box::new(Directory::new(dir)),
            Destination::Address(uri) => {
                Box::new(Address::new(uri.clone(), tokio::runtime::Handle::current()))
            }
        }
    };
    let outlets = audit.to.iter().map(outlet).collect();
    let signer = Box::new(SocketSigner::new(signer));
    let notary = Notary::new(store.clone(), Arc::clone(clock), signer, outlets, audit.every);
    Ok(Some(notary.start()?))
}

/// The engine, with its compiled components in the data directory.
pub(crate) fn engine(data: &Path) -> anyhow::Result<rules::Host> {
    let worker = rules::Worker {
        program: std::env::current_exe().context("the program cannot find itself")?,
        args: vec!["compile-worker".into()],
    };
    let config = rules::Config {
        cache: data.join("components"),
        worker,
        limits: rules::Limits::default(),
        concurrency: workers() + 1,
    };
    Ok(rules::Host::start(config)?)
}

/// One worker a core: a decision is all computing.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

fn secrets(settings: &Settings) -> Option<AppSecrets> {
    let current = settings.app_secret.as_ref()?;
    Some(AppSecrets::new(
        current.reveal(),
        settings.app_secret_previous.as_ref().map(|secret| secret.reveal()),
    ))
}

/// WhatsApp for a host that has no token for it: what is to be sent waits until there is one.
struct NoToken;

impl Network for NoToken {
    fn send<'a>(&'a self, _: OwnedSend) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        let why = "no access token is set: set `access-token` (TIMONEL_ACCESS_TOKEN)".to_owned();
        Box::pin(std::future::ready(Answer::NotSent { why }))
    }
}

fn network(settings: &Settings) -> anyhow::Result<Arc<dyn Network>> {
    let Some(token) = &settings.access_token else {
        tracing::warn!("nothing can be sent: set `access-token` (TIMONEL_ACCESS_TOKEN)");
        return Ok(Arc::new(NoToken));
    };
    let mut config = GraphConfig::new(token.reveal());
    if let Some(url) = &settings.graph_url {
        config.base_url = url.clone();
    }
    if let Some(version) = &settings.graph_version {
        config.version = version.clone();
    }
    let graph = Graph::new(config).context("`graph-url`, `graph-version` or `access-token`")?;
    Ok(Arc::new(graph))
}

fn open_store(data: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Store> {
    let mut told = std::time::Instant::now();
    let mut progress = |done: u64, of: u64| {
        if told.elapsed() > Duration::from_secs(2) {
            told = std::time::Instant::now();
            tracing::info!(done, of, "folding the journal");
        }
    };
    let paths = Paths::within(data);
    let (store, opened) =
        Store::open(Arc::new(RealDisk), &paths, clock, &boot(), Drive::Threads, &mut progress)?;
    if opened.torn_bytes > 0 {
        tracing::warn!(
            bytes = opened.torn_bytes,
            "the end of the journal was unfinished and is cut off; nobody had been told of it"
        );
    }
    if let Some(why) = &opened.rebuilt
        && opened.last_seq > 0
    {
        tracing::warn!(%why, events = opened.folded, "the projections were built anew");
    }
    tracing::info!(events = opened.last_seq, folded = opened.folded, "the journal is open");
    Ok(store)
}

/// The keys of a data directory, with its master key.
pub(crate) fn keys(settings: &Settings, entropy: Arc<dyn Entropy>) -> anyhow::Result<Arc<KeyStore>> {
    // The first thing that is made in a new directory of data: without its own name all that is synced in it is lost.
    RealDisk
        .create_dir_all(&settings.data)
        .with_context(|| format!("`data` is `{}`: it cannot be made", settings.data.display()))?;
    let dir = settings.data.join("keys");
    let path = settings.master_key.clone().unwrap_or_else(|| dir.join("master"));
    let master = master_key(&path, &*entropy)?;
    Ok(Arc::new(KeyStore::open(Arc::new(RealDisk), &dir, &master, entropy)?))
}

/// The files of plugins of a data directory.
pub(crate) fn plugins(data: &Path) -> PluginFiles {
    PluginFiles::new(Arc::new(RealDisk), &data.join("plugins"))
}

/// The files of media in a directory.
pub(crate) fn media(dir: &Path) -> MediaFiles {
    MediaFiles::new(Arc::new(RealDisk), dir, Arc::new(SystemEntropy))
}

/// The master key of a data directory that has one.
pub(crate) fn existing_master(settings: &Settings, data: &Path) -> anyhow::Result<Key> {
    let path = settings.master_key.clone().unwrap_or_else(|| data.join("keys").join("master"));
    read_master(&path)
}

fn master_key(path: &Path, entropy: &dyn Entropy) -> anyhow::Result<Key> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    if !path.exists() {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        RealDisk.create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
        let cannot = || format!("cannot make the master key {}", path.display());
        // Under another name until all of it is on the disk: after a power loss half a key would be in the way of the next.
        let fresh = path.with_extension("fresh");
        if fresh.exists() {
            std::fs::remove_file(&fresh).with_context(cannot)?;
        }
        let mut options = std::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o400).open(&fresh).with_context(cannot)?;
        file.write_all(data_encoding::HEXLOWER.encode(Key::random(entropy).as_bytes()).as_bytes())?;
        file.sync_all().with_context(cannot)?;
        RealDisk.rename(&fresh, path).with_context(cannot)?;
        RealDisk.sync_dir(dir).with_context(cannot)?;
        tracing::info!(path = %path.display(), "a master key was made: keep a copy of it apart from the data");
    }
    read_master(path)
}

/// The master key in a file.
pub(crate) fn read_master(path: &Path) -> anyhow::Result<Key> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("`master-key` is `{}`: it cannot be read", path.display()))?;
    data_encoding::HEXLOWER
        .decode(text.trim().as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .map(Key::from_bytes)
        .with_context(|| {
            format!("`master-key` is `{}`: a file with 64 hexadecimal digits was expected", path.display())
        })
}

/// Puts other rules in force when the file says so, or a table that it names. What cannot be put in force changes nothing.
async fn watch(files: Arc<CompanyFiles>, people: People) {
    loop {
        tokio::time::sleep(LOOK).await;
        files.look(&people).await;
    }
}

/// Forgets every day whose term is over by the company's policy.
async fn retain(desk: Desk) {
    loop {
        let looking = desk.clone();
        match tokio::task::spawn_blocking(move || looking.retention_due()).await {
            Ok(Ok(Some(due))) if due.needs_person() => tracing::error!(
                due = due.count(),
                of = due.of,
                policy = due.policy,
                "the term of so many contacts is over that none was erased: look at the clock and the policy, then run \
                 `timonel contact retention --yes`"
            ),
            Ok(Ok(Some(due))) => match desk.retain(&due, &Actor::Host).await {
                Ok(0) => {}
                Ok(erased) => tracing::info!(erased, policy = due.policy, "contacts were erased by policy"),
                Err(error) => tracing::error!(%error, "contacts could not be erased by policy"),
            },
            Ok(Ok(None)) | Err(_) => {}
            Ok(Err(error)) => tracing::error!(%error, "the terms of contacts could not be looked at"),
        }
        tokio::time::sleep(DAY).await;
    }
}

async fn sweep(desk: Desk, clock: Arc<dyn Clock>) {
    loop {
        let today = clock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        match desk.keys().forget_old_days(today) {
            Ok(0) => {}
            Ok(days) => tracing::info!(days, "keys of old webhook bodies were destroyed"),
            Err(error) => tracing::error!(%error, "keys of old webhook bodies could not be destroyed"),
        }
        match desk.forget_bodies(SWEEP / 60).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("raw bodies of before an erasure are still to be worked on"),
            Err(error) => tracing::error!(%error, "keys of raw bodies could not be destroyed"),
        }
        tokio::time::sleep(SWEEP).await;
    }
}
