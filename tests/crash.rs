//! The process is killed under load, again and again. What was acknowledged is there, once; what was sent is known.
//!
//! A kill proves what recovery and deduplication are worth, at moments that nobody chose. It proves nothing about the disk,
//! whose cache survives it: that is `powerloss.rs`.

use std::sync::Arc;
use std::time::Duration;

use crate::accounts::{self, Accounts};
use crate::assembled::Seeded;
use crate::effort;
use crate::load::{self, Load, Mail};
use crate::message::SHOP;
use crate::program::{Company, Starting};

/// Kills that one company goes through, so that its first start is among them and its journal can be read as a whole.
const KILLS: u64 = 20;

#[tokio::test(flavor = "multi_thread")]
async fn whatever_moment_it_is_killed_at_nothing_acknowledged_is_lost_and_nothing_is_doubled() {
    let (rounds, seed) = (effort::asked("TIMONEL_CRASH_ROUNDS", 20), effort::seed());
    eprintln!("{rounds} kills, TIMONEL_SEED={seed}");
    let dice = Seeded::new(seed);
    let (mut total, mut done) = (Accounts::default(), 0);
    while done < rounds {
        let kills = KILLS.min(rounds - done);
        total += kill(kills, &dice).await;
        done += kills;
        eprintln!("{done} kills: {total}");
    }
}

async fn kill(kills: u64, dice: &Seeded) -> Accounts {
    let company = Company::with(load::hostile(dice.next())).await;
    company.configure(SHOP);
    let mail = Arc::new(Mail::default());
    for _ in 0..kills {
        let starting = Starting::spawn(&company.config(), &[]);
        if dice.below(8) == 0 {
            // While it is starting.
            tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
            continue;
        }
        let serve = starting.open().unwrap();
        company.whatsapp.set_webhook(&serve.webhook()).unwrap();
        let load = Load::start(&mail, &serve.address);
        tokio::time::sleep(Duration::from_millis(20 + dice.below(1_200))).await;
        serve.kill();
        load.stop().await;
    }
    let serve = company.start();
    let accounts = match accounts::settle(&company, serve, &mail).await {
        Ok(accounts) => accounts,
        Err(why) => panic!("{why}; what there is of it is in {}", company.dir.keep().display()),
    };
    assert!(accounts.acknowledged as u64 > kills, "hardly anything was taken: {accounts}");
    accounts
}
