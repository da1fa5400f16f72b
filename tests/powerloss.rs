//! The power is cut under load, again and again. What was acknowledged is on the disk, and the keys that open it too.
//!
//! The program runs as it is, on a disk that remembers what was synced and forgets at random what was not (`powerloss/shim.c`,
//! `powerloss/disk.rs`). Whether such a test would notice anything is proved as well: each sync that the promise hangs on
//! is left out once, and the loss has to be seen.

use std::sync::Arc;
use std::time::Duration;

use crate::accounts::{self, Accounts};
use crate::assembled::Seeded;
use crate::effort;
use crate::load::{self, Load, Mail};
use crate::message::SHOP;
use crate::program::{Company, Serve, Starting};

pub mod disk;

use disk::{Disk, Mood};

/// Cuts that one company goes through, so that its first start is among them and its journal can be read as a whole.
const CUTS: u64 = 10;

/// A company on a disk of its own.
pub struct Machine {
    pub company: Company,
    pub disk: Disk,
    pub mail: Arc<Mail>,
}

impl Machine {
    /// None, and it is said why, where the disk cannot be built.
    pub async fn new(proof: &str, seed: u64) -> Option<Self> {
        let mut company = Company::with(load::hostile(seed)).await;
        let root = company.dir.path().join("disk");
        company.data = root.join("data");
        company.configure(SHOP);
        match Disk::new(company.dir.path(), &root) {
            Ok(disk) => Some(Self { company, disk, mail: Arc::default() }),
            Err(why) => {
                effort::leave_out(proof, &why);
                None
            }
        }
    }

    pub fn start(&self) -> Starting {
        Starting::spawn(&self.company.config(), &self.disk.environment())
    }

    /// Opens the door to WhatsApp too.
    pub fn open(&self) -> Result<Serve, String> {
        let serve = self.start().open()?;
        self.company.whatsapp.set_webhook(&serve.webhook()).unwrap();
        Ok(serve)
    }

    /// Works under load for a while, and then everything ends at once.
    async fn work(&self, time: Duration) -> Result<(), String> {
        let serve = self.open()?;
        let load = Load::start(&self.mail, &serve.address);
        tokio::time::sleep(time).await;
        serve.kill();
        load.stop().await;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_moment_the_power_goes_nothing_acknowledged_is_lost_and_nothing_is_doubled() {
    let (rounds, seed) = (effort::asked("TIMONEL_POWERLOSS_ROUNDS", 6), effort::seed());
    eprintln!("{rounds} cuts, TIMONEL_SEED={seed}");
    let dice = Seeded::new(seed);
    let (mut total, mut done) = (Accounts::default(), 0);
    while done < rounds {
        let Some(machine) = Machine::new("power loss", dice.next()).await else { return };
        let cuts = CUTS.min(rounds - done);
        for _ in 0..cuts {
            cut(&machine, &dice).await;
        }
        let accounts =
            accounts::settle(&machine.company, machine.open().unwrap(), &machine.mail).await.unwrap();
        assert!(accounts.acknowledged as u64 > cuts, "hardly anything was taken: {accounts}");
        total += accounts;
        done += cuts;
        eprintln!("{done} cuts: {total}");
    }
}

async fn cut(machine: &Machine, dice: &Seeded) {
    if dice.below(6) == 0 {
        // While it is starting.
        let starting = machine.start();
        tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
        drop(starting);
    } else {
        machine.work(Duration::from_millis(20 + dice.below(1_200))).await.unwrap();
    }
    let mood = [Mood::Nothing, Mood::Everything, Mood::Anything, Mood::Anything][dice.below(4) as usize];
    machine.disk.cut(mood, dice);
}

/// Every sync that something acknowledged hangs on, by the path that is synced.
const SYNCS: [(&str, &str); 7] = [
    ("the name of the data directory", ""),
    ("the journal's batches", "/data/journal/*.seg"),
    ("the names of the journal's segments", "/data/journal"),
    ("the keys of contacts", "/data/keys/contacts"),
    // Under whatever name it is before it has its own.
    ("the key of the day", "/data/keys/[!cm]*"),
    ("the master key", "/data/keys/master*"),
    ("the names of the keys", "/data/keys"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_build_that_leaves_a_sync_out_is_found_out() {
    let Some(whole) = books_after_a_cut(None).await else { return };
    whole.expect("the build that leaves nothing out keeps everything, or the others prove nothing");
    let mut unnoticed = Vec::new();
    for (what, pattern) in SYNCS {
        match books_after_a_cut(Some(pattern)).await {
            Some(Err(how)) => eprintln!("without syncing {what}: {how}"),
            Some(Ok(accounts)) => unnoticed.push(format!("{what}: {accounts}")),
            None => return,
        }
    }
    assert!(unnoticed.is_empty(), "these syncs could be left out and nobody would notice: {unnoticed:#?}");
}

/// The first hour of a company on an empty disk, if everything that was not synced is gone. `left_out` are the paths whose
/// syncs do nothing.
async fn books_after_a_cut(left_out: Option<&str>) -> Option<Result<Accounts, String>> {
    let dice = Seeded::new(1);
    let machine = Machine::new("that power loss is noticed", dice.next()).await?;
    if let Some(pattern) = left_out {
        machine.disk.trouble("ignore", pattern);
    }
    machine.work(Duration::from_millis(700)).await.unwrap();
    machine.disk.cut(Mood::Nothing, &dice);
    Some(match machine.open() {
        Ok(serve) => accounts::settle(&machine.company, serve, &machine.mail).await,
        Err(refusal) => Err(refusal),
    })
}
