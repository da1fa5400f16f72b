//! What somebody signed stands when they leave, and is somebody else's to answer for.

use crate::delegations::Office;

impl Office {
    /// A rule that Ana wrote and Ricardo and Marta signed, in force.
    async fn agree(&self, rule: &str) -> String {
        self.sit("ana");
        let proposal = self.propose(rule);
        for signer in ["ricardo", "marta"] {
            self.sit(signer);
            self.does(&["proposal", "sign", &proposal]);
        }
        self.until(&["proposal", "show", &proposal], "[en vigor]").await;
        proposal
    }

    /// Asks until the answer says something.
    async fn until(&self, arguments: &[&str], words: &str) -> String {
        for _ in 0..100 {
            let told = self.does(arguments);
            if told.contains(words) {
                return told;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("{arguments:?} never said {words}: {}", self.does(arguments));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_leaver_signed_stands_until_somebody_who_answers_for_it_now_says_that_it_is_theirs() {
    let office = Office::open("marta").await;
    let (kept, replaced) = (office.agree("kept").await, office.agree("replaced").await);
    office.does_not(&["proposal", "ratify", &kept], "No hay nada que ratificar");

    office.sit("paula");
    office.does(&["access", "leave", "ricardo"]);
    let told = office.does(&["proposal", "list"]);
    assert_eq!(
        told.matches("(ricardo): Ajustar reglas de enrutamiento").count(),
        2,
        "Marta's row is hers: {told}"
    );
    assert!(told.contains("ratify"), "{told}");
    office.until(&["inbox"], "quien firmó se fue: hay que ratificarla").await;
    let rules = office.does(&["rules", "list"]);
    assert!(rules.contains("kept") && rules.contains("replaced"), "they stand: {rules}");

    // Whoever answers for another row of it does not answer for this one.
    office.sit("marta");
    office.does_not(&["proposal", "ratify", &kept], "Ninguna fila");
    // A host that was stopped before it marked them, or is started again, marks nothing twice.
    let Office { company, serve } = office;
    serve.stop();
    let serve = company.start();
    let office = Office { company, serve };
    assert_eq!(office.company.journal(&["--kind", "proposal-marked"]).len(), 2);

    office.sit("paula");
    let told = office.does(&["proposal", "ratify", &kept, "--words", "La revisé"]);
    assert!(!told.contains("ratificarla"), "{told}");
    let told = office.does(&["audit", "list"]);
    assert!(told.contains("ratificó: La revisé"), "{told}");

    // Another version takes the place of the other one.
    office.sit("ana");
    let again = office.propose("replaced");
    for signer in ["paula", "marta"] {
        office.sit(signer);
        office.does(&["proposal", "sign", &again]);
    }
    office.until(&["proposal", "show", &again], "[en vigor]").await;
    office.until(&["proposal", "list"], "nothing waits").await;
    office.does_not(&["proposal", "ratify", &replaced], "No hay nada que ratificar");
    office.serve.stop();
}
