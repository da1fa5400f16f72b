// A list below a field in which somebody is writing: arrows choose, Enter takes, Escape leaves, and the field keeps the focus.

// `options` are elements of the list; whatever is taken is told to `take` by its place.
export function choosing({ field, list, take }) {
  let chosen = 0;
  const shut = () => {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };
  const mark = () => {
    for (const [n, option] of [...list.children].entries()) option.setAttribute("aria-selected", n === chosen);
    const current = list.children[chosen];
    if (!current?.id) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", current.id);
    current.scrollIntoView({ block: "nearest" });
  };
  const show = (options) => {
    chosen = 0;
    for (const [n, option] of options.entries()) {
      option.id = `${list.id}-${n}`;
      option.setAttribute("role", "option");
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(n); });
    }
    list.replaceChildren(...options);
    list.hidden = !options.length;
    stood = field.selectionStart;
    mark();
  };
  field.addEventListener("blur", shut);
  // What was offered was for where the cursor was.
  let stood = 0;
  field.addEventListener("input", () => { stood = field.selectionStart; });
  document.addEventListener("selectionchange", () => { if (!list.hidden && document.activeElement === field && field.selectionStart !== stood) shut(); });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], many = list.children.length;
    if (step) chosen = (chosen + step + many) % many;
    else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") shut();
    else return;
    // It is meant for the list, and neither sends nor leaves.
    event.preventDefault();
    event.stopImmediatePropagation();
    if (step) mark();
  });
  return { show, shut };
}
