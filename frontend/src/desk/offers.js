// What is offered while writing: quick replies after `/` at the start of a line, colleagues after `@`.
// Never while an input method composes; arrows choose, Enter or Tab inserts, Esc closes and keeps what was typed.
import { announce, isComposing, make } from './page.js';

let asked = 0;
let timer = 0;

const listOf = (field) => document.getElementById(field.getAttribute('aria-controls'));
const isOpen = (field) => field.getAttribute('aria-expanded') === 'true';

/** What is being asked for at the caret: where it begins and the words behind the sign. */
function question(field) {
  const before = field.value.slice(0, field.selectionStart);
  if (field.dataset.offerReplies) {
    const line = before.slice(before.lastIndexOf('\n') + 1);
    if (!line.startsWith('/') || line.length > 40) return null;
    return { address: field.dataset.offerReplies, from: before.length - line.length, text: line.slice(1) };
  }
  if (field.dataset.offerPeople) {
    const found = before.match(/[@＠]([^\s@＠]{0,20})$/);
    return found && { address: field.dataset.offerPeople, from: before.length - found[0].length, text: found[1] };
  }
  return null;
}

function close(field) {
  clearTimeout(timer);
  asked += 1;
  field.setAttribute('aria-expanded', 'false');
  field.removeAttribute('aria-activedescendant');
  const list = listOf(field);
  if (list) { list.hidden = true; list.replaceChildren(); }
}

function choose(field, option) {
  const list = listOf(field);
  for (const other of list.children) other.setAttribute('aria-selected', String(other === option));
  field.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

function insert(field, option) {
  const { offer } = option;
  field.setRangeText(offer.text, offer.from, offer.to, 'end');
  close(field);
  field.focus();
  field.dispatchEvent(new Event('input', { bubbles: true }));
  announce(offer.title);
  if (field.dataset.offerReplies && offer.id) {
    const token = field.form?.elements.csrfmiddlewaretoken?.value ?? '';
    const body = new URLSearchParams({ id: offer.id });
    fetch(field.dataset.offerReplies, { method: 'POST', body, headers: { 'X-CSRFToken': token } }).catch(() => {});
  }
}

async function show(field, wanted) {
  const mine = ++asked;
  let answer;
  try {
    const response = await fetch(`${wanted.address}?q=${encodeURIComponent(wanted.text)}`, { headers: { Accept: 'application/json' } });
    if (!response.ok) return;
    answer = await response.json();
  } catch { return; }
  if (mine !== asked || document.activeElement !== field) return;
  const list = listOf(field);
  if (!answer.items.length) { close(field); return; }
  const options = answer.items.map((item, at) => {
    const option = make('li', 'offer', make('span', 'font-semibold', item.title), make('span', 'text-muted', item.hint));
    if (field.dataset.offerReplies) option.append(make('span', 'offer-text', item.text));
    option.id = `${list.id}-${at}`;
    option.setAttribute('role', 'option');
    option.offer = { ...item, from: wanted.from, to: wanted.to ?? field.selectionStart };
    return option;
  });
  list.replaceChildren(...options);
  list.hidden = false;
  field.setAttribute('aria-expanded', 'true');
  choose(field, options[0]);
  list.scrollIntoView({ block: 'nearest' });
}

function look(field) {
  const wanted = question(field);
  if (!wanted) { if (isOpen(field)) close(field); return; }
  clearTimeout(timer);
  timer = setTimeout(() => show(field, wanted), 120);
}

function move(event) {
  const field = event.target;
  if (!field.matches?.('[data-offer-replies], [data-offer-people]') || !isOpen(field) || isComposing(event)) return;
  const options = [...listOf(field).children];
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown') choose(field, options[(at + 1) % options.length]);
  else if (event.key === 'ArrowUp') choose(field, options[(at - 1 + options.length) % options.length]);
  else if ((event.key === 'Enter' && !event.ctrlKey && !event.metaKey) || event.key === 'Tab') insert(field, options[at]);
  else if (event.key === 'Escape') close(field);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function startOffers() {
  document.addEventListener('input', (event) => {
    if (event.target.matches?.('[data-offer-replies], [data-offer-people]') && !event.isComposing) look(event.target);
  });
  document.addEventListener('compositionend', (event) => {
    if (event.target.matches?.('[data-offer-replies], [data-offer-people]')) look(event.target);
  });
  document.addEventListener('keydown', move, true);
  document.addEventListener('mousedown', (event) => {
    const option = event.target.closest?.('.offer');
    if (!option) return;
    event.preventDefault(); // the field keeps the focus
    const field = option.closest('[data-offers]').querySelector('textarea');
    insert(field, option);
  });
  document.addEventListener('focusout', (event) => {
    if (event.target.matches?.('[data-offer-replies], [data-offer-people]') && isOpen(event.target)) close(event.target);
  });
  document.addEventListener('click', (event) => {
    const opener = event.target.closest?.('[data-offer-all]');
    const field = opener?.closest('[data-offers]')?.querySelector('textarea');
    if (!field) return;
    field.focus();
    show(field, { address: field.dataset.offerReplies, from: field.selectionStart, to: field.selectionStart, text: '' });
  });
}
