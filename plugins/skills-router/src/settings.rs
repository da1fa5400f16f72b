//! What a supervisor writes down for this rule. The same structure is what a decision reads, so whatever can be worked
//! out beforehand (words folded, nonsense refused) is worked out here.

use kit::settings::{Field, each, pack, pack_each, parse};
use kit::words::needles;
use serde::{Deserialize, Serialize};

/// `R` are the routes, packed: most cases fit one of the first, and the others are not read.
#[derive(Serialize, Deserialize)]
pub struct Settings<S, R> {
    /// Whether a route or the VIPs are known by tags.
    pub needs_tags: bool,
    /// Whether the customer's language becomes a required skill where somebody in the queue has it.
    pub language_skill: bool,
    pub vips: Option<Vips<S>>,
    pub known_agent: Option<KnownAgent>,
    /// Tried in this order; the first that fits is taken. The last one may fit all: where a case goes that no other fits. Without
    /// it, such a case is left to the next rule.
    pub routes: R,
}

/// What a decision reads.
pub type Prepared<'a> = Settings<&'a str, &'a [u8]>;

impl<'a> Prepared<'a> {
    /// The routes, each read when it is tried.
    pub fn routes(&self) -> impl Iterator<Item = Result<Route<&'a str>, String>> {
        each(self.routes)
    }
}

#[derive(Serialize, Deserialize)]
pub struct Route<S> {
    pub when: When<S>,
    pub queue: S,
    pub skills: Vec<S>,
    pub priority: u8,
    /// In seconds.
    pub overflow_after: Option<u32>,
    /// The queue that helps out; none means anyone of the same queue, whatever their skills.
    pub overflow_to: Option<S>,
}

/// Every condition that is given must hold; of its list, any one item. What is said by word and what is said by button is
/// one condition: nobody means that a customer should do both.
#[derive(Default, Serialize, Deserialize)]
pub struct When<S> {
    pub words: Vec<S>,
    pub payloads: Vec<S>,
    pub numbers: Vec<S>,
    pub languages: Vec<S>,
    /// Of the case or of the customer.
    pub tags: Vec<S>,
}

#[derive(Serialize, Deserialize)]
pub struct Vips<S> {
    pub phones: Vec<S>,
    pub tags: Vec<S>,
    pub priority: u8,
    /// A queue of their own, where no skill is asked for.
    pub queue: Option<S>,
}

#[derive(Serialize, Deserialize)]
pub struct KnownAgent {
    /// How long a case waits for the agent who knows the customer.
    pub within_minutes: u32,
    /// How long an agent counts as knowing the customer: 30 days if not said.
    pub remember_days: u32,
}

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    pack(&Settings::read(&Field::top(&parse(json)?))?)
}

impl Settings<String, Vec<u8>> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["routes", "otherwise", "language-skill", "vips", "known-agent"])?;
        let list = |routes: &Field| routes.list(|route| Route::read(&route, true));
        let mut routes = of.optional("routes", list)?.unwrap_or_default();
        routes.extend(of.optional("otherwise", |route| Route::read(route, false))?);
        let vips = of.optional("vips", Vips::read)?;
        Ok(Self {
            needs_tags: routes.iter().any(|route| !route.when.tags.is_empty())
                || vips.as_ref().is_some_and(|vips| !vips.tags.is_empty()),
            language_skill: of.optional("language-skill", Field::flag)?.unwrap_or_default(),
            vips,
            known_agent: of.optional("known-agent", KnownAgent::read)?,
            routes: pack_each(routes)?,
        })
    }
}

impl Route<String> {
    fn read(field: &Field, conditional: bool) -> Result<Self, String> {
        let target = ["queue", "skills", "priority", "overflow-after", "overflow-to", "when"];
        let of = field.object(if conditional { &target } else { &target[..5] })?;
        let overflow_after = of.optional("overflow-after", |seconds| seconds.number(1..=u32::MAX.into()))?;
        let after = |_: &String| overflow_after.is_some();
        Ok(Self {
            when: if conditional { of.required("when", When::read)? } else { When::default() },
            queue: of.required("queue", Field::text)?,
            skills: of.optional("skills", Field::texts)?.unwrap_or_default(),
            priority: of.optional("priority", priority)?.unwrap_or_default(),
            overflow_after,
            overflow_to: of.optional("overflow-to", |queue| {
                queue.ensure(queue.text()?, after, "`overflow-after` beside it")
            })?,
        })
    }
}

impl When<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["words", "payloads", "numbers", "languages", "tags"])?;
        let texts = |name| Ok::<_, String>(of.optional(name, Field::texts)?.unwrap_or_default());
        let when = Self {
            words: of.optional("words", needles)?.unwrap_or_default(),
            payloads: texts("payloads")?,
            numbers: texts("numbers")?,
            languages: texts("languages")?,
            tags: texts("tags")?,
        };
        field.ensure(when, |when| !when.is_empty(), "at least one condition; `otherwise` has none")
    }

    fn is_empty(&self) -> bool {
        [&self.words, &self.payloads, &self.numbers, &self.languages, &self.tags]
            .iter()
            .all(|list| list.is_empty())
    }
}

impl Vips<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["phones", "tags", "priority", "queue"])?;
        let vips = Self {
            phones: of.optional("phones", |phones| phones.list(|phone| e164(&phone)))?.unwrap_or_default(),
            tags: of.optional("tags", Field::texts)?.unwrap_or_default(),
            priority: of.required("priority", priority)?,
            queue: of.optional("queue", Field::text)?,
        };
        field.ensure(vips, |vips| !vips.phones.is_empty() || !vips.tags.is_empty(), "phones, tags or both")
    }
}

impl KnownAgent {
    fn read(field: &Field) -> Result<Self, String> {
        let of = field.object(&["within-minutes", "remember-days"])?;
        Ok(Self {
            within_minutes: of.required("within-minutes", |minutes| minutes.number(1..=1440))?,
            remember_days: of.optional("remember-days", |days| days.number(1..=3650))?.unwrap_or(30),
        })
    }
}

fn priority(field: &Field) -> Result<u8, String> {
    field.number(0..=9)
}

fn e164(field: &Field) -> Result<String, String> {
    let is_e164 = |phone: &String| {
        let digits = phone.strip_prefix('+').unwrap_or_default();
        (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    field.ensure(field.text()?, is_e164, "a number in E.164 such as \"+573001234567\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_accepted() {
        prepare(include_str!("example.json")).unwrap();
    }

    #[test]
    fn a_supervisor_reads_which_field_is_wrong_and_what_it_should_be() {
        for (json, error) in [
            (
                r#"{"routes": [{"when": {"words": ["pago", "…"]}, "queue": "x"}]}"#,
                "routes[0].when.words[1]: got \"…\", expected a word with a letter or a digit",
            ),
            (
                r#"{"routes": [{"when": {}, "queue": "x"}]}"#,
                "routes[0].when: got {}, expected at least one condition; `otherwise` has none",
            ),
            (r#"{"routes": [{"when": {"tags": ["vip"]}}]}"#, "routes[0].queue: got null, expected a value"),
            (
                r#"{"otherwise": {"queue": "x", "priority": 12}}"#,
                "otherwise.priority: got 12, expected a whole number from 0 to 9",
            ),
            (
                r#"{"otherwise": {"queue": "x", "overflow-to": "y"}}"#,
                "otherwise.overflow-to: got \"y\", expected `overflow-after` beside it",
            ),
            (
                r#"{"vips": {"phones": ["300 1234567"], "priority": 5}}"#,
                "vips.phones[0]: got \"300 1234567\", expected a number in E.164 such as \"+573001234567\"",
            ),
            (r#"{"vips": {"priority": 5}}"#, "vips: got {\"priority\":5}, expected phones, tags or both"),
        ] {
            assert_eq!(prepare(json).unwrap_err(), error);
        }
    }
}
