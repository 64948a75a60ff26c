// Fields that depend on others (`data-when="name=value|value"` shows, `data-open-when` opens), picking of rows, copying, and Enter from an input method.
import { all, announce, banner, isComposing, make, onContent, say } from './page.js';

function valueOf(form, name) {
  const control = form.elements[name];
  if (!control) return '';
  if (control.type === 'checkbox') return control.checked ? 'true' : 'false';
  return control.value ?? '';
}

/** What is chosen: of several boxes with one name every one that is ticked. */
function chosenOf(form, name) {
  const boxes = all(form, `input[type="checkbox"][name="${name}"]`);
  const several = boxes.length > 1 || boxes.some((box) => box.hasAttribute('value'));
  return several ? boxes.filter((box) => box.checked).map((box) => box.value) : [valueOf(form, name)];
}

function holds(form, condition) {
  const [name, values] = condition.split('=');
  const chosen = chosenOf(form, name);
  return values.split('|').some((value) => chosen.includes(value));
}

function applyConditions(root) {
  for (const part of all(root, '[data-when]')) {
    const form = part.closest('form');
    if (!form) continue;
    const shown = holds(form, part.dataset.when);
    part.hidden = !shown;
    for (const control of part.querySelectorAll('input, select, textarea')) control.disabled = !shown;
  }
  // Opened, never closed again: somebody may be writing in it.
  for (const part of all(root, 'details[data-open-when]')) {
    const form = part.closest('form');
    if (form && holds(form, part.dataset.openWhen)) part.open = true;
  }
}

function fromRecord(field, text, value) {
  const said = field.closest('.field');
  said?.querySelector('[data-from-record]')?.remove();
  field.dataset.known = value;
  field.value = value;
  if (!value) return;
  if (field === document.activeElement) field.select();
  const note = make('p', 'help', text);
  note.dataset.fromRecord = 'true';
  said?.append(note);
  announce(text);
}

// What the record knows (`[data-fill]`, in an area that fills `[data-fills]`) stands where nothing was typed; it goes
// again, or gives way to another record's, while it is as it was filled in.
function fillKnown(root) {
  for (const area of all(root, '[data-fills]')) {
    const field = document.getElementById(area.dataset.fills);
    if (!field) continue;
    const known = area.querySelector('[data-fill]');
    const value = known?.dataset.fill ?? '';
    const untouched = !field.value.trim() || field.value === field.dataset.known;
    if (untouched && value !== (field.dataset.known ?? '')) fromRecord(field, known?.dataset.filled ?? '', value);
  }
}

function countPicked(area) {
  const boxes = [...area.querySelectorAll('[data-pick]')];
  const picked = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest('tr, li')?.setAttribute('data-picked', String(box.checked));
  const every = area.querySelector('[data-pick-all]');
  if (every) {
    every.checked = boxes.length > 0 && picked.length === boxes.length;
    every.indeterminate = picked.length > 0 && picked.length < boxes.length;
  }
  for (const bar of area.querySelectorAll('[data-picked-bar]')) bar.hidden = picked.length === 0;
  for (const number of area.querySelectorAll('[data-picked-count]')) number.textContent = String(picked.length);
}

export function startFields() {
  onContent(applyConditions);
  onContent(fillKnown);
  onContent((root) => all(root, '[data-bulk]').forEach(countPicked));
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (form) applyConditions(form);
    const area = event.target.closest?.('[data-bulk]');
    if (area && event.target.matches('[data-pick-all]')) {
      for (const box of area.querySelectorAll('[data-pick]')) box.checked = event.target.checked;
    }
    if (area) countPicked(area);
    if (event.target.matches?.('[data-submits]')) form?.requestSubmit();
  });
  document.addEventListener('input', (event) => {
    const { known } = event.target.dataset ?? {};
    if (known && event.target.value !== known) event.target.closest('.field')?.querySelector('[data-from-record]')?.remove();
  });
  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('[data-copy]');
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      banner('copied', 'ok', say('copied'));
      button.dataset.copied = 'true';
    } catch { /* without permission the text can still be marked by hand */ }
  });
  // Enter that only chooses a word of an input method must not send the form.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && isComposing(event) && event.target.form) event.preventDefault();
  }, true);
  // A second press must not send the form twice.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.sending === 'true' && !form.hasAttribute('hx-post')) { event.preventDefault(); return; }
    if (form.method === 'post') {
      form.dataset.sending = 'true';
      setTimeout(() => { delete form.dataset.sending; }, 5000);
    }
  });
  addEventListener('pageshow', () => { for (const form of document.forms) delete form.dataset.sending; });
}
