//! `timonel template`: the company's templates, through the running host.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Value, json};
use whatsapp::TemplateForm;

use crate::control;
use crate::proposal_tools;
use crate::settings::Settings;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// All templates: whether they are offered, as what they count, and how they are liked.
    List {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// All that is known of a template.
    Show(Named),
    /// Send in a new template, from a file in TOML or JSON in Meta's own words. It is reviewed by Meta.
    Create {
        #[command(flatten)]
        form: Form,
        #[command(flatten)]
        because: Because,
    },
    /// Send in other words for a template. It is reviewed again.
    Edit {
        #[command(flatten)]
        form: Form,
        #[command(flatten)]
        because: Because,
    },
    /// Delete a template in one language, or in all.
    Delete {
        #[command(flatten)]
        named: Named,
        #[command(flatten)]
        because: Because,
    },
    /// End a pause by which Meta paces a template.
    Unpause(Named),
    /// Take the category that Meta gave a template as it is, so that it is offered again.
    Accept(Named),
    /// Send one customer a template, in a conversation. Beyond the mass threshold it is held until others agree.
    Send {
        /// The conversation, as `timonel audit list` and the page tell it.
        conversation: String,
        /// The template's name.
        name: String,
        /// Its language, as `es_CO`.
        #[arg(long)]
        language: String,
        /// What fills the gaps of its text, in their order.
        #[arg(long = "with")]
        with: Vec<String>,
    },
    /// Look what Meta has.
    Sync {
        /// The account (WABA); all that are known if none is named.
        #[arg(long)]
        account: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct Because {
    /// Why, where others have to agree first.
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Args)]
pub(crate) struct Named {
    /// Its name.
    name: String,
    /// The language, as `es_CO`; all if none is named.
    #[arg(long)]
    language: Option<String>,
    /// The account (WABA), where several are known.
    #[arg(long)]
    account: Option<String>,
}

#[derive(Args)]
pub(crate) struct Form {
    /// The file: `name`, `language`, `category`, `components`.
    file: PathBuf,
    /// The account (WABA), where several are known.
    #[arg(long)]
    account: Option<String>,
}

impl Named {
    fn wish(&self, what: &str) -> Value {
        json!({"do": what, "name": self.name, "language": self.language, "account": self.account})
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let wish = |wish: &Value| control::ask(&settings.data, Method::POST, "/templates", Some(wish));
    // None if others have to agree first.
    let change = |mut asked: Value, because: &Because| -> anyhow::Result<Option<Value>> {
        asked["reason"] = because.reason.as_str().into();
        let answer = wish(&asked)?;
        Ok((!proposal_tools::proposed(&answer)).then_some(answer))
    };
    match command {
        Command::List { json } => {
            let answer = control::ask(&settings.data, Method::GET, "/templates", None)?;
            if json {
                println!("{answer}");
            } else {
                list(&answer);
            }
        }
        Command::Show(named) => show(settings, &named)?,
        Command::Create { form, because } => {
            if let Some(made) = change(form_wish("create", &form)?, &because)? {
                println!("{} is with Meta for review", title(&made));
            }
        }
        Command::Edit { form, because } => {
            if let Some(edited) = change(form_wish("edit", &form)?, &because)? {
                println!("{} is with Meta for review, and not offered until then", title(&edited));
            }
        }
        Command::Delete { named, because } => {
            let Some(answer) = change(named.wish("delete"), &because)? else { return Ok(()) };
            for deleted in answer["deleted"].as_array().into_iter().flatten() {
                println!("{} is deleted", title(deleted));
            }
        }
        Command::Unpause(named) => {
            println!("{}: Meta was asked to end the pause", title(&wish(&named.wish("unpause"))?));
        }
        Command::Accept(named) => {
            let accepted = wish(&named.wish("accept"))?;
            println!("{} counts as {}", named.name, word(&accepted, "category"));
        }
        Command::Send { conversation, name, language, with } => {
            let conversation = conversation.strip_prefix("conversation/").unwrap_or(&conversation).to_owned();
            let gaps: Vec<Value> = with.iter().map(|words| json!({"value": {"text": words}})).collect();
            let body = json!({"is": "body", "parameters": gaps});
            let components = if with.is_empty() { json!([]) } else { json!([body]) };
            let template = json!({"name": name, "language": language, "components": components});
            let path = format!("/conversations/{conversation}/templates");
            let asked = json!({ "template": template });
            let sent = control::ask(&settings.data, Method::POST, &path, Some(&asked))?;
            if sent["held"] == true {
                println!(
                    "{} waits: there were too many of its kind within the hour, so others have to agree",
                    word(&sent, "message")
                );
            } else {
                println!("{} is queued", word(&sent, "message"));
            }
        }
        Command::Sync { account } => {
            let answer = wish(&json!({"do": "sync", "account": account}))?;
            for of in answer["accounts"].as_array().into_iter().flatten() {
                let (account, all, found, gone) =
                    (word(of, "account"), &of["templates"], &of["found"], &of["gone"]);
                println!("account {account}: {all} templates, {found} new or different, {gone} gone");
            }
        }
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn list(answer: &Value) {
    for template in answer["templates"].as_array().into_iter().flatten() {
        let offered = template["offered-as"].as_str();
        let why = template.pointer("/not-offered-because/en").and_then(Value::as_str);
        println!(
            "{:<32} {:<6} {:<10} {:<15} {:<8} {}",
            word(template, "name"),
            word(template, "language"),
            word(template, "status"),
            word(template, "category").to_lowercase(),
            word(template, "quality").to_lowercase(),
            offered.map_or_else(|| why.unwrap_or_default().to_owned(), |_| "offered".to_owned()),
        );
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn show(settings: &Settings, named: &Named) -> anyhow::Result<()> {
    let answer = control::ask(&settings.data, Method::GET, "/templates", None)?;
    let is_meant = |template: &&Value| {
        let is = |name: &str, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| word(template, name) == *wanted)
        };
        word(template, "name") == named.name
            && is("language", &named.language)
            && is("account", &named.account)
    };
    let found: Vec<&Value> = answer["templates"].as_array().into_iter().flatten().filter(is_meant).collect();
    anyhow::ensure!(
        !found.is_empty(),
        "there is no template `{}`: `timonel template sync` looks",
        named.name
    );
    for template in found {
        println!("{}", serde_json::to_string_pretty(template)?);
    }
    Ok(())
}

fn form_wish(what: &str, form: &Form) -> anyhow::Result<Value> {
    let read = read_form(&form.file)?;
    // Checked here too: an error in the file should not need a host.
    read.check().with_context(|| format!("in {}", form.file.display()))?;
    Ok(json!({"do": what, "account": form.account, "form": read}))
}

fn read_form(file: &Path) -> anyhow::Result<TemplateForm> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("the file {} cannot be read", file.display()))?;
    let is_json = file.extension().is_some_and(|extension| extension == "json");
    let read: anyhow::Result<TemplateForm> = if is_json {
        serde_json::from_str(&text).map_err(Into::into)
    } else {
        toml::from_str(&text).map_err(Into::into)
    };
    read.with_context(|| format!("in {}", file.display()))
}

fn word(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn title(template: &Value) -> String {
    format!("{} ({})", word(template, "name"), word(template, "language"))
}
