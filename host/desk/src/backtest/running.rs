//! Asks the candidate's rules, and counts what differs.
//!
//! A conversation belongs to one runner, which goes through its moments in order: what a rule notes is there when it is asked next,
//! and behind the first difference of a case everything counts as a simulation.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::Time;
use domain::backtest::{Came, Compared, Difference, Example, Tally};
use domain::decision::{Effect, Kind, Since, Verdict, Why};
use domain::id::{AgentId, CaseId, ConversationId, QueueId};
use rules::{Meant, Question, Snapshot, contract};

use super::Contender;
use super::moment::{Moment, Notes, Reading};
use super::past::{Past, queue};
use crate::attend::{default_place, known_part};

/// Asks the rules of some conversations.
pub(super) struct Runner<'a> {
    host: &'a rules::Host,
    contender: &'a Contender,
    notes: Arc<Notes>,
    /// Cases that would have gone another way.
    otherwise: HashSet<CaseId>,
    /// What a rule would have dealt with where rules for a place were asked next: by conversation, the command.
    dealt: HashMap<ConversationId, u64>,
    /// Silences of cases that a rule would have closed: nobody would have looked after them any more.
    closed: HashSet<(CaseId, Time)>,
    pub(super) tally: Tally,
}

/// Asks all that is ready, on a thread a runner. Gives how many decisions that were.
pub(super) fn all(runners: &mut [Runner<'_>], past: &mut Past<'_>) -> u64 {
    let ready = std::mem::take(&mut past.ready);
    let count = ready.len() as u64;
    let mut parts: Vec<Vec<Moment>> = runners.iter().map(|_| Vec::new()).collect();
    let many = parts.len().max(1);
    for moment in ready {
        let place = usize::from(moment.conversation.to_bytes()[0]) % many;
        if let Some(part) = parts.get_mut(place) {
            part.push(moment);
        }
    }
    std::thread::scope(|scope| {
        for (runner, part) in runners.iter_mut().zip(parts) {
            // At the low priority of the thread that begins them.
            scope.spawn(move || part.iter().for_each(|moment| runner.ask(moment)));
        }
    });
    count
}

impl<'a> Runner<'a> {
    pub(super) fn new(host: &'a rules::Host, contender: &'a Contender) -> Self {
        Self {
            host,
            contender,
            notes: Arc::default(),
            otherwise: HashSet::new(),
            dealt: HashMap::new(),
            closed: HashSet::new(),
            tally: Tally::default(),
        }
    }

    fn ask(&mut self, moment: &Moment) {
        if moment.kind == Kind::Routing && self.dealt.get(&moment.conversation) == Some(&moment.command) {
            return self.tally.not_asked(queue(&moment.then));
        }
        // At other moments there is no case to close, or the host does not let it be.
        let silence = moment.followed.filter(|followed| followed.moment.since == Since::Quiet);
        let silence = silence.map(|followed| (moment.case, followed.from));
        if silence.is_some_and(|silence| self.closed.contains(&silence)) {
            return self.tally.not_asked(None);
        }
        let meant = match (&moment.only, moment.followed) {
            (Some(rule), _) => Meant::One(rule),
            (None, Some(followed)) => Meant::At(followed.moment),
            (None, None) => Meant::All,
        };
        let (now, preferred) = self.would(moment, moment.kind, moment.why, meant, &moment.input);
        if let (Some(silence), true) = (silence, now.closes()) {
            self.closed.insert(silence);
        }
        let difference = Difference::between(&moment.then, &now);
        let (from, mut to) = (queue(&moment.then), queue(&now));
        if moment.kind == Kind::Responding && moment.unplaced {
            match (moment.then.needs_person(), now.needs_person()) {
                (true, false) => drop(self.dealt.insert(moment.conversation, moment.command)),
                (false, true) => to = self.place(moment, &now),
                _ => {}
            }
        }
        let simulated = self.otherwise.contains(&moment.case);
        if difference.is_some() {
            self.otherwise.insert(moment.case);
        }
        let (event, conversation, case) = (moment.event, moment.conversation, moment.case);
        let at = Example { event, conversation, case, from, to, simulated };
        self.tally.count(Compared { at, time: moment.time, difference, preferred });
    }

    /// Where a case would have gone that a rule really dealt with.
    fn place(&mut self, moment: &Moment, now: &Came) -> Option<QueueId> {
        let left = matches!(now, Came::Left { .. }) && moment.why != Why::Answer;
        let why = if left { moment.why } else { Why::HandedOver };
        let input = contract::Input { why: why.word().to_owned(), ..moment.input.clone() };
        queue(&self.would(moment, Kind::Routing, why, Meant::All, &input).0)
    }

    /// What the rules of a kind come to, and whom they would wait for.
    fn would(
        &mut self,
        moment: &Moment,
        kind: Kind,
        why: Why,
        meant: Meant<'_>,
        input: &contract::Input,
    ) -> (Came, Option<AgentId>) {
        let reading = Reading { readable: Arc::clone(&moment.readable), notes: Arc::clone(&self.notes) };
        let snapshot: Arc<dyn Snapshot> = Arc::new(reading);
        let asking = Question { conversation: moment.conversation, input, snapshot: &snapshot };
        let tried = self.contender.generation.would(self.host, kind, meant, &asking);
        tried.asked.iter().for_each(|asked| self.tally.asked(asked));
        let company = &self.contender.company;
        let Some(decided) = tried.decided else {
            let came = match kind {
                Kind::Responding => Came::Left { to_people: matches!(why, Why::Message | Why::Answer) },
                Kind::Following => Came::Left { to_people: false },
                _ if why == Why::Overflow => Came::Stays,
                _ => Came::Placed(default_place(company, &moment.number, moment.queue.as_ref())),
            };
            return (came, None);
        };
        self.notes.take(&moment.readable, &decided.rule, &decided.effects);
        let wakes = decided.effects.iter().filter(|effect| matches!(effect, Effect::WakeAfter { .. }));
        self.tally.wakes += wakes.count() as u64;
        let requests = decided.effects.iter().filter(|effect| matches!(effect, Effect::Request { .. }));
        self.tally.requests += requests.count() as u64;
        match decided.verdict {
            Verdict::Place(place) => {
                let (place, _) = known_part(company, &place);
                let preferred = place.prefer.as_ref().map(|prefer| prefer.agent.clone());
                (Came::Placed(place), preferred)
            }
            verdict => (Came::dealt(verdict, &decided.effects), None),
        }
    }
}
