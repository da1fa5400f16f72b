//! What programs prove themselves with. A token is its issuer's, or of a program that its issuer answers for.

use domain::Time;
use domain::access::Token;
use domain::decision::Digest;
use domain::event::{TokenIssued, TokenRevoked};
use domain::id::{PersonId, TokenId};
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::Person;
use domain::raci::task::Task;
use domain::stream::Actor;
use jiff::SignedDuration;

use crate::error::AccessError;
use crate::people::People;
use crate::secrets;

/// The longest that a token counts, in days.
const TOKEN_DAYS: i64 = 366;

impl People {
    /// Issues a token, to a person or to a program that they answer for. What it is kept as is told once.
    pub async fn issue_token(
        &self,
        issuer: &Person,
        program: Option<&PersonId>,
        name: &str,
        scopes: Vec<String>,
        days: i64,
        raci: &Raci,
    ) -> Result<(TokenId, String, Token), AccessError> {
        let whose = match program {
            None => &issuer.id,
            Some(program) => {
                let theirs = raci.by_id(program).filter(|one| one.owner.as_ref() == Some(&issuer.id));
                &theirs.ok_or_else(|| AccessError::NotYours(program.clone()))?.id
            }
        };
        let name = name.trim();
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(AccessError::Name);
        }
        if scopes.is_empty() {
            return Err(AccessError::NoScopes);
        }
        let is_known = |word: &String| {
            Task::ALL.iter().any(|task| task.word() == *word)
                || Action::ALL.iter().any(|action| action.word() == *word)
        };
        if let Some(strange) = scopes.iter().find(|word| !is_known(word)) {
            return Err(AccessError::NoScope(strange.clone()));
        }
        if !(1..=TOKEN_DAYS).contains(&days) {
            return Err(AccessError::Days(days));
        }
        let now = self.now();
        let until = now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(Time::MAX);
        let (id, secret) = (TokenId::random(self.entropy()), secrets::random(self.entropy()));
        let digest = Digest::of(secret.as_bytes());
        let owner = program.map(|_| issuer.id.clone());
        let issued = TokenIssued {
            token: id,
            digest,
            name: name.to_owned(),
            scopes: scopes.clone(),
            until,
            owner: owner.clone(),
        };
        self.write(whose, None, Actor::Person(issuer.id.clone()), vec![issued.into()]).await?;
        let token = Token { digest, name: name.to_owned(), scopes, issued: now, until, owner };
        Ok((id, secrets::token(id, &secret), token))
    }

    /// Revokes a token, of a person or of a program that they answer for.
    pub async fn revoke_token(&self, id: TokenId, by: &Person, raci: &Raci) -> Result<(), AccessError> {
        let whose = self.store().person_by_token(id)?.ok_or(AccessError::NotThere)?;
        let answers = |program: &Person| program.owner.as_ref() == Some(&by.id);
        if whose != by.id && !raci.by_id(&whose).is_some_and(answers) {
            return Err(AccessError::NotThere);
        }
        self.write(&whose, None, Actor::Person(by.id.clone()), vec![TokenRevoked { token: id }.into()]).await
    }
}
