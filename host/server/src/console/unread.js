// What somebody has not looked at yet. What a customer wrote since they were answered the host counts; how much of it was seen here is
// kept here, so that it costs nobody a write each time somebody looks.

// As many conversations as anybody has open in a day.
const KEPT = 300;

export function unread(person) {
  const key = `timonel-seen-${person}`;
  const seen = () => { try { return new Map(JSON.parse(localStorage.getItem(key) ?? "[]")); } catch { return new Map(); } };
  return {
    // How many of its messages.
    of: ({ conversation, unanswered }) => {
      if (!unanswered) return 0;
      const [since, messages] = seen().get(conversation) ?? [];
      return Math.max(0, unanswered.messages - (since === unanswered.since ? messages : 0));
    },
    saw: ({ conversation, unanswered }) => {
      const all = seen();
      all.delete(conversation);
      if (unanswered) all.set(conversation, [unanswered.since, unanswered.messages]);
      localStorage.setItem(key, JSON.stringify([...all].slice(-KEPT)));
    },
  };
}
