//! What Meta tells of the company's own things: its accounts, numbers and templates, and who answers on them.
//!
//! None of it is about a customer, so it stands in clear. Meta's sets of words grow every few months: they are kept as
//! Meta writes them, and empty where nothing was told. Whoever acts on one compares the word it knows.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::id::NumberId;
use crate::sealed::Personal;

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TemplateName {
    /// Meta's identifier.
    pub id: String,
    /// The company's name for it.
    pub name: String,
    /// The language, as `es_CO`.
    pub language: String,
}

/// What changed about a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum TemplateChange {
    /// Whether it may be sent (Meta, *Webhooks: message_template_status_update*).
    Status {
        /// `APPROVED`, `REJECTED`, `PAUSED`, `DISABLED`, `PENDING`, `FLAGGED` …
        status: String,
        /// `INVALID_FORMAT`, `PROMOTIONAL` …
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// `MARKETING`, `UTILITY`, `AUTHENTICATION`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        category: String,
        /// From when on it is disabled, as Meta writes the date.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        disabled_from: String,
        /// `FIRST_PAUSE`, `SECOND_PAUSE`, `RATE_LIMITING_PAUSE`, `UNPAUSE`, `DISABLED`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
        /// Meta's words for it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        description: String,
        /// Why it was rejected, in Meta's words.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        rejection: String,
        /// What Meta recommends.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        recommendation: String,
    },
    /// How its readers like it: `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    Quality {
        /// Before.
        was: String,
        /// Now.
        now: String,
    },
    /// What it counts and costs as.
    Category {
        /// Before, once it has changed.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        was: String,
        /// Now.
        now: String,
        /// What Meta will make of it, announced a day before.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        coming: String,
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Time>,
    },
    /// What it says, as it was edited.
    Components {
        /// What stands above.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
        /// The words.
        body: String,
        /// What stands below.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        footer: String,
        /// What can be pressed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        buttons: Vec<TemplateButton>,
    },
}

/// A button of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateButton {
    /// `QUICK_REPLY`, `URL`, `PHONE_NUMBER` …
    pub kind: String,
    /// Its words.
    pub text: String,
    /// The page that it opens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The number that it calls.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone: String,
}

/// What Meta told last of a number of ours.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NumberTold {
    /// `TIER_250` to `TIER_UNLIMITED`; empty if nothing was told.
    pub limit: String,
    /// When.
    pub at: Option<Time>,
    /// Whether its messages are liked so little that it is in danger; none if nothing was told.
    pub flagged: Option<bool>,
}

impl NumberTold {
    /// Takes in what was told, in whatever order it comes.
    pub fn fold(&mut self, changed: &crate::event::NumberChanged) {
        let NumberChange::Limit { event, now, of_portfolio, .. } = &changed.change else { return };
        if changed.at < self.at {
            return;
        }
        self.at = changed.at;
        let limit = [now, of_portfolio].into_iter().find(|limit| !limit.is_empty());
        self.limit = limit.unwrap_or(&self.limit).clone();
        match event.as_str() {
            "FLAGGED" => self.flagged = Some(true),
            "UNFLAGGED" => self.flagged = Some(false),
            _ => {}
        }
    }

    /// Customers a day to whom it may write first: a number, `unlimited` or `unknown`.
    pub fn tier(&self) -> String {
        // `TIER_2K`, `TIER_100K`, as Meta writes thousands.
        match self.limit.strip_prefix("TIER_") {
            None => "unknown".to_owned(),
            Some("UNLIMITED") => "unlimited".to_owned(),
            Some(tier) => tier.strip_suffix('K').map_or_else(|| tier.to_owned(), |tier| format!("{tier}000")),
        }
    }

    /// `flagged`, `good` or `unknown`.
    pub fn quality(&self) -> &'static str {
        match self.flagged {
            Some(true) => "flagged",
            Some(false) => "good",
            None => "unknown",
        }
    }
}

/// What changed about a number of ours. Meta names it by how it is displayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum NumberChange {
    /// How many customers may be written to (Meta, *Webhooks: phone_number_quality_update*).
    Limit {
        /// `ONBOARDING`, `THROUGHPUT_UPGRADE`, `UPGRADE`, `DOWNGRADE`, `FLAGGED`, `UNFLAGGED`.
        event: String,
        /// `TIER_250` to `TIER_UNLIMITED`; Meta means to drop it.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        was: String,
        /// The same, now.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        now: String,
        /// The same for all numbers of the portfolio together.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        of_portfolio: String,
    },
    /// Whether the name that customers see was taken.
    Name {
        /// `APPROVED`, `REJECTED`, `DEFERRED`.
        decision: String,
        /// The name that was asked for.
        name: String,
        /// Why it was rejected.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// The name by which customers find the number.
    Username {
        /// The name; empty once it is deleted.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        /// `approved`, `reserved`, `deleted`.
        status: String,
    },
}

/// What changed about an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum AccountChange {
    /// Meta's `account_update`.
    Updated(Box<AccountUpdate>),
    /// Whether the account was accepted: `APPROVED`, `REJECTED`, `PENDING`, `DEFERRED`.
    Reviewed {
        /// Meta's word.
        decision: String,
    },
    /// Something that somebody should look at.
    Alert {
        /// `BUSINESS`, `PHONE_NUMBER`, `CURRENT_STATUS_ID`.
        of: String,
        /// Meta's identifier of it.
        id: String,
        /// `CRITICAL`, `WARNING`, `INFORMATIONAL`.
        severity: String,
        /// `ACTIVE`, `NONE` …
        status: String,
        /// `OBA_APPROVED`, `PROFILE_PICTURE_LOST` …
        kind: String,
        /// Meta's words for it.
        description: String,
    },
    /// How much the account may do.
    Capability {
        /// Customers that a number may begin to write to in a day, −1 for any; Meta means to drop it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customers_per_number: Option<i64>,
        /// The same for all numbers of the portfolio: `TIER_2K`, or a number.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        customers_per_portfolio: String,
        /// Numbers that the portfolio may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        numbers_per_portfolio: Option<i64>,
        /// Numbers that the account may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        numbers_per_account: Option<i64>,
    },
    /// Settings of a number, as JSON.
    Settings {
        /// `PHONE_NUMBER_SETTINGS`.
        kind: String,
        /// Which number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<NumberId>,
        /// The settings.
        settings: String,
    },
}

/// Meta's `account_update` (Meta, *Webhooks: account_update*): a word, and the one part that goes with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountUpdate {
    /// `ACCOUNT_RESTRICTION`, `DISABLED_UPDATE`, `PARTNER_ADDED` …
    pub event: String,
    /// The country of the company, as `CO`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// Whether the account is banned: `DISABLE`, `REINSTATE`, `SCHEDULE_FOR_DISABLE`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ban: String,
    /// From when on, as Meta writes the date: `April 17, 2025`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ban_date: String,
    /// Which policy was violated.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub violation: String,
    /// What is forbidden for a while.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<Restriction>,
    /// With whom the account is shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner: Option<PartnerOf>,
    /// From when on messages of authentication cost more abroad.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rates_from: Option<Time>,
    /// The same for single countries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rates_of_countries: Vec<(String, Option<Time>)>,
    /// How far the certification of a client is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certification: Option<Certification>,
    /// The price for many messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<VolumeTier>,
    /// Why and by whom the account was disconnected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnection: Option<Disconnection>,
}

impl AccountUpdate {
    /// Whether the account may not begin conversations, or none at all (Meta, *Policy enforcement*).
    pub fn stops_sending(&self) -> bool {
        let restricted = |of: &str| self.restrictions.iter().any(|restriction| restriction.kind == of);
        self.ban == "DISABLE"
            || matches!(self.event.as_str(), "ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED" | "PARTNER_REMOVED")
            || restricted("RESTRICTED_BIZ_INITIATED_MESSAGING")
            || restricted("RESTRICTED_CUSTOMER_INITIATED_MESSAGING")
    }
}

/// Something that is forbidden for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// `RESTRICTED_BIZ_INITIATED_MESSAGING`, `RESTRICTED_ADD_PHONE_NUMBER_ACTION` …
    pub kind: String,
    /// Until when; none if Meta did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// With whom an account is shared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PartnerOf {
    /// The account.
    pub account: String,
    /// The portfolio that owns it.
    pub owner: String,
    /// The partner's app.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub app: String,
    /// The solution of several partners.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub solution: String,
    /// The portfolios of these partners.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub solution_partners: Vec<String>,
    /// The account for advertisements.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub advertising: String,
}

/// How far the certification of a client is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Certification {
    /// The client's portfolio.
    pub client: String,
    /// `APPROVED`, `REJECTED` …
    pub status: String,
    /// Why it was rejected.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// The price for many messages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VolumeTier {
    /// When it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// `UTILITY`, `AUTHENTICATION`.
    pub category: String,
    /// From how many messages to how many.
    pub tier: String,
    /// The month, as Meta writes it.
    pub month: String,
    /// The region.
    pub region: String,
}

/// Why and by whom an account was disconnected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Disconnection {
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
}

/// What a customer wants of our marketing (Meta, *Webhooks: user_preferences*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// What it is about: `marketing_messages`.
    pub category: String,
    /// `stop`, `resume`, `signup`.
    pub value: String,
    /// Meta's identifier of the form with which the customer signed up.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signup: String,
}

/// The category of marketing, the only one so far.
pub const MARKETING: &str = "marketing_messages";

/// A step of a call (Meta, *Webhooks: calls*).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CallStep {
    /// `connect`, `terminate`, `created` …; empty for a status.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub event: String,
    /// `RINGING`, `ACCEPTED`, `REJECTED` while it begins; `COMPLETED`, `FAILED` when it has ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status: String,
    /// `USER_INITIATED`, `BUSINESS_INITIATED`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub direction: String,
    /// When they began to speak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Time>,
    /// When they ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Time>,
    /// How long they spoke, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<i64>,
}

impl CallStep {
    /// Whether the customer called: that opens the 24-hour window like a message does (Meta, *Messaging windows*).
    pub fn is_customers_call(&self) -> bool {
        self.event == "connect" && self.direction == "USER_INITIATED"
    }
}

/// Who answers in a conversation (Meta, *Webhooks: messaging_handovers*).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Handover {
    /// `control_passed`, `control_taken`.
    pub kind: String,
    /// The app that answered before.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub previous_app: String,
    /// What that app is to the account.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub previous_app_role: String,
    /// What answered before.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub previous_role: String,
    /// What answers now.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub new_role: String,
}

/// How a line of a conversation came about that this host neither received nor sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Origin {
    /// The company wrote it in the app on a telephone (Meta, *Webhooks: smb_message_echoes*).
    App,
    /// It was said before the number came to this host (Meta, *Webhooks: history*).
    Past {
        /// What had become of it: `READ`, `DELIVERED` …
        #[serde(default, skip_serializing_if = "String::is_empty")]
        status: String,
    },
}

/// Meta's words about one customer, with whatever stands beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail(pub String);

impl Personal for Detail {
    const LABEL: &'static str = "platform.detail";
}
