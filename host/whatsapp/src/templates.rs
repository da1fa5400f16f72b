//! Managing templates (Meta, *Business Management API: Message templates*).
//!
//! What is wanted of a template is checked before it leaves (`form`): a refusal of Meta's costs a call of few, and names
//! neither field nor limit.

mod form;

use domain::platform::TemplateName;
use domain::templates::TemplateFound;
use hyper::Method;
use serde_json::{Value, json};

use crate::calls::{CallError, Content, escaped, is_identifier, no_identifier};
use crate::client::Graph;
use crate::media::Asked;

pub use form::TemplateForm;

/// Templates on a page. An account has at most 6,000.
const PAGE: usize = 200;

/// Pages of an account. More would be a cursor that leads in a circle.
const PAGES: usize = 100;

/// What is asked of a template.
const FIELDS: &str = "id,name,language,status,category,components,quality_score,rejected_reason";

/// Where templates are managed: Meta, or a simulation of it. An account is a WABA.
pub trait Management: Send + Sync {
    /// A page of an account's templates, and the cursor of the next one.
    fn page<'a>(&'a self, account: &'a str, after: Option<&'a str>) -> Asked<'a, Page>;

    /// Sends in a new one. It is reviewed.
    fn create<'a>(&'a self, account: &'a str, form: &'a TemplateForm) -> Asked<'a, Created>;

    /// Sends in other words for one. It is reviewed again.
    fn edit<'a>(&'a self, id: &'a str, form: &'a TemplateForm) -> Asked<'a, ()>;

    /// Deletes a name in all languages, or the one with an id only.
    fn delete<'a>(&'a self, account: &'a str, name: &'a str, id: Option<&'a str>) -> Asked<'a, ()>;

    /// Ends a pause by which Meta paces it.
    fn unpause<'a>(&'a self, id: &'a str) -> Asked<'a, ()>;
}

/// Some templates.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// They.
    pub templates: Vec<TemplateFound>,
    /// Where the next page begins; none if there is none.
    pub next: Option<String>,
}

impl Page {
    /// Whether so many pages were read that the cursor must lead in a circle.
    pub const fn is_too_far(pages: usize) -> bool {
        pages > PAGES
    }
}

/// What Meta says of a new template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Its identifier.
    pub id: String,
    /// As what it counts: Meta may choose another than was asked for.
    pub category: String,
}

impl Management for Graph {
    fn page<'a>(&'a self, account: &'a str, after: Option<&'a str>) -> Asked<'a, Page> {
        Box::pin(async move {
            let account = identifier("an account", account)?;
            let mut path = format!("{account}/message_templates?fields={FIELDS}&limit={PAGE}");
            if let Some(after) = after {
                path += &format!("&after={}", escaped(after));
            }
            let json = self.call(Method::GET, &path, None, self.timeout).await?;
            let list = json.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let next = json.pointer("/paging/cursors/after").and_then(Value::as_str);
            let next = next.filter(|_| json.pointer("/paging/next").is_some()).map(str::to_owned);
            Ok(Page { templates: list.iter().filter_map(template).collect(), next })
        })
    }

    fn create<'a>(&'a self, account: &'a str, form: &'a TemplateForm) -> Asked<'a, Created> {
        Box::pin(async move {
            let account = identifier("an account", account)?;
            let content = Content::json(&form.json());
            let path = format!("{account}/message_templates");
            let json = self.call(Method::POST, &path, Some(content), self.timeout).await?;
            let category = json.get("category").and_then(Value::as_str).unwrap_or(&form.category);
            match id(&json) {
                Some(id) => Ok(Created { id, category: category.to_ascii_uppercase() }),
                None => Err(CallError::NoAnswer { why: "accepted, by an answer without an id".to_owned() }),
            }
        })
    }

    fn edit<'a>(&'a self, id: &'a str, form: &'a TemplateForm) -> Asked<'a, ()> {
        Box::pin(async move {
            let id = identifier("a template", id)?;
            let body = json!({"category": form.category, "components": form.components});
            done(&self.call(Method::POST, id, Some(Content::json(&body)), self.timeout).await?)
        })
    }

    fn delete<'a>(&'a self, account: &'a str, name: &'a str, id: Option<&'a str>) -> Asked<'a, ()> {
        Box::pin(async move {
            let account = identifier("an account", account)?;
            let mut path = format!("{account}/message_templates?name={}", escaped(name));
            if let Some(id) = id {
                path += &format!("&hsm_id={}", identifier("a template", id)?);
            }
            done(&self.call(Method::DELETE, &path, None, self.timeout).await?)
        })
    }

    fn unpause<'a>(&'a self, id: &'a str) -> Asked<'a, ()> {
        Box::pin(async move {
            let path = format!("{}/unpause", identifier("a template", id)?);
            done(&self.call(Method::POST, &path, None, self.timeout).await?)
        })
    }
}

fn identifier<'a>(what: &str, text: &'a str) -> Result<&'a str, CallError> {
    if is_identifier(text) { Ok(text) } else { Err(no_identifier(what, text)) }
}

/// A template as the API tells it. None for one without a name, which nobody could send.
fn template(json: &Value) -> Option<TemplateFound> {
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let template = TemplateName { id: id(json)?, name: text("name"), language: text("language") };
    if template.name.is_empty() {
        return None;
    }
    let quality = json.pointer("/quality_score/score").and_then(Value::as_str).unwrap_or_default();
    let reason = Some(text("rejected_reason")).filter(|reason| reason != "NONE").unwrap_or_default();
    let components = json.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    Some(TemplateFound {
        template,
        status: text("status"),
        reason,
        quality: quality.to_owned(),
        category: text("category"),
        components,
    })
}

/// Identifiers come as texts and as numbers.
fn id(json: &Value) -> Option<String> {
    let id = json.get("id")?;
    id.as_str().map(str::to_owned).or_else(|| Some(id.as_u64()?.to_string()))
}

/// `{success}`, with a `reason` if it is none.
fn done(json: &Value) -> Result<(), CallError> {
    if json.get("success").and_then(Value::as_bool) == Some(true) {
        return Ok(());
    }
    let reason = json.get("reason").and_then(Value::as_str).unwrap_or("it was answered, and not by success");
    let (title, details) = (reason.to_owned(), String::new());
    Err(CallError::Refused { code: -1, subcode: 0, http: 200, title, details })
}
