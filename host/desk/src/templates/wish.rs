//! What somebody wants of templates, as one value: so that it can be agreed on first and be done later as it was read.

use domain::law::language::Language;
use domain::stream::Actor;
use domain::templates::words::category;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use whatsapp::TemplateForm;

use super::{TemplateError, Which};
use crate::assemble::Desk;

/// Something that is wanted of templates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum TemplateWish {
    /// To see what Meta has.
    Sync {
        /// The account (WABA); none for all.
        account: Option<String>,
    },
    /// A new one.
    Create {
        /// The account; none where only one is known.
        account: Option<String>,
        /// What Meta is to review.
        form: TemplateForm,
    },
    /// Another text of one.
    Edit {
        /// The account; none where only one is known.
        account: Option<String>,
        /// What Meta is to review.
        form: TemplateForm,
    },
    /// That it is gone, in one language or in all.
    Delete(Which),
    /// That a pause by which Meta paces it ends.
    Unpause(Which),
    /// That the category which Meta gave it is taken as it is.
    Accept(Which),
}

impl TemplateWish {
    /// Whether it changes what customers will read, so that more than one person has to agree.
    pub fn is_change(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Edit { .. } | Self::Delete(_))
    }

    /// What it is, as people read it.
    pub fn words(&self, language: Language) -> String {
        let say = |es: &str, pt: &str, en: &str| language.pick(es, pt, en).to_owned();
        let form = |verb: String, form: &TemplateForm| {
            format!("{verb} «{}» ({}), {}", form.name, form.language, category(&form.category, language))
        };
        let which = |verb: String, which: &Which| {
            let of = which.language.as_ref().map(|of| format!(" ({of})")).unwrap_or_default();
            format!("{verb} «{}»{of}", which.name)
        };
        match self {
            Self::Sync { .. } => {
                say("mirar la cuenta de Meta", "ver a conta da Meta", "look at Meta's account")
            }
            Self::Create { form: of, .. } => form(say("crear", "criar", "create"), of),
            Self::Edit { form: of, .. } => form(say("cambiar", "mudar", "edit"), of),
            Self::Delete(of) => which(say("borrar", "apagar", "delete"), of),
            Self::Unpause(of) => which(say("quitar la pausa de", "tirar a pausa de", "unpause"), of),
            Self::Accept(of) => {
                which(say("aceptar la categoría de", "aceitar a categoria de", "accept the category of"), of)
            }
        }
    }

    /// What it is, in a line for programs and the record.
    pub fn title(&self) -> String {
        let form = |verb: &str, form: &TemplateForm| {
            format!("{verb} {} {} {}", form.name, form.language, form.category)
        };
        let which = |verb: &str, which: &Which| {
            format!("{verb} {} {}", which.name, which.language.as_deref().unwrap_or("*"))
        };
        match self {
            Self::Sync { .. } => "sync".to_owned(),
            Self::Create { form: of, .. } => form("create", of),
            Self::Edit { form: of, .. } => form("edit", of),
            Self::Delete(of) => which("delete", of),
            Self::Unpause(of) => which("unpause", of),
            Self::Accept(of) => which("accept", of),
        }
    }
}

impl Desk {
    /// Whether a wish makes sense, before anybody is asked to agree to it.
    pub fn check_template(&self, wish: &TemplateWish) -> Result<(), TemplateError> {
        match wish {
            TemplateWish::Create { account, form } => {
                form.check()?;
                self.account(account.clone()).map(drop)
            }
            TemplateWish::Edit { account, form } => {
                form.check()?;
                let (name, language) = (form.name.clone(), Some(form.language.clone()));
                self.one(&Which { account: account.clone(), name, language }).map(drop)
            }
            TemplateWish::Delete(which) => self.some(which).map(drop),
            TemplateWish::Unpause(which) | TemplateWish::Accept(which) => self.one(which).map(drop),
            TemplateWish::Sync { .. } => Ok(()),
        }
    }

    /// Does what is wanted, and says what came of it.
    pub async fn wish_template(&self, by: Actor, wish: TemplateWish) -> Result<Value, TemplateError> {
        Ok(match wish {
            TemplateWish::Sync { account } => {
                let synced = self.sync_templates(by, account).await?;
                let one = |of: super::Synced| json!({"account": of.account, "templates": of.templates, "found": of.found, "gone": of.gone});
                json!({"accounts": synced.into_iter().map(one).collect::<Vec<_>>()})
            }
            TemplateWish::Create { account, form } => {
                json!(self.create_template(by, account, &form).await?)
            }
            TemplateWish::Edit { account, form } => json!(self.edit_template(by, account, &form).await?),
            TemplateWish::Delete(which) => json!({"deleted": self.delete_template(by, &which).await?}),
            TemplateWish::Unpause(which) => json!(self.unpause_template(by, &which).await?),
            TemplateWish::Accept(which) => json!({"category": self.accept_template(by, &which).await?}),
        })
    }
}
