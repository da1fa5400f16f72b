//! What a rule is told: the state of a conversation in the words of the contract.

use domain::Time;
use domain::calendar::Calendar;
use domain::company::Company;
use domain::conversation::{Case, Conversation, Holder};
use domain::decision::Why;
use domain::event::Tags;
use domain::message::{Content, Inbound};
use rules::contract;

use crate::command::DeskError;
use crate::work::Work;

/// What an input is made of: a conversation at a moment.
pub(crate) struct Scene<'a> {
    pub(crate) company: &'a Company,
    pub(crate) conversation: &'a Conversation,
    /// The case that it is about, which may have ended.
    pub(crate) case: &'a Case,
    pub(crate) now: Time,
    pub(crate) language: String,
    pub(crate) tags: Tags,
}

/// The input of a round of rules.
pub(crate) fn input(
    work: &Work<'_>,
    why: Why,
    message: Option<(&Inbound, Time)>,
    wake_note: Option<String>,
) -> Result<contract::Input, DeskError> {
    let case = work.case().ok_or(DeskError::Missing("an open case"))?;
    of_case(work, case, why, message, wake_note)
}

/// The same, about a case that may have ended.
pub(crate) fn of_case(
    work: &Work<'_>,
    case: &Case,
    why: Why,
    message: Option<(&Inbound, Time)>,
    wake_note: Option<String>,
) -> Result<contract::Input, DeskError> {
    let (_, contact) = work.shared.contact(work.conversation.contact)?;
    let scene = Scene {
        company: &work.active.company,
        conversation: &work.conversation,
        case,
        now: work.now,
        language: contact.language,
        tags: case.tags.as_ref().map(|tags| tags.open(&work.key)).transpose()?.unwrap_or_default(),
    };
    let message = message.map(|(inbound, at)| self::message(&inbound.content, at));
    Ok(scene.input(why, message, wake_note))
}

impl Scene<'_> {
    /// What rules are told.
    pub(crate) fn input(
        self,
        why: Why,
        message: Option<contract::Message>,
        wake_note: Option<String>,
    ) -> contract::Input {
        let (company, number, case) = (self.company, &self.conversation.number, self.case);
        let calendar = company.calendar(number, case.queue());
        let waiting_since = match &case.holder {
            Holder::Queue { since, .. } => Some(instant(*since)),
            Holder::Rules | Holder::Agent { .. } => None,
        };
        contract::Input {
            why: why.word().to_owned(),
            now: instant(self.now),
            local: local(calendar, self.now),
            calendar: hours(calendar, self.now),
            number: company.number_name(number),
            language: self.language,
            message,
            case: contract::CaseView {
                id: case.id.to_string(),
                opened: instant(case.opened),
                queue: case.queue().map(ToString::to_string),
                priority: case.priority,
                waiting_since,
                automatic_messages: case.automatic,
                tags: self.tags.0.into_iter().collect(),
                attrs: Vec::new(),
            },
            wake_note,
            attrs: Vec::new(),
        }
    }
}

/// The tags of the open case.
pub(crate) fn tags(work: &Work<'_>) -> Result<Tags, DeskError> {
    match work.case().and_then(|case| case.tags.as_ref()) {
        Some(tags) => Ok(tags.open(&work.key)?),
        None => Ok(Tags::default()),
    }
}

/// A customer's message.
pub(crate) fn message(content: &Content, at: Time) -> contract::Message {
    contract::Message {
        at: instant(at),
        author: "customer".to_owned(),
        kind: content.kind().to_owned(),
        text: content.words().to_owned(),
        payload: content.payload().to_owned(),
        attrs: attrs(content),
    }
}

fn attrs(content: &Content) -> Vec<(String, String)> {
    let named = |name: &str, value: String| (name.to_owned(), value);
    match content {
        Content::Media(media) => {
            let mut attrs = vec![named("mime-type", media.mime_type.clone())];
            attrs.extend(media.filename.as_ref().map(|name| named("filename", name.clone())));
            attrs
        }
        Content::Location { latitude, longitude, .. } => {
            vec![named("latitude", latitude.to_string()), named("longitude", longitude.to_string())]
        }
        Content::Reaction { emoji, .. } => vec![named("emoji", emoji.clone().unwrap_or_default())],
        Content::Form { name, .. } => vec![named("form", name.clone())],
        Content::CallPermission { given, .. } => vec![named("given", given.to_string())],
        Content::Order { catalog, items, .. } => {
            let products = items.iter().map(|item| named("product", item.product.clone()));
            std::iter::once(named("catalog", catalog.clone())).chain(products).collect()
        }
        Content::Contacts { cards } => {
            let phones = cards.iter().flat_map(|card| &card.phones);
            phones.map(|phone| named("phone", phone.phone.clone())).collect()
        }
        Content::Unsupported { what, .. } => vec![named("what", what.clone())],
        Content::Text { .. }
        | Content::Choice { .. }
        | Content::Button { .. }
        | Content::Welcome
        | Content::Placeholder => Vec::new(),
    }
}

/// Milliseconds since 1970, as the contract counts. Times before 1970 count as 1970.
pub(crate) fn instant(time: Time) -> u64 {
    u64::try_from(time.as_millisecond()).unwrap_or(0)
}

/// The wall clock of a moment.
pub(crate) fn local(calendar: &Calendar, at: Time) -> contract::LocalTime {
    let local = calendar.local(at);
    contract::LocalTime {
        date: local.date().to_string(),
        weekday: local.weekday().to_monday_one_offset().unsigned_abs(),
        minute: u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs()),
        zone: local.time_zone().iana_name().unwrap_or("UTC").to_owned(),
    }
}

/// What a calendar says of a moment.
pub(crate) fn hours(calendar: &Calendar, at: Time) -> contract::Calendar {
    let state = calendar.state(at);
    contract::Calendar {
        open: state.open,
        next_change: state.next_change.map(instant),
        next_change_local: state.next_change.map(|change| local(calendar, change)),
    }
}
