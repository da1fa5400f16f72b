//! Routes, each with what it is in the matrix.
//!
//! A route is added with its action or not at all, and the list that is made on the way is what the door looks at and what
//! tests walk. A handler that got into the router by another way is in no list, and so does not exist.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use domain::raci::action::Action;

use crate::api::openapi::Page;

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// GET, POST or DELETE.
    pub method: Method,
    /// Its path, as it was added.
    pub path: &'static str,
    /// What it is in the matrix.
    pub action: Action,
    /// What a request to it is about.
    pub(crate) about: About,
    /// The largest body that the API reads of it, in bytes; as much as of any other if none.
    pub(crate) largest: Option<usize>,
    /// What its page says, if it has one.
    pub(crate) page: Option<Page>,
}

/// Where a request says what it is about: whoever has a scope reaches no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// It is about the whole company.
    Company,
    /// `number` in its JSON names one of the company's numbers, and `reason` may say why.
    NumberInBody,
    /// `phone`, `user-id` or `id` in its JSON names a customer, and `reason` may say why.
    ContactInBody,
    /// `entry` in its JSON names an entry of the journal.
    EntryInBody,
    /// `conversation` in its query names a conversation.
    ConversationInQuery,
    /// The last part but one of its path names a conversation.
    ConversationInPath,
    /// The last part but two of its path does.
    ActInPath,
    /// The end of its path names a message with a medium.
    MessageInPath,
    /// Each sees the part of it that their scope reaches: its handler leaves out the rest.
    WithinScope,
    /// `of` in its query names a conversation, or something that belongs to one (`Desk::which`).
    DecisionInQuery,
    /// `of` in its JSON does.
    DecisionInBody,
    /// Its path names a rule: how much of what it is for somebody reaches, its handler asks once more.
    RuleInPath,
    /// Its path names a set of rules.
    SetInPath,
}

/// Routes that can be added to.
pub struct Routes<S = ()> {
    pub(crate) list: Vec<Route>,
    pub(crate) router: Router<S>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None.
    #[allow(clippy::new_without_default, reason = "it is the beginning of a chain")]
    pub fn new() -> Self {
        Self { list: Vec::new(), router: Router::new() }
    }

    /// One that reads.
    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &'static str, action: Action, handler: H) -> Self {
        self.with(Method::GET, path, action, axum::routing::get(handler))
    }

    /// One that does something.
    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &'static str, action: Action, handler: H) -> Self {
        self.with(Method::POST, path, action, axum::routing::post(handler))
    }

    /// One that takes something away.
    pub fn delete<H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        action: Action,
        handler: H,
    ) -> Self {
        self.with(Method::DELETE, path, action, axum::routing::delete(handler))
    }

    fn with(
        mut self,
        method: Method,
        path: &'static str,
        action: Action,
        handler: axum::routing::MethodRouter<S>,
    ) -> Self {
        self.list.push(Route { method, path, action, about: About::Company, largest: None, page: None });
        self.router = self.router.route(path, handler);
        self
    }

    /// Says what requests to the last one are about.
    pub(crate) fn about(mut self, about: About) -> Self {
        if let Some(last) = self.list.last_mut() {
            last.about = about;
        }
        self
    }

    /// Says how much the API reads of the last one's body, in bytes.
    pub(crate) fn largest(mut self, bytes: usize) -> Self {
        if let Some(last) = self.list.last_mut() {
            last.largest = Some(bytes);
        }
        self
    }

    /// Says what the page of the last one says.
    pub(crate) fn page(mut self, page: Page) -> Self {
        if let Some(last) = self.list.last_mut() {
            last.page = Some(page);
        }
        self
    }

    /// These and others.
    pub fn merge(mut self, other: Self) -> Self {
        self.list.extend(other.list);
        self.router = self.router.merge(other.router);
        self
    }

    /// The same with something around all of them.
    pub fn wrapped(mut self, wrap: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        self.router = wrap(self.router);
        self
    }

    /// The same with what their handlers work on.
    pub fn with_state(self, state: S) -> Routes {
        Routes { list: self.list, router: self.router.with_state(state) }
    }

    /// All of them.
    pub fn list(&self) -> &[Route] {
        &self.list
    }
}
