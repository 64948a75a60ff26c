// The ruling bench. An answer is sent once it is given: by a press on a choice, by Enter, on leaving its field, and, of
// a date or of a choice made by keys, when nothing more comes for a moment. What comes back is put in around the field
// that one is in, which is never taken away or changed under the fingers. A ruling on other answers than stand in the
// fields now is not told, printed, copied or kept.
import { isComposing, onContent } from './page.js';

const PAUSE = 600;
const FIELD = 'input:not([type=hidden]), select, textarea';
const YEAR_IS_WHOLE = /^(19|20)\d\d-/;

let ruledOn = ''; // the answers on which the ruling that is shown rests
let sent = null; // the form as the request under way has it
let inPlace = false; // a field that is answered still stands where it was asked
let next = ''; // where the focus goes with what comes back: 'question', 'heading', 'tab'; empty: it stays
let sender = null; // the field that was left or pressed so
let keyed = null; // the field that is being worked by keys
let tabbed = false; // the last key was Tab, forward
let pressed = false; // a press has begun and not ended: nothing may move from under it
let moving = false; // the focus goes on by itself
let left = false; // a field was left under that press
let waiting = 0;

const benchForm = () => document.getElementById('bench-form');
const heading = () => document.querySelector('#bench [data-questions]');
const blockOf = (field) => field?.closest('.field');
const named = (root, name) => root.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`);
const fieldOf = (event) => (event.target.closest?.('#bench-form') && event.target.matches(FIELD) ? event.target : null);

/** What the form says, as the query of an address; `instead` counts in place of what it says by that name. */
function answers(form, name = '', instead = []) {
  const pairs = [...new FormData(form)].filter(([key]) => key !== name).concat(instead.map((value) => [name, value]));
  return new URLSearchParams(pairs.filter(([, value]) => value).sort()).toString();
}

const isBehind = () => answers(benchForm()) !== ruledOn;

function compare() {
  const behind = isBehind();
  for (const part of benchForm().querySelectorAll('[data-ruled]')) {
    part.inert = behind;
    part.toggleAttribute('data-behind', behind);
  }
}

function send(goesTo = '', from = null) {
  clearTimeout(waiting);
  [left, next, sender] = [false, goesTo, from];
  window.htmx.trigger(benchForm(), 'answered');
}

/** After a pause; a date not before its year is whole. */
function sendLater(field) {
  clearTimeout(waiting);
  if (field.type === 'date' && !YEAR_IS_WHOLE.test(field.value)) return;
  waiting = setTimeout(() => { if (benchForm() && isBehind()) send(); }, PAUSE);
}

/** Send, and wait for the next question where keys change nothing. */
function sendAndGoOn(field) {
  send('question', field);
  moving = true;
  heading()?.focus({ preventScroll: true });
  moving = false;
}

/** Make the children of `old` those of `fresh`; `kept` among them stays, in the place of `mate` or else on top. */
function around(old, fresh, kept, mate) {
  for (const node of [...old.childNodes]) if (node !== kept) node.remove();
  const nodes = [...(fresh?.childNodes ?? [])];
  const place = nodes.indexOf(mate);
  kept.before(...nodes.slice(0, Math.max(place, 0)));
  kept.after(...nodes.slice(place + 1));
}

/** Put what came in around a field; true where it would stand elsewhere now. */
function putAround(bench, fragment, field) {
  const block = blockOf(field);
  const mate = blockOf(named(fragment, field.name));
  const chain = [];
  for (let one = block.parentElement; one !== bench; one = one.parentElement) chain.unshift(one);
  const mates = [fragment];
  for (const one of chain) mates.push([...(mates.at(-1)?.children ?? [])].find((other) => other.dataset.keep === one.dataset.keep));
  const here = !!mate && mate.parentNode === mates.at(-1);
  if (!here) mate?.remove();
  for (const other of bench.querySelectorAll('.field')) if (other !== block) other.remove();
  [...chain, block].forEach((kept, at) => {
    if (mates[at]) around(at ? chain[at - 1] : bench, mates[at], kept, kept === block ? here && mate : mates[at + 1]);
  });
  return !here;
}

/** Lead the reader on: to what is refused, else where they were going. */
function goOn(bench, goesTo) {
  const wrong = bench.querySelector('[aria-invalid=true]');
  const question = bench.querySelector('[data-keep=questions] > .pad > .field');
  const first = question?.querySelector('[type=radio]:checked') ?? question?.querySelector(FIELD);
  if (wrong) wrong.focus();
  else if (goesTo === 'tab') bench.querySelector('.tabs [aria-current=page]')?.focus();
  else if (goesTo === 'question' && first) first.focus();
  else if (goesTo) (bench.querySelector('[data-focus]') ?? heading())?.focus({ preventScroll: true });
}

/** htmx puts into the bench what comes back by this. */
function handleSwap(style, bench, fragment) {
  const form = benchForm();
  if (!form || bench.id !== 'bench') return false;
  const at = document.activeElement;
  const field = bench.contains(at) && at.matches(FIELD) && blockOf(at) ? at : null;
  const before = field && sent ? sent.getAll(field.name) : [];
  const busy = !!field && (keyed === field || String(new FormData(form).getAll(field.name)) !== String(before));
  const wrong = fragment.querySelector('[aria-invalid=true]');
  const led = field === sender || (!!wrong && wrong.name !== field?.name);
  const open = [...bench.querySelectorAll('details[open]')].map((one) => one.dataset.keep);
  for (const part of fragment.querySelectorAll('details[data-keep]')) part.open = open.includes(part.dataset.keep);
  if (field && (busy ? field !== sender : !led && named(fragment, field.name))) {
    inPlace = putAround(bench, fragment, field);
    ruledOn = answers(form, field.name, before);
  } else {
    if (bench.contains(at)) at.removeAttribute('id'); // by it htmx would follow the answer to where it stands now
    bench.replaceChildren(...fragment.childNodes);
    inPlace = false;
    ruledOn = answers(form);
    if (field || next || at === document.body) goOn(bench, next || (field ? 'question' : ''));
  }
  [next, sender] = ['', null];
  compare();
  return [...bench.children];
}

function leave(event) {
  const field = fieldOf(event);
  if (!field || moving || blockOf(event.relatedTarget) === blockOf(field)) return;
  // half a date is none: what was known of it stays
  if (field.type === 'date' && field.validity.badInput && field.defaultValue) field.value = field.defaultValue;
  compare();
  if (!isBehind() && !inPlace) return;
  const block = blockOf(field);
  const last = block.parentElement.matches('[data-keep=questions] > .pad') && !block.nextElementSibling?.matches('.field');
  if (pressed) left = true;
  else if (tabbed && last) setTimeout(() => sendAndGoOn(field));
  else send();
}

export function startBench() {
  window.htmx?.defineExtension('bench', { handleSwap });
  onContent((root) => {
    const form = benchForm();
    if (!form || root.id === 'bench' || (root !== document && !root.contains(form) && !form.contains(root))) return;
    [ruledOn, inPlace] = [answers(form), false];
  });
  document.addEventListener('htmx:beforeRequest', (event) => { if (event.target === benchForm()) sent = new FormData(event.target); });
  // the same answers are no further step to go back by
  document.addEventListener('htmx:beforeHistoryUpdate', ({ detail }) => {
    if (detail.target?.id === 'bench' && detail.history.path === location.pathname + location.search) detail.history.type = 'replace';
  });
  for (const kind of ['input', 'change']) {
    document.addEventListener(kind, (event) => {
      const field = fieldOf(event);
      if (!field) return;
      compare();
      if (field.type === 'date') sendLater(field);
      else if (kind === 'change' && field.matches('select, [type=radio]')) {
        if (keyed === field || blockOf(keyed) === blockOf(field)) sendLater(field);
        else send('heading', field);
      }
    });
  }
  document.addEventListener('focusin', () => { keyed = null; });
  document.addEventListener('focusout', leave);
  document.addEventListener('pointerdown', () => { [keyed, pressed, tabbed] = [null, true, false]; });
  for (const kind of ['pointerup', 'pointercancel']) {
    document.addEventListener(kind, () => {
      pressed = false;
      setTimeout(() => { if (left && benchForm()) send(); });
    });
  }
  document.addEventListener('keydown', (event) => {
    const field = fieldOf(event);
    tabbed = event.key === 'Tab' && !event.shiftKey;
    if (!field || event.key === 'Tab' || event.key === 'Shift' || isComposing(event)) return;
    if (event.key !== 'Enter') { keyed = field; return; }
    if (field.matches('select') && !isBehind()) return;
    event.preventDefault(); // Enter is an answer, and no press on the first button
    if (isBehind() || inPlace) sendAndGoOn(field);
  });
  document.addEventListener('submit', (event) => {
    if (event.target === benchForm()) {
      clearTimeout(waiting);
      [left, next, sender] = [false, event.submitter?.name === 'line' ? 'tab' : 'heading', null];
    } else if (benchForm() && event.target.matches('[data-back]')) {
      event.target.elements.next.value = `${location.pathname}?${answers(benchForm())}`;
    }
  }, true);
}
