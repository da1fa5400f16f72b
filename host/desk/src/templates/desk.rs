//! What people want of templates. What Meta took is recorded with who wanted it; what it refused changes nothing.

use domain::Time;
use domain::id::{AgentId, ConversationId, NumberId};
use domain::law::class::Category;
use domain::message::{Outgoing, Reading, Template as Filled};
use domain::platform::TemplateName;
use domain::stream::{Actor, Stream};
use domain::templates::{Submission, Template, TemplateSubmitted, Why};
use serde::{Deserialize, Serialize};
use store::Draft;
use whatsapp::TemplateForm;

use super::{Account, Synced, TemplateError, accounts, find, sync};
use crate::assemble::Desk;
use crate::command::{CommandError, DeskError, Done};

/// Which template somebody means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Which {
    /// The account (WABA); none where only one is known.
    pub account: Option<String>,
    /// The name.
    pub name: String,
    /// The language; none for all.
    pub language: Option<String>,
}

impl Desk {
    /// An agent sends a template: the one thing that may be said outside of the 24-hour window.
    pub async fn send_template(
        &self,
        agent: &AgentId,
        conversation: ConversationId,
        template: Filled,
    ) -> Result<Done, CommandError> {
        self.reply(agent, conversation, Outgoing::Template(template)).await
    }

    /// All templates of which something is known.
    pub fn templates(&self) -> Result<Vec<Template>, TemplateError> {
        Ok(self.shared.store.templates().map_err(DeskError::from)?)
    }

    /// A template as its customer read it at a moment, if it is known which one that is and what it said.
    pub fn template_read(
        &self,
        number: &NumberId,
        filled: &Filled,
        at: Time,
    ) -> Result<Option<Reading>, DeskError> {
        let Ok(template) = find(&self.shared, number, filled)? else { return Ok(None) };
        let said = self.shared.store.wording(&template.account, &template.template, at)?;
        Ok(said.and_then(|said| filled.reads(&said)))
    }

    /// Looks at all accounts, or at one.
    pub async fn sync_templates(
        &self,
        by: Actor,
        account: Option<String>,
    ) -> Result<Vec<Synced>, TemplateError> {
        let accounts = match account {
            Some(account) => vec![account],
            None => accounts(&self.shared)?.into_iter().collect(),
        };
        if accounts.is_empty() {
            return Err(TemplateError::Account { known: accounts });
        }
        let mut synced = Vec::new();
        for account in accounts {
            synced.push(sync(&self.shared, &account, by.clone()).await?);
        }
        Ok(synced)
    }

    /// Sends in a new template. It is checked before it leaves, and reviewed by Meta.
    pub async fn create_template(
        &self,
        by: Actor,
        account: Option<String>,
        form: &TemplateForm,
    ) -> Result<TemplateName, TemplateError> {
        form.check()?;
        let id = self.account(account)?;
        let account = Account::of(&self.shared, &id)?;
        account.take(true)?;
        let at = self.shared.now();
        let created = account.answered(account.management.create(&id, form).await)?;
        let template =
            TemplateName { id: created.id, name: form.name.clone(), language: form.language.clone() };
        let what = Submission::Create { category: created.category, components: form.components.clone() };
        let submitted = TemplateSubmitted { account: id.clone(), template: template.clone(), at, what };
        self.record(by, submitted).await?;
        Ok(template)
    }

    /// Sends in other words for a template. It is reviewed again, and not offered until then.
    pub async fn edit_template(
        &self,
        by: Actor,
        account: Option<String>,
        form: &TemplateForm,
    ) -> Result<TemplateName, TemplateError> {
        form.check()?;
        let (name, language) = (form.name.clone(), Some(form.language.clone()));
        let known = self.one(&Which { account, name, language })?;
        let account = Account::of(&self.shared, &known.account)?;
        account.take(false)?;
        let at = self.shared.now();
        account.answered(account.management.edit(&known.template.id, form).await)?;
        let (category, components) = (form.category.clone(), form.components.clone());
        let what = Submission::Edit { category, components };
        let template = known.template;
        self.record(by, TemplateSubmitted { account: known.account, template: template.clone(), at, what })
            .await?;
        Ok(template)
    }

    /// Deletes a template in one language or in all, and says in which.
    pub async fn delete_template(
        &self,
        by: Actor,
        which: &Which,
    ) -> Result<Vec<TemplateName>, TemplateError> {
        let known = self.some(which)?;
        let mut deleted = Vec::new();
        for known in known {
            let account = Account::of(&self.shared, &known.account)?;
            account.take(false)?;
            let (at, template) = (self.shared.now(), known.template);
            let id = Some(template.id.as_str()).filter(|id| !id.is_empty());
            account.answered(account.management.delete(&known.account, &template.name, id).await)?;
            deleted.push(template.clone());
            let what = Submission::Delete;
            self.record(by.clone(), TemplateSubmitted { account: known.account, template, at, what }).await?;
        }
        Ok(deleted)
    }

    /// Ends a pause by which Meta paces a template. That it has ended is told by a webhook.
    pub async fn unpause_template(&self, by: Actor, which: &Which) -> Result<TemplateName, TemplateError> {
        let known = self.one(which)?;
        let account = Account::of(&self.shared, &known.account)?;
        account.take(false)?;
        let at = self.shared.now();
        account.answered(account.management.unpause(&known.template.id).await)?;
        let (template, what) = (known.template, Submission::Unpause);
        self.record(by, TemplateSubmitted { account: known.account, template: template.clone(), at, what })
            .await?;
        Ok(template)
    }

    /// Takes the category that Meta gave a template as it is, so that it is offered again.
    pub async fn accept_template(&self, by: Actor, which: &Which) -> Result<Category, TemplateError> {
        let known = self.one(which)?;
        let word = known.category.word.clone();
        let category = Category::of(&word).ok_or(TemplateError::Why(Why::Category { category: word }))?;
        let (template, at) = (known.template, self.shared.now());
        let what = Submission::AcceptCategory { category };
        self.record(by, TemplateSubmitted { account: known.account, template, at, what }).await?;
        Ok(category)
    }

    pub(super) fn account(&self, given: Option<String>) -> Result<String, TemplateError> {
        if let Some(account) = given {
            return Ok(account);
        }
        let mut known: Vec<String> = accounts(&self.shared)?.into_iter().collect();
        match (known.pop(), known.is_empty()) {
            (Some(account), true) => Ok(account),
            (last, _) => Err(TemplateError::Account { known: known.into_iter().chain(last).collect() }),
        }
    }

    /// The languages of a name that are still there.
    pub(super) fn some(&self, which: &Which) -> Result<Vec<Template>, TemplateError> {
        let Which { account, name, language } = which;
        let meant = |known: &Template| {
            known.template.name == *name
                && !known.is_deleted()
                && language.as_ref().is_none_or(|language| known.template.language == *language)
                && account.as_ref().is_none_or(|account| known.account == *account)
        };
        let found: Vec<Template> = self.templates()?.into_iter().filter(meant).collect();
        if found.is_empty() {
            let language = language.clone().unwrap_or_else(|| "*".to_owned());
            return Err(TemplateError::Why(Why::Unknown { name: name.clone(), language }));
        }
        if found.iter().any(|other| other.account != found[0].account) {
            return Err(TemplateError::Why(Why::Account));
        }
        Ok(found)
    }

    /// The one that is meant.
    pub(super) fn one(&self, which: &Which) -> Result<Template, TemplateError> {
        let mut found = self.some(which)?;
        match (found.pop(), found.is_empty()) {
            (Some(template), true) => Ok(template),
            _ => Err(TemplateError::Language(which.name.clone())),
        }
    }

    async fn record(&self, by: Actor, submitted: TemplateSubmitted) -> Result<(), DeskError> {
        let draft = Draft::new(Stream::Company, by, submitted)?;
        self.shared.store.commit(Vec::new(), vec![draft]).await?;
        Ok(())
    }
}
