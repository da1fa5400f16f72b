// What somebody has not looked at yet. What a customer wrote since they were answered the host counts; how much of it was seen here is
// kept here, so that it costs nobody a write each time somebody looks.

// As many conversations as anybody has open in a day.
const KEPT = 300;

export function unread(person) {
  const key = `timonel-seen-${person}`;
  const seen = () => { try { return new Map(JSON.parse(localStorage.getItem(key) ?? "[]")); } catch { return new Map(); } };
  return {
    // How many of its messages; and one more if colleagues wrote or did something.
    of: ({ conversation, unanswered, remarked }) => {
      const [since, messages, remark] = seen().get(conversation) ?? [];
      const said = unanswered ? Math.max(0, unanswered.messages - (since === unanswered.since ? messages : 0)) : 0;
      return said + ((remarked ?? 0) > (remark ?? 0) ? 1 : 0);
    },
    saw: ({ conversation, unanswered, remarked }) => {
      const all = seen();
      all.delete(conversation);
      if (unanswered || remarked) all.set(conversation, [unanswered?.since ?? null, unanswered?.messages ?? 0, remarked ?? 0]);
      localStorage.setItem(key, JSON.stringify([...all].slice(-KEPT)));
    },
  };
}
