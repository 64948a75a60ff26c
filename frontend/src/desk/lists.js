// A list that is read anew (`[data-list-anew]`) keeps its length, its place, what is picked and what is open above it.
const listOf = (holder) => holder?.matches?.('[data-list-anew]') ? holder.closest('.list') : null;

let kept = null;

// The row of the open case is in sight: a case may have been opened from far down its list.
function showCurrent() {
  const rows = document.querySelector('.split > .list [data-rows]');
  const row = rows?.querySelector('.row[aria-current]');
  if (!row) return;
  const below = row.getBoundingClientRect().bottom - rows.getBoundingClientRect().bottom;
  if (below > 0) rows.scrollTop += below + rows.clientHeight / 3;
}

export function startLists() {
  showCurrent();
  document.addEventListener('htmx:configRequest', (event) => {
    const list = listOf(event.detail.elt);
    if (list) event.detail.parameters.rows = list.querySelectorAll('[data-rows] > li > .row').length;
  });
  document.addEventListener('htmx:beforeSwap', (event) => {
    const list = listOf(event.detail.requestConfig?.elt);
    if (!list) return;
    const search = list.querySelector('[data-search]');
    const bulk = list.querySelector('#bulk:not([hidden])');
    kept = {
      bulk,
      focus: bulk?.contains(document.activeElement) ? document.activeElement : null,
      top: list.querySelector('[data-rows]')?.scrollTop ?? 0,
      picked: [...list.querySelectorAll('[data-pick]:checked')].map((box) => box.value),
      typed: search?.value ?? '',
    };
    bulk?.remove(); // htmx would take its bindings away with the old list
  });
  document.addEventListener('htmx:afterSwap', (event) => {
    if (!kept || !event.detail.requestConfig?.elt?.matches?.('[data-list-anew]')) return;
    const { top, picked, typed, bulk, focus } = kept;
    kept = null;
    const list = document.querySelector('.split > .list');
    if (!list) return;
    for (const box of list.querySelectorAll('[data-pick]')) box.checked = picked.includes(box.value);
    list.querySelector('[data-pick]')?.dispatchEvent(new Event('change', { bubbles: true }));
    const search = list.querySelector('[data-search]');
    if (search) search.value = typed;
    const rows = list.querySelector('[data-rows]');
    if (rows) rows.scrollTop = top;
    if (!bulk) return;
    list.querySelector('#bulk')?.replaceWith(bulk);
    list.querySelector('[data-opens=bulk]')?.setAttribute('aria-expanded', 'true');
    focus?.focus({ preventScroll: true });
  });
  // `HX-Trigger: {"unpick": ["2609-…"]}`: what was done in these rows need not be done again.
  document.addEventListener('unpick', (event) => {
    const boxes = [...document.querySelectorAll('[data-pick]')].filter((box) => event.detail.value.includes(box.value));
    for (const box of boxes) box.checked = false;
    boxes[0]?.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
