//! What a value of a scenario cannot know of the others.

use super::Scenario;
use super::parts::Change;

/// The key, the value, what was expected.
pub(super) type Misfit = (String, String, String);

impl Scenario {
    pub(super) fn check(&self) -> Result<(), Misfit> {
        let wrong = |key: &str, given: &dyn ToString, expected: &str| {
            Err((key.to_owned(), given.to_string(), expected.to_owned()))
        };
        if !(0.01..=100_000.0).contains(&self.speed) {
            return wrong("speed", &self.speed, "a number from 0.01 to 100000");
        }
        if !(1..=1_000).contains(&self.posting.batch) {
            return wrong("posting.batch", &self.posting.batch, "a number from 1 to 1000");
        }
        if self.posting.concurrency == 0 {
            return wrong("posting.concurrency", &0, "a number from 1 on");
        }
        if self.numbers.is_empty() {
            return wrong("numbers", &"empty", "at least one number");
        }
        for (n, number) in self.numbers.iter().enumerate() {
            if self.numbers.iter().take(n).any(|other| other.id == number.id) {
                return wrong(&format!("numbers[{n}].id"), &number.id, "an id that no other number has");
            }
        }
        for (n, template) in self.templates.iter().enumerate() {
            if !self.numbers.iter().any(|number| number.account == template.account) {
                let key = format!("templates[{n}].account");
                return wrong(&key, &template.account, "the account of one of the numbers");
            }
        }
        if let Some(crowd) = &self.customers {
            let last = crowd.first.saturating_add(crowd.count);
            if !(10_000_000..1_000_000_000_000_000).contains(&crowd.first) || last >= 1_000_000_000_000_000 {
                return wrong(
                    "customers.first",
                    &crowd.first,
                    "a phone of 8 to 15 digits, as are those that follow",
                );
            }
            if crowd.writes.values().sum::<u64>() == 0 {
                return wrong(
                    "customers.writes",
                    &"without any weight",
                    "at least one kind with a weight above 0",
                );
            }
        }
        for (n, change) in self.changes.iter().enumerate() {
            self.check_change(n, change)?;
        }
        Ok(())
    }

    fn check_change(&self, n: usize, change: &Change) -> Result<(), Misfit> {
        let key = |of: &str| format!("changes[{n}].{of}");
        if let Some(name) = &change.template
            && !self.templates.iter().any(|template| template.name == *name)
        {
            return Err((key("template"), name.clone(), "the name of one of the templates".to_owned()));
        }
        if let Some(id) = &change.number
            && !self.numbers.iter().any(|number| number.id == *id)
        {
            return Err((key("number"), id.clone(), "the id of one of the numbers".to_owned()));
        }
        if change.happenings().is_empty() {
            let expected = "a template with quality, category, paused or disabled, a number with quality or raised, \
                            rules, or trouble";
            return Err((
                format!("changes[{n}]"),
                "without anything that changes".to_owned(),
                expected.to_owned(),
            ));
        }
        Ok(())
    }
}
